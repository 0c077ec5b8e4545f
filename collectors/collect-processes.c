/*
 * collect-processes - the live process tree and its sockets
 *
 * Two steps, each in workers: the processes, whose workers give the sockets
 * among their descriptors to the parent; then the socket tables of each
 * network namespace, joined by inode with what was given.
 */

#include "accounts.h"
#include "collect.h"
#include "limits.h"
#include "proc.h"
#include "worker.h"

#include <errno.h>

/* A descriptor of a process that is a socket. */
struct holder {
	uint64_t inode;
	uint32_t pid, fd;
};

/* What the parent knows of a process. */
struct seen {
	uint32_t pid, scope; /* index of scopes */
	uint64_t netns;	     /* 0: not known */
};

/* Processes of which the same could not be read. */
struct group {
	unsigned parts; /* 0: they ended */
	size_t count;
	uint32_t first, last; /* range at hand */
	struct str pids;
	bool full;
};

#define GROUP_TEXT 600 /* what a note's detail can take */

struct netns {
	uint64_t inode;
	uint32_t scope;
};

struct run {
	struct proc_fs *fs;
	struct rec *rec;
	struct accounts accounts;
	/* of the round at hand */
	const uint32_t *pids;
	bool *done;
	unsigned parts;
	/* gathered */
	struct seen *seen;
	size_t seen_n, seen_cap;
	struct holder *holders;
	size_t holders_n, holders_cap;
	bool holders_full;
	unsigned char *joined; /* a bit a holder */
	struct strlist scopes;
	uint32_t scope_last;
	struct group *groups;
	size_t groups_n;
	struct netns *spaces;
	size_t spaces_n;
};

/* ---- from the workers to the parent ---- */

enum { GIVE_PROCESS = 1, GIVE_SOCKETS, GIVE_JOINED };
enum { PROCESS_VANISHED = 1, PROCESS_NO_ROW = 2 };

/* Followed by the scope. */
struct give_process {
	uint32_t type, pid, parts, flags;
	uint64_t netns;
};

#define GIVE_SOCKETS_MAX 4096
struct give_sockets {
	uint32_t type, n;
	struct {
		uint64_t inode;
		uint32_t fd, zero;
	} v[GIVE_SOCKETS_MAX];
};

#define GIVE_JOINED_MAX 8192
struct give_joined {
	uint32_t type, n;
	uint32_t v[GIVE_JOINED_MAX];
};

static uint32_t
scope_index(struct run *run, const char *s, size_t n)
{
	struct strlist *l = &run->scopes;
	size_t i;

	if (run->scope_last < l->n && l->v[run->scope_last].n == n &&
	    memcmp(l->v[run->scope_last].s, s, n) == 0)
		return run->scope_last;
	for (i = 0; i < l->n; i++)
		if (l->v[i].n == n && memcmp(l->v[i].s, s, n) == 0)
			break;
	if (i == l->n)
		strlist_add(l, s, n);
	return run->scope_last = (uint32_t)i;
}

static void
group_flush(struct group *g)
{
	if (!g->first || g->full)
		return;
	if (g->pids.n > GROUP_TEXT) {
		str_adds(&g->pids, ", ...");
		g->full = true;
		return;
	}
	if (g->pids.n)
		str_adds(&g->pids, ", ");
	if (g->first == g->last)
		str_addf(&g->pids, "%u", g->first);
	else
		str_addf(&g->pids, "%u-%u", g->first, g->last);
}

static void
group_add(struct run *run, unsigned parts, uint32_t pid)
{
	struct group *g;
	size_t i;

	for (i = 0; i < run->groups_n; i++)
		if (run->groups[i].parts == parts)
			break;
	if (i == run->groups_n) {
		run->groups = xreallocarray(run->groups, ++run->groups_n,
		    sizeof(*run->groups));
		memset(&run->groups[i], 0, sizeof(run->groups[i]));
		str_init(&run->groups[i].pids);
		run->groups[i].parts = parts;
	}
	g = &run->groups[i];
	g->count++;
	if (g->first && pid == g->last + 1) {
		g->last = pid;
		return;
	}
	group_flush(g);
	g->first = g->last = pid;
}

