#ifndef RECREAD_H
#define RECREAD_H

/*
 * recread - read evidence records: the trust boundary
 *
 * A small scanner for exactly the subset of JSON that stream(5) allows: one
 * object a line, flat; strings, integers, booleans; no floats, no null, no
 * nesting; UTF-8; keys of kinds.def, each once. What a hostile collector
 * sends ends here: a line that is not valid is an error, never a guess.
 *
 * Calling:  recread_open on a descriptor, memory or a filling function;
 *           recread_next until it returns 0 (end of input) or -1 (e names
 *           line and column; nothing can be read after it).
 * Checked:  syntax; kind and columns are in kinds.def, each once; types; a
 *           list is a list; KEY_b64 follows its KEY, is needed, and its
 *           readable form is KEY: what rules see is what was kept.
 * Ownership: values belong to the reader and die at the next call.
 * Limits:   REC_LINE_MAX, REC_FIELDS_MAX. Constant memory.
 * Trust:    input is hostile. Fuzzed by tests/fuzz/fuzz-rec.c with jansson
 *           as its oracle.
 */

#include "err.h"
#include "kinds.h"

struct recread;

struct recread_value {
	enum col col;
	bool is_raw;   /* key had _b64: p/n are the decoded exact bytes */
	enum { RV_STRING, RV_INT, RV_BOOL } type;
	const char *p; /* string, unescaped, n bytes, NUL behind */
	size_t n;
	int64_t i;     /* integer, or 0 and 1 */
};

struct recread *recread_open(int fd);

/* fn works as read(2): bytes, 0 at the end, -1 with errno (EINTR: again). */
typedef ssize_t recread_fill_fn(void *arg, void *p, size_t n);
struct recread *recread_open_fn(recread_fill_fn *fn, void *arg);

void recread_free(struct recread *r);

/*
 * The next record. 1: *kind and v[0..*n-1] are filled; 0: end of input at the
 * end of a line; -1: e (ERR_CORRUPT, ERR_LIMIT; ERR_OURS for a read error).
 * line/line_n (if not NULL) get the raw line with its newline.
 */
int recread_next(struct recread *r, enum kind *kind,
    const struct recread_value **v, size_t *n, const char **line,
    size_t *line_n, struct err *e);

/* Line number of the last record, from 1. */
uint64_t recread_line(const struct recread *r);

/* Bytes in memory (copied), for the fuzz target and tests. */
struct recread *recread_open_mem(const void *p, size_t n);

/* One line that the caller holds, newline included: 0, or -1 and e. Values as
 * above; r's own input is not touched. */
int recread_check(struct recread *r, const char *line, size_t n,
    enum kind *kind, const struct recread_value **v, size_t *values,
    struct err *e);

#endif
