#include "docker.h"

#include "containerd.h"

#include "civil.h"
#include "config.h"
#include "storelib.h"

/* moby container/state.go, StateString. */
static void
state_word(struct state *d, const json_t *o, struct engine_container *c)
{
	const char *w;

	if (state_bool(d, o, "Running") == 1)
		w = state_bool(d, o, "Paused") == 1	  ? "paused"
		    : state_bool(d, o, "Restarting") == 1 ? "restarting"
							  : "running";
	else if (state_bool(d, o, "RemovalInProgress") == 1)
		w = "removing";
	else if (state_bool(d, o, "Dead") == 1)
		w = "dead";
	else
		w = c->started_time == CIVIL_NONE ? "created" : "exited";
	str_sets(&c->state, w);
}

/* The data-root as the engine knew it, from a path that it wrote. */
static void
known_data_root(struct store *s, struct state *d, const char *id,
    struct str *out)
{
	struct str tail cleanup_str = STR_INIT;

	str_addf(&tail, "/containers/%s/hostname", id);
	if (state_str(d, d->json, "HostnamePath", out) && out->n > tail.n &&
	    strcmp(out->s + out->n - tail.n, tail.s) == 0)
		str_cut(out, out->n - tail.n);
	else
		str_set(out, s->path.s, s->path.n);
}

/* Docker 29 says which index or manifest; the row of the image, which is
 * containerd's, has the digest of its configuration. */
static void
in_containerd(struct store *s, struct engine_container *c)
{
	struct str id cleanup_str = STR_INIT;
	size_t i;

	if (!c->image_id.n || docker_has(s, "imagedb/content/sha256",
		c->image_id.s + (c->image_id.n == 71 ? 7 : 0)))
		return;
	for (i = 0; s->all && i < s->all->n; i++)
		if (strcmp(s->all->v[i].engine->name, "containerd") == 0 &&
		    containerd_image_id(&s->all->v[i], CONTAINERD_MOBY,
			c->image_id.s, &id)) {
			str_set(&c->image_id, id.s, id.n);
			return;
		}
}

static void
read_config(struct store *s, struct state *d, struct engine_container *c,
    const char *path, struct rec *rec)
{
	struct str v cleanup_str = STR_INIT, root cleanup_str = STR_INIT;
	struct strlist args cleanup_strlist = STRLIST_INIT;
	const json_t *o;
	const char *in;
	bool bad = false;

	if (state_str(d, d->json, "ID", &v) && strcmp(v.s, c->id.s) != 0)
		store_note(rec, s, ERR_CORRUPT, path, "is the state of another "
		    "container: '%.80s'", v.s);
	if (state_str(d, d->json, "Name", &c->name) && c->name.s[0] == '/') {
		str_set(&v, c->name.s + 1, c->name.n - 1);
		str_set(&c->name, v.s, v.n);
	}
	c->created_time = state_time(d, d->json, "Created", &bad);
	state_str(d, d->json, "Path", &c->command);
	state_list(d, d->json, "Args", &args);
	if (args.n) {
		str_addc(&c->command, ' ');
		strlist_join(&args, " ", &c->command);
	}
	state_str(d, d->json, "Image", &c->image_id);
	if (c->image_id.n && !state_is_digest(c->image_id.s, c->image_id.n) &&
	    !state_is_hex(c->image_id.s, c->image_id.n)) { /* before 1.10 */
		store_note(rec, s, ERR_CORRUPT, path, "names no image id: '%.80s'",
		    c->image_id.s);
		str_clear(&c->image_id);
	}
	state_str(d, d->json, "Driver", &c->driver);
	in_containerd(s, c);
	in = docker_has(s, "layerdb/mounts", c->id.s);
	if (in && c->driver.n && !str_eq(&c->driver, in))
		store_note(rec, s, ERR_CORRUPT, path, "says that its files are "
		    "in the storage driver '%.40s', but they are in '%s'",
		    c->driver.s, in);
	state_str(d, d->json, "LogPath", &c->log_path);
	state_str(d, d->json, "AppArmorProfile", &c->apparmor);
	c->restart_count = state_int(d, d->json, "RestartCount", -1);
	o = state_obj(d, d->json, "State");
	if (o) {
		c->started_time = state_time(d, o, "StartedAt", &bad);
		c->finished_time = state_time(d, o, "FinishedAt", &bad);
		c->pid = state_int(d, o, "Pid", -1);
		if (c->pid == 0)
			c->pid = -1;
		c->exit_code = state_int(d, o, "ExitCode", -1);
		c->oom_killed = state_bool(d, o, "OOMKilled");
		state_str(d, o, "Error", &c->error);
		state_word(d, o, c);
	}
	if (bad)
		store_note(rec, s, ERR_CORRUPT, path, "a time is none or out of "
		    "range");
	o = state_obj(d, d->json, "Config");
	if (o) {
		state_str(d, o, "Image", &c->image_ref);
		state_list(d, o, "Entrypoint", &c->entrypoint);
		state_list(d, o, "Cmd", &c->cmd);
		state_list(d, o, "Env", &c->env);
		state_pairs(d, o, "Labels", &c->labels);
		state_str(d, o, "User", &c->user);
		state_str(d, o, "WorkingDir", &c->workdir);
		state_str(d, o, "Hostname", &c->hostname);
		config_health(d, o, &c->healthcheck);
	}
	known_data_root(s, d, c->id.s, &root);
	docker_mount_points(d, &root, c);
	if (!c->mounts_n)
		docker_v1_mounts(d, c);
	docker_host_config(s, d, c, &root, rec);
	docker_power(s, d, c);
	store_sort_mounts(c);
}

int
docker_get_container(struct store *s, const char *id,
    struct engine_container *c, struct rec *rec, struct err *e)
{
	struct str path cleanup_str = STR_INIT;
	struct state d cleanup_state = STATE_INIT;
	struct err re;

	if (!state_is_hex(id, strlen(id)))
		return err_set(e, ERR_CORRUPT, 0, "no container id: '%.80s'",
		    id);
	str_addf(&path, "/containers/%s", id);
	if (!store_is_dir(s->root, path.s) && docker_is_plugin(s, id))
		return docker_get_plugin(s, id, c, rec, e);
	str_sets(&c->id, id);
	if (docker_container_state(s, id, &path, &d, &re)) {
		if (re.class == ERR_ABSENT)
			store_note(rec, s, ERR_CORRUPT, path.s, "is missing: the "
			    "container was removed, but not all of it");
		else
			store_note_err(rec, s, path.s, &re);
		return 0;
	}
	engine_path(s, path.s, &c->config_path);
	if (!json_is_object(d.json)) {
		store_note(rec, s, ERR_CORRUPT, path.s, "is no JSON object");
		return 0;
	}
	read_config(s, &d, c, path.s, rec);
	store_note_odd(rec, s, path.s, &d);
	return 0;
}

int
docker_container_state(struct store *s, const char *id, struct str *path,
    struct state *d, struct err *e)
{
	struct str old cleanup_str = STR_INIT;
	struct err oe;

	str_clear(path);
	str_addf(path, "/containers/%s/config.v2.json", id);
	if (state_read(d, s->root, path->s, NULL, e) == 0)
		return 0;
	if (e->class != ERR_ABSENT)
		return -1;
	/* as Docker before 1.10 called it */
	str_addf(&old, "/containers/%s/config.json", id);
	if (state_read(d, s->root, old.s, NULL, &oe) == 0 ||
	    oe.class != ERR_ABSENT) {
		str_set(path, old.s, old.n);
		*e = oe;
		return d->json ? 0 : -1;
	}
	return -1;
}
