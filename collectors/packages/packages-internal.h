#ifndef PACKAGES_INTERNAL_H
#define PACKAGES_INTERNAL_H

/*
 * packages-internal - what the files of packages.h share; not for others
 *
 *   packages.c   the tables of packages, directories and owned files
 *   verify.c     files against what is recorded of them
 *   pkgread.c    a file read once for several digests; lines of a text
 *   dpkg.c ...   one file a format: fills the tables
 *
 * A path is a directory and a name. Directories are interned; each knows the
 * real directory that it is (links on the way resolved), and that one all of
 * its aliases. A format adds a file under the name that its database has.
 */

#include "civil.h"
#include "packages.h"

enum pkg_alg {
	ALG_NONE,
	ALG_MD5,
	ALG_SHA1,
	ALG_SHA224,
	ALG_SHA256,
	ALG_SHA384,
	ALG_SHA512,
	ALG_COUNT
};
#define PKG_DIGEST_MAX 64 /* bytes of the longest */

const char *pkg_alg_name(enum pkg_alg a); /* NULL: none */
size_t pkg_alg_size(enum pkg_alg a);
enum pkg_alg pkg_alg_of_size(size_t n);

/* ---- tables ------------------------------------------------------------ */

/* Texts are offsets into db->text; 0 is the empty one. */
struct pkg {
	uint32_t name, version, arch, status, source, vendor, archive;
	uint32_t base;	 /* its database, in db->bases */
	uint32_t files;	 /* that it owns; filled by pkgdb_open at its end */
	uint32_t digests;
	uint32_t more;	 /* the format's own: a text, a number */
	int64_t installed_time; /* ns; CIVIL_NONE */
	int64_t list_changed;	/* dpkg: of the list's inode, ns */
	bool removed;	 /* only configuration is left of it */
	bool preserved;	 /* times of its files are those of the installation */
	int8_t known;	 /* an archive or signature: 1, 0; -1: cannot be told */
};

struct pkg_dir {
	uint32_t path;	/* text; "" is / */
	uint32_t real;	/* the directory that it really is */
	uint32_t alias; /* next one that is really the same; 0: none */
	uint16_t depth;
	bool owner;	/* files are known in it: it is a directory */
	bool diverted;	/* a diversion has a name in it */
};

enum {
	ENTRY_ROLE = 3,		/* enum pkg_role */
	ENTRY_DIRECTORY = 1 << 2,
	ENTRY_DIVERTED = 1 << 3, /* lies elsewhere than its database says */
};

struct pkg_entry {
	uint32_t dir, name; /* where it lies; name: text, one component */
	uint32_t next;	    /* of the same path; NO_ENTRY: none */
	uint32_t digest;    /* in db->digests, with alg */
	uint32_t more;	    /* in db->more, + 1; 0: nothing more is recorded */
	uint32_t pkg : 24;
	uint32_t alg : 4;
	uint32_t flags : 4;
};
#define NO_ENTRY UINT32_MAX

/* What rpm and apk record of a file besides. */
struct pkg_more {
	uint32_t target, capabilities; /* texts; 0: not recorded */
	uint32_t skip; /* enum pkg_differs: what it may not be held to */
	int32_t uid, gid; /* -1: not recorded, or no such name */
	int64_t size, mode, mtime; /* -1: not recorded */
};

struct pkg_diversion {
	uint32_t from_dir, from_name, to_dir, to_name, package; /* texts */
	bool local;
};

struct pkg_base {
	const char *format; /* as in package_db.format */
	uint32_t path, host_path; /* texts */
	uint32_t packages, files, digests;
	int64_t modified_time, changed_time, last_time;
	struct strlist oddities;
	uint64_t odd; /* all of them */
	bool preserved; /* its files' times are those of the installation */
	bool capabilities; /* they are recorded of every file that has any */
	bool link_digests; /* digests of links are those of their targets */
};

