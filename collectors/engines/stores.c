#include "engine.h"

#include "accounts.h"
#include "containerd.h"
#include "limits.h"
#include "state.h"
#include "storelib.h"

#include <ctype.h>

#define ENGINE(name) extern const struct engine engine_##name;
#include "engines.def"
#undef ENGINE

static const struct engine *const engines[] = {
#define ENGINE(name) &engine_##name,
#include "engines.def"
#undef ENGINE
};

const char *const engine_names[] = {
#define ENGINE(name) #name,
#include "engines.def"
#undef ENGINE
    NULL};

enum base { HOST, HOME, DATA };

struct place {
	const struct engine *engine; /* NULL: cannot be read */
	bool node;
	enum base base;
	const char *path;
	const char *pattern; /* below path; NULL for a store */
	const char *what;
};

static const struct place places[] = {
#define STORE(engine, base, path, what)                                        \
	{&engine_##engine, false, base, path, NULL, what},
#define FOREIGN(base, path, pattern, what)                                     \
	{NULL, false, base, path, pattern, what},
#define NODE(engine, path, pattern, what)                                      \
	{&engine_##engine, true, HOST, path, pattern, what},
#include "stores.def"
#undef STORE
#undef FOREIGN
#undef NODE
};

#define DEFAULT_STORE "/var/lib/docker"

/* Under which homes to look besides those that passwd names: an account may
 * be gone, its home not. */
static const char *const home_globs[] = {"/root", "/home/*"};

/* Where the daemon's data-root may be configured. */
static const char *const daemon_json[] = {
	"/etc/docker/daemon.json",
	"/var/snap/docker/current/config/daemon.json",
};
static const char *const daemon_json_home = "/.config/docker/daemon.json";
static const char *const service_globs[] = {
	"/etc/systemd/system/docker*.service",
	"/etc/systemd/system/docker*.service.d/*.conf",
	"/run/systemd/system/docker*.service",
	"/run/systemd/system/docker*.service.d/*.conf",
	"/usr/local/lib/systemd/system/docker*.service",
	"/usr/local/lib/systemd/system/docker*.service.d/*.conf",
	"/lib/systemd/system/docker*.service",
	"/lib/systemd/system/docker*.service.d/*.conf",
	"/usr/lib/systemd/system/docker*.service",
	"/usr/lib/systemd/system/docker*.service.d/*.conf",
	"/etc/default/docker",
	"/etc/sysconfig/docker*",
	"/etc/conf.d/docker",
	"/etc/init.d/docker",
	"/etc/rc.d/rc.docker",
};
/* Where the root of containerd may be configured. */
static const char *const containerd_toml[] = {
	"/etc/containerd/config.toml",
};
static const char *const containerd_toml_home =
	"/.config/containerd/config.toml";
static const char *const containerd_globs[] = {
	"/etc/systemd/system/containerd*.service",
	"/etc/systemd/system/containerd*.service.d/*.conf",
	"/run/systemd/system/containerd*.service",
	"/run/systemd/system/containerd*.service.d/*.conf",
	"/usr/local/lib/systemd/system/containerd*.service",
	"/usr/local/lib/systemd/system/containerd*.service.d/*.conf",
	"/lib/systemd/system/containerd*.service",
	"/lib/systemd/system/containerd*.service.d/*.conf",
	"/usr/lib/systemd/system/containerd*.service",
	"/usr/lib/systemd/system/containerd*.service.d/*.conf",
	"/etc/default/containerd",
	"/etc/sysconfig/containerd",
	"/etc/conf.d/containerd",
};
/* containers-storage.conf(5), crio.conf(5): other places of podman's and
 * CRI-O's. $HOME stands for each home in rootless_storage_path. */
static const char *const storage_conf[] = {
	"/etc/containers/storage.conf",
	"/usr/share/containers/storage.conf",
};
static const char *const storage_conf_home = "/.config/containers/storage.conf";
static const char *const crio_globs[] = {
	"/etc/crio/crio.conf",
	"/etc/crio/crio.conf.d/*",
	"/usr/share/crio/crio.conf.d/*",
};
static const struct {
	const char *key;
	bool crio;
	bool quiet; /* packages name it, whether it is there or not */
} conf_keys[] = {
	{"graphroot", false, false},
	{"rootless_storage_path", false, true},
	{"imagestore", false, false},
	{"additionalimagestores", false, true},
	{"root", true, false},
	{"imagestore", true, false},
};

/* UID.GID: the data-root of a user namespace lies in the one configured. */
static int
user_namespace(void *arg, const struct root_entry *ent)
{
	struct strlist *l = arg;
	const char *s = ent->name;
	size_t a = strspn(s, "0123456789"), b;

	if (a && s[a] == '.' && (b = strspn(s + a + 1, "0123456789")) &&
	    !s[a + 1 + b] && S_ISDIR(ent->st->st_mode))
		strlist_adds(l, s);
	return 0;
}

struct entries {
	struct strlist names;
	bool others;
};

static int
split(void *arg, const struct root_entry *ent)
{
	struct entries *es = arg;
	size_t n = es->names.n;

	user_namespace(&es->names, ent);
	es->others = es->others || es->names.n == n;
	return es->others;
}

const char *
engine_store_probe(struct root *dir)
{
	struct entries es = {.others = false};
	struct err e = {.class = ERR_NONE};
	struct str p cleanup_str = STR_INIT;
	const char *name = NULL;
	struct root *sub;
	size_t i;

	for (i = 0; i < COUNT(engines); i++)
		if (engines[i]->probe(dir, &e))
			return engines[i]->name;
	if (root_list(dir, "/", split, &es, NULL) == 0 && es.names.n) {
		str_addf(&p, "/%s", es.names.v[0].s);
		sub = root_open_sub(dir, p.s, NULL);
		for (i = 0; sub && !name && i < COUNT(engines); i++)
			if (engines[i]->probe(sub, &e))
				name = engines[i]->name;
		root_free(sub);
	}
	strlist_release(&es.names);
	return name;
}

void
engine_print_stores(void)
{
	static const char *const bases[] = {"", "~", "DATA-ROOT"};
	size_t i;

	for (i = 0; i < COUNT(places); i++) {
		const struct place *p = &places[i];

		printf("%-11s  %s%s%s%s  (%s)\n",
		    p->engine ? p->engine->name : "unsupported",
		    bases[p->base], p->path, p->pattern ? "/" : "",
		    p->pattern ? p->pattern : "", p->what);
	}
	for (i = 0; i < COUNT(daemon_json); i++)
		printf("%-11s  %s\n", "data-root of", daemon_json[i]);
	printf("%-11s  ~%s\n", "data-root of", daemon_json_home);
	for (i = 0; i < COUNT(service_globs); i++)
		printf("%-11s  %s\n", "--data-root", service_globs[i]);
	for (i = 0; i < COUNT(containerd_toml); i++)
		printf("%-11s  %s\n", "root of", containerd_toml[i]);
	printf("%-11s  ~%s\n", "root of", containerd_toml_home);
	for (i = 0; i < COUNT(containerd_globs); i++)
		printf("%-11s  %s\n", "--root", containerd_globs[i]);
	for (i = 0; i < COUNT(storage_conf); i++)
		printf("%-11s  %s\n", "graphroot of", storage_conf[i]);
	printf("%-11s  ~%s\n", "graphroot of", storage_conf_home);
	for (i = 0; i < COUNT(crio_globs); i++)
		printf("%-11s  %s\n", "root of", crio_globs[i]);
}

/* ---- the search ----------------------------------------------------------- */

struct search {
	struct root *r;
	struct rec *rec;
	struct stores *out;
	struct strlist homes;
	struct strlist noted; /* places of which a note speaks already */
	struct strlist configs; /* daemon.json, config.toml: done */
	bool containerd;	/* read_service: its options, not dockerd's */
	const struct engine *as; /* that reads what is tried next; or NULL */
	/* device and inode of what was examined */
	struct seen {
		dev_t dev;
		ino_t ino;
	} *seen;
	size_t seen_n;
};

static bool
first_time(struct search *x, const struct stat *st)
{
	size_t i;

	for (i = 0; i < x->seen_n; i++)
		if (x->seen[i].dev == st->st_dev &&
		    x->seen[i].ino == st->st_ino)
			return false;
	x->seen = xreallocarray(x->seen, x->seen_n + 1, sizeof(*x->seen));
	x->seen[x->seen_n++] = (struct seen){st->st_dev, st->st_ino};
	return true;
}

static bool
in_list(const struct strlist *l, const char *s)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (strcmp(l->v[i].s, s) == 0)
			return true;
	return false;
}

static void PRINTF(5, 6)
note(struct search *x, enum err_class class, const char *path, int sys,
    const char *fmt, ...)
{
	va_list ap;
	char msg[512];

	if (!x->rec)
		return;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	rec_note(x->rec, class, "store", NULL, path, sys, "%s", msg);
}

/* Where something is only looked for: not being there is no note. */
static void
trouble(void *arg, const char *path, const struct err *e)
{
	struct search *x = arg;

	if (e->class != ERR_ABSENT && x->rec && !in_list(&x->noted, path)) {
		strlist_adds(&x->noted, path);
		rec_note_err(x->rec, "store", NULL, path, e);
	}
}

/*
 * Does the path end in nothing because of a link on the way? Then what it
 * leads to is not in the evidence: another disk, that somebody has to mount.
 */
static bool
dangling(struct search *x, const char *path)
{
	struct str p cleanup_str = STR_INIT, to cleanup_str = STR_INIT;
	const char *at = path;
	struct err e;

	while (*at) {
		struct root_file f cleanup_root_file = ROOT_FILE_INIT;
		struct root_file g cleanup_root_file = ROOT_FILE_INIT;

		at += strspn(at, "/");
		at += strcspn(at, "/");
		str_set(&p, path, (size_t)(at - path));
		if (root_find(x->r, p.s, ROOT_NOFOLLOW, &f, &e))
			return false;
		if (!S_ISLNK(f.st.st_mode) || root_find(x->r, p.s, 0, &g, &e) ==
			0 || e.class != ERR_ABSENT)
			continue;
		if (in_list(&x->noted, p.s))
			return true;
		strlist_adds(&x->noted, p.s);
		root_readlink(x->r, &f, &to, NULL);
		note(x, ERR_DENIED, p.s, e.sys, "is a link to '%s', which is "
		    "not in the evidence", to.s);
		return true;
	}
	return false;
}

static int
not_empty(void *arg, const struct root_entry *ent)
{
	(void)arg;
	(void)ent;
	return 1;
}

enum asked { BY_PLACE, BY_CONFIG, BY_USER };
static void try_store(struct search *x, const char *path, enum asked asked,
    const char *from);

static void find_below(struct search *x, struct root *dir,
    const struct str *path);

/* The first of the stores in a directory owns its root: see stores_free. */
static void
add_store(struct search *x, const struct engine *engine, struct root *dir,
    const struct str *path)
{
	struct store *s;

	x->out->v = xreallocarray(x->out->v, x->out->n + 1,
	    sizeof(*x->out->v));
	s = &x->out->v[x->out->n++];
	memset(s, 0, sizeof(*s));
	s->engine = engine;
	s->root = dir;
	s->evidence = x->r;
	s->all = x->out;
	str_init(&s->path);
	str_init(&s->driver);
	str_add(&s->path, path->s, path->n);
}

static int
any_there(void *arg, const char *via, struct root_file *f)
{
	bool *there = arg;

	(void)via;
	(void)f;
	*there = true;
	return 1;
}

/* Has the root something at one of the places of this engine's nodes? */
static bool
is_node(struct root *r, const struct engine *engine)
{
	struct str pat cleanup_str = STR_INIT;
	bool there = false;
	size_t i;

	for (i = 0; i < COUNT(places) && !there; i++) {
		if (!places[i].node || places[i].engine != engine)
			continue;
		str_clear(&pat);
		str_addf(&pat, "%s/%s", places[i].path, places[i].pattern);
		root_glob(r, pat.s, any_there, NULL, &there, NULL);
	}
	return there;
}

/*
 * Examine a directory for the engine of --as. What it holds is read by it even
 * if it does not look so; that is lost evidence then, for nobody else reads it.
 */
static int
try_as(struct search *x, struct root *dir, const struct str *path)
{
	struct err e = {.class = ERR_NONE};
	int is = x->as->probe(dir, &e);
	size_t i;

	for (i = 0; i < COUNT(engines); i++)
		if (engines[i] != x->as && engines[i]->probe(dir, NULL) &&
		    x->rec)
			rec_note_fine(x->rec, ERR_LIMIT, "select", NULL,
			    path->s, "only what %s reads is in this run, not "
			    "what %s does (--as)", x->as->name,
			    engines[i]->name);
	if (is < 0) {
		note(x, ERR_UNSUPPORTED, path->s, 0, "%s", e.msg);
		return -1;
	}
	if (!is) {
		is = root_list(dir, "/", not_empty, NULL, &e);
		if (is < 0) {
			trouble(x, path->s, &e);
			return -1;
		}
		if (!is_node(x->r, x->as))
			note(x, ERR_UNSUPPORTED, path->s, 0, "does not look "
			    "like a store of %s, and is read as one (--as)",
			    x->as->name);
	}
	add_store(x, x->as, dir, path);
	return 1;
}

static void
try_namespaces(struct search *x, const struct str *above,
    const struct strlist *names)
{
	struct str p cleanup_str = STR_INIT;
	size_t i;

	for (i = 0; i < names->n; i++) {
		str_set(&p, above->s, above->n);
		str_addf(&p, "/%s", names->v[i].s);
		try_store(x, p.s, BY_CONFIG, "userns-remap");
	}
}

/* A daemon that had --userns-remap from the first has nothing else there. */
static bool
only_namespaces(struct search *x, struct root *dir, const struct str *path)
{
	struct str above cleanup_str = STR_INIT;
	struct entries es = {.others = false};
	bool is;

	is = root_list(dir, "/", split, &es, NULL) == 0 && es.names.n;
	if (path->n > 1)
		str_add(&above, path->s, path->n);
	if (is)
		try_namespaces(x, &above, &es.names);
	strlist_release(&es.names);
	return is;
}

/*
 * Layers of overlay say by an attribute which directories hide what lies below
 * them. Without it more is shown than the container saw, never less: nothing is
 * lost, but what it is told to have changed may be wrong.
 */
static void
no_attributes(struct search *x, struct root *dir, const struct str *path)
{
	static const char *const overlays[] = {"/overlay2", "/overlay",
	    "/io.containerd.snapshotter.v1.overlayfs"};
	size_t i;

	for (i = 0; i < COUNT(overlays); i++)
		if (store_is_dir(dir, overlays[i]))
			break;
	if (i < COUNT(overlays) && engine_archive_plain(x->r))
		rec_note_fine(x->rec, ERR_DENIED, "archive", NULL, path->s,
		    "the archive was packed without extended attributes: a "
		    "directory that hides those below it is not known, and "
		    "files that a container no longer saw are shown in it");
}

/* Examine one directory. */
static void
try_store(struct search *x, const char *path, enum asked asked,
    const char *from)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct err e = {.class = ERR_NONE};
	struct root *dir;
	size_t i, n;
	int is, found = 0;

	if (root_find(x->r, path, 0, &f, &e)) {
		if (e.class == ERR_ABSENT && asked == BY_USER)
			note(x, ERR_DENIED, path, e.sys, "the data-root that "
			    "was asked for is not there");
		else if (e.class == ERR_ABSENT && dangling(x, path))
			return;
		else if (e.class == ERR_ABSENT && asked == BY_CONFIG)
			note(x, ERR_DENIED, path, e.sys, "the data-root that "
			    "%s names is not in the evidence", from);
		else if (e.class == ERR_ABSENT)
			note(x, ERR_ABSENT, path, e.sys, "no store here");
		else
			trouble(x, path, &e);
		return;
	}
	if (!S_ISDIR(f.st.st_mode)) {
		note(x, ERR_CORRUPT, path, 0, "is no directory");
		return;
	}
	if (!first_time(x, &f.st))
		return;
	dir = root_open_sub(x->r, f.path.s, &e);
	if (!dir) {
		trouble(x, path, &e);
		return;
	}
	n = x->out->n;
	if (x->as)
		found = try_as(x, dir, &f.path);
	for (i = 0; !x->as && i < COUNT(engines); i++) {
		is = engines[i]->probe(dir, &e);
		if (is > 0)
			add_store(x, engines[i], dir, &f.path);
		else if (is < 0)
			note(x, ERR_UNSUPPORTED, f.path.s, 0, "%s", e.msg);
		found |= is;
	}
	x->as = NULL;
	if (x->out->n > n) {
		no_attributes(x, dir, &f.path);
		find_below(x, dir, &f.path);
		return;
	}
	if (found) {
		root_free(dir);
		return;
	}
	/* An ordinary user may not even look into it. */
	if (only_namespaces(x, dir, &f.path)) {
		root_free(dir);
		return;
	}
	is = root_list(dir, "/", not_empty, NULL, &e);
	if (is < 0)
		trouble(x, f.path.s, &e);
	else if (is || asked == BY_USER)
		note(x, ERR_UNSUPPORTED, f.path.s, 0, "is no container store "
		    "that this version can read");
	else
		note(x, ERR_ABSENT, f.path.s, 0, "no store here");
	root_free(dir);
}

