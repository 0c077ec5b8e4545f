#include "proc.h"

#include "civil.h"
#include "limits.h"

#include <errno.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>

#define LINK_MAX_BYTES 4096 /* the kernel's own limit for these links */
#define TABLE_BUFFER (64 * 1024)
#define SUN_PATH 108 /* longest name of a unix socket */
#define EXEC_TRIES 3
#define STAT_MAX 4096 /* a line of some 50 numbers and a name */
#define DIRENTS (32 * 1024)
#define DIRENT_MAX 512 /* more than an entry of /proc/PID/fd takes */
#define NAMED_KEPT 64

static const char gone[] = " (deleted)";
#define GONE (sizeof(gone) - 1)

struct proc_fs {
	int fd;	   /* what is read, O_PATH */
	int shown; /* /proc, where fd is another and it can be compared; -1 */
	bool fresh; /* fd is our own */
	bool hides; /* processes of others are not listed: hidepid */
	dev_t dev;
	int64_t self;
	uint64_t ns[NS_KINDS], first[NS_KINDS];
	bool first_is_ours;
	int64_t boot; /* of the monotonic clock of boot, ns since 1970 */
	int64_t ticks; /* a second */
	int64_t page;
	uint64_t exe_ino;
	uint64_t exe_dev;
	uint32_t *covered; /* pids with something mounted over them, sorted */
	size_t covered_n;
};

static const char *const part_names[PROC_PARTS] = {
	"status",
	"cmdline",
	"environ",
	"exe",
	"cwd",
	"root",
	"ns",
	"cgroup",
	"fd",
	"loginuid",
	"personality",
	"maps",
	"exe (its bytes)",
};

const char *const proc_ns_name[NS_KINDS] = {
	"cgroup",
	"ipc",
	"mount",
	"network",
	"pid",
	"time",
	"user",
	"uts",
};
static const char *const ns_links[NS_KINDS] = {
	"ns/cgroup",
	"ns/ipc",
	"ns/mnt",
	"ns/net",
	"ns/pid",
	"ns/time",
	"ns/user",
	"ns/uts",
};

const char *const proc_fd_name[FD_TYPES] = {
	"socket",
	"deleted",
	"memfd",
	"memory",
	"process-memory",
	"disk",
	"bpf",
	"perf",
};

const char *
proc_part_name(unsigned part)
{
	return part && __builtin_ctz(part) < PROC_PARTS
	    ? part_names[__builtin_ctz(part)]
	    : "?";
}

/* The process has ended. */
static bool
ended(int sys)
{
	return sys == ENOENT || sys == ESRCH;
}

static bool
refused(int sys)
{
	return sys == EACCES || sys == EPERM;
}

/* Read a file whole. 0, 1 if it is longer than max, or -errno. */
static int
slurp(int dir, const char *name, size_t max, struct str *out)
{
	int fd cleanup_fd = -1;
	ssize_t k;

	str_clear(out);
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY);
	if (fd < 0)
		return -errno;
	while (out->n < max) {
		size_t room = out->n < 4096 ? 4096 : out->n;

		if (room > max - out->n)
			room = max - out->n;
		str_grow(out, room);
		k = read(fd, out->s + out->n, room);
		if (k < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (k == 0) {
			out->s[out->n] = '\0';
			return 0;
		}
		out->n += (size_t)k;
		/* the kernel makes such a file in one piece: what is shorter
		 * than was asked for is the end of it */
		if ((size_t)k < room && (room >= 4096 || max < 4096)) {
			out->s[out->n] = '\0';
			return 0;
		}
	}
	out->s[out->n] = '\0';
	return 1;
}

/* Target of a link, replaced in out. 0 or -errno. */
static int
target(int dir, const char *name, struct str *out)
{
	ssize_t k;

	str_clear(out);
	str_grow(out, LINK_MAX_BYTES);
	k = readlinkat(dir, name, out->s, LINK_MAX_BYTES);
	if (k < 0) {
		out->s[0] = '\0';
		return -errno;
	}
	out->n = (size_t)k;
	out->s[out->n] = '\0';
	return 0;
}

static int
namespace(int dir, const char *name, uint64_t *inode)
{
	char buf[64];
	ssize_t k = readlinkat(dir, name, buf, sizeof(buf));

	*inode = 0;
	if (k < 0)
		return -errno;
	return procfmt_ns_link(buf, (size_t)k, inode) ? -EINVAL : 0;
}

/*
 * Device and inode of what a link of /proc leads to, from the kernel's memory
 * only: a file system that hangs must not hang us. Before Linux 4.11 there is
 * no way to ask so: libc then refuses the flag, and asks fstatat without.
 */
static int
look(int dir, const char *name, int flags, struct statx *sx)
{
	enum { WANTED = STATX_TYPE | STATX_INO | STATX_NLINK | STATX_SIZE |
		STATX_MNT_ID };
	int k;

	flags |= AT_NO_AUTOMOUNT;
	k = statx(dir, name, flags | AT_STATX_DONT_SYNC, WANTED, sx);
	if (k && errno == EINVAL)
		k = statx(dir, name, flags, WANTED, sx);
	return k;
}

static bool
same_file(const struct statx *a, const struct statx *b)
{
	return a->stx_ino == b->stx_ino &&
	    a->stx_dev_major == b->stx_dev_major &&
	    a->stx_dev_minor == b->stx_dev_minor;
}

static void
identify_self(struct proc_fs *fs)
{
	struct str s cleanup_str = STR_INIT;
	struct statx sx;
	uint64_t v = 0;
	char name[32];
	size_t i;

	if (target(fs->fd, "self", &s) == 0) {
		for (i = 0; i < s.n && s.s[i] >= '0' && s.s[i] <= '9'; i++)
			v = v * 10 + (uint64_t)(s.s[i] - '0');
		if (s.n && i == s.n && v <= PROC_PIDS_MAX)
			fs->self = (int64_t)v;
	}
	for (i = 0; i < NS_KINDS; i++) {
		snprintf(name, sizeof(name), "self/%s", ns_links[i]);
		namespace(fs->fd, name, &fs->ns[i]);
		snprintf(name, sizeof(name), "1/%s", ns_links[i]);
		if (namespace(fs->fd, name, &fs->first[i])) {
			fs->first[i] = fs->ns[i];
			fs->first_is_ours = true;
		}
	}
	if (look(fs->fd, "self/exe", 0, &sx) == 0) {
		fs->exe_ino = sx.stx_ino;
		fs->exe_dev = ((uint64_t)sx.stx_dev_major << 32) |
		    sx.stx_dev_minor;
	}
}

