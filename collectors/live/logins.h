#ifndef LOGINS_H
#define LOGINS_H

/*
 * logins - who is and was logged in: utmp, wtmp, btmp, lastlog
 *
 * Files of a root, live or a disk. Format: utmp(5), lastlog(8).
 *
 * Calling:  logins_read in a worker: it writes kind "login", and notes.
 * Limits:   LOGINS_MAX bytes of a file.
 * Trust:    hostile: whoever was root wrote them. Fuzzed by
 *           tests/fuzz/fuzz-logins.c.
 */

#include "accounts.h"
#include "rec.h"
#include "root.h"

void logins_read(struct root *root, const struct accounts *accounts,
    struct rec *r);

/* One file's bytes. */
struct logins {
	const char *path;
	bool failed;  /* btmp: every record is a failure */
	bool ordered; /* wtmp, btmp: times should not run backwards */
	const struct accounts *accounts;
};
void logins_utmp(const struct logins *l, const void *data, size_t n,
    struct rec *r);
void logins_lastlog(const struct logins *l, const void *data, size_t n,
    struct rec *r);

#endif
