#include "root-internal.h"

#include "limits.h"

#include <errno.h>
#include <linux/stat.h>
#include <sys/sysmacros.h>

/*
 * A handle is ROOT_MEM_HANDLE + slot * NODES + node. Nodes are names, inodes
 * what they name. Numbers are never used twice: a node that was replaced is
 * dead, and what is below it can no longer be reached.
 */
#define NODE_BITS 22
#define NODES (1U << NODE_BITS)
#define TREES 64
#define NONE 0 /* the top is nobody's child, link or entry */

enum { DEAD = 1, WHITEOUT = 2, OPAQUE = 4, MADE = 8 };

struct node {
	uint32_t parent, next; /* next: of the same directory */
	uint32_t child;	       /* of a directory: its latest */
	uint32_t inode;
	uint32_t name;	       /* in text */
	uint32_t flags;
};

struct inode {
	mode_t mode;
	uint32_t links;
	uid_t uid;
	gid_t gid;
	dev_t rdev;
	struct timespec modified, changed, accessed;
	bool has_changed, has_accessed;
	uint32_t target, xattrs, xattrs_n; /* in text */
	struct root_mem_where where;
};

struct pending {
	uint32_t base;
	struct str path, target;
};

struct root_mem {
	const struct root_mem_ops *ops;
	void *arg;
	uint32_t slot;
	struct node *nodes;
	size_t nodes_n, nodes_cap;
	struct inode *inodes;
	size_t inodes_n, inodes_cap;
	struct str text;
	uint32_t *hash; /* of (parent, name) to node; 0: free */
	size_t hash_cap;
	struct pending *pending;
	size_t pending_n, replaced;
};

static struct root_mem *trees[TREES];

/* ---- names ------------------------------------------------------------- */

static uint32_t
hash_of(uint32_t parent, const char *name, size_t n)
{
	uint32_t h = 2166136261U ^ parent * 2654435761U;

	while (n--)
		h = (h ^ (unsigned char)*name++) * 16777619U;
	return h ^ h >> 15;
}

/* The slot of a name: of its node, or a free one. */
static uint32_t *
slot_of(const struct root_mem *m, uint32_t parent, const char *name, size_t n)
{
	size_t i = hash_of(parent, name, n) & (m->hash_cap - 1);
	const struct node *o;

	for (; m->hash[i]; i = (i + 1) & (m->hash_cap - 1)) {
		o = &m->nodes[m->hash[i]];
		if (o->parent == parent &&
		    strncmp(m->text.s + o->name, name, n) == 0 &&
		    !m->text.s[o->name + n])
			break;
	}
	return &m->hash[i];
}

static void
grow(struct root_mem *m)
{
	size_t i;

	if (m->nodes_n < m->nodes_cap)
		return;
	m->nodes_cap *= 2;
	m->nodes = xreallocarray(m->nodes, m->nodes_cap, sizeof(*m->nodes));
	free(m->hash);
	m->hash_cap = 2 * m->nodes_cap;
	m->hash = xcalloc(m->hash_cap, sizeof(*m->hash));
	for (i = 1; i < m->nodes_n; i++) {
		const char *name = m->text.s + m->nodes[i].name;

		if (!(m->nodes[i].flags & DEAD))
			*slot_of(m, m->nodes[i].parent, name, strlen(name)) =
			    (uint32_t)i;
	}
}

static uint32_t
lookup(const struct root_mem *m, uint32_t dir, const char *name, size_t n)
{
	uint32_t at = *slot_of(m, dir, name, n);

	return at && !(m->nodes[at].flags & DEAD) ? at : NONE;
}

static uint32_t
add_text(struct root_mem *m, const char *p, size_t n)
{
	uint32_t at = (uint32_t)m->text.n;

	str_add(&m->text, p, n);
	str_addc(&m->text, '\0');
	return at;
}

static int
room(const struct root_mem *m, size_t text, struct err *e)
{
	if (m->nodes_n >= ROOT_MEM_NODES_MAX ||
	    m->inodes_n >= ROOT_MEM_NODES_MAX)
		return err_set(e, ERR_LIMIT, 0, "over %d members "
		    "(ROOT_MEM_NODES_MAX)", ROOT_MEM_NODES_MAX);
	if (m->text.n + text + 1 > ROOT_MEM_TEXT_MAX)
		return err_set(e, ERR_LIMIT, 0, "names and attributes of "
		    "members take over %d bytes (ROOT_MEM_TEXT_MAX)",
		    ROOT_MEM_TEXT_MAX);
	return 0;
}

