#include "ingest.h"

#include "case-internal.h"
#include "civil.h"
#include "cli.h"
#include "digest.h"
#include "limits.h"
#include "self.h"

#include <errno.h>
#include <sys/stat.h>

#define CACHE_KIB 65536 /* of pages; a bigger one is no faster */

struct ingest {
	sqlite3 *db;
	char id[33];
	struct str path, dir_path;
	int dir;
	bool recovered;
	bool old; /* the case lacks what this version has */
	const struct ingest_hooks *hooks;
	int waits; /* of the lock that is waited for */
	/* statements of the kinds, prepared when the first record comes */
	sqlite3_stmt *insert[KIND_COUNT];
	int param[COL_COUNT], param_raw[COL_COUNT];
	sqlite3_stmt *blob_find;
	/* the run under way; 0: none */
	int64_t run;
	bool ended; /* its end is there and is right */
	struct str tool, why;
	struct digest *digest;
	uint64_t counts[KIND_COUNT], lost;
	/* its end, as text for the run's row */
	int64_t finish_time;
	bool has_finish;
	char sha256[SHA256_HEX];
	/* content whose chunks come; blob_sha empty: none */
	char blob_sha[SHA256_HEX];
	struct str blob;
	int64_t blob_size;
};

/* Values that must be there; list: what they may be, NULL: anything. Rules,
 * reports and the verdict rely on it. */
static const struct {
	enum col col;
	const char *list;
} required[] = {
	{COL_note_class,
	    "absent denied corrupt limit changed unsupported crashed"},
	{COL_note_op, NULL},
	{COL_blob_sha256, NULL},
	{COL_blob_size, NULL},
	{COL_blob_offset, NULL},
	{COL_blob_data, NULL},
	{COL_finding_rule, NULL},
	{COL_finding_title, NULL},
	{COL_finding_severity, "info low medium high critical"},
	{COL_finding_effect, "note investigate wipe"},
	{COL_finding_scope, NULL},
	{COL_finding_detail, NULL},
	{COL_coverage_area, NULL},
	{COL_coverage_state, NULL},
	{COL_coverage_required, NULL},
	{COL_reason_decision, "keep investigate wipe"},
	{COL_reason_detail, NULL},
	{COL_verdict_decision, "keep investigate wipe"},
	{COL_verdict_reason, NULL},
	{COL_verdict_coverage, NULL},
	{COL_end_counts, NULL},
	{COL_end_notes, NULL},
	{COL_end_lost, NULL},
	{COL_end_sha256, NULL},
	{COL_end_finish_time, NULL},
};

static int
db_err(struct ingest *g, struct err *e)
{
	struct str what cleanup_str = STR_INIT;

	str_addf(&what, "cannot write to case '%s'", g->path.s);
	case_db_err(g->db, e, what.s);
	e->class = ERR_OURS;
	return -1;
}

static int
run_sql(struct ingest *g, const char *sql, struct err *e)
{
	g->waits = 0;
	return sqlite3_exec(g->db, sql, NULL, NULL, NULL) ? db_err(g, e) : 0;
}

static int
busy(void *arg, int count)
{
	struct ingest *g = arg;
	struct timespec ts = {0, 50 * 1000 * 1000};

	if (count == 0 && g->waits++ == 0)
		warn_msg("waiting: another program uses '%s'", g->path.s);
	if (g->hooks && g->hooks->idle)
		return g->hooks->idle(g->hooks->arg);
	nanosleep(&ts, NULL);
	return 1;
}

/* ---- opening and making a case ----------------------------------------- */

/* Directory and last component of a path; the directory without links. */
static int
split(const char *path, struct str *dir, struct str *name, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char *abs;

	str_sets(name, slash ? slash + 1 : path);
	if (!name->n || str_eq(name, ".") || str_eq(name, ".."))
		return err_set(e, ERR_CORRUPT, 0, "'%s' is no name for a case",
		    path);
	if (!slash)
		str_sets(dir, ".");
	else
		str_set(dir, path, slash == path ? 1 : (size_t)(slash - path));
	abs = realpath(dir->s, NULL);
	if (!abs)
		return err_sys(e, errno, "cannot make case '%s'", path);
	str_sets(dir, abs);
	free(abs);
	return 0;
}

