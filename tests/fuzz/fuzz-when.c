/* Time zones, and calendar events in them. */

#include "../../collectors/persistence/when.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct when_next w = {.n = 0};
	struct zone z = ZONE_INIT;
	struct calendar c;
	char *copy = xmemdup(p, n);
	int64_t now = 1795350896, t;

	if (zone_parse(copy, n, &z) == 0)
		for (t = -100; t < 400; t++)
			zone_utc(&z, now + t * 7654321);
	if (!calendar_parse(copy, n, &c))
		calendar_next(&c, &z, &z, now, &w);
	calendar_release(&c);
	zone_release(&z);
	free(copy);
	return 0;
}
