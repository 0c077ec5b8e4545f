#include "walk-internal.h"

#include "civil.h"
#include "limits.h"

#include <errno.h>

#define SHOW_NS 100000000 /* between two looks of the progress line */

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- progress ------------------------------------------------------------ */

static void
add_bytes(struct str *out, uint64_t n)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB",
	    "PiB", "EiB"};
	uint64_t rest = 0;
	size_t i;

	for (i = 0; n >= 1024 && i + 1 < COUNT(units); i++) {
		rest = n % 1024;
		n /= 1024;
	}
	if (i && n < 100)
		str_addf(out, "%llu.%llu %s", (unsigned long long)n,
		    (unsigned long long)(rest * 10 / 1024), units[i]);
	else
		str_addf(out, "%llu %s", (unsigned long long)n, units[i]);
}

static void
add_time(struct str *out, uint64_t s)
{
	if (s < 100)
		str_addf(out, "%llu s", (unsigned long long)s);
	else if (s < 6000)
		str_addf(out, "%llu min", (unsigned long long)(s + 30) / 60);
	else
		str_addf(out, "%llu h", (unsigned long long)(s + 1800) / 3600);
}

/* The line on the terminal; not at each call. */
static void
show(struct walk *w)
{
	const struct walk_progress *g = &w->progress;
	struct walk_private *p = w->p;
	struct str line cleanup_str = STR_INIT;
	int64_t t = now();
	uint64_t seconds;

	if (!p->tty || t - p->drawn_at < SHOW_NS)
		return;
	p->drawn_at = t;
	p->drawn = true;
	seconds = (uint64_t)(t - g->start) / 1000000000;
	str_addf(&line, "\r%s: %llu files, ", w->c->tool,
	    (unsigned long long)g->files);
	add_bytes(&line, g->bytes);
	if (seconds) {
		str_addf(&line, ", %llu files/s, ",
		    (unsigned long long)(g->files / seconds));
		add_bytes(&line, g->bytes / seconds);
		str_adds(&line, "/s");
	}
	if (seconds > 1 && g->seen && g->expected > g->seen) {
		str_adds(&line, ", about ");
		add_time(&line, (uint64_t)((double)(t - g->start) / 1e9 *
		    (double)(g->expected - g->seen) / (double)g->seen));
		str_adds(&line, " left");
	}
	str_adds(&line, "\033[K");
	if (write(STDERR_FILENO, line.s, line.n) < 0)
		p->tty = false;
}

static void
erase(struct walk *w)
{
	if (w->p->drawn && write(STDERR_FILENO, "\r\033[K", 4) < 0)
		w->p->tty = false;
	w->p->drawn = false;
}

void
walk_tick(struct walk *w, uint64_t files, uint64_t bytes)
{
	w->progress.files += files;
	w->progress.bytes += bytes;
	/* the objects between the items are done with them */
	if (w->n)
		w->progress.seen += files;
	show(w);
}

/* ---- batches ------------------------------------------------------------- */

static void
batch_done(struct walk *w)
{
	struct walk_private *p = w->p;
	struct walk_progress before = w->progress;
	size_t i;

	if (!w->n)
		return;
	/* While it is worked on, what was seen grows with what is done. */
	w->progress.seen = p->seen_before;
	p->fn(p->arg);
	w->progress.seen = p->seen_before = before.seen;
	w->progress.files = before.files + w->n;
	if (w->progress.bytes == before.bytes)
		for (i = 0; i < w->n; i++)
			w->progress.bytes += w->items[i].name ? 0 :
			    w->items[i].size;
	w->n = 0;
	str_clear(&w->paths);
	p->size = 0;
	walk_inodes_clear(&p->names);
	show(w);
}

int64_t
walk_time(const struct timespec *t)
{
	int64_t v = civil_ns(t->tv_sec, t->tv_nsec);

	return v == CIVIL_NONE ? 0 : v;
}

/* Is it a further name of an inode of this batch? */
static void
link_names(struct walk *w, struct walk_item *it, uint32_t i)
{
	struct walk_inode *e;

	if (it->links < 2 || S_ISDIR(it->mode))
		return;
	e = walk_inodes_add(&w->p->names, it->dev, it->ino);
	if (e->a) {
		it->name = true;
		w->items[e->b].next = i;
	} else {
		e->a = i + 1;
	}
	e->b = i; /* the last name */
}

