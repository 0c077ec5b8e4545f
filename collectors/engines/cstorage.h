#ifndef CSTORAGE_H
#define CSTORAGE_H

/*
 * cstorage - containers-storage: the store of podman, buildah and CRI-O
 *
 * One directory (the "graph root") holds, for each storage driver DRIVER, the
 * lists DRIVER-images/images.json, DRIVER-layers/layers.json and
 * DRIVER-containers/containers.json, "volatile-" ones beside the last two, big
 * data of each image and container in a directory of its id, and the layers
 * themselves in DRIVER/. Sources: containers/storage images.go, layers.go,
 * containers.go, store.go, drivers/overlay, drivers/vfs; docs/
 * containers-storage-*.md.
 *
 * What it alone knows: these lists, read entry by entry, so that one that is
 * broken or cut off loses nothing of the others; what lies on the disk and
 * stands in no list (directories of images, containers and layers); chains of
 * layers; which driver keeps differences (overlay), which whole copies (vfs),
 * and which keeps what cannot be read as directories.
 *
 * An engine embeds a struct cstore at the begin of its cache.
 * Errors:   notes; the rest is still given.
 * Limits:   CSTORE_* of limits.h.
 * Trust:    hostile. Fuzzed by tests/fuzz/fuzz-cstorage.c.
 */

#include "engine.h"
#include "state.h"

struct cs_driver {
	const char *name; /* overlay, vfs, ... */
	const char *dir;  /* of its layers, in the store; NULL: unreadable */
	const char *sub;  /* of a layer, below DIR/ID: "/diff" */
	bool copies;	  /* each layer is a whole tree */
};

struct cs_layer {
	struct str id, parent, diff_id, digest;
	const struct cs_driver *driver;
	int64_t created_time, size; /* size: -1 unknown */
	bool listed;	 /* false: only its directory is there */
	bool incomplete; /* being made, or being deleted, when it was left */
	bool shifted;	 /* a copy in the ids of a user namespace */
	size_t container; /* 1 + index of the container that writes to it */
};

struct cs_image {
	struct str id, layer;
	struct strlist mapped; /* layers of the same, for user namespaces */
	const struct cs_driver *driver;
	const char *text; /* its entry; NULL: only its directory is there */
	size_t text_n;
};

enum cs_owner { CS_LIBPOD, CS_BUILDAH, CS_CRIO };

struct cs_container {
	struct str id, layer, image;
	const struct cs_driver *driver;
	const char *text;
	size_t text_n;
	enum cs_owner owner; /* by what its entry says */
};

struct cstore {
	struct cs_layer *layers; /* all sorted by id */
	size_t layers_n, layers_cap;
	struct cs_image *images;
	size_t images_n, images_cap;
	struct cs_container *containers;
	size_t containers_n, containers_cap;
	struct str *texts; /* of the lists; entries point into them */
	size_t texts_n;
	bool rootless;	/* the graph root is an ordinary user's */
};

/* Is the directory such a store? */
bool cs_is_store(struct root *dir);
/* Does one of its lists of containers hold that text? Bytes, not parsed. */
bool cs_mentions(struct root *dir, const char *text);

/* Read the lists. rec: who is told; NULL: nobody. */
void cs_read(struct store *s, struct cstore *cs, struct rec *rec);
void cs_release(struct cstore *cs);

struct cs_image *cs_image(struct cstore *cs, const char *id);
struct cs_container *cs_container(struct cstore *cs, const char *id);
struct cs_layer *cs_layer(struct cstore *cs, const char *id);

/* Directory of a layer in the store, set in out. */
int cs_layer_dir(struct store *s, const struct cs_layer *l, struct str *out,
    struct err *e);

/* Path in the store of an item of big data: the name as it is, or "=" and
 * its base64. kind is "images" or "containers"; out is replaced. */
void cs_big_data(const struct cs_driver *d, const char *kind, const char *id,
    const char *name, struct str *out);

/* What the lists say of a container: driver, image, times; and its entry is
 * parsed into d. -1: there is none (no note). */
int cs_container_entry(struct store *s, struct cstore *cs,
    const struct cs_container *k, struct engine_container *c, struct state *d,
    struct rec *rec);

/* id is sha256:HEX. */
int cs_get_image(struct store *s, struct cstore *cs, const char *id,
    struct engine_image *img, struct rec *rec, struct err *e);
int cs_open_tree(struct store *s, struct cstore *cs, bool container,
    const char *id, struct engine_tree *t, struct err *e);
/* Big data of images against the digests in their names and in the list. */
void cs_mismatches(struct store *s, struct cstore *cs,
    const struct engine_sink *sink, struct rec *rec);
void cs_each_layer(struct store *s, struct cstore *cs,
    void (*fn)(void *arg, const struct engine_stored *l), void *arg);

#endif
