#include "art.h"

#include "limits.h"
#include "runs.h"
#include "tree.h"
#include "when.h"

/*
 * Crontabs, as the daemon of the tree reads them.
 *
 * Debian's cron (3.0pl1): one mistake and the whole file is ignored; a last
 * line without newline likewise. cronie: a bad line is passed over, the rest
 * runs. busybox: the same, with fewer forms. What Debian's accepts was found
 * out by running it over each fixture of tests/t-cron.sh, which does so again
 * where cron is installed. The reader below therefore works byte by byte as
 * cron does, oddities included: "*x" is "*", "1!x" is "1", a NUL ends a
 * string, "*=1 ..." is a variable, a byte 0xff in a time field is the end.
 */

#define CRON_COMMAND_MAX 998 /* Debian: longer is "command too long" */
#define CRON_ENV_MAX 999     /* bytes of a line looked at for a variable */
#define CRON_NUMBER_MAX 999  /* digits of a number */
#define CRON_PATH "/usr/bin:/bin" /* where a crontab sets none */

enum { END = -1 };

struct in {
	const char *p;
	size_t n, at;
	int64_t line;
};

struct entry {
	size_t start, end;   /* of the line's text, without its newline */
	int64_t line;
	const char *defect;  /* this line's own; NULL: none */
	size_t when, when_n; /* time fields or nickname */
	size_t user, user_n; /* 0: no user field was reached */
	size_t cmd, cmd_n;
	bool variable;
	size_t name, name_n, value, value_n;
	bool never; /* a time field that is empty */
	bool timed; /* times holds when */
	struct cron_times times;
};

struct tab {
	const struct art_file *f;
	struct rec *rec;
	enum cron_kind kind;
	bool user_field;    /* a system crontab */
	const char *whole;  /* why the whole file is ignored */
	const char *first;  /* Debian: first mistake, and its line */
	int64_t first_line;
	struct str env;	    /* variables in force, name=value */
	struct strlist names, values;
	struct strlist all; /* every variable in force, NAME=VALUE */
	struct zone zone;   /* CRON_TZ */
	bool zoned;
};

static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
    "jul", "aug", "sep", "oct", "nov", "dec", NULL};
static const char *const days[] = {"sun", "mon", "tue", "wed", "thu", "fri",
    "sat", "sun", NULL};

static const struct field {
	int low, high;
	const char *const *names;
	const char *defect, *never;
} fields[5] = {
    {0, 59, NULL, "bad minute", "minute never occurs"},
    {0, 23, NULL, "bad hour", "hour never occurs"},
    {1, 31, NULL, "bad day-of-month", NULL},
    {1, 12, months, "bad month", "month never occurs"},
    {0, 7, days, "bad day-of-week", NULL},
};

static int
get(struct in *in)
{
	int c;

	if (in->at >= in->n)
		return END;
	c = (unsigned char)in->p[in->at++];
	if (c == '\n')
		in->line++;
	return c;
}

static int
peek(const struct in *in)
{
	return in->at < in->n ? (unsigned char)in->p[in->at] : END;
}

/* In time fields cron keeps the byte in a signed char. */
static int
peek_field(const struct in *in)
{
	int c = peek(in);

	return c == 0xff ? END : c;
}

static bool
space(int c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
alnum(int c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

static void
skip_blanks(struct in *in)
{
	while (peek(in) == ' ' || peek(in) == '\t')
		in->at++;
}

/* Blank lines and comments. */
static void
skip_comments(struct in *in)
{
	int c;

	for (;;) {
		skip_blanks(in);
		c = peek(in);
		if (c != '\n' && c != '#')
			return;
		do {
			c = get(in);
		} while (c != '\n' && c != END);
	}
}

/* Up to and over one of terms, a NUL or the end; the terminator is returned
 * and consumed. */
static int
string(struct in *in, const char *terms, size_t *start, size_t *n)
{
	int c;

	*start = in->at;
	do {
		c = get(in);
	} while (c != END && c != 0 && !strchr(terms, c));
	*n = in->at - *start - (c != END);
	return c;
}

static bool
same_word(const char *p, size_t n, const char *word)
{
	return strlen(word) == n && strncasecmp(p, word, n) == 0;
}

/* atoi of glibc: what does not fit in 64 bits is the largest, then cut. */
static int
number_of(const char *p, size_t n)
{
	int64_t v = 0;
	size_t i;

	for (i = 0; i < n; i++)
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, p[i] - '0', &v)) {
			v = INT64_MAX;
			break;
		}
	return (int)(uint32_t)v;
}

