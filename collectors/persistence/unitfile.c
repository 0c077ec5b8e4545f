#include "unitfile.h"

#include "limits.h"
#include "root.h"

static bool
blank(char c)
{
	return c == ' ' || c == '\t';
}

bool
unit_is(const char *p, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(p, word, n) == 0;
}

void
unit_open(struct unit_reader *u, const char *p, size_t n)
{
	memset(u, 0, sizeof(*u));
	u->p = p;
	u->n = n;
	str_init(&u->joined);
	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		u->at = 3;
}

void
unit_close(struct unit_reader *u)
{
	str_release(&u->joined);
}

/* One physical line, blanks at its start removed. false at the end. */
static bool
physical(struct unit_reader *u, const char **p, size_t *n)
{
	size_t i = u->at, from;

	if (i >= u->n)
		return false;
	u->line++;
	while (i < u->n && blank(u->p[i]))
		i++;
	from = i;
	while (i < u->n && u->p[i] != '\n' && u->p[i] != '\r' && u->p[i])
		i++;
	*p = u->p + from;
	*n = i - from;
	if (i < u->n) {
		if (u->p[i] == '\r' && i + 1 < u->n && u->p[i + 1] == '\n')
			i++;
		else if (u->p[i] != '\n')
			u->line--; /* people count newlines */
		i++;
	}
	u->at = i;
	return true;
}

static void
join(struct unit_reader *u, const char *p, size_t n)
{
	if (u->joined.n + n > ART_LINE_MAX) {
		n = u->joined.n < ART_LINE_MAX ? ART_LINE_MAX - u->joined.n : 0;
		u->cut = true;
	}
	str_add(&u->joined, p, n);
}

/* Does an odd number of backslashes end it? */
static bool
continued(const char *p, size_t n)
{
	size_t k = 0;

	while (k < n && p[n - 1 - k] == '\\')
		k++;
	return k % 2 == 1;
}

bool
unit_next(struct unit_reader *u, struct unit_line *l)
{
	const char *p, *s;
	size_t n, k;
	bool more = false;

	memset(l, 0, sizeof(*l));
	str_clear(&u->joined);
	for (;;) {
		if (!physical(u, &p, &n)) {
			if (!more)
				return false;
			break;
		}
		if (n && (*p == '#' || *p == ';'))
			continue;
		if (!more) {
			if (!n)
				continue;
			l->line = u->line;
			l->text = p;
		}
		l->text_n = (size_t)(p + n - l->text);
		more = continued(p, n);
		join(u, p, more ? n - 1 : n);
		if (!more)
			break;
		join(u, " ", 1);
	}
	s = u->joined.s;
	n = u->joined.n;
	while (n && blank(s[n - 1]))
		n--;
	l->utf8 = utf8_clean(s, n);
	l->section = u->section;
	l->section_n = u->section_n;
	if (n && s[0] == '[') {
		l->what = s[n - 1] == ']' ? UNIT_SECTION : UNIT_BAD_SECTION;
		/* the name from the file itself: joined dies */
		u->section = l->text + 1;
		u->section_n = n >= 2 && n - 2 < l->text_n ? n - 2 : 0;
		return true;
	}
	p = memchr(s, '=', n);
	if (!p) {
		l->what = UNIT_JUNK;
		return true;
	}
	l->what = UNIT_ASSIGNMENT;
	l->key = s;
	l->key_n = (size_t)(p - s);
	while (l->key_n && blank(s[l->key_n - 1]))
		l->key_n--;
	for (k = (size_t)(p - s) + 1; k < n && blank(s[k]);)
		k++;
	l->value = s + k;
	l->value_n = n - k;
	return true;
}

static void
assignment(const struct str *w, struct strlist *out)
{
	const char *eq = memchr(w->s, '=', w->n);

	if (eq && eq > w->s && out->n < RUNS_NAMES_MAX &&
	    w->n <= ART_ENV_MAX)
		strlist_add(out, w->s, w->n);
}

void
unit_assignments(const char *p, size_t n, struct strlist *out)
{
	struct str w cleanup_str = STR_INIT;
	bool any = false;
	char q = 0;
	size_t i;

	if (!n) {
		strlist_add(out, "", 0);
		return;
	}
	for (i = 0; i < n; i++) {
		if (!q && blank(p[i])) {
			assignment(&w, out);
			str_clear(&w);
			any = false;
		} else if (q ? p[i] == q : (p[i] == '"' || p[i] == '\'')) {
			q = q ? 0 : p[i];
			any = true;
		} else if (p[i] == '\\' && i + 1 < n) {
			str_addc(&w, p[++i]);
		} else {
			str_addc(&w, p[i]);
		}
	}
	if (any || w.n)
		assignment(&w, out);
}

void
unit_environment_file(struct root *r, const char *p, size_t n,
    struct strlist *out)
{
	struct str path cleanup_str = STR_INIT, data cleanup_str = STR_INIT;
	struct str w cleanup_str = STR_INIT;
	const char *s, *end, *eq, *last;
	struct err e;

	if (!n) {
		strlist_add(out, "", 0);
		return;
	}
	if (*p == '-') {
		p++;
		n--;
	}
	/* specifiers and patterns name other files than one */
	if (!r || !n || *p != '/' || memchr(p, '%', n) || memchr(p, '*', n) ||
	    memchr(p, '\0', n))
		return;
	str_add(&path, p, n);
	if (root_slurp(r, path.s, ART_KEEP_MAX, &data, NULL, &e) < 0)
		return;
	for (s = data.s; s < data.s + data.n; s = last + 1) {
		last = memchr(s, '\n', (size_t)(data.s + data.n - s));
		if (!last)
			last = data.s + data.n;
		end = last;
		while (s < end && (blank(*s) || *s == '\r'))
			s++;
		while (end > s && (blank(end[-1]) || end[-1] == '\r'))
			end--;
		if (s == end || *s == '#' || *s == ';')
			continue;
		eq = memchr(s, '=', (size_t)(end - s));
		if (!eq || eq == s)
			continue;
		str_set(&w, s, (size_t)(eq - s) + 1);
		if (end - eq > 2 && (eq[1] == '"' || eq[1] == '\'') &&
		    end[-1] == eq[1])
			str_add(&w, eq + 2, (size_t)(end - eq) - 3);
		else
			str_add(&w, eq + 1, (size_t)(end - eq) - 1);
		assignment(&w, out);
	}
}
