#include "policy.h"

#include "digest.h"
#include "kinds.h"
#include "limits.h"

static const char *const severities[] = {"critical", "high", "medium", "low",
	"info"};
#define SEVERITY_NONE 2 /* as medium */

static const struct {
	const char *word;
	enum argues argues;
} decisions[] = {
	{"wipe", ARGUES_WIPE},
	{"investigate", ARGUES_INVESTIGATE},
	{"keep-needs", ARGUES_KEEP_NEEDS},
};

const char *
verdict_name(enum verdict v)
{
	static const char *const names[] = {"keep", "investigate", "wipe"};

	return names[v];
}

enum verdict
verdict_of(enum argues a)
{
	return a == ARGUES_WIPE ? VERDICT_WIPE : VERDICT_INVESTIGATE;
}

/* What a line argues for; -1: coverage, -2: neither. */
static int
argues_of(const struct sqlrule *r)
{
	const char *word = sqlrule_get(r, "decision");
	size_t i;

	if (!word)
		return -2;
	for (i = 0; i < COUNT(decisions); i++)
		if (strcmp(decisions[i].word, word) == 0)
			return (int)decisions[i].argues;
	return strcmp(word, "coverage") == 0 ? -1 : -2;
}

static int
bad_line(const struct policy *p, const struct sqlrule *r, struct err *e,
    const char *what)
{
	return err_set(e, ERR_CORRUPT, 0, "policy '%s' line %d, '%s': %s",
	    p->file, r->line, sqlrule_get(r, "id"), what);
}

static bool
is_word(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz_");

	return n && !s[n];
}

static int
check_line(const struct policy *p, const struct sqlrule *r, struct err *e)
{
	const char *view = sqlrule_get(r, "view");
	int a = argues_of(r);

	if (view) {
		if (!is_word(view))
			return bad_line(p, r, e, "the view's name may hold "
						 "only a-z and _");
		if (kind_find(view, strlen(view)) >= 0)
			return bad_line(p, r, e, "a view may not have the "
						 "name of a table");
		return 0;
	}
	if (a == -2)
		return bad_line(p, r, e, "decision must be wipe, investigate, "
					 "keep-needs or coverage");
	if (a >= 0 && !sqlrule_get(r, "reason"))
		return bad_line(p, r, e, "the line has no reason");
	return 0;
}

int
policy_load(struct policy *p, const char *text, size_t n, const char *file,
    struct err *e)
{
	size_t i;
	bool lines = false;

	p->file = file;
	if (sqlrules_parse(text, n, file, &p->rules, e))
		return -1;
	digest_of(text, n, p->sha256);
	for (i = 0; i < p->rules.n; i++) {
		if (check_line(p, &p->rules.v[i], e)) {
			sqlrules_free(&p->rules);
			return -1;
		}
		lines = lines || argues_of(&p->rules.v[i]) >= 0;
	}
	if (!lines) {
		sqlrules_free(&p->rules);
		return err_set(e, ERR_CORRUPT, 0, "policy '%s' decides nothing",
		    file);
	}
	return 0;
}

void
policy_free(struct policy *p)
{
	sqlrules_free(&p->rules);
}

/* One statement, or an error that names the line of the policy. */
static sqlite3_stmt *
prepare(const struct policy *p, const struct sqlrule *r, struct case_db *c,
    const char *sql, struct err *e)
{
	sqlite3_stmt *stmt = case_prepare(c, sql, e);

	if (!stmt)
		err_wrap(e, "policy '%s' line %d, '%s'", p->file, r->line,
		    sqlrule_get(r, "id"));
	return stmt;
}

