/* D-Bus, polkit, interfaces, acpid, lists of kernel modules. */

#include "art.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const files[][2] = {
	    {"dbus-system-service", "/usr/share/dbus-1/system-services/x.service"},
	    {"dbus-policy", "/etc/dbus-1/system.d/x.conf"},
	    {"polkit-rules", "/etc/polkit-1/rules.d/x.rules"},
	    {"polkit-pkla", "/etc/polkit-1/localauthority/a/x.pkla"},
	    {"polkit-action", "/usr/share/polkit-1/actions/x.policy"},
	    {"network-interfaces", "/etc/network/interfaces"},
	    {"acpi-event", "/etc/acpi/events/x"},
	    {"kernel-module", "/usr/lib/modules/6.1/modules.dep"}};
	size_t i;

	for (i = 0; i < COUNT(files); i++)
		fuzz_artifact(files[i][0], files[i][1], p, n);
	return 0;
}
