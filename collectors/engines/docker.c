#include "docker.h"

#include "containerd.h"

/*
 * Docker's own store, as Docker 1.10 to 28 write it (and 29 where it was
 * upgraded): see docker.h.
 */

#include "limits.h"
#include "storelib.h"

/* ---- is it one ---------------------------------------------------------- */

static int
has_items(void *arg, const struct root_entry *ent)
{
	struct str p cleanup_str = STR_INIT;
	struct root *dir = arg;
	bool db;

	str_addf(&p, "/image/%s/imagedb", ent->name);
	db = store_is_dir(dir, p.s);
	str_clear(&p);
	str_addf(&p, "/image/%s/layerdb", ent->name);
	return db || store_is_dir(dir, p.s);
}

static int
docker_probe(struct root *dir, struct err *e)
{
	bool containers = store_is_dir(dir, "/containers");
	bool image = store_is_dir(dir, "/image");

	if (image && root_list(dir, "/image", has_items, dir, NULL) == 1)
		return 1;
	if (containers && (image || store_is_dir(dir, "/volumes") ||
			      store_is_dir(dir, "/overlay2") ||
			      store_is_dir(dir, "/rootfs")))
		return 1; /* what of it cannot be read is noted */
	(void)e;
	return store_is_dir(dir, "/graph") && containers; /* before 1.10 */
}

/* ---- lists of ids -------------------------------------------------------- */

struct listing {
	struct store *s;
	struct rec *rec;
	const char *dir;
	struct strlist ids;
	size_t max;
	bool ids_seen;
	bool digest; /* ids get "sha256:" in front */
	bool dirs;   /* entries must be directories, else regular files */
	bool quiet;  /* other names are nothing to speak of */
};

static int
nothing(void *arg, const struct root_entry *ent)
{
	(void)arg;
	(void)ent;
	return 0;
}

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
	l->ids_seen = true;
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

/* What lies in each image/DRIVER under that name. */
static void
list_drivers(struct listing *l, const char *what)
{
	const struct docker *c = docker_cache(l->s);
	struct str dir cleanup_str = STR_INIT;
	size_t i;

	for (i = 0; i < c->drivers.n; i++) {
		str_clear(&dir);
		str_addf(&dir, "/image/%s/%s", c->drivers.v[i].s, what);
		l->dir = dir.s;
		list_ids(l);
	}
}

/* Does a driver have anything whose files cannot be read? */
static void
note_driver(struct store *s, const char *driver, struct rec *rec)
{
	static const char *const what[] = {"layerdb/sha256", "layerdb/mounts"};
	const struct docker_driver *d = docker_driver(driver);
	struct str p cleanup_str = STR_INIT;
	size_t i;

	if (d && d->form != DOCKER_NONE)
		return;
	for (i = 0; i < COUNT(what); i++) {
		struct listing l = {.s = s, .max = 1, .quiet = true,
		    .dirs = true};

		str_clear(&p);
		str_addf(&p, "/image/%s/%s", driver, what[i]);
		l.dir = p.s;
		list_ids(&l);
		strlist_release(&l.ids);
		if (!l.ids_seen)
			continue;
		str_clear(&p);
		str_addf(&p, "/image/%s", driver);
		store_note(rec, s, ERR_UNSUPPORTED, p.s, "what its images and "
		    "containers are is read; their files are in the storage "
		    "driver '%s', not in plain directories", driver);
		return;
	}
}

/* What the lists of images and of containers both say of the store. */
static void
note_store(struct store *s, struct rec *rec)
{
	const struct docker *c = docker_cache(s);
	struct err e;
	size_t i;

	if (root_list(s->root, "/image", nothing, NULL, &e) < 0 &&
	    e.class != ERR_ABSENT)
		store_note_err(rec, s, "/image", &e);
	for (i = 0; i < c->drivers.n; i++)
		note_driver(s, c->drivers.v[i].s, rec);
}

static int
is_not_empty(void *arg, const struct root_entry *ent)
{
	(void)arg;
	(void)ent;
	return 1;
}

static int
has_roots(void *arg, const struct root_entry *ent)
{
	struct store *s = arg;
	struct str p cleanup_str = STR_INIT;

	str_addf(&p, "/rootfs/%s", ent->name);
	return S_ISDIR(ent->st->st_mode) &&
	    root_list(s->root, p.s, is_not_empty, NULL, NULL) == 1;
}

/* Roots of containers whose layers are in containerd: is that one here? */
static void
note_containerd(struct store *s, struct rec *rec)
{
	if (root_list(s->root, "/rootfs", has_roots, s, NULL) == 1 &&
	    !containerd_has(s->all, CONTAINERD_MOBY))
		store_note(rec, s, ERR_DENIED, "/rootfs", "its images and the "
		    "files of its containers are in a containerd that is not "
		    "in the evidence");
}

