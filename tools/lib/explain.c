#include "explain.h"

#include "civil.h"
#include "digest.h"
#include "limits.h"

#include <errno.h>
#include <jansson.h>
#include <libgen.h>

/* ---- allow lists ---------------------------------------------------------- */

enum what { KEY, ACCOUNT, CONTENT, LINK, PACKAGE };

static const struct {
	const char *name, *value; /* keys of an entry */
} forms[] = {
	[KEY] = {"key", NULL},
	[ACCOUNT] = {"account", "uid"},
	[CONTENT] = {"path", "sha256"},
	[LINK] = {"path", "target"},
	[PACKAGE] = {"package", "version"},
};

struct allowed {
	enum what what;
	struct str scope, name, value; /* value: by forms */
	struct str account;	       /* of a key; empty: any */
	struct str reason;
	size_t list, number; /* of its list, from 1 */
};

struct list {
	struct str path;
	char sha256[SHA256_HEX];
	size_t entries, explained, expired;
};

/* ---- baselines ------------------------------------------------------------ */

struct baseline {
	struct str path;
	struct case_db db;
	bool open;
	size_t explained;
	struct str host, verdict;
};

struct explain {
	struct list *lists;
	size_t lists_n;
	struct allowed *v;
	size_t n;
	struct baseline *baselines;
	size_t baselines_n;
	int *fds;
	size_t fds_n;
};

struct explain *
explain_new(void)
{
	return xcalloc(1, sizeof(struct explain));
}

void
explain_free(struct explain *x)
{
	size_t i;

	if (!x)
		return;
	for (i = 0; i < x->lists_n; i++)
		str_release(&x->lists[i].path);
	free(x->lists);
	for (i = 0; i < x->n; i++) {
		str_release(&x->v[i].scope);
		str_release(&x->v[i].name);
		str_release(&x->v[i].value);
		str_release(&x->v[i].account);
		str_release(&x->v[i].reason);
	}
	free(x->v);
	for (i = 0; i < x->baselines_n; i++) {
		if (x->baselines[i].open)
			case_close(&x->baselines[i].db);
		str_release(&x->baselines[i].path);
		str_release(&x->baselines[i].host);
		str_release(&x->baselines[i].verdict);
	}
	free(x->baselines);
	for (i = 0; i < x->fds_n; i++)
		close(x->fds[i]);
	free(x->fds);
	free(x);
}

const int *
explain_folders(const struct explain *x, size_t *n)
{
	*n = x->fds_n;
	return x->fds;
}

static int
compare(const void *pa, const void *pb)
{
	const struct allowed *a = pa, *b = pb;
	int d;

	if (a->what != b->what)
		return a->what < b->what ? -1 : 1;
	if ((d = strcmp(a->scope.s, b->scope.s)) ||
	    (d = strcmp(a->name.s, b->name.s)) ||
	    (d = strcmp(a->value.s, b->value.s)))
		return d;
	if (a->list != b->list)
		return a->list < b->list ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static const char *
text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s && *s ? s : NULL;
}

