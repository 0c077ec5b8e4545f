/* verify - files as they are against what the databases record of them */

#include "packages-internal.h"

#include "accounts.h"
#include "filecaps.h"
#include "limits.h"

#include <errno.h>
#include <fnmatch.h>

#define SLACK (PKG_SLACK_SECONDS * 1000000000LL)

const char *
pkg_state_name(enum pkg_state s)
{
	static const char *const names[] = {
		[PKG_UNCHANGED] = "unchanged",
		[PKG_CHANGED] = "changed",
		[PKG_UNPACKAGED] = "unpackaged",
		[PKG_UNKNOWN] = "unknown",
		[PKG_KNOWN] = "known",
	};

	return names[s];
}

const char *
pkg_differs_name(enum pkg_differs bit)
{
	switch (bit) {
	case PKG_DIGEST:
		return "digest";
	case PKG_SIZE:
		return "size";
	case PKG_TYPE:
		return "type";
	case PKG_TARGET:
		return "target";
	case PKG_MODE:
		return "mode";
	case PKG_OWNER:
		return "owner";
	case PKG_GROUP:
		return "group";
	case PKG_TIME:
		return "time";
	case PKG_CAPABILITIES:
		break;
	}
	return "capabilities";
}

/* ---- names of users and groups ------------------------------------------ */

struct pkg_ids {
	struct accounts v[2]; /* users, groups: their lines begin alike */
};

static void
read_ids(struct root *r, const char *path, struct accounts *a)
{
	struct str s cleanup_str = STR_INIT;

	if (root_slurp(r, path, ART_READ_MAX, &s, NULL, NULL) >= 0)
		accounts_parse(s.s, s.n, a);
}

int32_t
pkg_id(struct pkgdb *db, bool group, const char *name)
{
	const struct account *a;
	char *end;
	long n;

	if (strcmp(name, "root") == 0)
		return 0;
	if (name[0] == '#') { /* as dpkg-statoverride writes a number */
		n = strtol(name + 1, &end, 10);
		return !*end && end > name + 1 && n >= 0 && n <= INT32_MAX
		    ? (int32_t)n : -1;
	}
	if (!db->ids) {
		db->ids = xcalloc(1, sizeof(*db->ids));
		read_ids(db->root, "/etc/passwd", &db->ids->v[0]);
		read_ids(db->root, "/etc/group", &db->ids->v[1]);
	}
	a = accounts_by_name(&db->ids->v[group], name, strlen(name));
	return a && a->uid >= 0 && a->uid <= INT32_MAX ? (int32_t)a->uid : -1;
}

void
pkg_ids_free(struct pkg_ids *ids)
{
	if (!ids)
		return;
	accounts_release(&ids->v[0]);
	accounts_release(&ids->v[1]);
	free(ids);
}

/* ---- an entry ----------------------------------------------------------- */

static void
hex(const unsigned char *p, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < n; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * n] = '\0';
}

static const char *
text_or_null(const struct pkgdb *db, uint32_t at)
{
	return at ? PKG_STR(db, at) : NULL;
}

static void
describe(struct pkgdb *db, const struct pkg_entry *en, struct pkg_owned *out)
{
	const struct pkg *p = &db->pkgs[en->pkg];
	const struct pkg_more *m = en->more ? &db->more[en->more - 1] : NULL;

	memset(out, 0, sizeof(*out));
	out->package = PKG_STR(db, p->name);
	out->version = PKG_STR(db, p->version);
	out->name = pkg_entry_name(db, en, &db->via);
	out->role = (enum pkg_role)(en->flags & ENTRY_ROLE);
	out->algorithm = pkg_alg_name((enum pkg_alg)en->alg);
	if (en->alg) {
		hex((const unsigned char *)db->digests.s + en->digest,
		    pkg_alg_size((enum pkg_alg)en->alg), db->hex);
		out->recorded = db->hex;
	}
	out->size = m ? m->size : -1;
	out->mode = m ? m->mode : -1;
	out->target = m ? text_or_null(db, m->target) : NULL;
	out->capabilities = m ? text_or_null(db, m->capabilities) : NULL;
	out->hidden = en->flags & ENTRY_DIVERTED;
}

static bool
same_digest(const struct pkgdb *db, const struct pkg_entry *en,
    const unsigned char *md)
{
	return memcmp(db->digests.s + en->digest, md,
	    pkg_alg_size((enum pkg_alg)en->alg)) == 0;
}

