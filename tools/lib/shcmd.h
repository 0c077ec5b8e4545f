#ifndef SHCMD_H
#define SHCMD_H

/*
 * shcmd - what a command line would do, without running it
 *
 * A small analyser of POSIX shell and bash. It reads a text as the shell
 * would (quotes, expansions, substitutions, here-documents, pipelines, loops)
 * and follows values through it: what was fetched, decoded or written where,
 * and whether that is run. So rules need not know spellings: a downloader is
 * what takes an address and gives output, whatever its name.
 *
 * Values are texts in which a mark stands for what cannot be known: bytes
 * from the network, from a socket, decoded, or just unknown. Both branches
 * of every condition are taken, each loop body once.
 *
 * A fact is "TAG: PIECE"; the tags are in pack(5).
 *
 * Ownership: a struct shcmd owns its lists; shcmd_release. Texts are borrowed
 * for the call. No errors: what makes no sense is passed over.
 * Limits:   SHCMD_*; reaching one sets limited, and the facts found so far
 *           stay.
 * Trust:    texts are hostile. Fuzzed by tests/fuzz/fuzz-shcmd.c.
 */

#include "str.h"

enum shcmd_form {
	SHCMD_SHELL,   /* a shell's own text: a script, an rc file */
	SHCMD_CRON,    /* command of a crontab: % starts standard input */
	SHCMD_UNIT,    /* ExecStart= and the like */
	SHCMD_JOINED,  /* arguments joined by one space, quoting lost */
	SHCMD_HISTORY, /* created_by of an image's history */
	SHCMD_ARGV,    /* a JSON array of arguments (sqlfunc) */
};

struct shcmd {
	struct strlist facts; /* "TAG: PIECE", each once, in order */
	struct str plain;     /* every command run, unquoted, decoded; a line each */
	struct strlist runs;  /* "run PATH": a program or script, a bare name as
			       * it stands; "argument PATH"; "opaque" where it
			       * cannot be told; each once */
	bool limited;
};
#define SHCMD_INIT {STRLIST_INIT, STR_INIT, STRLIST_INIT, false}
#define cleanup_shcmd __attribute__((cleanup(shcmd_release)))

void shcmd_release(struct shcmd *c);

/* Analyse a text; env: "k=v" of its environment, NULL: none. */
void shcmd_text(struct shcmd *c, enum shcmd_form form, const char *p, size_t n,
    const struct strlist *env);

/* Analyse arguments, as the kernel or an engine would start them. */
void shcmd_argv(struct shcmd *c, const struct strlist *argv,
    const struct strlist *env);

/* Is there a fact of that tag? */
bool shcmd_has(const struct shcmd *c, const char *tag);

/* Name of a form, for SQL; -1 if there is none. */
int shcmd_form_find(const char *name);

/* Is the address (URL or host[:port]/path) plain: no TLS, or an IP address
 * for a host? */
bool shcmd_plain_address(const char *url);

#endif