static int
make_id(char id[33], struct err *e)
{
	struct str hex cleanup_str = STR_INIT;
	unsigned char b[16];

	if (self_random(b, sizeof(b), e))
		return -1;
	str_add_hex(&hex, b, sizeof(b));
	memcpy(id, hex.s, 33);
	return 0;
}

static int
fill_new(sqlite3 *db, const char *path, struct err *e)
{
	struct str sql cleanup_str = STR_INIT;
	char id[33], now[40];

	if (make_id(id, e))
		return -1;
	civil_format(civil_now(), now);
	str_adds(&sql, "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;"
		       "BEGIN EXCLUSIVE;");
	case_schema(&sql);
	/* of our own making: hexadecimal, digits, letters */
	str_addf(&sql, "INSERT INTO meta VALUES ('case_id', '%s'), "
		       "('created', '%s'), ('salvor', '%s'), ('build', '%s');"
		       "COMMIT;", id, now, cli_version, cli_build);
	if (sqlite3_exec(db, sql.s, NULL, NULL, NULL)) {
		err_set(e, ERR_OURS, 0, "cannot make case '%s': %s", path,
		    sqlite3_errmsg(db));
		return -1;
	}
	return 0;
}

/* The finished case gets its name; never over something that is there. */
static int
give_name(const char *from, const char *to, const char *path, struct err *e)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno == EINVAL || errno == ENOSYS) { /* FAT, old kernels */
		if (link(from, to) == 0)
			return unlink(from);
	}
	return err_sys(e, errno, "cannot make case '%s'", path);
}

/*
 * A new case is made under another name, so that a case is whole from the
 * moment on that it is there.
 */
static int
make_case(const char *path, const struct str *dir, const struct str *name,
    struct err *e)
{
	struct str tmp cleanup_str = STR_INIT, to cleanup_str = STR_INIT;
	sqlite3 *db = NULL;
	int fd, dfd cleanup_fd = -1, r = -1;

	str_addf(&tmp, "%s/.%s.new-%d", dir->s, name->s, (int)getpid());
	str_addf(&to, "%s/%s", dir->s, name->s);
	fd = open(tmp.s, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (fd < 0) {
		err_sys(e, errno, "cannot make case '%s'", path);
		e->class = ERR_OURS;
		return -1;
	}
	close(fd);
	if (sqlite3_open_v2(tmp.s, &db, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, NULL))
		err_set(e, ERR_OURS, 0, "cannot make case '%s': %s", path,
		    db ? sqlite3_errmsg(db) : "out of memory");
	else
		r = fill_new(db, path, e);
	sqlite3_close(db);
	if (r == 0)
		r = give_name(tmp.s, to.s, path, e);
	if (r) {
		unlink(tmp.s);
		str_adds(&tmp, "-journal");
		unlink(tmp.s);
		return -1;
	}
	dfd = open(dir->s, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dfd < 0 || fsync(dfd)) {
		err_sys(e, errno, "cannot make case '%s'", path);
		e->class = ERR_OURS;
		return -1;
	}
	return 0;
}

static bool
journal_there(const struct str *path)
{
	struct str j cleanup_str = STR_INIT;
	struct stat st;

	str_addf(&j, "%s-journal", path->s);
	return stat(j.s, &st) == 0 && st.st_size > 0;
}

static int
open_db(struct ingest *g, struct err *e)
{
	const char *path = g->path.s;
	struct case_lacks lacks;
	struct stat st;
	bool journal = journal_there(&g->path);
	int r;

	if (stat(path, &st))
		return err_sys(e, errno, "cannot open case '%s'", path);
	if (st.st_nlink != 1)
		return err_set(e, ERR_CORRUPT, 0, "case '%s' has %lu hard "
		    "links: an interrupted write could be rolled back under "
		    "one of its names only", path, (unsigned long)st.st_nlink);
	if (sqlite3_open_v2(path, &g->db, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
	    SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE, NULL))
		return err_set(e, ERR_OURS, 0, "cannot open case '%s': %s",
		    path, g->db ? sqlite3_errmsg(g->db) : "out of memory");
	sqlite3_busy_handler(g->db, busy, g);
	if (case_harden(g->db, e))
		return -1;
	r = case_verify(g->db, path, g->id, &lacks, e);
	g->old = lacks.sql.n > 0;
	case_lacks_release(&lacks);
	if (r)
		return -1;
	if (sqlite3_db_readonly(g->db, "main"))
		return err_set(e, ERR_DENIED, 0, "case '%s' is write-protected",
		    path);
	g->recovered = journal && !journal_there(&g->path);
	return 0;
}

static struct ingest *
new(void)
{
	struct ingest *g = xcalloc(1, sizeof(*g));

	g->dir = -1;
	str_init(&g->path);
	str_init(&g->dir_path);
	str_init(&g->tool);
	str_init(&g->why);
	str_init(&g->blob);
	g->digest = digest_new();
	return g;
}

static int
find_case(struct ingest *g, const char *path, bool make, bool *made,
    struct err *e)
{
	struct str name cleanup_str = STR_INIT;
	struct stat st;
	unsigned char seed[8];
	char *slash;