/* A proc file system that is mounted nowhere, or -1. */
static int
fresh(void)
{
	int fs cleanup_fd = (int)syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC);

	if (fs < 0 ||
	    syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return -1;
	return (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
}

/* Does the /proc that is shown list the same processes as ours? Not if it is
 * of another pid namespace, or another file system. */
static bool
comparable(int ours, int shown)
{
	struct str a cleanup_str = STR_INIT, b cleanup_str = STR_INIT;
	struct statfs sf;

	return shown >= 0 && fstatfs(shown, &sf) == 0 &&
	    sf.f_type == PROC_SUPER_MAGIC && target(ours, "self", &a) == 0 &&
	    target(shown, "self", &b) == 0 && a.n && str_eq(&a, b.s);
}

static struct proc_fs *
open_as(bool of_our_own, struct err *e)
{
	struct proc_fs *fs;
	struct timespec now, boot;
	struct statfs sf;
	struct stat st;
	int fd cleanup_fd = -1, own cleanup_fd = of_our_own ? fresh() : -1;
	bool own_is_fresh = own >= 0;

	fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && own < 0) {
		err_sys(e, errno, "cannot open '/proc'");
		return NULL;
	}
	if (own >= 0) {
		int other = fd;

		fd = own;
		own = other;
	}
	if (fstatfs(fd, &sf) || fstat(fd, &st)) {
		err_sys(e, errno, "cannot look at '/proc'");
		return NULL;
	}
	if (sf.f_type != PROC_SUPER_MAGIC) {
		err_set(e, ERR_CORRUPT, 0,
		    "'/proc' is not a proc file system: type %#lx",
		    (unsigned long)sf.f_type);
		return NULL;
	}
	if (clock_gettime(CLOCK_REALTIME, &now) ||
	    clock_gettime(CLOCK_BOOTTIME, &boot)) {
		err_sys(e, errno, "cannot read the clock");
		return NULL;
	}
	fs = xcalloc(1, sizeof(*fs));
	fs->fd = steal_fd(&fd);
	if (own_is_fresh) {
		fs->fresh = true;
		fs->shown = comparable(fs->fd, own) ? steal_fd(&own) : -1;
	} else {
		fs->shown = -1;
	}
	fs->dev = st.st_dev;
	fs->boot = (now.tv_sec - boot.tv_sec) * 1000000000LL +
	    (now.tv_nsec - boot.tv_nsec);
	fs->ticks = (int64_t)getauxval(AT_CLKTCK);
	if (fs->ticks < 1)
		fs->ticks = 100;
	fs->page = (int64_t)getauxval(AT_PAGESZ);
	identify_self(fs);
	return fs;
}

struct proc_fs *
proc_open(struct err *e)
{
	return open_as(true, e);
}

struct proc_fs *
proc_open_host(struct err *e)
{
	return open_as(false, e);
}

void
proc_free(struct proc_fs *fs)
{
	if (!fs)
		return;
	close(fs->fd);
	if (fs->shown >= 0)
		close(fs->shown);
	free(fs->covered);
	free(fs);
}

bool
proc_hides(const struct proc_fs *fs)
{
	return fs->hides;
}

bool
proc_is_fresh(const struct proc_fs *fs)
{
	return fs->fresh;
}

int64_t
proc_self(const struct proc_fs *fs)
{
	return fs->self;
}

const uint64_t *
proc_first_ns(const struct proc_fs *fs, bool *ours)
{
	*ours = fs->first_is_ours;
	return fs->first;
}

uint64_t
proc_self_ns(const struct proc_fs *fs, enum proc_ns ns)
{
	return fs->ns[ns];
}

int64_t
proc_boot_time(const struct proc_fs *fs)
{
	return fs->boot;
}

uint64_t
proc_self_netns(const struct proc_fs *fs)
{
	return fs->ns[NS_NET];
}

bool
proc_on_host(const struct proc_fs *fs, const struct proc *p)
{
	return p->ns[NS_MNT] && (p->ns[NS_MNT] == fs->ns[NS_MNT] ||
				    p->ns[NS_MNT] == fs->first[NS_MNT]);
}

bool
proc_is_worker(const struct proc_fs *fs, const struct proc *p)
{
	struct statx sx;

	return fs->self && fs->exe_ino && p->stat.ppid == fs->self &&
	    look(p->dir, "exe", 0, &sx) == 0 && sx.stx_ino == fs->exe_ino &&
	    (((uint64_t)sx.stx_dev_major << 32) | sx.stx_dev_minor) ==
	    fs->exe_dev;
}

/* ---- what hides processes ---- */

/* Lines of a file through fn; false from fn ends it. 0 or -errno. Lines
 * longer than the buffer are passed to fn cut. */
typedef bool line_fn(void *arg, const char *p, size_t n);

static int
each_line(int dir, const char *name, line_fn *fn, void *arg)
{
	struct str buf cleanup_str = STR_INIT;
	int fd cleanup_fd = -1;
	size_t from, have = 0;
	char *nl;
	ssize_t k;

	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY);
	if (fd < 0)
		return -errno;
	str_grow(&buf, TABLE_BUFFER);
	for (;;) {
		k = read(fd, buf.s + have, TABLE_BUFFER - have);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -errno;
		have += (size_t)k;
		for (from = 0;
		     (nl = memchr(buf.s + from, '\n', have - from)) != NULL;
		     from = (size_t)(nl - buf.s) + 1)
			if (!fn(arg, buf.s + from,
				(size_t)(nl - buf.s) - from))
				return 0;
		if (have && (k == 0 || (from == 0 && have == TABLE_BUFFER))) {
			if (from < have && !fn(arg, buf.s + from, have - from))
				return 0;
			from = have;
		}
		if (k == 0)
			return 0;
		memmove(buf.s, buf.s + from, have - from);
		have -= from;
	}
}

struct survey {
	struct proc_fs *fs;
	proc_bad_fn *bad;
	void *arg;
	bool hidepid, other; /* of the last mount on /proc: no proc */
};

static bool
has_option(const struct proc_mount *m, const char *key, const char **v,
    size_t *n)
{
	const char *p = m->options, *end = p + m->options_n, *comma;
	size_t k = strlen(key);

	for (; p < end; p = comma + 1) {
		comma = memchr(p, ',', (size_t)(end - p));
		if (!comma)
			comma = end;
		if ((size_t)(comma - p) > k && memcmp(p, key, k) == 0) {
			*v = p + k;
			*n = (size_t)(comma - *v);
			return true;
		}
		if (comma == end)
			break;
	}
	return false;
}