struct pkgdb {
	struct root *root;
	struct rec *rec; /* while it is opened */
	const char *scope;
	bool judge; /* oddities are asked for */
	uint64_t *wanted; /* bits, by the hash of a name; NULL: all are */
	uint64_t seed, notes;
	struct str text, digests;
	struct pkg *pkgs;
	size_t pkgs_n, pkgs_cap;
	struct pkg_dir *dirs;
	size_t dirs_n, dirs_cap;
	uint32_t *dir_slots;
	size_t dir_slots_n;
	struct pkg_entry *entries;
	size_t entries_n, entries_cap;
	uint32_t *slots; /* entry + 1; 0: free */
	size_t slots_n;
	struct pkg_more *more;
	size_t more_n, more_cap;
	struct pkg_diversion *diversions;
	size_t diversions_n, diversions_cap;
	struct pkg_base *bases;
	size_t bases_n;
	bool full; /* a limit was told of */
	struct strlist left_out; /* dpkg: -PATTERN, +PATTERN, in order */
	struct pkg_ids *ids; /* of names of users and groups */
	struct str scripts; /* apk: scripts.tar of database scripts_of - 1 */
	uint32_t scripts_of;
	struct pkg_reader *reader;
	struct err trouble; /* of the last pkgdb_check */
	char hex[2 * PKG_DIGEST_MAX + 1]; /* handed out */
	struct str target, path, via;
};

/* 0 and false: a limit is reached, and was noted. */
bool pkg_text(struct pkgdb *db, const char *p, size_t n, uint32_t *out);
#define PKG_STR(db, at) ((db)->text.s + (at))

struct pkg_base *pkg_base_add(struct pkgdb *db, const char *format,
    const char *path);
/* NULL: too many. Dies with the next one. */
struct pkg *pkg_add(struct pkgdb *db, const char *name, size_t n);

/* The directory of that path, made known; UINT32_MAX: a limit, or it is no
 * path. */
uint32_t pkg_dir(struct pkgdb *db, const char *path, size_t n);
/* The same, but only if it is known. */
uint32_t pkg_dir_find(const struct pkgdb *db, const char *path, size_t n);

/* "/usr/bin/x" or "usr/bin/x/": directory and name. false: it is no path that
 * a database may hold. */
bool pkg_split(const char *path, size_t n, size_t *dir_n, size_t *name,
    size_t *name_n);

/* Is this path, by its last part, perhaps one that is asked for? */
bool pkg_wanted(const struct pkgdb *db, const char *path, size_t n);
void pkg_want(struct pkgdb *db, const char *name, size_t n);

/* Add a file of the newest package (pkg_add). NULL: it is its already, a
 * limit, or a bad path (noted). */
struct pkg_entry *pkg_own(struct pkgdb *db, const char *path, size_t n,
    enum pkg_role role);
struct pkg_entry *pkg_own_in(struct pkgdb *db, uint32_t dir, const char *name,
    size_t n, enum pkg_role role);
/* That file of package pkg, NULL: it has none of that name. */
struct pkg_entry *pkg_owned_by(struct pkgdb *db, uint32_t pkg,
    const char *path, size_t n);
void pkg_digest(struct pkgdb *db, struct pkg_entry *en, enum pkg_alg a,
    const unsigned char *p);
/* Of hex digits; false: they are none, or not as many as alg has. */
bool pkg_digest_hex(struct pkgdb *db, struct pkg_entry *en, const char *p,
    size_t n);
/* What else is recorded; made if there is nothing yet. */
struct pkg_more *pkg_more_of(struct pkgdb *db, struct pkg_entry *en);
/* The same, of an entry that has nothing; those alike share one. */
void pkg_more_share(struct pkgdb *db, struct pkg_entry *en,
    const struct pkg_more *m);

/* First of the entries of a real path; NO_ENTRY. More: next. */
uint32_t pkg_lookup(const struct pkgdb *db, const char *path, size_t n);

