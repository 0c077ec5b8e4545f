/* test-root - evidence roots: races, limits, subs, layers, attributes */

#include "err.h"
#include "limits.h"
#include "root.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "tap.h"

static char top[3000];
static char buf[4096];

/* Path of name in the scratch directory, until the next call. */
static const char *
at(const char *name)
{
	snprintf(buf, sizeof(buf), "%s/%s", top, name);
	return buf;
}

static void
dir(const char *name)
{
	if (mkdir(at(name), 0755) && errno != EEXIST)
		die("cannot make '%s': %s", buf, strerror(errno));
}

static void
put(const char *name, const char *text)
{
	int fd cleanup_fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		die("cannot write '%s': %s", buf, strerror(errno));
}

static void
link_to(const char *name, const char *target)
{
	unlink(at(name));
	if (symlink(target, at(name)))
		die("cannot link '%s': %s", buf, strerror(errno));
}

static struct root *
open_root(const char *name)
{
	struct err e;
	struct root *r = root_open_dir(at(name), &e);

	if (!r)
		die("%s", e.msg);
	return r;
}

/* Text of a file, or the class of the error. */
static const char *
text(struct root *r, const char *path)
{
	static struct str s = STR_INIT;
	struct err e;

	if (root_slurp(r, path, 1000, &s, NULL, &e) < 0)
		return err_class_name(e.class);
	return s.s;
}

/* ---- subs ------------------------------------------------------------- */

static void
subs(void)
{
	struct strlist layers cleanup_strlist = STRLIST_INIT;
	struct str s cleanup_str = STR_INIT;
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct root *r, *sub, *merged, *below;
	struct err e = {0};

	dir("subs");
	dir("subs/store");
	dir("subs/store/l0");
	dir("subs/store/l1");
	dir("subs/store/l0/etc");
	dir("subs/store/l1/etc");
	put("subs/secret", "secret");
	put("subs/store/file", "file");
	put("subs/store/l0/etc/a", "a0");
	put("subs/store/l1/etc/a", "a1");
	put("subs/store/l1/etc/b", "b1");
	link_to("subs/store/up", "../secret");
	link_to("subs/store/abs", "/file");
	link_to("subs/data", "store");
	r = open_root("subs");
	sub = root_open_sub(r, "/data", &e);
	ok(sub && strcmp(text(sub, "/file"), "file") == 0,
	    "a sub is a root, found through a link");
	ok(strcmp(text(sub, "/abs"), "file") == 0,
	    "absolute links start at it");
	ok(strcmp(text(sub, "/up"), "absent") == 0 &&
	    strcmp(text(sub, "../secret"), "absent") == 0,
	    "and none leaves it");
	snprintf(buf, sizeof(buf), "%s/subs/store", top);
	ok(strcmp(root_path(sub), buf) == 0, "its path: %s", root_path(sub));
	ok(!root_open_sub(r, "/secret", &e) && e.class == ERR_ABSENT,
	    "a file is no root");
	ok(!root_open_sub(r, "/none", &e) && e.class == ERR_ABSENT,
	    "nor is nothing");
	strlist_adds(&layers, "/l0");
	strlist_adds(&layers, "l1");
	merged = root_open_layers(sub, &layers, true, &e);
	ok(merged && root_layered(merged) && !root_layered(sub),
	    "layers of a sub");
	root_free(sub);
	root_free(r); /* what was opened below lives on */
	ok(strcmp(text(merged, "/etc/a"), "a0") == 0 &&
	    strcmp(text(merged, "/etc/b"), "b1") == 0, "both layers show");
	ok(root_find(merged, "/etc/b", 0, &f, &e) == 0 && f.layer == 1 &&
	    !f.upper, "which layer");
	root_host_path(merged, &f, &s);
	ok(str_eq(&s, "/store/l1/etc/b"), "and where on the host: %s", s.s);
	ok(root_find(merged, "/etc/a", 0, &f, &e) == 0 && f.layer == 0 &&
	    f.upper, "the upper one");
	below = root_open_sub(merged, "/etc", &e);
	ok(below && strcmp(text(below, "a"), "a0") == 0 &&
	    strcmp(text(below, "b"), "b1") == 0 &&
	    strcmp(text(below, "../etc/a"), "absent") == 0,
	    "a sub of layers");
	ok(root_find(below, "/b", 0, &f, &e) == 0 && f.layer == 1 && !f.upper,
	    "knows its layers");
	str_clear(&s);
	root_host_path(below, &f, &s);
	ok(str_eq(&s, "/store/l1/etc/b"), "and the host: %s", s.s);
	ok(!root_open_layers(merged, &layers, false, &e) &&
	    e.class == ERR_UNSUPPORTED, "layers of layers are none");
	root_free(below);
	root_free(merged);
	r = open_root("subs");
	root_find(r, "/", 0, &f, &e);
	str_clear(&s);
	root_host_path(r, &f, &s);
	ok(str_eq(&s, "/"), "the host path of a root is /");
	root_free(r);
	ok(!root_open_dir(at("none"), &e) && e.class == ERR_ABSENT &&
	    !root_open_dir(at("subs/secret"), &e), "roots that are none");
}

