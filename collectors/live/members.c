/* members - processes of containers, against what the engines recorded */

#include "members.h"

#include "limits.h"
#include "proc.h"

#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define REUSED (10 * SECOND) /* a start this much after the record's */

struct member {
	int64_t pid, start;
	struct str scope, name;
};

struct table {
	struct member *v;
	size_t n, cap;
};

struct record {
	struct str scope;
	enum member_state state;
	int64_t pid, started;
	bool suspect; /* of a start that no process shows */
};

/* A container whose processes no record explains. */
struct suspect {
	struct str scope;
	int64_t pid, start; /* of one of them */
	struct str name;
	size_t n; /* processes */
};

struct members {
	struct proc_fs *fs;
	struct table first; /* before the stores were read */
	struct record *records;
	size_t records_n, records_cap;
	struct suspect *suspects;
	size_t suspects_n;
	struct str own; /* the container that we are in ourselves */
	int64_t began;
	int looks;
};

/* "container:ENGINE/NAMESPACE/ID": control groups do not always tell the
 * namespace, nor whether containerd works for Docker. */
static const char *
bare(const struct str *scope)
{
	const char *p = strrchr(scope->s, '/');

	return p ? p + 1 : scope->s;
}

static void
table_free(struct table *t)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		str_release(&t->v[i].scope);
		str_release(&t->v[i].name);
	}
	free(t->v);
}

static int
by_id(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int r = strcmp(bare(&x->scope), bare(&y->scope));

	return r ? r : x->pid < y->pid ? -1 : x->pid > y->pid;
}

static bool
scope_of(const struct proc *p, struct str *out)
{
	struct cgroup_container c;

	if (!cgroup_container(p->cgroup.s, p->cgroup.n, &c))
		return false;
	str_sets(out, "container:");
	str_adds(out, c.engine);
	if (c.ns) {
		str_addc(out, '/');
		str_add(out, c.ns, c.ns_n);
	}
	str_addc(out, '/');
	str_add(out, c.id, c.id_n);
	return true;
}

static bool
look(struct members *m, struct table *t)
{
	struct str scope cleanup_str = STR_INIT;
	struct proc p;
	struct err e;
	uint32_t *pids;
	size_t i, n;

	if (proc_list(m->fs, &pids, &n, &e))
		return false;
	proc_init(&p);
	for (i = 0; i < n; i++) {
		struct member *v;

		if (proc_read(m->fs, pids[i], PROC_CGROUP, &p, &e) ||
		    p.kernel || p.stat.state == 'Z' || p.stat.state == 'X' ||
		    !scope_of(&p, &scope))
			continue; /* it has ended, or is in none */
		if (p.pid == proc_self(m->fs))
			str_set(&m->own, scope.s, scope.n);
		if (t->n == t->cap) {
			t->cap = t->cap ? t->cap * 2 : 64;
			t->v = xreallocarray(t->v, t->cap, sizeof(*t->v));
		}
		v = &t->v[t->n++];
		v->pid = p.pid;
		v->start = p.start_time;
		str_init(&v->scope);
		str_init(&v->name);
		str_set(&v->scope, scope.s, scope.n);
		str_set(&v->name, p.name.s, p.name.n);
	}
	proc_release(&p);
	free(pids);
	if (t->n)
		qsort(t->v, t->n, sizeof(*t->v), by_id);
	return true;
}

static void
bad_view(void *arg, const char *path UNUSED, const struct err *e UNUSED)
{
	(void)arg; /* told of by collect-processes */
}

struct members *
members_begin(void)
{
	struct members *m;
	struct timespec now;
	struct err e;

	/* others' control groups, and rootless stores of their homes */
	if (geteuid() != 0)
		return NULL;
	m = xcalloc(1, sizeof(*m));
	str_init(&m->own);
	clock_gettime(CLOCK_REALTIME, &now);
	m->began = now.tv_sec * SECOND + now.tv_nsec;
	m->fs = proc_open_host(&e);
	if (!m->fs || proc_survey(m->fs, bad_view, NULL, &e) ||
	    !proc_self(m->fs) || proc_hides(m->fs) || !look(m, &m->first)) {
		members_free(m);
		return NULL;
	}
	return m;
}

