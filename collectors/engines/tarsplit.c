#include "tarsplit.h"

#include "filecaps.h"
#include "limits.h"
#include "storelib.h"
#include "tarlist.h"

#include <sys/sysmacros.h>

enum { IDS = 256 };

/* What became of the ids of a list where they were shifted. */
struct ids {
	bool same; /* they were not */
	size_t n;
	struct id {
		uint32_t listed, most;
		int64_t votes; /* for most, less those for others */
	} v[IDS];
};

struct split {
	struct blobs *b;
	const char *dir;
	size_t dir_n;
	enum root_layering how;
	unsigned flags;
	struct tar_list list;
	struct ids uid, gid;
	const char *override; /* attribute that says what a file is */
	struct lost { /* ... and it is gone */
		bool is;
		mode_t mask;  /* mode of what is there in place of all modes */
		uint32_t uid, gid;
		size_t other, masked; /* listed with another mode; and have it */
		size_t there; /* objects with an attribute */
	} lost;
	bool failed;	      /* something could not be looked at */
	size_t told, untold;
};

/* ---- CRC-64 of ISO 3309, eight bytes at a time ---------------------------- */

static uint64_t tables[8][256];

static void
make_tables(void)
{
	int i, k;

	if (tables[0][1])
		return;
	for (i = 0; i < 256; i++) {
		uint64_t c = (uint64_t)i;

		for (k = 0; k < 8; k++)
			c = c & 1 ? c >> 1 ^ 0xd800000000000000ULL : c >> 1;
		tables[0][i] = c;
	}
	for (i = 0; i < 256; i++)
		for (k = 1; k < 8; k++)
			tables[k][i] = tables[k - 1][i] >> 8 ^
			    tables[0][tables[k - 1][i] & 0xff];
}

static uint64_t
crc_add(uint64_t crc, const char *p, size_t n)
{
	int k;

	crc = ~crc;
	for (; n >= 8; p += 8, n -= 8) {
		uint64_t next = 0;

		for (k = 0; k < 8; k++)
			crc ^= (uint64_t)(unsigned char)p[k] << 8 * k;
		for (k = 0; k < 8; k++)
			next ^= tables[7 - k][crc >> 8 * k & 0xff];
		crc = next;
	}
	while (n--)
		crc = tables[0][(crc ^ (unsigned char)*p++) & 0xff] ^ crc >> 8;
	return ~crc;
}

/* ---- what lies there -------------------------------------------------------- */

/* An object as the engine shows it. */
struct have {
	mode_t mode;
	dev_t dev;
	uint32_t uid, gid;
	bool owned; /* the ids are those of the list */
	bool no_mode, no_owner; /* are not known */
};

/*
 * fuse-overlayfs and containers-storage's force_mask keep owner, mode and type
 * of what an ordinary user may not make in an attribute, and look at it where
 * the layer's own directory has one (fuse-overlayfs main.c, read_dirs;
 * containers/storage pkg/idtools, parseOverrideXattr): UID:GID:MODE[:TYPE].
 */
static const char *const overrides[] = {"security.fuseoverlayfs.override_stat",
    "user.fuseoverlayfs.override_stat", "user.containers.override_stat"};

static void
find_override(struct split *x)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str v cleanup_str = STR_INIT;
	struct root *r = x->b->s->root;
	struct err e;
	size_t i;

	if (x->how != ROOT_FUSE || root_find(r, x->dir, 0, &f, &e))
		return;
	for (i = 0; !x->override && i < COUNT(overrides); i++)
		if (root_getxattr(r, &f, overrides[i], &v, &e) == 0)
			x->override = overrides[i];
}

static int
count_masked(void *arg, struct root_file *f)
{
	struct split *x = arg;
	struct lost *l = &x->lost;
	struct str v cleanup_str = STR_INIT;
	struct tar_entry *t;
	struct err e;
	size_t i;

	t = f->path.n > x->dir_n
	    ? tarlist_find(&x->list, f->path.s + x->dir_n) : NULL;
	if (!t || !(t = tarlist_resolve(&x->list, t)) ||
	    !(t->flags & TAR_OWNED) ||
	    !(S_ISREG(f->st.st_mode) || S_ISDIR(f->st.st_mode)))
		return 0;
	for (i = 0; i < COUNT(overrides); i++)
		if (root_getxattr(x->b->s->root, f, overrides[i], &v, &e) == 0)
			l->there++;
	if (t->mode == l->mask)
		return 0;
	l->other++;
	l->masked += (f->st.st_mode & 07777) == l->mask;
	return 0;
}

