#include "civil.h"
#include "collect.h"
#include "digest.h"
#include "engine.h"
#include "limits.h"
#include "packages.h"
#include "select.h"
#include "worker.h"

#include <errno.h>

/*
 * What the package managers say that they installed, and how it is now: of the
 * host, of every image and of every container. One tree after another, its
 * files in slices: each worker reads the databases of the tree at hand for
 * itself and verifies the slices that it is given; what it finds for the
 * parent are counts, and digests of files that further trees show as well.
 * Then packages and databases, whose rows hold these counts.
 */

#define SLICES_HOST 128
#define SLICES_TREE 8
#define GIVE (512 * 1024)

struct tree_ref {
	struct store *store; /* NULL: the host */
	bool container;
	bool done; /* has no packages: do_bares */
	struct str id, scope;
};

/* What a worker gives: one of these after another, each after its letter. */
struct give_count { /* 'n' */
	uint32_t package;
	uint8_t missing, changed, lost; /* lost: counts for the database */
};
struct give_archive { /* 'a' */
	uint32_t package;
	int32_t known;
	uint32_t n; /* bytes that follow */
};
/* 's': struct pkg_seen */

/* Digests of files of layers, by inode. */
struct seen {
	uint64_t dev, ino, size;
	int64_t changed;
	unsigned char alg, digest[32]; /* alg 0: free */
};

struct count {
	uint32_t missing, changed, db_missing, db_changed;
	int32_t known; /* -1: not told */
	uint32_t archive; /* in struct work.archives */
};

struct work {
	struct collect *c;
	bool all;
	struct select select;
	struct stores stores;
	struct tree_ref *trees;
	size_t trees_n, trees_cap, at; /* at: the tree at hand */
	size_t bare_from; /* the first tree that do_bares looks at */
	size_t slices;
	/* parent: of the tree at hand */
	struct count *counts; /* by package */
	size_t counts_n;
	struct str archives;
	/* parent: of all trees */
	struct seen *seen;
	size_t seen_cap, seen_n;
	/* in a worker */
	size_t open; /* tree + 1; 0: none */
	struct engine_tree engine_tree;
	struct pkgdb *db;
	struct root *root;
	struct rec *rec;
	struct str give;
};

static void
print_table(void)
{
	printf("%-8s %-22s %s\n", "FORMAT", "DATABASE", "RECORDED OF A FILE");
	printf("%-8s %-22s %s\n", "dpkg", "/var/lib/dpkg",
	    "MD5 (of most); overrides: mode, owner, group");
	printf("%-8s %-22s %s\n", "apk", "/lib/apk/db/installed",
	    "SHA-1, mode, owner, group");
	printf("%-8s %-22s %s\n", "rpm", "/usr/lib/sysimage/rpm",
	    "SHA-256 (or as built), size, type, target, mode, owner, group, "
	    "time, capabilities");
	printf("%-8s %-22s %s\n", "rpm", "/var/lib/rpm", "the same");
}

/* ---- trees --------------------------------------------------------------- */

static void
close_tree(struct work *w)
{
	pkgdb_free(w->db);
	w->db = NULL;
	if (w->open && w->trees[w->open - 1].store)
		engine_tree_release(&w->engine_tree);
	w->root = NULL;
	w->open = 0;
}

/* The tree at hand; rec: where its trouble is noted, and then it is judged. */
static int
open_tree(struct work *w, struct rec *rec)
{
	struct tree_ref *t = &w->trees[w->at];
	struct err e;
	size_t k;

	if (w->open == w->at + 1 && !rec)
		return w->db ? 0 : -1;
	close_tree(w);
	memset(&w->engine_tree, 0, sizeof(w->engine_tree));
	w->open = w->at + 1;
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
	w->db = rec ? pkgdb_open_judge(w->root, rec, t->scope.s)
		    : pkgdb_open(w->root, NULL, t->scope.s);
	return 0;
}

