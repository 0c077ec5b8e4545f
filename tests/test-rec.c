/* test-rec - the record writer and reader against each other */

#include "civil.h"
#include "cli.h"
#include "digest.h"
#include "err.h"
#include "limits.h"
#include "rec.h"
#include "recread.h"
#include "tap.h"

/* ---- lines that are no records ----------------------------------------- */

static const struct {
	const char *line; /* newline is added */
	const char *says;
} bad[] = {
	{"", "column 1: a record starts with"},
	{" {\"k\":\"note\"}", "column 1: a record starts with"},
	{"{\"k\" :\"note\"}", "a record starts with"},
	{"{\"class\":\"x\",\"k\":\"note\"}", "a record starts with"},
	{"[]", "a record starts with"},
	{"{}", "a record starts with"},
	{"{\"k\":1}", "column 6: a string is missing"},
	{"{\"k\":\"nothing\"}", "column 6: there is no kind 'nothing'"},
	{"{\"k\":\"\"}", "there is no kind ''"},
	{"{\"k\":\"note\"", "column 12: ',' or '}' is missing"},
	{"{\"k\":\"note\"}}", "column 13: something follows the record"},
	{"{\"k\":\"note\"} ", "column 13: something follows the record"},
	{"{\"k\":\"note\",}", "column 13: a string is missing"},
	{"{\"k\":\"note\",\"k\":\"note\"}", "key 'k' comes twice"},
	{"{\"k\":\"note\",\"path\":\"a\",\"path\":\"a\"}",
	    "column 24: key 'path' comes twice"},
	{"{\"k\":\"note\",\"lost\":true,\"path\":\"a\",\"lost\":true}",
	    "key 'lost' comes twice"},
	{"{\"k\":\"note\",\"nose\":\"a\"}", "'note' has no column 'nose'"},
	{"{\"k\":\"note\",\"run\":1}", "'note' has no column 'run'"},
	{"{\"k\":\"note\",\"id\":1}", "'note' has no column 'id'"},
	{"{\"k\":\"note\",\"pat\\u0068\":\"a\"}", "escape in a key"},
	{"{\"k\":\"note\",\"path\" :\"a\"}", "':' is missing"},
	{"{\"k\":\"note\",\"path\"}", "':' is missing"},
	{"{\"k\":\"note\",\"path\":}", "column 20: a value is missing"},
	{"{\"k\":\"note\",\"path\": \"a\"}", "a value is missing"},
	{"{\"k\":\"note\",\"path\":null}", "column 20: null"},
	{"{\"k\":\"note\",\"path\":{}}", "column 20: nested value"},
	{"{\"k\":\"note\",\"path\":[\"a\"]}", "column 20: nested value"},
	{"{\"k\":\"note\",\"path\":1}", "'path' must be a string"},
	{"{\"k\":\"note\",\"path\":true}", "'path' must be a string"},
	{"{\"k\":\"note\",\"path\":tru}", "a value is missing"},
	{"{\"k\":\"note\",\"path\":True}", "a value is missing"},
	{"{\"k\":\"note\",\"path\":nan}", "null"},
	{"{\"k\":\"note\",\"path\":\"a}", "the string does not end"},
	{"{\"k\":\"note\",\"path\":\"a\\\"}", "the string does not end"},
	{"{\"k\":\"note\",\"path\":\"a\\", "unknown escape"},
	{"{\"k\":\"note\",\"path\":\"\\x41\"}", "column 21: unknown escape"},
	{"{\"k\":\"note\",\"path\":\"\\u12\"}", "\\u without four"},
	{"{\"k\":\"note\",\"path\":\"\\u123g\"}", "\\u without four"},
	{"{\"k\":\"note\",\"path\":\"\\u0000\"}", "column 21: NUL"},
	{"{\"k\":\"note\",\"path\":\"\\ud800\"}", "lone surrogate"},
	{"{\"k\":\"note\",\"path\":\"\\udc00\"}", "lone surrogate"},
	{"{\"k\":\"note\",\"path\":\"\\ud800\\u0041\"}", "lone surrogate"},
	{"{\"k\":\"note\",\"path\":\"\\ud800x\"}", "lone surrogate"},
	{"{\"k\":\"note\",\"path\":\"\\ud800\\ud800\"}", "lone surrogate"},
	{"{\"k\":\"note\",\"path\":\"a\tb\"}", "control byte"},
	{"{\"k\":\"note\",\"path\":\"a\rb\"}", "control byte"},
	{"{\"k\":\"note\",\"path\":\"a\033b\"}", "control byte"},
	{"{\"k\":\"note\",\"path\":\"\xff\"}", "column 21: not UTF-8"},
	{"{\"k\":\"note\",\"path\":\"\xc0\xaf\"}", "not UTF-8"},
	{"{\"k\":\"note\",\"path\":\"\xe0\x80\x80\"}", "not UTF-8"},
	{"{\"k\":\"note\",\"path\":\"\xed\xa0\x80\"}", "not UTF-8"},
	{"{\"k\":\"note\",\"path\":\"\xf4\x90\x80\x80\"}", "not UTF-8"},
	{"{\"k\":\"note\",\"path\":\"\xe2\x82\"}", "not UTF-8"},
	{"{\"k\":\"note\",\"path\":\"\x80\"}", "not UTF-8"},
	{"{\"k\":\"note\",\"lost\":1}", "'lost' must be true or false"},
	{"{\"k\":\"note\",\"lost\":\"true\"}", "'lost' must be true or false"},
	{"{\"k\":\"file\",\"size\":1.0}", "no integer"},
	{"{\"k\":\"file\",\"size\":1e3}", "no integer"},
	{"{\"k\":\"file\",\"size\":01}", "needless zero"},
	{"{\"k\":\"file\",\"size\":-0}", "needless zero"},
	{"{\"k\":\"file\",\"size\":-01}", "needless zero"},
	{"{\"k\":\"file\",\"size\":+1}", "a value is missing"},
	{"{\"k\":\"file\",\"size\":-}", "a value is missing"},
	{"{\"k\":\"file\",\"size\":0x10}", "',' or '}' is missing"},
	{"{\"k\":\"file\",\"size\":9223372036854775808}", "beyond 64 bits"},
	{"{\"k\":\"file\",\"size\":-9223372036854775809}", "beyond 64 bits"},
	{"{\"k\":\"file\",\"size\":99999999999999999999999}",
	    "beyond 64 bits"},
	{"{\"k\":\"file\",\"size\":\"1\"}", "'size' must be an integer"},
	{"{\"k\":\"file\",\"birth_time\":true}", "must be an integer"},
	{"{\"k\":\"file\",\"birth_time\":-9223372036854775808}",
	    "'birth_time' is out of range"},
	{"{\"k\":\"file\",\"birth_time\":\"2018\"}", "must be an integer"},
	/* exact bytes */
	{"{\"k\":\"note\",\"path_b64\":\"/w==\"}",
	    "column 13: key 'path_b64' does not follow 'path'"},
	{"{\"k\":\"note\",\"path\":\"\\\\xFF\",\"lost\":true,"
	 "\"path_b64\":\"/w==\"}", "'path_b64' does not follow 'path'"},
	{"{\"k\":\"note\",\"path\":\"\\\\xFF\",\"path_b64\":\"/w==\","
	 "\"path_b64\":\"/w==\"}", "'path_b64' does not follow 'path'"},
	{"{\"k\":\"note\",\"path\":\"/etc/x\",\"path_b64\":\"/w==\"}",
	    "'path_b64' says something else than 'path'"},
	{"{\"k\":\"note\",\"path\":\"\\\\xff\",\"path_b64\":\"/w==\"}",
	    "says something else"},
	{"{\"k\":\"note\",\"path\":\"a\",\"path_b64\":\"YQ==\"}",
	    "'path_b64' is needless"},
	{"{\"k\":\"note\",\"path\":\"\",\"path_b64\":\"\"}", "needless"},
	{"{\"k\":\"note\",\"path\":\"\\\\xFF\",\"path_b64\":\"/w=\"}",
	    "is not base64"},
	{"{\"k\":\"note\",\"path\":\"\\\\xFF\",\"path_b64\":\"/x==\"}",
	    "is not base64"},
	{"{\"k\":\"note\",\"path\":\"\\\\xFF\",\"path_b64\":\"/w==\\n\"}",
	    "is not base64"},
	{"{\"k\":\"note\",\"path\":\"\\\\xFF\",\"path_b64\":255}",
	    "a string is missing"},
	{"{\"k\":\"note\",\"class\":\"\\\\xFF\",\"class_b64\":\"/w==\"}",
	    "column 'class' has no exact bytes"},
	{"{\"k\":\"note\",\"lost\":true,\"lost_b64\":\"/w==\"}",
	    "column 'lost' has no exact bytes"},
	{"{\"k\":\"note\",\"_b64\":\"/w==\"}", "has no column '_b64'"},
	/* data */
	{"{\"k\":\"blob\",\"data\":\"YQ==\"}", "must come as 'data_b64'"},
	{"{\"k\":\"blob\",\"data_b64\":\"YQ==\",\"data_b64\":\"YQ==\"}",
	    "key 'data_b64' comes twice"},
	{"{\"k\":\"blob\",\"data_b64\":\"*\"}", "is not base64"},
	/* lists */
	{"{\"k\":\"image\",\"env\":[\"a\"]}", "nested value"},
	{"{\"k\":\"image\",\"env\":\"a\"}", "'env' is not a JSON array"},
	{"{\"k\":\"image\",\"env\":\"\"}", "is not a JSON array"},
	{"{\"k\":\"image\",\"env\":\"[\"}", "is not a JSON array"},
	{"{\"k\":\"image\",\"env\":\"[]]\"}", "is not a JSON array"},
	{"{\"k\":\"image\",\"env\":\"[1]\"}", "is not a JSON array"},
	{"{\"k\":\"image\",\"env\":\"[null]\"}", "is not a JSON array"},
	{"{\"k\":\"image\",\"env\":\"[\\\"a\\\",]\"}", "is not a JSON array"},
	{"{\"k\":\"image\",\"env\":\"[\\\"a\\\", \\\"b\\\"]\"}",
	    "is not a JSON array"},
	{"{\"k\":\"image\",\"env\":\"[\\\"a]\"}", "is not a JSON array"},
	{"{\"k\":\"image\",\"env\":\"[[\\\"a\\\"]]\"}", "not a JSON array"},
	{"{\"k\":\"image\",\"env\":\"[\\\"\\\\u0000\\\"]\"}",
	    "not a JSON array"},
	{"{\"k\":\"image\",\"env\":\"[\\\"\\\\ud800\\\"]\"}",
	    "not a JSON array"},
	{"{\"k\":\"image\",\"env\":\"[\\\"\\\\\"}", "not a JSON array"},
	{"{\"k\":\"image\",\"env\":\"[\\\"a\\\"]\",\"env_b64\":\"YQA=\"}",
	    "'env_b64' is no list of exact bytes"}, /* all are clean */
	{"{\"k\":\"image\",\"env\":\"[\\\"a\\\"]\",\"env_b64\":\"/w==\"}",
	    "is no list of exact bytes"}, /* no NUL at the end */
	{"{\"k\":\"image\",\"env\":\"[\\\"a\\\"]\",\"env_b64\":\"/wA=\"}",
	    "'env_b64' says something else than 'env'"},
};

