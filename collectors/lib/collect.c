#include "collect.h"

#include "err.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/utsname.h>

/* Directories of which a host's root has at least one. */
static const char *const host_marks[] = {
	"/etc",
	"/usr",
	"/bin",
	"/var/lib",
	"/root",
	"/home",
};

static const struct {
	const char *word;
	enum evidence evidence;
} words[] = {
	{"live", EVIDENCE_LIVE},
	{"host", EVIDENCE_HOST},
	{"oci-layout", EVIDENCE_OCI},
	{"archive", EVIDENCE_ARCHIVE},
};

const char *
collect_taken_for(const struct collect *c)
{
	size_t i;

	if (c->taken_for)
		return c->taken_for;
	if (c->evidence == EVIDENCE_STORE)
		return c->store;
	for (i = 0; i < COUNT(words); i++)
		if (words[i].evidence == c->evidence)
			return words[i].word;
	return "host";
}

static bool
is_dir(struct root *r, const char *path)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;

	return root_find(r, path, 0, &f, NULL) == 0 && S_ISDIR(f.st.st_mode);
}

static bool
is_file(struct root *r, const char *path)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;

	return root_find(r, path, 0, &f, NULL) == 0 && S_ISREG(f.st.st_mode);
}

/* Before the lock: only what is given by name is opened. */
static void
open_archive(struct collect *c)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

	if (!c->archive)
		return;
	c->archive_fd = open(c->root_arg, flags | O_NOATIME);
	if (c->archive_fd < 0 && errno == EPERM)
		c->archive_fd = open(c->root_arg, flags);
	if (c->archive_fd < 0)
		die("cannot open root '%s': %s", c->root_arg, strerror(errno));
}

/* --as: one of words, or else an engine's name (store_as). */
static void
decide_as(struct collect *c)
{
	struct str all cleanup_str = STR_INIT;
	const char *const *p;
	size_t i;

	for (i = 0; i < COUNT(words); i++) {
		if (strcmp(c->as, words[i].word) == 0) {
			c->evidence = words[i].evidence;
			return;
		}
		str_addf(&all, "%s%s", i ? ", " : "", words[i].word);
	}
	c->evidence = EVIDENCE_STORE;
	for (p = c->engines; p && *p; p++) {
		if (strcmp(c->as, *p) == 0) {
			c->store = c->store_as = *p;
			return;
		}
		if (strcmp(*p, "archive") != 0) /* stands in words */
			str_addf(&all, ", %s", *p);
	}
	cli_usage("cannot take a root for '%s', only for one of: %s", c->as,
	    all.s);
}

/* What the root is, by content or by --as. Exits 3 where it is nothing. */
static void
decide(struct collect *c)
{
	struct err e;
	struct stat st;
	size_t i;

	if (c->as)
		decide_as(c);
	if (stat(c->root_arg, &st))
		die("cannot open root '%s': %s", c->root_arg, strerror(errno));
	if (S_ISREG(st.st_mode)) {
		if (c->as && (c->evidence == EVIDENCE_LIVE ||
				 c->evidence == EVIDENCE_OCI))
			cli_usage("'%s' is a file: it can only be taken for an "
				  "archive, or one of a host or of a store",
			    c->root_arg);
		c->evidence = EVIDENCE_ARCHIVE;
		open_archive(c);
		return;
	}
	if (!S_ISDIR(st.st_mode))
		die("cannot open root '%s': neither directory nor file",
		    c->root_arg);
	c->root = root_open_dir(c->root_arg, &e);
	if (!c->root)
		die("cannot open root '%s': %s", c->root_arg, e.msg);
	root_set_noatime(c->root); /* where it can be had */
	if (c->as) {
		c->live = c->evidence == EVIDENCE_LIVE;
		if (c->live && strcmp(c->path, "/") != 0)
			cli_usage("only / can be live");
		if (c->evidence == EVIDENCE_ARCHIVE)
			cli_usage("'%s' is a directory", c->root_arg);
		return;
	}
	if (strcmp(c->path, "/") == 0) {
		c->evidence = EVIDENCE_LIVE;
		c->live = true;
		return;
	}
	if (is_file(c->root, "/oci-layout")) {
		c->evidence = EVIDENCE_OCI;
		return;
	}
	if (c->store_probe && (c->store = c->store_probe(c->root))) {
		c->evidence = EVIDENCE_STORE;
		return;
	}
	for (i = 0; i < COUNT(host_marks); i++)
		if (is_dir(c->root, host_marks[i])) {
			c->evidence = EVIDENCE_HOST;
			return;
		}
	die("root '%s' is neither a host's root nor a container store: it has "
	    "no etc, usr, var/lib, root or home (use --as to overrule)",
	    c->root_arg);
}

/* The first line of a small file of the root, without blanks at its ends. */
static void
first_line(struct root *r, const char *path, struct str *out)
{
	struct str s cleanup_str = STR_INIT;
	size_t a = 0, b;

	if (root_slurp(r, path, 4096, &s, NULL, NULL) < 0)
		return;
	b = strcspn(s.s, "\n");
	while (a < b && (s.s[a] == ' ' || s.s[a] == '\t'))
		a++;
	while (b > a && (s.s[b - 1] == ' ' || s.s[b - 1] == '\t' ||
			    s.s[b - 1] == '\r'))
		b--;
	str_set(out, s.s + a, b - a);
}

