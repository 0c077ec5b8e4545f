/* hidden - does the process table lie? Views of it against each other */

#include "live.h"

#include "limits.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <time.h>

/*
 * The listing of /proc is one view. The others: asking the kernel by number
 * (sched_getscheduler of every number, kill 0 and /proc/N of the low ones),
 * the members of the control groups, the parents that processes name, and the
 * /proc that the host shows, where we read one of our own. A number that any
 * of them knows and the listing does not is asked for again, with pauses, until
 * it is gone, or listed, or a race is ruled out; the same the other way round.
 * Numbers of threads are no contradiction: their process is listed.
 */

#define WORDS (PROC_PIDS_MAX / 64 + 1)

enum view {
	VIEW_SCHED,
	VIEW_KILL,
	VIEW_OPEN,
	VIEW_CGROUP,
	VIEW_PARENT,
	VIEWS
};
static const char *const view_name[VIEWS] = {
	"sched_getscheduler",
	"kill 0",
	"/proc/PID by number",
	"cgroup.procs",
	"named as a parent",
};

struct hidden {
	struct live *run;
	uint64_t *listed;  /* in one of our listings */
	uint64_t *by[VIEWS];
	uint32_t max; /* highest number that is in use */
	uint32_t top; /* that any view has */
};

static void
mark(uint64_t *set, uint32_t pid)
{
	if (pid <= PROC_PIDS_MAX)
		set[pid / 64] |= 1ULL << pid % 64;
}

static bool
marked(const uint64_t *set, uint32_t pid)
{
	return set[pid / 64] >> pid % 64 & 1;
}

static void
seen(struct hidden *h, enum view v, uint32_t pid)
{
	mark(h->by[v], pid);
	if (pid > h->top && pid <= PROC_PIDS_MAX)
		h->top = pid;
}

static bool
listing(struct hidden *h, bool clear)
{
	uint32_t *pids;
	struct err e;
	size_t i, n;

	if (proc_list(h->run->fs, &pids, &n, &e))
		return false;
	if (clear)
		memset(h->listed, 0, WORDS * sizeof(*h->listed));
	for (i = 0; i < n; i++) {
		mark(h->listed, pids[i]);
		if (pids[i] > h->max)
			h->max = pids[i];
	}
	free(pids);
	return true;
}

static bool
alive(uint32_t pid)
{
	return sched_getscheduler((pid_t)pid) >= 0 || errno != ESRCH;
}

static bool
killable(uint32_t pid)
{
	return kill((pid_t)pid, 0) == 0 || errno != ESRCH;
}

/* Where numbers can be: up to the last one given, if they have not begun
 * again since the machine started; else up to the largest there can be. */