static void
take_process(struct run *run, size_t i, const void *p, size_t n)
{
	struct give_process g;
	struct seen *s;

	if (n < sizeof(g))
		return;
	memcpy(&g, p, sizeof(g));
	if (g.pid != run->pids[i])
		return;
	run->done[i] = true;
	if (g.flags & PROCESS_VANISHED)
		group_add(run, 0, g.pid);
	g.parts &= PROC_ALL;
	if (g.parts)
		group_add(run, g.parts, g.pid);
	if (g.flags & PROCESS_NO_ROW)
		return;
	if (run->seen_n == run->seen_cap) {
		run->seen_cap = run->seen_cap ? 2 * run->seen_cap : 1024;
		run->seen = xreallocarray(run->seen, run->seen_cap,
		    sizeof(*run->seen));
	}
	s = &run->seen[run->seen_n++];
	s->pid = g.pid;
	s->netns = g.netns;
	s->scope = scope_index(run, (const char *)p + sizeof(g),
	    n - sizeof(g));
}

static void
take_sockets(struct run *run, size_t i, const struct give_sockets *g, size_t n)
{
	struct holder *h;
	size_t k;

	if (n < offsetof(struct give_sockets, v) || g->n > GIVE_SOCKETS_MAX ||
	    n < offsetof(struct give_sockets, v) + g->n * sizeof(g->v[0]))
		return;
	for (k = 0; k < g->n; k++) {
		if (run->holders_n == run->holders_cap) {
			if (run->holders_cap >= PROC_HOLDERS_MAX) {
				run->holders_full = true;
				return;
			}
			run->holders_cap = run->holders_cap
			    ? 2 * run->holders_cap : 4096;
			if (run->holders_cap > PROC_HOLDERS_MAX)
				run->holders_cap = PROC_HOLDERS_MAX;
			run->holders = xreallocarray(run->holders,
			    run->holders_cap, sizeof(*run->holders));
		}
		h = &run->holders[run->holders_n++];
		h->inode = g->v[k].inode;
		h->fd = g->v[k].fd;
		h->pid = run->pids[i];
	}
}

static void
take(void *arg, size_t i, const void *p, size_t n)
{
	struct run *run = arg;
	uint32_t type;

	if (n < sizeof(type))
		return;
	memcpy(&type, p, sizeof(type));
	if (type == GIVE_PROCESS) {
		take_process(run, i, p, n);
	} else if (type == GIVE_SOCKETS) {
		struct give_sockets *g = xmalloc(sizeof(*g));

		memset(g, 0, offsetof(struct give_sockets, v));
		memcpy(g, p, n < sizeof(*g) ? n : sizeof(*g));
		take_sockets(run, i, g, n);
		free(g);
	}
}

/* ---- a process, in a worker ---- */

static void
flush_sockets(struct give_sockets *g)
{
	if (g->n)
		worker_give(g, offsetof(struct give_sockets, v) +
		    g->n * sizeof(g->v[0]));
	g->n = 0;
}

static void
on_socket(void *arg, uint32_t fd, uint64_t inode)
{
	struct give_sockets *g = arg;

	if (g->n == GIVE_SOCKETS_MAX)
		flush_sockets(g);
	g->v[g->n].inode = inode;
	g->v[g->n].fd = fd;
	g->v[g->n++].zero = 0;
}

/* Scope of a process, and its container if its group names one. */
static bool
scope_of(const struct run *run, const struct proc *p,
    struct cgroup_container *c, struct str *scope)
{
	str_sets(scope, "host");
	if (!cgroup_container(p->cgroup.s, p->cgroup.n, c))
		return false;
	if (proc_on_host(run->fs, p))
		return true;
	str_sets(scope, "container:");
	str_adds(scope, c->engine);
	str_addc(scope, '/');
	if (c->ns) {
		str_add(scope, c->ns, c->ns_n);
		str_addc(scope, '/');
	}
	str_add(scope, c->id, c->id_n);
	return true;
}

/* A number that the kernel gives as -1 or not at all is absent. */
static void
number(struct rec *r, enum col c, int64_t v)
{
	if (v >= 0)
		rec_int(r, c, v);
}

static void
inode(struct rec *r, enum col c, uint64_t v)
{
	if (v)
		rec_int(r, c, (int64_t)v);
}

static void
row_arguments(struct rec *r, const struct proc *p)
{
	struct strlist list cleanup_strlist = STRLIST_INIT;
	struct str joined cleanup_str = STR_INIT;

	proc_split(&p->cmdline, true, &list);
	strlist_join(&list, " ", &joined);
	rec_str(r, COL_process_cmdline, &joined);
	rec_list(r, COL_process_argv, &list);
	proc_split(&p->environ, false, &list);
	rec_list(r, COL_process_env, &list);
}

