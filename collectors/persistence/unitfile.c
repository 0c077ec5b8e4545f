#include "unitfile.h"

#include "limits.h"

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
