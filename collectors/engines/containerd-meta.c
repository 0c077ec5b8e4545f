#include "ctr.h"

#include "civil.h"
#include "storelib.h"

/* ---- values -------------------------------------------------------------- */

static bool
varint(const unsigned char *p, size_t n, size_t *used, uint64_t *out)
{
	size_t i;

	*out = 0;
	for (i = 0; i < n && i < 10; i++) {
		*out |= (uint64_t)(p[i] & 127) << (7 * i);
		if (p[i] < 128) {
			*used = i + 1;
			return true;
		}
	}
	return false;
}

bool
ctr_sub(struct bolt *b, const struct bolt_bucket *in, const char *key,
    struct bolt_bucket *out)
{
	return bolt_sub(b, in, key, strlen(key), out);
}

bool
ctr_text(struct bolt *b, const struct bolt_bucket *in, const char *key,
    struct str *out)
{
	const char *v;
	size_t n;

	str_clear(out);
	if (!bolt_get(b, in, key, strlen(key), &v, &n))
		return false;
	str_add(out, v, n);
	return true;
}

/* Go's time.MarshalBinary: version, seconds since the year 1, nanoseconds (both
 * big-endian), minutes of the zone (2), and with version 2 seconds of it. */
int64_t
ctr_time(struct bolt *b, const struct bolt_bucket *in, const char *key)
{
	static const int64_t year1 = 62135596800;
	const unsigned char *p;
	const char *v;
	uint64_t sec = 0;
	uint32_t nsec = 0;
	size_t n, i;

	if (!bolt_get(b, in, key, strlen(key), &v, &n) || n < 15 ||
	    (v[0] != 1 && v[0] != 2))
		return CIVIL_NONE;
	p = (const unsigned char *)v + 1;
	for (i = 0; i < 8; i++)
		sec = sec << 8 | *p++;
	for (i = 0; i < 4; i++)
		nsec = nsec << 8 | *p++;
	if (sec == 0 || sec > INT64_MAX || nsec >= 1000000000)
		return CIVIL_NONE;
	return civil_ns((int64_t)sec - year1, nsec);
}

bool
ctr_number(struct bolt *b, const struct bolt_bucket *in, const char *key,
    bool zigzag, int64_t *out)
{
	const char *v;
	uint64_t u;
	size_t n, used;

	if (!bolt_get(b, in, key, strlen(key), &v, &n) ||
	    !varint((const unsigned char *)v, n, &used, &u))
		return false;
	*out = zigzag ? (int64_t)(u >> 1) ^ -(int64_t)(u & 1) : (int64_t)u;
	return true;
}

static int
add_pair(void *arg, const struct bolt_item *it)
{
	struct strlist *l = arg;
	struct str s cleanup_str = STR_INIT;

	if (!it->value)
		return 0;
	str_add(&s, it->key, it->key_n);
	str_addc(&s, '=');
	str_add(&s, it->value, it->value_n);
	strlist_add(l, s.s, s.n);
	return 0;
}

void
ctr_pairs(struct bolt *b, const struct bolt_bucket *in, const char *key,
    struct strlist *out)
{
	struct bolt_bucket sub;

	strlist_clear(out);
	if (!ctr_sub(b, in, key, &sub))
		return;
	bolt_each(b, &sub, add_pair, out);
	strlist_sort(out);
}

const char *
ctr_label(const struct strlist *labels, const char *key)
{
	size_t i, n = strlen(key);

	for (i = 0; i < labels->n; i++)
		if (labels->v[i].n > n && labels->v[i].s[n] == '=' &&
		    memcmp(labels->v[i].s, key, n) == 0)
			return labels->v[i].s + n + 1;
	return NULL;
}

bool
ctr_field(const char *p, size_t n, unsigned field, const char **value,
    size_t *value_n)
{
	const unsigned char *at = (const unsigned char *)p, *end = at + n;
	uint64_t tag, v;
	size_t used;
	bool found = false;

	while (at < end) {
		if (!varint(at, (size_t)(end - at), &used, &tag))
			break;
		at += used;
		switch (tag & 7) {
		case 0:
			if (!varint(at, (size_t)(end - at), &used, &v))
				return found;
			at += used;
			break;
		case 1:
		case 5:
			v = (tag & 7) == 1 ? 8 : 4;
			if (v > (size_t)(end - at))
				return found;
			at += v;
			break;
		case 2:
			if (!varint(at, (size_t)(end - at), &used, &v) ||
			    v > (size_t)(end - at) - used)
				return found;
			at += used;
			if (tag >> 3 == field) { /* the last one counts */
				*value = (const char *)at;
				*value_n = (size_t)v;
				found = true;
			}
			at += v;
			break;
		default:
			return found;
		}
	}
	return found;
}

