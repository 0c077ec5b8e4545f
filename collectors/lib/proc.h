#ifndef PROC_H
#define PROC_H

/*
 * proc - the live processes: the only reader of /proc
 *
 * Each process is read through one O_PATH descriptor of its directory, which
 * stays bound to that process: when it has ended, reads fail, even if its
 * number is in use again.
 *
 * Calling:  proc_open; proc_survey tells what makes the view incomplete;
 *           proc_list the pids; proc_init, then proc_read for each (the
 *           struct's memory is reused), proc_sockets while it is the one that
 *           was read; proc_net for one process of each network namespace.
 * Ownership: strings of a struct proc are its own, until the next proc_read.
 * Errors:   ERR_ABSENT (ended), ERR_CHANGED (another process answers under
 *           that number), ERR_DENIED, ERR_CORRUPT, ERR_LIMIT. What was denied
 *           of a process that could be read is in p->denied.
 * Limits:   PROC_* of limits.h. A read may block for as long as the memory of
 *           a process or a remote file system blocks: call it in a worker.
 * Trust:    processes choose their names, arguments and sockets' names, and
 *           may change while they are read; the kernel is believed.
 */

#include "cgroup.h"
#include "err.h"
#include "procfmt.h"
#include "str.h"

struct proc_fs;

/* What of a process; bits of p->denied, p->cut and of what to read. */
enum proc_part {
	PROC_STATUS = 1 << 0,
	PROC_CMDLINE = 1 << 1,
	PROC_ENVIRON = 1 << 2,
	PROC_EXE = 1 << 3,
	PROC_CWD = 1 << 4,
	PROC_ROOT = 1 << 5,
	PROC_NS = 1 << 6,
	PROC_CGROUP = 1 << 7,
	PROC_FD = 1 << 8,
	PROC_LOGINUID = 1 << 9,
	PROC_PARTS = 10,
	PROC_ALL = (1 << (PROC_PARTS + 1)) - 1,
	PROC_JUDGE = 1 << PROC_PARTS, /* look behind " (deleted)" */
	/* what can block: the memory of the process, its file systems */
	PROC_BLOCKING = PROC_CMDLINE | PROC_ENVIRON | PROC_JUDGE,
};

/* Name of a part: of the lowest bit. */
const char *proc_part_name(unsigned part);

struct proc {
	int64_t pid;
	struct proc_stat stat;	   /* comm points into name */
	struct proc_status status; /* -1 where not read */
	struct str name;
	struct str cmdline, environ; /* raw, as the kernel gives them */
	struct str exe, cwd, root;   /* "": none */
	struct str cgroup;	     /* whole text of the file */
	bool kernel, deleted, memfd;
	int64_t loginuid;	     /* -1: nobody */
	uint64_t netns, mntns, pidns, userns; /* 0: not known */
	int64_t start_time;	     /* ns since 1970 */
	int64_t cpu_ms, rss;	     /* milliseconds, bytes */
	unsigned denied, cut;	     /* enum proc_part */
	bool vanished;		     /* ended before all was read */
	/* private */
	int dir;  /* /proc/PID */
	int task; /* directory for what a dead leader no longer has */
};

struct proc_fs *proc_open(struct err *e);
void proc_free(struct proc_fs *fs);

/* Our own pid as this /proc shows it; 0 if we are not in it. */
int64_t proc_self(const struct proc_fs *fs);
/* Our own network namespace; 0: not known. */
uint64_t proc_self_netns(const struct proc_fs *fs);
/* Does the process see the host's files: is its mount namespace ours or that
 * of the first process? Then it is in no container, whatever its group. */
bool proc_on_host(const struct proc_fs *fs, const struct proc *p);
/* Is pid one of our own workers: our child that runs our executable? */
bool proc_is_worker(const struct proc_fs *fs, const struct proc *p);

/*
 * What hides processes from us: a /proc of another pid namespace, hidepid,
 * something mounted over /proc/PID. bad gets each, with the path.
 */
typedef void proc_bad_fn(void *arg, const char *path, const struct err *e);
int proc_survey(struct proc_fs *fs, proc_bad_fn *bad, void *arg,
    struct err *e);

/* All pids, sorted; free(*pids). */
int proc_list(struct proc_fs *fs, uint32_t **pids, size_t *n, struct err *e);

void proc_init(struct proc *p);
void proc_release(struct proc *p);

/* Read parts of a process; see above for errors. */
int proc_read(struct proc_fs *fs, int64_t pid, unsigned parts, struct proc *p,
    struct err *e);

/* The sockets among the descriptors of the process that was read. */
typedef void proc_fd_fn(void *arg, uint32_t fd, uint64_t inode);
int proc_sockets(struct proc *p, proc_fd_fn *fn, void *arg, struct err *e);

/*
 * A table of sockets as pid's network namespace shows it; netns: refuse if
 * pid is no longer in it (0: do not look). A table that the kernel does not
 * have is ERR_ABSENT. ERR_CORRUPT after the last line if some were not
 * understood.
 */
typedef void proc_socket_fn(void *arg, const struct proc_socket *s);
int proc_net(struct proc_fs *fs, int64_t pid, uint64_t netns,
    enum proc_table t, proc_socket_fn *fn, void *arg, struct err *e);

/* Is pid alive and in that network namespace? */
bool proc_in_netns(struct proc_fs *fs, int64_t pid, uint64_t netns);

/* Arguments or environment: elements that end with NUL. empty: keep empty
 * ones, but for the padding at the end of a title that was rewritten. */
void proc_split(const struct str *raw, bool empty, struct strlist *out);

#endif
