/*
 * test-proc - the formats of /proc, and whose a control group is
 *
 * usage: test-proc [many N]
 * many: N children that sleep until their parent ends, for
 * t-collect-processes.sh; "1" is printed when all are there.
 */

#include "cgroup.h"
#include "proc.h"

#include "tap.h"

#include <signal.h>
#include <sys/prctl.h>

#define A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define Z "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define POD "pod11111111_2222_3333_4444_555555555555"
#define SLICE "kubepods.slice/kubepods-burstable.slice/kubepods-burstable-" POD \
	".slice/"

/* A file of /proc/PID/cgroup and the scope that follows from it. */
static const struct {
	const char *text, *want; /* NULL: no container */
} groups[] = {
	/* Docker: plain driver and systemd's, v1 and v2, rootless, other parents */
	{"0::/docker/" A, "docker/" A},
	{"0::/docker/" A "/init.scope", "docker/" A},
	{"12:pids:/docker/" A "\n1:name=systemd:/docker/" A "\n0::/\n",
	    "docker/" A},
	{"9:name=systemd:/\n8:pids:/\n4:memory:/docker/" A "\n0::/\n",
	    "docker/" A},
	{"0::/system.slice/docker-" A ".scope", "docker/" A},
	{"0::/system.slice/docker-" A ".scope/sub/deeper", "docker/" A},
	{"0::/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" A
	 ".scope", "docker/" A},
	{"0::/system.slice/docker.service/system.slice:docker:" A,
	    "docker/" A},
	{"0::/ecs/0a1b2c/" A, "docker/" A},
	{"0::/actions_job/" A, "docker/" A},
	{"0::/docker/buildkit/sgq1yd5mubvtpxr2xi1lh4bzk",
	    "docker/sgq1yd5mubvtpxr2xi1lh4bzk"},
	{"0::/docker/" A " (deleted)", "docker/" A},
	{"0::/../../docker/" A, "docker/" A},
	/* Docker below Kubernetes, before it had the CRI */
	{"0::/" SLICE "docker-" A ".scope", "docker/" A},
	/* containerd */
	{"0::/" SLICE "cri-containerd-" A ".scope", "containerd/k8s.io/" A},
	{"0::/kubepods/burstable/" POD "/" A, "containerd/k8s.io/" A},
	{"0::/kubepods/" POD "/" A, "containerd/k8s.io/" A},
	{"11:cpuset:/kubepods/besteffort/" POD "/" A "\n",
	    "containerd/k8s.io/" A},
	{"0::/system.slice/containerd.service/kubepods-burstable-" POD
	 ".slice:cri-containerd:" A, "containerd/k8s.io/" A},
	{"0::/default/" A, "containerd/default/" A},
	{"0::/default/web-1", "containerd/default/web-1"},
	{"0::/k8s.io/" A, "containerd/k8s.io/" A},
	{"0::/system.slice/nerdctl-" A ".scope", "containerd/default/" A},
	/* podman */
	{"0::/machine.slice/libpod-" A ".scope", "podman/" A},
	{"0::/machine.slice/libpod-" A ".scope/container", "podman/" A},
	{"0::/machine.slice/machine-libpod_pod_" Z ".slice/libpod-" A ".scope",
	    "podman/" A},
	{"0::/libpod_parent/libpod-" A, "podman/" A},
	{"0::/libpod_parent/libpod-" A "/ctr", "podman/" A},
	{"0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" A
	 ".scope/container", "podman/" A},
	{"0::/user.slice/user-1000.slice/user@1000.service/app.slice/web.service/"
	 "libpod-payload-" A, "podman/" A},
	/* podman's monitor is beside the container */
	{"0::/machine.slice/libpod-conmon-" A ".scope", NULL},
	{"0::/libpod_parent/libpod-" A "/conmon", NULL},
	{"0::/libpod_parent/conmon", NULL},
	{"0::/user.slice/user-1000.slice/user@1000.service/user.slice/"
	 "libpod-conmon-" A ".scope", NULL},
	/* CRI-O */
	{"0::/" SLICE "crio-" A ".scope", "crio/" A},
	{"0::/" SLICE "crio-" A ".scope/container", "crio/" A},
	{"0::/kubepods/burstable/" POD "/crio-" A, "crio/" A},
	{"0::/" SLICE "crio-conmon-" A ".scope", NULL},
	/* one in another: the host knows the outer one, the inner is a claim */
	{"0::/docker/" A "/docker/" Z, "docker/" A},
	{"0::/kubepods/besteffort/" POD "/" A "/docker/" Z,
	    "containerd/k8s.io/" A},
	{"0::/docker/" A "/kubelet.slice/cri-containerd-" Z ".scope",
	    "docker/" A},
	{"0::/docker/" A "/libpod-conmon-" Z ".scope", "docker/" A},
	/* v2 before v1, systemd's before the others */
	{"4:memory:/docker/" Z "\n0::/docker/" A, "docker/" A},
	{"4:memory:/docker/" Z "\n1:name=systemd:/docker/" A "\n0::/",
	    "docker/" A},
	/* the host */
	{"0::/", NULL},
	{"", NULL},
	{"0::", NULL},
	{":", NULL},
	{"0", NULL},
	{"0::/init.scope\n", NULL},
	{"0::/system.slice/docker.service", NULL},
	{"0::/system.slice/containerd.service", NULL},
	{"0::/docker", NULL},
	{"0::/docker/", NULL},
	{"0::/default", NULL},
	{"0::/default/..", NULL},
	{"0::/default/-x", NULL},
	{"0::/default/a/b", "containerd/default/a"},
	{"0::/other/name", NULL},
	{"0::/user.slice/default/name", NULL},
	{"0::/docker/0123456789ab", NULL},
	{"0::/docker/" A "0", NULL},
	{"0::/docker/0123456789ABCDEF0123456789abcdef0123456789abcdef"
	 "0123456789abcdef", NULL},
	{"0::/system.slice/docker-.scope", NULL},
	{"0::/system.slice/docker-short.scope", NULL},
	{"0::/kubepods/besteffort/" POD, NULL},
	{"0::/lxc.payload.web", NULL},
	{"0::/machine.slice/systemd-nspawn@web.service/payload", NULL},
	{"0::/" A, NULL},
};

