/*
 * shrun - what commands do with their arguments and input
 *
 * Wrappers (env, nohup, sudo ...) are peeled off until the command that does
 * the work; then by name: what it runs, fetches, writes, gives out. A command
 * that nobody knows passes its input on, as filters do.
 */

#include "sheval.h"

#include "limits.h"

#include <fnmatch.h>
#include <strings.h>

typedef void run_fn(struct sheval *e, const char *name, struct str *v,
    size_t n, const struct shio *io);

struct command {
	const char *names; /* blank separated */
	run_fn *fn;
};

/* ---- names --------------------------------------------------------------- */

static bool
listed(const char *names, const char *name)
{
	size_t n = strlen(name), k;
	const char *p = names;

	while (*p) {
		k = strcspn(p, " ");
		if (k == n && n && memcmp(p, name, n) == 0)
			return true;
		p += k;
		while (*p == ' ')
			p++;
	}
	return false;
}

static const char shells[] = "sh bash dash ash ksh ksh93 mksh pdksh zsh rbash "
	"fish csh tcsh hush";
static const char nets[] = "nc ncat netcat nc.traditional nc.openbsd telnet "
	"socat pwncat";
static const char fetchers[] = "curl wget fetch lynx links elinks w3m aria2c "
	"axel http https httpie xh ftp tftp lftp ncftpget ftpget GET "
	"lwp-download lwp-request wget2 curlie scp sftp rsync dig nslookup "
	"host drill kdig ssh dbclient redis-cli uclient-fetch get url";
/* give out their arguments or input, and so no bytes of the network */
static const char locals[] = "echo printf test [ [[ grep egrep fgrep zgrep "
	"sed awk gawk mawk export declare local typeset readonly set unset "
	"git docker podman kubectl cat tee logger read ls cp mv rm mkdir "
	"rmdir touch chmod chown ln find true false : apt apt-get dpkg yum "
	"dnf rpm apk pip pip3 npm go kill pkill killall pgrep ps sleep expr "
	"basename dirname cut head tail sort uniq wc tr rev tac seq date "
	"base64 xxd openssl gpg apt-key tar unzip gzip gunzip alias trap "
	"return exit cd id whoami hostname uname";
static const char languages[][2][24] = {
	{"python", "python"}, {"pypy", "python"}, {"perl", "perl"},
	{"ruby", "ruby"}, {"php", "php"}, {"node", "node"},
	{"nodejs", "node"}, {"deno", "node"}, {"bun", "node"},
	{"lua", "lua"}, {"luajit", "lua"}, {"texlua", "lua"},
	{"jrunscript", "node"}, {"tclsh", "tcl"}, {"expect", "tcl"},
	{"gawk", "awk"}, {"awk", "awk"}, {"mawk", "awk"}, {"nawk", "awk"},
	{"original-awk", "awk"},
};

bool
shrun_is_shell(const char *name)
{
	const char *slash = strrchr(name, '/');

	return listed(shells, slash ? slash + 1 : name);
}

bool
shrun_is_net(const char *name)
{
	return listed(nets, name);
}

/* python3.11 is python, perl5.36 is perl. */
const char *
shrun_language(const char *name)
{
	size_t i, k;

	for (i = 0; i < COUNT(languages); i++) {
		k = strlen(languages[i][0]);
		if (strncmp(name, languages[i][0], k) == 0 &&
		    strspn(name + k, "0123456789.-") == strlen(name + k))
			return languages[i][1];
	}
	return NULL;
}

/* What a wildcard would most likely stand for, dangerous ones first. */
static const char *
solve(const char *pattern, bool has_url)
{
	static const char *const first_url[] = {"curl", "wget", "nc", "ncat"};
	static const char *const any[] = {"bash", "sh", "dash", "zsh",
	    "python3", "python", "perl", "base64", "curl", "wget", "nc",
	    "ncat", "socat", "crontab", "chroot", "nsenter", "chattr", "cat",
	    "echo", "tee", "cp", "mv", "chmod", "openssl", "xxd", "ruby",
	    "php", "node", "env", "nohup", "setsid", "busybox", "eval"};
	size_t i;

	for (i = 0; has_url && i < COUNT(first_url); i++)
		if (fnmatch(pattern, first_url[i], 0) == 0)
			return first_url[i];
	for (i = 0; i < COUNT(any); i++)
		if (fnmatch(pattern, any[i], 0) == 0)
			return any[i];
	return NULL;
}

const char *
shrun_name(struct sheval *e, const struct str *v, size_t n, char buf[64])
{
	const char *base, *name;
	struct str abs cleanup_str = STR_INIT;
	struct str *alias;
	bool url = false;
	size_t i;

	base = strrchr(v[0].s, '/');
	base = base ? base + 1 : v[0].s;
	while (*base == '\\' || *base == SHMARK_DECODED)
		base++;
	snprintf(buf, 64, "%s", base);
	if (strchr(v[0].s, '/')) { /* a copy of a shell under another name */
		sheval_path(e, v[0].s, &abs);
		alias = shmap_get(&e->files, abs.s, abs.n);
		if (alias && alias->n > 1 && alias->s[0] == '\006')
			snprintf(buf, 64, "%s", alias->s + 1);
	}
	if (strpbrk(buf, "*?[")) {
		for (i = 1; i < n; i++)
			url = url || shtext_url(v[i].s, v[i].n) ||
			    shtext_host_path(v[i].s, v[i].n, true);
		name = solve(buf, url);
		if (name)
			snprintf(buf, 64, "%s", name);
	}
	return buf;
}

/* ---- helpers ------------------------------------------------------------- */

static void
give(const struct shio *io, const char *p, size_t n)
{
	if (io->out && io->out->n + n < SHCMD_VALUE_MAX)
		str_add(io->out, p, n);
}

static void
give_in(const struct shio *io)
{
	if (io->in)
		give(io, io->in->s, io->in->n);
}

static void
give_unknown(const struct shio *io)
{
	give(io, "\001", 1);
}

static void
join(const struct str *v, size_t n, struct str *out)
{
	size_t i;

	for (i = 0; i < n && out->n < SHCMD_VALUE_MAX; i++) {
		if (i)
			str_addc(out, ' ');
		str_add(out, v[i].s, v[i].n);
	}
}

/* Remember an address; its mark goes to out. */
static void
fetched(struct sheval *e, const char *p, size_t n, struct str *out)
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
static void
fetch_exec(struct sheval *e, const char *p, size_t n, const char *who)
{
	const char *url = sheval_fetched(e, p, n);

	sheval_factf(e, "fetch-exec", "%s -> %s", url, who);
	if (shcmd_plain_address(url))
		sheval_factf(e, "fetch-exec-plain", "%s -> %s", url, who);
}

/* Paths that anybody can write, or that nobody would look at. */
static void
note_path(struct sheval *e, const char *path)
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
		    !listed(known, part.s)) {
			sheval_fact(e, "hidden-exec", p, abs.n);
			break;
		}
	}
}

/* /path, --option=/path, ./path */
static void
note_argument(struct sheval *e, const char *arg)
{
	const char *eq = arg[0] == '-' ? strchr(arg, '=') : NULL;

	if (eq)
		arg = eq + 1;
	if (arg[0] == '/' || (arg[0] != '-' && strchr(arg, '/')))
		sheval_run(e, "argument", arg);
}

/* A file is run or sourced. who: by what; "" by itself. */
static void
run_file(struct sheval *e, const char *path, const char *lang,
    const struct shio *io)
{
	struct str *file = sheval_file(e, path);
	struct str code cleanup_str = STR_INIT;

	note_path(e, path);
	sheval_run(e, "run", path);
	if (!file || !file->n || file->s[0] == '\006')
		return;
	str_set(&code, file->s, file->n);
	if (shtext_has(&code, SHMARK_FETCH))
		fetch_exec(e, code.s, code.n, path);
	else
		sheval_code(e, lang, code.s, code.n, io->in, io->out);
}

static void
forward(struct sheval *e, struct str *v, size_t n, const struct shio *io)
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

static bool
is_stdin(const char *p)
{
	return strcmp(p, "-") == 0 || strcmp(p, "/dev/stdin") == 0 ||
	    strcmp(p, "/dev/fd/0") == 0 || strcmp(p, "/proc/self/fd/0") == 0;
}

/* The program that an interpreter gets on its standard input. */
static void
run_input(struct sheval *e, const char *name, const char *lang,
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
		fetch_exec(e, io->in->s, io->in->n, name);
		if (shtext_has(io->in, SHMARK_DECODED))
			sheval_factf(e, "decode-exec", "%s -> decoded -> %s",
			    sheval_fetched(e, io->in->s, io->in->n), name);
		return;
	}
	if (io->in->n == 1 && io->in->s[0] == SHMARK_UNKNOWN)
		return;
	sheval_code(e, lang, io->in->s, io->in->n, NULL, io->out);
}

