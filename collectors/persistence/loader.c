#include "art.h"

#include "env.h"
#include "limits.h"
#include "places.h"
#include "runs.h"

/*
 * What ld.so(8) goes by: the folders of ld.so.conf, and itself.
 */

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/* ---- ld.so.conf -------------------------------------------------------- */

struct places {
	struct root *root;
	art_place_fn *fn;
	void *arg;
	struct strlist seen;
	int depth;
};

static void conf(struct places *p, const char *path);

static int
conf_found(void *arg, const char *via, struct root_file *f)
{
	(void)f;
	conf(arg, via);
	return 0;
}

/* A line of ld.so.conf: the pattern of an include, or NULL. */
static bool
include(const char *path, const char *p, size_t n, struct str *pattern)
{
	size_t i = 7;

	if (n < 9 || memcmp(p, "include", 7) != 0 || !blank(p[7]))
		return false;
	while (i < n && blank(p[i]))
		i++;
	str_clear(pattern);
	if (i < n && p[i] != '/')
		str_add(pattern, path,
		    (size_t)(strrchr(path, '/') - path) + 1);
	str_add(pattern, p + i, n - i);
	return strlen(pattern->s) == pattern->n;
}

static size_t
line(const struct art_line *l, const char **p)
{
	const char *hash = memchr(l->p, '#', l->n);
	size_t n = hash ? (size_t)(hash - l->p) : l->n;

	*p = l->p;
	while (n && blank(**p)) {
		++*p;
		n--;
	}
	while (n && blank((*p)[n - 1]))
		n--;
	return n;
}

static void
conf(struct places *p, const char *path)
{
	struct str data cleanup_str = STR_INIT, pattern cleanup_str = STR_INIT;
	struct art_file f = {.data = ""};
	struct art_line l = ART_LINE_INIT;
	const char *at;
	size_t n, i;

	for (i = 0; i < p->seen.n; i++)
		if (str_eq(&p->seen.v[i], path))
			return;
	if (p->seen.n >= LD_CONF_MAX || p->depth > 8 ||
	    root_slurp(p->root, path, ART_KEEP_MAX, &data, NULL, NULL) < 0)
		return;
	strlist_adds(&p->seen, path);
	p->fn(p->arg, path, NULL);
	f.data = data.s;
	f.n = data.n;
	p->depth++;
	while (art_next(&f, &l)) {
		n = line(&l, &at);
		if (include(path, at, n, &pattern))
			root_glob(p->root, pattern.s, conf_found, NULL, p,
			    NULL);
	}
	p->depth--;
}

void
ld_conf_places(struct art_tree *t, art_place_fn *fn, void *arg)
{
	struct places p = {t->root, fn, arg, STRLIST_INIT, 0};

	if (t->root)
		conf(&p, "/etc/ld.so.conf");
	strlist_release(&p.seen);
}

struct reached {
	const char *path;
	bool yes;
};

static void
reached(void *arg, const char *path, const char *owner)
{
	struct reached *r = arg;

	(void)owner;
	r->yes = r->yes || strcmp(path, r->path) == 0;
}

/* ---- libraries that stand before those of the system ------------------- */

struct shadow {
	const struct art_file *f;
	struct rec *r;
	const struct art_line *l;
	const char *folder; /* real */
	struct strlist usual;
	int64_t rows;
};

static int
system_folder(void *arg, const char *via, struct root_file *rf)
{
	struct shadow *s = arg;
	size_t i;

	(void)via;
	if (!S_ISDIR(rf->st.st_mode))
		return 0;
	for (i = 0; i < s->usual.n; i++)
		if (str_eq(&s->usual.v[i], rf->path.s))
			return 0;
	strlist_add(&s->usual, rf->path.s, rf->path.n);
	return s->usual.n > 64;
}

static int
library(void *arg, const struct root_entry *ent)
{
	struct shadow *s = arg;
	struct str path cleanup_str = STR_INIT, mine cleanup_str = STR_INIT;
	const char *so = strstr(ent->name, ".so");
	size_t i;

	if (!so || (so[3] && so[3] != '.') || S_ISDIR(ent->st->st_mode))
		return 0;
	for (i = 0; i < s->usual.n; i++) {
		struct root_file rf cleanup_root_file = ROOT_FILE_INIT;

		str_clear(&path);
		str_addf(&path, "%s/%s", s->usual.v[i].s, ent->name);
		if (root_find(s->f->root, path.s, ROOT_NOFOLLOW, &rf, NULL))
			continue;
		if (++s->rows > LD_SHADOW_MAX) {
			rec_note(s->r, ERR_LIMIT, "parse", s->f->scope,
			    s->folder, 0, "more than %d libraries "
			    "(LD_SHADOW_MAX)", LD_SHADOW_MAX);
			return 1;
		}
		str_addf(&mine, "%s/%s", s->folder, ent->name);
		art_begin(s->f, s->r, s->l->number);
		rec_text(s->r, COL_persist_schedule, s->f->art->when);
		rec_text(s->r, COL_persist_name, ent->name);
		rec_str(s->r, COL_persist_command, &mine);
		rec_str(s->r, COL_persist_overrides, &path);
		rec_bytes(s->r, COL_persist_text, s->l->p, s->l->n);
		art_runs(s->f, s->r, RUNS_FILE, mine.s, mine.n, NULL, NULL);
		rec_end(s->r);
		return 0;
	}
	return 0;
}

