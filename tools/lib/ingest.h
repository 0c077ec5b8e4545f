#ifndef INGEST_H
#define INGEST_H

/*
 * ingest - write runs into a case: the only writer
 *
 * Calling:  ingest_open makes the case or looks at its header; lock down;
 *           ingest_start opens it for writing, ingest_load takes a stream;
 *           ingest_close. In place of both, ingest_recover rolls an
 *           interrupted write back.
 * A run is one transaction. What becomes of it:
 *   complete   it has an end whose digest and counts are those of what came
 *   truncated  the stream ended, or a line could not be read, before its end,
 *              or what came is not what was sent, or its collector failed:
 *              the rows that came are kept, run.complete is 0 and
 *              run.truncated says why, so that no rule or verdict sees them
 *   refused    it says what it has no right to say (a kind that its tool may
 *              not send, a conclusion about a case whose id it does not know,
 *              content under a wrong digest, a value outside its list):
 *              nothing of it is kept, and the rest of the stream is not read
 * Locks:    none is held before a run's first line is there, so that a reader
 *           of the case can feed it. Another writer, and readers at the
 *           commit, are waited for as long as it takes, and that is said.
 * Errors:   ERR_OURS: disk, memory; the run under way is rolled back. Others:
 *           refused.
 * Limits:   those of recread; BLOB_MAX of one content, which is held in
 *           memory while its chunks come.
 * Trust:    what recread lets through is well-formed and hostile.
 */

#include "err.h"
#include "recread.h"
#include "str.h"

struct ingest;

/* How the program that sends the stream ended. */
struct ingest_child {
	int status;	/* exit status, -1: unknown or killed */
	int signal;	/* 0: not killed */
	struct str messages; /* its stderr */
};

struct ingest_hooks {
	/* The stream is at its end: wait for its sender. NULL: no sender is
	 * known, and each run is committed at its end. Borrowed until the
	 * next call. */
	const struct ingest_child *(*ended)(void *arg);
	/* Sleep a moment (a lock is waited for); false: give up. */
	bool (*idle)(void *arg);
	/* A run was committed. why: NULL, or run.truncated. */
	void (*run)(void *arg, int64_t run, const char *tool,
	    uint64_t records, uint64_t lost, const char *why);
	void *arg;
};

struct ingest_result {
	uint64_t runs;	    /* committed, truncated ones included */
	uint64_t truncated; /* of these */
	uint64_t lost;	    /* notes of lost evidence in complete runs */
};

/* Find a case; with make, one that is not there is made, and *made says so. A
 * file that is no case is refused and left as it is. Nothing of an existing
 * case but its header is read yet. */
struct ingest *ingest_open(const char *path, bool make, bool *made,
    struct err *e);
void ingest_close(struct ingest *g);

/* Open it for writing, its schema checked. */
int ingest_start(struct ingest *g, struct err *e);

/* The directory that the case lies in, opened for the lock; g's. */
int ingest_dir(const struct ingest *g);
const char *ingest_case_id(const struct ingest *g);
/* ingest_start found an interrupted run, which is rolled back now. */
bool ingest_recovered(const struct ingest *g);

/* Load every run of a stream. res is filled in either case. */
int ingest_load(struct ingest *g, struct recread *r,
    const struct ingest_hooks *hooks, struct ingest_result *res,
    struct err *e);

/* Roll back what an interrupted run left and check the whole case. *done:
 * there was something to roll back. */
int ingest_recover(struct ingest *g, bool *done, struct err *e);

#endif
