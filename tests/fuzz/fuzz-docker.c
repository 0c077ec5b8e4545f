/*
 * fuzz-docker - Docker's state files
 *
 * The input stands as every JSON file of a small store at once: an image's
 * configuration, a container's two files, the names, a layer's origins; and
 * as its "lower", "mount-id" and "cache-id"; as a plug-in, an image of before
 * 1.10, the options of a volume, the state of a swarm's node. Everything the
 * engine offers is
 * called. Notes go through the record writer.
 */

#include "store.h"

#define ID2 "f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define I "image/overlay2/"

extern const struct engine engine_docker;

static const char *const dirs[] = {"containers", "containers/" ID, "image",
    I, I "imagedb", I "imagedb/content", I "imagedb/content/sha256",
    I "imagedb/metadata", I "imagedb/metadata/sha256",
    I "imagedb/metadata/sha256/" ID, I "layerdb", I "layerdb/mounts",
    I "layerdb/mounts/" ID, I "layerdb/sha256", I "layerdb/sha256/" ID,
    I "distribution", I "distribution/v2metadata-by-diffid",
    I "distribution/v2metadata-by-diffid/sha256", "overlay2", "overlay2/l",
    "overlay2/m", "overlay2/m/diff", "plugins", "plugins/" ID2,
    "plugins/" ID2 "/rootfs", "graph", "graph/" ID, "volumes", "volumes/v",
    "volumes/v/_data", "swarm", "swarm/certificates"};
static const char *const files[] = {"containers/" ID "/config.v2.json",
    "containers/" ID "/hostconfig.json", I "imagedb/content/sha256/" ID,
    I "repositories.json", "overlay2/m/lower",
    I "distribution/v2metadata-by-diffid/sha256/" ID,
    I "imagedb/metadata/sha256/" ID "/parent",
    I "imagedb/metadata/sha256/" ID "/lastUpdated",
    I "layerdb/sha256/" ID "/cache-id", I "layerdb/sha256/" ID "/parent",
    "plugins/" ID2 "/config.json", "graph/" ID "/json",
    "repositories-overlay2", "volumes/v/opts.json", "swarm/docker-state.json",
    "swarm/state.json", "swarm/certificates/swarm-node.crt"};
static const char mount_id[] = I "layerdb/mounts/" ID "/mount-id";

static int
on_id(void *arg, const char *id)
{
	(void)arg;
	return *id ? 0 : 1;
}

static int
on_source(void *arg, const struct engine_source *src)
{
	(void)arg;
	return src->digest && src->repository ? 0 : 1;
}

static void
on_stored(void *arg, const struct engine_stored *l)
{
	(void)arg;
	if (l->dir.n && l->dir.s[0] != '/')
		abort();
}

static void
on_volume(void *arg, const struct engine_volume *v)
{
	(void)arg;
	(void)v;
}

static void
on_node(void *arg, const struct engine_node *v)
{
	(void)arg;
	(void)v;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct engine_sink sink = {.stored = on_stored,
	    .volume = on_volume, .node = on_node};
	struct err e = {.class = ERR_NONE};
	struct rec *rec;
	size_t i;

	if (!store.root) {
		fuzz_store("docker", &engine_docker, "/", dirs, COUNT(dirs));
		fuzz_put(mount_id, "m", 1);
	}
	for (i = 0; i < COUNT(files); i++)
		fuzz_put(files[i], p, n);
	rec = rec_sink(fuzz_line, NULL);
	engine_docker.each_image(&store, on_id, NULL, rec, &e);
	engine_docker.each_container(&store, on_id, NULL, rec, &e);
	engine_docker.each_source(&store, on_source, NULL, rec, &e);
	engine_docker.each_other(&store, &sink, rec, &e);
	fuzz_image("sha256:" ID, rec);
	fuzz_image(ID, rec);
	fuzz_container(ID, rec);
	fuzz_container(ID2, rec);
	engine_docker.forget(&store);
	rec_close(rec, &e);
	return 0;
}
