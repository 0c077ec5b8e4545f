/*
 * What a directory is: a store that an engine reads, one that none can, or none;
 * and what lies in a store besides.
 */

#include "stores-internal.h"

#include "limits.h"
#include "storelib.h"

#define ENGINE(name) extern const struct engine engine_##name;
#include "engines.def"
#undef ENGINE

static const struct engine *const engines[] = {
#define ENGINE(name) &engine_##name,
#include "engines.def"
#undef ENGINE
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

const struct engine *
search_engine(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(engines); i++)
		if (strcmp(engines[i]->name, name) == 0)
			return engines[i];
	return NULL;
}

/* ---- the search ----------------------------------------------------------- */

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

bool
search_in_list(const struct strlist *l, const char *s)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (strcmp(l->v[i].s, s) == 0)
			return true;
	return false;
}

void PRINTF(5, 6)
search_note(struct search *x, enum err_class class, const char *path, int sys,
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
void
search_trouble(void *arg, const char *path, const struct err *e)
{
	struct search *x = arg;

	if (e->class != ERR_ABSENT && x->rec &&
	    !search_in_list(&x->noted, path)) {
		strlist_adds(&x->noted, path);
		rec_note_err(x->rec, "store", NULL, path, e);
	}
}

/*
 * Does the path end in nothing because of a link on the way? Then what it
 * leads to is not in the evidence: another disk, that somebody has to mount.
 */
bool
search_dangling(struct search *x, const char *path)
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
		if (search_in_list(&x->noted, p.s))
			return true;
		strlist_adds(&x->noted, p.s);
		root_readlink(x->r, &f, &to, NULL);
		search_note(x, ERR_DENIED, p.s, e.sys, "is a link to '%s', "
		    "which is not in the evidence", to.s);
		return true;
	}
	return false;
}

int
search_not_empty(void *arg, const struct root_entry *ent)
{
	(void)arg;
	(void)ent;
	return 1;
}

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

	for (i = 0; i < places_n && !there; i++) {
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
		search_note(x, ERR_UNSUPPORTED, path->s, 0, "%s", e.msg);
		return -1;
	}
	if (!is) {
		is = root_list(dir, "/", search_not_empty, NULL, &e);
		if (is < 0) {
			search_trouble(x, path->s, &e);
			return -1;
		}
		if (!is_node(x->r, x->as))
			search_note(x, ERR_UNSUPPORTED, path->s, 0, "does not "
			    "look like a store of %s, and is read as one (--as)",
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
		search_store(x, p.s, BY_CONFIG, "userns-remap");
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
void
search_store(struct search *x, const char *path, enum asked asked,
    const char *from)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct err e = {.class = ERR_NONE};
	struct root *dir;
	size_t i, n;
	int is, found = 0;

	if (root_find(x->r, path, 0, &f, &e)) {
		if (e.class == ERR_ABSENT && asked == BY_USER)
			search_note(x, ERR_DENIED, path, e.sys, "the data-root "
			    "that was asked for is not there");
		else if (e.class == ERR_ABSENT && search_dangling(x, path))
			return;
		else if (e.class == ERR_ABSENT && asked == BY_CONFIG)
			search_note(x, ERR_DENIED, path, e.sys, "the data-root "
			    "that %s names is not in the evidence", from);
		else if (e.class == ERR_ABSENT)
			search_note(x, ERR_ABSENT, path, e.sys, "no store here");
		else
			search_trouble(x, path, &e);
		return;
	}
	if (!S_ISDIR(f.st.st_mode)) {
		search_note(x, ERR_CORRUPT, path, 0, "is no directory");
		return;
	}
	if (!first_time(x, &f.st))
		return;
	dir = root_open_sub(x->r, f.path.s, &e);
	if (!dir) {
		search_trouble(x, path, &e);
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
			search_note(x, ERR_UNSUPPORTED, f.path.s, 0, "%s", e.msg);
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
	is = root_list(dir, "/", search_not_empty, NULL, &e);
	if (is < 0)
		search_trouble(x, f.path.s, &e);
	else if (is || asked == BY_USER)
		search_note(x, ERR_UNSUPPORTED, f.path.s, 0, "is no container "
		    "store that this version can read");
	else
		search_note(x, ERR_ABSENT, f.path.s, 0, "no store here");
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
	search_trouble(g->x, p.s, e);
}

/* above: what path stands under, in the evidence; r: root of that. */
void
search_foreign(struct search *x, struct root *r, const char *above,
    const char *path, const struct place *p)
{
	struct foreign g = {.x = x, .r = r, .above = above};
	struct str full cleanup_str = STR_INIT, pat cleanup_str = STR_INIT;
	struct err e = {.class = ERR_NONE};

	str_adds(&full, above);
	str_adds(&full, path);
	if (search_in_list(&x->noted, full.s))
		return;
	str_adds(&pat, path);
	str_addc(&pat, '/');
	str_adds(&pat, p->pattern);
	g.blobs = strstr(p->pattern, "/blobs/") != NULL;
	if (root_glob(r, pat.s, is_there, foreign_trouble, &g, &e) < 0)
		foreign_trouble(&g, path, &e);
	if (!g.there) {
		if (p->base == HOST)
			search_dangling(x, full.s);
		return;
	}
	strlist_adds(&x->noted, full.s);
	search_note(x, ERR_UNSUPPORTED, full.s, 0, "%s: this version cannot "
	    "read it", p->what);
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
	for (i = 0; i < places_n; i++) {
		if (places[i].base != DATA)
			continue;
		if (!places[i].engine) {
			search_foreign(x, dir, above.s, places[i].path,
			    &places[i]);
		} else if (store_is_dir(dir, places[i].path)) {
			str_set(&p, above.s, above.n);
			str_adds(&p, places[i].path);
			search_store(x, p.s, BY_PLACE, NULL);
		}
	}
	if (root_list(dir, "/", user_namespace, &names, &e) < 0)
		search_trouble(x, above.s, &e);
	try_namespaces(x, &above, &names);
}

static int
node_there(void *arg, const char *via, struct root_file *f)
{
	struct foreign *g = arg;

	return any_there(&g->there, via, f);
}

/* One store for the host, at the first place of them that is there. */
void
search_node(struct search *x, const struct place *p)
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
		search_dangling(x, p->path);
		return;
	}
	if (root_find(x->r, p->path, 0, &f, &e) ||
	    !(dir = root_open_sub(x->r, f.path.s, &e)))
		search_trouble(x, p->path, &e);
	else
		add_store(x, p->engine, dir, &f.path);
}
