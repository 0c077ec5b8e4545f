#ifndef POLICY_H
#define POLICY_H

/*
 * policy - from the rows of a case to a decision with its reasons
 *
 * A policy is a file of SQL rules (sqlrule.h; policy(5) has the syntax, the
 * standard one is tools/policy.sql). Each line of it is a SELECT whose rows
 * are reasons. This module runs them and puts the reasons into their order:
 * the weightiest decision first, then by severity, then by scope and path,
 * what concerns one object side by side.
 *
 * Calling:  policy_load, policy_views and case_read_only on an open case,
 *           policy_decide; the case may be closed then.
 * Ownership: policy_free, decision_release.
 * Errors:   ERR_CORRUPT with file, line and SQLite's words for a policy that
 *           cannot be run. A row that a SELECT gives and that makes no sense
 *           is the same.
 * Limits:   VERDICT_REASONS_MAX rows of one line; beyond them a row says so.
 */

#include "case.h"
#include "sqlrule.h"

enum verdict { VERDICT_KEEP, VERDICT_INVESTIGATE, VERDICT_WIPE };

enum argues { ARGUES_KEEP_NEEDS, ARGUES_INVESTIGATE, ARGUES_WIPE };

struct policy {
	const char *file;
	struct sqlrules rules;
	char sha256[65];
};

struct reason {
	const struct sqlrule *line; /* of the policy */
	size_t order;		    /* of the line in the policy */
	enum argues argues;
	int severity; /* 0 critical .. 4 info */
	bool has_scope, has_path, has_evidence;
	struct str scope, path, detail, evidence; /* path: exact bytes */
	int group; /* reasons of one object have one number, from 0 */
	size_t nth, total; /* among the reasons of its line, in this order */
};

struct coverage {
	const struct sqlrule *line;
	struct str area, state, detail;
	bool required;
};

struct decision {
	enum verdict verdict;
	struct reason *reasons;
	size_t reasons_n;
	struct coverage *coverage;
	size_t coverage_n;
	struct strlist change; /* what would change it, one sentence each */
};

int policy_load(struct policy *p, const char *text, size_t n, const char *file,
    struct err *e);
void policy_free(struct policy *p);

/* Create the policy's views; before case_read_only. */
int policy_views(const struct policy *p, struct case_db *c, struct err *e);

/* p must outlive d. */
int policy_decide(const struct policy *p, struct case_db *c,
    struct decision *d, struct err *e);
void decision_release(struct decision *d);

/* "keep", "investigate", "wipe"; a reason that a keep needs argues for
 * investigate. */
const char *verdict_name(enum verdict v);
enum verdict verdict_of(enum argues a);

/*
 * The decision as text, a line each, control bytes escaped: every reason
 * (at most VERDICT_SHOWN_MAX of one line of the policy, then how many more),
 * the coverage, what would change it.
 */
void decision_reasons(const struct decision *d, struct str *out);
void decision_coverage(const struct decision *d, struct str *out);
void decision_change(const struct decision *d, struct str *out);

/* The same for a person to read. */
void decision_print(const struct decision *d, const char *case_path,
    struct str *out);

#endif
