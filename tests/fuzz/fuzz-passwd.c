/* passwd: the table of accounts, and the rows. */

#include "art.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct accounts a;
	size_t i;

	accounts_parse((const char *)p, n, &a);
	for (i = 0; i < a.n; i++)
		if (!accounts_by_name(&a, a.v[i].name.s, a.v[i].name.n) ||
		    (a.v[i].uid >= 0 && !accounts_by_uid(&a, a.v[i].uid)))
			die("bug: an account is not found again");
	accounts_release(&a);
	fuzz_artifact("accounts", "/etc/passwd", p, n);
	fuzz_artifact("groups", "/etc/group", p, n);
	fuzz_artifact("subids", "/etc/subuid", p, n);
	return 0;
}
