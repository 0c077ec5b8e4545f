/*
 * fuzz-tarsplit - the list of what was unpacked into a layer
 *
 * The first byte says which kind of layer it is; the rest is the list, packed
 * or not. The layer has files, a link, a directory and names of whiteouts.
 */

#include "err.h"
#include "state.h"
#include "tarsplit.h"

#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static char top[] = "/tmp/fuzz-tarsplit.XXXXXX";
static const char *const files[] = {"list", "layer/a", "layer/etc/passwd",
    "layer/etc/.wh.gone"};
static struct store store;

static const char *
in_top(const char *rel)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", top, rel);
	return path;
}

static void
clean_up(void)
{
	size_t i;

	for (i = 0; i < COUNT(files); i++)
		unlink(in_top(files[i]));
	unlink(in_top("layer/link"));
	rmdir(in_top("layer/etc"));
	rmdir(in_top("layer"));
	rmdir(top);
}

static void
put(const char *rel, const void *p, size_t n)
{
	FILE *f = fopen(in_top(rel), "w");

	if (!f || fwrite(p, 1, n, f) != n || fclose(f))
		die("cannot write '%s'", in_top(rel));
}

static void
set_up(void)
{
	struct err e;
	size_t i;

	if (!mkdtemp(top))
		die("cannot make '%s'", top);
	mkdir(in_top("layer"), 0700);
	mkdir(in_top("layer/etc"), 0700);
	atexit(clean_up);
	for (i = 1; i < COUNT(files); i++)
		put(files[i], "abc", 3);
	if (symlink("a", in_top("layer/link")))
		die("cannot make a link");
	store.root = root_open_dir(top, &e);
	if (!store.root)
		die("%s", e.msg);
	str_init(&store.path);
	str_adds(&store.path, "/");
	str_init(&store.driver);
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
	put("list", p + 1, n - 1);
	blobs_begin(&b, &store, &sink, NULL);
	tarsplit_check(&b, "/list", "/layer", p[0] % 3 == 0 ? ROOT_OVERLAY
	    : p[0] % 3 == 1 ? ROOT_AUFS : ROOT_FUSE, p[0] & 0x80);
	blobs_end(&b);
	return 0;
}
