#include "shcmd.h"

#include "err.h"
#include "limits.h"
#include "sheval.h"

#include <strings.h>

#define PIECE_MAX 300 /* bytes quoted in a fact */
#define PATH_BYTES 4096 /* of a path that can be opened */

static const char *const forms[] = {
	[SHCMD_SHELL] = "shell",
	[SHCMD_CRON] = "cron",
	[SHCMD_UNIT] = "unit",
	[SHCMD_JOINED] = "joined",
	[SHCMD_HISTORY] = "history",
	[SHCMD_ARGV] = "argv",
};

int
shcmd_form_find(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(forms); i++)
		if (strcmp(forms[i], name) == 0)
			return (int)i;
	return -1;
}

void
shcmd_release(struct shcmd *c)
{
	strlist_release(&c->facts);
	strlist_release(&c->runs);
	str_release(&c->plain);
}

bool
shcmd_has(const struct shcmd *c, const char *tag)
{
	size_t i, n = strlen(tag);

	for (i = 0; i < c->facts.n; i++)
		if (c->facts.v[i].n > n && c->facts.v[i].s[n] == ':' &&
		    memcmp(c->facts.v[i].s, tag, n) == 0)
			return true;
	return false;
}

bool
shcmd_plain_address(const char *url)
{
	size_t n = strlen(url);

	if (strncasecmp(url, "https://", 8) != 0 &&
	    strncasecmp(url, "ftps://", 7) != 0 &&
	    strncasecmp(url, "s3://", 5) != 0 &&
	    strncasecmp(url, "gs://", 5) != 0)
		return true;
	return shtext_ip_host(url, n);
}

/* ---- maps ---------------------------------------------------------------- */

struct str *
shmap_get(struct shmap *m, const char *name, size_t n)
{
	size_t i;

	for (i = m->n; i-- > 0;)
		if (m->v[i].name.n == n && memcmp(m->v[i].name.s, name, n) == 0)
			return &m->v[i].value;
	return NULL;
}

struct str *
shmap_put(struct shmap *m, const char *name, size_t n)
{
	struct str *old = shmap_get(m, name, n);

	if (old)
		return old;
	if (m->n == SHCMD_NAMES_MAX) {
		/* the last is the one that is lost */
		str_clear(&m->v[m->n - 1].value);
		str_set(&m->v[m->n - 1].name, name, n);
		return &m->v[m->n - 1].value;
	}
	if (m->n == m->cap) {
		m->cap = m->cap ? 2 * m->cap : 16;
		m->v = xreallocarray(m->v, m->cap, sizeof(*m->v));
	}
	str_init(&m->v[m->n].name);
	str_init(&m->v[m->n].value);
	str_set(&m->v[m->n].name, name, n);
	return &m->v[m->n++].value;
}

void
shmap_drop(struct shmap *m, const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < m->n; i++) {
		if (m->v[i].name.n != n ||
		    memcmp(m->v[i].name.s, name, n) != 0)
			continue;
		str_release(&m->v[i].name);
		str_release(&m->v[i].value);
		m->n--;
		memmove(&m->v[i], &m->v[i + 1],
		    (m->n - i) * sizeof(m->v[0]));
		return;
	}
}

void
shmap_release(struct shmap *m)
{
	size_t i;

	for (i = 0; i < m->n; i++) {
		str_release(&m->v[i].name);
		str_release(&m->v[i].value);
	}
	free(m->v);
	memset(m, 0, sizeof(*m));
}

/* ---- facts --------------------------------------------------------------- */

bool
sheval_work(struct sheval *e, size_t bytes)
{
	e->work += bytes;
	e->steps++;
	if (e->work > SHCMD_WORK_MAX || e->steps > SHCMD_STEPS_MAX)
		e->out->limited = true;
	return !e->out->limited;
}

void
sheval_fact(struct sheval *e, const char *tag, const char *p, size_t n)
{
	struct str s cleanup_str = STR_INIT, t cleanup_str = STR_INIT;
	struct strlist *l = &e->out->facts;
	size_t i;

	shtext_strip(p, n, &t);
	while (t.n && strchr(" \t\n", t.s[t.n - 1]))
		str_cut(&t, t.n - 1);
	if (t.n > PIECE_MAX) {
		str_cut(&t, PIECE_MAX);
		str_adds(&t, "...");
	}
	str_addf(&s, "%s: ", tag);
	str_add(&s, t.s, t.n);
	for (i = 0; i < l->n; i++)
		if (l->v[i].n == s.n && memcmp(l->v[i].s, s.s, s.n) == 0)
			return;
	if (l->n >= SHCMD_FACTS_MAX) {
		e->out->limited = true;
		return;
	}
	strlist_add(l, s.s, s.n);
}

