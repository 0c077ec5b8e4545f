/* rpm-sqlite - header blobs of rpmdb.sqlite; see sqlfile.h */

#include "rpm.h"

#include "limits.h"
#include "sqlfile.h"

int
rpm_sqlite_read(struct root_file *f, rpm_blob_fn *fn, void *arg,
    struct err *e)
{
	static const char *const tables[] = {"Packages", NULL};
	struct sqlfile s = {.fd = f->fd, .size = f->st.st_size,
	    .tables = tables, .length_max = RPM_HEADER_MAX,
	    .steps_max = RPM_SQL_STEPS_MAX, .name = f->path.s};
	sqlite3_stmt *st = NULL;
	const void *p;
	int rc, bytes;

	if (sqlfile_open(&s, e))
		return -1;
	rc = sqlite3_prepare_v2(s.db, "SELECT blob FROM Packages "
	    "ORDER BY rowid", -1, &st, NULL);
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
		sqlfile_err(&s, rc, e);
	sqlite3_finalize(st);
	sqlfile_close(&s);
	return rc == SQLITE_DONE ? 0 : -1;
}
