#include "shparse.h"

#include "err.h"
#include "limits.h"

struct chunk {
	struct chunk *next;
	size_t used, size;
	_Alignas(16) char mem[];
};

#define CHUNK (16 * 1024)

static void *
take(struct sharena *a, size_t n)
{
	struct chunk *c = a->chunks;
	void *p;

	n = (n + 15) & ~(size_t)15;
	if (!c || c->size - c->used < n) {
		c = xmalloc(sizeof(*c) + CHUNK);
		c->next = a->chunks;
		c->used = 0;
		c->size = CHUNK;
		a->chunks = c;
	}
	p = c->mem + c->used;
	c->used += n;
	memset(p, 0, n);
	if (++a->nodes > SHCMD_STEPS_MAX)
		a->limited = true;
	return p;
}

void
sharena_release(struct sharena *a)
{
	struct chunk *c = a->chunks, *next;

	for (; c; c = next) {
		next = c->next;
		free(c);
	}
	memset(a, 0, sizeof(*a));
}

/* ---- the ends of things -------------------------------------------------- */

static size_t
close_single(const char *p, size_t n, size_t i)
{
	for (i++; i < n && p[i] != '\''; i++)
		;
	return i < n ? i + 1 : n;
}

/* $'...': a backslash protects what follows. */
static size_t
close_ansi(const char *p, size_t n, size_t i)
{
	for (i++; i < n && p[i] != '\''; i++)
		if (p[i] == '\\' && i + 1 < n)
			i++;
	return i < n ? i + 1 : n;
}

static size_t
close_tick(const char *p, size_t n, size_t i)
{
	for (i++; i < n && p[i] != '`'; i++)
		if (p[i] == '\\' && i + 1 < n)
			i++;
	return i < n ? i + 1 : n;
}

/*
 * One walk for all that nests: a stack of what is open, so that no text makes
 * us recurse. Beyond the stack's end an opening is an ordinary byte.
 */
size_t
shparse_close(const char *p, size_t n, size_t at)
{
	char open[SHCMD_NEST_MAX];
	size_t depth = 0, i = at;

	if (i >= n)
		return n;
	if (p[i] == '\'')
		return close_single(p, n, i);
	if (p[i] == '`')
		return close_tick(p, n, i);
	if (p[i] == '$')
		i++;
	if (i >= n)
		return n;
	open[depth++] = p[i++];
	while (i < n) {
		char top = open[depth - 1], c = p[i];

		if (c == '\\') {
			i += 2;
			continue;
		}
		if (top == '"') {
			if (c == '"')
				depth--, i++;
			else if (c == '`')
				i = close_tick(p, n, i);
			else if (c == '$' && i + 1 < n &&
			    (p[i + 1] == '(' || p[i + 1] == '{') &&
			    depth < COUNT(open))
				open[depth++] = p[i + 1], i += 2;
			else
				i++;
		} else {
			if (c == (top == '(' ? ')' : '}'))
				depth--, i++;
			else if (c == '\'')
				i = i > at && p[i - 1] == '$'
				    ? close_ansi(p, n, i)
				    : close_single(p, n, i);
			else if (c == '`')
				i = close_tick(p, n, i);
			else if ((c == '"' || (c == '(' && top == '(') ||
				     (c == '{' && top == '{')) &&
			    depth < COUNT(open))
				open[depth++] = c, i++;
			else if (c == '$' && i + 1 < n &&
			    (p[i + 1] == '(' || p[i + 1] == '{') &&
			    depth < COUNT(open))
				open[depth++] = p[i + 1], i += 2;
			else if (c == '#' && top == '(' && i > at &&
			    (p[i - 1] == ' ' || p[i - 1] == '\n' ||
				p[i - 1] == '\t' || p[i - 1] == ';'))
				while (i < n && p[i] != '\n')
					i++;
			else
				i++;
		}
		if (!depth)
			return i < n ? i : n;
	}
	return n;
}

/* ---- the parser ---------------------------------------------------------- */

struct parser {
	struct sharena *a;
	const char *p;
	size_t n, i;
	int depth;
	struct shredir *docs[16]; /* here-documents whose bodies are to come */
	size_t docs_n;
};

