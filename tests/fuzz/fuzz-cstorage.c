/*
 * fuzz-cstorage - containers-storage, libpod's database, CRI-O's state
 *
 * The input stands as every list and document of a small store at once, as
 * "lower", and as podman's db.sql if it begins like one. Everything that the
 * two engines offer is called. Notes go through the record writer.
 */

#include "store.h"

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
	struct err e = {.class = ERR_NONE};
	size_t i;

	store.engine = engine;
	engine->each_image(&store, on_id, &images, rec, &e);
	engine->each_container(&store, on_id, &ctrs, rec, &e);
	for (i = 0; i < images.n; i++)
		fuzz_image(images.v[i], rec);
	for (i = 0; i < ctrs.n; i++)
		fuzz_container(ctrs.v[i], rec);
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
		fuzz_store("cstorage", &engine_podman, "/", dirs,
		    COUNT(dirs));
	if (n > sizeof(magic) && memcmp(p, magic, sizeof(magic)) == 0) {
		fuzz_put(db, p, n);
	} else {
		unlink(fuzz_path(db));
		for (i = 0; i < COUNT(files); i++)
			fuzz_put(files[i], p, n);
	}
	rec = rec_sink(fuzz_line, NULL);
	all(&engine_podman, rec);
	all(&engine_crio, rec);
	rec_close(rec, &e);
	return 0;
}
