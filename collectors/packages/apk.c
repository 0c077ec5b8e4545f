/*
 * apk - the database of Alpine's package manager: lib/apk/db
 *
 * installed has a stanza for each package, lines of a letter, a colon and a
 * value: P name, V version, A architecture, o origin, m maintainer; then F
 * for each directory (M: its owner and mode), and in it R for each file (a:
 * owner and mode, where they are not root's and 0644; Z: its digest, "Q1" and
 * SHA-1 or "Q2" and SHA-256 in base64; of a link that of its target).
 * scripts.tar has the maintainer scripts. A package that was installed from a
 * file stands in etc/apk/world as "NAME><DIGEST".
 */

#include "packages-internal.h"

#include "limits.h"

struct apk {
	struct pkgdb *db;
	uint32_t base;
	struct str name, version, dir, checksum;
	struct pkg *pkg;    /* NULL: between packages, or it was refused */
	uint32_t at;	    /* the directory of F; UINT32_MAX: none */
	uint32_t entry;	    /* of R; NO_ENTRY: none */
	struct pkg_more mode; /* of it */
	size_t bad, files, without;
	bool some;
};

static struct pkg_base *
base_of(struct apk *a)
{
	return &a->db->bases[a->base];
}

/* apk keeps what a site changes there, and only there. */
static enum pkg_role
role_of(const struct str *dir)
{
	static const char *const plain[] = {"etc/init.d", "etc/apk"};
	size_t i, n;

	if (strncmp(dir->s, "usr/share/", 10) == 0) {
		if (strncmp(dir->s + 10, "man", 3) == 0 ||
		    strncmp(dir->s + 10, "doc", 3) == 0)
			return PKG_DOCUMENTATION;
		return PKG_FILE;
	}
	if (strncmp(dir->s, "etc", 3) != 0 || (dir->s[3] && dir->s[3] != '/'))
		return PKG_FILE;
	for (i = 0; i < COUNT(plain); i++) {
		n = strlen(plain[i]);
		if (strncmp(dir->s, plain[i], n) == 0 &&
		    (!dir->s[n] || dir->s[n] == '/'))
			return PKG_FILE;
	}
	return PKG_CONFIGURATION;
}

/* The file of R is complete. */
static void
file_end(struct apk *a)
{
	if (a->entry == NO_ENTRY)
		return;
	pkg_more_share(a->db, &a->db->entries[a->entry], &a->mode);
	a->files++;
	a->without += !a->db->entries[a->entry].alg;
	a->entry = NO_ENTRY;
}

static void
file(struct apk *a, const char *p, size_t n)
{
	struct pkg_entry *en;

	file_end(a);
	if (!a->pkg || a->at == UINT32_MAX)
		return;
	if (!n || memchr(p, '/', n) || (n <= 2 && memcmp(p, "..", n) == 0)) {
		a->bad++;
		return;
	}
	en = pkg_own_in(a->db, a->at, p, n, role_of(&a->dir));
	if (!en)
		return;
	a->entry = (uint32_t)(en - a->db->entries);
	memset(&a->mode, 0, sizeof(a->mode));
	a->mode.size = a->mode.mtime = -1;
	a->mode.mode = 0644;
}

/* "0:0:755", perhaps with a digest of attributes behind it. */
static void
owner(struct apk *a, const char *p, size_t n)
{
	char buf[64], *end;
	long uid, gid, mode;

	if (a->entry == NO_ENTRY)
		return;
	if (n >= sizeof(buf)) {
		a->bad++;
		return;
	}
	memcpy(buf, p, n);
	buf[n] = '\0';
	uid = strtol(buf, &end, 10);
	gid = *end == ':' ? strtol(end + 1, &end, 10) : -1;
	mode = *end == ':' ? strtol(end + 1, &end, 8) : -1;
	if (uid < 0 || gid < 0 || mode < 0 || uid > INT32_MAX ||
	    gid > INT32_MAX) {
		a->bad++;
		return;
	}
	a->mode.uid = (int32_t)uid;
	a->mode.gid = (int32_t)gid;
	a->mode.mode = mode & 07777;
}

static void
digest(struct apk *a, const char *p, size_t n)
{
	struct str md cleanup_str = STR_INIT;
	enum pkg_alg alg = ALG_NONE;

	if (a->entry == NO_ENTRY)
		return;
	if (n > 2 && p[0] == 'Q' && (p[1] == '1' || p[1] == '2') &&
	    str_add_unbase64(&md, p + 2, n - 2) == 0)
		alg = p[1] == '1' ? ALG_SHA1 : ALG_SHA256;
	if (!alg || md.n != pkg_alg_size(alg))
		a->bad++;
	else
		pkg_digest(a->db, &a->db->entries[a->entry], alg,
		    (const unsigned char *)md.s);
}

