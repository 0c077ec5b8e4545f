/* walk-parts - the evidence in parts: the host, and every layer once */

#include "walk-internal.h"

#include "limits.h"
#include "worker.h"

/* Bytes of one worker_give. */
#define GIVE_MAX (1024 * 1024)

/* ---- inodes -------------------------------------------------------------- */

void
walk_inodes_init(struct walk_inodes *t)
{
	t->n = 0;
	t->cap = 256;
	t->v = xcalloc(t->cap, sizeof(*t->v));
}

static struct walk_inode *
slot(const struct walk_inodes *t, dev_t dev, ino_t ino)
{
	uint64_t h = ((uint64_t)ino + (uint64_t)dev * 0x9e3779b97f4a7c15) *
	    0xff51afd7ed558ccd;
	size_t i = (size_t)(h >> 32) & (t->cap - 1);

	while (t->v[i].a && (t->v[i].ino != ino || t->v[i].dev != dev))
		i = (i + 1) & (t->cap - 1);
	return &t->v[i];
}

struct walk_inode *
walk_inodes_find(const struct walk_inodes *t, dev_t dev, ino_t ino)
{
	struct walk_inode *e;

	if (!t->n)
		return NULL;
	e = slot(t, dev, ino);
	return e->a ? e : NULL;
}

static void
grow(struct walk_inodes *t)
{
	struct walk_inodes old = *t;
	size_t i;

	t->cap *= 2;
	t->v = xcalloc(t->cap, sizeof(*t->v));
	for (i = 0; i < old.cap; i++)
		if (old.v[i].a)
			*slot(t, old.v[i].dev, old.v[i].ino) = old.v[i];
	free(old.v);
}

struct walk_inode *
walk_inodes_add(struct walk_inodes *t, dev_t dev, ino_t ino)
{
	struct walk_inode *e;

	if (2 * t->n >= t->cap)
		grow(t);
	e = slot(t, dev, ino);
	if (!e->a) {
		t->n++;
		e->dev = dev;
		e->ino = ino;
	}
	return e;
}

void
walk_inodes_clear(struct walk_inodes *t)
{
	if (t->n)
		memset(t->v, 0, t->cap * sizeof(*t->v));
	t->n = 0;
}

void
walk_inodes_release(struct walk_inodes *t)
{
	free(t->v);
	memset(t, 0, sizeof(*t));
}

/* ---- parts --------------------------------------------------------------- */

static struct walk_part *
add_part(struct walk_private *p, struct store *store, const char *dir)
{
	struct walk_part *part;

	if (p->parts_n == p->parts_cap) {
		p->parts_cap = p->parts_cap ? 2 * p->parts_cap : 64;
		p->parts = xreallocarray(p->parts, p->parts_cap,
		    sizeof(*p->parts));
	}
	part = &p->parts[p->parts_n++];
	memset(part, 0, sizeof(*part));
	part->store = store;
	part->under = NO_TREE;
	part->joint[0] = part->joint[1] = NO_LAYER;
	str_init(&part->dir);
	str_adds(&part->dir, dir);
	return part;
}

uint32_t
walk_part_top(const struct walk *w, const struct stat *st)
{
	const struct walk_inode *e = walk_inodes_find(&w->p->tops, st->st_dev,
	    st->st_ino);

	return e ? e->a - 1 : NO_PART;
}

const char *
walk_host_path(const struct walk *w, size_t part, const char *path,
    struct str *out)
{
	const struct walk_part *p = &w->p->parts[part];
	struct str in cleanup_str = STR_INIT;

	if (!p->store) {
		str_set(out, path, strlen(path));
		return out->s;
	}
	if (strcmp(p->dir.s, "/") != 0)
		str_add(&in, p->dir.s, p->dir.n);
	if (strcmp(path, "/") != 0 || !in.n)
		str_adds(&in, path);
	return engine_path(p->store, in.s, out);
}

