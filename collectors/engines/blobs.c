#include "blobs.h"

#include "civil.h"
#include "digest.h"
#include "limits.h"
#include "schema1.h"
#include "storelib.h"

#include <errno.h>

/* An archive of tar ends in up to 10 KiB of zeros: that is no damage. */
enum { TAIL = 12 * 1024 };

void
blobs_begin(struct blobs *b, struct store *s, const struct engine_sink *sink,
    struct rec *rec)
{
	memset(b, 0, sizeof(*b));
	b->s = s;
	b->sink = sink;
	b->rec = rec;
	b->left = STORE_BLOBS_CHECKED;
	str_init(&b->where);
	b->digest = digest_new();
	b->buf = xmalloc(BLOBS_BUFFER);
}

void
blobs_end(struct blobs *b)
{
	struct err e;

	if (b->unchecked && b->rec) {
		err_set(&e, ERR_LIMIT, 0, "%zu blobs were not checked against "
		    "their digests (STORE_BLOBS_CHECKED)", b->unchecked);
		e.sys = 0;
		e.fine = true;
		rec_note_err(b->rec, "store", NULL, b->where.s, &e);
	}
	if (b->masked && b->rec) {
		err_set(&e, ERR_DENIED, 0, "the attributes are missing that "
		    "have owner and mode of the files of %zu layers (a copy "
		    "without extended attributes?): these are not compared "
		    "with the lists of the layers", b->masked);
		e.sys = 0;
		e.fine = true;
		rec_note_err(b->rec, "store", NULL, b->masked_where.s, &e);
	}
	str_release(&b->where);
	str_release(&b->masked_where);
	digest_free(b->digest);
	free(b->buf);
}

/* ---- what it is, and what may have happened to it ------------------------ */

/* A document as what it is; NULL: it is none that can be read. */
static const char *
document(struct root *r, struct root_file *f)
{
	struct state d cleanup_state = STATE_INIT;
	struct str text cleanup_str = STR_INIT;

	if (f->st.st_size > STORE_JSON_MAX ||
	    root_read(r, f, STORE_JSON_MAX, &text, NULL) ||
	    state_parse(&d, text.s, text.n, NULL) ||
	    !json_is_object(d.json))
		return NULL;
	if (state_obj(&d, d.json, "rootfs"))
		return "config";
	if (state_arr(&d, d.json, "manifests"))
		return "index";
	if (state_obj(&d, d.json, "config") || state_arr(&d, d.json, "layers"))
		return "manifest";
	return "document";
}

static bool
ends_in_zeros(const struct root_file *f)
{
	char tail[TAIL];
	size_t i, n = f->st.st_size < TAIL ? (size_t)f->st.st_size : TAIL;

	if (pread(f->fd, tail, n, f->st.st_size - (off_t)n) != (ssize_t)n)
		return false;
	for (i = 0; i < n; i++)
		if (tail[i])
			return false;
	return true;
}

static void
mismatch(struct blobs *b, struct root *r, struct root_file *f,
    const char *shown, const char *expected, const char *actual,
    int64_t size)
{
	struct engine_mismatch m;
	const char *what, *damage = NULL;
	char first = 0;

	if (!b->sink->mismatch)
		return;
	what = document(r, f);
	if (!f->st.st_size)
		damage = "empty";
	else if (size >= 0 && f->st.st_size < size)
		damage = "cut";
	else if (!what && pread(f->fd, &first, 1, 0) == 1 && first == '{')
		damage = "broken"; /* it was a document */
	else if (!what && ends_in_zeros(f))
		damage = "zeros";
	engine_mismatch_init(&m);
	str_sets(&m.what, what ? what : "blob");
	str_sets(&m.path, shown);
	str_sets(&m.expected, expected);
	str_addf(&m.actual, "sha256:%s", actual);
	if (damage)
		str_sets(&m.damage, damage);
	m.size = f->st.st_size;
	m.expected_size = size;
	m.modified_time = civil_ns(f->st.st_mtim.tv_sec,
	    f->st.st_mtim.tv_nsec);
	b->sink->mismatch(b->sink->arg, &m);
	engine_mismatch_release(&m);
}

void
blobs_told(struct blobs *b, const char *shown, const char *what,
    const char *expected, const char *actual, int64_t size, const char *damage)
{
	struct engine_mismatch m;

	if (!b->sink->mismatch)
		return;
	engine_mismatch_init(&m);
	str_sets(&m.what, what);
	str_sets(&m.path, shown);
	str_sets(&m.expected, expected);
	str_sets(&m.actual, actual);
	if (damage)
		str_sets(&m.damage, damage);
	m.size = size;
	b->sink->mismatch(b->sink->arg, &m);
	engine_mismatch_release(&m);
}

