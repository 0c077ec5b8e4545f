/* root-walk - directories of the merged tree: listing and walking */

#include "root-internal.h"

#include "limits.h"

#include <errno.h>

/* ---- names of one directory ------------------------------------------- */

#define DENTS (32 * 1024) /* bytes of entries read at once */

static void
part_close(struct root_lister *l)
{
	if (l->own)
		root_h_close(l->fd);
	l->fd = -1;
	l->own = false;
}

static int
part_open(struct root_lister *l, size_t part, const char *path, struct err *e)
{
	const struct root_part *p = &l->d->v[part];

	l->part = part;
	l->buf_at = l->buf_n = 0;
	l->mem_at = 0;
	l->own = !p->reading && !root_is_mem(p->fd);
	l->fd = !l->own ? p->fd : root_openat(l->r, p->fd, ".",
	    O_DIRECTORY);
	if (l->fd < 0)
		return root_fail(e, errno, "read directory", path);
	if (!l->buf)
		l->buf = xmalloc(DENTS);
	return 0;
}

/* The next entry but "." and ".."; NULL and errno at the end. */
static const char *
next_entry(struct root_lister *l)
{
	const struct dirent64 *d;
	ssize_t n;

	if (root_is_mem(l->fd)) {
		errno = 0;
		return root_mem_next(l->fd, &l->mem_at);
	}
	for (;;) {
		if (l->buf_at == l->buf_n) {
			errno = 0;
			n = getdents64(l->fd, l->buf, DENTS);
			if (n <= 0)
				return NULL;
			l->buf_n = (size_t)n;
			l->buf_at = 0;
		}
		d = (const void *)(l->buf + l->buf_at);
		l->buf_at += d->d_reclen;
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			return d->d_name;
	}
}

/* The same; of AUFS a file that hides NAME stands for NAME, as a whiteout of
 * overlay does. */
static const char *
part_next(struct root_lister *l)
{
	const char *name;

	do
		name = next_entry(l);
	while (name && l->r->aufs &&
	    (strncmp(name, AUFS_META, sizeof(AUFS_META) - 1) == 0 ||
		strcmp(name, AUFS_HIDE) == 0));
	return name && l->r->aufs && root_aufs_name(name)
	    ? name + sizeof(AUFS_HIDE) - 1 : name;
}

static int
compare(const void *a, const void *b, void *names)
{
	const struct root_name *x = a, *y = b;
	int c = strcmp((const char *)names + x->at,
	    (const char *)names + y->at);

	return c ? c : (x->part > y->part) - (x->part < y->part);
}

/* Trouble that ends a listing early. */
static void
incomplete(struct root_lister *l, int sys, const char *path)
{
	root_fail(&l->bad, sys, "read directory", path);
}

int
root_lister_open(struct root_lister *l, const struct root *r,
    const struct root_dir *d, const char *path, size_t room, struct err *e)
{
	const char *name;
	size_t part, n;

	memset(l, 0, sizeof(*l));
	l->r = r;
	l->d = d;
	l->fd = -1;
	str_init(&l->names);
	for (part = 0; part < d->n; part++) {
		if (part_open(l, part, path, e)) {
			root_lister_close(l);
			return -1;
		}
		while ((name = part_next(l))) {
			if (l->n == ROOT_DIR_SORT_MAX || l->names.n > room)
				goto too_many;
			if (l->n == l->cap) {
				l->cap = l->cap ? 2 * l->cap : 64;
				l->v = xreallocarray(l->v, l->cap,
				    sizeof(*l->v));
			}
			n = strlen(name);
			l->v[l->n].at = (uint32_t)l->names.n;
			l->v[l->n++].part = (uint16_t)part;
			str_add(&l->names, name, n + 1);
		}
		if (errno)
			incomplete(l, errno, path);
		part_close(l);
	}
	free(steal(&l->buf));
	if (l->n)
		qsort_r(l->v, l->n, sizeof(*l->v), compare, l->names.s);
	return 0;
too_many:
	/* Sorting would take memory without bound: as they come. */
	str_release(&l->names);
	free(steal(&l->v));
	l->n = 0;
	l->stream = true;
	if (!l->own && !root_is_mem(l->fd))
		lseek(l->fd, 0, SEEK_SET);
	part_close(l);
	if (part_open(l, 0, path, e)) {
		root_lister_close(l);
		return -1;
	}
	err_set(&l->bad, ERR_LIMIT, 0, "'%s' has over %d entries "
	    "(ROOT_DIR_SORT_MAX) or %zu bytes of names (ROOT_DIR_SORT_BYTES, "
	    "ROOT_WALK_BYTES): their order is the file system's", path,
	    ROOT_DIR_SORT_MAX, room);
	l->bad.fine = true; /* all of them are shown */
	return 0;
}

