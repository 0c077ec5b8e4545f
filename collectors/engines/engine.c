#include "engine.h"

#include "civil.h"

void
engine_image_init(struct engine_image *img)
{
	memset(img, 0, sizeof(*img));
	str_init(&img->id);
	str_init(&img->namespace);
	str_init(&img->parent);
	str_init(&img->architecture);
	str_init(&img->os);
	str_init(&img->author);
	str_init(&img->comment);
	str_init(&img->docker_version);
	str_init(&img->user);
	str_init(&img->workdir);
	img->created_time = img->tagged_time = CIVIL_NONE;
}

void
engine_image_release(struct engine_image *img)
{
	size_t i;

	for (i = 0; i < img->history_n; i++) {
		str_release(&img->history[i].created_by);
		str_release(&img->history[i].author);
		str_release(&img->history[i].comment);
	}
	free(img->history);
	for (i = 0; i < img->layers_n; i++) {
		str_release(&img->layers[i].diff_id);
		str_release(&img->layers[i].chain_id);
		str_release(&img->layers[i].dir);
	}
	free(img->layers);
	str_release(&img->id);
	str_release(&img->namespace);
	str_release(&img->parent);
	str_release(&img->architecture);
	str_release(&img->os);
	str_release(&img->author);
	str_release(&img->comment);
	str_release(&img->docker_version);
	str_release(&img->user);
	str_release(&img->workdir);
	strlist_release(&img->names);
	strlist_release(&img->entrypoint);
	strlist_release(&img->cmd);
	strlist_release(&img->shell);
	strlist_release(&img->healthcheck);
	strlist_release(&img->onbuild);
	strlist_release(&img->env);
	strlist_release(&img->labels);
	strlist_release(&img->ports);
	strlist_release(&img->volumes);
	engine_image_init(img);
}

/* The texts of a container, for init and release. */
#define TEXTS(c)                                                               \
	{                                                                      \
		&(c)->id, &(c)->namespace, &(c)->name, &(c)->image_ref,        \
		    &(c)->image_id, &(c)->state, &(c)->command, &(c)->user,    \
		    &(c)->workdir, &(c)->hostname, &(c)->error,                \
		    &(c)->restart_policy, &(c)->network_mode, &(c)->pid_mode,  \
		    &(c)->ipc_mode, &(c)->uts_mode, &(c)->userns_mode,         \
		    &(c)->cgroupns_mode, &(c)->apparmor, &(c)->runtime,        \
		    &(c)->driver, &(c)->log_driver, &(c)->log_path,            \
		    &(c)->config_path                                          \
	}
#define LISTS(c)                                                               \
	{                                                                      \
		&(c)->entrypoint, &(c)->cmd, &(c)->healthcheck, &(c)->env,     \
		    &(c)->labels, &(c)->cap_add, &(c)->cap_drop,               \
		    &(c)->security_opt, &(c)->devices, &(c)->ports,            \
		    &(c)->links, &(c)->volumes_from                            \
	}

void
engine_container_init(struct engine_container *c)
{
	struct str *texts[] = TEXTS(c);
	size_t i;

	memset(c, 0, sizeof(*c));
	for (i = 0; i < COUNT(texts); i++)
		str_init(texts[i]);
	c->created_time = c->started_time = c->finished_time = CIVIL_NONE;
	c->pid = c->exit_code = c->restart_max = c->restart_count = -1;
	c->oom_killed = c->auto_remove = c->privileged = -1;
	c->readonly_rootfs = -1;
}

void
engine_container_release(struct engine_container *c)
{
	struct str *texts[] = TEXTS(c);
	struct strlist *lists[] = LISTS(c);
	size_t i;

	for (i = 0; i < COUNT(texts); i++)
		str_release(texts[i]);
	for (i = 0; i < COUNT(lists); i++)
		strlist_release(lists[i]);
	for (i = 0; i < c->mounts_n; i++) {
		str_release(&c->mounts[i].type);
		str_release(&c->mounts[i].source);
		str_release(&c->mounts[i].destination);
		str_release(&c->mounts[i].name);
		str_release(&c->mounts[i].driver);
		str_release(&c->mounts[i].propagation);
		str_release(&c->mounts[i].options);
	}
	free(c->mounts);
	engine_container_init(c);
}

void
engine_tree_release(struct engine_tree *t)
{
	root_free(t->root);
	strlist_release(&t->layers);
	strlist_release(&t->missing);
	memset(t, 0, sizeof(*t));
}

void
engine_scope(struct str *out, bool container, const char *engine,
    const char *namespace, const char *id)
{
	str_addf(out, "%s:%s/", container ? "container" : "image", engine);
	if (namespace && *namespace)
		str_addf(out, "%s/", namespace);
	str_adds(out, id);
}

const char *
engine_path(const struct store *s, const char *path, struct str *out)
{
	str_set(out, s->path.s, s->path.n);
	while (out->n && out->s[out->n - 1] == '/')
		str_cut(out, out->n - 1);
	if (*path != '/')
		str_addc(out, '/');
	str_adds(out, path);
	return out->s;
}
