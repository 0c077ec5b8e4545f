#include "conf.h"

#include "err.h"

#include "limits.h"

void
conf_release(struct conf *c)
{
	size_t i;

	for (i = 0; i < c->n; i++) {
		strlist_release(&c->v[i].path);
		strlist_release(&c->v[i].list);
		str_release(&c->v[i].value);
	}
	free(c->v);
	strlist_release(&c->at);
	c->v = NULL;
	c->n = c->cap = 0;
}

void
conf_start(struct conf *c, const char *p, size_t n)
{
	c->p = p;
	c->size = n;
	strlist_clear(&c->at);
}

void
conf_push(struct conf *c, const void *key, size_t n)
{
	strlist_add(&c->at, key, n);
}

void
conf_pop(struct conf *c)
{
	if (c->at.n)
		str_release(&c->at.v[--c->at.n]);
}

static bool
room(struct conf *c, size_t n)
{
	c->bytes += n;
	if (c->n >= CONF_ENTRIES_MAX || c->bytes > CONF_BYTES_MAX)
		c->over = true;
	return !c->over;
}

struct conf_entry *
conf_add(struct conf *c, const void *value, size_t n, size_t at, int64_t line)
{
	struct conf_entry *e;
	size_t i, from, to;

	for (i = 0; i < c->at.n; i++)
		c->bytes += c->at.v[i].n;
	if (!room(c, n))
		return NULL;
	if (c->n == c->cap) {
		c->cap = c->cap ? 2 * c->cap : 32;
		c->v = xreallocarray(c->v, c->cap, sizeof(*c->v));
	}
	e = &c->v[c->n++];
	memset(e, 0, sizeof(*e));
	str_init(&e->value);
	str_add(&e->value, value, n);
	for (i = 0; i < c->at.n; i++)
		strlist_add(&e->path, c->at.v[i].s, c->at.v[i].n);
	e->line = line;
	for (from = at < c->size ? at : c->size; from; from--)
		if (c->p[from - 1] == '\n')
			break;
	for (to = from; to < c->size && c->p[to] != '\n'; to++)
		;
	if (to - from > ART_LINE_MAX)
		to = from + ART_LINE_MAX;
	e->text = c->p + from;
	e->text_n = to - from;
	return e;
}

void
conf_element(struct conf *c, struct conf_entry *e, const void *p, size_t n)
{
	if (!e || !room(c, n + sizeof(struct str)))
		return;
	if (e->list.n)
		str_addc(&e->value, ' ');
	str_add(&e->value, p, n);
	strlist_add(&e->list, p, n);
}

void
conf_odd(struct conf *c, const char *why, int64_t line)
{
	if (c->odd)
		return;
	c->odd = why;
	c->odd_line = line;
}

/* ---- lines ---------------------------------------------------------------- */

struct lines {
	const char *p;
	size_t n, next;
	size_t at, len; /* the line: its place, without newline */
	int64_t number;
};

static bool
next_line(struct lines *l)
{
	const char *nl;

	if (l->next >= l->n)
		return false;
	l->at = l->next;
	nl = memchr(l->p + l->at, '\n', l->n - l->at);
	l->len = nl ? (size_t)(nl - l->p) - l->at : l->n - l->at;
	l->next = l->at + l->len + 1;
	l->number++;
	return true;
}

static bool
blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
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

/* Whole lines that a backslash joins, in out; l is at the last of them. */
static void
joined(struct lines *l, struct str *out)
{
	const char *p;
	size_t n;

	str_clear(out);
	for (;;) {
		p = l->p + l->at;
		n = l->len;
		if (n && p[n - 1] == '\r')
			n--;
		if (!n || p[n - 1] != '\\' || out->n > ART_LINE_MAX) {
			str_add(out, p, n);
			return;
		}
		str_add(out, p, n - 1);
		str_addc(out, ' ');
		if (!next_line(l))
			return;
	}
}

/* ---- ini ------------------------------------------------------------------ */

