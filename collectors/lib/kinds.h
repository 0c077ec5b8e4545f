#ifndef KINDS_H
#define KINDS_H

/*
 * kinds - the declarations of kinds.def as C
 *
 * KIND_image is the kind, COL_image_name_name its column. kind_info and
 * col_info give the names, types and documentation.
 */

enum kind {
#define KIND(k, tools, doc) KIND_##k,
#define COL(k, c, type, width, doc)
#define END(k)
#include "kinds.def"
#undef KIND
#undef COL
#undef END
	KIND_COUNT
};

enum col {
#define KIND(k, tools, doc)
#define COL(k, c, type, width, doc) COL_##k##_##c,
#define END(k)
#include "kinds.def"
#undef KIND
#undef COL
#undef END
	COL_COUNT
};

#define KIND_COLUMNS_MAX 128 /* of one kind; tests/test-rec.c looks */

enum col_type { TYPE_TEXT, TYPE_BYTES, TYPE_INT, TYPE_BOOL, TYPE_TIME,
	TYPE_LIST, TYPE_DATA };

struct col_info {
	const char *name;
	enum kind kind;
	enum col_type type;
	int width;
	const char *doc;
};

struct kind_info {
	const char *name;
	const char *tools;
	const char *doc;
	int first; /* its columns are first..last-1 of col_info */
	int last;
};

extern const struct kind_info kind_info[KIND_COUNT];
extern const struct col_info col_info[COL_COUNT];

/* The kind or column of that name (n bytes), -1 if there is none. A column's
 * name may not carry _b64. */
int kind_find(const char *name, size_t n);
int col_find(enum kind k, const char *name, size_t n);

/* May this tool send this kind? */
bool kind_allowed(enum kind k, const char *tool);

#endif
