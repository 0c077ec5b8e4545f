/* root-shown - which stacks of layers show an object of one of their layers */

#include "root-internal.h"

#include "limits.h"

#include <errno.h>

#define NONE UINT32_MAX

struct shown_layer {
	struct str dir;
	bool aufs;
	size_t at, n; /* its stacks, in s->of */
};

struct shown_stack {
	size_t at, n; /* its layers, in s->layer */
};

/* A layer above the one at hand, in some of its stacks. */
struct upper {
	uint32_t layer;
	size_t at, n; /* those stacks, in s->below: indices into s->mine */
};

/* An upper layer that has a directory as a directory, and hides nothing of
 * it as a whole. */
struct part {
	uint32_t upper;
	int fd;	     /* O_PATH; -1: opened when it is needed */
	bool listed; /* its names are among those of the level */
};

/* A directory on the way to the object asked for. */
struct level {
	size_t path; /* length of its path */
	uint64_t *bits; /* the stacks of the layer that show what is in it */
	bool own;	/* bits are; else they are those of the level above */
	struct part *v;
	size_t n;
	bool asked; /* names are there */
	struct str names;
	struct name {
		uint32_t at; /* in names */
		uint32_t part;
	} *name;
	size_t name_n, name_cap;
};

struct root_shown {
	struct root *base;
	struct shown_layer *layers;
	size_t layers_n, layers_cap;
	struct shown_stack *stacks;
	size_t stacks_n, stacks_cap;
	uint32_t *layer; /* of all stacks, topmost first */
	size_t layer_n, layer_cap;
	uint32_t *of; /* stacks of all layers */
	/* the layer at hand */
	uint32_t at;
	const uint32_t *mine; /* its stacks, ascending */
	size_t mine_n, words;
	struct upper *upper;
	size_t upper_n;
	uint32_t *below;
	uint32_t *number; /* of a layer among the uppers; NONE */
	struct str path;
	struct level *v;
	size_t n, cap;
	size_t fds, held; /* descriptors, bytes of names */
	uint64_t *hit;
};

/* ---- layers and stacks --------------------------------------------------- */

struct root_shown *
root_shown_new(struct root *base)
{
	struct root_shown *s = xcalloc(1, sizeof(*s));

	s->base = base;
	s->at = NONE;
	str_init(&s->path);
	return s;
}

uint32_t
root_shown_layer(struct root_shown *s, const char *dir,
    enum root_layering how)
{
	struct shown_layer *l;

	if (s->layers_n == s->layers_cap) {
		s->layers_cap = s->layers_cap ? 2 * s->layers_cap : 64;
		s->layers = xreallocarray(s->layers, s->layers_cap,
		    sizeof(*s->layers));
	}
	l = &s->layers[s->layers_n];
	memset(l, 0, sizeof(*l));
	str_init(&l->dir);
	str_adds(&l->dir, dir);
	l->aufs = how != ROOT_OVERLAY;
	return (uint32_t)s->layers_n++;
}

uint32_t
root_shown_stack(struct root_shown *s, const uint32_t *layers, size_t n)
{
	size_t i;

	if (s->stacks_n == s->stacks_cap) {
		s->stacks_cap = s->stacks_cap ? 2 * s->stacks_cap : 64;
		s->stacks = xreallocarray(s->stacks, s->stacks_cap,
		    sizeof(*s->stacks));
	}
	while (s->layer_n + n > s->layer_cap) {
		s->layer_cap = s->layer_cap ? 2 * s->layer_cap : 1024;
		s->layer = xreallocarray(s->layer, s->layer_cap,
		    sizeof(*s->layer));
	}
	s->stacks[s->stacks_n].at = s->layer_n;
	s->stacks[s->stacks_n].n = n;
	for (i = 0; i < n; i++)
		s->layer[s->layer_n++] = layers[i];
	return (uint32_t)s->stacks_n++;
}

void
root_shown_seal(struct root_shown *s)
{
	struct shown_layer *l;
	size_t i, k, at = 0;

	free(s->of);
	free(s->number);
	s->of = xcalloc(s->layer_n + 1, sizeof(*s->of));
	s->number = xcalloc(s->layers_n + 1, sizeof(*s->number));
	memset(s->number, 0xff, s->layers_n * sizeof(*s->number));
	for (i = 0; i < s->layers_n; i++)
		s->layers[i].n = 0;
	for (i = 0; i < s->layer_n; i++)
		s->layers[s->layer[i]].n++;
	for (i = 0; i < s->layers_n; i++) {
		s->layers[i].at = at;
		at += s->layers[i].n;
		s->layers[i].n = 0;
	}
	for (i = 0; i < s->stacks_n; i++)
		for (k = 0; k < s->stacks[i].n; k++) {
			l = &s->layers[s->layer[s->stacks[i].at + k]];
			s->of[l->at + l->n++] = (uint32_t)i;
		}
}

