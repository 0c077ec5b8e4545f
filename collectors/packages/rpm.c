/*
 * rpm - header blobs, and the places of rpm's databases
 *
 * A header: two numbers (entries, bytes of data), entries of tag, type,
 * offset and count, then the data, all big-endian. What the package was built
 * with stands first, as one region, whose digests (and a signature of its
 * builder) are further entries: who edits a digest in the database breaks
 * that of the region, unless it is made anew as well.
 */

#include "rpm.h"

#include "limits.h"

#include <errno.h>

enum {
	TAG_IMMUTABLE = 63,
	TAG_DSAHEADER = 267,
	TAG_RSAHEADER = 268,
	TAG_SHA1HEADER = 269,
	TAG_SHA256HEADER = 273,
	TAG_SIGPGP = 259,
	TAG_SIGGPG = 262,
	TAG_NAME = 1000,
	TAG_VERSION = 1001,
	TAG_RELEASE = 1002,
	TAG_EPOCH = 1003,
	TAG_INSTALLTIME = 1008,
	TAG_VENDOR = 1011,
	TAG_ARCH = 1022,
	TAG_OLDFILENAMES = 1027,
	TAG_FILESIZES = 1028,
	TAG_FILESTATES = 1029,
	TAG_FILEMODES = 1030,
	TAG_FILEMTIMES = 1034,
	TAG_FILEDIGESTS = 1035,
	TAG_FILELINKTOS = 1036,
	TAG_FILEFLAGS = 1037,
	TAG_FILEUSERNAME = 1039,
	TAG_FILEGROUPNAME = 1040,
	TAG_SOURCERPM = 1044,
	TAG_FILEVERIFYFLAGS = 1045,
	TAG_DIRINDEXES = 1116,
	TAG_BASENAMES = 1117,
	TAG_DIRNAMES = 1118,
	TAG_LONGFILESIZES = 5008,
	TAG_FILECAPS = 5010,
	TAG_FILEDIGESTALGO = 5011,
};

enum { TYPE_CHAR8 = 1, TYPE_INT8, TYPE_INT16, TYPE_INT32, TYPE_INT64,
	TYPE_STRING, TYPE_BIN, TYPE_STRINGS, TYPE_I18N };

enum { FLAG_CONFIG = 1, FLAG_DOC = 2, FLAG_MISSINGOK = 8, FLAG_GHOST = 64,
	FLAG_LICENSE = 128 };

struct header {
	const unsigned char *pe, *data;
	uint32_t il, dl;
};

/* An entry, with its bytes: numbers are all there, strings end where the data
 * ends at the latest. */
struct value {
	const unsigned char *p;
	uint32_t type, count;
	size_t n;   /* bytes up to the end of the data */
	uint32_t at; /* strings: next */
};

static uint32_t
be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static int
header_open(struct header *h, const unsigned char *p, size_t n)
{
	if (n < 8)
		return -1;
	h->il = be32(p);
	h->dl = be32(p + 4);
	if (!h->il || h->il > RPM_TAGS_MAX ||
	    (uint64_t)h->il * 16 + h->dl + 8 > n)
		return -1;
	h->pe = p + 8;
	h->data = h->pe + (size_t)h->il * 16;
	return 0;
}

static bool
get(const struct header *h, uint32_t tag, struct value *v)
{
	static const unsigned char size[] = {[TYPE_CHAR8] = 1, [TYPE_INT8] = 1,
	    [TYPE_INT16] = 2, [TYPE_INT32] = 4, [TYPE_INT64] = 8,
	    [TYPE_BIN] = 1, [TYPE_I18N] = 0};
	const unsigned char *pe;
	uint32_t i, off;

	memset(v, 0, sizeof(*v));
	for (i = 0; i < h->il; i++) {
		pe = h->pe + (size_t)i * 16;
		if (be32(pe) != tag)
			continue;
		v->type = be32(pe + 4);
		off = be32(pe + 8);
		v->count = be32(pe + 12);
		if (!v->type || v->type > TYPE_I18N || off > h->dl)
			break;
		v->p = h->data + off;
		v->n = h->dl - off;
		if ((uint64_t)size[v->type] * v->count > v->n ||
		    v->count > v->n)
			break; /* a string has a byte at least */
		return true;
	}
	v->p = NULL;
	v->count = 0;
	return false;
}

