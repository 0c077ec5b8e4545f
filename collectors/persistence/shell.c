#include "shell.h"

#include "env.h"
#include "limits.h"
#include "sshd.h"
#include "runs.h"

struct state {
	char quote;	    /* open quote, 0: none */
	bool more;	    /* the next line belongs to this one */
	struct str heredoc; /* word that ends the here-document */
	bool strip;	    /* <<-: tabs before it do not count */
	bool in_heredoc;
	bool pipe;	    /* the line above the here-document goes on */
	bool function;	    /* up to a line that begins with "}" */
};

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool
name_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_';
}

bool
shell_script(const char *p, size_t n)
{
	static const char *const shells[] = {"sh", "bash", "dash", "ash", "zsh",
	    "ksh", "mksh", NULL};
	size_t i = 2, from;
	int k;

	if (n < 2 || p[0] != '#' || p[1] != '!')
		return !memchr(p, '\0', n < 4096 ? n : 4096);
	while (i < n && p[i] != '\n') {
		while (i < n && blank(p[i]))
			i++;
		from = i;
		while (i < n && !blank(p[i]) && p[i] != '\n') {
			if (p[i] == '/')
				from = i + 1;
			i++;
		}
		for (k = 0; shells[k]; k++)
			if (strlen(shells[k]) == i - from &&
			    memcmp(p + from, shells[k], i - from) == 0)
				return true;
		if (i - from == 3 && memcmp(p + from, "env", 3) == 0)
			continue; /* the next word is the interpreter */
		if (i - from == 7 && memcmp(p + from, "busybox", 7) == 0)
			continue;
		if (p[from] == '-')
			continue;
		return false;
	}
	return false;
}

/* A here-document begins at p[i] == '<': remember the word that ends it. */
static size_t
heredoc(struct state *s, const char *p, size_t n, size_t i)
{
	char q;

	i += 2;
	if (i < n && p[i] == '<')
		return i; /* <<<: a string */
	s->strip = i < n && p[i] == '-';
	if (s->strip)
		i++;
	while (i < n && blank(p[i]))
		i++;
	str_clear(&s->heredoc);
	while (i < n && !blank(p[i]) && !strchr("|&;<>()", p[i])) {
		if (p[i] == '\'' || p[i] == '"') {
			q = p[i++];
			while (i < n && p[i] != q)
				str_addc(&s->heredoc, p[i++]);
		} else if (p[i] != '\\') {
			str_addc(&s->heredoc, p[i]);
		}
		i += i < n;
	}
	return i - 1;
}

/* Look at one physical line; s->more tells whether the next one belongs. */
static void
scan(struct state *s, const char *p, size_t n, bool first)
{
	size_t i = 0, k, last = 0, words = 0;
	bool any = false, arithmetic = false;

	s->more = false;
	if (s->in_heredoc) {
		k = 0;
		while (s->strip && k < n && p[k] == '\t')
			k++;
		if (n - k == s->heredoc.n &&
		    memcmp(p + k, s->heredoc.s, n - k) == 0)
			s->in_heredoc = false;
		s->more = s->in_heredoc || s->function || s->pipe;
		if (!s->in_heredoc)
			s->pipe = false;
		return;
	}
	if (first) {
		/* name() { and function name { */
		while (i < n && blank(p[i]))
			i++;
		if (n - i > 9 && memcmp(p + i, "function", 8) == 0 &&
		    blank(p[i + 8])) {
			s->function = true;
		} else {
			k = i;
			while (k < n && (name_byte(p[k]) || p[k] == '-' ||
					    p[k] == '.' || p[k] == ':'))
				k++;
			words = k - i;
			while (k < n && blank(p[k]))
				k++;
			if (words && k + 1 < n && p[k] == '(') {
				k++;
				while (k < n && blank(p[k]))
					k++;
				s->function = k < n && p[k] == ')';
			}
		}
		i = 0;
	}
	str_clear(&s->heredoc);
	for (; i < n; i++) {
		if (s->quote) {
			if (p[i] == '\\' && s->quote != '\'') {
				i++;
				if (i == n)
					s->more = true;
			} else if (p[i] == s->quote) {
				s->quote = 0;
				last = i;
				any = true;
			}
			continue;
		}
		if (p[i] == '\\') {
			i++;
			any = true;
			last = i < n ? i : n - 1;
			if (i == n)
				s->more = true;
			continue;
		}
		if (p[i] == '#' && (i == 0 || blank(p[i - 1]) ||
		    p[i - 1] == ';'))
			break;
		if (p[i] == '\'' || p[i] == '"' || p[i] == '`')
			s->quote = p[i];
		else if (p[i] == '(' && i + 1 < n && p[i + 1] == '(')
			arithmetic = true;
		else if (p[i] == '<' && i + 1 < n && p[i + 1] == '<' &&
		    !arithmetic)
			i = heredoc(s, p, n, i);
		if (i < n && !blank(p[i])) {
			last = i;
			any = true;
		}
	}
	if (s->heredoc.n)
		s->in_heredoc = true;
	/* a pipe or list that goes on below */
	if (any && !s->quote && last < n &&
	    (p[last] == '|' ||
		(p[last] == '&' && last && p[last - 1] == '&')))
		s->more = true;
	s->pipe = s->more && s->in_heredoc;
	if (s->function && first) {
		/* all of it on one line */
		if (any && (p[last] == '}' || (p[last] == ')' && last &&
		    p[last - 1] != '(')))
			s->function = false;
	} else if (s->function) {
		for (k = 0; k < n && blank(p[k]);)
			k++;
		if (k < n && (p[k] == '}' || p[k] == ')'))
			s->function = false;
	}
	s->more = s->more || s->quote || s->in_heredoc || s->function;
}

