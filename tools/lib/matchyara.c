#include "matchyara.h"

#include "limits.h"
#include "mask.h"

/* ---- rules and their metadata -------------------------------------------- */

struct yrule {
	int64_t run, row; /* row: of yara_rule; 0: there is none */
	struct str namespace, name; /* as in match */
	struct str rule, title, attack, source, confidence;
	int severity, effect, score;
	bool fact; /* finding = false */
	size_t hits;
	bool full;
};

/* A rule and an object; strings by their first row each. */
struct hit {
	size_t rule;
	uint64_t hash;
	struct str scope, path, origin, package;
	bool own; /* its package has it like this */
	struct str shown, last; /* strings so far; "$a $b " */
	struct str evidence;
	int64_t pid; /* 0: none */
	size_t strings, rows;
};

struct yara {
	struct match *m;
	struct yrule *rules;
	size_t rules_n;
	struct hit *hits;
	size_t hits_n, cap;
	uint32_t *buckets; /* index + 1 */
	size_t mask;
};

static bool
word(const char *p, size_t n, const char *list)
{
	size_t k;

	while (*list) {
		k = strcspn(list, " ");
		if (k == n && strncasecmp(list, p, n) == 0)
			return true;
		list += k;
		list += *list == ' ';
	}
	return false;
}

static bool
digits(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return n > 0;
}

/* Every ATT&CK technique in a text ("attack.t1059.004", "T1105"), once. */
static void
add_techniques(struct str *out, const char *p, size_t n)
{
	struct str id cleanup_str = STR_INIT;
	size_t i, k;

	for (i = 0; i + 5 <= n; i++) {
		if ((p[i] != 'T' && p[i] != 't') || !digits(p + i + 1, 4) ||
		    (i && ((p[i - 1] | 32) >= 'a' && (p[i - 1] | 32) <= 'z')))
			continue;
		k = i + 5;
		if (k + 4 <= n && (p[k] == '.' || p[k] == '_') &&
		    digits(p + k + 1, 3))
			k += 4;
		if (k < n && p[k] >= '0' && p[k] <= '9')
			continue;
		str_clear(&id);
		str_addf(&id, "T%.4s", p + i + 1);
		if (k > i + 5)
			str_addf(&id, ".%.3s", p + i + 6);
		if (!strstr(out->s, id.s) && out->n < 200) {
			if (out->n)
				str_addc(out, ' ');
			str_add(out, id.s, id.n);
		}
		i = k - 1;
	}
}

/*
 * The scale of THOR and LOKI: what they report as a notice from 40 on and as
 * a warning from 60 on; 75 is what a rule for known malware is given.
 */
static int
score_severity(int score)
{
	return score >= 75 ? SEV_HIGH : score >= 60 ? SEV_MEDIUM : SEV_LOW;
}

/* "name=value" of a rule's metadata. */
static void
take_meta(struct yrule *r, struct str *id, const char *p, size_t n)
{
	const char *eq = memchr(p, '=', n), *v;
	size_t k, vn;
	int found;

	if (!eq)
		return;
	k = (size_t)(eq - p);
	v = eq + 1;
	vn = n - k - 1;
	if (word(p, k, "id")) {
		str_set(id, v, vn);
	} else if (word(p, k, "severity threat_level")) {
		struct str s cleanup_str = STR_INIT;
		size_t i;

		for (i = 0; i < vn; i++)
			str_addc(&s, v[i] >= 'A' && v[i] <= 'Z'
				? (char)(v[i] + 32) : v[i]);
		found = str_eq(&s, "informational") ? SEV_INFO
		    : str_eq(&s, "moderate") ? SEV_MEDIUM
		    : severity_find(s.s);
		if (found >= 0)
			r->severity = found;
	} else if (word(p, k, "score") && digits(v, vn) && vn < 6) {
		r->score = atoi(v);
	} else if (word(p, k, "effect")) {
		struct str s cleanup_str = STR_INIT;

		str_set(&s, v, vn);
		r->effect = effect_find(s.s);
	} else if (word(p, k, "attack mitre_attack mitre_att mitre attack_id "
			      "attack_technique technique")) {
		add_techniques(&r->attack, v, vn);
	} else if (word(p, k, "source")) {
		str_set(&r->source, v, vn);
	} else if (word(p, k, "reference ref") && !r->source.n) {
		str_set(&r->source, v, vn);
	} else if (word(p, k, "confidence")) {
		str_set(&r->confidence, v, vn);
	} else if (word(p, k, "finding")) {
		r->fact = word(v, vn, "false 0 no");
	}
}

