#ifndef MATCHYARA_H
#define MATCHYARA_H

/*
 * matchyara - what YARA found, as rules and findings
 *
 * scan-yara writes a row a string that matched ("match") and one a rule
 * ("yara_rule", with all of its metadata). Here they become one hit for a
 * rule, scope and path: the temporary table yara_hit, which SQL rules may use
 * (pack(5)), and a finding for each hit, unless the rule's metadata say
 * finding = false: then it is only a fact for SQL rules.
 *
 * Metadata: id, title (else description), severity (else by score), effect,
 * attack, source (else reference), confidence, finding. Public rule sets know
 * most of these by other names; what is taken is in pack(5). A wipe counts on
 * the host alone: in an image or container it is "investigate".
 *
 * Calling:  matchyara_prepare after the other temporary tables (it uses names
 *           of images and containers), before case_read_only;
 *           matchyara_findings.
 * Errors:   -1 where the case cannot be read.
 * Limits:   RULE_ROWS_MAX hits of one rule, FINDINGS_MAX of all, each a note;
 *           YARA_SHOWN_*, YARA_EVIDENCE_MAX say "and N more".
 * Trust:    matches are evidence, metadata the analyst's.
 */

#include "match.h"

int matchyara_prepare(struct match *m, struct case_db *c, struct err *e);
int matchyara_findings(struct match *m, struct case_db *c, struct err *e);

#endif
