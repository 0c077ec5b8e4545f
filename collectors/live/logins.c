/* logins - who is and was logged in: utmp, wtmp, btmp, lastlog, sessions */

#include "logins.h"

#include "civil.h"
#include "limits.h"

#include <archive.h>
#include <archive_entry.h>
#include <arpa/inet.h>
#include <errno.h>

/*
 * utmp(5), of Linux on x86-64 and arm64: records of 384 bytes, little-endian,
 * with 32-bit times. lastlog: 292 bytes a uid. What is wiped from them leaves
 * records of zeros, or times that run backwards: columns "defect".
 */
#define RECORD 384
#define LASTLOG 292
#define PIECE (64 * 1024)

enum { BOOT = 2, INIT = 5, WAITS = 6, USER = 7, DEAD = 8, RUN_LEVEL = 1,
	NEW_TIME = 3, OLD_TIME = 4 };

static int32_t
i32(const unsigned char *p)
{
	uint32_t v = (uint32_t)p[0] | (uint32_t)p[1] << 8 |
	    (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;

	return (int32_t)v;
}

static void
text(struct rec *r, enum col c, const unsigned char *p, size_t n)
{
	size_t k = strnlen((const char *)p, n);

	if (k)
		rec_bytes(r, c, p, k);
}

static void
address(struct rec *r, const unsigned char *p)
{
	static const unsigned char zero[16];
	char buf[64];

	if (memcmp(p, zero, 16) == 0)
		return;
	if (inet_ntop(memcmp(p + 4, zero, 12) == 0 ? AF_INET : AF_INET6, p, buf,
		sizeof(buf)))
		rec_text(r, COL_login_address, buf);
}

static const char *
type_word(int type, bool failed)
{
	if (failed)
		return "failed";
	switch (type) {
	case BOOT:
		return "boot";
	case USER:
		return "login";
	case DEAD:
		return "logout";
	case RUN_LEVEL:
		return "runlevel";
	case NEW_TIME:
	case OLD_TIME:
		return "clock";
	case INIT:
	case WAITS:
		return "getty";
	default:
		return NULL;
	}
}

static bool
blank(const unsigned char *p, size_t n)
{
	while (n && !*p) {
		p++;
		n--;
	}
	return !n;
}

static void
utmp(struct logins *l, const unsigned char *p, struct rec *r)
{
	const char *word, *defect = NULL;
	int type = p[0] | p[1] << 8;
	int64_t t;

	l->records++;
	if (blank(p, RECORD)) {
		l->zeros++;
		return;
	}
	word = type_word(type, l->failed);
	if (!word)
		defect = "no known type";
	t = civil_ns(i32(p + 340), (int64_t)i32(p + 344) * 1000);
	if (l->ordered && l->some && !defect &&
	    t < l->last - 60 * 1000000000LL && type != OLD_TIME &&
	    type != NEW_TIME)
		defect = "earlier than the record before it";
	if (l->zeros)
		defect = "stands behind records that were wiped";
	l->zeros = 0;
	if (type != OLD_TIME) {
		l->last = t;
		l->some = t != CIVIL_NONE;
	}
	rec_begin(r, KIND_login);
	rec_text(r, COL_login_scope, "host");
	rec_text(r, COL_login_path, l->path);
	rec_int(r, COL_login_record, (int64_t)l->records);
	rec_text(r, COL_login_type, word ? word : "unknown");
	text(r, COL_login_user, p + 44, 32);
	text(r, COL_login_line, p + 8, 32);
	text(r, COL_login_host, p + 76, 256);
	address(r, p + 348);
	if (i32(p + 4) > 0)
		rec_int(r, COL_login_pid, i32(p + 4));
	rec_time(r, COL_login_login_time, t);
	rec_text(r, COL_login_defect, defect);
	rec_end(r);
}

static void
lastlog(struct logins *l, const unsigned char *p, struct rec *r)
{
	int64_t uid = (int64_t)l->records++;
	const struct account *a;
	int32_t t = i32(p);

	if (!t && blank(p + 4, LASTLOG - 4))
		return;
	rec_begin(r, KIND_login);
	rec_text(r, COL_login_scope, "host");
	rec_text(r, COL_login_path, l->path);
	rec_int(r, COL_login_record, uid + 1);
	rec_text(r, COL_login_type, "last");
	rec_int(r, COL_login_uid, uid);
	a = accounts_by_uid(l->accounts, uid);
	if (a)
		rec_str(r, COL_login_user, &a->name);
	text(r, COL_login_line, p + 4, 32);
	text(r, COL_login_host, p + 36, 256);
	rec_time(r, COL_login_login_time, civil_ns(t, 0));
	if (!a)
		rec_text(r, COL_login_defect, "no account has this uid any "
		    "more");
	rec_end(r);
}

void
logins_feed(struct logins *l, const void *data, size_t n, struct rec *r)
{
	size_t size = l->lastlog ? LASTLOG : RECORD, k;
	const unsigned char *p = data;

	while (n) {
		k = size - l->part_n;
		if (k > n)
			k = n;
		memcpy(l->part + l->part_n, p, k);
		l->part_n += k;
		p += k;
		n -= k;
		if (l->part_n < size)
			return;
		l->part_n = 0;
		if (l->lastlog)
			lastlog(l, l->part, r);
		else
			utmp(l, l->part, r);
	}
}

void
logins_end(struct logins *l, struct rec *r)
{
	if (l->part_n)
		rec_note(r, ERR_CORRUPT, "logins", "host", l->path, 0,
		    "the last %zu bytes are no record", l->part_n);
}

/* ---- packed --------------------------------------------------------------- */

bool
logins_packed(const void *p, size_t n)
{
	static const struct {
		const char *magic;
		size_t n;
	} v[] = {{"\x1f\x8b", 2}, {"BZh", 3}, {"\xfd" "7zXZ", 5},
	    {"\x04\x22\x4d\x18", 4}, {"\x28\xb5\x2f\xfd", 4}};
	size_t i;

	/* a record of utmp begins with a small number and two zeros */
	for (i = 0; i < COUNT(v); i++)
		if (n > v[i].n && memcmp(p, v[i].magic, v[i].n) == 0)
			return true;
	return false;
}

struct unpacking {
	logins_more_fn *more;
	void *arg;
};

static la_ssize_t
next_piece(struct archive *a, void *arg, const void **p)
{
	struct unpacking *u = arg;
	ssize_t k = u->more(u->arg, p);

	if (k < 0)
		archive_set_error(a, errno, "%s", strerror(errno));
	return k;
}

void
logins_unpack(struct logins *l, logins_more_fn *more, void *arg,
    struct rec *r)
{
	struct unpacking u = {.more = more, .arg = arg};
	struct archive *a = archive_read_new();
	struct archive_entry *entry;
	char *buf = xmalloc(PIECE);
	int64_t all = 0;
	la_ssize_t k = -1;

	if (!a)
		die("out of memory");
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_lz4(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_format_raw(a);
	if (archive_read_open(a, &u, NULL, next_piece, NULL) == ARCHIVE_OK &&
	    archive_read_next_header(a, &entry) == ARCHIVE_OK)
		while ((k = archive_read_data(a, buf, PIECE)) > 0) {
			if ((all += k) > LOGINS_MAX)
				break;
			logins_feed(l, buf, (size_t)k, r);
		}
	if (k > 0) {
		l->part_n = 0;
		rec_note(r, ERR_LIMIT, "logins", "host", l->path, 0,
		    "longer than %d bytes when it is unpacked (LOGINS_MAX)",
		    LOGINS_MAX);
	}
	if (k < 0)
		rec_note(r, ERR_CORRUPT, "logins", "host", l->path, 0,
		    "cannot be unpacked: %s", archive_error_string(a)
			? archive_error_string(a) : "no reason is given");
	archive_read_free(a);
	free(buf);
}

/* ---- sessions of logind ----------------------------------------------------- */

/* The value of a key: up to the end of its line. */
static bool
value(const char *text, size_t n, const char *key, const char **v, size_t *len)
{
	const char *p = text, *end = text + n, *nl;
	size_t k = strlen(key);

	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			nl = end;
		if ((size_t)(nl - p) > k && p[k] == '=' &&
		    memcmp(p, key, k) == 0) {
			*v = p + k + 1;
			*len = (size_t)(nl - *v);
			return true;
		}
	}
	return false;
}

static int64_t
number(const char *text, size_t n, const char *key)
{
	const char *v;
	int64_t x = 0;
	size_t k, i;

	if (!value(text, n, key, &v, &k) || !k || k > 18)
		return -1;
	for (i = 0; i < k; i++) {
		if (v[i] < '0' || v[i] > '9')
			return -1;
		x = 10 * x + (v[i] - '0');
	}
	return x;
}

static void
word_of(struct rec *r, enum col c, const char *text, size_t n,
    const char *key)
{
	const char *v;
	size_t k;

	if (value(text, n, key, &v, &k) && k)
		rec_bytes(r, c, v, k);
}

void
logins_session(const struct logins *l, const char *text, size_t n,
    struct rec *r)
{
	int64_t uid = number(text, n, "UID"), t = number(text, n, "REALTIME");
	int64_t leader = number(text, n, "LEADER");
	unsigned char bytes[16];
	char from[64];
	const char *v;
	size_t k;

	if (uid < 0) {
		rec_note(r, ERR_CORRUPT, "logins", "host", l->path, 0,
		    "is no session of logind: it has no UID");
		return;
	}
	rec_begin(r, KIND_login);
	rec_text(r, COL_login_scope, "host");
	rec_text(r, COL_login_path, l->path);
	rec_text(r, COL_login_type, "session");
	word_of(r, COL_login_user, text, n, "USER");
	rec_int(r, COL_login_uid, uid);
	word_of(r, COL_login_line, text, n,
	    value(text, n, "TTY", &v, &k) ? "TTY" : "DISPLAY");
	if (value(text, n, "REMOTE_HOST", &v, &k) && k) {
		rec_bytes(r, COL_login_host, v, k);
		snprintf(from, sizeof(from), "%.*s", k < 63 ? (int)k : 0, v);
		if (inet_pton(AF_INET, from, bytes) == 1 ||
		    inet_pton(AF_INET6, from, bytes) == 1)
			rec_text(r, COL_login_address, from);
	}
	if (leader > 0)
		rec_int(r, COL_login_pid, leader);
	if (t > 0 && t < INT64_MAX / 1000)
		rec_time(r, COL_login_login_time, t * 1000);
	if (!accounts_by_uid(l->accounts, uid))
		rec_text(r, COL_login_defect, "no account has this uid any "
		    "more");
	rec_end(r);
}

/* ---- files ------------------------------------------------------------------- */

static const struct file {
	const char *glob;
	bool failed, ordered, lastlog, session;
} files[] = {
	{.glob = "/run/utmp"},
	{.glob = "/var/run/utmp"},
	{.glob = "/run/systemd/sessions/*", .session = true},
	{.glob = "/var/log/wtmp*", .ordered = true},
	{.glob = "/var/log/btmp*", .failed = true, .ordered = true},
	{.glob = "/var/log/lastlog", .lastlog = true},
};

struct search {
	struct root *root;
	const struct accounts *accounts;
	const struct file *file;
	struct strlist *done;
	struct rec *rec;
	size_t sessions;
};

static void
session(struct search *s, const struct logins *l, struct root_file *f)
{
	struct str data cleanup_str = STR_INIT;
	struct err e;
	int got;

	if (s->sessions++ >= LOGIN_SESSIONS_MAX) {
		if (s->sessions == LOGIN_SESSIONS_MAX + 1)
			rec_note(s->rec, ERR_LIMIT, "logins", "host",
			    "/run/systemd/sessions", 0, "over %d sessions "
			    "(LOGIN_SESSIONS_MAX)", LOGIN_SESSIONS_MAX);
		return;
	}
	got = root_read(s->root, f, LOGIN_SESSION_MAX, &data, &e);
	if (got < 0 && e.class != ERR_CHANGED) {
		if (e.class != ERR_ABSENT) /* it has ended */
			rec_note_err(s->rec, "logins", "host", f->path.s, &e);
		return;
	}
	if (got > 0)
		rec_note(s->rec, ERR_LIMIT, "logins", "host", f->path.s, 0,
		    "longer than %d bytes (LOGIN_SESSION_MAX)",
		    LOGIN_SESSION_MAX);
	logins_session(l, data.s, data.n, s->rec);
}

/* A file that is open, in pieces. */
struct pieces {
	int fd;
	off_t at;
	char *buf;
};

static ssize_t
piece(void *arg, const void **p)
{
	struct pieces *x = arg;
	ssize_t k;

	do
		k = pread(x->fd, x->buf, PIECE, x->at);
	while (k < 0 && errno == EINTR);
	if (k > 0)
		x->at += k;
	*p = x->buf;
	return k;
}

static void
records(struct logins *l, int fd, struct rec *r)
{
	struct pieces x = {.fd = fd, .buf = xmalloc(PIECE)};
	const void *p;
	ssize_t k = piece(&x, &p);

	if (k > 0 && logins_packed(p, (size_t)k)) {
		x.at = 0;
		logins_unpack(l, piece, &x, r);
	} else {
		for (; k > 0 && x.at <= LOGINS_MAX; k = piece(&x, &p))
			logins_feed(l, p, (size_t)k, r);
		if (k)
			l->part_n = 0;
		if (k < 0)
			rec_note(r, ERR_CORRUPT, "logins", "host", l->path,
			    errno, "cannot be read: %s", strerror(errno));
		else if (k > 0)
			rec_note(r, ERR_LIMIT, "logins", "host", l->path, 0,
			    "longer than %d bytes (LOGINS_MAX)", LOGINS_MAX);
	}
	logins_end(l, r);
	free(x.buf);
}

static int
one(void *arg, const char *via UNUSED, struct root_file *f)
{
	struct search *s = arg;
	struct logins l = {.path = f->path.s, .failed = s->file->failed,
	    .ordered = s->file->ordered, .lastlog = s->file->lastlog,
	    .accounts = s->accounts};
	struct err e;
	size_t i;

	for (i = 0; i < s->done->n; i++)
		if (str_eq(&s->done->v[i], f->path.s))
			return 0;
	strlist_add(s->done, f->path.s, f->path.n);
	if (!S_ISREG(f->st.st_mode)) /* logind has a FIFO for each session */
		return 0;
	if (s->file->session)
		session(s, &l, f);
	else if (root_reopen(s->root, f, &e))
		rec_note_err(s->rec, "logins", "host", f->path.s, &e);
	else
		records(&l, f->fd, s->rec);
	return 0;
}

static void
bad(void *arg, const char *path, const struct err *e)
{
	struct search *s = arg;

	if (e->class != ERR_ABSENT)
		rec_note_err(s->rec, "logins", "host", path, e);
}

void
logins_read(struct root *root, const struct accounts *accounts, struct rec *r)
{
	struct strlist done cleanup_strlist = STRLIST_INIT;
	struct search s = {.root = root, .accounts = accounts, .done = &done,
	    .rec = r};
	struct err e;
	size_t i;

	for (i = 0; i < COUNT(files); i++) {
		s.file = &files[i];
		if (root_glob(root, files[i].glob, one, bad, &s, &e) < 0)
			bad(&s, files[i].glob, &e);
	}
}