struct root *
walk_part_root(struct walk *w, size_t part, struct err *e)
{
	const struct walk_part *p = &w->p->parts[part];
	struct strlist dir cleanup_strlist = STRLIST_INIT;

	if (!p->store)
		return w->c->root;
	strlist_add(&dir, p->dir.s, p->dir.n);
	return root_open_layers_as(p->store->root, &dir, false, p->how, e);
}

/* ---- trees: in a worker -------------------------------------------------- */

struct opener {
	struct walk *w;
	struct engine_items items;
	bool *chosen; /* of each item; NULL: all are */
	bool container;
	size_t last; /* item + 1 of which layers came */
	bool trees_full, layers_full;
};

static void
scope_of(const struct opener *o, size_t i, struct str *out)
{
	const struct engine_item *it = &o->items.v[i];

	str_clear(out);
	engine_scope(out, o->container, it->store->engine->name, NULL,
	    it->id.s);
}

/* 1 byte: is the first its own, and what hides in them? 2: the number of the
 * store that they lie in. 2: how many are layers. Then these, topmost first
 * (JOINT: as paths of the evidence, of several stores), and the whole trees
 * beneath the last one. */
enum { UPPER = 1, WHOLE = 2, JOINT = 4, HOW = 3 /* bits before it */ };

static void
give(struct str *out, size_t n)
{
	str_addc(out, (char)(n & 255));
	str_addc(out, (char)(n >> 8));
}

static void
open_one(void *arg, size_t i, struct rec *r)
{
	struct str scope cleanup_str = STR_INIT, out cleanup_str = STR_INIT;
	struct opener *o = arg;
	struct store *s = o->items.v[i].store;
	struct engine_tree t = {0};
	bool chosen = !o->chosen || o->chosen[i], joint;
	const struct select *sel = o->w->select;
	const struct strlist *layers;
	struct err e;
	size_t k;

	scope_of(o, i, &scope);
	if (s->engine->open_tree(s, o->container, o->items.v[i].id.s, &t,
		&e)) {
		if (e.class == ERR_ABSENT)
			e.class = ERR_CORRUPT; /* it should be there */
		if (chosen)
			rec_note_err(r, "walk", scope.s, "/", &e);
		return;
	}
	for (k = 0; chosen && k < t.missing.n; k++)
		rec_note(r, ERR_CORRUPT, "walk", scope.s, "/", 0,
		    "a layer is missing: %s", t.missing.v[k].s);
	joint = t.all.n && !t.whole;
	layers = joint ? &t.all : &t.layers;
	str_addc(&out, (char)((t.upper ? UPPER : 0) | (t.whole ? WHOLE : 0) |
	    (joint ? JOINT : 0) | (int)t.how << HOW));
	give(&out, (size_t)((t.home ? t.home : s) - o->w->stores.v));
	give(&out, layers->n);
	for (k = 0; k < layers->n; k++)
		str_add(&out, layers->v[k].s, layers->v[k].n + 1);
	for (k = 0; k < t.beneath.n; k++)
		str_add(&out, t.beneath.v[k].s, t.beneath.v[k].n + 1);
	if (out.n > GIVE_MAX)
		rec_note(r, ERR_LIMIT, "walk", scope.s, "/", 0,
		    "the names of its %zu layers are over %d bytes",
		    layers->n, GIVE_MAX);
	else if (layers->n)
		worker_give(out.s, out.n);
	else if (t.root && chosen && sel && select_any(sel) &&
	    !select_host(sel))
		rec_note(r, ERR_LIMIT, "walk", scope.s, "/", 0,
		    "its root is a directory of the host: its files are told "
		    "of as the host's, with --host");
	engine_tree_release(&t);
}

static void
item_name(void *arg, size_t i, struct str *out, const char **scope)
{
	struct opener *o = arg;

	str_addc(out, '/');
	scope_of(o, i, &o->w->p->scope);
	*scope = o->w->p->scope.s;
}

/* ---- trees: in the parent, which believes nothing ------------------------ */

static bool
good_path(const char *p)
{
	size_t n;

	if (*p != '/' || strlen(p) > ROOT_PATH_MAX)
		return false;
	while (*p) {
		p += strspn(p, "/");
		n = strcspn(p, "/");
		if (n == 2 && p[0] == '.' && p[1] == '.')
			return false;
		p += n;
	}
	return true;
}

