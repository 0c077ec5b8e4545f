#include "ctr.h"

#include "civil.h"
#include "config.h"
#include "digest.h"
#include "limits.h"
#include "schema1.h"
#include "storelib.h"

/* ---- blobs --------------------------------------------------------------- */

void
ctr_blob_path(const char *digest, struct str *out)
{
	str_sets(out, CTR_CONTENT "/blobs/sha256/");
	str_adds(out, digest + 7);
}

int
ctr_blob(struct store *s, const char *digest, size_t max, struct str *out,
    struct err *e)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str path cleanup_str = STR_INIT;
	int r;

	ctr_blob_path(digest, &path);
	if (root_find(s->root, path.s, ROOT_NOFOLLOW, &f, e))
		return -1;
	if (!S_ISREG(f.st.st_mode))
		return err_set(e, ERR_CORRUPT, 0, "is no regular file");
	if (root_reopen(s->root, &f, e))
		return -1;
	r = root_read(s->root, &f, max, out, e);
	if (r > 0)
		return err_set(e, ERR_LIMIT, 0, "longer than %zu bytes", max);
	return r;
}

/* A blob as a document; one that is not what its name says is still read. */
static int
document(struct store *s, const char *digest, struct state *d,
    struct str *text, struct rec *rec, struct err *e)
{
	struct str path cleanup_str = STR_INIT;
	char hex[SHA256_HEX];

	if (ctr_blob(s, digest, STORE_JSON_MAX, text, e))
		return -1;
	ctr_blob_path(digest, &path);
	digest_of(text->s, text->n, hex);
	if (strcmp(hex, digest + 7) != 0)
		schema1_digest(text->s, text->n, hex);
	if (strcmp(hex, digest + 7) != 0)
		store_note(rec, s, ERR_CORRUPT, path.s, "was changed: its "
		    "digest is sha256:%s", hex);
	if (state_parse(d, text->s, text->n, e))
		return -1;
	if (!json_is_object(d->json))
		return err_set(e, ERR_CORRUPT, 0, "is no JSON object");
	return 0;
}

/* ---- from names to configurations ---------------------------------------- */

/* What an index or a manifest leads to: one for each platform that is there. */
struct found {
	struct str id, manifest;
	bool image, there;
};
struct resolved {
	struct found *v;
	size_t n;
};

static struct found *
add_found(struct resolved *r)
{
	struct found *f;

	r->v = xreallocarray(r->v, r->n + 1, sizeof(*r->v));
	f = &r->v[r->n++];
	memset(f, 0, sizeof(*f));
	str_init(&f->id);
	str_init(&f->manifest);
	return f;
}

static void
free_found(struct resolved *r)
{
	while (r->n) {
		r->n--;
		str_release(&r->v[r->n].id);
		str_release(&r->v[r->n].manifest);
	}
	free(r->v);
	r->v = NULL;
}

/* What BuildKit puts beside an image, about it, is none. */
static bool
is_attestation(struct state *d, const json_t *o)
{
	struct str v cleanup_str = STR_INIT;

	return state_str(d, state_obj(d, o, "annotations"),
		   "vnd.docker.reference.type", &v) &&
	    str_eq(&v, "attestation-manifest");
}

static bool
is_config_type(const struct str *t)
{
	return !t->n ||
	    str_eq(t, "application/vnd.docker.container.image.v1+json") ||
	    str_eq(t, "application/vnd.oci.image.config.v1+json");
}

static void
resolve(struct store *s, const char *digest, const char *name, int depth,
    struct resolved *out, struct rec *rec)
{
	struct state d cleanup_state = STATE_INIT;
	struct str text cleanup_str = STR_INIT, path cleanup_str = STR_INIT;
	struct str v cleanup_str = STR_INIT, type cleanup_str = STR_INIT;
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	const json_t *list, *config, *o;
	struct found *x;
	struct err e;
	size_t i, before = out->n;

