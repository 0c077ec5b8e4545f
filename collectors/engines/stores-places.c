/*
 * Where stores lie, and what those that cannot be read are known by: stores.def.
 */

#include "stores-internal.h"

#define ENGINE(name) extern const struct engine engine_##name;
#include "engines.def"
#undef ENGINE

const char *const engine_names[] = {
#define ENGINE(name) #name,
#include "engines.def"
#undef ENGINE
    NULL};

const struct place places[] = {
#define STORE(engine, base, path, what)                                        \
	{&engine_##engine, false, base, path, NULL, what},
#define FOREIGN(base, path, pattern, what)                                     \
	{NULL, false, base, path, pattern, what},
#define NODE(engine, path, pattern, what)                                      \
	{&engine_##engine, true, HOST, path, pattern, what},
#include "stores.def"
#undef STORE
#undef FOREIGN
#undef NODE
};
const size_t places_n = sizeof(places) / sizeof(places[0]);

void
engine_print_stores(void)
{
	static const char *const bases[] = {"", "~", "DATA-ROOT"};
	size_t i;

	for (i = 0; i < places_n; i++) {
		const struct place *p = &places[i];

		printf("%-11s  %s%s%s%s  (%s)\n",
		    p->engine ? p->engine->name : "unsupported",
		    bases[p->base], p->path, p->pattern ? "/" : "",
		    p->pattern ? p->pattern : "", p->what);
	}
	search_print_configured();
}