/* Several stores may lie in one directory and have layers in common: what is
 * known of the layers is the first one's. */
static struct store *
first_of(const struct walk *w, struct store *s)
{
	while (s > w->stores.v && s[-1].root == s->root)
		s--;
	return s;
}

/* The part of a layer's directory; NO_PART: there is none. s: first_of. */
static uint32_t
part_of(struct opener *o, struct store *s, const char *scope, const char *dir,
    enum root_layering how)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct walk_private *p = o->w->p;
	struct walk_shown *sh = &p->shown[s - o->w->stores.v];
	struct walk_part *part;
	struct walk_inode *n;
	struct err e;

	if (root_find(s->root, dir, 0, &f, &e)) {
		rec_note_err(o->w->c->rec, "walk", scope, dir, &e);
		return NO_PART;
	}
	if (!S_ISDIR(f.st.st_mode)) {
		rec_note(o->w->c->rec, ERR_CORRUPT, "walk", scope, dir, 0,
		    "a layer is no directory");
		return NO_PART;
	}
	n = walk_inodes_find(&p->tops, f.st.st_dev, f.st.st_ino);
	if (n && p->parts[n->a - 1].store == s)
		return n->a - 1;
	if (n) {
		rec_note(o->w->c->rec, ERR_CORRUPT, "walk", scope, dir, 0,
		    "is a layer of the store '%s' too: its files are told of "
		    "there", p->parts[n->a - 1].store->path.s);
		return NO_PART;
	}
	if (p->tops.n == WALK_PARTS_MAX) {
		o->layers_full = true;
		return NO_PART;
	}
	part = add_part(p, s, f.path.s);
	part->dev = f.st.st_dev;
	part->ino = f.st.st_ino;
	part->how = how;
	part->layer = root_shown_layer(sh->shown, f.path.s, how);
	walk_inodes_add(&p->tops, part->dev, part->ino)->a =
	    (uint32_t)p->parts_n;
	return (uint32_t)p->parts_n - 1;
}

/* The store that a path of the evidence lies in; where, in out. */
static struct store *
store_of(const struct walk *w, const char *path, struct str *out)
{
	struct store *s, *best = NULL;
	size_t i, n, best_n = 0;

	for (i = 0; i < w->stores.n; i++) {
		s = &w->stores.v[i];
		n = str_eq(&s->path, "/") ? 0 : s->path.n;
		if (s->evidence == w->c->root && n >= best_n &&
		    strncmp(path, s->path.s, n) == 0 && path[n] == '/') {
			best = s;
			best_n = n;
		}
	}
	if (best)
		str_sets(out, path + best_n);
	return best;
}

/* The part of a layer of store s, or of the store that its path names. */
static uint32_t
layer_part(struct opener *o, struct store *s, bool joint, const char *scope,
    const char *path, enum root_layering how)
{
	struct str dir cleanup_str = STR_INIT;

	if (!joint)
		return part_of(o, s, scope, path, how);
	s = store_of(o->w, path, &dir);
	if (s)
		return part_of(o, first_of(o->w, s), scope, dir.s, how);
	rec_note(o->w->c->rec, ERR_CORRUPT, "walk", scope, path, 0,
	    "a layer is in no store");
	return NO_PART;
}

/* Stacks of layers of several stores. */
static struct walk_shown *
joint_shown(struct walk *w, size_t user)
{
	struct walk_private *p = w->p;
	struct err e;

	if (p->joint[user].shown)
		return &p->joint[user];
	p->joint_root[user] = root_open_sub(w->c->root, "/", &e);
	if (!p->joint_root[user])
		die("%s", e.msg);
	root_set_user_xattrs(p->joint_root[user], user);
	p->joint[user].shown = root_shown_new(p->joint_root[user]);
	return &p->joint[user];
}

