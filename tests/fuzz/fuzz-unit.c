/* systemd units and drop-ins. */

#include "art.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	fuzz_artifact("systemd-unit-system", "/etc/systemd/system/x.service",
	    p, n);
	fuzz_artifact("systemd-unit-system", "/etc/systemd/system/x.timer", p,
	    n);
	fuzz_artifact("systemd-unit-user",
	    "/root/.config/systemd/user/x@.service.d/y.conf", p, n);
	return 0;
}
