/* What boot, the kernel and devices run: one line or stanza an entry. */

#include "art.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const files[][2] = {
	    {"inittab", "/etc/inittab"},
	    {"upstart", "/etc/init/x.conf"},
	    {"init-script", "/etc/init.d/x"},
	    {"network-hook", "/etc/network/if-up.d/x"},
	    {"kernel-modules-load", "/etc/modules-load.d/x.conf"},
	    {"modprobe", "/etc/modprobe.d/x.conf"},
	    {"sysctl", "/etc/sysctl.d/x.conf"},
	    {"sysctl-live", "/proc/sys/kernel/core_pattern"},
	    {"binfmt", "/etc/binfmt.d/x.conf"},
	    {"binfmt", "/var/lib/binfmts/x"},
	    {"binfmt", "/proc/sys/fs/binfmt_misc/x"},
	    {"tmpfiles", "/etc/tmpfiles.d/x.conf"},
	    {"crypttab", "/etc/crypttab"},
	    {"kernel-cmdline", "/etc/default/grub"},
	    {"kernel-cmdline", "/boot/grub/grub.cfg"},
	    {"kernel-cmdline", "/boot/loader/entries/x.conf"},
	    {"kernel-cmdline", "/etc/kernel/cmdline"},
	    {"udev-rules", "/etc/udev/rules.d/x.rules"}};
	size_t i;

	for (i = 0; i < COUNT(files); i++)
		fuzz_artifact(files[i][0], files[i][1], p, n);
	return 0;
}
