/* worker-item - the side of the worker: items in, frames out */

#include "worker-internal.h"

#include "lock.h"

#include <errno.h>

#define FLUSH (64 * 1024)
#define FLUSH_NS 2000000

static struct self {
	int out;
	struct str buf;
	size_t item_at; /* where the item's frames begin in buf */
	bool sent;	/* some of them were sent */
	int64_t flushed; /* when */
} *self;

static void
flush(struct self *s)
{
	size_t off = 0;
	ssize_t k;

	while (off < s->buf.n) {
		k = write(s->out, s->buf.s + off, s->buf.n - off);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			_exit(0); /* the parent is gone or has enough */
		off += (size_t)k;
	}
	str_clear(&s->buf);
	s->item_at = 0;
}

static void
send_frame(struct self *s, int type, int kind, const void *p, size_t n)
{
	struct frame f = {.n = (uint32_t)n, .type = (uint8_t)type,
	    .kind = (uint8_t)kind};

	str_add(&s->buf, &f, sizeof(f));
	str_add(&s->buf, p, n);
	if (s->buf.n - s->item_at >= FLUSH && type != FRAME_END) {
		flush(s);
		s->sent = true;
	}
}

static void
sink(void *arg, enum kind k, const char *line, size_t n)
{
	send_frame(arg, FRAME_RECORD, (int)k, line, n);
}

void
worker_give(const void *p, size_t n)
{
	if (!self)
		die("bug: worker_give outside a worker");
	if (n > GIVE_MAX)
		die("bug: a worker gives %zu bytes", n);
	send_frame(self, FRAME_GIVE, 0, p, n);
}

static void
work(const struct worker_map *m, size_t i)
{
	struct rec *r;

	self->item_at = self->buf.n;
	self->sent = false;
	/* A writer for each item: what an item gives must not depend on the
	 * blobs that others wrote. */
	r = rec_sink(sink, self);
	m->fn(m->arg, i, r);
	rec_close(r, NULL);
	send_frame(self, FRAME_END, 0, "", 0);
	if (self->sent || self->buf.n >= FLUSH / 2 ||
	    worker_clock() - self->flushed > FLUSH_NS) {
		flush(self);
		self->flushed = worker_clock();
	}
}

void
worker_run(const struct worker_map *m, int in, int out, _Atomic size_t *at)
{
	struct self s = {.out = STDOUT_FILENO, .buf = STR_INIT};
	struct range g;
	struct err e;
	size_t i;
	ssize_t k;

	/* The stream itself is out of reach of a worker that is taken over. */
	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
		die("cannot set up a worker: %s", strerror(errno));
	close(in);
	close(out);
	if (lock_worker(&e))
		die("%s", e.msg);
	self = &s;
	for (;;) {
		k = read(STDIN_FILENO, &g, sizeof(g));
		if (k < 0 && errno == EINTR)
			continue;
		if (k != sizeof(g))
			_exit(0);
		s.flushed = worker_clock();
		for (i = g.from; i < g.to; i++) {
			atomic_store(at, i);
			work(m, i);
		}
		flush(&s);
	}
}
