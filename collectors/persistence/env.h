#ifndef ENV_H
#define ENV_H

/*
 * env - variables that load code, and PATHs that others can write to
 *
 * Files that hold NAME=value for those who log in, and the same look at an
 * assignment that stands in a shell's file.
 *
 * Trust: hostile. Fuzzed by tests/fuzz/fuzz-env.c.
 */

#include "art.h"

enum env_means {
	ENV_PLAIN,
	ENV_LIBRARY, /* libraries: LD_PRELOAD */
	ENV_FOLDERS, /* where code is looked for: LD_LIBRARY_PATH, PYTHONPATH */
	ENV_FILE,    /* a file that is run: BASH_ENV */
	ENV_COMMAND, /* a command: PROMPT_COMMAND */
	ENV_PATH,    /* PATH */
};
enum env_means env_means(const char *name, size_t n);

/* Between art_begin and rec_end: what the value of such a variable runs. */
void env_runs(const struct art_file *f, struct rec *r, enum env_means m,
    const char *value, size_t n);

/* A row for each entry of a PATH that is empty, relative, or of a folder that
 * others can write to. */
void env_path(const struct art_file *f, struct rec *r, int64_t line,
    const char *value, size_t n, const char *text, size_t text_n);

/* Who but root (and owner; NULL: nobody) can write there? A text for people;
 * NULL: nobody, or it is not there. */
const char *env_open_to_others(const struct art_file *f, const char *path,
    const struct account *owner);

#endif
