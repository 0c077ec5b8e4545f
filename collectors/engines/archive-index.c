/* archive-index - in a worker: the members of an archive or a layer */

#include "arc.h"

#include "digest.h"
#include "limits.h"
#include "state.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <sys/mman.h>

#define CHUNK (256 * 1024)
#define GIVE (256 * 1024)

struct index {
	struct arc *a;
	uint32_t source;
	bool layer;
	const char *name;
	struct rec *r;
	size_t notes;
	/* the bytes as they are */
	uint64_t at, size;
	char *in;
	struct digest *packed;
	struct err bad; /* of reading them */
	/* unpacked */
	struct archive *unpack;
	struct digest *unpacked;
	uint64_t out;
	bool limit;
	struct archive *la;
	bool is_packed, by_place; /* members lie in one piece */
	uint64_t members;
	struct str give;
};

static void PRINTF(4, 5)
note(struct index *x, enum err_class class, const char *path, const char *fmt,
    ...)
{
	struct str at cleanup_str = STR_INIT;
	char msg[512];
	va_list ap;

	if (x->notes++ > ARCHIVE_NOTES_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	str_adds(&at, x->name);
	if (path) {
		str_addc(&at, '!');
		str_adds(&at, path + strspn(path, "/"));
	}
	if (x->notes == ARCHIVE_NOTES_MAX + 1)
		rec_note(x->r, class, "archive", NULL, x->name, 0,
		    "more notes of this kind (ARCHIVE_NOTES_MAX)");
	else
		rec_note(x->r, class, "archive", NULL, at.s, 0, "%s", msg);
}

/* ---- bytes ------------------------------------------------------------- */

static la_ssize_t
read_plain(struct archive *la, void *arg, const void **p)
{
	struct index *x = arg;
	ssize_t k = arc_read(x->a, x->source, x->at, x->in, CHUNK, &x->bad);

	if (k < 0) {
		archive_set_error(la, EIO, "%s", x->bad.msg);
		return -1;
	}
	if (x->packed)
		digest_add(x->packed, x->in, (size_t)k);
	x->at += (uint64_t)k;
	*p = x->in;
	return k;
}

static la_int64_t
skip_plain(struct archive *la UNUSED, void *arg, la_int64_t n)
{
	struct index *x = arg;

	if (x->packed || n <= 0 || x->at >= x->size)
		return 0;
	if ((uint64_t)n > x->size - x->at)
		n = (la_int64_t)(x->size - x->at);
	x->at += (uint64_t)n;
	return n;
}

/* For zip only, whose list is at its end. */
static la_int64_t
seek_plain(struct archive *la UNUSED, void *arg, la_int64_t n, int whence)
{
	struct index *x = arg;
	int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ?
	    (int64_t)x->at : (int64_t)x->size;

	if (__builtin_add_overflow(from, n, &n) || n < 0)
		return ARCHIVE_FATAL;
	x->at = (uint64_t)n;
	return n;
}

/* A bomb? Told once; what came before it counts. */
static bool
too_much(struct index *x)
{
	uint64_t in = x->at ? x->at : 1;

	if (x->limit)
		return true;
	if (x->out > ARCHIVE_UNPACKED_MAX)
		note(x, ERR_LIMIT, NULL, "over %lld bytes unpacked "
		    "(ARCHIVE_UNPACKED_MAX): the rest is not read",
		    ARCHIVE_UNPACKED_MAX);
	else if (x->out > ARCHIVE_RATIO_FROM && x->out / in > ARCHIVE_RATIO_MAX)
		note(x, ERR_LIMIT, NULL, "%llu bytes became %llu: over %d "
		    "times as many (ARCHIVE_RATIO_MAX), the rest is not read",
		    (unsigned long long)x->at, (unsigned long long)x->out,
		    ARCHIVE_RATIO_MAX);
	else
		return false;
	return x->limit = true;
}

static la_ssize_t
read_unpacked(struct archive *la, void *arg, const void **p)
{
	struct index *x = arg;
	la_int64_t off;
	size_t n = 0;
	int st;

	if (too_much(x)) {
		archive_set_error(la, EFBIG, "it unpacks to too much");
		return -1;
	}
	do
		st = archive_read_data_block(x->unpack, p, &n, &off);
	while (st == ARCHIVE_OK && !n);
	if (st == ARCHIVE_EOF)
		return 0;
	if (st != ARCHIVE_OK) {
		archive_set_error(la, EIO, "%s",
		    archive_error_string(x->unpack));
		return -1;
	}
	if (x->unpacked)
		digest_add(x->unpacked, *p, n);
	x->out += n;
	return (la_ssize_t)n;
}

/* ---- what is given ------------------------------------------------------ */

static void
flush(struct index *x)
{
	if (x->give.n)
		arc_give(x->a, x->give.s, x->give.n);
	str_clear(&x->give);
}

static void
give(struct index *x, struct member *m, const char *path, const char *target,
    const struct str *xattrs)
{
	m->path_n = (uint32_t)strlen(path);
	m->target_n = target ? (uint32_t)strlen(target) : 0;
	m->xattrs_n = xattrs ? (uint32_t)xattrs->n : 0;
	m->size = (uint32_t)sizeof(*m) + m->path_n + 1 + m->target_n + 1 +
	    m->xattrs_n;
	if (x->give.n && x->give.n + m->size > GIVE)
		flush(x);
	str_add(&x->give, m, sizeof(*m));
	str_add(&x->give, path, m->path_n + 1);
	str_add(&x->give, target ? target : "", m->target_n + 1);
	if (xattrs)
		str_add(&x->give, xattrs->s, xattrs->n);
}

static void
xattrs_of(struct index *x, struct archive_entry *entry, const char *path,
    struct str *out)
{
	const char *name;
	const void *value;
	uint32_t len;
	size_t n;

	archive_entry_xattr_reset(entry);
	while (archive_entry_xattr_next(entry, &name, &value, &n) ==
	    ARCHIVE_OK) {
		if (!name || !*name)
			continue;
		/* An engine would not take these from an image, and they would
		 * speak of other layers. */
		if (x->layer && (strncmp(name, "trusted.overlay.", 16) == 0 ||
				    strncmp(name, "user.overlay.", 13) == 0)) {
			note(x, ERR_CORRUPT, path, "the layer has an attribute "
			    "'%.60s': it is not followed", name);
			continue;
		}
		if (n > ROOT_XATTR_MAX ||
		    out->n + strlen(name) + n > ROOT_XATTR_MAX) {
			note(x, ERR_LIMIT, path, "attributes of over %d bytes "
			    "(ROOT_XATTR_MAX)", ROOT_XATTR_MAX);
			continue;
		}
		len = (uint32_t)n;
		str_add(out, name, strlen(name) + 1);
		str_add(out, &len, sizeof(len));
		str_add(out, value, n);
	}
}

/* Keep the bytes of a member in the cache. False: there is no room. */
static bool
keep(struct index *x, struct member *m, const char *path, bool must)
{
	uint64_t end = 0, max = m->bytes;
	const void *p;
	la_int64_t off;
	size_t n;
	int st;

	if (max > ARCHIVE_FILE_MAX) {
		if (must)
			note(x, ERR_LIMIT, path, "%llu bytes; at most %lld of "
			    "one member are read (ARCHIVE_FILE_MAX)",
			    (unsigned long long)max, ARCHIVE_FILE_MAX);
		return false;
	}
	m->at = arc_cache_room(x->a, max);
	if (m->at == UINT64_MAX) {
		if (must)
			note(x, ERR_LIMIT, path, "no room to keep its bytes "
			    "(ARCHIVE_CACHE_MAX)");
		return false;
	}
	m->place = PLACE_CACHE;
	while ((st = archive_read_data_block(x->la, &p, &n, &off)) ==
	    ARCHIVE_OK) {
		if (off < 0 || (uint64_t)off > max || n > max - (uint64_t)off)
			break;
		if (n && arc_cache_write(x->a, m->at + (uint64_t)off, p, n)) {
			note(x, ERR_LIMIT, path, "no memory to keep its bytes");
			break;
		}
		end = (uint64_t)off + n;
	}
	/* the end of a sparse file may be a hole */
	if (st == ARCHIVE_EOF)
		end = max;
	else
		note(x, ERR_CORRUPT, path, "only %llu of %llu bytes are there: "
		    "%s", (unsigned long long)end, (unsigned long long)max,
		    archive_error_string(x->la) ? archive_error_string(x->la)
						: "it ends");
	m->bytes = end;
	return true;
}

static void
bytes_of(struct index *x, struct archive_entry *entry, struct member *m,
    const char *path)
{
	int64_t size = archive_entry_size(entry);
	bool whole = x->by_place && archive_entry_sparse_count(entry) == 0;

	m->bytes = size > 0 ? (uint64_t)size : 0;
	m->place = x->is_packed ? PLACE_UNPACKED : PLACE_PLAIN;
	m->at = (uint64_t)archive_filter_bytes(x->la, 0);
	if (!m->bytes)
		return;
	if (whole && !x->is_packed) {
		if (m->at > x->size || m->bytes > x->size - m->at) {
			note(x, ERR_CORRUPT, path, "only %llu of %llu bytes are "
			    "there: the archive ends", (unsigned long long)
			    (m->at < x->size ? x->size - m->at : 0),
			    (unsigned long long)m->bytes);
			m->bytes = m->at < x->size ? x->size - m->at : 0;
		}
		return;
	}
	if (keep(x, m, path, !whole))
		return;
	m->place = x->is_packed ? PLACE_UNPACKED : PLACE_PLAIN;
	m->at = (uint64_t)archive_filter_bytes(x->la, 0);
	if (!whole)
		m->at = UINT64_MAX; /* nobody can find them */
}

/* ---- members ------------------------------------------------------------ */

/* The last component of a member's name, and where it begins. */
static const char *
base_name(const char *path, size_t *dir_n)
{
	const char *p = strrchr(path, '/');

	*dir_n = p ? (size_t)(p - path) : 0;
	return p ? p + 1 : path;
}

/* A whiteout of a layer: given as such. True: it is no file. */
static bool
whiteout(struct index *x, const char *path)
{
	struct member m = {.type = MEMBER_WHITEOUT};
	struct str p cleanup_str = STR_INIT, clean cleanup_str = STR_INIT;
	const char *name;
	size_t n;

	str_adds(&clean, path);
	while (clean.n > 1 && clean.s[clean.n - 1] == '/')
		str_cut(&clean, clean.n - 1);
	name = base_name(clean.s, &n);
	if (strncmp(name, ".wh.", 4) != 0)
		return false;
	str_add(&p, clean.s, n);
	if (strcmp(name, ".wh..wh..opq") == 0) {
		m.type = MEMBER_OPAQUE;
		give(x, &m, p.n ? p.s : ".", NULL, NULL);
		return true;
	}
	if (strncmp(name, ".wh..wh.", 8) == 0) {
		/* of AUFS: hard links point into this one */
		return strcmp(name, ".wh..wh.plnk") != 0 || n;
	}
	if (!name[4] || strcmp(name + 4, ".") == 0 ||
	    strcmp(name + 4, "..") == 0) {
		note(x, ERR_CORRUPT, path, "a whiteout of no name");
		return true;
	}
	if (p.n)
		str_addc(&p, '/');
	str_adds(&p, name + 4);
	give(x, &m, p.s, NULL, NULL);
	return true;
}

static void
entry_member(struct index *x, struct archive_entry *entry)
{
	const char *path = archive_entry_pathname(entry);
	const char *hard = archive_entry_hardlink(entry);
	const char *target = hard ? hard : archive_entry_symlink(entry);
	struct str xattrs cleanup_str = STR_INIT;
	struct member m = {.type = MEMBER_FILE};

	if (!path || !*path) {
		note(x, ERR_CORRUPT, NULL, "a member has no name");
		return;
	}
	if (strlen(path) > ROOT_PATH_MAX ||
	    (target && strlen(target) > ROOT_PATH_MAX)) {
		note(x, ERR_LIMIT, NULL, "a member's name is over %d bytes "
		    "(ROOT_PATH_MAX): '%.100s...'", ROOT_PATH_MAX, path);
		return;
	}
	if (x->layer && whiteout(x, path))
		return;
	m.mode = hard ? 0 : (uint32_t)archive_entry_mode(entry) &
	    (S_IFMT | 07777);
	if (!hard && !(m.mode & S_IFMT))
		m.mode |= S_IFREG;
	if (S_ISLNK(m.mode) && !target) {
		note(x, ERR_CORRUPT, path, "a link without a target");
		return;
	}
	if (archive_entry_is_encrypted(entry))
		note(x, ERR_DENIED, path, "is encrypted");
	m.uid = (uint32_t)archive_entry_uid(entry);
	m.gid = (uint32_t)archive_entry_gid(entry);
	m.rdev = S_ISCHR(m.mode) || S_ISBLK(m.mode)
	    ? archive_entry_rdev(entry) : 0;
	m.modified = archive_entry_mtime(entry);
	m.modified_ns = (uint32_t)archive_entry_mtime_nsec(entry);
	m.has_changed = archive_entry_ctime_is_set(entry) != 0;
	m.changed = archive_entry_ctime(entry);
	m.changed_ns = (uint32_t)archive_entry_ctime_nsec(entry);
	xattrs_of(x, entry, path, &xattrs);
	if (S_ISREG(m.mode))
		bytes_of(x, entry, &m, path);
	give(x, &m, path, target, &xattrs);
}

/* ---- all of it ----------------------------------------------------------- */

static const char *
error_of(struct archive *la)
{
	const char *s = archive_error_string(la);

	return s ? s : "it is damaged";
}

static struct archive *
new_archive(void)
{
	struct archive *la = archive_read_new();

	if (!la)
		die("out of memory");
	return la;
}

/* Is it packed? Then x->unpack unpacks it. -1: it cannot be told. */
static int
open_filters(struct index *x)
{
	struct archive_entry *entry;
	int st;

	x->unpack = new_archive();
	archive_read_support_filter_gzip(x->unpack);
	archive_read_support_filter_bzip2(x->unpack);
	archive_read_support_filter_xz(x->unpack);
	archive_read_support_filter_lz4(x->unpack);
	archive_read_support_filter_zstd(x->unpack);
	archive_read_support_format_raw(x->unpack);
	archive_read_support_format_empty(x->unpack);
	st = archive_read_open(x->unpack, x, NULL, read_plain, NULL);
	x->is_packed = st == ARCHIVE_OK &&
	    archive_filter_code(x->unpack, 0) != ARCHIVE_FILTER_NONE;
	if (x->is_packed) {
		st = archive_read_next_header(x->unpack, &entry);
		if (st != ARCHIVE_OK && st != ARCHIVE_WARN) {
			note(x, ERR_CORRUPT, NULL, "cannot be unpacked: %s",
			    error_of(x->unpack));
			return -1;
		}
		return 0;
	}
	archive_read_free(x->unpack);
	x->unpack = NULL;
	if (x->bad.class) {
		rec_note_err(x->r, "archive", NULL, x->name, &x->bad);
		return -1;
	}
	/* from the start, unpacked as it is */
	x->at = 0;
	if (x->packed) {
		char hex[SHA256_HEX];

		digest_hex(x->packed, hex); /* begins anew */
	}
	return 0;
}

/* What is known and not read, by its first bytes. */
static const char *
foreign(const unsigned char *p, size_t n)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *what;
	} known[] = {
		{"7z\274\257'\034", 6, "a 7z archive"},
		{"Rar!\032\007", 6, "a rar archive"},
		{"hsqs", 4, "a squashfs image"},
		{"sqsh", 4, "a squashfs image"},
		{"QFI\373", 4, "a qcow2 disk image"},
		{"KDMV", 4, "a VMDK disk image"},
		{"EVF\t\r\n\377", 7, "an EWF disk image"},
		{"!<arch>\n", 8, "an ar archive"},
		{"\355\253\356\333", 4, "a package of rpm"},
	};
	size_t i;

	for (i = 0; i < COUNT(known); i++)
		if (n >= known[i].n &&
		    memcmp(p, known[i].bytes, known[i].n) == 0)
			return known[i].what;
	return NULL;
}

