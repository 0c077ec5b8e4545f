#include "boot.h"

#include "limits.h"

#include <linux/magic.h>

/* A link of a runlevel to the script that it starts. */
struct rc_link {
	struct str link;   /* /etc/rc2.d/S01cron */
	struct str target; /* real path */
};

struct rc_links {
	struct rc_link *v;
	size_t n, cap;
	bool known;
};

/* Things that are looked up by a name: modules, kernel settings. */
struct named {
	struct str name;
	struct str path; /* its file, or that of the line */
	int64_t line;
	size_t order;
};

struct index {
	struct named *v;
	size_t n, cap;
	bool known;
};

struct boot {
	enum init_kind init;
	bool openrc, known;
	struct rc_links rc, runlevels;
	struct index modules, sysctls;
};

static struct boot *
boot_of(const struct art_file *f)
{
	if (!f->tree)
		return NULL;
	if (!f->tree->boot)
		f->tree->boot = xcalloc(1, sizeof(struct boot));
	return f->tree->boot;
}

static void
links_free(struct rc_links *l)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		str_release(&l->v[i].link);
		str_release(&l->v[i].target);
	}
	free(l->v);
}

static void
index_free(struct index *x)
{
	size_t i;

	for (i = 0; i < x->n; i++) {
		str_release(&x->v[i].name);
		str_release(&x->v[i].path);
	}
	free(x->v);
}

void
boot_free(struct boot *b)
{
	if (!b)
		return;
	index_free(&b->modules);
	index_free(&b->sysctls);
	links_free(&b->rc);
	links_free(&b->runlevels);
	free(b);
}

bool
boot_there(const struct art_file *f, const char *path)
{
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;

	return f->root && root_find(f->root, path, 0, &rf, NULL) == 0;
}

bool
boot_first(const struct art_file *f, const char *paths, struct str *out)
{
	struct str path cleanup_str = STR_INIT;
	size_t n;

	for (; *paths; paths += n + (paths[n] != '\0')) {
		n = strcspn(paths, " ");
		str_set(&path, paths, n);
		if (!boot_there(f, path.s))
			continue;
		str_add(out, path.s, path.n);
		return true;
	}
	return false;
}

const char *
boot_base(const char *path)
{
	const char *p = strrchr(path, '/');

	return p ? p + 1 : path;
}

size_t
boot_dir(const char *path)
{
	const char *p = strrchr(path, '/');

	return p ? (size_t)(p - path) : 0;
}

bool
boot_ends(const char *s, const char *tail)
{
	size_t n = strlen(s), k = strlen(tail);

	return n > k && strcmp(s + n - k, tail) == 0;
}

bool
boot_like(const char *pattern, const char *path, size_t n)
{
	for (; *pattern; pattern++, path++, n--) {
		if (*pattern == '*') {
			for (;;) {
				if (boot_like(pattern + 1, path, n))
					return true;
				if (!n || *path == '/')
					return false;
				path++;
				n--;
			}
		}
		if (!n || *pattern != *path)
			return false;
	}
	return n == 0;
}

bool
boot_is_kernel(const struct art_file *f)
{
	struct statfs fs;

	return f->root && root_statfs(f->root, f->file, &fs, NULL) == 0 &&
	       (fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC ||
		   fs.f_type == BINFMTFS_MAGIC);
}

/* ---- which init --------------------------------------------------------- */

static enum init_kind
look_at_init(const struct art_file *f)
{
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	static const struct {
		const char *base;
		enum init_kind kind;
	} names[] = {
	    {"systemd", INIT_SYSTEMD}, {"busybox", INIT_BUSYBOX},
	    {"openrc-init", INIT_OPENRC}, {"runit-init", INIT_RUNIT},
	    {"runit", INIT_RUNIT}, {"s6-svscan", INIT_S6},
	    {"s6-linux-init", INIT_S6}, {"upstart", INIT_UPSTART}};
	size_t i;

	if (!f->root || root_find(f->root, "/sbin/init", 0, &rf, NULL) ||
	    !S_ISREG(rf.st.st_mode))
		return INIT_NONE;
	for (i = 0; i < COUNT(names); i++)
		if (strcmp(boot_base(rf.path.s), names[i].base) == 0)
			return names[i].kind;
	if (boot_there(f, "/sbin/initctl") && boot_there(f, "/etc/init") &&
	    !boot_there(f, "/etc/inittab"))
		return INIT_UPSTART;
	if (boot_there(f, "/etc/s6-linux-init"))
		return INIT_S6;
	return INIT_SYSV;
}

