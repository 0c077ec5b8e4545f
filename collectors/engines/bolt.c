#include "bolt.h"

#include "limits.h"

#include <stdarg.h>

/*
 * The file is an array of pages; pages 0 and 1 hold a meta record each. A page
 * begins with 16 bytes: its number (8), type (2), count of elements (2), and
 * how many pages follow that belong to it (4). The elements are 16 bytes each:
 * in a branch: position of the key, its length, page (8); in a leaf: flags,
 * position, length of key, length of value. A position counts from the
 * element; keys and values lie behind the elements, in their order. A value
 * with flag 1 is a bucket: number of its root page and a sequence (8 each);
 * where the number is 0, one leaf page follows right there.
 */
enum {
	HEADER = 16,
	ELEMENT = 16,
	BRANCH = 1,
	LEAF = 2,
	BUCKET = 1, /* flag of an element */
	META = 64,  /* bytes of a meta record */
	META_ROOT = 16,
	META_SUMMED = 56, /* bytes that its checksum is of */
	VERSION = 2,
	PAGE_MIN = 512,
	PAGE_MAX = 1024 * 1024,
};
static const uint32_t magic = 0xed0cdaed, magic_swapped = 0xedda0ced;

struct meta {
	size_t at; /* of the page in the file */
	uint32_t version, page_size;
	uint64_t root, sequence, pages, txid;
	bool summed; /* its checksum is right */
};

struct bolt {
	struct str own; /* the bytes, if they are ours */
	const unsigned char *p;
	size_t n, page_size;
	size_t pages;	     /* that begin in the file */
	struct meta meta[2]; /* the newer first */
	size_t metas;
	/*
	 * What leads to each page, in the newer and in the older tree: twice
	 * the place in the file of the reference, or one more than twice the
	 * number of the page whose continuation it is. 0: nothing does.
	 */
	uint64_t *mark[2];
	size_t faults[2];
	bool torn, quiet;
	bolt_bad_fn *bad;
	void *bad_arg;
	size_t told;
};

static uint32_t
le32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

static uint64_t
le64(const unsigned char *p)
{
	return le32(p) | (uint64_t)le32(p + 4) << 32;
}

static void PRINTF(3, 4)
tell(struct bolt *b, enum err_class class, const char *fmt, ...)
{
	struct err e = {.class = ERR_NONE};
	char msg[200];
	va_list ap;

	if (!b->bad || b->quiet || b->told > BOLT_BAD_MAX)
		return;
	if (b->told++ == BOLT_BAD_MAX) {
		err_set(&e, ERR_LIMIT, 0, "more than %d faults (BOLT_BAD_MAX)",
		    BOLT_BAD_MAX);
	} else {
		va_start(ap, fmt);
		vsnprintf(msg, sizeof(msg), fmt, ap);
		va_end(ap);
		err_set(&e, class, 0, "%s", msg);
	}
	b->bad(b->bad_arg, &e);
}

/* ---- pages --------------------------------------------------------------- */

struct page {
	const unsigned char *p;
	size_t n; /* bytes that belong to it and are in the file */
	size_t count;
	size_t low; /* no key or value begins before this */
	size_t faults;
	bool leaf;
};

struct element {
	const unsigned char *key, *value;
	size_t key_n, value_n;
	uint64_t page; /* in a branch */
	uint64_t from; /* place in the file, for marks */
	bool bucket;
};

/* Type and count, from the header; what of it does not fit is a fault. */
static bool
page_head(struct page *g, const unsigned char *p, size_t n)
{
	unsigned type;
	size_t fit;

	memset(g, 0, sizeof(*g));
	if (n < HEADER)
		return false;
	type = p[8] | (unsigned)p[9] << 8;
	if (type != BRANCH && type != LEAF)
		return false;
	g->leaf = type == LEAF;
	g->p = p;
	g->n = n;
	g->count = p[10] | (size_t)p[11] << 8;
	fit = (n - HEADER) / ELEMENT;
	g->low = HEADER + g->count * ELEMENT;
	if (g->count > fit) {
		g->count = fit;
		g->faults++;
	}
	return true;
}

/* Element i. */
static bool
element(const struct bolt *b, const struct page *g, size_t i,
    struct element *el)
{
	size_t at = HEADER + i * ELEMENT, need;
	const unsigned char *p = g->p + at;
	uint32_t flags = g->leaf ? le32(p) : 0;
	size_t pos = le32(g->leaf ? p + 4 : p);