static void
identify(struct collect *c)
{
	struct utsname u;

	if (c->live) {
		if (uname(&u) == 0)
			str_sets(&c->host, u.nodename);
		/* a number of the kernel, not evidence that could be a trap */
		first_line(c->root, "/proc/sys/kernel/random/boot_id",
		    &c->boot_id);
	} else if (c->root && c->evidence == EVIDENCE_HOST) {
		first_line(c->root, "/etc/hostname", &c->host);
	}
}

static void
absolute(const char *path, struct str *out)
{
	char *real = realpath(path, NULL);

	if (real) {
		str_sets(out, real);
		free(real);
	} else {
		str_sets(out, path);
	}
}

/* Records that came before the first: they follow it. */
struct early {
	struct str lines;
	struct early_line {
		enum kind kind;
		size_t n;
	} *v;
	size_t n;
};

static void
keep_line(void *arg, enum kind k, const char *line, size_t n)
{
	struct early *o = arg;

	o->v = xreallocarray(o->v, o->n + 1, sizeof(*o->v));
	o->v[o->n++] = (struct early_line){k, n};
	str_add(&o->lines, line, n);
}

static void
forward(struct early *o, struct rec *rec)
{
	const char *p = o->lines.s;
	size_t i;

	for (i = 0; i < o->n; i++) {
		rec_forward(rec, o->v[i].kind, p, o->v[i].n);
		p += o->v[i].n;
	}
	free(o->v);
	str_release(&o->lines);
}

/*
 * After the lock: list an archive or a layout, and see what it holds. What
 * cannot be read is a note; c->root is NULL then.
 */
static void
unpack(struct collect *c, struct early *early)
{
	struct root *dir = c->root, *r = NULL;
	struct rec *rec = rec_sink(keep_line, early);
	struct err e = {.class = ERR_NONE};
	bool host = c->as && (c->store_as || strcmp(c->as, "host") == 0);
	size_t i;

	c->taken_for = collect_taken_for(c);
	c->packed = true;
	c->root = NULL;
	if (c->archive)
		r = c->archive(c->archive_fd, dir, c->path, host, rec, &e);
	else
		err_set(&e, ERR_UNSUPPORTED, 0, "this program does not read "
		    "an evidence of this kind: %s", c->taken_for);
	if (!r) {
		if (e.class != ERR_NONE)
			rec_note_err(rec, "archive", NULL, c->path, &e);
	} else if (c->store_as || (c->store_probe && !host &&
				      (c->store = c->store_probe(r)))) {
		c->evidence = EVIDENCE_STORE;
		c->root = r;
	} else {
		for (i = 0; i < COUNT(host_marks) && !c->root; i++)
			if (is_dir(r, host_marks[i]))
				c->root = r;
		c->evidence = EVIDENCE_HOST;
		if (!c->root)
			rec_note(rec, ERR_UNSUPPORTED, "archive", NULL,
			    c->path, 0, "holds neither images, nor a container "
			    "store, nor a host's root: it has no etc, usr, "
			    "var/lib, root or home");
	}
	rec_close(rec, NULL);
}

