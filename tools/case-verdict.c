/*
 * case-verdict - decide: wipe, investigate or keep
 *
 * Reads the case under a lock, runs the policy over it, closes it, and then
 * writes the decision as records, for "case-ingest CASE -- case-verdict CASE".
 * The standard policy is part of the program; --policy replaces it.
 */

#include "caselock.h"
#include "cli.h"
#include "limits.h"
#include "policy.h"
#include "rec.h"

#include <errno.h>
#include <sys/stat.h>

/* tools/policy.sql, as it stands in the tree. */
__asm__(".section .rodata\n"
	".globl policy_text\n"
	".hidden policy_text\n"
	"policy_text:\n"
	".incbin \"tools/policy.sql\"\n"
	".globl policy_text_end\n"
	".hidden policy_text_end\n"
	"policy_text_end:\n"
	".byte 0\n"
	".previous\n");
extern const char policy_text[], policy_text_end[];

static bool pretty, list, print_text;
static const char *policy_arg;
static struct strlist failed;

static const struct cli_opt opts[] = {
	{0, "policy", CLI_TEXT, &policy_arg, "FILE",
	    "another policy than the standard one"},
	{0, "failed", CLI_LIST, &failed, "TOOL",
	    "this program failed: a keep is not possible"},
	{'p', "pretty", CLI_FLAG, &pretty, NULL,
	    "print the verdict for a person instead of records"},
	{'L', "list", CLI_FLAG, &list, NULL,
	    "list the lines of the policy and exit"},
	{0, "print", CLI_FLAG, &print_text, NULL,
	    "print the text of the policy and exit"},
	{0},
};

static const struct cli cli = {
	.synopsis = "CASE",
	.about = "Decide from a case: keep (exit 0), investigate (10) or wipe "
		 "(20).",
	.opts = opts,
	.min = 0,
	.max = 1,
};

static const int exits[] = {
	[VERDICT_KEEP] = 0, [VERDICT_INVESTIGATE] = 10, [VERDICT_WIPE] = 20};

/* A policy that the user names: a mistake in it is the user's. */
static void
read_policy(const char *path, struct str *out)
{
	int fd cleanup_fd = -1;
	char buf[65536];
	struct stat st;
	ssize_t n;

	if (stat(path, &st))
		cli_usage("cannot open policy '%s': %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		cli_usage("policy '%s' is no regular file", path);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		cli_usage("cannot open policy '%s': %s", path, strerror(errno));
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		str_add(out, buf, (size_t)n);
		if (out->n > SQLRULE_FILE_MAX)
			cli_usage("policy '%s' is longer than %d bytes", path,
			    SQLRULE_FILE_MAX);
	}
	if (n < 0)
		cli_usage("cannot read policy '%s': %s", path, strerror(errno));
}

static void
print_list(const struct policy *p)
{
	const struct sqlrule *r;
	const char *text;
	size_t i;

	for (i = 0; i < p->rules.n; i++) {
		r = &p->rules.v[i];
		if (sqlrule_get(r, "view"))
			continue;
		text = sqlrule_get(r, "reason");
		printf("%-20s %-11s %s\n", sqlrule_get(r, "id"),
		    sqlrule_get(r, "decision"), text ? text : "");
	}
	cli_close_stdout();
	exit(0);
}

static void
load_policy(struct policy *p)
{
	struct str text cleanup_str = STR_INIT;
	const char *name;
	struct err e;

	if (policy_arg)
		read_policy(policy_arg, &text);
	else
		str_set(&text, policy_text,
		    (size_t)(policy_text_end - policy_text));
	if (print_text) {
		fwrite(text.s, 1, text.n, stdout);
		cli_close_stdout();
		exit(0);
	}
	name = policy_arg ? policy_arg : "policy.sql";
	if (policy_load(p, text.s, text.n, name, &e) == 0) {
		if (list)
			print_list(p);
		return;
	}
	if (policy_arg)
		cli_usage("%s", e.msg);
	die("%s", e.msg);
}

/* Programs that failed before they left a run, for the policy. */
static int
failed_table(struct case_db *c, struct err *e)
{
	sqlite3_stmt *stmt;
	size_t i;
	int st;

	if (case_exec(c, "CREATE TEMP TABLE failed(tool TEXT)", e))
		return -1;
	stmt = case_prepare(c, "INSERT INTO temp.failed VALUES (?)", e);
	if (!stmt)
		return -1;
	for (i = 0; i < failed.n; i++) {
		sqlite3_bind_text(stmt, 1, failed.v[i].s, (int)failed.v[i].n,
		    SQLITE_STATIC);
		st = sqlite3_step(stmt);
		sqlite3_reset(stmt);
		if (st != SQLITE_DONE) {
			case_sql_err(c, e);
			sqlite3_finalize(stmt);
			return -1;
		}
	}
	sqlite3_finalize(stmt);
	return 0;
}

