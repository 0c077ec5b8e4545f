/* test-mem - trees in memory: members as tar would place them */

#include "root-mem.h"
#include "limits.h"
#include "tap.h"

#include <sys/mman.h>

static int
give(void *arg UNUSED, const struct root_mem_where *w, const char *path,
    struct err *e)
{
	char text[64];
	int fd;

	if (w->source)
		return err_set(e, ERR_LIMIT, 0, "'%s' is too long", path);
	fd = memfd_create("x", MFD_CLOEXEC);
	memset(text, 'x', sizeof(text));
	if (write(fd, text, w->size) < 0)
		die("cannot write");
	return fd;
}

static void
call(void *arg UNUSED, const char *path, struct str *out)
{
	str_adds(out, "FILE!");
	str_adds(out, path + 1);
}

static const struct root_mem_ops ops = {give, call};

static struct root_mem *
tree(void)
{
	return root_mem_new(&ops, NULL);
}

static enum err_class
add(struct root_mem *m, const char *below, const char *path, mode_t mode,
    const char *target)
{
	static uint64_t at;
	struct root_mem_member mb = {.mode = mode, .target = target,
	    .where = {0, ++at, 2}};
	struct err e = {0};

	return root_mem_add(m, below, path, &mb, &e) ? e.class : ERR_NONE;
}

static int
show(void *arg, struct root_file *f)
{
	struct str *out = arg;

	str_addf(out, "%s%s ", S_ISDIR(f->st.st_mode) ? "d" :
	    S_ISLNK(f->st.st_mode) ? "l" : S_ISREG(f->st.st_mode) ? "f" : "o",
	    f->path.s);
	return 0;
}

static void
bad(void *arg, const char *path, const struct err *e)
{
	str_addf(arg, "bad %s %s ", err_class_name(e->class), path);
}

static bool
walks(struct root *r, const char *want)
{
	struct str got cleanup_str = STR_INIT;

	root_scan(r, "/", show, bad, &got, NULL);
	if (strcmp(got.s, want) != 0)
		printf("# got:    %s\n# wanted: %s\n", got.s, want);
	return strcmp(got.s, want) == 0;
}

