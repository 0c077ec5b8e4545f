#include "spec.h"

#include "storelib.h"

/* ---- namespaces ---------------------------------------------------------- */

/* The specification's words, as the rows have them, in their order. */
static const struct {
	const char *type, *row, *proc;
} namespaces[] = {
	{"cgroup", "cgroup", "cgroup"},
	{"ipc", "ipc", "ipc"},
	{"mount", "mount", "mnt"},
	{"network", "network", "net"},
	{"pid", "pid", "pid"},
	{"user", "user", "user"},
	{"uts", "uts", "uts"},
};

static void
host_namespaces(struct state *d, const json_t *os, struct engine_container *c)
{
	const json_t *list = state_arr(d, os, "namespaces"), *o;
	struct str type cleanup_str = STR_INIT, path cleanup_str = STR_INIT;
	struct str host cleanup_str = STR_INIT;
	bool own[COUNT(namespaces)] = {false};
	size_t i, k;

	for (i = 0; i < json_array_size(list); i++) {
		o = json_array_get(list, i);
		state_str(d, o, "type", &type);
		state_str(d, o, "path", &path);
		for (k = 0; k < COUNT(namespaces); k++) {
			if (!str_eq(&type, namespaces[k].type))
				continue;
			str_sets(&host, "/proc/1/ns/");
			str_adds(&host, namespaces[k].proc);
			own[k] = !str_eq(&path, host.s);
		}
	}
	for (k = 0; k < COUNT(namespaces); k++)
		if (!own[k])
			strlist_adds(&c->host_namespaces, namespaces[k].row);
}

/* ---- mounts -------------------------------------------------------------- */

/* Of what every container has; at other places they are somebody's wish. */
static bool
usual_mount(const struct engine_mount *m)
{
	static const struct {
		const char *type, *at;
	} usual[] = {
		{"proc", "/proc"},
		{"sysfs", "/sys"},
		{"cgroup", "/sys/fs/cgroup"},
		{"cgroup2", "/sys/fs/cgroup"},
		{"tmpfs", "/dev"},
		{"tmpfs", "/dev/shm"},
		{"tmpfs", "/run"},
		{"devtmpfs", "/dev"},
		{"devpts", "/dev/pts"},
		{"mqueue", "/dev/mqueue"},
	};
	size_t i, n;

	for (i = 0; i < COUNT(usual); i++) {
		n = strlen(usual[i].at);
		if (str_eq(&m->type, usual[i].type) &&
		    (str_eq(&m->destination, usual[i].at) ||
			(strcmp(usual[i].at, "/sys/fs/cgroup") == 0 &&
			    strncmp(m->destination.s, usual[i].at, n) == 0 &&
			    m->destination.s[n] == '/')))
			return true;
	}
	return false;
}

/* Something mounted there is known already (the last one is m itself). */
static bool
known(const struct engine_container *c, const struct engine_mount *m)
{
	size_t i;

	for (i = 0; i + 1 < c->mounts_n; i++)
		if (str_eq(&c->mounts[i].destination, m->destination.s))
			return true;
	return false;
}

static void
mounts(struct state *d, const json_t *spec, struct engine_container *c,
    spec_own_fn *own, void *arg)
{
	static const char *const propagations[] = {"private", "rprivate",
	    "shared", "rshared", "slave", "rslave", "unbindable",
	    "runbindable"};
	const json_t *list = state_arr(d, spec, "mounts"), *o;
	struct strlist options cleanup_strlist = STRLIST_INIT;
	struct engine_mount *m;
	size_t i, k, p;

	for (i = 0; i < json_array_size(list); i++) {
		o = json_array_get(list, i);
		m = store_mount(c);
		state_str(d, o, "type", &m->type);
		state_str(d, o, "source", &m->source);
		state_str(d, o, "destination", &m->destination);
		state_list(d, o, "options", &options);
		for (k = 0; k < options.n; k++) {
			const char *w = options.v[k].s;

			if (strcmp(w, "ro") == 0)
				m->rw = false;
			else if (strcmp(w, "rw") == 0)
				m->rw = true;
			else if (strcmp(w, "bind") == 0 ||
			    strcmp(w, "rbind") == 0)
				str_sets(&m->type, "bind");
			for (p = 0; p < COUNT(propagations); p++)
				if (strcmp(w, propagations[p]) == 0)
					str_sets(&m->propagation, w);
		}
		strlist_join(&options, ",", &m->options);
		store_clean_path(&m->destination);
		if (str_eq(&m->type, "bind"))
			store_clean_path(&m->source);
		else if (str_eq(&m->source, m->type.s))
			str_clear(&m->source); /* "tmpfs", "none" is no place */
		if (usual_mount(m) || known(c, m) ||
		    (own && own(arg, m->source.s, m->destination.s)))
			store_mount_drop(c);
	}
	store_sort_mounts(c);
}