bool
ctr_any(const char *p, size_t n, struct str *type, const char **value,
    size_t *value_n)
{
	const char *v;
	size_t k;

	str_clear(type);
	if (ctr_field(p, n, 1, &v, &k))
		str_add(type, v, k);
	*value = "";
	*value_n = 0;
	return ctr_field(p, n, 2, value, value_n) || type->n;
}

bool
ctr_split(const char *id, struct str *namespace, struct str *rest)
{
	const char *p = strchr(id, '/');

	if (!p || !engine_is_id(id, strlen(id)) || strchr(p + 1, '/'))
		return false;
	str_set(namespace, id, (size_t)(p - id));
	str_sets(rest, p + 1);
	return true;
}

/* ---- databases ----------------------------------------------------------- */

struct fault {
	struct ctr *c;
	const char *path;
};

static void
on_bad(void *arg, const struct err *e)
{
	struct fault *f = arg;
	struct str s cleanup_str = STR_INIT;

	str_adds(&s, f->path);
	str_addc(&s, '\0');
	str_adds(&s, e->msg);
	f->c->classes = xreallocarray(f->c->classes, f->c->faults.n + 1,
	    sizeof(*f->c->classes));
	f->c->classes[f->c->faults.n].class = e->class;
	strlist_add(&f->c->faults, s.s, s.n);
}

/* What is told of it is kept; its callback is over when it is open. */
static struct bolt *
open_db(struct store *s, struct ctr *c, const char *path, bool needed)
{
	struct fault f = {c, path};
	struct err e;
	struct bolt *b = bolt_open(s->root, path, on_bad, &f, &e);

	if (!b && (needed || e.class != ERR_ABSENT))
		on_bad(&f, &e);
	return b;
}

static int
add_namespace(void *arg, const struct bolt_item *it)
{
	struct strlist *l = arg;

	if (!it->value)
		strlist_add(l, it->key, it->key_n);
	return 0;
}

static const struct {
	const char *name;
	enum ctr_form form;
	const char *below; /* where it keeps all that, below its directory */
} known[] = {
	{"overlayfs", CTR_LAYERS, ""},
	{"fuse-overlayfs", CTR_LAYERS, ""},
	{"native", CTR_WHOLE, ""},
	{"btrfs", CTR_BTRFS, ""},
	/* what of these lies in plain directories is but the writable layer,
	 * or the mount of a daemon that is not running */
	{"stargz", CTR_NONE, "/snapshotter"},
	{"nydus", CTR_NONE, ""},
	{"erofs", CTR_NONE, ""},
	{"zfs", CTR_NONE, ""},
	{"devmapper", CTR_NONE, ""},
	{"blockfile", CTR_NONE, ""},
};

static int
add_snapshotter(void *arg, const struct root_entry *ent)
{
	static const char prefix[] = "io.containerd.snapshotter.v1.";
	struct store *s = arg;
	struct ctr *c = s->cache;
	struct str db cleanup_str = STR_INIT, snaps cleanup_str = STR_INIT;
	struct ctr_snapshotter *sn;
	const char *name = ent->name + sizeof(prefix) - 1;
	size_t i;

	if (strncmp(ent->name, prefix, sizeof(prefix) - 1) != 0 || !*name ||
	    !S_ISDIR(ent->st->st_mode) || c->sn_n >= 64)
		return 0;
	c->sn = xreallocarray(c->sn, c->sn_n + 1, sizeof(*c->sn));
	sn = &c->sn[c->sn_n++];
	memset(sn, 0, sizeof(*sn));
	str_init(&sn->name);
	str_init(&sn->dir);
	str_adds(&sn->name, name);
	str_addf(&sn->dir, "/%s", ent->name);
	sn->form = CTR_NONE;
	for (i = 0; i < COUNT(known); i++)
		if (strcmp(known[i].name, name) == 0) {
			sn->form = known[i].form;
			str_adds(&sn->dir, known[i].below);
		}
	str_addf(&db, "%s/metadata.db", sn->dir.s);
	str_addf(&snaps, "%s/snapshots", sn->dir.s);
	sn->db = open_db(s, c, db.s, false);
	return 0;
}

/* Where its containers' state is while it runs: docs/ops.md; of k3s, RKE2, k0s,
 * MicroK8s and rootless containerd their own sources. */
