#include "when.h"

#include "civil.h"
#include "limits.h"

/*
 * Calendar events of systemd.time(7), with what systemd itself takes and
 * refuses (tests/t-when.sh asks it): DAYS YEAR-MONTH-DAY HOUR:MINUTE:SECOND,
 * each a list of values, ranges and repetitions; the words for common ones; a
 * time zone behind it.
 */

#define SECOND 1000000 /* a second's part is kept in microseconds */
#define DAY_SECONDS 86400

enum { YEAR, MONTH, MDAY, HOUR, MINUTE, MICRO };

static const char bad[] = "bad calendar event";

struct text {
	const char *p, *end;
};

static char
at(const struct text *t)
{
	return t->p < t->end ? *t->p : '\0';
}

static bool
space(char c)
{
	return c == ' ' || c == '\0';
}

static bool
decimal(struct text *t, bool micro, int64_t *out)
{
	int64_t v = 0, unit = SECOND;
	int digits = 0;

	for (; at(t) >= '0' && at(t) <= '9'; t->p++, digits++) {
		v = v * 10 + (at(t) - '0');
		if (v > 100000000)
			return false;
	}
	if (!digits)
		return false;
	if (micro) {
		v *= SECOND;
		if (at(t) == '.' && t->p + 1 < t->end && t->p[1] != '.') {
			for (t->p++; at(t) >= '0' && at(t) <= '9'; t->p++) {
				unit /= 10;
				v += unit * (at(t) - '0');
			}
		}
	}
	*out = v;
	return true;
}

static bool
chain(struct text *t, bool micro, struct calendar_list *l)
{
	struct calendar_part *x;

	memset(l, 0, sizeof(*l));
	if (at(t) == '*') {
		t->p++;
		if (micro) {
			l->v = xcalloc(1, sizeof(*l->v));
			l->n = 1;
			l->v[0].stop = -1;
			l->v[0].repeat = SECOND;
		}
		return true;
	}
	for (;;) {
		if (l->n >= CALENDAR_VALUES_MAX)
			return false;
		l->v = xreallocarray(l->v, l->n + 1, sizeof(*l->v));
		x = &l->v[l->n++];
		x->stop = -1;
		x->repeat = 0;
		if (!decimal(t, micro, &x->start))
			return false;
		if (at(t) == '.' && t->p + 1 < t->end && t->p[1] == '.') {
			t->p += 2;
			if (!decimal(t, micro, &x->stop))
				return false;
			x->repeat = micro ? SECOND : 1;
		}
		if (at(t) == '/') {
			t->p++;
			if (!decimal(t, micro, &x->repeat) || !x->repeat)
				return false;
		} else if (micro && x->stop >= 0 &&
		    x->start + x->repeat > x->stop) {
			return false;
		}
		if (!strchr(" ,-~:", at(t)))
			return false;
		if (at(t) != ',')
			return true;
		t->p++;
	}
}

static bool
days_of_week(struct text *t, struct calendar *c)
{
	static const char *const names[] = {"Monday", "Mon", "Tuesday", "Tue",
	    "Wednesday", "Wed", "Thursday", "Thu", "Friday", "Fri", "Saturday",
	    "Sat", "Sunday", "Sun"};
	size_t i, n, left;
	int from = -1, day, k;
	bool first = true;

	for (;;) {
		if (!first && at(t) == ' ')
			break;
		left = (size_t)(t->end - t->p);
		for (i = 0; i < COUNT(names); i++) {
			n = strlen(names[i]);
			if (left >= n && strncasecmp(t->p, names[i], n) == 0 &&
			    (left == n || strchr("-., ", t->p[n])))
				break;
		}
		if (i == COUNT(names))
			return first; /* no weekday at all is fine */
		day = (int)(i / 2);
		t->p += n;
		c->weekdays |= (uint8_t)(1 << day);
		if (from >= 0) {
			if (from > day)
				return false;
			for (k = from + 1; k < day; k++)
				c->weekdays |= (uint8_t)(1 << k);
		}
		first = false;
		from = -1;
		if (t->p == t->end)
			return true;
		if (at(t) == ' ')
			break;
		if (at(t) == '.') {
			if (t->end - t->p < 2 || t->p[1] != '.')
				return false;
			from = day;
			t->p += 2;
		} else if (at(t) == '-') {
			from = day;
			t->p++;
		} else { /* a comma */
			t->p++;
		}
	}
	while (at(t) == ' ')
		t->p++;
	return true;
}

