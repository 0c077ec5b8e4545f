#include "engine.h"

#include "civil.h"
#include "config.h"
#include "limits.h"
#include "state.h"
#include "storelib.h"

/*
 * Docker's own store: the graph driver overlay2, as Docker 1.10 to 28 write
 * it (and 29 where it was upgraded). Sources: moby image/fs.go,
 * reference/store.go, layer/filestore.go, layer/mount*.go,
 * distribution/metadata, container/container.go, api/types/container,
 * daemon/graphdriver/overlay2.
 */

#define IMAGE "/image/overlay2"

/* ---- small things ----------------------------------------------------- */

/* ---- is it one ---------------------------------------------------------- */

static int
docker_probe(struct root *dir, struct err *e)
{
	bool containers = store_is_dir(dir, "/containers");
	bool image = store_is_dir(dir, "/image");

	if (store_is_dir(dir, IMAGE "/imagedb") || store_is_dir(dir, IMAGE "/layerdb"))
		return 1;
	if (containers && (image || store_is_dir(dir, "/volumes") ||
			      store_is_dir(dir, "/overlay2") ||
			      store_is_dir(dir, "/rootfs")))
		return 1; /* what of it cannot be read is noted */
	if (store_is_dir(dir, "/graph") && containers)
		return err_set(e, ERR_UNSUPPORTED, 0,
		    "store of a Docker older than 1.10");
	return 0;
}

/* ---- names --------------------------------------------------------------- */

struct ref {
	struct str id; /* sha256:HEX */
	struct str name;
};

struct cache {
	struct ref *refs; /* sorted by id, then name */
	size_t n, cap;
};

static int
cmp_ref(const void *a, const void *b)
{
	const struct ref *x = a, *y = b;
	int r = strcmp(x->id.s, y->id.s);
	size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;

	if (r || (r = memcmp(x->name.s, y->name.s, n)))
		return r;
	return (x->name.n > y->name.n) - (x->name.n < y->name.n);
}

static void
add_ref(struct cache *c, const char *id, const struct str *name)
{
	struct ref *r;

	if (c->n == c->cap) {
		c->cap = c->cap ? 2 * c->cap : 64;
		c->refs = xreallocarray(c->refs, c->cap, sizeof(*c->refs));
	}
	r = &c->refs[c->n++];
	str_init(&r->id);
	str_init(&r->name);
	str_adds(&r->id, id);
	str_add(&r->name, name->s, name->n);
}

static void
read_refs(struct store *s, struct cache *c, struct rec *rec)
{
	static const char path[] = IMAGE "/repositories.json";
	struct state d cleanup_state = STATE_INIT;
	struct str name cleanup_str = STR_INIT, id cleanup_str = STR_INIT;
	struct err e;
	json_t *repos, *refs;
	void *i, *k;

	if (state_read(&d, s->root, path, NULL, &e)) {
		if (e.class != ERR_ABSENT || store_is_dir(s->root, IMAGE))
			store_note_err(rec, s, path, &e);
		return;
	}
	repos = (json_t *)(uintptr_t)state_obj(&d, d.json, "Repositories");
	for (i = json_object_iter(repos); i;
	     i = json_object_iter_next(repos, i)) {
		refs = json_object_iter_value(i);
		if (!json_is_object(refs)) {
			d.wrong++;
			continue;
		}
		for (k = json_object_iter(refs); k;
		     k = json_object_iter_next(refs, k)) {
			const char *key = json_object_iter_key(k);

			str_clear(&name);
			str_clear(&id);
			state_bytes(&d, key, strlen(key), &name);
			state_text(&d, json_object_iter_value(k), &id);
			if (state_is_digest(id.s, id.n))
				add_ref(c, id.s, &name);
			else
				store_note(rec, s, ERR_CORRUPT, path,
				    "the name '%s' stands for no image id: "
				    "'%.80s'", name.s, id.s);
		}
	}
	store_note_odd(rec, s, path, &d);
	if (c->n)
		qsort(c->refs, c->n, sizeof(*c->refs), cmp_ref);
}

/* The names, read once a process; notes about them go to the first asker. */
static struct cache *
cache(struct store *s, struct rec *rec)
{
	if (!s->cache) {
		s->cache = xcalloc(1, sizeof(struct cache));
		read_refs(s, s->cache, rec);
	}
	return s->cache;
}

static void
docker_forget(struct store *s)
{
	struct cache *c = s->cache;
	size_t i;

	for (i = 0; c && i < c->n; i++) {
		str_release(&c->refs[i].id);
		str_release(&c->refs[i].name);
	}
	if (c)
		free(c->refs);
	free(c);
	s->cache = NULL;
}

