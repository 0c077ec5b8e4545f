/* tasks - the process table and what each process holds */

#include "live.h"

#include "civil.h"
#include "digest.h"
#include "limits.h"
#include "worker.h"

#include <errno.h>
#include <fcntl.h>

/* ---- from the workers to the parent ---- */

enum { GIVE_PROCESS = 1, GIVE_SOCKETS, GIVE_IMAGE };
enum { PROCESS_VANISHED = 1, PROCESS_NO_ROW = 2 };

/* Followed by the scope. */
struct give_process {
	uint32_t type, pid, parts, flags;
	uint32_t ppid, zero;
	uint64_t netns, mntns;
};

/* A file that it runs; followed by its path. */
struct give_image {
	uint32_t type, library;
	uint64_t inode;
};

#define GIVE_SOCKETS_MAX 4096
struct give_sockets {
	uint32_t type, n;
	struct {
		uint64_t inode;
		uint32_t fd, zero;
	} v[GIVE_SOCKETS_MAX];
};

uint32_t
live_scope(struct live *run, const char *s, size_t n)
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
group_add(struct live *run, unsigned parts, uint32_t pid)
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
take_process(struct live *run, size_t i, const void *p, size_t n)
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
	s->ppid = g.ppid;
	s->netns = g.netns;
	s->mntns = g.mntns;
	s->scope = live_scope(run, (const char *)p + sizeof(g),
	    n - sizeof(g));
}

static void
take_sockets(struct live *run, size_t i, const struct give_sockets *g, size_t n)
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
	struct live *run = arg;
	uint32_t type;

	if (n < sizeof(type))
		return;
	memcpy(&type, p, sizeof(type));
	if (type == GIVE_PROCESS) {
		take_process(run, i, p, n);
	} else if (type == GIVE_IMAGE) {
		struct give_image g;

		if (n <= sizeof(g) || n > sizeof(g) + ROOT_PATH_MAX)
			return;
		memcpy(&g, p, sizeof(g));
		if (((const char *)p)[sizeof(g)] == '/')
			live_image_add(run, g.library,
			    g.inode, (const char *)p + sizeof(g),
			    strnlen((const char *)p + sizeof(g),
				n - sizeof(g)));
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

/* The process at hand, for its descriptors and mappings. */
struct at {
	struct rec *r;
	const struct proc *p;
	const struct str *scope;
	struct give_sockets *sockets;
	struct mapped *maps;
	size_t maps_n, maps_cap;
	struct {
		uint64_t count, bytes, start;
		bool write;
	} anonymous;
};

static void
on_fd(void *arg, const struct proc_fd *f)
{
	struct at *a = arg;
	struct give_sockets *g = a->sockets;
	struct rec *r = a->r;

	if (f->type == FD_SOCKET) {
		if (g->n == GIVE_SOCKETS_MAX)
			flush_sockets(g);
		g->v[g->n].inode = f->inode;
		g->v[g->n].fd = f->fd;
		g->v[g->n++].zero = 0;
		return;
	}
	rec_begin(r, KIND_open_file);
	rec_str(r, COL_open_file_scope, a->scope);
	rec_int(r, COL_open_file_pid, a->p->pid);
	rec_int(r, COL_open_file_fd, f->fd);
	rec_text(r, COL_open_file_type, proc_fd_name[f->type]);
	rec_bytes(r, COL_open_file_path, f->path, f->path_n);
	live_inode(r, COL_open_file_inode, f->inode);
	live_number(r, COL_open_file_size, f->size);
	if (f->flags >= 0)
		rec_text(r, COL_open_file_access,
		    (f->flags & O_ACCMODE) == O_RDONLY ? "r"
			: (f->flags & O_ACCMODE) == O_WRONLY ? "w" : "rw");
	if (f->bpf) {
		char text[32];

		snprintf(text, sizeof(text), "%s %u", f->bpf_kind, f->bpf);
		rec_text(r, COL_open_file_bpf, text);
	}
	rec_end(r);
}

/* A number that the kernel gives as -1 or not at all is absent. */
void
live_number(struct rec *r, enum col c, int64_t v)
{
	if (v >= 0)
		rec_int(r, c, v);
}

void
live_inode(struct rec *r, enum col c, uint64_t v)
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
capability(struct rec *r, enum col c, uint64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "%016llx", (unsigned long long)v);
	rec_text(r, c, text);
}

static void
row_groups(struct rec *r, const struct proc *p)
{
	struct strlist list cleanup_strlist = STRLIST_INIT;
	const char *s = p->groups.s, *q;

	for (; *s; s = q) {
		s += strspn(s, " \t");
		q = s + strcspn(s, " \t");
		if (q > s)
			strlist_add(&list, s, (size_t)(q - s));
	}
	rec_list(r, COL_process_groups, &list);
}