	*made = false;
	if (make && lstat(path, &st) && errno == ENOENT) {
		if (split(path, &g->dir_path, &name, e) ||
		    make_case(path, &g->dir_path, &name, e))
			return -1;
		*made = true;
	}
	if (case_check_file(path, &g->path, e))
		return -1;
	str_sets(&g->dir_path, g->path.s);
	slash = strrchr(g->dir_path.s, '/');
	str_cut(&g->dir_path, slash == g->dir_path.s ? 1
	    : (size_t)(slash - g->dir_path.s));
	g->dir = open(g->dir_path.s, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (g->dir < 0)
		return err_sys(e, errno, "cannot open '%s'", g->dir_path.s);
	/* SQLite reads /dev/urandom at the first use: not after the lock */
	sqlite3_randomness(sizeof(seed), seed);
	return 0;
}

struct ingest *
ingest_open(const char *path, bool make, bool *made, struct err *e)
{
	struct ingest *g = new();

	if (find_case(g, path, make, made, e)) {
		ingest_close(g);
		return NULL;
	}
	return g;
}

int
ingest_start(struct ingest *g, struct err *e)
{
	struct str sql cleanup_str = STR_INIT;

	if (open_db(g, e))
		return -1;
	str_addf(&sql, "PRAGMA cache_size = -%d; PRAGMA synchronous = FULL; "
		       "PRAGMA journal_mode = DELETE", CACHE_KIB);
	return run_sql(g, sql.s, e);
}

void
ingest_close(struct ingest *g)
{
	int k;

	if (!g)
		return;
	for (k = 0; k < KIND_COUNT; k++)
		sqlite3_finalize(g->insert[k]);
	sqlite3_finalize(g->blob_find);
	sqlite3_close(g->db);
	base_close_fd(&g->dir);
	str_release(&g->path);
	str_release(&g->dir_path);
	str_release(&g->tool);
	str_release(&g->why);
	str_release(&g->blob);
	digest_free(g->digest);
	free(g);
}

int
ingest_dir(const struct ingest *g)
{
	return g->dir;
}

const char *
ingest_case_id(const struct ingest *g)
{
	return g->id;
}

bool
ingest_recovered(const struct ingest *g)
{
	return g->recovered;
}

int
ingest_recover(struct ingest *g, bool *done, struct err *e)
{
	sqlite3_stmt *s = NULL;
	const char *text;
	int r = -1;

	if (open_db(g, e) || run_sql(g, "BEGIN IMMEDIATE; ROLLBACK", e))
		return -1;
	*done = g->recovered;
	if (sqlite3_prepare_v2(g->db, "PRAGMA quick_check(1)", -1, &s, NULL) ||
	    sqlite3_step(s) != SQLITE_ROW) {
		case_db_err(g->db, e, "cannot check the case");
	} else {
		text = (const char *)sqlite3_column_text(s, 0);
		r = text && strcmp(text, "ok") == 0 ? 0
		    : err_set(e, ERR_CORRUPT, 0, "case '%s' is damaged: %s",
		      g->path.s, text ? text : "?");
	}
	sqlite3_finalize(s);
	return r;
}

/* ---- records ----------------------------------------------------------- */

static const struct recread_value *
find(const struct recread_value *v, size_t n, enum col c)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (v[i].col == c)
			return &v[i];
	return NULL;
}

static bool
listed(const char *list, const char *p, size_t n)
{
	size_t k;

	while (*list) {
		k = strcspn(list, " ");
		if (k == n && memcmp(list, p, n) == 0)
			return true;
		list += k;
		list += *list == ' ';
	}
	return false;
}

static int
check_required(enum kind k, const struct recread_value *v, size_t n,
    struct err *e)
{
	const struct recread_value *x;
	size_t i;

