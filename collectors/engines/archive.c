#include "arc.h"

#include "blobs.h"
#include "config.h"
#include "digest.h"
#include "limits.h"
#include "schema1.h"
#include "state.h"
#include "storelib.h"
#include "worker.h"

#include <sys/mman.h>
#include <sys/sysinfo.h>

/*
 * Archives and layouts of images as a store without containers, and what
 * collect.h calls when the evidence is an archive. See arc.h.
 */

#define LAYERS "/layers/"
#define BLOBS "/blobs/sha256"

/* ---- names ------------------------------------------------------------- */

static void
name_member(void *arg, const char *path, struct str *out)
{
	struct str s cleanup_str = STR_INIT;

	str_adds(out, arc_name(arg, path, &s));
}

/* LAYERS N REST: the layer, and what is below it. */
static struct arc_layer *
layer_at(struct arc *a, const char *path, const char **rest)
{
	uint64_t n = 0;
	const char *p;

	if (strncmp(path, LAYERS, sizeof(LAYERS) - 1) != 0)
		return NULL;
	p = path + sizeof(LAYERS) - 1;
	if (*p < '0' || *p > '9')
		return NULL;
	for (; *p >= '0' && *p <= '9' && n < ARCHIVE_LAYERS_MAX; p++)
		n = 10 * n + (uint64_t)(*p - '0');
	if ((*p && *p != '/') || n >= a->layers_n)
		return NULL;
	*rest = p;
	return &a->layers[n];
}

static void
name_layer(void *arg, const char *path, struct str *out)
{
	struct str s cleanup_str = STR_INIT;
	const char *rest = "";
	struct arc *a = arg;
	const struct arc_layer *l = layer_at(a, path, &rest);

	str_adds(out, arc_name(a, l ? l->member.s : path, &s));
	if (l && *rest && strcmp(rest, "/") != 0) {
		str_addc(out, '!');
		str_adds(out, rest + 1);
	}
}

static int
open_member(void *arg, const struct root_mem_where *w, const char *path,
    struct err *e)
{
	return arc_open(arg, w, path, e);
}

static const struct root_mem_ops member_ops = {open_member, name_member};
static const struct root_mem_ops layer_ops = {open_member, name_layer};

/* ---- listing: the archive ------------------------------------------------ */

static void
list_archive(void *arg, size_t i UNUSED, struct rec *r)
{
	struct arc *a = arg;

	arc_index(a, a->plain, false, a->path.s, r);
}

static void
archive_name(void *arg, size_t i UNUSED, struct str *out, const char **scope)
{
	struct arc *a = arg;

	(void)scope;
	str_add(out, a->path.s, a->path.n);
}

static void
take_members(void *arg, size_t i UNUSED, const void *p, size_t n)
{
	arc_take(arg, p, n);
}

static void
bad_member(void *arg, const char *path, const struct err *e)
{
	arc_note(arg, path, e);
}

void
arc_give(struct arc *a, const void *p, size_t n)
{
	if (a->here)
		a->take(a, a->item, p, n);
	else
		worker_give(p, n);
}

static void
run(struct worker_map *m, struct arc *a)
{
	struct err e;

	if (!m->arg)
		m->arg = a;
	m->op = "archive";
	m->seconds = ARCHIVE_SECONDS;
	a->take = m->take;
	for (a->item = 0; a->here && a->item < m->n; a->item++)
		m->fn(m->arg, a->item, a->rec);
	if (a->here)
		return;
	if (m->n && worker_map(m, a->rec, &e))
		die("%s", e.msg);
}

static int
list_members(struct arc *a, struct err *e)
{
	struct worker_map m = {.n = 1, .fn = list_archive,
	    .name = archive_name, .take = take_members};

	a->members = a->into = root_mem_new(&member_ops, a);
	a->below = "/";
	a->plain = arc_source(a, SOURCE_RANGE, SOURCE_FILE, 0,
	    arc_size(a, SOURCE_FILE));
	arc_source(a, SOURCE_UNPACK, a->plain, 0, 0);
	run(&m, a);
	if (!a->format.n) { /* the worker said why, or that it died */
		if (rec_lost(a->rec))
			return -1;
		return err_set(e, ERR_UNSUPPORTED, 0, "cannot be read as an "
		    "archive");
	}
	root_mem_end(a->members, "/", bad_member, a);
	if (root_mem_replaced(a->members))
		rec_note_fine(a->rec, ERR_CORRUPT, "archive", NULL, a->path.s,
		    "%zu members have a name that a later one has, too: the "
		    "last is read", root_mem_replaced(a->members));
	a->root = root_open_mem(a->members, "");
	return 0;
}