	el->key_n = le32(g->leaf ? p + 8 : p + 4);
	el->value_n = g->leaf ? le32(p + 12) : 0;
	el->page = g->leaf ? 0 : le64(p + 8);
	el->bucket = flags == BUCKET;
	need = el->key_n + el->value_n; /* two of 32 bits: no overflow */
	if (flags > BUCKET || pos > g->n - at || need > g->n - at - pos ||
	    (need && at + pos < HEADER + g->count * ELEMENT))
		return false;
	if (el->bucket && el->value_n < HEADER)
		return false;
	el->key = p + pos;
	el->value = el->key + el->key_n;
	el->from = (uint64_t)((el->bucket ? el->value : p) - b->p);
	return true;
}

/* The same in their order, each once: two that lie in the same bytes would
 * make more of a file than there is in it. */
static bool
element_next(const struct bolt *b, struct page *g, size_t i,
    struct element *el)
{
	size_t at;

	if (!element(b, g, i, el))
		return false;
	at = (size_t)(el->key - g->p);
	if (el->key_n + el->value_n == 0)
		return true;
	if (at < g->low)
		return false;
	g->low = at + el->key_n + el->value_n;
	return true;
}

static int
compare(const void *a, size_t an, const void *b, size_t bn)
{
	size_t n = an < bn ? an : bn;
	int r = n ? memcmp(a, b, n) : 0;

	return r ? r : (an > bn) - (an < bn);
}

/*
 * Page id of the file with what it says it continues in, as far as that is
 * there and nothing else's in that tree: marks that are not its own end it,
 * and, once they are made (looked is NULL), no mark does as well. looked: how
 * far to look at most, of all pages together.
 */
static bool
page_at(const struct bolt *b, int tree, uint64_t id, size_t *looked,
    struct page *g)
{
	const unsigned char *p;
	size_t n, more, q;
	uint64_t m;

	if (id < 2 || id >= b->pages)
		return false;
	p = b->p + (size_t)id * b->page_size;
	n = b->n - (size_t)id * b->page_size;
	if (n < HEADER || le64(p) != id)
		return false;
	more = le32(p + 12);
	for (q = 1; q <= more && id + q < b->pages; q++) {
		m = b->mark[tree][id + q];
		if (looked ? m != 0 || *looked == 0 : m != 2 * id + 1)
			break;
		if (looked)
			--*looked;
	}
	if (n / b->page_size >= q)
		n = q * b->page_size;
	if (!page_head(g, p, n))
		return false;
	if (looked && n < (more + 1) * b->page_size)
		g->faults++;
	return true;
}

/* ---- walking ------------------------------------------------------------- */

struct walk {
	struct bolt *b;
	int tree;
	bool check; /* the first one of all: marks, and tells of faults */
	size_t looked;
	size_t faults;
	bolt_fn *fn;
	void *arg;
};

static void
item_of(struct walk *w, const struct element *el, struct bolt_item *it)
{
	struct bolt_part *part;
	uint64_t root;

	memset(it, 0, sizeof(*it));
	it->key = (const char *)el->key;
	it->key_n = el->key_n;
	if (!el->bucket) {
		it->value = (const char *)el->value;
		it->value_n = el->value_n;
		return;
	}
	part = w->tree ? &it->bucket.old : &it->bucket.now;
	it->bucket.sequence = le64(el->value + 8);
	root = le64(el->value);
	if (!root) {
		part->in = el->value + HEADER;
		part->in_n = el->value_n - HEADER;
	} else if (root < w->b->pages && w->b->mark[w->tree] &&
	    w->b->mark[w->tree][root] == 2 * el->from) {
		part->page = root;
	}
}

struct bound { /* keys of a page: from key on, below end */
	const struct element *key, *end;
};

static int walk_page(struct walk *w, uint64_t id, uint64_t from, int depth,
    struct bound in);

static int
walk_elements(struct walk *w, struct page *g, uint64_t id, int depth,
    struct bound in)
{
	struct bolt *b = w->b;
	struct element el, last, next;
	struct bolt_item it;
	struct bound sub;
	struct page part;
	bool ordered = true, have = false;
	size_t i;
	int r;