/* Another owner of the path that records this content. */
static const struct pkg_entry *
other_owner(const struct pkgdb *db, uint32_t first, const struct pkg_entry *en,
    const unsigned char *md)
{
	const struct pkg_entry *o;
	uint32_t k;

	for (k = first; k != NO_ENTRY; k = o->next) {
		o = &db->entries[k];
		if (o != en && o->alg == en->alg && same_digest(db, o, md))
			return o;
	}
	return NULL;
}

bool
pkgdb_owner(struct pkgdb *db, const char *path, struct pkg_owned *out)
{
	uint32_t k = pkg_lookup(db, path, strlen(path)), first = k;

	if (k == NO_ENTRY)
		return false;
	/* one that is still installed, if there is one */
	while (k != NO_ENTRY && db->pkgs[db->entries[k].pkg].removed)
		k = db->entries[k].next;
	describe(db, &db->entries[k == NO_ENTRY ? first : k], out);
	return true;
}

static struct pkg_reader *
reader(struct pkgdb *db)
{
	if (!db->reader)
		db->reader = pkg_reader_new();
	return db->reader;
}

const struct err *
pkgdb_trouble(const struct pkgdb *db)
{
	return db->trouble.class == ERR_NONE ? NULL : &db->trouble;
}

/* Does the recorded digest belong to the target of this link? */
static bool
link_digest(struct pkgdb *db, const struct pkg_entry *en,
    const struct root_file *f, unsigned char *md)
{
	struct err e;

	str_clear(&db->target);
	if (!en->alg || !db->bases[db->pkgs[en->pkg].base].link_digests ||
	    root_readlink(db->root, f, &db->target, &e))
		return false;
	pkg_digest_of((enum pkg_alg)en->alg, db->target.s, db->target.n, md);
	return true;
}

/* Link targets are all that a link can be held to. */
static enum pkg_state
check_link(struct pkgdb *db, struct root *r, const struct root_file *f,
    const struct pkg_owned *owned)
{
	if (!owned->target)
		return PKG_UNKNOWN;
	str_clear(&db->target);
	if (root_readlink(r, f, &db->target, &db->trouble))
		return PKG_UNKNOWN;
	return str_eq(&db->target, owned->target) ? PKG_UNCHANGED
						  : PKG_CHANGED;
}

/* What the file is a copy of, if it is one. */
static const struct pkg_entry *
template(struct pkgdb *db, struct root *r, struct root_file *f)
{
	struct pkg_content c;
	struct err e;

	if (!pkg_copy_place(f->path.s, &f->st) ||
	    pkg_content(reader(db), r, f, ALG_NONE, true, &c, &e) ||
	    c.n != c.size)
		return NULL;
	return pkg_copy_of(db, c.p, c.n);
}

/* ---- lists from outside ----------------------------------------------------- */

static const struct known *lists; /* NULL: none */

void
pkgdb_known(const struct known *k)
{
	lists = k;
}

/* What the lists say of a file; sha256 is filled where they are asked. */
static enum known_answer
ask_known(struct pkgdb *db, struct root *r, struct root_file *f,
    char sha256[65])
{
	enum pkg_alg alg = lists && known_has_md5(lists) ? ALG_MD5 : ALG_NONE;
	struct pkg_content c;
	char md5[33];
	struct err e;

	if (!lists || !S_ISREG(f->st.st_mode) ||
	    pkg_content(reader(db), r, f, alg, true, &c, &e))
		return KNOWN_NOTHING;
	hex(c.sha256, 32, sha256);
	if (alg)
		hex(c.digest, 16, md5);
	return known_ask(lists, f->path.s, sha256, alg ? md5 : NULL);
}

static enum pkg_state
check(struct pkgdb *db, struct root *r, struct root_file *f,
    struct pkg_owned *owned, char sha256[65])
{
	const struct pkg_entry *en = NULL, *o;
	struct pkg_content c;
	uint32_t k, first;