/* ---- listing: layers ------------------------------------------------------- */

/* In a worker: which members are layers? */
static void
name_layers(void *arg, size_t i UNUSED, struct rec *r UNUSED)
{
	struct store s = {.path = STR_INIT};
	struct arc *a = arg;
	struct arc_images l;
	size_t k, j;

	/* what is wrong with a document is said when images are listed */
	arc_images(a, &s, &l, NULL);
	for (k = 0; k < l.n; k++)
		for (j = 0; j < l.v[k].layers.n; j++)
			arc_give(a, l.v[k].layers.v[j].s,
			    l.v[k].layers.v[j].n);
	arc_images_free(&l);
}

static int
cmp_layer(const void *a, const void *b)
{
	return strcmp(((const struct arc_layer *)a)->member.s,
	    ((const struct arc_layer *)b)->member.s);
}

void
arc_layer_named(struct arc *a, const char *p, size_t n, const char *want)
{
	struct arc_layer *l;
	struct str path cleanup_str = STR_INIT;

	if (a->layers_n >= ARCHIVE_LAYERS_MAX) {
		a->failed = true;
		return;
	}
	str_add(&path, p, n);
	if (!n || n > ROOT_PATH_MAX || strlen(path.s) != n)
		return; /* of no image that is shown */
	a->layers = xreallocarray(a->layers, a->layers_n + 1,
	    sizeof(*a->layers));
	l = &a->layers[a->layers_n++];
	memset(l, 0, sizeof(*l));
	str_init(&l->member);
	str_add(&l->member, path.s, path.n);
	if (want)
		memcpy(l->want, want, 64);
}

static void
take_layer(void *arg, size_t i UNUSED, const void *p, size_t n)
{
	arc_layer_named(arg, p, n, NULL);
}

/* Real paths, sorted, each once; what is no file is left out. */
static void
find_layers(struct arc *a)
{
	size_t i, n = 0;

	for (i = 0; i < a->layers_n; i++) {
		struct root_file f cleanup_root_file = ROOT_FILE_INIT;
		struct arc_layer *l = &a->layers[i];

		if (root_find(a->root, l->member.s, a->loose ? ROOT_NOFOLLOW
			: 0, &f, NULL) || !S_ISREG(f.st.st_mode)) {
			str_release(&l->member);
			continue;
		}
		str_set(&l->member, f.path.s, f.path.n);
		a->layers[n++] = *l;
	}
	a->layers_n = n;
	if (n > 1)
		qsort(a->layers, n, sizeof(*a->layers), cmp_layer);
	for (i = n = 0; i < a->layers_n; i++) {
		if (n && cmp_layer(&a->layers[n - 1], &a->layers[i]) == 0)
			str_release(&a->layers[i].member);
		else
			a->layers[n++] = a->layers[i];
	}
	a->layers_n = n;
}

/* The bytes of a layer, and of what it unpacks to. */
static void
source_of(struct arc *a, struct arc_layer *l)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct root_mem_where w = {SOURCE_FILE, 0, 0};

	if (root_find(a->root, l->member.s, 0, &f, NULL) == 0)
		l->size = (uint64_t)f.st.st_size;
	if (a->members) {
		root_mem_where(&f, &w);
		if (w.source == UINT32_MAX) /* they were not kept */
			w = (struct root_mem_where){SOURCE_FILE, 0, 0};
		l->source = arc_source(a, SOURCE_RANGE, w.source, w.at,
		    w.size);
	} else {
		l->source = arc_source(a, SOURCE_BLOB, 0, 0, l->size);
		str_set(&a->sources[l->source].path, l->member.s, l->member.n);
	}
	arc_source(a, SOURCE_UNPACK, l->source, 0, 0);
}

