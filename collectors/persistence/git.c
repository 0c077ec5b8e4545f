#include "art.h"

#include "digest.h"
#include "limits.h"
#include "runs.h"
#include "settings.h"
#include "shell.h"

/*
 * git-config(1) and githooks(5): what the configuration makes run, the files
 * that it includes, and the programs in a folder of hooks that it names.
 */

static const char *const hooks[] = {"applypatch-msg", "pre-applypatch",
    "post-applypatch", "pre-commit", "pre-merge-commit", "prepare-commit-msg",
    "commit-msg", "post-commit", "pre-rebase", "post-checkout", "post-merge",
    "pre-push", "pre-receive", "update", "proc-receive", "post-receive",
    "post-update", "reference-transaction", "push-to-checkout", "pre-auto-gc",
    "post-rewrite", "sendemail-validate", "fsmonitor-watchman",
    "p4-changelist", "p4-prepare-changelist", "p4-post-changelist",
    "p4-pre-submit", "post-index-change"};

/* The account that a file belongs to: git reads repositories of its caller
 * only, unless safe.directory says otherwise. */
static const char *
account_of(const struct art_file *f)
{
	const struct account *a;

	if (f->owner)
		return f->owner;
	a = accounts_by_uid(f->accounts, f->file->st.st_uid);
	return a && !memchr(a->name.s, '\0', a->name.n) ? a->name.s : NULL;
}

/* A path of a configuration file: ~/x, ~name/x, or relative to its folder. */
static void
resolve(const struct art_file *f, const struct str *value, const char *base,
    struct str *out)
{
	const char *slash = strchr(value->s, '/'), *owner;
	const struct account *a = NULL;
	size_t n;

	str_clear(out);
	if (value->s[0] == '/') {
		str_add(out, value->s, value->n);
	} else if (value->s[0] == '~' && f->accounts) {
		n = slash ? (size_t)(slash - value->s) : value->n;
		owner = account_of(f);
		if (n > 1)
			a = accounts_by_name(f->accounts, value->s + 1, n - 1);
		else if (owner)
			a = accounts_by_name(f->accounts, owner,
			    strlen(owner));
		if (!a)
			return;
		str_add(out, a->home.s, a->home.n);
		str_adds(out, slash ? slash : "");
	} else {
		str_addf(out, "%s/%s", base, value->s);
	}
	if (strlen(out->s) != out->n)
		str_clear(out); /* a NUL: no such name */
}

/* The folder of a path, with so many components taken off. */
static void
parent(const char *path, int up, struct str *out)
{
	const char *slash;

	str_sets(out, path);
	while (up-- && (slash = strrchr(out->s, '/')))
		str_cut(out, (size_t)(slash - out->s));
}

/* The programs of a folder of hooks that a setting names. */
static void
folder(const struct art_file *f, struct rec *r, const struct conf_entry *e,
    const char *dir, const char *what)
{
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	struct str path cleanup_str = STR_INIT, name cleanup_str = STR_INIT;
	struct str when cleanup_str = STR_INIT;
	size_t i;

	for (i = 0; i < COUNT(hooks); i++) {
		str_clear(&path);
		str_addf(&path, "%s/%s", dir, hooks[i]);
		root_file_close(&rf);
		if (root_find(f->root, path.s, 0, &rf, NULL) ||
		    !S_ISREG(rf.st.st_mode))
			continue;
		str_clear(&name);
		str_addf(&name, "%s %s", what, hooks[i]);
		str_clear(&when);
		str_addf(&when, "git %s", hooks[i]);

		struct settings_run s = {.line = e->line, .name = name.s,
		    .when = when.s, .text = e->text, .text_n = e->text_n,
		    .owner = f->owner,
		    .defect = rf.st.st_mode & 0111 ? NULL :
			"is not executable: git passes over it"};

		settings_command(f, r, &s, RUNS_FILE, path.s, path.n);
	}
}

struct included {
	struct strlist seen; /* files that were read */
	int depth;
};

static void config(const struct art_file *f, struct rec *r,
    struct included *in);

static void
include(const struct art_file *f, struct rec *r, const struct conf_entry *e,
    struct included *in)
{
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	struct str dir cleanup_str = STR_INIT, path cleanup_str = STR_INIT;
	struct str data cleanup_str = STR_INIT;
	char sha256[SHA256_HEX];
	struct art_file g = *f;
	struct err err;
	size_t i;
	int k;

	parent(f->file->path.s, 1, &dir);
	resolve(f, &e->value, dir.s, &path);
	if (!path.n || root_find(f->root, path.s, 0, &rf, NULL) ||
	    !S_ISREG(rf.st.st_mode))
		return; /* git passes over what is not there */
	for (i = 0; i < in->seen.n; i++)
		if (str_eq(&in->seen.v[i], rf.path.s))
			return;
	if (in->depth >= GIT_INCLUDE_DEPTH || in->seen.n > GIT_INCLUDES_MAX) {
		rec_note(r, ERR_LIMIT, "parse", f->scope, f->file->path.s, 0,
		    "more than %d included files (GIT_INCLUDES_MAX) or %d "
		    "levels (GIT_INCLUDE_DEPTH)", GIT_INCLUDES_MAX,
		    GIT_INCLUDE_DEPTH);
		return;
	}
	k = root_read(f->root, &rf, CONF_YAML_MAX, &data, &err);
	if (k < 0) {
		rec_note_err(r, "read", f->scope, path.s, &err);
		return;
	}
	if (k == 1)
		rec_note(r, ERR_LIMIT, "read", f->scope, path.s, 0,
		    "longer than %d bytes (CONF_YAML_MAX)", CONF_YAML_MAX);
	rec_blob(r, data.s, data.n, sha256);
	g.file = &rf;
	g.via = path.s;
	g.via_st = &rf.st;
	g.data = data.s;
	g.n = data.n;
	g.sha256 = k == 1 ? NULL : sha256;
	g.host_path = NULL;
	in->depth++;
	config(&g, r, in);
	in->depth--;
}