	for (i = 0; i < COUNT(required); i++) {
		if (col_info[required[i].col].kind != k)
			continue;
		x = find(v, n, required[i].col);
		if (!x)
			return err_set(e, ERR_CORRUPT, 0,
			    "a record '%s' without '%s'", kind_info[k].name,
			    col_info[required[i].col].name);
		if (required[i].list && !listed(required[i].list, x->p, x->n))
			return err_set(e, ERR_CORRUPT, 0,
			    "%s.%s must be one of: %s", kind_info[k].name,
			    col_info[x->col].name, required[i].list);
	}
	return 0;
}

/* Kinds whose records have required columns: not the large ones. */
static bool
has_required(enum kind k)
{
	return k == KIND_note || k == KIND_blob || k == KIND_finding ||
	       k == KIND_coverage || k == KIND_reason || k == KIND_verdict ||
	       k == KIND_end;
}

static int
prepare_insert(struct ingest *g, enum kind k, struct err *e)
{
	struct str names cleanup_str = STR_INIT;
	struct str sql cleanup_str = STR_INIT;
	int c, i, next = 2;

	for (c = kind_info[k].first; c < kind_info[k].last; c++) {
		if (!schema_column((enum col)c))
			continue;
		g->param[c] = next++;
		str_addf(&names, ", \"%s\"", col_info[c].name);
		if (schema_raw((enum col)c)) {
			g->param_raw[c] = next++;
			str_addf(&names, ", \"%s_raw\"", col_info[c].name);
		}
		if (col_info[c].type == TYPE_DATA)
			g->param_raw[c] = g->param[c];
	}
	str_addf(&sql, "INSERT INTO main.\"%s\" (run%s%s) VALUES (?",
	    kind_info[k].name, names.s,
	    k == KIND_run ? ", id, complete, received_time, records" : "");
	for (i = 2; i < next; i++)
		str_adds(&sql, ", ?");
	str_addf(&sql, "%s)", k == KIND_run ? ", ?1, 0, ?, 0" : "");
	if (sqlite3_prepare_v3(g->db, sql.s, -1, SQLITE_PREPARE_PERSISTENT,
	    &g->insert[k], NULL))
		return db_err(g, e);
	return 0;
}

static int
insert(struct ingest *g, enum kind k, const struct recread_value *v, size_t n,
    struct err *e)
{
	sqlite3_stmt *s = g->insert[k];
	size_t i;
	int r = 0;

