#include "art.h"

#include "limits.h"
#include "runs.h"
#include "settings.h"

/*
 * logrotate.conf(5): the scripts of a log's rotation, and the programs that
 * pack and mail. Which files of logrotate.d are read, and which are refused,
 * is as logrotate 3.21 has it (tests/t-tools.sh asks it, where it is there).
 */

static const char *const scripts[] = {"prerotate", "postrotate", "firstaction",
    "lastaction", "preremove", NULL};
static const char *const often[] = {"hourly", "daily", "weekly", "monthly",
    "yearly", NULL};
static const char *const taboo[] = {",v", ".bak", ".cfsaved", ".disabled",
    ".dpkg-bak", ".dpkg-del", ".dpkg-dist", ".dpkg-new", ".dpkg-old",
    ".dpkg-tmp", ".rpmnew", ".rpmorig", ".rpmsave", ".swp", ".ucf-dist",
    ".ucf-new", ".ucf-old", "~", NULL};

static bool
blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is(const char *p, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(p, word, n) == 0;
}

static const char *
file_defect(const struct art_file *f)
{
	const char *base = strrchr(f->via, '/');
	size_t n, k;
	int i;

	base = base ? base + 1 : f->via;
	n = strlen(base);
	if (strstr(f->via, "logrotate.d/")) {
		if (strstr(base, ".rhn-cfg-tmp-"))
			return "name is one that logrotate passes over";
		for (i = 0; taboo[i]; i++) {
			k = strlen(taboo[i]);
			if (n >= k && strcmp(base + n - k, taboo[i]) == 0)
				return "name is one that logrotate passes "
				       "over";
		}
	}
	if (f->file->st.st_mode & 022)
		return "writable by group or others: logrotate refuses it";
	if (f->file->st.st_uid != 0)
		return "does not belong to root: logrotate refuses it";
	return NULL;
}

struct block {
	struct str logs;
	struct str user;
	const char *often;
};

struct rotate {
	const struct art_file *f;
	struct rec *rec;
	const char *defect;
	struct block all, log; /* global, and of the block at hand */
	bool inside;
	size_t rows;
};

static void
run(struct rotate *t, int64_t line, const char *what, const char *text,
    size_t text_n, int how, const char *p, size_t n)
{
	struct str name cleanup_str = STR_INIT, when cleanup_str = STR_INIT;
	const struct block *b = t->inside ? &t->log : &t->all;
	struct settings_run s = {.line = line, .text = text, .text_n = text_n,
	    .defect = t->defect};

	if (t->rows++ >= ART_LINES_MAX)
		return;
	str_addf(&name, "%s", what);
	if (t->inside && t->log.logs.n)
		str_addf(&name, " of %s", t->log.logs.s);
	s.name = name.s;
	str_addf(&when, "log rotation%s%s", b->often ? ", " : "",
	    b->often ? b->often : "");
	s.when = when.s;
	s.owner = b->user.n ? b->user.s : t->all.user.n ? t->all.user.s
							: "root";
	settings_command(t->f, t->rec, &s, how, p, n);
}

/* The lines up to "endscript"; l is there then. */
static void
script(struct rotate *t, struct art_line *l, const char *what)
{
	struct str text cleanup_str = STR_INIT;
	struct art_line first = ART_LINE_INIT;
	size_t i;
	bool end = false;

	while (!end && art_next(t->f, l)) {
		for (i = 0; i < l->n && blank(l->p[i]);)
			i++;
		end = l->n - i >= 9 && memcmp(l->p + i, "endscript", 9) == 0;
		if (end || i == l->n || l->p[i] == '#')
			continue;
		if (!first.number)
			first = *l;
		if (text.n < ART_LINE_MAX) {
			if (text.n)
				str_addc(&text, '\n');
			str_add(&text, l->p + i, l->n - i);
		}
	}
	if (first.number)
		run(t, first.number, what, first.p, first.n, RUNS_SHELL,
		    text.s, text.n);
}

static void
open_block(struct rotate *t)
{
	str_set(&t->log.user, t->all.user.s, t->all.user.n);
	t->log.often = t->all.often;
	t->inside = true;
}

