#include "art.h"
#include "civil.h"
#include "collect.h"
#include "digest.h"
#include "engine.h"
#include "limits.h"
#include "runs.h"
#include "places.h"
#include "select.h"
#include "tree.h"
#include "worker.h"

#include <errno.h>

/*
 * What makes programs run by themselves, or lets somebody in: on the host and
 * in the merged tree of every container (of images where asked for). A batch of
 * trees at a time: first each tree is searched (which files, whose), then each
 * file is read. Both
 * happen in workers, so that a file that kills its parser costs itself only.
 */

#define BATCH 64 /* trees */

struct tree_ref {
	struct store *store; /* NULL: the host */
	bool container; /* else an image */
	struct str id;
	struct str scope;
};

/* A file that the search found: artifact, then owner and via with NULs. */
struct found {
	size_t at; /* in struct work.bytes */
	uint32_t tree;
};

struct work {
	struct collect *c;
	struct select select;
	struct stores stores;
	struct tree_ref *trees;
	size_t trees_n, trees_cap;
	size_t from, to; /* the batch */
	struct str bytes;
	struct found *found;
	size_t found_n, found_cap;
	/* in a worker: the tree at hand */
	size_t open; /* its index + 1, 0: none */
	bool failed;
	struct engine_tree engine_tree;
	struct root *root;
	struct accounts accounts;
	struct art_tree tree;
	struct pkgdb *packages; /* opened for the first file */
	int64_t now; /* live: seconds since 1970, the same for all */
};

static void
print_table(void)
{
	const struct artifact *a;
	const char *p, *end;
	size_t i;

	printf("%-20s %-9s %-10s %-10s %-8s %s\n", "ARTIFACT", "FORMAT",
	    "OWNER", "ATT&CK", "CLASS", "WHERE");
	for (i = 0; i < artifacts_n; i++) {
		a = &artifacts[i];
		printf("%-20s %-9s %-10s %-10s %-8s ", a->name, a->format,
		    art_owner_rule(a->owner), a->attack,
		    art_class_name(a->class));
		for (p = a->glob; *p; p = end + (*end != '\0')) {
			end = p + strcspn(p, " ");
			printf("%s%.*s", p == a->glob ? "" : " ",
			    (int)(end - p), p);
		}
		putchar('\n');
	}
}

/* ---- trees ------------------------------------------------------------- */

static void
close_tree(struct work *w)
{
	if (!w->open)
		return;
	art_tree_release(&w->tree);
	pkgdb_free(w->packages);
	w->packages = NULL;
	accounts_release(&w->accounts);
	if (w->trees[w->open - 1].store)
		engine_tree_release(&w->engine_tree);
	w->root = NULL;
	w->open = 0;
}

/* Make tree i the one at hand. rec: where its trouble is noted, NULL: it was
 * before. -1: it cannot be opened. */
static int
open_tree(struct work *w, size_t i, struct rec *rec)
{
	struct tree_ref *t = &w->trees[i];
	struct err e;
	size_t k;

	if (w->open == i + 1)
		return w->failed ? -1 : 0;
	close_tree(w);
	memset(&w->engine_tree, 0, sizeof(w->engine_tree));
	memset(&w->accounts, 0, sizeof(w->accounts));
	memset(&w->tree, 0, sizeof(w->tree));
	w->open = i + 1;
	w->failed = true;
	w->root = w->c->root;
	if (t->store) {
		if (t->store->engine->open_tree(t->store, t->container,
		    t->id.s, &w->engine_tree, &e)) {
			if (rec)
				rec_note_err(rec, "open", t->scope.s, "/", &e);
			return -1;
		}
		for (k = 0; rec && k < w->engine_tree.missing.n; k++)
			rec_note(rec, ERR_CORRUPT, "open", t->scope.s, "/", 0,
			    "a layer is missing: %s",
			    w->engine_tree.missing.v[k].s);
		w->root = w->engine_tree.root;
		if (!w->root) {
			if (rec && w->engine_tree.host.n)
				rec_note(rec, ERR_CORRUPT, "open", t->scope.s,
				    "/", 0, "its root is the directory '%s' of "
				    "the host, which is not in the evidence",
				    w->engine_tree.host.s);
			else if (rec && !w->engine_tree.missing.n)
				rec_note(rec, ERR_CORRUPT, "open", t->scope.s,
				    "/", 0, "no layer of it is there");
			return -1;
		}
	}
	accounts_read(w->root, &w->accounts, rec, t->scope.s, NULL);
	art_tree_init(&w->tree, w->root, &w->accounts, t->scope.s);
	w->tree.now = w->now;
	w->failed = false;
	return 0;
}

