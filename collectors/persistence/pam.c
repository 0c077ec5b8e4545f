#include "pam.h"

#include "limits.h"
#include "login.h"

/* What a control does with an answer; above zero: skip so many lines. */
enum { IGNORE = 0, OK = -1, DONE = -2, BAD = -3, DIE = -4, RESET = -5 };

static const char *const type_names[] = {"auth", "account", "password",
    "session"};

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static bool
same(const struct str *a, const char *s)
{
	return a->n == strlen(s) && strncasecmp(a->s, s, a->n) == 0;
}

void
pam_file_release(struct pam_file *f)
{
	struct pam_entry *e;
	size_t i;

	for (i = 0; i < f->n; i++) {
		e = &f->v[i];
		str_release(&e->text);
		str_release(&e->service);
		str_release(&e->type);
		str_release(&e->control);
		str_release(&e->module);
		str_release(&e->args);
		str_release(&e->path);
		str_release(&e->services);
		str_release(&e->before);
		str_release(&e->opens[PAM_ANYBODY]);
		str_release(&e->opens[PAM_SOME]);
	}
	free(f->v);
	str_release(&f->path);
	str_release(&f->via);
	str_release(&f->name);
	memset(f, 0, sizeof(*f));
}

void
pam_free(struct pam *p)
{
	size_t i;

	if (!p)
		return;
	for (i = 0; i < p->n; i++)
		pam_file_release(&p->files[i]);
	free(p->files);
	free(p);
}

/* ---- lines ------------------------------------------------------------- */

static int
action(const char *p, size_t n)
{
	static const char *const names[] = {"ignore", "ok", "done", "bad",
	    "die", "reset"};
	int64_t v = 0;
	size_t i;

	for (i = 0; i < COUNT(names); i++)
		if (strlen(names[i]) == n && strncasecmp(names[i], p, n) == 0)
			return -(int)i;
	for (i = 0; i < n && p[i] >= '0' && p[i] <= '9' && v < 10000; i++)
		v = v * 10 + p[i] - '0';
	return i == n && n ? (int)v : 1000000;
}

static bool
control(struct pam_entry *e)
{
	static const struct {
		const char *name;
		int success, failure;
	} known[] = {{"required", OK, BAD}, {"requisite", OK, DIE},
	    {"sufficient", DONE, IGNORE}, {"optional", OK, IGNORE},
	    {"binding", DONE, BAD}};
	const char *p = e->control.s, *sign;
	size_t n = e->control.n, i, k, from;
	static const char *const values[PAM_REPLIES] = {"success", "auth_err",
	    "perm_denied", "ignore", "module_unknown"};
	bool set[PAM_REPLIES] = {false};
	int other = BAD, v;

	for (i = 0; i < COUNT(known); i++)
		if (same(&e->control, known[i].name)) {
			for (k = 0; k < PAM_REPLIES; k++)
				e->action[k] = k == PAM_YES ? known[i].success :
				    k == PAM_NOTHING ? IGNORE :
				    known[i].failure;
			return true;
		}
	if (same(&e->control, "include") || same(&e->control, "substack")) {
		e->include = true;
		e->substack = same(&e->control, "substack");
		return true;
	}
	if (n < 2 || p[0] != '[' || p[n - 1] != ']')
		return false;
	for (i = 1; i < n - 1;) {
		while (i < n - 1 && blank(p[i]))
			i++;
		from = i;
		while (i < n - 1 && !blank(p[i]))
			i++;
		if (i == from)
			continue;
		sign = memchr(p + from, '=', i - from);
		if (!sign)
			return false;
		v = action(sign + 1, (size_t)(p + i - sign) - 1);
		if (v == 1000000)
			return false;
		n = (size_t)(sign - p) - from;
		for (k = 0; k < PAM_REPLIES; k++)
			if (strlen(values[k]) == n &&
			    strncasecmp(p + from, values[k], n) == 0) {
				e->action[k] = v;
				set[k] = true;
			}
		if (n == 7 && strncasecmp(p + from, "default", 7) == 0)
			other = v;
		n = e->control.n;
	}
	for (i = 0; i < PAM_REPLIES; i++)
		if (!set[i])
			e->action[i] = other;
	return true;
}

