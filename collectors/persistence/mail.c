#include "art.h"

#include "limits.h"
#include "runs.h"
#include "settings.h"

/*
 * What delivers mail to a program: .forward, .qmail and aliases, procmail's
 * recipes, pipes of Postfix; and services that inetd and the log daemons
 * start, whose files are as short.
 */

static bool
blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void
trim(const char **p, size_t *n)
{
	while (*n && blank(**p)) {
		++*p;
		--*n;
	}
	while (*n && blank((*p)[*n - 1]))
		--*n;
}

static bool
begins(const char *p, size_t n, const char *word)
{
	size_t k = strlen(word);

	return n >= k && strncasecmp(p, word, k) == 0;
}

struct mail {
	const struct art_file *f;
	struct rec *rec;
	size_t rows;
	const char *defect;
};

static bool
room(struct mail *m)
{
	if (++m->rows <= ART_LINES_MAX)
		return true;
	if (m->rows == ART_LINES_MAX + 1)
		art_too_many(m->f, m->rec);
	return false;
}

/* One addressee; name of the alias, NULL. */
static void
addressee(struct mail *m, const struct art_line *l, const char *name,
    const char *p, size_t n)
{
	struct settings_run s = {.line = l->number, .name = name,
	    .text = l->p, .text_n = l->n, .defect = m->defect};

	trim(&p, &n);
	if (!n || !room(m))
		return;
	if (*p == '"') {
		p++;
		n--;
		if (n && p[n - 1] == '"')
			n--;
		trim(&p, &n);
	}
	if (n && *p == '|') {
		settings_command(m->f, m->rec, &s, RUNS_SHELL, p + 1, n - 1);
	} else {
		s.attack = begins(p, n, ":include:") ? NULL : "T1114.003";
		settings_value(m->f, m->rec, &s, p, n);
	}
}

/* a, "|b c", d */
static void
addressees(struct mail *m, const struct art_line *l, const char *name,
    const char *p, size_t n)
{
	size_t i, from = 0;
	bool quote = false;

	for (i = 0; i < n; i++) {
		if (p[i] == '\\' && i + 1 < n)
			i++;
		else if (p[i] == '"')
			quote = !quote;
		else if (!quote && p[i] == ',') {
			addressee(m, l, name, p + from, i - from);
			from = i + 1;
		}
	}
	addressee(m, l, name, p + from, n - from);
}

/* pipe "command" of Exim's and Sieve's filters. */
static void
filter(struct mail *m)
{
	struct art_line l = ART_LINE_INIT;
	const char *p, *end;
	size_t n;

	while (art_next(m->f, &l)) {
		p = l.p;
		n = l.n;
		trim(&p, &n);
		if (!n || *p == '#')
			continue;
		for (; n > 5; p++, n--)
			if (begins(p, n, "pipe") && (blank(p[4]) ||
			    p[4] == '"'))
				break;
		if (n <= 5)
			continue;
		p += 4;
		n -= 4;
		trim(&p, &n);
		if (n && *p == '"') {
			p++;
			n--;
			end = memchr(p, '"', n);
			n = end ? (size_t)(end - p) : n;
		}
		if (!room(m))
			return;

		struct settings_run s = {.line = l.number, .name = "pipe",
		    .text = l.p, .text_n = l.n};

		settings_command(m->f, m->rec, &s, RUNS_SHELL, p, n);
	}
}

int
parse_mailforward(const struct art_file *f, struct rec *r, struct err *err)
{
	struct mail m = {.f = f, .rec = r};
	struct art_line l = ART_LINE_INIT;
	const char *base = strrchr(f->via, '/'), *p;
	bool qmail;
	size_t n;

	(void)err;
	base = base ? base + 1 : f->via;
	qmail = strncmp(base, ".qmail", 6) == 0;
	/* sendmail and Postfix, each with its words: both pass over it */
	if (!qmail && (f->file->st.st_mode & 022))
		m.defect = "writable by group or others: it is not used";
	if (begins(f->data, f->n, "# Exim filter") ||
	    begins(f->data, f->n, "# Sieve filter") ||
	    begins(f->data, f->n, "#Exim filter")) {
		filter(&m);
	} else {
		while (art_next(f, &l)) {
			p = l.p;
			n = l.n;
			trim(&p, &n);
			if (!n || *p == '#')
				continue;
			if (qmail) {
				if (*p == '&') {
					p++;
					n--;
				}
				addressee(&m, &l, NULL, p, n);
			} else {
				addressees(&m, &l, NULL, p, n);
			}
		}
	}
	if (!m.rows)
		art_file_row(f, r, m.defect);
	return 0;
}

