/*
 * copies - files that no package owns and that are a package's bytes
 *
 * Maintainer scripts copy templates into place: /etc/profile and root's
 * .bashrc come from /usr/share/base-files, sshd_config from
 * /usr/share/openssh, a new account's files from /etc/skel. No list has these
 * files; their bytes are packaged all the same. Only text goes by this: what
 * is executable is foreign in a place where its package did not put it, and
 * examples of the documentation are nobody's installation.
 */

#include "packages-internal.h"

static bool
below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && path[n] == '/';
}

bool
pkg_copy_place(const char *path, const struct stat *st)
{
	const char *base = strrchr(path, '/');

	return S_ISREG(st->st_mode) && !(st->st_mode & 0111) && st->st_size &&
	    (below(path, "/etc") || (base && base[1] == '.'));
}

const struct pkg_entry *
pkg_copy_of(const struct pkgdb *db, const void *p, size_t n)
{
	unsigned char md[ALG_COUNT][PKG_DIGEST_MAX];
	bool have[ALG_COUNT] = {false};
	const struct pkg_entry *en;
	const char *dir;
	size_t i;

	for (i = 0; i < db->entries_n; i++) {
		en = &db->entries[i];
		if (en->alg == ALG_NONE || db->pkgs[en->pkg].removed)
			continue;
		dir = PKG_STR(db, db->dirs[en->dir].path);
		if (strcmp(dir, "/etc/skel") != 0 &&
		    (!below(dir, "/usr/share") || below(dir, "/usr/share/doc")))
			continue;
		if (!have[en->alg]) {
			pkg_digest_of((enum pkg_alg)en->alg, p, n,
			    md[en->alg]);
			have[en->alg] = true;
		}
		if (memcmp(md[en->alg], db->digests.s + en->digest,
			pkg_alg_size((enum pkg_alg)en->alg)) == 0)
			return en;
	}
	return NULL;
}
