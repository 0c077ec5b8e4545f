#include "docker.h"

#include "civil.h"
#include "limits.h"
#include "storelib.h"

/*
 * What Docker kept before 1.10. An image was one layer with a random id of 64
 * digits, graph/ID/json, and had a parent; names were in repositories-DRIVER;
 * a layer's directory had the image's id for name, a container's that of the
 * container. Docker 1.10 made new images of them (.migration-v1-images.json)
 * and left graph/ where it was. Sources: moby v1.9 graph/graph.go,
 * graph/tags.go, image/image.go, daemon/container.go; migrate/v1/migratev1.go.
 */

#define MIGRATED "/.migration-v1-images.json"

static int
find_refs(void *arg, const struct root_entry *ent)
{
	static const char prefix[] = "repositories-";
	struct docker *c = arg;
	const char *driver = ent->name + sizeof(prefix) - 1;

	if (strncmp(ent->name, prefix, sizeof(prefix) - 1) == 0 &&
	    docker_is_layer_name(driver) && (!c->v1.n || docker_driver(driver)))
		str_sets(&c->v1, driver);
	return 0;
}

struct docker *
docker_v1(struct store *s)
{
	struct docker *c = docker_cache(s);

	if (!c->v1_read) {
		c->v1_read = true;
		root_list(s->root, "/", find_refs, c, NULL);
		state_read(&c->migrated, s->root, MIGRATED, NULL, NULL);
	}
	return c;
}

void
docker_v1_refs(struct store *s, struct rec *rec)
{
	struct docker *c = docker_v1(s);
	struct state d cleanup_state = STATE_INIT;
	struct str path cleanup_str = STR_INIT, name cleanup_str = STR_INIT;
	struct str id cleanup_str = STR_INIT;
	struct err e;
	json_t *repos, *tags;
	void *i, *k;

	/* of images that were made anew the new names count */
	if (!c->v1.n || c->migrated.json)
		return;
	str_addf(&path, "/repositories-%s", c->v1.s);
	if (state_read(&d, s->root, path.s, NULL, &e)) {
		store_note_err(rec, s, path.s, &e);
		return;
	}
	repos = (json_t *)(uintptr_t)state_obj(&d, d.json, "Repositories");
	for (i = json_object_iter(repos); i;
	     i = json_object_iter_next(repos, i)) {
		const char *repo = json_object_iter_key(i);

		tags = json_object_iter_value(i);
		for (k = json_object_iter(tags); k;
		     k = json_object_iter_next(tags, k)) {
			const char *tag = json_object_iter_key(k);

			str_clear(&name);
			str_clear(&id);
			state_bytes(&d, repo, strlen(repo), &name);
			str_addc(&name, strchr(tag, ':') ? '@' : ':');
			state_bytes(&d, tag, strlen(tag), &name);
			state_text(&d, json_object_iter_value(k), &id);
			if (state_is_hex(id.s, id.n))
				docker_add_ref(c, id.s, &name);
			else
				store_note(rec, s, ERR_CORRUPT, path.s,
				    "the name '%s' stands for no image id: "
				    "'%.80s'", name.s, id.s);
		}
	}
	store_note_odd(rec, s, path.s, &d);
}

/* Was a newer image made of it that is still there? */
static bool
made_anew(struct store *s, struct docker *c, const char *id)
{
	struct str v cleanup_str = STR_INIT;

	return c->migrated.json &&
	       state_str(&c->migrated, c->migrated.json, id, &v) &&
	       state_is_digest(v.s, v.n) &&
	       docker_has(s, "imagedb/content/sha256", v.s + 7);
}

struct ids {
	struct store *s;
	struct rec *rec;
	struct strlist *out;
};

