#include "art.h"

#include "limits.h"
#include "runs.h"
#include "settings.h"

/*
 * apt.conf(5): nested scopes, lists, #clear. What is in force is known only
 * from all files together: those of apt.conf.d in the order of their names,
 * then apt.conf. So the files behind the one at hand are read for what they
 * clear or set again.
 */

struct apt_item {
	struct str key; /* DPkg::Pre-Invoke; of a list with :: at its end */
	struct str value;
	int64_t line;
	bool clear;
	const char *text;
	size_t text_n;
};

struct apt {
	const char *p;
	size_t n, at;
	int64_t line;
	struct apt_item *v;
	size_t items, cap;
	const char *odd;
	int64_t odd_line;
	bool over;
};

static void
apt_release(struct apt *a)
{
	size_t i;

	for (i = 0; i < a->items; i++) {
		str_release(&a->v[i].key);
		str_release(&a->v[i].value);
	}
	free(a->v);
}

static void
item(struct apt *a, const struct str *scope, const struct str *tag,
    const struct str *value, bool clear, size_t at, int64_t line)
{
	struct apt_item *i;
	size_t from = at;

	if (a->items >= CONF_ENTRIES_MAX) {
		a->over = true;
		return;
	}
	if (a->items == a->cap) {
		a->cap = a->cap ? 2 * a->cap : 32;
		a->v = xreallocarray(a->v, a->cap, sizeof(*a->v));
	}
	i = &a->v[a->items++];
	memset(i, 0, sizeof(*i));
	str_init(&i->key);
	str_init(&i->value);
	str_add(&i->key, scope->s, scope->n);
	if (scope->n && tag->n)
		str_adds(&i->key, "::");
	str_add(&i->key, tag->s, tag->n);
	if (!tag->n && !clear)
		str_adds(&i->key, "::");
	str_add(&i->value, value->s, value->n);
	i->line = line;
	i->clear = clear;
	while (from && a->p[from - 1] != '\n')
		from--;
	while (at < a->n && a->p[at] != '\n')
		at++;
	i->text = a->p + from;
	i->text_n = at - from > ART_LINE_MAX ? ART_LINE_MAX : at - from;
}

static bool
blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* White space and comments. "#" begins one, but for #clear and #include. */
static void
skip(struct apt *a)
{
	while (a->at < a->n) {
		const char *p = a->p + a->at;
		size_t n = a->n - a->at;

		if (blank(*p)) {
			a->line += *p == '\n';
			a->at++;
		} else if (n >= 2 && p[0] == '/' && p[1] == '*') {
			for (a->at += 2; a->at < a->n; a->at++) {
				a->line += a->p[a->at] == '\n';
				if (a->p[a->at] == '*' && a->at + 1 < a->n &&
				    a->p[a->at + 1] == '/')
					break;
			}
			a->at = a->at + 2 > a->n ? a->n : a->at + 2;
		} else if ((n >= 2 && p[0] == '/' && p[1] == '/') ||
			   (p[0] == '#' &&
			       !(n > 6 && strncasecmp(p, "#clear", 6) == 0) &&
			       !(n > 8 && strncasecmp(p, "#include", 8) == 0))) {
			while (a->at < a->n && a->p[a->at] != '\n')
				a->at++;
		} else {
			return;
		}
	}
}

static bool
refuse(struct apt *a, const char *why)
{
	if (!a->odd) {
		a->odd = why;
		a->odd_line = a->line;
	}
	return false;
}

/* A word; quotes in it may hold blanks, and nothing escapes them. */
static bool
word(struct apt *a, struct str *out)
{
	bool quote = false;
	char c;

	str_clear(out);
	for (; a->at < a->n; a->at++) {
		c = a->p[a->at];
		if (c == '"') {
			quote = !quote;
			continue;
		}
		if (quote && c == '\n')
			break;
		if (!quote && (blank(c) || c == ';' || c == '{' || c == '}'))
			break;
		str_addc(out, c);
	}
	return quote ? refuse(a, "a quote without end") : true;
}

