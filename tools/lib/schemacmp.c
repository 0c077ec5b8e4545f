/*
 * schemacmp - the schema of a case against ours
 *
 * A case may come from elsewhere, so nothing in it is taken that we would not
 * have written: tables, columns and indexes must be ours to the letter. What
 * an older version did not have yet may be missing; nothing may be more. A
 * table's text is its definitions between commas, in any order: ALTER TABLE
 * puts new ones at the end, with other blanks around them.
 */

#include "case-internal.h"

#define SCHEMA_SQL                                                            \
	"SELECT type, name, tbl_name, ifnull(sql, '') FROM main.sqlite_schema" \
	" ORDER BY type, name"

enum { S_TYPE, S_NAME, S_TABLE, S_SQL };

void
case_lacks_release(struct case_lacks *l)
{
	strlist_release(&l->names);
	str_release(&l->sql);
}

bool
case_lacks_has(const struct case_lacks *l, const char *table,
    const char *column)
{
	struct str s cleanup_str = STR_INIT;
	size_t i;

	str_adds(&s, table);
	if (column)
		str_addf(&s, ".%s", column);
	for (i = 0; i < l->names.n; i++)
		if (str_eq(&l->names.v[i], s.s))
			return true;
	return false;
}

/* One row of sqlite_schema; texts belong to the statement. */
struct row {
	sqlite3_stmt *s;
	bool there;
	const char *text[4];
};

/* 0, or -1 where the database cannot be read. */
static int
next(struct row *r)
{
	int i, st = sqlite3_step(r->s);

	r->there = st == SQLITE_ROW;
	if (!r->there)
		return st == SQLITE_DONE ? 0 : -1;
	for (i = 0; i < 4; i++) {
		r->text[i] = (const char *)sqlite3_column_text(r->s, i);
		if (!r->text[i] || strlen(r->text[i]) !=
			(size_t)sqlite3_column_bytes(r->s, i))
			return -1; /* no memory, or a NUL in a name */
	}
	return 0;
}

static int
order(const struct row *a, const struct row *b)
{
	int d;

	if (!a->there || !b->there)
		return b->there - a->there;
	d = strcmp(a->text[S_TYPE], b->text[S_TYPE]);
	return d ? d : strcmp(a->text[S_NAME], b->text[S_NAME]);
}

/*
 * CREATE TABLE "NAME" (DEFINITION, ...)TAIL: its definitions without the
 * blanks around them. Ours hold neither commas nor parentheses.
 */
static bool
definitions(const char *sql, const char *name, struct strlist *out,
    const char **tail)
{
	struct str head cleanup_str = STR_INIT;
	const char *p, *q, *end = strrchr(sql, ')');
	size_t n;

	str_addf(&head, "CREATE TABLE \"%s\" (", name);
	if (strncmp(sql, head.s, head.n) != 0 || !end || end < sql + head.n)
		return false;
	*tail = end + 1;
	for (p = sql + head.n; p < end; p = q + 1) {
		q = memchr(p, ',', (size_t)(end - p));
		if (!q)
			q = end;
		while (p < q && (*p == ' ' || *p == '\n' || *p == '\t'))
			p++;
		for (n = (size_t)(q - p); n && strchr(" \n\t", p[n - 1]); n--)
			;
		strlist_add(out, p, n);
	}
	return true;
}

static bool
holds(const struct strlist *l, const struct str *s)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->v[i].n == s->n && memcmp(l->v[i].s, s->s, s->n) == 0)
			return true;
	return false;
}

/* Definitions that cannot be added to rows that are there. */
static bool
essential(const struct str *def)
{
	return strstr(def->s, " NOT NULL") || strstr(def->s, " KEY") ||
	       strstr(def->s, " UNIQUE");
}

/* "\"NAME\" TYPE": its name. */
static void
def_name(const struct str *def, struct str *out)
{
	const char *end = def->n ? strchr(def->s + 1, '"') : NULL;

	if (end)
		str_set(out, def->s + 1, (size_t)(end - def->s) - 1);
}

/* A table of both: theirs has no column that we have not. */
static bool
table_older(const struct row *theirs, const struct row *ours,
    struct case_lacks *lacks)
{
	struct strlist a cleanup_strlist = STRLIST_INIT;
	struct strlist b cleanup_strlist = STRLIST_INIT;
	const char *name = ours->text[S_NAME], *tail_a, *tail_b;
	size_t i, k;