/* ---- reading ------------------------------------------------------------ */

static void
reading(void)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str s cleanup_str = STR_INIT;
	struct root *r;
	struct err e = {0};
	char moved[4096];
	int fd, k;

	dir("read");
	snprintf(moved, sizeof(moved), "%s/read/g", top);
	put("read/f", "0123456789");
	put("read/empty", "");
	r = open_root("read");
	ok(root_slurp(r, "f", 10, &s, NULL, &e) == 0 && s.n == 10,
	    "as long as the limit");
	ok(root_slurp(r, "f", 9, &s, NULL, &e) == 1 &&
	    str_eq(&s, "012345678"), "one longer");
	ok(root_slurp(r, "f", 0, &s, NULL, &e) == 1 && s.n == 0, "nothing");
	ok(root_slurp(r, "empty", 0, &s, NULL, &e) == 0 &&
	    root_slurp(r, "empty", 9, &s, NULL, &e) == 0 && s.n == 0,
	    "an empty file");
	k = root_slurp(r, "f", 100, &s, &f, &e);
	ok(k == 0 && f.reading && strcmp(f.path.s, "/f") == 0 &&
	    root_read(r, &f, 5, &s, &e) == 1 && str_eq(&s, "01234"),
	    "read again");
	root_find(r, "f", 0, &f, &e);
	rename(at("read/f"), moved);
	put("read/f", "other");
	ok(root_read(r, &f, 100, &s, &e) == -1 && e.class == ERR_CHANGED,
	    "replaced after it was found: %s", e.msg);
	root_find(r, "g", 0, &f, &e);
	unlink(at("read/g"));
	ok(root_read(r, &f, 100, &s, &e) == -1 && e.class == ERR_CHANGED,
	    "removed after it was found: %s", e.msg);
	root_find(r, "f", 0, &f, &e);
	unlink(at("read/f"));
	if (mkfifo(at("read/f"), 0600))
		die("mkfifo: %s", strerror(errno));
	fd = open(at("read/f"), O_RDWR | O_NONBLOCK);
	ok(root_read(r, &f, 100, &s, &e) == -1 && e.class == ERR_CHANGED,
	    "replaced by a FIFO: %s", e.msg);
	close(fd);
	root_find(r, "empty", 0, &f, &e);
	unlink(at("read/empty"));
	link_to("read/empty", "/etc/passwd");
	ok(root_read(r, &f, 100, &s, &e) == -1 && e.class == ERR_CHANGED,
	    "replaced by a link out: %s", e.msg);
	root_free(r);
	r = root_open_dir("/proc", &e);
	ok(root_slurp(r, "/self/../version", 4096, &s, NULL, &e) == 0 &&
	    s.n > 5 && memcmp(s.s, "Linux", 5) == 0,
	    "a file without a size");
	root_free(r);
}

/* What is neither file nor directory is never opened. */
static void
kinds(void)
{
	static const char *const names[] = {"fifo", "link", "device"};
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str s cleanup_str = STR_INIT;
	struct root *r;
	struct err e;
	size_t i;

	dir("kinds");
	if (mkfifo(at("kinds/fifo"), 0600))
		die("mkfifo: %s", strerror(errno));
	link_to("kinds/link", "fifo");
	if (geteuid() == 0 && mknod(at("kinds/device"), S_IFCHR | 0600, 0x103))
		die("mknod: %s", strerror(errno));
	r = open_root("kinds");
	for (i = 0; i < COUNT(names); i++) {
		if (root_find(r, names[i], ROOT_NOFOLLOW, &f, &e))
			continue;
		e.class = ERR_NONE;
		ok(root_reopen(r, &f, &e) == -1 && e.class == ERR_CORRUPT &&
		    !f.reading, "not opened: %s", e.msg);
		e.class = ERR_NONE;
		ok(root_read(r, &f, 10, &s, &e) == -1 &&
		    e.class == ERR_CORRUPT, "nor read");
		e.class = ERR_NONE;
		ok(root_getxattr(r, &f, "user.x", &s, &e) == -1 &&
		    e.class == ERR_UNSUPPORTED, "nor asked for attributes");
	}
	ok(root_find(r, ".", 0, &f, &e) == 0 && root_reopen(r, &f, &e) == 0 &&
	    f.reading && root_read(r, &f, 10, &s, &e) == -1,
	    "a directory is opened, and not read");
	root_free(r);
}