/* ---- the search -------------------------------------------------------- */

struct hit {
	struct str via;
	struct str key; /* one file is read once for each */
	const char *owner; /* NULL: none */
	uint16_t art;
	uint32_t order;
};

struct search {
	struct work *w;
	struct rec *rec;
	const char *scope;
	struct hit *v;
	size_t n, cap, bytes;
	/* the pattern at hand */
	uint16_t art;
	const char *last; /* its last component */
	const char *dir;  /* the name of the folder, and its real path */
	const char *real;
	const char *owner;
	bool full;
};

struct home {
	struct str path, real, owner;
	uint64_t names; /* a bit for each name in it, by its hash */
};

struct homes {
	struct home *v;
	size_t n, cap;
	size_t absent;
	bool full;
};

static void
search_bad(void *arg, const char *path, const struct err *e)
{
	struct search *s = arg;

	if (e->class != ERR_ABSENT)
		rec_note_err(s->rec, "search", s->scope, path, e);
}

/* A plain name, or one with a star: "*.service", ".*", "ld-*", "*" */
static bool
matches(const char *pattern, const char *name)
{
	const char *star = strchr(pattern, '*');
	size_t n, k, before;

	if (!star)
		return strcmp(pattern, name) == 0;
	before = (size_t)(star - pattern);
	n = strlen(name);
	k = strlen(star + 1);
	return (name[0] == '.') == (pattern[0] == '.') && n >= before + k &&
	       strncmp(pattern, name, before) == 0 &&
	       strcmp(name + n - k, star + 1) == 0;
}

/*
 * Where a file's name decides whether it runs (crontabs, scripts,
 * rules), each name in a folder counts: a link with a good name to a file with
 * a bad one runs.
 * entry is that name, real the file.
 */
static void
hit(struct search *s, const char *via, const char *entry, const char *real)
{
	static const char *const by_name[] = {"crontab", "script", "hook",
	    "udev", "modprobe", "sysctl", "binfmt", NULL};
	const char *format = artifacts[s->art].format;
	struct hit *h;
	bool named;
	int i;

	if (s->n >= ROOT_GLOB_MAX || s->bytes > ROOT_GLOB_BYTES) {
		if (!s->full)
			rec_note(s->rec, ERR_LIMIT, "search", s->scope, via, 0,
			    "more than %d files (ROOT_GLOB_MAX) or %d bytes "
			    "of names (ROOT_GLOB_BYTES)", ROOT_GLOB_MAX,
			    ROOT_GLOB_BYTES);
		s->full = true;
		return;
	}
	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 256;
		s->v = xreallocarray(s->v, s->cap, sizeof(*s->v));
	}
	for (i = 0; by_name[i] && strcmp(by_name[i], format) != 0;)
		i++;
	/* what is masked is masked by name: a link to /dev/null */
	named = by_name[i] || strcmp(real, "/dev/null") == 0;
	h = &s->v[s->n];
	str_init(&h->via);
	str_init(&h->key);
	str_adds(&h->via, via);
	str_addf(&h->key, "%s\n%s", named ? entry : real, format);
	s->bytes += h->via.n + h->key.n;
	h->owner = s->owner;
	h->art = s->art;
	h->order = (uint32_t)s->n++;
}

