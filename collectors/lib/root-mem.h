#ifndef ROOT_MEM_H
#define ROOT_MEM_H

/*
 * root-mem - a tree of files in memory, as a root
 *
 * What an archive lists becomes a tree of objects that root.h finds, walks,
 * lists and stacks like a directory's. The bytes of its files stay where they
 * are: who made the tree gives them when they are asked for.
 *
 * Calling:  root_mem_new; root_mem_add for each member, in their order;
 *           root_mem_end; root_open_mem. The tree must not grow afterwards,
 *           and outlives the roots: root_mem_free last, if ever. Processes
 *           that are forked have it, too.
 * Members:  are added below a directory of the tree ("/": its top), which is
 *           to them what a new root is to tar: an absolute name is made
 *           relative, ".." is refused, links on the way are followed inside
 *           it. Directories that no member names are made (0755). Of two
 *           members of one name the later one stays, but a directory stays a
 *           directory; what stood below a directory that a file replaces is
 *           gone, as with tar. A hard link may name a later member.
 * Errors:   ERR_CORRUPT: a member that cannot be where it says (and is left
 *           out); ERR_LIMIT: ROOT_MEM_* of limits.h, ROOT_DEPTH_MAX,
 *           ROOT_PATH_MAX.
 * Trust:    members are hostile. Nothing here parses: names, links and numbers
 *           are taken as they are. Tested by tests/test-mem.c.
 */

#include "root.h"

/* Where the bytes of a regular file are: for the owner only. */
struct root_mem_where {
	uint32_t source;
	uint64_t at, size;
};

struct root_mem_ops {
	/* A descriptor for reading the bytes, from its offset 0 on, of which
	 * fstat tells the same as long as it is open. path is for messages. */
	int (*open)(void *arg, const struct root_mem_where *w,
	    const char *path, struct err *e);
	/* How a path of the tree is called outside, appended to out: FILE,
	 * FILE!MEMBER. */
	void (*name)(void *arg, const char *path, struct str *out);
};

struct root_mem_member {
	mode_t mode; /* with its type; 0: a hard link to target */
	uid_t uid;
	gid_t gid;
	dev_t rdev;
	struct timespec modified, changed, accessed;
	bool has_changed, has_accessed; /* else they are unknown */
	const char *target;		/* of a link, of a hard link */
	/* attributes: name, NUL, 4 bytes of length, value; and so on */
	const char *xattrs;
	size_t xattrs_n;
	struct root_mem_where where; /* of a regular file; its size */
};

struct root_mem *root_mem_new(const struct root_mem_ops *ops, void *arg);
void root_mem_free(struct root_mem *m);

int root_mem_add(struct root_mem *m, const char *below, const char *path,
    const struct root_mem_member *mb, struct err *e);

/*
 * Of a tree that is a layer: path of the layers below it is hidden; a
 * directory hides all of the same directory of the layers below it. What the
 * same layer has of that name is shown, whatever came first. As overlay has
 * it: see root.h.
 */
int root_mem_whiteout(struct root_mem *m, const char *below, const char *path,
    struct err *e);
int root_mem_opaque(struct root_mem *m, const char *below, const char *path,
    struct err *e);

/* All of the members below a directory were added: now the hard links whose
 * targets came later. bad gets those that lead nowhere. */
void root_mem_end(struct root_mem *m, const char *below, root_bad_fn *bad,
    void *arg);

/* How many members a later one of the same name replaced. */
size_t root_mem_replaced(const struct root_mem *m);

/* Take a member, and what is below it, out again; nothing if it is not there. */
void root_mem_remove(struct root_mem *m, const char *below, const char *path);

/* Where the bytes of a regular file of a tree are; f is not reading yet. */
void root_mem_where(const struct root_file *f, struct root_mem_where *w);

/* What a path of the outermost root is called outside, appended; false: the
 * root is no tree in memory, or has no other names. */
bool root_mem_name(const struct root *r, const char *path, struct str *out);

/* The tree as a root; path as root_open_dir's. */
struct root *root_open_mem(struct root_mem *m, const char *path);
/* The owner's arg, if the root is of a tree with these operations, or NULL. */
void *root_mem_owner(const struct root *r, const struct root_mem_ops *ops);

#endif
