#include "sudo.h"

#include "art.h"
#include "limits.h"
#include "login.h"
#include "runs.h"

/*
 * sudoers(5). A row for each command that a line grants, aliases replaced by
 * what they stand for, and for each setting of a Defaults line. What sudo
 * would not read (a name with a dot in an included folder, a file that others
 * may write) has a defect.
 */

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

void
sudo_free(struct sudo *s)
{
	size_t i;

	if (!s)
		return;
	for (i = 0; i < s->aliases_n; i++) {
		str_release(&s->aliases[i].name);
		strlist_release(&s->aliases[i].items);
	}
	free(s->aliases);
	strlist_release(&s->via);
	strlist_release(&s->real);
	free(s);
}

/* ---- lines ------------------------------------------------------------- */

/* A logical line: joined where it ends with a backslash, its comment gone. */
struct line {
	const char *p; /* file */
	size_t n, at;
	int64_t number, first;
	struct str text;
};

static bool
is_include(const char *p, size_t n)
{
	return n > 8 && (p[0] == '#' || p[0] == '@') &&
	       memcmp(p + 1, "include", 7) == 0 &&
	       (blank(p[8]) || (n > 11 && memcmp(p + 8, "dir", 3) == 0 &&
		   blank(p[11])));
}

static bool
next(struct line *l)
{
	const char *p, *nl;
	size_t n, i;
	bool quoted = false, more;

	str_clear(&l->text);
	if (l->at >= l->n)
		return false;
	l->first = l->number + 1;
	do {
		p = l->p + l->at;
		nl = memchr(p, '\n', l->n - l->at);
		n = nl ? (size_t)(nl - p) : l->n - l->at;
		l->at += n + (nl != NULL);
		l->number++;
		if (n && p[n - 1] == '\r')
			n--;
		for (i = 0; !l->text.n && i < n && blank(p[i]);)
			i++;
		if (!l->text.n && is_include(p + i, n - i)) {
			str_add(&l->text, p + i, n - i);
			return true;
		}
		for (i = 0; i < n; i++) {
			if (p[i] == '\\' && i + 1 < n) {
				i++;
				continue;
			}
			if (p[i] == '"')
				quoted = !quoted;
			/* #1000 is a uid */
			if (p[i] == '#' && !quoted &&
			    !(i + 1 < n && p[i + 1] >= '0' && p[i + 1] <= '9') &&
			    !(i && p[i - 1] == '%'))
				break;
		}
		more = i == n && n && p[n - 1] == '\\';
		if (i > n)
			i = n;
		if (more)
			i--;
		if (l->text.n + i < ART_LINE_MAX)
			str_add(&l->text, p, i);
	} while (more && l->at < l->n);
	return true;
}

static size_t
blanks(const struct str *s, size_t i)
{
	while (i < s->n && blank(s->s[i]))
		i++;
	return i;
}

/*
 * A list "a, !b , "c d"": items to out. Ends before what is neither a comma
 * nor an item. stop: bytes that end an item, escaped or quoted ones do not.
 * -1: no item where one should be.
 */
static int
list(const struct str *s, size_t *at, const char *stop, struct strlist *out)
{
	struct str item cleanup_str = STR_INIT;
	size_t i = *at;
	bool quoted;

	for (;;) {
		i = blanks(s, i);
		str_clear(&item);
		while (i < s->n && s->s[i] == '!') {
			str_addc(&item, '!');
			i = blanks(s, i + 1);
		}
		quoted = false;
		for (; i < s->n; i++) {
			if (s->s[i] == '\\' && i + 1 < s->n)
				str_addc(&item, s->s[++i]);
			else if (s->s[i] == '"')
				quoted = !quoted;
			else if (!quoted && (blank(s->s[i]) ||
			    strchr(stop, s->s[i])))
				break;
			else
				str_addc(&item, s->s[i]);
		}
		if (quoted || !item.n || item.s[item.n - 1] == '!')
			return -1;
		strlist_add(out, item.s, item.n);
		*at = i;
		i = blanks(s, i);
		if (i >= s->n || s->s[i] != ',')
			return 0;
		i++;
	}
}