	for (i = 0; i < g->count; i++) {
		if (!element_next(b, g, i, &el)) {
			g->faults++;
			continue;
		}
		if ((have && compare(last.key, last.key_n, el.key, el.key_n) >=
			0) ||
		    (in.key && compare(el.key, el.key_n, in.key->key,
			in.key->key_n) < 0) ||
		    (in.end && compare(el.key, el.key_n, in.end->key,
			in.end->key_n) >= 0))
			ordered = false;
		have = true;
		last = el;
		if (!g->leaf) {
			sub = in;
			if (i)
				sub.key = &el;
			if (i + 1 < g->count && element(b, g, i + 1, &next))
				sub.end = &next;
			r = walk_page(w, el.page, el.from, depth + 1, sub);
			if (r)
				return r;
			continue;
		}
		if (w->check && el.bucket && le64(el.value)) {
			r = walk_page(w, le64(el.value), el.from, depth + 1,
			    (struct bound){NULL, NULL});
		} else if (w->check && el.bucket) {
			if (!page_head(&part, el.value + HEADER,
				el.value_n - HEADER) || !part.leaf) {
				g->faults++;
				r = 0;
			} else if (depth >= BOLT_DEPTH_MAX) {
				tell(b, ERR_LIMIT, "buckets in page %llu are "
				    "too deep (BOLT_DEPTH_MAX)",
				    (unsigned long long)id);
				w->faults++;
				r = 0;
			} else {
				r = walk_elements(w, &part, id, depth + 1,
				    (struct bound){NULL, NULL});
			}
		} else if (!w->check) {
			item_of(w, &el, &it);
			r = w->fn(w->arg, &it);
		} else {
			r = 0;
		}
		if (r)
			return r;
	}
	if (w->check && !ordered) {
		tell(b, ERR_CORRUPT, "keys of page %llu are out of order",
		    (unsigned long long)id);
		w->faults++;
	}
	if (w->check && g->faults)
		tell(b, ERR_CORRUPT, "page %llu: %zu of its parts lie outside "
		    "it or in each other", (unsigned long long)id, g->faults);
	w->faults += g->faults;
	return 0;
}

/* Page id, that the bytes at from lead to. */
static int
walk_page(struct walk *w, uint64_t id, uint64_t from, int depth,
    struct bound in)
{
	struct bolt *b = w->b;
	uint64_t *mark = b->mark[w->tree];
	unsigned long long shown = id;
	const char *why = NULL;
	struct page g;
	size_t q;

	if (depth >= BOLT_DEPTH_MAX) {
		if (w->check)
			tell(b, ERR_LIMIT, "page %llu is too deep "
			    "(BOLT_DEPTH_MAX)", shown);
		w->faults++;
		return 0;
	}
	if (id < 2 || id >= b->meta[w->tree].pages)
		why = "is none of the tree's";
	else if (id >= b->pages)
		why = "is behind the end of the file";
	else if (w->check ? mark[id] != 0 : mark[id] != 2 * from)
		why = "is led to twice";
	else if (!page_at(b, w->tree, id, w->check ? &w->looked : NULL,
		     &g))
		why = "is none of keys, or says another number";
	if (why) {
		if (w->check)
			tell(b, ERR_CORRUPT, "page %llu %s", shown, why);
		w->faults++;
		return 0;
	}
	if (w->check) {
		/* its continuation, as far as anything lies in it */
		struct page look = g;
		struct element el;
		size_t i;

		mark[id] = 2 * from;
		for (i = 0; i < look.count; i++)
			element_next(b, &look, i, &el);
		if (look.low > look.n)
			look.low = look.n;
		for (q = 1; q * b->page_size < look.low; q++)
			mark[id + q] = 2 * id + 1;
	}
	return walk_elements(w, &g, id, depth, in);
}

/* One part of a bucket. */
static int
walk_part(struct walk *w, const struct bolt_part *part)
{
	struct page g;

	if (part->in) {
		if (!page_head(&g, part->in, part->in_n) || !g.leaf) {
			w->faults++;
			return 0;
		}
		return walk_elements(w, &g, 0, 1, (struct bound){NULL, NULL});
	}
	if (!part->page)
		return 0;
	return walk_page(w, part->page, w->b->mark[w->tree][part->page] / 2, 0,
	    (struct bound){NULL, NULL});
}

/* ---- opening ------------------------------------------------------------- */

/* FNV-1a, 64 bits, of a meta record. */
static uint64_t
fnv_sum(const unsigned char *p)
{
	uint64_t h = 0xcbf29ce484222325;
	size_t i;

	for (i = 0; i < META_SUMMED; i++) {
		h ^= p[i];
		h *= 0x100000001b3;
	}
	return h;
}

