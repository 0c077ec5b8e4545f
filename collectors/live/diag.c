/* diag - the kernel's own list of sockets (sock_diag) against /proc */

#include "live.h"

#include "limits.h"
#include "procfmt.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/netlink_diag.h>
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>

/*
 * sock_diag(7): netlink messages of NETLINK_SOCK_DIAG. The kernel has a module
 * for each family, and would start the host's modprobe for one that is not
 * there: what is neither loaded nor built in is not asked for, and a note says
 * so. Sockets are opened before the lock, one in each network namespace.
 */

static const struct family {
	enum proc_table table;
	unsigned char family, protocol;
	const char *module;
} families[] = {
	{PROC_TCP, AF_INET, IPPROTO_TCP, "tcp_diag"},
	{PROC_TCP6, AF_INET6, IPPROTO_TCP, "tcp_diag"},
	{PROC_UDP, AF_INET, IPPROTO_UDP, "udp_diag"},
	{PROC_UDP6, AF_INET6, IPPROTO_UDP, "udp_diag"},
	{PROC_RAW, AF_INET, IPPROTO_RAW, "raw_diag"},
	{PROC_RAW6, AF_INET6, IPPROTO_RAW, "raw_diag"},
	{PROC_UNIX, AF_UNIX, 0, "unix_diag"},
	{PROC_PACKET, AF_PACKET, 0, "af_packet_diag"},
	{PROC_NETLINK, AF_NETLINK, 0, "netlink_diag"},
};

/* ---- before the lock ---- */

/* Is the module there already? modules.builtin has its file's name. */
static bool
is_there(struct live *run, const char *module)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str path cleanup_str = STR_INIT, text cleanup_str = STR_INIT;
	struct utsname u;
	struct err e;

	str_addf(&path, "/sys/module/%s", module);
	if (root_find(run->root, path.s, 0, &f, NULL) == 0)
		return true;
	if (uname(&u))
		return false;
	str_clear(&path);
	str_addf(&path, "/lib/modules/%s/modules.builtin", u.release);
	if (root_slurp(run->root, path.s, PROC_MODULES_DEP_MAX, &text, NULL,
		&e) < 0)
		return false;
	str_clear(&path);
	str_addf(&path, "/%s.ko\n", module);
	return strstr(text.s, path.s) != NULL;
}

static int
diag_socket(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
}

static void
add(struct live *run, uint64_t ns, int fd)
{
	if (fd < 0)
		return;
	run->diags = xreallocarray(run->diags, run->diags_n + 1,
	    sizeof(*run->diags));
	run->diags[run->diags_n].ns = ns;
	run->diags[run->diags_n++].fd = fd;
}

static bool
known(const struct live *run, uint64_t ns)
{
	size_t i;

	for (i = 0; i < run->diags_n; i++)
		if (run->diags[i].ns == ns)
			return true;
	return false;
}

void
live_diag_open(struct live *run)
{
	uint32_t *pids = NULL;
	uint64_t own = proc_self_netns(run->fs);
	int home cleanup_fd = -1;
	struct str s cleanup_str = STR_INIT;
	size_t i, n = 0;
	struct err e;
	bool loads;

	/* a kernel without modules has nothing to load */
	loads = proc_text(run->fs, "modules", PROC_FILE_MAX, &s, &e) == 0 ||
	    e.class != ERR_ABSENT;
	for (i = 0; i < COUNT(families); i++)
		if (!loads || is_there(run, families[i].module))
			run->diag_families |= 1U << i;
	if (!run->diag_families)
		return;
	add(run, own, diag_socket());
	home = proc_netns(run->fs, proc_self(run->fs));
	if (home < 0 || proc_list(run->fs, &pids, &n, &e))
		return;
	for (i = 0; i < n && run->diags_n < PROC_DIAG_MAX; i++) {
		uint64_t ns = proc_netns_number(run->fs, pids[i]);
		int fd cleanup_fd = -1;

		if (!ns || known(run, ns))
			continue;
		fd = proc_netns(run->fs, pids[i]);
		if (fd < 0 || setns(fd, CLONE_NEWNET))
			continue;
		add(run, ns, diag_socket());
		if (setns(home, CLONE_NEWNET))
			die("cannot come back to our network namespace: %s",
			    strerror(errno));
	}
	free(pids);
}

