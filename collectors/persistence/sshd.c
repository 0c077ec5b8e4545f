#include "sshd.h"

#include "limits.h"
#include "login.h"

#define CANDIDATES 16 /* lines that may decide one value */

void
sshd_free(struct sshd *s)
{
	size_t i;

	if (!s)
		return;
	for (i = 0; i < s->keys_n; i++) {
		str_release(&s->keys[i].via);
		str_release(&s->keys[i].real);
		str_release(&s->keys[i].why);
	}
	free(s->keys);
	sshconf_release(&s->conf);
	free(s);
}

void
sshd_where(const struct sshd *s, const struct sshconf_line *l, struct str *out)
{
	str_addf(out, "%s:%lld", s->conf.files[l->file].via.s,
	    (long long)l->line);
}

static bool
is(const struct str *a, const char *s)
{
	size_t i;

	for (i = 0; i < a->n && s[i]; i++)
		if ((a->s[i] >= 'A' && a->s[i] <= 'Z' ? a->s[i] - 'A' + 'a'
						      : a->s[i]) != s[i])
			return false;
	return i == a->n && !s[i];
}

/* The criteria of one Match line. */
static enum sshd_holds
criteria(const struct sshd *s, const struct sshconf_line *l,
    const struct account *a)
{
	struct strlist groups cleanup_strlist = STRLIST_INIT;
	enum sshd_holds got = SSHD_YES;
	struct str key cleanup_str = STR_INIT;
	const struct str *value;
	const char *sign;
	size_t i, k;
	int m;

	for (i = 0; i < l->args.n; i++) {
		str_set(&key, l->args.v[i].s, l->args.v[i].n);
		sign = memchr(key.s, '=', key.n);
		if (is(&key, "all"))
			continue;
		if (is(&key, "invalid-user"))
			return SSHD_NO;
		value = NULL;
		if (sign) { /* user=alice */
			k = (size_t)(sign - key.s);
			str_set(&key, l->args.v[i].s + k + 1,
			    l->args.v[i].n - k - 1);
			value = &key;
		} else if (i + 1 < l->args.n) {
			k = key.n;
			value = &l->args.v[++i];
		} else {
			return SSHD_NO;
		}
		if (a && k == 4 && is(&(struct str){
		    l->args.v[i - !sign].s, 4, 0}, "user")) {
			if (sshconf_match(value->s, value->n, a->name.s) != 1)
				return SSHD_NO;
		} else if (a && k == 5 && is(&(struct str){
		    l->args.v[i - !sign].s, 5, 0}, "group")) {
			strlist_clear(&groups);
			groups_of(login_groups(s->tree), a, &groups);
			for (m = 0, k = 0; k < groups.n && m != 1; k++)
				m = sshconf_match(value->s, value->n,
				    groups.v[k].s);
			if (m != 1)
				return SSHD_NO;
		} else {
			got = SSHD_PERHAPS;
		}
	}
	return got;
}

enum sshd_holds
sshd_block(const struct sshd *s, size_t block, const struct account *a)
{
	enum sshd_holds got = SSHD_YES, one;

	for (; block; block = s->conf.blocks[block].parent) {
		one = criteria(s, &s->conf.v[s->conf.blocks[block].line], a);
		if (one < got)
			got = one;
	}
	return got;
}

size_t
sshd_values(const struct sshd *s, const char *key, const struct account *a,
    const struct sshconf_line **v, size_t max, bool *open)
{
	const struct sshconf_line *l, *global = NULL;
	size_t i, n = 0;

	*open = false;
	for (i = 0; i < s->conf.n; i++) {
		l = &s->conf.v[i];
		if (l->defect || !str_eq(&l->key, key))
			continue;
		if (!l->block) {
			if (!global)
				global = l;
			continue;
		}
		if (n + 1 >= max)
			continue;
		switch (sshd_block(s, l->block, a)) {
		case SSHD_NO:
			break;
		case SSHD_PERHAPS:
			v[n++] = l;
			break;
		case SSHD_YES:
			v[n++] = l;
			return n;
		}
	}
	if (global)
		v[n++] = global;
	else
		*open = true;
	return n;
}

