#include "art.h"

#include "civil.h"
#include "limits.h"
#include "login.h"
#include "runs.h"

/*
 * Accounts: each line of passwd with what shadow and group say of it, and
 * each line of shadow that has none in passwd. Of a password only its kind and
 * age leave the machine. Tools that change these files leave copies of what
 * was before, passwd- and shadow-: what differs is told.
 */

struct side { /* shadow: name -> field and day; group: member -> groups;
	       * passwd-: name -> the line */
	const char *name;
	size_t name_n;
	const char *value;
	size_t value_n;
	int64_t day, line;
	size_t order;
};

enum which { SHADOW, GROUP, LINES };

struct table {
	struct side *v;
	size_t n, cap;
	struct str data;
	enum { HAVE, MISSING, UNREADABLE } state;
};

static void
add(struct table *t, const char *name, size_t name_n, const char *value,
    size_t value_n, int64_t day, int64_t line)
{
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 64;
		t->v = xreallocarray(t->v, t->cap, sizeof(*t->v));
	}
	t->v[t->n] = (struct side){name, name_n, value, value_n, day, line,
	    t->n};
	t->n++;
}

static int
compare_names(const char *a, size_t an, const char *b, size_t bn)
{
	int r = memcmp(a, b, an < bn ? an : bn);

	return r ? r : (an > bn) - (an < bn);
}

static int
compare(const void *x, const void *y)
{
	const struct side *a = x, *b = y;
	int r = compare_names(a->name, a->name_n, b->name, b->name_n);

	return r ? r : (a->order > b->order) - (a->order < b->order);
}

/* First of that name, t->n if there is none. */
static size_t
find(const struct table *t, const char *name, size_t n)
{
	size_t lo = 0, hi = t->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (compare_names(t->v[mid].name, t->v[mid].name_n, name, n) <
		    0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < t->n && t->v[lo].name_n == n &&
	    memcmp(t->v[lo].name, name, n) == 0)
		return lo;
	return t->n;
}

/* Fields of a line: at most max; returns how many. */
static int
split(const char *p, size_t n, const char **field, size_t *len, int max)
{
	size_t i, from = 0;
	int k = 0;

	for (i = 0; i <= n && k < max; i++) {
		if (i < n && p[i] != ':')
			continue;
		field[k] = p + from;
		len[k++] = i - from;
		from = i + 1;
	}
	return k;
}

static void
read_side(const struct art_file *f, struct rec *r, const char *path,
    struct table *t, enum which which)
{
	const char *field[4], *end, *nl, *p;
	size_t len[4], i, from;
	int64_t day, lines = 0;
	struct err e;
	int k;

	t->state = MISSING;
	str_init(&t->data);
	if (!f->root)
		return;
	k = root_slurp(f->root, path, ART_READ_MAX, &t->data, NULL, &e);
	if (k < 0) {
		if (e.class != ERR_ABSENT) {
			t->state = UNREADABLE;
			rec_note_err(r, "read", f->scope, path, &e);
		}
		if (e.class != ERR_CHANGED)
			return;
	} else if (k == 1) {
		rec_note(r, ERR_LIMIT, "read", f->scope, path, 0,
		    "longer than %d bytes (ART_READ_MAX)", ART_READ_MAX);
	}
	t->state = HAVE;
	end = t->data.s + t->data.n;
	for (p = t->data.s; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			nl = end;
		if (++lines > PASSWD_LINES_MAX)
			break;
		k = split(p, (size_t)(nl - p), field, len, 4);
		if (which == LINES && k >= 2) {
			add(t, field[0], len[0], p, (size_t)(nl - p), 0, lines);
		} else if (which == SHADOW && k >= 2) {
			day = -1;
			if (k >= 3 && len[2] && len[2] < 8)
				for (day = 0, i = 0; i < len[2]; i++) {
					if (field[2][i] < '0' ||
					    field[2][i] > '9') {
						day = -1;
						break;
					}
					day = day * 10 + field[2][i] - '0';
				}
			add(t, field[0], len[0], field[1], len[1], day,
			    lines);
		} else if (which == GROUP && k == 4) {
			for (from = i = 0; i <= len[3]; i++) {
				if (i < len[3] && field[3][i] != ',')
					continue;
				if (i > from)
					add(t, field[3] + from, i - from,
					    field[0], len[0], 0, lines);
				from = i + 1;
			}
		}
	}
	if (t->n > 1)
		qsort(t->v, t->n, sizeof(*t->v), compare);
}

static bool
starts(const char *p, size_t n, const char *with)
{
	size_t k = strlen(with);

	return n >= k && memcmp(p, with, k) == 0;
}

