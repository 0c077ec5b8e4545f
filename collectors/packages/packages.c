/* packages - the tables that the formats fill, and what is asked of them */

#include "packages-internal.h"

#include "limits.h"

#include <sys/auxv.h>

/* Directories so deep are looked at on disk: /bin, /var/run. What is a link
 * further down is found where files are verified. */
#define LOOK_DEPTH 2

int64_t
pkg_ns(const struct timespec *t)
{
	return civil_ns(t->tv_sec, t->tv_nsec);
}

/* ---- notes ------------------------------------------------------------- */

void
pkg_note_err(struct pkgdb *db, const char *path, const struct err *e)
{
	if (!db->rec || db->notes > PKG_NOTES_MAX)
		return;
	if (db->notes++ == PKG_NOTES_MAX)
		rec_note(db->rec, ERR_LIMIT, "packages", db->scope, path, 0,
		    "more than %d notes on package databases (PKG_NOTES_MAX)",
		    PKG_NOTES_MAX);
	else
		rec_note_err(db->rec, "packages", db->scope, path, e);
}

void
pkg_note(struct pkgdb *db, enum err_class class, const char *path, int sys,
    const char *fmt, ...)
{
	struct err e = {.class = class, .sys = sys};
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e.msg, sizeof(e.msg), fmt, ap);
	va_end(ap);
	pkg_note_err(db, path, &e);
}

void
pkg_odd(struct pkg_base *b, const char *fmt, ...)
{
	struct str s cleanup_str = STR_INIT;
	char buf[1024];
	va_list ap;

	if (b->odd++ >= PKG_ODDITIES_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	str_adds(&s, buf);
	strlist_add(&b->oddities, s.s, s.n);
}

static void
full(struct pkgdb *db, const char *what)
{
	if (!db->full)
		pkg_note(db, ERR_LIMIT, NULL, 0, "%s", what);
	db->full = true;
}

/* ---- texts and directories --------------------------------------------- */

bool
pkg_text(struct pkgdb *db, const char *p, size_t n, uint32_t *out)
{
	*out = 0;
	if (!n)
		return true;
	if (db->text.n + n + 1 > PKG_TEXT_MAX) {
		full(db, "package databases of too much text (PKG_TEXT_MAX)");
		return false;
	}
	*out = (uint32_t)db->text.n;
	str_add(&db->text, p, n);
	str_addc(&db->text, '\0');
	return true;
}

static uint64_t
hash(const struct pkgdb *db, uint64_t h, const void *p, size_t n)
{
	const unsigned char *s = p;
	uint64_t w;

	h ^= db->seed;
	for (; n >= 8; s += 8, n -= 8) {
		memcpy(&w, s, 8);
		h = (h ^ w) * 0x9fb21c651e98df25ULL;
		h ^= h >> 32;
	}
	for (w = n; n; s++, n--)
		w = w << 8 | *s;
	h = (h ^ w) * 0x9fb21c651e98df25ULL;
	h ^= h >> 29;
	h *= 0x9fb21c651e98df25ULL;
	return h ^ h >> 32;
}

static bool
same_text(const struct pkgdb *db, uint32_t at, const char *p, size_t n)
{
	return memcmp(PKG_STR(db, at), p, n) == 0 && !PKG_STR(db, at)[n];
}

/* memcmp may not run over the end of what is there */
static bool
text_is(const struct pkgdb *db, uint32_t at, const char *p, size_t n)
{
	return db->text.n - at > n && same_text(db, at, p, n);
}

static size_t
dir_slot(const struct pkgdb *db, const char *path, size_t n)
{
	size_t mask = db->dir_slots_n - 1, i = hash(db, 1, path, n) & mask;

	while (db->dir_slots[i] &&
	    !text_is(db, db->dirs[db->dir_slots[i] - 1].path, path, n))
		i = (i + 1) & mask;
	return i;
}

uint32_t
pkg_dir_find(const struct pkgdb *db, const char *path, size_t n)
{
	uint32_t k;

	if (!db->dir_slots_n)
		return UINT32_MAX;
	while (n && path[n - 1] == '/')
		n--;
	k = db->dir_slots[dir_slot(db, path, n)];
	return k ? k - 1 : UINT32_MAX;
}

static void
dirs_grow(struct pkgdb *db)
{
	const char *p;
	size_t i;

	free(db->dir_slots);
	db->dir_slots_n = db->dir_slots_n ? 2 * db->dir_slots_n : 4096;
	db->dir_slots = xcalloc(db->dir_slots_n, sizeof(*db->dir_slots));
	for (i = 0; i < db->dirs_n; i++) {
		p = PKG_STR(db, db->dirs[i].path);
		db->dir_slots[dir_slot(db, p, strlen(p))] = (uint32_t)i + 1;
	}
}

static uint32_t dir_make(struct pkgdb *db, const char *path, size_t n,
    bool real);

/* The real directory of a new one, below parent. */
static uint32_t
dir_real(struct pkgdb *db, uint32_t at, uint32_t parent, uint32_t depth)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str path cleanup_str = STR_INIT;
	struct pkg_dir *up = &db->dirs[db->dirs[parent].real];
	const char *name = strrchr(PKG_STR(db, db->dirs[at].path), '/');
	bool moved = db->dirs[parent].real != parent;

	str_adds(&path, PKG_STR(db, up->path));
	str_adds(&path, name);
	if (depth <= LOOK_DEPTH && db->root &&
	    root_find(db->root, path.s, ROOT_NOFOLLOW, &f, NULL) == 0 &&
	    S_ISLNK(f.st.st_mode)) {
		root_file_close(&f);
		if (root_find(db->root, path.s, 0, &f, NULL) == 0 &&
		    S_ISDIR(f.st.st_mode)) {
			str_set(&path, f.path.s, strcmp(f.path.s, "/") == 0
			    ? 0 : f.path.n);
			moved = true;
		}
	}
	if (!moved)
		return at;
	return dir_make(db, path.s, path.n, true);
}