	memset(owned, 0, sizeof(*owned));
	owned->size = owned->mode = -1;
	db->trouble.class = ERR_NONE;
	if (sha256)
		sha256[0] = '\0';
	first = pkg_lookup(db, f->path.s, f->path.n);
	for (k = first; k != NO_ENTRY; k = db->entries[k].next)
		if (!en || db->pkgs[en->pkg].removed)
			en = &db->entries[k];
	if (en)
		describe(db, en, owned);
	if (S_ISLNK(f->st.st_mode) && en && !en->alg)
		return check_link(db, r, f, owned);
	if (S_ISREG(f->st.st_mode) && ((en && en->alg) || sha256)) {
		if (pkg_content(reader(db), r, f,
			en ? (enum pkg_alg)en->alg : ALG_NONE, sha256 != NULL,
			&c, &db->trouble))
			return en || !db->bases_n ? PKG_UNKNOWN
						  : PKG_UNPACKAGED;
		if (sha256)
			hex(c.sha256, 32, sha256);
	}
	if (!en && (o = template(db, r, f))) {
		describe(db, o, owned);
		return PKG_UNCHANGED;
	}
	if (!en)
		return db->bases_n ? PKG_UNPACKAGED : PKG_UNKNOWN;
	if (!en->alg)
		return PKG_UNKNOWN;
	if (S_ISLNK(f->st.st_mode) && link_digest(db, en, f, c.digest))
		return same_digest(db, en, c.digest) ? PKG_UNCHANGED
						     : PKG_CHANGED;
	if (!S_ISREG(f->st.st_mode))
		return PKG_CHANGED;
	if (same_digest(db, en, c.digest))
		return PKG_UNCHANGED;
	o = other_owner(db, first, en, c.digest);
	if (!o)
		return PKG_CHANGED;
	describe(db, o, owned);
	return PKG_UNCHANGED;
}

enum pkg_state
pkgdb_check(struct pkgdb *db, struct root *r, struct root_file *f,
    struct pkg_owned *owned, char sha256[65])
{
	enum pkg_state state = check(db, r, f, owned, sha256);
	char digest[65];

	switch (ask_known(db, r, f, digest)) {
	case KNOWN_GOOD:
		return PKG_KNOWN;
	case KNOWN_OTHER:
		return PKG_CHANGED;
	case KNOWN_NOTHING:
		break;
	}
	return state;
}

/* ---- all of them --------------------------------------------------------- */

struct verifying {
	struct pkgdb *db;
	const struct pkg_verify *v;
	struct rec *rec;
	/* the directory at hand */
	uint32_t dir;
	struct root_file at;
	bool found;
	bool denied; /* it cannot be told what is in it */
};

static void
trouble(const struct verifying *w, const char *op, const char *path,
    const struct err *e)
{
	rec_note_err(w->rec, op, w->db->scope, path, e);
}

/* Was it left out by dpkg.cfg? The last pattern that matches decides. */
static bool
left_out(const struct pkgdb *db, const char *path)
{
	size_t i;

	for (i = db->left_out.n; i-- > 0;)
		if (fnmatch(db->left_out.v[i].s + 1, path, 0) == 0)
			return db->left_out.v[i].s[0] == '-';
	return false;
}

static void
enter(struct verifying *w, uint32_t dir)
{
	struct pkgdb *db = w->db;
	const char *path = PKG_STR(db, db->dirs[dir].path);
	struct err e;

	root_file_close(&w->at);
	w->dir = dir;
	w->denied = false;
	w->found = root_find(db->root, *path ? path : "/", 0, &w->at, &e) == 0;
	if (w->found && !S_ISDIR(w->at.st.st_mode))
		w->found = false;
	else if (!w->found && e.class != ERR_ABSENT) {
		trouble(w, "find", path, &e);
		w->denied = true;
	}
}

/* Content and size. */
static void
check_content(struct verifying *w, const struct pkg_entry *en,
    struct root_file *f, struct pkg_found *out, uint32_t first)
{
	struct pkgdb *db = w->db;
	enum pkg_alg alg = (enum pkg_alg)en->alg;
	bool shared = w->v->seen && root_layered(db->root) && !f->upper;
	struct pkg_seen s = {.dev = f->st.st_dev, .ino = f->st.st_ino,
	    .size = (uint64_t)f->st.st_size, .alg = (unsigned char)alg,
	    .changed = pkg_ns(&f->st.st_ctim)};
	struct pkg_content c = {.n = 0};
	bool known, same;
	struct err e;

