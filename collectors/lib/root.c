#include "root-internal.h"

#include "limits.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

int
root_fail(struct err *e, int sys, const char *what, const char *path)
{
	err_sys(e, sys, "cannot %s '%s'", what, path);
	if (e && sys == EMFILE) /* depth times layers: a hostile tree */
		e->class = ERR_LIMIT;
	if (e && sys == EAGAIN) /* somebody holds a lease on the file */
		e->class = ERR_DENIED;
	return -1;
}

/* ---- roots ----------------------------------------------------------- */

static struct root_common *
common_new(void)
{
	struct root_common *c = xcalloc(1, sizeof(*c));

	c->noatime = mmap(NULL, sizeof(*c->noatime), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (c->noatime == MAP_FAILED)
		die("out of memory");
	c->users = 1;
	return c;
}

static struct root *
root_new(const struct root *base)
{
	struct root *r = xcalloc(1, sizeof(*r));

	str_init(&r->path);
	r->mem = base && base->mem;
	r->no_openat2 = r->mem || !root_openat2();
	r->common = base ? base->common : common_new();
	if (base)
		r->common->users++;
	return r;
}

/* Takes fd over. */
static struct root_layer *
layer_add(struct root *r, int fd, int id)
{
	struct root_layer *l;
	struct stat st;

	r->layers = xreallocarray(r->layers, r->n + 1, sizeof(*l));
	l = &r->layers[r->n++];
	l->fd = fd;
	l->dev = root_h_stat(fd, &st) ? 0 : st.st_dev;
	l->id = id;
	str_init(&l->path);
	return l;
}

struct root *
root_open_mem(struct root_mem *m, const char *path)
{
	struct root *r = root_new(NULL);

	r->mem = r->no_openat2 = true;
	layer_add(r, root_mem_top(m), 0);
	str_sets(&r->path, path);
	return r;
}

struct root *
root_open_dir(const char *path, struct err *e)
{
	struct root *r;
	int fd;

	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		root_fail(e, errno, "open root", path);
		return NULL;
	}
	r = root_new(NULL);
	layer_add(r, fd, 0);
	str_sets(&r->path, path);
	return r;
}

/*
 * A copy of a tree leaves out mounts that are marked so (proc_pid_mountinfo(5)):
 * what they cover would come to light in it, and what is in them be lost. The
 * spaces of names are octal escapes there.
 */
static bool
mounts_unbindable(void)
{
	FILE *fp cleanup_file = fopen("/proc/self/mountinfo", "re");
	char *line cleanup_free = NULL;
	size_t room = 0;
	bool yes = !fp;

	while (!yes && getline(&line, &room, fp) >= 0)
		yes = strstr(line, " unbindable ") != NULL;
	return yes || ferror(fp);
}

bool
root_set_noatime(struct root *r)
{
	struct mount_attr noatime = { .attr_set = MOUNT_ATTR_NOATIME,
		.attr_clr = MOUNT_ATTR__ATIME };
	int fd cleanup_fd = -1;
	struct statx top;

	if (r->mem || mounts_unbindable() ||
	    statx(r->layers[0].fd, "", AT_EMPTY_PATH, STATX_INO, &top))
		return false;
	fd = (int)syscall(SYS_open_tree, r->layers[0].fd, "",
	    AT_EMPTY_PATH | AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (fd < 0 ||
	    syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH | AT_RECURSIVE,
		&noatime, sizeof(noatime)))
		return false;
	close(r->layers[0].fd);
	r->layers[0].fd = steal_fd(&fd);
	if (!(top.stx_attributes & STATX_ATTR_MOUNT_ROOT)) {
		r->common->top_dev = makedev(top.stx_dev_major,
		    top.stx_dev_minor);
		r->common->top_ino = top.stx_ino;
	}
	return true;
}

