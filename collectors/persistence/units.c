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
    {"/etc/xdg/systemd/user", "/etc/systemd/user", "/run/systemd/user",
	"/usr/local/share/systemd/user", "/usr/share/systemd/user",
	"/usr/local/lib/systemd/user", "/usr/lib/systemd/user",
	"/lib/systemd/user", NULL},
};

/*
 * Of one account: below its home, or below /run/user/UID. A file of one
 * account never stands in for one of another. rank: in front of the entry of
 * that number of the list above.
 */
static const struct {
	const char *folder;
	bool run;
	size_t rank;
} own_folders[] = {
    {"/.config/systemd/user.control", false, 0},
    {"/systemd/user.control", true, 0},
    {"/systemd/transient", true, 0},
    {"/systemd/generator.early", true, 0},
    {"/.config/systemd/user", false, 0},
    {"/systemd/user", true, 2},
    {"/systemd/generator", true, 3},
    {"/.local/share/systemd/user", false, 3},
    {"/systemd/generator.late", true, 8},
};

struct unit_file {
	struct str name; /* of the unit; a drop-in: of its folder without .d */
	struct str path; /* real */
	struct str user;
	struct str cwd;
	struct str sort; /* a drop-in: its file name */
	struct strlist reset;
	struct strlist environment; /* K=V; an empty one takes all before it */
	size_t rank; /* the lowest of a name is read */
	size_t home; /* 0: of everybody; else account number + 1 */
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
	size_t rank, home;
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
		str_release(&u->v[i].cwd);
		str_release(&u->v[i].sort);
		strlist_release(&u->v[i].reset);
		strlist_release(&u->v[i].environment);
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
	str_init(&f->cwd);
	str_init(&f->sort);
	str_add(&f->name, name, n);
	str_adds(&f->path, path);
	f->rank = u->rank;
	f->home = u->home;
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
		if (unit_is(l.key, l.key_n, "WorkingDirectory"))
			str_set(&f->cwd, l.value, l.value_n);
		if (unit_is(l.key, l.key_n, "Environment"))
			unit_assignments(l.value, l.value_n, &f->environment);
		if (unit_is(l.key, l.key_n, "EnvironmentFile"))
			unit_environment_file(u->tree->root, l.value,
			    l.value_n, &f->environment);
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

/* Does the file lie in a folder that is searched? */
static bool
in_search_path(const struct units *u, const char *path)
{
	const char *base = strrchr(path, '/');
	size_t n = (size_t)(base - path), i;
	int user;

	for (i = 0; i < u->seen.n; i++)
		if (u->seen.v[i].n == n &&
		    memcmp(u->seen.v[i].s, path, n) == 0)
			return true;
	for (user = 0; user < 2; user++)
		for (i = 0; folders[user][i]; i++)
			if (strlen(folders[user][i]) == n &&
			    memcmp(folders[user][i], path, n) == 0)
				return true;
	return false;
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
		root_file_close(&rf);
		if (strcmp(base, ent->name) != 0 &&
		    (root_find(u->tree->root, path.s, 0, &rf, NULL) ||
		    in_search_path(u, rf.path.s))) { /* an alias */
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
folder(struct units *u, const char *path, size_t rank, size_t home)
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
	u->rank = rank;
	u->home = home;
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
		for (k = 0; k < COUNT(own_folders); k++) {
			str_clear(&path);
			if (own_folders[k].run && a->uid >= 0)
				str_addf(&path, "/run/user/%lld",
				    (long long)a->uid);
			else if (!own_folders[k].run && a->home.n >= 2 &&
			    !memchr(a->home.s, '\0', a->home.n))
				str_add(&path, a->home.s, a->home.n);
			else
				continue;
			str_adds(&path, own_folders[k].folder);
			/* between two of the list */
			folder(u, path.s, 20 * own_folders[k].rank + k, i + 1);
		}
	}
	for (i = 0; folders[user][i]; i++)
		folder(u, folders[user][i], 20 * i + 19, 0);
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

/* A name that drop-ins are for, although no file has it: all of a type, all
 * that begin alike, what the kernel or a generator makes a unit of. */
static bool
general(const struct units *u, const char *name)
{
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	struct str path cleanup_str = STR_INIT;
	const char *dot = strrchr(name, '.');

	if (!dot || (dot > name && dot[-1] == '-'))
		return true;
	if (strcmp(dot, ".service") != 0)
		return strcmp(dot, ".timer") != 0 &&
		       strcmp(dot, ".socket") != 0 && strcmp(dot, ".path") != 0;
	str_adds(&path, "/etc/init.d/");
	str_add(&path, name, (size_t)(dot - name));
	return root_find(u->tree->root, path.s, 0, &rf, NULL) == 0;
}

/* The fragment of that name that is read; of an account's own too. */
static const struct unit_file *
fragment(const struct units *u, const char *name, size_t home)
{
	struct str template cleanup_str = STR_INIT;
	const struct unit_file *first = NULL, *f;
	const char *at = strchr(name, '@'), *dot = strrchr(name, '.');
	size_t i;

	for (i = 0; i < u->n; i++) {
		f = &u->v[i];
		if (f->kind != DROPIN && (!f->home || f->home == home) &&
		    strcmp(f->name.s, name) == 0 &&
		    (!first || f->rank < first->rank))
			first = f;
	}
	if (first || !at || !dot || dot < at || dot == at + 1)
		return first;
	str_add(&template, name, (size_t)(at - name) + 1);
	str_adds(&template, dot);
	return fragment(u, template.s, home);
}

static int
compare_dropins(const void *x, const void *y)
{
	const struct unit_file *const *a = x, *const *b = y;
	int r = strcmp((*a)->sort.s, (*b)->sort.s);

	return r ? r : ((*a)->rank > (*b)->rank) - ((*a)->rank < (*b)->rank);
}

static void
add_environment(struct strlist *to, const struct strlist *from)
{
	size_t i, k, n;
	const char *eq;

	for (i = 0; i < from->n; i++) {
		if (!from->v[i].n) {
			strlist_clear(to);
			continue;
		}
		eq = memchr(from->v[i].s, '=', from->v[i].n);
		n = eq ? (size_t)(eq - from->v[i].s) + 1 : from->v[i].n;
		for (k = 0; k < to->n; k++)
			if (to->v[k].n >= n &&
			    memcmp(to->v[k].s, from->v[i].s, n) == 0)
				break;
		if (k < to->n)
			str_set(&to->v[k], from->v[i].s, from->v[i].n);
		else if (k < RUNS_NAMES_MAX)
			strlist_add(to, from->v[i].s, from->v[i].n);
	}
}

static bool
is_transient(const char *path)
{
	return strstr(path, "/systemd/transient/") &&
	       strncmp(path, "/run/", 5) == 0;
}

void
unit_state(struct art_tree *t, int user, const char *name, const char *path,
    bool is_dropin, struct unit_state *s, struct rec *rec)
{
	struct strlist by cleanup_strlist = STRLIST_INIT;
	const struct unit_file *first, *mine = NULL, *other = NULL, *f;
	const struct unit_file **d = NULL;
	struct units *u;
	size_t i, k, n = 0, home;

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
	for (i = 0; i < u->n && !mine; i++)
		if (strcmp(u->v[i].path.s, path) == 0 &&
		    (u->v[i].kind == DROPIN) == is_dropin)
			mine = &u->v[i];
	home = mine ? mine->home : 0;
	first = fragment(u, name, home);
	for (i = 0; mine && i < u->n; i++) {
		/* another file that takes this one's place, or the other way */
		f = &u->v[i];
		if (f == mine || (f->home && f->home != home) ||
		    (f->kind == DROPIN) != is_dropin ||
		    strcmp(f->name.s, mine->name.s) != 0 ||
		    (is_dropin && strcmp(f->sort.s, mine->sort.s) != 0))
			continue;
		if (is_dropin && f->rank < mine->rank && !s->defect.n)
			str_addf(&s->defect, "%s is read in its place",
			    f->path.s);
		if (f->rank > mine->rank && (!other || f->rank < other->rank))
			other = f;
	}
	if (other)
		str_set(&s->overrides, other->path.s, other->path.n);
	else if (is_dropin && first)
		str_set(&s->overrides, first->path.s, first->path.n);
	if (first && first->kind == MASK && first != mine)
		str_addf(&s->defect, "%smasked by %s", s->defect.n ? "; " : "",
		    first->path.s);
	else if (first && !is_dropin && strcmp(first->path.s, path) != 0)
		str_addf(&s->defect, "%s is read in its place",
		    first->path.s);
	else if (!first && !u->over && !general(u, name))
		str_addf(&s->defect, "%sno unit of that name is found",
		    s->defect.n ? "; " : "");
	causes(u, name, 0, &by);
	/* one that systemd-run(1) made was started when it was made */
	if (!by.n && is_transient(path))
		strlist_add(&by, path, strlen(path));
	strlist_join(&by, " ", &s->by);
	/* what is in force: the fragment, then its drop-ins by name */
	if (first && first->kind == FRAGMENT) {
		if (first->has_user)
			str_set(&s->user, first->user.s, first->user.n);
		str_set(&s->cwd, first->cwd.s, first->cwd.n);
		add_environment(&s->environment, &first->environment);
	}
	for (i = 0; i < u->n; i++) {
		f = &u->v[i];
		if (f->kind != DROPIN || (f->home && f->home != home) ||
		    !applies(f->name.s, name))
			continue;
		d = xreallocarray(d, n + 1, sizeof(*d));
		d[n++] = f;
	}
	if (n > 1)
		qsort(d, n, sizeof(*d), compare_dropins);
	for (i = 0; i < n; i++) {
		f = d[i];
		if (i && strcmp(f->sort.s, d[i - 1]->sort.s) == 0 &&
		    strcmp(f->name.s, d[i - 1]->name.s) == 0)
			continue; /* one of an earlier folder is read */
		if (f->has_user)
			str_set(&s->user, f->user.s, f->user.n);
		if (f->cwd.n)
			str_set(&s->cwd, f->cwd.s, f->cwd.n);
		add_environment(&s->environment, &f->environment);
		if (!mine || f == mine || (mine->kind == DROPIN &&
		    strcmp(f->sort.s, mine->sort.s) <= 0))
			continue;
		for (k = 0; k < f->reset.n; k++)
			strlist_add(&s->reset, f->reset.v[k].s,
			    f->reset.v[k].n);
	}
	free(d);
}
