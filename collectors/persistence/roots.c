#include "roots.h"

#include "art.h"
#include "limits.h"
#include "settings.h"

struct roots {
	bool git_known, web_known;
	struct strlist git; /* folders of repositories: .git, or a bare one */
	struct strlist scripts, htaccess, ini;
	/* the walk at hand */
	struct art_tree *tree;
	size_t base; /* length of the path that it began at */
	size_t dirs;
	bool over;
};

void
roots_free(struct roots *r)
{
	if (!r)
		return;
	strlist_release(&r->git);
	strlist_release(&r->scripts);
	strlist_release(&r->htaccess);
	strlist_release(&r->ini);
	free(r);
}

static struct roots *
roots_of(struct art_tree *t)
{
	if (!t->roots)
		t->roots = xcalloc(1, sizeof(*t->roots));
	t->roots->tree = t;
	return t->roots;
}

static bool
ends(const char *s, size_t n, const char *tail)
{
	size_t k = strlen(tail);

	return n >= k && strcasecmp(s + n - k, tail) == 0;
}

static bool
below(const char *path, const char *dir, size_t n)
{
	return strncmp(path, dir, n) == 0 && (path[n] == '/' || !path[n]);
}

/* Join a list of folders that do not lie in each other; the system's own are
 * no homes and no web roots. */
static void
add_root(struct strlist *l, struct root *r, const char *path)
{
	static const char *const never[] = {"/", "/bin", "/sbin", "/lib", "/usr",
	    "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/share", "/var",
	    "/var/lib", "/tmp", NULL};
	static const char *const apart[] = {"/proc", "/sys", "/dev", "/run",
	    NULL};
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	const char *const *w;
	size_t i;

	if (root_find(r, path, 0, &f, NULL) || !S_ISDIR(f.st.st_mode))
		return;
	for (w = never; *w; w++)
		if (str_eq(&f.path, *w))
			return;
	for (w = apart; *w; w++)
		if (below(f.path.s, *w, strlen(*w)))
			return;
	for (i = 0; i < l->n; i++)
		if (below(f.path.s, l->v[i].s, l->v[i].n))
			return;
	if (l->n < HOMES_MAX)
		strlist_add(l, f.path.s, f.path.n);
}

static void
bad(void *arg, const char *path, const struct err *e)
{
	struct roots *r = arg;

	if (r->tree->rec && e->class != ERR_ABSENT)
		rec_note_err(r->tree->rec, "search", r->tree->scope, path, e);
}

static void
walk(struct roots *r, const struct strlist *from, root_walk_fn *fn)
{
	struct err e;
	size_t i;

	r->dirs = 0;
	r->over = false;
	for (i = 0; i < from->n && !r->over; i++) {
		r->base = from->v[i].n;
		if (root_scan(r->tree->root, from->v[i].s, fn, bad, r, &e) < 0)
			bad(r, from->v[i].s, &e);
	}
}

/* ---- repositories ------------------------------------------------------------- */

static int
git_entry(void *arg, struct root_file *f)
{
	struct roots *r = arg;
	const char *p = f->path.s + r->base, *git = strstr(p, "/.git/");
	size_t depth = 0;

	if (!S_ISDIR(f->st.st_mode))
		return 0;
	if (++r->dirs > GIT_DIRS_MAX) {
		r->over = true;
		return 2;
	}
	if (git) {
		/* of a repository itself only its submodules' */
		p = git + 6;
		if (strncmp(p, "modules", 7) != 0)
			return ROOT_PRUNE;
		if (!p[7])
			return 0;
		strlist_add(&r->git, f->path.s, f->path.n);
		return ROOT_PRUNE;
	}
	if (ends(f->path.s, f->path.n, ".git")) {
		strlist_add(&r->git, f->path.s, f->path.n);
		return ends(f->path.s, f->path.n, "/.git") ? 0 : ROOT_PRUNE;
	}
	for (; *p; p++)
		depth += *p == '/';
	return depth >= GIT_DEPTH_MAX ? ROOT_PRUNE : 0;
}