static enum pam_role
role(const struct str *module)
{
	static const char *const asks[] = {"pam_unix.so", "pam_unix2.so",
	    "pam_sss.so", "pam_ldap.so", "pam_krb5.so", "pam_winbind.so",
	    "pam_tcb.so", "pam_userdb.so", "pam_pwdfile.so", "pam_mysql.so",
	    "pam_pgsql.so", "pam_radius_auth.so", "pam_tacplus.so",
	    "pam_systemd_home.so", "pam_unix_auth.so", "pam_pkcs11.so",
	    "pam_u2f.so", "pam_fprintd.so", "pam_google_authenticator.so"};
	const char *base = strrchr(module->s, '/');
	size_t i;

	base = base ? base + 1 : module->s;
	if (strcmp(base, "pam_deny.so") == 0)
		return PAM_DENIES;
	for (i = 0; i < COUNT(asks); i++)
		if (strcmp(base, asks[i]) == 0)
			return PAM_ASKS;
	return PAM_OTHER;
}

static size_t
word(const char *p, size_t n, size_t *i, struct str *out)
{
	size_t from;

	while (*i < n && blank(p[*i]))
		++*i;
	from = *i;
	if (*i < n && p[*i] == '[') {
		while (*i < n && p[*i] != ']')
			*i += p[*i] == '\\' && *i + 1 < n ? 2 : 1;
		*i += *i < n;
	} else {
		while (*i < n && !blank(p[*i]))
			++*i;
	}
	if (*i > n)
		*i = n;
	str_set(out, p + from, *i - from);
	return *i - from;
}

static void
one(struct pam_file *f, int64_t line, const char *p, size_t n, bool conf)
{
	struct pam_entry *e;
	size_t i = 0, k;

	while (i < n && blank(p[i]))
		i++;
	if (i == n)
		return;
	if (f->n == f->cap) {
		f->cap = f->cap ? 2 * f->cap : 16;
		f->v = xreallocarray(f->v, f->cap, sizeof(*f->v));
	}
	e = &f->v[f->n++];
	memset(e, 0, sizeof(*e));
	str_init(&e->text);
	str_init(&e->service);
	str_init(&e->type);
	str_init(&e->control);
	str_init(&e->module);
	str_init(&e->args);
	str_init(&e->path);
	str_init(&e->services);
	str_init(&e->before);
	str_init(&e->opens[PAM_ANYBODY]);
	str_init(&e->opens[PAM_SOME]);
	e->line = line;
	while (n > i && blank(p[n - 1]))
		n--;
	str_add(&e->text, p + i, n - i);
	if (conf)
		word(p, n, &i, &e->service);
	word(p, n, &i, &e->type);
	if (same(&e->type, "@include") && !conf) {
		str_set(&e->control, e->type.s, e->type.n);
		str_clear(&e->type);
		e->types = (1 << PAM_TYPES) - 1;
		e->include = true;
		if (!word(p, n, &i, &e->module))
			e->defect = "no file";
		return;
	}
	if (e->type.s[0] == '-') {
		e->quiet = true;
		str_set(&e->type, p + i - e->type.n + 1, e->type.n - 1);
	}
	for (k = 0; k < PAM_TYPES; k++)
		if (same(&e->type, type_names[k])) {
			e->types = 1 << k;
			str_sets(&e->type, type_names[k]); /* lower case */
		}
	word(p, n, &i, &e->control);
	word(p, n, &i, &e->module);
	while (i < n && blank(p[i]))
		i++;
	str_add(&e->args, p + i, n - i);
	if (!e->types)
		e->defect = "no type that PAM knows: it fails";
	else if (!control(e))
		e->defect = "no control that PAM knows: it fails";
	else if (!e->module.n)
		e->defect = "no module: it fails";
	e->role = role(&e->module);
}