/* ---- what cannot be read --------------------------------------------------- */

struct foreign {
	bool there;
	bool blobs; /* only what is no JSON counts */
	struct root *r;
	struct search *x;
	const char *above; /* path of the store in the evidence */
};

static int
is_there(void *arg, const char *via, struct root_file *f)
{
	struct foreign *g = arg;
	struct str first cleanup_str = STR_INIT;

	(void)via;
	if (S_ISREG(f->st.st_mode) && f->st.st_size <= 2)
		return 0;
	if (g->blobs && S_ISREG(f->st.st_mode) &&
	    root_read(g->r, f, 1, &first, NULL) >= 0 && first.s[0] == '{')
		return 0;
	g->there = true;
	return 1;
}

static void
foreign_trouble(void *arg, const char *path, const struct err *e)
{
	struct foreign *g = arg;
	struct str p cleanup_str = STR_INIT;

	str_adds(&p, g->above);
	str_adds(&p, path);
	trouble(g->x, p.s, e);
}

/* above: what path stands under, in the evidence; r: root of that. */
static void
foreign(struct search *x, struct root *r, const char *above, const char *path,
    const struct place *p)
{
	struct foreign g = {.x = x, .r = r, .above = above};
	struct str full cleanup_str = STR_INIT, pat cleanup_str = STR_INIT;
	struct err e = {.class = ERR_NONE};

	str_adds(&full, above);
	str_adds(&full, path);
	if (in_list(&x->noted, full.s))
		return;
	str_adds(&pat, path);
	str_addc(&pat, '/');
	str_adds(&pat, p->pattern);
	g.blobs = strstr(p->pattern, "/blobs/") != NULL;
	if (root_glob(r, pat.s, is_there, foreign_trouble, &g, &e) < 0)
		foreign_trouble(&g, path, &e);
	if (!g.there) {
		if (p->base == HOST)
			dangling(x, full.s);
		return;
	}
	strlist_adds(&x->noted, full.s);
	note(x, ERR_UNSUPPORTED, full.s, 0, "%s: this version cannot read it",
	    p->what);
}