static void
column(sqlite3_stmt *s, int col, struct str *out)
{
	const void *p;

	str_clear(out);
	if (sqlite3_column_type(s, col) == SQLITE_NULL)
		return;
	p = sqlite3_column_type(s, col) == SQLITE_BLOB
	    ? sqlite3_column_blob(s, col)
	    : (const void *)sqlite3_column_text(s, col);
	if (p)
		str_set(out, p, (size_t)sqlite3_column_bytes(s, col));
}

static struct yrule *
rule_new(struct yara *y)
{
	struct yrule *r;

	if (!(y->rules_n & (y->rules_n - 1)))
		y->rules = xreallocarray(y->rules,
		    y->rules_n ? 2 * y->rules_n : 1, sizeof(*y->rules));
	r = &y->rules[y->rules_n++];
	memset(r, 0, sizeof(*r));
	str_init(&r->namespace);
	str_init(&r->name);
	str_init(&r->rule);
	str_init(&r->title);
	str_init(&r->attack);
	str_init(&r->source);
	str_init(&r->confidence);
	r->severity = r->effect = r->score = -1;
	return r;
}

static void
rule_finish(struct yrule *r, const struct str *pack, const struct str *id)
{
	if (pack->n && id->n)
		str_addf(&r->rule, "%s/%s", pack->s, id->s);
	else if (r->namespace.n)
		str_addf(&r->rule, "%s/%s", r->namespace.s, r->name.s);
	else
		str_set(&r->rule, r->name.s, r->name.n);
	if (!r->title.n)
		str_set(&r->title, r->name.s, r->name.n);
	if (r->severity < 0)
		r->severity = r->score >= 0 ? score_severity(r->score)
					    : SEV_MEDIUM;
	if (r->effect < 0)
		r->effect = r->severity >= SEV_MEDIUM ? EFF_INVESTIGATE
						      : EFF_NOTE;
}

/* A row for each name=value of each rule, rules in their order. */
static int
read_rules(struct yara *y, struct case_db *c, struct err *e)
{
	struct str meta cleanup_str = STR_INIT, pack cleanup_str = STR_INIT;
	struct str id cleanup_str = STR_INIT;
	struct yrule *r = NULL;
	sqlite3_stmt *s = case_prepare(c,
	    "SELECT y.id, y.run, y.namespace, y.rule, y.pack, "
	    "y.title, j.value FROM yara_rule y "
	    "LEFT JOIN json_each(CASE WHEN json_valid(y.meta) THEN y.meta "
	    "ELSE '[]' END) j ORDER BY y.id, j.key", e);
	int rc;

	if (!s)
		return -1;
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		if (!r || sqlite3_column_int64(s, 0) != r->row) {
			if (r)
				rule_finish(r, &pack, &id);
			r = rule_new(y);
			r->row = sqlite3_column_int64(s, 0);
			r->run = sqlite3_column_int64(s, 1);
			column(s, 2, &r->namespace);
			column(s, 3, &r->name);
			column(s, 4, &pack);
			column(s, 5, &r->title);
			str_clear(&id);
		}
		column(s, 6, &meta);
		take_meta(r, &id, meta.s, meta.n);
	}
	if (r)
		rule_finish(r, &pack, &id);
	if (rc != SQLITE_DONE)
		case_sql_err(c, e);
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? 0 : -1;
}

/* ---- hits ---------------------------------------------------------------- */

