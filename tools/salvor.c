/*
 * salvor - the driver: runs the programs of its own folder in their order
 *
 * It knows the order of a triage and nothing else. Programs are started by
 * their path in the folder that this program lies in, never through PATH and
 * never by a shell, with an empty environment.
 */

#include "cli.h"
#include "err.h"
#include "self.h"

#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { EXIT_INVESTIGATE = 10, EXIT_WIPE = 20 };

static struct str folder; /* of the programs, with a slash */
static const char *self;  /* as the user called it */

/* ---- running programs ---------------------------------------------------- */

static void
find_folder(void)
{
	const char *slash;
	struct err e;

	str_init(&folder);
	if (self_path(&folder, &e))
		die("%s", e.msg);
	slash = strrchr(folder.s, '/');
	str_cut(&folder, (size_t)(slash - folder.s) + 1);
}

static void
program_path(const char *name, struct str *out)
{
	str_set(out, folder.s, folder.n);
	str_adds(out, name);
}

/* The vector of a call; the strings stay where they are. */
struct call {
	const char *v[256];
	size_t n;
};

static void
call_add(struct call *c, const char *arg)
{
	if (c->n + 1 >= COUNT(c->v))
		cli_usage("too many arguments");
	c->v[c->n++] = arg;
	c->v[c->n] = NULL;
}

/* What exec wants; it does not write to the strings. */
NORETURN static void
exec_call(const struct call *c)
{
	char *v[COUNT(c->v)], *env[] = {NULL};

	memcpy(v, c->v, sizeof(v));
	execve(v[0], v, env);
	warn_msg("cannot run '%s': %s", v[0], strerror(errno));
	_exit(3);
}

/* Standard input that holds nothing; a root may have no /dev. */
static void
read_nothing(void)
{
	int fd = open("/dev/null", O_RDONLY), p[2];

	if (fd < 0 && pipe(p) == 0) {
		close(p[1]);
		fd = p[0];
	}
	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
		_exit(3);
	if (fd != STDIN_FILENO)
		close(fd);
}

/*
 * Run and wait. Returns the exit status, 128 and the signal for one that was
 * killed. quiet: its standard output joins our messages, so that ours holds
 * the verdict only.
 */
static int
run(const struct call *c, bool quiet)
{
	pid_t pid;
	int st;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("cannot fork: %s", strerror(errno));
	if (pid == 0) {
		read_nothing();
		if (quiet && dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
			_exit(3);
		exec_call(c);
	}
	while (waitpid(pid, &st, 0) < 0)
		if (errno != EINTR)
			die("cannot wait: %s", strerror(errno));
	return WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
}

/* ---- triage -------------------------------------------------------------- */

enum {
	LIVE_ONLY = 1 << 0, /* and takes no root */
	FILES = 1 << 1,	    /* reads files: leaves ours out, shows progress */
	RULES = 1 << 2,	    /* takes packs and rules */
	PACKAGES = 1 << 3,  /* asks package databases */
	MEMORY = 1 << 4,    /* only if it is asked for */
	DISK_ONLY = 1 << 5, /* and takes nothing but a root */
};

static const struct step {
	const char *what;
	const char *program;
	unsigned flags;
} steps[] = { /* in the order of volatility */
	{"processes and sockets", "collect-processes", LIVE_ONLY},
	{"records of logins", "collect-processes", DISK_ONLY},
	{"memory of processes", "scan-yara", LIVE_ONLY | RULES | MEMORY},
	{"containers", "collect-containers", 0},
	{"images", "collect-images", 0},
	{"persistence and accounts", "collect-persistence", PACKAGES},
	{"packages", "collect-packages", PACKAGES},
	{"files", "collect-files", FILES | PACKAGES},
	{"YARA", "scan-yara", FILES | RULES},
};

struct triage {
	const char *root, *case_path;
	struct strlist data_roots, iocs, rules, allow, baseline, known_good;
	struct str ingest, journal;
	bool live, terminal, memory, nice;
	struct strlist failed; /* programs */
};

static double
seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
progress(const char *fmt, ...) PRINTF(1, 2);

static void
progress(const char *fmt, ...)
{
	struct str s cleanup_str = STR_INIT;
	char buf[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	str_add_visible(&s, buf, strlen(buf));
	fprintf(stderr, "salvor: %s\n", s.s);
}

/* case-ingest CASE -- PROGRAM ...; returns the exit status. */
static int
ingest(struct triage *t, const char *what, const char *program,
    const struct call *args)
{
	struct str path cleanup_str = STR_INIT;
	struct call c = {0};
	double start = seconds();
	size_t i;
	int st;

	program_path(program, &path);
	call_add(&c, t->ingest.s);
	call_add(&c, t->case_path);
	call_add(&c, "--");
	call_add(&c, path.s);
	for (i = 0; i < args->n; i++)
		call_add(&c, args->v[i]);
	progress("%s (%s) ...", what, program);
	st = run(&c, true);
	switch (st) {
	case 0:
		progress("%s: %.1f s", what, seconds() - start);
		break;
	case 1:
		progress("%s: %.1f s, some of it could not be read", what,
		    seconds() - start);
		break;
	default:
		progress("%s: %s failed (%s %d)", what, program,
		    st >= 128 ? "signal" : "exit", st >= 128 ? st - 128 : st);
		strlist_adds(&t->failed, program);
	}
	return st;
}

static void
add_each(struct call *args, const char *option, const struct strlist *l)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		call_add(args, option);
		call_add(args, l->v[i].s);
	}
}

