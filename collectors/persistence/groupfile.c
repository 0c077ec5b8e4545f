#include "art.h"

#include "limits.h"
#include "login.h"

/*
 * Who is in which group, who has which subordinate ids: /etc/group,
 * /etc/subuid and /etc/subgid.
 */

/* The line that the copy before the last change had for that group. */
static void
before(const struct groups *old, const struct group *g, const char *p,
    size_t n, struct str *out)
{
	const struct group *was;
	const char *end;
	size_t len;

	if (old->state != GROUPS_HAVE || !old->n)
		return;
	was = groups_by_name(old, g->name, g->name_n);
	if (!was) {
		str_adds(out, "/etc/group-: none");
		return;
	}
	end = memchr(was->name, '\n',
	    old->data.n - (size_t)(was->name - old->data.s));
	len = end ? (size_t)(end - was->name)
		  : old->data.n - (size_t)(was->name - old->data.s);
	if (len != n || memcmp(was->name, p, n) != 0) {
		str_adds(out, "/etc/group-: ");
		str_add(out, was->name, len > ART_ENV_MAX ? ART_ENV_MAX : len);
	}
}

int
parse_group(const struct art_file *f, struct rec *r, struct err *err)
{
	struct groups all = {.data = STR_INIT}, old = {.data = STR_INIT};
	struct str members cleanup_str = STR_INIT, was cleanup_str = STR_INIT;
	struct str defect cleanup_str = STR_INIT;
	const char *p, *nl;
	const struct group *g, *other;
	size_t i, k, n, at, len;

	(void)err;
	str_add(&all.data, f->data, f->n);
	groups_parse(&all);
	if (f->root && root_slurp(f->root, "/etc/group-", ART_READ_MAX,
	    &old.data, NULL, NULL) >= 0) {
		old.state = GROUPS_HAVE;
		groups_parse(&old);
	}
	for (i = 0; i < all.n; i++) {
		if (i >= ART_LINES_MAX) {
			art_too_many(f, r);
			break;
		}
		g = &all.v[i];
		nl = memchr(g->name, '\n',
		    all.data.n - (size_t)(g->name - all.data.s));
		len = nl ? (size_t)(nl - g->name)
			 : all.data.n - (size_t)(g->name - all.data.s);
		str_clear(&members);
		str_clear(&was);
		str_clear(&defect);
		for (at = 0; groups_member(g, &at, &p, &n);) {
			str_addf(&members, "%s", members.n ? "," : "");
			str_add(&members, p, n);
			if (f->accounts && f->accounts->n && defect.n < 200 &&
			    !accounts_by_name(f->accounts, p, n)) {
				str_adds(&defect, defect.n ? ", " :
				    "no such account: ");
				str_add(&defect, p, n);
			}
		}
		for (k = 0; g->gid >= 0 && f->accounts &&
		     k < f->accounts->n && members.n < ART_LINE_MAX; k++) {
			const struct account *a = &f->accounts->v[k];

			if (a->gid != g->gid || (a->name.n == g->name_n &&
			    memcmp(a->name.s, g->name, g->name_n) == 0))
				continue;
			str_addf(&members, "%s%s (primary)",
			    members.n ? "," : "", a->name.s);
		}
		other = groups_by_name(&all, g->name, g->name_n);
		if (other != g)
			str_addf(&defect, "%sname is taken by an earlier line",
			    defect.n ? "; " : "");
		else if (g->gid < 0)
			str_addf(&defect, "%sno number: passed over",
			    defect.n ? "; " : "");
		before(&old, g, g->name, len, &was);
		other = groups_by_gid(&all, g->gid);
		if (other && other != g)
			str_addf(&was, "%sgid of %.*s", was.n ? "; " : "",
			    other->name_n > 64 ? 64 : (int)other->name_n,
			    other->name);
		art_begin(f, r, g->line);
		rec_bytes(r, COL_persist_name, g->name, g->name_n);
		rec_str(r, COL_persist_options, &members);
		rec_bytes(r, COL_persist_text, g->name,
		    len > ART_LINE_MAX ? ART_LINE_MAX : len);
		rec_str(r, COL_persist_overrides, &was);
		rec_str(r, COL_persist_defect, &defect);
		rec_end(r);
	}
	if (!all.n)
		art_file_row(f, r, NULL);
	groups_release(&all);
	groups_release(&old);
	return 0;
}

