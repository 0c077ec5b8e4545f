/*
 * archive-image - which images an archive holds, and what they are made of
 *
 * In this order, and each image once, by its configuration's digest:
 * index.json (OCI layout; docker save since 25), manifest.json (docker save
 * since 1.10, podman save, skopeo), repositories and directories of v1 ids
 * (docker save before 1.10), the last only where there is none of the others.
 */

#include "arc.h"

#include "digest.h"
#include "limits.h"
#include "schema1.h"
#include "state.h"
#include "storelib.h"

struct reader {
	struct arc *a;
	struct store *s;
	struct rec *rec;
	struct arc_images *out;
	size_t manifests;
	struct strlist seen; /* digests of manifests */
	bool full;
};

/* ---- members ------------------------------------------------------------ */

static bool
is_file(struct root *r, const char *path)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;

	return root_find(r, path, 0, &f, NULL) == 0 && S_ISREG(f.st.st_mode);
}

static int
v1_id(void *arg, const struct root_entry *ent)
{
	struct strlist *out = arg;

	if (S_ISDIR(ent->st->st_mode) &&
	    state_is_hex(ent->name, strlen(ent->name)))
		strlist_adds(out, ent->name);
	return out->n >= ARCHIVE_LAYERS_MAX;
}

/* The v1 ids that have a document. */
static void
v1_ids(struct root *r, struct strlist *out)
{
	struct strlist all cleanup_strlist = STRLIST_INIT;
	struct str p cleanup_str = STR_INIT;
	size_t i;

	root_list(r, "/", v1_id, &all, NULL);
	strlist_sort(&all);
	for (i = 0; i < all.n; i++) {
		str_clear(&p);
		str_addf(&p, "/%s/json", all.v[i].s);
		if (is_file(r, p.s))
			strlist_add(out, all.v[i].s, all.v[i].n);
	}
}

bool
arc_has_images(struct root *members)
{
	struct strlist ids cleanup_strlist = STRLIST_INIT;

	if (is_file(members, "/oci-layout") ||
	    is_file(members, "/manifest.json") ||
	    is_file(members, "/repositories") ||
	    (is_file(members, "/index.json") &&
		store_is_dir(members, "/blobs")))
		return true;
	v1_ids(members, &ids);
	return ids.n > 0;
}

/* A note about a member. */
static void PRINTF(4, 5)
note(struct reader *x, enum err_class class, const char *member,
    const char *fmt, ...)
{
	struct str at cleanup_str = STR_INIT;
	char msg[512];
	va_list ap;

	if (!x->rec)
		return;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	rec_note(x->rec, class, "store", NULL, arc_name(x->a, member, &at), 0,
	    "%s", msg);
}

static void
note_err(struct reader *x, const char *member, const struct err *e)
{
	struct str at cleanup_str = STR_INIT;

	if (!x->rec)
		return;
	if (e->class == ERR_ABSENT)
		note(x, ERR_CORRUPT, member, "is missing");
	else
		rec_note_err(x->rec, "store", NULL,
		    arc_name(x->a, member, &at), e);
}

static int
read_document(struct reader *x, const char *member, struct state *d,
    struct str *text, struct err *e)
{
	if (state_read(d, x->a->root, member, text, e))
		return -1;
	if (d->odd)
		note(x, ERR_CORRUPT, member, "read, but not proper JSON: %s",
		    d->odd);
	return 0;
}

/* ---- images ------------------------------------------------------------- */

static struct arc_image *
image_of(struct reader *x, const char *id)
{
	struct arc_images *o = x->out;
	struct arc_image *im;
	size_t i;

	for (i = 0; i < o->n; i++)
		if (strcmp(o->v[i].id.s, id) == 0)
			return &o->v[i];
	if (o->n >= STORE_IMAGES_MAX) {
		x->full = true;
		return NULL;
	}
	o->v = xreallocarray(o->v, o->n + 1, sizeof(*o->v));
	im = &o->v[o->n++];
	memset(im, 0, sizeof(*im));
	str_init(&im->id);
	str_init(&im->config);
	str_init(&im->schema1);
	str_adds(&im->id, id);
	return im;
}

