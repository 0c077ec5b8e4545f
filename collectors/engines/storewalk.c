#include "storewalk.h"

#include "err.h"

/* What a store has besides. */
static void
others(void *arg, size_t i, struct rec *r)
{
	struct storewalk *w = arg;
	struct store *s = &w->stores.v[i];
	struct storewalk_at at = {r, s};
	struct engine_sink sink = w->sink;
	struct err e;

	sink.arg = &at;
	if (w->source && s->engine->each_source &&
	    s->engine->each_source(s, w->source, &at, r, &e) < 0)
		rec_note_err(r, "store", NULL, s->path.s, &e);
	if (s->engine->each_other && s->engine->each_other(s, &sink, r, &e) < 0)
		rec_note_err(r, "store", NULL, s->path.s, &e);
}

static void
store_name(void *arg, size_t i, struct str *out, const char **scope)
{
	struct storewalk *w = arg;

	(void)scope;
	str_add(out, w->stores.v[i].path.s, w->stores.v[i].path.n);
}

void
storewalk_name(const struct storewalk *w, size_t i, struct str *out)
{
	str_addf(out, "%s: %s %s", w->items.v[i].store->path.s,
	    w->containers ? "container" : "image", w->items.v[i].id.s);
}

void
storewalk_begin(struct storewalk *w, const struct collect *c)
{
	struct err e;

	if (stores_find(c->root, c->evidence == EVIDENCE_STORE, c->store_as,
		&c->data_roots, &w->stores, c->rec, &e))
		die("%s", e.msg);
	select_begin(&w->select, false, c->rec);
	select_items(&w->select, &w->stores, w->containers, true, &w->items,
	    NULL, c->rec);
}

void
storewalk_run(struct storewalk *w, struct worker_map *one, struct rec *r)
{
	struct worker_map rest = {.fn = others, .name = store_name, .arg = w,
	    .op = "store", .seconds = w->seconds};
	struct err e;

	one->n = w->items.n;
	rest.n = select_any(&w->select) ? 0 : w->stores.n;
	if ((one->n && worker_map(one, r, &e)) ||
	    (rest.n && worker_map(&rest, r, &e)))
		die("%s", e.msg);
}

void
storewalk_end(struct storewalk *w)
{
	engine_items_free(&w->items);
	stores_free(&w->stores);
	select_release(&w->select);
}
