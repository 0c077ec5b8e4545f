#ifndef REC_H
#define REC_H

/*
 * rec - write evidence records
 *
 * A stream is one or more runs; a run is a sequence of flat JSON objects, one
 * a line, that starts with a "run" record and ends with an "end" record; see
 * stream(5). This module and recread are the only places that know the
 * syntax. What kinds and columns exist is in kinds.def.
 *
 * Calling:  rec_open writes "run"; then for each record rec_begin, rec_text /
 *           rec_bytes / rec_int / ..., rec_end; at last rec_close. A column
 *           of another kind is a bug and dies. Columns that are not written
 *           are absent, and so are NULL texts.
 * Workers:  rec_sink hands every complete line to a function instead (one
 *           line, newline included), without "run" and "end"; rec_forward
 *           takes such a line into a stream.
 * Ownership: everything passed in is borrowed for the call.
 * Errors:   the first write failure is kept and reported by rec_close, so
 *           that call sites need no checks.
 * Limits:   REC_LINE_MAX, REC_VALUE_MAX: a value beyond them is cut, its whole
 *           bytes follow as a blob (up to BLOB_MAX) and a note says so.
 *           Elements of a list beyond them are left out, the same way.
 */

#include "err.h"
#include "kinds.h"
#include "str.h"

struct rec;

/* What a "run" record says; texts may be NULL (absent). */
struct rec_run {
	const char *tool;
	const struct strlist *argv;
	const char *host;
	const char *boot_id;
	const char *root;
	const char *taken_for;
	bool live;
	const struct strlist *capabilities;
	const struct strlist *sandbox;
	const char *case_id;
};

enum rec_flags {
	REC_PRETTY = 1 << 0, /* readable table instead of records */
};

/* Start a stream on fd (the caller's) and write its "run" record. */
struct rec *rec_open(int fd, const struct rec_run *run, unsigned flags);

/* Write "end", flush, free r. 0, or -1 with the first failure of the stream.
 * NULL is nothing. */
int rec_close(struct rec *r, struct err *e);

/* A writer whose lines go to fn(arg, kind, line, n); n includes the newline.
 * End with rec_close. */
typedef void rec_sink_fn(void *arg, enum kind k, const char *line, size_t n);
struct rec *rec_sink(rec_sink_fn *fn, void *arg);

/* Take a line that a sink produced, perhaps in another process: it is checked
 * as an ingest would check it, and what is no record of kind k becomes a note
 * "crashed". */
void rec_forward(struct rec *r, enum kind k, const char *line, size_t n);

/* Number of notes so far that mean lost evidence: exit status 1. */
uint64_t rec_lost(const struct rec *r);

void rec_begin(struct rec *r, enum kind k);
void rec_text(struct rec *r, enum col c, const char *s);	  /* TEXT, BYTES */
void rec_bytes(struct rec *r, enum col c, const void *p, size_t n); /* BYTES */
void rec_str(struct rec *r, enum col c, const struct str *s); /* empty: absent */
void rec_int(struct rec *r, enum col c, int64_t v);
void rec_bool(struct rec *r, enum col c, bool v);
void rec_time(struct rec *r, enum col c, int64_t ns);
void rec_list(struct rec *r, enum col c, const struct strlist *l); /* empty: absent */
void rec_end(struct rec *r);

/*
 * Notes. scope, path and fmt may be NULL. A note of class ERR_ABSENT is not
 * lost evidence, every other is; rec_note_fine writes one that is not. What is
 * not there, and was asked for by name, is therefore "denied".
 */
void rec_note(struct rec *r, enum err_class class, const char *op,
    const char *scope, const char *path, int sys, const char *fmt, ...)
    PRINTF(7, 8);
void rec_note_fine(struct rec *r, enum err_class class, const char *op,
    const char *scope, const char *path, const char *fmt, ...) PRINTF(6, 7);
void rec_note_err(struct rec *r, const char *op, const char *scope,
    const char *path, const struct err *e);

/* Keep content; sha256 receives its digest in hex (65 bytes) if not NULL.
 * The same content is written once a writer. Not inside rec_begin/rec_end. */
void rec_blob(struct rec *r, const void *p, size_t n, char *sha256);

#endif