static const struct strlist *
git_dirs(struct art_tree *t)
{
	static const char *const usual[] = {"/home", "/root", "/srv", "/opt",
	    "/var/www", "/var/lib/git", "/var/lib/gitea", "/var/lib/gitolite3",
	    "/var/opt/gitlab/git-data", "/usr/local", "/usr/src", "/etc"};
	struct strlist from cleanup_strlist = STRLIST_INIT;
	struct roots *r = roots_of(t);
	const struct account *a;
	size_t i;

	if (r->git_known)
		return &r->git;
	r->git_known = true;
	for (i = 0; i < COUNT(usual); i++)
		add_root(&from, t->root, usual[i]);
	for (i = 0; i < t->accounts->n && i < HOMES_MAX; i++) {
		a = &t->accounts->v[i];
		if (a->home.s[0] == '/' && strlen(a->home.s) == a->home.n)
			add_root(&from, t->root, a->home.s);
	}
	walk(r, &from, git_entry);
	strlist_sort(&r->git);
	if (r->over && t->rec)
		rec_note_fine(t->rec, ERR_LIMIT, "search", t->scope, NULL,
		    "repositories were looked for in the first %d folders "
		    "(GIT_DIRS_MAX)", GIT_DIRS_MAX);
	return &r->git;
}

void
git_config_places(struct art_tree *t, art_place_fn *fn, void *arg)
{
	const struct strlist *l = git_dirs(t);
	struct str path cleanup_str = STR_INIT;
	size_t i;

	for (i = 0; i < l->n; i++) {
		str_clear(&path);
		str_addf(&path, "%s/config", l->v[i].s);
		fn(arg, path.s, NULL);
		str_adds(&path, ".worktree");
		fn(arg, path.s, NULL);
	}
}

struct hooks {
	const char *dir;
	art_place_fn *fn;
	void *arg;
};

static int
hook(void *arg, const struct root_entry *ent)
{
	struct hooks *h = arg;
	struct str path cleanup_str = STR_INIT;

	/* git's own examples */
	if (ends(ent->name, strlen(ent->name), ".sample") ||
	    S_ISDIR(ent->st->st_mode))
		return 0;
	str_addf(&path, "%s/hooks/%s", h->dir, ent->name);
	h->fn(h->arg, path.s, NULL);
	return 0;
}

void
git_hook_places(struct art_tree *t, art_place_fn *fn, void *arg)
{
	const struct strlist *l = git_dirs(t);
	struct str path cleanup_str = STR_INIT;
	struct hooks h = {.fn = fn, .arg = arg};
	struct err e;
	size_t i;

	for (i = 0; i < l->n; i++) {
		str_clear(&path);
		str_addf(&path, "%s/hooks", l->v[i].s);
		h.dir = l->v[i].s;
		if (root_list(t->root, path.s, hook, &h, &e) < 0)
			bad(t->roots, path.s, &e);
	}
}

/* ---- web roots ------------------------------------------------------------------ */

static int
web_entry(void *arg, struct root_file *f)
{
	static const char *const scripts[] = {".php", ".php3", ".php4", ".php5",
	    ".php7", ".php8", ".phtml", ".phar", ".pht", ".inc", ".jsp",
	    ".jspx", ".cgi", ".fcgi", ".pl", ".py", ".rb", ".sh", ".lua", NULL};
	const char *base = strrchr(f->path.s, '/');
	struct roots *r = arg;
	size_t i;

	base = base ? base + 1 : f->path.s;
	if (S_ISDIR(f->st.st_mode))
		r->over = ++r->dirs > WEB_DIRS_MAX;
	if (r->scripts.n + r->htaccess.n + r->ini.n >= WEB_FILES_MAX)
		r->over = true;
	if (r->over)
		return 2;
	if (S_ISDIR(f->st.st_mode))
		return 0;
	if (strcmp(base, ".htaccess") == 0)
		strlist_add(&r->htaccess, f->path.s, f->path.n);
	else if (strcmp(base, ".user.ini") == 0)
		strlist_add(&r->ini, f->path.s, f->path.n);
	for (i = 0; scripts[i]; i++)
		if (ends(base, strlen(base), scripts[i])) {
			strlist_add(&r->scripts, f->path.s, f->path.n);
			break;
		}
	return 0;
}

struct configured {
	struct roots *r;
	struct strlist *from;
	const struct artifact *art;
};

