#include "kube.h"

#include "limits.h"
#include "storelib.h"
#include "yamldoc.h"

/*
 * A Kubernetes node: which cluster it is of, and what it runs. Its images and
 * containers are in the stores of its container engine; pod and container have
 * the pod's uid in common. Sources: kubelet pkg/kubelet/apis/config
 * (staticPodPath), cmd/kubelet/app/options (--pod-manifest-path, --root-dir,
 * --config, --kubeconfig); documents of kubeadm, k3s, RKE2, k0s, MicroK8s.
 */

/* Where manifests lie if nothing is configured. */
static const char *const manifests[] = {"/etc/kubernetes/manifests",
    "/etc/kubelet.d", "/var/lib/rancher/k3s/agent/pod-manifests",
    "/var/lib/rancher/k3s/server/manifests",
    "/var/lib/rancher/rke2/agent/pod-manifests",
    "/var/lib/rancher/rke2/server/manifests", "/var/lib/k0s/manifests"};
static const char *const roots[] = {"/var/lib/kubelet",
    "/var/lib/k0s/kubelet",
    "/var/snap/microk8s/common/var/lib/kubelet"};
static const char *const configs[] = {"/var/lib/kubelet/config.yaml",
    "/var/lib/kubelet/config", "/etc/kubernetes/kubelet/kubelet-config.json",
    "/etc/kubernetes/kubelet-config.yaml",
    "/etc/kubernetes/kubelet/config.json"};
static const char *const config_globs[] = {
    "/etc/kubernetes/kubelet/config.d/*.conf",
    "/var/lib/rancher/*/agent/etc/kubelet.conf.d/*.conf"};
/* Files with options of the kubelet in them. */
static const char *const flag_globs[] = {
    "/var/lib/kubelet/kubeadm-flags.env", "/etc/default/kubelet",
    "/etc/sysconfig/kubelet", "/etc/kubernetes/kubelet",
    "/etc/systemd/system/kubelet.service",
    "/etc/systemd/system/kubelet.service.d/*.conf",
    "/usr/lib/systemd/system/kubelet.service",
    "/usr/lib/systemd/system/kubelet.service.d/*.conf",
    "/lib/systemd/system/kubelet.service",
    "/lib/systemd/system/kubelet.service.d/*.conf",
    "/etc/rancher/k3s/config.yaml", "/etc/rancher/rke2/config.yaml",
    "/etc/systemd/system/k3s*.service", "/var/snap/microk8s/current/args/kubelet"};
static const char *const kubeconfigs[] = {"/etc/kubernetes/kubelet.conf",
    "/var/lib/kubelet/kubeconfig", "/etc/kubernetes/bootstrap-kubelet.conf",
    "/var/lib/rancher/k3s/agent/kubelet.kubeconfig",
    "/var/lib/rancher/rke2/agent/kubelet.kubeconfig",
    "/var/lib/k0s/kubelet.conf",
    "/var/snap/microk8s/current/credentials/kubelet.config"};
/* Only a node that runs the control plane has these. */
static const char *const control[] = {
    "/etc/kubernetes/manifests/kube-apiserver.yaml",
    "/var/lib/rancher/k3s/server/db", "/var/lib/rancher/rke2/server/db",
    "/var/lib/k0s/pki/ca.key", "/etc/kubernetes/admin.conf"};

void
kube_note_err(struct kube *k, const char *path, const struct err *e)
{
	if (k->rec)
		rec_note_err(k->rec, "store", NULL, path, e);
}

void
kube_give(struct kube *k, const struct engine_pod *p)
{
	if (++k->pods <= STORE_PODS_MAX)
		k->sink->pod(k->sink->arg, p);
	else if (k->pods == STORE_PODS_MAX + 1 && k->rec)
		rec_note(k->rec, ERR_LIMIT, "store", NULL, p->path.s, 0,
		    "more than %d pods (STORE_PODS_MAX)", STORE_PODS_MAX);
}

static void
add(struct strlist *l, const char *p, size_t n)
{
	struct str s cleanup_str = STR_INIT;

	str_add(&s, p, n);
	store_clean_path(&s);
	if (s.n > 1 && s.s[0] == '/' && strlen(s.s) == s.n &&
	    !store_has(l, &s))
		strlist_add(l, s.s, s.n);
}

/* ---- what is configured -------------------------------------------------------- */

static int
config_document(void *arg, struct state *d)
{
	struct kube *k = arg;
	struct str v cleanup_str = STR_INIT;

	if (state_str(d, d->json, "staticPodPath", &v))
		add(&k->manifests, v.s, v.n);
	return 0;
}