static const char *const good[] = {
	"{\"k\":\"note\"}",
	"{\"k\":\"note\",\"class\":\"denied\",\"lost\":false}",
	"{\"k\":\"note\",\"path\":\"\"}",
	"{\"k\":\"note\",\"path\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u001b\"}",
	"{\"k\":\"note\",\"path\":\"\\ud83d\\ude00\\u00e9\\u20ac\"}",
	"{\"k\":\"note\",\"path\":\"\x7f\xf0\x9f\x98\x80\"}",
	"{\"k\":\"note\",\"path\":\"\\\\xFF\",\"path_b64\":\"/w==\"}",
	"{\"k\":\"note\",\"path\":\"a\\\\x00\",\"path_b64\":\"YQA=\"}",
	"{\"k\":\"file\",\"size\":9223372036854775807,"
	"\"inode\":-9223372036854775808,\"mode\":0}",
	"{\"k\":\"image\",\"env\":\"[]\"}",
	"{\"k\":\"image\",\"env\":\"[\\\"a\\\\\\\"\\\\u0001\\\",\\\"\\\"]\"}",
	"{\"k\":\"image\",\"env\":\"[\\\"\\\\\\\\xFF\\\"]\","
	"\"env_b64\":\"/wA=\"}",
	"{\"k\":\"blob\",\"data_b64\":\"\"}",
	"{\"k\":\"blob\",\"size\":1,\"data_b64\":\"/w==\"}",
};

