/* archive-source - bytes of archives: plain, parts, unpacked, kept */

#include "arc.h"

#include "limits.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <sys/mman.h>

#define CHUNK (256 * 1024)
#define BLOBS_OPEN 32 /* at a time */

/* Unpacking, from the start to where somebody wants to read. */
struct unpacker {
	struct arc *a;
	uint32_t of;
	struct archive *la;
	uint64_t from;	    /* next byte of the source */
	uint64_t at;	    /* unpacked bytes before buf */
	const char *buf;    /* libarchive's */
	size_t n;
	char *in;
	struct err e;
};

uint32_t
arc_source(struct arc *a, enum source_kind kind, uint32_t of, uint64_t at,
    uint64_t size)
{
	struct source *s;

	a->sources = xreallocarray(a->sources, a->sources_n + 1,
	    sizeof(*a->sources));
	s = &a->sources[a->sources_n++];
	memset(s, 0, sizeof(*s));
	s->kind = kind;
	s->of = of;
	s->at = at;
	s->size = size;
	s->fd = -1;
	str_init(&s->path);
	return (uint32_t)(a->sources_n - 1);
}

uint64_t
arc_size(struct arc *a, uint32_t source)
{
	const struct source *s = &a->sources[source];
	struct stat st;

	if (s->kind == SOURCE_UNPACK)
		return UINT64_MAX;
	if (s->kind == SOURCE_FD)
		return fstat(s->fd, &st) == 0 ? (uint64_t)st.st_size : 0;
	return s->size;
}

static ssize_t
read_fd(int fd, uint64_t at, void *p, size_t n, struct err *e)
{
	size_t done = 0;
	ssize_t k = 1;

	if (at > INT64_MAX)
		return 0;
	while (done < n && k) {
		k = pread(fd, (char *)p + done, n - done, (off_t)(at + done));
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return err_sys(e, errno, "cannot read the archive");
		done += (size_t)k;
	}
	return (ssize_t)done;
}

static la_ssize_t
more(struct archive *la UNUSED, void *arg, const void **p)
{
	struct unpacker *u = arg;
	ssize_t k;

	k = arc_read(u->a, u->of, u->from, u->in, CHUNK, &u->e);
	if (k < 0) {
		archive_set_error(u->la, EIO, "%s", u->e.msg);
		return -1;
	}
	u->from += (uint64_t)k;
	*p = u->in;
	return k;
}

static void
unpacker_free(struct unpacker *u)
{
	if (!u)
		return;
	archive_read_free(u->la);
	free(u->in);
	free(u);
}

static struct unpacker *
unpacker_new(struct arc *a, uint32_t of, struct err *e)
{
	struct unpacker *u = xcalloc(1, sizeof(*u));
	struct archive_entry *entry;

	u->a = a;
	u->of = of;
	u->in = xmalloc(CHUNK);
	u->la = archive_read_new();
	if (!u->la)
		die("out of memory");
	archive_read_support_filter_gzip(u->la);
	archive_read_support_filter_bzip2(u->la);
	archive_read_support_filter_xz(u->la);
	archive_read_support_filter_lz4(u->la);
	archive_read_support_filter_zstd(u->la);
	archive_read_support_format_raw(u->la);
	if (archive_read_open(u->la, u, NULL, more, NULL) != ARCHIVE_OK ||
	    archive_read_next_header(u->la, &entry) != ARCHIVE_OK) {
		err_set(e, ERR_CORRUPT, 0, "cannot unpack: %s",
		    archive_error_string(u->la) ? archive_error_string(u->la)
						: "it is empty");
		unpacker_free(u);
		return NULL;
	}
	return u;
}

/* Another process' descriptors and places are not ours: a fork copies them,
 * but only descriptors read by place are shared, so that is all there is. */
static ssize_t
read_unpacked(struct arc *a, struct source *s, uint64_t at, void *p, size_t n,
    struct err *e)
{
	struct unpacker *u = s->unpacker;
	size_t done = 0, k, i;
	la_int64_t off;
	int st;

	if (u && at < u->at) {
		unpacker_free(u);
		u = s->unpacker = NULL;
	}
	if (!u) {
		/* two at most: each may hold a window of 128 MiB */
		for (i = 0, k = 0; i < a->sources_n; i++)
			if (a->sources[i].unpacker && ++k >= 2) {
				unpacker_free(a->sources[i].unpacker);
				a->sources[i].unpacker = NULL;
			}
		u = s->unpacker = unpacker_new(a, s->of, e);
	}
	if (!u)
		return -1;
	while (done < n) {
		if (at < u->at + u->n) {
			k = (size_t)(u->at + u->n - at);
			if (k > n - done)
				k = n - done;
			memcpy((char *)p + done, u->buf + (at - u->at), k);
			done += k;
			at += k;
			continue;
		}
		u->at += u->n;
		u->n = 0;
		st = archive_read_data_block(u->la, (const void **)&u->buf,
		    &u->n, &off);
		if (st == ARCHIVE_EOF)
			break;
		if (st != ARCHIVE_OK) {
			err_set(e, ERR_CORRUPT, 0, "cannot unpack: %s",
			    archive_error_string(u->la));
			u->n = 0;
			return done ? (ssize_t)done : -1;
		}
		a->unpacked += u->n;
		if (a->unpacked > ARCHIVE_REREAD_MAX) {
			return err_set(e, ERR_LIMIT, 0, "over %lld bytes were "
			    "unpacked to get at single files "
			    "(ARCHIVE_REREAD_MAX)", ARCHIVE_REREAD_MAX);
		}
	}
	return (ssize_t)done;
}