static int
add_id(void *arg, const struct root_entry *ent)
{
	struct ids *x = arg;
	struct str p cleanup_str = STR_INIT;

	if (!state_is_hex(ent->name, strlen(ent->name)))
		return 0; /* _tmp, _mktemp: under way when it ended */
	if (!S_ISDIR(ent->st->st_mode)) {
		str_addf(&p, "/graph/%s", ent->name);
		store_note(x->rec, x->s, ERR_CORRUPT, p.s,
		    "is no directory; not read");
		return 0;
	}
	if (x->out->n >= STORE_IMAGES_MAX) {
		store_note(x->rec, x->s, ERR_LIMIT, "/graph", "more than %d "
		    "images (STORE_IMAGES_MAX)", STORE_IMAGES_MAX);
		return 1;
	}
	if (!made_anew(x->s, docker_v1(x->s), ent->name))
		strlist_adds(x->out, ent->name);
	return 0;
}

void
docker_v1_images(struct store *s, struct strlist *ids, struct rec *rec)
{
	struct ids x = {s, rec, ids};
	struct err e;

	if (root_list(s->root, "/graph", add_id, &x, &e) < 0 &&
	    e.class != ERR_ABSENT)
		store_note_err(rec, s, "/graph", &e);
}

/* Where a layer of that name is, and of which driver; NULL: nowhere. */
static const struct docker_driver *
find_layer(struct store *s, const char *id, struct str *dir)
{
	static const char *const names[] = {"aufs", "overlay", "overlay2",
	    "vfs", "btrfs", "zfs", "devicemapper"};
	struct err e;
	size_t i;

	for (i = 0; i < COUNT(names); i++)
		if (docker_named_dir(s, docker_driver(names[i]), id, dir,
			&e) == 0)
			return docker_driver(names[i]);
	return NULL;
}

static void
settings(struct state *d, const json_t *c, struct engine_image *img)
{
	if (!c)
		return;
	state_list(d, c, "Entrypoint", &img->entrypoint);
	state_list(d, c, "Cmd", &img->cmd);
	state_list(d, c, "OnBuild", &img->onbuild);
	state_list(d, c, "Env", &img->env);
	state_pairs(d, c, "Labels", &img->labels);
	state_keys(d, c, "ExposedPorts", &img->ports);
	state_keys(d, c, "Volumes", &img->volumes);
	state_str(d, c, "User", &img->user);
	state_str(d, c, "WorkingDir", &img->workdir);
}

/* One image of the chain as an instruction and a layer, put at the end. */
static void
add_link(struct store *s, struct state *d, const char *id,
    struct engine_image *img)
{
	struct strlist cmd cleanup_strlist = STRLIST_INIT;
	struct str p cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	struct engine_history *h;
	struct engine_layer *l;
	const json_t *c;

	img->history = xreallocarray(img->history, img->history_n + 1,
	    sizeof(*h));
	h = &img->history[img->history_n++];
	memset(h, 0, sizeof(*h));
	str_init(&h->created_by);
	str_init(&h->author);
	str_init(&h->comment);
	h->created_time = state_time(d, d->json, "created", NULL);
	c = state_obj(d, d->json, "container_config");
	if (c)
		state_list(d, c, "Cmd", &cmd);
	strlist_join(&cmd, " ", &h->created_by);
	state_str(d, d->json, "author", &h->author);
	state_str(d, d->json, "comment", &h->comment);
	l = engine_image_layer(img);
	find_layer(s, id, &l->dir);
	str_addf(&p, "/graph/%s/layersize", id);
	if (store_line(s, p.s, &v, NULL) == 0 && v.n && v.n < 19 &&
	    strspn(v.s, "0123456789") == v.n)
		l->size = strtoll(v.s, NULL, 10);
}

static void
reverse(struct engine_image *img)
{
	size_t i, n = img->layers_n;

	for (i = 0; i < n / 2; i++) {
		struct engine_layer l = img->layers[i];
		struct engine_history h = img->history[i];

		img->layers[i] = img->layers[n - 1 - i];
		img->layers[n - 1 - i] = l;
		img->history[i] = img->history[n - 1 - i];
		img->history[n - 1 - i] = h;
	}
}

