#ifndef PLACES_H
#define PLACES_H

/*
 * places - where an artifact lies because the tree's own configuration says so
 *
 * A pattern of artifacts.def that begins with @ names a function here: the
 * files that sshd_config includes, the key files that it points at, what a
 * sudoers file includes. A path that is not there is handed over like any
 * other.
 *
 * Trust: hostile, like the configuration.
 */

#include "tree.h"

/* owner: account that the file is about; NULL: none. Both are borrowed for
 * the call, owner as long as the tree's accounts live. */
typedef void art_place_fn(void *arg, const char *path, const char *owner);

/* Dies of a name that is none. */
void art_places(struct art_tree *t, const char *name, size_t n,
    art_place_fn *fn, void *arg);

/* What /etc/ld.so.conf includes, and itself (loader.c). */
void ld_conf_places(struct art_tree *t, art_place_fn *fn, void *arg);

#endif
