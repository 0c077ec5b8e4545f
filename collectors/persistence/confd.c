#include "boot.h"

#include "limits.h"
#include "runs.h"

/*
 * Files of the kernel's settings, each a line an entry, in folders that have
 * an order: modules-load.d(5) with /etc/modules, modprobe.d(5), sysctl.d(5)
 * with what the running kernel has, binfmt.d(5) with what is registered,
 * tmpfiles.d(5); crypttab(5).
 */

struct confd {
	const struct art_file *f;
	struct rec *rec;
	struct str defect, over; /* of the file */
	struct art_line l;
	struct str text;	 /* the line, joined, without blanks around */
	int64_t line;
	int64_t rows;
};
#define CONFD_INIT(f, r) {f, r, STR_INIT, STR_INIT, ART_LINE_INIT, STR_INIT, \
	0, 0}

static bool
blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void
confd_open(struct confd *c, const char *folders, const char *tail)
{
	struct shadow s = SHADOW_INIT;

	if (tail && !boot_ends(c->f->via, tail)) {
		str_addf(&c->defect, "name does not end in %s: it is passed "
		    "over", tail);
	} else {
		shadow_find(c->f, folders, &s);
		shadow_defect(&s, &c->defect);
		str_add(&c->over, s.over.s, s.over.n);
	}
	shadow_release(&s);
}

/* The next line that says something. joins: a backslash takes in the next. */
static bool
confd_next(struct confd *c, const char *comments, bool joins)
{
	const char *p;
	size_t n;
	bool more = false;

	for (;;) {
		if (!art_next(c->f, &c->l))
			return more && c->text.n;
		p = c->l.p;
		n = c->l.n;
		if (!more) {
			for (; n && blank(*p); n--)
				p++;
			str_clear(&c->text);
			c->line = c->l.number;
			if (!n || (*p && strchr(comments, *p)))
				continue;
		}
		more = joins && n && p[n - 1] == '\\' &&
		       c->text.n < ART_LINE_MAX;
		str_add(&c->text, p, more ? n - 1 : n);
		if (more)
			continue;
		while (c->text.n && blank(c->text.s[c->text.n - 1]))
			str_cut(&c->text, c->text.n - 1);
		str_cut(&c->text, ART_LINE_MAX);
		if (!c->text.n)
			continue;
		if (++c->rows > ART_LINES_MAX) {
			art_too_many(c->f, c->rec);
			return false;
		}
		return true;
	}
}

static void
confd_row(struct confd *c, const char *when, const char *own)
{
	art_begin(c->f, c->rec, c->line);
	rec_text(c->rec, COL_persist_schedule, when);
	rec_bytes(c->rec, COL_persist_text, c->text.s, c->text.n);
	rec_str(c->rec, COL_persist_overrides, &c->over);
	if (c->defect.n)
		rec_str(c->rec, COL_persist_defect, &c->defect);
	else
		rec_text(c->rec, COL_persist_defect, own);
}

static void
confd_close(struct confd *c)
{
	if (!c->rows) {
		art_begin(c->f, c->rec, 0);
		rec_str(c->rec, COL_persist_overrides, &c->over);
		rec_str(c->rec, COL_persist_defect, &c->defect);
		rec_end(c->rec);
	}
	str_release(&c->defect);
	str_release(&c->over);
	str_release(&c->text);
}

/* The word at *at, blanks before it passed over; its length. */
static size_t
next_word(const struct str *s, size_t *at, const char **p)
{
	size_t i = *at, from;

	while (i < s->n && blank(s->s[i]))
		i++;
	from = i;
	while (i < s->n && !blank(s->s[i]))
		i++;
	*p = s->s + from;
	*at = i;
	return i - from;
}

/* ---- tmpfiles.d(5) --------------------------------------------------------- */

/* Does the mode of a line ("4755", "~02755", ":4755") set a power bit? */
static bool
power_mode(const char *p, size_t n)
{
	unsigned mode = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '7') {
			if (i > 1)
				return false;
			continue; /* a prefix */
		}
		mode = (mode << 3 | (unsigned)(p[i] - '0')) & 07777;
	}
	return mode & 06000;
}