static uint32_t
joint_layer(struct walk *w, uint32_t part, size_t user)
{
	struct str path cleanup_str = STR_INIT;
	struct walk_part *x = &w->p->parts[part];

	if (x->joint[user] == NO_LAYER)
		x->joint[user] = root_shown_layer(w->p->joint[user].shown,
		    walk_host_path(w, part, "/", &path), x->how);
	return x->joint[user];
}

enum { GIVEN_HEAD = 5 };

static size_t
number(const char *v)
{
	return (size_t)(unsigned char)v[0] | (size_t)(unsigned char)v[1] << 8;
}

static bool
good(const char *v, size_t n, size_t stores, size_t *layers, size_t *home)
{
	const char *p;

	*layers = 0;
	if (n < GIVEN_HEAD + 2 || (unsigned char)v[0] > (7 | ROOT_FUSE << HOW) ||
	    v[n - 1])
		return false;
	*home = number(v + 1);
	if (*home >= stores || !number(v + 3))
		return false;
	for (p = v + GIVEN_HEAD; p < v + n; p += strlen(p) + 1)
		if (!good_path(p) || ++*layers > 2 * ROOT_LAYERS_MAX)
			return false;
	return number(v + 3) <= *layers && number(v + 3) <= ROOT_LAYERS_MAX;
}

static void
add_once(struct walk_parts *l, uint32_t part)
{
	uint32_t i;

	for (i = 0; i < l->n; i++)
		if (l->v[i] == part)
			return;
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 4;
		l->v = xreallocarray(l->v, l->cap, sizeof(*l->v));
	}
	l->v[l->n++] = part;
}

/* Part low is beneath part up (or nothing that is known), of that tree. */
static void
add_copy(struct walk_private *p, uint32_t low, uint32_t up, uint32_t tree)
{
	struct walk_part *part = &p->parts[low];

	if (part->under == NO_TREE)
		part->under = tree;
	part->wanted = true;
	if (up == NO_PART)
		return;
	add_once(&part->copies, up);
	add_once(&p->parts[up].origins, low);
}

static void
take_layers(void *arg, size_t i, const void *v, size_t n)
{
	struct str scope cleanup_str = STR_INIT;
	uint32_t ids[ROOT_LAYERS_MAX], part, id, above = NO_PART;
	struct opener *o = arg;
	struct walk_private *p = o->w->p;
	const char *at, *end = (const char *)v + n;
	struct walk_shown *sh;
	struct store *s;
	bool chosen = !o->chosen || o->chosen[i];
	bool joint;
	enum root_layering how;
	struct walk_tree *t;
	size_t layers, home, k, at_n, have = 0, user = 0;

	scope_of(o, i, &scope);
	if (o->last == i + 1 ||
	    !good(v, n, o->w->stores.n, &layers, &home)) {
		rec_note(o->w->c->rec, ERR_CORRUPT, "walk", scope.s, "/", 0,
		    "a worker gave layers that are none");
		return;
	}
	o->last = i + 1;
	s = first_of(o->w, &o->w->stores.v[home]);
	sh = &p->shown[s - o->w->stores.v];
	how = (enum root_layering)(*(const unsigned char *)v >> HOW);
	joint = *(const char *)v & JOINT;
	at_n = number((const char *)v + 3);
	if (!chosen) { /* known, so that it is not taken for the host's */
		for (at = (const char *)v + GIVEN_HEAD; at < end; at += strlen(at) + 1)
			layer_part(o, s, joint && at_n, scope.s, at, how),
			    at_n -= at_n > 0;
		return;
	}
	if (joint) {
		user = root_user_xattrs(s->root);
		sh = joint_shown(o->w, user);
	}
	if (p->trees_n == WALK_TREES_MAX) {
		o->trees_full = true;
		return;
	}
	if (p->layers_n + layers > WALK_LAYERS_MAX) {
		o->layers_full = true;
		return;
	}
	if (p->trees_n == p->trees_cap) {
		p->trees_cap = p->trees_cap ? 2 * p->trees_cap : 64;
		p->trees = xreallocarray(p->trees, p->trees_cap,
		    sizeof(*p->trees));
	}
	t = &p->trees[p->trees_n];
	memset(t, 0, sizeof(*t));
	str_init(&t->scope);
	str_add(&t->scope, scope.s, scope.n);
	t->store = o->items.v[i].store;
	t->container = o->container;
	t->top = NO_PART;
	for (at = (const char *)v + GIVEN_HEAD; at < end; at += strlen(at) + 1) {
		part = layer_part(o, s, joint && at_n, scope.s, at, how);
		if (part == NO_PART) {
			at_n -= at_n > 0;
			continue;
		}
		if (!at_n && part != above)
			add_copy(p, part, above, (uint32_t)p->trees_n);
		above = part;
		if (!at_n)
			continue;
		at_n--;
		p->parts[part].wanted = true;
		if (at == (const char *)v + GIVEN_HEAD) {
			t->top = part;
			t->upper = *(const char *)v & UPPER;
			t->whole = *(const char *)v & WHOLE;
			p->parts[part].upper |= t->upper;
		}
		id = joint ? joint_layer(o->w, part, user)
			   : p->parts[part].layer;
		for (k = 0; k < have && ids[k] != id; k++)
			;
		if (k == have)
			ids[have++] = id;
	}
	p->layers_n += have;
	if (sh->n == sh->cap) {
		sh->cap = sh->cap ? 2 * sh->cap : 64;
		sh->tree = xreallocarray(sh->tree, sh->cap, sizeof(*sh->tree));
	}
	sh->tree[sh->n++] = (uint32_t)p->trees_n++;
	root_shown_stack(sh->shown, ids, have);
}