static int
folder_entry(void *arg, const struct root_entry *ent)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str via cleanup_str = STR_INIT, name cleanup_str = STR_INIT;
	struct search *s = arg;
	const char *real;
	struct err e;

	if (S_ISDIR(ent->st->st_mode) || !matches(s->last, ent->name))
		return 0;
	/* two of these are switches of the kernel; one cannot be read */
	if (strcmp(s->real, "/proc/sys/fs/binfmt_misc") == 0 &&
	    (strcmp(ent->name, "register") == 0 ||
		strcmp(ent->name, "status") == 0))
		return 0;
	str_addf(&via, "%s/%s", strcmp(s->dir, "/") == 0 ? "" : s->dir,
	    ent->name);
	str_addf(&name, "%s/%s", strcmp(s->real, "/") == 0 ? "" : s->real,
	    ent->name);
	real = name.s;
	if (S_ISLNK(ent->st->st_mode) &&
	    root_find(s->w->root, name.s, 0, &f, &e) == 0) {
		if (S_ISDIR(f.st.st_mode))
			return 0;
		real = f.path.s;
	}
	hit(s, via.s, name.s, real);
	return s->full;
}

static int
folder(void *arg, const char *via, struct root_file *f)
{
	struct search *s = arg;
	struct err e;

	if (!S_ISDIR(f->st.st_mode))
		return 0;
	s->dir = via;
	s->real = f->path.s;
	if (root_list(s->w->root, f->path.s, folder_entry, s, &e) < 0)
		search_bad(s, via, &e);
	return s->full;
}

/* One absolute path. */
static void
search_name(struct search *s, const char *path)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct root_file to cleanup_root_file = ROOT_FILE_INIT;
	struct err e;

	if (root_find(s->w->root, path, ROOT_NOFOLLOW, &f, &e))
		search_bad(s, path, &e);
	else if (S_ISLNK(f.st.st_mode) &&
	    root_find(s->w->root, path, 0, &to, &e) == 0)
		hit(s, path, f.path.s, to.path.s);
	else
		hit(s, path, f.path.s, f.path.s);
}

/* One pattern, an absolute path; home is taken as it is. */
static void
search_pattern(struct search *s, const char *home, const char *pattern,
    size_t n)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str dir cleanup_str = STR_INIT, last cleanup_str = STR_INIT;
	struct str path cleanup_str = STR_INIT;
	struct err e;
	size_t cut = n;

	while (cut && pattern[cut - 1] != '/')
		cut--;
	str_add(&last, pattern + cut, n - cut);
	str_add(&dir, pattern, cut ? cut - 1 : 0);
	s->last = last.s;
	if (strchr(dir.s, '*')) {
		root_glob_quote(&path, home);
		str_add(&path, dir.s, dir.n);
		if (root_glob(s->w->root, path.s, folder, search_bad, s, &e) <
		    0)
			search_bad(s, path.s, &e);
		return;
	}
	str_adds(&path, home);
	str_add(&path, dir.s, dir.n);
	if (strchr(last.s, '*')) {
		if (root_find(s->w->root, path.n ? path.s : "/", 0, &f, &e)) {
			search_bad(s, path.s, &e);
			return;
		}
		folder(s, path.s, &f);
		return;
	}
	str_addc(&path, '/');
	str_add(&path, last.s, last.n);
	search_name(s, path.s);
}

/* A place that the tree's own configuration names. */
static void
search_place(void *arg, const char *path, const char *owner)
{
	struct search *s = arg;

	s->owner = owner;
	search_name(s, path);
}

static uint64_t
name_bit(const char *p, size_t n)
{
	uint32_t h = 2166136261u;

	while (n--)
		h = (h ^ (unsigned char)*p++) * 16777619u;
	return (uint64_t)1 << (h >> 26);
}

static int
home_name(void *arg, const struct root_entry *ent)
{
	uint64_t *names = arg;

	*names |= name_bit(ent->name, strlen(ent->name));
	return *names == UINT64_MAX;
}

/* Can a home hold what the pattern (behind its ~/) names? Most hold little, and
 * there may be many: one listing saves a search for each pattern. */
static bool
home_has(const struct home *h, const char *pattern)
{
	size_t n = strcspn(pattern, "/ ");

	return memchr(pattern, '*', n) || (h->names & name_bit(pattern, n));
}