static int64_t
number(const struct value *v, uint32_t i, int64_t absent)
{
	const unsigned char *p = v->p;

	if (i >= v->count)
		return absent;
	switch (v->type) {
	case TYPE_CHAR8:
	case TYPE_INT8:
		return p[i];
	case TYPE_INT16:
		return p[2 * i] << 8 | p[2 * i + 1];
	case TYPE_INT32:
		return be32(p + 4 * (size_t)i);
	case TYPE_INT64:
		return (int64_t)((uint64_t)be32(p + 8 * (size_t)i) << 32 |
		    be32(p + 8 * (size_t)i + 4));
	}
	return absent;
}

static int64_t
number_of(const struct header *h, uint32_t tag, int64_t absent)
{
	struct value v;

	return get(h, tag, &v) ? number(&v, 0, absent) : absent;
}

/* The next string of an array (the first of one); NULL: there is none. */
static const char *
string(struct value *v)
{
	const char *p = (const char *)v->p;
	const unsigned char *end;

	if (v->at >= v->count || (v->type != TYPE_STRING &&
		v->type != TYPE_STRINGS && v->type != TYPE_I18N))
		return NULL;
	end = memchr(p, '\0', v->n);
	if (!end) {
		v->count = 0;
		return NULL;
	}
	v->n -= (size_t)(end + 1 - v->p);
	v->p = end + 1;
	v->at++;
	return p;
}

static const char *
string_of(const struct header *h, uint32_t tag)
{
	struct value v;

	return get(h, tag, &v) ? string(&v) : NULL;
}

static void
text(struct pkgdb *db, const char *s, uint32_t *to)
{
	uint32_t at;

	if (s && pkg_text(db, s, strlen(s), &at))
		*to = at;
}

/* ---- can it be trusted? -------------------------------------------------- */

/* Does the region have the digest that stands beside it? 1, 0; -1: there is
 * none. */
static int
digest_good(const struct header *h)
{
	static const unsigned char magic[8] = {0x8e, 0xad, 0xe8, 1};
	static const struct {
		uint32_t tag;
		enum pkg_alg alg;
	} tags[] = {{TAG_SHA256HEADER, ALG_SHA256}, {TAG_SHA1HEADER, ALG_SHA1}};
	unsigned char md[PKG_DIGEST_MAX], ildl[8];
	struct str all cleanup_str = STR_INIT;
	struct str hex cleanup_str = STR_INIT;
	uint32_t off, ril, rdl;
	const char *want;
	size_t i;
	int k;

	if (be32(h->pe) != TAG_IMMUTABLE || be32(h->pe + 4) != TYPE_BIN ||
	    be32(h->pe + 12) != 16)
		return -1;
	off = be32(h->pe + 8);
	if (off > h->dl || h->dl - off < 16)
		return 0;
	rdl = off + 16;
	/* the trailer: its offset leads back over the entries */
	ril = -be32(h->data + off + 8);
	if (ril % 16 || ril / 16 > h->il || !ril)
		return 0;
	ril /= 16;
	for (k = 0; k < 4; k++) {
		ildl[k] = (unsigned char)(ril >> (24 - 8 * k));
		ildl[4 + k] = (unsigned char)(rdl >> (24 - 8 * k));
	}
	for (i = 0; i < COUNT(tags); i++) {
		want = string_of(h, tags[i].tag);
		if (!want)
			continue;
		str_add(&all, magic, sizeof(magic));
		str_add(&all, ildl, sizeof(ildl));
		str_add(&all, h->pe, (size_t)ril * 16);
		str_add(&all, h->data, rdl);
		pkg_digest_of(tags[i].alg, all.s, all.n, md);
		str_add_hex(&hex, md, pkg_alg_size(tags[i].alg));
		return str_eq(&hex, want);
	}
	return -1;
}

