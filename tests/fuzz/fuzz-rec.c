/*
 * fuzz-rec - the record reader and writer
 *
 * Lines: what the reader takes, jansson takes too and finds the same values;
 * what jansson takes and writes back byte by byte, with nothing in it but
 * plain columns, the reader takes. Bytes: what the writer makes of them, the
 * reader takes, and gives the same bytes back.
 */

#include "civil.h"
#include "err.h"
#include "limits.h"
#include "rec.h"
#include "recread.h"

#include <jansson.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define MUST(x)                                                               \
	do {                                                                  \
		if (!(x)) {                                                   \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__,    \
			    #x);                                              \
			abort();                                              \
		}                                                             \
	} while (0)

static void
same_value(json_t *object, const struct recread_value *v)
{
	struct str key cleanup_str = STR_INIT, raw cleanup_str = STR_INIT;
	json_t *j;

	str_addf(&key, "%s%s", col_info[v->col].name, v->is_raw ? "_b64" : "");
	j = json_object_get(object, key.s);
	MUST(j);
	switch (v->type) {
	case RV_INT:
		MUST(json_is_integer(j) && json_integer_value(j) == v->i);
		break;
	case RV_BOOL:
		MUST(json_is_boolean(j) && json_is_true(j) == (v->i != 0));
		break;
	case RV_STRING:
		MUST(json_is_string(j));
		MUST(v->p[v->n] == '\0');
		if (v->is_raw) {
			MUST(str_add_unbase64(&raw, json_string_value(j),
			    json_string_length(j)) == 0);
			MUST(raw.n == v->n &&
			    memcmp(raw.s, v->p, v->n) == 0);
		} else {
			MUST(json_string_length(j) == v->n &&
			    memcmp(json_string_value(j), v->p, v->n) == 0);
			MUST(utf8_clean(v->p, v->n));
		}
		break;
	}
}

/* A list in a taken record is a list for jansson too. */
static void
same_list(const struct recread_value *v)
{
	json_t *list = json_loadb(v->p, v->n, 0, NULL), *x;
	size_t i;

	MUST(list && json_is_array(list));
	json_array_foreach(list, i, x)
		MUST(json_is_string(x));
	json_decref(list);
}

/* Would every reader of stream(5) have to take it? */
static bool
plain(json_t *object)
{
	const char *key;
	json_t *j;
	int k = -1, c, keys = 0;

	json_object_foreach(object, key, j) {
		if (keys++ == 0) {
			if (strcmp(key, "k") != 0 || !json_is_string(j))
				return false;
			k = kind_find(json_string_value(j),
			    json_string_length(j));
			if (k < 0)
				return false;
			continue;
		}
		c = col_find((enum kind)k, key, strlen(key));
		if (c < 0)
			return false;
		switch (col_info[c].type) {
		case TYPE_TEXT:
		case TYPE_BYTES:
			if (!json_is_string(j))
				return false;
			break;
		case TYPE_INT:
			if (!json_is_integer(j))
				return false;
			break;
		case TYPE_TIME:
			if (!json_is_integer(j) ||
			    json_integer_value(j) == CIVIL_NONE)
				return false;
			break;
		case TYPE_BOOL:
			if (!json_is_boolean(j))
				return false;
			break;
		case TYPE_LIST:
		case TYPE_DATA:
			return false;
		}
	}
	return keys > 0 && keys <= REC_FIELDS_MAX;
}

static void
one_line(struct recread *r, const char *line, size_t n)
{
	const struct recread_value *v;
	json_t *object;
	struct err e;
	enum kind k;
	size_t values, i;
	char *again;

	object = json_loadb(line, n - 1, JSON_REJECT_DUPLICATES, NULL);
	if (recread_check(r, line, n, &k, &v, &values, &e) == 0) {
		MUST(object && json_is_object(object));
		MUST(json_object_size(object) == values + 1);
		MUST(strcmp(json_string_value(json_object_get(object, "k")),
		    kind_info[k].name) == 0);
		for (i = 0; i < values; i++) {
			MUST(col_info[v[i].col].kind == k);
			same_value(object, &v[i]);
			if (col_info[v[i].col].type == TYPE_LIST &&
			    !v[i].is_raw)
				same_list(&v[i]);
		}
	} else {
		MUST(e.class == ERR_CORRUPT);
		if (object && json_is_object(object) && plain(object)) {
			again = json_dumps(object, JSON_COMPACT);
			MUST(!again || strlen(again) != n - 1 ||
			    memcmp(again, line, n - 1) != 0);
			free(again);
		}
	}
	json_decref(object);
}

/* ---- the writer -------------------------------------------------------- */

struct written {
	struct recread *r;
	const uint8_t *p;
	size_t n;
	bool cut;
};

static void
check_written(void *arg, enum kind k, const char *line, size_t n)
{
	struct written *w = arg;
	const struct recread_value *v;
	const void *got = NULL;
	struct err e;
	enum kind is;
	size_t values, i, got_n = 0;

	MUST(n <= REC_LINE_MAX);
	MUST(recread_check(w->r, line, n, &is, &v, &values, &e) == 0);
	MUST(is == k);
	if (k != KIND_persist)
		return;
	for (i = 0; i < values; i++)
		if (v[i].col == COL_persist_path) {
			got = v[i].p;
			got_n = v[i].n;
		}
	MUST(got && got_n <= w->n && memcmp(got, w->p, got_n) == 0);
	w->cut = got_n < w->n;
}

static void
round_trip(struct recread *r, const uint8_t *p, size_t n)
{
	struct strlist l cleanup_strlist = STRLIST_INIT;
	struct written w = {r, p, n, false};
	struct rec *rec = rec_sink(check_written, &w);
	const uint8_t *q = p, *sep;
	struct err e;

	rec_begin(rec, KIND_persist);
	rec_bytes(rec, COL_persist_path, p, n);
	rec_bytes(rec, COL_persist_command, p, n);
	rec_bytes(rec, COL_persist_text, p, n);
	rec_bytes(rec, COL_persist_scope, p, n);
	rec_end(rec);
	while (q < p + n) {
		sep = memchr(q, ',', (size_t)(p + n - q));
		if (!sep)
			sep = p + n;
		strlist_add(&l, q, (size_t)(sep - q));
		q = sep + 1;
	}
	rec_begin(rec, KIND_image);
	rec_list(rec, COL_image_env, &l);
	rec_list(rec, COL_image_labels, &l);
	rec_end(rec);
	rec_blob(rec, p, n, NULL);
	MUST(rec_lost(rec) > 0 || !w.cut);
	MUST(rec_close(rec, &e) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct recread *checker;
	struct recread *r = recread_open_mem(p, n);
	const struct recread_value *v;
	const char *line, *nl, *at = (const char *)p, *end = at + n;
	size_t values, line_n, lines = 0;
	struct err e;
	enum kind k;

	while (recread_next(r, &k, &v, &values, &line, &line_n, &e) == 1) {
		MUST(line_n && line[line_n - 1] == '\n');
		MUST(at + line_n <= end && memcmp(at, line, line_n) == 0);
		at += line_n;
		lines++;
	}
	MUST(recread_line(r) == lines || recread_line(r) == lines + 1);
	recread_free(r);

	if (!checker) /* kept: each has its tables to fill */
		checker = recread_open_mem("", 0);
	for (at = (const char *)p; at < end; at = nl + 1) {
		nl = memchr(at, '\n', (size_t)(end - at));
		if (!nl)
			break;
		one_line(checker, at, (size_t)(nl + 1 - at));
	}
	round_trip(checker, p, n);
	return 0;
}
