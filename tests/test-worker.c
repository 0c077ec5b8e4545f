/* test-worker - order, containment and bounds of worker_map */

#include "digest.h"
#include "limits.h"
#include "worker.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "tap.h"

/* What reached the parent. */
static struct got {
	struct str lines;
	struct str given; /* "ITEM:BYTES," in the order of arrival */
	size_t n[KIND_COUNT];
	int slow; /* milliseconds that take sleeps */
} got;

static void
got_line(void *arg UNUSED, enum kind k, const char *line, size_t n)
{
	got.n[k]++;
	str_add(&got.lines, line, n);
}

static void
got_given(void *arg UNUSED, size_t i, const void *p UNUSED, size_t n)
{
	if (got.slow)
		usleep((useconds_t)got.slow * 1000);
	str_addf(&got.given, "%zu:%zu,", i, n);
}

static void
name(void *arg UNUSED, size_t i, struct str *out, const char **scope)
{
	str_addf(out, "/item/%zu", i);
	*scope = "host";
}

static void
clear(void)
{
	str_clear(&got.lines);
	str_clear(&got.given);
	memset(got.n, 0, sizeof(got.n));
	got.slow = 0;
}

/* Run fn over n items; returns what worker_map does. */
static int
map(void (*fn)(void *, size_t, struct rec *), size_t n, int workers,
    int seconds, uint64_t *lost)
{
	struct worker_map m = {.n = n, .fn = fn, .name = name,
	    .take = got_given, .workers = workers, .seconds = seconds,
	    .op = "test"};
	struct rec *r = rec_sink(got_line, NULL);
	struct err e = {0};
	int k = worker_map(&m, r, &e);

	if (k)
		printf("# %s\n", e.msg);
	if (lost)
		*lost = rec_lost(r);
	rec_close(r, NULL);
	return k;
}

static void
row(struct rec *r, size_t i, size_t j, size_t n)
{
	struct str s cleanup_str = STR_INIT;

	str_addf(&s, "/%zu/%zu/", i, j);
	while (s.n < n)
		str_addc(&s, (char)('a' + (i + j) % 26));
	rec_begin(r, KIND_file);
	rec_text(r, COL_file_scope, "host");
	rec_bytes(r, COL_file_path, s.s, s.n);
	rec_end(r);
}

/* Rows, shared and own blobs, notes, gifts: all a function of i. */
static void
mixed(void *arg UNUSED, size_t i, struct rec *r)
{
	char blob[64];
	size_t j;

	for (j = 0; j < i % 5; j++)
		row(r, i, j, 20 + i % 300);
	snprintf(blob, sizeof(blob), "blob %zu", i % 7);
	rec_blob(r, blob, strlen(blob), NULL);
	if (i % 11 == 0)
		rec_note(r, ERR_DENIED, "open", "host", "/x", EACCES, "no");
	if (i % 13 == 0)
		rec_note(r, ERR_ABSENT, "open", "host", "/y", ENOENT, "no");
	if (i % 3 == 0)
		worker_give(blob, i % 8);
}

static void
determinism(void)
{
	static const int workers[] = {1, 2, 7, 64};
	struct str first cleanup_str = STR_INIT, given cleanup_str = STR_INIT;
	uint64_t lost;
	size_t i;

	for (i = 0; i < COUNT(workers); i++) {
		clear();
		ok(map(mixed, 3001, workers[i], 0, &lost) == 0,
		    "%d workers over 3001 items", workers[i]);
		ok(lost == 273 && got.n[KIND_note] == 273 + 231,
		    "notes of lost evidence are counted, others are not");
		ok(got.n[KIND_blob] == 7, "a blob is forwarded once");
		if (!i) {
			str_add(&first, got.lines.s, got.lines.n);
			str_add(&given, got.given.s, got.given.n);
			continue;
		}
		ok(first.n == got.lines.n &&
		    memcmp(first.s, got.lines.s, first.n) == 0,
		    "the same records in the same order as with one");
		ok(str_eq(&given, got.given.s), "gifts as well");
	}
	clear();
	ok(map(mixed, 0, 3, 0, NULL) == 0 && !got.lines.n, "no items at all");
}

static void
deadly(void *arg UNUSED, size_t i, struct rec *r)
{
	struct rlimit lim = {0, 0};
	char *p;

	row(r, i, 0, 30);
	worker_give("x", 1);
	switch (i % 10) {
	case 3:
		kill(getpid(), SIGKILL);
		break;
	case 5:
		die("this item asks for death, as the test wants");
	case 7:
		_exit(0);
	case 8:
		signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
		break;
	case 9:
		setrlimit(RLIMIT_NOFILE, &lim);
		p = malloc(100);
		p[0] = (char)i;
		free(p);
	}
}

