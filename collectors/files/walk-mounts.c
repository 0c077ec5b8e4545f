/* walk-mounts - what a walk does not enter: mounts, and what is ours */

#include "walk-internal.h"

#include "limits.h"
#include "self.h"

#include <errno.h>
#include <sys/sysmacros.h>

/* File systems by what statfs and mountinfo call them. */
static const struct fs {
	unsigned long magic; /* 0: another row has it */
	enum walk_fs fs;
	const char *name;
} types[] = {
	/* the kernel's own: not files that somebody stored */
	{0x9fa0, FS_KERNEL, "proc"},
	{0x62656572, FS_KERNEL, "sysfs"},
	{0x27e0eb, FS_KERNEL, "cgroup"},
	{0x63677270, FS_KERNEL, "cgroup2"},
	{0x64626720, FS_KERNEL, "debugfs"},
	{0x74726163, FS_KERNEL, "tracefs"},
	{0x73636673, FS_KERNEL, "securityfs"},
	{0xcafe4a11, FS_KERNEL, "bpf"},
	{0x6165676c, FS_KERNEL, "pstore"},
	{0xde5e81e4, FS_KERNEL, "efivarfs"},
	{0x1cd1, FS_KERNEL, "devpts"},
	{0x19800202, FS_KERNEL, "mqueue"},
	{0x62656570, FS_KERNEL, "configfs"},
	{0x65735543, FS_KERNEL, "fusectl"},
	{0x958458f6, FS_KERNEL, "hugetlbfs"},
	{0x6e736673, FS_KERNEL, "nsfs"},
	{0x42494e4d, FS_KERNEL, "binfmt_misc"},
	{0x67596969, FS_KERNEL, "rpc_pipefs"},
	{0xf97cff8c, FS_KERNEL, "selinuxfs"},
	{0x43415d53, FS_KERNEL, "smackfs"},
	{0x7655821, FS_KERNEL, "resctrl"},
	{0x6e667364, FS_KERNEL, "nfsd"},
	{0x5a3c69f0, FS_KERNEL, "apparmorfs"},
	{0x50494446, FS_KERNEL, "pidfs"},
	{0xabba1974, FS_KERNEL, "xenfs"},
	/* another machine's, or behind a process: either may be dead */
	{0x6969, FS_REMOTE, "nfs"},
	{0, FS_REMOTE, "nfs4"},
	{0xff534d42, FS_REMOTE, "cifs"},
	{0xfe534d42, FS_REMOTE, "smb3"},
	{0x517b, FS_REMOTE, "smbfs"},
	{0x00c36400, FS_REMOTE, "ceph"},
	{0x01021997, FS_REMOTE, "9p"},
	{0x5346414f, FS_REMOTE, "afs"},
	{0x6b414653, FS_REMOTE, "kafs"},
	{0x65735546, FS_REMOTE, "fuse"},
	{0, FS_REMOTE, "fuseblk"},
	{0, FS_REMOTE, "virtiofs"},
	{0x0187, FS_REMOTE, "autofs"},
	{0x0bd00bd0, FS_REMOTE, "lustre"},
	{0x01161970, FS_REMOTE, "gfs2"},
	{0x7461636f, FS_REMOTE, "ocfs2"},
	{0x73757245, FS_REMOTE, "coda"},
	{0x47504653, FS_REMOTE, "gpfs"},
	{0x19830326, FS_REMOTE, "beegfs"},
	{0x20030528, FS_REMOTE, "pvfs2"},
	{0xaad7aaea, FS_REMOTE, "panfs"},
	{0x786f4256, FS_REMOTE, "vboxsf"},
	{0xbacbacbc, FS_REMOTE, "vmhgfs"},
	{0, FS_REMOTE, "glusterfs"},
	{0x794c7630, FS_OVERLAY, "overlay"},
	{0x61756673, FS_OVERLAY, "aufs"},
};

static enum walk_fs
by_name(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(types); i++)
		if (strcmp(types[i].name, name) == 0)
			return types[i].fs;
	return strncmp(name, "fuse.", 5) == 0 ? FS_REMOTE : FS_WALK;
}

/* ---- the running system's mounts ----------------------------------------- */

struct mount {
	unsigned long id, parent;
	dev_t dev;
	const char *path, *type; /* in the table, which is taken apart */
};

struct mounts {
	struct mount *v;
	size_t n;
};

/* The next field of a line, ended by a blank; NULL: there is none. */
static char *
field(char **p)
{
	char *s = *p, *end;

	if (!*s)
		return NULL;
	end = s + strcspn(s, " ");
	*p = end + (*end == ' ');
	*end = '\0';
	return s;
}