static const char *
origin_of(const struct tree_ref *t, const struct root_file *f)
{
	if (!t->store)
		return "host";
	return t->container && f && f->upper ? "container" : "image";
}

/* ---- for the parent ------------------------------------------------------ */

static void
give_flush(struct work *w)
{
	if (w->give.n)
		worker_give(w->give.s, w->give.n);
	str_clear(&w->give);
}

static void
give(struct work *w, char letter, const void *p, size_t n, const void *more,
    size_t more_n)
{
	if (w->give.n + n + more_n + 1 > GIVE)
		give_flush(w);
	str_addc(&w->give, letter);
	str_add(&w->give, p, n);
	str_add(&w->give, more, more_n);
}

static struct seen *
seen_slot(const struct work *w, const struct pkg_seen *s)
{
	uint64_t h = (s->ino ^ s->dev << 40 ^ (uint64_t)s->changed) *
	    0x9fb21c651e98df25ULL;
	struct seen *v;
	size_t i;

	for (i = (h ^ h >> 32) & (w->seen_cap - 1);; i = (i + 1) &
	    (w->seen_cap - 1)) {
		v = &w->seen[i];
		if (!v->alg || (v->dev == s->dev && v->ino == s->ino &&
			v->size == s->size && v->changed == s->changed &&
			v->alg == s->alg))
			return v;
	}
}

static bool
is_seen(void *arg, struct pkg_seen *s)
{
	const struct work *w = arg;
	const struct seen *v = w->seen_cap ? seen_slot(w, s) : NULL;

	if (!v || !v->alg)
		return false;
	memcpy(s->digest, v->digest, sizeof(v->digest));
	return true;
}

/* Longer digests are rare enough to be computed again. */
static void
saw(void *arg, const struct pkg_seen *s)
{
	static const unsigned char zeros[32];

	if (memcmp(s->digest + 32, zeros, 32) == 0)
		give(arg, 's', s, sizeof(*s), "", 0);
}

static void
seen_add(struct work *w, const struct pkg_seen *s)
{
	struct seen *old = w->seen, *v;
	size_t cap = w->seen_cap, i;
	struct pkg_seen key;

	if (w->seen_n >= PKG_SHARED_MAX || !s->alg)
		return;
	if (w->seen_n * 3 / 2 >= cap) {
		w->seen_cap = cap ? 2 * cap : 4096;
		w->seen = xcalloc(w->seen_cap, sizeof(*w->seen));
		for (i = 0; i < cap; i++) {
			if (!old[i].alg)
				continue;
			key.dev = old[i].dev;
			key.ino = old[i].ino;
			key.size = old[i].size;
			key.changed = old[i].changed;
			key.alg = old[i].alg;
			*seen_slot(w, &key) = old[i];
		}
		free(old);
	}
	v = seen_slot(w, s);
	if (v->alg)
		return;
	v->dev = s->dev;
	v->ino = s->ino;
	v->size = s->size;
	v->changed = s->changed;
	v->alg = s->alg;
	memcpy(v->digest, s->digest, sizeof(v->digest));
	w->seen_n++;
}

static struct count *
count_of(struct work *w, uint32_t package)
{
	size_t n = w->counts_n;

	if (package >= PKG_PACKAGES_MAX)
		return NULL;
	if (package >= n) {
		w->counts_n = package + 256;
		w->counts = xreallocarray(w->counts, w->counts_n,
		    sizeof(*w->counts));
		for (; n < w->counts_n; n++)
			w->counts[n] = (struct count){.known = -1};
	}
	return &w->counts[package];
}