static void
config(const struct art_file *f, struct rec *r, struct included *in)
{
	struct str dir cleanup_str = STR_INIT, path cleanup_str = STR_INIT;
	struct conf *c = settings_read(f);
	struct artifact art = *f->art;
	struct art_file g = *f;
	size_t i;

	strlist_adds(&in->seen, f->file->path.s);
	if (!c)
		return;
	/* the repository's: whom it belongs to */
	if (art.owner == OWNER_FIELD) {
		art.owner = OWNER_HOME;
		g.owner = account_of(f);
		g.art = &art;
	}
	settings_rows(&g, r, c, NULL);
	for (i = 0; f->root && i < c->n; i++) {
		const struct conf_entry *e = &c->v[i];

		if (settings_match(&e->path, "include/path", false) ||
		    settings_match(&e->path, "includeif/*/path", false)) {
			include(&g, r, e, in);
		} else if (settings_match(&e->path, "core/hookspath", false)) {
			/* relative: to the tree above .git */
			parent(f->file->path.s, 2, &dir);
			resolve(&g, &e->value, dir.s, &path);
			if (path.n)
				folder(&g, r, e, path.s, "core.hookspath");
		} else if (settings_match(&e->path, "init/templatedir",
			       false)) {
			parent(f->file->path.s, 1, &dir);
			resolve(&g, &e->value, dir.s, &path);
			if (path.n) {
				str_adds(&path, "/hooks");
				folder(&g, r, e, path.s, "init.templatedir");
			}
		}
	}
	settings_free(c);
}

int
parse_gitconfig(const struct art_file *f, struct rec *r, struct err *err)
{
	struct included in = {STRLIST_INIT, 0};

	(void)err;
	config(f, r, &in);
	strlist_release(&in.seen);
	return 0;
}

/* ---- hooks of a repository ---------------------------------------------------- */

/* The hooksPath of a configuration file; false: it sets none. */
static bool
hooks_path(const struct art_file *f, const char *path, struct str *out)
{
	struct str data cleanup_str = STR_INIT;
	struct conf c cleanup_conf = CONF_INIT;
	const struct str *v;

	if (root_slurp(f->root, path, CONF_YAML_MAX, &data, NULL, NULL) < 0)
		return false;
	conf_git(&c, data.s, data.n, 0);
	v = settings_last(&c, "core/hookspath");
	if (v)
		str_set(out, v->s, v->n);
	return v != NULL;
}

/* Another folder of hooks is in force: which file says so; NULL: none. */
static bool
elsewhere(const struct art_file *f, struct str *why)
{
	static const char *const homes[] = {"/.gitconfig",
	    "/.config/git/config"};
	struct str here cleanup_str = STR_INIT, value cleanup_str = STR_INIT;
	struct str path cleanup_str = STR_INIT, tree cleanup_str = STR_INIT;
	struct str at cleanup_str = STR_INIT;
	const char *owner = account_of(f);
	const struct account *a;
	bool found;
	size_t i;

	if (!f->root)
		return false;
	parent(f->file->path.s, 1, &here);
	parent(f->file->path.s, 2, &at);
	str_adds(&at, "/config");
	found = hooks_path(f, at.s, &value);
	a = !found && owner ? accounts_by_name(f->accounts, owner,
	    strlen(owner)) : NULL;
	for (i = 0; a && !found && i < COUNT(homes); i++) {
		str_clear(&at);
		str_add(&at, a->home.s, strlen(a->home.s));
		str_adds(&at, homes[i]);
		found = hooks_path(f, at.s, &value);
	}
	if (!found) {
		str_sets(&at, "/etc/gitconfig");
		found = hooks_path(f, at.s, &value);
	}
	if (!found || !value.n)
		return false;
	parent(f->file->path.s, 3, &tree);
	resolve(f, &value, tree.s, &path);
	while (path.n > 1 && path.s[path.n - 1] == '/')
		str_cut(&path, path.n - 1);
	if (str_eq(&path, here.s))
		return false;
	str_addf(why, "core.hooksPath of %s names another folder", at.s);
	return true;
}

int
parse_githook(const struct art_file *f, struct rec *r, struct err *err)
{
	const char *base = strrchr(f->via, '/'), *defect = NULL;
	struct str when cleanup_str = STR_INIT, why cleanup_str = STR_INIT;
	struct artifact art = *f->art;
	struct art_file g = *f;
	size_t i;

	(void)err;
	base = base ? base + 1 : f->via;
	g.owner = account_of(f);
	art.owner = OWNER_HOME;
	g.art = &art;
	for (i = 0; i < COUNT(hooks) && strcmp(hooks[i], base) != 0; i++)
		;
	str_addf(&when, "git %s", base);
	art.when = when.s;
	if (i == COUNT(hooks))
		defect = "no name of a hook: git does not run it";
	else if (!(f->file->st.st_mode & 0111))
		defect = "is not executable: git passes over it";
	else if (elsewhere(f, &why))
		defect = why.s;

	struct settings_run s = {.name = base, .defect = defect};

	settings_command(&g, r, &s, RUNS_FILE, f->via, strlen(f->via));
	if (i < COUNT(hooks) && shell_script(f->data, f->n))
		shell_rows(&g, r, defect);
	return 0;
}