static int
blob_fd(struct arc *a, struct source *s, struct err *e)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	size_t i, k = 0;

	if (s->fd >= 0)
		return s->fd;
	for (i = 0; i < a->sources_n; i++)
		k += a->sources[i].kind == SOURCE_BLOB &&
		    a->sources[i].fd >= 0;
	for (i = 0; k >= BLOBS_OPEN && i < a->sources_n; i++)
		if (a->sources[i].kind == SOURCE_BLOB &&
		    a->sources[i].fd >= 0) {
			close(a->sources[i].fd);
			a->sources[i].fd = -1;
		}
	if (root_find(a->dir, s->path.s, a->loose ? ROOT_NOFOLLOW : 0, &f,
		e) ||
	    root_reopen(a->dir, &f, e))
		return -1;
	return s->fd = steal_fd(&f.fd);
}

ssize_t
arc_read(struct arc *a, uint32_t source, uint64_t at, void *p, size_t n,
    struct err *e)
{
	struct source *s = &a->sources[source];
	int fd;

	switch (s->kind) {
	case SOURCE_FD:
		return read_fd(s->fd, at, p, n, e);
	case SOURCE_BLOB:
		fd = blob_fd(a, s, e);
		return fd < 0 ? -1 : read_fd(fd, at, p, n, e);
	case SOURCE_RANGE:
		if (at >= s->size)
			return 0;
		if (n > s->size - at)
			n = (size_t)(s->size - at);
		return arc_read(a, s->of, s->at + at, p, n, e);
	case SOURCE_UNPACK:
		return read_unpacked(a, s, at, p, n, e);
	}
	return 0;
}

void
arc_forget(struct arc *a)
{
	size_t i;

	for (i = 0; i < a->sources_n; i++) {
		unpacker_free(a->sources[i].unpacker);
		a->sources[i].unpacker = NULL;
		if (a->sources[i].kind == SOURCE_BLOB &&
		    a->sources[i].fd >= 0) {
			close(a->sources[i].fd);
			a->sources[i].fd = -1;
		}
	}
}

/* ---- the cache --------------------------------------------------------- */

uint64_t
arc_cache_room(struct arc *a, uint64_t n)
{
	uint64_t used, max = a->cache_max;

	if (a->cache < 0)
		return UINT64_MAX;
	/* the last part of it is for small files: there are many */
	if (n > ARCHIVE_SMALL)
		max -= max / 8;
	used = atomic_load(a->cache_used);
	do {
		if (n > max || used > max - n)
			return UINT64_MAX;
	} while (!atomic_compare_exchange_weak(a->cache_used, &used,
	    used + n));
	return used;
}

int
arc_cache_write(struct arc *a, uint64_t at, const void *p, size_t n)
{
	ssize_t k;

	while (n) {
		k = pwrite(a->cache, p, n, (off_t)at);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return -1;
		p = (const char *)p + k;
		n -= (size_t)k;
		at += (uint64_t)k;
	}
	return 0;
}

/* ---- files ------------------------------------------------------------- */

int
arc_open(struct arc *a, const struct root_mem_where *w, const char *path,
    struct err *e)
{
	int fd cleanup_fd = -1;
	uint64_t at = 0;
	ssize_t k = 0, put;
	char *buf;

	if (w->source == UINT32_MAX) /* listing said why */
		return err_set(e, ERR_LIMIT, 0, "the bytes of '%s' were not "
		    "kept", path);
	if (w->size > ARCHIVE_FILE_MAX)
		return err_set(e, ERR_LIMIT, 0, "'%s' has %llu bytes; at most "
		    "%lld of one member are read (ARCHIVE_FILE_MAX)", path,
		    (unsigned long long)w->size, ARCHIVE_FILE_MAX);
	fd = memfd_create("member", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return err_sys(e, errno, "no memory for '%s'", path);
	buf = xmalloc(CHUNK);
	while (at < w->size) {
		k = arc_read(a, w->source, w->at + at, buf,
		    w->size - at < CHUNK ? (size_t)(w->size - at) : CHUNK, e);
		if (k <= 0)
			break;
		put = write(fd, buf, (size_t)k);
		if (put != k) {
			k = err_sys(e, put < 0 ? errno : ENOSPC,
			    "no memory for '%s'", path);
			break;
		}
		at += (uint64_t)k;
	}
	free(buf);
	if (k < 0)
		return err_wrap(e, "'%s'", path);
	if (at < w->size)
		return err_set(e, ERR_CORRUPT, 0, "'%s' ends after %llu of "
		    "%llu bytes", path, (unsigned long long)at,
		    (unsigned long long)w->size);
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW |
		F_SEAL_WRITE))
		return err_sys(e, errno, "cannot seal '%s'", path);
	return steal_fd(&fd);
}
