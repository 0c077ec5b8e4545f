#include "art.h"

#include "limits.h"
#include "runs.h"

/*
 * nsswitch.conf(5): a row for each service of a database. A service is a
 * library, libnss_NAME.so.2, that every program loads which asks.
 */

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Part of libc itself, in newer ones. */
static bool
builtin(const char *p, size_t n)
{
	return (n == 5 && memcmp(p, "files", 5) == 0) ||
	       (n == 3 && memcmp(p, "dns", 3) == 0);
}

static int
found(void *arg, const char *via, struct root_file *f)
{
	(void)f;
	str_sets(arg, via);
	return 1;
}

static void
library(const struct art_file *f, const char *p, size_t n, struct str *out)
{
	static const char *const folders[] = {"/usr/lib/*-linux-*/",
	    "/lib/*-linux-*/", "/usr/lib64/", "/lib64/", "/usr/lib/", "/lib/",
	    "/usr/local/lib/"};
	struct str pattern cleanup_str = STR_INIT;
	struct str name cleanup_str = STR_INIT;
	size_t i;

	str_add(&name, p, n);
	if (strlen(name.s) != n || strchr(name.s, '/'))
		return;
	for (i = 0; i < COUNT(folders) && !out->n; i++) {
		str_clear(&pattern);
		str_addf(&pattern, "%slibnss_", folders[i]);
		root_glob_quote(&pattern, name.s);
		str_adds(&pattern, ".so.2");
		root_glob(f->root, pattern.s, found, NULL, out, NULL);
	}
}

static void
row(const struct art_file *f, struct rec *r, const struct art_line *l,
    const char *database, size_t database_n, const char *p, size_t n,
    const char *action, size_t action_n)
{
	struct str name cleanup_str = STR_INIT, path cleanup_str = STR_INIT;
	struct str options cleanup_str = STR_INIT;
	const char *defect = NULL;

	str_adds(&name, "libnss_");
	str_add(&name, p, n);
	str_adds(&name, ".so.2");
	str_add(&options, p, n);
	if (action_n) {
		str_addc(&options, ' ');
		str_add(&options, action, action_n);
	}
	if (f->root) {
		library(f, p, n, &path);
		if (!path.n && !builtin(p, n))
			defect = "no such library: passed over";
	}
	art_begin(f, r, l->number);
	rec_bytes(r, COL_persist_name, database, database_n);
	rec_str(r, COL_persist_options, &options);
	if (path.n || !builtin(p, n))
		rec_str(r, COL_persist_command, path.n ? &path : &name);
	rec_bytes(r, COL_persist_text, l->p, l->n);
	rec_text(r, COL_persist_defect, defect);
	if (path.n)
		art_runs(f, r, RUNS_FILE, path.s, path.n, NULL, NULL);
	rec_end(r);
}

int
parse_nsswitch(const struct art_file *f, struct rec *r, struct err *err)
{
	struct art_line l = ART_LINE_INIT;
	const char *colon, *hash;
	int64_t rows = 0;
	size_t n, i, from, to, act;

	(void)err;
	while (art_next(f, &l)) {
		hash = memchr(l.p, '#', l.n);
		n = hash ? (size_t)(hash - l.p) : l.n;
		colon = memchr(l.p, ':', n);
		if (!colon)
			continue;
		for (from = 0; from < n && blank(l.p[from]);)
			from++;
		for (to = (size_t)(colon - l.p); to > from && blank(l.p[to - 1]);)
			to--;
		for (i = (size_t)(colon - l.p) + 1; i < n;) {
			size_t s, e;

			while (i < n && blank(l.p[i]))
				i++;
			s = i;
			while (i < n && !blank(l.p[i]) && l.p[i] != '[')
				i++;
			e = i;
			while (i < n && blank(l.p[i]))
				i++;
			act = i;
			if (i < n && l.p[i] == '[') {
				while (i < n && l.p[i] != ']')
					i++;
				i += i < n;
			}
			if (e == s)
				continue;
			if (++rows > NSS_ROWS_MAX) {
				rec_note(r, ERR_LIMIT, "parse", f->scope,
				    f->file->path.s, 0,
				    "more than %d services (NSS_ROWS_MAX)",
				    NSS_ROWS_MAX);
				return 0;
			}
			row(f, r, &l, l.p + from, to - from, l.p + s, e - s,
			    l.p + act, i - act);
		}
	}
	if (!rows)
		art_file_row(f, r, NULL);
	return 0;
}
