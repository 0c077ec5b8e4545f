#ifndef ROOT_INTERNAL_H
#define ROOT_INTERNAL_H

/*
 * root-internal - what the files of root.h share: directories of a stack of
 * layers, look-up of one name, listing. Not for others.
 *
 * A directory root is a stack of one layer, so that there is one walker. A
 * struct root_dir is one directory of the merged tree: a descriptor (O_PATH)
 * for each layer that has a part in it, topmost first.
 */

#include "root-mem.h"

#include <stdatomic.h>

/*
 * A handle is a descriptor, or the number of an object of a tree in memory
 * (root-mem.h), above all descriptors. What these functions do to a number
 * costs no call and owns nothing. Errors are -1 and errno.
 */
#define ROOT_MEM_HANDLE 0x40000000
static inline bool
root_is_mem(int h)
{
	return h >= ROOT_MEM_HANDLE;
}
static inline void
root_h_close(int h)
{
	if (h >= 0 && !root_is_mem(h))
		close(h);
}
static inline UNUSED void
root_h_release(int *h)
{
	root_h_close(*h);
}
#define cleanup_handle __attribute__((cleanup(root_h_release)))
int root_h_dup(int h);
/* As fstat; as openat of one name with O_PATH and O_NOFOLLOW; as fstatat of
 * one name, no link followed. */
int root_h_stat(int h, struct stat *st);
int root_h_find(int dir, const char *name);
int root_h_statat(int dir, const char *name, struct stat *st);
ssize_t root_h_readlink(int h, char *buf, size_t n);

/* Of trees in memory only. root_mem_next: *at begins with 0, NULL at the
 * end. root_mem_open gives a descriptor. */
int root_mem_stat(int h, struct stat *st);
int root_mem_find(int dir, const char *name);
ssize_t root_mem_readlink(int h, char *buf, size_t n);
const char *root_mem_next(int dir, uint32_t *at);
ssize_t root_mem_getxattr(int h, const char *name, char *buf, size_t n);
ssize_t root_mem_listxattr(int h, char *buf, size_t n);
int root_mem_open(int h, const char *path, struct err *e);
void root_mem_statx(int h, struct statx *out);
int root_mem_top(const struct root_mem *m);

/* Names of AUFS that are no files. */
#define AUFS_HIDE ".wh."
#define AUFS_META ".wh..wh."
#define AUFS_OPAQUE ".wh..wh..opq"
static inline UNUSED bool
root_aufs_name(const char *name)
{
	return name[0] == '.' && strncmp(name, AUFS_HIDE, 4) == 0;
}
/* Does the layer hide name of those below it? */
bool root_aufs_hides(int dir, const char *name);

struct root_layer {
	int fd;		 /* its top directory */
	dev_t dev;	 /* of it */
	int id;		 /* what root_file.layer says */
	struct str path; /* of its top directory in the outermost root */
};

/* What all roots below one outermost root have in common. */
struct root_common {
	_Atomic uint64_t *noatime; /* counted in memory that workers share */
	int users;
	struct root_avoided {
		struct str path, why;
	} *avoid; /* sorted by path */
	size_t avoid_n;
	uint64_t avoid_names; /* bits of the hashes of their last components */
	/* root_set_noatime made it the top of a mount, which it is not; inode 0:
	 * none */
	dev_t top_dev;
	ino_t top_ino;
};

struct root {
	struct root_layer *layers; /* topmost first */
	size_t n;
	bool layered;
	bool aufs;	   /* the layers are AUFS's, or fuse-overlayfs's */
	bool devices;	   /* a device 0/0 is a whiteout */
	bool mem;	   /* handles are of a tree in memory: root-mem.h */
	bool upper;	   /* the layer with id 0 is a container's own */
	bool user_xattrs;  /* attributes are user.overlay.* */
	struct root *before; /* what the container's own layer is a copy of */
	bool no_openat2;   /* the kernel has none, or it is hidden from us */
	struct str path;   /* on the running system */
	struct root_common *common;
	struct root_names *names; /* root-names.c; NULL: none known yet */
};

struct root_part {
	int fd;
	int layer; /* index in root.layers */
	dev_t dev;
	bool reading; /* fd is open for reading, not O_PATH */
	bool borrowed; /* fd is that of root.layers */
};

