#ifndef SHEVAL_H
#define SHEVAL_H

/*
 * sheval - the parts of shcmd among themselves
 *
 * sheval.c walks trees, sheval-words.c expands words, sheval-files.c remembers
 * what was written where, sheval-facts.c what is told of a text. shrun.c knows
 * commands, shcode.c looks into one-liners of other languages. One struct
 * sheval a text.
 */

#include "shcmd.h"
#include "shmap.h"
#include "shparse.h"
#include "shtext.h"

struct shfunc {
	struct str name;
	struct shnode *body;
};

#define SHFDS 20

struct sheval {
	struct shcmd *out;
	struct sharena arena;
	struct shmap vars;
	struct shmap files;	/* what was written where */
	struct shmap sinks;	/* >(command): its text */
	struct strlist texts;	/* texts that trees point into */
	struct shfunc *funcs;
	size_t funcs_n;
	struct strlist pos;	/* $0, $1, ... */
	struct strlist fetches; /* addresses, by number */
	struct str cwd;		/* empty: unknown */
	struct str chroot;	/* prefix of paths; empty: none */
	bool net[SHFDS];	/* exec made this descriptor a socket */
	int depth;		/* of texts in texts */
	int words;		/* of expansions in expansions */
	size_t steps, work;
	unsigned kills;		/* for kill-list */
	bool kills_miner;
	int subst;		/* number of the next <( ) */
	size_t gaps;		/* expansions so far whose value is not known */
	bool blind;		/* these give a mark, and run nothing */
	int flow;		/* functions under way */
};

/* What a command gets besides its arguments. */
struct shio {
	const struct str *in; /* standard input; NULL: unknown or nothing */
	struct str *out;      /* standard output is appended */
	bool net[3];	      /* 0, 1, 2 are a socket */
	bool joined;	      /* the arguments come from a joined text */
};

/* sheval-facts.c */
void sheval_fact(struct sheval *e, const char *tag, const char *p, size_t n);
void sheval_factf(struct sheval *e, const char *tag, const char *fmt, ...)
    PRINTF(3, 4);
void sheval_plain(struct sheval *e, const struct strlist *argv);
/* Account for work; false: too much. */
bool sheval_work(struct sheval *e, size_t bytes);
/* The number that stands behind a fetch mark in s, as its address; "" */
const char *sheval_fetched(const struct sheval *e, const char *p, size_t n);

/* sheval-files.c: a file is run (how: "run") or named ("argument"). */
void sheval_run(struct sheval *e, const char *how, const char *path);
/* What is run cannot be told. */
void sheval_opaque(struct sheval *e);
/* A path with cwd and chroot, without "." and "..". */
void sheval_path(const struct sheval *e, const char *path, struct str *out);
/* What is known of a file's content, NULL: nothing. */
struct str *sheval_file(struct sheval *e, const char *path);
/* Something is written to a file. text NULL: unknown. */
void sheval_write(struct sheval *e, const char *path, const struct str *text,
    bool append);

/* sheval-words.c */
/* Expand a word to the fields that it becomes. braces: how deep in { , }. */
void sheval_word(struct sheval *e, const char *p, size_t n,
    struct strlist *out, int braces);
/* Expand to one text, nothing split. */
void sheval_expand(struct sheval *e, const char *p, size_t n, bool quoted,
    struct str *out);
/* May it stand in the name of a variable? */
bool sheval_name_char(char c, bool first);

/* sheval.c: run shell text; in may be NULL. */
void sheval_text(struct sheval *e, const char *p, size_t n,
    const struct str *in, struct str *out);
/* Text is run by an interpreter: marks become facts. lang: its name. */
void sheval_code(struct sheval *e, const char *lang, const char *p, size_t n,
    const struct str *in, struct str *out);

/* shrun.c: one command whose arguments are v[0..n-1], n > 0. */
void shrun(struct sheval *e, struct str *v, size_t n, const struct shio *io);
/* shrun-wrap.c: would it run what is not known? The words have SHMARK_UNKNOWN for a variable
 * without a value and SHMARK_OUTPUT for a command's output. */
bool shrun_opaque(struct sheval *e, struct str *v, size_t n);
/* shrun-names.c: the name of a command, without path, wildcards solved. */
const char *shrun_name(struct sheval *e, const struct str *v, size_t n,
    char buf[64]);
bool shrun_is_shell(const char *name);
const char *shrun_language(const char *name); /* python, perl ...; NULL */
bool shrun_is_net(const char *name);

/* shcode.c: text in another language. */
void shcode(struct sheval *e, const char *lang, const char *p, size_t n,
    struct str *out);

#endif
