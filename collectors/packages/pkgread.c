/* pkgread - files of packages, and of their databases: each read once */

#include "packages-internal.h"

#include "digest.h"
#include "limits.h"

#include <errno.h>
#include <openssl/evp.h>

#define BUFFER (256 * 1024)

static const struct {
	const char *name, *library;
	size_t size;
} algs[ALG_COUNT] = {
	[ALG_MD5] = {"md5", "MD5", 16},
	[ALG_SHA1] = {"sha1", "SHA1", 20},
	[ALG_SHA224] = {"sha224", "SHA224", 28},
	[ALG_SHA256] = {"sha256", "SHA256", 32},
	[ALG_SHA384] = {"sha384", "SHA384", 48},
	[ALG_SHA512] = {"sha512", "SHA512", 64},
};

const char *
pkg_alg_name(enum pkg_alg a)
{
	return algs[a].name;
}

size_t
pkg_alg_size(enum pkg_alg a)
{
	return algs[a].size;
}

enum pkg_alg
pkg_alg_of_size(size_t n)
{
	size_t a;

	for (a = ALG_COUNT - 1; a; a--)
		if (algs[a].size == n)
			break;
	return (enum pkg_alg)a;
}

/* Fetched once: a fetch for each digest costs more than a small digest. */
static const EVP_MD *
method(enum pkg_alg a)
{
	static const EVP_MD *md[ALG_COUNT];

	if (!md[a]) {
		digest_init();
		md[a] = EVP_MD_fetch(NULL, algs[a].library, NULL);
		if (!md[a])
			die("libcrypto has no %s", algs[a].library);
	}
	return md[a];
}

void
pkg_digest_of(enum pkg_alg a, const void *p, size_t n, unsigned char *out)
{
	unsigned k = 0;

	if (!EVP_Digest(p, n, out, &k, method(a), NULL) || k != algs[a].size)
		die("libcrypto cannot compute %s", algs[a].library);
}

struct pkg_reader {
	EVP_MD_CTX *ctx[2];
	unsigned char buf[BUFFER];
};

struct pkg_reader *
pkg_reader_new(void)
{
	struct pkg_reader *rd = xmalloc(sizeof(*rd));

	rd->ctx[0] = EVP_MD_CTX_new();
	rd->ctx[1] = EVP_MD_CTX_new();
	if (!rd->ctx[0] || !rd->ctx[1])
		die("out of memory");
	return rd;
}

void
pkg_reader_free(struct pkg_reader *rd)
{
	if (!rd)
		return;
	EVP_MD_CTX_free(rd->ctx[0]);
	EVP_MD_CTX_free(rd->ctx[1]);
	free(rd);
}

static bool
same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Up to n bytes at off; less only at the end of the file; -1 and errno. */
static ssize_t
fill(int fd, void *p, size_t n, uint64_t off, uint64_t size)
{
	size_t have = 0;
	ssize_t k;

	while (have < n) {
		k = pread(fd, (char *)p + have, n - have, (off_t)(off + have));
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -1;
		if (k == 0)
			break;
		have += (size_t)k;
		if (off + have == size)
			break;
	}
	return (ssize_t)have;
}

int
pkg_content(struct pkg_reader *rd, struct root *r, struct root_file *f,
    enum pkg_alg alg, bool sha256, struct pkg_content *out, struct err *e)
{
	enum pkg_alg want[2] = {alg, sha256 ? ALG_SHA256 : ALG_NONE};
	unsigned char *to[2] = {out->digest, out->sha256};
	struct stat before, after;
	uint64_t off = 0;
	unsigned n;
	ssize_t k;
	int i;

	out->p = rd->buf;
	out->n = 0;
	if (root_reopen(r, f, e))
		return -1;
	if (root_fstat(f, &before))
		return err_sys(e, errno, "cannot look at '%s'", f->path.s);
	f->st = before;
	out->size = (uint64_t)before.st_size;
	if (out->size > (uint64_t)CONTENT_READ_MAX)
		return err_set(e, ERR_LIMIT, EFBIG, "'%s' is larger than %lld "
		    "bytes (CONTENT_READ_MAX)", f->path.s, CONTENT_READ_MAX);
	if (alg == ALG_SHA256)
		want[1] = ALG_NONE;
	for (i = 0; i < 2; i++)
		if (want[i] && !EVP_DigestInit_ex(rd->ctx[i], method(want[i]),
			NULL))
			die("libcrypto cannot compute %s",
			    algs[want[i]].library);
	do {
		k = fill(f->fd, rd->buf, BUFFER, off, out->size);
		if (k < 0)
			return err_sys(e, errno, "cannot read '%s' at %llu",
			    f->path.s, (unsigned long long)off);
		for (i = 0; i < 2; i++)
			if (want[i] && !EVP_DigestUpdate(rd->ctx[i], rd->buf,
				(size_t)k))
				die("libcrypto cannot compute %s",
				    algs[want[i]].library);
		off += (uint64_t)k;
	} while (k && off != out->size && off <= (uint64_t)CONTENT_READ_MAX);
	if (root_fstat(f, &after))
		return err_sys(e, errno, "cannot look at '%s'", f->path.s);
	if (!same(&before, &after) || off != out->size)
		return err_set(e, ERR_CHANGED, 0,
		    "'%s' changed while it was read: %llu bytes before, %llu "
		    "after, %llu read", f->path.s,
		    (unsigned long long)out->size,
		    (unsigned long long)after.st_size,
		    (unsigned long long)off);
	for (i = 0; i < 2; i++)
		if (want[i] && (!EVP_DigestFinal_ex(rd->ctx[i], to[i], &n) ||
			n != algs[want[i]].size))
			die("libcrypto cannot compute %s",
			    algs[want[i]].library);
	if (alg == ALG_SHA256)
		memcpy(out->sha256, out->digest, 32);
	if (off <= BUFFER)
		out->n = (size_t)off;
	return 0;
}

