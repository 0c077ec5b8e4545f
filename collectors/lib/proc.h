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
	PROC_PERSONALITY = 1 << 10,
	PROC_MAPS = 1 << 11,
	PROC_IMAGE = 1 << 12, /* the bytes of the executable */
	PROC_PARTS = 13,
	PROC_ALL = (1 << (PROC_PARTS + 1)) - 1,
	PROC_JUDGE = 1 << PROC_PARTS, /* look behind " (deleted)" */
	/* what can block: the memory of the process, its file systems */
	PROC_BLOCKING = PROC_CMDLINE | PROC_ENVIRON | PROC_JUDGE | PROC_MAPS |
	    PROC_IMAGE,
};

/* Kinds of namespaces, in the order of their names. */
enum proc_ns {
	NS_CGROUP,
	NS_IPC,
	NS_MNT,
	NS_NET,
	NS_PID,
	NS_TIME,
	NS_USER,
	NS_UTS,
	NS_KINDS
};
extern const char *const proc_ns_name[NS_KINDS]; /* cgroup, ipc, mount, ... */

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
	struct str groups;	     /* numbers and blanks */
	bool kernel, deleted, memfd;
	int64_t loginuid;	     /* -1: nobody */
	uint64_t ns[NS_KINDS];	     /* inodes; 0: not known */
	int64_t personality;	     /* -1: not known */
	/* the executable: 0 inode: not known */
	uint64_t exe_dev, exe_ino;   /* dev: major << 32 | minor */
	int64_t exe_links, exe_size;
	int replaced; /* its name is another file now; -1: not known */
	int64_t start_time;	     /* ns since 1970 */
	int64_t cpu_ms, rss;	     /* milliseconds, bytes */
	unsigned denied, cut;	     /* enum proc_part */
	bool vanished;		     /* ended before all was read */
	/* private */
	int dir;  /* /proc/PID */
	int task; /* directory for what a dead leader no longer has */
	int stat_fd;
};

/*
 * Opens /proc; where the kernel lets us (before the lock: fsopen), a fresh one
 * of our pid namespace that is mounted nowhere, so that nothing can be mounted
 * over it and no hidepid counts. What the host shows is then only compared.
 */
struct proc_fs *proc_open(struct err *e);
/* That of the host; also after the lock. */
struct proc_fs *proc_open_host(struct err *e);
bool proc_is_fresh(const struct proc_fs *fs);
void proc_free(struct proc_fs *fs);

/* Our own pid as this /proc shows it; 0 if we are not in it. */
int64_t proc_self(const struct proc_fs *fs);
/* The namespaces of the first process, ours where those are not to be seen
 * (*ours is set then); 0: not known. */
const uint64_t *proc_first_ns(const struct proc_fs *fs, bool *ours);
/* One of our own namespaces; 0: not known. */
uint64_t proc_self_ns(const struct proc_fs *fs, enum proc_ns ns);
/* When the kernel was started, ns since 1970, by the clock as it goes now. */
int64_t proc_boot_time(const struct proc_fs *fs);
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
/* After it: are processes of others left out of the list by hidepid? */
bool proc_hides(const struct proc_fs *fs);

/* All pids, sorted; free(*pids). */
int proc_list(struct proc_fs *fs, uint32_t **pids, size_t *n, struct err *e);

/* The same of the /proc that the host shows; ERR_ABSENT if there is none
 * besides the one that is read. */
int proc_list_shown(struct proc_fs *fs, uint32_t **pids, size_t *n,
    struct err *e);

/* Ask by number, whatever a listing shows: 0: no such process or thread; else
 * the process that a thread of that number belongs to; -1: not known. */
int64_t proc_ask(struct proc_fs *fs, int64_t pid);

/* Cheaper: is there anything under that number? */
bool proc_there(struct proc_fs *fs, int64_t pid);

/* A small file of /proc ("sys/kernel/pid_max"), white space at its end cut. */
int proc_text(struct proc_fs *fs, const char *name, size_t max,
    struct str *out, struct err *e);
/* Its lines; fn returns false to end. */
typedef bool proc_line_fn(void *arg, const char *p, size_t n);
int proc_lines(struct proc_fs *fs, const char *name, proc_line_fn *fn,
    void *arg, struct err *e);

void proc_init(struct proc *p);
void proc_release(struct proc *p);

/* Read parts of a process; see above for errors. */
int proc_read(struct proc_fs *fs, int64_t pid, unsigned parts, struct proc *p,
    struct err *e);

/*
 * The descriptors of the process that was read, those that matter: sockets,
 * and what is of note.
 */
