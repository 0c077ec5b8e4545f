/* fuzz-logins - records of logins: any bytes as wtmp, btmp, lastlog, packed
 * or not, and as a session of logind */

#include "logins.h"

#include "cli.h"
#include "err.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
drop(void *arg, enum kind k, const char *line, size_t n)
{
	(void)arg;
	if (!n || line[n - 1] != '\n' ||
	    (k != KIND_login && k != KIND_note && k != KIND_blob))
		die("bug: no record of a login");
}

struct input {
	const uint8_t *p;
	size_t n;
};

static ssize_t
more(void *arg, const void **p)
{
	struct input *in = arg;
	size_t n = in->n;

	*p = in->p;
	in->n = 0;
	return (ssize_t)n;
}

/* In two pieces: a record may be cut anywhere. */
static void
feed(struct logins l, const uint8_t *p, size_t n, struct rec *r)
{
	size_t cut = n ? p[0] % n : 0;

	logins_feed(&l, p, cut, r);
	logins_feed(&l, p + cut, n - cut, r);
	logins_end(&l, r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct accounts nobody;
	struct logins l = {.path = "/var/log/wtmp", .ordered = true,
	    .accounts = &nobody};
	struct rec *r = rec_sink(drop, NULL);
	uint8_t *p = malloc(n ? n : 1); /* exact, so that overreads show */
	struct input in = {.p = p, .n = n};
	struct err e;

	if (!p)
		return 0;
	memcpy(p, data, n);
	feed(l, p, n, r);
	l.failed = true;
	feed(l, p, n, r);
	l.lastlog = true;
	l.path = "/var/log/lastlog";
	feed(l, p, n, r);
	logins_session(&l, (const char *)p, n, r);
	if (logins_packed(p, n)) {
		l.lastlog = false;
		logins_unpack(&l, more, &in, r);
	}
	free(p);
	rec_close(r, &e);
	return 0;
}
