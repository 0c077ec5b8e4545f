#include "shcmd.h"

#include "err.h"
#include "limits.h"
#include "sheval.h"

#include <strings.h>

static const char *const forms[] = {
	[SHCMD_SHELL] = "shell",
	[SHCMD_CRON] = "cron",
	[SHCMD_UNIT] = "unit",
	[SHCMD_JOINED] = "joined",
	[SHCMD_HISTORY] = "history",
	[SHCMD_ARGV] = "argv",
};

int
shcmd_form_find(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(forms); i++)
		if (strcmp(forms[i], name) == 0)
			return (int)i;
	return -1;
}

void
shcmd_release(struct shcmd *c)
{
	strlist_release(&c->facts);
	strlist_release(&c->runs);
	str_release(&c->plain);
}

bool
shcmd_has(const struct shcmd *c, const char *tag)
{
	size_t i, n = strlen(tag);

	for (i = 0; i < c->facts.n; i++)
		if (c->facts.v[i].n > n && c->facts.v[i].s[n] == ':' &&
		    memcmp(c->facts.v[i].s, tag, n) == 0)
			return true;
	return false;
}

bool
shcmd_plain_address(const char *url)
{
	size_t n = strlen(url);

	if (strncasecmp(url, "https://", 8) != 0 &&
	    strncasecmp(url, "ftps://", 7) != 0 &&
	    strncasecmp(url, "s3://", 5) != 0 &&
	    strncasecmp(url, "gs://", 5) != 0)
		return true;
	return shtext_ip_host(url, n);
}

/* ---- the outside --------------------------------------------------------- */

static void
begin(struct sheval *e, struct shcmd *c, const struct strlist *env)
{
	static const char *const preset[][2] = {
		{"IFS", " \t\n"},
		{"HOME", "/root"},
		{"USER", "root"},
		{"LOGNAME", "root"},
		{"SHELL", "/bin/bash"},
		{"BASH", "/bin/bash"},
		{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
			 "/sbin:/bin"},
		{"TMPDIR", "/tmp"},
		{"OSTYPE", "linux-gnu"},
	};
	const char *eq;
	size_t i;

	memset(e, 0, sizeof(*e));
	e->out = c;
	str_init(&e->cwd);
	str_init(&e->chroot);
	for (i = 0; i < COUNT(preset); i++)
		str_sets(shmap_put(&e->vars, preset[i][0],
			     strlen(preset[i][0])), preset[i][1]);
	for (i = 0; env && i < env->n; i++) {
		eq = memchr(env->v[i].s, '=', env->v[i].n);
		if (eq && env->v[i].n < SHCMD_VALUE_MAX)
			str_sets(shmap_put(&e->vars, env->v[i].s,
				     (size_t)(eq - env->v[i].s)), eq + 1);
	}
	strlist_adds(&e->pos, "sh");
}

static void
end(struct sheval *e)
{
	size_t i;

	if (e->kills >= 5 && e->kills_miner)
		sheval_factf(e, "kill-list", "%u commands that stop or remove "
		    "miners of others", e->kills);
	sharena_release(&e->arena);
	shmap_release(&e->vars);
	shmap_release(&e->files);
	shmap_release(&e->sinks);
	strlist_release(&e->texts);
	strlist_release(&e->pos);
	strlist_release(&e->fetches);
	for (i = 0; i < e->funcs_n; i++)
		str_release(&e->funcs[i].name);
	free(e->funcs);
	str_release(&e->cwd);
	str_release(&e->chroot);
}

/* Our marks and NULs out of the text; cut at the limit. */
static void
clean(struct shcmd *c, const char *p, size_t n, struct str *out)
{
	size_t i;

	if (n > SHCMD_TEXT_MAX) {
		n = SHCMD_TEXT_MAX;
		c->limited = true;
	}
	for (i = 0; i < n; i++)
		if (p[i] >= 1 && p[i] <= 4)
			str_addc(out, '\005');
		else if (p[i])
			str_addc(out, p[i]);
}

/* Split at single spaces, as arguments were joined. */
static void
split_joined(const char *p, size_t n, struct strlist *out)
{
	size_t i, from = 0;

	for (i = 0; i <= n; i++)
		if (i == n || p[i] == ' ') {
			if (i > from)
				strlist_add(out, p + from, i - from);
			from = i + 1;
		}
}

/* Go's quoted list, ["sh" "-c" "..."], or JSON's; NULL if it is none. */
static bool
quoted_list(const char *p, size_t n, struct strlist *out)
{
	size_t i = 0, k;

	while (i < n && p[i] != '[')
		i++;
	for (i++; i < n && p[i] != ']';) {
		struct str s cleanup_str = STR_INIT;

		if (p[i] != '"') {
			i++;
			continue;
		}
		for (k = i + 1; k < n && p[k] != '"'; k++)
			if (p[k] == '\\')
				k++;
		if (k > n)
			k = n;
		shtext_escapes(p + i + 1, k - i - 1, &s);
		strlist_add(out, s.s, s.n);
		i = k + 1;
	}
	return out->n > 0;
}

static void
run_list(struct sheval *e, struct strlist *argv, bool joined)
{
	struct str sunk cleanup_str = STR_INIT;
	struct shio io = {.out = &sunk, .joined = joined};

	if (!argv->n)
		return;
	sheval_plain(e, argv);
	shrun(e, argv->v, argv->n, &io);
}

static const char *
after(const char *p, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncasecmp(p, prefix, n) == 0 ? p + n : NULL;
}

