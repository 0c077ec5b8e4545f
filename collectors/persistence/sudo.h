#ifndef SUDO_H
#define SUDO_H

/*
 * sudo - sudoers(5): its files in their order, and its aliases
 *
 * Built once a tree, by sudo_of: an alias may be defined below its use, in
 * another file.
 *
 * Limits:   SUDO_FILES_MAX, SUDO_LINES_MAX, SUDO_DEPTH, SUDO_EXPAND_MAX.
 * Trust:    hostile. Fuzzed by tests/fuzz/fuzz-sudo.c.
 */

#include "tree.h"

struct sudo_alias {
	struct str name;
	struct strlist items; /* as they stand, with "!" */
	int type;	      /* 0 user, 1 runas, 2 host, 3 command */
};

struct sudo {
	struct strlist via, real; /* files */
	struct sudo_alias *aliases;
	size_t aliases_n;
	int64_t lines;
	bool over; /* a limit was hit */
};

struct sudo *sudo_of(struct art_tree *t);
void sudo_free(struct sudo *s);

#endif
