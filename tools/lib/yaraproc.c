#include "yaraproc.h"

#include "digest.h"
#include "limits.h"
#include "packages.h"
#include "worker.h"
#include "yarascan.h"

#include <errno.h>
#include <fcntl.h>

#define EXTENT ((size_t)YARA_WHOLE_MAX / 2)
#define PARTS                                                                 \
	(PROC_STATUS | PROC_EXE | PROC_NS | PROC_CGROUP | PROC_ENVIRON |      \
	    PROC_JUDGE | PROC_ROOT)

void
yaraproc_open(struct yaraproc *y)
{
	y->fs = proc_open(&y->error);
}

/* ---- in a worker: which parts of a process -------------------------------- */

struct region {
	uint64_t start, end;
	bool file;  /* of a file that has a name: only what was changed */
	char *text; /* as in maps */
};

/* A process that is being scanned. */
struct target {
	struct yaraproc *y;
	struct rec *r;
	struct proc p;
	struct proc_memory m;
	struct str scope;
	char path[32]; /* for notes */
	struct region *regions;
	size_t regions_n;
	struct yara_extent *extents;
	size_t extents_n, extents_cap;
	uint64_t bytes;
	bool odd;  /* memory that speaks for itself */
	bool full, cut_regions;
	int64_t rss, grown; /* before; since */
	bool stopped;
	struct str hits; /* numbers of rules, for the parent */
	size_t shown;
	bool cut;
};

static bool
starts(const struct proc_map *m, const char *s)
{
	size_t n = strlen(s);

	return m->path_n >= n && memcmp(m->path, s, n) == 0;
}

static bool
ends(const struct proc_map *m, const char *s)
{
	size_t n = strlen(s);

	return m->path_n >= n && memcmp(m->path + m->path_n - n, s, n) == 0;
}

/*
 * What may be read: anonymous memory, files, memory files, shared memory. All
 * else belongs to drivers. Devices besides /dev/zero are never touched; their
 * pages are not in pagemap either.
 */
static bool
readable(const struct proc_map *m)
{
	if (!m->path_n)
		return !m->inode;
	if (m->path[0] == '[')
		return starts(m, "[heap]") || starts(m, "[stack") ||
		    starts(m, "[anon:");
	if (starts(m, "/dev/"))
		return starts(m, "/dev/shm/") ||
		    starts(m, "/dev/zero (deleted)");
	return m->path[0] == '/' && !starts(m, "/dmabuf:") &&
	    !starts(m, "/i915") && !starts(m, "/drm ") &&
	    !starts(m, "/anon_hugepage") && !starts(m, "/[");
}

static void
on_region(void *arg, const struct proc_map *m)
{
	struct target *t = arg;
	struct str s cleanup_str = STR_INIT;
	bool gone = ends(m, " (deleted)");
	struct region *x;

	if (m->exec && (m->write || (gone && m->path[0] == '/')))
		t->odd = true;
	/* a page that nobody may read may still hold something */
	if (!readable(m) || m->end <= m->start)
		return;
	if (t->regions_n >= YARA_PROCESS_REGIONS) {
		t->cut_regions = true;
		return;
	}
	if (t->regions_n % 256 == 0)
		t->regions = xreallocarray(t->regions, t->regions_n + 256,
		    sizeof(*t->regions));
	x = &t->regions[t->regions_n++];
	x->start = m->start;
	x->end = m->end;
	x->file = m->path_n && m->path[0] == '/' && !gone &&
	    m->inode != t->p.exe_ino;
	str_addf(&s, "%llx-%llx %c%c%c%c", (unsigned long long)m->start,
	    (unsigned long long)m->end, m->read ? 'r' : '-',
	    m->write ? 'w' : '-', m->exec ? 'x' : '-', m->shared ? 's' : 'p');
	if (m->path_n) {
		str_addc(&s, ' ');
		str_add(&s, m->path, m->path_n);
	}
	x->text = xmalloc(s.n + 1);
	memcpy(x->text, s.s, s.n + 1);
}

static void
add_extent(struct target *t, uint64_t at, uint64_t n)
{
	size_t k;

	while (n) {
		if (t->bytes >= (uint64_t)YARA_PROCESS_BYTES) {
			t->full = true;
			return;
		}
		k = n < EXTENT ? (size_t)n : EXTENT;
		if (t->extents_n == t->extents_cap) {
			t->extents_cap = t->extents_cap ? 2 * t->extents_cap
							: 256;
			t->extents = xreallocarray(t->extents, t->extents_cap,
			    sizeof(*t->extents));
		}
		t->extents[t->extents_n].at = at;
		t->extents[t->extents_n++].n = k;
		t->bytes += k;
		if (k == n)
			return;
		/* a string may lie across the cut */
		at += k - YARA_OVERLAP;
		n -= k - YARA_OVERLAP;
	}
}