/* ---- interpreters -------------------------------------------------------- */

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
				run_file(e, v[i + 1].s, "sh", io);
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
		sheval_factf(e, "reverse-shell", "%s with a socket as its input",
		    name);
	else if (interactive && (io->net[0] || io->net[1]))
		sheval_factf(e, "reverse-shell", "%s -i on a socket", name);
	if (code && i < n) {
		struct str text cleanup_str = STR_INIT;

		if (io->joined)
			join(v + i, n - i, &text);
		else
			str_add(&text, v[i].s, v[i].n);
		positionals(e, v + i + 1, n - i - 1, &old);
		sheval_code(e, "sh", text.s, text.n, io->in, io->out);
		restore(e, &old);
		return;
	}
	if (i < n && !from_in && !is_stdin(v[i].s)) {
		positionals(e, v + i, n - i, &old);
		run_file(e, v[i].s, "sh", io);
		restore(e, &old);
		return;
	}
	run_input(e, name, "sh", io);
}

static void
run_language(struct sheval *e, const char *name, const char *lang,
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
					join(v + i + 1, n - i - 1, &text);
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
		give_in(io);
		return;
	}
	if (got) {
		sheval_fact(e, "inline-code", text.s, text.n);
		sheval_code(e, lang, text.s, text.n, io->in, io->out);
	} else if (i < n && !is_stdin(v[i].s)) {
		run_file(e, v[i].s, lang, io);
	} else {
		run_input(e, name, lang, io);
	}
}

static void
run_source(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	if (n < 2)
		return;
	if (is_stdin(v[1].s))
		run_input(e, name, "sh", io);
	else
		run_file(e, v[1].s, "sh", io);
}

static void
run_eval(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str text cleanup_str = STR_INIT;

	(void)name;
	join(v + 1, n - 1, &text);
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
			run_file(e, v[i + 1].s, "sh", io);
			return;
		}
	run_input(e, name, "sh", io);
}

/* ---- what gives text ----------------------------------------------------- */

static void
run_echo(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str text cleanup_str = STR_INIT, t cleanup_str = STR_INIT;
	bool escapes = false, newline = true;
	size_t i = 1;

	(void)e;
	(void)name;
	for (; i < n && v[i].s[0] == '-' && v[i].n > 1 &&
	     strspn(v[i].s + 1, "neE") == v[i].n - 1; i++) {
		if (strchr(v[i].s, 'e'))
			escapes = true;
		if (strchr(v[i].s, 'n'))
			newline = false;
	}
	join(v + i, n - i, &text);
	if (escapes) {
		if (shtext_escapes(text.s, text.n, &t))
			give(io, "\004", 1);
		give(io, t.s, t.n);
	} else {
		give(io, text.s, text.n);
	}
	if (newline)
		give(io, "\n", 1);
}

static void
run_printf(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str fmt cleanup_str = STR_INIT, t cleanup_str = STR_INIT;
	size_t i, a = 2, before;
	bool hidden;

	(void)name;
	if (n > 3 && strcmp(v[1].s, "-v") == 0) {
		struct shio to = {.out = &t};

		run_printf(e, name, v + 2, n - 2, &to);
		str_set(shmap_put(&e->vars, v[2].s, v[2].n), t.s, t.n);
		return;
	}
	if (n > 1 && strcmp(v[1].s, "--") == 0)
		v++, n--;
	if (n < 2)
		return;
	hidden = shtext_escapes(v[1].s, v[1].n, &fmt);
	do {
		before = a;
		for (i = 0; i < fmt.n && t.n < SHCMD_VALUE_MAX; i++) {
			if (fmt.s[i] != '%') {
				str_addc(&t, fmt.s[i]);
				continue;
			}
			for (i++; i < fmt.n && strchr("-+ #0123456789.*",
				     fmt.s[i]) && fmt.s[i]; i++)
				;
			if (i >= fmt.n)
				break;
			if (fmt.s[i] == '%') {
				str_addc(&t, '%');
			} else if (a < n) {
				if (fmt.s[i] == 'b')
					hidden |= shtext_escapes(v[a].s,
					    v[a].n, &t);
				else
					str_add(&t, v[a].s, v[a].n);
				a++;
			}
		}
	} while (a < n && a > before && sheval_work(e, fmt.n));
	if (hidden)
		give(io, "\004", 1);
	give(io, t.s, t.n);
}

static void
run_cat(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str *file;
	bool any = false;
	size_t i;

	(void)name;
	for (i = 1; i < n; i++) {
		if (v[i].s[0] == '-' && v[i].n > 1)
			continue;
		any = true;
		if (is_stdin(v[i].s)) {
			give_in(io);
			continue;
		}
		if (strcmp(v[i].s, "/dev/null") == 0)
			continue;
		file = sheval_file(e, v[i].s);
		if (file)
			give(io, file->s, file->n);
		else
			give_unknown(io);
	}
	if (!any)
		give_in(io);
}

/* Decode what came in; what cannot be decoded is decoded and unknown. */
static void
give_decoded(struct sheval *e, const struct str *in, const struct shio *io,
    int (*decode)(const char *, size_t, struct str *))
{
	struct str t cleanup_str = STR_INIT;
	size_t i;

	give(io, "\004", 1);
	if (in && shtext_has(in, SHMARK_FETCH)) {
		give(io, in->s, in->n);
		return;
	}
	if (!in || !decode || decode(in->s, in->n, &t) || !t.n) {
		give_unknown(io);
		return;
	}
	for (i = 0; i < t.n; i++) /* no marks, no NULs out of the data */
		if ((unsigned char)t.s[i] <= 6)
			t.s[i] = '\005';
	if (e->out->plain.n < SHCMD_TEXT_MAX) {
		str_add(&e->out->plain, t.s, t.n);
		str_addc(&e->out->plain, '\n');
	}
	give(io, t.s, t.n);
}

/* The input of a filter: a named file's content, else standard input. */
static const struct str *
input_of(struct sheval *e, struct str *v, size_t n, size_t from,
    const struct shio *io)
{
	size_t i;

	for (i = from; i < n; i++)
		if (v[i].s[0] != '-' && v[i].n)
			return sheval_file(e, v[i].s);
	return io->in;
}

static void
run_base64(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	size_t i;
	bool decode = false;

	for (i = 1; i < n; i++)
		if (v[i].s[0] == '-' &&
		    (strncmp(v[i].s, "--d", 3) == 0 ||
			(v[i].s[1] != '-' &&
			    (strchr(v[i].s, 'd') || strchr(v[i].s, 'D')))))
			decode = true;
	if (!decode) {
		give_unknown(io);
		return;
	}
	give_decoded(e, input_of(e, v, n, 1, io), io,
	    strcmp(name, "base32") == 0 ? shtext_unbase32 : shtext_unbase64);
}

static void
run_xxd(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	size_t i;
	bool reverse = false;

	(void)name;
	for (i = 1; i < n; i++)
		if (v[i].s[0] == '-' && strchr(v[i].s, 'r'))
			reverse = true;
	if (reverse)
		give_decoded(e, input_of(e, v, n, 1, io), io, shtext_unhex);
	else
		give_unknown(io);
}

static void
run_openssl(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	const struct str *in = io->in;
	struct str out cleanup_str = STR_INIT;
	struct shio to = *io;
	const char *file = NULL;
	size_t i;
	bool decode = false, base64 = false;

	(void)name;
	if (n < 2)
		return;
	if (strcmp(v[1].s, "s_client") == 0) {
		sheval_fact(e, "net", "openssl s_client", 16);
		give(io, "\003\n", 2);
		return;
	}
	base64 = strcmp(v[1].s, "base64") == 0;
	for (i = 2; i < n; i++) {
		if (strcmp(v[i].s, "-d") == 0)
			decode = true;
		else if (strcmp(v[i].s, "-base64") == 0 ||
		    strcmp(v[i].s, "-a") == 0)
			base64 = true;
		else if (strcmp(v[i].s, "-in") == 0 && i + 1 < n)
			in = sheval_file(e, v[++i].s);
		else if (strcmp(v[i].s, "-out") == 0 && i + 1 < n)
			file = v[++i].s;
	}
	to.out = &out;
	if (decode)
		give_decoded(e, in, &to, base64 ? shtext_unbase64 : NULL);
	else
		give_unknown(&to);
	if (file)
		sheval_write(e, file, &out, false);
	else
		give(io, out.s, out.n);
}

static void
run_rev(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	const struct str *in = input_of(e, v, n, 1, io);
	struct str t cleanup_str = STR_INIT;

	(void)name;
	give(io, "\004", 1);
	if (in) {
		shtext_rev(in, &t);
		give(io, t.s, t.n);
	}
}

static void
run_tr(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str t cleanup_str = STR_INIT;
	size_t i = 1;
	bool del = false;

	(void)e;
	(void)name;
	for (; i < n && v[i].s[0] == '-' && v[i].n > 1; i++)
		del = del || strchr(v[i].s, 'd');
	if (!io->in || i >= n)
		return;
	shtext_tr(io->in, v[i].s, !del && i + 1 < n ? v[i + 1].s : NULL, &t);
	if (t.n > 3 && !del && (t.n != io->in->n ||
				   memcmp(t.s, io->in->s, t.n) != 0))
		give(io, "\004", 1);
	give(io, t.s, t.n);
}

