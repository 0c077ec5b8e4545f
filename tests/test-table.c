/* test-table - rows as table, CSV and JSON lines; secrets masked */

#include "limits.h"
#include "mask.h"
#include "table.h"

#include "tap.h"

static struct str got;

static struct table *t;
static FILE *out;
static char *buf;
static size_t buf_n;

static void
start(enum table_format f, const char *const *columns, size_t n)
{
	out = open_memstream(&buf, &buf_n);
	t = table_new(out, f, columns, n);
}

static void
want(const char *what, const char *text, size_t n)
{
	table_free(t);
	fclose(out);
	str_set(&got, buf, buf_n);
	free(buf);
	ok(got.n == n && memcmp(got.s, text, n) == 0, "%s", what);
	if (got.n != n || memcmp(got.s, text, n) != 0)
		printf("# got:\n%s# wanted:\n%s", got.s, text);
}
#define WANT(what, text) want(what, text, sizeof(text) - 1)

static void
text(const char *s)
{
	table_cell(t, 's', s, strlen(s));
}

static void
rows(void)
{
	table_cell(t, 'i', "1500000000000000000", 19);
	text("a\033[2J\n");
	table_cell(t, 'b', "\xff\0", 2);
	text("=cmd|' /C calc'!A0");
	table_row_end(t);
	table_cell(t, 0, NULL, 0);
	text("\"gr\xc3\xbc\xc3\x9f\"");
	table_cell(t, 0, NULL, 0);
	text("");
	table_row_end(t);
}

static void
formats(void)
{
	static const char *const c[] = {"start_time", "name", "x_raw", "last"};

	start(TABLE_TABLE, c, COUNT(c));
	rows();
	WANT("table: UTC, escaped, aligned by characters",
	    "start_time            name        x_raw  last\n"
	    "2017-07-14T02:40:00Z  a\\x1B[2J\\n  ff00   =cmd|' /C calc'!A0\n"
	    "-                     \"gr\xc3\xbc\xc3\x9f\"      -      -\n");
	start(TABLE_CSV, c, COUNT(c));
	rows();
	WANT("CSV: quoted, CRLF, formulas guarded",
	    "\"start_time\",\"name\",\"x_raw\",\"last\"\r\n"
	    "2017-07-14T02:40:00Z,\"a\\x1B[2J\\n\",ff00,\"'=cmd|' /C calc'!A0\""
	    "\r\n,\"\"\"gr\xc3\xbc\xc3\x9f\"\"\",,\"\"\r\n");
	start(TABLE_JSONL, c, COUNT(c));
	rows();
	WANT("JSON lines: exact",
	    "{\"start_time\":1500000000000000000,\"name\":\"a\\u001b[2J\\n\","
	    "\"x_b64\":\"/wA=\",\"last\":\"=cmd|' /C calc'!A0\"}\n"
	    "{\"name\":\"\\\"gr\xc3\xbc\xc3\x9f\\\"\",\"last\":\"\"}\n");
}