static struct shnode *parse_list(struct parser *x, const char *end);

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The bodies of pending here-documents start here, behind a newline. */
static void
take_docs(struct parser *x)
{
	size_t k, from, eol, a, dn;
	char delim[256];

	for (k = 0; k < x->docs_n; k++) {
		struct shredir *r = x->docs[k];
		bool tabs = r->fd < 0; /* <<-, marked so until here */

		r->fd = 0;
		for (a = dn = 0; a < r->word.n && dn < sizeof(delim); a++) {
			char c = r->word.p[a];

			if (c == '\'' || c == '"' || c == '\\')
				r->literal = true;
			else
				delim[dn++] = c;
		}
		r->body.p = x->p + x->i;
		for (;;) {
			from = x->i;
			for (eol = from; eol < x->n && x->p[eol] != '\n'; eol++)
				;
			while (tabs && from < eol && x->p[from] == '\t')
				from++;
			if (eol - from == dn &&
			    memcmp(x->p + from, delim, dn) == 0) {
				r->body.n = (size_t)(x->p + x->i - r->body.p);
				x->i = eol < x->n ? eol + 1 : eol;
				break;
			}
			x->i = eol < x->n ? eol + 1 : eol;
			if (eol >= x->n) {
				r->body.n = (size_t)(x->p + x->n - r->body.p);
				break;
			}
		}
	}
	x->docs_n = 0;
}

/* Blanks, continuations and comments; newlines too if lines. */
static void
skip(struct parser *x, bool lines)
{
	while (x->i < x->n) {
		char c = x->p[x->i];

		if (is_blank(c)) {
			x->i++;
		} else if (c == '\\' && x->i + 1 < x->n &&
		    x->p[x->i + 1] == '\n') {
			x->i += 2;
		} else if (c == '#') {
			while (x->i < x->n && x->p[x->i] != '\n')
				x->i++;
		} else if (lines && c == '\n') {
			x->i++;
			take_docs(x);
		} else {
			break;
		}
	}
}

/* A word from here; false if there is none. */
static bool
word(struct parser *x, struct shword *w)
{
	const char *p = x->p;
	size_t i = x->i, n = x->n;

	w->p = p + i;
	while (i < n) {
		char c = p[i];

		if (c == '\\') {
			i += i + 1 < n ? 2 : 1;
		} else if (c == '\'') {
			i = i > x->i && p[i - 1] == '$' ? close_ansi(p, n, i)
							: close_single(p, n, i);
		} else if (c == '"' || c == '`') {
			i = shparse_close(p, n, i);
		} else if (c == '$' && i + 1 < n &&
		    (p[i + 1] == '(' || p[i + 1] == '{')) {
			i = shparse_close(p, n, i);
		} else if ((c == '<' || c == '>') && i + 1 < n &&
		    p[i + 1] == '(' && i == x->i) {
			i = shparse_close(p, n, i + 1);
		} else if (c == '(' && i > x->i && p[i - 1] == '=') {
			i = shparse_close(p, n, i); /* an array */
		} else if (c == '(' && i > x->i &&
		    strchr("@?*+!", p[i - 1])) {
			i = shparse_close(p, n, i); /* an extended glob */
		} else if (strchr(" \t\r\n;&|<>()", c)) {
			break;
		} else {
			i++;
		}
	}
	w->n = i - x->i;
	x->i = i;
	return w->n > 0;
}

static bool
word_is(const struct shword *w, const char *s)
{
	return w->n == strlen(s) && memcmp(w->p, s, w->n) == 0;
}

/* Look at the next word without taking it. */
static bool
peek(struct parser *x, const char *s)
{
	size_t i = x->i;
	struct shword w;
	bool yes = word(x, &w) && word_is(&w, s);

	x->i = i;
	return yes;
}