void
sheval_factf(struct sheval *e, const char *tag, const char *fmt, ...)
{
	char buf[2 * PIECE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	sheval_fact(e, tag, buf, strlen(buf));
}

void
sheval_plain(struct sheval *e, const struct strlist *argv)
{
	struct str *out = &e->out->plain;
	size_t i;

	if (out->n > SHCMD_TEXT_MAX) {
		e->out->limited = true;
		return;
	}
	for (i = 0; i < argv->n; i++) {
		if (i)
			str_addc(out, ' ');
		shtext_strip(argv->v[i].s, argv->v[i].n, out);
	}
	str_addc(out, '\n');
}

const char *
sheval_fetched(const struct sheval *e, const char *p, size_t n)
{
	const char *at = memchr(p, SHMARK_FETCH, n);
	size_t k;

	if (!at || at + 1 >= p + n)
		return "";
	k = (size_t)(unsigned char)at[1] - 0x80;
	return k < e->fetches.n ? e->fetches.v[k].s : "";
}

/* ---- files --------------------------------------------------------------- */

/*
 * A file that is run, or an argument that names one, by its whole path as far
 * as it is known.
 */
void
sheval_run(struct sheval *e, const char *how, const char *path)
{
	struct str s cleanup_str = STR_INIT, abs cleanup_str = STR_INIT;
	struct strlist *l = &e->out->runs;
	size_t i;

	if (strchr(path, '/'))
		sheval_path(e, path, &abs);
	else
		str_adds(&abs, path);
	for (i = 0; i < abs.n; i++)
		if ((unsigned char)abs.s[i] <= 6) {
			/* a part of it is not known */
			if (strcmp(how, "run") == 0)
				sheval_opaque(e);
			return;
		}
	if (!abs.n || abs.n > PATH_BYTES)
		return;
	str_addf(&s, "%s ", how);
	str_add(&s, abs.s, abs.n);
	for (i = 0; i < l->n; i++)
		if (l->v[i].n == s.n && memcmp(l->v[i].s, s.s, s.n) == 0)
			return;
	if (l->n >= SHCMD_FACTS_MAX) {
		e->out->limited = true;
		return;
	}
	strlist_add(l, s.s, s.n);
}

void
sheval_opaque(struct sheval *e)
{
	struct strlist *l = &e->out->runs;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (str_eq(&l->v[i], "opaque"))
			return;
	strlist_adds(l, "opaque");
}

void
sheval_path(const struct sheval *e, const char *path, struct str *out)
{
	struct str t cleanup_str = STR_INIT;
	size_t i = 0, k;

	if (path[0] == '/') {
		str_adds(&t, e->chroot.s);
		str_adds(&t, path);
	} else if (e->cwd.n) {
		str_adds(&t, e->cwd.s);
		str_addc(&t, '/');
		str_adds(&t, path);
	} else {
		while (strncmp(path, "./", 2) == 0)
			path += 2;
		str_adds(out, path);
		return;
	}
	str_clear(out);
	while (i < t.n) {
		while (i < t.n && t.s[i] == '/')
			i++;
		for (k = i; k < t.n && t.s[k] != '/'; k++)
			;
		if (k - i == 2 && t.s[i] == '.' && t.s[i + 1] == '.') {
			while (out->n && out->s[out->n - 1] != '/')
				str_cut(out, out->n - 1);
			if (out->n)
				str_cut(out, out->n - 1);
		} else if (k > i && !(k - i == 1 && t.s[i] == '.')) {
			str_addc(out, '/');
			str_add(out, t.s + i, k - i);
		}
		i = k;
	}
	if (!out->n)
		str_addc(out, '/');
}

struct str *
sheval_file(struct sheval *e, const char *path)
{
	struct str abs cleanup_str = STR_INIT;

	sheval_path(e, path, &abs);
	return shmap_get(&e->files, abs.s, abs.n);
}

static bool
ends(const char *s, const char *with)
{
	size_t n = strlen(s), k = strlen(with);

	return n >= k && strcmp(s + n - k, with) == 0;
}

static bool
cron_path(const char *p)
{
	return ends(p, "/etc/crontab") || strstr(p, "/etc/cron") ||
	    strstr(p, "/spool/cron") || strstr(p, "/crontabs/") ||
	    strstr(p, "/cron.d/") || ends(p, "/crontab");
}

static bool
startup_path(const char *p)
{
	static const char *const marks[] = {"/etc/profile", "/.bashrc",
	    "/.bash_profile", "/.profile", "/.bash_login", "/.zshrc",
	    "/.bash_logout", "/bash.bashrc", "/etc/rc.local", "/rc.d/",
	    "/init.d/", "/systemd/system/", "/systemd/user/",
	    "/update-motd.d/", "/ssh/sshrc", "/.ssh/rc", "/xinitrc",
	    "/autostart/", "/etc/environment", "/udev/rules.d/"};
	size_t i;

	for (i = 0; i < COUNT(marks); i++)
		if (strstr(p, marks[i]))
			return true;
	return false;
}

/* Is the line a crontab's? Returns where its command starts, 0: it is not. */
static size_t
cron_line(const char *p, size_t n)
{
	size_t i = 0, k, field;

	while (i < n && (p[i] == ' ' || p[i] == '\t' ||
			    p[i] == SHMARK_DECODED))
		i++;
	if (i < n && p[i] == '@') {
		while (i < n && p[i] != ' ' && p[i] != '\t')
			i++;
		return i < n ? i : 0;
	}
	for (field = 0; field < 5; field++) {
		for (k = i; k < n && p[k] != ' ' && p[k] != '\t'; k++)
			if (!strchr("0123456789*/,-~?", p[k]) &&
			    (field < 3 || !((p[k] | 32) >= 'a' &&
					      (p[k] | 32) <= 'z')))
				return 0;
		if (k == i || k == n)
			return 0;
		for (i = k; i < n && (p[i] == ' ' || p[i] == '\t'); i++)
			;
	}
	return i < n ? i : 0;
}

/* Written text that something will run: crontab lines wherever they go,
 * start-up files as scripts, units by their Exec lines. */
static void
written(struct sheval *e, const char *path, const struct str *text)
{
	struct str t cleanup_str = STR_INIT;
	size_t i, eol, at;

	if (e->depth >= SHCMD_DEPTH_MAX)
		return;
	str_set(&t, text->s, text->n);
	for (i = 0; i < t.n; i = eol + 1) {
		const char *line = t.s + i;

		for (eol = i; eol < t.n && t.s[eol] != '\n'; eol++)
			;
		at = cron_line(line, eol - i);
		if (!at && strncmp(line, "Exec", 4) == 0) {
			const char *eq = memchr(line, '=', eol - i);

			at = eq ? (size_t)(eq - line) + 1 : 0;
		}
		if (at) {
			sheval_factf(e, "cron-text", "%.*s", (int)(eol - i),
			    line);
			/* with and without a user field: what it is not is a
			 * command that nobody knows */
			sheval_text(e, line + at, eol - i - at, NULL, NULL);
			while (at < eol - i && strchr(" \t", line[at]))
				at++;
			while (at < eol - i && !strchr(" \t", line[at]))
				at++;
			sheval_text(e, line + at, eol - i - at, NULL, NULL);
		}
	}
	if (startup_path(path) && !strstr(path, "/systemd/"))
		sheval_text(e, t.s, t.n, NULL, NULL);
}

static bool
has_key(const struct str *text)
{
	return strstr(text->s, "ssh-rsa AAAA") ||
	    strstr(text->s, "ssh-ed25519 AAAA") ||
	    strstr(text->s, "ssh-dss AAAA") ||
	    strstr(text->s, "ecdsa-sha2-nistp");
}

void
sheval_write(struct sheval *e, const char *path, const struct str *text,
    bool append)
{
	static const char *const logs[] = {"/var/log/wtmp", "/var/log/btmp",
	    "/var/log/secure", "/var/log/lastlog", "/var/log/auth.log",
	    "/var/log/cron", "/var/log/utmp", "/var/run/utmp"};
	struct str abs cleanup_str = STR_INIT;
	struct str *sink, *file;
	const char *p;
	size_t i;

	sheval_path(e, path, &abs);
	p = abs.s;
	if (!abs.n || strcmp(p, "/dev/null") == 0 ||
	    strncmp(p, "/dev/std", 8) == 0 || strncmp(p, "/dev/tty", 8) == 0 ||
	    strncmp(p, "/proc/self/fd/", 14) == 0)
		return;
	sink = shmap_get(&e->sinks, p, abs.n);
	if (sink) {
		struct str code cleanup_str = STR_INIT;

		str_set(&code, sink->s, sink->n);
		sheval_text(e, code.s, code.n, text, NULL);
		return;
	}
	if (strncmp(p, "/dev/fd/", 8) == 0)
		return;
	sheval_fact(e, "writes", p, abs.n);
	if (cron_path(p))
		sheval_fact(e, "cron-write", p, abs.n);
	if (strstr(p, "authorized_keys") || (text && strstr(p, "/.ssh/") &&
						has_key(text)))
		sheval_fact(e, "key-write", p, abs.n);
	if (ends(p, "ld.so.preload"))
		sheval_fact(e, "preload-write", p, abs.n);
	if (startup_path(p))
		sheval_fact(e, "startup-write", p, abs.n);
	if (ends(p, "/etc/passwd") || ends(p, "/etc/shadow") ||
	    ends(p, "/etc/sudoers") || strstr(p, "/sudoers.d/"))
		sheval_fact(e, "account-write", p, abs.n);
	if (ends(p, "/release_agent") || ends(p, "/core_pattern") ||
	    ends(p, "/kernel/modprobe") || ends(p, "/uevent_helper") ||
	    ends(p, "/binfmt_misc/register") ||
	    strncmp(p, "/proc/1/root/", 13) == 0)
		sheval_fact(e, "escape", p, abs.n);
	if (strstr(p, "_history") && (!text || !text->n))
		sheval_fact(e, "history-wipe", p, abs.n);
	for (i = 0; i < COUNT(logs); i++)
		if (!append && strcmp(p, logs[i]) == 0 &&
		    (!text || text->n < 4))
			sheval_fact(e, "history-wipe", p, abs.n);
	file = shmap_put(&e->files, p, abs.n);
	if (!append)
		str_clear(file);
	if (!text) {
		str_addc(file, SHMARK_UNKNOWN);
		return;
	}
	if (file->n + text->n < SHCMD_VALUE_MAX &&
	    sheval_work(e, text->n))
		str_add(file, text->s, text->n);
	written(e, p, text);
}

/* ---- words --------------------------------------------------------------- */

static void eval(struct sheval *e, struct shnode *node, const struct str *in,
    struct str *out);

/* Fields under way while a word is expanded. */
struct fields {
	struct strlist *out;
	struct str cur;
	bool have; /* cur counts even if it is empty (quotes) */
	bool split;
};

static void
field_end(struct fields *f)
{
	if (f->cur.n || f->have)
		strlist_add(f->out, f->cur.s, f->cur.n);
	str_clear(&f->cur);
	f->have = false;
}

/* The value of an expansion: split at blanks where it is not quoted. */
static void
field_value(struct fields *f, const char *p, size_t n, bool quoted)
{
	size_t i;

	if (f->cur.n + n > SHCMD_VALUE_MAX)
		return;
	if (quoted || !f->split) {
		str_add(&f->cur, p, n);
		return;
	}
	for (i = 0; i < n; i++) {
		if (p[i] == SHMARK_FETCH && i + 1 < n) {
			str_add(&f->cur, p + i, 2);
			i++;
		} else if (strchr(" \t\n", p[i])) {
			field_end(f);
		} else {
			str_addc(&f->cur, p[i]);
		}
	}
}

/* Text in a substitution: its output without newlines at the end. */
static void
substitute(struct sheval *e, const char *p, size_t n, struct str *out)
{
	size_t i = 0;

	e->gaps++;
	if (e->blind) {
		str_addc(out, SHMARK_OUTPUT);
		return;
	}
	while (i < n && strchr(" \t\n", p[i]))
		i++;
	if (i < n && p[i] == '<' && i + 1 < n && p[i + 1] != '(' &&
	    p[i + 1] != '<') {
		/* $(<FILE) */
		struct str t cleanup_str = STR_INIT;

		str_adds(&t, "cat ");
		str_add(&t, p + i, n - i);
		sheval_text(e, t.s, t.n, NULL, out);
	} else {
		sheval_text(e, p, n, NULL, out);
	}
	while (out->n && out->s[out->n - 1] == '\n')
		str_cut(out, out->n - 1);
}

static bool
name_char(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	    (!first && c >= '0' && c <= '9');
}

static void expand_into(struct sheval *e, const char *p, size_t n,
    struct fields *f, bool quoted);

/* Expand to one text, nothing split. */
static void
expand_text(struct sheval *e, const char *p, size_t n, bool quoted,
    struct str *out)
{
	struct strlist l cleanup_strlist = STRLIST_INIT;
	struct fields f = {.out = &l, .cur = STR_INIT};

	if (e->words < SHCMD_NEST_MAX) {
		e->words++;
		expand_into(e, p, n, &f, quoted);
		e->words--;
	} else {
		e->out->limited = true;
	}
	str_add(out, f.cur.s, f.cur.n);
	str_release(&f.cur);
}

/* The value of a variable or parameter; false: it has none. */
static bool
value_of(struct sheval *e, const char *p, size_t n, struct str *out)
{
	struct str *v;
	size_t i, k = 0;

	if (n && p[0] >= '0' && p[0] <= '9') {
		for (i = 0; i < n && k < 100; i++)
			k = k * 10 + (size_t)(p[i] - '0');
		if (k >= e->pos.n)
			return false;
		str_add(out, e->pos.v[k].s, e->pos.v[k].n);
		return true;
	}
	if (n == 1 && (*p == '@' || *p == '*')) {
		for (i = 1; i < e->pos.n; i++) {
			if (i > 1)
				str_addc(out, ' ');
			str_add(out, e->pos.v[i].s, e->pos.v[i].n);
		}
		return e->pos.n > 1;
	}
	if (n == 1 && strchr("$!?#-", *p)) {
		str_addc(out, '1');
		return true;
	}
	v = shmap_get(&e->vars, p, n);
	if (!v)
		return false;
	str_add(out, v->s, v->n);
	return true;
}

static bool
glob_prefix(const char *pat, size_t n, const struct str *v, size_t *len,
    bool longest)
{
	size_t i;

	/* only literal patterns and a star at one end */
	if (n && pat[n - 1] == '*' && !memchr(pat, '*', n - 1)) {
		for (i = 0; i + n - 1 <= v->n; i++)
			if (memcmp(v->s + i, pat, n - 1) == 0 && i == 0) {
				*len = longest ? v->n : n - 1;
				return true;
			}
		return false;
	}
	if (n && pat[0] == '*' && !memchr(pat + 1, '*', n - 1)) {
		bool found = false;

		for (i = 0; i + n - 1 <= v->n; i++)
			if (memcmp(v->s + i, pat + 1, n - 1) == 0) {
				*len = i + n - 1;
				found = true;
				if (!longest)
					break;
			}
		return found;
	}
	if (n <= v->n && memcmp(v->s, pat, n) == 0) {
		*len = n;
		return true;
	}
	return false;
}

/* What follows the name in ${name...}. */
static void
modify(struct sheval *e, const char *name, size_t name_n, const char *op,
    size_t n, bool set, struct str *v, bool quoted)
{
	struct str arg cleanup_str = STR_INIT, t cleanup_str = STR_INIT;
	bool colon = n && op[0] == ':', all;
	size_t len, i;
	long off, count;
	char *end;

	if (!n)
		return;
	if (strchr("-=?+", op[colon]) && n > (size_t)colon) {
		bool empty = !set || (colon && !v->n);
		char c = op[colon];

		expand_text(e, op + colon + 1, n - (size_t)colon - 1, quoted,
		    &arg);
		if (c == '+') {
			str_clear(v);
			if (!empty)
				str_add(v, arg.s, arg.n);
		} else if (empty) {
			str_set(v, arg.s, arg.n);
			if (c == '=') {
				struct str *var = shmap_put(&e->vars, name,
				    name_n);

				str_set(var, arg.s, arg.n);
			}
		}
		return;
	}
	expand_text(e, op + 1, n - 1, quoted, &arg);
	if (colon) { /* ${x:offset:length} */
		off = strtol(arg.s, &end, 10);
		count = *end == ':' ? strtol(end + 1, NULL, 10)
				    : (long)SHCMD_VALUE_MAX;
		if (off < 0)
			off += (long)v->n;
		if (off < 0 || off > (long)v->n)
			off = (long)v->n;
		if (count < 0)
			count += (long)v->n - off;
		if (count < 0)
			count = 0;
		if (count > (long)v->n - off)
			count = (long)v->n - off;
		str_set(&t, v->s + off, (size_t)count);
		str_set(v, t.s, t.n);
		return;
	}
	switch (op[0]) {
	case '#':
		all = arg.n && arg.s[0] == '#';
		if (glob_prefix(arg.s + all, arg.n - all, v, &len, all)) {
			str_set(&t, v->s + len, v->n - len);
			str_set(v, t.s, t.n);
		}
		break;
	case '%':
		all = arg.n && arg.s[0] == '%';
		if (arg.n > all && arg.s[arg.n - 1] == '*') {
			/* from the first or last place where it stands */
			size_t k = arg.n - all - 1, cut = v->n;

			for (i = 0; i + k <= v->n; i++)
				if (memcmp(v->s + i, arg.s + all, k) == 0) {
					cut = i;
					if (all)
						break;
				}
			str_cut(v, cut);
		} else if (arg.n - all <= v->n &&
		    memcmp(v->s + v->n - (arg.n - all), arg.s + all,
			arg.n - all) == 0) {
			str_cut(v, v->n - (arg.n - all));
		}
		break;
	case '/': {
		const char *from = arg.s, *slash, *to;
		size_t from_n, to_n;

		all = *from == '/';
		from += all;
		slash = strchr(from, '/');
		from_n = slash ? (size_t)(slash - from) : strlen(from);
		to = slash ? slash + 1 : "";
		to_n = strlen(to);
		if (!from_n)
			break;
		for (i = 0; i < v->n; i++) {
			if (i + from_n <= v->n &&
			    memcmp(v->s + i, from, from_n) == 0 &&
			    t.n < SHCMD_VALUE_MAX) {
				str_add(&t, to, to_n);
				i += from_n - 1;
				if (!all) {
					i++;
					str_add(&t, v->s + i, v->n - i);
					break;
				}
			} else {
				str_addc(&t, v->s[i]);
			}
		}
		str_set(v, t.s, t.n);
		break;
	}
	case ',':
	case '^':
		for (i = 0; i < v->n; i++) {
			if (i && op[0] != (n > 1 ? op[1] : 0))
				break;
			if (op[0] == ',' && v->s[i] >= 'A' && v->s[i] <= 'Z')
				v->s[i] = (char)(v->s[i] + 32);
			if (op[0] == '^' && v->s[i] >= 'a' && v->s[i] <= 'z')
				v->s[i] = (char)(v->s[i] - 32);
		}
		break;
	default:
		break;
	}
}

/* ${...}, p without the braces. */
static void
braced(struct sheval *e, const char *p, size_t n, struct fields *f,
    bool quoted)
{
	struct str v cleanup_str = STR_INIT;
	bool indirect = false, length = false, set;
	size_t k = 0;
	const char *name;

	if (n > 1 && p[0] == '!')
		indirect = true, p++, n--;
	else if (n > 1 && p[0] == '#')
		length = true, p++, n--;
	name = p;
	if (n && strchr("@*$!?#-", p[0]))
		k = 1;
	else if (n && p[0] >= '0' && p[0] <= '9')
		while (k < n && p[k] >= '0' && p[k] <= '9')
			k++;
	else
		while (k < n && name_char(p[k], k == 0))
			k++;
	if (!sheval_work(e, n))
		return;
	set = value_of(e, name, k, &v);
	if (indirect && set) {
		struct str t cleanup_str = STR_INIT;

		set = value_of(e, v.s, v.n, &t);
		str_set(&v, t.s, t.n);
	}
	if (length) {
		char num[24];

		snprintf(num, sizeof(num), "%zu", v.n);
		field_value(f, num, strlen(num), true);
		return;
	}
	p += k;
	n -= k;
	if (!set)
		e->gaps++;
	if (n && p[0] == '[') { /* an array: all of it */
		const char *close = memchr(p, ']', n);

		if (close) {
			n -= (size_t)(close + 1 - p);
			p = close + 1;
		}
	}
	/* without a value: its default, or what cannot be told */
	if (e->blind && !set && !(n && (*p == '-' || *p == '=' ||
	    (n > 1 && *p == ':' && (p[1] == '-' || p[1] == '=')))))
		str_addc(&v, SHMARK_UNKNOWN);
	else
		modify(e, name, k, p, n, set, &v, quoted);
	field_value(f, v.s, v.n, quoted);
}

/* A dollar at p[0]; returns how many bytes it took. */
static size_t
dollar(struct sheval *e, const char *p, size_t n, struct fields *f,
    bool quoted)
{
	struct str v cleanup_str = STR_INIT;
	size_t k;

	if (n < 2) {
		str_addc(&f->cur, '$');
		return 1;
	}
	if (p[1] == '(') {
		k = shparse_close(p, n, 0);
		if (n > 2 && p[2] == '(' && k >= 2 && p[k - 1] == ')' &&
		    p[k - 2] == ')') {
			str_addc(&f->cur, '0'); /* arithmetic */
			return k;
		}
		substitute(e, p + 2, k - 2 - (p[k - 1] == ')'), &v);
		field_value(f, v.s, v.n, quoted);
		return k;
	}
	if (p[1] == '{') {
		k = shparse_close(p, n, 0);
		braced(e, p + 2, k - 2 - (k > 2 && p[k - 1] == '}'), f, quoted);
		return k;
	}
	if (p[1] == '\'' && !quoted) {
		for (k = 2; k < n && p[k] != '\''; k++)
			if (p[k] == '\\' && k + 1 < n)
				k++;
		f->have = true;
		shtext_escapes(p + 2, (k < n ? k : n) - 2, &f->cur);
		return k < n ? k + 1 : n;
	}
	if (p[1] == '"' && !quoted)
		return 1; /* a translated string: as without the dollar */
	if (name_char(p[1], true)) {
		for (k = 2; k < n && name_char(p[k], false); k++)
			;
	} else if ((p[1] >= '0' && p[1] <= '9') || strchr("@*$!?#-", p[1])) {
		k = 2;
	} else {
		str_addc(&f->cur, '$');
		return 1;
	}
	if (!sheval_work(e, k))
		return k;
	if (!value_of(e, p + 1, k - 1, &v)) {
		e->gaps++;
		if (e->blind)
			str_addc(&v, SHMARK_UNKNOWN);
	}
	field_value(f, v.s, v.n, quoted);
	return k;
}

static size_t
ticks(struct sheval *e, const char *p, size_t n, struct fields *f,
    bool quoted)
{
	struct str code cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	size_t i;

	for (i = 1; i < n && p[i] != '`'; i++) {
		if (p[i] == '\\' && i + 1 < n &&
		    (p[i + 1] == '`' || p[i + 1] == '\\' || p[i + 1] == '$'))
			i++;
		str_addc(&code, p[i]);
	}
	substitute(e, code.s, code.n, &v);
	field_value(f, v.s, v.n, quoted);
	return i < n ? i + 1 : n;
}

/* quoted: as between double quotes. */
static void
expand_into(struct sheval *e, const char *p, size_t n, struct fields *f,
    bool quoted)
{
	size_t i = 0, k;

	if (!quoted && n && p[0] == '~' && (n == 1 || p[1] == '/')) {
		struct str *home = shmap_get(&e->vars, "HOME", 4);

		str_adds(&f->cur, home ? home->s : "/root");
		i = 1;
	}
	while (i < n && !e->out->limited) {
		char c = p[i];

		if (f->cur.n > SHCMD_VALUE_MAX) {
			e->out->limited = true;
			return;
		}
		if (c == '\\') {
			if (i + 1 >= n) {
				str_addc(&f->cur, '\\');
				i++;
			} else if (p[i + 1] == '\n') {
				i += 2;
			} else {
				if (quoted && !strchr("$`\"\\", p[i + 1]))
					str_addc(&f->cur, '\\');
				str_addc(&f->cur, p[i + 1]);
				i += 2;
			}
		} else if (c == '\'' && !quoted) {
			for (k = i + 1; k < n && p[k] != '\''; k++)
				;
			str_add(&f->cur, p + i + 1, k - i - 1);
			f->have = true;
			i = k < n ? k + 1 : n;
		} else if (c == '"' && !quoted) {
			k = shparse_close(p, n, i);
			f->have = true;
			expand_into(e, p + i + 1,
			    k - i - 1 - (k > i + 1 && p[k - 1] == '"'), f,
			    true);
			i = k;
		} else if (c == '$') {
			i += dollar(e, p + i, n - i, f, quoted);
		} else if (c == '`') {
			i += ticks(e, p + i, n - i, f, quoted);
		} else {
			str_addc(&f->cur, c);
			i++;
		}
	}
}

/* <(...) and >(...): a file of its own. */
static void
process_substitution(struct sheval *e, const char *p, size_t n,
    struct fields *f)
{
	struct str v cleanup_str = STR_INIT;
	char path[64];
	size_t len = n - 2 - (n > 2 && p[n - 1] == ')');

	if (e->blind) {
		str_addc(&f->cur, SHMARK_OUTPUT);
		return;
	}
	snprintf(path, sizeof(path), "/dev/fd/%d", 1000 + e->subst++);
	if (p[0] == '<') {
		sheval_text(e, p + 2, len, NULL, &v);
		str_set(shmap_put(&e->files, path, strlen(path)), v.s, v.n);
	} else {
		str_set(shmap_put(&e->sinks, path, strlen(path)), p + 2, len);
	}
	str_adds(&f->cur, path);
}

/* The next brace expression with a comma at its top level; false: none. */
static bool
brace_find(const char *p, size_t n, size_t *open, size_t *shut)
{
	size_t i, k;
	int depth;
	bool comma;

	for (i = 0; i < n; i++) {
		if (p[i] == '\\') {
			i++;
		} else if (p[i] == '\'' || p[i] == '"' || p[i] == '`' ||
		    (p[i] == '$' && i + 1 < n &&
			(p[i + 1] == '(' || p[i + 1] == '{'))) {
			i = shparse_close(p, n, i) - 1;
		} else if (p[i] == '{') {
			depth = 1;
			comma = false;
			for (k = i + 1; k < n && depth; k++) {
				if (p[k] == '\\') {
					k++;
				} else if (p[k] == '\'' || p[k] == '"' ||
				    p[k] == '`' ||
				    (p[k] == '$' && k + 1 < n &&
					(p[k + 1] == '(' ||
					    p[k + 1] == '{'))) {
					k = shparse_close(p, n, k) - 1;
				} else if (p[k] == '{') {
					depth++;
				} else if (p[k] == '}') {
					depth--;
				} else if (p[k] == ',' && depth == 1) {
					comma = true;
				}
			}
			if (!depth && comma) {
				*open = i;
				*shut = k - 1;
				return true;
			}
		}
	}
	return false;
}

static void
expand_word(struct sheval *e, const char *p, size_t n, struct strlist *out,
    int braces)
{
	struct fields f = {.out = out, .cur = STR_INIT, .split = true};
	size_t open, shut, i, from;
	int depth;

	if (!sheval_work(e, n))
		return;
	if (braces < 4 && brace_find(p, n, &open, &shut)) {
		struct str t cleanup_str = STR_INIT;

		for (from = i = open + 1, depth = 0; i <= shut; i++) {
			if (p[i] == '\\' && i < shut) {
				i++;
				continue;
			}
			if ((p[i] == '\'' || p[i] == '"' || p[i] == '`') &&
			    i < shut) {
				i = shparse_close(p, shut, i) - 1;
				continue;
			}
			if (p[i] == '{')
				depth++;
			if (p[i] == '}' && i < shut)
				depth--;
			if ((p[i] != ',' || depth) && i < shut)
				continue;
			str_clear(&t);
			str_add(&t, p, open);
			str_add(&t, p + from, i - from);
			str_add(&t, p + shut + 1, n - shut - 1);
			expand_word(e, t.s, t.n, out, braces + 1);
			from = i + 1;
		}
		return;
	}
	if (n > 2 && (p[0] == '<' || p[0] == '>') && p[1] == '(')
		process_substitution(e, p, n, &f);
	else
		expand_into(e, p, n, &f, false);
	field_end(&f);
	str_release(&f.cur);
}

/* ---- trees --------------------------------------------------------------- */

/* NAME=VALUE, NAME+=VALUE, NAME[i]=VALUE: length of the name, 0: it is none.
 * *value: where the value starts. */
static size_t
assignment(const struct shword *w, size_t *value, bool *more)
{
	size_t i, n;

	for (i = 0; i < w->n && name_char(w->p[i], i == 0); i++)
		;
	n = i;
	if (!n)
		return 0;
	if (i < w->n && w->p[i] == '[') {
		while (i < w->n && w->p[i] != ']')
			i++;
		i++;
	}
	*more = i + 1 < w->n && w->p[i] == '+' && w->p[i + 1] == '=';
	if (*more)
		i++;
	if (i >= w->n || w->p[i] != '=')
		return 0;
	*value = i + 1;
	return n;
}

static void
assign(struct sheval *e, const struct shword *w, size_t name_n, size_t value,
    bool more)
{
	struct str v cleanup_str = STR_INIT;
	struct strlist l cleanup_strlist = STRLIST_INIT;
	struct str *var;
	const char *p = w->p + value;
	size_t n = w->n - value, gaps = e->gaps;

	if (n > 1 && p[0] == '(') {
		struct shnode *list;
		struct shword *item;

		/* an array: its words, joined */
		list = shparse(&e->arena, p + 1, n - 1 - (p[n - 1] == ')'));
		if (list->child && list->child->type == SHNODE_SIMPLE)
			for (item = list->child->words; item;
			     item = item->next)
				expand_word(e, item->p, item->n, &l, 0);
		strlist_join(&l, " ", &v);
	} else {
		expand_text(e, p, n, false, &v);
	}
	if (!v.n && !more && gaps != e->gaps) {
		/* what a command gave is not known to be nothing */
		shmap_drop(&e->vars, w->p, name_n);
	} else {
		var = shmap_put(&e->vars, w->p, name_n);
		if (!more)
			str_clear(var);
		if (var->n + v.n < SHCMD_VALUE_MAX && sheval_work(e, v.n))
			str_add(var, v.s, v.n);
	}
	if ((name_n == 8 && memcmp(w->p, "HISTFILE", 8) == 0 &&
		(v.n == 0 || strcmp(v.s, "/dev/null") == 0)) ||
	    (name_n == 8 && memcmp(w->p, "HISTSIZE", 8) == 0 &&
		strcmp(v.s, "0") == 0))
		sheval_fact(e, "history-wipe", w->p, w->n);
	if (name_n == 11 && memcmp(w->p, "DOCKER_HOST", 11) == 0 &&
	    strncmp(v.s, "tcp://", 6) == 0)
		sheval_fact(e, "docker-api", w->p, w->n);
	if (name_n == 10 && memcmp(w->p, "LD_PRELOAD", 10) == 0 && v.n)
		sheval_fact(e, "preload-env", v.s, v.n);
}

/* Where output goes, while a command runs. */
struct target {
	struct str path;
	bool append;
};

struct plumbing {
	struct str in;	 /* replaced standard input */
	bool has_in;
	struct target out[8];
	size_t out_n;
	bool net[SHFDS];
	bool net_named; /* a redirection of this very command */
};

static bool
net_path(const char *p)
{
	return strncmp(p, "/dev/tcp/", 9) == 0 ||
	    strncmp(p, "/dev/udp/", 9) == 0;
}

static void
open_output(struct plumbing *pl, int fd, const struct str *path, bool append)
{
	if (fd != 1 && fd != 2)
		return;
	if (fd == 2 && pl->out_n)
		return;
	if (pl->out_n < COUNT(pl->out)) {
		str_init(&pl->out[pl->out_n].path);
		str_set(&pl->out[pl->out_n].path, path->s, path->n);
		pl->out[pl->out_n++].append = append;
	}
}

static void
redirect(struct sheval *e, const struct shredir *r, struct plumbing *pl)
{
	struct str w cleanup_str = STR_INIT;
	struct strlist l cleanup_strlist = STRLIST_INIT;
	int fd = r->fd >= 0 && r->fd < SHFDS ? r->fd : SHFDS - 1, from;
	struct str *file;

	if (r->op == SHREDIR_DOC) {
		str_clear(&pl->in);
		if (r->literal || !r->body.n)
			str_add(&pl->in, r->body.p, r->body.n);
		else
			expand_text(e, r->body.p, r->body.n, true, &pl->in);
		pl->has_in = true;
		pl->net[0] = false;
		return;
	}
	if (r->op == SHREDIR_TEXT) {
		str_clear(&pl->in);
		expand_text(e, r->word.p, r->word.n, false, &pl->in);
		str_addc(&pl->in, '\n');
		pl->has_in = true;
		pl->net[0] = false;
		return;
	}
	if (r->word.n > 2 && (r->word.p[0] == '<' || r->word.p[0] == '>') &&
	    r->word.p[1] == '(') {
		expand_word(e, r->word.p, r->word.n, &l, 4);
		strlist_join(&l, " ", &w);
	} else {
		expand_text(e, r->word.p, r->word.n, false, &w);
	}
	if (r->op == SHREDIR_DUP) {
		if (w.n && w.s[0] >= '0' && w.s[0] <= '9') {
			from = atoi(w.s);
			if (from < 0 || from >= SHFDS)
				from = SHFDS - 1;
			pl->net[fd] = pl->net[from];
			if (fd == 0 && pl->net[0])
				pl->has_in = false;
		} else if (!w.n) {
			pl->net[fd] = pl->net[SHFDS - 1]; /* ${name} */
		} else if (w.s[0] == '-') {
			pl->net[fd] = false;
		}
		return;
	}
	if (net_path(w.s)) {
		sheval_fact(e, "net", w.s, w.n);
		pl->net[fd] = true;
		pl->net_named = true;
		if (r->op == SHREDIR_ALL)
			pl->net[2] = true;
		if (fd == 0)
			pl->has_in = false;
		return;
	}
	pl->net[fd] = false;
	switch (r->op) {
	case SHREDIR_IN:
	case SHREDIR_BOTH:
		if (fd != 0)
			break;
		if (strcmp(w.s, "/dev/stdin") == 0)
			break;
		file = sheval_file(e, w.s);
		str_clear(&pl->in);
		if (file)
			str_add(&pl->in, file->s, file->n);
		else
			str_addc(&pl->in, SHMARK_UNKNOWN);
		pl->has_in = true;
		break;
	case SHREDIR_ALL:
		pl->net[2] = false;
		open_output(pl, 1, &w, false);
		break;
	case SHREDIR_OUT:
	case SHREDIR_APPEND:
		open_output(pl, fd, &w, r->op == SHREDIR_APPEND);
		break;
	default:
		break;
	}
}

static void
plumb(struct sheval *e, const struct shredir *r, struct plumbing *pl)
{
	memset(pl, 0, sizeof(*pl));
	str_init(&pl->in);
	memcpy(pl->net, e->net, sizeof(pl->net));
	for (; r && !e->out->limited; r = r->next)
		redirect(e, r, pl);
}

static void
plumbing_release(struct plumbing *pl)
{
	size_t i;

	str_release(&pl->in);
	for (i = 0; i < pl->out_n; i++)
		str_release(&pl->out[i].path);
}

/* Standard output to where the redirections say, else to out. */
static void
deliver(struct sheval *e, struct plumbing *pl, const struct str *text,
    struct str *out)
{
	size_t i;

	if (!pl->out_n) {
		if (out && !pl->net[1] && out->n + text->n < SHCMD_VALUE_MAX)
			str_add(out, text->s, text->n);
		return;
	}
	for (i = 0; i < pl->out_n; i++)
		sheval_write(e, pl->out[i].path.s, text, pl->out[i].append);
}

static struct shnode *
function_find(struct sheval *e, const struct str *name)
{
	size_t i;

	for (i = e->funcs_n; i-- > 0;)
		if (e->funcs[i].name.n == name->n &&
		    memcmp(e->funcs[i].name.s, name->s, name->n) == 0)
			return e->funcs[i].body;
	return NULL;
}

/*
 * A variable without a value is nothing, for all that a payload's spelling
 * hides; whether it stands for what is run is asked here, with marks for it.
 */
static void
look_blind(struct sheval *e, const struct shword *w)
{
	struct strlist argv cleanup_strlist = STRLIST_INIT;
	size_t value;
	bool more, front = true;

	e->blind = true;
	for (; w; w = w->next) {
		if (front && assignment(w, &value, &more))
			continue;
		front = false;
		expand_word(e, w->p, w->n, &argv, 0);
	}
	e->blind = false;
	if (argv.n && shrun_opaque(e, argv.v, argv.n))
		sheval_opaque(e);
}

static void
eval_simple(struct sheval *e, struct shnode *node, const struct str *in,
    struct str *out)
{
	struct strlist argv cleanup_strlist = STRLIST_INIT;
	struct str text cleanup_str = STR_INIT, net cleanup_str = STR_INIT;
	struct plumbing pl;
	struct shio io = {0};
	struct shword *w;
	struct shnode *body;
	size_t value, k, gaps = e->gaps;
	bool more, front = true;

	for (w = node->words; w; w = w->next) {
		if (front && (k = assignment(w, &value, &more))) {
			assign(e, w, k, value, more);
			continue;
		}
		front = false;
		expand_word(e, w->p, w->n, &argv, 0);
	}
	if (gaps != e->gaps)
		look_blind(e, node->words);
	plumb(e, node->redirs, &pl);
	if (argv.n && e->out->plain.n <= SHCMD_TEXT_MAX)
		sheval_plain(e, &argv);
	str_addc(&net, SHMARK_NET);
	io.in = pl.net[0] ? &net : pl.has_in ? &pl.in : in;
	io.out = &text;
	memcpy(io.net, pl.net, sizeof(io.net));
	if (argv.n && strcmp(argv.v[0].s, "exec") == 0 && argv.n == 1) {
		memcpy(e->net, pl.net, sizeof(e->net));
	} else if (argv.n && (body = function_find(e, &argv.v[0])) &&
	    e->flow < 4) {
		struct strlist old = e->pos;

		e->pos = argv;
		e->flow++;
		eval(e, body, io.in, &text);
		e->flow--;
		argv = e->pos;
		e->pos = old;
	} else if (argv.n) {
		shrun(e, argv.v, argv.n, &io);
	} else if (pl.has_in) {
		str_add(&text, pl.in.s, pl.in.n); /* $(<file), < file */
	}
	deliver(e, &pl, &text, out);
	plumbing_release(&pl);
}

/*
 * "mkfifo f; sh <f | nc host port >f": what the last stage writes is what the
 * first one reads, so files that a network program writes are a socket's
 * before the pipeline is followed.
 */
static void
pipe_back(struct sheval *e, struct shnode *pipe)
{
	struct shnode *s;
	struct shredir *r;
	char buf[64];

	for (s = pipe->child; s; s = s->next) {
		struct strlist l cleanup_strlist = STRLIST_INIT;
		struct str w cleanup_str = STR_INIT, abs cleanup_str = STR_INIT;
		bool net = false;
		size_t i;

		if (s->type != SHNODE_SIMPLE || !s->words)
			continue;
		for (struct shword *word = s->words; word && l.n < 20;
		     word = word->next)
			expand_word(e, word->p, word->n, &l, 0);
		for (i = 0; i < l.n && i < 4; i++)
			net = net || shrun_is_net(shrun_name(e, &l.v[i], 1,
					 buf)) ||
			    strcmp(l.v[i].s, "s_client") == 0;
		if (!net)
			continue;
		for (r = s->redirs; r; r = r->next) {
			if (r->op != SHREDIR_OUT && r->op != SHREDIR_APPEND &&
			    r->op != SHREDIR_ALL)
				continue;
			str_clear(&w);
			str_clear(&abs);
			expand_text(e, r->word.p, r->word.n, false, &w);
			sheval_path(e, w.s, &abs);
			if (strcmp(abs.s, "/dev/null") == 0)
				continue;
			str_sets(shmap_put(&e->files, abs.s, abs.n), "\003");
		}
	}
}

static void
eval_pipe(struct sheval *e, struct shnode *pipe, const struct str *in,
    struct str *out)
{
	struct str a cleanup_str = STR_INIT, b cleanup_str = STR_INIT;
	struct str *prev = NULL, *next = &a;
	struct shnode *s;

	pipe_back(e, pipe);
	for (s = pipe->child; s && !e->out->limited; s = s->next) {
		str_clear(next);
		eval(e, s, prev ? prev : in, next);
		prev = next;
		next = prev == &a ? &b : &a;
	}
	if (prev && out && out->n + prev->n < SHCMD_VALUE_MAX)
		str_add(out, prev->s, prev->n);
}

static void
eval_group(struct sheval *e, struct shnode *node, const struct str *in,
    struct str *out)
{
	struct strlist l cleanup_strlist = STRLIST_INIT;
	struct str text cleanup_str = STR_INIT, net cleanup_str = STR_INIT;
	struct plumbing pl;
	struct shword *w;
	bool saved[SHFDS];
	struct str *var;

	if (node->loop && node->words) {
		for (w = node->words->next; w; w = w->next)
			expand_word(e, w->p, w->n, &l, 0);
		var = shmap_put(&e->vars, node->words->p, node->words->n);
		str_clear(var);
		strlist_join(&l, " ", var);
		if (var->n > SHCMD_VALUE_MAX)
			str_cut(var, SHCMD_VALUE_MAX);
	}
	plumb(e, node->redirs, &pl);
	str_addc(&net, SHMARK_NET);
	memcpy(saved, e->net, sizeof(saved));
	memcpy(e->net, pl.net, sizeof(saved));
	if (node->child)
		eval(e, node->child,
		    pl.net[0] ? &net : pl.has_in ? &pl.in : in, &text);
	memcpy(e->net, saved, sizeof(saved));
	deliver(e, &pl, &text, out);
	plumbing_release(&pl);
}

static void
eval(struct sheval *e, struct shnode *node, const struct str *in,
    struct str *out)
{
	struct shnode *c;
	size_t i;

	if (!sheval_work(e, 16))
		return;
	switch (node->type) {
	case SHNODE_SIMPLE:
		eval_simple(e, node, in, out);
		break;
	case SHNODE_PIPE:
		eval_pipe(e, node, in, out);
		break;
	case SHNODE_LIST:
		for (c = node->child; c && !e->out->limited; c = c->next)
			eval(e, c, in, out);
		break;
	case SHNODE_GROUP:
		eval_group(e, node, in, out);
		break;
	case SHNODE_FUNCTION:
		if (e->funcs_n >= SHCMD_NAMES_MAX)
			break;
		e->funcs = xreallocarray(e->funcs, e->funcs_n + 1,
		    sizeof(*e->funcs));
		i = e->funcs_n++;
		str_init(&e->funcs[i].name);
		str_set(&e->funcs[i].name, node->words->p, node->words->n);
		e->funcs[i].body = node->child;
		/* it may be called from where we cannot see */
		e->flow++;
		if (e->flow < 4)
			eval(e, node->child, in, NULL);
		e->flow--;
		break;
	}
}

void
sheval_text(struct sheval *e, const char *p, size_t n, const struct str *in,
    struct str *out)
{
	struct str *own;
	struct str keep cleanup_str = STR_INIT;
	struct shnode *tree;

	if (e->depth >= SHCMD_DEPTH_MAX || !sheval_work(e, n)) {
		e->out->limited = true;
		return;
	}
	/* the tree of a function may be walked when the caller's text is
	 * gone: texts are kept until the end */
	strlist_add(&e->texts, p, n);
	own = &e->texts.v[e->texts.n - 1];
	keep = *own; /* the list may move; the bytes do not */
	e->depth++;
	tree = shparse(&e->arena, keep.s, keep.n);
	if (e->arena.limited)
		e->out->limited = true;
	eval(e, tree, in, out);
	e->depth--;
	str_init(&keep); /* the list owns the bytes */
}

/* ---- code that is run ---------------------------------------------------- */

void
sheval_code(struct sheval *e, const char *lang, const char *p, size_t n,
    const struct str *in, struct str *out)
{
	struct str t cleanup_str = STR_INIT;
	size_t i;

	/* text that starts with what came from outside is run as it came */
	for (i = 0; i < n && strchr(" \t\n;", p[i]); i++)
		;
	if (memchr(p, SHMARK_DECODED, n)) {
		sheval_fact(e, "decode-exec", p, n);
		for (i = 0; i < n; i++)
			if (p[i] != SHMARK_DECODED)
				str_addc(&t, p[i]);
	} else {
		str_add(&t, p, n);
	}
	if (strcmp(lang, "sh") == 0) {
		if (t.n > 2 && t.s[0] == '#' && t.s[1] == '!') {
			const char *eol = memchr(t.s, '\n', t.n);
			size_t len = eol ? (size_t)(eol - t.s) : t.n;
			struct str line cleanup_str = STR_INIT;
			const char *l, *base;
			char buf[64];

			str_add(&line, t.s + 2, len - 2);
			/* #!/usr/bin/env python3 */
			base = strrchr(line.s, '/');
			base = base ? base + 1 : line.s;
			if (strncmp(base, "env ", 4) == 0)
				base += 4;
			if (strncmp(base, "-S ", 3) == 0)
				base += 3;
			snprintf(buf, sizeof(buf), "%.*s",
			    (int)strcspn(base, " \t\r"), base);
			l = shrun_language(buf);
			if (l) {
				shcode(e, l, t.s + len, t.n - len, out);
				return;
			}
		}
		sheval_text(e, t.s, t.n, in, out);
		return;
	}
	if (shtext_has(&t, SHMARK_FETCH)) {
		const char *url = sheval_fetched(e, t.s, t.n);

		sheval_factf(e, "fetch-exec", "%s -> %s", url, lang);
		if (shcmd_plain_address(url))
			sheval_factf(e, "fetch-exec-plain", "%s -> %s", url,
			    lang);
	}
	if (shtext_has(&t, SHMARK_NET))
		sheval_factf(e, "reverse-shell", "%s reads its program from a "
		    "socket", lang);
	shcode(e, lang, t.s, t.n, out);
}

/* ---- the outside --------------------------------------------------------- */

static void
begin(struct sheval *e, struct shcmd *c, const struct strlist *env)
{
	static const char *const preset[][2] = {
		{"IFS", " \t\n"},
		{"HOME", "/root"},
		{"USER", "root"},
		{"LOGNAME", "root"},
		{"SHELL", "/bin/bash"},
		{"BASH", "/bin/bash"},
		{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
			 "/sbin:/bin"},
		{"TMPDIR", "/tmp"},
		{"OSTYPE", "linux-gnu"},
	};
	const char *eq;
	size_t i;

	memset(e, 0, sizeof(*e));
	e->out = c;
	str_init(&e->cwd);
	str_init(&e->chroot);
	for (i = 0; i < COUNT(preset); i++)
		str_sets(shmap_put(&e->vars, preset[i][0],
			     strlen(preset[i][0])), preset[i][1]);
	for (i = 0; env && i < env->n; i++) {
		eq = memchr(env->v[i].s, '=', env->v[i].n);
		if (eq && env->v[i].n < SHCMD_VALUE_MAX)
			str_sets(shmap_put(&e->vars, env->v[i].s,
				     (size_t)(eq - env->v[i].s)), eq + 1);
	}
	strlist_adds(&e->pos, "sh");
}

static void
end(struct sheval *e)
{
	size_t i;

	if (e->kills >= 5 && e->kills_miner)
		sheval_factf(e, "kill-list", "%u commands that stop or remove "
		    "miners of others", e->kills);
	sharena_release(&e->arena);
	shmap_release(&e->vars);
	shmap_release(&e->files);
	shmap_release(&e->sinks);
	strlist_release(&e->texts);
	strlist_release(&e->pos);
	strlist_release(&e->fetches);
	for (i = 0; i < e->funcs_n; i++)
		str_release(&e->funcs[i].name);
	free(e->funcs);
	str_release(&e->cwd);
	str_release(&e->chroot);
}

/* Our marks and NULs out of the text; cut at the limit. */
static void
clean(struct shcmd *c, const char *p, size_t n, struct str *out)
{
	size_t i;

	if (n > SHCMD_TEXT_MAX) {
		n = SHCMD_TEXT_MAX;
		c->limited = true;
	}
	for (i = 0; i < n; i++)
		if (p[i] >= 1 && p[i] <= 4)
			str_addc(out, '\005');
		else if (p[i])
			str_addc(out, p[i]);
}

/* Split at single spaces, as arguments were joined. */
static void
split_joined(const char *p, size_t n, struct strlist *out)
{
	size_t i, from = 0;

	for (i = 0; i <= n; i++)
		if (i == n || p[i] == ' ') {
			if (i > from)
				strlist_add(out, p + from, i - from);
			from = i + 1;
		}
}

/* Go's quoted list, ["sh" "-c" "..."], or JSON's; NULL if it is none. */
static bool
quoted_list(const char *p, size_t n, struct strlist *out)
{
	size_t i = 0, k;

	while (i < n && p[i] != '[')
		i++;
	for (i++; i < n && p[i] != ']';) {
		struct str s cleanup_str = STR_INIT;

		if (p[i] != '"') {
			i++;
			continue;
		}
		for (k = i + 1; k < n && p[k] != '"'; k++)
			if (p[k] == '\\')
				k++;
		if (k > n)
			k = n;
		shtext_escapes(p + i + 1, k - i - 1, &s);
		strlist_add(out, s.s, s.n);
		i = k + 1;
	}
	return out->n > 0;
}

static void
run_list(struct sheval *e, struct strlist *argv, bool joined)
{
	struct str sunk cleanup_str = STR_INIT;
	struct shio io = {.out = &sunk, .joined = joined};

	if (!argv->n)
		return;
	sheval_plain(e, argv);
	shrun(e, argv->v, argv->n, &io);
}

static const char *
after(const char *p, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncasecmp(p, prefix, n) == 0 ? p + n : NULL;
}

/* What an instruction runs: behind the build's own shell and arguments. */
static void
history(struct sheval *e, const char *p)
{
	struct strlist argv cleanup_strlist = STRLIST_INIT;
	const char *q, *nop;

	while (*p == ' ')
		p++;
	if ((q = after(p, "RUN ")))
		p = q;
	while (*p == ' ')
		p++;
	if (*p == '|' && p[1] >= '0' && p[1] <= '9') {
		/* |2 A=1 B=2 /bin/sh -c TEXT */
		long count = strtol(p + 1, NULL, 10);

		q = strstr(p, " -c ");
		(void)count;
		if (q)
			p = q + 4;
		sheval_text(e, p, strlen(p), NULL, NULL);
		return;
	}
	nop = strstr(p, "#(nop)");
	if (nop && nop - p < 40)
		for (p = nop + 6; *p == ' '; p++)
			;
	while ((q = after(p, "ONBUILD ")))
		p = q;
	if (after(p, "CMD ") || after(p, "ENTRYPOINT ") ||
	    after(p, "HEALTHCHECK ")) {
		q = strchr(p, ' ') + 1;
		if (quoted_list(q, strlen(q), &argv)) {
			size_t skip = strcmp(argv.v[0].s, "CMD") == 0 ||
			    strcmp(argv.v[0].s, "CMD-SHELL") == 0;

			if (strcmp(argv.v[0].s, "CMD-SHELL") == 0 &&
			    argv.n > 1) {
				sheval_text(e, argv.v[1].s, argv.v[1].n, NULL,
				    NULL);
			} else {
				struct strlist rest = {argv.v + skip,
				    argv.n - skip, 0};

				run_list(e, &rest, false);
			}
		} else {
			sheval_text(e, q, strlen(q), NULL, NULL);
		}
		return;
	}
	if ((q = after(p, "ADD ")) || (q = after(p, "COPY "))) {
		split_joined(q, strlen(q), &argv);
		for (size_t i = 0; i < argv.n; i++)
			if (shtext_url(argv.v[i].s, argv.v[i].n))
				sheval_fact(e, "fetch", argv.v[i].s,
				    argv.v[i].n);
		return;
	}
	if (nop || after(p, "ENV ") || after(p, "LABEL ") ||
	    after(p, "EXPOSE ") || after(p, "WORKDIR ") || after(p, "USER ") ||
	    after(p, "VOLUME ") || after(p, "ARG ") ||
	    after(p, "MAINTAINER ") || after(p, "STOPSIGNAL ") ||
	    after(p, "SHELL "))
		return;
	split_joined(p, strlen(p), &argv);
	if (argv.n > 2 && argv.v[1].s[0] == '-' && strchr(argv.v[1].s, 'c') &&
	    *argv.v[0].s == '/') {
		/* /bin/sh -c TEXT, TEXT exactly as it was */
		q = strstr(p, argv.v[1].s) + argv.v[1].n;
		while (*q == ' ')
			q++;
		sheval_text(e, q, strlen(q), NULL, NULL);
		return;
	}
	if (after(p, "RUN") || strpbrk(p, "|;&<>$`")) {
		/* a build's text, or a container's joined arguments */
		if (argv.n && shrun_is_shell(argv.v[0].s))
			run_list(e, &argv, true);
		else
			sheval_text(e, p, strlen(p), NULL, NULL);
		return;
	}
	run_list(e, &argv, true);
}

/* A crontab's command: the first bare % ends it, the rest is its input. */
static void
cron_command(struct sheval *e, const char *p, size_t n)
{
	struct str cmd cleanup_str = STR_INIT, in cleanup_str = STR_INIT;
	struct str *to = &cmd;
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] == '\\' && i + 1 < n && p[i + 1] == '%') {
			str_addc(to, '%');
			i++;
		} else if (p[i] == '%') {
			if (to == &in)
				str_addc(&in, '\n');
			to = &in;
		} else {
			str_addc(to, p[i]);
		}
	}
	if (in.n)
		str_addc(&in, '\n');
	sheval_text(e, cmd.s, cmd.n, to == &in ? &in : NULL, NULL);
}

