/*
 * The lists of a store, entry by entry, and what lies on the disk and stands in
 * none of them.
 */

#include "cstorage-internal.h"

#include "civil.h"
#include "limits.h"
#include "storelib.h"

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
bool
cs_is_name(const char *s, size_t n)
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
	    (hex ? state_is_hex(id->s, id->n) : cs_is_name(id->s, id->n)))
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
	if (x->parent.n && !cs_is_name(x->parent.s, x->parent.n)) {
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
