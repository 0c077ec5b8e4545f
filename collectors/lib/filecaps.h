#ifndef FILECAPS_H
#define FILECAPS_H

/*
 * filecaps - the capabilities of a file, as getcap(8) writes them
 *
 * Format: the attribute security.capability, revisions 1 to 3
 *         (linux/capability.h): little endian, permitted and inheritable sets,
 *         one bit that makes them effective, and from revision 3 on the id of
 *         the user namespace's root.
 * Trust:  hostile: who writes to the disk itself writes what they like.
 *         Fuzzed by tests/fuzz/fuzz-filecaps.c.
 */

#include "str.h"

/* Append "cap_net_raw=ep"; -1 where p is no such attribute. */
int filecaps_text(const void *p, size_t n, struct str *out);

#endif
