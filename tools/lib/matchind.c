/*
 * matchind - indicators, over every place where they can occur
 *
 * Values lie in one hash table; each text is cut into the tokens that a type
 * could be (a host name, a run of base58, a path ...) and these are looked
 * up, so that 100,000 indicators cost what ten do. Only "command" and
 * "user-agent" are searched one by one.
 *
 * A place has a ceiling: what an indicator in an image's history proves is
 * less than what it proves in the host's own crontab.
 */

#include "match.h"

#include "limits.h"
#include "mask.h"
#include "sqlfunc.h"

struct entry {
	uint32_t next; /* index + 1, 0: the last */
	uint32_t hash;
};

struct table {
	uint32_t *buckets;
	struct entry *entries; /* beside the indicators */
	size_t mask;
	const struct packs *packs;
	size_t *searched; /* command, user-agent */
	size_t searched_n;
	size_t *seen; /* row number that an indicator was last found in */
};

/* How a place's text is read. */
enum reading {
	READ_IMAGE,   /* an image reference */
	READ_DIGEST,  /* a digest */
	READ_PATH,    /* one path */
	READ_TEXT,    /* any text */
	READ_ENV,     /* any text, where names of images are only mentioned */
	READ_ACCOUNT, /* the name of an account */
	READ_PROCESS, /* the name of a process */
	READ_ADDRESS, /* an IP address */
	READ_KEY,     /* a public key */
};

struct place {
	enum reading reading;
	const char *what; /* in the detail: "image", "container", ... */
	int severity, effect; /* ceiling */
	/* evidence, scope, path, text, label, weight */
	const char *sql;
};

#define WEIGHT "CASE WHEN scope <> 'host' THEN 'container' " \
	"WHEN defect IS NOT NULL THEN 'defect' ELSE 'host' END"

