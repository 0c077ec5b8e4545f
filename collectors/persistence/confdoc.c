#include "conf.h"

#include "err.h"
#include "limits.h"
#include "yamlguard.h"

#include <yaml.h>

/*
 * Documents: JSON, YAML, TOML. A list of plain values is one setting; a list
 * of objects has its indexes as keys. The readers know where each value
 * stands, which the libraries for JSON do not tell.
 */

struct doc {
	struct conf *c;
	const char *p;
	size_t n, at;
	int64_t line;
	bool bad;
};

static bool
fail(struct doc *d)
{
	d->bad = true;
	return false;
}

static void
push_index(struct conf *c, size_t i)
{
	char s[24];
	int k = snprintf(s, sizeof(s), "%zu", i);

	conf_push(c, s, (size_t)k);
}

static void
add_rune(struct str *out, unsigned long u)
{
	if (u < 0x80) {
		str_addc(out, (char)u);
	} else if (u < 0x800) {
		str_addc(out, (char)(0xc0 | u >> 6));
		str_addc(out, (char)(0x80 | (u & 63)));
	} else if (u < 0x10000) {
		str_addc(out, (char)(0xe0 | u >> 12));
		str_addc(out, (char)(0x80 | (u >> 6 & 63)));
		str_addc(out, (char)(0x80 | (u & 63)));
	} else {
		str_addc(out, (char)(0xf0 | u >> 18));
		str_addc(out, (char)(0x80 | (u >> 12 & 63)));
		str_addc(out, (char)(0x80 | (u >> 6 & 63)));
		str_addc(out, (char)(0x80 | (u & 63)));
	}
}

static bool
hex(struct doc *d, int digits, unsigned long *u)
{
	int c;

	for (*u = 0; digits; digits--) {
		if (d->at >= d->n)
			return false;
		c = (unsigned char)d->p[d->at++];
		if (c >= '0' && c <= '9')
			c -= '0';
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			c = (c | 32) - 'a' + 10;
		else
			return false;
		*u = *u << 4 | (unsigned)c;
	}
	return true;
}

/* What follows a backslash: of JSON, and TOML's own. */
static bool
escape(struct doc *d, struct str *out, bool toml)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	unsigned long u, low;
	const char *at;
	char c;

	if (d->at >= d->n)
		return fail(d);
	c = d->p[d->at++];
	at = c ? strchr(from, c) : NULL;
	if (at) {
		str_addc(out, to[at - from]);
		return true;
	}
	if (toml && c == 'e') {
		str_addc(out, 27);
		return true;
	}
	if (c != 'u' && !(toml && c == 'U'))
		return fail(d);
	if (!hex(d, c == 'u' ? 4 : 8, &u))
		return fail(d);
	if (u >= 0xd800 && u < 0xdc00 && d->at + 6 <= d->n &&
	    d->p[d->at] == '\\' && d->p[d->at + 1] == 'u') {
		d->at += 2;
		if (!hex(d, 4, &low))
			return fail(d);
		u = low >= 0xdc00 && low < 0xe000
			? 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00)
			: 0xfffd;
	}
	add_rune(out, u > 0x10ffff || (u >= 0xd800 && u < 0xe000) ? 0xfffd : u);
	return true;
}

/* ---- JSON ----------------------------------------------------------------- */

static void
json_blanks(struct doc *d)
{
	for (; d->at < d->n; d->at++) {
		char c = d->p[d->at];

		if (c == '\n')
			d->line++;
		else if (c != ' ' && c != '\t' && c != '\r')
			return;
	}
}

static bool
json_string(struct doc *d, struct str *out)
{
	unsigned char c;

	str_clear(out);
	d->at++;
	for (;;) {
		if (d->at >= d->n)
			return fail(d);
		c = (unsigned char)d->p[d->at++];
		if (c == '"')
			return true;
		if (c < 0x20)
			return fail(d);
		if (c != '\\')
			str_addc(out, (char)c);
		else if (!escape(d, out, false))
			return false;
	}
}

