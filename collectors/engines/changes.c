#include "engine.h"

#include "limits.h"

#include <errno.h>

/*
 * The rules are those of "docker diff" with overlay2: moby's driver compares
 * the container's merged tree with the merged tree of the layers below
 * (daemon/graphdriver/fsdiff.go, pkg/archive/changes.go, changes_unix.go):
 *
 * - A: only the container has it; D: only the image has it, what was beneath
 *   is not told of one by one;
 * - C: mode, owner, device, capability differ; of what is no directory also
 *   time (to the second if one of the two has no fraction) and size;
 * - with AUFS a whiteout is a file .wh.NAME, and .wh..wh.* are no files; with
 *   fuse-overlayfs, it is that or a device;
 * - a directory in which anything changed is C, up to the root, which never
 *   is told of.
 *
 * The drivers that copy are compared by the same rules: a whole tree (vfs,
 * btrfs) with that which it was copied from, name by name.
 *
 * Only the container's own layer can differ, so only it is walked. One thing
 * Docker does not see, we do: a file whose time was put back after it was
 * changed is C if its bytes, or the target of a link, differ.
 */

struct walk {
	struct root *upper;
	struct root *copied; /* see engine_tree; what is gone of it is D */
	bool whole;
	bool aufs;    /* whiteouts are names */
	bool devices; /* whiteouts are devices 0/0 */
	const char *opaque, *redirect; /* names of attributes */
	int (*fn)(void *arg, const struct engine_change *ch);
	void *arg;
	root_bad_fn *bad;
	size_t count;
	bool limit;
};

/* A directory on the way; told of before the first change beneath it. */
struct dir {
	struct dir *up;
	struct str path;
	bool told;
	/* The directory below at this path as a root of its own, so that a
	 * look-up costs one step a layer; NULL: there is none. */
	struct root *lower;
};

/* One name of a directory of the container's layer. */
struct name {
	struct str name;
	struct stat st; /* st_mode 0: only the layers below have it */
};

struct names {
	struct name *v;
	size_t n, cap;
	bool aufs;  /* names of the container's own layer, as they are */
	bool below; /* being filled from below: only what is new */
	size_t upper_n;
};

static void
names_free(struct names *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		str_release(&l->v[i].name);
	free(l->v);
}

static int
cmp_name(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->name.s,
	    ((const struct name *)b)->name.s);
}

/* Sorted, and of two of one name (with AUFS, a file and what hides those
 * below) the file. */
static void
sort_names(struct names *l)
{
	size_t i, n = 0;

	if (l->n > 1)
		qsort(l->v, l->n, sizeof(*l->v), cmp_name);
	for (i = 0; i < l->n; i++) {
		if (n && strcmp(l->v[n - 1].name.s, l->v[i].name.s) == 0) {
			if (l->v[i].st.st_mode)
				l->v[n - 1].st = l->v[i].st;
			str_release(&l->v[i].name);
			continue;
		}
		l->v[n++] = l->v[i];
	}
	l->n = n;
}

static int
add_name(void *arg, const struct root_entry *ent)
{
	struct names *l = arg;
	struct name key = {.name = {(char *)(uintptr_t)ent->name, 0, 0}}, *n;
	const char *name = ent->name;
	bool hides = false;

	if (l->aufs && strncmp(name, ".wh.", 4) == 0) {
		if (strncmp(name, ".wh..wh.", 8) == 0 || !name[4])
			return 0;
		name += 4;
		hides = true;
	}

	if (l->below && l->upper_n &&
	    bsearch(&key, l->v, l->upper_n, sizeof(*l->v), cmp_name))
		return 0;
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 16;
		l->v = xreallocarray(l->v, l->cap, sizeof(*l->v));
	}
	n = &l->v[l->n++];
	str_init(&n->name);
	str_adds(&n->name, name);
	n->st = *ent->st;
	if (l->below || hides)
		n->st.st_mode = 0;
	return 0;
}

static void
trouble(struct walk *w, const char *path, const struct err *e)
{
	if (w->bad)
		w->bad(w->arg, path, e);
}

/* What the attributes of a directory say: nothing below is to be seen, or it
 * was renamed and what is below lies elsewhere. */