/* Its pages that are there, as pieces. */
static void
pages_of(struct target *t, const struct region *x)
{
	uint64_t page = (uint64_t)proc_page(t->y->fs), at = x->start, run = 0;
	unsigned char v[4096];
	ssize_t got, i;
	size_t want;
	bool take;

	while (at < x->end && !t->full) {
		want = (size_t)((x->end - at) / page);
		if (want > sizeof(v))
			want = sizeof(v);
		got = proc_memory_pages(&t->m, at, v, want);
		if (got <= 0)
			break;
		for (i = 0; i < got; i++, at += page) {
			take = (v[i] & PAGE_THERE) &&
			    !(x->file && (v[i] & PAGE_OF_FILE));
			if (take) {
				run += page;
			} else if (run) {
				add_extent(t, at - run, run);
				run = 0;
			}
		}
	}
	if (run)
		add_extent(t, at - run, run);
}

/* ---- a reason -------------------------------------------------------------- */

static bool
has_preload(const struct str *env)
{
	const char *p = env->s, *end = p + env->n;

	for (; p < end; p += strlen(p) + 1)
		if (strncmp(p, "LD_PRELOAD=", 11) == 0 && p[11])
			return true;
	return false;
}

static bool
interpreter(const char *exe)
{
	static const char *const names[] = {"python", "perl", "php", "ruby",
	    "node", "lua", "java", "mono", "tclsh"};
	const char *base = strrchr(exe, '/');
	size_t i;

	base = base ? base + 1 : exe;
	for (i = 0; i < COUNT(names); i++)
		if (strncmp(base, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

static bool
odd_place(const char *exe)
{
	return strncmp(exe, "/tmp/", 5) == 0 ||
	    strncmp(exe, "/var/tmp/", 9) == 0 ||
	    strncmp(exe, "/dev/shm/", 9) == 0 ||
	    strncmp(exe, "/run/shm/", 9) == 0 || strstr(exe, "/.");
}

static bool
no_package(const struct target *t)
{
	static struct pkgdb *db; /* of this worker */
	struct pkg_owned owned = {0};

	if (!db)
		db = pkgdb_open(t->y->root, NULL, "host");
	return !pkgdb_none(db) && !pkgdb_owner(db, t->p.exe.s, &owned);
}

static bool
reason(const struct target *t)
{
	const struct proc *p = &t->p;

	return t->odd || p->deleted || p->memfd || !str_eq(&t->scope, "host") ||
	    interpreter(p->exe.s) || odd_place(p->exe.s) ||
	    has_preload(&p->environ) ||
	    (proc_on_host(t->y->fs, p) && no_package(t));
}

/* ---- scanning --------------------------------------------------------------- */

/* Is it growing while we look? Then we are not to blame, and leave all the
 * same: a limit that holds is worth more than the rest of its memory. */
static bool
grows(struct target *t)
{
	int64_t rss = proc_memory_rss(t->y->fs, &t->m);

	if (rss > t->rss && rss - t->rss > t->grown)
		t->grown = rss - t->rss;
	return t->grown > YARA_PROCESS_GROWTH;
}

static ssize_t
read_memory(void *arg, uint64_t at, unsigned char *p, size_t n)
{
	struct target *t = arg;
	uint64_t page = (uint64_t)proc_page(t->y->fs);
	unsigned char there[256];
	size_t done = 0, k, i, run;
	ssize_t got;
	bool any = false;

	if (t->stopped)
		return -1;
	/* asked again right before, in small pieces: what was swapped out
	 * since the extents were made stays out */
	while (done < n) {
		k = (n - done) / page;
		if (k > sizeof(there))
			k = sizeof(there);
		if (!k)
			break;
		got = proc_memory_pages(&t->m, at + done, there, k);
		if (got <= 0)
			break;
		for (i = 0; i < (size_t)got; i += run) {
			bool is = (there[i] & PAGE_THERE);

			for (run = 1; i + run < (size_t)got &&
			     !(there[i + run] & PAGE_THERE) == !is; run++)
				;
			if (is) {
				ssize_t r = proc_memory_read(&t->m,
				    at + done + i * page, p + done + i * page,
				    run * page);
				size_t have = r > 0 ? (size_t)r : 0;

				any = any || have;
				memset(p + done + i * page + have, 0,
				    run * page - have);
			} else {
				memset(p + done + i * page, 0, run * page);
			}
		}
		done += (size_t)got * page;
	}
	if (grows(t))
		t->stopped = true;
	return any ? (ssize_t)done : -1;
}

static const struct region *
region_of(const struct target *t, uint64_t at)
{
	size_t lo = 0, hi = t->regions_n, mid;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (t->regions[mid].end <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < t->regions_n && t->regions[lo].start <= at
	    ? &t->regions[lo] : NULL;
}

static void
on_hit(void *arg, const struct yara_hit *h)
{
	struct target *t = arg;
	struct rec *r = t->r;
	const struct region *x = h->offset >= 0
	    ? region_of(t, (uint64_t)h->offset) : NULL;
	uint32_t number = (uint32_t)(h->rule - t->y->rules->all->rules_table);
	bool first = t->hits.n < sizeof(number) ||
	    memcmp(t->hits.s + t->hits.n - sizeof(number), &number,
		sizeof(number)) != 0;

	if (first)
		str_add(&t->hits, &number, sizeof(number));
	t->shown += h->text_n + 64;
	if (t->shown > YARA_MATCHES_MAX && !first) {
		t->cut = true;
		return;
	}
	rec_begin(r, KIND_match);
	rec_str(r, COL_match_scope, &t->scope);
	rec_str(r, COL_match_path, &t->p.exe);
	rec_text(r, COL_match_origin,
	    str_eq(&t->scope, "host") ? "host" : "container");
	rec_int(r, COL_match_pid, t->p.pid);
	rec_text(r, COL_match_rule, h->rule->identifier);
	rec_text(r, COL_match_namespace, h->rule->ns->name);
	if (h->string) {
		rec_text(r, COL_match_string, h->string->identifier);
		rec_int(r, COL_match_offset, h->offset);
		rec_int(r, COL_match_length, h->length);
		if (h->text_n)
			rec_bytes(r, COL_match_text, (const char *)h->text,
			    h->text_n < YARA_TEXT_MAX ? h->text_n
						      : YARA_TEXT_MAX);
	}
	if (x)
		rec_bytes(r, COL_match_region, x->text, strlen(x->text));
	rec_end(r);
}

static void
on_cut(void *arg, enum yara_cut cut, const YR_RULE *rule,
    const YR_STRING *string UNUSED)
{
	struct target *t = arg;

	if (cut == YARA_CUT_SLOW)
		rec_note(t->r, ERR_LIMIT, "scan", t->scope.s, t->path, 0,
		    "rule %s/%s takes too long or too much memory for this "
		    "process and was left out", rule->ns->name,
		    rule->identifier);
	else
		t->cut = true;
}

static void
scan_memory(struct target *t)
{
	static struct yarascan *yara; /* of this worker */
	const struct yara_memory m = {.v = t->extents, .n = t->extents_n,
	    .bytes = t->bytes, .read = read_memory, .arg = t};
	const char *name = strrchr(t->p.exe.s, '/');
	const struct yara_externals x = {.filepath = t->p.exe.s,
	    .filename = name ? name + 1 : t->p.exe.s};
	const struct yara_run run = {.rules = t->y->rules->all,
	    .externals = &x, .hit = on_hit, .cut = on_cut, .arg = t};
	struct err e;

	if (!yara)
		yara = yarascan_new(t->y->rules);
	yarascan_memory(yara, &m);
	if (yarascan_run(yara, &run, &e))
		rec_note_err(t->r, "scan", t->scope.s, t->path, &e);
	if (t->stopped)
		rec_note(t->r, ERR_LIMIT, "scan", t->scope.s, t->path, 0,
		    "its memory grew by %lld bytes while it was scanned: over "
		    "%lld (YARA_PROCESS_GROWTH), the rest is not scanned",
		    (long long)t->grown, (long long)YARA_PROCESS_GROWTH);
	if (t->full)
		rec_note(t->r, ERR_LIMIT, "scan", t->scope.s, t->path, 0,
		    "only %lld bytes of its memory are scanned "
		    "(YARA_PROCESS_BYTES)", (long long)YARA_PROCESS_BYTES);
	if (t->cut_regions)
		rec_note(t->r, ERR_LIMIT, "scan", t->scope.s, t->path, 0,
		    "over %d mappings (YARA_PROCESS_REGIONS)",
		    YARA_PROCESS_REGIONS);
	if (t->cut)
		rec_note_fine(t->r, ERR_LIMIT, "scan", t->scope.s, t->path,
		    "more matches than are shown (YARA_STRINGS_MAX of a "
		    "string, YARA_MATCHES_MAX bytes)");
}

/* The executable, where nothing else has it. */
static void
keep_image(struct target *t)
{
	static struct kept {
		uint64_t dev, ino;
	} *kept;
	static size_t n;
	struct str s cleanup_str = STR_INIT;
	int fd cleanup_fd = -1;
	struct err e;
	ssize_t k = 0;
	size_t i;

	for (i = 0; i < n; i++)
		if (kept[i].dev == t->p.exe_dev && kept[i].ino == t->p.exe_ino)
			return;
	fd = proc_image(&t->p, &e);
	if (fd < 0) {
		if (e.class != ERR_ABSENT)
			rec_note_err(t->r, "keep", t->scope.s, t->path, &e);
		return;
	}
	if (t->p.exe_size > YARA_KEEP_MAX) {
		rec_note(t->r, ERR_LIMIT, "keep", t->scope.s, t->path, 0,
		    "its executable is not kept: it has %lld bytes, over %d "
		    "(YARA_KEEP_MAX)", (long long)t->p.exe_size,
		    YARA_KEEP_MAX);
		return;
	}
	while (s.n < (size_t)YARA_KEEP_MAX) {
		str_grow(&s, 256 * 1024);
		k = pread(fd, s.s + s.n, 256 * 1024, (off_t)s.n);
		if (k <= 0)
			break;
		s.n += (size_t)k;
	}
	if (k < 0) {
		err_sys(&e, errno, "cannot read its executable");
		rec_note_err(t->r, "keep", t->scope.s, t->path, &e);
		return;
	}
	rec_blob(t->r, s.s, s.n, NULL);
	kept = xreallocarray(kept, n + 1, sizeof(*kept));
	kept[n].dev = t->p.exe_dev;
	kept[n++].ino = t->p.exe_ino;
}

/* To the parent; followed by numbers of rules. */
struct give {
	uint32_t what, n;
	uint64_t bytes, grown;
};
enum { GIVE_SCANNED = 1, GIVE_OTHER, GIVE_DENIED };

static void
give(const struct target *t, uint32_t what)
{
	struct give g = {.what = what, .bytes = t->bytes,
	    .n = (uint32_t)(t->hits.n / sizeof(uint32_t)),
	    .grown = t->grown > 0 ? (uint64_t)t->grown : 0};
	struct str s cleanup_str = STR_INIT;

	str_add(&s, &g, sizeof(g));
	str_add(&s, t->hits.s, t->hits.n);
	worker_give(s.s, s.n);
}

static void
scan_process(struct target *t)
{
	struct cgroup_container c;
	struct err e;
	size_t i;

	proc_scope(t->y->fs, &t->p, &c, &t->scope);
	/* kernel threads and those that have ended have no memory */
	if (t->p.kernel || !t->p.exe.n || proc_is_worker(t->y->fs, &t->p) ||
	    proc_is_ours(t->y->fs, &t->p)) {
		if (t->p.denied & PROC_EXE)
			give(t, GIVE_DENIED);
		return;
	}
	if (t->y->keep && (t->p.deleted || t->p.memfd))
		keep_image(t);
	if (proc_regions(&t->p, on_region, t, &e))
		rec_note_err(t->r, "scan", t->scope.s, t->path, &e);
	if (!t->y->all && !reason(t)) {
		give(t, GIVE_OTHER);
		return;
	}
	if (proc_memory_open(&t->p, &t->m, &e)) {
		if (e.class != ERR_ABSENT)
			give(t, GIVE_DENIED);
		return;
	}
	t->rss = proc_memory_rss(t->y->fs, &t->m);
	for (i = 0; i < t->regions_n && !t->full; i++)
		pages_of(t, &t->regions[i]);
	if (t->extents_n)
		scan_memory(t);
	grows(t);
	give(t, GIVE_SCANNED);
	proc_memory_close(&t->m);
}

static void
one(void *arg, size_t k, struct rec *r)
{
	struct yaraproc *y = arg;
	struct target t = {.y = y, .r = r, .m = {-1, -1, -1}};
	struct err e;
	size_t i;

	str_init(&t.scope);
	str_init(&t.hits);
	proc_init(&t.p);
	snprintf(t.path, sizeof(t.path), "/proc/%u", y->pids[k]);
	if (proc_read(y->fs, y->pids[k], PARTS, &t.p, &e) == 0)
		scan_process(&t);
	else if (e.class == ERR_DENIED)
		give(&t, GIVE_DENIED);
	else if (e.class != ERR_ABSENT && e.class != ERR_CHANGED)
		rec_note_err(r, "scan", "host", t.path, &e);
	for (i = 0; i < t.regions_n; i++)
		free(t.regions[i].text);
	free(t.regions);
	free(t.extents);
	str_release(&t.scope);
	str_release(&t.hits);
	proc_release(&t.p);
}

/* ---- in the parent ----------------------------------------------------------- */

static void
name(void *arg, size_t k, struct str *out, const char **scope)
{
	struct yaraproc *y = arg;

	*scope = "host";
	str_addf(out, "/proc/%u", y->pids[k]);
}

static void
take(void *arg, size_t k UNUSED, const void *data, size_t n)
{
	struct yaraproc *y = arg;
	const char *p = data;
	struct give g;
	uint32_t i, number;

	if (n < sizeof(g))
		return;
	memcpy(&g, p, sizeof(g));
	if (g.what == GIVE_OTHER)
		y->others++;
	else if (g.what == GIVE_DENIED)
		y->denied++;
	if (g.what != GIVE_SCANNED || (n - sizeof(g)) / sizeof(number) < g.n)
		return;
	y->scanned++;
	y->bytes += g.bytes;
	y->grown += g.grown;
	for (i = 0; i < g.n; i++) {
		memcpy(&number, p + sizeof(g) + i * sizeof(number),
		    sizeof(number));
		if (number < y->rules->all->num_rules)
			y->tell(y->arg, number);
	}
}

static bool
ancestor(const struct yaraproc *y, uint32_t pid)
{
	size_t i;

	for (i = 0; i < y->ancestors_n; i++)
		if (y->ancestors[i] == pid)
			return true;
	return false;
}

static void
list(struct yaraproc *y)
{
	struct str text cleanup_str = STR_INIT;
	int64_t pid = proc_self(y->fs);
	struct err e;
	size_t i, k = 0;

	for (; pid > 0 && y->ancestors_n < COUNT(y->ancestors);
	     pid = proc_parent(y->fs, pid)) {
		y->ancestors[y->ancestors_n++] = pid;
		str_addf(&text, "%s%lld", text.n ? ", " : "", (long long)pid);
	}
	if (proc_list(y->fs, &y->pids, &y->n, &e)) {
		rec_note_err(y->rec, "scan", "host", "/proc", &e);
		y->n = 0;
		return;
	}
	for (i = 0; i < y->n; i++)
		if (!ancestor(y, y->pids[i]))
			y->pids[k++] = y->pids[i];
	y->n = k;
	rec_note_fine(y->rec, ERR_ABSENT, "exclude", "host", "/proc",
	    "not scanned: this program and its ancestors: %s", text.s);
}

void
yaraproc_run(struct yaraproc *y)
{
	struct worker_map m = {.fn = one, .name = name, .take = take, .arg = y,
	    .seconds = YARA_PROCESS_SECONDS, .op = "scan"};
	struct err e;

	if (!y->fs) {
		if (y->error.class == ERR_ABSENT)
			y->error.class = ERR_DENIED;
		rec_note_err(y->rec, "scan", "host", "/proc", &y->error);
		return;
	}
	list(y);
	m.n = y->n;
	m.workers = worker_cpus() < YARA_PROCESS_WORKERS ? worker_cpus()
							 : YARA_PROCESS_WORKERS;
	if (m.n && worker_map(&m, y->rec, &e))
		die("%s", e.msg);
	rec_note_fine(y->rec, ERR_ABSENT, "memory", "host", "/proc",
	    "%zu processes scanned, %llu bytes that were in memory; they grew "
	    "by %llu bytes meanwhile. %zu without a reason were not scanned",
	    y->scanned, (unsigned long long)y->bytes,
	    (unsigned long long)y->grown, y->others);
	if (y->denied)
		rec_note(y->rec, ERR_DENIED, "scan", "host", "/proc", EACCES,
		    "may not read the memory of %zu processes", y->denied);
	free(y->pids);
	proc_free(y->fs);
}
