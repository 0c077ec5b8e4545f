#include "cstorage.h"

#include "blobs.h"
#include "civil.h"
#include "config.h"
#include "digest.h"
#include "limits.h"
#include "podman.h"
#include "schema1.h"
#include "storelib.h"
#include "tarsplit.h"

static const struct cs_driver drivers[] = {
	{"overlay", "/overlay", "/diff", false},
	{"overlay2", "/overlay2", "/diff", false},
	{"vfs", "/vfs/dir", "", true},
	{"btrfs", "/btrfs/subvolumes", "", true},
	{"aufs", NULL, NULL, false},
	{"devicemapper", NULL, NULL, false},
	{"zfs", NULL, NULL, false},
};

#define ENTRY "{\"id\":" /* how the engine begins an entry of a list */

bool
cs_is_store(struct root *dir)
{
	static const char *const lists[] = {"layers", "images", "containers"};
	struct str p cleanup_str = STR_INIT;
	size_t i, k;

	for (i = 0; i < COUNT(drivers); i++)
		for (k = 0; k < COUNT(lists); k++) {
			str_clear(&p);
			str_addf(&p, "/%s-%s", drivers[i].name, lists[k]);
			if (store_is_dir(dir, p.s))
				return true;
		}
	return store_is_dir(dir, "/overlay/l"); /* the lists are gone */
}

bool
cs_mentions(struct root *dir, const char *text)
{
	static const char *const lists[] = {"containers.json",
	    "volatile-containers.json"};
	struct str p cleanup_str = STR_INIT, t cleanup_str = STR_INIT;
	size_t i, k;

	for (i = 0; i < COUNT(drivers); i++)
		for (k = 0; k < COUNT(lists); k++) {
			str_clear(&p);
			str_addf(&p, "/%s-containers/%s", drivers[i].name,
			    lists[k]);
			if (root_slurp(dir, p.s, CSTORE_LIST_MAX, &t, NULL,
				NULL) >= 0 &&
			    memmem(t.s, t.n, text, strlen(text)))
				return true;
		}
	return false;
}

/* The names that containers-storage itself makes are hexadecimal; others may
 * be given by its callers. Never a dot or a slash. */
static bool
is_name(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!(s[i] >= 'a' && s[i] <= 'z') &&
		    !(s[i] >= 'A' && s[i] <= 'Z') &&
		    !(s[i] >= '0' && s[i] <= '9') && s[i] != '-' && s[i] != '_')
			return false;
	return n > 0 && n <= 128;
}

/* ---- lists, entry by entry ------------------------------------------------ */

struct list {
	struct store *s;
	struct cstore *cs;
	struct rec *rec;
	const struct cs_driver *driver;
	struct root *root; /* that path lies in: the store's, or the evidence's */
	const char *path;
	size_t notes;
	bool (*take)(struct list *l, struct state *d, const char *raw,
	    size_t n);
};

static void PRINTF(3, 4)
list_note(struct list *l, enum err_class class, const char *fmt, ...)
{
	va_list ap;
	char msg[512];

	if (!l->rec || l->notes++ > CSTORE_NOTES_MAX)
		return;
	if (l->notes > CSTORE_NOTES_MAX) {
		snprintf(msg, sizeof(msg), "more broken entries than are told "
		    "of (CSTORE_NOTES_MAX)");
	} else {
		va_start(ap, fmt);
		vsnprintf(msg, sizeof(msg), fmt, ap);
		va_end(ap);
	}
	if (l->root == l->s->root)
		store_note(l->rec, l->s, class, l->path, "%s", msg);
	else
		rec_note(l->rec, class, "store", NULL, l->path, 0, "%s", msg);
}

/* Length of the value at p: to the comma or bracket that ends it. */
static size_t
value_length(const char *p, const char *end, bool *whole)
{
	const char *at;
	size_t depth = 0;
	bool in = false;

	*whole = true;
	for (at = p; at < end; at++) {
		if (in) {
			if (*at == '\\')
				at++;
			else if (*at == '"')
				in = false;
		} else if (*at == '"') {
			in = true;
		} else if (*at == '{' || *at == '[') {
			depth++;
		} else if (*at == '}' || *at == ']') {
			if (depth == 0)
				break;
			depth--;
		} else if (*at == ',' && depth == 0) {
			break;
		}
	}
	if (at >= end) {
		at = end;
		*whole = false;
	}
	return (size_t)(at - p);
}