static void
suspects_free(struct members *m)
{
	size_t i;

	for (i = 0; i < m->suspects_n; i++) {
		str_release(&m->suspects[i].scope);
		str_release(&m->suspects[i].name);
	}
	free(m->suspects);
	m->suspects = NULL;
	m->suspects_n = 0;
}

void
members_free(struct members *m)
{
	size_t i;

	if (!m)
		return;
	suspects_free(m);
	for (i = 0; i < m->records_n; i++)
		str_release(&m->records[i].scope);
	free(m->records);
	table_free(&m->first);
	str_release(&m->own);
	if (m->fs)
		proc_free(m->fs);
	free(m);
}

static int
by_record(const void *a, const void *b)
{
	const struct record *x = a, *y = b;

	return strcmp(bare(&x->scope), bare(&y->scope));
}

/* The records of an id, *n of them: stores may share one. */
static struct record *
records_of(struct members *m, const char *id, size_t *n)
{
	size_t lo = 0, hi = m->records_n, mid, end;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (strcmp(bare(&m->records[mid].scope), id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (end = lo; end < m->records_n &&
	    strcmp(bare(&m->records[end].scope), id) == 0; end++)
		;
	*n = end - lo;
	return *n ? &m->records[lo] : NULL;
}

static bool
ended(const struct record *r, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (r[i].state != MEMBER_ENDED)
			return false;
	return true;
}

void
members_record(struct members *m, const char *scope, size_t n,
    enum member_state state, int64_t pid, int64_t started)
{
	struct str s cleanup_str = STR_INIT;
	struct record *r = NULL;
	size_t i, k = 0;

	str_set(&s, scope, n);
	if (m->looks) /* sorted: it is read again */
		r = records_of(m, bare(&s), &k);
	for (i = 0; i < k; i++)
		if (strcmp(r[i].scope.s, s.s) == 0) {
			r[i].suspect = r[i].suspect && state == r[i].state &&
			    pid == r[i].pid;
			r[i].state = state;
			return;
		}
	if (m->looks)
		return;
	if (m->records_n == m->records_cap) {
		m->records_cap = m->records_cap ? m->records_cap * 2 : 64;
		m->records = xreallocarray(m->records, m->records_cap,
		    sizeof(*m->records));
	}
	r = &m->records[m->records_n++];
	memset(r, 0, sizeof(*r));
	str_init(&r->scope);
	str_set(&r->scope, s.s, s.n);
	r->state = state;
	r->pid = pid;
	r->started = started;
}

static const struct member *
member_of(const struct table *t, const char *id, size_t *n)
{
	const struct member *first = NULL;
	size_t lo = 0, hi = t->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (strcmp(bare(&t->v[mid].scope), id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (*n = 0; lo < t->n && strcmp(bare(&t->v[lo].scope), id) == 0;
	    lo++, ++*n)
		if (!first)
			first = &t->v[lo];
	return first;
}

/* Containers of processes that ran before the stores were read and run now,
 * and that no record explains. */
static void
unexplained(struct members *m, const struct table *now)
{
	const struct member *v, *w;
	const struct record *r;
	struct suspect *s;
	size_t i, k, n, known;

	suspects_free(m);
	for (i = 0; i < m->first.n; i += n) {
		v = member_of(&m->first, bare(&m->first.v[i].scope), &n);
		if (m->own.n && strcmp(bare(&m->own), bare(&v->scope)) == 0)
			continue;
		r = records_of(m, bare(&v->scope), &known);
		if (r && !ended(r, known))
			continue;
		w = NULL;
		for (k = 0; k < n && !w; k++) {
			size_t j, other;
			const struct member *x =
			    member_of(now, bare(&v->scope), &other);

			for (j = 0; x && j < other; j++)
				if (x[j].pid == v[k].pid &&
				    x[j].start == v[k].start)
					w = &v[k];
		}
		if (!w || w->start > m->began - 2 * SECOND)
			continue;
		m->suspects = xreallocarray(m->suspects, m->suspects_n + 1,
		    sizeof(*m->suspects));
		s = &m->suspects[m->suspects_n++];
		str_init(&s->scope);
		str_init(&s->name);
		str_set(&s->scope, r ? r->scope.s : w->scope.s,
		    r ? r->scope.n : w->scope.n);
		str_set(&s->name, w->name.s, w->name.n);
		s->pid = w->pid;
		s->start = w->start;
		s->n = n;
	}
}

/* Is there still a process that may be the one of a record? Its number may
 * have been given to a thread, or to a process that began later and is in no pid
 * namespace of its own (by the time alone nobody is accused: clocks are set). */
static bool
still(struct members *m, const struct record *r)
{
	struct proc p;
	struct err e;
	int64_t of = proc_ask(m->fs, r->pid);
	bool is;

	if (of != r->pid)
		return of < 0;
	proc_init(&p);
	is = proc_read(m->fs, r->pid, PROC_STATUS, &p, &e) ||
	    p.start_time <= r->started + REUSED ||
	    (!p.kernel && p.status.nspid != p.pid);
	proc_release(&p);
	return is;
}

/* Records of containers that run, whose first process is not there. */
static size_t
absent(struct members *m, const struct table *now)
{
	int64_t boot = proc_boot_time(m->fs);
	struct record *r;
	size_t i, n, found = 0;

	for (i = 0; i < m->records_n; i++) {
		r = &m->records[i];
		r->suspect = r->state == MEMBER_RUNS && r->pid > 0 &&
		    r->started > boot && r->started < m->began &&
		    !member_of(now, bare(&r->scope), &n) && !still(m, r);
		found += r->suspect;
	}
	return found;
}

void
members_suspect(struct members *m,
    void (*fn)(void *arg, const char *scope, size_t n), void *arg)
{
	struct timespec pause = {0, 20 * 1000 * 1000};
	size_t i, left = 1;

	if (m->records_n)
		qsort(m->records, m->records_n, sizeof(*m->records),
		    by_record);
	for (m->looks = 0; m->looks < PROC_REPEATS && left; m->looks++) {
		struct table now = {0};

		if (m->looks)
			nanosleep(&pause, NULL);
		if (look(m, &now)) {
			unexplained(m, &now);
			left = m->suspects_n + absent(m, &now);
		} else { /* nothing is said of what was not looked at */
			suspects_free(m);
			for (i = 0; i < m->records_n; i++)
				m->records[i].suspect = false;
			left = 0;
		}
		table_free(&now);
	}
	for (i = 0; i < m->suspects_n; i++)
		fn(arg, m->suspects[i].scope.s, m->suspects[i].scope.n);
	for (i = 0; i < m->records_n; i++)
		if (m->records[i].suspect)
			fn(arg, m->records[i].scope.s, m->records[i].scope.n);
}

static void
tell(struct members *m, struct rec *r, const struct str *scope,
    const char *sees, const char *blind, const struct str *what)
{
	rec_begin(r, KIND_contradiction);
	rec_str(r, COL_contradiction_scope, scope);
	rec_text(r, COL_contradiction_subject, "container");
	rec_text(r, COL_contradiction_name, bare(scope));
	rec_text(r, COL_contradiction_sees, sees);
	rec_text(r, COL_contradiction_blind, blind);
	rec_str(r, COL_contradiction_detail, what);
	rec_int(r, COL_contradiction_repeats, m->looks);
	rec_end(r);
}

void
members_tell(struct members *m, struct rec *rec)
{
	struct str what cleanup_str = STR_INIT;
	const struct record *r;
	const struct suspect *s;
	size_t i, n;

	for (i = 0; i < m->suspects_n; i++) {
		s = &m->suspects[i];
		r = records_of(m, bare(&s->scope), &n);
		if (r && !ended(r, n))
			continue; /* the second reading has it */
		str_clear(&what);
		str_addf(&what, "%zu process%s of it, among them %lld (%s), "
		    "and %s", s->n, s->n == 1 ? " runs" : "es run",
		    (long long)s->pid, s->name.s,
		    r ? "its engine recorded that it ended"
		      : "no store has a whole record of such a container");
		tell(m, rec, &s->scope, "control groups of processes",
		    "records of the engines", &what);
	}
	for (i = 0; i < m->records_n; i++) {
		r = &m->records[i];
		if (!r->suspect)
			continue;
		str_clear(&what);
		str_addf(&what, "it runs as process %lld by its engine's "
		    "record, and no such process is there",
		    (long long)r->pid);
		tell(m, rec, &r->scope, "records of the engines",
		    "processes", &what);
	}
}