static const struct place places[] = {
	{READ_IMAGE, "image", SEV_CRITICAL, EFF_WIPE,
	    "SELECT 'image:' || l.id || ' image_name:' || n.id, l.scope, NULL,"
	    " coalesce(n.name_raw, n.name), 'image ' || l.label, 'host'"
	    " FROM image_name n JOIN image_label l ON l.image_id = n.image_id"
	    " AND l.engine = n.engine AND l.store IS n.store"
	    " AND l.run = n.run"},
	{READ_IMAGE, "container's image", SEV_CRITICAL, EFF_WIPE,
	    "SELECT 'container:' || c.id, c.scope, NULL,"
	    " coalesce(c.image_ref_raw, c.image_ref), 'container ' || l.label,"
	    " 'host' FROM container c JOIN container_label l ON l.id = c.id"
	    " WHERE c.image_ref IS NOT NULL"},
	{READ_IMAGE, "origin of a layer", SEV_CRITICAL, EFF_WIPE,
	    "SELECT 'layer_source:' || id, 'host', NULL,"
	    " coalesce(repository_raw, repository), 'the store ' ||"
	    " coalesce(store, '?') || ' (' || engine || ') remembers that it "
	    "pulled layers from ' || repository, 'host' FROM layer_source"
	    " WHERE repository IS NOT NULL"},
	/* an image of an innocent name that is the hostile one itself */
	{READ_IMAGE, "image of the container", SEV_CRITICAL, EFF_WIPE,
	    "SELECT 'container:' || c.id || ' image_name:' || n.id, c.scope,"
	    " NULL, coalesce(n.name_raw, n.name), 'container ' || l.label ||"
	    " ', whose image has also the name ' || n.name, 'host'"
	    " FROM container c JOIN container_label l ON l.id = c.id"
	    " JOIN image_name n ON n.image_id = c.image_id"
	    " WHERE n.name IS NOT c.image_ref GROUP BY c.id, n.name"},
	{READ_IMAGE, "former name of the image", SEV_CRITICAL, EFF_WIPE,
	    "SELECT 'image:' || i.id, i.scope, NULL, j.value, 'image ' ||"
	    " l.label || ', once named ' || j.value, 'host' FROM image i"
	    " JOIN image_label l ON l.id = i.id, json_each(i.former_names) j"
	    " WHERE json_valid(i.former_names)"},
	{READ_IMAGE, "image of a pod", SEV_CRITICAL, EFF_WIPE,
	    "SELECT 'pod:' || p.id, 'host', coalesce(p.path_raw, p.path),"
	    " j.value, 'pod ' || coalesce(p.namespace || '/', '') ||"
	    " coalesce(p.name, p.uid, '?') || ' (' || p.source || ')', 'host'"
	    " FROM pod p, json_each(p.images) j WHERE json_valid(p.images)"},
	{READ_IMAGE, "image of a task", SEV_CRITICAL, EFF_WIPE,
	    "SELECT 'task:' || id, 'host', NULL,"
	    " coalesce(image_ref_raw, image_ref), 'task of the service ' ||"
	    " coalesce(service, '?'), 'host' FROM task"
	    " WHERE image_ref IS NOT NULL"},
	{READ_IMAGE, "image that was built", SEV_CRITICAL, EFF_WIPE,
	    "SELECT 'build:' || b.id, 'host', NULL, j.value, 'build ' ||"
	    " coalesce(b.ref, '?'), 'host' FROM build b, json_each(b.images) j"
	    " WHERE json_valid(b.images)"},
	{READ_IMAGE, "base image that a label names", SEV_HIGH,
	    EFF_INVESTIGATE,
	    "SELECT 'image:' || i.id, i.scope, NULL,"
	    " substr(j.value, instr(j.value, '=') + 1), 'image ' || l.label,"
	    " 'image' FROM image i JOIN image_label l ON l.id = i.id,"
	    " json_each(i.labels) j WHERE json_valid(i.labels)"
	    " AND j.value GLOB 'org.opencontainers.image.base.name=*'"},

	{READ_DIGEST, "image", SEV_CRITICAL, EFF_WIPE,
	    "SELECT 'image:' || id, scope, NULL, image_id,"
	    " 'image ' || label, 'host' FROM image_label"},
	{READ_DIGEST, "image at the registry", SEV_CRITICAL, EFF_WIPE,
	    "SELECT 'image:' || i.id, i.scope, NULL, j.value, 'image ' ||"
	    " l.label, 'host' FROM image i JOIN image_label l ON l.id = i.id,"
	    " json_each(i.digests) j WHERE json_valid(i.digests)"},
	{READ_DIGEST, "layer in the store", SEV_CRITICAL, EFF_WIPE,
	    "SELECT 'layer:' || y.id, 'host', NULL, x.value, 'layer ' ||"
	    " coalesce(y.name, '?') || ' in the store ' || coalesce(y.store,"
	    " '?'), 'host' FROM layer y, json_each(json_array(y.diff_id,"
	    " y.digest)) x WHERE x.value IS NOT NULL"},
	{READ_DIGEST, "layer of the image", SEV_CRITICAL, EFF_WIPE,
	    "SELECT 'image_layer:' || y.id, l.scope, NULL, x.value,"
	    " 'image ' || l.label, 'host' FROM image_layer y JOIN image_label l"
	    " ON l.image_id = y.image_id AND l.engine = y.engine"
	    " AND l.store IS y.store AND l.run = y.run,"
	    " json_each(json_array(y.diff_id, y.digest)) x"
	    " WHERE x.value IS NOT NULL"},
	{READ_DIGEST, "layer at the registry", SEV_CRITICAL, EFF_WIPE,
	    "SELECT 'layer_source:' || id, 'host', NULL, digest,"
	    " 'a layer of ' || coalesce(repository, '?') || ' in the store ' ||"
	    " coalesce(store, '?'), 'host' FROM layer_source"
	    " WHERE digest IS NOT NULL"},
	{READ_DIGEST, "image of the container", SEV_CRITICAL, EFF_WIPE,
	    "SELECT 'container:' || c.id, c.scope, NULL, c.image_id,"
	    " 'container ' || l.label, 'host' FROM container c"
	    " JOIN container_label l ON l.id = c.id"
	    " WHERE c.image_id IS NOT NULL"},
	{READ_DIGEST, "file", SEV_CRITICAL, EFF_WIPE,
	    "SELECT 'persist:' || min(id), scope, coalesce(path_raw, path),"
	    " sha256, 'a file of the kind ' || artifact, "
	    "CASE scope WHEN 'host' THEN 'host' ELSE 'container' END"
	    " FROM persist WHERE sha256 IS NOT NULL"
	    " GROUP BY scope, path, sha256"},

	{READ_TEXT, "command of the image", SEV_HIGH, EFF_INVESTIGATE,
	    "SELECT 'image:' || i.id, i.scope, NULL,"
	    " coalesce(i.command_raw, i.command),"
	    " 'image ' || l.label || ' starts: ' || excerpt(i.command),"
	    " 'image' FROM image i JOIN image_label l ON l.id = i.id"
	    " WHERE i.command IS NOT NULL"},
	{READ_TEXT, "history of the image", SEV_HIGH, EFF_INVESTIGATE,
	    "SELECT 'image_history:' || h.id, l.scope, NULL,"
	    " coalesce(h.created_by_raw, h.created_by),"
	    " 'image ' || l.label || ', built by: ' || excerpt(h.created_by),"
	    " 'image' FROM image_history h JOIN image_label l"
	    " ON l.image_id = h.image_id AND l.engine = h.engine"
	    " AND l.store IS h.store AND l.run = h.run"
	    " WHERE h.created_by IS NOT NULL"},
	{READ_ENV, "environment or label of the image", SEV_HIGH,
	    EFF_INVESTIGATE,
	    "SELECT 'image:' || i.id, i.scope, NULL, j.value,"
	    " 'image ' || l.label || ' has: ' || excerpt(j.value), 'image'"
	    " FROM image i JOIN image_label l ON l.id = i.id, json_each("
	    " CASE WHEN json_valid(i.env) THEN i.env ELSE '[]' END) j"
	    " UNION ALL SELECT 'image:' || i.id, i.scope, NULL, j.value,"
	    " 'image ' || l.label || ' has the label ' || excerpt(j.value),"
	    " 'image' FROM image i JOIN image_label l ON l.id = i.id, json_each("
	    " CASE WHEN json_valid(i.labels) THEN i.labels ELSE '[]' END) j"},
	{READ_TEXT, "command of the container", SEV_HIGH, EFF_INVESTIGATE,
	    "SELECT 'container:' || c.id, c.scope, NULL,"
	    " coalesce(c.command_raw, c.command), 'container ' || l.label ||"
	    " ' starts: ' || excerpt(c.command), 'container' FROM container c"
	    " JOIN container_label l ON l.id = c.id"
	    " WHERE c.command IS NOT NULL"},
	{READ_ENV, "environment or label of the container", SEV_HIGH,
	    EFF_INVESTIGATE,
	    "SELECT 'container:' || c.id, c.scope, NULL, j.value,"
	    " 'container ' || l.label || ' has: ' || excerpt(j.value),"
	    " 'container' FROM container c JOIN container_label l"
	    " ON l.id = c.id, json_each("
	    " CASE WHEN json_valid(c.env) THEN c.env ELSE '[]' END) j"
	    " UNION ALL SELECT 'container:' || c.id, c.scope, NULL, j.value,"
	    " 'container ' || l.label || ' has the label ' ||"
	    " excerpt(j.value), 'container' FROM container c"
	    " JOIN container_label l ON l.id = c.id, json_each("
	    " CASE WHEN json_valid(c.labels) THEN c.labels ELSE '[]' END) j"},
	{READ_TEXT, "entry", SEV_CRITICAL, EFF_WIPE,
	    "SELECT 'persist:' || id, scope, coalesce(path_raw, path),"
	    " coalesce(text_raw, text, command_raw, command), artifact ||"
	    " coalesce(' line ' || line, '') || ': ' ||"
	    " excerpt(coalesce(text, command)), " WEIGHT " FROM persist"
	    " WHERE artifact <> 'ssh-authorized-keys'"
	    " AND coalesce(text, command) IS NOT NULL"},
	{READ_KEY, "key", SEV_CRITICAL, EFF_WIPE,
	    "SELECT 'persist:' || id, scope, coalesce(path_raw, path),"
	    " coalesce(text_raw, text, command), 'a key that opens ' ||"
	    " coalesce(owner, 'an account') || coalesce(', comment ' || name,"
	    " ''), " WEIGHT " FROM persist"
	    " WHERE artifact = 'ssh-authorized-keys'"},
	{READ_PATH, "path of an entry", SEV_CRITICAL, EFF_WIPE,
	    "SELECT 'persist:' || min(id), scope, coalesce(path_raw, path),"
	    " coalesce(path_raw, path), artifact, " WEIGHT " FROM persist"
	    " GROUP BY scope, path, artifact"},
	{READ_PATH, "path that the container changed", SEV_HIGH,
	    EFF_INVESTIGATE,
	    "SELECT 'change:' || id, scope, coalesce(path_raw, path),"
	    " coalesce(path_raw, path), op || ' by the container', 'container'"
	    " FROM change WHERE op <> 'deleted' AND type <> 'directory'"},
	{READ_ACCOUNT, "account", SEV_HIGH, EFF_INVESTIGATE,
	    "SELECT 'account:' || id, scope, coalesce(path_raw, path), name,"
	    " 'account ' || name || ' with uid ' || coalesce(uid, '?'), "
	    "CASE scope WHEN 'host' THEN 'host' ELSE 'container' END"
	    " FROM account WHERE name IS NOT NULL"},
	{READ_PROCESS, "process", SEV_CRITICAL, EFF_WIPE,
	    "SELECT 'process:' || id, scope, coalesce(exe_raw, exe),"
	    " coalesce(name_raw, name), 'process ' || pid || ': ' ||"
	    " excerpt(coalesce(cmdline, name)), "
	    "CASE scope WHEN 'host' THEN 'host' ELSE 'container' END"
	    " FROM process WHERE coalesce(kernel, 0) = 0"
	    " AND name IS NOT NULL"},
	{READ_PATH, "program of a process", SEV_CRITICAL, EFF_WIPE,
	    "SELECT 'process:' || id, scope, coalesce(exe_raw, exe),"
	    " coalesce(exe_raw, exe), 'process ' || pid || ': ' ||"
	    " excerpt(coalesce(cmdline, name, '')), "
	    "CASE scope WHEN 'host' THEN 'host' ELSE 'container' END"
	    " FROM process WHERE exe IS NOT NULL"},
	{READ_ENV, "environment of a process", SEV_HIGH, EFF_INVESTIGATE,
	    "SELECT 'process:' || p.id, p.scope, coalesce(p.exe_raw, p.exe),"
	    " j.value, 'process ' || p.pid || ' has: ' || excerpt(j.value), "
	    "CASE p.scope WHEN 'host' THEN 'host' ELSE 'container' END"
	    " FROM process p, json_each("
	    " CASE WHEN json_valid(p.env) THEN p.env ELSE '[]' END) j"},
	/* what runs after decoding */
	{READ_TEXT, "what the command runs", SEV_CRITICAL, EFF_WIPE,
	    "SELECT p.tbl || ':' || p.row, p.scope, p.path, p.text,"
	    " CASE p.tbl WHEN 'image' THEN 'image ' || (SELECT label FROM"
	    " image_label l WHERE l.id = p.row) WHEN 'image_history' THEN"
	    " 'image ' || (SELECT label FROM image_label l WHERE"
	    " l.scope = p.scope LIMIT 1)"
	    " WHEN 'container' THEN 'container ' || (SELECT label FROM"
	    " container_label l WHERE l.id = p.row)"
	    " WHEN 'pod' THEN (SELECT 'pod ' || coalesce(d.name, d.uid, '?')"
	    " FROM pod d WHERE d.id = p.row)"
	    " WHEN 'task' THEN (SELECT 'task of the service ' ||"
	    " coalesce(t.service, '?') FROM task t WHERE t.id = p.row)"
	    " ELSE p.place END ||"
	    " ' runs: ' || excerpt(p.text), p.weight FROM plain p"
	    " WHERE p.text <> ''"},
	/* addresses change hands: old ones prove little on a live wire */
	{READ_ADDRESS, "peer of a connection", SEV_LOW, EFF_NOTE,
	    "SELECT 'socket:' || s.id, s.scope, coalesce(p.exe_raw, p.exe),"
	    " s.remote_address, 'connection to ' || s.remote_address || ':' ||"
	    " coalesce(s.remote_port, '?') || coalesce(' of process ' || s.pid,"
	    " ''), 'host' FROM socket s LEFT JOIN process p"
	    " ON p.pid = s.pid AND p.run = s.run"
	    " WHERE s.remote_address IS NOT NULL"},
};

