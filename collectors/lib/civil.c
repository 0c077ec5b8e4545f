#include "civil.h"

/* Days since 1970-01-01 of the proleptic Gregorian calendar. The year starts
 * in March, so that the leap day is its last. */
int64_t
civil_days(int64_t year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468;
}

static int
days_in(int64_t year, int month)
{
	static const int d[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (month == 2 && (year % 4 == 0 && (year % 100 || year % 400 == 0)))
		return 29;
	return d[month - 1];
}

int64_t
civil_ns(int64_t sec, int64_t nsec)
{
	int64_t ns;

	if (__builtin_mul_overflow(sec, INT64_C(1000000000), &ns) ||
	    __builtin_add_overflow(ns, nsec, &ns))
		return CIVIL_NONE;
	return ns;
}

static int
number(const char **s, const char *end, int digits, int *out)
{
	int v = 0;

	while (digits--) {
		if (*s == end || **s < '0' || **s > '9')
			return -1;
		v = v * 10 + (*(*s)++ - '0');
	}
	*out = v;
	return 0;
}

static int
literal(const char **s, const char *end, const char *any)
{
	if (*s == end || !strchr(any, **s) || **s == '\0')
		return -1;
	(*s)++;
	return 0;
}

int
civil_parse(const char *s, size_t n, int64_t *ns)
{
	const char *end = s + n;
	int y, mo, d, h, mi, sec, oh = 0, om = 0, sign, digits = 0;
	int64_t frac = 0, t;

	if (number(&s, end, 4, &y) || literal(&s, end, "-") ||
	    number(&s, end, 2, &mo) || literal(&s, end, "-") ||
	    number(&s, end, 2, &d) || literal(&s, end, "Tt ") ||
	    number(&s, end, 2, &h) || literal(&s, end, ":") ||
	    number(&s, end, 2, &mi) || literal(&s, end, ":") ||
	    number(&s, end, 2, &sec))
		return -1;
	if (s != end && *s == '.') {
		for (s++; s != end && *s >= '0' && *s <= '9'; s++)
			if (digits < 9) {
				frac = frac * 10 + (*s - '0');
				digits++;
			}
		if (!digits)
			return -1;
		for (; digits < 9; digits++)
			frac *= 10;
	}
	if (s == end)
		return -1;
	if (*s == 'Z' || *s == 'z') {
		s++;
	} else {
		sign = *s == '-' ? -1 : 1;
		if (literal(&s, end, "+-") || number(&s, end, 2, &oh) ||
		    literal(&s, end, ":") || number(&s, end, 2, &om))
			return -1;
		if (oh > 23 || om > 59)
			return -1;
		oh *= sign;
		om *= sign;
	}
	if (s != end || mo < 1 || mo > 12 || d < 1 || d > days_in(y, mo) ||
	    h > 23 || mi > 59 || sec > 60)
		return -1;
	if (y == 1)
		return 1;
	t = civil_days(y, mo, d) * 86400 + h * 3600 + mi * 60 + sec -
	    (oh * 3600 + om * 60);
	*ns = civil_ns(t, frac);
	return *ns == CIVIL_NONE || y < 1678 || y > 2261 ? -1 : 0;
}

void
civil_format(int64_t ns, char out[40])
{
	int64_t sec = ns / 1000000000, frac = ns % 1000000000;
	int64_t days, tod, z, era, doe, yoe, doy, mp, y;
	int d, m, n;

	if (frac < 0) {
		frac += 1000000000;
		sec--;
	}
	days = sec / 86400;
	tod = sec % 86400;
	if (tod < 0) {
		tod += 86400;
		days--;
	}
	z = days + 719468;
	era = (z >= 0 ? z : z - 146096) / 146097;
	doe = z - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	d = (int)(doy - (153 * mp + 2) / 5 + 1);
	m = (int)(mp < 10 ? mp + 3 : mp - 9);
	y = yoe + era * 400 + (m <= 2);
	n = snprintf(out, 40, "%04d-%02d-%02dT%02d:%02d:%02d", (int)y, m, d,
	    (int)(tod / 3600), (int)(tod / 60 % 60), (int)(tod % 60));
	if (frac) {
		n += snprintf(out + n, 40 - (size_t)n, ".%09d", (int)frac);
		while (out[n - 1] == '0')
			n--;
	}
	out[n++] = 'Z';
	out[n] = '\0';
}

int64_t
civil_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return civil_ns(ts.tv_sec, ts.tv_nsec);
}
