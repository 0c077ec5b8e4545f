#include "case-internal.h"

#include "civil.h"
#include "limits.h"

#include <errno.h>
#include <sys/stat.h>

#define SQLITE_HEADER 100 /* bytes; "The Database File Format", 1.3 */

static uint32_t
be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

int
case_check_file(const char *path, struct str *real, struct err *e)
{
	unsigned char h[SQLITE_HEADER];
	int fd cleanup_fd = -1;
	struct stat st;
	char *abs = realpath(path, NULL);
	ssize_t n;

	if (!abs)
		return err_sys(e, errno, "cannot open case '%s'", path);
	str_sets(real, abs);
	free(abs);
	/* looked at before it is opened: a FIFO would wait for a writer */
	if (stat(real->s, &st))
		return err_sys(e, errno, "cannot open case '%s'", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_CORRUPT, 0,
		    "'%s' is not a case: no regular file", path);
	fd = open(real->s, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK |
		O_NOFOLLOW);
	if (fd < 0)
		return err_sys(e, errno, "cannot open case '%s'", path);
	n = pread(fd, h, sizeof(h), 0);
	if (n < 0)
		return err_sys(e, errno, "cannot read case '%s'", path);
	if (n < (ssize_t)sizeof(h) ||
	    memcmp(h, "SQLite format 3", 16) != 0)
		return err_set(e, ERR_CORRUPT, 0, "'%s' is not a case%s", path,
		    n == 0 ? ": it is empty" : "");
	if (be32(h + 68) != CASE_APPLICATION_ID)
		return err_set(e, ERR_CORRUPT, 0,
		    "'%s' is an SQLite database, but not a case", path);
	if (be32(h + 60) < 1 || be32(h + 60) > CASE_SCHEMA_VERSION)
		return err_set(e, ERR_UNSUPPORTED, 0, "case '%s' has schema "
		    "version %u, this program knows 1 to %d: use the version "
		    "of salvor that wrote it, or a newer one", path,
		    be32(h + 60), CASE_SCHEMA_VERSION);
	if (h[18] != 1 || h[19] != 1)
		return err_set(e, ERR_CORRUPT, 0, "case '%s' is set to a "
		    "write-ahead log: nobody but case-ingest may write to a "
		    "case", path);
	return 0;
}

int
case_db_err(sqlite3 *db, struct err *e, const char *what)
{
	int code = sqlite3_extended_errcode(db);
	const char *msg = sqlite3_errmsg(db);
	enum err_class class;

	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, ERR_CHANGED, 0, "%s: another program is "
		    "writing to the case", what);
	case SQLITE_READONLY:
		if (code == SQLITE_READONLY_ROLLBACK ||
		    code == SQLITE_READONLY_RECOVERY)
			return err_set(e, ERR_CHANGED, 0, "%s: interrupted "
			    "write: run case-ingest --recover on it", what);
		class = ERR_DENIED;
		break;
	case SQLITE_AUTH:
		return err_set(e, ERR_DENIED, 0, "%s: only SELECT is allowed: "
		    "%s", what, msg);
	case SQLITE_PERM:
		class = ERR_DENIED;
		break;
	case SQLITE_INTERRUPT:
		return err_set(e, ERR_LIMIT, 0, "%s: takes too long", what);
	case SQLITE_TOOBIG:
		class = ERR_LIMIT;
		break;
	case SQLITE_NOMEM:
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		class = ERR_OURS;
		break;
	default: /* SQLITE_ERROR: the statement; CORRUPT, NOTADB: the file */
		class = ERR_CORRUPT;
	}
	return err_set(e, class, sqlite3_system_errno(db), "%s: %s", what, msg);
}

int
case_sql_err(struct case_db *c, struct err *e)
{
	if (sqlite3_extended_errcode(c->db) == SQLITE_INTERRUPT)
		return err_set(e, ERR_LIMIT, 0,
		    "takes longer than %d seconds", c->seconds);
	return case_db_err(c->db, e, "cannot run SQL");
}