static void
places(void)
{
	struct str s cleanup_str = STR_INIT, text cleanup_str = STR_INIT;
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct root_mem *m = tree();
	struct root *r;
	struct err e;
	struct stat st;

	ok(add(m, "/", "./etc/passwd", S_IFREG | 0644, NULL) == ERR_NONE,
	    "a member without its directory");
	ok(add(m, "/", "/abs", S_IFREG | 0644, NULL) == ERR_NONE,
	    "an absolute name is made relative");
	ok(add(m, "/", "a/../../x", S_IFREG, NULL) == ERR_CORRUPT,
	    "'..' is refused");
	ok(add(m, "/", "etc/../../x", S_IFREG, NULL) == ERR_CORRUPT,
	    "also where it would stay inside");
	ok(add(m, "/", "etc/", S_IFDIR | 0700, NULL) == ERR_NONE,
	    "a directory that is there already");
	ok(add(m, "/", ".", S_IFDIR | 0711, NULL) == ERR_NONE, "the top");
	ok(add(m, "/", "abs/below", S_IFREG, NULL) == ERR_CORRUPT,
	    "nothing is below a file");
	add(m, "/", "lib", S_IFLNK | 0777, "usr/lib");
	ok(add(m, "/", "lib/lost", S_IFREG, NULL) == ERR_NONE,
	    "through a link to a directory that is not there: it is made");
	add(m, "/", "up", S_IFLNK | 0777, "../../../../etc");
	ok(add(m, "/", "up/shadow", S_IFREG | 0600, NULL) == ERR_NONE,
	    "a link goes up to the top, no further");
	add(m, "/", "loop", S_IFLNK | 0777, "loop/loop");
	ok(add(m, "/", "loop/x", S_IFREG, NULL) == ERR_CORRUPT,
	    "a link loop ends");
	add(m, "/", "d/1", S_IFREG, NULL);
	add(m, "/", "d/2/3", S_IFREG, NULL);
	ok(add(m, "/", "d", S_IFREG, NULL) == ERR_NONE &&
	    root_mem_replaced(m) == 1, "a file replaces a directory");
	add(m, "/", "twice", S_IFREG | 0600, NULL);
	add(m, "/", "twice", S_IFREG | 0644, NULL);
	ok(add(m, "/", "hard", 0, "etc/passwd") == ERR_NONE, "a hard link");
	ok(add(m, "/", "hard2", 0, "/hard3") == ERR_NONE,
	    "to a later link to a later member");
	add(m, "/", "hard3", 0, "late");
	add(m, "/", "never", 0, "none");
	add(m, "/", "ring1", 0, "ring2");
	add(m, "/", "ring2", 0, "ring1");
	ok(add(m, "/", "harddir", 0, "etc") == ERR_CORRUPT,
	    "to a directory: refused");
	add(m, "/", "late", S_IFREG, NULL);
	root_mem_end(m, "/", bad, &s);
	ok(strcmp(s.s, "bad corrupt never bad corrupt ring1 bad corrupt ring2 ")
	    == 0, "links that lead nowhere are told of: %s", s.s);
	r = root_open_mem(m, "");
	ok(walks(r, "d/ f/abs f/d d/etc f/etc/passwd f/etc/shadow f/hard "
	    "f/hard2 f/hard3 f/late l/lib l/loop f/twice l/up d/usr "
	    "d/usr/lib f/usr/lib/lost "), "the tree");
	ok(root_find(r, "/lib/lost", 0, &f, &e) == 0 &&
	    strcmp(f.path.s, "/usr/lib/lost") == 0, "links are followed");
	ok(root_find(r, "/hard", 0, &f, &e) == 0 && f.st.st_nlink == 2,
	    "a hard link counts");
	ok(root_find(r, "/twice", 0, &f, &e) == 0 &&
	    f.st.st_mode == (S_IFREG | 0644), "the later one stays");
	ok(root_read(r, &f, 100, &text, &e) == 0 && text.n >= 2,
	    "its bytes come from the owner");
	st = f.st;
	ok(st.st_size == 2 && st.st_dev != 0 && f.reading, "and it stays it");
	str_clear(&s);
	root_host_path(r, &f, &s);
	ok(strcmp(s.s, "FILE!twice") == 0, "the owner names it");
	ok(root_find(r, "/etc", 0, &f, &e) == 0 && f.st.st_mode ==
	    (S_IFDIR | 0700), "a directory has its own mode");
	ok(root_find(r, "/", 0, &f, &e) == 0 && f.st.st_mode ==
	    (S_IFDIR | 0711), "so has the top");
	root_file_close(&f);
	root_free(r);
	root_mem_free(m);
}

