#ifndef TREE_H
#define TREE_H

/*
 * tree - what parsers must know about the root that a file lies in
 *
 * One tree is a host or a container. Filled on demand and kept for the files
 * that follow: which cron it has, how its systemd units hang together.
 *
 * Ownership: root and accounts are borrowed; art_tree_release frees the rest.
 * Limits:   UNITS_MAX, UNIT_CAUSES_MAX.
 * Trust:    hostile.
 */

#include "accounts.h"

enum cron_kind {
	CRON_DEBIAN, /* cron 3.0pl1 of Debian; also where none is installed */
	CRON_CRONIE,
	CRON_BUSYBOX,
};

struct login;
struct roots;
struct units;
struct boot;
struct runs_cache;
struct zone;

struct art_tree {
	struct root *root;
	const struct accounts *accounts;
	const char *scope;
	bool cron_known;
	enum cron_kind cron;
	bool cron_lsb; /* Debian's cron is told to take names with dots (-l) */
	struct units *units[2]; /* of the system, of the users */
	struct boot *boot; /* boot.h */
	struct runs_cache *runs; /* runs.h */
	struct login *login; /* login.h */
	struct roots *roots; /* roots.h */
	struct rec *rec; /* the search at hand, for notes; NULL else */
	int64_t now; /* clock of the evidence, seconds; 0: not looked up */
	struct zone *zone; /* its local time */
};

void art_tree_init(struct art_tree *t, struct root *r,
    const struct accounts *a, const char *scope);
void art_tree_release(struct art_tree *t);

/* The clock of the evidence (when.h), seconds; 0: nothing tells. */
int64_t art_tree_now(struct art_tree *t);
const struct zone *art_tree_zone(struct art_tree *t);

/* Which cron reads the system's crontabs. */
enum cron_kind art_tree_cron(struct art_tree *t);

/* How a unit fares, and what a file of it sees. */
struct unit_state {
	struct str by;	   /* what starts it; empty: nothing */
	struct str defect; /* masked, or another file is read; empty: none */
	struct str user;   /* User= in force; empty: none is set */
	struct str overrides; /* file that it takes the place of or adds to */
	struct str cwd;	      /* WorkingDirectory= in force */
	struct strlist reset; /* keys of this file that a later one empties */
	struct strlist environment; /* K=V in force, files of them included */
};
#define UNIT_STATE_INIT \
	{STR_INIT, STR_INIT, STR_INIT, STR_INIT, STR_INIT, STRLIST_INIT, \
	    STRLIST_INIT}
void unit_state_release(struct unit_state *s);

/*
 * Unit NAME, with path (real) the fragment or drop-in at hand; user 1: of the
 * users' manager. Notes on the tree's units as a whole go to rec; NULL: they
 * are written elsewhere.
 */
void unit_state(struct art_tree *t, int user, const char *name,
    const char *path, bool dropin, struct unit_state *s, struct rec *rec);

void units_free(struct units *u);

#endif