static int
number(struct in *in, int low, const char *const *names, int *out)
{
	size_t start = in->at, n, i;
	bool digits = true;
	int k;

	while (alnum(peek_field(in)))
		in->at++;
	n = in->at - start;
	if (!n || n > CRON_NUMBER_MAX)
		return -1;
	for (k = 0; names && names[k]; k++)
		if (same_word(in->p + start, n, names[k])) {
			*out = k + low;
			return 0;
		}
	for (i = start; i < in->at; i++)
		digits = digits && in->p[i] >= '0' && in->p[i] <= '9';
	if (!digits)
		return -1;
	*out = number_of(in->p + start, n);
	return 0;
}

struct bits {
	uint64_t set;
	bool any;
	bool random; /* cronie's "~": chosen when the file is read */
};

static int
range(struct in *in, const struct field *f, enum cron_kind kind,
    struct bits *b)
{
	int from, to, step = 1;

	if (peek_field(in) == '*') {
		in->at++;
		from = f->low;
		to = f->high;
		if (peek_field(in) == END)
			return -1;
	} else if (kind == CRON_CRONIE && peek_field(in) == '~') {
		b->random = true;
		from = f->low; /* "~N", "~": chosen at random when read */
		to = f->high;
	} else {
		if (number(in, f->low, f->names, &from))
			return -1;
		to = from;
		if (peek_field(in) == END)
			return -1;
		if (peek_field(in) == '-') {
			in->at++;
			if (number(in, f->low, f->names, &to) ||
			    peek_field(in) == END)
				return -1;
		} else if (peek_field(in) == '/' && kind == CRON_DEBIAN) {
			return -1;
		}
	}
	if (kind == CRON_CRONIE && peek_field(in) == '~') {
		in->at++;
		b->random = true;
		to = f->high;
		if (alnum(peek_field(in)) &&
		    number(in, f->low, f->names, &to))
			return -1;
		if (from > to)
			return -1;
	}
	if (peek_field(in) == '/') {
		in->at++;
		if (number(in, 0, NULL, &step) || step == 0 ||
		    peek_field(in) == END)
			return -1;
	}
	if (from < f->low || from > f->high || to < f->low || to > f->high ||
	    step < 0)
		return -1;
	if (from > to && kind != CRON_DEBIAN)
		return -1;
	b->any = b->any || from <= to;
	for (; from <= to; from += step)
		b->set |= UINT64_C(1) << from;
	return 0;
}

static int
list(struct in *in, const struct field *f, enum cron_kind kind,
    struct bits *b)
{
	int c;

	for (;;) {
		if (range(in, f, kind, b))
			return -1;
		if (peek_field(in) != ',')
			break;
		in->at++;
	}
	while ((c = peek(in)) != ' ' && c != '\t' && c != '\n' && c != END)
		in->at++;
	skip_blanks(in);
	return 0;
}

/* A variable: NAME = value. Reads the line from in->at, moves only if it is
 * one. 1: it is; 0: it is not. */
static int
variable(struct in *in, struct entry *e)
{
	const char *p = in->p;
	size_t i = in->at, end = i, from;
	char q = 0;

	while (end < in->n && p[end] && p[end] != '\n')
		end++;
	e->end = end;
	if (end - i > CRON_ENV_MAX)
		end = i + CRON_ENV_MAX;
	if (i < end && (p[i] == '\'' || p[i] == '"'))
		q = p[i++];
	from = i;
	while (i < end && (q ? p[i] != q && p[i] != '=' :
	    !space((unsigned char)p[i]) && p[i] != '='))
		i++;
	e->name = from;
	e->name_n = i - from;
	if (q && (i == end || p[i++] != q))
		return 0;
	while (i < end && space((unsigned char)p[i]))
		i++;
	if (i == end || p[i++] != '=')
		return 0;
	while (i < end && space((unsigned char)p[i]))
		i++;
	if (i == end)
		return 0;
	if (p[i] == '\'' || p[i] == '"') {
		q = p[i++];
		from = i;
		while (i < end && p[i] != q)
			i++;
		if (i == end)
			return 0;
		e->value = from;
		e->value_n = i++ - from;
		while (i < end && space((unsigned char)p[i]))
			i++;
		if (i < end)
			return 0;
	} else {
		e->value = i;
		while (end > i && space((unsigned char)p[end - 1]))
			end--;
		e->value_n = end - i;
	}
	e->variable = true;
	in->at = e->end;
	get(in); /* the newline or NUL */
	return 1;
}

