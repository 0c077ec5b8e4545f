#include "podman.h"

#include "civil.h"
#include "limits.h"
#include "spec.h"
#include "storelib.h"

/*
 * podman and buildah in containers-storage: every image of the store, the
 * containers that libpod knows, and the working containers of buildah. What
 * CRI-O made there is crio.c's. Sources: podman libpod/container_config.go,
 * container_inspect.go, define/annotations.go, define/containerstate.go;
 * buildah buildah.go (Builder).
 */

#define NOTES "io.podman.annotations."

static int
podman_probe(struct root *dir, struct err *e)
{
	(void)e;
	return cs_is_store(dir);
}

struct podman *
podman_cache(struct store *s, struct rec *rec)
{
	struct podman *p = s->cache;

	if (!p) {
		s->cache = p = xcalloc(1, sizeof(*p));
		cs_read(s, &p->cs, rec);
		libpod_read(s, &p->lp, rec);
	}
	return p;
}

static void
podman_forget(struct store *s)
{
	struct podman *p = s->cache;

	if (p) {
		cs_release(&p->cs);
		libpod_release(&p->lp);
	}
	free(p);
	s->cache = NULL;
}

/* ---- lists of ids -------------------------------------------------------------- */

static int
podman_each_image(struct store *s, int (*fn)(void *arg, const char *id),
    void *arg, struct rec *rec, struct err *e)
{
	struct podman *p = podman_cache(s, rec);
	struct strlist ids cleanup_strlist = STRLIST_INIT;
	struct str id cleanup_str = STR_INIT;
	size_t i;

	(void)e;
	for (i = 0; i < p->cs.images_n; i++) {
		str_clear(&id);
		str_addf(&id, "sha256:%s", p->cs.images[i].id.s);
		strlist_add(&ids, id.s, id.n);
	}
	return store_give(&ids, fn, arg);
}

/* Not in any list of the store, and not the newest database's: removed. */
static bool
is_gone(struct podman *p, const struct libpod_row *r)
{
	return r->old && !cs_container(&p->cs, r->id.s);
}

static int
podman_each_container(struct store *s, int (*fn)(void *arg, const char *id),
    void *arg, struct rec *rec, struct err *e)
{
	struct podman *p = podman_cache(s, rec);
	struct strlist ids cleanup_strlist = STRLIST_INIT;
	size_t i;

	(void)e;
	for (i = 0; i < p->cs.containers_n; i++)
		if (p->cs.containers[i].owner != CS_CRIO ||
		    libpod_find(&p->lp.ctrs, p->cs.containers[i].id.s))
			strlist_add(&ids, p->cs.containers[i].id.s,
			    p->cs.containers[i].id.n);
	for (i = 0; i < p->lp.ctrs.n; i++) {
		const struct libpod_row *r = &p->lp.ctrs.v[i];

		if (is_gone(p, r))
			continue;
		if (state_is_hex(r->id.s, r->id.n))
			strlist_add(&ids, r->id.s, r->id.n);
		else if (rec)
			rec_note(rec, ERR_CORRUPT, "store", NULL,
			    p->lp.path.s, 0, "the container '%.80s' has an id "
			    "that is none", r->id.s);
	}
	return store_give(&ids, fn, arg);
}

/* ---- what libpod says ----------------------------------------------------------- */

static bool
yes(const struct engine_container *c, const char *annotation)
{
	size_t i, n = strlen(annotation);

	for (i = 0; i < c->annotations.n; i++)
		if (strncmp(c->annotations.v[i].s, annotation, n) == 0 &&
		    strcmp(c->annotations.v[i].s + n, "=TRUE") == 0)
			return true;
	return false;
}

static const char *
annotation(const struct engine_container *c, const char *key)
{
	size_t i, n = strlen(key);

	for (i = 0; i < c->annotations.n; i++)
		if (strncmp(c->annotations.v[i].s, key, n) == 0 &&
		    c->annotations.v[i].s[n] == '=')
			return c->annotations.v[i].s + n + 1;
	return NULL;
}