/* ---- subordinate ids --------------------------------------------------- */

struct range {
	const char *name, *text;
	size_t name_n, text_n;
	int64_t from, count, line;
};

static int64_t
number(const char *p, size_t n)
{
	int64_t v = 0;
	size_t i;

	if (!n || n > 12)
		return -1;
	for (i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = v * 10 + p[i] - '0';
	}
	return v;
}

static bool
overlap(const struct range *a, const struct range *b)
{
	return a->from >= 0 && b->from >= 0 && a->from < b->from + b->count &&
	       b->from < a->from + a->count;
}

int
parse_subid(const struct art_file *f, struct rec *r, struct err *err)
{
	struct range *v = NULL;
	struct art_line l = ART_LINE_INIT;
	struct str over cleanup_str = STR_INIT, what cleanup_str = STR_INIT;
	bool gid = strcmp(f->via, "/etc/subgid") == 0;
	const struct account *a;
	const char *c1, *c2, *defect;
	size_t i, k, n = 0;

	(void)err;
	while (art_next(f, &l)) {
		if (!l.n || l.p[0] == '#')
			continue;
		if (n >= SUBID_LINES_MAX) {
			rec_note(r, ERR_LIMIT, "parse", f->scope,
			    f->file->path.s, 0,
			    "more than %d lines (SUBID_LINES_MAX)",
			    SUBID_LINES_MAX);
			break;
		}
		v = xreallocarray(v, n + 1, sizeof(*v));
		v[n] = (struct range){l.p, l.p, l.n, l.n, -1, -1, l.number};
		c1 = memchr(l.p, ':', l.n);
		c2 = c1 ? memchr(c1 + 1, ':',
		    l.n - (size_t)(c1 - l.p) - 1) : NULL;
		if (c2) {
			v[n].name_n = (size_t)(c1 - l.p);
			v[n].from = number(c1 + 1, (size_t)(c2 - c1) - 1);
			v[n].count = number(c2 + 1,
			    l.n - (size_t)(c2 - l.p) - 1);
		}
		n++;
	}
	for (i = 0; i < n; i++) {
		str_clear(&over);
		str_clear(&what);
		defect = NULL;
		if (v[i].from < 0 || v[i].count < 0) {
			v[i].from = -1;
			defect = "no NAME:START:COUNT: passed over";
		} else if (f->accounts && f->accounts->n &&
		    !accounts_by_name(f->accounts, v[i].name, v[i].name_n) &&
		    !accounts_by_uid(f->accounts,
			number(v[i].name, v[i].name_n))) {
			defect = "no such account";
		}
		for (k = 0; k < n && over.n < ART_ENV_MAX; k++)
			if (k != i && overlap(&v[i], &v[k]) &&
			    (v[k].name_n != v[i].name_n || memcmp(v[k].name,
				v[i].name, v[i].name_n) != 0))
				str_addf(&over, "%sids of %.*s",
				    over.n ? "; " : "", (int)v[k].name_n,
				    v[k].name);
		for (k = 0; f->accounts && k < f->accounts->n &&
		     v[i].from >= 0 && over.n < ART_ENV_MAX; k++) {
			int64_t id;

			a = &f->accounts->v[k];
			id = gid ? a->gid : a->uid;
			if (id >= v[i].from && id < v[i].from + v[i].count)
				str_addf(&over, "%s%s of account %s",
				    over.n ? "; " : "", gid ? "gid" : "uid",
				    a->name.s);
		}
		if (v[i].from >= 0)
			str_addf(&what, "%lld %lld", (long long)v[i].from,
			    (long long)v[i].count);
		art_begin(f, r, v[i].line);
		rec_bytes(r, COL_persist_owner, v[i].name, v[i].name_n);
		rec_str(r, COL_persist_options, &what);
		rec_bytes(r, COL_persist_text, v[i].text, v[i].text_n);
		rec_str(r, COL_persist_overrides, &over);
		rec_text(r, COL_persist_defect, defect);
		rec_end(r);
	}
	if (!n)
		art_file_row(f, r, NULL);
	free(v);
	return 0;
}
