#ifndef TRIAGE_H
#define TRIAGE_H

/*
 * triage - which files are looked into when nobody asks for all
 *
 * Three questions, in this order; the first yes is the file's "why":
 *
 *   1. Where is it? Places are rows of triage.def: configuration, temporary
 *      directories, homes, what runs by itself, what no package fills. A
 *      container's own layer is such a place as a whole.
 *   2. What does its inode say? A regular file that somebody may execute, or
 *      that is setuid or setgid; a device outside /dev; a file that everybody
 *      may write, a directory in which everybody may replace what lies there.
 *   3. What do its first bytes say? An ELF file, a script (#!), or, by its
 *      name, a script that an interpreter is given (x.sh, x.py ...).
 *
 * So a program counts wherever it hides, with or without its x bit; what is
 * left out is data: documentation, pictures, databases, logs.
 *
 * Trust: names and bytes are hostile; nothing here depends on either being
 * well formed. Tests: tests/test-files.c.
 */

#include <sys/stat.h>

/* Words of the column file.why. */
enum triage {
	TRIAGE_NO,
	TRIAGE_ALL,	      /* --all */
	TRIAGE_UPPER,	      /* a container's own layer */
	TRIAGE_PERSISTENCE,   /* cron, units, init */
	TRIAGE_TEMPORARY,
	TRIAGE_HOME,
	TRIAGE_CONFIGURATION,
	TRIAGE_PLACE,	      /* /opt, /usr/local, /srv, volumes ... */
	TRIAGE_DEVICE,	      /* a device outside /dev */
	TRIAGE_EXECUTABLE,    /* x bit, setuid, setgid; ELF */
	TRIAGE_SCRIPT,
	TRIAGE_WRITABLE,      /* everybody may write it */
	TRIAGE_COUNT
};
const char *triage_name(enum triage t);

/*
 * By place and inode. st is lstat's. TRIAGE_NO for a regular file means: ask
 * its bytes (triage_bytes). homes: NULL-ended list of the accounts' homes, or
 * NULL; /root and /home always count.
 */
enum triage triage_place(const char *path, const struct stat *st,
    const char *const *homes);

/* By the first bytes (64 suffice) and the name. */
enum triage triage_bytes(const char *path, const void *head, size_t n);

/* Print triage.def, for -L. */
void triage_print(void);

#endif
