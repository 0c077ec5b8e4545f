#include "art.h"

#include "limits.h"
#include "runs.h"

/*
 * Desktop entries that are started by themselves: XDG autostart, and the
 * sessions that a display manager offers. The Desktop Entry group counts; a
 * file of a home stands in for one of the same name in /etc/xdg.
 */

struct key {
	const char *name;
	const char *p;
	size_t n;
	int64_t line;
};

enum { EXEC, TRYEXEC, HIDDEN, ONLY, NOT, GNOME, NAME, TYPE, DBUS, PATH, KEYS };

static bool
is(const struct key *k, const char *value)
{
	return k->p && k->n == strlen(value) &&
	       memcmp(k->p, value, k->n) == 0;
}

static void
read_keys(const struct art_file *f, struct key k[KEYS])
{
	static const char *const names[KEYS] = {"Exec", "TryExec", "Hidden",
	    "OnlyShowIn", "NotShowIn", "X-GNOME-Autostart-enabled", "Name",
	    "Type", "DBusActivatable", "Path"};
	struct art_line l = ART_LINE_INIT;
	const char *p, *sign;
	bool group = false;
	size_t n, m, i;

	for (i = 0; i < KEYS; i++)
		k[i] = (struct key){names[i], NULL, 0, 0};
	while (art_next(f, &l)) {
		p = l.p;
		n = l.n;
		while (n && (*p == ' ' || *p == '\t')) {
			p++;
			n--;
		}
		while (n && (p[n - 1] == ' ' || p[n - 1] == '\t' ||
				p[n - 1] == '\r'))
			n--;
		if (n && *p == '[') {
			group = n == 15 && memcmp(p, "[Desktop Entry]", 15) == 0;
			continue;
		}
		sign = memchr(p, '=', n);
		if (!group || !n || *p == '#' || !sign)
			continue;
		for (m = (size_t)(sign - p); m && (p[m - 1] == ' ' ||
		     p[m - 1] == '\t');)
			m--;
		for (i = 0; i < KEYS; i++)
			if (!k[i].p && strlen(names[i]) == m &&
			    memcmp(names[i], p, m) == 0)
				break;
		if (i == KEYS)
			continue;
		for (sign++; sign < p + n && (*sign == ' ' || *sign == '\t');)
			sign++;
		k[i].p = sign;
		k[i].n = (size_t)(p + n - sign);
		k[i].line = l.number;
	}
}

/* Exec without its field codes; "%%" is a percent sign. */
static void
command(const struct key *k, struct str *out)
{
	size_t i;

	for (i = 0; i < k->n; i++) {
		if (k->p[i] != '%' || i + 1 >= k->n) {
			str_addc(out, k->p[i]);
			continue;
		}
		if (k->p[++i] == '%')
			str_addc(out, '%');
	}
	while (out->n && out->s[out->n - 1] == ' ')
		str_cut(out, out->n - 1);
}

/* Is the file that TryExec names there? Names are looked for in PATH. */
static bool
tried(const struct art_file *f, const struct key *k)
{
	static const char *const folders[] = {"/usr/local/bin/", "/usr/bin/",
	    "/bin/", "/usr/sbin/", "/sbin/", "/usr/local/sbin/",
	    "/usr/games/"};
	struct str path cleanup_str = STR_INIT;
	size_t i;

	for (i = 0; i < (k->p[0] == '/' ? 1 : COUNT(folders)); i++) {
		struct root_file rf cleanup_root_file = ROOT_FILE_INIT;

		str_clear(&path);
		if (k->p[0] != '/')
			str_adds(&path, folders[i]);
		str_add(&path, k->p, k->n);
		if (strlen(path.s) == path.n &&
		    root_find(f->root, path.s, 0, &rf, NULL) == 0 &&
		    (rf.st.st_mode & 0111))
			return true;
	}
	return false;
}

int
parse_desktop(const struct art_file *f, struct rec *r, struct err *err)
{
	const char *base = strrchr(f->via, '/');
	struct str cmd cleanup_str = STR_INIT, who cleanup_str = STR_INIT;
	struct str defect cleanup_str = STR_INIT, over cleanup_str = STR_INIT;
	bool session = strstr(f->via, "sessions/") != NULL;
	struct key k[KEYS];

	(void)err;
	base = base ? base + 1 : f->via;
	read_keys(f, k);
	if (k[EXEC].p)
		command(&k[EXEC], &cmd);
	if (k[ONLY].p)
		str_addf(&who, "only in %.*s", (int)k[ONLY].n, k[ONLY].p);
	if (k[NOT].p)
		str_addf(&who, "%snot in %.*s", who.n ? "; " : "",
		    (int)k[NOT].n, k[NOT].p);
	if (is(&k[HIDDEN], "true"))
		str_adds(&defect, "Hidden is true");
	else if (is(&k[GNOME], "false"))
		str_adds(&defect, "X-GNOME-Autostart-enabled is false");
	else if (!k[EXEC].p && !is(&k[DBUS], "true"))
		str_adds(&defect, "no Exec");
	else if (!session && k[TYPE].p && !is(&k[TYPE], "Application"))
		str_adds(&defect, "Type is not Application");
	else if (f->root && k[TRYEXEC].p && k[TRYEXEC].n &&
	    !tried(f, &k[TRYEXEC]))
		str_addf(&defect, "TryExec %.*s is not there",
		    (int)k[TRYEXEC].n, k[TRYEXEC].p);
	if (f->root && f->art->owner == OWNER_HOME && !session) {
		struct root_file rf cleanup_root_file = ROOT_FILE_INIT;

		str_addf(&over, "/etc/xdg/autostart/%s", base);
		if (root_find(f->root, over.s, ROOT_NOFOLLOW, &rf, NULL))
			str_clear(&over);
	}
	art_begin(f, r, k[EXEC].line);
	rec_text(r, COL_persist_schedule, f->art->when);
	rec_text(r, COL_persist_name, base);
	if (k[NAME].p)
		rec_bytes(r, COL_persist_options, k[NAME].p, k[NAME].n);
	rec_str(r, COL_persist_command, &cmd);
	if (k[EXEC].p)
		rec_bytes(r, COL_persist_text, k[EXEC].p, k[EXEC].n);
	rec_str(r, COL_persist_enabled, &who);
	rec_str(r, COL_persist_overrides, &over);
	rec_str(r, COL_persist_defect, &defect);
	if (cmd.n)
		art_runs(f, r, RUNS_WORDS, cmd.s, cmd.n, NULL, NULL);
	rec_end(r);
	return 0;
}