	ctr_blob_path(digest, &path);
	if (document(s, digest, &d, &text, rec, &e)) {
		if (depth && e.class == ERR_ABSENT)
			return; /* of another platform: not fetched */
		store_note(rec, s, e.class == ERR_ABSENT ? ERR_CORRUPT
			: e.class, path.s, "%s: index or manifest of '%.100s'",
		    e.msg, name);
		x = add_found(out);
		str_sets(&x->id, digest);
		str_sets(&x->manifest, digest);
		return;
	}
	list = state_arr(&d, d.json, "manifests");
	if (list) {
		for (i = 0; i < json_array_size(list); i++) {
			o = json_array_get(list, i);
			if (i >= STORE_PLATFORMS_MAX || depth >= 4) {
				store_note(rec, s, ERR_LIMIT, path.s, "more "
				    "than %d platforms (STORE_PLATFORMS_MAX), "
				    "or too deep", STORE_PLATFORMS_MAX);
				break;
			}
			state_str(&d, o, "digest", &v);
			if (is_attestation(&d, o))
				continue;
			if (state_is_digest(v.s, v.n))
				resolve(s, v.s, name, depth + 1, out, rec);
			else
				store_note(rec, s, ERR_CORRUPT, path.s, "names "
				    "no digest: '%.80s'", v.s);
		}
		if (out->n == before && !depth) {
			if (json_array_size(list))
				store_note(rec, s, ERR_CORRUPT, path.s, "none "
				    "of the platforms of '%.100s' is there",
				    name);
			x = add_found(out);
			str_sets(&x->id, digest);
			str_sets(&x->manifest, digest);
		}
		store_note_odd(rec, s, path.s, &d);
		return;
	}
	x = add_found(out);
	x->there = true;
	str_sets(&x->manifest, digest);
	config = state_obj(&d, d.json, "config");
	state_str(&d, config, "digest", &v);
	state_str(&d, config, "mediaType", &type);
	if (!config && schema1_is(&d)) {
		/* the configuration is in its history, the id is its digest */
		x->image = true;
		str_sets(&v, digest);
	} else if (!config || !state_is_digest(v.s, v.n)) {
		store_note(rec, s, ERR_CORRUPT, path.s, "names no "
		    "configuration; manifest of '%.100s'", name);
	} else if (!is_config_type(&type)) {
		v.n = 0; /* an artifact: nothing is run of it */
	} else {
		ctr_blob_path(v.s, &text);
		if (root_find(s->root, text.s, ROOT_NOFOLLOW, &f, &e) == 0)
			x->image = true;
		else
			store_note(rec, s, ERR_CORRUPT, text.s, "%s: "
			    "configuration of '%.100s'", e.msg, name);
	}
	if (x->image)
		str_set(&x->id, v.s, v.n);
	else
		str_sets(&x->id, digest);
	store_note_odd(rec, s, path.s, &d);
}

/* ---- names --------------------------------------------------------------- */

struct names {
	struct store *s;
	struct ctr *c;
	struct rec *rec;
	const char *namespace;
};

static struct ctr_ref *
add_ref(struct ctr *c)
{
	struct ctr_ref *r;

	if (c->refs_n == c->refs_cap) {
		c->refs_cap = c->refs_cap ? 2 * c->refs_cap : 64;
		c->refs = xreallocarray(c->refs, c->refs_cap,
		    sizeof(*c->refs));
	}
	r = &c->refs[c->refs_n++];
	memset(r, 0, sizeof(*r));
	str_init(&r->namespace);
	str_init(&r->id);
	str_init(&r->name);
	str_init(&r->target);
	str_init(&r->manifest);
	return r;
}

static int
add_name(void *arg, const struct bolt_item *it)
{
	struct names *x = arg;
	struct bolt *b = x->c->meta;
	struct bolt_bucket target;
	struct ctr_ref *r;
	struct str v cleanup_str = STR_INIT;

	if (it->value)
		return 0;
	if (x->c->refs_n >= STORE_IMAGES_MAX) {
		store_note(x->rec, x->s, ERR_LIMIT, CTR_META,
		    "more than %d names of images (STORE_IMAGES_MAX)",
		    STORE_IMAGES_MAX);
		return 1;
	}
	if (!ctr_sub(b, &it->bucket, "target", &target) ||
	    !ctr_text(b, &target, "digest", &v) ||
	    !state_is_digest(v.s, v.n)) {
		store_note(x->rec, x->s, ERR_CORRUPT, CTR_META,
		    "the image '%.*s' of namespace '%.40s' has no digest: "
		    "'%.80s'", (int)(it->key_n < 100 ? it->key_n : 100),
		    it->key, x->namespace, v.s);
		return 0;
	}
	r = add_ref(x->c);
	str_sets(&r->namespace, x->namespace);
	str_add(&r->name, it->key, it->key_n);
	str_add(&r->target, v.s, v.n);
	r->created_time = ctr_time(b, &it->bucket, "createdat");
	r->updated_time = ctr_time(b, &it->bucket, "updatedat");
	return 0;
}