static struct boot *
known(const struct art_file *f)
{
	struct boot *b = boot_of(f);

	if (!b || b->known)
		return b;
	b->known = true;
	b->init = look_at_init(f);
	b->openrc = b->init == INIT_OPENRC || boot_there(f, "/sbin/openrc") ||
		    boot_there(f, "/sbin/rc-service");
	return b;
}

enum init_kind
boot_init(const struct art_file *f)
{
	struct boot *b = known(f);

	return b ? b->init : INIT_NONE;
}

bool
boot_openrc(const struct art_file *f)
{
	struct boot *b = known(f);

	return b && b->openrc && b->init != INIT_SYSTEMD;
}

const char *
boot_init_name(enum init_kind k)
{
	switch (k) {
	case INIT_SYSTEMD:
		return "systemd";
	case INIT_SYSV:
		return "sysvinit";
	case INIT_BUSYBOX:
		return "busybox";
	case INIT_UPSTART:
		return "upstart";
	case INIT_OPENRC:
		return "openrc-init";
	case INIT_RUNIT:
		return "runit";
	case INIT_S6:
		return "s6";
	case INIT_NONE:
		break;
	}
	return "none";
}

/* ---- which file of a name ---------------------------------------------- */

static bool
is_mask(const struct art_file *f, const char *path)
{
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	struct str to cleanup_str = STR_INIT;

	if (root_find(f->root, path, ROOT_NOFOLLOW, &rf, NULL))
		return false;
	if (S_ISLNK(rf.st.st_mode))
		return root_readlink(f->root, &rf, &to, NULL) == 0 &&
		       str_eq(&to, "/dev/null");
	return S_ISREG(rf.st.st_mode) && !rf.st.st_size;
}

void
shadow_find(const struct art_file *f, const char *folders, struct shadow *s)
{
	struct strlist seen cleanup_strlist = STRLIST_INIT;
	struct root_file mine cleanup_root_file = ROOT_FILE_INIT;
	struct str path cleanup_str = STR_INIT;
	bool after = true, listed = false;
	const char *p;
	size_t n, k;
	int pass;

	if (!f->root)
		return;
	str_add(&path, f->via, boot_dir(f->via));
	if (root_find(f->root, path.n ? path.s : "/", 0, &mine, NULL))
		return;
	/* first: is the folder one of them? */
	for (pass = 0; pass < 2; pass++) {
		after = !listed;
		for (p = folders; *p; p += n + (p[n] != '\0')) {
			struct root_file d cleanup_root_file = ROOT_FILE_INIT;
			struct root_file rf cleanup_root_file = ROOT_FILE_INIT;

			n = strcspn(p, " ");
			str_set(&path, p, n);
			if (root_find(f->root, path.s, 0, &d, NULL))
				continue;
			if (strcmp(d.path.s, mine.path.s) == 0) {
				listed = true;
				after = true;
				continue;
			}
			if (!pass)
				continue;
			for (k = 0; k < seen.n; k++)
				if (str_eq(&seen.v[k], d.path.s))
					break;
			if (k < seen.n)
				continue;
			strlist_adds(&seen, d.path.s);
			str_set(&path, d.path.s, d.path.n);
			str_addf(&path, "/%s", boot_base(f->via));
			if (root_find(f->root, path.s, ROOT_NOFOLLOW, &rf,
			    NULL))
				continue;
			if (!after && !s->by.n) {
				str_set(&s->by, path.s, path.n);
				s->masks = is_mask(f, path.s);
			} else if (after && !s->over.n) {
				str_set(&s->over, path.s, path.n);
			}
		}
	}
}