/* A number or a word: what it is does not matter here. */
static bool
json_plain(struct doc *d, struct str *out)
{
	size_t from = d->at, n;

	while (d->at < d->n && (strchr("+-.", d->p[d->at]) ||
		   (d->p[d->at] >= '0' && d->p[d->at] <= '9') ||
		   ((d->p[d->at] | 32) >= 'a' && (d->p[d->at] | 32) <= 'z')) &&
	       d->p[d->at])
		d->at++;
	n = d->at - from;
	str_set(out, d->p + from, n);
	if (!n || (out->s[0] != '-' && (out->s[0] < '0' || out->s[0] > '9') &&
		      !str_eq(out, "true") && !str_eq(out, "false") &&
		      !str_eq(out, "null")))
		return fail(d);
	return true;
}

static bool json_value(struct doc *d, int depth);

static bool
json_object(struct doc *d, int depth)
{
	struct str key cleanup_str = STR_INIT;

	d->at++;
	json_blanks(d);
	if (d->at < d->n && d->p[d->at] == '}') {
		d->at++;
		return true;
	}
	for (;;) {
		json_blanks(d);
		if (d->at >= d->n || d->p[d->at] != '"')
			return fail(d);
		if (!json_string(d, &key))
			return false;
		json_blanks(d);
		if (d->at >= d->n || d->p[d->at] != ':')
			return fail(d);
		d->at++;
		conf_push(d->c, key.s, key.n);
		if (!json_value(d, depth + 1))
			return false;
		conf_pop(d->c);
		json_blanks(d);
		if (d->at < d->n && d->p[d->at] == ',') {
			d->at++;
			continue;
		}
		if (d->at < d->n && d->p[d->at] == '}') {
			d->at++;
			return true;
		}
		return fail(d);
	}
}

static bool
json_array(struct doc *d, int depth)
{
	struct str s cleanup_str = STR_INIT;
	size_t list = SIZE_MAX, i, at = d->at;
	int64_t line = d->line;

	d->at++;
	json_blanks(d);
	if (d->at < d->n && d->p[d->at] == ']') {
		d->at++;
		return true;
	}
	for (i = 0;; i++) {
		json_blanks(d);
		if (d->at < d->n && (d->p[d->at] == '{' || d->p[d->at] == '[')) {
			push_index(d->c, i);
			if (!json_value(d, depth + 1))
				return false;
			conf_pop(d->c);
		} else {
			if (!(d->at < d->n && d->p[d->at] == '"'
				    ? json_string(d, &s) : json_plain(d, &s)))
				return false;
			if (list == SIZE_MAX) {
				if (!conf_add(d->c, "", 0, at, line))
					return false;
				list = d->c->n - 1;
			}
			conf_element(d->c, &d->c->v[list], s.s, s.n);
		}
		json_blanks(d);
		if (d->at < d->n && d->p[d->at] == ',') {
			d->at++;
			continue;
		}
		if (d->at < d->n && d->p[d->at] == ']') {
			d->at++;
			return true;
		}
		return fail(d);
	}
}

static bool
json_value(struct doc *d, int depth)
{
	struct str s cleanup_str = STR_INIT;
	int64_t line;
	size_t at;

	if (depth > CONF_DEPTH_MAX || d->c->over) {
		d->c->over = true;
		return false;
	}
	json_blanks(d);
	if (d->at >= d->n)
		return fail(d);
	if (d->p[d->at] == '{')
		return json_object(d, depth);
	if (d->p[d->at] == '[')
		return json_array(d, depth);
	at = d->at;
	line = d->line;
	if (d->p[d->at] == '"' ? !json_string(d, &s) : !json_plain(d, &s))
		return false;
	return conf_add(d->c, s.s, s.n, at, line) != NULL;
}

void
conf_json(struct conf *c, const char *p, size_t n, unsigned flags)
{
	struct doc d = {.c = c, .p = p, .n = n, .line = 1};

	(void)flags;
	conf_start(c, p, n);
	if (json_value(&d, 0)) {
		json_blanks(&d);
		if (d.at < n)
			fail(&d);
	}
	if (d.bad)
		conf_odd(c, "is no JSON", d.line);
}

/* ---- TOML ----------------------------------------------------------------- */

static void
toml_blanks(struct doc *d, bool lines)
{
	for (; d->at < d->n; d->at++) {
		char c = d->p[d->at];

		if (c == '#' && lines) {
			while (d->at < d->n && d->p[d->at] != '\n')
				d->at++;
			d->at--;
			continue;
		}
		if (c == '\n' && lines)
			d->line++;
		else if (c != ' ' && c != '\t' && c != '\r')
			return;
	}
}