static void
add_item(struct walk *w, const struct root_file *f, enum triage why)
{
	struct walk_private *p = w->p;
	struct walk_item *it;
	uint64_t size;

	if (w->n == p->items_cap) {
		p->items_cap = p->items_cap ? 2 * p->items_cap : 1024;
		w->items = xreallocarray(w->items, p->items_cap,
		    sizeof(*w->items));
	}
	it = &w->items[w->n];
	memset(it, 0, sizeof(*it));
	it->path = w->paths.n;
	str_add(&w->paths, f->path.s, f->path.n + 1);
	it->size = f->st.st_size > 0 ? (uint64_t)f->st.st_size : 0;
	it->modified = walk_time(&f->st.st_mtim);
	it->changed = walk_time(&f->st.st_ctim);
	it->dev = f->st.st_dev;
	it->ino = f->st.st_ino;
	it->mode = f->st.st_mode;
	it->links = f->st.st_nlink > UINT32_MAX ? UINT32_MAX :
	    (uint32_t)f->st.st_nlink;
	it->part = (uint32_t)p->part;
	it->why = why;
	link_names(w, it, (uint32_t)w->n++);
	if (S_ISREG(it->mode) && !it->name) {
		size = (uint64_t)f->st.st_blocks * 512; /* of a sparse file */
		p->size += it->size < size ? it->size : size;
	}
	if (w->n >= (w->batch ? w->batch : WALK_BATCH) ||
	    w->paths.n >= (w->batch_bytes ? w->batch_bytes :
		WALK_BATCH_BYTES) ||
	    p->size >= (w->batch_size ? w->batch_size : WALK_BATCH_SIZE))
		batch_done(w);
}

/* ---- the walk ------------------------------------------------------------ */

static enum triage
why(const struct walk *w, const struct root_file *f)
{
	const struct walk_part *part = &w->p->parts[w->p->part];
	enum triage t;

	t = part->upper && S_ISREG(f->st.st_mode) ? TRIAGE_UPPER :
	    triage_place(f->path.s, &f->st, part->store ? NULL : w->p->home);
	return t == TRIAGE_NO && w->all ? TRIAGE_ALL : t;
}

static int
object(void *arg, struct root_file *f)
{
	struct walk *w = arg;
	struct walk_private *p = w->p;
	const struct walk_part *part = &p->parts[p->part];
	enum triage because;
	struct err e;
	uint32_t top;

	if (++w->progress.seen % 256 == 0)
		show(w);
	if (S_ISDIR(f->st.st_mode) && p->tops.n) {
		top = walk_part_top(w, &f->st);
		if (top != NO_PART && top != p->part) {
			if (part->store) {
				err_set(&e, ERR_CORRUPT, 0, "is a layer within "
				    "a layer: told of as that one's only");
				walk_note(w, f->path.s, &e);
			}
			return ROOT_PRUNE;
		}
	}
	if (!part->store && walk_out_skip(w, f))
		return ROOT_PRUNE;
	if ((f->st.st_dev != p->devices[p->last].dev ||
		p->devices[p->last].fs != FS_WALK) && walk_mounts_skip(w, f))
		return ROOT_PRUNE;
	if (part->store && S_ISDIR(f->st.st_mode) &&
	    root_layer_check(p->root, f, &e))
		walk_note(w, f->path.s, &e);
	because = why(w, f);
	if (because != TRIAGE_NO || S_ISREG(f->st.st_mode))
		add_item(w, f, because);
	return 0;
}

static void
trouble(void *arg, const char *path, const struct err *e)
{
	walk_note(arg, path, e);
}

static void
walk_below(struct walk *w, const char *path)
{
	struct err e;

	if (root_scan(w->p->root, path, object, trouble, w, &e) < 0)
		walk_note(w, path, &e);
}

static void
walk_part(struct walk *w, size_t i)
{
	struct walk_private *p = w->p;
	struct err e;
	size_t k;

	p->part = i;
	p->root = walk_part_root(w, i, &e);
	if (!p->root) {
		walk_note(w, "/", &e);
		return;
	}
	walk_below(w, "/");
	if (!p->parts[i].store) {
		for (k = 0; k < p->starts.n; k++)
			walk_below(w, p->starts.v[k].s);
		walk_mounts_end(w);
	} else {
		root_free(p->root);
	}
	p->root = NULL;
}

