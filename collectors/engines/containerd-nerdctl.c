#include "ctr.h"

#include "storelib.h"

/*
 * nerdctl keeps what containerd has no word for in labels (pkg/labels), and
 * log files beside: DATA/HASH/containers/NAMESPACE/ID, where DATA is
 * /var/lib/nerdctl or ~/.local/share/nerdctl. The label nerdctl/state-dir is
 * that directory.
 */

static void
ports(struct state *d, struct engine_container *c)
{
	struct str row cleanup_str = STR_INIT, ip cleanup_str = STR_INIT;
	struct str proto cleanup_str = STR_INIT;
	const json_t *o;
	size_t i;

	for (i = 0; i < json_array_size(d->json); i++) {
		o = json_array_get(d->json, i);
		state_str(d, o, "HostIP", &ip);
		state_str(d, o, "Protocol", &proto);
		str_clear(&row);
		str_addf(&row, strchr(ip.s, ':') ? "[%s]:%lld->%lld/%s"
						 : "%s:%lld->%lld/%s",
		    ip.n ? ip.s : "0.0.0.0",
		    (long long)state_int(d, o, "HostPort", 0),
		    (long long)state_int(d, o, "ContainerPort", 0),
		    proto.n ? proto.s : "tcp");
		strlist_add(&c->ports, row.s, row.n);
	}
	strlist_sort(&c->ports);
}

/* A label that is JSON. */
static bool
label(struct store *s, const struct engine_container *c, const char *key,
    struct state *d, struct rec *rec)
{
	const char *v = ctr_label(&c->labels, key);

	state_release(d);
	if (!v || !*v)
		return false;
	if (state_parse(d, v, strlen(v), NULL) == 0)
		return true;
	store_note(rec, s, ERR_CORRUPT, CTR_META, "the label '%s' of '%.100s' "
	    "is no JSON", key, c->id.s);
	return false;
}

/* log-config.json in its directory: {"driver": ..., "opts": ...} */
static void
logs(struct store *s, const char *dir, struct engine_container *c)
{
	struct state d cleanup_state = STATE_INIT;
	struct str p cleanup_str = STR_INIT;

	str_addf(&p, "%s/log-config.json", dir);
	if (!s->evidence || *dir != '/' ||
	    state_read(&d, s->evidence, p.s, NULL, NULL) ||
	    !json_is_object(d.json))
		return;
	state_str(&d, d.json, "driver", &c->log_driver);
	if (str_eq(&c->log_driver, "json-file"))
		str_addf(&c->log_path, "%s/%s-json.log", dir, c->id.s);
}

void
ctr_nerdctl_container(struct store *s, struct engine_container *c,
    struct rec *rec)
{
	struct state d cleanup_state = STATE_INIT;
	struct str row cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	const char *p, *ip;
	size_t i;

	p = ctr_label(&c->labels, "com.docker.compose.project");
	if (p && !c->created_by.n)
		str_addf(&c->created_by, "compose project %s", p);
	p = ctr_label(&c->labels, "nerdctl/namespace");
	if (!p && !ctr_label(&c->labels, "nerdctl/name"))
		return;
	if (!c->created_by.n)
		str_sets(&c->created_by, "nerdctl");
	p = ctr_label(&c->labels, "nerdctl/name");
	if (p && !c->name.n)
		str_sets(&c->name, p);
	p = ctr_label(&c->labels, "nerdctl/hostname");
	if (p && !c->hostname.n)
		str_sets(&c->hostname, p);
	p = ctr_label(&c->labels, "nerdctl/auto-remove");
	if (p)
		c->auto_remove = strcmp(p, "true") == 0;
	p = ctr_label(&c->labels, "nerdctl/state-dir");
	if (p)
		logs(s, p, c);
	if (label(s, c, "nerdctl/ports", &d, rec))
		ports(&d, c);
	if (label(s, c, "nerdctl/healthcheck", &d, rec))
		state_list(&d, d.json, "Test", &c->healthcheck);
	if (!label(s, c, "nerdctl/networks", &d, rec))
		return;
	ip = ctr_label(&c->labels, "nerdctl/ip-address");
	for (i = 0; i < json_array_size(d.json); i++) {
		str_clear(&v);
		if (!state_text(&d, json_array_get(d.json, i), &v))
			continue;
		if (!i)
			str_set(&c->network_mode, v.s, v.n);
		str_clear(&row);
		str_addf(&row, "%s=%s", v.s, ip && !i ? ip : "");
		strlist_add(&c->networks, row.s, row.n);
	}
	strlist_sort(&c->networks);
}