/* What lies in a data-root besides the store: that of a user namespace
 * (userns-remap: DATA-ROOT/UID.GID), and what cannot be read. */
static void
find_below(struct search *x, struct root *dir, const struct str *path)
{
	struct strlist names cleanup_strlist = STRLIST_INIT;
	struct str above cleanup_str = STR_INIT, p cleanup_str = STR_INIT;
	struct err e;
	size_t i;

	if (path->n > 1)
		str_add(&above, path->s, path->n);
	for (i = 0; i < COUNT(places); i++) {
		if (places[i].base != DATA)
			continue;
		if (!places[i].engine) {
			foreign(x, dir, above.s, places[i].path, &places[i]);
		} else if (store_is_dir(dir, places[i].path)) {
			str_set(&p, above.s, above.n);
			str_adds(&p, places[i].path);
			try_store(x, p.s, BY_PLACE, NULL);
		}
	}
	if (root_list(dir, "/", user_namespace, &names, &e) < 0)
		trouble(x, above.s, &e);
	try_namespaces(x, &above, &names);
}

/* ---- what the configuration says -------------------------------------------- */

static void
configured(struct search *x, const char *value, size_t n, const char *from)
{
	struct str v cleanup_str = STR_INIT;
	char name[128];

	str_add(&v, value, n);
	snprintf(name, sizeof(name), "%s", from);
	if (v.n == 0)
		return;
	if (v.s[0] != '/' || strchr(v.s, '$') || strchr(v.s, '%') ||
	    strlen(v.s) != v.n) {
		note(x, ERR_UNSUPPORTED, from, 0, "the place '%s' cannot be "
		    "made out", v.s);
		return;
	}
	while (v.n > 1 && v.s[v.n - 1] == '/')
		str_cut(&v, v.n - 1);
	try_store(x, v.s, BY_CONFIG, name);
}