	if (!s) {
		if (prepare_insert(g, k, e))
			return -1;
		s = g->insert[k];
	}
	sqlite3_clear_bindings(s);
	sqlite3_bind_int64(s, 1, g->run);
	for (i = 0; i < n; i++) {
		if (v[i].is_raw)
			r |= sqlite3_bind_blob(s, g->param_raw[v[i].col],
			    v[i].p, (int)v[i].n, SQLITE_STATIC);
		else if (v[i].type == RV_STRING)
			r |= sqlite3_bind_text(s, g->param[v[i].col], v[i].p,
			    (int)v[i].n, SQLITE_STATIC);
		else
			r |= sqlite3_bind_int64(s, g->param[v[i].col],
			    v[i].i);
	}
	if (k == KIND_run)
		r |= sqlite3_bind_int64(s, sqlite3_bind_parameter_count(s),
		    civil_now());
	if (r || sqlite3_step(s) != SQLITE_DONE) {
		db_err(g, e);
		sqlite3_reset(s);
		return -1;
	}
	sqlite3_reset(s);
	return 0;
}

/* All chunks are there: check the digest, store what is new. */
static int
blob_store(struct ingest *g, struct err *e)
{
	struct recread_value v[3];
	char hex[SHA256_HEX];
	int r;

	digest_of(g->blob.s, g->blob.n, hex);
	if (memcmp(hex, g->blob_sha, SHA256_HEX) != 0)
		return err_set(e, ERR_CORRUPT, 0, "content named %s has the "
		    "digest %s", g->blob_sha, hex);
	if (!g->blob_find && sqlite3_prepare_v3(g->db, "SELECT 1 FROM "
	    "main.blob WHERE sha256 = ?", -1, SQLITE_PREPARE_PERSISTENT,
	    &g->blob_find, NULL))
		return db_err(g, e);
	sqlite3_bind_text(g->blob_find, 1, hex, 64, SQLITE_STATIC);
	r = sqlite3_step(g->blob_find);
	sqlite3_reset(g->blob_find);
	if (r == SQLITE_ROW)
		return 0;
	if (r != SQLITE_DONE)
		return db_err(g, e);
	v[0] = (struct recread_value){.col = COL_blob_sha256,
	    .type = RV_STRING, .p = hex, .n = 64};
	v[1] = (struct recread_value){.col = COL_blob_size, .type = RV_INT,
	    .i = g->blob_size};
	v[2] = (struct recread_value){.col = COL_blob_data,
	    .type = RV_STRING, .is_raw = true, .p = g->blob.s,
	    .n = g->blob.n};
	return insert(g, KIND_blob, v, 3, e);
}

/*
 * A chunk. Chunks of one content come one after the other; one that is not
 * finished (its worker died, and a note says so) is dropped when another
 * begins.
 */
static int
blob_chunk(struct ingest *g, const struct recread_value *v, size_t n,
    struct err *e)
{
	const struct recread_value *sha = find(v, n, COL_blob_sha256);
	const struct recread_value *data = find(v, n, COL_blob_data);
	int64_t size = find(v, n, COL_blob_size)->i;
	int64_t offset = find(v, n, COL_blob_offset)->i;
	int r;

	if (sha->n != 64 || strspn(sha->p, "0123456789abcdef") != 64)
		return err_set(e, ERR_CORRUPT, 0,
		    "blob.sha256 is no SHA-256");
	if (size < 0 || size > BLOB_MAX)
		return err_set(e, ERR_LIMIT, 0,
		    "content of %lld bytes (BLOB_MAX is %d)", (long long)size,
		    BLOB_MAX);
	if (offset == 0) {
		memcpy(g->blob_sha, sha->p, SHA256_HEX);
		g->blob_size = size;
		str_clear(&g->blob);
	} else if (memcmp(g->blob_sha, sha->p, SHA256_HEX) != 0 ||
	    size != g->blob_size || offset != (int64_t)g->blob.n) {
		return err_set(e, ERR_CORRUPT, 0, "a chunk of content %s at "
		    "%lld that does not continue the one before it", sha->p,
		    (long long)offset);
	}
	if ((int64_t)data->n > size - (int64_t)g->blob.n ||
	    (data->n == 0 && size > 0))
		return err_set(e, ERR_CORRUPT, 0, "a chunk of content %s has "
		    "%zu bytes at %lld of %lld", sha->p, data->n,
		    (long long)offset, (long long)size);
	str_add(&g->blob, data->p, data->n);
	if ((int64_t)g->blob.n < size)
		return 0;
	r = blob_store(g, e);
	g->blob_sha[0] = '\0';
	if (g->blob.cap > 4 * BLOB_CHUNK)
		str_release(&g->blob);
	return r;
}

/* ---- runs -------------------------------------------------------------- */

static bool
known_tool(const char *tool)
{
	int k;

	for (k = 0; k < KIND_COUNT; k++)
		if (kind_info[k].tools[0] != '*' &&
		    kind_allowed((enum kind)k, tool))
			return true;
	return false;
}

/* May this run be what it says it is? */
static int
check_run(struct ingest *g, const struct recread_value *v, size_t n,
    struct err *e)
{
	const struct recread_value *x = find(v, n, COL_run_version);

