/* fuzz-filecaps - security.capability: any bytes become printable text, or are
 * refused and leave what was there before */

#include "filecaps.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str out cleanup_str = STR_INIT;
	uint8_t *p = malloc(n ? n : 1); /* exact, so that overreads show */
	size_t i;

	if (!p)
		return 0;
	memcpy(p, data, n);
	str_adds(&out, "before");
	if (filecaps_text(p, n, &out)) {
		if (strcmp(out.s, "before") != 0)
			abort();
	} else {
		if (out.n <= 6 || memcmp(out.s, "before", 6) != 0)
			abort();
		for (i = 0; i < out.n; i++)
			if (out.s[i] < 0x20 || out.s[i] >= 0x7f)
				abort();
	}
	free(p);
	return 0;
}