/* ---- rights -------------------------------------------------------------- */

/* What a program can take the host with. Newer kernels have more than older
 * ones, and an engine that itself runs in a container has fewer. */
static const char *const mighty[] = {"CAP_DAC_READ_SEARCH", "CAP_MKNOD",
    "CAP_NET_ADMIN", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_MODULE",
    "CAP_SYS_PTRACE", "CAP_SYS_RAWIO"};

static bool
has(const struct strlist *l, const char *s)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (str_eq(&l->v[i], s))
			return true;
	return false;
}

/* Does the rule speak of every device? */
static bool
every_device(struct state *d, const json_t *o)
{
	struct str t cleanup_str = STR_INIT;

	state_str(d, o, "type", &t);
	return (!t.n || str_eq(&t, "a")) &&
	    state_int(d, o, "major", -1) < 0 &&
	    state_int(d, o, "minor", -1) < 0;
}

/* All devices, to be read and written: the last rule that speaks of all. */
static bool
all_devices(struct state *d, const json_t *os)
{
	const json_t *list = state_arr(d, state_obj(d, os, "resources"),
	    "devices");
	struct str access cleanup_str = STR_INIT;
	bool all = false;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);

		if (!every_device(d, o))
			continue;
		state_str(d, o, "access", &access);
		if (state_bool(d, o, "allow") != 1)
			all = false;
		else if (!access.n || (strchr(access.s, 'r') &&
			strchr(access.s, 'w')))
			all = true;
	}
	return all;
}

/* What it may do with the device, by the last rule that speaks of it. */
static void
device_access(struct state *d, const json_t *os, const struct str *type,
    int64_t major, int64_t minor, struct str *out)
{
	const json_t *list = state_arr(d, state_obj(d, os, "resources"),
	    "devices");
	struct str t cleanup_str = STR_INIT;
	int64_t ma, mi;
	size_t i;

	str_clear(out);
	for (i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);

		state_str(d, o, "type", &t);
		ma = state_int(d, o, "major", -1);
		mi = state_int(d, o, "minor", -1);
		if ((t.n && !str_eq(&t, "a") && !str_eq(&t, type->s)) ||
		    (ma >= 0 && ma != major) || (mi >= 0 && mi != minor))
			continue;
		if (state_bool(d, o, "allow") == 1)
			state_str(d, o, "access", out);
		else
			str_clear(out);
	}
}

static void
devices(struct state *d, const json_t *os, struct engine_container *c)
{
	const json_t *list = state_arr(d, os, "devices");
	struct str path cleanup_str = STR_INIT, type cleanup_str = STR_INIT;
	struct str access cleanup_str = STR_INIT, row cleanup_str = STR_INIT;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);

		state_str(d, o, "path", &path);
		state_str(d, o, "type", &type);
		device_access(d, os, &type, state_int(d, o, "major", 0),
		    state_int(d, o, "minor", 0), &access);
		str_clear(&row);
		str_addf(&row, "%s:%s:%s", path.s, path.s, access.s);
		strlist_add(&c->devices, row.s, row.n);
	}
	strlist_sort(&c->devices);
}

/* A profile that forbids nothing is none. */
static bool
filters(struct state *d, const json_t *seccomp)
{
	struct str act cleanup_str = STR_INIT;

	state_str(d, seccomp, "defaultAction", &act);
	return !(str_eq(&act, "SCMP_ACT_ALLOW") &&
	    json_array_size(state_arr(d, seccomp, "syscalls")) == 0);
}