	if (!x)
		return err_set(e, ERR_CORRUPT, 0, "a run without 'version'");
	if (x->i != 1)
		return err_set(e, ERR_UNSUPPORTED, 0, "version %lld of the "
		    "record stream: this program knows 1", (long long)x->i);
	x = find(v, n, COL_run_tool);
	if (!x)
		return err_set(e, ERR_CORRUPT, 0, "a run without 'tool'");
	if (!known_tool(x->p))
		return err_set(e, ERR_CORRUPT, 0, "no tool '%.64s' is known",
		    x->p);
	str_set(&g->tool, x->p, x->n);
	x = find(v, n, COL_run_case_id);
	if (strncmp(g->tool.s, "case-", 5) == 0) {
		if (!x)
			return err_set(e, ERR_CORRUPT, 0, "a run of '%s' that "
			    "does not name its case", g->tool.s);
		if (strcmp(x->p, g->id) != 0)
			return err_set(e, ERR_CORRUPT, 0, "a run of '%s' "
			    "about another case (%.40s)", g->tool.s, x->p);
	} else if (x) {
		return err_set(e, ERR_CORRUPT, 0, "a run of '%s' names a case: "
		    "only case-* programs know one", g->tool.s);
	}
	return 0;
}

static int
next_run(struct ingest *g, int64_t *id, struct err *e)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (sqlite3_prepare_v2(g->db, "SELECT ifnull(max(id), 0) + 1 FROM "
	    "main.run", -1, &s, NULL))
		return db_err(g, e);
	r = sqlite3_step(s) == SQLITE_ROW ? 0 : db_err(g, e);
	*id = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return r;
}

/*
 * A case of an older version gets the tables, columns and indexes of this one
 * before its next run, in the same transaction. What it lacks is looked up
 * again: another program may have been here meanwhile.
 */
static int
renew(struct ingest *g, struct err *e)
{
	struct case_lacks lacks;
	int r = schema_compare(g->db, g->path.s, &lacks, e);

	if (r == 0 && lacks.sql.n)
		r = run_sql(g, lacks.sql.s, e);
	case_lacks_release(&lacks);
	return r;
}

static int
begin(struct ingest *g, const struct recread_value *v, size_t n,
    struct err *e)
{
	char hex[SHA256_HEX];

	if (check_run(g, v, n, e) || run_sql(g, "BEGIN IMMEDIATE", e))
		return -1;
	if (g->old && renew(g, e))
		return -1;
	if (next_run(g, &g->run, e) || insert(g, KIND_run, v, n, e))
		return -1;
	digest_hex(g->digest, hex); /* forget a run that had no end */
	memset(g->counts, 0, sizeof(g->counts));
	g->lost = 0;
	g->ended = g->has_finish = false;
	g->sha256[0] = g->blob_sha[0] = '\0';
	str_clear(&g->why);
	return 0;
}

/* What end.counts must say. */
static void
expected_counts(const struct ingest *g, struct str *out)
{
	struct strlist l cleanup_strlist = STRLIST_INIT;
	struct str s cleanup_str = STR_INIT;
	int k;

	for (k = 0; k < KIND_COUNT; k++) {
		if (!g->counts[k])
			continue;
		str_clear(&s);
		str_addf(&s, "%s=%llu", kind_info[k].name,
		    (unsigned long long)g->counts[k]);
		strlist_add(&l, s.s, s.n);
	}
	str_add_json_list(out, &l);
}

/* The end record: is what came what was sent? */
static int
check_end(struct ingest *g, const struct recread_value *v, size_t n,
    struct err *e)
{
	struct str counts cleanup_str = STR_INIT;
	const struct recread_value *x;

	if (check_required(KIND_end, v, n, e))
		return -1;
	digest_hex(g->digest, g->sha256);
	x = find(v, n, COL_end_sha256);
	if (x->n != 64 || memcmp(x->p, g->sha256, 64) != 0) {
		str_addf(&g->why, "what came is not what was sent: its "
		    "SHA-256 is %s, the end says %.64s", g->sha256, x->p);
		g->sha256[0] = '\0';
	}
	expected_counts(g, &counts);
	x = find(v, n, COL_end_counts);
	if (!g->why.n && !str_eq(&counts, x->p))
		str_addf(&g->why, "the end counts %.200s, %.200s came", x->p,
		    counts.s);
	if (!g->why.n && (find(v, n, COL_end_notes)->i !=
	    (int64_t)g->counts[KIND_note] ||
	    find(v, n, COL_end_lost)->i != (int64_t)g->lost))
		str_adds(&g->why, "the end counts other notes than came");
	g->finish_time = find(v, n, COL_end_finish_time)->i;
	g->has_finish = true;
	g->ended = true;
	return 0;
}

