#include "docker.h"

#include "storelib.h"

static int
cmp_ref(const void *a, const void *b)
{
	const struct docker_ref *x = a, *y = b;
	int r = strcmp(x->id.s, y->id.s);
	size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;

	if (r || (r = memcmp(x->name.s, y->name.s, n)))
		return r;
	return (x->name.n > y->name.n) - (x->name.n < y->name.n);
}

void
docker_add_ref(struct docker *c, const char *id, const struct str *name)
{
	struct docker_ref *r;

	if (c->n == c->cap) {
		c->cap = c->cap ? 2 * c->cap : 64;
		c->refs = xreallocarray(c->refs, c->cap, sizeof(*c->refs));
	}
	r = &c->refs[c->n++];
	str_init(&r->id);
	str_init(&r->name);
	str_adds(&r->id, id);
	str_add(&r->name, name->s, name->n);
}

static void
read_refs(struct store *s, const char *driver, struct docker *c,
    struct rec *rec)
{
	struct state d cleanup_state = STATE_INIT;
	struct str name cleanup_str = STR_INIT, id cleanup_str = STR_INIT;
	struct str path cleanup_str = STR_INIT;
	struct err e;
	json_t *repos, *refs;
	void *i, *k;

	str_addf(&path, "/image/%s/repositories.json", driver);
	if (state_read(&d, s->root, path.s, NULL, &e)) {
		store_note_err(rec, s, path.s, &e);
		return;
	}
	repos = (json_t *)(uintptr_t)state_obj(&d, d.json, "Repositories");
	for (i = json_object_iter(repos); i;
	     i = json_object_iter_next(repos, i)) {
		refs = json_object_iter_value(i);
		if (!json_is_object(refs)) {
			d.wrong++;
			continue;
		}
		for (k = json_object_iter(refs); k;
		     k = json_object_iter_next(refs, k)) {
			const char *key = json_object_iter_key(k);

			str_clear(&name);
			str_clear(&id);
			state_bytes(&d, key, strlen(key), &name);
			state_text(&d, json_object_iter_value(k), &id);
			if (state_is_digest(id.s, id.n))
				docker_add_ref(c, id.s, &name);
			else
				store_note(rec, s, ERR_CORRUPT, path.s,
				    "the name '%s' stands for no image id: "
				    "'%.80s'", name.s, id.s);
		}
	}
	store_note_odd(rec, s, path.s, &d);
}

static int
add_driver(void *arg, const struct root_entry *ent)
{
	struct strlist *l = arg;

	if (S_ISDIR(ent->st->st_mode) && docker_is_layer_name(ent->name))
		strlist_adds(l, ent->name);
	return 0;
}

/* Names that two drivers give to one image are one name. */
static void
sort_refs(struct docker *c)
{
	size_t i, o = 0;

	if (c->n)
		qsort(c->refs, c->n, sizeof(*c->refs), cmp_ref);
	for (i = 0; i < c->n; i++) {
		if (o && cmp_ref(&c->refs[o - 1], &c->refs[i]) == 0) {
			str_release(&c->refs[i].id);
			str_release(&c->refs[i].name);
		} else {
			c->refs[o++] = c->refs[i];
		}
	}
	c->n = o;
}

struct docker *
docker_cache(struct store *s)
{
	struct docker *c = s->cache;

	if (!c) {
		s->cache = c = xcalloc(1, sizeof(*c));
		str_init(&c->v1);
		/* whoever lists the items says what is wrong with it */
		root_list(s->root, "/image", add_driver, &c->drivers, NULL);
		strlist_sort(&c->drivers);
	}
	return c;
}

struct docker *
docker_refs(struct store *s, struct rec *rec)
{
	struct docker *c = docker_cache(s);
	size_t i;

	if (!c->refs_read) {
		c->refs_read = true;
		for (i = 0; i < c->drivers.n; i++)
			read_refs(s, c->drivers.v[i].s, c, rec);
		docker_v1_refs(s, rec);
		sort_refs(c);
	}
	return c;
}

void
docker_forget(struct store *s)
{
	struct docker *c = s->cache;
	size_t i;

	if (!c)
		return;
	for (i = 0; i < c->n; i++) {
		str_release(&c->refs[i].id);
		str_release(&c->refs[i].name);
	}
	free(c->refs);
	strlist_release(&c->drivers);
	str_release(&c->v1);
	state_release(&c->migrated);
	for (i = 0; i < c->known_cap; i++) {
		str_release(&c->known[i].chain);
		str_release(&c->known[i].diff_id);
		str_release(&c->known[i].dir);
	}
	free(c->known);
	free(c);
	s->cache = NULL;
}

void
docker_names(struct store *s, const char *id, struct strlist *out)
{
	const struct docker *c = docker_refs(s, NULL);
	size_t lo = 0, hi = c->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (strcmp(c->refs[mid].id.s, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < c->n && strcmp(c->refs[lo].id.s, id) == 0; lo++)
		strlist_add(out, c->refs[lo].name.s, c->refs[lo].name.n);
}

const char *
docker_has(struct store *s, const char *what, const char *id)
{
	struct docker *c = docker_cache(s);
	struct str p cleanup_str = STR_INIT;
	const struct docker_driver *d;
	const char *found = NULL;
	size_t i;

	for (i = 0; i < c->drivers.n; i++) {
		struct root_file f cleanup_root_file = ROOT_FILE_INIT;

		str_clear(&p);
		str_addf(&p, "/image/%s/%s/%s", c->drivers.v[i].s, what, id);
		if (root_find(s->root, p.s, ROOT_NOFOLLOW, &f, NULL))
			continue;
		d = docker_driver(c->drivers.v[i].s);
		if (d && d->form != DOCKER_NONE)
			return c->drivers.v[i].s;
		if (!found)
			found = c->drivers.v[i].s;
	}
	return found;
}
