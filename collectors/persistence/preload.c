#include "art.h"

#include "limits.h"
#include "runs.h"

/*
 * /etc/ld.so.preload, as glibc's ld.so reads it: names separated by white
 * space or colons; "#" begins a comment. Each is loaded into every program
 * that is linked dynamically. A name that is not there is passed over.
 */

static bool
separator(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == ':';
}

static const char *
trouble(const struct art_file *f, const char *p, size_t n)
{
	struct root_file lib cleanup_root_file = ROOT_FILE_INIT;
	struct str path cleanup_str = STR_INIT;
	struct err e;

	if (memchr(p, '\0', n))
		return "NUL byte in the name";
	/* a bare name is searched, $LIB and the like are replaced */
	if (p[0] != '/' || memchr(p, '$', n) || !f->root)
		return NULL;
	str_add(&path, p, n);
	if (root_find(f->root, path.s, 0, &lib, &e) == 0)
		return S_ISREG(lib.st.st_mode) ? NULL : "is no regular file";
	return e.class == ERR_ABSENT ? "no such file" : NULL;
}

int
parse_preload(const struct art_file *f, struct rec *r, struct err *err)
{
	struct art_line l = ART_LINE_INIT;
	int64_t rows = 0;
	size_t i, from;

	(void)err;
	while (art_next(f, &l)) {
		for (i = 0; i < l.n && l.p[i] != '#';) {
			if (separator(l.p[i])) {
				i++;
				continue;
			}
			from = i;
			while (i < l.n && !separator(l.p[i]) && l.p[i] != '#')
				i++;
			if (++rows > ART_LINES_MAX) {
				art_too_many(f, r);
				return 0;
			}
			art_begin(f, r, l.number);
			rec_text(r, COL_persist_schedule, f->art->when);
			rec_bytes(r, COL_persist_command, l.p + from, i - from);
			rec_bytes(r, COL_persist_text, l.p, l.n);
			art_runs(f, r, RUNS_FILE, l.p + from, i - from,
			    RUNS_LIBRARIES, NULL);
			rec_text(r, COL_persist_defect,
			    trouble(f, l.p + from, i - from));
			rec_end(r);
		}
	}
	if (!rows)
		art_file_row(f, r, NULL);
	return 0;
}
