/*
 * Words: quotes, expansions and substitutions, fields and braces.
 */

#include "sheval.h"

#include "limits.h"

/* Fields under way while a word is expanded. */
struct fields {
	struct strlist *out;
	struct str cur;
	bool have; /* cur counts even if it is empty (quotes) */
	bool split;
};

static void
field_end(struct fields *f)
{
	if (f->cur.n || f->have)
		strlist_add(f->out, f->cur.s, f->cur.n);
	str_clear(&f->cur);
	f->have = false;
}

/* The value of an expansion: split at blanks where it is not quoted. */
static void
field_value(struct fields *f, const char *p, size_t n, bool quoted)
{
	size_t i;

	if (f->cur.n + n > SHCMD_VALUE_MAX)
		return;
	if (quoted || !f->split) {
		str_add(&f->cur, p, n);
		return;
	}
	for (i = 0; i < n; i++) {
		if (p[i] == SHMARK_FETCH && i + 1 < n) {
			str_add(&f->cur, p + i, 2);
			i++;
		} else if (strchr(" \t\n", p[i])) {
			field_end(f);
		} else {
			str_addc(&f->cur, p[i]);
		}
	}
}

/* Text in a substitution: its output without newlines at the end. */
static void
substitute(struct sheval *e, const char *p, size_t n, struct str *out)
{
	size_t i = 0;

	e->gaps++;
	if (e->blind) {
		str_addc(out, SHMARK_OUTPUT);
		return;
	}
	while (i < n && strchr(" \t\n", p[i]))
		i++;
	if (i < n && p[i] == '<' && i + 1 < n && p[i + 1] != '(' &&
	    p[i + 1] != '<') {
		/* $(<FILE) */
		struct str t cleanup_str = STR_INIT;

		str_adds(&t, "cat ");
		str_add(&t, p + i, n - i);
		sheval_text(e, t.s, t.n, NULL, out);
	} else {
		sheval_text(e, p, n, NULL, out);
	}
	while (out->n && out->s[out->n - 1] == '\n')
		str_cut(out, out->n - 1);
}

bool
sheval_name_char(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	    (!first && c >= '0' && c <= '9');
}

static void expand_into(struct sheval *e, const char *p, size_t n,
    struct fields *f, bool quoted);

/* Expand to one text, nothing split. */
void
sheval_expand(struct sheval *e, const char *p, size_t n, bool quoted,
    struct str *out)
{
	struct strlist l cleanup_strlist = STRLIST_INIT;
	struct fields f = {.out = &l, .cur = STR_INIT};

	if (e->words < SHCMD_NEST_MAX) {
		e->words++;
		expand_into(e, p, n, &f, quoted);
		e->words--;
	} else {
		e->out->limited = true;
	}
	str_add(out, f.cur.s, f.cur.n);
	str_release(&f.cur);
}

/* The value of a variable or parameter; false: it has none. */
static bool
value_of(struct sheval *e, const char *p, size_t n, struct str *out)
{
	struct str *v;
	size_t i, k = 0;

	if (n && p[0] >= '0' && p[0] <= '9') {
		for (i = 0; i < n && k < 100; i++)
			k = k * 10 + (size_t)(p[i] - '0');
		if (k >= e->pos.n)
			return false;
		str_add(out, e->pos.v[k].s, e->pos.v[k].n);
		return true;
	}
	if (n == 1 && (*p == '@' || *p == '*')) {
		for (i = 1; i < e->pos.n; i++) {
			if (i > 1)
				str_addc(out, ' ');
			str_add(out, e->pos.v[i].s, e->pos.v[i].n);
		}
		return e->pos.n > 1;
	}
	if (n == 1 && strchr("$!?#-", *p)) {
		str_addc(out, '1');
		return true;
	}
	v = shmap_get(&e->vars, p, n);
	if (!v)
		return false;
	str_add(out, v->s, v->n);
	return true;
}

static bool
glob_prefix(const char *pat, size_t n, const struct str *v, size_t *len,
    bool longest)
{
	size_t i;

	/* only literal patterns and a star at one end */
	if (n && pat[n - 1] == '*' && !memchr(pat, '*', n - 1)) {
		for (i = 0; i + n - 1 <= v->n; i++)
			if (memcmp(v->s + i, pat, n - 1) == 0 && i == 0) {
				*len = longest ? v->n : n - 1;
				return true;
			}
		return false;
	}
	if (n && pat[0] == '*' && !memchr(pat + 1, '*', n - 1)) {
		bool found = false;

		for (i = 0; i + n - 1 <= v->n; i++)
			if (memcmp(v->s + i, pat + 1, n - 1) == 0) {
				*len = i + n - 1;
				found = true;
				if (!longest)
					break;
			}
		return found;
	}
	if (n <= v->n && memcmp(v->s, pat, n) == 0) {
		*len = n;
		return true;
	}
	return false;
}

