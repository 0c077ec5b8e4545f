#include "boot.h"

#include "limits.h"
#include "runs.h"

/*
 * udev rules, as udev(7) and its parser have them: one rule a line, a
 * backslash at its end joins the next, keys with an operator and a quoted
 * value, blanks and commas between. A row for each program that a rule runs
 * (RUN, PROGRAM, IMPORT) and each unit that it starts; a row for the file if
 * it has none. One odd key, and udev passes over the whole rule.
 */

static const char folders[] = "/etc/udev/rules.d /run/udev/rules.d "
    "/usr/local/lib/udev/rules.d /usr/lib/udev/rules.d /lib/udev/rules.d";

#define UDEV_LINE 16384 /* udev's own: a longer rule is passed over */
#define UDEV_TARGETS (64 * 1024) /* beyond, nothing is said to be skipped */

struct token {
	const char *key, *attr, *value; /* attr: of KEY{attr} */
	size_t key_n, attr_n, value_n;
	bool escapes; /* e"...": the value has C escapes */
	bool match;   /* == or != */
	char op;      /* = ! + - : and the first of == */
};

static const char *const keys[] = {"ACTION", "DEVPATH", "KERNEL", "KERNELS",
    "NAME", "SYMLINK", "SUBSYSTEM", "SUBSYSTEMS", "DRIVER", "DRIVERS", "ATTR",
    "ATTRS", "SYSCTL", "ENV", "CONST", "TAG", "TAGS", "TEST", "PROGRAM",
    "RESULT", "IMPORT", "RUN", "LABEL", "GOTO", "OPTIONS", "OWNER", "GROUP",
    "MODE", "SECLABEL", NULL};

static bool
blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == ',';
}

static bool
is(const char *p, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(p, word, n) == 0;
}

/* 1: a token; 0: none is left; -1: what is there is none. */
static int
next_token(const char *p, size_t n, size_t *at, struct token *t)
{
	size_t i = *at;

	memset(t, 0, sizeof(*t));
	while (i < n && blank(p[i]))
		i++;
	if (i == n)
		return 0;
	t->key = p + i;
	while (i < n && p[i] >= 'A' && p[i] <= 'Z')
		i++;
	t->key_n = (size_t)(p + i - t->key);
	if (i < n && p[i] == '{') {
		t->attr = p + ++i;
		while (i < n && p[i] != '}')
			i++;
		t->attr_n = (size_t)(p + i - t->attr);
		i += i < n;
	}
	while (i < n && (p[i] == ' ' || p[i] == '\t'))
		i++;
	if (!t->key_n || i == n || !strchr("=!+-:", p[i]))
		return -1;
	t->op = p[i++];
	t->match = (t->op == '=' || t->op == '!') && i < n && p[i] == '=';
	if (t->match || t->op != '=') {
		if (i == n || p[i] != '=')
			return -1;
		i++;
	}
	while (i < n && (p[i] == ' ' || p[i] == '\t'))
		i++;
	for (; i < n && (p[i] == 'e' || p[i] == 'i'); i++)
		t->escapes = t->escapes || p[i] == 'e';
	if (i == n || p[i] != '"')
		return -1;
	t->value = p + ++i;
	while (i < n && p[i] != '"')
		i += p[i] == '\\' && i + 1 < n &&
			     (t->escapes || p[i + 1] == '"') ? 2 : 1;
	if (i >= n)
		return -1;
	t->value_n = (size_t)(p + i - t->value);
	*at = i + 1;
	return 1;
}

/* The value without the quotes' escapes. */
static void
value(const struct token *t, struct str *out)
{
	size_t i;

	for (i = 0; i < t->value_n; i++) {
		if (t->value[i] == '\\' && i + 1 < t->value_n &&
		    (t->value[i + 1] == '"' ||
			(t->escapes && t->value[i + 1] == '\\')))
			i++;
		str_addc(out, t->value[i]);
	}
}