/*
 * A copy without extended attributes lacks them all, and what is left is the
 * mask: of (nearly) everything that the list has with another mode it is that
 * of the layer's own directory. That of containers-storage's "private", 0700, no
 * directory of a layer has otherwise; with "shared", 0755, it takes a few.
 */
static void
find_lost(struct split *x)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct lost *l = &x->lost;
	struct err e;

	if (x->how != ROOT_FUSE || x->override ||
	    root_find(x->b->s->root, x->dir, 0, &f, &e))
		return;
	l->mask = f.st.st_mode & 07777;
	l->uid = f.st.st_uid;
	l->gid = f.st.st_gid;
	root_scan(x->b->s->root, x->dir, count_masked, NULL, x, &e);
	l->is = !l->there && l->other >= (l->mask == 0700 ? 1 : 4) &&
	    l->masked * 8 >= l->other * 7;
	if (l->is && !x->b->masked++)
		str_sets(&x->b->masked_where, x->dir);
}

static bool
read_override(const char *v, struct have *h)
{
	unsigned uid, gid, mode, a = 0, b = 0;
	int n = 0;

	if (sscanf(v, "%u:%u:%o%n", &uid, &gid, &mode, &n) != 3)
		return false;
	mode &= 07777;
	h->uid = uid;
	h->gid = gid;
	h->mode = (h->mode & S_IFMT) | mode;
	h->owned = true;
	v += n;
	if (strncmp(v, ":char-", 6) == 0 || strncmp(v, ":block-", 7) == 0) {
		sscanf(strchr(v, '-'), "-%u-%u", &a, &b);
		h->dev = makedev(a, b);
		h->mode = mode | (v[1] == 'c' ? S_IFCHR : S_IFBLK);
	} else if (strncmp(v, ":pipe", 5) == 0) {
		h->mode = mode | S_IFIFO;
	} else if (strncmp(v, ":socket", 7) == 0) {
		h->mode = mode | S_IFSOCK;
	}
	return true;
}

static struct have
look(struct split *x, const struct root_file *f)
{
	struct have h = {f->st.st_mode, f->st.st_rdev, f->st.st_uid,
	    f->st.st_gid, false, false, false};
	struct str v cleanup_str = STR_INIT;
	struct err e;

	/* links have none, and then nothing is known of them */
	if (x->override && (root_getxattr(x->b->s->root, f, x->override, &v,
				&e) || !read_override(v.s, &h)))
		h.no_mode = h.no_owner = !S_ISREG(h.mode) && !S_ISDIR(h.mode);
	if (x->lost.is) {
		h.no_mode = (h.mode & 07777) == x->lost.mask;
		h.no_owner = h.uid == x->lost.uid && h.gid == x->lost.gid;
	}
	return h;
}

/* What it is, in words. */
static void
word(struct str *out, mode_t m, unsigned a, unsigned b)
{
	if (S_ISCHR(m) || S_ISBLK(m))
		str_addf(out, "%s device %u:%u", S_ISCHR(m) ? "character"
		    : "block", a, b);
	else
		str_adds(out, S_ISREG(m) ? "file" : S_ISDIR(m) ? "directory"
		    : S_ISLNK(m) ? "link" : S_ISFIFO(m) ? "FIFO" : "socket");
}

/* Type of a file by that of the list; 0: not known. */
static mode_t
listed_type(const struct tar_entry *t)
{
	switch (t->type) {
	case '0':
	case 'S':
		return S_IFREG;
	case '2':
		return S_IFLNK;
	case '3':
		return S_IFCHR;
	case '4':
		return S_IFBLK;
	case '5':
		return S_IFDIR;
	case '6':
		return S_IFIFO;
	default:
		return 0;
	}
}

/* ---- owners ------------------------------------------------------------------ */

/*
 * Where ids are shifted (user namespaces of Docker and podman) nothing in the
 * store says how. Each id of the list became the one that most of its files
 * have; where there is no most, nobody is told of. Errors of chown that were
 * ignored (ignore_chown_errors) look the same.
 */
static void
vote(struct ids *ids, uint32_t listed, uint32_t has)
{
	struct id *v;
	size_t i;

	for (i = 0; i < ids->n && ids->v[i].listed != listed; i++)
		;
	v = &ids->v[i];
	if (i == IDS)
		return;
	if (i == ids->n) {
		v->listed = listed;
		v->votes = 0;
		ids->n++;
	}
	if (!v->votes)
		v->most = has;
	v->votes += v->most == has ? 1 : -1;
}