/* What is wrong with an entry; NULL: nothing. */
static const char *
take_entry(struct explain *x, const json_t *o, size_t number)
{
	static const char *const known[] = {"key", "account", "uid", "path",
		"sha256", "target", "package", "version", "scope", "reason",
		"by", "until"};
	const json_t *uid = json_object_get(o, "uid");
	const char *key, *scope = text(o, "scope"), *until = text(o, "until");
	struct list *l = &x->lists[x->lists_n - 1];
	struct allowed *a;
	json_t *value;
	int64_t end;
	size_t i;
	int what;

	if (!json_is_object(o))
		return "is no object";
	json_object_foreach((json_t *)(uintptr_t)o, key, value)
	{
		for (i = 0; i < COUNT(known) && strcmp(known[i], key); i++)
			;
		if (i == COUNT(known))
			return "has a key that is not known";
		if (value != uid && !text(o, key))
			return "has a value that is no text";
	}
	if (!text(o, "reason"))
		return "has no reason";
	what = text(o, "key") ? KEY :
	    text(o, "package") ? PACKAGE :
	    text(o, "path") ? (text(o, "target") ? LINK : CONTENT) :
	    text(o, "account") ? ACCOUNT : -1;
	if (what < 0)
		return "names no key, account, path or package";
	if (what == ACCOUNT && !json_is_integer(uid))
		return "names an account without its uid";
	if (what != ACCOUNT && forms[what].value && !text(o, forms[what].value))
		return what == PACKAGE ? "names a package without its version" :
		    "names a path without sha256 or target";
	if (what == KEY && strncmp(text(o, "key"), "SHA256:", 7) != 0)
		return "names a key that is no SHA256:... fingerprint";
	if (until) {
		struct str day cleanup_str = STR_INIT;

		str_addf(&day, "%sT23:59:59Z", until);
		if (strlen(until) != 10 || civil_parse(day.s, day.n, &end))
			return "has an until that is no YYYY-MM-DD";
		if (end < civil_now()) {
			l->expired++;
			return NULL;
		}
	}
	if (x->n % 64 == 0)
		x->v = xreallocarray(x->v, x->n + 64, sizeof(*x->v));
	a = &x->v[x->n++];
	memset(a, 0, sizeof(*a));
	a->what = (enum what)what;
	a->list = x->lists_n - 1;
	a->number = number;
	str_sets(&a->scope, scope ? scope : "host");
	str_sets(&a->name, text(o, forms[what].name));
	if (what == ACCOUNT)
		str_addf(&a->value, "%lld",
		    (long long)json_integer_value(uid));
	else
		str_sets(&a->value,
		    forms[what].value ? text(o, forms[what].value) : "");
	str_sets(&a->account,
	    what == KEY && text(o, "account") ? text(o, "account") : "");
	str_sets(&a->reason, text(o, "reason"));
	if (text(o, "by"))
		str_addf(&a->reason, " (%s)", text(o, "by"));
	l->entries++;
	return NULL;
}

int
explain_add_allow(struct explain *x, const char *path, struct err *e)
{
	json_auto_t *root = NULL;
	char *buf cleanup_free = NULL;
	const json_t *all;
	json_error_t je;
	const char *why;
	struct list *l;
	FILE *f;
	size_t n, i;

	f = fopen(path, "re");
	if (!f)
		return err_sys(e, errno, "cannot open the allow list '%s'",
		    path);
	buf = xmalloc(ALLOW_BYTES_MAX + 1);
	n = fread(buf, 1, ALLOW_BYTES_MAX + 1, f);
	i = (size_t)ferror(f);
	fclose(f);
	if (i)
		return err_sys(e, EIO, "cannot read the allow list '%s'", path);
	if (n > ALLOW_BYTES_MAX)
		return err_set(e, ERR_LIMIT, 0, "the allow list '%s' is longer "
		    "than %d bytes (ALLOW_BYTES_MAX)", path, ALLOW_BYTES_MAX);
	root = json_loadb(buf, n, JSON_REJECT_DUPLICATES, &je);
	if (!root)
		return err_set(e, ERR_CORRUPT, 0, "the allow list '%s', line "
		    "%d: %s", path, je.line, je.text);
	all = json_is_array(root) ? root : json_object_get(root, "allow");
	if (!json_is_array(all))
		return err_set(e, ERR_CORRUPT, 0, "the allow list '%s' has no "
		    "array \"allow\"", path);
	if (json_array_size(all) > ALLOW_MAX - x->n)
		return err_set(e, ERR_LIMIT, 0, "the allow list '%s' has too "
		    "many entries: more than %d (ALLOW_MAX)", path, ALLOW_MAX);
	x->lists = xreallocarray(x->lists, x->lists_n + 1, sizeof(*x->lists));
	l = &x->lists[x->lists_n++];
	memset(l, 0, sizeof(*l));
	str_init(&l->path);
	str_sets(&l->path, path);
	digest_of(buf, n, l->sha256);
	for (i = 0; i < json_array_size(all); i++) {
		why = take_entry(x, json_array_get(all, i), i + 1);
		if (why)
			return err_set(e, ERR_CORRUPT, 0, "the allow list "
			    "'%s', entry %zu %s", path, i + 1, why);
	}
	if (x->n)
		qsort(x->v, x->n, sizeof(*x->v), compare);
	return 0;
}

