#include "art.h"

#include "pam.h"
#include "runs.h"
#include "shell.h"
#include "tree.h"

/*
 * A file that is run as a program by its place: cron.daily and the like (by
 * run-parts), rc.local, systemd generators. One row for the program; if it is
 * a shell's, one more for each of its command lines.
 */

static bool
word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

/* run-parts(8) of debianutils in its classic mode; the shell script that Red
 * Hat uses is kinder to names. */
static const char *
run_parts(const struct art_file *f, const char *name)
{
	enum cron_kind kind = f->tree ? art_tree_cron(f->tree) : CRON_DEBIAN;
	static const char *const tails[] = {"~", ",", ".rpmsave", ".rpmorig",
	    ".rpmnew", ".swp", ".cfsaved", NULL};
	size_t n = strlen(name), i, k;

	if (name[0] == '.')
		return "name begins with a dot: run-parts passes over it";
	if (kind == CRON_CRONIE) {
		for (i = 0; tails[i]; i++) {
			k = strlen(tails[i]);
			if (n >= k && strcmp(name + n - k, tails[i]) == 0)
				return "name is one that run-parts passes over";
		}
		return NULL;
	}
	for (i = 0; i < n; i++)
		if (!word(name[i]))
			return "name has a byte other than letters, digits, "
			       "'-' and '_': run-parts passes over it";
	return NULL;
}

/* run-parts --lsbsysinit, as pam_motd runs it: names of the classic mode, and
 * those of the LSB, "namespace.org-name". */
static const char *
motd_name(const char *name)
{
	size_t n = strlen(name), i, dash = 0;

	for (i = 0; i < n && word(name[i]);)
		i++;
	if (i == n && n)
		return NULL;
	for (i = 0; i < n; i++) {
		if (name[i] == '-')
			dash = i;
		else if (!((name[i] >= 'a' && name[i] <= 'z') ||
			     (name[i] >= '0' && name[i] <= '9') ||
			     name[i] == '_' || name[i] == '.'))
			break;
	}
	if (i == n && dash && dash + 1 < n && !strchr(name + dash, '.') &&
	    !strstr(name, ".dpkg-"))
		return NULL;
	return "name is one that run-parts passes over";
}

/*
 * Generators of systemd: of one name the file of the first folder is run; a
 * link to /dev/null or an empty file there takes it away. Of those that run at
 * sleep and shutdown only one folder is looked into.
 */
static const char *
generator(const struct art_file *f, const char *name, struct str *text)
{
	static const char *const order[] = {"/run/", "/etc/",
	    "/usr/local/lib/", "/usr/lib/", "/lib/"};
	struct str path cleanup_str = STR_INIT, target cleanup_str = STR_INIT;
	const char *kind = strstr(f->via, "/systemd/");
	size_t i;

	if (!kind || !f->root)
		return NULL;
	if (strncmp(f->via, "/etc/", 5) == 0 &&
	    (strncmp(kind, "/systemd/system-sleep/", 22) == 0 ||
	    strncmp(kind, "/systemd/system-shutdown/", 25) == 0))
		return "systemd does not look into this folder";
	if (!strstr(kind, "generators/"))
		return NULL;
	for (i = 0; i < COUNT(order); i++) {
		struct root_file rf cleanup_root_file = ROOT_FILE_INIT;

		if (strncmp(f->via, order[i], strlen(order[i])) == 0)
			return NULL;
		str_set(&path, order[i], strlen(order[i]) - 1);
		str_add(&path, kind, (size_t)(strrchr(f->via, '/') - kind));
		str_addc(&path, '/');
		str_adds(&path, name);
		if (root_find(f->root, path.s, ROOT_NOFOLLOW, &rf, NULL))
			continue;
		if (S_ISLNK(rf.st.st_mode)) {
			root_readlink(f->root, &rf, &target, NULL);
			root_file_close(&rf);
			/* evidence may have no devices */
			if (str_eq(&target, "/dev/null")) {
				str_addf(text, "masked by %s", path.s);
				return text->s;
			}
			if (root_find(f->root, path.s, 0, &rf, NULL))
				continue;
		}
		if (str_eq(&f->file->path, rf.path.s))
			return NULL;
		str_addf(text, S_ISREG(rf.st.st_mode) && rf.st.st_size ?
		    "%s is run in its place" : "masked by %s", path.s);
		return text->s;
	}
	return NULL;
}

int
parse_script(const struct art_file *f, struct rec *r, struct err *err)
{
	const char *name = strrchr(f->via, '/');
	const char *defect = NULL;
	struct str text cleanup_str = STR_INIT;

	(void)err;
	name = name ? name + 1 : f->via;
	if (strncmp(f->art->name, "cron-", 5) == 0)
		defect = run_parts(f, name);
	else if (strcmp(f->art->name, "motd") == 0)
		defect = motd_name(name);
	if (strncmp(f->art->name, "systemd-", 8) == 0)
		defect = generator(f, name, &text);
	if (!defect && !(f->file->st.st_mode & 0111))
		defect = "is not executable";
	if (!defect && f->tree && f->root) {
		if (strcmp(f->art->name, "motd") == 0 &&
		    !pam_has(pam_of(f->tree), "pam_motd.so"))
			defect = "no stack of PAM has pam_motd";
		else if (strcmp(f->art->name, "pam-namespace") == 0 &&
		    !pam_has(pam_of(f->tree), "pam_namespace.so"))
			defect = "no stack of PAM has pam_namespace";
	}
	art_begin(f, r, 0);
	if (f->art->when[0])
		rec_text(r, COL_persist_schedule, f->art->when);
	rec_text(r, COL_persist_name, name);
	rec_text(r, COL_persist_command, f->via);
	art_runs(f, r, RUNS_FILE, f->via, strlen(f->via), NULL, NULL);
	rec_text(r, COL_persist_defect, defect);
	rec_end(r);
	if (shell_script(f->data, f->n))
		shell_rows(f, r, defect);
	return 0;
}