int
case_exec(struct case_db *c, const char *sql, struct err *e)
{
	if (sqlite3_exec(c->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return case_sql_err(c, e);
	return 0;
}

int
case_harden(sqlite3 *db, struct err *e)
{
	static const struct {
		int id, value;
	} limits[] = {
		{SQLITE_LIMIT_LENGTH, CASE_VALUE_MAX},
		{SQLITE_LIMIT_SQL_LENGTH, CASE_SQL_MAX},
		{SQLITE_LIMIT_EXPR_DEPTH, CASE_SQL_DEPTH},
		{SQLITE_LIMIT_ATTACHED, 0},
		{SQLITE_LIMIT_LIKE_PATTERN_LENGTH, CASE_SQL_PATTERN},
		{SQLITE_LIMIT_TRIGGER_DEPTH, 1},
		{SQLITE_LIMIT_WORKER_THREADS, 0},
	};
	static const struct {
		int op, value;
	} config[] = {
		{SQLITE_DBCONFIG_DEFENSIVE, 1},
		{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
		{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
		{SQLITE_DBCONFIG_ENABLE_VIEW, 0}, /* TEMP views still work */
		{SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
		{SQLITE_DBCONFIG_DQS_DML, 0},
		{SQLITE_DBCONFIG_DQS_DDL, 0},
	};
	size_t i;

	for (i = 0; i < COUNT(config); i++)
		if (sqlite3_db_config(db, config[i].op, config[i].value, NULL))
			return err_set(e, ERR_OURS, 0,
			    "SQLite refuses setting %d", config[i].op);
	for (i = 0; i < COUNT(limits); i++)
		sqlite3_limit(db, limits[i].id, limits[i].value);
	if (sqlite3_exec(db, "PRAGMA temp_store = MEMORY;"
			     "PRAGMA mmap_size = 0;"
			     "PRAGMA cell_size_check = ON", NULL, NULL, NULL))
		return case_db_err(db, e, "cannot open the case");
	return 0;
}

static int
read_id(sqlite3 *db, char id[33])
{
	sqlite3_stmt *s = NULL;
	const char *text;
	int r = -1;

	if (sqlite3_prepare_v2(db, "SELECT value FROM main.meta WHERE key = "
	    "'case_id'", -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW) {
		text = (const char *)sqlite3_column_text(s, 0);
		if (text && strlen(text) == 32 &&
		    strspn(text, "0123456789abcdef") == 32) {
			memcpy(id, text, 33);
			r = 0;
		}
	}
	sqlite3_finalize(s);
	return r;
}

int
case_verify(sqlite3 *db, const char *path, char id[33],
    struct case_lacks *lacks, struct err *e)
{
	if (schema_compare(db, path, lacks, e))
		return -1;
	if (read_id(db, id))
		return err_set(e, ERR_CORRUPT, 0, "case '%s' has no id", path);
	return 0;
}

/* A writer at its commit is waited for, and that is said. */
static int
busy(void *arg, int count)
{
	struct timespec ts = {0, 100 * 1000 * 1000};

	if (count == 20)
		warn_msg("waiting: another program is writing to '%s'",
		    sqlite3_db_filename(arg, "main"));
	if (count >= CASE_WAIT_SECONDS * 10)
		return 0;
	nanosleep(&ts, NULL);
	return 1;
}

/*
 * A run of a collector that was asked for a part only says so in notes of op
 * "select" that lost nothing: what it was asked for is their text.
 */
#define PARTS                                                                 \
	"SELECT run, group_concat(detail, char(10)) FROM "                    \
	"(SELECT run, coalesce(detail, '') AS detail, row_number() "          \
	"OVER (PARTITION BY run ORDER BY detail) AS nr FROM main.note "       \
	"WHERE op = 'select' AND class = 'limit' AND lost = 0) "              \
	"WHERE nr <= 64 GROUP BY run" /* more are no collector's */

/*
 * The newest complete run of each (host, tool, root), and the newer ones of a
 * part, the newest of each part: a part hides no whole. What a case-* program
 * concluded is about this case, wherever it ran: the newest of each tool.
 */
#define KEY(column, name)                                                     \
	"iif(tool GLOB 'case-*', NULL, " column ") AS " name ", "
#define NEWEST                                                                \
	"SELECT id FROM (SELECT id, "                                         \
	"max(id) OVER (PARTITION BY k, h, hr, r, rr, what) AS newest, "       \
	"max(iif(what IS NULL, id, NULL)) "                                   \
	"OVER (PARTITION BY k, h, hr, r, rr) AS whole "                       \
	"FROM (SELECT id, tool AS k, "                                        \
	KEY("host", "h") KEY("host_raw", "hr")                                \
	KEY("root", "r") KEY("root_raw", "rr")                                \
	"what FROM main.run LEFT JOIN temp.run_part p ON p.run = id "         \
	"WHERE complete = 1)) WHERE id = newest AND id >= coalesce(whole, 0)"

/* Every column of a table, NULL for those that the case does not have. */
static void
view_columns(struct str *sql, enum kind k, const struct case_lacks *lacks)
{
	struct strlist names cleanup_strlist = STRLIST_INIT;
	const char *table = kind_info[k].name;
	bool none = case_lacks_has(lacks, table, NULL);
	size_t i;

	schema_columns(k, &names);
	for (i = 0; i < names.n; i++)
		str_addf(sql, "%s%s\"%s\"", i ? ", " : "",
		    none || case_lacks_has(lacks, table, names.v[i].s)
			? "NULL AS " : "", names.v[i].s);
}

/*
 * A table as programs see it: rows of the runs that are seen, all columns of
 * this version.
 */
static void
add_view(struct str *sql, enum kind k, bool all,
    const struct case_lacks *lacks)
{
	const char *table = kind_info[k].name;
	bool none = case_lacks_has(lacks, table, NULL);
	/* content is stored once, under the first run that had it */
	bool whole = all || k == KIND_blob;

	if (whole && !lacks->names.n)
		return; /* the table itself will do */
	str_addf(sql, "CREATE TEMP VIEW \"%s\" AS SELECT ", table);
	view_columns(sql, k, lacks);
	if (none)
		str_adds(sql, " WHERE 0;");
	else if (whole)
		str_addf(sql, " FROM main.\"%s\";", table);
	else
		str_addf(sql, " FROM main.\"%s\" WHERE %s IN "
		    "(SELECT id FROM temp.current_run);", table,
		    k == KIND_run ? "id" : "run");
}

static int
make_views(sqlite3 *db, bool all, const struct case_lacks *lacks,
    struct err *e)
{
	struct str sql cleanup_str = STR_INIT;
	int k;

	str_addf(&sql, "CREATE TEMP TABLE run_part(run INTEGER PRIMARY KEY, "
	    "what TEXT NOT NULL);INSERT INTO temp.run_part " PARTS ";"
	    "CREATE TEMP TABLE current_run(id INTEGER PRIMARY KEY);"
	    "INSERT INTO temp.current_run %s;",
	    all ? "SELECT id FROM main.run" : NEWEST);
	for (k = 0; k < KIND_COUNT; k++)
		if (schema_table((enum kind)k))
			add_view(&sql, (enum kind)k, all, lacks);
	if (sqlite3_exec(db, sql.s, NULL, NULL, NULL))
		return case_db_err(db, e, "cannot read the runs of the case");
	return 0;
}

int
case_open(struct case_db *c, const char *path, unsigned flags, struct err *e)
{
	struct str real cleanup_str = STR_INIT;
	struct case_lacks lacks = {0};
	int r = -1;

	memset(c, 0, sizeof(*c));
	if (case_check_file(path, &real, e))
		return -1;
	if (sqlite3_open_v2(real.s, &c->db, SQLITE_OPEN_READONLY |
	    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
	    SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE, NULL)) {
		err_set(e, ERR_OURS, 0, "cannot open case '%s': %s", path,
		    c->db ? sqlite3_errmsg(c->db) : "out of memory");
	} else {
		sqlite3_busy_handler(c->db, busy, c->db);
		if (case_harden(c->db, e) == 0 &&
		    case_verify(c->db, path, c->id, &lacks, e) == 0)
			r = make_views(c->db, flags & CASE_ALL_RUNS, &lacks,
			    e);
		case_lacks_release(&lacks);
	}
	if (r)
		case_close(c);
	return r;
}

void
case_close(struct case_db *c)
{
	sqlite3_close_v2(c->db);
	c->db = NULL;
}

static int64_t
monotonic(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return civil_ns(ts.tv_sec, ts.tv_nsec);
}

sqlite3_stmt *
case_prepare(struct case_db *c, const char *sql, struct err *e)
{
	sqlite3_stmt *s = NULL, *more = NULL;
	const char *tail = sql;

	if (c->seconds)
		c->deadline = monotonic() +
		    c->seconds * INT64_C(1000000000);
	if (sqlite3_prepare_v3(c->db, sql, -1, 0, &s, &tail)) {
		case_sql_err(c, e);
		return NULL;
	}
	if (!s) {
		err_set(e, ERR_CORRUPT, 0, "there is no statement");
		return NULL;
	}
	/* VACUUM does not ask the authorizer */
	if (c->select_only && (!sqlite3_stmt_readonly(s) ||
	    sqlite3_column_count(s) == 0)) {
		err_set(e, ERR_DENIED, 0, "only SELECT is allowed");
		sqlite3_finalize(s);
		return NULL;
	}
	/* blanks, comments and semicolons may follow */
	while (*tail) {
		if (sqlite3_prepare_v2(c->db, tail, -1, &more, &tail) || more) {
			err_set(e, ERR_CORRUPT, 0, "more than one statement");
			sqlite3_finalize(more);
			sqlite3_finalize(s);
			return NULL;
		}
	}
	return s;
}

static int
authorize(void *arg UNUSED, int action, const char *a,
    const char *b, const char *db UNUSED, const char *trigger UNUSED)
{
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_UPDATE: /* what json_each asks for as it declares itself;
			     * the defensive mode refuses all others */
		return a && strcmp(a, "sqlite_master") == 0 ? SQLITE_OK
							    : SQLITE_DENY;
	case SQLITE_FUNCTION:
		return b && sqlite3_stricmp(b, "load_extension") == 0
		    ? SQLITE_DENY : SQLITE_OK;
	}
	return SQLITE_DENY;
}

static int
progress(void *arg)
{
	struct case_db *c = arg;

	return monotonic() > c->deadline;
}

void
case_read_only(struct case_db *c, int seconds)
{
	c->seconds = seconds;
	c->select_only = true;
	sqlite3_set_authorizer(c->db, authorize, NULL);
	if (seconds) {
		c->deadline = monotonic() + seconds * INT64_C(1000000000);
		sqlite3_progress_handler(c->db, 2000, progress, c);
	} else {
		sqlite3_progress_handler(c->db, 0, NULL, NULL);
	}
}
