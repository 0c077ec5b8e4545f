#include "shmap.h"

#include "err.h"
#include "limits.h"

struct str *
shmap_get(struct shmap *m, const char *name, size_t n)
{
	size_t i;

	for (i = m->n; i-- > 0;)
		if (m->v[i].name.n == n && memcmp(m->v[i].name.s, name, n) == 0)
			return &m->v[i].value;
	return NULL;
}

struct str *
shmap_put(struct shmap *m, const char *name, size_t n)
{
	struct str *old = shmap_get(m, name, n);

	if (old)
		return old;
	if (m->n == SHCMD_NAMES_MAX) {
		/* the last is the one that is lost */
		str_clear(&m->v[m->n - 1].value);
		str_set(&m->v[m->n - 1].name, name, n);
		return &m->v[m->n - 1].value;
	}
	if (m->n == m->cap) {
		m->cap = m->cap ? 2 * m->cap : 16;
		m->v = xreallocarray(m->v, m->cap, sizeof(*m->v));
	}
	str_init(&m->v[m->n].name);
	str_init(&m->v[m->n].value);
	str_set(&m->v[m->n].name, name, n);
	return &m->v[m->n++].value;
}

void
shmap_drop(struct shmap *m, const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < m->n; i++) {
		if (m->v[i].name.n != n ||
		    memcmp(m->v[i].name.s, name, n) != 0)
			continue;
		str_release(&m->v[i].name);
		str_release(&m->v[i].value);
		m->n--;
		memmove(&m->v[i], &m->v[i + 1],
		    (m->n - i) * sizeof(m->v[0]));
		return;
	}
}

void
shmap_release(struct shmap *m)
{
	size_t i;

	for (i = 0; i < m->n; i++) {
		str_release(&m->v[i].name);
		str_release(&m->v[i].value);
	}
	free(m->v);
	memset(m, 0, sizeof(*m));
}