/* path: "" or "/a/b", plain. real: it is, do not look. */
static uint32_t
dir_make(struct pkgdb *db, const char *path, size_t n, bool real)
{
	uint32_t k, parent = 0, r;
	struct pkg_dir *d;
	size_t slot, cut = n;
	unsigned depth;

	if (db->dirs_n * 3 / 2 >= db->dir_slots_n)
		dirs_grow(db);
	slot = dir_slot(db, path, n);
	if (db->dir_slots[slot])
		return db->dir_slots[slot] - 1;
	if (n) {
		while (path[--cut] != '/')
			;
		parent = dir_make(db, path, cut, real);
		if (parent == UINT32_MAX)
			return UINT32_MAX;
	}
	depth = n ? db->dirs[parent].depth + 1u : 0;
	if (depth > ROOT_DEPTH_MAX || db->dirs_n >= PKG_FILES_MAX) {
		full(db, "directories too many or too deep (PKG_FILES_MAX, "
		    "ROOT_DEPTH_MAX)");
		return UINT32_MAX;
	}
	if (db->dirs_n == db->dirs_cap) {
		db->dirs_cap = db->dirs_cap ? 2 * db->dirs_cap : 1024;
		db->dirs = xreallocarray(db->dirs, db->dirs_cap,
		    sizeof(*db->dirs));
	}
	k = (uint32_t)db->dirs_n;
	d = &db->dirs[k];
	memset(d, 0, sizeof(*d));
	if (!pkg_text(db, path, n, &d->path))
		return UINT32_MAX;
	d->real = k;
	d->depth = (uint16_t)depth;
	db->dirs_n++;
	if (db->dirs_n * 3 / 2 >= db->dir_slots_n)
		dirs_grow(db);
	else
		db->dir_slots[dir_slot(db, path, n)] = k + 1;
	if (real || !n)
		return k;
	r = dir_real(db, k, parent, depth);
	if (r != k && r != UINT32_MAX) {
		r = db->dirs[r].real;
		d = &db->dirs[k];
		d->real = r;
		d->alias = db->dirs[r].alias;
		db->dirs[r].alias = k;
	}
	return k;
}

/*
 * Components that are not plain ("//", ".", "..") would make a second name of
 * one path; a leading "." is the way that lists of dpkg begin.
 */
static bool
plain(const char *p, size_t n)
{
	const char *end = p + n, *q;

	for (; p < end; p = q + 1) {
		q = memchr(p, '/', (size_t)(end - p));
		if (!q)
			q = end;
		if (q == p || (q - p == 1 && p[0] == '.') ||
		    (q - p == 2 && p[0] == '.' && p[1] == '.'))
			return false;
	}
	return true;
}