/* Is there a meta record in the page at that place? */
static bool
meta_at(const struct bolt *b, size_t at, struct meta *m)
{
	const unsigned char *p;

	if (b->n < HEADER + META || at > b->n - HEADER - META)
		return false;
	p = b->p + at + HEADER;
	if (le32(p) != magic)
		return false;
	m->at = at;
	m->version = le32(p + 4);
	m->page_size = le32(p + 8);
	m->root = le64(p + META_ROOT);
	m->sequence = le64(p + META_ROOT + 8);
	m->pages = le64(p + 40);
	m->txid = le64(p + 48);
	m->summed = le64(p + META_SUMMED) == fnv_sum(p);
	return true;
}

static bool
page_size_good(uint32_t n)
{
	return n >= PAGE_MIN && n <= PAGE_MAX && (n & (n - 1)) == 0;
}

/* The meta records, the newer first; with the right checksum or without. */
static void
find_metas(struct bolt *b, bool summed)
{
	struct meta m, other;
	size_t size;

	b->metas = 0;
	if (meta_at(b, 0, &m) && m.summed >= summed && m.version == VERSION &&
	    page_size_good(m.page_size))
		b->meta[b->metas++] = m;
	/* the first one is needed to know where the second one is; without it,
	 * by trying */
	for (size = PAGE_MIN; size <= PAGE_MAX; size *= 2) {
		if (b->metas && m.page_size != size)
			continue;
		if (meta_at(b, size, &other) && other.summed >= summed &&
		    other.version == VERSION && other.page_size == size) {
			b->meta[b->metas++] = other;
			break;
		}
	}
	if (b->metas == 2 && b->meta[1].txid > b->meta[0].txid) {
		m = b->meta[0];
		b->meta[0] = b->meta[1];
		b->meta[1] = m;
	}
}

static int
why_no_meta(const struct bolt *b, struct err *e)
{
	struct meta m;
	size_t size;

	if (!b->n)
		return err_set(e, ERR_CORRUPT, 0, "is empty");
	if (b->n >= HEADER + META && le32(b->p + HEADER) == magic_swapped)
		return err_set(e, ERR_UNSUPPORTED, 0,
		    "a BoltDB file of a machine of another byte order");
	for (size = 0; size <= PAGE_MAX; size = size ? 2 * size : PAGE_MIN)
		if (meta_at(b, size, &m) && m.summed && m.version != VERSION)
			return err_set(e, ERR_UNSUPPORTED, 0,
			    "a BoltDB file of version %u", m.version);
	return err_set(e, ERR_CORRUPT, 0,
	    "is no BoltDB file, or both its meta pages are broken");
}

static void
check_tree(struct bolt *b, int tree)
{
	struct walk w = {.b = b, .tree = tree, .check = true,
	    .looked = 4 * b->pages};

	b->mark[tree] = xcalloc(b->pages + 1, sizeof(uint64_t));
	walk_page(&w, b->meta[tree].root, b->meta[tree].at + HEADER + META_ROOT,
	    0, (struct bound){NULL, NULL});
	b->faults[tree] = w.faults;
}

/* From the bytes on. */
static int
begin(struct bolt *b, struct err *e)
{
	size_t i;

	find_metas(b, true);
	if (!b->metas) {
		find_metas(b, false);
		if (!b->metas)
			return why_no_meta(b, e);
		tell(b, ERR_CORRUPT, "the checksum of its meta page is wrong");
	}
	b->page_size = b->meta[0].page_size;
	b->pages = b->n / b->page_size + (b->n % b->page_size != 0);
	for (i = 0; i < b->metas; i++)
		if (b->meta[i].at == 0)
			break;
	if (i == b->metas)
		tell(b, ERR_CORRUPT, "its first meta page is broken");
	check_tree(b, 0);
	if (b->faults[0] && b->metas == 2) {
		b->quiet = true; /* it shares most of its pages */
		check_tree(b, 1);
	}
	return 0;
}

/* Read it until it stood still meanwhile. */
static int
read_whole(struct bolt *b, struct root *r, const char *path, struct err *e)
{
	enum { LOOK = 64 * 1024 + HEADER + META }; /* both meta pages */
	struct str again cleanup_str = STR_INIT;
	struct err re;
	size_t want;
	ssize_t k;
	int i, n = 0;

	for (i = 0; i < BOLT_READS; i++) {
		struct root_file f cleanup_root_file = ROOT_FILE_INIT;

		b->torn = false;
		if (root_find(r, path, 0, &f, e) || root_reopen(r, &f, e))
			return -1;
		n = root_read(r, &f, BOLT_FILE_MAX, &b->own, &re);
		if (n < 0 && re.class != ERR_CHANGED) {
			*e = re;
			return -1;
		}
		b->torn = n < 0;
		want = b->own.n < LOOK ? b->own.n : LOOK;
		str_clear(&again);
		str_grow(&again, want);
		k = want ? pread(f.fd, again.s, want, 0) : 0;
		if (k != (ssize_t)want ||
		    (want && memcmp(again.s, b->own.s, want) != 0))
			b->torn = true;
		if (!b->torn)
			break;
	}
	if (b->torn)
		tell(b, ERR_CHANGED, "changed each time that it was read");
	if (n == 1)
		tell(b, ERR_LIMIT, "longer than %d bytes (BOLT_FILE_MAX)",
		    BOLT_FILE_MAX);
	return 0;
}