static void
add_name(struct arc_image *im, const struct str *name)
{
	if (name->n && !store_has(&im->names, name))
		strlist_add(&im->names, name->s, name->n);
}

static int
cmp_image(const void *a, const void *b)
{
	return strcmp(((const struct arc_image *)a)->id.s,
	    ((const struct arc_image *)b)->id.s);
}

/* ---- OCI ------------------------------------------------------------------ */

static bool
blob_path(const struct str *digest, struct str *out)
{
	str_clear(out);
	if (!state_is_digest(digest->s, digest->n))
		return false;
	str_addf(out, "/blobs/sha256/%s", digest->s + 7);
	return true;
}

/* media types that are documents of images: configuration, manifest, index */
static bool
is_config_type(const char *type)
{
	return !*type ||
	    strcmp(type, "application/vnd.oci.image.config.v1+json") == 0 ||
	    strcmp(type, "application/vnd.docker.container.image.v1+json") ==
	    0;
}

static void read_manifest(struct reader *x, const struct str *digest,
    const struct str *name, bool listed, unsigned depth);

static void
read_index(struct reader *x, struct state *d, const json_t *o,
    const struct str *name, unsigned depth)
{
	const json_t *list = state_arr(d, o, "manifests"), *m, *notes;
	struct str digest cleanup_str = STR_INIT, own cleanup_str = STR_INIT;
	struct str type cleanup_str = STR_INIT;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		m = json_array_get(list, i);
		state_str(d, m, "digest", &digest);
		state_str(d, m, "mediaType", &type);
		notes = state_obj(d, m, "annotations");
		if (state_str(d, notes, "vnd.docker.reference.type", &own) &&
		    str_eq(&own, "attestation-manifest"))
			continue; /* says how an image was built */
		if (!state_str(d, notes, "io.containerd.image.name", &own) &&
		    !state_str(d, notes, "org.opencontainers.image.ref.name",
			&own))
			str_set(&own, name->s, name->n);
		if (strstr(type.s, "manifest.v1+json") == NULL &&
		    strstr(type.s, "index.v1+json") == NULL &&
		    strstr(type.s, "manifest.v2+json") == NULL &&
		    strstr(type.s, "manifest.list.v2+json") == NULL &&
		    strstr(type.s, "manifest.v1+prettyjws") == NULL && type.n)
			continue; /* an artifact that is no manifest */
		read_manifest(x, &digest, &own, depth > 0, depth + 1);
	}
}

static void
image_manifest(struct reader *x, struct state *d, const char *path,
    const struct str *name)
{
	const json_t *config = state_obj(d, d->json, "config");
	const json_t *list = state_arr(d, d->json, "layers"), *l;
	struct str digest cleanup_str = STR_INIT, type cleanup_str = STR_INIT;
	struct str p cleanup_str = STR_INIT;
	struct arc_image *im;
	size_t i;

	state_str(d, config, "mediaType", &type);
	if (!is_config_type(type.s))
		return; /* an artifact: a chart, a signature, a document */
	state_str(d, config, "digest", &digest);
	if (!blob_path(&digest, &p)) {
		note(x, ERR_CORRUPT, path, "names no configuration: '%.80s'",
		    digest.s);
		return;
	}
	im = image_of(x, digest.s);
	if (!im)
		return;
	add_name(im, name);
	if (im->config.n)
		return;
	str_set(&im->config, p.s, p.n);
	for (i = 0; i < json_array_size(list) && i < ROOT_LAYERS_MAX; i++) {
		l = json_array_get(list, i);
		state_str(d, l, "digest", &digest);
		if (!blob_path(&digest, &p))
			note(x, ERR_CORRUPT, path, "names no layer: '%.80s'",
			    digest.s);
		strlist_add(&im->layers, p.s, p.n);
		strlist_add(&im->digests, digest.s, digest.n);
	}
}

