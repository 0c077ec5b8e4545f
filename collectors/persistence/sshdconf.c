#include "art.h"

#include "limits.h"
#include "login.h"
#include "runs.h"
#include "sshd.h"

/*
 * sshd_config(5): a row for each setting. What is overridden by an earlier
 * line, or stands in a file that nothing includes, has a defect.
 */

enum what {
	PLAIN,
	ADDS,	 /* lines of the same keyword add up */
	COMMAND, /* the whole value is a command */
	LIBRARY,
	SECOND,	 /* a name, then a command */
};

static const struct {
	const char *name;
	bool match; /* allowed in a Match block */
	enum what what;
} keywords[] = {
	{"AcceptEnv", true, ADDS}, {"AddressFamily", false, PLAIN},
	{"AllowAgentForwarding", true, PLAIN}, {"AllowGroups", true, ADDS},
	{"AllowStreamLocalForwarding", true, PLAIN},
	{"AllowTcpForwarding", true, PLAIN}, {"AllowUsers", true, ADDS},
	{"AuthenticationMethods", true, PLAIN},
	{"AuthorizedKeysCommand", true, COMMAND},
	{"AuthorizedKeysCommandUser", true, PLAIN},
	{"AuthorizedKeysFile", true, PLAIN},
	{"AuthorizedPrincipalsCommand", true, COMMAND},
	{"AuthorizedPrincipalsCommandUser", true, PLAIN},
	{"AuthorizedPrincipalsFile", true, PLAIN}, {"Banner", true, PLAIN},
	{"ChrootDirectory", true, PLAIN}, {"Ciphers", false, PLAIN},
	{"DenyGroups", true, ADDS}, {"DenyUsers", true, ADDS},
	{"ForceCommand", true, COMMAND}, {"GatewayPorts", true, PLAIN},
	{"HostbasedAuthentication", true, PLAIN},
	{"HostCertificate", false, ADDS}, {"HostKey", false, ADDS},
	{"HostKeyAgent", false, PLAIN}, {"IgnoreRhosts", true, PLAIN},
	{"Include", true, ADDS}, {"KbdInteractiveAuthentication", true, PLAIN},
	{"ListenAddress", false, ADDS}, {"LogLevel", true, PLAIN},
	{"Match", true, ADDS}, {"PasswordAuthentication", true, PLAIN},
	{"PermitEmptyPasswords", true, PLAIN},
	{"PermitRootLogin", true, PLAIN}, {"PermitTTY", true, PLAIN},
	{"PermitTunnel", true, PLAIN}, {"PermitUserEnvironment", false, PLAIN},
	{"PermitUserRC", true, PLAIN}, {"PidFile", false, PLAIN},
	{"Port", false, ADDS}, {"PrintMotd", false, PLAIN},
	{"PubkeyAuthentication", true, PLAIN}, {"RevokedKeys", true, PLAIN},
	{"SecurityKeyProvider", false, LIBRARY}, {"SetEnv", true, PLAIN},
	{"StrictModes", false, PLAIN}, {"Subsystem", false, SECOND},
	{"SyslogFacility", false, PLAIN}, {"TrustedUserCAKeys", true, PLAIN},
	{"UseDNS", false, PLAIN}, {"UsePAM", false, PLAIN},
	{"VersionAddendum", false, PLAIN}, {"X11Forwarding", true, PLAIN},
	{"XAuthLocation", false, LIBRARY},
};

static int
keyword(const char *key)
{
	size_t i, k;

	for (i = 0; i < COUNT(keywords); i++) {
		for (k = 0; key[k] && keywords[i].name[k]; k++)
			if (key[k] != (keywords[i].name[k] | 0x20))
				break;
		if (!key[k] && !keywords[i].name[k])
			return (int)i;
	}
	return -1;
}

/* The earlier line that decides, where this one is one too many. */
static const struct sshconf_line *
earlier(const struct sshconf *c, size_t at, enum what what)
{
	const struct sshconf_line *l = &c->v[at], *o;
	size_t i;

	if (what == ADDS || what == SECOND)
		return NULL;
	for (i = 0; i < at; i++) {
		o = &c->v[i];
		if (o->block == l->block && !o->defect &&
		    str_eq(&o->key, l->key.s) && (o->line != l->line ||
			!str_eq(&c->files[o->file].path,
			    c->files[l->file].path.s)))
			return o; /* not itself, read a second time */
	}
	return NULL;
}

