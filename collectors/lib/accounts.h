#ifndef ACCOUNTS_H
#define ACCOUNTS_H

/*
 * accounts - the accounts of an evidence root, by its own etc/passwd
 *
 * Never a name service: names come from the evidence. Where to find homes,
 * whose file this is, what a uid is called.
 *
 * Format:   passwd(5). A line with a bad number is kept with -1, so that the
 *           account is not lost; a line without six colons is not an account
 *           here (collect-persistence reports it with its defect).
 * Limits:   PASSWD_LINES_MAX, HOMES_MAX (note "limit").
 * Trust:    hostile. Fuzzed by tests/fuzz/fuzz-passwd.c.
 */

#include "rec.h"
#include "root.h"

struct account {
	struct str name, home, shell;
	int64_t uid, gid; /* -1: no number */
};

struct accounts {
	struct account *v;
	size_t n;
};

/* Read r's /etc/passwd. An absent file is no account and no error. Trouble
 * is noted in rec (may be NULL) with that scope; -1 if it cannot be read. */
int accounts_read(struct root *r, struct accounts *a, struct rec *rec,
    const char *scope, struct err *e);
void accounts_release(struct accounts *a);

/* The first of that name or uid, NULL if there is none. */
const struct account *accounts_by_name(const struct accounts *a,
    const char *name, size_t n);
const struct account *accounts_by_uid(const struct accounts *a, int64_t uid);

#endif
