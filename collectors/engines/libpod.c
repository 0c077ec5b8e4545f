#include "libpod.h"

#include "bolt.h"
#include "limits.h"
#include "sqlfile.h"
#include "storelib.h"

/* ---- rows -------------------------------------------------------------------- */

static struct libpod_row *
row(struct libpod_table *t, const void *id, size_t n)
{
	struct libpod_row *r;
	size_t i;

	/* rows come in order, or nearly: from the end */
	for (i = t->n; i-- > 0 && t->n - i < 4;)
		if (t->v[i].id.n == n && memcmp(t->v[i].id.s, id, n) == 0)
			return &t->v[i];
	if (t->n >= STORE_CONTAINERS_MAX)
		return NULL;
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 64;
		t->v = xreallocarray(t->v, t->cap, sizeof(*t->v));
	}
	r = &t->v[t->n++];
	memset(r, 0, sizeof(*r));
	str_init(&r->id);
	str_init(&r->config);
	str_init(&r->state);
	str_add(&r->id, id, n);
	return r;
}

static void
row_release(struct libpod_row *r)
{
	str_release(&r->id);
	str_release(&r->config);
	str_release(&r->state);
	strlist_release(&r->networks);
}

static int
cmp_row(const void *a, const void *b)
{
	const struct libpod_row *x = a, *y = b;
	int r = strcmp(x->id.s, y->id.s);

	return r ? r : (int)x->old - (int)y->old;
}

/* Sorted, each id once; parts that came one by one are put together. */
static void
order(struct libpod_table *t)
{
	size_t i, o = 0;

	if (t->n > 1)
		qsort(t->v, t->n, sizeof(*t->v), cmp_row);
	for (i = 0; i < t->n; i++) {
		struct libpod_row *x = o ? &t->v[o - 1] : NULL, *y = &t->v[i];

		if (!x || strcmp(x->id.s, y->id.s) != 0) {
			t->v[o++] = *y;
			continue;
		}
		if (x->old == y->old) {
			if (!x->config.n)
				str_set(&x->config, y->config.s, y->config.n);
			if (!x->state.n)
				str_set(&x->state, y->state.s, y->state.n);
		}
		row_release(y);
	}
	t->n = o;
}

static int
by_id(const void *key, const void *x)
{
	return strcmp(key, ((const struct libpod_row *)x)->id.s);
}

struct libpod_row *
libpod_find(struct libpod_table *t, const char *id)
{
	return t->n ? bsearch(id, t->v, t->n, sizeof(*t->v), by_id) : NULL;
}

static void
table_release(struct libpod_table *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		row_release(&t->v[i]);
	free(t->v);
}

void
libpod_release(struct libpod *l)
{
	table_release(&l->ctrs);
	table_release(&l->pods);
	table_release(&l->volumes);
	str_release(&l->path);
	memset(l, 0, sizeof(*l));
}

/* ---- where ------------------------------------------------------------------- */

struct place {
	struct store *s;
	struct libpod *l;
	struct rec *rec;
	struct root *root;
	const char *path;
};

static void PRINTF(3, 4)
place_note(struct place *p, enum err_class class, const char *fmt, ...)
{
	va_list ap;
	char msg[512];

	if (!p->rec)
		return;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	if (p->root == p->s->root)
		store_note(p->rec, p->s, class, p->path, "%s", msg);
	else
		rec_note(p->rec, class, "store", NULL, p->path, 0, "%s", msg);
}

static void
found(struct place *p)
{
	if (p->l->path.n)
		return;
	if (p->root == p->s->root)
		engine_path(p->s, p->path, &p->l->path);
	else
		str_adds(&p->l->path, p->path);
}

/* ---- SQLite ------------------------------------------------------------------- */

static void
select_rows(struct place *p, struct sqlfile *f, const char *sql,
    struct libpod_table *t, bool state)
{
	sqlite3_stmt *st = NULL;
	struct libpod_row *r;
	struct err e;
	int rc = sqlite3_prepare_v2(f->db, sql, -1, &st, NULL);

	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		const void *id = sqlite3_column_text(st, 0);
		int n = sqlite3_column_bytes(st, 0);
		const void *json = sqlite3_column_text(st, 1);
		int m = sqlite3_column_bytes(st, 1);