/* The key's id in an OpenPGP signature (RFC 4880); false: it is none. */
static bool
key_of(const struct value *v, struct str *out)
{
	const unsigned char *p = v->p, *end = p + v->count;
	size_t n, part, k;

	if (v->type != TYPE_BIN || end - p < 20 || !(p[0] & 0x80))
		return false;
	if (p[0] & 0x40) /* new form: the length has one or two bytes here */
		p += p[1] < 192 ? 2 : 3;
	else
		p += 2 + (p[0] & 3 ? (p[0] & 3) == 1 ? 1 : 3 : 0);
	if (end - p < 20)
		return false;
	if (p[0] == 3) {
		str_add_hex(out, p + 7, 8);
		return true;
	}
	if (p[0] != 4)
		return false;
	p += 4;
	for (part = 0; part < 2 && end - p >= 2; part++) {
		n = (size_t)p[0] << 8 | p[1];
		p += 2;
		if (n > (size_t)(end - p))
			return false;
		while (n >= 2) {
			k = p[0];
			if (k >= 192 || !k || k >= n)
				return false;
			if (p[1] % 128 == 16 && k == 9) {
				str_add_hex(out, p + 2, 8);
				return true;
			}
			p += k + 1;
			n -= k + 1;
		}
		p += n;
	}
	return false;
}

static void
signature(struct pkgdb *db, const struct header *h, struct pkg *p)
{
	static const uint32_t tags[] = {TAG_RSAHEADER, TAG_DSAHEADER,
	    TAG_SIGPGP, TAG_SIGGPG};
	struct str s cleanup_str = STR_INIT;
	struct value v;
	size_t i;

	p->known = strcmp(PKG_STR(db, p->name), "gpg-pubkey") == 0 ? -1 : 0;
	for (i = 0; i < COUNT(tags); i++) {
		if (!get(h, tags[i], &v))
			continue;
		p->known = 1;
		str_sets(&s, "key ");
		if (!key_of(&v, &s))
			continue;
		text(db, s.s, &p->archive);
		return;
	}
}

/* ---- a package ----------------------------------------------------------- */

static void
scripts(struct pkgdb *db, const struct header *h, struct pkg *p)
{
	static const struct {
		uint32_t tag;
		const char *name;
	} tags[] = {{1151, "pretrans"}, {1023, "prein"}, {1024, "postin"},
	    {1025, "preun"}, {1026, "postun"}, {1152, "posttrans"},
	    {1079, "verifyscript"}, {1065, "trigger"}, {5066, "filetrigger"},
	    {5076, "transfiletrigger"}};
	struct str names cleanup_str = STR_INIT;
	struct str all cleanup_str = STR_INIT;
	uint32_t at, behind;
	struct value v;
	const char *s;
	size_t i, n;

	for (i = 0; i < COUNT(tags); i++) {
		if (!get(h, tags[i].tag, &v) || !(s = string(&v)))
			continue;
		if (names.n)
			str_addc(&names, ' ');
		str_adds(&names, tags[i].name);
		do {
			str_addf(&all, "== %s\n", tags[i].name);
			n = strlen(s);
			if (all.n + n > PKG_SCRIPTS_MAX)
				n = PKG_SCRIPTS_MAX > all.n
				    ? PKG_SCRIPTS_MAX - all.n : 0;
			str_add(&all, s, n);
			if (!n || s[n - 1] != '\n')
				str_addc(&all, '\n');
		} while (all.n < PKG_SCRIPTS_MAX && (s = string(&v)));
	}
	if (names.n && pkg_text(db, names.s, names.n, &at) &&
	    pkg_text(db, all.s, all.n, &behind))
		p->more = at; /* the texts are right behind it */
}

void
pkg_rpm_scripts(struct pkgdb *db, const struct pkg *p, struct strlist *names,
    struct str *text_out)
{
	const char *s = PKG_STR(db, p->more), *end;

	if (!p->more)
		return;
	for (; *s; s = end + (*end == ' ')) {
		end = s + strcspn(s, " ");
		strlist_add(names, s, (size_t)(end - s));
	}
	str_adds(text_out, s + 1);
}

struct files {
	struct value names, dirs, dirnames, digests, links, users, groups, caps;
	struct value sizes, modes, mtimes, flags, verify, states;
	enum pkg_alg alg;
	uint32_t *dir; /* of each DIRNAMES */
	/* a name's number, of the last one */
	const char *user, *group;
	int32_t uid, gid;
};

static enum pkg_alg
algorithm(int64_t n)
{
	switch (n) {
	case 2:
		return ALG_SHA1;
	case 8:
		return ALG_SHA256;
	case 9:
		return ALG_SHA384;
	case 10:
		return ALG_SHA512;
	case 11:
		return ALG_SHA224;
	}
	return ALG_MD5;
}