bool
sshd_is(const struct sshd *s, const char *key, const struct account *a,
    const char *value, bool is_default)
{
	const struct sshconf_line *v[CANDIDATES];
	bool open;
	size_t i, n = sshd_values(s, key, a, v, CANDIDATES, &open);

	for (i = 0; i < n; i++)
		if (!v[i]->args.n || !is(&v[i]->args.v[0], value))
			return false;
	return open ? is_default : n > 0;
}

/* ---- who may log in ---------------------------------------------------- */

/*
 * AllowUsers and its kin: lines add up; those of a Match block that holds
 * replace the others. 1: the account is named, 0: it is not, -1: nothing is
 * said, or it cannot be told.
 */
static int
listed(const struct sshd *s, const char *key, const struct account *a,
    const struct strlist *names)
{
	const struct sshconf_line *l;
	const struct str *p;
	const char *at;
	size_t i, k, m;
	int got, pass;
	bool any;

	for (pass = 0; pass < 2; pass++) {
		got = -1;
		any = false;
		for (i = 0; i < s->conf.n; i++) {
			l = &s->conf.v[i];
			if (!str_eq(&l->key, key) || (pass == 0) == !l->block)
				continue;
			if (l->block) {
				switch (sshd_block(s, l->block, a)) {
				case SSHD_NO:
					continue;
				case SSHD_PERHAPS:
					return -1;
				case SSHD_YES:
					break;
				}
			}
			any = true;
			if (got < 0)
				got = 0;
			for (k = 0; k < l->args.n; k++) {
				p = &l->args.v[k];
				at = memchr(p->s, '@', p->n);
				for (m = 0; m < names->n; m++)
					if (sshconf_match(p->s, at
					    ? (size_t)(at - p->s) : p->n,
					    names->v[m].s) == 1) {
						if (at)
							return -1;
						got = 1;
					}
			}
		}
		if (any)
			return got;
	}
	return -1;
}

/* AuthenticationMethods: is there a way that begins with a key alone? */
static void
methods(const struct sshd *s, const struct account *a, struct str *why)
{
	const struct sshconf_line *v[CANDIDATES];
	bool open;
	size_t i, k, n;

	n = sshd_values(s, "authenticationmethods", a, v, CANDIDATES, &open);
	if (!n || open)
		return;
	for (i = 0; i < n; i++)
		for (k = 0; k < v[i]->args.n; k++)
			if (strstr(v[i]->args.v[k].s, "publickey") ||
			    is(&v[i]->args.v[k], "any"))
				return;
	str_adds(why, "AuthenticationMethods has no publickey: ");
	sshd_where(s, v[n - 1], why);
}

static void
shell(const struct sshd *s, const struct account *a, struct str *why)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	const char *path = a->shell.n ? a->shell.s : "/bin/sh", *base;
	struct err e;

	if (!sshd_is(s, "chrootdirectory", a, "none", true))
		return;
	if (memchr(a->shell.s, '\0', a->shell.n) ||
	    root_find(s->tree->root, path, 0, &f, &e)) {
		/* a container's image or a fixture may lack all of /bin */
		if (strlen(path) == a->shell.n && e.class != ERR_ABSENT)
			return;
		str_addf(why, "login shell %s is not there", path);
		return;
	}
	if (!(f.st.st_mode & 0111)) {
		str_addf(why, "login shell %s is not executable", path);
		return;
	}
	base = strrchr(path, '/');
	base = base ? base + 1 : path;
	if (strcmp(base, "nologin") == 0 || strcmp(base, "false") == 0)
		str_addf(why, "login shell is %s: no session, only forwarding",
		    path);
}

void
sshd_login(const struct sshd *s, const struct account *a, bool forced,
    struct str *why)
{
	struct strlist name cleanup_strlist = STRLIST_INIT;
	struct strlist groups cleanup_strlist = STRLIST_INIT;