static const struct allowed *
find(const struct explain *x, enum what what, const char *scope,
    const char *name, const char *value, const char *account)
{
	size_t lo = 0, hi = x->n, mid;
	struct allowed want = {.what = what, .number = 0};
	const struct allowed *a;

	if (!scope || !name || !value)
		return NULL;
	str_init(&want.scope);
	str_init(&want.name);
	str_init(&want.value);
	str_sets(&want.scope, scope);
	str_sets(&want.name, name);
	str_sets(&want.value, value);
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (compare(&x->v[mid], &want) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (a = NULL; lo < x->n && x->v[lo].what == what &&
	     strcmp(x->v[lo].scope.s, scope) == 0 &&
	     strcmp(x->v[lo].name.s, name) == 0 &&
	     strcmp(x->v[lo].value.s, value) == 0; lo++)
		if (!x->v[lo].account.n ||
		    (account && strcmp(x->v[lo].account.s, account) == 0)) {
			a = &x->v[lo];
			break;
		}
	str_release(&want.scope);
	str_release(&want.name);
	str_release(&want.value);
	return a;
}

/* ---- the rows that a finding rests on -------------------------------------- */

/* What an entry of an allow list would have to name; a row of each table. Of
 * a program: unless the package database vouches for it, or it is not there. */
enum { A_SCOPE, A_NAME, A_SHA256, A_TARGET, A_KEY, A_OWNER, A_UID, A_PROGRAM,
	A_PROGRAM_SHA256, A_VERSION, A_COUNT };
static const struct {
	const char *table, *sql;
} rows[] = {
	{"persist", "SELECT scope, path, sha256, CASE WHEN sha256 IS NULL AND "
		    "text GLOB '-> *' THEN substr(text, 4) END, fingerprint, "
		    "owner, NULL, CASE WHEN program IS NOT path AND "
		    "coalesce(program_state, '') NOT IN ('unchanged', "
		    "'known', 'missing') THEN program END, program_sha256, NULL "
		    "FROM main.persist WHERE id = ?"},
	{"account", "SELECT scope, name, NULL, NULL, NULL, NULL, uid, NULL, "
		    "NULL, NULL FROM main.account WHERE id = ?"},
	{"file", "SELECT scope, path, sha256, target, NULL, NULL, NULL, NULL, "
		 "NULL, NULL FROM main.file WHERE id = ?"},
	{"package_file", "SELECT scope, path, sha256, NULL, NULL, NULL, NULL, "
			 "NULL, NULL, NULL FROM main.package_file WHERE id = ?"},
	{"match", "SELECT scope, path, sha256, NULL, NULL, NULL, NULL, NULL, "
		  "NULL, NULL FROM main.match WHERE id = ?"},
	{"package", "SELECT scope, name, NULL, NULL, NULL, NULL, NULL, NULL, "
		    "NULL, version FROM main.package WHERE id = ?"},
};

struct row {
	const char *table;
	struct str v[A_COUNT];
	bool has[A_COUNT];
};

static void
row_release(struct row *r)
{
	size_t i;

	for (i = 0; i < A_COUNT; i++)
		str_release(&r->v[i]);
}

static const char *
value(const struct row *r, int i)
{
	return r->has[i] ? r->v[i].s : NULL;
}

/* TABLE:ID of evidence at *p; false at its end. */
static bool
next_item(const char **p, struct str *table, int64_t *id)
{
	const char *colon;

	while (**p == ' ')
		++*p;
	colon = strchr(*p, ':');
	if (!colon)
		return false;
	str_set(table, *p, (size_t)(colon - *p));
	*id = strtoll(colon + 1, NULL, 10);
	*p = colon + 1 + strcspn(colon + 1, " ");
	return true;
}

static void
take(sqlite3_stmt *s, int i, struct str *out, bool *has)
{
	const void *p = sqlite3_column_text(s, i);

	str_clear(out);
	*has = p != NULL;
	if (p)
		str_set(out, p, (size_t)sqlite3_column_bytes(s, i));
}

/* 1: a row; 0: of no table that can be explained, or gone. */
static int
read_row(struct case_db *c, const struct str *table, int64_t id,
    struct row *r, struct err *e)
{
	sqlite3_stmt *s;
	size_t i;
	int k, rc;

	for (i = 0; i < COUNT(rows) && !str_eq(table, rows[i].table); i++)
		;
	if (i == COUNT(rows))
		return 0;
	r->table = rows[i].table;
	s = case_prepare(c, rows[i].sql, e);
	if (!s)
		return -1;
	sqlite3_bind_int64(s, 1, id);
	rc = sqlite3_step(s);
	for (k = 0; rc == SQLITE_ROW && k < A_COUNT; k++)
		take(s, k, &r->v[k], &r->has[k]);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		case_sql_err(c, e);
	sqlite3_finalize(s);
	return rc == SQLITE_ROW ? 1 : rc == SQLITE_DONE ? 0 : -1;
}

static const struct allowed *
allowed(const struct explain *x, const struct row *r)
{
	const char *scope = value(r, A_SCOPE), *name = value(r, A_NAME);
	const struct allowed *a;

	if (strcmp(r->table, "account") == 0)
		return find(x, ACCOUNT, scope, name, value(r, A_UID), NULL);
	if (strcmp(r->table, "package") == 0)
		return find(x, PACKAGE, scope, name, value(r, A_VERSION), NULL);
	if (r->has[A_KEY])
		return find(x, KEY, scope, value(r, A_KEY), "",
		    value(r, A_OWNER));
	if (r->has[A_PROGRAM] && !find(x, CONTENT, scope, value(r, A_PROGRAM),
		value(r, A_PROGRAM_SHA256), NULL))
		return NULL;
	a = find(x, CONTENT, scope, name, value(r, A_SHA256), NULL);
	return a ? a : find(x, LINK, scope, name, value(r, A_TARGET), NULL);
}

/* Every row is on a list? why: the reasons, by: the entries. */
static int
by_lists(struct explain *x, struct case_db *c, const struct finding *f,
    struct str *why, struct str *by, struct err *e)
{
	struct str table cleanup_str = STR_INIT, entry cleanup_str = STR_INIT;
	struct row r = {0};
	const char *p = f->evidence.s;
	const struct allowed *a = NULL;
	int64_t id;
	int k = 0;

	while (next_item(&p, &table, &id)) {
		a = NULL;
		k = read_row(c, &table, id, &r, e);
		if (k <= 0 || !(a = allowed(x, &r)))
			break;
		str_clear(&entry);
		str_addf(&entry, "%s entry %zu", x->lists[a->list].path.s,
		    a->number);
		if (!by->n || !strstr(by->s, entry.s)) {
			str_addf(by, "%s%s", by->n ? ", " : "allow list ",
			    entry.s);
			str_addf(why, "%s%s", why->n ? "; " : "", a->reason.s);
		}
	}
	row_release(&r);
	if (k < 0)
		return -1;
	if (!a)
		return 0;
	x->lists[a->list].explained++;
	return 1;
}

/* ---- the same in a baseline ------------------------------------------------- */

static const struct spec {
	const char *table, *identity, *columns;
} specs[] = {
#define EXPLAIN(table, identity, columns) {#table, identity, columns},
#include "explain.def"
#undef EXPLAIN
};

/* The next word of a list; its name, and the expression. */
static bool
next_column(const char **p, struct str *name, struct str *expr)
{
	size_t n, i, k;

	while (**p == ' ')
		++*p;
	n = strcspn(*p, " ");
	if (!n)
		return false;
	k = strcspn(*p, "= ");
	str_set(name, *p, k < n ? k : n);
	str_clear(expr);
	for (i = k < n ? k + 1 : 0; i < n; i++)
		str_addc(expr, (*p)[i] == '~' ? ' ' : (*p)[i]);
	*p += n;
	return true;
}

#define COLUMNS_MAX 32

struct sameness {
	const struct spec *spec;
	struct str names[COLUMNS_MAX];
	size_t identity, n; /* of both together */
	struct str ours, theirs; /* statements */
};

static void
sameness_release(struct sameness *s)
{
	size_t i;

	for (i = 0; i < COUNT(s->names); i++)
		str_release(&s->names[i]);
	str_release(&s->ours);
	str_release(&s->theirs);
}

static void
sameness_init(struct sameness *s, const struct spec *spec)
{
	struct str expr cleanup_str = STR_INIT;
	const char *p;

	memset(s, 0, sizeof(*s));
	s->spec = spec;
	str_adds(&s->ours, "SELECT scope");
	str_adds(&s->theirs, "SELECT scope");
	str_init(&s->names[0]);
	str_sets(&s->names[s->n++], "scope");
	for (p = spec->identity; next_column(&p, &s->names[s->n], &expr);
	     s->n++) {
		str_addf(&s->ours, ", %s", expr.s);
		str_addf(&s->theirs, ", %s", expr.s);
	}
	s->identity = s->n;
	for (p = spec->columns; next_column(&p, &s->names[s->n], &expr);
	     s->n++) {
		str_addf(&s->ours, ", %s", expr.s);
		str_addf(&s->theirs, ", %s", expr.s);
	}
	str_addf(&s->ours, " FROM main.%s WHERE id = ?", spec->table);
	str_addf(&s->theirs, " FROM %s WHERE scope IS ?", spec->table);
	for (p = spec->identity; next_column(&p, &s->names[COLUMNS_MAX - 1],
		 &expr);)
		str_addf(&s->theirs, " AND %s IS ?", expr.s);
}

static bool
equal(sqlite3_stmt *a, sqlite3_stmt *b, int i)
{
	int t = sqlite3_column_type(a, i);
	const void *pa, *pb;
	int n;

	if (t != sqlite3_column_type(b, i))
		return false;
	if (t == SQLITE_NULL)
		return true;
	pa = sqlite3_column_blob(a, i);
	pb = sqlite3_column_blob(b, i);
	n = sqlite3_column_bytes(a, i);
	return n == sqlite3_column_bytes(b, i) &&
	    (!n || memcmp(pa, pb, (size_t)n) == 0);
}

static void
shown(sqlite3_stmt *s, int i, struct str *out)
{
	const char *p = (const char *)sqlite3_column_text(s, i);
	size_t n = p ? (size_t)sqlite3_column_bytes(s, i) : 0;

	if (!p) {
		str_adds(out, "nothing");
		return;
	}
	str_addc(out, '\'');
	str_add(out, p, n > EXPLAIN_SHOWN ? EXPLAIN_SHOWN : n);
	str_adds(out, n > EXPLAIN_SHOWN ? "...'" : "'");
}

/*
 * Is a row of ours in the baseline? 1: the same; 0: not, and difference says
 * how the nearest one differs.
 */
static int
in_baseline(struct baseline *b, struct case_db *c, const struct spec *spec,
    int64_t id, struct str *difference, struct err *e)
{
	struct sameness s;
	sqlite3_stmt *ours, *theirs = NULL;
	size_t i, differ, nearest = COLUMNS_MAX;
	struct str text cleanup_str = STR_INIT;
	int k = -1, rc;

	sameness_init(&s, spec);
	ours = case_prepare(c, s.ours.s, e);
	if (!ours)
		goto out;
	sqlite3_bind_int64(ours, 1, id);
	rc = sqlite3_step(ours);
	if (rc == SQLITE_DONE)
		k = 0;
	if (rc != SQLITE_ROW) {
		if (rc != SQLITE_DONE)
			case_sql_err(c, e);
		goto out;
	}
	theirs = case_prepare(&b->db, s.theirs.s, e);
	if (!theirs)
		goto out;
	for (i = 0; i < s.identity; i++)
		sqlite3_bind_value(theirs, (int)i + 1,
		    sqlite3_column_value(ours, (int)i));
	while ((rc = sqlite3_step(theirs)) == SQLITE_ROW) {
		str_clear(&text);
		for (i = s.identity, differ = 0; i < s.n; i++) {
			if (equal(ours, theirs, (int)i))
				continue;
			if (differ++ == EXPLAIN_COLUMNS)
				str_adds(&text, " ...");
			if (differ > EXPLAIN_COLUMNS)
				continue;
			str_addf(&text, "%s%s ", text.n ? ", " : "",
			    s.names[i].s);
			shown(ours, (int)i, &text);
			str_adds(&text, " and not ");
			shown(theirs, (int)i, &text);
		}
		if (differ < nearest) {
			nearest = differ;
			str_set(difference, text.s, text.n);
		}
		if (!differ)
			break;
	}
	if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
		case_sql_err(&b->db, e);
		goto out;
	}
	if (nearest == COLUMNS_MAX) {
		str_clear(difference);
		str_addf(difference, "not in the baseline");
	}
	k = nearest == 0;
out:
	sqlite3_finalize(ours);
	sqlite3_finalize(theirs);
	sameness_release(&s);
	return k;
}

