/* archive-blobs - layers that a store has only packed, as one more tree */

#include "arc.h"

#include "limits.h"
#include "storelib.h"

/*
 * The store that they become. It has no images of its own: those are the
 * store's that has the blobs, and their trees lie in this one's root.
 */

static int
none(struct store *s UNUSED, int (*fn)(void *arg, const char *id) UNUSED,
    void *arg UNUSED, struct rec *rec UNUSED, struct err *e UNUSED)
{
	return 0;
}

static int
no_image(struct store *s UNUSED, const char *id,
    struct engine_image *img UNUSED, struct rec *rec UNUSED, struct err *e)
{
	return err_set(e, ERR_ABSENT, 0, "no image '%.80s'", id);
}

static int
no_container(struct store *s UNUSED, const char *id,
    struct engine_container *c UNUSED, struct rec *rec UNUSED, struct err *e)
{
	return err_set(e, ERR_ABSENT, 0, "no container '%.80s'", id);
}

static int
no_tree(struct store *s UNUSED, bool container UNUSED, const char *id,
    struct engine_tree *t UNUSED, struct err *e)
{
	return err_set(e, ERR_ABSENT, 0, "no tree '%.80s'", id);
}

static int
no_probe(struct root *dir UNUSED, struct err *e UNUSED)
{
	return 0;
}

static const struct engine engine_blobs = {
	.name = "blobs",
	.probe = no_probe,
	.each_image = none,
	.each_container = none,
	.get_image = no_image,
	.get_container = no_container,
	.open_tree = no_tree,
};

/* ---- which layers ---------------------------------------------------------- */

struct namer {
	struct arc *a;
	const struct engine_items *items;
	const size_t *of; /* those that are asked */
};

struct giver {
	struct arc *a;
	struct store *s;
};

/* 64 digits (or as many "-"), and the path in the evidence. */
static void
give_blob(void *arg, const char *path, const char *diff_id)
{
	struct giver *x = arg;
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str out cleanup_str = STR_INIT;
	size_t i;

	if (root_find(x->s->root, path, ROOT_NOFOLLOW, &f, NULL) ||
	    !S_ISREG(f.st.st_mode))
		return; /* its absence is told of with the tree */
	if (state_is_digest(diff_id, strlen(diff_id)))
		str_adds(&out, diff_id + 7);
	else
		for (i = 0; i < 64; i++)
			str_addc(&out, '-');
	if (strcmp(x->s->path.s, "/") != 0)
		str_add(&out, x->s->path.s, x->s->path.n);
	str_add(&out, f.path.s, f.path.n);
	arc_give(x->a, out.s, out.n);
}

static void
name_blobs(void *arg, size_t i, struct rec *r UNUSED)
{
	struct namer *n = arg;
	const struct engine_item *it = &n->items->v[n->of[i]];
	struct giver x = {n->a, it->store};

	/* what is wrong with an image is said when its tree is opened */
	it->store->engine->each_blob(it->store, it->id.s, give_blob, &x);
}

static void
take_blob(void *arg, size_t i UNUSED, const void *p, size_t n)
{
	struct namer *x = arg;
	const char *v = p;

	if (n > 64 && (state_is_hex(v, 64) || *v == '-'))
		arc_layer_named(x->a, v + 64, n - 64, *v == '-' ? NULL : v);
}

static void
image_name(void *arg, size_t i, struct str *out, const char **scope)
{
	struct namer *n = arg;
	const struct engine_item *it = &n->items->v[n->of[i]];

	(void)scope;
	str_addf(out, "%s: image %s", it->store->path.s, it->id.s);
}

/* ---- all of it ------------------------------------------------------------- */

void
engine_blobs_read(struct stores *s, const struct engine_items *images,
    const bool *chosen, struct rec *rec)
{
	struct namer n = {.items = images};
	struct worker_map m = {.fn = name_blobs, .name = image_name,
	    .take = take_blob, .arg = &n, .op = "archive"};
	size_t *of = xcalloc(images->n + 1, sizeof(*of)), i;
	struct store *to;

	for (i = 0; i < images->n; i++)
		if ((!chosen || chosen[i]) &&
		    images->v[i].store->engine->each_blob)
			of[m.n++] = i;
	n.of = of;
	if (m.n) {
		n.a = arc_new(-1, s->v[0].evidence, "/", rec);
		n.a->loose = true;
		arc_layers(n.a, &m);
	}
	free(of);
	if (!n.a || !n.a->layers_n)
		return;
	to = &s->v[s->n++]; /* stores_find left room */
	memset(to, 0, sizeof(*to));
	to->engine = &engine_blobs;
	to->root = arc_tree(n.a);
	to->evidence = s->v[0].evidence;
	to->all = s;
	str_init(&to->path);
	str_init(&to->driver);
	str_adds(&to->path, "/");
}

const struct store *
engine_blob_dir(const struct store *s, const char *path, struct str *dir)
{
	struct str at cleanup_str = STR_INIT;
	size_t i;

	for (i = 0; s->all && i < s->all->n; i++)
		if (s->all->v[i].engine == &engine_blobs)
			break;
	if (!s->all || i == s->all->n)
		return NULL;
	if (strcmp(s->path.s, "/") != 0)
		str_add(&at, s->path.s, s->path.n);
	str_adds(&at, path);
	return arc_layer_dir(arc_of(&s->all->v[i]), at.s, dir)
	    ? &s->all->v[i] : NULL;
}