static void
lines(void)
{
	const struct recread_value *v;
	struct recread *r = recread_open_mem("", 0);
	struct err e;
	enum kind k;
	size_t i, n;
	int got;

	for (i = 0; i < COUNT(bad); i++) {
		struct str s cleanup_str = STR_INIT;

		str_addf(&s, "%s\n", bad[i].line);
		memset(&e, 0, sizeof(e));
		got = recread_check(r, s.s, s.n, &k, &v, &n, &e);
		ok(got == -1 && e.class == ERR_CORRUPT &&
		    strstr(e.msg, bad[i].says), "refused: bad line %zu: %s%s",
		    i, bad[i].says, got ? "" : " (was taken)");
	}
	for (i = 0; i < COUNT(good); i++) {
		struct str s cleanup_str = STR_INIT;

		str_addf(&s, "%s\n", good[i]);
		got = recread_check(r, s.s, s.n, &k, &v, &n, &e);
		ok(got == 0, "taken: good line %zu%s%s", i, got ? ": " : "",
		    got ? e.msg : "");
	}
	recread_free(r);
}

static void
values(void)
{
	static const char text[] =
	    "{\"k\":\"note\",\"path\":\"\\\\xFFa\",\"path_b64\":\"/2E=\","
	    "\"detail\":\"\\u00e9\\ud83d\\ude00\",\"lost\":true}\n"
	    "{\"k\":\"file\",\"size\":-9223372036854775808}\n";
	struct recread *r = recread_open_mem(text, strlen(text));
	const struct recread_value *v;
	const char *line;
	struct err e;
	enum kind k;
	size_t n, line_n;

	ok(recread_next(r, &k, &v, &n, &line, &line_n, &e) == 1 &&
	    k == KIND_note && n == 4, "a record with four values");
	ok(v[0].col == COL_note_path && !v[0].is_raw && v[0].n == 5 &&
	    memcmp(v[0].p, "\\xFFa", 6) == 0, "readable form");
	ok(v[1].col == COL_note_path && v[1].is_raw && v[1].n == 2 &&
	    memcmp(v[1].p, "\xff" "a", 3) == 0, "exact bytes");
	ok(v[2].n == 6 && memcmp(v[2].p, "\xc3\xa9\xf0\x9f\x98\x80", 7) == 0,
	    "escapes beyond ASCII");
	ok(v[3].type == RV_BOOL && v[3].i == 1, "boolean");
	ok(line_n == strcspn(text, "\n") + 1 &&
	    memcmp(line, text, line_n) == 0, "the line itself");
	ok(recread_next(r, &k, &v, &n, NULL, NULL, &e) == 1 &&
	    v[0].type == RV_INT && v[0].i == INT64_MIN, "least integer");
	ok(recread_line(r) == 2, "line number");
	ok(recread_next(r, &k, &v, &n, NULL, NULL, &e) == 0, "end of input");
	recread_free(r);
}

