#include "docker.h"

#include "limits.h"
#include "storelib.h"

/*
 * Where the graph drivers keep layers. Sources: moby daemon/graphdriver/
 * overlay2/overlay.go, overlay/overlay.go, aufs/aufs.go, vfs/driver.go,
 * btrfs/btrfs.go, fuse-overlayfs/fuseoverlayfs.go, zfs/zfs.go,
 * devmapper/driver.go. A ZFS dataset or a thin device is there only while it
 * is mounted: what is mounted is read.
 */
static const struct docker_driver drivers[] = {
	{"overlay2", DOCKER_LINKS, "/overlay2/", "/diff", ROOT_OVERLAY},
	{"fuse-overlayfs", DOCKER_LINKS, "/fuse-overlayfs/", "/diff",
	    ROOT_FUSE},
	{"overlay", DOCKER_ROOTS, "/overlay/", "/root", ROOT_OVERLAY},
	{"vfs", DOCKER_WHOLE, "/vfs/dir/", "", ROOT_OVERLAY},
	{"btrfs", DOCKER_WHOLE, "/btrfs/subvolumes/", "", ROOT_OVERLAY},
	{"aufs", DOCKER_AUFS, "/aufs/diff/", "", ROOT_AUFS},
	{"zfs", DOCKER_NONE, "/zfs/graph/", "", ROOT_OVERLAY},
	{"devicemapper", DOCKER_NONE, "/devicemapper/mnt/", "/rootfs",
	    ROOT_OVERLAY},
};

const struct docker_driver *
docker_driver(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(drivers); i++)
		if (strcmp(drivers[i].name, name) == 0)
			return &drivers[i];
	return NULL;
}

/* Names of layers: hexadecimal, "-init" behind it, or BuildKit's lower-case
 * words. */
bool
docker_is_layer_name(const char *s)
{
	size_t i;

	for (i = 0; s[i]; i++)
		if (!(s[i] >= 'a' && s[i] <= 'z') &&
		    !(s[i] >= 'A' && s[i] <= 'Z') &&
		    !(s[i] >= '0' && s[i] <= '9') && s[i] != '-' && s[i] != '_')
			return false;
	return i > 0 && i <= 128;
}

static int
unsupported(const char *driver, struct err *e)
{
	return err_set(e, ERR_UNSUPPORTED, 0, "its files are in the storage "
	    "driver '%.40s', not in plain directories", driver);
}

/* The driver, if its layers are directories. */
static const struct docker_driver *
readable(const char *driver, struct err *e)
{
	const struct docker_driver *d = docker_driver(driver);

	if (d && d->form != DOCKER_NONE)
		return d;
	unsupported(driver, e);
	return NULL;
}

int
docker_named_dir(struct store *s, const struct docker_driver *d,
    const char *name, struct str *dir, struct err *e)
{
	struct str p cleanup_str = STR_INIT;

	str_clear(dir);
	str_addf(&p, "%s%s%s", d->before, name, d->after);
	if (!store_is_dir(s->root, p.s))
		return err_set(e, ERR_ABSENT, 0, "layer '%s' is missing", p.s);
	str_set(dir, p.s, p.n);
	return 0;
}

int
docker_layer_dir(struct store *s, const char *driver, const char *chain,
    struct str *dir, struct err *e)
{
	struct str p cleanup_str = STR_INIT, id cleanup_str = STR_INIT;
	const struct docker_driver *d = readable(driver, e);

	str_clear(dir);
	if (!d)
		return -1;
	str_addf(&p, "/image/%s/layerdb/sha256/%s/cache-id", driver, chain + 7);
	if (store_line(s, p.s, &id, e))
		return err_wrap(e, "'%s'", p.s);
	if (!docker_is_layer_name(id.s))
		return err_set(e, ERR_CORRUPT, 0, "'%s' names no layer", p.s);
	return docker_named_dir(s, d, id.s, dir, e);
}

/* Down from a chain id by the parents that layerdb keeps. */
static void
add_chain(struct store *s, const char *driver, const char *top,
    struct engine_tree *t)
{
	struct str chain cleanup_str = STR_INIT, p cleanup_str = STR_INIT;
	struct str dir cleanup_str = STR_INIT;
	struct err e;

