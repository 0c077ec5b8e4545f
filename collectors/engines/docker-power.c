#include "docker.h"

#include "storelib.h"

#include <ctype.h>

/*
 * What a container of Docker may do, and who made it. Sources: moby oci/caps
 * (TweakCapabilities), oci/defaults.go (the default set), daemon/oci_linux.go,
 * daemon/daemon_unix.go (parseSecurityOpt); docs.docker.com/engine/security.
 */

/* capabilities(7), sorted. */
static const char *const all_caps[] = {"CAP_AUDIT_CONTROL", "CAP_AUDIT_READ",
    "CAP_AUDIT_WRITE", "CAP_BLOCK_SUSPEND", "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE", "CAP_CHOWN", "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_IPC_LOCK",
    "CAP_IPC_OWNER", "CAP_KILL", "CAP_LEASE", "CAP_LINUX_IMMUTABLE",
    "CAP_MAC_ADMIN", "CAP_MAC_OVERRIDE", "CAP_MKNOD", "CAP_NET_ADMIN",
    "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_RAW", "CAP_PERFMON",
    "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYSLOG",
    "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_CHROOT", "CAP_SYS_MODULE",
    "CAP_SYS_NICE", "CAP_SYS_PACCT", "CAP_SYS_PTRACE", "CAP_SYS_RAWIO",
    "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG",
    "CAP_WAKE_ALARM"};
static const char *const default_caps[] = {"CAP_AUDIT_WRITE", "CAP_CHOWN",
    "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_MKNOD",
    "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SETFCAP", "CAP_SETGID",
    "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT"};

/* Is it in the list, in whatever spelling? */
static bool
asked(const struct strlist *l, const char *cap)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		const char *s = l->v[i].s;

		if (strncasecmp(s, "CAP_", 4) == 0)
			s += 4;
		if (strcasecmp(s, cap + 4) == 0)
			return true;
	}
	return false;
}

static void
capabilities(struct engine_container *c)
{
	bool all = c->privileged == 1, add = asked(&c->cap_add, "CAP_ALL");
	bool drop = asked(&c->cap_drop, "CAP_ALL"), has;
	size_t i, k;

	for (i = 0; i < COUNT(all_caps); i++) {
		has = add;
		for (k = 0; !drop && !has && k < COUNT(default_caps); k++)
			has = strcmp(default_caps[k], all_caps[i]) == 0;
		if (asked(&c->cap_drop, all_caps[i]))
			has = false;
		if (asked(&c->cap_add, all_caps[i]))
			has = true;
		if (has || all)
			strlist_adds(&c->capabilities, all_caps[i]);
	}
}

/* Value of "NAME=VALUE" or, as older versions wrote it, "NAME:VALUE". */
static const char *
option(const struct engine_container *c, const char *name)
{
	size_t i, n = strlen(name);

	for (i = 0; i < c->security_opt.n; i++) {
		const char *s = c->security_opt.v[i].s;

		if (strncmp(s, name, n) == 0 && !s[n])
			return "";
		if (strncmp(s, name, n) == 0 && (s[n] == '=' || s[n] == ':'))
			return s + n + 1;
	}
	return NULL;
}

static void
confined(struct state *d, struct engine_container *c)
{
	struct str v cleanup_str = STR_INIT;
	const char *o = option(c, "seccomp");

	if (!o && state_str(d, d->json, "SeccompProfile", &v) && v.n)
		o = v.s;
	if (o ? strcmp(o, "unconfined") == 0 : c->privileged == 1)
		str_sets(&c->seccomp, "unconfined");
	else
		str_sets(&c->seccomp, "profile");
	o = option(c, "no-new-privileges");
	c->no_new_privs = state_bool(d, d->json, "NoNewPrivileges");
	if (o)
		c->no_new_privs = !*o || strcmp(o, "true") == 0;
	if (!c->apparmor.n && (o = option(c, "apparmor")))
		str_sets(&c->apparmor, o);
	state_str(d, d->json, "ProcessLabel", &c->selinux);
}

/* Are the engine's containers in a user namespace of their own? A data-root
 * UID.GID is one of --userns-remap, one that is not root's is a rootless
 * engine's. */
