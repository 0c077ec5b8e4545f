#include "docker.h"

#include "civil.h"
#include "containerd.h"
#include "limits.h"
#include "pb.h"
#include "storelib.h"

/*
 * BuildKit in Docker. Sources: moby builder/builder-next/adapters/snapshot
 * (snapshots.db: a bucket for each snapshot, with "chainid" of a layer of the
 * store or "committed", the name of the graph driver's), BuildKit
 * cache/metadata (metadata_v2.db: bucket "_main", a bucket for each record of
 * the cache, values as {"value":...}; with the containerd image store it is that
 * of the worker, buildkit/containerd-SNAPSHOTTER/metadata_v2.db, and
 * "cache.snapshot" is the key of a snapshot in containerd, namespace moby),
 * solver/llbsolver/history.go (history.db, bucket "_records": a message
 * BuildHistoryRecord), and its fields, as a copy of
 * api/services/control/control.proto has them (EarthBuild/buildkit
 * 67d0d850f848; moby/buildkit's own was not at hand): Ref 1, Frontend 2,
 * FrontendAttrs 3, Exporters 4 (Type 1, Attrs 2), error 5 (google.rpc.Status:
 * message 2), CreatedAt 6, CompletedAt 7, ExporterResponse 9.
 */

#define META "/buildkit/metadata_v2.db"
#define SNAP "/buildkit/snapshots.db"

struct cache {
	struct store *s;
	const struct engine_sink *sink;
	struct rec *rec;
	struct strlist *told;
	struct bolt *meta, *snap;
	const char *path;
	bool outside; /* the layers are in containerd */
	size_t n, bad;
};

/* {"value": ...}: a text or a number. */
static bool
value(struct cache *x, const struct bolt_bucket *in, const char *key,
    struct str *text, int64_t *number)
{
	struct state d cleanup_state = STATE_INIT;
	const char *v;
	size_t n;

	if (!bolt_get(x->meta, in, key, strlen(key), &v, &n) || !n)
		return false;
	if (state_parse(&d, v, n, NULL)) {
		x->bad++;
		return false;
	}
	if (text)
		return state_str(&d, d.json, "value", text) && text->n;
	*number = state_int(&d, d.json, "value", -1);
	return *number >= 0;
}

/* A raw value of snapshots.db. */
static bool
raw(struct cache *x, const char *id, const char *key, struct str *out)
{
	struct bolt_bucket in;
	const char *v;
	size_t n;

	if (!x->snap || !bolt_path(x->snap, &in, id, NULL) ||
	    !bolt_get(x->snap, &in, key, strlen(key), &v, &n) || !n || n > 256)
		return false;
	str_set(out, v, n);
	return strlen(out->s) == out->n;
}

/* Where the files of a record lie: its own directory, that of the snapshot it
 * was committed as, or a layer of an image. */
static void
place(struct cache *x, const char *id, struct engine_stored *l)
{
	const struct docker_driver *d = docker_driver("overlay2");
	struct str v cleanup_str = STR_INIT;
	struct err e;

	if (raw(x, id, "chainid", &v) && state_is_digest(v.s, v.n)) {
		str_set(&l->chain_id, v.s, v.n);
		docker_layer_dir(x->s, d->name, v.s, &l->dir, &e);
	}
	if (!raw(x, id, "committed", &v))
		str_sets(&v, id);
	if (!docker_is_layer_name(v.s))
		return;
	strlist_add(x->told, v.s, v.n);
	if (!l->dir.n)
		docker_named_dir(x->s, d, v.s, &l->dir, &e);
}

/* The same where containerd has the layers. */
static void
place_outside(struct cache *x, const char *key, struct engine_stored *l)
{
	if (!l->dir.n && *key)
		l->home = containerd_dir(x->s->all, CONTAINERD_MOBY, key,
		    &l->dir);
}