size_t
root_shown_stacks(const struct root_shown *s, uint32_t layer,
    const uint32_t **v)
{
	*v = s->of + s->layers[layer].at;
	return s->layers[layer].n;
}

/* ---- levels -------------------------------------------------------------- */

static void
pop(struct root_shown *s)
{
	struct level *l = &s->v[--s->n];
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->v[i].fd >= 0) {
			root_h_close(l->v[i].fd);
			s->fds--;
		}
	s->held -= l->names.n + l->name_n * sizeof(*l->name);
	str_release(&l->names);
	free(l->name);
	free(l->v);
	if (l->own)
		free(l->bits);
}

static struct level *
push(struct root_shown *s)
{
	struct level *l;

	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 16;
		s->v = xreallocarray(s->v, s->cap, sizeof(*s->v));
	}
	l = &s->v[s->n++];
	memset(l, 0, sizeof(*l));
	str_init(&l->names);
	l->path = s->path.n;
	return l;
}

static void
leave(struct root_shown *s)
{
	while (s->n)
		pop(s);
	free(steal(&s->upper));
	free(steal(&s->below));
	free(steal(&s->hit));
	s->at = NONE;
}

void
root_shown_free(struct root_shown *s)
{
	size_t i;

	if (!s)
		return;
	leave(s);
	for (i = 0; i < s->layers_n; i++)
		str_release(&s->layers[i].dir);
	free(s->layers);
	free(s->stacks);
	free(s->layer);
	free(s->of);
	free(s->number);
	free(s->v);
	str_release(&s->path);
	free(s);
}

static void
bits_clear(uint64_t *bits, const uint32_t *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		bits[v[i] / 64] &= ~(1ULL << v[i] % 64);
}

/* Take layer at hand: who is above it, and where. */
static void
enter(struct root_shown *s, uint32_t layer)
{
	const struct shown_stack *st;
	struct level *l;
	uint32_t k;
	size_t i, j, at = 0;

	leave(s);
	s->at = layer;
	s->mine_n = root_shown_stacks(s, layer, &s->mine);
	s->words = (s->mine_n + 63) / 64;
	s->hit = xcalloc(s->words + 1, sizeof(*s->hit));
	s->upper_n = 0;
	for (i = 0; i < s->mine_n; i++) {
		st = &s->stacks[s->mine[i]];
		for (j = 0; s->layer[st->at + j] != layer; j++) {
			k = s->layer[st->at + j];
			if (s->number[k] == NONE) {
				s->upper = xreallocarray(s->upper,
				    s->upper_n + 1, sizeof(*s->upper));
				s->upper[s->upper_n] = (struct upper){k, 0, 0};
				s->number[k] = (uint32_t)s->upper_n++;
			}
			s->upper[s->number[k]].n++;
			at++;
		}
	}
	s->below = xcalloc(at + 1, sizeof(*s->below));
	for (i = at = 0; i < s->upper_n; i++) {
		s->upper[i].at = at;
		at += s->upper[i].n;
		s->upper[i].n = 0;
	}
	for (i = 0; i < s->mine_n; i++) {
		st = &s->stacks[s->mine[i]];
		for (j = 0; s->layer[st->at + j] != layer; j++) {
			struct upper *u =
			    &s->upper[s->number[s->layer[st->at + j]]];

			s->below[u->at + u->n++] = (uint32_t)i;
		}
	}
	str_clear(&s->path);
	l = push(s);
	l->own = true;
	l->bits = xcalloc(s->words + 1, sizeof(*l->bits));
	for (i = 0; i < s->mine_n; i++)
		l->bits[i / 64] |= 1ULL << i % 64;
	l->v = xcalloc(s->upper_n + 1, sizeof(*l->v));
	l->n = s->upper_n;
	for (i = 0; i < s->upper_n; i++) {
		l->v[i] = (struct part){(uint32_t)i, -1, false};
		s->number[s->upper[i].layer] = NONE;
	}
}

/* ---- what upper layers have ---------------------------------------------- */