static void
unquote(const char **p, size_t *n)
{
	if (*n >= 2 && (**p == '"' || **p == '\'') && (*p)[*n - 1] == **p) {
		++*p;
		*n -= 2;
	}
}

/* Without a comment that begins within the line; quotes protect it. */
static size_t
before_comment(const char *p, size_t n)
{
	char quote = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (quote) {
			if (p[i] == quote)
				quote = 0;
		} else if (p[i] == '"' || p[i] == '\'') {
			quote = p[i];
		} else if ((p[i] == ';' || p[i] == '#') && i &&
			   blank(p[i - 1])) {
			return i;
		}
	}
	return n;
}

static void
ini_line(struct conf *c, const char *p, size_t n, const struct lines *l,
    size_t at, int64_t line, unsigned flags)
{
	const char *v;
	size_t k = 0, vn;

	while (k < n && p[k] != '=' && !((flags & INI_COLON) && p[k] == ':') &&
	       !((flags & INI_BLANK) && blank(p[k])))
		k++;
	v = p + k;
	vn = n - k;
	if (vn) {
		if (flags & INI_BLANK)
			trim(&v, &vn);
		if (vn && (*v == '=' || ((flags & INI_COLON) && *v == ':'))) {
			v++;
			vn--;
		}
		trim(&v, &vn);
	}
	trim(&p, &k);
	if (!k)
		return;
	if (flags & INI_INLINE) {
		vn = before_comment(v, vn);
		trim(&v, &vn);
	}
	if (flags & INI_QUOTES)
		unquote(&v, &vn);
	conf_push(c, p, k);
	conf_add(c, v, vn, at, line);
	conf_pop(c);
	(void)l;
}

void
conf_ini(struct conf *c, const char *p, size_t n, unsigned flags)
{
	struct str line cleanup_str = STR_INIT;
	struct lines l = {.p = p, .n = n};
	struct conf_entry *e;
	const char *s, *end;
	size_t k, at;
	int64_t number;
	bool indented;

	conf_start(c, p, n);
	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		l.next = 3;
	while (!c->over && next_line(&l)) {
		at = l.at;
		number = l.number;
		if (flags & INI_BACKSLASH)
			joined(&l, &line);
		else
			str_set(&line, p + l.at, l.len);
		s = line.s;
		k = line.n;
		indented = k && blank(*s);
		trim(&s, &k);
		if (!k || *s == '#' || ((flags & INI_SEMICOLON) && *s == ';'))
			continue;
		if ((flags & INI_INDENT) && indented && c->n &&
		    c->v[c->n - 1].path.n > c->at.n) {
			e = &c->v[c->n - 1];
			if (flags & INI_INLINE)
				k = before_comment(s, k);
			if (room(c, k)) {
				str_addc(&e->value, ' ');
				str_add(&e->value, s, k);
			}
			continue;
		}
		if (*s == '[') {
			end = memchr(s, ']', k);
			strlist_clear(&c->at);
			s++;
			k = end ? (size_t)(end - s) : k - 1;
			trim(&s, &k);
			conf_push(c, s, k);
			continue;
		}
		ini_line(c, s, k, &l, at, number, flags);
	}
}

/* ---- a word and the rest -------------------------------------------------- */

void
conf_words(struct conf *c, const char *p, size_t n, unsigned flags)
{
	struct str line cleanup_str = STR_INIT;
	struct lines l = {.p = p, .n = n};
	const char *s;
	size_t k, w, at;
	int64_t number;

	conf_start(c, p, n);
	while (!c->over && next_line(&l)) {
		at = l.at;
		number = l.number;
		joined(&l, &line);
		s = line.s;
		k = line.n;
		trim(&s, &k);
		if (!k || *s == '#' || ((flags & INI_SEMICOLON) && *s == ';'))
			continue;
		for (w = 0; w < k && !blank(s[w]); w++)
			;
		conf_push(c, s, w);
		s += w;
		k -= w;
		if (flags & INI_INLINE)
			k = before_comment(s, k);
		trim(&s, &k);
		if (flags & INI_QUOTES)
			unquote(&s, &k);
		conf_add(c, s, k, at, number);
		conf_pop(c);
	}
}