static struct inode *
inode_of(const struct root_mem *m, uint32_t node)
{
	return &m->inodes[m->nodes[node].inode];
}

static bool
is_dir(const struct root_mem *m, uint32_t node)
{
	return S_ISDIR(inode_of(m, node)->mode);
}

static uint32_t
new_inode(struct root_mem *m, mode_t mode)
{
	struct inode *ino;

	if (m->inodes_n == m->inodes_cap) {
		m->inodes_cap *= 2;
		m->inodes = xreallocarray(m->inodes, m->inodes_cap,
		    sizeof(*m->inodes));
	}
	ino = &m->inodes[m->inodes_n];
	memset(ino, 0, sizeof(*ino));
	ino->mode = mode;
	return (uint32_t)m->inodes_n++;
}

/* A new node; one of the same name is dead then. */
static uint32_t
new_node(struct root_mem *m, uint32_t dir, const char *name, size_t n,
    uint32_t inode)
{
	struct node *o;
	uint32_t *slot, at;

	grow(m);
	slot = slot_of(m, dir, name, n);
	at = (uint32_t)m->nodes_n++;
	o = &m->nodes[at];
	memset(o, 0, sizeof(*o));
	if (*slot) {
		m->nodes[*slot].flags |= DEAD;
		inode_of(m, *slot)->links--;
		o->name = m->nodes[*slot].name;
	} else {
		o->name = add_text(m, name, n);
	}
	*slot = at;
	o->parent = dir;
	o->next = m->nodes[dir].child;
	m->nodes[dir].child = at;
	o->inode = inode;
	m->inodes[inode].links++;
	return at;
}

/* ---- members ----------------------------------------------------------- */

/* A way to a member: where it is, and what is still to go. */
struct way {
	struct root_mem *m;
	uint32_t base, at;
	struct str rest;
	size_t next;
	int links;
	bool make; /* directories that are not there */
	const char *path;
};

static int
cannot(const struct way *w, const char *why, struct err *e)
{
	return err_set(e, ERR_CORRUPT, 0, "member '%.200s' is left out: %s",
	    w->path, why);
}

static unsigned
depth_of(const struct root_mem *m, uint32_t node)
{
	unsigned n = 0;

	while (node) {
		node = m->nodes[node].parent;
		n++;
	}
	return n;
}

static int
follow(struct way *w, uint32_t link, struct err *e)
{
	const char *target = w->m->text.s + inode_of(w->m, link)->target;
	struct str rest = STR_INIT;

	if (++w->links > ROOT_LINKS_MAX)
		return cannot(w, "over ROOT_LINKS_MAX links on its way", e);
	if (*target == '/')
		w->at = w->base;
	str_adds(&rest, target);
	str_addc(&rest, '/');
	str_add(&rest, w->rest.s + w->next, w->rest.n - w->next);
	str_release(&w->rest);
	w->rest = rest;
	w->next = 0;
	if (rest.n > ROOT_PATH_MAX)
		return cannot(w, "its name is too long (ROOT_PATH_MAX)", e);
	return 0;
}

static uint32_t
make_dir(struct way *w, const char *name, size_t n, struct err *e)
{
	uint32_t at;

	if (room(w->m, n, e))
		return NONE;
	at = new_node(w->m, w->at, name, n, new_inode(w->m, S_IFDIR | 0755));
	w->m->nodes[at].flags |= MADE;
	return at;
}

/*
 * Go to the directory that the last component is in; *name and *n are that
 * one (n 0: the base itself). Links are followed, ".." of a link's target goes
 * up, not beyond the base.
 */
