#include "calls.h"

enum sort { CALLED, WORD, PART, INPUT };

static const struct {
	enum language language;
	const char *word;
	enum sort sort;
} words[] = {
#define CALL(language, word, sort) {language, word, sort},
#include "calls.def"
#undef CALL
};

static const struct {
	const char *name;
	enum language language;
} interpreters[] = {
    {"sh", LANG_SHELL}, {"bash", LANG_SHELL}, {"dash", LANG_SHELL},
    {"ash", LANG_SHELL}, {"zsh", LANG_SHELL}, {"ksh", LANG_SHELL},
    {"python", LANG_PYTHON}, {"perl", LANG_PERL}, {"ruby", LANG_RUBY},
    {"php", LANG_PHP}, {"node", LANG_JS}, {"nodejs", LANG_JS},
    {"lua", LANG_LUA},
}, tails[] = {
    {".php", LANG_PHP}, {".phtml", LANG_PHP}, {".phar", LANG_PHP},
    {".pht", LANG_PHP}, {".phps", LANG_PHP}, {".inc", LANG_PHP},
    {".php3", LANG_PHP}, {".php4", LANG_PHP}, {".php5", LANG_PHP},
    {".php7", LANG_PHP}, {".php8", LANG_PHP}, {".jsp", LANG_JAVA},
    {".jspx", LANG_JAVA}, {".jspf", LANG_JAVA}, {".py", LANG_PYTHON},
    {".pth", LANG_PYTHON}, {".pl", LANG_PERL}, {".pm", LANG_PERL},
    {".rb", LANG_RUBY}, {".sh", LANG_SHELL}, {".js", LANG_JS},
    {".cjs", LANG_JS}, {".lua", LANG_LUA}, {".vim", LANG_VIM},
    {".el", LANG_LISP}, {".gdb", LANG_GDB}, {"vimrc", LANG_VIM},
    {"vimrc.local", LANG_VIM}, {".exrc", LANG_VIM}, {".emacs", LANG_LISP},
    {"gdbinit", LANG_GDB}, {".gdbearlyinit", LANG_GDB},
    {".irbrc", LANG_RUBY}, {".pryrc", LANG_RUBY},
};

static bool
name_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

enum language
calls_language(const char *name, const char *p, size_t n)
{
	size_t i = 0, k, end, from;

	if (n > 2 && p[0] == '#' && p[1] == '!') {
		for (end = 2; end < n && p[end] != '\n'; end++)
			;
		for (i = 2; i < end;) {
			while (i < end && blank(p[i]))
				i++;
			for (from = i; i < end && !blank(p[i]); i++)
				if (p[i] == '/')
					from = i + 1;
			for (k = 0; k < COUNT(interpreters); k++) {
				size_t w = strlen(interpreters[k].name);

				if (i - from >= w && memcmp(p + from,
				    interpreters[k].name, w) == 0 &&
				    (i - from == w || !((p[from + w] | 32) >= 'a'
					&& (p[from + w] | 32) <= 'z')))
					return interpreters[k].language;
			}
			/* env and its options come before the interpreter */
			if (!(i - from == 3 && memcmp(p + from, "env", 3) == 0) &&
			    p[from] != '-')
				break;
		}
	}
	n = strlen(name);
	for (i = 0; i < COUNT(tails); i++) {
		k = strlen(tails[i].name);
		if (n >= k && strcasecmp(name + n - k, tails[i].name) == 0)
			return tails[i].language;
	}
	return LANG_NONE;
}

/* All of the line is a comment. */
static bool
comment(enum language l, const char *p, size_t n)
{
	size_t i = 0, k;

	while (i < n && blank(p[i]))
		i++;
	if (i == n)
		return true;
	switch (l) {
	case LANG_PHP:
	case LANG_JAVA:
	case LANG_JS:
		if (p[i] == '#' && l == LANG_PHP && i + 1 < n && p[i + 1] != '[')
			break;
		if (p[i] == '/' && i + 1 < n && p[i + 1] == '/')
			break;
		if (p[i] == '*' || (p[i] == '/' && i + 1 < n && p[i + 1] == '*')) {
			for (k = i; k + 1 < n; k++)
				if (p[k] == '*' && p[k + 1] == '/')
					return k + 2 >= n;
			break;
		}
		return false;
	case LANG_VIM:
		return p[i] == '"';
	case LANG_LISP:
		return p[i] == ';';
	case LANG_LUA:
		return i + 1 < n && p[i] == '-' && p[i + 1] == '-' &&
		       !(i + 2 < n && p[i + 2] == '[');
	case LANG_NONE:
		return false;
	default:
		return p[i] == '#';
	}
	/* what ends PHP ends its comment, too */
	for (k = i; k + 1 < n; k++)
		if (p[k] == '?' && p[k + 1] == '>')
			return false;
	return true;
}