/* A home that is there and was not seen yet joins the list. */
static void
home_add(struct search *s, struct homes *h, const char *path, size_t n,
    const char *owner, size_t owner_n)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str p cleanup_str = STR_INIT;
	const struct account *a;
	struct err e;
	size_t i;

	if (!n || path[0] != '/' || memchr(path, '\0', n))
		return;
	if (h->n >= HOMES_MAX) {
		h->full = true;
		return;
	}
	str_add(&p, path, n);
	while (p.n && p.s[p.n - 1] == '/')
		str_cut(&p, p.n - 1);
	if (root_find(s->w->root, p.n ? p.s : "/", 0, &f, &e)) {
		if (e.class == ERR_ABSENT)
			h->absent++;
		else
			search_bad(s, p.s, &e);
		return;
	}
	if (!S_ISDIR(f.st.st_mode))
		return;
	for (i = 0; i < h->n; i++)
		if (h->v[i].real.n == f.path.n &&
		    memcmp(h->v[i].real.s, f.path.s, f.path.n) == 0)
			return;
	if (!owner && (a = accounts_by_uid(&s->w->accounts, f.st.st_uid))) {
		owner = a->name.s;
		owner_n = a->name.n;
	}
	if (h->n == h->cap) {
		h->cap = h->cap ? 2 * h->cap : 32;
		h->v = xreallocarray(h->v, h->cap, sizeof(*h->v));
	}
	str_init(&h->v[h->n].path);
	str_init(&h->v[h->n].real);
	str_init(&h->v[h->n].owner);
	str_add(&h->v[h->n].path, p.s, p.n);
	str_add(&h->v[h->n].real, f.path.s, f.path.n);
	if (owner)
		str_add(&h->v[h->n].owner, owner, owner_n);
	h->v[h->n].names = 0;
	if (root_list(s->w->root, f.path.s, home_name, &h->v[h->n].names,
	    &e) < 0)
		h->v[h->n].names = UINT64_MAX;
	h->n++;
}

struct below_home {
	struct search *s;
	struct homes *h;
};

static int
home_entry(void *arg, const struct root_entry *ent)
{
	struct below_home *b = arg;
	struct str p cleanup_str = STR_INIT;

	if (!S_ISDIR(ent->st->st_mode) && !S_ISLNK(ent->st->st_mode))
		return 0;
	str_addf(&p, "/home/%s", ent->name);
	home_add(b->s, b->h, p.s, p.n, NULL, 0);
	return b->h->full;
}

/* Homes by passwd, then /root, then what lies in /home without an account. */
static void
find_homes(struct search *s, struct homes *h)
{
	struct below_home b = {s, h};
	const struct account *a;
	struct err e;
	size_t i;

	for (i = 0; i < s->w->accounts.n && !h->full; i++) {
		a = &s->w->accounts.v[i];
		home_add(s, h, a->home.s, a->home.n, a->name.s, a->name.n);
	}
	if (!h->full) {
		h->absent -= h->absent > 0 && !s->w->accounts.n;
		home_add(s, h, "/root", 5, "root", 4);
	}
	if (!h->full && root_list(s->w->root, "/home", home_entry, &b, &e) < 0)
		search_bad(s, "/home", &e);
	if (h->full)
		rec_note(s->rec, ERR_LIMIT, "search", s->scope, "/etc/passwd",
		    0, "more than %d homes (HOMES_MAX)", HOMES_MAX);
	if (h->absent && strcmp(s->scope, "host") == 0)
		rec_note(s->rec, ERR_ABSENT, "search", s->scope, "/etc/passwd",
		    ENOENT, "%zu homes of accounts do not exist", h->absent);
}

/* By key; of one key the row of the table, then the name that is the real
 * one, then the order of the search. */
