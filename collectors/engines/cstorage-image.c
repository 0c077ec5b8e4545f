/*
 * Images: their entries, big data and layers.
 */

#include "cstorage-internal.h"

#include "config.h"
#include "digest.h"
#include "limits.h"
#include "schema1.h"
#include "storelib.h"

void
cs_big_data(const struct cs_driver *d, const char *kind, const char *id,
    const char *name, struct str *out)
{
	const char *c;

	str_clear(out);
	str_addf(out, "/%s-%s/%s/", d->name, kind, id);
	/* containers/storage images.go, makeBigDataBaseName */
	for (c = name; *c; c++)
		if (!(*c == '.' || (*c >= '0' && *c <= '9') ||
			(*c >= 'a' && *c <= 'z')))
			break;
	if (*c) {
		str_addc(out, '=');
		str_add_base64(out, name, strlen(name));
	} else {
		str_adds(out, name);
	}
}

static void
add_once(struct strlist *l, const struct str *x)
{
	if (x->n && !store_has(l, x))
		strlist_add(l, x->s, x->n);
}

static void
image_entry(struct store *s, const struct cs_image *i,
    struct engine_image *img)
{
	struct strlist past cleanup_strlist = STRLIST_INIT;
	struct str v cleanup_str = STR_INIT;
	struct state d cleanup_state = STATE_INIT;
	json_t *o;
	void *it;
	size_t k;

	(void)s;
	if (!i->text || state_parse(&d, i->text, i->text_n, NULL))
		return; /* noted when the list was read */
	state_list(&d, d.json, "names", &img->names);
	strlist_sort(&img->names);
	state_list(&d, d.json, "names-history", &past);
	for (k = 0; k < past.n; k++)
		if (!store_has(&img->names, &past.v[k]))
			add_once(&img->former_names, &past.v[k]);
	strlist_sort(&img->former_names);
	if (state_str(&d, d.json, "digest", &v))
		add_once(&img->digests, &v);
	o = (json_t *)(uintptr_t)state_obj(&d, d.json, "big-data-digests");
	for (it = json_object_iter(o); it; it = json_object_iter_next(o, it)) {
		if (strncmp(json_object_iter_key(it), "manifest", 8) != 0)
			continue;
		str_clear(&v);
		if (state_text(&d, json_object_iter_value(it), &v))
			add_once(&img->digests, &v);
	}
	strlist_sort(&img->digests);
}

/* What the store says of layer i; from: that which should be it. */
static void
image_layer(struct store *s, struct engine_image *img, size_t i,
    const struct cs_layer *from, struct store *in, const char *path,
    struct rec *rec)
{
	struct engine_layer *l = &img->layers[i];
	struct err e;

	if (!from) {
		store_note(rec, s, ERR_CORRUPT, path, "layer %zu is not in the "
		    "store", i);
		return;
	}
	if (from->listed && from->diff_id.n && l->diff_id.n &&
	    strcmp(from->diff_id.s, l->diff_id.s) != 0)
		store_note(rec, s, ERR_CORRUPT, path, "layer %zu should be %s, "
		    "the store has %s in its place", i, l->diff_id.s,
		    from->diff_id.s);
	str_set(&l->digest, from->digest.s, from->digest.n);
	l->size = from->size;
	if (cs_layer_dir(in, from, &l->dir, &e))
		store_note(rec, s, e.class == ERR_ABSENT ? ERR_CORRUPT
			: e.class, path, "layer %zu: %s", i, e.msg);
	if (in != s)
		l->home = in;
}

/* Layers from the one that the image names down to the lowest, matched with
 * those of the configuration. */
static void
image_layers(struct store *s, struct cstore *cs, const struct cs_image *i,
    struct engine_image *img, const char *path, bool config, struct rec *rec)
{
	const struct cs_layer *chain[ROOT_LAYERS_MAX], *l;
	struct store *in[ROOT_LAYERS_MAX];
	struct str sum cleanup_str = STR_INIT;
	const char *id = i->layer.s;
	size_t n = 0, k, want = img->layers_n;
	bool known = true;

	while (*id && n < ROOT_LAYERS_MAX &&
	    (l = cs_find_layer(s, cs, id, &in[n]))) {
		chain[n++] = l;
		id = l->parent.s;
	}
	if (*id && n == ROOT_LAYERS_MAX) {
		store_note(rec, s, ERR_CORRUPT, path, "its layers are their "
		    "own parents, or more than %d (ROOT_LAYERS_MAX)",
		    ROOT_LAYERS_MAX);
		if (config && want < n)
			n = want;
	} else if (*id) {
		store_note(rec, s, ERR_CORRUPT, path, "layer '%.80s' is not in "
		    "the store", id);
	}
	if (!i->text) { /* no list says: by the names that podman gives */
		for (k = 0; k < want; k++)
			image_layer(s, img, k, img->layers[k].chain_id.n
				? cs_layer(cs, img->layers[k].chain_id.s + 7)
				: NULL, s, path, rec);
		return;
	}
	if (!config) {
		for (k = 0; k < n; k++) {
			struct engine_layer *x = engine_image_layer(img);

			l = chain[n - 1 - k];
			str_set(&x->diff_id, l->diff_id.s, l->diff_id.n);
			known = known && l->diff_id.n;
			if (known) {
				config_chain(&sum, &l->diff_id);
				str_set(&x->chain_id, sum.s, sum.n);
			}
			image_layer(s, img, k, l, in[n - 1 - k], path, rec);
		}
		return;
	}
	if (n != want && !*id)
		store_note(rec, s, ERR_CORRUPT, path, "its configuration has "
		    "%zu layers, the store %zu", want, n);
	/* counted from the top: what is missing is missing below */
	for (k = 0; k < want; k++)
		if (want - 1 - k < n)
			image_layer(s, img, k, chain[want - 1 - k],
			    in[want - 1 - k], path, rec);
}

