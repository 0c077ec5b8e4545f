#include "engine.h"

#include "limits.h"
#include "worker.h"

struct lister {
	struct stores *s;
	bool containers;
	struct engine_items *out;
	struct rec *rec;
	bool full;
};

static int
give(void *arg, const char *id)
{
	(void)arg;
	worker_give(id, strlen(id));
	return 0;
}

static void
list(void *arg, size_t i, struct rec *r)
{
	struct lister *l = arg;
	struct store *s = &l->s->v[i];
	struct err e;
	int got = l->containers ? s->engine->each_container(s, give, NULL, r, &e)
				: s->engine->each_image(s, give, NULL, r, &e);

	if (got < 0)
		rec_note_err(r, "store", NULL, s->path.s, &e);
}

static void
name(void *arg, size_t i, struct str *out, const char **scope)
{
	struct lister *l = arg;

	(void)scope;
	str_add(out, l->s->v[i].path.s, l->s->v[i].path.n);
}

/* In the parent: a worker that was taken over says what it likes. */
static void
take(void *arg, size_t i, const void *p, size_t n)
{
	struct lister *l = arg;
	struct engine_items *o = l->out;
	struct engine_item *it;
	size_t max = l->containers ? STORE_CONTAINERS_MAX : STORE_IMAGES_MAX;

	if (!engine_is_id(p, n)) {
		rec_note(l->rec, ERR_CORRUPT, "store", NULL,
		    l->s->v[i].path.s, 0, "a worker gave an id that is none");
		return;
	}
	if (o->n >= l->s->n * max) {
		l->full = true;
		return;
	}
	if (o->n == o->cap) {
		o->cap = o->cap ? 2 * o->cap : 64;
		o->v = xreallocarray(o->v, o->cap, sizeof(*o->v));
	}
	it = &o->v[o->n++];
	it->store = &l->s->v[i];
	str_init(&it->id);
	str_add(&it->id, p, n);
}

void
engine_items(struct stores *s, bool containers, struct engine_items *out,
    struct rec *rec)
{
	struct lister l = {.s = s, .containers = containers, .out = out,
	    .rec = rec};
	struct worker_map m = {.n = s->n, .fn = list, .name = name,
	    .take = take, .arg = &l, .op = "store"};
	struct err e;

	memset(out, 0, sizeof(*out));
	if (s->n && worker_map(&m, rec, &e))
		die("%s", e.msg);
	if (l.full)
		rec_note(rec, ERR_LIMIT, "store", NULL, NULL, 0,
		    "more ids than a store may have (STORE_*_MAX)");
}

void
engine_items_free(struct engine_items *items)
{
	size_t i;

	for (i = 0; i < items->n; i++)
		str_release(&items->v[i].id);
	free(items->v);
	memset(items, 0, sizeof(*items));
}