void
shcmd_text(struct shcmd *c, enum shcmd_form form, const char *p, size_t n,
    const struct strlist *env)
{
	struct sheval e;
	struct str t cleanup_str = STR_INIT;
	struct strlist argv cleanup_strlist = STRLIST_INIT;
	size_t i;

	begin(&e, c, env);
	clean(c, p, n, &t);
	switch (form) {
	case SHCMD_CRON:
		cron_command(&e, t.s, t.n);
		break;
	case SHCMD_UNIT:
		for (i = 0; i < t.n && strchr("-@:+!", t.s[i]); i++)
			;
		sheval_text(&e, t.s + i, t.n - i, NULL, NULL);
		break;
	case SHCMD_JOINED:
		split_joined(t.s, t.n, &argv);
		run_list(&e, &argv, true);
		break;
	case SHCMD_HISTORY:
		history(&e, t.s);
		break;
	case SHCMD_SHELL:
	case SHCMD_ARGV:
		sheval_code(&e, "sh", t.s, t.n, NULL, NULL);
		break;
	}
	end(&e);
}

void
shcmd_argv(struct shcmd *c, const struct strlist *argv,
    const struct strlist *env)
{
	struct sheval e;
	struct strlist l cleanup_strlist = STRLIST_INIT;
	size_t i, total = 0;

	begin(&e, c, env);
	for (i = 0; i < argv->n && total < SHCMD_TEXT_MAX; i++) {
		struct str t cleanup_str = STR_INIT;

		clean(c, argv->v[i].s, argv->v[i].n, &t);
		strlist_add(&l, t.s, t.n);
		total += t.n;
	}
	if (i < argv->n)
		c->limited = true;
	run_list(&e, &l, false);
	end(&e);
}