int
parse_aliases(const struct art_file *f, struct rec *r, struct err *err)
{
	struct str name cleanup_str = STR_INIT;
	struct mail m = {.f = f, .rec = r};
	struct art_line l = ART_LINE_INIT;
	const char *p, *colon;
	bool quote;
	size_t n, k;

	(void)err;
	while (art_next(f, &l)) {
		if (l.n && !blank(l.p[0]) && l.p[0] != '#') {
			for (k = 0, quote = false; k < l.n; k++) {
				if (l.p[k] == '"')
					quote = !quote;
				else if (l.p[k] == ':' && !quote)
					break;
			}
			colon = k < l.n ? l.p + k : NULL;
			if (!colon)
				continue;
			p = l.p;
			n = k;
			trim(&p, &n);
			str_set(&name, p, n);
			p = colon + 1;
			n = l.n - k - 1;
		} else {
			p = l.p; /* goes on from the line above */
			n = l.n;
		}
		trim(&p, &n);
		if (n && *p != '#')
			addressees(&m, &l, name.n ? name.s : NULL, p, n);
	}
	if (!m.rows)
		art_file_row(f, r, NULL);
	return 0;
}

/* ---- procmail ---------------------------------------------------------- */

static void
procmail_run(struct mail *m, const struct art_line *l, const char *name,
    const char *p, size_t n, int how)
{
	struct settings_run s = {.line = l->number, .name = name,
	    .text = l->p, .text_n = l->n};

	trim(&p, &n);
	if (!n || !room(m))
		return;
	if (how < 0)
		settings_value(m->f, m->rec, &s, p, n);
	else
		settings_command(m->f, m->rec, &s, how, p, n);
}

/* NAME=value: what it makes run. */
static void
procmail_set(struct mail *m, const struct art_line *l, const char *p, size_t n,
    size_t key)
{
	static const struct {
		const char *name;
		int how;
	} known[] = {{"SHELL", RUNS_FILE}, {"TRAP", RUNS_SHELL},
	    {"SENDMAIL", RUNS_WORDS}, {"INCLUDERC", -1}, {"SWITCHRC", -1},
	    {"PATH", -1}, {"LD_PRELOAD", RUNS_FILE}};
	const char *open, *end, *v = p + key + 1;
	size_t i, v_n = n - key - 1;

	trim(&v, &v_n);
	if (v_n >= 2 && (*v == '"' || *v == '\'') && v[v_n - 1] == *v) {
		v++;
		v_n -= 2;
	}
	open = memchr(v, '`', v_n);
	if (open) {
		open++;
		end = memchr(open, '`', v_n - (size_t)(open - v));
		procmail_run(m, l, "backquotes", open, end
		    ? (size_t)(end - open) : v_n - (size_t)(open - v),
		    RUNS_SHELL);
		return;
	}
	for (i = 0; i < COUNT(known); i++)
		if (strlen(known[i].name) == key &&
		    memcmp(p, known[i].name, key) == 0)
			procmail_run(m, l, known[i].name, v, v_n,
			    known[i].how);
}

