#include "lock.h"

#include "limits.h"

#include <errno.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>

/* ---- what the filter refused ------------------------------------------ */

/* In shared memory, so that the counts of workers are seen. */
static struct refusals {
	_Atomic uint64_t n;
	_Atomic int first; /* call number + 1 */
} *refusals;

static void
on_sigsys(int sig UNUSED, siginfo_t *si, void *context)
{
	ucontext_t *u = context;
	int none = 0;

	atomic_fetch_add(&refusals->n, 1);
	atomic_compare_exchange_strong(&refusals->first, &none,
	    si->si_syscall + 1);
#if defined(__x86_64__)
	u->uc_mcontext.gregs[REG_RAX] = -EACCES;
#elif defined(__aarch64__)
	u->uc_mcontext.regs[0] = (unsigned long long)-EACCES;
#else
#error "say here where this processor returns the result of a call"
#endif
}

uint64_t
lock_refused(void)
{
	return refusals ? atomic_load(&refusals->n) : 0;
}

int
lock_refused_first(void)
{
	return refusals ? atomic_load(&refusals->first) - 1 : -1;
}

static int
catch_refusals(struct err *e)
{
	struct sigaction sa = {.sa_sigaction = on_sigsys,
	    .sa_flags = SA_SIGINFO | SA_RESTART | SA_NODEFER};
	void *p;

	if (!refusals) {
		p = mmap(NULL, sizeof(*refusals), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED)
			return err_set(e, ERR_OURS, errno,
			    "cannot map a page: %s", strerror(errno));
		refusals = p;
	}
	if (sigaction(SIGSYS, &sa, NULL))
		return err_set(e, ERR_OURS, errno, "cannot catch SIGSYS: %s",
		    strerror(errno));
	return 0;
}

/* ---- capabilities ------------------------------------------------------ */

static const char *const cap_names[] = {"chown", "dac_override",
    "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid",
    "setpcap", "linux_immutable", "net_bind_service", "net_broadcast",
    "net_admin", "net_raw", "ipc_lock", "ipc_owner", "sys_module", "sys_rawio",
    "sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot",
    "sys_nice", "sys_resource", "sys_time", "sys_tty_config", "mknod", "lease",
    "audit_write", "audit_control", "setfcap", "mac_override", "mac_admin",
    "syslog", "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf",
    "checkpoint_restore"};

static const struct {
	enum lock_cap ours;
	int cap;
} caps[] = {
	{LOCK_DAC_READ_SEARCH, CAP_DAC_READ_SEARCH},
	{LOCK_FOWNER, CAP_FOWNER},
	{LOCK_SYS_ADMIN, CAP_SYS_ADMIN},
	{LOCK_SYS_PTRACE, CAP_SYS_PTRACE},
};

static void
list_capabilities(uint64_t have, struct strlist *out)
{
	struct str s cleanup_str = STR_INIT;
	int c;

	for (c = 0; c < 64; c++) {
		if (!(have >> c & 1))
			continue;
		str_clear(&s);
		if (c < (int)COUNT(cap_names))
			str_addf(&s, "cap_%s", cap_names[c]);
		else
			str_addf(&s, "cap_%d", c);
		strlist_add(out, s.s, s.n);
	}
}

