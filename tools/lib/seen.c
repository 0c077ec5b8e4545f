#include "seen.h"

#include "err.h"
#include "self.h"

#define SEGMENT 4096 /* entries, or heads of chains */
#define LOAD 2	     /* entries a chain, on average */

struct entry {
	unsigned char sha256[32];
	uint32_t next; /* number, 0: the last */
	uint32_t value;
};

struct seen {
	uint64_t key[2];
	struct entry **entries;
	uint32_t n;
	uint32_t **heads;
	uint64_t round;	  /* chains at the beginning of this round: 2^k */
	uint64_t split;	  /* chains that it has split */
};

static struct entry *
at(const struct seen *s, uint32_t number)
{
	return &s->entries[(number - 1) / SEGMENT][(number - 1) % SEGMENT];
}

static uint32_t *
head(const struct seen *s, uint64_t chain)
{
	return &s->heads[chain / SEGMENT][chain % SEGMENT];
}

/* Digests are as good as random but for who picks them; two halves, keyed,
 * are multiplied and folded. */
static uint64_t
mix(const struct seen *s, const unsigned char *sha256)
{
	uint64_t a, b;
	unsigned __int128 p;

	memcpy(&a, sha256, sizeof(a));
	memcpy(&b, sha256 + sizeof(a), sizeof(b));
	p = (unsigned __int128)(a ^ s->key[0]) * (b ^ s->key[1]);
	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

static uint64_t
chain_of(const struct seen *s, uint64_t hash)
{
	uint64_t c = hash & (s->round - 1);

	return c < s->split ? hash & (2 * s->round - 1) : c;
}

struct seen *
seen_new(void)
{
	struct seen *s = xcalloc(1, sizeof(*s));
	struct err e;

	if (self_random(s->key, sizeof(s->key), &e))
		die("%s", e.msg);
	s->round = SEGMENT;
	s->heads = xcalloc(1, sizeof(*s->heads));
	s->heads[0] = xcalloc(SEGMENT, sizeof(**s->heads));
	return s;
}

void
seen_free(struct seen *s)
{
	uint64_t i;

	if (!s)
		return;
	for (i = 0; i * SEGMENT < s->n; i++)
		free(s->entries[i]);
	free(s->entries);
	for (i = 0; i * SEGMENT < s->round + s->split; i++)
		free(s->heads[i]);
	free(s->heads);
	free(s);
}

/* One chain more: what is in the next one to split goes to either. */
static void
grow(struct seen *s)
{
	uint64_t from = s->split, to = s->round + s->split;
	uint32_t number, next, *h;

	if (to % SEGMENT == 0) {
		s->heads = xreallocarray(s->heads, to / SEGMENT + 1,
		    sizeof(*s->heads));
		s->heads[to / SEGMENT] = xcalloc(SEGMENT, sizeof(**s->heads));
	}
	number = *head(s, from);
	*head(s, from) = 0;
	if (++s->split == s->round) {
		s->round *= 2;
		s->split = 0;
	}
	for (; number; number = next) {
		next = at(s, number)->next;
		h = head(s, chain_of(s, mix(s, at(s, number)->sha256)));
		at(s, number)->next = *h;
		*h = number;
	}
}

uint32_t
seen_add(struct seen *s, const unsigned char sha256[32])
{
	uint64_t hash = mix(s, sha256);
	uint32_t number, *h;
	struct entry *e;

	for (number = *head(s, chain_of(s, hash)); number; number = e->next) {
		e = at(s, number);
		if (memcmp(e->sha256, sha256, sizeof(e->sha256)) == 0)
			return number;
	}
	if (s->n == UINT32_MAX)
		die("more than 2^32 contents");
	if (s->n % SEGMENT == 0) {
		s->entries = xreallocarray(s->entries, s->n / SEGMENT + 1,
		    sizeof(*s->entries));
		s->entries[s->n / SEGMENT] = xcalloc(SEGMENT,
		    sizeof(**s->entries));
	}
	number = ++s->n;
	if (s->n > LOAD * (s->round + s->split))
		grow(s);
	e = at(s, number);
	memcpy(e->sha256, sha256, sizeof(e->sha256));
	h = head(s, chain_of(s, hash));
	e->next = *h;
	*h = number;
	return number;
}

uint32_t *
seen_value(struct seen *s, uint32_t number)
{
	return &at(s, number)->value;
}

const unsigned char *
seen_digest(const struct seen *s, uint32_t number)
{
	return at(s, number)->sha256;
}

uint32_t
seen_count(const struct seen *s)
{
	return s->n;
}
