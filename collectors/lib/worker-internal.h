#ifndef WORKER_INTERNAL_H
#define WORKER_INTERNAL_H

/*
 * worker-internal - what parent and worker say to each other; not for others
 *
 * Parent to worker: ranges of items, through a pipe. Worker to parent: frames,
 * through another; the frames of an item end with FRAME_END. A worker keeps
 * frames back until there is enough of them to be worth a write; which item
 * it is at stands in a page that it shares with the parent, so that a crash
 * or a time-out is laid to the right item. Finished items whose frames were
 * kept back are then done again by another worker.
 *
 * Of an item that has not ended, frames are sent only when FLUSH bytes of its
 * own have gathered, so that what is known of an item that crashed does not
 * depend on what the worker did before.
 */

#include "worker.h"

#include <stdatomic.h>

enum { FRAME_RECORD = 1, FRAME_GIVE, FRAME_END };

/* In front of each frame's bytes; the parent believes none of it. */
struct frame {
	uint32_t n; /* bytes that follow */
	uint8_t type;
	uint8_t kind;
	uint16_t zero;
};

struct range {
	size_t from, to; /* from <= item < to */
};

/* Bytes of one worker_give; part of its contract in worker.h. */
#define GIVE_MAX (1024 * 1024)

/* In the child: lock, then work until the parent has no more. at is shared
 * with the parent. */
NORETURN void worker_run(const struct worker_map *m, int in, int out,
    _Atomic size_t *at);

/* Monotonic nanoseconds. */
int64_t worker_clock(void);

#endif
