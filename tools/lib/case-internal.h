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
 * it is a case of this version and no write-ahead log. real receives its path
 * without links. ERR_ABSENT where there is nothing of that name.
 */
int case_check_file(const char *path, struct str *real, struct err *e);

/* Settings against a hostile case; for readers and the writer. */
int case_harden(sqlite3 *db, struct err *e);

/* The schema is exactly ours; reads the case's id. */
int case_verify(sqlite3 *db, const char *path, char id[33], struct err *e);

/* Fill e from the connection's last error. Returns -1. */
int case_db_err(sqlite3 *db, struct err *e, const char *what);

/* Is the kind a table? "end" is not: its columns are part of "run". */
bool schema_table(enum kind k);

/* Does the column stand in the table of its kind, and with a _raw twin? */
bool schema_column(enum col c);
bool schema_raw(enum col c);

#endif
