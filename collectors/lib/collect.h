#ifndef COLLECT_H
#define COLLECT_H

/*
 * collect - the frame of a collector: options, evidence, lock, run, exit
 *
 *     int main(int argc, char **argv) {
 *         struct collect c = {.tool = "collect-images", .about = "...", ...};
 *
 *         collect_begin(&c, argc, argv);                    locked from here
 *         ... c.root, c.rec, worker_map ...
 *         return collect_end(&c);
 *     }
 *
 * collect_begin knows -r/--root, --data-root, --as, -p/--pretty, -h, -V;
 * refuses records to a terminal; opens the root; decides what it is by
 * content, in this order: file type (a regular file is an archive),
 * oci-layout, store marks, host; says so on stderr; locks; lists an archive,
 * which is a store or a host's root from then on (evidence), whatever taken_for
 * says; reads host name and boot id; writes the "run" record. collect_end writes
 * "end" and gives the exit status: 0 complete, 1 some evidence could not be read.
 *
 * Store marks are the engines' business: an engine's probe function is passed
 * by the collector (the frame itself knows no engine), and so are their names,
 * which --as takes: that engine then reads the root, and no other.
 */

#include "cli.h"
#include "lock.h"

#include <time.h>
#include "rec.h"
#include "root.h"

enum evidence {
	EVIDENCE_LIVE,	  /* / of the running host */
	EVIDENCE_HOST,	  /* a directory that is a host's root */
	EVIDENCE_STORE,	  /* a directory that is a container store */
	EVIDENCE_OCI,	  /* a directory with oci-layout: until it is listed */
	EVIDENCE_ARCHIVE, /* a regular file: until it is listed */
};

struct collect {
	/* for the collector */
	struct root *root;
	struct rec *rec;
	enum evidence evidence;
	const char *store;	/* EVIDENCE_STORE: name of the engine */
	const char *store_as;	/* the same, where --as says so; else NULL */
	bool packed;		/* an archive or a layout: the root is a tree in
				 * memory, no host was seen */
	const char *path;	/* the root, as an absolute path */
	bool live;
	struct strlist data_roots; /* --data-root, as given */
	/* for collect_begin; set before the call */
	const char *tool;
	const char *run_tool; /* name of the run; NULL: the tool's */
	const char *about;
	const struct cli_opt *more; /* further options, ended by zeros */
	unsigned keep;		/* enum lock_cap */
	bool no_landlock, sweep, sockets; /* see lock.h */
	bool memory; /* may unpack parts of the evidence into memory, whatever
		      * it is: engine_blobs_read */
	/* Is the directory a container store? Name of the engine or NULL. */
	const char *(*store_probe)(struct root *r);
	const char *const *engines; /* names for --as, ended by NULL */
	/* An archive (fd) or a layout (dir) as a root in memory: engine.h. NULL:
	 * it cannot be; why is noted, or is *e. */
	struct root *(*archive)(int fd, struct root *dir, const char *path,
	    bool host, struct rec *rec, struct err *e);
	void (*print_list)(void); /* -L: print the table to stdout */
	/* Options and evidence are known, nothing is locked: open what is not
	 * evidence (rules), name what is ours. May end with cli_usage. */
	void (*prepare)(struct collect *c);
	bool live_only;		/* any root but / holds nothing for it */
	/* private */
	struct lock lock;
	struct strlist argv;
	struct str host, boot_id, abs;
	struct timespec began;
	bool pretty;
	const char *root_arg, *as, *taken_for;
	int archive_fd;
};

void collect_begin(struct collect *c, int argc, char **argv);
int collect_end(struct collect *c);

/* The word for run.taken_for: live, host, docker ..., oci-layout, archive. */
const char *collect_taken_for(const struct collect *c);

#endif
