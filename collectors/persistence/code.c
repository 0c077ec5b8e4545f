#include "art.h"

#include "calls.h"
#include "limits.h"
#include "runs.h"
#include "settings.h"
#include "shell.h"
#include "tree.h"

/*
 * Files that an interpreter or an editor reads at an event, because of where
 * they lie. A row for the file; one more for each call in it that starts a
 * program. Shell text has a row a command line, as elsewhere.
 */

static void
call_row(const struct art_file *f, struct rec *r, const struct art_line *l,
    const struct call *c, const char *defect)
{
	struct art_file g = *f;

	art_begin(&g, r, l->number);
	if (g.art->owner == OWNER_FIELD)
		rec_text(r, COL_persist_owner, g.owner);
	if (g.art->when[0])
		rec_text(r, COL_persist_schedule, g.art->when);
	rec_text(r, COL_persist_name, c->name);
	art_trimmed(r, COL_persist_command, l->p, l->n);
	rec_bytes(r, COL_persist_text, l->p, l->n);
	rec_text(r, COL_persist_defect, defect);
	if (c->arg_n)
		art_runs(&g, r, RUNS_SHELL, c->arg, c->arg_n, NULL, NULL);
	rec_end(r);
}

static void
calls_of(const struct art_file *f, struct rec *r, enum language language,
    const char *defect)
{
	struct art_line l = ART_LINE_INIT;
	struct call c;
	size_t rows = 0, at;
	bool found;

	while (art_next(f, &l)) {
		for (at = 0, found = false;
		     !found && calls_next(language, l.p, l.n, &at, &c);)
			found = !c.input;
		if (!found)
			continue;
		if (++rows > CODE_CALLS_MAX) {
			rec_note_fine(r, ERR_LIMIT, "parse", f->scope,
			    f->file->path.s,
			    "more than %d calls (CODE_CALLS_MAX): the rest "
			    "have no rows", CODE_CALLS_MAX);
			return;
		}
		call_row(f, r, &l, &c, defect);
	}
}

int
parse_code(const struct art_file *f, struct rec *r, struct err *err)
{
	enum language language = calls_language(f->via, f->data, f->n);
	const char *base = strrchr(f->via, '/');
	struct settings_run s = {.name = base ? base + 1 : f->via};

	(void)err;
	settings_command(f, r, &s, RUNS_FILE, f->via, strlen(f->via));
	if (language == LANG_SHELL)
		shell_rows(f, r, NULL);
	else if (language != LANG_NONE)
		calls_of(f, r, language, NULL);
	return 0;
}

/* ---- python's .pth -------------------------------------------------------------- */

/*
 * site.py: a line that begins with "import" and a blank is run; "#" and blank
 * lines are nothing; any other names a folder that joins sys.path if it is
 * there.
 */
static void
pth_lines(const struct art_file *f, struct rec *r)
{
	struct str path cleanup_str = STR_INIT;
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	struct art_line l = ART_LINE_INIT;
	const char *slash = strrchr(f->file->path.s, '/');
	size_t n, rows = 0, at;
	struct call c;

	while (art_next(f, &l)) {
		for (n = l.n; n && (l.p[n - 1] == ' ' ||
				       (l.p[n - 1] >= '\t' &&
					   l.p[n - 1] <= '\r'));)
			n--;
		if (!n || l.p[0] == '#')
			continue;
		if (++rows > ART_LINES_MAX) {
			art_too_many(f, r);
			break;
		}
		if (n > 6 && memcmp(l.p, "import", 6) == 0 &&
		    (l.p[6] == ' ' || l.p[6] == '\t')) {
			memset(&c, 0, sizeof(c));
			for (at = 0; calls_next(LANG_PYTHON, l.p, l.n, &at,
				 &c) && c.input;)
				;
			if (!c.name || c.input) {
				memset(&c, 0, sizeof(c));
				c.name = "import";
			}
			call_row(f, r, &l, &c, NULL);
			continue;
		}

		struct settings_run s = {.line = l.number, .name = "sys.path",
		    .text = l.p, .text_n = l.n};

		str_clear(&path);
		if (l.p[0] != '/' && slash)
			str_add(&path, f->file->path.s,
			    (size_t)(slash + 1 - f->file->path.s));
		str_add(&path, l.p, n);
		root_file_close(&rf);
		if (strlen(path.s) != path.n)
			s.defect = "NUL byte in the name";
		else if (f->root && root_find(f->root, path.s, 0, &rf, NULL))
			s.defect = "no such folder";
		settings_value(f, r, &s, path.s, path.n);
	}
	if (!rows)
		art_file_row(f, r, NULL);
}

