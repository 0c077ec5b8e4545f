#ifndef GROUPS_H
#define GROUPS_H

/*
 * groups - the groups of a tree, by its own etc/group
 *
 * Ownership: groups_read's caller; groups_release. Views live in data.
 * Limits:   PASSWD_LINES_MAX, ART_READ_MAX (notes are written by the parser of
 *           the group file).
 * Trust:    hostile. Fuzzed by tests/fuzz/fuzz-passwd.c.
 */

#include "accounts.h"

struct group {
	const char *name;
	size_t name_n;
	const char *members; /* separated by commas */
	size_t members_n;
	int64_t gid;	     /* -1: no number */
	int64_t line;
};

struct groups {
	struct group *v;
	size_t n, cap;
	struct str data;
	enum { GROUPS_HAVE, GROUPS_MISSING, GROUPS_UNREADABLE } state;
};

/* r may be NULL: no groups. */
void groups_read(struct root *r, struct groups *g);
void groups_parse(struct groups *g); /* of g->data */
void groups_release(struct groups *g);

/* The first of that gid; NULL. */
const struct group *groups_by_gid(const struct groups *g, int64_t gid);
const struct group *groups_by_name(const struct groups *g, const char *name,
    size_t n);

/* Next member from *at; 1, or 0 at the end. Empty ones are passed over. */
int groups_member(const struct group *g, size_t *at, const char **p, size_t *n);

/* Names of all groups of an account, its primary one first. */
void groups_of(const struct groups *g, const struct account *a,
    struct strlist *out);

/* Is gid the account's own group, which nobody else is in? */
bool group_private(const struct groups *g, const struct accounts *all,
    const struct account *a, int64_t gid);

#endif
