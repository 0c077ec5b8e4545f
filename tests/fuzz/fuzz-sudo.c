/* sudoers and doas.conf. */

#include "art.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	fuzz_artifact("sudoers", "/etc/sudoers", p, n);
	fuzz_artifact("doas", "/etc/doas.conf", p, n);
	return 0;
}
