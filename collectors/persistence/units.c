#include "tree.h"

#include "limits.h"
#include "unitfile.h"

/*
 * How the units of a tree hang together: which file of a name is read (the
 * folders have an order), which are masked, what starts what. Built once a
 * tree, from the folders of systemd.unit(5).
 */

static const char *const folders[2][16] = {
    {"/etc/systemd/system.control", "/run/systemd/system.control",
	"/run/systemd/transient", "/run/systemd/generator.early",
	"/etc/systemd/system", "/etc/systemd/system.attached",
	"/run/systemd/system", "/run/systemd/system.attached",
	"/run/systemd/generator", "/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system", "/lib/systemd/system",
	"/run/systemd/generator.late", NULL},
    {"/etc/systemd/user", "/run/systemd/user", "/usr/local/share/systemd/user",
	"/usr/share/systemd/user", "/usr/local/lib/systemd/user",
	"/usr/lib/systemd/user", "/lib/systemd/user", NULL},
};

/* Below each home, in front of the others: one order for all homes is right,
 * since a file of one home never stands in for one of another. */
static const char *const home_folders[] = {
    "/.config/systemd/user.control", "/.config/systemd/user",
    "/.local/share/systemd/user"};

struct unit_file {
	struct str name; /* of the unit; a drop-in: of its folder without .d */
	struct str path; /* real */
	struct str user;
	struct str sort; /* a drop-in: its file name */
	struct strlist reset;
	size_t folder;
	enum { FRAGMENT, MASK, DROPIN } kind;
	bool has_user;
};

struct edge {
	struct str to;	 /* unit that is started */
	struct str from; /* link or unit that starts it */
	bool link;	 /* from is a link: it always holds */
};

struct units {
	struct unit_file *v;
	size_t n, cap;
	struct edge *e;
	size_t e_n, e_cap;
	struct strlist seen; /* folders, real names */
	struct art_tree *tree;
	const char *folder; /* at hand: real name */
	size_t folder_at;
	const char *sub;    /* at hand below it: X.d, X.wants */
	bool over;
	struct err bad; /* the first folder that could not be listed */
};

void
units_free(struct units *u)
{
	size_t i;

	if (!u)
		return;
	for (i = 0; i < u->n; i++) {
		str_release(&u->v[i].name);
		str_release(&u->v[i].path);
		str_release(&u->v[i].user);
		str_release(&u->v[i].sort);
		strlist_release(&u->v[i].reset);
	}
	for (i = 0; i < u->e_n; i++) {
		str_release(&u->e[i].to);
		str_release(&u->e[i].from);
	}
	free(u->v);
	free(u->e);
	strlist_release(&u->seen);
	free(u);
}

static bool
ends(const char *s, size_t n, const char *tail)
{
	size_t k = strlen(tail);

	return n > k && memcmp(s + n - k, tail, k) == 0;
}

static bool
is_unit(const char *name)
{
	static const char *const tails[] = {".service", ".timer", ".path",
	    ".socket", ".target", ".mount", ".automount", ".swap", ".device",
	    ".slice", ".scope", NULL};
	int i;

	for (i = 0; tails[i]; i++)
		if (ends(name, strlen(name), tails[i]))
			return true;
	return false;
}

static void
edge(struct units *u, const char *to, size_t to_n, const char *from,
    bool link)
{
	struct edge *e;

	if (u->e_n >= UNITS_MAX) {
		u->over = true;
		return;
	}
	if (u->e_n == u->e_cap) {
		u->e_cap = u->e_cap ? 2 * u->e_cap : 128;
		u->e = xreallocarray(u->e, u->e_cap, sizeof(*u->e));
	}
	e = &u->e[u->e_n++];
	str_init(&e->to);
	str_init(&e->from);
	str_add(&e->to, to, to_n);
	str_adds(&e->from, from);
	e->link = link;
}

static struct unit_file *
file(struct units *u, const char *name, size_t n, const char *path)
{
	struct unit_file *f;

	if (u->n >= UNITS_MAX) {
		u->over = true;
		return NULL;
	}
	if (u->n == u->cap) {
		u->cap = u->cap ? 2 * u->cap : 128;
		u->v = xreallocarray(u->v, u->cap, sizeof(*u->v));
	}
	f = &u->v[u->n++];
	memset(f, 0, sizeof(*f));
	str_init(&f->name);
	str_init(&f->path);
	str_init(&f->user);
	str_init(&f->sort);
	str_add(&f->name, name, n);
	str_adds(&f->path, path);
	f->folder = u->folder_at;
	return f;
}

