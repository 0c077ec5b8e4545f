#include "boot.h"

#include "limits.h"
#include "runs.h"

/*
 * interfaces(5): commands that ifupdown runs when an interface goes up or
 * down; events of acpid(8). Both are lines of a key and a command for a shell.
 */

static bool
blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t
word(const char *p, size_t n, size_t *at)
{
	size_t from;

	while (*at < n && blank(p[*at]))
		++*at;
	from = *at;
	while (*at < n && !blank(p[*at]))
		++*at;
	return from;
}

static bool
is(const char *p, size_t n, const char *w)
{
	return strlen(w) == n && memcmp(p, w, n) == 0;
}

/* Does the main file take in this one of interfaces.d? A source line with a
 * star takes all names, source-directory those of run-parts. */
static const char *
sourced(const struct art_file *f)
{
	struct str data cleanup_str = STR_INIT, pattern cleanup_str = STR_INIT;
	struct art_file g = *f;
	struct art_line l = ART_LINE_INIT;
	const char *base = boot_base(f->via), *p;
	size_t at, from;

	if (strstr(f->via, "interfaces.d/") == NULL || !f->root)
		return NULL;
	if (root_slurp(f->root, "/etc/network/interfaces", ART_KEEP_MAX, &data,
	    NULL, NULL) < 0)
		return "there is no /etc/network/interfaces that reads it";
	g.data = data.s;
	g.n = data.n;
	while (art_next(&g, &l)) {
		at = 0;
		from = word(l.p, l.n, &at);
		if (is(l.p + from, at - from, "source")) {
			while (at < l.n) {
				from = word(l.p, l.n, &at);
				str_clear(&pattern);
				if (at > from && l.p[from] != '/')
					str_adds(&pattern, "/etc/network/");
				str_add(&pattern, l.p + from, at - from);
				if (base[0] != '.' && boot_like(pattern.s,
				    f->via, strlen(f->via)))
					return NULL;
			}
		} else if (is(l.p + from, at - from, "source-directory")) {
			from = word(l.p, l.n, &at);
			str_clear(&pattern);
			if (at > from && l.p[from] != '/')
				str_adds(&pattern, "/etc/network/");
			str_add(&pattern, l.p + from, at - from);
			while (pattern.n && pattern.s[pattern.n - 1] == '/')
				str_cut(&pattern, pattern.n - 1);
			for (p = base; *p; p++)
				if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFG"
				    "HIJKLMNOPQRSTUVWXYZ0123456789-_", *p))
					break;
			if (!*p && boot_like(pattern.s, f->via,
			    boot_dir(f->via)))
				return NULL;
		}
	}
	return "no source line of /etc/network/interfaces takes it in";
}

/* Interfaces of "auto" and "allow-x" lines, a blank around each. */
static void
started(const struct art_file *f, struct str *out)
{
	struct art_line l = ART_LINE_INIT;
	size_t at, from;

	while (art_next(f, &l) && out->n < ART_LINE_MAX) {
		at = 0;
		from = word(l.p, l.n, &at);
		if (!is(l.p + from, at - from, "auto") &&
		    !(at - from > 6 && memcmp(l.p + from, "allow-", 6) == 0))
			continue;
		while (at < l.n) {
			from = word(l.p, l.n, &at);
			str_addc(out, ' ');
			str_add(out, l.p + from, at - from);
			str_addc(out, ' ');
		}
	}
}