void
root_lister_close(struct root_lister *l)
{
	str_release(&l->names);
	free(steal(&l->v));
	free(steal(&l->buf));
	part_close(l);
}

/* In a stream the layers above say whether a name was there before. */
static bool
seen_above(const struct root_lister *l, const char *name)
{
	struct stat st;
	size_t i;

	for (i = 0; i < l->part; i++)
		if (root_h_statat(l->d->v[i].fd, name, &st) == 0 ||
		    (l->r->aufs && root_aufs_hides(l->d->v[i].fd, name)))
			return true;
	/* given for what hides it, too? */
	return l->r->aufs &&
	    root_h_statat(l->d->v[l->part].fd, name, &st) != 0;
}

static const char *
stream_next(struct root_lister *l, size_t *part)
{
	const char *name;

	while (l->fd >= 0) {
		while ((name = part_next(l))) {
			if (++l->seen > ROOT_DIR_MAX) {
				err_set(&l->bad, ERR_LIMIT, 0, "a directory "
				    "has over %d entries (ROOT_DIR_MAX)",
				    ROOT_DIR_MAX);
				return NULL;
			}
			if (seen_above(l, name))
				continue;
			*part = l->part;
			return name;
		}
		if (errno)
			incomplete(l, errno, "a large directory");
		part_close(l);
		while (++l->part < l->d->n && part_open(l, l->part,
			"a large directory", &l->bad))
			;
	}
	return NULL;
}

const char *
root_lister_next(struct root_lister *l, size_t *part)
{
	const char *name;

	if (l->stream)
		return stream_next(l, part);
	if (l->next == l->n)
		return NULL;
	name = l->names.s + l->v[l->next].at;
	*part = l->v[l->next].part;
	do /* the same name in lower layers */
		l->next++;
	while (l->next < l->n &&
	    strcmp(l->names.s + l->v[l->next].at, name) == 0);
	return name;
}

int
root_list(struct root *r, const char *path, root_entry_fn *fn, void *arg,
    struct err *e)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct root_lister l;
	struct root_entry ent;
	struct root_dir d;
	struct err bad = {0};
	struct stat st;
	size_t part;
	int k = 0;

	root_dir_init(&d);
	if (root_resolve(r, path, 0, &f, &d, e))
		return -1;
	if (!d.n)
		return err_sys(e, ENOTDIR, "cannot list '%s'", path);
	if (root_lister_open(&l, r, &d, path, ROOT_DIR_SORT_BYTES, e)) {
		root_dir_release(&d);
		return -1;
	}
	while (k == 0 && (ent.name = root_lister_next(&l, &part))) {
		if (root_avoids(r, f.path.s, f.path.n, ent.name,
			strlen(ent.name), &bad))
			continue;
		if (root_h_statat(d.v[part].fd, ent.name, &st)) {
			if (errno != ENOENT) /* else it has just gone */
				root_fail(&bad, errno, "look into", path);
			continue;
		}
		ent.st = &st;
		ent.layer = r->layers[d.v[part].layer].id;
		ent.upper = r->upper && ent.layer == 0;
		ent.whiteout = S_ISCHR(st.st_mode) && st.st_rdev == 0 &&
		    (r->devices || !r->layered);
		if (r->layered && ent.whiteout)
			continue;
		k = fn(arg, &ent);
	}
	if (l.bad.class && !(bad.class && l.bad.fine))
		bad = l.bad;
	root_lister_close(&l);
	root_dir_release(&d);
	if (k)
		return k;
	if (bad.class) {
		if (e)
			*e = bad;
		return -1;
	}
	return 0;
}

/* ---- trees ------------------------------------------------------------ */

struct level {
	struct root_dir dir;
	struct root_lister names;
	size_t path; /* length of the directory's path */
	size_t held; /* bytes of its names */
	dev_t dev;
	ino_t ino;
};