static int
go(struct way *w, const char **name, size_t *n, struct err *e)
{
	const char *p, *q;
	uint32_t to;

	for (;;) {
		p = w->rest.s + w->next;
		p += strspn(p, "/");
		q = strchrnul(p, '/');
		*name = p;
		*n = (size_t)(q - p);
		w->next = (size_t)(q - w->rest.s);
		if (*n == 1 && *p == '.' && q[strspn(q, "/")]) {
			continue;
		} else if (*n == 1 && *p == '.') {
			*n = 0;
			return 0;
		} else if (*n == 2 && p[0] == '.' && p[1] == '.') {
			if (w->at != w->base)
				w->at = w->m->nodes[w->at].parent;
			continue;
		}
		if (*n > 255)
			return cannot(w, "a name is over 255 bytes", e);
		if (!q[strspn(q, "/")])
			return 0; /* the last, or nothing */
		to = lookup(w->m, w->at, p, *n);
		if (to && S_ISLNK(inode_of(w->m, to)->mode)) {
			if (follow(w, to, e))
				return -1;
			continue;
		}
		if (to && w->m->nodes[to].flags & WHITEOUT && w->make) {
			to = make_dir(w, p, *n, e);
			if (!to)
				return -1;
			w->m->nodes[to].flags |= OPAQUE;
		} else if (!to && w->make) {
			if (depth_of(w->m, w->at) >= ROOT_DEPTH_MAX)
				return err_set(e, ERR_LIMIT, 0, "member "
				    "'%.200s' is left out: over %d levels "
				    "(ROOT_DEPTH_MAX)", w->path,
				    ROOT_DEPTH_MAX);
			to = make_dir(w, p, *n, e);
			if (!to)
				return -1;
		}
		if (!to)
			return cannot(w, "it is not there", e);
		if (!is_dir(w->m, to))
			return cannot(w, "it is below something that is no "
			    "directory", e);
		w->at = to;
	}
}

static int
way_begin(struct way *w, struct root_mem *m, uint32_t base, const char *path,
    bool make, struct err *e)
{
	const char *next;

	memset(w, 0, sizeof(*w));
	w->m = m;
	w->base = w->at = base;
	w->make = make;
	w->path = path;
	str_init(&w->rest);
	if (strlen(path) > ROOT_PATH_MAX)
		return err_set(e, ERR_LIMIT, 0, "member '%.100s...' is left "
		    "out: its name is over %d bytes (ROOT_PATH_MAX)", path,
		    ROOT_PATH_MAX);
	str_adds(&w->rest, path);
	for (; *path; path = next) {
		path += strspn(path, "/");
		next = strchrnul(path, '/');
		if (next - path == 2 && path[0] == '.' && path[1] == '.')
			return cannot(w, "its name has '..'", e);
	}
	return 0;
}

/* The directory that members are added below; NONE is the top. */
static int
base_of(struct root_mem *m, const char *below, uint32_t *base, struct err *e)
{
	struct way w;
	const char *name;
	size_t n;
	int st = -1;

	*base = NONE;
	if (strcmp(below, "/") == 0)
		return 0;
	if (way_begin(&w, m, NONE, below, true, e) || go(&w, &name, &n, e))
		goto out;
	*base = lookup(m, w.at, name, n);
	if (!*base)
		*base = make_dir(&w, name, n, e);
	if (!*base)
		goto out;
	st = is_dir(m, *base) ? 0 : cannot(&w, "it is no directory", e);
out:
	str_release(&w.rest);
	return st;
}

/* The node of a path, the last component not followed; NONE: none. */
static uint32_t
find(struct root_mem *m, uint32_t base, const char *path)
{
	uint32_t at = NONE;
	const char *name;
	struct err e;
	struct way w;
	size_t n;

	if (way_begin(&w, m, base, path, false, &e) == 0 &&
	    go(&w, &name, &n, &e) == 0 && n)
		at = lookup(m, w.at, name, n);
	str_release(&w.rest);
	return at;
}

static void
fill_inode(struct root_mem *m, uint32_t inode,
    const struct root_mem_member *mb)
{
	struct inode *ino = &m->inodes[inode];

	ino->mode = mb->mode;
	ino->uid = mb->uid;
	ino->gid = mb->gid;
	ino->rdev = mb->rdev;
	ino->modified = mb->modified;
	ino->changed = mb->changed;
	ino->accessed = mb->accessed;
	ino->has_changed = mb->has_changed;
	ino->has_accessed = mb->has_accessed;
	ino->where = mb->where;
	ino->target = ino->xattrs = ino->xattrs_n = 0;
	if (S_ISLNK(mb->mode))
		ino->target = add_text(m, mb->target, strlen(mb->target));
	if (mb->xattrs_n) {
		ino->xattrs = add_text(m, mb->xattrs, mb->xattrs_n);
		ino->xattrs_n = (uint32_t)mb->xattrs_n;
	}
}

