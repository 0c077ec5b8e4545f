#ifndef SSHCONF_H
#define SSHCONF_H

/*
 * sshconf - configuration of OpenSSH: files, Include, Host and Match blocks
 *
 * sshd_config(5) and ssh_config(5) share a syntax: a keyword, blanks or one
 * "=", arguments with quotes. Include takes patterns; a block lasts up to the
 * next one, or to the end of its file.
 *
 * Calling:  sshconf_init; sshconf_file for each file in its order; then look
 *           at lines and blocks; sshconf_release.
 * Limits:   SSHCONF_DEPTH (as OpenSSH), SSHCONF_FILES_MAX, SSHCONF_LINES_MAX,
 *           ART_LINE_MAX.
 * Trust:    hostile. Fuzzed by tests/fuzz/fuzz-sshconf.c.
 */

#include "root.h"

struct sshconf_file {
	struct str path; /* real; of a file that cannot be read: as named */
	struct str via;
};

struct sshconf_line {
	size_t file;
	int64_t line;
	size_t block;	  /* 0: none */
	struct str key;	  /* in lower case */
	struct str value; /* what follows, as it stands */
	struct str text;
	struct strlist args;
	const char *defect; /* NULL: well-formed */
};

struct sshconf_block {
	size_t parent; /* block that includes the file it is in */
	size_t line;   /* index of its line */
};

struct sshconf {
	struct root *root;
	const char *base; /* of relative names in Include: "/etc/ssh" */
	const char *home; /* for ~; NULL: none */
	struct sshconf_file *files;
	size_t files_n;
	struct sshconf_line *v;
	size_t n, cap;
	struct sshconf_block *blocks; /* [0] is none */
	size_t blocks_n;
	bool over; /* a limit was hit */
};

void sshconf_init(struct sshconf *c, struct root *r, const char *base,
    const char *home);
void sshconf_release(struct sshconf *c);

/* Read a file and what it includes. */
void sshconf_file(struct sshconf *c, const char *path);
/* The same from memory: nothing is included. */
void sshconf_text(struct sshconf *c, const char *path, const char *p,
    size_t n);

/* Arguments as OpenSSH takes them apart; -1: a quote without end. */
int sshconf_args(const char *p, size_t n, struct strlist *out);

/* OpenSSH's pattern list: "a,!b,c*". 1, 0, or -1 where a negated one says
 * no. What is matched against is s. */
int sshconf_match(const char *patterns, size_t n, const char *s);

#endif
