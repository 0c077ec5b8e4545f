/*
 * test-lock - what a locked program and a locked worker can still do
 *
 * Each attempt runs in a child of its own, which locks itself and tries. The
 * child's exit status is the errno of the call, or 100 where it succeeded; a
 * signal is 200 and its number.
 */

#include "err.h"
#include "limits.h"
#include "lock.h"
#include "root.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "tap.h"

#define SUCCEEDED 100
#define SIGNALLED 200
#define KILLED (SIGNALLED + SIGSYS)
#ifdef SALVOR_SAN
#define RELAXED true /* the filter only kills; Landlock and limits hold */
#else
#define RELAXED false
#endif

static char dir[4096]; /* with file, in a folder beside outside */
static char outside[4096];
static int result_fd = -1; /* refusals of the last attempt come back here */
static uint64_t refused;

enum how {
	PROGRAM,  /* reads beneath dir */
	WORKER,	  /* the same, and then a worker of it */
	WRITER,	  /* also writes beneath dir */
	PROC,	  /* no Landlock */
	NO_FORK,  /* as PROGRAM, but makes no workers */
};

static void
lock(enum how how)
{
	struct lock l = {.keep = LOCK_DAC_READ_SEARCH};
	struct err e;
	int fd = open(dir, O_PATH | O_CLOEXEC);

	l.read_fds = &fd;
	l.read_n = 1;
	l.fork = how != NO_FORK;
	l.no_landlock = how == PROC;
	if (how == WRITER) {
		l.write_fds = &fd;
		l.write_n = 1;
		l.write_ok = true;
	}
	if (lock_down(&l, &e))
		die("%s", e.msg);
	if (how == WORKER && lock_worker(&e))
		die("%s", e.msg);
}

/* What became of it in a child. */
static int
attempt(enum how how, int (*fn)(void))
{
	uint64_t n = 0;
	int p[2], status;
	pid_t pid;

	if (pipe2(p, O_CLOEXEC))
		die("pipe: %s", strerror(errno));
	pid = fork();
	if (pid == 0) {
		result_fd = p[1];
		lock(how);
		errno = 0;
		status = fn() >= 0 ? SUCCEEDED : errno;
		n = lock_refused();
		if (write(result_fd, &n, sizeof(n)) != sizeof(n))
			_exit(99);
		_exit(status);
	}
	close(p[1]);
	refused = 0;
	if (read(p[0], &refused, sizeof(refused)) < 0)
		refused = 0;
	close(p[0]);
	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		return SIGNALLED + WTERMSIG(status);
	return WEXITSTATUS(status);
}

static void
make_path(char *out, size_t n, const char *top, const char *name)
{
	if (snprintf(out, n, "%s/%s", top, name) >= (int)n)
		die("a path is too long");
}

/* The path of a file in dir, until the next call. */
static const char *
in_dir(const char *name)
{
	static char path[8192];

	make_path(path, sizeof(path), dir, name);
	return path;
}

/* ---- attempts ------------------------------------------------------------ */

static int
file_open(const char *top, const char *name, int flags)
{
	char path[8192];

	make_path(path, sizeof(path), top, name);
	return open(path, flags | O_CLOEXEC, 0600);
}

static int
read_inside(void)
{
	return file_open(dir, "file", O_RDONLY);
}

static int
list_inside(void)
{
	return file_open(dir, ".", O_RDONLY | O_DIRECTORY);
}

static int
read_outside(void)
{
	return open(outside, O_RDONLY);
}

static int
path_outside(void)
{
	return open(outside, O_PATH);
}

static int
open_rdwr(void)
{
	return file_open(dir, "file", O_RDWR);
}

static int
open_wronly(void)
{
	return file_open(dir, "file", O_WRONLY);
}

static int
open_append(void)
{
	return file_open(dir, "file", O_WRONLY | O_APPEND);
}

static int
open_trunc(void)
{
	return file_open(dir, "file", O_RDONLY | O_TRUNC);
}

static int
open_creat(void)
{
	return file_open(dir, "new", O_RDONLY | O_CREAT);
}

static int
open_tmp(void)
{
	return file_open(dir, ".", O_RDWR | O_TMPFILE);
}

static int
write_outside(void)
{
	return open(outside, O_WRONLY);
}