static void
cgroup(void)
{
	struct cgroup_container c;
	size_t i;

	for (i = 0; i < COUNT(groups); i++) {
		struct str s cleanup_str = STR_INIT;
		const char *t = groups[i].text, *want = groups[i].want;

		if (cgroup_container(t, strlen(t), &c)) {
			str_adds(&s, c.engine);
			str_addc(&s, '/');
			if (c.ns) {
				str_add(&s, c.ns, c.ns_n);
				str_addc(&s, '/');
			}
			str_add(&s, c.id, c.id_n);
		}
		ok(str_eq(&s, want ? want : ""), "group %zu is of '%s'", i,
		    s.s);
	}
}

static void
best(void)
{
	static const struct {
		const char *text, *want;
	} v[] = {
		{"0::/a", "/a"},
		{"0::/", "/"},
		{"4:memory:/x\n0::/\n", "/x"},
		{"4:memory:/x\n1:name=systemd:/s:with:colons\n0::/\n",
		    "/s:with:colons"},
		{"4:memory:/docker/" A "\n0::/system.slice\n", "/docker/" A},
		{"nonsense", NULL},
	};
	const char *p;
	size_t i, n;

	for (i = 0; i < COUNT(v); i++) {
		n = 0;
		p = cgroup_best(v[i].text, strlen(v[i].text), &n);
		ok(v[i].want ? p && n == strlen(v[i].want) &&
			    memcmp(p, v[i].want, n) == 0
			     : !p, "best group %zu", i);
	}
}

#define TAIL " S 12 34 56 34817 78 4194560 1 2 3 4 500 250 5 6 20 0 7 0 12345" \
	     " 1000000 42 18446744073709551615 94000 94100 140000 0 0\n"

static void
stat_name(const char *name, size_t n)
{
	struct str s cleanup_str = STR_INIT;
	struct proc_stat st;

	str_adds(&s, "4711 (");
	str_add(&s, name, n);
	str_adds(&s, ")" TAIL);
	ok(procfmt_stat(s.s, s.n, &st) == 0 && st.comm_n == n &&
		memcmp(st.comm, name, n) == 0 && st.pid == 4711 &&
		st.ppid == 12 && st.pgrp == 34 && st.session == 56 &&
		st.tty == 34817 && st.flags == 4194560 && st.utime == 500 &&
		st.stime == 250 && st.threads == 7 && st.start == 12345 &&
		st.rss == 42 && st.code == 94000 && st.stack == 140000 &&
		st.state == 'S', "stat of a process with a name of %zu bytes",
	    n);
}

static void
stat(void)
{
	static const char *const bad[] = {
		"",
		"1",
		"1 (",
		"1 (x",
		"1 (x)",
		"1 (x) S",
		") 1 (",
		"x (x)" TAIL,
		"0 (x)" TAIL,
		"-1 (x)" TAIL,
		"99999999999999999999 (x)" TAIL,
		"1 (x) SS 1 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 5 0 0",
		"1 (x) S 1 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 5 0",
		"1 (x) S 1 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 -5 0 0",
		"1 (x) S 1 1 y 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 5 0 0",
	};
	static const char old[] =
	    "1 (x) S 1 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 5 0 0";
	struct proc_stat st;
	size_t i;

	stat_name("cron", 4);
	stat_name("", 0);
	stat_name("a) S 1 2 3 (b", 13);
	stat_name(") R 1 1 1 0 -1 ((", 17);
	stat_name("new\nline \xff \x1b[m", 15);
	for (i = 0; i < COUNT(bad); i++)
		ok(procfmt_stat(bad[i], strlen(bad[i]), &st) == -1,
		    "no stat: bad line %zu", i);
	ok(procfmt_stat(old, strlen(old), &st) == 0 && st.code == 0 &&
		st.start == 5,
	    "a stat of an old kernel, without addresses");
}