static void
list_layer(void *arg, size_t i, struct rec *r)
{
	struct str name cleanup_str = STR_INIT;
	struct arc *a = arg;

	arc_index(a, a->layers[i].source, true,
	    arc_name(a, a->layers[i].member.s, &name), r);
}

static void
layer_name(void *arg, size_t i, struct str *out, const char **scope)
{
	struct str name cleanup_str = STR_INIT;
	struct arc *a = arg;

	(void)scope;
	str_adds(out, arc_name(a, a->layers[i].member.s, &name));
}

static void
layer_dir(size_t i, struct str *out)
{
	str_clear(out);
	str_addf(out, LAYERS "%zu", i);
}

/* What a member's name says of its digest; NULL: nothing. */
static const char *
named_digest(const struct arc *a, const struct str *member)
{
	const char *base = strrchr(member->s, '/') + 1;
	size_t n = (size_t)(base - member->s), m = sizeof(BLOBS "/") - 1;

	return n >= m && (n == m || a->loose) &&
	    memcmp(base - m, BLOBS "/", m) == 0 ? base : NULL;
}

/* All of a layer's members were given. */
static void
end_layer(struct arc *a)
{
	const char *base;
	struct err e;

	if (!a->layer)
		return;
	root_mem_end(a->tree, a->below, bad_member, a);
	/* hard links of AUFS pointed there */
	root_mem_remove(a->tree, a->below, ".wh..wh.plnk");
	base = named_digest(a, &a->layer->member);
	if (base && a->layer->packed[0] &&
	    strcmp(base, a->layer->packed) != 0) {
		err_set(&e, ERR_CORRUPT, 0, "was changed: its digest is "
		    "sha256:%s", a->layer->packed);
		arc_note(a, "", &e);
	}
	if (a->layer->want[0] && a->layer->unpacked[0] &&
	    strcmp(a->layer->want, a->layer->unpacked) != 0) {
		err_set(&e, ERR_CORRUPT, 0, "is not the layer that its image "
		    "names: unpacked its digest is sha256:%s, not sha256:%s",
		    a->layer->unpacked, a->layer->want);
		arc_note(a, "", &e);
	}
	a->layer = NULL;
}

static void
begin_layer(struct arc *a, size_t i, struct str *below)
{
	struct root_mem_member mb = {.mode = S_IFDIR | 0755};
	struct err e;

	end_layer(a);
	layer_dir(i, below);
	root_mem_add(a->tree, "/", below->s, &mb, &e);
	a->below = below->s;
	a->layer = &a->layers[i];
	a->plain = a->layer->source;
	a->packed = a->failed = false;
	a->notes = 0;
}

static struct listing {
	size_t next; /* first layer that was not begun */
	struct str below;
} at;

static void
take_of_layer(void *arg, size_t i, const void *p, size_t n)
{
	struct arc *a = arg;

	while (at.next <= i)
		begin_layer(a, at.next++, &at.below);
	arc_take(a, p, n);
}

void
arc_layers(struct arc *a, struct worker_map *names)
{
	struct worker_map m = {.fn = list_layer, .name = layer_name,
	    .take = take_of_layer};
	size_t i;

	a->failed = false;
	run(names, a);
	if (a->failed)
		rec_note(a->rec, ERR_LIMIT, "archive", NULL, a->path.s, 0,
		    "over %d layers (ARCHIVE_LAYERS_MAX)", ARCHIVE_LAYERS_MAX);
	find_layers(a);
	for (i = 0; i < a->layers_n; i++)
		source_of(a, &a->layers[i]);
	a->tree = a->into = root_mem_new(&layer_ops, a);
	m.n = a->layers_n;
	at.next = 0;
	run(&m, a);
	while (at.next < a->layers_n)
		begin_layer(a, at.next++, &at.below);
	end_layer(a);
	str_release(&at.below);
	if (a->cache >= 0)
		fcntl(a->cache, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK |
		    F_SEAL_GROW | F_SEAL_WRITE);
}

/* ---- the evidence ---------------------------------------------------------- */

static void *
shared(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED |
	    MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("out of memory");
	return p;
}

