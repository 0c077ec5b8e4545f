#include "boot.h"

#include "limits.h"
#include "runs.h"

/*
 * Jobs of upstart, init(5): stanzas of a word and what follows it, exec or
 * script ... end script, also behind pre-start and the like. NAME.override
 * changes NAME.conf; "manual" in either takes away what starts the job.
 */

struct job {
	struct str start;  /* of "start on" */
	struct str user;   /* setuid */
	struct str runs;   /* kinds of what it runs, a newline around each */
	bool manual;
};

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static size_t
word(const char *p, size_t n, size_t *at)
{
	size_t from;

	while (*at < n && blank(p[*at]))
		++*at;
	from = *at;
	while (*at < n && !blank(p[*at]))
		++*at;
	return from;
}

static bool
is(const char *p, size_t n, const char *w)
{
	return strlen(w) == n && memcmp(p, w, n) == 0;
}

/* Next stanza: physical lines that a backslash, an open bracket of "start on"
 * or "script ... end script" joins. */
struct stanza {
	struct str text; /* of a script: its lines */
	struct str kind; /* "exec", "pre-start script", "start on" ... */
	size_t at;	 /* arguments begin there in text */
	int64_t line;
};

static bool
stanza_next(const struct art_file *f, struct art_line *l, struct stanza *s)
{
	size_t at, from, depth = 0, i;
	bool more = false;

	str_clear(&s->text);
	str_clear(&s->kind);
	while (art_next(f, l)) {
		at = 0;
		from = word(l->p, l->n, &at);
		if (!more && (from == at || l->p[from] == '#'))
			continue;
		if (!more)
			s->line = l->number;
		for (i = 0; i < l->n; i++)
			depth += l->p[i] == '(' ? 1 :
				 l->p[i] == ')' && depth ? (size_t)-1 : 0;
		i = l->n;
		while (i && blank(l->p[i - 1]))
			i--;
		more = i && l->p[i - 1] == '\\';
		if (s->text.n < ART_LINE_MAX)
			str_add(&s->text, l->p, more ? i - 1 : i);
		at = 0;
		from = word(s->text.s, s->text.n, &at);
		more = more || (depth && is(s->text.s + from, at - from,
		    "start"));
		if (more) {
			str_addc(&s->text, ' ');
			continue;
		}
		break;
	}
	if (!s->text.n)
		return false;
	at = 0;
	from = word(s->text.s, s->text.n, &at);
	str_add(&s->kind, s->text.s + from, at - from);
	if (is(s->kind.s, s->kind.n, "start") ||
	    is(s->kind.s, s->kind.n, "stop") ||
	    is(s->kind.s, s->kind.n, "pre-start") ||
	    is(s->kind.s, s->kind.n, "post-start") ||
	    is(s->kind.s, s->kind.n, "pre-stop") ||
	    is(s->kind.s, s->kind.n, "post-stop")) {
		from = word(s->text.s, s->text.n, &at);
		str_addc(&s->kind, ' ');
		str_add(&s->kind, s->text.s + from, at - from);
	}
	s->at = at;
	if (!boot_ends(s->kind.s, "script") && !str_eq(&s->kind, "script"))
		return true;
	str_clear(&s->text);
	s->at = 0;
	while (art_next(f, l)) {
		at = 0;
		from = word(l->p, l->n, &at);
		if (is(l->p + from, at - from, "end"))
			break;
		if (s->text.n < ART_LINE_MAX) {
			str_add(&s->text, l->p, l->n);
			str_addc(&s->text, '\n');
		}
	}
	return true;
}

static bool
runs(const struct stanza *s)
{
	return boot_ends(s->kind.s, "script") || boot_ends(s->kind.s, "exec") ||
	       str_eq(&s->kind, "script") || str_eq(&s->kind, "exec");
}

/* "exec" and "script" are one: the job's main process. */
static void
role(const struct stanza *s, struct str *out)
{
	size_t n = strcspn(s->kind.s, " ");

	str_addc(out, '\n');
	if (n < s->kind.n)
		str_add(out, s->kind.s, n);
	str_addc(out, '\n');
}

