#include "match.h"

#include "limits.h"

void
match_init(struct match *m)
{
	memset(m, 0, sizeof(*m));
}

static void
finding_release(struct finding *f)
{
	str_release(&f->rule);
	str_release(&f->title);
	str_release(&f->attack);
	str_release(&f->scope);
	str_release(&f->path);
	str_release(&f->detail);
	str_release(&f->evidence);
	str_release(&f->confidence);
	str_release(&f->source);
	str_release(&f->explained);
	str_release(&f->explained_by);
	str_release(&f->difference);
}

void
match_release(struct match *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		finding_release(&m->v[i]);
	free(m->v);
	for (i = 0; i < m->notes_n; i++) {
		str_release(&m->notes[i].path);
		str_release(&m->notes[i].detail);
	}
	free(m->notes);
	match_init(m);
}

struct finding *
match_add(struct match *m)
{
	struct finding *f;

	if (m->n >= FINDINGS_MAX) {
		if (!m->full)
			match_note(m, ERR_LIMIT, NULL, "more than %d findings "
			    "(FINDINGS_MAX)", FINDINGS_MAX);
		m->full = true;
		return NULL;
	}
	if (m->n == m->cap) {
		m->cap = m->cap ? 2 * m->cap : 64;
		m->v = xreallocarray(m->v, m->cap, sizeof(*m->v));
	}
	f = &m->v[m->n++];
	memset(f, 0, sizeof(*f));
	str_init(&f->rule);
	str_init(&f->title);
	str_init(&f->attack);
	str_init(&f->scope);
	str_init(&f->path);
	str_init(&f->detail);
	str_init(&f->evidence);
	str_init(&f->confidence);
	str_init(&f->source);
	str_init(&f->explained);
	str_init(&f->explained_by);
	str_init(&f->difference);
	return f;
}

void
match_note(struct match *m, enum err_class class, const char *path,
    const char *fmt, ...)
{
	struct match_note *note;
	char buf[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	m->notes = xreallocarray(m->notes, m->notes_n + 1, sizeof(*m->notes));
	note = &m->notes[m->notes_n++];
	note->class = class;
	str_init(&note->path);
	str_init(&note->detail);
	if (path)
		str_sets(&note->path, path);
	str_sets(&note->detail, buf);
}

/* ---- rules --------------------------------------------------------------- */

enum {
	R_SCOPE,
	R_PATH,
	R_DETAIL,
	R_EVIDENCE,
	R_SEVERITY,
	R_EFFECT,
	R_ATTACK,
	R_COUNT
};
static const char *const rule_columns[R_COUNT] = {"scope", "path", "detail",
	"evidence", "severity", "effect", "attack"};

static void
column(sqlite3_stmt *s, int col, struct str *out)
{
	const void *p;

	if (col < 0 || sqlite3_column_type(s, col) == SQLITE_NULL)
		return;
	p = sqlite3_column_type(s, col) == SQLITE_BLOB
	    ? sqlite3_column_blob(s, col)
	    : (const void *)sqlite3_column_text(s, col);
	if (p)
		str_set(out, p, (size_t)sqlite3_column_bytes(s, col));
}

/* "TABLE:ID", blank separated; anything else is no evidence. */
static bool
evidence_ok(const struct str *s)
{
	size_t i = 0, k;

	while (i < s->n) {
		for (k = i; k < s->n && ((s->s[k] >= 'a' && s->s[k] <= 'z') ||
			 s->s[k] == '_'); k++)
			;
		if (k == i || k >= s->n || s->s[k] != ':')
			return false;
		for (i = ++k; k < s->n && s->s[k] >= '0' && s->s[k] <= '9';
		     k++)
			;
		if (k == i || (k < s->n && s->s[k] != ' '))
			return false;
		i = k < s->n ? k + 1 : k;
	}
	return s->n > 0;
}

/* One row of a rule. NULL, or what is wrong with it. */
static const char *
take_row(struct match *m, sqlite3_stmt *s, const int cols[R_COUNT],
    const struct pack *pack, const struct sqlrule *r)
{
	struct str word cleanup_str = STR_INIT;
	struct finding *f = match_add(m);
	const char *v;

	if (!f)
		return NULL;
	str_addf(&f->rule, "%s/%s", pack->id.s, sqlrule_get(r, "id"));
	str_sets(&f->title, sqlrule_get(r, "title"));
	if ((v = sqlrule_get(r, "attack")))
		str_sets(&f->attack, v);
	str_sets(&f->confidence, sqlrule_get(r, "confidence"));
	str_sets(&f->source, sqlrule_get(r, "source"));
	column(s, cols[R_SCOPE], &f->scope);
	f->has_path = cols[R_PATH] >= 0 &&
	    sqlite3_column_type(s, cols[R_PATH]) != SQLITE_NULL;
	column(s, cols[R_PATH], &f->path);
	column(s, cols[R_DETAIL], &f->detail);
	column(s, cols[R_EVIDENCE], &f->evidence);
	f->severity = severity_find(sqlrule_get(r, "severity"));
	f->effect = effect_find(sqlrule_get(r, "effect"));
	column(s, cols[R_SEVERITY], &word);
	if (word.n)
		f->severity = severity_find(word.s);
	str_clear(&word);
	column(s, cols[R_EFFECT], &word);
	if (word.n)
		f->effect = effect_find(word.s);
	str_clear(&word);
	column(s, cols[R_ATTACK], &word);
	if (word.n)
		str_set(&f->attack, word.s, word.n);
	v = f->severity < 0 ? "gives an unknown severity"
	    : f->effect < 0 ? "gives an unknown effect"
	    : !f->scope.n ? "gives a row without scope"
	    : !f->detail.n ? "gives a row without detail"
	    : f->evidence.n && !evidence_ok(&f->evidence)
		? "gives evidence that is not TABLE:ID" : NULL;
	if (v) {
		finding_release(f);
		m->n--;
	}
	return v;
}

static void
run_rule(struct match *m, struct case_db *c, const struct pack *pack,
    const struct pack_rule *pr)
{
	const struct sqlrule *r = &pr->rules.v[0];
	int cols[R_COUNT], i, k, rc;
	sqlite3_stmt *s;
	const char *why;
	struct err e;
	size_t rows = 0, before = m->n;

	s = case_prepare(c, r->sql.s, &e);
	if (!s) {
		match_note(m, e.class == ERR_LIMIT ? ERR_LIMIT : ERR_CORRUPT,
		    pr->file.s, "rule %s (line %d): %s",
		    sqlrule_get(r, "id"), r->line, e.msg);
		return;
	}
	for (i = 0; i < R_COUNT; i++) {
		cols[i] = -1;
		for (k = 0; k < sqlite3_column_count(s); k++)
			if (strcmp(sqlite3_column_name(s, k),
				rule_columns[i]) == 0)
				cols[i] = k;
	}
	if (cols[R_SCOPE] < 0 || cols[R_PATH] < 0 || cols[R_DETAIL] < 0 ||
	    cols[R_EVIDENCE] < 0) {
		match_note(m, ERR_CORRUPT, pr->file.s, "rule %s (line %d): the "
		    "SELECT has no column scope, path, detail or evidence",
		    sqlrule_get(r, "id"), r->line);
		sqlite3_finalize(s);
		return;
	}
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		if (++rows > RULE_ROWS_MAX) {
			match_note(m, ERR_LIMIT, pr->file.s, "rule %s: more "
			    "than %d rows (RULE_ROWS_MAX)",
			    sqlrule_get(r, "id"), RULE_ROWS_MAX);
			break;
		}
		why = take_row(m, s, cols, pack, r);
		if (why) {
			match_note(m, ERR_CORRUPT, pr->file.s, "rule %s (line "
			    "%d) %s", sqlrule_get(r, "id"), r->line, why);
			break;
		}
	}
	if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
		case_sql_err(c, &e);
		match_note(m, e.class == ERR_LIMIT ? ERR_LIMIT : ERR_CORRUPT,
		    pr->file.s, "rule %s (line %d) failed after %zu findings: "
		    "%s", sqlrule_get(r, "id"), r->line, m->n - before, e.msg);
	}
	sqlite3_finalize(s);
}