/* Edges of a unit file, what it empties, whom it runs as. */
static void
look_into(struct units *u, struct unit_file *f, const char *p, size_t n)
{
	static const char *const starts[] = {"Wants", "Requires", "Requisite",
	    "BindsTo", "Upholds", "OnFailure", "OnSuccess", "Unit", "Service",
	    "Sockets", NULL};
	struct str from cleanup_str = STR_INIT;
	struct unit_reader r;
	struct unit_line l;
	size_t i, k;
	bool named = false;

	str_add(&from, f->name.s, f->name.n);
	unit_open(&r, p, n);
	while (unit_next(&r, &l)) {
		if (l.what != UNIT_ASSIGNMENT || !l.section)
			continue;
		if (!l.value_n && l.key_n > 4 && memcmp(l.key, "Exec", 4) == 0)
			strlist_add(&f->reset, l.key, l.key_n);
		if (unit_is(l.key, l.key_n, "User") &&
		    unit_is(l.section, l.section_n, "Service")) {
			str_set(&f->user, l.value, l.value_n);
			f->has_user = true;
		}
		for (i = 0; starts[i]; i++)
			if (unit_is(l.key, l.key_n, starts[i]))
				break;
		if (!starts[i])
			continue;
		named = named || strcmp(starts[i], "Unit") == 0 ||
			strcmp(starts[i], "Service") == 0;
		for (i = 0; i < l.value_n; i = k + 1) {
			k = i;
			while (k < l.value_n && l.value[k] != ' ' &&
			       l.value[k] != '\t')
				k++;
			if (k > i)
				edge(u, l.value + i, k - i, from.s, false);
		}
	}
	unit_close(&r);
	/* x.timer starts x.service unless it says otherwise */
	for (i = 0; i < 3 && f->kind == FRAGMENT && !named; i++) {
		static const char *const tails[] = {".timer", ".path",
		    ".socket"};

		if (!ends(from.s, from.n, tails[i]))
			continue;
		str_cut(&from, from.n - strlen(tails[i]));
		str_adds(&from, ".service");
		edge(u, from.s, from.n, f->name.s, false);
	}
}

static int
dropin(void *arg, const struct root_entry *ent)
{
	struct units *u = arg;
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	struct str path cleanup_str = STR_INIT, data cleanup_str = STR_INIT;
	struct unit_file *f;

	if (!ends(ent->name, strlen(ent->name), ".conf"))
		return 0;
	str_addf(&path, "%s/%s/%s", u->folder, u->sub, ent->name);
	if (root_find(u->tree->root, path.s, 0, &rf, NULL))
		return 0;
	f = file(u, u->sub, strlen(u->sub) - 2, rf.path.s);
	if (!f)
		return 1;
	f->kind = DROPIN;
	str_adds(&f->sort, ent->name);
	if (S_ISREG(rf.st.st_mode) &&
	    root_read(u->tree->root, &rf, ART_KEEP_MAX, &data, NULL) >= 0)
		look_into(u, f, data.s, data.n);
	return 0;
}

static int
wanted(void *arg, const struct root_entry *ent)
{
	struct units *u = arg;
	struct str path cleanup_str = STR_INIT;

	if (!is_unit(ent->name))
		return 0;
	str_addf(&path, "%s/%s/%s", u->folder, u->sub, ent->name);
	edge(u, ent->name, strlen(ent->name), path.s, true);
	return u->over;
}

