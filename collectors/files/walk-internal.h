#ifndef WALK_INTERNAL_H
#define WALK_INTERNAL_H

/*
 * walk-internal - what the files of walk.h share; not for others
 *
 *   walk.c         the walk, its batches, names of one inode
 *   walk-parts.c   stores, their trees and layers; who shows a file
 *   walk-mounts.c  what is not entered: mounts, and what is ours
 */

#include "walk.h"

#define NO_PART UINT32_MAX
#define NO_TREE UINT32_MAX
#define NO_LAYER UINT32_MAX
#define WALK_COPIES 4 /* roots kept open */
#define WALK_COPY_BUFFER (64 * 1024)

/* An image or a container. */
struct walk_tree {
	struct str scope;
	struct store *store;
	uint32_t top; /* part of its topmost layer; NO_PART: none */
	bool container;
	bool upper; /* top is its own */
	bool whole; /* ... a copy of what was before, with changes */
};

/* The host's tree, or one layer. */
struct walk_part {
	/* NULL: the host; of several stores in one directory the first */
	struct store *store;
	uint32_t layer;	     /* in the store's root_shown */
	uint32_t joint[2];   /* in p->joint; NO_LAYER: of no such tree */
	bool upper;	     /* it is a container's own */
	enum root_layering how;
	struct walk_parts {  /* of it, and what it is a copy of, with changes */
		uint32_t *v;
		uint32_t n, cap;
	} copies, origins;
	uint32_t under;	     /* the first tree that has it beneath one; NO_TREE */
	bool wanted;	     /* is it to be walked? */
	dev_t dev;
	ino_t ino;
	struct str dir; /* in the store */
};

/* Of one store (of several in one directory, the first): which of its trees
 * show a file. */
struct walk_shown {
	struct root_shown *shown;
	uint32_t *tree; /* of each stack */
	size_t n, cap;
};

enum walk_fs { FS_WALK, FS_KERNEL, FS_REMOTE, FS_OVERLAY };

struct walk_device {
	dev_t dev;
	enum walk_fs fs;
	const char *name; /* of its type */
};

/* Bounded table from (device, inode) to a number. */
struct walk_inodes {
	struct walk_inode {
		dev_t dev;
		ino_t ino;
		uint32_t a, b; /* a is a number + 1; 0: no entry */
	} *v;
	size_t cap, n; /* cap: a power of 2 */
};
void walk_inodes_init(struct walk_inodes *t);
struct walk_inode *walk_inodes_find(const struct walk_inodes *t, dev_t dev,
    ino_t ino);
/* The entry, new (a is 0: set it before the next one) or not; it stays where it
 * is until the next is added. */
struct walk_inode *walk_inodes_add(struct walk_inodes *t, dev_t dev,
    ino_t ino);
void walk_inodes_clear(struct walk_inodes *t);
void walk_inodes_release(struct walk_inodes *t);

struct walk_private {
	const struct walk_out *out; /* NULL: nothing is left out */
	struct accounts accounts;
	struct strlist homes;
	const char **home; /* of homes, NULL-ended */
	/* the evidence in parts */
	struct walk_part *parts;
	size_t parts_n, parts_cap;
	struct walk_inodes tops; /* the layers' directories: their parts */
	struct walk_tree *trees;
	size_t trees_n, trees_cap;
	size_t layers_n; /* of all trees */
	struct walk_shown *shown; /* of each store */
	/* of the trees whose layers lie in several stores: where attributes
	 * are root's, and where they are an ordinary user's */
	struct walk_shown joint[2];
	struct root *joint_root[2];
	/* not entered */
	struct walk_device *devices;
	size_t devices_n, last;
	bool devices_full;
	struct strlist starts; /* mounts below the kernel's file systems */
	struct str kernel;     /* what the note says */
	size_t kernel_n, overlay_n;
	struct str overlay; /* the first of them */
	uint64_t notes, quiet; /* trouble told of, and not told of */
	bool quiet_lost;
	/* the part that is walked, and the batch */
	size_t part;
	struct root *root;
	void (*fn)(void *arg);
	void *arg;
	size_t items_cap;
	uint64_t size; /* content of the batch */
	struct walk_inodes names;
	/* what is remembered */
	struct walk_inodes links;
	struct str kept;
	bool full;
	/* progress */
	bool tty, drawn;
	int64_t drawn_at;
	uint64_t seen_before;
	/* in a worker: where the last item was found */
	size_t open_part;
	struct root *open_root;
	struct walk_copy { /* whole trees that are compared */
		uint32_t part;
		struct root *root;
	} copies[WALK_COPIES];
	size_t copies_next;
	char *copy_buf;
	struct root_file dir;
	struct str scope; /* of walk_name */
};

/* walk-mounts.c */
void walk_mounts_begin(struct walk *w);
/* Is the object on a file system that is not entered? Notes it. */
bool walk_mounts_skip(struct walk *w, const struct root_file *f);
void walk_mounts_end(struct walk *w);
/* Is it ours? Notes it. */
bool walk_out_skip(struct walk *w, const struct root_file *f);

/* walk-parts.c */
void walk_parts_begin(struct walk *w);
void walk_parts_end(struct walk *w);
struct root *walk_part_root(struct walk *w, size_t part, struct err *e);
/* The part whose top directory this is, or NO_PART. */
uint32_t walk_part_top(const struct walk *w, const struct stat *st);
/* Path on the host's disk of a path in a part; replaced in out. */
const char *walk_host_path(const struct walk *w, size_t part,
    const char *path, struct str *out);
/* Note trouble with a path of the part that is walked. */
void walk_note(struct walk *w, const char *path, const struct err *e);

#endif
