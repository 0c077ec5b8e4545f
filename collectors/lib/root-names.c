/*
 * root-names - which names the directories of a stack of layers do not have
 *
 * Most of what is asked of the tree of a container is not there: a thousand
 * places where something could be configured, each looked up in twenty layers,
 * from the top of each. So a directory that is asked again and again is
 * listed once, and what no layer's part of it has is absent without a call. Only
 * hashes are kept: two names with one hash cost a look-up, no answer.
 *
 * Of a container that runs this is the state at the time of the listing: what
 * came into a directory since is not seen while the root is open.
 */

#include "root-internal.h"

#include "limits.h"

#include <dirent.h>
#include <errno.h>
#include <sys/syscall.h>

#define LAYERS_MIN 4	/* below, a look-up costs less than a list */
#define ASKED_MIN 5	/* questions before a directory is listed */
#define SLOTS 1024	/* directories, a power of 2; three quarters are used */

struct names_dir {
	struct str path; /* s NULL: a free slot */
	unsigned asked;
	bool tried, listed;
	uint64_t *v; /* hashes, sorted */
	size_t n, cap;
};

struct root_names {
	struct names_dir *slots;
	size_t used;
	size_t hashes; /* of all directories */
};

static uint64_t
hash(const char *s, size_t n)
{
	uint64_t h = 14695981039346656037ULL;

	while (n--)
		h = (h ^ (unsigned char)*s++) * 1099511628211ULL;
	return h;
}

/* The directory's slot; NULL: it has none, and none is to be had. */
static struct names_dir *
slot(struct root_names *m, const char *path, size_t n, bool make)
{
	size_t i = hash(path, n) & (SLOTS - 1);
	struct names_dir *d;

	for (d = &m->slots[i]; d->path.s; d = &m->slots[i]) {
		if (d->path.n == n && memcmp(d->path.s, path, n) == 0)
			return d;
		i = (i + 1) & (SLOTS - 1);
	}
	if (!make || m->used >= SLOTS / 4 * 3)
		return NULL;
	m->used++;
	str_init(&d->path);
	str_add(&d->path, path, n);
	return d;
}

static int
cmp_hash(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Read the names of one part; false: not all of them could be had. */
static bool
read_part(const struct root *r, struct names_dir *d, int part)
{
	int fd cleanup_fd = root_openat(r, part, ".", O_DIRECTORY);
	char buf[16 * 1024] __attribute__((aligned(8)));
	const struct dirent64 *ent;
	long n, at;

	if (fd < 0)
		return false;
	while ((n = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0)
		for (at = 0; at < n; at += ent->d_reclen) {
			ent = (const struct dirent64 *)(const void *)(buf + at);
			if (d->n == ROOT_NAMES_MAX)
				return false;
			if (d->n == d->cap) {
				d->cap = d->cap ? 2 * d->cap : 32;
				d->v = xreallocarray(d->v, d->cap,
				    sizeof(*d->v));
			}
			d->v[d->n++] = hash(ent->d_name, strlen(ent->d_name));
		}
	return n == 0;
}

static void
read_names(const struct root *r, const struct root_dir *dir,
    struct names_dir *d)
{
	size_t i;

	d->tried = true;
	for (i = 0; i < dir->n; i++)
		if (!read_part(r, d, dir->v[i].fd))
			break;
	d->listed = i == dir->n;
	if (d->listed && d->n) {
		qsort(d->v, d->n, sizeof(*d->v), cmp_hash);
		r->names->hashes += d->n;
	} else {
		free(d->v);
		d->v = NULL;
		d->n = d->cap = 0;
	}
}

static bool
lacks(const struct names_dir *d, const char *name, size_t n)
{
	uint64_t h = hash(name, n);

	return d->listed && (!d->n ||
	    !bsearch(&h, d->v, d->n, sizeof(h), cmp_hash));
}

bool
root_names_lack(const struct root *r, const char *path)
{
	struct str at cleanup_str = STR_INIT;
	const struct names_dir *d;
	const char *p, *q;
	size_t n;

	if (!r->names)
		return false;
	for (p = path; *p; p = q) {
		p += strspn(p, "/");
		q = strchrnul(p, '/');
		n = (size_t)(q - p);
		if (!n || (n == 1 && p[0] == '.'))
			continue;
		if (n == 2 && p[0] == '.' && p[1] == '.')
			return false;
		/* A name that leads elsewhere has no slot under its path. */
		d = slot(r->names, at.s, at.n, false);
		if (!d || n > NAME_MAX)
			return false;
		if (lacks(d, p, n))
			return true;
		if (root_path_add(&at, p, n))
			return false;
	}
	return false;
}

bool
root_names_lack_in(struct root *r, const struct root_dir *dir,
    const struct str *path, const char *name)
{
	struct names_dir *d;

	if (!r->layered || r->mem || r->n < LAYERS_MIN)
		return false;
	if (!r->names) {
		r->names = xcalloc(1, sizeof(*r->names));
		r->names->slots = xcalloc(SLOTS, sizeof(*r->names->slots));
	}
	d = slot(r->names, path->s, path->n, true);
	if (!d)
		return false;
	if (d->asked < ASKED_MIN)
		d->asked++;
	else if (!d->tried && r->names->hashes < ROOT_NAMES_MAX)
		read_names(r, dir, d);
	return lacks(d, name, strlen(name));
}

void
root_names_free(struct root_names *m)
{
	size_t i;

	for (i = 0; m && i < SLOTS; i++)
		if (m->slots[i].path.s) {
			str_release(&m->slots[i].path);
			free(m->slots[i].v);
		}
	if (m)
		free(m->slots);
	free(m);
}
