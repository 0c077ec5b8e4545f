/*
 * archives - does an archive know the very version that is installed?
 *
 * apt keeps the lists of all archives that it may install from:
 * /var/lib/apt/lists/HOST_PATH_Packages, plain or packed. They change with
 * "apt update", not with an installation: a package whose version no list has
 * came otherwise, or is older (or newer) than the lists; what they have of the
 * same name is told then. Signatures of the lists are not checked.
 *
 * A file of its own, since it is what needs libarchive (which unpacks).
 */

#include "packages-internal.h"

#include "limits.h"

#include <archive.h>
#include <errno.h>

#define LISTS "/var/lib/apt/lists"
#define CHUNK (64 * 1024)

struct lists {
	struct pkgdb *db;
	struct rec *rec;
	uint32_t *order; /* dpkg's packages, by name */
	size_t n;
	unsigned char filter[8192]; /* bits of names that are there */
	struct strlist files;
	/* the list at hand */
	struct str host;
	struct str name, version, arch;
	bool any; /* a list was read */
	/* reading */
	struct root_file f;
	uint64_t off;
	char buf[CHUNK];
};

static unsigned
bit_of(const char *p, size_t n)
{
	uint32_t h = 5381;

	while (n--)
		h = h * 33 + (unsigned char)*p++;
	return (h ^ h >> 16) & 0xffff;
}

static int
compare_names(const void *a, const void *b, void *arg)
{
	const struct pkgdb *db = arg;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int c = strcmp(PKG_STR(db, db->pkgs[x].name),
	    PKG_STR(db, db->pkgs[y].name));

	return c ? c : x < y ? -1 : x > y;
}

static void
take_packages(struct lists *l)
{
	struct pkgdb *db = l->db;
	const char *name;
	unsigned bit;
	size_t i;

	l->order = xreallocarray(NULL, db->pkgs_n + 1, sizeof(*l->order));
	for (i = 0; i < db->pkgs_n; i++) {
		if (strcmp(db->bases[db->pkgs[i].base].format, "dpkg") != 0 ||
		    db->pkgs[i].removed)
			continue;
		name = PKG_STR(db, db->pkgs[i].name);
		bit = bit_of(name, strlen(name));
		l->filter[bit / 8] |= (unsigned char)(1 << bit % 8);
		l->order[l->n++] = (uint32_t)i;
	}
	qsort_r(l->order, l->n, sizeof(*l->order), compare_names, db);
}

/* ---- a list -------------------------------------------------------------- */

static void
stanza(struct lists *l)
{
	struct pkgdb *db = l->db;
	size_t low = 0, high = l->n, mid;
	struct str text cleanup_str = STR_INIT;
	struct pkg *p;
	uint32_t at;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (strcmp(PKG_STR(db, db->pkgs[l->order[mid]].name),
			l->name.s) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < l->n; low++) {
		p = &db->pkgs[l->order[low]];
		if (strcmp(PKG_STR(db, p->name), l->name.s) != 0)
			return;
		if (p->known == 1 || !str_eq(&l->arch, PKG_STR(db, p->arch)))
			continue;
		if (str_eq(&l->version, PKG_STR(db, p->version))) {
			str_set(&text, l->host.s, l->host.n);
			p->known = 1;
		} else if (p->archive) {
			continue;
		} else {
			str_addf(&text, "%s: only %s", l->host.s, l->version.s);
		}
		if (pkg_text(db, text.s, text.n, &at))
			db->pkgs[l->order[low]].archive = at;
	}
}

static void
value(struct str *out, const char *p, size_t n, size_t skip)
{
	p += skip;
	n -= skip;
	while (n && *p == ' ') {
		p++;
		n--;
	}
	while (n && (p[n - 1] == ' ' || p[n - 1] == '\r'))
		n--;
	str_set(out, p, n);
}

