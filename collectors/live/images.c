/* images - the programs and libraries that the host's processes run, each once,
 * against the package database */

#include "live.h"

#include "limits.h"
#include "packages.h"
#include "worker.h"

/*
 * Only of processes that see the host's files: a path of another mount
 * namespace is another file. Workers give what they see, the parent keeps each
 * file once; one worker asks the package database at the end.
 */

static size_t
slot(const struct live *run, uint64_t ino, const char *path, size_t n)
{
	uint64_t h = ino * 0x9e3779b97f4a7c15ULL;
	size_t i, mask = run->images_cap - 1;

	for (i = 0; i < n; i++)
		h = (h ^ (unsigned char)path[i]) * 0x100000001b3ULL;
	for (i = (size_t)(h >> 20) & mask;; i = (i + 1) & mask) {
		const struct live_image *x = &run->images[i];

		if (!x->used || (x->inode == ino && x->path.n == n &&
				    memcmp(x->path.s, path, n) == 0))
			return i;
	}
}

static void
grow(struct live *run)
{
	struct live_image *old = run->images;
	size_t i, cap = run->images_cap;

	run->images_cap = cap ? 2 * cap : 1024;
	run->images = xcalloc(run->images_cap, sizeof(*run->images));
	for (i = 0; i < cap; i++)
		if (old[i].used)
			run->images[slot(run, old[i].inode, old[i].path.s,
			    old[i].path.n)] = old[i];
	free(old);
}

void
live_image_add(struct live *run, bool library, uint64_t ino, const char *path,
    size_t n)
{
	struct live_image *x;

	if (run->images_n >= PROC_IMAGES_MAX) {
		run->images_full = true;
		return;
	}
	if (2 * run->images_n >= run->images_cap)
		grow(run);
	x = &run->images[slot(run, ino, path, n)];
	if (!x->used) {
		x->used = true;
		x->inode = ino;
		x->library = library;
		str_init(&x->path);
		str_add(&x->path, path, n);
		run->images_n++;
	}
	x->library &= library;
	x->processes++;
}

static int
by_path(const void *a, const void *b)
{
	const struct live_image *const *x = a, *const *y = b;
	int c = strcmp((*x)->path.s, (*y)->path.s);

	if (c)
		return c;
	return (*x)->inode < (*y)->inode ? -1 : (*x)->inode > (*y)->inode;
}

static void
row(struct live *run, struct pkgdb *db, const struct live_image *x,
    struct rec *r)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct pkg_owned owned = {0};
	const char *state = NULL;
	char hex[65] = "";
	struct err e;
	bool there = root_find(run->root, x->path.s, ROOT_NOFOLLOW, &f, &e) ==
	    0 && S_ISREG(f.st.st_mode);
	bool same = there && (uint64_t)f.st.st_ino == x->inode;

	/* of a file that another one took the name of, only whose it was */
	if (same && !pkgdb_none(db))
		state = pkg_state_name(pkgdb_check(db, run->root, &f, &owned,
		    hex));
	else if (!pkgdb_none(db))
		pkgdb_owner(db, x->path.s, &owned);
	rec_begin(r, KIND_executable);
	rec_text(r, COL_executable_scope, "host");
	rec_text(r, COL_executable_type, x->library ? "library" : "program");
	rec_str(r, COL_executable_path, &x->path);
	live_inode(r, COL_executable_inode, x->inode);
	rec_int(r, COL_executable_processes, (int64_t)x->processes);
	rec_bool(r, COL_executable_there, same);
	if (owned.package)
		rec_bytes(r, COL_executable_package, owned.package,
		    strlen(owned.package));
	rec_text(r, COL_executable_package_state, state);
	if (hex[0])
		rec_text(r, COL_executable_sha256, hex);
	if (same) {
		rec_int(r, COL_executable_mode, f.st.st_mode & 07777);
		rec_int(r, COL_executable_uid, f.st.st_uid);
		rec_time(r, COL_executable_changed_time,
		    live_time(&f.st.st_ctim));
	}
	rec_end(r);
}

static void
ask(void *arg, size_t i, struct rec *r)
{
	struct live *run = arg;
	struct strlist names cleanup_strlist = STRLIST_INIT;
	struct pkgdb *db;
	size_t from = i * PROC_IMAGES_ITEM, k;

	for (k = from; k < run->images_n && k < from + PROC_IMAGES_ITEM; k++)
		strlist_adds(&names, strrchr(run->sorted[k]->path.s, '/') + 1);
	db = pkgdb_open_for(run->root, r, "host", &names);
	for (k = from; k < run->images_n && k < from + PROC_IMAGES_ITEM; k++)
		row(run, db, run->sorted[k], r);
	pkgdb_free(db);
}

static void
name(void *arg, size_t i, struct str *out, const char **scope)
{
	(void)arg;
	*scope = "host";
	str_addf(out, "executables that run, from the %zuth on",
	    i * PROC_IMAGES_ITEM + 1);
}

void
live_images(struct live *run)
{
	struct worker_map m = {.fn = ask, .name = name, .arg = run,
	    .op = "packages", .seconds = 60};
	struct err e;
	size_t i, n = 0;

	run->sorted = xcalloc(run->images_n + 1, sizeof(*run->sorted));
	for (i = 0; i < run->images_cap; i++)
		if (run->images[i].used)
			run->sorted[n++] = &run->images[i];
	if (n)
		qsort(run->sorted, n, sizeof(*run->sorted), by_path);
	m.n = (n + PROC_IMAGES_ITEM - 1) / PROC_IMAGES_ITEM;
	if (m.n && worker_map(&m, run->rec, &e))
		die("%s", e.msg);
	if (run->images_full)
		rec_note(run->rec, ERR_LIMIT, "packages", "host", "/proc", 0,
		    "processes run over %d files (PROC_IMAGES_MAX)",
		    PROC_IMAGES_MAX);
	for (i = 0; i < run->images_cap; i++)
		if (run->images[i].used)
			str_release(&run->images[i].path);
	free(run->images);
	free(run->sorted);
	run->images = NULL;
}