/*
 * What a block says of its scripts may stand behind them: their owner and how
 * often are looked up from its start to its end before.
 */
static void
ahead(struct rotate *t, struct art_line l)
{
	size_t i, k;
	int w;

	while (art_next(t->f, &l)) {
		for (i = 0; i < l.n && blank(l.p[i]);)
			i++;
		for (k = i; k < l.n && !blank(l.p[k]);)
			k++;
		if (i < l.n && l.p[i] == '}')
			return;
		for (w = 0; often[w]; w++)
			if (is(l.p + i, k - i, often[w]))
				t->log.often = often[w];
		if (!is(l.p + i, k - i, "su"))
			continue;
		for (i = k; i < l.n && blank(l.p[i]);)
			i++;
		for (k = i; k < l.n && !blank(l.p[k]);)
			k++;
		str_set(&t->log.user, l.p + i, k - i);
	}
}

/* p: the line, or what stands behind the "{" on it. */
static void
line(struct rotate *t, struct art_line *l, const char *p, size_t n)
{
	static const char *const files[] = {"compresscmd", "uncompresscmd",
	    NULL};
	size_t k, v;
	int i;

	while (n && blank(*p)) {
		p++;
		n--;
	}
	while (n && blank(p[n - 1]))
		n--;
	if (!n || *p == '#')
		return;
	if (t->inside && p[n - 1] == '}') {
		if (n > 1)
			line(t, l, p, n - 1);
		t->inside = false;
		str_clear(&t->log.logs);
		return;
	}
	if (!t->inside && (*p == '/' || *p == '"' || *p == '\'' || *p == '{' ||
			      *p == '~')) {
		/* names of logs, up to "{" */
		for (k = 0; k < n && p[k] != '{'; k++)
			;
		for (v = k; v && blank(p[v - 1]);)
			v--;
		if (t->log.logs.n && v)
			str_addc(&t->log.logs, ' ');
		str_add(&t->log.logs, p, v);
		if (k == n)
			return;
		open_block(t);
		ahead(t, *l);
		line(t, l, p + k + 1, n - k - 1);
		return;
	}
	for (k = 0; k < n && !blank(p[k]) && p[k] != '='; k++)
		;
	for (v = k; v < n && (blank(p[v]) || p[v] == '=');)
		v++;
	for (i = 0; scripts[i]; i++)
		if (is(p, k, scripts[i])) {
			script(t, l, scripts[i]);
			return;
		}
	for (i = 0; files[i]; i++)
		if (is(p, k, files[i]) && v < n)
			run(t, l->number, files[i], l->p, l->n, RUNS_FILE,
			    p + v, n - v);
	if (!t->inside) {
		for (i = 0; often[i]; i++)
			if (is(p, k, often[i]))
				t->all.often = often[i];
		if (is(p, k, "su") && v < n) {
			for (k = v; k < n && !blank(p[k]);)
				k++;
			str_set(&t->all.user, p + v, k - v);
		}
	}
	if (v < n && (is(p, k, "mail") || is(p, k, "include") ||
			 is(p, k, "tabooext") || is(p, k, "taboopat"))) {
		struct str name cleanup_str = STR_INIT;
		struct settings_run s = {.line = l->number, .text = l->p,
		    .text_n = l->n, .defect = t->defect, .owner = "root"};

		str_add(&name, p, k);
		s.name = name.s;
		t->rows++;
		settings_value(t->f, t->rec, &s, p + v, n - v);
	}
}

int
parse_logrotate(const struct art_file *f, struct rec *r, struct err *err)
{
	struct rotate t = {.f = f, .rec = r, .defect = file_defect(f),
	    .all = {STR_INIT, STR_INIT, NULL},
	    .log = {STR_INIT, STR_INIT, NULL}};
	struct art_line l = ART_LINE_INIT;

	(void)err;
	while (art_next(f, &l) && t.rows <= ART_LINES_MAX)
		line(&t, &l, l.p, l.n);
	if (t.rows > ART_LINES_MAX)
		art_too_many(f, r);
	if (!t.rows)
		art_file_row(f, r, t.defect);
	str_release(&t.all.logs);
	str_release(&t.all.user);
	str_release(&t.log.logs);
	str_release(&t.log.user);
	return 0;
}
