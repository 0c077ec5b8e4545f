#include "ctr.h"

#include "civil.h"
#include "limits.h"
#include "spec.h"
#include "storelib.h"

/* ---- tasks: what runs, or did when the host was cut off ------------------ */

/* Bundles of running containers: NAMESPACE/ID below each. */
static const char *const bundles[] = {"/io.containerd.runtime.v2.task",
    "/io.containerd.runtime.v1.linux"};

struct tasks {
	struct root *r;
	struct strlist *ids;
	struct str dir;
	const char *namespace;
};

static int
add_task(void *arg, const struct root_entry *ent)
{
	struct tasks *x = arg;
	struct str id cleanup_str = STR_INIT;

	if (!S_ISDIR(ent->st->st_mode) || x->ids->n >= STORE_CONTAINERS_MAX)
		return 0;
	str_addf(&id, "%s/%s", x->namespace, ent->name);
	if (engine_is_id(id.s, id.n))
		strlist_add(x->ids, id.s, id.n);
	return 0;
}

static int
add_task_namespace(void *arg, const struct root_entry *ent)
{
	struct tasks *x = arg;
	struct str p cleanup_str = STR_INIT;

	if (!S_ISDIR(ent->st->st_mode))
		return 0;
	str_addf(&p, "%s/%s", x->dir.s, ent->name);
	x->namespace = ent->name;
	root_list(x->r, p.s, add_task, x, NULL);
	return 0;
}

/* Only a bundle says anything of its container; the work directory of the same
 * name in the store does not. */
void
ctr_tasks(struct store *s, struct strlist *ids)
{
	struct ctr *c = ctr_cache(s, NULL);
	struct tasks x = {s->evidence, ids, STR_INIT, NULL};
	size_t i;

	for (i = 0; c->state_dir.n && i < COUNT(bundles); i++) {
		str_clear(&x.dir);
		str_addf(&x.dir, "%s%s", c->state_dir.s, bundles[i]);
		root_list(s->evidence, x.dir.s, add_task_namespace, &x, NULL);
	}
	str_release(&x.dir);
}

/* Its bundle in the evidence; false: it has none. */
static bool
bundle(struct store *s, const char *namespace, const char *id,
    struct str *out)
{
	struct ctr *c = ctr_cache(s, NULL);
	size_t i;

	for (i = 0; c->state_dir.n && i < COUNT(bundles); i++) {
		str_clear(out);
		str_addf(out, "%s%s/%s/%s", c->state_dir.s, bundles[i],
		    namespace, id);
		if (store_is_dir(s->evidence, out->s))
			return true;
	}
	str_clear(out);
	return false;
}

/* A running system shows its processes. */
static bool
is_live(struct store *s)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;

	return s->evidence &&
	    root_find(s->evidence, "/proc/1/stat", ROOT_NOFOLLOW, &f, NULL) ==
	    0;
}

static void
task(struct store *s, struct engine_container *c)
{
	struct ctr *x = ctr_cache(s, NULL);
	struct str p cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct state d cleanup_state = STATE_INIT;
	const char *end;
	char *rest;
	size_t i;
	long long pid;

	if (!bundle(s, c->namespace.s, c->id.s, &p)) {
		/* the work directory is there as long as its task */
		for (i = 0; !c->state.n && i < COUNT(bundles); i++) {
			str_clear(&p);
			str_addf(&p, "%s/%s/%s", bundles[i], c->namespace.s,
			    c->id.s);
			if (store_is_dir(s->root, p.s) && !is_live(s))
				str_sets(&c->state, "running");
		}
		return;
	}
	str_adds(&p, "/init.pid");
	if (root_slurp(s->evidence, p.s, 32, &v, NULL, NULL) == 0 && v.n) {
		end = v.s + strspn(v.s, "0123456789");
		pid = end > v.s ? strtoll(v.s, &rest, 10) : 0;
		if (pid > 0 && pid <= PROC_PIDS_MAX)
			c->pid = pid;
	}
	str_clear(&p);
	str_addf(&p, "/proc/%lld/stat", (long long)c->pid);
	if (c->pid > 0 && is_live(s) &&
	    root_find(s->evidence, p.s, ROOT_NOFOLLOW, &f, NULL)) {
		c->pid = -1; /* it ended; nobody took its task away */
		str_sets(&c->state, "exited");
	} else {
		str_sets(&c->state, "running");
	}
	str_clear(&p);
	str_addf(&p, "%s/runc/%s/%s/state.json", x->state_dir.s,
	    c->namespace.s, c->id.s);
	if (c->started_time == CIVIL_NONE &&
	    state_read(&d, s->evidence, p.s, NULL, NULL) == 0 &&
	    json_is_object(d.json))
		c->started_time = state_time(&d, d.json, "created", NULL);
}