static void
read_daemon_json(struct search *x, const char *path)
{
	static const char *const keys[] = {"data-root", "graph"};
	struct state d cleanup_state = STATE_INIT;
	struct str v cleanup_str = STR_INIT;
	struct err e;
	size_t i;

	if (in_list(&x->configs, path))
		return;
	strlist_adds(&x->configs, path);
	if (state_read(&d, x->r, path, NULL, &e)) {
		trouble(x, path, &e);
		return;
	}
	if (d.odd)
		note(x, ERR_CORRUPT, path, 0, "read, but not proper JSON: %s",
		    d.odd);
	for (i = 0; i < COUNT(keys); i++)
		if (state_str(&d, d.json, keys[i], &v))
			configured(x, v.s, v.n, path);
	if (d.wrong)
		note(x, ERR_CORRUPT, path, 0, "a value is not of the type that "
		    "Docker takes");
}

/* Is this the option, ended by "=" or a blank? Length of what to skip. */
static size_t
option(const char *p, size_t n, const char *name)
{
	size_t k = strlen(name);

	if (n <= k || memcmp(p, name, k) != 0)
		return 0;
	return p[k] == '=' || p[k] == ' ' || p[k] == '\t' ? k + 1 : 0;
}

static void read_containerd_toml(struct search *x, const char *path);

