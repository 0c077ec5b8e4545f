#include "accounts.h"

#include "limits.h"

static bool
blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * A number as glibc's strtoul in nss_files takes it: blanks, a sign, digits;
 * what is too large becomes 2^32-1. -1: it is none. plain: only digits, no
 * superfluous zero.
 */
static int64_t
number(const char *p, size_t n, bool *plain)
{
	bool minus = false, digits = false;
	uint64_t v = 0;
	size_t i = 0;

	*plain = n > 0 && p[0] >= '0' && p[0] <= '9' && (p[0] != '0' || n == 1);
	while (i < n && blank(p[i]))
		i++;
	if (i < n && (p[i] == '+' || p[i] == '-'))
		minus = p[i++] == '-';
	for (; i < n && p[i] >= '0' && p[i] <= '9'; i++) {
		digits = true;
		if (v <= UINT32_MAX)
			v = v * 10 + (uint64_t)(p[i] - '0');
	}
	if (!digits || i < n)
		return -1;
	if (minus && v)
		return UINT32_MAX;
	return v > UINT32_MAX ? UINT32_MAX : (int64_t)v;
}

int
passwd_line(const char *p, size_t n, struct passwd_line *l)
{
	bool plain_uid, plain_gid;
	size_t i, from;
	int k;

	memset(l, 0, sizeof(*l));
	l->uid = l->gid = -1;
	for (k = 0; k < 7; k++)
		l->field[k] = "";
	while (n && blank(*p)) {
		p++;
		n--;
	}
	if (!n || *p == '#')
		return 0;
	for (from = i = 0; i <= n; i++) {
		if (i < n && (p[i] != ':' || l->fields == 6))
			continue;
		l->field[l->fields] = p + from;
		l->len[l->fields++] = i - from;
		from = i + 1;
	}
	l->uid = number(l->field[2], l->len[2], &plain_uid);
	l->gid = number(l->field[3], l->len[3], &plain_gid);
	if (memchr(p, '\0', n)) {
		l->defect = "NUL byte in the line";
		l->refused = true;
	} else if (p[0] == '+' || p[0] == '-') {
		l->defect = "NIS entry: read only in compat mode";
		l->refused = true;
	} else if (l->fields < 3) {
		l->defect = "too few fields";
		l->refused = true;
	} else if (!l->len[0]) {
		l->defect = "no name";
	} else if (l->uid < 0) {
		l->defect = "bad uid";
		l->refused = true;
	} else if (l->fields > 3 && l->gid < 0) {
		l->defect = "bad gid";
		l->refused = true;
	} else if (l->fields < 7) {
		l->defect = "too few fields";
		l->refused = l->fields < 4;
	} else if (!plain_uid) {
		l->defect = "uid is not written plainly";
	} else if (!plain_gid) {
		l->defect = "gid is not written plainly";
	} else if (memchr(l->field[6], ':', l->len[6])) {
		l->defect = "too many fields";
	}
	return 1;
}

static int
compare_names(const void *x, const void *y, void *arg)
{
	const struct account *v = arg;
	uint32_t i = *(const uint32_t *)x, k = *(const uint32_t *)y;
	const struct str *a = &v[i].name, *b = &v[k].name;
	int r = memcmp(a->s, b->s, a->n < b->n ? a->n : b->n);

	if (r)
		return r;
	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	return (i > k) - (i < k);
}

static int
compare_uids(const void *x, const void *y, void *arg)
{
	const struct account *v = arg;
	uint32_t i = *(const uint32_t *)x, k = *(const uint32_t *)y;

	if (v[i].uid != v[k].uid)
		return v[i].uid < v[k].uid ? -1 : 1;
	return (i > k) - (i < k);
}

/* Every process and file asks for a name: no search line by line. */
static void
sort(struct accounts *a)
{
	size_t i;

	a->name_order = xreallocarray(NULL, a->n, sizeof(uint32_t));
	a->uid_order = xreallocarray(NULL, a->n, sizeof(uint32_t));
	for (i = 0; i < a->n; i++)
		a->name_order[i] = a->uid_order[i] = (uint32_t)i;
	if (a->n < 2)
		return;
	qsort_r(a->name_order, a->n, sizeof(uint32_t), compare_names, a->v);
	qsort_r(a->uid_order, a->n, sizeof(uint32_t), compare_uids, a->v);
}

