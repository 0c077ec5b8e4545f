#include "ctr.h"

#include "limits.h"
#include "storelib.h"

/*
 * containerd 1.x and 2.x, alone, of Kubernetes, k3s and others, of Docker: see
 * ctr.h.
 */

static int
is_ours(void *arg, const struct root_entry *ent)
{
	(void)arg;
	return S_ISDIR(ent->st->st_mode) &&
	    (strncmp(ent->name, "io.containerd.metadata.v1.", 26) == 0 ||
		strncmp(ent->name, "io.containerd.content.v1.", 25) == 0 ||
		strncmp(ent->name, "io.containerd.snapshotter.v1.", 29) == 0);
}

static int
containerd_probe(struct root *dir, struct err *e)
{
	(void)e;
	return root_list(dir, "/", is_ours, NULL, NULL) == 1;
}

static int
containerd_each_image(struct store *s, int (*fn)(void *arg, const char *id),
    void *arg, struct rec *rec, struct err *e)
{
	struct strlist ids cleanup_strlist = STRLIST_INIT;
	struct str id cleanup_str = STR_INIT;
	struct ctr *c = ctr_cache(s, rec);
	size_t i;

	(void)e;
	ctr_refs(s, rec);
	for (i = 0; i < c->refs_n; i++) {
		const struct ctr_ref *r = &c->refs[i];

		str_clear(&id);
		if (r->namespace.n)
			str_addf(&id, "%s/", r->namespace.s);
		str_adds(&id, r->id.s);
		if (!engine_is_id(id.s, id.n))
			store_note(rec, s, ERR_CORRUPT, CTR_META, "'%.100s' is "
			    "no name of a namespace; its images are not read",
			    r->namespace.s);
		else
			strlist_add(&ids, id.s, id.n);
	}
	return store_give(&ids, fn, arg);
}

/* ---- lists of containers ------------------------------------------------- */

struct listing {
	struct store *s;
	struct rec *rec;
	struct strlist *ids;
	const char *namespace;
	size_t n;
};

/* Docker's own containers run in containerd as well: they are Docker's, as
 * long as its store knows them. */
static bool
is_dockers(const struct store *s, const char *namespace, const char *id)
{
	struct str p cleanup_str = STR_INIT;
	size_t i;

	if (strcmp(namespace, "moby") == 0)
		str_addf(&p, "/containers/%s", id);
	else if (strcmp(namespace, "plugins.moby") == 0)
		str_addf(&p, "/plugins/%s", id);
	else
		return false;
	for (i = 0; s->all && i < s->all->n; i++)
		if (strcmp(s->all->v[i].engine->name, "docker") == 0 &&
		    store_is_dir(s->all->v[i].root, p.s))
			return true;
	return false;
}

static int
add_container(void *arg, const struct bolt_item *it)
{
	struct listing *l = arg;
	struct str id cleanup_str = STR_INIT;

	if (it->value)
		return 0;
	str_addf(&id, "%s/", l->namespace);
	str_add(&id, it->key, it->key_n);
	if (!engine_is_id(id.s, id.n) || strlen(id.s) != id.n ||
	    memchr(it->key, '/', it->key_n)) {
		store_note(l->rec, l->s, ERR_CORRUPT, CTR_META, "'%.200s' is "
		    "no id of a container; not read", id.s);
		return 0;
	}
	if (++l->n > STORE_CONTAINERS_MAX) {
		store_note(l->rec, l->s, ERR_LIMIT, CTR_META, "more than %d "
		    "containers (STORE_CONTAINERS_MAX)", STORE_CONTAINERS_MAX);
		return 1;
	}
	if (!is_dockers(l->s, l->namespace, strchr(id.s, '/') + 1))
		strlist_add(l->ids, id.s, id.n);
	return 0;
}

static int
containerd_each_container(struct store *s,
    int (*fn)(void *arg, const char *id), void *arg, struct rec *rec,
    struct err *e)
{
	struct strlist ids cleanup_strlist = STRLIST_INIT;
	struct strlist tasks cleanup_strlist = STRLIST_INIT;
	struct str a cleanup_str = STR_INIT, b cleanup_str = STR_INIT;
	struct ctr *c = ctr_cache(s, rec);
	struct listing l = {.s = s, .rec = rec, .ids = &ids};
	struct bolt_bucket in;
	size_t i;

