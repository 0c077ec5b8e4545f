/* Files of PAM. */

#include "art.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	fuzz_artifact("pam", "/etc/pam.d/su", p, n);
	fuzz_artifact("pam", "/etc/pam.conf", p, n);
	return 0;
}