static void
directory(struct apk *a, const char *p, size_t n)
{
	struct str path cleanup_str = STR_INIT;

	file_end(a);
	str_set(&a->dir, p, n);
	str_addc(&path, '/');
	str_add(&path, p, n);
	a->at = pkg_dir(a->db, path.s, path.n);
	a->bad += a->at == UINT32_MAX;
}

static void
package_end(struct apk *a)
{
	struct str key cleanup_str = STR_INIT;
	struct pkg *p = a->pkg;
	uint32_t more;

	file_end(a);
	if (p) {
		/* as the members of scripts.tar begin */
		str_addf(&key, "%s-%s.%s.", PKG_STR(a->db, p->name),
		    PKG_STR(a->db, p->version), a->checksum.s);
		if (pkg_text(a->db, key.s, key.n, &more))
			a->pkg->more = more;
	} else if (a->some) {
		pkg_note(a->db, ERR_CORRUPT, PKG_STR(a->db,
		    base_of(a)->path), 0, "a stanza without a package's name");
	}
	a->pkg = NULL;
	a->at = UINT32_MAX;
	a->some = false;
	str_clear(&a->checksum);
}

static void
line(struct apk *a, const char *p, size_t n)
{
	char letter = p[0];

	a->some = true;
	if (n < 2 || p[1] != ':') {
		a->bad++;
		return;
	}
	p += 2;
	n -= 2;
	switch (letter) {
	case 'C':
		str_set(&a->checksum, p, n < 128 ? n : 128);
		break;
	case 'P':
		a->pkg = n && n < 256 && !memchr(p, '/', n)
		    ? pkg_add(a->db, p, n) : NULL;
		if (a->pkg)
			pkg_text(a->db, "installed", 9, &a->pkg->status);
		break;
	case 'V':
		if (a->pkg)
			pkg_text(a->db, p, n, &a->pkg->version);
		break;
	case 'A':
		if (a->pkg)
			pkg_text(a->db, p, n, &a->pkg->arch);
		break;
	case 'o':
		if (a->pkg)
			pkg_text(a->db, p, n, &a->pkg->source);
		break;
	case 'm':
		if (a->pkg)
			pkg_text(a->db, p, n, &a->pkg->vendor);
		break;
	case 's':
		if (a->pkg)
			pkg_text(a->db, p, n, &a->pkg->archive);
		break;
	case 'F':
		if (a->pkg)
			directory(a, p, n);
		break;
	case 'R':
		file(a, p, n);
		break;
	case 'a':
		owner(a, p, n);
		break;
	case 'Z':
		digest(a, p, n);
		break;
	}
}

/* "x><Q1...": installed from a file, not from a repository. */
static void
read_world(struct apk *a, size_t first)
{
	struct str text cleanup_str = STR_INIT;
	const char *p, *end, *cut;
	struct pkgdb *db = a->db;
	size_t i;

	if (root_slurp(db->root, "/etc/apk/world", ART_READ_MAX, &text, NULL,
		NULL) < 0)
		return;
	for (p = text.s; *p; p = end) {
		p += strspn(p, " \n\r\t");
		end = p + strcspn(p, " \n\r\t");
		cut = memmem(p, (size_t)(end - p), "><", 2);
		if (!cut)
			continue;
		for (i = first; i < db->pkgs_n; i++)
			if (strncmp(PKG_STR(db, db->pkgs[i].name), p,
				(size_t)(cut - p)) == 0 &&
			    !PKG_STR(db, db->pkgs[i].name)[cut - p])
				db->pkgs[i].known = 0;
	}
}

static void
judge(struct apk *a, struct root_file *f)
{
	struct pkgdb *db = a->db;
	struct pkg_base *b = base_of(a);
	struct statx st;
	struct err e;
	size_t i;

	if (a->without && 10 * a->without < a->files)
		pkg_odd(b, "%zu files have no digest, as others have",
		    a->without);
	if (f->st.st_mode & 022)
		pkg_odd(b, "installed may be written by others than its "
		    "owner");
	if (root_statx(db->root, f, &st, &e) == 0 && st.stx_attributes &
	    (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND))
		pkg_odd(b, "installed cannot be changed (immutable or "
		    "append-only)");
	pkg_judge_twice(db, a->base);
	for (i = 0; i < db->entries_n; i++) {
		const struct pkg_entry *en = &db->entries[i];
		struct str path cleanup_str = STR_INIT;

		if (en->next != NO_ENTRY && db->pkgs[en->pkg].base == a->base &&
		    db->pkgs[db->entries[en->next].pkg].base == a->base)
			pkg_odd(b, "'%.200s' belongs to %s and to %s",
			    pkg_entry_name(db, en, &path), PKG_STR(db,
			    db->pkgs[db->entries[en->next].pkg].name),
			    PKG_STR(db, db->pkgs[en->pkg].name));
	}
}

