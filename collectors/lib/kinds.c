#include "kinds.h"

/* First and last column of each kind: COL_ numbers run through all kinds in
 * the order of the file, so a kind's last is the count up to its END. */
enum pos {
#define KIND(k, tools, doc) POS_FIRST_##k, POS_FIX_##k = POS_FIRST_##k - 1,
#define COL(k, c, type, width, doc) POS_##k##_##c,
#define END(k) POS_LAST_##k, POS_UNFIX_##k = POS_LAST_##k - 1,
#include "kinds.def"
#undef KIND
#undef COL
#undef END
	POS_COUNT
};

const struct kind_info kind_info[KIND_COUNT] = {
#define KIND(k, tools, doc) {#k, tools, doc, POS_FIRST_##k, POS_LAST_##k},
#define COL(k, c, type, width, doc)
#define END(k)
#include "kinds.def"
#undef KIND
#undef COL
#undef END
};

const struct col_info col_info[COL_COUNT] = {
#define KIND(k, tools, doc)
#define COL(k, c, type, width, doc) {#c, KIND_##k, TYPE_##type, width, doc},
#define END(k)
#include "kinds.def"
#undef KIND
#undef COL
#undef END
};

int
kind_find(const char *name, size_t n)
{
	int i;

	for (i = 0; i < KIND_COUNT; i++)
		if (strlen(kind_info[i].name) == n &&
		    memcmp(kind_info[i].name, name, n) == 0)
			return i;
	return -1;
}

int
col_find(enum kind k, const char *name, size_t n)
{
	int i;

	for (i = kind_info[k].first; i < kind_info[k].last; i++)
		if (strlen(col_info[i].name) == n &&
		    memcmp(col_info[i].name, name, n) == 0)
			return i;
	return -1;
}

bool
kind_allowed(enum kind k, const char *tool)
{
	const char *p = kind_info[k].tools;
	size_t n, len = strlen(tool);

	if (p[0] == '*')
		return true;
	while (*p) {
		n = strcspn(p, " ");
		if (n == len && memcmp(p, tool, n) == 0)
			return true;
		p += n;
		p += *p == ' ';
	}
	return false;
}