struct rules {
	const struct art_file *f;
	struct rec *rec;
	struct str defect; /* of the file */
	struct str over;
	struct str skip;   /* label that a rule without condition goes to */
	int64_t skip_line;
	struct str targets; /* labels that rules go to, a newline around each */
	int64_t rows;
};

static void
row(struct rules *u, const struct token *t, int64_t line, const char *text,
    size_t text_n, const struct str *when, const char *own)
{
	struct str v cleanup_str = STR_INIT, name cleanup_str = STR_INIT;
	bool builtin = is(t->attr ? t->attr : "", t->attr_n, "builtin");

	value(t, &v);
	str_add(&name, t->key, t->key_n);
	if (t->attr_n) {
		str_addc(&name, '{');
		str_add(&name, t->attr, t->attr_n);
		str_addc(&name, '}');
	}
	art_begin(u->f, u->rec, line);
	rec_str(u->rec, COL_persist_schedule, when);
	rec_str(u->rec, COL_persist_name, &name);
	art_trimmed(u->rec, COL_persist_command, v.s, v.n);
	rec_bytes(u->rec, COL_persist_text, text,
	    text_n > ART_LINE_MAX ? ART_LINE_MAX : text_n);
	rec_str(u->rec, COL_persist_overrides, &u->over);
	if (u->defect.n)
		rec_str(u->rec, COL_persist_defect, &u->defect);
	else
		rec_text(u->rec, COL_persist_defect, own);
	/* a name without "/" lies beside udev's own programs */
	if (!builtin && !is(t->key, t->key_n, "ENV"))
		art_runs(u->f, u->rec, RUNS_WORDS, v.s, v.n,
		    "/usr/lib/udev:/lib/udev", "/usr/lib/udev");
	rec_end(u->rec);
	u->rows++;
}

/* Does this key of a rule make something run? */
static bool
runs(const struct token *t)
{
	if (is(t->key, t->key_n, "PROGRAM"))
		return true;
	if (is(t->key, t->key_n, "RUN"))
		return !t->match && t->op != '-';
	if (is(t->key, t->key_n, "IMPORT"))
		return is(t->attr ? t->attr : "", t->attr_n, "program");
	return is(t->key, t->key_n, "ENV") && !t->match &&
	       (is(t->attr ? t->attr : "", t->attr_n, "SYSTEMD_WANTS") ||
		   is(t->attr ? t->attr : "", t->attr_n,
		       "SYSTEMD_USER_WANTS"));
}

/* Does a rule above, with or without condition, go to the label? */
static bool
target(const struct rules *u, const struct str *label)
{
	struct str want cleanup_str = STR_INIT;

	str_addf(&want, "\n%s\n", label->s);
	return memmem(u->targets.s, u->targets.n, want.s, want.n);
}

