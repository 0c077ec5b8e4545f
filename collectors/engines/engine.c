#include "engine.h"

#include "civil.h"
#include "root-mem.h"

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
	str_init(&img->config_path);
	str_init(&img->config);
	img->created_time = img->tagged_time = CIVIL_NONE;
}

struct engine_layer *
engine_image_layer(struct engine_image *img)
{
	struct engine_layer *l;

	img->layers = xreallocarray(img->layers, img->layers_n + 1,
	    sizeof(*img->layers));
	l = &img->layers[img->layers_n++];
	memset(l, 0, sizeof(*l));
	str_init(&l->diff_id);
	str_init(&l->chain_id);
	str_init(&l->digest);
	str_init(&l->dir);
	l->size = -1;
	return l;
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
		str_release(&img->layers[i].digest);
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
	str_release(&img->config_path);
	str_release(&img->config);
	strlist_release(&img->digests);
	strlist_release(&img->former_names);
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
		    &(c)->config_path, &(c)->type, &(c)->created_by,           \
		    &(c)->pod, &(c)->pod_namespace, &(c)->pod_uid,             \
		    &(c)->seccomp, &(c)->selinux                               \
	}
#define LISTS(c)                                                               \
	{                                                                      \
		&(c)->entrypoint, &(c)->cmd, &(c)->healthcheck, &(c)->env,     \
		    &(c)->labels, &(c)->cap_add, &(c)->cap_drop,               \
		    &(c)->security_opt, &(c)->devices, &(c)->ports,            \
		    &(c)->links, &(c)->volumes_from, &(c)->annotations,        \
		    &(c)->capabilities, &(c)->host_namespaces,                 \
		    &(c)->networks, &(c)->hooks, &(c)->sysctls                 \
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
	c->readonly_rootfs = c->no_new_privs = -1;
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

/* Layers of several stores, from the first on. */
static struct root *
in_evidence(struct engine_tree *t, size_t first, bool upper, struct err *e)
{
	struct strlist view = {.v = t->all.v + first, .n = t->all.n - first};
	struct root *r;

	r = root_open_layers_as(t->evidence, &view, upper, t->how, e);
	if (r)
		root_set_user_xattrs(r, root_user_xattrs(t->base));
	return r;
}

bool
engine_tree_alone(const struct engine_tree *t)
{
	return !t->below.n && t->all.n <= 1 && (t->whole || t->layers.n <= 1);
}

struct root *
engine_tree_below(struct engine_tree *t, struct err *e)
{
	struct strlist view = {.v = t->layers.v + 1, .n = t->layers.n - 1};

	if (t->below.n)
		return root_open_layers_as(t->base, &t->below, false, t->how,
		    e);
	if (t->all.n > 1)
		return in_evidence(t, 1, false, e);
	return root_open_layers_as(t->base, &view, false, t->how, e);
}

int
engine_tree_root(struct engine_tree *t, struct err *e)
{
	struct root *before;
	struct err x;

	if (!t->layers.n && !t->all.n)
		return 0;
	t->root = t->all.n && !t->whole
	    ? in_evidence(t, 0, t->upper, e)
	    : root_open_layers_as(t->base, &t->layers, t->upper, t->how, e);
	if (!t->root)
		return -1;
	if (t->whole && t->upper && !engine_tree_alone(t)) {
		before = engine_tree_below(t, &x);
		/* else all of it counts as the container's own */
		if (before)
			root_set_before(t->root, before);
	}
	return 0;
}

void
engine_tree_release(struct engine_tree *t)
{
	root_free(t->root);
	strlist_release(&t->layers);
	strlist_release(&t->missing);
	strlist_release(&t->all);
	str_release(&t->host);
	strlist_release(&t->below);
	strlist_release(&t->beneath);
	if (t->copied.s)
		str_release(&t->copied);
	memset(t, 0, sizeof(*t));
}

void
engine_scope(struct str *out, bool container, const char *engine,
    const char *namespace, const char *id)
{
	size_t n = namespace ? strlen(namespace) : 0;

	str_addf(out, "%s:%s/", container ? "container" : "image", engine);
	if (n && (strncmp(id, namespace, n) != 0 || id[n] != '/'))
		str_addf(out, "%s/", namespace);
	str_adds(out, id);
}

bool
engine_is_id(const char *s, size_t n)
{
	size_t i, from = 0;

	if (!n || n > 300)
		return false;
	for (i = 0; i <= n; i++) {
		if (i < n && s[i] != '/') {
			if (!((s[i] >= 'a' && s[i] <= 'z') ||
				(s[i] >= 'A' && s[i] <= 'Z') ||
				(s[i] >= '0' && s[i] <= '9') ||
				(s[i] && strchr("-_.:@+", s[i]))))
				return false;
			continue;
		}
		if (i == from || (i - from == 1 && s[from] == '.') ||
		    (i - from == 2 && s[from] == '.' && s[from + 1] == '.'))
			return false;
		from = i + 1;
	}
	return true;
}

const char *
engine_path(const struct store *s, const char *path, struct str *out)
{
	struct str p cleanup_str = STR_INIT;

	str_add(&p, s->path.s, s->path.n);
	while (p.n && p.s[p.n - 1] == '/')
		str_cut(&p, p.n - 1);
	if (*path != '/')
		str_addc(&p, '/');
	str_adds(&p, path);
	str_clear(out);
	if (!s->root || !root_mem_name(s->root, p.s, out))
		str_add(out, p.s, p.n);
	return out->s;
}

/* ---- what else a store has ------------------------------------------------ */

/* Structures of texts, lists, times and numbers (-1: absent): how each is
 * begun and freed follows from what it has. */
#define INIT_TEXT(m) str_init(&x->m);
#define INIT_LIST(m)
#define INIT_TIME(m) x->m = CIVIL_NONE;
#define INIT_NUMBER(m) x->m = -1;
#define FREE_TEXT(m) str_release(&x->m);
#define FREE_LIST(m) strlist_release(&x->m);
#define FREE_TIME(m)
#define FREE_NUMBER(m)
#define STRUCT(name, members)                                                  \
	void engine_##name##_init(struct engine_##name *x)                     \
	{                                                                      \
		memset(x, 0, sizeof(*x));                                      \
		members(INIT_TEXT, INIT_LIST, INIT_TIME, INIT_NUMBER)          \
	}                                                                      \
	void engine_##name##_release(struct engine_##name *x)                  \
	{                                                                      \
		members(FREE_TEXT, FREE_LIST, FREE_TIME, FREE_NUMBER)          \
		engine_##name##_init(x);                                       \
	}

#define STORED(TEXT, LIST, TIME, NUMBER)				       \
	TEXT(namespace) TEXT(name) TEXT(type) TEXT(chain_id) TEXT(diff_id)     \
	TEXT(digest) TEXT(parent) TEXT(container_id) TEXT(created_by)	       \
	TEXT(dir) TIME(created_time) TIME(used_time) NUMBER(size)
STRUCT(stored, STORED)

#define VOLUME(TEXT, LIST, TIME, NUMBER)				       \
	TEXT(namespace) TEXT(name) TEXT(driver) TEXT(source) LIST(options)     \
	LIST(labels) TIME(created_time)
STRUCT(volume, VOLUME)

#define NETWORK(TEXT, LIST, TIME, NUMBER)				       \
	TEXT(namespace) TEXT(id) TEXT(name) TEXT(driver) LIST(subnets)	       \
	LIST(options) LIST(labels) TIME(created_time) NUMBER(internal)
STRUCT(network, NETWORK)

#define BUILD(TEXT, LIST, TIME, NUMBER)					       \
	TEXT(namespace) TEXT(ref) TEXT(frontend) TEXT(error) LIST(attrs)       \
	LIST(steps) LIST(images) TIME(created_time) TIME(finished_time)
STRUCT(build, BUILD)

#define NODE(TEXT, LIST, TIME, NUMBER)					       \
	TEXT(path) TEXT(id) TEXT(name) TEXT(role) TEXT(address) LIST(peers)
STRUCT(node, NODE)

#define TASK(TEXT, LIST, TIME, NUMBER)					       \
	TEXT(id) TEXT(service) TEXT(container_id) TEXT(image_ref)	       \
	TEXT(command) TEXT(state) LIST(env) LIST(mounts) TIME(created_time)
STRUCT(task, TASK)

#define POD(TEXT, LIST, TIME, NUMBER)					       \
	TEXT(source) TEXT(path) TEXT(uid) TEXT(namespace) TEXT(name)	       \
	TEXT(service_account) LIST(containers) LIST(images) LIST(commands)     \
	LIST(capabilities) LIST(host_paths) LIST(volumes) TIME(created_time)   \
	NUMBER(privileged) NUMBER(host_network) NUMBER(host_pid)	       \
	NUMBER(host_ipc)
STRUCT(pod, POD)

#define MISMATCH(TEXT, LIST, TIME, NUMBER)				       \
	TEXT(what) TEXT(path) TEXT(expected) TEXT(actual) TEXT(damage)	       \
	NUMBER(size) NUMBER(expected_size) TIME(modified_time)
STRUCT(mismatch, MISMATCH)

#define LEASE(TEXT, LIST, TIME, NUMBER)					       \
	TEXT(namespace) TEXT(id) LIST(labels) LIST(resources)		       \
	TIME(created_time)
STRUCT(lease, LEASE)