struct bolt *
bolt_open(struct root *r, const char *path, bolt_bad_fn *bad, void *arg,
    struct err *e)
{
	struct bolt *b = xcalloc(1, sizeof(*b));

	str_init(&b->own);
	b->bad = bad;
	b->bad_arg = arg;
	if (read_whole(b, r, path, e) == 0) {
		b->p = (const unsigned char *)b->own.s;
		b->n = b->own.n;
		if (begin(b, e) == 0)
			return b;
	}
	bolt_free(b);
	return NULL;
}

struct bolt *
bolt_bytes(const void *p, size_t n, bolt_bad_fn *bad, void *arg,
    struct err *e)
{
	struct bolt *b = xcalloc(1, sizeof(*b));

	str_init(&b->own);
	b->bad = bad;
	b->bad_arg = arg;
	b->p = p;
	b->n = n < BOLT_FILE_MAX ? n : BOLT_FILE_MAX;
	if (b->n < n)
		tell(b, ERR_LIMIT, "longer than %d bytes (BOLT_FILE_MAX)",
		    BOLT_FILE_MAX);
	if (begin(b, e) == 0)
		return b;
	bolt_free(b);
	return NULL;
}

void
bolt_free(struct bolt *b)
{
	if (!b)
		return;
	str_release(&b->own);
	free(b->mark[0]);
	free(b->mark[1]);
	free(b);
}

bool
bolt_torn(const struct bolt *b)
{
	return b->torn;
}

/* ---- what callers want --------------------------------------------------- */

void
bolt_root(struct bolt *b, struct bolt_bucket *out)
{
	int i;

	memset(out, 0, sizeof(*out));
	out->sequence = b->meta[0].sequence;
	for (i = 0; i < 2; i++) {
		struct meta *m = &b->meta[i];
		struct bolt_part *part = i ? &out->old : &out->now;

		if (b->mark[i] && m->root < b->pages &&
		    b->mark[i][m->root] == 2 * (m->at + HEADER + META_ROOT))
			part->page = m->root;
	}
}

struct items {
	struct bolt_item *v;
	size_t n, cap;
};

static int
collect(void *arg, const struct bolt_item *it)
{
	struct items *l = arg;

	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 64;
		l->v = xreallocarray(l->v, l->cap, sizeof(*l->v));
	}
	l->v[l->n++] = *it;
	return 0;
}

static int
by_key(const void *a, const void *b)
{
	const struct bolt_item *x = a, *y = b;
	int r = compare(x->key, x->key_n, y->key, y->key_n);

	return r ? r : (x->key > y->key) - (x->key < y->key);
}

/* What a bucket holds in the newer tree, and, as far as that is broken right
 * here, in the older one. */
static int
each_of_both(struct bolt *b, const struct bolt_bucket *in, bolt_fn *fn,
    void *arg)
{
	struct items now = {NULL, 0, 0}, old = {NULL, 0, 0};
	struct walk w = {.b = b, .fn = collect, .arg = &now};
	struct walk wo = {.b = b, .fn = collect, .arg = &old, .tree = 1};
	struct bolt_item it;
	size_t i = 0, j = 0;
	int c, r = 0;

	walk_part(&w, &in->now);
	walk_part(&wo, &in->old);
	if (!in->now.page && !in->now.in)
		w.faults++;
	if (now.n)
		qsort(now.v, now.n, sizeof(*now.v), by_key);
	if (old.n)
		qsort(old.v, old.n, sizeof(*old.v), by_key);
	while (r == 0 && (i < now.n || j < old.n)) {
		c = i == now.n ? 1
		    : j == old.n ? -1
				 : compare(now.v[i].key, now.v[i].key_n,
				       old.v[j].key, old.v[j].key_n);
		it = c > 0 ? old.v[j] : now.v[i];
		if (c == 0 && !it.value && !old.v[j].value)
			it.bucket.old = old.v[j].bucket.old;
		i += c <= 0;
		j += c >= 0;
		if (c <= 0 || w.faults)
			r = fn(arg, &it);
	}
	free(now.v);
	free(old.v);
	return r;
}

