/* Crontabs: Debian's system and user forms, cronie's, busybox's. */

#include "art.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	fuzz_artifact("cron-system", "/etc/crontab", p, n);
	fuzz_artifact("cron-user", "/var/spool/cron/crontabs/root", p, n);
	fuzz_artifact("cron-user-cronie", "/var/spool/cron/root", p, n);
	fuzz_artifact("cron-busybox", "/etc/crontabs/root", p, n);
	return 0;
}