/* ---- words ; words { } ---------------------------------------------------- */

/* One word at i, quotes taken off, appended to out. */
static size_t
word(const char *p, size_t n, size_t i, struct str *out)
{
	char q;

	while (i < n && !blank(p[i]) && p[i] != ';' && p[i] != '{' &&
	       p[i] != '}') {
		if (p[i] == '"' || p[i] == '\'') {
			q = p[i++];
			while (i < n && p[i] != q) {
				if (p[i] == '\\' && i + 1 < n)
					i++;
				str_addc(out, p[i++]);
			}
			i += i < n;
			continue;
		}
		if (p[i] == '\\' && i + 1 < n)
			i++;
		else if (p[i] == '$' && i + 1 < n && p[i + 1] == '{') {
			while (i < n && p[i] != '}')
				str_addc(out, p[i++]);
			if (i == n)
				break;
		}
		str_addc(out, p[i++]);
	}
	return i;
}

static void
words_end(struct conf *c, struct strlist *w, size_t at, int64_t line)
{
	struct str value cleanup_str = STR_INIT;
	struct conf_entry *e;
	size_t i;

	if (!w->n)
		return;
	conf_push(c, w->v[0].s, w->v[0].n);
	for (i = 1; i < w->n; i++) {
		if (i > 1)
			str_addc(&value, ' ');
		str_add(&value, w->v[i].s, w->v[i].n);
	}
	e = conf_add(c, value.s, value.n, at, line);
	(void)e;
	conf_pop(c);
	strlist_clear(w);
}

void
conf_blocks(struct conf *c, const char *p, size_t n, unsigned flags)
{
	struct strlist w cleanup_strlist = STRLIST_INIT;
	struct str one cleanup_str = STR_INIT;
	int64_t line = 1, first = 1;
	size_t i = 0, at = 0, from;

	(void)flags;
	conf_start(c, p, n);
	while (i < n && !c->over) {
		if (p[i] == '\n')
			line++;
		if (blank(p[i])) {
			i++;
			continue;
		}
		if (p[i] == '#') {
			while (i < n && p[i] != '\n')
				i++;
			continue;
		}
		if (!w.n) {
			at = i;
			first = line;
		}
		if (p[i] == ';') {
			words_end(c, &w, at, first);
			i++;
		} else if (p[i] == '{') {
			words_end(c, &w, at, first);
			if (c->at.n >= CONF_DEPTH_MAX) {
				c->over = true;
				break;
			}
			if (c->n && c->v[c->n - 1].path.n > c->at.n)
				conf_push(c, c->v[c->n - 1].path.v[c->at.n].s,
				    c->v[c->n - 1].path.v[c->at.n].n);
			else
				conf_push(c, "", 0);
			i++;
		} else if (p[i] == '}') {
			words_end(c, &w, at, first);
			conf_pop(c);
			i++;
		} else {
			str_clear(&one);
			from = i;
			i = word(p, n, i, &one);
			for (; from < i; from++)
				line += p[from] == '\n';
			strlist_add(&w, one.s, one.n);
		}
	}
	words_end(c, &w, at, first);
}

/* ---- xinetd ----------------------------------------------------------------- */