/*
 * What systemd-tmpfiles makes at boot: type, path, mode, user, group, age,
 * argument. A row for each line that gives a file content or a link, or that
 * sets a bit of power; directories, removals and the like are nothing that
 * stays.
 */
int
parse_tmpfiles(const struct art_file *f, struct rec *r, struct err *err)
{
	static const char folders[] = "/etc/tmpfiles.d /run/tmpfiles.d "
	    "/usr/local/lib/tmpfiles.d /usr/lib/tmpfiles.d";
	struct confd c = CONFD_INIT(f, r);
	const char *type, *path, *mode = NULL, *p;
	size_t type_n, path_n, mode_n = 0, at, i;
	bool content, power;

	(void)err;
	confd_open(&c, folders, ".conf");
	while (confd_next(&c, "#", false)) {
		at = 0;
		type_n = next_word(&c.text, &at, &type);
		path_n = next_word(&c.text, &at, &path);
		if (path_n > 1 && (path[0] == '"' || path[0] == '\'') &&
		    path[path_n - 1] == path[0]) {
			path++;
			path_n -= 2;
		}
		mode_n = next_word(&c.text, &at, &mode);
		for (i = 0; i < 3; i++)
			(void)next_word(&c.text, &at, &p);
		while (at < c.text.n && blank(c.text.s[at]))
			at++;
		content = type_n && path_n && strchr("fFwCL", type[0]) != NULL;
		power = type_n && path_n && strchr("zZmfFCd", type[0]) != NULL &&
			type[0] != 'd' && power_mode(mode, mode_n);
		/* without an argument a file is empty; a copy and a link
		 * then come from /usr/share/factory */
		if (!power && !(content && (at < c.text.n ||
		    type[0] == 'C' || type[0] == 'L')))
			continue;
		confd_row(&c, "boot", NULL);
		rec_bytes(r, COL_persist_name, path, path_n);
		/* the source of a copy or link is not run by this */
		if (type[0] == 'C' || type[0] == 'L')
			rec_bytes(r, COL_persist_options, c.text.s + at,
			    c.text.n - at);
		else if (mode_n && !(mode_n == 1 && *mode == '-'))
			rec_bytes(r, COL_persist_options, mode, mode_n);
		if (at < c.text.n && type[0] != 'C' && type[0] != 'L')
			rec_bytes(r, COL_persist_command, c.text.s + at,
			    c.text.n - at);
		rec_end(r);
	}
	confd_close(&c);
	return 0;
}

/* ---- modules-load.d, /etc/modules --------------------------------------- */

int
parse_modload(const struct art_file *f, struct rec *r, struct err *err)
{
	static const char folders[] = "/etc/modules-load.d /run/modules-load.d "
	    "/usr/local/lib/modules-load.d /usr/lib/modules-load.d "
	    "/lib/modules-load.d";
	struct confd c = CONFD_INIT(f, r);
	struct str file cleanup_str = STR_INIT, by cleanup_str = STR_INIT;
	bool initramfs = strstr(f->via, "initramfs") != NULL;
	bool folder = strstr(f->via, "modules-load.d/") != NULL;
	const char *p;
	size_t n, at;

	(void)err;
	if (folder) {
		confd_open(&c, folders, ".conf");
	} else if (initramfs) {
		boot_first(f, "/usr/sbin/mkinitramfs", &by);
	} else if (boot_init(f) == INIT_SYSTEMD) {
		/* /etc/modules counts through a link of the folder */
		if (!boot_first(f, "/etc/modules-load.d/modules.conf", &by))
			str_adds(&c.defect, "no link of /etc/modules-load.d "
			    "leads to it: systemd does not read it");
	} else {
		boot_first(f, "/etc/init.d/kmod /etc/init.d/module-init-tools "
		    "/etc/init.d/modules", &by);
	}
	while (confd_next(&c, "#;", false)) {
		at = 0;
		n = next_word(&c.text, &at, &p);
		confd_row(&c, initramfs ? "boot: initramfs" : "boot", NULL);
		rec_bytes(r, COL_persist_name, p, n);
		rec_str(r, COL_persist_enabled, &by);
		rec_str(r, COL_persist_command, &c.text);
		str_clear(&file);
		if (boot_module(f, p, n, &file))
			art_runs(f, r, RUNS_FILE, file.s, file.n, NULL, NULL);
		rec_end(r);
	}
	confd_close(&c);
	return 0;
}

