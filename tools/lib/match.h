#ifndef MATCH_H
#define MATCH_H

/*
 * match - packs against a case: findings
 *
 * Calling:  match_init; match_prepare on an open case (registers functions,
 *           builds the temporary tables that rules use: command, plain, fact,
 *           yara_hit ...; pack(5)); case_read_only; match_rules;
 *           match_indicators; matchyara_findings. The case may be closed then.
 *           match_finish sorts and merges: one finding for
 *           a rule, scope, path and detail.
 * Ownership: match_release.
 * Errors:   a rule that fails is an entry of notes and the others run; -1
 *           only where the case itself cannot be read.
 * Limits:   RULE_SECONDS, RULE_ROWS_MAX, FINDINGS_MAX.
 * Trust:    the case is hostile, packs are the analyst's.
 */

#include "case.h"
#include "pack.h"

/* A row of persist (AS: its name and a dot) that nothing is seen to start. */
#define MATCH_IDLE(as) \
	as "artifact GLOB 'systemd-unit-*' AND " as "enabled IS NULL AND " \
	as "overrides IS NULL"

struct finding {
	struct str rule, title, attack, scope, path, detail, evidence;
	struct str confidence, source;
	struct str explained, explained_by, difference; /* explain.h */
	bool has_path;
	int severity, effect;
};

/* What could not be done; becomes a note. */
struct match_note {
	enum err_class class;
	struct str path, detail;
};

struct match {
	struct finding *v;
	size_t n, cap;
	struct match_note *notes;
	size_t notes_n;
	bool full; /* FINDINGS_MAX */
};

void match_init(struct match *m);
void match_release(struct match *m);

int match_prepare(struct match *m, struct case_db *c, struct err *e);
int match_rules(struct match *m, struct case_db *c, const struct packs *packs,
    struct err *e);
int match_indicators(struct match *m, struct case_db *c,
    const struct packs *packs, struct err *e);
void match_finish(struct match *m);

/* A new finding to fill, NULL beyond FINDINGS_MAX. */
struct finding *match_add(struct match *m);
void match_note(struct match *m, enum err_class class, const char *path,
    const char *fmt, ...) PRINTF(4, 5);

#endif