static bool
toml_is(const struct doc *d, const char *s)
{
	size_t k = strlen(s);

	return d->n - d->at >= k && memcmp(d->p + d->at, s, k) == 0;
}

static bool
toml_string(struct doc *d, struct str *out)
{
	char q = d->p[d->at];
	bool three = toml_is(d, q == '"' ? "\"\"\"" : "'''");
	char c;

	str_clear(out);
	d->at += three ? 3 : 1;
	if (three && d->at < d->n && d->p[d->at] == '\n') {
		d->at++;
		d->line++;
	}
	for (;;) {
		if (d->at >= d->n)
			return fail(d);
		if (three ? toml_is(d, q == '"' ? "\"\"\"" : "'''")
			  : d->p[d->at] == q) {
			d->at += three ? 3 : 1;
			while (three && d->at < d->n && d->p[d->at] == q)
				str_addc(out, d->p[d->at++]);
			return true;
		}
		c = d->p[d->at++];
		if (c == '\n') {
			if (!three)
				return fail(d);
			d->line++;
		}
		if (c != '\\' || q == '\'') {
			str_addc(out, c);
			continue;
		}
		if (three && d->at < d->n && strchr(" \t\r\n", d->p[d->at]) &&
		    d->p[d->at]) {
			toml_blanks(d, false);
			for (; d->at < d->n && strchr(" \t\r\n", d->p[d->at]) &&
			       d->p[d->at]; d->at++)
				d->line += d->p[d->at] == '\n';
			continue;
		}
		if (!escape(d, out, true))
			return false;
	}
}

static bool
toml_bare(char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
	       c == '_' || c == '-' || c == '+' || c == ':';
}

/* a."b c".d: the keys are stepped into; their number in *steps. */
static bool
toml_key(struct doc *d, size_t *steps)
{
	struct str s cleanup_str = STR_INIT;
	size_t from;

	for (*steps = 0;;) {
		toml_blanks(d, false);
		if (d->at < d->n && (d->p[d->at] == '"' || d->p[d->at] == '\'')) {
			if (!toml_string(d, &s))
				return false;
		} else {
			from = d->at;
			while (d->at < d->n && toml_bare(d->p[d->at]))
				d->at++;
			if (d->at == from)
				return fail(d);
			str_set(&s, d->p + from, d->at - from);
		}
		if (++*steps > CONF_DEPTH_MAX) {
			d->c->over = true;
			return false;
		}
		conf_push(d->c, s.s, s.n);
		toml_blanks(d, false);
		if (d->at >= d->n || d->p[d->at] != '.')
			return true;
		d->at++;
	}
}

static bool toml_value(struct doc *d, int depth);

static bool
toml_scalar(struct doc *d, struct str *out)
{
	size_t from = d->at;

	if (d->at < d->n && (d->p[d->at] == '"' || d->p[d->at] == '\''))
		return toml_string(d, out);
	while (d->at < d->n && (toml_bare(d->p[d->at]) || d->p[d->at] == '.'))
		d->at++;
	if (d->at == from)
		return fail(d);
	str_set(out, d->p + from, d->at - from);
	return true;
}

static bool
toml_array(struct doc *d, int depth)
{
	struct str s cleanup_str = STR_INIT;
	size_t list = SIZE_MAX, i, at = d->at;
	int64_t line = d->line;

	d->at++;
	for (i = 0;; i++) {
		toml_blanks(d, true);
		if (d->at < d->n && d->p[d->at] == ']') {
			d->at++;
			return true;
		}
		if (d->at < d->n && (d->p[d->at] == '{' || d->p[d->at] == '[')) {
			push_index(d->c, i);
			if (!toml_value(d, depth + 1))
				return false;
			conf_pop(d->c);
		} else {
			if (!toml_scalar(d, &s))
				return false;
			if (list == SIZE_MAX) {
				if (!conf_add(d->c, "", 0, at, line))
					return false;
				list = d->c->n - 1;
			}
			conf_element(d->c, &d->c->v[list], s.s, s.n);
		}
		toml_blanks(d, true);
		if (d->at < d->n && d->p[d->at] == ',') {
			d->at++;
			continue;
		}
		if (d->at < d->n && d->p[d->at] == ']') {
			d->at++;
			return true;
		}
		return fail(d);
	}
}

