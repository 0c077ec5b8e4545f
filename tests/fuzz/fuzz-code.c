/* Text of programs, by language: the first byte is the file's name. */

#include "art.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const names[] = {"/x.php", "/x.jsp", "/x.py",
	    "/x.pl", "/x.rb", "/x.js", "/x.lua", "/x.vim", "/x.el",
	    "/.gdbinit", "/x.sh", "/x"};

	if (!n)
		return 0;
	fuzz_artifact("web-script", names[p[0] % COUNT(names)], p + 1, n - 1);
	fuzz_artifact("editor-user", names[p[0] % COUNT(names)], p + 1, n - 1);
	fuzz_artifact("python-pth", "/x.pth", p + 1, n - 1);
	return 0;
}
