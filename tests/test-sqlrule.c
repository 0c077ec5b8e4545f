/* test-sqlrule - headers and statements of SQL rules */

#include "limits.h"
#include "sqlrule.h"

#include "tap.h"

static void
bad(const char *what, const char *text, size_t n, const char *says)
{
	struct sqlrules r;
	struct err e = {0};

	ok(sqlrules_parse(text, n, "f.sql", &r, &e) == -1 &&
	    strstr(e.msg, says) && r.n == 0, "%s: %s", what, e.msg);
}
#define BAD(what, text, says) bad(what, text, sizeof(text) - 1, says)

static void
several(void)
{
	static const char text[] =
	    "-- A pack's remark, above everything.\n"
	    "--\n"
	    "\n"
	    "-- id: one\r\n"
	    "-- title: first \n"
	    "--   goes on\n"
	    "-- why:\n"
	    "--   only here\n"
	    "--\n"
	    "SELECT 1 -- id: no header\n"
	    "-- a remark\n"
	    "  , 2;\n"
	    "-- ---- part two ----\n"
	    "\n"
	    "-- id: two\n"
	    "-- source: x: y\n"
	    "\n"
	    "WITH a AS (SELECT 1) SELECT * FROM a";
	struct sqlrules r;
	struct err e = {0};

	ok(sqlrules_parse(text, sizeof(text) - 1, "f.sql", &r, &e) == 0,
	    "parses: %s", e.msg);
	ok(r.n == 2, "two rules");
	ok(strcmp(sqlrule_get(&r.v[0], "title"), "first goes on") == 0,
	    "a value goes on");
	ok(strcmp(sqlrule_get(&r.v[0], "why"), "only here") == 0,
	    "a value that starts on the next line");
	ok(strncmp(r.v[0].sql.s, "SELECT 1 -- id: no header\n-- a remark\n  , "
				 "2;", 40) == 0, "the statement: %s",
	    r.v[0].sql.s);
	ok(r.v[0].line == 4 && r.v[1].line == 15, "lines %d and %d",
	    r.v[0].line, r.v[1].line);
	ok(strcmp(sqlrule_get(&r.v[1], "source"), "x: y") == 0,
	    "a colon in a value");
	ok(str_eq(&r.v[1].sql, "WITH a AS (SELECT 1) SELECT * FROM a"),
	    "no newline at the end");
	ok(!sqlrule_get(&r.v[1], "title"), "a key that is not there");
	sqlrules_free(&r);
	ok(r.n == 0, "freed");
}

int
main(void)
{
	char *big = xmalloc(SQLRULE_FILE_MAX + 1);

	several();
	BAD("empty", "", "no rule");
	BAD("only remarks", "-- hello there\n--\n", "no rule");
	BAD("SQL without a header", "SELECT 1;\n", "line 1: SQL without");
	BAD("no id", "-- title: x\nSELECT 1;\n", "line 1: the rule has no id");
	BAD("empty id", "-- id:\nSELECT 1;\n", "no id");
	BAD("key twice", "-- id: a\n-- why: x\n-- why: y\nSELECT 1;\n",
	    "line 3: the key");
	BAD("id twice", "-- id: a\nSELECT 1;\n-- id: a\nSELECT 1;\n",
	    "line 3: a rule of this id");
	BAD("no statement", "-- id: a\n", "line 1: the rule has no statement");
	BAD("no statement, then another rule",
	    "-- id: a\n-- id: b\nSELECT 1;\n", "line 2: the key");
	BAD("free text in a header", "-- id: a\n-- Some text\nSELECT 1;\n",
	    "line 2: neither");
	BAD("NUL", "-- id: a\nSELECT 1;\0\n", "not UTF-8");
	BAD("not UTF-8", "-- id: a\nSELECT '\xff';\n", "not UTF-8");
	memset(big, ' ', SQLRULE_FILE_MAX + 1);
	bad("too long", big, SQLRULE_FILE_MAX + 1, "longer than");
	free(big);
	return done();
}
