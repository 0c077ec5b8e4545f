/*
 * fuzz-schema1 - manifests of Docker's schema 1
 *
 * The input is one. What it is named by is one of two digests; the document that
 * is made of it can be parsed.
 */

#include "schema1.h"

#include "digest.h"
#include "err.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct strlist sums cleanup_strlist = STRLIST_INIT;
	struct state d cleanup_state = STATE_INIT;
	struct state made cleanup_state = STATE_INIT;
	struct str out cleanup_str = STR_INIT;
	char hex[SHA256_HEX];
	struct err e;
	size_t i;

	schema1_digest((const char *)p, n, hex);
	if (!state_is_hex(hex, strlen(hex)))
		abort();
	if (state_parse(&d, (const char *)p, n, &e) || !schema1_is(&d))
		return 0;
	schema1_layers(&d, &sums);
	for (i = 0; i < sums.n; i++)
		if (sums.v[i].n && !state_is_digest(sums.v[i].s, sums.v[i].n))
			abort();
	schema1_config(&d, &sums, &out, &e);
	if (out.n && state_parse(&made, out.s, out.n, &e) &&
	    e.class != ERR_LIMIT)
		abort();
	return 0;
}