	(void)e;
	for (i = 0; i < c->namespaces.n; i++) {
		l.namespace = c->namespaces.v[i].s;
		if (ctr_bucket(c, l.namespace, "containers", NULL, &in))
			bolt_each(c->meta, &in, add_container, &l);
		if (ctr_bucket(c, l.namespace, "sandboxes", NULL, &in))
			bolt_each(c->meta, &in, add_container, &l);
	}
	ctr_tasks(s, &tasks);
	for (i = 0; i < tasks.n; i++)
		if (ctr_split(tasks.v[i].s, &a, &b) &&
		    !is_dockers(s, a.s, b.s))
			strlist_add(&ids, tasks.v[i].s, tasks.v[i].n);
	return store_give(&ids, fn, arg);
}

/* ---- trees --------------------------------------------------------------- */

/*
 * A container whose root is a directory of the host (ctr run --rootfs): that is
 * its tree, and no layer of the store. Its files are the host's; what starts in
 * it, and its packages, are its own.
 */
static int
host_tree(struct store *s, const char *ns, const char *name,
    struct engine_tree *t, struct err *e)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct state d cleanup_state = STATE_INIT;
	struct strlist dir cleanup_strlist = STRLIST_INIT;
	struct str path cleanup_str = STR_INIT, p cleanup_str = STR_INIT;
	struct err why;

	if (!ctr_spec(s, ns, name, &d, &path, &why) ||
	    !state_str(&d, state_obj(&d, d.json, "root"), "path", &p) ||
	    p.s[0] != '/')
		return 0;
	str_set(&t->host, p.s, p.n);
	/* of a store alone that directory is not there */
	if (!s->evidence || str_eq(&s->path, "/") ||
	    root_find(s->evidence, p.s, 0, &f, &why))
		return 0;
	if (f.path.n <= 1) {
		err_set(e, ERR_UNSUPPORTED, 0, "its root is the root of the "
		    "host, and told of as the host's");
		e->fine = true;
		return -1;
	}
	strlist_add(&dir, f.path.s, f.path.n);
	t->root = root_open_layers_as(s->evidence, &dir, true, ROOT_OVERLAY,
	    &why);
	return 0;
}

static int
container_tree(struct store *s, const char *id, struct engine_tree *t,
    struct err *e)
{
	struct str ns cleanup_str = STR_INIT, name cleanup_str = STR_INIT;
	struct str sn cleanup_str = STR_INIT, key cleanup_str = STR_INIT;
	struct ctr *c = ctr_cache(s, NULL);
	struct bolt_bucket b;

	if (!ctr_split(id, &ns, &name))
		return err_set(e, ERR_CORRUPT, 0, "no container id: '%.80s'",
		    id);
	if (!ctr_bucket(c, ns.s, "containers", name.s, &b))
		return 0; /* a sandbox without one, or a task alone */
	ctr_text(c->meta, &b, "snapshotter", &sn);
	ctr_text(c->meta, &b, "snapshotKey", &key);
	if (!key.n)
		return host_tree(s, ns.s, name.s, t, e);
	return containerd_tree(s, ns.s, sn.s, key.s, t, e);
}

/*
 * Pulled, and not unpacked, or not to its end: then the blobs of its layers
 * stand for them. An image is read from one of both, directories or blobs, so
 * that its layers stack up in one root: whatever has more of them.
 */
static bool
wants_blobs(const struct engine_image *img)
{
	size_t i;

	for (i = 0; i < img->layers_n; i++)
		if (!img->layers[i].dir.n && img->layers[i].digest.n)
			return true;
	return false;
}

static void
containerd_each_blob(struct store *s, const char *id,
    void (*fn)(void *arg, const char *path, const char *diff_id), void *arg)
{
	struct str path cleanup_str = STR_INIT;
	struct engine_image img;
	size_t i;

	engine_image_init(&img);
	if (ctr_get_image(s, id, &img, NULL, NULL) == 0 && wants_blobs(&img))
		for (i = 0; i < img.layers_n; i++) {
			if (!img.layers[i].digest.n)
				continue;
			ctr_blob_path(img.layers[i].digest.s, &path);
			fn(arg, path.s, img.layers[i].diff_id.s);
		}
	engine_image_release(&img);
}