static void
drop(struct calendar_list *l)
{
	free(l->v);
	memset(l, 0, sizeof(*l));
}

static bool
date(struct text *t, struct calendar *c)
{
	struct calendar_list l[3] = {{0}, {0}, {0}};
	struct text from = *t;
	int n = 0, k;

	if (t->p == t->end)
		return true;
	if (at(t) == '@') {
		t->p++;
		for (c->epoch = 0; at(t) >= '0' && at(t) <= '9'; t->p++) {
			c->epoch = c->epoch * 10 + (at(t) - '0');
			if (c->epoch > INT64_C(10000000000))
				return false;
		}
		return t->p == t->end && t->p - from.p > 1;
	}
	for (;;) {
		if (!chain(t, false, &l[n++]))
			goto wrong;
		if (n == 1 && (t->p == t->end || at(t) == ':')) {
			*t = from; /* a time, then */
			drop(&l[0]);
			return true;
		}
		if (n >= 2 && space(at(t)))
			break;
		if (n == 3 || c->end_of_month)
			goto wrong;
		if (at(t) == '~')
			c->end_of_month = true;
		else if (at(t) != '-')
			goto wrong;
		t->p++;
	}
	while (at(t) == ' ')
		t->p++;
	for (k = 0; k < n; k++)
		c->part[3 - n + k] = l[k];
	return true;
wrong:
	for (k = 0; k < n; k++)
		drop(&l[k]);
	return false;
}

static void
zero(struct calendar_list *l)
{
	l->v = xcalloc(1, sizeof(*l->v));
	l->v[0].stop = -1;
	l->n = 1;
}

static bool
time_of_day(struct text *t, struct calendar *c)
{
	if (t->p == t->end) {
		zero(&c->part[HOUR]);
		zero(&c->part[MINUTE]);
		zero(&c->part[MICRO]);
		return true;
	}
	if (!chain(t, false, &c->part[HOUR]) || at(t) != ':')
		return false;
	t->p++;
	if (!chain(t, false, &c->part[MINUTE]))
		return false;
	if (t->p == t->end) {
		zero(&c->part[MICRO]);
		return true;
	}
	if (at(t) != ':')
		return false;
	t->p++;
	return chain(t, true, &c->part[MICRO]) && t->p == t->end;
}

static bool
valid(struct calendar_list *l, int64_t from, int64_t to, bool end)
{
	struct calendar_part *x;
	size_t i;

	if (end)
		to -= 3;
	for (i = 0; i < l->n; i++) {
		x = &l->v[i];
		if (x->stop > x->start && x->repeat > 0)
			x->stop -= (x->stop - x->start) % x->repeat;
		if (x->stop == x->start) {
			x->repeat = 0; /* it comes once */
			x->stop = -1;
		}
		if (x->start < from || x->start > to || x->repeat > to - from)
			return false;
		if (x->stop >= 0) {
			if (x->stop < from || x->stop > to ||
			    x->start + x->repeat > x->stop)
				return false;
		} else if (end ? x->start - x->repeat < from :
		    x->start + x->repeat > to) {
			return false;
		}
	}
	return true;
}

static void
years(struct calendar_list *l)
{
	int64_t *y[2];
	size_t i, k;

	for (i = 0; i < l->n; i++) {
		y[0] = &l->v[i].start;
		y[1] = &l->v[i].stop;
		for (k = 0; k < 2; k++)
			if (*y[k] >= 0 && *y[k] < 70)
				*y[k] += 2000;
			else if (*y[k] >= 70 && *y[k] < 100)
				*y[k] += 1900;
	}
}

