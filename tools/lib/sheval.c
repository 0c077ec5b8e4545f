/*
 * Trees: lists, pipelines, redirections, functions, assignments; and text that
 * an interpreter is given.
 */

#include "sheval.h"

#include "err.h"
#include "limits.h"

static void eval(struct sheval *e, struct shnode *node, const struct str *in,
    struct str *out);

/* NAME=VALUE, NAME+=VALUE, NAME[i]=VALUE: length of the name, 0: it is none.
 * *value: where the value starts. */
static size_t
assignment(const struct shword *w, size_t *value, bool *more)
{
	size_t i, n;

	for (i = 0; i < w->n && sheval_name_char(w->p[i], i == 0); i++)
		;
	n = i;
	if (!n)
		return 0;
	if (i < w->n && w->p[i] == '[') {
		while (i < w->n && w->p[i] != ']')
			i++;
		i++;
	}
	*more = i + 1 < w->n && w->p[i] == '+' && w->p[i + 1] == '=';
	if (*more)
		i++;
	if (i >= w->n || w->p[i] != '=')
		return 0;
	*value = i + 1;
	return n;
}

static void
assign(struct sheval *e, const struct shword *w, size_t name_n, size_t value,
    bool more)
{
	struct str v cleanup_str = STR_INIT;
	struct strlist l cleanup_strlist = STRLIST_INIT;
	struct str *var;
	const char *p = w->p + value;
	size_t n = w->n - value, gaps = e->gaps;

	if (n > 1 && p[0] == '(') {
		struct shnode *list;
		struct shword *item;

		/* an array: its words, joined */
		list = shparse(&e->arena, p + 1, n - 1 - (p[n - 1] == ')'));
		if (list->child && list->child->type == SHNODE_SIMPLE)
			for (item = list->child->words; item;
			     item = item->next)
				sheval_word(e, item->p, item->n, &l, 0);
		strlist_join(&l, " ", &v);
	} else {
		sheval_expand(e, p, n, false, &v);
	}
	if (!v.n && !more && gaps != e->gaps) {
		/* what a command gave is not known to be nothing */
		shmap_drop(&e->vars, w->p, name_n);
	} else {
		var = shmap_put(&e->vars, w->p, name_n);
		if (!more)
			str_clear(var);
		if (var->n + v.n < SHCMD_VALUE_MAX && sheval_work(e, v.n))
			str_add(var, v.s, v.n);
	}
	if ((name_n == 8 && memcmp(w->p, "HISTFILE", 8) == 0 &&
		(v.n == 0 || strcmp(v.s, "/dev/null") == 0)) ||
	    (name_n == 8 && memcmp(w->p, "HISTSIZE", 8) == 0 &&
		strcmp(v.s, "0") == 0))
		sheval_fact(e, "history-wipe", w->p, w->n);
	if (name_n == 11 && memcmp(w->p, "DOCKER_HOST", 11) == 0 &&
	    strncmp(v.s, "tcp://", 6) == 0)
		sheval_fact(e, "docker-api", w->p, w->n);
	if (name_n == 10 && memcmp(w->p, "LD_PRELOAD", 10) == 0 && v.n)
		sheval_fact(e, "preload-env", v.s, v.n);
}

/* Where output goes, while a command runs. */
struct target {
	struct str path;
	bool append;
};

struct plumbing {
	struct str in;	 /* replaced standard input */
	bool has_in;
	struct target out[8];
	size_t out_n;
	bool net[SHFDS];
	bool net_named; /* a redirection of this very command */
};

static bool
net_path(const char *p)
{
	return strncmp(p, "/dev/tcp/", 9) == 0 ||
	    strncmp(p, "/dev/udp/", 9) == 0;
}

static void
open_output(struct plumbing *pl, int fd, const struct str *path, bool append)
{
	if (fd != 1 && fd != 2)
		return;
	if (fd == 2 && pl->out_n)
		return;
	if (pl->out_n < COUNT(pl->out)) {
		str_init(&pl->out[pl->out_n].path);
		str_set(&pl->out[pl->out_n].path, path->s, path->n);
		pl->out[pl->out_n++].append = append;
	}
}