static int
record(void *arg, const struct bolt_item *it)
{
	struct cache *x = arg;
	struct str id cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	struct engine_stored l;
	int64_t t;

	if (it->value || !it->key_n || it->key_n > 128)
		return 0;
	str_add(&id, it->key, it->key_n);
	if (strlen(id.s) != id.n)
		return 0;
	if (x->n++ >= STORE_IMAGES_MAX) {
		store_note(x->rec, x->s, ERR_LIMIT, x->path, "more than %d "
		    "records (STORE_IMAGES_MAX)", STORE_IMAGES_MAX);
		return 1;
	}
	engine_stored_init(&l);
	str_set(&l.name, id.s, id.n);
	str_adds(&l.type, "cache");
	value(x, &it->bucket, "cache.description", &l.created_by, NULL);
	value(x, &it->bucket, "cache.parent", &l.parent, NULL);
	if (value(x, &it->bucket, "cache.diffID", &v, NULL) &&
	    state_is_digest(v.s, v.n))
		str_set(&l.diff_id, v.s, v.n);
	if (value(x, &it->bucket, "cache.createdAt", NULL, &t))
		l.created_time = t;
	if (value(x, &it->bucket, "cache.lastUsedAt", NULL, &t))
		l.used_time = t;
	if (value(x, &it->bucket, "snapshot.size", NULL, &t))
		l.size = t;
	if (x->outside)
		place_outside(x, value(x, &it->bucket, "cache.snapshot", &v,
		    NULL) ? v.s : id.s, &l);
	else
		place(x, id.s, &l);
	/* the same snapshot while it was written to has the files */
	if (x->outside) {
		if (!l.dir.n && value(x, &it->bucket, "cache.equalMutable", &v,
		    NULL))
			place_outside(x, v.s, &l);
	} else if (!l.dir.n && value(x, &it->bucket, "cache.equalMutable", &v, NULL) &&
	    docker_is_layer_name(v.s))
		place(x, v.s, &l);
	x->sink->stored(x->sink->arg, &l);
	engine_stored_release(&l);
	return 0;
}

static void
records(struct cache *x, const char *path)
{
	struct docker_db meta;
	struct bolt_bucket in;

	x->path = path;
	x->meta = docker_db(&meta, x->s, path, x->rec);
	if (x->meta && bolt_path(x->meta, &in, "_main", NULL))
		bolt_each(x->meta, &in, record, x);
	if (x->bad)
		store_note(x->rec, x->s, ERR_CORRUPT, path,
		    "%zu values are no JSON", x->bad);
	bolt_free(x->meta);
}

void
docker_build_layers(struct store *s, const struct engine_sink *sink,
    struct strlist *told, struct rec *rec)
{
	struct cache x = {.s = s, .sink = sink, .rec = rec, .told = told};
	struct docker_db snap;

	x.snap = docker_db(&snap, s, SNAP, rec);
	records(&x, META);
	bolt_free(x.snap);
}

static int
worker(void *arg, const struct root_entry *ent)
{
	struct cache *x = arg, one = *x;
	struct str p cleanup_str = STR_INIT;

	if (!S_ISDIR(ent->st->st_mode) ||
	    strncmp(ent->name, "containerd-", 11) != 0)
		return 0;
	str_addf(&p, "/buildkit/%s/metadata_v2.db", ent->name);
	records(&one, p.s);
	return 0;
}

void
docker_build_snapshots(struct store *s, const struct engine_sink *sink,
    struct rec *rec)
{
	struct cache x = {.s = s, .sink = sink, .rec = rec, .outside = true};
	struct err e;

	if (root_list(s->root, "/buildkit", worker, &x, &e) < 0 &&
	    e.class != ERR_ABSENT)
		store_note_err(rec, s, "/buildkit", &e);
}

/* ---- history ---------------------------------------------------------------- */

struct history {
	struct store *s;
	const struct engine_sink *sink;
	struct rec *rec;
	const char *path;
	size_t n;
};