static void
write_reason(struct rec *r, const struct reason *x, size_t position)
{
	rec_begin(r, KIND_reason);
	rec_int(r, COL_reason_position, (int64_t)position);
	rec_text(r, COL_reason_policy, sqlrule_get(x->line, "id"));
	rec_text(r, COL_reason_decision, verdict_name(verdict_of(x->argues)));
	if (x->has_scope)
		rec_text(r, COL_reason_scope, x->scope.s);
	if (x->has_path)
		rec_bytes(r, COL_reason_path, x->path.s, x->path.n);
	if (x->has_evidence)
		rec_text(r, COL_reason_evidence, x->evidence.s);
	rec_bytes(r, COL_reason_detail, x->detail.s, x->detail.n);
	rec_end(r);
}

static void
write_coverage(struct rec *r, const struct coverage *v)
{
	rec_begin(r, KIND_coverage);
	rec_text(r, COL_coverage_area, v->area.s);
	rec_text(r, COL_coverage_state, v->state.s);
	rec_bool(r, COL_coverage_required, v->required);
	rec_bytes(r, COL_coverage_detail, v->detail.s, v->detail.n);
	rec_end(r);
}

static void
write_verdict(struct rec *r, const struct decision *d, const struct policy *p)
{
	struct str reasons cleanup_str = STR_INIT;
	struct str coverage cleanup_str = STR_INIT;
	struct str change cleanup_str = STR_INIT;

	decision_reasons(d, &reasons);
	decision_coverage(d, &coverage);
	decision_change(d, &change);
	rec_begin(r, KIND_verdict);
	rec_text(r, COL_verdict_decision, verdict_name(d->verdict));
	rec_str(r, COL_verdict_reason, &reasons);
	rec_str(r, COL_verdict_coverage, &coverage);
	rec_str(r, COL_verdict_change, &change);
	rec_text(r, COL_verdict_policy, p->sha256);
	rec_end(r);
}

static void
write_records(const struct decision *d, const struct policy *p,
    const struct rec_run *run)
{
	struct rec *r = rec_open(STDOUT_FILENO, run, 0);
	struct err e;
	size_t i;

	for (i = 0; i < d->coverage_n; i++)
		write_coverage(r, &d->coverage[i]);
	for (i = 0; i < d->reasons_n; i++)
		write_reason(r, &d->reasons[i], i + 1);
	write_verdict(r, d, p);
	if (rec_close(r, &e))
		die("%s", e.msg);
	if (close(STDOUT_FILENO))
		die("cannot close standard output: %s", strerror(errno));
}

static void
print(const struct decision *d, const char *path)
{
	struct str s cleanup_str = STR_INIT;

	decision_print(d, path, &s);
	fwrite(s.s, 1, s.n, stdout);
	cli_close_stdout();
}

int
main(int argc, char **argv)
{
	struct strlist args cleanup_strlist = STRLIST_INIT;
	struct lock lock = {0};
	struct rec_run run = {.tool = "case-verdict", .argv = &args};
	struct policy policy = {0};
	struct decision d;
	struct case_db c;
	struct err e;
	int at, i, st;

	cli_init("case-verdict");
	for (i = 1; i < argc; i++) /* before parsing moves them */
		strlist_adds(&args, argv[i]);
	at = cli_parse(&cli, argc, argv);
	load_policy(&policy);
	if (at == argc)
		cli_usage("no case given");
	if (!pretty && isatty(STDOUT_FILENO))
		cli_usage("records are not for a terminal: use -p, or a pipe "
			  "into case-ingest");
	if (case_open_locked(&c, argv[at], 0, &lock, &e))
		die("%s", e.msg);
	st = failed_table(&c, &e) || policy_views(&policy, &c, &e);
	case_read_only(&c, RULE_SECONDS);
	if (st || policy_decide(&policy, &c, &d, &e)) {
		if (policy_arg &&
		    (e.class == ERR_CORRUPT || e.class == ERR_DENIED))
			cli_usage("%s", e.msg);
		die("%s", e.msg);
	}
	/* closed before the first record: the pipe may lead back into it */
	case_close(&c);
	run.case_id = c.id;
	run.capabilities = &lock.capabilities;
	run.sandbox = &lock.sandbox;
	if (pretty)
		print(&d, argv[at]);
	else
		write_records(&d, &policy, &run);
	st = exits[d.verdict];
	decision_release(&d);
	policy_free(&policy);
	strlist_release(&lock.capabilities);
	strlist_release(&lock.sandbox);
	strlist_release(&failed);
	return st;
}
