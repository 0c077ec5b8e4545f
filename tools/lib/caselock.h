#ifndef CASELOCK_H
#define CASELOCK_H

/*
 * caselock - open a case for reading with every other right given up
 *
 * A case is parsed by SQLite and may come from elsewhere: the lock comes
 * first, the first byte of the case afterwards. What remains is reading
 * beneath the folder that the case (links resolved) really lies in, and what
 * l->read_fds already names.
 *
 * Calling:  read everything else that is needed (packs, a policy), then
 *           case_open_locked; it takes the place of case_open.
 * Ownership: lists of l (capabilities, sandbox; for the run record) are the
 *           caller's.
 * Errors:   those of case_open; ERR_OURS where the lock fails.
 */

#include "case.h"
#include "lock.h"

int case_open_locked(struct case_db *c, const char *path, unsigned flags,
    struct lock *l, struct err *e);

#endif
