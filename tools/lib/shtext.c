#include "shtext.h"

#include <strings.h>

bool
shtext_has(const struct str *s, enum shmark m)
{
	return memchr(s->s, (int)m, s->n) != NULL;
}

void
shtext_strip(const char *p, size_t n, struct str *out)
{
	size_t i;

	for (i = 0; i < n; i++) {
		switch (p[i]) {
		case SHMARK_DECODED:
			break;
		case SHMARK_FETCH:
			i++; /* its number */
			/* fallthrough */
		case SHMARK_UNKNOWN:
		case SHMARK_NET:
			str_adds(out, "...");
			break;
		default:
			str_addc(out, p[i]);
		}
	}
}

static int
value64(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	if (c == '/' || c == '_')
		return 63;
	return -1;
}

static int
value32(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	if (c >= '2' && c <= '7')
		return c - '2' + 26;
	return -1;
}

static int
unbase(const char *p, size_t n, int (*value)(char), int bits, struct str *out)
{
	uint32_t acc = 0;
	int have = 0, v;
	size_t i, digits = 0;

	for (i = 0; i < n; i++) {
		if (p[i] == '=' || strchr(" \t\r\n", p[i]) ||
		    p[i] == SHMARK_DECODED)
			continue;
		v = value(p[i]);
		if (v < 0)
			return -1;
		digits++;
		acc = (acc << bits | (uint32_t)v) & 0xffff;
		have += bits;
		if (have >= 8) {
			have -= 8;
			str_addc(out, (char)(acc >> have & 0xff));
		}
	}
	return digits >= 2 ? 0 : -1;
}

int
shtext_unbase64(const char *p, size_t n, struct str *out)
{
	return unbase(p, n, value64, 6, out);
}