/* What podman itself mounts: files of its directory of the container. */
static bool
own_mount(void *arg, const char *source, const char *destination)
{
	const struct engine_container *c = arg;
	struct str at cleanup_str = STR_INIT;

	(void)destination;
	str_addf(&at, "-containers/%s/userdata/", c->id.s);
	return strstr(source, at.s) != NULL;
}

/* define/containerstate.go */
static void
state_word(int64_t state, struct str *out)
{
	static const char *const words[] = {"unknown", "created",
	    "initialized", "running", "stopped", "paused", "exited",
	    "removing", "stopping"};

	str_sets(out, state >= 0 && state < (int64_t)COUNT(words)
		? words[state] : "unknown");
}

static void
addresses(struct state *d, const json_t *status, const char *net,
    struct strlist *out)
{
	json_t *all = (json_t *)(uintptr_t)state_obj(d, state_obj(d, status,
	    net), "interfaces");
	struct str a cleanup_str = STR_INIT, row cleanup_str = STR_INIT;
	const json_t *list;
	size_t i, before = out->n;
	void *it;

	for (it = json_object_iter(all); it;
	     it = json_object_iter_next(all, it)) {
		list = state_arr(d, json_object_iter_value(it), "subnets");
		for (i = 0; i < json_array_size(list); i++) {
			state_str(d, json_array_get(list, i), "ipnet", &a);
			if (strchr(a.s, '/'))
				str_cut(&a, (size_t)(strchr(a.s, '/') - a.s));
			str_clear(&row);
			str_addf(&row, "%s=%s", net, a.s);
			strlist_add(out, row.s, row.n);
		}
	}
	if (out->n == before) {
		str_addf(&row, "%s=", net);
		strlist_add(out, row.s, row.n);
	}
}

static void
take_state(struct store *s, struct podman *p, const struct libpod_row *r,
    struct engine_container *c, struct str *spec, struct rec *rec)
{
	struct strlist nets cleanup_strlist = STRLIST_INIT;
	struct state d cleanup_state = STATE_INIT;
	struct state conf cleanup_state = STATE_INIT;
	const json_t *status;
	struct err e;
	bool bad = false;
	size_t i;

	if (!r->state.n || state_parse(&d, r->state.s, r->state.n, &e)) {
		if (rec)
			rec_note(rec, ERR_CORRUPT, "store", NULL, p->lp.path.s,
			    0, "the state of container '%s' cannot be read: %s",
			    c->id.s, r->state.n ? e.msg : "it is not there");
		return;
	}
	state_word(state_int(&d, d.json, "state", 0), &c->state);
	c->started_time = state_time(&d, d.json, "startedTime", &bad);
	c->finished_time = state_time(&d, d.json, "finishedTime", &bad);
	if (bad && rec)
		rec_note(rec, ERR_CORRUPT, "store", NULL, p->lp.path.s, 0,
		    "a time of container '%s' is none or out of range",
		    c->id.s);
	c->exit_code = state_int(&d, d.json, "exitCode", 0);
	c->pid = state_int(&d, d.json, "pid", -1);
	if (c->pid == 0)
		c->pid = -1;
	c->oom_killed = state_bool(&d, d.json, "oomKilled") == 1;
	c->restart_count = state_int(&d, d.json, "restartCount", 0);
	state_str(&d, d.json, "error", &c->error);
	state_str(&d, d.json, "configPath", spec);
	for (i = 0; i < r->networks.n; i++)
		strlist_add(&nets, r->networks.v[i].s, r->networks.v[i].n);
	if (!nets.n && state_parse(&conf, r->config.s, r->config.n, NULL) == 0)
		state_keys(&conf, conf.json, "newNetworks", &nets);
	strlist_sort(&nets);
	status = state_obj(&d, d.json, "networkStatus");
	for (i = 0; i < nets.n; i++)
		addresses(&d, status, nets.v[i].s, &c->networks);
	strlist_sort(&c->networks);
	if (d.wrong)
		store_note(rec, s, ERR_CORRUPT, "/", "%zu values of the state "
		    "of container '%s' are not of the type that podman writes",
		    d.wrong, c->id.s);
}