static int
drop_capabilities(struct lock *l, struct err *e)
{
	struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct d[2];
	uint64_t keep = 0;
	bool bounded = true;
	size_t i;
	int c;

	for (i = 0; i < COUNT(caps); i++)
		if (l->keep & caps[i].ours)
			keep |= 1ULL << caps[i].cap;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	for (c = 0; prctl(PR_CAPBSET_READ, c, 0, 0, 0) >= 0; c++)
		if (!(keep >> c & 1) && prctl(PR_CAPBSET_DROP, c, 0, 0, 0))
			bounded = false; /* an ordinary user may not */
	if (syscall(SYS_capget, &h, d))
		return err_set(e, ERR_OURS, errno, "cannot ask for our "
		    "capabilities: %s", strerror(errno));
	for (i = 0; i < 2; i++) {
		d[i].permitted &= (uint32_t)(keep >> (32 * i));
		d[i].effective = d[i].permitted;
		d[i].inheritable = 0;
	}
	if (syscall(SYS_capset, &h, d))
		return err_set(e, ERR_OURS, errno,
		    "cannot drop capabilities: %s", strerror(errno));
	if (syscall(SYS_capget, &h, d))
		return err_set(e, ERR_OURS, errno, "cannot ask for our "
		    "capabilities: %s", strerror(errno));
	list_capabilities(d[0].effective | (uint64_t)d[1].effective << 32,
	    &l->capabilities);
	if (bounded)
		strlist_adds(&l->sandbox, "bounding_set");
	return 0;
}

/* ---- Landlock ---------------------------------------------------------- */

/* The headers of Debian 12 end at version 2 of its interface. */
struct landlock_rules {
	uint64_t fs, net, scoped;
};
struct landlock_beneath {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

enum { /* rights in the file system */
	LL_WRITE_FILE = 1 << 1,
	LL_READ_FILE = 1 << 2,
	LL_READ_DIR = 1 << 3,
	LL_REMOVE_FILE = 1 << 5,
	LL_MAKE_REG = 1 << 8,
	LL_TRUNCATE = 1 << 14,
	LL_IOCTL_DEV = 1 << 15,
	LL_ALL_1 = (1 << 13) - 1,
	LL_ALL_2 = (1 << 14) - 1,
	LL_ALL_3 = (1 << 15) - 1,
	LL_ALL_5 = (1 << 16) - 1,
};
#define LL_ASK_VERSION 1
#define LL_PATH_BENEATH 1
#define LL_QUIET 1 /* version 7: refusals are not written to the audit log */

static int
allow_beneath(int rules, const int *fds, size_t n, uint64_t dir, uint64_t file,
    struct err *e)
{
	struct landlock_beneath b;
	struct stat st;
	size_t i;