/* The configuration is in its history: the manifest's digest is the id. */
static void
schema1_manifest(struct reader *x, struct state *d, const struct str *digest,
    const char *path, const struct str *name)
{
	struct strlist sums cleanup_strlist = STRLIST_INIT;
	struct str p cleanup_str = STR_INIT;
	struct arc_image *im = image_of(x, digest->s);
	size_t i;

	if (!im)
		return;
	add_name(im, name);
	if (im->schema1.n)
		return;
	str_sets(&im->schema1, path);
	schema1_layers(d, &sums);
	for (i = 0; i < sums.n; i++) {
		if (!blob_path(&sums.v[i], &p))
			note(x, ERR_CORRUPT, path, "layer %zu has no digest",
			    i);
		strlist_add(&im->layers, p.s, p.n);
		strlist_add(&im->digests, sums.v[i].s, sums.v[i].n);
	}
}

static void
read_manifest(struct reader *x, const struct str *digest,
    const struct str *name, bool listed, unsigned depth)
{
	struct state d cleanup_state = STATE_INIT;
	struct str path cleanup_str = STR_INIT, text cleanup_str = STR_INIT;
	char hex[SHA256_HEX];
	struct err e;

	if (!blob_path(digest, &path)) {
		note(x, digest->n > 7 && strncmp(digest->s, "sha256:", 7)
		    ? ERR_UNSUPPORTED : ERR_CORRUPT, "/index.json",
		    "names no manifest that can be found: '%.80s'", digest->s);
		return;
	}
	if (depth > ARCHIVE_INDEX_DEPTH ||
	    x->manifests >= ARCHIVE_MANIFESTS_MAX) {
		note(x, ERR_LIMIT, path.s, "not read: over %d indexes in each "
		    "other (ARCHIVE_INDEX_DEPTH), or %d manifests "
		    "(ARCHIVE_MANIFESTS_MAX)", ARCHIVE_INDEX_DEPTH,
		    ARCHIVE_MANIFESTS_MAX);
		return;
	}
	x->manifests++;
	if (read_document(x, path.s, &d, &text, &e)) {
		/* of an index for many platforms only some may be there */
		if (e.class == ERR_ABSENT && listed && x->rec) {
			struct str at cleanup_str = STR_INIT;

			rec_note_fine(x->rec, ERR_ABSENT, "store", NULL,
			    arc_name(x->a, path.s, &at), "an index names "
			    "this manifest, which is not in the archive");
		} else {
			note_err(x, path.s, &e);
		}
		return;
	}
	digest_of(text.s, text.n, hex);
	if (strcmp(hex, digest->s + 7) != 0)
		schema1_digest(text.s, text.n, hex);
	if (strcmp(hex, digest->s + 7) != 0)
		note(x, ERR_CORRUPT, path.s, "was changed: its digest is "
		    "sha256:%s", hex);
	if (state_arr(&d, d.json, "manifests")) {
		if (store_has(&x->seen, digest))
			return;
		strlist_add(&x->seen, digest->s, digest->n);
		read_index(x, &d, d.json, name, depth);
	} else if (state_obj(&d, d.json, "config")) {
		image_manifest(x, &d, path.s, name);
	} else if (state_arr(&d, d.json, "fsLayers")) {
		schema1_manifest(x, &d, digest, path.s, name);
	} else if (!state_get(&d, d.json, "artifactType") &&
	    !state_get(&d, d.json, "blobs")) {
		note(x, ERR_CORRUPT, path.s, "is no manifest");
	}
}

