#ifndef CONTAINERD_H
#define CONTAINERD_H

/*
 * containerd - what readers of other engines want of a store of containerd
 *
 * Docker 29 keeps its images and the layers of its containers in containerd,
 * namespace moby; the containers stay its own. Sources: moby
 * daemon/containerd, daemon/snapshotter/mount.go.
 *
 * Ownership: stores are borrowed from stores_find.
 * Errors:   as engine.h.
 * Trust:    hostile; for workers only.
 */

#include "engine.h"

#define CONTAINERD_MOBY "moby" /* Docker's namespace */

/* The store among all that has this snapshot; NULL: none has it. */
struct store *containerd_with(const struct stores *all, const char *namespace,
    const char *snapshotter, const char *key);

/* The directory of a snapshot of any of them and of any snapshotter; the store
 * that has it, or NULL. */
struct store *containerd_dir(const struct stores *all, const char *namespace,
    const char *key, struct str *dir);

/* Has any of them that namespace? */
bool containerd_has(const struct stores *all, const char *namespace);

/* The layers of a snapshot, as open_tree gives them; t is blank, and its base
 * and home become that store. */
int containerd_tree(struct store *s, const char *namespace,
    const char *snapshotter, const char *key, struct engine_tree *t,
    struct err *e);

/* The id (of the configuration) of the image that an index or a manifest
 * stands for; of several platforms the first that is there. False: it is not
 * in that store. */
bool containerd_image_id(struct store *s, const char *namespace,
    const char *digest, struct str *id);

/* The top-level settings of a config.toml of containerd: root, state, and
 * further files (patterns, beginning with a slash). Absent ones are empty.
 * Sources: containerd docs/man/containerd-config.toml.5.md. */
struct containerd_conf {
	struct str root, state;
	struct strlist imports;
};
int containerd_conf(struct root *r, const char *path,
    struct containerd_conf *out, struct err *e);
void containerd_conf_release(struct containerd_conf *c);

#endif