uint32_t
pkg_dir(struct pkgdb *db, const char *path, size_t n)
{
	struct str s cleanup_str = STR_INIT;

	while (n && path[n - 1] == '/')
		n--;
	while (n && path[0] == '/') {
		path++;
		n--;
	}
	if (n + 1 > PKG_PATH_MAX || !plain(path, n) || memchr(path, '\0', n))
		return UINT32_MAX;
	if (n) {
		str_addc(&s, '/');
		str_add(&s, path, n);
	}
	return dir_make(db, s.s, s.n, false);
}

bool
pkg_split(const char *path, size_t n, size_t *dir_n, size_t *name,
    size_t *name_n)
{
	size_t end = n, cut;

	while (end && path[end - 1] == '/')
		end--;
	for (cut = end; cut && path[cut - 1] != '/'; cut--)
		;
	*name = cut;
	*name_n = end - cut;
	*dir_n = cut;
	if (!*name_n || n > PKG_PATH_MAX)
		return false;
	return !(path[cut] == '.' &&
	    (*name_n == 1 || (*name_n == 2 && path[cut + 1] == '.')));
}

/* ---- what is asked for -------------------------------------------------- */

#define WANTED_BITS 65536

void
pkg_want(struct pkgdb *db, const char *name, size_t n)
{
	size_t bit = hash(db, 0, name, n) % WANTED_BITS;

	if (db->wanted)
		db->wanted[bit / 64] |= 1ULL << bit % 64;
}

bool
pkg_wanted(const struct pkgdb *db, const char *path, size_t n)
{
	const char *slash;
	size_t bit;

	if (!db->wanted)
		return true;
	while (n && path[n - 1] == '/')
		n--;
	slash = memrchr(path, '/', n);
	if (slash) {
		n -= (size_t)(slash + 1 - path);
		path = slash + 1;
	}
	bit = hash(db, 0, path, n) % WANTED_BITS;
	return db->wanted[bit / 64] >> bit % 64 & 1;
}

/* ---- packages and files ------------------------------------------------ */

struct pkg_base *
pkg_base_add(struct pkgdb *db, const char *format, const char *path)
{
	struct pkg_base *b;

	db->bases = xreallocarray(db->bases, db->bases_n + 1, sizeof(*b));
	b = &db->bases[db->bases_n++];
	memset(b, 0, sizeof(*b));
	b->format = format;
	pkg_text(db, path, strlen(path), &b->path);
	b->modified_time = b->changed_time = b->last_time = CIVIL_NONE;
	return b;
}

void
pkg_base_file(struct pkg_base *b, const struct stat *st)
{
	int64_t m = pkg_ns(&st->st_mtim), c = pkg_ns(&st->st_ctim);

	if (m > b->modified_time)
		b->modified_time = m;
	if (c > b->changed_time)
		b->changed_time = c;
}

struct pkg *
pkg_add(struct pkgdb *db, const char *name, size_t n)
{
	struct pkg *p;

	if (db->pkgs_n >= PKG_PACKAGES_MAX) {
		full(db, "too many packages (PKG_PACKAGES_MAX)");
		return NULL;
	}
	if (db->pkgs_n == db->pkgs_cap) {
		db->pkgs_cap = db->pkgs_cap ? 2 * db->pkgs_cap : 256;
		db->pkgs = xreallocarray(db->pkgs, db->pkgs_cap,
		    sizeof(*db->pkgs));
	}
	p = &db->pkgs[db->pkgs_n];
	memset(p, 0, sizeof(*p));
	if (!pkg_text(db, name, n, &p->name))
		return NULL;
	p->base = (uint32_t)db->bases_n - 1;
	p->installed_time = p->list_changed = CIVIL_NONE;
	p->known = -1;
	db->pkgs_n++;
	return p;
}

static size_t
entry_slot(const struct pkgdb *db, uint32_t dir, const char *name, size_t n)
{
	size_t mask = db->slots_n - 1, i = hash(db, dir + 2, name, n) & mask;
	const struct pkg_entry *en;

	for (; db->slots[i]; i = (i + 1) & mask) {
		en = &db->entries[db->slots[i] - 1];
		if (en->dir == dir && text_is(db, en->name, name, n))
			break;
	}
	return i;
}

static void
slots_grow(struct pkgdb *db)
{
	uint32_t *old = db->slots;
	size_t old_n = db->slots_n, i;
	const struct pkg_entry *en;
	const char *name;

	db->slots_n = old_n ? 2 * old_n : 16384;
	db->slots = xcalloc(db->slots_n, sizeof(*db->slots));
	for (i = 0; i < old_n; i++) {
		if (!old[i])
			continue;
		en = &db->entries[old[i] - 1];
		name = PKG_STR(db, en->name);
		db->slots[entry_slot(db, en->dir, name, strlen(name))] =
		    old[i];
	}
	free(old);
}