static void
count_replaced(struct root_mem *m, uint32_t old)
{
	if (old && !(m->nodes[old].flags & WHITEOUT))
		m->replaced++;
}

static void
put(struct way *w, const char *name, size_t n,
    const struct root_mem_member *mb)
{
	struct root_mem *m = w->m;
	uint32_t old = lookup(m, w->at, name, n), at, flags = 0;

	if (old && S_ISDIR(mb->mode) && is_dir(m, old)) {
		m->nodes[old].flags &= ~(uint32_t)MADE;
		fill_inode(m, m->nodes[old].inode, mb);
		return;
	}
	if (old && S_ISDIR(mb->mode) && m->nodes[old].flags & WHITEOUT)
		flags = OPAQUE;
	count_replaced(m, old);
	at = new_inode(m, mb->mode);
	fill_inode(m, at, mb);
	at = new_node(m, w->at, name, n, at);
	m->nodes[at].flags |= flags;
}

static void
hard_link(struct way *w, const char *name, size_t n, uint32_t target)
{
	struct root_mem *m = w->m;
	uint32_t old = lookup(m, w->at, name, n);
	uint32_t inode = m->nodes[target].inode;

	if (old && m->nodes[old].inode == inode)
		return;
	count_replaced(m, old);
	new_node(m, w->at, name, n, inode);
}

static int
add_link(struct way *w, const char *name, size_t n,
    const struct root_mem_member *mb, struct err *e)
{
	struct root_mem *m = w->m;
	uint32_t target = find(m, w->base, mb->target);
	struct pending *p;

	if (!target) {
		if (room(m, n, e))
			return -1;
		if (m->pending_n >= ROOT_MEM_PENDING_MAX)
			return err_set(e, ERR_LIMIT, 0, "over %d hard links to "
			    "members that are not there yet "
			    "(ROOT_MEM_PENDING_MAX)", ROOT_MEM_PENDING_MAX);
		m->pending = xreallocarray(m->pending, m->pending_n + 1,
		    sizeof(*m->pending));
		p = &m->pending[m->pending_n++];
		p->base = w->base;
		str_init(&p->path);
		str_init(&p->target);
		str_adds(&p->path, w->path);
		str_adds(&p->target, mb->target);
		return 0;
	}
	if (is_dir(m, target))
		return cannot(w, "it is a hard link to a directory", e);
	hard_link(w, name, n, target);
	return 0;
}

int
root_mem_add(struct root_mem *m, const char *below, const char *path,
    const struct root_mem_member *mb, struct err *e)
{
	const char *name;
	uint32_t base;
	struct way w;
	size_t n, text;
	int st = -1;

	if (base_of(m, below, &base, e))
		return -1;
	if (way_begin(&w, m, base, path, true, e) || go(&w, &name, &n, e))
		goto out;
	text = n + mb->xattrs_n + (mb->target ? strlen(mb->target) : 0) + 2;
	if (room(m, text, e))
		goto out;
	if (!n) { /* the base itself */
		if (S_ISDIR(mb->mode))
			fill_inode(m, m->nodes[w.at].inode, mb);
		else
			cannot(&w, "its name is empty", e);
		st = S_ISDIR(mb->mode) ? 0 : -1;
		goto out;
	}
	if (depth_of(m, w.at) >= ROOT_DEPTH_MAX) {
		err_set(e, ERR_LIMIT, 0, "member '%.200s' is left out: over %d "
		    "levels (ROOT_DEPTH_MAX)", path, ROOT_DEPTH_MAX);
		goto out;
	}
	if (!mb->mode)
		st = add_link(&w, name, n, mb, e);
	else
		st = (put(&w, name, n, mb), 0);
out:
	str_release(&w.rest);
	return st;
}

int
root_mem_whiteout(struct root_mem *m, const char *below, const char *path,
    struct err *e)
{
	const char *name;
	uint32_t base, old, at;
	struct way w;
	size_t n;
	int st = -1;

	if (base_of(m, below, &base, e))
		return -1;
	if (way_begin(&w, m, base, path, true, e) || go(&w, &name, &n, e) ||
	    room(m, n, e))
		goto out;
	st = 0;
	if (!n)
		goto out;
	old = lookup(m, w.at, name, n);
	if (old && is_dir(m, old)) {
		m->nodes[old].flags |= OPAQUE;
	} else if (!old) {
		at = new_node(m, w.at, name, n, new_inode(m, S_IFCHR));
		m->nodes[at].flags |= WHITEOUT;
	}
out:
	str_release(&w.rest);
	return st;
}

