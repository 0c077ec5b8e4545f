#include "yarascan.h"

#include "limits.h"

#include <errno.h>

#define BLOCK ((size_t)YARA_WHOLE_MAX / 2) /* of a long file */

/* A set of rules that was run before. */
struct prepared {
	YR_RULES *rules;
	YR_SCANNER *scanner;
	const struct yarafind *find; /* NULL: libyara searches itself */
};

struct yarascan {
	const struct yararules *y;
	struct prepared sets[2];
	/* The file. A long one: its first block stays, since conditions ask
	 * for it again and again; the second half of buf has another one. */
	struct root_file *file;
	const struct yara_memory *memory; /* instead; at: extent at hand */
	size_t at;
	uint64_t size;	/* that is scanned */
	uint64_t whole; /* of the file: "filesize" */
	unsigned char *buf;
	size_t first_n;	    /* bytes of the first block */
	uint64_t second_at; /* base of the other one; 0: none */
	size_t second_n;
	bool in_blocks;
	int read_errno;
	YR_MEMORY_BLOCK block;
	size_t block_n; /* its size: libyara may be shown none */
	/* the pass: blocks are searched first, then conditions ask for them */
	const struct prepared *set;
	bool searching;
	int find_error;
	/* the run */
	const struct yara_run *run;
	size_t matched;
	int64_t deadline;
	enum { PROBE, ASK, COLLECT } mode; /* of the pass; COLLECT: hits go out */
};

struct yarascan *
yarascan_new(const struct yararules *y)
{
	struct yarascan *s = xcalloc(1, sizeof(*s));

	s->y = y;
	return s;
}

void
yarascan_free(struct yarascan *s)
{
	size_t i;

	for (i = 0; i < COUNT(s->sets); i++)
		if (s->sets[i].scanner)
			yr_scanner_destroy(s->sets[i].scanner);
	free(s->buf);
	free(s);
}

/* ---- bytes -------------------------------------------------------------- */

/* Up to n bytes at; fewer at the end of the file. -1: errno is set. */
static ssize_t
read_at(int fd, unsigned char *p, size_t n, uint64_t at)
{
	size_t have = 0;
	ssize_t k;

	while (have < n) {
		k = pread(fd, p + have, n - have, (off_t)(at + have));
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -1;
		if (!k)
			break;
		have += (size_t)k;
	}
	return (ssize_t)have;
}

static bool
same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

int
yarascan_load(struct yarascan *s, struct root *r, struct root_file *f,
    struct err *e)
{
	size_t want;
	struct stat st;
	ssize_t k;

	s->file = NULL;
	s->memory = NULL;
	s->first_n = s->second_n = 0;
	s->second_at = 0;
	s->read_errno = 0;
	if (!f->reading && root_reopen(r, f, e))
		return -1;
	s->file = f;
	s->whole = s->size = (uint64_t)f->st.st_size;
	if (s->size > (uint64_t)YARA_READ_MAX)
		s->size = (uint64_t)YARA_READ_MAX;
	s->in_blocks = s->whole > (uint64_t)YARA_WHOLE_MAX;
	want = s->in_blocks ? BLOCK : (size_t)s->size;
	/* at once as large as it may get: pages that no file needed are never
	 * there, and those that one needed are not asked for again */
	if (!s->buf)
		s->buf = xmalloc(YARA_WHOLE_MAX);
	k = read_at(f->fd, s->buf, want, 0);
	if (k < 0)
		return err_sys(e, errno, "cannot read it");
	s->first_n = (size_t)k;
	if (root_fstat(f, &st))
		return err_sys(e, errno, "cannot look at it again");
	if (!same(&f->st, &st) || s->first_n < want) {
		s->in_blocks = false;
		return err_set(e, ERR_CHANGED, 0,
		    "changed while it was scanned: %lld bytes before, %lld "
		    "after", (long long)f->st.st_size, (long long)st.st_size);
	}
	if (s->size < s->whole)
		return err_set(e, ERR_LIMIT, 0, "only its first %lld bytes "
		    "are scanned (YARA_READ_MAX) of %llu",
		    (long long)YARA_READ_MAX, (unsigned long long)s->whole);
	return 0;
}