/* ---- reading in pieces ------------------------------------------------- */

struct pieces {
	const char *p;
	size_t n, step;
};

static ssize_t
piece(void *arg, void *p, size_t n)
{
	struct pieces *x = arg;
	size_t k = x->n < x->step ? x->n : x->step;

	if (k > n)
		k = n;
	memcpy(p, x->p, k);
	x->p += k;
	x->n -= k;
	return (ssize_t)k;
}

static long
count_pieces(const struct str *s, size_t step, struct err *e)
{
	struct pieces x = {s->s, s->n, step};
	struct recread *r = recread_open_fn(piece, &x);
	const struct recread_value *v;
	enum kind k;
	size_t n;
	long count = 0;
	int got;

	while ((got = recread_next(r, &k, &v, &n, NULL, NULL, e)) == 1)
		count++;
	recread_free(r);
	return got < 0 ? -count - 1 : count;
}

static void
pieces(void)
{
	static const size_t steps[] = {1, 7, 4096, 1000000, SIZE_MAX};
	struct str s cleanup_str = STR_INIT;
	struct err e;
	size_t i;

	for (i = 0; i < 2000; i++)
		str_addf(&s, "{\"k\":\"file\",\"path\":\"/a/%zu\",\"size\":%zu}\n",
		    i, i);
	for (i = 0; i < COUNT(steps); i++)
		ok(count_pieces(&s, steps[i], &e) == 2000,
		    "records in pieces of %zu", steps[i]);
	str_cut(&s, s.n - 1);
	ok(count_pieces(&s, 1, &e) == -2000 && strstr(e.msg, "line 2000 is cut"),
	    "the last line has no newline");

	/* the longest line, then one byte more */
	str_sets(&s, "{\"k\":\"note\",\"path\":\"");
	while (s.n < REC_LINE_MAX - 3)
		str_addc(&s, 'a');
	str_adds(&s, "\"}\n");
	ok(s.n == REC_LINE_MAX && count_pieces(&s, 65536, &e) == 1,
	    "a line of REC_LINE_MAX bytes");
	str_cut(&s, s.n - 3);
	str_adds(&s, "a\"}\n{\"k\":\"note\"}\n");
	ok(count_pieces(&s, 65536, &e) == -1 && e.class == ERR_LIMIT &&
	    strstr(e.msg, "line 1 is longer"), "one byte more");
	ok(count_pieces(&s, SIZE_MAX, &e) == -1 && e.class == ERR_LIMIT,
	    "one byte more, all at once");
	str_clear(&s);
	for (i = 0; i < 3 * REC_LINE_MAX; i++)
		str_addc(&s, '[');
	ok(count_pieces(&s, 65536, &e) == -1 && e.class == ERR_LIMIT,
	    "3 MiB without a newline");
	str_cut(&s, REC_LINE_MAX - 1);
	str_addc(&s, '\n');
	ok(count_pieces(&s, 65536, &e) == -1 && e.class == ERR_CORRUPT,
	    "deep nesting");
	str_sets(&s, "{\"k\":\"note\"");
	for (i = 0; i <= REC_FIELDS_MAX; i++)
		str_addf(&s, ",\"path\":\"%zu\"", i);
	str_adds(&s, "}\n");
	ok(count_pieces(&s, 65536, &e) == -1 && strstr(e.msg, "twice"),
	    "many keys");
}