/* The sets of five fields. */
static void
times(struct entry *e, const struct bits *b, bool day_star, bool weekday_star)
{
	struct cron_times *t = &e->times;

	t->minute = b[0].set;
	t->hour = (uint32_t)b[1].set;
	t->day = (uint32_t)b[2].set;
	t->month = (uint32_t)b[3].set;
	t->weekday = (uint32_t)(b[4].set | (b[4].set >> 7 & 1));
	t->day_star = day_star;
	t->weekday_star = weekday_star;
	e->timed = !b[0].random && !b[1].random && !b[2].random &&
		   !b[3].random && !b[4].random;
}

static void
nickname_times(struct entry *e, const char *p, size_t n)
{
	static const struct {
		const char *name;
		uint64_t set[5];
	} named[] = {{"@yearly", {1, 1, 2, 2, 0xff}},
	    {"@annually", {1, 1, 2, 2, 0xff}},
	    {"@monthly", {1, 1, 2, 0x1ffe, 0xff}},
	    {"@weekly", {1, 1, 0xfffffffe, 0x1ffe, 1}},
	    {"@daily", {1, 1, 0xfffffffe, 0x1ffe, 0xff}},
	    {"@midnight", {1, 1, 0xfffffffe, 0x1ffe, 0xff}},
	    {"@hourly", {1, 0xffffff, 0xfffffffe, 0x1ffe, 0xff}}};
	struct bits b[5] = {{0}};
	size_t i, k;

	for (i = 0; i < COUNT(named); i++)
		if (strlen(named[i].name) == n &&
		    memcmp(p, named[i].name, n) == 0) {
			for (k = 0; k < 5; k++)
				b[k].set = named[i].set[k];
			times(e, b, true, true);
		}
}

static bool
nickname(const char *p, size_t n)
{
	static const char *const known[] = {"@reboot", "@yearly", "@annually",
	    "@monthly", "@weekly", "@daily", "@midnight", "@hourly", NULL};
	int i;

	for (i = 0; known[i]; i++)
		if (strlen(known[i]) == n && memcmp(p, known[i], n) == 0)
			return true;
	return false;
}

/*
 * Does that account exist? Where the evidence has no readable passwd, root
 * does, and a name that looks like one is not denied.
 */
static bool
account_exists(const struct tab *t, const char *p, size_t n)
{
	const struct accounts *a = t->f->accounts;

	if (n == 4 && memcmp(p, "root", 4) == 0 && (!a || !a->n))
		return true;
	return a && accounts_by_name(a, p, n) != NULL;
}

/* The entry at in->at. Consumes it up to where cron's reader stands
 * afterwards. Sets e->defect if it is refused. */
static void
entry(struct tab *t, struct in *in, struct entry *e)
{
	struct bits b[5] = {{0}};
	bool star[5];
	int i, c;

	if (t->kind == CRON_CRONIE && peek(in) == '-' &&
	    t->f->via_st->st_uid == 0)
		in->at++; /* not logged; only root may ask for it */
	e->when = in->at;
	if (peek(in) == '@') {
		/* the terminator is consumed, as cron does it */
		c = string(in, " \t\n", &e->when, &e->when_n);
		if (!nickname(in->p + e->when, e->when_n)) {
			e->defect = "bad time specifier";
			return;
		}
		nickname_times(e, in->p + e->when, e->when_n);
		if (c == '\n' || c == 0) {
			in->at--; /* cron puts it back */
			in->line -= c == '\n';
		}
		skip_blanks(in);
		if (peek(in) == END) {
			e->defect = "bad command";
			return;
		}
	} else {
		for (i = 0; i < 5; i++) {
			star[i] = peek(in) == '*';
			if (list(in, &fields[i], t->kind, &b[i]) ||
			    (i < 4 && peek(in) == END)) {
				e->defect = fields[i].defect;
				return;
			}
			if (!b[i].any && fields[i].never)
				e->never = true;
		}
		times(e, b, star[2], star[4]);
		e->when_n = in->at - e->when;
	}
	if (t->user_field) {
		c = string(in, " \t\n", &e->user, &e->user_n);
		if (c == '\n' || c == END) {
			e->user_n = 0;
			e->defect = "bad command";
			return;
		}
		if (!account_exists(t, in->p + e->user, e->user_n)) {
			e->defect = "bad username";
			e->user_n = 0;
			return;
		}
		skip_blanks(in);
	}
	c = string(in, "\n", &e->cmd, &e->cmd_n);
	if (c == END)
		e->defect = t->kind == CRON_BUSYBOX ? NULL : "bad command";
	else if (e->cmd_n > CRON_COMMAND_MAX && t->kind != CRON_BUSYBOX)
		e->defect = "command too long";
}

