#include "worker-internal.h"

#include "limits.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define BATCH_MAX 32	 /* items of one range */
#define BATCH_NS 2000000 /* what a range should take */
#define RANGES_MAX 64	 /* of one worker, not yet forwarded */
#define READ_SIZE (256 * 1024)
#define NO_ITEM SIZE_MAX

int
worker_cpus(void)
{
	cpu_set_t set;
	int n;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof(set), &set))
		return 1;
	n = CPU_COUNT(&set);
	return n < 1 ? 1 : n;
}

int64_t
worker_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- processes --------------------------------------------------------- */

struct proc {
	pid_t pid;   /* 0: it is dead, and its frames wait for their turn */
	int in, out; /* to it, from it */
	_Atomic size_t *at; /* shared: the item that it says it is at */
	/* What it was given. forward is the first item whose frames are not
	 * forwarded, in v[ci]; item the first that has not ended, in v[pi]. */
	struct range v[RANGES_MAX + 2];
	size_t n, ci, pi;
	size_t forward, item;
	/* frames: forwarded up to eaten, checked up to checked */
	struct str buf;
	size_t eaten, checked;
	bool part; /* checked frames of an item that has not ended */
	size_t last;	 /* item at the last look */
	int64_t spent;	 /* on it */
	int64_t started; /* the range at hand */
	/* of a dead one: the item that it died of, and how */
	size_t died;
	enum err_class class;
	char how[96];
};

struct pool {
	const struct worker_map *m;
	struct rec *r;
	struct proc **v;
	size_t n, cap;
	size_t want;   /* workers */
	size_t next;   /* first item not given to anybody */
	struct range *again; /* ranges to do again, ascending */
	size_t again_n;
	size_t turn;  /* item whose frames are forwarded */
	size_t batch;
	size_t hold;  /* bytes held of a worker out of turn */
	int64_t limit; /* nanoseconds an item */
	struct err err;
};

static size_t
item_first(const struct proc *p, size_t range)
{
	return range < p->n ? p->v[range].from : NO_ITEM;
}

/* Forget ranges that are forwarded. */
static void
compact(struct proc *p)
{
	if (!p->ci)
		return;
	memmove(p->v, p->v + p->ci, (p->n - p->ci) * sizeof(*p->v));
	p->n -= p->ci;
	p->pi -= p->ci;
	p->ci = 0;
}

static void
again_add(struct pool *pool, size_t from, size_t to)
{
	size_t i = pool->again_n;

	if (from >= to)
		return;
	pool->again = xreallocarray(pool->again, pool->again_n + 1,
	    sizeof(*pool->again));
	for (; i && pool->again[i - 1].from > from; i--)
		pool->again[i] = pool->again[i - 1];
	pool->again[i] = (struct range){from, to};
	pool->again_n++;
}

static void
proc_free(struct proc *p)
{
	if (p->in >= 0)
		close(p->in);
	if (p->out >= 0)
		close(p->out);
	munmap((void *)(uintptr_t)p->at, sizeof(*p->at));
	str_release(&p->buf);
	free(p);
}

