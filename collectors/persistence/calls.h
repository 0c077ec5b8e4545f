#ifndef CALLS_H
#define CALLS_H

/*
 * calls - where the text of a program starts another, or runs its input
 *
 * Told by the words of a language (calls.def), line by line: it is no parser.
 * A line that is a comment as a whole does not count.
 *
 * Trust: hostile. Fuzzed by tests/fuzz/fuzz-code.c.
 */

#include "str.h"

enum language {
	LANG_NONE,
	LANG_SHELL,
	LANG_PYTHON,
	LANG_PERL,
	LANG_RUBY,
	LANG_PHP,
	LANG_JAVA,
	LANG_JS,
	LANG_LUA,
	LANG_VIM,
	LANG_LISP,
	LANG_GDB,
};

/* By the first line, else by the name. */
enum language calls_language(const char *name, const char *p, size_t n);

struct call {
	const char *name; /* the word that was found */
	bool input;	  /* no call: where the input comes from */
	const char *arg;  /* the first text in quotes behind it; NULL: none */
	size_t arg_n;
};

/* The first call at or behind *at in a line; *at moves behind it. */
bool calls_next(enum language l, const char *p, size_t n, size_t *at,
    struct call *out);

#endif
