#include "env.h"

#include "limits.h"
#include "login.h"
#include "pam.h"
#include "runs.h"
#include "sshd.h"

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

enum env_means
env_means(const char *name, size_t n)
{
	static const struct {
		const char *name;
		enum env_means means;
	} known[] = {{"LD_PRELOAD", ENV_LIBRARY}, {"LD_AUDIT", ENV_LIBRARY},
	    {"LD_LIBRARY_PATH", ENV_FOLDERS}, {"LD_PRELOAD_32", ENV_LIBRARY},
	    {"LD_PRELOAD_64", ENV_LIBRARY}, {"GCONV_PATH", ENV_FOLDERS},
	    {"BASH_ENV", ENV_FILE}, {"ENV", ENV_FILE},
	    {"PYTHONSTARTUP", ENV_FILE}, {"PYTHONPATH", ENV_FOLDERS},
	    {"PYTHONHOME", ENV_FOLDERS}, {"PERL5LIB", ENV_FOLDERS},
	    {"PERLLIB", ENV_FOLDERS}, {"PERL5DB", ENV_COMMAND},
	    {"PERL5OPT", ENV_COMMAND}, {"RUBYOPT", ENV_COMMAND},
	    {"RUBYLIB", ENV_FOLDERS}, {"NODE_OPTIONS", ENV_COMMAND},
	    {"NODE_PATH", ENV_FOLDERS}, {"PROMPT_COMMAND", ENV_COMMAND},
	    {"ZDOTDIR", ENV_FOLDERS}, {"JAVA_TOOL_OPTIONS", ENV_COMMAND},
	    {"GIT_SSH_COMMAND", ENV_COMMAND}, {"GIT_SSH", ENV_COMMAND},
	    {"SSH_ASKPASS", ENV_COMMAND}, {"SUDO_ASKPASS", ENV_COMMAND},
	    {"OPENSSL_CONF", ENV_FILE}, {"GTK_MODULES", ENV_LIBRARY},
	    {"OPENSSL_ENGINES", ENV_FOLDERS},
	    {"OPENSSL_MODULES", ENV_FOLDERS}, {"EDITOR", ENV_COMMAND},
	    {"VISUAL", ENV_COMMAND}, {"SUDO_EDITOR", ENV_COMMAND},
	    {"PAGER", ENV_COMMAND}, {"MANPAGER", ENV_COMMAND},
	    {"SYSTEMD_PAGER", ENV_COMMAND}, {"SYSTEMD_EDITOR", ENV_COMMAND},
	    {"LESSOPEN", ENV_COMMAND}, {"LESSCLOSE", ENV_COMMAND},
	    {"BROWSER", ENV_COMMAND}, {"GIT_ASKPASS", ENV_COMMAND},
	    {"GIT_EDITOR", ENV_COMMAND}, {"GIT_PAGER", ENV_COMMAND},
	    {"GIT_EXTERNAL_DIFF", ENV_COMMAND},
	    {"GIT_PROXY_COMMAND", ENV_COMMAND},
	    {"GIT_SEQUENCE_EDITOR", ENV_COMMAND},
	    {"GIT_EXEC_PATH", ENV_FOLDERS}, {"GIT_TEMPLATE_DIR", ENV_FOLDERS},
	    {"JDK_JAVA_OPTIONS", ENV_COMMAND},
	    {"_JAVA_OPTIONS", ENV_COMMAND}, {"FAKE_SHELL", ENV_FILE},
	    {"SHELL", ENV_FILE}, {"PATH", ENV_PATH}};
	size_t i;

	for (i = 0; i < COUNT(known); i++)
		if (strlen(known[i].name) == n &&
		    memcmp(known[i].name, name, n) == 0)
			return known[i].means;
	return ENV_PLAIN;
}

void
env_runs(const struct art_file *f, struct rec *r, enum env_means m,
    const char *value, size_t n)
{
	size_t i;

	switch (m) {
	case ENV_LIBRARY: /* the first of them */
		for (i = 0; i < n && value[i] != ':' && !blank(value[i]);)
			i++;
		art_runs(f, r, RUNS_FILE, value, i, RUNS_LIBRARIES, NULL);
		break;
	case ENV_FILE:
		if (!memchr(value, '$', n))
			art_runs(f, r, RUNS_FILE, value, n, NULL, NULL);
		break;
	case ENV_COMMAND:
		art_runs(f, r, RUNS_SHELL, value, n, NULL, NULL);
		break;
	case ENV_PLAIN:
	case ENV_FOLDERS:
	case ENV_PATH:
		break;
	}
}