/* sshd runs these only if they and all folders above are root's alone. */
static void
command_trouble(const struct art_file *f, const struct sshd *s,
    const struct sshconf_line *l, struct str *defect)
{
	static const struct account root = {STR_INIT, STR_INIT, STR_INIT, 0, 0};
	const struct sshconf_line *user[1];
	struct str key cleanup_str = STR_INIT;
	const struct str *a = &l->args.v[0];
	bool open;
	size_t i;

	str_addf(&key, "%suser", l->key.s);
	if (!sshd_values(s, key.s, NULL, user, 1, &open)) {
		for (i = 0; i < s->conf.n; i++)
			if (str_eq(&s->conf.v[i].key, key.s))
				break;
		if (i == s->conf.n) {
			str_addf(defect, "no %sUser: sshd refuses the file",
			    keywords[keyword(l->key.s)].name);
			return;
		}
	}
	if (a->s[0] != '/') {
		str_adds(defect, "no absolute path: sshd refuses it");
		return;
	}
	if (strlen(a->s) == a->n && f->tree && f->root) {
		struct root_file at cleanup_root_file = ROOT_FILE_INIT;
		struct err e;

		if (root_find(f->root, a->s, 0, &at, &e)) {
			if (e.class == ERR_ABSENT)
				str_adds(defect, "no such file");
			return;
		}
		sshd_strict(s, &root, at.path.s, defect);
		if (defect->n) { /* the words are the same, the setting not */
			str_clear(defect);
			str_adds(defect, "it, or a folder above, may be "
			    "written by others than root: sshd refuses it");
		}
	}
}

static void
conditions(const struct sshconf *c, size_t block, struct str *out)
{
	for (; block; block = c->blocks[block].parent)
		str_addf(out, "%s%s", out->n ? "; " : "",
		    c->v[c->blocks[block].line].text.s);
}

/* Variables that load code into what a login starts. */
static void
set_env(const struct art_file *f, struct rec *r, const struct sshconf_line *l,
    const char *condition, const char *defect)
{
	const struct str *a;
	const char *sign;
	size_t i;

	for (i = 0; i < l->args.n; i++) {
		a = &l->args.v[i];
		sign = memchr(a->s, '=', a->n);
		if (!sign)
			continue;
		art_begin(f, r, l->line);
		rec_text(r, COL_persist_schedule, "login");
		rec_bytes(r, COL_persist_name, a->s, (size_t)(sign - a->s));
		rec_bytes(r, COL_persist_command, sign + 1,
		    a->n - (size_t)(sign - a->s) - 1);
		rec_str(r, COL_persist_text, &l->text);
		rec_text(r, COL_persist_enabled,
		    condition[0] ? condition : NULL);
		rec_text(r, COL_persist_defect, defect[0] ? defect : NULL);
		art_runs(f, r, RUNS_FILE, sign + 1,
		    a->n - (size_t)(sign - a->s) - 1, NULL, NULL);
		rec_end(r);
	}
}