/* ---- asking ---- */

struct inodes {
	uint64_t *v;
	size_t n, cap;
};

static void
put(struct inodes *s, uint64_t ino)
{
	if (!ino || s->n >= PROC_HOLDERS_MAX)
		return;
	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 1024;
		s->v = xreallocarray(s->v, s->cap, sizeof(*s->v));
	}
	s->v[s->n++] = ino;
}

static int
by_inode(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static bool
has(const struct inodes *s, uint64_t ino)
{
	return s->n && bsearch(&ino, s->v, s->n, sizeof(ino), by_inode);
}

static void
order(struct inodes *s)
{
	if (s->n)
		qsort(s->v, s->n, sizeof(*s->v), by_inode);
}

static int
request(int fd, const struct family *f, uint32_t seq)
{
	struct {
		struct nlmsghdr h;
		union {
			struct inet_diag_req_v2 inet;
			struct unix_diag_req unx;
			struct packet_diag_req packet;
			struct netlink_diag_req netlink;
		} u;
	} m;
	size_t n;

	memset(&m, 0, sizeof(m));
	switch (f->family) {
	case AF_UNIX:
		m.u.unx.sdiag_family = AF_UNIX;
		m.u.unx.udiag_states = UINT32_MAX;
		n = sizeof(m.u.unx);
		break;
	case AF_PACKET:
		m.u.packet.sdiag_family = AF_PACKET;
		n = sizeof(m.u.packet);
		break;
	case AF_NETLINK:
		m.u.netlink.sdiag_family = AF_NETLINK;
		m.u.netlink.sdiag_protocol = NDIAG_PROTO_ALL;
		n = sizeof(m.u.netlink);
		break;
	default:
		m.u.inet.sdiag_family = f->family;
		m.u.inet.sdiag_protocol = f->protocol;
		m.u.inet.idiag_states = UINT32_MAX;
		n = sizeof(m.u.inet);
	}
	m.h.nlmsg_len = (uint32_t)NLMSG_LENGTH(n);
	m.h.nlmsg_type = SOCK_DIAG_BY_FAMILY;
	m.h.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	m.h.nlmsg_seq = seq;
	return send(fd, &m, m.h.nlmsg_len, 0) < 0 ? -1 : 0;
}

/* The inode of a reply; false: no reply of this family. */
static bool
reply(const struct family *f, const struct nlmsghdr *h, uint64_t *ino)
{
	const void *p = NLMSG_DATA(h);
	size_t n = h->nlmsg_len - NLMSG_HDRLEN;

	switch (f->family) {
	case AF_UNIX:
		if (n < sizeof(struct unix_diag_msg))
			return false;
		*ino = ((const struct unix_diag_msg *)p)->udiag_ino;
		return true;
	case AF_PACKET:
		if (n < sizeof(struct packet_diag_msg))
			return false;
		*ino = ((const struct packet_diag_msg *)p)->pdiag_ino;
		return true;
	case AF_NETLINK:
		if (n < sizeof(struct netlink_diag_msg))
			return false;
		*ino = ((const struct netlink_diag_msg *)p)->ndiag_ino;
		return true;
	default:
		if (n < sizeof(struct inet_diag_msg))
			return false;
		*ino = ((const struct inet_diag_msg *)p)->idiag_inode;
		return true;
	}
}

/* A kernel without the list for a family ends the dump with an error. */
static int
done(const struct nlmsghdr *h)
{
	int error;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(error)))
		return 0;
	memcpy(&error, NLMSG_DATA(h), sizeof(error));
	if (error >= 0)
		return 0;
	errno = -error;
	return -1;
}