	strlist_add(&name, a->name.s, a->name.n);
	groups_of(login_groups(s->tree), a, &groups);
	if (sshd_is(s, "pubkeyauthentication", a, "no", false))
		str_adds(why, "PubkeyAuthentication is no");
	else if (a->uid == 0 &&
	    sshd_is(s, "permitrootlogin", a, "no", false))
		str_adds(why, "PermitRootLogin is no");
	else if (a->uid == 0 && !forced &&
	    sshd_is(s, "permitrootlogin", a, "forced-commands-only", false))
		str_adds(why, "PermitRootLogin is forced-commands-only");
	else if (listed(s, "denyusers", a, &name) == 1)
		str_adds(why, "DenyUsers names the account");
	else if (listed(s, "allowusers", a, &name) == 0)
		str_adds(why, "AllowUsers does not name the account");
	else if (listed(s, "denygroups", a, &groups) == 1)
		str_adds(why, "DenyGroups names a group of the account");
	else if (listed(s, "allowgroups", a, &groups) == 0)
		str_adds(why, "AllowGroups names no group of the account");
	else
		methods(s, a, why);
	if (!why->n)
		shell(s, a, why);
}

/* ---- StrictModes ------------------------------------------------------- */

static bool
debian(struct root *r)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;

	return root_find(r, "/etc/debian_version", 0, &f, NULL) == 0;
}

/* Debian's sshd takes files that the account's own group may write, if nobody
 * else is in it. */
static const char *
open_to_others(const struct sshd *s, const struct account *a,
    const struct stat *st)
{
	if (st->st_uid != 0 && (int64_t)st->st_uid != a->uid)
		return "belongs to another account";
	if (st->st_mode & S_IWOTH)
		return "may be written by all";
	if ((st->st_mode & S_IWGRP) &&
	    !(group_private(login_groups(s->tree), s->tree->accounts, a,
		st->st_gid) && debian(s->tree->root)))
		return "may be written by its group";
	return NULL;
}

void
sshd_strict(const struct sshd *s, const struct account *a, const char *real,
    struct str *why)
{
	struct root_file home cleanup_root_file = ROOT_FILE_INIT;
	struct str path cleanup_str = STR_INIT;
	const char *bad;
	size_t i;

	if (!sshd_is(s, "strictmodes", a, "yes", true))
		return;
	if (root_find(s->tree->root, a->home.n ? a->home.s : "/", 0, &home,
	    NULL))
		str_clear(&home.path);
	str_adds(&path, real);
	for (i = 0; i < ROOT_DEPTH_MAX; i++) {
		struct root_file f cleanup_root_file = ROOT_FILE_INIT;

		if (root_find(s->tree->root, path.s, 0, &f, NULL))
			return;
		bad = open_to_others(s, a, &f.st);
		if (bad) {
			str_addf(why, "StrictModes: %s %s", path.s, bad);
			return;
		}
		if (i && (str_eq(&path, home.path.s) || str_eq(&path, "/")))
			return;
		while (path.n > 1 && path.s[path.n - 1] != '/')
			str_cut(&path, path.n - 1);
		if (path.n > 1)
			str_cut(&path, path.n - 1);
	}
}

/* ---- the files that hold keys ------------------------------------------ */

/* A name with its tokens replaced, absolute. -1: it cannot be told. tokens:
 * it depends on the account. */
static int
expand(const struct str *name, const struct account *a, struct str *out,
    bool *tokens)
{
	struct str word cleanup_str = STR_INIT;
	size_t i;

	*tokens = false;
	for (i = 0; i < name->n; i++) {
		if (!name->s[i])
			return -1;
		if (name->s[i] != '%') {
			str_addc(&word, name->s[i]);
			continue;
		}
		switch (name->s[++i]) {
		case '%':
			str_addc(&word, '%');
			continue;
		case 'h':
			str_adds(&word, a ? a->home.s : "");
			break;
		case 'u':
			str_adds(&word, a ? a->name.s : "");
			break;
		case 'U':
			str_addf(&word, "%lld", a ? (long long)a->uid : 0LL);
			break;
		default:
			return -1;
		}
		*tokens = true;
	}
	str_clear(out);
	if (word.s[0] != '/') {
		*tokens = true;
		if (a)
			str_addf(out, "%s/", a->home.s);
	}
	str_add(out, word.s, word.n);
	return *tokens && !a ? -1 : 0;
}

