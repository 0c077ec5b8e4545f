#ifndef ACCOUNTS_H
#define ACCOUNTS_H

/*
 * accounts - the accounts of an evidence root, by its own etc/passwd
 *
 * Never a name service: names come from the evidence. Where to find homes,
 * whose file this is, what a uid is called.
 *
 * Format:   passwd(5) as glibc reads it, which is laxer than the manual: a
 *           line needs name, password and uid; "+0", " 0" and "000" are uid
 *           0; a missing field is empty. A line with a bad number is kept
 *           with -1, so that the account is not lost.
 *           collect-persistence reports each line with its defect.
 * Limits:   PASSWD_LINES_MAX, ART_READ_MAX (note "limit").
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
	uint32_t *name_order, *uid_order; /* private */
};
#define ACCOUNTS_INIT {NULL, 0, NULL, NULL}

/* Read r's /etc/passwd. An absent file is no account and no error. Trouble
 * is noted in rec (may be NULL) with that scope; -1 if it cannot be read. */
int accounts_read(struct root *r, struct accounts *a, struct rec *rec,
    const char *scope, struct err *e);
/* The same from memory. Returns how many lines were over PASSWD_LINES_MAX. */
size_t accounts_parse(const char *p, size_t n, struct accounts *a);
void accounts_release(struct accounts *a);

/* The first of that name or uid, NULL if there is none. */
const struct account *accounts_by_name(const struct accounts *a,
    const char *name, size_t n);
const struct account *accounts_by_uid(const struct accounts *a, int64_t uid);

/* One line, without its newline, taken apart; views into it. */
struct passwd_line {
	const char *field[7]; /* name, password, uid, gid, gecos, home, shell */
	size_t len[7];
	int fields;	      /* how many there are, at most 8 */
	int64_t uid, gid;     /* as glibc reads them; -1: no number */
	const char *defect;   /* NULL: nothing is wrong */
	bool refused;	      /* glibc would pass over the line */
};
/* 1 and *l; 0 for a blank line or a comment. */
int passwd_line(const char *p, size_t n, struct passwd_line *l);

#endif