static void
join(struct str *out, const struct str *top, const char *below)
{
	str_add(out, top->s, top->n);
	while (out->n && out->s[out->n - 1] == '/')
		str_cut(out, out->n - 1);
	if (strcmp(below, "/") != 0)
		str_adds(out, below);
}

/* d are the parts of the directory path of base; they are taken over. */
static struct root *
open_parts(struct root *base, const char *path, struct root_dir *d)
{
	struct root *r = root_new(base);
	struct root_layer *from, *l;
	size_t i;

	r->layered = base->layered;
	r->aufs = base->aufs;
	r->devices = base->devices;
	r->upper = base->upper;
	r->user_xattrs = base->user_xattrs;
	join(&r->path, &base->path, path);
	for (i = 0; i < d->n; i++) {
		from = &base->layers[d->v[i].layer];
		l = layer_add(r, steal_fd(&d->v[i].fd), from->id);
		join(&l->path, &from->path, path);
	}
	root_dir_release(d);
	return r;
}

struct root *
root_open_sub(struct root *base, const char *path, struct err *e)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct root_dir d;

	root_dir_init(&d);
	if (root_resolve(base, path, 0, &f, &d, e))
		return NULL;
	if (!d.n) {
		err_set(e, ERR_ABSENT, ENOTDIR,
		    "cannot open root '%s': not a directory", path);
		return NULL;
	}
	return open_parts(base, f.path.s, &d);
}

int
root_enter(struct root *base, const char *path, struct stat *st,
    struct root **dir, struct err *e)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct root_dir d;

	*dir = NULL;
	root_dir_init(&d);
	if (root_resolve(base, path, ROOT_NOFOLLOW, &f, &d, e))
		return -1;
	*st = f.st;
	if (d.n)
		*dir = open_parts(base, f.path.s, &d);
	return 0;
}

struct root *
root_open_layers(struct root *base, const struct strlist *layers, bool upper,
    struct err *e)
{
	return root_open_layers_as(base, layers, upper, ROOT_OVERLAY, e);
}

/* The kernel takes the attributes' names from a mount option that is not on
 * disk; engines of ordinary users set it. */
bool
root_user_xattrs(const struct root *base)
{
	struct stat st;

	return root_h_stat(base->layers[0].fd, &st) == 0 && st.st_uid != 0;
}

void
root_set_user_xattrs(struct root *r, bool user)
{
	r->user_xattrs = user;
}

struct root *
root_open_layers_as(struct root *base, const struct strlist *layers,
    bool upper, enum root_layering how, struct err *e)
{
	struct root *r;
	size_t i;

	if (!layers->n || layers->n > ROOT_LAYERS_MAX) {
		err_set(e, layers->n ? ERR_LIMIT : ERR_ABSENT, 0,
		    "%zu layers, at most %d (ROOT_LAYERS_MAX)", layers->n,
		    ROOT_LAYERS_MAX);
		return NULL;
	}
	if (base->layered) {
		err_set(e, ERR_UNSUPPORTED, 0, "layers within layers");
		return NULL;
	}
	r = root_new(base);
	r->layered = true;
	r->aufs = how != ROOT_OVERLAY;
	r->devices = how != ROOT_AUFS;
	r->upper = upper;
	r->user_xattrs = root_user_xattrs(base);
	for (i = 0; i < layers->n; i++) {
		struct root_file f cleanup_root_file = ROOT_FILE_INIT;
		struct root_layer *l;

		if (root_resolve(base, layers->v[i].s, 0, &f, NULL, e)) {
			err_wrap(e, "layer %zu", i);
			root_free(r);
			return NULL;
		}
		if (!S_ISDIR(f.st.st_mode)) {
			err_set(e, ERR_CORRUPT, ENOTDIR,
			    "layer '%s' is not a directory", layers->v[i].s);
			root_free(r);
			return NULL;
		}
		l = layer_add(r, steal_fd(&f.fd), (int)i);
		join(&l->path, &base->layers[0].path, f.path.s);
		if (i == 0)
			join(&r->path, &base->path, f.path.s);
	}
	return r;
}