int
bolt_each(struct bolt *b, const struct bolt_bucket *in, bolt_fn *fn, void *arg)
{
	struct walk w = {.b = b, .fn = fn, .arg = arg};

	if (in->old.page || in->old.in)
		return each_of_both(b, in, fn, arg);
	return walk_part(&w, &in->now);
}

struct search {
	const void *key;
	size_t n;
	struct bolt_item *out;
};

static int
found(void *arg, const struct bolt_item *it)
{
	struct search *f = arg;

	if (compare(it->key, it->key_n, f->key, f->n) != 0)
		return 0;
	*f->out = *it;
	return 1;
}

/* Down the tree, which is whole and in order. */
static bool
descend(struct bolt *b, const struct bolt_part *part, const void *key,
    size_t n, struct bolt_item *out)
{
	struct walk w = {.b = b};
	struct element el;
	struct page g;
	size_t lo, hi, mid;
	uint64_t id = part->page;
	int c, depth;

	if (part->in ? !page_head(&g, part->in, part->in_n)
		     : !page_at(b, 0, id, NULL, &g))
		return false;
	for (depth = 0; depth < BOLT_DEPTH_MAX; depth++) {
		/* the last one that is not above the key */
		for (lo = 0, hi = g.count; lo < hi;) {
			mid = lo + (hi - lo) / 2;
			if (!element(b, &g, mid, &el))
				return false;
			c = compare(el.key, el.key_n, key, n);
			if (c <= 0)
				lo = mid + 1;
			else
				hi = mid;
		}
		if (!g.count || (!lo && g.leaf) ||
		    !element(b, &g, lo ? lo - 1 : 0, &el))
			return false;
		if (g.leaf) {
			if (compare(el.key, el.key_n, key, n) != 0)
				return false;
			item_of(&w, &el, out);
			return true;
		}
		if (!page_at(b, 0, el.page, NULL, &g))
			return false;
	}
	return false;
}

static bool
look_up(struct bolt *b, const struct bolt_bucket *in, const void *key,
    size_t n, struct bolt_item *out)
{
	struct search f = {key, n, out};

	if (b->faults[0])
		return bolt_each(b, in, found, &f) == 1;
	if (!in->now.page && !in->now.in)
		return false;
	return descend(b, &in->now, key, n, out);
}

bool
bolt_sub(struct bolt *b, const struct bolt_bucket *in, const void *key,
    size_t n, struct bolt_bucket *out)
{
	struct bolt_item it;

	if (!look_up(b, in, key, n, &it) || it.value)
		return false;
	*out = it.bucket;
	return true;
}

bool
bolt_get(struct bolt *b, const struct bolt_bucket *in, const void *key,
    size_t n, const char **value, size_t *value_n)
{
	struct bolt_item it;

	if (!look_up(b, in, key, n, &it) || !it.value)
		return false;
	*value = it.value;
	*value_n = it.value_n;
	return true;
}

bool
bolt_path(struct bolt *b, struct bolt_bucket *out, ...)
{
	struct bolt_bucket at;
	const char *name;
	bool there = true;
	va_list ap;

	bolt_root(b, &at);
	va_start(ap, out);
	while (there && (name = va_arg(ap, const char *)))
		there = bolt_sub(b, &at, name, strlen(name), &at);
	va_end(ap);
	if (there)
		*out = at;
	return there;
}

int
bolt_carve(struct bolt *b, bolt_fn *fn, void *arg)
{
	struct walk w = {.b = b, .looked = 4 * b->pages};
	struct bolt_item it;
	struct element el;
	struct page g;
	uint64_t id, next;
	size_t i;
	int r;

	for (id = 2; id < b->pages; id = next) {
		next = id + 1;
		if (b->mark[0][id] || (b->mark[1] && b->mark[1][id]) ||
		    !page_at(b, 0, id, &w.looked, &g) || !g.leaf)
			continue;
		for (i = 0; i < g.count; i++) {
			if (!element_next(b, &g, i, &el))
				continue;
			item_of(&w, &el, &it);
			if ((r = fn(arg, &it)))
				return r;
		}
		if (g.low <= g.n)
			next = id + (g.low + b->page_size - 1) / b->page_size;
	}
	return 0;
}