static int
openat2_how(const char *name, uint64_t flags)
{
	struct { uint64_t flags, mode, resolve; } how = {flags, 0, 0};
	char path[8192];

	if (flags & O_CREAT)
		how.mode = 0600;
	make_path(path, sizeof(path), dir, name);
	return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

static int
openat2_read(void)
{
	return openat2_how("file", O_RDONLY);
}

static int
openat2_rdwr(void)
{
	return openat2_how("file", O_RDWR);
}

static int
openat2_creat(void)
{
	return openat2_how("new2", O_RDWR | O_CREAT);
}

static int
openat2_trunc(void)
{
	return openat2_how("file", O_RDONLY | O_TRUNC);
}

static int
do_creat(void)
{
	return creat(in_dir("c"), 0600);
}

static int
do_unlink(void)
{
	return unlink(in_dir("victim"));
}

static int
do_mkdir(void)
{
	return mkdir(in_dir("m"), 0700);
}

static int
do_symlink(void)
{
	return symlink("x", in_dir("s"));
}

static int
do_link(void)
{
	char p[8192];

	make_path(p, sizeof(p), dir, "l");
	return link(in_dir("file"), p);
}

static int
do_rename(void)
{
	char p[8192];

	make_path(p, sizeof(p), dir, "r");
	return rename(in_dir("file"), p);
}

static int
do_chmod(void)
{
	return chmod(in_dir("file"), 0777);
}

static int
do_chown(void)
{
	return chown(in_dir("file"), 1, 1);
}

static int
do_truncate(void)
{
	return truncate(in_dir("file"), 0);
}

static int
do_utimes(void)
{
	return utimensat(AT_FDCWD, in_dir("file"), NULL, 0);
}

static int
do_setxattr(void)
{
	return setxattr(in_dir("file"), "user.x", "1", 1, 0);
}

static int
do_mknod(void)
{
	return mknod(in_dir("n"), S_IFIFO | 0600, 0);
}

static int
do_memfd(void)
{
	return (int)syscall(SYS_memfd_create, "x", 0);
}

static int
do_execve(void)
{
	char *argv[] = {NULL};

	return execve("/bin/true", argv, argv);
}

static int
do_execveat(void)
{
	char *argv[] = {NULL};

	return (int)syscall(SYS_execveat, AT_FDCWD, "/bin/true", argv, argv, 0);
}

static int
do_inet(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int
do_unix(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static int
do_netlink(void)
{
	return socket(AF_NETLINK, SOCK_RAW, 0);
}

static int
do_pair(void)
{
	int v[2];

	return socketpair(AF_UNIX, SOCK_STREAM, 0, v);
}

static int
do_connect(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	return connect(0, (struct sockaddr *)&a, sizeof(a));
}

static int
do_traceme(void)
{
	return (int)ptrace(PTRACE_TRACEME, 0, 0, 0);
}

static int
do_attach(void)
{
	return (int)ptrace(PTRACE_ATTACH, getppid(), 0, 0);
}

static int
do_vm_read(void)
{
	return (int)syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL,
	    0, 0);
}

static int
do_vm_write(void)
{
	return (int)syscall(SYS_process_vm_writev, getppid(), NULL, 0, NULL,
	    0, 0);
}

static int
do_bpf(void)
{
	return (int)syscall(SYS_bpf, 0, NULL, 0);
}

static int
do_uring(void)
{
	return (int)syscall(SYS_io_uring_setup, 1, NULL);
}

static int
do_handle(void)
{
	return (int)syscall(SYS_open_by_handle_at, 3, NULL, O_RDONLY);
}

static int
do_mount(void)
{
	return mount("none", dir, "tmpfs", 0, "");
}

static int
do_chroot(void)
{
	return chroot(dir);
}

static int
do_unshare(void)
{
	return unshare(CLONE_NEWUSER);
}

static int
do_setns(void)
{
	return setns(3, 0);
}

static int
do_setuid(void)
{
	return (int)syscall(SYS_setuid, 0);
}

static int
do_reboot(void)
{
	return (int)syscall(SYS_reboot, 0, 0, 0, 0);
}

static int
do_module(void)
{
	return (int)syscall(SYS_init_module, NULL, 0, "");
}

static int
do_keyctl(void)
{
	return (int)syscall(SYS_keyctl, 0, 0, 0, 0, 0);
}

static int
do_io_ctl(void)
{
	return (int)syscall(SYS_ioctl, 0, 0x5412 /* TIOCSTI */, "x");
}

static int
do_sethostname(void)
{
	return sethostname("x", 1);
}

static int
do_settime(void)
{
	struct timespec t = {0, 0};

	return clock_settime(CLOCK_REALTIME, &t);
}

static int
do_priority(void)
{
	return setpriority(PRIO_PROCESS, 0, -5);
}

static int
do_others_limits(void)
{
	struct rlimit l;

	return prlimit(getppid(), RLIMIT_NOFILE, NULL, &l);
}

static int
do_dumpable(void)
{
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static int
do_chdir(void)
{
	return chdir("/");
}

static int
do_kill_parent(void)
{
	return kill(getppid(), 0);
}

static int
do_kill_self(void)
{
	return kill(getpid(), 0);
}

static int
do_exec_map(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? -1 : 0;
}

static int
do_exec_protect(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? -1 : mprotect(p, 4096, PROT_EXEC);
}

static int
do_fork(void)
{
	pid_t p = fork();

	if (p == 0)
		_exit(0);
	if (p > 0)
		waitpid(p, NULL, 0);
	return p;
}

static int
do_new_namespace(void)
{
	long p = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL,
	    NULL);

	if (p == 0)
		_exit(0);
	return (int)p;
}

static int
do_grow(void) /* with a descriptor that was open before the lock */
{
	return ftruncate(result_fd, 0);
}

static int
do_memory(void)
{
	char *p = malloc((size_t)WORKER_MEMORY + 4096);

	if (!p)
		return -1;
	p[0] = 1;
	free(p);
	return 0;
}

static int
do_caps(void)
{
	struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct d[2];

	if (syscall(SYS_capget, &h, d))
		return -1;
	d[0].effective |= d[0].permitted |= 1U << CAP_SYS_ADMIN;
	return (int)syscall(SYS_capset, &h, d);
}

/* 0 if nothing but what was kept is in any set. */
static int
only_kept(void)
{
	struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct d[2];
	uint32_t mask = ~(1U << CAP_DAC_READ_SEARCH);
	int c;

	if (syscall(SYS_capget, &h, d))
		return -1;
	if ((d[0].effective | d[0].permitted) & mask || d[1].effective ||
	    d[1].permitted || d[0].inheritable || d[1].inheritable)
		return -1;
	for (c = 0; c <= CAP_LAST_CAP && geteuid() == 0; c++)
		if (c != CAP_DAC_READ_SEARCH &&
		    prctl(PR_CAPBSET_READ, c, 0, 0, 0) == 1)
			return -1;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : -1;
}

static int
core_limit(void)
{
	struct rlimit l;

	return getrlimit(RLIMIT_CORE, &l) || l.rlim_max ? -1 : 0;
}

static int
stays_alive(void)
{
	/* a stack of refusals: each returns, none kills */
	int i;

	for (i = 0; i < 1000; i++)
		if (chmod("/", 0755) == 0)
			return -1;
	return lock_refused() == 1000 && lock_refused_first() == SYS_chmod ? 0 :
	    -1;
}

/* ---- table ------------------------------------------------------------- */

static const struct {
	const char *name;
	int (*fn)(void);
	bool dies; /* else it returns EACCES */
} refusals[] = {
	{"open to read and write", open_rdwr, false},
	{"open to write", open_wronly, false},
	{"open to append", open_append, false},
	{"open with O_TRUNC", open_trunc, false},
	{"open with O_CREAT", open_creat, false},
	{"O_TMPFILE", open_tmp, false},
	{"creat", do_creat, false},
	{"unlink", do_unlink, false},
	{"mkdir", do_mkdir, false},
	{"symlink", do_symlink, false},
	{"link", do_link, false},
	{"rename", do_rename, false},
	{"chmod", do_chmod, false},
	{"chown", do_chown, false},
	{"truncate", do_truncate, false},
	{"utimensat", do_utimes, false},
	{"setxattr", do_setxattr, false},
	{"mknod", do_mknod, false},
	{"memfd_create", do_memfd, false},
	{"ftruncate", do_grow, false},
	{"connect", do_connect, false},
	{"typing into a terminal", do_io_ctl, false},
	{"memory that can be run", do_exec_map, false},
	{"memory made to be run", do_exec_protect, false},
	{"sethostname", do_sethostname, false},
	{"clock_settime", do_settime, false},
	{"setpriority", do_priority, false},
	{"limits of others", do_others_limits, false},
	{"PR_SET_DUMPABLE", do_dumpable, false},
	{"chdir", do_chdir, false},
	{"a new user namespace", do_new_namespace, false},
	{"execve", do_execve, true},
	{"execveat", do_execveat, true},
	{"socket(AF_INET)", do_inet, true},
	{"socket(AF_UNIX)", do_unix, true},
	{"socket(AF_NETLINK)", do_netlink, true},
	{"socketpair", do_pair, true},
	{"PTRACE_TRACEME", do_traceme, true},
	{"PTRACE_ATTACH", do_attach, true},
	{"process_vm_readv", do_vm_read, true},
	{"process_vm_writev", do_vm_write, true},
	{"bpf", do_bpf, true},
	{"io_uring_setup", do_uring, true},
	{"open_by_handle_at", do_handle, true},
	{"mount", do_mount, true},
	{"chroot", do_chroot, true},
	{"unshare", do_unshare, true},
	{"setns", do_setns, true},
	{"setuid", do_setuid, true},
	{"capset", do_caps, true},
	{"reboot", do_reboot, true},
	{"init_module", do_module, true},
	{"keyctl", do_keyctl, true},
};

static void
refuse(enum how how, const char *who)
{
	size_t i;
	int k;

	for (i = 0; i < COUNT(refusals); i++) {
		if (RELAXED && (!refusals[i].dies ||
		    refusals[i].fn == do_traceme ||
		    refusals[i].fn == do_attach))
			continue;
		k = attempt(how, refusals[i].fn);
		if (refusals[i].dies)
			ok(k == KILLED, "%s: %s kills (%d)", who,
			    refusals[i].name, k);
		else
			ok(k == EACCES && refused >= 1,
			    "%s: %s is refused and counted (%d, %d)", who,
			    refusals[i].name, k, (int)refused);
	}
}

static bool
has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, 1) >= 3;
}