static void
read_layout(struct reader *x)
{
	struct state d cleanup_state = STATE_INIT;
	struct str none cleanup_str = STR_INIT;
	struct err e;

	if (read_document(x, "/index.json", &d, NULL, &e)) {
		if (e.class != ERR_ABSENT || is_file(x->a->root,
			"/oci-layout"))
			note_err(x, "/index.json", &e);
		return;
	}
	if (!state_arr(&d, d.json, "manifests"))
		note(x, ERR_CORRUPT, "/index.json", "names no manifests");
	read_index(x, &d, d.json, &none, 0);
}

/* ---- docker save ------------------------------------------------------------ */

/* The id that a configuration is called by; else its digest. */
static bool
config_id(struct reader *x, const struct str *path, struct str *id)
{
	const char *base = strrchr(path->s, '/');
	struct str text cleanup_str = STR_INIT;
	char hex[SHA256_HEX];
	struct err e;
	size_t n;

	base = base ? base + 1 : path->s;
	n = strcspn(base, ".");
	str_sets(id, "sha256:");
	if (state_is_hex(base, n)) {
		str_add(id, base, n);
		return true;
	}
	if (root_slurp(x->a->root, path->s, STORE_JSON_MAX, &text, NULL, &e) <
	    0) {
		note_err(x, path->s, &e);
		return false;
	}
	digest_of(text.s, text.n, hex);
	str_adds(id, hex);
	return true;
}

static void
absolute(struct str *p)
{
	struct str s cleanup_str = STR_INIT;

	str_addc(&s, '/');
	str_add(&s, p->s, p->n);
	str_set(p, s.s, s.n);
}

static void
save_entry(struct reader *x, struct state *d, const json_t *o)
{
	struct strlist names cleanup_strlist = STRLIST_INIT;
	struct strlist layers cleanup_strlist = STRLIST_INIT;
	struct str config cleanup_str = STR_INIT, id cleanup_str = STR_INIT;
	struct arc_image *im;
	size_t i;

	if (!state_str(d, o, "Config", &config) || !config.n ||
	    strlen(config.s) != config.n) {
		note(x, ERR_CORRUPT, "/manifest.json", "an image without "
		    "a configuration");
		return;
	}
	absolute(&config);
	state_list(d, o, "RepoTags", &names);
	state_list(d, o, "Layers", &layers);
	if (!config_id(x, &config, &id) || !(im = image_of(x, id.s)))
		return;
	for (i = 0; i < names.n; i++)
		add_name(im, &names.v[i]);
	if (im->config.n)
		return;
	str_set(&im->config, config.s, config.n);
	for (i = 0; i < layers.n && i < ROOT_LAYERS_MAX; i++) {
		absolute(&layers.v[i]);
		strlist_add(&im->layers, layers.v[i].s, layers.v[i].n);
		strlist_adds(&im->digests, "");
	}
}

static bool
read_save(struct reader *x)
{
	struct state d cleanup_state = STATE_INIT;
	struct err e;
	size_t i;

	if (read_document(x, "/manifest.json", &d, NULL, &e)) {
		if (e.class != ERR_ABSENT)
			note_err(x, "/manifest.json", &e);
		return e.class != ERR_ABSENT;
	}
	if (!json_is_array(d.json))
		note(x, ERR_CORRUPT, "/manifest.json", "is no list");
	for (i = 0; i < json_array_size(d.json) &&
	    i < ARCHIVE_MANIFESTS_MAX; i++)
		save_entry(x, &d, json_array_get(d.json, i));
	return true;
}

/* ---- v1 ----------------------------------------------------------------------- */

static const char *
v1_path(const struct str *id, const char *name, struct str *out)
{
	str_clear(out);
	str_addf(out, "/%s/%s", id->s, name);
	return out->s;
}

