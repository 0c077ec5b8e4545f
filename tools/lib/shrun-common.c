/*
 * What commands have in common: output, addresses, and what is run.
 */

#include "shrun.h"

#include "limits.h"

void
shrun_give(const struct shio *io, const char *p, size_t n)
{
	if (io->out && io->out->n + n < SHCMD_VALUE_MAX)
		str_add(io->out, p, n);
}

void
shrun_give_in(const struct shio *io)
{
	if (io->in)
		shrun_give(io, io->in->s, io->in->n);
}

void
shrun_give_unknown(const struct shio *io)
{
	shrun_give(io, "\001", 1);
}

void
shrun_join(const struct str *v, size_t n, struct str *out)
{
	size_t i;

	for (i = 0; i < n && out->n < SHCMD_VALUE_MAX; i++) {
		if (i)
			str_addc(out, ' ');
		str_add(out, v[i].s, v[i].n);
	}
}

/* Remember an address; its mark goes to out. */
void
shrun_fetched(struct sheval *e, const char *p, size_t n, struct str *out)
{
	struct str t cleanup_str = STR_INIT;
	size_t k;

	shtext_strip(p, n, &t);
	for (k = 0; k < e->fetches.n; k++)
		if (e->fetches.v[k].n == t.n &&
		    memcmp(e->fetches.v[k].s, t.s, t.n) == 0)
			break;
	if (k == e->fetches.n && k < 120)
		strlist_add(&e->fetches, t.s, t.n);
	if (k >= 120)
		k = 119;
	str_addc(out, SHMARK_FETCH);
	str_addc(out, (char)(0x80 + k));
	str_addc(out, '\n');
}

/* A fetched program or text is run by who. */
void
shrun_fetch_exec(struct sheval *e, const char *p, size_t n, const char *who)
{
	const char *url = sheval_fetched(e, p, n);

	sheval_factf(e, "fetch-exec", "%s -> %s", url, who);
	if (shcmd_plain_address(url))
		sheval_factf(e, "fetch-exec-plain", "%s -> %s", url, who);
}

/* Paths that anybody can write, or that nobody would look at. */
void
shrun_note_path(struct sheval *e, const char *path)
{
	static const char *const temp[] = {"/tmp/", "/var/tmp/", "/dev/shm/",
	    "/run/shm/", "/dev/mqueue/", "/run/lock/", "/var/lock/"};
	static const char known[] = ".acme.sh .local .nvm .cargo .rbenv .pyenv "
		".rvm .npm .npm-global .venv .virtualenvs .env .dotnet .deno "
		".bun .sdkman .asdf .linuxbrew .oh-my-zsh .fzf .vscode-server "
		".git .github .gem .composer .yarn .volta .juliaup .opam .ghcup "
		".poetry .pipx .krew .rustup .conda .miniconda .tox .config "
		".composer .husky .autojump .goenv .jenv .nodenv .phpbrew "
		".snapshots .mozilla";
	struct str abs cleanup_str = STR_INIT;
	const char *p, *q;
	size_t i;

	if (!strchr(path, '/'))
		return;
	sheval_path(e, path, &abs);
	p = abs.s;
	if (strncmp(p, "/dev/fd/", 8) == 0)
		return;
	for (i = 0; i < COUNT(temp); i++)
		if (strncmp(p, temp[i], strlen(temp[i])) == 0)
			sheval_fact(e, "temp-exec", p, abs.n);
	for (q = p; (q = strstr(q, "/.")); q++) {
		struct str part cleanup_str = STR_INIT;

		str_add(&part, q + 1, strcspn(q + 1, "/"));
		if (part.n > 1 && strcmp(part.s, "..") != 0 &&
		    !shrun_listed(known, part.s)) {
			sheval_fact(e, "hidden-exec", p, abs.n);
			break;
		}
	}
}

/* /path, --option=/path, ./path */
void
shrun_note_argument(struct sheval *e, const char *arg)
{
	const char *eq = arg[0] == '-' ? strchr(arg, '=') : NULL;

	if (eq)
		arg = eq + 1;
	if (arg[0] == '/' || (arg[0] != '-' && strchr(arg, '/')))
		sheval_run(e, "argument", arg);
}

/* A file is run or sourced. who: by what; "" by itself. */
void
shrun_file(struct sheval *e, const char *path, const char *lang,
    const struct shio *io)
{
	struct str *file = sheval_file(e, path);
	struct str code cleanup_str = STR_INIT;

	shrun_note_path(e, path);
	sheval_run(e, "run", path);
	if (!file || !file->n || file->s[0] == '\006')
		return;
	str_set(&code, file->s, file->n);
	if (shtext_has(&code, SHMARK_FETCH))
		shrun_fetch_exec(e, code.s, code.n, path);
	else
		sheval_code(e, lang, code.s, code.n, io->in, io->out);
}

void
shrun_forward(struct sheval *e, struct str *v, size_t n, const struct shio *io)
{
	if (!n)
		return;
	e->words++;
	if (e->words <= SHCMD_NEST_MAX)
		shrun(e, v, n, io);
	else
		e->out->limited = true;
	e->words--;
}

bool
shrun_is_stdin(const char *p)
{
	return strcmp(p, "-") == 0 || strcmp(p, "/dev/stdin") == 0 ||
	    strcmp(p, "/dev/fd/0") == 0 || strcmp(p, "/proc/self/fd/0") == 0;
}

/* The program that an interpreter gets on its standard input. */
void
shrun_input(struct sheval *e, const char *name, const char *lang,
    const struct shio *io)
{
	size_t i;

	if (!io->in)
		return;
	if (io->net[0]) {
		sheval_factf(e, "reverse-shell", "%s with a socket as its "
		    "input", name);
		return;
	}
	for (i = 0; i < io->in->n && strchr(" \t\n", io->in->s[i]); i++)
		;
	if (i < io->in->n && io->in->s[i] == SHMARK_NET) {
		sheval_factf(e, "reverse-shell", "%s reads commands from a "
		    "socket", name);
		return;
	}
	if (shtext_has(io->in, SHMARK_FETCH)) {
		shrun_fetch_exec(e, io->in->s, io->in->n, name);
		if (shtext_has(io->in, SHMARK_DECODED))
			sheval_factf(e, "decode-exec", "%s -> decoded -> %s",
			    sheval_fetched(e, io->in->s, io->in->n), name);
		return;
	}
	if (io->in->n == 1 && io->in->s[0] == SHMARK_UNKNOWN)
		return;
	sheval_code(e, lang, io->in->s, io->in->n, NULL, io->out);
}

const char *
shrun_base(const char *p)
{
	const char *slash = strrchr(p, '/');

	return slash ? slash + 1 : p;
}