static void
rights(struct state *d, const json_t *spec, const json_t *os,
    const json_t *process, struct engine_container *c)
{
	const json_t *seccomp = state_obj(d, os, "seccomp");
	size_t i, can = 0;

	if (!c->capabilities.n) {
		state_list(d, state_obj(d, process, "capabilities"),
		    "bounding", &c->capabilities);
		strlist_sort(&c->capabilities);
	}
	if (!c->seccomp.n && os)
		str_sets(&c->seccomp, seccomp && filters(d, seccomp)
			? "profile" : "unconfined");
	if (!c->apparmor.n)
		state_str(d, process, "apparmorProfile", &c->apparmor);
	if (!c->selinux.n)
		state_str(d, process, "selinuxLabel", &c->selinux);
	if (c->no_new_privs < 0 && process)
		c->no_new_privs = state_bool(d, process, "noNewPrivileges") ==
		    1;
	if (c->readonly_rootfs < 0 && state_obj(d, spec, "root"))
		c->readonly_rootfs = state_bool(d, state_obj(d, spec, "root"),
		    "readonly") == 1;
	if (!c->host_namespaces.n && os)
		host_namespaces(d, os, c);
	if (!c->devices.n)
		devices(d, os, c);
	if (!c->sysctls.n)
		state_pairs(d, os, "sysctl", &c->sysctls);
	if (c->privileged >= 0 || !os || !process)
		return;
	for (i = 0; i < COUNT(mighty); i++)
		can += has(&c->capabilities, mighty[i]);
	c->privileged = can == COUNT(mighty) &&
	    str_eq(&c->seccomp, "unconfined") &&
	    json_array_size(state_arr(d, os, "maskedPaths")) == 0 &&
	    all_devices(d, os);
}

/* ---- what it runs -------------------------------------------------------- */

static void
user(struct state *d, const json_t *process, struct engine_container *c)
{
	const json_t *o = state_obj(d, process, "user");
	int64_t gid;

	if (!o || state_str(d, o, "username", &c->user))
		return;
	gid = state_int(d, o, "gid", 0);
	str_addf(&c->user, "%lld:%lld", (long long)state_int(d, o, "uid", 0),
	    (long long)gid);
}

static void
hooks(struct state *d, const json_t *spec, struct engine_container *c)
{
	static const char *const when[] = {"prestart", "createRuntime",
	    "createContainer", "startContainer", "poststart", "poststop"};
	const json_t *all = state_obj(d, spec, "hooks"), *list;
	struct strlist args cleanup_strlist = STRLIST_INIT;
	struct str row cleanup_str = STR_INIT, path cleanup_str = STR_INIT;
	size_t i, k, n;

	for (i = 0; i < COUNT(when); i++) {
		list = state_arr(d, all, when[i]);
		for (k = 0; k < json_array_size(list); k++) {
			const json_t *o = json_array_get(list, k);

			state_str(d, o, "path", &path);
			state_list(d, o, "args", &args);
			str_clear(&row);
			str_addf(&row, "%s=", when[i]);
			str_add(&row, path.s, path.n);
			for (n = 1; n < args.n; n++) { /* 0 is its name */
				str_addc(&row, ' ');
				str_add(&row, args.v[n].s, args.v[n].n);
			}
			strlist_add(&c->hooks, row.s, row.n);
		}
	}
}

void
spec_container(struct state *d, const json_t *spec, struct engine_container *c,
    spec_own_fn *own, void *arg)
{
	const json_t *process = state_obj(d, spec, "process");
	const json_t *os = state_obj(d, spec, "linux");
	struct strlist args cleanup_strlist = STRLIST_INIT;

	state_list(d, process, "args", &args);
	if (!c->command.n)
		strlist_join(&args, " ", &c->command);
	if (!c->cmd.n && !c->entrypoint.n)
		state_list(d, process, "args", &c->cmd);
	if (!c->env.n)
		state_list(d, process, "env", &c->env);
	if (!c->user.n)
		user(d, process, c);
	if (!c->workdir.n)
		state_str(d, process, "cwd", &c->workdir);
	if (!c->hostname.n)
		state_str(d, spec, "hostname", &c->hostname);
	if (!c->annotations.n)
		state_pairs(d, spec, "annotations", &c->annotations);
	rights(d, spec, os, process, c);
	if (!c->hooks.n)
		hooks(d, spec, c);
	mounts(d, spec, c, own, arg);
}
