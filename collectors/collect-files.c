#include "civil.h"
#include "collect.h"
#include "content.h"
#include "elffacts.h"
#include "filecaps.h"
#include "limits.h"
#include "magicdb.h"
#include "packages.h"
#include "walk.h"
#include "worker.h"

#include <errno.h>
#include <linux/stat.h>

/*
 * What files there are, of the host and of every layer of every store, and
 * what is in them. A batch of the walk at a time, one item (an inode with all
 * its names) in a worker: opened, read once, looked at; then a row for each of
 * its names, in each scope that shows it.
 */

struct work {
	struct collect c; /* first: prepare gets it alone */
	struct walk walk;
	struct walk_out *out;
	bool all;
	struct select select;
	struct strlist leave_out, known_good;
	bool ticks; /* somebody watches */
	/* in a worker */
	struct content_reader *reader;
	/* databases: the host's, and the last container's */
	struct pkgdb *host_packages, *packages;
	struct engine_tree tree; /* of packages */
	struct str tree_scope;
};

/* An item at hand, in a worker. */
struct item {
	struct work *w;
	struct rec *r;
	size_t i;
	struct root *root;
	struct root_file *f;
	struct str name; /* for notes */
	const char *scope;
	struct statx st;
	struct content content;
	unsigned char kept_head[4];
	bool chosen; /* its first bytes did not speak against it */
	enum triage why; /* of the first name that has a reason */
	struct elf_facts elf;
	struct str magic, interpreter, target, capabilities;
	struct strlist flags, xattrs;
	/* the row at hand */
	size_t at; /* the name */
};

/* ---- what is known of it ----------------------------------------------- */

static void
item_note(struct item *t, const char *op, const struct err *e)
{
	rec_note_err(t->r, op, t->scope, t->name.s, e);
}

/* What speaks for name i: its place and the inode, else the bytes. */
static enum triage
why_of(const struct item *t, size_t i)
{
	const struct walk *w = &t->w->walk;
	enum triage why = w->items[i].why;

	if (why != TRIAGE_NO && why != TRIAGE_ALL)
		return why;
	return S_ISREG(t->st.stx_mode) ? triage_bytes(walk_path(w, i),
	    t->content.head, t->content.head_n) : TRIAGE_NO;
}

/* The first bytes are there: is it a file that is asked for, under any of its
 * names? */
static bool
first_bytes(void *arg, const unsigned char *head, size_t n)
{
	struct item *t = arg;
	const struct walk *w = &t->w->walk;
	size_t k;

	t->content.head = head;
	t->content.head_n = n;
	for (k = t->i; (t->why = why_of(t, k)) == TRIAGE_NO;
	    k = w->items[k].next)
		if (!w->items[k].next)
			break;
	if (t->why == TRIAGE_NO && t->w->all)
		t->why = TRIAGE_ALL;
	return t->chosen = t->why != TRIAGE_NO;
}

static ssize_t
read_elf(void *arg, void *p, size_t n, uint64_t at)
{
	struct item *t = arg;

	if (at <= t->content.head_n && n <= t->content.head_n - at) {
		memcpy(p, t->content.head + at, n);
		return (ssize_t)n;
	}
	return pread(t->f->fd, p, n, (off_t)at);
}

/* What stands behind #!, as the kernel cuts it. */
static void
script_interpreter(struct item *t)
{
	const char *p = (const char *)t->content.head + 2;
	size_t n = t->content.head_n - 2, k;

	if (n > FILE_SHEBANG_MAX)
		n = FILE_SHEBANG_MAX;
	for (k = 0; k < n && p[k] != '\n' && p[k] != '\0'; k++)
		;
	while (k && (*p == ' ' || *p == '\t')) {
		p++;
		k--;
	}
	while (k && (p[k - 1] == ' ' || p[k - 1] == '\t' || p[k - 1] == '\r'))
		k--;
	str_set(&t->interpreter, p, k);
}

static void
look_at_bytes(struct item *t)
{
	const unsigned char *head = t->content.head;
	size_t n = t->content.head_n;

	magicdb_type(head, n, &t->magic);
	if (n >= 2 && memcmp(head, "#!", 2) == 0) {
		script_interpreter(t);
	} else if (n >= 4 && memcmp(head, "\177ELF", 4) == 0) {
		elf_facts(read_elf, t, t->content.size, &t->elf);
		str_set(&t->interpreter, t->elf.interpreter.s,
		    t->elf.interpreter.n);
	}
}

