/*
 * What is told of a store as a whole: containers' entries, every layer, and
 * what does not agree with its digest.
 */

#include "cstorage-internal.h"

#include "blobs.h"
#include "config.h"
#include "limits.h"
#include "storelib.h"
#include "tarsplit.h"

/* ---- containers -------------------------------------------------------------- */

int
cs_container_entry(struct store *s, struct cstore *cs,
    const struct cs_container *k, struct engine_container *c, struct state *d,
    struct rec *rec)
{
	struct strlist names cleanup_strlist = STRLIST_INIT;
	struct str p cleanup_str = STR_INIT;
	const struct cs_layer *l;
	bool bad = false;

	str_sets(&c->driver, k->driver->name);
	l = cs_layer(cs, k->layer.s);
	if (!k->text || state_parse(d, k->text, k->text_n, NULL))
		return -1;
	state_list(d, d->json, "names", &names);
	if (names.n && !c->name.n)
		str_set(&c->name, names.v[0].s, names.v[0].n);
	if (state_is_hex(k->image.s, k->image.n) && !c->image_id.n)
		str_addf(&c->image_id, "sha256:%s", k->image.s);
	c->created_time = state_time(d, d->json, "created", &bad);
	if (bad || (l && !l->listed)) {
		str_addf(&p, "/%s-containers/containers.json",
		    k->driver->name);
		store_note(rec, s, ERR_CORRUPT, p.s, bad ? "the time of "
		    "container '%s' is none or out of range"
		    : "the layer of container '%s' is in no list", c->id.s);
	}
	return 0;
}

/* ---- every layer -------------------------------------------------------------- */

void
cs_each_layer(struct store *s, struct cstore *cs,
    void (*fn)(void *arg, const struct engine_stored *l), void *arg)
{
	struct str *sums = xcalloc(cs->layers_n + 1, sizeof(*sums));
	struct engine_stored out;
	size_t i, n, up;

	for (i = 0; i < cs->layers_n; i++)
		str_init(&sums[i]);
	for (i = 0; i < cs->layers_n; i++) {
		size_t path[ROOT_LAYERS_MAX];
		const struct cs_layer *l = &cs->layers[i];
		struct str sum cleanup_str = STR_INIT;

		/* chain ids: up to one that is known, and down again */
		for (n = 0, up = i;;) {
			const struct cs_layer *p;

			if (n == ROOT_LAYERS_MAX || !cs->layers[up].diff_id.n)
				break;
			path[n++] = up;
			if (sums[up].n || !cs->layers[up].parent.n)
				break;
			p = cs_layer(cs, cs->layers[up].parent.s);
			if (!p) {
				n = 0;
				break;
			}
			up = (size_t)(p - cs->layers);
		}
		if (n && (sums[path[n - 1]].n ||
			     !cs->layers[path[n - 1]].parent.n))
			while (n-- > 0) {
				struct str *x = &sums[path[n]];

				if (x->n) {
					str_set(&sum, x->s, x->n);
					continue;
				}
				config_chain(&sum,
				    &cs->layers[path[n]].diff_id);
				str_set(x, sum.s, sum.n);
			}
		engine_stored_init(&out);
		str_set(&out.name, l->id.s, l->id.n);
		str_sets(&out.type, l->incomplete ? "ingest"
			: l->container ? "active" : "committed");
		str_set(&out.chain_id, sums[i].s, sums[i].n);
		str_set(&out.diff_id, l->diff_id.s, l->diff_id.n);
		str_set(&out.digest, l->digest.s, l->digest.n);
		str_set(&out.parent, l->parent.s, l->parent.n);
		if (l->container)
			str_set(&out.container_id,
			    cs->containers[l->container - 1].id.s,
			    cs->containers[l->container - 1].id.n);
		cs_layer_dir(s, l, &out.dir, NULL);
		out.created_time = l->created_time;
		out.size = l->size;
		fn(arg, &out);
		engine_stored_release(&out);
	}
	for (i = 0; i < cs->layers_n; i++)
		str_release(&sums[i]);
	free(sums);
}

/* ---- digests ------------------------------------------------------------------- */

/* One item: named by its digest, or with one in the list. */
static void
item(struct blobs *b, const struct cs_image *i, const struct str *key,
    const char *listed, int64_t size)
{
	struct str p cleanup_str = STR_INIT, at cleanup_str = STR_INIT;
	bool named = state_is_digest(key->s, key->n);
	const char *want = named ? key->s : listed;

	if (!state_is_digest(want, strlen(want)))
		return;
	cs_big_data(i->driver, "images", i->id.s, key->s, &p);
	/* a configuration is read, and noted, with its image */
	blobs_file(b, b->s->root, p.s, engine_path(b->s, p.s, &at), want,
	    size, named);
}

/* containers/storage images.go: "big-data-digests", "big-data-sizes". */
static void
big_data(struct blobs *b, const struct cs_image *i)
{
	struct state d cleanup_state = STATE_INIT;
	struct strlist keys cleanup_strlist = STRLIST_INIT;
	struct str v cleanup_str = STR_INIT, id cleanup_str = STR_INIT;
	const json_t *digests = NULL, *sizes = NULL;
	size_t k;

	if (i->text && state_parse(&d, i->text, i->text_n, NULL) == 0) {
		state_keys(&d, d.json, "big-data-digests", &keys);
		digests = state_obj(&d, d.json, "big-data-digests");
		sizes = state_obj(&d, d.json, "big-data-sizes");
	}
	str_addf(&id, "sha256:%s", i->id.s);
	if (!store_has(&keys, &id))
		strlist_add(&keys, id.s, id.n);
	for (k = 0; k < keys.n; k++) {
		const struct str *key = &keys.v[k];

		if (!key->n || strlen(key->s) != key->n)
			continue;
		state_str(&d, digests, key->s, &v);
		item(b, i, key, v.s, state_int(&d, sizes, key->s, -1));
	}
}

/* The files of a layer, against what was unpacked (layers.go, tspath). */
static void
contents(struct blobs *b, const struct cs_layer *l)
{
	struct str p cleanup_str = STR_INIT, dir cleanup_str = STR_INIT;
	struct err e;

	if (!l->driver || l->incomplete || l->container ||
	    cs_layer_dir(b->s, l, &dir, &e))
		return;
	str_addf(&p, "/%s-layers/%s.tar-split.gz", l->driver->name, l->id.s);
	tarsplit_check(b, p.s, dir.s, l->driver->copies ? ROOT_OVERLAY
	    : cs_layering(b->s), (l->driver->copies ? TARSPLIT_WHOLE : 0) |
	    (l->shifted ? TARSPLIT_MAPPED : 0));
}

void
cs_mismatches(struct store *s, struct cstore *cs,
    const struct engine_sink *sink, struct rec *rec)
{
	struct blobs b;
	size_t i;

	blobs_begin(&b, s, sink, rec);
	for (i = 0; i < cs->images_n; i++)
		big_data(&b, &cs->images[i]);
	for (i = 0; i < cs->layers_n; i++)
		contents(&b, &cs->layers[i]);
	blobs_end(&b);
}