/* busybox: blanks separate, five fields, the rest is the command. */
static void
entry_busybox(struct in *in, struct entry *e)
{
	struct in line = *in;
	struct bits b[5] = {{0}};
	bool star[5] = {false};
	int i;

	line.n = e->end;
	e->when = in->at;
	if (peek(&line) == '@') {
		string(&line, " \t", &e->when, &e->when_n);
		if (!nickname(in->p + e->when, e->when_n))
			e->defect = "bad time specifier";
		else
			nickname_times(e, in->p + e->when, e->when_n);
		skip_blanks(&line);
	} else {
		for (i = 0; i < 5 && !e->defect; i++) {
			star[i] = peek(&line) == '*';
			if (peek(&line) == END ||
			    list(&line, &fields[i], CRON_BUSYBOX, &b[i]))
				e->defect = fields[i].defect;
		}
		times(e, b, star[2], star[4]);
		e->when_n = line.at - e->when;
	}
	if (!e->defect) {
		e->cmd = line.at;
		e->cmd_n = e->end - line.at;
		if (!e->cmd_n)
			e->defect = "bad command";
	}
	in->at = e->end;
	get(in);
}

/* What reads like five time fields or a nickname is the schedule, the rest
 * the command: what a refused line would have run must not be lost. */
static void
guess(const struct in *in, struct entry *e)
{
	size_t i = e->start, words = 0;
	bool at = i < e->end && in->p[i] == '@';

	e->when = e->start;
	while (i < e->end) {
		while (i < e->end && !space((unsigned char)in->p[i])) {
			if (!at && !alnum((unsigned char)in->p[i]) &&
			    !strchr("*,/-~?#", in->p[i]))
				goto none;
			i++;
		}
		words++;
		e->when_n = i - e->when;
		while (i < e->end && space((unsigned char)in->p[i]))
			i++;
		if (i < e->end && (at || words == 5)) {
			e->cmd = i;
			e->cmd_n = e->end - i;
			return;
		}
	}
none:
	e->when_n = 0;
	e->cmd = e->start;
	e->cmd_n = e->end - e->start;
}

/* Next entry or variable. 1; 0 at the end. */
static int
next(struct tab *t, struct in *in, struct entry *e)
{
	const char *nl;
	size_t end;

	memset(e, 0, sizeof(*e));
	skip_comments(in);
	if (peek(in) == END)
		return 0;
	e->start = in->at;
	e->line = in->line;
	nl = memchr(in->p + in->at, '\n', in->n - in->at);
	end = nl ? (size_t)(nl - in->p) : in->n;
	if (!variable(in, e)) {
		if (t->kind == CRON_BUSYBOX)
			entry_busybox(in, e);
		else
			entry(t, in, e);
	}
	/* cron looks for the newline (or NUL) before it looks at the line */
	if (t->kind == CRON_DEBIAN && !nl && !t->f->cut &&
	    !memchr(in->p + e->start, '\0', in->n - e->start))
		e->defect = "missing newline before EOF";
	if (!e->defect) {
		if (!e->variable)
			e->end = e->cmd + e->cmd_n;
		return 1;
	}
	/* a refused line: whatever stands in it, up to its newline */
	e->end = end;
	if (!e->cmd_n && !e->variable) {
		if (e->user) {
			e->cmd = e->user;
			e->cmd_n = end - e->user;
		} else {
			guess(in, e);
		}
	}
	in->at = e->start;
	in->line = e->line;
	while (in->at <= end && get(in) != END)
		;
	return 1;
}