/* ExporterResponse: names and digests of what was made. */
static void
response(const struct pb_field *f, struct engine_build *b)
{
	struct strlist kv cleanup_strlist = STRLIST_INIT;
	static const char *const keys[] = {"image.name=",
	    "containerimage.digest=", "containerimage.config.digest="};
	size_t i;

	pb_pair(f, &kv);
	for (i = 0; i < COUNT(keys); i++)
		if (strncmp(kv.v[0].s, keys[i], strlen(keys[i])) == 0)
			strlist_add(&b->images, kv.v[0].s + strlen(keys[i]),
			    kv.v[0].n - strlen(keys[i]));
}

/* An Exporter: what was asked for, also where nothing was made. */
static void
exporter(const struct pb_field *f, struct engine_build *b)
{
	struct strlist kv cleanup_strlist = STRLIST_INIT;
	struct str v cleanup_str = STR_INIT, s cleanup_str = STR_INIT;
	struct pb in;
	struct pb_field g;
	size_t i;

	for (in = pb_in(f); pb_next(&in, &g);)
		if (g.no == 1 && pb_text(&g, &v)) {
			str_adds(&s, "output=");
			str_add(&s, v.s, v.n);
			strlist_add(&b->attrs, s.s, s.n);
		} else if (g.no == 2) {
			pb_pair(&g, &kv);
		}
	for (i = 0; i < kv.n; i++) {
		str_sets(&s, "output:");
		str_add(&s, kv.v[i].s, kv.v[i].n);
		strlist_add(&b->attrs, s.s, s.n);
	}
}

static int
build(void *arg, const struct bolt_item *it)
{
	struct history *x = arg;
	struct engine_build b;
	struct pb m, in;
	struct pb_field f, g;

	if (!it->value)
		return 0;
	if (x->n++ >= STORE_TASKS_MAX) {
		store_note(x->rec, x->s, ERR_LIMIT, x->path, "more than %d "
		    "builds (STORE_TASKS_MAX)", STORE_TASKS_MAX);
		return 1;
	}
	engine_build_init(&b);
	m = (struct pb)PB(it->value, it->value_n);
	while (pb_next(&m, &f)) {
		switch (f.no) {
		case 1:
			pb_text(&f, &b.ref);
			break;
		case 2:
			pb_text(&f, &b.frontend);
			break;
		case 3:
			pb_pair(&f, &b.attrs);
			break;
		case 4:
			exporter(&f, &b);
			break;
		case 5: /* google.rpc.Status */
			for (in = pb_in(&f); pb_next(&in, &g);)
				if (g.no == 2)
					pb_text(&g, &b.error);
			break;
		case 6:
			b.created_time = pb_time(&f);
			break;
		case 7:
			b.finished_time = pb_time(&f);
			break;
		case 9:
			response(&f, &b);
			break;
		default:
			break;
		}
	}
	strlist_sort(&b.attrs);
	strlist_sort(&b.images);
	if (!b.ref.n)
		str_add(&b.ref, it->key, it->key_n);
	if (m.bad)
		store_note(x->rec, x->s, ERR_CORRUPT, x->path, "a build's "
		    "message is broken; read as far as it goes");
	x->sink->build(x->sink->arg, &b);
	engine_build_release(&b);
	return 0;
}

void
docker_builds(struct store *s, const struct engine_sink *sink,
    struct rec *rec)
{
	static const char *const paths[] = {"/buildkit/history.db",
	    "/buildkit/history_c8d.db"};
	struct docker_db db;
	struct bolt_bucket in;
	struct bolt *b;
	size_t i;

	for (i = 0; i < COUNT(paths); i++) {
		struct history x = {s, sink, rec, paths[i], 0};

		b = docker_db(&db, s, paths[i], rec);
		if (b && bolt_path(b, &in, "_records", NULL))
			bolt_each(b, &in, build, &x);
		bolt_free(b);
	}
}