void
walk_run(struct walk *w, void (*batch)(void *arg), void *arg)
{
	struct walk_private *p = w->p;
	struct rec *rec = w->c->rec;
	size_t i;

	p->fn = batch;
	p->arg = arg;
	w->progress.start = now();
	for (i = 0; i < p->parts_n; i++)
		if (p->parts[i].wanted)
			walk_part(w, i);
	batch_done(w);
	w->progress.expected = w->progress.seen;
	erase(w);
	if (p->quiet && p->quiet_lost)
		rec_note(rec, ERR_LIMIT, "walk", NULL, NULL, 0,
		    "%llu more notes of this kind (WALK_NOTES_MAX)",
		    (unsigned long long)p->quiet);
	else if (p->quiet)
		rec_note_fine(rec, ERR_LIMIT, "walk", NULL, NULL,
		    "%llu more notes of this kind (WALK_NOTES_MAX), none of "
		    "lost evidence", (unsigned long long)p->quiet);
	if (p->full)
		rec_note_fine(rec, ERR_LIMIT, "walk", NULL, NULL,
		    "more than %d files of several names (WALK_LINKS_MAX), or "
		    "more to remember of them (WALK_LINKS_BYTES): the others "
		    "may have been read more than once", WALK_LINKS_MAX);
}

/* ---- begin and end ------------------------------------------------------- */

/* The accounts' homes, links on the way resolved: a walk has real paths. */
static void
find_homes(struct walk *w)
{
	struct walk_private *p = w->p;
	const struct account *a;
	size_t i, n = 0;

	for (i = 0; i < p->accounts.n && p->homes.n < HOMES_MAX; i++) {
		struct root_file f cleanup_root_file = ROOT_FILE_INIT;

		a = &p->accounts.v[i];
		if (a->home.n > 1 && a->home.s[0] == '/' &&
		    strlen(a->home.s) == a->home.n &&
		    root_find(w->c->root, a->home.s, 0, &f, NULL) == 0 &&
		    S_ISDIR(f.st.st_mode) && f.path.n > 1)
			strlist_add(&p->homes, f.path.s, f.path.n);
	}
	strlist_sort(&p->homes);
	p->home = xcalloc(p->homes.n + 1, sizeof(*p->home));
	for (i = 0; i < p->homes.n; i++)
		/* those always count */
		if (strncmp(p->homes.v[i].s, "/home/", 6) != 0 &&
		    (!n || strcmp(p->home[n - 1], p->homes.v[i].s) != 0))
			p->home[n++] = p->homes.v[i].s;
}

void
walk_begin(struct walk *w, struct collect *c, bool all,
    const struct walk_out *out)
{
	struct walk_private *p = xcalloc(1, sizeof(*p));

	w->c = c;
	w->all = all;
	w->p = p;
	str_init(&w->paths);
	str_init(&p->kernel);
	str_init(&p->overlay);
	str_init(&p->kept);
	str_init(&p->scope);
	p->dir = (struct root_file)ROOT_FILE_INIT;
	p->open_part = SIZE_MAX;
	p->out = c->live ? out : NULL;
	p->tty = w->show || isatty(STDERR_FILENO);
	walk_inodes_init(&p->names);
	walk_inodes_init(&p->links);
	w->progress.start = now();
	walk_mounts_begin(w); /* first: what must not be looked at */
	if (c->evidence == EVIDENCE_LIVE || c->evidence == EVIDENCE_HOST) {
		accounts_read(c->root, &p->accounts, c->rec, "host", NULL);
		find_homes(w);
	}
	walk_parts_begin(w);
}

void
walk_end(struct walk *w)
{
	struct walk_private *p = w->p;
	size_t i;

	walk_parts_end(w);
	accounts_release(&p->accounts);
	strlist_release(&p->homes);
	strlist_release(&p->starts);
	free(p->home);
	free(p->devices);
	str_release(&p->kernel);
	str_release(&p->overlay);
	str_release(&p->kept);
	str_release(&p->scope);
	free(p->copy_buf);
	for (i = 0; i < WALK_COPIES; i++)
		root_free(p->copies[i].root);
	walk_inodes_release(&p->names);
	walk_inodes_release(&p->links);
	free(p);
	free(w->items);
	str_release(&w->paths);
	memset(w, 0, sizeof(*w));
}