void
conf_xinetd(struct conf *c, const char *p, size_t n, unsigned flags)
{
	struct lines l = {.p = p, .n = n};
	struct str name cleanup_str = STR_INIT;
	const char *s, *eq;
	size_t k;

	(void)flags;
	conf_start(c, p, n);
	while (!c->over && next_line(&l)) {
		s = p + l.at;
		k = l.len;
		trim(&s, &k);
		if (!k || *s == '#')
			continue;
		if (*s == '{') {
			conf_push(c, name.s, name.n);
		} else if (*s == '}') {
			strlist_clear(&c->at);
		} else if (!c->at.n) {
			str_set(&name, s, k);
			if (k > 8 && memcmp(s, "service", 7) == 0 &&
			    blank(s[7])) {
				s += 7;
				k -= 7;
				trim(&s, &k);
				while (k && (s[k - 1] == '{' ||
						blank(s[k - 1])))
					k--;
				if (s[k] == '{' || s[k] == ' ')
					conf_push(c, s, k);
				str_set(&name, s, k);
			} else if (memchr(s, ' ', k) || memchr(s, '\t', k)) {
				for (k = 0; !blank(s[k]); k++)
					;
				conf_push(c, s, k);
				s += k;
				k = l.len - (size_t)(s - (p + l.at));
				trim(&s, &k);
				conf_add(c, s, k, l.at, l.number);
				conf_pop(c);
			}
		} else if ((eq = memchr(s, '=', k))) {
			size_t key = (size_t)(eq - s);

			/* "+=" and "-=" are for lists */
			while (key && (blank(s[key - 1]) || s[key - 1] == '+' ||
					  s[key - 1] == '-'))
				key--;
			conf_push(c, s, key);
			k -= (size_t)(eq + 1 - s);
			s = eq + 1;
			trim(&s, &k);
			conf_add(c, s, k, l.at, l.number);
			conf_pop(c);
		}
	}
}

/* ---- shell assignments ------------------------------------------------------ */

void
conf_shell(struct conf *c, const char *p, size_t n, unsigned flags)
{
	struct str line cleanup_str = STR_INIT, value cleanup_str = STR_INIT;
	struct lines l = {.p = p, .n = n};
	const char *s;
	size_t k, i, key, at;
	int64_t number;
	char quote;

	(void)flags;
	conf_start(c, p, n);
	while (!c->over && next_line(&l)) {
		at = l.at;
		number = l.number;
		joined(&l, &line);
		s = line.s;
		k = line.n;
		trim(&s, &k);
		if (k > 7 && memcmp(s, "export", 6) == 0 && blank(s[6])) {
			s += 7;
			k -= 7;
			trim(&s, &k);
		}
		for (key = 0; key < k && (s[key] == '_' ||
			 (s[key] >= '0' && s[key] <= '9') ||
			 ((s[key] | 32) >= 'a' && (s[key] | 32) <= 'z'));)
			key++;
		if (!key || key == k || s[key] != '=')
			continue;
		str_clear(&value);
		for (i = key + 1, quote = 0; i < k; i++) {
			if (!quote && (blank(s[i]) || s[i] == ';'))
				break;
			if (!quote && (s[i] == '"' || s[i] == '\''))
				quote = s[i];
			else if (quote && s[i] == quote)
				quote = 0;
			else if (s[i] == '\\' && quote != '\'' && i + 1 < k)
				str_addc(&value, s[++i]);
			else
				str_addc(&value, s[i]);
		}
		conf_push(c, s, key);
		conf_add(c, value.s, value.n, at, number);
		conf_pop(c);
	}
}

/* ---- git -------------------------------------------------------------------- */

struct git {
	const char *p;
	size_t n, at;
	int64_t line;
};

static int
git_get(struct git *g)
{
	int ch;

	if (g->at >= g->n)
		return -1;
	ch = (unsigned char)g->p[g->at++];
	if (ch == '\r' && g->at < g->n && g->p[g->at] == '\n') {
		ch = '\n';
		g->at++;
	}
	if (ch == '\n')
		g->line++;
	return ch;
}

static bool
git_key(int ch)
{
	return (ch >= '0' && ch <= '9') || ((ch | 32) >= 'a' && (ch | 32) <= 'z') ||
	       ch == '-';
}

static int
lower(int ch)
{
	return ch >= 'A' && ch <= 'Z' ? ch + 32 : ch;
}