/* Is it at another place, for this package? */
static const struct pkg_diversion *
diverted(const struct pkgdb *db, uint32_t dir, const char *name, size_t n,
    const char *package)
{
	const struct pkg_diversion *v;
	size_t i;

	if (!db->dirs[dir].diverted)
		return NULL;
	for (i = 0; i < db->diversions_n; i++) {
		v = &db->diversions[i];
		if (v->from_dir == dir && text_is(db, v->from_name, name, n))
			return v->local || strcmp(PKG_STR(db, v->package),
			    package) != 0 ? v : NULL;
	}
	return NULL;
}

struct pkg_entry *
pkg_own_in(struct pkgdb *db, uint32_t dir, const char *name, size_t n,
    enum pkg_role role)
{
	uint32_t pkg = (uint32_t)db->pkgs_n - 1, head = NO_ENTRY, at;
	const struct pkg_diversion *v;
	struct pkg_entry *en;
	bool moved = false;
	size_t slot;

	v = diverted(db, dir, name, n, PKG_STR(db, db->pkgs[pkg].name));
	if (v) {
		dir = v->to_dir;
		name = PKG_STR(db, v->to_name);
		n = strlen(name);
		moved = true;
	}
	if (db->entries_n * 3 / 2 >= db->slots_n)
		slots_grow(db);
	slot = entry_slot(db, dir, name, n);
	if (db->slots[slot]) {
		head = db->slots[slot] - 1;
		if (db->entries[head].pkg == pkg)
			return NULL;
	}
	if (db->entries_n >= PKG_FILES_MAX) {
		full(db, "packages own too many files (PKG_FILES_MAX)");
		return NULL;
	}
	if (db->entries_n == db->entries_cap) {
		db->entries_cap = db->entries_cap ? 2 * db->entries_cap : 8192;
		db->entries = xreallocarray(db->entries, db->entries_cap,
		    sizeof(*db->entries));
	}
	if (head != NO_ENTRY)
		at = db->entries[head].name;
	else if (moved)
		at = v->to_name;
	else if (!pkg_text(db, name, n, &at))
		return NULL;
	en = &db->entries[db->entries_n];
	memset(en, 0, sizeof(*en));
	en->dir = dir;
	en->name = at;
	en->next = head;
	en->pkg = pkg & 0xffffff;
	en->flags = (unsigned)role & ENTRY_ROLE;
	if (moved)
		en->flags |= ENTRY_DIVERTED;
	db->slots[slot] = (uint32_t)++db->entries_n;
	db->dirs[dir].owner = true;
	return en;
}

struct pkg_entry *
pkg_own(struct pkgdb *db, const char *path, size_t n, enum pkg_role role)
{
	size_t dir_n, name, name_n;
	uint32_t dir, d;

	if (!pkg_split(path, n, &dir_n, &name, &name_n))
		return NULL;
	dir = pkg_dir(db, path, dir_n);
	if (dir == UINT32_MAX)
		return NULL;
	/* directories are in every list; the first is enough */
	if (path[0] == '/') {
		d = pkg_dir_find(db, path, n);
		if (d != UINT32_MAX && db->dirs[d].owner)
			return NULL;
	}
	return pkg_own_in(db, dir, path + name, name_n, role);
}

struct pkg_entry *
pkg_owned_by(struct pkgdb *db, uint32_t pkg, const char *path, size_t n)
{
	const struct pkg_diversion *v;
	size_t dir_n, name, name_n;
	const char *base;
	uint32_t dir, k;

	if (!db->slots_n || !pkg_split(path, n, &dir_n, &name, &name_n))
		return NULL;
	dir = pkg_dir(db, path, dir_n);
	if (dir == UINT32_MAX)
		return NULL;
	base = path + name;
	v = diverted(db, dir, base, name_n, PKG_STR(db, db->pkgs[pkg].name));
	if (v) {
		dir = v->to_dir;
		base = PKG_STR(db, v->to_name);
		name_n = strlen(base);
	}
	k = db->slots[entry_slot(db, dir, base, name_n)];
	for (k = k ? k - 1 : NO_ENTRY; k != NO_ENTRY; k = db->entries[k].next)
		if (db->entries[k].pkg == pkg)
			return &db->entries[k];
	return NULL;
}

