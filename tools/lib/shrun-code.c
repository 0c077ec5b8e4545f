/*
 * Commands that run code: shells, interpreters, eval, source, trap, at.
 */

#include "shrun.h"

static void
positionals(struct sheval *e, struct str *v, size_t n, struct strlist *old)
{
	size_t i;

	*old = e->pos;
	memset(&e->pos, 0, sizeof(e->pos));
	for (i = 0; i < n && i < 100; i++)
		strlist_add(&e->pos, v[i].s, v[i].n);
}

static void
restore(struct sheval *e, struct strlist *old)
{
	strlist_release(&e->pos);
	e->pos = *old;
}

static void
run_shell(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct strlist old;
	size_t i;
	bool code = false, from_in = false, interactive = false;

	for (i = 1; i < n; i++) {
		const char *a = v[i].s;

		if (strcmp(a, "--rcfile") == 0 ||
		    strcmp(a, "--init-file") == 0) {
			if (i + 1 < n)
				shrun_file(e, v[i + 1].s, "sh", io);
			i++;
		} else if (strcmp(a, "--") == 0) {
			i++;
			break;
		} else if (strcmp(a, "-") == 0) {
			i++;
			from_in = true;
			break;
		} else if (a[0] == '-' && a[1] == '-') {
			continue;
		} else if ((a[0] == '-' || a[0] == '+') && a[1]) {
			if (strchr(a, 'c'))
				code = true;
			if (strchr(a, 's'))
				from_in = true;
			if (strchr(a, 'i'))
				interactive = true;
			if (a[strlen(a) - 1] == 'o' || a[strlen(a) - 1] == 'O')
				i++;
		} else {
			break;
		}
	}
	if (io->net[0] && !code && i >= n)
		sheval_factf(e, "reverse-shell", "%s with a socket as its "
		    "input", name);
	else if (interactive && (io->net[0] || io->net[1]))
		sheval_factf(e, "reverse-shell", "%s -i on a socket", name);
	if (code && i < n) {
		struct str text cleanup_str = STR_INIT;

		if (io->joined)
			shrun_join(v + i, n - i, &text);
		else
			str_add(&text, v[i].s, v[i].n);
		positionals(e, v + i + 1, n - i - 1, &old);
		sheval_code(e, "sh", text.s, text.n, io->in, io->out);
		restore(e, &old);
		return;
	}
	if (i < n && !from_in && !shrun_is_stdin(v[i].s)) {
		positionals(e, v + i, n - i, &old);
		shrun_file(e, v[i].s, "sh", io);
		restore(e, &old);
		return;
	}
	shrun_input(e, name, "sh", io);
}

void
shrun_interpret(struct sheval *e, const char *name, const char *lang,
    struct str *v, size_t n, const struct shio *io)
{
	struct str text cleanup_str = STR_INIT;
	size_t i, k;
	/* letters that take code; letters that take another argument */
	const char *code = strcmp(lang, "python") == 0 ? "c"
	    : strcmp(lang, "php") == 0 ? "rBRE"
	    : strcmp(lang, "node") == 0 ? "ep"
	    : strcmp(lang, "awk") == 0 || strcmp(lang, "tcl") == 0 ? ""
	    : "eE";
	const char *arg = strcmp(lang, "python") == 0 ? "mWX"
	    : strcmp(lang, "perl") == 0 ? ""
	    : strcmp(lang, "awk") == 0 ? "fvF" : "rI";
	bool got = false;

	for (i = 1; i < n; i++) {
		const char *a = v[i].s;

		if (a[0] != '-' || !a[1])
			break;
		if (strcmp(a, "--eval") == 0 || strcmp(a, "--print") == 0 ||
		    (strcmp(lang, "node") == 0 && strcmp(a, "eval") == 0)) {
			if (i + 1 < n)
				str_add(&text, v[i + 1].s, v[i + 1].n);
			got = true;
			i++;
			continue;
		}
		if (a[1] == '-')
			continue;
		for (k = 1; a[k]; k++) {
			if (strchr(code, a[k])) {
				got = true;
				if (text.n)
					str_addc(&text, '\n');
				if (a[k + 1])
					str_adds(&text, a + k + 1);
				else if (io->joined && i + 1 < n)
					shrun_join(v + i + 1, n - i - 1, &text);
				else if (i + 1 < n)
					str_add(&text, v[i + 1].s, v[i + 1].n);
				if (!a[k + 1])
					i++;
				if (io->joined)
					i = n;
				break;
			}
			if (strchr(arg, a[k])) {
				const char *lib = a[k + 1] ? a + k + 1
				    : i + 1 < n ? v[i + 1].s : "";

				if (a[k] == 'r' && strcmp(lang, "ruby") == 0)
					str_addf(&text, "require '%s';", lib);
				if (!a[k + 1])
					i++;
				break;
			}
			if (strcmp(lang, "perl") == 0 &&
			    strchr("MmIixlF", a[k])) {
				/* the value is in this word */
				if (a[k] == 'M')
					str_addf(&text, "use %s;", a + k + 1);
				break;
			}
		}
	}
	if (strcmp(lang, "awk") == 0) {
		if (i < n)
			sheval_code(e, lang, v[i].s, v[i].n, NULL, io->out);
		shrun_give_in(io);
		return;
	}
	if (got) {
		sheval_fact(e, "inline-code", text.s, text.n);
		sheval_code(e, lang, text.s, text.n, io->in, io->out);
	} else if (i < n && !shrun_is_stdin(v[i].s)) {
		shrun_file(e, v[i].s, lang, io);
	} else {
		shrun_input(e, name, lang, io);
	}
}

static void
run_source(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	if (n < 2)
		return;
	if (shrun_is_stdin(v[1].s))
		shrun_input(e, name, "sh", io);
	else
		shrun_file(e, v[1].s, "sh", io);
}

static void
run_eval(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str text cleanup_str = STR_INIT;

	(void)name;
	shrun_join(v + 1, n - 1, &text);
	if (shtext_has(&text, SHMARK_UNKNOWN))
		sheval_opaque(e);
	sheval_code(e, "sh", text.s, text.n, io->in, io->out);
}

static void
run_trap(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	(void)name;
	if (n > 2)
		sheval_code(e, "sh", v[1].s, v[1].n, io->in, io->out);
}

/* at, batch: commands on standard input */
static void
run_at(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	size_t i;

	for (i = 1; i + 1 < n; i++)
		if (strcmp(v[i].s, "-f") == 0) {
			shrun_file(e, v[i + 1].s, "sh", io);
			return;
		}
	shrun_input(e, name, "sh", io);
}

const struct shcommand shrun_code[] = {
	{shrun_shells, run_shell},
	{". source", run_source},
	{"eval", run_eval},
	{"trap", run_trap},
	{"at batch", run_at},
	{NULL, NULL},
};
