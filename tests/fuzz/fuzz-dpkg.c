/* The database of dpkg: any bytes in its files. */

#include "pkgroot.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const files[] = {"/var/lib/dpkg/status",
	    "/var/lib/dpkg/info/x.list", "/var/lib/dpkg/info/x.md5sums",
	    "/var/lib/dpkg/diversions", "/var/lib/dpkg/statoverride",
	    "/var/log/dpkg.log", "/var/lib/dpkg/status.d/y",
	    "/var/lib/dpkg/status.d/y.md5sums", "/etc/dpkg/dpkg.cfg"};

	fuzz_packages(files, sizeof(files) / sizeof(files[0]), p, n);
	return 0;
}