/* ---- the specification --------------------------------------------------- */

bool
ctr_spec(struct store *s, const char *namespace, const char *id,
    struct state *d, struct str *path, struct err *e)
{
	static const char *const where[] = {"containers", "sandboxes"};
	struct ctr *c = ctr_cache(s, NULL);
	struct str type cleanup_str = STR_INIT;
	struct bolt_bucket b;
	const char *v;
	size_t i, n;

	e->class = ERR_NONE;
	engine_path(s, CTR_META, path);
	for (i = 0; i < COUNT(where); i++) {
		if (!ctr_bucket(c, namespace, where[i], id, &b) ||
		    !bolt_get(c->meta, &b, "spec", 4, &v, &n) ||
		    !ctr_any(v, n, &type, &v, &n) || !n)
			continue;
		return state_parse(d, v, n, e) == 0 && json_is_object(d->json);
	}
	if (!bundle(s, namespace, id, path))
		return false;
	str_adds(path, "/config.json");
	return state_read(d, s->evidence, path->s, NULL, e) == 0 &&
	    json_is_object(d->json);
}

/*
 * Is it of what containerd or its client makes for every container? Only files
 * that a container must have under these names, and only from the places of
 * their makers: nothing hides behind it.
 */
static bool
own_mount(void *arg, const char *source, const char *destination)
{
	static const char *const to[] = {"/etc/hosts", "/etc/hostname",
	    "/etc/resolv.conf", "/dev/shm", "/dev/termination-log"};
	static const char *const from[] = {"/io.containerd.grpc.v1.cri/",
	    "/nerdctl/", "/kubelet/pods/", "/docker/containers/"};
	size_t i, k;

	(void)arg;
	for (i = 0; i < COUNT(to); i++)
		if (strcmp(destination, to[i]) == 0)
			for (k = 0; k < COUNT(from); k++)
				if (strstr(source, from[k]))
					return true;
	return false;
}

/* Volumes of an image, and nerdctl's own, are no mere directories. */
static void
volumes(struct engine_container *c)
{
	struct engine_mount *m;
	const char *p, *q;
	size_t i;

	for (i = 0; i < c->mounts_n; i++) {
		m = &c->mounts[i];
		p = strstr(m->source.s, "/volumes/");
		if (!str_eq(&m->type, "bind") || !p)
			continue;
		if (strstr(m->source.s, "/io.containerd.grpc.v1.cri/")) {
			str_sets(&m->type, "volume");
			str_sets(&m->name, p + 9);
		} else if (strstr(m->source.s, "/nerdctl/") &&
		    (q = strchr(p + 9, '/')) && strlen(q) > 6 &&
		    strcmp(m->source.s + m->source.n - 6, "/_data") == 0) {
			str_sets(&m->type, "volume");
			str_set(&m->name, q + 1, strlen(q) - 7);
		}
	}
}

/* A root that is a directory of the host, and no snapshot. */
static void
host_root(struct state *d, struct engine_container *c)
{
	struct str p cleanup_str = STR_INIT;
	struct engine_mount *m;

	if (!state_str(d, state_obj(d, d->json, "root"), "path", &p) ||
	    p.s[0] != '/')
		return;
	m = store_mount(c);
	str_sets(&m->type, "bind");
	str_set(&m->source, p.s, p.n);
	str_sets(&m->destination, "/");
	m->rw = c->readonly_rootfs != 1;
	store_sort_mounts(c);
}

/* ---- all together -------------------------------------------------------- */

/* The image by its name; of several platforms the one that the container's
 * snapshot was made from. */
static void
find_image(struct store *s, struct engine_container *c, const char *parent)
{
	struct ctr *x = ctr_cache(s, NULL);
	const struct ctr_ref *r, *first = NULL;
	struct engine_image img;
	struct str id cleanup_str = STR_INIT;
	bool fits = false;
	size_t i, n = 0;

	if (!c->image_ref.n)
		return;
	ctr_refs(s, NULL);
	for (i = 0; i < x->refs_n && !fits; i++) {
		r = &x->refs[i];
		if (!str_eq(&r->namespace, c->namespace.s) ||
		    !str_eq(&r->name, c->image_ref.s))
			continue;
		n++;
		if (!first)
			first = r;
	}
	for (i = 0; n > 1 && *parent && i < x->refs_n && !fits; i++) {
		r = &x->refs[i];
		if (!str_eq(&r->namespace, c->namespace.s) ||
		    !str_eq(&r->name, c->image_ref.s))
			continue;
		str_clear(&id);
		str_addf(&id, "%s/%s", r->namespace.s, r->id.s);
		engine_image_init(&img);
		fits = ctr_get_image(s, id.s, &img, NULL, NULL) == 0 &&
		    img.layers_n &&
		    str_eq(&img.layers[img.layers_n - 1].chain_id, parent);
		engine_image_release(&img);
		if (fits)
			first = r;
	}
	if (first)
		str_set(&c->image_id, first->id.s, first->id.n);
}

