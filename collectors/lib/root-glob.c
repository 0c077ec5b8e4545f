/* root-glob - patterns of paths */

#include "root-internal.h"

#include "limits.h"

#include <errno.h>

static bool
is_special(char c)
{
	return c == '*' || c == '?' || c == '[' || c == '\\';
}

void
root_glob_quote(struct str *out, const char *path)
{
	for (; *path; path++) {
		if (is_special(*path))
			str_addc(out, '\\');
		str_addc(out, *path);
	}
}

/* A set at p, which is "[": does c match? NULL if it is no set, else what
 * follows it. */
static const char *
set(const char *p, const char *end, unsigned char c, bool *match)
{
	bool not = false, first = true;
	unsigned char a, b;

	*match = false;
	p++;
	if (p < end && (*p == '!' || *p == '^')) {
		not = true;
		p++;
	}
	for (; p < end && (*p != ']' || first); first = false) {
		if (*p == '\\' && p + 1 < end)
			p++;
		a = b = (unsigned char)*p++;
		if (p + 1 < end && *p == '-' && p[1] != ']') {
			p++;
			if (*p == '\\' && p + 1 < end)
				p++;
			b = (unsigned char)*p++;
		}
		if (a <= c && c <= b)
			*match = true;
	}
	if (p >= end)
		return NULL;
	if (not)
		*match = !*match;
	return p + 1;
}

/* Does one component match? Goes back to the last star only, so that the
 * time is bounded by the product of the lengths. */
static bool
component_match(const char *p, const char *end, const char *s)
{
	const char *star = NULL, *mark = NULL, *next;
	bool one;

	if (*s == '.' && p < end && *p != '.' &&
	    !(*p == '\\' && p + 1 < end && p[1] == '.'))
		return false;
	while (*s) {
		next = p;
		one = false;
		if (p < end && *p == '*') {
			star = ++p;
			mark = s;
			continue;
		} else if (p < end && *p == '?') {
			one = true;
			next = p + 1;
		} else if (p < end && *p == '[' &&
		    (next = set(p, end, (unsigned char)*s, &one))) {
			/* a set, and one says */
		} else if (p < end) {
			next = *p == '\\' && p + 1 < end ? p + 1 : p;
			one = *next++ == *s;
		}
		if (one) {
			p = next;
			s++;
		} else if (star) {
			p = star;
			s = ++mark;
		} else {
			return false;
		}
	}
	while (p < end && *p == '*')
		p++;
	return p == end;
}

struct glob {
	struct root *r;
	root_bad_fn *bad;
	void *arg;
	struct strlist now, next; /* names reached so far */
	size_t bytes;
	bool wild;  /* a wild card has been passed */
	bool full;  /* a limit was hit */
	bool depth; /* the component at hand is two stars */
	/* the component at hand and the name that it is applied to */
	const char *p, *end;
	const struct str *at;
	size_t base; /* length of the real path that the walk began with */
};

static void
glob_bad(struct glob *g, const char *path, const struct err *e)
{
	/* beyond a wild card, what is not there is just no match */
	if (g->bad && !(g->wild && e->class == ERR_ABSENT))
		g->bad(g->arg, path, e);
}

static int
glob_add(struct glob *g, const struct str *at, const char *name, size_t n)
{
	struct str via cleanup_str = STR_INIT;

	if (g->next.n >= ROOT_GLOB_MAX || g->bytes > ROOT_GLOB_BYTES) {
		g->full = true;
		return 1;
	}
	str_add(&via, at->s, at->n);
	if (n && root_path_add(&via, name, n)) {
		g->full = true;
		return 0;
	}
	strlist_add(&g->next, via.s, via.n);
	g->bytes += via.n;
	return 0;
}

static int
glob_entry(void *arg, const struct root_entry *ent)
{
	struct glob *g = arg;

	if (!component_match(g->p, g->end, ent->name))
		return 0;
	return glob_add(g, g->at, ent->name, strlen(ent->name));
}

static int
glob_object(void *arg, struct root_file *f)
{
	struct glob *g = arg;
	const char *below = f->path.s + g->base;

	if (!S_ISDIR(f->st.st_mode))
		return 0;
	while (*below == '/')
		below++;
	/* -1, since ROOT_PRUNE only would not stop the walk */
	return glob_add(g, g->at, below, strlen(below)) ? -1 : 0;
}