static void
crashes(void)
{
	struct str first cleanup_str = STR_INIT;
	static const int workers[] = {1, 2, 7};
	char want[200];
	uint64_t lost;
	bool all = true;
	size_t i, k;

	for (i = 0; i < COUNT(workers); i++) {
		clear();
		ok(map(deadly, 200, workers[i], 0, &lost) == 0,
		    "items that kill their worker, %d workers", workers[i]);
		ok(lost == 80 && got.n[KIND_note] == 80, "a note for each");
		ok(got.n[KIND_file] == 120, "%zu rows of the others",
		    got.n[KIND_file]);
		for (k = 0; k < 200; k++) {
			snprintf(want, sizeof(want), "\"/%zu/0/", k);
			if (k % 10 == 3)
				snprintf(want, sizeof(want),
				    "\"path\":\"/item/%zu\",\"detail\":\"the "
				    "worker died of SIGKILL\"", k);
			else if (k % 10 == 5)
				snprintf(want, sizeof(want),
				    "\"path\":\"/item/%zu\",\"detail\":\"the "
				    "worker ended with status 3\"", k);
			else if (k % 10 == 7)
				snprintf(want, sizeof(want),
				    "\"path\":\"/item/%zu\",\"detail\":\"the "
				    "worker ended with status 0\"", k);
			else if (k % 10 == 8)
				snprintf(want, sizeof(want),
				    "\"path\":\"/item/%zu\",\"detail\":\"the "
				    "worker died of SIGSEGV\"", k);
			if (!strstr(got.lines.s, want)) {
				printf("# missing: %s\n", want);
				all = false;
			}
		}
		ok(all, "each note names its item and what happened");
		if (!i)
			str_add(&first, got.lines.s, got.lines.n);
		else
			ok(str_eq(&first, got.lines.s), "as with one worker");
	}
}

static void
slow(void *arg UNUSED, size_t i, struct rec *r)
{
	row(r, i, 0, 30);
	if (i == 4)
		for (;;)
			usleep(100000);
	if (i == 6)
		for (;;)
			rec_lost(r);
}

/* The parent takes three seconds over what item 0 gives; item 1 needs half a
 * second more than these. */
static void
patient(void *arg UNUSED, size_t i, struct rec *r)
{
	int k;

	for (k = 0; i == 0 && k < 3; k++)
		worker_give("x", 1);
	if (i == 1)
		usleep(3500000);
	row(r, i, 0, 30);
}

static void
endless_rows(void *arg UNUSED, size_t i, struct rec *r)
{
	size_t j;

	if (i == 2)
		for (j = 0; j < 20000000; j++)
			row(r, i, j, 1000);
	row(r, i, 0, 30);
}

static void
timeouts(void)
{
	uint64_t lost;

	clear();
	ok(map(slow, 10, 2, 1, &lost) == 0 && lost == 2,
	    "items that never end are ended");
	ok(strstr(got.lines.s, "\"class\":\"limit\",\"op\":\"test\",\"scope\":"
	    "\"host\",\"path\":\"/item/4\",\"detail\":\"not done after 1 "
	    "seconds\""), "with a note of class limit");
	ok(got.n[KIND_file] == 8, "the others are there");
	clear();
	got.slow = 1000;
	ok(map(patient, 2, 2, 1, &lost) == 0 && lost == 0,
	    "time that the parent takes is not counted");
}

static void
big(void *arg UNUSED, size_t i, struct rec *r)
{
	size_t j;

	for (j = 0; j < 300; j++)
		row(r, i, j, 20000);
}

static void
nothing(void *arg UNUSED, size_t i, struct rec *r)
{
	(void)i;
	(void)r;
}

static void
volume(void)
{
	struct rusage before, after;
	struct timespec a, b;
	size_t n;

	clear();
	ok(map(big, 30, 7, 0, NULL) == 0 && got.n[KIND_file] == 9000 &&
	    got.lines.n > 180000000, "180 MB through seven workers");
	str_release(&got.lines);
	getrusage(RUSAGE_SELF, &before);
	n = 200000;
	clock_gettime(CLOCK_MONOTONIC, &a);
	ok(map(nothing, n, 0, 0, NULL) == 0, "%zu empty items", n);
	clock_gettime(CLOCK_MONOTONIC, &b);
	getrusage(RUSAGE_SELF, &after);
	printf("# %.2f us an item\n", ((double)(b.tv_sec - a.tv_sec) * 1e9 +
	    (double)(b.tv_nsec - a.tv_nsec)) / 1e3 / (double)n);
}

