#include "art.h"

#include "limits.h"
#include "runs.h"

/*
 * Tables of incron(8), incrontab(5): path, events, command, one a line; a
 * backslash keeps a blank in the path. Those of /etc/incron.d are root's, the
 * others of the account that the file is named after.
 */

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Does a file of names have this one? -1: there is no file. */
static int
listed(const struct art_file *f, const char *path, const char *name)
{
	struct str data cleanup_str = STR_INIT;
	const char *p, *nl, *end;
	struct err e;

	if (!f->root ||
	    root_slurp(f->root, path, ART_READ_MAX, &data, NULL, &e) < 0)
		return -1;
	for (p = data.s; *p; p = nl + 1) {
		nl = strchr(p, '\n');
		end = nl ? nl : p + strlen(p);
		while (end > p && blank(end[-1]))
			end--;
		while (p < end && blank(*p))
			p++;
		if (strlen(name) == (size_t)(end - p) &&
		    memcmp(p, name, (size_t)(end - p)) == 0)
			return 1;
		if (!nl)
			break;
	}
	return 0;
}

/* Why incrond does not load the table. */
static const char *
trouble(const struct art_file *f)
{
	int allow;

	if (f->art->owner != OWNER_FILENAME)
		return NULL;
	if (f->accounts && f->accounts->n && !accounts_by_name(f->accounts,
	    f->owner, strlen(f->owner)))
		return "no such account";
	allow = listed(f, "/etc/incron.allow", f->owner);
	if (allow == 0)
		return "/etc/incron.allow does not name the account";
	if (allow < 0 && listed(f, "/etc/incron.deny", f->owner) == 1)
		return "/etc/incron.deny names the account";
	return NULL;
}

int
parse_incron(const struct art_file *f, struct rec *r, struct err *err)
{
	struct art_line l = ART_LINE_INIT;
	const char *whole = trouble(f), *defect, *p, *end, *mask;
	struct str when cleanup_str = STR_INIT;
	int64_t rows = 0;
	size_t mask_n;

	(void)err;
	while (art_next(f, &l)) {
		p = l.p;
		end = p + l.n;
		while (p < end && blank(*p))
			p++;
		if (p == end || *p == '#')
			continue;
		if (++rows > ART_LINES_MAX) {
			art_too_many(f, r);
			break;
		}
		str_clear(&when);
		for (; p < end && !blank(*p); p++) {
			if (*p == '\\' && p + 1 < end)
				p++;
			str_addc(&when, *p);
		}
		while (p < end && blank(*p))
			p++;
		for (mask = p; p < end && !blank(*p);)
			p++;
		mask_n = (size_t)(p - mask);
		while (p < end && blank(*p))
			p++;
		defect = whole;
		if (!defect && (!mask_n || p == end))
			defect = "path, events and command are needed";
		if (mask_n) {
			str_addc(&when, ' ');
			str_add(&when, mask, mask_n);
		}
		art_begin(f, r, l.number);
		rec_str(r, COL_persist_schedule, &when);
		art_trimmed(r, COL_persist_command, p, (size_t)(end - p));
		art_runs(f, r, RUNS_WORDS, p, (size_t)(end - p), NULL, "/");
		rec_bytes(r, COL_persist_text, l.p, l.n);
		rec_text(r, COL_persist_defect, defect);
		rec_end(r);
	}
	if (!rows)
		art_file_row(f, r, whole);
	return 0;
}

/* cron.allow, at.deny and their like: who may give jobs. The daemons run what
 * is there already, whatever these say. */
int
parse_userlist(const struct art_file *f, struct rec *r, struct err *err)
{
	struct art_line l = ART_LINE_INIT;
	struct str other cleanup_str = STR_INIT;
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	size_t n = strlen(f->via), k;
	const char *whole = NULL, *p;
	int64_t rows = 0;

	(void)err;
	if (n > 5 && strcmp(f->via + n - 5, ".deny") == 0 && f->root) {
		str_add(&other, f->via, n - 4);
		str_adds(&other, "allow");
		if (root_find(f->root, other.s, 0, &rf, NULL) == 0)
			whole = "not looked at: there is a list of who may";
	}
	while (art_next(f, &l)) {
		for (p = l.p, k = l.n; k && blank(*p); k--)
			p++;
		while (k && blank(p[k - 1]))
			k--;
		if (!k || *p == '#')
			continue;
		if (++rows > ART_LINES_MAX) {
			art_too_many(f, r);
			break;
		}
		art_begin(f, r, l.number);
		rec_bytes(r, COL_persist_owner, p, k);
		rec_bytes(r, COL_persist_text, l.p, l.n);
		rec_text(r, COL_persist_defect, whole ? whole :
		    f->accounts && f->accounts->n &&
		    !accounts_by_name(f->accounts, p, k) ? "no such account" :
							   NULL);
		rec_end(r);
	}
	if (!rows)
		art_file_row(f, r, whole);
	return 0;
}
