/* fuzz-logins - records of logins: any bytes as wtmp, btmp and lastlog */

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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct accounts nobody;
	struct logins l = {.path = "/var/log/wtmp", .ordered = true,
	    .accounts = &nobody};
	struct rec *r = rec_sink(drop, NULL);
	uint8_t *p = malloc(n ? n : 1); /* exact, so that overreads show */
	struct err e;

	if (!p)
		return 0;
	memcpy(p, data, n);
	logins_utmp(&l, p, n, r);
	l.failed = true;
	logins_utmp(&l, p, n, r);
	l.path = "/var/log/lastlog";
	logins_lastlog(&l, p, n, r);
	free(p);
	rec_close(r, &e);
	return 0;
}
