#ifndef LOCK_H
#define LOCK_H

/*
 * lock - give up every right that reading does not need, before parsing
 *
 * Calling:  open what is needed by descriptor, then lock_down, then look at
 *           the input. Workers are forked afterwards and call lock_worker
 *           before their first byte. lock_down fills l->capabilities and
 *           l->sandbox with what is really in force, for the run record.
 * In force: capabilities down to l->keep; no_new_privs; RLIMIT_CORE 0 and a
 *           generous RLIMIT_NOFILE; Landlock (ABI asked from the kernel):
 *           read beneath l->read, read and write beneath l->write, nothing
 *           else; seccomp with an allow list. A call that the filter refuses
 *           returns EACCES and is counted (lock_refused); execve, ptrace,
 *           sockets other than those allowed kill the process. Where Landlock
 *           is missing, openat2 is hidden (ENOSYS), so that the flags of
 *           every open can be checked by the filter: no open for writing
 *           passes, unless l->write_ok.
 * Degraded: what the kernel does not offer is said in l->sandbox
 *           ("landlock=none: ENOSYS"), never hidden. Nothing dies for it.
 * Errors:   ERR_OURS where a step that the kernel offers fails.
 * Tests:    tests/test-lock.c tries each forbidden thing and sees it refused.
 */

#include "err.h"
#include "str.h"

enum lock_cap {
	LOCK_DAC_READ_SEARCH = 1 << 0, /* read in spite of modes */
	LOCK_FOWNER = 1 << 1,	       /* O_NOATIME on others' files */
	LOCK_SYS_ADMIN = 1 << 2,       /* see trusted.* attributes */
	LOCK_SYS_PTRACE = 1 << 3,      /* /proc of others */
};

struct lock {
	unsigned keep;		/* enum lock_cap */
	const int *read_fds;	/* directories or files: read beneath */
	size_t read_n;
	const int *write_fds;	/* read and write beneath (a case's folder) */
	size_t write_n;
	bool no_landlock;	/* collect-processes: it hides others' exe */
	bool write_ok;		/* may create and write files at all (SQLite) */
	bool fork;		/* will fork workers */
	bool wait;		/* will wait for a child started before */
	bool memory;		/* may make files in memory (memfd_create), also
				 * workers, at most ARCHIVE_CACHE_MAX each */
	bool sockets;		/* may use netlink sockets opened before */
	bool sweep;		/* may ask of any pid whether it is there */
	struct strlist capabilities; /* out */
	struct strlist sandbox;	     /* out */
};

int lock_down(struct lock *l, struct err *e);

/* In a worker: no fork any more, no signal to others, no file may grow
 * (RLIMIT_FSIZE 0; but see memory), address space and descriptors bounded, dies with its
 * parent. */
int lock_worker(struct err *e);

/* Calls that the filter refused so far, in this process and its workers. */
uint64_t lock_refused(void);
/* The number of the first of them, -1 if there was none. */
int lock_refused_first(void);

#endif