void
yarascan_memory(struct yarascan *s, const struct yara_memory *m)
{
	s->file = NULL;
	s->memory = m;
	s->first_n = m->n ? 1 : 0; /* there is something */
	s->second_at = 0;
	s->second_n = 0;
	s->read_errno = 0;
	s->in_blocks = true;
	s->whole = s->size = m->bytes;
	if (!s->buf)
		s->buf = xmalloc(YARA_WHOLE_MAX);
}

const unsigned char *
yarascan_bytes(const struct yarascan *s, size_t *n, bool *whole)
{
	*n = s->first_n;
	*whole = !s->in_blocks && s->first_n == s->whole;
	return s->buf;
}

/* What vanished while it was read is zeros. */
static const uint8_t *
memory_bytes(struct yarascan *s, const YR_MEMORY_BLOCK *b)
{
	const struct yara_extent *x = &s->memory->v[s->at];
	ssize_t k;

	if (s->second_at == x->at)
		return s->second_n ? s->buf : NULL;
	k = s->memory->read(s->memory->arg, x->at, s->buf, x->n);
	if (k > 0 && (size_t)k < x->n)
		memset(s->buf + k, 0, x->n - (size_t)k);
	s->second_at = x->at;
	s->second_n = k > 0 ? b->size : 0;
	return k > 0 ? s->buf : NULL;
}

static const uint8_t *
block_bytes(struct yarascan *s, const YR_MEMORY_BLOCK *b)
{
	ssize_t k;

	if (s->memory)
		return memory_bytes(s, b);
	if (!b->base)
		return s->buf;
	if (s->second_at == b->base)
		return s->second_n == b->size ? s->buf + BLOCK : NULL;
	k = read_at(s->file->fd, s->buf + BLOCK, b->size, b->base);
	if (k < 0)
		s->read_errno = errno;
	else if ((size_t)k < b->size && !s->read_errno)
		s->read_errno = ESTALE; /* it is shorter now */
	s->second_at = b->base;
	s->second_n = k < 0 ? 0 : (size_t)k;
	return s->second_n == b->size ? s->buf + BLOCK : NULL;
}

/* While blocks are searched, ours is done by the time that libyara looks, and
 * it sees an empty one. */
static const uint8_t *
fetch(YR_MEMORY_BLOCK *b)
{
	struct yarascan *s = b->context;
	const uint8_t *p = block_bytes(s, b);

	if (!p || !s->searching || !s->set->find || s->find_error)
		return p;
	s->find_error = yarafind_run(s->set->find, s->set->scanner, p, b->size,
	    b->base);
	b->size = 0;
	return p;
}

static YR_MEMORY_BLOCK *
first_block(YR_MEMORY_BLOCK_ITERATOR *it)
{
	struct yarascan *s = it->context;

	it->last_error = ERROR_SUCCESS;
	s->block.base = 0;
	s->block.size = s->block_n = s->first_n;
	if (s->memory) {
		s->at = 0;
		s->block.base = s->memory->v[0].at;
		s->block.size = s->block_n = s->memory->v[0].n;
	}
	s->block.context = s;
	s->block.fetch_data = fetch;
	return &s->block;
}

static YR_MEMORY_BLOCK *
next_block(YR_MEMORY_BLOCK_ITERATOR *it)
{
	struct yarascan *s = it->context;
	uint64_t end = s->block.base + s->block_n;

	it->last_error = s->find_error;
	if (s->memory && !s->find_error && s->at + 1 < s->memory->n) {
		s->at++;
		s->block.base = s->memory->v[s->at].at;
		s->block.size = s->block_n = s->memory->v[s->at].n;
		return &s->block;
	}
	if (s->memory || !s->in_blocks || end >= s->size || s->find_error) {
		s->searching = false;
		return NULL;
	}
	s->block.base = end - YARA_OVERLAP;
	s->block_n = s->size - s->block.base < BLOCK ?
	    (size_t)(s->size - s->block.base) : BLOCK;
	s->block.size = s->block_n;
	return &s->block;
}