/* gunzip, zcat, xz -d ...: whatever comes in, its bytes are others now */
static void
run_unpack(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	size_t i;
	bool decode = strncmp(name, "un", 2) == 0 || strstr(name, "cat") ||
	    strcmp(name, "gunzip") == 0 || strcmp(name, "bunzip2") == 0;

	for (i = 1; i < n; i++)
		if (v[i].s[0] == '-' && strchr(v[i].s, 'd'))
			decode = true;
	if (decode)
		give_decoded(e, input_of(e, v, n, 1, io), io, NULL);
	else
		give_unknown(io);
}

/* One s/FROM/TO/ over known text; anything else passes. */
static void
run_sed(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str t cleanup_str = STR_INIT;
	const char *script = NULL, *from, *to, *end;
	const struct str *in;
	size_t i, fn, tn;
	bool edit = false;
	char d;

	(void)name;
	for (i = 1; i < n; i++) {
		if (v[i].s[0] == '-' && v[i].n > 1) {
			if (strncmp(v[i].s, "--in-place", 10) == 0 ||
			    (v[i].s[1] != '-' && strchr(v[i].s, 'i')))
				edit = true;
			if (strcmp(v[i].s, "-e") == 0 && i + 1 < n && !script)
				script = v[++i].s;
		} else if (!script) {
			script = v[i].s;
		} else {
			break;
		}
	}
	if (edit) {
		struct str text cleanup_str = STR_INIT;

		for (; i < n; i++) {
			str_clear(&text);
			if (script)
				str_adds(&text, script);
			sheval_write(e, v[i].s, &text, true);
		}
		return;
	}
	in = i < n ? sheval_file(e, v[i].s) : io->in;
	if (!in) {
		give_unknown(io);
		return;
	}
	if (!script || script[0] != 's' || !script[1] || in->n > 65536) {
		give(io, in->s, in->n);
		return;
	}
	d = script[1];
	from = script + 2;
	to = strchr(from, d);
	end = to ? strchr(to + 1, d) : NULL;
	fn = to ? (size_t)(to - from) : 0;
	if (!end || !fn || strcspn(from, "\\[*^$") < fn) {
		/* a real pattern: we do not know */
		give(io, in->s, in->n);
		return;
	}
	tn = (size_t)(end - to - 1);
	for (i = 0; i < in->n; i++) {
		if (in->n - i >= fn && memcmp(in->s + i, from, fn) == 0) {
			str_add(&t, to + 1, tn);
			i += fn - 1;
		} else {
			str_addc(&t, in->s[i]);
		}
	}
	give(io, t.s, t.n);
}

/* Commands whose output is no copy of their input. */
static void
run_opaque(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	(void)e;
	(void)name;
	(void)v;
	(void)n;
	give_unknown(io);
}

static void
run_nothing(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	(void)e;
	(void)name;
	(void)v;
	(void)n;
	(void)io;
}

static void
run_read(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str *var;
	size_t i, eol = 0;
	const struct str *in = io->in;

	(void)name;
	if (in)
		for (eol = 0; eol < in->n && in->s[eol] != '\n'; eol++)
			;
	for (i = 1; i < n; i++) {
		if (v[i].s[0] == '-') {
			if (v[i].n == 2 && strchr("adinNptu", v[i].s[1])) {
				if (v[i].s[1] == 'u' && i + 1 < n) {
					int fd = atoi(v[i + 1].s);

					if (fd > 0 && fd < SHFDS && e->net[fd])
						in = NULL, eol = 0;
				}
				i++;
			}
			continue;
		}
		var = shmap_put(&e->vars, v[i].s, v[i].n);
		str_clear(var);
		if (in)
			str_add(var, in->s, eol);
		else
			str_addc(var, SHMARK_UNKNOWN);
	}
}

static void
run_export(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	const char *eq;
	size_t i, k;

	(void)io;
	for (i = 1; i < n; i++) {
		eq = memchr(v[i].s, '=', v[i].n);
		if (strcmp(name, "unset") == 0 &&
		    strcmp(v[i].s, "HISTFILE") == 0)
			sheval_fact(e, "history-wipe", "unset HISTFILE", 14);
		if (!eq)
			continue;
		k = (size_t)(eq - v[i].s);
		if (eq[1])
			str_set(shmap_put(&e->vars, v[i].s, k), eq + 1,
			    v[i].n - k - 1);
		else /* nothing, or what a command gave */
			shmap_drop(&e->vars, v[i].s, k);
		if ((strncmp(v[i].s, "HISTFILE=", 9) == 0 &&
			(!eq[1] || strcmp(eq + 1, "/dev/null") == 0)) ||
		    strcmp(v[i].s, "HISTSIZE=0") == 0)
			sheval_fact(e, "history-wipe", v[i].s, v[i].n);
		if (strncmp(v[i].s, "DOCKER_HOST=tcp://", 18) == 0)
			sheval_fact(e, "docker-api", v[i].s, v[i].n);
		if (strncmp(v[i].s, "LD_PRELOAD=", 11) == 0 && eq[1])
			sheval_fact(e, "preload-env", eq + 1, v[i].n - k - 1);
	}
}

static void
run_alias(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	const char *eq;
	size_t i;

	(void)name;
	(void)io;
	for (i = 1; i < n; i++) {
		eq = memchr(v[i].s, '=', v[i].n);
		if (!eq)
			continue;
		/* what it stands for may run at any time */
		sheval_text(e, eq + 1, v[i].n - (size_t)(eq + 1 - v[i].s),
		    NULL, NULL);
	}
}

/* What loads code into the shell, or has it run at a key or for a name. */
static void
run_loading(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	static const struct {
		const char *name;
		char letter;
		const char *with; /* letters that have an argument */
	} loads[] = {{"enable", 'f', "f"}, {"hash", 'p', "p"},
	    {"bind", 'x', "mfqurx"}, {"complete", 'C', "oAGWFCXPS"},
	    {"compgen", 'C', "oAGWFCXPS"}};
	const char *a, *text;
	size_t i, k, at;

	(void)io;
	for (k = 0; strcmp(loads[k].name, name) != 0;)
		k++;
	for (i = 1; i < n && v[i].s[0] == '-'; i++) {
		a = v[i].s + 1;
		at = strcspn(a, loads[k].with);
		if (!strchr(a, loads[k].letter)) {
			i += a[at] && !a[at + 1];
			continue;
		}
		sheval_opaque(e);
		at = strcspn(a, (char[]){loads[k].letter, '\0'}) + 1;
		text = a[at] ? a + at : i + 1 < n ? v[++i].s : "";
		if (loads[k].letter == 'f' || loads[k].letter == 'p') {
			sheval_run(e, "run", text);
			continue;
		}
		if (loads[k].letter == 'x' && strchr(text, ':'))
			text = strchr(text, ':') + 1;
		sheval_text(e, text, strlen(text), NULL, NULL);
	}
}

static void
run_set(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	size_t i = 1;

	(void)name;
	(void)io;
	while (i < n && (v[i].s[0] == '-' || v[i].s[0] == '+')) {
		if (strcmp(v[i].s, "--") == 0) {
			i++;
			break;
		}
		i += v[i].s[v[i].n - 1] == 'o' ? 2 : 1;
	}
	if (i >= n)
		return;
	strlist_clear(&e->pos);
	strlist_adds(&e->pos, "sh");
	for (; i < n && e->pos.n < 100; i++)
		strlist_add(&e->pos, v[i].s, v[i].n);
}

static void
run_cd(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str abs cleanup_str = STR_INIT;

	(void)name;
	(void)io;
	if (n < 2 || v[n - 1].s[0] == '-')
		return;
	if (!e->cwd.n && v[n - 1].s[0] != '/')
		str_sets(&e->cwd, "/");
	sheval_path(e, v[n - 1].s, &abs);
	str_set(&e->cwd, abs.s, abs.n);
}

/* ---- what writes --------------------------------------------------------- */

static void
run_tee(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	size_t i;
	bool append = false;

	(void)name;
	for (i = 1; i < n; i++)
		if (v[i].s[0] == '-' && v[i].n > 1)
			append = append || strchr(v[i].s, 'a');
	for (i = 1; i < n; i++)
		if (v[i].s[0] != '-')
			sheval_write(e, v[i].s, io->in, append);
	give_in(io);
}

static const char *
base_of(const char *p)
{
	const char *slash = strrchr(p, '/');

	return slash ? slash + 1 : p;
}