static int
import_toml(void *arg, const char *via, struct root_file *f)
{
	(void)f;
	read_containerd_toml(arg, via);
	return 0;
}

static void
read_containerd_toml(struct search *x, const char *path)
{
	struct containerd_conf conf;
	struct err e;
	size_t i;

	if (in_list(&x->configs, path) || x->configs.n > 1000)
		return;
	strlist_adds(&x->configs, path);
	if (containerd_conf(x->r, path, &conf, &e))
		trouble(x, path, &e);
	else if (conf.root.n)
		configured(x, conf.root.s, conf.root.n, path);
	for (i = 0; i < conf.imports.n; i++)
		if (root_glob(x->r, conf.imports.v[i].s, import_toml, trouble,
			x, &e) < 0)
			trouble(x, conf.imports.v[i].s, &e);
	containerd_conf_release(&conf);
}

/* A unit or a file of shell variables: whatever has an option of dockerd, or
 * of containerd. */
static int
read_service(void *arg, const char *via, struct root_file *f)
{
	static const char *const dockers[] = {"--data-root", "--graph", "-g",
	    "--config-file", NULL};
	static const char *const containerds[] = {"--root", "-c", "--config",
	    NULL};
	struct search *x = arg;
	const char *const *names = x->containerd ? containerds : dockers;
	struct str t cleanup_str = STR_INIT;
	struct err e;
	const char *p, *end, *line, *v;
	size_t i, k;

	if (!S_ISREG(f->st.st_mode))
		return 0;
	if (root_read(x->r, f, STORE_JSON_MAX, &t, &e)) {
		trouble(x, via, &e);
		return 0;
	}
	end = t.s + t.n;
	for (line = p = t.s; p < end; p++) {
		if (*p == '\n')
			line = p + 1;
		if (*line == '#' || *line == ';' || *p != '-' || p == t.s ||
		    !strchr(" \t\"'=\n", p[-1]))
			continue;
		for (i = 0; names[i]; i++) {
			k = option(p, (size_t)(end - p), names[i]);
			if (!k)
				continue;
			v = p + k;
			while (v < end && strchr(" \t\"'", *v))
				v++;
			k = 0;
			while (v + k < end && !strchr(" \t\"'\n\r", v[k]))
				k++;
			if (x->containerd ? i > 0 : i == 3) {
				struct str c cleanup_str = STR_INIT;

				str_add(&c, v, k);
				if (x->containerd)
					read_containerd_toml(x, c.s);
				else
					read_daemon_json(x, c.s);
			} else {
				configured(x, v, k, via);
			}
			break;
		}
	}
	return 0;
}

