#include "select.h"

#include "limits.h"
#include "worker.h"

#define SHOWN 20 /* candidates of a message */

static const struct strlist *
args_of(const struct select *s, bool containers)
{
	return containers ? &s->containers : &s->images;
}

bool
select_any(const struct select *s)
{
	return s->host || s->containers.n || s->images.n;
}

bool
select_host(const struct select *s)
{
	return s->host || !select_any(s);
}

void
select_release(struct select *s)
{
	strlist_release(&s->containers);
	strlist_release(&s->images);
}

/* All of them? So it is if one of the options has no argument. */
static bool
all(const struct strlist *args)
{
	size_t i;

	for (i = 0; i < args->n; i++)
		if (!args->v[i].n)
			return true;
	return false;
}

static const char *const scopes[] = {"image:", "container:"};

/* Without "container:", which may stand before it, and without the name of the
 * digest, which stands before ids of images. */
static void
plain(const char *s, bool containers, struct str *out)
{
	size_t n = strlen(scopes[containers]);
	const char *last;

	if (strncmp(s, scopes[containers], n) == 0)
		s += n;
	last = strrchr(s, '/');
	last = last ? last + 1 : s;
	str_set(out, s, (size_t)(last - s));
	str_adds(out, strncmp(last, "sha256:", 7) == 0 ? last + 7 : last);
}

static void
check(const struct strlist *args, bool containers)
{
	const char *option = containers ? "--containers" : "--images";
	size_t i;

	if (args->n > SELECT_ARGS_MAX)
		cli_usage("%s is given more than %d times", option,
		    SELECT_ARGS_MAX);
	for (i = 0; i < args->n; i++)
		if (strncmp(args->v[i].s, scopes[!containers],
			strlen(scopes[!containers])) == 0)
			cli_usage("%s: '%s' is %s", option, args->v[i].s,
			    containers ? "an image" : "a container");
}

static void
tell(const char *what, const struct strlist *args, struct str *out)
{
	struct strlist shown cleanup_strlist = STRLIST_INIT;
	size_t i;

	if (!args->n)
		return;
	if (out->n)
		str_adds(out, "; ");
	str_adds(out, what);
	if (all(args))
		return;
	str_adds(out, ": ");
	for (i = 0; i < args->n && i < SHOWN; i++)
		strlist_adds(&shown, args->v[i].s);
	strlist_join(&shown, ", ", out);
	if (i < args->n)
		str_adds(out, " ...");
}

void
select_begin(const struct select *s, bool has_host, struct rec *rec)
{
	struct str t cleanup_str = STR_INIT;

	check(&s->containers, true);
	check(&s->images, false);
	if (s->host && !has_host)
		cli_usage("--host: the evidence is a container store");
	if (!select_any(s))
		return;
	str_adds(&t, s->host ? "the host" : "");
	tell("containers", &s->containers, &t);
	tell("images", &s->images, &t);
	rec_note_fine(rec, ERR_LIMIT, "select", NULL, NULL,
	    "only what was asked for is in this run: %s", t.s);
}

/* ---- what an argument means ------------------------------------------------ */

static bool
is_hex(const char *s)
{
	return s[0] && s[strspn(s, "0123456789abcdef")] == '\0';
}

/* Is end the end of s, and does it begin with a component? */
static bool
ends(const char *s, size_t n, const char *end, size_t m)
{
	return n >= m && memcmp(s + n - m, end, m) == 0 &&
	    (n == m || s[n - m - 1] == '/');
}

/* Does the argument name the item by its id? 2: whole, 1: it begins so. */
static int
by_id(const struct engine_item *it, bool containers, const struct str *arg)
{
	struct str full cleanup_str = STR_INIT, id cleanup_str = STR_INIT;
	const char *a, *f;
	size_t head;

	plain(it->id.s, containers, &id);
	str_addf(&full, "%s/%s", it->store->engine->name, id.s);
	if (ends(full.s, full.n, arg->s, arg->n))
		return 2;
	a = strrchr(arg->s, '/');
	head = a ? (size_t)(a + 1 - arg->s) : 0;
	a = arg->s + head;
	f = strrchr(full.s, '/') + 1;
	return strlen(a) >= SELECT_PREFIX_MIN && is_hex(a) &&
	    strncmp(f, a, strlen(a)) == 0 &&
	    (!head || ends(full.s, (size_t)(f - full.s), arg->s, head));
}