static void
directive(struct apt *a)
{
	struct str tag cleanup_str = STR_INIT, name cleanup_str = STR_INIT;
	struct str none cleanup_str = STR_INIT;
	size_t at = a->at;
	int64_t line = a->line;

	if (!word(a, &name))
		return;
	for (skip(a); a->at < a->n && a->p[a->at] != ';'; skip(a)) {
		if (a->p[a->at] == '{' || a->p[a->at] == '}' || !word(a, &tag)) {
			refuse(a, "a directive that does not end in ';'");
			return;
		}
		if (strcasecmp(name.s, "#clear") == 0)
			item(a, &tag, &none, &none, true, at, line);
		else
			item(a, &name, &none, &tag, false, at, line);
	}
	if (a->at >= a->n)
		refuse(a, "the last entry does not end in ';'");
}

static void
apt_parse(struct apt *a)
{
	struct strlist scopes cleanup_strlist = STRLIST_INIT;
	struct str scope cleanup_str = STR_INIT, tag cleanup_str = STR_INIT;
	struct str value cleanup_str = STR_INIT, more cleanup_str = STR_INIT;
	int64_t line;
	size_t at;
	bool have, quoted;

	a->line = 1;
	for (skip(a); a->at < a->n && !a->over && !a->odd; skip(a)) {
		at = a->at;
		line = a->line;
		switch (a->p[at]) {
		case '#':
			directive(a);
			continue;
		case ';':
			a->at++;
			continue;
		case '}':
			/* one too many is nothing to apt */
			a->at++;
			if (scopes.n)
				str_release(&scopes.v[--scopes.n]);
			str_clear(&scope);
			if (scopes.n)
				str_set(&scope, scopes.v[scopes.n - 1].s,
				    scopes.v[scopes.n - 1].n);
			continue;
		case '{':
			refuse(a, "a block without a name");
			continue;
		}
		if (!word(a, &tag))
			continue;
		skip(a);
		str_clear(&value);
		have = a->at < a->n && !strchr(";{}", a->p[a->at]);
		/* texts in quotes are joined, other words are not */
		quoted = have && a->p[a->at] == '"';
		if (have && !word(a, &value))
			continue;
		for (skip(a); quoted && a->at < a->n && a->p[a->at] == '"' &&
		     word(a, &more); skip(a)) {
			str_addc(&value, ' ');
			str_add(&value, more.s, more.n);
		}
		if (a->odd)
			continue;
		if (a->at >= a->n) {
			refuse(a, "the last entry does not end in ';'");
		} else if (a->p[a->at] == '{') {
			if (scopes.n >= CONF_DEPTH_MAX) {
				a->over = true;
				continue;
			}
			a->at++;
			if (scope.n && tag.n)
				str_adds(&scope, "::");
			str_add(&scope, tag.s, tag.n);
			while (scope.n > 2 &&
			       memcmp(scope.s + scope.n - 2, "::", 2) == 0)
				str_cut(&scope, scope.n - 2);
			strlist_add(&scopes, scope.s, scope.n);
			continue;
		} else if (a->p[a->at] != ';' && a->p[a->at] != '}') {
			refuse(a, "more than one value");
		}
		if (!have) { /* an element of a list */
			str_set(&value, tag.s, tag.n);
			str_clear(&tag);
		}
		item(a, &scope, &tag, &value, false, at, line);
	}
}

/* ---- what keys mean --------------------------------------------------------- */