/* ---- modprobe.d ---------------------------------------------------------- */

int
parse_modprobe(const struct art_file *f, struct rec *r, struct err *err)
{
	static const char folders[] = "/etc/modprobe.d /run/modprobe.d "
	    "/usr/local/lib/modprobe.d /usr/lib/modprobe.d /lib/modprobe.d";
	static const char *const commands[] = {"install", "remove", "alias",
	    "options", "blacklist", "softdep", "weakdep", "include", "config",
	    NULL};
	struct str name cleanup_str = STR_INIT, when cleanup_str = STR_INIT;
	struct confd c = CONFD_INIT(f, r);
	const char *p, *what;
	size_t n, k, at;
	int i;

	(void)err;
	if (strstr(f->via, "modprobe.d/"))
		confd_open(&c, folders, boot_ends(f->via, ".alias") ? NULL :
		    ".conf");
	else
		str_adds(&c.defect, "modprobe reads only its folders");
	while (confd_next(&c, "#", true)) {
		at = 0;
		n = next_word(&c.text, &at, &what);
		for (i = 0; commands[i]; i++)
			if (strlen(commands[i]) == n &&
			    memcmp(commands[i], what, n) == 0)
				break;
		str_clear(&name);
		str_clear(&when);
		str_add(&name, what, n);
		k = next_word(&c.text, &at, &p);
		if (k) {
			str_addc(&name, ' ');
			str_add(&name, p, k);
		}
		if (i < 2 && commands[i]) {
			str_addf(&when, "module %.*s is %s", (int)k, p,
			    i ? "removed" : "loaded");
			str_cut(&when, ART_ENV_MAX);
		}
		confd_row(&c, when.n ? when.s : NULL, commands[i] ?
		    i < 2 && at == c.text.n ? "names no command" : NULL :
		    "no command of modprobe.d: the line is passed over");
		rec_str(r, COL_persist_name, &name);
		if (i < 2 && commands[i]) {
			art_trimmed(r, COL_persist_command, c.text.s + at,
			    c.text.n - at);
			art_runs(f, r, RUNS_SHELL, c.text.s + at,
			    c.text.n - at, NULL, NULL);
		} else if (i == 3) {
			art_trimmed(r, COL_persist_options, c.text.s + at,
			    c.text.n - at);
		}
		rec_end(r);
	}
	confd_close(&c);
	return 0;
}

/* ---- sysctl --------------------------------------------------------------- */

/* Values that are a program of the kernel, which it runs as root. */
static const struct {
	const char *key;
	const char *when;
} helpers[] = {
    {"kernel/core_pattern", "a program crashes"},
    {"kernel/modprobe", "the kernel wants a module"},
    {"kernel/hotplug", "a device comes or goes"},
    {"kernel/poweroff_cmd", "the kernel powers off"},
    {"uevent_helper", "a device comes or goes"},
};

static void
setting(struct confd *c, const char *key, const char *value, size_t n,
    bool live)
{
	struct str name cleanup_str = STR_INIT, own cleanup_str = STR_INIT;
	const char *last = NULL, *p;
	int64_t line = 0;
	size_t i;

	for (i = 0; i < COUNT(helpers); i++)
		if (strcmp(helpers[i].key, key) == 0)
			break;
	while (n && blank(*value)) {
		value++;
		n--;
	}
	if (!live && !c->defect.n) {
		last = boot_sysctl_last(c->f, key, &line);
		if (last && (line != c->line ||
		    strcmp(last, c->f->file->path.s) != 0))
			str_addf(&own, "%s line %lld sets it later", last,
			    (long long)line);
		if (!last && c->f->root)
			str_adds(&own, "systemd-sysctl does not read this "
				       "file");
	}
	for (p = key; *p; p++)
		str_addc(&name, *p == '/' ? '.' : *p == '.' ? '/' : *p);
	confd_row(c, i < COUNT(helpers) ? helpers[i].when : "boot",
	    own.n ? own.s : NULL);
	rec_str(c->rec, COL_persist_name, &name);
	if (i < COUNT(helpers) && n && (i || *value == '|')) {
		value += i == 0;
		n -= i == 0;
		art_trimmed(c->rec, COL_persist_command, value, n);
		art_runs(c->f, c->rec, RUNS_WORDS, value, n, NULL, NULL);
	}
	rec_end(c->rec);
}