static void
edges(void)
{
	static const char *const one[] = {"x"};
	static const char *const two[] = {"id", "last"};
	static const char hex[] = "container:docker/00112233445566778899aabbcc"
				  "ddeeff00112233445566778899aabbccddeeff";
	static const char *const guard[] = {"=", "+1", "-1", "@x", "\tx",
	    "\rx"};
	size_t i;

	start(TABLE_TABLE, one, 1);
	WANT("no rows: the heading", "x\n");
	start(TABLE_JSONL, one, 1);
	table_cell(t, 0, NULL, 0);
	table_row_end(t);
	WANT("a row of nothing", "{}\n");
	start(TABLE_JSONL, one, 1);
	table_cell(t, 'r', "Inf", 3);
	table_row_end(t);
	table_cell(t, 'r', "-1.5e+10", 8);
	table_row_end(t);
	table_cell(t, 's', "a\0b\xff", 4);
	table_row_end(t);
	WANT("no number, a number, no UTF-8",
	    "{\"x\":\"Inf\"}\n{\"x\":-1.5e+10}\n"
	    "{\"x\":\"a\\\\x00b\\\\xFF\"}\n");
	start(TABLE_CSV, one, 1);
	table_cell(t, 's', "a\0b", 3);
	table_row_end(t);
	WANT("CSV: no NUL", "\"x\"\r\n\"a\\x00b\"\r\n");
	for (i = 0; i < COUNT(guard); i++) {
		start(TABLE_CSV, one, 1);
		text(guard[i]);
		table_row_end(t);
		table_free(t);
		fclose(out);
		ok(buf_n > 6 && buf[6] == '\'', "formula %zu is guarded", i);
		free(buf);
	}
	start(TABLE_CSV, one, 1);
	table_cell(t, 'i', "-1", 2);
	table_row_end(t);
	WANT("CSV: a negative number is no formula", "\"x\"\r\n-1\r\n");
	start(TABLE_TABLE, two, 2);
	table_short_ids(t);
	text(hex);
	text(hex);
	table_row_end(t);
	table_free(t);
	fclose(out);
	ok(strstr(buf, "container:docker/001122334455  container:docker/"
		       "00112233445566778899") != NULL,
	    "ids are short, but not in the last column");
	free(buf);
	start(TABLE_TABLE, two, 2);
	for (i = 0; i < TABLE_HOLD_ROWS + 1; i++) {
		text("abcdef");
		text("y");
		table_row_end(t);
	}
	text("much wider than the held ones");
	text("z");
	table_row_end(t);
	table_free(t);
	fclose(out);
	ok(strstr(buf, "id      last\nabcdef  y\n") &&
	    strstr(buf, "abcdef  y\nmuch wider than the held ones  z\n"),
	    "widths of the first rows, later ones are not cut");
	free(buf);
}

static void
widths(void)
{
	static const struct {
		const char *s;
		size_t n;
	} w[] = {{"abc", 3}, {"gr\xc3\xbc\xc3\x9f", 4},
	    {"e\xcc\x81", 1}, {"\xe6\xbc\xa2\xe5\xad\x97", 4},
	    {"\xf0\x9f\x90\xb3", 2}, {"", 0}};
	size_t i;

	for (i = 0; i < COUNT(w); i++)
		ok(table_width(w[i].s, strlen(w[i].s)) == w[i].n, "width %zu",
		    i);
}

static void
masks(void)
{
	static const struct {
		const char *in, *out;
	} m[] = {
	    {"[\"PATH=/bin\",\"DB_PASSWORD=a \\\"b\",\"X=1\"]",
		"[\"PATH=/bin\",\"DB_PASSWORD=***\",\"X=1\"]"},
	    {"ENV API_KEY=abc X=1", "ENV API_KEY=*** X=1"},
	    {"TOKEN='a b' x", "TOKEN=*** x"},
	    {"TOKEN=\"a b\" x", "TOKEN=*** x"},
	    {"sh -c \"SECRET=a b\"", "sh -c \"SECRET=*** b\""},
	    {"MYSQL_ROOT_PASSWORD=x;id", "MYSQL_ROOT_PASSWORD=***;id"},
	    {"authToken=x", "authToken=***"},
	    {"PWD=/root OLDPWD=/x", "PWD=/root OLDPWD=/x"},
	    {"AUTHOR=me KEYS=2 PASSENGERS=3 MONKEY=x",
		"AUTHOR=me KEYS=2 PASSENGERS=3 MONKEY=x"},
	    {"TOKEN=", "TOKEN="},
	    {"TOKEN", "TOKEN"},
	    {"SSH_AUTH_SOCK=/x", "SSH_AUTH_SOCK=/x"},
	    {"[\"A=B TOKEN=x y\"]", "[\"A=B TOKEN=*** y\"]"},
	    {"TOKEN=\"unended", "TOKEN=***"},
	    {"", ""}};
	size_t i;

	for (i = 0; i < COUNT(m); i++) {
		struct str s cleanup_str = STR_INIT;

		mask_add(&s, m[i].in, strlen(m[i].in));
		ok(str_eq(&s, m[i].out), "masked '%s' is '%s'", m[i].in, s.s);
	}
}

int
main(void)
{
	str_init(&got);
	formats();
	edges();
	widths();
	masks();
	str_release(&got);
	return done();
}
