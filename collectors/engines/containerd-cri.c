#include "ctr.h"

#include "civil.h"
#include "spec.h"
#include "storelib.h"

/*
 * containerd's CRI plug-in keeps of each sandbox (pod) and container what the
 * kubelet asked for, as JSON in an extension of meta.db, and the state of each
 * container in CRI/containers/ID/status.
 */

const json_t *
ctr_cri(struct ctr *c, const char *namespace, const char *id,
    struct state *d, bool *sandbox)
{
	static const char *const where[] = {"containers", "sandboxes"};
	static const char *const names[] = {
		"io.cri-containerd.container.metadata",
		"io.cri-containerd.sandbox.metadata",
		"metadata", /* of 2.x, in the bucket of sandboxes */
	};
	struct str type cleanup_str = STR_INIT;
	struct bolt_bucket b, ext;
	const char *v;
	size_t i, k, n;

	for (i = 0; i < COUNT(where); i++) {
		if (!ctr_bucket(c, namespace, where[i], id, &b) ||
		    !ctr_sub(c->meta, &b, "extensions", &ext))
			continue;
		for (k = 0; k < COUNT(names); k++) {
			if (!bolt_get(c->meta, &ext, names[k],
				strlen(names[k]), &v, &n) ||
			    !ctr_any(v, n, &type, &v, &n))
				continue;
			*sandbox = k > 0;
			state_release(d);
			if (state_parse(d, v, n, NULL))
				return NULL;
			return state_obj(d, d->json, "Metadata");
		}
	}
	return NULL;
}

static int64_t
nanoseconds(struct state *d, const char *key)
{
	int64_t v = state_int(d, d->json, key, 0);

	return v > 0 ? v : CIVIL_NONE;
}

static void
status(struct store *s, struct engine_container *c, struct rec *rec)
{
	static const char *const where[] = {CTR_CRI,
	    "/io.containerd.cri.v1.runtime"};
	struct state d cleanup_state = STATE_INIT;
	struct str p cleanup_str = STR_INIT, reason cleanup_str = STR_INIT;
	int64_t created;
	struct err e;
	size_t i;

	for (i = 0;; i++) {
		if (i == COUNT(where))
			return;
		str_clear(&p);
		str_addf(&p, "%s/containers/%s/status", where[i], c->id.s);
		if (state_read(&d, s->root, p.s, NULL, &e) == 0)
			break;
		if (e.class != ERR_ABSENT) {
			store_note_err(rec, s, p.s, &e);
			return;
		}
	}
	if (!json_is_object(d.json)) {
		store_note(rec, s, ERR_CORRUPT, p.s, "is no JSON object");
		return;
	}
	created = nanoseconds(&d, "CreatedAt");
	if (c->created_time == CIVIL_NONE)
		c->created_time = created;
	c->started_time = nanoseconds(&d, "StartedAt");
	c->finished_time = nanoseconds(&d, "FinishedAt");
	c->pid = state_int(&d, d.json, "Pid", -1);
	if (c->pid == 0)
		c->pid = -1;
	if (c->finished_time != CIVIL_NONE)
		c->exit_code = state_int(&d, d.json, "ExitCode", -1);
	state_str(&d, d.json, "Reason", &reason);
	c->oom_killed = str_eq(&reason, "OOMKilled");
	state_str(&d, d.json, "Message", &c->error);
	str_sets(&c->state, c->finished_time != CIVIL_NONE ? "exited"
		: c->started_time != CIVIL_NONE		   ? "running"
							   : "created");
	store_note_odd(rec, s, p.s, &d);
}

/* A namespace that it has in common with its sandbox is the host's if that is
 * the sandbox's as well. */
static void
shared(struct store *s, const char *sandbox, struct engine_container *c)
{
	static const struct {
		const char *type, *proc;
	} kinds[] = {{"ipc", "/ns/ipc"}, {"network", "/ns/net"},
	    {"pid", "/ns/pid"}, {"user", "/ns/user"}, {"uts", "/ns/uts"}};
	struct state own cleanup_state = STATE_INIT;
	struct state its cleanup_state = STATE_INIT;
	struct str path cleanup_str = STR_INIT, row cleanup_str = STR_INIT;
	struct engine_container box;
	const json_t *list;
	struct err e;
	size_t i, k;

	if (!ctr_spec(s, c->namespace.s, c->id.s, &own, &path, &e) ||
	    !ctr_spec(s, c->namespace.s, sandbox, &its, &path, &e))
		return;
	engine_container_init(&box);
	spec_container(&its, its.json, &box, NULL, NULL);
	list = state_arr(&own, state_obj(&own, own.json, "linux"),
	    "namespaces");
	for (i = 0; i < json_array_size(list); i++) {
		state_str(&own, json_array_get(list, i), "path", &path);
		for (k = 0; k < COUNT(kinds); k++) {
			str_sets(&row, kinds[k].type);
			if (strncmp(path.s, "/proc/", 6) == 0 &&
			    strstr(path.s, kinds[k].proc) &&
			    store_has(&box.host_namespaces, &row) &&
			    !store_has(&c->host_namespaces, &row))
				strlist_add(&c->host_namespaces, row.s, row.n);
		}
	}
	strlist_sort(&c->host_namespaces);
	engine_container_release(&box);
}