static void
line(struct lists *l, const char *p, size_t n)
{
	unsigned bit;

	if (!n) {
		if (l->name.n)
			stanza(l);
		str_clear(&l->name);
		str_clear(&l->version);
		str_clear(&l->arch);
	} else if (p[0] == 'P' && n > 8 && memcmp(p, "Package:", 8) == 0) {
		value(&l->name, p, n, 8);
		bit = bit_of(l->name.s, l->name.n);
		if (!(l->filter[bit / 8] & 1 << bit % 8))
			str_clear(&l->name);
	} else if (!l->name.n) {
		return;
	} else if (p[0] == 'V' && n > 8 && memcmp(p, "Version:", 8) == 0) {
		value(&l->version, p, n, 8);
	} else if (p[0] == 'A' && n > 13 &&
	    memcmp(p, "Architecture:", 13) == 0) {
		value(&l->arch, p, n, 13);
	}
}

static la_ssize_t
more(struct archive *a UNUSED, void *arg, const void **p)
{
	struct lists *l = arg;
	ssize_t k;

	do
		k = pread(l->f.fd, l->buf, sizeof(l->buf), (off_t)l->off);
	while (k < 0 && errno == EINTR);
	if (k < 0)
		return -1;
	l->off += (uint64_t)k;
	*p = l->buf;
	return k;
}

/* Lines of bytes that come in pieces; what is over PKG_LINE_MAX is none of
 * ours. */
static void
pieces(struct lists *l, struct str *rest, const char *p, size_t n)
{
	const char *nl;

	while (n) {
		nl = memchr(p, '\n', n);
		if (!nl) {
			if (rest->n + n <= PKG_LINE_MAX)
				str_add(rest, p, n);
			return;
		}
		if (rest->n) {
			if (rest->n + (size_t)(nl - p) <= PKG_LINE_MAX)
				str_add(rest, p, (size_t)(nl - p));
			line(l, rest->s, rest->n);
			str_clear(rest);
		} else {
			line(l, p, (size_t)(nl - p));
		}
		n -= (size_t)(nl - p) + 1;
		p = nl + 1;
	}
}

