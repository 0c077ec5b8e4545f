#include "known.h"

#include "limits.h"
#include "packages.h"
#include "str.h"

#include <errno.h>
#include <strings.h>

#define HALF 16 /* bytes of a digest that are kept: all of MD5 */

struct known {
	struct entry {
		unsigned char digest[HALF];
		uint64_t path; /* its hash; 0: none */
	} *v;
	size_t n, cap, odd;
	uint64_t *paths; /* sorted, once each */
	size_t paths_n;
	bool md5;
};

struct known *
known_new(void)
{
	return xcalloc(1, sizeof(struct known));
}

void
known_free(struct known *k)
{
	if (!k)
		return;
	free(k->v);
	free(k->paths);
	free(k);
}

/* FNV-1a: the list is ours, nobody chooses names that collide. */
static uint64_t
hash(const char *p, size_t n)
{
	uint64_t h = 0xcbf29ce484222325;

	while (n--)
		h = (h ^ (unsigned char)*p++) * 0x100000001b3;
	return h ? h : 1;
}

static int
nibble(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	    c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	    c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A digest of a kind that we know: its first half. */
static bool
digest(const char *p, size_t n, unsigned char out[HALF])
{
	size_t i;

	if (n != 32 && n != 64)
		return false;
	for (i = 0; i < n; i++) {
		if (nibble(p[i]) < 0)
			return false;
		if (i < 2 * (size_t)HALF && i % 2)
			out[i / 2] = (unsigned char)(nibble(p[i - 1]) << 4 |
			    nibble(p[i]));
	}
	return true;
}

static int
add(struct known *k, const unsigned char d[HALF], size_t hex, const char *path,
    size_t n)
{
	struct str name cleanup_str = STR_INIT;

	if (k->n == KNOWN_MAX)
		return -1;
	if (k->n == k->cap) {
		k->cap = k->cap ? 2 * k->cap : 4096;
		k->v = xreallocarray(k->v, k->cap, sizeof(*k->v));
	}
	memcpy(k->v[k->n].digest, d, HALF);
	k->v[k->n].path = 0;
	if (n >= 2 && path[0] == '.' && path[1] == '/')
		path += 2, n -= 2;
	if (n) {
		if (*path != '/')
			str_addc(&name, '/');
		str_add(&name, path, n);
		k->v[k->n].path = hash(name.s, name.n);
	}
	k->n++;
	k->md5 |= hex == 32;
	return 0;
}

/* The escapes of coreutils, which are said by a backslash before the line. */
static void
unescape(const char *p, size_t n, struct str *out)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] == '\\' && i + 1 < n) {
			i++;
			str_addc(out, p[i] == 'n' ? '\n' :
			    p[i] == 'r' ? '\r' : p[i]);
		} else {
			str_addc(out, p[i]);
		}
}

/* 1: taken, 0: of no form that we know, -1: too many. */
static int
sum_line(struct known *k, const char *p, size_t n)
{
	struct str path cleanup_str = STR_INIT;
	unsigned char d[HALF];
	bool escaped = n && *p == '\\';
	size_t hex;

	p += escaped;
	n -= escaped;
	for (hex = 0; hex < n && nibble(p[hex]) >= 0; hex++)
		;
	if (!digest(p, hex, d))
		return 0;
	p += hex;
	n -= hex;
	if (n && *p != ' ' && *p != '\t')
		return 0;
	while (n && (*p == ' ' || *p == '\t'))
		p++, n--;
	if (n && *p == '*')
		p++, n--;
	if (!escaped)
		return add(k, d, hex, p, n) ? -1 : 1;
	unescape(p, n, &path);
	return add(k, d, hex, path.s, path.n) ? -1 : 1;
}

static int
bsd_line(struct known *k, const char *p, size_t n)
{
	static const char *const names[] = {"MD5 (", "SHA256 ("};
	unsigned char d[HALF];
	size_t i, at;

	for (i = 0; i < COUNT(names); i++) {
		at = strlen(names[i]);
		if (n <= at || strncasecmp(p, names[i], at) != 0)
			continue;
		p += at;
		n -= at;
		for (at = n; at >= 4; at--)
			if (memcmp(p + at - 4, ") = ", 4) == 0)
				break;
		if (at < 4 || !digest(p + at, n - at, d))
			return 0;
		return add(k, d, n - at, p, at - 4) ? -1 : 1;
	}
	return 0;
}