static int
cmp_str(const struct str *x, const struct str *y)
{
	size_t n = x->n < y->n ? x->n : y->n;
	int r = memcmp(x->s, y->s, n);

	return r ? r : (x->n > y->n) - (x->n < y->n);
}

static int
by_target(const void *a, const void *b)
{
	const struct ctr_ref *x = a, *y = b;
	int r = cmp_str(&x->target, &y->target);

	if (!r)
		r = cmp_str(&x->namespace, &y->namespace);
	return r ? r : cmp_str(&x->name, &y->name);
}

static int
by_id(const void *a, const void *b)
{
	const struct ctr_ref *x = a, *y = b;
	int r = cmp_str(&x->namespace, &y->namespace);

	if (!r)
		r = cmp_str(&x->id, &y->id);
	if (!r)
		r = cmp_str(&x->name, &y->name);
	return r ? r : cmp_str(&x->manifest, &y->manifest);
}

/* Without meta.db nobody knows the names; the manifests are there. */
static int
loose_manifest(void *arg, const struct root_entry *ent)
{
	struct names *x = arg;
	struct state d cleanup_state = STATE_INIT;
	struct str text cleanup_str = STR_INIT, digest cleanup_str = STR_INIT;
	struct ctr_ref *r;
	const json_t *config;
	struct err e;

	if (!S_ISREG(ent->st->st_mode) || ent->st->st_size > 1024 * 1024 ||
	    !state_is_hex(ent->name, strlen(ent->name)) ||
	    x->c->refs_n >= STORE_IMAGES_MAX)
		return 0;
	str_addf(&digest, "sha256:%s", ent->name);
	if (ctr_blob(x->s, digest.s, 1024 * 1024, &text, &e) ||
	    text.s[0] != '{' || state_parse(&d, text.s, text.n, &e))
		return 0;
	config = state_obj(&d, d.json, "config");
	if (!config || !json_is_string(json_object_get(config, "digest")) ||
	    !json_is_array(json_object_get(d.json, "layers")))
		return 0;
	r = add_ref(x->c);
	str_set(&r->target, digest.s, digest.n);
	r->created_time = r->updated_time = CIVIL_NONE;
	return 0;
}

void
ctr_refs(struct store *s, struct rec *rec)
{
	struct ctr *c = ctr_cache(s, rec);
	struct names x = {s, c, rec, NULL};
	struct resolved got = {NULL, 0};
	struct bolt_bucket b;
	size_t i, k, n;

	if (c->refs_read)
		return;
	c->refs_read = true;
	for (i = 0; i < c->namespaces.n; i++) {
		x.namespace = c->namespaces.v[i].s;
		if (ctr_bucket(c, x.namespace, "images", NULL, &b))
			bolt_each(c->meta, &b, add_name, &x);
	}
	if (!c->meta)
		root_list(s->root, CTR_CONTENT "/blobs/sha256",
		    loose_manifest, &x, NULL);
	n = c->refs_n;
	if (n)
		qsort(c->refs, n, sizeof(*c->refs), by_target);
	for (i = 0; i < n; i++) {
		if (!i || cmp_str(&c->refs[i].target, &c->refs[i - 1].target)) {
			free_found(&got);
			resolve(s, c->refs[i].target.s, c->refs[i].name.s, 0,
			    &got, rec);
		}
		for (k = 0; k < got.n; k++) {
			struct ctr_ref *r = &c->refs[i];

			if (k && c->refs_n >= 2 * STORE_IMAGES_MAX)
				break;
			if (k) {
				r = add_ref(c);
				str_set(&r->namespace, c->refs[i].namespace.s,
				    c->refs[i].namespace.n);
				str_set(&r->name, c->refs[i].name.s,
				    c->refs[i].name.n);
				str_set(&r->target, c->refs[i].target.s,
				    c->refs[i].target.n);
				r->created_time = c->refs[i].created_time;
				r->updated_time = c->refs[i].updated_time;
			}
			str_set(&r->id, got.v[k].id.s, got.v[k].id.n);
			str_set(&r->manifest, got.v[k].manifest.s,
			    got.v[k].manifest.n);
			r->image = got.v[k].image;
			r->there = got.v[k].there;
		}
	}
	free_found(&got);
	if (c->refs_n)
		qsort(c->refs, c->refs_n, sizeof(*c->refs), by_id);
}