static void
common_free(struct root_common *c)
{
	size_t i;

	for (i = 0; i < c->avoid_n; i++) {
		str_release(&c->avoid[i].path);
		str_release(&c->avoid[i].why);
	}
	free(c->avoid);
	munmap((void *)(uintptr_t)c->noatime, sizeof(*c->noatime));
	free(c);
}

void
root_set_before(struct root *r, struct root *before)
{
	root_free(r->before);
	r->before = before;
}

#define ALIKE_READ (64 * 1024) /* bytes of a file that are compared */

/* Is what was found as it was in the tree that this one is a copy of? */
static bool
alike(const struct root *r, struct root_file *f)
{
	struct root_file b cleanup_root_file = ROOT_FILE_INIT;
	struct root_file a cleanup_root_file = ROOT_FILE_INIT;
	struct str x cleanup_str = STR_INIT, y cleanup_str = STR_INIT;
	const struct stat *s = &f->st, *t = &b.st;
	struct err e;

	if (root_find(r->before, f->path.s, ROOT_NOFOLLOW, &b, &e) ||
	    s->st_mode != t->st_mode || s->st_uid != t->st_uid ||
	    s->st_gid != t->st_gid)
		return false;
	if (S_ISDIR(s->st_mode))
		return true;
	if (S_ISLNK(s->st_mode))
		return root_readlink(NULL, f, &x, &e) == 0 &&
		    root_readlink(NULL, &b, &y, &e) == 0 && str_eq(&x, y.s);
	if (s->st_size != t->st_size ||
	    s->st_mtim.tv_sec != t->st_mtim.tv_sec ||
	    s->st_mtim.tv_nsec != t->st_mtim.tv_nsec)
		return false;
	if (!S_ISREG(s->st_mode) || s->st_size > ALIKE_READ ||
	    s->st_size == 0)
		return true;
	/* who changed it may have put its time back: f itself stays as it is,
	 * not open for reading */
	return root_slurp((struct root *)(uintptr_t)r, f->path.s, ALIKE_READ,
		   &x, &a, &e) == 0 &&
	    root_read(r->before, &b, ALIKE_READ, &y, &e) == 0 &&
	    x.n == y.n && memcmp(x.s, y.s, x.n) == 0;
}

bool
root_is_upper(const struct root *r, struct root_file *f)
{
	static bool busy; /* alike() finds the same once more */
	bool same;

	if (!r->upper || f->layer != 0)
		return false;
	if (!r->before || busy)
		return true;
	busy = true;
	same = alike(r, f);
	busy = false;
	return !same;
}

void
root_free(struct root *r)
{
	size_t i;

	if (!r)
		return;
	root_free(r->before);
	for (i = 0; i < r->n; i++) {
		root_h_close(r->layers[i].fd);
		str_release(&r->layers[i].path);
	}
	free(r->layers);
	root_names_free(r->names);
	str_release(&r->path);
	if (--r->common->users == 0)
		common_free(r->common);
	free(r);
}

static uint64_t
name_bit(const char *name, size_t n)
{
	uint32_t h = 5381;

	while (n--)
		h = h * 33 + (unsigned char)*name++;
	return 1ULL << (h >> 26 & 63);
}

void
root_avoid(struct root *r, const char *path, const char *why)
{
	struct root_common *c = r->common;
	const char *name = strrchr(path, '/');
	size_t i;

	if (!name || !name[1])
		return; /* never the root itself */
	c->avoid = xreallocarray(c->avoid, c->avoid_n + 1, sizeof(*c->avoid));
	for (i = c->avoid_n++; i && strcmp(c->avoid[i - 1].path.s, path) > 0;
	    i--)
		c->avoid[i] = c->avoid[i - 1];
	str_init(&c->avoid[i].path);
	str_init(&c->avoid[i].why);
	str_adds(&c->avoid[i].path, path);
	str_adds(&c->avoid[i].why, why);
	c->avoid_names |= name_bit(name + 1, strlen(name + 1));
}