/* A worker that is taken over. */
static void
hostile(void *arg UNUSED, size_t i, struct rec *r)
{
	static const char line[] =
	    "{\"k\":\"finding\",\"scope\":\"host\"}\n";
	struct { uint32_t n; uint8_t type, kind; uint16_t zero; } f = {0};
	pid_t p;

	row(r, i, 0, 30);
	switch (i % 8) {
	case 1: /* not a frame */
		f.n = UINT32_MAX;
		break;
	case 2: /* a run of its own */
		f.n = sizeof(line) - 1;
		f.type = 1;
		f.kind = KIND_run;
		break;
	case 3: /* a record of a kind that is none */
		f.n = sizeof(line) - 1;
		f.type = 1;
		f.kind = 255;
		break;
	case 4: /* closes its pipe, and stays */
		close(1);
		for (;;)
			pause();
	case 5: /* two lines in one */
		f.n = 2 * (sizeof(line) - 1);
		f.type = 1;
		f.kind = KIND_finding;
		if (write(1, &f, sizeof(f)) < 0 ||
		    write(1, line, sizeof(line) - 1) < 0 ||
		    write(1, line, sizeof(line) - 1) < 0)
			return;
		pause();
		break;
	case 6: /* makes a child that would outlive it */
		p = fork();
		if (p == 0) {
			pause();
			_exit(0);
		}
		if (p > 0)
			kill(p, SIGKILL);
		if (p > 0 || kill(getppid(), 0) == 0)
			row(r, i, 6666, 30);
		return;
	default:
		return;
	}
	if (write(1, &f, sizeof(f)) < 0)
		return;
	if (f.n < 1000 && write(1, line, f.n) < 0)
		return;
	pause();
}

/* Says that it has done more than it was given. */
static void
ender(void *arg UNUSED, size_t i, struct rec *r UNUSED)
{
	struct { uint32_t n; uint8_t type, kind; uint16_t zero; } f = {
	    0, 3, 0, 0};
	int k;

	if (i != 7)
		return;
	for (k = 0; k < 1000; k++)
		if (write(1, &f, sizeof(f)) < 0)
			return;
	pause();
}

static void
forged(void *arg UNUSED, size_t i, struct rec *r)
{
	static const char lie[] = "{\"k\":\"blob\",\"sha256\":\"ba7816bf8f01cfea4"
	    "14140de5dae2223b00361a396177a9cb410ff61f20015ad\",\"size\":3,"
	    "\"offset\":0,\"data_b64\":\"eHl6\"}\n"; /* xyz, not abc */
	struct { uint32_t n; uint8_t type, kind; uint16_t zero; } f = {
	    sizeof(lie) - 1, 1, KIND_blob, 0};

	if (i == 0 && (write(1, &f, sizeof(f)) < 0 ||
	    write(1, lie, sizeof(lie) - 1) < 0))
		return;
	if (i)
		rec_blob(r, "abc", 3, NULL);
}

static void
takeover(void)
{
	uint64_t lost;

	clear();
	ok(map(hostile, 80, 3, 2, &lost) == 0, "workers that are taken over");
	ok(!strstr(got.lines.s, "finding") && !strstr(got.lines.s, "\"run\""),
	    "nothing of theirs becomes a record");
#ifndef SALVOR_SAN
	ok(!strstr(got.lines.s, "/6666/"),
	    "no child, and no signal to the parent");
#endif
	ok(lost == 50, "and each is noted (%zu)", (size_t)lost);
	clear();
	ok(map(ender, 500, 2, 2, &lost) == 0 && lost <= 1,
	    "a worker that ends what it was not given");
	ok(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD,
	    "no process is left over");
	clear();
	ok(map(forged, 3, 1, 0, NULL) == 0 && got.n[KIND_blob] == 2 &&
	    strstr(got.lines.s, "YWJj"), "a blob with the digest of another "
	    "does not keep that one out, and the true one comes once");
	clear();
	ok(map(endless_rows, 4, 2, 1, &lost) == 0 && lost == 1,
	    "an item that writes without end is ended");
	str_release(&got.lines);
}

/* Where no process can be made, that is our failure and no note. */
static void
no_fork(void)
{
	struct rlimit none = {0, 0};
	int status;
	pid_t pid;

	if (geteuid() != 0)
		return;
	pid = fork();
	if (pid == 0) {
		if (setgid(65534) || setuid(65534) ||
		    setrlimit(RLIMIT_NPROC, &none))
			_exit(2);
		_exit(map(mixed, 5, 2, 0, NULL) == -1 ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	ok(status == 0, "no process can be made");
}

int
main(void)
{
	digest_init();
	str_init(&got.lines);
	str_init(&got.given);
	determinism();
	crashes();
	timeouts();
	volume();
	takeover();
	no_fork();
	ok(worker_cpus() >= 1, "%d processors", worker_cpus());
	str_release(&got.lines);
	str_release(&got.given);
	return done();
}