static void
add_xattr(struct item *t, const struct str *name, const struct str *value)
{
	struct str s cleanup_str = STR_INIT;
	size_t n = value->n, i;
	bool text;

	/* labels of SELinux end in a NUL */
	if (n && value->s[n - 1] == '\0')
		n--;
	text = utf8_clean(value->s, n);
	for (i = 0; text && i < n; i++)
		text = (unsigned char)value->s[i] >= ' ' && value->s[i] != 0x7f;
	str_add(&s, name->s, name->n);
	str_addc(&s, '=');
	if (text) {
		str_add(&s, value->s, n);
	} else {
		str_adds(&s, "0x");
		str_add_hex(&s, value->s, value->n);
	}
	strlist_add(&t->xattrs, s.s, s.n);
}

static void
look_at_xattrs(struct item *t)
{
	struct strlist names cleanup_strlist = STRLIST_INIT;
	struct str value cleanup_str = STR_INIT;
	size_t i, sum = 0;
	struct err e;

	if (root_listxattr(t->root, t->f, &names, &e)) {
		item_note(t, "xattr", &e);
		return;
	}
	for (i = 0; i < names.n; i++) {
		if (root_getxattr(t->root, t->f, names.v[i].s, &value, &e)) {
			if (e.class != ERR_ABSENT)
				item_note(t, "xattr", &e);
			continue;
		}
		if (strcmp(names.v[i].s, "security.capability") == 0 &&
		    filecaps_text(value.s, value.n, &t->capabilities))
			rec_note(t->r, ERR_CORRUPT, "xattr", t->scope,
			    t->name.s, 0, "security.capability has no form "
			    "that the kernel knows");
		sum += names.v[i].n + value.n;
		if (sum > FILE_XATTRS_MAX) {
			rec_note(t->r, ERR_LIMIT, "xattr", t->scope, t->name.s,
			    0, "attributes of more than %d bytes "
			    "(FILE_XATTRS_MAX)", FILE_XATTRS_MAX);
			return;
		}
		add_xattr(t, &names.v[i], &value);
	}
}

static void
look_at_flags(struct item *t)
{
	static const struct {
		uint64_t bit;
		const char *word;
	} words[] = {
		{STATX_ATTR_IMMUTABLE, "immutable"},
		{STATX_ATTR_APPEND, "append"},
		{STATX_ATTR_NODUMP, "nodump"},
		{STATX_ATTR_COMPRESSED, "compressed"},
		{STATX_ATTR_ENCRYPTED, "encrypted"},
		{STATX_ATTR_VERITY, "verity"},
		{STATX_ATTR_DAX, "dax"},
		{STATX_ATTR_AUTOMOUNT, "automount"},
		{STATX_ATTR_MOUNT_ROOT, "mountroot"},
	};
	size_t i;

	for (i = 0; t->st.stx_attributes && i < COUNT(words); i++)
		if (t->st.stx_attributes & words[i].bit)
			strlist_adds(&t->flags, words[i].word);
}

/* ---- names far apart --------------------------------------------------- */

/*
 * A file some of whose names are not in this batch: what its content told is
 * kept, and the next name is not read again. A worker gives it, the parent
 * keeps it without a look, another worker checks it.
 */
struct kept {
	uint64_t size, read;
	struct statx_timestamp modified, changed;
	unsigned char sha256[32];
	unsigned char head[4]; /* what triage_bytes looks at */
	uint8_t head_n, elf;
};

enum { KEPT_TEXTS = 6 }; /* behind it, each with its NUL; empty: none */

static bool
more_names(const struct item *t)
{
	const struct walk *w = &t->w->walk;
	uint32_t n = 1;
	size_t k;

	for (k = t->i; w->items[k].next; k = w->items[k].next)
		n++;
	return t->st.stx_nlink > n;
}

static void
keep(const struct item *t)
{
	const char *texts[KEPT_TEXTS] = {t->magic.s, t->interpreter.s,
	    t->elf.type, t->elf.machine, t->elf.linkage, t->elf.packed};
	struct str s cleanup_str = STR_INIT;
	struct kept k;
	size_t i;

	if (strlen(t->interpreter.s) != t->interpreter.n)
		return;
	memset(&k, 0, sizeof(k));
	k.size = t->st.stx_size;
	k.read = t->content.read;
	k.modified = t->st.stx_mtime;
	k.changed = t->st.stx_ctime;
	memcpy(k.sha256, t->content.sha256, sizeof(k.sha256));
	k.head_n = (uint8_t)(t->content.head_n < sizeof(k.head)
	    ? t->content.head_n : sizeof(k.head));
	memcpy(k.head, t->content.head, k.head_n);
	k.elf = t->elf.elf;
	str_add(&s, &k, sizeof(k));
	for (i = 0; i < KEPT_TEXTS; i++) {
		str_adds(&s, texts[i] ? texts[i] : "");
		str_addc(&s, '\0');
	}
	worker_give(s.s, s.n);
}

