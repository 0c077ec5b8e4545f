/* pkgroot.h - what the fuzz targets of package databases share: a root whose
 * files are the parts of the input, read and verified like any other */

#include "cli.h"
#include "err.h"
#include "packages.h"

#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static inline void
fuzz_drop(void *arg, enum kind k, const char *line, size_t n)
{
	(void)arg;
	(void)k;
	if (!n || line[n - 1] != '\n')
		die("bug: half a record");
}

static inline void
fuzz_found(void *arg, const struct pkg_found *f)
{
	(void)arg;
	if (!f->owned.package || f->path[0] != '/' || !f->state)
		die("bug: an owned file of nobody");
}

static inline void
fuzz_write(const char *dir, const char *path, const void *p, size_t n)
{
	struct str s cleanup_str = STR_INIT;
	FILE *f cleanup_file = NULL;
	char *c;

	str_addf(&s, "%s%s", dir, path);
	for (c = s.s + strlen(dir) + 1; (c = strchr(c, '/')); c++) {
		*c = '\0';
		mkdir(s.s, 0700);
		*c = '/';
	}
	f = fopen(s.s, "wb");
	if (!f || fwrite(p, 1, n, f) != n)
		die("cannot write '%s'", s.s);
}

static inline void
fuzz_unlink(const char *dir, const char *path)
{
	struct str s cleanup_str = STR_INIT;

	str_addf(&s, "%s%s", dir, path);
	unlink(s.s);
}

/* Parts are divided by lines "@@N": file N, 0 first. */
static inline void
fuzz_packages(const char *const *files, size_t files_n, const uint8_t *data,
    size_t n)
{
	static char dir[64];
	const char *p = (const char *)data, *end = p + n, *q;
	struct pkg_verify v = {.all = true, .fn = fuzz_found};
	struct strlist names cleanup_strlist = STRLIST_INIT;
	struct str text cleanup_str = STR_INIT;
	struct rec *r = rec_sink(fuzz_drop, NULL);
	struct root *root;
	struct pkgdb *db;
	size_t k = 0, i;
	struct err e;

	if (!dir[0]) {
		snprintf(dir, sizeof(dir), "/tmp/salvor-fuzz-%d",
		    (int)getpid());
		mkdir(dir, 0700);
		fuzz_write(dir, "/usr/bin/x", "x\n", 2);
	}
	for (i = 0; i < files_n; i++)
		fuzz_unlink(dir, files[i]);
	while (p < end) {
		for (q = p; q < end; q++)
			if (end - q >= 5 && memcmp(q, "\n@@", 3) == 0 &&
			    q[4] == '\n')
				break;
		if (k < files_n)
			fuzz_write(dir, files[k], p, (size_t)(q - p));
		if (q == end)
			break;
		k = (size_t)(q[3] - '0');
		p = q + 5;
	}
	root = root_open_dir(dir, &e);
	if (!root)
		die("%s", e.msg);
	db = pkgdb_open_judge(root, r, "host");
	pkgdb_verify(db, 0, pkgdb_files(db), &v, r);
	for (i = 0; i < pkgdb_packages(db); i++) {
		strlist_clear(&names);
		str_clear(&text);
		pkgdb_scripts(db, i, &names, &text);
	}
	pkgdb_free(db);
	root_free(root);
	rec_close(r, NULL);
	for (i = 0; i < files_n; i++)
		fuzz_unlink(dir, files[i]);
}