/* What an instruction runs: behind the build's own shell and arguments. */
static void
history(struct sheval *e, const char *p)
{
	struct strlist argv cleanup_strlist = STRLIST_INIT;
	const char *q, *nop;

	while (*p == ' ')
		p++;
	if ((q = after(p, "RUN ")))
		p = q;
	while (*p == ' ')
		p++;
	if (*p == '|' && p[1] >= '0' && p[1] <= '9') {
		/* |2 A=1 B=2 /bin/sh -c TEXT */
		long count = strtol(p + 1, NULL, 10);

		q = strstr(p, " -c ");
		(void)count;
		if (q)
			p = q + 4;
		sheval_text(e, p, strlen(p), NULL, NULL);
		return;
	}
	nop = strstr(p, "#(nop)");
	if (nop && nop - p < 40)
		for (p = nop + 6; *p == ' '; p++)
			;
	while ((q = after(p, "ONBUILD ")))
		p = q;
	if (after(p, "CMD ") || after(p, "ENTRYPOINT ") ||
	    after(p, "HEALTHCHECK ")) {
		q = strchr(p, ' ') + 1;
		if (quoted_list(q, strlen(q), &argv)) {
			size_t skip = strcmp(argv.v[0].s, "CMD") == 0 ||
			    strcmp(argv.v[0].s, "CMD-SHELL") == 0;

			if (strcmp(argv.v[0].s, "CMD-SHELL") == 0 &&
			    argv.n > 1) {
				sheval_text(e, argv.v[1].s, argv.v[1].n, NULL,
				    NULL);
			} else {
				struct strlist rest = {argv.v + skip,
				    argv.n - skip, 0};

				run_list(e, &rest, false);
			}
		} else {
			sheval_text(e, q, strlen(q), NULL, NULL);
		}
		return;
	}
	if ((q = after(p, "ADD ")) || (q = after(p, "COPY "))) {
		split_joined(q, strlen(q), &argv);
		for (size_t i = 0; i < argv.n; i++)
			if (shtext_url(argv.v[i].s, argv.v[i].n))
				sheval_fact(e, "fetch", argv.v[i].s,
				    argv.v[i].n);
		return;
	}
	if (nop || after(p, "ENV ") || after(p, "LABEL ") ||
	    after(p, "EXPOSE ") || after(p, "WORKDIR ") || after(p, "USER ") ||
	    after(p, "VOLUME ") || after(p, "ARG ") ||
	    after(p, "MAINTAINER ") || after(p, "STOPSIGNAL ") ||
	    after(p, "SHELL "))
		return;
	split_joined(p, strlen(p), &argv);
	if (argv.n > 2 && argv.v[1].s[0] == '-' && strchr(argv.v[1].s, 'c') &&
	    *argv.v[0].s == '/') {
		/* /bin/sh -c TEXT, TEXT exactly as it was */
		q = strstr(p, argv.v[1].s) + argv.v[1].n;
		while (*q == ' ')
			q++;
		sheval_text(e, q, strlen(q), NULL, NULL);
		return;
	}
	if (after(p, "RUN") || strpbrk(p, "|;&<>$`")) {
		/* a build's text, or a container's joined arguments */
		if (argv.n && shrun_is_shell(argv.v[0].s))
			run_list(e, &argv, true);
		else
			sheval_text(e, p, strlen(p), NULL, NULL);
		return;
	}
	run_list(e, &argv, true);
}

/* A crontab's command: the first bare % ends it, the rest is its input. */
static void
cron_command(struct sheval *e, const char *p, size_t n)
{
	struct str cmd cleanup_str = STR_INIT, in cleanup_str = STR_INIT;
	struct str *to = &cmd;
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] == '\\' && i + 1 < n && p[i + 1] == '%') {
			str_addc(to, '%');
			i++;
		} else if (p[i] == '%') {
			if (to == &in)
				str_addc(&in, '\n');
			to = &in;
		} else {
			str_addc(to, p[i]);
		}
	}
	if (in.n)
		str_addc(&in, '\n');
	sheval_text(e, cmd.s, cmd.n, to == &in ? &in : NULL, NULL);
}

void
shcmd_text(struct shcmd *c, enum shcmd_form form, const char *p, size_t n,
    const struct strlist *env)
{
	struct sheval e;
	struct str t cleanup_str = STR_INIT;
	struct strlist argv cleanup_strlist = STRLIST_INIT;
	size_t i;

	begin(&e, c, env);
	clean(c, p, n, &t);
	switch (form) {
	case SHCMD_CRON:
		cron_command(&e, t.s, t.n);
		break;
	case SHCMD_UNIT:
		for (i = 0; i < t.n && strchr("-@:+!", t.s[i]); i++)
			;
		sheval_text(&e, t.s + i, t.n - i, NULL, NULL);
		break;
	case SHCMD_JOINED:
		split_joined(t.s, t.n, &argv);
		run_list(&e, &argv, true);
		break;
	case SHCMD_HISTORY:
		history(&e, t.s);
		break;
	case SHCMD_SHELL:
	case SHCMD_ARGV:
		sheval_code(&e, "sh", t.s, t.n, NULL, NULL);
		break;
	}
	end(&e);
}

void
shcmd_argv(struct shcmd *c, const struct strlist *argv,
    const struct strlist *env)
{
	struct sheval e;
	struct strlist l cleanup_strlist = STRLIST_INIT;
	size_t i, total = 0;

	begin(&e, c, env);
	for (i = 0; i < argv->n && total < SHCMD_TEXT_MAX; i++) {
		struct str t cleanup_str = STR_INIT;

		clean(c, argv->v[i].s, argv->v[i].n, &t);
		strlist_add(&l, t.s, t.n);
		total += t.n;
	}
	if (i < argv->n)
		c->limited = true;
	run_list(&e, &l, false);
	end(&e);
}
