/* Formats of one tool each: the first byte is which. */

#include "art.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct {
		const char *name, *via;
	} kinds[] = {
	    {"apt-conf", "/etc/apt/apt.conf"},
	    {"apt-sources", "/etc/apt/sources.list"},
	    {"apt-sources", "/etc/apt/sources.list.d/x.sources"},
	    {"dnf-action", "/x.action"},
	    {"logrotate", "/etc/logrotate.d/x"},
	    {"mail-forward", "/root/.forward"},
	    {"mail-aliases", "/etc/aliases"},
	    {"procmail", "/root/.procmailrc"},
	    {"postfix-master", "/etc/postfix/master.cf"},
	    {"inetd", "/etc/inetd.conf"},
	    {"syslog-program", "/etc/rsyslog.conf"},
	    {"git-hook", "/x/.git/hooks/pre-commit"},
	};

	if (!n)
		return 0;
	fuzz_artifact(kinds[p[0] % COUNT(kinds)].name,
	    kinds[p[0] % COUNT(kinds)].via, p + 1, n - 1);
	return 0;
}
