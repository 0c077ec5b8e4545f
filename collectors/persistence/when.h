#ifndef WHEN_H
#define WHEN_H

/*
 * when - the clock of the evidence, its local time, and when a schedule is due
 *
 * Live, the clock is this machine's. Of a disk it is the newest content time of
 * the places in when.c where a running system writes all the time; what an
 * intruder sets to the future moves it, and nothing else does. Local time is by
 * the root's own /etc/localtime (RFC 8536, with the rule at its end); without
 * one, or with one that cannot be read, UTC.
 *
 * A local time that the clocks leave out is taken as the moment at which they
 * do; of one that comes twice the first counts. Random delays do not.
 *
 * Limits:   ZONE_READ_MAX, ZONE_TIMES_MAX, CALENDAR_STEPS_MAX.
 * Trust:    hostile. Fuzzed by tests/fuzz/fuzz-when.c.
 * Formats:  crontab(5) for times as sets; systemd.time(7) for calendar events.
 */

#include "rec.h"
#include "root.h"

struct art_tree;

/* ---- time zones --------------------------------------------------------- */

struct zone_rule {
	bool used;
	int32_t offset[2]; /* standard, daylight; seconds east */
	bool daylight;
	struct zone_change {
		char kind; /* 'M': month.week.day; 'J', '0': day of the year */
		int month, week, day;
		int32_t at; /* seconds of the day */
	} change[2]; /* to daylight time, and back */
};

struct zone {
	int64_t *at;	  /* seconds since 1970, ascending */
	int32_t *offset;  /* from then on */
	size_t n;
	int32_t first;	  /* before the first of them */
	struct zone_rule rule; /* after the last */
};
#define ZONE_INIT {0}

/* -1: it is none; z is UTC then. */
int zone_parse(const void *p, size_t n, struct zone *z);
void zone_release(struct zone *z);
int32_t zone_offset(const struct zone *z, int64_t utc);
int64_t zone_utc(const struct zone *z, int64_t local);

/* NAME of the root's zoneinfo; NULL: its local time. -1: there is none. */
int zone_of(struct root *r, const char *name, size_t n, struct zone *z);

/* The newest sign of life in the root, seconds; 0: there is none. */
int64_t when_clock(struct root *r);

/* ---- schedules ---------------------------------------------------------- */

#define WHEN_TIMES 3

struct when_next {
	int64_t utc[WHEN_TIMES], local[WHEN_TIMES]; /* seconds */
	size_t n;
};
/* Add a time; they are kept in order, and each once. */
void when_add(struct when_next *w, int64_t utc, int64_t local);
/* The columns next_time and next. */
void when_write(const struct when_next *w, struct rec *r);

/* Sets of a crontab's fields, bit n for the value n. */
struct cron_times {
	uint64_t minute;
	uint32_t hour, day, month, weekday;
	bool day_star, weekday_star; /* the field begins with a star */
};
/* From now (UTC seconds) on. -1: it never comes. */
int cron_next(const struct cron_times *c, const struct zone *z,
    const struct zone *shown, int64_t now, struct when_next *w);

/* A calendar event of systemd. */
#define CALENDAR_PARTS 6 /* year, month, day, hour, minute, microsecond */
struct calendar_part {
	int64_t start, stop, repeat; /* stop -1: none */
};
struct calendar {
	uint8_t weekdays; /* bit 0: Monday; 0: all */
	bool end_of_month, utc;
	int64_t epoch;	  /* @SECONDS; -1: none */
	struct calendar_list {
		struct calendar_part *v;
		size_t n; /* 0: all values */
	} part[CALENDAR_PARTS];
	const char *zone; /* within the text; NULL: local */
	size_t zone_n;
};
/* NULL, or what is wrong with it. */
const char *calendar_parse(const char *p, size_t n, struct calendar *c);
void calendar_release(struct calendar *c);
/* Up to WHEN_TIMES of them after now are added; z is the event's own zone,
 * shown that of the columns. */
void calendar_next(const struct calendar *c, const struct zone *z,
    const struct zone *shown, int64_t now, struct when_next *w);

/* Days since 1970 to a date, and how many a month has. */
void when_date(int64_t days, int64_t *year, int *month, int *day);
int when_days_in(int64_t year, int month);

#endif