/* A reference to an image: NAME[:TAG][@DIGEST]. */
struct ref {
	struct str name;
	const char *tag, *digest; /* NULL: none */
	size_t tag_n;
};

static void
ref_of(const char *s, struct ref *out)
{
	size_t n = strcspn(s, "@");
	const char *last = s, *colon;
	size_t i;

	memset(out, 0, sizeof(*out));
	out->digest = s[n] ? s + n + 1 : NULL;
	for (i = 0; i < n; i++)
		if (s[i] == '/')
			last = s + i + 1;
	colon = memchr(last, ':', (size_t)(s + n - last));
	if (colon) {
		out->tag = colon + 1;
		out->tag_n = (size_t)(s + n - out->tag);
		n = (size_t)(colon - s);
	}
	str_set(&out->name, s, n);
}

/* The name in full, as engines complete it: "httpd" is
 * docker.io/library/httpd. What stands first is a registry if it has a dot or
 * a port, or is localhost. */
static void
complete(const struct str *name, struct str *out)
{
	static const char *const hubs[] = {"docker.io/", "index.docker.io/"};
	const char *s = name->s, *slash = strchr(s, '/');
	size_t first = slash ? (size_t)(slash - s) : 0, i;

	str_clear(out);
	for (i = 0; i < COUNT(hubs); i++)
		if (strncmp(s, hubs[i], strlen(hubs[i])) == 0)
			break;
	if (i < COUNT(hubs)) {
		s += strlen(hubs[i]);
	} else if (first && (memchr(s, '.', first) || memchr(s, ':', first) ||
			(first == 9 && memcmp(s, "localhost", 9) == 0))) {
		str_adds(out, s);
		return;
	}
	str_adds(out, "docker.io/");
	if (!strchr(s, '/'))
		str_adds(out, "library/");
	str_adds(out, s);
}

/* Either may lack what stands before the repository (the registry). */
static bool
same_repository(const struct str *name, const struct str *q)
{
	struct str full cleanup_str = STR_INIT, asked cleanup_str = STR_INIT;

	if (!q->n || ends(name->s, name->n, q->s, q->n))
		return q->n > 0;
	complete(name, &full);
	complete(q, &asked);
	return ends(full.s, full.n, q->s, q->n) || str_eq(&full, asked.s);
}

/* No tag and no digest asked for: all of them. A name without is "latest", and
 * with a digest the tag says nothing, as engines have it. */
static bool
same_ref(const char *name, const char *q)
{
	struct ref a, b;
	bool same;

	ref_of(name, &a);
	ref_of(q, &b);
	same = same_repository(&a.name, &b.name);
	if (same && b.digest) {
		same = a.digest && strcmp(a.digest, b.digest) == 0;
	} else if (same && b.tag) {
		if (!a.tag && !a.digest) {
			a.tag = "latest";
			a.tag_n = 6;
		}
		same = a.tag && a.tag_n == b.tag_n &&
		    memcmp(a.tag, b.tag, a.tag_n) == 0;
	}
	str_release(&a.name);
	str_release(&b.name);
	return same;
}

/* As the engine shows it; what is no reference as it is. */
static bool
same_name(const char *name, const char *q, bool containers)
{
	const char *at;

	if (strcmp(name, q) == 0)
		return true;
	if (containers)
		return false;
	/* the digest of a manifest, without its algorithm (plain) */
	at = strchr(name, '@');
	if (at && strlen(q) == 64 && is_hex(q) &&
	    strncmp(at, "@sha256:", 8) == 0 && strcmp(at + 8, q) == 0)
		return true;
	return same_ref(name, q);
}