void
shadow_release(struct shadow *s)
{
	str_release(&s->by);
	str_release(&s->over);
}

void
shadow_defect(const struct shadow *s, struct str *out)
{
	if (!s->by.n)
		return;
	if (s->masks)
		str_addf(out, "masked by %s", s->by.s);
	else
		str_addf(out, "%s is read in its place", s->by.s);
}

/* ---- links of runlevels ------------------------------------------------- */

struct listing {
	const struct art_file *f;
	struct rc_links *out;
	const char *folder;
	bool sysv;
};

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static int
rc_entry(void *arg, const struct root_entry *ent)
{
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	struct str path cleanup_str = STR_INIT;
	struct listing *l = arg;
	struct rc_links *o = l->out;

	if (o->n >= UNITS_MAX)
		return 1;
	if (l->sysv && !(ent->name[0] == 'S' && digit(ent->name[1]) &&
	    digit(ent->name[2])))
		return 0;
	str_addf(&path, "%s/%s", l->folder, ent->name);
	if (root_find(l->f->root, path.s, 0, &rf, NULL))
		return 0;
	if (o->n == o->cap) {
		o->cap = o->cap ? 2 * o->cap : 64;
		o->v = xreallocarray(o->v, o->cap, sizeof(*o->v));
	}
	str_init(&o->v[o->n].link);
	str_init(&o->v[o->n].target);
	str_add(&o->v[o->n].link, path.s, path.n);
	str_add(&o->v[o->n++].target, rf.path.s, rf.path.n);
	return 0;
}

static int
runlevel_entry(void *arg, const struct root_entry *ent)
{
	struct str path cleanup_str = STR_INIT;
	struct listing *l = arg, deeper = *l;

	if (!S_ISDIR(ent->st->st_mode))
		return 0;
	str_addf(&path, "/etc/runlevels/%s", ent->name);
	deeper.folder = path.s;
	root_list(l->f->root, path.s, rc_entry, &deeper, NULL);
	return 0;
}

static void
links_of(const struct rc_links *l, const char *path, struct str *out)
{
	size_t i, had = out->n, shown = 0;

	for (i = 0; i < l->n && shown < UNIT_CAUSES_MAX; i++) {
		if (!str_eq(&l->v[i].target, path))
			continue;
		if (out->n > had)
			str_addc(out, ' ');
		str_add(out, l->v[i].link.s, l->v[i].link.n);
		shown++;
	}
}

void
boot_rc_links(const struct art_file *f, const char *path, struct str *out)
{
	static const char *const folders[] = {"/etc/rcS.d", "/etc/rc1.d",
	    "/etc/rc2.d", "/etc/rc3.d", "/etc/rc4.d", "/etc/rc5.d",
	    "/etc/rc.d/rcS.d", "/etc/rc.d/rc1.d", "/etc/rc.d/rc2.d",
	    "/etc/rc.d/rc3.d", "/etc/rc.d/rc4.d", "/etc/rc.d/rc5.d"};
	struct strlist seen cleanup_strlist = STRLIST_INIT;
	struct boot *b = boot_of(f);
	struct listing l = {.f = f, .sysv = true};
	size_t i, k;

	if (!b || !f->root)
		return;
	l.out = &b->rc;
	for (i = 0; !b->rc.known && i < COUNT(folders); i++) {
		struct root_file d cleanup_root_file = ROOT_FILE_INIT;

		/* Red Hat's /etc/rc2.d is a link to /etc/rc.d/rc2.d */
		if (root_find(f->root, folders[i], 0, &d, NULL))
			continue;
		for (k = 0; k < seen.n; k++)
			if (str_eq(&seen.v[k], d.path.s))
				break;
		if (k < seen.n)
			continue;
		strlist_adds(&seen, d.path.s);
		l.folder = folders[i];
		root_list(f->root, folders[i], rc_entry, &l, NULL);
	}
	b->rc.known = true;
	links_of(&b->rc, path, out);
}