const struct ctr_ref *
ctr_find(struct ctr *c, const char *namespace, const char *id,
    const struct ctr_ref **end)
{
	size_t lo = 0, hi = c->refs_n, mid;
	int r;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		r = strcmp(c->refs[mid].namespace.s, namespace);
		if (!r)
			r = strcmp(c->refs[mid].id.s, id);
		if (r < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (hi = lo; hi < c->refs_n && str_eq(&c->refs[hi].namespace,
		 namespace) && str_eq(&c->refs[hi].id, id); hi++)
		;
	*end = &c->refs[hi];
	return hi > lo ? &c->refs[lo] : NULL;
}

bool
containerd_image_id(struct store *s, const char *namespace,
    const char *digest, struct str *id)
{
	struct ctr *c = ctr_cache(s, NULL);
	struct resolved got = {NULL, 0};
	size_t i;

	str_clear(id);
	if (!state_is_digest(digest, strlen(digest)))
		return false;
	ctr_refs(s, NULL);
	for (i = 0; i < c->refs_n; i++)
		if (str_eq(&c->refs[i].namespace, namespace) &&
		    c->refs[i].image && (str_eq(&c->refs[i].target, digest) ||
			str_eq(&c->refs[i].manifest, digest))) {
			str_set(id, c->refs[i].id.s, c->refs[i].id.n);
			return true;
		}
	/* its name is gone, its documents may be there */
	resolve(s, digest, "", 0, &got, NULL);
	for (i = 0; i < got.n && !id->n; i++)
		if (got.v[i].image)
			str_set(id, got.v[i].id.s, got.v[i].id.n);
	free_found(&got);
	return id->n > 0;
}

/* ---- one image ----------------------------------------------------------- */

/* Layers as the manifest names them, and where they are unpacked. */
static void
image_layers(struct store *s, const struct ctr_ref *ref,
    struct engine_image *img, struct rec *rec)
{
	struct state d cleanup_state = STATE_INIT;
	struct str text cleanup_str = STR_INIT, path cleanup_str = STR_INIT;
	const json_t *list;
	struct engine_layer *l;
	struct err e;
	size_t i, n;

	for (i = 0; i < img->layers_n; i++) {
		l = &img->layers[i];
		if (l->chain_id.n)
			ctr_layer_dir(s, ref->namespace.s, l->chain_id.s,
			    &l->dir);
	}
	if (document(s, ref->manifest.s, &d, &text, NULL, &e))
		return; /* noted with the list */
	list = state_arr(&d, d.json, "layers");
	n = json_array_size(list);
	if (n != img->layers_n) {
		ctr_blob_path(ref->manifest.s, &path);
		store_note(rec, s, ERR_CORRUPT, path.s, "has %zu layers, the "
		    "configuration %zu", n, img->layers_n);
	}
	for (i = 0; i < n && i < img->layers_n; i++) {
		l = &img->layers[i];
		state_str(&d, json_array_get(list, i), "digest", &l->digest);
		l->size = state_int(&d, json_array_get(list, i), "size", -1);
		if (!state_is_digest(l->digest.s, l->digest.n))
			str_clear(&l->digest);
	}
}

static void
add_once(struct strlist *l, const struct str *x)
{
	if (x->n && !store_has(l, x))
		strlist_add(l, x->s, x->n);
}

/* Names that the engine makes up to keep what has none. */
static bool
is_name(const struct ctr_ref *r)
{
	return r->name.n && strncmp(r->name.s, "moby-dangling@", 14) != 0 &&
	    cmp_str(&r->name, &r->id) != 0;
}

/* Docker tells by a label of a name which image was built upon (moby
 * daemon/containerd/image_builder.go). */
static void
made_of(struct store *s, const struct ctr_ref *r, struct engine_image *img)
{
	struct ctr *c = ctr_cache(s, NULL);
	struct strlist labels cleanup_strlist = STRLIST_INIT;
	struct bolt_bucket b;
	const char *v;

	if (img->parent.n || !r->name.n || strlen(r->name.s) != r->name.n ||
	    !ctr_bucket(c, r->namespace.s, "images", r->name.s, &b))
		return;
	ctr_pairs(c->meta, &b, "labels", &labels);
	v = ctr_label(&labels, "org.mobyproject.image.parent");
	if (v)
		containerd_image_id(s, r->namespace.s, v, &img->parent);
}

/* Is the blob a manifest of schema 1? Then what it stands for. What its layers
 * unpack to nobody wrote down. */
static bool
schema1_image(struct store *s, const char *path, const struct str *text,
    struct engine_image *img, struct rec *rec)
{
	struct state d cleanup_state = STATE_INIT;
	struct strlist sums cleanup_strlist = STRLIST_INIT;
	struct str made cleanup_str = STR_INIT, id cleanup_str = STR_INIT;
	char hex[SHA256_HEX];
	struct err e;
	size_t i;

	if (state_parse(&d, text->s, text->n, &e) || !schema1_is(&d))
		return false;
	schema1_layers(&d, &sums);
	if (schema1_config(&d, &sums, &made, &e))
		store_note_err(rec, s, path, &e);
	/* a document that we made: nobody signed for its digest */
	str_set(&id, img->id.s, img->id.n);
	digest_of(made.s, made.n, hex);
	str_sets(&img->id, "sha256:");
	str_adds(&img->id, hex);
	config_image(s, path, &made, img, rec);
	str_set(&img->id, id.s, id.n);
	schema1_digest(text->s, text->n, hex);
	img->verified = strcmp(hex, id.s + 7) == 0;
	str_set(&img->config, text->s, text->n);
	for (i = 0; i < img->layers_n; i++) {
		str_clear(&img->layers[i].diff_id);
		str_clear(&img->layers[i].chain_id);
		if (i < sums.n && state_is_digest(sums.v[i].s, sums.v[i].n))
			str_set(&img->layers[i].digest, sums.v[i].s,
			    sums.v[i].n);
	}
	return true;
}

int
ctr_get_image(struct store *s, const char *id, struct engine_image *img,
    struct rec *rec, struct err *e)
{
	struct ctr *c = ctr_cache(s, NULL);
	struct str path cleanup_str = STR_INIT, text cleanup_str = STR_INIT;
	const struct ctr_ref *r, *first, *end;
	struct err re;

	if (state_is_digest(id, strlen(id)))
		str_sets(&img->id, id); /* without meta.db: no namespace */
	else if (!ctr_split(id, &img->namespace, &img->id) ||
	    !state_is_digest(img->id.s, img->id.n))
		return err_set(e, ERR_CORRUPT, 0, "no image id: '%.80s'", id);
	ctr_refs(s, NULL);
	first = ctr_find(c, img->namespace.s, img->id.s, &end);
	if (!first)
		return err_set(e, ERR_ABSENT, 0, "no image '%.120s'", id);
	for (r = first; r < end; r++) {
		if (is_name(r))
			add_once(&img->names, &r->name);
		add_once(&img->digests, &r->target);
		add_once(&img->digests, &r->manifest);
		if (r->created_time > img->tagged_time)
			img->tagged_time = r->created_time;
		/* a name that was given to it later */
		if (r->updated_time > img->tagged_time)
			img->tagged_time = r->updated_time;
		made_of(s, r, img);
	}
	strlist_sort(&img->names);
	strlist_sort(&img->digests);
	ctr_blob_path(img->id.s, &path);
	if (ctr_blob(s, img->id.s, STORE_JSON_MAX, &text, &re)) {
		engine_path(s, path.s, &img->config_path);
		if (first->image)
			store_note_err(rec, s, path.s, &re);
		return 0; /* else noted with the list */
	}
	if (!first->image) { /* of an artifact its manifest stands for it */
		char hex[SHA256_HEX];

		digest_of(text.s, text.n, hex);
		img->verified = strcmp(hex, img->id.s + 7) == 0;
		engine_path(s, path.s, &img->config_path);
		str_set(&img->config, text.s, text.n);
		return 0;
	}
	if (str_eq(&first->manifest, img->id.s) &&
	    schema1_image(s, path.s, &text, img, rec)) {
		engine_path(s, path.s, &img->config_path);
		return 0;
	}
	if (config_image(s, path.s, &text, img, rec) == 0)
		image_layers(s, first, img, rec);
	return 0;
}