/* The name as it is, behind ENGINE/, or behind ENGINE/NAMESPACE/. */
static bool
by_name(const struct engine_item *it, bool containers, const struct str *arg,
    const char *name)
{
	const char *engine = it->store->engine->name, *q = arg->s;
	const char *last = strrchr(it->id.s, '/');
	struct str digest cleanup_str = STR_INIT;
	size_t n = strlen(engine);

	plain(name, containers, &digest);
	if (same_name(name, q, containers) ||
	    (strcmp(name, digest.s) != 0 && strcmp(digest.s, q) == 0))
		return true;
	if (strncmp(q, engine, n) == 0 && q[n] == '/') {
		q += n + 1;
		if (same_name(name, q, containers))
			return true;
	}
	n = last ? (size_t)(last + 1 - it->id.s) : 0;
	return n && strncmp(q, it->id.s, n) == 0 &&
	    same_name(name, q + n, containers);
}

/* ---- names, which only the engine's state has -------------------------------- */

struct chooser {
	struct engine_items items;
	struct strlist args; /* plain */
	bool containers;
	bool *chosen;
	bool *found; /* of each argument */
	size_t nameless; /* items whose names are not known */
};

static void
give(const struct strlist *names, struct str *out)
{
	size_t i;

	for (i = 0; i < names->n; i++)
		if (names->v[i].n < 4096 && out->n < 512 * 1024 &&
		    strlen(names->v[i].s) == names->v[i].n)
			str_add(out, names->v[i].s, names->v[i].n + 1);
}

/* Worker: the names of item i. What is wrong with its state the program says
 * that reads it. */
static void
name_item(void *arg, size_t i, struct rec *r UNUSED)
{
	struct chooser *h = arg;
	struct store *s = h->items.v[i].store;
	const char *id = h->items.v[i].id.s;
	struct str out cleanup_str = STR_INIT;
	struct engine_container c;
	struct engine_image img;
	struct err e;

	if (h->containers) {
		engine_container_init(&c);
		if (s->engine->get_container(s, id, &c, NULL, &e) == 0 &&
		    c.name.n && strlen(c.name.s) == c.name.n)
			str_add(&out, c.name.s, c.name.n + 1);
		engine_container_release(&c);
	} else {
		engine_image_init(&img);
		if (s->engine->get_image(s, id, &img, NULL, &e) == 0) {
			give(&img.names, &out);
			give(&img.digests, &out);
		}
		engine_image_release(&img);
	}
	worker_give(out.s, out.n);
}

/* Parent: the worker may lie. */
static void
take_names(void *arg, size_t i, const void *p, size_t n)
{
	struct chooser *h = arg;
	const char *at = p, *end = at + n;
	size_t k;

	if (!n || end[-1]) {
		h->nameless++;
		return;
	}
	for (; at < end; at += strlen(at) + 1)
		for (k = 0; k < h->args.n; k++)
			if (by_name(&h->items.v[i], h->containers,
				&h->args.v[k], at))
				h->chosen[i] = h->found[k] = true;
}

static void
item_name(void *arg, size_t i, struct str *out, const char **scope)
{
	struct chooser *h = arg;

	(void)scope;
	str_addf(out, "%s: %s %s", h->items.v[i].store->path.s,
	    h->containers ? "container" : "image", h->items.v[i].id.s);
}

/* ---- all together ------------------------------------------------------------ */

static void
take_id(struct chooser *h, size_t k, int how)
{
	size_t i;

	for (i = 0; i < h->items.n; i++)
		if (by_id(&h->items.v[i], h->containers, &h->args.v[k]) == how)
			h->chosen[i] = h->found[k] = true;
}

/* Ends the program if a beginning has several ids. */
static void
take_prefix(struct chooser *h, size_t k, const char *option)
{
	struct str scope cleanup_str = STR_INIT, id cleanup_str = STR_INIT;
	struct str first cleanup_str = STR_INIT;
	size_t i, n = 0;

	for (i = 0; i < h->items.n; i++) {
		if (by_id(&h->items.v[i], h->containers, &h->args.v[k]) != 1)
			continue;
		plain(h->items.v[i].id.s, h->containers, &id);
		if (!n++)
			str_set(&first, id.s, id.n);
		else if (!str_eq(&id, first.s))
			break; /* the same one in another store is no other */
	}
	if (i == h->items.n) {
		take_id(h, k, 1);
		return;
	}
	for (i = n = 0; i < h->items.n; i++) {
		if (by_id(&h->items.v[i], h->containers, &h->args.v[k]) != 1 ||
		    n++ >= SHOWN)
			continue;
		str_clear(&scope);
		engine_scope(&scope, h->containers,
		    h->items.v[i].store->engine->name, NULL,
		    h->items.v[i].id.s);
		warn_msg("'%s' may be %s", h->args.v[k].s, scope.s);
	}
	cli_usage("%s: '%s' is the beginning of %zu ids", option,
	    h->args.v[k].s, n);
}

