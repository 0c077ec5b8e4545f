#include "docker.h"

#include "blobs.h"
#include "civil.h"
#include "limits.h"
#include "storelib.h"
#include "tarsplit.h"

/* ---- databases ------------------------------------------------------------- */

static void
bad_db(void *arg, const struct err *e)
{
	struct docker_db *db = arg;

	store_note_err(db->rec, db->s, db->path, e);
}

/* A database that need not be there; NULL: it is not, or was noted. */
struct bolt *
docker_db(struct docker_db *db, struct store *s, const char *path,
    struct rec *rec)
{
	struct bolt *b;
	struct err e;

	db->s = s;
	db->path = path;
	db->rec = rec;
	b = bolt_open(s->root, path, bad_db, db, &e);
	if (!b && e.class != ERR_ABSENT)
		store_note_err(rec, s, path, &e);
	if (b && bolt_torn(b))
		store_note(rec, s, ERR_CHANGED, path,
		    "changed while it was read");
	return b;
}

/* ---- layers that the store has ---------------------------------------------- */

struct layers {
	struct store *s;
	const struct docker_driver *d;
	const char *driver;
	const struct engine_sink *sink;
	struct rec *rec;
	struct strlist *told; /* names of directories, of this driver */
	size_t sorted;	      /* of them, for told() */
	struct strlist chains, names; /* of layerdb, in the order of chains */
};

static int
cmp_str(const void *a, const void *b)
{
	return strcmp(((const struct str *)a)->s, ((const struct str *)b)->s);
}

static void
give(struct layers *x, struct engine_stored *l, const char *name)
{
	struct err e;

	str_sets(&l->name, name);
	if (x->d && x->d->form != DOCKER_NONE && docker_is_layer_name(name))
		docker_named_dir(x->s, x->d, name, &l->dir, &e);
	if (x->d && x->d->form == DOCKER_ROOTS && !l->dir.n &&
	    docker_is_layer_name(name)) {
		str_addf(&l->dir, "%s%s/upper", x->d->before, name);
		if (!store_is_dir(x->s->root, l->dir.s))
			str_clear(&l->dir);
	}
	strlist_adds(x->told, name);
	x->sink->stored(x->sink->arg, l);
}

/* image/DRIVER/layerdb/sha256/CHAIN: in the order of names. */
static int
add_chain(void *arg, const struct root_entry *ent)
{
	struct layers *x = arg;
	struct str p cleanup_str = STR_INIT, name cleanup_str = STR_INIT;

	if (!state_is_hex(ent->name, strlen(ent->name)) ||
	    !S_ISDIR(ent->st->st_mode))
		return 0;
	str_addf(&p, "/image/%s/layerdb/sha256/%s/cache-id", x->driver,
	    ent->name);
	store_line(x->s, p.s, &name, NULL);
	strlist_adds(&x->chains, ent->name);
	strlist_add(&x->names, name.s, name.n);
	return 0;
}

/* Name of the layer with that chain id, added. */
static void
name_of(const struct layers *x, const struct str *chain, struct str *out)
{
	struct str key = {chain->s + 7, 64, 0}, *at;

	if (!state_is_digest(chain->s, chain->n) || !x->chains.n)
		return;
	at = bsearch(&key, x->chains.v, x->chains.n, sizeof(*at), cmp_str);
	if (at)
		str_adds(out, x->names.v[at - x->chains.v].s);
}

static void
committed(struct layers *x, size_t i)
{
	struct engine_stored l;
	struct str p cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	size_t n;

	str_addf(&p, "/image/%s/layerdb/sha256/%s/", x->driver,
	    x->chains.v[i].s);
	n = p.n;
	engine_stored_init(&l);
	str_adds(&l.type, "committed");
	str_addf(&l.chain_id, "sha256:%s", x->chains.v[i].s);
	str_adds(&p, "diff");
	if (store_line(x->s, p.s, &v, NULL) == 0 && state_is_digest(v.s, v.n))
		str_set(&l.diff_id, v.s, v.n);
	str_cut(&p, n);
	str_adds(&p, "size");
	if (store_line(x->s, p.s, &v, NULL) == 0 && v.n && v.n < 19 &&
	    strspn(v.s, "0123456789") == v.n)
		l.size = strtoll(v.s, NULL, 10);
	/* the lowest layer's chain id is its diff id: it has no parent */
	if (!l.diff_id.n || strcmp(l.diff_id.s, l.chain_id.s) != 0) {
		str_cut(&p, n);
		str_adds(&p, "parent");
		if (store_line(x->s, p.s, &v, NULL) == 0)
			name_of(x, &v, &l.parent);
	}
	give(x, &l, x->names.v[i].s);
	engine_stored_release(&l);
}