/* Parent: what a worker gave; it may lie. */
static void
take(void *arg, size_t i UNUSED, const void *data, size_t n)
{
	struct work *w = arg;
	const char *p = data, *end = p + n;
	struct give_archive a;
	struct give_count g;
	struct pkg_seen s;
	struct count *c;

	while (p < end) {
		switch (*p++) {
		case 'n':
			if ((size_t)(end - p) < sizeof(g))
				return;
			memcpy(&g, p, sizeof(g));
			p += sizeof(g);
			c = count_of(w, g.package);
			if (!c)
				return;
			c->missing += g.missing == 1;
			c->changed += g.changed == 1;
			c->db_missing += g.missing == 1 && g.lost == 1;
			c->db_changed += g.changed == 1 && g.lost == 1;
			break;
		case 'a':
			if ((size_t)(end - p) < sizeof(a))
				return;
			memcpy(&a, p, sizeof(a));
			p += sizeof(a);
			c = count_of(w, a.package);
			if (!c || a.n > 4096 || (size_t)(end - p) < a.n ||
			    memchr(p, '\0', a.n))
				return;
			c->known = a.known == 1;
			if (!w->archives.n)
				str_addc(&w->archives, '\0');
			c->archive = a.n ? (uint32_t)w->archives.n : 0;
			str_add(&w->archives, p, a.n);
			str_addc(&w->archives, '\0');
			p += a.n;
			break;
		case 's':
			if ((size_t)(end - p) < sizeof(s))
				return;
			memcpy(&s, p, sizeof(s));
			p += sizeof(s);
			seen_add(w, &s);
			break;
		default:
			return;
		}
	}
}

/* ---- files --------------------------------------------------------------- */

static const char *
role_name(enum pkg_role role)
{
	switch (role) {
	case PKG_CONFIGURATION:
		return "configuration";
	case PKG_DOCUMENTATION:
		return "documentation";
	case PKG_GHOST:
		return "ghost";
	case PKG_FILE:
		break;
	}
	return NULL;
}

/* Changed text is kept: it tells more than its digest. */
static void
keep(struct rec *r, const struct pkg_found *f)
{
	char sha256[65];

	if (f->odd && f->data && f->n && !memchr(f->data, '\0', f->n))
		rec_blob(r, f->data, f->n, sha256);
}

static void
file_row(struct work *w, const struct pkg_found *f)
{
	const struct tree_ref *t = &w->trees[w->at];
	struct strlist differs cleanup_strlist = STRLIST_INIT;
	struct str host cleanup_str = STR_INIT;
	const struct stat *st = f->file ? &f->file->st : NULL;
	struct rec *r = w->rec;
	unsigned bit;

	keep(r, f);
	rec_begin(r, KIND_package_file);
	rec_text(r, COL_package_file_scope, t->scope.s);
	rec_text(r, COL_package_file_path, f->path);
	if (strcmp(f->path, f->owned.name) != 0)
		rec_text(r, COL_package_file_via, f->owned.name);
	if (t->store && f->file) {
		root_host_path(w->root, f->file, &host);
		rec_str(r, COL_package_file_host_path, &host);
	}
	rec_text(r, COL_package_file_origin, origin_of(t, f->file));
	rec_text(r, COL_package_file_package, f->owned.package);
	rec_text(r, COL_package_file_version, f->owned.version);
	rec_text(r, COL_package_file_role, role_name(f->owned.role));
	rec_text(r, COL_package_file_state, f->state);
	for (bit = PKG_DIGEST; bit <= PKG_CAPABILITIES; bit <<= 1)
		if (f->differs & bit)
			strlist_adds(&differs, pkg_differs_name(bit));
	rec_list(r, COL_package_file_differs, &differs);
	rec_text(r, COL_package_file_algorithm, f->owned.algorithm);
	rec_text(r, COL_package_file_recorded, f->owned.recorded);
	if (f->digest[0])
		rec_text(r, COL_package_file_digest, f->digest);
	if (f->sha256[0])
		rec_text(r, COL_package_file_sha256, f->sha256);
	if (st) {
		rec_int(r, COL_package_file_size, st->st_size);
		rec_int(r, COL_package_file_mode, st->st_mode & 07777);
		rec_int(r, COL_package_file_uid, st->st_uid);
		rec_int(r, COL_package_file_gid, st->st_gid);
		rec_time(r, COL_package_file_modified_time,
		    civil_ns(st->st_mtim.tv_sec, st->st_mtim.tv_nsec));
		rec_time(r, COL_package_file_changed_time,
		    civil_ns(st->st_ctim.tv_sec, st->st_ctim.tv_nsec));
	}
	rec_end(r);
}