static void
named_volumes(struct podman *p, struct state *d, struct engine_container *c)
{
	const json_t *list = state_arr(d, d->json, "namedVolumes"), *o;
	struct strlist options cleanup_strlist = STRLIST_INIT;
	struct engine_mount *m;
	size_t i, k;

	for (i = 0; i < json_array_size(list); i++) {
		struct state v cleanup_state = STATE_INIT;
		struct libpod_row *r;

		o = json_array_get(list, i);
		m = store_mount(c);
		str_sets(&m->type, "volume");
		state_str(d, o, "volumeName", &m->name);
		state_str(d, o, "dest", &m->destination);
		store_clean_path(&m->destination);
		state_list(d, o, "options", &options);
		for (k = 0; k < options.n; k++) {
			const char *w = options.v[k].s;

			if (strcmp(w, "ro") == 0)
				m->rw = false;
			if (strstr(w, "private") || strstr(w, "shared") ||
			    strstr(w, "slave") || strstr(w, "bindable"))
				str_sets(&m->propagation, w);
		}
		strlist_join(&options, ",", &m->options);
		r = libpod_find(&p->lp.volumes, m->name.s);
		if (!r || state_parse(&v, r->config.s, r->config.n, NULL))
			continue;
		state_str(&v, v.json, "volumeDriver", &m->driver);
		state_str(&v, v.json, "mountPoint", &m->source);
	}
	/* a directory of the host, and what is written goes elsewhere */
	list = state_arr(d, d->json, "overlayVolumes");
	for (i = 0; i < json_array_size(list); i++) {
		o = json_array_get(list, i);
		m = store_mount(c);
		str_sets(&m->type, "overlay");
		state_str(d, o, "mountPoint", &m->source);
		state_str(d, o, "dest", &m->destination);
		store_clean_path(&m->destination);
		state_list(d, o, "options", &options);
		strlist_join(&options, ",", &m->options);
		m->rw = false;
	}
	list = state_arr(d, d->json, "ctrImageVolumes");
	for (i = 0; i < json_array_size(list); i++) {
		o = json_array_get(list, i);
		m = store_mount(c);
		str_sets(&m->type, "image");
		state_str(d, o, "source", &m->source);
		state_str(d, o, "dest", &m->destination);
		store_clean_path(&m->destination);
		m->rw = state_bool(d, o, "rw") == 1;
	}
}

static void
port(const struct str *ip, int64_t host, int64_t inside, const char *proto,
    struct strlist *out)
{
	struct str s cleanup_str = STR_INIT;

	str_addf(&s, strchr(ip->s, ':') ? "[%s]:%lld->%lld/%s"
					: "%s:%lld->%lld/%s",
	    ip->n ? ip->s : "0.0.0.0", (long long)host, (long long)inside,
	    proto);
	strlist_add(out, s.s, s.n);
}