static void
redirect(struct sheval *e, const struct shredir *r, struct plumbing *pl)
{
	struct str w cleanup_str = STR_INIT;
	struct strlist l cleanup_strlist = STRLIST_INIT;
	int fd = r->fd >= 0 && r->fd < SHFDS ? r->fd : SHFDS - 1, from;
	struct str *file;

	if (r->op == SHREDIR_DOC) {
		str_clear(&pl->in);
		if (r->literal || !r->body.n)
			str_add(&pl->in, r->body.p, r->body.n);
		else
			sheval_expand(e, r->body.p, r->body.n, true, &pl->in);
		pl->has_in = true;
		pl->net[0] = false;
		return;
	}
	if (r->op == SHREDIR_TEXT) {
		str_clear(&pl->in);
		sheval_expand(e, r->word.p, r->word.n, false, &pl->in);
		str_addc(&pl->in, '\n');
		pl->has_in = true;
		pl->net[0] = false;
		return;
	}
	if (r->word.n > 2 && (r->word.p[0] == '<' || r->word.p[0] == '>') &&
	    r->word.p[1] == '(') {
		sheval_word(e, r->word.p, r->word.n, &l, 4);
		strlist_join(&l, " ", &w);
	} else {
		sheval_expand(e, r->word.p, r->word.n, false, &w);
	}
	if (r->op == SHREDIR_DUP) {
		if (w.n && w.s[0] >= '0' && w.s[0] <= '9') {
			from = atoi(w.s);
			if (from < 0 || from >= SHFDS)
				from = SHFDS - 1;
			pl->net[fd] = pl->net[from];
			if (fd == 0 && pl->net[0])
				pl->has_in = false;
		} else if (!w.n) {
			pl->net[fd] = pl->net[SHFDS - 1]; /* ${name} */
		} else if (w.s[0] == '-') {
			pl->net[fd] = false;
		}
		return;
	}
	if (net_path(w.s)) {
		sheval_fact(e, "net", w.s, w.n);
		pl->net[fd] = true;
		pl->net_named = true;
		if (r->op == SHREDIR_ALL)
			pl->net[2] = true;
		if (fd == 0)
			pl->has_in = false;
		return;
	}
	pl->net[fd] = false;
	switch (r->op) {
	case SHREDIR_IN:
	case SHREDIR_BOTH:
		if (fd != 0)
			break;
		if (strcmp(w.s, "/dev/stdin") == 0)
			break;
		file = sheval_file(e, w.s);
		str_clear(&pl->in);
		if (file)
			str_add(&pl->in, file->s, file->n);
		else
			str_addc(&pl->in, SHMARK_UNKNOWN);
		pl->has_in = true;
		break;
	case SHREDIR_ALL:
		pl->net[2] = false;
		open_output(pl, 1, &w, false);
		break;
	case SHREDIR_OUT:
	case SHREDIR_APPEND:
		open_output(pl, fd, &w, r->op == SHREDIR_APPEND);
		break;
	default:
		break;
	}
}

static void
plumb(struct sheval *e, const struct shredir *r, struct plumbing *pl)
{
	memset(pl, 0, sizeof(*pl));
	str_init(&pl->in);
	memcpy(pl->net, e->net, sizeof(pl->net));
	for (; r && !e->out->limited; r = r->next)
		redirect(e, r, pl);
}

static void
plumbing_release(struct plumbing *pl)
{
	size_t i;

	str_release(&pl->in);
	for (i = 0; i < pl->out_n; i++)
		str_release(&pl->out[i].path);
}

/* Standard output to where the redirections say, else to out. */
static void
deliver(struct sheval *e, struct plumbing *pl, const struct str *text,
    struct str *out)
{
	size_t i;

	if (!pl->out_n) {
		if (out && !pl->net[1] && out->n + text->n < SHCMD_VALUE_MAX)
			str_add(out, text->s, text->n);
		return;
	}
	for (i = 0; i < pl->out_n; i++)
		sheval_write(e, pl->out[i].path.s, text, pl->out[i].append);
}

static struct shnode *
function_find(struct sheval *e, const struct str *name)
{
	size_t i;

	for (i = e->funcs_n; i-- > 0;)
		if (e->funcs[i].name.n == name->n &&
		    memcmp(e->funcs[i].name.s, name->s, name->n) == 0)
			return e->funcs[i].body;
	return NULL;
}

/*
 * A variable without a value is nothing, for all that a payload's spelling
 * hides; whether it stands for what is run is asked here, with marks for it.
 */
static void
look_blind(struct sheval *e, const struct shword *w)
{
	struct strlist argv cleanup_strlist = STRLIST_INIT;
	size_t value;
	bool more, front = true;

	e->blind = true;
	for (; w; w = w->next) {
		if (front && assignment(w, &value, &more))
			continue;
		front = false;
		sheval_word(e, w->p, w->n, &argv, 0);
	}
	e->blind = false;
	if (argv.n && shrun_opaque(e, argv.v, argv.n))
		sheval_opaque(e);
}

static void
eval_simple(struct sheval *e, struct shnode *node, const struct str *in,
    struct str *out)
{
	struct strlist argv cleanup_strlist = STRLIST_INIT;
	struct str text cleanup_str = STR_INIT, net cleanup_str = STR_INIT;
	struct plumbing pl;
	struct shio io = {0};
	struct shword *w;
	struct shnode *body;
	size_t value, k, gaps = e->gaps;
	bool more, front = true;

