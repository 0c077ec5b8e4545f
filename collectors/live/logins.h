#ifndef LOGINS_H
#define LOGINS_H

/*
 * logins - who is and was logged in: utmp, wtmp, btmp, lastlog, sessions
 *
 * Files of a root, live or a disk. Format: utmp(5), lastlog(8); the sessions
 * of logind are of systemd's src/login/logind-session.c, lines KEY=value.
 *
 * Calling:  logins_read in a worker: it writes kind "login", and notes. Or
 *           bytes in pieces of any size, logins_feed, and logins_end.
 * Limits:   LOGINS_MAX bytes of a file, packed or not; LOGIN_SESSION_MAX of a
 *           session, LOGIN_SESSIONS_MAX sessions. Constant memory but for what
 *           the packer's window takes.
 * Trust:    hostile: whoever was root wrote them. Fuzzed by
 *           tests/fuzz/fuzz-logins.c.
 */

#include "accounts.h"
#include "rec.h"
#include "root.h"

void logins_read(struct root *root, const struct accounts *accounts,
    struct rec *r);

/* One file. Zeroed but for: */
struct logins {
	const char *path;
	bool failed;  /* btmp: every record is a failure */
	bool ordered; /* wtmp, btmp: times should not run backwards */
	bool lastlog; /* its format; else that of utmp */
	const struct accounts *accounts;
	/* private */
	unsigned char part[384]; /* of a record */
	size_t part_n, records, zeros;
	bool some;    /* a time was seen: */
	int64_t last;
};
void logins_feed(struct logins *l, const void *data, size_t n, struct rec *r);
void logins_end(struct logins *l, struct rec *r);

/* Packed as logs are (gzip, bzip2, xz, lz4, zstd)? Then through more, which
 * gives the next piece or 0, -1 with errno: fed as above. */
bool logins_packed(const void *p, size_t n);
typedef ssize_t logins_more_fn(void *arg, const void **p);
void logins_unpack(struct logins *l, logins_more_fn *more, void *arg,
    struct rec *r);

/* A session of logind: the text of its file. */
void logins_session(const struct logins *l, const char *text, size_t n,
    struct rec *r);

#endif
