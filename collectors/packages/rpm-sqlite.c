/*
 * rpm-sqlite - header blobs of rpmdb.sqlite
 *
 * SQLite gets bytes, not a file: its only file system here reads from one
 * descriptor that is open already, and has no other file, no lock and no way
 * to write. A database in WAL mode is one for it like any other (two bytes of
 * its first page say so, and are changed on their way).
 */

#include "rpm.h"

#include "limits.h"

#include <sqlite3.h>

struct bytes {
	sqlite3_file base;
	int fd;
	sqlite3_int64 size;
};

static struct root_file *source; /* what xOpen hands out; while it is read */

static int
x_close(sqlite3_file *f UNUSED)
{
	return SQLITE_OK;
}

static int
x_read(sqlite3_file *f, void *p, int n, sqlite3_int64 off)
{
	struct bytes *b = (struct bytes *)f;
	unsigned char *to = p;
	int have = n;
	int64_t k;

	if (off < 0 || n < 0)
		return SQLITE_IOERR_READ;
	if (off + n > b->size) {
		have = off < b->size ? (int)(b->size - off) : 0;
		memset(to + have, 0, (size_t)(n - have));
	}
	if (have && rpm_pread(b->fd, p, (size_t)have, (uint64_t)off))
		return SQLITE_IOERR_READ;
	/* versions for writing and reading: 2 is WAL */
	for (k = 18; k < 20; k++)
		if (k >= off && k < off + have && to[k - off] == 2)
			to[k - off] = 1;
	return have < n ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int
x_write(sqlite3_file *f UNUSED, const void *p UNUSED, int n UNUSED,
    sqlite3_int64 off UNUSED)
{
	return SQLITE_READONLY;
}

static int
x_truncate(sqlite3_file *f UNUSED, sqlite3_int64 n UNUSED)
{
	return SQLITE_READONLY;
}

static int
x_flags(sqlite3_file *f UNUSED, int flags UNUSED)
{
	return SQLITE_OK;
}

static int
x_size(sqlite3_file *f, sqlite3_int64 *out)
{
	*out = ((struct bytes *)f)->size;
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
x_device(sqlite3_file *f UNUSED)
{
	return SQLITE_IOCAP_IMMUTABLE;
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
	if (!(flags & SQLITE_OPEN_MAIN_DB) || !source)
		return SQLITE_CANTOPEN;
	b->base.pMethods = &methods;
	b->fd = source->fd;
	b->size = source->st.st_size;
	if (out)
		*out = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
	return SQLITE_OK;
}

static int
x_delete(sqlite3_vfs *vfs UNUSED, const char *name UNUSED, int sync UNUSED)
{
	return SQLITE_READONLY;
}

static int
x_access(sqlite3_vfs *vfs UNUSED, const char *name UNUSED, int flags UNUSED,
    int *out)
{
	*out = 0; /* no journal beside it */
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

/* A hostile schema could make "Packages" anything: only reading is allowed,
 * and of tables only. */
static int
authorize(void *arg UNUSED, int action, const char *a, const char *b UNUSED,
    const char *c UNUSED, const char *inside)
{
	if (action == SQLITE_SELECT)
		return SQLITE_OK;
	return action == SQLITE_READ && !inside && a &&
	    (sqlite3_stricmp(a, "Packages") == 0 ||
		sqlite3_stricmp(a, "sqlite_master") == 0)
	    ? SQLITE_OK : SQLITE_DENY;
}

static int
steps(void *arg)
{
	unsigned *n = arg;

	return ++*n > RPM_SQL_STEPS_MAX / 100000;
}

int
rpm_sqlite_read(struct root_file *f, rpm_blob_fn *fn, void *arg,
    struct err *e)
{
	sqlite3_stmt *st = NULL;
	sqlite3 *db = NULL;
	const void *p;
	unsigned n = 0;
	int rc, bytes;

	sqlite3_initialize();
	sqlite3_vfs_register(&vfs_bytes, 0);
	source = f;
	rc = sqlite3_open_v2("rpmdb", &db, SQLITE_OPEN_READONLY,
	    "salvor-bytes");
	if (rc == SQLITE_OK) {
		sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		sqlite3_limit(db, SQLITE_LIMIT_LENGTH, RPM_HEADER_MAX);
		sqlite3_exec(db, "PRAGMA cell_size_check=1;"
		    "PRAGMA temp_store=MEMORY", NULL, NULL, NULL);
		sqlite3_progress_handler(db, 100000, steps, &n);
		sqlite3_set_authorizer(db, authorize, NULL);
		rc = sqlite3_prepare_v2(db, "SELECT blob FROM Packages "
		    "ORDER BY rowid", -1, &st, NULL);
	}
	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		rc = SQLITE_OK;
		p = sqlite3_column_blob(st, 0);
		bytes = sqlite3_column_bytes(st, 0);
		if (p && bytes > 0 && !fn(arg, p, (size_t)bytes)) {
			rc = SQLITE_DONE;
			break;
		}
	}
	if (rc != SQLITE_DONE)
		err_set(e, rc == SQLITE_INTERRUPT || rc == SQLITE_TOOBIG
		    ? ERR_LIMIT : ERR_CORRUPT, 0, "'%s' cannot be read as a "
		    "database of SQLite: %s", f->path.s,
		    db ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
	sqlite3_finalize(st);
	sqlite3_close(db);
	source = NULL;
	return rc == SQLITE_DONE ? 0 : -1;
}