/* Which of its namespaces are not those of the first process. */
static void
row_namespaces(const struct live *run, struct rec *r, const struct proc *p)
{
	struct strlist list cleanup_strlist = STRLIST_INIT;
	bool ours;
	const uint64_t *first = proc_first_ns(run->fs, &ours);
	size_t i;

	for (i = 0; i < NS_KINDS; i++)
		if (p->ns[i] && first[i] && p->ns[i] != first[i])
			strlist_adds(&list, proc_ns_name[i]);
	rec_list(r, COL_process_own_namespaces, &list);
}

/*
 * Digest of the image that runs. Many processes run the same file: each
 * process of ours keeps what it has worked out.
 */
static const char *
image_digest(struct proc *p, struct err *e)
{
	static struct image {
		uint64_t dev, ino;
		int64_t size;
		char hex[SHA256_HEX];
	} *known;
	static size_t n;
	struct digest *d;
	static char buf[256 * 1024];
	int fd cleanup_fd = -1;
	uint64_t done = 0;
	ssize_t k;
	size_t i;

	for (i = 0; i < n; i++)
		if (known[i].dev == p->exe_dev && known[i].ino == p->exe_ino &&
		    known[i].size == p->exe_size)
			return known[i].hex;
	if (p->exe_size > PROC_IMAGE_MAX) {
		err_set(e, ERR_LIMIT, 0, "the executable has %lld bytes, over "
		    "%lld (PROC_IMAGE_MAX): no digest",
		    (long long)p->exe_size, (long long)PROC_IMAGE_MAX);
		return NULL;
	}
	fd = proc_image(p, e);
	if (fd < 0)
		return NULL;
	d = digest_new();
	while ((k = pread(fd, buf, sizeof(buf), (off_t)done)) > 0) {
		digest_add(d, buf, (size_t)k);
		done += (uint64_t)k;
		if (done > (uint64_t)PROC_IMAGE_MAX)
			break;
	}
	known = xreallocarray(known, n + 1, sizeof(*known));
	known[n].dev = p->exe_dev;
	known[n].ino = p->exe_ino;
	known[n].size = p->exe_size;
	digest_hex(d, known[n].hex);
	digest_free(d);
	if (k < 0) {
		err_sys(e, errno, "cannot read the executable");
		return NULL;
	}
	return known[n++].hex;
}

static void
row_image(const struct live *run, struct rec *r, struct proc *p)
{
	struct err e = {.class = ERR_NONE};
	char dev[48];
	const char *hex;

	if (p->replaced >= 0)
		rec_bool(r, COL_process_replaced, p->replaced);
	if (!p->exe_ino)
		return;
	snprintf(dev, sizeof(dev), "%llu:%llu",
	    (unsigned long long)(p->exe_dev >> 32),
	    (unsigned long long)(p->exe_dev & 0xffffffff));
	rec_text(r, COL_process_exe_device, dev);
	live_inode(r, COL_process_exe_inode, p->exe_ino);
	live_number(r, COL_process_exe_size, p->exe_size);
	if (!(run->parts & PROC_IMAGE))
		return;
	hex = image_digest(p, &e);
	if (hex)
		rec_text(r, COL_process_sha256, hex);
	else if (e.class == ERR_DENIED)
		p->denied |= PROC_IMAGE;
	else if (e.class == ERR_LIMIT)
		p->cut |= PROC_IMAGE;
}

static void
row(const struct live *run, struct rec *r, struct proc *p,
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
	live_number(r, COL_process_uid, s->uid);
	live_number(r, COL_process_euid, s->euid);
	live_number(r, COL_process_gid, s->gid);
	live_number(r, COL_process_egid, s->egid);
	live_number(r, COL_process_suid, s->suid);
	live_number(r, COL_process_fsuid, s->fsuid);
	live_number(r, COL_process_sgid, s->sgid);
	live_number(r, COL_process_fsgid, s->fsgid);
	row_groups(r, p);
	/* a number means another account inside a container */
	if (s->euid >= 0 && str_eq(scope, "host"))
		a = accounts_by_uid(&run->accounts, s->euid);
	if (a)
		rec_str(r, COL_process_user, &a->name);
	live_number(r, COL_process_loginuid, p->loginuid);
	snprintf(text, sizeof(text), "%c", p->stat.state);
	rec_text(r, COL_process_state, text);
	rec_time(r, COL_process_start_time, p->start_time);
	if (p->exe.n) {
		rec_str(r, COL_process_exe, &p->exe);
		rec_bool(r, COL_process_deleted, p->deleted);
		rec_bool(r, COL_process_memfd, p->memfd);
		row_image(run, r, p);
	}
	if (p->personality > 0)
		rec_int(r, COL_process_personality, p->personality);
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
		capability(r, COL_process_capabilities, s->caps);
		capability(r, COL_process_cap_permitted, s->permitted);
		capability(r, COL_process_cap_inheritable, s->inheritable);
		capability(r, COL_process_cap_bounding, s->bounding);
		capability(r, COL_process_cap_ambient, s->ambient);
	}
	if (s->no_new_privs >= 0)
		rec_bool(r, COL_process_no_new_privs, s->no_new_privs);
	live_number(r, COL_process_seccomp, s->seccomp);
	if (s->tracer > 0)
		rec_int(r, COL_process_tracer, s->tracer);
	live_inode(r, COL_process_netns, p->ns[NS_NET]);
	live_inode(r, COL_process_mntns, p->ns[NS_MNT]);
	live_inode(r, COL_process_pidns, p->ns[NS_PID]);
	live_inode(r, COL_process_userns, p->ns[NS_USER]);
	row_namespaces(run, r, p);
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
		.ppid = p ? (uint32_t)p->stat.ppid : 0,
		.netns = p ? p->ns[NS_NET] : 0,
		.mntns = p ? p->ns[NS_MNT] : 0,
	};
	struct str s cleanup_str = STR_INIT;

	str_add(&s, &g, sizeof(g));
	if (scope)
		str_add(&s, scope->s, scope->n);
	worker_give(s.s, s.n);
}