int
parse_sysctl(const struct art_file *f, struct rec *r, struct err *err)
{
	static const char folders[] = "/etc/sysctl.d /run/sysctl.d "
	    "/usr/local/lib/sysctl.d /usr/lib/sysctl.d /lib/sysctl.d";
	struct confd c = CONFD_INIT(f, r);
	struct str key cleanup_str = STR_INIT;
	const char *eq, *p;
	size_t n;

	(void)err;
	if (strncmp(f->via, "/proc/sys/", 10) == 0 ||
	    strncmp(f->via, "/sys/", 5) == 0) {
		if (!boot_is_kernel(f))
			str_adds(&c.defect, "no file of a running kernel");
		p = f->via[1] == 'p' ? f->via + 10 : boot_base(f->via);
		str_adds(&key, p);
		str_set(&c.text, f->data, f->n < ART_LINE_MAX ? f->n :
		    ART_LINE_MAX);
		while (c.text.n && blank(c.text.s[c.text.n - 1]))
			str_cut(&c.text, c.text.n - 1);
		c.rows++;
		setting(&c, key.s, c.text.s, c.text.n, true);
		confd_close(&c);
		return 0;
	}
	if (strstr(f->via, "sysctl.d/"))
		confd_open(&c, folders, ".conf");
	while (confd_next(&c, "#;", false)) {
		p = c.text.s;
		n = c.text.n;
		if (*p == '-') { /* a failure is no trouble */
			p++;
			n--;
		}
		eq = memchr(p, '=', n);
		if (!eq) {
			confd_row(&c, NULL, c.text.s[0] == '-' ? NULL :
			    "has no '=': the line is passed over");
			rec_end(r);
			continue;
		}
		str_clear(&key);
		boot_sysctl_key(p, (size_t)(eq - p), &key);
		while (key.n && blank(key.s[key.n - 1]))
			str_cut(&key, key.n - 1);
		setting(&c, key.s, eq + 1, (size_t)(p + n - eq - 1), false);
	}
	confd_close(&c);
	return 0;
}

/* ---- binfmt ---------------------------------------------------------------- */

static void
binfmt_row(struct confd *c, const char *name, size_t name_n,
    const char *interpreter, size_t n, const char *flags, size_t flags_n,
    const char *own)
{
	confd_row(c, "a file of that format is run", own);
	rec_bytes(c->rec, COL_persist_name, name, name_n);
	art_trimmed(c->rec, COL_persist_command, interpreter, n);
	art_trimmed(c->rec, COL_persist_options, flags, flags_n);
	if (n)
		art_runs(c->f, c->rec, RUNS_FILE, interpreter, n, NULL, NULL);
	rec_end(c->rec);
}

/* :name:type:offset:magic:mask:interpreter:flags, any byte for the colon */
static void
binfmt_line(struct confd *c)
{
	const char *field[8], *p, *end = c->text.s + c->text.n;
	size_t len[8] = {0};
	int n = 0;

	for (p = c->text.s + 1; n < 8; n++) {
		const char *next = p < end ? memchr(p, c->text.s[0],
		    (size_t)(end - p)) : NULL;

		field[n] = p;
		len[n] = (size_t)((next ? next : end) - p);
		if (!next) {
			n++;
			break;
		}
		p = next + 1;
	}
	for (int i = n; i < 8; i++)
		field[i] = "";
	binfmt_row(c, field[0], len[0], field[5], len[5], field[6], len[6],
	    n < 7 ? "has less than seven fields: the kernel refuses it" :
	    len[1] != 1 || (*field[1] != 'M' && *field[1] != 'E')
	    ? "type is neither M nor E: the kernel refuses it" : NULL);
}

