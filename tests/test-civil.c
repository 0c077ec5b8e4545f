/* test-civil - times without the C library's zone */

#include "civil.h"

#include "tap.h"

static void
both(const char *s, int64_t sec, int64_t frac, const char *back)
{
	int64_t ns = 0;
	char out[40];
	int r = civil_parse(s, strlen(s), &ns);

	ok(r == 0 && ns == sec * 1000000000 + frac, "'%s' is %lld", s,
	    (long long)ns);
	civil_format(ns, out);
	ok(strcmp(out, back) == 0, "and is written '%s'", out);
}

int
main(void)
{
	static const char *const bad[] = {"", "2018", "2018-13-01T00:00:00Z",
	    "2018-02-29T00:00:00Z", "2018-01-01T24:00:00Z",
	    "2018-01-01T00:00:00", "2018-01-01T00:00:00.Z",
	    "2018-01-01T00:00:00Zx", "9999-01-01T00:00:00Z",
	    "1600-01-01T00:00:00Z", "2018-01-01T00:00:00+25:00",
	    "2018-01-01T00:61:00Z", "x018-01-01T00:00:00Z"};
	int64_t ns, day;
	char out[40];
	size_t i;

	both("1970-01-01T00:00:00Z", 0, 0, "1970-01-01T00:00:00Z");
	both("2018-05-10T09:30:00.5Z", 1525944600, 500000000,
	    "2018-05-10T09:30:00.5Z");
	both("2020-02-29T23:59:59.123456789Z", 1583020799, 123456789,
	    "2020-02-29T23:59:59.123456789Z");
	both("2018-05-10T11:30:00+02:00", 1525944600, 0,
	    "2018-05-10T09:30:00Z");
	both("1969-12-31T23:59:59.9Z", -1, 900000000, "1969-12-31T23:59:59.9Z");
	both("1900-03-01T00:00:00Z", -2203891200, 0, "1900-03-01T00:00:00Z");
	both("2018-05-10T09:30:00.1234567899Z", 1525944600, 123456789,
	    "2018-05-10T09:30:00.123456789Z");
	ok(civil_parse("0001-01-01T00:00:00Z", 20, &ns) == 1,
	    "Go's zero time is absent");
	for (i = 0; i < COUNT(bad); i++)
		ok(civil_parse(bad[i], strlen(bad[i]), &ns) == -1,
		    "'%s' is no time", bad[i]);
	ok(civil_ns(INT64_MAX, 0) == CIVIL_NONE, "beyond 2262 is none");
	for (i = 0, day = -106000; day < 106000; day += 37) {
		civil_format(day * 86400 * 1000000000, out);
		i += civil_parse(out, strlen(out), &ns) != 0 ||
		    ns != day * 86400 * 1000000000;
	}
	ok(i == 0, "every day from 1680 to 2260, there and back");
	return done();
}
