#include "state.h"

#include "civil.h"
#include "limits.h"

#include <strings.h>

/*
 * Markers: byte HH that cannot stand in a JSON string is U+10FF00 + HH, four
 * bytes f4 8f bc..bf 80..bf at the end of private plane 16. A character of
 * that range in the document itself is marked byte by byte, so that reading
 * back is exact.
 */
static void
mark(struct str *out, unsigned char c)
{
	char m[4] = {(char)0xf4, (char)0x8f, (char)(0xbc | c >> 6),
	    (char)(0x80 | (c & 63))};

	str_add(out, m, 4);
}

static bool
is_marker(const unsigned char *p, size_t n)
{
	return n >= 4 && p[0] == 0xf4 && p[1] == 0x8f && p[2] >= 0xbc;
}

static int
hex4(const char *p, size_t n)
{
	int v = 0, i, c;

	if (n < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		c = (unsigned char)p[i];
		v <<= 4;
		if (c >= '0' && c <= '9')
			v |= c - '0';
		else if (c >= 'a' && c <= 'f')
			v |= c - 'a' + 10;
		else if (c >= 'A' && c <= 'F')
			v |= c - 'A' + 10;
		else
			return -1;
	}
	return v;
}

/* An escape at p (a backslash); returns how many bytes it took. */
static size_t
mark_escape(struct str *out, const char *p, size_t n)
{
	int u, low;

	if (n < 2)
		goto plain;
	if (p[1] != 'u' || (u = hex4(p + 2, n - 2)) < 0) {
		str_add(out, p, 2);
		return 2;
	}
	if (u == 0) {
		mark(out, 0);
		return 6;
	}
	if (u >= 0xd800 && u < 0xdc00 && n >= 12 && p[6] == '\\' &&
	    p[7] == 'u' && (low = hex4(p + 8, n - 8)) >= 0xdc00 &&
	    low < 0xe000) {
		if (u == 0xdbff && low >= 0xdf00) { /* our own range */
			mark(out, 0xf4);
			mark(out, 0x8f);
			mark(out, (unsigned char)(0x80 | (low >> 6 & 15) | 48));
			mark(out, (unsigned char)(0x80 | (low & 63)));
		} else {
			str_add(out, p, 12);
		}
		return 12;
	}
	if (u >= 0xd800 && u < 0xe000) { /* half a pair, as UTF-8 would be */
		mark(out, 0xed);
		mark(out, (unsigned char)(0x80 | (u >> 6 & 63)));
		mark(out, (unsigned char)(0x80 | (u & 63)));
		return 6;
	}
	str_add(out, p, 6);
	return 6;
plain:
	str_add(out, p, n);
	return n;
}

/* The document with everything marked that cannot stand in a string; -1 if
 * that is too much. */
static int
mark_all(struct str *out, const char *p, size_t n, struct err *e)
{
	const unsigned char *s = (const unsigned char *)p;
	size_t i = 0, k, j;
	bool in = false;

	str_grow(out, n + STORE_JSON_ODD);
	while (i < n) {
		if (out->n > i + STORE_JSON_ODD)
			return err_set(e, ERR_LIMIT, 0,
			    "more than %d bytes for what is no text "
			    "(STORE_JSON_ODD)", STORE_JSON_ODD);
		if (s[i] == '"') {
			in = !in;
			str_addc(out, p[i++]);
			continue;
		}
		if (!in) {
			str_addc(out, p[i++]);
			continue;
		}
		if (s[i] == '\\') {
			i += mark_escape(out, p + i, n - i);
			continue;
		}
		if (s[i] < 0x20) {
			mark(out, s[i++]);
			continue;
		}
		k = utf8_len(s + i, n - i);
		if (k == 0) {
			mark(out, s[i++]);
		} else if (is_marker(s + i, n - i)) {
			for (j = 0; j < 4; j++)
				mark(out, s[i++]);
		} else {
			str_add(out, p + i, k);
			i += k;
		}
	}
	return 0;
}

