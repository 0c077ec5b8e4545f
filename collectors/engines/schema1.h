#ifndef SCHEMA1_H
#define SCHEMA1_H

/*
 * schema1 - Docker's manifests of schema 1, which name no configuration
 *
 * fsLayers[i].blobSum and history[i].v1Compatibility (a document in a string)
 * belong together, the newest first; an entry that says "throwaway" is no layer
 * of the image. The newest document has the settings. Signed ones (JWS) end in a
 * member "signatures", and are named by the digest of the bytes without it.
 *
 * Source:   distribution docs/spec/manifest-v2-1.md, docs/spec/json.md (signing);
 *           containers/image manifest/docker_schema1.go.
 * Limits:   ROOT_LAYERS_MAX layers, STORE_HISTORY_MAX entries.
 * Trust:    hostile. No signature is verified; the key stands in the document.
 */

#include "state.h"

bool schema1_is(struct state *d);

/*
 * The digest that such a document is named by: of what was signed, if all the
 * rest is a member "signatures" and nothing else, or else of all bytes.
 */
void schema1_digest(const char *p, size_t n, char hex[65]);

/* Blobs of its layers, lowest first: sha256:HEX, or "" where it is none. */
void schema1_layers(struct state *d, struct strlist *sums);

/*
 * The configuration that it stands for, as one of today, replaced in out.
 * diff_ids of layers, lowest first. 0; -1 and *e: not all of it could be read,
 * and out has what could be.
 */
int schema1_config(struct state *d, const struct strlist *diff_ids,
    struct str *out, struct err *e);

#endif
