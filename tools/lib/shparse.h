#ifndef SHPARSE_H
#define SHPARSE_H

/*
 * shparse - shell text into a tree of commands
 *
 * Knows the grammar of POSIX sh and of bash as far as it decides what runs:
 * quotes, lists, pipelines, compound commands, functions, redirections,
 * here-documents. Words stay as they stand in the text; shcmd expands them.
 * Nothing is refused: text that no shell would take gives some tree.
 *
 * Ownership: the tree lives in an arena (sharena_release) and points into the
 * text, which must outlive it. Limits: SHCMD_NEST_MAX, SHCMD_STEPS_MAX nodes
 * and words of one arena; beyond them a.limited is set and the rest of the
 * text is passed over. Trust: hostile text.
 */

#include "str.h"

struct sharena {
	void *chunks; /* private */
	size_t nodes;
	bool limited;
};
#define SHARENA_INIT {NULL, 0, false}
void sharena_release(struct sharena *a);

struct shword {
	const char *p;
	size_t n;
	struct shword *next;
};

enum shredir_op {
	SHREDIR_IN,	/* < */
	SHREDIR_OUT,	/* > >| */
	SHREDIR_APPEND, /* >> */
	SHREDIR_BOTH,	/* <> */
	SHREDIR_DUP,	/* >& <& with a descriptor or - */
	SHREDIR_ALL,	/* &> >& with a file: output and errors */
	SHREDIR_TEXT,	/* <<< */
	SHREDIR_DOC,	/* << <<- */
};

struct shredir {
	enum shredir_op op;
	int fd;		    /* the descriptor it is about */
	struct shword word; /* target; SHREDIR_DOC: the delimiter */
	struct shword body; /* of a here-document */
	bool literal;	    /* the delimiter was quoted: body is not expanded */
	struct shredir *next;
};

enum shnode_type {
	SHNODE_SIMPLE,	 /* words, redirs */
	SHNODE_PIPE,	 /* child, chained by next: stages */
	SHNODE_LIST,	 /* child, chained by next: one after the other */
	SHNODE_GROUP,	 /* child: a list; redirs; words: of "for" and "case" */
	SHNODE_FUNCTION, /* words: its name; child: its body */
};

struct shnode {
	enum shnode_type type;
	struct shword *words;
	struct shredir *redirs;
	struct shnode *child, *next;
	bool loop;		/* GROUP: words: name, then what it runs over */
	const char *p;		/* where it stands in the text */
	size_t n;
};

/* The tree of a text: a LIST, never NULL. */
struct shnode *shparse(struct sharena *a, const char *p, size_t n);

/* The end of the construct that opens at p[at] - one of ' " ` or of the pairs
 * $( ( ${ { - as the index behind it; n if it never closes. */
size_t shparse_close(const char *p, size_t n, size_t at);

#endif
