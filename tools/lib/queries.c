#include "queries.h"

const struct query queries[] = {
#define QUERY(name, help, sql) {name, help, sql},
#include "queries.def"
#undef QUERY
};
const size_t queries_n = COUNT(queries);

const struct query *
query_find(const char *name)
{
	size_t i;

	for (i = 0; i < queries_n; i++)
		if (strcmp(queries[i].name, name) == 0)
			return &queries[i];
	return NULL;
}
