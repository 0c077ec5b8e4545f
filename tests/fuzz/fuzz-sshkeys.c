/* authorized_keys; and ld.so.preload, which is as short. */

#include "art.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	fuzz_artifact("ssh-authorized-keys", "/root/.ssh/authorized_keys", p,
	    n);
	fuzz_artifact("ld-so-preload", "/etc/ld.so.preload", p, n);
	return 0;
}
