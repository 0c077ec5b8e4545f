/*
 * case-query - print what a case holds
 *
 * A named query (queries.def) or a SELECT of the user's, as a table, CSV or
 * JSON lines. The case is opened read-only under a lock; an authorizer lets
 * nothing but reading pass, and a statement has a deadline.
 */

#include "caselock.h"
#include "cli.h"
#include "limits.h"
#include "queries.h"
#include "table.h"

static bool all_runs, list;
static const char *sql_arg, *format_arg = "table";

static const struct cli_opt opts[] = {
	{0, "sql", CLI_TEXT, &sql_arg, "TEXT",
	    "a SELECT (WITH, VALUES, EXPLAIN) instead of a NAME"},
	{0, "format", CLI_TEXT, &format_arg, "FORMAT",
	    "table (the default), csv or jsonl"},
	{0, "all-runs", CLI_FLAG, &all_runs, NULL,
	    "all runs, not the newest of each host, tool and root"},
	{'L', "list", CLI_FLAG, &list, NULL, "list the named queries and exit"},
	{0},
};

static const struct cli cli = {
	.synopsis = "CASE [NAME]",
	.about = "Print what a case holds: a named query, or SQL.",
	.opts = opts,
	.min = 0,
	.max = 2,
};

static const struct {
	const char *name;
	enum table_format format;
} formats[] = {
	{"table", TABLE_TABLE},
	{"csv", TABLE_CSV},
	{"jsonl", TABLE_JSONL},
};

static enum table_format
find_format(void)
{
	size_t i;

	for (i = 0; i < COUNT(formats); i++)
		if (strcmp(formats[i].name, format_arg) == 0)
			return formats[i].format;
	cli_usage("unknown format '%s': table, csv or jsonl", format_arg);
}

static void
print_list(void)
{
	size_t i;

	for (i = 0; i < queries_n; i++)
		printf("%-14s %s\n", queries[i].name, queries[i].help);
	cli_close_stdout();
}

/* A mistake in the user's SQL; one in a named query is ours. */
NORETURN static void
bad_sql(const char *what)
{
	if (!sql_arg)
		die("cannot run the query: %s", what);
	warn_msg("SQL: %s", what);
	exit(2);
}

static sqlite3_stmt *
prepare(struct case_db *c, const char *sql)
{
	sqlite3_stmt *stmt;
	struct err e;

	stmt = case_prepare(c, sql, &e);
	if (!stmt)
		bad_sql(e.msg);
	if (!sqlite3_stmt_readonly(stmt) || !sqlite3_column_count(stmt))
		bad_sql("only SELECT, WITH, VALUES and EXPLAIN are allowed");
	return stmt;
}

/* Names of the columns; a second one of a name gets a number. */
static void
column_names(sqlite3_stmt *stmt, struct strlist *names)
{
	struct str s cleanup_str = STR_INIT;
	const char *name;
	size_t k;
	int i, n = sqlite3_column_count(stmt), same;

	for (i = 0; i < n; i++) {
		name = sqlite3_column_name(stmt, i);
		if (!name)
			die("out of memory");
		same = 1;
		str_clear(&s);
		str_add_visible(&s, name, strlen(name));
		for (k = 0; k < names->n; k++)
			if (str_eq(&names->v[k], s.s)) {
				str_clear(&s);
				str_add_visible(&s, name, strlen(name));
				str_addf(&s, "_%d", ++same);
				k = (size_t)-1; /* look again from the start */
			}
		strlist_add(names, s.s, s.n);
	}
}

static void
put_cell(struct table *t, sqlite3_stmt *stmt, int i)
{
	int type = sqlite3_column_type(stmt, i);
	const void *p;

	if (type == SQLITE_NULL) {
		table_cell(t, 0, NULL, 0);
		return;
	}
	p = type == SQLITE_BLOB ? sqlite3_column_blob(stmt, i)
				: sqlite3_column_text(stmt, i);
	table_cell(t,
	    type == SQLITE_INTEGER ? 'i'
	    : type == SQLITE_FLOAT ? 'r'
	    : type == SQLITE_BLOB  ? 'b'
				   : 's',
	    p ? p : "", (size_t)sqlite3_column_bytes(stmt, i));
}

static void
run(struct case_db *c, const char *sql, enum table_format format)
{
	struct strlist names cleanup_strlist = STRLIST_INIT;
	const char **columns cleanup_free = NULL;
	struct table *t;
	sqlite3_stmt *stmt = prepare(c, sql);
	size_t i, n, rows = 0;
	int st;

	column_names(stmt, &names);
	n = names.n;
	columns = xreallocarray(NULL, n, sizeof(*columns));
	for (i = 0; i < n; i++)
		columns[i] = names.v[i].s;
	/* the first step finds most mistakes: before anything is printed */
	st = sqlite3_step(stmt);
	if (st == SQLITE_ERROR)
		bad_sql(sqlite3_errmsg(c->db));
	t = table_new(stdout, format, columns, n);
	if (!sql_arg && format == TABLE_TABLE)
		table_short_ids(t);
	for (; st == SQLITE_ROW; st = sqlite3_step(stmt)) {
		for (i = 0; i < n; i++)
			put_cell(t, stmt, (int)i);
		table_row_end(t);
		rows++;
	}
	table_free(t);
	if (st == SQLITE_INTERRUPT)
		die("the statement took longer than %d seconds: what was "
		    "printed is not all", QUERY_SECONDS);
	if (st == SQLITE_ERROR && rows == 0)
		bad_sql(sqlite3_errmsg(c->db));
	if (st != SQLITE_DONE)
		die("cannot read the case, what was printed is not all: %s",
		    sqlite3_errmsg(c->db));
	sqlite3_finalize(stmt);
	cli_close_stdout();
	if (!rows && format == TABLE_TABLE)
		warn_msg("no rows");
}

int
main(int argc, char **argv)
{
	struct lock lock = {0};
	struct case_db c;
	const struct query *q = NULL;
	enum table_format format;
	struct err e;
	int at, n;

	cli_init("case-query");
	at = cli_parse(&cli, argc, argv);
	n = argc - at;
	if (list) {
		print_list();
		return 0;
	}
	format = find_format();
	if (n == 0)
		cli_usage("no case given");
	if (n == 1 && !sql_arg)
		cli_usage("no query given: a name (-L lists them) or --sql");
	if (n == 2 && sql_arg)
		cli_usage("either a name or --sql, not both");
	if (n == 2) {
		q = query_find(argv[at + 1]);
		if (!q)
			cli_usage("unknown query '%s' (-L lists them)",
			    argv[at + 1]);
	}
	if (case_open_locked(&c, argv[at], all_runs ? CASE_ALL_RUNS : 0, &lock,
		&e))
		die("%s", e.msg);
	case_read_only(&c, QUERY_SECONDS);
	run(&c, q ? q->sql : sql_arg, format);
	case_close(&c);
	strlist_release(&lock.capabilities);
	strlist_release(&lock.sandbox);
	return 0;
}
