#ifndef CIVIL_H
#define CIVIL_H

/*
 * civil - times as nanoseconds since 1970 UTC, without the C library
 *
 * The C library's functions read the host's time zone; these do not. The
 * proleptic Gregorian calendar; years 1678 to 2261 fit. CIVIL_NONE stands for
 * "absent".
 */

#define CIVIL_NONE INT64_MIN

/* RFC 3339 with 0..9 decimals and Z or an offset. Returns 0 and *ns; 1 if it
 * is Go's zero time (year 1: absent); -1 if it is no time or out of range. */
int civil_parse(const char *s, size_t n, int64_t *ns);

/* "2018-05-10T09:30:00Z", with decimals only if there are any. */
void civil_format(int64_t ns, char out[40]);

/* seconds and nanoseconds, CIVIL_NONE if out of range */
int64_t civil_ns(int64_t sec, int64_t nsec);

int64_t civil_now(void);

/* Days since 1970 of a civil date. */
int64_t civil_days(int64_t year, int month, int day);

#endif
