#include "storelib.h"

#include "limits.h"

bool
store_is_dir(struct root *r, const char *path)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;

	return root_find(r, path, ROOT_NOFOLLOW, &f, NULL) == 0 &&
	       S_ISDIR(f.st.st_mode);
}

/* A note about a file of the store; nothing if nobody takes notes. */
void
store_note(struct rec *rec, const struct store *s, enum err_class class,
    const char *path, const char *fmt, ...)
{
	struct str p cleanup_str = STR_INIT;
	va_list ap;
	char msg[512];

	if (!rec)
		return;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	rec_note(rec, class, "store", NULL, engine_path(s, path, &p), 0, "%s",
	    msg);
}

void
store_note_err(struct rec *rec, const struct store *s, const char *path,
    const struct err *e)
{
	struct str p cleanup_str = STR_INIT;

	if (!rec)
		return;
	/* A piece that belongs there: its absence is a loss. */
	if (e->class == ERR_ABSENT)
		rec_note(rec, ERR_CORRUPT, "store", NULL,
		    engine_path(s, path, &p), e->sys, "%s", e->msg);
	else
		rec_note_err(rec, "store", NULL, engine_path(s, path, &p), e);
}

void
store_note_odd(struct rec *rec, const struct store *s, const char *path,
    const struct state *d)
{
	if (d->odd)
		store_note(rec, s, ERR_CORRUPT, path, "read, but not proper JSON: %s",
		    d->odd);
	if (d->wrong)
		store_note(rec, s, ERR_CORRUPT, path,
		    "%zu values are not of the type that the engine writes",
		    d->wrong);
}

/* A file of one short line; out is replaced, white space at its end cut. */
int
store_line(struct store *s, const char *path, struct str *out, struct err *e)
{
	int got = root_slurp(s->root, path, 4096, out, NULL, e);

	if (got < 0)
		return -1;
	if (got > 0)
		return err_set(e, ERR_CORRUPT, 0, "longer than one short line");
	while (out->n && strchr(" \t\r\n", out->s[out->n - 1]))
		str_cut(out, out->n - 1);
	if (strlen(out->s) != out->n)
		return err_set(e, ERR_CORRUPT, 0, "has a NUL byte");
	return 0;
}

bool
store_has(const struct strlist *l, const struct str *x)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->v[i].n == x->n && memcmp(l->v[i].s, x->s, x->n) == 0)
			return true;
	return false;
}

void
store_miss(struct engine_tree *t, const char *fmt, ...)
{
	va_list ap;
	char msg[512];

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	strlist_adds(&t->missing, msg);
}

int
store_give(struct strlist *ids, int (*fn)(void *arg, const char *id), void *arg)
{
	size_t i;
	int r;

	strlist_sort(ids);
	for (i = 0; i < ids->n; i++) {
		if (i && strcmp(ids->v[i].s, ids->v[i - 1].s) == 0)
			continue;
		if ((r = fn(arg, ids->v[i].s)))
			return r;
	}
	return 0;
}

/* ---- mounts --------------------------------------------------------------- */

struct engine_mount *
store_mount(struct engine_container *c)
{
	struct engine_mount *m;

	c->mounts = xreallocarray(c->mounts, c->mounts_n + 1,
	    sizeof(*c->mounts));
	m = &c->mounts[c->mounts_n++];
	str_init(&m->type);
	str_init(&m->source);
	str_init(&m->destination);
	str_init(&m->name);
	str_init(&m->driver);
	str_init(&m->propagation);
	str_init(&m->options);
	m->rw = true;
	return m;
}

/* Destinations are compared without the slashes that do not matter. */
void
store_clean_path(struct str *p)
{
	size_t i, o = 0;

	for (i = 0; i < p->n; i++)
		if (p->s[i] != '/' || !o || p->s[o - 1] != '/')
			p->s[o++] = p->s[i];
	if (o > 1 && p->s[o - 1] == '/')
		o--;
	str_cut(p, o);
}

void
store_mount_drop(struct engine_container *c)
{
	struct engine_mount *m = &c->mounts[--c->mounts_n];

	str_release(&m->type);
	str_release(&m->source);
	str_release(&m->destination);
	str_release(&m->name);
	str_release(&m->driver);
	str_release(&m->propagation);
	str_release(&m->options);
}

static int
cmp_mount(const void *a, const void *b)
{
	const struct engine_mount *x = a, *y = b;
	int r = strcmp(x->destination.s, y->destination.s);

	if (!r)
		r = strcmp(x->source.s, y->source.s);
	if (!r)
		r = strcmp(x->type.s, y->type.s);
	return r ? r : (int)x->rw - (int)y->rw;
}

void
store_sort_mounts(struct engine_container *c)
{
	if (c->mounts_n)
		qsort(c->mounts, c->mounts_n, sizeof(*c->mounts), cmp_mount);
}