static void
untouched(void)
{
	static const char *const made[] = {"new", "new2", "c", "m", "s", "l",
	    "r", "n"};
	char path[8192];
	struct stat st;
	size_t i;
	int n = 0;

	for (i = 0; i < COUNT(made); i++) {
		make_path(path, sizeof(path), dir, made[i]);
		n += lstat(path, &st) == 0;
	}
	make_path(path, sizeof(path), dir, "file");
	ok(n == 0 && stat(path, &st) == 0 && st.st_size == 4 &&
	    (st.st_mode & 07777) == 0644 && st.st_mtim.tv_sec == 1000000,
	    "nothing was changed by all this");
}

static void
reading(void)
{
	int k;

	ok(attempt(PROGRAM, read_inside) == SUCCEEDED && !refused,
	    "a program reads beneath its root");
	ok(attempt(WORKER, read_inside) == SUCCEEDED && !refused,
	    "so does its worker");
	ok(attempt(WORKER, list_inside) == SUCCEEDED, "and lists");
	ok(attempt(PROC, read_outside) == SUCCEEDED,
	    "without Landlock it reads elsewhere");
	ok(attempt(PROC, openat2_read) == ENOSYS,
	    "but has no openat2, whose flags no filter sees");
	ok(attempt(PROC, open_rdwr) == (RELAXED ? SUCCEEDED : EACCES),
	    "and cannot write");
	ok(attempt(WORKER, path_outside) == SUCCEEDED,
	    "O_PATH elsewhere reads nothing");
	if (!has_landlock()) {
		printf("ok %d - Landlock # SKIP too old a kernel\n", ++tap_n);
		return;
	}
	ok(attempt(PROGRAM, read_outside) == EACCES && !refused,
	    "elsewhere Landlock refuses");
	if (root_openat2()) {
		ok(attempt(WORKER, openat2_read) == SUCCEEDED,
		    "openat2 reads");
		ok(attempt(WORKER, openat2_rdwr) == EACCES,
		    "and does not write");
		ok(attempt(WORKER, openat2_creat) == EACCES, "nor create");
		ok(attempt(WORKER, openat2_trunc) == EACCES, "nor truncate");
	}
	k = attempt(WRITER, write_outside);
	ok(k == EACCES, "a writer does not write elsewhere");
	ok(attempt(WRITER, read_outside) == EACCES, "nor read");
}

