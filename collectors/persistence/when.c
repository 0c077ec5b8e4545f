#include "when.h"

#include "civil.h"
#include "limits.h"

#define DAY 86400

void
when_date(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = yoe + era * 400 + (*month <= 2);
}

int
when_days_in(int64_t year, int month)
{
	static const int d[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (month == 2 && year % 4 == 0 && (year % 100 || year % 400 == 0))
		return 29;
	return d[month - 1];
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* 0: Sunday */
static int
weekday(int64_t days)
{
	return (int)(((days + 4) % 7 + 7) % 7);
}

/* ---- time zones --------------------------------------------------------- */

static int64_t
big(const unsigned char *p, int bytes)
{
	uint64_t v = 0;
	int i;

	for (i = 0; i < bytes; i++)
		v = v << 8 | p[i];
	return bytes == 4 ? (int32_t)(uint32_t)v : (int64_t)v;
}

/* [+-]H[H[H]][:MM[:SS]] */
static bool
clock_time(const char **p, const char *end, int32_t *out)
{
	int32_t part[3] = {0, 0, 0};
	int sign = 1, i, digits;

	if (*p < end && (**p == '-' || **p == '+'))
		sign = *(*p)++ == '-' ? -1 : 1;
	for (i = 0; i < 3; i++) {
		for (digits = 0; *p < end && **p >= '0' && **p <= '9' &&
		     digits < 3; digits++)
			part[i] = part[i] * 10 + (*(*p)++ - '0');
		if (!digits)
			return false;
		if (*p == end || **p != ':')
			break;
		(*p)++;
	}
	*out = sign * (part[0] * 3600 + part[1] * 60 + part[2]);
	return true;
}

static bool
zone_name(const char **p, const char *end)
{
	const char *from = *p;

	if (*p < end && **p == '<') {
		while (*p < end && **p != '>')
			(*p)++;
		if (*p == end)
			return false;
		(*p)++;
		return true;
	}
	while (*p < end && ((**p >= 'a' && **p <= 'z') ||
	    (**p >= 'A' && **p <= 'Z')))
		(*p)++;
	return *p - from >= 3;
}

static bool
small(const char **p, const char *end, int *out)
{
	int digits = 0;

	for (*out = 0; *p < end && **p >= '0' && **p <= '9' && digits < 3;
	     digits++)
		*out = *out * 10 + (*(*p)++ - '0');
	return digits > 0;
}

/* The rule at the end of the file: CET-1CEST,M3.5.0,M10.5.0/3 */
static bool
rule(const char *p, const char *end, struct zone_rule *r)
{
	struct zone_change *c;
	int i;

	memset(r, 0, sizeof(*r));
	if (!zone_name(&p, end) || !clock_time(&p, end, &r->offset[0]))
		return false;
	r->offset[0] = -r->offset[0];
	if (p == end)
		return r->used = true;
	if (!zone_name(&p, end))
		return false;
	r->offset[1] = r->offset[0] + 3600;
	if (p < end && *p != ',') {
		if (!clock_time(&p, end, &r->offset[1]))
			return false;
		r->offset[1] = -r->offset[1];
	}
	for (i = 0; i < 2; i++) {
		c = &r->change[i];
		if (p == end || *p++ != ',' || p == end)
			return false;
		c->kind = '0';
		if (*p == 'M') {
			c->kind = *p++;
			if (!small(&p, end, &c->month) || p == end ||
			    *p++ != '.' || !small(&p, end, &c->week) ||
			    p == end || *p++ != '.' ||
			    !small(&p, end, &c->day) || c->month < 1 ||
			    c->month > 12 || c->week < 1 || c->week > 5 ||
			    c->day > 6)
				return false;
		} else {
			if (*p == 'J')
				c->kind = *p++;
			if (!small(&p, end, &c->day) || c->day > 365)
				return false;
		}
		c->at = 7200;
		if (p < end && *p == '/') {
			p++;
			if (!clock_time(&p, end, &c->at))
				return false;
		}
	}
	r->daylight = true;
	return r->used = p == end;
}

/* When does the change come in that year? Local, as the clock shows. */
static int64_t
change_in(const struct zone_change *c, int64_t year)
{
	int64_t first, day;
	bool leap = when_days_in(year, 2) == 29;

	if (c->kind != 'M') {
		day = civil_days(year, 1, 1) + c->day;
		if (c->kind == 'J') /* 1..365, without the leap day */
			day += (leap && c->day >= 60) - 1;
		return day * DAY + c->at;
	}
	first = civil_days(year, c->month, 1);
	day = first + (c->day - weekday(first) + 7) % 7 + 7 * (c->week - 1);
	while (day - first >= when_days_in(year, c->month))
		day -= 7;
	return day * DAY + c->at;
}

static int32_t
rule_offset(const struct zone_rule *r, int64_t utc)
{
	int64_t year, to, back;
	int month, day;
	bool in;

	if (!r->daylight)
		return r->offset[0];
	when_date(floor_div(utc + r->offset[0], DAY), &year, &month, &day);
	to = change_in(&r->change[0], year) - r->offset[0];
	back = change_in(&r->change[1], year) - r->offset[1];
	in = to < back ? utc >= to && utc < back : utc >= to || utc < back;
	return r->offset[in];
}

int
zone_parse(const void *data, size_t n, struct zone *z)
{
	const unsigned char *p = data, *times, *types;
	const char *end;
	size_t isut, isstd, leap, count, typecnt, charcnt, size, block, i;
	int bytes = 4;

	memset(z, 0, sizeof(*z));
	for (;;) {
		if (n < 44 || memcmp(p, "TZif", 4) != 0)
			return -1;
		isut = (uint32_t)big(p + 20, 4);
		isstd = (uint32_t)big(p + 24, 4);
		leap = (uint32_t)big(p + 28, 4);
		count = (uint32_t)big(p + 32, 4);
		typecnt = (uint32_t)big(p + 36, 4);
		charcnt = (uint32_t)big(p + 40, 4);
		if (isut > ZONE_READ_MAX || isstd > ZONE_READ_MAX ||
		    leap > ZONE_READ_MAX || count > ZONE_TIMES_MAX ||
		    typecnt > 256 || !typecnt || charcnt > ZONE_READ_MAX)
			return -1;
		size = (size_t)bytes;
		block = 44 + count * (size + 1) + typecnt * 6 + charcnt +
			leap * (size + 4) + isstd + isut;
		if (block > n)
			return -1;
		if (p[4] < '2' || bytes == 8)
			break;
		p += block;
		n -= block;
		bytes = 8;
	}
	times = p + 44;
	types = times + count * (size + 1);
	if (count) {
		z->at = xcalloc(count, sizeof(*z->at));
		z->offset = xcalloc(count, sizeof(*z->offset));
	}
	z->first = (int32_t)big(types, 4);
	for (i = 0; i < count; i++) {
		unsigned char t = times[count * size + i];

		z->at[i] = big(times + i * size, bytes);
		if (t >= typecnt || (i && z->at[i] < z->at[i - 1])) {
			zone_release(z);
			return -1;
		}
		z->offset[i] = (int32_t)big(types + t * 6, 4);
		if (z->offset[i] > 2 * DAY || z->offset[i] < -2 * DAY)
			z->offset[i] = 0;
	}
	z->n = count;
	if (z->first > 2 * DAY || z->first < -2 * DAY)
		z->first = 0;
	if (bytes == 8 && n > block + 1 && p[block] == '\n') {
		end = memchr(p + block + 1, '\n', n - block - 1);
		if (end && !rule((const char *)p + block + 1, end, &z->rule))
			memset(&z->rule, 0, sizeof(z->rule));
	}
	return 0;
}

void
zone_release(struct zone *z)
{
	free(z->at);
	free(z->offset);
	memset(z, 0, sizeof(*z));
}

int32_t
zone_offset(const struct zone *z, int64_t utc)
{
	size_t lo = 0, hi = z->n, mid;

	if (z->rule.used && (!z->n || utc >= z->at[z->n - 1]))
		return rule_offset(&z->rule, utc);
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (z->at[mid] <= utc)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? z->offset[lo - 1] : z->first;
}

int64_t
zone_utc(const struct zone *z, int64_t local)
{
	int32_t before = zone_offset(z, local - DAY);
	int32_t after = zone_offset(z, local + DAY);
	int64_t utc = local - before, lo, hi, mid;

	if (before == after || zone_offset(z, utc) == before)
		return utc;
	utc = local - after;
	if (zone_offset(z, utc) == after)
		return utc;
	/* left out by the clocks: the moment of the change */
	lo = local - DAY;
	hi = local + DAY;
	while (hi - lo > 1) {
		mid = lo + (hi - lo) / 2;
		if (zone_offset(z, mid) == before)
			lo = mid;
		else
			hi = mid;
	}
	return hi;
}

int
zone_of(struct root *r, const char *name, size_t n, struct zone *z)
{
	struct str path cleanup_str = STR_INIT, data cleanup_str = STR_INIT;
	struct err e;
	size_t i;

	memset(z, 0, sizeof(*z));
	if (!r)
		return -1;
	if (name) {
		if (!n || n > 255 || name[0] == '/' || name[0] == '.' ||
		    memmem(name, n, "..", 2))
			return -1;
		for (i = 0; i < n; i++)
			if ((unsigned char)name[i] <= ' ')
				return -1;
		str_adds(&path, "/usr/share/zoneinfo/");
		str_add(&path, name, n);
	} else {
		str_adds(&path, "/etc/localtime");
	}
	if (root_slurp(r, path.s, ZONE_READ_MAX, &data, NULL, &e) < 0)
		return -1;
	return zone_parse(data.s, data.n, z);
}

/* ---- the clock ---------------------------------------------------------- */

/* Where a running system writes all the time: files and folders, and with a
 * star what lies in one. */
static const char *const signs[] = {"/var/lib/systemd/timesync/clock",
    "/var/lib/systemd/random-seed", "/var/lib/systemd/timers/*",
    "/var/lib/dpkg/status", "/var/lib/NetworkManager", "/var/lib/dhcp/*",
    "/var/spool/anacron/*", "/var/log", "/var/log/*", "/var/log/journal/*",
    "/var/cache", "/etc", "/run", "/tmp", "/var/tmp", "/root", "/home/*"};

static int
newest(void *arg, const struct root_entry *ent)
{
	int64_t *t = arg;

	if (ent->st->st_mtim.tv_sec > *t)
		*t = ent->st->st_mtim.tv_sec;
	return 0;
}

int64_t
when_clock(struct root *r)
{
	struct str path cleanup_str = STR_INIT;
	int64_t t = 0;
	size_t i, n;

	for (i = 0; r && i < COUNT(signs); i++) {
		struct root_file f cleanup_root_file = ROOT_FILE_INIT;

		n = strlen(signs[i]);
		str_set(&path, signs[i], signs[i][n - 1] == '*' ? n - 2 : n);
		if (signs[i][n - 1] == '*')
			root_list(r, path.s, newest, &t, NULL);
		else if (root_find(r, path.s, 0, &f, NULL) == 0 &&
		    f.st.st_mtim.tv_sec > t)
			t = f.st.st_mtim.tv_sec;
	}
	return t;
}

/* ---- schedules ---------------------------------------------------------- */

void
when_add(struct when_next *w, int64_t utc, int64_t local)
{
	size_t i, k;

	for (i = 0; i < w->n && w->utc[i] < utc; i++)
		;
	if (i == WHEN_TIMES || (i < w->n && w->utc[i] == utc))
		return;
	if (w->n < WHEN_TIMES)
		w->n++;
	for (k = w->n - 1; k > i; k--) {
		w->utc[k] = w->utc[k - 1];
		w->local[k] = w->local[k - 1];
	}
	w->utc[i] = utc;
	w->local[i] = local;
}

void
when_write(const struct when_next *w, struct rec *r)
{
	struct strlist l cleanup_strlist = STRLIST_INIT;
	char text[40];
	size_t i;

	if (!w->n)
		return;
	rec_time(r, COL_persist_next_time, civil_ns(w->utc[0], 0));
	for (i = 0; i < w->n; i++) {
		if (civil_ns(w->local[i], 0) == CIVIL_NONE)
			continue;
		civil_format(civil_ns(w->local[i], 0), text);
		strlist_add(&l, text, 19); /* without the Z: local */
	}
	rec_list(r, COL_persist_next, &l);
}

/* The next local time after t, seconds. */
static int
cron_after(const struct cron_times *c, int64_t t, int64_t *out)
{
	int64_t days, first, year, last;
	int month, day, minute, h, m;
	bool md, wd;

	t = (floor_div(t, 60) + 1) * 60;
	days = floor_div(t, DAY);
	first = days;
	minute = (int)((t - days * DAY) / 60);
	when_date(days, &year, &month, &day);
	/* the rarest is 29 February on a given weekday, around 2100 */
	last = year + 40;
	while (year <= last) {
		if (!(c->month >> month & 1)) {
			days += when_days_in(year, month) - day + 1;
			day = 1;
			if (++month > 12) {
				month = 1;
				year++;
			}
			continue;
		}
		md = c->day >> day & 1;
		wd = c->weekday >> weekday(days) & 1;
		if (c->day_star || c->weekday_star ? md && wd : md || wd) {
			m = days == first ? minute : 0;
			for (h = m / 60, m %= 60; h < 24; h++, m = 0) {
				if (!(c->hour >> h & 1))
					continue;
				for (; m < 60; m++)
					if (c->minute >> m & 1) {
						*out = days * DAY + h * 3600 +
						       m * 60;
						return 0;
					}
			}
		}
		days++;
		if (++day > when_days_in(year, month)) {
			day = 1;
			if (++month > 12) {
				month = 1;
				year++;
			}
		}
	}
	return -1;
}

int
cron_next(const struct cron_times *c, const struct zone *z,
    const struct zone *shown, int64_t now, struct when_next *w)
{
	int64_t local = now + zone_offset(z, now), utc;
	int i;

	for (i = 0; i < 200 && w->n < WHEN_TIMES; i++) {
		if (cron_after(c, local, &local))
			return w->n ? 0 : -1;
		utc = zone_utc(z, local);
		if (utc > now && (!w->n || utc > w->utc[w->n - 1]))
			when_add(w, utc, utc + zone_offset(shown, utc));
	}
	return 0;
}