static void
head(struct index *x, const char *format)
{
	struct member m = {.type = MEMBER_HEAD, .packed = x->is_packed};

	give(x, &m, format, NULL, NULL);
}

/* The first header is there or not; say what it is. */
static int
open_members(struct index *x, struct archive_entry **entry)
{
	unsigned char first[16];
	const char *what;
	struct err e;
	ssize_t n;
	int st;

	x->la = new_archive();
	archive_read_support_format_tar(x->la);
	archive_read_support_format_cpio(x->la);
	archive_read_support_format_zip(x->la);
	if (x->layer)
		archive_read_support_format_empty(x->la);
	if (x->is_packed) {
		st = archive_read_open(x->la, x, NULL, read_unpacked, NULL);
	} else {
		archive_read_set_callback_data(x->la, x);
		archive_read_set_read_callback(x->la, read_plain);
		archive_read_set_skip_callback(x->la, skip_plain);
		n = arc_read(x->a, x->source, 0, first, sizeof(first), &e);
		if (n >= 2 && memcmp(first, "PK", 2) == 0 && !x->packed)
			archive_read_set_seek_callback(x->la, seek_plain);
		st = archive_read_open1(x->la);
	}
	if (st == ARCHIVE_OK)
		st = archive_read_next_header(x->la, entry);
	if (st == ARCHIVE_OK || st == ARCHIVE_WARN || st == ARCHIVE_EOF) {
		st = archive_format(x->la) & ARCHIVE_FORMAT_BASE_MASK;
		x->by_place = st == ARCHIVE_FORMAT_TAR ||
		    st == ARCHIVE_FORMAT_CPIO;
		head(x, archive_format_name(x->la)
		    ? archive_format_name(x->la) : "an empty archive");
		return 0;
	}
	if (x->limit)
		return -1;
	if (x->is_packed && archive_errno(x->la) == EIO) {
		note(x, ERR_CORRUPT, NULL, "cannot be unpacked: %s",
		    error_of(x->unpack));
		return -1;
	}
	n = x->is_packed ? 0 : arc_read(x->a, x->source, 0, first,
	    sizeof(first), &e);
	what = n > 0 ? foreign(first, (size_t)n) : NULL;
	if (what)
		note(x, ERR_UNSUPPORTED, NULL, "is %s, which this version does "
		    "not read", what);
	else
		note(x, ERR_UNSUPPORTED, NULL, "is no archive of a known kind");
	return -1;
}

