/*
 * Files: which are run or named, where a path leads, what was written to it.
 */

#include "sheval.h"

#include "limits.h"

#define PATH_BYTES 4096 /* of a path that can be opened */

/*
 * A file that is run, or an argument that names one, by its whole path as far
 * as it is known.
 */
void
sheval_run(struct sheval *e, const char *how, const char *path)
{
	struct str s cleanup_str = STR_INIT, abs cleanup_str = STR_INIT;
	struct strlist *l = &e->out->runs;
	size_t i;

	if (strchr(path, '/'))
		sheval_path(e, path, &abs);
	else
		str_adds(&abs, path);
	for (i = 0; i < abs.n; i++)
		if ((unsigned char)abs.s[i] <= 6) {
			/* a part of it is not known */
			if (strcmp(how, "run") == 0)
				sheval_opaque(e);
			return;
		}
	if (!abs.n || abs.n > PATH_BYTES)
		return;
	str_addf(&s, "%s ", how);
	str_add(&s, abs.s, abs.n);
	for (i = 0; i < l->n; i++)
		if (l->v[i].n == s.n && memcmp(l->v[i].s, s.s, s.n) == 0)
			return;
	if (l->n >= SHCMD_FACTS_MAX) {
		e->out->limited = true;
		return;
	}
	strlist_add(l, s.s, s.n);
}

void
sheval_opaque(struct sheval *e)
{
	struct strlist *l = &e->out->runs;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (str_eq(&l->v[i], "opaque"))
			return;
	strlist_adds(l, "opaque");
}

void
sheval_path(const struct sheval *e, const char *path, struct str *out)
{
	struct str t cleanup_str = STR_INIT;
	size_t i = 0, k;

	if (path[0] == '/') {
		str_adds(&t, e->chroot.s);
		str_adds(&t, path);
	} else if (e->cwd.n) {
		str_adds(&t, e->cwd.s);
		str_addc(&t, '/');
		str_adds(&t, path);
	} else {
		while (strncmp(path, "./", 2) == 0)
			path += 2;
		str_adds(out, path);
		return;
	}
	str_clear(out);
	while (i < t.n) {
		while (i < t.n && t.s[i] == '/')
			i++;
		for (k = i; k < t.n && t.s[k] != '/'; k++)
			;
		if (k - i == 2 && t.s[i] == '.' && t.s[i + 1] == '.') {
			while (out->n && out->s[out->n - 1] != '/')
				str_cut(out, out->n - 1);
			if (out->n)
				str_cut(out, out->n - 1);
		} else if (k > i && !(k - i == 1 && t.s[i] == '.')) {
			str_addc(out, '/');
			str_add(out, t.s + i, k - i);
		}
		i = k;
	}
	if (!out->n)
		str_addc(out, '/');
}

struct str *
sheval_file(struct sheval *e, const char *path)
{
	struct str abs cleanup_str = STR_INIT;

	sheval_path(e, path, &abs);
	return shmap_get(&e->files, abs.s, abs.n);
}

static bool
ends(const char *s, const char *with)
{
	size_t n = strlen(s), k = strlen(with);

	return n >= k && strcmp(s + n - k, with) == 0;
}

static bool
cron_path(const char *p)
{
	return ends(p, "/etc/crontab") || strstr(p, "/etc/cron") ||
	    strstr(p, "/spool/cron") || strstr(p, "/crontabs/") ||
	    strstr(p, "/cron.d/") || ends(p, "/crontab");
}

static bool
startup_path(const char *p)
{
	static const char *const marks[] = {"/etc/profile", "/.bashrc",
	    "/.bash_profile", "/.profile", "/.bash_login", "/.zshrc",
	    "/.bash_logout", "/bash.bashrc", "/etc/rc.local", "/rc.d/",
	    "/init.d/", "/systemd/system/", "/systemd/user/",
	    "/update-motd.d/", "/ssh/sshrc", "/.ssh/rc", "/xinitrc",
	    "/autostart/", "/etc/environment", "/udev/rules.d/"};
	size_t i;

	for (i = 0; i < COUNT(marks); i++)
		if (strstr(p, marks[i]))
			return true;
	return false;
}

/* Is the line a crontab's? Returns where its command starts, 0: it is not. */
static size_t
cron_line(const char *p, size_t n)
{
	size_t i = 0, k, field;

	while (i < n && (p[i] == ' ' || p[i] == '\t' ||
			    p[i] == SHMARK_DECODED))
		i++;
	if (i < n && p[i] == '@') {
		while (i < n && p[i] != ' ' && p[i] != '\t')
			i++;
		return i < n ? i : 0;
	}
	for (field = 0; field < 5; field++) {
		for (k = i; k < n && p[k] != ' ' && p[k] != '\t'; k++)
			if (!strchr("0123456789*/,-~?", p[k]) &&
			    (field < 3 || !((p[k] | 32) >= 'a' &&
					      (p[k] | 32) <= 'z')))
				return 0;
		if (k == i || k == n)
			return 0;
		for (i = k; i < n && (p[i] == ' ' || p[i] == '\t'); i++)
			;
	}
	return i < n ? i : 0;
}

