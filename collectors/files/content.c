#include "content.h"

#include "limits.h"

#include <errno.h>

struct content_reader {
	struct digest *digest;
	unsigned char head[CONTENT_HEAD];
	unsigned char more[CONTENT_BUFFER];
};

struct content_reader *
content_new(void)
{
	struct content_reader *c = xmalloc(sizeof(*c));

	c->digest = digest_new();
	return c;
}

void
content_free(struct content_reader *c)
{
	if (!c)
		return;
	digest_free(c->digest);
	free(c);
}

/* Fill p, less only at the end of the file; -1 and errno. */
static ssize_t
fill(int fd, unsigned char *p, size_t n, uint64_t at, uint64_t size)
{
	size_t have = 0;
	ssize_t k;

	while (have < n) {
		k = pread(fd, p + have, n - have, (off_t)(at + have));
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -1;
		if (k == 0)
			break;
		have += (size_t)k;
		/* where the inode says that it ends; fstat will tell again */
		if (at + have == size)
			break;
	}
	return (ssize_t)have;
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

static int
bad_read(const struct root_file *f, const struct content *out, struct err *e)
{
	int sys = errno;

	return err_sys(e, sys, "cannot read '%s' at %llu", f->path.s,
	    (unsigned long long)out->read);
}

static int
too_big(const struct root_file *f, const struct content *out, struct err *e)
{
	return err_set(e, ERR_LIMIT, EFBIG, "'%s' is larger than %lld bytes "
	    "(CONTENT_READ_MAX): %llu were read", f->path.s, CONTENT_READ_MAX,
	    (unsigned long long)out->read);
}

static int
changed(const struct root_file *f, const struct content *out, struct err *e)
{
	return err_set(e, ERR_CHANGED, 0, "'%s' changed while it was read: "
	    "%llu bytes before, %llu after, %llu read", f->path.s,
	    (unsigned long long)out->size, (unsigned long long)out->size_after,
	    (unsigned long long)out->read);
}

/* Everything behind the head; 1 where the limit ended it. */
static int
read_on(struct content_reader *c, const struct root_file *f,
    const struct content_hooks *h, struct content *out, struct err *e)
{
	ssize_t k;

	for (;;) {
		if (out->read == out->size && out->size)
			return 0;
		if (out->read >= (uint64_t)CONTENT_READ_MAX)
			return 1;
		k = fill(f->fd, c->more, sizeof(c->more), out->read, out->size);
		if (k < 0)
			return bad_read(f, out, e);
		if (k == 0)
			return 0;
		digest_add(c->digest, c->more, (size_t)k);
		if (h && h->more)
			h->more(h->arg, out->read, c->more, (size_t)k);
		out->read += (uint64_t)k;
	}
}

int
content_read(struct content_reader *c, struct root *r, struct root_file *f,
    const struct content_hooks *h, struct content *out, struct err *e)
{
	unsigned char unused[32];
	struct stat before, after;
	ssize_t k;
	int rest;

	memset(out, 0, sizeof(*out));
	out->head = c->head;
	out->size = out->size_after = (uint64_t)f->st.st_size;
	if (root_reopen(r, f, e))
		return -1;
	if (root_fstat(f, &before))
		return err_sys(e, errno, "cannot look at '%s'", f->path.s);
	f->st = before;
	out->size = out->size_after = (uint64_t)before.st_size;
	k = fill(f->fd, c->head, sizeof(c->head), 0, out->size);
	if (k < 0)
		return bad_read(f, out, e);
	out->head_n = (size_t)k;
	out->read = (uint64_t)k;
	if (h && h->first && !h->first(h->arg, c->head, out->head_n))
		return 0;
	/* of what nobody will read whole, a sparse one of 8 EiB, no more */
	if (out->size > (uint64_t)CONTENT_READ_MAX)
		return too_big(f, out, e);
	digest_add(c->digest, c->head, out->head_n);
	if (h && h->more && out->head_n)
		h->more(h->arg, 0, c->head, out->head_n);
	/* a short beginning of a file without a size is all of it */
	rest = out->head_n == sizeof(c->head) || out->read != out->size
	    ? read_on(c, f, h, out, e) : 0;
	digest_end(c->digest, rest ? unused : out->sha256);
	if (rest < 0)
		return -1;
	if (rest)
		return too_big(f, out, e);
	if (root_fstat(f, &after))
		return err_sys(e, errno, "cannot look at '%s'", f->path.s);
	out->size_after = (uint64_t)after.st_size;
	if (!same(&before, &after) || (out->size && out->read != out->size))
		return changed(f, out, e);
	out->whole = true;
	return 0;
}

void
content_note(struct rec *r, const char *scope, const char *path,
    const struct content *c, const struct err *e)
{
	if (e->class == ERR_CHANGED && c->read)
		rec_note(r, e->class, "read", scope, path, e->sys,
		    "changed while it was read: %llu bytes before, %llu after, "
		    "%llu read", (unsigned long long)c->size,
		    (unsigned long long)c->size_after,
		    (unsigned long long)c->read);
	else
		rec_note_err(r, "read", scope, path, e);
}