/* What a tree of it would need: a small text can ask for much memory. */
static int
check_shape(const char *p, size_t n, struct err *e)
{
	size_t i, depth = 0, values = 0;
	bool in = false;

	for (i = 0; i < n; i++) {
		if (in) {
			if (p[i] == '\\')
				i++;
			else if (p[i] == '"')
				in = false;
			continue;
		}
		switch (p[i]) {
		case '"':
			in = true;
			break;
		case '[':
		case '{':
			if (++depth > STORE_JSON_DEPTH)
				return err_set(e, ERR_LIMIT, 0,
				    "nested deeper than %d (STORE_JSON_DEPTH)",
				    STORE_JSON_DEPTH);
			values++;
			break;
		case ',':
			values++;
			break;
		case ']':
		case '}':
			if (depth)
				depth--;
			break;
		default:
			break;
		}
		if (values > STORE_JSON_VALUES)
			return err_set(e, ERR_LIMIT, 0,
			    "more than %d values (STORE_JSON_VALUES)",
			    STORE_JSON_VALUES);
	}
	return 0;
}

int
state_parse(struct state *d, const char *p, size_t n, struct err *e)
{
	struct str marked cleanup_str = STR_INIT;
	json_error_t je;
	bool twice = false;

	memset(d, 0, sizeof(*d));
	if (n > STORE_JSON_MAX)
		return err_set(e, ERR_LIMIT, 0,
		    "longer than %d bytes (STORE_JSON_MAX)", STORE_JSON_MAX);
	if (check_shape(p, n, e))
		return -1;
	d->json = json_loadb(p, n, JSON_REJECT_DUPLICATES, &je);
	if (d->json)
		return 0;
	if (json_error_code(&je) == json_error_duplicate_key) {
		twice = true;
		d->odd = "a key stands there twice: the last one is taken";
		d->json = json_loadb(p, n, 0, &je);
		if (d->json)
			return 0;
	}
	if (mark_all(&marked, p, n, e))
		return -1;
	d->marked = true;
	if (!twice)
		d->json = json_loadb(marked.s, marked.n, JSON_REJECT_DUPLICATES,
		    &je);
	if (!d->json && json_error_code(&je) == json_error_duplicate_key)
		twice = true;
	if (!d->json && twice)
		d->json = json_loadb(marked.s, marked.n, 0, &je);
	if (d->json) {
		d->odd = twice ? "strings that are not UTF-8, and a key twice"
			       : "strings that are not UTF-8";
		return 0;
	}
	return err_set(e, ERR_CORRUPT, 0, "is no JSON: line %d, column %d: %s",
	    je.line, je.column, je.text);
}

int
state_read(struct state *d, struct root *r, const char *path,
    struct str *text, struct err *e)
{
	struct str own cleanup_str = STR_INIT;
	struct str *t = text ? text : &own;
	int got;

	memset(d, 0, sizeof(*d));
	got = root_slurp(r, path, STORE_JSON_MAX, t, NULL, e);
	if (got < 0)
		return -1;
	if (got > 0)
		return err_set(e, ERR_LIMIT, 0,
		    "longer than %d bytes (STORE_JSON_MAX)", STORE_JSON_MAX);
	return state_parse(d, t->s, t->n, e);
}

void
state_release(struct state *d)
{
	json_decref(d->json);
	d->json = NULL;
}

/* The value if it is of the type; counts what is of another. */
static const json_t *
typed(struct state *d, const json_t *v, json_type t)
{
	if (!v)
		return NULL;
	if (json_typeof(v) == t)
		return v;
	d->wrong++;
	return NULL;
}

const json_t *
state_get(struct state *d, const json_t *o, const char *key)
{
	const char *k;
	json_t *v;

	if (!o)
		return NULL;
	if (!json_is_object(o)) {
		d->wrong++;
		return NULL;
	}
	v = json_object_get(o, key);
	if (!v) {
		void *it = json_object_iter((json_t *)(uintptr_t)o);

		for (; it; it = json_object_iter_next(
			       (json_t *)(uintptr_t)o, it)) {
			k = json_object_iter_key(it);
			if (strcasecmp(k, key) == 0) {
				v = json_object_iter_value(it);
				break;
			}
		}
	}
	return json_is_null(v) ? NULL : v;
}

const json_t *
state_obj(struct state *d, const json_t *o, const char *key)
{
	return typed(d, state_get(d, o, key), JSON_OBJECT);
}

const json_t *
state_arr(struct state *d, const json_t *o, const char *key)
{
	return typed(d, state_get(d, o, key), JSON_ARRAY);
}

