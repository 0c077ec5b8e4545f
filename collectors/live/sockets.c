/* sockets - the tables of each network namespace, joined with their holders */

#include "live.h"

#include "limits.h"
#include "worker.h"

#define GIVE_JOINED 3
#define GIVE_JOINED_MAX 8192
struct give_joined {
	uint32_t type, n;
	uint32_t v[GIVE_JOINED_MAX];
};

/* Order of holders: by inode, then process and descriptor. */
static bool
before(const struct holder *a, const struct holder *b)
{
	if (a->inode != b->inode)
		return a->inode < b->inode;
	return a->pid != b->pid ? a->pid < b->pid : a->fd < b->fd;
}

static void
sift(struct holder *v, size_t i, size_t n)
{
	struct holder x = v[i];
	size_t k;

	for (; (k = 2 * i + 1) < n; i = k) {
		if (k + 1 < n && before(&v[k], &v[k + 1]))
			k++;
		if (!before(&x, &v[k]))
			break;
		v[i] = v[k];
	}
	v[i] = x;
}

/* In place: the C library's sort would take as much memory again. */
static void
sort_holders(struct holder *v, size_t n)
{
	struct holder x;
	size_t i;

	for (i = n / 2; i-- > 0;)
		sift(v, i, n);
	for (i = n; i-- > 1;) {
		x = v[0];
		v[0] = v[i];
		v[i] = x;
		sift(v, 0, i);
	}
}

static size_t
first_holder(const struct live *run, uint64_t ino)
{
	size_t a = 0, b = run->holders_n, m;

	while (a < b) {
		m = a + (b - a) / 2;
		if (run->holders[m].inode < ino)
			a = m + 1;
		else
			b = m;
	}
	return a;
}

