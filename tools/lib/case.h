#ifndef CASE_H
#define CASE_H

/*
 * case - a case file: one SQLite database
 *
 * Only case-ingest opens a case for writing (ingest.h); everything else uses
 * case_open, which is read-only and sees, through TEMP views of the same
 * names, the newest complete run of each (host, tool, root), and newer ones
 * that were asked for a part only; all_runs shows all. id and run stay those of the table, so that evidence "TABLE:ID" holds.
 *
 * The schema comes from kinds.def (schema.c); case(5) documents it.
 * application_id 0x53414c56 ("SALV"), user_version is the schema's version.
 * Versions only ever add tables, columns and indexes: a case of an older one
 * is read with what it lacks empty (tables) or NULL (columns), and gets it
 * from the next run that is written. A newer one is refused.
 *
 * A case is hostile as well (it may come from elsewhere): defensive mode, no
 * trusted schema, no extensions, memory for temporary data only.
 *
 * Errors: ERR_ABSENT, ERR_DENIED, ERR_CORRUPT ("is not a case"), ERR_CHANGED
 * with "interrupted write: run case-ingest --recover" for a hot journal.
 */

#include "err.h"
#include "str.h"

#include <sqlite3.h>

#define CASE_APPLICATION_ID 0x53414c56
#define CASE_SCHEMA_VERSION 5 /* one more with each release that adds */

struct case_db {
	sqlite3 *db;
	char id[33]; /* the case's own id, 32 hex digits */
	/* private: case_read_only */
	bool select_only;
	int seconds;
	int64_t deadline;
};

enum case_flags {
	CASE_ALL_RUNS = 1 << 0,
};

/*
 * Open a case. The ids of the runs that are seen are in temp.current_run(id),
 * what runs of a part were asked for in temp.run_part(run, what);
 * main.TABLE is always the whole table, incomplete runs included, and as old
 * as the case is. Waits up to
 * CASE_WAIT_SECONDS for a writer that is at its commit. c must stay where it
 * is until case_close (case_read_only points to it).
 */
int case_open(struct case_db *c, const char *path, unsigned flags,
    struct err *e);
void case_close(struct case_db *c);

/* SQL text that creates the schema (for ingest, case(5) and tests). */
void case_schema(struct str *out);

/*
 * A statement, or NULL and e; the caller finalizes. Text behind the first
 * statement is refused. The time of case_read_only starts here.
 */
sqlite3_stmt *case_prepare(struct case_db *c, const char *sql, struct err *e);

/* Run statements of ours, no user's; no results. -1 and e: the first failed. */
int case_exec(struct case_db *c, const char *sql, struct err *e);

/* What the last failed sqlite3_step says, as an err. Returns -1. */
int case_sql_err(struct case_db *c, struct err *e);

/*
 * Let only SELECT (and recursive CTEs and functions) pass from here on, with
 * a deadline for each statement (0: none), counted from case_prepare: user
 * SQL and rules. A statement that takes longer fails with ERR_LIMIT.
 */
void case_read_only(struct case_db *c, int seconds);

#endif