static void
ports(struct state *d, struct engine_container *c)
{
	struct str ip cleanup_str = STR_INIT, s cleanup_str = STR_INIT;
	struct strlist protos cleanup_strlist = STRLIST_INIT;
	struct strlist one cleanup_strlist = STRLIST_INIT;
	const json_t *list, *o;
	size_t i, k, n;
	json_t *all;
	void *it;

	list = state_arr(d, d->json, "newPortMappings");
	for (i = 0; i < json_array_size(list); i++) {
		int64_t host, inside, range, r;

		o = json_array_get(list, i);
		state_str(d, o, "host_ip", &ip);
		state_list(d, o, "protocol", &protos);
		host = state_int(d, o, "host_port", 0);
		inside = state_int(d, o, "container_port", 0);
		range = state_int(d, o, "range", 1);
		if (host < 0 || host > 65535 || inside < 0 || inside > 65535) {
			d->wrong++;
			continue;
		}
		if (range > CSTORE_PORTS_MAX) { /* as one row */
			str_clear(&s);
			str_addf(&s, "%s:%lld-%lld->%lld-%lld/%s",
			    ip.n ? ip.s : "0.0.0.0", (long long)host,
			    (long long)(host + range - 1), (long long)inside,
			    (long long)(inside + range - 1),
			    protos.n ? protos.v[0].s : "tcp");
			strlist_add(&c->ports, s.s, s.n);
			continue;
		}
		for (r = 0; r < range || r == 0; r++)
			port(&ip, host + r, inside + r,
			    protos.n ? protos.v[0].s : "tcp", &c->ports);
	}
	list = state_arr(d, d->json, "portMappings"); /* before 3.4 */
	for (i = 0; i < json_array_size(list); i++) {
		o = json_array_get(list, i);
		state_str(d, o, "hostIP", &ip);
		state_list(d, o, "protocol", &protos);
		port(&ip, state_int(d, o, "hostPort", 0),
		    state_int(d, o, "containerPort", 0),
		    protos.n ? protos.v[0].s : "tcp", &c->ports);
	}
	all = (json_t *)(uintptr_t)state_obj(d, d->json, "exposedPorts");
	for (it = json_object_iter(all); it;
	     it = json_object_iter_next(all, it)) {
		state_list(d, all, json_object_iter_key(it), &one);
		for (k = 0; k < one.n; k++) {
			str_clear(&s);
			str_addf(&s, "->%s/%s", json_object_iter_key(it),
			    one.v[k].s);
			for (i = 0; i < c->ports.n; i++) {
				const struct str *p = &c->ports.v[i];

				n = p->n > s.n ? p->n - s.n : 0;
				if (p->n > s.n && strcmp(p->s + n, s.s) == 0)
					break;
			}
			if (i == c->ports.n)
				strlist_add(&c->ports, s.s + 2, s.n - 2);
		}
	}
	strlist_sort(&c->ports);
}

/* Of a container (conf has its id), or a namespace of the specification: host,
 * ns:PATH, or private. */
static void
mode(struct state *conf, const char *ctr, struct state *d, const json_t *spec,
    const char *type, const char *absent, struct str *out)
{
	const json_t *list = state_arr(d, state_obj(d, spec, "linux"),
	    "namespaces");
	struct str v cleanup_str = STR_INIT;
	size_t i;

	str_clear(out);
	if (state_str(conf, conf->json, ctr, &v) && v.n) {
		str_addf(out, "container:%s", v.s);
		return;
	}
	str_adds(out, absent);
	for (i = 0; i < json_array_size(list); i++) {
		state_str(d, json_array_get(list, i), "type", &v);
		if (!str_eq(&v, type))
			continue;
		str_clear(out);
		if (state_str(d, json_array_get(list, i), "path", &v) && v.n)
			str_addf(out, "ns:%s", v.s);
		else
			str_adds(out, strcmp(type, "network") == 0 ? "none"
								   : "private");
		return;
	}
}

static void
modes(struct state *conf, struct state *d, const json_t *spec,
    struct engine_container *c)
{
	if (state_bool(conf, conf->json, "createNetNS") == 1)
		state_str(conf, conf->json, "networkMode", &c->network_mode);
	else
		mode(conf, "netNsCtr", conf, state_obj(conf, conf->json,
		    "spec"), "network", "host", &c->network_mode);
	mode(conf, "pidNsCtr", d, spec, "pid", "host", &c->pid_mode);
	mode(conf, "ipcNsCtr", d, spec, "ipc", "host", &c->ipc_mode);
	if (str_eq(&c->ipc_mode, "private"))
		str_sets(&c->ipc_mode,
		    state_bool(conf, conf->json, "noShm") == 1 ? "none"
		    : state_bool(conf, conf->json, "noShmShare") == 1
			? "private" : "shareable");
	mode(conf, "utsNsCtr", d, spec, "uts", "host", &c->uts_mode);
	mode(conf, "userNsCtr", d, spec, "user", "", &c->userns_mode);
	mode(conf, "cgroupNsCtr", d, spec, "cgroup", "host",
	    &c->cgroupns_mode);
}

/* libpod keeps the sum of the capabilities; what was added and dropped is its
 * difference to what the runtime's own default is, as podman shows it. */