	for (i = 0; i < n; i++) {
		if (fstat(fds[i], &st))
			return err_set(e, ERR_OURS, errno,
			    "cannot look at what to allow: %s",
			    strerror(errno));
		b.allowed = S_ISDIR(st.st_mode) ? dir : file;
		b.fd = fds[i];
		if (syscall(SYS_landlock_add_rule, rules, LL_PATH_BENEATH, &b,
			0))
			return err_set(e, ERR_OURS, errno,
			    "cannot add a Landlock rule: %s", strerror(errno));
	}
	return 0;
}

/* *abi: version in force, 0 if none. */
static int
landlock(struct lock *l, int *abi, struct err *e)
{
	struct landlock_rules rules = {0};
	struct str s cleanup_str = STR_INIT;
	uint64_t read, write;
	int fd cleanup_fd = -1;
	long v;

	*abi = 0;
	if (l->no_landlock) {
		strlist_adds(&l->sandbox, "landlock=none: it hides /proc");
		return 0;
	}
	v = syscall(SYS_landlock_create_ruleset, NULL, 0, LL_ASK_VERSION);
	if (v < 1) {
		str_addf(&s, "landlock=none: %s", err_errno_name(errno));
		strlist_add(&l->sandbox, s.s, s.n);
		return 0;
	}
	rules.fs = v >= 5 ? LL_ALL_5 : v >= 3 ? LL_ALL_3 : v >= 2 ? LL_ALL_2 :
	    LL_ALL_1;
	rules.net = v >= 4 ? 3 : 0;    /* bind, connect */
	rules.scoped = v >= 6 ? 3 : 0; /* abstract sockets, signals */
	fd = (int)syscall(SYS_landlock_create_ruleset, &rules,
	    v >= 6 ? sizeof(rules) : v >= 4 ? 2 * sizeof(uint64_t) :
	    sizeof(uint64_t), 0);
	if (fd < 0)
		return err_set(e, ERR_OURS, errno,
		    "cannot make a Landlock rule set: %s", strerror(errno));
	read = LL_READ_FILE | LL_READ_DIR;
	write = (read | LL_WRITE_FILE | LL_REMOVE_FILE | LL_MAKE_REG |
	    LL_TRUNCATE) & rules.fs;
	if (allow_beneath(fd, l->read_fds, l->read_n, read, LL_READ_FILE, e) ||
	    allow_beneath(fd, l->write_fds, l->write_n, write,
		write & (LL_READ_FILE | LL_WRITE_FILE | LL_TRUNCATE), e))
		return -1;
#ifdef SALVOR_SAN
	{ /* they read their own maps */
		int proc cleanup_fd = open("/proc", O_PATH | O_CLOEXEC);

		if (proc >= 0 && allow_beneath(fd, &proc, 1, read, 0, e))
			return -1;
	}
#endif
	if (syscall(SYS_landlock_restrict_self, fd, v >= 7 ? LL_QUIET : 0))
		return err_set(e, ERR_OURS, errno,
		    "cannot enter the Landlock rule set: %s", strerror(errno));
	*abi = (int)v;
	str_addf(&s, "landlock=%ld", v);
	strlist_add(&l->sandbox, s.s, s.n);
	return 0;
}

/* ---- seccomp ----------------------------------------------------------- */

/* What reading evidence, computing and writing records need. */
static const int calls_always[] = {
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(preadv),
	SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close),
	SCMP_SYS(close_range), SCMP_SYS(fstat), SCMP_SYS(newfstatat),
	SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(statx), SCMP_SYS(lseek),
	SCMP_SYS(fstatfs), SCMP_SYS(statfs), SCMP_SYS(getdents64),
	SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(access),
	SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(getcwd),
	SCMP_SYS(getxattr), SCMP_SYS(lgetxattr), SCMP_SYS(fgetxattr),
	SCMP_SYS(listxattr), SCMP_SYS(llistxattr), SCMP_SYS(flistxattr),
	SCMP_SYS(fadvise64), SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3),
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(poll),
	SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6),
	SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep),
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres),
	SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getpid),
	SCMP_SYS(gettid), SCMP_SYS(getppid), SCMP_SYS(getuid),
	SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
	SCMP_SYS(uname), SCMP_SYS(sysinfo), SCMP_SYS(getrandom),
	SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
	SCMP_SYS(set_tid_address), SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_yield), SCMP_SYS(getcpu), SCMP_SYS(getrusage),
	SCMP_SYS(times), SCMP_SYS(getrlimit), SCMP_SYS(capget),
	SCMP_SYS(setitimer), SCMP_SYS(restart_syscall), SCMP_SYS(exit),
	SCMP_SYS(exit_group), SCMP_SYS(tgkill),
};

static const int calls_write[] = {
	SCMP_SYS(pwrite64), SCMP_SYS(pwritev), SCMP_SYS(ftruncate),
	SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(fallocate),
	SCMP_SYS(fchmod), SCMP_SYS(fchown), SCMP_SYS(flock), SCMP_SYS(unlink),
	SCMP_SYS(unlinkat), SCMP_SYS(open), SCMP_SYS(openat),
};

static const int calls_fork[] = {
	SCMP_SYS(wait4), SCMP_SYS(waitid), SCMP_SYS(pipe2), SCMP_SYS(kill),
	SCMP_SYS(seccomp),
};

static const int calls_memory[] = {
	SCMP_SYS(memfd_create), SCMP_SYS(pwrite64),
};

static const int calls_sockets[] = {
	SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg), SCMP_SYS(getsockname), SCMP_SYS(getsockopt),
};

