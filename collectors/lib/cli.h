#ifndef CLI_H
#define CLI_H

/*
 * cli - options, usage, version: the same in every program
 *
 * A program declares a table of options; parsing, the usage text and the
 * checks of t-docs.sh come from it. cli_init must be the first call of main:
 * it clears the environment (what a static program would still listen to),
 * sets progname, the umask and libcrypto's deafness.
 */

#include "str.h"

enum cli_type {
	CLI_FLAG, /* bool *: set to true */
	CLI_TEXT, /* const char **: the last one given */
	CLI_LIST, /* struct strlist *: every one given */
	CLI_SOME, /* the same; --NAME alone gives an empty text */
};

struct cli_opt {
	char letter;	  /* 0: long form only */
	const char *name; /* long form without the dashes; NULL: none */
	enum cli_type type;
	void *to;
	const char *arg;  /* name of the argument; NULL for CLI_FLAG */
	const char *help; /* one line */
};

struct cli {
	const char *synopsis; /* operands: "CASE [FILE | -- PROGRAM ARGS...]" */
	const char *about;    /* one sentence */
	const struct cli_opt *opts; /* ended by a row of zeros */
	const char *more;     /* lines after the options, or NULL */
	int min, max;	      /* operands; max -1: any number */
	bool stop;	      /* options end at the first operand */
};

/* First call of main. tool: the program's name. */
void cli_init(const char *tool);

/*
 * Parse; -h/--help and -V/--version print to stdout and exit 0, a mistake
 * prints to stderr and exits 2. Returns the index of the first operand in
 * argv (GNU style: operands are moved behind the options unless c->stop).
 */
int cli_parse(const struct cli *c, int argc, char **argv);

/* A usage mistake found later: message, hint, exit 2. */
NORETURN void cli_usage(const char *fmt, ...) PRINTF(1, 2);

/* Version of salvor, its build (commit), linked libraries. */
extern const char cli_version[];
extern const char cli_build[];

/* Flush and close stdout; a failure is the program's (exit 3). */
void cli_close_stdout(void);

#endif
