#include "procfmt.h"

#include <arpa/inet.h>

const char *const proc_table_name[PROC_TABLES] = {
	"tcp",
	"tcp6",
	"udp",
	"udp6",
	"raw",
	"raw6",
	"icmp",
	"icmp6",
	"udplite",
	"udplite6",
	"unix",
	"packet",
	"netlink",
};

/* What is left of a text. */
struct rest {
	const char *p, *end;
};

static void
blanks(struct rest *r)
{
	while (r->p < r->end && (*r->p == ' ' || *r->p == '\t'))
		r->p++;
}

/* The next word; false at the end. */
static bool
word(struct rest *r, const char **w, size_t *n)
{
	blanks(r);
	*w = r->p;
	while (r->p < r->end && *r->p != ' ' && *r->p != '\t' && *r->p != '\n')
		r->p++;
	*n = (size_t)(r->p - *w);
	return *n > 0;
}

static int
number(const char *s, size_t n, unsigned base, uint64_t *v)
{
	uint64_t x = 0;
	unsigned d;
	size_t i;

	if (!n)
		return -1;
	for (i = 0; i < n; i++) {
		if (s[i] >= '0' && s[i] <= '9')
			d = (unsigned)(s[i] - '0');
		else if (s[i] >= 'a' && s[i] <= 'f')
			d = (unsigned)(s[i] - 'a') + 10;
		else if (s[i] >= 'A' && s[i] <= 'F')
			d = (unsigned)(s[i] - 'A') + 10;
		else
			return -1;
		if (d >= base || x > (UINT64_MAX - d) / base)
			return -1;
		x = x * base + d;
	}
	*v = x;
	return 0;
}

static int
decimal(struct rest *r, uint64_t *v)
{
	const char *w;
	size_t n;

	return word(r, &w, &n) ? number(w, n, 10, v) : -1;
}

/* Decimal with a sign. */
static int
integer(struct rest *r, int64_t *v)
{
	const char *w;
	uint64_t u;
	size_t n;
	bool minus;

	if (!word(r, &w, &n))
		return -1;
	minus = *w == '-';
	if (number(w + minus, n - minus, 10, &u) || u > INT64_MAX)
		return -1;
	*v = minus ? -(int64_t)u : (int64_t)u;
	return 0;
}

/* Pass over k words. */
static int
skip(struct rest *r, int k)
{
	const char *w;
	size_t n;

	while (k-- > 0)
		if (!word(r, &w, &n))
			return -1;
	return 0;
}

int
procfmt_stat(const char *p, size_t n, struct proc_stat *st)
{
	struct rest r = {p, p + n};
	const char *open, *close, *w;
	size_t k;

	memset(st, 0, sizeof(*st));
	open = memchr(p, '(', n);
	/* the name may hold anything: it ends at the last parenthesis */
	close = memrchr(p, ')', n);
	if (!open || !close || close < open)
		return -1;
	r.end = open;
	if (integer(&r, &st->pid) || st->pid < 1)
		return -1;
	st->comm = open + 1;
	st->comm_n = (size_t)(close - open - 1);
	r.p = close + 1;
	r.end = p + n;
	if (!word(&r, &w, &k) || k != 1)
		return -1;
	st->state = *w;
	if (integer(&r, &st->ppid) || integer(&r, &st->pgrp) ||
	    integer(&r, &st->session) || integer(&r, &st->tty) ||
	    skip(&r, 1) || decimal(&r, &st->flags) || skip(&r, 4) ||
	    decimal(&r, &st->utime) || decimal(&r, &st->stime) ||
	    skip(&r, 4) || integer(&r, &st->threads) || skip(&r, 1) ||
	    decimal(&r, &st->start) || skip(&r, 1) || integer(&r, &st->rss))
		return -1;
	/* limit of memory, then addresses */
	if (skip(&r, 1) || decimal(&r, &st->code) || skip(&r, 1) ||
	    decimal(&r, &st->stack))
		st->code = st->stack = 0;
	return 0;
}

/* The numbers of "Uid:" and "Gid:": real, effective, saved, file system. */
static int
four(struct rest *r, int64_t *real, int64_t *effective, int64_t *saved,
    int64_t *fs)
{
	return integer(r, real) || integer(r, effective) ||
	    integer(r, saved) || integer(r, fs) ? -1 : 0;
}

static int
capability(struct rest *r, uint64_t *v)
{
	const char *w;
	size_t k;

	return word(r, &w, &k) ? number(w, k, 16, v) : -1;
}