void
collect_begin(struct collect *c, int argc, char **argv)
{
	struct early early = {.lines = STR_INIT};
	struct cli_opt opts[24];
	struct cli cli = {
		.synopsis = "",
		.about = c->about,
		.opts = opts,
		.max = 0,
	};
	struct rec_run run = {0};
	struct err e;
	size_t n = 0, i;
	int fds[1], k;
	bool list = false;

	c->store_as = NULL;
	cli_init(c->tool);
	clock_gettime(CLOCK_MONOTONIC, &c->began);
	str_init(&c->host);
	str_init(&c->boot_id);
	str_init(&c->abs);
	c->root_arg = "/";
	c->archive_fd = -1;
	memset(opts, 0, sizeof(opts));
	opts[n++] = (struct cli_opt){'r', "root", CLI_TEXT, &c->root_arg,
	    "PATH", "the evidence: / (live, the default), a host's root, a "
	    "container store, an archive of one of these or of images"};
	if (!c->live_only) {
		opts[n++] = (struct cli_opt){0, "data-root", CLI_LIST,
		    &c->data_roots, "PATH",
		    "a further container store inside the root"};
		opts[n++] = (struct cli_opt){0, "as", CLI_TEXT, &c->as, "KIND",
		    "take the root for that: host, oci-layout, or the name of "
		    "a container engine"};
	}
	opts[n++] = (struct cli_opt){'p', "pretty", CLI_FLAG, &c->pretty, NULL,
	    "print a readable table instead of records"};
	if (c->print_list)
		opts[n++] = (struct cli_opt){'L', "list", CLI_FLAG, &list, NULL,
		    "list what is looked at, and exit"};
	for (i = 0; c->more && (c->more[i].name || c->more[i].letter); i++)
		opts[n++] = c->more[i];
	for (k = 1; k < argc; k++) /* before parsing moves them */
		strlist_adds(&c->argv, argv[k]);
	cli_parse(&cli, argc, argv);
	if (list) {
		c->print_list();
		cli_close_stdout();
		exit(0);
	}
	if (!c->pretty && isatty(STDOUT_FILENO))
		cli_usage("records are not for a terminal: use -p, or a pipe "
			  "into case-ingest");
	absolute(c->root_arg, &c->abs);
	c->path = c->abs.s;
	decide(c);
	if (c->evidence != EVIDENCE_ARCHIVE && c->evidence != EVIDENCE_OCI)
		identify(c);
	fprintf(stderr, "%s: '%s' is taken for: %s\n", c->tool, c->root_arg,
	    collect_taken_for(c));
	if (c->prepare)
		c->prepare(c);
	c->lock.keep = c->keep;
	c->lock.no_landlock = c->no_landlock;
	c->lock.fork = true;
	c->lock.memory = c->memory || c->evidence == EVIDENCE_ARCHIVE ||
	    c->evidence == EVIDENCE_OCI;
	c->lock.sweep = c->sweep;
	c->lock.sockets = c->sockets;
	fds[0] = open(c->root_arg, O_PATH | O_CLOEXEC);
	if (fds[0] < 0)
		die("cannot open root '%s': %s", c->root_arg, strerror(errno));
	c->lock.read_fds = fds;
	c->lock.read_n = 1;
	if (lock_down(&c->lock, &e))
		die("cannot lock: %s", e.msg);
	close(fds[0]);
	if (c->evidence == EVIDENCE_ARCHIVE || c->evidence == EVIDENCE_OCI) {
		unpack(c, &early);
		identify(c);
	}
	run.tool = c->run_tool ? c->run_tool : c->tool;
	run.argv = &c->argv;
	run.host = c->host.n ? c->host.s : NULL;
	run.boot_id = c->boot_id.n ? c->boot_id.s : NULL;
	run.root = c->path;
	run.taken_for = collect_taken_for(c);
	run.live = c->live;
	run.capabilities = &c->lock.capabilities;
	run.sandbox = &c->lock.sandbox;
	c->rec = rec_open(STDOUT_FILENO, &run, c->pretty ? REC_PRETTY : 0);
	forward(&early, c->rec);
	if (!c->root) /* there is nothing to read */
		exit(collect_end(c));
}

static int64_t
milliseconds(const struct timeval *t)
{
	return t->tv_sec * 1000LL + t->tv_usec / 1000;
}

/* Of a live run: what it took of the host, and what it changed. */
static void
footprint(struct collect *c)
{
	struct rusage own, workers;
	struct timespec now;
	struct rec *r = c->rec;
	long peak;

	if (!c->live || getrusage(RUSAGE_SELF, &own) ||
	    getrusage(RUSAGE_CHILDREN, &workers) ||
	    clock_gettime(CLOCK_MONOTONIC, &now))
		return;
	peak = own.ru_maxrss > workers.ru_maxrss ? own.ru_maxrss
						 : workers.ru_maxrss;
	rec_begin(r, KIND_footprint);
	rec_int(r, COL_footprint_wall_ms,
	    (now.tv_sec - c->began.tv_sec) * 1000LL +
		(now.tv_nsec - c->began.tv_nsec) / 1000000);
	rec_int(r, COL_footprint_cpu_ms,
	    milliseconds(&own.ru_utime) + milliseconds(&own.ru_stime) +
		milliseconds(&workers.ru_utime) +
		milliseconds(&workers.ru_stime));
	rec_int(r, COL_footprint_peak_bytes, peak * 1024LL);
	rec_int(r, COL_footprint_written_bytes,
	    (own.ru_oublock + workers.ru_oublock) * 512LL);
	rec_int(r, COL_footprint_access_times,
	    c->root ? (int64_t)root_noatime_refused(c->root) : 0);
	rec_end(r);
}

int
collect_end(struct collect *c)
{
	struct err e;
	bool lost;
	uint64_t n;

	if (c->root && (n = root_noatime_refused(c->root)))
		rec_note_fine(c->rec, ERR_DENIED, "noatime", NULL, NULL,
		    "O_NOATIME was refused %llu times: access times of these "
		    "files may have changed", (unsigned long long)n);
	if ((n = lock_refused()))
		rec_note_fine(c->rec, ERR_DENIED, "sandbox", NULL, NULL,
		    "%llu calls were refused by our own filter",
		    (unsigned long long)n);
	footprint(c);
	lost = rec_lost(c->rec) > 0;
	if (rec_close(c->rec, &e))
		die("%s", e.msg);
	root_free(c->root);
	strlist_release(&c->data_roots);
	strlist_release(&c->argv);
	strlist_release(&c->lock.capabilities);
	strlist_release(&c->lock.sandbox);
	str_release(&c->host);
	str_release(&c->boot_id);
	str_release(&c->abs);
	if (close(STDOUT_FILENO))
		die("cannot close standard output: %s", strerror(errno));
	return lost ? 1 : 0;
}
