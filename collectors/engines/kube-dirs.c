#include "kube.h"

#include "limits.h"
#include "storelib.h"

/*
 * What ran, as the kubelet left it. Sources: kubelet pkg/kubelet/
 * kubelet_getters.go (pods/UID/containers, volumes/KIND/NAME), kubelet_pods.go
 * (etc-hosts), kuberuntime/helpers.go (logs: pods/NAMESPACE_NAME_UID,
 * containers/NAME_NAMESPACE_CONTAINER-ID.log).
 */

struct logs {
	struct strlist names; /* NAMESPACE_NAME_UID, sorted */
};

struct names {
	struct strlist *out;
	bool dirs;
};

static int
add_name(void *arg, const struct root_entry *ent)
{
	struct names *n = arg;

	if (!n->dirs || S_ISDIR(ent->st->st_mode))
		strlist_adds(n->out, ent->name);
	return 0;
}

static void
list(struct kube *k, const char *path, bool dirs, struct strlist *out)
{
	struct names n = {out, dirs};
	struct err e;

	if (root_list(k->r, path, add_name, &n, &e) < 0 &&
	    e.class != ERR_ABSENT)
		kube_note_err(k, path, &e);
}

/* NAMESPACE_NAME_UID: neither has an underscore in it. */
static bool
split(const struct str *s, struct str *ns, struct str *name, struct str *uid)
{
	const char *a = strchr(s->s, '_'), *b = a ? strchr(a + 1, '_') : NULL;

	if (!b || a == s->s || !b[1])
		return false;
	str_set(ns, s->s, (size_t)(a - s->s));
	str_set(name, a + 1, (size_t)(b - a - 1));
	str_sets(uid, b + 1);
	return true;
}

/* The name of the pod, of its own file of hosts. */
static void
etc_hosts(struct kube *k, const char *pod, struct engine_pod *p)
{
	struct str path cleanup_str = STR_INIT, t cleanup_str = STR_INIT;
	const char *at, *nl, *tab;
	struct err e;

	str_addf(&path, "%s/etc-hosts", pod);
	if (root_slurp(k->r, path.s, 64 * 1024, &t, NULL, &e) < 0) {
		if (e.class != ERR_ABSENT)
			kube_note_err(k, path.s, &e);
		return;
	}
	if (strstr(t.s, "(host network)")) {
		p->host_network = 1;
		return; /* the host's own names */
	}
	for (at = t.s; *at; at = *nl ? nl + 1 : nl) {
		nl = at + strcspn(at, "\n");
		tab = memchr(at, '\t', (size_t)(nl - at));
		if (!tab || *at == '#' || *at == ':' || *at == 'f' ||
		    strncmp(at, "127.", 4) == 0 || p->name.n)
			continue;
		tab++;
		str_set(&p->name, tab, strcspn(tab, "\t\n "));
	}
}

static void
kubelet_volumes(struct kube *k, const char *pod, struct engine_pod *p)
{
	struct strlist kinds cleanup_strlist = STRLIST_INIT;
	struct str path cleanup_str = STR_INIT, t cleanup_str = STR_INIT;
	static const char prefix[] = "kubernetes.io~";
	size_t i, j;

	str_addf(&path, "%s/volumes", pod);
	list(k, path.s, true, &kinds);
	for (i = 0; i < kinds.n; i++) {
		struct strlist names cleanup_strlist = STRLIST_INIT;
		const char *kind = kinds.v[i].s;

		str_clear(&path);
		str_addf(&path, "%s/volumes/%s", pod, kind);
		list(k, path.s, true, &names);
		if (strncmp(kind, prefix, sizeof(prefix) - 1) == 0)
			kind += sizeof(prefix) - 1;
		for (j = 0; j < names.n; j++) {
			str_sets(&t, kind);
			str_addc(&t, '/');
			str_add(&t, names.v[j].s, names.v[j].n);
			strlist_add(&p->volumes, t.s, t.n);
		}
	}
	strlist_sort(&p->volumes);
}

static void
kubelet_pod(struct kube *k, const char *root, const struct str *id,
    const struct logs *l)
{
	struct str path cleanup_str = STR_INIT, ns cleanup_str = STR_INIT;
	struct str name cleanup_str = STR_INIT, uid cleanup_str = STR_INIT;
	struct engine_pod p;
	size_t i;

	engine_pod_init(&p);
	str_sets(&p.source, "kubelet");
	str_addf(&p.path, "%s/pods/", root);
	str_add(&p.path, id->s, id->n);
	str_set(&p.uid, id->s, id->n);
	for (i = 0; i < l->names.n; i++)
		if (split(&l->names.v[i], &ns, &name, &uid) &&
		    uid.n == id->n && memcmp(uid.s, id->s, id->n) == 0) {
			str_set(&p.namespace, ns.s, ns.n);
			str_set(&p.name, name.s, name.n);
		}
	str_addf(&path, "%s/containers", p.path.s);
	list(k, path.s, true, &p.containers);
	etc_hosts(k, p.path.s, &p);
	kubelet_volumes(k, p.path.s, &p);
	kube_give(k, &p);
	engine_pod_release(&p);
}

static void
log_pods(struct kube *k, const struct logs *l)
{
	struct engine_pod p;
	size_t i;

	for (i = 0; i < l->names.n; i++) {
		engine_pod_init(&p);
		str_sets(&p.source, "log");
		str_adds(&p.path, "/var/log/pods/");
		str_add(&p.path, l->names.v[i].s, l->names.v[i].n);
		if (split(&l->names.v[i], &p.namespace, &p.name, &p.uid)) {
			list(k, p.path.s, true, &p.containers);
			kube_give(k, &p);
		}
		engine_pod_release(&p);
	}
}

/* Links to logs of pods whose own directory of logs is gone. */
static void
log_links(struct kube *k, const struct logs *l)
{
	struct strlist names cleanup_strlist = STRLIST_INIT;
	struct str c cleanup_str = STR_INIT, key cleanup_str = STR_INIT;
	size_t i, j;

	list(k, "/var/log/containers", false, &names);
	for (i = 0; i < names.n; i++) {
		struct engine_pod p;
		const char *dash;

		engine_pod_init(&p);
		if (!split(&names.v[i], &p.name, &p.namespace, &c) ||
		    !(dash = strrchr(c.s, '-')))
			goto next;
		str_clear(&key);
		str_addf(&key, "%s_%s_", p.namespace.s, p.name.s);
		for (j = 0; j < l->names.n; j++)
			if (strncmp(l->names.v[j].s, key.s, key.n) == 0)
				break;
		if (j < l->names.n)
			goto next;
		str_sets(&p.source, "log");
		str_adds(&p.path, "/var/log/containers/");
		str_add(&p.path, names.v[i].s, names.v[i].n);
		strlist_add(&p.containers, c.s, (size_t)(dash - c.s));
		kube_give(k, &p);
	next:
		engine_pod_release(&p);
	}
}

void
kube_dirs(struct kube *k)
{
	struct logs l = {STRLIST_INIT};
	struct str path cleanup_str = STR_INIT;
	size_t i, j;

	list(k, "/var/log/pods", true, &l.names);
	for (i = 0; i < k->roots.n; i++) {
		struct strlist uids cleanup_strlist = STRLIST_INIT;

		str_clear(&path);
		str_addf(&path, "%s/pods", k->roots.v[i].s);
		list(k, path.s, true, &uids);
		for (j = 0; j < uids.n; j++)
			kubelet_pod(k, k->roots.v[i].s, &uids.v[j], &l);
	}
	log_pods(k, &l);
	log_links(k, &l);
	strlist_release(&l.names);
}
