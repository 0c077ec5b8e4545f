#ifndef CONFIG_H
#define CONFIG_H

/*
 * config - the configuration document of an image
 *
 * One JSON document names an image: its digest is the image's id. Docker,
 * containerd, containers-storage and archives all keep it. Format: OCI
 * image-spec config.md; moby image/spec/specs-go; what Docker adds (shell,
 * healthcheck, onbuild) is read as well.
 *
 * Trust:    hostile, like all of state.h.
 */

#include "engine.h"
#include "state.h"

/*
 * From the bytes of the document (img->id must be set): config, verified (the
 * digest of the bytes is the id), the settings, history, and layers with their
 * diff ids and chain ids (the rest of a layer is the engine's to fill). path
 * is that of the document in the store, for notes. 0, or -1: it is no document
 * at all (noted; img has what could be had).
 */
int config_image(struct store *s, const char *path, const struct str *text,
    struct engine_image *img, struct rec *rec);

/* The same, and the document is read first. An absent one is the caller's
 * matter: -1 and ERR_ABSENT, and nothing is noted; all other trouble is noted,
 * and is -1 with another class (ERR_NONE: read, but no object). */
int config_read(struct store *s, const char *path, struct engine_image *img,
    struct rec *rec, struct err *e);

/* Settings that an image and a container have in common, from an object like
 * the "Config" of either. */
void config_health(struct state *d, const json_t *config, struct strlist *out);

/* sha256(chain " " diff), or diff where chain is empty: OCI image-spec,
 * config.md, "Layer ChainID". chain is replaced. */
void config_chain(struct str *chain, const struct str *diff);

#endif
