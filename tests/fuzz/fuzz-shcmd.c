/* fuzz-shcmd - hostile command lines, in every form; the first byte chooses */

#include "digest.h"
#include "limits.h"
#include "shcmd.h"
#include "sqlfunc.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct shcmd c cleanup_shcmd = SHCMD_INIT;
	struct str repo cleanup_str = STR_INIT, registry cleanup_str = STR_INIT;
	struct strlist argv cleanup_strlist = STRLIST_INIT;
	size_t i, from;

	if (!n)
		return 0;
	image_ref((const char *)p + 1, n - 1, &repo, &registry);
	monero_valid((const char *)p + 1, n - 1);
	if (p[0] % (SHCMD_ARGV + 1) == SHCMD_ARGV) {
		for (i = from = 1; i <= n; i++)
			if (i == n || !p[i]) {
				strlist_add(&argv, p + from, i - from);
				from = i + 1;
			}
		shcmd_argv(&c, &argv, NULL);
	} else {
		shcmd_text(&c, (enum shcmd_form)(p[0] % (SHCMD_ARGV + 1)),
		    (const char *)p + 1, n - 1, NULL);
	}
	if (c.facts.n > SHCMD_FACTS_MAX + 1)
		__builtin_trap();
	return 0;
}