static enum pkg_role
role_of(int64_t flags)
{
	if (flags & FLAG_GHOST)
		return PKG_GHOST;
	if (flags & FLAG_CONFIG)
		return PKG_CONFIGURATION;
	return flags & (FLAG_DOC | FLAG_LICENSE | FLAG_MISSINGOK)
	    ? PKG_DOCUMENTATION : PKG_FILE;
}

static int32_t
id_of(struct pkgdb *db, bool group, const char *name, const char **last,
    int32_t *id)
{
	if (!name)
		return -1;
	if (!*last || strcmp(*last, name) != 0)
		*id = pkg_id(db, group, name);
	*last = name;
	return *id;
}

static void
record(struct pkgdb *db, struct files *f, struct pkg_entry *en, uint32_t i,
    const char *digest, const char *link, const char *user, const char *group,
    const char *caps)
{
	/* the bits of rpm's verify flags, in its order */
	static const unsigned bits[] = {PKG_DIGEST, PKG_SIZE, PKG_TARGET,
	    PKG_OWNER, PKG_GROUP, PKG_TIME, PKG_MODE, 0, PKG_CAPABILITIES};
	int64_t mode = number(&f->modes, i, -1);
	int64_t verify = number(&f->verify, i, -1);
	struct pkg_more m;
	size_t k;

	memset(&m, 0, sizeof(m));
	m.mode = mode;
	m.size = number(&f->sizes, i, -1);
	m.mtime = number(&f->mtimes, i, -1);
	m.uid = id_of(db, false, user, &f->user, &f->uid);
	m.gid = id_of(db, true, group, &f->group, &f->gid);
	for (k = 0; k < COUNT(bits); k++)
		if (!(verify >> k & 1))
			m.skip |= bits[k];
	if (link && *link && mode >= 0 && S_ISLNK(mode))
		text(db, link, &m.target);
	text(db, caps && *caps ? caps : NULL, &m.capabilities);
	pkg_more_share(db, en, &m);
	if (digest && *digest && !(m.skip & PKG_DIGEST) && (mode < 0 ||
		S_ISREG(mode)) && strlen(digest) == 2 * pkg_alg_size(f->alg))
		pkg_digest_hex(db, en, digest, strlen(digest));
	if (mode >= 0 && S_ISDIR(mode))
		en->flags |= ENTRY_DIRECTORY;
}

static void
read_files(struct pkgdb *db, const struct header *h, size_t *bad)
{
	const char *name, *digest, *link, *user, *group, *caps;
	struct files f = {.alg = ALG_MD5};
	struct pkg_entry *en;
	bool old = false;
	int64_t d, state;
	uint32_t i, n;

	if (!get(h, TAG_BASENAMES, &f.names)) {
		if (!get(h, TAG_OLDFILENAMES, &f.names))
			return;
		old = true;
	}
	get(h, TAG_DIRINDEXES, &f.dirs);
	get(h, TAG_DIRNAMES, &f.dirnames);
	get(h, TAG_FILEDIGESTS, &f.digests);
	get(h, TAG_FILELINKTOS, &f.links);
	get(h, TAG_FILEUSERNAME, &f.users);
	get(h, TAG_FILEGROUPNAME, &f.groups);
	get(h, TAG_FILECAPS, &f.caps);
	if (!get(h, TAG_FILESIZES, &f.sizes))
		get(h, TAG_LONGFILESIZES, &f.sizes);
	get(h, TAG_FILEMODES, &f.modes);
	get(h, TAG_FILEMTIMES, &f.mtimes);
	get(h, TAG_FILEFLAGS, &f.flags);
	get(h, TAG_FILEVERIFYFLAGS, &f.verify);
	get(h, TAG_FILESTATES, &f.states);
	f.alg = algorithm(number_of(h, TAG_FILEDIGESTALGO, 1));
	n = f.dirnames.count;
	f.dir = xreallocarray(NULL, n + 1, sizeof(*f.dir));
	for (i = 0; i < n; i++) {
		name = string(&f.dirnames);
		f.dir[i] = name ? pkg_dir(db, name, strlen(name)) : UINT32_MAX;
	}
	for (i = 0; (name = string(&f.names)); i++) {
		digest = string(&f.digests);
		link = string(&f.links);
		user = string(&f.users);
		group = string(&f.groups);
		caps = string(&f.caps);
		state = number(&f.states, i, 0);
		if (state) /* another package's file is there, or none */
			continue;
		d = number(&f.dirs, i, -1);
		if (old) {
			en = pkg_own(db, name, strlen(name),
			    role_of(number(&f.flags, i, 0)));
		} else if (d < 0 || d >= n || f.dir[d] == UINT32_MAX ||
		    strchr(name, '/') || strcmp(name, ".") == 0 ||
		    strcmp(name, "..") == 0) {
			++*bad;
			continue;
		} else if (!*name) { /* the root directory itself */
			continue;
		} else {
			en = pkg_own_in(db, f.dir[d], name, strlen(name),
			    role_of(number(&f.flags, i, 0)));
		}
		if (en)
			record(db, &f, en, i, digest, link, user, group, caps);
	}
	free(f.dir);
}