/* [section "sub"] or [section.sub]. -1: git would die. */
static int
git_section(struct conf *c, struct git *g)
{
	struct str s cleanup_str = STR_INIT;
	bool sub = false;
	int ch;

	strlist_clear(&c->at);
	for (;;) {
		ch = git_get(g);
		if (ch == ']')
			break;
		if (ch == ' ' || ch == '\t') {
			do {
				ch = git_get(g);
			} while (ch == ' ' || ch == '\t');
			if (ch != '"')
				return -1;
			conf_push(c, s.s, s.n);
			str_clear(&s);
			for (;;) {
				ch = git_get(g);
				if (ch == '\n' || ch < 0)
					return -1;
				if (ch == '"')
					break;
				if (ch == '\\') {
					ch = git_get(g);
					if (ch == '\n' || ch < 0)
						return -1;
				}
				str_addc(&s, (char)ch);
			}
			if (git_get(g) != ']')
				return -1;
			sub = true;
			break;
		}
		if (!git_key(ch) && ch != '.')
			return -1;
		str_addc(&s, (char)lower(ch));
	}
	if (!sub && s.n) {
		const char *dot = memchr(s.s, '.', s.n);

		/* the old form: what follows the first dot is the sub */
		if (dot) {
			conf_push(c, s.s, (size_t)(dot - s.s));
			conf_push(c, dot + 1, s.n - (size_t)(dot + 1 - s.s));
			return 0;
		}
	}
	conf_push(c, s.s, s.n);
	return 0;
}

/* The value behind "=". -1: git would die. */
static int
git_value(struct git *g, struct str *out)
{
	bool quote = false, comment = false;
	size_t keep = 0;
	int ch;

	str_clear(out);
	for (;;) {
		ch = git_get(g);
		if (ch == '\n' || ch < 0) {
			if (quote)
				return -1;
			str_cut(out, keep);
			return 0;
		}
		if (comment)
			continue;
		if (!quote && (ch == ' ' || (ch >= '\t' && ch <= '\r'))) {
			if (out->n)
				str_addc(out, ' ');
			continue;
		}
		if (!quote && (ch == ';' || ch == '#')) {
			comment = true;
			continue;
		}
		if (ch == '\\') {
			ch = git_get(g);
			switch (ch) {
			case '\n':
				continue;
			case 't':
				ch = '\t';
				break;
			case 'b':
				ch = '\b';
				break;
			case 'n':
				ch = '\n';
				break;
			case '\\':
			case '"':
				break;
			default:
				return -1;
			}
			str_addc(out, (char)ch);
			keep = out->n;
			continue;
		}
		if (ch == '"') {
			quote = !quote;
			keep = out->n;
			continue;
		}
		str_addc(out, (char)ch);
		keep = out->n;
	}
}

void
conf_git(struct conf *c, const char *p, size_t n, unsigned flags)
{
	struct str key cleanup_str = STR_INIT, value cleanup_str = STR_INIT;
	struct git g = {.p = p, .n = n, .line = 1};
	int64_t line = g.line;
	size_t at;
	int ch;

	(void)flags;
	conf_start(c, p, n);
	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		g.at = 3;
	while (!c->over) {
		at = g.at;
		line = g.line;
		ch = git_get(&g);
		if (ch < 0)
			return;
		if (ch == ' ' || (ch >= '\t' && ch <= '\r'))
			continue;
		if (ch == '#' || ch == ';') {
			while (ch >= 0 && ch != '\n')
				ch = git_get(&g);
			continue;
		}
		if (ch == '[') {
			if (git_section(c, &g))
				break;
			continue;
		}
		if (!((ch | 32) >= 'a' && (ch | 32) <= 'z'))
			break;
		str_clear(&key);
		while (git_key(ch)) {
			str_addc(&key, (char)lower(ch));
			ch = git_get(&g);
		}
		while (ch == ' ' || ch == '\t')
			ch = git_get(&g);
		str_clear(&value);
		if (ch == '=') {
			if (git_value(&g, &value))
				break;
		} else if (ch == '\n' || ch < 0) {
			str_sets(&value, "true");
		} else {
			break;
		}
		conf_push(c, key.s, key.n);
		conf_add(c, value.s, value.n, at, line);
		conf_pop(c);
	}
	if (!c->over)
		conf_odd(c, "git refuses the file", line);
}