static void
names_of(struct cache *c, const char *id, struct strlist *out)
{
	size_t lo = 0, hi = c->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (strcmp(c->refs[mid].id.s, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < c->n && strcmp(c->refs[lo].id.s, id) == 0; lo++)
		strlist_add(out, c->refs[lo].name.s, c->refs[lo].name.n);
}

/* ---- lists of ids -------------------------------------------------------- */

struct listing {
	struct store *s;
	struct rec *rec;
	const char *dir;
	struct strlist ids;
	size_t max;
	bool digest; /* ids get "sha256:" in front */
	bool dirs;   /* entries must be directories, else regular files */
	bool quiet;  /* other names are nothing to speak of */
};

static int
list_id(void *arg, const struct root_entry *ent)
{
	struct listing *l = arg;
	struct str p cleanup_str = STR_INIT;

	str_addf(&p, "%s/%s", l->dir, ent->name);
	if (!state_is_hex(ent->name, strlen(ent->name))) {
		if (!l->quiet && ent->name[0] != '.')
			store_note(l->rec, l->s, ERR_CORRUPT, p.s,
			    "its name is no id; not read");
		return 0;
	}
	if (l->dirs ? !S_ISDIR(ent->st->st_mode) : !S_ISREG(ent->st->st_mode)) {
		store_note(l->rec, l->s, ERR_CORRUPT, p.s, "is no %s; not read",
		    l->dirs ? "directory" : "regular file");
		return 0;
	}
	if (l->ids.n >= l->max) {
		store_note(l->rec, l->s, ERR_LIMIT, l->dir, "more than %zu", l->max);
		return 1;
	}
	str_clear(&p);
	if (l->digest)
		str_adds(&p, "sha256:");
	str_adds(&p, ent->name);
	strlist_add(&l->ids, p.s, p.n);
	return 0;
}

static void
list_ids(struct listing *l)
{
	struct err e;

	if (root_list(l->s->root, l->dir, list_id, l, &e) < 0 &&
	    e.class != ERR_ABSENT)
		store_note_err(l->rec, l->s, l->dir, &e);
}

/* Something of another graph driver? Then it holds what we cannot read. */
static int
note_driver(void *arg, const struct root_entry *ent)
{
	static const char *const what[] = {"imagedb/content/sha256",
	    "layerdb/sha256", "layerdb/mounts"};
	struct listing *l = arg;
	struct str p cleanup_str = STR_INIT;
	struct listing in;
	size_t i;

	if (strcmp(ent->name, "overlay2") == 0 || !S_ISDIR(ent->st->st_mode))
		return 0;
	for (i = 0; i < COUNT(what); i++) {
		memset(&in, 0, sizeof(in));
		str_clear(&p);
		str_addf(&p, "/image/%s/%s", ent->name, what[i]);
		in.s = l->s;
		in.dir = p.s;
		in.max = 1;
		in.quiet = in.digest = true;
		in.dirs = i > 0;
		list_ids(&in);
		if (in.ids.n) {
			str_clear(&p);
			str_addf(&p, "/image/%s", ent->name);
			store_note(l->rec, l->s, ERR_UNSUPPORTED, p.s,
			    "images and containers of the storage driver '%s'",
			    ent->name);
			strlist_release(&in.ids);
			return 0;
		}
	}
	return 0;
}

static void
note_drivers(struct store *s, struct rec *rec)
{
	struct listing l = {.s = s, .rec = rec, .dir = "/image"};
	struct err e;

	if (root_list(s->root, l.dir, note_driver, &l, &e) < 0 &&
	    e.class != ERR_ABSENT)
		store_note_err(rec, s, l.dir, &e);
}

static int
docker_each_image(struct store *s, int (*fn)(void *arg, const char *id),
    void *arg, struct rec *rec, struct err *e)
{
	struct listing l = {.s = s, .rec = rec, .digest = true,
	    .dir = IMAGE "/imagedb/content/sha256", .max = STORE_IMAGES_MAX};
	struct cache *c;
	size_t i;
	int r;

	(void)e;
	note_drivers(s, rec);
	list_ids(&l);
	/* names whose image is gone are evidence, too */
	c = cache(s, rec);
	for (i = 0; i < c->n && l.ids.n < l.max; i++)
		if (!i || strcmp(c->refs[i].id.s, c->refs[i - 1].id.s) != 0)
			strlist_add(&l.ids, c->refs[i].id.s, c->refs[i].id.n);
	r = store_give(&l.ids, fn, arg);
	strlist_release(&l.ids);
	return r;
}

static int
docker_each_container(struct store *s, int (*fn)(void *arg, const char *id),
    void *arg, struct rec *rec, struct err *e)
{
	struct listing l = {.s = s, .rec = rec, .dirs = true,
	    .dir = "/containers", .max = STORE_CONTAINERS_MAX};
	int r;

	(void)e;
	note_drivers(s, rec);
	list_ids(&l);
	/* writable layers whose container is gone; BuildKit's names are short
	 * and are part of what stores.def says of it */
	l.dir = IMAGE "/layerdb/mounts";
	l.quiet = true;
	list_ids(&l);
	r = store_give(&l.ids, fn, arg);
	strlist_release(&l.ids);
	return r;
}

/* ---- layers --------------------------------------------------------------- */

/* overlay2's names of layers: hexadecimal, "-init" behind it, or BuildKit's
 * lower-case words. Never a dot or a slash. */
static bool
is_layer_name(const char *s)
{
	size_t i;

	for (i = 0; s[i]; i++)
		if (!(s[i] >= 'a' && s[i] <= 'z') &&
		    !(s[i] >= 'A' && s[i] <= 'Z') &&
		    !(s[i] >= '0' && s[i] <= '9') && s[i] != '-' && s[i] != '_')
			return false;
	return i > 0 && i <= 128;
}

/* Directory of the layer with that chain id, set in dir. */
static int
layer_dir(struct store *s, const char *chain, struct str *dir, struct err *e)
{
	struct str p cleanup_str = STR_INIT, id cleanup_str = STR_INIT;

	str_clear(dir);
	str_addf(&p, IMAGE "/layerdb/sha256/%s/cache-id", chain + 7);
	if (store_line(s, p.s, &id, e))
		return err_wrap(e, "'%s'", p.s);
	if (!is_layer_name(id.s))
		return err_set(e, ERR_CORRUPT, 0, "'%s' names no layer", p.s);
	str_clear(&p);
	str_addf(&p, "/overlay2/%s/diff", id.s);
	if (!store_is_dir(s->root, p.s))
		return err_set(e, ERR_ABSENT, 0, "layer '%s' is missing", p.s);
	str_set(dir, p.s, p.n);
	return 0;
}

/* Down from a chain id by the parents that layerdb keeps. */
static void
add_chain(struct store *s, const char *top, struct engine_tree *t)
{
	struct str chain cleanup_str = STR_INIT, p cleanup_str = STR_INIT;
	struct str dir cleanup_str = STR_INIT;
	struct err e;

	str_adds(&chain, top);
	while (chain.n) {
		if (t->layers.n >= ROOT_LAYERS_MAX) {
			store_miss(t, "layers below the %dth (ROOT_LAYERS_MAX)",
			    ROOT_LAYERS_MAX);
			return;
		}
		if (layer_dir(s, chain.s, &dir, &e))
			store_miss(t, "%s", e.msg);
		else if (!store_has(&t->layers, &dir))
			strlist_add(&t->layers, dir.s, dir.n);
		str_clear(&p);
		str_addf(&p, IMAGE "/layerdb/sha256/%s/parent", chain.s + 7);
		if (store_line(s, p.s, &chain, &e)) {
			if (e.class != ERR_ABSENT)
				store_miss(t, "%s", e.msg);
			return;
		}
		if (!state_is_digest(chain.s, chain.n)) {
			store_miss(t, "'%s' names no layer", p.s);
			return;
		}
		if (t->missing.n > ROOT_LAYERS_MAX)
			return; /* a circle of layers that are not there */
	}
}

/*
 * The layers beneath overlay2/MOUNT, from its file "lower": l/SHORT, colon
 * separated, each a link to ../LAYER/diff. 0 if all were found; what cannot
 * be made out goes to t->missing.
 */
static int
add_lower(struct store *s, const char *mount, struct engine_tree *t)
{
	struct str p cleanup_str = STR_INIT, lower cleanup_str = STR_INIT;
	struct err e;
	const char *at, *end;
	size_t before = t->missing.n;

	str_addf(&p, "/overlay2/%s/lower", mount);
	if (root_slurp(s->root, p.s, 64 * 1024, &lower, NULL, &e)) {
		store_miss(t, "'%s' cannot be read", p.s);
		return -1;
	}
	for (at = lower.s; at < lower.s + lower.n; at = end + 1) {
		struct root_file f cleanup_root_file = ROOT_FILE_INIT;
		struct str link cleanup_str = STR_INIT;

		end = memchr(at, ':', (size_t)(lower.s + lower.n - at));
		if (!end)
			end = lower.s + lower.n;
		if (t->layers.n >= ROOT_LAYERS_MAX) {
			store_miss(t, "layers below the %dth (ROOT_LAYERS_MAX)",
			    ROOT_LAYERS_MAX);
			break;
		}
		str_add(&link, at, (size_t)(end - at));
		while (link.n && link.s[link.n - 1] == '\n')
			str_cut(&link, link.n - 1);
		if (strncmp(link.s, "l/", 2) != 0 || !is_layer_name(link.s + 2) ||
		    strlen(link.s) != link.n) {
			store_miss(t, "'%s' holds a name that is none of a layer",
			    p.s);
			continue;
		}
		str_clear(&p);
		str_addf(&p, "/overlay2/%s", link.s);
		if (root_find(s->root, p.s, 0, &f, &e) ||
		    !S_ISDIR(f.st.st_mode) ||
		    strncmp(f.path.s, "/overlay2/", 10) != 0)
			store_miss(t, "layer '%s' is missing", p.s);
		else if (!store_has(&t->layers, &f.path))
			strlist_add(&t->layers, f.path.s, f.path.n);
		str_clear(&p);
		str_addf(&p, "/overlay2/%s/lower", mount);
	}
	return t->missing.n > before ? -1 : 0;
}

static int
container_layers(struct store *s, const char *id, struct engine_tree *t,
    struct err *e)
{
	struct str p cleanup_str = STR_INIT, mount cleanup_str = STR_INIT;
	struct str parent cleanup_str = STR_INIT, init cleanup_str = STR_INIT;
	struct engine_tree lower = {0};
	size_t i;

	t->base = s->root;
	str_addf(&p, IMAGE "/layerdb/mounts/%s/mount-id", id);
	if (store_line(s, p.s, &mount, e))
		return err_wrap(e, "'%s'", p.s);
	if (!is_layer_name(mount.s))
		return err_set(e, ERR_CORRUPT, 0, "'%s' names no layer", p.s);
	str_clear(&p);
	str_addf(&p, "/overlay2/%s/diff", mount.s);
	if (store_is_dir(s->root, p.s)) {
		strlist_add(&t->layers, p.s, p.n);
		t->upper = true;
	} else {
		store_miss(t, "layer '%s' is missing", p.s);
	}
	if (add_lower(s, mount.s, t) == 0)
		return 0;
	/* The links are gone or spoiled: by the layer database instead. */
	str_clear(&p);
	str_addf(&p, IMAGE "/layerdb/mounts/%s/init-id", id);
	if (store_line(s, p.s, &init, NULL) == 0 && is_layer_name(init.s)) {
		str_clear(&p);
		str_addf(&p, "/overlay2/%s/diff", init.s);
		if (store_is_dir(s->root, p.s))
			strlist_add(&lower.layers, p.s, p.n);
	}
	str_clear(&p);
	str_addf(&p, IMAGE "/layerdb/mounts/%s/parent", id);
	if (store_line(s, p.s, &parent, NULL) == 0 &&
	    state_is_digest(parent.s, parent.n))
		add_chain(s, parent.s, &lower);
	if (lower.layers.n + t->upper >= t->layers.n) {
		while (t->layers.n > (t->upper ? 1U : 0U))
			str_release(&t->layers.v[--t->layers.n]);
		for (i = 0; i < lower.layers.n; i++)
			strlist_add(&t->layers, lower.layers.v[i].s,
			    lower.layers.v[i].n);
		for (i = 0; i < lower.missing.n; i++)
			strlist_add(&t->missing, lower.missing.v[i].s,
			    lower.missing.v[i].n);
	}
	engine_tree_release(&lower);
	return 0;
}

/* ---- images ---------------------------------------------------------------- */

static void
metadata(struct store *s, const char *id, struct engine_image *img,
    struct rec *rec)
{
	struct str p cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	struct err e;

	str_addf(&p, IMAGE "/imagedb/metadata/sha256/%s/parent", id + 7);
	if (store_line(s, p.s, &v, &e) == 0) {
		if (state_is_digest(v.s, v.n))
			str_set(&img->parent, v.s, v.n);
		else
			store_note(rec, s, ERR_CORRUPT, p.s, "names no image");
	} else if (e.class != ERR_ABSENT) {
		store_note_err(rec, s, p.s, &e);
	}
	str_clear(&p);
	str_addf(&p, IMAGE "/imagedb/metadata/sha256/%s/lastUpdated", id + 7);
	if (store_line(s, p.s, &v, &e) == 0) {
		if (civil_parse(v.s, v.n, &img->tagged_time) < 0) {
			img->tagged_time = CIVIL_NONE;
			store_note(rec, s, ERR_CORRUPT, p.s, "is no time");
		}
	} else if (e.class != ERR_ABSENT) {
		store_note_err(rec, s, p.s, &e);
	}
}

/* Where the layers are, and whether their places say what they should. */
static void
image_layers(struct store *s, struct engine_image *img, const char *path,
    struct rec *rec)
{
	struct str p cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	struct engine_layer *l;
	struct err e;
	size_t i;

	for (i = 0; i < img->layers_n; i++) {
		l = &img->layers[i];
		if (!l->chain_id.n)
			continue;
		if (layer_dir(s, l->chain_id.s, &l->dir, &e)) {
			store_note(rec, s, ERR_CORRUPT, path, "layer %zu: %s",
			    i, e.msg);
			continue;
		}
		str_clear(&p);
		str_addf(&p, IMAGE "/layerdb/sha256/%s/diff",
		    l->chain_id.s + 7);
		if (store_line(s, p.s, &v, &e))
			store_note_err(rec, s, p.s, &e);
		else if (strcmp(v.s, l->diff_id.s) != 0)
			store_note(rec, s, ERR_CORRUPT, p.s,
			    "is not the diff id that its place is made of");
		str_clear(&p);
		str_addf(&p, IMAGE "/layerdb/sha256/%s/size",
		    l->chain_id.s + 7);
		if (store_line(s, p.s, &v, &e) == 0 && v.n && v.n < 19 &&
		    strspn(v.s, "0123456789") == v.n)
			l->size = strtoll(v.s, NULL, 10);
		else
			store_note(rec, s, ERR_CORRUPT, p.s, "is no size");
	}
}

static int
docker_get_image(struct store *s, const char *id, struct engine_image *img,
    struct rec *rec, struct err *e)
{
	struct str path cleanup_str = STR_INIT;
	struct err re = {.class = ERR_NONE};

	if (!state_is_digest(id, strlen(id)))
		return err_set(e, ERR_CORRUPT, 0, "no image id: '%.80s'", id);
	str_sets(&img->id, id);
	names_of(cache(s, NULL), id, &img->names);
	metadata(s, id, img, rec);
	str_addf(&path, IMAGE "/imagedb/content/sha256/%s", id + 7);
	if (config_read(s, path.s, img, rec, &re)) {
		if (re.class == ERR_ABSENT && img->names.n)
			store_note(rec, s, ERR_CORRUPT, path.s, "is missing; "
			    "the name '%s' is left of the image",
			    img->names.v[0].s);
		else if (re.class == ERR_ABSENT)
			store_note_err(rec, s, path.s, &re);
		return 0;
	}
	image_layers(s, img, path.s, rec);
	return 0;
}

/* ---- containers ------------------------------------------------------------ */

static bool
same_str(const struct str *a, const struct str *b)
{
	return a->n == b->n && memcmp(a->s, b->s, a->n) == 0;
}

/* Was this one told of already? A source that differs is another mount. */
static bool
known_mount(const struct engine_container *c, const struct engine_mount *m)
{
	const struct engine_mount *k;

	for (k = c->mounts; k < m; k++)
		if (same_str(&k->destination, &m->destination) &&
		    (same_str(&k->source, &m->source) || !m->source.n ||
			(m->name.n && same_str(&k->name, &m->name))) &&
		    (k->rw == m->rw || m->type.n == 0))
			return true;
	return false;
}

/* Where a volume of the local driver lies, by the data-root that the
 * container's own state names. */
static void
volume_source(const struct str *data_root, struct engine_mount *m)
{
	if (m->source.n || !m->name.n ||
	    (m->driver.n && !str_eq(&m->driver, "local")))
		return;
	str_addf(&m->source, "%s/volumes/%s/_data",
	    data_root->n == 1 ? "" : data_root->s, m->name.s);
}

static void
mount_points(struct state *d, const struct str *data_root,
    struct engine_container *c)
{
	json_t *points = (json_t *)(uintptr_t)state_obj(d, d->json,
	    "MountPoints");
	void *i;

	for (i = json_object_iter(points); i;
	     i = json_object_iter_next(points, i)) {
		const json_t *o = json_object_iter_value(i);
		const char *key = json_object_iter_key(i);
		struct engine_mount *m;

		if (!json_is_object(o)) {
			d->wrong++;
			continue;
		}
		m = store_mount(c);
		state_str(d, o, "Type", &m->type);
		state_str(d, o, "Source", &m->source);
		if (!state_str(d, o, "Destination", &m->destination))
			state_bytes(d, key, strlen(key), &m->destination);
		state_str(d, o, "Name", &m->name);
		state_str(d, o, "Driver", &m->driver);
		state_str(d, o, "Propagation", &m->propagation);
		state_str(d, o, "Relabel", &m->options); /* sic: its mode */
		m->rw = state_bool(d, o, "RW") != 0;
		if (!m->type.n)
			str_sets(&m->type, m->name.n ? "volume" : "bind");
		store_clean_path(&m->destination);
		volume_source(data_root, m);
	}
}

/* -v SOURCE:DESTINATION[:OPTIONS] */
static void
bind(struct state *d, const struct str *data_root, const struct str *v,
    struct engine_container *c)
{
	struct engine_mount *m;
	const char *a = v->s, *end = v->s + v->n, *b, *o, *p, *q;

	b = memchr(a, ':', v->n);
	if (!b) {
		d->wrong++;
		return;
	}
	o = memchr(b + 1, ':', (size_t)(end - b - 1));
	m = store_mount(c);
	str_add(&m->destination, b + 1, (size_t)((o ? o : end) - b - 1));
	store_clean_path(&m->destination);
	if (*a == '/') {
		str_sets(&m->type, "bind");
		str_add(&m->source, a, (size_t)(b - a));
		store_clean_path(&m->source);
	} else {
		str_sets(&m->type, "volume");
		str_add(&m->name, a, (size_t)(b - a));
		volume_source(data_root, m);
	}
	if (o) {
		str_add(&m->options, o + 1, (size_t)(end - o - 1));
		for (p = o + 1; p < end; p = q + 1) {
			q = memchr(p, ',', (size_t)(end - p));
			if (!q)
				q = end;
			if (q - p == 2 && memcmp(p, "ro", 2) == 0)
				m->rw = false;
		}
	}
	if (known_mount(c, m))
		store_mount_drop(c);
}

static void
host_mounts(struct state *h, const struct str *data_root,
    struct engine_container *c)
{
	struct strlist list cleanup_strlist = STRLIST_INIT;
	struct engine_mount *m;
	const json_t *a, *o;
	size_t i;
	json_t *t;
	void *it;

	state_list(h, h->json, "Binds", &list);
	for (i = 0; i < list.n; i++)
		bind(h, data_root, &list.v[i], c);
	a = state_arr(h, h->json, "Mounts");
	for (i = 0; i < json_array_size(a); i++) {
		o = json_array_get(a, i);
		m = store_mount(c);
		state_str(h, o, "Type", &m->type);
		state_str(h, o, "Target", &m->destination);
		store_clean_path(&m->destination);
		m->rw = state_bool(h, o, "ReadOnly") != 1;
		if (str_eq(&m->type, "volume")) {
			state_str(h, o, "Source", &m->name);
			volume_source(data_root, m);
		} else {
			state_str(h, o, "Source", &m->source);
			store_clean_path(&m->source);
		}
		o = state_obj(h, o, "BindOptions");
		if (o)
			state_str(h, o, "Propagation", &m->propagation);
		if (known_mount(c, m))
			store_mount_drop(c);
	}
	t = (json_t *)(uintptr_t)state_obj(h, h->json, "Tmpfs");
	for (it = json_object_iter(t); it; it = json_object_iter_next(t, it)) {
		const char *key = json_object_iter_key(it);

		m = store_mount(c);
		str_sets(&m->type, "tmpfs");
		state_bytes(h, key, strlen(key), &m->destination);
		store_clean_path(&m->destination);
		state_text(h, json_object_iter_value(it), &m->options);
		if (known_mount(c, m))
			store_mount_drop(c);
	}
}

static void
add_port(struct state *d, const char *port, const json_t *o,
    struct strlist *out)
{
	struct str ip cleanup_str = STR_INIT, hp cleanup_str = STR_INIT;
	struct str s cleanup_str = STR_INIT;

	state_str(d, o, "HostIp", &ip);
	state_str(d, o, "HostPort", &hp);
	str_addf(&s, strchr(ip.s, ':') ? "[%s]:%s->" : "%s:%s->",
	    ip.n ? ip.s : "0.0.0.0", hp.n ? hp.s : "0");
	state_bytes(d, port, strlen(port), &s);
	strlist_add(out, s.s, s.n);
}

/* What is published: as asked for, with the port that was chosen where none
 * was given; then what is only exposed. */
static void
ports(struct state *d, struct state *h, struct engine_container *c)
{
	json_t *asked = (json_t *)(uintptr_t)state_obj(h, h->json,
	    "PortBindings");
	const json_t *net = state_obj(d, d->json, "NetworkSettings");
	const json_t *used = net ? state_obj(d, net, "Ports") : NULL;
	struct strlist exposed cleanup_strlist = STRLIST_INIT;
	const json_t *list;
	size_t i;
	void *it;

	for (it = json_object_iter(asked); it;
	     it = json_object_iter_next(asked, it)) {
		const char *port = json_object_iter_key(it);

		list = json_object_get(used, port);
		if (json_array_size(list)) {
			for (i = 0; i < json_array_size(list); i++)
				add_port(d, port, json_array_get(list, i),
				    &c->ports);
			continue;
		}
		list = json_object_iter_value(it);
		for (i = 0; i < json_array_size(list); i++)
			add_port(h, port, json_array_get(list, i), &c->ports);
	}
	state_keys(d, state_obj(d, d->json, "Config"), "ExposedPorts",
	    &exposed);
	for (i = 0; i < exposed.n; i++)
		if (!json_object_get(asked, exposed.v[i].s))
			strlist_add(&c->ports, exposed.v[i].s, exposed.v[i].n);
	strlist_sort(&c->ports);
}

static void
host_config(struct store *s, struct state *d, struct engine_container *c,
    const struct str *data_root, struct rec *rec)
{
	struct state h cleanup_state = STATE_INIT;
	struct str path cleanup_str = STR_INIT, a cleanup_str = STR_INIT;
	struct str b cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	const json_t *o, *list;
	struct err e;
	size_t i;

	str_addf(&path, "/containers/%s/hostconfig.json", c->id.s);
	if (state_read(&h, s->root, path.s, NULL, &e)) {
		store_note_err(rec, s, path.s, &e);
		ports(d, &h, c);
		return;
	}
	c->privileged = state_bool(&h, h.json, "Privileged");
	c->auto_remove = state_bool(&h, h.json, "AutoRemove");
	c->readonly_rootfs = state_bool(&h, h.json, "ReadonlyRootfs");
	state_str(&h, h.json, "NetworkMode", &c->network_mode);
	state_str(&h, h.json, "PidMode", &c->pid_mode);
	state_str(&h, h.json, "IpcMode", &c->ipc_mode);
	state_str(&h, h.json, "UTSMode", &c->uts_mode);
	state_str(&h, h.json, "UsernsMode", &c->userns_mode);
	state_str(&h, h.json, "CgroupnsMode", &c->cgroupns_mode);
	state_str(&h, h.json, "Runtime", &c->runtime);
	state_list(&h, h.json, "CapAdd", &c->cap_add);
	state_list(&h, h.json, "CapDrop", &c->cap_drop);
	state_list(&h, h.json, "SecurityOpt", &c->security_opt);
	state_list(&h, h.json, "Links", &c->links);
	state_list(&h, h.json, "VolumesFrom", &c->volumes_from);
	o = state_obj(&h, h.json, "RestartPolicy");
	if (o) {
		state_str(&h, o, "Name", &c->restart_policy);
		c->restart_max = state_int(&h, o, "MaximumRetryCount", -1);
	}
	o = state_obj(&h, h.json, "LogConfig");
	if (o)
		state_str(&h, o, "Type", &c->log_driver);
	list = state_arr(&h, h.json, "Devices");
	for (i = 0; i < json_array_size(list); i++) {
		o = json_array_get(list, i);
		state_str(&h, o, "PathOnHost", &a);
		state_str(&h, o, "PathInContainer", &b);
		state_str(&h, o, "CgroupPermissions", &v);
		str_addc(&a, ':');
		str_add(&a, b.s, b.n);
		str_addc(&a, ':');
		str_add(&a, v.s, v.n);
		strlist_add(&c->devices, a.s, a.n);
	}
	host_mounts(&h, data_root, c);
	ports(d, &h, c);
	store_note_odd(rec, s, path.s, &h);
}

/* moby container/state.go, StateString. */
static void
state_word(struct state *d, const json_t *o, struct engine_container *c)
{
	const char *w;

	if (state_bool(d, o, "Running") == 1)
		w = state_bool(d, o, "Paused") == 1	  ? "paused"
		    : state_bool(d, o, "Restarting") == 1 ? "restarting"
							  : "running";
	else if (state_bool(d, o, "RemovalInProgress") == 1)
		w = "removing";
	else if (state_bool(d, o, "Dead") == 1)
		w = "dead";
	else
		w = c->started_time == CIVIL_NONE ? "created" : "exited";
	str_sets(&c->state, w);
}

/* The data-root as the engine knew it, from a path that it wrote. */
static void
known_data_root(struct store *s, struct state *d, const char *id,
    struct str *out)
{
	struct str tail cleanup_str = STR_INIT;

	str_addf(&tail, "/containers/%s/hostname", id);
	if (state_str(d, d->json, "HostnamePath", out) && out->n > tail.n &&
	    strcmp(out->s + out->n - tail.n, tail.s) == 0)
		str_cut(out, out->n - tail.n);
	else
		str_set(out, s->path.s, s->path.n);
}

static void
read_config(struct store *s, struct state *d, struct engine_container *c,
    const char *path, struct rec *rec)
{
	struct str v cleanup_str = STR_INIT, root cleanup_str = STR_INIT;
	struct strlist args cleanup_strlist = STRLIST_INIT;
	const json_t *o;
	bool bad = false;

	if (state_str(d, d->json, "ID", &v) && strcmp(v.s, c->id.s) != 0)
		store_note(rec, s, ERR_CORRUPT, path, "is the state of another "
		    "container: '%.80s'", v.s);
	if (state_str(d, d->json, "Name", &c->name) && c->name.s[0] == '/') {
		str_set(&v, c->name.s + 1, c->name.n - 1);
		str_set(&c->name, v.s, v.n);
	}
	c->created_time = state_time(d, d->json, "Created", &bad);
	state_str(d, d->json, "Path", &c->command);
	state_list(d, d->json, "Args", &args);
	if (args.n) {
		str_addc(&c->command, ' ');
		strlist_join(&args, " ", &c->command);
	}
	state_str(d, d->json, "Image", &c->image_id);
	if (c->image_id.n && !state_is_digest(c->image_id.s, c->image_id.n)) {
		store_note(rec, s, ERR_CORRUPT, path, "names no image id: '%.80s'",
		    c->image_id.s);
		str_clear(&c->image_id);
	}
	state_str(d, d->json, "Driver", &c->driver);
	if (c->driver.n && !str_eq(&c->driver, "overlay2"))
		store_note(rec, s, ERR_UNSUPPORTED, path, "its files are in the "
		    "storage driver '%.40s'", c->driver.s);
	state_str(d, d->json, "LogPath", &c->log_path);
	state_str(d, d->json, "AppArmorProfile", &c->apparmor);
	c->restart_count = state_int(d, d->json, "RestartCount", -1);
	o = state_obj(d, d->json, "State");
	if (o) {
		c->started_time = state_time(d, o, "StartedAt", &bad);
		c->finished_time = state_time(d, o, "FinishedAt", &bad);
		c->pid = state_int(d, o, "Pid", -1);
		if (c->pid == 0)
			c->pid = -1;
		c->exit_code = state_int(d, o, "ExitCode", -1);
		c->oom_killed = state_bool(d, o, "OOMKilled");
		state_str(d, o, "Error", &c->error);
		state_word(d, o, c);
	}
	if (bad)
		store_note(rec, s, ERR_CORRUPT, path, "a time is none or out of "
		    "range");
	o = state_obj(d, d->json, "Config");
	if (o) {
		state_str(d, o, "Image", &c->image_ref);
		state_list(d, o, "Entrypoint", &c->entrypoint);
		state_list(d, o, "Cmd", &c->cmd);
		state_list(d, o, "Env", &c->env);
		state_pairs(d, o, "Labels", &c->labels);
		state_str(d, o, "User", &c->user);
		state_str(d, o, "WorkingDir", &c->workdir);
		state_str(d, o, "Hostname", &c->hostname);
		config_health(d, o, &c->healthcheck);
	}
	known_data_root(s, d, c->id.s, &root);
	mount_points(d, &root, c);
	host_config(s, d, c, &root, rec);
	store_sort_mounts(c);
}

static int
docker_get_container(struct store *s, const char *id,
    struct engine_container *c, struct rec *rec, struct err *e)
{
	struct str path cleanup_str = STR_INIT, old cleanup_str = STR_INIT;
	struct state d cleanup_state = STATE_INIT;
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct err re;

	if (!state_is_hex(id, strlen(id)))
		return err_set(e, ERR_CORRUPT, 0, "no container id: '%.80s'",
		    id);
	str_sets(&c->id, id);
	str_addf(&path, "/containers/%s/config.v2.json", id);
	str_addf(&old, "/containers/%s/config.json", id);
	if (state_read(&d, s->root, path.s, NULL, &re)) {
		if (re.class == ERR_ABSENT &&
		    root_find(s->root, old.s, ROOT_NOFOLLOW, &f, NULL) == 0)
			store_note(rec, s, ERR_UNSUPPORTED, old.s, "state of a "
			    "Docker older than 1.10");
		else if (re.class == ERR_ABSENT)
			store_note(rec, s, ERR_CORRUPT, path.s, "is missing: the "
			    "container was removed, but not all of it");
		else
			store_note_err(rec, s, path.s, &re);
		return 0;
	}
	engine_path(s, path.s, &c->config_path);
	if (!json_is_object(d.json)) {
		store_note(rec, s, ERR_CORRUPT, path.s, "is no JSON object");
		return 0;
	}
	read_config(s, &d, c, path.s, rec);
	store_note_odd(rec, s, path.s, &d);
	return 0;
}

/* ---- trees ---------------------------------------------------------------- */

static int
docker_open_tree(struct store *s, bool container, const char *id,
    struct engine_tree *t, struct err *e)
{
	struct engine_image img;
	size_t i;
	int r = 0;

	memset(t, 0, sizeof(*t));
	t->base = s->root;
	if (container) {
		if (!state_is_hex(id, strlen(id)))
			return err_set(e, ERR_CORRUPT, 0,
			    "no container id: '%.80s'", id);
		r = container_layers(s, id, t, e);
	} else {
		engine_image_init(&img);
		r = docker_get_image(s, id, &img, NULL, e);
		for (i = img.layers_n; r == 0 && i-- > 0;) {
			struct str *dir = &img.layers[i].dir;

			if (!dir->n)
				store_miss(t, "layer '%s' is missing",
				    img.layers[i].chain_id.n
					? img.layers[i].chain_id.s
					: "with a broken diff id");
			else if (!store_has(&t->layers, dir))
				strlist_add(&t->layers, dir->s, dir->n);
		}
		if (r == 0 && !img.layers_n && !img.verified)
			store_miss(t, "configuration of '%s'", id);
		engine_image_release(&img);
	}
	if (r == 0 && t->layers.n) {
		t->root = root_open_layers_as(s->root, &t->layers, t->upper,
		    t->how, e);
		r = t->root ? 0 : -1;
	}
	if (r)
		engine_tree_release(t);
	return r;
}

/* ---- origins of layers ----------------------------------------------------- */

struct sources {
	struct store *s;
	struct rec *rec;
	int (*fn)(void *arg, const struct engine_source *src);
	void *arg;
};

static int
source(void *arg, const char *id)
{
	struct sources *x = arg;
	struct state d cleanup_state = STATE_INIT;
	struct str path cleanup_str = STR_INIT;
	struct str digest cleanup_str = STR_INIT, repo cleanup_str = STR_INIT;
	struct err e;
	size_t i;
	int r;

	str_addf(&path, IMAGE "/distribution/v2metadata-by-diffid/sha256/%s",
	    id + 7);
	if (state_read(&d, x->s->root, path.s, NULL, &e)) {
		store_note_err(x->rec, x->s, path.s, &e);
		return 0;
	}
	if (!json_is_array(d.json))
		d.wrong++;
	for (i = 0; i < json_array_size(d.json); i++) {
		const json_t *o = json_array_get(d.json, i);
		struct engine_source src = {.diff_id = id};

		state_str(&d, o, "Digest", &digest);
		state_str(&d, o, "SourceRepository", &repo);
		src.digest = digest.s;
		src.repository = repo.s;
		if ((r = x->fn(x->arg, &src)))
			return r;
	}
	store_note_odd(x->rec, x->s, path.s, &d);
	return 0;
}

static int
docker_each_source(struct store *s,
    int (*fn)(void *arg, const struct engine_source *src), void *arg,
    struct rec *rec, struct err *e)
{
	struct listing l = {.s = s, .rec = rec, .digest = true,
	    .dir = IMAGE "/distribution/v2metadata-by-diffid/sha256",
	    .max = STORE_IMAGES_MAX};
	struct sources x = {s, rec, fn, arg};
	int r;

	(void)e;
	list_ids(&l);
	r = store_give(&l.ids, source, &x);
	strlist_release(&l.ids);
	return r;
}

const struct engine engine_docker = {
	.name = "docker",
	.probe = docker_probe,
	.each_image = docker_each_image,
	.each_container = docker_each_container,
	.get_image = docker_get_image,
	.get_container = docker_get_container,
	.open_tree = docker_open_tree,
	.each_source = docker_each_source,
	.forget = docker_forget,
};