static int
compare_avoided(const void *key, const void *v)
{
	return strcmp(key, ((const struct root_avoided *)v)->path.s);
}

int
root_avoids(const struct root *r, const char *dir, size_t dir_n,
    const char *name, size_t n, struct err *e)
{
	const struct root_common *c = r->common;
	const struct root_avoided *a;
	struct str path cleanup_str = STR_INIT;
	size_t i;

	if (!c->avoid_n || !(c->avoid_names & name_bit(name, n)))
		return 0;
	for (i = 0; i < r->n; i++) {
		const struct str *top = &r->layers[i].path;

		str_set(&path, top->s, top->n);
		while (path.n && path.s[path.n - 1] == '/')
			str_cut(&path, path.n - 1);
		str_add(&path, dir, dir_n);
		while (path.n && path.s[path.n - 1] == '/')
			str_cut(&path, path.n - 1);
		str_addc(&path, '/');
		str_add(&path, name, n);
		a = bsearch(path.s, c->avoid, c->avoid_n, sizeof(*c->avoid),
		    compare_avoided);
		if (a)
			return err_set(e, ERR_UNSUPPORTED, 0,
			    "'%s' is not looked at: %s", path.s, a->why.s);
	}
	return 0;
}

const char *
root_path(const struct root *r)
{
	return r->path.n ? r->path.s : "/";
}

bool
root_layered(const struct root *r)
{
	return r->layered;
}

uint64_t
root_noatime_refused(const struct root *r)
{
	return atomic_load(r->common->noatime);
}

bool
root_openat2(void)
{
	/* a size of 0 is refused by every kernel that knows the call */
	return syscall(SYS_openat2, -1, "", NULL, 0) >= 0 || errno == EINVAL;
}

bool
root_sees_trusted(void)
{
	struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct d[2];
	char map[64];
	unsigned long long in, out, n;
	ssize_t k;
	int fd;

	if (syscall(SYS_capget, &h, d) ||
	    !(d[0].effective & (1U << CAP_SYS_ADMIN)))
		return false;
	/* The capability counts in the first user namespace only, which maps
	 * every id to itself. Without /proc we cannot tell and believe it. */
	fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return true;
	k = read(fd, map, sizeof(map) - 1);
	close(fd);
	if (k <= 0)
		return true;
	map[k] = '\0';
	return sscanf(map, "%llu %llu %llu", &in, &out, &n) == 3 && in == 0 &&
	    out == 0 && n == 4294967295ULL;
}

/* ---- objects --------------------------------------------------------- */

void
root_file_close(struct root_file *f)
{
	root_h_close(f->fd);
	if (!f->dir_borrowed)
		root_h_close(f->dir_fd);
	f->fd = f->dir_fd = -1;
	f->mem = 0;
	f->dir_borrowed = f->reading = f->upper = false;
	f->layer = 0;
	str_release(&f->path);
}

int
root_find(struct root *r, const char *path, unsigned flags,
    struct root_file *f, struct err *e)
{
	return root_resolve(r, path, flags, f, NULL, e);
}

int
root_find_in(struct root *r, const struct root_file *dir, const char *name,
    struct root_file *f, struct err *e)
{
	struct root_hit h cleanup_root_hit = ROOT_HIT_INIT;
	struct str path cleanup_str = STR_INIT;
	struct root_dir d;
	int k;