/* One place that a storage.conf or crio.conf names. */
static void
conf_place(struct search *x, const char *v, size_t n, const char *from,
    bool quiet)
{
	static const char home[] = "$HOME";
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str p cleanup_str = STR_INIT;
	size_t i, k = sizeof(home) - 1;
	struct err e;

	if (n >= k && memcmp(v, home, k) == 0) {
		for (i = 0; i < x->homes.n; i++) {
			str_set(&p, x->homes.v[i].s, x->homes.v[i].n);
			str_add(&p, v + k, n - k);
			conf_place(x, p.s, p.n, from, true);
		}
		return;
	}
	str_add(&p, v, n);
	while (p.n > 1 && p.s[p.n - 1] == '/')
		str_cut(&p, p.n - 1);
	for (i = 0; i < COUNT(places); i++)
		quiet |= places[i].base == HOST && str_eq(&p, places[i].path);
	if (quiet && p.n && p.s[0] == '/' && !strpbrk(p.s, "$%") &&
	    root_find(x->r, p.s, 0, &f, &e)) {
		if (e.class != ERR_ABSENT || !dangling(x, p.s))
			trouble(x, p.s, &e);
		return;
	}
	configured(x, p.s, p.n, from);
}

/* KEY = "/path" or KEY = ["/path", ...], in TOML. */
static void
read_conf(struct search *x, const char *path, const struct str *t, bool crio)
{
	const char *p, *end = t->s + t->n, *nl, *v;
	size_t i, k;

	for (p = t->s; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			nl = end;
		while (p < nl && isspace((unsigned char)*p))
			p++;
		for (i = 0; i < COUNT(conf_keys); i++) {
			k = strlen(conf_keys[i].key);
			if (conf_keys[i].crio != crio ||
			    (size_t)(nl - p) <= k ||
			    memcmp(p, conf_keys[i].key, k) != 0)
				continue;
			v = p + k;
			while (v < nl && isspace((unsigned char)*v))
				v++;
			if (v == nl || *v++ != '=')
				continue;
			while (v < nl && isspace((unsigned char)*v))
				v++;
			if (v < nl && *v == '[') { /* over lines, to its ] */
				nl = memchr(v, ']', (size_t)(end - v));
				if (!nl)
					nl = end;
			}
			for (; v < nl; v += k + 1) {
				while (v < nl && *v != '"' && *v != '\'')
					v++;
				if (v++ >= nl)
					break;
				for (k = 0; v + k < nl && v[k] != v[-1]; k++)
					;
				conf_place(x, v, k, path, conf_keys[i].quiet);
				if (*p != '[' && !memchr(v, ',',
					(size_t)(nl - v)))
					break;
			}
			break;
		}
	}
}

static void
read_storage_conf(struct search *x, const char *path)
{
	struct str t cleanup_str = STR_INIT;
	struct err e;

	if (root_slurp(x->r, path, STORE_JSON_MAX, &t, NULL, &e) < 0) {
		trouble(x, path, &e);
		return;
	}
	read_conf(x, path, &t, false);
}

static int
read_crio_conf(void *arg, const char *via, struct root_file *f)
{
	struct search *x = arg;
	struct str t cleanup_str = STR_INIT;
	struct err e;

	if (!S_ISREG(f->st.st_mode))
		return 0;
	if (root_read(x->r, f, STORE_JSON_MAX, &t, &e) < 0)
		trouble(x, via, &e);
	else
		read_conf(x, via, &t, true);
	return 0;
}

