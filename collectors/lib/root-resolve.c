/* root-resolve - from a path to an object: the only place that follows links */

#include "root-internal.h"

#include "limits.h"

#include <errno.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#define AUTOFS_MAGIC 0x0187

/* ---- handles ----------------------------------------------------------- */

int
root_h_dup(int h)
{
	return root_is_mem(h) ? h : fcntl(h, F_DUPFD_CLOEXEC, 3);
}

int
root_h_stat(int h, struct stat *st)
{
	return root_is_mem(h) ? root_mem_stat(h, st) : fstat(h, st);
}

int
root_h_find(int dir, const char *name)
{
	return root_is_mem(dir) ? root_mem_find(dir, name) :
	    openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

int
root_h_statat(int dir, const char *name, struct stat *st)
{
	int h;

	if (!root_is_mem(dir))
		return fstatat(dir, name, st,
		    AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT);
	h = root_mem_find(dir, name);
	return h < 0 ? -1 : root_mem_stat(h, st);
}

ssize_t
root_h_readlink(int h, char *buf, size_t n)
{
	return root_is_mem(h) ? root_mem_readlink(h, buf, n) :
	    readlinkat(h, "", buf, n);
}

/* ---- directories of the merged tree ----------------------------------- */

void
root_dir_init(struct root_dir *d)
{
	d->v = &d->one;
	d->n = 0;
}

void
root_dir_release(struct root_dir *d)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		if (!d->v[i].borrowed)
			root_h_close(d->v[i].fd);
	if (d->v != &d->one)
		free(d->v);
	root_dir_init(d);
}

void
root_dir_add(struct root_dir *d, int fd, int layer, dev_t dev)
{
	struct root_part *p;

	if (d->v != &d->one) {
		d->v = xreallocarray(d->v, d->n + 1, sizeof(*d->v));
	} else if (d->n) {
		d->v = xmalloc(2 * sizeof(*d->v));
		d->v[0] = d->one;
	}
	p = &d->v[d->n++];
	p->fd = fd;
	p->layer = layer;
	p->dev = dev;
	p->reading = p->borrowed = false;
}

void
root_dir_move(struct root_dir *to, struct root_dir *from)
{
	*to = *from;
	if (from->v == &from->one)
		to->v = &to->one;
	root_dir_init(from);
}

void
root_hit_release(struct root_hit *h)
{
	if (h->dir.n)
		root_dir_release(&h->dir);
	else
		root_h_close(h->fd);
	h->fd = -1;
}

int
root_opaque_read(const struct root *r, int fd, const char *path,
    bool *opaque, struct err *e)
{
	const char *space = r->user_xattrs ? "user" : "trusted";
	struct str value cleanup_str = STR_INIT;
	struct stat st;
	char name[32];

	*opaque = false;
	if (r->aufs) {
		*opaque = root_h_statat(fd, AUFS_OPAQUE, &st) == 0;
		return 0;
	}
	if (root_is_mem(fd) ? root_mem_listxattr(fd, NULL, 0) == 0
			    : flistxattr(fd, NULL, 0) == 0)
		return 0;
	snprintf(name, sizeof(name), "%s.overlay.opaque", space);
	if (root_fgetxattr(fd, name, &value) >= 0) {
		if (str_eq(&value, "x"))
			return err_set(e, ERR_UNSUPPORTED, 0,
			    "'%s' has whiteouts in attributes", path);
		*opaque = str_eq(&value, "y");
	} else if (errno != ENODATA && errno != EOPNOTSUPP &&
	    errno != ERANGE) {
		return root_fail(e, errno, "read attributes of", path);
	}
	snprintf(name, sizeof(name), "%s.overlay.redirect", space);
	if (root_fgetxattr(fd, name, &value) >= 0)
		return err_set(e, ERR_UNSUPPORTED, 0,
		    "the rest of '%s' lies elsewhere (overlay redirect)", path);
	return 0;
}

int
root_opaque(const struct root *r, int dir, const char *path, bool *opaque,
    struct err *e)
{
	int fd cleanup_fd = -1;

	*opaque = false;
	if (r->aufs || root_is_mem(dir))
		return root_opaque_read(r, dir, path, opaque, e);
	fd = root_openat(r, dir, ".", O_DIRECTORY);
	if (fd < 0)
		return root_fail(e, errno, "read attributes of", path);
	return root_opaque_read(r, fd, path, opaque, e);
}

bool
root_aufs_hides(int dir, const char *name)
{
	char hide[256 + sizeof(AUFS_HIDE)];
	struct stat st;

	snprintf(hide, sizeof(hide), "%s%s", AUFS_HIDE, name);
	return root_h_statat(dir, hide, &st) == 0;
}

