#ifndef MATCHFILE_H
#define MATCHFILE_H

/*
 * matchfile - what a file with power is worth
 *
 * The temporary tables power_file, command_file and file_kind (pack(5)): of
 * files that are setuid, have capabilities, cannot be changed, may be written
 * by everybody or run out of a place where programs do not belong, whose they
 * are, where they lie, and whether their content is that of a packaged shell
 * under another name.
 *
 * Calling:  matchfile_prepare once, after the functions of SQL are there.
 * Errors:   ERR_CORRUPT, ERR_LIMIT as SQLite has them.
 * Trust:    the case is hostile: paths go through PCRE2, which has its limits.
 */

#include "match.h"

int matchfile_prepare(struct case_db *c, struct err *e);

#endif