/* ---- files --------------------------------------------------------------- */

/* 1: no such file, or not looked at. */
static int
hash(struct blobs *b, struct root *r, struct root_file *f, const char *path,
    const char *shown, char hex[SHA256_HEX], struct err *e)
{
	off_t at = 0;
	ssize_t k;

	if (root_find(r, path, ROOT_NOFOLLOW, f, e))
		return e->class == ERR_ABSENT ? 1 : -1;
	if (!S_ISREG(f->st.st_mode))
		return err_set(e, ERR_CORRUPT, 0, "is no regular file");
	if (f->st.st_size > b->left) {
		if (!b->unchecked++)
			str_sets(&b->where, shown);
		return 1;
	}
	b->left -= f->st.st_size;
	if (root_reopen(r, f, e))
		return -1;
	while (at < f->st.st_size && (k = pread(f->fd, b->buf, BLOBS_BUFFER, at)) > 0) {
		digest_add(b->digest, b->buf, (size_t)k);
		at += k;
	}
	digest_hex(b->digest, hex);
	if (at < f->st.st_size)
		return err_set(e, ERR_DENIED, errno, "cannot be read to its "
		    "end");
	return 0;
}

/* A signed manifest of schema 1 is named by what was signed of it. */
static bool
is_signed(struct root *r, struct root_file *f, const char *expected)
{
	struct str text cleanup_str = STR_INIT;
	char hex[SHA256_HEX];

	if (f->st.st_size > STORE_JSON_MAX ||
	    root_read(r, f, STORE_JSON_MAX, &text, NULL))
		return false;
	schema1_digest(text.s, text.n, hex);
	return strcmp(hex, expected + 7) == 0;
}

void
blobs_file(struct blobs *b, struct root *root, const char *path,
    const char *shown, const char *expected, int64_t size, bool quiet)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	char hex[SHA256_HEX];
	struct err e;
	int r;

	r = hash(b, root, &f, path, shown, hex, &e);
	if (r < 0 && !quiet && b->rec)
		rec_note_err(b->rec, "store", NULL, shown, &e);
	if (r || strcmp(hex, expected + 7) == 0 ||
	    is_signed(root, &f, expected))
		return;
	if (!quiet && b->rec)
		rec_note(b->rec, ERR_CORRUPT, "store", NULL, shown, 0,
		    "was changed: its digest is sha256:%s", hex);
	mismatch(b, root, &f, shown, expected, hex, size);
}

/* ---- directories --------------------------------------------------------- */

struct listing {
	struct blobs *b;
	const char *dir;
	struct blob {
		int64_t size;
		char hex[SHA256_HEX];
	} *v;
	size_t n, cap;
};

static int
add_blob(void *arg, const struct root_entry *ent)
{
	struct listing *x = arg;
	struct str p cleanup_str = STR_INIT;
	bool hex = state_is_hex(ent->name, strlen(ent->name));

	if (!hex || !S_ISREG(ent->st->st_mode)) {
		str_addf(&p, "%s/%s", x->dir, ent->name);
		store_note(x->b->rec, x->b->s, ERR_CORRUPT, p.s, "%s; not read",
		    hex ? "is no regular file" : "its name is no digest");
		return 0;
	}
	if (x->n == x->cap) {
		x->cap = x->cap ? 2 * x->cap : 256;
		x->v = xreallocarray(x->v, x->cap, sizeof(*x->v));
	}
	x->v[x->n].size = ent->st->st_size;
	memcpy(x->v[x->n++].hex, ent->name, SHA256_HEX);
	return 0;
}

static int
by_size(const void *a, const void *b)
{
	const struct blob *x = a, *y = b;

	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return strcmp(x->hex, y->hex);
}

void
blobs_dir(struct blobs *b, const char *dir,
    int64_t (*size)(void *arg, const char *digest), void *arg)
{
	struct listing x = {.b = b, .dir = dir};
	struct str p cleanup_str = STR_INIT, shown cleanup_str = STR_INIT;
	char digest[7 + SHA256_HEX];
	struct err e;
	size_t i;

	if (root_list(b->s->root, dir, add_blob, &x, &e) < 0 &&
	    e.class != ERR_ABSENT)
		store_note_err(b->rec, b->s, dir, &e);
	if (x.n)
		qsort(x.v, x.n, sizeof(*x.v), by_size);
	for (i = 0; i < x.n; i++) {
		snprintf(digest, sizeof(digest), "sha256:%s", x.v[i].hex);
		str_clear(&p);
		str_addf(&p, "%s/%s", dir, x.v[i].hex);
		blobs_file(b, b->s->root, p.s, engine_path(b->s, p.s, &shown),
		    digest, size ? size(arg, digest) : -1, false);
	}
	free(x.v);
}