static void
read_db(struct pkgdb *db, const char *path)
{
	struct apk a = {.db = db, .name = STR_INIT, .version = STR_INIT,
	    .dir = STR_INIT, .checksum = STR_INIT, .at = UINT32_MAX,
	    .entry = NO_ENTRY};
	size_t n, first = db->pkgs_n;
	struct pkg_lines l;
	const char *p;

	if (pkg_lines_open(&l, db, NULL, path))
		return;
	a.base = (uint32_t)db->bases_n;
	pkg_base_add(db, "apk", l.f.path.s)->link_digests = true;
	pkg_base_file(base_of(&a), &l.f.st);
	while (pkg_lines_next(&l, &p, &n)) {
		if (n)
			line(&a, p, n);
		else if (a.some)
			package_end(&a);
	}
	package_end(&a);
	if (a.bad)
		pkg_note(db, ERR_CORRUPT, l.f.path.s, 0,
		    "%zu lines make no sense", a.bad);
	read_world(&a, first);
	if (db->judge)
		judge(&a, &l.f);
	pkg_lines_close(&l);
	str_release(&a.name);
	str_release(&a.version);
	str_release(&a.dir);
	str_release(&a.checksum);
}

void
pkg_apk_open(struct pkgdb *db)
{
	static const char *const paths[] = {"/lib/apk/db/installed",
	    "/usr/lib/apk/db/installed"};
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str had cleanup_str = STR_INIT;
	size_t i;

	for (i = 0; i < COUNT(paths); i++) {
		root_file_close(&f);
		/* what is there and is no file is noted by reading it */
		if (root_find(db->root, paths[i], 0, &f, NULL) == 0) {
			if (f.path.n == had.n &&
			    memcmp(f.path.s, had.s, had.n) == 0)
				continue; /* a merged /usr */
			str_set(&had, f.path.s, f.path.n);
		}
		read_db(db, paths[i]);
	}
}

/* ---- scripts ------------------------------------------------------------ */

/* An octal number of a tar header; -1: it is none. */
static int64_t
octal(const char *p, size_t n)
{
	int64_t v = 0;

	for (; n && *p == ' '; p++)
		n--;
	for (; n && *p >= '0' && *p <= '7'; p++, n--)
		v = v * 8 + (*p - '0');
	return n && *p && *p != ' ' ? -1 : v;
}

void
pkg_apk_scripts(struct pkgdb *db, const struct pkg *p, struct strlist *names,
    struct str *text)
{
	const char *key = PKG_STR(db, p->more), *h, *name;
	struct str path cleanup_str = STR_INIT;
	size_t at, k;
	int64_t n;

	if (!p->more)
		return;
	if (db->scripts_of != p->base + 1) {
		db->scripts_of = p->base + 1;
		str_sets(&path, PKG_STR(db, db->bases[p->base].path));
		str_cut(&path, path.n - strlen("installed"));
		str_adds(&path, "scripts.tar");
		if (root_slurp(db->root, path.s, ART_READ_MAX, &db->scripts,
			NULL, NULL) < 0)
			str_clear(&db->scripts);
	}
	for (at = 0; at + 512 <= db->scripts.n;
	    at += 512 + ((size_t)n + 511) / 512 * 512) {
		h = db->scripts.s + at;
		n = octal(h + 124, 12);
		if (!h[0] || n < 0 || (size_t)n > db->scripts.n - at - 512)
			break;
		k = strnlen(h, 100);
		if (k <= strlen(key) || strncmp(h, key, strlen(key)) != 0 ||
		    (h[156] != '0' && h[156]))
			continue;
		name = h + strlen(key);
		k -= strlen(key);
		strlist_add(names, name, k);
		str_addf(text, "== %.*s\n", (int)k, name);
		str_add(text, h + 512, (size_t)n);
		if (n && h[512 + n - 1] != '\n')
			str_addc(text, '\n');
	}
}