	for (w = node->words; w; w = w->next) {
		if (front && (k = assignment(w, &value, &more))) {
			assign(e, w, k, value, more);
			continue;
		}
		front = false;
		sheval_word(e, w->p, w->n, &argv, 0);
	}
	if (gaps != e->gaps)
		look_blind(e, node->words);
	plumb(e, node->redirs, &pl);
	if (argv.n && e->out->plain.n <= SHCMD_TEXT_MAX)
		sheval_plain(e, &argv);
	str_addc(&net, SHMARK_NET);
	io.in = pl.net[0] ? &net : pl.has_in ? &pl.in : in;
	io.out = &text;
	memcpy(io.net, pl.net, sizeof(io.net));
	if (argv.n && strcmp(argv.v[0].s, "exec") == 0 && argv.n == 1) {
		memcpy(e->net, pl.net, sizeof(e->net));
	} else if (argv.n && (body = function_find(e, &argv.v[0])) &&
	    e->flow < 4) {
		struct strlist old = e->pos;

		e->pos = argv;
		e->flow++;
		eval(e, body, io.in, &text);
		e->flow--;
		argv = e->pos;
		e->pos = old;
	} else if (argv.n) {
		shrun(e, argv.v, argv.n, &io);
	} else if (pl.has_in) {
		str_add(&text, pl.in.s, pl.in.n); /* $(<file), < file */
	}
	deliver(e, &pl, &text, out);
	plumbing_release(&pl);
}

/*
 * "mkfifo f; sh <f | nc host port >f": what the last stage writes is what the
 * first one reads, so files that a network program writes are a socket's
 * before the pipeline is followed.
 */
static void
pipe_back(struct sheval *e, struct shnode *pipe)
{
	struct shnode *s;
	struct shredir *r;
	char buf[64];

	for (s = pipe->child; s; s = s->next) {
		struct strlist l cleanup_strlist = STRLIST_INIT;
		struct str w cleanup_str = STR_INIT, abs cleanup_str = STR_INIT;
		bool net = false;
		size_t i;

		if (s->type != SHNODE_SIMPLE || !s->words)
			continue;
		for (struct shword *word = s->words; word && l.n < 20;
		     word = word->next)
			sheval_word(e, word->p, word->n, &l, 0);
		for (i = 0; i < l.n && i < 4; i++)
			net = net || shrun_is_net(shrun_name(e, &l.v[i], 1,
					 buf)) ||
			    strcmp(l.v[i].s, "s_client") == 0;
		if (!net)
			continue;
		for (r = s->redirs; r; r = r->next) {
			if (r->op != SHREDIR_OUT && r->op != SHREDIR_APPEND &&
			    r->op != SHREDIR_ALL)
				continue;
			str_clear(&w);
			str_clear(&abs);
			sheval_expand(e, r->word.p, r->word.n, false, &w);
			sheval_path(e, w.s, &abs);
			if (strcmp(abs.s, "/dev/null") == 0)
				continue;
			str_sets(shmap_put(&e->files, abs.s, abs.n), "\003");
		}
	}
}

static void
eval_pipe(struct sheval *e, struct shnode *pipe, const struct str *in,
    struct str *out)
{
	struct str a cleanup_str = STR_INIT, b cleanup_str = STR_INIT;
	struct str *prev = NULL, *next = &a;
	struct shnode *s;

	pipe_back(e, pipe);
	for (s = pipe->child; s && !e->out->limited; s = s->next) {
		str_clear(next);
		eval(e, s, prev ? prev : in, next);
		prev = next;
		next = prev == &a ? &b : &a;
	}
	if (prev && out && out->n + prev->n < SHCMD_VALUE_MAX)
		str_add(out, prev->s, prev->n);
}

static void
eval_group(struct sheval *e, struct shnode *node, const struct str *in,
    struct str *out)
{
	struct strlist l cleanup_strlist = STRLIST_INIT;
	struct str text cleanup_str = STR_INIT, net cleanup_str = STR_INIT;
	struct plumbing pl;
	struct shword *w;
	bool saved[SHFDS];
	struct str *var;

	if (node->loop && node->words) {
		for (w = node->words->next; w; w = w->next)
			sheval_word(e, w->p, w->n, &l, 0);
		var = shmap_put(&e->vars, node->words->p, node->words->n);
		str_clear(var);
		strlist_join(&l, " ", var);
		if (var->n > SHCMD_VALUE_MAX)
			str_cut(var, SHCMD_VALUE_MAX);
	}
	plumb(e, node->redirs, &pl);
	str_addc(&net, SHMARK_NET);
	memcpy(saved, e->net, sizeof(saved));
	memcpy(e->net, pl.net, sizeof(saved));
	if (node->child)
		eval(e, node->child,
		    pl.net[0] ? &net : pl.has_in ? &pl.in : in, &text);
	memcpy(e->net, saved, sizeof(saved));
	deliver(e, &pl, &text, out);
	plumbing_release(&pl);
}

