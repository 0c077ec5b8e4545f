/*
 * case-match - indicators and rules of packs over a case
 *
 * Reads a case, writes findings as records: "case-ingest CASE -- case-match
 * CASE" stores them. Packs are read first, then the lock, then the case; the
 * case is closed before the first record is written, so that a pipe back into
 * it cannot wait for itself.
 */

#include "caselock.h"
#include "cli.h"
#include "explain.h"
#include "limits.h"
#include "match.h"
#include "matchyara.h"
#include "rec.h"

static bool pretty, list;
static struct strlist iocs, allow, baseline;

static const struct cli_opt opts[] = {
	{0, "iocs", CLI_LIST, &iocs, "DIR",
	    "a pack or a folder of packs; replaces the default"},
	{0, "allow", CLI_LIST, &allow, "FILE",
	    "an allow list: keys, accounts and files that somebody answers for"},
	{0, "baseline", CLI_LIST, &baseline, "CASE",
	    "the case of a clean sibling: what is the same there is explained"},
	{'p', "pretty", CLI_FLAG, &pretty, NULL,
	    "print a readable table instead of records"},
	{'L', "list", CLI_FLAG, &list, NULL,
	    "list the packs with their rules, and exit"},
	{0},
};

static const struct cli cli = {
	.synopsis = "CASE",
	.about = "Match packs of indicators and rules with a case.",
	.opts = opts,
	.min = 0,
	.max = 1,
};

static void
load(struct packs *packs)
{
	struct str dir cleanup_str = STR_INIT;
	struct err e;
	size_t i;

	packs_init(packs);
	if (!iocs.n) {
		if (packs_default(&dir, &e) || packs_add(packs, dir.s, &e))
			die("%s", e.msg);
	}
	for (i = 0; i < iocs.n; i++)
		if (packs_add(packs, iocs.v[i].s, &e))
			die("%s", e.msg);
}

static int
print_list(const struct packs *packs)
{
	size_t i, k;

	for (i = 0; i < packs->n; i++) {
		const struct pack *p = &packs->packs[i];

		printf("%s  %s (%zu indicators, %zu rules, %zu YARA files)\n",
		    p->id.s, p->title.s, p->indicators, p->rules, p->yara);
		for (k = 0; k < packs->rules_n; k++) {
			const struct sqlrule *r = &packs->rules[k].rules.v[0];

			if (packs->rules[k].pack == i)
				printf("  %s/%s  %s, %s: %s\n", p->id.s,
				    sqlrule_get(r, "id"),
				    sqlrule_get(r, "severity"),
				    sqlrule_get(r, "effect"),
				    sqlrule_get(r, "title"));
		}
	}
	for (i = 0; i < packs->problems.n; i++)
		warn_msg("%s", packs->problems.v[i].s);
	cli_close_stdout();
	return packs->problems.n ? 1 : 0;
}

static void
write_finding(struct rec *r, const struct finding *f)
{
	rec_begin(r, KIND_finding);
	rec_str(r, COL_finding_rule, &f->rule);
	rec_str(r, COL_finding_title, &f->title);
	rec_text(r, COL_finding_severity, severity_name(f->severity));
	rec_text(r, COL_finding_effect, effect_name(f->effect));
	rec_str(r, COL_finding_attack, &f->attack);
	rec_str(r, COL_finding_scope, &f->scope);
	if (f->has_path)
		rec_bytes(r, COL_finding_path, f->path.s, f->path.n);
	rec_str(r, COL_finding_detail, &f->detail);
	rec_str(r, COL_finding_evidence, &f->evidence);
	rec_str(r, COL_finding_confidence, &f->confidence);
	rec_str(r, COL_finding_source, &f->source);
	if (f->explained.n)
		rec_bytes(r, COL_finding_explained, f->explained.s,
		    f->explained.n);
	if (f->explained_by.n)
		rec_bytes(r, COL_finding_explained_by, f->explained_by.s,
		    f->explained_by.n);
	if (f->difference.n)
		rec_bytes(r, COL_finding_difference, f->difference.s,
		    f->difference.n);
	rec_end(r);
}

int
main(int argc, char **argv)
{
	struct packs packs;
	struct case_db c;
	struct match m;
	struct explain *x;
	struct lock l = {0};
	struct strlist args cleanup_strlist = STRLIST_INIT;
	struct rec_run run = {0};
	struct rec *r;
	struct err e;
	bool lost;
	size_t i;
	int k, at;

	cli_init("case-match");
	for (k = 1; k < argc; k++) /* before parsing moves them */
		strlist_adds(&args, argv[k]);
	at = cli_parse(&cli, argc, argv);
	if (list) {
		load(&packs);
		return print_list(&packs);
	}
	if (at == argc)
		cli_usage("too few operands");
	if (!pretty && isatty(STDOUT_FILENO))
		cli_usage("records are not for a terminal: use -p, or "
			  "case-ingest CASE -- case-match CASE");
	load(&packs);
	x = explain_new();
	for (i = 0; i < allow.n; i++)
		if (explain_add_allow(x, allow.v[i].s, &e))
			die("%s", e.msg);
	for (i = 0; i < baseline.n; i++)
		if (explain_add_baseline(x, baseline.v[i].s, &e))
			die("%s", e.msg);
	l.read_fds = explain_folders(x, &l.read_n);
	if (case_open_locked(&c, argv[at], 0, &l, &e) || explain_open(x, &e))
		die("%s", e.msg);
	match_init(&m);
	for (i = 0; i < packs.problems.n; i++)
		match_note(&m, ERR_CORRUPT, NULL, "%s", packs.problems.v[i].s);
	if (match_prepare(&m, &c, &e))
		die("%s", e.msg);
	case_read_only(&c, RULE_SECONDS);
	if (match_rules(&m, &c, &packs, &e) ||
	    match_indicators(&m, &c, &packs, &e) ||
	    matchyara_findings(&m, &c, &e))
		die("%s", e.msg);
	match_finish(&m);
	if (explain_findings(x, &c, &m, &e))
		die("%s", e.msg);
	run.tool = "case-match";
	run.argv = &args;
	run.capabilities = &l.capabilities;
	run.sandbox = &l.sandbox;
	run.case_id = c.id;
	case_close(&c); /* before the first record */
	r = rec_open(STDOUT_FILENO, &run, pretty ? REC_PRETTY : 0);
	for (i = 0; i < m.n; i++)
		write_finding(r, &m.v[i]);
	explain_write(x, r);
	for (i = 0; i < m.notes_n; i++) {
		const struct match_note *note = &m.notes[i];

		if (note->path.n)
			warn_msg("'%s': %s", note->path.s, note->detail.s);
		else
			warn_msg("%s", note->detail.s);
		rec_note(r, note->class, "match", NULL,
		    note->path.n ? note->path.s : NULL, 0, "%s",
		    note->detail.s);
	}
	lost = rec_lost(r) > 0;
	if (rec_close(r, &e))
		die("%s", e.msg);
	match_release(&m);
	explain_free(x);
	packs_free(&packs);
	strlist_release(&iocs);
	strlist_release(&allow);
	strlist_release(&baseline);
	strlist_release(&l.capabilities);
	strlist_release(&l.sandbox);
	cli_close_stdout();
	return lost ? 1 : 0;
}