/* The image whose topmost directory is id. */
static void
v1_image(struct reader *x, const struct str *top, const struct str *name)
{
	struct str id cleanup_str = STR_INIT, p cleanup_str = STR_INIT;
	struct strlist down cleanup_strlist = STRLIST_INIT;
	struct arc_image *im;
	struct err e;
	size_t i;

	str_addf(&id, "sha256:%s", top->s);
	im = image_of(x, id.s);
	if (!im)
		return;
	if (name)
		add_name(im, name);
	if (im->v1.n || im->config.n)
		return;
	str_set(&id, top->s, top->n);
	while (id.n) {
		struct state d cleanup_state = STATE_INIT;

		if (store_has(&down, &id)) {
			note(x, ERR_CORRUPT, v1_path(&id, "json", &p),
			    "the parents go in a circle");
			break;
		}
		if (down.n >= ROOT_LAYERS_MAX) {
			note(x, ERR_LIMIT, v1_path(top, "json", &p), "layers "
			    "below the %dth (ROOT_LAYERS_MAX)",
			    ROOT_LAYERS_MAX);
			break;
		}
		strlist_add(&down, id.s, id.n);
		if (read_document(x, v1_path(&id, "json", &p), &d, NULL, &e)) {
			note_err(x, p.s, &e);
			break;
		}
		str_clear(&id);
		if (state_str(&d, d.json, "parent", &id) && id.n &&
		    !state_is_hex(id.s, id.n)) {
			note(x, ERR_CORRUPT, p.s, "its parent is no id: "
			    "'%.80s'", id.s);
			break;
		}
	}
	for (i = down.n; i-- > 0;) {
		strlist_add(&im->v1, down.v[i].s, down.v[i].n);
		v1_path(&down.v[i], "layer.tar", &p);
		strlist_add(&im->layers, p.s, p.n);
		strlist_adds(&im->digests, "");
	}
}

static void
v1_names(struct reader *x)
{
	struct state d cleanup_state = STATE_INIT;
	struct str name cleanup_str = STR_INIT, id cleanup_str = STR_INIT;
	json_t *tags;
	struct err e;
	void *i, *k;

	if (read_document(x, "/repositories", &d, NULL, &e)) {
		if (e.class != ERR_ABSENT)
			note_err(x, "/repositories", &e);
		return;
	}
	for (i = json_object_iter(d.json); i;
	     i = json_object_iter_next(d.json, i)) {
		tags = json_object_iter_value(i);
		for (k = json_object_iter(tags); k;
		     k = json_object_iter_next(tags, k)) {
			const char *repo = json_object_iter_key(i);
			const char *tag = json_object_iter_key(k);

			str_clear(&name);
			state_bytes(&d, repo, strlen(repo), &name);
			str_addc(&name, ':');
			state_bytes(&d, tag, strlen(tag), &name);
			str_clear(&id);
			state_text(&d, json_object_iter_value(k), &id);
			if (state_is_hex(id.s, id.n))
				v1_image(x, &id, &name);
			else
				note(x, ERR_CORRUPT, "/repositories", "the "
				    "name '%s' stands for no id: '%.80s'",
				    name.s, id.s);
		}
	}
}

/* Those that have no name: nobody's parent. */
static void
v1_nameless(struct reader *x)
{
	struct strlist ids cleanup_strlist = STRLIST_INIT;
	struct strlist parents cleanup_strlist = STRLIST_INIT;
	struct str p cleanup_str = STR_INIT, id cleanup_str = STR_INIT;
	size_t i;

	v1_ids(x->a->root, &ids);
	for (i = 0; i < ids.n; i++) {
		struct state d cleanup_state = STATE_INIT;

		if (state_read(&d, x->a->root, v1_path(&ids.v[i], "json", &p),
			NULL, NULL) == 0 &&
		    state_str(&d, d.json, "parent", &id) && id.n)
			strlist_add(&parents, id.s, id.n);
	}
	strlist_sort(&parents);
	for (i = 0; i < ids.n; i++)
		if (!parents.n || !bsearch(&ids.v[i], parents.v, parents.n,
				      sizeof(*parents.v), cmp_image))
			v1_image(x, &ids.v[i], NULL);
}