int
parse_pth(const struct art_file *f, struct rec *r, struct err *err)
{
	const char *base = strrchr(f->via, '/');
	size_t n;

	(void)err;
	base = base ? base + 1 : f->via;
	n = strlen(base);
	/* hidden ones are searched for with a wider pattern */
	if (n < 4 || strcmp(base + n - 4, ".pth") != 0)
		return 0;
	pth_lines(f, r);
	return 0;
}

/* ---- scripts in web roots ---------------------------------------------- */

static bool
listed(const struct str *s, const char *word)
{
	size_t n = strlen(word);
	const char *p = s->s;

	while ((p = strstr(p, word))) {
		if ((p == s->s || p[-1] == ' ') && (p[n] == ' ' || !p[n]))
			return true;
		p += n;
	}
	return false;
}

static void
list(struct str *s, const char *word)
{
	if (listed(s, word))
		return;
	if (s->n)
		str_addc(s, ' ');
	str_adds(s, word);
}

/* One row for a script that starts programs or runs text: what was found, the
 * first such line, and where its input comes from. */
int
parse_webscript(const struct art_file *f, struct rec *r, struct err *err)
{
	enum language language = calls_language(f->via, f->data, f->n);
	struct str found cleanup_str = STR_INIT, input cleanup_str = STR_INIT;
	struct art_line l = ART_LINE_INIT, first = ART_LINE_INIT;
	struct call c, first_call = {0};
	size_t at;

	(void)err;
	while (language != LANG_SHELL && language != LANG_NONE &&
	       art_next(f, &l)) {
		for (at = 0; calls_next(language, l.p, l.n, &at, &c);) {
			if (c.input) {
				list(&input, c.name);
				continue;
			}
			if (!found.n) {
				first = l;
				first_call = c;
			}
			list(&found, c.name);
		}
	}
	if (language == LANG_SHELL)
		str_adds(&found, "sh");
	if (!found.n)
		return 0;
	if (f->n <= ART_KEEP_MAX)
		rec_blob(r, f->data, f->n, NULL);
	art_begin(f, r, first.number);
	if (f->art->when[0])
		rec_text(r, COL_persist_schedule, f->art->when);
	rec_str(r, COL_persist_name, &found);
	if (first.number) {
		art_trimmed(r, COL_persist_command, first.p, first.n);
		rec_bytes(r, COL_persist_text, first.p, first.n);
	} else {
		rec_text(r, COL_persist_command, f->via);
	}
	rec_str(r, COL_persist_options, &input);
	if (first_call.arg_n)
		art_runs(f, r, RUNS_SHELL, first_call.arg, first_call.arg_n,
		    NULL, NULL);
	rec_end(r);
	return 0;
}

/* ---- programs ---------------------------------------------------------- */

/* A program that is started because of where it lies; its text is its own. */
int
parse_program(const struct art_file *f, struct rec *r, struct err *err)
{
	const char *base = strrchr(f->via, '/');
	struct settings_run s = {.name = base ? base + 1 : f->via,
	    .defect = f->file->st.st_mode & 0111 ? NULL : "is not executable"};

	(void)err;
	settings_command(f, r, &s, RUNS_FILE, f->via, strlen(f->via));
	return 0;
}