/* cp, mv, install, ln: the last is where, or -t says so. */
static void
run_copy(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	const char *to = NULL;
	size_t i, k, files = 0;
	struct str *src[64];
	bool folder;

	(void)io;
	for (i = 1; i < n; i++) {
		const char *a = v[i].s;

		if (strcmp(a, "-t") == 0 && i + 1 < n) {
			to = v[++i].s;
		} else if (strncmp(a, "--target-directory=", 19) == 0) {
			to = a + 19;
		} else if (a[0] == '-' && a[1]) {
			if (strcmp(name, "install") == 0 && strlen(a) == 2 &&
			    strchr("mogS", a[1]))
				i++;
			if (strcmp(name, "install") == 0 &&
			    strcmp(a, "-d") == 0)
				return;
		} else if (files < COUNT(src)) {
			src[files++] = &v[i];
		}
	}
	folder = to != NULL;
	if (!to) {
		if (files < 2)
			return;
		to = src[--files]->s;
	}
	for (k = 0; k < files; k++) {
		struct str path cleanup_str = STR_INIT;
		struct str text cleanup_str = STR_INIT;
		struct str abs cleanup_str = STR_INIT;
		struct str *known = sheval_file(e, src[k]->s);
		char buf[64];
		const char *cmd = shrun_name(e, src[k], 1, buf);
		size_t len = strlen(to);

		str_adds(&path, to);
		if ((len && to[len - 1] == '/') || files > 1 || folder ||
		    strcmp(to, ".") == 0) {
			if (!len || to[len - 1] != '/')
				str_addc(&path, '/');
			str_adds(&path, base_of(src[k]->s));
		}
		if (strcmp(name, "ln") == 0 &&
		    strcmp(src[k]->s, "/dev/null") == 0) {
			if (strstr(path.s, "_history"))
				sheval_fact(e, "history-wipe", path.s, path.n);
			continue;
		}
		if (known) {
			str_add(&text, known->s, known->n);
			sheval_write(e, path.s, &text, false);
		} else {
			sheval_write(e, path.s, NULL, false);
			if (shrun_is_shell(cmd) || listed(fetchers, cmd) ||
			    shrun_language(cmd) || shrun_is_net(cmd)) {
				sheval_path(e, path.s, &abs);
				known = shmap_put(&e->files, abs.s, abs.n);
				str_clear(known);
				str_addf(known, "\006%s", cmd);
			}
		}
	}
}

static void
run_dd(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	const struct str *in = io->in;
	struct str text cleanup_str = STR_INIT;
	const char *to = NULL;
	size_t i;

	(void)name;
	for (i = 1; i < n; i++) {
		if (strncmp(v[i].s, "if=", 3) == 0)
			in = sheval_file(e, v[i].s + 3);
		else if (strncmp(v[i].s, "of=", 3) == 0)
			to = v[i].s + 3;
	}
	if (in)
		str_add(&text, in->s, in->n);
	else
		str_addc(&text, SHMARK_UNKNOWN);
	if (to)
		sheval_write(e, to, &text, true);
	else
		give(io, text.s, text.n);
}

static void
run_truncate(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str empty cleanup_str = STR_INIT;
	size_t i;

	(void)name;
	(void)io;
	for (i = 1; i < n; i++) {
		if (strcmp(v[i].s, "-s") == 0)
			i++;
		else if (v[i].s[0] != '-')
			sheval_write(e, v[i].s, &empty, false);
	}
}

static void
run_rm(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	size_t i;

	(void)name;
	(void)io;
	for (i = 1; i < n; i++)
		if (strstr(v[i].s, "bash_history") ||
		    strstr(v[i].s, "zsh_history"))
			sheval_fact(e, "history-wipe", v[i].s, v[i].n);
}

static void
run_crontab(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	const struct str *text = io->in;
	struct str copy cleanup_str = STR_INIT, path cleanup_str = STR_INIT;
	const char *user = "root";
	size_t i;
	bool named = false;

	(void)name;
	for (i = 1; i < n; i++) {
		if (strcmp(v[i].s, "-u") == 0 && i + 1 < n) {
			user = v[++i].s;
		} else if (strcmp(v[i].s, "-l") == 0) {
			return;
		} else if (strcmp(v[i].s, "-r") == 0 ||
		    strcmp(v[i].s, "-e") == 0) {
			sheval_factf(e, "cron-remove", "crontab %s", v[i].s);
			return;
		} else if (is_stdin(v[i].s)) {
			named = true;
		} else if (v[i].s[0] != '-') {
			text = sheval_file(e, v[i].s);
			named = true;
		}
	}
	if (!named && !io->in)
		return;
	str_addf(&path, "/var/spool/cron/crontabs/%s", user);
	if (text)
		str_add(&copy, text->s, text->n);
	else
		str_addc(&copy, SHMARK_UNKNOWN);
	if (shtext_has(&copy, SHMARK_FETCH))
		fetch_exec(e, copy.s, copy.n, "crontab");
	sheval_write(e, path.s, &copy, false);
}

static void
run_chmod(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	const char *mode = "";
	struct str *file;
	size_t i;

	(void)name;
	(void)io;
	for (i = 1; i < n; i++) {
		if (v[i].s[0] == '-' && !strpbrk(v[i].s, "xrwst"))
			continue;
		if (!*mode) {
			mode = v[i].s;
			continue;
		}
		file = sheval_file(e, v[i].s);
		if (file && shtext_has(file, SHMARK_FETCH) &&
		    (strchr(mode, 'x') || strpbrk(mode, "1357")))
			sheval_factf(e, "fetch-chmod", "%s -> %s",
			    sheval_fetched(e, file->s, file->n), v[i].s);
		if (mode[0] != '-' && (strchr(mode, 's') ||
		    (strspn(mode, "01234567") == strlen(mode) &&
			strlen(mode) == 4 && strchr("4567", mode[0]))))
			sheval_factf(e, "setuid", "chmod %s %s", mode, v[i].s);
	}
}

static void
run_chattr(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str t cleanup_str = STR_INIT;

	(void)io;
	str_adds(&t, name);
	str_addc(&t, ' ');
	join(v + 1, n - 1, &t);
	sheval_fact(e, "chattr", t.s, t.n);
	if (n > 1 && strchr(v[1].s, '-') && strchr(v[1].s, 'i'))
		e->kills++;
}

static void
run_account(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str t cleanup_str = STR_INIT;

	(void)io;
	str_adds(&t, name);
	str_addc(&t, ' ');
	join(v + 1, n - 1, &t);
	sheval_fact(e, "account", t.s, t.n);
}

static void
run_insmod(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	size_t i;

	(void)io;
	for (i = 1; i < n; i++)
		if (strstr(v[i].s, ".ko") || strchr(v[i].s, '/')) {
			sheval_factf(e, "module", "%s %s", name, v[i].s);
			return;
		}
}

static void
run_mount(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	const char *what = NULL, *where = NULL;
	size_t i;

	(void)name;
	(void)io;
	for (i = 1; i < n; i++) {
		if (v[i].s[0] == '-') {
			if (v[i].n == 2 && strchr("toLU", v[i].s[1]))
				i++;
		} else if (!what) {
			what = v[i].s;
		} else {
			where = v[i].s;
		}
	}
	if (what && where && strncmp(what, "/dev/", 5) == 0 &&
	    strncmp(what, "/dev/shm", 8) != 0)
		sheval_factf(e, "mount-device", "%s -> %s", what, where);
	if (what && where && strncmp(where, "/proc/", 6) == 0)
		sheval_factf(e, "hide-process", "mount %s over %s", what,
		    where);
}

/* ---- network ------------------------------------------------------------- */

static void
run_nc(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str t cleanup_str = STR_INIT;
	size_t i;

	join(v, n, &t);
	for (i = 1; i < n; i++) {
		const char *a = v[i].s, *what = NULL;
		size_t len = v[i].n;

		if (strncmp(a, "--exec", 6) == 0 ||
		    strncmp(a, "--sh-exec", 9) == 0 ||
		    strncmp(a, "--lua-exec", 10) == 0)
			what = strchr(a, '=') ? strchr(a, '=') + 1
			    : i + 1 < n ? v[i + 1].s : NULL;
		else if (a[0] == '-' && a[1] != '-' && len > 1 &&
		    (a[len - 1] == 'e' || a[len - 1] == 'c') && i + 1 < n)
			what = v[i + 1].s;
		if (!what)
			continue;
		if (strchr(what, '/') || strstr(what, "sh") ||
		    strstr(what, "cmd"))
			sheval_fact(e, "reverse-shell", t.s, t.n);
	}
	sheval_fact(e, "net", t.s, t.n);
	(void)name;
	give(io, "\003\n", 2);
}

