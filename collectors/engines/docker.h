#ifndef DOCKER_H
#define DOCKER_H

/*
 * docker - the parts that Docker's own store is read by; for docker*.c only
 *
 *   docker.c            the engine: what is a store, lists of ids, trees
 *   docker-names.c      graph drivers of a store, names of its images
 *   docker-layers.c     where each driver keeps a layer
 *   docker-image.c      one image
 *   docker-container.c  one container: config.v2.json
 *   docker-host.c       the same: hostconfig.json
 *   docker-mounts.c     the same: mounts
 *   docker-power.c      the same: what it may do, its networks, who made it
 *   docker-v1.c         images and containers of a Docker before 1.10
 *   docker-plugin.c     managed plug-ins
 *   docker-other.c      layers that the store has, whether used or not
 *   docker-volume.c     volumes, networks
 *   docker-swarm.c      the node's part of a swarm
 *   docker-build.c      BuildKit's cache and history
 *
 * A data-root may hold image/DRIVER of several drivers, each with images,
 * names and layers of its own, whatever the daemon used last. An image or a
 * container is looked for in each; the first that has it counts.
 *
 * Sources: moby image/fs.go, reference/store.go, layer/filestore.go,
 * layer/mount*.go, distribution/metadata, container/container.go,
 * api/types/container, daemon/graphdriver.
 */

#include "bolt.h"
#include "engine.h"
#include "state.h"

struct docker_ref {
	struct str id; /* sha256:HEX */
	struct str name;
};

/* What is read of a store once a process: s->cache. */
struct docker {
	struct strlist drivers; /* names below image/, sorted */
	struct docker_ref *refs; /* sorted by id, then name */
	size_t n, cap;
	bool refs_read;
	/* of a Docker before 1.10: the driver that its names are of, empty:
	 * none; and which of its images Docker 1.10 made new ones of */
	struct str v1;
	bool v1_read;
	struct state migrated;
	/* layers of images that are as they should be: images share them */
	struct docker_known *known; /* by chain id: a table of known_cap */
	size_t known_n, known_cap;
};

struct docker_known {
	struct str chain; /* DRIVER/HEX; empty: a free place */
	struct str diff_id, dir;
	int64_t size;
};

struct docker *docker_cache(struct store *s);
/* The same with refs; notes about them go to the first asker. */
struct docker *docker_refs(struct store *s, struct rec *rec);
void docker_forget(struct store *s);
void docker_names(struct store *s, const char *id, struct strlist *out);

/* The driver whose image/DRIVER/WHAT has that id: what is "layerdb/mounts",
 * "imagedb/content/sha256" ... One whose files can be read comes first; NULL:
 * none has it. */
const char *docker_has(struct store *s, const char *what, const char *id);

/* ---- layers ------------------------------------------------------------- */

enum docker_form {
	DOCKER_LINKS,	/* NAME/diff, and "lower" with links to those below */
	DOCKER_ROOTS,	/* overlay: NAME/root is whole, NAME/upper is not */
	DOCKER_AUFS,	/* diff/NAME, and layers/NAME lists those below */
	DOCKER_WHOLE,	/* each is a whole tree */
	DOCKER_NONE	/* not as plain directories */
};
struct docker_driver {
	const char *name;
	enum docker_form form;
	const char *before, *after; /* the name of a layer stands between */
	enum root_layering how;
};

/* Is a layer of it all of the image up to there? */
static inline UNUSED bool
docker_whole(const struct docker_driver *d)
{
	return d->form == DOCKER_WHOLE || d->form == DOCKER_ROOTS;
}

/* NULL: none that we know. */
const struct docker_driver *docker_driver(const char *name);

/* A name of a layer's directory: never with a dot or a slash. */
bool docker_is_layer_name(const char *s);

/* Directory of the layer with that chain id, set in dir. */
int docker_layer_dir(struct store *s, const char *driver, const char *chain,
    struct str *dir, struct err *e);
/* What a layer's or a mount's name stands for, and whether it is there. */
int docker_named_dir(struct store *s, const struct docker_driver *d,
    const char *name, struct str *dir, struct err *e);
