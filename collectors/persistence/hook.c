#include "boot.h"

#include "limits.h"
#include "runs.h"
#include "shell.h"

/*
 * A file that is run, or read by a shell, at an event, because it lies in a
 * folder: of the network, of kernels, of sleep, of boot. hooks.def says which
 * folders, when, and what the mechanism asks of names, owners and modes. A row
 * for the file; if it is a shell's, one more for each of its command lines.
 */

enum names {
	NAMES_ANY, /* the shell's *: no dot first */
	NAMES_RUNPARTS,
	NAMES_NM,
	NAMES_NO_TILDE,
	NAMES_SH,
	NAMES_CONF,
	NAMES_INSTALL,
	NAMES_PRESET,
	NAMES_START,
	NAMES_GRUB,
	NAMES_INITRAMFS,
};

enum trust {
	HOOK_X = 1 << 0,       /* has to be executable */
	HOOK_SOURCED = 1 << 1, /* a shell reads it, whatever its first line */
	HOOK_ROOT = 1 << 2,    /* has to be root's */
	HOOK_SHADOWS = 1 << 3, /* the roots have an order: a name counts once */
	HOOK_NM = 1 << 4,      /* root's, nobody else writes, no set-uid */
	HOOK_NETWORKD = 1 << 5, /* root:root and 0755, its folder too */
	HOOK_NO_WAIT = 1 << 6, /* only through a link in the folder above */
	HOOK_RC_LOCAL = 1 << 7, /* what runs it depends on the init */
};

struct hook {
	const char *roots, *sub, *when, *by;
	enum names names;
	unsigned trust;
};

static const struct hook hooks[] = {
#define HOOK(roots, sub, when, by, names, trust) \
	{roots, sub, when, by, names, trust},
#include "hooks.def"
#undef HOOK
};

static bool
word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

static bool
only_words(const char *s, const char *more)
{
	for (; *s; s++)
		if (!word(*s) && !strchr(more, *s))
			return false;
	return true;
}

static bool
one_ending(const char *s, const char *const *tails)
{
	size_t n = strlen(s), k;

	for (; *tails; tails++) {
		k = strlen(*tails);
		if (n >= k && strcmp(s + n - k, *tails) == 0)
			return true;
	}
	return false;
}

static const char *
name_defect(enum names rule, const char *s)
{
	static const char *const nm[] = {"~", ".rpmsave", ".rpmorig",
	    ".rpmnew", ".swp", NULL};
	static const char *const grub[] = {"~", ".rpmsave", ".rpmnew", ".sig",
	    NULL};

	if (s[0] == '.')
		return "name begins with a dot: it is passed over";
	switch (rule) {
	case NAMES_RUNPARTS:
		return only_words(s, "") ? NULL : "name has a byte other than "
		    "letters, digits, '-' and '_': run-parts passes over it";
	case NAMES_INITRAMFS:
		return only_words(s, ".") ? NULL : "name has a byte other than "
		    "letters, digits, '.', '-' and '_': it is passed over";
	case NAMES_NM:
		return one_ending(s, nm) ? "name is one that "
		    "NetworkManager-dispatcher passes over" : NULL;
	case NAMES_NO_TILDE:
		return boot_ends(s, "~") ? "name ends in '~': it is passed "
		    "over" : NULL;
	case NAMES_GRUB:
		return one_ending(s, grub) || strstr(s, ".dpkg-") ||
		    strncmp(s, "README", 6) == 0 || s[0] == '#'
		    ? "name is one that grub-mkconfig passes over" : NULL;
	case NAMES_SH:
		return boot_ends(s, ".sh") ? NULL : "name does not end in "
		    ".sh: it is passed over";
	case NAMES_CONF:
		return boot_ends(s, ".conf") ? NULL : "name does not end in "
		    ".conf: it is passed over";
	case NAMES_INSTALL:
		return boot_ends(s, ".install") ? NULL : "name does not end "
		    "in .install: it is passed over";
	case NAMES_PRESET:
		return boot_ends(s, ".preset") ? NULL : "name does not end in "
		    ".preset: it is passed over";
	case NAMES_START:
		return boot_ends(s, ".start") || boot_ends(s, ".stop") ? NULL :
		    "name ends neither in .start nor in .stop: it is passed "
		    "over";
	case NAMES_ANY:
		break;
	}
	return NULL;
}

