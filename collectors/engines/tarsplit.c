#include "tarsplit.h"

#include "limits.h"
#include "storelib.h"

#include <errno.h>
#include <zlib.h>

enum { BLOCK = 512, CHUNK = 64 * 1024 };

struct entry {
	char *name; /* "/etc/passwd"; of a whiteout: what it hides */
	int64_t size;
	uint64_t crc;
	uint32_t at; /* in the archive: the last one of a name counts */
	char type;   /* of tar(5); 'w': a whiteout; '?': not known */
	bool seen;
};

struct split {
	struct blobs *b;
	const char *split, *dir;
	size_t dir_n;
	enum root_layering how;
	bool whole;
	struct entry *v;
	size_t n, cap;
	char header[BLOCK]; /* the last one before an entry */
	bool headed;
	size_t told, untold;
};

/* ---- CRC-64 of ISO 3309, eight bytes at a time ---------------------------- */

static uint64_t tables[8][256];

static void
make_tables(void)
{
	int i, k;

	if (tables[0][1])
		return;
	for (i = 0; i < 256; i++) {
		uint64_t c = (uint64_t)i;

		for (k = 0; k < 8; k++)
			c = c & 1 ? c >> 1 ^ 0xd800000000000000ULL : c >> 1;
		tables[0][i] = c;
	}
	for (i = 0; i < 256; i++)
		for (k = 1; k < 8; k++)
			tables[k][i] = tables[k - 1][i] >> 8 ^
			    tables[0][tables[k - 1][i] & 0xff];
}

static uint64_t
crc_add(uint64_t crc, const char *p, size_t n)
{
	int k;

	crc = ~crc;
	for (; n >= 8; p += 8, n -= 8) {
		uint64_t next = 0;

		for (k = 0; k < 8; k++)
			crc ^= (uint64_t)(unsigned char)p[k] << 8 * k;
		for (k = 0; k < 8; k++)
			next ^= tables[7 - k][crc >> 8 * k & 0xff];
		crc = next;
	}
	while (n--)
		crc = tables[0][(crc ^ (unsigned char)*p++) & 0xff] ^ crc >> 8;
	return ~crc;
}

/* ---- the list ------------------------------------------------------------- */

/* "./etc/" as "/etc"; false: nothing that an engine would unpack. */
static bool
clean_name(const struct str *in, struct str *out)
{
	size_t i = 0, a;

	while (i < in->n) {
		a = i;
		while (i < in->n && in->s[i] != '/')
			i++;
		if (i > a && !(i - a == 1 && in->s[a] == '.')) {
			if (i - a == 2 && in->s[a] == '.' &&
			    in->s[a + 1] == '.')
				return false;
			str_addc(out, '/');
			str_add(out, in->s + a, i - a);
		}
		i++;
	}
	return out->n && !memchr(out->s, '\0', out->n);
}

/* What an engine makes of a whiteout in the archive; false: no object. */
static bool
whiteout(struct split *x, struct str *name, char *type)
{
	char *base = strrchr(name->s, '/') + 1;

	if (strncmp(base, ".wh.", 4) != 0 || x->how == ROOT_AUFS)
		return true;
	if (x->whole || strncmp(base, ".wh..wh.", 8) == 0)
		return false;
	memmove(base, base + 4, strlen(base + 4) + 1);
	str_cut(name, name->n - 4);
	*type = 'w';
	return true;
}

static void
add_entry(struct split *x, const struct str *raw, int64_t size, uint64_t crc)
{
	struct str name cleanup_str = STR_INIT;
	char type = '?';
	struct entry *e;

	if (!clean_name(raw, &name))
		return;
	if (x->headed && memcmp(x->header + 257, "ustar", 5) == 0)
		type = x->header[156] ? x->header[156] : '0';
	if (!whiteout(x, &name, &type))
		return;
	if (x->n == x->cap) {
		x->cap = x->cap ? 2 * x->cap : 1024;
		x->v = xreallocarray(x->v, x->cap, sizeof(*x->v));
	}
	e = &x->v[x->n];
	e->name = xstrdup(name.s);
	e->size = size;
	e->crc = crc;
	e->type = type;
	e->seen = false;
	e->at = (uint32_t)x->n++;
}