int
procfmt_status(const char *p, size_t n, struct proc_status *st)
{
	const char *end = p + n, *nl, *colon;
	struct rest r;
	size_t key;
	int64_t v;

	memset(st, 0, sizeof(*st));
	st->uid = st->euid = st->gid = st->egid = -1;
	st->suid = st->fsuid = st->sgid = st->fsgid = -1;
	st->nspid = st->tracer = st->no_new_privs = st->seccomp = -1;
	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			nl = end;
		colon = memchr(p, ':', (size_t)(nl - p));
		if (!colon)
			continue;
		key = (size_t)(colon - p);
		r.p = colon + 1;
		r.end = nl;
#define KEY(s) (key == sizeof(s) - 1 && memcmp(p, s, sizeof(s) - 1) == 0)
		if (KEY("Uid")) {
			if (four(&r, &st->uid, &st->euid, &st->suid,
				&st->fsuid))
				return -1;
		} else if (KEY("Gid")) {
			if (four(&r, &st->gid, &st->egid, &st->sgid,
				&st->fsgid))
				return -1;
		} else if (KEY("Groups")) {
			blanks(&r);
			st->groups = r.p;
			st->groups_n = (size_t)(r.end - r.p);
		} else if (KEY("TracerPid")) {
			if (integer(&r, &st->tracer))
				return -1;
		} else if (KEY("NSpid")) {
			while (integer(&r, &v) == 0)
				st->nspid = v;
		} else if (KEY("CapEff")) {
			if (capability(&r, &st->caps))
				return -1;
			st->has_caps = true;
		} else if (KEY("CapPrm")) {
			if (capability(&r, &st->permitted))
				return -1;
		} else if (KEY("CapInh")) {
			if (capability(&r, &st->inheritable))
				return -1;
		} else if (KEY("CapBnd")) {
			if (capability(&r, &st->bounding))
				return -1;
		} else if (KEY("CapAmb")) {
			if (capability(&r, &st->ambient))
				return -1;
		} else if (KEY("NoNewPrivs")) {
			if (integer(&r, &st->no_new_privs))
				return -1;
		} else if (KEY("Seccomp")) {
			if (integer(&r, &st->seccomp))
				return -1;
		}
#undef KEY
		if (nl == end)
			break;
	}
	return st->uid < 0 || st->gid < 0 ? -1 : 0;
}

/* States of include/net/tcp_states.h, from 1. */
static const char *const tcp_states[] = {
	NULL,
	"ESTABLISHED",
	"SYN_SENT",
	"SYN_RECV",
	"FIN_WAIT1",
	"FIN_WAIT2",
	"TIME_WAIT",
	"CLOSE",
	"CLOSE_WAIT",
	"LAST_ACK",
	"LISTEN",
	"CLOSING",
	"NEW_SYN_RECV",
};

/* "0100007F:0CEA": the address as the kernel's 32-bit words, in the byte order
 * of the machine; the port as a number. */
static int
address(struct rest *r, bool six, char out[64], int64_t *port)
{
	unsigned char bytes[16];
	const char *w;
	uint64_t v;
	uint32_t x;
	size_t n, k, want = six ? 32 : 8, i;
	static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	    0xff, 0xff};

	if (!word(r, &w, &n) || n < want + 2 || w[want] != ':')
		return -1;
	for (i = 0; i < want / 8; i++) {
		if (number(w + 8 * i, 8, 16, &v))
			return -1;
		x = (uint32_t)v;
		memcpy(bytes + 4 * i, &x, 4);
	}
	k = n - want - 1;
	if (k > 4 || number(w + want + 1, k, 16, &v))
		return -1;
	*port = (int64_t)v;
	/* IPv4 over an IPv6 socket is written as IPv4: who looks for an
	 * address looks for one form */
	if (six && memcmp(bytes, mapped, 12) == 0)
		return inet_ntop(AF_INET, bytes + 12, out, 64) ? 0 : -1;
	return inet_ntop(six ? AF_INET6 : AF_INET, bytes, out, 64) ? 0 : -1;
}

/* tcp, udp, raw: "sl: local remote st tx:rx tr:when retr uid timeout inode" */
static int
inet(enum proc_table t, struct rest *r, struct proc_socket *s)
{
	bool six = t == PROC_TCP6 || t == PROC_UDP6 || t == PROC_RAW6 ||
	    t == PROC_ICMP6 || t == PROC_UDPLITE6;
	const char *w;
	uint64_t st;
	size_t n;

	if (!word(r, &w, &n) || w[n - 1] != ':' ||
	    address(r, six, s->local, &s->local_port) ||
	    address(r, six, s->remote, &s->remote_port))
		return -1;
	if (!word(r, &w, &n) || number(w, n, 16, &st))
		return -1;
	if (st < COUNT(tcp_states))
		s->state = tcp_states[st];
	if (st == 7 && t != PROC_TCP && t != PROC_TCP6)
		s->state = "UNCONN";
	if (skip(r, 3) || integer(r, &s->uid) || skip(r, 1) ||
	    decimal(r, &s->inode))
		return -1;
	return 0;
}

/* "Num: RefCount Protocol Flags Type St Inode[ Path]", of fixed widths: only
 * so can a line be told from the rest of a name with a newline. */