static uint64_t
hash(uint64_t h, const void *p, size_t n)
{
	const unsigned char *b = p;
	size_t i;

	for (i = 0; i < n; i++)
		h = (h ^ b[i]) * 1099511628211u;
	return (h ^ 0xff) * 1099511628211u; /* an end */
}

static bool
same(const struct str *a, const struct str *b)
{
	return a->n == b->n && memcmp(a->s, b->s, a->n) == 0;
}

/* Rows of one file come one after the other: the last rule is a good guess.
 * A match without its rule's row gets one from what it says itself. */
static size_t
find_rule(struct yara *y, int64_t run, const struct str *namespace,
    const struct str *name, size_t guess)
{
	struct str none cleanup_str = STR_INIT;
	struct yrule *r;
	size_t i, k;

	for (k = 0; k < y->rules_n; k++) {
		i = (guess + k) % y->rules_n;
		r = &y->rules[i];
		if (r->run == run && same(&r->name, name) &&
		    same(&r->namespace, namespace))
			return i;
	}
	r = rule_new(y);
	r->run = run;
	str_set(&r->namespace, namespace->s, namespace->n);
	str_set(&r->name, name->s, name->n);
	rule_finish(r, &none, &none);
	return y->rules_n - 1;
}

static void
grow(struct yara *y)
{
	size_t i, k, size = y->mask ? 2 * (y->mask + 1) : 256;

	free(y->buckets);
	y->buckets = xcalloc(size, sizeof(*y->buckets));
	y->mask = size - 1;
	for (i = 0; i < y->hits_n; i++) {
		for (k = y->hits[i].hash & y->mask; y->buckets[k];
		     k = (k + 1) & y->mask)
			;
		y->buckets[k] = (uint32_t)i + 1;
	}
}

/* The hit that a row belongs to; NULL beyond a limit. */
static struct hit *
find_hit(struct yara *y, size_t rule, const struct str *scope,
    const struct str *path, int64_t pid)
{
	struct yrule *r = &y->rules[rule];
	uint64_t h = 14695981039346656037u;
	struct hit *t;
	size_t k;

	h = hash(h, &rule, sizeof(rule));
	h = hash(h, &pid, sizeof(pid));
	h = hash(h, scope->s, scope->n);
	h = hash(h, path->s, path->n);
	if (2 * (y->hits_n + 1) > y->mask)
		grow(y);
	for (k = h & y->mask; y->buckets[k]; k = (k + 1) & y->mask) {
		t = &y->hits[y->buckets[k] - 1];
		if (t->hash == h && t->rule == rule && t->pid == pid &&
		    same(&t->scope, scope) && same(&t->path, path))
			return t;
	}
	if (r->hits >= RULE_ROWS_MAX || y->hits_n >= FINDINGS_MAX) {
		if (!r->full)
			match_note(y->m, ERR_LIMIT, NULL, "YARA rule %s "
			    "matches more than %zu objects (%s)", r->rule.s,
			    r->hits, r->hits >= RULE_ROWS_MAX
				? "RULE_ROWS_MAX" : "FINDINGS_MAX");
		r->full = true;
		return NULL;
	}
	r->hits++;
	if (y->hits_n == y->cap) {
		y->cap = y->cap ? 2 * y->cap : 64;
		y->hits = xreallocarray(y->hits, y->cap, sizeof(*y->hits));
	}
	y->buckets[k] = (uint32_t)y->hits_n + 1;
	t = &y->hits[y->hits_n++];
	memset(t, 0, sizeof(*t));
	t->rule = rule;
	t->hash = h;
	t->pid = pid;
	str_init(&t->scope);
	str_init(&t->path);
	str_init(&t->origin);
	str_init(&t->package);
	str_init(&t->shown);
	str_init(&t->last);
	str_init(&t->evidence);
	str_set(&t->scope, scope->s, scope->n);
	str_set(&t->path, path->s, path->n);
	return t;
}