static void
each_entry(struct list *l, const struct str *text)
{
	const char *p = text->s, *end = p + text->n;
	struct err e;
	size_t n;
	bool whole;

	while (p < end && strchr(" \t\r\n", *p))
		p++;
	if (p == end || (end - p >= 4 && memcmp(p, "null", 4) == 0))
		return; /* an empty one */
	if (*p == '[') {
		p++;
	} else {
		list_note(l, ERR_CORRUPT, "is no list; what looks like an entry "
		    "is read");
		p = memmem(p, (size_t)(end - p), ENTRY, sizeof(ENTRY) - 1);
	}
	while (p && p < end) {
		struct state d cleanup_state = STATE_INIT;

		if (strchr(" \t\r\n,", *p)) {
			p++;
			continue;
		}
		if (*p == ']')
			return;
		n = value_length(p, end, &whole);
		if (!whole)
			err_set(&e, ERR_CORRUPT, 0, "ends in the middle of an "
			    "entry");
		if (whole && state_parse(&d, p, n, &e) == 0) {
			if (!json_is_object(d.json))
				list_note(l, ERR_CORRUPT, "an entry is no "
				    "object");
			else if (!l->take(l, &d, p, n))
				return;
			if (d.odd)
				list_note(l, ERR_CORRUPT, "an entry was read, "
				    "but is not proper JSON: %s", d.odd);
			if (d.wrong)
				list_note(l, ERR_CORRUPT, "%zu values are not "
				    "of the type that the engine writes",
				    d.wrong);
			p += n;
			continue;
		}
		/* where its quotes are broken it may have swallowed others */
		list_note(l, e.class, "an entry cannot be read: %s", e.msg);
		p = memmem(p + 1, (size_t)(end - p - 1), ENTRY,
		    sizeof(ENTRY) - 1);
	}
	if (p == end)
		list_note(l, ERR_CORRUPT, "was cut off");
}

/* keep: the entries are looked at again later. */
static void
read_list(struct list *l, bool keep)
{
	struct str *t = xcalloc(1, sizeof(*t));
	struct cstore *cs = l->cs;
	struct err e;
	int got;

	str_init(t);
	got = root_slurp(l->root, l->path, CSTORE_LIST_MAX, t, NULL, &e);
	if (got < 0) {
		if (e.class != ERR_ABSENT)
			list_note(l, e.class, "%s", e.msg);
		if (e.class != ERR_CHANGED) {
			str_release(t);
			free(t);
			return;
		}
	}
	if (got > 0)
		list_note(l, ERR_LIMIT, "longer than %d bytes "
		    "(CSTORE_LIST_MAX)", CSTORE_LIST_MAX);
	each_entry(l, t);
	if (!keep) {
		str_release(t);
		free(t);
		return;
	}
	cs->texts = xreallocarray(cs->texts, cs->texts_n + 1,
	    sizeof(*cs->texts));
	cs->texts[cs->texts_n++] = *t; /* moved */
	free(t);
}

/* ---- what the lists hold --------------------------------------------------- */

