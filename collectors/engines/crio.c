#include "podman.h"

#include "civil.h"
#include "spec.h"
#include "storelib.h"

/*
 * CRI-O's pods and containers in containers-storage; the images there are
 * podman's. Of each container: its entry in containers.json (whose metadata is
 * a document of CRI-O's own), and in its directory userdata/ the specification
 * config.json, whose annotations say what CRI-O knows of it, and state.json.
 * Sources: cri-o internal/storage/runtime.go (RuntimeContainerMetadata),
 * internal/oci/container.go (ContainerState), pkg/annotations.
 */

#define NOTE "io.kubernetes.cri-o."

static int
crio_probe(struct root *dir, struct err *e)
{
	(void)e;
	return cs_is_store(dir) && cs_mentions(dir, "pod-name");
}

static struct cstore *
cache(struct store *s, struct rec *rec)
{
	if (!s->cache) {
		s->cache = xcalloc(1, sizeof(struct cstore));
		cs_read(s, s->cache, rec);
	}
	return s->cache;
}

static void
crio_forget(struct store *s)
{
	if (s->cache)
		cs_release(s->cache);
	free(s->cache);
	s->cache = NULL;
}

/* The lists are read for podman as well, who tells what is wrong with them. */
static int
crio_each_image(struct store *s, int (*fn)(void *arg, const char *id),
    void *arg, struct rec *rec, struct err *e)
{
	(void)s;
	(void)fn;
	(void)arg;
	(void)rec;
	(void)e;
	return 0;
}

static int
crio_each_container(struct store *s, int (*fn)(void *arg, const char *id),
    void *arg, struct rec *rec, struct err *e)
{
	struct cstore *cs = cache(s, NULL);
	struct strlist ids cleanup_strlist = STRLIST_INIT;
	size_t i;

	(void)rec;
	(void)e;
	for (i = 0; i < cs->containers_n; i++)
		if (cs->containers[i].owner == CS_CRIO)
			strlist_add(&ids, cs->containers[i].id.s,
			    cs->containers[i].id.n);
	return store_give(&ids, fn, arg);
}

/* Not reached: no image is listed. */
static int
crio_get_image(struct store *s, const char *id, struct engine_image *img,
    struct rec *rec, struct err *e)
{
	return cs_get_image(s, cache(s, NULL), id, img, rec, e);
}

/* What CRI-O itself mounts: files of its directories of containers. */
static bool
own_mount(void *arg, const char *source, const char *destination)
{
	const char *p = strstr(source, "-containers/");

	(void)arg;
	(void)destination;
	return p && strstr(p, "/userdata/");
}

static void
from_metadata(struct state *entry, struct engine_container *c)
{
	struct str m cleanup_str = STR_INIT;
	struct state d cleanup_state = STATE_INIT;

	if (!state_str(entry, entry->json, "metadata", &m) ||
	    state_parse(&d, m.s, m.n, NULL))
		return; /* told of with the list */
	state_str(&d, d.json, "image-name", &c->image_ref);
	state_str(&d, d.json, "name", &c->name);
	state_str(&d, d.json, "namespace", &c->pod_namespace);
	state_str(&d, d.json, "uid", &c->pod_uid);
	if (state_bool(&d, d.json, "pod") == 1)
		str_sets(&c->type, "sandbox");
	if (state_bool(&d, d.json, "privileged") == 1)
		c->privileged = 1;
	/* k8s_NAME_NAMESPACE_UID_ATTEMPT, where nothing better is there */
	state_str(&d, d.json, "pod-name", &c->pod);
}

static void
from_annotations(struct state *d, const json_t *spec,
    struct engine_container *c)
{
	const json_t *a = state_obj(d, spec, "annotations");
	struct str v cleanup_str = STR_INIT, row cleanup_str = STR_INIT;
	struct state labels cleanup_state = STATE_INIT;