static void
layers(void)
{
	struct strlist dirs cleanup_strlist = STRLIST_INIT;
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str s cleanup_str = STR_INIT;
	struct root_mem *m = tree();
	struct root *base, *r, *sub;
	struct err e;

	add(m, "/l/0", "etc/gone", S_IFREG, NULL);
	add(m, "/l/0", "etc/kept", S_IFREG, NULL);
	add(m, "/l/0", "o/low", S_IFREG, NULL);
	add(m, "/l/0", "again/old", S_IFREG, NULL);
	add(m, "/l/0", "first/old", S_IFREG, NULL);
	add(m, "/l/0", "both", S_IFREG, NULL);
	root_mem_end(m, "/l/0", NULL, NULL);
	root_mem_whiteout(m, "/l/1", "etc/gone", &e);
	root_mem_opaque(m, "/l/1", "o", &e);
	add(m, "/l/1", "o/", S_IFDIR | 0755, NULL);
	add(m, "/l/1", "o/high", S_IFREG, NULL);
	root_mem_whiteout(m, "/l/1", "again", &e);
	add(m, "/l/1", "again/new", S_IFREG, NULL);
	add(m, "/l/1", "first/new", S_IFREG, NULL);
	root_mem_whiteout(m, "/l/1", "first", &e);
	add(m, "/l/1", "both", S_IFREG | 0600, NULL);
	root_mem_whiteout(m, "/l/1", "both", &e);
	root_mem_end(m, "/l/1", NULL, NULL);
	base = root_open_mem(m, "");
	strlist_adds(&dirs, "/l/1");
	strlist_adds(&dirs, "/l/0");
	r = root_open_layers(base, &dirs, false, &e);
	ok(r && walks(r, "d/ d/again f/again/new f/both d/etc f/etc/kept "
	    "d/first f/first/new d/o f/o/high "), "layers in memory");
	ok(root_find(r, "/both", 0, &f, &e) == 0 && f.layer == 0 &&
	    (f.st.st_mode & 0777) == 0600, "a file beside its whiteout");
	sub = root_open_sub(r, "/etc", &e);
	ok(sub && walks(sub, "d/ f/kept "), "a root below");
	ok(root_find(r, "/etc/kept", 0, &f, &e) == 0, "a lower file");
	root_host_path(r, &f, &s);
	ok(strcmp(s.s, "FILE!l/0/etc/kept") == 0, "lies in its layer: %s", s.s);
	root_file_close(&f);
	root_free(sub);
	root_free(r);
	root_free(base);
	root_mem_free(m);
}

static void
limits(void)
{
	struct str s cleanup_str = STR_INIT;
	struct root_mem *m = tree();
	struct root_mem_member mb = {.mode = S_IFREG, .where = {1, 0, 9}};
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str out cleanup_str = STR_INIT;
	struct root *r;
	struct err e;
	char name[300];
	int i;

	for (i = 0; i < 300; i++)
		str_adds(&s, "d/");
	ok(add(m, "/", s.s, S_IFDIR, NULL) == ERR_LIMIT, "too deep");
	str_clear(&s);
	for (i = 0; i < 70000; i++)
		str_addc(&s, 'a');
	ok(add(m, "/", s.s, S_IFREG, NULL) == ERR_LIMIT, "a path too long");
	memset(name, 'n', 256);
	name[256] = '\0';
	ok(add(m, "/", name, S_IFREG, NULL) == ERR_CORRUPT, "a name too long");
	mb.xattrs = "user.a\0\1\0\0\0xtrusted.b\0\2\0\0\0yz";
	mb.xattrs_n = 29;
	root_mem_add(m, "/", "big", &mb, &e);
	mb.xattrs = "user.c\0\377\377\377\377x";
	mb.xattrs_n = 12;
	root_mem_add(m, "/", "odd", &mb, &e);
	for (i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "many/%d", i);
		add(m, "/", name, S_IFREG, NULL);
		add(m, "/", name, S_IFREG, NULL);
	}
	r = root_open_mem(m, "");
	ok(root_find(r, "/many/4999", 0, &f, &e) == 0 &&
	    root_mem_replaced(m) == 5000, "many, each twice");
	ok(root_find(r, "/big", 0, &f, &e) == 0 && root_read(r, &f, 9, &out,
	    &e) < 0 && e.class == ERR_LIMIT, "the owner refuses");
	ok(root_getxattr(r, &f, "trusted.b", &out, &e) == 0 &&
	    strcmp(out.s, "yz") == 0, "an attribute");
	ok(root_getxattr(r, &f, "user.z", &out, &e) < 0 && e.class ==
	    ERR_ABSENT, "one that is not there");
	ok(root_find(r, "/odd", 0, &f, &e) == 0 && root_getxattr(r, &f,
	    "user.c", &out, &e) < 0, "attributes that are none");
	root_file_close(&f);
	root_free(r);
	root_mem_free(m);
}

int
main(void)
{
	places();
	layers();
	limits();
	return done();
}