static void
run_socat(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str t cleanup_str = STR_INIT;
	bool exec = false, net = false;
	size_t i;

	(void)name;
	join(v, n, &t);
	for (i = 1; i < n; i++) {
		const char *a = v[i].s;

		if (strncasecmp(a, "exec:", 5) == 0 ||
		    strncasecmp(a, "system:", 7) == 0 ||
		    strncasecmp(a, "shell:", 6) == 0) {
			const char *what = strchr(a, ':') + 1;

			/* a shell or login: anything else is a service */
			exec = exec || strstr(what, "sh") ||
			    strstr(what, "login");
		} else if (strncasecmp(a, "tcp", 3) == 0 ||
		    strncasecmp(a, "udp", 3) == 0 ||
		    strncasecmp(a, "openssl", 7) == 0 ||
		    strncasecmp(a, "ssl", 3) == 0 ||
		    strncasecmp(a, "socks", 5) == 0) {
			net = true;
		}
	}
	if (exec && net)
		sheval_fact(e, "reverse-shell", t.s, t.n);
	if (net) {
		sheval_fact(e, "net", t.s, t.n);
		give(io, "\003\n", 2);
	}
}

/* Does the last letter of a cluster of options take the next argument? */
static bool
takes_next(const char *a, const char *name)
{
	const char *letters = strcmp(name, "wget") == 0
	    ? "OoaPUtTeiwQlADIXB" : "oAHeuUdXmwbcCDEFKQTxyYzrtPF";

	return a[0] == '-' && a[1] && a[1] != '-' &&
	    strchr(letters, a[strlen(a) - 1]);
}

struct fetch {
	struct str url; /* the first */
	struct str marks;
	const char *file; /* NULL: none was named */
	const char *dir;
	bool remote_name, to_stdout;
};

/* Find addresses and where the bytes go, whatever the program's name. */
static void
fetch_args(struct sheval *e, const char *name, bool known, struct str *v,
    size_t n, struct fetch *f)
{
	bool wget = strncmp(name, "wget", 4) == 0;
	bool curl = strncmp(name, "curl", 4) == 0;
	bool reader = listed("lynx links elinks w3m", name), whole = false;
	size_t i;

	/* where one argument is a whole address, the others are none */
	for (i = 1; i < n; i++)
		whole = whole || shtext_url(v[i].s, v[i].n);
	for (i = 1; i < n; i++) {
		const char *a = v[i].s, *next = i + 1 < n ? v[i + 1].s : NULL;
		const char *o;
		bool url = shtext_url(a, v[i].n) || shtext_has(&v[i],
		    SHMARK_FETCH);

		if (a[0] == '-' && a[1] == '-') {
			o = strchr(a, '=');
			if (strncmp(a, "--output-document", 17) == 0 ||
			    strncmp(a, "--output", 8) == 0) {
				if (strncmp(a, "--output-file", 13) == 0 ||
				    strncmp(a, "--output-dir", 12) == 0) {
					if (!o)
						i++;
				} else {
					f->file = o ? o + 1 : next;
					if (!o)
						i++;
				}
			} else if (strncmp(a, "--url", 5) == 0 && o) {
				fetched(e, o + 1, strlen(o + 1), &f->marks);
				str_sets(&f->url, o + 1);
			} else if (strncmp(a, "--remote-name", 13) == 0) {
				f->remote_name = true;
			} else if (strncmp(a, "--directory-prefix", 18) == 0) {
				f->dir = o ? o + 1 : next;
				if (!o)
					i++;
			} else if (!o && listed("--header --user-agent "
					"--proxy --referer --data --user "
					"--retry --max-time --request "
					"--connect-timeout --cacert --cert "
					"--timeout --tries --unix-socket "
					"--proto --proto-redir --tls-max "
					"--ciphers --limit-rate --interface "
					"--resolve --data-raw --form", a)) {
				i++;
			}
			continue;
		}
		if (a[0] == '-' && a[1] && reader)
			continue;
		if (a[0] == '-' && a[1]) {
			o = strpbrk(a + 1, curl ? "o" : wget ? "O" : "oO");
			if (curl && strchr(a, 'O') && (!o ||
					strchr(a, 'O') < o))
				f->remote_name = true;
			if (o && !(wget && *o == 'o')) {
				if (o[1]) {
					f->file = o + 1;
				} else if (next &&
				    !shtext_url(next, strlen(next)) &&
				    (known || !shtext_host_path(next,
					strlen(next), true))) {
					f->file = next;
					i++;
				} else {
					f->remote_name = true;
				}
				continue;
			}
			if (wget && strchr(a + 1, 'P')) {
				o = strchr(a + 1, 'P');
				f->dir = o[1] ? o + 1 : next;
				if (!o[1])
					i++;
				continue;
			}
			if ((curl || wget) && takes_next(a, name))
				i++;
			continue;
		}
		if (!v[i].n || *a == '+' || *a == '@' ||
		    listed("txt TXT a A aaaa mx any cat get", a))
			continue;
		if (!url && !known && !shtext_host_path(a, v[i].n, true))
			continue;
		if (!url && whole) {
			if (strcmp(name, "lwp-download") == 0 && !f->file)
				f->file = a;
			continue;
		}
		if (!url && known && !curl && !wget &&
		    !shtext_host_path(a, v[i].n, false) &&
		    !listed("dig nslookup host drill kdig ssh dbclient "
			    "redis-cli tftp ftpget ncftpget ftp", name))
			continue;
		fetched(e, a, v[i].n, &f->marks);
		if (!f->url.n)
			shtext_strip(a, v[i].n, &f->url);
	}
}

static bool
is_local_url(const char *u)
{
	static const char *const hosts[] = {"localhost", "127.", "[::1]",
	    "0.0.0.0", "unix"};
	const char *p = strstr(u, "://");
	size_t i;

	p = p ? p + 3 : u;
	for (i = 0; i < COUNT(hosts); i++)
		if (strncmp(p, hosts[i], strlen(hosts[i])) == 0)
			return true;
	return false;
}

static void
run_fetch(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct fetch f = {.url = STR_INIT, .marks = STR_INIT};
	struct str path cleanup_str = STR_INIT;
	bool known = listed(fetchers, name);
	size_t i;

	for (i = 1; i < n; i++) {
		const char *a = v[i].s;

		if (strstr(a, "docker.sock") || strstr(a, ":2375/") ||
		    strstr(a, ":2376/") || strstr(a, ":4243/") ||
		    strstr(a, "containerd.sock"))
			sheval_factf(e, "docker-api", "%s %s", name, a);
	}
	fetch_args(e, name, known, v, n, &f);
	if (strcmp(name, "tftp") == 0)
		for (i = 1; i + 1 < n; i++)
			if (strcmp(v[i].s, "-l") == 0 ||
			    (!f.file && strcmp(v[i].s, "-r") == 0))
				f.file = v[i + 1].s;
	if (strcmp(name, "ftpget") == 0 && n > 2)
		f.file = v[n - (n > 3 ? 2 : 1)].s;
	if (strcmp(name, "scp") == 0 || strcmp(name, "sftp") == 0 ||
	    strcmp(name, "rsync") == 0)
		f.file = n > 2 ? v[n - 1].s : NULL;
	if (!f.marks.n) {
		if (!known)
			give_in(io);
		goto done;
	}
	if (known)
		sheval_fact(e, "fetch", f.url.s, f.url.n);
	if (is_local_url(f.url.s)) {
		/* a health check asks its own container */
		if (f.file && strcmp(f.file, "-") != 0)
			sheval_write(e, f.file, NULL, false);
		give_unknown(io);
		goto done;
	}
	if (f.file && !is_stdin(f.file) &&
	    strcmp(f.file, "/dev/stdout") != 0) {
		if (f.dir && f.file[0] != '/') {
			str_addf(&path, "%s/", f.dir);
			str_adds(&path, f.file);
		} else {
			str_adds(&path, f.file);
		}
		sheval_write(e, path.s, &f.marks, false);
		if (!known)
			give(io, f.marks.s, f.marks.n);
		goto done;
	}
	if (!f.file && (f.remote_name || strncmp(name, "wget", 4) == 0 ||
			   listed("aria2c axel", name))) {
		const char *base = base_of(f.url.s);
		size_t len = strcspn(base, "?#");

		if (!len || !strchr(f.url.s, '/'))
			base = "index.html", len = 10;
		if (f.dir)
			str_addf(&path, "%s/", f.dir);
		str_add(&path, base, len);
		sheval_write(e, path.s, &f.marks, false);
		goto done;
	}
	give(io, f.marks.s, f.marks.n);
done:
	str_release(&f.url);
	str_release(&f.marks);
}

/* ---- engines ------------------------------------------------------------- */

