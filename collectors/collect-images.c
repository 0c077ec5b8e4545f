/*
 * collect-images - the images of every container store
 *
 * Records: image, image_name, image_layer, image_history, layer_source, layer,
 * mismatch, lease, build; blob (configurations).
 */

#include "civil.h"
#include "limits.h"
#include "storewalk.h"

static void
ids(struct rec *r, const struct store *s, const struct engine_image *img,
    enum col engine, enum col namespace, enum col store, enum col id)
{
	rec_text(r, engine, s->engine->name);
	rec_str(r, namespace, &img->namespace);
	rec_str(r, store, &s->path);
	rec_str(r, id, &img->id);
}
#define IDS(r, s, img, kind)                                                   \
	ids(r, s, img, COL_##kind##_engine, COL_##kind##_namespace,            \
	    COL_##kind##_store, COL_##kind##_image_id)

static void
put_image(struct rec *r, const struct store *s, const struct engine_image *img)
{
	struct str t cleanup_str = STR_INIT;

	rec_begin(r, KIND_image);
	engine_scope(&t, false, s->engine->name, img->namespace.s, img->id.s);
	rec_str(r, COL_image_scope, &t);
	IDS(r, s, img, image);
	rec_list(r, COL_image_names, &img->names);
	rec_list(r, COL_image_digests, &img->digests);
	rec_list(r, COL_image_former_names, &img->former_names);
	rec_time(r, COL_image_created_time, img->created_time);
	rec_time(r, COL_image_tagged_time, img->tagged_time);
	rec_str(r, COL_image_parent, &img->parent);
	rec_bool(r, COL_image_verified, img->verified);
	rec_str(r, COL_image_architecture, &img->architecture);
	rec_str(r, COL_image_os, &img->os);
	rec_str(r, COL_image_author, &img->author);
	rec_str(r, COL_image_comment, &img->comment);
	rec_str(r, COL_image_docker_version, &img->docker_version);
	str_clear(&t);
	strlist_join(&img->entrypoint, " ", &t);
	if (img->entrypoint.n && img->cmd.n)
		str_addc(&t, ' ');
	strlist_join(&img->cmd, " ", &t);
	rec_str(r, COL_image_command, &t);
	rec_list(r, COL_image_entrypoint, &img->entrypoint);
	rec_list(r, COL_image_cmd, &img->cmd);
	rec_list(r, COL_image_shell, &img->shell);
	rec_list(r, COL_image_healthcheck, &img->healthcheck);
	rec_list(r, COL_image_onbuild, &img->onbuild);
	rec_list(r, COL_image_env, &img->env);
	rec_list(r, COL_image_labels, &img->labels);
	rec_str(r, COL_image_user, &img->user);
	rec_str(r, COL_image_workdir, &img->workdir);
	rec_list(r, COL_image_ports, &img->ports);
	rec_list(r, COL_image_volumes, &img->volumes);
	rec_int(r, COL_image_layers, (int64_t)img->layers_n);
	rec_str(r, COL_image_config_path, &img->config_path);
	rec_end(r);
	if (img->config.n)
		rec_blob(r, img->config.s, img->config.n, NULL);
}

static void
put_parts(struct rec *r, const struct store *s, const struct engine_image *img)
{
	struct str t cleanup_str = STR_INIT;
	size_t i, made = 0;

	for (i = 0; i < img->names.n; i++) {
		rec_begin(r, KIND_image_name);
		IDS(r, s, img, image_name);
		rec_str(r, COL_image_name_name, &img->names.v[i]);
		rec_end(r);
	}
	for (i = 0; i < img->layers_n; i++) {
		const struct engine_layer *l = &img->layers[i];

		rec_begin(r, KIND_image_layer);
		IDS(r, s, img, image_layer);
		rec_int(r, COL_image_layer_position, (int64_t)i);
		rec_str(r, COL_image_layer_diff_id, &l->diff_id);
		rec_str(r, COL_image_layer_chain_id, &l->chain_id);
		if (i)
			rec_str(r, COL_image_layer_parent,
			    &img->layers[i - 1].chain_id);
		rec_str(r, COL_image_layer_digest, &l->digest);
		if (l->dir.n)
			rec_text(r, COL_image_layer_host_path,
			    engine_path(l->home ? l->home : s, l->dir.s, &t));
		if (l->size >= 0)
			rec_int(r, COL_image_layer_size, l->size);
		rec_end(r);
	}
	for (i = 0; i < img->history_n; i++) {
		const struct engine_history *h = &img->history[i];

		rec_begin(r, KIND_image_history);
		IDS(r, s, img, image_history);
		rec_int(r, COL_image_history_position, (int64_t)i);
		rec_time(r, COL_image_history_created_time, h->created_time);
		rec_str(r, COL_image_history_created_by, &h->created_by);
		rec_str(r, COL_image_history_author, &h->author);
		rec_str(r, COL_image_history_comment, &h->comment);
		rec_bool(r, COL_image_history_empty, h->empty);
		if (!h->empty && made < img->layers_n)
			rec_str(r, COL_image_history_diff_id,
			    &img->layers[made].diff_id);
		made += !h->empty;
		rec_end(r);
	}
}

static void
one_image(void *arg, size_t i, struct rec *r)
{
	struct storewalk *w = arg;
	struct store *s = w->items.v[i].store;
	struct engine_image img;
	struct err e;

	engine_image_init(&img);
	if (s->engine->get_image(s, w->items.v[i].id.s, &img, r, &e)) {
		rec_note_err(r, "store", NULL, s->path.s, &e);
	} else {
		put_image(r, s, &img);
		put_parts(r, s, &img);
	}
	engine_image_release(&img);
}

static void
image_name(void *arg, size_t i, struct str *out, const char **scope)
{
	struct storewalk *w = arg;

	(void)scope;
	storewalk_name(w, i, out);
}

/* ---- what a store remembers besides images -------------------------------- */

static int
put_source(void *arg, const struct engine_source *src)
{
	struct storewalk_at *x = arg;

	rec_begin(x->r, KIND_layer_source);
	rec_text(x->r, COL_layer_source_engine, x->s->engine->name);
	rec_str(x->r, COL_layer_source_store, &x->s->path);
	rec_text(x->r, COL_layer_source_diff_id,
	    *src->diff_id ? src->diff_id : NULL);
	rec_text(x->r, COL_layer_source_digest,
	    *src->digest ? src->digest : NULL);
	rec_text(x->r, COL_layer_source_repository,
	    *src->repository ? src->repository : NULL);
	rec_end(x->r);
	return 0;
}

static void
put_stored(void *arg, const struct engine_stored *l)
{
	struct storewalk_at *x = arg;
	struct str t cleanup_str = STR_INIT;
	struct rec *r = x->r;

	rec_begin(r, KIND_layer);
	rec_text(r, COL_layer_engine, x->s->engine->name);
	rec_str(r, COL_layer_namespace, &l->namespace);
	rec_str(r, COL_layer_store, &x->s->path);
	rec_str(r, COL_layer_name, &l->name);
	rec_str(r, COL_layer_type, &l->type);
	rec_str(r, COL_layer_chain_id, &l->chain_id);
	rec_str(r, COL_layer_diff_id, &l->diff_id);
	rec_str(r, COL_layer_digest, &l->digest);
	rec_str(r, COL_layer_parent, &l->parent);
	rec_str(r, COL_layer_container_id, &l->container_id);
	rec_str(r, COL_layer_created_by, &l->created_by);
	rec_time(r, COL_layer_created_time, l->created_time);
	rec_time(r, COL_layer_used_time, l->used_time);
	if (l->size >= 0)
		rec_int(r, COL_layer_size, l->size);
	if (l->dir.n)
		rec_text(r, COL_layer_host_path,
		    engine_path(l->home ? l->home : x->s, l->dir.s, &t));
	rec_end(r);
}

static void
put_build(void *arg, const struct engine_build *b)
{
	struct storewalk_at *x = arg;
	struct rec *r = x->r;

	rec_begin(r, KIND_build);
	rec_text(r, COL_build_engine, x->s->engine->name);
	rec_str(r, COL_build_namespace, &b->namespace);
	rec_str(r, COL_build_store, &x->s->path);
	rec_str(r, COL_build_ref, &b->ref);
	rec_str(r, COL_build_frontend, &b->frontend);
	rec_list(r, COL_build_attrs, &b->attrs);
	rec_list(r, COL_build_steps, &b->steps);
	rec_list(r, COL_build_images, &b->images);
	rec_time(r, COL_build_created_time, b->created_time);
	rec_time(r, COL_build_finished_time, b->finished_time);
	rec_str(r, COL_build_error, &b->error);
	rec_end(r);
}

static void
put_mismatch(void *arg, const struct engine_mismatch *m)
{
	struct storewalk_at *x = arg;
	struct rec *r = x->r;

	rec_begin(r, KIND_mismatch);
	rec_text(r, COL_mismatch_engine, x->s->engine->name);
	rec_str(r, COL_mismatch_store, &x->s->path);
	rec_str(r, COL_mismatch_what, &m->what);
	rec_str(r, COL_mismatch_damage, &m->damage);
	rec_str(r, COL_mismatch_expected, &m->expected);
	rec_str(r, COL_mismatch_actual, &m->actual);
	if (m->size >= 0)
		rec_int(r, COL_mismatch_size, m->size);
	if (m->expected_size >= 0)
		rec_int(r, COL_mismatch_expected_size, m->expected_size);
	rec_time(r, COL_mismatch_modified_time, m->modified_time);
	rec_str(r, COL_mismatch_host_path, &m->path);
	rec_end(r);
}

static void
put_lease(void *arg, const struct engine_lease *l)
{
	struct storewalk_at *x = arg;
	struct rec *r = x->r;

	rec_begin(r, KIND_lease);
	rec_text(r, COL_lease_engine, x->s->engine->name);
	rec_str(r, COL_lease_namespace, &l->namespace);
	rec_str(r, COL_lease_store, &x->s->path);
	rec_str(r, COL_lease_name, &l->id);
	rec_list(r, COL_lease_labels, &l->labels);
	rec_list(r, COL_lease_resources, &l->resources);
	rec_time(r, COL_lease_created_time, l->created_time);
	rec_end(r);
}

int
main(int argc, char **argv)
{
	struct storewalk w = {
		.sink = {.stored = put_stored, .build = put_build,
		    .mismatch = put_mismatch, .lease = put_lease},
		.source = put_source,
		.seconds = STORE_SECONDS,
	};
	const struct cli_opt more[] = {
		SELECT_IMAGES(&w.select),
		{0},
	};
	struct collect c = {
		.tool = "collect-images",
		.about = "Records of the images in every container store.",
		.keep = LOCK_DAC_READ_SEARCH | LOCK_FOWNER | LOCK_SYS_ADMIN,
		.store_probe = engine_store_probe,
		.engines = engine_names,
		.archive = engine_archive_root,
		.print_list = engine_print_stores,
		.more = more,
	};
	struct worker_map images = {
		.fn = one_image, .name = image_name, .arg = &w, .op = "store"};

	collect_begin(&c, argc, argv);
	storewalk_begin(&w, &c);
	storewalk_run(&w, &images, c.rec);
	storewalk_end(&w);
	return collect_end(&c);
}