static void
capabilities(struct engine_container *c)
{
	static const char *const usual[] = {"CAP_AUDIT_WRITE", "CAP_CHOWN",
	    "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL",
	    "CAP_MKNOD", "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SETFCAP",
	    "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT",
	    /* and those of a privileged one */
	    "CAP_AUDIT_CONTROL", "CAP_AUDIT_READ", "CAP_BLOCK_SUSPEND",
	    "CAP_BPF", "CAP_CHECKPOINT_RESTORE", "CAP_DAC_READ_SEARCH",
	    "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_LEASE",
	    "CAP_LINUX_IMMUTABLE", "CAP_MAC_ADMIN", "CAP_MAC_OVERRIDE",
	    "CAP_NET_ADMIN", "CAP_NET_BROADCAST", "CAP_PERFMON", "CAP_SYSLOG",
	    "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_MODULE", "CAP_SYS_NICE",
	    "CAP_SYS_PACCT", "CAP_SYS_PTRACE", "CAP_SYS_RAWIO",
	    "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG",
	    "CAP_WAKE_ALARM"};
	bool has[COUNT(usual)] = {false};
	size_t i, k, n = c->privileged == 1 ? COUNT(usual) : 14;

	for (i = 0; i < c->capabilities.n; i++) {
		for (k = 0; k < n; k++)
			if (str_eq(&c->capabilities.v[i], usual[k]))
				break;
		if (k < n)
			has[k] = true;
		else
			strlist_add(&c->cap_add, c->capabilities.v[i].s,
			    c->capabilities.v[i].n);
	}
	for (k = 0; k < n; k++)
		if (!has[k])
			strlist_adds(&c->cap_drop, usual[k]);
	strlist_sort(&c->cap_drop);
}

static void
security(struct engine_container *c)
{
	static const char *const keys[] = {"label", "seccomp", "apparmor"};
	struct str s cleanup_str = STR_INIT, key cleanup_str = STR_INIT;
	const char *v, *comma;
	size_t i;

	if (c->no_new_privs == 1)
		strlist_adds(&c->security_opt, "no-new-privileges");
	for (i = 0; i < COUNT(keys); i++) {
		str_clear(&key);
		str_addf(&key, NOTES "%s", keys[i]);
		if (!(v = annotation(c, key.s)))
			continue;
		str_clear(&s);
		str_addf(&s, "%s=%s", keys[i], v);
		strlist_add(&c->security_opt, s.s, s.n);
	}
	for (v = annotation(c, NOTES "volumes-from"); v && *v; v = comma) {
		comma = v + strcspn(v, ",");
		strlist_add(&c->volumes_from, v, (size_t)(comma - v));
		comma += *comma == ',';
	}
}

/* The specification knows what a device is called in the container; libpod
 * remembers what was asked for: HOST[:CONTAINER[:ACCESS]]. */
static void
devices(struct state *d, struct engine_container *c)
{
	const json_t *from = state_arr(d, d->json, "device_host_src");
	struct str in cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	const char *to;
	size_t i, k, n;

	if (c->privileged == 1) { /* all of them, and podman names none */
		strlist_clear(&c->devices);
		return;
	}
	for (i = 0; i < json_array_size(from); i++) {
		state_str(d, json_array_get(from, i), "path", &v);
		n = strcspn(v.s, ":");
		to = v.s[n] ? v.s + n + 1 : v.s;
		str_clear(&in);
		str_addf(&in, "%.*s:%.*s:", (int)strcspn(to, ":"), to,
		    (int)strcspn(to, ":"), to);
		str_cut(&v, n);
		for (k = 0; k < c->devices.n; k++) {
			struct str *x = &c->devices.v[k];

			if (x->n < in.n || memcmp(x->s, in.s, in.n) != 0)
				continue;
			str_add(&v, x->s + in.n / 2 - 1, x->n - in.n / 2 + 1);
			str_set(x, v.s, v.n);
			break;
		}
	}
	strlist_sort(&c->devices);
}

