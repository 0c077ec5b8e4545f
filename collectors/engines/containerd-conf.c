#include "containerd.h"

#include "limits.h"

/*
 * Of TOML only what stands before the first table, in the forms that this can
 * have: KEY = "TEXT" or 'TEXT', and KEY = [TEXT, TEXT, ...] over several lines.
 */

static const char *
blank(const char *p, const char *end)
{
	while (p < end && strchr(" \t\r\n", *p))
		p++;
	return p;
}

static const char *
line_end(const char *p, const char *end)
{
	const char *nl = memchr(p, '\n', (size_t)(end - p));

	return nl ? nl + 1 : end;
}

/* The text that begins at p; NULL: none does. Returns what follows it. */
static const char *
text(const char *p, const char *end, struct str *out)
{
	char quote;

	str_clear(out);
	if (p == end || (*p != '"' && *p != '\''))
		return NULL;
	quote = *p++;
	while (p < end && *p != quote && *p != '\n') {
		if (quote == '"' && *p == '\\' && p + 1 < end)
			p++; /* in paths: \" and \\ */
		str_addc(out, *p++);
	}
	return p < end ? p + 1 : p;
}

static const char *
list(const char *p, const char *end, struct strlist *out)
{
	struct str s cleanup_str = STR_INIT;
	const char *q;

	strlist_clear(out);
	for (;;) {
		p = blank(p, end);
		if (p == end || *p == ']')
			return p;
		if (*p == '#') {
			p = line_end(p, end);
			continue;
		}
		q = text(p, end, &s);
		if (q)
			strlist_add(out, s.s, s.n);
		p = q ? q : p + 1;
	}
}

int
containerd_conf(struct root *r, const char *path, struct containerd_conf *out,
    struct err *e)
{
	struct str t cleanup_str = STR_INIT, key cleanup_str = STR_INIT;
	struct str full cleanup_str = STR_INIT;
	const char *p, *end;
	size_t i;

	str_init(&out->root);
	str_init(&out->state);
	out->imports = (struct strlist)STRLIST_INIT;
	if (root_slurp(r, path, STORE_JSON_MAX, &t, NULL, e) < 0)
		return -1;
	end = t.s + t.n;
	for (p = t.s; (p = blank(p, end)) < end; p = line_end(p, end)) {
		const char *k = p;

		if (*p == '[')
			break;
		if (*p == '#')
			continue;
		while (p < end && !strchr(" \t=\r\n", *p))
			p++;
		str_set(&key, k, (size_t)(p - k));
		while (p < end && strchr(" \t=", *p))
			p++;
		if (str_eq(&key, "root"))
			text(p, end, &out->root);
		else if (str_eq(&key, "state"))
			text(p, end, &out->state);
		else if (str_eq(&key, "imports") && p < end && *p == '[')
			p = list(p + 1, end, &out->imports);
	}
	/* relative ones are beside the file */
	for (i = 0; i < out->imports.n; i++) {
		struct str *v = &out->imports.v[i];
		const char *slash = strrchr(path, '/');

		if (v->s[0] == '/')
			continue;
		str_set(&full, path, slash ? (size_t)(slash - path) + 1 : 0);
		str_add(&full, v->s, v->n);
		str_set(v, full.s, full.n);
	}
	return 0;
}

void
containerd_conf_release(struct containerd_conf *c)
{
	str_release(&c->root);
	str_release(&c->state);
	strlist_release(&c->imports);
}