/*
 * Files are by far the most rows: their path and digest are looked up first,
 * and the words of a finding are fetched for those alone that are in the
 * table.
 */
static const struct place files = {READ_PATH, "file", SEV_CRITICAL, EFF_WIPE,
	"SELECT id, coalesce(path_raw, path), sha256 FROM file"};
static const char file_words[] =
	"SELECT 'file:' || f.id, f.scope, coalesce(f.path_raw, f.path),"
	" CASE WHEN f.scope GLOB 'container:*' THEN 'container ' ||"
	"    coalesce((SELECT label FROM container_label l"
	"        WHERE l.scope = f.scope LIMIT 1), f.scope) ||"
	"    CASE f.origin WHEN 'container' THEN ' wrote '"
	"        ELSE CASE WHEN f.hidden THEN ' has in a layer, hidden by one"
	" above, ' ELSE ' has ' END END"
	" WHEN f.scope GLOB 'image:*' THEN 'image ' ||"
	"    coalesce((SELECT label FROM image_label l"
	"        WHERE l.scope = f.scope LIMIT 1), f.scope) ||"
	"    CASE WHEN f.hidden THEN ' has in a layer, hidden by one above, '"
	"        ELSE ' has ' END"
	" ELSE 'there is ' END || 'this ' || coalesce(f.type, 'file') ||"
	" coalesce(', ' || f.size || ' bytes', ''),"
	" CASE f.scope WHEN 'host' THEN 'host' ELSE 'container' END"
	" FROM file f WHERE f.id = ?";