/* Command with its arguments, up to a bare comma, colon or "=". */
static int
command(const struct str *s, size_t *at, struct str *out)
{
	size_t i = blanks(s, *at);
	bool quoted = false;

	str_clear(out);
	while (i < s->n && s->s[i] == '!') {
		str_addc(out, '!');
		i = blanks(s, i + 1);
	}
	for (; i < s->n; i++) {
		if (s->s[i] == '\\' && i + 1 < s->n) {
			if (!strchr(",:=\\\"", s->s[i + 1]))
				str_addc(out, '\\');
			str_addc(out, s->s[++i]);
			continue;
		}
		if (s->s[i] == '"')
			quoted = !quoted;
		else if (!quoted && (s->s[i] == ',' || s->s[i] == ':') &&
		    !(s->s[i] == ':' && out->n > 5 &&
			memcmp(out->s, "sha", 3) == 0 && !strchr(out->s, ' ')))
			break;
		str_addc(out, s->s[i]);
	}
	while (out->n && blank(out->s[out->n - 1]))
		str_cut(out, out->n - 1);
	*at = i;
	return quoted || !out->n ? -1 : 0;
}

static const char *const alias_types[] = {"User_Alias", "Runas_Alias",
    "Host_Alias", "Cmnd_Alias"};

static bool
begins(const struct str *s, size_t i, const char *word)
{
	size_t k = strlen(word);

	return s->n - i > k && memcmp(s->s + i, word, k) == 0 &&
	       blank(s->s[i + k]);
}

static int
alias_type(const struct str *s, size_t i)
{
	int k;

	for (k = 0; k < 4; k++)
		if (begins(s, i, alias_types[k]))
			return k;
	return begins(s, i, "Cmd_Alias") ? 3 : -1;
}

/* NAME = list : NAME = list. -1: it is none. */
static int
aliases(struct sudo *su, const struct str *s, size_t i, int type)
{
	struct str cmd cleanup_str = STR_INIT;
	struct sudo_alias *a;
	size_t from;

	i += strcspn(s->s + i, " \t");
	for (;;) {
		i = blanks(s, i);
		from = i;
		while (i < s->n && ((s->s[i] >= 'A' && s->s[i] <= 'Z') ||
				       (s->s[i] >= '0' && s->s[i] <= '9') ||
				       s->s[i] == '_'))
			i++;
		if (i == from || su->aliases_n >= SUDO_LINES_MAX)
			return -1;
		su->aliases = xreallocarray(su->aliases, su->aliases_n + 1,
		    sizeof(*su->aliases));
		a = &su->aliases[su->aliases_n++];
		memset(a, 0, sizeof(*a));
		str_init(&a->name);
		str_add(&a->name, s->s + from, i - from);
		a->type = type;
		i = blanks(s, i);
		if (i >= s->n || s->s[i] != '=')
			return -1;
		i++;
		if (type < 3) {
			if (list(s, &i, ",:=", &a->items))
				return -1;
		} else {
			do {
				if (command(s, &i, &cmd))
					return -1;
				strlist_add(&a->items, cmd.s, cmd.n);
			} while (i < s->n && s->s[i] == ',' && ++i);
		}
		i = blanks(s, i);
		if (i == s->n)
			return 0;
		if (s->s[i++] != ':')
			return -1;
	}
}

