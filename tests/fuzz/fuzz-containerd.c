/*
 * fuzz-containerd - values of containerd's databases and its documents
 *
 * The input is meta.db, the overlayfs snapshotter's metadata.db, one blob and
 * config.toml of a small store at once; what its namespaces hold is asked for.
 */

#include "containerd.h"
#include "ctr.h"

#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
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

static char top[] = "/tmp/fuzz-containerd.XXXXXX";
static struct store store;
static struct rec *rec;
static size_t asked;

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
	for (i = COUNT(dirs); i-- > 0;)
		rmdir(in_top(dirs[i]));
	rmdir(top);
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
	store.engine = &engine_containerd;
	store.root = store.evidence = root_open_dir(top, &e);
	if (!store.root)
		die("%s", e.msg);
	str_init(&store.path);
	str_adds(&store.path, "/var/lib/containerd");
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

static int
on_image(void *arg, const char *id)
{
	struct engine_image img;
	struct engine_tree t = {0};
	struct err e;

	(void)arg;
	if (!engine_is_id(id, strlen(id)))
		abort();
	engine_image_init(&img);
	engine_containerd.get_image(&store, id, &img, rec, &e);
	engine_image_release(&img);
	if (engine_containerd.open_tree(&store, false, id, &t, &e) == 0)
		engine_tree_release(&t);
	return asked++ > 20;
}

static int
on_container(void *arg, const char *id)
{
	struct engine_container c;
	struct engine_tree t = {0};
	struct err e;

	(void)arg;
	if (!engine_is_id(id, strlen(id)))
		abort();
	engine_container_init(&c);
	engine_containerd.get_container(&store, id, &c, rec, &e);
	engine_container_release(&c);
	if (engine_containerd.open_tree(&store, true, id, &t, &e) == 0)
		engine_tree_release(&t);
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
	FILE *f;

	if (!store.root)
		set_up();
	for (i = 0; i < COUNT(files); i++) {
		f = fopen(in_top(files[i]), "w");
		if (!f || fwrite(p, 1, n, f) != n || fclose(f))
			die("cannot write '%s'", in_top(files[i]));
	}
	rec = rec_sink(ignore, NULL);
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
