#ifndef SQLRULE_H
#define SQLRULE_H

/*
 * sqlrule - one SELECT with a header: packs' *.sql files and the policy
 *
 *     -- id: cron-fetch-exec
 *     -- title: cron fetches a program and runs it
 *     -- severity: critical
 *     -- effect: wipe
 *     -- attack: T1053.003
 *     -- why: ...
 *     -- source: ...
 *     SELECT 'host' AS scope, ... ;
 *
 * Lines "-- key: value" before the first SQL line are the header (a line
 * "--   more" continues the value above); what follows up to the next header
 * is one statement. A pack's file holds one rule, the policy several: there
 * the line "-- id: ..." starts the next header, so it comes first. Keys are
 * lower-case letters and dashes. Comments above the first header are remarks
 * on the file.
 *
 * Ownership: sqlrules_free frees all; on failure nothing is to be freed.
 * Errors: ERR_CORRUPT with file and line: a key twice, no id, an id twice, no
 * statement, not UTF-8; ERR_LIMIT beyond SQLRULE_FILE_MAX. What keys are
 * needed, and what the statement may say, is checked by who runs it.
 */

#include "err.h"
#include "str.h"

struct sqlrule {
	struct strlist keys, values; /* same length, in the order of the file */
	struct str sql;
	int line; /* of its header, from 1 */
};

struct sqlrules {
	struct sqlrule *v;
	size_t n;
};

int sqlrules_parse(const char *text, size_t n, const char *file,
    struct sqlrules *out, struct err *e);
void sqlrules_free(struct sqlrules *rules);

/* Value of a key, NULL if the header has none. */
const char *sqlrule_get(const struct sqlrule *r, const char *key);

#endif
