#include "tarlist.h"

#include "filecaps.h"
#include "limits.h"
#include "state.h"

#include <errno.h>
#include <zlib.h>

enum { BLOCK = 512, CHUNK = 64 * 1024, LINKS = 16 };

/* ---- headers ---------------------------------------------------------------- */

struct head {
	char type;
	bool known; /* uid, gid, mode */
	int64_t uid, gid, mode, dev;
	struct str link, caps;
};

/* Octal, or of base 256 where the first bit is set; -1: neither. */
static int64_t
number(const char *p, size_t n)
{
	int64_t v = 0;
	size_t i = 0;

	if ((unsigned char)*p == 0x80) {
		for (i = 1; i < n; i++) {
			if (v > INT64_MAX >> 8)
				return -1;
			v = v << 8 | (unsigned char)p[i];
		}
		return v;
	}
	while (i < n && p[i] == ' ')
		i++;
	if (i == n || p[i] < '0' || p[i] > '7')
		return -1;
	for (; i < n && p[i] >= '0' && p[i] <= '7'; i++)
		v = v << 3 | (p[i] - '0');
	return i == n || p[i] == ' ' || !p[i] ? v : -1;
}

/* Bytes of the sum itself count as spaces; old programs summed signed ones. */
static bool
sum_fits(const char *p)
{
	int64_t u = 8 * ' ', s = 8 * ' ', want = number(p + 148, 8);
	size_t i;

	for (i = 0; i < BLOCK; i++)
		if (i < 148 || i >= 156) {
			u += (unsigned char)p[i];
			s += (signed char)p[i];
		}
	return want == u || want == s;
}

static int64_t
decimal(const char *p, size_t n)
{
	int64_t v = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9' || v > INT32_MAX * 10LL)
			return -1;
		v = 10 * v + (p[i] - '0');
	}
	return n ? v : -1;
}

/* One record of pax: the value of a key. */
static void
record(struct head *h, const char *key, size_t k, const char *v, size_t n)
{
	static const char caps[] = "SCHILY.xattr.security.capability";

	if (k == 8 && memcmp(key, "linkpath", k) == 0)
		str_set(&h->link, v, n);
	else if (k == 3 && memcmp(key, "uid", k) == 0)
		h->uid = decimal(v, n);
	else if (k == 3 && memcmp(key, "gid", k) == 0)
		h->gid = decimal(v, n);
	else if (k == sizeof(caps) - 1 && memcmp(key, caps, k) == 0)
		str_set(&h->caps, v, n);
	else if (k > 11 && memcmp(key, "GNU.sparse.", 11) == 0)
		h->type = 'S';
}

/* "LENGTH KEY=VALUE\n", again and again; false: it is damaged. */
static bool
records(struct head *h, const char *p, size_t n)
{
	size_t digits, len, k;
	const char *eq;

	while (n && *p) {
		for (digits = 0; digits < n && digits < 9 && p[digits] >= '0' &&
		     p[digits] <= '9'; digits++)
			;
		len = (size_t)decimal(p, digits);
		if (!digits || digits >= n || p[digits] != ' ' || len > n ||
		    len < digits + 3 || p[len - 1] != '\n')
			return false;
		k = digits + 1;
		eq = memchr(p + k, '=', len - k);
		if (!eq)
			return false;
		record(h, p + k, (size_t)(eq - p) - k, eq + 1,
		    len - (size_t)(eq + 1 - p) - 1);
		p += len;
		n -= len;
	}
	return true;
}

static void
last_header(struct head *h, const char *p)
{
	bool ustar = memcmp(p + 257, "ustar", 5) == 0;
	int64_t a, b;

	if (h->type != 'S')
		h->type = p[156] && p[156] != '7' ? p[156] : '0';
	h->mode = number(p + 100, 8);
	if (h->uid < 0)
		h->uid = number(p + 108, 8);
	if (h->gid < 0)
		h->gid = number(p + 116, 8);
	if (!h->link.n)
		str_add(&h->link, p + 157, strnlen(p + 157, 100));
	if (ustar && (h->type == '3' || h->type == '4')) {
		a = number(p + 329, 8);
		b = number(p + 337, 8);
		if (a >= 0 && b >= 0)
			h->dev = (a & INT32_MAX) << 32 | (b & UINT32_MAX);
	}
	h->known = h->mode >= 0 && h->uid >= 0 && h->gid >= 0 &&
	    h->uid < UINT32_MAX && h->gid < UINT32_MAX;
}

