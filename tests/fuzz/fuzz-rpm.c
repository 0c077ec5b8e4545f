/* rpm: a header blob (behind an H), or any bytes as one of its databases. */

#include "pkgroot.h"
#include "rpm.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const files[] = {"/var/lib/rpm/Packages",
	    "/var/lib/rpm/Packages.db", "/var/lib/rpm/rpmdb.sqlite"};
	struct pkg_verify v = {.all = true, .fn = fuzz_found};
	struct strlist names cleanup_strlist = STRLIST_INIT;
	struct str text cleanup_str = STR_INIT;
	struct rec *r;
	struct root *root;
	struct pkgdb *db;
	unsigned char *copy;
	struct err e;

	if (!n || p[0] != 'H') {
		fuzz_packages(files, sizeof(files) / sizeof(files[0]), p, n);
		return 0;
	}
	copy = malloc(n > 1 ? n - 1 : 1); /* exact, so that overreads show */
	if (!copy)
		return 0;
	memcpy(copy, p + 1, n - 1);
	r = rec_sink(fuzz_drop, NULL);
	root = root_open_dir("/var/empty", &e);
	if (!root)
		root = root_open_dir("/proc/self/fdinfo", &e);
	if (!root)
		die("%s", e.msg);
	db = pkgdb_open_judge(root, r, "host");
	rpm_header(db, copy, n - 1);
	pkgdb_verify(db, 0, pkgdb_files(db), &v, r);
	if (pkgdb_packages(db))
		pkgdb_scripts(db, 0, &names, &text);
	pkgdb_free(db);
	root_free(root);
	rec_close(r, NULL);
	free(copy);
	return 0;
}