static uint64_t
file_size(YR_MEMORY_BLOCK_ITERATOR *it)
{
	struct yarascan *s = it->context;

	if (s->memory)
		return (uint64_t)YR_UNDEFINED;
	return s->in_blocks ? s->whole : s->first_n;
}

/* ---- one pass ------------------------------------------------------------ */

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
report(struct yarascan *s, YR_SCANNER *scanner, YR_RULE *rule)
{
	const struct yara_run *run = s->run;
	struct yara_hit h = {.rule = rule};
	bool any = false;
	YR_STRING *string;
	const void *at;
	YR_MATCH m;
	int shown;

	yr_rule_strings_foreach(rule, string)
	{
		shown = 0;
		/* libyara keeps them without regard to alignment */
		for (at = scanner->matches[string->idx].head; at; at = m.next) {
			memcpy(&m, at, sizeof(m));
			if (m.is_private)
				continue;
			if (shown++ == YARA_STRINGS_MAX) {
				run->cut(run->arg, YARA_CUT_SHOWN, rule,
				    string);
				break;
			}
			h.string = string;
			h.offset = m.base + m.offset;
			h.length = m.match_length > 0 ?
			    (uint32_t)m.match_length : 0;
			h.text = m.data;
			h.text_n = m.data_length > 0 ?
			    (size_t)m.data_length : 0;
			run->hit(run->arg, &h);
			any = true;
		}
	}
	if (any)
		return;
	h.string = NULL;
	h.offset = -1;
	h.length = 0;
	h.text = NULL;
	h.text_n = 0;
	run->hit(run->arg, &h);
}

static int
on_event(YR_SCAN_CONTEXT *scanner, int message, void *data, void *arg)
{
	struct yarascan *s = arg;
	YR_STRING *string;

	if (s->find_error)
		return CALLBACK_ABORT;
	if (message == CALLBACK_MSG_RULE_MATCHING) {
		s->matched++;
		if (s->mode == COLLECT)
			report(s, scanner, data);
	} else if (message == CALLBACK_MSG_TOO_MANY_MATCHES) {
		string = data;
		/* those that ASK seeks once only cannot have been told of */
		if (s->mode == ASK || (s->mode == COLLECT &&
			STRING_IS_SINGLE_MATCH(string)))
			s->run->cut(s->run->arg, YARA_CUT_COUNT,
			    &scanner->rules->rules_table[string->rule_idx],
			    string);
	}
	return CALLBACK_CONTINUE; /* the string is left alone, the rest goes on */
}

static int
pass(struct yarascan *s, bool fast, int mode, int seconds)
{
	YR_SCANNER *scanner = s->set->scanner;
	YR_MEMORY_BLOCK_ITERATOR it = {.context = s, .first = first_block,
	    .next = next_block, .file_size = file_size,
	    .last_error = ERROR_SUCCESS};
	int64_t left = (s->deadline - now()) / 1000000000;
	int k;

	if (left < 1)
		return ERROR_SCAN_TIMEOUT;
	s->searching = true;
	s->find_error = ERROR_SUCCESS;
	s->matched = 0;
	s->mode = mode;
	yr_scanner_set_callback(scanner, on_event, s);
	yr_scanner_set_flags(scanner, SCAN_FLAGS_NO_TRYCATCH |
	    SCAN_FLAGS_REPORT_RULES_MATCHING |
	    (s->memory ? SCAN_FLAGS_PROCESS_MEMORY : 0) |
	    (fast ? SCAN_FLAGS_FAST_MODE : 0));
	yr_scanner_set_timeout(scanner, seconds < left ? seconds : (int)left);
	k = yr_scanner_scan_mem_blocks(scanner, &it);
	return s->find_error ? s->find_error : k;
}

/* ---- the slow rule ------------------------------------------------------- */