static int
compare_hits(const void *x, const void *y)
{
	const struct hit *a = x, *b = y;
	bool a_real, b_real;
	int r = strcmp(a->key.s, b->key.s);

	if (r)
		return r;
	if (a->art != b->art)
		return a->art < b->art ? -1 : 1;
	a_real = strncmp(a->via.s, a->key.s, a->via.n) == 0 &&
		 a->key.s[a->via.n] == '\n';
	b_real = strncmp(b->via.s, b->key.s, b->via.n) == 0 &&
		 b->key.s[b->via.n] == '\n';
	if (a_real != b_real)
		return a_real ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

static int
compare_order(const void *x, const void *y)
{
	const struct hit *a = x, *b = y;

	return (a->order > b->order) - (a->order < b->order);
}

static void
give(const struct hit *h)
{
	struct str out cleanup_str = STR_INIT;

	str_add(&out, &h->art, sizeof(h->art));
	str_adds(&out, h->owner ? h->owner : "");
	str_addc(&out, '\0');
	str_add(&out, h->via.s, h->via.n + 1);
	worker_give(out.s, out.n);
}

/* Worker: search tree i of the batch. */
static void
search_tree(void *arg, size_t i, struct rec *r)
{
	struct work *w = arg;
	struct homes homes = {0};
	struct search s = {.w = w, .rec = r};
	const struct artifact *a;
	const char *p, *end;
	size_t k, h, n, had;
	bool host;

	s.scope = w->trees[w->from + i].scope.s;
	if (open_tree(w, w->from + i, r))
		return;
	host = !w->trees[w->from + i].store;
	w->tree.rec = r;
	find_homes(&s, &homes);
	for (k = 0; k < artifacts_n; k++) {
		a = &artifacts[k];
		s.art = (uint16_t)k;
		had = s.n;
		for (p = a->glob; *p; p = end + (*end != '\0')) {
			end = p + strcspn(p, " ");
			s.owner = NULL;
			if (*p == '@') {
				art_places(&w->tree, p, (size_t)(end - p),
				    search_place, &s);
				continue;
			}
			if (*p != '~') {
				search_pattern(&s, "", p, (size_t)(end - p));
				continue;
			}
			for (h = 0; h < homes.n; h++) {
				if (!home_has(&homes.v[h], p + 2))
					continue;
				s.owner = homes.v[h].owner.n
				    ? homes.v[h].owner.s : NULL;
				search_pattern(&s, homes.v[h].path.s, p + 1,
				    (size_t)(end - p) - 1);
			}
		}
		if (host && s.n == had) {
			end = a->glob + strcspn(a->glob, " ");
			rec_note(r, ERR_ABSENT, "search", s.scope, NULL, 0,
			    "%s: nothing at %.*s%s", a->name,
			    (int)(end - a->glob), a->glob,
			    *end ? " and its other places" : "");
		}
	}
	if (s.n)
		qsort(s.v, s.n, sizeof(*s.v), compare_hits);
	for (k = n = 0; k < s.n; k++) {
		if (n && strcmp(s.v[n - 1].key.s, s.v[k].key.s) == 0) {
			str_release(&s.v[k].via);
			str_release(&s.v[k].key);
			continue;
		}
		s.v[n++] = s.v[k];
	}
	if (n)
		qsort(s.v, n, sizeof(*s.v), compare_order);
	for (k = 0; k < n; k++) {
		give(&s.v[k]);
		str_release(&s.v[k].via);
		str_release(&s.v[k].key);
	}
	free(s.v);
	for (h = 0; h < homes.n; h++) {
		str_release(&homes.v[h].path);
		str_release(&homes.v[h].real);
		str_release(&homes.v[h].owner);
	}
	free(homes.v);
	w->tree.rec = NULL;
}

static void
tree_name(void *arg, size_t i, struct str *out, const char **scope)
{
	struct work *w = arg;

	str_addc(out, '/');
	*scope = w->trees[w->from + i].scope.s;
}

/* Parent: what a worker found; it may lie. */
static void
take_found(void *arg, size_t i, const void *p, size_t n)
{
	struct work *w = arg;
	const char *owner = (const char *)p + sizeof(uint16_t), *via;
	uint16_t art;

	if (n < sizeof(art) + 3 || n > 4 * ROOT_PATH_MAX)
		return;
	memcpy(&art, p, sizeof(art));
	via = memchr(owner, '\0', n - sizeof(art));
	if (art >= artifacts_n || !via++ ||
	    memchr(via, '\0', n - (size_t)(via - (const char *)p)) !=
		(const char *)p + n - 1)
		return;
	if (w->found_n == w->found_cap) {
		w->found_cap = w->found_cap ? 2 * w->found_cap : 1024;
		w->found = xreallocarray(w->found, w->found_cap,
		    sizeof(*w->found));
	}
	w->found[w->found_n].at = w->bytes.n;
	w->found[w->found_n++].tree = (uint32_t)(w->from + i);
	str_add(&w->bytes, p, n);
}

/* ---- the files --------------------------------------------------------- */

static void
art_of(const struct work *w, size_t i, const struct artifact **art,
    const char **owner, const char **via)
{
	const char *p = w->bytes.s + w->found[i].at;
	uint16_t k;

	memcpy(&k, p, sizeof(k));
	*art = &artifacts[k];
	*owner = p + sizeof(k);
	*via = *owner + strlen(*owner) + 1;
}

static bool
long_line(const char *p, size_t n)
{
	const char *nl;
	size_t k;

	for (; n; p += k, n -= k) {
		nl = memchr(p, '\n', n);
		k = nl ? (size_t)(nl - p) + 1 : n;
		if (k > ART_LINE_MAX)
			return true;
	}
	return false;
}

/* The row for what is there instead of a file that can be read. */
static void
odd(struct art_file *f, struct rec *r, const struct root_file *link,
    const char *defect)
{
	struct str target cleanup_str = STR_INIT, text cleanup_str = STR_INIT;
	const char *base;

	if (S_ISLNK(f->via_st->st_mode)) {
		root_readlink(f->root, link, &target, NULL);
		if (str_eq(&target, "/dev/null"))
			defect = strcmp(f->art->format, "unit") == 0
			    ? "masked: link to /dev/null"
			    : "is a link to /dev/null";
		str_addf(&text, "-> %s", target.s);
	}
	art_begin(f, r, 0);
	if (f->art->when[0])
		rec_text(r, COL_persist_schedule, f->art->when);
	if (strcmp(f->art->format, "unit") == 0 && (base = strrchr(f->via, '/')))
		rec_text(r, COL_persist_name, base + 1);
	rec_str(r, COL_persist_text, &text);
	rec_text(r, COL_persist_defect, defect);
	rec_end(r);
}

static const char *
type_defect(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "is a directory";
	case S_IFIFO:
		return "is a FIFO";
	case S_IFSOCK:
		return "is a socket";
	case S_IFLNK:
		return "link without target";
	default:
		return "is a device";
	}
}