/* $a at 496 "what matched" */
static void
show(struct str *out, const struct str *string, sqlite3_stmt *s, int offset,
    int text)
{
	struct str raw cleanup_str = STR_INIT, seen cleanup_str = STR_INIT;
	size_t n;

	if (out->n)
		str_adds(out, ", ");
	str_add_visible(out, string->s, string->n);
	if (sqlite3_column_type(s, offset) != SQLITE_NULL)
		str_addf(out, " at %lld",
		    (long long)sqlite3_column_int64(s, offset));
	column(s, text, &raw);
	if (!raw.n)
		return;
	n = raw.n < YARA_SHOWN_TEXT ? raw.n : YARA_SHOWN_TEXT;
	mask_add(&seen, raw.s, n);
	str_adds(out, " \"");
	str_add_visible(out, seen.s, seen.n);
	str_addf(out, "\"%s", n < raw.n ? "..." : "");
}

/* A row of match: its string is shown once, and its row is evidence. */
static void
take_row(struct hit *t, sqlite3_stmt *s, const struct str *string)
{
	struct str w cleanup_str = STR_INIT;

	t->rows++;
	str_addc(&w, ' ');
	str_add(&w, string->s, string->n);
	str_addc(&w, ' ');
	if (t->rows > 1 && strstr(t->last.s, w.s))
		return;
	t->strings++;
	if (t->last.n < YARA_SHOWN_NAMES) {
		if (!t->last.n)
			str_addc(&t->last, ' ');
		str_add(&t->last, w.s + 1, w.n - 1);
	}
	if (t->strings <= YARA_EVIDENCE_MAX) {
		str_addf(&t->evidence, "%smatch:%lld",
		    t->evidence.n ? " " : "",
		    (long long)sqlite3_column_int64(s, 0));
	}
	if (string->n && t->strings <= YARA_SHOWN_STRINGS)
		show(&t->shown, string, s, 7, 8);
}

static int
read_matches(struct yara *y, struct case_db *c, struct err *e)
{
	struct str scope cleanup_str = STR_INIT, path cleanup_str = STR_INIT;
	struct str namespace cleanup_str = STR_INIT, name cleanup_str = STR_INIT;
	struct str string cleanup_str = STR_INIT;
	sqlite3_stmt *s = case_prepare(c,
	    "SELECT id, run, scope, coalesce(path_raw, path), namespace, rule,"
	    " string, offset, coalesce(text_raw, text),"
	    " CASE WHEN hidden THEN 'hidden' ELSE origin END, pid,"
	    " coalesce(package_raw, package),"
	    " coalesce(package_state IN ('unchanged', 'known'), 0)"
	    " FROM match WHERE rule IS NOT NULL AND scope IS NOT NULL"
	    " ORDER BY id", e);
	struct hit *t;
	size_t rule = 0;
	int rc;

	if (!s)
		return -1;
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		column(s, 2, &scope);
		column(s, 3, &path);
		column(s, 4, &namespace);
		column(s, 5, &name);
		column(s, 6, &string);
		rule = find_rule(y, sqlite3_column_int64(s, 1), &namespace,
		    &name, rule);
		t = find_hit(y, rule, &scope, &path,
		    sqlite3_column_int64(s, 10));
		if (!t)
			continue;
		if (!t->rows) {
			column(s, 9, &t->origin);
			column(s, 11, &t->package);
			t->own = true;
		}
		t->own = t->own && sqlite3_column_int(s, 12);
		take_row(t, s, &string);
	}
	if (rc != SQLITE_DONE)
		case_sql_err(c, e);
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? 0 : -1;
}

/* ---- the table ----------------------------------------------------------- */

static const char table[] =
    "CREATE TEMP TABLE yara_hit(scope TEXT, path, pid INTEGER, origin TEXT,"
    " rule TEXT, title TEXT, severity TEXT, rank INTEGER, effect TEXT,"
    " attack TEXT, source TEXT, confidence TEXT, finding INTEGER,"
    " strings TEXT, detail TEXT, evidence TEXT, key TEXT, name TEXT,"
    " package, own INTEGER)";