int
policy_views(const struct policy *p, struct case_db *c, struct err *e)
{
	struct str sql cleanup_str = STR_INIT;
	const struct sqlrule *r;
	sqlite3_stmt *stmt;
	const char *view;
	size_t i;
	int st;

	for (i = 0; i < p->rules.n; i++) {
		r = &p->rules.v[i];
		view = sqlrule_get(r, "view");
		if (!view)
			continue;
		str_clear(&sql);
		str_addf(&sql, "CREATE TEMP VIEW %s AS %s", view, r->sql.s);
		stmt = prepare(p, r, c, sql.s, e);
		if (!stmt)
			return -1;
		st = sqlite3_step(stmt);
		sqlite3_finalize(stmt);
		if (st != SQLITE_DONE)
			return bad_line(p, r, e, sqlite3_errmsg(c->db));
	}
	return 0;
}

static int
column(sqlite3_stmt *stmt, const char *name)
{
	int i, n = sqlite3_column_count(stmt);
	const char *have;

	for (i = 0; i < n; i++) {
		have = sqlite3_column_name(stmt, i);
		if (have && strcmp(have, name) == 0)
			return i;
	}
	return -1;
}

/* The cell as bytes; false if it is NULL or there is no such column. */
static bool
cell(sqlite3_stmt *stmt, int i, struct str *out)
{
	const void *p;

	if (i < 0 || sqlite3_column_type(stmt, i) == SQLITE_NULL)
		return false;
	p = sqlite3_column_type(stmt, i) == SQLITE_BLOB
		? sqlite3_column_blob(stmt, i)
		: sqlite3_column_text(stmt, i);
	str_set(out, p ? p : "", (size_t)sqlite3_column_bytes(stmt, i));
	return true;
}

/*
 * Where several hosts are in one case a reason says which one it is about:
 * the run of the first row of evidence that is no finding.
 */
static void
add_origin(struct case_db *c, struct reason *r)
{
	struct str sql cleanup_str = STR_INIT, what cleanup_str = STR_INIT;
	const char *s = r->evidence.s, *colon, *end;
	sqlite3_stmt *stmt;
	int k;

	for (; *s; s = *end ? end + 1 : end) {
		end = s + strcspn(s, " ");
		colon = memchr(s, ':', (size_t)(end - s));
		if (!colon)
			continue;
		k = kind_find(s, (size_t)(colon - s));
		if (k < 0 || k == KIND_finding || k == KIND_end ||
		    k == KIND_run || k == KIND_note)
			continue;
		str_addf(&sql, "SELECT coalesce('host ''' || r.host || '''', "
			       "'unnamed host') || ' (' || coalesce(r.root, "
			       "'?') || ')' FROM main.%s t JOIN main.run r ON "
			       "r.id = t.run WHERE t.id = ?",
		    kind_info[k].name);
		if (sqlite3_prepare_v2(c->db, sql.s, -1, &stmt, NULL))
			return;
		sqlite3_bind_int64(stmt, 1, strtoll(colon + 1, NULL, 10));
		if (sqlite3_step(stmt) == SQLITE_ROW &&
		    cell(stmt, 0, &what)) {
			str_adds(&what, ": ");
			str_add(&what, r->detail.s, r->detail.n);
			str_set(&r->detail, what.s, what.n);
		}
		sqlite3_finalize(stmt);
		return;
	}
}

static int
severity_of(const struct str *s)
{
	size_t i;

	for (i = 0; i < COUNT(severities); i++)
		if (str_eq(s, severities[i]))
			return (int)i;
	return SEVERITY_NONE;
}

static struct reason *
add_reason(struct decision *d, const struct sqlrule *line, size_t order,
    enum argues argues)
{
	struct reason *r;

	if (!(d->reasons_n & (d->reasons_n + 1))) /* grow at 0, 1, 3, 7 ... */
		d->reasons = xreallocarray(d->reasons, 2 * d->reasons_n + 1,
		    sizeof(*d->reasons));
	r = &d->reasons[d->reasons_n++];
	memset(r, 0, sizeof(*r));
	str_init(&r->scope);
	str_init(&r->path);
	str_init(&r->detail);
	str_init(&r->evidence);
	r->line = line;
	r->order = order;
	r->argues = argues;
	r->severity = SEVERITY_NONE;
	return r;
}

