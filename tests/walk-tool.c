/*
 * walk-tool - walk.h for shell tests: a collector that opens each item and
 * writes a "file" row, without its content, for every name and scope
 *
 * usage: walk-tool [collector's options] [--all] [--batch N] [--work N]
 *                  [--merged | --count] [--out PATH] [--self]
 * --merged: instead of the walk, the merged tree of every image and container,
 * one after the other, by root_walk: what the walk has to give too. --count:
 * a line with the number of items, and no row. --out: what is ours. why says
 * what chose the file ("no": bytes would), links the names of the item, size
 * the inode's.
 */

#include "limits.h"
#include "walk.h"
#include "worker.h"

static struct {
	struct collect c;
	struct walk w;
	struct walk_out *out;
	bool all, merged, count, self;
	const char *batch, *work;
	struct strlist ours;
	uint64_t items, bytes, batches, remembered;
	/* --merged */
	struct engine_items trees;
	bool container;
} t;

struct row {
	struct rec *r;
	size_t i;
	const struct root_file *f;
	uint32_t names;
};

static void
row(void *arg, const char *scope, const char *origin, bool hidden,
    const char *host_path)
{
	const struct row *x = arg;
	const struct walk_item *it = &t.w.items[x->i];

	rec_begin(x->r, KIND_file);
	rec_text(x->r, COL_file_scope, scope);
	rec_text(x->r, COL_file_path, walk_path(&t.w, x->i));
	rec_text(x->r, COL_file_host_path, host_path);
	rec_text(x->r, COL_file_origin, origin);
	if (hidden)
		rec_bool(x->r, COL_file_hidden, true);
	rec_text(x->r, COL_file_why, triage_name(it->why));
	rec_int(x->r, COL_file_mode, it->mode);
	rec_int(x->r, COL_file_size, x->f->st.st_size);
	rec_int(x->r, COL_file_links, x->names);
	rec_end(x->r);
}

static void
one(void *arg, size_t i, struct rec *r)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct row x = {r, i, &f, 1};
	struct err e;
	uint32_t k;

	(void)arg;
	if (t.w.items[i].name)
		return;
	if (!walk_open(&t.w, i, &f, &e)) {
		rec_note_err(r, "open", NULL, walk_path(&t.w, i), &e);
		return;
	}
	for (k = t.w.items[i].next; k; k = t.w.items[k].next)
		x.names++;
	walk_scopes(&t.w, i, r, row, &x);
	for (k = t.w.items[i].next; k; k = t.w.items[k].next) {
		x.i = k;
		walk_scopes(&t.w, k, r, row, &x);
	}
	worker_give(&f.st.st_ino, sizeof(f.st.st_ino));
}

static void
name(void *arg, size_t i, struct str *out, const char **scope)
{
	(void)arg;
	walk_name(&t.w, i, out, scope);
}

static void
take(void *arg, size_t i, const void *p, size_t n)
{
	(void)arg;
	if (n == sizeof(ino_t))
		walk_remember(&t.w, i, p, n);
	walk_tick(&t.w, 1, t.w.items[i].size);
}

static void
batch(void *arg)
{
	struct worker_map m = {.n = t.w.n, .fn = one, .name = name,
	    .take = take, .op = "walk", .workers = t.work ? atoi(t.work) : 0};
	struct err e;
	size_t i, n;
	ino_t ino;
	const void *p;

	(void)arg;
	t.batches++;
	for (i = 0; i < t.w.n; i++) {
		t.items++;
		t.bytes += t.w.items[i].size;
		p = walk_remembered(&t.w, i, &n);
		if (!p)
			continue;
		memcpy(&ino, p, sizeof(ino));
		if (n != sizeof(ino) || ino != t.w.items[i].ino)
			die("remembered another file");
		t.remembered++;
	}
	if (!t.count && worker_map(&m, t.c.rec, &e))
		die("%s", e.msg);
}

/* ---- the merged trees ---------------------------------------------------- */

struct merged {
	struct rec *r;
	struct root *root;
	const struct store *s;
	struct str scope;
};