/* "\040" is a blank, as the kernel writes it. */
static void
unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' &&
		    s[2] >= '0' && s[2] <= '7' && s[3] >= '0' && s[3] <= '7') {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 |
			    (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

/* "36 35 98:0 /root /point options tags - type source options" */
static bool
parse(char *line, struct mount *m)
{
	char *f[6], *p = line, *s;
	unsigned major, minor;
	size_t i;

	for (i = 0; i < COUNT(f); i++)
		if (!(f[i] = field(&p)))
			return false;
	while ((s = field(&p)) && strcmp(s, "-") != 0)
		;
	m->type = field(&p);
	m->path = f[4];
	unescape(f[4]);
	m->id = strtoul(f[0], NULL, 10);
	m->parent = strtoul(f[1], NULL, 10);
	if (sscanf(f[2], "%u:%u", &major, &minor) != 2)
		return false;
	m->dev = makedev(major, minor);
	return m->type && m->path[0] == '/';
}

static const struct mount *
by_id(const struct mounts *t, unsigned long id)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (t->v[i].id == id)
			return &t->v[i];
	return NULL;
}

/* Does p stand above m, or is it m? */
static bool
is_above(const struct mounts *t, const struct mount *p, const struct mount *m)
{
	size_t steps;

	for (steps = 0; m && steps <= t->n; steps++) {
		if (m == p)
			return true;
		m = m->parent == m->id ? NULL : by_id(t, m->parent);
	}
	return false;
}

static bool
below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	while (n && dir[n - 1] == '/')
		n--;
	return strncmp(path, dir, n) == 0 && (!path[n] || path[n] == '/');
}

/* Is it what one finds at its path, and not hidden by a mount over it? */
static bool
visible(const struct mounts *t, const struct mount *m)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (below(m->path, t->v[i].path) && !is_above(t, &t->v[i], m))
			return false;
	return true;
}

/* Used inodes of the file system at path; 0: not known. */
static uint64_t
used(struct root *r, const char *path)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct statfs fs;

	if (root_find(r, path, 0, &f, NULL) || root_statfs(r, &f, &fs, NULL) ||
	    fs.f_files <= fs.f_ffree)
		return 0;
	return fs.f_files - fs.f_ffree;
}

static void
live_mounts(struct walk *w, const struct mounts *t)
{
	struct str why cleanup_str = STR_INIT;
	const struct mount *m, *up;
	size_t i, k;

	for (i = 0; i < t->n; i++) {
		m = &t->v[i];
		if (by_name(m->type) != FS_REMOTE || !visible(t, m))
			continue;
		str_clear(&why);
		str_addf(&why, "a mount of type %s", m->type);
		root_avoid(w->c->root, m->path, why.s);
	}
	for (i = 0; i < t->n; i++) {
		m = &t->v[i];
		if (by_name(m->type) != FS_WALK || strcmp(m->path, "/") == 0)
			continue;
		up = by_id(t, m->parent);
		if (up && by_name(up->type) == FS_KERNEL && visible(t, m))
			strlist_adds(&w->p->starts, m->path);
		for (k = 0; k < i && t->v[k].dev != m->dev; k++)
			;
		if (k == i && visible(t, m))
			w->progress.expected += used(w->c->root, m->path);
	}
	strlist_sort(&w->p->starts);
}

static void
read_mounts(struct walk *w)
{
	struct str text cleanup_str = STR_INIT;
	struct mounts t = {NULL, 0};
	char *line, *next;
	struct err e;
	int k;

	/* text of the kernel's, not evidence that could be a trap */
	k = root_slurp(w->c->root, "/proc/self/mountinfo", WALK_MOUNTS_BYTES,
	    &text, NULL, &e);
	if (k < 0) { /* each is looked at when it is met */
		e.fine = true;
		rec_note_err(w->c->rec, "walk", "host", "/proc/self/mountinfo",
		    &e);
		return;
	}
	t.v = xcalloc(WALK_MOUNTS_MAX, sizeof(*t.v));
	for (line = text.s; *line && t.n < WALK_MOUNTS_MAX; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		t.n += parse(line, &t.v[t.n]);
	}
	if (*line || k)
		rec_note_fine(w->c->rec, ERR_LIMIT, "walk", "host",
		    "/proc/self/mountinfo", "more than %d mounts "
		    "(WALK_MOUNTS_MAX): the others are looked at when they "
		    "are met", WALK_MOUNTS_MAX);
	live_mounts(w, &t);
	free(t.v);
}

