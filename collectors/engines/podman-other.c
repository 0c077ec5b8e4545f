#include "podman.h"

#include "civil.h"
#include "digest.h"
#include "limits.h"
#include "storelib.h"

/*
 * Layers, volumes, networks and pods of podman. Networks are files of the
 * host, not of the store: netavark's (containers/common libnetwork/types
 * network.go) and CNI's (containernetworking SPEC.md, conflist).
 */

struct other {
	struct store *s;
	struct podman *p;
	const struct engine_sink *sink;
	struct rec *rec;
	const char **pods; /* of each container, in its configuration */
};

/* ---- volumes --------------------------------------------------------------------- */

static void
put_volume(struct other *x, const struct libpod_row *r)
{
	struct state d cleanup_state = STATE_INIT;
	struct engine_volume v;
	struct err e;
	bool bad = false;

	engine_volume_init(&v);
	str_set(&v.name, r->id.s, r->id.n);
	if (!r->config.n || state_parse(&d, r->config.s, r->config.n, &e)) {
		if (x->rec)
			rec_note(x->rec, ERR_CORRUPT, "store", NULL,
			    x->p->lp.path.s, 0, "volume '%.80s' cannot be "
			    "read: %s", r->id.s, r->config.n ? e.msg
			    : "it is not there");
	} else {
		state_str(&d, d.json, "volumeDriver", &v.driver);
		state_str(&d, d.json, "mountPoint", &v.source);
		state_pairs(&d, d.json, "volumeOptions", &v.options);
		state_pairs(&d, d.json, "labels", &v.labels);
		v.created_time = state_time(&d, d.json, "createdAt", &bad);
	}
	x->sink->volume(x->sink->arg, &v);
	engine_volume_release(&v);
}

/* A directory that no database knows: of a podman whose database is gone. */
static int
found_volume(void *arg, const struct root_entry *ent)
{
	struct other *x = arg;
	struct engine_volume v;
	struct str p cleanup_str = STR_INIT, path cleanup_str = STR_INIT;

	if (!S_ISDIR(ent->st->st_mode) ||
	    libpod_find(&x->p->lp.volumes, ent->name))
		return 0;
	str_addf(&p, "/volumes/%s/_data", ent->name);
	engine_volume_init(&v);
	str_sets(&v.name, ent->name);
	str_adds(&v.source, engine_path(x->s, p.s, &path));
	x->sink->volume(x->sink->arg, &v);
	engine_volume_release(&v);
	return 0;
}

static void
volumes(struct other *x)
{
	struct err e;
	size_t i;

	for (i = 0; i < x->p->lp.volumes.n; i++)
		put_volume(x, &x->p->lp.volumes.v[i]);
	if (root_list(x->s->root, "/volumes", found_volume, x, &e) < 0 &&
	    e.class != ERR_ABSENT)
		store_note_err(x->rec, x->s, "/volumes", &e);
}

/* ---- networks -------------------------------------------------------------------- */

static void
subnet(struct state *d, const json_t *o, struct strlist *out)
{
	struct str a cleanup_str = STR_INIT, b cleanup_str = STR_INIT;

	if (!state_str(d, o, "subnet", &a) || !a.n)
		return;
	state_str(d, o, "gateway", &b);
	str_addc(&a, '=');
	str_add(&a, b.s, b.n);
	strlist_add(out, a.s, a.n);
}

static void
netavark(struct state *d, struct engine_network *n, bool *bad)
{
	const json_t *list = state_arr(d, d->json, "subnets");
	size_t i;

	state_str(d, d->json, "name", &n->name);
	state_str(d, d->json, "id", &n->id);
	state_str(d, d->json, "driver", &n->driver);
	for (i = 0; i < json_array_size(list); i++)
		subnet(d, json_array_get(list, i), &n->subnets);
	state_pairs(d, d->json, "options", &n->options);
	state_pairs(d, d->json, "labels", &n->labels);
	n->internal = state_bool(d, d->json, "internal");
	n->created_time = state_time(d, d->json, "created", bad);
}

static void
cni(struct state *d, struct engine_network *n)
{
	const json_t *list = state_arr(d, d->json, "plugins"), *o, *ranges;
	char hex[SHA256_HEX];
	size_t i, k;

	state_str(d, d->json, "name", &n->name);
	digest_of(n->name.s, n->name.n, hex);
	str_sets(&n->id, hex); /* as podman calls it */
	o = list ? json_array_get(list, 0) : d->json;
	state_str(d, o, "type", &n->driver);
	ranges = state_arr(d, state_obj(d, o, "ipam"), "ranges");
	for (i = 0; i < json_array_size(ranges); i++) {
		const json_t *r = json_array_get(ranges, i);

		for (k = 0; k < json_array_size(r); k++)
			subnet(d, json_array_get(r, k), &n->subnets);
	}
	if (state_obj(d, o, "ipam"))
		subnet(d, state_obj(d, o, "ipam"), &n->subnets);
	state_pairs(d, state_obj(d, d->json, "args"), "podman_labels",
	    &n->labels);
}