static bool
automount(int fd, const struct stat *st, dev_t parent)
{
	struct statfs fs;

	return st->st_dev != parent && S_ISDIR(st->st_mode) &&
	    !root_is_mem(fd) &&
	    fstatfs(fd, &fs) == 0 && fs.f_type == AUTOFS_MAGIC;
}

int
root_lookup(const struct root *r, const struct root_dir *d, size_t from,
    const char *name, const char *path, struct root_hit *h, struct err *e)
{
	bool opaque = false;
	struct stat st;
	size_t i;
	int fd;

	h->fd = -1;
	root_dir_init(&h->dir);
	if (r->aufs && root_aufs_name(name))
		return err_sys(e, ENOENT, "cannot find '%s'", path);
	for (i = from; i < d->n && !opaque; i++) {
		fd = root_h_find(d->v[i].fd, name);
		if (fd < 0 && (errno == ENOENT || errno == ENAMETOOLONG)) {
			if (r->aufs && i + 1 < d->n &&
			    root_aufs_hides(d->v[i].fd, name))
				break;
			continue;
		}
		if (fd < 0 || root_h_stat(fd, &st)) {
			root_fail(e, errno, "find", path);
			root_h_close(fd);
			goto failed;
		}
		if (r->devices && S_ISCHR(st.st_mode) && st.st_rdev == 0) {
			root_h_close(fd);
			break;
		}
		if (!S_ISDIR(st.st_mode)) {
			if (h->fd >= 0) {
				root_h_close(fd);
				break;
			}
			h->fd = fd;
			h->st = st;
			h->layer = d->v[i].layer;
			h->part = i;
			return 0;
		}
		if (automount(fd, &st, d->v[i].dev)) {
			root_h_close(fd);
			err_set(e, ERR_UNSUPPORTED, 0, "'%s' is an automount "
			    "point: it is not triggered", path);
			goto failed;
		}
		if (h->fd < 0) {
			h->fd = fd;
			h->st = st;
			h->layer = d->v[i].layer;
			h->part = i;
		}
		root_dir_add(&h->dir, fd, d->v[i].layer, st.st_dev);
		if (i + 1 < d->n && root_opaque(r, fd, path, &opaque,
			e))
			goto failed;
		opaque = opaque || (r->aufs && i + 1 < d->n &&
		    root_aufs_hides(d->v[i].fd, name));
	}
	if (h->fd >= 0)
		return 0;
	return err_sys(e, ENOENT, "cannot find '%s'", path);
failed:
	root_hit_release(h);
	return -1;
}

/* ---- paths ------------------------------------------------------------ */

int
root_path_add(struct str *path, const char *name, size_t n)
{
	if (path->n + n + 1 > ROOT_PATH_MAX)
		return -1;
	if (!path->n || path->s[path->n - 1] != '/')
		str_addc(path, '/');
	str_add(path, name, n);
	return 0;
}

static int
too_long(const char *path, struct err *e)
{
	return err_set(e, ERR_LIMIT, ENAMETOOLONG,
	    "a path is over %d bytes (ROOT_PATH_MAX): '%.100s...'",
	    ROOT_PATH_MAX, path);
}

static int
too_deep(const char *path, struct err *e)
{
	return err_set(e, ERR_LIMIT, ENAMETOOLONG,
	    "a path has over %d components (ROOT_DEPTH_MAX): '%.100s...'",
	    ROOT_DEPTH_MAX, path);
}

/*
 * The quick way: one openat2 that follows no link at all and crosses no
 * mount (an automount would be triggered). If it succeeds, the path, made
 * plain, is the real one. 1: take the long way.
 */
static int
quick(struct root *r, const char *path, unsigned flags, struct root_file *f,
    struct err *e)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC |
		    (flags & ROOT_NOFOLLOW ? O_NOFOLLOW : 0),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS |
		    RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	const char *p = path, *q;
	size_t n, depth = 0;
	int fd;

	str_clear(&f->path);
	for (; *p; p = q) {
		while (*p == '/')
			p++;
		q = strchrnul(p, '/');
		n = (size_t)(q - p);
		if (!n || (n == 1 && *p == '.')) {
			if (!*q)
				return 1; /* ends in a slash or a dot */
			continue;
		}
		if ((n == 2 && p[0] == '.' && p[1] == '.') ||
		    ++depth > ROOT_DEPTH_MAX ||
		    root_path_add(&f->path, p, n))
			return 1;
	}
	if (!f->path.n)
		return 1;
	fd = (int)syscall(SYS_openat2, r->layers[0].fd, f->path.s + 1, &how,
	    sizeof(how));
	if (fd < 0) {
		if (errno == ENOSYS)
			r->no_openat2 = true;
		if (errno == ENOENT || errno == ENOTDIR)
			return err_sys(e, errno, "cannot find '%s'", path);
		return 1;
	}
	f->fd = fd;
	if (fstat(fd, &f->st))
		return root_fail(e, errno, "look at", path);
	if (r->layered && S_ISCHR(f->st.st_mode) && f->st.st_rdev == 0)
		return err_sys(e, ENOENT, "cannot find '%s'", path);
	f->layer = r->layers[0].id;
	f->upper = r->upper && f->layer == 0;
	return 0;
}

