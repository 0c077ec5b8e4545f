#ifndef RUNS_H
#define RUNS_H

/*
 * runs - which file would an entry run, and what does the package database say
 *
 * An entry's command is looked through for the first file that would really
 * be run: assignments, and programs that only run another one (env, nice,
 * nohup, setsid, timeout, sudo, flock, run-parts, sh -c ...), are passed over;
 * a script given to an interpreter counts, not the interpreter. A name without
 * "/" is searched in PATH, a relative one below the directory it runs in.
 * It fills the columns program and program_*; what cannot be told (a shell's
 * variable, a here-document) is left absent.
 *
 * Trust: hostile text; a file outside of the root is "missing".
 */

#include "art.h"

enum runs_syntax {
	RUNS_SHELL, /* a line that a shell gets */
	RUNS_WORDS, /* words with quotes, no shell: ExecStart=, Exec= */
	RUNS_FILE,  /* all of it is one file's name */
};

/* Between art_begin and rec_end of a row. path: PATH in force; NULL: the
 * usual one. cwd: directory it starts in; NULL: unknown. */
void art_runs(const struct art_file *f, struct rec *r, enum runs_syntax how,
    const char *command, size_t n, const char *path, const char *cwd);

#endif
