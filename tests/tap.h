#ifndef TAP_H
#define TAP_H

/* tap - results of unit tests: ok(condition, "what", ...), then done(). */

static int tap_n, tap_failed;

static inline void PRINTF(2, 3)
ok(bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++tap_n);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
	tap_failed += !good;
}

static inline int
done(void)
{
	printf("1..%d\n", tap_n);
	return 0;
}

#endif
