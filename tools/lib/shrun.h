#ifndef SHRUN_H
#define SHRUN_H

/*
 * shrun - the parts of shrun among themselves
 *
 * shrun.c finds the command that a name stands for; what a command does is in
 * the part whose subject it is: shrun-code.c, -text.c, -state.c, -write.c,
 * -net.c, -wrap.c. Each has a table of its commands, closed by a name of NULL.
 */

#include "sheval.h"

typedef void run_fn(struct sheval *e, const char *name, struct str *v,
    size_t n, const struct shio *io);

struct shcommand {
	const char *names; /* blank separated */
	run_fn *fn;
};

extern const struct shcommand shrun_code[], shrun_text[], shrun_state[],
    shrun_write[], shrun_net[], shrun_wrap[];

/* shrun-names.c */
extern const char shrun_shells[];
/* Is the name one of those, blank separated? */
bool shrun_listed(const char *names, const char *name);
/* Does it take addresses and give what lies there? */
bool shrun_is_fetcher(const char *name);
/* Does it give out its arguments or input, and so no bytes of the network? */
bool shrun_is_local(const char *name);

/* shrun-common.c: output; io->out may be NULL */
void shrun_give(const struct shio *io, const char *p, size_t n);
void shrun_give_in(const struct shio *io);
void shrun_give_unknown(const struct shio *io);
/* Arguments, joined by a space. */
void shrun_join(const struct str *v, size_t n, struct str *out);
/* Remember an address; its mark goes to out. */
void shrun_fetched(struct sheval *e, const char *p, size_t n, struct str *out);
/* A fetched program or text is run by who. */
void shrun_fetch_exec(struct sheval *e, const char *p, size_t n,
    const char *who);
/* Facts of a path that is run, and of an argument that may name one. */
void shrun_note_path(struct sheval *e, const char *path);
void shrun_note_argument(struct sheval *e, const char *arg);
/* A file is run or sourced. */
void shrun_file(struct sheval *e, const char *path, const char *lang,
    const struct shio *io);
/* The program that an interpreter gets on its standard input. */
void shrun_input(struct sheval *e, const char *name, const char *lang,
    const struct shio *io);
/* A path without its directories. */
const char *shrun_base(const char *p);
bool shrun_is_stdin(const char *p);
/* Run the command whose arguments these are, n may be 0. */
void shrun_forward(struct sheval *e, struct str *v, size_t n,
    const struct shio *io);

/* Commands that are known by more than their name. */
void shrun_interpret(struct sheval *e, const char *name, const char *lang,
    struct str *v, size_t n, const struct shio *io); /* shrun-code.c */
run_fn shrun_alias;	/* shrun-state.c */
run_fn shrun_chattr;	/* shrun-write.c */
run_fn shrun_fetch;	/* shrun-net.c */

/* shrun-wrap.c: index behind the options and operands of a wrapper; 0: it is
 * none. */
size_t shrun_peel(const char *name, struct str *v, size_t n);

#endif