/* What the id of a list should be here; has, where that is not known. */
static uint32_t
shifted(const struct ids *ids, uint32_t listed, uint32_t has)
{
	size_t i;

	if (ids->same)
		return listed;
	for (i = 0; i < ids->n; i++)
		if (ids->v[i].listed == listed && ids->v[i].votes > 0)
			return ids->v[i].most;
	return has;
}

static int
learn(void *arg, struct root_file *f)
{
	struct split *x = arg;
	struct tar_entry *t;

	t = f->path.n > x->dir_n
	    ? tarlist_find(&x->list, f->path.s + x->dir_n) : NULL;
	if (t && (t = tarlist_resolve(&x->list, t)) && t->flags & TAR_OWNED) {
		vote(&x->uid, t->uid, f->st.st_uid);
		vote(&x->gid, t->gid, f->st.st_gid);
	}
	return 0;
}

/* An engine makes the directory of a layer as root of its namespace. */
static void
learn_owners(struct split *x)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	const struct tar_entry *top = &x->list.top;
	struct err e;

	if (root_find(x->b->s->root, x->dir, 0, &f, &e))
		return;
	x->uid.same = f.st.st_uid == 0;
	x->gid.same = f.st.st_gid == 0;
	if (!top->type || !top->uid)
		vote(&x->uid, 0, f.st.st_uid);
	if (!top->type || !top->gid)
		vote(&x->gid, 0, f.st.st_gid);
	if (!x->uid.same || !x->gid.same)
		root_scan(x->b->s->root, x->dir, learn, NULL, x, &e);
}

/* ---- comparing ----------------------------------------------------------------- */

static void
tell(struct split *x, const char *path, const char *what, const char *expected,
    const char *actual, int64_t size, const char *damage)
{
	struct str p cleanup_str = STR_INIT, at cleanup_str = STR_INIT;

	if (x->told >= TARSPLIT_TOLD) {
		x->untold++;
		return;
	}
	x->told++;
	str_addf(&p, "%s%s", x->dir, path);
	blobs_told(x->b, engine_path(x->b->s, p.s, &at), what, expected,
	    actual, size, damage);
}

static void
tell_crc(struct split *x, const char *path, const char *what, uint64_t want,
    const uint64_t *got, int64_t size, const char *damage)
{
	char expected[32], actual[32] = "";

	snprintf(expected, sizeof(expected), "crc64:%016llx",
	    (unsigned long long)want);
	if (got)
		snprintf(actual, sizeof(actual), "crc64:%016llx",
		    (unsigned long long)*got);
	tell(x, path, what, expected, actual, size, damage);
}

/* Are its bytes elsewhere? In a layer that was copied for other ids they may
 * be, and only there the kernel looks for them. */
static bool
elsewhere(struct split *x, const struct root_file *f)
{
	struct str v cleanup_str = STR_INIT;
	struct err e;

	return x->flags & TARSPLIT_MAPPED &&
	    (root_getxattr(x->b->s->root, f, "trusted.overlay.metacopy", &v,
		 &e) == 0 ||
		root_getxattr(x->b->s->root, f, "user.overlay.metacopy", &v,
		    &e) == 0);
}

/* Content of a regular file against the list. */
static void
content(struct split *x, struct root_file *f, const char *path,
    const struct tar_entry *t)
{
	struct blobs *b = x->b;
	uint64_t crc = 0;
	struct err e;
	off_t at = 0;
	ssize_t k;

	if (f->st.st_size > b->left) {
		if (!b->unchecked++)
			str_sets(&b->where, x->dir);
		return;
	}
	if (elsewhere(x, f))
		return;
	b->left -= f->st.st_size;
	if (root_reopen(b->s->root, f, &e)) {
		store_note_err(b->rec, b->s, f->path.s, &e);
		return;
	}
	while (at < f->st.st_size &&
	    (k = pread(f->fd, b->buf, BLOBS_BUFFER, at)) > 0) {
		crc = crc_add(crc, b->buf, (size_t)k);
		at += k;
	}
	if (f->st.st_size != t->size || crc != t->crc)
		tell_crc(x, path, "file", t->crc, &crc, f->st.st_size,
		    f->st.st_size == 0 ? "empty"
			: f->st.st_size < t->size ? "cut"
						  : NULL);
}

/* Capabilities that it got; that some are gone harms nobody, and is what a copy
 * of the disk without attributes looks like. */