static void
entries(void)
{
	struct lock l = {.fork = true};
	struct str s cleanup_str = STR_INIT, want cleanup_str = STR_INIT;
	struct err e;
	int p[2], fd = open("/", O_PATH | O_CLOEXEC);
	char buf[1024];
	long abi;
	ssize_t n;
	pid_t pid;

	abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
	if (pipe2(p, O_CLOEXEC))
		die("pipe: %s", strerror(errno));
	pid = fork();
	if (pid == 0) {
		l.read_fds = &fd;
		l.read_n = 1;
		l.keep = LOCK_DAC_READ_SEARCH | LOCK_FOWNER |
		    LOCK_SYS_ADMIN | LOCK_SYS_PTRACE;
		if (lock_down(&l, &e))
			die("%s", e.msg);
		strlist_join(&l.capabilities, ",", &s);
		str_addc(&s, ' ');
		strlist_join(&l.sandbox, ",", &s);
		_exit(write(p[1], s.s, s.n) != (ssize_t)s.n);
	}
	close(p[1]);
	n = read(p[0], buf, sizeof(buf) - 1);
	buf[n < 0 ? 0 : n] = '\0';
	close(p[0]);
	close(fd);
	waitpid(pid, NULL, 0);
	printf("# %s\n", buf);
	if (geteuid() == 0)
		str_adds(&want, "cap_dac_read_search,cap_fowner,cap_sys_ptrace,"
		    "cap_sys_admin rlimit_core=0,bounding_set,");
	else
		str_adds(&want, " rlimit_core=0,");
	str_adds(&want, "no_new_privs,");
	if (abi > 0)
		str_addf(&want, "landlock=%ld,", abi);
	else
		str_addf(&want, "landlock=none: ");
	ok(strncmp(buf, want.s, want.n) == 0,
	    "what is in force is said");
	ok(strstr(buf, RELAXED ? "seccomp=relaxed: sanitizers" : "seccomp"),
	    "the filter as well");
}