/* One line; false: it is no such thing. */
static bool
line(struct split *x, const char *p, size_t n)
{
	struct state d cleanup_state = STATE_INIT;
	struct str raw cleanup_str = STR_INIT, name cleanup_str = STR_INIT;
	struct str bytes cleanup_str = STR_INIT;
	uint64_t crc = 0;
	size_t i;

	if (state_parse(&d, p, n, NULL) || !json_is_object(d.json))
		return false;
	state_str(&d, d.json, "payload", &raw);
	if (raw.n && str_add_unbase64(&bytes, raw.s, raw.n))
		return false;
	if (state_int(&d, d.json, "type", 0) == 2) {
		x->headed = bytes.n >= BLOCK;
		if (x->headed)
			memcpy(x->header, bytes.s + bytes.n - BLOCK, BLOCK);
		return true;
	}
	if (state_int(&d, d.json, "type", 0) != 1)
		return false;
	state_str(&d, d.json, "name_raw", &raw);
	if (!raw.n || str_add_unbase64(&name, raw.s, raw.n)) {
		str_clear(&name);
		state_str(&d, d.json, "name", &name);
	}
	for (i = 0; i < bytes.n && i < 8; i++)
		crc = crc << 8 | (unsigned char)bytes.s[i];
	add_entry(x, &name, state_int(&d, d.json, "size", 0), crc);
	return true;
}

static int
by_name(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c ? c : x->at < y->at ? 1 : -1;
}

/* 0; -1: it cannot be read to its end, e is set. */
static int
read_list(struct split *x, struct root_file *f, struct err *e)
{
	struct str text cleanup_str = STR_INIT;
	int64_t total = 0;
	char *buf, *nl;
	size_t from = 0, i, k;
	int n = 0, ret = 0, bad = Z_OK, fd;
	gzFile z;

	fd = fcntl(f->fd, F_DUPFD_CLOEXEC, 3);
	if (fd < 0 || !(z = gzdopen(fd, "rb"))) {
		if (fd >= 0)
			close(fd);
		return err_set(e, ERR_DENIED, errno, "cannot be unpacked");
	}
	buf = xmalloc(CHUNK);
	while (ret == 0 && (n = gzread(z, buf, CHUNK)) > 0) {
		total += n;
		str_add(&text, buf, (size_t)n);
		while (ret == 0 && (nl = memchr(text.s + from, '\n',
				       text.n - from))) {
			i = (size_t)(nl - text.s);
			if (i > from && !line(x, text.s + from, i - from))
				ret = err_set(e, ERR_CORRUPT, 0,
				    "is no list of tar-split");
			from = i + 1;
		}
		memmove(text.s, text.s + from, text.n - from);
		str_cut(&text, text.n - from);
		from = 0;
		if (ret == 0 && (text.n > TARSPLIT_LINE ||
				    total > TARSPLIT_BYTES ||
				    x->n > TARSPLIT_FILES))
			ret = err_set(e, ERR_LIMIT, 0, "is not compared: "
			    "TARSPLIT_LINE, TARSPLIT_BYTES, TARSPLIT_FILES");
	}
	/* a stream that is cut ends without an error of gzread */
	(void)gzerror(z, &bad);
	if (ret == 0 && (n < 0 || text.n ||
			    (bad != Z_OK && bad != Z_STREAM_END)))
		ret = err_set(e, ERR_CORRUPT, 0, "ends in the middle");
	gzclose(z);
	free(buf);
	if (x->n)
		qsort(x->v, x->n, sizeof(*x->v), by_name);
	for (i = k = 0; i < x->n; i++)
		if (k && strcmp(x->v[k - 1].name, x->v[i].name) == 0)
			free(x->v[i].name);
		else
			x->v[k++] = x->v[i];
	x->n = k;
	return ret;
}

/* ---- the directory --------------------------------------------------------- */

static void
tell(struct split *x, const char *path, const char *what, uint64_t want,
    uint64_t got, int64_t size, const char *damage)
{
	struct str p cleanup_str = STR_INIT, at cleanup_str = STR_INIT;
	char expected[32] = "", actual[32] = "";

	if (x->told >= TARSPLIT_TOLD) {
		x->untold++;
		return;
	}
	x->told++;
	str_addf(&p, "%s%s", x->dir, path);
	if (strcmp(what, "added") != 0)
		snprintf(expected, sizeof(expected), "crc64:%016llx",
		    (unsigned long long)want);
	if (strcmp(what, "file") == 0)
		snprintf(actual, sizeof(actual), "crc64:%016llx",
		    (unsigned long long)got);
	blobs_told(x->b, engine_path(x->b->s, p.s, &at), what, expected,
	    actual, size, damage);
}

