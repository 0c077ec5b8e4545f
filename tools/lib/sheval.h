#ifndef SHEVAL_H
#define SHEVAL_H

/*
 * sheval - the parts of shcmd among themselves
 *
 * shcmd.c walks trees and expands words, shrun.c knows commands, shcode.c
 * looks into one-liners of other languages. One struct sheval a text.
 */

#include "shcmd.h"
#include "shparse.h"
#include "shtext.h"

struct shpair {
	struct str name, value;
};

/* A small map; values are replaced. Never more than SHCMD_NAMES_MAX. */
struct shmap {
	struct shpair *v;
	size_t n, cap;
};
struct str *shmap_get(struct shmap *m, const char *name, size_t n);
struct str *shmap_put(struct shmap *m, const char *name, size_t n);
void shmap_drop(struct shmap *m, const char *name, size_t n);
void shmap_release(struct shmap *m);

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

/* shcmd.c */
void sheval_fact(struct sheval *e, const char *tag, const char *p, size_t n);
void sheval_factf(struct sheval *e, const char *tag, const char *fmt, ...)
    PRINTF(3, 4);
/* Run shell text; in may be NULL. */
void sheval_text(struct sheval *e, const char *p, size_t n,
    const struct str *in, struct str *out);
/* A file is run (how: "run") or named ("argument"). */
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
void sheval_plain(struct sheval *e, const struct strlist *argv);
/* Text is run by an interpreter: marks become facts. lang: its name. */
void sheval_code(struct sheval *e, const char *lang, const char *p, size_t n,
    const struct str *in, struct str *out);
/* Account for work; false: too much. */
bool sheval_work(struct sheval *e, size_t bytes);
/* The number that stands behind a fetch mark in s, as its address; "" */
const char *sheval_fetched(const struct sheval *e, const char *p, size_t n);

/* shrun.c: one command whose arguments are v[0..n-1], n > 0. */
void shrun(struct sheval *e, struct str *v, size_t n, const struct shio *io);
/* Would it run what is not known? The words have SHMARK_UNKNOWN for a variable
 * without a value and SHMARK_OUTPUT for a command's output. */
bool shrun_opaque(struct sheval *e, struct str *v, size_t n);
/* The name of a command: without path, wildcards solved. */
const char *shrun_name(struct sheval *e, const struct str *v, size_t n,
    char buf[64]);
bool shrun_is_shell(const char *name);
const char *shrun_language(const char *name); /* python, perl ...; NULL */
bool shrun_is_net(const char *name);

/* shcode.c: text in another language. */
void shcode(struct sheval *e, const char *lang, const char *p, size_t n,
    struct str *out);

#endif