static void
key_file(struct sshd *s, const struct str *name, const struct account *a,
    const struct sshconf_line *l, bool perhaps)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str path cleanup_str = STR_INIT;
	struct sshd_key *k;
	bool tokens;
	size_t i;

	if (expand(name, a, &path, &tokens) || path.s[0] != '/' ||
	    root_find(s->tree->root, path.s, 0, &f, NULL))
		return;
	if (!tokens) {
		if (!perhaps && !(l && l->block))
			a = NULL; /* the same for everybody */
		for (i = 0; i < s->keys_n; i++)
			if (s->keys[i].account == a &&
			    str_eq(&s->keys[i].via, path.s))
				return;
	}
	s->keys = xreallocarray(s->keys, s->keys_n + 1, sizeof(*s->keys));
	k = &s->keys[s->keys_n++];
	str_init(&k->via);
	str_init(&k->real);
	str_init(&k->why);
	str_adds(&k->via, path.s);
	str_adds(&k->real, f.path.s);
	k->account = a;
	str_addf(&k->why, "AuthorizedKeysFile %s (", name->s);
	if (l)
		sshd_where(s, l, &k->why);
	else
		str_adds(&k->why, "default");
	str_adds(&k->why, perhaps ? ", perhaps)" : ")");
}

static void
keys_of(struct sshd *s, const struct account *a)
{
	static char usual[][24] = {".ssh/authorized_keys",
	    ".ssh/authorized_keys2"};
	const struct sshconf_line *v[CANDIDATES];
	size_t i, k, n;
	struct str name;
	bool open;

	n = sshd_values(s, "authorizedkeysfile", a, v, CANDIDATES, &open);
	for (i = 0; i < n; i++)
		for (k = 0; k < v[i]->args.n; k++)
			if (!is(&v[i]->args.v[k], "none"))
				key_file(s, &v[i]->args.v[k], a, v[i],
				    v[i]->block &&
				    sshd_block(s, v[i]->block, a) != SSHD_YES);
	for (i = 0; open && i < COUNT(usual); i++) {
		name = (struct str){usual[i], strlen(usual[i]), 0};
		key_file(s, &name, a, NULL, false);
	}
}

void
sshd_key_setting(const struct sshd *s, const struct account *a,
    struct str *out)
{
	const struct sshconf_line *v[CANDIDATES];
	bool open;
	size_t n;

	n = sshd_values(s, "authorizedkeysfile", a, v, CANDIDATES, &open);
	if (!n) {
		str_adds(out, "AuthorizedKeysFile is .ssh/authorized_keys "
		    ".ssh/authorized_keys2 (default) of an account's home");
		return;
	}
	str_addf(out, "AuthorizedKeysFile is %s (", v[n - 1]->value.s);
	sshd_where(s, v[n - 1], out);
	str_addc(out, ')');
}

struct sshd *
sshd_of(struct art_tree *t)
{
	struct login *l = login_of(t);
	const struct account *a;
	struct sshd *s;
	size_t i;

	if (l->sshd)
		return l->sshd;
	s = l->sshd = xcalloc(1, sizeof(*s));
	s->tree = t;
	sshconf_init(&s->conf, t->root, "/etc/ssh", NULL);
	sshconf_file(&s->conf, "/etc/ssh/sshd_config");
	for (i = 0; t->root && t->accounts && i < t->accounts->n; i++) {
		a = &t->accounts->v[i];
		if (i >= SSHD_ACCOUNTS_MAX) {
			s->over = true;
			break;
		}
		if (accounts_by_name(t->accounts, a->name.s, a->name.n) == a &&
		    strlen(a->name.s) == a->name.n &&
		    strlen(a->home.s) == a->home.n)
			keys_of(s, a);
	}
	return s;
}
