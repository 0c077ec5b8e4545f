#include "docker.h"

#include "civil.h"
#include "limits.h"
#include "storelib.h"

/*
 * Sources: moby volume/service/db.go (metadata.db: bucket "volumes"),
 * volume/local/local.go (opts.json); libnetwork network.go (MarshalJSON),
 * datastore (local-kv.db: bucket "libnetwork", eight bytes of an index before
 * the document).
 */

/* ---- volumes ---------------------------------------------------------------- */

struct volumes {
	struct store *s;
	const struct engine_sink *sink;
	struct rec *rec;
	struct bolt *b;
	struct bolt_bucket in;
	bool has;
	size_t n;
};

static void
add_options(struct volumes *x, struct engine_volume *v)
{
	struct state d cleanup_state = STATE_INIT;
	struct str p cleanup_str = STR_INIT;
	struct err e;

	str_addf(&p, "/volumes/%s/opts.json", v->name.s);
	if (state_read(&d, x->s->root, p.s, NULL, &e)) {
		if (e.class != ERR_ABSENT)
			store_note_err(x->rec, x->s, p.s, &e);
		return;
	}
	/* the driver's own words for what the database calls its options */
	if (!v->options.n && json_is_object(d.json)) {
		static const struct {
			const char *key, *name;
		} keys[] = {{"MountDevice", "device"}, {"MountOpts", "o"},
		    {"MountType", "type"}};
		struct str t cleanup_str = STR_INIT;
		size_t i;

		for (i = 0; i < COUNT(keys); i++) {
			if (!state_str(&d, d.json, keys[i].key, &t) || !t.n)
				continue;
			str_clear(&p);
			str_addf(&p, "%s=", keys[i].name);
			str_add(&p, t.s, t.n);
			strlist_add(&v->options, p.s, p.n);
		}
		str_clear(&p);
		str_addf(&p, "/volumes/%s/opts.json", v->name.s);
	}
	store_note_odd(x->rec, x->s, p.s, &d);
}

/* Name of a volume that may stand in a path. */
static bool
is_name(const char *p, size_t n)
{
	return n && n < 256 && !memchr(p, '/', n) && !memchr(p, 0, n) &&
	       !(n == 1 && *p == '.') && !(n == 2 && memcmp(p, "..", 2) == 0);
}

static int
give_volume(struct volumes *x, const char *name, size_t n, const char *doc,
    size_t doc_n)
{
	static const char path[] = "/volumes/metadata.db";
	struct state d cleanup_state = STATE_INIT;
	struct str p cleanup_str = STR_INIT;
	struct engine_volume v;
	struct err e;

	if (x->n++ >= STORE_VOLUMES_MAX) {
		store_note(x->rec, x->s, ERR_LIMIT, "/volumes",
		    "more than %d (STORE_VOLUMES_MAX)", STORE_VOLUMES_MAX);
		return 1;
	}
	engine_volume_init(&v);
	str_add(&v.name, name, n);
	if (doc_n) {
		if (state_parse(&d, doc, doc_n, &e)) {
			store_note_err(x->rec, x->s, path, &e);
		} else {
			state_str(&d, d.json, "Driver", &v.driver);
			state_pairs(&d, d.json, "Options", &v.options);
			state_pairs(&d, d.json, "Labels", &v.labels);
			store_note_odd(x->rec, x->s, path, &d);
		}
	}
	if (!v.driver.n)
		str_sets(&v.driver, "local");
	if (is_name(name, n)) {
		add_options(x, &v);
		str_addf(&p, "/volumes/%s/_data", v.name.s);
		if (store_is_dir(x->s->root, p.s)) {
			str_clear(&v.source);
			engine_path(x->s, p.s, &v.source);
		} else if (str_eq(&v.driver, "local")) {
			store_note(x->rec, x->s, ERR_CORRUPT, p.s, "is missing: "
			    "the files of a volume");
		}
	}
	x->sink->volume(x->sink->arg, &v);
	engine_volume_release(&v);
	return 0;
}

static int
volume_item(void *arg, const struct bolt_item *it)
{
	struct volumes *x = arg;

	if (!it->value)
		return 0;
	return give_volume(x, it->key, it->key_n, it->value, it->value_n);
}

/* Every volume of the local driver has a directory; older versions have
 * nothing else. */
static int
volume_dir(void *arg, const struct root_entry *ent)
{
	struct volumes *x = arg;
	size_t n = strlen(ent->name);
	const char *v;

	if (!S_ISDIR(ent->st->st_mode) ||
	    (x->has && bolt_get(x->b, &x->in, ent->name, n, &v, &n)))
		return 0;
	if (strcmp(ent->name, "backingFsBlockDev") == 0)
		return 0;
	return give_volume(x, ent->name, strlen(ent->name), NULL, 0);
}

void
docker_volumes(struct store *s, const struct engine_sink *sink,
    struct rec *rec)
{
	struct volumes x = {.s = s, .sink = sink, .rec = rec};
	struct docker_db db;
	struct err e;