struct files {
	struct other *x;
	struct root *root;
	bool is_cni;
};

static int
put_network(void *arg, const char *via, struct root_file *f)
{
	struct files *y = arg;
	struct other *x = y->x;
	struct state d cleanup_state = STATE_INIT;
	struct str path cleanup_str = STR_INIT;
	struct engine_network n;
	struct err e;
	bool bad = false;

	if (!S_ISREG(f->st.st_mode))
		return 0;
	if (y->root == x->s->root)
		engine_path(x->s, via, &path);
	else
		str_adds(&path, via);
	if (state_read(&d, y->root, via, NULL, &e)) {
		if (x->rec)
			rec_note_err(x->rec, "store", NULL, path.s, &e);
		return 0;
	}
	engine_network_init(&n);
	if (y->is_cni)
		cni(&d, &n);
	else
		netavark(&d, &n, &bad);
	if ((bad || d.odd || d.wrong) && x->rec)
		rec_note(x->rec, ERR_CORRUPT, "store", NULL, path.s, 0, "%s",
		    bad ? "'created' is no time or out of range"
		    : d.odd ? "read, but not proper JSON"
			    : "values are not of the type that the engine "
			      "writes");
	if (!bad || n.name.n)
		x->sink->network(x->sink->arg, &n);
	engine_network_release(&n);
	return 0;
}

static void
network_bad(void *arg, const char *path, const struct err *e)
{
	struct files *y = arg;

	if (e->class != ERR_ABSENT && y->x->rec)
		rec_note_err(y->x->rec, "store", NULL, path, e);
}

static void
network_files(struct other *x, struct root *root, const char *pattern,
    bool is_cni)
{
	struct files y = {x, root, is_cni};
	struct err e;

	if (root_glob(root, pattern, put_network, network_bad, &y, &e) < 0)
		network_bad(&y, pattern, &e);
}

/* Of several stores of one engine and owner, the first has the networks. */
static bool
first_of_host(const struct store *s)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	size_t i;

	if (!s->evidence || s->evidence == s->root ||
	    strcmp(s->path.s, "/") == 0 ||
	    root_find(s->root, "/", 0, &f, NULL) || f.st.st_uid != 0)
		return false;
	for (i = 0; s->all && i < s->all->n && &s->all->v[i] != s; i++) {
		const struct store *o = &s->all->v[i];
		struct root_file g cleanup_root_file = ROOT_FILE_INIT;

		if (o->engine == s->engine &&
		    root_find(o->root, "/", 0, &g, NULL) == 0 &&
		    g.st.st_uid == 0)
			return false;
	}
	return true;
}

void
podman_networks(struct store *s, const struct engine_sink *sink,
    struct rec *rec, bool own, bool common)
{
	struct other x = {.s = s, .sink = sink, .rec = rec};
	bool host = first_of_host(s);

	if (own)
		network_files(&x, s->root, "/networks/*.json", false);
	if (own && host)
		network_files(&x, s->evidence,
		    "/etc/containers/networks/*.json", false);
	if (common && host) {
		network_files(&x, s->evidence, "/etc/cni/net.d/*.conflist",
		    true);
		network_files(&x, s->evidence, "/etc/cni/net.d/*.conf", true);
	}
}

/* Does CRI-O, or containerd, use the host's CNI? Then they are its. */
static bool
shares_cni(const struct store *s)
{
	size_t i;

	for (i = 0; s->all && i < s->all->n; i++)
		if (strcmp(s->all->v[i].engine->name, "crio") == 0 ||
		    strcmp(s->all->v[i].engine->name, "containerd") == 0)
			return true;
	return false;
}

/* ---- pods ------------------------------------------------------------------------- */

int
podman_by_created(const void *a, const void *b)
{
	const struct engine_container *x = a, *y = b;
	int infra = str_eq(&y->type, "sandbox") - str_eq(&x->type, "sandbox");

	if (infra)
		return infra;
	if (x->created_time != y->created_time)
		return x->created_time < y->created_time ? -1 : 1;
	return strcmp(x->id.s, y->id.s);
}

static bool
in_list(const struct strlist *l, const char *s)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (str_eq(&l->v[i], s))
			return true;
	return false;
}

