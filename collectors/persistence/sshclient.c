#include "art.h"

#include "limits.h"
#include "login.h"
#include "runs.h"
#include "sshconf.h"

/*
 * ssh_config(5): a row for each setting of the client. Some run a program or
 * load a library whenever somebody connects: ProxyCommand, LocalCommand,
 * KnownHostsCommand, Match exec, PKCS11Provider.
 */

enum what { PLAIN, COMMAND, LIBRARY };

static const struct {
	const char *name;
	enum what what;
} keywords[] = {
	{"ProxyCommand", COMMAND}, {"LocalCommand", COMMAND},
	{"KnownHostsCommand", COMMAND}, {"PKCS11Provider", LIBRARY},
	{"SecurityKeyProvider", LIBRARY}, {"XAuthLocation", LIBRARY},
	{"PermitLocalCommand", PLAIN}, {"Host", PLAIN}, {"Match", PLAIN},
	{"Include", PLAIN}, {"IdentityFile", PLAIN}, {"ProxyJump", PLAIN},
	{"RemoteCommand", PLAIN}, {"SendEnv", PLAIN}, {"SetEnv", PLAIN},
	{"StrictHostKeyChecking", PLAIN}, {"UserKnownHostsFile", PLAIN},
	{"GlobalKnownHostsFile", PLAIN}, {"ControlPath", PLAIN},
	{"ControlMaster", PLAIN}, {"ForwardAgent", PLAIN}, {"User", PLAIN},
	{"IdentityAgent", PLAIN}, {"HashKnownHosts", PLAIN},
	{"GSSAPIAuthentication", PLAIN}, {"Hostname", PLAIN}, {"Port", PLAIN},
};

static int
keyword(const char *key)
{
	size_t i;

	for (i = 0; i < COUNT(keywords); i++)
		if (strcasecmp(key, keywords[i].name) == 0)
			return (int)i;
	return -1;
}

static void
conditions(const struct sshconf *c, size_t block, struct str *out)
{
	for (; block; block = c->blocks[block].parent)
		str_addf(out, "%s%s", out->n ? "; " : "",
		    c->v[c->blocks[block].line].text.s);
}

/* Does any line of the user's or the system's configuration allow it? */
static bool
local_allowed(const struct sshconf *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (str_eq(&c->v[i].key, "permitlocalcommand") &&
		    c->v[i].args.n &&
		    strcasecmp(c->v[i].args.v[0].s, "yes") == 0)
			return true;
	return false;
}

/* The command of "Match exec"; 0: there is none. */
static size_t
match_exec(const struct sshconf_line *l, const char **p)
{
	size_t i;

	for (i = 0; i + 1 < l->args.n; i++)
		if (strcasecmp(l->args.v[i].s, "exec") == 0 ||
		    strcasecmp(l->args.v[i].s, "!exec") == 0) {
			*p = l->args.v[i + 1].s;
			return l->args.v[i + 1].n;
		}
	return 0;
}