static bool
is_opaque(struct walk *w, const char *path)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str v cleanup_str = STR_INIT;
	struct err e;

	if (w->whole)
		return true;
	if (w->aufs) {
		str_adds(&v, path);
		str_adds(&v, "/.wh..wh..opq");
		return root_find(w->upper, v.s, ROOT_NOFOLLOW, &f, NULL) == 0;
	}
	if (root_find(w->upper, path, ROOT_NOFOLLOW, &f, NULL))
		return false; /* the listing will say so */
	if (root_getxattr(w->upper, &f, w->redirect, &v, NULL) == 0) {
		err_set(&e, ERR_UNSUPPORTED, 0, "the rest of '%s' lies "
		    "elsewhere (overlay redirect)", path);
		trouble(w, path, &e);
	}
	return root_getxattr(w->upper, &f, w->opaque, &v, NULL) == 0 &&
	       str_eq(&v, "y");
}

static int
tell(struct walk *w, const char *path, char op, const struct stat *old)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct engine_change ch = {path, op, old, NULL, w->upper};
	struct err e;

	if (w->count++ >= STORE_CHANGES_MAX) {
		w->limit = true;
		return -1;
	}
	if (op != 'D') {
		if (root_find(w->upper, path, ROOT_NOFOLLOW, &f, &e)) {
			trouble(w, path, &e);
			return 0;
		}
		ch.st = &f.st;
		ch.file = &f;
	}
	return w->fn(w->arg, &ch);
}

/* The directories above it that were not told of, from the top. */
static int
tell_above(struct walk *w, struct dir *d)
{
	int r;

	if (d->told)
		return 0;
	d->told = true;
	if (d->up && (r = tell_above(w, d->up)))
		return r;
	return d->up ? tell(w, d->path.s, 'C', NULL) : 0;
}

static bool
same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec &&
	       (a->tv_nsec == b->tv_nsec || !a->tv_nsec || !b->tv_nsec);
}

static bool
same_bytes(struct root *ra, struct root_file *a, struct root *rb,
    struct root_file *b, struct err *e)
{
	char *p, *q;
	ssize_t n, m;
	off_t off = 0;
	bool same = true;

	if (root_reopen(ra, a, e) || root_reopen(rb, b, e))
		return false;
	p = xmalloc(2 * 65536);
	q = p + 65536;
	do {
		n = pread(a->fd, p, 65536, off);
		m = n > 0 ? pread(b->fd, q, (size_t)n, off)
			  : pread(b->fd, q, 1, off);
		if (n < 0 || m < 0) {
			err_sys(e, errno, "cannot read '%s'", a->path.s);
			same = false;
		} else if (n != m || (n && memcmp(p, q, (size_t)n) != 0)) {
			same = false;
		}
		off += n;
	} while (same && n > 0);
	free(p);
	return same;
}

/* Everything that stat tells is equal: is it really the same? */
static bool
same_content(struct walk *w, struct root *lower, const char *name,
    const char *path, const struct stat *st)
{
	struct root_file a cleanup_root_file = ROOT_FILE_INIT;
	struct root_file b cleanup_root_file = ROOT_FILE_INIT;
	struct str x cleanup_str = STR_INIT, y cleanup_str = STR_INIT;
	struct err e = {.class = ERR_NONE};
	bool same = true;

	if (root_find(w->upper, path, ROOT_NOFOLLOW, &a, &e) ||
	    root_find(lower, name, ROOT_NOFOLLOW, &b, &e)) {
		trouble(w, path, &e);
		return false;
	}
	root_getxattr(w->upper, &a, "security.capability", &x, NULL);
	root_getxattr(lower, &b, "security.capability", &y, NULL);
	if (x.n != y.n || memcmp(x.s, y.s, x.n) != 0)
		return false;
	str_clear(&x);
	str_clear(&y);
	if (S_ISLNK(st->st_mode)) {
		if (root_readlink(w->upper, &a, &x, &e) == 0 &&
		    root_readlink(lower, &b, &y, &e) == 0)
			same = x.n == y.n && memcmp(x.s, y.s, x.n) == 0;
	} else if (S_ISREG(st->st_mode)) {
		same = same_bytes(w->upper, &a, lower, &b, &e);
	}
	if (e.class != ERR_NONE)
		trouble(w, path, &e);
	return same;
}

static bool
same_object(struct walk *w, struct root *lower, const char *name,
    const char *path, const struct stat *a, const struct stat *b)
{
	if (a->st_mode != b->st_mode || a->st_uid != b->st_uid ||
	    a->st_gid != b->st_gid || a->st_rdev != b->st_rdev)
		return false;
	if (!S_ISDIR(a->st_mode) && (!same_time(&a->st_mtim, &b->st_mtim) ||
					a->st_size != b->st_size))
		return false;
	return same_content(w, lower, name, path, a);
}

static int walk_dir(struct walk *w, struct dir *d, int depth);