/* Of the container whose namespace it shares, else the begin of its id. */
static void
hostname(struct podman *p, struct state *d, struct engine_container *c)
{
	struct state o cleanup_state = STATE_INIT;
	struct str id cleanup_str = STR_INIT;
	const struct libpod_row *r;

	if (!state_str(d, d->json, "utsNsCtr", &id) || !id.n)
		str_set(&id, c->id.s, c->id.n);
	else if ((r = libpod_find(&p->lp.ctrs, id.s)) &&
	    state_parse(&o, r->config.s, r->config.n, NULL) == 0)
		state_str(&o, state_obj(&o, o.json, "spec"), "hostname",
		    &c->hostname);
	if (!c->hostname.n)
		str_set(&c->hostname, id.s, id.n < 12 ? id.n : 12);
}

static void
take_config(struct store *s, struct podman *p, struct state *d,
    const struct libpod_row *r, const struct cs_container *k,
    struct engine_container *c, struct rec *rec)
{
	struct str v cleanup_str = STR_INIT, path cleanup_str = STR_INIT;
	struct strlist made cleanup_strlist = STRLIST_INIT;
	struct state file cleanup_state = STATE_INIT;
	const json_t *spec = state_obj(d, d->json, "spec"), *o;
	struct err e;
	bool bad = false;

	if (state_str(d, d->json, "id", &v) && strcmp(v.s, c->id.s) != 0)
		store_note(rec, s, ERR_CORRUPT, "/", "the database has the "
		    "configuration of '%.80s' for container '%s'", v.s,
		    c->id.s);
	state_str(d, d->json, "name", &c->name);
	if (state_str(d, d->json, "rootfsImageID", &v) && v.n) {
		str_clear(&c->image_id);
		str_addf(&c->image_id, "sha256:%s", v.s);
		if (!state_is_digest(c->image_id.s, c->image_id.n)) {
			store_note(rec, s, ERR_CORRUPT, "/", "container '%s' "
			    "names no image id: '%.80s'", c->id.s, v.s);
			str_clear(&c->image_id);
		}
	}
	if (!state_str(d, d->json, "rootfsImageName", &c->image_ref) ||
	    !c->image_ref.n)
		state_str(d, d->json, "RawImageName", &c->image_ref);
	c->created_time = state_time(d, d->json, "createdTime", &bad);
	if (bad)
		store_note(rec, s, ERR_CORRUPT, "/", "a time of container '%s' "
		    "is none or out of range", c->id.s);
	state_list(d, d->json, "entrypoint", &c->entrypoint);
	state_pairs(d, d->json, "labels", &c->labels);
	state_str(d, d->json, "user", &c->user);
	o = state_obj(d, d->json, "healthcheck");
	if (o)
		state_list(d, o, "Test", &c->healthcheck);
	state_str(d, d->json, "restart_policy", &c->restart_policy);
	c->restart_max = state_int(d, d->json, "restart_retries", 0);
	state_str(d, d->json, "runtime", &c->runtime);
	state_str(d, d->json, "logDriver", &c->log_driver);
	state_str(d, d->json, "logPath", &c->log_path);
	state_str(d, d->json, "ProcessLabel", &c->selinux);
	if (state_bool(d, d->json, "pause") == 1)
		str_sets(&c->type, "sandbox");
	state_list(d, d->json, "CreateCommand", &made);
	strlist_join(&made, " ", &c->created_by);
	if (state_str(d, d->json, "pod", &c->pod_uid) && c->pod_uid.n) {
		struct state pod cleanup_state = STATE_INIT;
		struct libpod_row *row = libpod_find(&p->lp.pods,
		    c->pod_uid.s);

		if (row && state_parse(&pod, row->config.s, row->config.n,
			       NULL) == 0)
			state_str(&pod, pod.json, "name", &c->pod);
	}
	named_volumes(p, d, c);
	str_clear(&v);
	take_state(s, p, r, c, &v, rec);
	/* What the runtime was given, else what libpod would make it of. */
	if (k)
		str_addf(&path, "/%s-containers/%s/userdata/config.json",
		    k->driver->name, c->id.s);
	if (v.n && k) {
		if (state_read(&file, s->root, path.s, NULL, &e))
			store_note_err(rec, s, path.s, &e);
		else
			store_note_odd(rec, s, path.s, &file);
	}
	if (file.json && json_is_object(file.json)) {
		state_pairs(&file, file.json, "annotations", &c->annotations);
		c->privileged = yes(c, NOTES "privileged");
		spec_container(&file, file.json, c, own_mount, c);
		engine_path(s, path.s, &c->config_path);
	} else {
		state_pairs(d, spec, "annotations", &c->annotations);
		c->privileged = yes(c, NOTES "privileged");
		spec_container(d, spec, c, own_mount, c);
		str_set(&c->config_path, p->lp.path.s, p->lp.path.n);
	}
	c->auto_remove = yes(c, NOTES "autoremove");
	state_list(d, d->json, "command", &c->cmd);
	if (file.json && json_is_object(file.json))
		modes(d, &file, file.json, c);
	else
		modes(d, d, spec, c);
	/* libpod's word, not that of the user that the runtime was given */
	state_str(d, d->json, "user", &c->user);
	if (!c->hostname.n)
		hostname(p, d, c);
	capabilities(c);
	security(c);
	devices(d, c);
	ports(d, c);
	if (state_str(d, d->json, "rootfs", &v) && v.n) {
		struct engine_mount *m = store_mount(c);

		str_sets(&m->type, "bind");
		str_set(&m->source, v.s, v.n);
		str_sets(&m->destination, "/");
		m->rw = c->readonly_rootfs != 1 &&
		    state_bool(d, d->json, "rootfs_overlay") != 1;
	}
	store_sort_mounts(c);
	if (d->wrong)
		store_note(rec, s, ERR_CORRUPT, "/", "%zu values of the "
		    "configuration of container '%s' are not of the type that "
		    "podman writes", d->wrong, c->id.s);
	if (d->odd)
		store_note(rec, s, ERR_CORRUPT, "/", "the configuration of "
		    "container '%s' was read, but is not proper JSON: %s",
		    c->id.s, d->odd);
}