struct arc *
arc_new(int fd, struct root *dir, const char *path, struct rec *rec)
{
	struct arc *a = xcalloc(1, sizeof(*a));
	struct sysinfo s;
	uint64_t unused;

	str_init(&a->path);
	str_init(&a->format);
	str_adds(&a->path, path);
	a->dir = a->root = dir;
	a->rec = rec;
	a->cache_used = shared(sizeof(*a->cache_used));
	a->cache = memfd_create("cache", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	a->cache_max = ARCHIVE_CACHE_MAX;
	if (sysinfo(&s) == 0) {
		unused = ((uint64_t)s.freeram + s.bufferram) * s.mem_unit;
		if (a->cache_max > unused / 2)
			a->cache_max = unused / 2;
	}
	arc_source(a, SOURCE_FD, 0, 0, 0);
	a->sources[0].fd = fd;
	arc_source(a, SOURCE_FD, 0, 0, 0);
	a->sources[1].fd = a->cache;
	return a;
}

void
arc_free(struct arc *a)
{
	size_t i;

	arc_forget(a);
	if (a->members)
		root_free(a->root);
	root_mem_free(a->members);
	root_mem_free(a->tree);
	for (i = 0; i < a->sources_n; i++)
		str_release(&a->sources[i].path);
	for (i = 0; i < a->layers_n; i++)
		str_release(&a->layers[i].member);
	free(a->sources);
	free(a->layers);
	if (a->cache >= 0)
		close(a->cache);
	munmap((void *)(uintptr_t)a->cache_used, sizeof(*a->cache_used));
	str_release(&a->path);
	str_release(&a->format);
	free(a);
}

struct root *
engine_archive_root(int fd, struct root *dir, const char *path, bool host,
    struct rec *rec, struct err *e)
{
	return arc_begin(arc_new(fd, dir, path, rec), host, e);
}

struct root *
arc_begin(struct arc *a, bool host, struct err *e)
{
	struct worker_map names = {.n = 1, .fn = name_layers,
	    .name = archive_name, .take = take_layer};

	if (!a->dir && list_members(a, e))
		return NULL;
	if (host || (!a->dir && !arc_has_images(a->root)))
		return a->root;
	if (!a->dir && (store_is_dir(a->root, "/etc") ||
			store_is_dir(a->root, "/usr")))
		rec_note(a->rec, ERR_UNSUPPORTED, "archive", NULL, a->path.s, 0,
		    "has images and the directories of a root: only the "
		    "images are read (--as host reads the root)");
	arc_layers(a, &names);
	return arc_tree(a);
}

struct root *
arc_tree(struct arc *a)
{
	return root_open_mem(a->tree, "");
}

bool
engine_archive_plain(const struct root *r)
{
	const struct arc *a = root_mem_owner(r, &member_ops);

	return a && !a->xattrs_n;
}

/* ---- the engine ------------------------------------------------------------ */

struct arc *
arc_of(const struct store *s)
{
	return root_mem_owner(s->root, &layer_ops);
}

static int
archive_probe(struct root *dir, struct err *e UNUSED)
{
	return root_mem_owner(dir, &layer_ops) != NULL;
}

static struct arc_images *
images(struct store *s, struct rec *rec)
{
	if (!s->cache) {
		s->cache = xcalloc(1, sizeof(struct arc_images));
		arc_images(arc_of(s), s, s->cache, rec);
	}
	return s->cache;
}

static void
archive_forget(struct store *s)
{
	if (s->cache)
		arc_images_free(s->cache);
	free(s->cache);
	s->cache = NULL;
}

static int
archive_each_image(struct store *s, int (*fn)(void *arg, const char *id),
    void *arg, struct rec *rec, struct err *e UNUSED)
{
	struct arc_images *l = images(s, rec);
	struct strlist ids cleanup_strlist = STRLIST_INIT;
	size_t i;

	for (i = 0; i < l->n; i++)
		strlist_add(&ids, l->v[i].id.s, l->v[i].id.n);
	return store_give(&ids, fn, arg);
}

static int
archive_each_container(struct store *s UNUSED,
    int (*fn)(void *arg, const char *id) UNUSED, void *arg UNUSED,
    struct rec *rec UNUSED, struct err *e UNUSED)
{
	return 0;
}

static int
archive_get_container(struct store *s UNUSED, const char *id,
    struct engine_container *c UNUSED, struct rec *rec UNUSED, struct err *e)
{
	return err_set(e, ERR_ABSENT, 0, "no container '%.80s': archives have "
	    "none", id);
}

/* The layer that a member is; NULL: it is not there. */
static struct arc_layer *
layer_of(struct arc *a, const struct str *member, size_t *i)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct arc_layer key, *l;

	if (!member->n || root_find(a->root, member->s, 0, &f, NULL) ||
	    !a->layers_n)
		return NULL;
	key.member = f.path;
	l = bsearch(&key, a->layers, a->layers_n, sizeof(*l), cmp_layer);
	if (l)
		*i = (size_t)(l - a->layers);
	return l;
}