/* Why the daemon would not read the file at all. */
static const char *
file_trouble(const struct tab *t)
{
	const struct stat *st = &t->f->file->st, *via = t->f->via_st;
	const char *name = strrchr(t->f->via, '/');
	const struct account *a = NULL;
	size_t n, i;

	name = name ? name + 1 : t->f->via;
	n = strlen(name);
	if (t->f->art->owner == OWNER_FILENAME) {
		if (name[0] == '.')
			return "name begins with a dot: ignored";
		if (t->f->accounts && t->f->accounts->n)
			a = accounts_by_name(t->f->accounts, name, n);
		else if (strcmp(name, "root") != 0)
			return "no such account";
		if (!a && t->f->accounts && t->f->accounts->n)
			return "no such account";
		if (t->kind == CRON_BUSYBOX)
			return st->st_uid ? "wrong file owner" : NULL;
		if (S_ISLNK(via->st_mode) && t->kind == CRON_DEBIAN)
			return "is a symbolic link";
		if (st->st_uid && a && (int64_t)st->st_uid != a->uid)
			return "wrong file owner";
		if (t->kind == CRON_DEBIAN && (st->st_mode & 07777) != 0600)
			return "insecure mode (0600 expected)";
		if (t->kind == CRON_CRONIE && (st->st_mode & 07533) != 0400)
			return "bad file mode";
		if (st->st_nlink != 1)
			return "more than one hard link";
		return NULL;
	}
	if (strncmp(t->f->via, "/etc/cron.d/", 12) == 0) {
		if (name[0] == '.')
			return "name begins with a dot: ignored";
		for (i = 0; t->kind == CRON_DEBIAN && i < n; i++)
			if (!alnum((unsigned char)name[i]) &&
			    name[i] != '-' && name[i] != '_' &&
			    !(t->f->tree && t->f->tree->cron_lsb &&
			    name[i] == '.'))
				return "name has a byte other than letters, "
				       "digits, '-' and '_': ignored";
		if (t->kind == CRON_CRONIE &&
		    (name[0] == '#' || name[n - 1] == '~' ||
		    strstr(name, ".rpmsave") || strstr(name, ".rpmorig") ||
		    strstr(name, ".rpmnew")))
			return "name is one that cron passes over";
	}
	if (t->kind == CRON_DEBIAN && S_ISLNK(via->st_mode) && via->st_uid)
		return "wrong owner of the symbolic link";
	if (st->st_uid)
		return "wrong file owner";
	if (t->kind == CRON_DEBIAN && (st->st_mode & (S_IWGRP | S_IWOTH)))
		return "insecure mode (group or others may write)";
	if (t->kind == CRON_CRONIE && (st->st_mode & 07533) != 0400)
		return "bad file mode";
	if (st->st_nlink != 1)
		return "more than one hard link";
	return NULL;
}

/* Text of the variables in force that matter; all of them are rows. */
static void
remember(struct tab *t, const char *name, size_t name_n, const char *value,
    size_t value_n)
{
	struct str text cleanup_str = STR_INIT;
	size_t i, k, all = 0;

	/* the last of a name counts */
	for (i = k = 0; i < t->all.n; i++) {
		if (t->all.v[i].n > name_n && t->all.v[i].s[name_n] == '=' &&
		    memcmp(t->all.v[i].s, name, name_n) == 0) {
			str_release(&t->all.v[i]);
			continue;
		}
		all += t->all.v[i].n;
		t->all.v[k++] = t->all.v[i];
	}
	t->all.n = k;
	str_add(&text, name, name_n);
	str_addc(&text, '=');
	str_add(&text, value, value_n);
	if (all + text.n <= ART_ENV_MAX)
		strlist_add(&t->all, text.s, text.n);
	if (t->kind == CRON_CRONIE && name_n == 7 &&
	    memcmp(name, "CRON_TZ", 7) == 0) {
		zone_release(&t->zone);
		/* a name that is none is UTC to the C library */
		if (t->f->root)
			zone_of(t->f->root, value, value_n, &t->zone);
		t->zoned = true;
	}
	if (!art_powerful(name, name_n) &&
	    !(name_n == 4 && memcmp(name, "PATH", 4) == 0))
		return;
	for (i = 0; i < t->names.n; i++)
		if (t->names.v[i].n == name_n &&
		    memcmp(t->names.v[i].s, name, name_n) == 0)
			break;
	if (i == t->names.n) {
		strlist_add(&t->names, name, name_n);
		strlist_add(&t->values, value, value_n);
	} else {
		str_set(&t->values.v[i], value, value_n);
	}
	str_clear(&t->env);
	for (i = 0; i < t->names.n; i++) {
		if (i)
			str_addc(&t->env, ' ');
		str_add(&t->env, t->names.v[i].s, t->names.v[i].n);
		str_addc(&t->env, '=');
		str_add(&t->env, t->values.v[i].s, t->values.v[i].n);
	}
	str_cut(&t->env, ART_ENV_MAX); /* it stands in every row below */
}