/* Programs whose exit status is a decision. */
static bool
status_fine(const char *tool, int status)
{
	return status == 0 || status == 1 ||
	       ((status == 10 || status == 20) &&
		strcmp(tool, "case-verdict") == 0);
}

/* A program that failed did not send all, whatever its stream says. */
static void
judge_child(struct ingest *g, const struct ingest_child *child)
{
	struct str s cleanup_str = STR_INIT;

	if (child->signal)
		str_addf(&s, "%s was killed by signal %d", g->tool.s,
		    child->signal);
	else if (child->status < 0)
		str_addf(&s, "%s did not end", g->tool.s);
	else if (!status_fine(g->tool.s, child->status))
		str_addf(&s, "%s exited with %d", g->tool.s, child->status);
	if (s.n && g->why.n)
		str_adds(&g->why, "; ");
	str_add(&g->why, s.s, s.n);
}

/* Fill the row of the run and commit it. */
static int
commit(struct ingest *g, const struct ingest_child *child,
    struct ingest_result *res, struct err *e)
{
	struct str counts cleanup_str = STR_INIT;
	struct str readable cleanup_str = STR_INIT;
	struct str clean cleanup_str = STR_INIT;
	sqlite3_stmt *s = NULL;
	uint64_t records = 0;
	const char *why;
	int k, r;

	if (child)
		judge_child(g, child);
	if (sqlite3_prepare_v2(g->db, "UPDATE main.run SET complete = ?2, "
	    "truncated = ?3, exit_status = ?4, signal = ?5, stderr = ?6, "
	    "stderr_raw = ?7, records = ?8, counts = ?9, notes = ?10, "
	    "lost = ?11, sha256 = ?12, finish_time = ?13 WHERE id = ?1", -1,
	    &s, NULL))
		return db_err(g, e);
	if (!utf8_clean(g->why.s, g->why.n)) { /* cut within a character */
		str_add_readable(&clean, g->why.s, g->why.n);
		str_set(&g->why, clean.s, clean.n);
	}
	why = g->why.n ? g->why.s : NULL;
	sqlite3_bind_int64(s, 1, g->run);
	sqlite3_bind_int(s, 2, !why);
	sqlite3_bind_text(s, 3, why, -1, SQLITE_STATIC);
	if (child && child->status >= 0)
		sqlite3_bind_int(s, 4, child->status);
	if (child && child->signal)
		sqlite3_bind_int(s, 5, child->signal);
	if (child && child->messages.n) {
		if (utf8_clean(child->messages.s, child->messages.n)) {
			str_add(&readable, child->messages.s,
			    child->messages.n);
		} else {
			str_add_readable(&readable, child->messages.s,
			    child->messages.n);
			sqlite3_bind_blob(s, 7, child->messages.s,
			    (int)child->messages.n, SQLITE_STATIC);
		}
		sqlite3_bind_text(s, 6, readable.s, (int)readable.n,
		    SQLITE_STATIC);
	}
	for (k = 0; k < KIND_COUNT; k++)
		if (k != KIND_run && k != KIND_end)
			records += g->counts[k];
	sqlite3_bind_int64(s, 8, (int64_t)records);
	expected_counts(g, &counts);
	sqlite3_bind_text(s, 9, counts.s, (int)counts.n, SQLITE_STATIC);
	sqlite3_bind_int64(s, 10, (int64_t)g->counts[KIND_note]);
	sqlite3_bind_int64(s, 11, (int64_t)g->lost);
	if (g->sha256[0])
		sqlite3_bind_text(s, 12, g->sha256, 64, SQLITE_STATIC);
	if (g->has_finish)
		sqlite3_bind_int64(s, 13, g->finish_time);
	r = sqlite3_step(s) == SQLITE_DONE ? 0 : db_err(g, e);
	sqlite3_finalize(s);
	if (r || run_sql(g, "COMMIT", e))
		return -1;
	g->old = false;
	res->runs++;
	if (why)
		res->truncated++;
	else
		res->lost += g->lost;
	if (g->hooks->run)
		g->hooks->run(g->hooks->arg, g->run, g->tool.s, records,
		    g->lost, why);
	g->run = 0;
	return 0;
}

