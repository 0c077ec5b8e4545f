/*
 * fuzz-tarsplit - the list of what was unpacked into a layer
 *
 * The first byte says which kind of layer it is; the rest is the list, packed
 * or not, and its begin what an attribute says of a file. The layer has files, a
 * link, a directory and names of whiteouts.
 */

#include "store.h"
#include "tarsplit.h"

#include <sys/xattr.h>

static const char attr[] = "user.containers.override_stat";
static const char *const dirs[] = {"layer", "layer/etc"};
static const char *const files[] = {"layer/a", "layer/etc/passwd",
    "layer/etc/.wh.gone"};

static void
set_up(void)
{
	size_t i;

	fuzz_store("tarsplit", NULL, "/", dirs, COUNT(dirs));
	for (i = 0; i < COUNT(files); i++)
		fuzz_put(files[i], "abc", 3);
	if (symlink("a", fuzz_path("layer/link")))
		die("cannot make a link");
	setxattr(fuzz_path("layer"), attr, "0:0:0700", 8, 0);
}

static void
mismatch(void *arg, const struct engine_mismatch *m)
{
	(void)arg;
	if (strncmp(m->path.s, "/layer/", 7) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct engine_sink sink = {.mismatch = mismatch};
	struct blobs b;

	if (!store.root)
		set_up();
	if (n < 1)
		return 0;
	fuzz_put("list", p + 1, n - 1);
	setxattr(fuzz_path("layer/a"), attr, p + 1, n > 64 ? 63 : n - 1, 0);
	blobs_begin(&b, &store, &sink, NULL);
	tarsplit_check(&b, "/list", "/layer", p[0] % 3 == 0 ? ROOT_OVERLAY
	    : p[0] % 3 == 1 ? ROOT_AUFS : ROOT_FUSE, p[0] >> 6);
	blobs_end(&b);
	return 0;
}