/* Whoever judges the settings of the kubelet says what is wrong with them. */
static void
read_config(struct kube *k, const char *path)
{
	struct str t cleanup_str = STR_INIT;
	struct err e;

	if (root_slurp(k->r, path, CONF_YAML_MAX, &t, NULL, &e) < 0) {
		if (e.class != ERR_ABSENT)
			kube_note_err(k, path, &e);
		return;
	}
	if (yaml_each(t.s, t.n, config_document, k, &e) < 0)
		kube_note_err(k, path, &e);
}

static int
config_file(void *arg, const char *via, struct root_file *f)
{
	(void)via;
	read_config(arg, f->path.s);
	return 0;
}

static int
flag_file(void *arg, const char *via, struct root_file *f)
{
	static const char *const names[] = {"pod-manifest-path", "root-dir",
	    "config"};
	struct kube *k = arg;
	struct str t cleanup_str = STR_INIT, c cleanup_str = STR_INIT;
	struct err e;
	const char *p, *end;
	size_t i, n;

	if (!S_ISREG(f->st.st_mode))
		return 0;
	if (root_read(k->r, f, CONF_YAML_MAX, &t, &e) < 0) {
		kube_note_err(k, via, &e);
		return 0;
	}
	end = t.s + t.n;
	for (p = t.s; p < end; p++) {
		if (p > t.s && !strchr(" \t\n\"'-=[,", p[-1]))
			continue;
		for (i = 0; i < COUNT(names); i++) {
			n = strlen(names[i]);
			if ((size_t)(end - p) <= n ||
			    memcmp(p, names[i], n) != 0 ||
			    (p[n] != '=' && p[n] != ' '))
				continue;
			p += n + 1;
			for (n = 0; p + n < end && !strchr(" \t\n\"',]\\", p[n]);)
				n++;
			if (i == 0)
				add(&k->manifests, p, n);
			else if (i == 1)
				add(&k->roots, p, n);
			str_set(&c, p, n);
			if (i == 2 && c.n && c.s[0] == '/' &&
			    strlen(c.s) == c.n)
				read_config(k, c.s);
			p += n;
			break;
		}
	}
	return 0;
}

static void
trouble(void *arg, const char *path, const struct err *e)
{
	if (e->class != ERR_ABSENT)
		kube_note_err(arg, path, e);
}

static void
globs(struct kube *k, const char *const *v, size_t n, root_glob_fn *fn)
{
	struct err e;
	size_t i;

	for (i = 0; i < n; i++)
		if (root_glob(k->r, v[i], fn, trouble, k, &e) < 0)
			kube_note_err(k, v[i], &e);
}

static void
find_places(struct kube *k)
{
	size_t i;

	for (i = 0; i < COUNT(manifests); i++)
		strlist_adds(&k->manifests, manifests[i]);
	for (i = 0; i < COUNT(roots); i++)
		strlist_adds(&k->roots, roots[i]);
	for (i = 0; i < COUNT(configs); i++)
		read_config(k, configs[i]);
	globs(k, config_globs, COUNT(config_globs), config_file);
	globs(k, flag_globs, COUNT(flag_globs), flag_file);
}

/* ---- manifests ------------------------------------------------------------------ */

/* The kubelet passes over names that begin with a dot. */
static int
manifest(void *arg, struct root_file *f)
{
	struct kube *k = arg;
	const char *base = strrchr(f->path.s, '/');

	base = base ? base + 1 : f->path.s;
	if (!S_ISREG(f->st.st_mode) || *base == '.' ||
	    store_has(&k->seen, &f->path))
		return 0;
	strlist_add(&k->seen, f->path.s, f->path.n);
	kube_manifest(k, f->path.s, f);
	return 0;
}

/* A file of a directory that is a link is read by what it leads to. */
static int
linked(void *arg, const char *via, struct root_file *f)
{
	(void)via;
	return manifest(arg, f);
}

static void
read_manifests(struct kube *k)
{
	struct str pat cleanup_str = STR_INIT;
	struct err e;
	size_t i;

	for (i = 0; i < k->manifests.n; i++) {
		const char *path = k->manifests.v[i].s;

		if (root_walk(k->r, path, manifest, trouble, k, &e) < 0)
			trouble(k, path, &e);
		str_clear(&pat);
		root_glob_quote(&pat, path);
		str_adds(&pat, "/*");
		if (root_glob(k->r, pat.s, linked, trouble, k, &e) < 0)
			trouble(k, path, &e);
	}
}