/* Items with aliases replaced, each with the "!" that it ends up with. */
static void
expand(const struct sudo *su, int type, const struct str *item, bool not,
    int depth, struct strlist *out)
{
	struct str one cleanup_str = STR_INIT;
	const char *p = item->s;
	size_t i, k, n = item->n;

	while (n && (*p == '!' || blank(*p))) {
		not ^= *p == '!';
		p++;
		n--;
	}
	if (out->n >= SUDO_EXPAND_MAX)
		return;
	for (i = 0; depth < SUDO_DEPTH && i < su->aliases_n; i++) {
		if (su->aliases[i].type != type || su->aliases[i].name.n != n ||
		    memcmp(su->aliases[i].name.s, p, n) != 0)
			continue;
		for (k = 0; k < su->aliases[i].items.n; k++)
			expand(su, type, &su->aliases[i].items.v[k], not,
			    depth + 1, out);
		return;
	}
	if (not)
		str_addc(&one, '!');
	str_add(&one, p, n);
	strlist_add(out, one.s, one.n);
}

static void
expand_all(const struct sudo *su, int type, const struct strlist *in,
    struct strlist *out)
{
	size_t i;

	for (i = 0; i < in->n; i++)
		expand(su, type, &in->v[i], false, 0, out);
}

/* ---- files ------------------------------------------------------------- */

struct reading {
	struct sudo *su;
	struct art_tree *t;
	int depth;
	const char *folder;
};

static void file(struct reading *from, const char *via);

static bool
name_read(const char *name)
{
	size_t n = strlen(name);

	return n && !strchr(name, '.') && name[n - 1] != '~';
}

static int
entry(void *arg, const struct root_entry *ent)
{
	struct reading *r = arg;
	struct str via cleanup_str = STR_INIT;

	if (S_ISDIR(ent->st->st_mode) || !name_read(ent->name))
		return 0;
	str_addf(&via, "%s/%s", r->folder, ent->name);
	file(r, via.s);
	return r->su->over;
}

static void
include(struct reading *r, const struct str *s, const char *from)
{
	struct str path cleanup_str = STR_INIT;
	bool folder = memcmp(s->s + 8, "dir", 3) == 0;
	size_t i = folder ? 11 : 8, n = s->n;

	while (i < n && (blank(s->s[i]) || s->s[i] == '"'))
		i++;
	while (n > i && (blank(s->s[n - 1]) || s->s[n - 1] == '"'))
		n--;
	if (i == n || memchr(s->s + i, '\0', n - i))
		return;
	if (s->s[i] != '/')
		str_add(&path, from, (size_t)(strrchr(from, '/') - from) + 1);
	for (; i < n; i++)
		if (s->s[i] != '\\' || i + 1 == n)
			str_addc(&path, s->s[i]);
	while (path.n > 1 && path.s[path.n - 1] == '/')
		str_cut(&path, path.n - 1);
	if (!folder) {
		file(r, path.s);
		return;
	}
	r->folder = path.s;
	root_list(r->t->root, path.s, entry, r, NULL);
}

static void
file(struct reading *from, const char *via)
{
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	struct str data cleanup_str = STR_INIT;
	struct reading r = {from->su, from->t, from->depth + 1, NULL};
	struct line l = {.text = STR_INIT};
	size_t i;
	int type;

	if (r.depth > SUDO_DEPTH || r.su->via.n >= SUDO_FILES_MAX ||
	    r.su->lines >= SUDO_LINES_MAX)
		r.su->over = true;
	if (r.su->over || via[0] != '/' ||
	    root_slurp(r.t->root, via, ART_KEEP_MAX, &data, &rf, NULL) < 0)
		return;
	strlist_adds(&r.su->via, via);
	strlist_add(&r.su->real, rf.path.s, rf.path.n);
	l.p = data.s;
	l.n = data.n;
	while (next(&l) && r.su->lines++ < SUDO_LINES_MAX) {
		if (is_include(l.text.s, l.text.n)) {
			include(&r, &l.text, via);
			continue;
		}
		i = blanks(&l.text, 0);
		type = alias_type(&l.text, i);
		if (type >= 0)
			aliases(r.su, &l.text, i, type);
	}
	str_release(&l.text);
}

