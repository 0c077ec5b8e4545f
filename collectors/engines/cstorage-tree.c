/*
 * The directories that are stacked for an image or a container: by what the
 * engine mounted, or by the list of layers.
 */

#include "cstorage-internal.h"

#include "limits.h"
#include "podman.h"
#include "storelib.h"

int
cs_layer_dir(struct store *s, const struct cs_layer *l, struct str *out,
    struct err *e)
{
	str_clear(out);
	if (!l->driver->dir)
		return err_set(e, ERR_UNSUPPORTED, 0, "the files of layer '%s' "
		    "are in the storage driver '%s'", l->id.s, l->driver->name);
	str_addf(out, "%s/%s%s", l->driver->dir, l->id.s, l->driver->sub);
	if (store_is_dir(s->root, out->s))
		return 0;
	err_set(e, ERR_ABSENT, 0, "layer '%s' is missing", out->s);
	str_clear(out);
	return -1;
}

static void
miss_err(struct engine_tree *t, const struct err *e)
{
	store_miss(t, "%s", e->msg);
}

/*
 * Stores for images beside the graph root (storage.conf: additionalimagestores,
 * imagestore) hold the lower layers: containers/storage store.go, drivers/
 * overlay/overlay.go, getLower. Any store of the evidence may be one.
 */
static struct store *
other_store(const struct store *s, size_t *i)
{
	const struct stores *all = s->all;
	struct store *o;

	while (all && *i < all->n) {
		o = &all->v[(*i)++];
		if (strcmp(o->engine->name, "podman") == 0 &&
		    o->root != s->root && s->evidence)
			return o;
	}
	return NULL;
}

static void
evidence_path(const struct store *s, const char *dir, struct str *out)
{
	str_clear(out);
	if (!str_eq(&s->path, "/"))
		str_add(out, s->path.s, s->path.n);
	str_adds(out, dir);
}

/* A layer more, of store o, which may be another. */
static void
add_dir(struct store *s, struct engine_tree *t, const struct store *o,
    const char *dir)
{
	struct str p cleanup_str = STR_INIT;
	size_t i;

	if (o != s && !t->all.n) {
		t->evidence = s->evidence;
		for (i = 0; i < t->layers.n; i++) {
			evidence_path(s, t->layers.v[i].s, &p);
			strlist_add(&t->all, p.s, p.n);
		}
	}
	if (o == s)
		strlist_adds(&t->layers, dir);
	if (t->all.n || o != s) {
		evidence_path(o, dir, &p);
		strlist_add(&t->all, p.s, p.n);
	}
}

static bool
has_dir(const struct store *s, const struct engine_tree *t,
    const struct store *o, const struct str *dir)
{
	struct str p cleanup_str = STR_INIT;

	if (o == s)
		return store_has(&t->layers, dir);
	evidence_path(o, dir->s, &p);
	return store_has(&t->all, &p);
}

static size_t
layers_of(const struct engine_tree *t)
{
	return t->all.n ? t->all.n : t->layers.n;
}

/* A layer by its id: of this store, or of another. */
const struct cs_layer *
cs_find_layer(struct store *s, struct cstore *cs, const char *id,
    struct store **in)
{
	const struct cs_layer *l = cs_layer(cs, id), *x;
	struct store *o;
	size_t i = 0;

	*in = s;
	if (l && (l->listed || !s->all))
		return l;
	while (cs_is_name(id, strlen(id)) && (o = other_store(s, &i))) {
		x = cs_layer(&podman_cache(o, NULL)->cs, id);
		if (x && x->listed) {
			*in = o;
			return x;
		}
	}
	return l;
}

/* A layer of that id is a whole tree; those that it was copied from, in the
 * same store. */
static void
add_beneath(struct store *s, struct cstore *cs, const char *id,
    struct engine_tree *t)
{
	struct str dir cleanup_str = STR_INIT;
	const struct cs_layer *l;
	struct store *o;
	struct err e;

	while (*id) {
		l = cs_find_layer(s, cs, id, &o);
		if (l && o != s)
			return; /* that store's images tell of them */
		if (t->beneath.n >= ROOT_LAYERS_MAX) {
			store_miss(t, "layers below the %dth "
			    "(ROOT_LAYERS_MAX)", ROOT_LAYERS_MAX);
			return;
		}
		if (!l) {
			store_miss(t, "layer '%.80s' is not in the store", id);
			return;
		}
		if (cs_layer_dir(s, l, &dir, &e)) {
			miss_err(t, &e);
			return;
		}
		if (store_has(&t->layers, &dir) || store_has(&t->beneath, &dir)) {
			store_miss(t, "layer '%s' is its own parent", id);
			return;
		}
		strlist_add(&t->beneath, dir.s, dir.n);
		id = l->parent.s;
	}
}

