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
 * Calling:   pkgdb_open; pkgdb_owner, pkgdb_check, pkgdb_verify, ... in any
 *            order; pkgdb_free.
 * Ownership: what is handed out is borrowed until the next call.
 * Errors:    trouble of one file or package is a note to rec, and the rest goes
 *            on; no database at all is no error (pkgdb_none). What pkgdb_check
 *            could not read is PKG_UNKNOWN, and pkgdb_trouble says why.
 * Limits:    PKG_* of limits.h.
 * Trust:     hostile, in all its fields; to be used in a worker. Fuzzed by
 *            tests/fuzz/fuzz-{dpkg,rpm,apk}.c.
 * Formats:   dpkg: deb(5), dpkg(1) FILES (status, info/NAME.list, .md5sums,
 *            .conffiles, diversions); rpm: rpmdb of sqlite, ndb and Berkeley DB
 *            with header blobs (rpm's docs/manual/format_header); apk:
 *            lib/apk/db/installed (apk-package(5)).
 */

#include "known.h"
#include "rec.h"
#include "root.h"

struct pkgdb;

/* rec: where trouble is noted; NULL: it was before. r and scope are borrowed
 * until pkgdb_free, rec for this call. Never NULL. */
struct pkgdb *pkgdb_open(struct root *r, struct rec *rec, const char *scope);
/* The same, and look for what speaks against the databases. */
struct pkgdb *pkgdb_open_judge(struct root *r, struct rec *rec,
    const char *scope);
/* The same for who asks for few files, by their names without directories: of
 * dpkg no others are kept, and no digests of packages that have none of them.
 * For pkgdb_owner and pkgdb_check of these; nothing is known of templates. */
struct pkgdb *pkgdb_open_for(struct root *r, struct rec *rec,
    const char *scope, const struct strlist *names);
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
	PKG_KNOWN,	/* its content is on a list from outside (known.h) */
};
const char *pkg_state_name(enum pkg_state s); /* as in persist.package_state */

/* Lists from outside that overrule every database of this process, from here
 * on; borrowed. */
void pkgdb_known(const struct known *k);

/*
 * How does this file (found, regular or link) fare against the database? It is
 * read once, for the recorded digest and SHA-256 alike; sha256 may be NULL. A
 * text of no package that is a copy of a package's template is unchanged, and
 * *owned is the template.
 * *owned: of a package's file only (package is NULL otherwise).
 */
enum pkg_state pkgdb_check(struct pkgdb *db, struct root *r,
    struct root_file *f, struct pkg_owned *owned, char sha256[65]);
/* Why the last pkgdb_check could not read the file; NULL: it could. */
const struct err *pkgdb_trouble(const struct pkgdb *db);

/* ---- everything (collect-packages) ------------------------------------- */

struct pkg_db_info {
	const char *format, *path;
	uint32_t packages, files, digests;
	int64_t modified_time, changed_time, last_time; /* CIVIL_NONE */
	const struct strlist *oddities;
	uint64_t odd; /* all of them, with those that are not kept */
};
size_t pkgdb_count(const struct pkgdb *db);
void pkgdb_info(const struct pkgdb *db, size_t i, struct pkg_db_info *out);

struct pkg_info {
	uint32_t db; /* which of the databases */
	/* empty: not known */
	const char *name, *version, *architecture, *status, *source, *vendor;
	const char *archive;
	int known; /* 1, 0; -1: nothing to tell by */
	uint32_t files;
	int64_t installed_time;
};
size_t pkgdb_packages(const struct pkgdb *db);
void pkgdb_package(const struct pkgdb *db, size_t i, struct pkg_info *out);
/* Its maintainer scripts: their names, and their texts one after another. */
void pkgdb_scripts(struct pkgdb *db, size_t i, struct strlist *names,
    struct str *text);

/* Look for archives that have the installed versions: fills archive and known
 * of packages of dpkg. */
void pkgdb_archives(struct pkgdb *db, struct rec *rec);

enum pkg_differs {
	PKG_DIGEST = 1 << 0,
	PKG_SIZE = 1 << 1,
	PKG_TYPE = 1 << 2,
	PKG_TARGET = 1 << 3,
	PKG_MODE = 1 << 4,
	PKG_OWNER = 1 << 5,
	PKG_GROUP = 1 << 6,
	PKG_TIME = 1 << 7,
	PKG_CAPABILITIES = 1 << 8,
};
const char *pkg_differs_name(enum pkg_differs bit);

/* An owned file, as it was found. */
struct pkg_found {
	struct pkg_owned owned;
	uint32_t package;  /* number of its package */
	const char *path;  /* where it lies */
	const char *state; /* as in package_file.state */
	unsigned differs;  /* enum pkg_differs */
	bool odd;	   /* it is not as it was installed */
	const struct root_file *file; /* NULL: missing */
	char digest[129];  /* by the recorded algorithm; empty: not computed */
	char sha256[65];   /* the same */
	const void *data;  /* of changed content: all of it, if it is small */
	size_t n;
};

/* A digest that another tree's look at the same inode gave. */
struct pkg_seen {
	uint64_t dev, ino, size;
	int64_t changed;
	unsigned char alg, digest[64];
};

struct pkg_verify {
	bool all; /* SHA-256 of every file */
	void (*fn)(void *arg, const struct pkg_found *f);
	/* May be NULL: is the digest (s->alg) of this file known? And: it is
	 * now. Asked of files of layers only. */
	bool (*seen)(void *arg, struct pkg_seen *s);
	void (*saw)(void *arg, const struct pkg_seen *s);
	void *arg;
};
/* Files are numbered from 0 in a fixed order; directories among them are
 * looked at, too, and are no pkg_found unless they are odd. */
size_t pkgdb_files(const struct pkgdb *db);
void pkgdb_verify(struct pkgdb *db, size_t from, size_t to,
    const struct pkg_verify *v, struct rec *rec);

#endif