/* A file that grows, shrinks or is written to while it is read. */
static void
changing(void)
{
	struct str s cleanup_str = STR_INIT;
	struct root *r;
	struct err e;
	int i, k, changed = 0, torn = 0, fd;
	pid_t pid;
	char big[65536];

	dir("change");
	put("change/f", "");
	pid = fork();
	if (pid == 0) {
		fd = open(at("change/f"), O_WRONLY);
		for (i = 0;; i++) {
			memset(big, 'a' + i % 26, sizeof(big));
			if (pwrite(fd, big, sizeof(big), 0) < 0 ||
			    pwrite(fd, big, sizeof(big), 65536) < 0 ||
			    ftruncate(fd, (i % 3) * 40000))
				_exit(1);
		}
	}
	r = open_root("change");
	for (i = 0; i < 3000; i++) {
		k = root_slurp(r, "f", 1000000, &s, NULL, &e);
		if (k < 0 && e.class == ERR_CHANGED)
			changed++;
		else if (k < 0)
			torn++;
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ok(changed > 0 && torn == 0,
	    "a file that changes is said to (%d of 3000)", changed);
	root_free(r);
}

/* ---- races ------------------------------------------------------------- */

/* Swap a directory and a link to a place outside, as fast as it goes. */
static pid_t
swapper(void)
{
	char a[4096], b[4096];
	pid_t pid;

	snprintf(a, sizeof(a), "%s/race/root/dir", top);
	snprintf(b, sizeof(b), "%s/race/root/link", top);
	pid = fork();
	if (pid == 0)
		for (;;)
			if (renameat2(AT_FDCWD, a, AT_FDCWD, b,
				RENAME_EXCHANGE))
				_exit(1);
	return pid;
}

struct seen {
	struct root *r;
	size_t files, outside;
};

static int
race_object(void *arg, struct root_file *f)
{
	struct seen *seen = arg;
	struct str s cleanup_str = STR_INIT;
	struct err e;

	if (S_ISREG(f->st.st_mode) &&
	    root_read(seen->r, f, 100, &s, &e) >= 0) {
		seen->files++;
		seen->outside += !str_eq(&s, "inside");
	}
	return 0;
}

static int
race_match(void *arg, const char *via UNUSED, struct root_file *f)
{
	return race_object(arg, f);
}

static void
race(void)
{
	struct str s cleanup_str = STR_INIT;
	struct seen seen = {0};
	struct err e;
	int i, status;
	size_t n = 0;
	pid_t pid;

	dir("race");
	dir("race/out");
	dir("race/out/sub");
	put("race/out/file", "outside");
	put("race/out/sub/file", "outside");
	dir("race/root");
	dir("race/root/dir");
	dir("race/root/dir/sub");
	put("race/root/dir/file", "inside");
	put("race/root/dir/sub/file", "inside");
	link_to("race/root/link", at("race/out"));
	seen.r = open_root("race/root");
	pid = swapper();
	for (i = 0; i < 20000; i++) {
		if (root_slurp(seen.r, i & 1 ? "/dir/file" :
			"/dir/sub/../sub/file", 100, &s, NULL, &e) >= 0) {
			seen.files++;
			seen.outside += !str_eq(&s, "inside");
		}
		if (i % 20 == 0)
			root_walk(seen.r, "/", race_object, NULL, &seen, &e);
		if (i % 20 == 10)
			root_glob(seen.r, "/*/**/file", race_match, NULL,
			    &seen, &e);
		n++;
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status) && seen.files > n / 4 && !seen.outside,
	    "a directory swapped with a link: %zu files read, %zu outside",
	    seen.files, seen.outside);
	root_free(seen.r);
}

/* ---- listings ------------------------------------------------------------ */

struct listing {
	size_t n;
	char last[300];
	bool sorted;
	size_t stop;
};

