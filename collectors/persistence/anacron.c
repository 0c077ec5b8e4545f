#include "art.h"

#include "civil.h"
#include "limits.h"
#include "runs.h"
#include "tree.h"
#include "when.h"

/*
 * /etc/anacrontab, as anacrontab(5) says: variables, and lines of period (days,
 * or a word), delay in minutes, a name and a command, which root's shell runs.
 * When a job ran last stands in /var/spool/anacron/NAME.
 */

#define DAY 86400

struct tab {
	const struct art_file *f;
	struct rec *rec;
	struct strlist names, environment;
	int64_t hour; /* START_HOURS_RANGE begins; -1: none */
};

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next word of the line; n 0: there is none. */
static const char *
word(const char **p, const char *end, size_t *n)
{
	const char *from;

	while (*p < end && blank(**p))
		(*p)++;
	for (from = *p; *p < end && !blank(**p);)
		(*p)++;
	*n = (size_t)(*p - from);
	return from;
}

static bool
number(const char *p, size_t n, int64_t *out)
{
	size_t i;

	for (i = 0, *out = 0; i < n && i < 6; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		*out = *out * 10 + (p[i] - '0');
	}
	return n > 0 && n <= 6;
}

static bool
is(const char *p, size_t n, const char *w)
{
	return strlen(w) == n && memcmp(p, w, n) == 0;
}

/* Days of the period; 0: it is none. */
static int64_t
period(const char *p, size_t n)
{
	int64_t days;

	if (is(p, n, "@daily"))
		return 1;
	if (is(p, n, "@weekly"))
		return 7;
	if (is(p, n, "@monthly"))
		return 31;
	if (is(p, n, "@yearly") || is(p, n, "@annually"))
		return 365;
	return number(p, n, &days) ? days : 0;
}

/* From the day that it ran last; where that is over, it is due now. */
static void
next_times(struct tab *t, const char *job, size_t n, int64_t days,
    int64_t delay, struct when_next *w)
{
	struct str path cleanup_str = STR_INIT, data cleanup_str = STR_INIT;
	const struct zone *z;
	int64_t now, ymd, day = 0, local, utc;
	int i;

	if (!t->f->tree || !t->f->root || n > 255)
		return;
	now = art_tree_now(t->f->tree);
	z = art_tree_zone(t->f->tree);
	str_adds(&path, "/var/spool/anacron/");
	str_add(&path, job, n);
	if (root_slurp(t->f->root, path.s, 64, &data, NULL, NULL) == 0 &&
	    data.n >= 8 && number(data.s, 4, &ymd) && ymd > 1970) {
		int64_t m, d;

		if (number(data.s + 4, 2, &m) && number(data.s + 6, 2, &d) &&
		    m >= 1 && m <= 12 && d >= 1 && d <= 31)
			day = civil_days(ymd, (int)m, (int)d) + days;
	}
	if (!now)
		return;
	local = now + zone_offset(z, now);
	if (day * DAY + (t->hour > 0 ? t->hour * 3600 : 0) < local)
		day = 0;
	if (!day) { /* due: with the next start of anacron */
		when_add(w, now + delay * 60, local + delay * 60);
		day = local / DAY + days;
	}
	for (i = 0; i < WHEN_TIMES; i++, day += days) {
		local = day * DAY + (t->hour > 0 ? t->hour * 3600 : 0) +
			delay * 60;
		utc = zone_utc(z, local);
		when_add(w, utc, utc + zone_offset(z, utc));
	}
}