static void
capabilities(struct split *x, struct root_file *f, const char *path,
    const struct tar_entry *t)
{
	struct str v cleanup_str = STR_INIT, now cleanup_str = STR_INIT;
	const char *was = tarlist_text(&x->list, t), *root;
	struct err e;

	if (root_getxattr(x->b->s->root, f, "security.capability", &v, &e) ||
	    filecaps_text(v.s, v.n, &now))
		return;
	/* whose namespace it is for is the engine's */
	root = strstr(now.s, " [rootid=");
	if (root)
		str_cut(&now, (size_t)(root - now.s));
	if (strcmp(now.s, was) != 0 && strcmp(now.s, "=") != 0)
		tell(x, path, "capabilities", *was ? was : "none", now.s, -1,
		    NULL);
}

/* A target, readable. */
static void
target(struct split *x, struct root_file *f, const char *path,
    const struct tar_entry *t)
{
	struct str now cleanup_str = STR_INIT, a cleanup_str = STR_INIT;
	struct str b cleanup_str = STR_INIT;
	const char *was = tarlist_text(&x->list, t);
	struct err e;

	if (!*was || root_readlink(x->b->s->root, f, &now, &e) ||
	    strcmp(now.s, was) == 0)
		return;
	str_add_readable(&a, was, strlen(was));
	str_add_readable(&b, now.s, now.n);
	tell(x, path, "target", a.s, b.s, -1, NULL);
}

static void
owner_and_mode(struct split *x, const char *path, const struct tar_entry *t,
    const struct have *h)
{
	char want[32], has[32];
	uint32_t uid = t->uid, gid = t->gid;
	mode_t mode = t->mode;

	if (!(t->flags & TAR_OWNED))
		return;
	if (h->owned) /* podman 4 keeps no set-id and no sticky bits there */
		mode &= 0777 | (h->mode & 07000);
	if (!h->no_mode && !S_ISLNK(h->mode) && mode != (h->mode & 07777)) {
		snprintf(want, sizeof(want), "%05o", mode);
		snprintf(has, sizeof(has), "%05o", h->mode & 07777);
		tell(x, path, "mode", want, has, -1, NULL);
	}
	/* podman 4 forgets some directories of a copy for other ids */
	if (x->flags & TARSPLIT_MAPPED || h->no_owner)
		return;
	if (!h->owned) {
		uid = shifted(&x->uid, uid, h->uid);
		gid = shifted(&x->gid, gid, h->gid);
	}
	if (uid != h->uid || gid != h->gid) {
		snprintf(want, sizeof(want), "%u:%u", uid, gid);
		snprintf(has, sizeof(has), "%u:%u", h->uid, h->gid);
		tell(x, path, "owner", want, has, -1, NULL);
	}
}

/* Is a hard link still the file that it was made of, which is compared by that
 * name? If not, its content has to be the same. */
static bool
same_file(struct split *x, const struct root_file *f, const struct tar_entry *t)
{
	struct root_file other cleanup_root_file = ROOT_FILE_INIT;
	struct str p cleanup_str = STR_INIT, q cleanup_str = STR_INIT;
	struct err e;

	str_addf(&p, "%s%s", x->dir, tarlist_path(&x->list, t, &q));
	return root_find(x->b->s->root, p.s, ROOT_NOFOLLOW, &other, &e) == 0 &&
	    other.st.st_dev == f->st.st_dev && other.st.st_ino == f->st.st_ino;
}

/* What the list has under that name; ROOT_PRUNE: nothing below is of it. */
static int
compare(struct split *x, struct root_file *f, const char *path,
    struct tar_entry *t)
{
	struct str want cleanup_str = STR_INIT, has cleanup_str = STR_INIT;
	struct have h = look(x, f);
	struct tar_entry *of;
	mode_t type;

	if (t->type == 'w') {
		if ((S_ISREG(h.mode) && f->st.st_size) || S_ISLNK(h.mode) ||
		    S_ISDIR(h.mode)) {
			tell(x, path, "added", "", "", S_ISREG(h.mode)
			    ? f->st.st_size : -1, NULL);
			return S_ISDIR(h.mode) ? ROOT_PRUNE : 0;
		}
		return 0;
	}
	of = tarlist_resolve(&x->list, t);
	type = of ? listed_type(of) : 0;
	if (!type || (of != t && same_file(x, f, of)))
		return 0;
	/* a device was an empty file with an attribute */
	if (x->lost.is && h.no_mode && S_ISREG(h.mode) && !f->st.st_size &&
	    !S_ISDIR(type) && !S_ISLNK(type))
		return 0;
	word(&want, type, (unsigned)(of->size >> 32), (unsigned)of->size);
	word(&has, h.mode, major(h.dev), minor(h.dev));
	if (!str_eq(&want, has.s)) {
		tell(x, path, "type", want.s, has.s, S_ISREG(h.mode)
		    ? f->st.st_size : -1, NULL);
		if (S_ISDIR(type))
			tarlist_saw(&x->list, path);
		return S_ISDIR(h.mode) ? ROOT_PRUNE : 0;
	}
	if (S_ISLNK(type))
		target(x, f, path, of);
	owner_and_mode(x, path, of, &h);
	if (S_ISREG(type) && (h.mode & 0111 || of->flags & TAR_TEXT))
		capabilities(x, f, path, of);
	if (S_ISREG(type) && of->type == '0')
		content(x, f, path, of);
	return 0;
}