void
podman_pod_add(struct engine_pod *pod, const struct engine_container *c)
{
	struct str row cleanup_str = STR_INIT;
	size_t i;

	strlist_add(&pod->containers, c->name.s, c->name.n);
	strlist_add(&pod->images, c->image_ref.s, c->image_ref.n);
	strlist_add(&pod->commands, c->command.s, c->command.n);
	if (c->privileged >= 0 && pod->privileged != 1)
		pod->privileged = c->privileged;
	pod->host_network |= in_list(&c->host_namespaces, "network");
	pod->host_pid |= in_list(&c->host_namespaces, "pid");
	pod->host_ipc |= in_list(&c->host_namespaces, "ipc");
	for (i = 0; i < c->cap_add.n; i++)
		if (!store_has(&pod->capabilities, &c->cap_add.v[i]))
			strlist_add(&pod->capabilities, c->cap_add.v[i].s,
			    c->cap_add.v[i].n);
	for (i = 0; i < c->mounts_n; i++) {
		const struct engine_mount *m = &c->mounts[i];

		str_clear(&row);
		if (m->name.n)
			str_addf(&row, "volume/%s", m->name.s);
		else if (str_eq(&m->type, "bind"))
			str_addf(&row, "%s:%s%s", m->source.s,
			    m->destination.s, m->rw ? "" : ":ro");
		else
			continue;
		strlist_add(m->name.n ? &pod->volumes : &pod->host_paths,
		    row.s, row.n);
	}
}

static void
put_pod(struct other *x, const struct libpod_row *r)
{
	struct engine_container *v = NULL;
	struct state d cleanup_state = STATE_INIT;
	struct engine_pod pod;
	struct err e;
	size_t i, n = 0;
	bool bad = false;

	engine_pod_init(&pod);
	str_sets(&pod.source, "engine");
	str_set(&pod.path, x->p->lp.path.s, x->p->lp.path.n);
	str_set(&pod.uid, r->id.s, r->id.n);
	pod.host_network = pod.host_pid = pod.host_ipc = 0;
	if (!r->config.n || state_parse(&d, r->config.s, r->config.n, &e)) {
		if (x->rec)
			rec_note(x->rec, ERR_CORRUPT, "store", NULL,
			    x->p->lp.path.s, 0, "pod '%.80s' cannot be read: "
			    "%s", r->id.s, r->config.n ? e.msg
			    : "it is not there");
	} else {
		state_str(&d, d.json, "name", &pod.name);
		pod.created_time = state_time(&d, d.json, "created", &bad);
	}
	for (i = 0; i < x->p->lp.ctrs.n; i++) {
		const struct libpod_row *c = &x->p->lp.ctrs.v[i];

		if (!x->pods[i] || memcmp(x->pods[i], r->id.s, r->id.n) != 0)
			continue;
		v = xreallocarray(v, n + 1, sizeof(*v));
		engine_container_init(&v[n]);
		podman_get_container(x->s, c->id.s, &v[n], NULL, NULL);
		if (strcmp(v[n].pod_uid.s, r->id.s) == 0)
			n++;
		else
			engine_container_release(&v[n]);
	}
	if (n > 1)
		qsort(v, n, sizeof(*v), podman_by_created);
	for (i = 0; i < n; i++) {
		podman_pod_add(&pod, &v[i]);
		engine_container_release(&v[i]);
	}
	free(v);
	strlist_sort(&pod.capabilities);
	x->sink->pod(x->sink->arg, &pod);
	engine_pod_release(&pod);
}

int
podman_each_other(struct store *s, const struct engine_sink *sink,
    struct rec *rec, struct err *e)
{
	struct other x = {.s = s, .p = podman_cache(s, NULL), .sink = sink,
	    .rec = rec};
	static const char key[] = "\"pod\":\"";
	size_t i;

	(void)e;
	if (sink->stored)
		cs_each_layer(s, &x.p->cs, sink->stored, sink->arg);
	if (sink->mismatch)
		cs_mismatches(s, &x.p->cs, sink, rec);
	if (sink->volume)
		volumes(&x);
	if (sink->network)
		podman_networks(s, sink, rec, true, !shares_cni(s));
	if (!sink->pod || !x.p->lp.pods.n)
		return 0;
	/* Which pod might it be of? Bytes; put_pod looks at the document. */
	x.pods = xcalloc(x.p->lp.ctrs.n + 1, sizeof(*x.pods));
	for (i = 0; i < x.p->lp.ctrs.n; i++) {
		const struct str *c = &x.p->lp.ctrs.v[i].config;

		x.pods[i] = memmem(c->s, c->n, key, sizeof(key) - 1);
		if (x.pods[i])
			x.pods[i] += sizeof(key) - 1;
		if (x.pods[i] && c->s + c->n - x.pods[i] < 64)
			x.pods[i] = NULL;
	}
	for (i = 0; i < x.p->lp.pods.n; i++)
		if (state_is_hex(x.p->lp.pods.v[i].id.s,
			x.p->lp.pods.v[i].id.n))
			put_pod(&x, &x.p->lp.pods.v[i]);
	free(x.pods);
	return 0;
}