/* Content of a regular file against the list. */
static void
compare(struct split *x, struct root_file *f, const char *path,
    const struct entry *t)
{
	struct blobs *b = x->b;
	uint64_t crc = 0;
	struct err e;
	off_t at = 0;
	ssize_t k;

	if (f->st.st_size > b->left) {
		if (!b->unchecked++)
			str_sets(&b->where, x->dir);
		return;
	}
	b->left -= f->st.st_size;
	if (root_reopen(b->s->root, f, &e)) {
		store_note_err(b->rec, b->s, f->path.s, &e);
		return;
	}
	while (at < f->st.st_size &&
	    (k = pread(f->fd, b->buf, BLOBS_BUFFER, at)) > 0) {
		crc = crc_add(crc, b->buf, (size_t)k);
		at += k;
	}
	if (f->st.st_size != t->size || crc != t->crc)
		tell(x, path, "file", t->crc, crc, f->st.st_size,
		    f->st.st_size == 0 ? "empty"
			: f->st.st_size < t->size ? "cut"
						  : NULL);
}

/* First entry not before the name. */
static size_t
place(const struct split *x, const char *name)
{
	size_t lo = 0, hi = x->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (strcmp(x->v[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Has the archive something below it, though not the directory itself? */
static bool
implied(const struct split *x, const char *name)
{
	struct str p cleanup_str = STR_INIT;
	size_t i;

	str_adds(&p, name);
	str_addc(&p, '/');
	i = place(x, p.s);
	return i < x->n && strncmp(x->v[i].name, p.s, p.n) == 0;
}

/* fuse-overlayfs keeps whiteouts as they are in the archive. */
static bool
kept_whiteout(struct split *x, const char *path)
{
	const char *base = strrchr(path, '/') + 1;
	struct str p cleanup_str = STR_INIT;
	size_t i;

	if (x->how != ROOT_FUSE || strncmp(base, ".wh.", 4) != 0)
		return false;
	str_add(&p, path, (size_t)(base - path));
	str_adds(&p, base + 4);
	i = place(x, p.s);
	return i < x->n && x->v[i].type == 'w' && strcmp(x->v[i].name, p.s) == 0;
}

static int
object(void *arg, struct root_file *f)
{
	struct split *x = arg;
	const char *path = f->path.s + x->dir_n;
	mode_t m = f->st.st_mode;
	struct entry *t;
	size_t i;

	if (f->path.n <= x->dir_n)
		return 0;
	i = place(x, path);
	t = i < x->n && strcmp(x->v[i].name, path) == 0 ? &x->v[i] : NULL;
	if (!t) {
		/* sockets are in no archive; AUFS has names of its own */
		if (x->whole || S_ISSOCK(m) || kept_whiteout(x, path) ||
		    strncmp(strrchr(path, '/'), "/.wh..wh.", 9) == 0 ||
		    (S_ISDIR(m) && implied(x, path)))
			return 0;
		tell(x, path, "added", 0, 0, S_ISREG(m) ? f->st.st_size : -1,
		    NULL);
		return S_ISDIR(m) ? ROOT_PRUNE : 0;
	}
	t->seen = true;
	if (S_ISREG(m) && (t->type == '0' || t->type == '7'))
		compare(x, f, path, t);
	else if (S_ISREG(m) && t->type != '1' && t->type != '?' &&
	    t->type != 'w' && t->type != 'S')
		tell(x, path, "added", 0, 0, f->st.st_size, NULL);
	return 0;
}

void
tarsplit_check(struct blobs *b, const char *split, const char *dir,
    enum root_layering how, bool whole)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct split x = {.b = b, .split = split, .dir = dir,
	    .dir_n = strlen(dir), .how = how, .whole = whole};
	struct err e;
	size_t i;

	if (!store_is_dir(b->s->root, dir) ||
	    root_find(b->s->root, split, ROOT_NOFOLLOW, &f, &e) ||
	    !S_ISREG(f.st.st_mode) || root_reopen(b->s->root, &f, &e))
		return;
	make_tables();
	if (read_list(&x, &f, &e)) {
		e.fine = true; /* the layer itself is read all the same */
		store_note_err(b->rec, b->s, split, &e);
	} else {
		root_walk(b->s->root, dir, object, NULL, &x, &e);
		for (i = 0; i < x.n; i++)
			if (!x.v[i].seen && (x.v[i].type == '0' ||
						x.v[i].type == '2'))
				tell(&x, x.v[i].name, "missing", x.v[i].crc, 0,
				    x.v[i].size, NULL);
		if (x.untold)
			store_note(b->rec, b->s, ERR_LIMIT, dir, "%zu more "
			    "files differ from the list of the layer "
			    "(TARSPLIT_TOLD)", x.untold);
	}
	for (i = 0; i < x.n; i++)
		free(x.v[i].name);
	free(x.v);
}