	str_adds(&chain, top);
	while (chain.n) {
		if (t->layers.n >= ROOT_LAYERS_MAX) {
			store_miss(t, "layers below the %dth (ROOT_LAYERS_MAX)",
			    ROOT_LAYERS_MAX);
			return;
		}
		if (docker_layer_dir(s, driver, chain.s, &dir, &e))
			store_miss(t, "%s", e.msg);
		else if (!store_has(&t->layers, &dir))
			strlist_add(&t->layers, dir.s, dir.n);
		str_clear(&p);
		str_addf(&p, "/image/%s/layerdb/sha256/%s/parent", driver,
		    chain.s + 7);
		if (store_line(s, p.s, &chain, &e)) {
			if (e.class != ERR_ABSENT)
				store_miss(t, "%s", e.msg);
			return;
		}
		if (!state_is_digest(chain.s, chain.n)) {
			store_miss(t, "'%s' names no layer", p.s);
			return;
		}
		if (t->missing.n > ROOT_LAYERS_MAX)
			return; /* a circle of layers that are not there */
	}
}

/*
 * The layers beneath MOUNT, from its file "lower": l/SHORT, colon separated,
 * each a link to ../LAYER/diff. What cannot be made out goes to t->missing.
 */
static void
add_lower(struct store *s, const struct docker_driver *d, const char *mount,
    struct engine_tree *t)
{
	struct str file cleanup_str = STR_INIT, lower cleanup_str = STR_INIT;
	struct str p cleanup_str = STR_INIT;
	struct err e;
	const char *at, *end;

	str_addf(&file, "%s%s/lower", d->before, mount);
	if (root_slurp(s->root, file.s, 64 * 1024, &lower, NULL, &e)) {
		store_miss(t, "'%s' cannot be read", file.s);
		return;
	}
	for (at = lower.s; at < lower.s + lower.n; at = end + 1) {
		struct root_file f cleanup_root_file = ROOT_FILE_INIT;
		struct str link cleanup_str = STR_INIT;

		end = memchr(at, ':', (size_t)(lower.s + lower.n - at));
		if (!end)
			end = lower.s + lower.n;
		if (t->layers.n >= ROOT_LAYERS_MAX) {
			store_miss(t, "layers below the %dth (ROOT_LAYERS_MAX)",
			    ROOT_LAYERS_MAX);
			break;
		}
		str_add(&link, at, (size_t)(end - at));
		while (link.n && link.s[link.n - 1] == '\n')
			str_cut(&link, link.n - 1);
		if (strncmp(link.s, "l/", 2) != 0 ||
		    !docker_is_layer_name(link.s + 2) ||
		    strlen(link.s) != link.n) {
			store_miss(t, "'%s' holds a name that is none of a layer",
			    file.s);
			continue;
		}
		str_clear(&p);
		str_addf(&p, "%s%s", d->before, link.s);
		if (root_find(s->root, p.s, 0, &f, &e) ||
		    !S_ISDIR(f.st.st_mode) ||
		    strncmp(f.path.s, d->before, strlen(d->before)) != 0)
			store_miss(t, "layer '%s' is missing", p.s);
		else if (!store_has(&t->layers, &f.path))
			strlist_add(&t->layers, f.path.s, f.path.n);
	}
}

/* A line of layerdb/mounts/ID that names a layer; false: there is none. */
static bool
mount_line(struct store *s, const char *driver, const char *id,
    const char *what, struct str *out)
{
	struct str p cleanup_str = STR_INIT;

	str_addf(&p, "/image/%s/layerdb/mounts/%s/%s", driver, id, what);
	return store_line(s, p.s, out, NULL) == 0 && out->n;
}

/* The links are gone or spoiled: by the layer database instead, if that has
 * more of it. */
static void
by_database(struct store *s, const struct docker_driver *d,
    const struct str *init, const struct str *chain, struct engine_tree *t)
{
	struct str dir cleanup_str = STR_INIT;
	struct engine_tree lower = {0};
	struct err e;
	size_t i;

	if (init->n && docker_named_dir(s, d, init->s, &dir, &e) == 0)
		strlist_add(&lower.layers, dir.s, dir.n);
	if (chain->n)
		add_chain(s, d->name, chain->s, &lower);
	if (lower.layers.n + t->upper >= t->layers.n) {
		while (t->layers.n > (t->upper ? 1U : 0U))
			str_release(&t->layers.v[--t->layers.n]);
		for (i = 0; i < lower.layers.n; i++)
			strlist_add(&t->layers, lower.layers.v[i].s,
			    lower.layers.v[i].n);
		for (i = 0; i < lower.missing.n; i++)
			strlist_add(&t->missing, lower.missing.v[i].s,
			    lower.missing.v[i].n);
	}
	engine_tree_release(&lower);
}

