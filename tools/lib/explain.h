#ifndef EXPLAIN_H
#define EXPLAIN_H

/*
 * explain - what accounts for a finding: an allow list, or a clean sibling
 *
 * What no machine can judge alone (a key, a site's own unit or setuid program)
 * is a finding until somebody answers for it. Two things can:
 *
 *   an allow list   JSON, {"allow": [ENTRY...]}; an ENTRY has a "reason" and
 *                     "key": "SHA256:..." and, if wanted, "account"
 *                     "account", "uid" (both)
 *                     "path", "sha256" (a file with exactly this content) or
 *                     "path", "target" (a symbolic link)
 *                   and, if wanted, "scope" (host without), "by", "until"
 *                   (YYYY-MM-DD, by the clock of who matches)
 *   a baseline      the case of a clean sibling or a golden image: what is the
 *                   same there is explained; what differs is said
 *
 * A finding is explained if every row that it rests on is: an entry that is
 * allowed and starts a program that is not is not explained. An explained
 * finding stays in the case; its effect becomes "note". Where a rule said
 * "wipe", it becomes "investigate": nobody's list lets a host be kept that was
 * to be wiped.
 *
 * Calling:  explain_new; explain_add_* before the lock; explain_open under it;
 *           explain_findings while the case is open; explain_write.
 * Ownership: explain_free.
 * Errors:   ERR_CORRUPT with entry and reason for a list that makes no sense:
 *           nothing of it is used.
 * Limits:   ALLOW_BYTES_MAX, ALLOW_MAX.
 * Trust:    the list is the analyst's; a baseline is a case, and hostile.
 */

#include "match.h"
#include "rec.h"

struct explain;
struct explain *explain_new(void);
void explain_free(struct explain *x);

int explain_add_allow(struct explain *x, const char *path, struct err *e);
int explain_add_baseline(struct explain *x, const char *path, struct err *e);
/* Folders that the lock must leave readable. */
const int *explain_folders(const struct explain *x, size_t *n);
int explain_open(struct explain *x, struct err *e);

int explain_findings(struct explain *x, struct case_db *c, struct match *m,
    struct err *e);
/* A "reference" record for each list and baseline. */
void explain_write(const struct explain *x, struct rec *r);

/* Entries of an allow list for a finding's rows (case-allow): JSON objects
 * without a reason, appended to out; a row that no entry can express is
 * appended to not_so. */
int explain_entries(struct case_db *c, const char *evidence, void *json_array,
    struct strlist *not_so, struct err *e);

#endif