bool
arc_layer_dir(struct arc *a, const char *path, struct str *out)
{
	struct arc_layer key, *l;

	key.member = (struct str){(char *)(uintptr_t)path, strlen(path), 0};
	l = a->layers_n ? bsearch(&key, a->layers, a->layers_n, sizeof(*l),
	    cmp_layer) : NULL;
	if (l)
		layer_dir((size_t)(l - a->layers), out);
	return l != NULL;
}

static void
image_layers(struct store *s, const struct arc_image *im,
    struct engine_image *img, struct rec *rec)
{
	struct arc *a = arc_of(s);
	const char *doc = im->config.n ? im->config.s : "/";
	struct engine_layer *to;
	struct arc_layer *l;
	size_t i, k = 0;

	if (img->layers_n != im->layers.n)
		store_note(rec, s, ERR_CORRUPT, doc, "the configuration has "
		    "%zu layers, the manifest %zu", img->layers_n,
		    im->layers.n);
	while (img->layers_n < im->layers.n)
		engine_image_layer(img);
	for (i = 0; i < im->layers.n; i++) {
		to = &img->layers[i];
		str_set(&to->digest, im->digests.v[i].s, im->digests.v[i].n);
		l = layer_of(a, &im->layers.v[i], &k);
		if (!l) {
			store_note(rec, s, ERR_CORRUPT, im->layers.v[i].s,
			    "a layer of the image %s is missing", im->id.s);
			continue;
		}
		layer_dir(k, &to->dir);
		if (l->unpacked[0] && to->diff_id.n &&
		    strcmp(l->unpacked, to->diff_id.s + 7) != 0)
			store_note(rec, s, ERR_CORRUPT, to->dir.s, "is not the "
			    "layer that the image %s names: unpacked its "
			    "digest is sha256:%s, not %s", im->id.s,
			    l->unpacked, to->diff_id.s);
	}
}

static int
v1_image(struct store *s, const struct arc_image *im,
    struct engine_image *img, struct rec *rec)
{
	struct str text cleanup_str = STR_INIT, path cleanup_str = STR_INIT;
	char hex[SHA256_HEX];

	arc_v1_config(arc_of(s), s, im, &text, rec);
	str_addf(&path, "/%s/json", im->v1.n
	    ? im->v1.v[im->v1.n - 1].s : im->id.s + 7);
	/* a document that we made: nobody signed for its digest */
	digest_of(text.s, text.n, hex);
	str_sets(&img->id, "sha256:");
	str_adds(&img->id, hex);
	config_image(s, path.s, &text, img, rec);
	str_set(&img->id, im->id.s, im->id.n);
	img->verified = false;
	str_clear(&img->config);
	return 0;
}

/* The document of a manifest of schema 1, as one of today. */
static void
schema1_image(struct store *s, const struct arc_image *im,
    struct engine_image *img, struct rec *rec)
{
	struct str text cleanup_str = STR_INIT, made cleanup_str = STR_INIT;
	struct strlist ids cleanup_strlist = STRLIST_INIT;
	struct state d cleanup_state = STATE_INIT;
	struct str id cleanup_str = STR_INIT;
	struct arc *a = arc_of(s);
	struct arc_layer *l;
	char hex[SHA256_HEX];
	struct err e;
	size_t i, k;

