#include "settings.h"

#include "limits.h"
#include "runs.h"

enum settings_how {
	SHELL,	    /* the value is a command line that a shell gets */
	WORDS,	    /* a program and its arguments */
	FILE_,	    /* a file's name: a program, a library, code */
	SETTING,    /* runs nothing: its value is shown */
	PREFIX,	    /* a command line behind the needle, if that begins it */
	AFTER,	    /* a command line behind the needle, if that is in it */
	AFTERFILE,  /* a file's name behind it */
	AFTERSET,   /* a setting, if the needle is in it */
	SKIP1,	    /* a command line behind one word */
	SKIP3,	    /* behind three */
	SKIP1FILE,  /* a file's name behind one word */
	SNMP,	    /* snmpd: behind options, a number and a name */
	GITCMD,	    /* a command line, unless it is yes or no */
	CREDENTIAL, /* git's helpers: !command, /program, or a part of a name */
	HELPER,	    /* the needle and the value are a program's name */
	CNI,	    /* a program in the folders of CNI plugins */
	NAME1,	    /* the second key is all that is shown, once each */
	/* of others, that stand beside it or below: */
	OWNER,	 /* runs as this account */
	ON,	 /* does not run if this says no */
	OFF,	 /* does not run if this says yes */
	WITH,	 /* matters to it */
	WHEN,	 /* when */
	ARGS,	 /* its arguments */
	ENABLED, /* what starts it */
	HOW = 31,
};

enum settings_more {
	LAST = 32,  /* a later one replaces it */
	EACH = 64,  /* each element of a list has its row */
	ALL = 128,  /* of all others of the file */
	DEEP = 256, /* of others that stand beside what it is below of */
};

static const struct syntax {
	const char *artifact;
	conf_reader *read;
	unsigned flags;
	bool fold;
} syntaxes[] = {
#define SYNTAX(artifact, read, flags, fold) {artifact, read, flags, fold},
#define KEY(artifact, path, how, needle, when, attack)
#include "settings.def"
#undef SYNTAX
#undef KEY
};

static const struct key {
	const char *artifact, *path;
	int how;
	const char *needle, *when, *attack;
} keys[] = {
#define SYNTAX(artifact, read, flags, fold)
#define KEY(artifact, path, how, needle, when, attack) \
	{artifact, path, how, needle, when, attack},
#include "settings.def"
#undef SYNTAX
#undef KEY
};

/* Folders of files that replace each other by name, the first wins. */
static const struct {
	const char *artifact;
	const char *folders[4];
} orders[] = {
    {"pacman-hook", {"/etc/pacman.d/hooks/", "/usr/share/libalpm/hooks/"}},
    {"oci-hook", {"/etc/containers/oci/hooks.d/",
		     "/usr/share/containers/oci/hooks.d/"}},
    {"containers-conf", {"/etc/containers/containers.conf",
			    "/usr/share/containers/containers.conf"}},
    {"container-policy", {"/etc/containers/policy.json",
			     "/usr/share/containers/policy.json"}},
    {"container-registries", {"/etc/containers/registries.conf",
				 "/usr/share/containers/registries.conf"}},
};