static bool
nothing(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && (blank(p[i]) || p[i] == '\n'))
		i++;
	return i == n || p[i] == '#';
}

/* What a line assigns or what alias it makes. Position of the value, where it
 * has one that can be read off; n: it has none. */
static size_t
assigned(const char *p, size_t n, size_t *name, size_t *name_n)
{
	static const char *const before[] = {"export", "alias", "declare",
	    "typeset", "readonly", "local", "set", "setenv", NULL};
	size_t i = 0, from;
	bool words = false; /* set -x NAME value, setenv NAME value */
	int k;

	*name_n = 0;
	for (;;) {
		while (i < n && blank(p[i]))
			i++;
		from = i;
		while (i < n && (name_byte(p[i]) || (i > from && p[i] == '-')))
			i++;
		if (i == from)
			return n;
		*name = from;
		if (i < n && p[i] == '=') {
			*name_n = i - from;
			return i + 1;
		}
		if (words && env_means(p + from, i - from) != ENV_PLAIN) {
			*name_n = i - from;
			while (i < n && blank(p[i]))
				i++;
			return i;
		}
		for (k = 0; before[k]; k++)
			if (strlen(before[k]) == i - from &&
			    memcmp(before[k], p + from, i - from) == 0)
				break;
		if (!before[k])
			return n;
		words = strncmp(before[k], "set", 3) == 0;
		/* options: declare -x NAME=... */
		while (i < n && blank(p[i]))
			i++;
		while (i < n && p[i] == '-') {
			while (i < n && !blank(p[i]))
				i++;
			while (i < n && blank(p[i]))
				i++;
		}
	}
}

/* End of the value at i; *i moves behind a quote. */
static size_t
value_end(const char *p, size_t n, size_t *i)
{
	size_t end;
	char q;

	if (*i < n && (p[*i] == '\'' || p[*i] == '"')) {
		q = p[(*i)++];
		for (end = *i; end < n && p[end] != q;)
			end++;
		return end;
	}
	for (end = *i; end < n && !blank(p[end]) && p[end] != ';' &&
	     p[end] != '&' && p[end] != '|' && p[end] != '\n';)
		end++;
	return end;
}

static void
row(const struct art_file *f, struct rec *r, int64_t line, const char *p,
    size_t n, const char *defect)
{
	struct str out cleanup_str = STR_INIT;
	size_t i, name = 0, name_n, value, end;
	enum env_means m = ENV_PLAIN;

	if (n > ART_LINE_MAX)
		n = ART_LINE_MAX;
	for (i = 0; i < n; i++) {
		if (p[i] == '\\' && i + 1 < n && p[i + 1] == '\n')
			i++;
		else
			str_addc(&out, p[i]);
	}
	art_begin(f, r, line);
	if (f->art->when[0])
		rec_text(r, COL_persist_schedule, f->art->when);
	value = assigned(p, n, &name, &name_n);
	if (name_n) {
		rec_bytes(r, COL_persist_name, p + name, name_n);
		m = env_means(p + name, name_n);
	}
	end = value_end(p, n, &value);
	art_trimmed(r, COL_persist_command, out.s, out.n);
	for (i = end; i < n && (p[i] == '"' || p[i] == '\''); )
		i++;
	if (m == ENV_COMMAND && !nothing(p + i, n - i))
		m = ENV_PLAIN; /* EDITOR=vi COMMAND */
	if (m == ENV_LIBRARY || m == ENV_FILE || m == ENV_COMMAND)
		env_runs(f, r, m, p + value, end - value);
	else
		art_runs(f, r, RUNS_SHELL, out.s, out.n, NULL, NULL);
	rec_bytes(r, COL_persist_text, p, n);
	rec_text(r, COL_persist_defect, defect);
	rec_end(r);
	if (m == ENV_PATH)
		env_path(f, r, line, p + value, end - value, p, n);
}

