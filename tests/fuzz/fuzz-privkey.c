/* Private keys. */

#include "art.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	fuzz_artifact("private-key", "/root/.ssh/id_rsa", p, n);
	return 0;
}
