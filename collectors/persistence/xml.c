#include "xml.h"

static bool
blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

void
xml_open(struct xml *x, const char *p, size_t n)
{
	size_t i;

	memset(x, 0, sizeof(*x));
	x->p = p;
	x->n = n;
	x->line = 1;
	str_init(&x->name);
	str_init(&x->text);
	for (i = 0; i < XML_ATTRS; i++) {
		str_init(&x->key[i]);
		str_init(&x->value[i]);
	}
}

void
xml_close(struct xml *x)
{
	size_t i;

	str_release(&x->name);
	str_release(&x->text);
	for (i = 0; i < XML_ATTRS; i++) {
		str_release(&x->key[i]);
		str_release(&x->value[i]);
	}
}

static void
add(struct str *out, const char *p, size_t n)
{
	static const struct {
		const char *name;
		char c;
	} entities[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'},
	    {"&quot;", '"'}, {"&apos;", '\''}};
	size_t i = 0, k, len;

	while (i < n) {
		for (k = 0; p[i] == '&' && k < COUNT(entities); k++) {
			len = strlen(entities[k].name);
			if (n - i >= len &&
			    memcmp(p + i, entities[k].name, len) == 0)
				break;
		}
		if (p[i] == '&' && k < COUNT(entities)) {
			str_addc(out, entities[k].c);
			i += strlen(entities[k].name);
		} else {
			str_addc(out, p[i++]);
		}
	}
}

static void
skip(struct xml *x, size_t to)
{
	for (; x->at < to && x->at < x->n; x->at++)
		x->line += x->p[x->at] == '\n';
}

/* From at to behind that text; the end if there is none. */
static size_t
behind(const struct xml *x, size_t at, const char *text)
{
	const char *p = memmem(x->p + at, x->n - at, text, strlen(text));

	return p ? (size_t)(p - x->p) + strlen(text) : x->n;
}

static void
attributes(struct xml *x, const char *p, size_t n)
{
	size_t i = 0, from;
	char q;

	while (i < n && x->attrs < XML_ATTRS) {
		while (i < n && (blank(p[i]) || p[i] == '/'))
			i++;
		from = i;
		while (i < n && !blank(p[i]) && p[i] != '=' && p[i] != '/')
			i++;
		if (i == from) {
			i++;
			continue;
		}
		str_set(&x->key[x->attrs], p + from, i - from);
		str_clear(&x->value[x->attrs]);
		while (i < n && blank(p[i]))
			i++;
		if (i < n && p[i] == '=') {
			i++;
			while (i < n && blank(p[i]))
				i++;
			if (i < n && (p[i] == '"' || p[i] == '\'')) {
				q = p[i++];
				for (from = i; i < n && p[i] != q;)
					i++;
				add(&x->value[x->attrs], p + from, i - from);
				i += i < n;
			}
		}
		x->attrs++;
	}
}

bool
xml_next(struct xml *x)
{
	const char *lt, *p;
	size_t end, i;
	char q = 0;

	str_clear(&x->text);
	str_clear(&x->name);
	x->attrs = 0;
	for (;;) {
		lt = memchr(x->p + x->at, '<', x->n - x->at);
		end = lt ? (size_t)(lt - x->p) : x->n;
		while (x->at < end && blank(x->p[x->at]))
			skip(x, x->at + 1);
		for (i = end; i > x->at && blank(x->p[i - 1]);)
			i--;
		add(&x->text, x->p + x->at, i - x->at);
		skip(x, end);
		if (!lt)
			return false;
		if (x->n - end >= 4 && memcmp(lt, "<!--", 4) == 0)
			skip(x, behind(x, end + 4, "-->"));
		else if (x->n - end >= 2 && (lt[1] == '!' || lt[1] == '?'))
			skip(x, behind(x, end, ">"));
		else
			break;
	}
	/* to the ">" that stands in no quotes */
	for (i = end + 1; i < x->n && (q || x->p[i] != '>'); i++) {
		if (q)
			q = x->p[i] == q ? 0 : q;
		else if (x->p[i] == '"' || x->p[i] == '\'')
			q = x->p[i];
	}
	x->tag = lt;
	x->tag_n = (i < x->n ? i + 1 : i) - end;
	x->tag_line = x->line;
	p = lt + 1;
	x->end = i > end + 1 && *p == '/';
	p += x->end;
	x->empty = i > end + 1 && x->p[i - 1] == '/';
	end = (size_t)(p - x->p);
	while (end < i && !blank(x->p[end]) && x->p[end] != '/')
		end++;
	str_set(&x->name, p, end - (size_t)(p - x->p));
	attributes(x, x->p + end, i - end);
	skip(x, i < x->n ? i + 1 : i);
	return true;
}

const struct str *
xml_attr(const struct xml *x, const char *key)
{
	size_t i;

	for (i = 0; i < x->attrs; i++)
		if (str_eq(&x->key[i], key))
			return &x->value[i];
	return NULL;
}

bool
xml_is(const struct xml *x, const char *name)
{
	return str_eq(&x->name, name);
}