/* Kind of a password field, after crypt(5). */
static const char *
kind(const char *p, size_t n)
{
	size_t i;

	if (!n)
		return "empty";
	if (p[0] == '!' || p[0] == '*') {
		/* a hash behind it: locked, else there never was one */
		for (i = 0; i < n && (p[i] == '!' || p[i] == '*'); i++)
			;
		return n - i >= 13 ? "locked" : "disabled";
	}
	if (starts(p, n, "$1$"))
		return "md5";
	if (starts(p, n, "$5$"))
		return "sha256";
	if (starts(p, n, "$6$"))
		return "sha512";
	if (starts(p, n, "$y$") || starts(p, n, "$gy$"))
		return "yescrypt";
	if (p[0] == '$' || p[0] == '_')
		return "other";
	if (n == 13)
		return "des";
	return n < 13 ? "disabled" : "other";
}

struct sides {
	struct table shadow, group, passwd_before, shadow_before;
};

/* What differs from the copies. */
static void
changes(const struct passwd_line *pw, const struct sides *s,
    struct strlist *out)
{
	static const struct {
		int field;
		const char *name;
	} fields[] = {{2, "uid"}, {3, "gid"}, {5, "home"}, {6, "shell"}};
	const struct table *b = &s->passwd_before;
	struct passwd_line old;
	size_t i, k;
	bool password;

	if (b->state != HAVE || !b->n)
		return;
	i = find(b, pw->field[0], pw->len[0]);
	if (i == b->n || !passwd_line(b->v[i].value, b->v[i].value_n, &old)) {
		strlist_adds(out, "new");
		return;
	}
	for (k = 0; k < COUNT(fields); k++)
		if (old.len[fields[k].field] != pw->len[fields[k].field] ||
		    memcmp(old.field[fields[k].field],
			pw->field[fields[k].field],
			pw->len[fields[k].field]) != 0)
			strlist_adds(out, fields[k].name);
	password = old.len[1] != pw->len[1] ||
		   memcmp(old.field[1], pw->field[1], pw->len[1]) != 0;
	i = find(&s->shadow, pw->field[0], pw->len[0]);
	k = find(&s->shadow_before, pw->field[0], pw->len[0]);
	if (s->shadow_before.state == HAVE && s->shadow_before.n &&
	    i < s->shadow.n && k < s->shadow_before.n &&
	    (s->shadow.v[i].value_n != s->shadow_before.v[k].value_n ||
		memcmp(s->shadow.v[i].value, s->shadow_before.v[k].value,
		    s->shadow.v[i].value_n) != 0))
		password = true;
	if (password)
		strlist_adds(out, "password");
}

/* A line of shadow whose account passwd does not have. */
static void
shadow_row(const struct art_file *f, struct rec *r, const struct side *s)
{
	rec_begin(r, KIND_account);
	rec_text(r, COL_account_scope, f->scope);
	rec_text(r, COL_account_path, "/etc/shadow");
	rec_int(r, COL_account_line, s->line);
	rec_bytes(r, COL_account_name, s->name, s->name_n);
	rec_text(r, COL_account_password, kind(s->value, s->value_n));
	if (s->day > 0)
		rec_time(r, COL_account_password_time,
		    civil_ns(s->day * 86400, 0));
	rec_text(r, COL_account_defect, "passwd has no such account");
	rec_text(r, COL_account_origin, f->origin);
	rec_end(r);
}

static void
row(const struct art_file *f, struct rec *r, const struct art_line *l,
    const struct passwd_line *pw, const struct sides *s)
{
	const struct table *shadow = &s->shadow, *group = &s->group;
	struct strlist differs cleanup_strlist = STRLIST_INIT;
	const struct group *own = NULL;
	struct strlist groups cleanup_strlist = STRLIST_INIT;
	struct str defect cleanup_str = STR_INIT;
	const struct account *first;
	const char *password;
	int64_t day = -1;
	size_t i;

	if (pw->defect)
		str_adds(&defect, pw->defect);
	if (pw->refused)
		str_adds(&defect, ": the line is passed over");
	first = f->accounts
	    ? accounts_by_name(f->accounts, pw->field[0], pw->len[0]) : NULL;
	if (first && !pw->refused && (first->uid != pw->uid ||
	    first->home.n != pw->len[5] || first->shell.n != pw->len[6] ||
	    memcmp(first->home.s, pw->field[5], pw->len[5]) != 0))
		str_addf(&defect, "%sname is taken by an earlier line",
		    defect.n ? "; " : "");
	if (pw->len[1] == 1 && pw->field[1][0] == 'x') {
		i = find(shadow, pw->field[0], pw->len[0]);
		if (shadow->state == UNREADABLE) {
			password = "unreadable";
		} else if (i == shadow->n) {
			password = "none";
		} else {
			password = kind(shadow->v[i].value,
			    shadow->v[i].value_n);
			day = shadow->v[i].day;
		}
	} else {
		password = kind(pw->field[1], pw->len[1]);
	}
	for (i = find(group, pw->field[0], pw->len[0]);
	     i < group->n && group->v[i].name_n == pw->len[0] &&
	     memcmp(group->v[i].name, pw->field[0], pw->len[0]) == 0; i++)
		strlist_add(&groups, group->v[i].value, group->v[i].value_n);
	strlist_sort(&groups);
	rec_begin(r, KIND_account);
	rec_text(r, COL_account_scope, f->scope);
	rec_str(r, COL_account_path, &f->file->path);
	rec_int(r, COL_account_line, l->number);
	rec_bytes(r, COL_account_name, pw->field[0], pw->len[0]);
	if (pw->uid >= 0)
		rec_int(r, COL_account_uid, pw->uid);
	if (pw->gid >= 0)
		rec_int(r, COL_account_gid, pw->gid);
	if (pw->len[4])
		rec_bytes(r, COL_account_gecos, pw->field[4], pw->len[4]);
	if (pw->len[5])
		rec_bytes(r, COL_account_home, pw->field[5], pw->len[5]);
	if (pw->len[6])
		rec_bytes(r, COL_account_shell, pw->field[6], pw->len[6]);
	rec_list(r, COL_account_groups, &groups);
	rec_text(r, COL_account_password, password);
	if (day > 0)
		rec_time(r, COL_account_password_time,
		    civil_ns(day * 86400, 0));
	rec_str(r, COL_account_defect, &defect);
	rec_text(r, COL_account_origin, f->origin);
	if (f->tree)
		own = groups_by_gid(login_groups(f->tree), pw->gid);
	if (own)
		rec_bytes(r, COL_account_group, own->name, own->name_n);
	changes(pw, s, &differs);
	rec_list(r, COL_account_changes, &differs);
	rec_end(r);
}