/* What made a v1 layer: its container's command. */
static void
v1_history(struct state *d, json_t *list)
{
	struct str text cleanup_str = STR_INIT;
	struct strlist cmd cleanup_strlist = STRLIST_INIT;
	json_t *h = json_object();
	static const char *const keys[] = {"created", "author", "comment"};
	size_t i;

	for (i = 0; i < COUNT(keys); i++)
		if (state_str(d, d->json, keys[i], &text) && text.n)
			json_object_set_new(h, keys[i],
			    json_stringn(text.s, text.n));
	state_list(d, state_obj(d, d->json, "container_config"), "Cmd", &cmd);
	str_clear(&text);
	strlist_join(&cmd, " ", &text);
	if (text.n)
		json_object_set_new(h, "created_by",
		    json_stringn(text.s, text.n));
	json_array_append_new(list, h);
}

void
arc_v1_config(struct arc *a, struct store *s, const struct arc_image *im,
    struct str *out, struct rec *rec)
{
	struct reader x = {.a = a, .s = s, .rec = rec};
	struct str p cleanup_str = STR_INIT, text cleanup_str = STR_INIT;
	json_t *top = NULL, *history = json_array(), *ids = json_array();
	char *dump;
	struct err e;
	size_t i, k;

	for (i = 0; i < im->v1.n; i++) {
		struct state d cleanup_state = STATE_INIT;

		if (read_document(&x, v1_path(&im->v1.v[i], "json", &p), &d,
			NULL, &e))
			continue; /* it was told of */
		v1_history(&d, history);
		if (i + 1 == im->v1.n && json_is_object(d.json))
			top = json_deep_copy(d.json);
		for (k = 0; k < a->layers_n; k++)
			if (strcmp(a->layers[k].member.s,
				im->layers.v[i].s) == 0)
				break;
		str_sets(&text, "sha256:");
		if (k < a->layers_n && a->layers[k].unpacked[0])
			str_adds(&text, a->layers[k].unpacked);
		else /* of no known bytes */
			str_adds(&text, im->v1.v[i].s);
		json_array_append_new(ids, json_string(text.s));
	}
	if (!top)
		top = json_object();
	json_object_set_new(top, "history", history);
	json_object_set_new(top, "rootfs", json_pack("{s:s,s:o}", "type",
	    "layers", "diff_ids", ids));
	dump = json_dumps(top, JSON_COMPACT);
	str_clear(out);
	if (dump)
		str_adds(out, dump);
	free(dump);
	json_decref(top);
}

/* ---- all -------------------------------------------------------------------------- */

void
arc_images(struct arc *a, struct store *s, struct arc_images *out,
    struct rec *rec)
{
	struct reader x = {.a = a, .s = s, .rec = rec, .out = out};
	size_t i;

	memset(out, 0, sizeof(*out));
	read_layout(&x);
	if (!read_save(&x) && !is_file(a->root, "/index.json")) {
		v1_names(&x);
		v1_nameless(&x);
	}
	if (x.full)
		note(&x, ERR_LIMIT, "/", "more than %d images "
		    "(STORE_IMAGES_MAX)", STORE_IMAGES_MAX);
	if (out->n > 1)
		qsort(out->v, out->n, sizeof(*out->v), cmp_image);
	for (i = 0; i < out->n; i++)
		strlist_sort(&out->v[i].names);
	strlist_release(&x.seen);
}

void
arc_images_free(struct arc_images *l)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		str_release(&l->v[i].id);
		str_release(&l->v[i].config);
		str_release(&l->v[i].schema1);
		strlist_release(&l->v[i].names);
		strlist_release(&l->v[i].layers);
		strlist_release(&l->v[i].digests);
		strlist_release(&l->v[i].v1);
	}
	free(l->v);
	memset(l, 0, sizeof(*l));
}
