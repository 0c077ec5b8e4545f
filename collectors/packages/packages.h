#ifndef PACKAGES_H
#define PACKAGES_H

/*
 * packages - what a package manager says it installed in a root
 *
 * dpkg, rpm and apk keep a database in the root: packages, the files that they
 * own, and a digest of most of them. It is opened once for a tree (host,
 * container, image) and then asked for packages, or for the owner of a path.
 * It says what is recorded; it is evidence like any other and may have been
 * edited: pkgdb_oddities tells what speaks against it.
 *
 * Paths: absolute in the root, with the links of directories on the way
 * resolved (a merged /usr: the database's /bin/sh is /usr/bin/sh here).
 * Several databases in one root (a Debian with rpm installed) are one pkgdb.
 *
 * Calling:   pkgdb_open; pkgdb_owner, pkgdb_check, pkgdb_each_* in any order;
 *            pkgdb_free.
 * Ownership: what is handed out is borrowed until the next call.
 * Errors:    trouble of one file or package is a note to rec, and the rest goes
 *            on; no database at all is no error (pkgdb_none).
 * Limits:    PKG_* of limits.h.
 * Trust:     hostile, in all its fields; to be used in a worker. Fuzzed by
 *            tests/fuzz/fuzz-{dpkg,rpm,apk}.c.
 * Formats:   dpkg: deb(5), dpkg(1) FILES (status, info/NAME.list, .md5sums,
 *            .conffiles, diversions); rpm: rpmdb of sqlite, ndb and Berkeley DB
 *            with header blobs (rpm's docs/manual/format_header); apk:
 *            lib/apk/db/installed (apk-package(5)).
 */

#include "rec.h"
#include "root.h"

struct pkgdb;

/* rec: where trouble is noted; NULL: it was before. Never NULL. */
struct pkgdb *pkgdb_open(struct root *r, struct rec *rec, const char *scope);
void pkgdb_free(struct pkgdb *db);

/* There is no package database here that this version reads. */
bool pkgdb_none(const struct pkgdb *db);

enum pkg_role {
	PKG_FILE,
	PKG_CONFIGURATION, /* the site may change it */
	PKG_DOCUMENTATION, /* may be left out at installation */
	PKG_GHOST,	   /* named, not installed */
};

struct pkg_owned {
	const char *package; /* bytes of evidence, NUL-ended */
	const char *version;
	const char *name; /* as the database has it */
	enum pkg_role role;
	const char *algorithm; /* md5, sha1, sha256 ...; NULL: no digest */
	const char *recorded;  /* hex */
	const char *target;    /* of a symbolic link, where recorded; NULL */
	int64_t size;	       /* -1: not recorded */
	int64_t mode;	       /* with type bits; -1: not recorded */
	const char *capabilities; /* as getcap shows it; NULL: not recorded */
	bool hidden;	       /* diverted, or a later package's file is here */
};

/* Who owns this real path? false: no package does. */
bool pkgdb_owner(struct pkgdb *db, const char *path, struct pkg_owned *out);

enum pkg_state {
	PKG_UNCHANGED,
	PKG_CHANGED,	/* content is not as recorded */
	PKG_UNPACKAGED, /* of no package */
	PKG_UNKNOWN,	/* no database, no recorded digest, or it was not read */
};
const char *pkg_state_name(enum pkg_state s); /* as in persist.package_state */

/*
 * How does this file (found, regular or link) fare against the database? It is
 * read once, for the recorded digest and SHA-256 alike; sha256 may be NULL.
 * *owned: of a package's file only (package is NULL otherwise).
 */
enum pkg_state pkgdb_check(struct pkgdb *db, struct root *r,
    struct root_file *f, struct pkg_owned *owned, char sha256[65]);

#endif