/* A redirection from here, if there is one. */
static struct shredir *
redirection(struct parser *x)
{
	size_t i = x->i;
	int fd = -1;
	struct shredir *r;
	enum shredir_op op;
	bool tabs = false;
	const char *p = x->p;

	if (i < x->n && p[i] == '{') { /* {name}> */
		while (i < x->n && p[i] != '}' && !strchr(" \t\n", p[i]))
			i++;
		if (i + 1 >= x->n || p[i] != '}' ||
		    (p[i + 1] != '<' && p[i + 1] != '>'))
			return NULL;
		i++;
		fd = 9;
	}
	while (i < x->n && p[i] >= '0' && p[i] <= '9' && i - x->i < 4) {
		fd = (fd < 0 ? 0 : fd * 10) + (p[i] - '0');
		i++;
	}
	if (i >= x->n || (p[i] != '<' && p[i] != '>' &&
			     !(p[i] == '&' && i + 1 < x->n &&
				 p[i + 1] == '>')))
		return NULL;
	if (p[i] == '&') {
		i += 2;
		if (i < x->n && p[i] == '>')
			i++;
		op = SHREDIR_ALL;
		fd = 1;
	} else if (p[i] == '<') {
		if (i + 1 < x->n && p[i + 1] == '(' )
			return NULL; /* a process substitution: a word */
		if (i + 2 < x->n && p[i + 1] == '<' && p[i + 2] == '<')
			op = SHREDIR_TEXT, i += 3;
		else if (i + 1 < x->n && p[i + 1] == '<') {
			op = SHREDIR_DOC, i += 2;
			if (i < x->n && p[i] == '-')
				tabs = true, i++;
		} else if (i + 1 < x->n && p[i + 1] == '>')
			op = SHREDIR_BOTH, i += 2;
		else if (i + 1 < x->n && p[i + 1] == '&')
			op = SHREDIR_DUP, i += 2;
		else
			op = SHREDIR_IN, i += 1;
		if (fd < 0)
			fd = 0;
	} else {
		if (i + 1 < x->n && p[i + 1] == '(')
			return NULL;
		if (i + 1 < x->n && p[i + 1] == '>')
			op = SHREDIR_APPEND, i += 2;
		else if (i + 1 < x->n && p[i + 1] == '&')
			op = SHREDIR_DUP, i += 2;
		else
			op = SHREDIR_OUT,
			i += i + 1 < x->n && p[i + 1] == '|' ? 2 : 1;
		if (fd < 0)
			fd = 1;
	}
	x->i = i;
	while (x->i < x->n && is_blank(p[x->i]))
		x->i++;
	r = take(x->a, sizeof(*r));
	r->op = op;
	r->fd = fd;
	word(x, &r->word);
	if (op == SHREDIR_DUP && r->fd == 1 && r->word.n &&
	    !(r->word.p[0] >= '0' && r->word.p[0] <= '9') &&
	    r->word.p[0] != '-' && r->word.p[0] != '$')
		r->op = SHREDIR_ALL; /* >& FILE */
	if (op == SHREDIR_DOC && x->docs_n < COUNT(x->docs)) {
		if (tabs)
			r->fd = -1;
		x->docs[x->docs_n++] = r;
	}
	return r;
}

static void
redirections(struct parser *x, struct shnode *node)
{
	struct shredir **tail = &node->redirs, *r;

	while (*tail)
		tail = &(*tail)->next;
	for (;;) {
		skip(x, false);
		r = redirection(x);
		if (!r)
			return;
		*tail = r;
		tail = &r->next;
	}
}

static struct shnode *
new_node(struct parser *x, enum shnode_type type)
{
	struct shnode *node = take(x->a, sizeof(*node));

	node->type = type;
	node->p = x->p + x->i;
	return node;
}

static struct shnode *
simple(struct parser *x)
{
	struct shnode *node = new_node(x, SHNODE_SIMPLE);
	struct shword w, **tail = &node->words;
	struct shredir **rtail = &node->redirs, *r;
	bool test = false;

	for (;;) {
		skip(x, false);
		if (x->i >= x->n || x->a->limited)
			break;
		r = redirection(x);
		if (r) {
			*rtail = r;
			rtail = &r->next;
			continue;
		}
		if (test && strchr("<>()&|", x->p[x->i])) {
			x->i++; /* inside [[ ]] these are no operators */
			continue;
		}
		if (!word(x, &w))
			break;
		*tail = take(x->a, sizeof(w));
		(*tail)->p = w.p;
		(*tail)->n = w.n;
		if (node->words == *tail && word_is(&w, "[["))
			test = true;
		else if (test && word_is(&w, "]]"))
			test = false;
		tail = &(*tail)->next;
	}
	node->n = (size_t)(x->p + x->i - node->p);
	return node;
}

