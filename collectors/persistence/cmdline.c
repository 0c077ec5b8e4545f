#include "boot.h"

#include "limits.h"
#include "runs.h"
#include "shell.h"

/*
 * Kernel command lines: where they are written (GRUB's defaults, kernel-install),
 * what boot loaders hand over (grub.cfg, loader entries, syslinux), and that of
 * the running kernel. A row for each line; one more for each parameter that
 * makes something run, or takes a defence away.
 */

/* Bases of names; those with a value that runs have run set. */
static const struct {
	const char *name;
	bool run;
} notable[] = {
    {"init", true}, {"rdinit", true}, {"systemd.unit", true},
    {"rd.systemd.unit", true}, {"systemd.run", true}, {"systemd.wants", true},
    {"rd.systemd.wants", true}, {"systemd.debug_shell", false},
    {"systemd.debug-shell", false}, {"rd.systemd.debug_shell", false},
    {"systemd.setenv", false}, {"rd.systemd.setenv", false},
    {"systemd.mask", false}, {"rd.systemd.mask", false},
    {"systemd.import_credentials", false}, {"systemd.set_credential", false},
    {"systemd.set_credential_binary", false}, {"single", false},
    {"emergency", false}, {"rescue", false}, {"s", false}, {"S", false},
    {"1", false}, {"break", false}, {"rd.break", false}, {"rd.shell", false},
    {"module_blacklist", false}, {"modprobe.blacklist", false},
    {"initcall_blacklist", false}, {"rd.driver.pre", false},
    {"rd.driver.post", false}, {"rd.driver.blacklist", false},
    {"selinux", false}, {"enforcing", false}, {"apparmor", false},
    {"audit", false}, {"security", false}, {"lsm", false},
    {"lockdown", false}, {"module.sig_enforce", false},
    {"ima_appraise", false}, {"evm", false}, {"nokaslr", false},
    {"nosmap", false}, {"nosmep", false}, {"nopti", false}, {"pti", false},
    {"mitigations", false}, {"iomem", false}, {"vsyscall", false},
    {"kgdboc", false}, {"kgdbwait", false}, {"norandmaps", false},
    {"noexec", false}, {"init_on_alloc", false}, {"overlayroot", false},
    {"fstab", false}, {"keyscript", false}, {"cryptopts", false}};

struct params {
	const struct art_file *f;
	struct rec *rec;
	const char *when;
	struct str by;
	const char *defect;
	int64_t rows;
};

static bool
blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* As the kernel compares them: "-" and "_" are one. */
static bool
same(const char *p, size_t n, const char *name)
{
	size_t i;

	if (strlen(name) != n)
		return false;
	for (i = 0; i < n; i++)
		if ((p[i] == '-' ? '_' : p[i]) !=
		    (name[i] == '-' ? '_' : name[i]))
			return false;
	return true;
}

static void
begin(struct params *u, int64_t line)
{
	art_begin(u->f, u->rec, line);
	rec_text(u->rec, COL_persist_schedule, u->when);
	rec_str(u->rec, COL_persist_enabled, &u->by);
	rec_text(u->rec, COL_persist_defect, u->defect);
	u->rows++;
}

static void
param(struct params *u, int64_t line, const char *p, size_t n)
{
	const char *eq = memchr(p, '=', n), *v;
	size_t k = eq ? (size_t)(eq - p) : n, i, vn;

	for (i = 0; i < COUNT(notable); i++)
		if (same(p, k, notable[i].name))
			break;
	if (i == COUNT(notable) && !(k > 7 && memcmp(p, "sysctl.", 7) == 0))
		return;
	begin(u, line);
	rec_bytes(u->rec, COL_persist_name, p, k);
	rec_bytes(u->rec, COL_persist_text, p, n);
	if (i < COUNT(notable) && notable[i].run && eq) {
		v = eq + 1;
		vn = (size_t)(p + n - v);
		if (vn > 1 && *v == '"' && v[vn - 1] == '"') {
			v++;
			vn -= 2;
		}
		art_trimmed(u->rec, COL_persist_command, v, vn);
		if (i < 2)
			art_runs(u->f, u->rec, RUNS_FILE, v, vn, NULL, NULL);
		else if (i == 4)
			art_runs(u->f, u->rec, RUNS_WORDS, v, vn, NULL, NULL);
	}
	rec_end(u->rec);
}