static bool
remapped(struct store *s)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	const char *p = strrchr(s->path.s, '/'), *q;

	p = p ? p + 1 : s->path.s;
	q = p + strspn(p, "0123456789");
	if (q > p && *q == '.' && isdigit((unsigned char)q[1]) &&
	    !q[1 + strspn(q + 1, "0123456789")])
		return true;
	return root_find(s->root, "/containers", 0, &f, NULL) == 0 &&
	       f.st.st_uid != 0;
}

static void
host_namespaces(struct store *s, struct engine_container *c)
{
	const struct {
		const struct str *mode;
		const char *name;
	} modes[] = {{&c->cgroupns_mode, "cgroup"}, {&c->ipc_mode, "ipc"},
	    {&c->network_mode, "network"}, {&c->pid_mode, "pid"}};
	size_t i;

	for (i = 0; i < COUNT(modes); i++)
		if (str_eq(modes[i].mode, "host"))
			strlist_adds(&c->host_namespaces, modes[i].name);
	if (!remapped(s) || str_eq(&c->userns_mode, "host"))
		strlist_adds(&c->host_namespaces, "user");
	if (str_eq(&c->uts_mode, "host"))
		strlist_adds(&c->host_namespaces, "uts");
}

static const char *
label(const struct engine_container *c, const char *key)
{
	size_t i, n = strlen(key);

	for (i = 0; i < c->labels.n; i++)
		if (strncmp(c->labels.v[i].s, key, n) == 0 &&
		    c->labels.v[i].s[n] == '=')
			return c->labels.v[i].s + n + 1;
	return NULL;
}

/* Labels of Compose, of swarm, and of the kubelet's dockershim. */
static void
created_by(struct engine_container *c)
{
	const char *a, *b;

	if ((a = label(c, "io.kubernetes.pod.name"))) {
		str_sets(&c->pod, a);
		b = label(c, "io.kubernetes.pod.namespace");
		str_sets(&c->pod_namespace, b ? b : "");
		str_addf(&c->created_by, "pod %s/%s", b ? b : "", a);
		if ((b = label(c, "io.kubernetes.pod.uid")))
			str_sets(&c->pod_uid, b);
		b = label(c, "io.kubernetes.docker.type");
		if (b && strcmp(b, "podsandbox") == 0)
			str_sets(&c->type, "sandbox");
	} else if ((a = label(c, "com.docker.swarm.service.name"))) {
		str_addf(&c->created_by, "swarm service %s", a);
	} else if ((a = label(c, "com.docker.compose.project"))) {
		b = label(c, "com.docker.compose.service");
		str_addf(&c->created_by, "compose project %s, service %s", a,
		    b ? b : "");
		if ((b = label(c, "com.docker.compose.project.config_files")))
			str_addf(&c->created_by, ", %s", b);
	}
}

static void
networks(struct state *d, struct engine_container *c)
{
	static const char *const keys[] = {"IPAddress", "GlobalIPv6Address"};
	const json_t *net = state_obj(d, d->json, "NetworkSettings"), *o, *fix;
	json_t *list;
	struct str v cleanup_str = STR_INIT, s cleanup_str = STR_INIT;
	size_t i, n;
	void *it;

	list = net ? (json_t *)(uintptr_t)state_obj(d, net, "Networks") : NULL;
	for (it = json_object_iter(list); it;
	     it = json_object_iter_next(list, it)) {
		const char *key = json_object_iter_key(it);

		o = json_object_iter_value(it);
		n = c->networks.n;
		for (i = 0; i < COUNT(keys); i++) {
			if (!state_str(d, o, keys[i], &v) || !v.n) {
				fix = state_obj(d, o, "IPAMConfig");
				if (!fix || !state_str(d, fix, i ? "IPv6Address"
					    : "IPv4Address", &v) || !v.n)
					continue;
			}
			str_clear(&s);
			state_bytes(d, key, strlen(key), &s);
			str_addc(&s, '=');
			str_add(&s, v.s, v.n);
			strlist_add(&c->networks, s.s, s.n);
		}
		if (n == c->networks.n) {
			str_clear(&s);
			state_bytes(d, key, strlen(key), &s);
			str_addc(&s, '=');
			strlist_add(&c->networks, s.s, s.n);
		}
	}
	strlist_sort(&c->networks);
}

void
docker_power(struct store *s, struct state *d, struct engine_container *c)
{
	if (c->privileged >= 0) { /* the host's settings could be read */
		capabilities(c);
		host_namespaces(s, c);
	}
	confined(d, c);
	created_by(c);
	networks(d, c);
}
