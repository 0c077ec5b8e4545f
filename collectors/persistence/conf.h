#ifndef CONF_H
#define CONF_H

/*
 * conf - configuration files of many syntaxes, as one list of settings
 *
 * A setting has a path (section and key; the keys of a document) and a value.
 * What settings mean is elsewhere (settings.def); here is how they are
 * written. A reader takes what it can: what its program would refuse stands in
 * odd, with the line, and what was read up to there is in the list.
 *
 * Syntax:   conf_ini    [section], key = value, with the flags below
 *           conf_words  a word, and the rest of the line (apache, snmpd)
 *           conf_blocks words ; words { ... } (nginx, lighttpd)
 *           conf_xinetd service NAME { key = value }
 *           conf_shell  NAME="value" as a shell or systemd assigns it
 *           conf_git    git-config(1)
 *           conf_json   RFC 8259; a list of plain values is one setting
 *           conf_yaml   by libyaml; the first key is the document's number,
 *                       references and "<<" are followed
 *           conf_toml   TOML 1.0 but for dates, which are plain words
 * Ownership: conf_release frees everything; text points into the file.
 * Limits:   CONF_ENTRIES_MAX, CONF_DEPTH_MAX, CONF_BYTES_MAX, CONF_YAML_MAX:
 *           over is set.
 * Trust:    hostile. Fuzzed by tests/fuzz/fuzz-conf.c.
 */

#include "str.h"

struct conf_entry {
	struct strlist path;
	struct str value;    /* a list: its elements, one blank between */
	struct strlist list; /* its elements, where it is a list */
	int64_t line;
	const char *text; /* the line, as it stands in the file */
	size_t text_n;
};

struct conf {
	struct conf_entry *v;
	size_t n, cap, bytes;
	const char *odd; /* why its program would refuse it; NULL: nothing */
	int64_t odd_line;
	bool over;
	/* private: the path at hand, and where in the file */
	struct strlist at;
	const char *p;
	size_t size;
};
#define CONF_INIT {.at = STRLIST_INIT}
#define cleanup_conf __attribute__((cleanup(conf_release)))
void conf_release(struct conf *c);

enum conf_flags {
	INI_COLON = 1 << 0,	/* ":" separates as "=" does */
	INI_BLANK = 1 << 1,	/* so does a blank */
	INI_INDENT = 1 << 2,	/* an indented line belongs to the one above */
	INI_BACKSLASH = 1 << 3, /* a backslash at its end joins the next line */
	INI_SEMICOLON = 1 << 4, /* begins a comment at the start of a line */
	INI_INLINE = 1 << 5,	/* " ;" and " #" begin one within a line */
	INI_QUOTES = 1 << 6,	/* quotes around the whole value are none of it */
};

typedef void conf_reader(struct conf *c, const char *p, size_t n,
    unsigned flags);
conf_reader conf_ini, conf_words, conf_blocks, conf_xinetd, conf_shell,
    conf_git, conf_json, conf_yaml, conf_toml;

/* ---- for readers -------------------------------------------------------- */

/* Begin reading p; the path is empty. */
void conf_start(struct conf *c, const char *p, size_t n);
/* Step into a key, and back. */
void conf_push(struct conf *c, const void *key, size_t n);
void conf_pop(struct conf *c);
/* A setting at the path at hand; at: its place in the file. NULL: over. */
struct conf_entry *conf_add(struct conf *c, const void *value, size_t n,
    size_t at, int64_t line);
/* An element of a list; the value grows with it. */
void conf_element(struct conf *c, struct conf_entry *e, const void *p,
    size_t n);
void conf_odd(struct conf *c, const char *why, int64_t line);

#endif
