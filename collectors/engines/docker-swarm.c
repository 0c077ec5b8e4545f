#include "docker.h"

#include "civil.h"
#include "limits.h"
#include "pb.h"
#include "storelib.h"

/*
 * What a host knows of the swarm that it is in. Sources: moby
 * daemon/cluster/cluster.go (docker-state.json), swarmkit node/node.go
 * (state.json, certificates), agent/storage.go (worker/tasks.db: buckets v1,
 * tasks, ID, with "data" and "status"), api/objects.proto, specs.proto,
 * types.proto. The log of the managers (swarm/raft) is encrypted.
 */

#define STATE "/swarm/docker-state.json"
#define PEERS "/swarm/state.json"
#define CERT "/swarm/certificates/swarm-node.crt"
#define TASKS "/swarm/worker/tasks.db"

/* ---- the node ---------------------------------------------------------------- */

static size_t
unbase64(const char *p, size_t n, unsigned char *out, size_t max)
{
	static const char abc[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t acc = 0;
	unsigned bits = 0;
	size_t o = 0;

	for (; n && o < max; p++, n--) {
		const char *at = *p ? strchr(abc, *p) : NULL;

		if (!at)
			continue;
		acc = acc << 6 | (uint32_t)(at - abc);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[o++] = (unsigned char)(acc >> bits);
		}
	}
	return o;
}

/* The subject of the certificate: its attributes come last. RFC 5280: an
 * attribute is its object identifier (2.5.4.X) and a string. */
static void
subject(const struct str *pem, unsigned char attribute, struct str *out)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	static const char end[] = "-----END";
	unsigned char der[4096];
	const char *p = memmem(pem->s, pem->n, begin, sizeof(begin) - 1), *q;
	size_t n, i;

	if (!p)
		return;
	p += sizeof(begin) - 1;
	q = memmem(p, (size_t)(pem->s + pem->n - p), end, sizeof(end) - 1);
	if (!q)
		return;
	n = unbase64(p, (size_t)(q - p), der, sizeof(der));
	for (i = 0; i + 7 < n; i++)
		if (der[i] == 6 && der[i + 1] == 3 && der[i + 2] == 0x55 &&
		    der[i + 3] == 4 && der[i + 4] == attribute &&
		    (der[i + 5] == 12 || der[i + 5] == 19) &&
		    der[i + 6] < 128 && i + 7 + der[i + 6] <= n)
			str_set(out, der + i + 7, der[i + 6]);
}

static void
peers(struct store *s, struct engine_node *n, struct rec *rec)
{
	struct state d cleanup_state = STATE_INIT;
	struct str id cleanup_str = STR_INIT, a cleanup_str = STR_INIT;
	struct err e;
	size_t i;

	if (state_read(&d, s->root, PEERS, NULL, &e)) {
		if (e.class != ERR_ABSENT)
			store_note_err(rec, s, PEERS, &e);
		return;
	}
	for (i = 0; i < json_array_size(d.json); i++) {
		const json_t *o = json_array_get(d.json, i);

		state_str(&d, o, "node_id", &id);
		state_str(&d, o, "addr", &a);
		if (!a.n)
			continue;
		strlist_add(&n->peers, a.s, a.n);
		if (n->id.n && id.n == n->id.n &&
		    memcmp(id.s, n->id.s, id.n) == 0)
			str_sets(&n->role, "manager");
	}
	strlist_sort(&n->peers);
	store_note_odd(rec, s, PEERS, &d);
}

void
docker_nodes(struct store *s, const struct engine_sink *sink,
    struct rec *rec)
{
	static const char *const addresses[] = {"AdvertiseAddr", "LocalAddr",
	    "ListenAddr"};
	struct state d cleanup_state = STATE_INIT;
	struct str pem cleanup_str = STR_INIT, ou cleanup_str = STR_INIT;
	struct engine_node n;
	struct err e;
	bool there = true, cert;
	size_t i;

	engine_node_init(&n);
	if (state_read(&d, s->root, STATE, NULL, &e)) {
		there = e.class != ERR_ABSENT;
		if (there)
			store_note_err(rec, s, STATE, &e);
	}
	for (i = 0; i < COUNT(addresses) && !n.address.n; i++)
		state_str(&d, d.json, addresses[i], &n.address);
	cert = root_slurp(s->root, CERT, 64 * 1024, &pem, NULL, &e) >= 0;
	if (!cert && e.class != ERR_ABSENT)
		store_note_err(rec, s, CERT, &e);
	if (cert) {
		subject(&pem, 3, &n.id);
		subject(&pem, 11, &ou);
		subject(&pem, 10, &n.name);
		if (str_eq(&ou, "swarm-manager"))
			str_sets(&n.role, "manager");
		else if (str_eq(&ou, "swarm-worker"))
			str_sets(&n.role, "worker");
		if (!n.id.n)
			store_note(rec, s, ERR_CORRUPT, CERT,
			    "names no node");
	}
	if (there || cert) {
		peers(s, &n, rec);
		engine_path(s, there ? STATE : CERT, &n.path);
		store_note_odd(rec, s, STATE, &d);
		sink->node(sink->arg, &n);
	}
	engine_node_release(&n);
}

/* ---- tasks ------------------------------------------------------------------- */

static const struct {
	uint64_t n;
	const char *word;
} states[] = {{0, "new"}, {64, "pending"}, {192, "assigned"},
    {256, "accepted"}, {320, "preparing"}, {384, "ready"}, {448, "starting"},
    {512, "running"}, {576, "complete"}, {640, "shutdown"}, {704, "failed"},
    {768, "rejected"}, {800, "remove"}, {832, "orphaned"}};