static void
row(const struct run *run, struct rec *r, const struct proc *p,
    const struct str *scope, const struct cgroup_container *c)
{
	const struct proc_status *s = &p->status;
	const struct account *a = NULL;
	char text[32];
	const char *group;
	size_t n;

	rec_begin(r, KIND_process);
	rec_str(r, COL_process_scope, scope);
	rec_int(r, COL_process_pid, p->pid);
	rec_int(r, COL_process_ppid, p->stat.ppid);
	rec_bytes(r, COL_process_name, p->name.s, p->name.n);
	number(r, COL_process_uid, s->uid);
	number(r, COL_process_euid, s->euid);
	number(r, COL_process_gid, s->gid);
	number(r, COL_process_egid, s->egid);
	/* a number means another account inside a container */
	if (s->euid >= 0 && str_eq(scope, "host"))
		a = accounts_by_uid(&run->accounts, s->euid);
	if (a)
		rec_str(r, COL_process_user, &a->name);
	number(r, COL_process_loginuid, p->loginuid);
	snprintf(text, sizeof(text), "%c", p->stat.state);
	rec_text(r, COL_process_state, text);
	rec_time(r, COL_process_start_time, p->start_time);
	if (p->exe.n) {
		rec_str(r, COL_process_exe, &p->exe);
		rec_bool(r, COL_process_deleted, p->deleted);
		rec_bool(r, COL_process_memfd, p->memfd);
	}
	rec_bool(r, COL_process_kernel, p->kernel);
	row_arguments(r, p);
	rec_str(r, COL_process_cwd, &p->cwd);
	rec_str(r, COL_process_root, &p->root);
	if (c) {
		struct str id cleanup_str = STR_INIT;

		str_set(&id, c->id, c->id_n);
		rec_str(r, COL_process_container_id, &id);
		rec_text(r, COL_process_engine, c->engine);
	}
	group = cgroup_best(p->cgroup.s, p->cgroup.n, &n);
	if (group)
		rec_bytes(r, COL_process_cgroup, group, n);
	rec_int(r, COL_process_session, p->stat.session);
	rec_int(r, COL_process_pgrp, p->stat.pgrp);
	if (p->stat.tty)
		rec_int(r, COL_process_tty, p->stat.tty);
	rec_int(r, COL_process_threads, p->stat.threads);
	if (s->nspid >= 0 && s->nspid != p->pid)
		rec_int(r, COL_process_nspid, s->nspid);
	if (s->has_caps) {
		snprintf(text, sizeof(text), "%016llx",
		    (unsigned long long)s->caps);
		rec_text(r, COL_process_capabilities, text);
	}
	if (s->no_new_privs >= 0)
		rec_bool(r, COL_process_no_new_privs, s->no_new_privs);
	number(r, COL_process_seccomp, s->seccomp);
	if (s->tracer > 0)
		rec_int(r, COL_process_tracer, s->tracer);
	inode(r, COL_process_netns, p->netns);
	inode(r, COL_process_mntns, p->mntns);
	inode(r, COL_process_pidns, p->pidns);
	inode(r, COL_process_userns, p->userns);
	rec_int(r, COL_process_cpu_ms, p->cpu_ms);
	rec_int(r, COL_process_rss, p->rss);
	rec_end(r);
}

static void
give_process(const struct proc *p, uint32_t pid, unsigned parts,
    uint32_t flags, const struct str *scope)
{
	struct give_process g = {
		.type = GIVE_PROCESS,
		.pid = pid,
		.parts = parts,
		.flags = flags,
		.netns = p ? p->netns : 0,
	};
	struct str s cleanup_str = STR_INIT;

	str_add(&s, &g, sizeof(g));
	if (scope)
		str_add(&s, scope->s, scope->n);
	worker_give(s.s, s.n);
}

static void
note_cut(struct rec *r, const struct proc *p, const char *scope)
{
	char path[64];
	unsigned i;

	for (i = 0; i < PROC_PARTS; i++) {
		if (!(p->cut & 1U << i))
			continue;
		snprintf(path, sizeof(path), "/proc/%lld/%s",
		    (long long)p->pid, proc_part_name(1U << i));
		rec_note(r, ERR_LIMIT, "proc", scope, path, 0,
		    "longer than %d bytes (PROC_FILE_MAX) or than a path",
		    PROC_FILE_MAX);
	}
}