enum proc_fd_type {
	FD_SOCKET,	/* inode: its number */
	FD_DELETED,	/* a regular file that has no name any more */
	FD_MEMFD,
	FD_MEMORY,	/* /dev/mem, /dev/kmem, /dev/port, /proc/kcore */
	FD_PROCESS,	/* /proc/PID/mem of another process */
	FD_DISK,	/* a block device */
	FD_BPF,		/* a program, a map or a link of BPF */
	FD_PERF,	/* perf events */
	FD_TYPES
};
extern const char *const proc_fd_name[FD_TYPES];
struct proc_fd {
	uint32_t fd;
	enum proc_fd_type type;
	uint64_t inode;
	int64_t size;	  /* of a file; -1: not known */
	const char *path; /* as the kernel names it, path_n bytes */
	size_t path_n;
	int64_t flags; /* of open(2); -1: not known */
	uint32_t bpf;  /* number of the program, map or link; 0: none */
	const char *bpf_kind; /* static: prog, map, link */
};
typedef void proc_fd_fn(void *arg, const struct proc_fd *f);
int proc_fds(struct proc *p, proc_fd_fn *fn, void *arg, struct err *e);

/* The executable mappings of the process that was read. */
typedef void proc_map_fn(void *arg, const struct proc_map *m);
int proc_maps(struct proc *p, proc_map_fn *fn, void *arg, struct err *e);

/* All of its mappings. */
int proc_regions(struct proc *p, proc_map_fn *fn, void *arg, struct err *e);

/*
 * The memory of the process that was read: a descriptor that reads it, and one
 * that tells which of its pages are there. Reading a page that is not there
 * would bring it in, into the account of that process: ask first. Nothing is
 * stopped. ERR_DENIED as usual; ERR_ABSENT: it has ended, or has none.
 */
struct proc_memory {
	int mem, pages; /* -1: none */
	int dir;	/* of the process; borrowed */
};
int proc_memory_open(struct proc *p, struct proc_memory *m, struct err *e);
void proc_memory_close(struct proc_memory *m);

/* For n pages from start on, whether each is there and (of a mapped file)
 * whether it is the file's own page. Returns how many are told; -1. */
enum { PAGE_THERE = 1 << 0, PAGE_OF_FILE = 1 << 1 };
ssize_t proc_memory_pages(const struct proc_memory *m, uint64_t start,
    unsigned char *out, size_t n);
/* Bytes from an address on; fewer, or -1 with errno. */
ssize_t proc_memory_read(const struct proc_memory *m, uint64_t at, void *p,
    size_t n);
/* Its resident bytes at this moment; -1: it has ended. */
int64_t proc_memory_rss(const struct proc_fs *fs, const struct proc_memory *m);
int64_t proc_page(const struct proc_fs *fs); /* bytes */

/* Its parent, by number; 0: none, or it has ended. */
int64_t proc_parent(struct proc_fs *fs, int64_t pid);
/* Does it run a program of our own folder? */
bool proc_is_ours(const struct proc_fs *fs, const struct proc *p);

/* Scope of a process: "host", or that of the container that its control group
 * names, unless it sees the host's files. True: its group names one, c. */
bool proc_scope(const struct proc_fs *fs, const struct proc *p,
    struct cgroup_container *c, struct str *scope);

/* The executable of the process that was read, open for reading, or what is
 * mapped under that path in its own view; -1. It is that very file, whatever
 * has its name now. */
int proc_image(struct proc *p, struct err *e);

/*
 * A table of sockets as pid's network namespace shows it; netns: refuse if
 * pid is no longer in it (0: do not look). A table that the kernel does not
 * have is ERR_ABSENT. ERR_CORRUPT after the last line if some were not
 * understood.
 */
typedef void proc_socket_fn(void *arg, const struct proc_socket *s);
int proc_net(struct proc_fs *fs, int64_t pid, uint64_t netns,
    enum proc_table t, proc_socket_fn *fn, void *arg, struct err *e);

/* The number of pid's network namespace, 0: not known; a descriptor of it, for
 * setns, -1: none. */
uint64_t proc_netns_number(struct proc_fs *fs, int64_t pid);
int proc_netns(struct proc_fs *fs, int64_t pid);

/* Is pid alive and in that network namespace? */
bool proc_in_netns(struct proc_fs *fs, int64_t pid, uint64_t netns);

/* Arguments or environment: elements that end with NUL. empty: keep empty
 * ones, but for the padding at the end of a title that was rewritten. */
void proc_split(const struct str *raw, bool empty, struct strlist *out);

#endif