/* The folder above it, of the merged tree. */
static const char *
folder_defect(const struct art_file *f)
{
	struct root_file d cleanup_root_file = ROOT_FILE_INIT;
	struct str path cleanup_str = STR_INIT;

	str_add(&path, f->via, boot_dir(f->via));
	if (!f->root || root_find(f->root, path.s, ROOT_NOFOLLOW, &d, NULL))
		return NULL;
	if (d.st.st_uid || d.st.st_gid || (d.st.st_mode & 07777) != 0755)
		return "its folder is not root's with mode 0755";
	return NULL;
}

/* A link of the folder above that leads here. */
static bool
linked_above(const struct art_file *f)
{
	struct str path cleanup_str = STR_INIT;
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	size_t n = boot_dir(f->via);

	while (n && f->via[n - 1] != '/')
		n--;
	str_add(&path, f->via, n);
	str_adds(&path, boot_base(f->via));
	return f->root && root_find(f->root, path.s, 0, &rf, NULL) == 0 &&
	       str_eq(&f->file->path, rf.path.s);
}

static const char *
trust_defect(const struct art_file *f, unsigned trust)
{
	const struct stat *st = &f->file->st;

	if ((trust & (HOOK_NM | HOOK_ROOT)) && st->st_uid)
		return "is not root's: it is refused";
	if ((trust & HOOK_NM) && (st->st_mode & (S_IWGRP | S_IWOTH | S_ISUID)))
		return "others may write it, or it is set-uid: it is refused";
	if ((trust & HOOK_NM) && !(st->st_mode & S_IXUSR))
		return "is not executable by its owner";
	if ((trust & HOOK_NETWORKD) && (st->st_uid || st->st_gid ||
	    (st->st_mode & 07777) != 0755))
		return "is not root's with mode 0755: networkd-dispatcher "
		       "refuses it";
	if (trust & HOOK_NETWORKD)
		return folder_defect(f);
	if ((trust & HOOK_X) && !(st->st_mode & 0111))
		return "is not executable";
	if ((trust & HOOK_NO_WAIT) && !linked_above(f))
		return "no link of the folder above leads to it: it is never "
		       "run";
	return NULL;
}

/* Does the path of the file, or of its folder, match? n: where sub begins. */
static bool
hook_match(const struct hook *h, const char *via, size_t *n)
{
	struct str p cleanup_str = STR_INIT;
	size_t dir = boot_dir(via), all = strlen(via), k, i;
	const char *r;

	for (r = h->roots; *r; r += k + (r[k] != '\0')) {
		k = strcspn(r, " ");
		str_set(&p, r, k);
		str_adds(&p, h->sub);
		if (!boot_like(p.s, via, dir) && !boot_like(p.s, via, all))
			continue;
		/* as many slashes as the root has */
		for (i = *n = 0; i < k; i++)
			if (r[i] == '/')
				*n += 1 + strcspn(via + *n + 1, "/");
		return true;
	}
	return false;
}

static const struct hook *
hook_of(const char *via, size_t *n)
{
	size_t i;

	for (i = 0; i < COUNT(hooks); i++)
		if (hook_match(&hooks[i], via, n))
			return &hooks[i];
	return NULL;
}

/* The event, and what the star of sub stands for; n: length of the root in the
 * file's name. */
static void
event(const struct hook *h, const char *via, size_t n, struct str *out)
{
	const char *star = strchr(h->sub, '*'), *p, *end = via + n;
	size_t k;

	str_adds(out, h->when);
	if (!star || !boot_ends(h->when, " "))
		return;
	/* as many components as sub has, from the one with the star on */
	for (p = h->sub; *p; p++)
		if (*p == '/' && *end)
			end += 1 + strcspn(end + 1, "/");
	for (k = 0, p = h->sub; p < star; p++)
		if (*p == '/')
			k += 1 + strcspn(via + n + k + 1, "/");
	for (p = via + n + k; p > via + n && p[-1] != '/';)
		p--;
	k = (size_t)(end - p);
	if (k > 2 && memcmp(end - 2, ".d", 2) == 0)
		k -= 2;
	str_add(out, p, k);
}

static void
enabled_by(const struct art_file *f, const struct hook *h, struct str *out)
{
	struct str by cleanup_str = STR_INIT;
	const char *p, *dir;
	size_t n = boot_dir(f->via), k;

	for (k = n; k && f->via[k - 1] != '/';)
		k--;
	dir = f->via + k;
	for (p = h->by; *p; p++) {
		if (*p == '%')
			str_add(&by, dir, n - k);
		else
			str_addc(&by, *p);
	}
	boot_first(f, by.s, out);
}

/* ---- rc.local ----------------------------------------------------------- */

/* systemd's generator adds rc-local.service for the one path that it was
 * built with, if that file is executable. */