void
pam_text(struct pam_file *f, const char *p, size_t n, bool conf)
{
	struct str joined cleanup_str = STR_INIT;
	int64_t number = 0, first = 0;
	const char *nl, *hash;
	size_t k, m;
	bool more = false;

	for (; n; p += k, n -= k) {
		nl = memchr(p, '\n', n);
		m = k = nl ? (size_t)(nl - p) : n;
		k += nl != NULL;
		number++;
		if (!more) {
			str_clear(&joined);
			first = number;
		}
		if ((hash = memchr(p, '#', m)))
			m = (size_t)(hash - p);
		while (m && blank(p[m - 1]))
			m--;
		more = !hash && m && p[m - 1] == '\\';
		if (joined.n + m > ART_LINE_MAX)
			m = ART_LINE_MAX > joined.n ? ART_LINE_MAX - joined.n
						    : 0;
		str_add(&joined, p, more && m ? m - 1 : m);
		if (more)
			str_addc(&joined, ' ');
		if (more && k < n)
			continue;
		more = false;
		if (f->n >= PAM_LINES_MAX)
			return;
		one(f, first, joined.s, joined.n, conf);
	}
}

/* ---- files ------------------------------------------------------------- */

struct reading {
	struct art_tree *t;
	struct pam *p;
	const char *folder;
	struct strlist dirs; /* that hold modules */
};

static struct pam_file *
file(struct reading *r, const char *via, const char *name)
{
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	struct str data cleanup_str = STR_INIT;
	struct pam *p = r->p;
	struct pam_file *f;
	size_t i;

	if (p->n >= PAM_FILES_MAX || p->lines >= PAM_LINES_MAX) {
		p->over = true;
		return NULL;
	}
	if (root_slurp(r->t->root, via, ART_KEEP_MAX, &data, &rf, NULL) < 0)
		return NULL;
	p->files = xreallocarray(p->files, p->n + 1, sizeof(*p->files));
	f = &p->files[p->n];
	memset(f, 0, sizeof(*f));
	str_init(&f->path);
	str_init(&f->via);
	str_init(&f->name);
	str_adds(&f->path, rf.path.s);
	str_adds(&f->via, via);
	str_adds(&f->name, name);
	for (i = 0; i < p->n; i++)
		if (str_eq(&p->files[i].name, name) && name[0] != '/') {
			f->hidden = i + 1;
			break;
		}
	pam_text(f, data.s, data.n, name[0] == '\0');
	p->lines += f->n;
	p->n++;
	return f;
}

static int
entry(void *arg, const struct root_entry *ent)
{
	struct reading *r = arg;
	struct str via cleanup_str = STR_INIT;

	if (S_ISDIR(ent->st->st_mode))
		return 0;
	str_addf(&via, "%s/%s", r->folder, ent->name);
	file(r, via.s, ent->name);
	return r->p->over;
}

static int
folder(void *arg, const char *via, struct root_file *f)
{
	struct reading *r = arg;
	size_t i;

	if (!S_ISDIR(f->st.st_mode))
		return 0;
	for (i = 0; i < r->dirs.n; i++)
		if (str_eq(&r->dirs.v[i], f->path.s))
			return 0;
	(void)via;
	strlist_add(&r->dirs, f->path.s, f->path.n);
	return r->dirs.n >= PAM_DEPTH;
}

/* The file that a module's name stands for. */
static void
find_module(struct reading *r, struct pam_entry *e)
{
	struct str path cleanup_str = STR_INIT;
	const char *isa, *name = e->module.s;
	size_t i;

	if (memchr(name, '\0', e->module.n))
		return;
	if ((isa = strstr(name, "$ISA/")))
		name = isa + 5;
	for (i = 0; i < (name[0] == '/' ? 1 : r->dirs.n); i++) {
		struct root_file rf cleanup_root_file = ROOT_FILE_INIT;

		str_clear(&path);
		if (name[0] != '/')
			str_addf(&path, "%s/", r->dirs.v[i].s);
		str_adds(&path, name);
		if (root_find(r->t->root, path.s, 0, &rf, NULL) == 0 &&
		    S_ISREG(rf.st.st_mode)) {
			str_adds(&e->path, path.s);
			return;
		}
	}
	e->missing = true;
}

