#include "art.h"

#include "limits.h"
#include "pam.h"
#include "runs.h"

/*
 * A row for each line of a PAM file: the module, which services reach it, and
 * what its yes makes unnecessary.
 */

/* Words that pam_exec takes for itself before the command. */
static bool
exec_option(const char *p, size_t n)
{
	static const char *const whole[] = {"debug", "expose_authtok",
	    "seteuid", "quiet", "quiet_log", "stdout"};
	static const char *const begin[] = {"log=", "type="};
	size_t i;

	for (i = 0; i < COUNT(whole); i++)
		if (strlen(whole[i]) == n && strncasecmp(p, whole[i], n) == 0)
			return true;
	for (i = 0; i < COUNT(begin); i++)
		if (n > strlen(begin[i]) &&
		    strncasecmp(p, begin[i], strlen(begin[i])) == 0)
			return true;
	return false;
}

/* The command of a module that runs one; NULL: it does not. */
static const char *
runs(const struct pam_entry *e)
{
	const char *base = strrchr(e->module.s, '/'), *p = e->args.s;
	size_t n;

	base = base ? base + 1 : e->module.s;
	if (strcmp(base, "pam_python.so") == 0)
		return *p ? p : NULL;
	if (strcmp(base, "pam_exec.so") != 0)
		return NULL;
	for (;;) {
		while (*p == ' ' || *p == '\t')
			p++;
		n = strcspn(p, " \t");
		if (!n)
			return NULL;
		if (!exec_option(p, n))
			return p;
		p += n;
	}
}

/*
 * What pam_script runs: a file of that type's name in its folder (dir=, else
 * the one that it was built with).
 */
static void
script(const struct art_file *f, const struct pam_entry *e, struct str *path)
{
	static const char *const names[PAM_TYPES] = {"auth", "acct", "passwd",
	    "ses_open"};
	static const char *const folders[] = {"/usr/share/libpam-script",
	    "/etc/pam-script", "/etc/pam-script.d", "/usr/bin"};
	const char *dir = strstr(e->args.s, "dir=");
	size_t i, k;

	for (k = 0; k < PAM_TYPES && !(e->types & (1 << k)); k++)
		;
	if (k == PAM_TYPES)
		return;
	for (i = 0; i < (dir ? 1 : COUNT(folders)); i++) {
		struct root_file rf cleanup_root_file = ROOT_FILE_INIT;

		str_clear(path);
		if (dir)
			str_add(path, dir + 4, strcspn(dir + 4, " \t"));
		else
			str_adds(path, folders[i]);
		str_addf(path, "/pam_script_%s", names[k]);
		if (dir || (f->root &&
		    root_find(f->root, path->s, 0, &rf, NULL) == 0))
			return;
	}
	str_clear(path);
}

/* A line by which services let in who knows no secret. */
static void
open_row(const struct art_file *f, struct rec *r, const struct pam_entry *e,
    enum pam_whom whom)
{
	if (!e->opens[whom].n)
		return;
	art_begin(f, r, e->line);
	rec_text(r, COL_persist_name, "auth-open");
	rec_text(r, COL_persist_schedule, "auth");
	rec_text(r, COL_persist_options, whom == PAM_ANYBODY ? "anybody"
							     : "some");
	rec_str(r, COL_persist_text, &e->text);
	rec_str(r, COL_persist_enabled, &e->opens[whom]);
	rec_str(r, COL_persist_overrides, &e->before);
	rec_end(r);
}

static void
row(const struct art_file *f, struct rec *r, const struct pam_entry *e,
    const char *whole)
{
	struct str path cleanup_str = STR_INIT;
	struct str command cleanup_str = STR_INIT;
	struct str options cleanup_str = STR_INIT;
	const char *defect = e->defect, *base, *cmd;

	if (!defect)
		defect = whole;
	if (!defect && e->missing)
		defect = e->include ? "no such file: PAM fails there"
		    : !e->action[PAM_MISSING]
		    ? "no such module: passed over"
		    : "no such module: PAM fails there";
	art_begin(f, r, e->line);
	base = strrchr(f->via, '/');
	rec_text(r, COL_persist_name, e->service.n ? e->service.s :
	    base ? base + 1 : f->via);
	rec_str(r, COL_persist_schedule, &e->type);
	str_add(&command, e->module.s, e->module.n);
	if (e->args.n)
		str_addf(&command, " %s", e->args.s);
	if (e->include) {
		str_addf(&options, "%s %s", e->control.s, e->module.s);
		rec_str(r, COL_persist_options, &options);
	} else {
		rec_str(r, COL_persist_options, &e->control);
		rec_str(r, COL_persist_command, &command);
	}
	rec_str(r, COL_persist_text, &e->text);
	rec_str(r, COL_persist_enabled, &e->services);
	rec_str(r, COL_persist_overrides, &e->before);
	rec_text(r, COL_persist_defect, defect);
	base = strrchr(e->module.s, '/');
	if (strcmp(base ? base + 1 : e->module.s, "pam_script.so") == 0)
		script(f, e, &path);
	if (path.n)
		art_runs(f, r, RUNS_FILE, path.s, path.n, NULL, NULL);
	else if ((cmd = runs(e)))
		art_runs(f, r, RUNS_WORDS, cmd, strlen(cmd), NULL, NULL);
	else if (e->path.n)
		art_runs(f, r, RUNS_FILE, e->path.s, e->path.n, NULL, NULL);
	rec_end(r);
	open_row(f, r, e, PAM_ANYBODY);
	open_row(f, r, e, PAM_SOME);
}

int
parse_pam(const struct art_file *f, struct rec *r, struct err *err)
{
	struct pam_file alone = {.path = STR_INIT, .via = STR_INIT,
	    .name = STR_INIT};
	const struct pam_file *file = &alone;
	const char *whole = NULL;
	const struct pam *p = NULL;
	struct str hidden cleanup_str = STR_INIT;
	size_t i;

	(void)err;
	if (f->tree && f->root)
		p = pam_of(f->tree);
	for (i = 0; p && i < p->n; i++)
		if (str_eq(&p->files[i].via, f->via) ||
		    str_eq(&p->files[i].path, f->file->path.s))
			break;
	if (p && i < p->n) {
		file = &p->files[i];
		if (file->hidden) {
			str_addf(&hidden, "%s is read in its place",
			    p->files[file->hidden - 1].via.s);
			whole = hidden.s;
		}
	} else {
		pam_text(&alone, f->data, f->n,
		    strcmp(f->via, "/etc/pam.conf") == 0);
		if (p && strcmp(f->via, "/etc/pam.conf") == 0)
			whole = "/etc/pam.d is there: the file is not read";
	}
	if (p && f->first && p->over)
		rec_note(r, ERR_LIMIT, "parse", f->scope, "/etc/pam.d", 0,
		    "more than %d files (PAM_FILES_MAX) or %d lines "
		    "(PAM_LINES_MAX)", PAM_FILES_MAX, PAM_LINES_MAX);
	if (p && f->first && p->steps)
		rec_note(r, ERR_LIMIT, "parse", f->scope, "/etc/pam.d", 0,
		    "a stack of more than %d lines (PAM_STEPS)", PAM_STEPS);
	for (i = 0; i < file->n; i++)
		row(f, r, &file->v[i], whole);
	if (!file->n)
		art_file_row(f, r, whole);
	pam_file_release(&alone);
	return 0;
}