static void
job_read(const struct art_file *f, struct job *j)
{
	struct art_line l = ART_LINE_INIT;
	struct stanza s = {STR_INIT, STR_INIT, 0, 0};
	size_t from;

	while (stanza_next(f, &l, &s) && l.number < ART_LINES_MAX) {
		if (runs(&s) && j->runs.n < ART_LINE_MAX) {
			role(&s, &j->runs);
		} else if (str_eq(&s.kind, "manual")) {
			j->manual = true;
			str_clear(&j->start);
		} else if (str_eq(&s.kind, "start on")) {
			while (s.at < s.text.n && blank(s.text.s[s.at]))
				s.at++;
			str_set(&j->start, s.text.s + s.at, s.text.n - s.at);
			str_cut(&j->start, ART_ENV_MAX);
			j->manual = false;
		} else if (str_eq(&s.kind, "setuid")) {
			from = word(s.text.s, s.text.n, &s.at);
			str_set(&j->user, s.text.s + from, s.at - from);
		}
	}
	str_release(&s.text);
	str_release(&s.kind);
}

/* The file of the same name with another ending: x.override for x.conf. */
static void
other_half(const struct art_file *f, const char *tail, struct job *j,
    struct str *path)
{
	struct str data cleanup_str = STR_INIT;
	struct art_file g = *f;
	const char *dot = strrchr(f->via, '.');

	str_add(path, f->via, dot ? (size_t)(dot - f->via) : strlen(f->via));
	str_adds(path, tail);
	if (!f->root || root_slurp(f->root, path->s, ART_KEEP_MAX, &data, NULL,
	    NULL) < 0) {
		str_clear(path);
		return;
	}
	g.data = data.s;
	g.n = data.n;
	job_read(&g, j);
}

int
parse_upstart(const struct art_file *f, struct rec *r, struct err *err)
{
	struct job j = {STR_INIT, STR_INIT, STR_INIT, false};
	struct str other cleanup_str = STR_INIT, mine cleanup_str = STR_INIT;
	struct stanza s = {STR_INIT, STR_INIT, 0, 0};
	struct art_line l = ART_LINE_INIT;
	struct str half cleanup_str = STR_INIT, name cleanup_str = STR_INIT;
	bool over = boot_ends(f->via, ".override"), replaced;
	bool here = boot_init(f) == INIT_UPSTART;
	const char *base = boot_base(f->via), *defect = NULL;
	int64_t rows = 0;

	(void)err;
	/* conf first, then what overrides it */
	if (over)
		other_half(f, ".conf", &j, &half);
	str_clear(&j.runs);
	job_read(f, &j);
	if (!over) {
		str_clear(&j.runs);
		other_half(f, ".override", &j, &half);
		str_add(&other, j.runs.s, j.runs.n);
	}
	if (over && !half.n)
		defect = "there is no job of that name";
	else if (!here && f->root)
		defect = "upstart is not the init here";
	else if (j.manual)
		defect = "manual: nothing starts it";
	str_add(&name, base, strlen(base) - (over ? 9 :
	    boot_ends(base, ".conf") ? 5 : 0));
	while (stanza_next(f, &l, &s)) {
		if (!runs(&s))
			continue;
		str_clear(&mine);
		role(&s, &mine);
		replaced = memmem(other.s, other.n, mine.s, mine.n);
		if (++rows > ART_LINES_MAX) {
			art_too_many(f, r);
			break;
		}
		art_begin(f, r, s.line);
		if (f->art->owner == OWNER_FIELD)
			rec_text(r, COL_persist_owner,
			    j.user.n ? j.user.s : "root");
		rec_str(r, COL_persist_name, &name);
		rec_str(r, COL_persist_schedule, &j.start);
		art_trimmed(r, COL_persist_command, s.text.s + s.at,
		    s.text.n - s.at);
		rec_str(r, COL_persist_text, &s.kind);
		rec_text(r, COL_persist_defect, defect ? defect : replaced
		    ? "the .override has another in its place" : NULL);
		if (over)
			rec_str(r, COL_persist_overrides, &half);
		if (!defect && !replaced && j.start.n)
			rec_text(r, COL_persist_enabled, "upstart");
		art_runs(f, r, RUNS_SHELL, s.text.s + s.at, s.text.n - s.at,
		    NULL, "/");
		rec_end(r);
	}
	if (!rows) {
		art_begin(f, r, 0);
		rec_str(r, COL_persist_name, &name);
		rec_str(r, COL_persist_schedule, &j.start);
		rec_text(r, COL_persist_defect, defect);
		if (over)
			rec_str(r, COL_persist_overrides, &half);
		rec_end(r);
	}
	str_release(&j.start);
	str_release(&j.user);
	str_release(&j.runs);
	str_release(&s.text);
	str_release(&s.kind);
	return 0;
}