/* The document roots of one file of a web server. */
static int
configured(void *arg, const char *via, struct root_file *f)
{
	static const char *const keys[] = {"DocumentRoot", "ScriptAlias",
	    "**/root", "**/alias", "server.document-root", NULL};
	struct str data cleanup_str = STR_INIT, path cleanup_str = STR_INIT;
	struct configured *c = arg;
	struct art_file af = {.art = c->art, .via = via};
	struct conf *conf;
	const char *p;
	size_t i, k, n;

	if (!S_ISREG(f->st.st_mode) || root_read(c->r->tree->root, f,
	    CONF_YAML_MAX, &data, NULL) < 0)
		return 0; /* noted where it is parsed */
	af.data = data.s;
	af.n = data.n;
	conf = settings_read(&af);
	for (i = 0; conf && i < conf->n; i++)
		for (k = 0; keys[k]; k++) {
			if (!settings_match(&conf->v[i].path, keys[k], true))
				continue;
			p = conf->v[i].value.s;
			n = conf->v[i].value.n;
			if (k == 1) { /* the second word */
				while (n && p[n - 1] != ' ' &&
				       p[n - 1] != '\t')
					n--;
				p += n;
				n = conf->v[i].value.n - n;
			}
			if (n > 1 && *p == '"') {
				p++;
				n -= 2;
			}
			str_set(&path, p, n);
			if (path.n && path.s[0] == '/' &&
			    strlen(path.s) == path.n)
				add_root(c->from, c->r->tree->root, path.s);
		}
	settings_free(conf);
	return 0;
}

static int
usual_root(void *arg, const char *via, struct root_file *f)
{
	struct configured *c = arg;

	(void)via;
	add_root(c->from, c->r->tree->root, f->path.s);
	return 0;
}

static struct roots *
web(struct art_tree *t)
{
	static const char *const usual[] = {"/var/www", "/srv/www", "/srv/http",
	    "/usr/share/nginx/html", "/usr/local/nginx/html",
	    "/usr/local/apache2/htdocs", "/usr/lib/cgi-bin",
	    "/var/lib/tomcat*/webapps", "/opt/tomcat*/webapps",
	    "/home/*/public_html", "/opt/lampp/htdocs"};
	static const char *const servers[] = {"apache-conf", "nginx-conf",
	    "lighttpd-conf"};
	struct strlist from cleanup_strlist = STRLIST_INIT;
	struct str pattern cleanup_str = STR_INIT;
	struct configured c = {.from = &from};
	struct roots *r = roots_of(t);
	const char *p, *end;
	struct err e;
	size_t i, k;

	if (r->web_known)
		return r;
	r->web_known = true;
	c.r = r;
	for (i = 0; i < COUNT(usual); i++)
		root_glob(t->root, usual[i], usual_root, NULL, &c, &e);
	for (i = 0; i < artifacts_n; i++) {
		for (k = 0; k < COUNT(servers); k++)
			if (strcmp(artifacts[i].name, servers[k]) == 0)
				break;
		if (k == COUNT(servers))
			continue;
		c.art = &artifacts[i];
		for (p = artifacts[i].glob; *p; p = end + (*end != '\0')) {
			end = p + strcspn(p, " ");
			str_set(&pattern, p, (size_t)(end - p));
			root_glob(t->root, pattern.s, configured, NULL, &c,
			    &e);
		}
	}
	walk(r, &from, web_entry);
	if (r->over && t->rec)
		rec_note(t->rec, ERR_LIMIT, "search", t->scope, NULL, 0,
		    "web roots hold more than %d folders (WEB_DIRS_MAX) or %d "
		    "scripts (WEB_FILES_MAX)", WEB_DIRS_MAX, WEB_FILES_MAX);
	return r;
}

static void
each(const struct strlist *l, art_place_fn *fn, void *arg)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		fn(arg, l->v[i].s, NULL);
}

void
web_script_places(struct art_tree *t, art_place_fn *fn, void *arg)
{
	each(&web(t)->scripts, fn, arg);
}

void
web_htaccess_places(struct art_tree *t, art_place_fn *fn, void *arg)
{
	each(&web(t)->htaccess, fn, arg);
}

void
web_ini_places(struct art_tree *t, art_place_fn *fn, void *arg)
{
	each(&web(t)->ini, fn, arg);
}
