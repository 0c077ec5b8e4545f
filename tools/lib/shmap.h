#ifndef SHMAP_H
#define SHMAP_H

/*
 * shmap - names and values of a shell text: variables, files, sinks
 *
 * Values are replaced; never more than SHCMD_NAMES_MAX names, the last is the
 * one that is lost. Names and values are the map's. Trust: hostile text.
 */

#include "str.h"

struct shpair {
	struct str name, value;
};

struct shmap {
	struct shpair *v;
	size_t n, cap;
};

/* The value; NULL: there is none. */
struct str *shmap_get(struct shmap *m, const char *name, size_t n);
/* The value, made empty if there is none. */
struct str *shmap_put(struct shmap *m, const char *name, size_t n);
void shmap_drop(struct shmap *m, const char *name, size_t n);
void shmap_release(struct shmap *m);

#endif