static void
switch_rules(YR_RULES *rules, const uint32_t *v, size_t n, bool on)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (on)
			yr_rule_enable(&rules->rules_table[v[i]]);
		else
			yr_rule_disable(&rules->rules_table[v[i]]);
}

/*
 * The same rules end either way: loops within loops take memory with each turn
 * of the outer one (an iterator that libyara frees only at the end), so that a
 * fast machine sees no memory where a slow one sees no end.
 */
static bool
too_much(int k)
{
	return k == ERROR_SCAN_TIMEOUT || k == ERROR_INSUFFICIENT_MEMORY;
}

/* Are these rules alone too slow? All are off before and after. */
static bool
too_slow(struct yarascan *s, const uint32_t *v, size_t n, int seconds)
{
	YR_RULES *rules = s->set->rules;
	int k;

	switch_rules(rules, v, n, true);
	k = pass(s, true, PROBE, seconds);
	switch_rules(rules, v, n, false);
	return too_much(k);
}

/*
 * Which rule is it? Those that were slow before are asked first, then halves
 * of all. True: *slow is one that is too slow alone. on has the rules that are
 * switched on, and they are again afterwards.
 */
static bool
find_slow(struct yarascan *s, const uint32_t *on, size_t n, uint32_t *slow)
{
	const struct yara_run *run = s->run;
	YR_RULES *rules = s->set->rules;
	size_t i, half, total = n;
	const uint32_t *v = on;
	bool found = false;
	int64_t start;
	int seconds;

	switch_rules(rules, on, n, false);
	start = now();
	if (pass(s, true, PROBE, YARA_ITEM_SECONDS))
		goto out;
	/* what reading and seeking cost without any rule */
	seconds = YARA_PROBE_SECONDS + (int)((now() - start) / 500000000);
	for (i = 0; !found && i < run->suspects_n; i++) {
		for (half = 0; half < n && on[half] != run->suspects[i]; half++)
			;
		found = half < n &&
		    too_slow(s, &run->suspects[i], 1, seconds);
		if (found)
			*slow = run->suspects[i];
	}
	while (!found && n > 1) {
		half = n / 2;
		if (too_slow(s, v, half, seconds)) {
			n = half;
		} else {
			v += half;
			n -= half;
		}
	}
	if (!found && n == 1 && now() < s->deadline) {
		found = too_slow(s, v, 1, seconds);
		*slow = v[0];
	}
out:
	switch_rules(rules, on, total, true);
	return found;
}

/* Take a rule, and what cannot do without it, out of on. Returns what is
 * left; the rest is behind it. */
static size_t
leave_out(YR_RULES *rules, uint32_t *on, size_t n, uint32_t slow)
{
	const YR_RULE *r = &rules->rules_table[slow];
	size_t i, kept = 0;
	bool all = RULE_IS_GLOBAL(r) || RULE_IS_PRIVATE(r);

	for (i = 0; i < n; i++) {
		YR_RULE *q = &rules->rules_table[on[i]];

		if (q == r || (all && q->ns == r->ns))
			yr_rule_disable(q);
		else
			on[kept++] = on[i];
	}
	return kept;
}

/* ---- a run --------------------------------------------------------------- */

static YR_SCANNER *
use(struct yarascan *s, YR_RULES *rules)
{
	struct prepared *set = &s->sets[rules == s->y->path];

	if (!set->rules) {
		if (yr_scanner_create(rules, &set->scanner) != ERROR_SUCCESS)
			die("libyara makes no scanner");
		set->rules = rules;
		set->find = rules == s->y->path ? s->y->find_path :
		    s->y->find_all;
	}
	s->set = set;
	return set->scanner;
}

static void
define(YR_SCANNER *scanner, const struct yara_externals *x)
{
	static const struct yara_externals none;
	size_t i;

	if (!x)
		x = &none;
	{
		const struct {
			const char *name, *value;
		} v[] = {
			{"filename", x->filename}, {"filepath", x->filepath},
			{"extension", x->extension}, {"filetype", x->filetype},
			{"owner", x->owner},
		};

		for (i = 0; i < COUNT(v); i++)
			if (yr_scanner_define_string_variable(scanner,
				v[i].name, v[i].value ? v[i].value : "") !=
			    ERROR_SUCCESS)
				die("libyara does not take a variable");
	}
}

