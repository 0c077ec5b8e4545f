#include "yarafind.h"

#include "err.h"

#include <yara/ahocorasick.h>
#include <yara/exefiles.h>
#include <yara/scan.h>
#include <yara/stopwatch.h>

#ifndef SALVOR_SAN

#define ATOM 4 /* bytes of the longest: YR_MAX_ATOM_LENGTH */
#define PAIRS 65536

/*
 * Two sets of what atoms begin with, a bit for each: of those of four bytes a
 * hash of all four, of shorter ones their first two bytes.
 */
struct yarafind {
	const YR_RULES *rules;
	unsigned shift; /* of a hash: what is left is the number of a bit */
	uint64_t *fours;
	uint64_t pairs[PAIRS / 64];
	size_t fours_n, shorter_n;
};

static inline uint32_t
load(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint32_t
hash(uint32_t v, unsigned shift)
{
	return (v * 0x9e3779b1u) >> shift;
}

static inline void
bit_set(uint64_t *set, uint32_t k)
{
	set[k / 64] |= (uint64_t)1 << (k % 64);
}

/* ---- the atoms, from libyara's automaton ---------------------------------- */

/* The child of a state of the trie; false: there is none. */
static inline bool
child(const YR_RULES *r, uint32_t *state, unsigned c)
{
	YR_AC_TRANSITION t = r->ac_transition_table[*state + c + 1];

	if (YR_AC_INVALID_TRANSITION(t, c + 1))
		return false;
	*state = YR_AC_NEXT_STATE(t);
	return true;
}

typedef void atom_fn(struct yarafind *f, const uint8_t *atom, size_t n);

/* false: an atom that is too short, or longer than any should be. */
static bool
each_atom(struct yarafind *f, uint32_t state, uint8_t *atom, size_t n,
    atom_fn *fn)
{
	uint32_t next;
	unsigned c;

	if (f->rules->ac_match_table[state]) {
		if (n < 2)
			return false;
		fn(f, atom, n);
	}
	for (c = 0; c < 256; c++) {
		next = state;
		if (!child(f->rules, &next, c))
			continue;
		if (n == ATOM)
			return false;
		atom[n] = (uint8_t)c;
		if (!each_atom(f, next, atom, n + 1, fn))
			return false;
	}
	return true;
}

static void
count(struct yarafind *f, const uint8_t *atom UNUSED, size_t n)
{
	*(n == ATOM ? &f->fours_n : &f->shorter_n) += 1;
}

static void
fill(struct yarafind *f, const uint8_t *atom, size_t n)
{
	if (n == ATOM)
		bit_set(f->fours, hash(load(atom), f->shift));
	else
		bit_set(f->pairs, atom[0] | (uint32_t)atom[1] << 8);
}

struct yarafind *
yarafind_new(const YR_RULES *rules)
{
	struct yarafind *f = xcalloc(1, sizeof(*f));
	uint8_t atom[ATOM];

	f->rules = rules;
	if (!each_atom(f, YR_AC_ROOT_STATE, atom, 0, count)) {
		free(f);
		return NULL;
	}
	/* a place that looks like an atom and is none: one in 32 or less, and
	 * small enough for the caches nearest to the processor */
	for (f->shift = 32 - 17; f->fours_n > (1u << (32 - f->shift)) / 32 &&
	     f->shift > 32 - 20; f->shift--)
		;
	f->fours = xcalloc((size_t)1 << (32 - f->shift - 6),
	    sizeof(*f->fours));
	each_atom(f, YR_AC_ROOT_STATE, atom, 0, fill);
	return f;
}

/* ---- places --------------------------------------------------------------- */

struct finding {
	const struct yarafind *f;
	YR_SCANNER *scanner;
	const uint8_t *p;
	size_t n;
	uint64_t base;
	/* ends of atoms that were met and not verified yet: bit k is at + k */
	size_t at;
	unsigned ends;
	bool busy; /* something was verified since the clock was asked */
};

/* An atom ends before p[end]: what libyara does there. Its state depends on the
 * last bytes only. */
static int
verify(struct finding *d, size_t end)
{
	const YR_RULES *r = d->f->rules;
	uint32_t state = YR_AC_ROOT_STATE;
	size_t i = end > ATOM ? end - ATOM : 0;
	const YR_AC_TRANSITION *t = r->ac_transition_table;
	YR_AC_MATCH *m;
	int k;

	for (; i < end; i++)
		while (!child(r, &state, d->p[i]) && state != YR_AC_ROOT_STATE)
			state = YR_AC_NEXT_STATE(t[state]);
	if (!r->ac_match_table[state])
		return ERROR_SUCCESS;
	d->busy = true;
	for (m = &r->ac_match_pool[r->ac_match_table[state] - 1]; m;
	     m = m->next) {
		if (m->backtrack > end)
			continue;
		k = yr_scan_verify_match(d->scanner, m, d->p, d->n, d->base,
		    end - m->backtrack);
		if (k != ERROR_SUCCESS)
			return k;
	}
	return ERROR_SUCCESS;
}

/* Verify the ends that lie before this one. */
static int
flush(struct finding *d, size_t end)
{
	unsigned k;
	int result;

	while (d->ends) {
		k = (unsigned)__builtin_ctz(d->ends);
		if (d->at + k >= end)
			break;
		d->ends &= d->ends - 1;
		result = verify(d, d->at + k);
		if (result != ERROR_SUCCESS)
			return result;
	}
	return ERROR_SUCCESS;
}

/* Atoms may begin at p[i]; those of later places end behind i + 2. */
static int
place(struct finding *d, size_t i)
{
	const YR_RULES *r = d->f->rules;
	uint32_t state = YR_AC_ROOT_STATE;
	size_t k, max = d->n - i < ATOM ? d->n - i : ATOM;
	int result = flush(d, i + 2);

	if (result != ERROR_SUCCESS)
		return result;
	if (d->ends) /* they end a few bytes on: so near is this place */
		d->ends >>= i - d->at;
	d->at = i;
	for (k = 0; k < max && child(r, &state, d->p[i + k]); k++)
		if (r->ac_match_table[state])
			d->ends |= 1u << (k + 1);
	return ERROR_SUCCESS;
}

/* Bit 0: something may begin here. */
static inline uint64_t
maybe(const struct yarafind *f, const uint8_t *p, bool fours, bool shorter)
{
	uint32_t v = load(p), h = hash(v, f->shift);
	uint64_t hit = 0;

	if (fours)
		hit |= f->fours[h / 64] >> (h % 64);
	if (shorter)
		hit |= f->pairs[(v & 0xffff) / 64] >> (v % 64);
	return hit;
}

#define STEP 8 /* places asked at once */

static inline __attribute__((always_inline)) int
search(struct finding *d, size_t from, size_t to, bool fours, bool shorter)
{
	const struct yarafind *f = d->f;
	size_t i = from, end;
	uint64_t hit;
	unsigned k;
	int result;

	while (i < to) {
		for (hit = 0; i + STEP <= to; i += STEP) {
#pragma GCC unroll 8
			for (k = 0; k < STEP; k++)
				hit |= maybe(f, d->p + i + k, fours, shorter);
			if (hit & 1)
				break;
		}
		end = to - i < STEP ? to : i + STEP;
		for (; i < end; i++) {
			if (!(maybe(f, d->p + i, fours, shorter) & 1))
				continue;
			result = place(d, i);
			if (result != ERROR_SUCCESS)
				return result;
		}
	}
	return ERROR_SUCCESS;
}

#define CHUNK 4096	 /* as often libyara asks the clock */
#define IDLE (64 * CHUNK) /* here, where nothing was verified */

int
yarafind_run(const struct yarafind *f, YR_SCANNER *scanner, const uint8_t *p,
    size_t n, uint64_t base)
{
	struct finding d = {.f = f, .scanner = scanner, .p = p, .n = n,
	    .base = base, .busy = true};
	size_t i, to, asked = 0, whole = n < ATOM ? 0 : n - ATOM + 1;
	int k = ERROR_SUCCESS;

	if (scanner->entry_point == (uint64_t)YR_UNDEFINED)
		scanner->entry_point = yr_get_entry_point_offset(p, n);
	for (i = 0; i < whole && k == ERROR_SUCCESS; i = to) {
		if (scanner->timeout && (d.busy || i - asked >= IDLE)) {
			if (yr_stopwatch_elapsed_ns(&scanner->stopwatch) >
			    scanner->timeout)
				return ERROR_SCAN_TIMEOUT;
			d.busy = false;
			asked = i;
		}
		to = whole - i < CHUNK ? whole : i + CHUNK;
		if (f->fours_n && f->shorter_n)
			k = search(&d, i, to, true, true);
		else if (f->fours_n)
			k = search(&d, i, to, true, false);
		else if (f->shorter_n)
			k = search(&d, i, to, false, true);
	}
	for (; i < n && k == ERROR_SUCCESS; i++)
		k = place(&d, i);
	return k == ERROR_SUCCESS ? flush(&d, n + 1) : k;
}

#else

struct yarafind {
	uint64_t *fours;
};

struct yarafind *
yarafind_new(const YR_RULES *rules UNUSED)
{
	return NULL;
}

int
yarafind_run(const struct yarafind *f UNUSED, YR_SCANNER *scanner UNUSED,
    const uint8_t *p UNUSED, size_t n UNUSED, uint64_t base UNUSED)
{
	die("bug: only with the static libyara");
}

#endif

void
yarafind_free(struct yarafind *f)
{
	if (f)
		free(f->fours);
	free(f);
}