static void
one(void *arg, size_t i, struct rec *r)
{
	struct run *run = arg;
	struct str scope cleanup_str = STR_INIT;
	struct give_sockets *g;
	struct cgroup_container c;
	uint32_t pid = run->pids[i];
	struct proc p;
	struct err e;
	char path[32];
	bool contained;

	proc_init(&p);
	snprintf(path, sizeof(path), "/proc/%u", pid);
	if (proc_read(run->fs, pid, run->parts, &p, &e)) {
		if (e.class == ERR_ABSENT) {
			give_process(NULL, pid, 0,
			    PROCESS_VANISHED | PROCESS_NO_ROW, NULL);
		} else if (e.class == ERR_DENIED && e.sys) {
			give_process(NULL, pid, PROC_ALL, PROCESS_NO_ROW, NULL);
		} else {
			rec_note_err(r, "proc", "host", path, &e);
			give_process(NULL, pid, 0, PROCESS_NO_ROW, NULL);
		}
		proc_release(&p);
		return;
	}
	if (proc_is_worker(run->fs, &p)) {
		rec_note_fine(r, ERR_ABSENT, "exclude", "host", path,
		    "a process of this collector itself");
		give_process(NULL, pid, 0, PROCESS_NO_ROW, NULL);
		proc_release(&p);
		return;
	}
	contained = scope_of(run, &p, &c, &scope);
	row(run, r, &p, &scope, contained ? &c : NULL);
	note_cut(r, &p, scope.s);
	g = xmalloc(sizeof(*g));
	g->type = GIVE_SOCKETS;
	g->n = 0;
	if (proc_sockets(&p, on_socket, g, &e))
		rec_note_err(r, "proc", scope.s, path, &e);
	flush_sockets(g);
	free(g);
	give_process(&p, pid, p.denied, p.vanished ? PROCESS_VANISHED : 0,
	    &scope);
	proc_release(&p);
}

static void
one_name(void *arg, size_t i, struct str *out, const char **scope)
{
	struct run *run = arg;

	*scope = "host";
	str_addf(out, "/proc/%u", run->pids[i]);
}

/* ---- processes, in the parent ---- */

static void
read_pids(struct run *run, const uint32_t *pids, size_t n, unsigned parts)
{
	struct worker_map m = {
		.n = n,
		.fn = one,
		.name = one_name,
		.take = take,
		.arg = run,
		.seconds = PROC_SECONDS,
		.op = "proc",
	};
	struct err e;

	run->pids = pids;
	run->parts = parts;
	run->done = xcalloc(n, sizeof(*run->done));
	if (worker_map(&m, run->rec, &e))
		die("%s", e.msg);
}

/*
 * What a worker was lost over is read once more without that which can block,
 * so that the process has a row; that it was lost is noted already.
 */
static void
read_round(struct run *run, const uint32_t *pids, size_t n)
{
	uint32_t *again = NULL;
	size_t i, again_n = 0;

	read_pids(run, pids, n, PROC_ALL);
	for (i = 0; i < n; i++) {
		if (run->done[i])
			continue;
		again = xreallocarray(again, again_n + 1, sizeof(*again));
		again[again_n++] = pids[i];
	}
	free(run->done);
	if (again_n) {
		read_pids(run, again, again_n, PROC_ALL & ~PROC_BLOCKING);
		free(run->done);
	}
	free(again);
}

