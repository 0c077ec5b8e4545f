#include "ctr.h"

#include "blobs.h"
#include "civil.h"
#include "containerd.h"
#include "docker.h"
#include "limits.h"
#include "storelib.h"

/* ---- snapshots ----------------------------------------------------------- */

struct other {
	struct store *s;
	struct ctr *c;
	const struct engine_sink *sink;
	struct rec *rec;
	const char *namespace;
	struct ctr_snapshotter *sn;
	struct strlist users; /* "NAMESPACE/SNAPSHOTTER/KEY\0CONTAINER", sorted */
	struct strlist names; /* of snapshots that meta.db has, sorted */
	struct strlist dirs;  /* that snapshots have */
};

static int
add_user(void *arg, const struct bolt_item *it)
{
	struct other *x = arg;
	struct str row cleanup_str = STR_INIT, sn cleanup_str = STR_INIT;
	struct str key cleanup_str = STR_INIT;

	if (it->value)
		return 0;
	ctr_text(x->c->meta, &it->bucket, "snapshotter", &sn);
	ctr_text(x->c->meta, &it->bucket, "snapshotKey", &key);
	if (!key.n)
		return 0;
	str_addf(&row, "%s/%s/", x->namespace, sn.s);
	str_add(&row, key.s, key.n);
	str_addc(&row, '\0');
	str_add(&row, it->key, it->key_n);
	strlist_add(&x->users, row.s, row.n);
	return 0;
}