/* Text of lines "KEY VALUE", or one value a line (lines: their number). */
static void
binfmt_keys(struct confd *c, bool positions)
{
	struct str interpreter cleanup_str = STR_INIT;
	struct str flags cleanup_str = STR_INIT, text cleanup_str = STR_INIT;
	const char *name = boot_base(c->f->via), *p, *own = NULL;
	size_t n, at;
	int64_t first = 0;

	while (confd_next(c, "", false)) {
		if (!first)
			first = c->line;
		if (text.n)
			str_addc(&text, '\n');
		if (text.n < ART_ENV_MAX)
			str_add(&text, c->text.s, c->text.n);
		at = 0;
		n = next_word(&c->text, &at, &p);
		if (positions ? c->line == 6 : n == 11 &&
		    memcmp(p, "interpreter", n) == 0) {
			at = positions ? 0 : at;
			while (at < c->text.n && blank(c->text.s[at]))
				at++;
			str_set(&interpreter, c->text.s + at, c->text.n - at);
		}
		if (!positions && ((n == 6 && memcmp(p, "flags:", n) == 0) ||
		    (n == 11 && memcmp(p, "credentials", n) == 0)))
			str_set(&flags, c->text.s, c->text.n);
		if (n == 8 && memcmp(p, "disabled", n) == 0 && !positions)
			own = "is disabled";
	}
	str_set(&c->text, text.s, text.n);
	c->line = interpreter.n ? first : 0;
	if (c->rows)
		binfmt_row(c, name, strlen(name), interpreter.s, interpreter.n,
		    flags.s, flags.n, own);
}

int
parse_binfmt(const struct art_file *f, struct rec *r, struct err *err)
{
	static const char folders[] = "/etc/binfmt.d /run/binfmt.d "
	    "/usr/local/lib/binfmt.d /usr/lib/binfmt.d /lib/binfmt.d";
	struct confd c = CONFD_INIT(f, r);

	(void)err;
	if (strncmp(f->via, "/proc/", 6) == 0) {
		if (!boot_is_kernel(f))
			str_adds(&c.defect, "no file of a running kernel");
		binfmt_keys(&c, false);
	} else if (strstr(f->via, "binfmts/")) {
		binfmt_keys(&c, strncmp(f->via, "/var/", 5) == 0);
	} else {
		confd_open(&c, folders, ".conf");
		while (confd_next(&c, "#;", false))
			binfmt_line(&c);
	}
	confd_close(&c);
	return 0;
}

/* ---- crypttab -------------------------------------------------------------- */

/* name, device, key, options: of these keyscript=PROGRAM prints the key, as
 * Debian's initramfs and init scripts do it; systemd passes over it. */
int
parse_crypttab(const struct art_file *f, struct rec *r, struct err *err)
{
	struct confd c = CONFD_INIT(f, r);
	const char *field[4], *p, *end, *script;
	struct str by cleanup_str = STR_INIT, path cleanup_str = STR_INIT;
	size_t len[4], at, n;
	int k;

	(void)err;
	boot_first(f, "/usr/share/initramfs-tools/hooks/cryptroot "
	    "/etc/init.d/cryptdisks", &by);
	while (confd_next(&c, "#", false)) {
		for (k = 0, at = 0; k < 4; k++)
			len[k] = next_word(&c.text, &at, &field[k]);
		script = NULL;
		n = 0;
		end = field[3] + len[3];
		for (p = field[3]; p < end; p += n + 1) {
			const char *comma = memchr(p, ',', (size_t)(end - p));

			n = (size_t)((comma ? comma : end) - p);
			if (n > 10 && memcmp(p, "keyscript=", 10) == 0) {
				script = p + 10;
				n -= 10;
				break;
			}
		}
		confd_row(&c, "boot", len[1] ? NULL :
		    "has less than two fields: it is passed over");
		rec_bytes(r, COL_persist_name, field[0], len[0]);
		if (len[3])
			rec_bytes(r, COL_persist_options, field[3], len[3]);
		if (script) {
			rec_str(r, COL_persist_enabled, &by);
			rec_bytes(r, COL_persist_command, script, n);
			/* a bare name lies beside Debian's own */
			if (!memchr(script, '/', n))
				str_adds(&path, "/lib/cryptsetup/scripts/");
			str_add(&path, script, n);
			art_runs(f, r, RUNS_FILE, path.s, path.n, NULL, NULL);
			str_clear(&path);
		}
		rec_end(r);
	}
	confd_close(&c);
	return 0;
}
