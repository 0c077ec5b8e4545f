/*
 * fuzz-archive - archives: any bytes
 *
 * The input is an archive. It is listed as in a worker, its members become a
 * tree as in the parent; of what it holds every file is read and every image
 * opened. No member may be found outside of the tree, and what is found by
 * walking is found by its path.
 */

#include "arc.h"

#include "err.h"

#include <sys/mman.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

extern const struct engine engine_archive;

struct fuzz {
	struct store store;
	struct root *root;
	struct rec *rec;
	size_t seen;
};

static void
sink(void *arg, enum kind k, const char *line, size_t n)
{
	(void)arg;
	(void)k;
	if (!n || line[n - 1] != '\n')
		abort();
}

static int
object(void *arg, struct root_file *f)
{
	struct root_file g cleanup_root_file = ROOT_FILE_INIT;
	struct str text cleanup_str = STR_INIT;
	struct strlist names cleanup_strlist = STRLIST_INIT;
	struct fuzz *x = arg;
	struct err e;

	if (f->path.s[0] != '/' || strstr(f->path.s, "/../"))
		abort();
	if (root_find(x->root, f->path.s, ROOT_NOFOLLOW, &g, &e) ||
	    g.st.st_ino != f->st.st_ino)
		abort();
	if (S_ISREG(f->st.st_mode)) {
		root_listxattr(x->root, &g, &names, &e);
		root_read(x->root, &g, 65536, &text, &e);
	} else if (S_ISLNK(f->st.st_mode)) {
		root_readlink(x->root, &g, &text, &e);
	}
	str_clear(&text);
	root_host_path(x->root, f, &text);
	return ++x->seen > 2000 ? -1 : 0;
}

static int
image(void *arg, const char *id)
{
	struct fuzz *x = arg;
	struct engine_image img;
	struct engine_tree t;
	struct err e;

	engine_image_init(&img);
	engine_archive.get_image(&x->store, id, &img, x->rec, &e);
	engine_image_release(&img);
	if (engine_archive.open_tree(&x->store, false, id, &t, &e) == 0) {
		x->root = t.root;
		if (t.root)
			root_scan(t.root, "/", object, NULL, x, &e);
		engine_tree_release(&t);
	}
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct fuzz x = {.store = {.path = STR_INIT}};
	struct root *r;
	struct arc *a;
	struct err e;
	int fd;

	fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || write(fd, p, n) != (ssize_t)n)
		abort();
	x.rec = rec_sink(sink, NULL);
	a = arc_new(fd, NULL, "/FILE", x.rec);
	a->here = true;
	a->cache_max = 16 * 1024 * 1024;
	r = arc_begin(a, false, &e);
	if (r && r != a->root) {
		str_adds(&x.store.path, "/");
		x.store.root = r;
		x.store.engine = &engine_archive;
		engine_archive.each_image(&x.store, image, &x, x.rec, &e);
		engine_archive.forget(&x.store);
		str_release(&x.store.path);
		root_free(r);
	} else if (r) {
		x.root = r;
		root_scan(r, "/", object, NULL, &x, &e);
	}
	arc_free(a);
	rec_close(x.rec, NULL);
	close(fd);
	return 0;
}
