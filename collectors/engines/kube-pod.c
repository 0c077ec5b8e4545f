#include "kube.h"

#include "limits.h"
#include "storelib.h"
#include "yamldoc.h"

/*
 * A manifest says what is to run. Sources: Kubernetes API reference, Pod v1
 * and the objects that have a template of pods; kubelet
 * pkg/kubelet/config/file.go (a file of YAML or JSON, of a pod or a list).
 */

static bool
has(const struct strlist *l, const struct str *s)
{
	return store_has(l, s);
}

static void
add_once(struct strlist *l, const struct str *s)
{
	if (s->n && !has(l, s))
		strlist_add(l, s->s, s->n);
}

/* The volumes of the pod that are directories of the host: name and path. */
struct hosts {
	struct strlist name, path;
	bool *used;
};

static void
volumes(struct state *d, const json_t *spec, struct engine_pod *p,
    struct hosts *h)
{
	const json_t *a = state_arr(d, spec, "volumes"), *o, *v;
	static const char *const names[] = {"name", "secretName", "claimName",
	    "path", "server", "driver"};
	struct str t cleanup_str = STR_INIT, n cleanup_str = STR_INIT;
	size_t i, k;
	void *it;

	for (i = 0; i < json_array_size(a); i++) {
		o = json_array_get(a, i);
		state_str(d, o, "name", &n);
		v = state_obj(d, o, "hostPath");
		if (v) {
			state_str(d, v, "path", &t);
			store_clean_path(&t);
			strlist_add(&h->name, n.s, n.n);
			strlist_add(&h->path, t.s, t.n);
			continue;
		}
		for (it = json_object_iter((json_t *)(uintptr_t)o); it;
		     it = json_object_iter_next((json_t *)(uintptr_t)o, it)) {
			const char *kind = json_object_iter_key(it);

			v = json_object_iter_value(it);
			if (strcmp(kind, "name") == 0)
				continue;
			str_sets(&t, kind);
			str_addc(&t, '/');
			k = t.n;
			if (json_is_object(v)) {
				struct str x cleanup_str = STR_INIT;
				size_t j;

				for (j = 0; j < COUNT(names) && t.n == k; j++)
					if (json_is_string(json_object_get(v,
						names[j])) &&
					    state_str(d, v, names[j], &x))
						str_add(&t, x.s, x.n);
			}
			if (t.n == k)
				str_add(&t, n.s, n.n);
			strlist_add(&p->volumes, t.s, t.n);
		}
	}
	h->used = xcalloc(h->name.n + 1, sizeof(*h->used));
}

static void
mounts(struct state *d, const json_t *c, struct engine_pod *p,
    struct hosts *h)
{
	const json_t *a = state_arr(d, c, "volumeMounts"), *o;
	struct str n cleanup_str = STR_INIT, t cleanup_str = STR_INIT;
	struct str v cleanup_str = STR_INIT;
	size_t i, k;

	for (i = 0; i < json_array_size(a); i++) {
		o = json_array_get(a, i);
		state_str(d, o, "name", &n);
		for (k = 0; k < h->name.n; k++)
			if (h->name.v[k].n == n.n &&
			    memcmp(h->name.v[k].s, n.s, n.n) == 0)
				break;
		if (k == h->name.n)
			continue;
		h->used[k] = true;
		str_set(&t, h->path.v[k].s, h->path.v[k].n);
		if (state_str(d, o, "subPath", &v) && v.n) {
			if (!t.n || t.s[t.n - 1] != '/')
				str_addc(&t, '/');
			str_add(&t, v.s, v.n);
		}
		str_addc(&t, ':');
		state_str(d, o, "mountPath", &v);
		str_add(&t, v.s, v.n);
		if (state_bool(d, o, "readOnly") == 1)
			str_adds(&t, ":ro");
		add_once(&p->host_paths, &t);
	}
}

static void
containers(struct state *d, const json_t *spec, const char *key,
    struct engine_pod *p, struct hosts *h)
{
	const json_t *a = state_arr(d, spec, key), *o, *s;
	struct str v cleanup_str = STR_INIT;
	size_t i, k;

