#include "case-internal.h"

/* What case-ingest knows itself about a run. */
static const struct {
	const char *name;
	const char *type;
	const char *doc;
} run_extra[] = {
	{"complete", "INTEGER NOT NULL",
	    "1: whole, as the collector sent it; 0: see truncated"},
	{"truncated", "TEXT", "why it is not complete"},
	{"exit_status", "INTEGER", "of the program that case-ingest started"},
	{"signal", "INTEGER", "the signal that killed it"},
	{"stderr", "TEXT", "its messages"},
	{"stderr_raw", "BLOB", ""},
	{"received_time", "INTEGER NOT NULL",
	    "when the run arrived, by this machine's clock"},
	{"records", "INTEGER NOT NULL",
	    "records stored, run and end not counted"},
};

/* What joins need. "file" has none: it is by far the largest table, and what
 * looks at it looks at all of it. */
static const struct {
	const char *table;
	const char *columns;
} indexes[] = {
	{"note", "class"},
	{"image", "image_id"},
	{"image_name", "image_id"},
	{"image_layer", "image_id"},
	{"image_layer", "diff_id"},
	{"image_history", "image_id"},
	{"layer_source", "diff_id"},
	{"container", "container_id"},
	{"container", "image_id"},
	{"mount", "container_id"},
	{"change", "container_id, path"},
	{"persist", "scope, path"},
	{"account", "scope, name"},
	{"process", "pid"},
	{"process", "container_id"},
	{"socket", "pid"},
	{"package", "scope, name"},
	{"match", "scope, path"},
	{"finding", "scope, path"},
};

bool
schema_table(enum kind k)
{
	return k != KIND_end;
}

bool
schema_column(enum col c)
{
	return c != COL_blob_offset;
}

bool
schema_raw(enum col c)
{
	return col_info[c].type == TYPE_BYTES || col_info[c].type == TYPE_LIST;
}

static const char *
sql_type(enum col_type type)
{
	switch (type) {
	case TYPE_TEXT:
	case TYPE_BYTES:
	case TYPE_LIST:
		return "TEXT";
	case TYPE_INT:
	case TYPE_BOOL:
	case TYPE_TIME:
		return "INTEGER";
	case TYPE_DATA:
		break;
	}
	return "BLOB";
}

static void
columns(struct str *out, enum kind k)
{
	int c;

	for (c = kind_info[k].first; c < kind_info[k].last; c++) {
		if (!schema_column((enum col)c))
			continue;
		str_addf(out, ",\n\t\"%s\" %s%s", col_info[c].name,
		    sql_type(col_info[c].type),
		    c == COL_blob_sha256 ? " NOT NULL UNIQUE" : "");
		if (schema_raw((enum col)c))
			str_addf(out, ",\n\t\"%s_raw\" BLOB",
			    col_info[c].name);
	}
}

static void
add_columns(struct strlist *out, enum kind k)
{
	struct str raw cleanup_str = STR_INIT;
	int c;

	for (c = kind_info[k].first; c < kind_info[k].last; c++) {
		if (!schema_column((enum col)c))
			continue;
		strlist_adds(out, col_info[c].name);
		str_clear(&raw);
		str_addf(&raw, "%s_raw", col_info[c].name);
		if (schema_raw((enum col)c))
			strlist_add(out, raw.s, raw.n);
	}
}

void
schema_columns(enum kind k, struct strlist *out)
{
	size_t i;

	strlist_adds(out, "id");
	strlist_adds(out, "run");
	add_columns(out, k);
	if (k != KIND_run)
		return;
	add_columns(out, KIND_end);
	for (i = 0; i < COUNT(run_extra); i++)
		strlist_adds(out, run_extra[i].name);
}

/* "container_id, path" as part of a name. */
static void
index_name(struct str *out, const char *cols)
{
	for (; *cols; cols++)
		if (*cols == ',')
			str_addc(out, '_');
		else if (*cols != ' ')
			str_addc(out, *cols);
}

void
case_schema(struct str *out)
{
	size_t i;
	int k;

	str_addf(out, "PRAGMA application_id = %d;\n"
		      "PRAGMA user_version = %d;\n"
		      "CREATE TABLE \"meta\" (\n"
		      "\t\"key\" TEXT PRIMARY KEY,\n"
		      "\t\"value\" TEXT NOT NULL\n"
		      ") WITHOUT ROWID;\n",
	    CASE_APPLICATION_ID, CASE_SCHEMA_VERSION);
	for (k = 0; k < KIND_COUNT; k++) {
		if (!schema_table((enum kind)k))
			continue;
		str_addf(out, "CREATE TABLE \"%s\" (\n"
			      "\t\"id\" INTEGER PRIMARY KEY,\n"
			      "\t\"run\" INTEGER NOT NULL",
		    kind_info[k].name);
		columns(out, (enum kind)k);
		if (k == KIND_run) {
			columns(out, KIND_end);
			for (i = 0; i < COUNT(run_extra); i++)
				str_addf(out, ",\n\t\"%s\" %s",
				    run_extra[i].name, run_extra[i].type);
		}
		str_adds(out, "\n);\n");
	}
	for (i = 0; i < COUNT(indexes); i++) {
		str_addf(out, "CREATE INDEX \"%s_", indexes[i].table);
		index_name(out, indexes[i].columns);
		str_addf(out, "\" ON \"%s\" (%s);\n", indexes[i].table,
		    indexes[i].columns);
	}
}