/* Content, its digest and its blob. -1: there is none. */
static int
content(struct art_file *f, struct root_file *rf, struct str *data,
    char sha256[SHA256_HEX], struct rec *r)
{
	struct err e;
	int k;

	e.class = ERR_NONE;
	k = root_read(f->root, rf, ART_READ_MAX, data, &e);
	if (k < 0) {
		rec_note_err(r, "read", f->scope, rf->path.s, &e);
		if (e.class != ERR_CHANGED || !data->n)
			return -1;
	}
	f->data = data->s;
	f->n = data->n;
	f->cut = k == 1;
	if (f->cut) {
		rec_note(r, ERR_LIMIT, "read", f->scope, rf->path.s, 0,
		    "longer than %d bytes (ART_READ_MAX): the rest was not "
		    "looked at, and the file has no digest", ART_READ_MAX);
	} else if (f->art->binary) {
		digest_of(data->s, data->n, sha256);
		f->sha256 = sha256;
	} else if (data->n > ART_KEEP_MAX) {
		digest_of(data->s, data->n, sha256);
		f->sha256 = sha256;
		rec_note_fine(r, ERR_LIMIT, "keep", f->scope, rf->path.s,
		    "longer than %d bytes (ART_KEEP_MAX): not kept",
		    ART_KEEP_MAX);
	} else {
		rec_blob(r, data->s, data->n, sha256);
		f->sha256 = sha256;
	}
	if (!f->art->binary && strcmp(f->art->format, "unit") != 0 &&
	    long_line(data->s, data->n))
		rec_note(r, ERR_LIMIT, "parse", f->scope, rf->path.s, 0,
		    "a line is longer than %d bytes (ART_LINE_MAX) and was "
		    "cut", ART_LINE_MAX);
	return 0;
}

