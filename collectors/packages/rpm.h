#ifndef RPM_H
#define RPM_H

/*
 * rpm - what the readers of rpm's databases share
 *
 * A database is a set of header blobs; sqlite, ndb and bdb each know how to
 * find them in a file, rpm.c what is in one.
 */

#include "packages-internal.h"

/* One header blob, borrowed for the call. Returns false to stop. */
typedef bool rpm_blob_fn(void *arg, const unsigned char *p, size_t n);

/* Hand every blob of a found and opened file to fn. -1: the file is none of
 * that kind, or broken: e says why; blobs that were found before stay. */
int rpm_sqlite_read(struct root_file *f, rpm_blob_fn *fn, void *arg,
    struct err *e);
int rpm_ndb_read(struct root_file *f, rpm_blob_fn *fn, void *arg,
    struct err *e);
int rpm_bdb_read(struct root_file *f, rpm_blob_fn *fn, void *arg,
    struct err *e);

/* n bytes at off: all of them, or -1. */
int rpm_pread(int fd, void *p, size_t n, uint64_t off);

/* A header blob that is no database's: for the fuzz target. */
void rpm_header(struct pkgdb *db, const unsigned char *p, size_t n);

#endif
