#include "places.h"

#include "limits.h"
#include "login.h"
#include "pam.h"
#include "roots.h"
#include "sshd.h"
#include "sudo.h"

static void
sshd_config(struct art_tree *t, art_place_fn *fn, void *arg)
{
	const struct sshd *s = sshd_of(t);
	size_t i;

	for (i = 0; i < s->conf.files_n; i++)
		fn(arg, s->conf.files[i].via.s, NULL);
}

static void
sshd_keys(struct art_tree *t, art_place_fn *fn, void *arg)
{
	const struct sshd *s = sshd_of(t);
	size_t i;

	for (i = 0; i < s->keys_n; i++)
		fn(arg, s->keys[i].via.s, s->keys[i].account
		    ? s->keys[i].account->name.s : NULL);
}

static void
sshd_ca(struct art_tree *t, art_place_fn *fn, void *arg)
{
	const struct sshd *s = sshd_of(t);
	const struct sshconf_line *l;
	size_t i;

	for (i = 0; i < s->conf.n; i++) {
		l = &s->conf.v[i];
		if (str_eq(&l->key, "trustedusercakeys") && l->args.n &&
		    l->args.v[0].s[0] == '/' &&
		    strlen(l->args.v[0].s) == l->args.v[0].n)
			fn(arg, l->args.v[0].s, NULL);
	}
}

/* Files that a stack includes by their whole path. */
static void
pam_files(struct art_tree *t, art_place_fn *fn, void *arg)
{
	const struct pam *p = pam_of(t);
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->files[i].name.s[0] == '/')
			fn(arg, p->files[i].via.s, NULL);
}

static void
sudoers(struct art_tree *t, art_place_fn *fn, void *arg)
{
	const struct sudo *s = sudo_of(t);
	size_t i;

	for (i = 0; i < s->via.n; i++)
		fn(arg, s->via.v[i].s, NULL);
}

/* Files that a pam_env reads: conffile=, envfile=. */
static void
pam_env(struct art_tree *t, art_place_fn *fn, void *arg)
{
	static const char *const keys[] = {"conffile=", "envfile="};
	struct str path cleanup_str = STR_INIT;
	const struct pam *p = pam_of(t);
	const char *at;
	size_t i, k, m;

	for (i = 0; i < p->n; i++)
		for (k = 0; k < p->files[i].n; k++)
			for (m = 0; m < COUNT(keys); m++) {
				at = strstr(p->files[i].v[k].args.s, keys[m]);
				if (!at || at[strlen(keys[m])] != '/')
					continue;
				at += strlen(keys[m]);
				str_set(&path, at, strcspn(at, " \t]"));
				fn(arg, path.s, NULL);
			}
}

/*
 * Files that BASH_ENV, ENV and ZDOTDIR name in a shell's file or one of
 * variables. home: what ~ and $HOME stand for; NULL: of the system.
 */
static void
named_by(struct art_tree *t, const char *path, const char *home,
    const char *owner, art_place_fn *fn, void *arg)
{
	static const char *const keys[] = {"BASH_ENV=", "ENV=", "ZDOTDIR="};
	static const char *const homes[] = {"~", "$HOME", "${HOME}"};
	static const char *const zsh[] = {"/.zshenv", "/.zprofile", "/.zshrc",
	    "/.zlogin", "/.zlogout"};
	struct str data cleanup_str = STR_INIT, to cleanup_str = STR_INIT;
	const char *p, *v;
	size_t i, k, m, n;

	if (root_slurp(t->root, path, ART_KEEP_MAX, &data, NULL, NULL) < 0)
		return;
	for (i = 0; i < COUNT(keys); i++)
		for (p = data.s, k = 0; k < SHELL_ENV_MAX &&
		     (p = strstr(p, keys[i])); k++) {
			v = p + strlen(keys[i]);
			if (p > data.s && !strchr(" \t\n;", p[-1])) {
				p = v;
				continue;
			}
			p = v;
			v += *v == '"' || *v == '\'';
			n = strcspn(v, " \t\r\n\"';&|");
			str_clear(&to);
			for (m = 0; home && m < COUNT(homes); m++)
				if (strncmp(v, homes[m], strlen(homes[m])) ==
				    0 && v[strlen(homes[m])] == '/') {
					str_adds(&to, home);
					v += strlen(homes[m]);
					n -= strlen(homes[m]);
				}
			str_add(&to, v, n);
			if (to.s[0] != '/' || strchr(to.s, '$'))
				continue;
			if (strcmp(keys[i], "ZDOTDIR=") != 0) {
				fn(arg, to.s, owner);
				continue;
			}
			n = to.n;
			for (m = 0; m < COUNT(zsh); m++) {
				str_cut(&to, n);
				str_adds(&to, zsh[m]);
				fn(arg, to.s, owner);
			}
		}
}