static bool
mount_line(void *arg, const char *p, size_t n)
{
	struct survey *s = arg;
	struct proc_fs *fs = s->fs;
	struct proc_mount m;
	struct err e;
	const char *v;
	char path[256];
	uint64_t pid = 0;
	size_t k, i;

	if (procfmt_mount(p, n, &m))
		return true;
	if (m.point_n == 5 && memcmp(m.point, "/proc", 5) == 0) {
		s->hidepid = has_option(&m, "hidepid=", &v, &k) &&
		    !(k == 1 && *v == '0') && !(k == 3 && !memcmp(v, "off", 3));
		s->other = m.type_n != 4 || memcmp(m.type, "proc", 4) != 0;
		return true;
	}
	if (m.point_n < 7 || memcmp(m.point, "/proc/", 6) != 0)
		return true;
	for (i = 6; i < m.point_n && m.point[i] >= '0' && m.point[i] <= '9' &&
	     pid <= PROC_PIDS_MAX; i++)
		pid = pid * 10 + (uint64_t)(m.point[i] - '0');
	if (i == 6 || (i < m.point_n && m.point[i] != '/') ||
	    pid > PROC_PIDS_MAX)
		return true;
	snprintf(path, sizeof(path), "%.*s",
	    (int)(m.point_n < 200 ? m.point_n : 200), m.point);
	err_set(&e, ERR_DENIED, 0, "something is mounted over '%s': the "
	    "process behind it is hidden", path);
	s->bad(s->arg, path, &e);
	if (fs->covered_n < PROC_PIDS_MAX) {
		fs->covered = xreallocarray(fs->covered, fs->covered_n + 1,
		    sizeof(*fs->covered));
		fs->covered[fs->covered_n++] = (uint32_t)pid;
	}
	return true;
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Of include/linux/proc_ns.h: the numbers of the first namespaces. */
#define FIRST_USERNS 0xEFFFFFFDU
#define FIRST_PIDNS 0xEFFFFFFCU
#define CAP_PTRACE (1ULL << 19)

int
proc_survey(struct proc_fs *fs, proc_bad_fn *bad, void *arg, struct err *e)
{
	struct survey s = {.fs = fs, .bad = bad, .arg = arg};
	struct str text cleanup_str = STR_INIT;
	struct proc_status st;
	struct err x;
	uint64_t ns;
	int sys;

	if (!fs->self) {
		err_set(&x, ERR_DENIED, 0, "'/proc' belongs to a pid namespace "
		    "that we are not in: our own view is missing");
		bad(arg, "/proc", &x);
		return 0;
	}
	sys = namespace(fs->fd, "self/ns/pid", &ns);
	if (sys == 0 && ns != FIRST_PIDNS) {
		err_set(&x, ERR_DENIED, 0, "we run in a pid namespace of our "
		    "own: processes of the host outside it are not seen");
		bad(arg, "/proc", &x);
	}
	sys = each_line(fs->fd, "self/mountinfo", mount_line, &s);
	if (sys < 0)
		return err_sys(e, -sys, "cannot read '/proc/self/mountinfo'");
	if (fs->fresh && s.other) {
		err_set(&x, ERR_CORRUPT, 0, "something else is mounted over "
		    "'/proc': programs of the host see no process");
		bad(arg, "/proc", &x);
	}
	if (fs->covered_n)
		qsort(fs->covered, fs->covered_n, sizeof(*fs->covered),
		    by_number);
	sys = slurp(fs->fd, "self/status", PROC_FILE_MAX, &text);
	if (sys < 0 || procfmt_status(text.s, text.n, &st))
		return err_sys(e, sys < 0 ? -sys : EINVAL,
		    "cannot read '/proc/self/status'");
	sys = namespace(fs->fd, "self/ns/user", &ns);
	if (s.hidepid && (!(st.caps & CAP_PTRACE) ||
			     (sys == 0 && ns != FIRST_USERNS))) {
		fs->hides = true;
		err_set(&x, ERR_DENIED, 0, "'/proc' is mounted with hidepid: "
		    "processes of others are not seen");
		bad(arg, "/proc", &x);
	}
	return 0;
}

/* ---- the list ---- */

static int
list_pids(struct proc_fs *fs, int at, uint32_t **pids, size_t *n,
    struct err *e)
{
	DIR *d cleanup_dir = NULL;
	uint32_t *v = NULL;
	size_t count = 0, cap = 0, i;
	struct dirent *ent;
	int fd cleanup_fd = -1;
	uint64_t pid;

	fd = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, errno, "cannot open '/proc'");
	d = fdopendir(fd);
	if (!d)
		return err_sys(e, errno, "cannot open '/proc'");
	steal_fd(&fd);
	while (errno = 0, (ent = readdir(d)) != NULL) {
		for (i = 0, pid = 0; ent->d_name[i] >= '0' &&
		     ent->d_name[i] <= '9' && pid <= PROC_PIDS_MAX; i++)
			pid = pid * 10 + (uint64_t)(ent->d_name[i] - '0');
		if (!i || ent->d_name[i] || !pid || pid > PROC_PIDS_MAX)
			continue;
		if (at == fs->fd && !fs->fresh && fs->covered_n &&
		    bsearch(&(uint32_t){(uint32_t)pid}, fs->covered,
			fs->covered_n, sizeof(*v), by_number))
			continue;
		if (count == cap) {
			cap = cap ? 2 * cap : 4096;
			v = xreallocarray(v, cap, sizeof(*v));
		}
		v[count++] = (uint32_t)pid;
	}
	if (errno) {
		free(v);
		return err_sys(e, errno, "cannot read '/proc'");
	}
	if (v)
		qsort(v, count, sizeof(*v), by_number);
	*pids = v;
	*n = count;
	return 0;
}

int
proc_list(struct proc_fs *fs, uint32_t **pids, size_t *n, struct err *e)
{
	return list_pids(fs, fs->fd, pids, n, e);
}

int
proc_list_shown(struct proc_fs *fs, uint32_t **pids, size_t *n, struct err *e)
{
	if (fs->shown < 0)
		return err_sys(e, ENOENT, "there is no other '/proc'");
	return list_pids(fs, fs->shown, pids, n, e);
}

int64_t
proc_ask(struct proc_fs *fs, int64_t pid)
{
	struct str text cleanup_str = STR_INIT;
	char name[32], *at;
	int r;

	snprintf(name, sizeof(name), "%lld/status", (long long)pid);
	r = slurp(fs->fd, name, PROC_FILE_MAX, &text);
	if (r < 0)
		return ended(-r) ? 0 : -1;
	at = strstr(text.s, "\nTgid:");
	return at ? strtoll(at + 6, NULL, 10) : -1;
}