		rc = SQLITE_OK;
		if (!id || !json)
			continue;
		r = row(t, id, (size_t)n);
		if (!r) {
			place_note(p, ERR_LIMIT, "more than %d rows "
			    "(STORE_CONTAINERS_MAX)", STORE_CONTAINERS_MAX);
			rc = SQLITE_DONE;
			break;
		}
		str_set(state ? &r->state : &r->config, json, (size_t)m);
	}
	if (rc != SQLITE_DONE) {
		sqlfile_err(f, rc, &e);
		place_note(p, e.class, "%s", e.msg);
	}
	sqlite3_finalize(st);
}

/* A file beside the database; false: it could not be read whole. */
static bool
beside(struct place *p, const char *end, struct str *out, bool *there)
{
	struct str path cleanup_str = STR_INIT;
	struct err e;
	int got;

	str_adds(&path, p->path);
	str_adds(&path, end);
	got = root_slurp(p->root, path.s, LIBPOD_DB_MAX, out, NULL, &e);
	*there = got >= 0 && out->n > 0;
	if (got == 0 || (got < 0 && e.class == ERR_ABSENT))
		return true;
	if (got > 0)
		place_note(p, ERR_LIMIT, "'%s' is longer than %d bytes "
		    "(LIBPOD_DB_MAX): the newest rows are missing", path.s,
		    LIBPOD_DB_MAX);
	else
		place_note(p, e.class, "the newest rows are missing: %s",
		    e.msg);
	str_clear(out);
	*there = false;
	return false;
}

static void
read_sqlite(struct place *p)
{
	static const char *const tables[] = {"ContainerConfig",
	    "ContainerState", "PodConfig", "PodState", "VolumeConfig",
	    "VolumeState", NULL};
	struct str db cleanup_str = STR_INIT, wal cleanup_str = STR_INIT;
	struct str journal cleanup_str = STR_INIT;
	struct sqlfile f = {.fd = -1, .main = &db, .tables = tables,
	    .length_max = STORE_JSON_MAX, .steps_max = LIBPOD_SQL_STEPS_MAX,
	    .name = p->path};
	bool has_wal = false, has_journal = false;
	struct err e;
	int got;

	got = root_slurp(p->root, p->path, LIBPOD_DB_MAX, &db, NULL, &e);
	if (got < 0 && e.class == ERR_ABSENT)
		return;
	found(p);
	if (got > 0) {
		place_note(p, ERR_LIMIT, "longer than %d bytes "
		    "(LIBPOD_DB_MAX)", LIBPOD_DB_MAX);
		return;
	}
	if (got < 0) {
		place_note(p, e.class, "%s", e.msg);
		if (e.class != ERR_CHANGED)
			return;
	}
	if (db.n == 0)
		return; /* made, and never written to */
	beside(p, "-wal", &wal, &has_wal);
	beside(p, "-journal", &journal, &has_journal);
	if (has_wal)
		f.wal = &wal;
	if (has_journal)
		f.journal = &journal;
	if (sqlfile_open(&f, &e)) {
		place_note(p, e.class, "%s", e.msg);
		return;
	}
	select_rows(p, &f, "SELECT ID, JSON FROM ContainerConfig ORDER BY ID",
	    &p->l->ctrs, false);
	order(&p->l->ctrs);
	select_rows(p, &f, "SELECT ID, JSON FROM ContainerState ORDER BY ID",
	    &p->l->ctrs, true);
	order(&p->l->ctrs);
	select_rows(p, &f, "SELECT ID, JSON FROM PodConfig ORDER BY ID",
	    &p->l->pods, false);
	select_rows(p, &f, "SELECT ID, JSON FROM PodState ORDER BY ID",
	    &p->l->pods, true);
	select_rows(p, &f, "SELECT Name, JSON FROM VolumeConfig ORDER BY Name",
	    &p->l->volumes, false);
	select_rows(p, &f, "SELECT Name, JSON FROM VolumeState ORDER BY Name",
	    &p->l->volumes, true);
	sqlfile_close(&f);
}