int
root_mem_opaque(struct root_mem *m, const char *below, const char *path,
    struct err *e)
{
	const char *name;
	uint32_t base, at;
	struct way w;
	size_t n;
	int st = -1;

	if (base_of(m, below, &base, e))
		return -1;
	if (way_begin(&w, m, base, path, true, e) || go(&w, &name, &n, e))
		goto out;
	at = n ? lookup(m, w.at, name, n) : w.at;
	if (!at && n)
		at = make_dir(&w, name, n, e);
	if (n && !at)
		goto out;
	if (is_dir(m, at)) {
		m->nodes[at].flags |= OPAQUE;
		st = 0;
	} else {
		st = cannot(&w, "only a directory can be opaque", e);
	}
out:
	str_release(&w.rest);
	return st;
}

void
root_mem_end(struct root_mem *m, const char *below, root_bad_fn *bad,
    void *arg)
{
	size_t i, k, left, before;
	uint32_t base, target;
	const char *name;
	struct pending *p;
	struct way w;
	struct err e;
	size_t n;

	if (base_of(m, below, &base, &e))
		return;
	/* a link to a link to a later member: as long as there is any gain */
	for (left = m->pending_n, before = left + 1, k = 0;
	    left && left < before && k < ROOT_LINKS_MAX; k++) {
		before = left;
		for (i = 0; i < m->pending_n; i++) {
			p = &m->pending[i];
			if (!p->path.n || p->base != base)
				continue;
			target = find(m, base, p->target.s);
			if (!target || is_dir(m, target))
				continue;
			if (way_begin(&w, m, base, p->path.s, true, &e) == 0 &&
			    go(&w, &name, &n, &e) == 0 && n &&
			    room(m, n, &e) == 0)
				hard_link(&w, name, n, target);
			else if (bad)
				bad(arg, p->path.s, &e);
			str_release(&w.rest);
			str_clear(&p->path);
			left--;
		}
	}
	for (i = 0; i < m->pending_n; i++) {
		p = &m->pending[i];
		if (p->path.n && bad) {
			err_set(&e, ERR_CORRUPT, 0, "member '%.200s' is left "
			    "out: it is a hard link to '%.200s', which is no "
			    "file of the archive", p->path.s, p->target.s);
			bad(arg, p->path.s, &e);
		}
		str_release(&p->path);
		str_release(&p->target);
	}
	free(steal(&m->pending));
	m->pending_n = 0;
}

void
root_mem_remove(struct root_mem *m, const char *below, const char *path)
{
	uint32_t base, at;
	struct err e;

	if (base_of(m, below, &base, &e))
		return;
	at = find(m, base, path);
	if (at) {
		m->nodes[at].flags |= DEAD;
		inode_of(m, at)->links--;
	}
}

size_t
root_mem_replaced(const struct root_mem *m)
{
	return m->replaced;
}

struct root_mem *
root_mem_new(const struct root_mem_ops *ops, void *arg)
{
	struct root_mem *m = xcalloc(1, sizeof(*m));

	while (m->slot < TREES && trees[m->slot])
		m->slot++;
	if (m->slot == TREES)
		die("bug: over %d trees in memory", TREES);
	trees[m->slot] = m;
	m->ops = ops;
	m->arg = arg;
	str_init(&m->text);
	str_addc(&m->text, '\0');
	m->nodes_cap = m->inodes_cap = 1024;
	m->nodes = xcalloc(m->nodes_cap, sizeof(*m->nodes));
	m->inodes = xcalloc(m->inodes_cap, sizeof(*m->inodes));
	m->hash_cap = 2 * m->nodes_cap;
	m->hash = xcalloc(m->hash_cap, sizeof(*m->hash));
	m->nodes_n = 1;
	m->nodes[0].inode = new_inode(m, S_IFDIR | 0755);
	m->inodes[0].links = 1;
	return m;
}

void
root_mem_free(struct root_mem *m)
{
	size_t i;

	if (!m)
		return;
	trees[m->slot] = NULL;
	for (i = 0; i < m->pending_n; i++) {
		str_release(&m->pending[i].path);
		str_release(&m->pending[i].target);
	}
	free(m->pending);
	free(m->nodes);
	free(m->inodes);
	free(m->hash);
	str_release(&m->text);
	free(m);
}