size_t
accounts_parse(const char *p, size_t n, struct accounts *a)
{
	const char *end = p + n, *nl;
	size_t lines = 0, over = 0, cap = 0;
	struct passwd_line l;
	struct account *ac;

	memset(a, 0, sizeof(*a));
	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			nl = end;
		if (++lines > PASSWD_LINES_MAX) {
			over++;
			continue;
		}
		if (!passwd_line(p, (size_t)(nl - p), &l) || l.fields < 3 ||
		    !l.len[0] || l.field[0][0] == '+' || l.field[0][0] == '-')
			continue;
		if (a->n == cap) {
			cap = cap ? 2 * cap : 32;
			a->v = xreallocarray(a->v, cap, sizeof(*a->v));
		}
		ac = &a->v[a->n++];
		str_init(&ac->name);
		str_init(&ac->home);
		str_init(&ac->shell);
		str_add(&ac->name, l.field[0], l.len[0]);
		str_add(&ac->home, l.field[5], l.len[5]);
		str_add(&ac->shell, l.field[6], l.len[6]);
		ac->uid = l.uid;
		ac->gid = l.gid;
	}
	sort(a);
	return over;
}

int
accounts_read(struct root *r, struct accounts *a, struct rec *rec,
    const char *scope, struct err *e)
{
	static const char path[] = "/etc/passwd";
	struct str data cleanup_str = STR_INIT;
	struct err own;
	size_t over;
	int k;

	memset(a, 0, sizeof(*a));
	own.class = ERR_NONE;
	k = root_slurp(r, path, ART_READ_MAX, &data, NULL, &own);
	if (k < 0 && own.class == ERR_CHANGED && data.n) {
		if (rec)
			rec_note_err(rec, "read", scope, path, &own);
		k = 0;
	}
	if (k < 0) {
		if (own.class == ERR_ABSENT) {
			if (rec)
				rec_note(rec, ERR_ABSENT, "read", scope, path,
				    own.sys, "no accounts are known");
			return 0;
		}
		if (rec && own.class != ERR_OURS)
			rec_note_err(rec, "read", scope, path, &own);
		if (e)
			*e = own;
		return -1;
	}
	if (k == 1 && rec)
		rec_note(rec, ERR_LIMIT, "read", scope, path, 0,
		    "longer than %d bytes (ART_READ_MAX)", ART_READ_MAX);
	over = accounts_parse(data.s, data.n, a);
	if (over && rec)
		rec_note(rec, ERR_LIMIT, "parse", scope, path, 0,
		    "%zu lines beyond the first %d (PASSWD_LINES_MAX)", over,
		    PASSWD_LINES_MAX);
	return 0;
}

void
accounts_release(struct accounts *a)
{
	size_t i;

	for (i = 0; i < a->n; i++) {
		str_release(&a->v[i].name);
		str_release(&a->v[i].home);
		str_release(&a->v[i].shell);
	}
	free(a->v);
	free(a->name_order);
	free(a->uid_order);
	memset(a, 0, sizeof(*a));
}

const struct account *
accounts_by_name(const struct accounts *a, const char *name, size_t n)
{
	size_t lo = 0, hi = a->n, mid;
	const struct str *s;
	int r;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		s = &a->v[a->name_order[mid]].name;
		r = memcmp(s->s, name, s->n < n ? s->n : n);
		if (r < 0 || (r == 0 && s->n < n))
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == a->n)
		return NULL;
	s = &a->v[a->name_order[lo]].name;
	if (s->n != n || memcmp(s->s, name, n) != 0)
		return NULL;
	return &a->v[a->name_order[lo]];
}

const struct account *
accounts_by_uid(const struct accounts *a, int64_t uid)
{
	size_t lo = 0, hi = a->n, mid;

	if (uid < 0)
		return NULL;
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (a->v[a->uid_order[mid]].uid < uid)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == a->n || a->v[a->uid_order[lo]].uid != uid)
		return NULL;
	return &a->v[a->uid_order[lo]];
}