	if (state_read(&d, a->root, im->schema1.s, &text, &e)) {
		store_note_err(rec, s, im->schema1.s, &e);
		return;
	}
	for (i = 0; i < im->layers.n; i++) {
		l = layer_of(a, &im->layers.v[i], &k);
		str_clear(&id);
		if (l && l->unpacked[0])
			str_addf(&id, "sha256:%s", l->unpacked);
		else /* of no known bytes */
			str_set(&id, im->digests.v[i].s, im->digests.v[i].n);
		strlist_add(&ids, id.s, id.n);
	}
	if (schema1_config(&d, &ids, &made, &e))
		store_note_err(rec, s, im->schema1.s, &e);
	/* a document that we made: nobody signed for its digest */
	digest_of(made.s, made.n, hex);
	str_sets(&img->id, "sha256:");
	str_adds(&img->id, hex);
	config_image(s, im->schema1.s, &made, img, rec);
	str_set(&img->id, im->id.s, im->id.n);
	schema1_digest(text.s, text.n, hex);
	img->verified = strcmp(hex, im->id.s + 7) == 0;
	str_set(&img->config, text.s, text.n);
}

static int
archive_get_image(struct store *s, const char *id, struct engine_image *img,
    struct rec *rec, struct err *e)
{
	struct arc_images *l = images(s, NULL);
	struct str text cleanup_str = STR_INIT;
	const struct arc_image *im = NULL;
	struct err bad;
	size_t i;
	int got;

	for (i = 0; i < l->n && !im; i++)
		if (strcmp(l->v[i].id.s, id) == 0)
			im = &l->v[i];
	if (!im)
		return err_set(e, ERR_ABSENT, 0, "no image '%.80s'", id);
	str_sets(&img->id, id);
	for (i = 0; i < im->names.n; i++)
		strlist_add(&img->names, im->names.v[i].s, im->names.v[i].n);
	if (im->schema1.n) {
		schema1_image(s, im, img, rec);
	} else if (im->v1.n || !im->config.n) {
		v1_image(s, im, img, rec);
	} else {
		got = root_slurp(arc_of(s)->root, im->config.s,
		    STORE_JSON_MAX, &text, NULL, &bad);
		if (got > 0)
			err_set(&bad, ERR_LIMIT, 0, "is longer than %d bytes "
			    "(STORE_JSON_MAX)", STORE_JSON_MAX);
		if (got)
			store_note_err(rec, s, im->config.s, &bad);
		else
			config_image(s, im->config.s, &text, img, rec);
	}
	image_layers(s, im, img, rec);
	return 0;
}

static int
archive_open_tree(struct store *s, bool container, const char *id,
    struct engine_tree *t, struct err *e)
{
	struct engine_image img;
	struct str *dir;
	size_t i;
	int r;

	memset(t, 0, sizeof(*t));
	t->base = s->root;
	if (container)
		return archive_get_container(s, id, NULL, NULL, e);
	engine_image_init(&img);
	r = archive_get_image(s, id, &img, NULL, e);
	for (i = img.layers_n; r == 0 && i-- > 0;) {
		dir = &img.layers[i].dir;
		if (!dir->n)
			store_miss(t, "layer %zu of '%s' is missing", i, id);
		else if (!store_has(&t->layers, dir))
			strlist_add(&t->layers, dir->s, dir->n);
	}
	if (r == 0 && !img.layers_n && !img.verified)
		store_miss(t, "configuration of '%s'", id);
	engine_image_release(&img);
	if (r == 0)
		r = engine_tree_root(t, e);
	if (r)
		engine_tree_release(t);
	return r;
}

/* ---- digests ----------------------------------------------------------------- */

static int
add_name(void *arg, const struct root_entry *ent)
{
	struct strlist *l = arg;

	if (S_ISREG(ent->st->st_mode) &&
	    state_is_hex(ent->name, strlen(ent->name)) &&
	    ent->st->st_size <= STORE_JSON_MAX)
		strlist_adds(l, ent->name);
	return 0;
}

/* Documents: blobs, and what an image of docker save has beside them. Whoever
 * reads an image notes what is wrong with its documents. */
