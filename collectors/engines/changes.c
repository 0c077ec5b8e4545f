#include "engine.h"

#include "limits.h"

/*
 * The rules are those of moby's pkg/archive/changes.go and
 * changes_linux.go (OverlayChanges), so that the result is that of "docker
 * diff":
 *
 * - a whiteout is D; an opaque directory that a lower layer has is D, what is
 *   in it follows;
 * - an object that any lower layer has at this path is C, else A, but a
 *   directory over a directory is nothing if mode, time and size agree;
 * - before an A or D its parent is C, unless it was mentioned or is the root.
 *
 * Two differences, both where Docker's answer depends on something else than
 * the container: links of a lower layer are not followed (Docker follows
 * them into the host), and sizes of directories count only where they are
 * sizes of blocks (elsewhere they say how the file system packs names).
 */

struct walk {
	struct root **lower; /* topmost first */
	size_t lower_n;
	const char *opaque; /* name of the attribute */
	struct root *upper;
	int (*fn)(void *arg, const struct engine_change *ch);
	void *arg;
	root_bad_fn *bad;
	size_t count;
	int stopped;
	bool limit;
	/* the directories on the way to here, and whether they were told of */
	struct parent {
		struct str path;
		struct stat st;
		bool told;
	} *parents;
	size_t parents_n, parents_cap;
};

static bool
is_whiteout(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == 0;
}

/* Has this layer an object at the path itself, not through links? */
static bool
layer_has(struct walk *w, size_t i, const char *path, struct stat *st)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct err e = {.class = ERR_NONE};

	if (root_find(w->lower[i], path, ROOT_NOFOLLOW, &f, &e)) {
		if (e.class != ERR_ABSENT && e.class != ERR_CORRUPT && w->bad)
			w->bad(w->arg, path, &e);
		return false;
	}
	*st = f.st;
	return strcmp(f.path.s, path) == 0;
}

static bool
lower_has(struct walk *w, const char *path, struct stat *st)
{
	size_t i;

	for (i = 0; i < w->lower_n; i++)
		if (layer_has(w, i, path, st))
			return true;
	return false;
}

static bool
is_opaque(struct walk *w, const struct root_file *f)
{
	struct str v cleanup_str = STR_INIT;

	return root_getxattr(w->upper, f, w->opaque, &v, NULL) == 0 &&
	       str_eq(&v, "y");
}

static int
emit(struct walk *w, const char *path, char op, const struct stat *st,
    const struct root_file *f)
{
	struct engine_change ch = {path, op, st, f};

	if (w->count++ >= STORE_CHANGES_MAX) {
		w->limit = true;
		return -1;
	}
	w->stopped = w->fn(w->arg, &ch);
	return w->stopped ? -1 : 0;
}

/* The parent of path among the open directories; the others are left. */
static struct parent *
parent_of(struct walk *w, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;

	while (w->parents_n) {
		struct parent *p = &w->parents[w->parents_n - 1];

		if (p->path.n == n && memcmp(p->path.s, path, n) == 0)
			return p;
		str_release(&p->path);
		w->parents_n--;
	}
	return NULL;
}

static void
push(struct walk *w, const struct root_file *f, bool told)
{
	struct parent *p;

	if (w->parents_n == w->parents_cap) {
		w->parents_cap = w->parents_cap ? 2 * w->parents_cap : 32;
		w->parents = xreallocarray(w->parents, w->parents_cap,
		    sizeof(*w->parents));
	}
	p = &w->parents[w->parents_n++];
	str_init(&p->path);
	str_add(&p->path, f->path.s, f->path.n);
	p->st = f->st;
	p->told = told;
}

static bool
same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec &&
	       (a->tv_nsec == b->tv_nsec || !a->tv_nsec || !b->tv_nsec);
}

static bool
same_dir(const struct stat *a, const struct stat *b)
{
	return S_ISDIR(a->st_mode) && S_ISDIR(b->st_mode) &&
	       a->st_mode == b->st_mode &&
	       same_time(&a->st_mtim, &b->st_mtim) &&
	       (a->st_size == b->st_size || !a->st_blocks || !b->st_blocks);
}

static int
visit(void *arg, struct root_file *f)
{
	struct walk *w = arg;
	struct parent *p;
	struct stat old;
	bool had, dir = S_ISDIR(f->st.st_mode);
	char op;

	if (strcmp(f->path.s, "/") == 0)
		return 0;
	p = parent_of(w, f->path.s);
	had = lower_has(w, f->path.s, &old);
	if (is_whiteout(&f->st)) {
		op = 'D';
		if (!had)
			memset(&old, 0, sizeof(old));
	} else if (dir && had && !is_whiteout(&old) && is_opaque(w, f)) {
		op = 'D';
	} else if (had) {
		if (same_dir(&f->st, &old)) {
			push(w, f, false);
			return 0;
		}
		op = 'C';
	} else {
		op = 'A';
	}
	if (op != 'C' && p && !p->told) {
		struct root_file pf cleanup_root_file = ROOT_FILE_INIT;
		int r;

		p->told = true;
		if (root_find(w->upper, p->path.s, ROOT_NOFOLLOW, &pf, NULL))
			r = emit(w, p->path.s, 'C', &p->st, NULL);
		else
			r = emit(w, p->path.s, 'C', &pf.st, &pf);
		if (r)
			return -1;
	}
	if (dir)
		push(w, f, true);
	return emit(w, f->path.s, op, op == 'D' ? &old : &f->st,
	    op == 'D' ? NULL : f);
}

static void
trouble(void *arg, const char *path, const struct err *e)
{
	struct walk *w = arg;

	if (w->bad)
		w->bad(w->arg, path, e);
}

/* As root.h: engines of ordinary users mount with "userxattr". */
static const char *
opaque_name(struct root *base)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;

	return root_find(base, "/", 0, &f, NULL) == 0 && f.st.st_uid != 0
		   ? "user.overlay.opaque"
		   : "trusted.overlay.opaque";
}

int
engine_changes(struct engine_tree *t,
    int (*fn)(void *arg, const struct engine_change *ch), void *arg,
    root_bad_fn *bad, struct err *e)
{
	struct walk w = {.fn = fn, .arg = arg, .bad = bad};
	size_t i;
	int r;

	if (!t->upper || !t->base || t->layers.n == 0)
		return err_set(e, ERR_ABSENT, 0, "no layer of its own");
	w.upper = root_open_sub(t->base, t->layers.v[0].s, e);
	if (!w.upper)
		return -1;
	w.opaque = opaque_name(t->base);
	w.lower = xcalloc(t->layers.n, sizeof(*w.lower));
	for (i = 1; i < t->layers.n; i++) {
		struct err le;
		struct root *l = root_open_sub(t->base, t->layers.v[i].s, &le);

		if (l)
			w.lower[w.lower_n++] = l;
		else if (bad)
			bad(arg, t->layers.v[i].s, &le);
	}
	r = root_walk(w.upper, "/", visit, trouble, &w, e);
	for (i = 0; i < w.parents_n; i++)
		str_release(&w.parents[i].path);
	free(w.parents);
	for (i = 0; i < w.lower_n; i++)
		root_free(w.lower[i]);
	free(w.lower);
	root_free(w.upper);
	if (w.limit)
		return err_set(e, ERR_LIMIT, 0,
		    "more than %d changes (STORE_CHANGES_MAX)",
		    STORE_CHANGES_MAX);
	return w.stopped ? w.stopped : r;
}