/* Its program, by the PATH in force, in the home of its account. */
static void
runs(struct rec *r, const struct tab *t, const struct entry *e, const char *p,
    size_t n)
{
	struct str user cleanup_str = STR_INIT;
	struct art_file f = *t->f;
	const struct account *a = NULL;
	const char *path = CRON_PATH;
	size_t i;

	if (t->user_field) {
		str_add(&user, t->f->data + e->user, e->user_n);
		f.owner = user.s;
	}
	if (f.owner && f.accounts)
		a = accounts_by_name(f.accounts, f.owner, strlen(f.owner));
	for (i = 0; i < t->names.n; i++)
		if (str_eq(&t->names.v[i], "PATH"))
			path = t->values.v[i].s;
	art_runs(&f, r, RUNS_SHELL, p, n, path, a ? a->home.s : NULL);
}

/* The command as the shell gets it: "\%" is "%"; what follows the first bare
 * "%" is its standard input, where "%" is a newline. It stands below the
 * command here, since a shell would run it. */
static void
command(struct rec *r, const struct tab *t, const struct entry *e,
    const char *p, size_t n)
{
	struct str out cleanup_str = STR_INIT;
	bool escaped = false;
	size_t i, shell = 0;

	if (t->kind == CRON_BUSYBOX) {
		art_trimmed(r, COL_persist_command, p, n);
		runs(r, t, e, p, n);
		return;
	}
	for (i = 0; i < n; i++) {
		if (p[i] == '%') {
			if (escaped) {
				out.s[out.n - 1] = '%';
			} else {
				if (!shell)
					shell = out.n + 1;
				str_addc(&out, '\n');
			}
			escaped = false;
			continue;
		}
		escaped = !escaped && p[i] == '\\';
		str_addc(&out, p[i]);
	}
	art_trimmed(r, COL_persist_command, out.s, out.n);
	runs(r, t, e, out.s, shell ? shell - 1 : out.n);
}

/* What the job finds in its environment: cron's own, then the file's. */
static void
environment(struct rec *r, const struct tab *t, const struct entry *e)
{
	struct strlist l cleanup_strlist = STRLIST_INIT;
	struct str s cleanup_str = STR_INIT;
	const struct account *a = NULL;
	const char *user = t->f->owner;
	static const char *const names[] = {"SHELL=", "PATH=", "HOME="};
	size_t i, k, n = user ? strlen(user) : 0;

	if (t->user_field) {
		user = t->f->data + e->user;
		n = e->user_n;
	}
	if (n && t->f->accounts)
		a = accounts_by_name(t->f->accounts, user, n);
	for (i = 0; i < COUNT(names); i++) {
		for (k = 0; k < t->all.n; k++)
			if (strncmp(t->all.v[k].s, names[i],
			    strlen(names[i])) == 0)
				break;
		if (k < t->all.n)
			continue;
		str_sets(&s, names[i]);
		if (i == 0)
			str_adds(&s, "/bin/sh");
		else if (i == 1)
			str_adds(&s, CRON_PATH);
		else if (a)
			str_add(&s, a->home.s, a->home.n);
		if (i < 2 || a)
			strlist_add(&l, s.s, s.n);
	}
	if (n) {
		str_sets(&s, "LOGNAME=");
		str_add(&s, user, n);
		strlist_add(&l, s.s, s.n);
	}
	for (k = 0; k < t->all.n; k++)
		strlist_add(&l, t->all.v[k].s, t->all.v[k].n);
	rec_list(r, COL_persist_environment, &l);
}