static void
status(void)
{
	static const char good[] =
	    "Name:\tx\\nUid:\t0\nState:\tS (sleeping)\nTracerPid:\t17\n"
	    "Uid:\t1000\t0\t0\t0\nGid:\t100\t50\t50\t50\n"
	    "NSpid:\t4711\t12\t1\nCapEff:\t000001ffffffffff\n"
	    "NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t9\n";
	struct proc_status s;

	ok(procfmt_status(good, strlen(good), &s) == 0 && s.uid == 1000 &&
		s.euid == 0 && s.gid == 100 && s.egid == 50 &&
		s.tracer == 17 && s.nspid == 1 && s.has_caps &&
		s.caps == 0x1ffffffffffULL && s.no_new_privs == 1 &&
		s.seccomp == 2, "status");
	ok(procfmt_status("", 0, &s) == -1 && s.uid == -1 && !s.has_caps &&
		s.nspid == -1, "an empty status has nothing");
	ok(procfmt_status("Uid:\t1 2 3 4\nGid:\t3 4 5 6", 25, &s) == 0 &&
		s.nspid == -1 && s.egid == 4, "a status without NSpid");
	ok(procfmt_status("Uid:\tx y\n", 9, &s) == -1, "a Uid of letters");
	ok(procfmt_status("Uid:\n", 5, &s) == -1, "a Uid of nothing");
}

static const struct {
	enum proc_table t;
	const char *line, *want; /* NULL: refused */
} lines[] = {
	{PROC_TCP, "   0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 "
		   "00:00000000 00000000     0        0 12345 1 0",
	    "LISTEN 127.0.0.1 3306 0.0.0.0 0 12345 0"},
	{PROC_TCP, "  11: 0201000A:D431 07642CC6:01BB 01 00000000:00000000 "
		   "00:00000000 00000000  1000        0 99 1 0",
	    "ESTABLISHED 10.0.1.2 54321 198.44.100.7 443 99 1000"},
	{PROC_TCP6, "   1: 00000000000000000000000001000000:0016 "
		    "00000000000000000000000000000000:0000 0A 0:0 0:0 0 33 0 7",
	    "LISTEN ::1 22 :: 0 7 33"},
	{PROC_TCP6, "   1: 0000000000000000FFFF00000100007F:0016 "
		    "0000000000000000FFFF0000010200C0:0050 01 0:0 0:0 0 33 0 7",
	    "ESTABLISHED 127.0.0.1 22 192.0.2.1 80 7 33"},
	{PROC_TCP, "   3: 0100007F:0CEA 0100007F:0CEB 06 0:0 0:0 0 0 0 0 3 0",
	    "TIME_WAIT 127.0.0.1 3306 127.0.0.1 3307 0 0"},
	{PROC_UDP, " 53: 00000000:0035 00000000:0000 07 0:0 0:0 0 101 0 500 2",
	    "UNCONN 0.0.0.0 53 0.0.0.0 0 500 101"},
	{PROC_RAW, "  1: 00000000:0001 00000000:0000 07 0:0 0:0 0 0 0 321 2",
	    "UNCONN 0.0.0.0 1 0.0.0.0 0 321 0"},
	{PROC_TCP, "   0: 0100007F:0CEA 00000000:0000 63 0:0 0:0 0 0 0 5",
	    "- 127.0.0.1 3306 0.0.0.0 0 5 0"},
	{PROC_PACKET, "ffff88810b5e6800 3      3    0003   2     1 0      0 "
		      "  4242", "-  -1  -1 4242 0"},
	{PROC_TCP, "", NULL},
	{PROC_TCP, "   0: 0100007F:0CEA", NULL},
	{PROC_TCP, "   0: 0100007F0CEA 00000000:0000 0A 0:0 0:0 0 0 0 5", NULL},
	{PROC_TCP, "   0: 0100007F:0CEAB 00000000:0000 0A 0:0 0:0 0 0 0 5",
	    NULL},
	{PROC_TCP, "   0: 0100007G:0CEA 00000000:0000 0A 0:0 0:0 0 0 0 5",
	    NULL},
	{PROC_TCP, "   0: 0100007F:0CEA 00000000:0000 0A 0:0 0:0 0 0 0 "
		   "99999999999999999999999", NULL},
	{PROC_TCP6, "   0: 0100007F:0CEA 00000000:0000 0A 0:0 0:0 0 0 0 5",
	    NULL},
	{PROC_PACKET, "ffff88810b5e6800 3 3 0003", NULL},
	{PROC_UNIX, "00000000a35104c7: 00000003 00000000 00000000 0001 03   586",
	    "ESTABLISHED  -1  -1 586 -1"},
	{PROC_UNIX, "00000000a35104c7: 00000002 00000000 00010000 0001 01 12345 "
		    "/run/docker.sock",
	    "LISTEN  -1  -1 12345 -1 /run/docker.sock"},
	{PROC_UNIX, "ffff8881: 00000002 00000000 00000000 0002 01 1 @abs tract",
	    "UNCONN  -1  -1 1 -1 @abs tract"},
	{PROC_UNIX, "", NULL},
	{PROC_UNIX, "b", NULL},
	{PROC_UNIX, "name: with a colon", NULL},
	{PROC_UNIX, "00000000a35104c7: 2 0 00010000 0001 01 12345 x", NULL},
};

