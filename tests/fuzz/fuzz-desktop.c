/* Desktop entries, /etc/shells. */

#include "art.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	fuzz_artifact("xdg-autostart", "/etc/xdg/autostart/x.desktop", p, n);
	fuzz_artifact("shells", "/etc/shells", p, n);
	return 0;
}