static bool
toml_pair(struct doc *d, int depth)
{
	size_t steps, i;

	if (!toml_key(d, &steps))
		return false;
	if (d->at >= d->n || d->p[d->at] != '=')
		return fail(d);
	d->at++;
	if (!toml_value(d, depth + 1))
		return false;
	for (i = 0; i < steps; i++)
		conf_pop(d->c);
	return true;
}

static bool
toml_value(struct doc *d, int depth)
{
	struct str s cleanup_str = STR_INIT;
	int64_t line;
	size_t at;

	if (depth > CONF_DEPTH_MAX || d->c->over) {
		d->c->over = true;
		return false;
	}
	toml_blanks(d, false);
	if (d->at < d->n && d->p[d->at] == '[')
		return toml_array(d, depth);
	if (d->at < d->n && d->p[d->at] == '{') {
		d->at++;
		for (;;) {
			toml_blanks(d, true);
			if (d->at < d->n && d->p[d->at] == '}') {
				d->at++;
				return true;
			}
			if (!toml_pair(d, depth))
				return false;
			toml_blanks(d, true);
			if (d->at < d->n && d->p[d->at] == ',')
				d->at++;
			else if (d->at >= d->n || d->p[d->at] != '}')
				return fail(d);
		}
	}
	at = d->at;
	line = d->line;
	return toml_scalar(d, &s) &&
	       conf_add(d->c, s.s, s.n, at, line) != NULL;
}

/* Tables that stand in lists, [[x]], and how many of each there are. */
struct toml_tables {
	struct strlist names;
	size_t *count;
};

/* The path at hand is a header's: behind each list's name comes the number of
 * its last table; [[x]] begins one more. */
static void
toml_table(struct conf *c, struct toml_tables *t, bool many)
{
	struct strlist path = c->at;
	struct str name cleanup_str = STR_INIT;
	size_t i, k;

	memset(&c->at, 0, sizeof(c->at));
	for (i = 0; i < path.n; i++) {
		conf_push(c, path.v[i].s, path.v[i].n);
		if (i)
			str_addc(&name, '\n');
		str_add(&name, path.v[i].s, path.v[i].n);
		for (k = 0; k < t->names.n; k++)
			if (t->names.v[k].n == name.n &&
			    memcmp(t->names.v[k].s, name.s, name.n) == 0)
				break;
		if (many && i + 1 == path.n) {
			if (k == t->names.n) {
				if (k >= CONF_TABLES_MAX) {
					c->over = true;
					break;
				}
				strlist_add(&t->names, name.s, name.n);
				t->count = xreallocarray(t->count, k + 1,
				    sizeof(*t->count));
				t->count[k] = 0;
			}
			t->count[k]++;
		}
		if (k < t->names.n) {
			push_index(c, t->count[k] - 1);
			str_addf(&name, "\n%zu", t->count[k] - 1);
		}
	}
	strlist_release(&path);
}

void
conf_toml(struct conf *c, const char *p, size_t n, unsigned flags)
{
	struct doc d = {.c = c, .p = p, .n = n, .line = 1};
	struct toml_tables t = {STRLIST_INIT, NULL};
	size_t steps;
	bool many, good = true;

	(void)flags;
	conf_start(c, p, n);
	if (toml_is(&d, "\xef\xbb\xbf"))
		d.at = 3;
	for (;;) {
		toml_blanks(&d, true);
		if (d.at >= n || c->over)
			break;
		if (p[d.at] != '[') {
			good = toml_pair(&d, 0);
		} else {
			strlist_clear(&c->at);
			many = d.at + 1 < n && p[d.at + 1] == '[';
			d.at += many ? 2 : 1;
			good = toml_key(&d, &steps);
			if (good && !toml_is(&d, many ? "]]" : "]"))
				good = fail(&d);
			d.at += many ? 2 : 1;
			if (good)
				toml_table(c, &t, many);
		}
		if (!good)
			break;
		toml_blanks(&d, false);
		if (d.at < n && p[d.at] == '#')
			toml_blanks(&d, true);
		else if (d.at < n && p[d.at] != '\n') {
			fail(&d);
			break;
		}
	}
	if (d.bad)
		conf_odd(c, "is no TOML", d.line);
	strlist_release(&t.names);
	free(t.count);
}