void
pkg_digest(struct pkgdb *db, struct pkg_entry *en, enum pkg_alg a,
    const unsigned char *p)
{
	if (en->alg)
		return;
	en->digest = (uint32_t)db->digests.n;
	en->alg = a;
	str_add(&db->digests, p, pkg_alg_size(a));
	db->pkgs[en->pkg].digests++;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
pkg_digest_hex(struct pkgdb *db, struct pkg_entry *en, const char *p, size_t n)
{
	unsigned char md[PKG_DIGEST_MAX];
	enum pkg_alg a = n % 2 ? ALG_NONE : pkg_alg_of_size(n / 2);
	size_t i;

	if (!a)
		return false;
	for (i = 0; i < n; i += 2) {
		int hi = hex_digit(p[i]), lo = hex_digit(p[i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		md[i / 2] = (unsigned char)(hi << 4 | lo);
	}
	pkg_digest(db, en, a, md);
	return true;
}

struct pkg_more *
pkg_more_of(struct pkgdb *db, struct pkg_entry *en)
{
	struct pkg_more *m;

	if (en->more)
		return &db->more[en->more - 1];
	if (db->more_n == db->more_cap) {
		db->more_cap = db->more_cap ? 2 * db->more_cap : 4096;
		db->more = xreallocarray(db->more, db->more_cap, sizeof(*m));
	}
	m = &db->more[db->more_n];
	memset(m, 0, sizeof(*m));
	m->size = m->mode = m->mtime = -1;
	m->uid = m->gid = -1;
	en->more = (uint32_t)++db->more_n;
	return m;
}

void
pkg_more_share(struct pkgdb *db, struct pkg_entry *en,
    const struct pkg_more *m)
{
	struct pkg_more *to;
	size_t i;

	for (i = db->more_n; i && i + 16 > db->more_n; i--)
		if (memcmp(&db->more[i - 1], m, sizeof(*m)) == 0) {
			en->more = (uint32_t)i;
			return;
		}
	to = pkg_more_of(db, en);
	memcpy(to, m, sizeof(*m));
}

static int
compare_pkgs(const void *a, const void *b, void *arg)
{
	const struct pkgdb *db = arg;
	const struct pkg *x = &db->pkgs[*(const uint32_t *)a];
	const struct pkg *y = &db->pkgs[*(const uint32_t *)b];
	int c = strcmp(PKG_STR(db, x->name), PKG_STR(db, y->name));

	return c ? c : strcmp(PKG_STR(db, x->arch), PKG_STR(db, y->arch));
}

void
pkg_judge_twice(struct pkgdb *db, uint32_t base)
{
	uint32_t *v = xreallocarray(NULL, db->pkgs_n + 1, sizeof(*v));
	size_t i, n = 0;

	for (i = 0; i < db->pkgs_n; i++)
		if (db->pkgs[i].base == base)
			v[n++] = (uint32_t)i;
	qsort_r(v, n, sizeof(*v), compare_pkgs, db);
	for (i = 1; i < n; i++)
		if (compare_pkgs(&v[i - 1], &v[i], db) == 0)
			pkg_odd(&db->bases[base], "package %s stands in it "
			    "more than once", PKG_STR(db,
			    db->pkgs[v[i]].name));
	free(v);
}

/* ---- look-ups ---------------------------------------------------------- */

static uint32_t
lookup_in(const struct pkgdb *db, uint32_t dir, const char *name, size_t n)
{
	uint32_t k = db->slots[entry_slot(db, dir, name, n)];

	return k ? k - 1 : NO_ENTRY;
}

uint32_t
pkg_lookup(const struct pkgdb *db, const char *path, size_t n)
{
	size_t dir_n, name, name_n;
	uint32_t dir, d, k;

	if (!db->slots_n || !pkg_split(path, n, &dir_n, &name, &name_n))
		return NO_ENTRY;
	dir = pkg_dir_find(db, path, dir_n);
	if (dir == UINT32_MAX)
		return NO_ENTRY;
	k = lookup_in(db, dir, path + name, name_n);
	/* what has another name in the database lies here */
	for (d = db->dirs[dir].alias; k == NO_ENTRY && d;
	    d = db->dirs[d].alias)
		k = lookup_in(db, d, path + name, name_n);
	return k;
}

const char *
pkg_entry_path(const struct pkgdb *db, const struct pkg_entry *en,
    struct str *out)
{
	str_sets(out, PKG_STR(db, db->dirs[db->dirs[en->dir].real].path));
	str_addc(out, '/');
	str_adds(out, PKG_STR(db, en->name));
	return out->s;
}

const char *
pkg_entry_name(const struct pkgdb *db, const struct pkg_entry *en,
    struct str *out)
{
	const struct pkg_diversion *v;
	uint32_t dir = en->dir, name = en->name;
	size_t i;

	for (i = 0; en->flags & ENTRY_DIVERTED && i < db->diversions_n; i++) {
		v = &db->diversions[i];
		if (v->to_dir == dir && v->to_name == name) {
			dir = v->from_dir;
			name = v->from_name;
			break;
		}
	}
	str_sets(out, PKG_STR(db, db->dirs[dir].path));
	str_addc(out, '/');
	str_adds(out, PKG_STR(db, name));
	return out->s;
}

/* ---- opening ----------------------------------------------------------- */

static void
seal(struct pkgdb *db)
{
	struct str path cleanup_str = STR_INIT;
	struct pkg_entry *en;
	struct pkg *p;
	uint32_t d;
	size_t i;

	for (i = 0; i < db->entries_n; i++) {
		en = &db->entries[i];
		str_sets(&path, PKG_STR(db, db->dirs[en->dir].path));
		str_addc(&path, '/');
		str_adds(&path, PKG_STR(db, en->name));
		d = pkg_dir_find(db, path.s, path.n);
		if (d != UINT32_MAX && db->dirs[d].owner && !en->alg)
			en->flags |= ENTRY_DIRECTORY;
		if (!(en->flags & ENTRY_DIRECTORY))
			db->pkgs[en->pkg].files++;
	}
	for (i = 0; i < db->pkgs_n; i++) {
		p = &db->pkgs[i];
		if (p->removed)
			continue;
		db->bases[p->base].packages++;
		db->bases[p->base].files += p->files;
		db->bases[p->base].digests += p->digests;
	}
}

static struct pkgdb *
open_db(struct root *r, struct rec *rec, const char *scope, bool judge,
    const struct strlist *names)
{
	struct pkgdb *db = xcalloc(1, sizeof(*db));
	const void *random = (const void *)getauxval(AT_RANDOM);
	size_t i;

	db->root = r;
	db->rec = rec;
	db->scope = scope;
	db->judge = judge;
	if (random)
		memcpy(&db->seed, random, sizeof(db->seed));
	str_init(&db->text);
	str_init(&db->digests);
	str_init(&db->scripts);
	str_init(&db->target);
	str_init(&db->path);
	str_init(&db->via);
	str_addc(&db->text, '\0');
	dir_make(db, "", 0, true);
	if (names)
		db->wanted = xcalloc(WANTED_BITS / 64, sizeof(*db->wanted));
	for (i = 0; names && i < names->n; i++)
		pkg_want(db, names->v[i].s, names->v[i].n);
	pkg_dpkg_open(db);
	pkg_apk_open(db);
	pkg_rpm_open(db);
	seal(db);
	db->rec = NULL;
	return db;
}

struct pkgdb *
pkgdb_open(struct root *r, struct rec *rec, const char *scope)
{
	return open_db(r, rec, scope, false, NULL);
}

struct pkgdb *
pkgdb_open_for(struct root *r, struct rec *rec, const char *scope,
    const struct strlist *names)
{
	return open_db(r, rec, scope, false, names);
}

struct pkgdb *
pkgdb_open_judge(struct root *r, struct rec *rec, const char *scope)
{
	return open_db(r, rec, scope, true, NULL);
}

void
pkgdb_free(struct pkgdb *db)
{
	size_t i;

	if (!db)
		return;
	for (i = 0; i < db->bases_n; i++)
		strlist_release(&db->bases[i].oddities);
	free(db->bases);
	free(db->wanted);
	free(db->pkgs);
	free(db->dirs);
	free(db->dir_slots);
	free(db->entries);
	free(db->slots);
	free(db->more);
	free(db->diversions);
	str_release(&db->text);
	str_release(&db->digests);
	str_release(&db->scripts);
	str_release(&db->target);
	str_release(&db->path);
	str_release(&db->via);
	strlist_release(&db->left_out);
	pkg_ids_free(db->ids);
	pkg_reader_free(db->reader);
	free(db);
}

bool
pkgdb_none(const struct pkgdb *db)
{
	return db->bases_n == 0;
}