/* ---- the writer -------------------------------------------------------- */

struct sink {
	struct recread *r;
	size_t lines, longest, wrong, notes, blobs;
	struct str first; /* exact bytes of the first column of the record */
	struct str json;  /* a list */
	struct err e;
};

static void
take(void *arg, enum kind k, const char *line, size_t n)
{
	struct sink *s = arg;
	const struct recread_value *v;
	enum kind is;
	size_t values_n, i;

	s->lines++;
	s->longest = n > s->longest ? n : s->longest;
	s->notes += k == KIND_note;
	s->blobs += k == KIND_blob;
	if (recread_check(s->r, line, n, &is, &v, &values_n, &s->e) ||
	    is != k) {
		s->wrong++;
		return;
	}
	for (i = 0; i < values_n; i++) {
		if (v[i].col == COL_persist_command)
			str_set(&s->first, v[i].p, v[i].n);
		if (v[i].col == COL_image_env && !v[i].is_raw)
			str_set(&s->json, v[i].p, v[i].n);
	}
}

static void
bytes(const char *what, const void *p, size_t n, size_t notes)
{
	struct sink s = {.r = recread_open_mem("", 0), .first = STR_INIT,
	    .json = STR_INIT};
	struct rec *r = rec_sink(take, &s);
	struct err e;

	rec_begin(r, KIND_persist);
	rec_bytes(r, COL_persist_command, p, n);
	rec_end(r);
	ok(!s.wrong, "%s: is a record%s%s", what, s.wrong ? ": " : "",
	    s.wrong ? s.e.msg : "");
	if (notes)
		ok(s.first.n < n && memcmp(s.first.s, p, s.first.n) == 0 &&
		    s.notes == notes && s.blobs && rec_lost(r) == notes,
		    "%s: cut after %zu, noted, kept as a blob", what,
		    s.first.n);
	else
		ok(s.first.n == n && memcmp(s.first.s, p, n) == 0 && !s.notes,
		    "%s: bytes out are bytes in", what);
	rec_close(r, &e);
	recread_free(s.r);
	str_release(&s.first);
	str_release(&s.json);
}