/* The layer of that id and what is below it. */
static void
add_chain(struct store *s, struct cstore *cs, const char *id,
    struct engine_tree *t)
{
	struct str dir cleanup_str = STR_INIT;
	const struct cs_layer *l;
	struct store *o;
	struct err e;
	size_t n;

	for (n = 0; *id; n++) {
		if (n >= ROOT_LAYERS_MAX) {
			store_miss(t, "layers below the %dth "
			    "(ROOT_LAYERS_MAX), or they are their own parents",
			    ROOT_LAYERS_MAX);
			return;
		}
		l = cs_find_layer(s, cs, id, &o);
		if (!l) {
			store_miss(t, "layer '%.80s' is not in the store", id);
			return;
		}
		if (cs_layer_dir(o, l, &dir, &e))
			miss_err(t, &e);
		else if (has_dir(s, t, o, &dir)) {
			store_miss(t, "layer '%s' is its own parent", id);
			return;
		} else
			add_dir(s, t, o, dir.s);
		if (l->driver->copies) {
			if (o == s)
				add_beneath(s, cs, l->parent.s, t);
			return;
		}
		id = l->parent.s;
	}
}

/* Where a link DRIVER/l/SHORT of a store leads: to a layer of it, or nowhere. */
static bool
lower_in(struct store *s, const char *path, const char *driver,
    struct str *dir)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	size_t top = strlen(driver);

	if (root_find(s->root, path, 0, &f, NULL) ||
	    !S_ISDIR(f.st.st_mode) || strncmp(f.path.s, driver, top) != 0 ||
	    f.path.s[top] != '/')
		return false;
	str_set(dir, f.path.s, f.path.n);
	return true;
}

/*
 * The layers beneath overlay/ID by its file "lower": l/SHORT, colon separated,
 * each a link to ../LAYER/diff. That is what the engine mounted. 0 if all were
 * found; what cannot be made out goes to t->missing.
 */
static int
add_lower(struct store *s, const struct cs_layer *l, struct engine_tree *t)
{
	struct str file cleanup_str = STR_INIT, p cleanup_str = STR_INIT;
	struct str lower cleanup_str = STR_INIT, link cleanup_str = STR_INIT;
	size_t before = t->missing.n;
	struct str dir cleanup_str = STR_INIT;
	const char *at, *end;
	struct store *o;
	struct err e;
	size_t i;

	str_addf(&file, "%s/%s/lower", l->driver->dir, l->id.s);
	if (root_slurp(s->root, file.s, 64 * 1024, &lower, NULL, &e)) {
		store_miss(t, "'%s' cannot be read", file.s);
		return -1;
	}
	for (at = lower.s; at < lower.s + lower.n; at = end + 1) {
		end = memchr(at, ':', (size_t)(lower.s + lower.n - at));
		if (!end)
			end = lower.s + lower.n;
		if (layers_of(t) >= ROOT_LAYERS_MAX) {
			store_miss(t, "layers below the %dth (ROOT_LAYERS_MAX)",
			    ROOT_LAYERS_MAX);
			break;
		}
		str_set(&link, at, (size_t)(end - at));
		while (link.n && link.s[link.n - 1] == '\n')
			str_cut(&link, link.n - 1);
		if (link.n < 3 || strncmp(link.s, "l/", 2) != 0 ||
		    !cs_is_name(link.s + 2, link.n - 2)) {
			store_miss(t, "'%s' holds a name that is none of a "
			    "layer", file.s);
			continue;
		}
		str_clear(&p);
		str_addf(&p, "%s/%s", l->driver->dir, link.s);
		for (o = s, i = 0; o; o = other_store(s, &i))
			if (lower_in(o, p.s, l->driver->dir, &dir))
				break;
		if (!o)
			store_miss(t, "layer '%s' is missing", p.s);
		else if (!has_dir(s, t, o, &dir))
			add_dir(s, t, o, dir.s);
	}
	return t->missing.n > before ? -1 : 0;
}