int
main(void)
{
	struct timespec times[2] = {{1000000, 0}, {1000000, 0}};
	char top[4096], path[8192];
	const char *tmp = getenv("TMPDIR");
	int fd;

	snprintf(top, sizeof(top), "%s/salvor-test-lock.XXXXXX",
	    tmp ? tmp : "/tmp");
	if (!mkdtemp(top))
		die("mkdtemp: %s", strerror(errno));
	snprintf(dir, sizeof(dir), "%.4000s/in", top);
	snprintf(outside, sizeof(outside), "%.4000s/outside", top);
	mkdir(dir, 0755);
	make_path(path, sizeof(path), dir, "file");
	fd = open(path, O_WRONLY | O_CREAT, 0644);
	if (fd < 0 || write(fd, "abc\n", 4) != 4 || futimens(fd, times))
		die("cannot write '%s'", path);
	close(fd);
	close(open(outside, O_WRONLY | O_CREAT, 0644));

	ok(lock_refused() == 0 && lock_refused_first() == -1,
	    "nothing is refused before the lock");
	refuse(PROGRAM, "program");
	refuse(WORKER, "worker");
	reading();
	if (!RELAXED) {
		ok(attempt(PROGRAM, do_fork) == SUCCEEDED,
		    "a program makes workers");
		ok(attempt(NO_FORK, do_fork) == EACCES,
		    "if it asked for that");
		ok(attempt(WORKER, do_fork) == EACCES, "a worker does not");
		ok(attempt(WORKER, do_kill_parent) == EACCES,
		    "nor signal its parent");
		ok(attempt(WORKER, do_memory) == ENOMEM,
		    "nor take more than WORKER_MEMORY");
		ok(attempt(PROGRAM, stays_alive) == SUCCEEDED,
		    "a thousand refusals are counted, the first is named");
	}
	ok(attempt(WORKER, do_kill_self) == SUCCEEDED,
	    "a worker may end itself");
	ok(attempt(WORKER, only_kept) == SUCCEEDED,
	    "no capability but what is kept, no new ones");
	ok(attempt(PROGRAM, core_limit) == SUCCEEDED,
	    "memory that holds evidence makes no core file");
	entries();
	untouched();
	ok(attempt(WRITER, open_creat) == SUCCEEDED, "a writer creates");
	ok(attempt(WRITER, open_rdwr) == SUCCEEDED, "and opens to write");
	make_path(path, sizeof(path), dir, "new");
	unlink(path);
	make_path(path, sizeof(path), dir, "file");
	unlink(path);
	unlink(outside);
	rmdir(dir);
	rmdir(top);
	return done();
}