	state_pairs(d, spec, "annotations", &c->annotations);
	if (state_str(d, a, NOTE "ContainerType", &v) && str_eq(&v, "sandbox"))
		str_sets(&c->type, "sandbox");
	if (state_str(d, a, NOTE "PrivilegedRuntime", &v) && str_eq(&v, "true"))
		c->privileged = 1;
	if (!c->image_ref.n &&
	    !state_str(d, a, NOTE "ImageName", &c->image_ref))
		state_str(d, a, NOTE "Image", &c->image_ref);
	if (state_str(d, a, NOTE "Name", &v) && v.n)
		str_set(&c->name, v.s, v.n);
	if (state_str(d, a, "io.kubernetes.pod.name", &v) && v.n)
		str_set(&c->pod, v.s, v.n);
	if (state_str(d, a, "io.kubernetes.pod.namespace", &v) && v.n)
		str_set(&c->pod_namespace, v.s, v.n);
	if (state_str(d, a, "io.kubernetes.pod.uid", &v) && v.n)
		str_set(&c->pod_uid, v.s, v.n);
	state_str(d, a, NOTE "LogPath", &c->log_path);
	state_str(d, a, NOTE "RuntimeHandler", &c->runtime);
	state_str(d, a, NOTE "HostName", &c->hostname);
	if (state_str(d, a, NOTE "IP.0", &v) && v.n) {
		str_addf(&row, "cni=%s", v.s);
		strlist_add(&c->networks, row.s, row.n);
	}
	if (state_str(d, a, NOTE "Labels", &v) &&
	    state_parse(&labels, v.s, v.n, NULL) == 0 &&
	    json_is_object(labels.json)) {
		json_t *top = json_object();

		json_object_set(top, "l", labels.json);
		state_pairs(&labels, top, "l", &c->labels);
		json_decref(top);
	}
}

static void
from_state(struct store *s, const char *path, struct engine_container *c,
    struct rec *rec)
{
	struct state d cleanup_state = STATE_INIT;
	struct err e;
	bool bad = false;

	if (state_read(&d, s->root, path, NULL, &e)) {
		/* never created by the runtime: there is none */
		if (e.class != ERR_ABSENT)
			store_note_err(rec, s, path, &e);
		else
			str_sets(&c->state, "created");
		return;
	}
	state_str(&d, d.json, "status", &c->state);
	c->started_time = state_time(&d, d.json, "started", &bad);
	c->finished_time = state_time(&d, d.json, "finished", &bad);
	if (bad)
		store_note(rec, s, ERR_CORRUPT, path, "a time is none or out "
		    "of range");
	c->exit_code = state_int(&d, d.json, "exitCode", -1);
	c->oom_killed = state_bool(&d, d.json, "oomKilled") == 1;
	state_str(&d, d.json, "error", &c->error);
	if (str_eq(&c->state, "running"))
		c->pid = state_int(&d, d.json, "initPid",
		    state_int(&d, d.json, "pid", -1));
	if (c->pid == 0)
		c->pid = -1;
	store_note_odd(rec, s, path, &d);
}

static int
crio_get_container(struct store *s, const char *id, struct engine_container *c,
    struct rec *rec, struct err *e)
{
	struct cstore *cs = cache(s, NULL);
	const struct cs_container *k = cs_container(cs, id);
	struct str path cleanup_str = STR_INIT;
	struct state entry cleanup_state = STATE_INIT;
	struct state d cleanup_state = STATE_INIT;
	struct err re;

