/*
 * case-ingest - load record streams into a case: the only writer of cases
 */

#include "case.h"
#include "cli.h"
#include "err.h"
#include "ingest.h"
#include "limits.h"
#include "lock.h"
#include "recread.h"
#include "self.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

extern char **environ;

/* Where the stream comes from. */
struct source {
	int in;	 /* the stream */
	int err; /* messages of the program, -1: none */
	pid_t pid; /* of the program, 0: none */
	uint64_t cut; /* bytes of its messages that are not kept */
	bool terminal; /* our messages go to one: progress is shown */
	bool drawn;    /* its last line is progress */
	struct str pending; /* "\r...", which may become progress */
	struct ingest_child child;
	bool failed; /* it ended with 1: some evidence could not be read */
};

static const char *case_path;

static volatile sig_atomic_t caught;

static void
on_signal(int sig)
{
	caught = sig;
}

/*
 * Signals that ask us to stop are let in only where we wait, so that none is
 * lost: the run under way is then committed as truncated.
 */
static void
signals(sigset_t *before)
{
	static const int stops[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction sa = {.sa_handler = on_signal};
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < COUNT(stops); i++) {
		sigaction(stops[i], &sa, NULL);
		sigaddset(&set, stops[i]);
	}
	sigprocmask(SIG_BLOCK, &set, before);
}

/* Wait for in and err, or for the time given (NULL: any). */
static int
wait_for(struct pollfd *p, nfds_t n, const struct timespec *ts)
{
	sigset_t none;

	sigemptyset(&none);
	return ppoll(p, n, ts, &none);
}

static void
say(const char *p, size_t n)
{
	ssize_t k;

	while (n) {
		k = write(STDERR_FILENO, p, n);
		if (k < 0 && errno != EINTR)
			return;
		if (k > 0) {
			p += k;
			n -= (size_t)k;
		}
	}
}

/* A message: shown as it is, kept up to a limit. */
static void
message(struct source *s, const char *p, size_t n)
{
	size_t keep = INGEST_STDERR_MAX - s->child.messages.n;

	if (!n)
		return;
	say(p, n);
	s->drawn = false;
	if (keep > n)
		keep = n;
	str_add(&s->child.messages, p, keep);
	s->cut += n - keep;
}

/* Nothing more of it comes: it was a message. */
static void
flush_pending(struct source *s)
{
	message(s, s->pending.s, s->pending.n);
	str_clear(&s->pending);
}

/*
 * What a program says of its progress stands between a carriage return and
 * "erase the rest of the line" (walk.h; salvor asks for it with --progress
 * where it talks to a terminal). It is passed on to a terminal, nowhere else,
 * and it is no message of the run.
 */
static void
take_messages(struct source *s, const char *p, size_t n)
{
	static const char erase[] = "\033[K";
	const char *cr;
	size_t k;

	while (n) {
		if (!s->pending.n) {
			cr = memchr(p, '\r', n);
			k = cr ? (size_t)(cr - p) : n;
			message(s, p, k);
			p += k;
			n -= k;
			if (n) {
				str_addc(&s->pending, '\r');
				p++;
				n--;
			}
			continue;
		}
		str_addc(&s->pending, *p++);
		n--;
		k = s->pending.n;
		if (k >= 4 && memcmp(s->pending.s + k - 3, erase, 3) == 0) {
			if (s->terminal)
				say(s->pending.s, k);
			s->drawn = s->terminal && k > 4;
			str_clear(&s->pending);
		} else if (s->pending.s[k - 1] == '\n' ||
		    k > INGEST_PROGRESS_MAX) {
			flush_pending(s);
		}
	}
}

static void
pass_messages(struct source *s)
{
	char buf[4096];
	ssize_t n = read(s->err, buf, sizeof(buf));

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		close(s->err);
		s->err = -1;
		return;
	}
	take_messages(s, buf, (size_t)n);
}

static ssize_t
fill(void *arg, void *p, size_t n)
{
	struct source *s = arg;
	struct pollfd fds[2];

	for (;;) {
		if (caught)
			return 0;
		fds[0] = (struct pollfd){.fd = s->in, .events = POLLIN};
		fds[1] = (struct pollfd){.fd = s->err, .events = POLLIN};
		if (wait_for(fds, 2, NULL) < 0) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		if (fds[1].revents)
			pass_messages(s);
		if (fds[0].revents)
			return read(s->in, p, n);
	}
}