void
walk_mounts_begin(struct walk *w)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct walk_private *p = w->p;
	struct statx stx;

	p->devices = xcalloc(WALK_DEVICES_MAX, sizeof(*p->devices));
	if (!w->c->root || root_find(w->c->root, "/", 0, &f, NULL))
		return;
	/* the root is always entered, whatever it is */
	p->devices[p->devices_n++] =
	    (struct walk_device){f.st.st_dev, FS_WALK, "root"};
	if (root_statx(w->c->root, &f, &stx, NULL) == 0 &&
	    (stx.stx_attributes & STATX_ATTR_MOUNT_ROOT))
		w->progress.expected = used(w->c->root, "/");
	if (w->c->live)
		read_mounts(w);
}

/* ---- objects on the way -------------------------------------------------- */

static const struct walk_device *
device_of(struct walk *w, const struct root_file *f)
{
	static const struct walk_device unknown = {0, FS_WALK, "?"};
	struct walk_private *p = w->p;
	struct walk_device *d;
	struct statfs fs;
	size_t i;

	if (p->last < p->devices_n && p->devices[p->last].dev == f->st.st_dev)
		return &p->devices[p->last];
	for (i = 0; i < p->devices_n; i++)
		if (p->devices[i].dev == f->st.st_dev) {
			p->last = i;
			return &p->devices[i];
		}
	if (root_statfs(p->root, f, &fs, NULL))
		return &unknown; /* opening it will say why */
	if (p->devices_n == WALK_DEVICES_MAX) {
		/* no matter: only the others are asked again */
		p->last = --p->devices_n;
	}
	d = &p->devices[p->last = p->devices_n++];
	*d = (struct walk_device){f->st.st_dev, FS_WALK, "?"};
	for (i = 0; i < COUNT(types); i++)
		if (types[i].magic &&
		    types[i].magic == (unsigned long)fs.f_type) {
			d->fs = types[i].fs;
			d->name = types[i].name;
		}
	return d;
}

static bool
in_store(const struct walk *w, const char *path)
{
	size_t i;

	for (i = 0; i < w->stores.n; i++)
		if (below(path, w->stores.v[i].path.s))
			return true;
	return false;
}

bool
walk_mounts_skip(struct walk *w, const struct root_file *f)
{
	struct walk_private *p = w->p;
	const struct walk_device *d = device_of(w, f);
	struct err e;

	switch (d->fs) {
	case FS_WALK:
		break;
	case FS_KERNEL:
		if (p->kernel_n++ < 100)
			str_addf(&p->kernel, "%s%s (%s)",
			    p->kernel.n ? ", " : "", f->path.s, d->name);
		return true;
	case FS_REMOTE:
		err_set(&e, ERR_UNSUPPORTED, 0, "'%s' is not looked at: a file "
		    "system of type %s", f->path.s, d->name);
		walk_note(w, f->path.s, &e);
		return true;
	case FS_OVERLAY:
		if (p->parts[p->part].store || !in_store(w, f->path.s))
			break;
		if (!p->overlay_n++)
			str_sets(&p->overlay, f->path.s);
		return true;
	}
	return false;
}

void
walk_mounts_end(struct walk *w)
{
	struct walk_private *p = w->p;

	if (p->kernel_n)
		rec_note_fine(w->c->rec, ERR_UNSUPPORTED, "walk", "host", NULL,
		    "not entered: %zu file systems of the kernel: %s%s",
		    p->kernel_n, p->kernel.s, p->kernel_n > 100 ? " ..." : "");
	if (p->overlay_n)
		rec_note_fine(w->c->rec, ERR_UNSUPPORTED, "walk", "host",
		    p->overlay.s, "%zu merged trees of containers are mounted: "
		    "not entered, their layers are read", p->overlay_n);
}

/* ---- what is ours -------------------------------------------------------- */

struct walk_out {
	struct ours {
		dev_t dev;
		ino_t ino;
		bool dir;
	} v[WALK_OUT_MAX];
	size_t n;
	uint64_t inodes; /* bits of the last six bits of each */
	struct strlist names; /* of what is not there yet */
};

struct walk_out *
walk_out_new(void)
{
	return xcalloc(1, sizeof(struct walk_out));
}