	str_add(&path, dir->path.s, dir->path.n);
	if (root_path_add(&path, name, strlen(name)))
		return err_set(e, ERR_LIMIT, ENAMETOOLONG,
		    "a path is over %d bytes (ROOT_PATH_MAX)", ROOT_PATH_MAX);
	if (r->n != 1) /* its parts in other layers are not at hand */
		return root_find(r, path.s, ROOT_NOFOLLOW, f, e);
	root_file_close(f);
	if (root_avoids(r, dir->path.s, dir->path.n, name, strlen(name), e))
		return -1;
	root_dir_init(&d);
	root_dir_add(&d, dir->fd, 0, dir->st.st_dev);
	k = root_lookup(r, &d, 0, name, path.s, &h, e);
	if (k)
		return -1;
	f->st = h.st;
	f->layer = r->layers[0].id;
	f->upper = r->upper && f->layer == 0;
	f->dir_fd = dir->fd;
	f->dir_borrowed = true;
	if (h.dir.n) /* the only part is the object */
		f->fd = steal_fd(&h.dir.v[0].fd);
	else
		f->fd = h.fd;
	h.fd = -1;
	str_add(&f->path, path.s, path.n);
	return 0;
}

int
root_readlink(struct root *r UNUSED, const struct root_file *f,
    struct str *out, struct err *e)
{
	char target[8192];
	ssize_t n;

	n = root_h_readlink(f->fd, target, sizeof(target));
	if (n < 0)
		return root_fail(e, errno, "read link", f->path.s);
	if ((size_t)n == sizeof(target))
		return err_set(e, ERR_LIMIT, ENAMETOOLONG,
		    "target of link '%s' is too long", f->path.s);
	str_add(out, target, (size_t)n);
	return 0;
}

static const char *
type_name(mode_t m)
{
	switch (m & S_IFMT) {
	case S_IFLNK:
		return "a link";
	case S_IFIFO:
		return "a FIFO";
	case S_IFSOCK:
		return "a socket";
	case S_IFCHR:
		return "a character device";
	case S_IFBLK:
		return "a block device";
	case S_IFDIR:
		return "a directory";
	case S_IFREG:
		return "a regular file";
	}
	return "of no known type";
}

int
root_openat(const struct root *r, int dir, const char *name, int flags)
{
	int fd;

	flags |= O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW;
	fd = openat(dir, name, flags | O_NOATIME);
	if (fd < 0 && errno == EPERM) {
		fd = openat(dir, name, flags);
		if (fd >= 0)
			atomic_fetch_add(r->common->noatime, 1);
	}
	return fd;
}

static int
open_whole(const struct root *r, const struct root_file *f, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_RDONLY | O_CLOEXEC | O_NOCTTY |
		    O_NONBLOCK | O_NOFOLLOW | O_NOATIME),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS |
		    RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	const char *path = f->path.n > 1 ? f->path.s + 1 : ".";
	long fd;

	fd = syscall(SYS_openat2, r->layers[0].fd, path, &how, sizeof(how));
	if (fd < 0 && errno == EPERM) {
		how.flags &= ~(uint64_t)O_NOATIME;
		fd = syscall(SYS_openat2, r->layers[0].fd, path, &how,
		    sizeof(how));
		if (fd >= 0)
			atomic_fetch_add(r->common->noatime, 1);
	}
	return (int)fd;
}

/* Found by its whole path and openat2 is gone since (hidden by our lock):
 * find it anew, component by component. */
static int
open_anew(struct root *r, const struct root_file *f, int flags)
{
	struct root_file g cleanup_root_file = ROOT_FILE_INIT;

	r->no_openat2 = true;
	if (root_resolve(r, f->path.s, ROOT_NOFOLLOW, &g, NULL, NULL)) {
		errno = ENOENT;
		return -1;
	}
	return root_openat(r, g.dir_fd, strcmp(g.path.s, "/") == 0 ? "." :
	    strrchr(g.path.s, '/') + 1, flags);
}

/* A descriptor for reading of the very object that f is; now is what fstat
 * says of it, unless it is in memory. */
static int
reading(struct root *r, const struct root_file *f, struct stat *now,
    struct err *e)
{
	int fd cleanup_fd = -1, flags;
	struct stat st;