static int
entry(void *arg, const struct root_entry *ent)
{
	struct units *u = arg;
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	struct str path cleanup_str = STR_INIT, data cleanup_str = STR_INIT;
	size_t n = strlen(ent->name);
	struct unit_file *f;
	const char *base;

	str_addf(&path, "%s/%s", u->folder, ent->name);
	if (S_ISDIR(ent->st->st_mode)) {
		u->sub = ent->name;
		if (ends(ent->name, n, ".d"))
			root_list(u->tree->root, path.s, dropin, u, NULL);
		else if (ends(ent->name, n, ".wants") ||
			 ends(ent->name, n, ".requires") ||
			 ends(ent->name, n, ".upholds"))
			root_list(u->tree->root, path.s, wanted, u, NULL);
		return u->over;
	}
	if (!is_unit(ent->name))
		return 0;
	if (S_ISLNK(ent->st->st_mode)) {
		if (root_find(u->tree->root, path.s, ROOT_NOFOLLOW, &rf, NULL) ||
		    root_readlink(u->tree->root, &rf, &data, NULL))
			return 0;
		if (str_eq(&data, "/dev/null")) {
			f = file(u, ent->name, n, path.s);
			if (f)
				f->kind = MASK;
			return u->over;
		}
		base = strrchr(data.s, '/');
		base = base ? base + 1 : data.s;
		if (strcmp(base, ent->name) != 0) { /* an alias */
			edge(u, base, strlen(base), path.s, true);
			return u->over;
		}
		str_clear(&data);
		root_file_close(&rf);
	}
	if (root_find(u->tree->root, path.s, 0, &rf, NULL) ||
	    !S_ISREG(rf.st.st_mode))
		return 0;
	f = file(u, ent->name, n, rf.path.s);
	if (!f)
		return 1;
	if (!rf.st.st_size) {
		f->kind = MASK; /* an empty unit file masks, too */
		return 0;
	}
	if (root_read(u->tree->root, &rf, ART_KEEP_MAX, &data, NULL) >= 0)
		look_into(u, f, data.s, data.n);
	return u->over;
}

static void
folder(struct units *u, const char *path)
{
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	struct err e;
	size_t i;

	if (root_find(u->tree->root, path, 0, &rf, NULL) ||
	    !S_ISDIR(rf.st.st_mode))
		return; /* what cannot be read is noted by the search */
	for (i = 0; i < u->seen.n; i++)
		if (str_eq(&u->seen.v[i], rf.path.s))
			return;
	if (u->seen.n >= 3 * HOMES_MAX)
		return;
	strlist_adds(&u->seen, rf.path.s);
	u->folder = rf.path.s;
	u->folder_at = u->seen.n;
	if (root_list(u->tree->root, rf.path.s, entry, u, &e) < 0 &&
	    e.class != ERR_ABSENT && !u->bad.class)
		u->bad = e;
}

static int
compare_edges(const void *x, const void *y)
{
	const struct edge *a = x, *b = y;
	int r = strcmp(a->to.s, b->to.s);

	return r ? r : strcmp(a->from.s, b->from.s);
}

static struct units *
build(struct art_tree *t, int user)
{
	struct units *u = xcalloc(1, sizeof(*u));
	struct str path cleanup_str = STR_INIT;
	const struct account *a;
	size_t i, k;

	u->tree = t;
	for (i = 0; user && t->accounts && i < t->accounts->n &&
	     i < HOMES_MAX; i++) {
		a = &t->accounts->v[i];
		if (a->home.n < 2 || memchr(a->home.s, '\0', a->home.n))
			continue;
		for (k = 0; k < COUNT(home_folders); k++) {
			str_set(&path, a->home.s, a->home.n);
			str_adds(&path, home_folders[k]);
			folder(u, path.s);
		}
	}
	for (i = 0; folders[user][i]; i++)
		folder(u, folders[user][i]);
	if (u->e_n > 1)
		qsort(u->e, u->e_n, sizeof(*u->e), compare_edges);
	return u;
}

