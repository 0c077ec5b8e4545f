#ifndef STOREWALK_H
#define STOREWALK_H

/*
 * storewalk - each image or container of each store in a worker
 *
 * The frame of the collectors of stores: which stores there are, which of their
 * items are wanted, one worker an item; then, if all are wanted, what a store has
 * besides, one worker a store.
 *
 * Calling:  storewalk_begin, storewalk_run, storewalk_end.
 * Ownership: what the caller sets is borrowed until storewalk_end.
 * Errors:   ours end the program; those of evidence are notes.
 */

#include "collect.h"
#include "engine.h"
#include "select.h"
#include "worker.h"

struct storewalk {
	struct select select;   /* of the options */
	bool containers;	/* the items; false: images */
	/* of a store, with a struct storewalk_at as arg; NULL: not wanted */
	struct engine_sink sink;
	int (*source)(void *arg, const struct engine_source *src);
	int seconds;		/* that a store may take; 0: a worker's limit */
	/* filled by storewalk_begin */
	struct stores stores;
	struct engine_items items;
};

/* The store whose rows come, and where they go. */
struct storewalk_at {
	struct rec *r;
	struct store *s;
};

/* Find the stores and the items. */
void storewalk_begin(struct storewalk *w, const struct collect *c);

/* one: what is done with each item; its n is set here. */
void storewalk_run(struct storewalk *w, struct worker_map *one, struct rec *r);

/* "STORE: image ID", for notes about a worker. */
void storewalk_name(const struct storewalk *w, size_t i, struct str *out);

void storewalk_end(struct storewalk *w);

#endif