struct sudo *
sudo_of(struct art_tree *t)
{
	struct login *l = login_of(t);
	struct reading r = {NULL, t, -1, NULL};

	if (l->sudo)
		return l->sudo;
	r.su = l->sudo = xcalloc(1, sizeof(*l->sudo));
	if (!t->root)
		return l->sudo;
	file(&r, "/etc/sudoers");
	if (!l->sudo->via.n)
		file(&r, "/usr/etc/sudoers");
	return l->sudo;
}

/* ---- rows -------------------------------------------------------------- */

struct sudo_rows {
	const struct art_file *f;
	struct rec *r;
	struct sudo *su;
	const struct line *l;
	const char *defect;
	bool dry; /* only look whether the line is well-formed */
};

static void
begin(const struct sudo_rows *w, const char *defect)
{
	art_begin(w->f, w->r, w->l->first);
	rec_text(w->r, COL_persist_schedule, "sudo");
	art_trimmed(w->r, COL_persist_text, w->l->text.s, w->l->text.n);
	rec_text(w->r, COL_persist_defect, w->defect ? w->defect : defect);
}

static void
plain(const struct sudo_rows *w, const char *name, const struct str *value,
    const char *defect)
{
	begin(w, defect);
	rec_text(w->r, COL_persist_name, name);
	if (value)
		art_trimmed(w->r, COL_persist_options, value->s, value->n);
	rec_end(w->r);
}

/* Defaults[@:!>list] setting, setting ... */
static void
defaults(const struct sudo_rows *w, size_t i)
{
	static const char *const run[] = {"editor", "mailerpath", "noexec_file",
	    "sudoedit_editor", NULL};
	const struct str *s = &w->l->text;
	struct str scope cleanup_str = STR_INIT, name cleanup_str = STR_INIT;
	struct str value cleanup_str = STR_INIT, whole cleanup_str = STR_INIT;
	size_t from = i, eq;
	bool quoted;
	int k;

	if (strchr("@:!>", s->s[i + 8]) && s->s[i + 8]) {
		struct strlist who cleanup_strlist = STRLIST_INIT;

		i += 9;
		if (list(s, &i, ",=", &who)) {
			plain(w, "Defaults", s, "syntax error: passed over");
			return;
		}
		str_add(&scope, s->s + from, i - from);
	} else {
		i += 8;
	}
	for (;;) {
		i = blanks(s, i);
		if (i >= s->n)
			return;
		from = i;
		quoted = false;
		str_clear(&name);
		str_clear(&value);
		str_clear(&whole);
		for (eq = 0; i < s->n && (quoted || s->s[i] != ','); i++) {
			if (s->s[i] == '\\' && i + 1 < s->n)
				i++;
			else if (s->s[i] == '"')
				quoted = !quoted;
			else if (!quoted && !eq && s->s[i] == '=')
				eq = i;
		}
		str_add(&whole, s->s + from, (i > s->n ? s->n : i) - from);
		for (; from < s->n && (s->s[from] == '!' ||
		     blank(s->s[from]));)
			from++;
		while (from < i && from < s->n && ((s->s[from] >= 'a' &&
		       s->s[from] <= 'z') || s->s[from] == '_'))
			str_addc(&name, s->s[from++]);
		for (from = eq + 1; eq && from < i && from < s->n; from++)
			if (s->s[from] != '"')
				str_addc(&value, s->s[from]);
		begin(w, quoted ? "quote without end: passed over" :
		    !name.n ? "syntax error: passed over" : NULL);
		rec_str(w->r, COL_persist_name, &name);
		art_trimmed(w->r, COL_persist_options, whole.s, whole.n);
		rec_str(w->r, COL_persist_enabled, &scope);
		for (k = 0; run[k]; k++)
			if (str_eq(&name, run[k]) && value.n) {
				art_trimmed(w->r, COL_persist_command, value.s,
				    value.n);
				art_runs(w->f, w->r, RUNS_WORDS, value.s,
				    strcspn(value.s, ":"), NULL, NULL);
			}
		rec_end(w->r);
		i++;
	}
}