static int
list_entry(void *arg, const struct root_entry *ent)
{
	struct listing *l = arg;

	if (strcmp(l->last, ent->name) >= 0)
		l->sorted = false;
	snprintf(l->last, sizeof(l->last), "%s", ent->name);
	return ++l->n == l->stop ? 42 : 0;
}

static int
walk_object(void *arg, struct root_file *f)
{
	struct listing *l = arg;

	l->n++;
	if (strcmp(f->path.s, "/list/b") == 0)
		return ROOT_PRUNE;
	return l->n == l->stop ? 42 : 0;
}

static void
count_bad(void *arg, const char *path UNUSED, const struct err *e)
{
	((struct listing *)arg)->stop = 1000000 + (size_t)e->class;
}

static void
listings(void)
{
	struct listing l = {.sorted = true};
	struct root *r;
	struct err e = {0};
	char name[64];
	int i;

	dir("list");
	for (i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "list/%c%d", 'a' + i * 7 % 26, i);
		put(name, "");
	}
	dir("list/b");
	put("list/b/below", "");
	r = open_root(".");
	ok(root_list(r, "/list", list_entry, &l, &e) == 0 && l.n == 301 &&
	    l.sorted, "sorted by bytes");
	l = (struct listing){.stop = 7};
	ok(root_list(r, "/list", list_entry, &l, &e) == 42 && l.n == 7,
	    "a listing ends when it is told to, with that result");
	ok(root_list(r, "/list/b/below", list_entry, &l, &e) == -1 &&
	    e.class == ERR_ABSENT, "a file has no entries");
	l = (struct listing){0};
	ok(root_walk(r, "/list", walk_object, NULL, &l, &e) == 0 &&
	    l.n == 302, "a walk, without what is pruned (%zu)", l.n);
	l = (struct listing){.stop = 5};
	ok(root_walk(r, "/list", walk_object, NULL, &l, &e) == 42 && l.n == 5,
	    "a walk ends when it is told to");
	ok(root_walk(r, "/list/none", walk_object, NULL, &l, &e) == -1 &&
	    e.class == ERR_ABSENT, "a walk of nothing");
	l = (struct listing){0};
	ok(root_walk(r, "/list/b/below", walk_object, NULL, &l, &e) == 0 &&
	    l.n == 1, "a walk of a file is that file");
	l = (struct listing){0};
	ok(root_glob(r, "/list/b*/**", race_match, count_bad, &l, &e) == 0,
	    "a glob of nothing");
	root_free(r);
}

/* More entries than are sorted: all of them, and said. */
static void
crowd(void)
{
	struct strlist layers cleanup_strlist = STRLIST_INIT;
	struct listing l = {.sorted = true};
	struct root *r, *merged;
	struct err e = {0};
	char name[64], first[64] = "";
	int i, k, fd[2];

	/* in memory where we may: it is much quicker */
	bool mounted = unshare(CLONE_NEWNS) == 0 &&
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;

	dir("crowd");
	mounted = mounted && mount("none", at("crowd"), "tmpfs", 0, "") == 0;
	dir("crowd/l0");
	dir("crowd/l1");
	dir("crowd/l0/d");
	dir("crowd/l1/d");
	fd[0] = open(at("crowd/l0/d"), O_RDONLY | O_DIRECTORY);
	fd[1] = open(at("crowd/l1/d"), O_RDONLY | O_DIRECTORY);
	/* l1 has them all; l0 has some of them, and some whiteouts */
	for (i = 0; i <= ROOT_DIR_SORT_MAX; i++) {
		snprintf(name, sizeof(name), "%d", i);
		/* few files under many names */
		if (i % 30000 == 0 ? mknodat(fd[1], name, S_IFREG | 0644, 0) :
		    linkat(fd[1], first, fd[1], name, 0))
			break;
		if (i % 30000 == 0)
			snprintf(first, sizeof(first), "%s", name);
		if (i % 1000 == 1)
			mknodat(fd[0], name, S_IFREG | 0644, 0);
		if (i % 1000 == 2)
			mknodat(fd[0], name, S_IFCHR, 0);
	}
	r = open_root("crowd");
	k = root_list(r, "/l1/d", list_entry, &l, &e);
	ok(i == ROOT_DIR_SORT_MAX + 1 && k == -1 && e.class == ERR_LIMIT &&
	    e.fine && l.n == (size_t)i,
	    "%zu entries, with a note of limit, nothing lost: %s", l.n, e.msg);
	l = (struct listing){0};
	ok(root_walk(r, "/l1/d", walk_object, count_bad, &l, &e) == 0 &&
	    l.n == (size_t)i + 1 && l.stop == 1000000 + ERR_LIMIT,
	    "walked as well");
	strlist_adds(&layers, "l0");
	strlist_adds(&layers, "l1");
	merged = root_open_layers(r, &layers, false, &e);
	l = (struct listing){0};
	k = root_list(merged, "/d", list_entry, &l, &e);
	if (geteuid() == 0)
		ok(k == -1 && e.class == ERR_LIMIT &&
		    l.n == (size_t)i - ROOT_DIR_SORT_MAX / 1000,
		    "merged: each once, without the whiteouts (%zu)", l.n);
	root_free(merged);
	root_free(r);
	close(fd[0]);
	close(fd[1]);
	if (mounted)
		umount2(at("crowd"), 0);
}