static int
by_baseline(struct baseline *b, struct case_db *c, const struct finding *f,
    struct str *difference, struct err *e)
{
	struct str table cleanup_str = STR_INIT;
	const char *p = f->evidence.s;
	int64_t id;
	size_t i;
	int k = 0;

	while (next_item(&p, &table, &id)) {
		for (i = 0; i < COUNT(specs) &&
		     !str_eq(&table, specs[i].table); i++)
			;
		if (i == COUNT(specs))
			return 0;
		k = in_baseline(b, c, &specs[i], id, difference, e);
		if (k <= 0)
			return k;
	}
	b->explained += k > 0;
	return k;
}

int
explain_add_baseline(struct explain *x, const char *path, struct err *e)
{
	char *real cleanup_free = realpath(path, NULL);
	char *copy cleanup_free = NULL;
	struct baseline *b;
	int fd;

	if (!real)
		return err_sys(e, errno, "cannot open the baseline '%s'", path);
	copy = xstrdup(real);
	fd = open(dirname(copy), O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, errno, "cannot open the folder of '%s'",
		    path);
	x->fds = xreallocarray(x->fds, x->fds_n + 1, sizeof(*x->fds));
	x->fds[x->fds_n++] = fd;
	x->baselines = xreallocarray(x->baselines, x->baselines_n + 1,
	    sizeof(*x->baselines));
	b = &x->baselines[x->baselines_n++];
	memset(b, 0, sizeof(*b));
	str_init(&b->path);
	str_init(&b->host);
	str_init(&b->verdict);
	str_sets(&b->path, real);
	return 0;
}