/* The configuration is in the manifest's history, and nowhere else. */
static void
by_schema1(struct store *s, struct cstore *cs, const struct cs_image *i,
    struct engine_image *img, struct state *d, const struct str *text,
    const char *path, struct rec *rec)
{
	struct strlist ids cleanup_strlist = STRLIST_INIT;
	struct strlist sums cleanup_strlist = STRLIST_INIT;
	struct str made cleanup_str = STR_INIT, id cleanup_str = STR_INIT;
	char hex[SHA256_HEX];
	struct engine_image have;
	struct err e;
	size_t k;

	/* what the layers unpack to only the store knows */
	engine_image_init(&have);
	image_layers(s, cs, i, &have, path, false, NULL);
	for (k = 0; k < have.layers_n; k++)
		strlist_add(&ids, have.layers[k].diff_id.s,
		    have.layers[k].diff_id.n);
	engine_image_release(&have);
	schema1_layers(d, &sums);
	if (sums.n != ids.n)
		store_note(rec, s, ERR_CORRUPT, path, "has %zu layers, the "
		    "store %zu", sums.n, ids.n);
	if (schema1_config(d, &ids, &made, &e))
		store_note_err(rec, s, path, &e);
	/* a document that we made: nobody signed for its digest */
	str_set(&id, img->id.s, img->id.n);
	digest_of(made.s, made.n, hex);
	str_sets(&img->id, "sha256:");
	str_adds(&img->id, hex);
	config_image(s, path, &made, img, rec);
	str_set(&img->id, id.s, id.n);
	schema1_digest(text->s, text->n, hex);
	str_sets(&id, "sha256:");
	str_adds(&id, hex);
	img->verified = store_has(&img->digests, &id);
	if (!img->verified)
		store_note(rec, s, ERR_CORRUPT, path, "was changed: its digest "
		    "is %s", id.s);
	str_set(&img->config, text->s, text->n);
	image_layers(s, cs, i, img, path, true, rec);
}

/*
 * No configuration that has the image's own name: a list of images (its index
 * is all there is), or one whose name is made of more than its configuration.
 */
static void
by_manifest(struct store *s, struct cstore *cs, const struct cs_image *i,
    struct engine_image *img, struct rec *rec)
{
	struct str path cleanup_str = STR_INIT, text cleanup_str = STR_INIT;
	struct str v cleanup_str = STR_INIT, id cleanup_str = STR_INIT;
	struct state d cleanup_state = STATE_INIT;
	char hex[SHA256_HEX];
	struct err e;
	int r;

	cs_big_data(i->driver, "images", i->id.s, "manifest", &path);
	if (state_read(&d, s->root, path.s, &text, &e)) {
		if (e.class == ERR_ABSENT)
			store_note(rec, s, ERR_CORRUPT, path.s, "is missing, and "
			    "so is the configuration of the image");
		else
			store_note_err(rec, s, path.s, &e);
		image_layers(s, cs, i, img, path.s, false, rec);
		return;
	}
	digest_of(text.s, text.n, hex);
	str_addf(&v, "sha256:%s", hex);
	if (state_arr(&d, d.json, "manifests")) {
		engine_path(s, path.s, &img->config_path);
		str_set(&img->config, text.s, text.n);
		img->verified = store_has(&img->digests, &v);
		if (!img->verified)
			store_note(rec, s, ERR_CORRUPT, path.s, "was changed: "
			    "its digest is %s", v.s);
		return;
	}
	if (schema1_is(&d)) {
		by_schema1(s, cs, i, img, &d, &text, path.s, rec);
		return;
	}
	if (!state_str(&d, state_obj(&d, d.json, "config"), "digest", &v) ||
	    !state_is_digest(v.s, v.n)) {
		store_note(rec, s, ERR_CORRUPT, path.s,
		    "names no configuration");
		image_layers(s, cs, i, img, path.s, false, rec);
		return;
	}
	cs_big_data(i->driver, "images", i->id.s, v.s, &path);
	str_set(&id, img->id.s, img->id.n);
	str_set(&img->id, v.s, v.n); /* what its bytes are checked against */
	r = config_read(s, path.s, img, rec, &e);
	str_set(&img->id, id.s, id.n);
	if (r && e.class == ERR_ABSENT)
		store_note(rec, s, ERR_CORRUPT, path.s, "is missing");
	image_layers(s, cs, i, img, path.s, r == 0, rec);
}

int
cs_get_image(struct store *s, struct cstore *cs, const char *id,
    struct engine_image *img, struct rec *rec, struct err *e)
{
	struct str path cleanup_str = STR_INIT;
	const struct cs_image *i;
	struct err re = {.class = ERR_NONE};

	if (!state_is_digest(id, strlen(id)))
		return err_set(e, ERR_CORRUPT, 0, "no image id: '%.80s'", id);
	i = cs_image(cs, id + 7);
	if (!i)
		return err_set(e, ERR_CHANGED, 0, "image '%s' is not in the "
		    "store any more", id);
	str_sets(&img->id, id);
	image_entry(s, i, img);
	cs_big_data(i->driver, "images", i->id.s, id, &path);
	if (config_read(s, path.s, img, rec, &re) == 0)
		image_layers(s, cs, i, img, path.s, true, rec);
	else if (re.class == ERR_ABSENT)
		by_manifest(s, cs, i, img, rec);
	else
		image_layers(s, cs, i, img, path.s, false, rec);
	return 0;
}