/* What follows the name in ${name...}. */
static void
modify(struct sheval *e, const char *name, size_t name_n, const char *op,
    size_t n, bool set, struct str *v, bool quoted)
{
	struct str arg cleanup_str = STR_INIT, t cleanup_str = STR_INIT;
	bool colon = n && op[0] == ':', all;
	size_t len, i;
	long off, count;
	char *end;

	if (!n)
		return;
	if (strchr("-=?+", op[colon]) && n > (size_t)colon) {
		bool empty = !set || (colon && !v->n);
		char c = op[colon];

		sheval_expand(e, op + colon + 1, n - (size_t)colon - 1, quoted,
		    &arg);
		if (c == '+') {
			str_clear(v);
			if (!empty)
				str_add(v, arg.s, arg.n);
		} else if (empty) {
			str_set(v, arg.s, arg.n);
			if (c == '=') {
				struct str *var = shmap_put(&e->vars, name,
				    name_n);

				str_set(var, arg.s, arg.n);
			}
		}
		return;
	}
	sheval_expand(e, op + 1, n - 1, quoted, &arg);
	if (colon) { /* ${x:offset:length} */
		off = strtol(arg.s, &end, 10);
		count = *end == ':' ? strtol(end + 1, NULL, 10)
				    : (long)SHCMD_VALUE_MAX;
		if (off < 0)
			off += (long)v->n;
		if (off < 0 || off > (long)v->n)
			off = (long)v->n;
		if (count < 0)
			count += (long)v->n - off;
		if (count < 0)
			count = 0;
		if (count > (long)v->n - off)
			count = (long)v->n - off;
		str_set(&t, v->s + off, (size_t)count);
		str_set(v, t.s, t.n);
		return;
	}
	switch (op[0]) {
	case '#':
		all = arg.n && arg.s[0] == '#';
		if (glob_prefix(arg.s + all, arg.n - all, v, &len, all)) {
			str_set(&t, v->s + len, v->n - len);
			str_set(v, t.s, t.n);
		}
		break;
	case '%':
		all = arg.n && arg.s[0] == '%';
		if (arg.n > all && arg.s[arg.n - 1] == '*') {
			/* from the first or last place where it stands */
			size_t k = arg.n - all - 1, cut = v->n;

			for (i = 0; i + k <= v->n; i++)
				if (memcmp(v->s + i, arg.s + all, k) == 0) {
					cut = i;
					if (all)
						break;
				}
			str_cut(v, cut);
		} else if (arg.n - all <= v->n &&
		    memcmp(v->s + v->n - (arg.n - all), arg.s + all,
			arg.n - all) == 0) {
			str_cut(v, v->n - (arg.n - all));
		}
		break;
	case '/': {
		const char *from = arg.s, *slash, *to;
		size_t from_n, to_n;

		all = *from == '/';
		from += all;
		slash = strchr(from, '/');
		from_n = slash ? (size_t)(slash - from) : strlen(from);
		to = slash ? slash + 1 : "";
		to_n = strlen(to);
		if (!from_n)
			break;
		for (i = 0; i < v->n; i++) {
			if (i + from_n <= v->n &&
			    memcmp(v->s + i, from, from_n) == 0 &&
			    t.n < SHCMD_VALUE_MAX) {
				str_add(&t, to, to_n);
				i += from_n - 1;
				if (!all) {
					i++;
					str_add(&t, v->s + i, v->n - i);
					break;
				}
			} else {
				str_addc(&t, v->s[i]);
			}
		}
		str_set(v, t.s, t.n);
		break;
	}
	case ',':
	case '^':
		for (i = 0; i < v->n; i++) {
			if (i && op[0] != (n > 1 ? op[1] : 0))
				break;
			if (op[0] == ',' && v->s[i] >= 'A' && v->s[i] <= 'Z')
				v->s[i] = (char)(v->s[i] + 32);
			if (op[0] == '^' && v->s[i] >= 'a' && v->s[i] <= 'z')
				v->s[i] = (char)(v->s[i] - 32);
		}
		break;
	default:
		break;
	}
}