/*
 * What its package brought is no intruder's, whatever words stand in it: it is
 * told of, no more. Not so where the rule knows hostile code by itself (wipe),
 * where no archive knows the package, where something speaks against the
 * database, or where collect-packages did not look.
 */
static const char packaged[] =
    "UPDATE temp.yara_hit SET severity = 'low', rank = 1, effect = 'note'"
    " WHERE own AND scope = 'host' AND pid IS NULL AND rank > 1"
    " AND effect <> 'wipe' AND package IN (SELECT k.name FROM package k"
    "    WHERE k.scope = 'host' AND k.known = 1)"
    " AND NOT EXISTS (SELECT 1 FROM package_db d WHERE d.scope = 'host'"
    "    AND d.oddities IS NOT NULL);"
    "UPDATE temp.yara_hit SET detail = 'as package ' || package ||"
    " ' has it; ' || detail WHERE own AND package IS NOT NULL";

/* Where the object lies, in words: whose layer, by its names. */
static const char where[] =
    "UPDATE temp.yara_hit SET detail = CASE"
    " WHEN scope GLOB 'container:*' THEN 'container ' ||"
    "    coalesce((SELECT label FROM temp.container_label l"
    "        WHERE l.scope = yara_hit.scope LIMIT 1), scope) ||"
    "    CASE origin WHEN 'container' THEN ' wrote this file; '"
    "        WHEN 'image' THEN ' has it from its image; ' ELSE '; ' END ||"
    "    CASE origin WHEN 'hidden' THEN 'in a layer, hidden by one above; '"
    "        ELSE '' END"
    " WHEN scope GLOB 'image:*' THEN 'in image ' ||"
    "    coalesce((SELECT label FROM temp.image_label l"
    "        WHERE l.scope = yara_hit.scope LIMIT 1), scope) || '; ' ||"
    "    CASE origin WHEN 'hidden' THEN 'in a layer, hidden by one above; '"
    "        ELSE '' END"
    " ELSE '' END ||"
    " CASE WHEN pid THEN 'memory of process ' || pid || '; ' ELSE '' END ||"
    " strings";

/* What rules about things that run look for (matchsql.c). */
static const char keys[] =
    "CREATE INDEX temp.yara_hit_key ON yara_hit(key);"
    "CREATE INDEX temp.yara_hit_name ON yara_hit(name);"
    "CREATE INDEX temp.yara_hit_scope ON yara_hit(scope, path);";

static void
bind(sqlite3_stmt *s, int i, const struct str *v)
{
	if (!v->n)
		sqlite3_bind_null(s, i);
	else if (utf8_clean(v->s, v->n))
		sqlite3_bind_text(s, i, v->s, (int)v->n, SQLITE_STATIC);
	else
		sqlite3_bind_blob(s, i, v->s, (int)v->n, SQLITE_STATIC);
}

static int
insert(const struct yara *y, const struct hit *t, sqlite3_stmt *s)
{
	struct str strings cleanup_str = STR_INIT;
	struct str evidence cleanup_str = STR_INIT;
	const struct yrule *r = &y->rules[t->rule];
	int effect = r->effect;

	if (effect == EFF_WIPE && !str_eq(&t->scope, "host"))
		effect = EFF_INVESTIGATE;
	if (!t->shown.n)
		str_adds(&strings, "the rule has no strings");
	else
		str_addf(&strings, "matched %s", t->shown.s);
	if (t->strings > YARA_SHOWN_STRINGS)
		str_addf(&strings, " and %zu more",
		    t->strings - YARA_SHOWN_STRINGS);
	str_add(&evidence, t->evidence.s, t->evidence.n);
	if (r->row)
		str_addf(&evidence, " yara_rule:%lld", (long long)r->row);
	sqlite3_reset(s);
	bind(s, 1, &t->scope);
	bind(s, 2, &t->path);
	if (t->pid)
		sqlite3_bind_int64(s, 3, t->pid);
	else
		sqlite3_bind_null(s, 3);
	bind(s, 4, &t->origin);
	bind(s, 5, &r->rule);
	bind(s, 6, &r->title);
	sqlite3_bind_text(s, 7, severity_name(r->severity), -1, SQLITE_STATIC);
	sqlite3_bind_int(s, 8, r->severity);
	sqlite3_bind_text(s, 9, effect_name(effect), -1, SQLITE_STATIC);
	bind(s, 10, &r->attack);
	bind(s, 11, &r->source);
	bind(s, 12, &r->confidence);
	sqlite3_bind_int(s, 13, !r->fact);
	bind(s, 14, &strings);
	bind(s, 15, &evidence);
	bind(s, 16, &t->package);
	sqlite3_bind_int(s, 17, t->own);
	return sqlite3_step(s) == SQLITE_DONE ? 0 : -1;
}