static void
writer(void)
{
	struct str s cleanup_str = STR_INIT;
	int i;

	for (i = 0; i < 256; i++)
		str_addc(&s, (char)i);
	bytes("every byte", s.s, s.n, 0);
	bytes("nothing", "", 0, 0);
	bytes("a NUL", "a\0b", 3, 0);
	bytes("backslashes", "\\xFF\\\\", 6, 0);
	bytes("backslashes and a bad byte", "\\xFF\\\xff", 6, 0);
	bytes("overlong", "\xc0\x80", 2, 0);
	bytes("lone surrogate", "\xed\xa0\x80", 3, 0);
	bytes("half a character", "\xf0\x9f\x98", 3, 0);
	str_clear(&s);
	for (i = 0; i < REC_VALUE_MAX; i++)
		str_addc(&s, 'a');
	bytes("REC_VALUE_MAX", s.s, s.n, 0);
	str_addc(&s, 'a');
	bytes("REC_VALUE_MAX and one", s.s, s.n, 1);
	str_clear(&s);
	str_addc(&s, 'a'); /* so that the limit falls into a character */
	while (s.n < REC_VALUE_MAX + 10)
		str_add(&s, "\xe2\x82\xac", 3);
	bytes("characters over the limit", s.s, s.n, 1);
	str_addc(&s, '\xff');
	bytes("a bad byte behind the limit", s.s, s.n, 1);
	str_clear(&s);
	for (i = 0; i < REC_VALUE_MAX; i++)
		str_addc(&s, '\001');
	bytes("control bytes", s.s, s.n, 1);
	memset(s.s, 0xff, s.n);
	bytes("bad bytes", s.s, s.n, 1);
	memset(s.s, 0x80, s.n);
	bytes("continuation bytes", s.s, s.n, 1);
	memset(s.s, '\\', s.n - 1);
	bytes("backslashes before a bad byte", s.s, s.n, 1);
}