static int
step(const struct policy *p, const struct sqlrule *line, struct case_db *c,
    sqlite3_stmt *stmt, struct err *e)
{
	int st = sqlite3_step(stmt);

	if (st == SQLITE_ROW)
		return 1;
	if (st == SQLITE_DONE)
		return 0;
	case_sql_err(c, e);
	return err_wrap(e, "policy '%s' line %d, '%s'", p->file, line->line,
	    sqlrule_get(line, "id"));
}

static int
run_line(const struct policy *p, size_t order, struct case_db *c,
    bool several, struct decision *d, struct err *e)
{
	const struct sqlrule *line = &p->rules.v[order];
	struct str s cleanup_str = STR_INIT;
	sqlite3_stmt *stmt = prepare(p, line, c, line->sql.s, e);
	struct reason *r;
	int scope, path, raw, detail, evidence, severity, more, rows = 0;

	if (!stmt)
		return -1;
	scope = column(stmt, "scope");
	path = column(stmt, "path");
	raw = column(stmt, "path_raw");
	detail = column(stmt, "detail");
	evidence = column(stmt, "evidence");
	severity = column(stmt, "severity");
	if (scope < 0 || path < 0 || detail < 0 || evidence < 0) {
		sqlite3_finalize(stmt);
		return bad_line(p, line, e, "its columns must be scope, path, "
					    "detail and evidence");
	}
	while ((more = step(p, line, c, stmt, e)) > 0) {
		r = add_reason(d, line, order, (enum argues)argues_of(line));
		if (++rows > VERDICT_REASONS_MAX) {
			str_addf(&r->detail, "limit VERDICT_REASONS_MAX: there "
					     "are more than %d reasons of this "
					     "line", VERDICT_REASONS_MAX);
			break;
		}
		r->has_scope = cell(stmt, scope, &r->scope);
		r->has_path = cell(stmt, raw, &r->path) ||
			      cell(stmt, path, &r->path);
		r->has_evidence = cell(stmt, evidence, &r->evidence);
		cell(stmt, detail, &r->detail);
		if (cell(stmt, severity, &s))
			r->severity = severity_of(&s);
		if (several)
			add_origin(c, r);
	}
	sqlite3_finalize(stmt);
	return more < 0 ? -1 : 0;
}

static struct coverage *
add_coverage(struct decision *d, const struct sqlrule *line)
{
	struct coverage *v;

	d->coverage = xreallocarray(d->coverage, d->coverage_n + 1,
	    sizeof(*d->coverage));
	v = &d->coverage[d->coverage_n++];
	memset(v, 0, sizeof(*v));
	v->line = line;
	str_init(&v->area);
	str_init(&v->state);
	str_init(&v->detail);
	return v;
}

static int
run_coverage(const struct policy *p, size_t order, struct case_db *c,
    struct decision *d, struct err *e)
{
	const struct sqlrule *line = &p->rules.v[order];
	sqlite3_stmt *stmt = prepare(p, line, c, line->sql.s, e);
	struct coverage *v;
	struct reason *r;
	int area, state, required, detail, more, rows = 0;

