/*
 * collect-containers - the containers of every container store
 *
 * Records: container, mount, change; volume, network, pod, node, task. Live:
 * contradiction, where processes and records do not agree.
 */

#include "civil.h"
#include "content.h"
#include "elffacts.h"
#include "limits.h"
#include "magicdb.h"
#include "members.h"
#include "storewalk.h"

struct work {
	struct storewalk walk;
	struct content_reader *reader; /* in a worker */
	struct members *members;       /* live; else NULL */
	struct strlist again;	       /* scopes to read once more */
};

/* The container at hand, for the callbacks. */
struct at {
	struct rec *r;
	struct store *s;
	struct engine_container *c;
	struct engine_tree *t;
	struct str scope;
	struct content_reader *reader;
	uint64_t read;		 /* bytes of its changed files */
	uint64_t without;	 /* files without a digest, because of limits */
};

static void
ids(const struct at *a, enum col scope, enum col engine, enum col namespace,
    enum col store, enum col id)
{
	rec_str(a->r, scope, &a->scope);
	rec_text(a->r, engine, a->s->engine->name);
	rec_str(a->r, namespace, &a->c->namespace);
	rec_str(a->r, store, &a->s->path);
	rec_str(a->r, id, &a->c->id);
}
#define IDS(a, kind)                                                           \
	ids(a, COL_##kind##_scope, COL_##kind##_engine, COL_##kind##_namespace, \
	    COL_##kind##_store, COL_##kind##_container_id)

static void
put_number(struct rec *r, enum col c, int64_t v)
{
	if (v >= 0)
		rec_int(r, c, v);
}

static void
put_bool(struct rec *r, enum col c, int v)
{
	if (v >= 0)
		rec_bool(r, c, v);
}

static void
put_container(const struct at *a)
{
	const struct engine_container *c = a->c;
	struct str t cleanup_str = STR_INIT;
	struct rec *r = a->r;

	rec_begin(r, KIND_container);
	IDS(a, container);
	rec_str(r, COL_container_name, &c->name);
	rec_str(r, COL_container_image_ref, &c->image_ref);
	rec_str(r, COL_container_image_id, &c->image_id);
	rec_str(r, COL_container_state, &c->state);
	rec_str(r, COL_container_command, &c->command);
	rec_list(r, COL_container_entrypoint, &c->entrypoint);
	rec_list(r, COL_container_cmd, &c->cmd);
	rec_list(r, COL_container_healthcheck, &c->healthcheck);
	rec_list(r, COL_container_env, &c->env);
	rec_list(r, COL_container_labels, &c->labels);
	rec_str(r, COL_container_user, &c->user);
	rec_str(r, COL_container_workdir, &c->workdir);
	rec_str(r, COL_container_hostname, &c->hostname);
	rec_time(r, COL_container_created_time, c->created_time);
	rec_time(r, COL_container_started_time, c->started_time);
	rec_time(r, COL_container_finished_time, c->finished_time);
	put_number(r, COL_container_pid, c->pid);
	put_number(r, COL_container_exit_code, c->exit_code);
	rec_str(r, COL_container_error, &c->error);
	put_bool(r, COL_container_oom_killed, c->oom_killed);
	rec_str(r, COL_container_restart_policy, &c->restart_policy);
	put_number(r, COL_container_restart_max, c->restart_max);
	put_number(r, COL_container_restart_count, c->restart_count);
	put_bool(r, COL_container_auto_remove, c->auto_remove);
	put_bool(r, COL_container_privileged, c->privileged);
	rec_str(r, COL_container_network_mode, &c->network_mode);
	rec_str(r, COL_container_pid_mode, &c->pid_mode);
	rec_str(r, COL_container_ipc_mode, &c->ipc_mode);
	rec_str(r, COL_container_uts_mode, &c->uts_mode);
	rec_str(r, COL_container_userns_mode, &c->userns_mode);
	rec_str(r, COL_container_cgroupns_mode, &c->cgroupns_mode);
	rec_list(r, COL_container_cap_add, &c->cap_add);
	rec_list(r, COL_container_cap_drop, &c->cap_drop);
	rec_list(r, COL_container_security_opt, &c->security_opt);
	rec_str(r, COL_container_apparmor, &c->apparmor);
	put_bool(r, COL_container_readonly_rootfs, c->readonly_rootfs);
	rec_list(r, COL_container_devices, &c->devices);
	rec_list(r, COL_container_ports, &c->ports);
	rec_list(r, COL_container_links, &c->links);
	rec_list(r, COL_container_volumes_from, &c->volumes_from);
	rec_str(r, COL_container_runtime, &c->runtime);
	rec_str(r, COL_container_driver, &c->driver);
	rec_str(r, COL_container_log_driver, &c->log_driver);
	rec_str(r, COL_container_log_path, &c->log_path);
	if (a->t->upper)
		rec_text(r, COL_container_host_path,
		    engine_path(a->t->home ? a->t->home : a->s,
			a->t->layers.v[0].s, &t));
	rec_str(r, COL_container_config_path, &c->config_path);
	rec_str(r, COL_container_type, &c->type);
	rec_str(r, COL_container_created_by, &c->created_by);
	rec_str(r, COL_container_pod, &c->pod);
	rec_str(r, COL_container_pod_namespace, &c->pod_namespace);
	rec_str(r, COL_container_pod_uid, &c->pod_uid);
	rec_list(r, COL_container_annotations, &c->annotations);
	rec_list(r, COL_container_capabilities, &c->capabilities);
	rec_str(r, COL_container_seccomp, &c->seccomp);
	put_bool(r, COL_container_no_new_privs, c->no_new_privs);
	rec_str(r, COL_container_selinux, &c->selinux);
	rec_list(r, COL_container_host_namespaces, &c->host_namespaces);
	rec_list(r, COL_container_networks, &c->networks);
	rec_list(r, COL_container_hooks, &c->hooks);
	rec_list(r, COL_container_sysctls, &c->sysctls);
	rec_end(r);
}

static void
put_mounts(const struct at *a)
{
	const struct engine_mount *m;
	size_t i;

	for (i = 0; i < a->c->mounts_n; i++) {
		m = &a->c->mounts[i];
		rec_begin(a->r, KIND_mount);
		IDS(a, mount);
		rec_str(a->r, COL_mount_type, &m->type);
		rec_str(a->r, COL_mount_source, &m->source);
		rec_str(a->r, COL_mount_destination, &m->destination);
		rec_bool(a->r, COL_mount_rw, m->rw);
		rec_str(a->r, COL_mount_name, &m->name);
		rec_str(a->r, COL_mount_driver, &m->driver);
		rec_str(a->r, COL_mount_propagation, &m->propagation);
		rec_str(a->r, COL_mount_options, &m->options);
		rec_end(a->r);
	}
}

static const char *
type_word(mode_t m)
{
	switch (m & S_IFMT) {
	case S_IFREG:
		return "file";
	case S_IFDIR:
		return "directory";
	case S_IFLNK:
		return "symlink";
	case S_IFIFO:
		return "fifo";
	case S_IFSOCK:
		return "socket";
	case S_IFCHR:
		return "char";
	default:
		return "block";
	}
}

/* What a changed file is, and its digest where it is not too long. */
struct look {
	struct content content;
	struct str magic;
	bool digest;
};

static bool
first_bytes(void *arg, const unsigned char *head UNUSED, size_t n UNUSED)
{
	const struct look *l = arg;

	return l->digest;
}

/* As file(1) says, but of a script always what runs it: libmagic is asked only
 * whether it is text. */
static void
type_of(const unsigned char *p, size_t n, struct str *out)
{
	struct str text cleanup_str = STR_INIT;
	size_t from = 2, to;

	magicdb_type(p, n, out);
	if (n < 2 || memcmp(p, "#!", 2) != 0)
		return;
	while (from < n && (p[from] == ' ' || p[from] == '\t'))
		from++;
	for (to = from; to < n && to < FILE_SHEBANG_MAX && p[to] > ' ' &&
	    p[to] < 0x7f; to++)
		;
	if (p[to < n ? to : n - 1] == ' ' && to - from >= 4 &&
	    memcmp(p + to - 4, "/env", 4) == 0) /* and its argument */
		for (to++; to < n && to < FILE_SHEBANG_MAX && p[to] > ' ' &&
		    p[to] < 0x7f; to++)
			;
	if (to == from)
		return;
	str_addf(&text, "a %.*s script, %s executable", (int)(to - from),
	    (const char *)p + from, out->s);
	str_set(out, text.s, text.n);
}

static ssize_t
read_elf(void *arg, void *p, size_t n, uint64_t at)
{
	const struct root_file *f = arg;

	return pread(f->fd, p, n, (off_t)at);
}

/* What libmagic cannot say of bytes: is it a program or a library? */
static void
type_of_elf(struct root_file *f, uint64_t size, struct str *out)
{
	struct elf_facts elf = ELF_FACTS_INIT;

	if (strncmp(out->s, "ELF ", 4) != 0 || !f->reading)
		return;
	elf_facts(read_elf, f, size, &elf);
	if (elf.elf && elf.type) {
		str_addf(out, "; %s", elf.type);
		if (elf.linkage)
			str_addf(out, ", %s", elf.linkage);
		if (elf.packed)
			str_addf(out, ", packed %s", elf.packed);
	}
	elf_facts_release(&elf);
}

static void
look_at(struct at *a, const struct engine_change *ch, struct look *l)
{
	struct content_hooks hooks = {.first = first_bytes, .arg = l};
	uint64_t size = (uint64_t)ch->st->st_size;
	struct err e;

	l->digest = size <= STORE_DRIFT_FILE &&
	    a->read + size <= STORE_DRIFT_BYTES;
	a->without += !l->digest;
	if (content_read(a->reader, ch->root, ch->file, &hooks, &l->content,
		&e)) {
		/* the row is there; a file that is being written has no
		 * digest that would last */
		e.fine = e.class == ERR_CHANGED;
		rec_note_err(a->r, "read", a->scope.s, ch->path, &e);
	}
	a->read += l->content.read;
	if (l->content.head_n || l->content.whole)
		type_of(l->content.head, l->content.head_n, &l->magic);
	type_of_elf(ch->file, l->content.size, &l->magic);
}

static int
put_change(void *arg, const struct engine_change *ch)
{
	struct str p cleanup_str = STR_INIT, t cleanup_str = STR_INIT;
	struct str hex cleanup_str = STR_INIT;
	struct at *a = arg;
	struct look l = {.magic = STR_INIT};
	struct rec *r = a->r;

	if (ch->file && S_ISREG(ch->st->st_mode))
		look_at(a, ch, &l);
	rec_begin(r, KIND_change);
	IDS(a, change);
	rec_text(r, COL_change_op, ch->op == 'A' ? "added"
				   : ch->op == 'C' ? "modified"
						   : "deleted");
	rec_text(r, COL_change_type, type_word(ch->st->st_mode));
	rec_text(r, COL_change_path, ch->path);
	if (ch->op != 'D') {
		if (S_ISLNK(ch->st->st_mode) && ch->file &&
		    root_readlink(NULL, ch->file, &t, NULL) == 0)
			rec_bytes(r, COL_change_target, t.s, t.n);
		rec_int(r, COL_change_mode, ch->st->st_mode & 07777);
		rec_int(r, COL_change_uid, ch->st->st_uid);
		rec_int(r, COL_change_gid, ch->st->st_gid);
		rec_int(r, COL_change_size, ch->st->st_size);
		if (l.content.whole) {
			str_add_hex(&hex, l.content.sha256, 32);
			rec_str(r, COL_change_sha256, &hex);
		}
		rec_str(r, COL_change_filetype, &l.magic);
		rec_time(r, COL_change_modified_time,
		    civil_ns(ch->st->st_mtim.tv_sec, ch->st->st_mtim.tv_nsec));
		rec_time(r, COL_change_changed_time,
		    civil_ns(ch->st->st_ctim.tv_sec, ch->st->st_ctim.tv_nsec));
		str_add(&p, a->t->layers.v[0].s, a->t->layers.v[0].n);
		str_adds(&p, ch->path);
		rec_text(r, COL_change_host_path, engine_path(a->t->home ? a->t->home
				: a->s, p.s, &t));
	}
	rec_end(r);
	str_release(&l.magic);
	return 0;
}

static void
bad_change(void *arg, const char *path, const struct err *e)
{
	const struct at *a = arg;

	rec_note_err(a->r, "walk", a->scope.s, path, e);
}

static void
put_changes(struct at *a, int opened, const struct err *why)
{
	struct err e = {.class = ERR_NONE};
	size_t i;

	if (opened) {
		e = *why;
		if (e.class == ERR_ABSENT)
			e.class = ERR_CORRUPT; /* it should be there */
		rec_note_err(a->r, "walk", a->scope.s, "/", &e);
		return;
	}
	for (i = 0; i < a->t->missing.n; i++)
		rec_note(a->r, ERR_CORRUPT, "walk", a->scope.s, "/", 0, "%s",
		    a->t->missing.v[i].s);
	if (a->t->upper &&
	    engine_changes(a->t, put_change, a, bad_change, &e) < 0)
		rec_note_err(a->r, "walk", a->scope.s, "/", &e);
	if (a->without)
		rec_note_fine(a->r, ERR_LIMIT, "read", a->scope.s, "/",
		    "%llu changed files have no digest: over %d bytes "
		    "(STORE_DRIFT_FILE), or %lld in all (STORE_DRIFT_BYTES); "
		    "collect-files gives it", (unsigned long long)a->without,
		    STORE_DRIFT_FILE, STORE_DRIFT_BYTES);
}

static void
container_name(void *arg, size_t i, struct str *out, const char **scope)
{
	struct work *w = arg;
	struct str id cleanup_str = STR_INIT;

	if (w->members) { /* its worker died: what it is, is not known */
		engine_scope(&id, true, w->walk.items.v[i].store->engine->name,
		    NULL, w->walk.items.v[i].id.s);
		members_record(w->members, id.s, id.n, MEMBER_UNKNOWN, -1, -1);
	}
	(void)scope;
	storewalk_name(&w->walk, i, out);
}

/* ---- live: records against processes -------------------------------------- */

struct said {
	int64_t pid, started;
	enum member_state state;
	char scope[512];
};

static void
say(const struct str *scope, const struct engine_container *c)
{
	static const char *const ends[] = {"created", "exited", "dead"};
	static const char *const runs[] = {"running", "paused"};
	struct said s = {.pid = c->pid, .started = c->started_time,
	    .state = MEMBER_UNKNOWN};
	size_t i;

	for (i = 0; i < COUNT(ends); i++)
		if (str_eq(&c->state, ends[i]))
			s.state = MEMBER_ENDED;
	for (i = 0; i < COUNT(runs); i++)
		if (str_eq(&c->state, runs[i]))
			s.state = MEMBER_RUNS;
	/* containerd works for Docker, whose record is the one that counts */
	if (scope->n >= sizeof(s.scope) || str_eq(&c->namespace, "moby") ||
	    str_eq(&c->namespace, "plugins.moby"))
		return;
	memcpy(s.scope, scope->s, scope->n + 1);
	worker_give(&s, offsetof(struct said, scope) + scope->n);
}

/* It is there, and could not be read now. */
static void
say_unknown(struct store *s, const char *id)
{
	struct str scope cleanup_str = STR_INIT;
	struct engine_container none;

	engine_container_init(&none);
	engine_scope(&scope, true, s->engine->name, NULL, id);
	say(&scope, &none);
	engine_container_release(&none);
}

static void
take_said(void *arg, size_t i UNUSED, const void *p, size_t n)
{
	struct work *w = arg;
	struct said s;

	if (!w->members || n > sizeof(s) || n <= offsetof(struct said, scope))
		return;
	memcpy(&s, p, n);
	if (s.state == MEMBER_ENDED || s.state == MEMBER_RUNS)
		members_record(w->members, s.scope,
		    n - offsetof(struct said, scope), s.state, s.pid,
		    s.started);
	else
		members_record(w->members, s.scope,
		    n - offsetof(struct said, scope), MEMBER_UNKNOWN, -1, -1);
}

static void
again(void *arg, const char *scope, size_t n)
{
	struct work *w = arg;

	strlist_add(&w->again, scope, n);
}

/* Records that do not agree with processes, as they are now. */
static void
read_again(void *arg, size_t i, struct rec *r UNUSED)
{
	struct work *w = arg;
	struct store *s = w->walk.items.v[i].store;
	struct str scope cleanup_str = STR_INIT;
	struct engine_container c;
	size_t k;

	engine_container_init(&c);
	if (s->engine->get_container(s, w->walk.items.v[i].id.s, &c, NULL, NULL) ==
	    0) {
		engine_scope(&scope, true, s->engine->name, c.namespace.s,
		    c.id.s);
		for (k = 0; k < w->again.n; k++)
			if (strcmp(w->again.v[k].s, scope.s) == 0)
				break;
		if (k < w->again.n)
			say(&scope, &c);
	}
	engine_container_release(&c);
}

static void
compare(struct work *w, struct rec *rec)
{
	struct worker_map m = {.fn = read_again, .name = container_name,
	    .take = take_said, .arg = w, .op = "store", .n = w->walk.items.n};
	struct err e;

	if (!w->members)
		return;
	members_suspect(w->members, again, w);
	if (w->again.n && m.n && worker_map(&m, rec, &e))
		die("%s", e.msg);
	members_tell(w->members, rec);
	members_free(w->members);
	strlist_release(&w->again);
}

static void
one_container(void *arg, size_t i, struct rec *r)
{
	struct work *w = arg;
	struct store *s = w->walk.items.v[i].store;
	const char *id = w->walk.items.v[i].id.s;
	struct engine_container c;
	struct engine_tree t = {0};
	struct at a = {.r = r, .s = s, .c = &c, .t = &t, .scope = STR_INIT};
	struct err e, why = {.class = ERR_NONE};
	int opened;

	if (!w->reader)
		w->reader = content_new();
	a.reader = w->reader;
	engine_container_init(&c);
	if (s->engine->get_container(s, id, &c, r, &e)) {
		rec_note_err(r, "store", NULL, s->path.s, &e);
		if (w->members && e.class != ERR_CORRUPT)
			say_unknown(s, id);
	} else {
		engine_scope(&a.scope, true, s->engine->name, c.namespace.s,
		    c.id.s);
		opened = s->engine->open_tree(s, true, id, &t, &why);
		put_container(&a);
		put_mounts(&a);
		put_changes(&a, opened, &why);
		/* of one whose record is gone nothing is left to say */
		if (w->members && (c.state.n || c.image_ref.n || c.command.n))
			say(&a.scope, &c);
		engine_tree_release(&t);
	}
	engine_container_release(&c);
	str_release(&a.scope);
}

/* ---- what else a store has ------------------------------------------------ */

static void
put_volume(void *arg, const struct engine_volume *v)
{
	struct storewalk_at *x = arg;
	struct rec *r = x->r;

	rec_begin(r, KIND_volume);
	rec_text(r, COL_volume_engine, x->s->engine->name);
	rec_str(r, COL_volume_namespace, &v->namespace);
	rec_str(r, COL_volume_store, &x->s->path);
	rec_str(r, COL_volume_name, &v->name);
	rec_str(r, COL_volume_driver, &v->driver);
	rec_list(r, COL_volume_options, &v->options);
	rec_list(r, COL_volume_labels, &v->labels);
	rec_time(r, COL_volume_created_time, v->created_time);
	rec_str(r, COL_volume_source, &v->source);
	rec_end(r);
}

static void
put_network(void *arg, const struct engine_network *n)
{
	struct storewalk_at *x = arg;
	struct rec *r = x->r;

	rec_begin(r, KIND_network);
	rec_text(r, COL_network_engine, x->s->engine->name);
	rec_str(r, COL_network_namespace, &n->namespace);
	rec_str(r, COL_network_store, &x->s->path);
	rec_str(r, COL_network_network_id, &n->id);
	rec_str(r, COL_network_name, &n->name);
	rec_str(r, COL_network_driver, &n->driver);
	rec_list(r, COL_network_subnets, &n->subnets);
	put_bool(r, COL_network_internal, n->internal);
	rec_list(r, COL_network_options, &n->options);
	rec_list(r, COL_network_labels, &n->labels);
	rec_time(r, COL_network_created_time, n->created_time);
	rec_end(r);
}

static void
put_node(void *arg, const struct engine_node *n)
{
	struct storewalk_at *x = arg;
	struct rec *r = x->r;

	rec_begin(r, KIND_node);
	rec_text(r, COL_node_engine, x->s->engine->name);
	rec_str(r, COL_node_store, &x->s->path);
	rec_str(r, COL_node_path, &n->path);
	rec_str(r, COL_node_node_id, &n->id);
	rec_str(r, COL_node_name, &n->name);
	rec_str(r, COL_node_role, &n->role);
	rec_str(r, COL_node_address, &n->address);
	rec_list(r, COL_node_peers, &n->peers);
	rec_end(r);
}

static void
put_task(void *arg, const struct engine_task *t)
{
	struct storewalk_at *x = arg;
	struct rec *r = x->r;

	rec_begin(r, KIND_task);
	rec_text(r, COL_task_engine, x->s->engine->name);
	rec_str(r, COL_task_store, &x->s->path);
	rec_str(r, COL_task_task_id, &t->id);
	rec_str(r, COL_task_service, &t->service);
	rec_str(r, COL_task_container_id, &t->container_id);
	rec_str(r, COL_task_image_ref, &t->image_ref);
	rec_str(r, COL_task_command, &t->command);
	rec_list(r, COL_task_env, &t->env);
	rec_list(r, COL_task_mounts, &t->mounts);
	rec_str(r, COL_task_state, &t->state);
	rec_time(r, COL_task_created_time, t->created_time);
	rec_end(r);
}

static void
put_pod(void *arg, const struct engine_pod *p)
{
	struct storewalk_at *x = arg;
	struct rec *r = x->r;

	rec_begin(r, KIND_pod);
	rec_text(r, COL_pod_engine, x->s->engine->name);
	rec_str(r, COL_pod_store, &x->s->path);
	rec_str(r, COL_pod_source, &p->source);
	rec_str(r, COL_pod_path, &p->path);
	rec_str(r, COL_pod_uid, &p->uid);
	rec_str(r, COL_pod_namespace, &p->namespace);
	rec_str(r, COL_pod_name, &p->name);
	rec_list(r, COL_pod_containers, &p->containers);
	rec_list(r, COL_pod_images, &p->images);
	rec_list(r, COL_pod_commands, &p->commands);
	rec_str(r, COL_pod_service_account, &p->service_account);
	put_bool(r, COL_pod_privileged, p->privileged);
	put_bool(r, COL_pod_host_network, p->host_network);
	put_bool(r, COL_pod_host_pid, p->host_pid);
	put_bool(r, COL_pod_host_ipc, p->host_ipc);
	rec_list(r, COL_pod_capabilities, &p->capabilities);
	rec_list(r, COL_pod_host_paths, &p->host_paths);
	rec_list(r, COL_pod_volumes, &p->volumes);
	rec_time(r, COL_pod_created_time, p->created_time);
	rec_end(r);
}

int
main(int argc, char **argv)
{
	struct work w = {.walk = {
		.containers = true,
		.sink = {.volume = put_volume, .network = put_network,
		    .node = put_node, .task = put_task, .pod = put_pod},
	}};
	const struct cli_opt more[] = {
		SELECT_CONTAINERS(&w.walk.select),
		{0},
	};
	struct collect c = {
		.tool = "collect-containers",
		.about = "Records of the containers in every container store.",
		.keep = LOCK_DAC_READ_SEARCH | LOCK_FOWNER | LOCK_SYS_ADMIN,
		.store_probe = engine_store_probe,
		.engines = engine_names,
		.archive = engine_archive_root,
		.print_list = engine_print_stores,
		.more = more,
	};
	struct worker_map m = {.fn = one_container, .name = container_name,
	    .take = take_said, .arg = &w, .op = "store",
	    .seconds = CONTENT_SECONDS};

	collect_begin(&c, argc, argv);
	if (c.live && !select_any(&w.walk.select) && !c.store_as)
		w.members = members_begin();
	storewalk_begin(&w.walk, &c);
	if (w.walk.items.n && !c.packed && !root_sees_trusted())
		rec_note(c.rec, ERR_DENIED, "xattr", NULL, NULL, 0,
		    "without CAP_SYS_ADMIN the kernel hides which directories "
		    "of a layer are opaque: what containers deleted is not "
		    "seen in full");
	if (w.walk.items.n)
		magicdb_open(); /* workers share it */
	storewalk_run(&w.walk, &m, c.rec);
	compare(&w, c.rec);
	storewalk_end(&w.walk);
	return collect_end(&c);
}