bool
docker_is_image_mount(const char *name)
{
	return strlen(name) > 65 && name[64] == '-' &&
	    state_is_hex(name, 64) && strcmp(name + 64, "-init") != 0;
}

/* image/DRIVER/layerdb/mounts/CONTAINER, or a name of BuildKit's */
static int
mounted(void *arg, const struct root_entry *ent)
{
	static const char *const files[] = {"mount-id", "init-id"};
	struct layers *x = arg;
	struct str p cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	struct str parent cleanup_str = STR_INIT;
	struct engine_stored l;
	size_t i;

	if (!S_ISDIR(ent->st->st_mode))
		return 0;
	str_addf(&p, "/image/%s/layerdb/mounts/%s/parent", x->driver,
	    ent->name);
	if (store_line(x->s, p.s, &v, NULL) == 0)
		name_of(x, &v, &parent);
	for (i = 0; i < COUNT(files); i++) {
		str_clear(&p);
		str_addf(&p, "/image/%s/layerdb/mounts/%s/%s", x->driver,
		    ent->name, files[i]);
		if (store_line(x->s, p.s, &v, NULL) || !v.n)
			continue;
		engine_stored_init(&l);
		str_adds(&l.type, i ? "init" : "active");
		str_set(&l.parent, parent.s, parent.n);
		if (docker_is_image_mount(ent->name))
			str_add(&l.container_id, ent->name, 64);
		else if (state_is_hex(ent->name, strlen(ent->name)))
			str_adds(&l.container_id, ent->name);
		give(x, &l, v.s);
		engine_stored_release(&l);
	}
	return 0;
}

static bool
told(const struct layers *x, const char *name)
{
	struct str key = {(char *)(uintptr_t)name, strlen(name), 0};

	return x->sorted && bsearch(&key, x->told->v, x->sorted,
	    sizeof(*x->told->v), cmp_str);
}

/* A directory of the driver that no entry of a database names: left over. */
static int
left_over(void *arg, const struct root_entry *ent)
{
	struct layers *x = arg;
	struct engine_stored l;

	if (!S_ISDIR(ent->st->st_mode) || !docker_is_layer_name(ent->name) ||
	    strcmp(ent->name, "l") == 0 || told(x, ent->name))
		return 0;
	engine_stored_init(&l);
	str_adds(&l.type, "unknown");
	give(x, &l, ent->name);
	engine_stored_release(&l);
	return 0;
}

/* A listing that is not there is no loss here: who lists the items told. */
static void
list(struct layers *x, const char *dir, root_entry_fn *fn, bool say)
{
	struct err e;

	if (root_list(x->s->root, dir, fn, x, &e) < 0 &&
	    e.class != ERR_ABSENT && say)
		store_note_err(x->rec, x->s, dir, &e);
}

static void
driver_layers(struct store *s, const char *driver,
    const struct engine_sink *sink, struct rec *rec)
{
	struct strlist names cleanup_strlist = STRLIST_INIT;
	struct layers x = {.s = s, .d = docker_driver(driver),
	    .driver = driver, .sink = sink, .rec = rec, .told = &names};
	struct str p cleanup_str = STR_INIT;
	size_t i;

	str_addf(&p, "/image/%s/layerdb/sha256", driver);
	list(&x, p.s, add_chain, true);
	for (i = 0; i < x.chains.n; i++)
		committed(&x, i);
	str_clear(&p);
	str_addf(&p, "/image/%s/layerdb/mounts", driver);
	list(&x, p.s, mounted, true);
	if (strcmp(driver, "overlay2") == 0)
		docker_build_layers(s, sink, &names, rec);
	docker_v1_layers(s, driver, sink, &names, rec);
	strlist_release(&x.chains);
	strlist_release(&x.names);
	if (!x.d || x.d->form == DOCKER_NONE)
		return;
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), cmp_str);
	x.sorted = names.n;
	str_clear(&p);
	str_add(&p, x.d->before, strlen(x.d->before) - 1);
	list(&x, p.s, left_over, true);
}