/* Worker: file i. */
static void
read_file(void *arg, size_t i, struct rec *r)
{
	struct root_file link cleanup_root_file = ROOT_FILE_INIT;
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	struct str data cleanup_str = STR_INIT, host cleanup_str = STR_INIT;
	char sha256[SHA256_HEX];
	struct work *w = arg;
	struct art_file f = {.data = ""};
	const struct tree_ref *t = &w->trees[w->found[i].tree];
	struct runs_file own cleanup_runs_file = RUNS_FILE_INIT;
	const char *owner, *base;
	struct err e;
	bool there;

	art_of(w, i, &f.art, &owner, &f.via);
	if (open_tree(w, w->found[i].tree, NULL))
		return; /* noted by the search */
	f.first = !i || w->found[i - 1].tree != w->found[i].tree;
	if (!w->packages)
		w->packages = pkgdb_open(w->root, f.first ? r : NULL,
		    t->scope.s);
	f.packages = w->packages;
	if (!f.first) {
		const struct artifact *before;
		const char *o, *v;

		art_of(w, i - 1, &before, &o, &v);
		f.first = before != f.art;
	}
	f.root = w->root;
	f.tree = &w->tree;
	f.accounts = &w->accounts;
	f.scope = t->scope.s;
	if (root_find(w->root, f.via, ROOT_NOFOLLOW, &link, &e)) {
		rec_note_err(r, "open", f.scope, f.via, &e);
		return;
	}
	f.via_st = &link.st;
	f.file = &link;
	there = true;
	if (S_ISLNK(link.st.st_mode)) {
		there = root_find(w->root, f.via, 0, &rf, &e) == 0;
		/* of a link to /dev/null the link is the entry: a disk has
		 * no devices, and says the same */
		if (there && (S_ISCHR(rf.st.st_mode) ||
				 S_ISBLK(rf.st.st_mode)))
			there = false;
		else if (there)
			f.file = &rf;
		else if (e.class != ERR_ABSENT)
			rec_note_err(r, "open", f.scope, f.via, &e);
	}
	f.origin = !t->store ? "host"
	    : t->container && f.file->upper ? "container" : "image";
	if (t->store) {
		root_host_path(w->root, f.file, &host);
		f.host_path = host.s;
	}
	if (w->packages && !pkgdb_none(w->packages))
		runs_state(w->root, w->packages,
		    f.file == &rf ? &rf : &link, &own);
	f.package = own.package.n ? own.package.s : NULL;
	f.package_state = pkg_state_name(own.state);
	switch (f.art->owner) {
	case OWNER_ROOT:
		f.owner = "root";
		break;
	case OWNER_FILENAME:
		base = strrchr(f.via, '/');
		f.owner = base ? base + 1 : f.via;
		break;
	case OWNER_HOME:
		f.owner = owner[0] ? owner : NULL;
		break;
	case OWNER_FIELD:
	case OWNER_LOGIN:
		break;
	}
	if (f.art->binary && (!there || !S_ISREG(f.file->st.st_mode)))
		return; /* a socket beside keys is nothing that was lost */
	if (!there) {
		odd(&f, r, &link, "link without target");
		return;
	}
	if (!S_ISREG(f.file->st.st_mode)) {
		if (f.file == &link && !S_ISDIR(link.st.st_mode))
			rec_note(r, ERR_CORRUPT, "open", f.scope,
			    link.path.s, 0, "%s: never opened",
			    type_defect(link.st.st_mode));
		odd(&f, r, &link, type_defect(f.file->st.st_mode));
		return;
	}
	if (content(&f, f.file == &rf ? &rf : &link, &data, sha256, r)) {
		art_file_row(&f, r, NULL);
		return;
	}
	if (f.art->parse(&f, r, &e))
		rec_note_err(r, "parse", f.scope, f.file->path.s, &e);
	runs_keep(&f, r);
}

static void
file_name(void *arg, size_t i, struct str *out, const char **scope)
{
	const struct artifact *art;
	const char *owner, *via;
	struct work *w = arg;

	art_of(w, i, &art, &owner, &via);
	str_adds(out, via);
	*scope = w->trees[w->found[i].tree].scope.s;
}

/* ---- trees of stores -------------------------------------------------- */

static struct tree_ref *
add_tree(struct work *w)
{
	struct tree_ref *t;

	if (w->trees_n == w->trees_cap) {
		w->trees_cap = w->trees_cap ? 2 * w->trees_cap : 64;
		w->trees = xreallocarray(w->trees, w->trees_cap, sizeof(*t));
	}
	t = &w->trees[w->trees_n++];
	t->store = NULL;
	str_init(&t->id);
	str_init(&t->scope);
	return t;
}

