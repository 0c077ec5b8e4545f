/* bpf - programs and links of BPF that the kernel has */

#include "live.h"

#include "limits.h"

#include <errno.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * bpf(2), asked before the lock, which forbids the call. Which process holds
 * one is told by the descriptors of processes: kind open_file, column bpf.
 */

static const char *const prog_types[] = {"unspec", "socket_filter", "kprobe",
    "sched_cls", "sched_act", "tracepoint", "xdp", "perf_event", "cgroup_skb",
    "cgroup_sock", "lwt_in", "lwt_out", "lwt_xmit", "sock_ops", "sk_skb",
    "cgroup_device", "sk_msg", "raw_tracepoint", "cgroup_sock_addr",
    "lwt_seg6local", "lirc_mode2", "sk_reuseport", "flow_dissector",
    "cgroup_sysctl", "raw_tracepoint_writable", "cgroup_sockopt", "tracing",
    "struct_ops", "ext", "lsm", "sk_lookup", "syscall", "netfilter"};

static const char *const link_types[] = {"unspec", "raw_tracepoint", "tracing",
    "cgroup", "iter", "netns", "xdp", "perf_event", "kprobe_multi",
    "struct_ops", "netfilter", "tcx", "uprobe_multi", "netkit"};

static long
call(int cmd, union bpf_attr *a)
{
	return syscall(SYS_bpf, cmd, a, sizeof(*a));
}

static struct live_bpf *
add(struct live *run, bool link, uint32_t id)
{
	struct live_bpf *b;

	run->bpf = xreallocarray(run->bpf, run->bpf_n + 1, sizeof(*run->bpf));
	b = &run->bpf[run->bpf_n++];
	memset(b, 0, sizeof(*b));
	b->link = link;
	b->id = id;
	return b;
}

static void
look(struct live *run, bool link, uint32_t id)
{
	struct bpf_prog_info prog = {0};
	struct bpf_link_info info = {0};
	union bpf_attr a = {0};
	struct live_bpf *b = add(run, link, id);
	int fd cleanup_fd = -1;

	if (link)
		a.link_id = id;
	else
		a.prog_id = id;
	fd = (int)call(link ? BPF_LINK_GET_FD_BY_ID : BPF_PROG_GET_FD_BY_ID,
	    &a);
	if (fd < 0)
		return;
	memset(&a, 0, sizeof(a));
	a.info.bpf_fd = (uint32_t)fd;
	a.info.info_len = link ? sizeof(info) : sizeof(prog);
	a.info.info = (uint64_t)(uintptr_t)(link ? (void *)&info
						 : (void *)&prog);
	if (call(BPF_OBJ_GET_INFO_BY_FD, &a))
		return;
	if (link) {
		b->type = info.type;
		b->prog = info.prog_id;
		return;
	}
	b->type = prog.type;
	b->uid = prog.created_by_uid;
	b->load_ns = prog.load_time;
	memcpy(b->tag, prog.tag, sizeof(b->tag));
	snprintf(b->name, sizeof(b->name), "%.*s", (int)sizeof(prog.name),
	    prog.name);
	b->known = true;
}

static int
each(struct live *run, bool link)
{
	union bpf_attr a;
	uint32_t id = 0;

	while (run->bpf_n < PROC_BPF_MAX) {
		memset(&a, 0, sizeof(a));
		a.start_id = id;
		if (call(link ? BPF_LINK_GET_NEXT_ID : BPF_PROG_GET_NEXT_ID,
			&a))
			return errno == ENOENT ? 0 : -errno;
		id = a.next_id;
		look(run, link, id);
	}
	run->bpf_full = true;
	return 0;
}

void
live_bpf_open(struct live *run)
{
	run->bpf_error = each(run, false);
	if (!run->bpf_error)
		each(run, true); /* kernels before 5.7 have no links */
}

void
live_bpf(struct live *run)
{
	struct rec *r = run->rec;
	char tag[24];
	size_t i, k;

	for (i = 0; i < run->bpf_n; i++) {
		const struct live_bpf *b = &run->bpf[i];

		rec_begin(r, KIND_bpf);
		rec_text(r, COL_bpf_type, b->link ? "link" : "program");
		rec_int(r, COL_bpf_number, b->id);
		if (b->link && b->type < COUNT(link_types))
			rec_text(r, COL_bpf_attach, link_types[b->type]);
		if (!b->link && b->type < COUNT(prog_types))
			rec_text(r, COL_bpf_attach, prog_types[b->type]);
		if (b->name[0])
			rec_text(r, COL_bpf_name, b->name);
		if (b->link && b->prog)
			rec_int(r, COL_bpf_program, b->prog);
		if (b->known) {
			for (k = 0; k < sizeof(b->tag); k++)
				snprintf(tag + 2 * k, 3, "%02x", b->tag[k]);
			rec_text(r, COL_bpf_tag, tag);
			rec_int(r, COL_bpf_uid, b->uid);
			rec_time(r, COL_bpf_load_time,
			    proc_boot_time(run->fs) + (int64_t)b->load_ns);
		}
		rec_end(r);
	}
	if (run->bpf_full)
		rec_note(r, ERR_LIMIT, "bpf", "host", NULL, 0,
		    "over %d programs and links of BPF (PROC_BPF_MAX)",
		    PROC_BPF_MAX);
	if (run->bpf_error == -EPERM || run->bpf_error == -EACCES)
		rec_note(r, ERR_DENIED, "bpf", "host", NULL, -run->bpf_error,
		    "may not list programs of BPF");
	else if (run->bpf_error)
		rec_note_fine(r, ERR_ABSENT, "bpf", "host", NULL,
		    "this kernel lists no programs of BPF");
	free(run->bpf);
	run->bpf = NULL;
}
