#ifndef XML_H
#define XML_H

/*
 * xml - tags of a small configuration file, one after the other
 *
 * Enough for D-Bus and polkit: elements, attributes, the text between.
 * Comments, declarations and instructions are passed over; the five entities
 * are replaced. Nothing is checked: what is no tag is text.
 *
 * Calling:  xml_open; xml_next until false; xml_close. Views die at the next
 *           call.
 * Limits:   XML_ATTRS attributes of a tag; more are not seen.
 * Trust:    hostile. Fuzzed by tests/fuzz/fuzz-bus.c.
 */

#include "str.h"

#define XML_ATTRS 32

struct xml {
	const char *p;
	size_t n, at;
	int64_t line;
	/* the tag at hand */
	struct str name, text; /* text: in front of the tag, trimmed */
	struct str key[XML_ATTRS], value[XML_ATTRS];
	size_t attrs;
	bool end, empty; /* </x>, <x/> */
	int64_t tag_line;
	const char *tag; /* as it stands in the file */
	size_t tag_n;
};

void xml_open(struct xml *x, const char *p, size_t n);
bool xml_next(struct xml *x);
void xml_close(struct xml *x);

/* Value of an attribute of the tag at hand; NULL: it has none. */
const struct str *xml_attr(const struct xml *x, const char *key);
bool xml_is(const struct xml *x, const char *name);

#endif