int
parse_procmail(const struct art_file *f, struct rec *r, struct err *err)
{
	struct str text cleanup_str = STR_INIT;
	struct mail m = {.f = f, .rec = r};
	struct art_line l = ART_LINE_INIT, first;
	const char *p;
	bool recipe = false;
	size_t n, key;

	(void)err;
	while (art_next(f, &l)) {
		first = l;
		str_clear(&text);
		for (;;) { /* a backslash joins lines */
			n = l.n;
			if (!n || l.p[n - 1] != '\\' ||
			    text.n > ART_LINE_MAX) {
				str_add(&text, l.p, n);
				break;
			}
			str_add(&text, l.p, n - 1);
			if (!art_next(f, &l))
				break;
		}
		p = text.s;
		n = text.n;
		trim(&p, &n);
		if (!n || *p == '#')
			continue;
		if (*p == ':') {
			recipe = true;
			continue;
		}
		if (*p == '{' || *p == '}') {
			recipe = false;
			continue;
		}
		if (recipe && *p == '*') {
			p++;
			n--;
			trim(&p, &n);
			while (n && (*p == '!' || *p == '$' || blank(*p))) {
				p++;
				n--;
			}
			if (n && *p == '?')
				procmail_run(&m, &first, "condition", p + 1,
				    n - 1, RUNS_SHELL);
			continue;
		}
		if (recipe) {
			recipe = false;
			if (*p == '|')
				procmail_run(&m, &first, "pipe", p + 1, n - 1,
				    RUNS_SHELL);
			else if (*p == '!')
				procmail_run(&m, &first, "forward", p + 1,
				    n - 1, -1);
			if (*p == '|' || *p == '!')
				continue;
		}
		for (key = 0; key < n && (p[key] == '_' ||
			 (p[key] >= '0' && p[key] <= '9') ||
			 ((p[key] | 32) >= 'a' && (p[key] | 32) <= 'z'));)
			key++;
		if (key && key < n && p[key] == '=')
			procmail_set(&m, &first, p, n, key);
		else if (key < n && p[key] == '|') /* NAME=|, or | alone */
			procmail_run(&m, &first, "pipe", p + key + 1,
			    n - key - 1, RUNS_SHELL);
	}
	if (!m.rows)
		art_file_row(f, r, NULL);
	return 0;
}

/* ---- Postfix: master(5) ----------------------------------------------- */

/* The word at *i, which moves behind it. */
static size_t
next_word(const char *p, size_t n, size_t *i, const char **w)
{
	size_t from;

	while (*i < n && blank(p[*i]))
		++*i;
	from = *i;
	if (*i < n && p[*i] == '{')
		while (*i < n && p[*i] != '}')
			++*i;
	while (*i < n && !blank(p[*i]))
		++*i;
	*w = p + from;
	return *i - from;
}

static void
master(struct mail *m, const struct art_line *l, const struct str *text)
{
	struct str name cleanup_str = STR_INIT, user cleanup_str = STR_INIT;
	const char *w, *command = NULL, *program = NULL;
	size_t i = 0, n, field, program_n = 0;
	int how = RUNS_WORDS;

	for (field = 0; (n = next_word(text->s, text->n, &i, &w)); field++) {
		if (field == 0)
			str_set(&name, w, n);
		else if (field == 7) {
			program = w;
			program_n = n;
		} else if (field > 7 && begins(w, n, "user=")) {
			str_set(&user, w + 5, n - 5);
		} else if (field > 7 && begins(w, n, "argv=")) {
			command = w + 5;
			break;
		}
	}
	if (!program)
		return;
	if (!command) {
		/* a daemon of Postfix itself, unless a path is given */
		if (!memchr(program, '/', program_n))
			return;
		command = program;
		how = RUNS_FILE;
	}
	if (memchr(user.s, ':', user.n))
		str_cut(&user, (size_t)(strchr(user.s, ':') - user.s));

	struct settings_run s = {.line = l->number, .name = name.s,
	    .text = l->p, .text_n = l->n,
	    .owner = user.n ? user.s : "postfix"};

	if (room(m))
		settings_command(m->f, m->rec, &s, how, command,
		    how == RUNS_FILE ? program_n
				     : text->n - (size_t)(command - text->s));
}

int
parse_mastercf(const struct art_file *f, struct rec *r, struct err *err)
{
	struct art_line l = ART_LINE_INIT, first = ART_LINE_INIT;
	struct str text cleanup_str = STR_INIT;
	struct mail m = {.f = f, .rec = r};
	bool more;
	size_t i;

	(void)err;
	do {
		more = art_next(f, &l);
		for (i = 0; more && i < l.n && blank(l.p[i]);)
			i++;
		if (more && (i == l.n || l.p[i] == '#'))
			continue;
		if (more && i) {
			if (text.n + l.n < ART_LINE_MAX) {
				str_addc(&text, ' ');
				str_add(&text, l.p + i, l.n - i);
			}
			continue;
		}
		if (text.n)
			master(&m, &first, &text);
		if (more) {
			first = l;
			str_set(&text, l.p, l.n);
		}
	} while (more);
	if (!m.rows)
		art_file_row(f, r, NULL);
	return 0;
}

/* ---- inetd.conf -------------------------------------------------------- */