static int
unix_line(struct rest *r, struct proc_socket *s)
{
	static const size_t width[] = {8, 8, 8, 4, 2};
	uint64_t v[COUNT(width)], num;
	const char *w;
	size_t n, i;

	n = 0;
	while (r->p + n < r->end && r->p[n] != ':')
		n++;
	if (r->p + n == r->end || n < 8 || n > 16 ||
	    number(r->p, n, 16, &num))
		return -1;
	r->p += n + 1;
	for (i = 0; i < COUNT(width); i++) {
		if (r->p == r->end || *r->p != ' ')
			return -1;
		if (!word(r, &w, &n) || n != width[i] ||
		    number(w, n, 16, &v[i]))
			return -1;
	}
	if (decimal(r, &s->inode))
		return -1;
	if (v[2] & 0x10000) /* __SO_ACCEPTCON */
		s->state = "LISTEN";
	else if (v[4] == 1)
		s->state = "UNCONN";
	else if (v[4] == 2)
		s->state = "CONNECTING";
	else if (v[4] == 3)
		s->state = "ESTABLISHED";
	else if (v[4] == 4)
		s->state = "DISCONNECTING";
	if (r->p < r->end && *r->p == ' ') {
		s->path = r->p + 1;
		s->path_n = (size_t)(r->end - r->p - 1);
	}
	return 0;
}

/* "sk RefCnt Type Proto Iface R Rmem User Inode" */
static int
packet(struct rest *r, struct proc_socket *s)
{
	const char *w;
	uint64_t v;
	size_t n;

	if (skip(r, 3) || !word(r, &w, &n) || number(w, n, 16, &v) ||
	    skip(r, 3) || integer(r, &s->uid) || decimal(r, &s->inode))
		return -1;
	s->protocol = (int64_t)v;
	return 0;
}

/* "sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode" */
static int
netlink(struct rest *r, struct proc_socket *s)
{
	return skip(r, 1) || integer(r, &s->protocol) || skip(r, 7) ||
	    decimal(r, &s->inode) ? -1 : 0;
}

int
procfmt_socket(enum proc_table t, const char *p, size_t n,
    struct proc_socket *s)
{
	struct rest r = {p, p + n};

	memset(s, 0, sizeof(*s));
	s->table = t;
	s->uid = s->local_port = s->remote_port = s->protocol = -1;
	switch (t) {
	case PROC_UNIX:
		return unix_line(&r, s);
	case PROC_PACKET:
		return packet(&r, s);
	case PROC_NETLINK:
		return netlink(&r, s);
	default:
		return inet(t, &r, s);
	}
}

int
procfmt_map(const char *p, size_t n, struct proc_map *m)
{
	struct rest r = {p, p + n};
	const char *w, *dash;
	uint64_t major, minor;
	size_t k;

	memset(m, 0, sizeof(*m));
	if (!word(&r, &w, &k) || !(dash = memchr(w, '-', k)) ||
	    number(w, (size_t)(dash - w), 16, &m->start) ||
	    number(dash + 1, k - (size_t)(dash - w) - 1, 16, &m->end) ||
	    m->end < m->start)
		return -1;
	if (!word(&r, &w, &k) || k != 4)
		return -1;
	m->read = w[0] == 'r';
	m->write = w[1] == 'w';
	m->exec = w[2] == 'x';
	m->shared = w[3] == 's';
	if (skip(&r, 1) || !word(&r, &w, &k) || !(dash = memchr(w, ':', k)) ||
	    number(w, (size_t)(dash - w), 16, &major) ||
	    number(dash + 1, k - (size_t)(dash - w) - 1, 16, &minor) ||
	    decimal(&r, &m->inode))
		return -1;
	m->dev = major << 32 | (minor & 0xffffffff);
	blanks(&r);
	if (r.p < r.end) {
		m->path = r.p;
		m->path_n = (size_t)(r.end - r.p);
	}
	return 0;
}

static int
bracket(const char *p, size_t n, size_t from, uint64_t *inode)
{
	if (n < from + 3 || p[from] != ':' || p[from + 1] != '[' ||
	    p[n - 1] != ']')
		return -1;
	return number(p + from + 2, n - from - 3, 10, inode);
}

int
procfmt_socket_link(const char *p, size_t n, uint64_t *inode)
{
	return n > 6 && memcmp(p, "socket", 6) == 0 ? bracket(p, n, 6, inode)
						    : -1;
}

int
procfmt_ns_link(const char *p, size_t n, uint64_t *inode)
{
	const char *c = memchr(p, ':', n);

	return c ? bracket(p, n, (size_t)(c - p), inode) : -1;
}

int
procfmt_mount(const char *p, size_t n, struct proc_mount *m)
{
	struct rest r = {p, p + n};
	const char *w;
	size_t k;

	memset(m, 0, sizeof(*m));
	if (integer(&r, &m->id) || integer(&r, &m->parent) ||
	    !word(&r, &m->device, &m->device_n) ||
	    !word(&r, &m->root, &m->root_n) ||
	    !word(&r, &m->point, &m->point_n) ||
	    !word(&r, &m->flags, &m->flags_n))
		return -1;
	blanks(&r);
	m->optional = r.p;
	do { /* optional fields up to a dash */
		if (!word(&r, &w, &k))
			return -1;
	} while (k != 1 || *w != '-');
	while (w > m->optional && w[-1] == ' ')
		w--;
	m->optional_n = (size_t)(w - m->optional);
	if (!word(&r, &m->type, &m->type_n) ||
	    !word(&r, &m->source, &m->source_n) ||
	    !word(&r, &m->options, &m->options_n))
		return -1;
	return 0;
}