static void
add_arguments(const struct triage *t, unsigned flags, struct call *args)
{
	if (flags & MEMORY) {
		call_add(args, "--processes");
		call_add(args, "--keep");
		add_each(args, "--iocs", &t->iocs);
		add_each(args, "--rules", &t->rules);
	}
	if (flags & LIVE_ONLY)
		return;
	call_add(args, "--root");
	call_add(args, t->root);
	if (flags & DISK_ONLY)
		return;
	add_each(args, "--data-root", &t->data_roots);
	if (flags & PACKAGES)
		add_each(args, "--known-good", &t->known_good);
	if (flags & RULES) {
		add_each(args, "--iocs", &t->iocs);
		add_each(args, "--rules", &t->rules);
	}
	if (!(flags & FILES))
		return;
	if (t->live && t->case_path) { /* the case is no evidence */
		call_add(args, "--leave-out");
		call_add(args, t->case_path);
		call_add(args, "--leave-out");
		call_add(args, t->journal.s);
	}
	if (t->terminal)
		call_add(args, "--progress");
}

static void
collect(struct triage *t)
{
	struct call args;
	size_t i;

	for (i = 0; i < COUNT(steps); i++) {
		if ((steps[i].flags & MEMORY && !t->memory) ||
		    (steps[i].flags & DISK_ONLY && t->live))
			continue;
		if (steps[i].flags & LIVE_ONLY && !t->live) {
			progress("%s: not in evidence (a disk has none)",
			    steps[i].what);
			continue;
		}
		args.n = 0;
		add_arguments(t, steps[i].flags, &args);
		ingest(t, steps[i].what, steps[i].program, &args);
	}
}

/* The records of all steps, one run behind the other, to standard output.
 * Returns 0, 1 (some could not be read), 3 (one failed). */
static int
stream(struct triage *t)
{
	struct str path cleanup_str = STR_INIT;
	struct call args, c;
	int st, worst = 0;
	size_t i, k;

	for (i = 0; i < COUNT(steps); i++) {
		if ((steps[i].flags & MEMORY && !t->memory) ||
		    (steps[i].flags & LIVE_ONLY && !t->live) ||
		    (steps[i].flags & DISK_ONLY && t->live))
			continue;
		args.n = c.n = 0;
		add_arguments(t, steps[i].flags, &args);
		program_path(steps[i].program, &path);
		call_add(&c, path.s);
		for (k = 0; k < args.n; k++)
			call_add(&c, args.v[k]);
		progress("%s (%s) ...", steps[i].what, steps[i].program);
		st = run(&c, false);
		if (st > 1)
			progress("%s: %s failed (%s %d)", steps[i].what,
			    steps[i].program, st >= 128 ? "signal" : "exit",
			    st >= 128 ? st - 128 : st);
		if (st > worst)
			worst = st > 1 ? 3 : st;
		if (st == 128 + SIGPIPE)
			break; /* nobody listens any more */
	}
	return worst;
}

/* The lowest priority for the processor and, where the kernel has it, for the
 * disk: of this program and all that it starts. */
static void
be_nice(void)
{
	enum { WHO_PROCESS = 1, CLASS_IDLE = 3 << 13 }; /* linux/ioprio.h */

	if (setpriority(PRIO_PROCESS, 0, 19))
		warn_msg("cannot lower the priority: %s", strerror(errno));
	syscall(SYS_ioprio_set, WHO_PROCESS, 0, CLASS_IDLE);
}