static int
visit(struct walk *w, struct dir *d, const struct name *n, int depth)
{
	struct dir in = {.up = d, .path = STR_INIT};
	struct stat below;
	struct err e = {.class = ERR_NONE};
	bool had = false;
	char op = 0;
	int r = 0;

	str_addf(&in.path, "%s/%s", d->path.n > 1 ? d->path.s : "", n->name.s);
	memset(&below, 0, sizeof(below));
	if (d->lower) {
		if (root_enter(d->lower, n->name.s, &below, &in.lower, &e) == 0)
			had = true;
		else if (e.class != ERR_ABSENT)
			trouble(w, in.path.s, &e);
		if (!S_ISDIR(n->st.st_mode)) { /* not held needlessly */
			root_free(in.lower);
			in.lower = NULL;
		}
	}
	if (n->st.st_mode == 0 ||
	    (w->devices && S_ISCHR(n->st.st_mode) && n->st.st_rdev == 0)) {
		if (had)
			op = 'D';
	} else if (!had) {
		op = 'A';
	} else if (!same_object(w, in.lower ? in.lower : d->lower,
		       in.lower ? "/" : n->name.s, in.path.s, &n->st,
		       &below)) {
		op = 'C';
	}
	if (op) {
		r = tell_above(w, d);
		if (!r)
			r = tell(w, in.path.s, op, op == 'D' ? &below : NULL);
		in.told = true;
	}
	if (!r && S_ISDIR(n->st.st_mode))
		r = walk_dir(w, &in, depth + 1);
	root_free(in.lower);
	str_release(&in.path);
	return r;
}

static int
walk_dir(struct walk *w, struct dir *d, int depth)
{
	struct names l = {0};
	struct err e = {.class = ERR_NONE};
	size_t i;
	int r = 0;

	if (depth > ROOT_DEPTH_MAX) {
		err_set(&e, ERR_LIMIT, 0, "deeper than %d (ROOT_DEPTH_MAX)",
		    ROOT_DEPTH_MAX);
		trouble(w, d->path.s, &e);
		return 0;
	}
	l.aufs = w->aufs;
	if (root_list(w->upper, d->path.s, add_name, &l, &e) < 0)
		trouble(w, d->path.s, &e);
	l.aufs = false;
	sort_names(&l);
	l.upper_n = l.n;
	if (w->copied && d->lower) {
		l.below = true;
		root_list(w->copied, d->path.s, add_name, &l, NULL);
		l.below = false;
		sort_names(&l);
		l.upper_n = l.n;
	}
	if (is_opaque(w, d->path.s) && d->lower) {
		l.below = true;
		if (root_list(d->lower, "/", add_name, &l, &e) < 0)
			trouble(w, d->path.s, &e);
		sort_names(&l);
	}
	for (i = 0; i < l.n && !r; i++)
		r = visit(w, d, &l.v[i], depth);
	names_free(&l);
	return r;
}

int
engine_changes(struct engine_tree *t,
    int (*fn)(void *arg, const struct engine_change *ch), void *arg,
    root_bad_fn *bad, struct err *e)
{
	struct walk w = {.fn = fn, .arg = arg, .bad = bad};
	struct dir top = {.path = STR_INIT, .told = true};
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	int r = -1;

	if (!t->upper || !t->base || t->layers.n == 0)
		return err_set(e, ERR_ABSENT, 0, "no layer of its own");
	w.whole = t->whole;
	if (root_find(t->base, "/", 0, &f, e))
		return -1;
	/* As root.h: engines of ordinary users mount with "userxattr". */
	w.opaque = f.st.st_uid ? "user.overlay.opaque"
			       : "trusted.overlay.opaque";
	w.redirect = f.st.st_uid ? "user.overlay.redirect"
				 : "trusted.overlay.redirect";
	w.aufs = t->how != ROOT_OVERLAY;
	w.devices = t->how != ROOT_AUFS;
	w.upper = root_open_sub(t->base, t->layers.v[0].s, e);
	if (t->copied.n)
		w.copied = root_open_sub(t->base, t->copied.s, NULL);
	if (w.upper && !engine_tree_alone(t))
		top.lower = engine_tree_below(t, e);
	if (w.upper && (top.lower || engine_tree_alone(t))) {
		str_adds(&top.path, "/");
		r = walk_dir(&w, &top, 0);
		str_release(&top.path);
	}
	root_free(top.lower);
	root_free(w.copied);
	root_free(w.upper);
	if (w.limit)
		return err_set(e, ERR_LIMIT, 0,
		    "more than %d changes (STORE_CHANGES_MAX)",
		    STORE_CHANGES_MAX);
	return r;
}
