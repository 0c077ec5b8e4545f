#ifndef TARSPLIT_H
#define TARSPLIT_H

/*
 * tarsplit - is the directory of a layer still what was unpacked into it?
 *
 * Docker (layerdb/sha256/CHAIN/tar-split.json.gz) and containers-storage
 * (DRIVER-layers/ID.tar-split.gz) keep of each layer what it takes to make its
 * archive again (tarlist.h): the headers, and of each file its size and CRC-64.
 * No engine compares them when a container starts: what somebody wrote into the
 * directory of a layer runs in every container above it.
 *
 * Calling:  tarsplit_check for each layer, between blobs_begin and blobs_end.
 *           What differs goes to the sink of the blobs, what is one of
 *             file          content is another one (CRC-64)
 *             added         the archive did not have it
 *             missing       it is gone
 *             type          a link, a directory, a device in its place
 *             target        of a symbolic link
 *             mode, owner
 *             capabilities  it has others (none is no difference)
 *           A hard link that is no longer one is compared by its content.
 *           Owners where ids are shifted: by what most files of that id have.
 *           Owner and mode that an engine keeps in an attribute: by that, and not
 *           at all where a copy has lost the attributes (a fine note for a
 *           store); but what has another mode than the others then, a set-id
 *           program, is told of.
 * Errors:   notes. Limits: TARSPLIT_*, and STORE_BLOBS_CHECKED for what is read.
 * Trust:    hostile. A CRC can be forged, and the list be written anew: what is
 *           equal proves nothing, what differs does.
 */

#include "blobs.h"

enum {
	TARSPLIT_WHOLE = 1,  /* dir has the layers below as well: nothing of it
				can be called added */
	TARSPLIT_MAPPED = 2, /* it has them in the ids of a container, perhaps
				without their bytes (metacopy) */
};

/* split, dir: paths in the store; flags: TARSPLIT_*. No list, or no directory:
 * nothing is done. */
void tarsplit_check(struct blobs *b, const char *split, const char *dir,
    enum root_layering how, unsigned flags);

#endif