	for (i = 0; i < json_array_size(a); i++) {
		struct strlist list cleanup_strlist = STRLIST_INIT;
		struct strlist args cleanup_strlist = STRLIST_INIT;

		o = json_array_get(a, i);
		state_str(d, o, "name", &v);
		strlist_add(&p->containers, v.s, v.n);
		state_str(d, o, "image", &v);
		strlist_add(&p->images, v.s, v.n);
		state_list(d, o, "command", &list);
		state_list(d, o, "args", &args);
		str_clear(&v);
		strlist_join(&list, " ", &v);
		if (list.n && args.n)
			str_addc(&v, ' ');
		strlist_join(&args, " ", &v);
		strlist_add(&p->commands, v.s, v.n);
		s = state_obj(d, o, "securityContext");
		if (s && state_bool(d, s, "privileged") == 1)
			p->privileged = 1;
		if (s && (s = state_obj(d, s, "capabilities"))) {
			state_list(d, s, "add", &list);
			for (k = 0; k < list.n; k++)
				add_once(&p->capabilities, &list.v[k]);
		}
		mounts(d, o, p, h);
	}
}

static void
pod_spec(struct state *d, const json_t *spec, struct engine_pod *p)
{
	struct hosts h = {.name = STRLIST_INIT};
	size_t i;

	p->privileged = 0;
	p->host_network = state_bool(d, spec, "hostNetwork") == 1;
	p->host_pid = state_bool(d, spec, "hostPID") == 1;
	p->host_ipc = state_bool(d, spec, "hostIPC") == 1;
	if (!state_str(d, spec, "serviceAccountName", &p->service_account))
		state_str(d, spec, "serviceAccount", &p->service_account);
	volumes(d, spec, p, &h);
	containers(d, spec, "initContainers", p, &h);
	containers(d, spec, "containers", p, &h);
	containers(d, spec, "ephemeralContainers", p, &h);
	for (i = 0; i < h.name.n; i++)
		if (!h.used[i])
			add_once(&p->host_paths, &h.path.v[i]);
	strlist_sort(&p->host_paths);
	strlist_sort(&p->capabilities);
	strlist_sort(&p->volumes);
	strlist_release(&h.name);
	strlist_release(&h.path);
	free(h.used);
}

static void
one(struct kube *k, const char *path, struct state *d, const json_t *o)
{
	const json_t *meta, *spec, *in;
	struct engine_pod p;
	bool bad = false;

	meta = state_obj(d, o, "metadata");
	spec = state_obj(d, o, "spec");
	if (!spec)
		return;
	/* what makes pods has a template of them; a CronJob one of that */
	if ((in = state_obj(d, spec, "jobTemplate")) &&
	    !(spec = state_obj(d, in, "spec")))
		return;
	if (json_is_object(json_object_get(spec, "template")) &&
	    !(spec = state_obj(d, state_obj(d, spec, "template"), "spec")))
		return;
	if (!json_is_array(json_object_get(spec, "containers")) &&
	    !json_is_array(json_object_get(spec, "initContainers")))
		return;
	engine_pod_init(&p);
	str_sets(&p.source, "manifest");
	str_sets(&p.path, path);
	if (meta) {
		state_str(d, meta, "name", &p.name);
		if (!p.name.n)
			state_str(d, meta, "generateName", &p.name);
		state_str(d, meta, "namespace", &p.namespace);
		state_str(d, meta, "uid", &p.uid);
		p.created_time = state_time(d, meta, "creationTimestamp",
		    &bad);
	}
	if (!p.namespace.n)
		str_sets(&p.namespace, "default");
	pod_spec(d, spec, &p);
	kube_give(k, &p);
	engine_pod_release(&p);
}

void
kube_document(struct kube *k, const char *path, struct state *d)
{
	const json_t *items = state_arr(d, d->json, "items");
	size_t i;

	if (!items)
		one(k, path, d, d->json);
	for (i = 0; i < json_array_size(items); i++)
		one(k, path, d, json_array_get(items, i));
	if (d->wrong && k->rec)
		rec_note(k->rec, ERR_CORRUPT, "parse", NULL, path, 0,
		    "%zu values are not of the type that Kubernetes takes",
		    d->wrong);
}

struct at {
	struct kube *k;
	const char *path;
};

static int
document(void *arg, struct state *d)
{
	struct at *a = arg;

	if (!json_is_null(d->json)) /* nothing between two marks */
		kube_document(a->k, a->path, d);
	return 0;
}

void
kube_manifest(struct kube *k, const char *path, struct root_file *f)
{
	struct str t cleanup_str = STR_INIT;
	struct at a = {k, path};
	struct err e;

	if (k->r && root_read(k->r, f, CONF_YAML_MAX + 1, &t, &e) < 0) {
		kube_note_err(k, path, &e);
		return;
	}
	if (yaml_each(t.s, t.n, document, &a, &e) < 0)
		kube_note_err(k, path, &e);
}
