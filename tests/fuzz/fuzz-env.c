/* Files of variables, and of the loader. */

#include "art.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	fuzz_artifact("environment", "/etc/environment", p, n);
	fuzz_artifact("environment", "/etc/security/pam_env.conf", p, n);
	fuzz_artifact("environment", "/etc/login.defs", p, n);
	fuzz_artifact("ld-so-conf", "/etc/ld.so.conf", p, n);
	fuzz_artifact("dynamic-loader", "/lib64/ld-linux-x86-64.so.2", p, n);
	fuzz_artifact("nsswitch", "/etc/nsswitch.conf", p, n);
	return 0;
}