static bool
same_time(const struct statx_timestamp *a, const struct statx_timestamp *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* Is it the file that was kept, unchanged? Then as if it had been read. */
static bool
recall(struct item *t)
{
	const char *texts[KEPT_TEXTS], *p, *end;
	const void *v;
	struct kept k;
	size_t n, i;

	v = walk_remembered(&t->w->walk, t->i, &n);
	if (!v || n < sizeof(k))
		return false;
	memcpy(&k, v, sizeof(k));
	if (k.size != t->st.stx_size || k.read != k.size ||
	    !same_time(&k.modified, &t->st.stx_mtime) ||
	    !same_time(&k.changed, &t->st.stx_ctime) ||
	    k.head_n > sizeof(k.head))
		return false;
	p = (const char *)v + sizeof(k);
	end = (const char *)v + n;
	for (i = 0; i < KEPT_TEXTS; i++) {
		texts[i] = p;
		p = memchr(p, '\0', (size_t)(end - p));
		if (!p++)
			return false;
	}
	if (p != end || strlen(texts[3]) >= sizeof(t->elf.machine))
		return false;
	memcpy(t->kept_head, k.head, sizeof(k.head));
	t->content.read = t->content.size = k.size;
	t->content.whole = true;
	memcpy(t->content.sha256, k.sha256, sizeof(k.sha256));
	first_bytes(t, t->kept_head, k.head_n);
	str_sets(&t->magic, texts[0]);
	str_sets(&t->interpreter, texts[1]);
	t->elf.elf = k.elf;
	t->elf.type = texts[2][0] ? texts[2] : NULL;
	snprintf(t->elf.machine, sizeof(t->elf.machine), "%s", texts[3]);
	t->elf.linkage = texts[4][0] ? texts[4] : NULL;
	t->elf.packed = texts[5][0] ? texts[5] : NULL;
	return true;
}

/* A file that may be opened. False: nobody asked for it. */
static bool
look_at_file(struct item *t)
{
	struct content_hooks hooks = {.first = first_bytes, .arg = t};
	struct err e;

	if (recall(t)) {
		if (!t->chosen)
			return false;
		if (root_reopen(t->root, t->f, &e))
			item_note(t, "open", &e);
		else
			look_at_xattrs(t);
		return true;
	}
	if (content_read(t->w->reader, t->root, t->f, &hooks, &t->content,
		&e)) {
		/* it could not even be seen what it is */
		if (!t->chosen && !t->content.head_n)
			first_bytes(t, t->content.head, 0);
		content_note(t->r, t->scope, t->name.s, &t->content, &e);
		if (!t->content.head_n)
			return t->chosen;
	} else if (!t->chosen) {
		return false;
	}
	look_at_bytes(t);
	if (t->f->reading)
		look_at_xattrs(t);
	if (t->content.whole && more_names(t))
		keep(t);
	return true;
}

/* ---- files with power -------------------------------------------------- */

/*
 * What a file of no package could do much with is looked up in the database of
 * packages: of these few, and read once more for the digest that is recorded.
 * Of the programs that a shell finds by their name only the owner is asked
 * for: collect-packages compares them.
 */
enum power {
	POWER_NO,
	POWER_OWNER,
	POWER_CHECK,
};

static bool
lies_in(const char *path, const char *const *dirs)
{
	size_t n;

	for (; *dirs; dirs++) {
		n = strlen(*dirs);
		if (strncmp(path, *dirs, n) == 0)
			return true;
	}
	return false;
}

/* Directly in one of them. */
static bool
stands_in(const char *path, const char *const *dirs)
{
	size_t n = (size_t)(strrchr(path, '/') + 1 - path);

	for (; *dirs; dirs++)
		if (strlen(*dirs) == n && strncmp(path, *dirs, n) == 0)
			return true;
	return false;
}

static enum power
power_of(const struct item *t, const char *path, enum triage why)
{
	static const char *const temporary[] = {"/tmp/", "/var/tmp/",
	    "/dev/shm/", "/run/shm/", NULL};
	static const char *const found[] = {"/usr/local/sbin/",
	    "/usr/local/bin/", "/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/",
	    "/usr/local/games/", "/usr/games/", NULL};
	static const char *const names[] = {"/usr/local/sbin/",
	    "/usr/local/bin/", "/etc/alternatives/", NULL};
	mode_t m = t->st.stx_mode;
	bool runs = (m & 0111) || t->elf.elf;

	if (path[0] != '/')
		return POWER_NO;
	if (S_ISLNK(m))
		return stands_in(path, names) ? POWER_OWNER : POWER_NO;
	if (t->st.stx_attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND))
		return POWER_CHECK;
	if (!S_ISREG(m))
		return POWER_NO;
	if ((m & (S_ISUID | S_ISGID)) || t->capabilities.n)
		return POWER_CHECK;
	if (runs && (lies_in(path, temporary) ||
		(why != TRIAGE_HOME && strstr(path, "/."))))
		return POWER_CHECK;
	if ((m & S_IWOTH) && why != TRIAGE_HOME && why != TRIAGE_TEMPORARY)
		return POWER_CHECK;
	return runs && stands_in(path, found) ? POWER_OWNER : POWER_NO;
}