/* A parser that asks for one of these is no longer ours. */
static const int calls_kill[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(socket),
	SCMP_SYS(socketpair), SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_getfd), SCMP_SYS(kcmp),
	SCMP_SYS(open_by_handle_at), SCMP_SYS(bpf), SCMP_SYS(perf_event_open),
	SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup), SCMP_SYS(mount),
	SCMP_SYS(umount2), SCMP_SYS(move_mount), SCMP_SYS(open_tree),
	SCMP_SYS(fsopen), SCMP_SYS(pivot_root), SCMP_SYS(chroot),
	SCMP_SYS(setns), SCMP_SYS(unshare), SCMP_SYS(init_module),
	SCMP_SYS(finit_module), SCMP_SYS(delete_module), SCMP_SYS(kexec_load),
	SCMP_SYS(kexec_file_load), SCMP_SYS(reboot), SCMP_SYS(swapon),
	SCMP_SYS(swapoff), SCMP_SYS(iopl), SCMP_SYS(ioperm),
	SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(keyctl),
	SCMP_SYS(setuid), SCMP_SYS(setgid), SCMP_SYS(setresuid),
	SCMP_SYS(setresgid), SCMP_SYS(capset),
#ifndef SALVOR_SAN /* the leak checker attaches to us */
	SCMP_SYS(ptrace),
#endif
};

static const unsigned fcntls[] = {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD,
    F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW, F_OFD_GETLK, F_OFD_SETLK,
    F_OFD_SETLKW};

static const unsigned ioctls[] = {TCGETS, TIOCGWINSZ, FIONREAD};

static const unsigned prctls[] = {PR_SET_PDEATHSIG, PR_SET_NAME, PR_GET_NAME,
    PR_GET_DUMPABLE, PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS, PR_SET_SECCOMP,
    PR_GET_SECCOMP, PR_CAPBSET_READ, PR_SET_VMA};

#define NEW_NAMESPACES 0x7e020080UL /* CLONE_NEW* */
#define O_TMPFILE_BIT 020000000UL
#define OPEN_WRITES (O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | O_TMPFILE_BIT)

/* A condition on the low 32 bits of an argument, or on some bits of it. */
static struct scmp_arg_cmp
bits_are(unsigned arg, uint64_t bits, uint64_t value)
{
	return (struct scmp_arg_cmp){.arg = arg, .op = SCMP_CMP_MASKED_EQ,
	    .datum_a = bits, .datum_b = value};
}

static int
allow(scmp_filter_ctx f, const int *calls, size_t n)
{
	int k = 0;
	size_t i;

	for (i = 0; i < n && !k; i++)
		k = seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0);
	return k;
}

/* Allow a call where argument arg is one of these values. */
static int
allow_values(scmp_filter_ctx f, int call, unsigned arg, const unsigned *v,
    size_t n)
{
	int k = 0;
	size_t i;

	for (i = 0; i < n && !k; i++)
		k = seccomp_rule_add(f, SCMP_ACT_ALLOW, call, 1,
		    bits_are(arg, UINT32_MAX, v[i]));
	return k;
}

/* Allow a call where none of these bits is set in argument arg. */
static int
allow_without(scmp_filter_ctx f, int call, unsigned arg, uint64_t bits)
{
	return seccomp_rule_add(f, SCMP_ACT_ALLOW, call, 1,
	    bits_are(arg, bits, 0));
}

/* A call kills the process; before Linux 4.14 only the thread that made it. */
static uint32_t
killing(void)
{
	uint32_t action = SECCOMP_RET_KILL_PROCESS;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0 ?
	    SCMP_ACT_KILL_PROCESS : SCMP_ACT_KILL_THREAD;
}