/* ---- handles ----------------------------------------------------------- */

static struct root_mem *
tree_of(int h, uint32_t *node)
{
	uint32_t n = (uint32_t)(h - ROOT_MEM_HANDLE);
	struct root_mem *m = trees[n >> NODE_BITS];

	*node = n & (NODES - 1);
	if (!m || *node >= m->nodes_n)
		die("bug: a handle of no tree");
	return m;
}

static int
handle(const struct root_mem *m, uint32_t node)
{
	return (int)(ROOT_MEM_HANDLE + (m->slot << NODE_BITS) + node);
}

int
root_mem_top(const struct root_mem *m)
{
	return handle(m, 0);
}

/* What no clock says, and civil_ns takes for none. */
static const struct timespec unknown = {.tv_sec = INT64_MIN};

int
root_mem_stat(int h, struct stat *st)
{
	uint32_t at;
	const struct root_mem *m = tree_of(h, &at);
	const struct inode *ino = inode_of(m, at);

	memset(st, 0, sizeof(*st));
	/* a device that the kernel has none of */
	st->st_dev = makedev(0xfff, 0xfff00 + m->slot);
	st->st_ino = m->nodes[at].inode + 1;
	st->st_mode = ino->mode;
	st->st_nlink = ino->links;
	st->st_uid = ino->uid;
	st->st_gid = ino->gid;
	st->st_rdev = ino->rdev;
	st->st_size = S_ISREG(ino->mode) ? (off_t)ino->where.size :
	    S_ISLNK(ino->mode) ? (off_t)strlen(m->text.s + ino->target) : 0;
	st->st_blksize = 4096;
	st->st_blocks = (st->st_size + 511) / 512;
	st->st_mtim = m->nodes[at].flags & MADE ? unknown : ino->modified;
	st->st_ctim = ino->has_changed ? ino->changed : unknown;
	st->st_atim = ino->has_accessed ? ino->accessed : unknown;
	return 0;
}

static struct statx_timestamp
stamp(const struct timespec *t)
{
	return (struct statx_timestamp){.tv_sec = t->tv_sec,
	    .tv_nsec = (uint32_t)t->tv_nsec};
}

void
root_mem_statx(int h, struct statx *out)
{
	uint32_t at;
	const struct root_mem *m = tree_of(h, &at);
	const struct inode *ino = inode_of(m, at);
	struct stat st;

	root_mem_stat(h, &st);
	memset(out, 0, sizeof(*out));
	out->stx_mask = STATX_BASIC_STATS & ~(STATX_ATIME | STATX_CTIME);
	if (ino->has_accessed)
		out->stx_mask |= STATX_ATIME;
	if (ino->has_changed)
		out->stx_mask |= STATX_CTIME;
	out->stx_blksize = (uint32_t)st.st_blksize;
	out->stx_nlink = (uint32_t)st.st_nlink;
	out->stx_uid = st.st_uid;
	out->stx_gid = st.st_gid;
	out->stx_mode = (uint16_t)st.st_mode;
	out->stx_ino = st.st_ino;
	out->stx_size = (uint64_t)st.st_size;
	out->stx_blocks = (uint64_t)st.st_blocks;
	out->stx_atime = stamp(&st.st_atim);
	out->stx_ctime = stamp(&st.st_ctim);
	out->stx_mtime = stamp(&st.st_mtim);
	out->stx_rdev_major = major(st.st_rdev);
	out->stx_rdev_minor = minor(st.st_rdev);
	out->stx_dev_major = major(st.st_dev);
	out->stx_dev_minor = minor(st.st_dev);
}

int
root_mem_find(int dir, const char *name)
{
	uint32_t at;
	const struct root_mem *m = tree_of(dir, &at);

	if (!is_dir(m, at)) {
		errno = ENOTDIR;
		return -1;
	}
	if (strcmp(name, ".") == 0)
		return dir;
	at = lookup(m, at, name, strlen(name));
	if (!at) {
		errno = ENOENT;
		return -1;
	}
	return handle(m, at);
}