/* Written text that something will run: crontab lines wherever they go,
 * start-up files as scripts, units by their Exec lines. */
static void
written(struct sheval *e, const char *path, const struct str *text)
{
	struct str t cleanup_str = STR_INIT;
	size_t i, eol, at;

	if (e->depth >= SHCMD_DEPTH_MAX)
		return;
	str_set(&t, text->s, text->n);
	for (i = 0; i < t.n; i = eol + 1) {
		const char *line = t.s + i;

		for (eol = i; eol < t.n && t.s[eol] != '\n'; eol++)
			;
		at = cron_line(line, eol - i);
		if (!at && strncmp(line, "Exec", 4) == 0) {
			const char *eq = memchr(line, '=', eol - i);

			at = eq ? (size_t)(eq - line) + 1 : 0;
		}
		if (at) {
			sheval_factf(e, "cron-text", "%.*s", (int)(eol - i),
			    line);
			/* with and without a user field: what it is not is a
			 * command that nobody knows */
			sheval_text(e, line + at, eol - i - at, NULL, NULL);
			while (at < eol - i && strchr(" \t", line[at]))
				at++;
			while (at < eol - i && !strchr(" \t", line[at]))
				at++;
			sheval_text(e, line + at, eol - i - at, NULL, NULL);
		}
	}
	if (startup_path(path) && !strstr(path, "/systemd/"))
		sheval_text(e, t.s, t.n, NULL, NULL);
}

static bool
has_key(const struct str *text)
{
	return strstr(text->s, "ssh-rsa AAAA") ||
	    strstr(text->s, "ssh-ed25519 AAAA") ||
	    strstr(text->s, "ssh-dss AAAA") ||
	    strstr(text->s, "ecdsa-sha2-nistp");
}

void
sheval_write(struct sheval *e, const char *path, const struct str *text,
    bool append)
{
	static const char *const logs[] = {"/var/log/wtmp", "/var/log/btmp",
	    "/var/log/secure", "/var/log/lastlog", "/var/log/auth.log",
	    "/var/log/cron", "/var/log/utmp", "/var/run/utmp"};
	struct str abs cleanup_str = STR_INIT;
	struct str *sink, *file;
	const char *p;
	size_t i;

	sheval_path(e, path, &abs);
	p = abs.s;
	if (!abs.n || strcmp(p, "/dev/null") == 0 ||
	    strncmp(p, "/dev/std", 8) == 0 || strncmp(p, "/dev/tty", 8) == 0 ||
	    strncmp(p, "/proc/self/fd/", 14) == 0)
		return;
	sink = shmap_get(&e->sinks, p, abs.n);
	if (sink) {
		struct str code cleanup_str = STR_INIT;

		str_set(&code, sink->s, sink->n);
		sheval_text(e, code.s, code.n, text, NULL);
		return;
	}
	if (strncmp(p, "/dev/fd/", 8) == 0)
		return;
	sheval_fact(e, "writes", p, abs.n);
	if (cron_path(p))
		sheval_fact(e, "cron-write", p, abs.n);
	if (strstr(p, "authorized_keys") || (text && strstr(p, "/.ssh/") &&
						has_key(text)))
		sheval_fact(e, "key-write", p, abs.n);
	if (ends(p, "ld.so.preload"))
		sheval_fact(e, "preload-write", p, abs.n);
	if (startup_path(p))
		sheval_fact(e, "startup-write", p, abs.n);
	if (ends(p, "/etc/passwd") || ends(p, "/etc/shadow") ||
	    ends(p, "/etc/sudoers") || strstr(p, "/sudoers.d/"))
		sheval_fact(e, "account-write", p, abs.n);
	if (ends(p, "/release_agent") || ends(p, "/core_pattern") ||
	    ends(p, "/kernel/modprobe") || ends(p, "/uevent_helper") ||
	    ends(p, "/binfmt_misc/register") ||
	    strncmp(p, "/proc/1/root/", 13) == 0)
		sheval_fact(e, "escape", p, abs.n);
	if (strstr(p, "_history") && (!text || !text->n))
		sheval_fact(e, "history-wipe", p, abs.n);
	for (i = 0; i < COUNT(logs); i++)
		if (!append && strcmp(p, logs[i]) == 0 &&
		    (!text || text->n < 4))
			sheval_fact(e, "history-wipe", p, abs.n);
	file = shmap_put(&e->files, p, abs.n);
	if (!append)
		str_clear(file);
	if (!text) {
		str_addc(file, SHMARK_UNKNOWN);
		return;
	}
	if (file->n + text->n < SHCMD_VALUE_MAX &&
	    sheval_work(e, text->n))
		str_add(file, text->s, text->n);
	written(e, p, text);
}
