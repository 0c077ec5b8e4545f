/*
 * test-packages - who asks for a few files by name hears the same as who reads
 * all of a package database
 */

#include "packages.h"

#include "str.h"

#include "tap.h"

#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>

static char top[] = "/tmp/test-packages.XXXXXX";

#define INFO "var/lib/dpkg/info/"

static void
make(const char *path, const char *text)
{
	struct str s cleanup_str = STR_INIT;
	char *p;
	FILE *f;

	str_addf(&s, "%s/%s", top, path);
	for (p = s.s + strlen(top) + 1; (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		if (mkdir(s.s, 0755) && errno != EEXIST)
			die("cannot make a directory");
	}
	f = fopen(s.s, "we");
	if (!f || fputs(text, f) < 0 || fclose(f))
		die("cannot write");
}

/* MD5 of "x": 9dd4e461268c8034f5c8564e155c67a6 */
#define X "9dd4e461268c8034f5c8564e155c67a6"

static void
database(void)
{
	make("var/lib/dpkg/status",
	    "Package: one\nStatus: install ok installed\nVersion: 1\n"
	    "Architecture: all\nConffiles:\n /etc/one.conf " X "\n\n"
	    "Package: two\nStatus: install ok installed\nVersion: 2\n"
	    "Architecture: all\n\n"
	    "Package: three\nStatus: install ok installed\nVersion: 3\n"
	    "Architecture: all\n\n");
	make(INFO "one.list", "/.\n/usr\n/usr/bin\n/usr/bin/tool\n"
			      "/usr/bin/other\n/etc\n/etc/one.conf\n");
	make(INFO "one.md5sums", X "  usr/bin/tool\n" X "  usr/bin/other\n");
	make(INFO "two.list", "/.\n/usr\n/usr/bin\n/usr/bin/sh\n/usr/bin/tool\n");
	make(INFO "two.md5sums", X "  usr/bin/sh\n" X "  usr/bin/tool\n");
	make(INFO "three.list", "/.\n/usr/lib\n/usr/lib/tool\n/usr/lib/tool/a\n");
	make(INFO "three.md5sums", X "  usr/lib/tool/a\n");
	make("var/lib/dpkg/diversions", "/usr/bin/sh\n/usr/bin/sh.old\nthree\n");
	make("usr/bin/tool", "x");
	make("usr/bin/other", "changed");
	make("usr/bin/sh", "y");
	make("usr/bin/sh.old", "x");
	make("usr/bin/foreign", "x");
	make("usr/lib/tool/a", "x");
	make("etc/one.conf", "x");
}

static void
answer(struct pkgdb *db, struct root *r, const char *path, struct str *out)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct pkg_owned o;
	char hex[65] = "";
	enum pkg_state s;
	struct err e;

	if (root_find(r, path, 0, &f, &e))
		die("%s", e.msg);
	s = pkgdb_check(db, r, &f, &o, hex);
	str_addf(out, "%s %s %s %.8s", pkg_state_name(s),
	    o.package ? o.package : "-", o.recorded ? o.recorded : "-", hex);
	str_addf(out, " %d", pkgdb_owner(db, path, &o));
}

static int
gone(const char *path, const struct stat *st UNUSED, int type UNUSED,
    struct FTW *at UNUSED)
{
	return remove(path);
}

int
main(void)
{
	static const struct {
		const char *path, *state;
	} files[] = {
		{"/usr/bin/tool", "unchanged"},
		{"/usr/bin/other", "changed"},
		/* what was diverted is looked for by its old name */
		{"/usr/bin/sh.old", "unchanged"},
		{"/usr/bin/sh", "unpackaged"},
		{"/usr/bin/foreign", "unpackaged"},
		{"/usr/lib/tool/a", "unchanged"},
		{"/etc/one.conf", "unchanged"},
	};
	struct root *r;
	struct pkgdb *all;
	struct err e;
	size_t i;

	if (!mkdtemp(top))
		die("cannot make a directory");
	database();
	r = root_open_dir(top, &e);
	if (!r)
		die("%s", e.msg);
	all = pkgdb_open(r, NULL, "host");
	for (i = 0; i < COUNT(files); i++) {
		struct str a cleanup_str = STR_INIT, b cleanup_str = STR_INIT;
		struct strlist names cleanup_strlist = STRLIST_INIT;
		struct pkgdb *few;

		strlist_adds(&names, strrchr(files[i].path, '/') + 1);
		few = pkgdb_open_for(r, NULL, "host", &names);
		answer(all, r, files[i].path, &a);
		answer(few, r, files[i].path, &b);
		pkgdb_free(few);
		ok(strncmp(a.s, files[i].state, strlen(files[i].state)) == 0,
		    "%s: %s", files[i].path, a.s);
		ok(str_eq(&a, b.s), "%s of few: %s", files[i].path, b.s);
	}
	pkgdb_free(all);
	root_free(r);
	nftw(top, gone, 16, FTW_DEPTH | FTW_PHYS);
	return done();
}