/* NAME=VALUE, blanks around "=" allowed. */
static bool
variable(struct tab *t, const struct art_line *l)
{
	struct str s cleanup_str = STR_INIT;
	const char *p = l->p, *end = l->p + l->n, *name;
	size_t n, i;

	while (p < end && blank(*p))
		p++;
	for (name = p; p < end && !blank(*p) && *p != '=';)
		p++;
	n = (size_t)(p - name);
	while (p < end && blank(*p))
		p++;
	if (!n || p == end || *p != '=')
		return false;
	for (p++; p < end && blank(*p);)
		p++;
	while (end > p && blank(end[-1]))
		end--;
	if (is(name, n, "START_HOURS_RANGE")) {
		for (i = 0; i < (size_t)(end - p) && p[i] != '-';)
			i++;
		if (!number(p, i, &t->hour) || t->hour > 23)
			t->hour = -1;
	}
	art_begin(t->f, t->rec, l->number);
	rec_bytes(t->rec, COL_persist_name, name, n);
	if (is(name, n, "SHELL") && end > p && *p == '/') {
		rec_bytes(t->rec, COL_persist_command, p, (size_t)(end - p));
		art_runs(t->f, t->rec, RUNS_FILE, p, (size_t)(end - p), NULL,
		    NULL);
	}
	rec_bytes(t->rec, COL_persist_text, l->p, l->n);
	rec_end(t->rec);
	str_add(&s, name, n);
	for (i = 0; i < t->names.n; i++)
		if (str_eq(&t->names.v[i], s.s))
			break;
	if (i == t->names.n) {
		if (i >= RUNS_NAMES_MAX)
			return true;
		strlist_add(&t->names, name, n);
		strlist_add(&t->environment, "", 0);
	}
	str_addc(&s, '=');
	str_add(&s, p, (size_t)(end - p));
	str_cut(&s, s.n > ART_ENV_MAX ? ART_ENV_MAX : s.n);
	str_set(&t->environment.v[i], s.s, s.n);
	return true;
}

static void
job(struct tab *t, const struct art_line *l)
{
	struct str schedule cleanup_str = STR_INIT;
	struct when_next w = {.n = 0};
	const char *p = l->p, *end = l->p + l->n, *every, *after, *name;
	const char *defect = NULL, *path = NULL;
	size_t every_n, after_n, name_n, i;
	int64_t days, delay = 0;

	every = word(&p, end, &every_n);
	after = word(&p, end, &after_n);
	name = word(&p, end, &name_n);
	while (p < end && blank(*p))
		p++;
	days = period(every, every_n);
	if (!days)
		defect = "bad period";
	else if (!number(after, after_n, &delay))
		defect = "bad delay";
	else if (!name_n || memchr(name, '/', name_n))
		defect = "bad job identifier";
	else if (p == end)
		defect = "bad command";
	str_add(&schedule, every, every_n);
	if (days && every[0] != '@')
		str_adds(&schedule, days == 1 ? " day" : " days");
	art_begin(t->f, t->rec, l->number);
	rec_str(t->rec, COL_persist_schedule, &schedule);
	if (name_n)
		rec_bytes(t->rec, COL_persist_name, name, name_n);
	art_trimmed(t->rec, COL_persist_command, p, (size_t)(end - p));
	rec_bytes(t->rec, COL_persist_text, l->p, l->n);
	for (i = 0; i < t->names.n; i++)
		if (str_eq(&t->names.v[i], "PATH"))
			path = t->environment.v[i].s + 5;
	art_runs(t->f, t->rec, RUNS_SHELL, p, (size_t)(end - p), path, "/");
	rec_list(t->rec, COL_persist_environment, &t->environment);
	rec_text(t->rec, COL_persist_defect, defect);
	if (!defect) {
		next_times(t, name, name_n, days, delay, &w);
		when_write(&w, t->rec);
	}
	rec_end(t->rec);
}

int
parse_anacrontab(const struct art_file *f, struct rec *r, struct err *err)
{
	struct tab t = {.f = f, .rec = r, .hour = -1};
	struct art_line l = ART_LINE_INIT;
	int64_t rows = 0;
	size_t i;

	(void)err;
	while (art_next(f, &l)) {
		for (i = 0; i < l.n && blank(l.p[i]);)
			i++;
		if (i == l.n || l.p[i] == '#')
			continue;
		if (++rows > ART_LINES_MAX) {
			art_too_many(f, r);
			break;
		}
		if (!variable(&t, &l))
			job(&t, &l);
	}
	if (!rows)
		art_file_row(f, r, NULL);
	strlist_release(&t.names);
	strlist_release(&t.environment);
	return 0;
}
