/* Shell start-up files, and scripts. */

#include "art.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	fuzz_artifact("shell-rc-user", "/root/.bashrc", p, n);
	fuzz_artifact("cron-daily", "/etc/cron.daily/x", p, n);
	return 0;
}
