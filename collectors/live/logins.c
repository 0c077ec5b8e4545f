/* logins - who is and was logged in: utmp, wtmp, btmp, lastlog */

#include "logins.h"

#include "civil.h"
#include "limits.h"

#include <arpa/inet.h>

/*
 * utmp(5), of Linux on x86-64 and arm64: records of 384 bytes, little-endian,
 * with 32-bit times. lastlog: 292 bytes a uid. What is wiped from them leaves
 * records of zeros, or times that run backwards: columns "defect".
 */
#define RECORD 384
#define LASTLOG 292

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

void
logins_utmp(const struct logins *l, const void *data, size_t n, struct rec *r)
{
	const unsigned char *p = data, *end = p + n - n % RECORD;
	int64_t t, last = CIVIL_NONE;
	const char *word, *defect;
	size_t i = 0, zeros = 0;
	int type;

	for (; p < end; p += RECORD, i++) {
		defect = NULL;
		type = p[0] | p[1] << 8;
		if (blank(p, RECORD)) {
			zeros++;
			continue;
		}
		word = type_word(type, l->failed);
		if (!word)
			defect = "no known type";
		t = civil_ns(i32(p + 340), (int64_t)i32(p + 344) * 1000);
		if (l->ordered && last != CIVIL_NONE && !defect &&
		    t < last - 60 * 1000000000LL && type != OLD_TIME &&
		    type != NEW_TIME)
			defect = "earlier than the record before it";
		if (zeros)
			defect = "stands behind records that were wiped";
		zeros = 0;
		if (type != OLD_TIME)
			last = t;
		rec_begin(r, KIND_login);
		rec_text(r, COL_login_scope, "host");
		rec_text(r, COL_login_path, l->path);
		rec_int(r, COL_login_record, (int64_t)i + 1);
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
	if (n % RECORD)
		rec_note(r, ERR_CORRUPT, "logins", "host", l->path, 0,
		    "the last %zu bytes are no record", n % RECORD);
}

void
logins_lastlog(const struct logins *l, const void *data, size_t n,
    struct rec *r)
{
	const unsigned char *p = data;
	const struct account *a;
	size_t uid, k;
	int32_t t;

	for (uid = 0; (uid + 1) * LASTLOG <= n; uid++, p += LASTLOG) {
		t = i32(p);
		if (!t && blank(p + 4, LASTLOG - 4))
			continue;
		rec_begin(r, KIND_login);
		rec_text(r, COL_login_scope, "host");
		rec_text(r, COL_login_path, l->path);
		rec_int(r, COL_login_record, (int64_t)uid + 1);
		rec_text(r, COL_login_type, "last");
		rec_int(r, COL_login_uid, (int64_t)uid);
		a = accounts_by_uid(l->accounts, (int64_t)uid);
		if (a)
			rec_str(r, COL_login_user, &a->name);
		text(r, COL_login_line, p + 4, 32);
		text(r, COL_login_host, p + 36, 256);
		rec_time(r, COL_login_login_time, civil_ns(t, 0));
		if (!a)
			rec_text(r, COL_login_defect, "no account has this "
			    "uid any more");
		rec_end(r);
	}
	k = n % LASTLOG;
	if (k)
		rec_note(r, ERR_CORRUPT, "logins", "host", l->path, 0,
		    "the last %zu bytes are no record", k);
}

static const struct file {
	const char *glob;
	bool failed, ordered, lastlog;
} files[] = {
	{"/run/utmp", false, false, false},
	{"/var/run/utmp", false, false, false},
	{"/var/log/wtmp*", false, true, false},
	{"/var/log/btmp*", true, true, false},
	{"/var/log/lastlog", false, false, true},
};

struct search {
	struct root *root;
	const struct accounts *accounts;
	const struct file *file;
	struct strlist *done;
	struct rec *rec;
};

static int
one(void *arg, const char *via, struct root_file *f)
{
	struct search *s = arg;
	struct str data cleanup_str = STR_INIT;
	struct logins l = {.path = f->path.s, .failed = s->file->failed,
	    .ordered = s->file->ordered, .accounts = s->accounts};
	struct err e;
	size_t i;
	int got;

	(void)via;
	for (i = 0; i < s->done->n; i++)
		if (str_eq(&s->done->v[i], f->path.s))
			return 0;
	strlist_add(s->done, f->path.s, f->path.n);
	if (!S_ISREG(f->st.st_mode))
		return 0;
	got = root_read(s->root, f, LOGINS_MAX, &data, &e);
	if (got < 0 && e.class != ERR_CHANGED) {
		rec_note_err(s->rec, "logins", "host", f->path.s, &e);
		return 0;
	}
	if (got > 0)
		rec_note(s->rec, ERR_LIMIT, "logins", "host", f->path.s, 0,
		    "longer than %d bytes (LOGINS_MAX)", LOGINS_MAX);
	if (data.n > 6 && memcmp(data.s, "\x1f\x8b", 2) == 0) {
		rec_note_fine(s->rec, ERR_UNSUPPORTED, "logins", "host",
		    f->path.s, "is compressed: not read");
		return 0;
	}
	if (s->file->lastlog)
		logins_lastlog(&l, data.s, data.n, s->rec);
	else
		logins_utmp(&l, data.s, data.n, s->rec);
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