/* One record of the run under way. */
static int
record(struct ingest *g, enum kind k, const struct recread_value *v, size_t n,
    struct err *e)
{
	const struct recread_value *lost;

	if (!kind_allowed(k, g->tool.s))
		return err_set(e, ERR_CORRUPT, 0, "'%s' may not send records "
		    "'%s'", g->tool.s, kind_info[k].name);
	if (has_required(k) && check_required(k, v, n, e))
		return -1;
	if (k == KIND_note) {
		lost = find(v, n, COL_note_lost);
		g->lost += lost && lost->i;
	}
	if (k == KIND_blob)
		return blob_chunk(g, v, n, e);
	return insert(g, k, v, n, e);
}

/* Put where it stands in front of what is wrong with a record. */
static int
refuse(const struct recread *r, struct err *e)
{
	if (e->class != ERR_OURS)
		err_wrap(e, "refused: line %llu",
		    (unsigned long long)recread_line(r));
	return -1;
}

/* A line that was read. */
static int
take(struct ingest *g, const struct recread *r, enum kind k,
    const struct recread_value *v, size_t n, const char *line, size_t line_n,
    struct ingest_result *res, struct err *e)
{
	if (k == KIND_run) {
		if (g->run && !g->ended)
			str_adds(&g->why, "its end is missing: another run "
					  "begins");
		if (g->run && commit(g, NULL, res, e))
			return -1;
		if (begin(g, v, n, e))
			return refuse(r, e);
	} else if (!g->run || g->ended) {
		/* a run that ended as it should stays */
		if (g->run && commit(g, NULL, res, e))
			return -1;
		err_set(e, ERR_CORRUPT, 0, "a record '%s' outside a run",
		    kind_info[k].name);
		return refuse(r, e);
	} else if (k == KIND_end) {
		if (check_end(g, v, n, e))
			return refuse(r, e);
		if (!g->hooks->ended)
			return commit(g, NULL, res, e);
		return 0;
	} else if (record(g, k, v, n, e)) {
		return refuse(r, e);
	}
	digest_add(g->digest, line, line_n);
	g->counts[k]++;
	return 0;
}

static int
load(struct ingest *g, struct recread *r, struct ingest_result *res,
    struct err *e)
{
	const struct recread_value *v;
	const struct ingest_child *child = NULL;
	const char *line;
	size_t n, line_n;
	enum kind k;
	struct err bad;
	int got;

	while ((got = recread_next(r, &k, &v, &n, &line, &line_n, &bad)) == 1)
		if (take(g, r, k, v, n, line, line_n, res, e))
			return -1;
	if (g->hooks->ended)
		child = g->hooks->ended(g->hooks->arg);
	if (got < 0 && (!g->run || g->ended)) {
		/* a run that ended as it should stays */
		if (g->run && commit(g, child, res, e))
			return -1;
		*e = bad;
		return e->class == ERR_OURS ? -1 : err_wrap(e, "refused");
	}
	if (!g->run && !res->runs)
		return err_set(e, ERR_CORRUPT, 0,
		    "there is no run in the stream");
	if (!g->run)
		return 0;
	if (got < 0)
		str_adds(&g->why, bad.msg);
	else if (!g->ended)
		str_addf(&g->why, "its end is missing: the stream ends after "
		    "line %llu", (unsigned long long)recread_line(r));
	return commit(g, child, res, e);
}

int
ingest_load(struct ingest *g, struct recread *r,
    const struct ingest_hooks *hooks, struct ingest_result *res,
    struct err *e)
{
	int ret;

	memset(res, 0, sizeof(*res));
	g->hooks = hooks;
	g->run = 0;
	ret = load(g, r, res, e);
	if (!sqlite3_get_autocommit(g->db))
		sqlite3_exec(g->db, "ROLLBACK", NULL, NULL, NULL);
	g->run = 0;
	g->hooks = NULL;
	return ret;
}
