#ifndef KNOWN_H
#define KNOWN_H

/*
 * known - digests from outside that are known to be good
 *
 * An intruder who has root can edit a package database; a list that was made
 * elsewhere (of a golden image, of a distribution's packages) he cannot. It
 * overrides the database: a content on the list is good wherever it lies, and
 * a path on the list whose content is another one is changed.
 *
 * Format, told line by line: DIGEST; DIGEST PATH as md5sum and sha256sum write
 * it (their escapes as well); MD5 (PATH) = DIGEST; comma-separated fields of
 * which one is a digest (hashdeep, NSRL), the last is the path if it holds a
 * slash. MD5 and SHA-256. Paths are those of the root, with or without the
 * first slash. Lines that begin with # or % are comments.
 *
 * Calling:  known_new; known_read for each file, before the lock; known_ready;
 *           then known_ask. known_free.
 * Errors:   -1 for a file that cannot be read or holds no digest at all.
 * Limits:   KNOWN_MAX entries of all files, 24 bytes each.
 * Trust:    the analyst's own; read whole before any evidence.
 */

#include "err.h"

struct known;
struct strlist;
/* All of an option --known-good: read, or die; pkgdb_known. None: nothing. */
void known_use(const struct strlist *files);

struct known *known_new(void);
void known_free(struct known *k);
int known_read(struct known *k, const char *path, struct err *e);
void known_ready(struct known *k);

bool known_has_md5(const struct known *k);
size_t known_count(const struct known *k);
/* Lines that are of no known form. */
size_t known_odd(const struct known *k);

enum known_answer {
	KNOWN_NOTHING, /* the list says nothing */
	KNOWN_GOOD,    /* this content is on it */
	KNOWN_OTHER,   /* this path is, with other content only */
};

/* Digests in hex; NULL: not computed. */
enum known_answer known_ask(const struct known *k, const char *path,
    const char *sha256, const char *md5);

#endif