	if (!S_ISREG(f->st.st_mode) && !S_ISDIR(f->st.st_mode))
		return err_set(e, ERR_CORRUPT, 0, "'%s' is %s", f->path.s,
		    type_name(f->st.st_mode));
	if (root_is_mem(f->fd))
		return S_ISDIR(f->st.st_mode) ? f->fd :
		    root_mem_open(f->fd, f->path.s, e);
	flags = S_ISDIR(f->st.st_mode) ? O_DIRECTORY : 0;
	if (f->dir_fd >= 0) {
		fd = root_openat(r, f->dir_fd, strcmp(f->path.s, "/") == 0 ?
		    "." : strrchr(f->path.s, '/') + 1, flags);
	} else {
		fd = open_whole(r, f, flags);
		if (fd < 0 && errno == ENOSYS)
			fd = open_anew(r, f, flags);
	}
	if (fd < 0) {
		int sys = errno;

		root_fail(e, sys, "open", f->path.s);
		/* it was there a moment ago, as a file */
		if (e && (sys == ENOENT || sys == ENOTDIR || sys == ELOOP ||
		    sys == ENXIO || sys == EXDEV || sys == EISDIR))
			e->class = ERR_CHANGED;
		return -1;
	}
	if (fstat(fd, &st))
		return root_fail(e, errno, "look at", f->path.s);
	if (st.st_dev != f->st.st_dev || st.st_ino != f->st.st_ino ||
	    (st.st_mode & S_IFMT) != (f->st.st_mode & S_IFMT))
		return err_set(e, ERR_CHANGED, ESTALE,
		    "'%s' was replaced while it was opened", f->path.s);
	*now = st;
	return steal_fd(&fd);
}

int
root_reopen(struct root *r, struct root_file *f, struct err *e)
{
	struct str value cleanup_str = STR_INIT;
	int fd cleanup_handle = -1;
	struct stat st = f->st;

	if (f->reading)
		return 0;
	fd = reading(r, f, &st, e);
	if (fd < 0)
		return -1;
	if (root_is_mem(f->fd))
		f->mem = f->fd;
	if (r->layered && !r->aufs && !r->mem && S_ISREG(f->st.st_mode) &&
	    root_fgetxattr(fd, r->user_xattrs ? "user.overlay.metacopy" :
	    "trusted.overlay.metacopy", &value) >= 0)
		return err_set(e, ERR_UNSUPPORTED, 0, "the bytes of '%s' lie "
		    "elsewhere (overlay metacopy)", f->path.s);
	root_h_close(f->fd);
	f->fd = steal_fd(&fd);
	f->st = st;
	f->reading = true;
	return 0;
}

int
root_fstat(const struct root_file *f, struct stat *st)
{
	if (!f->mem)
		return root_h_stat(f->fd, st);
	*st = f->st;
	return 0;
}