void
state_bytes(const struct state *d, const char *p, size_t n, struct str *out)
{
	const unsigned char *s = (const unsigned char *)p;
	size_t i = 0;

	if (!d->marked) {
		str_add(out, p, n);
		return;
	}
	while (i < n) {
		if (is_marker(s + i, n - i)) {
			str_addc(out,
			    (char)((s[i + 2] & 3) << 6 | (s[i + 3] & 63)));
			i += 4;
		} else {
			str_addc(out, p[i++]);
		}
	}
}

bool
state_text(struct state *d, const json_t *v, struct str *out)
{
	v = typed(d, json_is_null(v) ? NULL : v, JSON_STRING);
	if (!v)
		return false;
	state_bytes(d, json_string_value(v), json_string_length(v), out);
	return true;
}

bool
state_str(struct state *d, const json_t *o, const char *key, struct str *out)
{
	str_clear(out);
	return state_text(d, state_get(d, o, key), out);
}

void
state_list(struct state *d, const json_t *o, const char *key,
    struct strlist *out)
{
	struct str s cleanup_str = STR_INIT;
	const json_t *v = state_get(d, o, key);
	size_t i;

	strlist_clear(out);
	if (json_is_string(v)) { /* strslice: one string is a list of one */
		if (state_text(d, v, &s))
			strlist_add(out, s.s, s.n);
		return;
	}
	v = typed(d, v, JSON_ARRAY);
	for (i = 0; v && i < json_array_size(v); i++) {
		str_clear(&s);
		if (state_text(d, json_array_get(v, i), &s))
			strlist_add(out, s.s, s.n);
	}
}

void
state_keys(struct state *d, const json_t *o, const char *key,
    struct strlist *out)
{
	struct str s cleanup_str = STR_INIT;
	json_t *v = (json_t *)(uintptr_t)state_obj(d, o, key);
	void *it;

	strlist_clear(out);
	for (it = json_object_iter(v); it; it = json_object_iter_next(v, it)) {
		const char *k = json_object_iter_key(it);

		str_clear(&s);
		state_bytes(d, k, strlen(k), &s);
		strlist_add(out, s.s, s.n);
	}
	strlist_sort(out);
}

void
state_pairs(struct state *d, const json_t *o, const char *key,
    struct strlist *out)
{
	struct str s cleanup_str = STR_INIT;
	json_t *v = (json_t *)(uintptr_t)state_obj(d, o, key);
	void *it;

	strlist_clear(out);
	for (it = json_object_iter(v); it; it = json_object_iter_next(v, it)) {
		const char *k = json_object_iter_key(it);

		str_clear(&s);
		state_bytes(d, k, strlen(k), &s);
		str_addc(&s, '=');
		state_text(d, json_object_iter_value(it), &s);
		strlist_add(out, s.s, s.n);
	}
	strlist_sort(out);
}

int64_t
state_int(struct state *d, const json_t *o, const char *key, int64_t absent)
{
	const json_t *v = typed(d, state_get(d, o, key), JSON_INTEGER);

	return v ? json_integer_value(v) : absent;
}

int
state_bool(struct state *d, const json_t *o, const char *key)
{
	const json_t *v = state_get(d, o, key);

	if (!v)
		return -1;
	if (!json_is_boolean(v)) {
		d->wrong++;
		return -1;
	}
	return json_is_true(v);
}

int64_t
state_time(struct state *d, const json_t *o, const char *key, bool *bad)
{
	struct str s cleanup_str = STR_INIT;
	int64_t ns;

	if (!state_str(d, o, key, &s) || s.n == 0)
		return CIVIL_NONE;
	switch (civil_parse(s.s, s.n, &ns)) {
	case 0:
		return ns;
	case 1:
		return CIVIL_NONE;
	default:
		if (bad)
			*bad = true;
		return CIVIL_NONE;
	}
}

bool
state_is_hex(const char *s, size_t n)
{
	size_t i;

	if (n != 64)
		return false;
	for (i = 0; i < n; i++)
		if (!(s[i] >= '0' && s[i] <= '9') &&
		    !(s[i] >= 'a' && s[i] <= 'f'))
			return false;
	return true;
}

bool
state_is_digest(const char *s, size_t n)
{
	return n == 71 && memcmp(s, "sha256:", 7) == 0 &&
	       state_is_hex(s + 7, n - 7);
}
