#ifndef TARSPLIT_H
#define TARSPLIT_H

/*
 * tarsplit - is the directory of a layer still what was unpacked into it?
 *
 * Docker (layerdb/sha256/CHAIN/tar-split.json.gz) and containers-storage
 * (DRIVER-layers/ID.tar-split.gz) keep of each layer what it takes to make its
 * archive again: the headers, and of each file its size and a CRC-64. No engine
 * compares them when a container starts: what somebody wrote into the directory
 * of a layer runs in every container above it.
 *
 * Source:   github.com/vbatts/tar-split, tar/storage: lines of JSON, type 1: a
 *           file (name or name_raw, size, payload: CRC-64 of ISO 3309, big
 *           endian), type 2: bytes of headers between; moby layer/migration.go,
 *           containers/storage layers.go.
 * Calling:  tarsplit_check for each layer, between blobs_begin and blobs_end.
 *           What differs goes to the sink of the blobs: a file whose content is
 *           another one (what: file), one that the archive did not have (added),
 *           one that is gone (missing).
 * Errors:   notes. Limits: TARSPLIT_*, and STORE_BLOBS_CHECKED for what is read.
 * Trust:    hostile. A CRC can be forged, and the list be written anew: what is
 *           equal proves nothing, what differs does.
 */

#include "blobs.h"

/*
 * split, dir: paths in the store. whole: dir has the layers below as well, so
 * that nothing can be called added. No list, or no directory: nothing is done.
 */
void tarsplit_check(struct blobs *b, const char *split, const char *dir,
    enum root_layering how, bool whole);

#endif