static int
by_seen(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static const struct str *
scope_of_pid(const struct live *run, uint32_t pid)
{
	struct seen key = {.pid = pid}, *s;

	if (!run->seen_n)
		return NULL;
	s = bsearch(&key, run->seen, run->seen_n, sizeof(key), by_seen);
	return s ? &run->scopes.v[s->scope] : NULL;
}

/* A table at work. */
struct tables {
	struct live *run;
	struct rec *rec;
	const struct netns *ns;
	struct give_joined g;
	uint64_t rows;
};

static void
flush_joined(struct give_joined *g)
{
	if (g->n)
		worker_give(g, offsetof(struct give_joined, v) +
		    g->n * sizeof(g->v[0]));
	g->n = 0;
}

static void
socket_row(struct rec *r, const struct str *scope, const struct holder *h,
    const struct proc_socket *s, uint64_t netns)
{
	rec_begin(r, KIND_socket);
	if (scope)
		rec_str(r, COL_socket_scope, scope);
	if (h) {
		rec_int(r, COL_socket_pid, h->pid);
		rec_int(r, COL_socket_fd, h->fd);
	}
	if (s) {
		rec_text(r, COL_socket_protocol, proc_table_name[s->table]);
		rec_text(r, COL_socket_state, s->state);
		if (s->local[0])
			rec_text(r, COL_socket_local_address, s->local);
		live_number(r, COL_socket_local_port, s->local_port);
		if (s->remote[0])
			rec_text(r, COL_socket_remote_address, s->remote);
		live_number(r, COL_socket_remote_port, s->remote_port);
		if (s->path)
			rec_bytes(r, COL_socket_path, s->path, s->path_n);
		live_number(r, COL_socket_number, s->protocol);
	}
	live_inode(r, COL_socket_inode, s ? s->inode : h->inode);
	if (s)
		live_number(r, COL_socket_uid, s->uid);
	live_inode(r, COL_socket_netns, netns);
	rec_end(r);
}

static void
on_row(void *arg, const struct proc_socket *s)
{
	struct tables *t = arg;
	const struct live *run = t->run;
	size_t i;

	t->rows++;
	i = s->inode ? first_holder(run, s->inode) : run->holders_n;
	if (i == run->holders_n || run->holders[i].inode != s->inode) {
		socket_row(t->rec, &run->scopes.v[t->ns->scope], NULL, s,
		    t->ns->inode);
		return;
	}
	for (; i < run->holders_n && run->holders[i].inode == s->inode; i++) {
		socket_row(t->rec, scope_of_pid(run, run->holders[i].pid),
		    &run->holders[i], s, t->ns->inode);
		if (t->g.n == GIVE_JOINED_MAX)
			flush_joined(&t->g);
		t->g.v[t->g.n++] = (uint32_t)i;
	}
}

/* One table, by the first process of the namespace that still is there. */
static void
table(struct tables *t, enum proc_table which, size_t *at)
{
	struct live *run = t->run;
	bool own = t->ns->inode == proc_self_netns(run->fs);
	struct err e = {0};
	char path[64];
	int64_t pid = 0;
	int r = -1;

	for (; *at <= run->seen_n; ++*at) {
		if (*at == 0) { /* we ourselves are there until the end */
			if (!own)
				continue;
			pid = proc_self(run->fs);
		} else {
			if (run->seen[*at - 1].netns != t->ns->inode)
				continue;
			pid = run->seen[*at - 1].pid;
		}
		t->rows = 0;
		r = proc_net(run->fs, pid, t->ns->inode, which, on_row, t, &e);
		if (r == 0 || t->rows || (e.class != ERR_ABSENT &&
					     e.class != ERR_CHANGED))
			break;
		/* no such table, rather than no such process? */
		if (proc_in_netns(run->fs, pid, t->ns->inode))
			break;
	}
	if (*at > run->seen_n) {
		*at = run->seen_n + 1;
		return;
	}
	if (r) {
		snprintf(path, sizeof(path), "/proc/%lld/net/%s",
		    (long long)pid, proc_table_name[which]);
		rec_note_err(t->rec, "sockets", run->scopes.v[t->ns->scope].s,
		    path, &e);
	}
}

static void
space(void *arg, size_t i, struct rec *r)
{
	struct live *run = arg;
	struct tables *t = xcalloc(1, sizeof(*t));
	size_t at = 0;
	int which;

	t->run = run;
	t->rec = r;
	t->ns = &run->spaces[i];
	t->g.type = GIVE_JOINED;
	for (which = 0; which < PROC_TABLES; which++)
		table(t, (enum proc_table)which, &at);
	flush_joined(&t->g);
	if (at <= run->seen_n) {
		struct live here = *run;

		here.rec = r;
		live_diag(&here, t->ns->inode, at ? (int64_t)run->seen[at - 1].pid
						  : proc_self(run->fs));
	}
	if (at > run->seen_n)
		rec_note_fine(r, ERR_ABSENT, "vanish",
		    run->scopes.v[t->ns->scope].s, NULL,
		    "all processes of network namespace %llu ended before its "
		    "sockets were read", (unsigned long long)t->ns->inode);
	free(t);
}

static void
space_name(void *arg, size_t i, struct str *out, const char **scope)
{
	struct live *run = arg;

	*scope = run->scopes.v[run->spaces[i].scope].s;
	str_addf(out, "net:[%llu]", (unsigned long long)run->spaces[i].inode);
}

static void
take_joined(void *arg, size_t i, const void *p, size_t n)
{
	struct live *run = arg;
	const unsigned char *b = p;
	uint32_t head[2], k, v;

	(void)i;
	if (n < sizeof(head))
		return;
	memcpy(head, p, sizeof(head));
	if (head[0] != GIVE_JOINED || head[1] > GIVE_JOINED_MAX ||
	    n < sizeof(head) + head[1] * sizeof(v))
		return;
	for (k = 0; k < head[1]; k++) {
		memcpy(&v, b + sizeof(head) + k * sizeof(v), sizeof(v));
		if (v < run->holders_n)
			run->joined[v / 8] |= (unsigned char)(1 << v % 8);
	}
}

static int
by_netns(const void *a, const void *b)
{
	const struct netns *x = a, *y = b;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	return x->scope < y->scope ? -1 : x->scope > y->scope;
}

/* The namespaces, our own first; each with the scope of its first process. */
static void
find_spaces(struct live *run)
{
	uint64_t own = proc_self_netns(run->fs);
	uint32_t host = live_scope(run, "host", 4);
	size_t i, k;

	run->spaces = xreallocarray(NULL, run->seen_n + 1,
	    sizeof(*run->spaces));
	for (i = 0, k = 0; i < run->seen_n; i++)
		if (run->seen[i].netns && run->seen[i].netns != own &&
		    (!k || run->spaces[k - 1].inode != run->seen[i].netns)) {
			run->spaces[k].inode = run->seen[i].netns;
			run->spaces[k++].scope = run->seen[i].scope;
		}
	qsort(run->spaces, k, sizeof(*run->spaces), by_netns);
	for (i = 0; i < k; i++)
		if (i == 0 || run->spaces[i].inode !=
		    run->spaces[run->spaces_n - 1].inode)
			run->spaces[run->spaces_n++] = run->spaces[i];
	run->spaces[run->spaces_n].inode = own;
	run->spaces[run->spaces_n++].scope = host;
	if (run->spaces_n > PROC_NETNS_MAX) {
		rec_note(run->rec, ERR_LIMIT, "sockets", "host", "/proc", 0,
		    "%zu network namespaces: only %d are read "
		    "(PROC_NETNS_MAX)", run->spaces_n, PROC_NETNS_MAX);
		run->spaces_n = PROC_NETNS_MAX;
	}
}

void
live_sockets(struct live *run)
{
	struct worker_map m = {
		.fn = space,
		.name = space_name,
		.take = take_joined,
		.arg = run,
		.seconds = PROC_NET_SECONDS,
		.op = "sockets",
	};
	struct err e;
	size_t i;

	if (run->holders_full)
		rec_note(run->rec, ERR_LIMIT, "sockets", "host", "/proc", 0,
		    "more than %d descriptors are sockets (PROC_HOLDERS_MAX): "
		    "some have no process here", PROC_HOLDERS_MAX);
	sort_holders(run->holders, run->holders_n);
	if (run->seen_n)
		qsort(run->seen, run->seen_n, sizeof(*run->seen), by_seen);
	find_spaces(run);
	run->joined = xcalloc(run->holders_n / 8 + 1, 1);
	m.n = run->spaces_n;
	if (worker_map(&m, run->rec, &e))
		die("%s", e.msg);
	for (i = 0; i < run->holders_n; i++)
		if (!(run->joined[i / 8] & 1 << i % 8))
			socket_row(run->rec,
			    scope_of_pid(run, run->holders[i].pid),
			    &run->holders[i], NULL, 0);
}