/* api.Mount */
static void
task_mount(const struct pb_field *f, struct engine_task *t)
{
	static const char *const types[] = {"bind", "volume", "tmpfs",
	    "npipe", "cluster"};
	struct str src cleanup_str = STR_INIT, dst cleanup_str = STR_INIT;
	struct pb m = pb_in(f);
	struct pb_field x;
	uint64_t type = 0;
	bool ro = false;

	while (pb_next(&m, &x)) {
		if (x.no == 1)
			type = x.number;
		else if (x.no == 2)
			pb_text(&x, &src);
		else if (x.no == 3)
			pb_text(&x, &dst);
		else if (x.no == 4)
			ro = x.number != 0;
	}
	if (type < COUNT(types)) {
		struct str s cleanup_str = STR_INIT;

		str_addf(&s, "%s:", types[type]);
		str_add(&s, src.s, src.n);
		str_addc(&s, ':');
		str_add(&s, dst.s, dst.n);
		str_adds(&s, ro ? ":ro" : "");
		strlist_add(&t->mounts, s.s, s.n);
	}
}

/* api.ContainerSpec */
static bool
container_spec(const struct pb_field *f, struct engine_task *t)
{
	struct strlist command cleanup_strlist = STRLIST_INIT;
	struct strlist args cleanup_strlist = STRLIST_INIT;
	struct pb m = pb_in(f);
	struct pb_field x;

	while (pb_next(&m, &x)) {
		if (x.type != PB_BYTES)
			continue;
		switch (x.no) {
		case 1:
			pb_text(&x, &t->image_ref);
			break;
		case 3:
			strlist_add(&command, x.p, x.n);
			break;
		case 4:
			strlist_add(&args, x.p, x.n);
			break;
		case 5:
			strlist_add(&t->env, x.p, x.n);
			break;
		case 8:
			task_mount(&x, t);
			break;
		default:
			break;
		}
	}
	strlist_join(&command, " ", &t->command);
	if (command.n && args.n)
		str_addc(&t->command, ' ');
	strlist_join(&args, " ", &t->command);
	return !m.bad;
}

/* The first field of that number in a message, which is one itself. */
static bool
within(const struct pb_field *f, uint64_t no, struct pb_field *out)
{
	struct pb m = pb_in(f);

	while (pb_next(&m, out))
		if (out->no == no && out->type == PB_BYTES)
			return true;
	return false;
}

/* api.Task */
static bool
task_data(const char *p, size_t n, struct engine_task *t)
{
	struct str service cleanup_str = STR_INIT;
	struct pb m = PB(p, n);
	struct pb_field f, x;
	bool good = true;

	while (pb_next(&m, &f)) {
		switch (f.no) {
		case 1:
			pb_text(&f, &t->id);
			break;
		case 2:
			if (within(&f, 2, &x))
				t->created_time = pb_time(&x);
			break;
		case 3:
			if (within(&f, 1, &x))
				good &= container_spec(&x, t);
			break;
		case 4:
			pb_text(&f, &service);
			break;
		case 8:
			if (within(&f, 1, &x))
				pb_text(&x, &t->service);
			break;
		default:
			break;
		}
	}
	if (!t->service.n)
		str_add(&t->service, service.s, service.n);
	return good && !m.bad;
}

/* api.TaskStatus */
static bool
task_status(const char *p, size_t n, struct engine_task *t)
{
	struct pb m = PB(p, n);
	struct pb_field f, x;
	size_t i;

	while (pb_next(&m, &f)) {
		if (f.no == 5 && within(&f, 1, &x))
			pb_text(&x, &t->container_id);
		if (f.no != 2)
			continue;
		str_clear(&t->state);
		for (i = 0; i < COUNT(states); i++)
			if (states[i].n == f.number)
				str_sets(&t->state, states[i].word);
	}
	return !m.bad;
}

struct tasks {
	struct store *s;
	const struct engine_sink *sink;
	struct rec *rec;
	struct bolt *b;
	size_t n;
};

static int
task_item(void *arg, const struct bolt_item *it)
{
	struct tasks *x = arg;
	struct engine_task t;
	const char *v;
	size_t n;
	bool good = true;

	if (it->value)
		return 0;
	if (x->n++ >= STORE_TASKS_MAX) {
		store_note(x->rec, x->s, ERR_LIMIT, TASKS, "more than %d tasks "
		    "(STORE_TASKS_MAX)", STORE_TASKS_MAX);
		return 1;
	}
	engine_task_init(&t);
	if (bolt_get(x->b, &it->bucket, "data", 4, &v, &n))
		good &= task_data(v, n, &t);
	if (bolt_get(x->b, &it->bucket, "status", 6, &v, &n))
		good &= task_status(v, n, &t);
	if (t.container_id.n && !state_is_hex(t.container_id.s,
	    t.container_id.n)) {
		good = false;
		str_clear(&t.container_id);
	}
	if (!t.id.n)
		str_add(&t.id, it->key, it->key_n);
	if (!good)
		store_note(x->rec, x->s, ERR_CORRUPT, TASKS,
		    "task '%.40s': its message is broken; read as far as it "
		    "goes", t.id.s);
	x->sink->task(x->sink->arg, &t);
	engine_task_release(&t);
	return 0;
}

void
docker_tasks(struct store *s, const struct engine_sink *sink,
    struct rec *rec)
{
	struct docker_db db;
	struct tasks x = {.s = s, .sink = sink, .rec = rec};
	struct bolt_bucket in;

	x.b = docker_db(&db, s, TASKS, rec);
	if (x.b && bolt_path(x.b, &in, "v1", "tasks", NULL))
		bolt_each(x.b, &in, task_item, &x);
	bolt_free(x.b);
}