static void
shadows(const struct art_file *f, struct rec *r, const struct art_line *l,
    const struct root_file *dir)
{
	static const char *const folders[] = {"/lib", "/usr/lib", "/lib64",
	    "/usr/lib64", "/lib/*-linux-*", "/usr/lib/*-linux-*"};
	struct shadow s = {f, r, l, dir->path.s, STRLIST_INIT, 0};
	size_t i;

	for (i = 0; i < COUNT(folders); i++)
		root_glob(f->root, folders[i], system_folder, NULL, &s, NULL);
	for (i = 0; i < s.usual.n; i++)
		if (str_eq(&s.usual.v[i], dir->path.s))
			break;
	if (i == s.usual.n)
		root_list(f->root, dir->path.s, library, &s, NULL);
	strlist_release(&s.usual);
}

static void
folder_row(const struct art_file *f, struct rec *r, const struct art_line *l,
    const char *p, size_t n, const char *whole)
{
	struct root_file dir cleanup_root_file = ROOT_FILE_INIT;
	struct str path cleanup_str = STR_INIT;
	const char *defect = whole, *open = NULL;
	struct err e;
	bool there = false;

	str_add(&path, p, n);
	if (!defect && p[0] != '/')
		defect = "relative: passed over";
	else if (!defect && f->root && strlen(path.s) == n) {
		there = root_find(f->root, path.s, 0, &dir, &e) == 0 &&
			S_ISDIR(dir.st.st_mode);
		if (!there)
			defect = "no such folder";
		else
			open = env_open_to_others(f, path.s, NULL);
	}
	art_begin(f, r, l->number);
	rec_text(r, COL_persist_schedule, f->art->when);
	rec_str(r, COL_persist_name, &path);
	rec_text(r, COL_persist_options, open);
	rec_bytes(r, COL_persist_text, l->p, l->n);
	rec_text(r, COL_persist_defect, defect);
	rec_end(r);
	if (there)
		shadows(f, r, l, &dir);
}

int
parse_ldconf(const struct art_file *f, struct rec *r, struct err *err)
{
	struct art_line l = ART_LINE_INIT;
	struct str pattern cleanup_str = STR_INIT;
	struct reached got = {f->via, false};
	bool musl = strncmp(f->via, "/etc/ld-musl", 12) == 0;
	const char *p, *whole = NULL;
	int64_t rows = 0;
	size_t n, i, from;

	(void)err;
	if (f->tree && f->root && !musl) {
		ld_conf_places(f->tree, reached, &got);
		if (!got.yes)
			whole = "no include of /etc/ld.so.conf names it";
	}
	while (art_next(f, &l)) {
		n = line(&l, &p);
		if (!n)
			continue;
		if (include(f->via, p, n, &pattern)) {
			art_begin(f, r, l.number);
			rec_text(r, COL_persist_name, "include");
			rec_str(r, COL_persist_options, &pattern);
			rec_bytes(r, COL_persist_text, l.p, l.n);
			rec_text(r, COL_persist_defect, whole);
			rec_end(r);
			rows++;
			continue;
		}
		if (n > 6 && memcmp(p, "hwcap", 5) == 0 && blank(p[5]))
			continue;
		for (from = i = 0; i <= n; i++) {
			if (i < n && p[i] != ':' && p[i] != ',' && !blank(p[i]))
				continue;
			if (i > from) {
				if (++rows > LD_CONF_MAX) {
					rec_note(r, ERR_LIMIT, "parse",
					    f->scope, f->file->path.s, 0,
					    "more than %d folders "
					    "(LD_CONF_MAX)", LD_CONF_MAX);
					return 0;
				}
				folder_row(f, r, &l, p + from, i - from, whole);
			}
			from = i + 1;
		}
	}
	if (!rows)
		art_file_row(f, r, whole);
	return 0;
}

/* ---- the loader itself ------------------------------------------------- */

/*
 * A loader that was changed to read another file than /etc/ld.so.preload, or
 * none, does not hold that name any more.
 */
int
parse_loader(const struct art_file *f, struct rec *r, struct err *err)
{
	static const char *const strings[] = {"/etc/ld.so.preload",
	    "LD_PRELOAD", "LD_LIBRARY_PATH", "/etc/ld.so.cache"};
	const char *base = strrchr(f->via, '/');
	struct str lacks cleanup_str = STR_INIT;
	size_t i;

	(void)err;
	base = base ? base + 1 : f->via;
	if (!strstr(base, ".so"))
		return 0;
	for (i = 0; i < COUNT(strings); i++) {
		if (strings[i][0] == '/' && strstr(base, "musl"))
			continue;
		if (!memmem(f->data, f->n, strings[i], strlen(strings[i])))
			str_addf(&lacks, "%s%s", lacks.n ? ", " : "lacks ",
			    strings[i]);
	}
	if (f->n < 4 || memcmp(f->data, "\177ELF", 4) != 0) {
		str_clear(&lacks);
		str_adds(&lacks, "no ELF file");
	}
	if (lacks.n && f->n <= ART_KEEP_MAX)
		rec_blob(r, f->data, f->n, NULL);
	art_begin(f, r, 0);
	rec_text(r, COL_persist_schedule, f->art->when);
	rec_text(r, COL_persist_name, base);
	rec_text(r, COL_persist_command, f->via);
	rec_str(r, COL_persist_options, &lacks);
	art_runs(f, r, RUNS_FILE, f->via, strlen(f->via), NULL, NULL);
	rec_end(r);
	return 0;
}
