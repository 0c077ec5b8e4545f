#ifndef MEMBERS_H
#define MEMBERS_H

/*
 * members - processes of containers, against what the engines recorded
 *
 * Two views: the control groups of the processes that run name containers;
 * the engines' stores say which containers there are, and which of them run.
 * A container that runs and that no store records was hidden, or its records
 * were removed; so was one that ended and still has processes.
 *
 * Calling:  members_begin before any store is read; members_record for each
 *           container of the stores; members_suspect tells what does not agree
 *           after PROC_REPEATS looks, and of which records must be read once
 *           more, with members_record; members_tell writes the contradictions
 *           that are left.
 * Races:    only a process that ran before the stores were read, and still
 *           runs, counts against them; only a record of a start before that
 *           counts against the processes.
 * Trust:    a control group's name is a claim of whoever may make one there,
 *           a record one of whoever may write the store: that they do not
 *           agree is the fact.
 */

#include "rec.h"

struct members;

/* NULL: processes cannot be told apart here (no /proc, hidepid, not root). */
struct members *members_begin(void);
void members_free(struct members *m);

enum member_state { MEMBER_ENDED, MEMBER_RUNS, MEMBER_UNKNOWN };

/* A container of a store; scope as in its record, pid and times in ns or -1.
 * What was said of it before is forgotten. */
void members_record(struct members *m, const char *scope, size_t n,
    enum member_state state, int64_t pid, int64_t started);

/* Compare. fn gets the scope of each record to read again. */
void members_suspect(struct members *m,
    void (*fn)(void *arg, const char *scope, size_t n), void *arg);

void members_tell(struct members *m, struct rec *rec);

#endif
