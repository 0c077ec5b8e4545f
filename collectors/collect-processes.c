/*
 * collect-processes - the live process tree and its sockets
 *
 * Two steps, each in workers: the processes, whose workers give the sockets
 * among their descriptors to the parent; then the socket tables of each
 * network namespace, joined by inode with what was given.
 */

#include "collect.h"
#include "live.h"
#include "logins.h"
#include "worker.h"

/*
 * What is mounted over /proc hides nothing from us where we read one of our
 * own; it is a lie all the same.
 */
static void
survey(void *arg, const char *path, const struct err *e)
{
	struct live *run = arg;

	if (proc_is_fresh(run->fs) && (strncmp(path, "/proc/", 6) == 0 ||
					  e->class == ERR_CORRUPT))
		live_contradiction(run, "mount", path, "a /proc of our own",
		    "the host's /proc", e->msg, 0, path);
	else
		rec_note_err(run->rec, "proc", "host", path, e);
}

static struct live run;
static struct err no_proc;

static void
logins(void *arg, size_t i, struct rec *r)
{
	struct collect *c = arg;

	(void)i;
	logins_read(c->root, &run.accounts, r);
}

static void
logins_name(void *arg, size_t i, struct str *out, const char **scope)
{
	(void)arg;
	(void)i;
	*scope = "host";
	str_adds(out, "records of logins");
}

static void
collect_logins(struct collect *c)
{
	struct worker_map m = {.n = 1, .fn = logins, .name = logins_name,
	    .arg = c, .op = "logins"};
	struct err e;

	if (worker_map(&m, c->rec, &e))
		die("%s", e.msg);
}

/* Before the lock: what has to be opened. */
static void
prepare(struct collect *c)
{
	if (!c->live)
		return;
	run.root = c->root;
	run.fs = proc_open(&no_proc);
	live_kernel_open(&run);
	live_bpf_open(&run);
	if (run.fs)
		live_diag_open(&run);
}

int
main(int argc, char **argv)
{
	struct collect c = {
		.tool = "collect-processes",
		.about = "Write the live processes and their sockets as "
			 "records.",
		.keep = LOCK_SYS_PTRACE | LOCK_DAC_READ_SEARCH |
		    LOCK_FOWNER,
		.no_landlock = true,
		.live_only = true,
		.sweep = true,
		.sockets = true,
		.prepare = prepare,
	};
	struct err e;

	collect_begin(&c, argc, argv);
	run.rec = c.rec;
	run.root = c.root;
	if (!c.live) {
		rec_note(c.rec, ERR_ABSENT, "proc", NULL, NULL, 0,
		    "not in evidence: only a running host has processes");
		if (c.evidence == EVIDENCE_HOST) {
			/* only names: who needs them has collect-persistence */
			(void)accounts_read(c.root, &run.accounts, c.rec,
			    "host", &e);
			collect_logins(&c);
			accounts_release(&run.accounts);
		}
		return collect_end(&c);
	}
	if (accounts_read(c.root, &run.accounts, c.rec, "host", &e))
		rec_note_err(c.rec, "read", "host", "/etc/passwd", &e);
	if (!run.fs) {
		/* an absent /proc is not an absent process table */
		if (no_proc.class == ERR_ABSENT)
			no_proc.class = ERR_DENIED;
		rec_note_err(c.rec, "proc", "host", "/proc", &no_proc);
		return collect_end(&c);
	}
	if (proc_survey(run.fs, survey, &run, &e))
		rec_note_err(c.rec, "proc", "host", "/proc", &e);
	live_processes(&run);
	live_hidden(&run);
	live_sockets(&run);
	live_images(&run);
	live_mounts(&run);
	live_dirs(&run);
	live_kernel(&run);
	live_bpf(&run);
	live_diag_notes(&run);
	live_notes(&run);
	collect_logins(&c);
	live_free(&run);
	accounts_release(&run.accounts);
	proc_free(run.fs);
	return collect_end(&c);
}
