#include "sshconf.h"

#include "limits.h"

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f';
}

void
sshconf_init(struct sshconf *c, struct root *r, const char *base,
    const char *home)
{
	memset(c, 0, sizeof(*c));
	c->root = r;
	c->base = base;
	c->home = home;
	c->blocks = xcalloc(1, sizeof(*c->blocks));
	c->blocks_n = 1;
}

void
sshconf_release(struct sshconf *c)
{
	size_t i;

	for (i = 0; i < c->files_n; i++) {
		str_release(&c->files[i].path);
		str_release(&c->files[i].via);
	}
	for (i = 0; i < c->n; i++) {
		str_release(&c->v[i].key);
		str_release(&c->v[i].value);
		str_release(&c->v[i].text);
		strlist_release(&c->v[i].args);
	}
	free(c->files);
	free(c->v);
	free(c->blocks);
	memset(c, 0, sizeof(*c));
}

int
sshconf_args(const char *p, size_t n, struct strlist *out)
{
	struct str word cleanup_str = STR_INIT;
	size_t i = 0;
	char quote;

	while (i < n) {
		while (i < n && blank(p[i]))
			i++;
		if (i == n || p[i] == '#')
			return 0;
		str_clear(&word);
		for (quote = 0; i < n; i++) {
			if (p[i] == '\\' && i + 1 < n && (p[i + 1] == '\'' ||
			    p[i + 1] == '"' || p[i + 1] == '\\' ||
			    (!quote && p[i + 1] == ' '))) {
				str_addc(&word, p[++i]);
			} else if (!quote && blank(p[i])) {
				break;
			} else if (!quote && (p[i] == '"' || p[i] == '\'')) {
				quote = p[i];
			} else if (quote && p[i] == quote) {
				quote = 0;
			} else {
				str_addc(&word, p[i]);
			}
		}
		if (quote)
			return -1;
		strlist_add(out, word.s, word.n);
	}
	return 0;
}

/* One pattern with * and ?, without backtracking over more than one star. */
static bool
pattern(const char *p, size_t n, const char *s)
{
	size_t i = 0, k = 0, star = n, mark = 0, len = strlen(s);

	while (k < len) {
		if (i < n && p[i] == '*') {
			star = ++i;
			mark = k;
		} else if (i < n && (p[i] == '?' || p[i] == s[k])) {
			i++;
			k++;
		} else if (star <= n && star > 0 && p[star - 1] == '*') {
			i = star;
			k = ++mark;
		} else {
			return false;
		}
	}
	while (i < n && p[i] == '*')
		i++;
	return i == n;
}

int
sshconf_match(const char *patterns, size_t n, const char *s)
{
	size_t i, from = 0;
	int got = 0;
	bool not;

	for (i = 0; i <= n; i++) {
		if (i < n && patterns[i] != ',')
			continue;
		not = from < i && patterns[from] == '!';
		if (i > from &&
		    pattern(patterns + from + not, i - from - not, s)) {
			if (not)
				return -1;
			got = 1;
		}
		from = i + 1;
	}
	return got;
}

struct reading {
	struct sshconf *c;
	size_t block; /* at hand */
	int depth;
};

static void file(struct reading *from, const char *path);

static int
included(void *arg, const char *via, struct root_file *f)
{
	struct reading *r = arg;

	(void)f;
	file(r, via);
	return r->c->over;
}

static void
include(struct reading *r, const struct strlist *args)
{
	struct str path cleanup_str = STR_INIT;
	const struct str *a;
	size_t i;

	for (i = 0; i < args->n && r->c->root && r->depth < SSHCONF_DEPTH;
	     i++) {
		a = &args->v[i];
		if (!a->n || memchr(a->s, '\0', a->n))
			continue;
		str_clear(&path);
		if (r->c->home && a->s[0] == '~' && a->s[1] == '/')
			str_adds(&path, r->c->home);
		else if (a->s[0] != '/')
			str_addf(&path, "%s/", r->c->base);
		str_adds(&path, a->s + (path.n && a->s[0] == '~'));
		root_glob(r->c->root, path.s, included, NULL, r, NULL);
	}
}