static int
failed(int k, int seconds, size_t left_out, struct err *e)
{
	if (k == ERROR_SCAN_TIMEOUT && left_out)
		return err_set(e, ERR_LIMIT, 0, "not scanned: rules take more "
		    "than %d seconds also without the %zu slowest", seconds,
		    left_out);
	if (k == ERROR_SCAN_TIMEOUT)
		return err_set(e, ERR_LIMIT, 0, "not scanned: rules take more "
		    "than %d seconds, and none is slow alone", seconds);
	if (k == ERROR_INSUFFICIENT_MEMORY)
		return err_set(e, ERR_LIMIT, 0,
		    "not scanned: its matches take more memory than a worker "
		    "has (WORKER_MEMORY)");
	return err_set(e, ERR_LIMIT, 0, "not scanned: libyara's error %d", k);
}

int
yarascan_run(struct yarascan *s, const struct yara_run *run, struct err *e)
{
	YR_RULES *rules = run->rules;
	YR_SCANNER *scanner = use(s, rules);
	int k, seconds, result = 0;
	size_t i, n = 0, slow_n = 0, total = 0;
	uint32_t *on = NULL, *before = NULL, slow;

	if (!s->first_n)
		return 0;
	s->run = run;
	seconds = YARA_SECONDS + (int)(s->size / YARA_SECOND_BYTES);
	s->deadline = now() + (int64_t)(YARA_SLOW_MAX + 2) * seconds *
	    1000000000;
	define(scanner, run->externals);
	while (too_much(k = pass(s, true, ASK, seconds))) {
		if (!on) {
			on = xreallocarray(NULL, rules->num_rules,
			    2 * sizeof(*on));
			before = on + rules->num_rules;
			for (i = 0; i < rules->num_rules; i++)
				if (!RULE_IS_DISABLED(&rules->rules_table[i]))
					before[n] = on[n] = (uint32_t)i, n++;
			total = n;
		}
		if (slow_n == YARA_SLOW_MAX ||
		    !find_slow(s, on, n, &slow))
			break;
		run->cut(run->arg, YARA_CUT_SLOW, &rules->rules_table[slow],
		    NULL);
		n = leave_out(rules, on, n, slow);
		slow_n++;
	}
	if (k == ERROR_SUCCESS && s->matched) {
		k = pass(s, false, COLLECT, seconds);
		if (k != ERROR_SUCCESS) {
			run->cut(run->arg, YARA_CUT_FIRST, NULL, NULL);
			k = pass(s, true, COLLECT, seconds);
		}
	}
	if (k != ERROR_SUCCESS)
		result = failed(k, seconds, slow_n, e);
	else if (s->read_errno)
		result = s->read_errno == ESTALE ?
		    err_set(e, ERR_CHANGED, 0,
			"became shorter while it was scanned") :
		    err_sys(e, s->read_errno, "cannot read all of it");
	switch_rules(rules, before, total, true);
	free(on);
	return result;
}

static void
not_clean(void *arg, enum yara_cut cut UNUSED, const YR_RULE *rule UNUSED,
    const YR_STRING *string UNUSED)
{
	*(bool *)arg = false;
}

bool
yarascan_clean(struct yarascan *s, YR_RULES *rules)
{
	bool clean = true;
	const struct yara_run run = {.rules = rules, .cut = not_clean,
	    .arg = &clean};
	YR_SCANNER *scanner = use(s, rules);

	s->run = &run;
	s->deadline = now() + (int64_t)(YARA_SECONDS + 1) * 1000000000;
	define(scanner, NULL);
	return pass(s, true, ASK, YARA_SECONDS) == ERROR_SUCCESS &&
	    !s->matched && !s->read_errno && clean;
}