static bool
blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static char
low(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* One key against a pattern of one key; "*" is any run of bytes. */
static bool
key_match(const char *s, size_t n, const char *p, size_t k, bool fold)
{
	size_t i = 0, j = 0, star = SIZE_MAX, back = 0;

	while (i < n) {
		if (j < k && p[j] == '*') {
			star = j++;
			back = i;
		} else if (j < k && (fold ? low(s[i]) == low(p[j])
					  : s[i] == p[j])) {
			i++;
			j++;
		} else if (star != SIZE_MAX) {
			j = star + 1;
			i = ++back;
		} else {
			return false;
		}
	}
	while (j < k && p[j] == '*')
		j++;
	return j == k;
}

static bool
path_match(const struct str *v, size_t n, const char *pattern, bool fold)
{
	size_t k = strcspn(pattern, "/"), i;
	const char *rest = pattern[k] ? pattern + k + 1 : NULL;

	if (k == 2 && pattern[0] == '*' && pattern[1] == '*') {
		if (!rest)
			return n > 0;
		for (i = 0; i <= n; i++)
			if (path_match(v + i, n - i, rest, fold))
				return true;
		return false;
	}
	if (!n || !key_match(v[0].s, v[0].n, pattern, k, fold))
		return false;
	return rest ? path_match(v + 1, n - 1, rest, fold) : n == 1;
}

bool
settings_match(const struct strlist *path, const char *pattern, bool fold)
{
	return path_match(path->v, path->n, pattern, fold);
}

/* May the file hold passwords? Then its lines are not shown. */
static bool
secret(const struct artifact *a)
{
	return strcmp(a->format, "settings_secret") == 0;
}

static const struct syntax *
syntax_of(const char *artifact)
{
	size_t i;

	for (i = 0; i < COUNT(syntaxes); i++)
		if (strcmp(syntaxes[i].artifact, artifact) == 0)
			return &syntaxes[i];
	return NULL;
}

struct conf *
settings_read(const struct art_file *f)
{
	const struct syntax *s = syntax_of(f->art->name);
	struct conf *c;

	if (!s)
		return NULL;
	c = xcalloc(1, sizeof(*c));
	s->read(c, f->data, f->n, s->flags);
	return c;
}

void
settings_free(struct conf *c)
{
	if (c)
		conf_release(c);
	free(c);
}

const struct str *
settings_last(const struct conf *c, const char *path)
{
	size_t i;

	for (i = c->n; i; i--)
		if (path_match(c->v[i - 1].path.v, c->v[i - 1].path.n, path,
		    false))
			return &c->v[i - 1].value;
	return NULL;
}

static bool
says(const struct str *v, bool yes)
{
	static const char *const no[] = {"no", "false", "off", "0", "disabled",
	    "never", NULL};
	static const char *const aye[] = {"yes", "true", "on", "1", "enabled",
	    "always", NULL};
	const char *const *w;

	for (w = yes ? aye : no; *w; w++)
		if (strcasecmp(*w, v->s) == 0)
			return true;
	return false;
}

/* ---- a row ---------------------------------------------------------------- */

static void
plain_row(const struct art_file *f, struct rec *r,
    const struct settings_run *s, int how, const char *p, size_t n)
{
	struct artifact art = *f->art;
	struct art_file g = *f;

	if (s->attack && s->attack[0])
		art.attack = s->attack;
	g.art = &art;
	if (s->owner) {
		g.owner = s->owner;
		if (art.owner == OWNER_FIELD)
			art.owner = OWNER_ROOT; /* art_begin writes it */
	}
	art_begin(&g, r, s->line);
	if (s->when && s->when[0])
		rec_text(r, COL_persist_schedule, s->when);
	else if (art.when[0])
		rec_text(r, COL_persist_schedule, art.when);
	rec_text(r, COL_persist_name, s->name);
	if (how >= 0)
		art_trimmed(r, COL_persist_command, p, n);
	if (s->text_n && !secret(&art))
		rec_bytes(r, COL_persist_text, s->text, s->text_n);
	if (how < 0)
		art_trimmed(r, COL_persist_options, p, n);
	if (s->with)
		rec_list(r, COL_persist_environment, s->with);
	rec_text(r, COL_persist_defect, s->defect);
	if (how >= 0 && n)
		art_runs(&g, r, (enum runs_syntax)how, p, n, NULL, NULL);
	rec_end(r);
}

void
settings_command(const struct art_file *f, struct rec *r,
    const struct settings_run *s, int how, const char *command, size_t n)
{
	plain_row(f, r, s, how, command, n);
}

void
settings_value(const struct art_file *f, struct rec *r,
    const struct settings_run *s, const char *value, size_t n)
{
	plain_row(f, r, s, -1, value, n);
}

/* ---- the file -------------------------------------------------------------- */

struct file {
	const struct art_file *f;
	struct rec *rec;
	const struct conf *c;
	const struct key **key; /* of each setting; NULL: none */
	bool fold;
	const char *defect;	/* of all rows; NULL: none */
	const char *overrides;
	size_t rows;
};

static bool
same(const struct file *t, const struct str *a, const struct str *b)
{
	return a->n == b->n && (t->fold ? strncasecmp(a->s, b->s, a->n) == 0
					: memcmp(a->s, b->s, a->n) == 0);
}

/* Do the first n keys of both agree? */
static bool
common(const struct file *t, const struct strlist *a, const struct strlist *b,
    size_t n)
{
	size_t i;

	if (a->n < n || b->n < n)
		return false;
	for (i = 0; i < n; i++)
		if (!same(t, &a->v[i], &b->v[i]))
			return false;
	return true;
}

/* Does setting m say something of setting e? */
static bool
concerns(const struct file *t, const struct conf_entry *m, int more, int how,
    const struct conf_entry *e)
{
	if (more & ALL)
		return true;
	if (how == ARGS && m->path.n != e->path.n)
		return false;
	if (more & DEEP)
		return common(t, &m->path, &e->path, e->path.n - 1);
	return common(t, &m->path, &e->path, m->path.n - 1);
}

static void
name_of(const struct conf_entry *e, size_t n, struct str *out)
{
	size_t i;

	for (i = 0; i < n && i < e->path.n; i++) {
		if (i)
			str_addc(out, '.');
		str_add(out, e->path.v[i].s, e->path.v[i].n);
	}
}

/* What other settings say of entry i. */
struct around {
	struct strlist with;
	struct str owner, when, args, enabled, off;
};

static void
look_around(const struct file *t, size_t i, struct around *a)
{
	const struct conf_entry *e = &t->c->v[i], *m;
	struct str kv = STR_INIT;
	size_t k;
	int how;

	for (k = 0; k < t->c->n; k++) {
		if (k == i || !t->key[k])
			continue;
		m = &t->c->v[k];
		how = t->key[k]->how & HOW;
		if (how < OWNER || !concerns(t, m, t->key[k]->how, how, e))
			continue;
		switch (how) {
		case OWNER:
			str_set(&a->owner, m->value.s, m->value.n);
			break;
		case ON:
		case OFF:
			str_clear(&a->off);
			if (!says(&m->value, how == OFF))
				break;
			str_adds(&a->off, "switched off by ");
			name_of(m, m->path.n, &a->off);
			str_addf(&a->off, " in line %lld", (long long)m->line);
			break;
		case WITH:
			if (a->with.n >= ART_ENV_MAX)
				break;
			str_clear(&kv);
			str_add(&kv, m->path.v[m->path.n - 1].s,
			    m->path.v[m->path.n - 1].n);
			str_addc(&kv, '=');
			str_add(&kv, m->value.s, m->value.n);
			strlist_add(&a->with, kv.s, kv.n);
			break;
		case WHEN:
			str_set(&a->when, m->value.s, m->value.n);
			break;
		case ARGS:
			if (a->args.n)
				str_addc(&a->args, ' ');
			str_add(&a->args, m->value.s, m->value.n);
			break;
		default:
			if (a->enabled.n)
				str_addc(&a->enabled, ' ');
			str_add(&a->enabled, m->value.s, m->value.n);
		}
	}
	str_release(&kv);
}

static void
around_release(struct around *a)
{
	strlist_release(&a->with);
	str_release(&a->owner);
	str_release(&a->when);
	str_release(&a->args);
	str_release(&a->enabled);
	str_release(&a->off);
}

static void
skip_words(const char **p, size_t *n, int words)
{
	while (words--) {
		while (*n && blank(**p)) {
			++*p;
			--*n;
		}
		while (*n && !blank(**p)) {
			++*p;
			--*n;
		}
	}
}

static void
trim(const char **p, size_t *n)
{
	while (*n && blank(**p)) {
		++*p;
		--*n;
	}
	while (*n && blank((*p)[*n - 1]))
		--*n;
}

/* Quotes around it, and what stands behind them, taken off. */
static void
quoted(const char **p, size_t *n)
{
	const char *end;

	trim(p, n);
	if (!*n || (**p != '"' && **p != '\''))
		return;
	end = memchr(*p + 1, **p, *n - 1);
	++*p;
	*n = end ? (size_t)(end - *p) : *n - 1;
}

static bool
contains(const char **p, size_t *n, const char *needle)
{
	size_t k = strlen(needle), i;
	const char *end;
	char quote = 0;

	for (i = 0; i + k <= *n; i++) {
		if (strncasecmp(*p + i, needle, k) == 0) {
			*p += i + k;
			*n -= i + k;
			/* in quotes, as "prg:/x": up to their end */
			end = quote ? memchr(*p, quote, *n) : NULL;
			*n = end ? (size_t)(end - *p) : *n;
			return true;
		}
		if (quote ? (*p)[i] == quote
			  : (*p)[i] == '"' || (*p)[i] == '\'')
			quote = quote ? 0 : (*p)[i];
	}
	return false;
}

/* snmpd: [-options] [.1.3.6] name program; pass has no name. */
static void
snmp(const char *key, const char **p, size_t *n)
{
	int words = 0;

	trim(p, n);
	while (*n && **p == '-') {
		words = strncmp(*p, "-p", 2) == 0 ? 2 : 1;
		skip_words(p, n, words);
		trim(p, n);
	}
	if (*n && (**p == '.' || (**p >= '0' && **p <= '9'))) {
		skip_words(p, n, 1);
		trim(p, n);
	}
	if (strncasecmp(key, "pass", 4) != 0)
		skip_words(p, n, 1);
}

/*
 * The part of a value that runs, and how; -1: nothing does, and there is no
 * row. made: room for a command that is put together.
 */
static int
command_of(const struct key *k, const struct conf_entry *e, const char **p,
    size_t *n, struct str *made)
{
	switch (k->how & HOW) {
	case SHELL:
		quoted(p, n);
		return *n ? RUNS_SHELL : -1;
	case WORDS:
		return *n ? RUNS_WORDS : -1;
	case FILE_:
		quoted(p, n);
		return *n ? RUNS_FILE : -1;
	case PREFIX:
		if (*n && (**p == '"' || **p == '\''))
			quoted(p, n);
		if (*n <= strlen(k->needle) ||
		    memcmp(*p, k->needle, strlen(k->needle)) != 0)
			return -1;
		if (strcmp(k->needle, "/") == 0)
			return RUNS_SHELL;
		*p += strlen(k->needle);
		*n -= strlen(k->needle);
		/* apache: "||program" and "|$command" */
		if (*n && k->needle[0] == '|' && (**p == '|' || **p == '$')) {
			++*p;
			--*n;
		}
		return RUNS_SHELL;
	case AFTER:
	case AFTERFILE:
		if (!contains(p, n, k->needle))
			return -1;
		while (*n && (blank(**p) || **p == '='))
			++*p, --*n;
		if (strcmp(k->needle, "#(") == 0) {
			const char *end = memchr(*p, ')', *n);

			*n = end ? (size_t)(end - *p) : *n;
		} else if ((k->how & HOW) == AFTERFILE) {
			size_t i = 0;

			quoted(p, n);
			while (i < *n && !blank((*p)[i]) && (*p)[i] != '\\' &&
			       (*p)[i] != '"' && (*p)[i] != ';')
				i++;
			*n = i;
		} else {
			quoted(p, n);
		}
		if (!*n)
			return -1;
		return (k->how & HOW) == AFTER ? RUNS_SHELL : RUNS_FILE;
	case SKIP1:
	case SKIP1FILE:
		skip_words(p, n, 1);
		quoted(p, n);
		if (!*n)
			return -1;
		return (k->how & HOW) == SKIP1 ? RUNS_SHELL : RUNS_FILE;
	case SKIP3:
		skip_words(p, n, 3);
		return *n ? RUNS_SHELL : -1;
	case SNMP:
		snmp(e->path.v[e->path.n - 1].s, p, n);
		return *n ? RUNS_SHELL : -1;
	case GITCMD:
		if (!*n || says(&e->value, true) || says(&e->value, false))
			return -1;
		return RUNS_SHELL;
	case CREDENTIAL:
		if (!*n)
			return -1;
		if (**p == '!') {
			++*p;
			--*n;
			return RUNS_SHELL;
		}
		if (**p == '/')
			return RUNS_SHELL;
		str_adds(made, "git-credential-");
		break;
	case HELPER:
		if (!*n)
			return -1;
		str_adds(made, k->needle);
		break;
	case CNI:
		return *n ? RUNS_WORDS : -1;
	default:
		return -1;
	}
	str_add(made, *p, *n);
	*p = made->s;
	*n = made->n;
	return RUNS_WORDS;
}

static void
row(struct file *t, const struct conf_entry *e, const struct key *k,
    const struct around *a, const char *value, size_t n, size_t element,
    const char *defect)
{
	struct str name cleanup_str = STR_INIT, made cleanup_str = STR_INIT;
	struct str command cleanup_str = STR_INIT;
	const char *p = value, *when;
	struct artifact art = *t->f->art;
	struct art_file g = *t->f;
	size_t p_n = n;
	int runs, how = k->how & HOW;

	runs = command_of(k, e, &p, &p_n, &made);
	if (how == AFTERSET) {
		if (!contains(&p, &p_n, k->needle))
			return;
	} else if (how != SETTING && how != NAME1 && runs < 0) {
		return;
	}
	if (t->rows++ == ART_LINES_MAX)
		art_too_many(t->f, t->rec);
	if (t->rows > ART_LINES_MAX)
		return;
	if (k->attack[0])
		art.attack = k->attack;
	g.art = &art;
	if (a->owner.n) {
		g.owner = a->owner.s;
		if (art.owner == OWNER_FIELD)
			art.owner = OWNER_ROOT;
	}
	art_begin(&g, t->rec, e->line);
	when = a->when.n ? a->when.s : k->when[0] ? k->when : art.when;
	if (when[0])
		rec_text(t->rec, COL_persist_schedule, when);
	name_of(e, how == NAME1 ? 2 : e->path.n, &name);
	if (element != SIZE_MAX)
		str_addf(&name, "[%zu]", element);
	rec_str(t->rec, COL_persist_name, &name);
	if (runs >= 0)
		str_add(&command, p, p_n);
	if (a->args.n && command.n)
		str_addc(&command, ' ');
	str_add(&command, a->args.s, a->args.n);
	art_trimmed(t->rec, COL_persist_command, command.s, command.n);
	if (!secret(&art))
		rec_bytes(t->rec, COL_persist_text, e->text, e->text_n);
	rec_str(t->rec, COL_persist_enabled, &a->enabled);
	if (how == SETTING || how == AFTERSET)
		art_trimmed(t->rec, COL_persist_options, value, n);
	rec_list(t->rec, COL_persist_environment, &a->with);
	rec_text(t->rec, COL_persist_overrides, t->overrides);
	rec_text(t->rec, COL_persist_defect, t->defect ? t->defect :
	    a->off.n ? a->off.s : defect);
	if (runs >= 0)
		art_runs(&g, t->rec, (enum runs_syntax)runs, p, p_n, how == CNI
		    ? "/opt/cni/bin:/usr/lib/cni:/usr/libexec/cni" : NULL,
		    NULL);
	rec_end(t->rec);
}

static void
entry(struct file *t, size_t i)
{
	const struct conf_entry *e = &t->c->v[i], *o;
	const struct key *k = t->key[i];
	struct around a = {.with = STRLIST_INIT, .owner = STR_INIT,
	    .when = STR_INIT, .args = STR_INIT, .enabled = STR_INIT,
	    .off = STR_INIT};
	const char *defect = NULL;
	size_t j;

	if ((k->how & HOW) >= OWNER)
		return;
	if ((k->how & HOW) == NAME1)
		for (j = 0; j < i; j++)
			if (t->key[j] == k &&
			    common(t, &t->c->v[j].path, &e->path, 2))
				return;
	for (j = i + 1; (k->how & LAST) && j < t->c->n; j++) {
		o = &t->c->v[j];
		if (o->path.n == e->path.n &&
		    common(t, &o->path, &e->path, e->path.n)) {
			defect = "a later line sets it again";
			break;
		}
	}
	look_around(t, i, &a);
	if ((k->how & EACH) && e->list.n)
		for (j = 0; j < e->list.n; j++)
			row(t, e, k, &a, e->list.v[j].s, e->list.v[j].n, j,
			    defect);
	else
		row(t, e, k, &a, e->value.s, e->value.n, SIZE_MAX, defect);
	around_release(&a);
}

/* Is another file of that name read in its place, or the other way round? */
static void
order(struct file *t, struct str *defect, struct str *overrides)
{
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	struct str path cleanup_str = STR_INIT, to cleanup_str = STR_INIT;
	const char *base = strrchr(t->f->via, '/'), *dir;
	size_t i, k, n, mine = SIZE_MAX;

	for (i = 0; i < COUNT(orders); i++)
		if (strcmp(orders[i].artifact, t->f->art->name) == 0)
			break;
	if (i == COUNT(orders) || !t->f->root || !base)
		return;
	for (k = 0; k < 4 && (dir = orders[i].folders[k]); k++) {
		n = strlen(dir);
		if (dir[n - 1] == '/' ? (size_t)(base + 1 - t->f->via) == n &&
			    strncmp(t->f->via, dir, n) == 0
				      : strcmp(t->f->via, dir) == 0)
			mine = k;
	}
	for (k = 0; mine != SIZE_MAX && k < 4 &&
	     (dir = orders[i].folders[k]); k++) {
		str_clear(&path);
		str_adds(&path, dir);
		if (dir[strlen(dir) - 1] == '/')
			str_adds(&path, base + 1);
		root_file_close(&rf);
		if (k == mine || root_find(t->f->root, path.s, ROOT_NOFOLLOW,
		    &rf, NULL))
			continue;
		if (k > mine) {
			if (!overrides->n)
				str_set(overrides, path.s, path.n);
			continue;
		}
		if (S_ISLNK(rf.st.st_mode))
			root_readlink(t->f->root, &rf, &to, NULL);
		str_clear(defect);
		str_addf(defect, str_eq(&to, "/dev/null") ? "masked by %s"
		    : "%s is read in its place", path.s);
		return;
	}
}

void
settings_rows(const struct art_file *f, struct rec *r, const struct conf *c,
    const char *defect)
{
	const struct syntax *s = syntax_of(f->art->name);
	struct str odd cleanup_str = STR_INIT, over cleanup_str = STR_INIT;
	struct file t = {.f = f, .rec = r, .c = c};
	size_t i, k;

	t.key = xcalloc(c->n + 1, sizeof(*t.key));
	t.fold = s && s->fold;
	if (c->odd)
		str_addf(&odd, "%s, line %lld", c->odd,
		    (long long)c->odd_line);
	else
		order(&t, &odd, &over);
	t.defect = defect ? defect : odd.n ? odd.s : NULL;
	t.overrides = over.n ? over.s : NULL;
	for (i = 0; i < c->n; i++)
		for (k = 0; k < COUNT(keys) && !t.key[i]; k++)
			if (strcmp(keys[k].artifact, f->art->name) == 0 &&
			    settings_match(&c->v[i].path, keys[k].path,
				t.fold))
				t.key[i] = &keys[k];
	for (i = 0; i < c->n; i++)
		if (t.key[i])
			entry(&t, i);
	free(t.key);
	if (!t.rows)
		art_file_row(f, r, t.defect);
	if (c->over)
		rec_note(r, ERR_LIMIT, "parse", f->scope, f->file->path.s, 0,
		    "more than %d settings (CONF_ENTRIES_MAX), %d levels "
		    "(CONF_DEPTH_MAX) or %d bytes (CONF_BYTES_MAX, "
		    "CONF_YAML_MAX)", CONF_ENTRIES_MAX, CONF_DEPTH_MAX,
		    CONF_BYTES_MAX);
}

/* ---- formats ---------------------------------------------------------------- */

/* Names that the program that reads the folder passes over. */
static const char *
name_defect(const struct art_file *f)
{
	const char *base = strrchr(f->via, '/'), *p;
	size_t n;

	base = base ? base + 1 : f->via;
	n = strlen(base);
	if (strncmp(f->via, "/etc/dpkg/dpkg.cfg.d/", 21) == 0) {
		for (p = base; *p; p++)
			if (!(*p == '-' || *p == '_' ||
				(*p >= '0' && *p <= '9') ||
				(low(*p) >= 'a' && low(*p) <= 'z')))
				return "name has a byte other than letters, "
				       "digits, '-' and '_': dpkg passes over "
				       "it";
	} else if (strncmp(f->via, "/etc/xinetd.d/", 14) == 0) {
		if (strchr(base, '.') || (n && base[n - 1] == '~'))
			return "name holds a dot or ends in '~': xinetd "
			       "passes over it";
	} else if (strcmp(f->art->name, "static-pod") == 0 && base[0] == '.') {
		return "name begins with a dot: kubelet passes over it";
	}
	return NULL;
}

int
parse_settings(const struct art_file *f, struct rec *r, struct err *err)
{
	struct conf *c = settings_read(f);

	(void)err;
	if (!c) {
		art_file_row(f, r, NULL);
		return 0;
	}
	settings_rows(f, r, c, name_defect(f));
	settings_free(c);
	return 0;
}

/* The same for files that may hold passwords: they are not kept. */
int
parse_settings_secret(const struct art_file *f, struct rec *r,
    struct err *err)
{
	return parse_settings(f, r, err);
}
