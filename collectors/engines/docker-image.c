#include "docker.h"

#include "civil.h"
#include "config.h"
#include "limits.h"
#include "storelib.h"

static void
metadata(struct store *s, const char *driver, const char *id,
    struct engine_image *img, struct rec *rec)
{
	struct str p cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	struct err e;

	str_addf(&p, "/image/%s/imagedb/metadata/sha256/%s/parent", driver,
	    id + 7);
	if (store_line(s, p.s, &v, &e) == 0) {
		if (state_is_digest(v.s, v.n))
			str_set(&img->parent, v.s, v.n);
		else
			store_note(rec, s, ERR_CORRUPT, p.s, "names no image");
	} else if (e.class != ERR_ABSENT) {
		store_note_err(rec, s, p.s, &e);
	}
	str_clear(&p);
	str_addf(&p, "/image/%s/imagedb/metadata/sha256/%s/lastUpdated", driver,
	    id + 7);
	if (store_line(s, p.s, &v, &e) == 0) {
		if (civil_parse(v.s, v.n, &img->tagged_time) < 0) {
			img->tagged_time = CIVIL_NONE;
			store_note(rec, s, ERR_CORRUPT, p.s, "is no time");
		}
	} else if (e.class != ERR_ABSENT) {
		store_note_err(rec, s, p.s, &e);
	}
}

/* The place of a layer in the table; NULL: there is no room for another. */
static struct docker_known *
known(struct docker *c, const struct str *chain)
{
	uint64_t h = 14695981039346656037u;
	size_t i;

	if (!c->known) {
		c->known_cap = 2 * STORE_LAYERS_KNOWN;
		c->known = xcalloc(c->known_cap, sizeof(*c->known));
		for (i = 0; i < c->known_cap; i++) {
			str_init(&c->known[i].chain);
			str_init(&c->known[i].diff_id);
			str_init(&c->known[i].dir);
		}
	}
	for (i = 0; i < chain->n; i++)
		h = (h ^ (unsigned char)chain->s[i]) * 1099511628211u;
	for (i = (size_t)(h % c->known_cap); c->known[i].chain.n;
	    i = (i + 1) % c->known_cap)
		if (str_eq(&c->known[i].chain, chain->s))
			return &c->known[i];
	return c->known_n < STORE_LAYERS_KNOWN ? &c->known[i] : NULL;
}

/* Where the layers are, and whether their places say what they should. */
static void
image_layers(struct store *s, const char *driver, struct engine_image *img,
    const char *path, struct rec *rec)
{
	struct str p cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	const struct docker_driver *d = docker_driver(driver);
	struct docker_known *k;
	struct engine_layer *l;
	struct err e;
	bool good;
	size_t i;

	for (i = 0; i < img->layers_n; i++) {
		l = &img->layers[i];
		if (!l->chain_id.n)
			continue;
		str_clear(&p);
		str_addf(&p, "%s/%s", driver, l->chain_id.s + 7);
		k = known(docker_cache(s), &p);
		if (k && k->chain.n && str_eq(&k->diff_id, l->diff_id.s)) {
			str_set(&l->dir, k->dir.s, k->dir.n);
			l->size = k->size;
			continue;
		}
		good = true;
		if (docker_layer_dir(s, driver, l->chain_id.s, &l->dir, &e) &&
		    d && d->form != DOCKER_NONE) {
			store_note(rec, s, ERR_CORRUPT, path, "layer %zu: %s",
			    i, e.msg);
			continue;
		}
		str_clear(&p);
		str_addf(&p, "/image/%s/layerdb/sha256/%s/diff", driver,
		    l->chain_id.s + 7);
		if (store_line(s, p.s, &v, &e)) {
			store_note_err(rec, s, p.s, &e);
			good = false;
		} else if (strcmp(v.s, l->diff_id.s) != 0) {
			store_note(rec, s, ERR_CORRUPT, p.s,
			    "is not the diff id that its place is made of");
			good = false;
		}
		str_clear(&p);
		str_addf(&p, "/image/%s/layerdb/sha256/%s/size", driver,
		    l->chain_id.s + 7);
		if (store_line(s, p.s, &v, &e) == 0 && v.n && v.n < 19 &&
		    strspn(v.s, "0123456789") == v.n) {
			l->size = strtoll(v.s, NULL, 10);
		} else {
			store_note(rec, s, ERR_CORRUPT, p.s, "is no size");
			good = false;
		}
		if (!good || !l->dir.n || !k || k->chain.n)
			continue;
		str_addf(&k->chain, "%s/%s", driver, l->chain_id.s + 7);
		str_set(&k->diff_id, l->diff_id.s, l->diff_id.n);
		str_set(&k->dir, l->dir.s, l->dir.n);
		k->size = l->size;
		docker_cache(s)->known_n++;
	}
}

int
docker_get_image(struct store *s, const char *id, struct engine_image *img,
    struct rec *rec, struct err *e)
{
	struct docker *c = docker_cache(s);
	struct str path cleanup_str = STR_INIT;
	struct err re = {.class = ERR_NONE};
	const char *driver;

	if (state_is_hex(id, strlen(id)))
		return docker_v1_get_image(s, id, img, rec, e);
	if (!state_is_digest(id, strlen(id)))
		return err_set(e, ERR_CORRUPT, 0, "no image id: '%.80s'", id);
	str_sets(&img->id, id);
	docker_names(s, id, &img->names);
	driver = docker_has(s, "imagedb/content/sha256", id + 7);
	if (!driver) /* say where it should be */
		driver = c->drivers.n ? c->drivers.v[0].s : "overlay2";
	metadata(s, driver, id, img, rec);
	str_addf(&path, "/image/%s/imagedb/content/sha256/%s", driver, id + 7);
	if (config_read(s, path.s, img, rec, &re)) {
		if (re.class == ERR_ABSENT && img->names.n)
			store_note(rec, s, ERR_CORRUPT, path.s, "is missing; "
			    "the name '%s' is left of the image",
			    img->names.v[0].s);
		else if (re.class == ERR_ABSENT)
			store_note_err(rec, s, path.s, &re);
		return 0;
	}
	image_layers(s, driver, img, path.s, rec);
	return 0;
}
