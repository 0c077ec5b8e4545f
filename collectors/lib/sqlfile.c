#include "sqlfile.h"

#include "limits.h"

#include <errno.h>
#include <unistd.h>

struct bytes {
	sqlite3_file base;
	struct str *mem; /* NULL: the descriptor */
};

static struct sqlfile *source; /* what is open */

static int
read_fd(void *p, int n, sqlite3_int64 off)
{
	char *to = p;
	ssize_t got;

	while (n > 0) {
		got = pread(source->fd, to, (size_t)n, off);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		to += got;
		off += got;
		n -= (int)got;
	}
	return 0;
}

static int
x_close(sqlite3_file *f UNUSED)
{
	return SQLITE_OK;
}

static int
x_read(sqlite3_file *f, void *p, int n, sqlite3_int64 off)
{
	struct bytes *b = (struct bytes *)f;
	sqlite3_int64 size = b->mem ? (sqlite3_int64)b->mem->n : source->size;
	unsigned char *to = p;
	int have = n;
	int64_t k;

	if (off < 0 || n < 0)
		return SQLITE_IOERR_READ;
	if (off + n > size) {
		have = off < size ? (int)(size - off) : 0;
		memset(to + have, 0, (size_t)(n - have));
	}
	if (have && b->mem)
		memcpy(to, b->mem->s + off, (size_t)have);
	else if (have && read_fd(p, have, off))
		return SQLITE_IOERR_READ;
	/* versions for writing and reading: 2 wants a log */
	for (k = 18; k < 20 && !source->wal && (!b->mem || b->mem == source->main);
	     k++)
		if (k >= off && k < off + have && to[k - off] == 2)
			to[k - off] = 1;
	return have < n ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int
x_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 off)
{
	struct bytes *b = (struct bytes *)f;

	if (!b->mem)
		return SQLITE_READONLY;
	if (off < 0 || n < 0 ||
	    off + n > (sqlite3_int64)source->size + SQLFILE_GROW_MAX)
		return SQLITE_FULL;
	if ((size_t)(off + n) > b->mem->n) {
		size_t more = (size_t)(off + n) - b->mem->n;

		str_grow(b->mem, more);
		memset(b->mem->s + b->mem->n, 0, more + 1);
		b->mem->n += more;
	}
	memcpy(b->mem->s + off, p, (size_t)n);
	return SQLITE_OK;
}

static int
x_truncate(sqlite3_file *f, sqlite3_int64 n)
{
	struct bytes *b = (struct bytes *)f;

	if (!b->mem)
		return SQLITE_READONLY;
	if (n >= 0 && (size_t)n < b->mem->n)
		str_cut(b->mem, (size_t)n);
	return SQLITE_OK;
}

static int
x_flags(sqlite3_file *f UNUSED, int flags UNUSED)
{
	return SQLITE_OK;
}

static int
x_size(sqlite3_file *f, sqlite3_int64 *out)
{
	struct bytes *b = (struct bytes *)f;

	*out = b->mem ? (sqlite3_int64)b->mem->n : source->size;
	return SQLITE_OK;
}

static int
x_reserved(sqlite3_file *f UNUSED, int *out)
{
	*out = 0;
	return SQLITE_OK;
}

static int
x_control(sqlite3_file *f UNUSED, int op UNUSED, void *arg UNUSED)
{
	return SQLITE_NOTFOUND;
}

static int
x_sector(sqlite3_file *f UNUSED)
{
	return 512;
}

static int
x_device(sqlite3_file *f)
{
	return ((struct bytes *)f)->mem ? 0 : SQLITE_IOCAP_IMMUTABLE;
}

static int
x_open(sqlite3_vfs *vfs UNUSED, const char *name UNUSED, sqlite3_file *f,
    int flags, int *out)
{
	static const sqlite3_io_methods methods = {1, x_close, x_read, x_write,
	    x_truncate, x_flags, x_size, x_flags, x_flags, x_reserved,
	    x_control, x_sector, x_device, NULL, NULL, NULL, NULL, NULL, NULL};
	struct bytes *b = (struct bytes *)f;

	b->base.pMethods = NULL;
	b->mem = NULL;
	if (!source)
		return SQLITE_CANTOPEN;
	if (flags & SQLITE_OPEN_MAIN_JOURNAL)
		b->mem = source->journal;
	else if (flags & SQLITE_OPEN_WAL)
		b->mem = source->wal;
	else if (flags & SQLITE_OPEN_MAIN_DB)
		b->mem = source->main;
	if (!b->mem && (!(flags & SQLITE_OPEN_MAIN_DB) || source->fd < 0))
		return SQLITE_CANTOPEN;
	b->base.pMethods = &methods;
	if (out)
		*out = b->mem ? flags : SQLITE_OPEN_READONLY |
			SQLITE_OPEN_MAIN_DB;
	return SQLITE_OK;
}

