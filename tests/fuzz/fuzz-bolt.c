/*
 * fuzz-bolt - BoltDB files: any bytes
 *
 * Everything is walked; no more may come out than is in the file, and what is
 * given by walking is found by its key where the file is whole.
 */

#include "bolt.h"

#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

struct walk {
	struct bolt *b;
	const struct bolt_bucket *in;
	const char *p;
	size_t n, bytes, faults;
	int depth;
};

static void
on_bad(void *arg, const struct err *e)
{
	struct walk *w = arg;

	if (!e->msg[0])
		abort();
	w->faults++;
}

static void
inside(const struct walk *w, const char *p, size_t n)
{
	if (n && (p < w->p || n > w->n || p > w->p + (w->n - n)))
		abort();
}

static int
on_item(void *arg, const struct bolt_item *it)
{
	struct walk *w = arg, sub = *w;
	struct bolt_bucket bucket;
	const char *v;
	size_t n;

	inside(w, it->key, it->key_n);
	w->bytes += 16 + it->key_n;
	if (it->value) {
		inside(w, it->value, it->value_n);
		w->bytes += it->value_n;
		if (w->in && !w->faults && (!bolt_get(w->b, w->in, it->key,
			it->key_n, &v, &n) || v != it->value))
			abort();
		return 0;
	}
	if (w->in && !w->faults &&
	    !bolt_sub(w->b, w->in, it->key, it->key_n, &bucket))
		abort();
	if (w->depth > 2 * BOLT_DEPTH_MAX)
		abort();
	sub.depth++;
	sub.in = w->in ? &it->bucket : NULL;
	bolt_each(w->b, &it->bucket, on_item, &sub);
	w->bytes = sub.bytes;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct walk w = {.p = (const char *)p, .n = n};
	struct bolt_bucket root;
	struct err e;

	w.b = bolt_bytes(p, n, on_bad, &w, &e);
	if (!w.b)
		return 0;
	bolt_root(w.b, &root);
	w.in = &root;
	bolt_each(w.b, &root, on_item, &w);
	if (w.bytes > 2 * n) /* of two trees */
		abort();
	w.bytes = 0;
	w.in = NULL;
	bolt_carve(w.b, on_item, &w);
	if (w.bytes > n)
		abort();
	bolt_free(w.b);
	return 0;
}
