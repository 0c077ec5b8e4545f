#ifndef RUNS_H
#define RUNS_H

/*
 * runs - which file would an entry run, and what does the package database say
 *
 * An entry's command is looked through for the files that would really be run:
 * assignments, and programs that only run another one (env, nice, nohup, setsid,
 * timeout, sudo, flock, sh -c ...), are passed over; a script given to an
 * interpreter counts, not the interpreter; of run-parts, the folder. Of several
 * the one is told that is of no package or not as its package has it; if there
 * is none, the first. A name without "/" is searched in PATH, a relative one
 * below the directory it runs in. It fills the columns program and program_*;
 * what cannot be told (a shell's variable, a here-document) is left absent, and
 * so is a bare name of a shell's line that PATH does not have: it may be a
 * function or an alias.
 *
 * Limits:   RUNS_READ_MAX (a larger file has no digest, and its state is
 *           unknown), RUNS_KEEP_MAX, RUNS_DEPTH_MAX, RUNS_NAMES_MAX, RUNS_KNOWN_MAX (only
 *           what is remembered).
 * Trust:    hostile text; a file outside of the root is "missing". Fuzzed by
 *           tests/fuzz/fuzz-runs.c.
 */

#include "art.h"
#include "packages.h"

/* Where a library without "/" is found (as PATH). */
#define RUNS_LIBRARIES \
	"/lib:/usr/lib:/lib64:/usr/lib64:/lib/x86_64-linux-gnu:" \
	"/usr/lib/x86_64-linux-gnu:/lib/aarch64-linux-gnu:" \
	"/usr/lib/aarch64-linux-gnu"
#define RUNS_PATH \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

enum runs_syntax {
	RUNS_SHELL, /* a line that a shell gets */
	RUNS_WORDS, /* words with quotes, no shell: ExecStart=, Exec= */
	RUNS_FILE,  /* all of it is one file's name */
};

/* Between art_begin and rec_end of a row. path: PATH in force; NULL: the
 * usual one. cwd: directory it starts in; NULL: unknown. */
void art_runs(const struct art_file *f, struct rec *r, enum runs_syntax how,
    const char *command, size_t n, const char *path, const char *cwd);

/* After the rows of a file, outside of any: the scripts of no package that they
 * run, as blobs of their content (up to RUNS_KEEP_MAX). */
void runs_keep(const struct art_file *f, struct rec *r);

/* A file, and what its package says. */
struct runs_file {
	struct str path; /* its real one */
	struct str package; /* that owns it; empty: none */
	struct stat st;
	enum pkg_state state;
	char sha256[65]; /* empty: not read */
	bool there;	 /* the fields above are known */
	mode_t mode;	 /* 0: no such file */
};
#define RUNS_FILE_INIT \
	{.path = STR_INIT, .package = STR_INIT, .state = PKG_UNKNOWN}
#define cleanup_runs_file __attribute__((cleanup(runs_file_release)))
void runs_file_release(struct runs_file *k);

/* rf (found) against the database (NULL: none); k is to be zeros. */
void runs_state(struct root *root, struct pkgdb *db, struct root_file *rf,
    struct runs_file *k);

/* What was looked up in a tree, so that it is read once. */
struct runs_cache;
void runs_cache_free(struct runs_cache *c);

#endif