/* ${...}, p without the braces. */
static void
braced(struct sheval *e, const char *p, size_t n, struct fields *f,
    bool quoted)
{
	struct str v cleanup_str = STR_INIT;
	bool indirect = false, length = false, set;
	size_t k = 0;
	const char *name;

	if (n > 1 && p[0] == '!')
		indirect = true, p++, n--;
	else if (n > 1 && p[0] == '#')
		length = true, p++, n--;
	name = p;
	if (n && strchr("@*$!?#-", p[0]))
		k = 1;
	else if (n && p[0] >= '0' && p[0] <= '9')
		while (k < n && p[k] >= '0' && p[k] <= '9')
			k++;
	else
		while (k < n && sheval_name_char(p[k], k == 0))
			k++;
	if (!sheval_work(e, n))
		return;
	set = value_of(e, name, k, &v);
	if (indirect && set) {
		struct str t cleanup_str = STR_INIT;

		set = value_of(e, v.s, v.n, &t);
		str_set(&v, t.s, t.n);
	}
	if (length) {
		char num[24];

		snprintf(num, sizeof(num), "%zu", v.n);
		field_value(f, num, strlen(num), true);
		return;
	}
	p += k;
	n -= k;
	if (!set)
		e->gaps++;
	if (n && p[0] == '[') { /* an array: all of it */
		const char *close = memchr(p, ']', n);

		if (close) {
			n -= (size_t)(close + 1 - p);
			p = close + 1;
		}
	}
	/* without a value: its default, or what cannot be told */
	if (e->blind && !set && !(n && (*p == '-' || *p == '=' ||
	    (n > 1 && *p == ':' && (p[1] == '-' || p[1] == '=')))))
		str_addc(&v, SHMARK_UNKNOWN);
	else
		modify(e, name, k, p, n, set, &v, quoted);
	field_value(f, v.s, v.n, quoted);
}

/* A dollar at p[0]; returns how many bytes it took. */
static size_t
dollar(struct sheval *e, const char *p, size_t n, struct fields *f,
    bool quoted)
{
	struct str v cleanup_str = STR_INIT;
	size_t k;

	if (n < 2) {
		str_addc(&f->cur, '$');
		return 1;
	}
	if (p[1] == '(') {
		k = shparse_close(p, n, 0);
		if (n > 2 && p[2] == '(' && k >= 2 && p[k - 1] == ')' &&
		    p[k - 2] == ')') {
			str_addc(&f->cur, '0'); /* arithmetic */
			return k;
		}
		substitute(e, p + 2, k - 2 - (p[k - 1] == ')'), &v);
		field_value(f, v.s, v.n, quoted);
		return k;
	}
	if (p[1] == '{') {
		k = shparse_close(p, n, 0);
		braced(e, p + 2, k - 2 - (k > 2 && p[k - 1] == '}'), f, quoted);
		return k;
	}
	if (p[1] == '\'' && !quoted) {
		for (k = 2; k < n && p[k] != '\''; k++)
			if (p[k] == '\\' && k + 1 < n)
				k++;
		f->have = true;
		shtext_escapes(p + 2, (k < n ? k : n) - 2, &f->cur);
		return k < n ? k + 1 : n;
	}
	if (p[1] == '"' && !quoted)
		return 1; /* a translated string: as without the dollar */
	if (sheval_name_char(p[1], true)) {
		for (k = 2; k < n && sheval_name_char(p[k], false); k++)
			;
	} else if ((p[1] >= '0' && p[1] <= '9') || strchr("@*$!?#-", p[1])) {
		k = 2;
	} else {
		str_addc(&f->cur, '$');
		return 1;
	}
	if (!sheval_work(e, k))
		return k;
	if (!value_of(e, p + 1, k - 1, &v)) {
		e->gaps++;
		if (e->blind)
			str_addc(&v, SHMARK_UNKNOWN);
	}
	field_value(f, v.s, v.n, quoted);
	return k;
}

static size_t
ticks(struct sheval *e, const char *p, size_t n, struct fields *f,
    bool quoted)
{
	struct str code cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	size_t i;

	for (i = 1; i < n && p[i] != '`'; i++) {
		if (p[i] == '\\' && i + 1 < n &&
		    (p[i + 1] == '`' || p[i + 1] == '\\' || p[i + 1] == '$'))
			i++;
		str_addc(&code, p[i]);
	}
	substitute(e, code.s, code.n, &v);
	field_value(f, v.s, v.n, quoted);
	return i < n ? i + 1 : n;
}

