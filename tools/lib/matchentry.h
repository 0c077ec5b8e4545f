#ifndef MATCHENTRY_H
#define MATCHENTRY_H

/*
 * matchentry - what an entry of persistence is worth
 *
 * The temporary tables entry, foreign_entry and foreign_program (pack(5)): who
 * is foreign, the file of the entry or what it runs, and what it can do. They
 * look at places, owners, the package database and what a command reaches; a
 * payload's spelling is for the rules on facts.
 *
 * Calling:  matchentry_prepare once, after the functions of SQL are there.
 * Errors:   ERR_CORRUPT, ERR_LIMIT as SQLite has them.
 * Trust:    the case is hostile: texts go through shcmd and PCRE2, which have
 *           their limits.
 */

#include "match.h"

int matchentry_prepare(struct case_db *c, struct err *e);

#endif
