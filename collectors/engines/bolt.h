#ifndef BOLT_H
#define BOLT_H

/*
 * bolt - BoltDB files, read only
 *
 * etcd's bbolt is a B+ tree of pages in one file: containerd, BuildKit, podman
 * before 4.8, Docker's volumes, networks and swarm keep their state in it. No
 * library for C exists. Format: etcd-io/bbolt page.go, meta.go, bucket.go,
 * node.go (file format version 2).
 *
 * A file is read whole into memory by pread and then checked: each page that
 * is followed lies below the high water mark and inside the file, says its own
 * number, has one type, is followed once (a circle ends there), and its
 * elements, keys and values lie inside it. Of two meta pages the valid one
 * with the higher transaction counts; where its tree is broken, what the other
 * one leads to is read besides. A file that its writer changes meanwhile is
 * read again, BOLT_READS times; one that is truncated, or longer than
 * BOLT_FILE_MAX, is read as far as it goes. Of a file without a meta page whose
 * checksum is right, one that is right otherwise is taken.
 *
 * Calling:  bolt_open; bolt_root, bolt_sub to descend, bolt_each for what is in
 *           a bucket, bolt_get for one value; bolt_free.
 * Ownership: keys and values point into the file's bytes: they die with b.
 * Errors:   bolt_open: ERR_ABSENT, ERR_DENIED, ERR_CORRUPT (no meta page is
 *           valid), ERR_UNSUPPORTED (version, byte order), ERR_LIMIT. What is
 *           broken further in goes to the bad callback, each once and all of
 *           it before bolt_open returns, and the rest is still given: whoever
 *           gets it writes a note. ERR_CHANGED is among it: see bolt_torn.
 * Limits:   BOLT_* of limits.h.
 * Trust:    hostile. Fuzzed by tests/fuzz/fuzz-bolt.c.
 */

#include "root.h"

struct bolt;

/* bad is told what could not be read, in words; may be NULL. It and arg must
 * last until bolt_free. */
typedef void bolt_bad_fn(void *arg, const struct err *e);
struct bolt *bolt_open(struct root *r, const char *path, bolt_bad_fn *bad,
    void *arg, struct err *e);
/* Bytes in memory, borrowed until bolt_free (a database in an archive; fuzz). */
struct bolt *bolt_bytes(const void *p, size_t n, bolt_bad_fn *bad, void *arg,
    struct err *e);
void bolt_free(struct bolt *b);

/* A bucket; plain data, copied freely, its members are bolt.c's. */
struct bolt_part {
	uint64_t page;		 /* 0: inline, or nothing */
	const unsigned char *in; /* of an inline bucket: its page */
	size_t in_n;
};
struct bolt_bucket {
	struct bolt_part now, old; /* old: where the newer tree is broken */
	uint64_t sequence;
};

struct bolt_item {
	const char *key; /* key_n bytes, never NUL-terminated */
	size_t key_n;
	const char *value; /* NULL for a bucket */
	size_t value_n;
	struct bolt_bucket bucket; /* if value is NULL */
};

void bolt_root(struct bolt *b, struct bolt_bucket *out);

/* Everything in a bucket, in the order of keys. fn returns 0 to go on; anything
 * else ends and is returned. */
typedef int bolt_fn(void *arg, const struct bolt_item *item);
int bolt_each(struct bolt *b, const struct bolt_bucket *in, bolt_fn *fn,
    void *arg);

/* The bucket, or the value, with that key; false: there is none. */
bool bolt_sub(struct bolt *b, const struct bolt_bucket *in, const void *key,
    size_t n, struct bolt_bucket *out);
bool bolt_get(struct bolt *b, const struct bolt_bucket *in, const void *key,
    size_t n, const char **value, size_t *value_n);

/* The same for a path of names: bolt_path(b, &out, "v1", "moby", NULL). */
bool bolt_path(struct bolt *b, struct bolt_bucket *out, ...)
    __attribute__((sentinel));

/*
 * Leaf pages that are free: what was deleted and not yet written over. fn gets
 * items whose page nothing leads to; what they say was true once, and nothing
 * says in which bucket. For evidence that is labelled as carved.
 */
int bolt_carve(struct bolt *b, bolt_fn *fn, void *arg);

/* Did it change while it was read (a database in use)? */
bool bolt_torn(const struct bolt *b);

#endif
