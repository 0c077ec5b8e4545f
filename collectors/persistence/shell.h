#ifndef SHELL_H
#define SHELL_H

/*
 * shell - command lines of shell text, as rows
 *
 * A logical line: physical lines that a backslash, an open quote, a trailing
 * pipe or && or ||, a here-document or a function's braces join. It is no
 * parser of the language; what it joins wrongly is still all there, and lines
 * are never joined beyond ART_JOIN_MAX. Blank lines and comments give none.
 *
 * Trust: hostile. Fuzzed by tests/fuzz/fuzz-shellrc.c.
 */

#include "art.h"

/* Does it start like a shell script (or say nothing, which is sh)? */
bool shell_script(const char *p, size_t n);

/* A row for each logical line of the file; defect is theirs as well. */
void shell_rows(const struct art_file *f, struct rec *r, const char *defect);

#endif