/* One rule: joined lines. */
static void
rule(struct rules *u, const char *p, size_t n, int64_t line, const char *text,
    size_t text_n)
{
	struct str when cleanup_str = STR_INIT, own cleanup_str = STR_INIT;
	struct str label cleanup_str = STR_INIT, go cleanup_str = STR_INIT;
	struct token t;
	size_t at = 0, matches = 0;
	int k, i;

	if (n >= UDEV_LINE)
		str_addf(&own, "longer than %d bytes: udev passes over it",
		    UDEV_LINE);
	while ((k = next_token(p, n, &at, &t)) == 1) {
		for (i = 0; keys[i] && !is(t.key, t.key_n, keys[i]);)
			i++;
		if (!keys[i]) {
			k = -1;
			break;
		}
		if (is(t.key, t.key_n, "LABEL"))
			str_set(&label, t.value, t.value_n);
		else if (is(t.key, t.key_n, "GOTO"))
			str_set(&go, t.value, t.value_n);
		else if (t.match || is(t.key, t.key_n, "PROGRAM") ||
		    is(t.key, t.key_n, "IMPORT"))
			matches++;
		if (!t.match || is(t.key, t.key_n, "PROGRAM") ||
		    when.n >= ART_ENV_MAX)
			continue;
		if (when.n)
			str_adds(&when, ", ");
		str_add(&when, t.key, (size_t)(t.value + t.value_n + 1 - t.key));
		str_cut(&when, ART_ENV_MAX);
	}
	if (k < 0 && !own.n)
		str_adds(&own, "udev passes over the rule: it has no key, no "
			       "operator or no quoted value where it wants "
			       "one");
	if (u->skip.n && label.n && (target(u, &label) ||
	    u->targets.n > UDEV_TARGETS))
		str_clear(&u->skip);
	if (u->skip.n && !own.n)
		str_addf(&own, "never reached: line %lld goes to the label "
			       "below it", (long long)u->skip_line);
	at = 0;
	while (next_token(p, n, &at, &t) == 1)
		if (runs(&t) && t.value_n && u->rows <= ART_LINES_MAX)
			row(u, &t, line, text, text_n, &when,
			    own.n ? own.s : NULL);
	if (go.n && !u->skip.n && u->targets.n <= UDEV_TARGETS) {
		str_addc(&u->targets, '\n');
		str_add(&u->targets, go.s, go.n);
		str_addc(&u->targets, '\n');
	}
	if (go.n && !matches && k == 0 && !own.n) {
		str_set(&u->skip, go.s, go.n);
		u->skip_line = line;
	}
}

/* Is there such a label further down? Else udev ignores the GOTO. */
static bool
has_label(const char *p, size_t n, const struct str *label)
{
	struct str want cleanup_str = STR_INIT;

	str_addf(&want, "LABEL=\"%s\"", label->s);
	return memmem(p, n, want.s, want.n);
}

int
parse_udev(const struct art_file *f, struct rec *r, struct err *err)
{
	struct rules u = {.f = f, .rec = r, .defect = STR_INIT,
	    .over = STR_INIT, .skip = STR_INIT,
	    .targets = STR_INIT};
	struct str joined cleanup_str = STR_INIT;
	struct art_line l = ART_LINE_INIT;
	struct shadow s = SHADOW_INIT;
	const char *start = NULL, *p;
	int64_t line = 0;
	bool more = false;
	size_t n;

	(void)err;
	if (!boot_ends(f->via, ".rules"))
		str_adds(&u.defect, "name does not end in .rules: udev passes "
				    "over it");
	shadow_find(f, folders, &s);
	if (!u.defect.n)
		shadow_defect(&s, &u.defect);
	str_add(&u.over, s.over.s, s.over.n);
	while (art_next(f, &l)) {
		for (p = l.p, n = l.n; n && (*p == ' ' || *p == '\t'); n--)
			p++;
		if (n && p[n - 1] == '\r')
			n--;
		if (n && *p == '#')
			continue; /* within a rule of several lines, too */
		if (!more) {
			str_clear(&joined);
			start = p;
			line = l.number;
		}
		more = n && p[n - 1] == '\\';
		if (joined.n <= UDEV_LINE)
			str_add(&joined, p, more ? n - 1 : n);
		if (more || !joined.n)
			continue;
		rule(&u, joined.s, joined.n, line, start,
		    (size_t)(p + n - start));
		if (u.skip.n && u.skip_line == line &&
		    !has_label(l.p, (size_t)(f->data + f->n - l.p), &u.skip))
			str_clear(&u.skip);
		if (u.rows > ART_LINES_MAX) {
			art_too_many(f, r);
			break;
		}
	}
	if (!u.rows) {
		art_begin(f, r, 0);
		rec_str(r, COL_persist_overrides, &u.over);
		rec_str(r, COL_persist_defect, &u.defect);
		rec_end(r);
	}
	str_release(&u.defect);
	str_release(&u.over);
	str_release(&u.skip);
	str_release(&u.targets);
	shadow_release(&s);
	return 0;
}