static void
find_trees(struct walk *w, bool container)
{
	struct opener o = {.w = w, .container = container};
	struct worker_map m = {.fn = open_one, .name = item_name,
	    .take = take_layers, .arg = &o, .op = "walk"};
	static const struct select everything;
	const struct select *sel = w->select ? w->select : &everything;
	struct err e;
	size_t n;

	/* beside the host, the layers of the others must be known, too */
	select_items(sel, &w->stores, container, true, &o.items,
	    select_any(sel) && select_host(sel) ? &o.chosen : NULL, w->c->rec);
	n = w->stores.n;
	if (!container)
		engine_blobs_read(&w->stores, &o.items, o.chosen, w->c->rec);
	for (; n < w->stores.n; n++)
		w->p->shown[n].shown = root_shown_new(w->stores.v[n].root);
	m.n = o.items.n;
	if (m.n && worker_map(&m, w->c->rec, &e))
		die("%s", e.msg);
	if (o.trees_full)
		rec_note(w->c->rec, ERR_LIMIT, "walk", NULL, NULL, 0,
		    "more than %d images and containers (WALK_TREES_MAX): the "
		    "files of the others are told of as the host's",
		    WALK_TREES_MAX);
	if (o.layers_full)
		rec_note(w->c->rec, ERR_LIMIT, "walk", NULL, NULL, 0,
		    "more than %d layers of images and containers "
		    "(WALK_LAYERS_MAX) or %d different ones (WALK_PARTS_MAX): "
		    "the files of the others are told of as the host's",
		    WALK_LAYERS_MAX, WALK_PARTS_MAX);
	engine_items_free(&o.items);
	free(o.chosen);
}

void
walk_parts_begin(struct walk *w)
{
	struct walk_private *p = w->p;
	struct collect *c = w->c;
	struct err e;
	size_t i;

	walk_inodes_init(&p->tops);
	if (c->evidence != EVIDENCE_STORE &&
	    (!w->select || select_host(w->select)))
		add_part(p, NULL, "/")->wanted = true;
	if (stores_find(c->root, c->evidence == EVIDENCE_STORE, c->store_as,
		&c->data_roots, &w->stores, c->rec, &e))
		die("%s", e.msg);
	p->shown = xcalloc(w->stores.n + 2, sizeof(*p->shown));
	for (i = 0; i < w->stores.n; i++) {
		root_set_user_xattrs(w->stores.v[i].root,
		    root_user_xattrs(w->stores.v[i].root));
		p->shown[i].shown = root_shown_new(w->stores.v[i].root);
	}
	find_trees(w, false);
	find_trees(w, true);
	for (i = 0; i < w->stores.n; i++)
		root_shown_seal(p->shown[i].shown);
	for (i = 0; i < COUNT(p->joint); i++)
		if (p->joint[i].shown)
			root_shown_seal(p->joint[i].shown);
	if (p->trees_n && !c->packed && !root_sees_trusted())
		rec_note(c->rec, ERR_DENIED, "walk", NULL, NULL, 0,
		    "trusted.* attributes cannot be seen: files that a "
		    "container deleted may appear to be there");
	if (c->evidence == EVIDENCE_STORE && !c->packed &&
	    (!w->select || !select_any(w->select)))
		rec_note_fine(c->rec, ERR_UNSUPPORTED, "walk", NULL, NULL,
		    "of a store alone only the layers of its images and "
		    "containers are read, not its volumes, nor layers that "
		    "nothing names");
}