struct reading {
	struct pkgdb *db;
	uint32_t base;
	const char *path;
	size_t broken, signed_n, unsigned_n, digest_n;
	uint32_t unsigned_first;
};

static void
judge_header(struct reading *rd, const struct header *h, const struct pkg *p)
{
	struct pkg_base *b = &rd->db->bases[rd->base];
	const char *name = PKG_STR(rd->db, p->name);

	rd->signed_n += p->known == 1;
	if (p->known == 0 && !rd->unsigned_n++)
		rd->unsigned_first = p->name;
	if (strcmp(name, "gpg-pubkey") == 0)
		return;
	if (digest_good(h) == 0)
		pkg_odd(b, "the header of package %s is not what its own "
		    "digest says", name);
}

static bool
blob(void *arg, const unsigned char *p, size_t n)
{
	struct reading *rd = arg;
	struct str evr cleanup_str = STR_INIT;
	struct pkgdb *db = rd->db;
	int64_t epoch, t;
	struct header h;
	struct pkg *pkg;
	const char *name, *s;
	size_t bad = 0;

	if (header_open(&h, p, n) || !(name = string_of(&h, TAG_NAME)) ||
	    !*name || strlen(name) > 255) {
		rd->broken++;
		return true;
	}
	pkg = pkg_add(db, name, strlen(name));
	if (!pkg)
		return false;
	epoch = number_of(&h, TAG_EPOCH, -1);
	if (epoch >= 0)
		str_addf(&evr, "%lld:", (long long)epoch);
	s = string_of(&h, TAG_VERSION);
	str_adds(&evr, s ? s : "");
	s = string_of(&h, TAG_RELEASE);
	if (s)
		str_addf(&evr, "-%s", s);
	text(db, evr.s, &pkg->version);
	text(db, string_of(&h, TAG_ARCH), &pkg->arch);
	text(db, string_of(&h, TAG_SOURCERPM), &pkg->source);
	text(db, string_of(&h, TAG_VENDOR), &pkg->vendor);
	text(db, "installed", &pkg->status);
	t = number_of(&h, TAG_INSTALLTIME, 0);
	if (t > 0) {
		pkg->installed_time = civil_ns(t, 0);
		if (pkg->installed_time > db->bases[rd->base].last_time)
			db->bases[rd->base].last_time = pkg->installed_time;
	}
	signature(db, &h, pkg);
	if (db->judge) {
		scripts(db, &h, pkg);
		judge_header(rd, &h, pkg);
	}
	read_files(db, &h, &bad);
	if (bad)
		pkg_note(db, ERR_CORRUPT, rd->path, 0,
		    "package %s has %zu files whose names make no sense", name,
		    bad);
	return true;
}

void
rpm_header(struct pkgdb *db, const unsigned char *p, size_t n)
{
	struct reading rd = {.db = db, .path = "/header"};

	db->judge = true;
	rd.base = (uint32_t)db->bases_n;
	pkg_base_add(db, "rpm-sqlite", rd.path);
	blob(&rd, p, n);
}

/* ---- the databases ------------------------------------------------------- */

int
rpm_pread(int fd, void *p, size_t n, uint64_t off)
{
	size_t have = 0;
	ssize_t k;

	if (off > INT64_MAX - n)
		return -1;
	while (have < n) {
		k = pread(fd, (char *)p + have, n - have, (off_t)(off + have));
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return -1;
		have += (size_t)k;
	}
	return 0;
}

