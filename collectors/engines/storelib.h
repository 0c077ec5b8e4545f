#ifndef STORELIB_H
#define STORELIB_H

/*
 * storelib - what the readers of stores have in common: notes, short files,
 * the parts of a tree, mounts of a container. For collectors/engines only.
 */

#include "engine.h"
#include "state.h"

bool store_is_dir(struct root *r, const char *path);

/* A note about a file of the store; nothing if rec is NULL. path is that in
 * the store. */
void store_note(struct rec *rec, const struct store *s, enum err_class class,
    const char *path, const char *fmt, ...) PRINTF(5, 6);
/* A piece that belongs there: its absence is a loss ("corrupt"). */
void store_note_err(struct rec *rec, const struct store *s, const char *path,
    const struct err *e);
/* What is odd about a document that could be read. */
void store_note_odd(struct rec *rec, const struct store *s, const char *path,
    const struct state *d);

/* A file of one short line; out is replaced, white space at its end cut. */
int store_line(struct store *s, const char *path, struct str *out,
    struct err *e);

/* Is the text in the list? */
bool store_has(const struct strlist *l, const struct str *x);

/* A layer that should be in the tree and is not. */
void store_miss(struct engine_tree *t, const char *fmt, ...) PRINTF(2, 3);

/* Give sorted ids to fn, each once; what it returns if that is not 0. */
int store_give(struct strlist *ids, int (*fn)(void *arg, const char *id),
    void *arg);

/* Mounts: a new one (rw, all else blank), the last one taken back, a path
 * without the slashes that do not matter, all in their order. */
struct engine_mount *store_mount(struct engine_container *c);
void store_mount_drop(struct engine_container *c);
void store_clean_path(struct str *p);
void store_sort_mounts(struct engine_container *c);

#endif