/* Beginning of an id that would be one if it were longer? */
static bool
too_short(const struct chooser *h, size_t k)
{
	const char *a = strrchr(h->args.v[k].s, '/');
	struct str id cleanup_str = STR_INIT;
	const char *last;
	size_t i;

	a = a ? a + 1 : h->args.v[k].s;
	if (strlen(a) >= SELECT_PREFIX_MIN || !is_hex(a))
		return false;
	for (i = 0; i < h->items.n; i++) {
		plain(h->items.v[i].id.s, h->containers, &id);
		last = strrchr(id.s, '/');
		if (strncmp(last ? last + 1 : id.s, a, strlen(a)) == 0)
			return true;
	}
	return false;
}

/* Where a name could not be read it may be there all the same. */
static void
not_there(struct chooser *h, size_t k, const char *option, const char *arg,
    struct rec *rec)
{
	struct str t cleanup_str = STR_INIT;

	if (too_short(h, k))
		str_addf(&t, " (of an id at least %d hexadecimal digits are "
		    "needed)", SELECT_PREFIX_MIN);
	if (h->nameless)
		str_addf(&t, " (%zu have no name that can be read)",
		    h->nameless);
	warn_msg("%s: there is no '%s'%s", option, arg, t.s);
	rec_note(rec, ERR_DENIED, "select", NULL, NULL, 0,
	    "%s: there is no '%s'%s", option, arg, t.s);
}

static void
choose(struct chooser *h, const struct strlist *args, struct rec *rec)
{
	const char *option = h->containers ? "--containers" : "--images";
	struct worker_map m = {.n = h->items.n, .fn = name_item,
	    .name = item_name, .take = take_names, .arg = h, .op = "select"};
	struct str t cleanup_str = STR_INIT;
	bool by_names = false;
	struct err e;
	size_t k, head;

	for (k = 0; k < args->n; k++) {
		plain(args->v[k].s, h->containers, &t);
		/* Docker's own files and its inspect have names so: /web */
		head = h->containers && t.n > 1 && t.s[0] == '/';
		strlist_add(&h->args, t.s + head, t.n - head);
	}
	h->found = xcalloc(h->args.n + 1, sizeof(*h->found));
	for (k = 0; k < h->args.n; k++) {
		take_id(h, k, 2);
		/* a name of 64 hexadecimal digits no engine allows */
		by_names |= !h->found[k] || !is_hex(h->args.v[k].s);
	}
	if (by_names && m.n && worker_map(&m, rec, &e))
		die("%s", e.msg);
	for (k = 0; k < h->args.n; k++) {
		if (!h->found[k])
			take_prefix(h, k, option);
		if (!h->found[k])
			not_there(h, k, option, args->v[k].s, rec);
	}
	free(h->found);
	strlist_release(&h->args);
}

void
select_items(const struct select *s, struct stores *stores, bool containers,
    bool otherwise, struct engine_items *out, bool **chosen, struct rec *rec)
{
	const struct strlist *args = args_of(s, containers);
	struct chooser h = {.containers = containers};
	bool want = select_any(s) ? args->n > 0 : otherwise;
	size_t i, n;

	memset(out, 0, sizeof(*out));
	if (!want && !chosen)
		return;
	engine_items(stores, containers, &h.items, rec);
	h.chosen = xcalloc(h.items.n + 1, sizeof(*h.chosen));
	if (want && args->n && !all(args))
		choose(&h, args, rec);
	else if (want)
		memset(h.chosen, true, h.items.n * sizeof(*h.chosen));
	if (chosen) {
		*chosen = h.chosen;
		*out = h.items;
		return;
	}
	for (i = n = 0; i < h.items.n; i++) {
		if (h.chosen[i])
			h.items.v[n++] = h.items.v[i];
		else
			str_release(&h.items.v[i].id);
	}
	h.items.n = n;
	free(h.chosen);
	*out = h.items;
}
