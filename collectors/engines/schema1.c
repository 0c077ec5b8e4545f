#include "schema1.h"

#include "digest.h"
#include "limits.h"

bool
schema1_is(struct state *d)
{
	return state_arr(d, d->json, "fsLayers") != NULL &&
	    state_int(d, d->json, "schemaVersion", 1) == 1;
}

/* ---- what was signed ------------------------------------------------------- */

/* base64url without padding, as JWS has it. */
static int
unbase64url(const struct str *s, struct str *out)
{
	struct str t cleanup_str = STR_INIT;
	size_t i;

	for (i = 0; i < s->n; i++)
		str_addc(&t, s->s[i] == '-' ? '+' : s->s[i] == '_' ? '/'
			: s->s[i]);
	while (t.n % 4)
		str_addc(&t, '=');
	str_clear(out);
	return str_add_unbase64(out, t.s, t.n);
}

static size_t
blanks(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && (p[i] == ' ' || p[i] == '\t' || p[i] == '\n' ||
			    p[i] == '\r'))
		i++;
	return i;
}

/* Is it a comma, "signatures", and a list? Another member there would be read
 * and was not signed. */
static bool
is_signatures(const char *p, size_t n)
{
	static const char name[] = "\"signatures\"";
	struct state d cleanup_state = STATE_INIT;
	size_t at = blanks(p, n);

	if (at == n || p[at++] != ',')
		return false;
	at += blanks(p + at, n - at);
	if (n - at < sizeof(name) - 1 ||
	    memcmp(p + at, name, sizeof(name) - 1) != 0)
		return false;
	at += sizeof(name) - 1;
	at += blanks(p + at, n - at);
	if (at == n || p[at++] != ':')
		return false;
	return state_parse(&d, p + at, n - at, NULL) == 0 && !d.odd &&
	    json_is_array(d.json);
}

/* What the first signature says was signed; false: it is not signed so. */
static bool
payload(const char *p, size_t n, struct str *out)
{
	struct state d cleanup_state = STATE_INIT;
	struct state h cleanup_state = STATE_INIT;
	struct str s cleanup_str = STR_INIT, text cleanup_str = STR_INIT;
	struct str tail cleanup_str = STR_INIT;
	int64_t len;

	if (n > STORE_JSON_MAX || state_parse(&d, p, n, NULL) ||
	    !schema1_is(&d) ||
	    !state_str(&d, json_array_get(state_arr(&d, d.json, "signatures"),
		0), "protected", &s) || unbase64url(&s, &text) ||
	    state_parse(&h, text.s, text.n, NULL) ||
	    !state_str(&h, h.json, "formatTail", &s) || unbase64url(&s, &tail))
		return false;
	len = state_int(&h, h.json, "formatLength", -1);
	if (len < 0 || (uint64_t)len > n || n - (size_t)len < tail.n ||
	    memcmp(p + n - tail.n, tail.s, tail.n) != 0 ||
	    !is_signatures(p + len, n - (size_t)len - tail.n))
		return false;
	str_set(out, p, (size_t)len);
	str_add(out, tail.s, tail.n);
	return true;
}

void
schema1_digest(const char *p, size_t n, char hex[65])
{
	struct str s cleanup_str = STR_INIT;

	if (payload(p, n, &s))
		digest_of(s.s, s.n, hex);
	else
		digest_of(p, n, hex);
}

/* ---- what it says ---------------------------------------------------------- */

/* Entry i, the newest first; -1: it is no document. */
static int
entry(struct state *d, size_t i, struct state *out)
{
	struct str s cleanup_str = STR_INIT;

	if (!state_str(d, json_array_get(state_arr(d, d->json, "history"), i),
		"v1Compatibility", &s) ||
	    state_parse(out, s.s, s.n, NULL) || !json_is_object(out->json))
		return -1;
	return 0;
}

static size_t
entries(struct state *d)
{
	size_t n = json_array_size(state_arr(d, d->json, "fsLayers"));
	size_t m = json_array_size(state_arr(d, d->json, "history"));

	n = n > m ? n : m;
	return n < STORE_HISTORY_MAX ? n : STORE_HISTORY_MAX;
}

void
schema1_layers(struct state *d, struct strlist *sums)
{
	const json_t *l = state_arr(d, d->json, "fsLayers");
	struct str sum cleanup_str = STR_INIT;
	size_t i;

	strlist_clear(sums);
	for (i = entries(d); i-- > 0 && sums->n < ROOT_LAYERS_MAX;) {
		struct state h cleanup_state = STATE_INIT;

		if (i >= json_array_size(l) || (entry(d, i, &h) == 0 &&
			state_bool(&h, h.json, "throwaway") == 1))
			continue;
		if (!state_str(d, json_array_get(l, i), "blobSum", &sum) ||
		    !state_is_digest(sum.s, sum.n))
			str_clear(&sum);
		strlist_add(sums, sum.s, sum.n);
	}
}

static void
put(json_t *o, const char *key, const struct str *v)
{
	if (v->n) /* what is no text of JSON is left out */
		json_object_set_new(o, key, json_stringn(v->s, v->n));
}

static json_t *
history(struct state *h)
{
	static const char *const keys[] = {"created", "author", "comment"};
	struct strlist cmd cleanup_strlist = STRLIST_INIT;
	struct str t cleanup_str = STR_INIT;
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < COUNT(keys); i++)
		if (state_str(h, h->json, keys[i], &t))
			put(o, keys[i], &t);
	state_list(h, state_obj(h, h->json, "container_config"), "Cmd", &cmd);
	str_clear(&t);
	strlist_join(&cmd, " ", &t);
	put(o, "created_by", &t);
	if (state_bool(h, h->json, "throwaway") == 1)
		json_object_set_new(o, "empty_layer", json_true());
	return o;
}

int
schema1_config(struct state *d, const struct strlist *diff_ids,
    struct str *out, struct err *e)
{
	json_t *top = NULL, *list = json_array(), *ids = json_array();
	size_t n = json_array_size(state_arr(d, d->json, "history")), i;
	size_t bad = n != json_array_size(state_arr(d, d->json, "fsLayers"));
	char *dump;

	if (n > STORE_HISTORY_MAX)
		bad++;
	for (i = entries(d); i-- > 0;) {
		struct state h cleanup_state = STATE_INIT;

		if (i >= n)
			continue;
		if (entry(d, i, &h)) {
			bad++;
			json_array_append_new(list, json_object());
			continue;
		}
		json_array_append_new(list, history(&h));
		if (!i)
			top = json_deep_copy(h.json);
	}
	if (!top)
		top = json_object();
	for (i = 0; i < diff_ids->n; i++)
		json_array_append_new(ids, json_stringn(diff_ids->v[i].s,
		    diff_ids->v[i].n));
	json_object_set_new(top, "history", list);
	json_object_set_new(top, "rootfs", json_pack("{s:s,s:o}", "type",
	    "layers", "diff_ids", ids));
	dump = json_dumps(top, JSON_COMPACT);
	str_clear(out);
	if (dump)
		str_adds(out, dump);
	free(dump);
	json_decref(top);
	return bad ? err_set(e, ERR_CORRUPT, 0, "its history cannot be read "
	    "whole, or is not as long as its list of layers") : 0;
}