/* A word that is not yet there. */
static void
also(struct str *out, const char *p, size_t n)
{
	size_t i, from;

	for (from = i = 0; i <= out->n; i++)
		if (i == out->n || out->s[i] == ' ') {
			if (i - from == n && memcmp(out->s + from, p, n) == 0)
				return;
			from = i + 1;
		}
	if (out->n)
		str_addc(out, ' ');
	str_add(out, p, n);
}

/* The accounts that a list of users means, as far as the root tells. */
static void
accounts_of(const struct sudo_rows *w, const struct strlist *users,
    struct str *out)
{
	const struct groups *g;
	const struct group *one;
	const struct account *a;
	const char *p;
	size_t i, k, at, n;

	if (!w->f->tree || !w->f->accounts)
		return;
	g = login_groups(w->f->tree);
	for (i = 0; i < users->n; i++) {
		const struct str *u = &users->v[i];

		if (out->n > ART_ENV_MAX || u->s[0] == '!')
			continue;
		if (str_eq(u, "ALL")) {
			str_addf(out, "%severy account", out->n ? " " : "");
		} else if (u->s[0] == '%') {
			if (u->s[1] == '#')
				one = groups_by_gid(g, strtoll(u->s + 2, NULL, 10));
			else
				one = groups_by_name(g, u->s + 1, u->n - 1);
			for (at = 0; one && out->n < ART_ENV_MAX &&
			     groups_member(one, &at, &p, &n);)
				also(out, p, n);
			for (k = 0; one && out->n < ART_ENV_MAX &&
			     k < w->f->accounts->n; k++)
				if (w->f->accounts->v[k].gid == one->gid)
					also(out, w->f->accounts->v[k].name.s,
					    w->f->accounts->v[k].name.n);
		} else {
			a = u->s[0] == '#'
			    ? accounts_by_uid(w->f->accounts, strtoll(u->s + 1, NULL, 10))
			    : accounts_by_name(w->f->accounts, u->s, u->n);
			if (a)
				also(out, a->name.s, a->name.n);
		}
	}
}

static void
grant(const struct sudo_rows *w, const struct strlist *users,
    const struct strlist *hosts, const struct str *runas,
    const struct str *tags, const struct str *cmd)
{
	struct strlist who cleanup_strlist = STRLIST_INIT;
	struct strlist as cleanup_strlist = STRLIST_INIT;
	struct strlist cmds cleanup_strlist = STRLIST_INIT;
	struct strlist items cleanup_strlist = STRLIST_INIT;
	struct str names cleanup_str = STR_INIT, owner cleanup_str = STR_INIT;
	struct str options cleanup_str = STR_INIT, real cleanup_str = STR_INIT;
	const char *colon, *p;
	struct str r;
	size_t i, at = 0;

	if (w->dry)
		return;
	expand_all(w->su, 0, users, &who);
	strlist_join(&who, ",", &names);
	accounts_of(w, &who, &real);
	colon = memchr(runas->s, ':', runas->n);
	r = *runas;
	if (colon)
		r.n = (size_t)(colon - runas->s);
	if (r.n && list(&r, &at, ",:", &items) == 0)
		expand_all(w->su, 1, &items, &as);
	strlist_join(&as, ",", &owner);
	strlist_join(hosts, ",", &options);
	if (runas->n)
		str_addf(&options, " (%s)", runas->s);
	if (tags->n)
		str_addf(&options, " %s", tags->s);
	expand(w->su, 3, cmd, false, 0, &cmds);
	for (i = 0; i < cmds.n; i++) {
		begin(w, NULL);
		rec_str(w->r, COL_persist_name, &names);
		rec_text(w->r, COL_persist_owner, owner.n ? owner.s : "root");
		rec_str(w->r, COL_persist_options, &options);
		rec_str(w->r, COL_persist_command, &cmds.v[i]);
		rec_str(w->r, COL_persist_enabled, &real);
		p = cmds.v[i].s;
		if (strncmp(p, "sha", 3) == 0 && strchr(p, ' '))
			p = strchr(p, ' ') + 1;
		if (*p == '/' && !strpbrk(p, "*?["))
			art_runs(w->f, w->r, RUNS_WORDS, p,
			    cmds.v[i].n - (size_t)(p - cmds.v[i].s), NULL,
			    NULL);
		rec_end(w->r);
	}
}