#define ADD(cs, what)                                                          \
	((cs)->what##_n == (cs)->what##_cap                                    \
		? ((cs)->what##_cap = (cs)->what##_cap				       \
			? 2 * (cs)->what##_cap : 64,			       \
		      (cs)->what = xreallocarray((cs)->what,		       \
			  (cs)->what##_cap, sizeof(*(cs)->what)))	       \
		: (cs)->what,						       \
	    &(cs)->what[(cs)->what##_n++])

static struct cs_layer *
add_layer(struct list *l, const char *id, size_t n)
{
	struct cs_layer *x;

	if (l->cs->layers_n >= CSTORE_LAYERS_MAX) {
		list_note(l, ERR_LIMIT, "more than %d layers "
		    "(CSTORE_LAYERS_MAX)", CSTORE_LAYERS_MAX);
		return NULL;
	}
	x = ADD(l->cs, layers);
	memset(x, 0, sizeof(*x));
	str_init(&x->id);
	str_init(&x->parent);
	str_init(&x->diff_id);
	str_init(&x->digest);
	str_add(&x->id, id, n);
	x->driver = l->driver;
	x->created_time = CIVIL_NONE;
	x->size = -1;
	return x;
}

/* The id of an entry; false: it has none that can be used. */
static bool
entry_id(struct list *l, struct state *d, struct str *id, bool hex)
{
	state_str(d, d->json, "id", id);
	if (strlen(id->s) == id->n &&
	    (hex ? state_is_hex(id->s, id->n) : is_name(id->s, id->n)))
		return true;
	list_note(l, ERR_CORRUPT, "the entry '%.80s' has an id that is none",
	    id->s);
	return false;
}

static bool
take_layer(struct list *l, struct state *d, const char *raw, size_t n)
{
	struct str id cleanup_str = STR_INIT;
	struct cs_layer *x;
	bool bad = false;

	(void)raw;
	(void)n;
	if (!entry_id(l, d, &id, false))
		return true;
	x = add_layer(l, id.s, id.n);
	if (!x)
		return false;
	x->listed = true;
	state_str(d, d->json, "parent", &x->parent);
	if (x->parent.n && !is_name(x->parent.s, x->parent.n)) {
		list_note(l, ERR_CORRUPT, "layer '%s' has a parent that is "
		    "none: '%.80s'", id.s, x->parent.s);
		str_clear(&x->parent);
	}
	state_str(d, d->json, "diff-digest", &x->diff_id);
	if (x->diff_id.n && !state_is_digest(x->diff_id.s, x->diff_id.n)) {
		list_note(l, ERR_CORRUPT, "layer '%s' has a diff id that is no "
		    "digest: '%.80s'", id.s, x->diff_id.s);
		str_clear(&x->diff_id);
	}
	state_str(d, d->json, "compressed-diff-digest", &x->digest);
	x->size = state_int(d, d->json, "diff-size", -1);
	x->created_time = state_time(d, d->json, "created", &bad);
	if (bad)
		list_note(l, ERR_CORRUPT, "the time of layer '%s' is none or "
		    "out of range", id.s);
	x->incomplete = state_bool(d, state_obj(d, d->json, "flags"),
	    "incomplete") == 1;
	x->shifted = state_arr(d, d->json, "uidmap") ||
	    state_arr(d, d->json, "gidmap");
	return true;
}

static bool
take_image(struct list *l, struct state *d, const char *raw, size_t n)
{
	struct str id cleanup_str = STR_INIT;
	struct cs_image *x;

	if (!entry_id(l, d, &id, true))
		return true;
	if (l->cs->images_n >= STORE_IMAGES_MAX) {
		list_note(l, ERR_LIMIT, "more than %d images "
		    "(STORE_IMAGES_MAX)", STORE_IMAGES_MAX);
		return false;
	}
	x = ADD(l->cs, images);
	memset(x, 0, sizeof(*x));
	str_init(&x->id);
	str_init(&x->layer);
	str_add(&x->id, id.s, id.n);
	x->driver = l->driver;
	x->text = raw;
	x->text_n = n;
	state_str(d, d->json, "layer", &x->layer);
	state_list(d, d->json, "mapped-layers", &x->mapped);
	return true;
}

static bool
take_container(struct list *l, struct state *d, const char *raw, size_t n)
{
	struct str id cleanup_str = STR_INIT, m cleanup_str = STR_INIT;
	struct cs_container *x;

	if (!entry_id(l, d, &id, true))
		return true;
	if (l->cs->containers_n >= STORE_CONTAINERS_MAX) {
		list_note(l, ERR_LIMIT, "more than %d containers "
		    "(STORE_CONTAINERS_MAX)", STORE_CONTAINERS_MAX);
		return false;
	}
	x = ADD(l->cs, containers);
	memset(x, 0, sizeof(*x));
	str_init(&x->id);
	str_init(&x->layer);
	str_init(&x->image);
	str_add(&x->id, id.s, id.n);
	x->driver = l->driver;
	x->text = raw;
	x->text_n = n;
	state_str(d, d->json, "layer", &x->layer);
	state_str(d, d->json, "image", &x->image);
	/* libpod and CRI-O leave their own document there, buildah nothing */
	state_str(d, d->json, "metadata", &m);
	x->owner = strstr(m.s, "\"pod-name\"") ? CS_CRIO
	    : strstr(m.s, "\"image-name\"")    ? CS_LIBPOD
					       : CS_BUILDAH;
	return true;
}

static int
cmp_layer(const void *a, const void *b)
{
	const struct cs_layer *x = a, *y = b;
	int r = strcmp(x->id.s, y->id.s);

	return r ? r : (int)y->listed - (int)x->listed;
}

static int
cmp_image(const void *a, const void *b)
{
	const struct cs_image *x = a, *y = b;
	int r = strcmp(x->id.s, y->id.s);

	return r ? r : (y->text != NULL) - (x->text != NULL);
}

static int
cmp_container(const void *a, const void *b)
{
	const struct cs_container *x = a, *y = b;
	int r = strcmp(x->id.s, y->id.s);

	return r ? r : (y->text != NULL) - (x->text != NULL);
}

/* ---- what lies on the disk --------------------------------------------------- */

struct found {
	struct list l;
	const char *what; /* images, containers, layers */
};

static int
found(void *arg, const struct root_entry *ent)
{
	struct found *f = arg;
	struct str p cleanup_str = STR_INIT;
	struct cs_container *c;
	struct cs_image *i;

	if (!state_is_hex(ent->name, strlen(ent->name)))
		return 0; /* lists, locks, links and what goes with them */
	if (!S_ISDIR(ent->st->st_mode)) {
		str_addf(&p, "%s/%s", f->l.path, ent->name);
		store_note(f->l.rec, f->l.s, ERR_CORRUPT, p.s, "is no "
		    "directory; not read");
		return 0;
	}
	if (*f->what == 'l') {
		return add_layer(&f->l, ent->name, strlen(ent->name)) ? 0 : 1;
	} else if (*f->what == 'i') {
		if (f->l.cs->images_n >= 2 * STORE_IMAGES_MAX)
			return 1;
		i = ADD(f->l.cs, images);
		memset(i, 0, sizeof(*i));
		str_init(&i->id);
		str_init(&i->layer);
		str_adds(&i->id, ent->name);
		i->driver = f->l.driver;
	} else {
		if (f->l.cs->containers_n >= 2 * STORE_CONTAINERS_MAX)
			return 1;
		c = ADD(f->l.cs, containers);
		memset(c, 0, sizeof(*c));
		str_init(&c->id);
		str_init(&c->layer);
		str_init(&c->image);
		str_adds(&c->id, ent->name);
		c->driver = f->l.driver;
		c->owner = CS_BUILDAH; /* nothing says otherwise */
	}
	return 0;
}

static void
find(struct found *f, const char *dir)
{
	struct err e;

	f->l.path = dir;
	if (root_list(f->l.s->root, dir, found, f, &e) < 0 &&
	    e.class != ERR_ABSENT)
		store_note_err(f->l.rec, f->l.s, dir, &e);
}

static void
find_all(struct store *s, struct cstore *cs, struct rec *rec,
    const struct cs_driver *d)
{
	struct found f = {.l = {.s = s, .cs = cs, .rec = rec, .driver = d}};
	struct str p cleanup_str = STR_INIT;

	str_addf(&p, "/%s-images", d->name);
	f.what = "images";
	find(&f, p.s);
	str_clear(&p);
	str_addf(&p, "/%s-containers", d->name);
	f.what = "containers";
	find(&f, p.s);
	if (d->dir) {
		f.what = "layers";
		find(&f, d->dir);
	}
}

/* ---- all of it ------------------------------------------------------------------ */

static void
layer_release(struct cs_layer *l)
{
	str_release(&l->id);
	str_release(&l->parent);
	str_release(&l->diff_id);
	str_release(&l->digest);
}

static void
image_release(struct cs_image *i)
{
	str_release(&i->id);
	str_release(&i->layer);
	strlist_release(&i->mapped);
}

static void
container_release(struct cs_container *c)
{
	str_release(&c->id);
	str_release(&c->layer);
	str_release(&c->image);
}

/* Sorted, each id once: the one that stands in a list first. */
#define ORDER(cs, what, cmp, release)                                          \
	do {                                                                   \
		size_t o_ = 0, i_;                                             \
		if ((cs)->what##_n > 1)                                        \
			qsort((cs)->what, (cs)->what##_n,                      \
			    sizeof(*(cs)->what), cmp);                         \
		for (i_ = 0; i_ < (cs)->what##_n; i_++)                        \
			if (o_ && strcmp((cs)->what[o_ - 1].id.s,              \
				      (cs)->what[i_].id.s) == 0)               \
				release(&(cs)->what[i_]);                      \
			else                                                   \
				(cs)->what[o_++] = (cs)->what[i_];             \
		(cs)->what##_n = o_;                                           \
	} while (0)

/* A transient store keeps its volatile lists where the engine runs. */
static void
read_run(struct list *l, const struct stat *st)
{
	struct str at cleanup_str = STR_INIT, p cleanup_str = STR_INIT;

	if (!l->s->evidence || l->s->evidence == l->s->root)
		return;
	if (st->st_uid)
		str_addf(&at, "/run/user/%u/containers",
		    (unsigned)st->st_uid);
	else
		str_adds(&at, "/run/containers/storage");
	l->root = l->s->evidence;
	str_addf(&p, "%s/%s-layers/volatile-layers.json", at.s,
	    l->driver->name);
	l->path = p.s;
	l->take = take_layer;
	read_list(l, false);
	str_clear(&p);
	str_addf(&p, "%s/%s-containers/volatile-containers.json", at.s,
	    l->driver->name);
	l->path = p.s;
	l->take = take_container;
	read_list(l, true);
	l->root = l->s->root;
}

void
cs_read(struct store *s, struct cstore *cs, struct rec *rec)
{
	static const struct {
		const char *fmt;
		bool (*take)(struct list *, struct state *, const char *,
		    size_t);
	} lists[] = {
		{"layers/layers.json", take_layer},
		{"layers/volatile-layers.json", take_layer},
		{"images/images.json", take_image},
		{"containers/containers.json", take_container},
		{"containers/volatile-containers.json", take_container},
	};
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str p cleanup_str = STR_INIT;
	struct cs_layer *l;
	size_t i, k;

	if (root_find(s->root, "/", 0, &f, NULL) == 0)
		cs->rootless = f.st.st_uid != 0;
	for (i = 0; i < COUNT(drivers); i++) {
		struct list x = {.s = s, .cs = cs, .rec = rec,
		    .driver = &drivers[i], .root = s->root};

		for (k = 0; k < COUNT(lists); k++) {
			str_clear(&p);
			str_addf(&p, "/%s-%s", drivers[i].name, lists[k].fmt);
			x.path = p.s;
			x.take = lists[k].take;
			x.notes = 0;
			read_list(&x, k >= 2);
		}
		x.notes = 0;
		if (f.fd >= 0)
			read_run(&x, &f.st);
		find_all(s, cs, rec, &drivers[i]);
	}
	ORDER(cs, layers, cmp_layer, layer_release);
	ORDER(cs, images, cmp_image, image_release);
	ORDER(cs, containers, cmp_container, container_release);
	for (i = 0; i < cs->containers_n; i++)
		if ((l = cs_layer(cs, cs->containers[i].layer.s)))
			l->container = i + 1;
}

void
cs_release(struct cstore *cs)
{
	size_t i;

	for (i = 0; i < cs->layers_n; i++)
		layer_release(&cs->layers[i]);
	for (i = 0; i < cs->images_n; i++)
		image_release(&cs->images[i]);
	for (i = 0; i < cs->containers_n; i++)
		container_release(&cs->containers[i]);
	for (i = 0; i < cs->texts_n; i++)
		str_release(&cs->texts[i]);
	free(cs->layers);
	free(cs->images);
	free(cs->containers);
	free(cs->texts);
	memset(cs, 0, sizeof(*cs));
}

#define LOOK_UP(name, what)                                                    \
	static int by_id_##what(const void *key, const void *x)                \
	{                                                                      \
		return strcmp(key, ((const struct name *)x)->id.s);            \
	}                                                                      \
	struct name *name(struct cstore *cs, const char *id)                   \
	{                                                                      \
		return cs->what##_n == 0 ? NULL                                \
					 : bsearch(id, cs->what,               \
					       cs->what##_n,                   \
					       sizeof(*cs->what),              \
					       by_id_##what);                  \
	}
LOOK_UP(cs_layer, layers)
LOOK_UP(cs_image, images)
LOOK_UP(cs_container, containers)

/* ---- layers ------------------------------------------------------------------- */

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
static const struct cs_layer *
find_layer(struct store *s, struct cstore *cs, const char *id,
    struct store **in)
{
	const struct cs_layer *l = cs_layer(cs, id), *x;
	struct store *o;
	size_t i = 0;

	*in = s;
	if (l && (l->listed || !s->all))
		return l;
	while (is_name(id, strlen(id)) && (o = other_store(s, &i))) {
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
		l = find_layer(s, cs, id, &o);
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
		l = find_layer(s, cs, id, &o);
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
		    !is_name(link.s + 2, link.n - 2)) {
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
		const struct cs_layer *under = find_layer(s, cs, l->parent.s,
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

/* ---- images --------------------------------------------------------------------- */

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
	    (l = find_layer(s, cs, id, &in[n]))) {
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

/* ---- containers -------------------------------------------------------------- */

int
cs_container_entry(struct store *s, struct cstore *cs,
    const struct cs_container *k, struct engine_container *c, struct state *d,
    struct rec *rec)
{
	struct strlist names cleanup_strlist = STRLIST_INIT;
	struct str p cleanup_str = STR_INIT;
	const struct cs_layer *l;
	bool bad = false;

	str_sets(&c->driver, k->driver->name);
	l = cs_layer(cs, k->layer.s);
	if (!k->text || state_parse(d, k->text, k->text_n, NULL))
		return -1;
	state_list(d, d->json, "names", &names);
	if (names.n && !c->name.n)
		str_set(&c->name, names.v[0].s, names.v[0].n);
	if (state_is_hex(k->image.s, k->image.n) && !c->image_id.n)
		str_addf(&c->image_id, "sha256:%s", k->image.s);
	c->created_time = state_time(d, d->json, "created", &bad);
	if (bad || (l && !l->listed)) {
		str_addf(&p, "/%s-containers/containers.json",
		    k->driver->name);
		store_note(rec, s, ERR_CORRUPT, p.s, bad ? "the time of "
		    "container '%s' is none or out of range"
		    : "the layer of container '%s' is in no list", c->id.s);
	}
	return 0;
}

/*
 * With a mount program (fuse-overlayfs) containers-storage unpacks layers with
 * AUFS's whiteouts, .wh.NAME, and the program makes them where it may make no
 * devices: drivers/overlay/overlay.go, getWhiteoutFormat. Where it may, and that
 * is everywhere since Linux 5.8, what it deletes is a device 0/0.
 */
static enum root_layering
layering(struct store *s)
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
		t->how = layering(s);
	if (r == 0)
		r = engine_tree_root(t, e);
	if (r)
		engine_tree_release(t);
	return r;
}

/* ---- every layer -------------------------------------------------------------- */

void
cs_each_layer(struct store *s, struct cstore *cs,
    void (*fn)(void *arg, const struct engine_stored *l), void *arg)
{
	struct str *sums = xcalloc(cs->layers_n + 1, sizeof(*sums));
	struct engine_stored out;
	size_t i, n, up;

	for (i = 0; i < cs->layers_n; i++)
		str_init(&sums[i]);
	for (i = 0; i < cs->layers_n; i++) {
		size_t path[ROOT_LAYERS_MAX];
		const struct cs_layer *l = &cs->layers[i];
		struct str sum cleanup_str = STR_INIT;

		/* chain ids: up to one that is known, and down again */
		for (n = 0, up = i;;) {
			const struct cs_layer *p;

			if (n == ROOT_LAYERS_MAX || !cs->layers[up].diff_id.n)
				break;
			path[n++] = up;
			if (sums[up].n || !cs->layers[up].parent.n)
				break;
			p = cs_layer(cs, cs->layers[up].parent.s);
			if (!p) {
				n = 0;
				break;
			}
			up = (size_t)(p - cs->layers);
		}
		if (n && (sums[path[n - 1]].n ||
			     !cs->layers[path[n - 1]].parent.n))
			while (n-- > 0) {
				struct str *x = &sums[path[n]];

				if (x->n) {
					str_set(&sum, x->s, x->n);
					continue;
				}
				config_chain(&sum,
				    &cs->layers[path[n]].diff_id);
				str_set(x, sum.s, sum.n);
			}
		engine_stored_init(&out);
		str_set(&out.name, l->id.s, l->id.n);
		str_sets(&out.type, l->incomplete ? "ingest"
			: l->container ? "active" : "committed");
		str_set(&out.chain_id, sums[i].s, sums[i].n);
		str_set(&out.diff_id, l->diff_id.s, l->diff_id.n);
		str_set(&out.digest, l->digest.s, l->digest.n);
		str_set(&out.parent, l->parent.s, l->parent.n);
		if (l->container)
			str_set(&out.container_id,
			    cs->containers[l->container - 1].id.s,
			    cs->containers[l->container - 1].id.n);
		cs_layer_dir(s, l, &out.dir, NULL);
		out.created_time = l->created_time;
		out.size = l->size;
		fn(arg, &out);
		engine_stored_release(&out);
	}
	for (i = 0; i < cs->layers_n; i++)
		str_release(&sums[i]);
	free(sums);
}

/* ---- digests ------------------------------------------------------------------- */

/* One item: named by its digest, or with one in the list. */
static void
item(struct blobs *b, const struct cs_image *i, const struct str *key,
    const char *listed, int64_t size)
{
	struct str p cleanup_str = STR_INIT, at cleanup_str = STR_INIT;
	bool named = state_is_digest(key->s, key->n);
	const char *want = named ? key->s : listed;

	if (!state_is_digest(want, strlen(want)))
		return;
	cs_big_data(i->driver, "images", i->id.s, key->s, &p);
	/* a configuration is read, and noted, with its image */
	blobs_file(b, b->s->root, p.s, engine_path(b->s, p.s, &at), want,
	    size, named);
}

/* containers/storage images.go: "big-data-digests", "big-data-sizes". */
static void
big_data(struct blobs *b, const struct cs_image *i)
{
	struct state d cleanup_state = STATE_INIT;
	struct strlist keys cleanup_strlist = STRLIST_INIT;
	struct str v cleanup_str = STR_INIT, id cleanup_str = STR_INIT;
	const json_t *digests = NULL, *sizes = NULL;
	size_t k;

	if (i->text && state_parse(&d, i->text, i->text_n, NULL) == 0) {
		state_keys(&d, d.json, "big-data-digests", &keys);
		digests = state_obj(&d, d.json, "big-data-digests");
		sizes = state_obj(&d, d.json, "big-data-sizes");
	}
	str_addf(&id, "sha256:%s", i->id.s);
	if (!store_has(&keys, &id))
		strlist_add(&keys, id.s, id.n);
	for (k = 0; k < keys.n; k++) {
		const struct str *key = &keys.v[k];

		if (!key->n || strlen(key->s) != key->n)
			continue;
		state_str(&d, digests, key->s, &v);
		item(b, i, key, v.s, state_int(&d, sizes, key->s, -1));
	}
}

/* The files of a layer, against what was unpacked (layers.go, tspath). */
static void
contents(struct blobs *b, const struct cs_layer *l)
{
	struct str p cleanup_str = STR_INIT, dir cleanup_str = STR_INIT;
	struct err e;

	if (!l->driver || l->incomplete || l->container ||
	    cs_layer_dir(b->s, l, &dir, &e))
		return;
	str_addf(&p, "/%s-layers/%s.tar-split.gz", l->driver->name, l->id.s);
	tarsplit_check(b, p.s, dir.s, l->driver->copies ? ROOT_OVERLAY
	    : layering(b->s), (l->driver->copies ? TARSPLIT_WHOLE : 0) |
	    (l->shifted ? TARSPLIT_MAPPED : 0));
}

void
cs_mismatches(struct store *s, struct cstore *cs,
    const struct engine_sink *sink, struct rec *rec)
{
	struct blobs b;
	size_t i;

	blobs_begin(&b, s, sink, rec);
	for (i = 0; i < cs->images_n; i++)
		big_data(&b, &cs->images[i]);
	for (i = 0; i < cs->layers_n; i++)
		contents(&b, &cs->layers[i]);
	blobs_end(&b);
}