/* All of the bytes between two files: padding, headers. */
static void
headers(struct head *h, const struct str *s)
{
	const char *p = s->s + s->n % BLOCK, *end = s->s + s->n;
	int64_t size;

	for (; p < end && sum_fits(p); p += BLOCK) {
		if (!strchr("xgLK", p[156]) || !p[156]) {
			if (p + BLOCK == end)
				last_header(h, p);
			break;
		}
		size = number(p + 124, 12);
		if (size < 0 || size > end - p - 2 * BLOCK ||
		    (p[156] == 'x' && !records(h, p + BLOCK, (size_t)size)))
			break;
		if (p[156] == 'K')
			str_set(&h->link, p + BLOCK,
			    strnlen(p + BLOCK, (size_t)size));
		p += (size + BLOCK - 1) / BLOCK * BLOCK;
	}
	/* something odd before it: what it is at least */
	p = end - BLOCK;
	if (!h->known && s->n >= BLOCK && sum_fits(p) &&
	    memcmp(p + 257, "ustar", 5) == 0 && h->type == '?')
		h->type = p[156] && p[156] != '7' ? p[156] : '0';
}

/* ---- entries ------------------------------------------------------------------ */

/* "./etc/" as "/etc"; false: nothing that an engine would unpack. */
static bool
clean_name(const char *s, size_t n, struct str *out)
{
	size_t i = 0, a;

	while (i < n) {
		a = i;
		while (i < n && s[i] != '/')
			i++;
		if (i > a && !(i - a == 1 && s[a] == '.')) {
			if (i - a == 2 && s[a] == '.' && s[a + 1] == '.')
				return false;
			str_addc(out, '/');
			str_add(out, s + a, i - a);
		}
		i++;
	}
	return !memchr(out->s, '\0', out->n);
}

/* What an engine makes of a whiteout in the archive; false: no object. */
static bool
whiteout(const struct tar_list *l, struct str *name, char *type)
{
	char *base = strrchr(name->s, '/') + 1;

	if (strncmp(base, ".wh.", 4) != 0 || l->how == ROOT_AUFS)
		return true;
	if (l->whole || strncmp(base, ".wh..wh.", 8) == 0)
		return false;
	memmove(base, base + 4, strlen(base + 4) + 1);
	str_cut(name, name->n - 4);
	*type = 'w';
	return base[0] != '\0';
}

static uint32_t
put_text(struct tar_list *l, const char *s, size_t n)
{
	uint32_t at = (uint32_t)l->text.n;

	str_add(&l->text, s, n);
	str_addc(&l->text, '\0');
	return at;
}

