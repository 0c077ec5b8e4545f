#ifndef SQLFILE_H
#define SQLFILE_H

/*
 * sqlfile - databases of SQLite in the evidence
 *
 * SQLite gets bytes, not files: its only file system here has the database,
 * and its journal and write-ahead log if they were given, and nothing else.
 * Two ways: a descriptor, that is only read (a big database; a log beside it
 * is not seen, and the two bytes that ask for one are changed on their way);
 * or memory, where SQLite may do what it likes: a transaction that was cut off
 * is rolled back, what stands in the log is merged, as the engine itself would
 * see the database at its next start, and the evidence stays as it is.
 *
 * Calling:  fill a struct sqlfile; sqlfile_open; sqlite3_prepare_v2 and so on
 *           with f->db; sqlfile_close. One at a time in a process.
 * Ownership: descriptor and texts are the caller's, and last until the close.
 * Errors:   sqlfile_open: ERR_CORRUPT, ERR_LIMIT. sqlfile_err says the same of
 *           a result of SQLite.
 * Limits:   length_max for one value, steps_max for all statements together;
 *           SQLFILE_GROW_MAX for what SQLite itself adds in memory.
 * Trust:    hostile: a schema could make a table anything. Only reading is
 *           allowed, of the tables named; no functions, no views, no triggers.
 *           Fuzzed by fuzz-rpm.c and fuzz-cstorage.c.
 */

#include "err.h"
#include "str.h"

#include <sqlite3.h>

struct sqlfile {
	int fd; /* -1: in memory */
	int64_t size;
	struct str *main, *journal, *wal; /* the last two may be NULL */
	const char *const *tables; /* that may be read; ended by NULL */
	int length_max;
	unsigned steps_max;
	const char *name; /* for messages */
	/* private */
	sqlite3 *db;
	unsigned steps;
};

int sqlfile_open(struct sqlfile *f, struct err *e);
void sqlfile_close(struct sqlfile *f);

/* Fill e from a result that is neither ROW nor DONE; returns -1. */
int sqlfile_err(struct sqlfile *f, int rc, struct err *e);

#endif
