#include "boot.h"

#include "limits.h"
#include "packages.h"
#include "runs.h"

/*
 * Modules of a kernel that no package brought: /lib/modules/VERSION, found by
 * its modules.dep. A row for each module file of no package; where there is no
 * package database, for each outside of kernel/. What modules.dep does not
 * name, modprobe does not find. What of a package was changed is for
 * collect-packages.
 */

struct kmods {
	const struct art_file *f;
	struct rec *rec;
	struct strlist dep; /* real paths that modules.dep names, sorted */
	struct str dir;
	int64_t rows;
	bool db;
};

static bool
is_module(const char *name)
{
	return boot_ends(name, ".ko") || boot_ends(name, ".ko.gz") ||
	       boot_ends(name, ".ko.xz") || boot_ends(name, ".ko.zst");
}

static int
compare_str(const void *x, const void *y)
{
	const struct str *a = x, *b = y;

	return strcmp(a->s, b->s);
}

static bool
in_dep(const struct kmods *k, const struct str *path)
{
	return k->dep.n && bsearch(path, k->dep.v, k->dep.n,
	    sizeof(*k->dep.v), compare_str);
}

static void
module_row(struct kmods *k, struct root_file *rf, const char *defect)
{
	struct runs_file state cleanup_runs_file = RUNS_FILE_INIT;
	struct root_file found cleanup_root_file = ROOT_FILE_INIT;
	struct art_file g = *k->f;
	const char *base = boot_base(rf->path.s), *dkms;
	struct str name cleanup_str = STR_INIT, by cleanup_str = STR_INIT;
	size_t n;

	if (++k->rows > ART_LINES_MAX) {
		if (k->rows == ART_LINES_MAX + 1)
			art_too_many(k->f, k->rec);
		return;
	}
	if (root_find(g.root, rf->path.s, ROOT_NOFOLLOW, &found, NULL) == 0)
		runs_state(g.root, g.packages, &found, &state);
	g.file = rf;
	g.via = rf->path.s;
	g.host_path = NULL;
	g.origin = strcmp(g.scope, "host") == 0 ? "host" :
		   rf->upper ? "container" : "image";
	g.sha256 = state.sha256[0] ? state.sha256 : NULL;
	g.package = state.package.n ? state.package.s : NULL;
	g.package_state = pkg_state_name(state.state);
	str_add(&name, base, (size_t)(strstr(base, ".ko") - base));
	/* what DKMS built says so by its place */
	dkms = strstr(rf->path.s, "/dkms/");
	if (dkms) {
		str_addf(&by, "/var/lib/dkms/%s", name.s);
		if (!boot_there(&g, by.s))
			str_clear(&by);
	}
	art_begin(&g, k->rec, 0);
	rec_text(k->rec, COL_persist_schedule, "module is loaded");
	rec_str(k->rec, COL_persist_name, &name);
	rec_text(k->rec, COL_persist_command, rf->path.s);
	rec_str(k->rec, COL_persist_enabled, &by);
	rec_text(k->rec, COL_persist_defect, defect);
	n = rf->path.n;
	art_runs(&g, k->rec, RUNS_FILE, rf->path.s, n, NULL, NULL);
	rec_end(k->rec);
}

static int
object(void *arg, struct root_file *rf)
{
	struct kmods *k = arg;
	struct pkg_owned owned;
	const char *below = rf->path.s + k->dir.n;

	if (S_ISDIR(rf->st.st_mode)) {
		/* links to the headers are none of it; nor are their folders */
		return strcmp(below, "/build") == 0 ||
		       strcmp(below, "/source") == 0 ? ROOT_PRUNE : 0;
	}
	if (!is_module(boot_base(rf->path.s)))
		return 0;
	if (k->db ? pkgdb_owner(k->f->packages, rf->path.s, &owned)
	    : strncmp(below, "/kernel/", 8) == 0)
		return 0;
	module_row(k, rf, in_dep(k, &rf->path) ? NULL :
	    "modules.dep does not name it: modprobe does not find it");
	return 0;
}

static void
bad(void *arg, const char *path, const struct err *e)
{
	struct kmods *k = arg;

	if (e->class != ERR_ABSENT)
		rec_note_err(k->rec, "walk", k->f->scope, path, e);
}

/* Lines "path: what it needs"; a path that begins with a slash is whole. */
static void
read_dep(struct kmods *k)
{
	struct str path cleanup_str = STR_INIT;
	struct art_line l = ART_LINE_INIT;
	const char *colon;

	while (art_next(k->f, &l) && k->dep.n < ART_LINES_MAX) {
		struct root_file rf cleanup_root_file = ROOT_FILE_INIT;

		colon = memchr(l.p, ':', l.n);
		if (!colon || memchr(l.p, '\0', l.n))
			continue;
		str_clear(&path);
		if (*l.p != '/')
			str_addf(&path, "%s/", k->dir.s);
		str_add(&path, l.p, (size_t)(colon - l.p));
		if (*l.p != '/' && !memmem(path.s, path.n, "/..", 3)) {
			strlist_add(&k->dep, path.s, path.n);
			continue;
		}
		/* outside of the folder that is walked */
		if (!k->f->root || root_find(k->f->root, path.s, 0, &rf, NULL))
			continue;
		strlist_add(&k->dep, rf.path.s, rf.path.n);
		if (strncmp(rf.path.s, k->dir.s, k->dir.n) != 0 &&
		    is_module(boot_base(rf.path.s)))
			module_row(k, &rf, NULL);
	}
	if (k->dep.n)
		qsort(k->dep.v, k->dep.n, sizeof(*k->dep.v), compare_str);
}

int
parse_kmods(const struct art_file *f, struct rec *r, struct err *err)
{
	struct kmods k = {.f = f, .rec = r, .dep = STRLIST_INIT,
	    .dir = STR_INIT};
	struct err e;

	(void)err;
	k.db = f->packages && !pkgdb_none(f->packages);
	str_add(&k.dir, f->file->path.s, boot_dir(f->file->path.s));
	read_dep(&k);
	if (f->root && root_scan(f->root, k.dir.s, object, bad, &k, &e) < 0 &&
	    e.class != ERR_ABSENT)
		rec_note_err(r, "walk", f->scope, k.dir.s, &e);
	if (!k.rows)
		art_file_row(f, r, NULL);
	strlist_release(&k.dep);
	str_release(&k.dir);
	return 0;
}