/* A directory's name, kept once while its entries stand near each other. */
static uint32_t
put_dir(struct tar_list *l, const char *s, size_t n)
{
	uint32_t h = 2166136261u, *slot;
	size_t i;

	if (!n)
		return 0;
	for (i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	slot = &l->dirs[(h ^ h >> 16) % COUNT(l->dirs)];
	if (!*slot || strncmp(l->text.s + *slot, s, n) != 0 ||
	    l->text.s[*slot + n])
		*slot = put_text(l, s, n);
	return *slot;
}

static void
add_entry(struct tar_list *l, const struct str *raw, int64_t size, uint64_t crc)
{
	struct str name cleanup_str = STR_INIT, caps cleanup_str = STR_INIT;
	struct head h = {.type = '?', .uid = -1, .gid = -1, .mode = -1,
	    .link = STR_INIT, .caps = STR_INIT};
	const char *base, *text = NULL;
	struct tar_entry *e;

	headers(&h, &l->between);
	str_clear(&l->between);
	if (h.type == '0' && raw->n && raw->s[raw->n - 1] == '/')
		h.type = '5'; /* archives of before POSIX */
	if (!clean_name(raw->s, raw->n, &name) ||
	    (name.n && !whiteout(l, &name, &h.type)))
		goto out;
	if (name.n && l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 1024;
		l->v = xreallocarray(l->v, l->cap, sizeof(*l->v));
	}
	e = name.n ? &l->v[l->n] : &l->top;
	memset(e, 0, sizeof(*e));
	e->type = h.type;
	e->size = h.type == '3' || h.type == '4' ? h.dev : size;
	e->crc = crc;
	e->flags = h.known ? TAR_OWNED : 0;
	e->mode = (uint16_t)(h.mode & 07777);
	e->uid = (uint32_t)h.uid;
	e->gid = (uint32_t)h.gid;
	if (!name.n)
		goto out;
	base = strrchr(name.s, '/');
	e->dir = put_dir(l, name.s, (size_t)(base - name.s));
	e->base = put_text(l, base + 1, strlen(base + 1));
	e->at = (uint32_t)l->n++;
	if (h.type == '1' || h.type == '2')
		text = h.link.n && !memchr(h.link.s, '\0', h.link.n)
		    ? h.link.s : NULL;
	else if (h.caps.n && filecaps_text(h.caps.s, h.caps.n, &caps) == 0)
		text = caps.s;
	if (text) {
		e->flags |= TAR_TEXT;
		put_text(l, text, strlen(text));
	}
out:
	str_release(&h.link);
	str_release(&h.caps);
}

/* One line; false: it is no such thing. */
static bool
line(struct tar_list *l, const char *p, size_t n)
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
		/* more than any header: what is before it says nothing */
		if (l->between.n + bytes.n > TARSPLIT_LINE)
			str_clear(&l->between);
		str_add(&l->between, bytes.s, bytes.n);
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
	add_entry(l, &name, state_int(&d, d.json, "size", 0), crc);
	return true;
}

/* ---- the whole list ------------------------------------------------------------- */

static int
by_name(const void *a, const void *b, void *text)
{
	const struct tar_entry *x = a, *y = b;
	const char *t = text;
	int c = x->dir == y->dir ? 0 : strcmp(t + x->dir, t + y->dir);

	if (c == 0)
		c = strcmp(t + x->base, t + y->base);
	return c ? c : x->at < y->at ? 1 : -1;
}

/* Of each name the last one; owner and mode of a file that has several names
 * are those that it got last, and not known where they differ. */
static void
settle(struct tar_list *l)
{
	struct tar_entry *e, *to;
	size_t i, k = 0;

	if (l->n)
		qsort_r(l->v, l->n, sizeof(*l->v), by_name, l->text.s);
	for (i = 0; i < l->n; i++) {
		e = &l->v[i];
		if (k && strcmp(l->text.s + l->v[k - 1].base,
			    l->text.s + e->base) == 0 &&
		    strcmp(l->text.s + l->v[k - 1].dir,
			l->text.s + e->dir) == 0)
			continue;
		l->v[k++] = *e;
	}
	l->n = k;
	for (i = 0; i < l->n; i++) {
		e = &l->v[i];
		if (e->type != '1' || !(to = tarlist_resolve(l, e)))
			continue;
		if (!(e->flags & TAR_OWNED) || e->mode != to->mode ||
		    e->uid != to->uid || e->gid != to->gid)
			to->flags &= (uint8_t)~TAR_OWNED;
	}
}

int
tarlist_read(struct tar_list *l, struct root_file *f, enum root_layering how,
    bool whole, struct err *e)
{
	struct str text cleanup_str = STR_INIT;
	int64_t total = 0;
	char *buf, *nl;
	size_t from = 0, i;
	int n = 0, ret = 0, bad = Z_OK, fd;
	gzFile z;

	l->how = how;
	l->whole = whole;
	put_text(l, "", 0); /* 0 is the top directory */
	fd = fcntl(f->fd, F_DUPFD_CLOEXEC, 3);
	/* a member of an archive was just written: its offset is the end */
	if (fd < 0 || lseek(fd, 0, SEEK_SET) < 0 || !(z = gzdopen(fd, "rb"))) {
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
			if (i > from && !line(l, text.s + from, i - from))
				ret = err_set(e, ERR_CORRUPT, 0,
				    "is no list of tar-split");
			from = i + 1;
		}
		memmove(text.s, text.s + from, text.n - from);
		str_cut(&text, text.n - from);
		from = 0;
		if (ret == 0 && (text.n > TARSPLIT_LINE ||
				    total > TARSPLIT_BYTES ||
				    l->text.n > TARSPLIT_NAMES ||
				    l->n > TARSPLIT_FILES))
			ret = err_set(e, ERR_LIMIT, 0, "is not compared: "
			    "TARSPLIT_LINE, TARSPLIT_BYTES, TARSPLIT_FILES, "
			    "TARSPLIT_NAMES");
	}
	/* a stream that is cut ends without an error of gzread */
	(void)gzerror(z, &bad);
	if (ret == 0 && (n < 0 || text.n || total == 0 ||
			    (bad != Z_OK && bad != Z_STREAM_END)))
		ret = err_set(e, ERR_CORRUPT, 0, "ends in the middle");
	gzclose(z);
	free(buf);
	str_release(&l->between);
	settle(l);
	return ret;
}