/* First edge whose target is not before name. */
static size_t
edge_from(const struct units *u, const char *name)
{
	size_t lo = 0, hi = u->e_n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (strcmp(u->e[mid].to.s, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void causes(const struct units *u, const char *name, int depth,
    struct strlist *out);

/* Causes of edges to names that begin with prefix and end with tail. */
static void
causes_of(const struct units *u, const char *prefix, const char *tail,
    bool exact, int depth, struct strlist *out)
{
	struct strlist deeper cleanup_strlist = STRLIST_INIT;
	size_t i, k, n = strlen(prefix);

	for (i = edge_from(u, prefix); i < u->e_n; i++) {
		if (exact ? strcmp(u->e[i].to.s, prefix) != 0 :
		    strncmp(u->e[i].to.s, prefix, n) != 0)
			break;
		if (!exact && !ends(u->e[i].to.s, u->e[i].to.n, tail))
			continue;
		if (out->n >= UNIT_CAUSES_MAX)
			return;
		if (!u->e[i].link &&
		    !ends(u->e[i].from.s, u->e[i].from.n, ".target")) {
			/* only if the starter is itself started */
			strlist_clear(&deeper);
			if (depth < 4)
				causes(u, u->e[i].from.s, depth + 1, &deeper);
			if (!deeper.n)
				continue;
		}
		for (k = 0; k < out->n; k++)
			if (str_eq(&out->v[k], u->e[i].from.s))
				break;
		if (k == out->n)
			strlist_adds(out, u->e[i].from.s);
	}
}

static void
causes(const struct units *u, const char *name, int depth, struct strlist *out)
{
	struct str prefix cleanup_str = STR_INIT;
	const char *at = strchr(name, '@'), *dot = strrchr(name, '.');

	causes_of(u, name, NULL, true, depth, out);
	if (!at || !dot || dot < at)
		return;
	str_add(&prefix, name, (size_t)(at - name) + 1);
	if (dot == at + 1) { /* a template: any of its instances */
		causes_of(u, prefix.s, dot, false, depth, out);
	}
}

/* Is this drop-in folder's name one that counts for the unit? */
static bool
applies(const char *folder_name, const char *unit)
{
	const char *dot = strrchr(unit, '.'), *at = strchr(unit, '@');
	const char *dash;
	size_t n = strlen(folder_name), k;

	if (strcmp(folder_name, unit) == 0)
		return true;
	if (!dot)
		return false;
	if (strcmp(folder_name, dot + 1) == 0) /* service.d */
		return true;
	if (!ends(folder_name, n, dot))
		return false;
	n -= strlen(dot);
	k = (size_t)(dot - unit);
	if (at && n == (size_t)(at - unit) + 1)
		return strncmp(folder_name, unit, n) == 0; /* template */
	dash = n ? folder_name + n - 1 : folder_name;
	return n < k && n && *dash == '-' && strncmp(folder_name, unit, n) == 0;
}

void
unit_state(struct art_tree *t, int user, const char *name, const char *path,
    bool is_dropin, struct unit_state *s, struct rec *rec)
{
	struct strlist by cleanup_strlist = STRLIST_INIT;
	const struct unit_file *first = NULL, *mine = NULL, *f;
	struct units *u;
	size_t i, k;
	bool home;

	if (!t || !t->root)
		return;
	if (!t->units[user])
		t->units[user] = build(t, user);
	u = t->units[user];
	if (rec && u->over)
		rec_note(rec, ERR_LIMIT, "parse", t->scope, folders[user][0],
		    0, "more than %d unit files and links (UNITS_MAX)",
		    UNITS_MAX);
	if (rec && u->bad.class)
		rec_note_err(rec, "list", t->scope, folders[user][0], &u->bad);
	home = user && strncmp(path, "/etc/", 5) != 0 &&
	       strncmp(path, "/usr/", 5) != 0;
	for (i = 0; i < u->n; i++) {
		f = &u->v[i];
		if (strcmp(f->path.s, path) == 0)
			mine = f;
		if (f->kind == DROPIN || strcmp(f->name.s, name) != 0)
			continue;
		/* of homes only the file's own counts */
		if (!first && (!user || strncmp(f->path.s, "/etc/", 5) == 0 ||
		    strncmp(f->path.s, "/usr/", 5) == 0 ||
		    (home && strcmp(f->path.s, path) == 0)))
			first = f;
	}
	if (first && first->kind == MASK)
		str_addf(&s->defect, "masked by %s", first->path.s);
	else if (first && !is_dropin && strcmp(first->path.s, path) != 0)
		str_addf(&s->defect, "%s is read in its place",
		    first->path.s);
	causes(u, name, 0, &by);
	strlist_join(&by, " ", &s->by);
	if (first && first->has_user)
		str_set(&s->user, first->user.s, first->user.n);
	if (!mine)
		return;
	for (i = 0; i < u->n; i++) {
		f = &u->v[i];
		if (f->kind != DROPIN || !applies(f->name.s, name))
			continue;
		if (f->has_user)
			str_set(&s->user, f->user.s, f->user.n);
		if (f == mine || (mine->kind == DROPIN &&
		    strcmp(f->sort.s, mine->sort.s) <= 0))
			continue;
		for (k = 0; k < f->reset.n; k++)
			strlist_add(&s->reset, f->reset.v[k].s,
			    f->reset.v[k].n);
	}
}