/* *at: 0 to begin; a node; NODES: no more. */
const char *
root_mem_next(int dir, uint32_t *at)
{
	const struct root_mem *m;
	uint32_t node, k = *at;

	m = tree_of(dir, &node);
	if (k == NODES)
		return NULL;
	k = k ? m->nodes[k].next : m->nodes[node].child;
	while (k && m->nodes[k].flags & DEAD)
		k = m->nodes[k].next;
	*at = k ? k : NODES;
	return k ? m->text.s + m->nodes[k].name : NULL;
}

ssize_t
root_mem_readlink(int h, char *buf, size_t n)
{
	uint32_t at;
	const struct root_mem *m = tree_of(h, &at);
	const char *target = m->text.s + inode_of(m, at)->target;
	size_t k = strlen(target);

	if (!S_ISLNK(inode_of(m, at)->mode)) {
		errno = EINVAL;
		return -1;
	}
	memcpy(buf, target, k < n ? k : n);
	return (ssize_t)(k < n ? k : n);
}

/* The next attribute from *p on; false: there is none. */
static bool
next_xattr(const char **p, const char *end, const char **name,
    const char **value, size_t *n)
{
	const char *nul;
	uint32_t len;

	nul = *p < end ? memchr(*p, '\0', (size_t)(end - *p)) : NULL;
	if (!nul || (size_t)(end - nul) < 1 + sizeof(len))
		return false;
	memcpy(&len, nul + 1, sizeof(len));
	if ((size_t)(end - nul) - 1 - sizeof(len) < len)
		return false;
	*name = *p;
	*value = nul + 1 + sizeof(len);
	*n = len;
	*p = *value + len;
	return true;
}

static const char opaque_name[] = "trusted.overlay.opaque";

ssize_t
root_mem_getxattr(int h, const char *name, char *buf, size_t n)
{
	uint32_t at;
	const struct root_mem *m = tree_of(h, &at);
	const struct inode *ino = inode_of(m, at);
	const char *p = m->text.s + ino->xattrs, *end = p + ino->xattrs_n;
	const char *k, *value = NULL;
	size_t len = 0;

	if (m->nodes[at].flags & OPAQUE && strcmp(name, opaque_name) == 0) {
		value = "y";
		len = 1;
	} else {
		while (next_xattr(&p, end, &k, &value, &len)) {
			if (strcmp(k, name) == 0)
				break;
			value = NULL;
		}
	}
	if (!value) {
		errno = ENODATA;
		return -1;
	}
	if (len > n) {
		errno = ERANGE;
		return -1;
	}
	memcpy(buf, value, len);
	return (ssize_t)len;
}

ssize_t
root_mem_listxattr(int h, char *buf, size_t n)
{
	uint32_t at;
	const struct root_mem *m = tree_of(h, &at);
	const struct inode *ino = inode_of(m, at);
	const char *p = m->text.s + ino->xattrs, *end = p + ino->xattrs_n;
	const char *k, *value;
	size_t len, all = 0;
	struct str out cleanup_str = STR_INIT;

	if (m->nodes[at].flags & OPAQUE)
		str_add(&out, opaque_name, sizeof(opaque_name));
	while (next_xattr(&p, end, &k, &value, &len))
		str_add(&out, k, strlen(k) + 1);
	all = out.n;
	if (!buf)
		return (ssize_t)all;
	if (all > n) {
		errno = ERANGE;
		return -1;
	}
	memcpy(buf, out.s, all);
	return (ssize_t)all;
}

int
root_mem_open(int h, const char *path, struct err *e)
{
	uint32_t at;
	const struct root_mem *m = tree_of(h, &at);

	return m->ops->open(m->arg, &inode_of(m, at)->where, path, e);
}

static struct root_mem *
mem_of(const struct root *r)
{
	uint32_t at;

	return r->mem && r->n ? tree_of(r->layers[0].fd, &at) : NULL;
}

void
root_mem_where(const struct root_file *f, struct root_mem_where *w)
{
	uint32_t at;
	const struct root_mem *m = tree_of(f->mem ? f->mem : f->fd, &at);

	*w = inode_of(m, at)->where;
}

void *
root_mem_owner(const struct root *r, const struct root_mem_ops *ops)
{
	struct root_mem *m = mem_of(r);

	return m && m->ops == ops ? m->arg : NULL;
}

bool
root_mem_name(const struct root *r, const char *path, struct str *out)
{
	struct root_mem *m = mem_of(r);

	if (!m || !m->ops->name)
		return false;
	m->ops->name(m->arg, path, out);
	return true;
}