static int
unpack(struct lists *l, const char *path, struct err *e)
{
	struct str rest cleanup_str = STR_INIT;
	struct archive *a = archive_read_new();
	char *out = xmalloc(4 * CHUNK);
	struct archive_entry *entry;
	int64_t all = 0;
	la_ssize_t k;
	int st = 0;

	if (!a)
		die("out of memory");
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_lz4(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_format_raw(a);
	if (archive_read_open(a, l, NULL, more, NULL) != ARCHIVE_OK ||
	    archive_read_next_header(a, &entry) != ARCHIVE_OK ||
	    archive_filter_code(a, 0) == ARCHIVE_FILTER_NONE) {
		st = err_set(e, ERR_CORRUPT, 0, "cannot unpack '%s': %s", path,
		    archive_error_string(a) ? archive_error_string(a)
					    : "it is not packed");
		goto out;
	}
	while ((k = archive_read_data(a, out, 4 * CHUNK)) > 0) {
		all += k;
		if (all > PKG_READ_MAX) {
			st = err_set(e, ERR_LIMIT, 0, "'%s' has more than %lld "
			    "bytes (PKG_READ_MAX)", path, PKG_READ_MAX);
			goto out;
		}
		pieces(l, &rest, out, (size_t)k);
	}
	if (k < 0)
		st = err_set(e, ERR_CORRUPT, 0, "cannot unpack '%s': %s", path,
		    archive_error_string(a));
	if (rest.n)
		line(l, rest.s, rest.n);
	line(l, "", 0);
out:
	archive_read_free(a);
	free(out);
	return st;
}

static int
plain(struct lists *l, const char *path, struct err *e)
{
	struct str rest cleanup_str = STR_INIT;
	const void *p;
	la_ssize_t k;

	while ((k = more(NULL, l, &p)) > 0) {
		if (l->off > (uint64_t)PKG_READ_MAX)
			return err_set(e, ERR_LIMIT, 0, "'%s' has more than "
			    "%lld bytes (PKG_READ_MAX)", path, PKG_READ_MAX);
		pieces(l, &rest, p, (size_t)k);
	}
	if (k < 0)
		return err_sys(e, errno, "cannot read '%s'", path);
	if (rest.n)
		line(l, rest.s, rest.n);
	line(l, "", 0);
	return 0;
}

/* ---- all of them --------------------------------------------------------- */

/* "deb.example.org_debian_dists_..." and the archive's own word for itself. */
static void
host_of(struct lists *l, const char *name)
{
	static const char *const release[] = {"InRelease", "Release"};
	const char *dists = strstr(name, "_dists_"), *p, *end;
	struct str path cleanup_str = STR_INIT;
	struct str text cleanup_str = STR_INIT;
	size_t i, n = strcspn(name, "_");

	str_set(&l->host, n ? name : "file", n ? n : 4);
	p = dists ? strchr(dists + 7, '_') : NULL;
	for (i = 0; p && i < COUNT(release); i++) {
		str_sets(&path, LISTS "/");
		str_add(&path, name, (size_t)(p - name) + 1);
		str_adds(&path, release[i]);
		if (root_slurp(l->db->root, path.s, ART_READ_MAX, &text, NULL,
			NULL) < 0)
			continue;
		p = strstr(text.s, "\nOrigin: ");
		if (!p)
			return;
		p += 9;
		end = p + strcspn(p, "\r\n");
		str_adds(&l->host, " (");
		str_add(&l->host, p, (size_t)(end - p));
		str_addc(&l->host, ')');
		return;
	}
}

static int
list_entry(void *arg, const struct root_entry *ent)
{
	const char *p = strstr(ent->name, "_Packages");
	struct lists *l = arg;

	if (p && (!p[9] || p[9] == '.') && S_ISREG(ent->st->st_mode))
		strlist_adds(&l->files, ent->name);
	return 0;
}

static void
read_list(struct lists *l, const char *name)
{
	struct str path cleanup_str = STR_INIT;
	const char *dot = strrchr(name, '.');
	struct err e;

	str_addf(&path, LISTS "/%s", name);
	l->off = 0;
	if (root_find(l->db->root, path.s, 0, &l->f, &e) ||
	    root_reopen(l->db->root, &l->f, &e)) {
		rec_note_err(l->rec, "packages", l->db->scope, path.s, &e);
		root_file_close(&l->f);
		return;
	}
	host_of(l, name);
	str_clear(&l->name);
	if (dot && !strstr(dot, "_Packages") ? unpack(l, path.s, &e)
					     : plain(l, path.s, &e))
		rec_note_err(l->rec, "packages", l->db->scope, path.s, &e);
	else
		l->any = true;
	root_file_close(&l->f);
}

void
pkgdb_archives(struct pkgdb *db, struct rec *rec)
{
	struct lists *l = xcalloc(1, sizeof(*l));
	struct err e;
	size_t i;

	l->db = db;
	l->rec = rec;
	str_init(&l->host);
	str_init(&l->name);
	str_init(&l->version);
	str_init(&l->arch);
	l->f = (struct root_file)ROOT_FILE_INIT;
	take_packages(l);
	if (l->n && root_list(db->root, LISTS, list_entry, l, &e) &&
	    e.class != ERR_ABSENT)
		rec_note_err(rec, "packages", db->scope, LISTS, &e);
	strlist_sort(&l->files);
	for (i = 0; i < l->files.n; i++)
		read_list(l, l->files.v[i].s);
	for (i = 0; l->any && i < l->n; i++)
		if (db->pkgs[l->order[i]].known < 0)
			db->pkgs[l->order[i]].known = 0;
	free(l->order);
	strlist_release(&l->files);
	str_release(&l->host);
	str_release(&l->name);
	str_release(&l->version);
	str_release(&l->arch);
	free(l);
}