	x.b = docker_db(&db, s, "/volumes/metadata.db", rec);
	x.has = x.b && bolt_path(x.b, &x.in, "volumes", NULL);
	if (x.has)
		bolt_each(x.b, &x.in, volume_item, &x);
	if (root_list(s->root, "/volumes", volume_dir, &x, &e) < 0 &&
	    e.class != ERR_ABSENT)
		store_note_err(rec, s, "/volumes", &e);
	bolt_free(x.b);
}

/* ---- networks --------------------------------------------------------------- */

#define KV "/network/files/local-kv.db"

struct networks {
	struct store *s;
	const struct engine_sink *sink;
	struct rec *rec;
	size_t n;
};

/* A document within a document, as a text. */
static bool
inner(struct state *d, const json_t *o, const char *key, struct state *out)
{
	struct str t cleanup_str = STR_INIT;

	return state_str(d, o, key, &t) && t.n &&
	       state_parse(out, t.s, t.n, NULL) == 0;
}

static void
add_subnet(const struct str *pool, const struct str *gw,
    struct engine_network *n)
{
	struct str t cleanup_str = STR_INIT;

	str_add(&t, pool->s, pool->n);
	str_addc(&t, '=');
	str_adds(&t, gw->s);
	strlist_add(&n->subnets, t.s, t.n);
}

/* What was asked for, else what was given. */
static void
subnets(struct state *d, const char *asked, const char *given,
    struct engine_network *n)
{
	struct state a cleanup_state = STATE_INIT, b cleanup_state = STATE_INIT;
	struct str pool cleanup_str = STR_INIT, gw cleanup_str = STR_INIT;
	size_t i, had = n->subnets.n;
	char *slash;

	if (inner(d, d->json, asked, &a))
		for (i = 0; i < json_array_size(a.json); i++) {
			const json_t *o = json_array_get(a.json, i);

			state_str(&a, o, "PreferredPool", &pool);
			state_str(&a, o, "Gateway", &gw);
			if (pool.n)
				add_subnet(&pool, &gw, n);
		}
	if (n->subnets.n > had || !inner(d, d->json, given, &b))
		return;
	for (i = 0; i < json_array_size(b.json); i++) {
		struct state in cleanup_state = STATE_INIT;

		if (!inner(&b, json_array_get(b.json, i), "IPAMData", &in))
			continue;
		state_str(&in, in.json, "Pool", &pool);
		state_str(&in, in.json, "Gateway", &gw);
		if ((slash = strchr(gw.s, '/')))
			str_cut(&gw, (size_t)(slash - gw.s));
		if (pool.n)
			add_subnet(&pool, &gw, n);
	}
}

static int
network_item(void *arg, const struct bolt_item *it)
{
	static const char prefix[] = "docker/network/v1.0/network/";
	struct networks *x = arg;
	struct state d cleanup_state = STATE_INIT;
	struct engine_network n;
	const json_t *o;
	struct err e;
	bool bad = false;

	if (!it->value || it->key_n <= sizeof(prefix) - 1 ||
	    memcmp(it->key, prefix, sizeof(prefix) - 1) != 0 ||
	    it->value_n <= 8)
		return 0;
	if (x->n++ >= STORE_VOLUMES_MAX) {
		store_note(x->rec, x->s, ERR_LIMIT, KV, "more than %d networks "
		    "(STORE_VOLUMES_MAX)", STORE_VOLUMES_MAX);
		return 1;
	}
	if (state_parse(&d, it->value + 8, it->value_n - 8, &e)) {
		store_note_err(x->rec, x->s, KV, &e);
		return 0;
	}
	engine_network_init(&n);
	state_str(&d, d.json, "id", &n.id);
	state_str(&d, d.json, "name", &n.name);
	state_str(&d, d.json, "networkType", &n.driver);
	n.internal = state_bool(&d, d.json, "internal");
	n.created_time = state_time(&d, d.json, "created", &bad);
	state_pairs(&d, d.json, "labels", &n.labels);
	o = state_obj(&d, d.json, "generic");
	if (o)
		state_pairs(&d, o, "com.docker.network.generic", &n.options);
	subnets(&d, "ipamV4Config", "ipamV4Info", &n);
	subnets(&d, "ipamV6Config", "ipamV6Info", &n);
	if (bad)
		store_note(x->rec, x->s, ERR_CORRUPT, KV,
		    "a time is none or out of range");
	store_note_odd(x->rec, x->s, KV, &d);
	x->sink->network(x->sink->arg, &n);
	engine_network_release(&n);
	return 0;
}

void
docker_networks(struct store *s, const struct engine_sink *sink,
    struct rec *rec)
{
	struct networks x = {.s = s, .sink = sink, .rec = rec};
	struct docker_db db;
	struct bolt *b = docker_db(&db, s, KV, rec);
	struct bolt_bucket in;

	if (b && bolt_path(b, &in, "libnetwork", NULL))
		bolt_each(b, &in, network_item, &x);
	bolt_free(b);
}