void
boot_runlevels(const struct art_file *f, const char *path, struct str *out)
{
	struct boot *b = boot_of(f);
	struct listing l = {.f = f};

	if (!b || !f->root)
		return;
	l.out = &b->runlevels;
	if (!b->runlevels.known)
		root_list(f->root, "/etc/runlevels", runlevel_entry, &l, NULL);
	b->runlevels.known = true;
	links_of(&b->runlevels, path, out);
}

/* ---- names: kernel modules, kernel settings ----------------------------- */

static struct named *
index_add(struct index *x, const char *path, int64_t line)
{
	struct named *m;

	if (x->n >= UNITS_MAX)
		return NULL;
	if (x->n == x->cap) {
		x->cap = x->cap ? 2 * x->cap : 256;
		x->v = xreallocarray(x->v, x->cap, sizeof(*x->v));
	}
	m = &x->v[x->n];
	str_init(&m->name);
	str_init(&m->path);
	str_adds(&m->path, path);
	m->line = line;
	m->order = x->n++;
	return m;
}

static int
compare_named(const void *x, const void *y)
{
	const struct named *a = x, *b = y;
	int r = strcmp(a->name.s, b->name.s);

	return r ? r : (a->order > b->order) - (a->order < b->order);
}

/* The last of that name (last), or the first. */
static const struct named *
index_find(const struct index *x, const char *name, bool last)
{
	size_t lo = 0, hi = x->n, mid;
	int r;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		r = strcmp(x->v[mid].name.s, name);
		if (r < 0 || (last && r == 0))
			lo = mid + 1;
		else
			hi = mid;
	}
	if (last)
		return lo && str_eq(&x->v[lo - 1].name, name) ? &x->v[lo - 1]
		    : NULL;
	return lo < x->n && str_eq(&x->v[lo].name, name) ? &x->v[lo] : NULL;
}

/* snd-hda_intel of /x/snd-hda-intel.ko.xz: one spelling for both */
static void
module_name(const char *p, size_t n, struct str *out)
{
	const char *base = memrchr(p, '/', n), *ko;
	size_t i;

	if (base) {
		n -= (size_t)(base + 1 - p);
		p = base + 1;
	}
	ko = memmem(p, n, ".ko", 3);
	if (ko)
		n = (size_t)(ko - p);
	for (i = 0; i < n; i++)
		str_addc(out, p[i] == '-' ? '_' : p[i]);
}

struct kernels {
	const struct art_file *f;
	struct index *out;
};

static int
kernel_entry(void *arg, const struct root_entry *ent)
{
	struct str path cleanup_str = STR_INIT, dep cleanup_str = STR_INIT;
	struct str file cleanup_str = STR_INIT;
	struct kernels *k = arg;
	const char *p, *end, *nl;
	struct named *m;

	str_addf(&path, "/lib/modules/%s", ent->name);
	str_addf(&file, "%s/modules.dep", path.s);
	if (root_slurp(k->f->root, file.s, ART_READ_MAX, &dep, NULL, NULL) < 0)
		return 0;
	for (p = dep.s; p < dep.s + dep.n; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(dep.s + dep.n - p));
		if (!nl)
			nl = dep.s + dep.n;
		end = memchr(p, ':', (size_t)(nl - p));
		if (!end)
			continue;
		str_clear(&file);
		if (*p != '/')
			str_addf(&file, "%s/", path.s);
		str_add(&file, p, (size_t)(end - p));
		m = index_add(k->out, file.s, 0);
		if (!m)
			return 1;
		module_name(p, (size_t)(end - p), &m->name);
	}
	return 0;
}

bool
boot_module(const struct art_file *f, const char *name, size_t n,
    struct str *out)
{
	struct str want cleanup_str = STR_INIT;
	struct boot *b = boot_of(f);
	struct kernels k = {.f = f};
	const struct named *m;

	if (!b || !f->root)
		return false;
	k.out = &b->modules;
	if (!b->modules.known) {
		root_list(f->root, "/lib/modules", kernel_entry, &k, NULL);
		if (b->modules.n)
			qsort(b->modules.v, b->modules.n,
			    sizeof(*b->modules.v), compare_named);
	}
	b->modules.known = true;
	module_name(name, n, &want);
	m = index_find(&b->modules, want.s, false);
	if (m)
		str_add(out, m->path.s, m->path.n);
	return m != NULL;
}