	known = shared && !w->v->all && w->v->seen(w->v->arg, &s);
	if (known) {
		memcpy(c.digest, s.digest, sizeof(c.digest));
		c.size = s.size;
	} else if (pkg_content(reader(db), db->root, f, alg, w->v->all, &c,
	    &e)) {
		trouble(w, "read", f->path.s, &e);
		out->state = "unread";
		out->odd = true;
		return;
	} else if (shared) {
		memcpy(s.digest, c.digest, sizeof(s.digest));
		w->v->saw(w->v->arg, &s);
	}
	hex(c.digest, pkg_alg_size(alg), out->digest);
	same = same_digest(db, en, c.digest);
	out->state = same ? "unchanged" : "changed";
	if (!same)
		out->differs |= PKG_DIGEST;
	if (!same && other_owner(db, first, en, c.digest)) {
		out->state = "hidden";
		out->differs = 0;
		same = true;
	}
	if (w->v->all) {
		hex(c.sha256, 32, out->sha256);
	} else if (!same) {
		/* the few that are asked for more */
		if (!known && c.n == c.size)
			pkg_digest_of(ALG_SHA256, c.p, c.n, c.sha256);
		else if (pkg_content(reader(db), db->root, f, ALG_NONE, true,
			&c, &e)) {
			trouble(w, "read", f->path.s, &e);
			return;
		}
		hex(c.sha256, 32, out->sha256);
	}
	if (!same && c.n == c.size && c.n <= PKG_KEEP_MAX) {
		out->data = c.p;
		out->n = c.n;
	}
	switch (ask_known(db, db->root, f, out->sha256)) {
	case KNOWN_GOOD:
		out->state = "unchanged";
		out->differs &= ~(unsigned)PKG_DIGEST;
		out->data = NULL;
		out->n = 0;
		break;
	case KNOWN_OTHER:
		out->state = "changed";
		out->differs |= PKG_DIGEST;
		out->odd = true;
		break;
	case KNOWN_NOTHING:
		break;
	}
}

/* "= cap_net_raw+ep" is what older libraries said. */
static bool
same_capabilities(const char *recorded, const char *have)
{
	if (strncmp(recorded, "= ", 2) == 0)
		recorded += 2;
	for (; *recorded && (*recorded == *have ||
	    (*recorded == '+' && *have == '=')); recorded++)
		have++;
	return *recorded == *have;
}

static void
check_capabilities(struct verifying *w, const struct pkg_more *m,
    struct root_file *f, struct pkg_found *out)
{
	struct str value cleanup_str = STR_INIT;
	struct str have cleanup_str = STR_INIT;
	struct err e;

	if (root_getxattr(w->db->root, f, "security.capability", &value, &e)) {
		if (e.class != ERR_ABSENT)
			trouble(w, "xattr", f->path.s, &e);
	} else if (filecaps_text(value.s, value.n, &have)) {
		str_sets(&have, "?");
	}
	if (!same_capabilities(m->capabilities ? PKG_STR(w->db,
		m->capabilities) : "", have.s))
		out->differs |= PKG_CAPABILITIES;
}

/* What rpm and apk record besides, and overrides of dpkg. */
static void
check_more(struct verifying *w, const struct pkg_entry *en,
    struct root_file *f, struct pkg_found *out)
{
	const struct pkg_more *m = &w->db->more[en->more - 1];
	unsigned skip = m->skip;
	struct err e;

	if (m->mode >= 0 && m->mode & S_IFMT &&
	    (m->mode & S_IFMT) != (f->st.st_mode & S_IFMT)) {
		out->differs |= PKG_TYPE;
		out->state = "replaced";
		return;
	}
	if (m->mode >= 0 && !(skip & PKG_MODE) && !S_ISLNK(f->st.st_mode) &&
	    (m->mode & 07777) != (f->st.st_mode & 07777))
		out->differs |= PKG_MODE;
	if (m->uid >= 0 && !(skip & PKG_OWNER) &&
	    (uid_t)m->uid != f->st.st_uid)
		out->differs |= PKG_OWNER;
	if (m->gid >= 0 && !(skip & PKG_GROUP) &&
	    (gid_t)m->gid != f->st.st_gid)
		out->differs |= PKG_GROUP;
	if (S_ISREG(f->st.st_mode)) {
		if (m->size >= 0 && !(skip & PKG_SIZE) &&
		    m->size != f->st.st_size)
			out->differs |= PKG_SIZE;
		if (m->mtime >= 0 && !(skip & PKG_TIME) &&
		    m->mtime != f->st.st_mtim.tv_sec)
			out->differs |= PKG_TIME;
		if (w->db->bases[w->db->pkgs[en->pkg].base].capabilities &&
		    !(skip & PKG_CAPABILITIES))
			check_capabilities(w, m, f, out);
	}
	if (m->target && !(skip & PKG_TARGET) && S_ISLNK(f->st.st_mode)) {
		str_clear(&w->db->target);
		if (root_readlink(w->db->root, f, &w->db->target, &e))
			trouble(w, "readlink", f->path.s, &e);
		else if (!str_eq(&w->db->target, PKG_STR(w->db, m->target)))
			out->differs |= PKG_TARGET;
	}
}

