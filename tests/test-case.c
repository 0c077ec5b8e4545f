/* test-case - cases as readers see them: runs, read-only SQL, deadlines */

#include "case.h"
#include "cli.h"
#include "digest.h"
#include "err.h"
#include "ingest.h"
#include "recread.h"
#include "tap.h"

static char dir[] = "/tmp/salvor-test-case.XXXXXX";
static struct str path;

/* A run of one record; whole: with its end. */
static void
stream(struct str *out, const char *tool, const char *host, const char *root,
    const char *id, const char *record, bool whole)
{
	char hex[SHA256_HEX];
	const char *kind = record + 6;
	size_t start = out->n;

	str_addf(out, "{\"k\":\"run\",\"version\":1,\"tool\":\"%s\"", tool);
	if (host)
		str_addf(out, ",\"host\":\"%s\"", host);
	if (root)
		str_addf(out, ",\"root\":\"%s\"", root);
	if (id)
		str_addf(out, ",\"case_id\":\"%s\"", id);
	str_addf(out, "}\n%s\n", record);
	if (!whole)
		return;
	digest_of(out->s + start, out->n - start, hex);
	str_addf(out, "{\"k\":\"end\",\"counts\":\"[\\\"run=1\\\",\\\"%.*s=1\\\"]"
	    "\",\"notes\":0,\"lost\":0,\"sha256\":\"%s\",\"finish_time\":1}\n",
	    (int)strcspn(kind, "\""), kind, hex);
}

static void
load(const struct str *s)
{
	struct ingest_hooks hooks = {0};
	struct ingest_result res;
	struct recread *r = recread_open_mem(s->s, s->n);
	struct ingest *g;
	struct err e = {0};
	bool made;

	g = ingest_open(path.s, true, &made, &e);
	if (!g || ingest_start(g, &e) || ingest_load(g, r, &hooks, &res, &e))
		die("cannot load: %s", e.msg);
	ingest_close(g);
	recread_free(r);
}

static void
file(const char *host, const char *root, const char *name, bool whole)
{
	struct str s cleanup_str = STR_INIT, rec cleanup_str = STR_INIT;

	str_addf(&rec, "{\"k\":\"file\",\"scope\":\"host\",\"path\":\"%s\"}",
	    name);
	stream(&s, "collect-files", host, root, NULL, rec.s, whole);
	load(&s);
}

static void
finding(const char *id, const char *host, const char *rule)
{
	struct str s cleanup_str = STR_INIT, rec cleanup_str = STR_INIT;

	str_addf(&rec, "{\"k\":\"finding\",\"rule\":\"%s\",\"title\":\"t\","
	    "\"severity\":\"low\",\"effect\":\"note\",\"scope\":\"host\","
	    "\"detail\":\"d\"}", rule);
	stream(&s, "case-match", host, NULL, id, rec.s, true);
	load(&s);
}

/* The first column of the first row, "" for none or an error. */
static const char *
one(struct case_db *c, const char *sql)
{
	static struct str out = STR_INIT;
	struct err e;
	sqlite3_stmt *s = case_prepare(c, sql, &e);
	const char *text;

	str_clear(&out);
	if (!s) {
		str_addf(&out, "%s", e.msg);
		return out.s;
	}
	if (sqlite3_step(s) == SQLITE_ROW) {
		text = (const char *)sqlite3_column_text(s, 0);
		str_adds(&out, text ? text : "NULL");
	} else if (sqlite3_errcode(c->db) != SQLITE_DONE) {
		case_sql_err(c, &e);
		str_addf(&out, "%s", e.msg);
	}
	sqlite3_finalize(s);
	return out.s;
}

static void
is(struct case_db *c, const char *what, const char *sql, const char *wanted)
{
	const char *got = one(c, sql);

	ok(strcmp(got, wanted) == 0, "%s: %s", what, got);
}

static void
newest(void)
{
	struct case_db c;
	struct err e;
	char id[33];

	file("a", "/", "/old", true);
	file("a", "/", "/new", true);
	file("a", "/", "/cut", false);
	file("b", "/", "/other-host", true);
	file("a", "/mnt", "/other-root", true);
	file(NULL, NULL, "/unknown", true);
	file(NULL, NULL, "/unknown-2", true);
	if (case_open(&c, path.s, 0, &e))
		die("%s", e.msg);
	memcpy(id, c.id, sizeof(id));
	is(&c, "the newest complete run of each host, tool, root",
	    "SELECT group_concat(path, ' ') FROM (SELECT path FROM file ORDER "
	    "BY id)", "/new /other-host /other-root /unknown-2");
	is(&c, "run is a view as well",
	    "SELECT group_concat(id) FROM (SELECT id FROM run ORDER BY id)",
	    "2,4,5,7");
	is(&c, "ids are those of the table",
	    "SELECT group_concat(id || ':' || run) FROM (SELECT * FROM file "
	    "ORDER BY id)", "2:2,4:4,5:5,7:7");
	is(&c, "main has all of them", "SELECT count(*) FROM main.file", "7");
	is(&c, "the runs that are seen",
	    "SELECT group_concat(id) FROM temp.current_run", "2,4,5,7");
	case_close(&c);

	finding(id, "a", "p/one");
	finding(id, "elsewhere", "p/two");
	if (case_open(&c, path.s, 0, &e))
		die("%s", e.msg);
	is(&c, "of a case-* program the newest, wherever it ran",
	    "SELECT group_concat(rule) FROM finding", "p/two");
	case_close(&c);

	if (case_open(&c, path.s, CASE_ALL_RUNS, &e))
		die("%s", e.msg);
	is(&c, "all runs", "SELECT count(*) FROM file", "7");
	is(&c, "all runs: current_run", "SELECT count(*) FROM "
	    "temp.current_run", "9");
	case_close(&c);
}

