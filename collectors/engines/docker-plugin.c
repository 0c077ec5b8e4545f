#include "docker.h"

#include "storelib.h"

/*
 * Managed plug-ins: programs in a root file system of their own that the
 * daemon runs, often with much of the host. Sources: moby plugin/manager.go,
 * plugin/v2/plugin.go, api/types/plugin.go.
 */

static void
path_of(const char *id, const char *what, struct str *out)
{
	str_clear(out);
	str_addf(out, "/plugins/%s/%s", id, what);
}

bool
docker_is_plugin(struct store *s, const char *id)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str p cleanup_str = STR_INIT;

	path_of(id, "config.json", &p);
	return root_find(s->root, p.s, ROOT_NOFOLLOW, &f, NULL) == 0;
}

static void
add_env(struct state *d, const json_t *config, struct engine_container *c)
{
	const json_t *a = state_arr(d, config, "Env");
	struct str k cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	size_t i;

	for (i = 0; i < json_array_size(a); i++) {
		state_str(d, json_array_get(a, i), "Name", &k);
		state_str(d, json_array_get(a, i), "Value", &v);
		str_addc(&k, '=');
		str_add(&k, v.s, v.n);
		strlist_add(&c->env, k.s, k.n);
	}
}

static bool
has(const struct strlist *l, const char *word)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (strcmp(l->v[i].s, word) == 0)
			return true;
	return false;
}

static void
add_mounts(struct state *d, const json_t *a, struct engine_container *c)
{
	struct strlist options cleanup_strlist = STRLIST_INIT;
	struct engine_mount *m;
	size_t i;

	for (i = 0; i < json_array_size(a); i++) {
		const json_t *o = json_array_get(a, i);

		m = store_mount(c);
		state_str(d, o, "Type", &m->type);
		state_str(d, o, "Source", &m->source);
		state_str(d, o, "Destination", &m->destination);
		state_str(d, o, "Name", &m->name);
		state_list(d, o, "Options", &options);
		m->rw = !has(&options, "ro");
		strlist_join(&options, ",", &m->options);
		if (!m->type.n || str_eq(&m->type, "none"))
			str_sets(&m->type, "bind");
		store_clean_path(&m->source);
		store_clean_path(&m->destination);
	}
}

static void
add_devices(struct state *d, const json_t *a, struct engine_container *c)
{
	struct str p cleanup_str = STR_INIT, t cleanup_str = STR_INIT;
	size_t i;

	for (i = 0; i < json_array_size(a); i++) {
		state_str(d, json_array_get(a, i), "Path", &p);
		if (!p.n)
			continue;
		str_set(&t, p.s, p.n);
		str_addc(&t, ':');
		str_add(&t, p.s, p.n);
		str_adds(&t, ":rwm");
		strlist_add(&c->devices, t.s, t.n);
	}
}

static void
read_config(struct state *d, const json_t *config, struct engine_container *c)
{
	const json_t *o;
	struct str t cleanup_str = STR_INIT;

	state_list(d, config, "Entrypoint", &c->entrypoint);
	state_str(d, config, "WorkDir", &c->workdir);
	if ((o = state_obj(d, config, "Network")))
		state_str(d, o, "Type", &c->network_mode);
	if (state_bool(d, config, "PidHost") == 1)
		str_sets(&c->pid_mode, "host");
	if (state_bool(d, config, "IpcHost") == 1)
		str_sets(&c->ipc_mode, "host");
	if ((o = state_obj(d, config, "Linux"))) {
		state_list(d, o, "Capabilities", &c->cap_add);
		if (state_bool(d, o, "AllowAllDevices") == 1)
			strlist_adds(&c->devices, "*:*:rwm");
	}
	if ((o = state_obj(d, config, "User")) &&
	    state_int(d, o, "UID", -1) > 0)
		str_addf(&c->user, "%lld", (long long)state_int(d, o, "UID", -1));
	state_str(d, config, "Description", &t);
	if (t.n) {
		str_adds(&c->created_by, "plug-in: ");
		str_add(&c->created_by, t.s, t.n);
	}
}

int
docker_get_plugin(struct store *s, const char *id, struct engine_container *c,
    struct rec *rec, struct err *e)
{
	struct state d cleanup_state = STATE_INIT;
	struct str p cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	struct strlist args cleanup_strlist = STRLIST_INIT;
	const json_t *plugin, *config, *set, *a;
	struct err re;

	(void)e;
	str_sets(&c->id, id);
	str_sets(&c->type, "plugin");
	path_of(id, "config.json", &p);
	engine_path(s, p.s, &c->config_path);
	if (state_read(&d, s->root, p.s, NULL, &re)) {
		store_note_err(rec, s, p.s, &re);
		return 0;
	}
	plugin = state_obj(&d, d.json, "plugin");
	if (!plugin) {
		store_note(rec, s, ERR_CORRUPT, p.s, "has no plug-in");
		return 0;
	}
	state_str(&d, plugin, "Name", &c->name);
	if (!state_str(&d, plugin, "PluginReference", &c->image_ref) ||
	    !c->image_ref.n)
		str_set(&c->image_ref, c->name.s, c->name.n);
	if (state_str(&d, d.json, "Config", &v) && state_is_digest(v.s, v.n))
		str_set(&c->image_id, v.s, v.n);
	str_sets(&c->state, state_bool(&d, plugin, "Enabled") == 1 ? "enabled"
								   : "disabled");
	config = state_obj(&d, plugin, "Config");
	if (config)
		read_config(&d, config, c);
	set = state_obj(&d, plugin, "Settings");
	if (set) {
		state_list(&d, set, "Args", &args);
		state_list(&d, set, "Env", &c->env);
	}
	if (config && !c->env.n)
		add_env(&d, config, c);
	strlist_join(&c->entrypoint, " ", &c->command);
	if (c->entrypoint.n && args.n)
		str_addc(&c->command, ' ');
	strlist_join(&args, " ", &c->command);
	a = set ? state_arr(&d, set, "Mounts") : NULL;
	if (!a && config)
		a = state_arr(&d, config, "Mounts");
	add_mounts(&d, a, c);
	a = set ? state_arr(&d, set, "Devices") : NULL;
	if (!a && config && (config = state_obj(&d, config, "Linux")))
		a = state_arr(&d, config, "Devices");
	add_devices(&d, a, c);
	if (state_bool(&d, plugin, "Enabled") < 0)
		str_clear(&c->state);
	c->privileged = 0;
	docker_power(s, &d, c);
	c->privileged = -1;
	store_sort_mounts(c);
	store_note_odd(rec, s, p.s, &d);
	return 0;
}

int
docker_plugin_tree(struct store *s, const char *id, struct engine_tree *t,
    struct err *e)
{
	struct str p cleanup_str = STR_INIT;

	(void)e;
	path_of(id, "rootfs", &p);
	if (store_is_dir(s->root, p.s))
		strlist_add(&t->layers, p.s, p.n);
	else
		store_miss(t, "'%s' is missing", p.s);
	return 0;
}