/* Every column of a kind, each as long and as bad as it can be. */
static void
full(enum kind k, size_t len, int byte, size_t elements)
{
	struct sink s = {.r = recread_open_mem("", 0), .first = STR_INIT,
	    .json = STR_INIT};
	struct rec *r = rec_sink(take, &s);
	struct str v cleanup_str = STR_INIT;
	struct strlist l cleanup_strlist = STRLIST_INIT;
	struct err e;
	size_t i;
	int c;

	for (i = 0; i < len; i++)
		str_addc(&v, (char)byte);
	for (i = 0; i < elements; i++)
		strlist_add(&l, v.s, v.n);
	rec_begin(r, k);
	for (c = kind_info[k].first; c < kind_info[k].last; c++)
		switch (col_info[c].type) {
		case TYPE_TEXT:
		case TYPE_BYTES:
			rec_bytes(r, (enum col)c, v.s, v.n);
			break;
		case TYPE_LIST:
			rec_list(r, (enum col)c, &l);
			break;
		case TYPE_INT:
			rec_int(r, (enum col)c, INT64_MIN);
			break;
		case TYPE_BOOL:
			rec_bool(r, (enum col)c, false);
			break;
		case TYPE_TIME:
			rec_time(r, (enum col)c, INT64_MAX);
			break;
		case TYPE_DATA:
			break;
		}
	rec_end(r);
	rec_close(r, &e);
	ok(!s.wrong && s.longest <= REC_LINE_MAX,
	    "%s full of %zu times 0x%02x: %zu records, longest %zu%s%s",
	    kind_info[k].name, len, (unsigned)byte, s.lines, s.longest,
	    s.wrong ? ": " : "", s.wrong ? s.e.msg : "");
	recread_free(s.r);
	str_release(&s.first);
	str_release(&s.json);
}

static void
lists(void)
{
	struct sink s = {.r = recread_open_mem("", 0), .first = STR_INIT,
	    .json = STR_INIT};
	struct rec *r = rec_sink(take, &s);
	struct strlist l cleanup_strlist = STRLIST_INIT;
	struct str v cleanup_str = STR_INIT;
	struct err e;
	size_t i;

	strlist_add(&l, "a=\"\\", 4);
	strlist_add(&l, "b=\xff", 3);
	strlist_add(&l, "", 0);
	rec_begin(r, KIND_image);
	rec_list(r, COL_image_env, &l);
	rec_end(r);
	ok(!s.wrong && str_eq(&s.json, "[\"a=\\\"\\\\\",\"b=\\\\xFF\",\"\"]"),
	    "list: %s", s.json.s);
	strlist_add(&l, "\0x", 2);
	rec_begin(r, KIND_image);
	rec_list(r, COL_image_env, &l);
	rec_end(r);
	ok(!s.wrong && s.notes == 1 && strstr(s.json.s, ",\"\\\\x00x\"]"),
	    "an element with a NUL is noted: %s", s.json.s);
	s.notes = 0;
	/* "sh -c" and a script that is too long: its start is still seen */
	strlist_clear(&l);
	strlist_adds(&l, "sh");
	strlist_adds(&l, "-c");
	str_adds(&v, "curl http://192.0.2.1/ ");
	for (i = 0; i < 600000; i++)
		str_addc(&v, 'x');
	strlist_add(&l, v.s, v.n);
	strlist_adds(&l, "lost");
	rec_begin(r, KIND_image);
	rec_list(r, COL_image_env, &l);
	rec_end(r);
	ok(!s.wrong && s.notes == 1 && s.blobs == 2 &&
	    strncmp(s.json.s, "[\"sh\",\"-c\",\"curl ", 17) == 0 &&
	    s.json.n > 100000, "a list that is too long: start is kept");
	rec_close(r, &e);
	recread_free(s.r);
	str_release(&s.first);
	str_release(&s.json);
}