const char *
env_open_to_others(const struct art_file *f, const char *path,
    const struct account *owner)
{
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;

	if (!f->root || root_find(f->root, path, 0, &rf, NULL))
		return NULL;
	if (rf.st.st_mode & S_IWOTH)
		return "may be written by all";
	if (rf.st.st_uid != 0 &&
	    !(owner && owner->uid == (int64_t)rf.st.st_uid))
		return "does not belong to root";
	if ((rf.st.st_mode & S_IWGRP) && rf.st.st_gid != 0 &&
	    !(f->tree && f->accounts && owner &&
		group_private(login_groups(f->tree), f->accounts, owner,
		    rf.st.st_gid)))
		return "may be written by a group";
	return NULL;
}

static bool
usual(const char *p, size_t n)
{
	static const char *const folders[] = {"/bin", "/sbin", "/usr/bin",
	    "/usr/sbin", "$PATH", "${PATH}"};
	size_t i;

	for (i = 0; i < COUNT(folders); i++)
		if (strlen(folders[i]) == n && memcmp(folders[i], p, n) == 0)
			return true;
	return false;
}

/* A folder of PATH before the usual ones: which of their programs it has, too. */
struct hides {
	const struct art_file *f;
	struct rec *r;
	int64_t line;
	const char *folder, *text;
	size_t text_n, rows;
};

static int
hides(void *arg, const struct root_entry *ent)
{
	static const char *const folders[] = {"/usr/bin/", "/usr/sbin/",
	    "/bin/", "/sbin/"};
	struct hides *h = arg;
	struct str mine cleanup_str = STR_INIT, over cleanup_str = STR_INIT;
	struct str what cleanup_str = STR_INIT;
	size_t i;

	if (!(ent->st->st_mode & 0111) || S_ISDIR(ent->st->st_mode))
		return 0;
	for (i = 0; i < COUNT(folders); i++) {
		struct root_file rf cleanup_root_file = ROOT_FILE_INIT;

		str_clear(&over);
		str_addf(&over, "%s%s", folders[i], ent->name);
		if (root_find(h->f->root, over.s, 0, &rf, NULL) == 0)
			break;
	}
	if (i == COUNT(folders))
		return 0;
	if (++h->rows > PATH_ROWS_MAX)
		return 1;
	str_addf(&mine, "%s/%s", h->folder, ent->name);
	str_addf(&what, "%s: has %s, before the usual ones", h->folder,
	    ent->name);
	art_begin(h->f, h->r, h->line);
	rec_text(h->r, COL_persist_name, "PATH");
	rec_str(h->r, COL_persist_options, &what);
	rec_bytes(h->r, COL_persist_text, h->text, h->text_n);
	rec_str(h->r, COL_persist_overrides, &over);
	art_runs(h->f, h->r, RUNS_FILE, mine.s, mine.n, NULL, NULL);
	rec_end(h->r);
	return 0;
}

/* Hidden, and in nobody's home. */
static bool
hidden_folder(const char *p)
{
	const char *dot = strstr(p, "/.");

	return dot && dot[2] && dot[2] != '/' && dot[2] != '.' &&
	       strncmp(p, "/home/", 6) != 0 && strncmp(p, "/root/", 6) != 0;
}

void
env_path(const struct art_file *f, struct rec *r, int64_t line,
    const char *value, size_t n, const char *text, size_t text_n)
{
	const struct account *owner = f->owner && f->accounts
	    ? accounts_by_name(f->accounts, f->owner, strlen(f->owner)) : NULL;
	struct str entry cleanup_str = STR_INIT, what cleanup_str = STR_INIT;
	struct str home cleanup_str = STR_INIT;
	const char *odd;
	size_t i, from, skip, rows = 0;
	bool before = true;

	for (from = i = 0; i <= n && rows < PATH_ROWS_MAX; i++) {
		if (i < n && value[i] != ':')
			continue;
		str_set(&entry, value + from, i - from);
		from = i + 1;
		if (usual(entry.s, entry.n))
			before = false;
		skip = strncmp(entry.s, "$HOME/", 6) == 0 ? 5 :
		       strncmp(entry.s, "${HOME}/", 8) == 0 ? 7 :
		       strncmp(entry.s, "~/", 2) == 0 ? 1 : 0;
		if (skip && owner && owner->home.s[0] == '/') {
			str_clear(&home);
			str_addf(&home, "%s%s", owner->home.s, entry.s + skip);
			str_set(&entry, home.s, home.n);
		}
		if (!entry.n) /* /bin: as sh does it */
			odd = "the folder that a program is started in";
		else if (entry.s[0] == '$' || entry.s[0] == '~' ||
		    entry.s[0] == '@' || entry.s[0] == '`')
			odd = NULL;
		else if (entry.s[0] != '/')
			odd = "relative";
		else if (strlen(entry.s) != entry.n || strchr(entry.s, '$'))
			odd = NULL;
		else if (hidden_folder(entry.s))
			odd = "hidden";
		else
			odd = env_open_to_others(f, entry.s, owner);
		if (before && f->root && entry.s[0] == '/' &&
		    strlen(entry.s) == entry.n &&
		    strncmp(entry.s, "/usr/local/", 11) != 0) {
			struct hides h = {f, r, line, entry.s, text, text_n,
			    rows};

			root_list(f->root, entry.s, hides, &h, NULL);
			rows = h.rows;
		}
		if (!odd)
			continue;
		rows++;
		str_clear(&what);
		str_addf(&what, "%s: %s%s", entry.s, odd,
		    before ? ", before the usual ones" : "");
		art_begin(f, r, line);
		rec_text(r, COL_persist_name, "PATH");
		rec_str(r, COL_persist_options, &what);
		rec_bytes(r, COL_persist_text, text, text_n);
		rec_end(r);
	}
}