/* The long way: a stack of directories, links spliced into the rest. */
struct way {
	struct root *r;
	struct root_dir *v; /* v[0] is the root */
	size_t *ends;	    /* length of the real path at each */
	size_t n, cap;
	struct str rest; /* still to go; at is where */
	size_t at;
	struct str *real;
	int links;
};

static void
way_push(struct way *w, struct root_dir *d)
{
	size_t i;

	if (w->n == w->cap) {
		size_t cap = w->cap ? 2 * w->cap : 8;
		struct root_dir *v = xcalloc(cap, sizeof(*v));

		/* a directory of one part points into itself */
		for (i = 0; i < w->n; i++)
			root_dir_move(&v[i], &w->v[i]);
		free(w->v);
		w->v = v;
		w->ends = xreallocarray(w->ends, cap, sizeof(*w->ends));
		w->cap = cap;
	}
	root_dir_move(&w->v[w->n], d);
	w->ends[w->n++] = w->real->n;
}

static void
way_pop(struct way *w, size_t n)
{
	while (w->n > n)
		root_dir_release(&w->v[--w->n]);
	str_cut(w->real, w->ends[w->n - 1]);
}

static void
way_release(struct way *w)
{
	while (w->n)
		root_dir_release(&w->v[--w->n]);
	free(w->v);
	free(w->ends);
	str_release(&w->rest);
}

/* The root's own directory is borrowed: a look-up in twenty layers would else
 * cost twenty descriptors before its first step. */
static void
way_begin(struct way *w)
{
	const struct root_layer *l;
	struct root_dir top;
	size_t i;

	root_dir_init(&top);
	for (i = 0; i < w->r->n; i++) {
		l = &w->r->layers[i];
		root_dir_add(&top, l->fd, (int)i, l->dev);
		top.v[i].borrowed = true;
	}
	way_push(w, &top);
}

/* Of a directory that outlives the way: descriptors of its own. */
static int
own_parts(struct root_dir *d)
{
	size_t i;
	int fd;

	for (i = 0; i < d->n; i++) {
		if (!d->v[i].borrowed)
			continue;
		fd = root_h_dup(d->v[i].fd);
		if (fd < 0)
			return -1;
		d->v[i].fd = fd;
		d->v[i].borrowed = false;
	}
	return 0;
}

/* Put a link's target in front of what is left. */
static int
way_splice(struct way *w, int fd, const char *path, struct err *e)
{
	char target[8192];
	ssize_t n;

	if (++w->links > ROOT_LINKS_MAX)
		return err_set(e, ERR_CORRUPT, ELOOP,
		    "over %d links on the way to '%s' (ROOT_LINKS_MAX)",
		    ROOT_LINKS_MAX, path);
	n = root_h_readlink(fd, target, sizeof(target) - 1);
	if (n < 0)
		return root_fail(e, errno, "read link", w->real->s);
	if (n == 0)
		return err_sys(e, ENOENT, "cannot find '%s'", path);
	if ((size_t)n + w->rest.n - w->at > ROOT_PATH_MAX ||
	    (size_t)n == sizeof(target) - 1)
		return too_long(path, e);
	target[n] = '\0';
	if (target[0] == '/')
		way_pop(w, 1);
	{
		struct str rest = STR_INIT;

		str_add(&rest, target, (size_t)n);
		str_add(&rest, w->rest.s + w->at, w->rest.n - w->at);
		str_release(&w->rest);
		w->rest = rest;
		w->at = 0;
	}
	return 0;
}

/* The root itself, or a directory that ".." led back to. */
static int
way_here(struct way *w, struct root_file *f, struct root_dir *dir,
    struct err *e)
{
	struct root_dir *d = &w->v[w->n - 1];
	const char *name;
	size_t i;

	f->fd = root_h_dup(d->v[0].fd);
	if (f->fd < 0 || root_h_stat(f->fd, &f->st))
		return root_fail(e, errno, "look at", w->real->s);
	f->layer = w->r->layers[d->v[0].layer].id;
	name = w->n > 1 ? strrchr(w->real->s, '/') + 1 : NULL;
	if (!name) {
		f->dir_fd = root_h_dup(f->fd);
	} else {
		struct root_dir *up = &w->v[w->n - 2];

		for (i = 0; up->v[i].layer != d->v[0].layer; i++)
			;
		f->dir_fd = root_h_dup(up->v[i].fd);
	}
	if (f->dir_fd < 0 || (dir && own_parts(d)))
		return root_fail(e, errno, "look at", w->real->s);
	if (dir)
		root_dir_move(dir, d);
	if (!w->real->n)
		str_addc(w->real, '/');
	return 0;
}