static void
state_dir(struct store *s, struct ctr *c)
{
	static const struct {
		const char *root, *state;
	} places[] = {
		{"/var/lib/containerd", "/run/containerd"},
		{"/var/lib/rancher/k3s/agent/containerd",
		    "/run/k3s/containerd"},
		{"/var/lib/rancher/rke2/agent/containerd",
		    "/run/k3s/containerd"},
		{"/var/lib/k0s/containerd", "/run/k0s/containerd"},
		{"/var/snap/microk8s/common/var/lib/containerd",
		    "/var/snap/microk8s/common/run/containerd"},
	};
	static const char docker[] = "/containerd/daemon";
	static const char home[] = "/.local/share/containerd";
	struct containerd_conf conf = {STR_INIT, STR_INIT, STRLIST_INIT};
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	size_t i, n = s->path.n;
	struct err e;

	if (!s->evidence || str_eq(&s->path, "/"))
		return;
	if (containerd_conf(s->evidence, "/etc/containerd/config.toml", &conf,
		&e) == 0 && conf.state.n &&
	    str_eq(&s->path, conf.root.n ? conf.root.s
					 : "/var/lib/containerd"))
		str_sets(&c->state_dir, conf.state.s);
	containerd_conf_release(&conf);
	for (i = 0; !c->state_dir.n && i < COUNT(places); i++)
		if (str_eq(&s->path, places[i].root))
			str_sets(&c->state_dir, places[i].state);
	if (c->state_dir.n)
		return;
	if (n > sizeof(docker) - 1 &&
	    strcmp(s->path.s + n - (sizeof(docker) - 1), docker) == 0)
		str_sets(&c->state_dir, "/run/docker/containerd/daemon");
	else if (n > sizeof(home) - 1 &&
	    strcmp(s->path.s + n - (sizeof(home) - 1), home) == 0 &&
	    root_find(s->root, "/", 0, &f, &e) == 0)
		str_addf(&c->state_dir, "/run/user/%u/containerd",
		    (unsigned)f.st.st_uid);
	else
		str_sets(&c->state_dir, "/run/containerd");
}

static int
anything(void *arg, const struct root_entry *ent)
{
	(void)arg;
	(void)ent;
	return 1;
}

static struct ctr *
open_all(struct store *s)
{
	struct ctr *c = xcalloc(1, sizeof(*c));
	struct bolt_bucket v1;
	struct err e;
	bool used;

	s->cache = c;
	str_init(&c->state_dir);
	used = root_list(s->root, CTR_CONTENT "/blobs/sha256", anything, NULL,
	    NULL) == 1;
	c->meta = open_db(s, c, CTR_META, used);
	if (c->meta && bolt_path(c->meta, &v1, "v1", NULL))
		bolt_each(c->meta, &v1, add_namespace, &c->namespaces);
	root_list(s->root, "/", add_snapshotter, s, &e);
	state_dir(s, c);
	return c;
}

struct ctr *
ctr_cache(struct store *s, struct rec *rec)
{
	struct ctr *c = s->cache;
	size_t i, n;

	if (!c)
		c = open_all(s);
	if (!rec || c->told)
		return c;
	c->told = true;
	for (i = 0; i < c->faults.n; i++) {
		n = strlen(c->faults.v[i].s);
		store_note(rec, s, c->classes[i].class == ERR_ABSENT
			? ERR_CORRUPT : c->classes[i].class,
		    c->faults.v[i].s, "%s", c->faults.v[i].s + n + 1);
	}
	return c;
}

void
ctr_forget(struct store *s)
{
	struct ctr *c = s->cache;
	size_t i;

	if (!c)
		return;
	bolt_free(c->meta);
	for (i = 0; i < c->sn_n; i++) {
		str_release(&c->sn[i].name);
		str_release(&c->sn[i].dir);
		bolt_free(c->sn[i].db);
	}
	free(c->sn);
	for (i = 0; i < c->refs_n; i++) {
		str_release(&c->refs[i].namespace);
		str_release(&c->refs[i].id);
		str_release(&c->refs[i].name);
		str_release(&c->refs[i].target);
		str_release(&c->refs[i].manifest);
	}
	free(c->refs);
	free(c->classes);
	strlist_release(&c->faults);
	strlist_release(&c->namespaces);
	str_release(&c->state_dir);
	free(c);
	s->cache = NULL;
}

bool
ctr_bucket(struct ctr *c, const char *namespace, const char *what,
    const char *key, struct bolt_bucket *out)
{
	return c->meta &&
	    bolt_path(c->meta, out, "v1", namespace, what, NULL) &&
	    (!key || ctr_sub(c->meta, out, key, out));
}
