#include "docker.h"

#include "storelib.h"

static void
add_port(struct state *d, const char *port, const json_t *o,
    struct strlist *out)
{
	struct str ip cleanup_str = STR_INIT, hp cleanup_str = STR_INIT;
	struct str s cleanup_str = STR_INIT;

	state_str(d, o, "HostIp", &ip);
	state_str(d, o, "HostPort", &hp);
	str_addf(&s, strchr(ip.s, ':') ? "[%s]:%s->" : "%s:%s->",
	    ip.n ? ip.s : "0.0.0.0", hp.n ? hp.s : "0");
	state_bytes(d, port, strlen(port), &s);
	strlist_add(out, s.s, s.n);
}

/* What is published: as asked for, with the port that was chosen where none
 * was given; then what is only exposed. */
static void
ports(struct state *d, struct state *h, struct engine_container *c)
{
	json_t *asked = (json_t *)(uintptr_t)state_obj(h, h->json,
	    "PortBindings");
	const json_t *net = state_obj(d, d->json, "NetworkSettings");
	const json_t *used = net ? state_obj(d, net, "Ports") : NULL;
	struct strlist exposed cleanup_strlist = STRLIST_INIT;
	const json_t *list;
	size_t i;
	void *it;

	for (it = json_object_iter(asked); it;
	     it = json_object_iter_next(asked, it)) {
		const char *port = json_object_iter_key(it);

		list = json_object_get(used, port);
		if (json_array_size(list)) {
			for (i = 0; i < json_array_size(list); i++)
				add_port(d, port, json_array_get(list, i),
				    &c->ports);
			continue;
		}
		list = json_object_iter_value(it);
		for (i = 0; i < json_array_size(list); i++)
			add_port(h, port, json_array_get(list, i), &c->ports);
	}
	state_keys(d, state_obj(d, d->json, "Config"), "ExposedPorts",
	    &exposed);
	for (i = 0; i < exposed.n; i++)
		if (!json_object_get(asked, exposed.v[i].s))
			strlist_add(&c->ports, exposed.v[i].s, exposed.v[i].n);
	strlist_sort(&c->ports);
}

void
docker_host_config(struct store *s, struct state *d, struct engine_container *c,
    const struct str *data_root, struct rec *rec)
{
	struct state h cleanup_state = STATE_INIT;
	struct str path cleanup_str = STR_INIT, a cleanup_str = STR_INIT;
	struct str b cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	const json_t *o, *list;
	struct err e;
	size_t i;

	str_addf(&path, "/containers/%s/hostconfig.json", c->id.s);
	if (state_read(&h, s->root, path.s, NULL, &e)) {
		store_note_err(rec, s, path.s, &e);
		ports(d, &h, c);
		return;
	}
	c->privileged = state_bool(&h, h.json, "Privileged");
	c->auto_remove = state_bool(&h, h.json, "AutoRemove");
	c->readonly_rootfs = state_bool(&h, h.json, "ReadonlyRootfs");
	state_str(&h, h.json, "NetworkMode", &c->network_mode);
	state_str(&h, h.json, "PidMode", &c->pid_mode);
	state_str(&h, h.json, "IpcMode", &c->ipc_mode);
	state_str(&h, h.json, "UTSMode", &c->uts_mode);
	state_str(&h, h.json, "UsernsMode", &c->userns_mode);
	state_str(&h, h.json, "CgroupnsMode", &c->cgroupns_mode);
	state_str(&h, h.json, "Runtime", &c->runtime);
	state_list(&h, h.json, "CapAdd", &c->cap_add);
	state_list(&h, h.json, "CapDrop", &c->cap_drop);
	state_list(&h, h.json, "SecurityOpt", &c->security_opt);
	state_list(&h, h.json, "Links", &c->links);
	state_pairs(&h, h.json, "Sysctls", &c->sysctls);
	state_pairs(&h, h.json, "Annotations", &c->annotations);
	state_list(&h, h.json, "VolumesFrom", &c->volumes_from);
	o = state_obj(&h, h.json, "RestartPolicy");
	if (o) {
		state_str(&h, o, "Name", &c->restart_policy);
		c->restart_max = state_int(&h, o, "MaximumRetryCount", -1);
	}
	o = state_obj(&h, h.json, "LogConfig");
	if (o)
		state_str(&h, o, "Type", &c->log_driver);
	list = state_arr(&h, h.json, "Devices");
	for (i = 0; i < json_array_size(list); i++) {
		o = json_array_get(list, i);
		state_str(&h, o, "PathOnHost", &a);
		state_str(&h, o, "PathInContainer", &b);
		state_str(&h, o, "CgroupPermissions", &v);
		str_addc(&a, ':');
		str_add(&a, b.s, b.n);
		str_addc(&a, ':');
		str_add(&a, v.s, v.n);
		strlist_add(&c->devices, a.s, a.n);
	}
	docker_host_mounts(&h, data_root, c);
	ports(d, &h, c);
	store_note_odd(rec, s, path.s, &h);
}