void
walk_parts_end(struct walk *w)
{
	struct walk_private *p = w->p;
	size_t i;

	for (i = 0; i < w->stores.n; i++) {
		root_shown_free(p->shown[i].shown);
		free(p->shown[i].tree);
	}
	free(p->shown);
	for (i = 0; i < COUNT(p->joint); i++) {
		if (p->joint[i].shown)
			root_shown_free(p->joint[i].shown);
		free(p->joint[i].tree);
		root_free(p->joint_root[i]);
	}
	for (i = 0; i < p->trees_n; i++)
		str_release(&p->trees[i].scope);
	free(p->trees);
	for (i = 0; i < p->parts_n; i++) {
		str_release(&p->parts[i].dir);
		free(p->parts[i].copies.v);
		free(p->parts[i].origins.v);
	}
	free(p->parts);
	walk_inodes_release(&p->tops);
	stores_free(&w->stores);
}

/* ---- who shows a file ---------------------------------------------------- */

/* The trees that have a layer, by number; NULL: not so many. */
static const struct walk_tree *
tree_of(const struct walk *w, const struct walk_part *part, size_t i)
{
	const struct walk_private *p = w->p;
	const struct walk_shown *sh = &p->shown[part->store - w->stores.v];
	const uint32_t *v;
	size_t k, n = root_shown_stacks(sh->shown, part->layer, &v);

	for (k = 0; i >= n && k < COUNT(p->joint); k++) {
		if (part->joint[k] == NO_LAYER)
			continue;
		i -= n;
		sh = &p->joint[k];
		n = root_shown_stacks(sh->shown, part->joint[k], &v);
	}
	return i < n ? &p->trees[sh->tree[v[i]]] : NULL;
}

struct scopes {
	struct walk *w;
	const struct walk_shown *shown; /* whose stacks are told */
	uint32_t part;
	const char *path, *host_path;
	walk_scope_fn *fn;
	void *arg;
	size_t n; /* that show it */
	size_t compared;
};

/*
 * Of a tree that is a copy with changes: is the file the container's own? The
 * tree is kept: files come part by part.
 */
static bool
own_of_copy(const struct walk_tree *tree, const char *path)
{
	static const struct walk_tree *at;
	static struct engine_tree t;
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	const char *id = strchr(tree->scope.s, '/');
	struct err e;

	if (at != tree) {
		if (at)
			engine_tree_release(&t);
		at = NULL;
		if (!id || tree->store->engine->open_tree(tree->store,
			       tree->container, id + 1, &t, &e))
			return true;
		at = tree;
	}
	if (!t.root || root_find(t.root, path, ROOT_NOFOLLOW, &f, &e))
		return true;
	return f.upper;
}

static void
one_scope(void *arg, uint32_t stack)
{
	struct scopes *x = arg;
	const struct walk_private *p = x->w->p;
	const struct walk_tree *t;
	bool own;

	t = &p->trees[x->shown->tree[stack]];
	own = t->upper && t->top == x->part;
	if (own && t->whole)
		own = own_of_copy(t, x->path);
	x->n++;
	x->fn(x->arg, t->scope.s, own ? "container" : "image", false,
	    x->host_path);
}

/* ---- whole trees beneath others ------------------------------------------ */

