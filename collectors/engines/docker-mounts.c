#include "docker.h"

#include "storelib.h"

static bool
same_str(const struct str *a, const struct str *b)
{
	return a->n == b->n && memcmp(a->s, b->s, a->n) == 0;
}

/* Was this one told of already? A source that differs is another mount. */
static bool
known_mount(const struct engine_container *c, const struct engine_mount *m)
{
	const struct engine_mount *k;

	for (k = c->mounts; k < m; k++)
		if (same_str(&k->destination, &m->destination) &&
		    (same_str(&k->source, &m->source) || !m->source.n ||
			(m->name.n && same_str(&k->name, &m->name))) &&
		    (k->rw == m->rw || m->type.n == 0))
			return true;
	return false;
}

/* Where a volume of the local driver lies, by the data-root that the
 * container's own state names. */
static void
volume_source(const struct str *data_root, struct engine_mount *m)
{
	if (m->source.n || !m->name.n ||
	    (m->driver.n && !str_eq(&m->driver, "local")))
		return;
	str_addf(&m->source, "%s/volumes/%s/_data",
	    data_root->n == 1 ? "" : data_root->s, m->name.s);
}

void
docker_mount_points(struct state *d, const struct str *data_root,
    struct engine_container *c)
{
	json_t *points = (json_t *)(uintptr_t)state_obj(d, d->json,
	    "MountPoints");
	void *i;

	for (i = json_object_iter(points); i;
	     i = json_object_iter_next(points, i)) {
		const json_t *o = json_object_iter_value(i);
		const char *key = json_object_iter_key(i);
		struct engine_mount *m;

		if (!json_is_object(o)) {
			d->wrong++;
			continue;
		}
		m = store_mount(c);
		state_str(d, o, "Type", &m->type);
		state_str(d, o, "Source", &m->source);
		if (!state_str(d, o, "Destination", &m->destination))
			state_bytes(d, key, strlen(key), &m->destination);
		state_str(d, o, "Name", &m->name);
		state_str(d, o, "Driver", &m->driver);
		state_str(d, o, "Propagation", &m->propagation);
		state_str(d, o, "Relabel", &m->options); /* sic: its mode */
		m->rw = state_bool(d, o, "RW") != 0;
		if (!m->type.n)
			str_sets(&m->type, m->name.n ? "volume" : "bind");
		store_clean_path(&m->destination);
		volume_source(data_root, m);
	}
}

/* -v SOURCE:DESTINATION[:OPTIONS] */
static void
bind(struct state *d, const struct str *data_root, const struct str *v,
    struct engine_container *c)
{
	struct engine_mount *m;
	const char *a = v->s, *end = v->s + v->n, *b, *o, *p, *q;

	b = memchr(a, ':', v->n);
	if (!b) {
		d->wrong++;
		return;
	}
	o = memchr(b + 1, ':', (size_t)(end - b - 1));
	m = store_mount(c);
	str_add(&m->destination, b + 1, (size_t)((o ? o : end) - b - 1));
	store_clean_path(&m->destination);
	if (*a == '/') {
		str_sets(&m->type, "bind");
		str_add(&m->source, a, (size_t)(b - a));
		store_clean_path(&m->source);
	} else {
		str_sets(&m->type, "volume");
		str_add(&m->name, a, (size_t)(b - a));
		volume_source(data_root, m);
	}
	if (o) {
		str_add(&m->options, o + 1, (size_t)(end - o - 1));
		for (p = o + 1; p < end; p = q + 1) {
			q = memchr(p, ',', (size_t)(end - p));
			if (!q)
				q = end;
			if (q - p == 2 && memcmp(p, "ro", 2) == 0)
				m->rw = false;
		}
	}
	if (known_mount(c, m))
		store_mount_drop(c);
}

void
docker_host_mounts(struct state *h, const struct str *data_root,
    struct engine_container *c)
{
	struct strlist list cleanup_strlist = STRLIST_INIT;
	struct engine_mount *m;
	const json_t *a, *o;
	size_t i;
	json_t *t;
	void *it;

	state_list(h, h->json, "Binds", &list);
	for (i = 0; i < list.n; i++)
		bind(h, data_root, &list.v[i], c);
	a = state_arr(h, h->json, "Mounts");
	for (i = 0; i < json_array_size(a); i++) {
		o = json_array_get(a, i);
		m = store_mount(c);
		state_str(h, o, "Type", &m->type);
		state_str(h, o, "Target", &m->destination);
		store_clean_path(&m->destination);
		m->rw = state_bool(h, o, "ReadOnly") != 1;
		if (str_eq(&m->type, "volume")) {
			state_str(h, o, "Source", &m->name);
			volume_source(data_root, m);
		} else if (str_eq(&m->type, "image")) {
			/* Docker 28: its name; cannot be written to */
			state_str(h, o, "Source", &m->name);
			m->rw = false;
		} else {
			state_str(h, o, "Source", &m->source);
			store_clean_path(&m->source);
		}
		o = state_obj(h, o, "BindOptions");
		if (o)
			state_str(h, o, "Propagation", &m->propagation);
		if (known_mount(c, m))
			store_mount_drop(c);
	}
	t = (json_t *)(uintptr_t)state_obj(h, h->json, "Tmpfs");
	for (it = json_object_iter(t); it; it = json_object_iter_next(t, it)) {
		const char *key = json_object_iter_key(it);

		m = store_mount(c);
		str_sets(&m->type, "tmpfs");
		state_bytes(h, key, strlen(key), &m->destination);
		store_clean_path(&m->destination);
		state_text(h, json_object_iter_value(it), &m->options);
		if (known_mount(c, m))
			store_mount_drop(c);
	}
}
