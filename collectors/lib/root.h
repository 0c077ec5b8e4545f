#ifndef ROOT_H
#define ROOT_H

/*
 * root - evidence roots: the only way to open evidence
 *
 * A root is a directory (the live /, a mounted disk) or a stack of layers
 * seen as one tree (a container's upper directory over its image's layers),
 * with overlay whiteouts (character device 0/0) and opaque directories
 * (trusted.overlay.opaque = y). No mount is needed. In a store that an
 * ordinary user owns (rootless engines mount with "userxattr") the attributes
 * are user.overlay.*; elsewhere the kernel ignores those, and so do we: an
 * image could hide files from us with them that its containers see.
 *
 * Safety:   Every path is resolved inside the root: absolute links and ".."
 *           start or stop at it. Resolution is by openat2(RESOLVE_IN_ROOT |
 *           RESOLVE_NO_MAGICLINKS), and component by component where the
 *           kernel has no openat2 or where layers are merged. Objects are
 *           opened O_PATH first, looked at with fstat, and only regular files
 *           and directories are reopened for reading, with O_NOATIME (where
 *           that is refused: without; root_noatime_refused counts it). FIFOs,
 *           devices and sockets are never opened.
 * Paths:    are absolute inside the root ("/etc/crontab"); a missing leading
 *           slash is added. Results carry the real path: every link on the
 *           way resolved. Paths are bytes, as C strings without NUL.
 * Ownership: a struct root is the caller's (root_free). A struct root_file is
 *           a local: ROOT_FILE_INIT, root_file_close.
 * Errors:   struct err; ERR_ABSENT, ERR_DENIED, ERR_CORRUPT (link loop),
 *           ERR_LIMIT, ERR_CHANGED, ERR_UNSUPPORTED (overlay redirect or
 *           metacopy: the bytes are elsewhere).
 * Limits:   ROOT_* of limits.h. Memory grows with one directory, not with
 *           the tree; descriptors with its depth and the number of layers.
 * Trust:    the tree is hostile and may change while it is read. Tested by
 *           tests/t-escape.sh, tests/t-layers.sh, with and without openat2.
 */

#include "err.h"
#include "str.h"

#include <sys/stat.h>
#include <sys/vfs.h>

struct root;
struct root_mem; /* root-mem.h */

/* A directory as root; path is of the running system. */
struct root *root_open_dir(const char *path, struct err *e);

/*
 * See that tree through copies of its mounts that belong to this process alone
 * and change no access times: O_NOATIME does not help where a symbolic link is
 * read. False, and nothing is changed, where the kernel (before 5.12) or our
 * rights (CAP_SYS_ADMIN) do not allow it, or where a mount could not be copied
 * (unbindable). Mounts that are made later are not seen.
 */
bool root_set_noatime(struct root *r);

/*
 * A directory inside another root as a root of its own (a container store):
 * nothing outside it is reachable through it.
 */
struct root *root_open_sub(struct root *r, const char *path, struct err *e);

/* Find an object, links not followed, and if it is a directory, open it so; one
 * look-up for both. *dir is NULL where it is none. */
int root_enter(struct root *r, const char *path, struct stat *st,
    struct root **dir, struct err *e);

/*
 * Layers, topmost first, each a directory path inside base. upper: the first
 * is a container's own layer, whose bytes are "changed by the container".
 */
struct root *root_open_layers(struct root *base, const struct strlist *layers,
    bool upper, struct err *e);

/*
 * The same where the layers are AUFS's: a file .wh.NAME hides NAME of the
 * layers below, a file .wh..wh..opq in a directory hides all that is below of
 * it, and no name that begins with .wh. is ever shown (aufs(5); image-spec,
 * layer.md, "Whiteouts"). Those of fuse-overlayfs are both: files where a layer
 * was unpacked, devices 0/0 where something was deleted in the mounted tree
 * (fuse-overlayfs, main.c, create_whiteout and set_fd_opaque).
 */
enum root_layering { ROOT_OVERLAY, ROOT_AUFS, ROOT_FUSE };
struct root *root_open_layers_as(struct root *base,
    const struct strlist *layers, bool upper, enum root_layering how,
    struct err *e);

/* Do layers of base say by user.overlay.* what they hide? And for layers of
 * several stores: let it be so. */
bool root_user_xattrs(const struct root *base);
void root_set_user_xattrs(struct root *r, bool user);

/*
 * The first layer of r is a whole tree, a copy of before with changes (drivers
 * that copy): what is in both alike is not the container's own, root_file.upper
 * is false for it. Alike: type, mode, owner, size, time of the content, and of a
 * small file the bytes. before is taken over.
 */