struct walk {
	struct root *r;
	root_walk_fn *fn;
	root_bad_fn *bad;
	void *arg;
	struct level **v; /* each allocated: listers point into them */
	size_t n;
	size_t depth; /* components of the path that the walk began with */
	size_t held;  /* bytes of names of all levels */
	bool light;   /* open directories only */
	struct root_file f;
};

/* Each directory may sort that many bytes, whatever those above it hold. */
#define ROOM_MIN 4096

static void
walk_bad(struct walk *w, const char *path, const struct err *e)
{
	if (w->bad)
		w->bad(w->arg, path, e);
}

/* Go into d, which is taken over in any case. */
static void
walk_down(struct walk *w, struct root_dir *d, const struct stat *st)
{
	size_t i, room = ROOM_MIN;
	struct level *l;
	struct err e;

	for (i = 0; i < w->n; i++)
		if (w->v[i]->dev == st->st_dev && w->v[i]->ino == st->st_ino) {
			err_set(&e, ERR_ABSENT, ELOOP, "'%s' is a directory "
			    "above itself, not entered again", w->f.path.s);
			walk_bad(w, w->f.path.s, &e);
			root_dir_release(d);
			return;
		}
	if (w->depth + w->n >= ROOT_DEPTH_MAX) {
		err_set(&e, ERR_LIMIT, ENAMETOOLONG, "not entered: over %d "
		    "levels (ROOT_DEPTH_MAX)", ROOT_DEPTH_MAX);
		walk_bad(w, w->f.path.s, &e);
		root_dir_release(d);
		return;
	}
	if (w->held + room < ROOT_WALK_BYTES)
		room = ROOT_WALK_BYTES - w->held;
	if (room > ROOT_DIR_SORT_BYTES)
		room = ROOT_DIR_SORT_BYTES;
	l = xcalloc(1, sizeof(*l));
	root_dir_move(&l->dir, d);
	if (root_lister_open(&l->names, w->r, &l->dir, w->f.path.s, room,
		&e)) {
		walk_bad(w, w->f.path.s, &e);
		root_dir_release(&l->dir);
		free(l);
		return;
	}
	l->path = w->f.path.n;
	l->held = l->names.names.n + l->names.n * sizeof(*l->names.v);
	w->held += l->held;
	l->dev = st->st_dev;
	l->ino = st->st_ino;
	w->v = xreallocarray(w->v, w->n + 1, sizeof(*w->v));
	w->v[w->n++] = l;
}

static void
walk_up(struct walk *w)
{
	struct level *l = w->v[--w->n];

	w->held -= l->held;
	root_lister_close(&l->names);
	root_dir_release(&l->dir);
	free(l);
}

/* Close what belongs to one object, but keep the path's memory. */
static void
object_close(struct root_file *f)
{
	struct str path = f->path;

	str_init(&f->path);
	root_file_close(f);
	f->path = path;
}

/* Show an object; go into it if it is a directory and fn wants that. */
static int
walk_show(struct walk *w, struct root_dir *d)
{
	struct stat st = w->f.st;
	int k;

	k = w->fn(w->arg, &w->f);
	if (d->n && k == 0)
		walk_down(w, d, &st);
	else
		root_dir_release(d);
	return k == ROOT_PRUNE ? 0 : k;
}

/* A directory of the same file system (so opening it mounts nothing), opened
 * for reading at once. -1: take the long way. */
static int
light_dir(struct walk *w, const struct root_part *p, const char *name,
    struct root_dir *d)
{
	struct stat *st = &w->f.st, now;
	int fd cleanup_fd = -1;

	if (st->st_dev != p->dev)
		return -1;
	fd = root_openat(w->r, p->fd, name, O_DIRECTORY);
	if (fd < 0 || fstat(fd, &now) || now.st_dev != st->st_dev ||
	    now.st_ino != st->st_ino)
		return -1;
	*st = now;
	root_dir_add(d, fd, p->layer, st->st_dev);
	d->v[0].reading = true;
	return steal_fd(&fd);
}

/* What needs no opening is only looked at, and shown; directories in as few
 * calls as can be. False: take the long way; *k is as fn's. */