static void
replace_lower(struct store *s, struct engine_tree *t, struct engine_tree *by)
{
	struct str p cleanup_str = STR_INIT;
	size_t i, own = t->upper ? 1 : 0;

	if (layers_of(by) + own < layers_of(t))
		return;
	while (t->layers.n > own)
		str_release(&t->layers.v[--t->layers.n]);
	for (i = 0; i < by->layers.n; i++)
		strlist_add(&t->layers, by->layers.v[i].s, by->layers.v[i].n);
	strlist_release(&t->all);
	t->evidence = by->evidence;
	if (by->all.n && own) {
		evidence_path(s, t->layers.v[0].s, &p);
		strlist_add(&t->all, p.s, p.n);
	}
	for (i = 0; i < by->all.n; i++)
		strlist_add(&t->all, by->all.v[i].s, by->all.v[i].n);
	for (i = 0; i < by->missing.n; i++)
		strlist_add(&t->missing, by->missing.v[i].s,
		    by->missing.v[i].n);
}

static int
container_layers(struct store *s, struct cstore *cs,
    const struct cs_container *k, struct engine_tree *t, struct err *e)
{
	struct str dir cleanup_str = STR_INIT;
	struct engine_tree lower = {0};
	const struct cs_layer *l;

	if (!k->layer.n)
		return err_set(e, ERR_ABSENT, 0, "no list of the store says "
		    "which layer is its own");
	l = cs_layer(cs, k->layer.s);
	if (!l)
		return err_set(e, ERR_ABSENT, 0, "its layer '%.80s' is not in "
		    "the store", k->layer.s);
	if (!l->driver->dir)
		return cs_layer_dir(s, l, &dir, e);
	if (cs_layer_dir(s, l, &dir, e)) {
		miss_err(t, e);
	} else {
		strlist_add(&t->layers, dir.s, dir.n);
		t->upper = true;
	}
	t->whole = l->driver->copies;
	if (t->whole) {
		struct store *o;
		const struct cs_layer *under = cs_find_layer(s, cs, l->parent.s,
		    &o);

		if (under && cs_layer_dir(o, under, &dir, NULL) == 0 && o != s)
			add_dir(s, t, o, dir.s);
		else if (dir.n && under)
			strlist_add(&t->below, dir.s, dir.n);
		else if (l->parent.n)
			store_miss(t, "layer '%s' is missing, that the "
			    "container began as", l->parent.s);
		if (t->below.n)
			add_beneath(s, cs, l->parent.s, t);
		return 0;
	}
	if ((l->listed && !l->parent.n) || add_lower(s, l, t) == 0)
		return 0;
	/* Links are gone or spoiled: by the list of layers instead. */
	add_chain(s, cs, l->parent.s, &lower);
	replace_lower(s, t, &lower);
	engine_tree_release(&lower);
	return 0;
}

/*
 * With a mount program (fuse-overlayfs) containers-storage unpacks layers with
 * AUFS's whiteouts, .wh.NAME, and the program makes them where it may make no
 * devices: drivers/overlay/overlay.go, getWhiteoutFormat. Where it may, and that
 * is everywhere since Linux 5.8, what it deletes is a device 0/0.
 */
enum root_layering
cs_layering(struct store *s)
{
	struct str v cleanup_str = STR_INIT;

	return store_line(s, "/overlay/.has-mount-program", &v, NULL) == 0 &&
		str_eq(&v, "true") ? ROOT_FUSE : ROOT_OVERLAY;
}

int
cs_open_tree(struct store *s, struct cstore *cs, bool container,
    const char *id, struct engine_tree *t, struct err *e)
{
	const struct cs_container *k;
	const struct cs_image *i;
	struct engine_image img;
	size_t n;
	int r = 0;

	memset(t, 0, sizeof(*t));
	t->base = s->root;
	if (container) {
		k = cs_container(cs, id);
		r = k ? container_layers(s, cs, k, t, e)
		      : err_set(e, ERR_ABSENT, 0, "container '%s' has no layer "
			    "in the store", id);
	} else {
		i = state_is_digest(id, strlen(id)) ? cs_image(cs, id + 7)
						    : NULL;
		if (!i)
			return err_set(e, ERR_CORRUPT, 0,
			    "no image id: '%.80s'", id);
		if (i->text) {
			add_chain(s, cs, i->layer.s, t);
		} else {
			engine_image_init(&img);
			cs_get_image(s, cs, id, &img, NULL, NULL);
			for (n = img.layers_n; n-- > 0;)
				if (img.layers[n].dir.n && !img.layers[n].home)
					strlist_add(&t->layers,
					    img.layers[n].dir.s,
					    img.layers[n].dir.n);
				else
					store_miss(t, "layer %zu of '%s'", n,
					    id);
			engine_image_release(&img);
		}
	}
	if (r == 0 && !t->whole)
		t->how = cs_layering(s);
	if (r == 0)
		r = engine_tree_root(t, e);
	if (r)
		engine_tree_release(t);
	return r;
}
