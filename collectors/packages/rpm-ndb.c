/*
 * rpm-ndb - header blobs of Packages.db (rpm's own "new database")
 *
 * Little-endian. Pages of 4096 bytes hold slots of 16: a mark, the package's
 * number, the place and the length of its blob in units of 16 bytes. The
 * first two slots of the first page are the header: mark, version,
 * generation, number of slot pages. A blob has a head (mark, number, time,
 * length), its bytes and a tail.
 */

#include "rpm.h"

#include "limits.h"

#include <errno.h>

#define PAGE 4096
#define UNIT 16

static uint32_t
le32(const unsigned char *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[1] << 8 | p[0];
}

int
rpm_ndb_read(struct root_file *f, rpm_blob_fn *fn, void *arg, struct err *e)
{
	unsigned char *page = xmalloc(PAGE), *p = NULL;
	unsigned char head[UNIT];
	uint64_t pages, i, off, all = 0;
	size_t k, n, broken = 0;
	int st = 0;

	if (rpm_pread(f->fd, page, PAGE, 0) || memcmp(page, "RpmP", 4) != 0 ||
	    le32(page + 4) != 0) {
		st = err_set(e, ERR_CORRUPT, 0,
		    "'%s' is no database of rpm's ndb", f->path.s);
		goto out;
	}
	pages = le32(page + 12);
	for (i = 0; i < pages; i++) {
		if (i && rpm_pread(f->fd, page, PAGE, i * PAGE)) {
			broken++;
			break;
		}
		for (k = i ? 0 : 2; k < PAGE / UNIT; k++) {
			if (memcmp(page + k * UNIT, "Slot", 4) != 0 ||
			    !le32(page + k * UNIT + 8))
				continue; /* free */
			off = (uint64_t)le32(page + k * UNIT + 8) * UNIT;
			if (rpm_pread(f->fd, head, UNIT, off) ||
			    memcmp(head, "BlbS", 4) != 0 ||
			    memcmp(head + 4, page + k * UNIT + 4, 4) != 0) {
				broken++;
				continue;
			}
			n = le32(head + 12);
			/* slots may share a blob: all of them together are no
			 * more than the file, else they are made up */
			all += n;
			if (n > RPM_HEADER_MAX ||
			    all > (uint64_t)f->st.st_size) {
				broken++;
				continue;
			}
			p = xrealloc(p, n + 1);
			if (rpm_pread(f->fd, p, n, off + UNIT))
				broken++;
			else if (!fn(arg, p, n))
				goto out;
		}
	}
	if (broken)
		st = err_set(e, ERR_CORRUPT, 0,
		    "%zu packages of '%s' are not where they should be",
		    broken, f->path.s);
out:
	free(page);
	free(p);
	return st;
}
