#ifndef LIBPOD_H
#define LIBPOD_H

/*
 * libpod - podman's database of containers, pods and volumes
 *
 * Beside the lists of containers-storage: libpod/bolt_state.db (BoltDB; the
 * default before podman 4.8, kept where it is there), or db.sql (SQLite), at
 * the top of the store or in libpod/. Either way an object is two documents of
 * JSON: its configuration, that never changes, and its state. Sources: podman
 * libpod/boltdb_state.go, sqlite_state_internal.go, container_config.go,
 * container.go.
 *
 * A row that was being written when the power went is read as podman would
 * read it at its next start: the journal or the log beside the database counts
 * (sqlfile.h). Where both databases are there, the newer kind counts, and of
 * the older what it has besides.
 *
 * Errors:   notes; the rest is still given.
 * Limits:   LIBPOD_*, BOLT_* of limits.h.
 * Trust:    hostile. Fuzzed by tests/fuzz/fuzz-cstorage.c.
 */

#include "engine.h"

struct libpod_row {
	struct str id;		   /* of a volume: its name */
	struct str config, state;  /* JSON, may be empty */
	struct strlist networks;   /* names; bolt only */
	bool old; /* only the older of two databases has it */
};

struct libpod_table {
	struct libpod_row *v; /* sorted by id */
	size_t n, cap;
};

struct libpod {
	struct libpod_table ctrs, pods, volumes;
	struct str path; /* of the database, in the evidence; empty: none */
};

void libpod_read(struct store *s, struct libpod *l, struct rec *rec);
void libpod_release(struct libpod *l);
struct libpod_row *libpod_find(struct libpod_table *t, const char *id);

#endif