/* ---- files of variables ------------------------------------------------ */

/* Without the quotes around it. */
static void
unquote(const char **p, size_t *n)
{
	while (*n && blank(**p)) {
		++*p;
		--*n;
	}
	while (*n && blank((*p)[*n - 1]))
		--*n;
	if (*n >= 2 && (**p == '"' || **p == '\'') && (*p)[*n - 1] == **p) {
		++*p;
		*n -= 2;
	}
}

static void
variable(const struct art_file *f, struct rec *r, const struct art_line *l,
    const char *name, size_t name_n, const char *value, size_t value_n,
    const char *enabled, const char *defect)
{
	enum env_means m = env_means(name, name_n);

	unquote(&value, &value_n);
	art_begin(f, r, l->number);
	if (f->art->when[0])
		rec_text(r, COL_persist_schedule, f->art->when);
	rec_bytes(r, COL_persist_name, name, name_n);
	rec_bytes(r, COL_persist_options, value, value_n);
	if (m != ENV_PLAIN && m != ENV_PATH && value_n)
		rec_bytes(r, COL_persist_command, value, value_n);
	rec_bytes(r, COL_persist_text, l->p, l->n);
	rec_text(r, COL_persist_enabled, enabled);
	rec_text(r, COL_persist_defect, defect);
	env_runs(f, r, m, value, value_n);
	rec_end(r);
	if (m == ENV_PATH && !defect)
		env_path(f, r, l->number, value, value_n, l->p, l->n);
}

static bool
ends(const char *s, const char *tail)
{
	size_t n = strlen(s), k = strlen(tail);

	return n >= k && strcmp(s + n - k, tail) == 0;
}

/* pam_env.conf(5): NAME [DEFAULT=value] [OVERRIDE=value] */
static bool
pam_env(const struct art_file *f, struct rec *r, const struct art_line *l,
    const char *p, size_t n, const char *enabled, const char *defect)
{
	static const char *const keys[] = {"DEFAULT=", "OVERRIDE="};
	size_t i, k, name_n, from;
	bool any = false;
	char q;

	for (name_n = 0; name_n < n && !blank(p[name_n]) && p[name_n] != '=';)
		name_n++;
	if (name_n < n && p[name_n] == '=')
		return false;
	for (i = name_n; i < n;) {
		while (i < n && blank(p[i]))
			i++;
		for (k = 0; k < COUNT(keys); k++)
			if (n - i > strlen(keys[k]) &&
			    memcmp(p + i, keys[k], strlen(keys[k])) == 0)
				break;
		if (k == COUNT(keys))
			break;
		i += strlen(keys[k]);
		from = i;
		q = p[i] == '"' ? p[i++] : 0;
		while (i < n && (q ? p[i] != q : !blank(p[i])))
			i++;
		i += i < n && q;
		variable(f, r, l, p, name_n, p + from, i - from, enabled,
		    defect);
		any = true;
	}
	return any;
}

