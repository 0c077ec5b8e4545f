#ifndef PROCFMT_H
#define PROCFMT_H

/*
 * procfmt - the formats of /proc: what the kernel's text means
 *
 * Pure functions over bytes; proc.c reads, these understand. Formats are
 * those of proc(5) and the kernel's fs/proc/array.c, net/ipv4/tcp_ipv4.c,
 * net/unix/af_unix.c, net/packet/af_packet.c.
 *
 * Results:  0, or -1 if the text is not of the format; nothing is guessed.
 * Memory:   no allocation; names point into the text.
 * Trust:    processes choose their names and the names of their sockets, so
 *           that text holds any byte, ')' and newlines included. Fuzzed by
 *           tests/fuzz/fuzz-stat.c.
 */

struct proc_stat {
	const char *comm;
	size_t comm_n;
	char state;
	int64_t pid, ppid, pgrp, session, tty, threads;
	uint64_t flags, utime, stime, start; /* times in ticks; start of boot */
	int64_t rss;			     /* pages */
	uint64_t code, stack; /* addresses; differ after execve; 0: not shown */
};

#define PROC_PF_KTHREAD 0x00200000 /* include/linux/sched.h */

int procfmt_stat(const char *p, size_t n, struct proc_stat *st);

/* Absent numbers are -1. */
struct proc_status {
	int64_t uid, euid, suid, fsuid, gid, egid, sgid, fsgid;
	const char *groups; /* supplementary: numbers and blanks; NULL: none */
	size_t groups_n;
	int64_t nspid; /* innermost pid; -1 where the kernel has no NSpid */
	int64_t tracer, no_new_privs, seccomp;
	bool has_caps;
	uint64_t caps, permitted, inheritable, bounding, ambient;
};

int procfmt_status(const char *p, size_t n, struct proc_status *st);

enum proc_table {
	PROC_TCP,
	PROC_TCP6,
	PROC_UDP,
	PROC_UDP6,
	PROC_RAW,
	PROC_RAW6,
	PROC_ICMP, /* sockets for echo requests */
	PROC_ICMP6,
	PROC_UDPLITE,
	PROC_UDPLITE6,
	PROC_UNIX,
	PROC_PACKET,
	PROC_NETLINK,
	PROC_TABLES
};

/* Names of the tables below /proc/PID/net, and of the protocols. */
extern const char *const proc_table_name[PROC_TABLES];

struct proc_socket {
	enum proc_table table;
	const char *state;	      /* static; NULL: none */
	char local[64], remote[64];   /* "": none */
	int64_t local_port, remote_port; /* -1: none */
	uint64_t inode;		      /* 0: none any more */
	int64_t uid;		      /* -1: none */
	int64_t protocol;	      /* of netlink, packet; -1: none */
	const char *path;	      /* unix: path_n bytes; NULL: none */
	size_t path_n;
};

/* A line of a table, without its newline; not the heading. */
int procfmt_socket(enum proc_table t, const char *p, size_t n,
    struct proc_socket *s);

/* A line of maps: the path is as the kernel writes it (a newline is \012), with
 * " (deleted)" behind it where it says so; NULL: anonymous. */
struct proc_map {
	uint64_t start, end;
	bool read, write, exec, shared;
	uint64_t dev, inode; /* dev: major << 32 | minor */
	const char *path;
	size_t path_n;
};
int procfmt_map(const char *p, size_t n, struct proc_map *m);

/* "socket:[N]" */
int procfmt_socket_link(const char *p, size_t n, uint64_t *inode);

/* "net:[N]": the number in brackets after any name. */
int procfmt_ns_link(const char *p, size_t n, uint64_t *inode);

/* A line of mountinfo; texts are raw, octal escapes not undone. optional may
 * be empty; flags are those of the mount, options of the file system. */
struct proc_mount {
	int64_t id, parent;
	const char *device, *root, *point, *flags, *optional, *type, *source,
	    *options;
	size_t device_n, root_n, point_n, flags_n, optional_n, type_n,
	    source_n, options_n;
};
int procfmt_mount(const char *p, size_t n, struct proc_mount *m);

#endif
