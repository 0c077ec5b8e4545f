#ifndef SEEN_H
#define SEEN_H

/*
 * seen - contents by their digest
 *
 * Forty bytes a content and a little: a SHA-256, the next of its chain, and 32
 * bits for the caller. The table grows a bucket at a time (linear hashing), in
 * segments that never move, so that its memory has no peaks. Who made the
 * contents chose their digests, too: the chain is chosen with a random key.
 *
 * Ownership: seen_new, seen_free. Numbers of contents stay valid.
 * Limits:   2^32 - 1 contents (dies).
 * Tests:    tests/test-seen.c.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seen;
struct seen *seen_new(void);
void seen_free(struct seen *s);

/* The number of a content, from 1; it is added if it is new (value 0). */
uint32_t seen_add(struct seen *s, const unsigned char sha256[32]);

/* What the caller keeps with it. */
uint32_t *seen_value(struct seen *s, uint32_t number);
const unsigned char *seen_digest(const struct seen *s, uint32_t number);

uint32_t seen_count(const struct seen *s);

#endif