static void
read_only(void)
{
	static const char *const denied[] = {
		"DELETE FROM main.file",
		"INSERT INTO temp.current_run VALUES (99)",
		"UPDATE main.run SET complete = 1",
		"CREATE TEMP TABLE x(a)",
		"CREATE TEMP VIEW x AS SELECT 1",
		"DROP VIEW temp.file",
		"ATTACH '/tmp/salvor-never' AS x",
		"PRAGMA query_only",
		"PRAGMA main.journal_mode = WAL",
		"VACUUM",
		"VACUUM INTO '/tmp/salvor-never'",
		"BEGIN",
		"REINDEX",
		"ANALYZE",
		"SELECT load_extension('/tmp/x')",
		"EXPLAIN DELETE FROM main.file",
		"UPDATE main.sqlite_master SET sql = ''",
		"UPDATE sqlite_master SET type = 'view'",
		"UPDATE temp.sqlite_master SET sql = ''",
		"UPDATE sqlite_temp_master SET sql = ''",
	};
	struct case_db c;
	struct err e;
	sqlite3_stmt *s;
	size_t i;

	if (case_open(&c, path.s, 0, &e))
		die("%s", e.msg);
	ok(sqlite3_exec(c.db, "DELETE FROM main.file", NULL, NULL, NULL) ==
	    SQLITE_READONLY, "a reader cannot write");
	case_read_only(&c, 1);
	for (i = 0; i < COUNT(denied); i++) {
		s = case_prepare(&c, denied[i], &e);
		ok(!s, "refused: %s: %s", denied[i], s ? "" : e.msg);
		sqlite3_finalize(s);
	}
	is(&c, "recursion, functions and JSON are allowed",
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
	    "WHERE i < 10) SELECT sum(i) || upper('x') || (SELECT "
	    "group_concat(value) FROM json_each('[\"a\",\"b\"]')) FROM n",
	    "55Xa,b");
	is(&c, "nor pragmas as tables",
	    "SELECT name FROM pragma_table_info('file')",
	    "cannot run SQL: only SELECT is allowed: not authorized");
	s = case_prepare(&c, "SELECT 1; DELETE FROM file", &e);
	ok(!s && strstr(e.msg, "more than one"), "one statement only");
	s = case_prepare(&c, "SELECT 1; ; -- end\n /* of it */ ", &e);
	ok(s, "comments behind it are fine");
	sqlite3_finalize(s);
	s = case_prepare(&c, " -- nothing", &e);
	ok(!s && strstr(e.msg, "no statement"), "no statement");
	s = case_prepare(&c, "SELEC 1", &e);
	ok(!s && e.class == ERR_CORRUPT && strstr(e.msg, "syntax error"),
	    "a mistake: %s", e.msg);
	s = case_prepare(&c, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
	    "SELECT i + 1 FROM n) SELECT sum(i) FROM n", &e);
	ok(s && sqlite3_step(s) != SQLITE_ROW && case_sql_err(&c, &e) &&
	    e.class == ERR_LIMIT, "endless: %s", e.msg);
	sqlite3_finalize(s);
	is(&c, "the next one has its own time", "SELECT 1", "1");
	is(&c, "a huge value", "SELECT length(zeroblob(2000000000))",
	    "cannot run SQL: string or blob too big");
	ok(access("/tmp/salvor-never", F_OK) != 0, "nothing was written");
	case_close(&c);
}

static void
no_case(void)
{
	struct case_db c;
	struct err e;

	ok(case_open(&c, "/nonexistent/case.db", 0, &e) && !c.db &&
	    e.class == ERR_ABSENT, "absent: %s", e.msg);
	ok(case_open(&c, "/dev/null", 0, &e) && e.class == ERR_CORRUPT,
	    "a device: %s", e.msg);
	ok(case_open(&c, "/proc/self/exe", 0, &e) && e.class == ERR_CORRUPT,
	    "a program: %s", e.msg);
	ok(case_open(&c, dir, 0, &e) && e.class == ERR_CORRUPT,
	    "a directory: %s", e.msg);
}

int
main(void)
{
	cli_init("test-case");
	if (!mkdtemp(dir))
		die("cannot make a directory");
	str_init(&path);
	str_addf(&path, "%s/c.db", dir);
	newest();
	read_only();
	no_case();
	unlink(path.s);
	ok(rmdir(dir) == 0, "a case is one file");
	str_release(&path);
	return done();
}
