#ifndef LIVE_H
#define LIVE_H

/*
 * live - what a running host shows: the parts of collect-processes (and of
 * collect-containers: members.h)
 *
 * Order of collection is that of volatility (RFC 3227): the process table and
 * what each process holds; sockets; then what the kernel says of itself. Each
 * part works in workers where it can block or reads what others choose, and
 * writes its records itself. Everything is asked of the kernel with direct
 * calls, and what must be opened is opened before the lock.
 *
 * tasks.c    processes, their open files and mappings of note
 * hidden.c   does the process table lie?
 * diag.c     the kernel's own list of sockets against /proc
 * kernel.c   modules, parameters, clock
 * images.c   what they run, against the package database
 * dirs.c     links of directories against what they list
 * mounts.c   mounts of each mount namespace
 * bpf.c      programs and links of BPF
 * logins.c   utmp, wtmp, btmp, lastlog (also of a disk)
 * sockets.c  the tables of each network namespace, joined with holders
 */

#include "accounts.h"
#include "proc.h"
#include "rec.h"
#include "root.h"

/* A descriptor of a process that is a socket. */
struct holder {
	uint64_t inode;
	uint32_t pid, fd;
};

/* What the parent knows of a process. */
struct seen {
	uint32_t pid, ppid, scope; /* index of scopes */
	uint64_t netns, mntns; /* 0: not known */
};

/* Processes of which the same could not be read. */
struct group {
	unsigned parts; /* 0: they ended */
	size_t count;
	uint32_t first, last; /* range at hand */
	struct str pids;
	bool full;
};

#define GROUP_TEXT 600 /* what a note's detail can take */

struct netns {
	uint64_t inode;
	uint32_t scope;
};

/* A netlink socket in a network namespace: diag.c. */
struct live_diag {
	uint64_t ns;
	int fd;
};

/* A file that a process of the host runs: images.c. */
struct live_image {
	bool used, library;
	uint64_t inode, processes;
	struct str path;
};

/* A program or a link of BPF. */
struct live_bpf {
	bool link, known;
	uint32_t id, type, prog, uid;
	uint64_t load_ns; /* since boot */
	unsigned char tag[8];
	char name[20];
};

struct live {
	struct proc_fs *fs;
	struct root *root; /* / */
	struct rec *rec;
	struct accounts accounts;
	/* of the round at hand */
	const uint32_t *pids;
	bool *done;
	unsigned parts;
	/* gathered */
	struct seen *seen;
	size_t seen_n, seen_cap;
	struct holder *holders;
	size_t holders_n, holders_cap;
	bool holders_full;
	unsigned char *joined; /* a bit a holder */
	struct strlist scopes;
	uint32_t scope_last;
	struct group *groups;
	size_t groups_n;
	struct netns *spaces;
	size_t spaces_n;
	struct live_image *images, **sorted; /* a table of hashes */
	size_t images_n, images_cap;
	bool images_full;
	struct live_bpf *bpf;
	size_t bpf_n;
	bool bpf_full;
	int bpf_error; /* 0, or -errno */
	int synchronized; /* -1: not known */
	struct live_diag *diags;
	size_t diags_n;
	unsigned diag_families; /* bits: those that can be asked for */
};

uint32_t live_scope(struct live *run, const char *s, size_t n);
/* A number that the kernel gives as -1 or not at all is absent. */
void live_number(struct rec *r, enum col c, int64_t v);
void live_inode(struct rec *r, enum col c, uint64_t v);
int64_t live_time(const struct timespec *t);

/* Two views of the same thing that do not agree: who sees it, who does not,
 * what it is, how often it was looked again. path may be NULL. */
void live_contradiction(struct live *run, const char *subject,
    const char *name, const char *sees, const char *blind, const char *what,
    int repeats, const char *path);

void live_processes(struct live *run);
void live_hidden(struct live *run);
void live_sockets(struct live *run);

/* Before the lock: a socket in each network namespace. Then, in a worker:
 * compare for one of them, which pid is in. */
void live_diag_open(struct live *run);
void live_diag(struct live *run, uint64_t ns, int64_t pid);
void live_diag_notes(struct live *run);
/* A program or library was seen; then all of them against the packages. */
void live_image_add(struct live *run, bool library, uint64_t ino,
    const char *path, size_t n);
void live_images(struct live *run);

/* Directories of the system: links against names. */
void live_dirs(struct live *run);

void live_mounts(struct live *run);

/* Programs and links of BPF: asked for before the lock, told after it. */
void live_bpf_open(struct live *run);
void live_bpf(struct live *run);

/* Clock, modules, parameters. Before the lock: what the lock forbids. */
void live_kernel_open(struct live *run);
void live_kernel(struct live *run);

/* What could not be read, in as few notes as there are reasons: at the end. */
void live_notes(struct live *run);
void live_free(struct live *run);

#endif