void
boot_sysctl_key(const char *p, size_t n, struct str *out)
{
	size_t i;
	bool dots = false;

	for (i = 0; i < n; i++)
		if (p[i] == '.' || p[i] == '/') {
			dots = p[i] == '.';
			break;
		}
	for (i = 0; i < n; i++)
		str_addc(out, !dots ? p[i] : p[i] == '.' ? '/' :
		    p[i] == '/' ? '.' : p[i]);
}

static void
sysctl_lines(struct index *x, const char *path, const struct str *data)
{
	const char *p, *nl, *eq;
	int64_t line = 0;
	struct named *m;

	for (p = data->s; p < data->s + data->n; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(data->s + data->n - p));
		if (!nl)
			nl = data->s + data->n;
		line++;
		while (p < nl && (*p == ' ' || *p == '\t' || *p == '-'))
			p++;
		eq = memchr(p, '=', (size_t)(nl - p));
		if (!eq || *p == '#' || *p == ';')
			continue;
		while (eq > p && (eq[-1] == ' ' || eq[-1] == '\t'))
			eq--;
		m = index_add(x, path, line);
		if (!m)
			return;
		boot_sysctl_key(p, (size_t)(eq - p), &m->name);
	}
}

struct sysctl_names {
	const struct art_file *f;
	const char *folder;
	struct strlist names; /* file name, NUL, path: the first of a name */
};

static int
sysctl_entry(void *arg, const struct root_entry *ent)
{
	struct sysctl_names *s = arg;
	struct str item cleanup_str = STR_INIT;
	size_t i;

	if (!boot_ends(ent->name, ".conf"))
		return 0;
	for (i = 0; i < s->names.n; i++)
		if (strcmp(s->names.v[i].s, ent->name) == 0)
			return 0;
	str_add(&item, ent->name, strlen(ent->name) + 1);
	str_addf(&item, "%s/%s", s->folder, ent->name);
	strlist_add(&s->names, item.s, item.n);
	return s->names.n >= 10000;
}

static void
sysctl_index(const struct art_file *f, struct index *x)
{
	static const char *const folders[] = {"/etc/sysctl.d", "/run/sysctl.d",
	    "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d"};
	struct sysctl_names s = {.f = f, .names = STRLIST_INIT};
	struct str data cleanup_str = STR_INIT;
	const char *path;
	size_t i;

	for (i = 0; i < COUNT(folders); i++) {
		s.folder = folders[i];
		root_list(f->root, folders[i], sysctl_entry, &s, NULL);
	}
	strlist_sort(&s.names);
	for (i = 0; i <= s.names.n; i++) {
		struct root_file rf cleanup_root_file = ROOT_FILE_INIT;

		/* sysctl --system reads this one last; systemd-sysctl does not
		 * know it: a link among the others leads to it */
		path = i < s.names.n
		    ? s.names.v[i].s + strlen(s.names.v[i].s) + 1
		    : "/etc/sysctl.conf";
		if (i == s.names.n && boot_init(f) == INIT_SYSTEMD)
			break;
		if (root_slurp(f->root, path, ART_KEEP_MAX, &data, &rf,
		    NULL) >= 0)
			sysctl_lines(x, rf.path.s, &data);
	}
	if (x->n)
		qsort(x->v, x->n, sizeof(*x->v), compare_named);
	strlist_release(&s.names);
}

const char *
boot_sysctl_last(const struct art_file *f, const char *key, int64_t *line)
{
	struct boot *b = boot_of(f);
	const struct named *m;

	if (!b || !f->root)
		return NULL;
	if (!b->sysctls.known)
		sysctl_index(f, &b->sysctls);
	b->sysctls.known = true;
	m = index_find(&b->sysctls, key, true);
	if (!m)
		return NULL;
	*line = m->line;
	return m->path.s;
}