static void
judge(struct reading *rd, struct root_file *f)
{
	struct pkgdb *db = rd->db;
	struct pkg_base *b = &db->bases[rd->base];
	struct statx st;
	struct err e;

	if (rd->unsigned_n && rd->unsigned_n * 10 < rd->signed_n)
		pkg_odd(b, "%zu packages have no signature, as others have: "
		    "%s%s", rd->unsigned_n, PKG_STR(db, rd->unsigned_first),
		    rd->unsigned_n > 1 ? " ..." : "");
	if (f->st.st_mode & 022)
		pkg_odd(b, "it may be written by others than its owner");
	if (root_statx(db->root, f, &st, &e) == 0 && st.stx_attributes &
	    (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND))
		pkg_odd(b, "it cannot be changed (immutable or append-only)");
}

static const struct rpm_format {
	const char *name, *format;
	int (*read)(struct root_file *, rpm_blob_fn *, void *, struct err *);
} formats[] = {
	{"rpmdb.sqlite", "rpm-sqlite", rpm_sqlite_read},
	{"Packages.db", "rpm-ndb", rpm_ndb_read},
	{"Packages", "rpm-bdb", rpm_bdb_read},
};

/* What is not yet written back to the database is not read. */
static void
side_files(struct pkgdb *db, const char *path)
{
	static const char *const sides[] = {"-wal", "-journal"};
	struct str s cleanup_str = STR_INIT;
	size_t i;

	for (i = 0; i < COUNT(sides); i++) {
		struct root_file f cleanup_root_file = ROOT_FILE_INIT;

		str_sets(&s, path);
		str_adds(&s, sides[i]);
		if (root_find(db->root, s.s, 0, &f, NULL) == 0 &&
		    f.st.st_size > 0)
			pkg_note(db, ERR_UNSUPPORTED, s.s, 0, "%lld bytes that "
			    "were not written back to the database are not "
			    "read", (long long)f.st.st_size);
	}
}

static void
read_db(struct pkgdb *db, const struct rpm_format *format,
    struct root_file *f)
{
	struct reading rd = {.db = db, .path = f->path.s};
	struct err e;

	if (root_reopen(db->root, f, &e) || !S_ISREG(f->st.st_mode)) {
		if (S_ISDIR(f->st.st_mode))
			err_set(&e, ERR_CORRUPT, 0, "'%s' is a directory",
			    f->path.s);
		pkg_note_err(db, f->path.s, &e);
		return;
	}
	rd.base = (uint32_t)db->bases_n;
	pkg_base_add(db, format->format, f->path.s)->capabilities = true;
	pkg_base_file(&db->bases[rd.base], &f->st);
	if (format->read == rpm_sqlite_read)
		side_files(db, f->path.s);
	if (format->read(f, blob, &rd, &e))
		pkg_note_err(db, f->path.s, &e);
	if (rd.broken)
		pkg_note(db, ERR_CORRUPT, f->path.s, 0,
		    "%zu headers make no sense", rd.broken);
	if (db->judge)
		judge(&rd, f);
}

void
pkg_rpm_open(struct pkgdb *db)
{
	static const char *const dirs[] = {"/usr/lib/sysimage/rpm",
	    "/var/lib/rpm"};
	struct strlist had cleanup_strlist = STRLIST_INIT;
	struct str path cleanup_str = STR_INIT;
	struct err e;
	size_t i, k, n;

	for (i = 0; i < COUNT(dirs); i++)
		for (k = 0; k < COUNT(formats); k++) {
			struct root_file f cleanup_root_file = ROOT_FILE_INIT;

			str_clear(&path);
			str_addf(&path, "%s/%s", dirs[i], formats[k].name);
			if (root_find(db->root, path.s, 0, &f, &e)) {
				if (e.class != ERR_ABSENT)
					pkg_note_err(db, path.s, &e);
				continue;
			}
			for (n = 0; n < had.n && strcmp(had.v[n].s,
				f.path.s) != 0; n++)
				;
			if (n < had.n)
				continue; /* a link to the other place */
			strlist_add(&had, f.path.s, f.path.n);
			read_db(db, &formats[k], &f);
		}
}
