#include "str.h"

#include "err.h"

char str_empty[1];

void
str_init(struct str *a)
{
	a->s = str_empty;
	a->n = a->cap = 0;
}

void
str_release(struct str *a)
{
	if (a->cap)
		free(a->s);
	str_init(a);
}

void
str_clear(struct str *a)
{
	a->n = 0;
	if (a->cap)
		a->s[0] = '\0';
}

void
str_grow(struct str *a, size_t more)
{
	size_t need, cap;

	if (more > SIZE_MAX / 2 - a->n - 1)
		die("out of memory");
	need = a->n + more + 1;
	if (need <= a->cap)
		return;
	cap = a->cap ? a->cap : 32;
	while (cap < need)
		cap *= 2;
	a->s = xrealloc(a->cap ? a->s : NULL, cap);
	a->cap = cap;
}

void
str_add(struct str *a, const void *p, size_t n)
{
	str_grow(a, n);
	if (n)
		memcpy(a->s + a->n, p, n);
	a->n += n;
	a->s[a->n] = '\0';
}

void
str_addc(struct str *a, char c)
{
	if (a->n + 2 > a->cap)
		str_grow(a, 1);
	a->s[a->n++] = c;
	a->s[a->n] = '\0';
}

void
str_adds(struct str *a, const char *s)
{
	str_add(a, s, strlen(s));
}

void
str_addf(struct str *a, const char *fmt, ...)
{
	va_list ap, ap2;
	int n;

	va_start(ap, fmt);
	va_copy(ap2, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		die("cannot format a message");
	str_grow(a, (size_t)n);
	vsnprintf(a->s + a->n, (size_t)n + 1, fmt, ap2);
	va_end(ap2);
	a->n += (size_t)n;
}

void
str_set(struct str *a, const void *p, size_t n)
{
	str_clear(a);
	str_add(a, p, n);
}

void
str_sets(struct str *a, const char *s)
{
	str_set(a, s, strlen(s));
}

void
str_cut(struct str *a, size_t n)
{
	if (n < a->n) {
		a->n = n;
		a->s[n] = '\0';
	}
}

char *
str_steal(struct str *a)
{
	char *s;

	if (!a->cap)
		str_grow(a, 0);
	a->s[a->n] = '\0';
	s = a->s;
	str_init(a);
	return s;
}

bool
str_eq(const struct str *a, const char *s)
{
	return a->n == strlen(s) && memcmp(a->s, s, a->n) == 0;
}

void
strlist_add(struct strlist *l, const void *p, size_t n)
{
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 8;
		l->v = xreallocarray(l->v, l->cap, sizeof(*l->v));
	}
	str_init(&l->v[l->n]);
	str_add(&l->v[l->n++], p, n);
}

void
strlist_adds(struct strlist *l, const char *s)
{
	strlist_add(l, s, strlen(s));
}

static int
cmp_str(const void *a, const void *b)
{
	const struct str *x = a, *y = b;
	int r = memcmp(x->s, y->s, x->n < y->n ? x->n : y->n);

	if (r)
		return r;
	return (x->n > y->n) - (x->n < y->n);
}

void
strlist_sort(struct strlist *l)
{
	if (l->n > 1)
		qsort(l->v, l->n, sizeof(*l->v), cmp_str);
}

void
strlist_clear(struct strlist *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		str_release(&l->v[i]);
	l->n = 0;
}

void
strlist_release(struct strlist *l)
{
	strlist_clear(l);
	free(l->v);
	l->v = NULL;
	l->cap = 0;
}

void
strlist_join(const struct strlist *l, const char *sep, struct str *out)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (i)
			str_adds(out, sep);
		str_add(out, l->v[i].s, l->v[i].n);
	}
}

/* RFC 3629, table 3-7 of the Unicode standard. */
size_t
utf8_len(const unsigned char *p, size_t n)
{
	unsigned char c;

	if (n == 0 || p[0] == 0)
		return 0;
	c = p[0];
	if (c < 0x80)
		return 1;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	if (c < 0xe0)
		return n >= 2 && (p[1] & 0xc0) == 0x80 ? 2 : 0;
	if (c < 0xf0) {
		if (n < 3 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80)
			return 0;
		if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f))
			return 0;
		return 3;
	}
	if (n < 4 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80 ||
	    (p[3] & 0xc0) != 0x80)
		return 0;
	if ((c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] > 0x8f))
		return 0;
	return 4;
}

bool
utf8_clean(const void *p, size_t n)
{
	const unsigned char *s = p;
	size_t i = 0, k;

	while (i < n) {
		if (s[i] && s[i] < 0x80) {
			i++;
			continue;
		}
		k = utf8_len(s + i, n - i);
		if (!k)
			return false;
		i += k;
	}
	return true;
}

void
str_add_readable(struct str *out, const void *p, size_t n)
{
	const unsigned char *s = p;
	size_t i = 0, k;

	while (i < n) {
		if (s[i] == '\\') {
			str_add(out, "\\\\", 2);
			i++;
			continue;
		}
		k = utf8_len(s + i, n - i);
		if (k) {
			str_add(out, s + i, k);
			i += k;
		} else {
			str_addf(out, "\\x%02X", s[i]);
			i++;
		}
	}
}

static uint32_t
decode(const unsigned char *s, size_t k)
{
	if (k == 1)
		return s[0];
	if (k == 2)
		return (uint32_t)(s[0] & 0x1f) << 6 | (s[1] & 0x3f);
	if (k == 3)
		return (uint32_t)(s[0] & 0x0f) << 12 |
		       (uint32_t)(s[1] & 0x3f) << 6 | (s[2] & 0x3f);
	return (uint32_t)(s[0] & 0x07) << 18 | (uint32_t)(s[1] & 0x3f) << 12 |
	       (uint32_t)(s[2] & 0x3f) << 6 | (s[3] & 0x3f);
}

