#include "yamldoc.h"

#include "limits.h"
#include "yamlguard.h"

#include <errno.h>
#include <yaml.h>

struct maker {
	yaml_document_t doc;
	size_t values;
	bool over;
};

static bool
one_of(const char *s, size_t n, const char *const *words, size_t words_n)
{
	size_t i;

	for (i = 0; i < words_n; i++)
		if (strlen(words[i]) == n && strncasecmp(s, words[i], n) == 0)
			return true;
	return false;
}

static json_t *
scalar(const yaml_node_t *node)
{
	static const char *const nothing[] = {"", "~", "null"};
	static const char *const yes[] = {"true", "yes", "on"};
	static const char *const no[] = {"false", "no", "off"};
	const char *s = (const char *)node->data.scalar.value;
	size_t n = node->data.scalar.length, i;
	bool number = n > 0 && n < 19;

	if (node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
		if (one_of(s, n, nothing, COUNT(nothing)))
			return json_null();
		if (one_of(s, n, yes, COUNT(yes)))
			return json_true();
		if (one_of(s, n, no, COUNT(no)))
			return json_false();
		for (i = *s == '-' && n > 1; number && i < n; i++)
			number = s[i] >= '0' && s[i] <= '9';
		if (number)
			return json_integer(strtoll(s, NULL, 10));
	}
	return json_stringn(s, n);
}

static json_t *make(struct maker *m, int id, int depth);

/* "<<": what it names has is taken where the mapping has none of its own. */
static void
merge(struct maker *m, json_t *into, int id, int depth)
{
	json_t *v = make(m, id, depth);
	size_t i;

	if (json_is_object(v))
		json_object_update_missing(into, v);
	for (i = 0; json_is_array(v) && i < json_array_size(v); i++)
		if (json_is_object(json_array_get(v, i)))
			json_object_update_missing(into, json_array_get(v, i));
	json_decref(v);
}

static json_t *
mapping(struct maker *m, const yaml_node_t *node, int depth)
{
	const yaml_node_pair_t *p = node->data.mapping.pairs.start;
	json_t *o = json_object(), *v;
	const yaml_node_t *key;

	for (; p < node->data.mapping.pairs.top && !m->over; p++) {
		key = yaml_document_get_node(&m->doc, p->key);
		if (!key || key->type != YAML_SCALAR_NODE)
			continue;
		if (key->data.scalar.length == 2 &&
		    memcmp(key->data.scalar.value, "<<", 2) == 0) {
			merge(m, o, p->value, depth + 1);
			continue;
		}
		v = make(m, p->value, depth + 1);
		if (v)
			json_object_set_new(o,
			    (const char *)key->data.scalar.value, v);
	}
	return o;
}

/* A document may refer to itself, and many times to its parts. */
static json_t *
make(struct maker *m, int id, int depth)
{
	const yaml_node_t *node = yaml_document_get_node(&m->doc, id);
	const yaml_node_item_t *i;
	json_t *a, *v;

	if (depth > STORE_JSON_DEPTH || ++m->values > STORE_JSON_VALUES)
		m->over = true;
	if (!node || m->over)
		return NULL;
	switch (node->type) {
	case YAML_SCALAR_NODE:
		return scalar(node);
	case YAML_MAPPING_NODE:
		return mapping(m, node, depth);
	case YAML_SEQUENCE_NODE:
		a = json_array();
		i = node->data.sequence.items.start;
		for (; i < node->data.sequence.items.top && !m->over; i++)
			if ((v = make(m, *i, depth + 1)))
				json_array_append_new(a, v);
		return a;
	default:
		return NULL;
	}
}

int
yaml_each(const char *p, size_t n, int (*fn)(void *arg, struct state *d),
    void *arg, struct err *e)
{
	struct maker m = {.values = 0};
	yaml_parser_t parser;
	bool more = true;
	int r = 0;

	if (n > CONF_YAML_MAX)
		return err_set(e, ERR_LIMIT, 0, "longer than %d bytes "
		    "(CONF_YAML_MAX)", CONF_YAML_MAX);
	if (yaml_too_deep(p, n))
		return err_set(e, ERR_LIMIT, 0, "more than %d brackets are "
		    "open at once (CONF_YAML_OPEN)", CONF_YAML_OPEN);
	if (!yaml_parser_initialize(&parser))
		return err_set(e, ERR_OURS, ENOMEM, "no memory for libyaml");
	yaml_parser_set_input_string(&parser, (const unsigned char *)p, n);
	while (more && r == 0) {
		struct state d cleanup_state = STATE_INIT;

		if (!yaml_parser_load(&parser, &m.doc)) {
			r = err_set(e, ERR_CORRUPT, 0, "is no YAML at line %zu",
			    parser.problem_mark.line + 1);
			break;
		}
		more = yaml_document_get_root_node(&m.doc) != NULL;
		if (more)
			d.json = make(&m, 1, 0);
		yaml_document_delete(&m.doc);
		if (m.over)
			r = err_set(e, ERR_LIMIT, 0, "more than %d values, or "
			    "more than %d levels (STORE_JSON_*)",
			    STORE_JSON_VALUES, STORE_JSON_DEPTH);
		else if (d.json)
			r = fn(arg, &d);
	}
	yaml_parser_delete(&parser);
	return r;
}