/* Text of a sorted list that is the key, up to its NUL; what follows that. */
static const char *
find_text(const struct strlist *l, const char *key)
{
	size_t lo = 0, hi = l->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (strcmp(l->v[mid].s, key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == l->n || strcmp(l->v[lo].s, key) != 0)
		return NULL;
	return l->v[lo].n > strlen(key) ? l->v[lo].s + strlen(key) + 1 : "";
}

static void
put_snapshot(struct other *x, struct engine_stored *l,
    const struct ctr_snapshot *snap)
{
	static const char *const kinds[] = {"", "view", "active", "committed"};
	struct str dir cleanup_str = STR_INIT;

	str_sets(&l->type, snap->kind > 0 && snap->kind < 4
		? kinds[snap->kind] : "");
	/* of Docker, between an image and a container: /etc/hosts and so on */
	if (str_eq(&l->namespace, CONTAINERD_MOBY) && l->name.n == 64 + 5 &&
	    strcmp(l->name.s + 64, "-init") == 0)
		str_sets(&l->type, "init");
	if (l->created_time == CIVIL_NONE)
		l->created_time = snap->created_time;
	l->size = snap->size;
	if (ctr_snapshot_dir(x->s, x->sn, snap, &dir)) {
		str_set(&l->dir, dir.s, dir.n);
		if (x->sn->form == CTR_LAYERS)
			str_cut(&dir, dir.n - 3);
		strlist_add(&x->dirs, dir.s, dir.n);
	}
	x->sink->stored(x->sink->arg, l);
}

static int
one_snapshot(void *arg, const struct bolt_item *it)
{
	struct other *x = arg;
	struct engine_stored l;
	struct ctr_snapshot snap;
	struct str key cleanup_str = STR_INIT, name cleanup_str = STR_INIT;
	struct str user cleanup_str = STR_INIT;
	const char *who;

	if (it->value)
		return 0;
	str_add(&key, it->key, it->key_n);
	engine_stored_init(&l);
	ctr_snapshot_init(&snap);
	str_sets(&l.namespace, x->namespace);
	str_set(&l.name, key.s, key.n);
	if (state_is_digest(key.s, key.n))
		str_set(&l.chain_id, key.s, key.n);
	ctr_text(x->c->meta, &it->bucket, "parent", &l.parent);
	ctr_text(x->c->meta, &it->bucket, "name", &name);
	l.created_time = ctr_time(x->c->meta, &it->bucket, "createdat");
	strlist_add(&x->names, name.s, name.n);
	str_addf(&user, "%s/%s/", x->namespace, x->sn->name.s);
	str_add(&user, key.s, key.n);
	who = find_text(&x->users, user.s);
	if (who)
		str_sets(&l.container_id, who);
	else if (strcmp(x->namespace, CONTAINERD_MOBY) == 0 &&
	    strlen(key.s) == key.n && docker_is_image_mount(key.s))
		str_add(&l.container_id, key.s, 64);
	if (x->sn->db && !ctr_snapshot(x->sn, name.s, &snap))
		store_note(x->rec, x->s, ERR_CORRUPT, x->sn->dir.s, "has no "
		    "snapshot '%.150s' (of namespace '%.40s')", key.s,
		    x->namespace);
	put_snapshot(x, &l, &snap);
	ctr_snapshot_release(&snap);
	engine_stored_release(&l);
	return 0;
}

/* Snapshots that no namespace has any more: NAMESPACE/NUMBER/KEY. */
static int
one_remnant(void *arg, const struct bolt_item *it)
{
	struct other *x = arg;
	struct str name cleanup_str = STR_INIT;
	struct engine_stored l;
	struct ctr_snapshot snap;
	const char *a, *b;

	str_add(&name, it->key, it->key_n);
	if (it->value || find_text(&x->names, name.s))
		return 0;
	engine_stored_init(&l);
	ctr_snapshot_init(&snap);
	a = strchr(name.s, '/');
	b = a ? strchr(a + 1, '/') : NULL;
	if (b)
		str_set(&l.namespace, name.s, (size_t)(a - name.s));
	str_sets(&l.name, b ? b + 1 : name.s);
	if (state_is_digest(l.name.s, l.name.n))
		str_set(&l.chain_id, l.name.s, l.name.n);
	if (ctr_snapshot(x->sn, name.s, &snap)) {
		a = strchr(snap.parent.s, '/');
		b = a ? strchr(a + 1, '/') : NULL;
		str_sets(&l.parent, b ? b + 1 : snap.parent.s);
	}
	put_snapshot(x, &l, &snap);
	ctr_snapshot_release(&snap);
	engine_stored_release(&l);
	return 0;
}

/* Directories that no snapshot has: of one that was not made to the end, or of
 * a database that is gone. */
static int
one_directory(void *arg, const struct root_entry *ent)
{
	struct other *x = arg;
	struct str dir cleanup_str = STR_INIT, fs cleanup_str = STR_INIT;
	struct engine_stored l;

	str_addf(&dir, "%s/snapshots/%s", x->sn->dir.s, ent->name);
	if (!S_ISDIR(ent->st->st_mode) || find_text(&x->dirs, dir.s))
		return 0;
	engine_stored_init(&l);
	str_sets(&l.name, ent->name);
	str_addf(&fs, "%s/fs", dir.s);
	if (x->sn->form != CTR_LAYERS)
		str_set(&l.dir, dir.s, dir.n);
	else if (store_is_dir(x->s->root, fs.s))
		str_set(&l.dir, fs.s, fs.n);
	x->sink->stored(x->sink->arg, &l);
	engine_stored_release(&l);
	return 0;
}

static void
snapshots(struct other *x)
{
	struct str dir cleanup_str = STR_INIT;
	struct bolt_bucket b;
	size_t i, k;

	for (i = 0; i < x->c->namespaces.n; i++) {
		x->namespace = x->c->namespaces.v[i].s;
		if (ctr_bucket(x->c, x->namespace, "containers", NULL, &b))
			bolt_each(x->c->meta, &b, add_user, x);
	}
	strlist_sort(&x->users);
	for (k = 0; k < x->c->sn_n; k++) {
		x->sn = &x->c->sn[k];
		strlist_clear(&x->names);
		strlist_clear(&x->dirs);
		for (i = 0; i < x->c->namespaces.n; i++) {
			x->namespace = x->c->namespaces.v[i].s;
			if (ctr_bucket(x->c, x->namespace, "snapshots",
				x->sn->name.s, &b))
				bolt_each(x->c->meta, &b, one_snapshot, x);
		}
		strlist_sort(&x->names);
		if (x->sn->db &&
		    bolt_path(x->sn->db, &b, "v1", "snapshots", NULL))
			bolt_each(x->sn->db, &b, one_remnant, x);
		strlist_sort(&x->dirs);
		str_clear(&dir);
		str_addf(&dir, "%s/snapshots", x->sn->dir.s);
		if (x->sn->form == CTR_LAYERS || x->sn->form == CTR_WHOLE)
			root_list(x->s->root, dir.s, one_directory, x, NULL);
	}
}

/* ---- leases --------------------------------------------------------------- */

/*
 * v1/NAMESPACE/leases/ID: createdat, labels, and a bucket for each kind of
 * resource, whose keys are names (core/metadata/buckets.go); snapshots have a
 * bucket more, the snapshotter's.
 */
struct lease {
	struct other *x;
	struct engine_lease l;
	struct str above; /* "snapshots/overlayfs/" */
	int depth;
};

static int
one_resource(void *arg, const struct bolt_item *it)
{
	struct lease *x = arg;
	struct str t cleanup_str = STR_INIT;
	size_t n = x->above.n;

	if (x->depth == 0 && (it->value || (it->key_n == 6 &&
		memcmp(it->key, "labels", 6) == 0)))
		return 0;
	if (!it->value && x->depth < 2) {
		str_add(&x->above, it->key, it->key_n);
		str_addc(&x->above, '/');
		x->depth++;
		bolt_each(x->x->c->meta, &it->bucket, one_resource, x);
		x->depth--;
		str_cut(&x->above, n);
		return 0;
	}
	str_add(&t, x->above.s, x->above.n);
	str_add(&t, it->key, it->key_n);
	strlist_add(&x->l.resources, t.s, t.n);
	return 0;
}

static int
one_lease(void *arg, const struct bolt_item *it)
{
	struct lease x = {.x = arg, .above = STR_INIT};

	if (it->value)
		return 0;
	engine_lease_init(&x.l);
	str_sets(&x.l.namespace, x.x->namespace);
	str_add(&x.l.id, it->key, it->key_n);
	x.l.created_time = ctr_time(x.x->c->meta, &it->bucket, "createdat");
	ctr_pairs(x.x->c->meta, &it->bucket, "labels", &x.l.labels);
	bolt_each(x.x->c->meta, &it->bucket, one_resource, &x);
	x.x->sink->lease(x.x->sink->arg, &x.l);
	engine_lease_release(&x.l);
	str_release(&x.above);
	return 0;
}

static void
leases(struct other *x)
{
	struct bolt_bucket b;
	size_t i;

	for (i = 0; i < x->c->namespaces.n; i++) {
		x->namespace = x->c->namespaces.v[i].s;
		if (ctr_bucket(x->c, x->namespace, "leases", NULL, &b))
			bolt_each(x->c->meta, &b, one_lease, x);
	}
}

/* ---- downloads that did not end ------------------------------------------ */

static int
one_ingest(void *arg, const struct root_entry *ent)
{
	struct other *x = arg;
	struct str p cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct engine_stored l;
	const char *a, *b;

	if (!S_ISDIR(ent->st->st_mode))
		return 0;
	engine_stored_init(&l);
	str_sets(&l.type, "ingest");
	str_sets(&l.name, ent->name);
	str_addf(&p, CTR_CONTENT "/ingest/%s/ref", ent->name);
	if (store_line(x->s, p.s, &v, NULL) == 0 && v.n) {
		a = strchr(v.s, '/'); /* NAMESPACE/NUMBER/REF */
		b = a ? strchr(a + 1, '/') : NULL;
		if (b && a + 1 + strspn(a + 1, "0123456789") == b)
			str_set(&l.namespace, v.s, (size_t)(a - v.s));
		else
			b = NULL;
		str_sets(&l.name, b ? b + 1 : v.s);
	}
	str_clear(&p);
	str_addf(&p, CTR_CONTENT "/ingest/%s/startedat", ent->name);
	if (store_line(x->s, p.s, &v, NULL) == 0 &&
	    civil_parse(v.s, v.n, &l.created_time))
		l.created_time = CIVIL_NONE;
	str_clear(&p);
	str_addf(&p, CTR_CONTENT "/ingest/%s/data", ent->name);
	if (root_find(x->s->root, p.s, ROOT_NOFOLLOW, &f, NULL) == 0)
		l.size = f.st.st_size;
	str_addf(&l.dir, CTR_CONTENT "/ingest/%s", ent->name);
	x->sink->stored(x->sink->arg, &l);
	engine_stored_release(&l);
	return 0;
}

/* ---- blobs --------------------------------------------------------------- */

/* What meta.db says of one, in any namespace. */
static int64_t
blob_size(void *arg, const char *digest)
{
	struct other *x = arg;
	struct bolt_bucket content, blobs, b;
	int64_t n;
	size_t i;

	for (i = 0; i < x->c->namespaces.n; i++)
		if (ctr_bucket(x->c, x->c->namespaces.v[i].s, "content", NULL,
			&content) &&
		    ctr_sub(x->c->meta, &content, "blob", &blobs) &&
		    ctr_sub(x->c->meta, &blobs, digest, &b) &&
		    ctr_number(x->c->meta, &b, "size", true, &n))
			return n;
	return -1;
}

static void
check_blobs(struct other *x)
{
	struct blobs b;

	blobs_begin(&b, x->s, x->sink, x->rec);
	blobs_dir(&b, CTR_CONTENT "/blobs/sha256", blob_size, x);
	blobs_end(&b);
}

/* ---- pods ---------------------------------------------------------------- */

struct pods {
	struct other *x;
	struct pod {
		struct str id; /* of its sandbox */
		struct engine_pod p;
	} *v;
	size_t n, cap;
};

static int64_t
mode(struct state *d, const json_t *options, const char *key)
{
	return state_int(d, options, key, 0);
}

static int
one_pod(void *arg, const struct bolt_item *it)
{
	enum { NODE = 2 }; /* NamespaceMode of the CRI */
	struct pods *l = arg;
	struct state d cleanup_state = STATE_INIT;
	struct str id cleanup_str = STR_INIT;
	const json_t *m, *config, *meta, *sec, *opt;
	struct engine_pod *p;
	bool sandbox = false;

	str_add(&id, it->key, it->key_n);
	m = it->value ? NULL : ctr_cri(l->x->c, l->x->namespace, id.s, &d,
	    &sandbox);
	if (!m || !sandbox || l->n >= STORE_CONTAINERS_MAX)
		return 0;
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 16;
		l->v = xreallocarray(l->v, l->cap, sizeof(*l->v));
	}
	p = &l->v[l->n].p;
	l->v[l->n].id = id;
	str_init(&id); /* handed over */
	l->n++;
	engine_pod_init(p);
	config = state_obj(&d, m, "Config");
	meta = state_obj(&d, config, "metadata");
	sec = state_obj(&d, state_obj(&d, config, "linux"),
	    "security_context");
	opt = state_obj(&d, sec, "namespace_options");
	str_sets(&p->source, "engine");
	engine_path(l->x->s, CTR_META, &p->path);
	state_str(&d, meta, "uid", &p->uid);
	state_str(&d, meta, "namespace", &p->namespace);
	state_str(&d, meta, "name", &p->name);
	p->host_network = mode(&d, opt, "network") == NODE;
	p->host_pid = mode(&d, opt, "pid") == NODE;
	p->host_ipc = mode(&d, opt, "ipc") == NODE;
	p->privileged = 0;
	p->created_time = ctr_time(l->x->c->meta, &it->bucket, "createdat");
	return 0;
}

