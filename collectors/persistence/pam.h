#ifndef PAM_H
#define PAM_H

/*
 * pam - the stacks of a tree's pluggable authentication modules
 *
 * pam.d(5): a file is a service; its lines, with those of the files that it
 * includes, are the stack of a type (auth, account, password, session). A
 * module's control says what its answer does: end the stack, skip lines, or
 * count. /etc/pam.conf is read where there is no /etc/pam.d.
 *
 * Built once a tree, by pam_of. What a stack answers is asked of somebody who
 * knows no secret: modules that ask for one say no, and so does what is not
 * known here.
 *
 * Limits:   PAM_FILES_MAX, PAM_LINES_MAX, PAM_DEPTH, PAM_STEPS.
 * Trust:    hostile. Fuzzed by tests/fuzz/fuzz-pam.c.
 */

#include "tree.h"

enum pam_type { PAM_AUTH, PAM_ACCOUNT, PAM_PASSWORD, PAM_SESSION, PAM_TYPES };

/* What a module says: PAM_SUCCESS, PAM_AUTH_ERR, PAM_PERM_DENIED and other
 * errors, PAM_IGNORE; what its absence is. */
enum pam_reply {
	PAM_YES,
	PAM_NO,
	PAM_REFUSES,
	PAM_NOTHING,
	PAM_MISSING,
	PAM_REPLIES
};

/* Who comes: whoever wants to be root, or somebody of whom all conditions that
 * a line may have are true. */
enum pam_whom { PAM_ANYBODY, PAM_SOME };

enum pam_role { PAM_OTHER, PAM_ASKS, PAM_DENIES };

struct pam_entry {
	int64_t line;
	struct str text;
	struct str service;  /* pam.conf only */
	struct str type;     /* as it stands, without "-" */
	struct str control;  /* "sufficient", "[success=1 ...]", "@include" */
	struct str module;   /* or the file that is included */
	struct str args;
	struct str path;     /* of the module, where it was found */
	struct str services; /* that reach it, separated by blanks */
	struct str before;   /* what its success makes unnecessary */
	struct str opens[2]; /* services that it opens to PAM_ANYBODY, PAM_SOME
			      * without a secret */
	const char *defect;  /* NULL: well-formed */
	int action[PAM_REPLIES]; /* see pam.c */
	enum pam_role role;
	int types;	     /* bit set; @include: all */
	bool quiet;	     /* "-": nothing is logged if it is missing */
	bool include, substack, missing;
};

struct pam_file {
	struct str path, via, name;
	struct pam_entry *v;
	size_t n, cap;
	size_t hidden; /* 1 + index of the file that is read in its place */
	bool wanted;   /* another one includes it */
};

struct pam {
	struct pam_file *files;
	size_t n, lines;
	bool over, steps; /* a limit was hit */
	bool user_env;	  /* a pam_env reads ~/.pam_environment */
};

const struct pam *pam_of(struct art_tree *t);
void pam_free(struct pam *p);

/* What a line's module says to somebody who knows no secret (pamreply.c). */
enum pam_reply pam_reply(const struct pam_entry *e, const char *service,
    enum pam_whom whom);

/* Does any line name this module (to more than show what is there)? */
bool pam_has(const struct pam *p, const char *module);

/* Lines of one file, without looking at anything else. */
void pam_text(struct pam_file *f, const char *p, size_t n, bool conf);
void pam_file_release(struct pam_file *f);

#endif