static bool
walk_light(struct walk *w, const struct level *l, const char *name, int *k)
{
	const struct root_part *p = &l->dir.v[0];
	struct root_file *f = &w->f;
	struct root_dir d;

	*k = 0;
	if (!w->light || w->r->n != 1 || w->r->mem ||
	    fstatat(p->fd, name, &f->st, AT_SYMLINK_NOFOLLOW |
		AT_NO_AUTOMOUNT))
		return false;
	if (w->r->devices && S_ISCHR(f->st.st_mode) && f->st.st_rdev == 0)
		return true; /* a whiteout */
	root_dir_init(&d);
	f->fd = -1;
	if (S_ISDIR(f->st.st_mode)) {
		f->fd = light_dir(w, p, name, &d);
		if (f->fd < 0)
			return false;
		f->reading = true;
	}
	f->layer = w->r->layers[p->layer].id;
	f->upper = root_is_upper(w->r, f);
	f->dir_fd = p->fd;
	f->dir_borrowed = true;
	*k = walk_show(w, &d);
	f->fd = -1; /* the level's */
	object_close(f);
	return true;
}

static int
walk_entry(struct walk *w, const char *name, size_t part)
{
	struct level *l = w->v[w->n - 1];
	struct root_hit h cleanup_root_hit = ROOT_HIT_INIT;
	struct root_file *f = &w->f;
	size_t n = strlen(name);
	struct root_dir d;
	struct err e;
	int k;

	str_cut(&f->path, l->path);
	if (root_avoids(w->r, f->path.s, f->path.n, name, n, &e)) {
		root_path_add(&f->path, name, n);
		walk_bad(w, f->path.s, &e);
		return 0;
	}
	if (root_path_add(&f->path, name, n)) {
		err_set(&e, ERR_LIMIT, ENAMETOOLONG,
		    "a path is over %d bytes (ROOT_PATH_MAX)", ROOT_PATH_MAX);
		walk_bad(w, f->path.s, &e);
		return 0;
	}
	if (walk_light(w, l, name, &k))
		return k;
	if (root_lookup(w->r, &l->dir, part, name, f->path.s, &h, &e)) {
		/* a whiteout is not there and never was */
		if (w->r->layered && e.class == ERR_ABSENT)
			return 0;
		walk_bad(w, f->path.s, &e);
		return 0;
	}
	f->st = h.st;
	f->layer = w->r->layers[h.layer].id;
	f->upper = root_is_upper(w->r, f);
	f->dir_fd = l->dir.v[h.part].fd;
	f->dir_borrowed = true;
	root_dir_init(&d);
	if (S_ISDIR(h.st.st_mode)) {
		f->fd = root_h_dup(h.fd);
		if (f->fd < 0) {
			root_fail(&e, errno, "look at", f->path.s);
			walk_bad(w, f->path.s, &e);
			object_close(f);
			return 0;
		}
		h.fd = -1;
		root_dir_move(&d, &h.dir);
	} else {
		f->fd = steal_fd(&h.fd);
	}
	k = walk_show(w, &d);
	object_close(f);
	return k;
}

static int
walk_tree(struct root *r, const char *path, bool light, root_walk_fn *fn,
    root_bad_fn *bad, void *arg, struct err *e)
{
	struct walk w = {.r = r, .fn = fn, .bad = bad, .arg = arg,
	    .light = light, .f = ROOT_FILE_INIT};
	struct root_dir d;
	const char *name, *p;
	size_t part;
	int k;

	root_dir_init(&d);
	if (root_resolve(r, path, 0, &w.f, &d, e))
		return -1;
	for (p = w.f.path.s; *p; p++)
		w.depth += *p == '/' && p[1];
	k = walk_show(&w, &d);
	object_close(&w.f);
	while (w.n && k == 0) {
		struct level *l = w.v[w.n - 1];

		name = root_lister_next(&l->names, &part);
		if (name) {
			k = walk_entry(&w, name, part);
			continue;
		}
		str_cut(&w.f.path, l->path);
		if (l->names.bad.class)
			walk_bad(&w, w.f.path.s, &l->names.bad);
		walk_up(&w);
	}
	while (w.n)
		walk_up(&w);
	free(w.v);
	root_file_close(&w.f);
	return k;
}

int
root_walk(struct root *r, const char *path, root_walk_fn *fn,
    root_bad_fn *bad, void *arg, struct err *e)
{
	return walk_tree(r, path, false, fn, bad, arg, e);
}

int
root_scan(struct root *r, const char *path, root_walk_fn *fn,
    root_bad_fn *bad, void *arg, struct err *e)
{
	return walk_tree(r, path, true, fn, bad, arg, e);
}