/* Which of the two beside the database has that name. */
static struct str *
beside(const char *name)
{
	size_t n = strlen(name);

	if (source && n > 8 && strcmp(name + n - 8, "-journal") == 0)
		return source->journal;
	if (source && n > 4 && strcmp(name + n - 4, "-wal") == 0)
		return source->wal;
	return NULL;
}

static int
x_delete(sqlite3_vfs *vfs UNUSED, const char *name, int sync UNUSED)
{
	struct str *s = beside(name);

	if (!s)
		return SQLITE_READONLY;
	str_clear(s);
	return SQLITE_OK;
}

static int
x_access(sqlite3_vfs *vfs UNUSED, const char *name, int flags UNUSED, int *out)
{
	const struct str *s = beside(name);

	*out = s && s->n;
	return SQLITE_OK;
}

static int
x_path(sqlite3_vfs *vfs UNUSED, const char *name, int n, char *out)
{
	sqlite3_snprintf(n, out, "%s", name);
	return SQLITE_OK;
}

static int
x_random(sqlite3_vfs *vfs UNUSED, int n, char *out)
{
	memset(out, 0, (size_t)n);
	return n;
}

static int
x_sleep(sqlite3_vfs *vfs UNUSED, int us UNUSED)
{
	return 0;
}

static int
x_time(sqlite3_vfs *vfs UNUSED, double *out)
{
	*out = 2440587.5;
	return SQLITE_OK;
}

static int
x_error(sqlite3_vfs *vfs UNUSED, int n UNUSED, char *out UNUSED)
{
	return 0;
}

static sqlite3_vfs vfs_bytes = {
	.iVersion = 1,
	.szOsFile = sizeof(struct bytes),
	.mxPathname = 64,
	.zName = "salvor-bytes",
	.xOpen = x_open,
	.xDelete = x_delete,
	.xAccess = x_access,
	.xFullPathname = x_path,
	.xRandomness = x_random,
	.xSleep = x_sleep,
	.xCurrentTime = x_time,
	.xGetLastError = x_error,
};

/* Only reading is allowed, and of tables only. */
static int
authorize(void *arg, int action, const char *a, const char *b UNUSED,
    const char *c UNUSED, const char *inside)
{
	const struct sqlfile *f = arg;
	size_t i;

	if (action == SQLITE_SELECT)
		return SQLITE_OK;
	if (action != SQLITE_READ || inside || !a)
		return SQLITE_DENY;
	if (sqlite3_stricmp(a, "sqlite_master") == 0)
		return SQLITE_OK;
	for (i = 0; f->tables[i]; i++)
		if (sqlite3_stricmp(a, f->tables[i]) == 0)
			return SQLITE_OK;
	return SQLITE_DENY;
}

static int
steps(void *arg)
{
	struct sqlfile *f = arg;

	return ++f->steps > f->steps_max / 100000;
}

int
sqlfile_err(struct sqlfile *f, int rc, struct err *e)
{
	return err_set(e, rc == SQLITE_INTERRUPT || rc == SQLITE_TOOBIG ||
		rc == SQLITE_FULL ? ERR_LIMIT : ERR_CORRUPT, 0,
	    "'%s' cannot be read as a database of SQLite: %s", f->name,
	    f->db ? sqlite3_errmsg(f->db) : sqlite3_errstr(rc));
}

int
sqlfile_open(struct sqlfile *f, struct err *e)
{
	int rc;

	f->db = NULL;
	f->steps = 0;
	if (f->fd < 0)
		f->size = (int64_t)f->main->n;
	sqlite3_initialize();
	sqlite3_vfs_register(&vfs_bytes, 0);
	source = f;
	rc = sqlite3_open_v2("evidence", &f->db, f->fd < 0
		? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY, "salvor-bytes");
	if (rc == SQLITE_OK) {
		sqlite3_db_config(f->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(f->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0,
		    NULL);
		sqlite3_limit(f->db, SQLITE_LIMIT_LENGTH, f->length_max);
		/* exclusive: a log needs no memory shared with others */
		sqlite3_exec(f->db, "PRAGMA locking_mode=EXCLUSIVE;"
		    "PRAGMA cell_size_check=1;PRAGMA temp_store=MEMORY", NULL,
		    NULL, NULL);
		sqlite3_progress_handler(f->db, 100000, steps, f);
		sqlite3_set_authorizer(f->db, authorize, f);
		return 0;
	}
	sqlfile_err(f, rc, e);
	sqlfile_close(f);
	return -1;
}

void
sqlfile_close(struct sqlfile *f)
{
	sqlite3_close(f->db);
	f->db = NULL;
	source = NULL;
}