/* overlay: the layer that "lower-id" names is a whole tree; what was in the
 * init layer was copied into the container's own. */
static void
add_root_below(struct store *s, const struct docker_driver *d,
    const char *mount, const char *init, struct engine_tree *t)
{
	struct str p cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	struct str dir cleanup_str = STR_INIT;
	struct err e;

	str_addf(&p, "%s%s/lower-id", d->before, mount);
	if (store_line(s, p.s, &v, &e)) {
		store_miss(t, "'%s': %s", p.s, e.msg);
		return;
	}
	if (!docker_is_layer_name(v.s)) {
		store_miss(t, "'%s' names no layer", p.s);
		return;
	}
	if (docker_named_dir(s, d, v.s, &dir, &e)) {
		store_miss(t, "%s", e.msg);
		return;
	}
	str_clear(&p);
	str_addf(&p, "%s%s/upper", d->before, init);
	if (*init && store_is_dir(s->root, p.s)) {
		strlist_add(&t->below, p.s, p.n);
		strlist_add(&t->below, dir.s, dir.n);
		str_init(&t->copied);
		str_add(&t->copied, p.s, p.n);
	}
	strlist_add(&t->layers, dir.s, dir.n);
}

/* aufs: layers/MOUNT lists the layers below, the next one first. */
static void
add_aufs_below(struct store *s, const struct docker_driver *d,
    const char *mount, struct engine_tree *t)
{
	struct str p cleanup_str = STR_INIT, text cleanup_str = STR_INIT;
	struct str name cleanup_str = STR_INIT, dir cleanup_str = STR_INIT;
	const char *at, *nl, *end;
	struct err e;

	str_addf(&p, "/aufs/layers/%s", mount);
	if (root_slurp(s->root, p.s, 64 * 1024, &text, NULL, &e)) {
		store_miss(t, "'%s' cannot be read", p.s);
		return;
	}
	end = text.s + text.n;
	for (at = text.s; at < end; at = nl + 1) {
		nl = memchr(at, '\n', (size_t)(end - at));
		if (!nl)
			nl = end;
		if (nl == at)
			continue;
		str_set(&name, at, (size_t)(nl - at));
		if (t->layers.n >= ROOT_LAYERS_MAX) {
			store_miss(t, "layers below the %dth (ROOT_LAYERS_MAX)",
			    ROOT_LAYERS_MAX);
			return;
		}
		if (strlen(name.s) != name.n || !docker_is_layer_name(name.s))
			store_miss(t, "'%s' holds a name that is none of a "
			    "layer", p.s);
		else if (docker_named_dir(s, d, name.s, &dir, &e))
			store_miss(t, "%s", e.msg);
		else if (!store_has(&t->layers, &dir))
			strlist_add(&t->layers, dir.s, dir.n);
	}
}

/* Each layer of an image is a whole tree; those that it was copied from. */
static void
add_beneath(struct store *s, const char *driver, const char *chain,
    struct engine_tree *t)
{
	struct engine_tree lower = {0};
	size_t i;

	add_chain(s, driver, chain, &lower);
	for (i = 0; i < lower.layers.n; i++)
		if (!store_has(&t->beneath, &lower.layers.v[i]))
			strlist_add(&t->beneath, lower.layers.v[i].s,
			    lower.layers.v[i].n);
	for (i = 0; i < lower.missing.n; i++)
		strlist_add(&t->missing, lower.missing.v[i].s,
		    lower.missing.v[i].n);
	engine_tree_release(&lower);
}

/* A whole tree is told against that which it was copied from: the init layer,
 * else the image's topmost. */
static void
add_whole_below(struct store *s, const struct docker_driver *d,
    const char *init, const char *chain, struct engine_tree *t)
{
	struct str dir cleanup_str = STR_INIT;
	struct err e;

	t->whole = true;
	if (*init && docker_named_dir(s, d, init, &dir, &e) == 0)
		strlist_add(&t->below, dir.s, dir.n);
	else if (*chain && docker_layer_dir(s, d->name, chain, &dir, &e) == 0)
		strlist_add(&t->below, dir.s, dir.n);
	else if (*init || *chain)
		store_miss(t, "what it was before: %s", e.msg);
	if (*init && t->below.n)
		strlist_add(&t->beneath, dir.s, dir.n);
	if (*chain && t->below.n)
		add_beneath(s, d->name, chain, t);
}

