#include "packages.h"

/* Until collectors/packages is there: a root without database. */

struct pkgdb *
pkgdb_open(struct root *r, struct rec *rec, const char *scope)
{
	(void)r;
	(void)rec;
	(void)scope;
	return NULL;
}

void
pkgdb_free(struct pkgdb *db)
{
	(void)db;
}

bool
pkgdb_none(const struct pkgdb *db)
{
	(void)db;
	return true;
}

bool
pkgdb_owner(struct pkgdb *db, const char *path, struct pkg_owned *out)
{
	(void)db;
	(void)path;
	(void)out;
	return false;
}

enum pkg_state
pkgdb_check(struct pkgdb *db, struct root *r, struct root_file *f,
    struct pkg_owned *owned, char sha256[65])
{
	(void)db;
	(void)r;
	(void)f;
	(void)owned;
	sha256[0] = '\0';
	return PKG_UNKNOWN;
}

const char *
pkg_state_name(enum pkg_state s)
{
	static const char *const names[] = {"unchanged", "changed",
	    "unpackaged", "unknown"};

	return names[s];
}