/* What follows the members is part of the digests. */
static int
drain(struct index *x)
{
	const void *p;
	la_ssize_t k = 1;

	while (x->is_packed && !x->limit &&
	    (k = read_unpacked(x->la, x, &p)) > 0)
		;
	if (k < 0 && !x->limit)
		note(x, ERR_CORRUPT, NULL, "behind its members it is damaged, "
		    "or ends: %s", error_of(x->unpack));
	while (x->packed && !x->limit && read_plain(x->la, x, &p) > 0)
		;
	return k < 0 ? -1 : 0;
}

static void
end(struct index *x, bool whole)
{
	struct member m = {.type = MEMBER_END};

	if (whole && x->layer && !x->limit) {
		digest_hex(x->packed, m.digest_packed);
		if (x->is_packed)
			digest_hex(x->unpacked, m.digest_unpacked);
		else
			memcpy(m.digest_unpacked, m.digest_packed,
			    sizeof(m.digest_unpacked));
	}
	give(x, &m, "", NULL, NULL);
}

static void
list(struct index *x)
{
	struct archive_entry *entry;
	int st = ARCHIVE_OK, warned = 0;
	bool whole;

	if (open_filters(x) || open_members(x, &entry))
		return;
	while (archive_file_count(x->la)) {
		if (x->members++ >= ARCHIVE_MEMBERS_MAX) {
			note(x, ERR_LIMIT, NULL, "over %d members "
			    "(ARCHIVE_MEMBERS_MAX): the rest is not read",
			    ARCHIVE_MEMBERS_MAX);
			break;
		}
		entry_member(x, entry);
		do
			st = archive_read_next_header(x->la, &entry);
		while (st == ARCHIVE_RETRY && ++warned < 100);
		if (st != ARCHIVE_OK && st != ARCHIVE_WARN)
			break;
	}
	if (st != ARCHIVE_EOF && st != ARCHIVE_OK && st != ARCHIVE_WARN &&
	    !x->limit)
		note(x, ERR_CORRUPT, NULL, "it is damaged, or ends, after %llu "
		    "members: %s", (unsigned long long)x->members,
		    error_of(x->la));
	whole = st == ARCHIVE_EOF || st == ARCHIVE_OK || st == ARCHIVE_WARN;
	end(x, whole && drain(x) == 0);
}

void
arc_index(struct arc *a, uint32_t source, bool layer, const char *name,
    struct rec *r)
{
	struct index x = {.a = a, .source = source, .layer = layer,
	    .name = name, .r = r, .give = STR_INIT};

	x.size = arc_size(a, source);
	x.in = xmalloc(CHUNK);
	if (layer) {
		x.packed = digest_new();
		x.unpacked = digest_new();
	}
	list(&x);
	flush(&x);
	archive_read_free(x.la);
	archive_read_free(x.unpack);
	digest_free(x.packed);
	digest_free(x.unpacked);
	free(x.in);
	str_release(&x.give);
}