/* One step. 0: go on; 1: f is found; -1. */
static int
way_step(struct way *w, const char *path, unsigned flags, struct root_file *f,
    struct root_dir *dir, struct err *e)
{
	struct root_hit h cleanup_root_hit = ROOT_HIT_INIT;
	const char *p, *q;
	char name[256];
	size_t n;
	bool last, must_dir;

	p = w->rest.s + w->at;
	p += strspn(p, "/");
	q = strchrnul(p, '/');
	n = (size_t)(q - p);
	w->at = (size_t)(q - w->rest.s);
	if (!n)
		return way_here(w, f, dir, e) ? -1 : 1;
	if (n == 1 && p[0] == '.')
		return 0;
	if (n == 2 && p[0] == '.' && p[1] == '.') {
		way_pop(w, w->n > 1 ? w->n - 1 : 1);
		return 0;
	}
	if (n >= sizeof(name)) /* no file system has such a name */
		return err_sys(e, ENOENT, "cannot find '%s'", path);
	memcpy(name, p, n);
	name[n] = '\0';
	must_dir = *q == '/';
	last = q[strspn(q, "/")] == '\0';
	if (w->n > ROOT_DEPTH_MAX)
		return too_deep(path, e);
	if (root_names_lack_in(w->r, &w->v[w->n - 1], w->real, name))
		return err_sys(e, ENOENT, "cannot find '%s'", path);
	if (root_avoids(w->r, w->real->s, w->real->n, name, n, e) ||
	    root_lookup(w->r, &w->v[w->n - 1], 0, name, path, &h, e))
		return -1;
	if (S_ISLNK(h.st.st_mode) &&
	    (!last || must_dir || !(flags & ROOT_NOFOLLOW)))
		return way_splice(w, h.fd, path, e);
	if (!S_ISDIR(h.st.st_mode) && (!last || must_dir))
		return err_sys(e, ENOTDIR, "cannot find '%s'", path);
	if (root_path_add(w->real, name, n))
		return too_long(path, e);
	if (!last) {
		h.fd = -1;
		way_push(w, &h.dir);
		return 0;
	}
	f->st = h.st;
	f->layer = w->r->layers[h.layer].id;
	f->dir_fd = root_h_dup(w->v[w->n - 1].v[h.part].fd);
	if (f->dir_fd < 0)
		return root_fail(e, errno, "look at", path);
	if (S_ISDIR(h.st.st_mode)) {
		f->fd = root_h_dup(h.fd);
		if (f->fd < 0)
			return root_fail(e, errno, "look at", path);
		if (dir) {
			h.fd = -1;
			root_dir_move(dir, &h.dir);
		}
	} else {
		f->fd = steal_fd(&h.fd);
	}
	return 1;
}

static int
walk_way(struct root *r, const char *path, unsigned flags,
    struct root_file *f, struct root_dir *dir, struct err *e)
{
	struct way w = {.r = r, .real = &f->path, .rest = STR_INIT};
	int k = 0;

	str_clear(&f->path);
	if (strlen(path) > ROOT_PATH_MAX)
		return too_long(path, e);
	str_sets(&w.rest, path);
	if (root_names_lack(r, path)) {
		str_release(&w.rest);
		return err_sys(e, ENOENT, "cannot find '%s'", path);
	}
	way_begin(&w);
	while (k == 0)
		k = way_step(&w, path, flags, f, dir, e);
	way_release(&w);
	return k < 0 ? -1 : 0;
}

int
root_resolve(struct root *r, const char *path, unsigned flags,
    struct root_file *f, struct root_dir *dir, struct err *e)
{
	int k = 1;

	root_file_close(f);
	/* a layer without others hides nothing but its own whiteouts */
	if (r->n == 1 && !r->no_openat2 && !r->aufs)
		k = quick(r, path, flags, f, e);
	if (k == 0 && dir && S_ISDIR(f->st.st_mode)) {
		int fd = root_h_dup(f->fd);

		if (fd < 0)
			k = root_fail(e, errno, "look at", path);
		else
			root_dir_add(dir, fd, 0, f->st.st_dev);
	}
	if (k > 0)
		k = walk_way(r, path, flags, f, dir, e);
	if (k) {
		root_file_close(f);
		return -1;
	}
	f->upper = root_is_upper(r, f);
	return 0;
}