/* Images are read only where they are asked for: nothing runs in them. */
static void
add_trees(struct work *w, bool containers)
{
	struct engine_items items;
	struct tree_ref *t;
	size_t i;

	/* an archive has images and nothing else */
	bool archive = w->c->packed && w->c->evidence == EVIDENCE_STORE &&
	    strcmp(w->c->store, "archive") == 0;

	select_items(&w->select, &w->stores, containers, containers || archive,
	    &items, NULL, w->c->rec);
	if (!containers)
		engine_blobs_read(&w->stores, &items, NULL, w->c->rec);
	for (i = 0; i < items.n; i++) {
		t = add_tree(w);
		t->store = items.v[i].store;
		t->container = containers;
		str_add(&t->id, items.v[i].id.s, items.v[i].id.n);
		engine_scope(&t->scope, containers, t->store->engine->name,
		    NULL, t->id.s);
	}
	engine_items_free(&items);
}

static void
map(struct work *w, size_t n,
    void (*fn)(void *, size_t, struct rec *),
    void (*name)(void *, size_t, struct str *, const char **),
    void (*take)(void *, size_t, const void *, size_t), const char *op)
{
	struct worker_map m = {
		.n = n, .fn = fn, .name = name, .take = take, .arg = w, .op = op
	};
	struct err e;

	if (n && worker_map(&m, w->c->rec, &e))
		die("%s", e.msg);
}

static struct strlist known_good;

static void
prepare(struct collect *c UNUSED)
{
	known_use(&known_good);
}

int
main(int argc, char **argv)
{
	struct work w = {.bytes = STR_INIT};
	const struct cli_opt more[] = {
		SELECT_HOST(&w.select),
		SELECT_CONTAINERS(&w.select),
		SELECT_IMAGES(&w.select),
		{0, "known-good", CLI_LIST, &known_good, "FILE",
		    "a list of digests that overrules the package database"},
		{0},
	};
	struct collect c = {
		.tool = "collect-persistence",
		.about = "Print what makes programs run by themselves, and who "
			 "may log in: of a host and of its containers.",
		.keep = LOCK_DAC_READ_SEARCH | LOCK_FOWNER | LOCK_SYS_ADMIN,
		.store_probe = engine_store_probe,
		.engines = engine_names,
		.archive = engine_archive_root,
		.memory = true,
		.print_list = print_table,
		.more = more,
		.prepare = prepare,
	};
	struct err e;
	size_t i;

	w.c = &c;
	collect_begin(&c, argc, argv);
	if (c.live)
		w.now = civil_now() / 1000000000;
	select_begin(&w.select, c.evidence != EVIDENCE_STORE, c.rec);
	if (c.evidence != EVIDENCE_STORE && select_host(&w.select))
		str_adds(&add_tree(&w)->scope, "host");
	if (stores_find(c.root, c.evidence == EVIDENCE_STORE, c.store_as,
	    &c.data_roots, &w.stores, c.rec, &e))
		rec_note_err(c.rec, "store", NULL, NULL, &e);
	add_trees(&w, false);
	add_trees(&w, true);
	if (w.trees_n > 1 && !c.packed && !root_sees_trusted())
		rec_note(c.rec, ERR_DENIED, "store", NULL, NULL, 0,
		    "trusted.* attributes cannot be seen: files that a "
		    "container deleted may appear to be there");
	for (w.from = 0; w.from < w.trees_n; w.from = w.to) {
		w.to = w.trees_n - w.from > BATCH ? w.from + BATCH : w.trees_n;
		str_clear(&w.bytes);
		w.found_n = 0;
		map(&w, w.to - w.from, search_tree, tree_name, take_found,
		    "search");
		map(&w, w.found_n, read_file, file_name, NULL, "parse");
	}
	for (i = 0; i < w.trees_n; i++) {
		str_release(&w.trees[i].id);
		str_release(&w.trees[i].scope);
	}
	free(w.trees);
	free(w.found);
	str_release(&w.bytes);
	stores_free(&w.stores);
	select_release(&w.select);
	return collect_end(&c);
}
