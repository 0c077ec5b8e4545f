/* mounts - what is mounted where, in every mount namespace */

#include "live.h"

#include "limits.h"

/* Undo the octal escapes of mountinfo: \040 \011 \012 \134 \043. */
static void
unescape(const char *p, size_t n, struct str *out)
{
	size_t i;

	str_clear(out);
	for (i = 0; i < n; i++) {
		if (p[i] == '\\' && i + 3 < n && p[i + 1] >= '0' &&
		    p[i + 1] <= '3' && p[i + 2] >= '0' && p[i + 2] <= '7' &&
		    p[i + 3] >= '0' && p[i + 3] <= '7') {
			str_addc(out, (char)((p[i + 1] - '0') << 6 |
			    (p[i + 2] - '0') << 3 | (p[i + 3] - '0')));
			i += 3;
		} else {
			str_addc(out, p[i]);
		}
	}
}

struct mounts {
	struct live *run;
	const struct str *scope;
	uint64_t ns;
	size_t n, bad;
};

static bool
mount_row(void *arg, const char *p, size_t n)
{
	struct mounts *x = arg;
	struct str s cleanup_str = STR_INIT;
	struct rec *r = x->run->rec;
	struct proc_mount m;

	if (procfmt_mount(p, n, &m)) {
		x->bad++;
		return true;
	}
	if (++x->n > PROC_MOUNTS_MAX)
		return false;
	rec_begin(r, KIND_mount_point);
	rec_str(r, COL_mount_point_scope, x->scope);
	live_inode(r, COL_mount_point_mntns, x->ns);
	rec_int(r, COL_mount_point_mount_id, m.id);
	rec_int(r, COL_mount_point_parent_id, m.parent);
	rec_bytes(r, COL_mount_point_device, m.device, m.device_n);
	unescape(m.point, m.point_n, &s);
	rec_str(r, COL_mount_point_path, &s);
	unescape(m.root, m.root_n, &s);
	rec_str(r, COL_mount_point_root, &s);
	unescape(m.type, m.type_n, &s);
	rec_str(r, COL_mount_point_type, &s);
	unescape(m.source, m.source_n, &s);
	rec_str(r, COL_mount_point_source, &s);
	rec_bytes(r, COL_mount_point_options, m.flags, m.flags_n);
	rec_bytes(r, COL_mount_point_super_options, m.options, m.options_n);
	rec_bytes(r, COL_mount_point_propagation, m.optional, m.optional_n);
	rec_end(r);
	return true;
}

static void
one_namespace(struct live *run, uint64_t ns, int64_t pid,
    const struct str *scope)
{
	struct mounts x = {.run = run, .scope = scope, .ns = ns};
	char name[40], path[48];
	struct err e;

	snprintf(name, sizeof(name), "%lld/mountinfo", (long long)pid);
	snprintf(path, sizeof(path), "/proc/%s", name);
	if (proc_lines(run->fs, name, mount_row, &x, &e)) {
		if (e.class != ERR_ABSENT)
			rec_note_err(run->rec, "mounts", scope->s, path, &e);
		return;
	}
	if (x.bad)
		rec_note(run->rec, ERR_CORRUPT, "mounts", scope->s, path, 0,
		    "%zu lines make no sense", x.bad);
	if (x.n > PROC_MOUNTS_MAX)
		rec_note(run->rec, ERR_LIMIT, "mounts", scope->s, path, 0,
		    "over %d mounts (PROC_MOUNTS_MAX)", PROC_MOUNTS_MAX);
}

static int
by_mntns(const void *a, const void *b)
{
	const struct seen *const *x = a, *const *y = b;

	if ((*x)->mntns != (*y)->mntns)
		return (*x)->mntns < (*y)->mntns ? -1 : 1;
	return (*x)->pid < (*y)->pid ? -1 : (*x)->pid > (*y)->pid;
}

void
live_mounts(struct live *run)
{
	const struct seen **v = xcalloc(run->seen_n + 1, sizeof(*v));
	struct str host cleanup_str = STR_INIT;
	uint64_t own = proc_self_ns(run->fs, NS_MNT);
	size_t i, n = 0, spaces = 0;

	str_adds(&host, "host");
	one_namespace(run, own, proc_self(run->fs), &host);
	for (i = 0; i < run->seen_n; i++)
		if (run->seen[i].mntns && run->seen[i].mntns != own)
			v[n++] = &run->seen[i];
	if (n)
		qsort(v, n, sizeof(*v), by_mntns);
	for (i = 0; i < n; i++) {
		if (i && v[i]->mntns == v[i - 1]->mntns)
			continue;
		if (++spaces > PROC_MNTNS_MAX) {
			rec_note(run->rec, ERR_LIMIT, "mounts", "host", "/proc",
			    0, "over %d mount namespaces (PROC_MNTNS_MAX)",
			    PROC_MNTNS_MAX);
			break;
		}
		one_namespace(run, v[i]->mntns, v[i]->pid,
		    &run->scopes.v[v[i]->scope]);
	}
	free(v);
}
