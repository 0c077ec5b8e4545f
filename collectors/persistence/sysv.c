#include "boot.h"

#include "limits.h"
#include "runs.h"
#include "shell.h"

/*
 * Scripts of /etc/init.d, of SysV init and of OpenRC, and what lies in the
 * folders of runlevels itself. What starts them depends on the init: links of
 * runlevels with sysvinit; a unit that systemd's generator makes, unless there
 * is one of that name; links below /etc/runlevels with OpenRC.
 */

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The interpreter's line is that of OpenRC? */
static bool
openrc_script(const struct art_file *f)
{
	const char *nl = memchr(f->data, '\n', f->n);
	size_t n = nl ? (size_t)(nl - f->data) : f->n;

	return n > 2 && f->data[0] == '#' && f->data[1] == '!' &&
	       (memmem(f->data, n, "openrc-run", 10) ||
		   memmem(f->data, n, "runscript", 9));
}

/* A native unit of that name, masks and aliases too. */
static bool
native_unit(const struct art_file *f, const char *name, size_t n,
    struct str *path)
{
	static const char *const folders[] = {"/etc/systemd/system.control",
	    "/run/systemd/system.control", "/run/systemd/transient",
	    "/etc/systemd/system", "/run/systemd/system",
	    "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
	    "/lib/systemd/system"};
	size_t i;

	if (n > 3 && memcmp(name + n - 3, ".sh", 3) == 0)
		n -= 3;
	for (i = 0; i < COUNT(folders); i++) {
		struct root_file rf cleanup_root_file = ROOT_FILE_INIT;

		str_clear(path);
		str_addf(path, "%s/%.*s.service", folders[i], (int)n, name);
		if (f->root && root_find(f->root, path->s, ROOT_NOFOLLOW, &rf,
		    NULL) == 0)
			return true;
	}
	str_clear(path);
	return false;
}

/* Default-Start and the like of the header that LSB asks for. */
static void
lsb(const struct art_file *f, struct str *out)
{
	static const char *const keys[] = {"# Default-Start:",
	    "# chkconfig:", NULL};
	struct art_line l = ART_LINE_INIT;
	size_t n;
	int i;

	while (art_next(f, &l) && l.number < 200)
		for (i = 0; keys[i]; i++) {
			n = strlen(keys[i]);
			if (l.n <= n || memcmp(l.p, keys[i], n) != 0)
				continue;
			if (out->n)
				str_adds(out, "; ");
			n = l.n > ART_ENV_MAX ? ART_ENV_MAX : l.n;
			str_add(out, l.p + 2, n - 2);
			while (out->n && strchr(" \t\r", out->s[out->n - 1]))
				str_cut(out, out->n - 1);
		}
}

struct service {
	struct str by, defect;
	const char *when;
};

/* In a folder of a runlevel, not a link to init.d: rc runs it by its name. */
static void
of_runlevel(const struct art_file *f, struct service *s)
{
	const char *base = boot_base(f->via);

	s->when = base[0] == 'K' ? "shutdown" : "boot";
	if (!((base[0] == 'S' || base[0] == 'K') && digit(base[1]) &&
	    digit(base[2])))
		str_adds(&s->defect, "name is not of the form S01x or K01x: it "
				     "is passed over");
	else if (boot_init(f) == INIT_SYSTEMD)
		str_adds(&s->defect, "systemd starts only what has a script in "
				     "init.d");
	else if (boot_init(f) == INIT_SYSV || boot_init(f) == INIT_UPSTART)
		str_adds(&s->by, f->via);
}

static void
of_systemd(const struct art_file *f, const char *base, struct service *s)
{
	static const char generators[] =
	    "/usr/lib/systemd/system-generators/systemd-sysv-generator "
	    "/lib/systemd/system-generators/systemd-sysv-generator";
	struct str unit cleanup_str = STR_INIT, gen cleanup_str = STR_INIT;

	if (native_unit(f, base, strlen(base), &unit)) {
		str_addf(&s->defect, "systemd has %s in its place", unit.s);
		return;
	}
	if (!boot_first(f, generators, &gen)) {
		str_adds(&s->defect, "systemd has no generator for it here");
		return;
	}
	boot_rc_links(f, f->file->path.s, &s->by);
}

static void
of_init(const struct art_file *f, struct service *s)
{
	const char *base = boot_base(f->via);

	if (!(f->file->st.st_mode & 0111)) {
		str_adds(&s->defect, "is not executable");
		return;
	}
	if (openrc_script(f)) {
		if (!boot_openrc(f))
			str_adds(&s->defect, "OpenRC does not run here");
		else
			boot_runlevels(f, f->file->path.s, &s->by);
		return;
	}
	switch (boot_init(f)) {
	case INIT_SYSTEMD:
		of_systemd(f, base, s);
		break;
	case INIT_SYSV:
	case INIT_UPSTART:
		boot_rc_links(f, f->file->path.s, &s->by);
		break;
	case INIT_BUSYBOX: /* buildroot's rcS runs S01x of init.d itself */
		if (base[0] == 'S' && digit(base[1]) && digit(base[2]))
			boot_first(f, "/etc/init.d/rcS", &s->by);
		break;
	case INIT_NONE:
	case INIT_OPENRC:
	case INIT_RUNIT:
	case INIT_S6:
		break;
	}
}

int
parse_sysv(const struct art_file *f, struct rec *r, struct err *err)
{
	struct service s = {STR_INIT, STR_INIT, "boot"};
	struct str header cleanup_str = STR_INIT;

	(void)err;
	if (strstr(f->via, "/init.d/"))
		of_init(f, &s);
	else
		of_runlevel(f, &s);
	lsb(f, &header);
	art_begin(f, r, 0);
	rec_text(r, COL_persist_schedule, s.when);
	rec_text(r, COL_persist_name, boot_base(f->via));
	rec_text(r, COL_persist_command, f->via);
	art_runs(f, r, RUNS_FILE, f->via, strlen(f->via), NULL, NULL);
	rec_str(r, COL_persist_enabled, &s.by);
	rec_str(r, COL_persist_options, &header);
	rec_str(r, COL_persist_defect, &s.defect);
	rec_end(r);
	if (shell_script(f->data, f->n) || openrc_script(f))
		shell_rows(f, r, s.defect.n ? s.defect.s : NULL);
	str_release(&s.by);
	str_release(&s.defect);
	return 0;
}