static const struct {
	const char *key; /* with :: at its end: a list; with *: any that begin so */
	int how;	 /* enum runs_syntax; -1: a setting */
	const char *when;
} keys[] = {
    {"DPkg::Pre-Invoke::", RUNS_SHELL, "before dpkg runs"},
    {"DPkg::Post-Invoke::", RUNS_SHELL, "after dpkg ran"},
    {"DPkg::Pre-Install-Pkgs::", RUNS_SHELL, "before packages are installed"},
    {"APT::Update::Pre-Invoke::", RUNS_SHELL, "before apt-get update"},
    {"APT::Update::Post-Invoke::", RUNS_SHELL, "after apt-get update"},
    {"APT::Update::Post-Invoke-Success::", RUNS_SHELL,
	"after apt-get update"},
    {"APT::Update::Post-Invoke-Stats::", RUNS_SHELL, "after apt-get update"},
    {"AptCli::Hooks::*", RUNS_SHELL, "apt install, apt search"},
    {"Acquire::*::Proxy-Auto-Detect", RUNS_WORDS, "apt fetches"},
    {"Acquire::*::ProxyAutoDetect", RUNS_WORDS, "apt fetches"},
    {"Dir::Bin::Methods*", -1, "apt fetches"},
    {"Dir::Bin::*", RUNS_FILE, "apt runs it"},
    {"APT::Compressor::*::Binary", RUNS_WORDS, "apt unpacks"},
    {"APT::Key::gpgvcommand", RUNS_WORDS, "apt checks signatures"},
    {"APT::Key::gpgcommand", RUNS_WORDS, "apt checks signatures"},
    {"Dpkg::Options::", -1, "dpkg runs"},
    {"DPkg::Chroot-Directory", -1, "dpkg runs"},
    {"DPkg::Path", -1, "dpkg runs"},
    {"Dir::Etc*", -1, ""},
    {"Dir", -1, ""},
    {"RootDir", -1, ""},
    {"#include", -1, ""},
    {"APT::Get::AllowUnauthenticated", -1, "apt fetches"},
    {"Acquire::AllowInsecureRepositories", -1, "apt fetches"},
    {"Acquire::AllowWeakRepositories", -1, "apt fetches"},
    {"Acquire::*::Verify-Peer", -1, "apt fetches"},
    {"Acquire::*::Proxy", -1, "apt fetches"},
    {"APT::Sandbox::User", -1, ""},
    {"APT::Periodic::Enable", -1, ""},
    {"APT::Update::*", RUNS_SHELL, "apt-get update"},
};

/* Binary::apt::KEY counts for one program; its key is KEY. */
static const char *
plain_key(const struct str *key, size_t *n)
{
	const char *p = key->s, *end;

	*n = key->n;
	if (key->n < 8 || strncasecmp(p, "Binary::", 8) != 0)
		return p;
	end = strstr(p + 8, "::");
	if (!end)
		return p;
	*n = key->n - (size_t)(end + 2 - p);
	return end + 2;
}

static bool
key_is(const struct str *key, const char *pattern)
{
	struct strlist path cleanup_strlist = STRLIST_INIT;
	size_t n, k = strlen(pattern);
	const char *p = plain_key(key, &n);
	bool list;

	list = n >= 2 && memcmp(p + n - 2, "::", 2) == 0;
	if (k >= 2 && strcmp(pattern + k - 2, "::") == 0) {
		/* a list's element may have a name of its own */
		if (n < k || strncasecmp(p, pattern, k) != 0)
			return false;
		return true;
	}
	if (list)
		n -= 2;
	strlist_add(&path, p, n);
	return settings_match(&path, pattern, true);
}

/* Of a key that is cleared, everything below goes. */
static bool
cleared(const struct str *key, const struct str *clear)
{
	size_t n = clear->n;

	while (n >= 2 && memcmp(clear->s + n - 2, "::", 2) == 0)
		n -= 2;
	return n && key->n >= n && strncasecmp(key->s, clear->s, n) == 0 &&
	       (key->n == n || strncmp(key->s + n, "::", 2) == 0);
}

