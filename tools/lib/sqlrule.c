#include "sqlrule.h"

#include "limits.h"

struct parse {
	const char *file;
	struct sqlrules *out;
	struct sqlrule *rule; /* being read, NULL before the first header */
	bool sql;	      /* its first SQL line was seen */
	int line;
};

static void
rule_release(struct sqlrule *r)
{
	strlist_release(&r->keys);
	strlist_release(&r->values);
	str_release(&r->sql);
}

void
sqlrules_free(struct sqlrules *rules)
{
	size_t i;

	for (i = 0; i < rules->n; i++)
		rule_release(&rules->v[i]);
	free(rules->v);
	rules->v = NULL;
	rules->n = 0;
}

const char *
sqlrule_get(const struct sqlrule *r, const char *key)
{
	size_t i;

	for (i = 0; i < r->keys.n; i++)
		if (str_eq(&r->keys.v[i], key))
			return r->values.v[i].s;
	return NULL;
}

static bool
blank(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i] != ' ' && s[i] != '\t')
			return false;
	return true;
}

/* Length of the key in "-- key: value", 0 if the line is none. */
static size_t
key_len(const char *s, size_t n)
{
	size_t i = 3;

	if (n < 5 || memcmp(s, "-- ", 3) != 0 || s[3] < 'a' || s[3] > 'z')
		return 0;
	while (i < n && ((s[i] >= 'a' && s[i] <= 'z') || s[i] == '-'))
		i++;
	if (i >= n || s[i] != ':' || (i + 1 < n && s[i + 1] != ' '))
		return 0;
	return i - 3;
}

static int
bad(const struct parse *p, struct err *e, const char *what)
{
	return err_set(e, ERR_CORRUPT, 0, "'%s' line %d: %s", p->file, p->line,
	    what);
}

/* The rule is whole: has it got what every rule needs? */
static int
rule_end(struct parse *p, struct err *e)
{
	struct sqlrule *r = p->rule;
	const char *id;
	size_t i;

	if (!r)
		return 0;
	while (r->sql.n && strchr(" \t\n", r->sql.s[r->sql.n - 1]))
		str_cut(&r->sql, r->sql.n - 1);
	id = sqlrule_get(r, "id");
	p->line = r->line;
	if (!id || !*id)
		return bad(p, e, "the rule has no id");
	if (!p->sql)
		return bad(p, e, "the rule has no statement");
	for (i = 0; i + 1 < p->out->n; i++)
		if (strcmp(sqlrule_get(&p->out->v[i], "id"), id) == 0)
			return bad(p, e, "a rule of this id was there before");
	return 0;
}

static void
rule_start(struct parse *p)
{
	struct sqlrules *o = p->out;

	o->v = xreallocarray(o->v, o->n + 1, sizeof(*o->v));
	p->rule = &o->v[o->n++];
	memset(p->rule, 0, sizeof(*p->rule));
	str_init(&p->rule->sql);
	p->rule->line = p->line;
	p->sql = false;
}

static int
add_key(struct parse *p, const char *s, size_t n, size_t len, struct err *e)
{
	struct str key cleanup_str = STR_INIT;
	size_t at = 3 + len + 1;

	if (!p->rule)
		rule_start(p);
	str_set(&key, s + 3, len);
	if (sqlrule_get(p->rule, key.s))
		return bad(p, e, "the key was there before");
	while (at < n && s[at] == ' ')
		at++;
	while (n > at && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	strlist_add(&p->rule->keys, key.s, key.n);
	strlist_add(&p->rule->values, s + at, n - at);
	return 0;
}

/* A line before the first SQL line of a rule. */
static int
header_line(struct parse *p, const char *s, size_t n, struct err *e)
{
	struct str *last;
	size_t len, at = 2;

	len = key_len(s, n);
	if (len)
		return add_key(p, s, n, len, e);
	if (!p->rule || blank(s + 2, n - 2))
		return 0; /* a remark above the first header, an empty line */
	while (at < n && (s[at] == ' ' || s[at] == '\t'))
		at++;
	if (at < 4)
		return bad(p, e, "neither \"-- key: value\" nor a "
				 "continuation (\"--   more\")");
	while (n > at && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	last = &p->rule->values.v[p->rule->values.n - 1];
	if (last->n)
		str_addc(last, ' ');
	str_add(last, s + at, n - at);
	return 0;
}

static int
one_line(struct parse *p, const char *s, size_t n, struct err *e)
{
	bool comment = n >= 2 && s[0] == '-' && s[1] == '-';

	if (p->rule && p->sql && key_len(s, n) == 2 &&
	    memcmp(s + 3, "id", 2) == 0) {
		int line = p->line;

		if (rule_end(p, e))
			return -1;
		p->line = line;
		rule_start(p);
	}
	if (!p->sql) {
		if (comment)
			return header_line(p, s, n, e);
		if (blank(s, n))
			return 0;
		if (!p->rule)
			return bad(p, e, "SQL without a header "
					 "(\"-- id: ...\")");
		p->sql = true;
	}
	str_add(&p->rule->sql, s, n);
	str_addc(&p->rule->sql, '\n');
	return 0;
}

int
sqlrules_parse(const char *text, size_t n, const char *file,
    struct sqlrules *out, struct err *e)
{
	struct parse p = {.file = file, .out = out};
	const char *at = text, *end = text + n, *nl;
	size_t len;

	out->v = NULL;
	out->n = 0;
	if (n > SQLRULE_FILE_MAX)
		return err_set(e, ERR_LIMIT, 0, "'%s' is longer than %d bytes",
		    file, SQLRULE_FILE_MAX);
	if (!utf8_clean(text, n))
		return err_set(e, ERR_CORRUPT, 0, "'%s' is not UTF-8 text",
		    file);
	while (at < end) {
		nl = memchr(at, '\n', (size_t)(end - at));
		len = (size_t)((nl ? nl : end) - at);
		p.line++;
		if (len && at[len - 1] == '\r')
			len--;
		if (one_line(&p, at, len, e))
			goto fail;
		at = nl ? nl + 1 : end;
	}
	if (!p.rule) {
		err_set(e, ERR_CORRUPT, 0, "'%s' holds no rule", file);
		goto fail;
	}
	if (rule_end(&p, e))
		goto fail;
	return 0;
fail:
	sqlrules_free(out);
	return -1;
}