/* Characters that change how a terminal shows what is around them. */
static bool
deceptive(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad ||
	       c == 0x061c || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	       c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
	       (c >= 0xe0000 && c <= 0xe007f);
}

void
str_add_visible(struct str *out, const void *p, size_t n)
{
	const unsigned char *s = p;
	size_t i = 0, k;
	uint32_t c;

	while (i < n) {
		k = utf8_len(s + i, n - i);
		if (!k) {
			str_addf(out, "\\x%02X", s[i]);
			i++;
			continue;
		}
		c = decode(s + i, k);
		if (c == '\n')
			str_adds(out, "\\n");
		else if (c == '\t')
			str_adds(out, "\\t");
		else if (c == '\r')
			str_adds(out, "\\r");
		else if (c == '\\')
			str_adds(out, "\\\\");
		else if (c < 0x80 && deceptive(c))
			str_addf(out, "\\x%02X", (unsigned)c);
		else if (deceptive(c))
			str_addf(out, "\\u{%X}", (unsigned)c);
		else
			str_add(out, s + i, k);
		i += k;
	}
}

static const char b64[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
str_add_base64(struct str *out, const void *p, size_t n)
{
	const unsigned char *s = p;
	size_t i;
	uint32_t v;

	str_grow(out, (n / 3 + 1) * 4);
	for (i = 0; i + 2 < n; i += 3) {
		v = (uint32_t)s[i] << 16 | (uint32_t)s[i + 1] << 8 | s[i + 2];
		out->s[out->n++] = b64[v >> 18];
		out->s[out->n++] = b64[v >> 12 & 63];
		out->s[out->n++] = b64[v >> 6 & 63];
		out->s[out->n++] = b64[v & 63];
	}
	if (i < n) {
		v = (uint32_t)s[i] << 16 |
		    (i + 1 < n ? (uint32_t)s[i + 1] << 8 : 0);
		out->s[out->n++] = b64[v >> 18];
		out->s[out->n++] = b64[v >> 12 & 63];
		out->s[out->n++] = i + 1 < n ? b64[v >> 6 & 63] : '=';
		out->s[out->n++] = '=';
	}
	out->s[out->n] = '\0';
}

static int
unb64(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

int
str_add_unbase64(struct str *out, const char *s, size_t n)
{
	size_t i, start = out->n;
	int a, b, c, d, pad;

	if (n % 4)
		return -1;
	str_grow(out, n / 4 * 3);
	for (i = 0; i < n; i += 4) {
		pad = 0;
		a = unb64((unsigned char)s[i]);
		b = unb64((unsigned char)s[i + 1]);
		c = unb64((unsigned char)s[i + 2]);
		d = unb64((unsigned char)s[i + 3]);
		if (i + 4 == n && s[i + 3] == '=') {
			pad = s[i + 2] == '=' ? 2 : 1;
			d = 0;
			if (pad == 2)
				c = 0;
		}
		if (a < 0 || b < 0 || c < 0 || d < 0 ||
		    (pad == 2 && (b & 15)) || (pad == 1 && (c & 3))) {
			str_cut(out, start);
			return -1;
		}
		out->s[out->n++] = (char)(a << 2 | b >> 4);
		if (pad < 2)
			out->s[out->n++] = (char)((b & 15) << 4 | c >> 2);
		if (pad < 1)
			out->s[out->n++] = (char)((c & 3) << 6 | d);
	}
	out->s[out->n] = '\0';
	return 0;
}

void
str_add_hex(struct str *out, const void *p, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *s = p;
	size_t i;

	str_grow(out, 2 * n);
	for (i = 0; i < n; i++) {
		out->s[out->n++] = hex[s[i] >> 4];
		out->s[out->n++] = hex[s[i] & 15];
	}
	out->s[out->n] = '\0';
}

void
str_add_json(struct str *out, const char *p, size_t n)
{
	const unsigned char *s = (const unsigned char *)p;
	size_t i, from = 0;

	str_addc(out, '"');
	for (i = 0; i < n; i++) {
		if (s[i] >= 0x20 && s[i] != '"' && s[i] != '\\' &&
		    s[i] != 0x7f)
			continue;
		str_add(out, s + from, i - from);
		from = i + 1;
		if (s[i] == '"' || s[i] == '\\') {
			str_addc(out, '\\');
			str_addc(out, (char)s[i]);
		} else if (s[i] == '\n') {
			str_add(out, "\\n", 2);
		} else if (s[i] == '\t') {
			str_add(out, "\\t", 2);
		} else {
			str_addf(out, "\\u%04x", s[i]);
		}
	}
	str_add(out, s + from, n - from);
	str_addc(out, '"');
}

void
str_add_json_list(struct str *out, const struct strlist *l)
{
	struct str tmp cleanup_str = STR_INIT;
	size_t i;

	str_addc(out, '[');
	for (i = 0; i < l->n; i++) {
		if (i)
			str_addc(out, ',');
		if (utf8_clean(l->v[i].s, l->v[i].n)) {
			str_add_json(out, l->v[i].s, l->v[i].n);
			continue;
		}
		str_clear(&tmp);
		str_add_readable(&tmp, l->v[i].s, l->v[i].n);
		str_add_json(out, tmp.s, tmp.n);
	}
	str_addc(out, ']');
}