const char *
calendar_parse(const char *p, size_t n, struct calendar *c)
{
	static const struct {
		const char *word, *means;
	} words[] = {
	    {"minutely", "*-*-* *:*:00"}, {"hourly", "*-*-* *:00:00"},
	    {"daily", "*-*-* 00:00:00"}, {"monthly", "*-*-01 00:00:00"},
	    {"annually", "*-01-01 00:00:00"}, {"yearly", "*-01-01 00:00:00"},
	    {"anually", "*-01-01 00:00:00"}, {"weekly", "Mon *-*-* 00:00:00"},
	    {"quarterly", "*-01,04,07,10-01 00:00:00"},
	    {"biannually", "*-01,07-01 00:00:00"},
	    {"bi-annually", "*-01,07-01 00:00:00"},
	    {"semiannually", "*-01,07-01 00:00:00"},
	    {"semi-annually", "*-01,07-01 00:00:00"}};
	struct text t = {p, p + n};
	const char *last;
	size_t i, k;

	memset(c, 0, sizeof(*c));
	c->epoch = -1;
	if (!n || memchr(p, '\0', n))
		return bad;
	/* a last word with letters, and no weekday: the time zone */
	last = memrchr(p, ' ', n);
	if (last && last + 1 < t.end) {
		k = (size_t)(t.end - last - 1);
		if (k == 3 && strncasecmp(last + 1, "UTC", 3) == 0) {
			c->utc = true;
			t.end = last;
		} else if (((last[1] | 32) >= 'a' && (last[1] | 32) <= 'z')) {
			c->zone = last + 1;
			c->zone_n = k;
			t.end = last;
		}
	}
	if (t.p == t.end)
		return bad;
	for (i = 0; i < COUNT(words); i++) {
		k = strlen(words[i].word);
		if (k == (size_t)(t.end - t.p) &&
		    strncasecmp(t.p, words[i].word, k) == 0) {
			t.p = words[i].means;
			t.end = t.p + strlen(t.p);
			break;
		}
	}
	if (!days_of_week(&t, c) || !date(&t, c))
		return bad;
	if (c->epoch >= 0)
		return NULL;
	if (!time_of_day(&t, c))
		return bad;
	years(&c->part[YEAR]);
	if (!valid(&c->part[YEAR], 1970, 2199, false) ||
	    !valid(&c->part[MONTH], 1, 12, false) ||
	    !valid(&c->part[MDAY], 1, 31, c->end_of_month) ||
	    !valid(&c->part[HOUR], 0, 23, false) ||
	    !valid(&c->part[MINUTE], 0, 59, false) ||
	    !valid(&c->part[MICRO], 0, INT64_C(60) * SECOND - 1, false))
		return bad;
	return NULL;
}

void
calendar_release(struct calendar *c)
{
	int i;

	for (i = 0; i < CALENDAR_PARTS; i++)
		drop(&c->part[i]);
}

/* The least value of the list that is *v or more; -1: none; 1: another. */
static int
match(const struct calendar *c, int which, const int64_t *now, int64_t *v)
{
	const struct calendar_list *l = &c->part[which];
	int64_t start, stop, best = -1, k, dim, x;
	size_t i;

	if (!l->n)
		return 0;
	for (i = 0; i < l->n; i++) {
		start = l->v[i].start;
		stop = l->v[i].stop;
		if (which == MDAY && c->end_of_month) {
			dim = when_days_in(now[YEAR], (int)now[MONTH]);
			start = dim + 1 - start >= 1 ? dim + 1 - start : -1;
			stop = stop >= 0 && dim + 1 - stop >= 1 ?
				   dim + 1 - stop : -1;
			if (stop > 0) {
				x = start;
				start = stop;
				stop = x;
			}
		}
		if (start >= *v) {
			if (best < 0 || start < best)
				best = start;
		} else if (l->v[i].repeat > 0) {
			k = start + (*v - start + l->v[i].repeat - 1) /
				    l->v[i].repeat * l->v[i].repeat;
			if ((best < 0 || k < best) && (stop < 0 || k <= stop))
				best = k;
		}
	}
	if (best < 0)
		return -1;
	if (best == *v)
		return 0;
	*v = best;
	return 1;
}