/* What all of it took; what each step took is in the case. */
static void
print_footprint(const struct triage *t)
{
	struct rusage u;
	struct stat st;

	if (!t->live || getrusage(RUSAGE_CHILDREN, &u))
		return;
	progress("this took %.1f s of processor time and at most %ld MiB in "
		 "one program; written: the case, %lld KiB, and nothing else "
		 "(case-query CASE footprint)",
	    (double)u.ru_utime.tv_sec + (double)u.ru_utime.tv_usec / 1e6 +
		(double)u.ru_stime.tv_sec + (double)u.ru_stime.tv_usec / 1e6,
	    u.ru_maxrss / 1024, stat(t->case_path, &st) ? 0
		: (long long)st.st_size / 1024);
}

/* Match, store the verdict, print it. Returns the exit status. */
static int
decide(struct triage *t)
{
	struct str path cleanup_str = STR_INIT;
	struct call args = {0}, c = {0};
	size_t i;
	int st, shown;

	call_add(&args, t->case_path);
	add_each(&args, "--iocs", &t->iocs);
	add_each(&args, "--allow", &t->allow);
	add_each(&args, "--baseline", &t->baseline);
	ingest(t, "rules and indicators", "case-match", &args);
	args.n = 0;
	call_add(&args, t->case_path);
	add_each(&args, "--failed", &t->failed);
	st = ingest(t, "verdict", "case-verdict", &args);
	if (st)
		die("no verdict can be made");
	/* the same once more, for a person */
	program_path("case-verdict", &path);
	call_add(&c, path.s);
	call_add(&c, "--pretty");
	for (i = 0; i < args.n; i++)
		call_add(&c, args.v[i]);
	shown = run(&c, false);
	if (shown != 0 && shown != EXIT_INVESTIGATE && shown != EXIT_WIPE)
		die("no verdict can be made (case-verdict: exit %d)", shown);
	return shown;
}

static void
add_command(struct str *out, const char *c, const char *rest, const char *what)
{
	struct str s cleanup_str = STR_INIT;

	str_adds(&s, "  ");
	str_add_visible(&s, self, strlen(self));
	str_adds(&s, " case-query ");
	str_add_visible(&s, c, strlen(c));
	str_addf(&s, " %s", rest);
	str_addf(out, "%-52s  %s\n", s.s, what);
}

static void
print_next(const struct triage *t)
{
	struct str s cleanup_str = STR_INIT;

	str_adds(&s, "\nNext\n");
	add_command(&s, t->case_path, "findings", "what the rules found");
	add_command(&s, t->case_path, "reasons", "every reason, uncut");
	add_command(&s, t->case_path, "containers", "what was run");
	add_command(&s, t->case_path, "persistence", "what runs by itself");
	add_command(&s, t->case_path, "matches", "what YARA knows of the files");
	add_command(&s, t->case_path, "notes", "what could not be read");
	fwrite(s.s, 1, s.n, stdout);
	cli_close_stdout();
}

/* A write that was interrupted is rolled back first. */
static void
recover(const struct triage *t)
{
	struct call c = {0};
	int st;

	call_add(&c, t->ingest.s);
	call_add(&c, "--recover");
	call_add(&c, t->case_path);
	st = run(&c, true);
	if (st)
		die("cannot use the case '%s'", t->case_path);
}

static void
check_root(struct triage *t)
{
	char *real cleanup_free = realpath(t->root, NULL);
	int fd cleanup_fd = -1;
	struct stat st;

	if (!real || stat(real, &st))
		die("cannot open root '%s': %s", t->root, strerror(errno));
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
		die("cannot open root '%s': neither directory nor file",
		    t->root);
	fd = open(real, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		die("cannot open root '%s': %s", t->root, strerror(errno));
	t->live = strcmp(real, "/") == 0;
}

/*
 * Evidence is never written to: the folder of the case may not lie beneath an
 * offline root. Compared by device and inode, so that neither links nor bind
 * mounts hide it.
 */
static void
check_case(const struct triage *t)
{
	char *real cleanup_free = realpath(t->case_path, NULL);
	char *copy cleanup_free = xstrdup(real ? real : t->case_path);
	char *dir cleanup_free = realpath(dirname(copy), NULL);
	struct stat root, st;
	char *slash;

	if (!dir)
		die("cannot write the case '%s': %s", t->case_path,
		    strerror(errno));
	if (t->live)
		return;
	if (stat(t->root, &root))
		die("cannot open root '%s': %s", t->root, strerror(errno));
	for (;;) {
		if (stat(*dir ? dir : "/", &st) == 0 &&
		    st.st_dev == root.st_dev && st.st_ino == root.st_ino)
			cli_usage("the case '%s' would lie inside the evidence "
				  "'%s': choose another place with --case",
			    t->case_path, t->root);
		slash = strrchr(dir, '/');
		if (!slash || !*dir)
			break;
		*slash = '\0';
	}
	if (real && stat(real, &st) == 0 && st.st_dev == root.st_dev &&
	    st.st_ino == root.st_ino)
		cli_usage("the case '%s' is the evidence itself",
		    t->case_path);
}

static bool
exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static void
check_each(const struct strlist *l, const char *what)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (access(l->v[i].s, R_OK))
			cli_usage("cannot read the %s '%s': %s", what,
			    l->v[i].s, strerror(errno));
}