/* The database of a scope, and its root; NULL: its layers cannot be opened. */
static struct pkgdb *
packages_of(struct item *t, const char *scope, const char *origin,
    struct root **root)
{
	struct work *w = t->w;

	if (strcmp(origin, "host") == 0) {
		if (!w->host_packages)
			w->host_packages = pkgdb_open(w->c.root, NULL, "host");
		*root = w->c.root;
		return w->host_packages;
	}
	if (!w->packages || !str_eq(&w->tree_scope, scope)) {
		pkgdb_free(w->packages);
		w->packages = NULL;
		engine_tree_release(&w->tree);
		memset(&w->tree, 0, sizeof(w->tree));
		str_sets(&w->tree_scope, scope);
		/* what is missing of it the walk has noted */
		if (walk_tree(&w->walk, t->at, scope, &w->tree, NULL) == 0 &&
		    w->tree.root)
			w->packages = pkgdb_open(w->tree.root, NULL,
			    w->tree_scope.s);
	}
	*root = w->tree.root;
	return w->packages;
}

static void
row_package(struct item *t, const char *scope, const char *origin,
    enum triage why)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	const char *path = walk_path(&t->w->walk, t->at), *state = NULL;
	enum power power = power_of(t, path, why);
	struct pkg_owned owned = {0};
	struct pkgdb *db;
	struct root *root;

	/* what the makers of images install is theirs */
	if (power == POWER_NO || strcmp(origin, "image") == 0)
		return;
	db = packages_of(t, scope, origin, &root);
	if (!db || pkgdb_none(db)) {
		state = pkg_state_name(PKG_UNKNOWN);
	} else if (root_find(root, path, S_ISLNK(t->st.stx_mode) ? 0 :
		       ROOT_NOFOLLOW, &f, NULL)) {
		return; /* a link to nowhere; or it is gone */
	} else if (power == POWER_CHECK) {
		state = pkg_state_name(pkgdb_check(db, root, &f, &owned, NULL));
	} else if (!pkgdb_owner(db, f.path.s, &owned)) {
		state = pkg_state_name(PKG_UNPACKAGED);
	}
	rec_text(t->r, COL_file_package, owned.package);
	rec_text(t->r, COL_file_package_state, state);
}

/* ---- rows -------------------------------------------------------------- */

static const char *
type_word(mode_t m)
{
	switch (m & S_IFMT) {
	case S_IFREG:
		return "file";
	case S_IFDIR:
		return "directory";
	case S_IFLNK:
		return "symlink";
	case S_IFIFO:
		return "fifo";
	case S_IFSOCK:
		return "socket";
	case S_IFCHR:
		return "char";
	case S_IFBLK:
		return "block";
	}
	return NULL;
}

static int64_t
device(uint32_t major, uint32_t minor)
{
	return (int64_t)major << 20 | minor;
}

static int64_t
time_of(const struct statx_timestamp *t)
{
	return civil_ns(t->tv_sec, t->tv_nsec);
}

