#ifndef UNITFILE_H
#define UNITFILE_H

/*
 * unitfile - assignments of a systemd unit file, as systemd.syntax(7) says
 *
 * A line ends with \n, \r or NUL; a backslash at its end joins the next one
 * (comment lines between are passed over) with a blank. What systemd makes of
 * an odd line (a byte that is no UTF-8: the whole unit is refused) is for the
 * caller: the reader hands everything over.
 *
 * Calling:  unit_open; unit_next until false; unit_close. Views die at the
 *           next call.
 * Limits:   ART_LINE_MAX: a longer assignment is cut, and u.cut says so;
 *           ART_KEEP_MAX of an environment file, RUNS_NAMES_MAX variables.
 * Trust:    hostile. Fuzzed by tests/fuzz/fuzz-unit.c.
 */

#include "str.h"

struct unit_line {
	const char *section; /* "Service"; NULL: outside of any */
	size_t section_n;
	const char *key;
	size_t key_n;
	const char *value; /* joined, without blanks at its ends */
	size_t value_n;
	int64_t line;	   /* where it starts */
	const char *text;  /* as it stands in the file */
	size_t text_n;
	enum {
		UNIT_ASSIGNMENT,
		UNIT_SECTION,
		UNIT_BAD_SECTION, /* refuses the whole unit */
		UNIT_JUNK,	  /* ignored: no "=" */
	} what;
	bool utf8;
};

struct unit_reader {
	const char *p;
	size_t n, at;
	int64_t line;
	const char *section;
	size_t section_n;
	struct str joined;
	bool cut;
};

void unit_open(struct unit_reader *u, const char *p, size_t n);
bool unit_next(struct unit_reader *u, struct unit_line *l);
void unit_close(struct unit_reader *u);

/* The words of Environment= as K=V, quotes and escapes taken away; an empty
 * value is one empty element: it takes what stood before. */
void unit_assignments(const char *p, size_t n, struct strlist *out);

/* The same of a file that EnvironmentFile= names. */
struct root;
void unit_environment_file(struct root *r, const char *p, size_t n,
    struct strlist *out);

/* Compare a view with a word. */
bool unit_is(const char *p, size_t n, const char *word);

#endif
