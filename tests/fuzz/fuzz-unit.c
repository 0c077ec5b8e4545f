/* systemd units and drop-ins, and the managers' own settings. */

#include "art.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	fuzz_artifact("systemd-unit-system", "/etc/systemd/system/x.service",
	    p, n);
	fuzz_artifact("systemd-unit-system", "/etc/systemd/system/x.timer", p,
	    n);
	fuzz_artifact("systemd-unit-system", "/etc/systemd/system/x.mount", p,
	    n);
	fuzz_artifact("systemd-unit-user",
	    "/root/.config/systemd/user/x@.service.d/y.conf", p, n);
	fuzz_artifact("systemd-manager", "/etc/systemd/system.conf", p, n);
	return 0;
}