static uint32_t
last_number(struct hidden *h)
{
	struct str s cleanup_str = STR_INIT;
	struct err e;
	uint64_t forks = 0, last = 0, max = PROC_PIDS_MAX;
	const char *at;

	if (proc_text(h->run->fs, "sys/kernel/pid_max", 64, &s, &e) == 0 &&
	    s.n)
		max = strtoull(s.s, NULL, 10);
	if (max > PROC_PIDS_MAX || max < 300)
		max = PROC_PIDS_MAX;
	if (proc_text(h->run->fs, "sys/kernel/ns_last_pid", 64, &s, &e) == 0)
		last = strtoull(s.s, NULL, 10);
	if (proc_text(h->run->fs, "stat", PROC_FILE_MAX, &s, &e) == 0 &&
	    (at = strstr(s.s, "\nprocesses ")))
		forks = strtoull(at + 11, NULL, 10);
	if (last && forks && forks + 1024 < max && last < max)
		max = (last > h->max ? last : h->max) + 4096;
	return max > PROC_PIDS_MAX ? PROC_PIDS_MAX : (uint32_t)max;
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void
sweep(struct hidden *h, uint32_t to)
{
	int64_t end = now_ms() + 1000 * PROC_SWEEP_SECONDS;
	uint32_t pid;

	/* the others' word counts only for what is not listed */
	for (pid = 1; pid <= to; pid++) {
		if (!marked(h->listed, pid)) {
			if (alive(pid))
				seen(h, VIEW_SCHED, pid);
			if (pid <= PROC_SWEEP_LOW) {
				if (killable(pid))
					seen(h, VIEW_KILL, pid);
				if (proc_there(h->run->fs, pid))
					seen(h, VIEW_OPEN, pid);
			}
		}
		if (pid % 4096 == 0 && now_ms() > end)
			break;
	}
	if (pid <= to)
		rec_note(h->run->rec, ERR_LIMIT, "sweep", "host", "/proc", 0,
		    "after %d seconds %u of %u numbers of processes were asked "
		    "for (PROC_SWEEP_SECONDS): whether the others hide any is "
		    "not known", PROC_SWEEP_SECONDS, pid, to);
}

/* ---- members of control groups ---- */

struct groups {
	struct hidden *h;
	size_t n;
	bool full;
};

static int
group(void *arg, struct root_file *f)
{
	struct groups *g = arg;
	struct str path cleanup_str = STR_INIT, text cleanup_str = STR_INIT;
	const char *p, *q;
	struct err e;

	if (!S_ISDIR(f->st.st_mode))
		return 0;
	if (++g->n > PROC_CGROUPS_MAX) {
		g->full = true;
		return 2;
	}
	str_addf(&path, "%s/cgroup.procs", f->path.s);
	if (root_slurp(g->h->run->root, path.s, PROC_FILE_MAX, &text, NULL,
		&e) < 0)
		return 0; /* a threaded group has none; it may be gone */
	for (p = text.s; *p; p = *q ? q + 1 : q) {
		q = strchrnul(p, '\n');
		seen(g->h, VIEW_CGROUP, (uint32_t)strtoul(p, NULL, 10));
	}
	return 0;
}

static void
control_groups(struct hidden *h)
{
	/* v2, or of v1 systemd's own */
	static const char *const tops[] = {"/sys/fs/cgroup",
	    "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd",
	    "/sys/fs/cgroup/pids", "/sys/fs/cgroup/cpu"};
	struct groups g = {.h = h};
	struct err e;
	size_t i;

	for (i = 0; i < COUNT(tops) && !g.full; i++) {
		struct root_file f cleanup_root_file = ROOT_FILE_INIT;
		struct str p cleanup_str = STR_INIT;

		str_addf(&p, "%s/cgroup.procs", tops[i]);
		if (root_find(h->run->root, p.s, 0, &f, NULL))
			continue;
		if (root_scan(h->run->root, tops[i], group, NULL, &g, &e) < 0)
			rec_note_err(h->run->rec, "sweep", "host", tops[i],
			    &e);
		break;
	}
	if (g.full)
		rec_note(h->run->rec, ERR_LIMIT, "sweep", "host",
		    "/sys/fs/cgroup", 0, "over %d control groups "
		    "(PROC_CGROUPS_MAX)", PROC_CGROUPS_MAX);
}

/* ---- judgement ---- */

static void
views_of(struct hidden *h, uint32_t pid, struct str *out)
{
	size_t i;

	for (i = 0; i < VIEWS; i++)
		if (marked(h->by[i], pid))
			str_addf(out, "%s%s", out->n ? ", " : "",
			    view_name[i]);
}

static void
contradict_pid(struct hidden *h, uint32_t pid, const char *sees,
    const char *blind, const char *what, int repeats)
{
	char subject[32];

	snprintf(subject, sizeof(subject), "%u", pid);
	live_contradiction(h->run, "process", subject, sees, blind, what,
	    repeats, NULL);
}

/* A number that was seen and not listed: until it is one or the other. */
static void
examine(struct hidden *h, uint32_t pid)
{
	struct str sees cleanup_str = STR_INIT;
	struct timespec pause = {0, 20 * 1000 * 1000};
	int64_t of;
	int tries;

	for (tries = 0; tries < PROC_REPEATS; tries++) {
		of = proc_ask(h->run->fs, pid);
		/* a thread of a process that is listed */
		if (of > 0 && of != (int64_t)pid && of <= PROC_PIDS_MAX &&
		    marked(h->listed, (uint32_t)of))
			return;
		if (of <= 0 && !alive(pid))
			return; /* it has ended */
		if (tries)
			nanosleep(&pause, NULL);
		if (!listing(h, false) || marked(h->listed, pid))
			return; /* it began meanwhile */
	}
	of = proc_ask(h->run->fs, pid);
	if (of <= 0 && !alive(pid))
		return;
	views_of(h, pid, &sees);
	contradict_pid(h, pid, sees.s, "listing of /proc",
	    of == (int64_t)pid ? "a process that /proc does not list"
		: of > 0       ? "a thread of a process that /proc does not "
				 "list"
			       : "a process that the kernel knows by its "
				 "number and /proc does not",
	    tries);
}

/* One that is listed, and of which the kernel knows nothing. */
static void
examine_false(struct hidden *h, uint32_t pid)
{
	struct timespec pause = {0, 20 * 1000 * 1000};
	int tries;

	for (tries = 0; tries < PROC_REPEATS; tries++) {
		if (alive(pid))
			return;
		if (tries)
			nanosleep(&pause, NULL);
		if (!listing(h, true) || !marked(h->listed, pid))
			return;
	}
	contradict_pid(h, pid, "listing of /proc", view_name[VIEW_SCHED],
	    "a process that /proc lists and the kernel does not know", tries);
}

/* What the host shows against what we read. */
static void
compare_shown(struct hidden *h)
{
	struct timespec pause = {0, 20 * 1000 * 1000};
	uint64_t *shown = xcalloc(WORDS, sizeof(*shown));
	uint32_t *pids, pid;
	struct err e;
	size_t i, n;
	int tries;
	bool missing = true;

	/* one that began after the listing, or ended before it, is none */
	for (tries = 0; tries < PROC_REPEATS && missing; tries++) {
		if (tries)
			nanosleep(&pause, NULL);
		memset(shown, 0, WORDS * sizeof(*shown));
		/* the first time ours is just made */
		if ((tries && !listing(h, true)) ||
		    proc_list_shown(h->run->fs, &pids, &n, &e)) {
			free(shown);
			return;
		}
		for (i = 0; i < n; i++)
			mark(shown, pids[i]);
		free(pids);
		missing = false;
		for (pid = 1; pid <= h->max; pid++)
			if (marked(h->listed, pid) && !marked(shown, pid) &&
			    alive(pid))
				missing = true;
	}
	for (pid = 1; missing && pid <= h->max; pid++)
		if (marked(h->listed, pid) && !marked(shown, pid) &&
		    alive(pid))
			contradict_pid(h, pid, "a /proc of our own",
			    "the host's /proc", "a process that the host's "
			    "/proc does not list", tries);
	free(shown);
}

/*
 * Only a full list can be compared, and only if the kernel says of a number
 * that cannot be one that there is no such process: a filter around us may
 * refuse the question.
 */
static bool
comparable(struct live *run)
{
	const uint32_t none = 0x3fffffff;
	const char *why = NULL;

	if (!proc_self(run->fs))
		why = "/proc is of another pid namespace";
	else if (proc_hides(run->fs))
		why = "hidepid leaves processes out of it";
	else if (alive(none) || killable(none))
		why = "the kernel does not answer by number";
	if (why)
		rec_note(run->rec, ERR_DENIED, "sweep", "host", "/proc", 0,
		    "whether the list of processes is whole cannot be told: %s",
		    why);
	return !why;
}

void
live_hidden(struct live *run)
{
	struct hidden h = {.run = run};
	uint32_t pid, to;
	size_t i;

	if (!comparable(run))
		return;
	h.listed = xcalloc(WORDS, sizeof(*h.listed));
	for (i = 0; i < VIEWS; i++)
		h.by[i] = xcalloc(WORDS, sizeof(*h.by[i]));
	for (i = 0; i < run->seen_n; i++)
		seen(&h, VIEW_PARENT, run->seen[i].ppid);
	if (listing(&h, true)) {
		to = last_number(&h);
		control_groups(&h);
		sweep(&h, to);
		listing(&h, false);
		for (pid = 1; pid <= h.top; pid++) {
			for (i = 0; i < VIEWS && !marked(h.by[i], pid); i++)
				;
			if (i < VIEWS && !marked(h.listed, pid))
				examine(&h, pid);
		}
		listing(&h, true);
		for (pid = 1; pid <= h.max; pid++)
			if (marked(h.listed, pid) && !alive(pid))
				examine_false(&h, pid);
		if (proc_is_fresh(run->fs))
			compare_shown(&h);
	}
	free(h.listed);
	for (i = 0; i < VIEWS; i++)
		free(h.by[i]);
}