static int
by_pid(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Move to the front of v what is not in old; returns how many. */
static size_t
only_new(uint32_t *v, size_t n, const uint32_t *old, size_t old_n)
{
	size_t i, k = 0;

	for (i = 0; i < n; i++)
		if (!old_n || !bsearch(&v[i], old, old_n, sizeof(*old), by_pid))
			v[k++] = v[i];
	return k;
}

static void
processes(struct run *run)
{
	uint32_t *known = NULL, *pids, self = (uint32_t)proc_self(run->fs);
	size_t known_n = 0, n;
	char path[32];
	struct err e;
	int round;

	if (self) {
		known = xmalloc(sizeof(*known));
		known[known_n++] = self;
		snprintf(path, sizeof(path), "/proc/%u", self);
		rec_note_fine(run->rec, ERR_ABSENT, "exclude", "host", path,
		    "this collector itself");
	}
	for (round = 0; round < PROC_ROUNDS_MAX; round++) {
		if (proc_list(run->fs, &pids, &n, &e)) {
			rec_note_err(run->rec, "proc", "host", "/proc", &e);
			break;
		}
		n = only_new(pids, n, known, known_n);
		if (n)
			read_round(run, pids, n);
		known = xreallocarray(known, known_n + n, sizeof(*known));
		if (n)
			memcpy(known + known_n, pids, n * sizeof(*pids));
		free(pids);
		if (!n)
			break;
		known_n += n;
		qsort(known, known_n, sizeof(*known), by_pid);
	}
	free(known);
}

static void
group_notes(struct run *run)
{
	struct str parts cleanup_str = STR_INIT;
	struct group *g;
	unsigned b;
	size_t i;

	for (i = 0; i < run->groups_n; i++) {
		g = &run->groups[i];
		group_flush(g);
		if (!g->parts) {
			rec_note_fine(run->rec, ERR_ABSENT, "vanish", "host",
			    "/proc", "%zu processes ended before all of them "
			    "was read: %s", g->count, g->pids.s);
			continue;
		}
		str_clear(&parts);
		for (b = 0; b < PROC_PARTS; b++)
			if (g->parts & 1U << b)
				str_addf(&parts, "%s%s", parts.n ? ", " : "",
				    proc_part_name(1U << b));
		rec_note(run->rec, ERR_DENIED, "proc", "host", "/proc", EACCES,
		    "may not read %s of %zu processes: %s",
		    g->parts == PROC_ALL ? "anything" : parts.s, g->count,
		    g->pids.s);
	}
}

/* ---- sockets ---- */

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
first_holder(const struct run *run, uint64_t ino)
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
scope_of_pid(const struct run *run, uint32_t pid)
{
	struct seen key = {.pid = pid}, *s;

	if (!run->seen_n)
		return NULL;
	s = bsearch(&key, run->seen, run->seen_n, sizeof(key), by_seen);
	return s ? &run->scopes.v[s->scope] : NULL;
}

/* A table at work. */
struct tables {
	struct run *run;
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
		number(r, COL_socket_local_port, s->local_port);
		if (s->remote[0])
			rec_text(r, COL_socket_remote_address, s->remote);
		number(r, COL_socket_remote_port, s->remote_port);
		if (s->path)
			rec_bytes(r, COL_socket_path, s->path, s->path_n);
	}
	inode(r, COL_socket_inode, s ? s->inode : h->inode);
	if (s)
		number(r, COL_socket_uid, s->uid);
	inode(r, COL_socket_netns, netns);
	rec_end(r);
}

static void
on_row(void *arg, const struct proc_socket *s)
{
	struct tables *t = arg;
	const struct run *run = t->run;
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
	struct run *run = t->run;
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
	struct run *run = arg;
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
	struct run *run = arg;

	*scope = run->scopes.v[run->spaces[i].scope].s;
	str_addf(out, "net:[%llu]", (unsigned long long)run->spaces[i].inode);
}

static void
take_joined(void *arg, size_t i, const void *p, size_t n)
{
	struct run *run = arg;
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
find_spaces(struct run *run)
{
	uint64_t own = proc_self_netns(run->fs);
	uint32_t host = scope_index(run, "host", 4);
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

static void
sockets(struct run *run)
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

/* ---- frame ---- */

static void
hidden(void *arg, const char *path, const struct err *e)
{
	struct run *run = arg;

	rec_note_err(run->rec, "proc", "host", path, e);
}

int
main(int argc, char **argv)
{
	struct collect c = {
		.tool = "collect-processes",
		.about = "Write the live processes and their sockets as "
			 "records.",
		.keep = LOCK_SYS_PTRACE | LOCK_DAC_READ_SEARCH,
		.no_landlock = true,
		.live_only = true,
	};
	struct run run = {0};
	struct err e;
	size_t i;

	collect_begin(&c, argc, argv);
	run.rec = c.rec;
	if (!c.live) {
		rec_note(c.rec, ERR_ABSENT, "proc", NULL, NULL, 0,
		    "not in evidence: only a running host has processes");
		return collect_end(&c);
	}
	if (accounts_read(c.root, &run.accounts, c.rec, "host", &e))
		rec_note_err(c.rec, "read", "host", "/etc/passwd", &e);
	run.fs = proc_open(&e);
	if (!run.fs) {
		/* an absent /proc is not an absent process table */
		if (e.class == ERR_ABSENT)
			e.class = ERR_DENIED;
		rec_note_err(c.rec, "proc", "host", "/proc", &e);
		return collect_end(&c);
	}
	if (proc_survey(run.fs, hidden, &run, &e))
		rec_note_err(c.rec, "proc", "host", "/proc", &e);
	processes(&run);
	sockets(&run);
	group_notes(&run);
	for (i = 0; i < run.groups_n; i++)
		str_release(&run.groups[i].pids);
	free(run.groups);
	free(run.seen);
	free(run.holders);
	free(run.joined);
	free(run.spaces);
	strlist_release(&run.scopes);
	accounts_release(&run.accounts);
	proc_free(run.fs);
	return collect_end(&c);
}