const char *
walk_path(const struct walk *w, size_t i)
{
	return w->paths.s + w->items[i].path;
}

const struct accounts *
walk_accounts(const struct walk *w)
{
	return &w->p->accounts;
}

/* ---- in a worker --------------------------------------------------------- */

/* The directory of the last item is the next one's, mostly. */
static int
open_dir(struct walk *w, const char *path, size_t n, struct err *e)
{
	struct walk_private *p = w->p;
	struct str dir cleanup_str = STR_INIT;

	if (p->dir.fd >= 0 && p->dir.path.n == n &&
	    memcmp(p->dir.path.s, path, n) == 0)
		return 0;
	str_add(&dir, path, n);
	if (root_find(p->open_root, dir.s, ROOT_NOFOLLOW, &p->dir, e))
		return -1;
	if (S_ISDIR(p->dir.st.st_mode) && p->dir.path.n == n &&
	    memcmp(p->dir.path.s, path, n) == 0)
		return 0;
	root_file_close(&p->dir);
	return err_set(e, ERR_CHANGED, ESTALE,
	    "'%s' is no directory any more", dir.s);
}

struct root *
walk_open(struct walk *w, size_t i, struct root_file *f, struct err *e)
{
	struct walk_private *p = w->p;
	const struct walk_item *it = &w->items[i];
	const char *path = walk_path(w, i), *name = strrchr(path, '/');
	size_t n = name == path ? 1 : (size_t)(name - path);
	int k;

	if (p->open_part != it->part) {
		root_file_close(&p->dir);
		if (p->open_root && p->open_root != w->c->root)
			root_free(p->open_root);
		p->open_root = walk_part_root(w, it->part, e);
		p->open_part = p->open_root ? it->part : SIZE_MAX;
		if (!p->open_root)
			return NULL;
	}
	if (name[1])
		k = open_dir(w, path, n, e) ||
		    root_find_in(p->open_root, &p->dir, name + 1, f, e);
	else
		k = root_find(p->open_root, path, ROOT_NOFOLLOW, f, e);
	if (k)
		return NULL;
	if (f->st.st_dev != it->dev || f->st.st_ino != it->ino ||
	    (f->st.st_mode & S_IFMT) != (it->mode & S_IFMT)) {
		err_set(e, ERR_CHANGED, ESTALE,
		    "'%s' is another file than a moment ago", path);
		root_file_close(f);
		return NULL;
	}
	return p->open_root;
}

/* ---- what is remembered -------------------------------------------------- */

/* In kept: length, then that many bytes. */
void
walk_remember(struct walk *w, size_t i, const void *v, size_t n)
{
	struct walk_private *p = w->p;
	const struct walk_item *it = &w->items[i];
	struct walk_inode *e;
	uint32_t len = (uint32_t)n;

	if (it->links < 2 || S_ISDIR(it->mode) ||
	    walk_inodes_find(&p->links, it->dev, it->ino))
		return;
	if (p->links.n == WALK_LINKS_MAX ||
	    p->kept.n + sizeof(len) + n > WALK_LINKS_BYTES) {
		p->full = true;
		return;
	}
	e = walk_inodes_add(&p->links, it->dev, it->ino);
	e->a = (uint32_t)p->kept.n + 1;
	str_add(&p->kept, &len, sizeof(len));
	str_add(&p->kept, v, n);
}

const void *
walk_remembered(const struct walk *w, size_t i, size_t *n)
{
	const struct walk_private *p = w->p;
	const struct walk_item *it = &w->items[i];
	const struct walk_inode *e;
	uint32_t len;

	e = it->links < 2 ? NULL :
	    walk_inodes_find(&p->links, it->dev, it->ino);
	if (!e)
		return NULL;
	memcpy(&len, p->kept.s + e->a - 1, sizeof(len));
	*n = len;
	return p->kept.s + e->a - 1 + sizeof(len);
}