void root_set_before(struct root *r, struct root *before);

void root_free(struct root *r);

/*
 * Never look at this path, a mount point, and at nothing below it: the server
 * or the daemon behind it may be dead, and even lstat would hang. path is that
 * of the outermost root, as the kernel names it; it counts for every root
 * below it. A search, a listing or a walk that comes to it says why not
 * (ERR_UNSUPPORTED, with that reason). To be told before what hangs.
 */
void root_avoid(struct root *r, const char *path, const char *why);

/* Path of the root on the running system, as given to root_open_dir (for
 * sub and layers: of the base joined with the path; topmost layer). */
const char *root_path(const struct root *r);
bool root_layered(const struct root *r);

/* How often O_NOATIME was refused, through this root and its children. */
uint64_t root_noatime_refused(const struct root *r);

/* An object that was found. */
struct root_file {
	int fd;		 /* O_PATH, or reading after root_reopen; -1: none */
	struct stat st;  /* taken from fd */
	struct str path; /* its real path in the root */
	int layer;	 /* index of the layer it lies in; 0 for a directory */
	bool upper;	 /* it lies in the container's own layer */
	bool reading;	 /* fd is open for reading */
	/* private: where it was found, for opening it again */
	int mem;	 /* of a tree in memory: its handle, once it is reading */
	int dir_fd;	 /* its directory, -1: found by its whole path */
	bool dir_borrowed;
};
#define ROOT_FILE_INIT {.fd = -1, .dir_fd = -1, .path = STR_INIT}
#define cleanup_root_file __attribute__((cleanup(root_file_close)))
void root_file_close(struct root_file *f);

enum root_flags {
	ROOT_NOFOLLOW = 1 << 0, /* a link as last component is the result */
};

/* Find an object. Does not open it for reading. */
int root_find(struct root *r, const char *path, unsigned flags,
    struct root_file *f, struct err *e);

/*
 * Find one name of a directory that was found before; a link is the result.
 * f borrows dir, which must outlive it. Saves a look-up of the whole path.
 */
int root_find_in(struct root *r, const struct root_file *dir, const char *name,
    struct root_file *f, struct err *e);

/* Target of a link (f found with ROOT_NOFOLLOW), appended to out. */
int root_readlink(struct root *r, const struct root_file *f, struct str *out,
    struct err *e);

/* Open for reading what was found: only regular files (and directories for
 * the walk); anything else is ERR_CORRUPT, "is a FIFO". */
int root_reopen(struct root *r, struct root_file *f, struct err *e);

/* What fstat says of a found object now. Of a file of a tree in memory, whose
 * descriptor is of a copy, f->st still. -1 and errno. */
int root_fstat(const struct root_file *f, struct stat *st);

/*
 * Read a found regular file whole, at most max bytes, with pread (never
 * mmap). out is replaced. Returns 0; 1 if it was longer (out holds max
 * bytes); -1. A file that changed in size or time while it was read is
 * ERR_CHANGED with what was read in out.
 */
int root_read(struct root *r, struct root_file *f, size_t max, struct str *out,
    struct err *e);

/* root_find and root_read in one; f may be NULL. */
int root_slurp(struct root *r, const char *path, size_t max, struct str *out,
    struct root_file *f, struct err *e);

/* Where the bytes of a found object lie, as a path of the outermost root:
 * that of root_open_dir, below which subs and layers were opened. Appended. */
void root_host_path(const struct root *r, const struct root_file *f,
    struct str *out);

/* One extended attribute of a found object, at most 64 KiB, replaced in out.
 * ERR_ABSENT if there is none or the file system has none. */
int root_getxattr(struct root *r, const struct root_file *f, const char *name,
    struct str *out, struct err *e);

/* Names of a found object's extended attributes, sorted, replaced in out; at
 * most 64 KiB. A file system that has none has no names. */
int root_listxattr(struct root *r, const struct root_file *f,
    struct strlist *out, struct err *e);

/* What statx knows of a found object, STATX_BTIME included. */
int root_statx(struct root *r, const struct root_file *f, struct statx *out,
    struct err *e);

/*
 * Do the attributes of a found directory say something of the layers below it
 * that is not followed here (a redirect, whiteouts in attributes)? Then -1 and
 * ERR_UNSUPPORTED. Who walks a layer by itself has to ask.
 */
int root_layer_check(struct root *r, const struct root_file *f, struct err *e);

/* The file system that a found object lies on. */
int root_statfs(struct root *r, const struct root_file *f, struct statfs *out,
    struct err *e);

