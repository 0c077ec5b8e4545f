/* fuzz-stat - the lines of /proc: any bytes, by every parser of them */

#include "cgroup.h"
#include "proc.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What a parser points to must lie in its input. */
static void
inside(const char *in, size_t n, const char *p, size_t k)
{
	if (p && (p < in || k > n || p + k > in + n))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str copy cleanup_str = STR_INIT;
	struct strlist l cleanup_strlist = STRLIST_INIT;
	struct cgroup_container c;
	struct proc_status status;
	struct proc_socket s;
	struct proc_mount m;
	struct proc_stat st;
	char *p = malloc(n ? n : 1); /* exact, so that overreads show */
	const char *best;
	uint64_t inode;
	size_t k = 0, i;
	int t;

	if (!p)
		return 0;
	memcpy(p, data, n);
	if (procfmt_stat(p, n, &st) == 0)
		inside(p, n, st.comm, st.comm_n);
	procfmt_status(p, n, &status);
	for (t = 0; t < PROC_TABLES; t++)
		if (procfmt_socket((enum proc_table)t, p, n, &s) == 0)
			inside(p, n, s.path, s.path_n);
	procfmt_socket_link(p, n, &inode);
	procfmt_ns_link(p, n, &inode);
	if (procfmt_mount(p, n, &m) == 0) {
		inside(p, n, m.point, m.point_n);
		inside(p, n, m.options, m.options_n);
	}
	if (cgroup_container(p, n, &c)) {
		inside(p, n, c.id, c.id_n);
		inside(p, n, c.ns && c.ns_n && c.ns >= p && c.ns < p + n ? c.ns
			: NULL, c.ns_n);
		/* an id goes into a scope: nothing that could forge one */
		for (i = 0; i < c.id_n; i++)
			if (c.id[i] == '/' || (unsigned char)c.id[i] <= ' ' ||
			    (unsigned char)c.id[i] >= 0x7f)
				abort();
	}
	best = cgroup_best(p, n, &k);
	inside(p, n, best, k);
	str_set(&copy, p, n);
	proc_split(&copy, true, &l);
	proc_split(&copy, false, &l);
	free(p);
	return 0;
}
