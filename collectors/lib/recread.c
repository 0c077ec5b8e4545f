#include "recread.h"

#include "civil.h"
#include "limits.h"
#include "str.h"

#include <errno.h>

#define READ_CHUNK (256 * 1024)

/* What a byte is inside a string. */
enum { PLAIN = 0, QUOTE, ESCAPE, HIGH, BAD };

struct recread {
	int fd;
	recread_fill_fn *fn;
	void *arg;
	char *buf; /* bytes not yet handed out: buf[at..end) */
	size_t at, end, cap;
	bool mem, eof;
	uint64_t line;
	/* of the record at hand */
	struct recread_value v[REC_FIELDS_MAX];
	size_t n;
	char *text; /* unescaped strings, each with a NUL behind */
	size_t text_n, text_cap;
	struct str raw, check; /* decoded base64; its readable form */
	uint64_t stamp[COL_COUNT]; /* line in which a column was last seen */
	/* keys of the last record of each kind: the next has the same */
	short guess[KIND_COUNT][REC_FIELDS_MAX];
	int kind; /* of the last record */
	size_t name_n[COL_COUNT];
	unsigned char class[256];
};

static ssize_t
fill_fd(void *arg, void *p, size_t n)
{
	return read(*(int *)arg, p, n);
}

static struct recread *
new(size_t cap)
{
	struct recread *r = xcalloc(1, sizeof(*r));
	int i;

	r->fd = -1;
	r->kind = -1;
	r->cap = cap;
	str_init(&r->raw);
	str_init(&r->check);
	memset(r->guess, -1, sizeof(r->guess));
	for (i = 0; i < COL_COUNT; i++)
		r->name_n[i] = strlen(col_info[i].name);
	for (i = 0; i < 256; i++)
		r->class[i] = i < 0x20 ? BAD : i < 0x80 ? PLAIN : HIGH;
	r->class['"'] = QUOTE;
	r->class['\\'] = ESCAPE;
	return r;
}

struct recread *
recread_open_fn(recread_fill_fn *fn, void *arg)
{
	struct recread *r = new(REC_LINE_MAX + READ_CHUNK);

	r->buf = xmalloc(r->cap);
	r->fn = fn;
	r->arg = arg;
	return r;
}

struct recread *
recread_open(int fd)
{
	struct recread *r = recread_open_fn(fill_fd, NULL);

	r->fd = fd;
	r->arg = &r->fd;
	return r;
}

struct recread *
recread_open_mem(const void *p, size_t n)
{
	struct recread *r = new(n);

	r->mem = r->eof = true;
	r->buf = xmemdup(p, n);
	r->end = n;
	return r;
}

void
recread_free(struct recread *r)
{
	if (!r)
		return;
	free(r->buf);
	free(r->text);
	str_release(&r->raw);
	str_release(&r->check);
	free(r);
}

uint64_t
recread_line(const struct recread *r)
{
	return r->line;
}

/* Find the next line. 1: *p..*n with its newline; 0: end of input; -1. */
static int
next_line(struct recread *r, const char **p, size_t *n, struct err *e)
{
	const char *nl;
	size_t looked = 0;
	ssize_t k;

	for (;;) {
		nl = NULL;
		if (r->end > r->at + looked)
			nl = memchr(r->buf + r->at + looked, '\n',
			    r->end - r->at - looked);
		if (nl) {
			*p = r->buf + r->at;
			*n = (size_t)(nl + 1 - *p);
			r->at += *n;
			r->line++;
			if (*n <= REC_LINE_MAX)
				return 1;
			return err_set(e, ERR_LIMIT, 0,
			    "line %llu is longer than %d bytes (REC_LINE_MAX)",
			    (unsigned long long)r->line, REC_LINE_MAX);
		}
		looked = r->end - r->at;
		if (looked >= REC_LINE_MAX)
			return err_set(e, ERR_LIMIT, 0,
			    "line %llu is longer than %d bytes (REC_LINE_MAX)",
			    (unsigned long long)r->line + 1, REC_LINE_MAX);
		if (r->eof) {
			if (!looked)
				return 0;
			r->at = r->end;
			return err_set(e, ERR_CORRUPT, 0,
			    "line %llu is cut: the input ends after %zu bytes "
			    "of it", (unsigned long long)r->line + 1, looked);
		}
		if (r->at && r->cap - r->end < READ_CHUNK) {
			memmove(r->buf, r->buf + r->at, looked);
			r->at = 0;
			r->end = looked;
		}
		k = r->fn(r->arg, r->buf + r->end, r->cap - r->end);
		if (k < 0) {
			if (errno == EINTR)
				continue;
			err_sys(e, errno, "cannot read records after line %llu",
			    (unsigned long long)r->line);
			e->class = ERR_OURS;
			return -1;
		}
		if (k == 0)
			r->eof = true;
		r->end += (size_t)k;
	}
}