/* The root of the part that is looked at, or of a copy of it. */
static struct root *
copy_root(struct walk *w, uint32_t part, bool copy)
{
	struct walk_private *p = w->p;
	struct walk_copy *c = &p->copies[0];
	size_t i;

	for (i = copy; i < (copy ? WALK_COPIES : 1U); i++)
		if (p->copies[i].root && p->copies[i].part == part)
			return p->copies[i].root;
	if (copy)
		c = &p->copies[1 + p->copies_next++ % (WALK_COPIES - 1)];
	root_free(c->root);
	c->part = part;
	return c->root = walk_part_root(w, part, NULL);
}

/* Do both have the same bytes? */
static bool
same_bytes(struct walk *w, struct root *ra, struct root_file *a,
    struct root *rb, struct root_file *b)
{
	struct walk_private *p = w->p;
	off_t at = 0;
	ssize_t n, k;

	if (root_reopen(ra, a, NULL) || root_reopen(rb, b, NULL))
		return false;
	if (!p->copy_buf)
		p->copy_buf = xmalloc(2 * WALK_COPY_BUFFER);
	for (; at < a->st.st_size; at += n) {
		n = pread(a->fd, p->copy_buf, WALK_COPY_BUFFER, at);
		if (n <= 0)
			return false;
		for (k = 0; k < n;) {
			ssize_t m = pread(b->fd, p->copy_buf +
			    WALK_COPY_BUFFER + k, (size_t)(n - k), at + k);

			if (m <= 0)
				return false;
			k += m;
		}
		if (memcmp(p->copy_buf, p->copy_buf + WALK_COPY_BUFFER,
			(size_t)n) != 0)
			return false;
	}
	return true;
}

/* Is the file in the copy as it is in this one? */
static bool
same_file(struct scopes *x, uint32_t copy)
{
	struct root_file a cleanup_root_file = ROOT_FILE_INIT;
	struct root_file b cleanup_root_file = ROOT_FILE_INIT;
	struct root *ra = copy_root(x->w, x->part, false);
	struct root *rb = copy_root(x->w, copy, true);
	const struct stat *s = &a.st, *t = &b.st;

	if (x->compared++ >= WALK_COMPARED_MAX)
		return false;
	if (!ra || !rb || root_find(ra, x->path, ROOT_NOFOLLOW, &a, NULL) ||
	    root_find(rb, x->path, ROOT_NOFOLLOW, &b, NULL))
		return false;
	if (s->st_mode != t->st_mode || s->st_size != t->st_size ||
	    s->st_uid != t->st_uid || s->st_gid != t->st_gid ||
	    s->st_mtim.tv_sec != t->st_mtim.tv_sec ||
	    s->st_mtim.tv_nsec != t->st_mtim.tv_nsec)
		return false;
	return (s->st_dev == t->st_dev && s->st_ino == t->st_ino) ||
	    same_bytes(x->w, ra, &a, rb, &b);
}

/* Has a tree that part is a copy of the same file, and shows it? */
static bool
shown_before(struct scopes *x, uint32_t part, size_t depth)
{
	const struct walk_private *p = x->w->p;
	const struct walk_part *q;
	uint32_t i, of;

	for (i = 0; i < p->parts[part].origins.n; i++) {
		of = p->parts[part].origins.v[i];
		q = &p->parts[of];
		if (depth < ROOT_LAYERS_MAX && same_file(x, of) &&
		    (tree_of(x->w, q, 0) || shown_before(x, of, depth + 1)))
			return true;
	}
	return false;
}

/* Told of nowhere else? Of several that have it alike the topmost one tells. */
static bool
lost(struct scopes *x)
{
	const struct walk_part *part = &x->w->p->parts[x->part];
	uint32_t i;

	for (i = 0; i < part->copies.n; i++)
		if (same_file(x, part->copies.v[i]))
			return false;
	return !shown_before(x, x->part, 0);
}