/* From the image down by its parents. */
static void
add_chain(struct store *s, struct engine_image *img, struct rec *rec)
{
	struct strlist seen cleanup_strlist = STRLIST_INIT;
	struct str id cleanup_str = STR_INIT, p cleanup_str = STR_INIT;
	struct err e;

	str_add(&id, img->id.s, img->id.n);
	while (id.n) {
		struct state d cleanup_state = STATE_INIT;

		str_clear(&p);
		str_addf(&p, "/graph/%s/json", id.s);
		if (store_has(&seen, &id)) {
			store_note(rec, s, ERR_CORRUPT, p.s, "its parents go "
			    "in a circle");
			break;
		}
		if (seen.n >= ROOT_LAYERS_MAX) {
			store_note(rec, s, ERR_LIMIT, p.s, "more than %d "
			    "layers (ROOT_LAYERS_MAX)", ROOT_LAYERS_MAX);
			break;
		}
		strlist_add(&seen, id.s, id.n);
		if (state_read(&d, s->root, p.s, NULL, &e)) {
			store_note_err(rec, s, p.s, &e);
			break;
		}
		add_link(s, &d, id.s, img);
		if (!img->layers[img->layers_n - 1].dir.n &&
		    !docker_v1(s)->migrated.json)
			store_note(rec, s, ERR_CORRUPT, p.s,
			    "the files of this layer are missing");
		if (!state_str(&d, d.json, "parent", &id))
			break;
		if (id.n && !state_is_hex(id.s, id.n)) {
			store_note(rec, s, ERR_CORRUPT, p.s,
			    "its parent is no image id: '%.80s'", id.s);
			break;
		}
	}
	reverse(img);
}

int
docker_v1_get_image(struct store *s, const char *id, struct engine_image *img,
    struct rec *rec, struct err *e)
{
	struct state d cleanup_state = STATE_INIT;
	struct str p cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	struct err re;
	bool bad = false;

	(void)e;
	str_sets(&img->id, id);
	docker_names(s, id, &img->names);
	str_addf(&p, "/graph/%s/json", id);
	if (state_read(&d, s->root, p.s, &img->config, &re)) {
		if (re.class == ERR_ABSENT && img->names.n)
			store_note(rec, s, ERR_CORRUPT, p.s, "is missing; the "
			    "name '%s' is left of the image",
			    img->names.v[0].s);
		else
			store_note_err(rec, s, p.s, &re);
		return 0;
	}
	engine_path(s, p.s, &img->config_path);
	if (!json_is_object(d.json)) {
		store_note(rec, s, ERR_CORRUPT, p.s, "is no JSON object");
		return 0;
	}
	if (state_str(&d, d.json, "id", &v) && strcmp(v.s, id) != 0)
		store_note(rec, s, ERR_CORRUPT, p.s, "is the document of "
		    "another image: '%.80s'", v.s);
	img->created_time = state_time(&d, d.json, "created", &bad);
	if (bad)
		store_note(rec, s, ERR_CORRUPT, p.s, "'created' is no time or "
		    "out of range");
	state_str(&d, d.json, "architecture", &img->architecture);
	state_str(&d, d.json, "os", &img->os);
	state_str(&d, d.json, "author", &img->author);
	state_str(&d, d.json, "comment", &img->comment);
	state_str(&d, d.json, "docker_version", &img->docker_version);
	if (state_str(&d, d.json, "parent", &v) && state_is_hex(v.s, v.n))
		str_set(&img->parent, v.s, v.n);
	settings(&d, state_obj(&d, d.json, "config"), img);
	store_note_odd(rec, s, p.s, &d);
	add_chain(s, img, rec);
	return 0;
}

int
docker_v1_image_tree(struct store *s, const struct engine_image *img,
    struct engine_tree *t, struct err *e)
{
	const struct docker_driver *d = NULL, *k;
	struct str dir cleanup_str = STR_INIT;
	size_t i;

