/* archive-tree - in the parent: members are checked, and become a tree */

#include "arc.h"

#include "limits.h"

const char *
arc_name(const struct arc *a, const char *member, struct str *out)
{
	str_clear(out);
	if (a->loose && root_mem_name(a->dir, member, out))
		return out->s; /* the evidence is an archive itself */
	if (a->members)
		str_add(out, a->path.s, a->path.n);
	if (*member && strcmp(member, "/") != 0) {
		if (a->members) {
			str_addc(out, '!');
			member += strspn(member, "/");
		}
		str_adds(out, member);
	} else if (!out->n) {
		str_addc(out, '/');
	}
	return out->s;
}

void
arc_note(struct arc *a, const char *path, const struct err *e)
{
	struct str at cleanup_str = STR_INIT;

	if (a->notes++ > ARCHIVE_NOTES_MAX)
		return;
	arc_name(a, a->layer ? a->layer->member.s : "", &at);
	if (a->notes == ARCHIVE_NOTES_MAX + 1) {
		rec_note(a->rec, ERR_LIMIT, "archive", NULL, at.s, 0,
		    "more notes of this kind (ARCHIVE_NOTES_MAX)");
		return;
	}
	if (*path) {
		str_addc(&at, '!');
		str_adds(&at, path + strspn(path, "/"));
	}
	rec_note_err(a->rec, "archive", NULL, at.s, e);
}

static int
spoiled(struct arc *a)
{
	struct err e;

	err_set(&e, ERR_CORRUPT, 0, "a worker gave members that are none");
	arc_note(a, "", &e);
	a->failed = true;
	return -1;
}

static bool
is_hex(const char *s)
{
	return !*s || (strspn(s, "0123456789abcdef") == 64 && !s[64]);
}

static struct timespec
time_of(int64_t s, uint32_t ns)
{
	return (struct timespec){.tv_sec = s,
	    .tv_nsec = ns < 1000000000 ? ns : 0};
}

static void
add_file(struct arc *a, const struct member *m, const char *path,
    const char *target, const char *xattrs)
{
	struct root_mem_member mb = {.mode = m->mode, .uid = m->uid,
	    .gid = m->gid, .rdev = m->rdev,
	    .modified = time_of(m->modified, m->modified_ns),
	    .changed = time_of(m->changed, m->changed_ns),
	    .has_changed = m->has_changed, .target = target,
	    .xattrs = xattrs, .xattrs_n = m->xattrs_n,
	    .where = {0, m->at, m->bytes}};
	struct err e;

	mb.where.source = m->place == PLACE_CACHE ? SOURCE_CACHE :
	    a->plain + (m->place == PLACE_UNPACKED);
	if (m->at == UINT64_MAX)
		mb.where.source = UINT32_MAX;
	if (m->xattrs_n)
		a->xattrs_n++;
	if (root_mem_add(a->into, a->below, path, &mb, &e))
		arc_note(a, path, &e);
}

static int
take_one(struct arc *a, const struct member *m, const char *path,
    const char *target, const char *xattrs)
{
	struct err e;

	switch (m->type) {
	case MEMBER_HEAD:
		a->packed = m->packed;
		str_sets(&a->format, path);
		return 0;
	case MEMBER_FILE:
		if (m->place > PLACE_CACHE ||
		    (m->place == PLACE_UNPACKED && !a->packed) ||
		    (m->mode && !(m->mode & S_IFMT)) ||
		    m->mode & ~(uint32_t)(S_IFMT | 07777) ||
		    m->bytes > INT64_MAX)
			return spoiled(a);
		a->members_n++;
		add_file(a, m, path, target, xattrs);
		return 0;
	case MEMBER_WHITEOUT:
	case MEMBER_OPAQUE:
		if (!a->layer)
			return spoiled(a);
		if (m->type == MEMBER_WHITEOUT
			? root_mem_whiteout(a->into, a->below, path, &e)
			: root_mem_opaque(a->into, a->below, path, &e))
			arc_note(a, path, &e);
		return 0;
	case MEMBER_END:
		if (!a->layer)
			return 0;
		memcpy(a->layer->packed, m->digest_packed, 65);
		memcpy(a->layer->unpacked, m->digest_unpacked, 65);
		a->layer->packed[64] = a->layer->unpacked[64] = '\0';
		if (!is_hex(a->layer->packed) || !is_hex(a->layer->unpacked))
			return spoiled(a);
		a->layer->listed = true;
		return 0;
	}
	return spoiled(a);
}

void
arc_take(struct arc *a, const void *p, size_t n)
{
	const char *at = p, *end = at + n, *path, *target;
	struct member m;
	uint64_t need;

	while (at < end && !a->failed) {
		if ((size_t)(end - at) < sizeof(m)) {
			spoiled(a);
			return;
		}
		memcpy(&m, at, sizeof(m));
		need = sizeof(m) + (uint64_t)m.path_n + 1 + m.target_n + 1 +
		    m.xattrs_n;
		if (need != m.size || need > (size_t)(end - at)) {
			spoiled(a);
			return;
		}
		path = at + sizeof(m);
		target = path + m.path_n + 1;
		if (strnlen(path, m.path_n + 1) != m.path_n ||
		    strnlen(target, m.target_n + 1) != m.target_n) {
			spoiled(a);
			return;
		}
		if (take_one(a, &m, path, target, target + m.target_n + 1))
			return;
		at += need;
	}
}