static bool
tag(const char *p, size_t n)
{
	static const char *const tags[] = {"EXEC", "NOEXEC", "FOLLOW",
	    "NOFOLLOW", "LOG_INPUT", "NOLOG_INPUT", "LOG_OUTPUT",
	    "NOLOG_OUTPUT", "MAIL", "NOMAIL", "INTERCEPT", "NOINTERCEPT",
	    "PASSWD", "NOPASSWD", "SETENV", "NOSETENV", NULL};
	int i;

	for (i = 0; tags[i]; i++)
		if (strlen(tags[i]) == n && memcmp(tags[i], p, n) == 0)
			return true;
	return false;
}

/* users hosts = [(runas)] [OPTION=value] [TAG:] command, ... : hosts = ... */
static int
userspec(const struct sudo_rows *w)
{
	const struct str *s = &w->l->text;
	struct strlist users cleanup_strlist = STRLIST_INIT;
	struct strlist hosts cleanup_strlist = STRLIST_INIT;
	struct str runas cleanup_str = STR_INIT, tags cleanup_str = STR_INIT;
	struct str cmd cleanup_str = STR_INIT;
	size_t i = 0, k;

	if (list(s, &i, ",=", &users))
		return -1;
	for (;;) {
		strlist_clear(&hosts);
		if (list(s, &i, ",=:", &hosts))
			return -1;
		i = blanks(s, i);
		if (i >= s->n || s->s[i++] != '=')
			return -1;
		str_clear(&runas);
		str_clear(&tags);
		for (;;) {
			i = blanks(s, i);
			if (i < s->n && s->s[i] == '(') {
				k = ++i;
				while (i < s->n && s->s[i] != ')')
					i++;
				if (i >= s->n)
					return -1;
				str_set(&runas, s->s + k, i++ - k);
				continue;
			}
			for (k = i; k < s->n && ((s->s[k] >= 'A' &&
			     s->s[k] <= 'Z') || s->s[k] == '_');)
				k++;
			if (k > i && k < s->n && s->s[k] == '=' ) {
				/* CWD=, TIMEOUT= and the like */
				while (k < s->n && !blank(s->s[k]))
					k++;
			} else if (k > i && tag(s->s + i, k - i) &&
			    s->s[blanks(s, k)] == ':') {
				k = blanks(s, k) + 1;
			} else {
				if (command(s, &i, &cmd))
					return -1;
				grant(w, &users, &hosts, &runas, &tags, &cmd);
				if (i < s->n && s->s[i] == ',') {
					i++;
					continue;
				}
				break;
			}
			str_addf(&tags, "%s%.*s", tags.n ? " " : "",
			    (int)(k - i), s->s + i);
			i = k;
		}
		i = blanks(s, i);
		if (i >= s->n)
			return 0;
		if (s->s[i++] != ':')
			return -1;
	}
}

