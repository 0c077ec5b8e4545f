#ifndef WORKER_H
#define WORKER_H

/*
 * worker - do hostile work in processes that may die
 *
 * worker_map runs fn over items 0..n-1 in forked, locked workers. Records
 * that fn writes reach the parent's stream in the order of the items,
 * whatever the number of workers. A worker that crashes or takes longer than
 * its limit costs one item and leaves a note ("crashed" or "limit") with the
 * item's name; a new worker takes over. Memory is bounded: a worker whose
 * turn has not come is read up to WORKER_BUFFER and then waits (the time that
 * it waits is not counted). What an item that died had sent before stays.
 * Whoever takes a worker over can spoil the items that it was given; frames
 * that are none end it, lines are checked by rec_forward.
 *
 * Data for the parent itself (the list that the next step works on) goes
 * through worker_give and reaches m->take, in order as well; it is as hostile
 * as the evidence: check it.
 */

#include "rec.h"

struct worker_map {
	size_t n; /* items */
	/* In the worker: do item i; records to r; give(...) for the parent. */
	void (*fn)(void *arg, size_t i, struct rec *r);
	/* In the parent: name of item i for a note, appended to out; scope of
	 * the note may be set (borrowed). */
	void (*name)(void *arg, size_t i, struct str *out, const char **scope);
	/* In the parent: data that fn gave; may be NULL. */
	void (*take)(void *arg, size_t i, const void *p, size_t n);
	void *arg;
	int workers;  /* 0: number of processors we may use, at most WORKER_MAX */
	int seconds;  /* an item's limit; 0: WORKER_ITEM_SECONDS */
	const char *op; /* for the notes: "parse", "scan" */
};

/* Returns 0, or -1 only for our own failure (no process can be made). */
int worker_map(const struct worker_map *m, struct rec *r, struct err *e);

/* In a worker, inside fn: hand bytes to the parent's take, at most 1 MiB. */
void worker_give(const void *p, size_t n);

/* Processors that we may run on (sched_getaffinity). */
int worker_cpus(void);

#endif
