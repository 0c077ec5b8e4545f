/* store.h - what the fuzz targets of container stores share: a small store in
 * a directory of its own, whose files are the input */

#include "engine.h"
#include "err.h"
#include "state.h"

#include <ftw.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static char fuzz_top[64];
static struct store store;

static inline const char *
fuzz_path(const char *rel)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", fuzz_top, rel);
	return path;
}

static inline int
fuzz_remove(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st;
	(void)f;
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

static inline void
fuzz_clean_up(void)
{
	nftw(fuzz_top, fuzz_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void
fuzz_put(const char *rel, const void *p, size_t n)
{
	FILE *f = fopen(fuzz_path(rel), "w");

	if (!f || fwrite(p, 1, n, f) != n || fclose(f))
		die("cannot write '%s'", fuzz_path(rel));
}

/* The store, with its directories, each after the one it is in; shown: what is
 * taken for its path in the evidence. */
static inline void
fuzz_store(const char *name, const struct engine *engine, const char *shown,
    const char *const *dirs, size_t n)
{
	struct err e;
	size_t i;

	snprintf(fuzz_top, sizeof(fuzz_top), "/tmp/fuzz-%s.XXXXXX", name);
	if (!mkdtemp(fuzz_top))
		die("cannot make '%s'", fuzz_top);
	atexit(fuzz_clean_up);
	for (i = 0; i < n; i++)
		mkdir(fuzz_path(dirs[i]), 0700);
	store.engine = engine;
	store.root = store.evidence = root_open_dir(fuzz_top, &e);
	if (!store.root)
		die("%s", e.msg);
	str_init(&store.path);
	str_adds(&store.path, shown);
	str_init(&store.driver);
}

/* A sink of records. */
static inline void
fuzz_line(void *arg, enum kind k, const char *line, size_t n)
{
	(void)arg;
	(void)k;
	if (!n || line[n - 1] != '\n')
		abort();
}

static inline void
fuzz_tree(bool container, const char *id)
{
	struct engine_tree t = {0};
	struct err e;

	if (store.engine->open_tree(&store, container, id, &t, &e) == 0)
		engine_tree_release(&t);
}

static inline void
fuzz_container(const char *id, struct rec *rec)
{
	struct engine_container c;
	struct err e;

	engine_container_init(&c);
	store.engine->get_container(&store, id, &c, rec, &e);
	engine_container_release(&c);
	fuzz_tree(true, id);
}

static inline void
fuzz_image(const char *id, struct rec *rec)
{
	struct engine_image img;
	struct err e;

	engine_image_init(&img);
	store.engine->get_image(&store, id, &img, rec, &e);
	engine_image_release(&img);
	fuzz_tree(false, id);
}