static void
row_metadata(struct item *t, bool host)
{
	const struct account *a;
	const struct statx *s = &t->st;
	struct rec *r = t->r;

	rec_int(r, COL_file_mode, s->stx_mode & 07777);
	rec_int(r, COL_file_uid, s->stx_uid);
	rec_int(r, COL_file_gid, s->stx_gid);
	if (host && (a = accounts_by_uid(walk_accounts(&t->w->walk),
			 s->stx_uid)))
		rec_str(r, COL_file_owner, &a->name);
	rec_int(r, COL_file_size, (int64_t)s->stx_size);
	if (S_ISREG(s->stx_mode) && t->content.read != s->stx_size)
		rec_int(r, COL_file_read_size, (int64_t)t->content.read);
	if (S_ISREG(s->stx_mode) && s->stx_blocks * 512 < s->stx_size)
		rec_int(r, COL_file_allocated, (int64_t)s->stx_blocks * 512);
	rec_int(r, COL_file_device, device(s->stx_dev_major, s->stx_dev_minor));
	rec_int(r, COL_file_inode, (int64_t)s->stx_ino);
	rec_int(r, COL_file_links, s->stx_nlink);
	if (S_ISCHR(s->stx_mode) || S_ISBLK(s->stx_mode))
		rec_int(r, COL_file_rdev, device(s->stx_rdev_major,
		    s->stx_rdev_minor));
	rec_str(r, COL_file_target, &t->target);
	rec_list(r, COL_file_flags, &t->flags);
	rec_list(r, COL_file_xattrs, &t->xattrs);
	rec_str(r, COL_file_capabilities, &t->capabilities);
}

static void
row_content(struct item *t)
{
	struct str hex cleanup_str = STR_INIT;
	struct rec *r = t->r;

	rec_str(r, COL_file_magic, &t->magic);
	rec_str(r, COL_file_interpreter, &t->interpreter);
	if (t->elf.elf) {
		rec_text(r, COL_file_elf_type, t->elf.type);
		if (t->elf.machine[0])
			rec_text(r, COL_file_elf_machine, t->elf.machine);
		rec_text(r, COL_file_elf_linkage, t->elf.linkage);
		rec_text(r, COL_file_packed, t->elf.packed);
	}
	if (t->content.whole) {
		str_add_hex(&hex, t->content.sha256, 32);
		rec_str(r, COL_file_sha256, &hex);
	}
}

static void
row(void *arg, const char *scope, const char *origin, bool hidden,
    const char *host_path)
{
	struct item *t = arg;
	enum triage why = why_of(t, t->at);
	struct rec *r = t->r;

	rec_begin(r, KIND_file);
	rec_text(r, COL_file_scope, scope);
	rec_text(r, COL_file_path, walk_path(&t->w->walk, t->at));
	rec_text(r, COL_file_host_path, host_path);
	rec_text(r, COL_file_origin, origin);
	if (hidden)
		rec_bool(r, COL_file_hidden, true);
	rec_text(r, COL_file_type, type_word(t->st.stx_mode));
	/* a name that says nothing, of a file that another chose */
	rec_text(r, COL_file_why, triage_name(why != TRIAGE_NO ? why : t->why));
	row_metadata(t, strcmp(origin, "host") == 0);
	row_content(t);
	row_package(t, scope, origin, why != TRIAGE_NO ? why : t->why);
	rec_time(r, COL_file_modified_time, time_of(&t->st.stx_mtime));
	rec_time(r, COL_file_changed_time, time_of(&t->st.stx_ctime));
	/* that of a link is whoever followed it last, we for one */
	if (!S_ISLNK(t->st.stx_mode))
		rec_time(r, COL_file_accessed_time, time_of(&t->st.stx_atime));
	if (t->st.stx_mask & STATX_BTIME)
		rec_time(r, COL_file_birth_time, time_of(&t->st.stx_btime));
	rec_end(r);
}

/* ---- items ------------------------------------------------------------- */

static void
item_release(struct item *t)
{
	str_release(&t->name);
	elf_facts_release(&t->elf);
	str_release(&t->magic);
	str_release(&t->interpreter);
	str_release(&t->target);
	str_release(&t->capabilities);
	strlist_release(&t->flags);
	strlist_release(&t->xattrs);
}