static void
blobs_tree(struct store *s, const struct engine_image *img,
    struct engine_tree *t)
{
	struct str path cleanup_str = STR_INIT, dir cleanup_str = STR_INIT;
	const struct store *home = NULL, *at;
	size_t i, n = 0;

	for (i = 0; i < img->layers_n; i++)
		n += img->layers[i].dir.n > 0;
	for (i = img->layers_n; wants_blobs(img) && i-- > 0;) {
		at = NULL;
		if (img->layers[i].digest.n) {
			ctr_blob_path(img->layers[i].digest.s, &path);
			at = engine_blob_dir(s, path.s, &dir);
		}
		if (!at)
			store_miss(t, "layer '%s' is not unpacked, and its "
			    "blob is not there", img->layers[i].diff_id.s);
		else if (!store_has(&t->layers, &dir))
			strlist_add(&t->layers, dir.s, dir.n);
		home = at ? at : home;
	}
	if (home && t->layers.n >= n) {
		t->home = home;
		t->base = home->root;
		return;
	}
	strlist_clear(&t->layers);
	strlist_clear(&t->missing);
}

static int
image_tree(struct store *s, const char *id, struct engine_tree *t,
    struct err *e)
{
	struct ctr *c = ctr_cache(s, NULL);
	struct bolt_bucket b;
	struct engine_image img;
	const struct ctr_ref *r, *end;
	struct str *top = NULL;
	size_t i, k;
	int ret;

	engine_image_init(&img);
	ret = ctr_get_image(s, id, &img, NULL, e);
	if (ret == 0 && img.layers_n)
		top = &img.layers[img.layers_n - 1].chain_id;
	/* the snapshotter that has all of it, else those that are there */
	for (i = 0; ret == 0 && top && top->n && i < c->sn_n; i++)
		if (c->sn[i].form != CTR_NONE &&
		    ctr_bucket(c, img.namespace.s, "snapshots",
			c->sn[i].name.s, &b) &&
		    ctr_sub(c->meta, &b, top->s, &b)) {
			ret = containerd_tree(s, img.namespace.s,
			    c->sn[i].name.s, top->s, t, e);
			if (ret == 0 && !t->missing.n)
				break;
			engine_tree_release(t);
			t->base = s->root;
		}
	if (ret == 0 && !t->layers.n)
		blobs_tree(s, &img, t);
	if (ret == 0 && !t->layers.n) {
		for (k = img.layers_n; k-- > 0;) {
			struct engine_layer *l = &img.layers[k];

			if (l->dir.n && !store_has(&t->layers, &l->dir))
				strlist_add(&t->layers, l->dir.s, l->dir.n);
			else if (!l->dir.n)
				store_miss(t, "layer '%s' is not unpacked, and "
				    "its blob is not there", l->diff_id.s);
		}
		r = ctr_find(c, img.namespace.s, img.id.s, &end);
		if (!img.layers_n && !img.verified && r)
			store_miss(t, "configuration of '%s'", id);
	}
	engine_image_release(&img);
	return ret;
}

static int
containerd_open_tree(struct store *s, bool container, const char *id,
    struct engine_tree *t, struct err *e)
{
	int r;

	memset(t, 0, sizeof(*t));
	t->base = s->root;
	r = container ? container_tree(s, id, t, e) : image_tree(s, id, t, e);
	if (r == 0)
		r = engine_tree_root(t, e);
	if (r)
		engine_tree_release(t);
	return r;
}

const struct engine engine_containerd = {
	.name = "containerd",
	.probe = containerd_probe,
	.each_image = containerd_each_image,
	.each_container = containerd_each_container,
	.get_image = ctr_get_image,
	.get_container = ctr_get_container,
	.open_tree = containerd_open_tree,
	.each_other = ctr_each_other,
	.each_blob = containerd_each_blob,
	.forget = ctr_forget,
};