int
parse_interfaces(const struct art_file *f, struct rec *r, struct err *err)
{
	static const char *const events[] = {"up", "pre-up", "post-up", "down",
	    "pre-down", "post-down", NULL};
	struct str iface cleanup_str = STR_INIT, name cleanup_str = STR_INIT;
	struct str text cleanup_str = STR_INIT, autos cleanup_str = STR_INIT;
	struct str by cleanup_str = STR_INIT, want cleanup_str = STR_INIT;
	struct art_line l = ART_LINE_INIT;
	const char *defect = sourced(f);
	int64_t line = 0, rows = 0;
	size_t at, from, n;
	bool more = false;
	int i;

	(void)err;
	started(f, &autos);
	boot_first(f, "/sbin/ifup /usr/sbin/ifup", &by);
	while (art_next(f, &l)) {
		if (!more) {
			str_clear(&text);
			line = l.number;
			at = 0;
			from = word(l.p, l.n, &at);
			if (from == at || l.p[from] == '#')
				continue;
		}
		more = l.n && l.p[l.n - 1] == '\\' && text.n < ART_LINE_MAX;
		str_add(&text, l.p, more ? l.n - 1 : l.n);
		if (more)
			continue;
		at = 0;
		from = word(text.s, text.n, &at);
		if (is(text.s + from, at - from, "iface")) {
			from = word(text.s, text.n, &at);
			str_set(&iface, text.s + from, at - from);
			continue;
		}
		for (i = 0; events[i]; i++)
			if (is(text.s + from, at - from, events[i]))
				break;
		if (!events[i])
			continue;
		if (++rows > ART_LINES_MAX) {
			art_too_many(f, r);
			break;
		}
		str_clear(&name);
		str_addf(&name, "%s %s", iface.s, events[i]);
		str_clear(&want);
		str_addf(&want, " %s ", iface.s);
		n = text.n - at;
		art_begin(f, r, line);
		rec_text(r, COL_persist_schedule, "network interface");
		rec_str(r, COL_persist_name, &name);
		art_trimmed(r, COL_persist_command, text.s + at, n);
		art_trimmed(r, COL_persist_text, text.s, text.n);
		if (memmem(autos.s, autos.n, want.s, want.n))
			rec_str(r, COL_persist_enabled, &by);
		rec_text(r, COL_persist_defect, !defect && !iface.n
		    ? "belongs to no interface: ifupdown refuses the file"
		    : defect);
		art_runs(f, r, RUNS_SHELL, text.s + at, n, NULL, NULL);
		rec_end(r);
	}
	if (!rows)
		art_file_row(f, r, defect);
	return 0;
}

/* ---- acpid ----------------------------------------------------------------- */

int
parse_acpi(const struct art_file *f, struct rec *r, struct err *err)
{
	struct str event cleanup_str = STR_INIT, by cleanup_str = STR_INIT;
	struct str action cleanup_str = STR_INIT;
	struct art_line l = ART_LINE_INIT;
	const char *base = boot_base(f->via), *defect = NULL, *eq, *p;
	int64_t line = 0;
	size_t n;

	(void)err;
	for (p = base; *p; p++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
			    "XYZ0123456789-_", *p))
			defect = "name has a byte other than letters, digits, "
				 "'-' and '_': acpid passes over it";
	while (art_next(f, &l)) {
		eq = memchr(l.p, '=', l.n);
		if (!eq || *l.p == '#')
			continue;
		n = (size_t)(eq - l.p);
		if (n == 5 && strncasecmp(l.p, "event", 5) == 0) {
			str_set(&event, eq + 1, l.n - n - 1);
		} else if (n == 6 && strncasecmp(l.p, "action", 6) == 0) {
			str_set(&action, eq + 1, l.n - n - 1);
			line = l.number;
		}
	}
	if (!defect && (!event.n || !action.n))
		defect = "has no event or no action: acpid passes over it";
	boot_first(f, "/usr/sbin/acpid /sbin/acpid", &by);
	art_begin(f, r, line);
	rec_str(r, COL_persist_schedule, &event);
	rec_text(r, COL_persist_name, base);
	art_trimmed(r, COL_persist_command, action.s, action.n);
	rec_str(r, COL_persist_enabled, &by);
	rec_text(r, COL_persist_defect, defect);
	if (action.n)
		art_runs(f, r, RUNS_SHELL, action.s, action.n, NULL, "/");
	rec_end(r);
	return 0;
}