static size_t
target(const struct pam *p, const struct pam_entry *e)
{
	const char *name = e->module.s;
	size_t i;

	for (i = 0; i < p->n; i++)
		if (!p->files[i].hidden && p->files[i].name.n &&
		    (str_eq(&p->files[i].name, name) ||
			str_eq(&p->files[i].via, name)))
			return i;
	return p->n;
}

/* ---- stacks ------------------------------------------------------------ */

/* A stack in one row; a substack's end is where done and die go. */
struct step {
	struct pam_entry *e;
	size_t file;
	size_t end; /* step behind the substack that it is in; 0: none */
	bool fail;  /* a line that PAM cannot make sense of: no, whatever */
};

struct stack {
	struct step *v;
	size_t n;
	size_t open[PAM_DEPTH]; /* files under way */
	bool over;
};

static void
flatten(const struct pam *p, size_t at, int type, const char *service,
    int depth, struct stack *s)
{
	struct pam_file *f = &p->files[at];
	struct pam_entry *e;
	size_t i, k, to, from;

	for (i = 0; i < f->n; i++) {
		e = &f->v[i];
		if (!(e->types ? e->types & (1 << type)
			       : type == PAM_AUTH))
			continue;
		if (e->service.n && !same(&e->service, service))
			continue;
		if (s->n >= PAM_STEPS) {
			s->over = true;
			return;
		}
		s->v[s->n++] = (struct step){e, at, 0, e->defect != NULL};
		if (!e->include || e->defect)
			continue;
		to = target(p, e);
		for (k = 0; k < (size_t)depth; k++)
			if (s->open[k] == to)
				to = p->n; /* a loop: PAM fails there */
		if (to == p->n || depth + 1 >= PAM_DEPTH) {
			s->v[s->n - 1].fail = true;
			continue;
		}
		from = s->n;
		s->open[depth + 1] = to;
		flatten(p, to, type, service, depth + 1, s);
		for (k = from; e->substack && k < s->n; k++)
			if (!s->v[k].end)
				s->v[k].end = s->n;
	}
}

/*
 * What the stack answers if whatever asks for a secret hears a wrong one, and
 * the line `without` were not there: the step that says yes last, or s->n.
 * The rules are those of _pam_dispatch_aux().
 */
static size_t
answer(const struct stack *s, const char *service, enum pam_whom whom,
    size_t without)
{
	enum { UNDECIDED, POSITIVE, NEGATIVE } state = UNDECIDED;
	const struct pam_entry *e;
	size_t i, skip, decides = s->n, end;
	enum pam_reply reply;
	bool good = false; /* what counts is a yes */
	int act;

	for (i = 0; i < s->n;) {
		e = s->v[i].e;
		end = s->v[i].end ? s->v[i].end : s->n;
		if (s->v[i].fail)
			state = NEGATIVE;
		if (e->include || s->v[i].fail || i == without) {
			i++;
			continue;
		}
		reply = e->missing ? PAM_MISSING
				   : pam_reply(e, service, whom);
		act = e->action[reply];
		i++;
		switch (act) {
		case IGNORE:
			break;
		case OK:
		case DONE:
			if (state == UNDECIDED ||
			    (state == POSITIVE && good)) {
				state = POSITIVE;
				good = reply == PAM_YES;
				decides = i - 1;
			}
			if (act == DONE && state == POSITIVE)
				i = end;
			break;
		case BAD:
		case DIE:
			state = NEGATIVE;
			if (act == DIE)
				i = end;
			break;
		case RESET:
			state = UNDECIDED;
			break;
		default:
			/* lines of an include count one by one, the line that
			 * includes does not; a substack counts as one */
			for (skip = 0; skip < (size_t)act && i < end;) {
				if (s->v[i].e->include && s->v[i].e->substack &&
				    i + 1 < s->n && s->v[i + 1].end)
					i = s->v[i + 1].end, skip++;
				else
					skip += !s->v[i++].e->include;
			}
			if (skip < (size_t)act) /* bad jump in stack */
				state = NEGATIVE;
			break;
		}
	}
	return state == POSITIVE && good ? decides : s->n;
}

