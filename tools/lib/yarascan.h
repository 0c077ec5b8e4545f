#ifndef YARASCAN_H
#define YARASCAN_H

/*
 * yarascan - YARA over one file, in a worker
 *
 * The file is read with pread into memory: whole up to YARA_WHOLE_MAX bytes,
 * beyond that in blocks of half that size that overlap by YARA_OVERLAP (a
 * string that is longer, or that is bound to the edge of a block by "fullword"
 * or "^", may be judged wrongly there).
 *
 * First it is asked whether anything matches at all, with each string sought
 * once only; where something does, all matches are collected. Rules say the
 * same both ways: a string whose matches are counted, or asked for their
 * place, is never cut short.
 *
 * A rule that takes too long for a file (YARA_SECONDS, and a second more for
 * each YARA_SECOND_BYTES), or all of a worker's memory, is found by halving the
 * rules, named, and left out for this file; the others are run again, so that
 * nothing else is lost. With
 * a global or private rule goes its whole namespace: without it the others
 * would say other things.
 *
 * Calling:  yarascan_new in the worker; for each file yarascan_load, then
 *           yarascan_run as often as wanted (other rules, other variables);
 *           results go to the callbacks.
 * Errors:   of reading as in content.h (ERR_CHANGED and ERR_LIMIT: what was
 *           read can be scanned); of libyara ERR_LIMIT (too slow, too much
 *           memory): there was no result then.
 * Limits:   YARA_* of limits.h. Memory: YARA_WHOLE_MAX and libyara's own.
 * Trust:    bytes are hostile and libyara is large: only in a worker.
 */

#include "root.h"
#include "yararules.h"

struct yarascan;
struct yarascan *yarascan_new(const struct yararules *y); /* borrowed */
void yarascan_free(struct yarascan *s);

/* f: found, a regular file; borrowed until the next load. */
int yarascan_load(struct yarascan *s, struct root *r, struct root_file *f,
    struct err *e);

/*
 * Instead of a file: memory. Extents in ascending order, none longer than
 * YARA_WHOLE_MAX / 2; read fills what it can and returns how much, -1: nothing.
 * It may be asked for an extent more than once. Offsets of hits are addresses;
 * "filesize" is undefined. m is borrowed until the next load.
 */
struct yara_extent {
	uint64_t at;
	size_t n;
};
struct yara_memory {
	const struct yara_extent *v;
	size_t n;
	uint64_t bytes; /* together */
	ssize_t (*read)(void *arg, uint64_t at, unsigned char *p, size_t n);
	void *arg;
};
void yarascan_memory(struct yarascan *s, const struct yara_memory *m);

/* The first bytes, up to the next run; *whole: it is all of the file. */
const unsigned char *yarascan_bytes(const struct yarascan *s, size_t *n,
    bool *whole);

/* The variables of path rules; NULL texts are empty. */
struct yara_externals {
	const char *filename, *filepath, *extension, *filetype, *owner;
};

/*
 * Does no rule match what was loaded? true is a result; false says nothing:
 * something matches, is cut short or too slow, and yarascan_run tells.
 */
bool yarascan_clean(struct yarascan *s, YR_RULES *rules);

/* One string that matched; a rule without: string NULL, offset -1. */
struct yara_hit {
	const YR_RULE *rule;
	const YR_STRING *string;
	int64_t offset;
	uint32_t length;
	const unsigned char *text; /* what matched, text_n bytes of it */
	size_t text_n;
};
typedef void yara_hit_fn(void *arg, const struct yara_hit *h);

/* What was left out or cut. */
enum yara_cut {
	YARA_CUT_SLOW,	 /* the rule, for this file (or takes too much memory) */
	YARA_CUT_FIRST,	 /* all but the first match of each string; no rule */
	YARA_CUT_COUNT,	 /* the string matched more often than libyara counts */
	YARA_CUT_SHOWN,	 /* the string matched more than YARA_STRINGS_MAX */
};
typedef void yara_cut_fn(void *arg, enum yara_cut cut, const YR_RULE *rule,
    const YR_STRING *string);

/* Run rules over what was loaded; suspects (rules_n of them) are asked first
 * where one of them is too slow. */
struct yara_run {
	YR_RULES *rules;
	const struct yara_externals *externals; /* NULL: all empty */
	yara_hit_fn *hit;
	yara_cut_fn *cut;
	void *arg;
	const uint32_t *suspects;
	size_t suspects_n;
};
int yarascan_run(struct yarascan *s, const struct yara_run *run,
    struct err *e);

#endif
