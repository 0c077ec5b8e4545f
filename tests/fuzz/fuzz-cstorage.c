/*
 * fuzz-cstorage - containers-storage, libpod's database, CRI-O's state
 *
 * The input stands as every list and document of a small store at once, as
 * "lower", and as podman's db.sql if it begins like one. Everything that the
 * two engines offer is called. Notes go through the record writer.
 */

#include "engine.h"
#include "err.h"
#include "state.h"

#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define C "overlay-containers/" ID

extern const struct engine engine_podman, engine_crio;

static const char *const dirs[] = {"overlay-images", "overlay-images/" ID,
    "overlay-layers", "overlay-containers", C, C "/userdata", "overlay",
    "overlay/l", "overlay/" ID, "overlay/" ID "/diff", "volumes",
    "volumes/v", "networks"};
static const char *const files[] = {"overlay-images/images.json",
    "overlay-layers/layers.json", "overlay-containers/containers.json",
    "overlay-images/" ID "/manifest",
    "overlay-images/" ID "/=c2hhMjU2OjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJ"
    "jZGVmMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    C "/userdata/config.json", C "/userdata/state.json",
    C "/userdata/buildah.json", "overlay/" ID "/lower",
    "networks/n.json"};
static const char db[] = "db.sql";

static char top[] = "/tmp/fuzz-cstorage.XXXXXX";
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
	unlink(in_top(db));
	for (i = COUNT(dirs); i-- > 0;)
		rmdir(in_top(dirs[i]));
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
	for (i = 0; i < COUNT(dirs); i++)
		mkdir(in_top(dirs[i]), 0700);
	atexit(clean_up);
	store.root = root_open_dir(top, &e);
	if (!store.root)
		die("%s", e.msg);
	str_init(&store.path);
	str_adds(&store.path, "/");
	str_init(&store.driver);
}

static void
ignore(void *arg, enum kind k, const char *line, size_t n)
{
	(void)arg;
	(void)k;
	if (!n || line[n - 1] != '\n')
		abort();
}

struct ids {
	char v[4][100];
	size_t n;
};

static int
on_id(void *arg, const char *id)
{
	struct ids *l = arg;

	if (!engine_is_id(id, strlen(id)))
		abort();
	if (l->n < COUNT(l->v))
		snprintf(l->v[l->n++], sizeof(l->v[0]), "%s", id);
	return 0;
}

static void
stored(void *arg, const struct engine_stored *l)
{
	(void)arg;
	if (!l->name.n)
		abort();
}

static void
volume(void *arg, const struct engine_volume *v)
{
	(void)arg;
	(void)v;
}

static void
network(void *arg, const struct engine_network *n)
{
	(void)arg;
	(void)n;
}

static void
pod(void *arg, const struct engine_pod *p)
{
	(void)arg;
	(void)p;
}

static void
all(const struct engine *engine, struct rec *rec)
{
	static const struct engine_sink sink = {.stored = stored,
	    .volume = volume, .network = network, .pod = pod};
	struct ids images = {.n = 0}, ctrs = {.n = 0};
	struct engine_container c;
	struct engine_image img;
	struct engine_tree t = {0};
	struct err e = {.class = ERR_NONE};
	size_t i;

	store.engine = engine;
	engine->each_image(&store, on_id, &images, rec, &e);
	engine->each_container(&store, on_id, &ctrs, rec, &e);
	for (i = 0; i < images.n; i++) {
		engine_image_init(&img);
		engine->get_image(&store, images.v[i], &img, rec, &e);
		engine_image_release(&img);
		if (engine->open_tree(&store, false, images.v[i], &t, &e) == 0)
			engine_tree_release(&t);
	}
	for (i = 0; i < ctrs.n; i++) {
		engine_container_init(&c);
		engine->get_container(&store, ctrs.v[i], &c, rec, &e);
		engine_container_release(&c);
		if (engine->open_tree(&store, true, ctrs.v[i], &t, &e) == 0)
			engine_tree_release(&t);
	}
	engine->each_other(&store, &sink, rec, &e);
	engine->forget(&store);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char magic[] = "SQLite format 3";
	struct err e = {.class = ERR_NONE};
	struct rec *rec;
	size_t i;

	if (!store.root)
		set_up();
	if (n > sizeof(magic) && memcmp(p, magic, sizeof(magic)) == 0) {
		put(db, p, n);
	} else {
		unlink(in_top(db));
		for (i = 0; i < COUNT(files); i++)
			put(files[i], p, n);
	}
	rec = rec_sink(ignore, NULL);
	all(&engine_podman, rec);
	all(&engine_crio, rec);
	rec_close(rec, &e);
	return 0;
}