/* The first text of a query, if it has a row. */
static void
ask(struct case_db *c, const char *sql, struct str *out)
{
	struct err e;
	sqlite3_stmt *s = case_prepare(c, sql, &e);
	bool has;

	if (s && sqlite3_step(s) == SQLITE_ROW)
		take(s, 0, out, &has);
	sqlite3_finalize(s);
}

int
explain_open(struct explain *x, struct err *e)
{
	struct baseline *b;
	size_t i;

	/* where they are may not move any more: case_read_only keeps a pointer */
	for (i = 0; i < x->baselines_n; i++) {
		b = &x->baselines[i];
		if (case_open(&b->db, b->path.s, 0, e))
			return -1;
		b->open = true;
		case_read_only(&b->db, RULE_SECONDS);
		ask(&b->db, "SELECT host FROM run WHERE tool GLOB 'collect-*' "
		    "ORDER BY id LIMIT 1", &b->host);
		ask(&b->db, "SELECT decision FROM verdict ORDER BY id DESC "
		    "LIMIT 1", &b->verdict);
	}
	return 0;
}

/* ---- findings ---------------------------------------------------------------- */

static void
lower(struct finding *f)
{
	static int note = -1, investigate, info, medium;

	if (note < 0) {
		note = effect_find("note");
		investigate = effect_find("investigate");
		info = severity_find("info");
		medium = severity_find("medium");
	}
	if (f->effect > investigate) {
		f->effect = investigate;
		if (f->severity > medium)
			f->severity = medium;
		return;
	}
	f->effect = note;
	f->severity = info;
}