static void
ports(struct state *d, const json_t *config, struct engine_container *c)
{
	static const char *const protocols[] = {"tcp", "udp", "sctp"};
	const json_t *list = state_arr(d, config, "port_mappings"), *o;
	struct str row cleanup_str = STR_INIT, ip cleanup_str = STR_INIT;
	int64_t proto;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		o = json_array_get(list, i);
		proto = state_int(d, o, "protocol", 0);
		state_str(d, o, "host_ip", &ip);
		str_clear(&row);
		if (state_int(d, o, "host_port", 0))
			str_addf(&row, "%s:%lld->", ip.n ? ip.s : "0.0.0.0",
			    (long long)state_int(d, o, "host_port", 0));
		str_addf(&row, "%lld/%s",
		    (long long)state_int(d, o, "container_port", 0),
		    protocols[proto == 1 || proto == 2 ? proto : 0]);
		strlist_add(&c->ports, row.s, row.n);
	}
	strlist_sort(&c->ports);
}

static void
set_label(const struct strlist *labels, const char *key, struct str *out)
{
	const char *v = ctr_label(labels, key);

	if (v)
		str_sets(out, v);
}

void
ctr_cri_container(struct store *s, struct engine_container *c,
    struct rec *rec)
{
	struct state d cleanup_state = STATE_INIT;
	struct str v cleanup_str = STR_INIT, ip cleanup_str = STR_INIT;
	struct ctr *x = ctr_cache(s, NULL);
	const json_t *m, *config, *meta, *sec, *caps;
	const char *kind;
	bool sandbox = false;

	set_label(&c->labels, "io.kubernetes.pod.name", &c->pod);
	set_label(&c->labels, "io.kubernetes.pod.namespace",
	    &c->pod_namespace);
	set_label(&c->labels, "io.kubernetes.pod.uid", &c->pod_uid);
	set_label(&c->labels, "io.kubernetes.container.name", &c->name);
	kind = ctr_label(&c->labels, "io.cri-containerd.kind");
	m = ctr_cri(x, c->namespace.s, c->id.s, &d, &sandbox);
	if (kind && !m)
		store_note(rec, s, ERR_CORRUPT, CTR_META, "what the kubelet "
		    "asked for of '%.100s' cannot be read", c->id.s);
	if ((kind && strcmp(kind, "sandbox") == 0) || sandbox)
		str_sets(&c->type, "sandbox");
	if (m) {
		config = state_obj(&d, m, "Config");
		meta = state_obj(&d, config, "metadata");
		sec = state_obj(&d, state_obj(&d, config, "linux"),
		    "security_context");
		if (sandbox) {
			if (!c->pod.n)
				state_str(&d, meta, "name", &c->pod);
			if (!c->pod_namespace.n)
				state_str(&d, meta, "namespace",
				    &c->pod_namespace);
			if (!c->pod_uid.n)
				state_str(&d, meta, "uid", &c->pod_uid);
			ports(&d, config, c);
			if (state_str(&d, m, "IP", &ip) && ip.n) {
				str_addf(&v, "pod=%s", ip.s);
				strlist_add(&c->networks, v.s, v.n);
			}
		} else {
			if (!c->name.n)
				state_str(&d, meta, "name", &c->name);
			state_str(&d, m, "LogPath", &c->log_path);
			if (state_str(&d, m, "ImageRef", &v) &&
			    state_is_digest(v.s, v.n))
				str_set(&c->image_id, v.s, v.n);
			if (state_str(&d, m, "SandboxID", &v) && v.n)
				shared(s, v.s, c);
		}
		c->restart_count = state_int(&d, meta, "attempt", 0);
		caps = state_obj(&d, sec, "capabilities");
		state_list(&d, caps, "add_capabilities", &c->cap_add);
		state_list(&d, caps, "drop_capabilities", &c->cap_drop);
		if (state_bool(&d, sec, "privileged") == 1 && !sandbox)
			c->privileged = 1;
		status(s, c, rec);
	}
	if (sandbox && !c->name.n)
		str_set(&c->name, c->pod.s, c->pod.n);
	if (c->pod.n && !c->created_by.n)
		str_addf(&c->created_by, "pod %s/%s", c->pod_namespace.s,
		    c->pod.s);
}