static int
by_sandbox(const void *a, const void *b)
{
	const struct pod *x = a, *y = b;

	return strcmp(x->id.s, y->id.s);
}

static struct engine_pod *
find_pod(struct pods *l, const char *id)
{
	size_t lo = 0, hi = l->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (strcmp(l->v[mid].id.s, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < l->n && str_eq(&l->v[lo].id, id) ? &l->v[lo].p : NULL;
}

/* A volume of the kubelet by its kind and name; false: it is none. */
static bool
kubelet_volume(const char *path, struct str *out)
{
	const char *pods = strstr(path, "/kubelet/pods/"), *p, *q;

	if (!pods)
		return false;
	p = strstr(pods, "/volumes/kubernetes.io~");
	if (!p)
		return true; /* its own: hosts, termination log */
	p += strlen("/volumes/kubernetes.io~");
	q = p + strcspn(p, "/");
	if (*q)
		q += 1 + strcspn(q + 1, "/");
	str_add(out, p, (size_t)(q - p));
	return true;
}

static int
one_pod_container(void *arg, const struct bolt_item *it)
{
	struct pods *l = arg;
	struct state d cleanup_state = STATE_INIT;
	struct str id cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	struct str from cleanup_str = STR_INIT, to cleanup_str = STR_INIT;
	struct strlist args cleanup_strlist = STRLIST_INIT;
	const json_t *m, *config, *sec, *list;
	struct engine_pod *p;
	bool sandbox = false;
	size_t i;

	str_add(&id, it->key, it->key_n);
	m = it->value ? NULL : ctr_cri(l->x->c, l->x->namespace, id.s, &d,
	    &sandbox);
	if (!m || sandbox || !state_str(&d, m, "SandboxID", &v) ||
	    !(p = find_pod(l, v.s)))
		return 0;
	config = state_obj(&d, m, "Config");
	sec = state_obj(&d, state_obj(&d, config, "linux"),
	    "security_context");
	state_str(&d, state_obj(&d, config, "metadata"), "name", &v);
	strlist_add(&p->containers, v.s, v.n);
	ctr_text(l->x->c->meta, &it->bucket, "image", &v);
	strlist_add(&p->images, v.s, v.n);
	str_clear(&v);
	state_list(&d, config, "command", &args);
	strlist_join(&args, " ", &v);
	state_list(&d, config, "args", &args);
	if (v.n && args.n)
		str_addc(&v, ' ');
	strlist_join(&args, " ", &v);
	strlist_add(&p->commands, v.s, v.n);
	if (state_bool(&d, sec, "privileged") == 1)
		p->privileged = 1;
	state_list(&d, state_obj(&d, sec, "capabilities"), "add_capabilities",
	    &args);
	for (i = 0; i < args.n; i++)
		if (!store_has(&p->capabilities, &args.v[i]))
			strlist_add(&p->capabilities, args.v[i].s,
			    args.v[i].n);
	list = state_arr(&d, config, "mounts");
	for (i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);

		state_str(&d, o, "host_path", &from);
		state_str(&d, o, "container_path", &to);
		str_clear(&v);
		if (kubelet_volume(from.s, &v)) {
			if (v.n && !store_has(&p->volumes, &v))
				strlist_add(&p->volumes, v.s, v.n);
			continue;
		}
		str_addf(&v, "%s:%s%s", from.s, to.s,
		    state_bool(&d, o, "readonly") == 1 ? ":ro" : "");
		if (!store_has(&p->host_paths, &v))
			strlist_add(&p->host_paths, v.s, v.n);
	}
	return 0;
}

static void
pods(struct other *x)
{
	static const char *const where[] = {"sandboxes", "containers"};
	struct pods l = {.x = x};
	struct bolt_bucket b;
	size_t i, k;

	for (i = 0; i < x->c->namespaces.n; i++) {
		x->namespace = x->c->namespaces.v[i].s;
		for (k = 0; k < COUNT(where); k++)
			if (ctr_bucket(x->c, x->namespace, where[k], NULL, &b))
				bolt_each(x->c->meta, &b, one_pod, &l);
		if (l.n)
			qsort(l.v, l.n, sizeof(*l.v), by_sandbox);
		if (l.n && ctr_bucket(x->c, x->namespace, "containers", NULL,
			&b))
			bolt_each(x->c->meta, &b, one_pod_container, &l);
		for (k = 0; k < l.n; k++) {
			/* in 2.x a sandbox is in both buckets */
			if (!k || strcmp(l.v[k].id.s, l.v[k - 1].id.s) != 0) {
				strlist_sort(&l.v[k].p.capabilities);
				x->sink->pod(x->sink->arg, &l.v[k].p);
			}
		}
		for (k = 0; k < l.n; k++) {
			str_release(&l.v[k].id);
			engine_pod_release(&l.v[k].p);
		}
		l.n = 0;
	}
	free(l.v);
}

int
ctr_each_other(struct store *s, const struct engine_sink *sink,
    struct rec *rec, struct err *e)
{
	struct other x = {.s = s, .c = ctr_cache(s, NULL), .sink = sink,
	    .rec = rec};

	(void)e;
	if (sink->stored) {
		snapshots(&x);
		root_list(s->root, CTR_CONTENT "/ingest", one_ingest, &x,
		    NULL);
	}
	if (sink->lease)
		leases(&x);
	if (sink->mismatch)
		check_blobs(&x);
	if (sink->pod)
		pods(&x);
	strlist_release(&x.users);
	strlist_release(&x.names);
	strlist_release(&x.dirs);
	return 0;
}