/* ---- lines ------------------------------------------------------------- */

int
pkg_lines_open(struct pkg_lines *l, struct pkgdb *db,
    const struct root_file *dir, const char *path)
{
	struct err e;
	int st;

	memset(l, 0, sizeof(*l));
	l->f = (struct root_file)ROOT_FILE_INIT;
	l->db = db;
	if (dir)
		st = root_find_in(db->root, dir, path, &l->f, &e);
	else
		st = root_find(db->root, path, 0, &l->f, &e);
	/* a link of that folder; a file of the system all the same */
	if (st == 0 && dir && S_ISLNK(l->f.st.st_mode)) {
		struct str whole cleanup_str = STR_INIT;

		str_add(&whole, l->f.path.s, l->f.path.n);
		root_file_close(&l->f);
		st = root_find(db->root, whole.s, 0, &l->f, &e);
	}
	if (st == 0)
		st = root_reopen(db->root, &l->f, &e);
	if (st == 0 && S_ISDIR(l->f.st.st_mode))
		st = err_set(&e, ERR_CORRUPT, 0, "'%s' is a directory",
		    l->f.path.s);
	if (st == 0 && root_fstat(&l->f, &l->before))
		st = err_sys(&e, errno, "cannot look at '%s'", l->f.path.s);
	if (st) {
		if (e.class != ERR_ABSENT) {
			struct str whole cleanup_str = STR_INIT;

			if (dir)
				str_addf(&whole, "%s/", dir->path.s);
			str_adds(&whole, path);
			pkg_note_err(db, l->f.path.n ? l->f.path.s : whole.s,
			    &e);
		}
		root_file_close(&l->f);
		return -1;
	}
	l->f.st = l->before;
	l->buf = xmalloc(PKG_LINE_MAX + 1);
	return 0;
}

/* More bytes behind those that are there. */
static bool
more(struct pkg_lines *l)
{
	ssize_t k;

	if (l->at) {
		memmove(l->buf, l->buf + l->at, l->have - l->at);
		l->have -= l->at;
		l->at = 0;
	}
	if (l->end || l->have == PKG_LINE_MAX)
		return false;
	if (l->off >= (uint64_t)PKG_READ_MAX) {
		pkg_note(l->db, ERR_LIMIT, l->f.path.s, 0, "more than %lld "
		    "bytes (PKG_READ_MAX): the rest was not read",
		    PKG_READ_MAX);
		l->end = true;
		return false;
	}
	k = fill(l->f.fd, l->buf + l->have, PKG_LINE_MAX - l->have, l->off,
	    (uint64_t)l->before.st_size);
	if (k < 0) {
		struct err e;

		err_sys(&e, errno, "cannot read '%s' at %llu", l->f.path.s,
		    (unsigned long long)l->off);
		pkg_note_err(l->db, l->f.path.s, &e);
		l->bad = true;
	}
	if (k <= 0) {
		l->end = true;
		return false;
	}
	l->have += (size_t)k;
	l->off += (uint64_t)k;
	return true;
}

bool
pkg_lines_next(struct pkg_lines *l, const char **p, size_t *n)
{
	const char *nl;
	size_t from;
	bool skip = false;

	for (;;) {
		from = 0;
		while (!(nl = l->have > l->at + from
			     ? memchr(l->buf + l->at + from, '\n',
				   l->have - l->at - from)
			     : NULL)) {
			from = l->have - l->at;
			if (!more(l)) {
				if (l->end)
					break;
				/* a line without end: dropped as it comes */
				if (!skip)
					pkg_note(l->db, ERR_LIMIT, l->f.path.s,
					    0, "line %lld is over %d bytes "
					    "(PKG_LINE_MAX)",
					    (long long)l->number + 1,
					    PKG_LINE_MAX);
				skip = true;
				l->at = l->have;
				from = 0;
			}
		}
		if (!nl && l->at == l->have)
			return false;
		*p = l->buf + l->at;
		*n = nl ? (size_t)(nl - *p) : l->have - l->at;
		l->at += *n + (nl != NULL);
		l->number++;
		if (!skip && memchr(*p, '\0', *n)) {
			pkg_note(l->db, ERR_CORRUPT, l->f.path.s, 0,
			    "line %lld holds a NUL", (long long)l->number);
			skip = true;
		}
		if (!skip)
			return true;
		skip = false;
	}
}

void
pkg_lines_close(struct pkg_lines *l)
{
	struct stat after;

	if (!l->buf)
		return;
	if (root_fstat(&l->f, &after) || !same(&l->before, &after))
		pkg_note(l->db, ERR_CHANGED, l->f.path.s, 0,
		    "changed while it was read");
	root_file_close(&l->f);
	free(l->buf);
	l->buf = NULL;
}