static void
next_times(const struct tab *t, const struct entry *e, struct when_next *next,
    bool *never)
{
	static const struct zone utc = ZONE_INIT;
	const struct zone *z = &utc;
	int64_t now = 0;

	if (t->f->tree) {
		now = art_tree_now(t->f->tree);
		z = art_tree_zone(t->f->tree);
	}
	*never = cron_next(&e->times, t->zoned ? &t->zone : z, z, now, next) !=
		 0;
	if (!now)
		next->n = 0;
}

static void
row(struct tab *t, const struct in *in, const struct entry *e)
{
	const struct art_file *f = t->f;
	struct rec *r = t->rec;
	struct str defect cleanup_str = STR_INIT;
	struct when_next next = {.n = 0};
	const char *p = in->p;
	bool e_never = false;

	art_begin(f, r, e->line);
	rec_bytes(r, COL_persist_text, p + e->start,
	    e->end - e->start > ART_LINE_MAX ? ART_LINE_MAX :
	    e->end - e->start);
	if (e->variable) {
		rec_bytes(r, COL_persist_name, p + e->name, e->name_n);
		if (art_powerful(p + e->name, e->name_n) && e->value_n) {
			rec_bytes(r, COL_persist_command, p + e->value,
			    e->value_n);
			if (p[e->value] == '/')
				art_runs(f, r, RUNS_FILE, p + e->value,
				    e->value_n, NULL, NULL);
		}
	} else {
		if (t->user_field && e->user_n)
			rec_bytes(r, COL_persist_owner, p + e->user,
			    e->user_n);
		art_trimmed(r, COL_persist_schedule, p + e->when,
		    e->when_n > ART_ENV_MAX ? ART_ENV_MAX : e->when_n);
		command(r, t, e, p + e->cmd,
		    e->cmd_n > ART_LINE_MAX ? ART_LINE_MAX : e->cmd_n);
		rec_str(r, COL_persist_options, &t->env);
		environment(r, t, e);
		if (!e->defect && e->timed)
			next_times(t, e, &next, &e_never);
	}
	if (e->defect)
		str_adds(&defect, e->defect);
	else if (t->whole)
		str_adds(&defect, t->whole);
	else if (t->first)
		str_addf(&defect, "the whole file is ignored: %s in line %lld",
		    t->first, (long long)t->first_line);
	else if (e->never)
		str_adds(&defect, "never: a range of its time runs backwards");
	else if (e_never)
		str_adds(&defect, "never: its date does not exist");
	else
		when_write(&next, r);
	rec_str(r, COL_persist_defect, &defect);
	rec_end(r);
}

int
parse_crontab(const struct art_file *f, struct rec *r, struct err *err)
{
	struct tab t = {.f = f, .rec = r, .env = STR_INIT};
	struct in in = {f->data, f->n, 0, 1}, again;
	struct entry e;
	int64_t rows = 0;

	(void)err;
	t.user_field = f->art->owner == OWNER_FIELD;
	t.kind = f->tree ? art_tree_cron(f->tree) : CRON_DEBIAN;
	if (strncmp(f->via, "/etc/crontabs/", 14) == 0)
		t.kind = CRON_BUSYBOX;
	else if (strcmp(f->art->name, "cron-user") == 0)
		t.kind = CRON_DEBIAN;
	else if (strcmp(f->art->name, "cron-user-cronie") == 0)
		t.kind = CRON_CRONIE;
	t.whole = file_trouble(&t);
	/* Debian: one mistake is all of the file's */
	again = in;
	while (t.kind == CRON_DEBIAN && !t.first && next(&t, &again, &e))
		if (e.defect) {
			t.first = e.defect;
			t.first_line = e.line;
		}
	while (next(&t, &in, &e)) {
		if (++rows > ART_LINES_MAX) {
			art_too_many(f, r);
			break;
		}
		row(&t, &in, &e);
		if (e.variable)
			remember(&t, f->data + e.name, e.name_n,
			    f->data + e.value, e.value_n);
	}
	if (!rows)
		art_file_row(f, r, t.whole);
	str_release(&t.env);
	strlist_release(&t.names);
	strlist_release(&t.values);
	strlist_release(&t.all);
	zone_release(&t.zone);
	return 0;
}