static const char *const attacks[IND_COUNT] = {
	[IND_IMAGE_NAMESPACE] = "T1204.003",
	[IND_IMAGE_NAME] = "T1204.003",
	[IND_DIGEST] = "T1204.003",
	[IND_IP] = "T1071.001",
	[IND_DOMAIN] = "T1071.001",
	[IND_URL] = "T1105",
	[IND_WALLET] = "T1496",
	[IND_SSH_KEY] = "T1098.004",
	[IND_ACCOUNT] = "T1136.001",
};

/* ---- the table ----------------------------------------------------------- */

static uint32_t
hash_of(enum indicator_type type, const char *p, size_t n)
{
	uint32_t h = 2166136261u ^ (uint32_t)type;
	size_t i;

	for (i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 16777619u;
	return h ^ h >> 15;
}

static void
table_build(struct table *t, const struct packs *packs)
{
	size_t i, size = 64;
	uint32_t h;

	while (size < 2 * packs->indicators_n)
		size *= 2;
	t->packs = packs;
	t->mask = size - 1;
	t->buckets = xcalloc(size, sizeof(*t->buckets));
	t->entries = xcalloc(packs->indicators_n + 1, sizeof(*t->entries));
	t->seen = xcalloc(packs->indicators_n + 1, sizeof(*t->seen));
	t->searched = xcalloc(packs->indicators_n + 1, sizeof(*t->searched));
	t->searched_n = 0;
	for (i = 0; i < packs->indicators_n; i++) {
		const struct indicator *d = &packs->indicators[i];

		if (d->type == IND_COMMAND || d->type == IND_USER_AGENT) {
			t->searched[t->searched_n++] = i;
			continue;
		}
		h = hash_of(d->type, d->value.s, d->value.n);
		t->entries[i].hash = h;
		t->entries[i].next = t->buckets[h & t->mask];
		t->buckets[h & t->mask] = (uint32_t)i + 1;
	}
}

static void
table_free(struct table *t)
{
	free(t->buckets);
	free(t->entries);
	free(t->seen);
	free(t->searched);
}

/*
 * What was found where: one finding for an indicator and a row, or an image or
 * container as such, however many names and instructions it has.
 */
struct found {
	uint64_t *v;
	size_t n, cap;
};

static bool
found_before(struct found *f, size_t i, const struct str *where)
{
	uint64_t h = 14695981039346656037u ^ i, *old;
	size_t k, at, cap;

	for (k = 0; k < where->n; k++)
		h = (h ^ (unsigned char)where->s[k]) * 1099511628211u;
	h |= 1; /* never 0 */
	if (2 * (f->n + 1) > f->cap) {
		old = f->v;
		cap = f->cap;
		f->cap = cap ? 2 * cap : 256;
		f->v = xcalloc(f->cap, sizeof(*f->v));
		for (k = 0; k < cap; k++) {
			if (!old[k])
				continue;
			for (at = old[k] >> 1 & (f->cap - 1); f->v[at];
			     at = (at + 1) & (f->cap - 1))
				;
			f->v[at] = old[k];
		}
		free(old);
	}
	for (at = h >> 1 & (f->cap - 1); f->v[at]; at = (at + 1) & (f->cap - 1))
		if (f->v[at] == h)
			return true;
	f->v[at] = h;
	f->n++;
	return false;
}

/* One row of a place, under way. */
struct row {
	struct match *m;
	struct table *t;
	struct found *found;
	const struct place *place;
	struct str evidence, scope, path, text, label, weight;
	bool has_path;
	size_t number;
	sqlite3_stmt *words; /* of a file, not fetched yet: file is its id */
	int64_t file;
};

/* Names and texts of an image or container: once for each of these. */
static bool
by_scope(const struct row *r)
{
	return !r->has_path && !str_eq(&r->scope, "host") &&
	    (r->place->reading == READ_IMAGE ||
		r->place->reading == READ_TEXT || r->place->reading == READ_ENV);
}

static int
least(int a, int b)
{
	return a < b ? a : b;
}

static void
column(sqlite3_stmt *s, int col, struct str *out)
{
	const void *p;

	str_clear(out);
	if (sqlite3_column_type(s, col) == SQLITE_NULL)
		return;
	p = sqlite3_column_type(s, col) == SQLITE_BLOB
	    ? sqlite3_column_blob(s, col)
	    : (const void *)sqlite3_column_text(s, col);
	if (p)
		str_set(out, p, (size_t)sqlite3_column_bytes(s, col));
}

/* The words of the file under way. false: it has none. */
static bool
fetch_words(struct row *r)
{
	sqlite3_stmt *s = r->words;
	bool there;

	if (!s || !r->file)
		return r->place != &files || r->scope.n;
	sqlite3_reset(s);
	sqlite3_bind_int64(s, 1, r->file);
	there = sqlite3_step(s) == SQLITE_ROW;
	if (there) {
		column(s, 0, &r->evidence);
		column(s, 1, &r->scope);
		column(s, 2, &r->path);
		column(s, 3, &r->label);
		column(s, 4, &r->weight);
	}
	sqlite3_reset(s);
	r->file = 0;
	return there && r->scope.n;
}

/*
 * One finding for an indicator and an object. A folder is one object, however
 * many files are in it; a file that is known already from what it is used
 * for (an entry, a change, a process) needs none for being there.
 */
static bool
known(struct row *r, size_t i, bool folder)
{
	struct str object cleanup_str = STR_INIT;
	bool is_file = r->place == &files, had;

	if (by_scope(r))
		return found_before(r->found, i, &r->scope);
	if (r->place->reading != READ_PATH)
		return found_before(r->found, i, &r->evidence);
	str_add(&object, r->scope.s, r->scope.n + 1);
	str_add(&object, r->path.s, r->path.n);
	had = found_before(r->found, i, &object);
	str_cut(&object, r->scope.n + 1);
	had = had || (folder && found_before(r->found, i, &object));
	return is_file ? had : found_before(r->found, i, &r->evidence);
}

static void
hit(struct row *r, size_t i)
{
	const struct indicator *d = &r->t->packs->indicators[i];
	const struct pack *pack = &r->t->packs->packs[d->pack];
	struct finding *f;
	int severity, effect;
	bool folder;

	if (r->t->seen[i] == r->number)
		return; /* once a row */
	r->t->seen[i] = r->number;
	if (!fetch_words(r))
		return;
	folder = r->place == &files && d->type == IND_PATH &&
	    d->value.n > 1 && d->value.s[d->value.n - 1] == '/';
	if (known(r, i, folder))
		return;
	severity = least(d->severity, r->place->severity);
	effect = least(d->effect, r->place->effect);
	if (str_eq(&r->weight, "defect")) {
		severity = least(severity, SEV_MEDIUM);
		effect = least(effect, EFF_INVESTIGATE);
	} else if (!str_eq(&r->weight, "host")) {
		severity = least(severity, SEV_HIGH);
		effect = least(effect, EFF_INVESTIGATE);
	}
	/* a name of an image in a text is only mentioned there */
	if ((d->type == IND_IMAGE_NAMESPACE || d->type == IND_IMAGE_NAME) &&
	    r->place->reading != READ_IMAGE) {
		severity = least(severity, r->place->reading == READ_ENV
			? SEV_INFO : SEV_HIGH);
		effect = least(effect, r->place->reading == READ_ENV
			? EFF_NOTE : EFF_INVESTIGATE);
	}
	f = match_add(r->m);
	if (!f)
		return;
	str_addf(&f->rule, "%s/%s", pack->id.s, indicator_type_name(d->type));
	if (d->title.n)
		str_set(&f->title, d->title.s, d->title.n);
	else
		str_addf(&f->title, "known %s of %s",
		    indicator_type_name(d->type),
		    pack->title.n ? pack->title.s : pack->id.s);
	if (attacks[d->type])
		str_sets(&f->attack, attacks[d->type]);
	f->severity = severity;
	f->effect = effect;
	str_set(&f->scope, r->scope.s, r->scope.n);
	if (folder)
		str_set(&f->path, d->value.s, d->value.n - 1);
	else
		str_set(&f->path, r->path.s, r->path.n);
	f->has_path = r->has_path;
	str_set(&f->evidence, r->evidence.s, r->evidence.n);
	str_set(&f->confidence, d->confidence.s, d->confidence.n);
	str_set(&f->source, d->source.s, d->source.n);
	str_addf(&f->detail, "%s (%s ", r->label.s, r->place->what);
	if (r->place->reading == READ_IMAGE)
		mask_add(&f->detail, r->text.s, r->text.n);
	else
		str_adds(&f->detail, "matches");
	str_addf(&f->detail, "; %s %s)", indicator_type_name(d->type),
	    d->shown.s);
}

static void
look(struct row *r, enum indicator_type type, const char *p, size_t n)
{
	const struct packs *packs = r->t->packs;
	uint32_t h, i;

	if (!n || n > 4096)
		return;
	h = hash_of(type, p, n);
	for (i = r->t->buckets[h & r->t->mask]; i; i = r->t->entries[i - 1].next) {
		const struct indicator *d = &packs->indicators[i - 1];

		if (r->t->entries[i - 1].hash == h && d->type == type &&
		    d->value.n == n && memcmp(d->value.s, p, n) == 0)
			hit(r, i - 1);
	}
}

/* ---- readings ------------------------------------------------------------ */

static void
lower(struct str *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->s[i] >= 'A' && s->s[i] <= 'Z')
			s->s[i] = (char)(s->s[i] + 32);
}

