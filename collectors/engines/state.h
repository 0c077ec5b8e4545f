#ifndef STATE_H
#define STATE_H

/*
 * state - JSON documents that engines keep their state in
 *
 * What it alone knows: how to get at a hostile document without losing it.
 * jansson refuses a whole document for one byte that is not UTF-8, for a
 * \u0000 or for half a surrogate pair; here the document is then read a
 * second time with these bytes replaced by markers, and state_str puts the
 * exact bytes back. A key that stands there twice: the last one counts, as it
 * does for the engine.
 *
 * Calling:  state_parse or state_read, then state_get / state_str / ... on
 *           d.json and what is below it; state_release.
 * Absent keys, null and values of another type are "absent" for every
 *           getter; state_wrong counts those of another type.
 * Keys:     the spelling of the engine, else any mixture of cases, as Go's
 *           decoder takes it.
 * Errors:   ERR_ABSENT, ERR_DENIED, ERR_CORRUPT, ERR_LIMIT (STORE_JSON_MAX,
 *           STORE_JSON_DEPTH, STORE_JSON_VALUES, STORE_JSON_ODD). d->odd says
 *           what was odd about a document that could be read after all.
 * Trust:    hostile. Fuzzed by tests/fuzz/fuzz-docker.c.
 */

#include "root.h"
#include "str.h"

#include <jansson.h>

struct state {
	json_t *json;
	bool marked;	 /* strings hold markers: state_str resolves them */
	const char *odd; /* NULL, or why it is not proper JSON */
	size_t wrong;	 /* values of a type that was not expected */
};
#define STATE_INIT {NULL, false, NULL, 0}
#define cleanup_state __attribute__((cleanup(state_release)))

int state_parse(struct state *d, const char *p, size_t n, struct err *e);

/* Read and parse a file; text (may be NULL) receives the bytes. */
int state_read(struct state *d, struct root *r, const char *path,
    struct str *text, struct err *e);

void state_release(struct state *d);

/* Member of an object; NULL if o is none, or it is not there, or null. */
const json_t *state_get(struct state *d, const json_t *o, const char *key);
/* The same, only if it is an object or an array. */
const json_t *state_obj(struct state *d, const json_t *o, const char *key);
const json_t *state_arr(struct state *d, const json_t *o, const char *key);

/* Exact bytes of a key or of a string value, appended. */
void state_bytes(const struct state *d, const char *p, size_t n,
    struct str *out);
bool state_text(struct state *d, const json_t *v, struct str *out);

/* Member that is a string, set in out; false: absent, out is empty. */
bool state_str(struct state *d, const json_t *o, const char *key,
    struct str *out);
/* Member that is an array of strings (or one string); out is cleared. */
void state_list(struct state *d, const json_t *o, const char *key,
    struct strlist *out);
/* Keys of a member that is an object, sorted. */
void state_keys(struct state *d, const json_t *o, const char *key,
    struct strlist *out);
/* Member that is an object of strings, as k=v, sorted. */
void state_pairs(struct state *d, const json_t *o, const char *key,
    struct strlist *out);
int64_t state_int(struct state *d, const json_t *o, const char *key,
    int64_t absent);
int state_bool(struct state *d, const json_t *o, const char *key); /* -1 */

/* Nanoseconds; CIVIL_NONE if absent or zero. bad (may be NULL) is set if it
 * is no time at all or out of range. */
int64_t state_time(struct state *d, const json_t *o, const char *key,
    bool *bad);

/* 64 lower-case hexadecimal digits; and with "sha256:" before them. */
bool state_is_hex(const char *s, size_t n);
bool state_is_digest(const char *s, size_t n);

#endif