/* What will be there under this name, by its real path. */
static void
add_name(struct walk_out *o, const char *path)
{
	struct str s cleanup_str = STR_INIT;
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	char *dir cleanup_free = NULL;

	str_set(&s, slash ? path : ".", slash ? (size_t)(name - path) : 1);
	dir = realpath(s.s, NULL);
	if (!dir || !*name || o->names.n == WALK_OUT_MAX)
		return;
	str_clear(&s);
	str_addf(&s, "%s/%s", strcmp(dir, "/") == 0 ? "" : dir, name);
	strlist_add(&o->names, s.s, s.n);
}

void
walk_out_add(struct walk_out *o, const char *path)
{
	struct stat st;
	size_t i;

	if (o->n == WALK_OUT_MAX)
		return;
	if (stat(path, &st)) {
		if (errno == ENOENT)
			add_name(o, path);
		return;
	}
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return;
	for (i = 0; i < o->n; i++)
		if (o->v[i].dev == st.st_dev && o->v[i].ino == st.st_ino)
			return;
	o->v[o->n++] = (struct ours){st.st_dev, st.st_ino,
	    S_ISDIR(st.st_mode)};
	o->inodes |= 1ULL << (st.st_ino & 63);
}

static bool
is_there(const char *dir, const char *name)
{
	struct str path cleanup_str = STR_INIT;
	struct stat st;

	str_addf(&path, "%s/%s", dir, name);
	return stat(path.s, &st) == 0;
}

/* TREE of TREE/.build.../bin, if that is what dir is. */
static bool
source_tree(const char *dir, struct str *tree)
{
	const char *p = strrchr(dir, '/');
	size_t n;

	if (!p || strcmp(p, "/bin") != 0)
		return false;
	for (n = (size_t)(p - dir); n && dir[n - 1] != '/'; n--)
		;
	if (n < 2 || strncmp(dir + n, ".build", 6) != 0)
		return false;
	str_set(tree, dir, n - 1);
	return is_there(tree->s, "Makefile") &&
	    is_there(tree->s, "collectors") && is_there(tree->s, "tools");
}

void
walk_out_self(struct walk_out *o)
{
	static const char *const families[] = {"collect-", "scan-", "case-"};
	struct str path cleanup_str = STR_INIT, tree cleanup_str = STR_INIT;
	DIR *dir cleanup_dir = NULL;
	struct dirent *d;
	struct str exe cleanup_str = STR_INIT;
	struct err ignored;
	const char *p;
	size_t i;

	if (self_path(&exe, &ignored))
		return;
	walk_out_add(o, exe.s);
	p = strrchr(exe.s, '/');
	if (p == exe.s)
		return;
	str_cut(&exe, (size_t)(p - exe.s));
	if (source_tree(exe.s, &tree)) {
		walk_out_add(o, tree.s);
		return;
	}
	dir = opendir(exe.s);
	while (dir && (d = readdir(dir))) {
		for (i = 0; i < COUNT(families) && strncmp(d->d_name,
			families[i], strlen(families[i])) != 0; i++)
			;
		if (i == COUNT(families) && strcmp(d->d_name, "salvor") != 0)
			continue;
		str_clear(&path);
		str_addf(&path, "%s/%s", exe.s, d->d_name);
		walk_out_add(o, path.s);
	}
}

void
walk_out_free(struct walk_out *o)
{
	if (o)
		strlist_release(&o->names);
	free(o);
}

static bool
is_named(const struct walk_out *o, const struct root_file *f)
{
	size_t i;

	for (i = 0; i < o->names.n; i++)
		if (o->names.v[i].n == f->path.n &&
		    memcmp(o->names.v[i].s, f->path.s, f->path.n) == 0)
			return S_ISREG(f->st.st_mode);
	return false;
}

bool
walk_out_skip(struct walk *w, const struct root_file *f)
{
	const struct walk_out *o = w->p->out;
	size_t i;

	if (o && is_named(o, f)) {
		rec_note_fine(w->c->rec, ERR_UNSUPPORTED, "walk", "host",
		    f->path.s, "left out: it is ours, by its name");
		return true;
	}
	if (!o || !(o->inodes >> (f->st.st_ino & 63) & 1))
		return false;
	for (i = 0; i < o->n && (o->v[i].ino != f->st.st_ino ||
		o->v[i].dev != f->st.st_dev); i++)
		;
	if (i == o->n || o->v[i].dir != S_ISDIR(f->st.st_mode))
		return false;
	rec_note_fine(w->c->rec, ERR_UNSUPPORTED, "walk", "host", f->path.s,
	    "left out: it is ours%s", o->v[i].dir ? ", with all below it" : "");
	return true;
}