/* The namespace may stand behind a mirror's prefix, never as the name. */
static void
read_image(struct row *r, const char *p, size_t n)
{
	struct str repo cleanup_str = STR_INIT, reg cleanup_str = STR_INIT;
	const char *at;
	size_t i, from;

	image_ref(p, n, &repo, &reg);
	for (i = from = 0; i < repo.n; i++)
		if (repo.s[i] == '/') {
			look(r, IND_IMAGE_NAMESPACE, repo.s + from, i - from);
			look(r, IND_IMAGE_NAME, repo.s + from, repo.n - from);
			from = i + 1;
		}
	at = memchr(p, '@', n);
	if (at && n - (size_t)(at - p) > 8 && memcmp(at, "@sha256:", 8) == 0)
		look(r, IND_DIGEST, at + 8, n - (size_t)(at - p) - 8);
}

static void
read_digest(struct row *r, const char *p, size_t n)
{
	if (n > 7 && memcmp(p, "sha256:", 7) == 0)
		p += 7, n -= 7;
	look(r, IND_DIGEST, p, n);
}

static void
read_path(struct row *r, const char *p, size_t n)
{
	size_t i, base = 0;

	look(r, IND_PATH, p, n);
	for (i = 0; i < n; i++)
		if (p[i] == '/') {
			base = i + 1;
			if (i)
				look(r, IND_PATH, p, i + 1); /* a folder */
		}
	look(r, IND_FILENAME, p + base, n - base);
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

static bool
in(char c, const char *more)
{
	return is_alnum(c) || (c && strchr(more, c));
}

/* Each maximal run of letters, digits and more, given to fn. */
static void
runs(struct row *r, const struct str *t, const char *more, size_t least_n,
    void (*fn)(struct row *, const char *, size_t))
{
	size_t i, k;

	for (i = 0; i < t->n; i = k + 1) {
		for (k = i; k < t->n && in(t->s[k], more); k++)
			;
		if (k - i >= least_n)
			fn(r, t->s + i, k - i);
	}
}

static void
run_host(struct row *r, const char *p, size_t n)
{
	struct str s cleanup_str = STR_INIT;
	size_t i;

	while (n && (p[n - 1] == '.' || p[n - 1] == '-'))
		n--;
	while (n && (*p == '.' || *p == '-' || *p == '_'))
		p++, n--;
	if (!memchr(p, '.', n))
		return;
	look(r, IND_IP, p, n);
	str_add(&s, p, n);
	lower(&s);
	look(r, IND_DOMAIN, s.s, s.n);
	for (i = 0; i < s.n; i++)
		if (s.s[i] == '.')
			look(r, IND_DOMAIN, s.s + i + 1, s.n - i - 1);
}

static void
run_word(struct row *r, const char *p, size_t n)
{
	look(r, IND_WALLET, p, n);
	if (n == 64 || n == 40 || n == 32)
		look(r, IND_DIGEST, p, n);
}

static void
run_base64(struct row *r, const char *p, size_t n)
{
	if (memcmp(p, "AAAA", 4) == 0)
		look(r, IND_SSH_KEY, p, n);
}

static void
run_url(struct row *r, const char *p, size_t n)
{
	size_t i, k;

	for (i = 0; i + 2 < n; i++)
		if (memcmp(p + i, "://", 3) == 0) {
			p += i + 3;
			n -= i + 3;
			break;
		}
	while (n && strchr(".,;:!?", p[n - 1]))
		n--;
	look(r, IND_URL, p, n);
	for (k = 0; k < n; k++)
		if (p[k] == '?' || p[k] == '#') {
			look(r, IND_URL, p, k);
			break;
		}
}

static void
run_path(struct row *r, const char *p, size_t n)
{
	while (n && strchr(".,:", p[n - 1]))
		n--;
	if (n && p[0] == '/')
		read_path(r, p, n);
	else if (n)
		look(r, IND_FILENAME, p, n);
	if (n > 2 && p[0] == '.' && p[1] == '/')
		read_path(r, p + 1, n - 1);
}

static void
run_image(struct row *r, const char *p, size_t n)
{
	if (memchr(p, '/', n) && *p != '/' && *p != '.')
		read_image(r, p, n);
}

static void
read_text(struct row *r)
{
	size_t i;

	runs(r, &r->text, ".-_", 4, run_host);
	runs(r, &r->text, "", 26, run_word);
	runs(r, &r->text, "+/=", 60, run_base64);
	runs(r, &r->text, "._~:/?#@!$&*+=%-", 6, run_url);
	runs(r, &r->text, "._/+~@%-[]", 2, run_path);
	runs(r, &r->text, "._/:@-", 4, run_image);
	for (i = 0; i < r->t->searched_n; i++) {
		const struct indicator *d =
		    &r->t->packs->indicators[r->t->searched[i]];

		if (memmem(r->text.s, r->text.n, d->value.s, d->value.n))
			hit(r, r->t->searched[i]);
	}
}

static void
read_row(struct row *r)
{
	const char *p = r->text.s;
	size_t n = r->text.n;

	switch (r->place->reading) {
	case READ_IMAGE:
		read_image(r, p, n);
		break;
	case READ_DIGEST:
		read_digest(r, p, n);
		break;
	case READ_PATH:
		read_path(r, p, n);
		break;
	case READ_TEXT:
	case READ_ENV:
		read_text(r);
		break;
	case READ_ACCOUNT:
		look(r, IND_ACCOUNT, p, n);
		break;
	case READ_PROCESS:
		look(r, IND_PROCESS, p, n);
		break;
	case READ_ADDRESS:
		if (n > 7 && memcmp(p, "::ffff:", 7) == 0)
			p += 7, n -= 7;
		look(r, IND_IP, p, n);
		break;
	case READ_KEY:
		runs(r, &r->text, "+/=", 60, run_base64);
		break;
	}
}

static int
run_place(struct row *r, struct case_db *c, struct err *e)
{
	sqlite3_stmt *s = case_prepare(c, r->place->sql, e);
	int rc;

	if (!s)
		return err_wrap(e, "looking for indicators");
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		column(s, 0, &r->evidence);
		column(s, 1, &r->scope);
		column(s, 2, &r->path);
		r->has_path = sqlite3_column_type(s, 2) != SQLITE_NULL;
		column(s, 3, &r->text);
		column(s, 4, &r->label);
		column(s, 5, &r->weight);
		if (!r->text.n || !r->scope.n)
			continue;
		r->number++;
		read_row(r);
	}
	if (rc != SQLITE_DONE)
		case_sql_err(c, e);
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? 0 : -1;
}