/* ---- digests ----------------------------------------------------------------- */

static int
add_config(void *arg, const struct root_entry *ent)
{
	struct strlist *l = arg;

	/* anything else is noted with the list of images */
	if (state_is_hex(ent->name, strlen(ent->name)))
		strlist_adds(l, ent->name);
	return 0;
}

/* The files of layers, against what was unpacked. */
static void
contents(struct blobs *b, const char *driver)
{
	const struct docker_driver *d = docker_driver(driver);
	struct strlist chains cleanup_strlist = STRLIST_INIT;
	struct str dir cleanup_str = STR_INIT;
	struct err e;
	size_t i;

	if (!d || d->form == DOCKER_NONE)
		return;
	str_addf(&dir, "/image/%s/layerdb/sha256", driver);
	root_list(b->s->root, dir.s, add_config, &chains, NULL);
	for (i = 0; i < chains.n; i++) {
		struct str p cleanup_str = STR_INIT, at cleanup_str = STR_INIT;
		struct str name cleanup_str = STR_INIT;
		size_t n;

		str_addf(&p, "%s/%s/", dir.s, chains.v[i].s);
		n = p.n;
		str_adds(&p, "cache-id");
		if (store_line(b->s, p.s, &name, NULL) ||
		    !docker_is_layer_name(name.s) ||
		    docker_named_dir(b->s, d, name.s, &at, &e))
			continue;
		str_cut(&p, n);
		str_adds(&p, "tar-split.json.gz");
		tarsplit_check(b, p.s, at.s, d->how, d->form == DOCKER_WHOLE ||
			d->form == DOCKER_ROOTS ? TARSPLIT_WHOLE : 0);
	}
}

/*
 * Configurations have the digest that is the image's id (what else is wrong
 * with them is noted with the images). Blobs: of plug-ins (moby plugin/
 * manager.go), and of BuildKit (builder-next/controller.go).
 */
static void
mismatches(struct store *s, const struct docker *c,
    const struct engine_sink *sink, struct rec *rec)
{
	struct blobs b;
	size_t i, k;

	blobs_begin(&b, s, sink, rec);
	for (i = 0; i < c->drivers.n; i++) {
		struct strlist names cleanup_strlist = STRLIST_INIT;
		struct str dir cleanup_str = STR_INIT;

		str_addf(&dir, "/image/%s/imagedb/content/sha256",
		    c->drivers.v[i].s);
		root_list(s->root, dir.s, add_config, &names, NULL);
		for (k = 0; k < names.n; k++) {
			struct str p cleanup_str = STR_INIT;
			struct str at cleanup_str = STR_INIT;
			struct str id cleanup_str = STR_INIT;

			str_addf(&p, "%s/%s", dir.s, names.v[k].s);
			str_addf(&id, "sha256:%s", names.v[k].s);
			blobs_file(&b, s->root, p.s, engine_path(s, p.s, &at),
			    id.s, -1, true);
		}
	}
	for (i = 0; i < c->drivers.n; i++)
		contents(&b, c->drivers.v[i].s);
	blobs_dir(&b, "/plugins/storage/blobs/sha256", NULL, NULL);
	blobs_dir(&b, "/buildkit/content/blobs/sha256", NULL, NULL);
	blobs_end(&b);
}

int
docker_each_other(struct store *s, const struct engine_sink *sink,
    struct rec *rec, struct err *e)
{
	const struct docker *c = docker_v1(s);
	size_t i;

	(void)e;
	for (i = 0; sink->stored && i < c->drivers.n; i++)
		driver_layers(s, c->drivers.v[i].s, sink, rec);
	if (sink->stored && !c->drivers.n && c->v1.n)
		driver_layers(s, c->v1.s, sink, rec);
	if (sink->stored)
		docker_build_snapshots(s, sink, rec);
	if (sink->mismatch)
		mismatches(s, c, sink, rec);
	if (sink->volume)
		docker_volumes(s, sink, rec);
	if (sink->network)
		docker_networks(s, sink, rec);
	if (sink->build)
		docker_builds(s, sink, rec);
	if (sink->node)
		docker_nodes(s, sink, rec);
	if (sink->task)
		docker_tasks(s, sink, rec);
	return 0;
}