/*
 * dpkg records neither modes nor targets; but it gives files the times that
 * they have in the package, which is older than its installation. A link made
 * since, or a setuid file whose inode was changed since, is not its own.
 */
static void
check_times(const struct pkgdb *db, const struct pkg_entry *en,
    const struct root_file *f, struct pkg_found *out)
{
	const struct pkg *p = &db->pkgs[en->pkg];
	int64_t changed = pkg_ns(&f->st.st_ctim);

	if (!db->bases[p->base].preserved || p->installed_time == CIVIL_NONE ||
	    p->removed || en->flags & ENTRY_DIRECTORY ||
	    (en->flags & ENTRY_ROLE) == PKG_CONFIGURATION)
		return;
	if (!en->alg && (S_ISLNK(f->st.st_mode) || S_ISREG(f->st.st_mode)) &&
	    pkg_ns(&f->st.st_mtim) > p->installed_time + SLACK) {
		out->differs |= PKG_TIME;
		out->odd = true;
	}
	if (S_ISREG(f->st.st_mode) && f->st.st_mode & 06000 && !en->more &&
	    p->list_changed != CIVIL_NONE &&
	    p->list_changed < p->installed_time + SLACK &&
	    changed > p->list_changed + SLACK) {
		out->differs |= PKG_TIME;
		out->odd = true;
	}
}

/* What is there is neither a link to a directory nor one. */
static bool
no_directory(struct pkgdb *db, const struct root_file *f)
{
	struct root_file to cleanup_root_file = ROOT_FILE_INIT;

	if (S_ISDIR(f->st.st_mode))
		return false;
	return !S_ISLNK(f->st.st_mode) ||
	    (root_find(db->root, f->path.s, 0, &to, NULL) == 0 &&
		!S_ISDIR(to.st.st_mode));
}

static void
check_found(struct verifying *w, const struct pkg_entry *en,
    struct root_file *f, struct pkg_found *out)
{
	struct pkgdb *db = w->db;
	unsigned char md[PKG_DIGEST_MAX];
	uint32_t first;

	out->state = "unknown";
	if (en->flags & ENTRY_DIRECTORY) {
		if (no_directory(db, f)) {
			out->state = "replaced";
			out->differs = PKG_TYPE;
			out->odd = true;
			return;
		}
	} else if (S_ISLNK(f->st.st_mode) && link_digest(db, en, f, md) &&
	    (same_digest(db, en, md) || (en->more &&
		(db->more[en->more - 1].mode & 0777) == 0777))) {
		hex(md, pkg_alg_size((enum pkg_alg)en->alg), out->digest);
		out->state = "unchanged";
		if (!same_digest(db, en, md)) {
			out->state = "changed";
			out->differs |= PKG_TARGET;
		}
	} else if (en->alg && !S_ISREG(f->st.st_mode)) {
		out->state = "replaced";
		out->differs = PKG_TYPE;
		out->odd = true;
		return;
	}
	if (S_ISREG(f->st.st_mode) && (en->alg || w->v->all)) {
		first = pkg_lookup(db, f->path.s, f->path.n);
		if (en->alg) {
			check_content(w, en, f, out, first);
		} else {
			struct pkg_content c;
			struct err e;

			if (pkg_content(reader(db), db->root, f, ALG_NONE,
				true, &c, &e))
				trouble(w, "read", f->path.s, &e);
			else
				hex(c.sha256, 32, out->sha256);
		}
	}
	if (en->more && out->owned.role != PKG_GHOST)
		check_more(w, en, f, out);
	if (strcmp(out->state, "unknown") == 0 &&
	    out->differs & (PKG_TARGET | PKG_SIZE))
		out->state = "changed";
	else if (strcmp(out->state, "unknown") == 0 && en->more &&
	    db->more[en->more - 1].target && S_ISLNK(f->st.st_mode))
		out->state = "unchanged";
	out->odd |= (out->differs & ~(unsigned)PKG_TIME) != 0;
	check_times(db, en, f, out);
}