/* Fields: every digest in them is a line of its own. */
static int
field_line(struct known *k, const char *p, size_t n)
{
	unsigned char d[HALF];
	const char *path = "", *f = p, *end = p + n, *next;
	size_t path_n = 0, len;
	int pass, taken = 0;

	if (!memchr(p, ',', n))
		return 0;
	for (pass = 0; pass < 2; pass++)
		for (f = p; f <= end; f = next + 1) {
			next = memchr(f, ',', (size_t)(end - f));
			/* the last field is all the rest in the first pass */
			next = next ? next : end;
			len = (size_t)(next - f);
			if (len >= 2 && *f == '"' && f[len - 1] == '"')
				f++, len -= 2;
			if (!pass && memchr(f, '/', len)) {
				path = f;
				path_n = (size_t)(end - f);
				if (path_n && f[path_n - 1] == '"')
					path_n--;
				break;
			}
			if (!pass || !digest(f, len, d))
				continue;
			if (add(k, d, len, path, path_n))
				return -1;
			taken = 1;
		}
	return taken;
}

int
known_read(struct known *k, const char *path, struct err *e)
{
	FILE *f = fopen(path, "re");
	char *line cleanup_free = NULL;
	size_t cap = 0, before = k->n, odd = k->odd, lines = 0;
	ssize_t n;
	int r = 0;

	if (!f)
		return err_sys(e, errno, "cannot open the list '%s'", path);
	while (r >= 0 && (n = getline(&line, &cap, f)) >= 0) {
		while (n && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			n--;
		if (!n || *line == '#' || *line == '%')
			continue;
		lines++;
		r = sum_line(k, line, (size_t)n);
		if (!r)
			r = bsd_line(k, line, (size_t)n);
		if (!r)
			r = field_line(k, line, (size_t)n);
		k->odd += !r;
	}
	if (ferror(f)) {
		fclose(f);
		return err_sys(e, EIO, "cannot read the list '%s'", path);
	}
	fclose(f);
	if (r < 0)
		return err_set(e, ERR_LIMIT, 0, "the list '%s' has too many "
		    "digests: more than %d (KNOWN_MAX) together", path,
		    KNOWN_MAX);
	if (k->n == before)
		return err_set(e, ERR_CORRUPT, 0, "the list '%s' has no MD5 or "
		    "SHA-256 in any of its %zu lines", path, lines);
	if (k->odd - odd > (k->n - before))
		return err_set(e, ERR_CORRUPT, 0, "the list '%s' is no list of "
		    "digests: %zu lines are, %zu are not", path, k->n - before,
		    k->odd - odd);
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int d = memcmp(x->digest, y->digest, HALF);

	return d ? d : x->path < y->path ? -1 : x->path > y->path;
}

static int
compare_paths(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

void
known_ready(struct known *k)
{
	size_t i, n = 0;

	if (!k->n)
		return;
	qsort(k->v, k->n, sizeof(*k->v), compare);
	k->paths = xreallocarray(k->paths, k->n, sizeof(*k->paths));
	for (i = 0; i < k->n; i++)
		if (k->v[i].path)
			k->paths[n++] = k->v[i].path;
	if (n)
		qsort(k->paths, n, sizeof(*k->paths), compare_paths);
	k->paths_n = 0;
	for (i = 0; i < n; i++)
		if (!i || k->paths[i] != k->paths[k->paths_n - 1])
			k->paths[k->paths_n++] = k->paths[i];
}

bool
known_has_md5(const struct known *k)
{
	return k->md5;
}

size_t
known_count(const struct known *k)
{
	return k->n;
}

size_t
known_odd(const struct known *k)
{
	return k->odd;
}

static bool
listed(const struct known *k, const char *hex)
{
	struct entry want = {.path = 0};
	size_t lo = 0, hi = k->n, mid;

	if (!hex || !digest(hex, strlen(hex), want.digest))
		return false;
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (memcmp(k->v[mid].digest, want.digest, HALF) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < k->n && memcmp(k->v[lo].digest, want.digest, HALF) == 0;
}

enum known_answer
known_ask(const struct known *k, const char *path, const char *sha256,
    const char *md5)
{
	uint64_t h;

	if (!k || !k->n)
		return KNOWN_NOTHING;
	if (listed(k, sha256) || listed(k, md5))
		return KNOWN_GOOD;
	/* without the digest that the list has there is no answer */
	if (!sha256 || (k->md5 && !md5) || !k->paths_n)
		return KNOWN_NOTHING;
	h = hash(path, strlen(path));
	return bsearch(&h, k->paths, k->paths_n, sizeof(h), compare_paths) ?
	    KNOWN_OTHER : KNOWN_NOTHING;
}

void
known_use(const struct strlist *files)
{
	struct known *k;
	struct err e;
	size_t i;

	if (!files->n)
		return;
	k = known_new();
	for (i = 0; i < files->n; i++)
		if (known_read(k, files->v[i].s, &e))
			die("%s", e.msg);
	if (known_odd(k))
		warn_msg("%zu lines of the lists are of no known form",
		    known_odd(k));
	known_ready(k);
	pkgdb_known(k); /* to the end of the process */
}