/* docker run|create|exec ...: its mounts, and what it starts. */
static void
run_docker(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str all cleanup_str = STR_INIT;
	size_t i, sub = 0;
	bool remote = false;

	join(v, n, &all);
	for (i = 1; i < n && v[i].s[0] == '-'; i++) {
		if (strcmp(v[i].s, "-H") == 0 ||
		    strcmp(v[i].s, "--host") == 0) {
			remote = remote || (i + 1 < n &&
			    strncmp(v[i + 1].s, "unix:", 5) != 0);
			i++;
		} else if (strncmp(v[i].s, "--host=", 7) == 0 ||
		    (strncmp(v[i].s, "-H", 2) == 0 && v[i].n > 2)) {
			remote = remote || !strstr(v[i].s, "unix:");
		} else if (listed("--config -c --context -l --log-level",
			       v[i].s)) {
			i++;
		}
	}
	if (remote)
		sheval_fact(e, "docker-api", all.s, all.n);
	if (i < n && strcmp(v[i].s, "container") == 0)
		i++;
	if (i >= n)
		return;
	sub = i;
	if (listed("kill rm stop rmi", v[sub].s)) {
		e->kills++;
		return;
	}
	if (!listed("run create exec", v[sub].s)) {
		give_unknown(io);
		return;
	}
	sheval_fact(e, strcmp(v[sub].s, "exec") == 0 ? "docker-exec"
						     : "docker-run",
	    all.s, all.n);
	for (i = sub + 1; i < n && v[i].s[0] == '-'; i++) {
		const char *a = v[i].s, *val = NULL;

		if (strncmp(a, "--volume=", 9) == 0)
			val = a + 9;
		else if (strncmp(a, "--mount=", 8) == 0)
			val = a + 8;
		else if (strcmp(a, "--privileged") == 0)
			sheval_factf(e, "docker-privileged", "%s", all.s);
		else if (listed("-v --volume --mount", a) && i + 1 < n)
			val = v[++i].s;
		else if (!strchr(a, '=') && i + 1 < n &&
		    (listed("--name --restart -e --env -w --workdir -u --user "
			    "-p --publish --net --network --pid --ipc "
			    "--entrypoint -h --hostname -l --label --cpus "
			    "--memory -m --env-file --cap-add "
			    "--security-opt --device --log-driver --link "
			    "--volumes-from --userns --uts --platform --pull",
			    a) ||
			(a[1] != '-' && strchr("evpuwhlm",
			     a[strlen(a) - 1])))) {
			if (a[1] != '-' && a[strlen(a) - 1] == 'v')
				val = v[i + 1].s;
			i++;
		}
		if (val)
			sheval_factf(e, "docker-mount", "%s", val);
	}
	if (i < n)
		i++; /* the image or the container */
	(void)name;
	forward(e, v + i, n - i, io);
}

static void
run_kill(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	static const char *const rivals[] = {"kinsing", "kdevtmpfsi", "xmrig",
	    "minerd", "pocosow", "gakeaws", "azulu", "cryptonight", "stratum",
	    "xmr", "watchdogs", "kthrotlds", "sustes", "ddgs", "jaav",
	    "networkservice", "sysupdate", "sysguard"};
	size_t i, k;

	(void)name;
	(void)io;
	e->kills++;
	for (i = 1; i < n; i++)
		for (k = 0; k < COUNT(rivals); k++)
			if (strstr(v[i].s, rivals[k]))
				e->kills_miner = true;
}

static void
run_history(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	(void)name;
	(void)io;
	if (n > 1 && strncmp(v[1].s, "-c", 2) == 0)
		sheval_fact(e, "history-wipe", "history -c", 10);
}

/* ---- wrappers ------------------------------------------------------------ */

/* Options that take the next argument, by wrapper. */
static const struct {
	const char *name;
	const char *letters; /* short options with an argument */
	const char *longs;   /* long options with an argument, without = */
	int skip;	     /* operands before the command */
} wrappers[] = {
	{"nohup", "", "", 0},
	{"setsid", "", "", 0},
	{"exec", "a", "", 0},
	{"command", "", "", 0},
	{"builtin", "", "", 0},
	{"time", "fo", "", 0},
	{"timeout", "ks", "--kill-after --signal", 1},
	{"nice", "n", "--adjustment", 0},
	{"ionice", "cnpPu", "--class --classdata", 0},
	{"chrt", "TPD", "", 1},
	{"taskset", "", "", 1},
	{"stdbuf", "ioe", "--input --output --error", 0},
	{"sudo", "ugpCDhrRtTU", "--user --group --host --chdir", 0},
	{"doas", "uC", "", 0},
	{"busybox", "", "", 0},
	{"toybox", "", "", 0},
	{"unshare", "SGR", "--setuid --setgid --root --wd", 0},
	{"setpriv", "", "--reuid --regid --groups", 0},
	{"runuser", "ugG", "", 0},
	{"gosu", "", "", 1},
	{"su-exec", "", "", 1},
	{"chpst", "ubeo", "", 0},
	{"tini", "pg", "", 0},
	{"docker-init", "", "", 0},
	{"dumb-init", "r", "", 0},
	{"catatonit", "", "", 0},
	{"strace", "eops", "", 0},
	{"ltrace", "eo", "", 0},
	{"catchsegv", "", "", 0},
	{"proot", "rbqw", "", 0},
	{"torsocks", "", "", 0},
	{"torify", "", "", 0},
	{"proxychains", "f", "", 0},
	{"proxychains4", "f", "", 0},
	{"faketime", "f", "", 1},
	{"systemd-run", "puGEHMt", "--unit --property --slice --uid --gid "
	    "--setenv --on-calendar --on-active --on-boot --description "
	    "--timer-property --machine --working-directory", 0},
	{"systemd-inhibit", "", "--what --who --why --mode", 0},
	{"systemd-cat", "tp", "", 0},
	{"chronic", "", "", 0},
	{"cronic", "", "", 0},
	{"watch", "nd", "--interval", 0},
	{"ld-linux-x86-64.so.2", "", "--library-path --preload --argv0", 0},
	{"ld-linux.so.2", "", "--library-path --preload --argv0", 0},
	{"ld-linux-aarch64.so.1", "", "--library-path --preload --argv0", 0},
	{"ld-musl-x86_64.so.1", "", "--library-path --preload --argv0", 0},
	{"linux32", "", "", 0},
	{"linux64", "", "", 0},
	{"setarch", "", "", 0},
	{"eatmydata", "", "", 0},
	{"fakeroot", "", "", 0},
	{"daemonize", "acepolEu", "", 0},
	{"dbus-run-session", "", "", 0},
	{"xvfb-run", "nse", "", 0},
	{"unbuffer", "", "", 0},
	{"!", "", "", 0},
};

/* Index behind the options and operands of a wrapper; 0: it is none. */
static size_t
peel(const char *name, struct str *v, size_t n)
{
	size_t w, i;
	int skip;

	for (w = 0; w < COUNT(wrappers); w++)
		if (strcmp(wrappers[w].name, name) == 0)
			break;
	if (w == COUNT(wrappers))
		return 0;
	for (i = 1; i < n && v[i].s[0] == '-' && v[i].n > 1; i++) {
		const char *a = v[i].s;

		if (strcmp(a, "--") == 0) {
			i++;
			break;
		}
		if (a[1] == '-') {
			if (listed(wrappers[w].longs, a))
				i++;
		} else if (strchr(wrappers[w].letters, a[v[i].n - 1])) {
			i++;
		}
	}
	for (skip = wrappers[w].skip; skip && i < n; skip--)
		i++;
	if (strcmp(name, "sudo") == 0 || strcmp(name, "doas") == 0)
		while (i < n && strchr(v[i].s, '=') && v[i].s[0] != '/')
			i++;
	return i ? i : 1;
}

static bool
marked(const struct str *w, bool output)
{
	return shtext_has(w, SHMARK_UNKNOWN) ||
	    (output && shtext_has(w, SHMARK_OUTPUT));
}

bool
shrun_opaque(struct sheval *e, struct str *v, size_t n)
{
	char buf[64];
	const char *name;
	size_t i, k;
	bool any = false;

	for (; n && v[0].n; v += k, n -= k) {
		if (marked(&v[0], true))
			return true;
		name = shrun_name(e, v, n, buf);
		if (strcmp(name, "env") == 0) {
			for (k = 1; k < n && (v[k].s[0] == '-' ||
				 strchr(v[k].s, '=')); k++)
				;
			continue;
		}
		k = peel(name, v, n);
		if (k && k < n)
			continue;
		if (strcmp(name, ".") == 0 || strcmp(name, "source") == 0)
			return n > 1 && marked(&v[1], true);
		if (strcmp(name, "alias") == 0) {
			for (i = 1; i < n; i++)
				if (marked(&v[i], true))
					run_alias(e, name, v, n, NULL);
			return false; /* it has said so itself */
		}
		/* what they run stands in their arguments; of eval a
		 * command's output is judged by the command */
		for (i = 1; i < n; i++)
			any = any || marked(&v[i], strcmp(name, "eval") != 0);
		return any && listed("eval trap su script flock xargs parallel "
				     "watch start-stop-daemon", name);
	}
	return false;
}