/* An empty directory that no file tells of, as it should be, is no file. */
static bool
plain_directory(const struct pkg_entry *en, const struct pkg_found *f)
{
	return !f->odd && (en->flags & ENTRY_DIRECTORY ||
	    (f->file && S_ISDIR(f->file->st.st_mode)));
}

static void
verify_entry(struct verifying *w, const struct pkg_entry *en)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct pkgdb *db = w->db;
	struct pkg_found out;
	struct err e;
	int st = 0;

	memset(&out, 0, sizeof(out));
	if (w->dir != en->dir)
		enter(w, en->dir);
	describe(db, en, &out.owned);
	out.package = en->pkg;
	out.path = pkg_entry_path(db, en, &db->path);
	if (w->found)
		st = root_find_in(db->root, &w->at, PKG_STR(db, en->name), &f,
		    &e);
	if (w->found && st == 0) {
		out.file = &f;
		out.path = f.path.s;
		check_found(w, en, &f, &out);
	} else if ((w->found && e.class != ERR_ABSENT) || w->denied) {
		if (w->found)
			trouble(w, "find", out.path, &e);
		out.state = "unread";
		out.odd = true;
	} else {
		out.state = "missing";
		/* of a directory, its files are missing */
		out.odd = !(en->flags & ENTRY_DIRECTORY) &&
		    out.owned.role != PKG_DOCUMENTATION &&
		    out.owned.role != PKG_GHOST &&
		    !db->pkgs[en->pkg].removed && !left_out(db, out.path) &&
		    !left_out(db, out.owned.name);
	}
	if (!plain_directory(en, &out))
		w->v->fn(w->v->arg, &out);
}

size_t
pkgdb_files(const struct pkgdb *db)
{
	return db->entries_n;
}

void
pkgdb_verify(struct pkgdb *db, size_t from, size_t to,
    const struct pkg_verify *v, struct rec *rec)
{
	struct verifying w = {.db = db, .v = v, .rec = rec, .dir = NO_ENTRY,
	    .at = ROOT_FILE_INIT};
	size_t i;

	for (i = from; i < to && i < db->entries_n; i++)
		verify_entry(&w, &db->entries[i]);
	root_file_close(&w.at);
}

/* ---- the databases ------------------------------------------------------- */

size_t
pkgdb_count(const struct pkgdb *db)
{
	return db->bases_n;
}

void
pkgdb_info(const struct pkgdb *db, size_t i, struct pkg_db_info *out)
{
	const struct pkg_base *b = &db->bases[i];

	out->format = b->format;
	out->path = PKG_STR(db, b->path);
	out->packages = b->packages;
	out->files = b->files;
	out->digests = b->digests;
	out->modified_time = b->modified_time;
	out->changed_time = b->changed_time;
	out->last_time = b->last_time;
	out->oddities = &b->oddities;
	out->odd = b->odd;
}

size_t
pkgdb_packages(const struct pkgdb *db)
{
	return db->pkgs_n;
}

void
pkgdb_package(const struct pkgdb *db, size_t i, struct pkg_info *out)
{
	const struct pkg *p = &db->pkgs[i];

	out->db = p->base;
	out->name = PKG_STR(db, p->name);
	out->version = PKG_STR(db, p->version);
	out->architecture = PKG_STR(db, p->arch);
	out->status = PKG_STR(db, p->status);
	out->source = PKG_STR(db, p->source);
	out->vendor = PKG_STR(db, p->vendor);
	out->archive = PKG_STR(db, p->archive);
	out->known = p->known;
	out->files = p->files;
	out->installed_time = p->installed_time;
}

void
pkgdb_scripts(struct pkgdb *db, size_t i, struct strlist *names,
    struct str *text)
{
	const struct pkg *p = &db->pkgs[i];

	if (strcmp(db->bases[p->base].format, "dpkg") == 0)
		pkg_dpkg_scripts(db, p, names, text);
	else if (strcmp(db->bases[p->base].format, "apk") == 0)
		pkg_apk_scripts(db, p, names, text);
	else
		pkg_rpm_scripts(db, p, names, text);
}