/* ---- all together ------------------------------------------------------------ */

static int
add_home(void *arg, const char *via, struct root_file *f)
{
	struct strlist *l = arg;

	(void)via;
	if (S_ISDIR(f->st.st_mode))
		strlist_add(l, f->path.s, f->path.n);
	return 0;
}

static int
cmp_strs(const void *a, const void *b)
{
	const struct str *x = a, *y = b;

	return strcmp(x->s, y->s);
}

static void
find_homes(struct search *x)
{
	struct accounts a = {0};
	struct strlist all cleanup_strlist = STRLIST_INIT;
	struct err e;
	size_t i;

	if (accounts_read(x->r, &a, NULL, NULL, &e))
		trouble(x, "/etc/passwd", &e);
	for (i = 0; i < a.n && i < HOMES_MAX; i++)
		if (a.v[i].home.n > 1 && a.v[i].home.s[0] == '/' &&
		    strlen(a.v[i].home.s) == a.v[i].home.n)
			strlist_add(&all, a.v[i].home.s, a.v[i].home.n);
	accounts_release(&a);
	for (i = 0; i < COUNT(home_globs); i++)
		if (root_glob(x->r, home_globs[i], add_home, NULL, &all, &e) <
		    0)
			trouble(x, home_globs[i], &e);
	if (all.n)
		qsort(all.v, all.n, sizeof(*all.v), cmp_strs);
	for (i = 0; i < all.n; i++)
		if (!i || strcmp(all.v[i].s, all.v[i - 1].s) != 0)
			strlist_add(&x->homes, all.v[i].s, all.v[i].n);
}

static int
node_there(void *arg, const char *via, struct root_file *f)
{
	struct foreign *g = arg;

	return any_there(&g->there, via, f);
}

/* One store for the host, at the first place of them that is there. */
static void
try_node(struct search *x, const struct place *p)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct foreign g = {.x = x, .r = x->r, .above = ""};
	struct str pat cleanup_str = STR_INIT;
	struct root *dir;
	struct err e = {.class = ERR_NONE};
	size_t i;

	for (i = 0; i < x->out->n; i++)
		if (x->out->v[i].engine == p->engine)
			return;
	str_addf(&pat, "%s/%s", p->path, p->pattern);
	if (root_glob(x->r, pat.s, node_there, foreign_trouble, &g, &e) < 0)
		foreign_trouble(&g, p->path, &e);
	if (!g.there) {
		dangling(x, p->path);
		return;
	}
	if (root_find(x->r, p->path, 0, &f, &e) ||
	    !(dir = root_open_sub(x->r, f.path.s, &e)))
		trouble(x, p->path, &e);
	else
		add_store(x, p->engine, dir, &f.path);
}

static void
find_place(struct search *x, const char *above, const struct place *p)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str path cleanup_str = STR_INIT;
	struct err e;

	str_adds(&path, above);
	str_adds(&path, p->path);
	if (!p->engine) {
		foreign(x, x->r, "", path.s, p);
		return;
	}
	if (p->node) {
		try_node(x, p);
		return;
	}
	if (strcmp(path.s, DEFAULT_STORE) != 0 &&
	    root_find(x->r, path.s, 0, &f, &e)) {
		if (e.class != ERR_ABSENT || !dangling(x, path.s))
			trouble(x, path.s, &e);
		return;
	}
	try_store(x, path.s, BY_PLACE, NULL);
}

/*
 * A file system that fstab mounts at or above a place of stores, and that is
 * not mounted: the directory is empty and on the disk of its parent. What it
 * holds is not in the evidence.
 */
static void
check_mount(struct search *x, const char *at)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct root_file up cleanup_root_file = ROOT_FILE_INIT;
	struct str parent cleanup_str = STR_INIT;
	struct err e;
	size_t i, n = strlen(at);

	for (i = 0; i < COUNT(places); i++)
		if (places[i].base == HOST &&
		    strncmp(places[i].path, at, n) == 0 &&
		    (places[i].path[n] == '/' || !places[i].path[n]))
			break;
	if (i == COUNT(places))
		return;
	str_set(&parent, at, (size_t)(strrchr(at, '/') - at) + 1);
	if (root_find(x->r, at, 0, &f, &e) || !S_ISDIR(f.st.st_mode) ||
	    root_find(x->r, parent.s, 0, &up, &e) ||
	    f.st.st_dev != up.st.st_dev ||
	    root_list(x->r, at, not_empty, NULL, &e))
		return;
	strlist_adds(&x->noted, at);
	note(x, ERR_DENIED, at, 0, "the file system that fstab mounts here is "
	    "not in the evidence");
}