/* Path where an entry lies, and the name that its database has. */
const char *pkg_entry_path(const struct pkgdb *db, const struct pkg_entry *en,
    struct str *out);
const char *pkg_entry_name(const struct pkgdb *db, const struct pkg_entry *en,
    struct str *out);

/* Notes, bounded in number. */
void pkg_note(struct pkgdb *db, enum err_class class, const char *path,
    int sys, const char *fmt, ...) PRINTF(5, 6);
void pkg_note_err(struct pkgdb *db, const char *path, const struct err *e);
/* Something that speaks against the database. */
void pkg_odd(struct pkg_base *b, const char *fmt, ...) PRINTF(2, 3);
/* Packages of a database that stand there twice. */
void pkg_judge_twice(struct pkgdb *db, uint32_t base);
/* A file of the database itself: its times count. */
void pkg_base_file(struct pkg_base *b, const struct stat *st);

int64_t pkg_ns(const struct timespec *t);

/* ---- reading ----------------------------------------------------------- */

struct pkg_reader;
struct pkg_reader *pkg_reader_new(void);
void pkg_reader_free(struct pkg_reader *rd);

struct pkg_content {
	unsigned char digest[PKG_DIGEST_MAX]; /* of alg */
	unsigned char sha256[32];
	const unsigned char *p; /* all of it, if n is its size */
	size_t n;
	uint64_t size;
};
/* Read a found regular file once. alg: ALG_NONE for none; sha256: wanted, too.
 * What changes meanwhile is ERR_CHANGED. */
int pkg_content(struct pkg_reader *rd, struct root *r, struct root_file *f,
    enum pkg_alg alg, bool sha256, struct pkg_content *out, struct err *e);
/* Digest of bytes in memory. */
void pkg_digest_of(enum pkg_alg a, const void *p, size_t n,
    unsigned char *out);

/* Lines of a file of the database, whatever its length. */
struct pkg_lines {
	struct pkgdb *db;
	struct root_file f;
	struct stat before;
	char *buf;
	size_t at, have;
	uint64_t off;
	int64_t number; /* of the line at hand, from 1 */
	bool end, bad;
};
/* -1 where it is not there (ERR_ABSENT, no note) or cannot be read (noted).
 * dir: the folder that was found before, path is then a name in it. */
int pkg_lines_open(struct pkg_lines *l, struct pkgdb *db,
    const struct root_file *dir, const char *path);
/* The next line without its newline; a line over PKG_LINE_MAX, or with a NUL
 * in it, is passed over, noted. */
bool pkg_lines_next(struct pkg_lines *l, const char **p, size_t *n);
/* Notes what went wrong. */
void pkg_lines_close(struct pkg_lines *l);

/* ---- verifying ----------------------------------------------------------- */

/* User (or group) of that name by the root's own files, -1: unknown. */
int32_t pkg_id(struct pkgdb *db, bool group, const char *name);
void pkg_ids_free(struct pkg_ids *ids);

/* ---- copies of templates --------------------------------------------------- */

/* May a file there be the copy of a package's template? */
bool pkg_copy_place(const char *path, const struct stat *st);
/* The template that has these bytes; NULL: none. */
const struct pkg_entry *pkg_copy_of(const struct pkgdb *db, const void *p,
    size_t n);

/* ---- formats ----------------------------------------------------------- */

/* Is there such a database? Then it is read. */
void pkg_dpkg_open(struct pkgdb *db);
void pkg_apk_open(struct pkgdb *db);
void pkg_rpm_open(struct pkgdb *db);
void pkg_rpm_scripts(struct pkgdb *db, const struct pkg *p,
    struct strlist *names, struct str *text);
void pkg_apk_scripts(struct pkgdb *db, const struct pkg *p,
    struct strlist *names, struct str *text);
void pkg_dpkg_scripts(struct pkgdb *db, const struct pkg *p,
    struct strlist *names, struct str *text);

#endif