void
tarlist_release(struct tar_list *l)
{
	free(l->v);
	str_release(&l->text);
	str_release(&l->between);
}

/* ---- looking up ------------------------------------------------------------------ */

/* First entry not before the name: dir has n bytes. */
static size_t
place(const struct tar_list *l, const char *dir, size_t n, const char *base)
{
	size_t lo = 0, hi = l->n, mid;
	const char *d;
	int c;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		d = l->text.s + l->v[mid].dir;
		c = strncmp(d, dir, n);
		if (c == 0)
			c = d[n] ? 1 : strcmp(l->text.s + l->v[mid].base, base);
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct tar_entry *
tarlist_find(struct tar_list *l, const char *path)
{
	const char *base = strrchr(path, '/');
	size_t n = (size_t)(base - path), i = place(l, path, n, base + 1);
	const char *d;

	if (i >= l->n)
		return NULL;
	d = l->text.s + l->v[i].dir;
	return strncmp(d, path, n) == 0 && !d[n] &&
		strcmp(l->text.s + l->v[i].base, base + 1) == 0 ? &l->v[i] : NULL;
}

/* Entries whose directory is the path, then those that lie deeper. */
static size_t
below(struct tar_list *l, const char *path, bool deeper, size_t *end)
{
	struct str p cleanup_str = STR_INIT;
	size_t from, i;
	const char *d;

	str_adds(&p, path);
	if (deeper)
		str_addc(&p, '/');
	from = place(l, p.s, p.n, "");
	for (i = from; i < l->n; i++) {
		d = l->text.s + l->v[i].dir;
		if (strncmp(d, p.s, p.n) != 0 || (!deeper && d[p.n]))
			break;
		if (!end)
			return 1;
	}
	if (!end)
		return 0;
	*end = i;
	return from;
}

bool
tarlist_below(struct tar_list *l, const char *path)
{
	return below(l, path, false, NULL) || below(l, path, true, NULL);
}

void
tarlist_saw(struct tar_list *l, const char *path)
{
	struct tar_entry *t = tarlist_find(l, path);
	size_t i, end;

	if (t)
		t->flags |= TAR_SEEN;
	for (i = below(l, path, false, &end); i < end; i++)
		l->v[i].flags |= TAR_SEEN;
	for (i = below(l, path, true, &end); i < end; i++)
		l->v[i].flags |= TAR_SEEN;
}

const char *
tarlist_path(const struct tar_list *l, const struct tar_entry *e,
    struct str *out)
{
	str_sets(out, l->text.s + e->dir);
	str_addc(out, '/');
	str_adds(out, l->text.s + e->base);
	return out->s;
}

const char *
tarlist_text(const struct tar_list *l, const struct tar_entry *e)
{
	const char *base = l->text.s + e->base;

	return e->flags & TAR_TEXT ? base + strlen(base) + 1 : "";
}

struct tar_entry *
tarlist_resolve(struct tar_list *l, struct tar_entry *e)
{
	int i;

	for (i = 0; e && e->type == '1' && i < LINKS; i++) {
		struct str p cleanup_str = STR_INIT;
		const char *to = tarlist_text(l, e);
		struct tar_entry *next = NULL;

		/* what came after it is another file */
		if (*to && clean_name(to, strlen(to), &p) && p.n)
			next = tarlist_find(l, p.s);
		e = next && next->at < e->at ? next : NULL;
	}
	return e && e->type != '1' ? e : NULL;
}
