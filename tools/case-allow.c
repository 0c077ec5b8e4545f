/*
 * case-allow - an allow list for chosen findings of a case
 *
 * Somebody who knows the host answers for what a finding shows: this writes
 * the entries (explain.h has their form) for case-match --allow. Nothing is
 * chosen by default: what is allowed must have been looked at.
 */

#include "caselock.h"
#include "cli.h"
#include "explain.h"
#include "limits.h"

#include <jansson.h>

static struct strlist ids, rules, paths;
static const char *reason, *by, *until;

static const struct cli_opt opts[] = {
	{0, "finding", CLI_LIST, &ids, "ID", "this finding (case-query findings)"},
	{0, "rule", CLI_LIST, &rules, "RULE", "all findings of this rule"},
	{0, "path", CLI_LIST, &paths, "PATH", "all findings on this object"},
	{0, "reason", CLI_TEXT, &reason, "TEXT", "why they are allowed; needed"},
	{0, "by", CLI_TEXT, &by, "NAME", "who answers for it"},
	{0, "until", CLI_TEXT, &until, "DAY", "until this day, YYYY-MM-DD"},
	{0},
};

static const struct cli cli = {
	.synopsis = "CASE",
	.about = "Write an allow list for chosen findings.",
	.opts = opts,
	.min = 1,
	.max = 1,
};

static bool
listed(const struct strlist *l, const char *s)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (s && strcmp(l->v[i].s, s) == 0)
			return true;
	return false;
}

static const char *
column(sqlite3_stmt *s, int i)
{
	return (const char *)sqlite3_column_text(s, i);
}

/* Returns how many findings were chosen; those that cannot be expressed are
 * told and counted in *not. */
static size_t
choose(struct case_db *c, json_t *array, size_t *not)
{
	struct strlist not_so cleanup_strlist = STRLIST_INIT;
	struct err e;
	sqlite3_stmt *s;
	size_t n = 0;
	int rc;

	s = case_prepare(c, "SELECT id, rule, path, coalesce(evidence, ''), "
	    "detail FROM finding ORDER BY id", &e);
	if (!s)
		die("%s", e.msg);
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		if (!listed(&ids, column(s, 0)) &&
		    !listed(&rules, column(s, 1)) &&
		    !listed(&paths, column(s, 2)))
			continue;
		n++;
		strlist_clear(&not_so);
		if (explain_entries(c, column(s, 3), array, &not_so, &e))
			die("%s", e.msg);
		if (!not_so.n && *column(s, 3))
			continue;
		++*not;
		warn_msg("finding %s (%s) cannot be allowed: %s%s", column(s, 0),
		    column(s, 1), not_so.n ? "no entry can name its " :
		    "it rests on no row", not_so.n ? not_so.v[0].s : "");
	}
	if (rc != SQLITE_DONE) {
		case_sql_err(c, &e);
		die("%s", e.msg);
	}
	sqlite3_finalize(s);
	return n;
}

int
main(int argc, char **argv)
{
	json_auto_t *root = json_object(), *array = json_array();
	struct lock l = {0};
	struct case_db c;
	struct err e;
	size_t i, n, not = 0;
	char *text;
	int at;

	cli_init("case-allow");
	at = cli_parse(&cli, argc, argv);
	if (!ids.n && !rules.n && !paths.n)
		cli_usage("which findings? --finding, --rule or --path");
	if (!reason || !*reason)
		cli_usage("an allow list needs a --reason");
	if (case_open_locked(&c, argv[at], 0, &l, &e))
		die("%s", e.msg);
	n = choose(&c, array, &not);
	for (i = 0; i < json_array_size(array); i++) {
		json_t *o = json_array_get(array, i);

		json_object_set_new(o, "reason", json_string(reason));
		if (by)
			json_object_set_new(o, "by", json_string(by));
		if (until)
			json_object_set_new(o, "until", json_string(until));
	}
	case_close(&c);
	if (!n)
		warn_msg("no finding was chosen");
	json_object_set(root, "allow", array);
	text = json_dumps(root, JSON_INDENT(2));
	if (!text)
		die("the reason or the name is not UTF-8");
	puts(text);
	free(text);
	strlist_release(&ids);
	strlist_release(&rules);
	strlist_release(&paths);
	strlist_release(&l.capabilities);
	strlist_release(&l.sandbox);
	cli_close_stdout();
	return not || !n ? 1 : 0;
}