static void
sockets(void)
{
	struct proc_socket s;
	size_t i;

	for (i = 0; i < COUNT(lines); i++) {
		struct str got cleanup_str = STR_INIT;

		if (procfmt_socket(lines[i].t, lines[i].line,
			strlen(lines[i].line), &s) == 0) {
			str_addf(&got, "%s %s %lld %s %lld %llu %lld",
			    s.state ? s.state : "-", s.local,
			    (long long)s.local_port, s.remote,
			    (long long)s.remote_port,
			    (unsigned long long)s.inode, (long long)s.uid);
			if (s.path) {
				str_addc(&got, ' ');
				str_add(&got, s.path, s.path_n);
			}
		}
		ok(str_eq(&got, lines[i].want ? lines[i].want : ""),
		    "%s line %zu: '%s'", proc_table_name[lines[i].t], i,
		    got.s);
	}
}

static void
links(void)
{
	uint64_t v;

	ok(procfmt_socket_link("socket:[17]", 11, &v) == 0 && v == 17,
	    "socket link");
	ok(procfmt_socket_link("socket:[]", 9, &v) == -1, "no number");
	ok(procfmt_socket_link("socket:[1", 9, &v) == -1, "no bracket");
	ok(procfmt_socket_link("pipe:[17]", 9, &v) == -1, "a pipe");
	ok(procfmt_socket_link("/socket:[17]", 12, &v) == -1, "a file");
	ok(procfmt_ns_link("net:[4026531833]", 16, &v) == 0 &&
		v == 4026531833, "namespace link");
	ok(procfmt_ns_link("net", 3, &v) == -1, "no namespace link");
}

static void
mounts(void)
{
	static const char line[] = "22 1 0:21 / /proc\\040x rw,nosuid shared:5 "
				   "master:2 - proc proc rw,hidepid=2";
	struct proc_mount m;

	ok(procfmt_mount(line, strlen(line), &m) == 0 && m.point_n == 10 &&
		m.type_n == 4 && m.options_n == 12 &&
		memcmp(m.options, "rw,hidepid=2", 12) == 0, "mount");
	ok(procfmt_mount("22 1 0:21 / /proc rw shared:5", 29, &m) == -1,
	    "a mount without its dash");
}

static void
split(const char *raw, size_t n, bool empty, const char *want)
{
	struct strlist l cleanup_strlist = STRLIST_INIT;
	struct str in cleanup_str = STR_INIT, out cleanup_str = STR_INIT;

	str_add(&in, raw, n);
	proc_split(&in, empty, &l);
	str_add_json_list(&out, &l);
	ok(str_eq(&out, want), "arguments %s", out.s);
}

static int
many(int n)
{
	pid_t p, parent = getpid();
	int i;

	for (i = 0; i < n; i++) {
		p = fork();
		if (p < 0)
			return 1;
		if (p == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
			while (getppid() == parent)
				pause();
			_exit(0);
		}
	}
	puts("1");
	fflush(stdout);
	sleep(300);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "many") == 0)
		return many(atoi(argv[2]));
	cgroup();
	best();
	stat();
	status();
	sockets();
	links();
	mounts();
	split("a\0b c\0", 6, true, "[\"a\",\"b c\"]");
	split("a\0b", 3, true, "[\"a\",\"b\"]");
	split("", 0, true, "[]");
	split("\0", 1, true, "[\"\"]");
	split("a\0\0b\0", 5, true, "[\"a\",\"\",\"b\"]");
	split("a\0\0", 3, true, "[\"a\",\"\"]");
	split("title\0\0\0\0\0", 10, true, "[\"title\"]");
	split("A=1\0\0\0B=2\0\0", 11, false, "[\"A=1\",\"B=2\"]");
	return done();
}