static void
look(struct item *t)
{
	struct walk *w = &t->w->walk;
	struct err e;
	size_t k;

	t->root = walk_open(w, t->i, t->f, &e);
	if (!t->root || root_statx(t->root, t->f, &t->st, &e)) {
		item_note(t, "open", &e);
		return;
	}
	if (S_ISREG(t->st.stx_mode)) {
		if (!look_at_file(t))
			return;
	} else {
		first_bytes(t, NULL, 0);
		if (!t->chosen)
			return;
		if (S_ISLNK(t->st.stx_mode) &&
		    root_readlink(t->root, t->f, &t->target, &e))
			item_note(t, "readlink", &e);
	}
	look_at_flags(t);
	for (k = t->i;; k = w->items[k].next) {
		t->at = k;
		walk_scopes(w, k, t->r, row, t);
		if (!w->items[k].next)
			break;
	}
}

/* Worker: item i of the batch. */
static void
do_item(void *arg, size_t i, struct rec *r)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct work *w = arg;
	struct item t = {.w = w, .r = r, .i = i, .f = &f, .name = STR_INIT,
	    .elf = ELF_FACTS_INIT, .magic = STR_INIT, .interpreter = STR_INIT,
	    .target = STR_INIT, .capabilities = STR_INIT};

	if (!w->walk.items[i].name) {
		if (!w->reader)
			w->reader = content_new();
		walk_name(&w->walk, i, &t.name, &t.scope);
		look(&t);
		item_release(&t);
	}
	if (w->ticks)
		worker_give("", 0);
}

static void
item_name(void *arg, size_t i, struct str *out, const char **scope)
{
	struct work *w = arg;

	walk_name(&w->walk, i, out, scope);
}

/* Parent: an item is done, or something to keep of it. */
static void
item_done(void *arg, size_t i, const void *p, size_t n)
{
	struct work *w = arg;

	if (!n)
		walk_tick(&w->walk, 1, w->walk.items[i].size);
	else if (n <= FILE_KEPT_MAX)
		walk_remember(&w->walk, i, p, n);
}

static void
batch(void *arg)
{
	struct work *w = arg;
	struct worker_map m = {
		.n = w->walk.n, .fn = do_item, .name = item_name,
		.take = item_done, .arg = w, .op = "read",
		.seconds = CONTENT_SECONDS,
	};
	struct err e;

	if (m.n && worker_map(&m, w->c.rec, &e))
		die("%s", e.msg);
}

/* Nothing is locked yet: lists from outside, and what of a live host is
 * ours. */
static void
prepare(struct collect *c)
{
	struct work *w = (struct work *)c;
	size_t i;

	known_use(&w->known_good);
	w->out = walk_out_new();
	walk_out_self(w->out);
	for (i = 0; i < w->leave_out.n; i++)
		walk_out_add(w->out, w->leave_out.v[i].s);
}

int
main(int argc, char **argv)
{
	struct work w = {.leave_out = STRLIST_INIT,
	    .known_good = STRLIST_INIT, .tree_scope = STR_INIT};
	struct collect *c = &w.c;
	const struct cli_opt more[] = {
		{0, "all", CLI_FLAG, &w.all, NULL,
		    "every file, not only what matters in triage (-L)"},
		SELECT_HOST(&w.select),
		SELECT_CONTAINERS(&w.select),
		SELECT_IMAGES(&w.select),
		{0, "leave-out", CLI_LIST, &w.leave_out, "PATH",
		    "live: a file or tree that is ours, the case for one"},
		{0, "known-good", CLI_LIST, &w.known_good, "FILE",
		    "a list of digests that overrules the package database"},
		{0, "progress", CLI_FLAG, &w.walk.show, NULL,
		    "show the progress also where stderr is no terminal"},
		{0},
	};

	c->tool = "collect-files";
	c->about = "Print what files there are and what is in them: of a host, "
		   "and of every layer of its containers and images.";
	c->more = more;
	c->keep = LOCK_DAC_READ_SEARCH | LOCK_FOWNER | LOCK_SYS_ADMIN;
	c->store_probe = engine_store_probe;
	c->engines = engine_names;
	c->archive = engine_archive_root;
	c->memory = true;
	c->print_list = triage_print;
	c->prepare = prepare;
	collect_begin(c, argc, argv);
	select_begin(&w.select, c->evidence != EVIDENCE_STORE, c->rec);
	magicdb_open(); /* workers share it */
	w.walk.select = &w.select;
	w.ticks = w.walk.show || isatty(STDERR_FILENO);
	walk_begin(&w.walk, c, w.all, w.out);
	walk_run(&w.walk, batch, &w);
	walk_end(&w.walk);
	walk_out_free(w.out);
	select_release(&w.select);
	strlist_release(&w.leave_out);
	strlist_release(&w.known_good);
	return collect_end(c);
}