static void
found(void *arg, const struct pkg_found *f)
{
	struct give_count g = {.package = f->package};
	struct work *w = arg;

	g.missing = strcmp(f->state, "missing") == 0 &&
	    f->owned.role != PKG_GHOST;
	g.changed = strcmp(f->state, "changed") == 0 ||
	    strcmp(f->state, "replaced") == 0;
	g.lost = f->odd && f->owned.role != PKG_CONFIGURATION;
	if (g.missing || g.changed)
		give(w, 'n', &g, sizeof(g), "", 0);
	if (w->all || f->odd)
		file_row(w, f);
}

static void
archives(struct work *w, struct rec *r)
{
	struct give_archive a;
	struct pkg_info p;
	size_t i;

	pkgdb_archives(w->db, r);
	for (i = 0; i < pkgdb_packages(w->db); i++) {
		pkgdb_package(w->db, i, &p);
		if (p.known < 0 || strlen(p.archive) > 4096)
			continue;
		memset(&a, 0, sizeof(a));
		a.package = (uint32_t)i;
		a.known = p.known;
		a.n = (uint32_t)strlen(p.archive);
		give(w, 'a', &a, sizeof(a), p.archive, a.n);
	}
}

/* Worker: one slice of the files; the last item are the archives' lists. */
static void
do_slice(void *arg, size_t i, struct rec *r)
{
	struct work *w = arg;
	struct pkg_verify v = {.all = w->all, .fn = found, .arg = w};
	size_t n;

	if (open_tree(w, NULL))
		return;
	w->rec = r;
	if (i == w->slices) {
		archives(w, r);
	} else {
		if (w->trees[w->at].store) {
			v.seen = is_seen;
			v.saw = saw;
		}
		n = pkgdb_files(w->db);
		pkgdb_verify(w->db, n * i / w->slices, n * (i + 1) / w->slices,
		    &v, r);
	}
	give_flush(w);
}

static void
slice_name(void *arg, size_t i, struct str *out, const char **scope)
{
	struct work *w = arg;

	if (i < w->slices)
		str_addf(out, "owned files, part %zu of %zu", i + 1,
		    w->slices);
	else
		str_adds(out, "/var/lib/apt/lists");
	*scope = w->trees[w->at].scope.s;
}

/* ---- packages ------------------------------------------------------------ */