/* Under the first of those that have the layer: images come first. */
static void
hidden(struct scopes *x)
{
	const struct walk_private *p = x->w->p;
	const struct walk_part *part = &p->parts[x->part];
	const struct walk_tree *t = tree_of(x->w, part, 0);

	if (t)
		x->fn(x->arg, t->scope.s, "image", true, x->host_path);
	else if (part->under != NO_TREE && lost(x))
		x->fn(x->arg, p->trees[part->under].scope.s, "image", true,
		    x->host_path);
}

void
walk_scopes(struct walk *w, size_t i, struct rec *r, walk_scope_fn *fn,
    void *arg)
{
	struct str path cleanup_str = STR_INIT;
	const struct walk_item *it = &w->items[i];
	const struct walk_part *part = &w->p->parts[it->part];
	struct scopes x = {.w = w, .part = it->part, .path = walk_path(w, i),
	    .fn = fn, .arg = arg};
	size_t k;

	if (!part->store) {
		fn(arg, "host", "host", false, NULL);
		return;
	}
	x.host_path = walk_host_path(w, it->part, walk_path(w, i), &path);
	x.shown = &w->p->shown[part->store - w->stores.v];
	root_shown(x.shown->shown, part->layer, x.path, one_scope, &x);
	for (k = 0; k < COUNT(w->p->joint); k++) {
		if (part->joint[k] == NO_LAYER)
			continue;
		x.shown = &w->p->joint[k];
		root_shown(x.shown->shown, part->joint[k], x.path, one_scope,
		    &x);
	}
	if (!x.n && S_ISREG(it->mode))
		hidden(&x);
	if (x.compared > WALK_COMPARED_MAX)
		rec_note_fine(r, ERR_LIMIT, "walk", NULL, x.host_path,
		    "is compared with %d of its copies (WALK_COMPARED_MAX): "
		    "it is told of, whatever the others have",
		    WALK_COMPARED_MAX);
}

int
walk_tree(struct walk *w, size_t i, const char *scope, struct engine_tree *t,
    struct err *e)
{
	const struct walk_part *part = &w->p->parts[w->items[i].part];
	const struct walk_tree *tree;
	const char *id = strchr(scope, '/'); /* of image:ENGINE/ID */
	struct err own;
	size_t k;

	for (k = 0; part->store && id && (tree = tree_of(w, part, k)); k++)
		if (str_eq(&tree->scope, scope))
			return tree->store->engine->open_tree(tree->store,
			    tree->container, id + 1, t, e ? e : &own);
	return err_set(e ? e : &own, ERR_ABSENT, 0, "'%s' is of no store",
	    scope);
}

/* The one tree that has a layer; NULL: it is not the only one. */
static const struct walk_tree *
only_tree(const struct walk *w, const struct walk_part *part)
{
	return tree_of(w, part, 1) ? NULL : tree_of(w, part, 0);
}

void
walk_name(const struct walk *w, size_t i, struct str *out, const char **scope)
{
	struct str path cleanup_str = STR_INIT;
	const struct walk_item *it = &w->items[i];
	const struct walk_part *part = &w->p->parts[it->part];
	const struct walk_tree *t;

	t = part->store ? only_tree(w, part) : NULL;
	*scope = !part->store ? "host" : t ? t->scope.s : NULL;
	if (*scope)
		str_adds(out, walk_path(w, i));
	else
		str_adds(out, walk_host_path(w, it->part, walk_path(w, i),
		    &path));
}

void
walk_note(struct walk *w, const char *path, const struct err *e)
{
	struct walk_private *p = w->p;
	struct str at cleanup_str = STR_INIT;
	const struct walk_part *part = &p->parts[p->part];
	const struct walk_tree *t;

	if (p->notes++ >= WALK_NOTES_MAX) {
		p->quiet++;
		p->quiet_lost |= !e->fine && e->class != ERR_ABSENT;
		return;
	}
	t = part->store ? only_tree(w, part) : NULL;
	if (!part->store || t)
		rec_note_err(w->c->rec, "walk", t ? t->scope.s : "host", path,
		    e);
	else
		rec_note_err(w->c->rec, "walk", NULL,
		    walk_host_path(w, p->part, path, &at), e);
}
