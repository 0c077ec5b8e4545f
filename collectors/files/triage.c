#include "triage.h"

#include <strings.h>
#include <sys/sysmacros.h>

enum row_kind {
	ROW_TREE,
	ROW_REGULAR,
	ROW_FILE,
	ROW_BELOW,
	ROW_NAME,
	ROW_SUFFIX,
	ROW_TOP,
	ROW_SYSTEM,
};

struct row {
	enum row_kind kind;
	const char *a, *b;
	size_t n; /* length of a */
	enum triage why;
};

#define ROW(kind, a, b, why) {kind, a, b, sizeof(a) - 1, TRIAGE_##why},
static const struct row rows[] = {
#define TREE(path, why) ROW(ROW_TREE, path, "", why)
#define REGULAR(path, why) ROW(ROW_REGULAR, path, "", why)
#define FILE(path, why) ROW(ROW_FILE, path, "", why)
#define BELOW(mark, end, why) ROW(ROW_BELOW, mark, end, why)
#define NAME(name, why) ROW(ROW_NAME, name, "", why)
#define SUFFIX(suffix, why) ROW(ROW_SUFFIX, suffix, "", why)
#define TOP(name) ROW(ROW_TOP, name, "", NO)
#define SYSTEM(path) ROW(ROW_SYSTEM, path, "", NO)
#include "triage.def"
#undef TREE
#undef REGULAR
#undef FILE
#undef BELOW
#undef NAME
#undef SUFFIX
#undef TOP
#undef SYSTEM
};
#undef ROW

static const char *const words[TRIAGE_COUNT] = {
	[TRIAGE_NO] = "no",
	[TRIAGE_ALL] = "all",
	[TRIAGE_UPPER] = "upper",
	[TRIAGE_PERSISTENCE] = "persistence",
	[TRIAGE_TEMPORARY] = "temporary",
	[TRIAGE_HOME] = "home",
	[TRIAGE_CONFIGURATION] = "configuration",
	[TRIAGE_PLACE] = "place",
	[TRIAGE_DEVICE] = "device",
	[TRIAGE_EXECUTABLE] = "executable",
	[TRIAGE_SCRIPT] = "script",
	[TRIAGE_WRITABLE] = "writable",
};

const char *
triage_name(enum triage t)
{
	return t < TRIAGE_COUNT ? words[t] : "no";
}

/* ---- the rows ---------------------------------------------------------- */

/* Rows of paths, sorted by them: a path is compared with all at once. */
static struct {
	const struct row *v[COUNT(rows)];
	size_t n;
} paths;

static int
compare(const void *x, const void *y)
{
	const struct row *const *a = x, *const *b = y;

	return strcmp((*a)->a, (*b)->a);
}

static void
sort_paths(void)
{
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		if (rows[i].kind <= ROW_FILE)
			paths.v[paths.n++] = &rows[i];
	qsort(paths.v, paths.n, sizeof(paths.v[0]), compare);
}

/* The longest row of a path that this one lies at or below: byte by byte the
 * rows [lo, hi) that are still like it become fewer. */
static const struct row *
path_row(const char *path, bool regular)
{
	const struct row *best = NULL, *r;
	size_t lo = 0, hi, i;
	unsigned char c;

	if (!paths.n)
		sort_paths();
	hi = paths.n;
	for (i = 0; lo < hi; i++) {
		c = (unsigned char)path[i];
		for (; lo < hi && (r = paths.v[lo])->n == i; lo++)
			if (r->kind == ROW_TREE || (r->kind == ROW_FILE ? !c :
			    regular))
				best = r;
		if (!c)
			break;
		while (lo < hi && (unsigned char)paths.v[lo]->a[i] < c)
			lo++;
		while (lo < hi && (unsigned char)paths.v[hi - 1]->a[i] > c)
			hi--;
	}
	/* the folder itself: "/a" of "/a/"; of the root that says nothing */
	for (; !regular && i > 1 && lo < hi; lo++)
		if (paths.v[lo]->n == i + 1 && paths.v[lo]->a[i] == '/' &&
		    paths.v[lo]->kind == ROW_TREE)
			best = paths.v[lo];
	return best;
}

/* "/x/volumes/ANY/_data/y" for BELOW("/volumes/", "/_data/") */
static bool
lies_below(const struct row *r, const char *path)
{
	const char *p = path, *name;

	for (; (p = strstr(p, r->b)); p++) {
		name = p;
		while (name > path && name[-1] != '/')
			name--;
		if (name < p && (size_t)(name - path) >= r->n &&
		    memcmp(name - r->n, r->a, r->n) == 0)
			return true;
	}
	return false;
}

static bool
has_row(enum row_kind kind, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		if (rows[i].kind == kind && rows[i].n == n &&
		    memcmp(rows[i].a, s, n) == 0)
			return true;
	return false;
}

/* ---- places ------------------------------------------------------------ */

/* Is a name in it that hides: with a leading dot, a blank at an end, or a byte
 * that no terminal shows as it is? */
