/*
 * What is told of a text: facts, plain commands, and how much work that was.
 */

#include "sheval.h"

#include "limits.h"

#define PIECE_MAX 300 /* bytes quoted in a fact */

bool
sheval_work(struct sheval *e, size_t bytes)
{
	e->work += bytes;
	e->steps++;
	if (e->work > SHCMD_WORK_MAX || e->steps > SHCMD_STEPS_MAX)
		e->out->limited = true;
	return !e->out->limited;
}

void
sheval_fact(struct sheval *e, const char *tag, const char *p, size_t n)
{
	struct str s cleanup_str = STR_INIT, t cleanup_str = STR_INIT;
	struct strlist *l = &e->out->facts;
	size_t i;

	shtext_strip(p, n, &t);
	while (t.n && strchr(" \t\n", t.s[t.n - 1]))
		str_cut(&t, t.n - 1);
	if (t.n > PIECE_MAX) {
		str_cut(&t, PIECE_MAX);
		str_adds(&t, "...");
	}
	str_addf(&s, "%s: ", tag);
	str_add(&s, t.s, t.n);
	for (i = 0; i < l->n; i++)
		if (l->v[i].n == s.n && memcmp(l->v[i].s, s.s, s.n) == 0)
			return;
	if (l->n >= SHCMD_FACTS_MAX) {
		e->out->limited = true;
		return;
	}
	strlist_add(l, s.s, s.n);
}

void
sheval_factf(struct sheval *e, const char *tag, const char *fmt, ...)
{
	char buf[2 * PIECE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	sheval_fact(e, tag, buf, strlen(buf));
}

void
sheval_plain(struct sheval *e, const struct strlist *argv)
{
	struct str *out = &e->out->plain;
	size_t i;

	if (out->n > SHCMD_TEXT_MAX) {
		e->out->limited = true;
		return;
	}
	for (i = 0; i < argv->n; i++) {
		if (i)
			str_addc(out, ' ');
		shtext_strip(argv->v[i].s, argv->v[i].n, out);
	}
	str_addc(out, '\n');
}

const char *
sheval_fetched(const struct sheval *e, const char *p, size_t n)
{
	const char *at = memchr(p, SHMARK_FETCH, n);
	size_t k;

	if (!at || at + 1 >= p + n)
		return "";
	k = (size_t)(unsigned char)at[1] - 0x80;
	return k < e->fetches.n ? e->fetches.v[k].s : "";
}
