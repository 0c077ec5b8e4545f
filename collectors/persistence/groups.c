#include "groups.h"

#include "limits.h"

static int64_t
number(const char *p, size_t n)
{
	int64_t v = 0;
	size_t i;

	if (!n || n > 10)
		return -1;
	for (i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = v * 10 + p[i] - '0';
	}
	return v > UINT32_MAX ? -1 : v;
}

void
groups_parse(struct groups *g)
{
	const char *p = g->data.s, *end = p + g->data.n, *nl, *field[4];
	size_t len[4], i, from;
	int64_t line = 0;
	struct group *to;
	int k;

	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			nl = end;
		if (++line > PASSWD_LINES_MAX)
			return;
		for (from = i = 0, k = 0; i <= (size_t)(nl - p) && k < 4; i++) {
			if (p + i < nl && (p[i] != ':' || k == 3))
				continue;
			field[k] = p + from;
			len[k++] = i - from;
			from = i + 1;
		}
		if (k < 3 || !len[0] || p[0] == '#')
			continue;
		if (g->n == g->cap) {
			g->cap = g->cap ? 2 * g->cap : 64;
			g->v = xreallocarray(g->v, g->cap, sizeof(*g->v));
		}
		to = &g->v[g->n++];
		to->name = field[0];
		to->name_n = len[0];
		to->gid = number(field[2], len[2]);
		to->members = k == 4 ? field[3] : "";
		to->members_n = k == 4 ? len[3] : 0;
		to->line = line;
	}
}

void
groups_read(struct root *r, struct groups *g)
{
	struct err e;

	memset(g, 0, sizeof(*g));
	str_init(&g->data);
	g->state = GROUPS_MISSING;
	if (!r)
		return;
	if (root_slurp(r, "/etc/group", ART_READ_MAX, &g->data, NULL, &e) < 0 &&
	    e.class != ERR_CHANGED) {
		if (e.class != ERR_ABSENT)
			g->state = GROUPS_UNREADABLE;
		return;
	}
	g->state = GROUPS_HAVE;
	groups_parse(g);
}

void
groups_release(struct groups *g)
{
	free(g->v);
	str_release(&g->data);
	memset(g, 0, sizeof(*g));
}

const struct group *
groups_by_gid(const struct groups *g, int64_t gid)
{
	size_t i;

	for (i = 0; gid >= 0 && i < g->n; i++)
		if (g->v[i].gid == gid)
			return &g->v[i];
	return NULL;
}

const struct group *
groups_by_name(const struct groups *g, const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < g->n; i++)
		if (g->v[i].name_n == n && memcmp(g->v[i].name, name, n) == 0)
			return &g->v[i];
	return NULL;
}

int
groups_member(const struct group *g, size_t *at, const char **p, size_t *n)
{
	size_t from;

	while (*at < g->members_n) {
		from = *at;
		while (*at < g->members_n && g->members[*at] != ',')
			++*at;
		*p = g->members + from;
		*n = *at - from;
		++*at;
		if (*n)
			return 1;
	}
	return 0;
}

void
groups_of(const struct groups *g, const struct account *a, struct strlist *out)
{
	const struct group *first = groups_by_gid(g, a->gid);
	const char *p;
	size_t i, at, n;

	if (first)
		strlist_add(out, first->name, first->name_n);
	for (i = 0; i < g->n; i++) {
		if (&g->v[i] == first)
			continue;
		for (at = 0; groups_member(&g->v[i], &at, &p, &n);)
			if (n == a->name.n && memcmp(p, a->name.s, n) == 0) {
				strlist_add(out, g->v[i].name, g->v[i].name_n);
				break;
			}
	}
}

bool
group_private(const struct groups *g, const struct accounts *all,
    const struct account *a, int64_t gid)
{
	const struct group *own;
	const char *p;
	size_t i, at = 0, n;

	if (gid < 0 || gid != a->gid || !(own = groups_by_gid(g, gid)))
		return false;
	while (groups_member(own, &at, &p, &n))
		if (n != a->name.n || memcmp(p, a->name.s, n) != 0)
			return false;
	for (i = 0; i < all->n; i++)
		if (all->v[i].gid == gid && all->v[i].uid != a->uid)
			return false;
	return true;
}