/* ---- one line ---------------------------------------------------------- */

struct scan {
	struct recread *r;
	const char *start, *p, *end; /* end: the newline */
	struct err *e;
};

static int bad(struct scan *s, const char *at, const char *fmt, ...)
    PRINTF(3, 4);

static int
bad(struct scan *s, const char *at, const char *fmt, ...)
{
	char msg[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	return err_set(s->e, ERR_CORRUPT, 0, "line %llu, column %llu: %s",
	    (unsigned long long)s->r->line,
	    (unsigned long long)(at - s->start + 1), msg);
}

static int
hex4(const char *p, const char *end)
{
	int i, v = 0;

	if (end - p < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		v <<= 4;
		if (p[i] >= '0' && p[i] <= '9')
			v |= p[i] - '0';
		else if (p[i] >= 'a' && p[i] <= 'f')
			v |= p[i] - 'a' + 10;
		else if (p[i] >= 'A' && p[i] <= 'F')
			v |= p[i] - 'A' + 10;
		else
			return -1;
	}
	return v;
}

/* \uXXXX at s->p (behind the u); UTF-8 to out. Returns its bytes or -1. */
static int
unicode(struct scan *s, char *out)
{
	const char *at = s->p - 2;
	int c = hex4(s->p, s->end), low;

	if (c < 0)
		return bad(s, at, "\\u without four hexadecimal digits");
	s->p += 4;
	if (c == 0)
		return bad(s, at, "NUL in a string");
	if (c >= 0xdc00 && c <= 0xdfff)
		return bad(s, at, "lone surrogate");
	if (c >= 0xd800 && c <= 0xdbff) {
		low = s->end - s->p >= 6 && s->p[0] == '\\' && s->p[1] == 'u'
		    ? hex4(s->p + 2, s->end) : -1;
		if (low < 0xdc00 || low > 0xdfff)
			return bad(s, at, "lone surrogate");
		s->p += 6;
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	}
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* A string whose opening quote is at s->p, unescaped behind the record's
 * texts. It never grows by unescaping, so that the texts fit. */
static int
string(struct scan *s, const char **p, size_t *n)
{
	struct recread *r = s->r;
	const unsigned char *class = r->class;
	char *out = r->text + r->text_n, *o = out;
	const char *from;
	size_t k;
	int u;

	if (s->p >= s->end || *s->p != '"')
		return bad(s, s->p, "a string is missing");
	s->p++;
	for (;;) {
		from = s->p;
		while (class[(unsigned char)*s->p] == PLAIN)
			s->p++; /* the newline ends the line: it is BAD */
		k = (size_t)(s->p - from);
		memcpy(o, from, k);
		o += k;
		switch (class[(unsigned char)*s->p]) {
		case QUOTE:
			s->p++;
			*o = '\0';
			*p = out;
			*n = (size_t)(o - out);
			r->text_n += *n + 1;
			return 0;
		case HIGH:
			k = utf8_len((const unsigned char *)s->p,
			    (size_t)(s->end - s->p));
			if (!k)
				return bad(s, s->p, "not UTF-8");
			memcpy(o, s->p, k);
			o += k;
			s->p += k;
			break;
		case ESCAPE:
			s->p += 2;
			switch (s->p[-1]) {
			case '"':
			case '\\':
			case '/':
				*o++ = s->p[-1];
				break;
			case 'b':
				*o++ = '\b';
				break;
			case 'f':
				*o++ = '\f';
				break;
			case 'n':
				*o++ = '\n';
				break;
			case 'r':
				*o++ = '\r';
				break;
			case 't':
				*o++ = '\t';
				break;
			case 'u':
				u = unicode(s, o);
				if (u < 0)
					return -1;
				o += u;
				break;
			default:
				return bad(s, s->p - 2, "unknown escape");
			}
			break;
		default:
			if (s->p >= s->end)
				return bad(s, s->p, "the string does not end");
			return bad(s, s->p, "control byte in a string");
		}
	}
}

static int
integer(struct scan *s, int64_t *v)
{
	const char *at = s->p;
	uint64_t u = 0, max = INT64_MAX;
	bool minus = *s->p == '-';
	unsigned d;

	if (minus) {
		s->p++;
		max++;
	}
	if (*s->p < '0' || *s->p > '9')
		return bad(s, at, "a value is missing");
	if (*s->p == '0' && (minus || (s->p[1] >= '0' && s->p[1] <= '9')))
		return bad(s, at, "a number with a needless zero");
	while (*s->p >= '0' && *s->p <= '9') {
		d = (unsigned)(*s->p++ - '0');
		if (u > (max - d) / 10)
			return bad(s, at, "number beyond 64 bits");
		u = u * 10 + d;
	}
	if (*s->p == '.' || *s->p == 'e' || *s->p == 'E')
		return bad(s, at, "a number that is no integer");
	*v = minus ? (int64_t)(0 - u) : (int64_t)u;
	return 0;
}

/*
 * A list is an array of strings in one text. The text is clean UTF-8 already;
 * here its syntax is checked, because every rule that takes it apart would
 * stumble over one bad row. The position within the text is not reported.
 */
static int
list_ok(const char *p, size_t n)
{
	const char *end = p + n;
	int c, low;

	if (n < 2 || *p++ != '[')
		return -1;
	if (*p == ']')
		return p + 1 == end ? 0 : -1;
	for (;;) {
		if (*p++ != '"')
			return -1;
		while (*p != '"') {
			if ((unsigned char)*p < 0x20) /* the NUL at the end */
				return -1;
			if (*p++ != '\\')
				continue;
			if (*p == 'u') {
				c = hex4(p + 1, end);
				if (c <= 0 || (c >= 0xdc00 && c <= 0xdfff))
					return -1;
				p += 5;
				if (c < 0xd800 || c > 0xdbff)
					continue;
				low = end - p >= 6 && p[0] == '\\' &&
				    p[1] == 'u' ? hex4(p + 2, end) : -1;
				if (low < 0xdc00 || low > 0xdfff)
					return -1;
				p += 6;
			} else if (*p && strchr("\"\\/bfnrt", *p)) {
				p++;
			} else {
				return -1;
			}
		}
		p++;
		if (*p == ']')
			return p + 1 == end ? 0 : -1;
		if (*p++ != ',')
			return -1;
	}
}

/* The elements of a list's exact form, each with a NUL behind, as the text
 * that must stand in the list itself. -1: malformed, or all are clean. */
static int
list_readable(const char *p, size_t n, struct str *out)
{
	struct strlist l cleanup_strlist = STRLIST_INIT;
	const char *nul, *end = p + n;
	bool clean = true;

	while (p < end) {
		nul = memchr(p, '\0', (size_t)(end - p));
		if (!nul)
			return -1;
		clean = clean && utf8_clean(p, (size_t)(nul - p));
		strlist_add(&l, p, (size_t)(nul - p));
		p = nul + 1;
	}
	if (clean)
		return -1;
	str_add_json_list(out, &l);
	return 0;
}

static bool
seen_twice(struct recread *r, int c)
{
	if (r->stamp[c] == r->line)
		return true;
	r->stamp[c] = r->line;
	return false;
}

static struct recread_value *
value_add(struct scan *s, int c, const char *at)
{
	struct recread *r = s->r;

	if (r->n == REC_FIELDS_MAX) {
		bad(s, at, "more than %d keys (REC_FIELDS_MAX)",
		    REC_FIELDS_MAX);
		return NULL;
	}
	r->v[r->n] = (struct recread_value){.col = (enum col)c};
	return &r->v[r->n++];
}

/* KEY_b64: the exact bytes of the KEY before it, or a column of data. */
static int
exact(struct scan *s, int c, const char *at)
{
	struct recread *r = s->r;
	const struct recread_value *text = r->n ? &r->v[r->n - 1] : NULL;
	enum col_type type = col_info[c].type;
	const char *name = col_info[c].name;
	struct recread_value *v;
	const char *p;
	size_t n, mark = r->text_n;

	if (type == TYPE_DATA) {
		if (seen_twice(r, c))
			return bad(s, at, "key '%s_b64' comes twice", name);
	} else if (type != TYPE_BYTES && type != TYPE_LIST) {
		return bad(s, at, "column '%s' has no exact bytes", name);
	} else if (!text || text->is_raw || (int)text->col != c) {
		return bad(s, at, "key '%s_b64' does not follow '%s'", name,
		    name);
	}
	if (string(s, &p, &n))
		return -1;
	str_clear(&r->raw);
	if (str_add_unbase64(&r->raw, p, n))
		return bad(s, at, "'%s_b64' is not base64", name);
	str_clear(&r->check);
	if (type == TYPE_BYTES) {
		if (utf8_clean(r->raw.s, r->raw.n))
			return bad(s, at, "'%s_b64' is needless: the bytes are "
			    "UTF-8", name);
		str_add_readable(&r->check, r->raw.s, r->raw.n);
	} else if (type == TYPE_LIST) {
		if (list_readable(r->raw.s, r->raw.n, &r->check))
			return bad(s, at, "'%s_b64' is no list of exact bytes",
			    name);
	}
	if (type != TYPE_DATA && (r->check.n != text->n ||
	    memcmp(r->check.s, text->p, text->n) != 0))
		return bad(s, at, "'%s_b64' says something else than '%s'",
		    name, name);
	v = value_add(s, c, at);
	if (!v)
		return -1;
	/* the decoded bytes take the place of the base64 text */
	memcpy(r->text + mark, r->raw.s, r->raw.n);
	r->text[mark + r->raw.n] = '\0';
	r->text_n = mark + r->raw.n + 1;
	v->type = RV_STRING;
	v->is_raw = true;
	v->p = r->text + mark;
	v->n = r->raw.n;
	return 0;
}

static int
value(struct scan *s, int c, const char *at)
{
	struct recread_value *v = value_add(s, c, at);
	const char *name = col_info[c].name, *from = s->p;

	if (!v)
		return -1;
	if (seen_twice(s->r, c))
		return bad(s, at, "key '%s' comes twice", name);
	switch (*s->p) {
	case '"':
		v->type = RV_STRING;
		if (string(s, &v->p, &v->n))
			return -1;
		break;
	case 't':
	case 'f':
		v->type = RV_BOOL;
		v->i = *s->p == 't';
		if (s->end - s->p >= 4 && memcmp(s->p, "true", 4) == 0)
			s->p += 4;
		else if (s->end - s->p >= 5 && memcmp(s->p, "false", 5) == 0)
			s->p += 5;
		else
			return bad(s, from, "a value is missing");
		break;
	case 'n':
		return bad(s, from, "null: an absent value has no key");
	case '{':
	case '[':
		return bad(s, from, "nested value");
	default:
		v->type = RV_INT;
		if (integer(s, &v->i))
			return -1;
	}
	switch (col_info[c].type) {
	case TYPE_TEXT:
	case TYPE_BYTES:
		if (v->type != RV_STRING)
			return bad(s, from, "'%s' must be a string", name);
		break;
	case TYPE_LIST:
		if (v->type != RV_STRING)
			return bad(s, from, "'%s' must be a string", name);
		if (list_ok(v->p, v->n))
			return bad(s, from, "'%s' is not a JSON array of "
			    "strings in a string", name);
		break;
	case TYPE_INT:
		if (v->type != RV_INT)
			return bad(s, from, "'%s' must be an integer", name);
		break;
	case TYPE_TIME:
		if (v->type != RV_INT)
			return bad(s, from, "'%s' must be an integer", name);
		if (v->i == CIVIL_NONE)
			return bad(s, from, "'%s' is out of range", name);
		break;
	case TYPE_BOOL:
		if (v->type != RV_BOOL)
			return bad(s, from, "'%s' must be true or false", name);
		break;
	case TYPE_DATA:
		return bad(s, from, "'%s' must come as '%s_b64'", name, name);
	}
	return 0;
}

/* The key at s->p with its colon. Column, and whether it ends in _b64. */
static int
key(struct scan *s, int kind, size_t at_n, int *c, bool *b64)
{
	struct recread *r = s->r;
	short *guess = &r->guess[kind][at_n < REC_FIELDS_MAX ? at_n : 0];
	const char *at = s->p, *from, *p;
	size_t n, mark;

	/* as in the last record of this kind? */
	if (*guess >= 0) {
		n = r->name_n[*guess];
		if ((size_t)(s->end - at) > n + 2 && at[0] == '"' &&
		    at[n + 1] == '"' && at[n + 2] == ':' &&
		    memcmp(at + 1, col_info[*guess].name, n) == 0) {
			*c = *guess;
			*b64 = false;
			s->p += n + 3;
			return 0;
		}
	}
	mark = r->text_n;
	if (string(s, &p, &n))
		return -1;
	r->text_n = mark;
	from = s->p;
	if (memchr(at, '\\', (size_t)(from - at)))
		return bad(s, at, "escape in a key");
	if (*s->p++ != ':')
		return bad(s, from, "':' is missing");
	*b64 = false;
	*c = col_find((enum kind)kind, p, n);
	if (*c < 0 && n > 4 && memcmp(p + n - 4, "_b64", 4) == 0) {
		*b64 = true;
		*c = col_find((enum kind)kind, p, n - 4);
	}
	if (*c < 0 && n == 1 && *p == 'k')
		return bad(s, at, "key 'k' comes twice");
	if (*c < 0)
		return bad(s, at, "'%s' has no column '%.*s'",
		    kind_info[kind].name, n < 64 ? (int)n : 64, p);
	*guess = *b64 ? -1 : (short)*c;
	return 0;
}

static int
kind_of(struct scan *s, int *kind)
{
	struct recread *r = s->r;
	const char *name, *at, *p;
	size_t n;

	if (s->end - s->p < 6 || memcmp(s->p, "{\"k\":", 5) != 0)
		return bad(s, s->p, "a record starts with {\"k\":");
	s->p += 5;
	if (r->kind >= 0) {
		name = kind_info[r->kind].name;
		n = strlen(name);
		if ((size_t)(s->end - s->p) > n + 1 && s->p[0] == '"' &&
		    s->p[n + 1] == '"' && memcmp(s->p + 1, name, n) == 0) {
			s->p += n + 2;
			*kind = r->kind;
			return 0;
		}
	}
	at = s->p;
	if (string(s, &p, &n))
		return -1;
	*kind = kind_find(p, n);
	if (*kind < 0)
		return bad(s, at, "there is no kind '%.*s'",
		    n < 64 ? (int)n : 64, p);
	r->kind = *kind;
	return 0;
}

static int
scan(struct recread *r, const char *line, size_t n, enum kind *kind,
    struct err *e)
{
	struct scan s = {r, line, line, line + n - 1, e};
	const char *at;
	size_t keys = 0;
	bool b64 = false;
	int k = 0, c = 0;

	r->n = r->text_n = 0;
	if (n + REC_FIELDS_MAX > r->text_cap) { /* a NUL behind each string */
		r->text_cap = 2 * n + REC_FIELDS_MAX;
		r->text = xrealloc(r->text, r->text_cap);
	}
	if (kind_of(&s, &k))
		return -1;
	while (*s.p == ',') {
		at = ++s.p;
		if (key(&s, k, keys++, &c, &b64))
			return -1;
		if (b64 ? exact(&s, c, at) : value(&s, c, at))
			return -1;
	}
	if (*s.p != '}')
		return bad(&s, s.p, "',' or '}' is missing");
	if (s.p + 1 != s.end)
		return bad(&s, s.p + 1, "something follows the record");
	*kind = (enum kind)k;
	return 0;
}

int
recread_next(struct recread *r, enum kind *kind,
    const struct recread_value **v, size_t *n, const char **line,
    size_t *line_n, struct err *e)
{
	const char *p = NULL;
	size_t len = 0;
	int got = next_line(r, &p, &len, e);

	if (got <= 0)
		return got;
	if (scan(r, p, len, kind, e))
		return -1;
	*v = r->v;
	*n = r->n;
	if (line)
		*line = p;
	if (line_n)
		*line_n = len;
	return 1;
}

int
recread_check(struct recread *r, const char *line, size_t n, enum kind *kind,
    const struct recread_value **v, size_t *values, struct err *e)
{
	if (n < 1 || n > REC_LINE_MAX || line[n - 1] != '\n')
		return err_set(e, ERR_CORRUPT, 0, "not one line");
	r->line++;
	if (scan(r, line, n, kind, e))
		return -1;
	*v = r->v;
	*values = r->n;
	return 0;
}
