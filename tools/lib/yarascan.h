#ifndef YARASCAN_H
#define YARASCAN_H

/*
 * yarascan - YARA over one file, in a worker
 *
 * The file is read with pread into memory: whole up to YARA_WHOLE_MAX bytes,
 * beyond that in blocks of that size that overlap by YARA_OVERLAP (a note
 * says so: a condition on two places of it may miss).
 *
 * A rule that takes longer than YARA_SECONDS for a file is found by halving
 * the rules, named in a note (class limit), and left out for this file; the
 * others are run again, so that nothing else is lost.
 *
 * Calling:  yarascan_new in the worker, once for a set of rules; yarascan_file
 *           for each file; results go to the callback.
 * Errors:   of reading as in content.h; libyara's own failures are ERR_LIMIT
 *           (too many matches, too slow) or ERR_OURS.
 * Trust:    bytes are hostile and libyara is large: only in a worker.
 */

#include "root.h"
#include "yararules.h"

struct yarascan;
struct yarascan *yarascan_new(YR_RULES *rules);
void yarascan_free(struct yarascan *s);

/* The variables of path rules; NULL texts are empty. */
struct yara_externals {
	const char *filename, *filepath, *extension, *filetype, *owner;
};

/* One string that matched; a rule without strings: string NULL, offset -1. */
struct yara_hit {
	const char *namespace, *rule, *string;
	int64_t offset;
	uint32_t length;
	const unsigned char *text; /* what matched, text_n bytes of it */
	size_t text_n;
	const YR_RULE *in;
};
typedef void yara_hit_fn(void *arg, const struct yara_hit *h);

/* A rule that was left out or cut, for a note. */
typedef void yara_slow_fn(void *arg, const char *namespace, const char *rule,
    const char *why);

/* f: found or reopened, a regular file. skip_content: report matches of path
 * rules only. Returns 0 or -1. */
int yarascan_file(struct yarascan *s, struct root *r, struct root_file *f,
    const struct yara_externals *x, yara_hit_fn *hit, yara_slow_fn *slow,
    void *arg, struct err *e);

#endif