/* The words behind "for" or "case" up to "do", ";", a newline or "in". */
static void
head_words(struct parser *x, struct shnode *node)
{
	struct shword w, **tail = &node->words;

	for (;;) {
		skip(x, false);
		if (x->i + 1 < x->n && x->p[x->i] == '(' &&
		    x->p[x->i + 1] == '(') { /* for ((;;)) */
			x->i = shparse_close(x->p, x->n, x->i);
			continue;
		}
		if (x->i >= x->n || x->p[x->i] == ';' || x->p[x->i] == '\n' ||
		    peek(x, "do") || x->a->limited || !word(x, &w))
			return;
		if (word_is(&w, "in") && node->words)
			continue;
		*tail = take(x->a, sizeof(w));
		(*tail)->p = w.p;
		(*tail)->n = w.n;
		tail = &(*tail)->next;
	}
}

/* The clauses of a case: all of their commands, one list. */
static struct shnode *
clauses(struct parser *x)
{
	struct shnode *list = new_node(x, SHNODE_LIST), **tail = &list->child;
	struct shword w;
	size_t from;

	for (;;) {
		from = x->i;
		skip(x, true);
		while (x->i < x->n &&
		    (x->p[x->i] == ';' || x->p[x->i] == '&')) {
			x->i++;
			skip(x, true);
		}
		if (x->i >= x->n || x->a->limited)
			break;
		if (peek(x, "esac")) {
			word(x, &w);
			break;
		}
		/* the pattern, up to its parenthesis */
		if (x->p[x->i] == '(')
			x->i++;
		while (x->i < x->n && x->p[x->i] != ')') {
			if (!word(x, &w))
				x->i++;
		}
		if (x->i < x->n)
			x->i++;
		*tail = parse_list(x, ";;");
		tail = &(*tail)->next;
		if (x->i == from)
			x->i++;
	}
	list->n = (size_t)(x->p + x->i - list->p);
	return list;
}

static struct shnode *
compound(struct parser *x, const char *end)
{
	struct shnode *node = new_node(x, SHNODE_GROUP);
	struct shword w;

	if (*end == ')') {
		x->i++;
		node->child = parse_list(x, ")");
		if (x->i < x->n)
			x->i++;
	} else {
		word(x, &w);
		if (word_is(&w, "for") || word_is(&w, "select")) {
			node->loop = true;
			head_words(x, node);
			node->child = parse_list(x, end);
		} else if (word_is(&w, "case")) {
			skip(x, false);
			word(x, &w);
			skip(x, true);
			if (peek(x, "in"))
				word(x, &w);
			node->child = clauses(x);
			redirections(x, node);
			node->n = (size_t)(x->p + x->i - node->p);
			return node;
		} else {
			node->child = parse_list(x, end);
		}
		word(x, &w); /* the end word */
	}
	redirections(x, node);
	node->n = (size_t)(x->p + x->i - node->p);
	return node;
}

static const struct {
	const char *start, *end;
} pairs[] = {
	{"{", "}"},
	{"if", "fi"},
	{"while", "done"},
	{"until", "done"},
	{"for", "done"},
	{"select", "done"},
	{"case", "esac"},
};

/* name() or "function name": the body follows. */
static bool
function_head(struct parser *x, struct shword *name)
{
	size_t i = x->i;
	bool keyword;

	keyword = peek(x, "function");
	if (keyword) {
		word(x, name);
		skip(x, false);
	}
	if (!word(x, name) || memchr(name->p, '=', name->n) ||
	    memchr(name->p, '$', name->n)) {
		x->i = i;
		return false;
	}
	skip(x, false);
	if (x->i + 1 < x->n && x->p[x->i] == '(') {
		size_t k = x->i + 1;

		while (k < x->n && is_blank(x->p[k]))
			k++;
		if (k < x->n && x->p[k] == ')') {
			x->i = k + 1;
			return true;
		}
	}
	if (keyword)
		return true;
	x->i = i;
	return false;
}

