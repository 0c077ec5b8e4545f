#ifndef MAGICDB_H
#define MAGICDB_H

/*
 * magicdb - libmagic with a database of our own
 *
 * libmagic reads $MAGIC, ~/.magic and /etc/magic, which belong to the host
 * under suspicion. The database is embedded (xz) and handed over with
 * magic_load_buffers; magic_load itself is wrapped at link time (-Wl,--wrap),
 * so that whoever else calls it in our programs (YARA's module "magic") gets
 * the same one.
 *
 * Cost:     soft magic is what costs: text needs none of it (measured: 0.65 ms
 *           against 0.02 a file); of the other files a bounded beginning is
 *           looked at (MAGIC_BYTES).
 * Calling:  magicdb_open before workers are forked (they share its memory);
 *           magicdb_type in a worker, since it parses hostile bytes.
 * Errors:   magicdb_open dies where libmagic refuses its own database.
 */

#include "str.h"

void magicdb_open(void);

/* What it is, replaced in out; empty where libmagic failed. */
void magicdb_type(const void *p, size_t n, struct str *out);

/* Is it text, by the rules of file(1): no byte that no text has, or UTF-16? */
bool magicdb_text(const void *p, size_t n);

/*
 * LOKI's word for the beginning of a file, which public YARA rules compare
 * with their external variable "filetype": "ELF", "EXE", "ZIP", "GIF" ...;
 * "UNKNOWN" for the rest. Rows of filetype.def.
 */
const char *magicdb_filetype(const void *p, size_t n);

const char *magicdb_library(void); /* version of libmagic */

#endif