/* The tree of a layer that is written to. init and chain, the layer it was
 * copied from and the chain id of the image, may be empty. */
void docker_mount_tree(struct store *s, const struct docker_driver *d,
    const char *mount, const char *init, const char *chain,
    struct engine_tree *t);
/* The tree of a container whose mount is in that driver. */
int docker_container_tree(struct store *s, const char *driver, const char *id,
    struct engine_tree *t, struct err *e);
/* The tree of an image that get_image has filled. */
int docker_image_tree(struct store *s, const struct engine_image *img,
    struct engine_tree *t, struct err *e);

/* ---- items -------------------------------------------------------------- */

int docker_get_image(struct store *s, const char *id, struct engine_image *img,
    struct rec *rec, struct err *e);
int docker_get_container(struct store *s, const char *id,
    struct engine_container *c, struct rec *rec, struct err *e);

/* Its document, config.v2.json or, before 1.10, config.json: path is set. */
int docker_container_state(struct store *s, const char *id, struct str *path,
    struct state *d, struct err *e);

/* The parts of a container. data_root is that which the engine knew. */
void docker_host_config(struct store *s, struct state *d,
    struct engine_container *c, const struct str *data_root, struct rec *rec);
void docker_power(struct store *s, struct state *d,
    struct engine_container *c);
void docker_mount_points(struct state *d, const struct str *data_root,
    struct engine_container *c);
void docker_host_mounts(struct state *h, const struct str *data_root,
    struct engine_container *c);

/* ---- before 1.10 ---------------------------------------------------------- */

/* docker_cache with v1 and migrated. */
struct docker *docker_v1(struct store *s);
/* Ids of graph/ that no newer image was made of, added; notes. */
void docker_v1_images(struct store *s, struct strlist *ids, struct rec *rec);
void docker_v1_refs(struct store *s, struct rec *rec);
int docker_v1_get_image(struct store *s, const char *id,
    struct engine_image *img, struct rec *rec, struct err *e);
int docker_v1_image_tree(struct store *s, const struct engine_image *img,
    struct engine_tree *t, struct err *e);
/* "Volumes" and "VolumesRW", before there were "MountPoints". */
void docker_v1_mounts(struct state *d, struct engine_container *c);
void docker_v1_layers(struct store *s, const char *driver,
    const struct engine_sink *sink, struct strlist *told, struct rec *rec);
void docker_add_ref(struct docker *c, const char *id, const struct str *name);

/* ---- what else ------------------------------------------------------------ */

struct docker_db { /* for notes, must outlive the database */
	struct store *s;
	const char *path;
	struct rec *rec;
};
/* Is it the name of a layer that an image has as a mount of a container: its id,
 * "-", the image's name (Docker 28)? */
bool docker_is_image_mount(const char *name);
struct bolt *docker_db(struct docker_db *db, struct store *s, const char *path,
    struct rec *rec);

int docker_each_other(struct store *s, const struct engine_sink *sink,
    struct rec *rec, struct err *e);
void docker_volumes(struct store *s, const struct engine_sink *sink,
    struct rec *rec);
void docker_networks(struct store *s, const struct engine_sink *sink,
    struct rec *rec);
void docker_builds(struct store *s, const struct engine_sink *sink,
    struct rec *rec);
void docker_build_layers(struct store *s, const struct engine_sink *sink,
    struct strlist *told, struct rec *rec);
/* The same of an engine whose layers are in containerd. */
void docker_build_snapshots(struct store *s, const struct engine_sink *sink,
    struct rec *rec);
void docker_nodes(struct store *s, const struct engine_sink *sink,
    struct rec *rec);
void docker_tasks(struct store *s, const struct engine_sink *sink,
    struct rec *rec);

/* Managed plug-ins: is that id one; its state; its tree. */
bool docker_is_plugin(struct store *s, const char *id);
int docker_get_plugin(struct store *s, const char *id,
    struct engine_container *c, struct rec *rec, struct err *e);
int docker_plugin_tree(struct store *s, const char *id, struct engine_tree *t,
    struct err *e);

#endif