/* Why sudo would not take the file. */
static const char *
trouble(const struct art_file *f, const struct sudo *su)
{
	const struct stat *st = &f->file->st;
	const char *name = strrchr(f->via, '/') + 1;
	size_t i;

	if (!f->tree || !f->root)
		return NULL;
	for (i = 0; i < su->real.n; i++)
		if (str_eq(&su->real.v[i], f->file->path.s) &&
		    str_eq(&su->via.v[i], f->via))
			break;
	if (i == su->real.n)
		return name_read(name) || strcmp(name, "sudoers") == 0
		    ? "no file that sudo reads includes it"
		    : "name has a dot or ends in ~: sudo passes over it";
	if (st->st_uid != 0)
		return "does not belong to root: sudo refuses it";
	if (st->st_mode & S_IWOTH)
		return "may be written by all: sudo refuses it";
	if ((st->st_mode & S_IWGRP) && st->st_gid != 0)
		return "may be written by a group: sudo refuses it";
	return NULL;
}

int
parse_sudoers(const struct art_file *f, struct rec *r, struct err *err)
{
	struct sudo alone = {.lines = 0}, *old;
	struct line l = {.p = f->data, .n = f->n, .text = STR_INIT};
	struct sudo_rows w = {f, r, &alone, &l, NULL, false};
	int64_t rows = 0;
	size_t i;
	int type;

	(void)err;
	old = f->tree && f->root ? sudo_of(f->tree) : NULL;
	if (old) {
		w.su = old;
		w.defect = trouble(f, old);
		if (old->over && f->first)
			rec_note(r, ERR_LIMIT, "parse", f->scope,
			    "/etc/sudoers", 0, "more than %d files "
			    "(SUDO_FILES_MAX), %d lines (SUDO_LINES_MAX) or "
			    "%d levels (SUDO_DEPTH)", SUDO_FILES_MAX,
			    SUDO_LINES_MAX, SUDO_DEPTH);
	}
	while (next(&l)) {
		i = blanks(&l.text, 0);
		if (i == l.text.n)
			continue;
		if (++rows > SUDO_LINES_MAX) {
			rec_note(r, ERR_LIMIT, "parse", f->scope,
			    f->file->path.s, 0,
			    "more than %d lines (SUDO_LINES_MAX)",
			    SUDO_LINES_MAX);
			break;
		}
		type = alias_type(&l.text, i);
		if (is_include(l.text.s, l.text.n))
			plain(&w, memcmp(l.text.s + 8, "dir", 3) == 0
			    ? "includedir" : "include", &l.text, NULL);
		else if (type >= 0)
			plain(&w, alias_types[type], &l.text,
			    aliases(&alone, &l.text, i, type)
			    ? "syntax error: passed over" : NULL);
		else if (l.text.n - i > 8 &&
		    memcmp(l.text.s + i, "Defaults", 8) == 0 &&
		    (blank(l.text.s[i + 8]) || strchr("@:!>", l.text.s[i + 8])))
			defaults(&w, i);
		else {
			w.dry = true;
			if (userspec(&w)) {
				plain(&w, NULL, &l.text, "syntax error: passed "
				    "over (before sudo 1.9.3: sudo refuses to "
				    "run)");
				continue;
			}
			w.dry = false;
			userspec(&w);
		}
	}
	if (!rows)
		art_file_row(f, r, w.defect);
	str_release(&l.text);
	for (i = 0; i < alone.aliases_n; i++) {
		str_release(&alone.aliases[i].name);
		strlist_release(&alone.aliases[i].items);
	}
	free(alone.aliases);
	return 0;
}

/* ---- doas -------------------------------------------------------------- */

static void
doas_word(const struct str *s, size_t *at, struct str *out)
{
	bool quoted = false;
	size_t i = blanks(s, *at);

	str_clear(out);
	if (i < s->n && (s->s[i] == '{' || s->s[i] == '}')) {
		str_addc(out, s->s[i++]);
	} else {
		for (; i < s->n && (quoted || !(blank(s->s[i]) ||
		     s->s[i] == '{' || s->s[i] == '}')); i++) {
			if (s->s[i] == '\\' && i + 1 < s->n)
				str_addc(out, s->s[++i]);
			else if (s->s[i] == '"')
				quoted = !quoted;
			else
				str_addc(out, s->s[i]);
		}
	}
	*at = i;
}

