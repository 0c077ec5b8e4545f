#include "table.h"

#include "civil.h"
#include "err.h"
#include "limits.h"
#include "mask.h"

#include <errno.h>

#define PAD_MAX 60 /* a column is padded to no more */

struct table {
	FILE *out;
	enum table_format f;
	const char *const *columns;
	size_t n;
	size_t at; /* of the next cell */
	struct strlist held; /* shown cells of whole rows */
	size_t held_bytes;
	size_t *width;
	bool flowing; /* widths are fixed, rows go straight out */
	bool short_ids;
	struct str line;
};

static void
csv_quoted(struct str *out, const char *p, size_t n)
{
	struct str s cleanup_str = STR_INIT;
	size_t i;

	str_add_visible(&s, p, n);
	str_addc(out, '"');
	if (n && strchr("=+-@\t\r", p[0]))
		str_addc(out, '\''); /* a spreadsheet would run it */
	for (i = 0; i < s.n; i++) {
		if (s.s[i] == '"')
			str_addc(out, '"');
		str_addc(out, s.s[i]);
	}
	str_addc(out, '"');
}

static void
csv_heading(struct table *t)
{
	struct str s cleanup_str = STR_INIT;
	size_t i;

	for (i = 0; i < t->n; i++) {
		if (i)
			str_addc(&s, ',');
		csv_quoted(&s, t->columns[i], strlen(t->columns[i]));
	}
	str_adds(&s, "\r\n");
	fwrite(s.s, 1, s.n, t->out);
}

struct table *
table_new(FILE *out, enum table_format f, const char *const *columns, size_t n)
{
	struct table *t = xcalloc(1, sizeof(*t));
	size_t i;

	t->out = out;
	t->f = f;
	t->columns = columns;
	t->n = n;
	t->width = xcalloc(n, sizeof(*t->width));
	str_init(&t->line);
	for (i = 0; i < n; i++)
		t->width[i] = table_width(columns[i], strlen(columns[i]));
	if (f == TABLE_CSV)
		csv_heading(t);
	return t;
}

void
table_short_ids(struct table *t)
{
	t->short_ids = true;
}

static unsigned
code_point(const unsigned char *p, size_t len)
{
	switch (len) {
	case 2:
		return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
	case 3:
		return (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 |
		       (p[2] & 0x3fu);
	case 4:
		return (p[0] & 7u) << 18 | (p[1] & 0x3fu) << 12 |
		       (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
	default:
		return p[0];
	}
}

/* Combining marks and selectors (0), East Asian wide and emoji (2): the great
 * ranges of Unicode's tables, enough to keep columns in line. */
static const struct {
	unsigned first, last;
	unsigned char width;
} ranges[] = {
	{0x300, 0x36f, 0},
	{0x483, 0x489, 0},
	{0x591, 0x5bd, 0},
	{0x64b, 0x65f, 0},
	{0x1100, 0x115f, 2},
	{0x1ab0, 0x1aff, 0},
	{0x1dc0, 0x1dff, 0},
	{0x200b, 0x200f, 0},
	{0x20d0, 0x20ff, 0},
	{0x2e80, 0x303e, 2},
	{0x3041, 0xa4cf, 2},
	{0xac00, 0xd7a3, 2},
	{0xf900, 0xfaff, 2},
	{0xfe00, 0xfe0f, 0},
	{0xfe20, 0xfe2f, 0},
	{0xfe30, 0xfe6f, 2},
	{0xff00, 0xff60, 2},
	{0xffe0, 0xffe6, 2},
	{0x1f300, 0x1f64f, 2},
	{0x1f680, 0x1f6ff, 2},
	{0x1f900, 0x1f9ff, 2},
	{0x20000, 0x3fffd, 2},
	{0xe0100, 0xe01ef, 0},
};

size_t
table_width(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;
	size_t i = 0, sum = 0, len, r;
	unsigned c;

	while (i < n) {
		len = utf8_len(u + i, n - i);
		if (!len)
			len = 1;
		c = code_point(u + i, len);
		sum++;
		for (r = 0; c >= 0x300 && r < COUNT(ranges); r++)
			if (c >= ranges[r].first && c <= ranges[r].last) {
				sum += ranges[r].width;
				sum--;
				break;
			}
		i += len;
	}
	return sum;
}

static bool
ends(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);

	return n > k && strcmp(s + n - k, end) == 0;
}

/* What a person reads: times as UTC, blobs as hex, secrets masked. */
static void
readable(const char *column, char type, const void *p, size_t n,
    struct str *out)
{
	char num[32], when[40], *end;
	long long ns;

	if (type == 'i' && ends(column, "_time") && n < sizeof(num)) {
		memcpy(num, p, n);
		num[n] = '\0';
		errno = 0;
		ns = strtoll(num, &end, 10);
		if (!errno && !*end) {
			civil_format(ns, when);
			str_adds(out, when);
			return;
		}
	}
	if (type == 'b')
		str_add_hex(out, p, n);
	else if (type == 's')
		mask_add(out, p, n);
	else
		str_add(out, p, n);
}

static void
csv_cell(struct table *t, char type, const void *p, size_t n)
{
	struct str s cleanup_str = STR_INIT;

	if (t->at)
		str_addc(&t->line, ',');
	if (!type)
		return;
	readable(t->columns[t->at], type, p, n, &s);
	if (type == 's')
		csv_quoted(&t->line, s.s, s.n);
	else
		str_add(&t->line, s.s, s.n);
}

/* Is it a number as JSON writes them? (SQLite also says Inf.) */
static bool
json_number(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strchr("0123456789+-.eE", p[i]) || !p[i])
			return false;
	return n > 0;
}