/* ---- BoltDB ------------------------------------------------------------------- */

struct at {
	struct place *p;
	struct bolt *b;
	struct libpod_table *t;
	bool old;
};

static void
bad_page(void *arg, const struct err *e)
{
	place_note(arg, e->class, "%s", e->msg);
}

static int
add_network(void *arg, const struct bolt_item *i)
{
	strlist_add(arg, i->key, i->key_n);
	return 0;
}

static int
add_object(void *arg, const struct bolt_item *i)
{
	struct at *a = arg;
	struct bolt_bucket nets;
	struct libpod_row *r;
	const char *v;
	size_t n;

	if (i->value)
		return 0;
	r = row(a->t, i->key, i->key_n);
	if (!r) {
		place_note(a->p, ERR_LIMIT, "more than %d objects "
		    "(STORE_CONTAINERS_MAX)", STORE_CONTAINERS_MAX);
		return 1;
	}
	r->old = a->old;
	if (bolt_get(a->b, &i->bucket, "config", 6, &v, &n))
		str_set(&r->config, v, n);
	if (bolt_get(a->b, &i->bucket, "state", 5, &v, &n))
		str_set(&r->state, v, n);
	if (bolt_sub(a->b, &i->bucket, "networks", 8, &nets))
		bolt_each(a->b, &nets, add_network, &r->networks);
	return 0;
}

static void
read_bolt(struct place *p, bool old)
{
	static const char *const names[] = {"ctr", "pod", "vol"};
	struct libpod_table *tables[] = {&p->l->ctrs, &p->l->pods,
	    &p->l->volumes};
	struct at a = {.p = p, .old = old};
	struct bolt_bucket in;
	struct err e;
	size_t i;

	a.b = bolt_open(p->root, p->path, bad_page, p, &e);
	if (!a.b) {
		if (e.class != ERR_ABSENT) {
			found(p);
			place_note(p, e.class, "%s", e.msg);
		}
		return;
	}
	found(p);
	if (bolt_torn(a.b))
		place_note(p, ERR_CHANGED, "changed while it was read");
	for (i = 0; i < COUNT(names); i++) {
		a.t = tables[i];
		if (bolt_path(a.b, &in, names[i], NULL))
			bolt_each(a.b, &in, add_object, &a);
	}
	bolt_free(a.b);
}

void
libpod_read(struct store *s, struct libpod *l, struct rec *rec)
{
	static const char *const sql[] = {"/libpod/db.sql", "/db.sql"};
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct place p = {.s = s, .l = l, .rec = rec, .root = s->root};
	struct str run cleanup_str = STR_INIT, tmp cleanup_str = STR_INIT;
	size_t i;
	bool newer;

	str_init(&l->path);
	for (i = 0; i < COUNT(sql); i++) {
		p.path = sql[i];
		read_sqlite(&p);
	}
	/* of a transient store, where the engine runs */
	if (s->evidence && s->evidence != s->root &&
	    root_find(s->root, "/", 0, &f, NULL) == 0) {
		if (f.st.st_uid) {
			str_addf(&run, "/run/user/%u/containers/db.sql",
			    (unsigned)f.st.st_uid);
			str_addf(&tmp, "/run/user/%u/libpod/tmp/bolt_state.db",
			    (unsigned)f.st.st_uid);
		} else {
			str_adds(&run, "/run/containers/storage/db.sql");
			str_adds(&tmp, "/run/libpod/bolt_state.db");
		}
		p.root = s->evidence;
		p.path = run.s;
		read_sqlite(&p);
	}
	newer = l->ctrs.n > 0;
	if (tmp.n) {
		p.path = tmp.s;
		read_bolt(&p, newer);
	}
	p.root = s->root;
	p.path = "/libpod/bolt_state.db";
	read_bolt(&p, newer);
	order(&l->ctrs);
	order(&l->pods);
	order(&l->volumes);
}
