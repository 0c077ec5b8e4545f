#include "config.h"

#include "digest.h"
#include "limits.h"
#include "storelib.h"

void
config_chain(struct str *chain, const struct str *diff)
{
	struct str both cleanup_str = STR_INIT;
	char hex[SHA256_HEX];

	if (chain->n == 0) {
		str_add(chain, diff->s, diff->n);
		return;
	}
	str_addf(&both, "%s %s", chain->s, diff->s);
	digest_of(both.s, both.n, hex);
	str_sets(chain, "sha256:");
	str_adds(chain, hex);
}

void
config_health(struct state *d, const json_t *config, struct strlist *out)
{
	const json_t *h = state_obj(d, config, "Healthcheck");

	if (h)
		state_list(d, h, "Test", out);
}

static void
layers(struct store *s, struct state *d, struct engine_image *img,
    const char *path, struct rec *rec)
{
	const json_t *ids = state_arr(d, state_obj(d, d->json, "rootfs"),
	    "diff_ids");
	struct str chain cleanup_str = STR_INIT;
	struct engine_layer *l;
	size_t i, n = json_array_size(ids);
	bool broken = false;

	if (n > ROOT_LAYERS_MAX) {
		store_note(rec, s, ERR_LIMIT, path, "%zu layers, the first %d "
		    "are read (ROOT_LAYERS_MAX)", n, ROOT_LAYERS_MAX);
		n = ROOT_LAYERS_MAX;
	}
	for (i = 0; i < n; i++) {
		l = engine_image_layer(img);
		state_text(d, json_array_get(ids, i), &l->diff_id);
		if (!state_is_digest(l->diff_id.s, l->diff_id.n)) {
			store_note(rec, s, ERR_CORRUPT, path,
			    "diff id %zu is no digest: '%.80s'", i,
			    l->diff_id.s);
			str_clear(&l->diff_id);
			broken = true;
		}
		if (broken) /* nobody can say what is above it */
			continue;
		config_chain(&chain, &l->diff_id);
		str_add(&l->chain_id, chain.s, chain.n);
	}
}

static void
history(struct store *s, struct state *d, struct engine_image *img,
    const char *path, struct rec *rec)
{
	const json_t *list = state_arr(d, d->json, "history"), *o;
	size_t i, n = json_array_size(list), made = 0;
	struct engine_history *h;
	bool bad = false;

	if (n > STORE_HISTORY_MAX) {
		store_note(rec, s, ERR_LIMIT, path, "%zu history entries, the "
		    "first %d are read (STORE_HISTORY_MAX)", n,
		    STORE_HISTORY_MAX);
		n = STORE_HISTORY_MAX;
	}
	img->history = xcalloc(n, sizeof(*img->history));
	for (i = 0; i < n; i++) {
		o = json_array_get(list, i);
		h = &img->history[img->history_n++];
		str_init(&h->created_by);
		str_init(&h->author);
		str_init(&h->comment);
		h->created_time = state_time(d, o, "created", &bad);
		state_str(d, o, "created_by", &h->created_by);
		state_str(d, o, "author", &h->author);
		state_str(d, o, "comment", &h->comment);
		h->empty = state_bool(d, o, "empty_layer") == 1;
		made += !h->empty;
	}
	if (bad)
		store_note(rec, s, ERR_CORRUPT, path, "a time of the history "
		    "is none or out of range");
	if (n && made != img->layers_n)
		store_note(rec, s, ERR_CORRUPT, path, "the history makes %zu "
		    "layers, the image has %zu", made, img->layers_n);
}

static void
settings(struct state *d, const json_t *c, struct engine_image *img)
{
	state_list(d, c, "Entrypoint", &img->entrypoint);
	state_list(d, c, "Cmd", &img->cmd);
	state_list(d, c, "Shell", &img->shell);
	state_list(d, c, "OnBuild", &img->onbuild);
	state_list(d, c, "Env", &img->env);
	state_pairs(d, c, "Labels", &img->labels);
	state_keys(d, c, "ExposedPorts", &img->ports);
	state_keys(d, c, "Volumes", &img->volumes);
	state_str(d, c, "User", &img->user);
	state_str(d, c, "WorkingDir", &img->workdir);
	config_health(d, c, &img->healthcheck);
}

static void
digests(struct store *s, const char *path, const struct str *text,
    struct engine_image *img, struct rec *rec)
{
	char hex[SHA256_HEX];

	digest_of(text->s, text->n, hex);
	img->verified = strncmp(img->id.s, "sha256:", 7) == 0 &&
	    strcmp(hex, img->id.s + 7) == 0;
	if (!img->verified)
		store_note(rec, s, ERR_CORRUPT, path, "was changed: its digest "
		    "is sha256:%s", hex);
}

/* The document was parsed; its bytes are img->config. */
static int
take(struct store *s, const char *path, struct state *d,
    struct engine_image *img, struct rec *rec)
{
	const json_t *c;
	bool bad = false;

	engine_path(s, path, &img->config_path);
	digests(s, path, &img->config, img, rec);
	if (!json_is_object(d->json)) {
		store_note(rec, s, ERR_CORRUPT, path, "is no JSON object");
		return -1;
	}
	img->created_time = state_time(d, d->json, "created", &bad);
	if (bad)
		store_note(rec, s, ERR_CORRUPT, path, "'created' is no time or "
		    "out of range");
	state_str(d, d->json, "architecture", &img->architecture);
	state_str(d, d->json, "os", &img->os);
	state_str(d, d->json, "author", &img->author);
	state_str(d, d->json, "comment", &img->comment);
	state_str(d, d->json, "docker_version", &img->docker_version);
	c = state_obj(d, d->json, "config");
	if (c)
		settings(d, c, img);
	layers(s, d, img, path, rec);
	history(s, d, img, path, rec);
	store_note_odd(rec, s, path, d);
	return 0;
}

int
config_image(struct store *s, const char *path, const struct str *text,
    struct engine_image *img, struct rec *rec)
{
	struct state d cleanup_state = STATE_INIT;
	struct err e;

	str_set(&img->config, text->s, text->n);
	if (state_parse(&d, text->s, text->n, &e)) {
		store_note_err(rec, s, path, &e);
		digests(s, path, text, img, rec);
		return -1;
	}
	return take(s, path, &d, img, rec);
}

int
config_read(struct store *s, const char *path, struct engine_image *img,
    struct rec *rec, struct err *e)
{
	struct state d cleanup_state = STATE_INIT;
	struct str *text = &img->config; /* no copy: it may be large */

	if (state_read(&d, s->root, path, text, e)) {
		if (e->class == ERR_ABSENT)
			return -1;
		store_note_err(rec, s, path, e);
		if (text->n && text->n < STORE_JSON_MAX)
			digests(s, path, text, img, NULL);
		return -1;
	}
	return take(s, path, &d, img, rec);
}