/* A moment of waiting for a lock. */
static bool
idle(void *arg)
{
	struct source *s = arg;
	struct pollfd p = {.fd = s->err, .events = POLLIN};
	struct timespec ts = {0, 50 * 1000 * 1000};

	if (wait_for(&p, 1, &ts) > 0)
		pass_messages(s);
	return !caught;
}

/*
 * The stream is over: the program has to end. One that does not (we stopped
 * reading, and it does not write) is left to the signal that our own end
 * sends it.
 */
static const struct ingest_child *
ended(void *arg)
{
	struct source *s = arg;
	struct pollfd p;
	struct timespec ts = {0, 20 * 1000 * 1000};
	int status, turn = 0;
	pid_t got = 0;

	close(s->in);
	s->in = -1;
	while ((got = waitpid(s->pid, &status, WNOHANG)) == 0 &&
	       turn < INGEST_CHILD_SECONDS * 50) {
		p = (struct pollfd){.fd = s->err, .events = POLLIN};
		if (wait_for(&p, 1, &ts) > 0)
			pass_messages(s);
		else
			turn++;
	}
	/* what it said last; another process may hold the pipe open */
	ts.tv_nsec = 0;
	for (;;) {
		p = (struct pollfd){.fd = s->err, .events = POLLIN};
		if (s->err < 0 || wait_for(&p, 1, &ts) <= 0)
			break;
		pass_messages(s);
	}
	flush_pending(s);
	if (s->drawn) /* it was killed before it could do so itself */
		say("\r\033[K", 4);
	if (s->cut)
		str_addf(&s->child.messages, "\n[%llu more bytes]\n",
		    (unsigned long long)s->cut);
	if (got == s->pid && WIFEXITED(status))
		s->child.status = WEXITSTATUS(status);
	else if (got == s->pid && WIFSIGNALED(status))
		s->child.signal = WTERMSIG(status);
	s->failed = s->child.status == 1;
	return &s->child;
}

static void
said(void *arg UNUSED, int64_t run, const char *tool, uint64_t records,
    uint64_t lost, const char *why)
{
	warn_msg("'%s': run %lld, %s: %llu records%s%s", case_path,
	    (long long)run, tool, (unsigned long long)records,
	    why ? ", truncated: " : lost ? ", some evidence could not be read"
					 : "", why ? why : "");
}

/* The program's path: a bare name lies beside us, never in PATH. */
static void
program_path(const char *name, struct str *out)
{
	const char *slash;
	struct err e;

	if (strchr(name, '/')) {
		str_sets(out, name);
		return;
	}
	if (self_path(out, &e))
		die("%s: give '%s' with its path", e.msg, name);
	slash = strrchr(out->s, '/');
	str_cut(out, (size_t)(slash - out->s) + 1);
	str_adds(out, name);
}

NORETURN static void
become(const char *path, char **argv, int out, int err, int trouble,
    const sigset_t *mask, pid_t parent)
{
	int e;

	/* our end is its end: nobody would read what it finds */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(3);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	if (dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0)
		execve(path, argv, environ);
	e = errno;
	if (write(trouble, &e, sizeof(e)) < 0)
		_exit(3);
	_exit(3);
}

static void
start(struct source *s, char **argv, const sigset_t *mask)
{
	struct str path cleanup_str = STR_INIT;
	int out[2], err[2], trouble[2], e = 0;
	pid_t self = getpid();

	program_path(argv[0], &path);
	if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC) ||
	    pipe2(trouble, O_CLOEXEC))
		die("cannot make a pipe: %s", strerror(errno));
	fcntl(out[0], F_SETPIPE_SZ, 1024 * 1024); /* fewer turns */
	s->pid = fork();
	if (s->pid < 0)
		die("cannot make a process: %s", strerror(errno));
	if (s->pid == 0)
		become(path.s, argv, out[1], err[1], trouble[1], mask, self);
	close(out[1]);
	close(err[1]);
	close(trouble[1]);
	if (read(trouble[0], &e, sizeof(e)) > 0)
		die("cannot start '%s': %s", path.s, strerror(e));
	close(trouble[0]);
	s->in = out[0];
	s->err = err[0];
}

