#include "proc.h"

#include "civil.h"
#include "limits.h"

#include <errno.h>
#include <linux/magic.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#define LINK_MAX_BYTES 4096 /* the kernel's own limit for these links */
#define TABLE_BUFFER (64 * 1024)
#define SUN_PATH 108 /* longest name of a unix socket */
#define EXEC_TRIES 3

static const char gone[] = " (deleted)";
#define GONE (sizeof(gone) - 1)

struct proc_fs {
	int fd; /* /proc, O_PATH */
	dev_t dev;
	int64_t self;
	uint64_t mntns, first_mntns, netns;
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
 * only: a file system that hangs must not hang us.
 */
static int
look(int dir, const char *name, int flags, struct statx *sx)
{
	return statx(dir, name, flags | AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT,
	    STATX_TYPE | STATX_INO | STATX_NLINK, sx);
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
	size_t i;

	if (target(fs->fd, "self", &s) == 0) {
		for (i = 0; i < s.n && s.s[i] >= '0' && s.s[i] <= '9'; i++)
			v = v * 10 + (uint64_t)(s.s[i] - '0');
		if (s.n && i == s.n && v <= PROC_PIDS_MAX)
			fs->self = (int64_t)v;
	}
	namespace(fs->fd, "self/ns/mnt", &fs->mntns);
	namespace(fs->fd, "1/ns/mnt", &fs->first_mntns);
	namespace(fs->fd, "self/ns/net", &fs->netns);
	if (look(fs->fd, "self/exe", 0, &sx) == 0) {
		fs->exe_ino = sx.stx_ino;
		fs->exe_dev = ((uint64_t)sx.stx_dev_major << 32) |
		    sx.stx_dev_minor;
	}
}

struct proc_fs *
proc_open(struct err *e)
{
	struct proc_fs *fs;
	struct timespec now, boot;
	struct statfs sf;
	struct stat st;
	int fd cleanup_fd = -1;

	fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) {
		err_sys(e, errno, "cannot open '/proc'");
		return NULL;
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

void
proc_free(struct proc_fs *fs)
{
	if (!fs)
		return;
	close(fs->fd);
	free(fs->covered);
	free(fs);
}

int64_t
proc_self(const struct proc_fs *fs)
{
	return fs->self;
}

uint64_t
proc_self_netns(const struct proc_fs *fs)
{
	return fs->netns;
}

bool
proc_on_host(const struct proc_fs *fs, const struct proc *p)
{
	return p->mntns &&
	    (p->mntns == fs->mntns || p->mntns == fs->first_mntns);
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
	bool hidepid; /* of the last mount on /proc */
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
		err_set(&x, ERR_DENIED, 0, "'/proc' is mounted with hidepid: "
		    "processes of others are not seen");
		bad(arg, "/proc", &x);
	}
	return 0;
}

/* ---- the list ---- */

int
proc_list(struct proc_fs *fs, uint32_t **pids, size_t *n, struct err *e)
{
	DIR *d cleanup_dir = NULL;
	uint32_t *v = NULL;
	size_t count = 0, cap = 0, i;
	struct dirent *ent;
	int fd cleanup_fd = -1;
	uint64_t pid;

	fd = openat(fs->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
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
		if (fs->covered_n &&
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

/* ---- one process ---- */

void
proc_init(struct proc *p)
{
	memset(p, 0, sizeof(*p));
	p->dir = p->task = -1;
	str_init(&p->name);
	str_init(&p->cmdline);
	str_init(&p->environ);
	str_init(&p->exe);
	str_init(&p->cwd);
	str_init(&p->root);
	str_init(&p->cgroup);
}

static void
close_dirs(struct proc *p)
{
	if (p->task >= 0)
		close(p->task);
	if (p->dir >= 0)
		close(p->dir);
	p->dir = p->task = -1;
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

/*
 * Is the name a path to the very file, seen from the root of the process? The
 * kernel's paths have neither links nor "..". What lies below another root
 * (a chroot) carries that root in front, as the link "root" does.
 */
static bool
named(const struct proc *p, const struct statx *file)
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
			return false;
		s += p->root.n;
	}
	at = openat(body(p), "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	while (at >= 0 && *s == '/') {
		end = strchrnul(s + 1, '/');
		if (end - s - 1 < 1 || end - s - 1 >= (ptrdiff_t)sizeof(part_name))
			return false;
		memcpy(part_name, s + 1, (size_t)(end - s - 1));
		part_name[end - s - 1] = '\0';
		if (strcmp(part_name, "..") == 0 || strcmp(part_name, ".") == 0)
			return false;
		if (!*end)
			return look(at, part_name, AT_SYMLINK_NOFOLLOW, &sx) ==
			    0 && same_file(&sx, file);
		next = openat(at, part_name,
		    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(at);
		at = next;
		s = end;
	}
	return false;
}

/* exe as the kernel writes it: is " (deleted)" its word, or the name's? */
static void
judge_exe(struct proc *p, bool careful)
{
	struct statx file, top;
	bool known;

	p->deleted = p->memfd = false;
	if (p->exe.n <= GONE ||
	    memcmp(p->exe.s + p->exe.n - GONE, gone, GONE) != 0)
		return;
	known = !careful && look(body(p), "exe", 0, &file) == 0;
	if (known && file.stx_nlink > 0 && named(p, &file))
		return;
	str_cut(&p->exe, p->exe.n - GONE);
	p->deleted = true;
	/* "/memfd:x" can be a file in "/", but then on that file system */
	p->memfd = p->exe.n >= 7 && memcmp(p->exe.s, "/memfd:", 7) == 0 &&
	    !(known && file.stx_nlink == 0 &&
		look(body(p), "root", 0, &top) == 0 &&
		top.stx_dev_major == file.stx_dev_major &&
		top.stx_dev_minor == file.stx_dev_minor);
}

static int
read_stat(struct proc *p, struct str *text)
{
	int r = slurp(p->dir, "stat", PROC_FILE_MAX, text);

	if (r < 0)
		return r;
	return procfmt_stat(text->s, text->n, &p->stat) ? -EBADMSG : 0;
}

static void
read_ns(struct proc *p)
{
	static const struct {
		const char *name;
		size_t at;
	} v[] = {
		{"ns/net", offsetof(struct proc, netns)},
		{"ns/mnt", offsetof(struct proc, mntns)},
		{"ns/pid", offsetof(struct proc, pidns)},
		{"ns/user", offsetof(struct proc, userns)},
	};
	size_t i;

	for (i = 0; i < COUNT(v); i++)
		part(p, PROC_NS, namespace(body(p), v[i].name,
		    (uint64_t *)(void *)((char *)p + v[i].at)));
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
	p->netns = p->mntns = p->pidns = p->userns = 0;
	p->kernel = p->stat.flags & PROC_PF_KTHREAD;
	str_set(&p->name, p->stat.comm, p->stat.comm_n);
	p->stat.comm = p->name.s;
	str_clear(&p->cmdline);
	str_clear(&p->environ);
	str_clear(&p->exe);
	str_clear(&p->cwd);
	str_clear(&p->root);
	str_clear(&p->cgroup);
	find_thread(p);
	procfmt_status("", 0, &p->status);
	if (parts & PROC_STATUS) {
		r = slurp(p->dir, "status", PROC_FILE_MAX, text);
		part(p, PROC_STATUS, r);
		if (r >= 0)
			procfmt_status(text->s, text->n, &p->status);
	}
	p->loginuid = -1;
	if (parts & PROC_LOGINUID)
		read_loginuid(p);
	if (parts & PROC_CGROUP)
		part(p, PROC_CGROUP,
		    slurp(p->dir, "cgroup", PROC_FILE_MAX, &p->cgroup));
	if (parts & PROC_NS)
		read_ns(p);
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
	char name[24];
	struct stat st;
	int r, tries;

	close_dirs(p);
	p->pid = pid;
	snprintf(name, sizeof(name), "%lld", (long long)pid);
	p->dir = openat(fs->fd, name,
	    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (p->dir < 0 || fstat(p->dir, &st))
		return err_sys(e, errno, "cannot open '/proc/%s'", name);
	if (st.st_dev != fs->dev)
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

int
proc_sockets(struct proc *p, proc_fd_fn *fn, void *arg, struct err *e)
{
	DIR *d cleanup_dir = NULL;
	int fd cleanup_fd = -1;
	struct dirent *ent;
	char buf[64], *end;
	size_t count = 0;
	uint64_t inode;
	unsigned long n;
	ssize_t k;

	if (p->kernel || (p->stat.state == 'Z' && p->task < 0))
		return 0;
	fd = openat(body(p), "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && ended(errno)) {
		p->vanished = true;
		return 0;
	}
	if (fd < 0 || !(d = fdopendir(fd))) {
		if (refused(errno)) {
			p->denied |= PROC_FD;
			return 0;
		}
		return err_sys(e, errno, "cannot open '/proc/%lld/fd'",
		    (long long)p->pid);
	}
	steal_fd(&fd);
	while (errno = 0, (ent = readdir(d)) != NULL) {
		if (ent->d_name[0] < '0' || ent->d_name[0] > '9')
			continue;
		if (++count > PROC_FDS_MAX)
			return err_set(e, ERR_LIMIT, 0, "process %lld has more "
			    "than %d descriptors (PROC_FDS_MAX)",
			    (long long)p->pid, PROC_FDS_MAX);
		k = readlinkat(dirfd(d), ent->d_name, buf, sizeof(buf));
		if (k < 0) {
			if (refused(errno))
				p->denied |= PROC_FD;
			continue; /* closed meanwhile */
		}
		if (procfmt_socket_link(buf, (size_t)k, &inode))
			continue;
		n = strtoul(ent->d_name, &end, 10);
		fn(arg, (uint32_t)n, inode);
	}
	if (errno && !ended(errno))
		return err_sys(e, errno, "cannot read '/proc/%lld/fd'",
		    (long long)p->pid);
	return 0;
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