static int
fill(const struct yara *y, struct case_db *c, struct err *e)
{
	sqlite3_stmt *s;
	size_t i;
	int r = 0;

	s = case_prepare(c, "INSERT INTO temp.yara_hit (scope, path, pid, "
	    "origin, rule, title, severity, rank, effect, attack, source, "
	    "confidence, finding, strings, evidence, key, name, package, own) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
	    "CASE WHEN ?4 IS NOT 'hidden' THEN path_key(?2) END, "
	    "CASE WHEN ?4 IS NOT 'hidden' THEN path_command(?2) END, "
	    "?16, ?17)", e);
	if (!s)
		return -1;
	for (i = 0; i < y->hits_n && r == 0; i++)
		r = insert(y, &y->hits[i], s);
	if (r)
		case_sql_err(c, e);
	sqlite3_finalize(s);
	return r;
}

static void
release(struct yara *y)
{
	size_t i;

	for (i = 0; i < y->rules_n; i++) {
		struct yrule *r = &y->rules[i];

		str_release(&r->namespace);
		str_release(&r->name);
		str_release(&r->rule);
		str_release(&r->title);
		str_release(&r->attack);
		str_release(&r->source);
		str_release(&r->confidence);
	}
	for (i = 0; i < y->hits_n; i++) {
		struct hit *t = &y->hits[i];

		str_release(&t->scope);
		str_release(&t->path);
		str_release(&t->origin);
		str_release(&t->package);
		str_release(&t->shown);
		str_release(&t->last);
		str_release(&t->evidence);
	}
	free(y->rules);
	free(y->hits);
	free(y->buckets);
}

int
matchyara_prepare(struct match *m, struct case_db *c, struct err *e)
{
	struct yara y = {.m = m};
	int r;

	r = case_exec(c, table, e) || read_rules(&y, c, e) ||
	    read_matches(&y, c, e) || fill(&y, c, e) ||
	    case_exec(c, keys, e) || case_exec(c, where, e) ||
	    case_exec(c, packaged, e);
	release(&y);
	return r ? err_wrap(e, "reading what YARA found") : 0;
}

int
matchyara_findings(struct match *m, struct case_db *c, struct err *e)
{
	struct str w cleanup_str = STR_INIT;
	sqlite3_stmt *s = case_prepare(c,
	    "SELECT rule, title, severity, effect, attack, scope, path, detail,"
	    " evidence, confidence, source FROM temp.yara_hit WHERE finding",
	    e);
	struct finding *f;
	int rc;

	if (!s)
		return -1;
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		f = match_add(m);
		if (!f)
			continue;
		column(s, 0, &f->rule);
		column(s, 1, &f->title);
		column(s, 2, &w);
		f->severity = severity_find(w.s);
		column(s, 3, &w);
		f->effect = effect_find(w.s);
		column(s, 4, &f->attack);
		column(s, 5, &f->scope);
		column(s, 6, &f->path);
		f->has_path = f->path.n > 0;
		column(s, 7, &f->detail);
		column(s, 8, &f->evidence);
		column(s, 9, &f->confidence);
		column(s, 10, &f->source);
	}
	if (rc != SQLITE_DONE)
		case_sql_err(c, e);
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? 0 : -1;
}