static int
proc_new(struct pool *pool)
{
	int down[2] = {-1, -1}, up[2] = {-1, -1};
	pid_t parent = getpid();
	struct proc *p;
	size_t i;
	void *at;

	at = mmap(NULL, sizeof(*p->at), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		return -1;
	p = xcalloc(1, sizeof(*p));
	p->at = at;
	p->in = p->out = -1;
	p->forward = p->item = p->last = p->died = NO_ITEM;
	str_init(&p->buf);
	if (pipe2(down, O_CLOEXEC) || pipe2(up, O_CLOEXEC))
		goto failed;
	p->pid = fork();
	if (p->pid < 0)
		goto failed;
	if (p->pid == 0) {
		/* nothing of the others, so that a worker that is taken over
		 * can hurt its own items only */
		for (i = 0; i < pool->n; i++) {
			if (pool->v[i]->in >= 0)
				close(pool->v[i]->in);
			if (pool->v[i]->out >= 0)
				close(pool->v[i]->out);
			munmap((void *)(uintptr_t)pool->v[i]->at,
			    sizeof(*p->at));
		}
		close(down[1]);
		close(up[0]);
		signal(SIGPIPE, SIG_IGN);
		if (getppid() != parent)
			_exit(0);
		worker_run(pool->m, down[0], up[1], at);
	}
	close(down[0]);
	close(up[1]);
	p->in = down[1];
	p->out = up[0];
	if (pool->n == pool->cap) {
		pool->cap = pool->cap ? 2 * pool->cap : 8;
		pool->v = xreallocarray(pool->v, pool->cap, sizeof(*pool->v));
	}
	pool->v[pool->n++] = p;
	return 0;
failed:
	for (i = 0; i < 2; i++) {
		if (down[i] >= 0)
			close(down[i]);
		if (up[i] >= 0)
			close(up[i]);
	}
	proc_free(p);
	return -1;
}

/* End a worker. One that hangs in the kernel (a dead network or FUSE mount)
 * does not die of SIGKILL at once: after WORKER_REAP_MS it is left behind,
 * and the run goes on. Returns its status, -1 if it is left behind. */
static int
reap(pid_t pid)
{
	int status = 0, ms;
	pid_t k;

	kill(pid, SIGKILL);
	for (ms = 0; ms < WORKER_REAP_MS; ms++) {
		k = waitpid(pid, &status, WNOHANG);
		if (k == pid || (k < 0 && errno != EINTR))
			return status;
		poll(NULL, 0, 1);
	}
	return -1;
}

/* A worker is no more, or will be: settle which item it died of. Items that
 * it had not ended before that one, and all after it, are done again. */
static void
bury(struct pool *pool, struct proc *p, enum err_class class, const char *how)
{
	size_t at, i;
	int status = reap(p->pid);

	p->pid = 0;
	close(p->in);
	close(p->out);
	p->in = p->out = -1;
	str_cut(&p->buf, p->checked); /* the rest is the half of a frame */
	if (p->item == NO_ITEM) {
		p->died = NO_ITEM; /* it had nothing to do */
		return;
	}
	/* its own word counts within what it was given */
	at = atomic_load(p->at);
	if (p->part || at < p->item || at >= p->v[p->pi].to)
		at = p->item;
	p->died = at;
	p->class = class;
	if (how)
		snprintf(p->how, sizeof(p->how), "%s", how);
	else if (status < 0)
		snprintf(p->how, sizeof(p->how),
		    "the worker hangs in the kernel and cannot be ended");
	else if (WIFSIGNALED(status))
		snprintf(p->how, sizeof(p->how), "the worker died of SIG%s",
		    sigabbrev_np(WTERMSIG(status)) ?
		    sigabbrev_np(WTERMSIG(status)) : "?");
	else
		snprintf(p->how, sizeof(p->how),
		    "the worker ended with status %d", WEXITSTATUS(status));
	again_add(pool, p->item, at);
	again_add(pool, at + 1, p->v[p->pi].to);
	for (i = p->pi + 1; i < p->n; i++)
		again_add(pool, p->v[i].from, p->v[i].to);
	p->n = p->pi + 1;
	p->v[p->pi].to = p->item;
	if (p->v[p->pi].from == p->item)
		p->n--;
	if (p->forward == p->item)
		p->forward = NO_ITEM;
}

/* ---- frames: hostile ---------------------------------------------------- */

static bool
frame_good(const struct pool *pool, const struct proc *p,
    const struct frame *f, const char *data)
{
	if (p->item == NO_ITEM || f->zero)
		return false;
	switch (f->type) {
	case FRAME_RECORD: /* rec_forward looks at the line itself */
		return f->kind < KIND_COUNT && f->kind != KIND_run &&
		    f->kind != KIND_end && f->n && f->n <= REC_LINE_MAX &&
		    memchr(data, '\n', f->n) == data + f->n - 1;
	case FRAME_GIVE:
		return f->n <= GIVE_MAX && pool->m->take;
	case FRAME_END:
		return f->n == 0;
	}
	return false;
}

static void
item_ended(struct pool *pool, struct proc *p)
{
	int64_t now;

	p->part = false;
	if (++p->item < p->v[p->pi].to)
		return;
	p->item = item_first(p, ++p->pi);
	now = worker_clock();
	if (now - p->started < BATCH_NS / 2 && pool->batch < BATCH_MAX)
		pool->batch *= 2;
	else if (now - p->started > BATCH_NS * 2 && pool->batch > 1)
		pool->batch /= 2;
	p->started = now;
}

/* Check what has arrived. 0, or -1: no worker of ours sends such things. */
static int
check(struct pool *pool, struct proc *p)
{
	struct frame f;

	while (p->buf.n - p->checked >= sizeof(f)) {
		memcpy(&f, p->buf.s + p->checked, sizeof(f));
		if (f.n > REC_LINE_MAX + GIVE_MAX)
			return -1;
		if (p->buf.n - p->checked < sizeof(f) + f.n)
			return 0;
		if (!frame_good(pool, p, &f,
			p->buf.s + p->checked + sizeof(f)))
			return -1;
		p->checked += sizeof(f) + f.n;
		if (f.type == FRAME_END)
			item_ended(pool, p);
		else
			p->part = true;
	}
	return 0;
}

static void
forwarded(struct pool *pool, struct proc *p)
{
	pool->turn++;
	if (++p->forward < p->v[p->ci].to)
		return;
	p->forward = item_first(p, ++p->ci);
}

/* Forward frames of the item whose turn it is. True: it is done. */
static bool
forward(struct pool *pool, struct proc *p)
{
	const char *data;
	struct frame f;

	while (p->eaten < p->checked) {
		memcpy(&f, p->buf.s + p->eaten, sizeof(f));
		data = p->buf.s + p->eaten + sizeof(f);
		p->eaten += sizeof(f) + f.n;
		if (f.type == FRAME_RECORD)
			rec_forward(pool->r, (enum kind)f.kind, data, f.n);
		else if (f.type == FRAME_GIVE)
			pool->m->take(pool->m->arg, pool->turn, data, f.n);
		else
			return true;
	}
	return false;
}

/* Drop what is forwarded from the buffer, seldom enough to be cheap. */
static void
shrink(struct proc *p)
{
	size_t rest = p->buf.n - p->eaten;

	if (!p->eaten || (rest && p->eaten < READ_SIZE))
		return;
	if (rest)
		memmove(p->buf.s, p->buf.s + p->eaten, rest);
	str_cut(&p->buf, rest);
	p->checked -= p->eaten;
	p->eaten = 0;
	if (!rest && p->buf.cap > 4 * READ_SIZE)
		str_release(&p->buf);
}

static void
note_death(struct pool *pool, const struct proc *p)
{
	struct str name cleanup_str = STR_INIT;
	const char *scope = NULL;

	if (pool->m->name)
		pool->m->name(pool->m->arg, p->died, &name, &scope);
	rec_note(pool->r, p->class, pool->m->op ? pool->m->op : "work", scope,
	    name.n ? name.s : NULL, 0, "%s", p->how);
}

/* Forward all whose turn it is. */
static void
forward_all(struct pool *pool)
{
	struct proc *p;
	bool moved = true;
	size_t i;

	while (moved) {
		moved = false;
		for (i = 0; i < pool->n; i++) {
			p = pool->v[i];
			while (p->forward == pool->turn && forward(pool, p)) {
				forwarded(pool, p);
				moved = true;
			}
			if (!p->pid && p->forward == NO_ITEM &&
			    p->died == pool->turn) {
				forward(pool, p); /* its last frames */
				note_death(pool, p);
				pool->turn++;
				p->died = NO_ITEM;
				moved = true;
			}
			shrink(p);
			if (!p->pid && p->forward == NO_ITEM &&
			    p->died == NO_ITEM) {
				proc_free(p);
				pool->v[i--] = pool->v[--pool->n];
			}
		}
	}
}

/* ---- the loop ------------------------------------------------------------ */

static size_t
alive(const struct pool *pool)
{
	size_t i, n = 0;

	for (i = 0; i < pool->n; i++)
		n += pool->v[i]->pid != 0;
	return n;
}

static bool
is_again(const struct pool *pool, size_t item)
{
	return pool->again_n && pool->again[0].from == item;
}

/* Is the worker's buffer full, and is it not its turn? */
static bool
held(const struct pool *pool, const struct proc *p)
{
	return p->buf.n - p->eaten >= pool->hold && p->forward != pool->turn &&
	    p->item != pool->turn;
}

/* Take the next range that this worker may have: never one below what it
 * holds, since its frames are forwarded in the order of arrival. */
static bool
take_range(struct pool *pool, const struct proc *p, struct range *g)
{
	size_t above = p->n ? p->v[p->n - 1].to : 0, left, k;

	if (pool->again_n && pool->again[0].from >= above) {
		*g = pool->again[0];
		memmove(pool->again, pool->again + 1,
		    --pool->again_n * sizeof(*pool->again));
		return true;
	}
	left = pool->m->n - pool->next;
	if (!left)
		return false;
	k = left / (4 * pool->want); /* the end is shared evenly */
	k = k < 1 ? 1 : k > pool->batch ? pool->batch : k;
	*g = (struct range){pool->next, pool->next + k};
	pool->next += k;
	return true;
}

static void
give_ranges(struct pool *pool, struct proc *p)
{
	struct range g;

	compact(p);
	while (p->pid && p->n - p->pi < 2 && p->n < RANGES_MAX &&
	    take_range(pool, p, &g)) {
		p->v[p->n++] = g;
		if (p->n == 1)
			p->forward = g.from;
		if (p->item == NO_ITEM) {
			p->item = g.from;
			p->last = g.from;
			p->spent = 0;
			p->started = worker_clock();
		}
		/* 32 bytes at most are under way: it cannot block; a worker
		 * that is gone is noticed when it is read */
		if (write(p->in, &g, sizeof(g)) != (ssize_t)sizeof(g))
			return;
	}
}

/* Workers as wanted, each with something to do. */
static int
assign(struct pool *pool)
{
	size_t i, busy = 0;
	bool more;

	for (;;) {
		more = pool->next < pool->m->n || pool->again_n;
		/* dead ones wait with their frames; not too many of them */
		if (!more || alive(pool) >= pool->want ||
		    (pool->n >= 2 * pool->want && !is_again(pool, pool->turn)))
			break;
		if (proc_new(pool)) {
			err_sys(&pool->err, errno, "cannot make a worker");
			pool->err.class = ERR_OURS;
			break;
		}
		give_ranges(pool, pool->v[pool->n - 1]);
	}
	for (i = 0; i < pool->n; i++) {
		give_ranges(pool, pool->v[i]);
		busy += pool->v[i]->pid && pool->v[i]->item != NO_ITEM &&
		    !held(pool, pool->v[i]);
	}
	return busy ? 0 : -1;
}

/* Read what a worker sent; bury it at the end of its file. */
static void
receive(struct pool *pool, struct proc *p)
{
	ssize_t k;

	str_grow(&p->buf, READ_SIZE);
	k = read(p->out, p->buf.s + p->buf.n, READ_SIZE);
	if (k < 0 && errno == EINTR)
		return;
	if (k <= 0) {
		bury(pool, p, ERR_CRASHED, NULL);
		return;
	}
	p->buf.n += (size_t)k;
	p->buf.s[p->buf.n] = '\0';
	if (check(pool, p))
		bury(pool, p, ERR_CRASHED,
		    "the worker sent what is no record of ours");
}

/* Count the time since the last look against the items under way. */
static void
clock_items(struct pool *pool, int64_t dt)
{
	struct proc *p;
	char how[64];
	size_t i, at;

	for (i = 0; i < pool->n; i++) {
		p = pool->v[i];
		if (!p->pid || p->item == NO_ITEM || held(pool, p))
			continue;
		at = atomic_load(p->at);
		/* only forwards, or it could stay for ever */
		if (at < p->item || at >= p->v[p->pi].to)
			at = p->item;
		if (at > p->last || p->item > p->last) {
			p->last = at;
			p->spent = 0;
			continue;
		}
		p->spent += dt;
		if (p->spent <= pool->limit)
			continue;
		snprintf(how, sizeof(how), "not done after %lld seconds",
		    (long long)(pool->limit / 1000000000));
		bury(pool, p, ERR_LIMIT, how);
	}
}

static int
wait_for_frames(struct pool *pool)
{
	struct pollfd *fds = xcalloc(pool->n, sizeof(*fds));
	size_t i, n = pool->n;
	int k;

	for (i = 0; i < n; i++) {
		fds[i].fd = pool->v[i]->pid && !held(pool, pool->v[i]) ?
		    pool->v[i]->out : -1;
		fds[i].events = POLLIN;
	}
	k = poll(fds, n, 200);
	for (i = 0; k > 0 && i < n; i++)
		if (fds[i].revents)
			receive(pool, pool->v[i]);
	free(fds);
	return k < 0 && errno != EINTR ? -1 : 0;
}

/* Time that we were running, not waiting. */
static int64_t
cpu_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int
run(struct pool *pool)
{
	int64_t before = worker_clock(), now, cpu;

	while (pool->turn < pool->m->n) {
		if (assign(pool)) {
			if (!pool->err.class)
				err_set(&pool->err, ERR_OURS, 0,
				    "no worker can go on");
			return -1;
		}
		if (wait_for_frames(pool))
			return err_set(&pool->err, ERR_OURS, errno,
			    "cannot wait for workers: %s", strerror(errno));
		now = worker_clock();
		/* more than a second: we were stopped, not they were slow */
		clock_items(pool, now - before < 1000000000 ? now - before :
		    1000000000);
		/* the time that our reader makes us wait is not theirs */
		cpu = cpu_clock();
		forward_all(pool);
		before = worker_clock() - (cpu_clock() - cpu);
	}
	return 0;
}

int
worker_map(const struct worker_map *m, struct rec *r, struct err *e)
{
	struct pool pool = {.m = m, .r = r, .batch = 1};
	struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
	int k = 0, seconds;
	size_t i;

	if (!m->n)
		return 0;
	pool.want = (size_t)(m->workers > 0 ? m->workers : worker_cpus());
	if (pool.want > WORKER_MAX)
		pool.want = WORKER_MAX;
	if (pool.want > m->n)
		pool.want = m->n;
	pool.hold = WORKER_BUFFER_ALL / pool.want;
	if (pool.hold > WORKER_BUFFER)
		pool.hold = WORKER_BUFFER;
	seconds = m->seconds > 0 ? m->seconds : WORKER_ITEM_SECONDS;
	pool.limit = (int64_t)seconds * 1000000000;
	/* a command to a worker that has just died must not kill us */
	sigaction(SIGPIPE, &ignore, &old);
	k = run(&pool);
	for (i = 0; i < pool.n; i++) {
		if (pool.v[i]->pid)
			reap(pool.v[i]->pid);
		proc_free(pool.v[i]);
	}
	free(pool.v);
	free(pool.again);
	sigaction(SIGPIPE, &old, NULL);
	if (k && e)
		*e = pool.err;
	return k;
}