static void
run_env(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	const char *eq;
	size_t i = 1;

	(void)name;
	for (; i < n; i++) {
		if (strcmp(v[i].s, "-u") == 0 || strcmp(v[i].s, "-C") == 0) {
			i++;
		} else if (strcmp(v[i].s, "-S") == 0 && i + 1 < n) {
			sheval_text(e, v[i + 1].s, v[i + 1].n, io->in, io->out);
			return;
		} else if (strncmp(v[i].s, "-S", 2) == 0) {
			sheval_text(e, v[i].s + 2, v[i].n - 2, io->in, io->out);
			return;
		} else if (v[i].s[0] == '-') {
			continue;
		} else if ((eq = memchr(v[i].s, '=', v[i].n)) &&
		    v[i].s[0] != '/') {
			str_sets(shmap_put(&e->vars, v[i].s,
				     (size_t)(eq - v[i].s)), eq + 1);
			if (strncmp(v[i].s, "LD_PRELOAD=", 11) == 0 && eq[1])
				sheval_fact(e, "preload-env", eq + 1,
				    strlen(eq + 1));
			if (strncmp(v[i].s, "DOCKER_HOST=tcp", 15) == 0)
				sheval_fact(e, "docker-api", v[i].s, v[i].n);
		} else {
			break;
		}
	}
	forward(e, v + i, n - (i < n ? i : n), io);
}

static void
run_xargs(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct strlist l cleanup_strlist = STRLIST_INIT;
	struct shio to = *io;
	const char *mark = NULL;
	const struct str *in = io->in;
	size_t i, k, from;
	bool replaced = false;

	(void)name;
	for (i = 1; i < n && v[i].s[0] == '-' && v[i].n > 1; i++) {
		if (strncmp(v[i].s, "-I", 2) == 0 ||
		    strncmp(v[i].s, "-i", 2) == 0) {
			mark = v[i].n > 2 ? v[i].s + 2
			    : v[i].s[1] == 'i' ? "{}"
			    : i + 1 < n ? v[++i].s : "{}";
		} else if (v[i].n == 2 && strchr("aEdLnPs", v[i].s[1])) {
			i++;
		}
	}
	for (; i < n; i++) {
		const char *at = mark && in ? strstr(v[i].s, mark) : NULL;

		if (at && *mark) {
			struct str t cleanup_str = STR_INIT;

			replaced = true;
			str_add(&t, v[i].s, (size_t)(at - v[i].s));
			for (k = 0; k < in->n && in->s[k] != '\n'; k++)
				str_addc(&t, in->s[k]);
			str_adds(&t, at + strlen(mark));
			strlist_add(&l, t.s, t.n);
		} else {
			strlist_add(&l, v[i].s, v[i].n);
		}
	}
	if (in && !replaced)
		for (k = from = 0; k <= in->n && l.n < 200; k++)
			if (k == in->n || strchr(" \t\n", in->s[k])) {
				if (k > from)
					strlist_add(&l, in->s + from, k - from);
				from = k + 1;
			}
	to.in = NULL;
	to.net[0] = false;
	forward(e, l.v, l.n, &to);
}

/* su [-] [user] -c TEXT; script -c TEXT; flock FILE -c TEXT */
static void
run_c_text(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	size_t i;

	for (i = 1; i < n; i++) {
		const char *a = v[i].s;

		if (strncmp(a, "--command=", 10) == 0) {
			sheval_code(e, "sh", a + 10, v[i].n - 10, io->in,
			    io->out);
			return;
		}
		if (((a[0] == '-' && a[1] != '-' && a[v[i].n - 1] == 'c') ||
			strcmp(a, "--command") == 0) && i + 1 < n) {
			struct str t cleanup_str = STR_INIT;

			if (io->joined)
				join(v + i + 1, n - i - 1, &t);
			else
				str_add(&t, v[i + 1].s, v[i + 1].n);
			sheval_code(e, "sh", t.s, t.n, io->in, io->out);
			return;
		}
	}
	if (strcmp(name, "flock") == 0) {
		for (i = 1; i < n && v[i].s[0] == '-'; i++)
			if (strcmp(v[i].s, "-w") == 0 ||
			    strcmp(v[i].s, "-E") == 0)
				i++;
		if (i + 1 < n)
			forward(e, v + i + 1, n - i - 1, io);
	} else if (strcmp(name, "su") == 0) {
		run_input(e, "su", "sh", io);
	}
}

static void
run_chroot(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str abs cleanup_str = STR_INIT, old cleanup_str = STR_INIT;
	struct str cwd cleanup_str = STR_INIT, all cleanup_str = STR_INIT;
	size_t i;

	(void)name;
	for (i = 1; i < n && v[i].s[0] == '-'; i++)
		;
	if (i >= n)
		return;
	if (!e->cwd.n && v[i].s[0] != '/')
		str_sets(&e->cwd, "/");
	sheval_path(e, v[i].s, &abs);
	join(v, n, &all);
	sheval_fact(e, "chroot", abs.s, abs.n);
	sheval_fact(e, "chroot-command", all.s, all.n);
	str_set(&old, e->chroot.s, e->chroot.n);
	str_set(&cwd, e->cwd.s, e->cwd.n);
	str_clear(&e->cwd);
	if (abs.n > 1)
		str_set(&e->chroot, abs.s, abs.n);
	if (i + 1 < n)
		forward(e, v + i + 1, n - i - 1, io);
	else
		run_input(e, "chroot", "sh", io);
	str_set(&e->chroot, old.s, old.n);
	str_set(&e->cwd, cwd.s, cwd.n);
}

static void
run_nsenter(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str old cleanup_str = STR_INIT, all cleanup_str = STR_INIT;
	bool host = false;
	size_t i;

	(void)name;
	join(v, n, &all);
	for (i = 1; i < n && v[i].s[0] == '-'; i++) {
		const char *a = v[i].s;

		if (strcmp(a, "--") == 0) {
			i++;
			break;
		}
		if ((strcmp(a, "-t") == 0 || strcmp(a, "--target") == 0 ||
			(a[1] != '-' && a[v[i].n - 1] == 't')) && i + 1 < n) {
			host = host || strcmp(v[i + 1].s, "1") == 0;
			i++;
		} else if (strcmp(a, "-t1") == 0 ||
		    strcmp(a, "--target=1") == 0 ||
		    strncmp(a, "--mount=/proc/1/", 16) == 0 ||
		    strncmp(a, "-m/proc/1/", 10) == 0 ||
		    strstr(a, "/1/ns/mnt")) {
			host = true;
		} else if (listed("-S -G --setuid --setgid", a)) {
			i++;
		}
	}
	if (host)
		sheval_fact(e, "nsenter-host", all.s, all.n);
	str_set(&old, e->chroot.s, e->chroot.n);
	if (host)
		str_sets(&e->chroot, "/proc/1/root");
	if (i < n)
		forward(e, v + i, n - i, io);
	else
		run_input(e, "nsenter", "sh", io);
	str_set(&e->chroot, old.s, old.n);
}

static void
run_find(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	size_t i, k;

	(void)name;
	for (i = 1; i < n; i++) {
		if (!listed("-exec -execdir -ok", v[i].s))
			continue;
		for (k = i + 1; k < n && strcmp(v[k].s, ";") != 0 &&
		     strcmp(v[k].s, "+") != 0; k++)
			;
		forward(e, v + i + 1, k - i - 1, io);
		i = k;
	}
	give_unknown(io);
}

static void
run_start_stop(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct strlist l cleanup_strlist = STRLIST_INIT;
	size_t i;
	bool rest = false;

	(void)name;
	for (i = 1; i < n; i++) {
		if (rest)
			strlist_add(&l, v[i].s, v[i].n);
		else if (strcmp(v[i].s, "--") == 0)
			rest = true;
		else if (listed("-a -x --startas --exec", v[i].s) &&
		    i + 1 < n && !l.n)
			strlist_add(&l, v[i + 1].s, v[i + 1].n);
	}
	forward(e, l.v, l.n, io);
}

static void
run_tar(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	const char *at;
	size_t i;

	(void)name;
	for (i = 1; i < n; i++) {
		at = strstr(v[i].s, "action=exec=");
		if (at)
			sheval_text(e, at + 12, strlen(at + 12), NULL, NULL);
	}
	give_unknown(io);
}

/* ssh HOST COMMAND runs elsewhere; -o ProxyCommand runs here. */
static void
run_ssh(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	size_t i;

	for (i = 1; i < n; i++) {
		const char *at = strstr(v[i].s, "ProxyCommand=");

		if (at)
			sheval_text(e, at + 13, strlen(at + 13), NULL, NULL);
	}
	run_fetch(e, name, v, n, io);
}

