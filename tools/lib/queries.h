#ifndef QUERIES_H
#define QUERIES_H

/*
 * queries - the named queries of case-query, as declared in queries.def
 */

#include <stddef.h>

struct query {
	const char *name;
	const char *help; /* one line */
	const char *sql;  /* one SELECT */
};

extern const struct query queries[];
extern const size_t queries_n;

const struct query *query_find(const char *name);

#endif