/* ---- attributes, access times ------------------------------------------ */

static void
attributes(void)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str s cleanup_str = STR_INIT;
	struct root *r;
	struct err e = {0};

	dir("attr");
	put("attr/f", "x");
	link_to("attr/l", "f");
	r = open_root("attr");
	root_find(r, "f", 0, &f, &e);
	ok(root_getxattr(r, &f, "user.none", &s, &e) == -1 &&
	    e.class == ERR_ABSENT && !f.reading, "an attribute that is not");
	if (setxattr(at("attr/f"), "user.x", "a\0b", 3, 0) == 0) {
		ok(root_getxattr(r, &f, "user.x", &s, &e) == 0 && s.n == 3 &&
		    memcmp(s.s, "a\0b", 3) == 0 && !f.reading,
		    "an attribute with a NUL");
		root_reopen(r, &f, &e);
		ok(root_getxattr(r, &f, "user.x", &s, &e) == 0 && s.n == 3,
		    "of a file that is being read");
	}
	root_find(r, "l", ROOT_NOFOLLOW, &f, &e);
	ok(root_getxattr(r, &f, "user.x", &s, &e) == -1 &&
	    e.class == ERR_UNSUPPORTED, "a link's are said to be out of reach");
	str_clear(&s);
	ok(root_readlink(r, &f, &s, &e) == 0 && str_eq(&s, "f"),
	    "a link's target");
	root_free(r);
}