/* ---- buildah --------------------------------------------------------------------- */

/* A working container: its state is a file of buildah's. False: there is no
 * such file. */
static bool
take_buildah(struct store *s, const struct cs_container *k,
    struct engine_container *c, struct rec *rec)
{
	struct str path cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	struct state d cleanup_state = STATE_INIT;
	const json_t *o;
	struct err e;

	str_addf(&path, "/%s-containers/%s/userdata/buildah.json",
	    k->driver->name, k->id.s);
	if (state_read(&d, s->root, path.s, NULL, &e)) {
		if (e.class == ERR_ABSENT)
			return false;
		store_note_err(rec, s, path.s, &e);
	}
	str_sets(&c->type, "working");
	str_sets(&c->created_by, "buildah");
	engine_path(s, path.s, &c->config_path);
	state_str(&d, d.json, "image", &c->image_ref);
	if (!c->name.n)
		state_str(&d, d.json, "container-name", &c->name);
	if (!c->image_id.n && state_str(&d, d.json, "image-id", &v) &&
	    state_is_hex(v.s, v.n))
		str_addf(&c->image_id, "sha256:%s", v.s);
	o = state_obj(&d, state_obj(&d, d.json, "OCIv1"), "config");
	if (!o)
		o = state_obj(&d, state_obj(&d, d.json, "Docker"), "config");
	if (o) {
		state_list(&d, o, "Entrypoint", &c->entrypoint);
		state_list(&d, o, "Cmd", &c->cmd);
		state_list(&d, o, "Env", &c->env);
		state_pairs(&d, o, "Labels", &c->labels);
		state_str(&d, o, "User", &c->user);
		state_str(&d, o, "WorkingDir", &c->workdir);
	}
	strlist_join(&c->entrypoint, " ", &c->command);
	if (c->entrypoint.n && c->cmd.n)
		str_addc(&c->command, ' ');
	strlist_join(&c->cmd, " ", &c->command);
	state_pairs(&d, d.json, "image-annotations", &c->annotations);
	store_note_odd(rec, s, path.s, &d);
	return true;
}

/* ---- one container --------------------------------------------------------------- */

int
podman_get_container(struct store *s, const char *id,
    struct engine_container *c, struct rec *rec, struct err *e)
{
	struct podman *p = podman_cache(s, NULL);
	struct state entry cleanup_state = STATE_INIT;
	struct state d cleanup_state = STATE_INIT;
	const struct cs_container *k;
	const struct libpod_row *r;
	struct str v cleanup_str = STR_INIT;
	struct err re = {.class = ERR_NONE};

