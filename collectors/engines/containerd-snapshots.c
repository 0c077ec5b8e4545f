#include "ctr.h"

#include "civil.h"
#include "limits.h"
#include "storelib.h"

void
ctr_snapshot_init(struct ctr_snapshot *x)
{
	memset(x, 0, sizeof(*x));
	str_init(&x->name);
	str_init(&x->parent);
	x->created_time = CIVIL_NONE;
	x->size = -1;
}

void
ctr_snapshot_release(struct ctr_snapshot *x)
{
	str_release(&x->name);
	str_release(&x->parent);
}

struct ctr_snapshotter *
ctr_snapshotter(struct ctr *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->sn_n; i++)
		if (str_eq(&c->sn[i].name, name))
			return &c->sn[i];
	return NULL;
}

bool
ctr_snapshot(const struct ctr_snapshotter *sn, const char *name,
    struct ctr_snapshot *out)
{
	struct bolt_bucket all, b;
	const char *v;
	int64_t id;
	size_t n;

	if (!sn->db || !bolt_path(sn->db, &all, "v1", "snapshots", NULL) ||
	    !ctr_sub(sn->db, &all, name, &b) ||
	    !ctr_number(sn->db, &b, "id", false, &id))
		return false;
	str_sets(&out->name, name);
	out->id = (uint64_t)id;
	out->kind = bolt_get(sn->db, &b, "kind", 4, &v, &n) && n ? v[0] : 0;
	ctr_text(sn->db, &b, "parent", &out->parent);
	out->created_time = ctr_time(sn->db, &b, "createdat");
	if (!ctr_number(sn->db, &b, "size", true, &out->size) ||
	    out->kind != 3)
		out->size = -1; /* of an active one it is not kept */
	return true;
}

bool
ctr_snapshot_by_key(struct ctr *c, const char *namespace,
    const struct ctr_snapshotter *sn, const char *key,
    struct ctr_snapshot *out)
{
	struct str name cleanup_str = STR_INIT;
	struct bolt_bucket b;

	return ctr_bucket(c, namespace, "snapshots", sn->name.s, &b) &&
	    ctr_sub(c->meta, &b, key, &b) &&
	    ctr_text(c->meta, &b, "name", &name) && name.n == strlen(name.s) &&
	    ctr_snapshot(sn, name.s, out);
}

bool
ctr_snapshot_dir(struct store *s, const struct ctr_snapshotter *sn,
    const struct ctr_snapshot *x, struct str *out)
{
	static const char *const btrfs[] = {"snapshots", "view", "active",
	    "snapshots"};

	str_clear(out);
	if (sn->form == CTR_NONE)
		return false;
	str_addf(out, "%s/%s/%llu%s", sn->dir.s,
	    sn->form == CTR_BTRFS ? btrfs[x->kind & 3] : "snapshots",
	    (unsigned long long)x->id, sn->form == CTR_LAYERS ? "/fs" : "");
	if (store_is_dir(s->root, out->s))
		return true;
	str_clear(out);
	return false;
}

bool
ctr_layer_dir(struct store *s, const char *namespace, const char *chain,
    struct str *dir)
{
	struct ctr *c = ctr_cache(s, NULL);
	struct ctr_snapshot x;
	bool there = false;
	enum ctr_form form;
	size_t i;

	str_clear(dir);
	for (form = CTR_LAYERS; !there && form < CTR_NONE; form++)
		for (i = 0; !there && i < c->sn_n; i++) {
			if (c->sn[i].form != form)
				continue;
			ctr_snapshot_init(&x);
			there = ctr_snapshot_by_key(c, namespace, &c->sn[i],
			    chain, &x) &&
			    ctr_snapshot_dir(s, &c->sn[i], &x, dir);
			ctr_snapshot_release(&x);
		}
	return there;
}

struct store *
containerd_with(const struct stores *all, const char *namespace,
    const char *snapshotter, const char *key)
{
	struct bolt_bucket b;
	struct ctr *c;
	size_t i;

	for (i = 0; all && i < all->n; i++) {
		if (strcmp(all->v[i].engine->name, "containerd") != 0)
			continue;
		c = ctr_cache(&all->v[i], NULL);
		if (ctr_bucket(c, namespace, "snapshots", snapshotter, &b) &&
		    ctr_sub(c->meta, &b, key, &b))
			return &all->v[i];
	}
	return NULL;
}

struct store *
containerd_dir(const struct stores *all, const char *namespace,
    const char *key, struct str *dir)
{
	size_t i;

	for (i = 0; all && i < all->n; i++)
		if (strcmp(all->v[i].engine->name, "containerd") == 0 &&
		    ctr_layer_dir(&all->v[i], namespace, key, dir))
			return &all->v[i];
	return NULL;
}

bool
containerd_has(const struct stores *all, const char *namespace)
{
	struct ctr *c;
	size_t i, k;

	for (i = 0; all && i < all->n; i++) {
		if (strcmp(all->v[i].engine->name, "containerd") != 0)
			continue;
		c = ctr_cache(&all->v[i], NULL);
		for (k = 0; k < c->namespaces.n; k++)
			if (str_eq(&c->namespaces.v[k], namespace))
				return true;
	}
	return false;
}

int
containerd_tree(struct store *s, const char *namespace,
    const char *snapshotter, const char *key, struct engine_tree *t,
    struct err *e)
{
	struct ctr *c = ctr_cache(s, NULL);
	struct ctr_snapshotter *sn = ctr_snapshotter(c, snapshotter);
	struct str dir cleanup_str = STR_INIT, name cleanup_str = STR_INIT;
	struct ctr_snapshot x;
	size_t depth;
	int r = 0;

	t->base = s->root;
	t->home = s;
	if (!sn)
		return err_set(e, ERR_ABSENT, 0, "there is no snapshotter "
		    "'%.60s'", snapshotter);
	if (sn->form == CTR_NONE)
		return err_set(e, ERR_UNSUPPORTED, 0, "its files are in the "
		    "snapshotter '%.60s', not in plain directories",
		    snapshotter);
	ctr_snapshot_init(&x);
	if (!ctr_snapshot_by_key(c, namespace, sn, key, &x))
		r = err_set(e, ERR_ABSENT, 0, "the snapshotter '%.60s' has no "
		    "snapshot '%.120s'", snapshotter, key);
	for (depth = 0; r == 0; depth++) {
		if (depth >= ROOT_LAYERS_MAX) {
			store_miss(t, "layers below the %dth (ROOT_LAYERS_MAX),"
			    " or a circle of snapshots", ROOT_LAYERS_MAX);
			break;
		}
		if (!ctr_snapshot_dir(s, sn, &x, &dir))
			store_miss(t, "the files of snapshot '%s' (%llu)",
			    x.name.s, (unsigned long long)x.id);
		else if (store_has(&t->layers, &dir) ||
		    store_has(&t->beneath, &dir)) {
			store_miss(t, "the snapshots below '%s' form a circle",
			    x.name.s);
			break;
		} else {
			strlist_add(depth && sn->form != CTR_LAYERS
				? &t->beneath : &t->layers, dir.s, dir.n);
			if (!depth)
				t->upper = x.kind == 2;
			if (depth == 1 && t->whole)
				strlist_add(&t->below, dir.s, dir.n);
		}
		if (!x.parent.n)
			break;
		if (!depth)
			t->whole = t->upper && sn->form != CTR_LAYERS;
		str_set(&name, x.parent.s, x.parent.n);
		if (!ctr_snapshot(sn, name.s, &x)) {
			store_miss(t, "snapshot '%s'", name.s);
			break;
		}
	}
	ctr_snapshot_release(&x);
	return r;
}