	if (!stmt)
		return -1;
	area = column(stmt, "area");
	state = column(stmt, "state");
	required = column(stmt, "required");
	detail = column(stmt, "detail");
	if (area < 0 || state < 0 || required < 0 || detail < 0) {
		sqlite3_finalize(stmt);
		return bad_line(p, line, e, "its columns must be area, state, "
					    "required and detail");
	}
	while ((more = step(p, line, c, stmt, e)) > 0) {
		if (++rows > VERDICT_REASONS_MAX) {
			bad_line(p, line, e, "limit VERDICT_REASONS_MAX: too "
					     "many rows of coverage");
			more = -1;
			break;
		}
		v = add_coverage(d, line);
		cell(stmt, area, &v->area);
		cell(stmt, state, &v->state);
		cell(stmt, detail, &v->detail);
		v->required = sqlite3_column_int(stmt, required) != 0;
		if (!v->required || str_eq(&v->state, "examined"))
			continue;
		r = add_reason(d, line, order, ARGUES_KEEP_NEEDS);
		str_addf(&r->detail, "required coverage is missing: %s is %s",
		    v->area.s, v->state.s);
		if (v->detail.n)
			str_adds(&r->detail, ": ");
		str_add(&r->detail, v->detail.s, v->detail.n);
	}
	sqlite3_finalize(stmt);
	return more < 0 ? -1 : 0;
}

static int
compare_str(const struct str *a, const struct str *b)
{
	size_t n = a->n < b->n ? a->n : b->n;
	int k = memcmp(a->s, b->s, n);

	return k ? k : (a->n > b->n) - (a->n < b->n);
}

static int
compare_object(const struct reason *a, const struct reason *b)
{
	/* "host" before the containers and images on it */
	bool ha = str_eq(&a->scope, "host"), hb = str_eq(&b->scope, "host");
	int k = (int)b->argues - (int)a->argues;

	if (k)
		return k;
	if (a->argues == ARGUES_KEEP_NEEDS && a->order != b->order)
		return a->order < b->order ? -1 : 1;
	if (ha != hb)
		return ha ? -1 : 1;
	k = compare_str(&a->scope, &b->scope);
	return k ? k : compare_str(&a->path, &b->path);
}

static int
compare_in_object(const struct reason *a, const struct reason *b)
{
	int k = a->severity - b->severity;

	if (!k && a->order != b->order)
		k = a->order < b->order ? -1 : 1;
	if (!k)
		k = compare_str(&a->detail, &b->detail);
	return k ? k : compare_str(&a->evidence, &b->evidence);
}

static int
by_object(const void *pa, const void *pb)
{
	const struct reason *a = pa, *b = pb;
	int k = compare_object(a, b);

	return k ? k : compare_in_object(a, b);
}

/* Groups by their weightiest member; inside a group the order stays. */
static int
by_weight(const void *pa, const void *pb)
{
	const struct reason *a = *(const struct reason *const *)pa;
	const struct reason *b = *(const struct reason *const *)pb;
	int k = (int)b->argues - (int)a->argues;

	if (!k && a->argues != ARGUES_KEEP_NEEDS)
		k = a->severity - b->severity;
	return k ? k : a->group - b->group;
}

/*
 * First by object, which makes the groups; then the groups by the severity of
 * their first, weightiest member.
 */
static void
order_reasons(struct decision *d)
{
	const struct reason **first;
	struct reason *sorted;
	size_t i, k, groups = 0, at = 0;

	if (!d->reasons_n)
		return;
	qsort(d->reasons, d->reasons_n, sizeof(*d->reasons), by_object);
	first = xreallocarray(NULL, d->reasons_n + 1, sizeof(*first));
	for (i = 0; i < d->reasons_n; i++) {
		if (i == 0 || (!d->reasons[i].has_scope &&
				  !d->reasons[i].has_path) ||
		    compare_object(&d->reasons[i - 1], &d->reasons[i]))
			first[groups++] = &d->reasons[i];
		d->reasons[i].group = (int)groups - 1;
	}
	qsort(first, groups, sizeof(*first), by_weight);
	sorted = xreallocarray(NULL, d->reasons_n, sizeof(*sorted));
	for (i = 0; i < groups; i++) {
		const struct reason *r = first[i];
		const struct reason *end = d->reasons + d->reasons_n;
		int group = r->group;

		for (; r < end && r->group == group; r++) {
			sorted[at] = *r;
			sorted[at++].group = (int)i;
		}
	}
	for (k = 0; k < d->reasons_n; k++)
		d->reasons[k] = sorted[k];
	free(sorted);
	free(first);
}