	if (strcmp(theirs->text[S_TABLE], name) != 0 ||
	    !definitions(theirs->text[S_SQL], name, &a, &tail_a) ||
	    !definitions(ours->text[S_SQL], name, &b, &tail_b) ||
	    strcmp(tail_a, tail_b) != 0)
		return false;
	for (i = 0; i < a.n; i++) {
		if (!holds(&b, &a.v[i]))
			return false;
		for (k = 0; k < i; k++)
			if (a.v[k].n == a.v[i].n &&
			    memcmp(a.v[k].s, a.v[i].s, a.v[i].n) == 0)
				return false;
	}
	for (i = 0; i < b.n; i++) {
		struct str column cleanup_str = STR_INIT;
		struct str full cleanup_str = STR_INIT;

		if (holds(&a, &b.v[i]))
			continue;
		if (essential(&b.v[i]))
			return false;
		def_name(&b.v[i], &column);
		str_addf(&full, "%s.%s", name, column.s);
		strlist_add(&lacks->names, full.s, full.n);
		str_addf(&lacks->sql, "ALTER TABLE main.\"%s\" ADD COLUMN %s;",
		    name, b.v[i].s);
	}
	return true;
}

static bool
same(const struct row *a, const struct row *b)
{
	return strcmp(a->text[S_TABLE], b->text[S_TABLE]) == 0 &&
	       strcmp(a->text[S_SQL], b->text[S_SQL]) == 0;
}

/* What we have and they have not. false: no case is without. */
static bool
missing(const struct row *ours, struct case_lacks *lacks, struct str *indexes)
{
	const char *name = ours->text[S_NAME];

	if (strcmp(ours->text[S_TYPE], "index") == 0) {
		/* one without a text comes with its table */
		if (*ours->text[S_SQL])
			str_addf(indexes, "%s;", ours->text[S_SQL]);
		return true;
	}
	if (strcmp(name, "meta") == 0 || strcmp(name, "run") == 0)
		return false;
	strlist_adds(&lacks->names, name);
	str_addf(&lacks->sql, "%s;", ours->text[S_SQL]);
	return true;
}

/* What is more, or other, than ours. */
static int
foreign(const char *path, const struct row *r, struct err *e)
{
	struct str name cleanup_str = STR_INIT;

	str_add_visible(&name, r->text[S_NAME], strlen(r->text[S_NAME]));
	return err_set(e, ERR_CORRUPT, 0, "'%s' has not the schema of a case: "
	    "its %s '%.60s' is not as this version knows it (a newer version, "
	    "or another program, wrote it)", path, r->text[S_TYPE], name.s);
}

static int
compare(struct row *theirs, struct row *ours, const char *path,
    struct case_lacks *lacks, struct err *e)
{
	struct str indexes cleanup_str = STR_INIT;
	bool good;
	int d;

	if (next(theirs) || next(ours))
		return case_db_err(sqlite3_db_handle(theirs->s), e,
		    "cannot read the schema");
	while (theirs->there || ours->there) {
		d = order(theirs, ours);
		if (d < 0)
			return foreign(path, theirs, e);
		if (d > 0)
			good = missing(ours, lacks, &indexes);
		else if (strcmp(ours->text[S_TYPE], "table") == 0)
			good = table_older(theirs, ours, lacks);
		else
			good = same(theirs, ours);
		if (!good)
			return foreign(path, d > 0 ? ours : theirs, e);
		if ((d == 0 && next(theirs)) || next(ours))
			return case_db_err(sqlite3_db_handle(theirs->s), e,
			    "cannot read the schema");
	}
	str_add(&lacks->sql, indexes.s, indexes.n);
	if (lacks->sql.n)
		str_addf(&lacks->sql, "PRAGMA main.user_version = %d;",
		    CASE_SCHEMA_VERSION);
	return 0;
}

int
schema_compare(sqlite3 *db, const char *path, struct case_lacks *lacks,
    struct err *e)
{
	struct str sql cleanup_str = STR_INIT, what cleanup_str = STR_INIT;
	struct row theirs = {0}, ours = {0};
	sqlite3 *mem = NULL;
	int r;

	memset(lacks, 0, sizeof(*lacks));
	str_init(&lacks->sql);
	str_addf(&what, "cannot read case '%s'", path);
	case_schema(&sql);
	if (sqlite3_open(":memory:", &mem) ||
	    sqlite3_exec(mem, sql.s, NULL, NULL, NULL) ||
	    sqlite3_prepare_v2(mem, SCHEMA_SQL, -1, &ours.s, NULL))
		r = err_set(e, ERR_OURS, 0, "cannot make the schema: %s",
		    sqlite3_errmsg(mem));
	else if (sqlite3_prepare_v2(db, SCHEMA_SQL, -1, &theirs.s, NULL))
		r = case_db_err(db, e, what.s);
	else
		r = compare(&theirs, &ours, path, lacks, e);
	sqlite3_finalize(theirs.s);
	sqlite3_finalize(ours.s);
	sqlite3_close(mem);
	return r;
}