static void
row(const struct art_file *f, struct rec *r, const struct sshconf *c,
    size_t at, const char *whole)
{
	const struct sshconf_line *l = &c->v[at];
	struct str defect cleanup_str = STR_INIT, cond cleanup_str = STR_INIT;
	enum what what = PLAIN;
	const char *cmd = NULL;
	size_t cmd_n = 0, i;
	int k = keyword(l->key.s);

	if (k >= 0)
		what = keywords[k].what;
	conditions(c, l->block, &cond);
	if (what != PLAIN && l->args.n && !str_eq(&l->args.v[0], "none") &&
	    !str_eq(&l->args.v[0], "internal")) {
		cmd = l->value.s;
		cmd_n = l->value.n;
		if (what == LIBRARY) {
			cmd = l->args.v[0].s;
			cmd_n = l->args.v[0].n;
		}
	} else if (str_eq(&l->key, "match")) {
		cmd_n = match_exec(l, &cmd);
	}
	if (l->defect)
		str_adds(&defect, l->defect);
	else if (whole)
		str_adds(&defect, whole);
	else if (str_eq(&l->key, "localcommand") && !local_allowed(c))
		str_adds(&defect, "PermitLocalCommand is not yes");
	for (i = 0; !defect.n && what != PLAIN && i < at; i++)
		if (c->v[i].block == l->block && !c->v[i].defect &&
		    str_eq(&c->v[i].key, l->key.s) && (c->v[i].line != l->line ||
			c->v[i].file != l->file))
			str_addf(&defect, "overridden by %s:%lld",
			    c->files[c->v[i].file].via.s,
			    (long long)c->v[i].line);
	art_begin(f, r, l->line);
	rec_text(r, COL_persist_schedule, "ssh");
	if (k >= 0)
		rec_text(r, COL_persist_name, keywords[k].name);
	else
		rec_str(r, COL_persist_name, &l->key);
	if (cmd_n)
		rec_bytes(r, COL_persist_command, cmd, cmd_n);
	rec_str(r, COL_persist_options, &l->value);
	rec_str(r, COL_persist_text, &l->text);
	rec_str(r, COL_persist_enabled, &cond);
	rec_str(r, COL_persist_defect, &defect);
	if (cmd_n)
		art_runs(f, r, what == LIBRARY ? RUNS_FILE : RUNS_SHELL, cmd,
		    cmd_n, what == LIBRARY ? RUNS_LIBRARIES : NULL, NULL);
	rec_end(r);
}

/* ssh refuses a user's file that somebody else may write. */
static const char *
trouble(const struct art_file *f, const struct account *a)
{
	const struct stat *st = &f->file->st;

	if (!a || !f->tree || !f->root || !strstr(f->via, "/.ssh/config"))
		return NULL;
	if (st->st_uid != 0 && (int64_t)st->st_uid != a->uid)
		return "belongs to another account: ssh refuses it";
	if (st->st_mode & S_IWOTH)
		return "may be written by all: ssh refuses it";
	if ((st->st_mode & S_IWGRP) && !group_private(login_groups(f->tree),
	    f->accounts, a, st->st_gid))
		return "may be written by its group: ssh refuses it";
	return NULL;
}

int
parse_sshclient(const struct art_file *f, struct rec *r, struct err *err)
{
	const struct account *a = NULL;
	struct sshconf c;
	struct str base cleanup_str = STR_INIT, path cleanup_str = STR_INIT;
	const char *whole, *home = NULL;
	int64_t rows = 0;
	size_t i, file;

	(void)err;
	if (f->owner && f->accounts)
		a = accounts_by_name(f->accounts, f->owner, strlen(f->owner));
	if (a && strlen(a->home.s) == a->home.n)
		home = a->home.s;
	if (f->art->owner == OWNER_HOME && home)
		str_addf(&base, "%s/.ssh", home);
	else
		str_adds(&base, "/etc/ssh");
	sshconf_init(&c, f->root, base.s, home);
	whole = trouble(f, a);
	if (f->tree && f->root) {
		/* the user's file first, then the system's */
		if (f->art->owner == OWNER_HOME && home) {
			str_addf(&path, "%s/config", base.s);
			sshconf_file(&c, path.s);
		}
		c.base = "/etc/ssh";
		c.home = NULL;
		sshconf_file(&c, "/etc/ssh/ssh_config");
	}
	for (file = 0; file < c.files_n; file++)
		if (str_eq(&c.files[file].path, f->file->path.s))
			break;
	if (file == c.files_n) {
		sshconf_text(&c, f->via, f->data, f->n);
		if (f->tree && f->root)
			whole = f->art->owner == OWNER_HOME
			    ? "no Include of ~/.ssh/config names it"
			    : "no Include of /etc/ssh/ssh_config names it";
	}
	if (c.over)
		rec_note(r, ERR_LIMIT, "parse", f->scope, f->file->path.s, 0,
		    "the configuration reads more than %d files "
		    "(SSHCONF_FILES_MAX) or %d lines (SSHCONF_LINES_MAX)",
		    SSHCONF_FILES_MAX, SSHCONF_LINES_MAX);
	for (i = 0; i < c.n; i++)
		if (c.v[i].file == file) {
			row(f, r, &c, i, whole);
			rows++;
		}
	if (!rows)
		art_file_row(f, r, whole);
	sshconf_release(&c);
	return 0;
}