static int
merged_object(void *arg, struct root_file *f)
{
	struct str in cleanup_str = STR_INIT;
	struct merged *m = arg;

	root_host_path(m->root, f, &in);
	rec_begin(m->r, KIND_file);
	rec_str(m->r, COL_file_scope, &m->scope);
	rec_str(m->r, COL_file_path, &f->path);
	rec_str(m->r, COL_file_host_path, &in);
	rec_text(m->r, COL_file_origin, f->upper ? "container" : "image");
	rec_int(m->r, COL_file_mode, f->st.st_mode);
	rec_int(m->r, COL_file_size, f->st.st_size);
	rec_end(m->r);
	return 0;
}

static void
merged_bad(void *arg, const char *path, const struct err *e)
{
	struct merged *m = arg;

	rec_note_err(m->r, "walk", m->scope.s, path, e);
}

static void
merged(void *arg, size_t i, struct rec *r)
{
	struct store *s = t.trees.v[i].store;
	struct engine_tree tree = {0};
	struct merged m = {r, NULL, s, STR_INIT};
	struct err e;

	(void)arg;
	engine_scope(&m.scope, t.container, s->engine->name, NULL,
	    t.trees.v[i].id.s);
	if (s->engine->open_tree(s, t.container, t.trees.v[i].id.s, &tree,
		&e))
		die("%s", e.msg);
	m.root = tree.root;
	if (m.root)
		root_walk(m.root, "/", merged_object, merged_bad, &m, &e);
	engine_tree_release(&tree);
	str_release(&m.scope);
}

static void
merged_name(void *arg, size_t i, struct str *out, const char **scope)
{
	(void)arg;
	(void)scope;
	str_adds(out, t.trees.v[i].id.s);
}

static void
merged_all(void)
{
	struct worker_map m = {.fn = merged, .name = merged_name,
	    .op = "merged"};
	struct stores stores;
	struct err e;
	int k;

	stores_find(t.c.root, t.c.evidence == EVIDENCE_STORE, t.c.store_as,
	    &t.c.data_roots, &stores, t.c.rec, &e);
	for (k = 0; k < 2; k++) {
		t.container = k;
		engine_items(&stores, t.container, &t.trees, t.c.rec);
		m.n = t.trees.n;
		if (worker_map(&m, t.c.rec, &e))
			die("%s", e.msg);
		engine_items_free(&t.trees);
	}
	stores_free(&stores);
}

static void
prepare(struct collect *c)
{
	size_t i;

	(void)c;
	t.out = walk_out_new();
	for (i = 0; i < t.ours.n; i++)
		walk_out_add(t.out, t.ours.v[i].s);
	if (t.self)
		walk_out_self(t.out);
}

int
main(int argc, char **argv)
{
	struct cli_opt more[] = {
		{0, "all", CLI_FLAG, &t.all, NULL, "every object"},
		{0, "merged", CLI_FLAG, &t.merged, NULL, "the merged trees"},
		{0, "count", CLI_FLAG, &t.count, NULL, "only count"},
		{0, "self", CLI_FLAG, &t.self, NULL, "leave ourselves out"},
		{0, "batch", CLI_TEXT, &t.batch, "N", "items of a batch"},
		{0, "work", CLI_TEXT, &t.work, "N", "workers"},
		{0, "out", CLI_LIST, &t.ours, "PATH", "is ours"},
		{0},
	};

	t.c = (struct collect){.tool = "collect-files", .about = "Test.",
	    .keep = LOCK_DAC_READ_SEARCH | LOCK_FOWNER | LOCK_SYS_ADMIN,
	    .store_probe = engine_store_probe,
	    .engines = engine_names,
.archive = engine_archive_root, .more = more,
	    .prepare = prepare};
	collect_begin(&t.c, argc, argv);
	if (t.merged) {
		merged_all();
		return collect_end(&t.c);
	}
	t.w.batch = t.batch ? (size_t)atol(t.batch) : 0;
	walk_begin(&t.w, &t.c, t.all, t.out);
	walk_run(&t.w, batch, NULL);
	fprintf(stderr, "items %llu batches %llu remembered %llu seen %llu "
	    "files %llu\n", (unsigned long long)t.items,
	    (unsigned long long)t.batches, (unsigned long long)t.remembered,
	    (unsigned long long)t.w.progress.seen,
	    (unsigned long long)t.w.progress.files);
	walk_end(&t.w);
	walk_out_free(t.out);
	strlist_release(&t.ours);
	return collect_end(&t.c);
}