static int
run_files(struct row *r, struct case_db *c, struct err *e)
{
	sqlite3_stmt *s = case_prepare(c, files.sql, e);
	const char *p;
	int rc;

	if (s)
		r->words = case_prepare(c, file_words, e);
	if (!r->words) {
		sqlite3_finalize(s);
		return err_wrap(e, "looking for indicators");
	}
	r->place = &files;
	r->has_path = true;
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		r->file = sqlite3_column_int64(s, 0);
		str_clear(&r->scope);
		r->number++;
		p = sqlite3_column_type(s, 1) == SQLITE_BLOB
		    ? sqlite3_column_blob(s, 1)
		    : (const char *)sqlite3_column_text(s, 1);
		if (p)
			read_path(r, p, (size_t)sqlite3_column_bytes(s, 1));
		p = (const char *)sqlite3_column_text(s, 2);
		if (p)
			read_digest(r, p, (size_t)sqlite3_column_bytes(s, 2));
	}
	if (rc != SQLITE_DONE)
		case_sql_err(c, e);
	sqlite3_finalize(s);
	sqlite3_finalize(r->words);
	return rc == SQLITE_DONE ? 0 : -1;
}

/* A place that takes too long is a note, and the others are looked at. */
static int
excuse(struct match *m, const char *what, const struct err *e)
{
	if (e->class != ERR_LIMIT)
		return -1;
	match_note(m, ERR_LIMIT, NULL, "indicators in '%s': %s", what, e->msg);
	return 0;
}

int
match_indicators(struct match *m, struct case_db *c, const struct packs *packs,
    struct err *e)
{
	struct table t;
	struct found found = {0};
	struct row r = {.m = m, .t = &t, .found = &found};
	int st = 0;
	size_t i;

	if (!packs->indicators_n)
		return 0;
	table_build(&t, packs);
	str_init(&r.evidence);
	str_init(&r.scope);
	str_init(&r.path);
	str_init(&r.text);
	str_init(&r.label);
	str_init(&r.weight);
	for (i = 0; i < COUNT(places) && st == 0; i++) {
		r.place = &places[i];
		if (run_place(&r, c, e))
			st = excuse(m, places[i].what, e);
	}
	if (st == 0 && run_files(&r, c, e))
		st = excuse(m, files.what, e);
	str_release(&r.evidence);
	str_release(&r.scope);
	str_release(&r.path);
	str_release(&r.text);
	str_release(&r.label);
	str_release(&r.weight);
	table_free(&t);
	free(found.v);
	return st;
}