static int
docker_each_image(struct store *s, int (*fn)(void *arg, const char *id),
    void *arg, struct rec *rec, struct err *e)
{
	struct listing l = {.s = s, .rec = rec, .digest = true,
	    .max = STORE_IMAGES_MAX};
	struct docker *c;
	size_t i;
	int r;

	(void)e;
	note_store(s, rec);
	note_containerd(s, rec);
	list_drivers(&l, "imagedb/content/sha256");
	docker_v1_images(s, &l.ids, rec);
	/* names whose image is gone are evidence, too */
	c = docker_refs(s, rec);
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
	note_store(s, rec);
	note_containerd(s, rec);
	list_ids(&l);
	/* writable layers whose container is gone; BuildKit's names are short
	 * and are part of what stores.def says of it */
	l.quiet = true;
	list_drivers(&l, "layerdb/mounts");
	l.dir = "/plugins";
	list_ids(&l);
	r = store_give(&l.ids, fn, arg);
	strlist_release(&l.ids);
	return r;
}

/* ---- trees ---------------------------------------------------------------- */

/* In which driver a container's own layer is. */
static const char *
driver_of(struct store *s, const char *id, struct str *out)
{
	struct str path cleanup_str = STR_INIT;
	struct state d cleanup_state = STATE_INIT;
	const char *driver = docker_has(s, "layerdb/mounts", id);
	struct err e;

	if (!driver && docker_container_state(s, id, &path, &d, &e) == 0 &&
	    state_str(&d, d.json, "Driver", out) && out->n &&
	    docker_is_layer_name(out->s))
		driver = out->s;
	return driver ? driver : "overlay2";
}

/* Docker 29 keeps the layers of a container in containerd, under its id. */
static int
container_tree(struct store *s, const char *id, struct engine_tree *t,
    struct err *e)
{
	struct str buf cleanup_str = STR_INIT;
	const char *driver = driver_of(s, id, &buf);
	struct store *in = NULL;

	if (!docker_has(s, "layerdb/mounts", id))
		in = containerd_with(s->all, CONTAINERD_MOBY, driver, id);
	return in ? containerd_tree(in, CONTAINERD_MOBY, driver, id, t, e)
		  : docker_container_tree(s, driver, id, t, e);
}

static int
docker_open_tree(struct store *s, bool container, const char *id,
    struct engine_tree *t, struct err *e)
{
	struct str driver cleanup_str = STR_INIT;
	struct engine_image img;
	int r;

	memset(t, 0, sizeof(*t));
	t->base = s->root;
	if (container) {
		if (!state_is_hex(id, strlen(id)))
			return err_set(e, ERR_CORRUPT, 0,
			    "no container id: '%.80s'", id);
		str_addf(&driver, "/containers/%s", id);
		if (!store_is_dir(s->root, driver.s) && docker_is_plugin(s, id))
			r = docker_plugin_tree(s, id, t, e);
		else
			r = container_tree(s, id, t, e);
	} else {
		engine_image_init(&img);
		r = docker_get_image(s, id, &img, NULL, e);
		if (r == 0)
			r = docker_image_tree(s, &img, t, e);
		engine_image_release(&img);
	}
	if (r == 0)
		r = engine_tree_root(t, e);
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
	const char *driver;
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

	str_addf(&path, "/image/%s/distribution/v2metadata-by-diffid/sha256/%s",
	    x->driver, id + 7);
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

/* trust/tuf/REPOSITORY/metadata: content trust knew it. */
static int
trusted(void *arg, const char *via, struct root_file *f)
{
	static const char above[] = "/trust/tuf/", below[] = "/metadata";
	struct sources *x = arg;
	struct engine_source src = {"", "", NULL};
	struct str repo cleanup_str = STR_INIT;
	size_t n = strlen(via);

	if (!S_ISDIR(f->st.st_mode) || n <= sizeof(above) + sizeof(below) - 2)
		return 0;
	str_add(&repo, via + sizeof(above) - 1,
	    n - (sizeof(above) - 1) - (sizeof(below) - 1));
	src.repository = repo.s;
	return x->fn(x->arg, &src);
}

static void
trust_bad(void *arg, const char *path, const struct err *e)
{
	struct sources *x = arg;

	if (e->class != ERR_ABSENT)
		store_note_err(x->rec, x->s, path, e);
}

static int
docker_each_source(struct store *s,
    int (*fn)(void *arg, const struct engine_source *src), void *arg,
    struct rec *rec, struct err *e)
{
	const struct docker *c = docker_cache(s);
	struct str dir cleanup_str = STR_INIT;
	struct sources x = {s, rec, fn, arg, NULL};
	size_t i;
	int r = 0;

	for (i = 0; i < c->drivers.n && !r; i++) {
		struct listing l = {.s = s, .rec = rec, .digest = true,
		    .max = STORE_IMAGES_MAX};

		x.driver = c->drivers.v[i].s;
		str_clear(&dir);
		str_addf(&dir, "/image/%s/distribution/v2metadata-by-diffid/"
		    "sha256", x.driver);
		l.dir = dir.s;
		list_ids(&l);
		r = store_give(&l.ids, source, &x);
		strlist_release(&l.ids);
	}
	if (!r)
		r = root_glob(s->root, "/trust/tuf/**/metadata", trusted,
		    trust_bad, &x, e);
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
	.each_other = docker_each_other,
	.forget = docker_forget,
};