/*
 * Does the stack let somebody in who knows no secret? Of its lines that one is
 * to blame without which it would not; where there are several yeses, the last.
 */
static void
look_open(const struct stack *s, const char *service)
{
	enum pam_whom whom = PAM_ANYBODY;
	struct pam_entry *e;
	size_t i, last;

	last = answer(s, service, whom, s->n);
	if (last == s->n) {
		whom = PAM_SOME;
		last = answer(s, service, whom, s->n);
	}
	if (last == s->n)
		return;
	for (i = 0; i < s->n; i++)
		if (!s->v[i].e->include && !s->v[i].fail &&
		    answer(s, service, whom, i) == s->n)
			break;
	e = s->v[i < s->n ? i : last].e;
	if (e->opens[whom].n > ART_ENV_MAX)
		return;
	str_addf(&e->opens[whom], "%s%s", e->opens[whom].n ? " " : "", service);
}

static void
add_before(const struct pam *p, struct pam_entry *e, const struct step *s)
{
	struct str one_more cleanup_str = STR_INIT;

	str_addf(&one_more, "%s (%s:%lld)", s->e->module.s,
	    p->files[s->file].via.s, (long long)s->e->line);
	if (strstr(e->before.s, one_more.s) || e->before.n > ART_ENV_MAX)
		return;
	if (e->before.n)
		str_addc(&e->before, ' ');
	str_add(&e->before, one_more.s, one_more.n);
}

static void
look_at(const struct pam *p, const struct stack *s, const char *service)
{
	struct pam_entry *e;
	size_t i, k, skip, decides = answer(s, service, PAM_SOME, s->n);
	bool asks = false;

	for (i = 0; i < s->n; i++) {
		e = s->v[i].e;
		asks = asks || e->role == PAM_ASKS;
		if (e->include || e->role != PAM_OTHER || e->missing ||
		    e->defect)
			continue;
		/* its yes ends the stack before somebody was asked */
		if (e->action[PAM_YES] == DONE && !asks)
			for (k = i + 1; k < s->n; k++)
				if (s->v[k].e->role == PAM_ASKS)
					add_before(p, e, &s->v[k]);
		for (k = i + 1, skip = 0; !asks && e->action[PAM_YES] > 0 &&
		     k < s->n && skip < (size_t)e->action[PAM_YES]; k++) {
			skip += !s->v[k].e->include;
			if (s->v[k].e->role == PAM_ASKS)
				add_before(p, e, &s->v[k]);
		}
	}
	for (i = 0; decides < s->n && i < s->n; i++)
		if (s->v[i].e->role == PAM_ASKS)
			add_before(p, s->v[decides].e, &s->v[i]);
}

/* Names of files that are there only to be included. */
static bool
shared(const char *name)
{
	static const char *const begin[] = {"common-", "system-", "password-",
	    "postlogin", "base-", "smartcard-", "fingerprint-"};
	size_t i;

	for (i = 0; i < COUNT(begin); i++)
		if (strncmp(name, begin[i], strlen(begin[i])) == 0)
			return true;
	return false;
}

