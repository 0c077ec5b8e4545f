#ifndef YARAPROC_H
#define YARAPROC_H

/*
 * yaraproc - YARA over the memory of live processes
 *
 * Each process is read through /proc/PID/mem, page by page as it is, and never
 * stopped. Only pages that are in memory at that moment (/proc/PID/pagemap) are
 * read: one that is swapped out, or that the process has never touched, would
 * otherwise be brought in on its account. Of mapped files only pages that the
 * process has changed are read, since the files themselves are scanned
 * elsewhere; all of them where the file has no name any more, or is the
 * executable. Maps of devices, and what is neither file nor anonymous memory
 * (buffers of drivers, rings of sockets), are left alone. We ourselves, our
 * ancestors and our sister programs are not scanned.
 *
 * Unless all are asked for, a process needs a reason: its executable has no
 * file any more, is in a place for temporary files or hidden, or came with no
 * package; it is in a container; it is an interpreter; LD_PRELOAD is set; it
 * has memory that can be written and executed, or executes what has no file.
 *
 * Calling:  yaraproc_open before the lock; set the other members; yaraproc_run.
 * Errors:   notes: denied, limit, and of processes that ended, absent.
 * Limits:   YARA_PROCESS_* of limits.h: bytes and time of a process, and how
 *           much its resident memory may grow meanwhile (whoever makes it
 *           grow): then it is left. Our own memory is that of yarascan.h, in
 *           YARA_PROCESS_WORKERS workers.
 * Trust:    memory is as hostile as it gets: only workers see it.
 */

#include "proc.h"
#include "rec.h"
#include "root.h"
#include "yararules.h"

struct yaraproc {
	struct rec *rec;
	struct root *root; /* / */
	const struct yararules *rules;
	bool all, keep;
	/* In the parent, for each rule that matched; numbers of rules->all. */
	void (*tell)(void *arg, uint32_t rule);
	void *arg;
	/* results */
	size_t scanned;
	uint64_t bytes;
	/* private */
	struct proc_fs *fs;
	struct err error; /* of yaraproc_open */
	uint32_t *pids;
	size_t n, others, denied;
	int64_t ancestors[64];
	size_t ancestors_n;
	uint64_t grown;
};

void yaraproc_open(struct yaraproc *y);
void yaraproc_run(struct yaraproc *y);

#endif