static void
give_image(bool library, uint64_t ino, const struct str *path)
{
	struct give_image g = {.type = GIVE_IMAGE, .library = library,
	    .inode = ino};
	struct str s cleanup_str = STR_INIT;

	if (!ino || path->s[0] != '/')
		return;
	str_add(&s, &g, sizeof(g));
	str_add(&s, path->s, path->n);
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

/* ---- mappings of note ---- */

struct mapped {
	uint64_t dev, inode, start;
	struct str path;
	const char *type;
};

static bool
ends_gone(const struct proc_map *m)
{
	static const char gone[] = " (deleted)";

	return m->path_n > sizeof(gone) - 1 && memcmp(m->path + m->path_n -
	    (sizeof(gone) - 1), gone, sizeof(gone) - 1) == 0;
}

static const char *
map_type(const struct proc_map *m)
{
	if (!m->path || m->path[0] != '/')
		return NULL;
	if (m->path_n > 7 && memcmp(m->path, "/memfd:", 7) == 0)
		return "memfd";
	return ends_gone(m) ? "deleted" : "file";
}

/*
 * Executable mappings: each file once; of those without a file only how many,
 * for a compiler at run time makes thousands.
 */
static void
on_map(void *arg, const struct proc_map *m)
{
	struct at *a = arg;
	const char *type = map_type(m);
	struct mapped *x;
	size_t i;

	if (m->path_n && m->path[0] == '[' && m->path[1] == 'v')
		return; /* [vdso], [vsyscall]: the kernel's */
	if (!type) {
		if (!a->anonymous.count++)
			a->anonymous.start = m->start;
		a->anonymous.bytes += m->end - m->start;
		a->anonymous.write |= m->write;
		return;
	}
	for (i = 0; i < a->maps_n; i++)
		if (a->maps[i].dev == m->dev && a->maps[i].inode == m->inode)
			return;
	if (a->maps_n >= PROC_MAPS_MAX)
		return;
	if (a->maps_n == a->maps_cap) {
		a->maps_cap = a->maps_cap ? 2 * a->maps_cap : 64;
		a->maps = xreallocarray(a->maps, a->maps_cap,
		    sizeof(*a->maps));
	}
	x = &a->maps[a->maps_n++];
	x->dev = m->dev;
	x->inode = m->inode;
	x->start = m->start;
	x->type = type;
	str_init(&x->path);
	str_add(&x->path, m->path, m->path_n - (ends_gone(m) ? 10 : 0));
}

static void
map_row(const struct at *a, const char *type, const struct mapped *x)
{
	struct rec *r = a->r;
	char start[24];

	rec_begin(r, KIND_mapping);
	rec_str(r, COL_mapping_scope, a->scope);
	rec_int(r, COL_mapping_pid, a->p->pid);
	rec_text(r, COL_mapping_type, type);
	if (x) {
		rec_str(r, COL_mapping_path, &x->path);
		live_inode(r, COL_mapping_inode, x->inode);
	} else {
		rec_int(r, COL_mapping_count, (int64_t)a->anonymous.count);
		rec_int(r, COL_mapping_bytes, (int64_t)a->anonymous.bytes);
		rec_bool(r, COL_mapping_writable, a->anonymous.write);
	}
	snprintf(start, sizeof(start), "%llx",
	    (unsigned long long)(x ? x->start : a->anonymous.start));
	rec_text(r, COL_mapping_address, start);
	rec_end(r);
}

/* Is the file in a list of names, apart by blanks or colons, like LD_PRELOAD,
 * by its path or by its last part? */
static bool
is_preloaded(const struct str *env, const struct str *path)
{
	static const char key[] = "LD_PRELOAD=";
	const char *p = env->s, *end = p + env->n, *q, *base;
	size_t n;

	base = strrchr(path->s, '/');
	base = base ? base + 1 : path->s;
	for (; p < end; p += strlen(p) + 1)
		if (strncmp(p, key, sizeof(key) - 1) == 0)
			break;
	if (p >= end)
		return false;
	for (p += sizeof(key) - 1; *p; p = q) {
		p += strspn(p, " :");
		q = p + strcspn(p, " :");
		n = (size_t)(q - p);
		if (n && ((path->n == n && memcmp(path->s, p, n) == 0) ||
			    (strlen(base) == n && memcmp(base, p, n) == 0)))
			return true;
	}
	return false;
}

static void
mappings(struct at *a, const char *path, bool on_host)
{
	struct err e;
	size_t i;

	if (proc_maps((struct proc *)(uintptr_t)a->p, on_map, a, &e))
		rec_note_err(a->r, "proc", a->scope->s, path, &e);
	if (a->anonymous.count)
		map_row(a, "anonymous", NULL);
	for (i = 0; i < a->maps_n; i++) {
		struct mapped *x = &a->maps[i];

		if (is_preloaded(&a->p->environ, &x->path))
			map_row(a, "preload", x);
		else if (strcmp(x->type, "file") != 0 &&
		    x->inode != a->p->exe_ino)
			map_row(a, x->type, x);
		if (on_host && strcmp(x->type, "file") == 0 &&
		    x->inode != a->p->exe_ino)
			give_image(true, x->inode, &x->path);
		str_release(&x->path);
	}
	if (a->maps_n == PROC_MAPS_MAX)
		rec_note(a->r, ERR_LIMIT, "proc", a->scope->s, path, 0,
		    "over %d files are mapped (PROC_MAPS_MAX)", PROC_MAPS_MAX);
	free(a->maps);
}

static void
one(void *arg, size_t i, struct rec *r)
{
	struct live *run = arg;
	struct str scope cleanup_str = STR_INIT;
	struct at a = {.r = r};
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
	contained = proc_scope(run->fs, &p, &c, &scope);
	a.p = &p;
	a.scope = &scope;
	row(run, r, &p, &scope, contained ? &c : NULL);
	note_cut(r, &p, scope.s);
	a.sockets = xmalloc(sizeof(*a.sockets));
	a.sockets->type = GIVE_SOCKETS;
	a.sockets->n = 0;
	if (proc_fds(&p, on_fd, &a, &e))
		rec_note_err(r, "proc", scope.s, path, &e);
	flush_sockets(a.sockets);
	free(a.sockets);
	if (run->parts & PROC_MAPS)
		mappings(&a, path, proc_on_host(run->fs, &p));
	if (proc_on_host(run->fs, &p) && !p.memfd && p.exe.n)
		give_image(false, p.exe_ino, &p.exe);
	give_process(&p, pid, p.denied, p.vanished ? PROCESS_VANISHED : 0,
	    &scope);
	proc_release(&p);
}

static void
one_name(void *arg, size_t i, struct str *out, const char **scope)
{
	struct live *run = arg;

	*scope = "host";
	str_addf(out, "/proc/%u", run->pids[i]);
}

/* ---- processes, in the parent ---- */

static void
read_pids(struct live *run, const uint32_t *pids, size_t n, unsigned parts)
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
read_round(struct live *run, const uint32_t *pids, size_t n)
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

void
live_processes(struct live *run)
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

void
live_notes(struct live *run)
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

int64_t
live_time(const struct timespec *t)
{
	return civil_ns(t->tv_sec, t->tv_nsec);
}

void
live_contradiction(struct live *run, const char *subject, const char *name,
    const char *sees, const char *blind, const char *what, int repeats,
    const char *path)
{
	struct rec *r = run->rec;

	rec_begin(r, KIND_contradiction);
	rec_text(r, COL_contradiction_scope, "host");
	rec_text(r, COL_contradiction_subject, subject);
	rec_text(r, COL_contradiction_name, name);
	rec_text(r, COL_contradiction_sees, sees);
	rec_text(r, COL_contradiction_blind, blind);
	rec_text(r, COL_contradiction_detail, what);
	rec_int(r, COL_contradiction_repeats, repeats);
	if (path)
		rec_text(r, COL_contradiction_path, path);
	rec_end(r);
}

void
live_free(struct live *run)
{
	size_t i;

	for (i = 0; i < run->groups_n; i++)
		str_release(&run->groups[i].pids);
	free(run->groups);
	free(run->seen);
	free(run->holders);
	free(run->joined);
	free(run->spaces);
	strlist_release(&run->scopes);
}
