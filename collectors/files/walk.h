#ifndef WALK_H
#define WALK_H

/*
 * walk - every file of the evidence, each read once
 *
 * The evidence is divided into parts that do not overlap: the host's tree, and
 * each layer directory of each container store (an image's layers, a
 * container's own). A part is walked once. A file of a layer belongs to every
 * image and container that shows it: its layer is in their stack and no layer
 * above it hides it. A layer that no image or container knows stays in the
 * host's tree, like everything else in a store that is no layer (volumes).
 *
 * Where only a part of the evidence is asked for (w->select), only what belongs
 * to it is walked, and only its scopes are told of.
 *
 * Files come in batches, in the order of the walk: at most WALK_BATCH of them,
 * or WALK_BATCH_BYTES of path names, or WALK_BATCH_SIZE bytes of content (what
 * was just read is then still in the kernel's cache for a second look). Memory
 * does not grow with the evidence.
 *
 * Names of one inode (hard links) come as one item where they are in the same
 * batch; across batches walk_remember keeps what a program found out, for as
 * many inodes as WALK_LINKS_MAX.
 *
 * Not entered: file systems of the kernel (proc, sysfs, cgroup ...; one fine
 * note), of the network and of FUSE (note "unsupported"), overlay mounts of a
 * store (their layers are read; one fine note), and live what is ours
 * (walk_out). The root itself is always entered. A mount that somebody made
 * below one of the kernel's is walked all the same.
 *
 * Shown by nobody: a file of a layer that a higher layer of every image and
 * container hides. It is an item, and has the scope of the first of those.
 *
 * Layers that are whole trees (vfs, btrfs, overlay of old): the topmost one of
 * an image or container is what it shows. Of one that only lies beneath others,
 * the files that every copy of it lost are such hidden ones: in no copy is there
 * a regular file of the same path, size, mode, owner and time with the same
 * bytes. The bytes are compared, each time and to the end, but for two names of
 * one inode: whoever replaces a file can give it the old size and time. What
 * cannot be compared counts as lost.
 *
 * Calling:  walk_begin after collect_begin (it finds stores and their trees in
 *           workers); walk_run, whose callback works on w->items[0..n), usually
 *           with worker_map over them; walk_end.
 * In a worker: walk_open, walk_scopes.
 * Limits:   WALK_* of limits.h, ROOT_*.
 * Trust:    trees are hostile; what a worker says of a store is checked.
 */

#include "accounts.h"
#include "collect.h"
#include "engine.h"
#include "select.h"
#include "triage.h"

struct walk_item {
	size_t path;	   /* in w->paths */
	uint64_t size;
	int64_t modified, changed; /* ns; to know the file again */
	dev_t dev;
	ino_t ino;
	mode_t mode;
	uint32_t links;	   /* st_nlink */
	uint32_t part;
	uint32_t next;	   /* next name of the same inode; 0: none */
	enum triage why;   /* of this name; TRIAGE_NO: its bytes decide */
	bool name;	   /* a further name: another item stands for it */
};

struct walk_progress {
	uint64_t files, bytes;	/* done: items, and their sizes */
	uint64_t seen;		/* objects that the walk came by */
	uint64_t expected;	/* of these, all; 0: not known yet */
	int64_t start;		/* monotonic, ns */
};

struct walk_private;

struct walk {
	struct collect *c;
	bool all;
	bool show; /* --progress: who reads our stderr shows it */
	const struct select *select; /* borrowed; NULL: everything */
	struct stores stores;
	struct walk_item *items; /* the batch */
	size_t n;
	struct str paths;
	struct walk_progress progress;
	/* a batch; 0: WALK_BATCH and so on. For tests. */
	size_t batch, batch_bytes;
	uint64_t batch_size;
	struct walk_private *p;
};

/*
 * What is ours and lies on a live host: left out of the walk by device and
 * inode, with one fine note when it is met. To be filled before collect_begin
 * locks; a path that is not there yet (the journal of a case) is left out by
 * its name. Offline nothing is left out.
 */
struct walk_out;
struct walk_out *walk_out_new(void);
void walk_out_add(struct walk_out *o, const char *path); /* file or tree */
/* Our executables beside this one; where that is a source tree's .build/bin,
 * the tree. */
void walk_out_self(struct walk_out *o);
void walk_out_free(struct walk_out *o);

/* *w is zeros but for select, show and what a test sets. all: --all. out is
 * borrowed until walk_end, may be NULL. */
void walk_begin(struct walk *w, struct collect *c, bool all,
    const struct walk_out *out);
/* Batches, until the evidence ends. Where stderr is a terminal, or w->show
 * says that it leads to one, a line there tells of the progress; it is erased
 * at the end. It stands between "\r" and "\033[K": so case-ingest knows it. */
void walk_run(struct walk *w, void (*batch)(void *arg), void *arg);
void walk_end(struct walk *w);

/*
 * For the callback, in the parent (worker_map's take): so many items and bytes
 * more are done. Who never says so has done a whole batch at its end.
 */
void walk_tick(struct walk *w, uint64_t files, uint64_t bytes);

const char *walk_path(const struct walk *w, size_t i);

/* A time as items have it. */
int64_t walk_time(const struct timespec *t);

/* For worker_map: name of item i, and its scope where there is one only. */
void walk_name(const struct walk *w, size_t i, struct str *out,
    const char **scope);

/*
 * In a worker: find item i. NULL and *e: ERR_ABSENT where it is gone,
 * ERR_CHANGED where it is another file now. f is not open for reading yet, and
 * must be (root_reopen), or closed, before the next call.
 */
struct root *walk_open(struct walk *w, size_t i, struct root_file *f,
    struct err *e);

/*
 * In a worker: everybody who shows item i under its name, in a fixed order:
 * the host, or images and then containers of that layer, those last whose
 * layers lie in several stores. fn gets the scope,
 * where it comes from (host, container, image) and, of a layer, the path on
 * the host's disk. A regular file of a layer that nobody shows, because every
 * layer stack that has it deletes or replaces it further up, is given once,
 * as hidden, with the first of those. Of a whole tree beneath others that may
 * take reading it once more; what its copies have as well is given there only,
 * and then fn is not called.
 */
typedef void walk_scope_fn(void *arg, const char *scope, const char *origin,
    bool hidden, const char *host_path);
void walk_scopes(struct walk *w, size_t i, struct rec *r, walk_scope_fn *fn,
    void *arg);

/* In a worker: open the tree of a scope that walk_scopes gave for item i; for
 * engine_tree_release. e may be NULL. */
int walk_tree(struct walk *w, size_t i, const char *scope,
    struct engine_tree *t, struct err *e);

/* The accounts of the host, for owners' names. */
const struct accounts *walk_accounts(const struct walk *w);

/*
 * In the parent: keep n bytes for this inode; items of it in later batches
 * find them (NULL: nothing is kept). What has one name only is not kept.
 */
void walk_remember(struct walk *w, size_t i, const void *p, size_t n);
const void *walk_remembered(const struct walk *w, size_t i, size_t *n);

#endif
