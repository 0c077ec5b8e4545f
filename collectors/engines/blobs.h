#ifndef BLOBS_H
#define BLOBS_H

/*
 * blobs - what a store names by its digest, compared with it
 *
 * An engine trusts the names of its files: most read a configuration or a
 * manifest again without a look at its digest. What was changed behind an
 * engine's back runs with the next container. What matches is not told of;
 * what does not goes to the sink as a struct engine_mismatch, with what may
 * explain it (a write that a power failure cut, a full disk).
 *
 * Calling:  blobs_begin; blobs_dir, blobs_file, blobs_told, in the order that
 *           they are to be reported in; blobs_end, which notes what the limit
 *           left out (fine: nothing is lost by it).
 * Errors:   notes. Limits: STORE_BLOBS_CHECKED, of one store.
 * Trust:    hostile. Only read and hashed; documents up to STORE_JSON_MAX are
 *           parsed by state.h.
 */

#include "engine.h"
#include "state.h"

struct digest;
enum { BLOBS_BUFFER = 256 * 1024 };

struct blobs {
	struct store *s;
	const struct engine_sink *sink;
	struct rec *rec;
	int64_t left;
	size_t unchecked;
	struct str where; /* the first that was left out */
	size_t masked;	  /* layers whose owners and modes were in attributes
			   * that are not there */
	struct str masked_where;
	struct digest *digest;
	char *buf; /* BLOBS_BUFFER */
};

void blobs_begin(struct blobs *b, struct store *s,
    const struct engine_sink *sink, struct rec *rec);
void blobs_end(struct blobs *b);

/*
 * Every file of a directory of the store, smallest first (documents), each
 * named by 64 digits. size: what the store says of a digest, -1 if it does not;
 * NULL: it never does.
 */
void blobs_dir(struct blobs *b, const char *dir,
    int64_t (*size)(void *arg, const char *digest), void *arg);

/*
 * A file of root, which need not be the store's; shown: its path in the
 * evidence; expected is sha256:HEX. One that is not there is no mismatch and
 * is not noted. quiet: who reads it as what it is notes what is wrong.
 */
void blobs_file(struct blobs *b, struct root *root, const char *path,
    const char *shown, const char *expected, int64_t size, bool quiet);

/* Somebody else computed it; what: layer, config. No note. */
void blobs_told(struct blobs *b, const char *shown, const char *what,
    const char *expected, const char *actual, int64_t size, const char *damage);

#endif