static bool
same_times(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

int
root_read(struct root *r, struct root_file *f, size_t max, struct str *out,
    struct err *e)
{
	struct stat before, after;
	bool fresh = !f->reading;
	size_t step;
	ssize_t k = 1;
	char more;

	str_clear(out);
	if (!S_ISREG(f->st.st_mode))
		return err_set(e, ERR_CORRUPT, 0, "'%s' is %s", f->path.s,
		    type_name(f->st.st_mode));
	if (root_reopen(r, f, e))
		return -1;
	if (fresh)
		before = f->st; /* root_reopen took it */
	else if (root_fstat(f, &before))
		return root_fail(e, errno, "look at", f->path.s);
	f->st = before;
	/* The size is a hint only: files of /proc have none. */
	step = before.st_size > 0 && (uint64_t)before.st_size < max
	    ? (size_t)before.st_size + 1 : 65536;
	while (out->n < max && k) {
		if (step > max - out->n)
			step = max - out->n;
		str_grow(out, step);
		k = pread(f->fd, out->s + out->n, step, (off_t)out->n);
		if (k < 0) {
			if (errno == EINTR)
				continue;
			return root_fail(e, errno, "read", f->path.s);
		}
		out->n += (size_t)k;
		out->s[out->n] = '\0';
		/* less than asked for, and all that the inode has: its end */
		if ((size_t)k < step && out->n == (size_t)before.st_size)
			k = 0;
		step = out->n < 65536 ? 65536 : out->n;
		if (step > 4 * 1024 * 1024)
			step = 4 * 1024 * 1024;
	}
	if (k) /* max bytes: is there one more? */
		do
			k = pread(f->fd, &more, 1, (off_t)out->n);
		while (k < 0 && errno == EINTR);
	if (k < 0)
		return root_fail(e, errno, "read", f->path.s);
	if (root_fstat(f, &after))
		return root_fail(e, errno, "look at", f->path.s);
	if (!same_times(&before, &after) ||
	    (!k && before.st_size > 0 && out->n != (size_t)before.st_size))
		return err_set(e, ERR_CHANGED, 0,
		    "'%s' changed while it was read", f->path.s);
	return k > 0;
}

int
root_slurp(struct root *r, const char *path, size_t max, struct str *out,
    struct root_file *f, struct err *e)
{
	struct root_file own cleanup_root_file = ROOT_FILE_INIT;

	str_clear(out);
	if (!f)
		f = &own;
	if (root_find(r, path, 0, f, e))
		return -1;
	return root_read(r, f, max, out, e);
}

void
root_host_path(const struct root *r, const struct root_file *f,
    struct str *out)
{
	struct str path cleanup_str = STR_INIT;
	size_t i;

	for (i = 0; i < r->n && r->layers[i].id != f->layer; i++)
		;
	if (i < r->n)
		str_add(&path, r->layers[i].path.s, r->layers[i].path.n);
	if (!path.n || strcmp(f->path.s, "/") != 0)
		str_add(&path, f->path.s, f->path.n);
	if (!root_mem_name(r, path.s, out))
		str_add(out, path.s, path.n);
}

static ssize_t
h_getxattr(int fd, const char *name, char *buf, size_t n)
{
	return root_is_mem(fd) ? root_mem_getxattr(fd, name, buf, n)
			       : fgetxattr(fd, name, buf, n);
}

static ssize_t
h_listxattr(int fd, char *buf, size_t n)
{
	return root_is_mem(fd) ? root_mem_listxattr(fd, buf, n)
			       : flistxattr(fd, buf, n);
}

ssize_t
root_fgetxattr(int fd, const char *name, struct str *out)
{
	ssize_t n;

	str_clear(out);
	str_grow(out, 256);
	n = h_getxattr(fd, name, out->s, 256);
	if (n < 0 && errno == ERANGE) {
		str_grow(out, ROOT_XATTR_MAX);
		n = h_getxattr(fd, name, out->s, ROOT_XATTR_MAX);
	}
	out->n = n > 0 ? (size_t)n : 0;
	out->s[out->n] = '\0';
	return n;
}

/* A descriptor that attributes can be read from; own: it is to be closed. */
static int
attributes_fd(struct root *r, const struct root_file *f, int *own,
    struct err *e)
{
	struct stat st;

	*own = -1;
	if (f->mem || root_is_mem(f->fd))
		return f->mem ? f->mem : f->fd;
	if (f->reading)
		return f->fd;
	if (!S_ISREG(f->st.st_mode) && !S_ISDIR(f->st.st_mode))
		return err_set(e, ERR_UNSUPPORTED, 0, "attributes of '%s', "
		    "%s, cannot be read without opening it", f->path.s,
		    type_name(f->st.st_mode));
	return *own = reading(r, f, &st, e);
}

int
root_getxattr(struct root *r, const struct root_file *f, const char *name,
    struct str *out, struct err *e)
{
	int own cleanup_fd = -1, fd, sys;

	str_clear(out);
	fd = attributes_fd(r, f, &own, e);
	if (fd < 0)
		return -1;
	if (root_fgetxattr(fd, name, out) >= 0)
		return 0;
	sys = errno;
	if (sys == ENODATA || sys == EOPNOTSUPP)
		return err_set(e, ERR_ABSENT, sys, "'%s' has no '%s'",
		    f->path.s, name);
	if (sys == ERANGE || sys == E2BIG)
		return err_set(e, ERR_LIMIT, sys,
		    "'%s' of '%s' is over %d bytes (ROOT_XATTR_MAX)", name,
		    f->path.s, ROOT_XATTR_MAX);
	return root_fail(e, sys, "read an attribute of", f->path.s);
}

int
root_listxattr(struct root *r, const struct root_file *f, struct strlist *out,
    struct err *e)
{
	struct str names cleanup_str = STR_INIT;
	int own cleanup_fd = -1, fd;
	const char *p, *end;
	ssize_t n;

	strlist_clear(out);
	fd = attributes_fd(r, f, &own, e);
	if (fd < 0)
		return -1;
	str_grow(&names, 256);
	n = h_listxattr(fd, names.s, 256);
	if (n < 0 && errno == ERANGE) {
		str_grow(&names, ROOT_XATTR_MAX);
		n = h_listxattr(fd, names.s, ROOT_XATTR_MAX);
	}
	if (n < 0 && errno == EOPNOTSUPP)
		return 0;
	if (n < 0 && (errno == ERANGE || errno == E2BIG))
		return err_set(e, ERR_LIMIT, errno, "names of attributes of "
		    "'%s' are over %d bytes (ROOT_XATTR_MAX)", f->path.s,
		    ROOT_XATTR_MAX);
	if (n < 0)
		return root_fail(e, errno, "read attributes of", f->path.s);
	end = names.s + n;
	for (p = names.s; p < end; p += strnlen(p, (size_t)(end - p)) + 1)
		strlist_add(out, p, strnlen(p, (size_t)(end - p)));
	strlist_sort(out);
	return 0;
}

int
root_statx(struct root *r, const struct root_file *f, struct statx *out,
    struct err *e)
{
	if (f->mem || root_is_mem(f->fd)) {
		root_mem_statx(f->mem ? f->mem : f->fd, out);
		return 0;
	}
	if (statx(f->fd, "", AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW |
		AT_NO_AUTOMOUNT, STATX_BASIC_STATS | STATX_BTIME, out))
		return root_fail(e, errno, "look at", f->path.s);
	if (r->common->top_ino && out->stx_ino == r->common->top_ino &&
	    makedev(out->stx_dev_major, out->stx_dev_minor) ==
		r->common->top_dev)
		out->stx_attributes &= ~(uint64_t)STATX_ATTR_MOUNT_ROOT;
	return 0;
}

int
root_layer_check(struct root *r, const struct root_file *f, struct err *e)
{
	struct err why;
	bool opaque;

	if (!S_ISDIR(f->st.st_mode) || !(f->reading
		? root_opaque_read(r, f->fd, f->path.s, &opaque, &why)
		: root_opaque(r, f->fd, f->path.s, &opaque, &why)) ||
	    why.class != ERR_UNSUPPORTED)
		return 0;
	*e = why;
	return -1;
}

int
root_statfs(struct root *r UNUSED, const struct root_file *f,
    struct statfs *out, struct err *e)
{
	const char *name = strrchr(f->path.s, '/');
	int own cleanup_fd = -1, fd = f->fd;

	if (f->mem || root_is_mem(fd)) { /* of no kind that is known */
		memset(out, 0, sizeof(*out));
		return 0;
	}
	if (fd < 0 && f->dir_fd >= 0) /* of root_scan */
		fd = own = openat(f->dir_fd, name ? name + 1 : f->path.s,
		    O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstatfs(fd, out))
		return root_fail(e, errno, "look at the file system of",
		    f->path.s);
	return 0;
}