static void
others_files(void)
{
	struct root *r;
	uint64_t refused = 0;
	int status;
	pid_t pid;

	if (geteuid() != 0)
		return;
	dir("noatime");
	put("noatime/f", "x");
	chmod(top, 0711);
	r = open_root("noatime");
	pid = fork();
	if (pid == 0) { /* as a worker: counts reach the parent */
		if (setgid(65534) || setuid(65534))
			_exit(1);
		text(r, "f");
		text(r, "f");
		_exit(strcmp(text(r, "f"), "x") != 0);
	}
	waitpid(pid, &status, 0);
	refused = root_noatime_refused(r);
	ok(status == 0 && refused == 3,
	    "files of others are read without O_NOATIME, which is counted, "
	    "across processes (%d)", (int)refused);
	pid = fork();
	if (pid == 0) {
		bool before = root_sees_trusted();

		if (setuid(65534))
			_exit(1);
		_exit(before && !root_sees_trusted() ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	ok(status == 0, "who sees trusted attributes");
	root_free(r);
}

/* ---- patterns ------------------------------------------------------------ */

static int
match_one(void *arg, const char *via UNUSED, struct root_file *f UNUSED)
{
	(*(int *)arg)++;
	return 0;
}

static void
patterns(void)
{
	static const struct {
		const char *pattern, *name;
		bool match;
	} t[] = {{"*", "abc", true}, {"a*c", "abc", true}, {"a*c", "ac", true},
	    {"a*c", "acd", false}, {"*c", "abcc", true}, {"?bc", "abc", true},
	    {"?", "ab", false}, {"[abc]x", "bx", true}, {"[!a]x", "bx", true},
	    {"[^a]x", "ax", false}, {"[a-c]x", "bx", true}, {"[a-c]x", "dx",
	    false}, {"[]]x", "]x", true}, {"[]-]x", "-x", true}, {"[a", "[a",
	    true}, {"[", "[", true}, {"\\*", "*", true}, {"\\*", "a", false},
	    {"a\\", "a\\", true}, {"*", ".a", false}, {".*", ".a", true},
	    {"?a", ".a", false}, {"\\.a", ".a", true}, {"***", "abc", true},
	    {"*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	    false}, {"[\\]]x", "]x", true}, {"\xff*", "\xff\xfe", true},
	    {"?", "\xff", true}, {"[a-]x", "-x", true}, {"x[!]", "x[!]", true}};
	struct str s cleanup_str = STR_INIT;
	struct root *r;
	struct err e;
	size_t i;
	int n;

	dir("glob");
	r = open_root("glob");
	for (i = 0; i < COUNT(t); i++) {
		str_sets(&s, "glob/");
		str_adds(&s, t[i].name);
		put(s.s, "");
		n = 0;
		root_glob(r, t[i].pattern, match_one, NULL, &n, &e);
		unlink(at(s.s));
		ok((n == 1) == t[i].match, "pattern %zu", i);
	}
	str_clear(&s);
	root_glob_quote(&s, "/a*b/[c]?/\\");
	ok(str_eq(&s, "/a\\*b/\\[c]\\?/\\\\"), "quoted: %s", s.s);
	dir("glob/[c]*");
	put("glob/[c]*/f", "");
	n = 0;
	str_clear(&s);
	root_glob_quote(&s, "/[c]*");
	str_adds(&s, "/*");
	ok(root_glob(r, s.s, match_one, NULL, &n, &e) == 0 && n == 1,
	    "and matches itself");
	root_free(r);
}

/* ---- names that layers do not have -------------------------------------- */

static void
lacking(void)
{
	static const char *const there[][2] = {{"/etc/f0", "0"},
	    {"/etc/f4", "4"}, {"/usr/../etc/f3", "3"}, {"//etc/./f2", "2"},
	    {"/lnk/f1", "1"}, {"/etc/deep/er/x", "x"}, {"/lnk/deep/er/x", "x"}};
	static const char *const gone[] = {"/none", "/etc/none", "/lnk/none",
	    "/etc/none/f0", "/etc/deep/none", "/etc/deep/er/none/../x",
	    "/lnk/../none", "/etc/later"};
	struct strlist layers cleanup_strlist = STRLIST_INIT;
	struct root *r, *m;
	struct err e = {0};
	char name[64], value[2];
	size_t i, k, good = 0, bad = 0;

	dir("names");
	for (i = 0; i < 5; i++) {
		snprintf(name, sizeof(name), "names/%zu", i);
		dir(name);
		strlist_adds(&layers, name + 5);
		snprintf(name, sizeof(name), "names/%zu/usr", i);
		dir(name);
		snprintf(name, sizeof(name), "names/%zu/etc", i);
		dir(name);
		snprintf(name, sizeof(name), "names/%zu/etc/f%zu", i, i);
		snprintf(value, sizeof(value), "%zu", i);
		put(name, value);
	}
	dir("names/3/etc/deep");
	dir("names/3/etc/deep/er");
	put("names/3/etc/deep/er/x", "x");
	link_to("names/2/lnk", "/etc");
	r = open_root("names");
	m = root_open_layers(r, &layers, false, &e);
	for (k = 0; k < 4; k++) {
		for (i = 0; i < COUNT(gone); i++)
			bad += strcmp(text(m, gone[i]), "absent") == 0;
		for (i = 0; i < COUNT(there); i++)
			good += strcmp(text(m, there[i][0]), there[i][1]) == 0;
	}
	ok(good == 4 * COUNT(there), "what layers have is found: %zu", good);
	ok(bad == 4 * COUNT(gone), "what they lack is absent: %zu", bad);
	put("names/1/etc/later", "late");
	ok(strcmp(text(m, "/etc/later"), "absent") == 0,
	    "a directory that was asked before is not asked again");
	root_free(m);
	m = root_open_layers(r, &layers, false, &e);
	ok(strcmp(text(m, "/etc/later"), "late") == 0, "by a new root it is");
	root_free(m);
	root_free(r);
}

static int
remove_object(const char *path)
{
	char command[5000];
	char *argv[] = {(char *)(uintptr_t) "rm", (char *)(uintptr_t) "-rf",
	    command, NULL};
	pid_t pid;

	snprintf(command, sizeof(command), "%s", path);
	pid = fork();
	if (pid == 0) {
		execvp(argv[0], argv);
		_exit(127);
	}
	return waitpid(pid, NULL, 0) < 0;
}

int
main(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(top, sizeof(top), "%s/salvor-test-root.XXXXXX",
	    tmp ? tmp : "/tmp");
	if (!mkdtemp(top))
		die("mkdtemp: %s", strerror(errno));
	subs();
	reading();
	kinds();
	changing();
	race();
	listings();
	crowd();
	attributes();
	others_files();
	patterns();
	lacking();
	remove_object(top);
	return done();
}
