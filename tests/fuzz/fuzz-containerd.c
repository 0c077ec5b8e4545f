/*
 * fuzz-containerd - values of containerd's databases and its documents
 *
 * The input is meta.db, the overlayfs snapshotter's metadata.db, one blob and
 * config.toml of a small store at once; what its namespaces hold is asked for.
 */

#include "containerd.h"
#include "ctr.h"
#include "store.h"

#define SN "io.containerd.snapshotter.v1.overlayfs"

extern const struct engine engine_containerd;

static const char *const dirs[] = {"io.containerd.metadata.v1.bolt", SN,
    (SN "/snapshots"), "io.containerd.content.v1.content",
    "io.containerd.content.v1.content/blobs",
    "io.containerd.content.v1.content/blobs/sha256"};
static const char *const files[] = {"io.containerd.metadata.v1.bolt/meta.db",
    (SN "/metadata.db"),
    ("io.containerd.content.v1.content/blobs/sha256/" ID),
    "config.toml"};

static struct rec *rec;
static size_t asked;

static int
on_image(void *arg, const char *id)
{
	(void)arg;
	if (!engine_is_id(id, strlen(id)))
		abort();
	fuzz_image(id, rec);
	return asked++ > 20;
}

static int
on_container(void *arg, const char *id)
{
	(void)arg;
	if (!engine_is_id(id, strlen(id)))
		abort();
	fuzz_container(id, rec);
	return asked++ > 40;
}

static void
on_stored(void *arg, const struct engine_stored *l)
{
	(void)arg;
	asked += l->name.n;
}

static void
on_pod(void *arg, const struct engine_pod *p)
{
	(void)arg;
	asked += p->name.n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct engine_sink sink = {.stored = on_stored, .pod = on_pod};
	struct containerd_conf conf;
	struct str s cleanup_str = STR_INIT;
	const char *v;
	struct err e = {.class = ERR_NONE};
	size_t i, k;

	if (!store.root)
		fuzz_store("containerd", &engine_containerd,
		    "/var/lib/containerd", dirs, COUNT(dirs));
	for (i = 0; i < COUNT(files); i++)
		fuzz_put(files[i], p, n);
	rec = rec_sink(fuzz_line, NULL);
	asked = 0;
	engine_containerd.each_image(&store, on_image, NULL, rec, &e);
	engine_containerd.each_container(&store, on_container, NULL, rec, &e);
	engine_containerd.each_other(&store, &sink, rec, &e);
	containerd_image_id(&store, "default", "sha256:" ID, &s);
	engine_containerd.forget(&store);
	rec_close(rec, &e);
	containerd_conf(store.root, "/config.toml", &conf, &e);
	containerd_conf_release(&conf);
	ctr_any((const char *)p, n, &s, &v, &k);
	return 0;
}