int
explain_findings(struct explain *x, struct case_db *c, struct match *m,
    struct err *e)
{
	struct str why cleanup_str = STR_INIT, by cleanup_str = STR_INIT;
	struct str difference cleanup_str = STR_INIT;
	struct baseline *b;
	struct finding *f;
	size_t i, k;
	int good;

	if (!x->lists_n && !x->baselines_n)
		return 0;
	for (i = 0; i < m->n; i++) {
		f = &m->v[i];
		if (!f->evidence.n || f->effect <= effect_find("note"))
			continue;
		str_clear(&why);
		str_clear(&by);
		good = by_lists(x, c, f, &why, &by, e);
		for (k = 0; !good && k < x->baselines_n; k++) {
			b = &x->baselines[k];
			str_clear(&why);
			str_clear(&by);
			str_clear(&difference);
			good = by_baseline(b, c, f, &difference, e);
			if (good > 0) {
				str_adds(&why, "the same in the baseline");
				str_addf(&by, "baseline %s", b->path.s);
			} else if (!good && difference.n && !f->difference.n) {
				str_set(&f->difference, difference.s,
				    difference.n);
			}
		}
		if (good < 0)
			return -1;
		if (!good)
			continue;
		str_set(&f->explained, why.s, why.n);
		str_set(&f->explained_by, by.s, by.n);
		str_clear(&f->difference);
		lower(f);
	}
	return 0;
}

