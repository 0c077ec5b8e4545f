/* Jobs of other schedulers than cron: anacron, at, incron, and who may. */

#include "art.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	fuzz_artifact("anacron", "/etc/anacrontab", p, n);
	fuzz_artifact("at-job", "/var/spool/at/a0000501c89e4c", p, n);
	fuzz_artifact("incron-user", "/var/spool/incron/root", p, n);
	fuzz_artifact("job-users", "/etc/cron.deny", p, n);
	return 0;
}