static void
runtime(struct ctr *x, const struct bolt_bucket *in,
    struct engine_container *c)
{
	struct str type cleanup_str = STR_INIT;
	struct bolt_bucket b;
	const char *v, *name;
	size_t n, k;

	if (!ctr_sub(x->meta, in, "runtime", &b))
		return;
	ctr_text(x->meta, &b, "name", &c->runtime);
	/* containerd.runc.v1.Options, field 6: another program than runc */
	if (bolt_get(x->meta, &b, "options", 7, &v, &n) &&
	    ctr_any(v, n, &type, &v, &n) && strstr(type.s, "runc") &&
	    ctr_field(v, n, 6, &name, &k) && k) {
		str_addc(&c->runtime, ' ');
		str_add(&c->runtime, name, k);
	}
}

static void
restart_policy(struct engine_container *c)
{
	const char *v = ctr_label(&c->labels, "containerd.io/restart.policy");

	if (!v && ctr_label(&c->labels, "containerd.io/restart.status"))
		v = "always";
	if (!v)
		return;
	str_set(&c->restart_policy, v, strcspn(v, ":"));
	if (strchr(v, ':'))
		c->restart_max = atoi(strchr(v, ':') + 1);
	v = ctr_label(&c->labels, "containerd.io/restart.count");
	if (v)
		c->restart_count = atoi(v);
}

int
ctr_get_container(struct store *s, const char *id, struct engine_container *c,
    struct rec *rec, struct err *e)
{
	struct str path cleanup_str = STR_INIT, parent cleanup_str = STR_INIT;
	struct str key cleanup_str = STR_INIT;
	struct ctr *x = ctr_cache(s, NULL);
	struct state d cleanup_state = STATE_INIT;
	struct bolt_bucket b, sn;
	struct err re;
	bool box = false;

	if (!ctr_split(id, &c->namespace, &c->id))
		return err_set(e, ERR_CORRUPT, 0, "no container id: '%.80s'",
		    id);
	engine_path(s, CTR_META, &c->config_path);
	if (ctr_bucket(x, c->namespace.s, "containers", c->id.s, &b) ||
	    (box = ctr_bucket(x, c->namespace.s, "sandboxes", c->id.s, &b))) {
		ctr_text(x->meta, &b, "image", &c->image_ref);
		ctr_text(x->meta, &b, "snapshotter", &c->driver);
		ctr_text(x->meta, &b, "snapshotKey", &key);
		c->created_time = ctr_time(x->meta, &b, "createdat");
		ctr_pairs(x->meta, &b, "labels", &c->labels);
		runtime(x, &b, c);
		if (key.n && ctr_bucket(x, c->namespace.s, "snapshots",
			c->driver.s, &sn) && ctr_sub(x->meta, &sn, key.s, &sn))
			ctr_text(x->meta, &sn, "parent", &parent);
		if (box)
			str_sets(&c->type, "sandbox");
		find_image(s, c, parent.s);
		restart_policy(c);
	}
	if (ctr_spec(s, c->namespace.s, c->id.s, &d, &path, &re)) {
		str_set(&c->config_path, path.s, path.n);
		spec_container(&d, d.json, c, own_mount, NULL);
		if (!key.n && !box)
			host_root(&d, c);
		if (rec && d.wrong)
			rec_note(rec, ERR_CORRUPT, "store", NULL, path.s, 0,
			    "specification of '%.100s': %zu values are not of "
			    "the type that the engine writes", id, d.wrong);
	} else if (rec && !box) {
		rec_note(rec, re.class == ERR_LIMIT ? ERR_LIMIT : ERR_CORRUPT,
		    "store", NULL, path.n ? path.s : c->config_path.s, 0,
		    "specification of '%.100s': %s", id,
		    re.class == ERR_NONE ? "is not there" : re.msg);
	}
	volumes(c);
	ctr_cri_container(s, c, rec);
	ctr_nerdctl_container(s, c, rec);
	task(s, c);
	return 0;
}