/* A mistake in the command line shall not show after half an hour. */
static void
check_lists(const struct triage *t)
{
	check_each(&t->rules, "rules");
	check_each(&t->allow, "allow list");
	check_each(&t->known_good, "list");
	check_each(&t->baseline, "baseline");
	check_each(&t->iocs, "packs");
}

static void
triage_release(struct triage *t)
{
	strlist_release(&t->data_roots);
	strlist_release(&t->iocs);
	strlist_release(&t->rules);
	strlist_release(&t->allow);
	strlist_release(&t->baseline);
	strlist_release(&t->known_good);
	strlist_release(&t->failed);
	str_release(&t->ingest);
	str_release(&t->journal);
	str_release(&folder);
}

/* Options that several commands have, as rows of their tables. */
#define OPT_ROOT(t)							\
	{'r', "root", CLI_TEXT, &(t)->root, "PATH",			\
	    "the evidence: / (live, the default), a host's root, a "	\
	    "container store"}
#define OPT_IOCS(t)							\
	{0, "iocs", CLI_LIST, &(t)->iocs, "DIR",			\
	    "a pack, or a folder of packs, instead of the default"}
#define OPT_EVIDENCE(t)							\
	{0, "data-root", CLI_LIST, &(t)->data_roots, "PATH",		\
	    "a further container store inside the root"},		\
	OPT_IOCS(t),							\
	{0, "rules", CLI_LIST, &(t)->rules, "FILE|DIR",			\
	    "further YARA rules, besides those of the packs"},		\
	{0, "known-good", CLI_LIST, &(t)->known_good, "FILE",		\
	    "a list of digests that overrules package databases"}
#define OPT_EXPLAINED(t)						\
	{0, "allow", CLI_LIST, &(t)->allow, "FILE",			\
	    "an allow list: keys, accounts and files that somebody "	\
	    "answers for"},						\
	{0, "baseline", CLI_LIST, &(t)->baseline, "CASE",		\
	    "the case of a clean sibling: what is the same there is "	\
	    "explained"}
#define OPT_HOW(t)							\
	{0, "memory", CLI_FLAG, &(t)->memory, NULL,			\
	    "live: YARA over the memory of processes, too"},		\
	{0, "nice", CLI_FLAG, &(t)->nice, NULL,				\
	    "work at the lowest priority"}

static int
triage_main(int argc, char **argv)
{
	struct triage t = {.root = "/", .case_path = "case.db"};
	const struct cli_opt opts[] = {
		OPT_ROOT(&t),
		{'c', "case", CLI_TEXT, &t.case_path, "CASE",
		    "the case to write, case.db by default"},
		OPT_EVIDENCE(&t),
		OPT_EXPLAINED(&t),
		OPT_HOW(&t),
		{0},
	};
	const struct cli cli = {
		.synopsis = "",
		.about = "Collect evidence, match it, decide: keep (exit 0), "
			 "investigate (10) or wipe (20).",
		.opts = opts,
	};
	int st;

	progname = "salvor triage";
	cli_parse(&cli, argc, argv);
	progname = "salvor";
	program_path("case-ingest", &t.ingest);
	check_root(&t);
	check_case(&t);
	check_lists(&t);
	str_addf(&t.journal, "%s-journal", t.case_path);
	t.terminal = isatty(STDERR_FILENO);
	if (t.live && geteuid() != 0)
		warn_msg("not root: much cannot be read, and a keep is not "
			 "possible");
	if (exists(t.case_path))
		recover(&t);
	if (t.nice)
		be_nice();
	collect(&t);
	st = decide(&t);
	print_footprint(&t);
	print_next(&t);
	triage_release(&t);
	return st;
}