/* doas.conf(5): permit|deny [options] identity [as target] [cmd ...] */
int
parse_doas(const struct art_file *f, struct rec *r, struct err *err)
{
	const struct stat *st = &f->file->st;
	struct line l = {.p = f->data, .n = f->n, .text = STR_INIT};
	struct str word cleanup_str = STR_INIT, options cleanup_str = STR_INIT;
	struct str owner cleanup_str = STR_INIT, name cleanup_str = STR_INIT;
	struct str cmd cleanup_str = STR_INIT;
	const char *whole = NULL;
	struct strlist users;
	struct str real;
	struct sudo none = {.lines = 0};
	struct sudo_rows w = {f, r, &none, &l, NULL, false};
	int64_t rows = 0;
	size_t i;

	(void)err;
	if (f->tree && st->st_uid != 0)
		whole = "does not belong to root: doas refuses it";
	else if (f->tree && (st->st_mode & (S_IWGRP | S_IWOTH)))
		whole = "may be written by others: doas refuses it";
	while (next(&l)) {
		i = blanks(&l.text, 0);
		if (i == l.text.n)
			continue;
		if (++rows > SUDO_LINES_MAX) {
			art_too_many(f, r);
			break;
		}
		doas_word(&l.text, &i, &word);
		str_set(&options, word.s, word.n);
		str_clear(&name);
		str_clear(&owner);
		str_clear(&cmd);
		for (;;) {
			doas_word(&l.text, &i, &word);
			if (str_eq(&word, "setenv")) {
				str_adds(&options, " setenv");
				do {
					doas_word(&l.text, &i, &word);
					str_addf(&options, " %s", word.s);
				} while (word.n && !str_eq(&word, "}"));
			} else if (str_eq(&word, "nopass") ||
			    str_eq(&word, "persist") ||
			    str_eq(&word, "keepenv") || str_eq(&word, "nolog")) {
				str_addf(&options, " %s", word.s);
			} else {
				break;
			}
		}
		str_add(&name, word.s, word.n);
		doas_word(&l.text, &i, &word);
		if (str_eq(&word, "as")) {
			doas_word(&l.text, &i, &owner);
			doas_word(&l.text, &i, &word);
		}
		if (str_eq(&word, "cmd"))
			str_add(&cmd, l.text.s + i, l.text.n - i);
		art_begin(f, r, l.first);
		rec_text(r, COL_persist_schedule, "doas");
		rec_str(r, COL_persist_name, &name);
		rec_text(r, COL_persist_owner, owner.n ? owner.s : "ALL");
		rec_str(r, COL_persist_options, &options);
		if (cmd.n)
			art_trimmed(r, COL_persist_command, cmd.s, cmd.n);
		else
			rec_text(r, COL_persist_command, "ALL");
		art_trimmed(r, COL_persist_text, l.text.s, l.text.n);
		users = (struct strlist)STRLIST_INIT;
		real = (struct str)STR_INIT;
		if (name.s[0] == ':')
			name.s[0] = '%';
		strlist_add(&users, name.s, name.n);
		accounts_of(&w, &users, &real);
		rec_str(r, COL_persist_enabled, &real);
		strlist_release(&users);
		str_release(&real);
		if (whole)
			rec_text(r, COL_persist_defect, whole);
		else if (strncmp(options.s, "permit", 6) != 0 &&
		    strncmp(options.s, "deny", 4) != 0)
			rec_text(r, COL_persist_defect,
			    "syntax error: doas refuses the file");
		if (cmd.n)
			art_runs(f, r, RUNS_WORDS, cmd.s, cmd.n, NULL, NULL);
		rec_end(r);
	}
	if (!rows)
		art_file_row(f, r, whole);
	str_release(&l.text);
	return 0;
}