void
shell_rows(const struct art_file *f, struct rec *r, const char *defect)
{
	struct art_line l = ART_LINE_INIT, first, one;
	struct state s = {.heredoc = STR_INIT};
	int64_t rows = 0, alone = 0;

	while (art_next(f, &l)) {
		if (nothing(l.p, l.n))
			continue;
		if (++rows > ART_LINES_MAX) {
			art_too_many(f, r);
			break;
		}
		first = one = l;
		s.quote = 0;
		s.in_heredoc = s.function = s.pipe = false;
		scan(&s, l.p, l.n, true);
		while (s.more && l.number > alone) {
			if (!art_next(f, &l) ||
			    l.number - first.number > ART_JOIN_MAX ||
			    (size_t)(l.p - first.p) + l.n > ART_LINE_MAX) {
				/* what never closes was misread: these lines
				 * are taken one by one */
				alone = l.number;
				l = one = first;
				break;
			}
			scan(&s, l.p, l.n, false);
			one = l;
		}
		row(f, r, first.number, first.p,
		    (size_t)(one.p - first.p) + one.n, defect);
	}
	str_release(&s.heredoc);
}

static bool
ends(const char *s, const char *tail)
{
	size_t n = strlen(s), k = strlen(tail);

	return n >= k && strcmp(s + n - k, tail) == 0;
}

/* Why no shell reads the file; *out holds the text. */
static const char *
unread(const struct art_file *f, struct str *out)
{
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	const struct account *a = NULL;
	const char *p;

	/* Debian's and Red Hat's profile read these by name */
	if (strncmp(f->via, "/etc/profile.d/", 15) == 0 &&
	    !ends(f->via, ".sh") && !ends(f->via, ".csh") &&
	    !ends(f->via, ".sh.local"))
		return "name does not end in .sh: no shell reads it";
	if ((strstr(f->via, "/fish/conf.d/") ||
	    strstr(f->via, "/fish/functions/") ||
	    strstr(f->via, "/fish/vendor_")) && !ends(f->via, ".fish"))
		return "name does not end in .fish: no shell reads it";
	if (strncmp(f->via, "/etc/X11/Xsession.d/", 20) == 0)
		for (p = f->via + 20; *p; p++)
			if (!name_byte(*p) && *p != '-')
				return "name is one that run-parts passes over";
	if (!f->tree || !f->root)
		return NULL;
	if (ends(f->via, "/.bash_login")) {
		str_add(out, f->via, strlen(f->via) - 5);
		str_adds(out, "profile");
		if (root_find(f->root, out->s, ROOT_NOFOLLOW, &rf, NULL))
			return NULL;
		str_adds(out, " is read in its place");
		return out->s;
	}
	if (ends(f->via, "/.ssh/rc")) {
		if (f->owner && f->accounts)
			a = accounts_by_name(f->accounts, f->owner,
			    strlen(f->owner));
		if (sshd_is(sshd_of(f->tree), "permituserrc", a, "no", false))
			return "PermitUserRC is no";
	}
	return NULL;
}

int
parse_shellrc(const struct art_file *f, struct rec *r, struct err *err)
{
	struct str out cleanup_str = STR_INIT;
	const char *defect = unread(f, &out);

	(void)err;
	art_file_row(f, r, defect);
	shell_rows(f, r, defect);
	return 0;
}

/* /etc/shells: what may be a login shell. */
int
parse_shells(const struct art_file *f, struct rec *r, struct err *err)
{
	struct art_line l = ART_LINE_INIT;
	int64_t rows = 0;
	size_t i, n;

	(void)err;
	while (art_next(f, &l)) {
		for (i = 0; i < l.n && blank(l.p[i]);)
			i++;
		for (n = i; n < l.n && !blank(l.p[n]) && l.p[n] != '#';)
			n++;
		if (n == i)
			continue;
		if (++rows > ART_LINES_MAX) {
			art_too_many(f, r);
			break;
		}
		art_begin(f, r, l.number);
		rec_bytes(r, COL_persist_name, l.p + i, n - i);
		rec_bytes(r, COL_persist_command, l.p + i, n - i);
		rec_bytes(r, COL_persist_text, l.p, l.n);
		rec_text(r, COL_persist_defect, l.p[i] != '/'
		    ? "no absolute path" : NULL);
		art_runs(f, r, RUNS_FILE, l.p + i, n - i, NULL, NULL);
		rec_end(r);
	}
	if (!rows)
		art_file_row(f, r, NULL);
	return 0;
}