/* fuse-overlayfs keeps whiteouts as they are in the archive. */
static bool
kept_whiteout(struct split *x, const char *path)
{
	const char *base = strrchr(path, '/') + 1;
	struct str p cleanup_str = STR_INIT;
	struct tar_entry *t;

	if (x->how != ROOT_FUSE || strncmp(base, ".wh.", 4) != 0)
		return false;
	str_add(&p, path, (size_t)(base - path));
	str_adds(&p, base + 4);
	t = tarlist_find(&x->list, p.s);
	return t && t->type == 'w';
}

static int
object(void *arg, struct root_file *f)
{
	struct split *x = arg;
	const char *path = f->path.s + x->dir_n;
	mode_t m = f->st.st_mode;
	struct tar_entry *t;

	if (f->path.n <= x->dir_n)
		return 0;
	t = tarlist_find(&x->list, path);
	if (t) {
		t->flags |= TAR_SEEN;
		return compare(x, f, path, t);
	}
	/* sockets are in no archive; AUFS has names of its own */
	if (x->flags & (TARSPLIT_WHOLE | TARSPLIT_MAPPED) || S_ISSOCK(m) ||
	    kept_whiteout(x, path) ||
	    strncmp(strrchr(path, '/'), "/.wh..wh.", 9) == 0 ||
	    (S_ISDIR(m) && tarlist_below(&x->list, path)))
		return 0;
	tell(x, path, "added", "", "", S_ISREG(m) ? f->st.st_size : -1, NULL);
	return S_ISDIR(m) ? ROOT_PRUNE : 0;
}

static void
bad(void *arg, const char *path, const struct err *e)
{
	struct split *x = arg;
	struct err fine = *e;

	x->failed = true;
	fine.fine = true; /* who reads the layer itself is told */
	store_note_err(x->b->rec, x->b->s, path, &fine);
}

/* Of a directory that is gone, it alone. A user makes no devices. */
static void
missing(struct split *x)
{
	struct str p cleanup_str = STR_INIT;
	struct tar_entry *t;
	size_t i;

	for (i = 0; i < x->list.n; i++) {
		t = &x->list.v[i];
		if (t->flags & TAR_SEEN || !strchr("0S1256", t->type))
			continue;
		tarlist_path(&x->list, t, &p);
		if (t->type == '5')
			tarlist_saw(&x->list, p.s);
		if (t->type == '0')
			tell_crc(x, p.s, "missing", t->crc, NULL, t->size, NULL);
		else
			tell(x, p.s, "missing", "", "", -1, NULL);
	}
}

void
tarsplit_check(struct blobs *b, const char *split, const char *dir,
    enum root_layering how, unsigned flags)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct split *x;
	struct err e;

	if (!store_is_dir(b->s->root, dir) ||
	    root_find(b->s->root, split, ROOT_NOFOLLOW, &f, &e) ||
	    !S_ISREG(f.st.st_mode) || root_reopen(b->s->root, &f, &e))
		return;
	make_tables();
	x = xcalloc(1, sizeof(*x));
	x->b = b;
	x->dir = dir;
	x->dir_n = strlen(dir);
	x->how = how;
	x->flags = flags;
	str_init(&x->list.text);
	str_init(&x->list.between);
	if (tarlist_read(&x->list, &f, how, flags & TARSPLIT_WHOLE, &e)) {
		e.fine = true; /* the layer itself is read all the same */
		store_note_err(b->rec, b->s, split, &e);
	} else {
		find_override(x);
		find_lost(x);
		if (!(flags & TARSPLIT_MAPPED) && !x->override)
			learn_owners(x);
		if (root_walk(b->s->root, dir, object, bad, x, &e) < 0)
			bad(x, dir, &e);
		if (!x->failed)
			missing(x);
		if (x->untold)
			store_note(b->rec, b->s, ERR_LIMIT, dir, "%zu more "
			    "files differ from the list of the layer "
			    "(TARSPLIT_TOLD)", x->untold);
	}
	tarlist_release(&x->list);
	free(x);
}