	d = find_layer(s, img->id.s, &dir);
	if (!d && (k = docker_driver(docker_v1(s)->v1.s)) && k->form == DOCKER_NONE)
		return err_set(e, ERR_UNSUPPORTED, 0, "its files are in the "
		    "storage driver '%.40s', not in plain directories",
		    k->name);
	if (d && d->form == DOCKER_AUFS)
		t->how = ROOT_AUFS;
	for (i = img->layers_n; i-- > 0;) {
		struct str *l = &img->layers[i].dir;
		struct strlist *to = &t->layers;

		if (d && docker_whole(d) && to->n)
			to = &t->beneath;
		if (!l->n)
			store_miss(t, "layer %zu of '%s' is missing", i,
			    img->id.s);
		else if (!store_has(&t->layers, l) && !store_has(to, l))
			strlist_add(to, l->s, l->n);
	}
	if (!img->layers_n)
		store_miss(t, "document of '%s'", img->id.s);
	return 0;
}

void
docker_v1_mounts(struct state *d, struct engine_container *c)
{
	json_t *volumes = (json_t *)(uintptr_t)state_obj(d, d->json, "Volumes");
	const json_t *rw = state_obj(d, d->json, "VolumesRW");
	struct engine_mount *m;
	void *i;

	for (i = json_object_iter(volumes); i;
	     i = json_object_iter_next(volumes, i)) {
		const char *key = json_object_iter_key(i);

		m = store_mount(c);
		str_sets(&m->type, "bind");
		state_bytes(d, key, strlen(key), &m->destination);
		state_text(d, json_object_iter_value(i), &m->source);
		store_clean_path(&m->destination);
		store_clean_path(&m->source);
		m->rw = !json_is_false(json_object_get(rw, key));
		/* a volume of the engine's: DATA-ROOT/vfs/dir/ID */
		if (strstr(m->source.s, "/vfs/dir/"))
			str_sets(&m->type, "volume");
	}
}

struct layers {
	struct store *s;
	const struct docker_driver *d;
	const struct engine_sink *sink;
	struct strlist *told;
};

static void
stored(struct layers *x, const char *name, const char *type,
    const char *container)
{
	struct engine_stored l;
	struct str key = {(char *)(uintptr_t)name, strlen(name), 0};
	struct err e;

	if (store_has(x->told, &key))
		return;
	engine_stored_init(&l);
	str_sets(&l.name, name);
	str_sets(&l.type, type);
	str_sets(&l.container_id, container);
	docker_named_dir(x->s, x->d, name, &l.dir, &e);
	if (x->d->form == DOCKER_ROOTS && !l.dir.n) {
		str_addf(&l.dir, "/overlay/%s/upper", name);
		if (!store_is_dir(x->s->root, l.dir.s))
			str_clear(&l.dir);
	}
	if (l.dir.n) {
		strlist_adds(x->told, name);
		x->sink->stored(x->sink->arg, &l);
	}
	engine_stored_release(&l);
}

static int
image_layer(void *arg, const struct root_entry *ent)
{
	if (state_is_hex(ent->name, strlen(ent->name)))
		stored(arg, ent->name, "committed", "");
	return 0;
}

static int
container_layer(void *arg, const struct root_entry *ent)
{
	struct str p cleanup_str = STR_INIT;

	if (!state_is_hex(ent->name, strlen(ent->name)))
		return 0;
	stored(arg, ent->name, "active", ent->name);
	str_addf(&p, "%s-init", ent->name);
	stored(arg, p.s, "init", ent->name);
	return 0;
}

void
docker_v1_layers(struct store *s, const char *driver,
    const struct engine_sink *sink, struct strlist *told, struct rec *rec)
{
	struct layers x = {s, docker_driver(driver), sink, told};

	(void)rec; /* the list of images says what is wrong with it */
	if (!x.d || !store_is_dir(s->root, "/graph"))
		return;
	root_list(s->root, "/graph", image_layer, &x, NULL);
	root_list(s->root, "/containers", container_layer, &x, NULL);
}