static int
fill(scmp_filter_ctx f, const struct lock *l, bool openat2)
{
	int k = 0;
	size_t i;

	k = k ? k : allow(f, calls_always, COUNT(calls_always));
	if (l->fork) {
		k = k ? k : allow(f, calls_fork, COUNT(calls_fork));
		k = k ? k : allow_without(f, SCMP_SYS(clone), 0,
		    NEW_NAMESPACES);
		/* its flags cannot be looked at; libc falls back to clone */
		k = k ? k : seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS),
		    SCMP_SYS(clone3), 0);
	}
	if (l->wait && !l->fork)
		k = k ? k : seccomp_rule_add(f, SCMP_ACT_ALLOW,
		    SCMP_SYS(wait4), 0);
	if (l->memory) {
		k = k ? k : allow(f, calls_memory, COUNT(calls_memory));
		k = k ? k : seccomp_rule_add(f, SCMP_ACT_ALLOW,
		    SCMP_SYS(fcntl), 1, bits_are(1, UINT32_MAX, F_ADD_SEALS));
	}
	if (l->sweep) {
		k = k ? k : seccomp_rule_add(f, SCMP_ACT_ALLOW,
		    SCMP_SYS(sched_getscheduler), 0);
		k = k ? k : seccomp_rule_add(f, SCMP_ACT_ALLOW,
		    SCMP_SYS(kill), 1, bits_are(1, UINT32_MAX, 0));
	}
	if (l->sockets)
		k = k ? k : allow(f, calls_sockets, COUNT(calls_sockets));
	if (l->write_ok) {
		k = k ? k : allow(f, calls_write, COUNT(calls_write));
	} else {
		k = k ? k : allow_without(f, SCMP_SYS(openat), 2, OPEN_WRITES);
		k = k ? k : allow_without(f, SCMP_SYS(open), 1, OPEN_WRITES);
	}
	k = k ? k : seccomp_rule_add(f, openat2 ? SCMP_ACT_ALLOW :
	    SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(openat2), 0);
	k = k ? k : allow_without(f, SCMP_SYS(mmap), 2, PROT_EXEC);
	k = k ? k : allow_without(f, SCMP_SYS(mprotect), 2, PROT_EXEC);
	k = k ? k : allow_values(f, SCMP_SYS(fcntl), 1, fcntls,
	    COUNT(fcntls));
	k = k ? k : allow_values(f, SCMP_SYS(ioctl), 1, ioctls,
	    COUNT(ioctls));
	k = k ? k : allow_values(f, SCMP_SYS(prctl), 0, prctls,
	    COUNT(prctls));
	k = k ? k : seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
	    bits_are(0, UINT32_MAX, 0));
	for (i = 0; i < COUNT(calls_kill) && !k; i++)
		k = seccomp_rule_add(f, killing(), calls_kill[i], 0);
	return k;
}

/* Load f; what the kernel does not offer is no failure. */
static int
load(scmp_filter_ctx f, const char **missing, struct err *e)
{
	int k;

	seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, killing());
	seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	*missing = NULL;
	k = seccomp_load(f);
	if (k == -ENOSYS || k == -EOPNOTSUPP || k == -EINVAL) {
		*missing = err_errno_name(-k);
		return 0;
	}
	if (k)
		return err_set(e, ERR_OURS, -k,
		    "cannot load the seccomp filter: %s", strerror(-k));
	return 0;
}

static int
filter(struct lock *l, int abi, struct err *e)
{
	struct str s cleanup_str = STR_INIT;
	/* Before version 3 Landlock does not see O_TRUNC, and openat2's flags
	 * are out of the filter's sight. */
	bool openat2 = l->write_ok || abi >= 3;
	const char *missing;
	scmp_filter_ctx f;
	int k;

#ifdef SALVOR_SAN
	f = seccomp_init(SCMP_ACT_ALLOW);
#else
	f = seccomp_init(SCMP_ACT_TRAP);
#endif
	if (!f)
		return err_set(e, ERR_OURS, 0, "cannot make a seccomp filter");
#ifdef SALVOR_SAN
	{ /* only what must die or be hidden */
		size_t i;

		for (i = 0, k = 0; i < COUNT(calls_kill) && !k; i++)
			k = seccomp_rule_add(f, killing(), calls_kill[i], 0);
		if (!k && !openat2)
			k = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS),
			    SCMP_SYS(openat2), 0);
		(void)fill;
	}