static void
eval(struct sheval *e, struct shnode *node, const struct str *in,
    struct str *out)
{
	struct shnode *c;
	size_t i;

	if (!sheval_work(e, 16))
		return;
	switch (node->type) {
	case SHNODE_SIMPLE:
		eval_simple(e, node, in, out);
		break;
	case SHNODE_PIPE:
		eval_pipe(e, node, in, out);
		break;
	case SHNODE_LIST:
		for (c = node->child; c && !e->out->limited; c = c->next)
			eval(e, c, in, out);
		break;
	case SHNODE_GROUP:
		eval_group(e, node, in, out);
		break;
	case SHNODE_FUNCTION:
		if (e->funcs_n >= SHCMD_NAMES_MAX)
			break;
		e->funcs = xreallocarray(e->funcs, e->funcs_n + 1,
		    sizeof(*e->funcs));
		i = e->funcs_n++;
		str_init(&e->funcs[i].name);
		str_set(&e->funcs[i].name, node->words->p, node->words->n);
		e->funcs[i].body = node->child;
		/* it may be called from where we cannot see */
		e->flow++;
		if (e->flow < 4)
			eval(e, node->child, in, NULL);
		e->flow--;
		break;
	}
}

void
sheval_text(struct sheval *e, const char *p, size_t n, const struct str *in,
    struct str *out)
{
	struct str *own;
	struct str keep cleanup_str = STR_INIT;
	struct shnode *tree;

	if (e->depth >= SHCMD_DEPTH_MAX || !sheval_work(e, n)) {
		e->out->limited = true;
		return;
	}
	/* the tree of a function may be walked when the caller's text is
	 * gone: texts are kept until the end */
	strlist_add(&e->texts, p, n);
	own = &e->texts.v[e->texts.n - 1];
	keep = *own; /* the list may move; the bytes do not */
	e->depth++;
	tree = shparse(&e->arena, keep.s, keep.n);
	if (e->arena.limited)
		e->out->limited = true;
	eval(e, tree, in, out);
	e->depth--;
	str_init(&keep); /* the list owns the bytes */
}

/* ---- code that is run ---------------------------------------------------- */

void
sheval_code(struct sheval *e, const char *lang, const char *p, size_t n,
    const struct str *in, struct str *out)
{
	struct str t cleanup_str = STR_INIT;
	size_t i;

	/* text that starts with what came from outside is run as it came */
	for (i = 0; i < n && strchr(" \t\n;", p[i]); i++)
		;
	if (memchr(p, SHMARK_DECODED, n)) {
		sheval_fact(e, "decode-exec", p, n);
		for (i = 0; i < n; i++)
			if (p[i] != SHMARK_DECODED)
				str_addc(&t, p[i]);
	} else {
		str_add(&t, p, n);
	}
	if (strcmp(lang, "sh") == 0) {
		if (t.n > 2 && t.s[0] == '#' && t.s[1] == '!') {
			const char *eol = memchr(t.s, '\n', t.n);
			size_t len = eol ? (size_t)(eol - t.s) : t.n;
			struct str line cleanup_str = STR_INIT;
			const char *l, *base;
			char buf[64];

			str_add(&line, t.s + 2, len - 2);
			/* #!/usr/bin/env python3 */
			base = strrchr(line.s, '/');
			base = base ? base + 1 : line.s;
			if (strncmp(base, "env ", 4) == 0)
				base += 4;
			if (strncmp(base, "-S ", 3) == 0)
				base += 3;
			snprintf(buf, sizeof(buf), "%.*s",
			    (int)strcspn(base, " \t\r"), base);
			l = shrun_language(buf);
			if (l) {
				shcode(e, l, t.s + len, t.n - len, out);
				return;
			}
		}
		sheval_text(e, t.s, t.n, in, out);
		return;
	}
	if (shtext_has(&t, SHMARK_FETCH)) {
		const char *url = sheval_fetched(e, t.s, t.n);

		sheval_factf(e, "fetch-exec", "%s -> %s", url, lang);
		if (shcmd_plain_address(url))
			sheval_factf(e, "fetch-exec-plain", "%s -> %s", url,
			    lang);
	}
	if (shtext_has(&t, SHMARK_NET))
		sheval_factf(e, "reverse-shell", "%s reads its program from a "
		    "socket", lang);
	shcode(e, lang, t.s, t.n, out);
}