int
match_rules(struct match *m, struct case_db *c, const struct packs *packs,
    struct err *e)
{
	size_t i;

	(void)e;
	for (i = 0; i < packs->rules_n; i++)
		run_rule(m, c, &packs->packs[packs->rules[i].pack],
		    &packs->rules[i]);
	return 0;
}

/* ---- the end ------------------------------------------------------------- */

static int
compare_str(const struct str *a, const struct str *b)
{
	size_t n = a->n < b->n ? a->n : b->n;
	int d = n ? memcmp(a->s, b->s, n) : 0;

	if (d)
		return d;
	return a->n < b->n ? -1 : a->n > b->n;
}

static int
compare(const void *pa, const void *pb)
{
	const struct finding *a = pa, *b = pb;
	int d;

	if (a->severity != b->severity)
		return b->severity - a->severity;
	if (a->effect != b->effect)
		return b->effect - a->effect;
	if ((d = compare_str(&a->rule, &b->rule)) ||
	    (d = compare_str(&a->scope, &b->scope)) ||
	    (d = compare_str(&a->path, &b->path)) ||
	    (d = compare_str(&a->detail, &b->detail)))
		return d;
	return compare_str(&a->evidence, &b->evidence);
}

static bool
same(const struct finding *a, const struct finding *b)
{
	return compare_str(&a->rule, &b->rule) == 0 &&
	    compare_str(&a->scope, &b->scope) == 0 &&
	    compare_str(&a->path, &b->path) == 0 &&
	    compare_str(&a->detail, &b->detail) == 0;
}

/* Words of b that a does not have yet. */
static void
add_evidence(struct str *a, const struct str *b)
{
	struct str padded cleanup_str = STR_INIT, w cleanup_str = STR_INIT;
	size_t i = 0, k;

	while (i < b->n && a->n < 4096) {
		k = i;
		while (k < b->n && b->s[k] != ' ')
			k++;
		str_clear(&padded);
		str_addf(&padded, " %s ", a->s);
		str_clear(&w);
		str_addc(&w, ' ');
		str_add(&w, b->s + i, k - i);
		str_addc(&w, ' ');
		if (!strstr(padded.s, w.s)) {
			if (a->n)
				str_addc(a, ' ');
			str_add(a, b->s + i, k - i);
		}
		i = k + 1;
	}
}

void
match_finish(struct match *m)
{
	size_t i, k = 0;

	if (!m->n)
		return;
	qsort(m->v, m->n, sizeof(*m->v), compare);
	for (i = 1; i < m->n; i++) {
		if (same(&m->v[k], &m->v[i])) {
			add_evidence(&m->v[k].evidence, &m->v[i].evidence);
			finding_release(&m->v[i]);
			continue;
		}
		if (++k != i)
			m->v[k] = m->v[i];
	}
	m->n = k + 1;
}