static void
open_input(struct source *s, const char *path)
{
	struct stat st;

	s->in = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (s->in < 0 || fstat(s->in, &st))
		die("cannot open '%s': %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		die("cannot read '%s': Is a directory", path);
}

static void
lock(struct ingest *g, bool child)
{
	struct lock l = {.write_ok = true, .wait = child};
	struct err e;
	int fd = ingest_dir(g);

	l.write_fds = &fd;
	l.write_n = 1;
	if (lock_down(&l, &e))
		die("cannot lock: %s", e.msg);
	strlist_release(&l.capabilities);
	strlist_release(&l.sandbox);
}

static int
recover(struct ingest *g)
{
	struct err e;
	bool done;

	lock(g, false);
	if (ingest_recover(g, &done, &e))
		die("%s", e.msg);
	warn_msg("'%s': %s", case_path, done
	    ? "an interrupted run was rolled back" : "nothing to roll back");
	return 0;
}

/* Load the stream of s into the case. Exit status. */
static int
load(struct ingest *g, struct source *s)
{
	struct ingest_hooks hooks = {
		.ended = s->pid ? ended : NULL,
		.idle = idle,
		.run = said,
		.arg = s,
	};
	struct ingest_result res;
	struct recread *r = recread_open_fn(fill, s);
	struct err e;
	int ret = ingest_load(g, r, &hooks, &res, &e);

	recread_free(r);
	if (ret && !caught)
		warn_msg("'%s': %s", case_path, e.msg);
	if (ret && s->child.status > 1)
		warn_msg("the program exited with %d", s->child.status);
	if (ret && s->child.signal)
		warn_msg("the program was killed by signal %d",
		    s->child.signal);
	if (caught)
		warn_msg("stopped by signal %d", (int)caught);
	if (ret || caught || res.truncated)
		return 3;
	return res.lost || s->failed ? 1 : 0;
}

static bool want_recover, want_schema;

static void
check_operands(int n, char **v)
{
	bool program = n > 1 && strcmp(v[1], "--") == 0;

	if (n < 1)
		cli_usage("the case is missing");
	if (want_recover && n > 1)
		cli_usage("unexpected operand '%s'", v[1]);
	if (program && n < 3)
		cli_usage("the program behind '--' is missing");
	if (!program && n > 2)
		cli_usage("unexpected operand '%s'", v[2]);
}

int
main(int argc, char **argv)
{
	static const struct cli_opt opts[] = {
		{0, "recover", CLI_FLAG, &want_recover, NULL,
		    "roll back what an interrupted run left, check the case"},
		{0, "schema", CLI_FLAG, &want_schema, NULL,
		    "print the SQL that makes a case, and exit"},
		{0},
	};
	static const struct cli cli = {
		.synopsis = "CASE [FILE | -- PROGRAM ARGS...]",
		.about = "Load record streams into a case; without FILE or "
			 "PROGRAM from standard input.",
		.opts = opts,
		.max = -1,
	};
	struct source s = {.in = STDIN_FILENO, .err = -1,
	    .child = {.status = -1, .messages = STR_INIT},
	    .pending = STR_INIT};
	struct str sql cleanup_str = STR_INIT;
	struct ingest *g;
	struct err e;
	sigset_t mask;
	int n, status;
	bool made;

	cli_init("case-ingest");
	n = cli_parse(&cli, argc, argv);
	s.terminal = isatty(STDERR_FILENO);
	argv += n; /* CASE, then FILE or "--" and a program */
	n = argc - n;
	if (want_schema) {
		if (n)
			cli_usage("unexpected operand '%s'", argv[0]);
		case_schema(&sql);
		fputs(sql.s, stdout);
		cli_close_stdout();
		return 0;
	}
	check_operands(n, argv);
	case_path = argv[0];
	if (!want_recover) /* that one may simply be killed */
		signals(&mask);
	if (n == 2)
		open_input(&s, argv[1]);
	else if (n == 1 && !want_recover && isatty(STDIN_FILENO))
		cli_usage("records do not come from a terminal: give FILE, a "
			  "program, or a pipe");
	g = ingest_open(case_path, !want_recover, &made, &e);
	if (!g)
		die("%s", e.msg);
	if (want_recover) {
		status = recover(g);
	} else {
		if (n > 2)
			start(&s, argv + 2, &mask);
		lock(g, s.pid > 0);
		if (ingest_start(g, &e))
			die("%s", e.msg);
		if (made)
			warn_msg("'%s' is a new case, %s", case_path,
			    ingest_case_id(g));
		if (ingest_recovered(g))
			warn_msg("'%s': an interrupted run was rolled back",
			    case_path);
		status = load(g, &s);
	}
	ingest_close(g);
	str_release(&s.child.messages);
	str_release(&s.pending);
	return status;
}