static void
read_fstab(struct search *x)
{
	struct str t cleanup_str = STR_INIT, at cleanup_str = STR_INIT;
	const char *p, *nl, *end;
	struct err e;
	size_t n;

	if (root_slurp(x->r, "/etc/fstab", STORE_JSON_MAX, &t, NULL, &e) < 0) {
		trouble(x, "/etc/fstab", &e);
		return;
	}
	end = t.s + t.n;
	for (p = t.s; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			nl = end;
		while (p < nl && (*p == ' ' || *p == '\t'))
			p++;
		if (p == nl || *p == '#')
			continue;
		while (p < nl && *p != ' ' && *p != '\t')
			p++;
		while (p < nl && (*p == ' ' || *p == '\t'))
			p++;
		for (n = 0; p + n < nl && p[n] != ' ' && p[n] != '\t'; n++)
			;
		str_set(&at, p, n);
		while (at.n > 1 && at.s[at.n - 1] == '/')
			str_cut(&at, at.n - 1);
		if (at.n > 1 && at.s[0] == '/' && strlen(at.s) == at.n)
			check_mount(x, at.s);
	}
}

static void
find_host(struct search *x)
{
	struct str p cleanup_str = STR_INIT;
	struct err e;
	size_t i, k;

	find_homes(x);
	read_fstab(x);
	for (i = 0; i < COUNT(places); i++) {
		if (places[i].base == HOST)
			find_place(x, "", &places[i]);
		for (k = 0; places[i].base == HOME && k < x->homes.n; k++)
			find_place(x, x->homes.v[k].s, &places[i]);
	}
	for (i = 0; i < COUNT(daemon_json); i++)
		read_daemon_json(x, daemon_json[i]);
	for (k = 0; k < x->homes.n; k++) {
		str_clear(&p);
		str_addf(&p, "%s%s", x->homes.v[k].s, daemon_json_home);
		read_daemon_json(x, p.s);
	}
	for (i = 0; i < COUNT(service_globs); i++)
		if (root_glob(x->r, service_globs[i], read_service, trouble, x,
			&e) < 0)
			trouble(x, service_globs[i], &e);
	for (i = 0; i < COUNT(containerd_toml); i++)
		read_containerd_toml(x, containerd_toml[i]);
	for (k = 0; k < x->homes.n; k++) {
		str_clear(&p);
		str_addf(&p, "%s%s", x->homes.v[k].s, containerd_toml_home);
		read_containerd_toml(x, p.s);
	}
	x->containerd = true;
	for (i = 0; i < COUNT(containerd_globs); i++)
		if (root_glob(x->r, containerd_globs[i], read_service, trouble,
			x, &e) < 0)
			trouble(x, containerd_globs[i], &e);
	x->containerd = false;
	for (i = 0; i < COUNT(storage_conf); i++)
		read_storage_conf(x, storage_conf[i]);
	for (k = 0; k < x->homes.n; k++) {
		str_clear(&p);
		str_addf(&p, "%s%s", x->homes.v[k].s, storage_conf_home);
		read_storage_conf(x, p.s);
	}
	for (i = 0; i < COUNT(crio_globs); i++)
		if (root_glob(x->r, crio_globs[i], read_crio_conf, trouble, x,
			&e) < 0)
			trouble(x, crio_globs[i], &e);
}

int
stores_find(struct root *r, bool is_store, const char *as,
    const struct strlist *data_roots, struct stores *out, struct rec *rec,
    struct err *e)
{
	struct search x = {.r = r, .rec = rec, .out = out};
	size_t i;

	(void)e;
	memset(out, 0, sizeof(*out));
	for (i = 0; is_store && as && i < COUNT(engines); i++)
		if (strcmp(engines[i]->name, as) == 0)
			x.as = engines[i];
	if (is_store)
		try_store(&x, "/", BY_USER, NULL);
	else
		find_host(&x);
	for (i = 0; data_roots && i < data_roots->n; i++) {
		struct str p cleanup_str = STR_INIT;

		if (data_roots->v[i].s[0] != '/')
			str_addc(&p, '/');
		str_add(&p, data_roots->v[i].s, data_roots->v[i].n);
		try_store(&x, p.s, BY_USER, NULL);
	}
	strlist_release(&x.homes);
	strlist_release(&x.noted);
	strlist_release(&x.configs);
	free(x.seen);
	/* room for that of engine_blobs_read */
	out->v = xreallocarray(out->v, out->n + 1, sizeof(*out->v));
	return 0;
}

void
stores_free(struct stores *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (s->v[i].engine->forget)
			s->v[i].engine->forget(&s->v[i]);
		if (!i || s->v[i].root != s->v[i - 1].root)
			root_free(s->v[i].root);
		str_release(&s->v[i].path);
		str_release(&s->v[i].driver);
	}
	free(s->v);
	memset(s, 0, sizeof(*s));
}