/*
 * A row for each shell: the program that a login to these accounts runs. Those
 * that let nobody in are left out.
 */
static void
shells(const struct art_file *f, struct rec *r)
{
	static const char *const none[] = {"/usr/sbin/nologin", "/sbin/nologin",
	    "/bin/false", "/usr/bin/false", "/bin/sync", "/sbin/shutdown",
	    "/sbin/halt", ""};
	const struct account *v, *a;
	struct str names cleanup_str = STR_INIT;
	struct strlist seen cleanup_strlist = STRLIST_INIT;
	size_t i, k, n;

	if (!f->root || !f->accounts)
		return;
	v = f->accounts->v;
	n = f->accounts->n;
	for (i = 0; i < n && seen.n < PASSWD_SHELLS_MAX; i++) {
		a = &v[i];
		for (k = 0; k < COUNT(none); k++)
			if (str_eq(&a->shell, none[k]))
				break;
		if (k < COUNT(none))
			continue;
		for (k = 0; k < seen.n; k++)
			if (seen.v[k].n == a->shell.n && memcmp(seen.v[k].s,
			    a->shell.s, a->shell.n) == 0)
				break;
		if (k < seen.n)
			continue;
		strlist_add(&seen, a->shell.s, a->shell.n);
		str_clear(&names);
		for (k = i; k < n && names.n < ART_ENV_MAX; k++)
			if (v[k].shell.n == a->shell.n && memcmp(v[k].shell.s,
			    a->shell.s, a->shell.n) == 0)
				str_addf(&names, "%s%s", names.n ? " " : "",
				    v[k].name.s);
		art_begin(f, r, 0);
		rec_str(r, COL_persist_command, &a->shell);
		rec_str(r, COL_persist_options, &names);
		art_runs(f, r, RUNS_FILE, a->shell.s, a->shell.n, NULL, NULL);
		rec_end(r);
	}
}

int
parse_passwd(const struct art_file *f, struct rec *r, struct err *err)
{
	struct sides s = {0};
	struct table names = {0}; /* of passwd: who has a line */
	struct art_line l = ART_LINE_INIT;
	struct passwd_line pw;
	int64_t rows = 0;
	size_t i;

	(void)err;
	read_side(f, r, "/etc/shadow", &s.shadow, SHADOW);
	read_side(f, r, "/etc/group", &s.group, GROUP);
	read_side(f, r, "/etc/passwd-", &s.passwd_before, LINES);
	read_side(f, r, "/etc/shadow-", &s.shadow_before, SHADOW);
	while (art_next(f, &l)) {
		if (!passwd_line(l.p, l.n, &pw))
			continue;
		if (++rows > ART_LINES_MAX) {
			art_too_many(f, r);
			break;
		}
		row(f, r, &l, &pw, &s);
		add(&names, pw.field[0], pw.len[0], "", 0, 0, 0);
	}
	if (names.n > 1)
		qsort(names.v, names.n, sizeof(*names.v), compare);
	for (i = 0; i < s.shadow.n && rows <= ART_LINES_MAX && !f->cut; i++)
		if (s.shadow.v[i].name_n && s.shadow.v[i].name[0] != '#' &&
		    find(&names, s.shadow.v[i].name, s.shadow.v[i].name_n) ==
			names.n)
			shadow_row(f, r, &s.shadow.v[i]);
	shells(f, r);
	str_release(&s.shadow.data);
	str_release(&s.group.data);
	str_release(&s.passwd_before.data);
	str_release(&s.shadow_before.data);
	free(s.shadow.v);
	free(s.group.v);
	free(s.passwd_before.v);
	free(s.shadow_before.v);
	free(names.v);
	return 0;
}