/* A command line: words, where double quotes hold blanks together. */
static void
params(struct params *u, int64_t line, const char *p, size_t n)
{
	size_t i = 0, from;
	bool quoted;

	while (i < n && u->rows <= ART_LINES_MAX) {
		while (i < n && blank(p[i]))
			i++;
		quoted = false;
		for (from = i; i < n && (quoted || !blank(p[i])); i++)
			if (p[i] == '"')
				quoted = !quoted;
		if (i > from + 1 && p[from] == '"' && p[i - 1] == '"')
			param(u, line, p + from + 1, i - from - 2);
		else if (i > from)
			param(u, line, p + from, i - from);
	}
}

/* The row of a whole line; what: name of the entry. */
static void
whole(struct params *u, const struct art_line *l, const char *what, size_t n)
{
	begin(u, l->number);
	if (n)
		rec_bytes(u->rec, COL_persist_name, what, n);
	art_trimmed(u->rec, COL_persist_text, l->p, l->n);
	rec_end(u->rec);
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
one_of(const char *p, size_t n, const char *const *words)
{
	size_t i;

	for (; *words; words++) {
		if (strlen(*words) != n)
			continue;
		for (i = 0; i < n; i++)
			if ((p[i] | 0x20) != ((*words)[i] | 0x20))
				break;
		if (i == n)
			return true;
	}
	return false;
}

/* GRUB_CMDLINE_LINUX="...": what stands in the quotes. */
static void
grub_default(struct params *u, const struct art_line *l)
{
	size_t i = 0, from, n = l->n;
	const char *p = l->p;
	char q = 0;

	while (i < n && blank(p[i]))
		i++;
	if (n - i > 7 && memcmp(p + i, "export ", 7) == 0)
		i += 7;
	if (n - i < 13 || memcmp(p + i, "GRUB_CMDLINE_", 13) != 0)
		return;
	while (i < n && p[i] != '=')
		i++;
	i += i < n;
	if (i < n && (p[i] == '"' || p[i] == '\''))
		q = p[i++];
	for (from = i; i < n && (q ? p[i] != q : !blank(p[i]));)
		i++;
	params(u, l->number, p + from, i - from);
}

int
parse_cmdline(const struct art_file *f, struct rec *r, struct err *err)
{
	static const char *const grub[] = {"linux", "linux16", "linuxefi",
	    "chainloader", "multiboot", "multiboot2", "module", "module2",
	    "initrd", "initrd16", "initrdefi", "configfile", "source", ".",
	    NULL};
	static const char *const loader[] = {"options", "linux", "initrd",
	    "efi", "append", "kernel", "include", "devicetree", "com32",
	    "uki", NULL};
	struct params u = {.f = f, .rec = r, .when = "boot", .by = STR_INIT};
	struct art_line l = ART_LINE_INIT;
	const char *base = boot_base(f->via);
	bool is_grub = boot_ends(base, ".cfg") &&
		       strstr(f->via, "linux") == NULL;
	bool is_loader = strstr(f->via, "/entries/") || strstr(f->via,
	    "syslinux") || strstr(f->via, "extlinux");
	size_t at, from;

	(void)err;
	if (strncmp(f->via, "/etc/default/grub", 17) == 0) {
		u.when = f->art->when;
		boot_first(f, "/usr/sbin/grub-mkconfig "
		    "/usr/sbin/grub2-mkconfig /usr/bin/grub-mkconfig", &u.by);
		begin(&u, 0);
		rec_end(r);
		shell_rows(f, r, NULL);
		u.when = "boot";
		while (art_next(f, &l) && l.number <= ART_LINES_MAX)
			grub_default(&u, &l);
		str_release(&u.by);
		return 0;
	}
	if (strcmp(f->via, "/proc/cmdline") == 0 && !boot_is_kernel(f))
		u.defect = "no file of a running kernel";
	while (art_next(f, &l)) {
		at = 0;
		from = word(l.p, l.n, &at);
		if (from == at || l.p[from] == '#')
			continue;
		if (u.rows >= ART_LINES_MAX) {
			art_too_many(f, r);
			break;
		}
		if (is_grub || is_loader) {
			if (!one_of(l.p + from, at - from, is_grub ? grub :
			    loader))
				continue;
			whole(&u, &l, l.p + from, at - from);
		} else {
			whole(&u, &l, NULL, 0);
			at = 0;
		}
		params(&u, l.number, l.p + at, l.n - at);
	}
	if (!u.rows)
		art_file_row(f, r, u.defect);
	str_release(&u.by);
	return 0;
}