	if (!state_is_hex(id, strlen(id)))
		return err_set(e, ERR_CORRUPT, 0, "no container id: '%.80s'",
		    id);
	str_sets(&c->id, id);
	k = cs_container(&p->cs, id);
	r = libpod_find(&p->lp.ctrs, id);
	if (k)
		cs_container_entry(s, &p->cs, k, c, &entry, rec);
	if (r && r->config.n &&
	    state_parse(&d, r->config.s, r->config.n, &re) == 0 &&
	    json_is_object(d.json)) {
		take_config(s, p, &d, r, k, c, rec);
		return 0;
	}
	if (r && rec)
		rec_note(rec, ERR_CORRUPT, "store", NULL, p->lp.path.s, 0,
		    "the configuration of container '%s' cannot be read: %s",
		    id, r->config.n ? re.class != ERR_NONE ? re.msg
		    : "it is no object" : "it is not there");
	if (!k)
		return 0;
	if (!r && k->owner == CS_BUILDAH && take_buildah(s, k, c, rec))
		return 0;
	str_addf(&v, "/%s-containers/%s", k->driver->name, id);
	if (!k->text)
		store_note(rec, s, ERR_CORRUPT, v.s, "stands in no list: the "
		    "container was removed, but not all of it");
	else if (!r && k->owner == CS_LIBPOD)
		store_note(rec, s, ERR_CORRUPT, v.s, "podman's database has no "
		    "container '%s'", id);
	if (entry.json && state_str(&entry, entry.json, "metadata", &v)) {
		struct state m cleanup_state = STATE_INIT;

		if (state_parse(&m, v.s, v.n, NULL) == 0) {
			state_str(&m, m.json, "image-name", &c->image_ref);
			if (!c->name.n)
				state_str(&m, m.json, "name", &c->name);
		}
	}
	str_addf(&c->config_path, "/%s-containers/%s/userdata/config.json",
	    k->driver->name, id);
	str_set(&v, c->config_path.s, c->config_path.n);
	str_clear(&c->config_path);
	state_release(&d);
	if (state_read(&d, s->root, v.s, NULL, &re) == 0) {
		state_pairs(&d, d.json, "annotations", &c->annotations);
		spec_container(&d, d.json, c, own_mount, c);
		engine_path(s, v.s, &c->config_path);
		store_note_odd(rec, s, v.s, &d);
	} else if (re.class != ERR_ABSENT) {
		store_note_err(rec, s, v.s, &re);
	}
	return 0;
}

static int
podman_get_image(struct store *s, const char *id, struct engine_image *img,
    struct rec *rec, struct err *e)
{
	return cs_get_image(s, &podman_cache(s, NULL)->cs, id, img, rec, e);
}

static int
podman_open_tree(struct store *s, bool container, const char *id,
    struct engine_tree *t, struct err *e)
{
	struct podman *p = podman_cache(s, NULL);
	struct state d cleanup_state = STATE_INIT;
	struct str v cleanup_str = STR_INIT;
	const struct libpod_row *r;

	if (container && !cs_container(&p->cs, id) &&
	    (r = libpod_find(&p->lp.ctrs, id)) &&
	    state_parse(&d, r->config.s, r->config.n, NULL) == 0 &&
	    state_str(&d, d.json, "rootfs", &v) && v.n) {
		memset(t, 0, sizeof(*t));
		err_set(e, ERR_UNSUPPORTED, 0, "its files are a directory of "
		    "the host: '%.120s'", v.s);
		if (e)
			e->fine = true; /* read as files of the host */
		return -1;
	}
	return cs_open_tree(s, &p->cs, container, id, t, e);
}

const struct engine engine_podman = {
	.name = "podman",
	.probe = podman_probe,
	.each_image = podman_each_image,
	.each_container = podman_each_container,
	.get_image = podman_get_image,
	.get_container = podman_get_container,
	.open_tree = podman_open_tree,
	.each_other = podman_each_other,
	.forget = podman_forget,
};
