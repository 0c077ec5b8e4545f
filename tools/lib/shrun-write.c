/*
 * Commands that write files, or change what files and accounts are.
 */

#include "shrun.h"

#include "limits.h"

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
	shrun_give_in(io);
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
			str_adds(&path, shrun_base(src[k]->s));
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
			if (shrun_is_shell(cmd) || shrun_is_fetcher(cmd) ||
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
		shrun_give(io, text.s, text.n);
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
		} else if (shrun_is_stdin(v[i].s)) {
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
		shrun_fetch_exec(e, copy.s, copy.n, "crontab");
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

void
shrun_chattr(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str t cleanup_str = STR_INIT;

	(void)io;
	str_adds(&t, name);
	str_addc(&t, ' ');
	shrun_join(v + 1, n - 1, &t);
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
	shrun_join(v + 1, n - 1, &t);
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

const struct shcommand shrun_write[] = {
	{"tee sponge", run_tee},
	{"cp mv install ln", run_copy},
	{"dd", run_dd},
	{"truncate", run_truncate},
	{"rm shred unlink", run_rm},
	{"crontab", run_crontab},
	{"chmod", run_chmod},
	{"chattr", shrun_chattr},
	{"useradd adduser usermod passwd chpasswd userdel", run_account},
	{"insmod modprobe kmod", run_insmod},
	{"mount", run_mount},
	{NULL, NULL},
};