	if (!k)
		return err_set(e, ERR_CORRUPT, 0, "no container id: '%.80s'",
		    id);
	str_sets(&c->id, id);
	if (cs_container_entry(s, cs, k, c, &entry, rec) == 0)
		from_metadata(&entry, c);
	str_addf(&path, "/%s-containers/%s/userdata/config.json",
	    k->driver->name, id);
	if (state_read(&d, s->root, path.s, NULL, &re)) {
		store_note_err(rec, s, path.s, &re);
	} else if (!json_is_object(d.json)) {
		store_note(rec, s, ERR_CORRUPT, path.s, "is no JSON object");
	} else {
		engine_path(s, path.s, &c->config_path);
		from_annotations(&d, d.json, c);
		spec_container(&d, d.json, c, own_mount, c);
		store_note_odd(rec, s, path.s, &d);
	}
	if (c->pod.n)
		str_addf(&c->created_by, "pod %s/%s", c->pod_namespace.s,
		    c->pod.s);
	if (c->log_path.n)
		str_sets(&c->log_driver, "cri");
	str_clear(&path);
	str_addf(&path, "/%s-containers/%s/userdata/state.json",
	    k->driver->name, id);
	from_state(s, path.s, c, rec);
	store_sort_mounts(c);
	return 0;
}

static int
crio_open_tree(struct store *s, bool container, const char *id,
    struct engine_tree *t, struct err *e)
{
	return cs_open_tree(s, cache(s, NULL), container, id, t, e);
}

/* ---- pods ----------------------------------------------------------------------- */

static int
by_pod(const void *a, const void *b)
{
	const struct engine_container *x = a, *y = b;
	int r = strcmp(x->pod_uid.s, y->pod_uid.s);

	if (!r)
		r = strcmp(x->pod_namespace.s, y->pod_namespace.s);
	if (!r)
		r = strcmp(x->pod.s, y->pod.s);
	return r ? r : podman_by_created(a, b);
}

static void
pods(struct store *s, const struct engine_sink *sink)
{
	struct cstore *cs = cache(s, NULL);
	struct engine_container *v = xcalloc(cs->containers_n + 1, sizeof(*v));
	struct engine_pod pod;
	size_t i, k, n = 0;

	for (i = 0; i < cs->containers_n; i++) {
		if (cs->containers[i].owner != CS_CRIO)
			continue;
		engine_container_init(&v[n]);
		crio_get_container(s, cs->containers[i].id.s, &v[n++], NULL,
		    NULL);
	}
	if (n > 1)
		qsort(v, n, sizeof(*v), by_pod);
	for (i = 0; i < n; i = k) {
		engine_pod_init(&pod);
		str_sets(&pod.source, "engine");
		str_set(&pod.path, v[i].config_path.s, v[i].config_path.n);
		str_set(&pod.uid, v[i].pod_uid.s, v[i].pod_uid.n);
		str_set(&pod.namespace, v[i].pod_namespace.s,
		    v[i].pod_namespace.n);
		str_set(&pod.name, v[i].pod.s, v[i].pod.n);
		pod.created_time = v[i].created_time;
		pod.host_network = pod.host_pid = pod.host_ipc = 0;
		for (k = i; k < n && strcmp(v[k].pod_uid.s, v[i].pod_uid.s) ==
			0 && strcmp(v[k].pod.s, v[i].pod.s) == 0 &&
		    strcmp(v[k].pod_namespace.s, v[i].pod_namespace.s) == 0;
		     k++)
			podman_pod_add(&pod, &v[k]);
		strlist_sort(&pod.capabilities);
		sink->pod(sink->arg, &pod);
		engine_pod_release(&pod);
	}
	for (i = 0; i < n; i++)
		engine_container_release(&v[i]);
	free(v);
}

static int
crio_each_other(struct store *s, const struct engine_sink *sink,
    struct rec *rec, struct err *e)
{
	(void)e;
	if (sink->network)
		podman_networks(s, sink, rec, false, true);
	if (sink->pod)
		pods(s, sink);
	return 0;
}

const struct engine engine_crio = {
	.name = "crio",
	.probe = crio_probe,
	.each_image = crio_each_image,
	.each_container = crio_each_container,
	.get_image = crio_get_image,
	.get_container = crio_get_container,
	.open_tree = crio_open_tree,
	.each_other = crio_each_other,
	.forget = crio_forget,
};
