/* The database of apk: any bytes in its files. */

#include "pkgroot.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const files[] = {"/lib/apk/db/installed",
	    "/lib/apk/db/scripts.tar", "/etc/apk/world"};

	fuzz_packages(files, sizeof(files) / sizeof(files[0]), p, n);
	return 0;
}