/* login.defs: what of it runs something or sets PATH. */
static bool
login_defs(const struct art_file *f, struct rec *r, const struct art_line *l,
    const char *p, size_t n)
{
	static const char *const keys[] = {"ENV_PATH", "ENV_SUPATH",
	    "ENVIRON_FILE", "USERDEL_CMD", "FAKE_SHELL", "ENV_HZ", "ENV_TZ",
	    "LOGIN_STRING", "CONSOLE_GROUPS", "SU_WHEEL_ONLY", "CONSOLE"};
	size_t i, k, name_n;
	const char *value;
	size_t value_n;

	for (name_n = 0; name_n < n && !blank(p[name_n]);)
		name_n++;
	for (i = 0; i < COUNT(keys); i++)
		if (strlen(keys[i]) == name_n && memcmp(keys[i], p, name_n) == 0)
			break;
	if (i == COUNT(keys))
		return false;
	for (k = name_n; k < n && blank(p[k]);)
		k++;
	value = p + k;
	value_n = n - k;
	art_begin(f, r, l->number);
	rec_text(r, COL_persist_schedule, f->art->when);
	rec_bytes(r, COL_persist_name, p, name_n);
	art_trimmed(r, COL_persist_options, value, value_n);
	rec_bytes(r, COL_persist_text, l->p, l->n);
	if (i == 3 || i == 4) {
		art_trimmed(r, COL_persist_command, value, value_n);
		art_runs(f, r, RUNS_WORDS, value, value_n, NULL, NULL);
	}
	rec_end(r);
	if (i < 2 && value_n > 5 && memcmp(value, "PATH=", 5) == 0)
		env_path(f, r, l->number, value + 5, value_n - 5, l->p, l->n);
	return true;
}

/* The file of environment.d that hides this one: same name, earlier folder. */
static void
hidden(const struct art_file *f, struct str *out)
{
	static const char *const folders[] = {"/etc/environment.d/",
	    "/run/environment.d/", "/usr/local/lib/environment.d/",
	    "/usr/lib/environment.d/"};
	size_t i;

	for (i = 0; f->root && i < COUNT(folders); i++) {
		struct root_file rf cleanup_root_file = ROOT_FILE_INIT;

		if (strncmp(f->via, folders[i], strlen(folders[i])) == 0)
			return;
		if (f->art->owner == OWNER_HOME ||
		    !strstr(f->via, "/environment.d/"))
			return;
		str_clear(out);
		str_addf(out, "%s%s", folders[i], strrchr(f->via, '/') + 1);
		if (root_find(f->root, out->s, ROOT_NOFOLLOW, &rf, NULL) == 0) {
			str_adds(out, " is read in its place");
			return;
		}
		str_clear(out);
	}
}

int
parse_environment(const struct art_file *f, struct rec *r, struct err *err)
{
	struct art_line l = ART_LINE_INIT;
	struct str defect cleanup_str = STR_INIT;
	const struct account *owner = NULL;
	const char *enabled = NULL, *p, *sign;
	bool pam = ends(f->via, "/pam_env.conf") ||
		   ends(f->via, "/.pam_environment");
	int64_t rows = 0, lines = 0;
	size_t n, i;

	(void)err;
	if (f->tree && f->root) {
		if (f->owner && f->accounts)
			owner = accounts_by_name(f->accounts, f->owner,
			    strlen(f->owner));
		hidden(f, &defect);
		if (ends(f->via, "/.pam_environment")) {
			if (pam_of(f->tree)->user_env)
				enabled = "pam_env with user_readenv=1";
			else
				str_adds(&defect, "no pam_env asks for it "
				    "(user_readenv), which is off by default");
		} else if (ends(f->via, "/.ssh/environment")) {
			if (sshd_is(sshd_of(f->tree), "permituserenvironment",
			    owner, "no", true))
				str_adds(&defect,
				    "PermitUserEnvironment is no");
			else
				enabled = "PermitUserEnvironment";
		}
	}
	while (art_next(f, &l)) {
		p = l.p;
		n = l.n;
		while (n && blank(*p)) {
			p++;
			n--;
		}
		while (n && blank(p[n - 1]))
			n--;
		if (!n || *p == '#')
			continue;
		if (++lines > ART_LINES_MAX) {
			art_too_many(f, r);
			break;
		}
		if (ends(f->via, "/login.defs")) {
			rows += login_defs(f, r, &l, p, n);
			continue;
		}
		if (pam && pam_env(f, r, &l, p, n, enabled,
		    defect.n ? defect.s : NULL)) {
			rows++;
			continue;
		}
		if (n > 7 && memcmp(p, "export", 6) == 0 && blank(p[6]))
			for (p += 6, n -= 6; n && blank(*p); n--)
				p++;
		sign = memchr(p, '=', n);
		for (i = 0; sign && p + i < sign && !blank(p[i]);)
			i++;
		rows++;
		if (!sign || p + i != sign || !i) {
			art_begin(f, r, l.number);
			rec_bytes(r, COL_persist_text, l.p, l.n);
			rec_text(r, COL_persist_defect,
			    "no NAME=value: passed over");
			rec_end(r);
			continue;
		}
		variable(f, r, &l, p, i, sign + 1, n - i - 1, enabled,
		    defect.n ? defect.s : NULL);
	}
	if (!rows)
		art_file_row(f, r, defect.n ? defect.s : NULL);
	return 0;
}