static void
rc_local_systemd(const struct art_file *f, struct str *by, struct str *defect)
{
	static const char generators[] =
	    "/usr/lib/systemd/system-generators/systemd-rc-local-generator "
	    "/lib/systemd/system-generators/systemd-rc-local-generator";
	struct str path cleanup_str = STR_INIT, bytes cleanup_str = STR_INIT;
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	struct str to cleanup_str = STR_INIT;
	size_t n = strlen(f->via) + 1;

	if (!boot_first(f, generators, &path)) {
		str_adds(defect, "systemd has no generator for it here");
		return;
	}
	if (root_find(f->root, "/etc/systemd/system/rc-local.service",
	    ROOT_NOFOLLOW, &rf, NULL) == 0 && S_ISLNK(rf.st.st_mode) &&
	    root_readlink(f->root, &rf, &to, NULL) == 0 &&
	    str_eq(&to, "/dev/null")) {
		str_adds(defect, "rc-local.service is masked");
		return;
	}
	if (root_slurp(f->root, path.s, ART_KEEP_MAX, &bytes, NULL, NULL) < 0 ||
	    bytes.n < n || memmem(bytes.s, bytes.n, f->via, n)) {
		str_add(by, path.s, path.n);
		return;
	}
	str_addf(defect, "is not the file that %s looks for", path.s);
}

static void
rc_local(const struct art_file *f, struct str *by, struct str *defect)
{
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;

	switch (boot_init(f)) {
	case INIT_SYSTEMD:
		rc_local_systemd(f, by, defect);
		return;
	case INIT_SYSV:
	case INIT_UPSTART:
		/* Red Hat links it from a runlevel, Debian has a script */
		boot_rc_links(f, f->file->path.s, by);
		if (!by->n && root_find(f->root, "/etc/init.d/rc.local", 0,
		    &rf, NULL) == 0)
			boot_rc_links(f, rf.path.s, by);
		return;
	case INIT_NONE:
	case INIT_BUSYBOX:
	case INIT_OPENRC:
	case INIT_RUNIT:
	case INIT_S6:
		return;
	}
}

int
parse_hook(const struct art_file *f, struct rec *r, struct err *err)
{
	struct str when cleanup_str = STR_INIT, by cleanup_str = STR_INIT;
	struct str defect cleanup_str = STR_INIT;
	struct shadow s = SHADOW_INIT;
	const struct hook *h;
	const char *why = NULL, *p;
	size_t n = 0, k;
	bool sourced;

	(void)err;
	h = hook_of(f->via, &n);
	if (!h) {
		art_file_row(f, r, "none of the names that its mechanism knows");
		return 0;
	}
	why = name_defect(h->names, boot_base(f->via));
	if (!why)
		why = trust_defect(f, h->trust);
	if (why)
		str_adds(&defect, why);
	if (h->trust & HOOK_SHADOWS) {
		struct str folders cleanup_str = STR_INIT;

		for (p = h->roots; *p; p += k + (p[k] != '\0')) {
			k = strcspn(p, " ");
			if (folders.n)
				str_addc(&folders, ' ');
			str_add(&folders, p, k);
			if (boot_dir(f->via) > n)
				str_add(&folders, f->via + n,
				    boot_dir(f->via) - n);
		}
		if (!memchr(f->via, ' ', boot_dir(f->via)))
			shadow_find(f, folders.s, &s);
	}
	if (!defect.n)
		shadow_defect(&s, &defect);
	event(h, f->via, n, &when);
	if (h->trust & HOOK_RC_LOCAL) {
		struct str more cleanup_str = STR_INIT;

		rc_local(f, &by, &more);
		if (!defect.n)
			str_add(&defect, more.s, more.n);
	} else {
		enabled_by(f, h, &by);
	}
	sourced = h->trust & HOOK_SOURCED;
	art_begin(f, r, 0);
	rec_str(r, COL_persist_schedule, &when);
	rec_text(r, COL_persist_name, boot_base(f->via));
	if (!sourced) {
		rec_text(r, COL_persist_command, f->via);
		art_runs(f, r, RUNS_FILE, f->via, strlen(f->via), NULL, NULL);
	}
	rec_str(r, COL_persist_enabled, &by);
	rec_str(r, COL_persist_overrides, &s.over);
	rec_str(r, COL_persist_defect, &defect);
	rec_end(r);
	if (sourced || shell_script(f->data, f->n))
		shell_rows(f, r, defect.n ? defect.s : NULL);
	shadow_release(&s);
	return 0;
}