/* Parts below which start anew. */
static void
reset(int64_t *v, int from)
{
	static const int64_t low[CALENDAR_PARTS] = {1970, 1, 1, 0, 0, 0};
	int i;

	for (i = from; i < CALENDAR_PARTS; i++)
		v[i] = low[i];
}

/* The first local time of it not before v. -1: there is none. */
static int
first_from(const struct calendar *c, int64_t *v)
{
	int64_t high[CALENDAR_PARTS] = {2199, 12, 31, 23, 59,
	    INT64_C(60) * SECOND - 1};
	int64_t days;
	int steps, i, r;

	for (steps = 0; steps < CALENDAR_STEPS_MAX; steps++) {
		/* what went over an end goes into the part above */
		for (i = MICRO; i > YEAR; i--) {
			high[MDAY] = v[MONTH] <= 12 ?
			    when_days_in(v[YEAR], (int)v[MONTH]) : 31;
			if (v[i] > high[i]) {
				v[i - 1]++;
				reset(v, i);
			}
		}
		if (v[YEAR] > high[YEAR])
			return -1;
		for (i = YEAR, r = 0; i < CALENDAR_PARTS && r == 0; i++) {
			r = match(c, i, v, &v[i]);
			if (r > 0) {
				reset(v, i + 1);
				if (i != MICRO || v[i] > high[i])
					r = 2;
			} else if (r < 0) {
				if (i == YEAR)
					return -1;
				v[i - 1]++;
				reset(v, i);
			}
			if (i == MDAY && r == 0 && c->weekdays) {
				days = civil_days(v[YEAR], (int)v[MONTH],
				    (int)v[MDAY]);
				if (!(c->weekdays >>
				    (((days + 3) % 7 + 7) % 7) & 1)) {
					v[MDAY]++;
					reset(v, HOUR);
					r = 2;
				}
			}
		}
		if (r == 0 || r == 1)
			return 0;
	}
	return -1;
}

void
calendar_next(const struct calendar *c, const struct zone *z,
    const struct zone *shown, int64_t now, struct when_next *w)
{
	static const struct zone utc_zone = ZONE_INIT;
	int64_t v[CALENDAR_PARTS], local, utc, days, tod;
	int month, day, i, found = 0;

	if (c->utc)
		z = &utc_zone;
	if (c->epoch >= 0) {
		if (c->epoch > now)
			when_add(w, c->epoch, c->epoch +
			    zone_offset(shown, c->epoch));
		return;
	}
	local = now + zone_offset(z, now);
	days = local / DAY_SECONDS;
	tod = local % DAY_SECONDS;
	if (local < 0)
		return;
	when_date(days, &v[YEAR], &month, &day);
	v[MONTH] = month;
	v[MDAY] = day;
	v[HOUR] = tod / 3600;
	v[MINUTE] = tod / 60 % 60;
	v[MICRO] = tod % 60 * SECOND + 1; /* after now */
	for (i = 0; i < 200 && found < WHEN_TIMES; i++) {
		if (first_from(c, v))
			return;
		local = civil_days(v[YEAR], (int)v[MONTH], (int)v[MDAY]) *
			    DAY_SECONDS + v[HOUR] * 3600 + v[MINUTE] * 60 +
			v[MICRO] / SECOND;
		utc = zone_utc(z, local);
		if (utc > now) {
			when_add(w, utc, utc + zone_offset(shown, utc));
			found++;
		}
		v[MICRO]++;
	}
}