static struct shnode *
command(struct parser *x)
{
	struct shnode *node;
	struct shword name;
	size_t k;

	if (x->depth >= SHCMD_NEST_MAX || x->a->limited) {
		x->a->limited = true;
		x->i = x->n;
		return new_node(x, SHNODE_LIST);
	}
	x->depth++;
	if (x->p[x->i] == '(') {
		if (x->i + 1 < x->n && x->p[x->i + 1] == '(') {
			size_t e = shparse_close(x->p, x->n, x->i);

			/* (( arithmetic )); but "((" may be two subshells */
			if (e >= 2 && e <= x->n && x->p[e - 1] == ')' &&
			    x->p[e - 2] == ')') {
				for (k = x->i + 2; k + 2 < e; k++)
					if (strchr("|;\"'`\n/", x->p[k]))
						break;
				if (k + 2 >= e) {
					x->i = e;
					x->depth--;
					return new_node(x, SHNODE_LIST);
				}
			}
		}
		node = compound(x, ")");
		x->depth--;
		return node;
	}
	for (k = 0; k < COUNT(pairs); k++)
		if (peek(x, pairs[k].start)) {
			node = compound(x, pairs[k].end);
			x->depth--;
			return node;
		}
	if (function_head(x, &name)) {
		node = new_node(x, SHNODE_FUNCTION);
		node->words = take(x->a, sizeof(name));
		node->words->p = name.p;
		node->words->n = name.n;
		skip(x, true);
		node->child = x->i < x->n ? command(x)
					  : new_node(x, SHNODE_LIST);
		x->depth--;
		return node;
	}
	node = simple(x);
	x->depth--;
	return node;
}

static struct shnode *
pipeline(struct parser *x)
{
	struct shnode *node = new_node(x, SHNODE_PIPE), **tail = &node->child;
	size_t from;

	for (;;) {
		skip(x, false);
		from = x->i;
		while (peek(x, "!")) {
			x->i++;
			skip(x, false);
		}
		if (x->i >= x->n)
			break;
		*tail = command(x);
		tail = &(*tail)->next;
		skip(x, false);
		if (x->i < x->n && x->p[x->i] == '|' &&
		    !(x->i + 1 < x->n && x->p[x->i + 1] == '|')) {
			x->i++;
			if (x->i < x->n && x->p[x->i] == '&')
				x->i++;
			skip(x, true);
			continue;
		}
		if (x->i == from)
			x->i++; /* a stray operator */
		break;
	}
	node->n = (size_t)(x->p + x->i - node->p);
	if (node->child && !node->child->next)
		return node->child;
	return node;
}

/* Words that divide a compound command and run nothing themselves. */
static bool
divider(struct parser *x)
{
	static const char *const words[] = {"do", "then", "else", "elif",
	    "time", "coproc"};
	struct shword w;
	size_t k;

	for (k = 0; k < COUNT(words); k++)
		if (peek(x, words[k])) {
			word(x, &w);
			return true;
		}
	return false;
}

static bool
ender(struct parser *x, const char *end)
{
	static const char *const words[] = {"fi", "done", "esac", "}"};
	struct shword w;
	size_t k;

	for (k = 0; k < COUNT(words); k++)
		if (peek(x, words[k])) {
			if (end)
				return true;
			word(x, &w); /* a stray one: passed over */
			return false;
		}
	return false;
}

/* end: what closes the list and is left to the caller; NULL: the text's. */
static struct shnode *
parse_list(struct parser *x, const char *end)
{
	struct shnode *list = new_node(x, SHNODE_LIST), **tail = &list->child;
	size_t from;

	if (x->depth >= SHCMD_NEST_MAX) {
		x->a->limited = true;
		x->i = x->n;
		return list;
	}
	x->depth++;
	while (!x->a->limited) {
		skip(x, true);
		if (x->i >= x->n)
			break;
		if (x->p[x->i] == ';' || x->p[x->i] == '&' ||
		    x->p[x->i] == '|') {
			if (end && strcmp(end, ";;") == 0 &&
			    x->p[x->i] == ';' && x->i + 1 < x->n &&
			    (x->p[x->i + 1] == ';' || x->p[x->i + 1] == '&'))
				break;
			x->i++;
			continue;
		}
		if (x->p[x->i] == ')') {
			if (end && *end == ')')
				break;
			x->i++;
			continue;
		}
		if (divider(x))
			continue;
		from = x->i;
		if (ender(x, end))
			break;
		if (x->i != from)
			continue;
		*tail = pipeline(x);
		tail = &(*tail)->next;
		if (x->i == from)
			x->i++;
	}
	x->depth--;
	list->n = (size_t)(x->p + x->i - list->p);
	return list;
}

struct shnode *
shparse(struct sharena *a, const char *p, size_t n)
{
	struct parser x = {.a = a, .p = p, .n = n};

	return parse_list(&x, NULL);
}