int
parse_inetd(const struct art_file *f, struct rec *r, struct err *err)
{
	struct str name cleanup_str = STR_INIT, user cleanup_str = STR_INIT;
	struct str command cleanup_str = STR_INIT;
	struct mail m = {.f = f, .rec = r};
	struct art_line l = ART_LINE_INIT;
	const char *w, *program, *cut;
	size_t i, n, field, program_n;

	(void)err;
	while (art_next(f, &l)) {
		for (i = 0; i < l.n && blank(l.p[i]);)
			i++;
		if (i == l.n || l.p[i] == '#')
			continue;
		str_clear(&user);
		str_clear(&name);
		program = NULL;
		program_n = 0;
		for (field = 0; field < 6 &&
		     (n = next_word(l.p, l.n, &i, &w)); field++) {
			if (field == 0) {
				str_set(&name, w, n);
			} else if (field == 4) {
				str_set(&user, w, n);
			} else if (field == 5) {
				program = w;
				program_n = n;
			}
		}
		cut = strpbrk(user.s, ".:/");
		if (cut)
			str_cut(&user, (size_t)(cut - user.s));

		struct settings_run s = {.line = l.number, .name = name.s,
		    .text = l.p, .text_n = l.n,
		    .owner = user.n ? user.s : NULL};

		if (!room(&m))
			break;
		if (!program)
			s.defect = "too few fields";
		if (!program || begins(program, program_n, "internal")) {
			settings_value(f, r, &s, program ? program : "",
			    program_n);
			continue;
		}
		/* behind it argv[0], which tcpd takes for the program */
		str_clear(&command);
		str_add(&command, program, program_n);
		if (!(program_n >= 4 &&
			memcmp(program + program_n - 4, "tcpd", 4) == 0))
			next_word(l.p, l.n, &i, &w);
		str_add(&command, l.p + i, l.n - i);
		settings_command(f, r, &s, RUNS_WORDS, command.s, command.n);
	}
	if (!m.rows)
		art_file_row(f, r, NULL);
	return 0;
}

/* ---- log daemons ------------------------------------------------------- */

/*
 * rsyslog: "selector ^program;template", $ActionOMProgBinary,
 * action(type="omprog" binary="..."), modules by their path; syslog-ng:
 * program("...").
 */
int
parse_syslog(const struct art_file *f, struct rec *r, struct err *err)
{
	static const struct {
		const char *before;
		const char *name;
		int how;
		char end;
	} forms[] = {
	    {"binary=\"", "omprog", RUNS_SHELL, '"'},
	    {"$ActionOMProgBinary ", "omprog", RUNS_SHELL, 0},
	    {"program(\"", "program", RUNS_SHELL, '"'},
	    {"program('", "program", RUNS_SHELL, '\''},
	    {"load=\"/", "module", RUNS_FILE, '"'},
	    {"$ModLoad /", "module", RUNS_FILE, 0},
	};
	struct mail m = {.f = f, .rec = r};
	struct art_line l = ART_LINE_INIT;
	const char *p, *end;
	size_t n, i, k;

	(void)err;
	while (art_next(f, &l)) {
		p = l.p;
		n = l.n;
		trim(&p, &n);
		if (!n || *p == '#')
			continue;

		struct settings_run s = {.line = l.number, .text = l.p,
		    .text_n = l.n};

		/* selector, blanks, "^" */
		for (i = 0; i < n && !blank(p[i]); i++)
			;
		for (k = i; k < n && blank(p[k]); k++)
			;
		if (k > i && k < n && p[k] == '^' && memchr(p, '.', i)) {
			s.name = "^";
			p += k + 1;
			n -= k + 1;
			end = memchr(p, ';', n);
			if (room(&m))
				settings_command(f, r, &s, RUNS_SHELL, p,
				    end ? (size_t)(end - p) : n);
			continue;
		}
		for (i = 0; i < n; i++)
			for (k = 0; k < COUNT(forms); k++) {
				size_t w = strlen(forms[k].before), len;
				const char *v = p + i + w;

				if (!begins(p + i, n - i, forms[k].before))
					continue;
				if (forms[k].how == RUNS_FILE)
					v--; /* the slash is the name's */
				len = n - (size_t)(v - p);
				end = forms[k].end
				    ? memchr(v, forms[k].end, len) : NULL;
				s.name = forms[k].name;
				if (room(&m))
					settings_command(f, r, &s,
					    forms[k].how, v, end
					    ? (size_t)(end - v) : len);
			}
	}
	if (!m.rows)
		art_file_row(f, r, NULL);
	return 0;
}