/* Descriptor of a part of level l; *own if it is to be closed. */
static int
part_fd(struct root_shown *s, struct level *l, struct part *p, int *own)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str path cleanup_str = STR_INIT;
	const struct str *dir = &s->layers[s->upper[p->upper].layer].dir;

	*own = -1;
	if (p->fd >= 0)
		return p->fd;
	str_add(&path, dir->s, dir->n);
	str_add(&path, s->path.s, l->path);
	if (root_resolve(s->base, path.s, ROOT_NOFOLLOW, &f, NULL, NULL) ||
	    !S_ISDIR(f.st.st_mode))
		return -1;
	if (s->fds >= SHOWN_FDS)
		return *own = steal_fd(&f.fd);
	s->fds++;
	return p->fd = steal_fd(&f.fd);
}

/* Add a name to those of l; -1: there are too many. */
static int
add_name(struct root_shown *s, struct level *l, size_t k, const char *name,
    size_t from, size_t from_n)
{
	size_t n = strlen(name) + 1;

	if (s->held + (l->names.n - from) + n +
	    (l->name_n - from_n + 1) * sizeof(*l->name) > SHOWN_BYTES)
		return -1;
	if (l->name_n == l->name_cap) {
		l->name_cap = l->name_cap ? 2 * l->name_cap : 64;
		l->name = xreallocarray(l->name, l->name_cap,
		    sizeof(*l->name));
	}
	l->name[l->name_n].at = (uint32_t)l->names.n;
	l->name[l->name_n++].part = (uint32_t)k;
	str_add(&l->names, name, n);
	return 0;
}

/* A name as it counts for the layers below; NULL: it does not. */
static const char *
counts(const struct root_shown *s, const struct part *p, const char *name)
{
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return NULL;
	if (!s->layers[s->upper[p->upper].layer].aufs || !root_aufs_name(name))
		return name;
	if (strncmp(name, AUFS_META, sizeof(AUFS_META) - 1) == 0)
		return NULL;
	return name + sizeof(AUFS_HIDE) - 1;
}

/* All names of a directory. -1: too many, or it cannot be read. */
static int
list_names(struct root_shown *s, struct level *l, size_t k, int fd,
    size_t from, size_t from_n)
{
	DIR *dir cleanup_dir = NULL;
	struct dirent *d;
	const char *name;
	uint32_t at = 0;
	int read;

	if (root_is_mem(fd)) {
		while ((name = root_mem_next(fd, &at)))
			if ((name = counts(s, &l->v[k], name)) &&
			    add_name(s, l, k, name, from, from_n))
				return -1;
		return 0;
	}
	read = root_openat(s->base, fd, ".", O_DIRECTORY);
	if (read < 0)
		return -1;
	dir = fdopendir(read);
	if (!dir) {
		close(read);
		return -1;
	}
	while ((errno = 0, d = readdir(dir)))
		if ((name = counts(s, &l->v[k], d->d_name)) &&
		    add_name(s, l, k, name, from, from_n))
			return -1;
	return errno ? -1 : 0;
}

/* Read the names that part k of l has; -1: there are too many, or it cannot
 * be read: each is looked for then. */
static int
part_list(struct root_shown *s, struct level *l, size_t k)
{
	int own cleanup_handle = -1, fd;
	size_t from = l->names.n, from_n = l->name_n;

	fd = part_fd(s, l, &l->v[k], &own);
	if (fd < 0)
		return -1;
	if (list_names(s, l, k, fd, from, from_n)) {
		str_cut(&l->names, from);
		l->name_n = from_n;
		return -1;
	}
	s->held += l->names.n - from + (l->name_n - from_n) * sizeof(*l->name);
	l->v[k].listed = true;
	return 0;
}

static int
compare(const void *a, const void *b, void *names)
{
	const struct name *x = a, *y = b;
	int c = strcmp((const char *)names + x->at,
	    (const char *)names + y->at);

	return c ? c : (x->part > y->part) - (x->part < y->part);
}

/* Is there, in part p, something of that name? */
static bool
part_has(struct root_shown *s, struct level *l, struct part *p,
    const char *name)
{
	int own cleanup_handle = -1, fd;
	struct stat st;

	fd = part_fd(s, l, p, &own);
	return fd >= 0 && (root_h_statat(fd, name, &st) == 0 ||
	    (s->layers[s->upper[p->upper].layer].aufs &&
		root_aufs_hides(fd, name)));
}

