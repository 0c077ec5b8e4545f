#include "sqlfunc.h"

#include "err.h"
#include "limits.h"
#include "mask.h"
#include "shcmd.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* ---- values -------------------------------------------------------------- */

static const char *
value(sqlite3_value *v, size_t *n)
{
	const char *p;

	if (sqlite3_value_type(v) == SQLITE_BLOB)
		p = sqlite3_value_blob(v);
	else
		p = (const char *)sqlite3_value_text(v);
	*n = p ? (size_t)sqlite3_value_bytes(v) : 0;
	return p ? p : "";
}

static bool
is_null(sqlite3_value *v)
{
	return sqlite3_value_type(v) == SQLITE_NULL;
}

static void
give(sqlite3_context *ctx, const char *p, size_t n)
{
	struct str t cleanup_str = STR_INIT;

	if (!utf8_clean(p, n)) {
		str_add_readable(&t, p, n);
		p = t.s;
		n = t.n;
	}
	sqlite3_result_text64(ctx, p, n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static int
hex4(const char *p)
{
	int v = 0, i;

	for (i = 0; i < 4; i++) {
		char c = p[i];

		v <<= 4;
		if (c >= '0' && c <= '9')
			v |= c - '0';
		else if (c >= 'a' && c <= 'f')
			v |= c - 'a' + 10;
		else if (c >= 'A' && c <= 'F')
			v |= c - 'A' + 10;
		else
			return -1;
	}
	return v;
}

static void
add_code(struct str *s, uint32_t u)
{
	if (u < 0x80) {
		str_addc(s, (char)u);
	} else if (u < 0x800) {
		str_addc(s, (char)(0xc0 | u >> 6));
		str_addc(s, (char)(0x80 | (u & 0x3f)));
	} else if (u < 0x10000) {
		str_addc(s, (char)(0xe0 | u >> 12));
		str_addc(s, (char)(0x80 | (u >> 6 & 0x3f)));
		str_addc(s, (char)(0x80 | (u & 0x3f)));
	} else {
		str_addc(s, (char)(0xf0 | u >> 18));
		str_addc(s, (char)(0x80 | (u >> 12 & 0x3f)));
		str_addc(s, (char)(0x80 | (u >> 6 & 0x3f)));
		str_addc(s, (char)(0x80 | (u & 0x3f)));
	}
}

/*
 * Elements of a LIST column: a flat JSON array of strings, or, where the
 * value is a BLOB, COLUMN_raw's elements that each end with a NUL. What is
 * neither is one element.
 */
static void
list_of(sqlite3_value *v, struct strlist *out)
{
	struct str s cleanup_str = STR_INIT;
	const char *p;
	size_t n, i, from;
	int u, low;

	if (is_null(v))
		return;
	p = value(v, &n);
	if (sqlite3_value_type(v) == SQLITE_BLOB) {
		for (i = from = 0; i < n; i++)
			if (!p[i]) {
				strlist_add(out, p + from, i - from);
				from = i + 1;
			}
		if (from < n)
			strlist_add(out, p + from, n - from);
		return;
	}
	if (!n || p[0] != '[') {
		if (n)
			strlist_add(out, p, n);
		return;
	}
	for (i = 1; i < n && p[i] != ']'; i++) {
		if (p[i] != '"')
			continue;
		str_clear(&s);
		for (i++; i < n && p[i] != '"'; i++) {
			if (p[i] != '\\' || i + 1 >= n) {
				str_addc(&s, p[i]);
				continue;
			}
			i++;
			switch (p[i]) {
			case 'n':
				str_addc(&s, '\n');
				break;
			case 't':
				str_addc(&s, '\t');
				break;
			case 'r':
				str_addc(&s, '\r');
				break;
			case 'b':
				str_addc(&s, '\b');
				break;
			case 'f':
				str_addc(&s, '\f');
				break;
			case 'u':
				u = i + 4 < n ? hex4(p + i + 1) : -1;
				if (u < 0)
					break;
				i += 4;
				if (u >= 0xd800 && u < 0xdc00 && i + 6 < n &&
				    p[i + 1] == '\\' && p[i + 2] == 'u' &&
				    (low = hex4(p + i + 3)) >= 0xdc00) {
					u = 0x10000 + ((u - 0xd800) << 10) +
					    (low - 0xdc00);
					i += 6;
				}
				if (u)
					add_code(&s, (uint32_t)u);
				break;
			default:
				str_addc(&s, p[i]);
			}
		}
		strlist_add(out, s.s, s.n);
	}
}

/* ---- shcmd --------------------------------------------------------------- */

/* Analyse argv[0]; form and env at argv[k], argv[k + 1]. false: an error. */
static bool
analyse(sqlite3_context *ctx, int argc, sqlite3_value **argv, int k,
    struct shcmd *c)
{
	struct strlist env cleanup_strlist = STRLIST_INIT;
	struct strlist args cleanup_strlist = STRLIST_INIT;
	enum shcmd_form form = SHCMD_SHELL;
	const char *p;
	size_t n;
	int f;

	if (argc > k && !is_null(argv[k])) {
		f = shcmd_form_find((const char *)sqlite3_value_text(argv[k]));
		if (f < 0) {
			sqlite3_result_error(ctx, "no such form of a command: "
			    "shell, cron, unit, joined, history, argv", -1);
			return false;
		}
		form = (enum shcmd_form)f;
	}
	if (argc > k + 1)
		list_of(argv[k + 1], &env);
	if (form == SHCMD_ARGV) {
		list_of(argv[0], &args);
		shcmd_argv(c, &args, &env);
	} else {
		p = value(argv[0], &n);
		shcmd_text(c, form, p, n, &env);
	}
	return true;
}

static void
fn_facts(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct shcmd c cleanup_shcmd = SHCMD_INIT;
	struct str json cleanup_str = STR_INIT;

	if (is_null(argv[0]) || !analyse(ctx, argc, argv, 1, &c))
		return;
	if (c.limited)
		strlist_adds(&c.facts, "limited: it was not analysed whole");
	str_add_json_list(&json, &c.facts);
	give(ctx, json.s, json.n);
}

static void
fn_has(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct shcmd c cleanup_shcmd = SHCMD_INIT;
	const char *tag = (const char *)sqlite3_value_text(argv[1]);

	if (is_null(argv[0]) || !tag) {
		sqlite3_result_int(ctx, 0);
		return;
	}
	if (analyse(ctx, argc, argv, 2, &c))
		sqlite3_result_int(ctx, shcmd_has(&c, tag));
}

static void
fn_plain(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct shcmd c cleanup_shcmd = SHCMD_INIT;

	if (is_null(argv[0]) || !analyse(ctx, argc, argv, 1, &c))
		return;
	give(ctx, c.plain.s, c.plain.n);
}

static void
fn_runs(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct shcmd c cleanup_shcmd = SHCMD_INIT;
	struct str json cleanup_str = STR_INIT;

	if (is_null(argv[0]) || !analyse(ctx, argc, argv, 1, &c))
		return;
	if (c.limited)
		strlist_adds(&c.runs, "opaque");
	str_add_json_list(&json, &c.runs);
	give(ctx, json.s, json.n);
}

/* ---- regular expressions ------------------------------------------------- */

struct regex {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *ctx;
};

static void
regex_free(void *p)
{
	struct regex *r = p;

	pcre2_match_context_free(r->ctx);
	pcre2_match_data_free(r->data);
	pcre2_code_free(r->code);
	free(r);
}

/* Compiled once a statement where the pattern is a constant. */
static struct regex *
regex_get(sqlite3_context *ctx, sqlite3_value **argv, int arg)
{
	struct regex *r = sqlite3_get_auxdata(ctx, arg);
	const char *p;
	size_t n, at;
	int error;
	char msg[200];
	unsigned char text[120];

	if (r)
		return r;
	p = value(argv[arg], &n);
	r = xcalloc(1, sizeof(*r));
	r->code = pcre2_compile((PCRE2_SPTR)p, n,
	    PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C, &error, &at, NULL);
	if (!r->code) {
		pcre2_get_error_message(error, text, sizeof(text));
		snprintf(msg, sizeof(msg), "bad pattern at %zu: %s", at, text);
		sqlite3_result_error(ctx, msg, -1);
		free(r);
		return NULL;
	}
	r->data = pcre2_match_data_create_from_pattern(r->code, NULL);
	r->ctx = pcre2_match_context_create(NULL);
	if (!r->data || !r->ctx)
		die("out of memory");
	pcre2_set_match_limit(r->ctx, REGEX_STEPS_MAX);
	pcre2_set_depth_limit(r->ctx, REGEX_DEPTH_MAX);
	pcre2_set_heap_limit(r->ctx, REGEX_HEAP_KIB);
	sqlite3_set_auxdata(ctx, arg, r, regex_free);
	/* where it is no constant it may be gone already */
	return sqlite3_get_auxdata(ctx, arg);
}

/* 1 match, 0 none, -1 error (given). */
static int
regex_run(sqlite3_context *ctx, struct regex *r, const char *p, size_t n)
{
	char msg[120];
	int k = pcre2_match(r->code, (PCRE2_SPTR)p, n, 0, 0, r->data, r->ctx);

	if (k >= 0)
		return 1;
	if (k == PCRE2_ERROR_NOMATCH)
		return 0;
	snprintf(msg, sizeof(msg), k == PCRE2_ERROR_MATCHLIMIT ||
		k == PCRE2_ERROR_DEPTHLIMIT || k == PCRE2_ERROR_HEAPLIMIT
	    ? "a pattern needs too many steps (REGEX_STEPS_MAX)"
	    : "a pattern failed: error %d", k);
	sqlite3_result_error(ctx, msg, -1);
	return -1;
}

/* "X REGEXP Y" calls regexp(Y, X) */
static void
fn_regexp(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct regex *r;
	const char *p;
	size_t n;
	int k;

	(void)argc;
	if (is_null(argv[0]) || is_null(argv[1]))
		return;
	r = regex_get(ctx, argv, 0);
	if (!r)
		return;
	p = value(argv[1], &n);
	k = regex_run(ctx, r, p, n);
	if (k >= 0)
		sqlite3_result_int(ctx, k);
}

static void
fn_regexp_find(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct regex *r;
	const char *p;
	size_t n, *at;
	int group = argc > 2 ? sqlite3_value_int(argv[2]) : 0;

	if (is_null(argv[0]) || is_null(argv[1]))
		return;
	r = regex_get(ctx, argv, 0);
	if (!r)
		return;
	p = value(argv[1], &n);
	if (regex_run(ctx, r, p, n) != 1)
		return;
	if (group < 0 || (uint32_t)group >=
	    pcre2_get_ovector_count(r->data)) {
		sqlite3_result_error(ctx, "no such group", -1);
		return;
	}
	at = pcre2_get_ovector_pointer(r->data) + 2 * group;
	if (at[0] != PCRE2_UNSET && at[1] >= at[0])
		give(ctx, p + at[0], at[1] - at[0]);
}

/* ---- images -------------------------------------------------------------- */

void
image_ref(const char *p, size_t n, struct str *repo, struct str *registry)
{
	const char *slash, *at;
	size_t i, first;
	bool host = false;

	for (i = 0; i + 2 < n && i < 12; i++) /* docker:// and https:// */
		if (memcmp(p + i, "://", 3) == 0) {
			p += i + 3;
			n -= i + 3;
			break;
		}
	at = memchr(p, '@', n);
	if (at)
		n = (size_t)(at - p);
	for (i = n; i > 0 && p[i - 1] != '/' && p[i - 1] != ':'; i--)
		;
	if (i > 0 && p[i - 1] == ':' &&
	    (memchr(p, '/', i) || !memchr(p + i, '/', n - i)))
		n = i - 1; /* the tag */
	slash = memchr(p, '/', n);
	first = slash ? (size_t)(slash - p) : 0;
	for (i = 0; i < first; i++)
		host = host || p[i] == '.' || p[i] == ':';
	host = host || (first == 9 && memcmp(p, "localhost", 9) == 0);
	str_clear(repo);
	str_clear(registry);
	if (host) {
		for (i = 0; i < first; i++)
			str_addc(registry, p[i] >= 'A' && p[i] <= 'Z'
				? (char)(p[i] + 32) : p[i]);
		p += first + 1;
		n -= first + 1;
		if (str_eq(registry, "index.docker.io") ||
		    str_eq(registry, "registry-1.docker.io") ||
		    str_eq(registry, "registry.hub.docker.com") ||
		    str_eq(registry, "hub.docker.com"))
			str_sets(registry, "docker.io");
	} else {
		str_sets(registry, "docker.io");
	}
	while (n && *p == '/')
		p++, n--;
	for (i = 0; i < n; i++)
		str_addc(repo, p[i] >= 'A' && p[i] <= 'Z' ? (char)(p[i] + 32)
							  : p[i]);
	if (str_eq(registry, "docker.io") && repo->n &&
	    !memchr(repo->s, '/', repo->n)) {
		struct str t cleanup_str = STR_INIT;

		str_adds(&t, "library/");
		str_add(&t, repo->s, repo->n);
		str_set(repo, t.s, t.n);
	}
}

static void
fn_image_repo(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct str repo cleanup_str = STR_INIT, reg cleanup_str = STR_INIT;
	const char *p;
	size_t n;

	(void)argc;
	if (is_null(argv[0]))
		return;
	p = value(argv[0], &n);
	image_ref(p, n, &repo, &reg);
	give(ctx, repo.s, repo.n);
}

static void
fn_image_namespace(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct str repo cleanup_str = STR_INIT, reg cleanup_str = STR_INIT;
	const char *p, *slash;
	size_t n;

	(void)argc;
	if (is_null(argv[0]))
		return;
	p = value(argv[0], &n);
	image_ref(p, n, &repo, &reg);
	slash = memchr(repo.s, '/', repo.n);
	if (slash)
		give(ctx, repo.s, (size_t)(slash - repo.s));
}

/* ---- the rest ------------------------------------------------------------ */

static void
fn_list_has(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct strlist l cleanup_strlist = STRLIST_INIT;
	const char *p;
	size_t n, i;
	int found = 0;

	(void)argc;
	if (is_null(argv[1])) {
		sqlite3_result_int(ctx, 0);
		return;
	}
	list_of(argv[0], &l);
	p = value(argv[1], &n);
	for (i = 0; i < l.n; i++)
		if (l.v[i].n == n && memcmp(l.v[i].s, p, n) == 0)
			found = 1;
	sqlite3_result_int(ctx, found);
}

/* Elements of both lists, each with a NUL, as a BLOB: COLUMN_raw's form. */
static void
fn_list_cat(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct strlist l cleanup_strlist = STRLIST_INIT;
	struct str t cleanup_str = STR_INIT;
	size_t i;
	int k;

	for (k = 0; k < argc; k++)
		list_of(argv[k], &l);
	for (i = 0; i < l.n; i++)
		str_add(&t, l.v[i].s, l.v[i].n + 1);
	if (l.n)
		sqlite3_result_blob64(ctx, t.s, t.n, SQLITE_TRANSIENT);
}

/* A text with its secrets masked and no more than that many bytes. */
static void
fn_excerpt(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct str t cleanup_str = STR_INIT;
	size_t n, most = 400;
	const char *p;

	if (is_null(argv[0]))
		return;
	p = value(argv[0], &n);
	if (argc > 1 && sqlite3_value_int(argv[1]) > 0)
		most = (size_t)sqlite3_value_int(argv[1]);
	mask_add(&t, p, n > 8 * most ? 8 * most : n);
	if (t.n > most) {
		str_cut(&t, most);
		while (t.n && ((unsigned char)t.s[t.n - 1] & 0xc0) == 0x80)
			str_cut(&t, t.n - 1);
		if (t.n && (unsigned char)t.s[t.n - 1] >= 0xc0)
			str_cut(&t, t.n - 1);
		str_adds(&t, "...");
	}
	give(ctx, t.s, t.n);
}

static bool
word_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

static void
fn_monero(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	const char *p;
	size_t n, i, k;

	(void)argc;
	p = value(argv[0], &n);
	for (i = 0; i < n; i = k + 1) {
		for (k = i; k < n && word_char(p[k]); k++)
			;
		if (monero_valid(p + i, k - i)) {
			give(ctx, p + i, k - i);
			return;
		}
	}
}

static void
fn_mask(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct str t cleanup_str = STR_INIT;
	const char *p;
	size_t n;

	(void)argc;
	if (is_null(argv[0]))
		return;
	p = value(argv[0], &n);
	mask_add(&t, p, n);
	give(ctx, t.s, t.n);
}

static bool
under(const char *p, size_t n, const char *dir, size_t d, size_t *rest)
{
	while (d > 1 && dir[d - 1] == '/')
		d--;
	if (d == 1 && dir[0] == '/') {
		*rest = 0;
		return n > 0 && p[0] == '/';
	}
	if (!d || n < d || memcmp(p, dir, d) != 0 ||
	    (n > d && p[d] != '/'))
		return false;
	*rest = d;
	return true;
}

static void
fn_path_under(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	const char *p, *dir;
	size_t n, d, rest;

	(void)argc;
	if (is_null(argv[0]) || is_null(argv[1]))
		return;
	p = value(argv[0], &n);
	dir = value(argv[1], &d);
	sqlite3_result_int(ctx, under(p, n, dir, d, &rest));
}

static void
fn_path_moved(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct str t cleanup_str = STR_INIT;
	const char *p, *from, *to;
	size_t n, f, m, rest;

	(void)argc;
	if (is_null(argv[0]) || is_null(argv[1]) || is_null(argv[2]))
		return;
	p = value(argv[0], &n);
	from = value(argv[1], &f);
	to = value(argv[2], &m);
	if (!under(p, n, from, f, &rest))
		return;
	while (m && to[m - 1] == '/')
		m--;
	str_add(&t, to, m);
	str_add(&t, p + rest, n - rest);
	if (t.n > 1 && t.s[t.n - 1] == '/')
		str_cut(&t, t.n - 1);
	give(ctx, t.n ? t.s : "/", t.n ? t.n : 1);
}

/*
 * A merged system has /bin as a link to /usr/bin, and files have their real
 * path; commands are written either way.
 */
static void
path_key(const char *p, size_t n, struct str *out)
{
	static const char *const usr[] = {"/bin/", "/sbin/", "/lib/",
	    "/lib32/", "/lib64/", "/libx32/"};
	size_t i, k;

	if (n > 9 && memcmp(p, "/var/run/", 9) == 0)
		p += 4, n -= 4;
	if (n > 10 && memcmp(p, "/var/lock/", 10) == 0) {
		str_adds(out, "/run");
		p += 4, n -= 4;
	}
	for (i = 0; i < COUNT(usr); i++) {
		k = strlen(usr[i]);
		if (n > k + 4 && memcmp(p, "/usr", 4) == 0 &&
		    memcmp(p + 4, usr[i], k) == 0) {
			p += 4, n -= 4;
			break;
		}
	}
	str_add(out, p, n);
}

static void
fn_path_key(sqlite3_context *ctx, int argc UNUSED, sqlite3_value **argv)
{
	struct str t cleanup_str = STR_INIT;
	const char *p;
	size_t n;

	if (is_null(argv[0]))
		return;
	p = value(argv[0], &n);
	path_key(p, n, &t);
	give(ctx, t.s, t.n);
}

static void
fn_path_command(sqlite3_context *ctx, int argc UNUSED, sqlite3_value **argv)
{
	static const char *const dirs[] = {"/bin/", "/sbin/",
	    "/usr/local/bin/", "/usr/local/sbin/"};
	struct str t cleanup_str = STR_INIT;
	const char *p, *slash;
	size_t n, i;

	if (is_null(argv[0]))
		return;
	p = value(argv[0], &n);
	path_key(p, n, &t);
	slash = strrchr(t.s, '/');
	if (!slash)
		return;
	n = (size_t)(slash - t.s) + 1;
	for (i = 0; i < COUNT(dirs); i++)
		if (strlen(dirs[i]) == n && memcmp(t.s, dirs[i], n) == 0)
			give(ctx, t.s + n, t.n - n);
}

int
sqlfunc_register(sqlite3 *db)
{
	static const struct {
		const char *name;
		int args;
		void (*fn)(sqlite3_context *, int, sqlite3_value **);
	} list[] = {
		{"shcmd_facts", 1, fn_facts},
		{"shcmd_facts", 2, fn_facts},
		{"shcmd_facts", 3, fn_facts},
		{"shcmd_has", 2, fn_has},
		{"shcmd_has", 3, fn_has},
		{"shcmd_has", 4, fn_has},
		{"shcmd_plain", 1, fn_plain},
		{"shcmd_plain", 2, fn_plain},
		{"shcmd_plain", 3, fn_plain},
		{"shcmd_runs", 1, fn_runs},
		{"shcmd_runs", 2, fn_runs},
		{"shcmd_runs", 3, fn_runs},
		{"regexp", 2, fn_regexp},
		{"regexp_find", 2, fn_regexp_find},
		{"regexp_find", 3, fn_regexp_find},
		{"image_repo", 1, fn_image_repo},
		{"image_namespace", 1, fn_image_namespace},
		{"list_has", 2, fn_list_has},
		{"list_cat", 1, fn_list_cat},
		{"list_cat", 2, fn_list_cat},
		{"excerpt", 1, fn_excerpt},
		{"excerpt", 2, fn_excerpt},
		{"monero", 1, fn_monero},
		{"mask", 1, fn_mask},
		{"path_under", 2, fn_path_under},
		{"path_moved", 3, fn_path_moved},
		{"path_key", 1, fn_path_key},
		{"path_command", 1, fn_path_command},
	};
	size_t i;
	int rc;

	for (i = 0; i < COUNT(list); i++) {
		rc = sqlite3_create_function(db, list[i].name, list[i].args,
		    SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
		    NULL, list[i].fn, NULL, NULL);
		if (rc != SQLITE_OK)
			return rc;
	}
	return SQLITE_OK;
}