/* ---- YAML ----------------------------------------------------------------- */

struct yaml {
	struct conf *c;
	yaml_document_t doc;
	size_t steps;
	size_t at; /* a line and its place, to find others from */
	int64_t line;
};

/* Where a line begins: libyaml counts characters, not bytes. */
static size_t
yaml_place(struct yaml *y, int64_t line)
{
	const char *nl;

	if (line < y->line) {
		y->at = 0;
		y->line = 1;
	}
	while (y->line < line && (nl = memchr(y->c->p + y->at, '\n',
	    y->c->size - y->at))) {
		y->at = (size_t)(nl + 1 - y->c->p);
		y->line++;
	}
	return y->at;
}

static void yaml_node(struct yaml *y, int id, int depth);

static void
yaml_list(struct yaml *y, const yaml_node_t *node, int depth)
{
	const yaml_node_item_t *i = node->data.sequence.items.start;
	size_t list = SIZE_MAX, k = 0;
	const yaml_node_t *e;
	int64_t line;

	for (; i < node->data.sequence.items.top; i++, k++) {
		e = yaml_document_get_node(&y->doc, *i);
		if (e && e->type != YAML_SCALAR_NODE) {
			push_index(y->c, k);
			yaml_node(y, *i, depth + 1);
			conf_pop(y->c);
		} else if (e) {
			line = (int64_t)e->start_mark.line + 1;
			if (list == SIZE_MAX) {
				if (!conf_add(y->c, "", 0, yaml_place(y, line),
				    line))
					return;
				list = y->c->n - 1;
			}
			conf_element(y->c, &y->c->v[list],
			    e->data.scalar.value, e->data.scalar.length);
		}
		if (y->c->over)
			return;
	}
}

static void
yaml_node(struct yaml *y, int id, int depth)
{
	const yaml_node_t *node = yaml_document_get_node(&y->doc, id), *key;
	const yaml_node_pair_t *pair;
	int64_t line;
	bool merge;

	/* a document may refer to itself, and many times to its parts */
	if (depth > CONF_DEPTH_MAX || ++y->steps > 4 * CONF_ENTRIES_MAX)
		y->c->over = true;
	if (!node || y->c->over)
		return;
	switch (node->type) {
	case YAML_SCALAR_NODE:
		line = (int64_t)node->start_mark.line + 1;
		conf_add(y->c, node->data.scalar.value,
		    node->data.scalar.length, yaml_place(y, line), line);
		break;
	case YAML_SEQUENCE_NODE:
		yaml_list(y, node, depth);
		break;
	case YAML_MAPPING_NODE:
		pair = node->data.mapping.pairs.start;
		for (; pair < node->data.mapping.pairs.top; pair++) {
			key = yaml_document_get_node(&y->doc, pair->key);
			if (!key || key->type != YAML_SCALAR_NODE)
				continue;
			merge = key->data.scalar.length == 2 &&
				memcmp(key->data.scalar.value, "<<", 2) == 0;
			if (!merge)
				conf_push(y->c, key->data.scalar.value,
				    key->data.scalar.length);
			yaml_node(y, pair->value, depth + 1);
			if (!merge)
				conf_pop(y->c);
			if (y->c->over)
				return;
		}
		break;
	default:
		break;
	}
}

void
conf_yaml(struct conf *c, const char *p, size_t n, unsigned flags)
{
	struct yaml y = {.c = c, .line = 1};
	yaml_parser_t parser;
	yaml_node_t *top;
	size_t document;

	(void)flags;
	conf_start(c, p, n);
	if (n > CONF_YAML_MAX || yaml_too_deep(p, n) ||
	    !yaml_parser_initialize(&parser)) {
		c->over = true;
		return;
	}
	yaml_parser_set_input_string(&parser, (const unsigned char *)p, n);
	for (document = 0; !c->over; document++) {
		if (!yaml_parser_load(&parser, &y.doc)) {
			conf_odd(c, "is no YAML",
			    (int64_t)parser.problem_mark.line + 1);
			break;
		}
		top = yaml_document_get_root_node(&y.doc);
		if (top) {
			push_index(c, document);
			yaml_node(&y, 1, 0);
			strlist_clear(&c->at);
		}
		yaml_document_delete(&y.doc);
		if (!top)
			break;
	}
	yaml_parser_delete(&parser);
}