static void
service(struct pam *p, size_t at, const char *name)
{
	struct stack s = {.v = NULL};
	struct pam_entry *e;
	size_t i, k, n = strlen(name);
	int type;

	s.v = xreallocarray(NULL, PAM_STEPS, sizeof(*s.v));
	for (type = 0; type < PAM_TYPES; type++) {
		s.n = 0;
		s.open[0] = at;
		flatten(p, at, type, name, 0, &s);
		for (i = 0; i < s.n; i++) {
			e = s.v[i].e;
			k = e->services.n;
			if (e->defect ||
			    (k >= n && strcmp(e->services.s + k - n, name) == 0 &&
				(k == n || e->services.s[k - n - 1] == ' ')) ||
			    k > ART_ENV_MAX)
				continue;
			str_addf(&e->services, "%s%s", k ? " " : "", name);
		}
		if (type == PAM_AUTH) {
			look_at(p, &s, name);
			look_open(&s, name);
		}
	}
	p->steps = p->steps || s.over;
	free(s.v);
}

static void
build(struct reading *r)
{
	static const char *const folders[] = {"/etc/pam.d", "/usr/etc/pam.d",
	    "/usr/lib/pam.d"};
	static const char *const modules[] = {"/usr/lib/*/security",
	    "/lib/*/security", "/usr/lib64/security", "/usr/lib/security",
	    "/lib64/security", "/lib/security", "/usr/local/lib/security"};
	struct strlist seen cleanup_strlist = STRLIST_INIT;
	struct pam *p = r->p;
	struct pam_entry *e;
	size_t i, k, m, files;

	for (i = 0; i < COUNT(modules); i++)
		root_glob(r->t->root, modules[i], folder, NULL, r, NULL);
	for (i = 0; i < COUNT(folders); i++) {
		r->folder = folders[i];
		root_list(r->t->root, folders[i], entry, r, NULL);
	}
	if (!p->n)
		file(r, "/etc/pam.conf", "");
	/* files from elsewhere that are included by their whole path */
	for (i = 0; i < p->n; i++)
		for (k = 0; k < p->files[i].n; k++) {
			e = &p->files[i].v[k];
			if (e->include && e->module.s[0] == '/' &&
			    strlen(e->module.s) == e->module.n &&
			    target(p, e) == p->n)
				file(r, e->module.s, e->module.s);
		}
	for (i = 0; i < p->n; i++)
		for (k = 0; k < p->files[i].n; k++) {
			e = &p->files[i].v[k];
			if (e->defect)
				continue;
			if (!e->include) {
				find_module(r, e);
				if (strstr(e->module.s, "pam_env.so") &&
				    strstr(e->args.s, "user_readenv=1"))
					p->user_env = true;
			} else if ((m = target(p, e)) < p->n) {
				p->files[m].wanted = true;
			} else {
				e->missing = true;
			}
		}
	files = p->n;
	for (i = 0; i < files; i++) {
		if (p->files[i].hidden)
			continue;
		if (p->files[i].name.s[0] == '/')
			continue;
		if (p->files[i].name.n) {
			if (!p->files[i].wanted || !shared(p->files[i].name.s))
				service(p, i, p->files[i].name.s);
			continue;
		}
		for (k = 0; k < p->files[i].n; k++) { /* pam.conf */
			e = &p->files[i].v[k];
			for (m = 0; m < seen.n; m++)
				if (same(&seen.v[m], e->service.s))
					break;
			if (m < seen.n || seen.n >= PAM_FILES_MAX)
				continue;
			strlist_add(&seen, e->service.s, e->service.n);
			service(p, i, e->service.s);
		}
	}
}

const struct pam *
pam_of(struct art_tree *t)
{
	struct login *l = login_of(t);
	struct reading r = {.t = t};

	if (l->pam)
		return l->pam;
	r.p = l->pam = xcalloc(1, sizeof(*l->pam));
	if (t->root)
		build(&r);
	strlist_release(&r.dirs);
	return l->pam;
}

bool
pam_has(const struct pam *p, const char *module)
{
	size_t i, k;

	for (i = 0; i < p->n; i++)
		for (k = 0; !p->files[i].hidden && k < p->files[i].n; k++)
			if (strstr(p->files[i].v[k].module.s, module) &&
			    !p->files[i].v[k].include &&
			    !strstr(p->files[i].v[k].args.s, "noupdate"))
				return true;
	return false;
}