/* The tree of a layer that something writes to, MOUNT. */
void
docker_mount_tree(struct store *s, const struct docker_driver *d,
    const char *mount, const char *init, const char *chain,
    struct engine_tree *t)
{
	struct str p cleanup_str = STR_INIT;
	enum docker_form form = d->form;
	struct err e;

	str_addf(&p, "%s%s/upper", d->before, mount);
	if (form == DOCKER_ROOTS && !store_is_dir(s->root, p.s))
		form = DOCKER_WHOLE; /* upon no image */
	if (form == DOCKER_ROOTS ||
	    docker_named_dir(s, d, mount, &p, &e) == 0) {
		strlist_add(&t->layers, p.s, p.n);
		t->upper = true;
	} else {
		store_miss(t, "%s", e.msg);
	}
	t->how = d->how;
	switch (form) {
	case DOCKER_LINKS:
		add_lower(s, d, mount, t);
		break;
	case DOCKER_ROOTS:
		add_root_below(s, d, mount, init, t);
		break;
	case DOCKER_AUFS:
		add_aufs_below(s, d, mount, t);
		break;
	default:
		add_whole_below(s, d, init, chain, t);
		break;
	}
}

int
docker_container_tree(struct store *s, const char *driver, const char *id,
    struct engine_tree *t, struct err *e)
{
	struct str p cleanup_str = STR_INIT, mount cleanup_str = STR_INIT;
	struct str init cleanup_str = STR_INIT, chain cleanup_str = STR_INIT;
	const struct docker_driver *d = readable(driver, e);

	if (!d)
		return -1;
	str_addf(&p, "/image/%s/layerdb/mounts/%s/mount-id", driver, id);
	if (store_line(s, p.s, &mount, e)) {
		/* before 1.10 the layers were called as the container */
		str_addf(&init, "%s-init", id);
		if (e->class == ERR_ABSENT && store_is_dir(s->root, "/graph") &&
		    docker_has(s, "layerdb/mounts", id) == NULL) {
			docker_mount_tree(s, d, id, init.s, "", t);
			return 0;
		}
		return err_wrap(e, "'%s'", p.s);
	}
	if (!docker_is_layer_name(mount.s))
		return err_set(e, ERR_CORRUPT, 0, "'%s' names no layer", p.s);
	if (!mount_line(s, driver, id, "init-id", &init) ||
	    !docker_is_layer_name(init.s))
		str_clear(&init);
	if (!mount_line(s, driver, id, "parent", &chain) ||
	    !state_is_digest(chain.s, chain.n))
		str_clear(&chain);
	docker_mount_tree(s, d, mount.s, init.s, chain.s, t);
	if (t->missing.n && (d->form == DOCKER_LINKS || d->form == DOCKER_AUFS))
		by_database(s, d, &init, &chain, t);
	return 0;
}

int
docker_image_tree(struct store *s, const struct engine_image *img,
    struct engine_tree *t, struct err *e)
{
	const char *driver = img->id.n > 7 ? docker_has(s,
	    "imagedb/content/sha256", img->id.s + 7) : NULL;
	const struct docker_driver *d = NULL;
	size_t i;

	if (state_is_hex(img->id.s, img->id.n))
		return docker_v1_image_tree(s, img, t, e);
	if (driver && img->layers_n && !(d = readable(driver, e)))
		return -1;
	if (d)
		t->how = d->how;
	for (i = img->layers_n; i-- > 0;) {
		struct str *dir = &img->layers[i].dir;
		struct strlist *to = &t->layers;

		if (d && docker_whole(d) && to->n)
			to = &t->beneath; /* the first is all of the image */
		if (!dir->n)
			store_miss(t, "layer '%s' is missing",
			    img->layers[i].chain_id.n
				? img->layers[i].chain_id.s
				: "with a broken diff id");
		else if (!store_has(&t->layers, dir) && !store_has(to, dir))
			strlist_add(to, dir->s, dir->n);
	}
	if (!img->layers_n && !img->verified)
		store_miss(t, "configuration of '%s'", img->id.s);
	return 0;
}