static void
argument(enum language l, const char *p, size_t n, size_t i, struct call *out)
{
	char q;

	out->arg = NULL;
	out->arg_n = 0;
	/* what follows "!" or gdb's "shell", and what backquotes hold */
	q = i ? p[i - 1] : 0;
	if (q == '!' || q == '`' || (l == LANG_GDB &&
	    strcmp(out->name, "python") != 0)) {
		const char *end = q == '`' ? memchr(p + i, '`', n - i) : NULL;

		out->arg = p + i;
		out->arg_n = end ? (size_t)(end - out->arg) : n - i;
		return;
	}
	for (; i < n; i++)
		if (p[i] == '"' || p[i] == '\'') {
			q = p[i++];
			out->arg = p + i;
			while (i < n && p[i] != q)
				i += p[i] == '\\' ? 2 : 1;
			out->arg_n = (i < n ? i : n) - (size_t)(out->arg - p);
			return;
		}
}

/* Is what stands before i a method's arrow, or a definition? */
static bool
other(enum language l, const char *p, size_t i)
{
	if (l != LANG_PHP && l != LANG_PYTHON && l != LANG_JS)
		return false;
	if (i && p[i - 1] == '.')
		return l == LANG_PYTHON || l == LANG_JS;
	if (l == LANG_PHP && i >= 2 && (memcmp(p + i - 2, "->", 2) == 0 ||
	    memcmp(p + i - 2, "::", 2) == 0))
		return true;
	if (l == LANG_PHP && i && p[i - 1] == '$')
		return true;
	while (i && blank(p[i - 1]))
		i--;
	return (i >= 8 && memcmp(p + i - 8, "function", 8) == 0) ||
	       (i >= 3 && memcmp(p + i - 3, "def", 3) == 0);
}

static bool
here(enum language l, size_t w, const char *p, size_t n, size_t i)
{
	const char *word = words[w].word;
	size_t k = strlen(word), j;

	if (n - i < k)
		return false;
	if (l == LANG_PHP ? strncasecmp(p + i, word, k) != 0
			  : memcmp(p + i, word, k) != 0)
		return false;
	if (words[w].sort == PART || words[w].sort == INPUT)
		return true;
	if (i && name_byte(p[i - 1]) && name_byte(word[0]))
		return false;
	if (i + k < n && (name_byte(p[i + k]) || p[i + k] == '-') &&
	    name_byte(word[k - 1]))
		return false;
	if (i && p[i - 1] == '-' && l == LANG_LISP)
		return false;
	if (other(l, p, i) && word[0] != '.')
		return false;
	if (words[w].sort == WORD) {
		/* gdb and vim: a command, where commands stand */
		if (l == LANG_GDB || (l == LANG_VIM && name_byte(word[0]))) {
			while (i && (blank(p[i - 1]) || p[i - 1] == ':' ||
					p[i - 1] == '|'))
				i--;
			return i == 0;
		}
		return true;
	}
	for (j = i + k; j < n && blank(p[j]);)
		j++;
	return j < n && p[j] == '(';
}

bool
calls_next(enum language l, const char *p, size_t n, size_t *at,
    struct call *out)
{
	size_t i, w, j;

	if (!*at && comment(l, p, n)) {
		*at = n;
		return false;
	}
	if (!*at && (l == LANG_VIM || l == LANG_GDB)) {
		/* "!command" at the start of a line */
		for (i = 0; i < n && (blank(p[i]) || p[i] == ':');)
			i++;
		if (i + 1 < n && p[i] == '!') {
			*at = n;
			out->name = "!";
			out->input = false;
			out->arg = p + i + 1;
			out->arg_n = n - i - 1;
			return true;
		}
	}
	for (i = *at; i < n; i++) {
		for (w = 0; w < COUNT(words); w++) {
			if (words[w].language != l || !here(l, w, p, n, i))
				continue;
			out->name = words[w].word;
			out->input = words[w].sort == INPUT;
			j = i + strlen(words[w].word);
			argument(l, p, n, j, out);
			*at = j;
			if (out->arg && (l == LANG_PERL || l == LANG_RUBY) &&
			    p[j - 1] == '`')
				*at = (size_t)(out->arg + out->arg_n - p) + 1;
			return true;
		}
		/* PHP: what the request says is called, or backquotes */
		if (l == LANG_PHP && p[i] == ']' && i + 1 < n &&
		    p[i + 1] == '(') {
			for (j = i; j && p[j - 1] != ';' && p[j - 1] != '=' &&
			       i - j < 64; j--)
				if (p[j] == '$' && j + 1 < n && p[j + 1] == '_')
					break;
			if (p[j] == '$' && j + 1 < n && p[j + 1] == '_') {
				out->name = "$_[]()";
				out->input = false;
				argument(l, p, n, i, out);
				*at = i + 1;
				return true;
			}
		}
		if (l == LANG_PHP && p[i] == '`') {
			for (j = i; j && blank(p[j - 1]);)
				j--;
			if ((j && p[j - 1] == '=') ||
			    (j >= 4 && memcmp(p + j - 4, "echo", 4) == 0) ||
			    (j >= 6 && memcmp(p + j - 6, "return", 6) == 0)) {
				out->name = "`";
				out->input = false;
				out->arg = p + i + 1;
				for (j = i + 1; j < n && p[j] != '`'; j++)
					;
				out->arg_n = j - i - 1;
				*at = j + 1;
				return true;
			}
		}
	}
	*at = n;
	return false;
}
