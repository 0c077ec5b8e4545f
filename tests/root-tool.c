/*
 * root-tool - root.h for shell tests
 *
 * usage: root-tool ROOT [--layers DIR,DIR...] [--upper] [--aufs] COMMAND ARG
 *   find, host, nofollow, read, list, walk, scan, glob, xattr PATH NAME,
 *   xattrs, has-openat2
 *   shown STACK,STACK... (of numbers of the layers, 0.2.3, topmost first):
 *   compare root_shown with what root_walk shows of each stack
 * --layers: directories below ROOT, topmost first. One line an object,
 * names escaped; trouble as "bad CLASS PATH" on stdout.
 */

#include "digest.h"
#include "err.h"
#include "limits.h"
#include "root.h"

static struct root *root, *base;
static struct strlist layers;
static enum root_layering layering;
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

/* ---- which stacks show a file -------------------------------------------- */

static struct {
	struct strlist want, got, objects, spoilt;
	size_t stack;
	const size_t *number; /* of the stack's layers */
	struct root_shown *shown;
} w;

static int
want(void *arg UNUSED, struct root_file *f)
{
	struct str s cleanup_str = STR_INIT;

	str_addf(&s, "%zu L%zu %s", w.stack, w.number[f->layer], f->path.s);
	strlist_add(&w.want, s.s, s.n);
	return 0;
}

/* What the merged walk could not follow says nothing of that stack. */
static void
want_bad(void *arg UNUSED, const char *path, const struct err *e UNUSED)
{
	struct str s cleanup_str = STR_INIT;

	str_addf(&s, "%zu %s", w.stack, path);
	strlist_add(&w.spoilt, s.s, s.n);
}

static bool
spoilt(size_t stack, const char *path)
{
	struct str s cleanup_str = STR_INIT;
	size_t i, n;

	str_addf(&s, "%zu %s", stack, path);
	for (i = 0; i < w.spoilt.n; i++) {
		n = w.spoilt.v[i].n;
		if (strncmp(s.s, w.spoilt.v[i].s, n) == 0 &&
		    (!s.s[n] || s.s[n] == '/'))
			return true;
	}
	return false;
}

static const char *asked;
static uint32_t asked_layer;

static void
got(void *arg UNUSED, uint32_t stack)
{
	struct str s cleanup_str = STR_INIT;

	if (spoilt(stack, asked))
		return;
	str_addf(&s, "%u L%u %s", stack, asked_layer, asked);
	strlist_add(&w.got, s.s, s.n);
}

static int
ask(void *arg UNUSED, struct root_file *f)
{
	struct str s cleanup_str = STR_INIT;

	asked = f->path.s;
	root_shown(w.shown, asked_layer, asked, got, NULL);
	str_addf(&s, "%u %s", asked_layer, asked);
	strlist_add(&w.objects, s.s, s.n);
	return 0;
}

static void
compare(const char *how)
{
	size_t i, k;
	int c;

	strlist_sort(&w.want);
	strlist_sort(&w.got);
	for (i = k = 0; i < w.want.n || k < w.got.n;) {
		c = i == w.want.n ? 1 : k == w.got.n ? -1 :
		    strcmp(w.want.v[i].s, w.got.v[k].s);
		if (c) {
			printf("%s: %s %s\n", how, c < 0 ? "not" : "wrongly",
			    c < 0 ? w.want.v[i].s : w.got.v[k].s);
			bads++;
		}
		i += c <= 0;
		k += c >= 0;
	}
}

static void
shown(const char *stacks)
{
	struct strlist dirs cleanup_strlist = STRLIST_INIT;
	struct root *r;
	struct err e;
	const char *p, *q;
	uint32_t ids[64], swap;
	size_t number[64], n, i, *order, seed = 12345;

	w.shown = root_shown_new(base);
	for (i = 0; i < layers.n; i++)
		root_shown_layer(w.shown, layers.v[i].s, layering);
	for (p = stacks; *p; p += *p == ',', w.stack++) {
		strlist_clear(&dirs);
		for (n = 0; *p && *p != ',' && n < 64; p = q + (*q == '.')) {
			number[n] = strtoul(p, (char **)(uintptr_t)&q, 10);
			ids[n] = (uint32_t)number[n];
			strlist_adds(&dirs, layers.v[number[n++]].s);
		}
		root_shown_stack(w.shown, ids, n);
		w.number = number;
		r = root_open_layers_as(base, &dirs, false, layering, &e);
		if (!r)
			die("%s", e.msg);
		root_walk(r, "/", want, want_bad, NULL, &e);
		root_free(r);
	}
	root_shown_seal(w.shown);
	for (asked_layer = 0; asked_layer < layers.n; asked_layer++) {
		strlist_clear(&dirs);
		strlist_adds(&dirs, layers.v[asked_layer].s);
		r = root_open_layers_as(base, &dirs, false, layering, &e);
		root_scan(r, "/", ask, NULL, NULL, &e);
		root_free(r);
	}
	compare("in order");
	/* and in any order */
	order = xcalloc(w.objects.n + 1, sizeof(*order));
	for (i = 0; i < w.objects.n; i++)
		order[i] = i;
	for (i = w.objects.n; i > 1; i--) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		n = (seed >> 33) % i;
		swap = (uint32_t)order[i - 1];
		order[i - 1] = order[n];
		order[n] = swap;
	}
	strlist_clear(&w.got);
	for (i = 0; i < w.objects.n; i++) {
		p = w.objects.v[order[i]].s;
		asked_layer = (uint32_t)strtoul(p, NULL, 10);
		asked = strchr(p, '/');
		root_shown(w.shown, asked_layer, asked, got, NULL);
	}
	compare("at random");
	printf("%zu stacks, %zu objects, %zu shown\n", w.stack, w.objects.n,
	    w.want.n);
	free(order);
	root_shown_free(w.shown);
	strlist_release(&w.want);
	strlist_release(&w.got);
	strlist_release(&w.objects);
	strlist_release(&w.spoilt);
}

static int
on_scan(void *arg UNUSED, struct root_file *f)
{
	show(type(f->st.st_mode), f->path.s, f->fd < 0 ? "closed" : "");
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
	} else if (strcmp(command, "xattrs") == 0) {
		struct strlist names cleanup_strlist = STRLIST_INIT;

		k = root_find(root, path, ROOT_NOFOLLOW, &f, &e);
		if (k == 0)
			k = root_listxattr(root, &f, &names, &e);
		strlist_join(&names, " ", &s);
		if (k == 0)
			show("xattrs", s.s, "");
	} else if (strcmp(command, "scan") == 0) {
		k = root_scan(root, path, on_scan, bad, NULL, &e);
	} else if (strcmp(command, "shown") == 0) {
		shown(path);
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
	struct err e;
	bool upper = false;
	int i = 2;

	progname = "root-tool";
	digest_init();
	if (argc < 4)
		die("usage");
	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--aufs") == 0) {
			layering = ROOT_AUFS;
			continue;
		}
		if (strcmp(argv[i], "--fuse") == 0) {
			layering = ROOT_FUSE;
			continue;
		}
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
		root = root_open_layers_as(base, &layers, upper, layering, &e);
	if (!root)
		die("%s", e.msg);
	run(argv[i], argv[i + 1], i + 2 < argc ? argv[i + 2] : "");
	if (root != base)
		root_free(root);
	root_free(base);
	strlist_release(&layers);
	return bads ? 1 : 0;
}