/* ---- the node ------------------------------------------------------------------- */

struct config {
	struct kube *k;
	struct engine_node *n;
};

/* clusters[].cluster.server, users[].name: client authentication of Go */
static int
kubeconfig(void *arg, struct state *d)
{
	static const char prefix[] = "system:node:";
	struct config *c = arg;
	const json_t *a = state_arr(d, d->json, "clusters"), *o;
	struct str v cleanup_str = STR_INIT;
	size_t i;

	for (i = 0; i < json_array_size(a); i++) {
		o = state_obj(d, json_array_get(a, i), "cluster");
		if (o && state_str(d, o, "server", &v) && v.n &&
		    !store_has(&c->n->peers, &v))
			strlist_add(&c->n->peers, v.s, v.n);
	}
	a = state_arr(d, d->json, "users");
	for (i = 0; i < json_array_size(a); i++)
		if (state_str(d, json_array_get(a, i), "name", &v) &&
		    strncmp(v.s, prefix, sizeof(prefix) - 1) == 0)
			str_set(&c->n->name, v.s + sizeof(prefix) - 1,
			    v.n - (sizeof(prefix) - 1));
	return 0;
}

static bool
there(struct kube *k, const char *path)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;

	return root_find(k->r, path, ROOT_NOFOLLOW, &f, NULL) == 0;
}

static void
nodes(struct kube *k)
{
	struct str t cleanup_str = STR_INIT;
	struct engine_node n;
	struct config c = {k, &n};
	struct err e;
	size_t i, j;

	for (i = 0; i < COUNT(kubeconfigs); i++) {
		if (root_slurp(k->r, kubeconfigs[i], CONF_YAML_MAX, &t, NULL,
			&e) < 0) {
			if (e.class != ERR_ABSENT)
				kube_note_err(k, kubeconfigs[i], &e);
			continue;
		}
		engine_node_init(&n);
		str_sets(&n.path, kubeconfigs[i]);
		if (yaml_each(t.s, t.n, kubeconfig, &c, &e) < 0)
			kube_note_err(k, kubeconfigs[i], &e);
		str_sets(&n.role, "worker");
		for (j = 0; j < COUNT(control); j++)
			if (there(k, control[j]))
				str_sets(&n.role, "manager");
		strlist_sort(&n.peers);
		k->sink->node(k->sink->arg, &n);
		engine_node_release(&n);
	}
}

/* ---- the engine ------------------------------------------------------------------- */

/* A node is found by stores-try.c, by the rows NODE of stores.def. */
static int
kube_probe(struct root *dir, struct err *e)
{
	(void)dir;
	(void)e;
	return 0;
}

static int
no_items(struct store *s, int (*fn)(void *arg, const char *id), void *arg,
    struct rec *rec, struct err *e)
{
	(void)s;
	(void)fn;
	(void)arg;
	(void)rec;
	(void)e;
	return 0;
}

static int
no_image(struct store *s, const char *id, struct engine_image *img,
    struct rec *rec, struct err *e)
{
	(void)s;
	(void)img;
	(void)rec;
	return err_set(e, ERR_ABSENT, 0, "no image '%.80s'", id);
}

static int
no_container(struct store *s, const char *id, struct engine_container *c,
    struct rec *rec, struct err *e)
{
	(void)s;
	(void)c;
	(void)rec;
	return err_set(e, ERR_ABSENT, 0, "no container '%.80s'", id);
}

static int
no_tree(struct store *s, bool container, const char *id,
    struct engine_tree *t, struct err *e)
{
	(void)s;
	(void)container;
	memset(t, 0, sizeof(*t));
	return err_set(e, ERR_ABSENT, 0, "no tree '%.80s'", id);
}

static int
kube_each_other(struct store *s, const struct engine_sink *sink,
    struct rec *rec, struct err *e)
{
	struct kube k = {.s = s, .r = s->evidence, .sink = sink, .rec = rec};

	(void)e;
	if (sink->node)
		nodes(&k);
	if (sink->pod) {
		find_places(&k);
		read_manifests(&k);
		kube_dirs(&k);
	}
	strlist_release(&k.manifests);
	strlist_release(&k.roots);
	strlist_release(&k.seen);
	return 0;
}

const struct engine engine_kubernetes = {
	.name = "kubernetes",
	.probe = kube_probe,
	.each_image = no_items,
	.each_container = no_items,
	.get_image = no_image,
	.get_container = no_container,
	.open_tree = no_tree,
	.each_other = kube_each_other,
};