/* Entry of a directory, as the merged tree shows it. */
struct root_entry {
	const char *name;     /* one component */
	const struct stat *st; /* of the entry itself, links not followed */
	int layer;
	bool upper;
	bool whiteout; /* device 0/0; never seen in layers, which hide them */
};
typedef int root_entry_fn(void *arg, const struct root_entry *ent);

/*
 * Entries of a directory, sorted by bytes, without "." and "..". fn returns 0
 * to go on; anything else ends the listing and is returned. Above
 * ROOT_DIR_SORT_MAX they come in directory order, and the result is -1 with
 * an ERR_LIMIT that is fine: all were shown.
 */
int root_list(struct root *r, const char *path, root_entry_fn *fn, void *arg,
    struct err *e);

/*
 * Walk a tree, path itself (links in it followed) and then what is below,
 * directories before their entries, entries sorted; links are not followed.
 * fn gets each object (f->fd O_PATH) with its real path, and returns 0 to go
 * on, ROOT_PRUNE not to descend, anything else to stop, which is returned.
 * Trouble with one object goes to bad (may be NULL) and the walk goes on:
 * ERR_LIMIT below ROOT_DEPTH_MAX (one that is fine: only their order is the
 * directory's, see root_list), ERR_ABSENT for what vanished and for a
 * directory that is its own ancestor (a bind mount; it is under way already).
 */
enum { ROOT_PRUNE = 1 };
typedef int root_walk_fn(void *arg, struct root_file *f);
typedef void root_bad_fn(void *arg, const char *path, const struct err *e);
int root_walk(struct root *r, const char *path, root_walk_fn *fn,
    root_bad_fn *bad, void *arg, struct err *e);

/*
 * The same, but only directories are opened: of anything else f->fd is -1, and
 * f->st is all that is known. The descriptor of a directory stays the walk's.
 * Three times as quick.
 */
int root_scan(struct root *r, const char *path, root_walk_fn *fn,
    root_bad_fn *bad, void *arg, struct err *e);

/*
 * Which stacks of layers show an object of one of their layers? One that no
 * layer above hides: with something of the same name, or with a whiteout, a
 * file, an opaque or a redirected directory in place of a directory above it.
 *
 * Calling:  add layers (directories of base, by their real paths) and stacks
 *           of them; root_shown_seal; then root_shown, cheap where it is
 *           asked in the order of a walk. What it opens, it opens when asked:
 *           processes forked in between share nothing.
 * Errors:   none: what of an upper layer cannot be read hides nothing. Who
 *           walks that layer is told.
 */
struct root_shown;
struct root_shown *root_shown_new(struct root *base);
uint32_t root_shown_layer(struct root_shown *s, const char *dir,
    enum root_layering how);
/* Layers topmost first, each once. */
uint32_t root_shown_stack(struct root_shown *s, const uint32_t *layers,
    size_t n);
void root_shown_seal(struct root_shown *s);
/* fn gets the numbers of the stacks that show path of layer, ascending. */
typedef void root_shown_fn(void *arg, uint32_t stack);
void root_shown(struct root_shown *s, uint32_t layer, const char *path,
    root_shown_fn *fn, void *arg);
/* The stacks that have the layer, whatever they show; their number. */
size_t root_shown_stacks(const struct root_shown *s, uint32_t layer,
    const uint32_t **v);
void root_shown_free(struct root_shown *s);

/*
 * Match a pattern of path components ("/var/spool/cron/crontabs/" then "*"):
 * in a component * matches any bytes but a leading dot, ? one byte, [abc] a
 * set ([!abc] its complement); a backslash takes the next byte as it is; a
 * component that is exactly two stars matches any depth, itself included,
 * without following links. Matches come sorted by the name they were reached
 * by, each once. fn gets that name (via) and the object found there, links
 * followed; an object that cannot be found (dangling link, denied) goes to
 * bad, and so does, as ERR_ABSENT, a fixed beginning that is not there, and
 * what a limit cut. Returns as root_walk.
 */
typedef int root_glob_fn(void *arg, const char *via, struct root_file *f);
int root_glob(struct root *r, const char *pattern, root_glob_fn *fn,
    root_bad_fn *bad, void *arg, struct err *e);

/* Append path so that a glob takes every byte of it as it is. */
void root_glob_quote(struct str *out, const char *path);

/* The kernel has openat2 and we may use it (for the run record). */
bool root_openat2(void);

/*
 * Are trusted.* attributes visible to us? Without CAP_SYS_ADMIN in the first
 * user namespace the kernel hides them in silence, and an opaque directory
 * looks like any other: whoever reads layers writes a note then (denied).
 */
bool root_sees_trusted(void);

#endif
