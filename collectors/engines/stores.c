/*
 * Which stores a root has.
 */

#include "stores-internal.h"

#include "accounts.h"
#include "limits.h"

#define DEFAULT_STORE "/var/lib/docker"

/* Under which homes to look besides those that passwd names: an account may
 * be gone, its home not. */
static const char *const home_globs[] = {"/root", "/home/*"};

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
		search_trouble(x, "/etc/passwd", &e);
	for (i = 0; i < a.n && i < HOMES_MAX; i++)
		if (a.v[i].home.n > 1 && a.v[i].home.s[0] == '/' &&
		    strlen(a.v[i].home.s) == a.v[i].home.n)
			strlist_add(&all, a.v[i].home.s, a.v[i].home.n);
	accounts_release(&a);
	for (i = 0; i < COUNT(home_globs); i++)
		if (root_glob(x->r, home_globs[i], add_home, NULL, &all, &e) <
		    0)
			search_trouble(x, home_globs[i], &e);
	if (all.n)
		qsort(all.v, all.n, sizeof(*all.v), cmp_strs);
	for (i = 0; i < all.n; i++)
		if (!i || strcmp(all.v[i].s, all.v[i - 1].s) != 0)
			strlist_add(&x->homes, all.v[i].s, all.v[i].n);
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
		search_foreign(x, x->r, "", path.s, p);
		return;
	}
	if (p->node) {
		search_node(x, p);
		return;
	}
	if (strcmp(path.s, DEFAULT_STORE) != 0 &&
	    root_find(x->r, path.s, 0, &f, &e)) {
		if (e.class != ERR_ABSENT || !search_dangling(x, path.s))
			search_trouble(x, path.s, &e);
		return;
	}
	search_store(x, path.s, BY_PLACE, NULL);
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

	for (i = 0; i < places_n; i++)
		if (places[i].base == HOST &&
		    strncmp(places[i].path, at, n) == 0 &&
		    (places[i].path[n] == '/' || !places[i].path[n]))
			break;
	if (i == places_n)
		return;
	str_set(&parent, at, (size_t)(strrchr(at, '/') - at) + 1);
	if (root_find(x->r, at, 0, &f, &e) || !S_ISDIR(f.st.st_mode) ||
	    root_find(x->r, parent.s, 0, &up, &e) ||
	    f.st.st_dev != up.st.st_dev ||
	    root_list(x->r, at, search_not_empty, NULL, &e))
		return;
	strlist_adds(&x->noted, at);
	search_note(x, ERR_DENIED, at, 0, "the file system that fstab mounts "
	    "here is not in the evidence");
}

static void
read_fstab(struct search *x)
{
	struct str t cleanup_str = STR_INIT, at cleanup_str = STR_INIT;
	const char *p, *nl, *end;
	struct err e;
	size_t n;

	if (root_slurp(x->r, "/etc/fstab", STORE_JSON_MAX, &t, NULL, &e) < 0) {
		search_trouble(x, "/etc/fstab", &e);
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
	size_t i, k;

	find_homes(x);
	read_fstab(x);
	for (i = 0; i < places_n; i++) {
		if (places[i].base == HOST)
			find_place(x, "", &places[i]);
		for (k = 0; places[i].base == HOME && k < x->homes.n; k++)
			find_place(x, x->homes.v[k].s, &places[i]);
	}
	search_configured(x);
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
	if (is_store && as)
		x.as = search_engine(as);
	if (is_store)
		search_store(&x, "/", BY_USER, NULL);
	else
		find_host(&x);
	for (i = 0; data_roots && i < data_roots->n; i++) {
		struct str p cleanup_str = STR_INIT;

		if (data_roots->v[i].s[0] != '/')
			str_addc(&p, '/');
		str_add(&p, data_roots->v[i].s, data_roots->v[i].n);
		search_store(&x, p.s, BY_USER, NULL);
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