static void
package_row(struct work *w, size_t i, struct rec *r)
{
	const struct count *c = i < w->counts_n ? &w->counts[i] : NULL;
	struct strlist names cleanup_strlist = STRLIST_INIT;
	struct str text cleanup_str = STR_INIT;
	char sha256[SHA256_HEX] = "";
	struct pkg_db_info db;
	struct pkg_info p;
	int known;

	pkgdb_package(w->db, i, &p);
	pkgdb_info(w->db, p.db, &db);
	known = c && c->known >= 0 ? c->known : p.known;
	pkgdb_scripts(w->db, i, &names, &text);
	if (text.n > REC_VALUE_MAX) {
		rec_blob(r, text.s, text.n, sha256);
		str_cut(&text, REC_VALUE_MAX);
	}
	rec_begin(r, KIND_package);
	rec_text(r, COL_package_scope, w->trees[w->at].scope.s);
	/* rpm-sqlite is rpm */
	rec_text(r, COL_package_format,
	    strncmp(db.format, "rpm", 3) == 0 ? "rpm" : db.format);
	rec_text(r, COL_package_name, p.name);
#define TEXT(col, s) \
	if ((s)[0]) \
		rec_text(r, COL_package_##col, s)
	TEXT(version, p.version);
	TEXT(architecture, p.architecture);
	TEXT(status, p.status);
	TEXT(source, p.source);
	TEXT(vendor, p.vendor);
	if (c && c->archive)
		rec_text(r, COL_package_archive, w->archives.s + c->archive);
	else
		TEXT(archive, p.archive);
#undef TEXT
	if (known >= 0)
		rec_bool(r, COL_package_known, known);
	rec_time(r, COL_package_installed_time, p.installed_time);
	rec_int(r, COL_package_files, p.files);
	if (c && c->changed)
		rec_int(r, COL_package_changed, c->changed);
	if (c && c->missing)
		rec_int(r, COL_package_missing, c->missing);
	rec_list(r, COL_package_scripts, &names);
	rec_str(r, COL_package_text, &text);
	rec_text(r, COL_package_text_sha256, sha256[0] ? sha256 : NULL);
	rec_text(r, COL_package_path, db.path);
	rec_end(r);
}

static void
db_row(struct work *w, size_t i, struct rec *r)
{
	const struct tree_ref *t = &w->trees[w->at];
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str host cleanup_str = STR_INIT;
	struct strlist odd cleanup_strlist = STRLIST_INIT;
	struct str more cleanup_str = STR_INIT;
	uint64_t changed = 0, missing = 0;
	struct pkg_db_info db;
	struct pkg_info p;
	size_t k;

	pkgdb_info(w->db, i, &db);
	for (k = 0; k < pkgdb_packages(w->db) && k < w->counts_n; k++) {
		pkgdb_package(w->db, k, &p);
		if (p.db != i)
			continue;
		changed += w->counts[k].db_changed;
		missing += w->counts[k].db_missing;
	}
	for (k = 0; k < db.oddities->n; k++)
		strlist_add(&odd, db.oddities->v[k].s, db.oddities->v[k].n);
	if (db.odd > db.oddities->n) {
		str_addf(&more, "and %llu more", (unsigned long long)(db.odd -
		    db.oddities->n));
		strlist_add(&odd, more.s, more.n);
	}
	rec_begin(r, KIND_package_db);
	rec_text(r, COL_package_db_scope, t->scope.s);
	rec_text(r, COL_package_db_format, db.format);
	rec_text(r, COL_package_db_path, db.path);
	if (t->store && root_find(w->root, db.path, 0, &f, NULL) == 0) {
		root_host_path(w->root, &f, &host);
		rec_str(r, COL_package_db_host_path, &host);
	}
	rec_int(r, COL_package_db_packages, db.packages);
	rec_int(r, COL_package_db_files, db.files);
	rec_int(r, COL_package_db_digests, db.digests);
	rec_int(r, COL_package_db_changed, (int64_t)changed);
	rec_int(r, COL_package_db_missing, (int64_t)missing);
	rec_time(r, COL_package_db_modified_time, db.modified_time);
	rec_time(r, COL_package_db_changed_time, db.changed_time);
	rec_time(r, COL_package_db_last_time, db.last_time);
	rec_list(r, COL_package_db_oddities, &odd);
	rec_end(r);
}

/* Worker: packages and databases of the tree. */
static void
do_packages(void *arg, size_t n UNUSED, struct rec *r)
{
	struct work *w = arg;
	size_t i;

	if (open_tree(w, r))
		return;
	if (pkgdb_none(w->db) && !w->trees[w->at].store)
		rec_note(r, ERR_ABSENT, "packages", "host", NULL, ENOENT,
		    "no package database that this version knows");
	for (i = 0; i < pkgdb_count(w->db); i++)
		db_row(w, i, r);
	for (i = 0; i < pkgdb_packages(w->db); i++)
		package_row(w, i, r);
}

static void
packages_name(void *arg, size_t i UNUSED, struct str *out, const char **scope)
{
	struct work *w = arg;

	str_adds(out, "package databases");
	*scope = w->trees[w->at].scope.s;
}

/* ---- trees without packages ---------------------------------------------- */

/*
 * Most containers have none, and a tree of its own workers is dear: these are
 * done in one go, one item each, before those that have.
 */
static void
do_bare(void *arg, size_t i, struct rec *r)
{
	struct work *w = arg;

	w->at = i + w->bare_from;
	if (open_tree(w, NULL) == 0) {
		if (!pkgdb_none(w->db))
			return;
		archives(w, r);
	}
	do_packages(w, 0, r);
	give_flush(w);
	worker_give("", 1);
}

static void
take_bare(void *arg, size_t i, const void *p UNUSED, size_t n)
{
	struct work *w = arg;

	if (n == 1)
		w->trees[i + w->bare_from].done = true;
}

static void
bare_name(void *arg, size_t i, struct str *out, const char **scope)
{
	struct work *w = arg;

	str_adds(out, "package databases");
	*scope = w->trees[i + w->bare_from].scope.s;
}

static void
do_bares(struct work *w)
{
	struct worker_map m = {
		.fn = do_bare, .name = bare_name, .take = take_bare, .arg = w,
		.op = "verify", .seconds = CONTENT_SECONDS,
	};
	struct err e;

	w->bare_from = w->trees_n && !w->trees[0].store;
	m.n = w->trees_n - w->bare_from;
	if (m.n && worker_map(&m, w->c->rec, &e))
		die("%s", e.msg);
}

/* ---- the whole ----------------------------------------------------------- */

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
	t->done = false;
	str_init(&t->id);
	str_init(&t->scope);
	return t;
}