static void
glob_walk_bad(void *arg, const char *path, const struct err *e)
{
	glob_bad(arg, path, e);
}

/* Any depth below one name. */
static void
glob_deep(struct glob *g)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	const char *at = g->at->n ? g->at->s : "/";
	struct err e;

	if (root_find(g->r, at, 0, &f, &e) ||
	    (S_ISDIR(f.st.st_mode) ? 0 :
		err_sys(&e, ENOTDIR, "cannot list '%s'", at))) {
		glob_bad(g, at, &e);
		return;
	}
	g->base = f.path.n;
	e.class = ERR_NONE;
	if (root_walk(g->r, f.path.s, glob_object, glob_walk_bad, g, &e) &&
	    !g->full && e.class)
		glob_bad(g, at, &e);
}

static void
glob_component(struct glob *g)
{
	bool deep = g->end - g->p == 2 && g->p[0] == '*' && g->p[1] == '*';
	bool wild = false;
	struct str name cleanup_str = STR_INIT;
	const char *p;
	struct err e;
	size_t i;
	int k;

	for (p = g->p; p < g->end; p++) {
		wild = wild || *p == '*' || *p == '?' || *p == '[';
		if (*p == '\\' && p + 1 < g->end)
			p++;
		str_addc(&name, *p);
	}
	g->bytes = 0;
	for (i = 0; i < g->now.n && !g->full; i++) {
		g->at = &g->now.v[i];
		if (deep) {
			glob_deep(g);
		} else if (!wild) {
			glob_add(g, g->at, name.s, name.n);
		} else {
			k = root_list(g->r, g->at->n ? g->at->s : "/",
			    glob_entry, g, &e);
			if (k < 0)
				glob_bad(g, g->at->n ? g->at->s : "/", &e);
		}
	}
	g->wild = g->wild || wild;
	strlist_sort(&g->next);
	strlist_clear(&g->now);
	for (i = 0; i < g->next.n; i++)
		if (!i || g->next.v[i].n != g->next.v[i - 1].n ||
		    memcmp(g->next.v[i].s, g->next.v[i - 1].s,
			g->next.v[i].n) != 0)
			strlist_add(&g->now, g->next.v[i].s, g->next.v[i].n);
	strlist_clear(&g->next);
}

/* Show one match. */
static int
glob_show(struct glob *g, const char *via, root_glob_fn *fn)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct root_file link cleanup_root_file = ROOT_FILE_INIT;
	struct err e;

	if (root_find(g->r, via, 0, &f, &e) == 0)
		return fn(g->arg, via, &f);
	/* A link that leads nowhere is there, though its target is not. */
	if (g->bad && e.class == ERR_ABSENT && g->wild &&
	    root_find(g->r, via, ROOT_NOFOLLOW, &link, NULL) == 0)
		g->bad(g->arg, via, &e);
	else
		glob_bad(g, via, &e);
	return 0;
}

int
root_glob(struct root *r, const char *pattern, root_glob_fn *fn,
    root_bad_fn *bad, void *arg, struct err *e)
{
	struct glob g = {.r = r, .bad = bad, .arg = arg};
	struct err full;
	size_t i;
	int k = 0;

	if (strlen(pattern) > ROOT_PATH_MAX)
		return err_set(e, ERR_LIMIT, ENAMETOOLONG,
		    "a pattern is over %d bytes (ROOT_PATH_MAX)",
		    ROOT_PATH_MAX);
	strlist_adds(&g.now, "");
	for (g.p = pattern; *g.p; g.p = g.end) {
		g.p += strspn(g.p, "/");
		g.end = strchrnul(g.p, '/');
		if (g.end > g.p)
			glob_component(&g);
	}
	if (g.full) {
		err_set(&full, ERR_LIMIT, 0, "over %d matches or %d bytes of "
		    "names (ROOT_GLOB_MAX, ROOT_GLOB_BYTES)", ROOT_GLOB_MAX,
		    ROOT_GLOB_BYTES);
		if (bad)
			bad(arg, pattern, &full);
	}
	for (i = 0; i < g.now.n && k == 0; i++)
		k = glob_show(&g, g.now.v[i].n ? g.now.v[i].s : "/", fn);
	strlist_release(&g.now);
	strlist_release(&g.next);
	return k == ROOT_PRUNE ? 0 : k;
}