static void
row(const struct art_file *f, struct rec *r, const struct sshd *s, size_t at,
    const char *whole)
{
	const struct sshconf *c = &s->conf;
	const struct sshconf_line *l = &c->v[at], *first, *user[1];
	struct str defect cleanup_str = STR_INIT, cond cleanup_str = STR_INIT;
	struct str key cleanup_str = STR_INIT;
	const char *cmd = NULL;
	enum what what = PLAIN;
	size_t cmd_n = 0, n;
	bool open;
	int k = keyword(l->key.s);

	if (k >= 0)
		what = keywords[k].what;
	conditions(c, l->block, &cond);
	if (l->defect)
		str_adds(&defect, l->defect);
	else if (whole)
		str_adds(&defect, whole);
	else if (l->block && k >= 0 && !keywords[k].match)
		str_adds(&defect, "not allowed in a Match block: sshd refuses "
		    "the file");
	else if (l->block && sshd_block(s, l->block, NULL) == SSHD_NO)
		str_adds(&defect, "the Match block never holds");
	else if ((first = earlier(c, at, what))) {
		str_adds(&defect, "overridden by ");
		sshd_where(s, first, &defect);
	}
	if (what == COMMAND || what == LIBRARY) {
		cmd = l->value.s;
		cmd_n = l->value.n;
	} else if (what == SECOND && l->args.n > 1) {
		cmd = strstr(l->value.s, l->args.v[1].s);
		cmd_n = cmd ? l->value.n - (size_t)(cmd - l->value.s) : 0;
	}
	if (cmd && l->args.n && (str_eq(&l->args.v[0], "none") ||
	    str_eq(&l->args.v[l->args.n > 1], "internal-sftp")))
		cmd = NULL;
	if (cmd && !defect.n && what == COMMAND &&
	    !str_eq(&l->key, "forcecommand"))
		command_trouble(f, s, l, &defect);
	art_begin(f, r, l->line);
	if (str_eq(&l->key, "authorizedkeyscommand") ||
	    str_eq(&l->key, "authorizedprincipalscommand")) {
		str_addf(&key, "%suser", l->key.s);
		n = sshd_values(s, key.s, NULL, user, 1, &open);
		if (n && user[0]->args.n)
			rec_str(r, COL_persist_owner, &user[0]->args.v[0]);
	}
	rec_text(r, COL_persist_schedule, "login");
	if (k >= 0)
		rec_text(r, COL_persist_name, keywords[k].name);
	else
		rec_str(r, COL_persist_name, &l->key);
	if (cmd)
		rec_bytes(r, COL_persist_command, cmd, cmd_n);
	rec_str(r, COL_persist_options, &l->value);
	rec_str(r, COL_persist_text, &l->text);
	rec_str(r, COL_persist_enabled, &cond);
	rec_str(r, COL_persist_defect, &defect);
	if (cmd && what == LIBRARY)
		art_runs(f, r, RUNS_FILE, cmd, cmd_n, NULL, NULL);
	else if (cmd)
		art_runs(f, r, str_eq(&l->key, "forcecommand") ||
		    what == SECOND ? RUNS_SHELL : RUNS_WORDS, cmd, cmd_n, NULL,
		    NULL);
	rec_end(r);
	if (str_eq(&l->key, "setenv"))
		set_env(f, r, l, cond.s, defect.s);
}

int
parse_sshdconfig(const struct art_file *f, struct rec *r, struct err *err)
{
	struct art_tree none = {.scope = f->scope, .accounts = f->accounts};
	struct sshd alone = {.tree = f->tree ? f->tree : &none};
	const struct sshd *s = &alone;
	const char *whole = NULL;
	size_t i, file, rows = 0;

	(void)err;
	sshconf_init(&alone.conf, NULL, "/etc/ssh", NULL);
	if (f->tree && f->root)
		s = sshd_of(f->tree);
	for (file = 0; file < s->conf.files_n; file++)
		if (str_eq(&s->conf.files[file].path, f->file->path.s))
			break;
	if (file == s->conf.files_n) {
		sshconf_text(&alone.conf, f->via, f->data, f->n);
		s = &alone;
		file = 0;
		if (f->tree && f->root)
			whole = "no Include of /etc/ssh/sshd_config names it";
	}
	if (s->conf.over)
		rec_note(r, ERR_LIMIT, "parse", f->scope, f->file->path.s, 0,
		    "the configuration reads more than %d files "
		    "(SSHCONF_FILES_MAX) or %d lines (SSHCONF_LINES_MAX)",
		    SSHCONF_FILES_MAX, SSHCONF_LINES_MAX);
	if (s->over && f->first)
		rec_note(r, ERR_LIMIT, "parse", f->scope, "/etc/passwd", 0,
		    "key files of more than %d accounts (SSHD_ACCOUNTS_MAX)",
		    SSHD_ACCOUNTS_MAX);
	for (i = 0; i < s->conf.n; i++) {
		if (s->conf.v[i].file != file)
			continue;
		row(f, r, s, i, whole);
		rows++;
	}
	if (!rows)
		art_file_row(f, r, whole);
	sshconf_release(&alone.conf);
	login_free(none.login);
	return 0;
}