#else
	k = fill(f, l, openat2);
#endif
	if (k) {
		seccomp_release(f);
		return err_set(e, ERR_OURS, -k,
		    "cannot make a seccomp filter: %s", strerror(-k));
	}
	k = load(f, &missing, e);
	seccomp_release(f);
	if (k)
		return -1;
	if (missing)
		str_addf(&s, "seccomp=none: %s", missing);
	else
#ifdef SALVOR_SAN
		str_adds(&s, "seccomp=relaxed: sanitizers");
#else
		str_adds(&s, "seccomp");
#endif
	strlist_add(&l->sandbox, s.s, s.n);
	if (!openat2 && !missing)
		strlist_adds(&l->sandbox, "openat2=hidden");
	return 0;
}

/* ---- all of it --------------------------------------------------------- */

/* Lower a limit; a hard limit below it stays. */
static void
limit(int what, rlim_t n)
{
	struct rlimit lim;

	if (getrlimit(what, &lim))
		return;
	if (lim.rlim_max == RLIM_INFINITY || lim.rlim_max > n)
		lim.rlim_max = n;
	lim.rlim_cur = lim.rlim_max;
	setrlimit(what, &lim);
}

static bool memory_files;

int
lock_down(struct lock *l, struct err *e)
{
	int abi;

	memory_files = l->memory;
	limit(RLIMIT_CORE, 0); /* memory holds evidence */
	strlist_adds(&l->sandbox, "rlimit_core=0");
	limit(RLIMIT_NOFILE, LOCK_FDS);
	if (drop_capabilities(l, e))
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return err_set(e, ERR_OURS, errno,
		    "cannot set no_new_privs: %s", strerror(errno));
	strlist_adds(&l->sandbox, "no_new_privs");
	if (landlock(l, &abi, e) || catch_refusals(e))
		return -1;
	return filter(l, abi, e);
}

int
lock_worker(struct err *e)
{
	static const int forks[] = {SCMP_SYS(clone), SCMP_SYS(clone3),
	    SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(pidfd_send_signal),
	    SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo),
	    SCMP_SYS(tkill)};
	static const int signals[] = {SCMP_SYS(kill), SCMP_SYS(tgkill)};
	const char *missing;
	scmp_filter_ctx f;
	size_t i;
	int k = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	signal(SIGXFSZ, SIG_IGN); /* a message to a file only fails */
	limit(RLIMIT_CORE, 0);
	/* files in memory are all that is open for writing */
	limit(RLIMIT_FSIZE, memory_files ? ARCHIVE_CACHE_MAX : 0);
	limit(RLIMIT_NOFILE, WORKER_FDS);
#ifdef SALVOR_SAN
	(void)forks; /* the leak checker forks and signals */
	(void)signals;
	(void)missing;
	(void)f;
	(void)i;
	(void)k;
	return catch_refusals(e);
#else
	limit(RLIMIT_AS, WORKER_MEMORY);
	if (catch_refusals(e))
		return -1;
	f = seccomp_init(SCMP_ACT_ALLOW);
	if (!f)
		return err_set(e, ERR_OURS, 0, "cannot make a seccomp filter");
	for (i = 0; i < COUNT(forks) && !k; i++)
		k = seccomp_rule_add(f, SCMP_ACT_TRAP, forks[i], 0);
	for (i = 0; i < COUNT(signals) && !k; i++)
		k = seccomp_rule_add(f, SCMP_ACT_TRAP, signals[i], 1,
		    (struct scmp_arg_cmp){.arg = 0, .op = SCMP_CMP_NE,
			.datum_a = (scmp_datum_t)getpid(), .datum_b = 0});
	if (k)
		err_set(e, ERR_OURS, -k, "cannot make a seccomp filter: %s",
		    strerror(-k));
	else
		k = load(f, &missing, e);
	seccomp_release(f);
	return k ? -1 : 0;
#endif
}