static int
profile(void *arg, const char *via, struct root_file *f)
{
	(void)f;
	strlist_adds(arg, via);
	return 0;
}

static void
shell_env(struct art_tree *t, art_place_fn *fn, void *arg)
{
	static const char *const patterns[] = {"/etc/environment",
	    "/etc/profile", "/etc/profile.d/*", "/etc/bash.bashrc",
	    "/etc/bashrc", "/etc/zshenv", "/etc/zsh/zshenv",
	    "/etc/environment.d/*", "/etc/security/pam_env.conf",
	    "/etc/default/locale"};
	struct strlist files cleanup_strlist = STRLIST_INIT;
	size_t i;

	for (i = 0; t->root && i < COUNT(patterns); i++)
		root_glob(t->root, patterns[i], profile, NULL, &files, NULL);
	for (i = 0; i < files.n; i++)
		named_by(t, files.v[i].s, NULL, NULL, fn, arg);
}

static void
shell_env_user(struct art_tree *t, art_place_fn *fn, void *arg)
{
	static const char *const names[] = {"/.profile", "/.bash_profile",
	    "/.bash_login", "/.bashrc", "/.zshenv", "/.pam_environment"};
	struct str path cleanup_str = STR_INIT;
	const struct account *a;
	size_t i, k;

	for (i = 0; t->root && t->accounts && i < t->accounts->n &&
	     i < HOMES_MAX; i++) {
		a = &t->accounts->v[i];
		if (a->home.n < 2 || strlen(a->home.s) != a->home.n ||
		    strlen(a->name.s) != a->name.n)
			continue;
		for (k = 0; k < COUNT(names); k++) {
			str_set(&path, a->home.s, a->home.n);
			str_adds(&path, names[k]);
			named_by(t, path.s, a->home.s, a->name.s, fn, arg);
		}
	}
}

/* Files that a client's configuration includes: the system's, each home's. */
static void
included(const struct sshconf *c, const char *owner, art_place_fn *fn,
    void *arg)
{
	size_t i;

	for (i = 0; i < c->files_n; i++)
		fn(arg, c->files[i].via.s, owner);
}

static void
ssh_config(struct art_tree *t, art_place_fn *fn, void *arg)
{
	struct sshconf c;

	sshconf_init(&c, t->root, "/etc/ssh", NULL);
	sshconf_file(&c, "/etc/ssh/ssh_config");
	included(&c, NULL, fn, arg);
	sshconf_release(&c);
}

static void
ssh_config_user(struct art_tree *t, art_place_fn *fn, void *arg)
{
	struct str base cleanup_str = STR_INIT, file cleanup_str = STR_INIT;
	const struct account *a;
	struct sshconf c;
	size_t i;

	for (i = 0; t->accounts && i < t->accounts->n && i < HOMES_MAX; i++) {
		a = &t->accounts->v[i];
		if (a->home.n < 2 || strlen(a->home.s) != a->home.n ||
		    strlen(a->name.s) != a->name.n)
			continue;
		str_clear(&base);
		str_addf(&base, "%s/.ssh", a->home.s);
		sshconf_init(&c, t->root, base.s, a->home.s);
		str_clear(&file);
		str_addf(&file, "%s/config", base.s);
		sshconf_file(&c, file.s);
		included(&c, a->name.s, fn, arg);
		sshconf_release(&c);
	}
}

static const struct {
	const char *name;
	void (*each)(struct art_tree *t, art_place_fn *fn, void *arg);
} places[] = {
	{"@sshd-config", sshd_config},
	{"@sshd-keys", sshd_keys},
	{"@sshd-ca", sshd_ca},
	{"@pam", pam_files},
	{"@pam-env", pam_env},
	{"@sudoers", sudoers},
	{"@ssh-config", ssh_config},
	{"@ssh-config-user", ssh_config_user},
	{"@shell-env", shell_env},
	{"@shell-env-user", shell_env_user},
	{"@ld-so-conf", ld_conf_places},
	{"@git-config", git_config_places},
	{"@git-hooks", git_hook_places},
	{"@web-scripts", web_script_places},
	{"@web-htaccess", web_htaccess_places},
	{"@web-ini", web_ini_places},
};

void
art_places(struct art_tree *t, const char *name, size_t n, art_place_fn *fn,
    void *arg)
{
	size_t i;

	for (i = 0; i < COUNT(places); i++)
		if (strlen(places[i].name) == n &&
		    memcmp(places[i].name, name, n) == 0) {
			places[i].each(t, fn, arg);
			return;
		}
	die("no place '%.*s'", (int)n, name);
}