int
shtext_unbase32(const char *p, size_t n, struct str *out)
{
	return unbase(p, n, value32, 5, out);
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int
shtext_unhex(const char *p, size_t n, struct str *out)
{
	int first = -1, v;
	size_t i, digits = 0;

	for (i = 0; i < n; i++) {
		if (strchr(" \t\r\n:", p[i]) || p[i] == SHMARK_DECODED)
			continue;
		v = hex(p[i]);
		if (v < 0)
			return -1;
		digits++;
		if (first < 0) {
			first = v;
		} else {
			str_addc(out, (char)(first << 4 | v));
			first = -1;
		}
	}
	return digits >= 2 ? 0 : -1;
}

static void
add_utf8(struct str *out, uint32_t u)
{
	if (u < 0x80) {
		str_addc(out, (char)u);
	} else if (u < 0x800) {
		str_addc(out, (char)(0xc0 | u >> 6));
		str_addc(out, (char)(0x80 | (u & 0x3f)));
	} else {
		str_addc(out, (char)(0xe0 | (u >> 12 & 0xf)));
		str_addc(out, (char)(0x80 | (u >> 6 & 0x3f)));
		str_addc(out, (char)(0x80 | (u & 0x3f)));
	}
}

/* A byte that an escape made: never one of our marks, never a NUL. */
static void
add_byte(struct str *out, unsigned v)
{
	if (v > 4)
		str_addc(out, (char)v);
}

bool
shtext_escapes(const char *p, size_t n, struct str *out)
{
	static const char plain[] = "abefnrtv\\'\"?";
	static const char means[] = "\a\b\033\f\n\r\t\v\\'\"?";
	bool hidden = false;
	size_t i, k;
	unsigned v;
	const char *at;

	for (i = 0; i < n; i++) {
		if (p[i] != '\\' || i + 1 >= n) {
			str_addc(out, p[i]);
			continue;
		}
		i++;
		if (p[i] == 'x' || p[i] == 'u' || p[i] == 'U') {
			size_t most = p[i] == 'x' ? 2 : p[i] == 'u' ? 4 : 8;

			for (k = 0, v = 0; k < most && i + 1 < n &&
			     hex(p[i + 1]) >= 0; k++)
				v = v << 4 | (unsigned)hex(p[++i]);
			if (!k) {
				str_addc(out, '\\');
				str_addc(out, p[i]);
				continue;
			}
			hidden = true;
			if (most == 2)
				add_byte(out, v);
			else if (v > 4 && v < 0xd800)
				add_utf8(out, v);
		} else if (p[i] >= '0' && p[i] <= '7') {
			size_t most = p[i] == '0' ? 4 : 3;

			for (k = 0, v = 0, i--; k < most && i + 1 < n &&
			     p[i + 1] >= '0' && p[i + 1] <= '7'; k++)
				v = v << 3 | (unsigned)(p[++i] - '0');
			hidden = true;
			add_byte(out, v & 0xff);
		} else if (p[i] == 'c') {
			break;
		} else if ((at = strchr(plain, p[i])) && *at) {
			str_addc(out, means[at - plain]);
		} else {
			str_addc(out, '\\');
			str_addc(out, p[i]);
		}
	}
	return hidden;
}

/* A set of tr: ranges and classes written out. */
static void
tr_set(const char *s, struct str *out)
{
	struct str t cleanup_str = STR_INIT;
	size_t i;
	int c;

	shtext_escapes(s, strlen(s), &t);
	for (i = 0; i < t.n && out->n < 1024; i++) {
		if (i + 2 < t.n && t.s[i + 1] == '-' &&
		    (unsigned char)t.s[i] <= (unsigned char)t.s[i + 2]) {
			for (c = (unsigned char)t.s[i];
			     c <= (unsigned char)t.s[i + 2]; c++)
				str_addc(out, (char)c);
			i += 2;
		} else if (strncmp(t.s + i, "[:upper:]", 9) == 0) {
			str_adds(out, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
			i += 8;
		} else if (strncmp(t.s + i, "[:lower:]", 9) == 0) {
			str_adds(out, "abcdefghijklmnopqrstuvwxyz");
			i += 8;
		} else if (strncmp(t.s + i, "[:space:]", 9) == 0) {
			str_adds(out, " \t\n\v\f\r");
			i += 8;
		} else {
			str_addc(out, t.s[i]);
		}
	}
}

void
shtext_tr(const struct str *in, const char *set1, const char *set2,
    struct str *out)
{
	struct str a cleanup_str = STR_INIT, b cleanup_str = STR_INIT;
	int map[256];
	size_t i, k;

	tr_set(set1, &a);
	if (set2)
		tr_set(set2, &b);
	for (i = 0; i < 256; i++)
		map[i] = (int)i;
	for (i = 0; i < a.n; i++) {
		k = i < b.n ? i : b.n - 1;
		if ((unsigned char)a.s[i] > 4)
			map[(unsigned char)a.s[i]] = b.n
			    ? (unsigned char)b.s[k] : -1;
	}
	for (i = 0; i < in->n; i++) {
		if (in->s[i] == SHMARK_FETCH && i + 1 < in->n) {
			str_add(out, in->s + i, 2);
			i++;
		} else if (map[(unsigned char)in->s[i]] >= 0) {
			str_addc(out, (char)map[(unsigned char)in->s[i]]);
		}
	}
}

void
shtext_rev(const struct str *in, struct str *out)
{
	size_t i = 0, e, k;

	while (i < in->n) {
		for (e = i; e < in->n && in->s[e] != '\n'; e++)
			;
		if (memchr(in->s + i, SHMARK_FETCH, e - i)) {
			str_add(out, in->s + i, e - i);
		} else {
			for (k = e; k > i; k--)
				str_addc(out, in->s[k - 1]);
		}
		if (e < in->n)
			str_addc(out, '\n');
		i = e + 1;
	}
}

bool
shtext_url(const char *p, size_t n)
{
	static const char *const schemes[] = {"http", "https", "ftp", "ftps",
	    "tftp", "sftp", "scp", "s3", "gs", "ipfs", "rsync", "gopher",
	    "dict", "smb"};
	size_t i, k;

	while (n && (*p == '"' || *p == '\'')) {
		p++;
		n--;
	}
	for (i = 0; i < n && i < 8 && p[i] != ':'; i++)
		;
	if (i + 3 >= n || p[i] != ':' || p[i + 1] != '/')
		return false;
	for (k = 0; k < COUNT(schemes); k++)
		if (strlen(schemes[k]) == i &&
		    strncasecmp(schemes[k], p, i) == 0)
			return true;
	return false;
}

/* The host of an address: behind the scheme and user, before port and path. */
static void
host_of(const char *p, size_t n, const char **h, size_t *hn)
{
	size_t i;

	for (i = 0; i + 2 < n && i < 10; i++)
		if (p[i] == ':' && p[i + 1] == '/') {
			i++;
			while (i < n && p[i] == '/')
				i++;
			p += i;
			n -= i;
			break;
		}
	for (i = 0; i < n && p[i] != '/'; i++)
		if (p[i] == '@') {
			p += i + 1;
			n -= i + 1;
			i = 0;
		}
	*h = p;
	for (i = 0; i < n && !strchr("/:?# \t\"'", p[i]); i++)
		;
	if (n && *p == '[')
		for (i = 0; i < n && p[i] != ']'; i++)
			;
	*hn = i;
}

bool
shtext_ip_host(const char *p, size_t n)
{
	const char *h;
	size_t hn, i, dots = 0, digits = 0;
	bool hexa = false;

	host_of(p, n, &h, &hn);
	if (hn && *h == '[')
		return true;
	for (i = 0; i < hn; i++) {
		if (h[i] == '.') {
			dots++;
		} else if (h[i] >= '0' && h[i] <= '9') {
			digits++;
		} else if ((h[i] == 'x' || h[i] == 'X') && i &&
		    h[i - 1] == '0') {
			hexa = true;
		} else if (hexa && hex(h[i]) >= 0) {
			digits++;
		} else {
			return false;
		}
	}
	/* 3221226177 is 192.0.2.1 as well */
	return digits && dots <= 3 && (dots == 3 || digits >= 7 || hexa);
}

bool
shtext_host_path(const char *p, size_t n, bool strict)
{
	const char *h;
	size_t hn, i, dots = 0;

	if (!n || *p == '-' || *p == '/' || *p == '.')
		return false;
	host_of(p, n, &h, &hn);
	if (h != p || !hn || hn >= n || (h[hn] != '/' && h[hn] != ':'))
		return false;
	if (shtext_ip_host(p, n))
		return true;
	if (strict)
		return false;
	for (i = 0; i < hn; i++) {
		if (h[i] == '.')
			dots++;
		else if (!((h[i] >= 'a' && h[i] <= 'z') ||
			     (h[i] >= 'A' && h[i] <= 'Z') ||
			     (h[i] >= '0' && h[i] <= '9') || h[i] == '-'))
			return false;
	}
	return dots > 0;
}