static void
check_documents(struct arc *a, const struct arc_images *l, struct blobs *b)
{
	struct strlist names cleanup_strlist = STRLIST_INIT;
	struct str p cleanup_str = STR_INIT, shown cleanup_str = STR_INIT;
	struct str id cleanup_str = STR_INIT;
	size_t i;

	root_list(a->root, BLOBS, add_name, &names, NULL);
	for (i = 0; i < names.n; i++) {
		struct arc_layer *layer, key;

		str_sets(&p, BLOBS "/");
		str_adds(&p, names.v[i].s);
		key.member = p;
		layer = a->layers_n ? bsearch(&key, a->layers, a->layers_n,
		    sizeof(*layer), cmp_layer) : NULL;
		if (layer && layer->packed[0])
			continue; /* hashed when it was listed */
		str_sets(&id, "sha256:");
		str_adds(&id, names.v[i].s);
		blobs_file(b, a->root, p.s, arc_name(a, p.s, &shown), id.s,
		    -1, true);
	}
	for (i = 0; i < l->n; i++)
		if (l->v[i].config.n && strncmp(l->v[i].config.s, BLOBS "/",
			sizeof(BLOBS)) != 0)
			blobs_file(b, a->root, l->v[i].config.s,
			    arc_name(a, l->v[i].config.s, &shown),
			    l->v[i].id.s, -1, true);
}

/* Layers: as they are named, and as images say that they unpack. */
static void
check_layers(struct store *s, const struct arc_images *l, struct blobs *b)
{
	struct arc *a = arc_of(s);
	struct str shown cleanup_str = STR_INIT, want cleanup_str = STR_INIT;
	struct str got cleanup_str = STR_INIT;
	size_t i, k, which = 0;

	for (i = 0; i < a->layers_n; i++) {
		const struct arc_layer *y = &a->layers[i];
		const char *base = strrchr(y->member.s, '/') + 1;

		if (strncmp(y->member.s, BLOBS "/", sizeof(BLOBS)) != 0 ||
		    !y->packed[0] || strcmp(base, y->packed) == 0)
			continue;
		str_sets(&want, "sha256:");
		str_adds(&want, base);
		str_sets(&got, "sha256:");
		str_adds(&got, y->packed);
		blobs_told(b, arc_name(a, y->member.s, &shown), "layer",
		    want.s, got.s, (int64_t)y->size, y->size ? NULL : "empty");
	}
	for (i = 0; i < l->n; i++) {
		struct engine_image img;
		struct arc_layer *y;

		if (l->v[i].v1.n)
			continue; /* nobody says what they unpack to */
		engine_image_init(&img);
		archive_get_image(s, l->v[i].id.s, &img, NULL, NULL);
		for (k = 0; k < l->v[i].layers.n && k < img.layers_n; k++) {
			y = layer_of(a, &l->v[i].layers.v[k], &which);
			if (!y || !y->unpacked[0] || !img.layers[k].diff_id.n ||
			    strcmp(y->unpacked, img.layers[k].diff_id.s + 7) ==
				0)
				continue;
			str_sets(&got, "sha256:");
			str_adds(&got, y->unpacked);
			blobs_told(b, arc_name(a, y->member.s, &shown),
			    "layer", img.layers[k].diff_id.s, got.s,
			    (int64_t)y->size, y->size ? NULL : "empty");
		}
		engine_image_release(&img);
	}
}

static int
archive_each_other(struct store *s, const struct engine_sink *sink,
    struct rec *rec, struct err *e UNUSED)
{
	struct arc_images *l = images(s, NULL);
	struct blobs b;

	if (!sink->mismatch)
		return 0;
	blobs_begin(&b, s, sink, rec);
	check_documents(arc_of(s), l, &b);
	check_layers(s, l, &b);
	blobs_end(&b);
	return 0;
}

const struct engine engine_archive = {
	.name = "archive",
	.probe = archive_probe,
	.each_image = archive_each_image,
	.each_container = archive_each_container,
	.get_image = archive_get_image,
	.get_container = archive_get_container,
	.open_tree = archive_open_tree,
	.each_other = archive_each_other,
	.forget = archive_forget,
};