static void
jsonl_cell(struct table *t, char type, const void *p, size_t n)
{
	struct str s cleanup_str = STR_INIT;
	const char *column = t->columns[t->at];

	if (!type)
		return;
	str_addc(&t->line, t->line.n ? ',' : '{');
	str_add_readable(&s, column, strlen(column));
	if (type == 'b' && ends(column, "_raw")) {
		str_cut(&s, s.n - 4);
		str_adds(&s, "_b64");
	}
	str_add_json(&t->line, s.s, s.n);
	str_addc(&t->line, ':');
	if ((type == 'i' || type == 'r') && json_number(p, n)) {
		str_add(&t->line, p, n);
		return;
	}
	str_clear(&s);
	if (type == 'b')
		str_add_base64(&s, p, n);
	else if (utf8_clean(p, n))
		str_add(&s, p, n);
	else
		str_add_readable(&s, p, n);
	str_add_json(&t->line, s.s, s.n);
}

static void
put_padded(struct table *t, size_t column, const char *p, size_t n)
{
	size_t w, want = t->width[column];

	if (want > PAD_MAX)
		want = PAD_MAX;
	str_add(&t->line, p, n);
	if (column + 1 == t->n)
		return;
	for (w = table_width(p, n); w < want; w++)
		str_addc(&t->line, ' ');
	str_adds(&t->line, "  ");
}

static void
put_line(struct table *t, const char *eol)
{
	if (t->f == TABLE_TABLE)
		while (t->line.n && t->line.s[t->line.n - 1] == ' ')
			str_cut(&t->line, t->line.n - 1);
	str_adds(&t->line, eol);
	fwrite(t->line.s, 1, t->line.n, t->out);
	str_clear(&t->line);
}

/* Heading and held rows; from here on rows go straight out. */
static void
let_flow(struct table *t)
{
	size_t i;

	t->flowing = true;
	for (i = 0; i < t->n; i++)
		put_padded(t, i, t->columns[i], strlen(t->columns[i]));
	put_line(t, "\n");
	for (i = 0; i < t->held.n; i++) {
		put_padded(t, i % t->n, t->held.v[i].s, t->held.v[i].n);
		if (i % t->n == t->n - 1)
			put_line(t, "\n");
	}
	strlist_release(&t->held);
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* Cut every run of exactly 64 hex digits to 12. */
static void
shorten(struct str *s)
{
	struct str out cleanup_str = STR_INIT;
	size_t i = 0, from;

	while (i < s->n) {
		for (from = i; i < s->n && is_hex(s->s[i]); i++)
			;
		str_add(&out, s->s + from, i - from == 64 ? 12 : i - from);
		if (i < s->n)
			str_addc(&out, s->s[i++]);
	}
	str_set(s, out.s, out.n);
}

static void
table_table_cell(struct table *t, char type, const void *p, size_t n)
{
	struct str s cleanup_str = STR_INIT, shown cleanup_str = STR_INIT;
	size_t w;

	if (type)
		readable(t->columns[t->at], type, p, n, &s);
	if (t->short_ids && t->at + 1 < t->n && s.n >= 64)
		shorten(&s);
	str_add_visible(&shown, s.s, s.n);
	if (!shown.n)
		str_addc(&shown, '-');
	if (t->flowing) {
		put_padded(t, t->at, shown.s, shown.n);
		return;
	}
	w = table_width(shown.s, shown.n);
	if (w > t->width[t->at])
		t->width[t->at] = w;
	strlist_add(&t->held, shown.s, shown.n);
	t->held_bytes += shown.n + sizeof(struct str);
}

void
table_cell(struct table *t, char type, const void *p, size_t n)
{
	if (t->at >= t->n)
		die("bug: more cells than columns");
	switch (t->f) {
	case TABLE_TABLE:
		table_table_cell(t, type, p, n);
		break;
	case TABLE_CSV:
		csv_cell(t, type, p, n);
		break;
	case TABLE_JSONL:
		jsonl_cell(t, type, p, n);
		break;
	}
	t->at++;
}

void
table_row_end(struct table *t)
{
	if (t->at != t->n)
		die("bug: fewer cells than columns");
	t->at = 0;
	switch (t->f) {
	case TABLE_TABLE:
		if (t->flowing)
			put_line(t, "\n");
		else if (t->held.n / t->n >= TABLE_HOLD_ROWS ||
			 t->held_bytes >= TABLE_HOLD_BYTES)
			let_flow(t);
		break;
	case TABLE_CSV:
		put_line(t, "\r\n");
		break;
	case TABLE_JSONL:
		if (!t->line.n)
			str_addc(&t->line, '{');
		put_line(t, "}\n");
		break;
	}
}

void
table_free(struct table *t)
{
	if (!t)
		return;
	if (t->f == TABLE_TABLE && !t->flowing)
		let_flow(t);
	str_release(&t->line);
	strlist_release(&t->held);
	free(t->width);
	free(t);
}
