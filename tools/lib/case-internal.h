#ifndef CASE_INTERNAL_H
#define CASE_INTERNAL_H

/*
 * case-internal - what case.c (readers), ingest.c (the writer) and schema.c
 * share. Not for programs.
 */

#include "case.h"

#include "kinds.h"

/*
 * Look at the file before SQLite does: a regular file whose header says that
 * it is a case, of no newer version, and no write-ahead log. real receives its path
 * without links. ERR_ABSENT where there is nothing of that name.
 */
int case_check_file(const char *path, struct str *real, struct err *e);

/* Settings against a hostile case; for readers and the writer. */
int case_harden(sqlite3 *db, struct err *e);

/* What the schema of an older case lacks. */
struct case_lacks {
	struct strlist names; /* TABLE, TABLE.COLUMN; indexes are not named */
	struct str sql;	      /* would add it all; empty: nothing is missing */
};
void case_lacks_release(struct case_lacks *l);
bool case_lacks_has(const struct case_lacks *l, const char *table,
    const char *column); /* column NULL: the table */

/*
 * The schema is ours, or what an older version has of ours, to the letter;
 * reads the case's id. lacks is filled anew; the caller releases it in either
 * case.
 */
int case_verify(sqlite3 *db, const char *path, char id[33],
    struct case_lacks *lacks, struct err *e);

/* What db lacks, as above, without the id. what: for errors. */
int schema_compare(sqlite3 *db, const char *path, struct case_lacks *lacks,
    struct err *e);

/* The columns of a kind's table, in order, _raw twins and all. */
void schema_columns(enum kind k, struct strlist *out);

/* Fill e from the connection's last error. Returns -1. */
int case_db_err(sqlite3 *db, struct err *e, const char *what);

/* Is the kind a table? "end" is not: its columns are part of "run". */
bool schema_table(enum kind k);

/* Does the column stand in the table of its kind, and with a _raw twin? */
bool schema_column(enum col c);
bool schema_raw(enum col c);

#endif