struct root_dir {
	struct root_part one; /* room for the usual case */
	struct root_part *v;  /* &one, or allocated */
	size_t n;
};

void root_dir_init(struct root_dir *d);
void root_dir_release(struct root_dir *d);
void root_dir_add(struct root_dir *d, int fd, int layer, dev_t dev);
void root_dir_move(struct root_dir *to, struct root_dir *from);

/* An object of a directory: the descriptor of its topmost part. */
struct root_hit {
	int fd;
	struct stat st;
	int layer;
	size_t part;	     /* of the directory it was found in */
	struct root_dir dir; /* if it is a directory; owns fd then */
};
#define ROOT_HIT_INIT {.fd = -1}
#define cleanup_root_hit __attribute__((cleanup(root_hit_release)))
void root_hit_release(struct root_hit *h);

/* Is name, in the directory dir of the tree, to be avoided? Then -1 and *e. */
int root_avoids(const struct root *r, const char *dir, size_t dir_n,
    const char *name, size_t n, struct err *e);

/* What a directory's attributes say about the layers below it. -1: what they
 * say cannot be told, or not be followed. */
int root_opaque(const struct root *r, int dir, const char *path, bool *opaque,
    struct err *e);
/* The same of a directory that is open for reading. */
int root_opaque_read(const struct root *r, int fd, const char *path,
    bool *opaque, struct err *e);

/*
 * What a stack of layers is known to lack. Does it lack path, on the way from
 * the root? Does it lack name in the directory d, whose real path (of the root
 * itself: "") is path? false: it may be there. The second one gets to know.
 */
struct root_names;
bool root_names_lack(const struct root *r, const char *path);
bool root_names_lack_in(struct root *r, const struct root_dir *d,
    const struct str *path, const char *name);
void root_names_free(struct root_names *m);

/* Look name up in d, beginning with part from. path is for messages. */
int root_lookup(const struct root *r, const struct root_dir *d, size_t from,
    const char *name, const char *path, struct root_hit *h, struct err *e);

/*
 * Find path. If dir is not NULL and the object is a directory, dir becomes
 * it; f->fd is then a descriptor of its own. f may be in use: it is closed
 * first.
 */
int root_resolve(struct root *r, const char *path, unsigned flags,
    struct root_file *f, struct root_dir *dir, struct err *e);

/* Is what was found the container's own? f->path, f->st and f->layer say so. */
bool root_is_upper(const struct root *r, struct root_file *f);

/* Open for reading below a descriptor, without touching the access time
 * where the kernel allows that. Not for handles of trees in memory. */
int root_openat(const struct root *r, int dir, const char *name, int flags);

/* err_sys, but that we ran out of descriptors is the evidence's doing. */
int root_fail(struct err *e, int sys, const char *what, const char *path);

/* Value of an attribute of an open file; size or -1 and errno. */
ssize_t root_fgetxattr(int fd, const char *name, struct str *out);

/* The names of one directory of the merged tree. */
struct root_lister {
	const struct root *r;
	const struct root_dir *d; /* borrowed */
	struct str names;
	struct root_name {
		uint32_t at; /* in names */
		uint16_t part;
	} *v;
	size_t n, cap, next;
	bool stream;	/* too many to sort: directory order */
	size_t part;	/* that is read */
	size_t seen;
	int fd;		/* of that part; -1: none */
	bool own;	/* fd is to be closed */
	char *buf;	/* entries as the kernel gives them */
	uint32_t mem_at; /* the next entry of a tree in memory */
	size_t buf_at, buf_n;
	struct err bad; /* class not 0: not complete, or fine: not sorted */
};
/* room: bytes that names may take to be sorted. */
int root_lister_open(struct root_lister *l, const struct root *r,
    const struct root_dir *d, const char *path, size_t room, struct err *e);
/* The next name and the topmost part that has it; NULL at the end, and
 * l->bad says whether that was all. Whiteouts are among them. */
const char *root_lister_next(struct root_lister *l, size_t *part);
void root_lister_close(struct root_lister *l);

/* Add a component to a path; 0, or -1 beyond ROOT_PATH_MAX. */
int root_path_add(struct str *path, const char *name, size_t n);

#endif