/* A whole stream: digest, counts. */
static void
stream(void)
{
	struct strlist argv cleanup_strlist = STRLIST_INIT;
	struct rec_run run = {.tool = "collect-files", .host = "h\xff",
	    .argv = &argv, .root = "/"};
	const struct recread_value *v;
	struct digest *d = digest_new();
	struct recread *rd;
	struct rec *r;
	const char *line;
	char hex[SHA256_HEX] = "", said[SHA256_HEX] = "", counts[100] = "";
	struct err e;
	FILE *f = tmpfile();
	enum kind k;
	size_t n, line_n, i;

	strlist_adds(&argv, "-r");
	r = rec_open(fileno(f), &run, 0);
	rec_note(r, ERR_DENIED, "open", "host", "/x", 13, "why %d", 1);
	rec_note_fine(r, ERR_ABSENT, "open", NULL, "/y", NULL);
	rec_blob(r, "abc", 3, NULL);
	rec_blob(r, "abc", 3, NULL);
	rec_forward(r, KIND_note, "{\"k\":\"note\",\"class\":\"limit\","
	    "\"op\":\"x\",\"lost\":true}\n", 50);
	rec_forward(r, KIND_note, "{\"k\":\"file\"}\n", 13);
	rec_forward(r, KIND_end, "{\"k\":\"end\"}\n", 12);
	rec_forward(r, KIND_note, "{\"k\":\"note\"}", 12);
	rec_forward(r, KIND_note, "{\"k\":\"note\"}\n{\"k\":\"note\"}\n", 26);
	ok(rec_lost(r) == 6, "lost evidence is counted, forwarded too");
	ok(rec_close(r, &e) == 0, "stream is closed");
	rewind(f);
	rd = recread_open(fileno(f));
	while (recread_next(rd, &k, &v, &n, &line, &line_n, &e) == 1) {
		if (k != KIND_end) {
			digest_add(d, line, line_n);
			continue;
		}
		digest_hex(d, hex);
		for (i = 0; i < n; i++) {
			if (v[i].col == COL_end_sha256)
				memcpy(said, v[i].p, SHA256_HEX);
			if (v[i].col == COL_end_counts)
				snprintf(counts, sizeof(counts), "%s", v[i].p);
		}
	}
	ok(hex[0] && strcmp(hex, said) == 0, "digest of the run");
	ok(strcmp(counts, "[\"run=1\",\"note=7\",\"blob=1\"]") == 0,
	    "counts: %s", counts);
	recread_free(rd);
	digest_free(d);
	fclose(f);

	f = fopen("/dev/full", "w");
	r = rec_open(fileno(f), &run, 0);
	ok(rec_close(r, &e) == -1 && e.class == ERR_OURS,
	    "a full disk is a failure: %s", e.msg);
	fclose(f);
}

/* The table itself. */
static void
table(void)
{
	size_t n;
	int c, d, k, wrong = 0;

	for (k = 0; k < KIND_COUNT; k++)
		wrong += kind_info[k].last - kind_info[k].first >
			KIND_COLUMNS_MAX ||
		    kind_info[k].last <= kind_info[k].first;
	ok(!wrong, "a kind has 1 to KIND_COLUMNS_MAX columns");
	for (c = 0, wrong = 0; c < COL_COUNT; c++) {
		n = strlen(col_info[c].name);
		wrong += (n > 5 &&
		    strcmp(col_info[c].name + n - 5, "_time") == 0) !=
		    (col_info[c].type == TYPE_TIME);
		wrong += n > 4 && (strcmp(col_info[c].name + n - 4, "_b64") ==
		    0 || strcmp(col_info[c].name + n - 4, "_raw") == 0);
		wrong += strcmp(col_info[c].name, "id") == 0 ||
		    strcmp(col_info[c].name, "run") == 0 ||
		    strcmp(col_info[c].name, "k") == 0;
		k = (int)col_info[c].kind;
		for (d = kind_info[k].first; d < c; d++)
			wrong += strcmp(col_info[c].name,
			    col_info[d].name) == 0;
	}
	ok(!wrong, "names of columns follow the rules of kinds.def");
}

int
main(void)
{
	static const int worst[] = {'a', 1, '"', '\\', 0x80, 0xff, 0};
	size_t i;
	int k;

	cli_init("test-rec");
	table();
	lines();
	values();
	pieces();
	writer();
	lists();
	stream();
	for (k = 0; k < KIND_COUNT; k++)
		for (i = 0; i < COUNT(worst); i++) {
			full((enum kind)k, 4096, worst[i], 3);
			if (k == KIND_container) {
				full((enum kind)k, 60, worst[i], 2000);
				full((enum kind)k, 300000, worst[i], 2);
			}
		}
	return done();
}