/* Number the reasons of each line of the policy. */
static void
count_reasons(const struct policy *p, struct decision *d)
{
	size_t *total = xcalloc(p->rules.n, sizeof(*total));
	size_t i;

	for (i = 0; i < d->reasons_n; i++)
		d->reasons[i].nth = total[d->reasons[i].order]++;
	for (i = 0; i < d->reasons_n; i++)
		d->reasons[i].total = total[d->reasons[i].order];
	free(total);
}

static void
add_change(struct decision *d, const char *text)
{
	size_t i;

	for (i = 0; text && i < d->change.n; i++)
		if (str_eq(&d->change.v[i], text))
			return;
	if (text)
		strlist_adds(&d->change, text);
}

/* What would change the decision: for a wipe and an investigation the fall of
 * their reasons, for a keep what was not looked at. */
static void
collect_change(struct decision *d)
{
	const struct reason *r;
	size_t i;

	for (i = 0; i < d->reasons_n; i++) {
		r = &d->reasons[i];
		if (verdict_of(r->argues) == d->verdict && r->nth == 0)
			add_change(d, sqlrule_get(r->line, "change"));
	}
	if (d->verdict == VERDICT_INVESTIGATE)
		add_change(d, "Any reason to wipe that further evidence gives "
			      "leads to wipe; with every reason above answered "
			      "the decision is keep.");
	if (d->verdict != VERDICT_KEEP)
		return;
	for (i = 0; i < d->coverage_n; i++)
		if (!str_eq(&d->coverage[i].state, "examined"))
			add_change(d, sqlrule_get(d->coverage[i].line,
			    "change"));
	add_change(d, "New indicators would: match again with newer packs.");
}

/* Do several hosts, or several roots, speak in this case? */
static bool
several_units(struct case_db *c)
{
	sqlite3_stmt *stmt;
	bool several = false;

	if (sqlite3_prepare_v2(c->db, "SELECT count(*) FROM (SELECT DISTINCT "
				      "host, root FROM main.run WHERE tool "
				      "GLOB 'collect-*' OR tool GLOB 'scan-*')",
		-1, &stmt, NULL))
		return false;
	if (sqlite3_step(stmt) == SQLITE_ROW)
		several = sqlite3_column_int(stmt, 0) > 1;
	sqlite3_finalize(stmt);
	return several;
}

int
policy_decide(const struct policy *p, struct case_db *c, struct decision *d,
    struct err *e)
{
	bool several = several_units(c);
	size_t i;
	int a, st;

	memset(d, 0, sizeof(*d));
	for (i = 0; i < p->rules.n; i++) {
		if (sqlrule_get(&p->rules.v[i], "view"))
			continue;
		a = argues_of(&p->rules.v[i]);
		st = a < 0 ? run_coverage(p, i, c, d, e)
			   : run_line(p, i, c, several, d, e);
		if (st) {
			decision_release(d);
			return -1;
		}
	}
	order_reasons(d);
	count_reasons(p, d);
	d->verdict = d->reasons_n ? verdict_of(d->reasons[0].argues)
				  : VERDICT_KEEP;
	collect_change(d);
	return 0;
}

void
decision_release(struct decision *d)
{
	size_t i;

	for (i = 0; i < d->reasons_n; i++) {
		str_release(&d->reasons[i].scope);
		str_release(&d->reasons[i].path);
		str_release(&d->reasons[i].detail);
		str_release(&d->reasons[i].evidence);
	}
	for (i = 0; i < d->coverage_n; i++) {
		str_release(&d->coverage[i].area);
		str_release(&d->coverage[i].state);
		str_release(&d->coverage[i].detail);
	}
	free(d->reasons);
	free(d->coverage);
	strlist_release(&d->change);
	memset(d, 0, sizeof(*d));
}
