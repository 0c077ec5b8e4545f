#ifndef CSTORAGE_INTERNAL_H
#define CSTORAGE_INTERNAL_H

/*
 * cstorage-internal - the parts of cstorage among themselves
 *
 * cstorage-lists.c reads the lists, cstorage-tree.c finds directories of layers,
 * cstorage-image.c reads images, cstorage.c tells of the rest.
 */

#include "cstorage.h"

/* Is that a name of a layer, as the engine or its callers give it? */
bool cs_is_name(const char *s, size_t n);

/* A layer by its id: of this store, or of another, which is set in in. */
const struct cs_layer *cs_find_layer(struct store *s, struct cstore *cs,
    const char *id, struct store **in);

/* How deletions are written in its layers. */
enum root_layering cs_layering(struct store *s);

#endif
