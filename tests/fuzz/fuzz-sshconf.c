/* Configuration of OpenSSH: server and client. */

#include "art.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	fuzz_artifact("sshd-config", "/etc/ssh/sshd_config", p, n);
	fuzz_artifact("ssh-config", "/etc/ssh/ssh_config", p, n);
	return 0;
}
