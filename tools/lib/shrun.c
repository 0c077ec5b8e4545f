/*
 * shrun - what commands do with their arguments and input
 *
 * Wrappers (env, nohup, sudo ...) are peeled off until the command that does
 * the work; then by name: what it runs, fetches, writes, gives out. A command
 * that nobody knows passes its input on, as filters do.
 */

#include "shrun.h"

#include <strings.h>

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

static const struct shcommand own[] = {
	{"kill pkill killall killall5", run_kill},
	{"history", run_history},
	{NULL, NULL},
};

static const struct shcommand *const commands[] = {
	shrun_code,
	shrun_text,
	shrun_state,
	shrun_write,
	shrun_net,
	shrun_wrap,
	own,
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

	if (shrun_is_local(name) || shrun_is_shell(name))
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
	shrun_join(v, n, &all);
	if (pool || signs >= 2 || shrun_listed(names, name))
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
	shrun_join(v, n, &t);
	if (shtext_has(w, SHMARK_FETCH)) {
		/* "/opt/x-$(curl version)/bin/x" is no program of theirs */
		if (w->s[i] == SHMARK_FETCH)
			shrun_fetch_exec(e, w->s, w->n, "sh");
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
	const struct shcommand *c;
	struct str *file;

	if (!n || !v[0].n || !sheval_work(e, 32) || foreign(e, v, n))
		return;
	name = shrun_name(e, v, n, buf);
	if (strchr(v[0].s, '/'))
		shrun_note_path(e, v[0].s);
	sheval_run(e, "run", v[0].s);
	for (i = 0; i < n; i++)
		if (shtext_url(v[i].s, v[i].n))
			sheval_fact(e, "url", v[i].s, v[i].n);
		else if (i)
			shrun_note_argument(e, v[i].s);
	k = shrun_peel(name, v, n);
	if (k) {
		if (strcmp(name, "watch") == 0) {
			struct str t cleanup_str = STR_INIT;

			shrun_join(v + (k < n ? k : n), n - (k < n ? k : n), &t);
			sheval_text(e, t.s, t.n, io->in, io->out);
			return;
		}
		if (k < n)
			shrun_forward(e, v + k, n - k, io);
		return;
	}
	miner(e, name, v, n);
	if (strcmp(name, "awk") == 0 || strcmp(name, "gawk") == 0 ||
	    strcmp(name, "mawk") == 0) {
		shrun_interpret(e, name, "awk", v, n, io);
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
			shrun_fetch_exec(e, code.s, code.n, v[0].s);
		} else {
			sheval_code(e, "sh", code.s, code.n, io->in, io->out);
			return;
		}
	}
	for (i = 0; i < COUNT(commands); i++)
		for (c = commands[i]; c->names; c++)
			if (shrun_listed(c->names, name)) {
				c->fn(e, name, v, n, io);
				return;
			}
	lang = shrun_language(name);
	if (lang) {
		shrun_interpret(e, name, lang, v, n, io);
		return;
	}
	if (shrun_is_fetcher(name) ||
	    (!shrun_is_local(name) && has_marked_word(v, n))) {
		shrun_fetch(e, name, v, n, io);
		return;
	}
	/* a renamed chattr, known by its argument */
	if (n > 2 && !shrun_is_local(name) && v[1].n <= 4 &&
	    (v[1].s[0] == '+' || v[1].s[0] == '-') &&
	    strspn(v[1].s + 1, "iaRVf") == v[1].n - 1 &&
	    strpbrk(v[1].s, "ia") && v[1].s[0] == '+' && v[2].s[0] == '/') {
		shrun_chattr(e, name, v, n, io);
		return;
	}
	if (strcmp(name, "git") == 0 ||
	    shrun_listed("apt apt-get yum dnf apk", name)) {
		shrun_give_unknown(io);
		return;
	}
	if (!io->in && shrun_listed("head tail grep egrep fgrep zgrep cut sort uniq "
			      "paste column strings getent",
			  name))
		shrun_give_unknown(io); /* of a file, or of a database */
	else
		shrun_give_in(io);
}