void
explain_write(const struct explain *x, struct rec *r)
{
	struct str detail cleanup_str = STR_INIT;
	size_t i;

	for (i = 0; i < x->lists_n; i++) {
		const struct list *l = &x->lists[i];

		rec_begin(r, KIND_reference);
		rec_text(r, COL_reference_type, "allow");
		rec_str(r, COL_reference_path, &l->path);
		rec_text(r, COL_reference_sha256, l->sha256);
		rec_int(r, COL_reference_entries, (int64_t)l->entries);
		rec_int(r, COL_reference_explained, (int64_t)l->explained);
		if (l->expired) {
			str_clear(&detail);
			str_addf(&detail, "%zu entries are past their day",
			    l->expired);
			rec_str(r, COL_reference_detail, &detail);
		}
		rec_end(r);
	}
	for (i = 0; i < x->baselines_n; i++) {
		const struct baseline *b = &x->baselines[i];

		rec_begin(r, KIND_reference);
		rec_text(r, COL_reference_type, "baseline");
		rec_str(r, COL_reference_path, &b->path);
		rec_text(r, COL_reference_case_id, b->db.id);
		rec_int(r, COL_reference_explained, (int64_t)b->explained);
		str_clear(&detail);
		str_addf(&detail, "of %s, whose own verdict is %s",
		    b->host.n ? b->host.s : "a host without a name",
		    b->verdict.n ? b->verdict.s : "not there");
		rec_str(r, COL_reference_detail, &detail);
		rec_end(r);
	}
}

/* ---- entries from rows (case-allow) ------------------------------------------ */

static json_t *
entry(const struct row *r, const char *name, const char *k1, const char *v1,
    const char *k2, const char *v2)
{
	const char *scope = value(r, A_SCOPE);
	json_t *o = json_object();

	json_object_set_new(o, k1, json_string(v1));
	if (k2 && strcmp(k2, "uid") == 0)
		json_object_set_new(o, k2, json_integer(strtoll(v2, NULL, 10)));
	else if (k2)
		json_object_set_new(o, k2, json_string(v2));
	if (name)
		json_object_set_new(o, "account", json_string(name));
	if (scope && strcmp(scope, "host") != 0)
		json_object_set_new(o, "scope", json_string(scope));
	return o;
}

/* Once in the array; false: bytes that JSON cannot have. */
static bool
add_once(json_t *array, json_t *o)
{
	const char *key;
	json_t *v;
	size_t i;

	json_object_foreach(o, key, v)
	{
		if (!v) {
			json_decref(o);
			return false;
		}
	}
	for (i = 0; i < json_array_size(array); i++)
		if (json_equal(json_array_get(array, i), o)) {
			json_decref(o);
			return true;
		}
	json_array_append_new(array, o);
	return true;
}

static bool
row_entries(const struct row *r, json_t *array)
{
	const char *name = value(r, A_NAME);

	if (!name)
		return false;
	if (strcmp(r->table, "account") == 0)
		return r->has[A_UID] && add_once(array, entry(r, NULL,
		    "account", name, "uid", value(r, A_UID)));
	if (strcmp(r->table, "package") == 0)
		return r->has[A_VERSION] && add_once(array, entry(r, NULL,
		    "package", name, "version", value(r, A_VERSION)));
	if (r->has[A_KEY])
		return add_once(array, entry(r, value(r, A_OWNER), "key",
		    value(r, A_KEY), NULL, NULL));
	if (r->has[A_PROGRAM] && (!r->has[A_PROGRAM_SHA256] ||
		!add_once(array, entry(r, NULL, "path", value(r, A_PROGRAM),
		    "sha256", value(r, A_PROGRAM_SHA256)))))
		return false;
	if (r->has[A_SHA256])
		return add_once(array, entry(r, NULL, "path", name, "sha256",
		    value(r, A_SHA256)));
	return r->has[A_TARGET] && add_once(array, entry(r, NULL, "path", name,
	    "target", value(r, A_TARGET)));
}

int
explain_entries(struct case_db *c, const char *evidence, void *json_array,
    struct strlist *not_so, struct err *e)
{
	struct str table cleanup_str = STR_INIT, item cleanup_str = STR_INIT;
	struct row r = {0};
	const char *p = evidence;
	int64_t id;
	int k = 0;

	while (k >= 0 && next_item(&p, &table, &id)) {
		k = read_row(c, &table, id, &r, e);
		if (k < 0 || (k > 0 && row_entries(&r, json_array)))
			continue;
		str_clear(&item);
		str_addf(&item, "%s:%lld", table.s, (long long)id);
		strlist_add(not_so, item.s, item.n);
	}
	row_release(&r);
	return k < 0 ? -1 : 0;
}
