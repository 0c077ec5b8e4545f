#ifndef PB_H
#define PB_H

/*
 * pb - messages in Protocol Buffers' wire format, read only
 *
 * A message is a row of fields: a number, a wire type, a value; what a number
 * means is the caller's to know. Format: protobuf.dev, "Encoding". Groups,
 * which nobody writes any more, are skipped as broken.
 *
 * Calling:  struct pb m = PB(bytes, n); struct pb_field f; then
 *           while (pb_next(&m, &f)) switch (f.no) ...; at last m.bad.
 * Ownership: everything points into the caller's bytes.
 * Errors:   m.bad: the bytes end inside a field, or are none.
 * Trust:    hostile. Constant memory and no recursion here: whoever descends
 *           does so by his own schema, which ends. Fuzzed by fuzz-pb.c.
 */

#include "str.h"

#include <stdint.h>

struct pb {
	const unsigned char *p;
	size_t n;
	bool bad;
};
#define PB(bytes, size) {(const unsigned char *)(bytes), size, false}

struct pb_field {
	uint64_t no;
	enum { PB_NUMBER, PB_BYTES } type;
	uint64_t number;
	const char *p; /* bytes: text, or a message within */
	size_t n;
};

bool pb_next(struct pb *m, struct pb_field *f);

/* The message within, for pb_next; empty if the field is a number. */
struct pb pb_in(const struct pb_field *f);

/* A field of text, set in out; false: it is a number. */
bool pb_text(const struct pb_field *f, struct str *out);

/* google.protobuf.Timestamp, nanoseconds; CIVIL_NONE: zero, none. */
int64_t pb_time(const struct pb_field *f);

/* An entry of a map of texts, as "k=v", added. */
void pb_pair(const struct pb_field *f, struct strlist *out);

#endif