bool
proc_there(struct proc_fs *fs, int64_t pid)
{
	struct stat st;
	char name[32];

	snprintf(name, sizeof(name), "%lld", (long long)pid);
	return fstatat(fs->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
	    !ended(errno);
}

int
proc_text(struct proc_fs *fs, const char *name, size_t max, struct str *out,
    struct err *e)
{
	int r = slurp(fs->fd, name, max, out);

	if (r < 0)
		return err_sys(e, -r, "cannot read '/proc/%s'", name);
	while (out->n && strchr(" \t\n", out->s[out->n - 1]))
		str_cut(out, out->n - 1);
	return 0;
}

int
proc_lines(struct proc_fs *fs, const char *name, proc_line_fn *fn, void *arg,
    struct err *e)
{
	int r = each_line(fs->fd, name, fn, arg);

	return r < 0 ? err_sys(e, -r, "cannot read '/proc/%s'", name) : 0;
}

/* ---- one process ---- */

void
proc_init(struct proc *p)
{
	memset(p, 0, sizeof(*p));
	p->dir = p->task = p->stat_fd = -1;
	str_init(&p->name);
	str_init(&p->cmdline);
	str_init(&p->environ);
	str_init(&p->exe);
	str_init(&p->cwd);
	str_init(&p->root);
	str_init(&p->cgroup);
	str_init(&p->groups);
}

static void
close_dirs(struct proc *p)
{
	if (p->task >= 0)
		close(p->task);
	if (p->dir >= 0)
		close(p->dir);
	if (p->stat_fd >= 0)
		close(p->stat_fd);
	p->dir = p->task = p->stat_fd = -1;
}

void
proc_release(struct proc *p)
{
	close_dirs(p);
	str_release(&p->name);
	str_release(&p->cmdline);
	str_release(&p->environ);
	str_release(&p->exe);
	str_release(&p->cwd);
	str_release(&p->root);
	str_release(&p->cgroup);
	str_release(&p->groups);
}

/* Keep what went wrong with a part: denied, cut, or the process ended. */
static void
part(struct proc *p, enum proc_part which, int result)
{
	if (result == 1)
		p->cut |= which;
	else if (refused(-result))
		p->denied |= which;
	else if (result == -ENAMETOOLONG)
		p->cut |= which;
	else if (result == -ESRCH)
		p->vanished = true;
}

/* The directory to ask for what belongs to the memory and the files. */
static int
body(const struct proc *p)
{
	return p->task >= 0 ? p->task : p->dir;
}

/*
 * A leader that has ended while other threads go on is shown as a zombie
 * without executable, arguments and files. One of the threads has them.
 */
static void
find_thread(struct proc *p)
{
	DIR *d cleanup_dir = NULL;
	int fd cleanup_fd = -1;
	struct str text cleanup_str = STR_INIT;
	struct proc_stat st;
	struct dirent *ent;
	int tries = 0;

	if (p->stat.state != 'Z' || p->stat.threads < 2)
		return;
	fd = openat(p->dir, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	d = fdopendir(fd);
	if (!d)
		return;
	steal_fd(&fd);
	while ((ent = readdir(d)) != NULL && tries++ < 64) {
		int t cleanup_fd = -1;

		if (ent->d_name[0] < '1' || ent->d_name[0] > '9')
			continue;
		t = openat(dirfd(d), ent->d_name,
		    O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (t < 0 || slurp(t, "stat", PROC_FILE_MAX, &text) < 0 ||
		    procfmt_stat(text.s, text.n, &st) || st.state == 'Z' ||
		    st.state == 'X')
			continue;
		p->task = steal_fd(&t);
		return;
	}
}

enum named { NAMED_NOTHING, NAMED_OTHER, NAMED_SAME };

/*
 * Is the name a path to the very file, seen from the root of the process? The
 * kernel's paths have neither links nor "..". What lies below another root
 * (a chroot) carries that root in front, as the link "root" does.
 */
static enum named
look_up(const struct proc *p, const struct statx *file)
{
	int at cleanup_fd = -1;
	struct statx sx;
	char part_name[256];
	const char *s = p->exe.s, *end;
	int next;

	if (p->root.n > 1) {
		if (p->exe.n <= p->root.n ||
		    memcmp(p->exe.s, p->root.s, p->root.n) != 0 ||
		    p->exe.s[p->root.n] != '/')
			return NAMED_NOTHING;
		s += p->root.n;
	}
	at = openat(body(p), "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	while (at >= 0 && *s == '/') {
		end = strchrnul(s + 1, '/');
		if (end - s - 1 < 1 || end - s - 1 >= (ptrdiff_t)sizeof(part_name))
			return NAMED_NOTHING;
		memcpy(part_name, s + 1, (size_t)(end - s - 1));
		part_name[end - s - 1] = '\0';
		if (strcmp(part_name, "..") == 0 || strcmp(part_name, ".") == 0)
			return NAMED_NOTHING;
		if (!*end)
			return look(at, part_name, AT_SYMLINK_NOFOLLOW, &sx)
			    ? NAMED_NOTHING
			    : same_file(&sx, file) ? NAMED_SAME : NAMED_OTHER;
		next = openat(at, part_name,
		    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(at);
		at = next;
		s = end;
	}
	return NAMED_NOTHING;
}

/*
 * The same, once for all processes that run one file by one path in one root:
 * a server has thousands of them. Each process of ours keeps what it has seen;
 * an answer is as old as this collection at most.
 */
static enum named
named(const struct proc *p, const struct statx *file)
{
	static struct kept {
		uint64_t mntns, mount;
		struct statx root, file;
		struct str exe, prefix;
		enum named answer;
	} kept[NAMED_KEPT];
	static size_t n, next;
	struct statx top;
	struct kept *k;
	size_t i;

	if (!p->ns[NS_MNT] || look(body(p), "root", 0, &top))
		return look_up(p, file);
	if (!(top.stx_mask & STATX_MNT_ID))
		top.stx_mnt_id = 0;
	for (i = 0; i < n; i++) {
		k = &kept[i];
		if (k->mntns == p->ns[NS_MNT] &&
		    k->mount == top.stx_mnt_id && same_file(&k->root, &top) &&
		    same_file(&k->file, file) &&
		    k->file.stx_nlink == file->stx_nlink &&
		    str_eq(&p->exe, k->exe.s) && str_eq(&p->root, k->prefix.s))
			return k->answer;
	}
	k = &kept[next];
	if (n < NAMED_KEPT) {
		str_init(&k->exe);
		str_init(&k->prefix);
		n++;
	}
	next = (next + 1) % NAMED_KEPT;
	k->mntns = p->ns[NS_MNT];
	k->mount = top.stx_mnt_id;
	k->root = top;
	k->file = *file;
	str_set(&k->exe, p->exe.s, p->exe.n);
	str_set(&k->prefix, p->root.s, p->root.n);
	return k->answer = look_up(p, file);
}

/*
 * exe as the kernel writes it: is " (deleted)" its word, or the name's? And
 * is what has the name now still the file that runs? A file that was renamed
 * over it leaves the old one deleted; one that was copied elsewhere and the
 * name moved aside is told by the inode alone.
 */
static void
judge_exe(struct proc *p, bool careful)
{
	struct statx file, top;
	enum named now = NAMED_NOTHING;
	bool known, says;

	p->deleted = p->memfd = false;
	if (!p->exe.n)
		return;
	says = p->exe.n > GONE &&
	    memcmp(p->exe.s + p->exe.n - GONE, gone, GONE) == 0;
	known = !careful && look(body(p), "exe", 0, &file) == 0;
	if (known) {
		p->exe_dev = (uint64_t)file.stx_dev_major << 32 |
		    file.stx_dev_minor;
		p->exe_ino = file.stx_ino;
		p->exe_links = file.stx_nlink;
		p->exe_size = (int64_t)file.stx_size;
		if (!says || file.stx_nlink > 0)
			now = named(p, &file);
	}
	if (!says || now == NAMED_SAME) {
		if (now != NAMED_NOTHING)
			p->replaced = now == NAMED_OTHER;
		return;
	}
	str_cut(&p->exe, p->exe.n - GONE);
	p->deleted = true;
	/* "/memfd:x" can be a file in "/", but then on that file system */
	p->memfd = p->exe.n >= 7 && memcmp(p->exe.s, "/memfd:", 7) == 0 &&
	    !(known && file.stx_nlink == 0 &&
		look(body(p), "root", 0, &top) == 0 &&
		top.stx_dev_major == file.stx_dev_major &&
		top.stx_dev_minor == file.stx_dev_minor);
	if (known && !p->memfd)
		p->replaced = named(p, &file) != NAMED_NOTHING;
}

/* It is read before and after the rest: opened once, and made anew by the
 * kernel for each reading from its beginning. */
static int
read_stat(struct proc *p, struct str *text)
{
	ssize_t k;

	if (p->stat_fd < 0)
		p->stat_fd = openat(p->dir, "stat", O_RDONLY | O_CLOEXEC |
		    O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (p->stat_fd < 0)
		return -errno;
	str_clear(text);
	str_grow(text, STAT_MAX);
	do
		k = pread(p->stat_fd, text->s, STAT_MAX, 0);
	while (k < 0 && errno == EINTR);
	if (k < 0)
		return -errno;
	text->n = (size_t)k;
	text->s[text->n] = '\0';
	return procfmt_stat(text->s, text->n, &p->stat) ? -EBADMSG : 0;
}

static void
read_ns(struct proc *p)
{
	size_t i;
	int r;

	for (i = 0; i < NS_KINDS; i++) {
		r = namespace(body(p), ns_links[i], &p->ns[i]);
		if (r != -ENOENT) /* an older kernel has fewer */
			part(p, PROC_NS, r);
	}
}

static void
read_personality(struct proc *p)
{
	struct str s cleanup_str = STR_INIT;
	char *end;
	unsigned long v;
	int r = slurp(p->dir, "personality", 64, &s);

	if (r == -ENOENT)
		return;
	part(p, PROC_PERSONALITY, r);
	if (r < 0 || !s.n)
		return;
	v = strtoul(s.s, &end, 16);
	if (end != s.s && v <= UINT32_MAX)
		p->personality = (int64_t)v;
}

static void
read_loginuid(struct proc *p)
{
	struct str s cleanup_str = STR_INIT;
	char *end;
	unsigned long v;
	int r;

	p->loginuid = -1;
	r = slurp(p->dir, "loginuid", 64, &s);
	part(p, PROC_LOGINUID, r);
	if (r < 0 || !s.n) /* a kernel without audit has no such file */
		return;
	v = strtoul(s.s, &end, 10);
	if (end != s.s && v < UINT32_MAX)
		p->loginuid = (int64_t)v;
}

static void
read_parts(struct proc *p, unsigned parts, struct str *text)
{
	int r;

	p->denied = p->cut = 0;
	p->vanished = false;
	memset(p->ns, 0, sizeof(p->ns));
	p->personality = -1;
	p->exe_dev = p->exe_ino = 0;
	p->exe_links = p->exe_size = -1;
	p->replaced = -1;
	p->kernel = p->stat.flags & PROC_PF_KTHREAD;
	str_set(&p->name, p->stat.comm, p->stat.comm_n);
	p->stat.comm = p->name.s;
	str_clear(&p->cmdline);
	str_clear(&p->environ);
	str_clear(&p->exe);
	str_clear(&p->cwd);
	str_clear(&p->root);
	str_clear(&p->cgroup);
	str_clear(&p->groups);
	find_thread(p);
	procfmt_status("", 0, &p->status);
	if (parts & PROC_STATUS) {
		r = slurp(p->dir, "status", PROC_FILE_MAX, text);
		part(p, PROC_STATUS, r);
		if (r >= 0)
			procfmt_status(text->s, text->n, &p->status);
		if (p->status.groups)
			str_add(&p->groups, p->status.groups,
			    p->status.groups_n);
		p->status.groups = p->groups.s;
	}
	p->loginuid = -1;
	if (parts & PROC_LOGINUID)
		read_loginuid(p);
	if (parts & PROC_CGROUP)
		part(p, PROC_CGROUP,
		    slurp(p->dir, "cgroup", PROC_FILE_MAX, &p->cgroup));
	if (parts & PROC_NS)
		read_ns(p);
	if (parts & PROC_PERSONALITY)
		read_personality(p);
	p->deleted = p->memfd = false;
	/* a thread of the kernel and a zombie have none of these */
	if (p->kernel || (p->stat.state == 'Z' && p->task < 0))
		return;
	if (parts & PROC_ROOT)
		part(p, PROC_ROOT, target(body(p), "root", &p->root));
	if (parts & PROC_CWD)
		part(p, PROC_CWD, target(body(p), "cwd", &p->cwd));
	if (parts & PROC_EXE) {
		part(p, PROC_EXE, target(body(p), "exe", &p->exe));
		judge_exe(p, !(parts & PROC_JUDGE));
	}
	if (parts & PROC_CMDLINE)
		part(p, PROC_CMDLINE,
		    slurp(body(p), "cmdline", PROC_FILE_MAX, &p->cmdline));
	if (parts & PROC_ENVIRON)
		part(p, PROC_ENVIRON,
		    slurp(body(p), "environ", PROC_FILE_MAX, &p->environ));
}

int
proc_read(struct proc_fs *fs, int64_t pid, unsigned parts, struct proc *p,
    struct err *e)
{
	struct str text cleanup_str = STR_INIT;
	struct proc_stat before;
	struct stat st;
	char name[24];
	int r, tries;

	close_dirs(p);
	p->pid = pid;
	snprintf(name, sizeof(name), "%lld", (long long)pid);
	p->dir = openat(fs->fd, name,
	    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	/* nothing can be mounted over one of our own */
	if (p->dir < 0 || (!fs->fresh && fstat(p->dir, &st)))
		return err_sys(e, errno, "cannot open '/proc/%s'", name);
	if (!fs->fresh && st.st_dev != fs->dev)
		return err_set(e, ERR_DENIED, 0, "something is mounted over "
		    "'/proc/%s'", name);
	r = read_stat(p, &text);
	if (r < 0)
		return err_sys(e, ended(-r) ? ESRCH : -r,
		    "cannot read '/proc/%s/stat'", name);
	for (tries = 1;; tries++) {
		if (p->stat.pid != pid)
			return err_set(e, ERR_DENIED, 0, "'/proc/%s' shows "
			    "process %lld: something is mounted over it", name,
			    (long long)p->stat.pid);
		before = p->stat;
		if (p->task >= 0)
			close(p->task);
		p->task = -1;
		read_parts(p, parts, &text);
		r = read_stat(p, &text);
		if (r < 0) {
			p->stat = before;
			p->vanished = true;
			break;
		}
		if (p->stat.start != before.start)
			return err_set(e, ERR_CHANGED, 0, "'/proc/%s' became "
			    "another process while it was read", name);
		/* execve in between: what was read is of two programs */
		if ((p->stat.code == before.code &&
			p->stat.stack == before.stack) ||
		    p->stat.state == 'Z' || tries == EXEC_TRIES)
			break;
	}
	p->stat.comm = p->name.s;
	p->stat.comm_n = p->name.n;
	p->start_time = fs->boot +
	    (int64_t)(p->stat.start / (uint64_t)fs->ticks) * 1000000000 +
	    (int64_t)(p->stat.start % (uint64_t)fs->ticks) *
		(1000000000 / fs->ticks);
	p->cpu_ms = (int64_t)((p->stat.utime + p->stat.stime) * 1000 /
	    (uint64_t)fs->ticks);
	p->rss = p->stat.rss * fs->page;
	return 0;
}

/* ---- descriptors and mappings ---- */

static bool
is_text(const char *p, size_t n, const char *text)
{
	return n == strlen(text) && memcmp(p, text, n) == 0;
}

static bool
begins(const char *p, size_t n, const char *text)
{
	size_t k = strlen(text);

	return n >= k && memcmp(p, text, k) == 0;
}

/* "/proc/N/mem" or "/proc/N/task/M/mem" of another than pid. */
static bool
is_memory_of_other(const char *p, size_t n, int64_t pid)
{
	int64_t v = 0;
	size_t i;

	if (!begins(p, n, "/proc/") || n < 11 ||
	    memcmp(p + n - 4, "/mem", 4) != 0)
		return false;
	for (i = 6; i < n && p[i] >= '0' && p[i] <= '9' && v < PROC_PIDS_MAX;
	     i++)
		v = v * 10 + (p[i] - '0');
	return i > 6 && p[i] == '/' && v != pid;
}

/* What the link of a descriptor says; false: nothing of note. */
static bool
note_fd(struct proc_fd *f, const char *link, size_t n, int64_t pid)
{
	f->path = link;
	f->path_n = n;
	if (procfmt_socket_link(link, n, &f->inode) == 0) {
		f->type = FD_SOCKET;
		return true;
	}
	if (link[0] != '/') {
		if (begins(link, n, "anon_inode:bpf"))
			f->type = FD_BPF;
		else if (begins(link, n, "anon_inode:[perf_event]"))
			f->type = FD_PERF;
		else
			return false;
		return true;
	}
	if (n > GONE && memcmp(link + n - GONE, gone, GONE) == 0) {
		f->type = begins(link, n, "/memfd:") ? FD_MEMFD : FD_DELETED;
		f->path_n = n - GONE;
		return true;
	}
	if (is_text(link, n, "/dev/mem") || is_text(link, n, "/dev/kmem") ||
	    is_text(link, n, "/dev/port") || is_text(link, n, "/proc/kcore"))
		f->type = FD_MEMORY;
	else if (is_memory_of_other(link, n, pid))
		f->type = FD_PROCESS;
	else if (begins(link, n, "/dev/"))
		f->type = FD_DISK; /* if it is a block device */
	else
		return false;
	return true;
}

/* "flags: 0100002" of fdinfo, octal; of BPF also "prog_id: 7". */
static void
fd_info(struct proc *p, const char *fd, struct proc_fd *f)
{
	static const char *const kinds[] = {"prog", "map", "link"};
	struct str s cleanup_str = STR_INIT;
	char name[300], *at;
	size_t i;

	snprintf(name, sizeof(name), "fdinfo/%s", fd);
	if (slurp(body(p), name, 4096, &s) < 0)
		return;
	if ((at = strstr(s.s, "flags:")))
		f->flags = strtoll(at + 6, NULL, 8);
	for (i = 0; f->type == FD_BPF && i < COUNT(kinds); i++) {
		snprintf(name, sizeof(name), "\n%s_id:", kinds[i]);
		if (!(at = strstr(s.s, name)))
			continue;
		f->bpf = (uint32_t)strtoul(at + strlen(name), NULL, 10);
		f->bpf_kind = kinds[i];
		/* a link names its program as well: the link is what it is */
		if (strcmp(kinds[i], "prog") != 0)
			break;
	}
}

/* Look behind a descriptor that its link makes interesting. */
static bool
behind_fd(struct proc *p, int dir, const char *name, struct proc_fd *f)
{
	struct statx sx;

	if (f->type == FD_SOCKET)
		return true;
	if (look(dir, name, 0, &sx) == 0) {
		f->inode = sx.stx_ino;
		if (f->type == FD_DISK && !S_ISBLK(sx.stx_mode))
			return false;
		if (f->type == FD_DELETED &&
		    (!S_ISREG(sx.stx_mode) || sx.stx_nlink > 0))
			return false;
		if (S_ISREG(sx.stx_mode))
			f->size = (int64_t)sx.stx_size;
	} else if (f->type == FD_DISK || f->type == FD_DELETED) {
		return false;
	}
	fd_info(p, name, f);
	return true;
}

int
proc_fds(struct proc *p, proc_fd_fn *fn, void *arg, struct err *e)
{
	static char entries[DIRENTS]
	    __attribute__((aligned(__alignof__(struct dirent64))));
	struct str link cleanup_str = STR_INIT;
	int fd cleanup_fd = -1;
	const struct dirent64 *ent;
	size_t count = 0;
	ssize_t k, have, at;

	if (p->kernel || (p->stat.state == 'Z' && p->task < 0))
		return 0;
	fd = openat(body(p), "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && ended(errno)) {
		p->vanished = true;
		return 0;
	}
	if (fd < 0) {
		if (refused(errno)) {
			p->denied |= PROC_FD;
			return 0;
		}
		return err_sys(e, errno, "cannot open '/proc/%lld/fd'",
		    (long long)p->pid);
	}
	str_grow(&link, LINK_MAX_BYTES);
	/* the kernel ends a piece where there is no room, or no descriptor */
	do {
		have = getdents64(fd, entries, sizeof(entries));
		for (at = 0; at < have; at += ent->d_reclen) {
			struct proc_fd f = {.size = -1, .flags = -1};

			ent = (const void *)(entries + at);
			if (ent->d_name[0] < '0' || ent->d_name[0] > '9')
				continue;
			if (++count > PROC_FDS_MAX)
				return err_set(e, ERR_LIMIT, 0, "process %lld "
				    "has more than %d descriptors "
				    "(PROC_FDS_MAX)", (long long)p->pid,
				    PROC_FDS_MAX);
			k = readlinkat(fd, ent->d_name, link.s,
			    LINK_MAX_BYTES);
			if (k < 0) {
				if (refused(errno))
					p->denied |= PROC_FD;
				continue; /* closed meanwhile */
			}
			f.fd = (uint32_t)strtoul(ent->d_name, NULL, 10);
			if (k && note_fd(&f, link.s, (size_t)k, p->pid) &&
			    behind_fd(p, fd, ent->d_name, &f))
				fn(arg, &f);
		}
	} while (have > (ssize_t)(sizeof(entries) - DIRENT_MAX));
	if (have < 0 && !ended(errno))
		return err_sys(e, errno, "cannot read '/proc/%lld/fd'",
		    (long long)p->pid);
	return 0;
}

struct maps {
	proc_map_fn *fn;
	void *arg;
	uint64_t bad;
	bool all; /* not only those that can be executed */
};

static bool
map_line(void *arg, const char *p, size_t n)
{
	struct maps *x = arg;
	struct proc_map m;

	if (procfmt_map(p, n, &m))
		x->bad++;
	else if (m.exec || x->all)
		x->fn(x->arg, &m);
	return true;
}

static int
each_map(struct proc *p, bool all, proc_map_fn *fn, void *arg, struct err *e)
{
	struct maps x = {.fn = fn, .arg = arg, .all = all};
	int r;

	if (p->kernel || (p->stat.state == 'Z' && p->task < 0))
		return 0;
	r = each_line(body(p), "maps", map_line, &x);
	if (r < 0 && (ended(-r) || refused(-r))) {
		part(p, PROC_MAPS, r == -ENOENT ? -ESRCH : r);
		return 0;
	}
	if (r < 0)
		return err_sys(e, -r, "cannot read '/proc/%lld/maps'",
		    (long long)p->pid);
	if (x.bad)
		return err_set(e, ERR_CORRUPT, 0, "%llu lines of "
		    "'/proc/%lld/maps' make no sense",
		    (unsigned long long)x.bad, (long long)p->pid);
	return 0;
}

int
proc_maps(struct proc *p, proc_map_fn *fn, void *arg, struct err *e)
{
	return each_map(p, false, fn, arg, e);
}

int
proc_regions(struct proc *p, proc_map_fn *fn, void *arg, struct err *e)
{
	return each_map(p, true, fn, arg, e);
}

/* ---- memory ---- */

int
proc_memory_open(struct proc *p, struct proc_memory *m, struct err *e)
{
	m->pages = -1;
	m->dir = body(p);
	m->mem = openat(m->dir, "mem", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (m->mem >= 0)
		m->pages = openat(m->dir, "pagemap",
		    O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (m->pages < 0) {
		err_sys(e, ended(errno) ? ESRCH : errno,
		    "cannot open the memory of process %lld",
		    (long long)p->pid);
		proc_memory_close(m);
		return -1;
	}
	return 0;
}

void
proc_memory_close(struct proc_memory *m)
{
	if (m->mem >= 0)
		close(m->mem);
	if (m->pages >= 0)
		close(m->pages);
	m->mem = m->pages = -1;
}

/* Documentation/admin-guide/mm/pagemap.rst: 64 bits a page; 63: in memory, 62:
 * swapped, 61: of a file or shared. */
ssize_t
proc_memory_pages(const struct proc_memory *m, uint64_t start,
    unsigned char *out, size_t n)
{
	uint64_t v[512], page = (uint64_t)getauxval(AT_PAGESZ);
	size_t i, done = 0, k;
	ssize_t got;

	while (done < n) {
		k = n - done < COUNT(v) ? n - done : COUNT(v);
		got = pread(m->pages, v, k * sizeof(*v),
		    (off_t)((start / page + done) * sizeof(*v)));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < (ssize_t)sizeof(*v))
			return done ? (ssize_t)done : got < 0 ? -1 : 0;
		k = (size_t)got / sizeof(*v);
		for (i = 0; i < k; i++)
			out[done++] = (unsigned char)(
			    (v[i] >> 63 & 1 ? PAGE_THERE : 0) |
			    (v[i] >> 61 & 1 ? PAGE_OF_FILE : 0));
	}
	return (ssize_t)done;
}

ssize_t
proc_memory_read(const struct proc_memory *m, uint64_t at, void *p, size_t n)
{
	ssize_t k;

	do
		k = pread(m->mem, p, n, (off_t)at);
	while (k < 0 && errno == EINTR);
	return k;
}

int64_t
proc_memory_rss(const struct proc_fs *fs, const struct proc_memory *m)
{
	struct str s cleanup_str = STR_INIT;
	const char *p;

	if (slurp(m->dir, "statm", 256, &s) < 0 || !(p = strchr(s.s, ' ')))
		return -1;
	return strtoll(p, NULL, 10) * fs->page;
}

int64_t
proc_page(const struct proc_fs *fs)
{
	return fs->page;
}

int64_t
proc_parent(struct proc_fs *fs, int64_t pid)
{
	struct str s cleanup_str = STR_INIT;
	struct proc_stat st;
	char name[32];

	snprintf(name, sizeof(name), "%lld/stat", (long long)pid);
	if (slurp(fs->fd, name, PROC_FILE_MAX, &s) < 0 ||
	    procfmt_stat(s.s, s.n, &st))
		return 0;
	return st.ppid;
}

bool
proc_is_ours(const struct proc_fs *fs, const struct proc *p)
{
	struct str ours cleanup_str = STR_INIT;
	const char *a, *b;
	size_t n;

	if (target(fs->fd, "self/exe", &ours) || !p->exe.n)
		return false;
	a = strrchr(ours.s, '/');
	b = strrchr(p->exe.s, '/');
	if (!a || !b)
		return false;
	n = (size_t)(a - ours.s);
	return n == (size_t)(b - p->exe.s) &&
	    memcmp(ours.s, p->exe.s, n) == 0 && proc_on_host(fs, p) &&
	    (strncmp(b, "/case-", 6) == 0 || strncmp(b, "/scan-", 6) == 0 ||
		strncmp(b, "/collect-", 9) == 0 || strcmp(b, "/salvor") == 0);
}

bool
proc_scope(const struct proc_fs *fs, const struct proc *p,
    struct cgroup_container *c, struct str *scope)
{
	str_sets(scope, "host");
	if (!cgroup_container(p->cgroup.s, p->cgroup.n, c))
		return false;
	if (proc_on_host(fs, p))
		return true;
	str_sets(scope, "container:");
	str_adds(scope, c->engine);
	str_addc(scope, '/');
	if (c->ns) {
		str_add(scope, c->ns, c->ns_n);
		str_addc(scope, '/');
	}
	str_add(scope, c->id, c->id_n);
	return true;
}

int
proc_image(struct proc *p, struct err *e)
{
	struct stat st;
	int fd cleanup_fd = openat(body(p), "exe",
	    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOATIME);

	if (fd < 0 && errno == EPERM)
		fd = openat(body(p), "exe",
		    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st))
		return err_sys(e, ended(errno) ? ESRCH : errno,
		    "cannot open '/proc/%lld/exe'", (long long)p->pid);
	if (!S_ISREG(st.st_mode) || st.st_ino != p->exe_ino)
		return err_set(e, ERR_CHANGED, 0, "'/proc/%lld/exe' is another "
		    "file than before", (long long)p->pid);
	return steal_fd(&fd);
}

/* ---- tables of sockets ---- */

struct table {
	enum proc_table t;
	proc_socket_fn *fn;
	void *arg;
	bool heading; /* seen */
	uint64_t bad;
	/* unix: held back, since its name may go on in the next line */
	struct proc_socket held;
	bool holding;
	char name[SUN_PATH + 8];
	size_t name_n;
};

static void
let_go(struct table *t)
{
	if (!t->holding)
		return;
	t->holding = false;
	if (t->held.path)
		t->held.path = t->name;
	t->held.path_n = t->name_n;
	t->fn(t->arg, &t->held);
}

static bool
table_line(void *arg, const char *p, size_t n)
{
	struct table *t = arg;
	struct proc_socket s;

	if (!t->heading) {
		t->heading = true;
		return true;
	}
	if (procfmt_socket(t->t, p, n, &s) ||
	    s.path_n > sizeof(t->name)) {
		if (t->holding && t->held.path &&
		    t->name_n + 1 + n <= sizeof(t->name)) {
			t->name[t->name_n++] = '\n';
			memcpy(t->name + t->name_n, p, n);
			t->name_n += n;
		} else {
			t->bad++;
		}
		return true;
	}
	if (t->t != PROC_UNIX) {
		t->fn(t->arg, &s);
		return true;
	}
	let_go(t);
	t->held = s;
	t->holding = true;
	t->name_n = s.path_n;
	if (s.path_n)
		memcpy(t->name, s.path, s.path_n);
	return true;
}

int
proc_net(struct proc_fs *fs, int64_t pid, uint64_t netns, enum proc_table t,
    proc_socket_fn *fn, void *arg, struct err *e)
{
	struct table table = {.t = t, .fn = fn, .arg = arg};
	int dir cleanup_fd = -1;
	char name[32];
	uint64_t now;
	int r;

	snprintf(name, sizeof(name), "%lld", (long long)pid);
	dir = openat(fs->fd, name,
	    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return err_sys(e, errno, "cannot open '/proc/%s'", name);
	if (netns) {
		r = namespace(dir, "ns/net", &now);
		if (r || now != netns)
			return err_set(e, ERR_CHANGED, 0, "process %s left the "
			    "network namespace %llu", name,
			    (unsigned long long)netns);
	}
	snprintf(name, sizeof(name), "net/%s", proc_table_name[t]);
	r = each_line(dir, name, table_line, &table);
	let_go(&table);
	if (r < 0)
		return err_sys(e, -r, "cannot read '/proc/%lld/%s'",
		    (long long)pid, name);
	if (table.bad)
		return err_set(e, ERR_CORRUPT, 0, "%llu lines of "
		    "'/proc/%lld/%s' make no sense",
		    (unsigned long long)table.bad, (long long)pid, name);
	return 0;
}

uint64_t
proc_netns_number(struct proc_fs *fs, int64_t pid)
{
	char name[40];
	uint64_t inode;

	snprintf(name, sizeof(name), "%lld/ns/net", (long long)pid);
	return namespace(fs->fd, name, &inode) ? 0 : inode;
}

int
proc_netns(struct proc_fs *fs, int64_t pid)
{
	char name[40];

	snprintf(name, sizeof(name), "%lld/ns/net", (long long)pid);
	return openat(fs->fd, name, O_RDONLY | O_CLOEXEC);
}

bool
proc_in_netns(struct proc_fs *fs, int64_t pid, uint64_t netns)
{
	char name[40];
	uint64_t now;

	snprintf(name, sizeof(name), "%lld/ns/net", (long long)pid);
	return namespace(fs->fd, name, &now) == 0 && now == netns;
}

void
proc_split(const struct str *raw, bool empty, struct strlist *out)
{
	size_t from, n, end = raw->n;
	const char *nul;

	strlist_clear(out);
	/* one empty argument at the end can be meant: "x\0\0"; more are the
	 * tail of a title that was rewritten */
	if (end > 2 && !raw->s[end - 1] && !raw->s[end - 2] && !raw->s[end - 3])
		while (end > 1 && !raw->s[end - 2])
			end--;
	for (from = 0; from < end; from += n + 1) {
		nul = memchr(raw->s + from, '\0', end - from);
		n = nul ? (size_t)(nul - raw->s) - from : end - from;
		if (n || empty)
			strlist_add(out, raw->s + from, n);
	}
}