static const struct command commands[] = {
	{shells, run_shell},
	{". source", run_source},
	{"eval", run_eval},
	{"trap", run_trap},
	{"at batch", run_at},
	{"echo", run_echo},
	{"printf", run_printf},
	{"cat tac nl", run_cat},
	{"base64 base32 basenc", run_base64},
	{"xxd", run_xxd},
	{"openssl", run_openssl},
	{"rev", run_rev},
	{"tr", run_tr},
	{"gunzip zcat bunzip2 bzcat unxz xzcat unlzma lzcat unzstd zstdcat "
	 "uncompress gzip bzip2 xz lzma zstd uudecode gpg",
	    run_unpack},
	{"sed", run_sed},
	{"wc md5sum sha1sum sha256sum sha512sum stat ls du df date id whoami "
	 "hostname uname ps pgrep mktemp which type pwd nproc free uptime",
	    run_opaque},
	{"true false : test [ [[ ((  exit return sleep wait shift "
	 "mkdir rmdir touch chown chgrp ulimit umask",
	    run_nothing},
	{"read mapfile readarray", run_read},
	{"export declare local typeset readonly unset", run_export},
	{"alias", run_alias},
	{"enable hash bind complete compgen", run_loading},
	{"set", run_set},
	{"cd pushd", run_cd},
	{"tee sponge", run_tee},
	{"cp mv install ln", run_copy},
	{"dd", run_dd},
	{"truncate", run_truncate},
	{"rm shred unlink", run_rm},
	{"crontab", run_crontab},
	{"chmod", run_chmod},
	{"chattr", run_chattr},
	{"useradd adduser usermod passwd chpasswd userdel", run_account},
	{"insmod modprobe kmod", run_insmod},
	{"mount", run_mount},
	{"nc ncat netcat nc.traditional nc.openbsd telnet pwncat", run_nc},
	{"socat", run_socat},
	{"docker podman nerdctl crictl", run_docker},
	{"kill pkill killall killall5", run_kill},
	{"history", run_history},
	{"env", run_env},
	{"xargs parallel", run_xargs},
	{"su script flock", run_c_text},
	{"chroot", run_chroot},
	{"nsenter", run_nsenter},
	{"find", run_find},
	{"start-stop-daemon", run_start_stop},
	{"tar bsdtar", run_tar},
	{"ssh dbclient", run_ssh},
};

/* Signs of a miner in the arguments of whatever it is called. */
static void
miner(struct sheval *e, const char *name, struct str *v, size_t n)
{
	static const char names[] = "xmrig xmr-stak xmr-stak-cpu minerd cpuminer "
		"cpuminer-multi ccminer nbminer lolMiner lolminer t-rex "
		"phoenixminer ethminer gminer nanominer srbminer-multi "
		"xmrig-notls xmrigDaemon xmrigMiner kdevtmpfsi teamredminer";
	static const char *const options[] = {"--donate-level", "--rig-id",
	    "--nicehash", "--coin=", "--randomx-", "--cpu-max-threads-hint",
	    "--cpu-priority", "--max-cpu-usage", "--algo=cryptonight",
	    "--algo=rx", "--donate-over-proxy", "--tls-fingerprint"};
	struct str all cleanup_str = STR_INIT;
	unsigned signs = 0;
	bool pool = false;
	size_t i, k;

	if (listed(locals, name) || shrun_is_shell(name))
		return;
	for (i = 1; i < n; i++) {
		const char *a = v[i].s;

		if (strcasestr(a, "stratum+tcp://") ||
		    strcasestr(a, "stratum+ssl://") ||
		    strcasestr(a, "stratum+tls://") ||
		    strcasestr(a, "stratum2+tcp://") ||
		    strcasestr(a, "stratum://") ||
		    strcasestr(a, "daemon+http://"))
			pool = true;
		for (k = 0; k < COUNT(options); k++)
			if (strncmp(a, options[k], strlen(options[k])) == 0)
				signs++;
		if ((strcmp(a, "-a") == 0 || strcmp(a, "--algo") == 0 ||
			strcmp(a, "--coin") == 0) && i + 1 < n &&
		    (strncmp(v[i + 1].s, "cryptonight", 11) == 0 ||
			strncmp(v[i + 1].s, "cn/", 3) == 0 ||
			strncmp(v[i + 1].s, "cn-", 3) == 0 ||
			strncmp(v[i + 1].s, "rx/", 3) == 0 ||
			strncmp(v[i + 1].s, "randomx", 7) == 0 ||
			strncmp(v[i + 1].s, "argon2/chukwa", 13) == 0 ||
			strcmp(v[i + 1].s, "monero") == 0))
			signs += 2;
	}
	join(v, n, &all);
	if (pool || signs >= 2 || listed(names, name))
		sheval_fact(e, "miner", all.s, all.n);
}

/* Marks in the word that names the command: it was not in the text. */
static bool
foreign(struct sheval *e, const struct str *v, size_t n)
{
	const struct str *w = &v[0];
	struct str t cleanup_str = STR_INIT;
	size_t i = 0;

	while (i < w->n && w->s[i] == SHMARK_DECODED)
		i++;
	if (i >= w->n)
		return false;
	join(v, n, &t);
	if (shtext_has(w, SHMARK_FETCH)) {
		/* "/opt/x-$(curl version)/bin/x" is no program of theirs */
		if (w->s[i] == SHMARK_FETCH)
			fetch_exec(e, w->s, w->n, "sh");
		return w->s[i] == SHMARK_FETCH;
	}
	if (w->s[i] == SHMARK_NET) {
		sheval_factf(e, "reverse-shell", "commands come from a socket");
		return true;
	}
	if (shtext_has(w, SHMARK_DECODED))
		sheval_fact(e, "decode-exec", t.s, t.n);
	return false;
}

static bool
has_marked_word(const struct str *v, size_t n)
{
	size_t i;

	for (i = 1; i < n; i++)
		if (shtext_url(v[i].s, v[i].n) ||
		    shtext_host_path(v[i].s, v[i].n, true))
			return true;
	return false;
}

void
shrun(struct sheval *e, struct str *v, size_t n, const struct shio *io)
{
	char buf[64];
	const char *name, *lang;
	size_t i, k;
	struct str *file;

	if (!n || !v[0].n || !sheval_work(e, 32) || foreign(e, v, n))
		return;
	name = shrun_name(e, v, n, buf);
	if (strchr(v[0].s, '/'))
		note_path(e, v[0].s);
	sheval_run(e, "run", v[0].s);
	for (i = 0; i < n; i++)
		if (shtext_url(v[i].s, v[i].n))
			sheval_fact(e, "url", v[i].s, v[i].n);
		else if (i)
			note_argument(e, v[i].s);
	k = peel(name, v, n);
	if (k) {
		if (strcmp(name, "watch") == 0) {
			struct str t cleanup_str = STR_INIT;

			join(v + (k < n ? k : n), n - (k < n ? k : n), &t);
			sheval_text(e, t.s, t.n, io->in, io->out);
			return;
		}
		if (k < n)
			forward(e, v + k, n - k, io);
		return;
	}
	miner(e, name, v, n);
	if (strcmp(name, "awk") == 0 || strcmp(name, "gawk") == 0 ||
	    strcmp(name, "mawk") == 0) {
		run_language(e, name, "awk", v, n, io);
		return;
	}
	/* what was fetched, written or copied under this name */
	file = strchr(v[0].s, '/') ? sheval_file(e, v[0].s) : NULL;
	if (!strchr(v[0].s, '/')) {
		static const char *const dirs[] = {"/usr/local/sbin/",
		    "/usr/local/bin/", "/usr/sbin/", "/usr/bin/", "/sbin/",
		    "/bin/"};

		for (i = 0; !file && i < COUNT(dirs); i++) {
			struct str p cleanup_str = STR_INIT;

			str_adds(&p, dirs[i]);
			str_add(&p, v[0].s, v[0].n);
			file = shmap_get(&e->files, p.s, p.n);
		}
	}
	if (file && file->n && file->s[0] == '\006') {
		snprintf(buf, sizeof(buf), "%s", file->s + 1);
		file = NULL;
	}
	if (file && file->n &&
	    !(file->n == 1 && file->s[0] == SHMARK_UNKNOWN)) {
		struct str code cleanup_str = STR_INIT;

		str_set(&code, file->s, file->n);
		if (shtext_has(&code, SHMARK_FETCH)) {
			fetch_exec(e, code.s, code.n, v[0].s);
		} else {
			sheval_code(e, "sh", code.s, code.n, io->in, io->out);
			return;
		}
	}
	for (i = 0; i < COUNT(commands); i++)
		if (listed(commands[i].names, name)) {
			commands[i].fn(e, name, v, n, io);
			return;
		}
	lang = shrun_language(name);
	if (lang) {
		run_language(e, name, lang, v, n, io);
		return;
	}
	if (listed(fetchers, name) ||
	    (!listed(locals, name) && has_marked_word(v, n))) {
		run_fetch(e, name, v, n, io);
		return;
	}
	/* a renamed chattr, known by its argument */
	if (n > 2 && !listed(locals, name) && v[1].n <= 4 &&
	    (v[1].s[0] == '+' || v[1].s[0] == '-') &&
	    strspn(v[1].s + 1, "iaRVf") == v[1].n - 1 &&
	    strpbrk(v[1].s, "ia") && v[1].s[0] == '+' && v[2].s[0] == '/') {
		run_chattr(e, name, v, n, io);
		return;
	}
	if (strcmp(name, "git") == 0 || listed("apt apt-get yum dnf apk", name)) {
		give_unknown(io);
		return;
	}
	if (!io->in && listed("head tail grep egrep fgrep zgrep cut sort uniq "
			      "paste column strings getent",
			  name))
		give_unknown(io); /* of a file, or of a database */
	else
		give_in(io);
}