/* All sockets of a family. 0, or -1: it cannot be asked (errno). */
static int
ask(int fd, const struct family *f, struct inodes *out)
{
	static uint32_t seq;
	static char buf[64 * 1024] __attribute__((aligned(8)));
	const struct nlmsghdr *h;
	uint64_t ino;
	ssize_t k;
	int left;

	out->n = 0;
	if (request(fd, f, ++seq))
		return -1;
	for (;;) {
		k = recv(fd, buf, sizeof(buf), 0);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return -1;
		left = (int)k;
		for (h = (const void *)buf; NLMSG_OK(h, (unsigned)left);
		     h = NLMSG_NEXT(h, left)) {
			if (h->nlmsg_seq != seq)
				continue;
			if (h->nlmsg_type == NLMSG_DONE)
				return done(h);
			if (h->nlmsg_type == NLMSG_ERROR) {
				errno = -((const struct nlmsgerr *)
					NLMSG_DATA(h))->error;
				return -1;
			}
			if (reply(f, h, &ino))
				put(out, ino);
		}
	}
}

/* ---- comparing ---- */

static void
on_row(void *arg, const struct proc_socket *s)
{
	put(arg, s->inode);
}

/* What is in a and not in b, in all of PROC_REPEATS looks. */
static void
only(const struct inodes *a, const struct inodes *b, struct inodes *still,
    bool first)
{
	size_t i, k = 0;

	if (first) {
		for (i = 0; i < a->n; i++)
			if (!has(b, a->v[i]))
				put(still, a->v[i]);
		return;
	}
	for (i = 0; i < still->n; i++)
		if (has(a, still->v[i]) && !has(b, still->v[i]))
			still->v[k++] = still->v[i];
	still->n = k;
}

static void
tell(struct live *run, const struct family *f, uint64_t ns,
    const struct inodes *s, const char *sees, const char *blind)
{
	char name[32], what[160];
	size_t i;

	for (i = 0; i < s->n && i < PROC_TELL_MAX; i++) {
		snprintf(name, sizeof(name), "%llu",
		    (unsigned long long)s->v[i]);
		snprintf(what, sizeof(what), "a socket of protocol %s in the "
		    "network namespace %llu", proc_table_name[f->table],
		    (unsigned long long)ns);
		live_contradiction(run, "socket", name, sees, blind, what,
		    PROC_REPEATS, NULL);
	}
}

static void
compare(struct live *run, const struct live_diag *d, const struct family *f,
    int64_t pid)
{
	struct inodes diag = {0}, table = {0}, hidden = {0}, false_ = {0};
	struct timespec pause = {0, 10 * 1000 * 1000};
	struct err e;
	int tries;

	for (tries = 0; tries < PROC_REPEATS; tries++) {
		if (tries)
			nanosleep(&pause, NULL);
		table.n = 0;
		if (ask(d->fd, f, &diag) ||
		    proc_net(run->fs, pid, d->ns, f->table, on_row, &table,
			&e))
			goto out; /* the family is not in this kernel */
		order(&diag);
		order(&table);
		only(&diag, &table, &hidden, tries == 0);
		only(&table, &diag, &false_, tries == 0);
		if (!hidden.n && !false_.n)
			break;
	}
	tell(run, f, d->ns, &hidden, "sock_diag", "/proc/PID/net");
	tell(run, f, d->ns, &false_, "/proc/PID/net", "sock_diag");
out:
	free(diag.v);
	free(table.v);
	free(hidden.v);
	free(false_.v);
}

void
live_diag(struct live *run, uint64_t ns, int64_t pid)
{
	size_t i, k;

	for (i = 0; i < run->diags_n; i++)
		if (run->diags[i].ns == ns)
			break;
	if (i == run->diags_n)
		return;
	for (k = 0; k < COUNT(families); k++)
		if (run->diag_families & 1U << k)
			compare(run, &run->diags[i], &families[k], pid);
}

void
live_diag_notes(struct live *run)
{
	struct str s cleanup_str = STR_INIT;
	size_t i;

	for (i = 0; i < COUNT(families); i++)
		if (!(run->diag_families & 1U << i) &&
		    (!i || strcmp(families[i].module, families[i - 1].module)))
			str_addf(&s, "%s%s", s.n ? ", " : "",
			    families[i].module);
	if (s.n)
		rec_note_fine(run->rec, ERR_ABSENT, "sock_diag", "host", NULL,
		    "the kernel was not asked for its own list of sockets "
		    "where that would have loaded a module: %s", s.s);
}
