/*
 * rpm-bdb - header blobs of Packages, a hash of Berkeley DB
 *
 * The library wants a path, opens what it likes and was never made for bytes
 * of others; what is needed of the format is little. Page 0 says the size of
 * a page and the order of bytes. A page of a hash has offsets of its items,
 * key and value in turn, growing down from its end; a long value is a chain
 * of overflow pages. The hash itself is of no interest: each page of that
 * type is looked at once, in the order of the file.
 */

#include "rpm.h"

#include "limits.h"

enum { P_HASH_UNSORTED = 2, P_OVERFLOW = 7, P_HASH = 13 };
enum { H_KEYDATA = 1, H_OFFPAGE = 3 };
#define HEAD 26 /* of a page */
#define MAGIC 0x061561

struct bdb {
	struct root_file *f;
	unsigned char *page, *over;
	size_t size;
	uint32_t last;
	bool swap;
	uint64_t all; /* bytes of values so far */
	struct str blob;
};

static uint32_t
u32(const struct bdb *b, const unsigned char *p)
{
	uint32_t le = (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[1] << 8 | p[0];

	return b->swap ? __builtin_bswap32(le) : le;
}

static uint16_t
u16(const struct bdb *b, const unsigned char *p)
{
	return b->swap ? (uint16_t)(p[0] << 8 | p[1])
		       : (uint16_t)(p[1] << 8 | p[0]);
}

/* A value on pages of its own. */
static bool
chain(struct bdb *b, uint32_t page, uint32_t n)
{
	size_t k;

	b->all += n;
	if (n > RPM_HEADER_MAX || b->all > (uint64_t)b->f->st.st_size)
		return false;
	str_clear(&b->blob);
	while (b->blob.n < n) {
		if (!page || page > b->last || rpm_pread(b->f->fd, b->over,
			b->size, (uint64_t)page * b->size) ||
		    b->over[25] != P_OVERFLOW)
			return false;
		k = u16(b, b->over + 22);
		if (!k || k > b->size - HEAD || k > n - b->blob.n)
			return false;
		str_add(&b->blob, b->over + HEAD, k);
		page = u32(b, b->over + 16);
	}
	return true;
}

/* Values of one page. false: stop. */
static bool
values(struct bdb *b, rpm_blob_fn *fn, void *arg, size_t *broken)
{
	unsigned items = u16(b, b->page + 20), i;
	const unsigned char *p, *key;
	size_t at, end;

	if (HEAD + 2 * (size_t)items > b->size) {
		++*broken;
		return true;
	}
	for (i = 0; i + 1 < items; i += 2) {
		/* an item ends where the one before it begins */
		end = u16(b, b->page + HEAD + 2 * (size_t)i);
		at = u16(b, b->page + HEAD + 2 * (size_t)i + 2);
		if (at >= b->size || end > b->size || at >= end) {
			++*broken;
			continue;
		}
		key = b->page + end;
		p = b->page + at;
		/* package 0 is the counter of packages */
		if (end + 5 <= b->size && key[0] == H_KEYDATA &&
		    u32(b, key + 1) == 0)
			continue;
		if (p[0] == H_OFFPAGE && end - at >= 12) {
			if (!chain(b, u32(b, p + 4), u32(b, p + 8)))
				++*broken;
			else if (!fn(arg, (const unsigned char *)b->blob.s,
				b->blob.n))
				return false;
		} else if (p[0] == H_KEYDATA) {
			if (!fn(arg, p + 1, end - at - 1))
				return false;
		}
	}
	return true;
}

int
rpm_bdb_read(struct root_file *f, rpm_blob_fn *fn, void *arg, struct err *e)
{
	struct bdb b = {.f = f, .blob = STR_INIT};
	unsigned char meta[512];
	size_t broken = 0;
	uint32_t i;

	if (rpm_pread(f->fd, meta, sizeof(meta), 0))
		goto none;
	b.swap = u32(&b, meta + 12) != MAGIC;
	if (u32(&b, meta + 12) != MAGIC)
		goto none;
	b.size = u32(&b, meta + 20);
	b.last = u32(&b, meta + 32);
	if (b.size < 512 || b.size > 65536 || b.size & (b.size - 1))
		goto none;
	if (meta[24]) /* encrypted, by rpm never */
		return err_set(e, ERR_UNSUPPORTED, 0, "'%s' is encrypted",
		    f->path.s);
	b.page = xmalloc(b.size);
	b.over = xmalloc(b.size);
	for (i = 1; i <= b.last; i++) {
		if (rpm_pread(f->fd, b.page, b.size, (uint64_t)i * b.size)) {
			broken++;
			break;
		}
		if ((b.page[25] == P_HASH || b.page[25] == P_HASH_UNSORTED) &&
		    !values(&b, fn, arg, &broken))
			break;
	}
	free(b.page);
	free(b.over);
	str_release(&b.blob);
	if (broken)
		return err_set(e, ERR_CORRUPT, 0, "%zu values or pages of '%s' "
		    "make no sense", broken, f->path.s);
	return 0;
none:
	return err_set(e, ERR_CORRUPT, 0,
	    "'%s' is no hash of Berkeley DB", f->path.s);
}
