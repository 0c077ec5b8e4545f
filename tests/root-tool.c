/*
 * root-tool - root.h for shell tests
 *
 * usage: root-tool ROOT [--layers DIR,DIR...] [--upper] COMMAND ARG
 *   find, host, nofollow, read, list, walk, glob, xattr PATH NAME, has-openat2
 * --layers: directories below ROOT, topmost first. One line an object,
 * names escaped; trouble as "bad CLASS PATH" on stdout.
 */

#include "digest.h"
#include "err.h"
#include "limits.h"
#include "root.h"

static struct root *root;
static int bads;

static void
show(const char *what, const char *path, const char *rest)
{
	struct str s cleanup_str = STR_INIT;

	str_add_visible(&s, path, strlen(path));
	printf("%s %s%s%s\n", what, s.s, *rest ? " " : "", rest);
}

static void
bad(void *arg UNUSED, const char *path, const struct err *e)
{
	char what[32];

	bads++;
	snprintf(what, sizeof(what), "bad %s", err_class_name(e->class));
	show(what, path, "");
	warn_msg("%s", e->msg);
}

static const char *
type(mode_t m)
{
	return S_ISDIR(m) ? "d" : S_ISREG(m) ? "f" : S_ISLNK(m) ? "l" :
	    S_ISFIFO(m) ? "p" : S_ISCHR(m) ? "c" : S_ISBLK(m) ? "b" : "s";
}

static int
object(struct root_file *f)
{
	struct str rest cleanup_str = STR_INIT, data cleanup_str = STR_INIT;
	char hex[SHA256_HEX];
	struct err e;
	int k;

	str_addf(&rest, "%o %u:%u L%d%s", f->st.st_mode & 07777, f->st.st_uid,
	    f->st.st_gid, f->layer, f->upper ? " upper" : "");
	if (S_ISLNK(f->st.st_mode)) {
		str_adds(&rest, " -> ");
		if (root_readlink(root, f, &data, &e)) {
			bad(NULL, f->path.s, &e);
			return 0;
		}
		str_add_visible(&rest, data.s, data.n);
	} else if (S_ISREG(f->st.st_mode)) {
		k = root_read(root, f, 1024 * 1024, &data, &e);
		if (k < 0) {
			bad(NULL, f->path.s, &e);
			return 0;
		}
		digest_of(data.s, data.n, hex);
		hex[12] = '\0';
		str_addf(&rest, " %s%s", hex, k ? "+" : "");
	}
	show(type(f->st.st_mode), f->path.s, rest.s);
	return 0;
}

static int
on_walk(void *arg UNUSED, struct root_file *f)
{
	return object(f);
}

static int
on_glob(void *arg UNUSED, const char *via, struct root_file *f)
{
	show("via", via, "");
	return object(f);
}

static int
on_list(void *arg UNUSED, const struct root_entry *ent)
{
	char rest[64];

	snprintf(rest, sizeof(rest), "L%d%s%s", ent->layer,
	    ent->upper ? " upper" : "", ent->whiteout ? " whiteout" : "");
	show(type(ent->st->st_mode), ent->name, rest);
	return 0;
}

static void
run(const char *command, const char *path, const char *more)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str s cleanup_str = STR_INIT;
	struct err e;
	int k = 0;

	if (strcmp(command, "find") == 0) {
		k = root_find(root, path, 0, &f, &e);
		if (k == 0)
			show(type(f.st.st_mode), f.path.s, "");
	} else if (strcmp(command, "host") == 0) {
		k = root_find(root, path, 0, &f, &e);
		if (k == 0) {
			root_host_path(root, &f, &s);
			show("host", s.s, "");
		}
	} else if (strcmp(command, "nofollow") == 0) {
		k = root_find(root, path, ROOT_NOFOLLOW, &f, &e);
		if (k == 0)
			object(&f);
	} else if (strcmp(command, "read") == 0) {
		k = root_slurp(root, path, 1024 * 1024, &s, NULL, &e);
		if (k >= 0)
			fwrite(s.s, 1, s.n, stdout);
	} else if (strcmp(command, "list") == 0) {
		k = root_list(root, path, on_list, NULL, &e);
	} else if (strcmp(command, "walk") == 0) {
		k = root_walk(root, path, on_walk, bad, NULL, &e);
	} else if (strcmp(command, "glob") == 0) {
		k = root_glob(root, path, on_glob, bad, NULL, &e);
	} else if (strcmp(command, "xattr") == 0) {
		k = root_find(root, path, ROOT_NOFOLLOW, &f, &e);
		if (k == 0)
			k = root_getxattr(root, &f, more, &s, &e);
		if (k == 0)
			show("xattr", s.s, "");
	} else if (strcmp(command, "has-openat2") == 0) {
		show("openat2", root_openat2() ? "yes" : "no", "");
	} else {
		die("no command '%s'", command);
	}
	if (k < 0)
		bad(NULL, path, &e);
}

int
main(int argc, char **argv)
{
	struct strlist layers cleanup_strlist = STRLIST_INIT;
	struct root *base;
	struct err e;
	bool upper = false;
	int i = 2;

	progname = "root-tool";
	digest_init();
	if (argc < 4)
		die("usage");
	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--upper") == 0) {
			upper = true;
			continue;
		}
		for (char *p = argv[++i], *q; p; p = *q ? q + 1 : NULL) {
			q = strchrnul(p, ',');
			strlist_add(&layers, p, (size_t)(q - p));
		}
	}
	base = root = root_open_dir(argv[1], &e);
	if (root && layers.n)
		root = root_open_layers(base, &layers, upper, &e);
	if (!root)
		die("%s", e.msg);
	run(argv[i], argv[i + 1], i + 2 < argc ? argv[i + 2] : "");
	if (root != base)
		root_free(root);
	root_free(base);
	return bads ? 1 : 0;
}