static void
one(struct reading *r, size_t file_at, int64_t number, const char *p, size_t n)
{
	struct sshconf *c = r->c;
	struct sshconf_line *l;
	struct strlist args;
	size_t i, from, blocks;
	bool sign = false;

	while (n && blank(p[n - 1]))
		n--;
	for (i = 0; i < n && blank(p[i]);)
		i++;
	if (i == n || p[i] == '#')
		return;
	if (c->n >= SSHCONF_LINES_MAX) {
		c->over = true;
		return;
	}
	if (c->n == c->cap) {
		c->cap = c->cap ? 2 * c->cap : 32;
		c->v = xreallocarray(c->v, c->cap, sizeof(*c->v));
	}
	l = &c->v[c->n];
	memset(l, 0, sizeof(*l));
	str_init(&l->key);
	str_init(&l->value);
	str_init(&l->text);
	l->file = file_at;
	l->line = number;
	l->block = r->block;
	str_add(&l->text, p + i, n - i);
	if (p[i] == '"') {
		from = ++i;
		while (i < n && p[i] != '"')
			i++;
		sign = i == n;
	} else {
		from = i;
		while (i < n && !blank(p[i]) && p[i] != '=' && p[i] != '"')
			i++;
	}
	for (; from < i; from++)
		str_addc(&l->key, p[from] >= 'A' && p[from] <= 'Z'
		    ? (char)(p[from] - 'A' + 'a') : p[from]);
	if (i < n && p[i] == '"' && l->text.s[0] == '"')
		i++;
	if (sign)
		l->defect = "quote without end: the file is refused";
	while (i < n && blank(p[i]))
		i++;
	if (i < n && p[i] == '=')
		i++;
	while (i < n && blank(p[i]))
		i++;
	str_add(&l->value, p + i, n - i);
	if (!l->defect && i == n)
		l->defect = "no argument: the file is refused";
	if (sshconf_args(p + i, n - i, &l->args) && !l->defect)
		l->defect = "quote without end: the file is refused";
	if (str_eq(&l->key, "match") || str_eq(&l->key, "host")) {
		blocks = c->blocks_n++;
		c->blocks = xreallocarray(c->blocks, c->blocks_n,
		    sizeof(*c->blocks));
		/* a block of this file ends here, one around it goes on */
		i = r->block;
		while (i && c->v[c->blocks[i].line].file == file_at)
			i = c->blocks[i].parent;
		c->blocks[blocks].parent = i;
		c->blocks[blocks].line = c->n;
		l->block = r->block = blocks;
	}
	c->n++;
	if (str_eq(&l->key, "include")) {
		args = l->args; /* c->v moves when it grows */
		include(r, &args);
	}
}

static void
text(struct reading *r, const char *path, const char *via, const char *p,
    size_t n)
{
	struct sshconf *c = r->c;
	size_t at = c->files_n++, k;
	int64_t number = 0;
	const char *nl;

	c->files = xreallocarray(c->files, c->files_n, sizeof(*c->files));
	str_init(&c->files[at].path);
	str_init(&c->files[at].via);
	str_adds(&c->files[at].path, path);
	str_adds(&c->files[at].via, via);
	for (; n && !c->over; p += k, n -= k) {
		nl = memchr(p, '\n', n);
		k = nl ? (size_t)(nl - p) : n;
		one(r, at, ++number, p, k > ART_LINE_MAX ? ART_LINE_MAX : k);
		k += nl != NULL;
	}
}

static void
file(struct reading *from, const char *path)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str data cleanup_str = STR_INIT;
	struct reading r = {from->c, from->block, from->depth + 1};

	if (from->c->files_n >= SSHCONF_FILES_MAX)
		from->c->over = true;
	if (from->c->over ||
	    root_slurp(from->c->root, path, ART_KEEP_MAX, &data, &f, NULL) < 0)
		return; /* whoever reads the file itself notes why */
	text(&r, f.path.s, path, data.s, data.n);
}

void
sshconf_file(struct sshconf *c, const char *path)
{
	struct reading r = {c, 0, -1};

	if (c->root)
		file(&r, path);
}

void
sshconf_text(struct sshconf *c, const char *path, const char *p, size_t n)
{
	struct reading r = {c, 0, SSHCONF_DEPTH};

	text(&r, path, path, p, n);
}
