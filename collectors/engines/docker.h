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
 *
 * A data-root may hold image/DRIVER of several drivers, each with images,
 * names and layers of its own, whatever the daemon used last. An image or a
 * container is looked for in each; the first that has it counts.
 *
 * Sources: moby image/fs.go, reference/store.go, layer/filestore.go,
 * layer/mount*.go, distribution/metadata, container/container.go,
 * api/types/container, daemon/graphdriver.
 */

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
};

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

/* The parts of a container. data_root is that which the engine knew. */
void docker_host_config(struct store *s, struct state *d,
    struct engine_container *c, const struct str *data_root, struct rec *rec);
void docker_mount_points(struct state *d, const struct str *data_root,
    struct engine_container *c);
void docker_host_mounts(struct state *h, const struct str *data_root,
    struct engine_container *c);

#endif