/* Call fn for each part of l that has something of that name. */
static void
each_part(struct root_shown *s, struct level *l, const char *name,
    void (*fn)(struct root_shown *s, struct level *l, struct part *p,
	const char *name))
{
	size_t i, low = 0, high, mid;

	if (!l->n)
		return;
	if (!l->asked) {
		l->asked = true;
		for (i = 0; i < l->n; i++)
			part_list(s, l, i);
		if (l->name_n)
			qsort_r(l->name, l->name_n, sizeof(*l->name), compare,
			    l->names.s);
	}
	for (high = l->name_n; low < high;) {
		mid = low + (high - low) / 2;
		if (strcmp(l->names.s + l->name[mid].at, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < l->name_n &&
	    strcmp(l->names.s + l->name[low].at, name) == 0; low++)
		fn(s, l, &l->v[l->name[low].part], name);
	for (i = 0; i < l->n; i++)
		if (!l->v[i].listed && part_has(s, l, &l->v[i], name))
			fn(s, l, &l->v[i], name);
}

static void
hide(struct root_shown *s, struct level *l, struct part *p,
    const char *name UNUSED)
{
	const struct upper *u = &s->upper[p->upper];

	(void)l;
	bits_clear(s->hit, s->below + u->at, u->n);
}

/* An upper layer has something where the layer has a directory: go into it,
 * or it hides all of it. l is the level above the new one, which is the last. */
static void
merge(struct root_shown *s, struct level *l, struct part *p, const char *name)
{
	struct level *to = &s->v[s->n - 1];
	const struct upper *u = &s->upper[p->upper];
	int own cleanup_handle = -1, fd cleanup_handle = -1, dir;
	bool opaque = false, hidden = false;
	struct stat st;
	struct err e;

	e.class = ERR_NONE;
	dir = part_fd(s, l, p, &own);
	if (dir < 0)
		return;
	memset(&st, 0, sizeof(st));
	fd = root_h_find(dir, name);
	if (s->layers[u->layer].aufs) {
		hidden = root_aufs_hides(dir, name);
		if (fd < 0 && !hidden)
			return;
		opaque = hidden || root_h_statat(fd, AUFS_OPAQUE, &st) == 0;
	}
	if (fd >= 0 ? root_h_stat(fd, &st) : !hidden)
		return;
	if (S_ISDIR(st.st_mode) && !s->layers[u->layer].aufs &&
	    root_opaque(s->base, fd, s->path.s, &opaque, &e) &&
	    e.class != ERR_UNSUPPORTED)
		return;
	/* what lies elsewhere under its name (a redirect) hides */
	if (!S_ISDIR(st.st_mode) || opaque || e.class) {
		if (!to->own) {
			to->bits = (uint64_t *)(void *)xmemdup(to->bits,
			    s->words * sizeof(*to->bits));
			to->own = true;
		}
		bits_clear(to->bits, s->below + u->at, u->n);
		return;
	}
	to->v = xreallocarray(to->v, to->n + 1, sizeof(*to->v));
	to->v[to->n] = (struct part){p->upper, -1, false};
	if (s->fds < SHOWN_FDS) {
		to->v[to->n].fd = steal_fd(&fd);
		s->fds++;
	}
	to->n++;
}

/* ---- questions ----------------------------------------------------------- */

/* Make the level of the directory path[0..n) the last one. */
static void
go(struct root_shown *s, const char *path, size_t n)
{
	char name[256];
	size_t at;

	for (;;) { /* the longest beginning that is there */
		at = s->v[s->n - 1].path;
		if (at <= n && memcmp(s->path.s, path, at) == 0 &&
		    (at == n || path[at] == '/'))
			break;
		pop(s);
	}
	str_cut(&s->path, at);
	while (at < n) {
		struct level *to;
		size_t k = 1;

		while (at + k < n && path[at + k] != '/')
			k++;
		str_add(&s->path, path + at, k);
		snprintf(name, sizeof(name), "%.*s", (int)(k - 1),
		    path + at + 1);
		at += k;
		to = push(s);
		to->bits = s->v[s->n - 2].bits;
		each_part(s, &s->v[s->n - 2], name, merge);
	}
}

void
root_shown(struct root_shown *s, uint32_t layer, const char *path,
    root_shown_fn *fn, void *arg)
{
	const char *name = strrchr(path, '/') + 1;
	struct level *l;
	uint64_t w;
	size_t i;

	if (s->at != layer)
		enter(s, layer);
	if (!*name) { /* the layer itself: hidden by any above it */
		for (i = 0; i < s->mine_n; i++)
			if (s->layer[s->stacks[s->mine[i]].at] == layer)
				fn(arg, s->mine[i]);
		return;
	}
	go(s, path, (size_t)(name - path) - 1);
	l = &s->v[s->n - 1];
	memcpy(s->hit, l->bits, s->words * sizeof(*s->hit));
	each_part(s, l, name, hide);
	for (i = 0; i < s->words; i++)
		for (w = s->hit[i]; w; w &= w - 1)
			fn(arg, s->mine[64 * i +
			    (size_t)__builtin_ctzll(w)]);
}
