#ifndef SETTINGS_H
#define SETTINGS_H

/*
 * settings - rows for the settings of a configuration file that make
 * something run
 *
 * How the files of an artifact are written, and what their settings mean, is
 * settings.def. A setting that runs something has a command; one that only
 * decides (an address, a folder, a switch) has its value in options.
 *
 * Trust: hostile. Fuzzed by tests/fuzz/fuzz-conf.c.
 */

#include "art.h"
#include "conf.h"

/* Read the file of f as settings.def says; NULL: its artifact is not there. */
struct conf *settings_read(const struct art_file *f);
void settings_free(struct conf *c);

/* Rows for what was read; a row for the file if there are none. defect: of
 * them all, NULL: none. */
void settings_rows(const struct art_file *f, struct rec *r,
    const struct conf *c, const char *defect);

/* The value of the last setting with that path ("core/hookspath"), NULL. */
const struct str *settings_last(const struct conf *c, const char *path);

/* Does a path have the form that settings.def writes? */
bool settings_match(const struct strlist *path, const char *pattern,
    bool fold);

/* A row that runs a command; when, name, defect may be NULL. */
struct settings_run {
	int64_t line;
	const char *name, *when, *attack, *defect;
	const char *text;
	size_t text_n;
	const char *owner; /* NULL: the file's */
	const struct strlist *with; /* k=v; NULL: none */
};
void settings_command(const struct art_file *f, struct rec *r,
    const struct settings_run *s, int how, const char *command, size_t n);
/* A row for a setting: its value goes to options. */
void settings_value(const struct art_file *f, struct rec *r,
    const struct settings_run *s, const char *value, size_t n);

#endif