static void
add_trees(struct work *w, bool containers)
{
	struct engine_items items = {NULL, 0, 0};
	struct tree_ref *t;
	size_t i;

	select_items(&w->select, &w->stores, containers, true, &items, NULL,
	    w->c->rec);
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
do_tree(struct work *w)
{
	struct worker_map m = {
		.fn = do_slice, .name = slice_name, .take = take, .arg = w,
		.op = "verify", .seconds = CONTENT_SECONDS,
	};
	struct err e;

	w->slices = w->trees[w->at].store ? SLICES_TREE : SLICES_HOST;
	m.n = w->slices + 1;
	w->counts_n = 0;
	str_clear(&w->archives);
	if (worker_map(&m, w->c->rec, &e))
		die("%s", e.msg);
	m.n = 1;
	m.fn = do_packages;
	m.name = packages_name;
	m.take = NULL;
	if (worker_map(&m, w->c->rec, &e))
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
	struct work w = {.archives = STR_INIT, .give = STR_INIT};
	const struct cli_opt more[] = {
		{0, "all", CLI_FLAG, &w.all, NULL,
		    "every file of every package, with its SHA-256"},
		SELECT_HOST(&w.select),
		SELECT_CONTAINERS(&w.select),
		SELECT_IMAGES(&w.select),
		{0, "known-good", CLI_LIST, &known_good, "FILE",
		    "a list of digests that overrules the databases"},
		{0},
	};
	struct collect c = {
		.tool = "collect-packages",
		.about = "Print what packages are installed, and which of "
			 "their files are not as they were installed: of a "
			 "host, its images and its containers.",
		.more = more,
		.keep = LOCK_DAC_READ_SEARCH | LOCK_FOWNER | LOCK_SYS_ADMIN,
		.store_probe = engine_store_probe,
		.engines = engine_names,
		.archive = engine_archive_root,
		.memory = true,
		.print_list = print_table,
		.prepare = prepare,
	};
	struct err e;
	size_t i;

	w.c = &c;
	collect_begin(&c, argc, argv);
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
		    "trusted.* attributes cannot be seen: files that an upper "
		    "layer deleted may appear to be there");
	do_bares(&w);
	for (w.at = 0; w.at < w.trees_n; w.at++)
		if (!w.trees[w.at].done)
			do_tree(&w);
	for (i = 0; i < w.trees_n; i++) {
		str_release(&w.trees[i].id);
		str_release(&w.trees[i].scope);
	}
	free(w.trees);
	free(w.counts);
	free(w.seen);
	str_release(&w.archives);
	stores_free(&w.stores);
	select_release(&w.select);
	return collect_end(&c);
}