static bool
hides(const char *path)
{
	const unsigned char *p = (const unsigned char *)path;

	for (; *p; p++) {
		if (*p > ' ' && *p != '/' && *p != 0x7f)
			continue;
		if (*p == '/' ? p[1] == '.' || p[1] == ' ' :
		    *p != ' ' || p[1] == '/' || p[1] == '\0')
			return true;
	}
	return false;
}

static bool
in_home(const char *path, const char *const *homes)
{
	size_t n;

	for (; homes && *homes; homes++) {
		if ((*homes)[0] != '/' || (*homes)[1] != path[1])
			continue;
		n = strlen(*homes);
		while (n && (*homes)[n - 1] == '/')
			n--;
		if (n && strncmp(path, *homes, n) == 0 && path[n] == '/' &&
		    !has_row(ROW_SYSTEM, *homes, n))
			return true;
	}
	return false;
}

static bool
strange_top(const char *path)
{
	size_t n = strcspn(path + 1, "/");

	return n && !has_row(ROW_TOP, path + 1, n);
}

static enum triage
by_place(const char *path, bool regular, const char *const *homes)
{
	const struct row *r = path_row(path, regular);
	const char *name;
	size_t i;

	if (r)
		return r->why;
	if (in_home(path, homes))
		return TRIAGE_HOME;
	for (i = 0; i < COUNT(rows); i++) {
		if (rows[i].kind == ROW_BELOW && lies_below(&rows[i], path))
			return rows[i].why;
		if (rows[i].kind != ROW_NAME)
			continue;
		name = strrchr(path, '/') + 1;
		if (strcmp(name, rows[i].a) == 0)
			return rows[i].why;
	}
	return strange_top(path) || hides(path) ? TRIAGE_PLACE : TRIAGE_NO;
}

enum triage
triage_place(const char *path, const struct stat *st,
    const char *const *homes)
{
	mode_t m = st->st_mode;
	enum triage why;

	if (path[0] != '/')
		return TRIAGE_PLACE;
	/* a whiteout: it stands for a name that is not there */
	if (S_ISCHR(m) && st->st_rdev == makedev(0, 0))
		return TRIAGE_NO;
	why = by_place(path, S_ISREG(m), homes);
	if (why != TRIAGE_NO)
		return why;
	if (S_ISREG(m) && (m & (0111 | S_ISUID | S_ISGID)))
		return TRIAGE_EXECUTABLE;
	if ((S_ISCHR(m) || S_ISBLK(m)) && strncmp(path, "/dev/", 5) != 0)
		return TRIAGE_DEVICE;
	if ((m & S_IWOTH) && (S_ISREG(m) || (S_ISDIR(m) && !(m & S_ISVTX))))
		return TRIAGE_WRITABLE;
	return TRIAGE_NO;
}

enum triage
triage_bytes(const char *path, const void *head, size_t n)
{
	size_t len, i;

	if (n >= 4 && memcmp(head, "\177ELF", 4) == 0)
		return TRIAGE_EXECUTABLE;
	if (n >= 2 && memcmp(head, "#!", 2) == 0)
		return TRIAGE_SCRIPT;
	len = strlen(path);
	for (i = 0; i < COUNT(rows); i++)
		if (rows[i].kind == ROW_SUFFIX && len > rows[i].n &&
		    strcasecmp(path + len - rows[i].n, rows[i].a) == 0)
			return rows[i].why;
	return TRIAGE_NO;
}

/* ---- the list ---------------------------------------------------------- */

void
triage_print(void)
{
	const struct row *r;
	const char *sep = "";
	size_t i;

	printf("%-14s %s\n", "WHY", "WHERE");
	for (i = 0; i < COUNT(rows); i++) {
		r = &rows[i];
		if (r->kind >= ROW_TOP)
			continue;
		printf("%-14s ", triage_name(r->why));
		switch (r->kind) {
		case ROW_TREE:
			printf("%s**\n", r->a);
			break;
		case ROW_REGULAR:
			printf("%s** (regular files)\n", r->a);
			break;
		case ROW_BELOW:
			printf("**%s*%s**\n", r->a, r->b);
			break;
		case ROW_NAME:
			printf("**/%s\n", r->a);
			break;
		case ROW_SUFFIX:
			printf("**/*%s\n", r->a);
			break;
		default:
			printf("%s\n", r->a);
		}
	}
	printf("%-14s below any folder of / but", words[TRIAGE_PLACE]);
	for (i = 0; i < COUNT(rows); i++)
		if (rows[i].kind == ROW_TOP) {
			printf("%s %s", sep, rows[i].a);
			sep = ",";
		}
	printf("\n%-14s names that hide: a leading dot, a blank at an end, "
	       "bytes that no terminal shows\n", words[TRIAGE_PLACE]);
	printf("%-14s the accounts' homes\n", words[TRIAGE_HOME]);
	printf("%-14s devices outside /dev\n", words[TRIAGE_DEVICE]);
	printf("%-14s ELF files; files with an x bit, setuid or setgid\n",
	    words[TRIAGE_EXECUTABLE]);
	printf("%-14s files that begin with #!\n", words[TRIAGE_SCRIPT]);
	printf("%-14s files that everybody may write; directories, too, "
	       "without the sticky bit\n", words[TRIAGE_WRITABLE]);
	printf("%-14s a container's own layer\n", words[TRIAGE_UPPER]);
}