/* quoted: as between double quotes. */
static void
expand_into(struct sheval *e, const char *p, size_t n, struct fields *f,
    bool quoted)
{
	size_t i = 0, k;

	if (!quoted && n && p[0] == '~' && (n == 1 || p[1] == '/')) {
		struct str *home = shmap_get(&e->vars, "HOME", 4);

		str_adds(&f->cur, home ? home->s : "/root");
		i = 1;
	}
	while (i < n && !e->out->limited) {
		char c = p[i];

		if (f->cur.n > SHCMD_VALUE_MAX) {
			e->out->limited = true;
			return;
		}
		if (c == '\\') {
			if (i + 1 >= n) {
				str_addc(&f->cur, '\\');
				i++;
			} else if (p[i + 1] == '\n') {
				i += 2;
			} else {
				if (quoted && !strchr("$`\"\\", p[i + 1]))
					str_addc(&f->cur, '\\');
				str_addc(&f->cur, p[i + 1]);
				i += 2;
			}
		} else if (c == '\'' && !quoted) {
			for (k = i + 1; k < n && p[k] != '\''; k++)
				;
			str_add(&f->cur, p + i + 1, k - i - 1);
			f->have = true;
			i = k < n ? k + 1 : n;
		} else if (c == '"' && !quoted) {
			k = shparse_close(p, n, i);
			f->have = true;
			expand_into(e, p + i + 1,
			    k - i - 1 - (k > i + 1 && p[k - 1] == '"'), f,
			    true);
			i = k;
		} else if (c == '$') {
			i += dollar(e, p + i, n - i, f, quoted);
		} else if (c == '`') {
			i += ticks(e, p + i, n - i, f, quoted);
		} else {
			str_addc(&f->cur, c);
			i++;
		}
	}
}

/* <(...) and >(...): a file of its own. */
static void
process_substitution(struct sheval *e, const char *p, size_t n,
    struct fields *f)
{
	struct str v cleanup_str = STR_INIT;
	char path[64];
	size_t len = n - 2 - (n > 2 && p[n - 1] == ')');

	if (e->blind) {
		str_addc(&f->cur, SHMARK_OUTPUT);
		return;
	}
	snprintf(path, sizeof(path), "/dev/fd/%d", 1000 + e->subst++);
	if (p[0] == '<') {
		sheval_text(e, p + 2, len, NULL, &v);
		str_set(shmap_put(&e->files, path, strlen(path)), v.s, v.n);
	} else {
		str_set(shmap_put(&e->sinks, path, strlen(path)), p + 2, len);
	}
	str_adds(&f->cur, path);
}

/* The next brace expression with a comma at its top level; false: none. */
static bool
brace_find(const char *p, size_t n, size_t *open, size_t *shut)
{
	size_t i, k;
	int depth;
	bool comma;

	for (i = 0; i < n; i++) {
		if (p[i] == '\\') {
			i++;
		} else if (p[i] == '\'' || p[i] == '"' || p[i] == '`' ||
		    (p[i] == '$' && i + 1 < n &&
			(p[i + 1] == '(' || p[i + 1] == '{'))) {
			i = shparse_close(p, n, i) - 1;
		} else if (p[i] == '{') {
			depth = 1;
			comma = false;
			for (k = i + 1; k < n && depth; k++) {
				if (p[k] == '\\') {
					k++;
				} else if (p[k] == '\'' || p[k] == '"' ||
				    p[k] == '`' ||
				    (p[k] == '$' && k + 1 < n &&
					(p[k + 1] == '(' ||
					    p[k + 1] == '{'))) {
					k = shparse_close(p, n, k) - 1;
				} else if (p[k] == '{') {
					depth++;
				} else if (p[k] == '}') {
					depth--;
				} else if (p[k] == ',' && depth == 1) {
					comma = true;
				}
			}
			if (!depth && comma) {
				*open = i;
				*shut = k - 1;
				return true;
			}
		}
	}
	return false;
}

void
sheval_word(struct sheval *e, const char *p, size_t n, struct strlist *out,
    int braces)
{
	struct fields f = {.out = out, .cur = STR_INIT, .split = true};
	size_t open, shut, i, from;
	int depth;

	if (!sheval_work(e, n))
		return;
	if (braces < 4 && brace_find(p, n, &open, &shut)) {
		struct str t cleanup_str = STR_INIT;

		for (from = i = open + 1, depth = 0; i <= shut; i++) {
			if (p[i] == '\\' && i < shut) {
				i++;
				continue;
			}
			if ((p[i] == '\'' || p[i] == '"' || p[i] == '`') &&
			    i < shut) {
				i = shparse_close(p, shut, i) - 1;
				continue;
			}
			if (p[i] == '{')
				depth++;
			if (p[i] == '}' && i < shut)
				depth--;
			if ((p[i] != ',' || depth) && i < shut)
				continue;
			str_clear(&t);
			str_add(&t, p, open);
			str_add(&t, p + from, i - from);
			str_add(&t, p + shut + 1, n - shut - 1);
			sheval_word(e, t.s, t.n, out, braces + 1);
			from = i + 1;
		}
		return;
	}
	if (n > 2 && (p[0] == '<' || p[0] == '>') && p[1] == '(')
		process_substitution(e, p, n, &f);
	else
		expand_into(e, p, n, &f, false);
	field_end(&f);
	str_release(&f.cur);
}