/* Does item i of a later place take this one out of force? */
static bool
undone(const struct apt_item *x, const struct apt_item *i)
{
	bool list = x->key.n >= 2 &&
		    memcmp(x->key.s + x->key.n - 2, "::", 2) == 0;

	if (i->clear)
		return cleared(&x->key, &i->key);
	return !list && i->key.n == x->key.n &&
	       strncasecmp(i->key.s, x->key.s, x->key.n) == 0;
}

/* ---- files ------------------------------------------------------------------ */

/* Why apt passes over a name in apt.conf.d; NULL: it reads it. */
static const char *
name_defect(const char *name)
{
	const char *p, *dot = strrchr(name, '.');

	if (name[0] == '.')
		return "name begins with a dot: apt passes over it";
	if (dot && strcmp(dot, ".conf") != 0)
		return "name ends neither in .conf nor without a dot: apt "
		       "passes over it";
	for (p = name; *p; p++)
		if (!((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') ||
			(*p >= 'A' && *p <= 'Z') || strchr("-_.:", *p)))
			return "name has a byte other than letters, digits, "
			       "'-', '_', '.' and ':': apt passes over it";
	return NULL;
}

#define PARTS "/etc/apt/apt.conf.d"

struct later {
	const struct art_file *f;
	const char *name; /* of the file at hand; NULL: it is apt.conf */
	struct strlist paths;
};

static int
part(void *arg, const struct root_entry *ent)
{
	struct later *l = arg;
	struct str path cleanup_str = STR_INIT;

	if (strcmp(ent->name, l->name) <= 0 || name_defect(ent->name) ||
	    S_ISDIR(ent->st->st_mode))
		return 0;
	str_addf(&path, PARTS "/%s", ent->name);
	strlist_add(&l->paths, path.s, path.n);
	return l->paths.n >= APT_PARTS_MAX;
}

/* For each item the path of a file behind this one that undoes it, or NULL;
 * they are names of paths. */
static void
look_behind(const struct art_file *f, const struct apt *a, const char **by,
    struct strlist *paths)
{
	struct later l = {.f = f, .paths = STRLIST_INIT};
	struct str data cleanup_str = STR_INIT;
	struct apt b;
	size_t i, j, k;

	if (!f->root || strncmp(f->via, PARTS "/", strlen(PARTS) + 1) != 0)
		return;
	l.name = strrchr(f->via, '/') + 1;
	root_list(f->root, PARTS, part, &l, NULL);
	strlist_adds(&l.paths, "/etc/apt/apt.conf");
	*paths = l.paths;
	for (i = 0; i < paths->n; i++) {
		if (root_slurp(f->root, paths->v[i].s, CONF_YAML_MAX, &data,
		    NULL, NULL))
			continue;
		memset(&b, 0, sizeof(b));
		b.p = data.s;
		b.n = data.n;
		apt_parse(&b);
		for (j = 0; j < b.items; j++)
			for (k = 0; k < a->items; k++)
				if (!by[k] && undone(&a->v[k], &b.v[j]))
					by[k] = paths->v[i].s;
		apt_release(&b);
	}
}

int
parse_aptconf(const struct art_file *f, struct rec *r, struct err *err)
{
	struct strlist paths cleanup_strlist = STRLIST_INIT;
	struct apt a = {.p = f->data, .n = f->n};
	struct str odd cleanup_str = STR_INIT, why cleanup_str = STR_INIT;
	const char *defect = NULL, *name = strrchr(f->via, '/'), **by;
	size_t i, j, k, rows = 0;

	(void)err;
	if (strncmp(f->via, PARTS "/", strlen(PARTS) + 1) == 0)
		defect = name_defect(name + 1);
	apt_parse(&a);
	if (a.odd) {
		str_addf(&odd, "apt refuses its configuration for line %lld: %s",
		    (long long)a.odd_line, a.odd);
		if (!defect)
			defect = odd.s;
	}
	by = xcalloc(a.items + 1, sizeof(*by));
	if (!defect)
		look_behind(f, &a, by, &paths);
	for (i = 0; i < a.items; i++) {
		struct settings_run s = {.line = a.v[i].line,
		    .name = a.v[i].key.s, .text = a.v[i].text,
		    .text_n = a.v[i].text_n};

		if (a.v[i].clear || !a.v[i].value.n)
			continue;
		for (k = 0; k < COUNT(keys); k++)
			if (key_is(&a.v[i].key, keys[k].key))
				break;
		if (k == COUNT(keys))
			continue;
		str_clear(&why);
		for (j = i + 1; j < a.items && !why.n; j++)
			if (undone(&a.v[i], &a.v[j]))
				str_addf(&why, "%s in line %lld",
				    a.v[j].clear ? "cleared" : "set again",
				    (long long)a.v[j].line);
		if (!why.n && by[i])
			str_addf(&why, "cleared or set again by %s", by[i]);
		s.defect = defect ? defect : why.n ? why.s : NULL;
		s.when = keys[k].when;
		rows++;
		if (keys[k].how < 0)
			settings_value(f, r, &s, a.v[i].value.s,
			    a.v[i].value.n);
		else
			settings_command(f, r, &s, keys[k].how, a.v[i].value.s,
			    a.v[i].value.n);
	}
	if (!rows)
		art_file_row(f, r, defect);
	if (a.over)
		rec_note(r, ERR_LIMIT, "parse", f->scope, f->file->path.s, 0,
		    "more than %d settings (CONF_ENTRIES_MAX) or %d levels "
		    "(CONF_DEPTH_MAX)", CONF_ENTRIES_MAX, CONF_DEPTH_MAX);
	free(by);
	apt_release(&a);
	return 0;
}

/* ---- sources.list(5) ---------------------------------------------------------- */

static void
source(const struct art_file *f, struct rec *r, int64_t line, const char *text,
    size_t n, const struct str *uri, const struct strlist *with,
    const char *defect)
{
	struct settings_run s = {.line = line, .name = "source", .text = text,
	    .text_n = n, .with = with->n ? with : NULL, .defect = defect,
	    .when = "packages are installed"};

	settings_value(f, r, &s, uri->s, uri->n);
}

/* deb [trusted=yes arch=amd64] URI suite component */
static void
one_line(const struct art_file *f, struct rec *r, const struct art_line *l,
    const char *defect)
{
	struct strlist with cleanup_strlist = STRLIST_INIT;
	struct str uri cleanup_str = STR_INIT;
	size_t i = 0, from;
	bool options = false;

	while (i < l->n && !blank(l->p[i]))
		i++;
	for (;;) {
		while (i < l->n && blank(l->p[i]))
			i++;
		if (i < l->n && l->p[i] == '[' && !options) {
			options = true;
			i++;
			continue;
		}
		if (options && i < l->n && l->p[i] == ']') {
			options = false;
			i++;
			continue;
		}
		from = i;
		while (i < l->n && !blank(l->p[i]) &&
		       !(options && l->p[i] == ']'))
			i++;
		if (i == from)
			break;
		if (!options) {
			str_add(&uri, l->p + from, i - from);
			break;
		}
		if (with.n < ART_ENV_MAX)
			strlist_add(&with, l->p + from, i - from);
	}
	source(f, r, l->number, l->p, l->n, &uri, &with, defect);
}

int
parse_aptsources(const struct art_file *f, struct rec *r, struct err *err)
{
	static const char *const shown[] = {"Trusted", "Signed-By", "Suites",
	    "Allow-Insecure", "Allow-Weak", "Types", NULL};
	struct strlist with cleanup_strlist = STRLIST_INIT;
	struct str uri cleanup_str = STR_INIT, kv cleanup_str = STR_INIT;
	struct art_line l = ART_LINE_INIT, first = ART_LINE_INIT;
	const char *defect = NULL, *colon;
	size_t n = strlen(f->via), i, k, key, rows = 0;
	bool deb822 = n > 8 && strcmp(f->via + n - 8, ".sources") == 0;
	bool off = false;

	(void)err;
	if (!deb822 && strcmp(f->via, "/etc/apt/sources.list") != 0 &&
	    !(n > 5 && strcmp(f->via + n - 5, ".list") == 0))
		defect = "name ends neither in .list nor in .sources: apt "
			 "passes over it";
	for (;;) {
		bool more = art_next(f, &l);

		for (i = 0; more && i < l.n && blank(l.p[i]);)
			i++;
		if (deb822 && (!more || i == l.n)) {
			/* a stanza ends */
			if (uri.n && rows++ < ART_LINES_MAX)
				source(f, r, first.number, first.p, first.n,
				    &uri, &with, off ? "Enabled: no" : defect);
			str_clear(&uri);
			strlist_clear(&with);
			off = false;
			first.p = NULL;
		}
		if (!more)
			break;
		if (i == l.n || l.p[i] == '#')
			continue;
		if (!deb822) {
			if (rows++ < ART_LINES_MAX)
				one_line(f, r, &l, defect);
			continue;
		}
		colon = memchr(l.p, ':', l.n);
		if (!colon || i)
			continue;
		key = (size_t)(colon - l.p);
		for (i = key + 1; i < l.n && blank(l.p[i]);)
			i++;
		for (n = l.n; n > i && blank(l.p[n - 1]);)
			n--;
		if (key == 4 && strncasecmp(l.p, "URIs", 4) == 0) {
			str_set(&uri, l.p + i, n - i);
			first = l;
		} else if (key == 7 && strncasecmp(l.p, "Enabled", 7) == 0) {
			off = n > i && (l.p[i] == 'n' || l.p[i] == 'N' ||
					   l.p[i] == '0' || l.p[i] == 'f');
		}
		for (k = 0; shown[k]; k++)
			if (strlen(shown[k]) == key &&
			    strncasecmp(l.p, shown[k], key) == 0 &&
			    with.n < ART_ENV_MAX) {
				str_clear(&kv);
				str_addf(&kv, "%s=", shown[k]);
				str_add(&kv, l.p + i, n - i);
				strlist_add(&with, kv.s, kv.n);
			}
	}
	if (rows > ART_LINES_MAX)
		art_too_many(f, r);
	if (!rows)
		art_file_row(f, r, defect);
	return 0;
}

/* ---- dnf: actions of a plug-in ------------------------------------------------- */

/*
 * dnf 4: package filter : state : command; dnf 5: name : filter : direction :
 * options : command.
 */
int
parse_dnfaction(const struct art_file *f, struct rec *r, struct err *err)
{
	size_t n = strlen(f->via), i, k, rows = 0, fields;
	bool five = n > 8 && strcmp(f->via + n - 8, ".actions") == 0;
	struct str name cleanup_str = STR_INIT;
	struct art_line l = ART_LINE_INIT;

	(void)err;
	while (art_next(f, &l)) {
		for (i = 0; i < l.n && blank(l.p[i]);)
			i++;
		if (i == l.n || l.p[i] == '#')
			continue;
		if (++rows > ART_LINES_MAX) {
			art_too_many(f, r);
			break;
		}
		fields = five ? 4 : 2;
		for (k = i; k < l.n && fields; k++)
			fields -= l.p[k] == ':';
		str_clear(&name);
		str_add(&name, l.p + i, k - i - !fields);

		struct settings_run s = {.line = l.number, .name = name.s,
		    .text = l.p, .text_n = l.n};

		if (fields) {
			s.defect = "too few fields: dnf passes over it";
			k = l.n;
		}
		settings_command(f, r, &s, RUNS_SHELL, l.p + k, l.n - k);
	}
	if (!rows)
		art_file_row(f, r, NULL);
	return 0;
}