static int
collect_main(int argc, char **argv)
{
	struct triage t = {.root = "/"};
	const struct cli_opt opts[] = {
		OPT_ROOT(&t),
		OPT_EVIDENCE(&t),
		OPT_HOW(&t),
		{0},
	};
	const struct cli cli = {
		.synopsis = "",
		.about = "All collectors in the order of a triage, as one "
			 "stream of records on standard output.",
		.opts = opts,
	};
	int st;

	progname = "salvor collect";
	cli_parse(&cli, argc, argv);
	progname = "salvor";
	if (isatty(STDOUT_FILENO))
		cli_usage("records are not for a terminal: use a pipe into "
			  "case-ingest");
	check_root(&t);
	check_lists(&t);
	if (t.nice)
		be_nice();
	st = stream(&t);
	triage_release(&t);
	return st;
}

static int
verdict_main(int argc, char **argv)
{
	struct triage t = {0};
	const struct cli_opt opts[] = {
		OPT_IOCS(&t),
		OPT_EXPLAINED(&t),
		{0},
	};
	const struct cli cli = {
		.synopsis = "CASE",
		.about = "Match a case and decide: keep (exit 0), investigate "
			 "(10) or wipe (20).",
		.opts = opts,
		.min = 1,
		.max = 1,
	};
	int at, st;

	progname = "salvor verdict";
	at = cli_parse(&cli, argc, argv);
	progname = "salvor";
	t.case_path = argv[at];
	program_path("case-ingest", &t.ingest);
	if (!exists(t.case_path))
		die("cannot open case '%s': %s", t.case_path, strerror(ENOENT));
	check_lists(&t);
	recover(&t);
	st = decide(&t);
	print_next(&t);
	triage_release(&t);
	return st;
}

/* ---- one program --------------------------------------------------------- */

static bool
is_program(const char *name)
{
	static const char *const families[] = {"collect-", "case-", "scan-"};
	size_t i, n;

	if (strchr(name, '/'))
		return false;
	for (i = 0; i < COUNT(families); i++) {
		n = strlen(families[i]);
		if (strncmp(name, families[i], n) == 0 && name[n])
			return true;
	}
	return false;
}

static void
list_programs(void)
{
	struct strlist names cleanup_strlist = STRLIST_INIT;
	DIR *dir cleanup_dir = opendir(folder.s);
	const struct dirent *ent;
	size_t i;

	if (!dir)
		die("cannot read '%s': %s", folder.s, strerror(errno));
	while ((ent = readdir(dir)))
		if (is_program(ent->d_name))
			strlist_adds(&names, ent->d_name);
	strlist_sort(&names);
	puts("collect");
	puts("triage");
	puts("verdict");
	for (i = 0; i < names.n; i++) {
		struct str s cleanup_str = STR_INIT;

		str_add_visible(&s, names.v[i].s, names.v[i].n);
		puts(s.s);
	}
	cli_close_stdout();
}

static int
program_main(int argc, char **argv)
{
	struct str path cleanup_str = STR_INIT;
	struct call c = {0};
	int i;

	if (!is_program(argv[0]))
		cli_usage("unknown command '%s' (-L lists them)", argv[0]);
	program_path(argv[0], &path);
	if (access(path.s, X_OK))
		cli_usage("there is no program '%s' (-L lists them): %s",
		    path.s, strerror(errno));
	call_add(&c, path.s);
	for (i = 1; i < argc; i++)
		call_add(&c, argv[i]);
	exec_call(&c);
}

int
main(int argc, char **argv)
{
	bool list = false;
	const struct cli_opt opts[] = {
		{'L', "list", CLI_FLAG, &list, NULL,
		    "list the commands and exit"},
		{0},
	};
	const struct cli cli = {
		.synopsis = "COMMAND [ARGS...]",
		.about = "Wipe or keep: triage a Linux host that ran "
			 "containers.",
		.opts = opts,
		.more = "Commands:\n"
			"  triage        collect, match, decide (salvor triage "
			"--help)\n"
			"  collect       the records of a triage to standard "
			"output\n"
			"  verdict CASE  match a case again and decide\n"
			"  NAME ...      run one program of salvor by its full "
			"name\n",
		.min = 0,
		.max = -1,
		.stop = true,
	};
	int at;

	self = argc > 0 ? argv[0] : "salvor";
	cli_init("salvor");
	at = cli_parse(&cli, argc, argv);
	find_folder();
	if (list) {
		list_programs();
		return 0;
	}
	if (at == argc)
		cli_usage("no command given");
	if (strcmp(argv[at], "triage") == 0)
		return triage_main(argc - at, argv + at);
	if (strcmp(argv[at], "collect") == 0)
		return collect_main(argc - at, argv + at);
	if (strcmp(argv[at], "verdict") == 0)
		return verdict_main(argc - at, argv + at);
	return program_main(argc - at, argv + at);
}
