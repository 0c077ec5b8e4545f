#include "runs.h"

#include "civil.h"
#include "digest.h"
#include "limits.h"
#include "tree.h"

/*
 * A command line is cut into simple commands, and each into words. What a
 * command runs besides itself is data: the tables below. Of all files that the
 * line runs one is told: the first that no package has unchanged, else the
 * first (a program that only runs another one does not count then).
 */


/* ---- programs that run other programs ----------------------------------- */

static const struct wrapper {
	const char *name;
	const char *with;   /* short options whose argument is a word */
	const char *longs;  /* long options of the same kind, blanks around */
	int words;	    /* words before the command */
	char text;	    /* option whose argument is a shell's text; 0 */
	const char *takes;  /* options whose argument is the program; NULL */
} wrappers[] = {
	{"busybox", "", "", 0, 0, NULL},
	{"toybox", "", "", 0, 0, NULL},
	{"capsh", "", "", 0, 'c', NULL},
	{"catchsegv", "", "", 0, 0, NULL},
	{"cgexec", "g", "", 0, 0, NULL},
	{"choom", "np", " --adjust --pid ", 0, 0, NULL},
	{"chpst", "uUbenolmdofcpra/", "", 0, 0, NULL},
	{"chronic", "", "", 0, 0, NULL},
	{"chrt", "TPD", "", 1, 0, NULL},
	{"cpulimit", "lpec", "", 0, 0, NULL},
	{"dbus-launch", "", "", 0, 0, NULL},
	{"dbus-run-session", "", " --config-file --dbus-daemon ", 0, 0, NULL},
	{"doas", "uCa", "", 0, 0, NULL},
	{"dumb-init", "", "", 0, 0, NULL},
	{"eatmydata", "", "", 0, 0, NULL},
	{"env", "uC", " --unset --chdir ", 0, 'S', NULL},
	{"envdir", "", "", 1, 0, NULL},
	{"envuidgid", "", "", 1, 0, NULL},
	{"fakeroot", "lsib", "", 0, 0, NULL},
	{"find", "", "", 0, 0, " -exec -execdir -ok -okdir "},
	{"flock", "wE", " --wait --timeout --conflict-exit-code ", 1, 'c',
	    NULL},
	{"gosu", "", "", 1, 0, NULL},
	{"ionice", "cnpPu", " --class --classdata ", 0, 0, NULL},
	{"ld-linux*", "", " --library-path --preload --argv0 --audit "
	    "--inhibit-rpath --glibc-hwcaps-prepend ", 0, 0, NULL},
	{"ld-musl*", "", " --library-path --preload --argv0 ", 0, 0, NULL},
	{"ld.so", "", " --library-path --preload --argv0 --audit ", 0, 0,
	    NULL},
	{"nice", "n", " --adjustment ", 0, 0, NULL},
	{"nohup", "", "", 0, 0, NULL},
	{"nsenter", "tSG", " --target ", 0, 0, NULL},
	{"numactl", "CNmpS", "", 0, 0, NULL},
	{"pkexec", "", " --user ", 0, 0, NULL},
	{"prlimit", "po", "", 0, 0, NULL},
	{"proxychains", "f", "", 0, 0, NULL},
	{"proxychains4", "f", "", 0, 0, NULL},
	{"run-parts", "au", " --arg --umask --regex ", 0, 0, NULL},
	{"runuser", "ugGs", " --user --group --supp-group --shell ", 0, 'c',
	    NULL},
	{"s6-setuidgid", "", "", 1, 0, NULL},
	{"screen", "cehpsStTx", "", 0, 0, NULL},
	{"script", "EIOBTmo", "", 1, 'c', NULL},
	{"setpriv", "", " --reuid --regid --ruid --euid --rgid --egid --groups "
	    "--inh-caps --ambient-caps --bounding-set --securebits "
	    "--pdeathsig ", 0, 0, NULL},
	{"setsid", "", "", 0, 0, NULL},
	{"setuidgid", "", "", 1, 0, NULL},
	{"softlimit", "adfmlorspct", "", 0, 0, NULL},
	{"ssh-agent", "at", "", 0, 0, NULL},
	{"start-stop-daemon", "", "", 0, 0, " -x --exec -a --startas "},
	{"stdbuf", "ioe", " --input --output --error ", 0, 0, NULL},
	{"strace", "abeEIOopPsSuX", "", 0, 0, NULL},
	{"su", "gGs", " --group --shell ", 1, 'c', NULL},
	{"su-exec", "", "", 1, 0, NULL},
	{"sudo", "ugpChrRTtUD", " --user --group --host --chdir --chroot "
	    "--prompt --role --type ", 0, 0, NULL},
	{"systemd-cat", "tp", " --identifier --priority ", 0, 0, NULL},
	{"systemd-inhibit", "", "", 0, 0, NULL},
	{"systemd-run", "pHMutE", " --unit --property --uid --gid --slice "
	    "--on-calendar --on-active --on-boot --setenv --nice ", 0, 0,
	    NULL},
	{"taskset", "", "", 1, 0, NULL},
	{"time", "fo", "", 0, 0, NULL},
	{"timeout", "ks", " --kill-after --signal ", 1, 0, NULL},
	{"tini", "pe", "", 0, 0, NULL},
	{"torify", "", "", 0, 0, NULL},
	{"torsocks", "", "", 0, 0, NULL},
	{"unbuffer", "", "", 0, 0, NULL},
	{"unshare", "RwSG", "", 0, 0, NULL},
	{"watch", "n", " --interval ", 0, 0, NULL},
	{"xargs", "adEILnPs", " --arg-file --delimiter --max-args "
	    "--max-procs ", 0, 0, NULL},
	{"xvfb-run", "efnpsw", "", 0, 0, NULL},
};

/* What it is given to read is the program. inlined: options after which the
 * program stands in the line itself. */
static const struct interpreter {
	const char *name;
	const char *inlined; /* blanks around */
	const char *with;    /* options with an argument, blanks around */
	const char *file;    /* options whose argument is the file */
	bool shell;	     /* -c TEXT is looked into */
} interpreters[] = {
	{"ash", "", " -o +o ", "", true},
	{"awk", "", " -v -F ", " -f --file ", false},
	{"bash", "", " -o -O +O +o --rcfile --init-file ", "", true},
	{"csh", "", "", "", true},
	{"dash", "", " -o +o ", "", true},
	{"expect", " -c ", "", " -f ", false},
	{"fish", "", " -C -d -D ", "", true},
	{"gawk", "", " -v -F ", " -f --file ", false},
	{"java", "", " -cp -classpath --class-path ", " -jar ", false},
	{"ksh*", "", " -o +o ", "", true},
	{"lua*", " -e ", " -l ", "", false},
	{"mawk", "", " -v -F ", " -f ", false},
	{"mksh", "", " -o +o ", "", true},
	{"node", " -e -p --eval --print ", " -r --require ", "", false},
	{"nodejs", " -e -p --eval --print ", " -r --require ", "", false},
	{"perl*", " -e -E ", " -I ", "", false},
	{"php*", " -r ", " -d -c ", " -f -F ", false},
	{"python*", " -c -m ", " -W -X -Q ", "", false},
	{"pypy*", " -c -m ", " -W -X ", "", false},
	{"Rscript", " -e ", "", "", false},
	{"ruby*", " -e ", " -r -I -E ", "", false},
	{"sh", "", " -o +o ", "", true},
	{"tcsh", "", "", "", true},
	{"tclsh*", "", "", "", false},
	{"wish*", "", "", "", false},
	{"zsh*", "", " -o +o ", "", true},
};

/* The shell's own words: what follows is the command ... */
static const char going_on[] = " if then else elif while until do ! { } fi "
			       "done esac builtin time coproc nocorrect "
			       "noglob ";
/* ... and commands that run nothing. */
static const char builtins[] =
    " : [ [[ ]] alias bg bind break caller case cd complete compopt compgen "
    "continue declare dirs disown echo enable exit export false fc fg for "
    "function getopts hash help history jobs kill let local logout mapfile "
    "popd printf pushd pwd read readarray readonly return select set setenv "
    "shift shopt suspend test times trap true type typeset ulimit umask "
    "unalias unset unsetenv wait ";

static bool
listed(const char *list, const char *p, size_t n)
{
	const char *at = list;

	if (!n || memchr(p, ' ', n) || memchr(p, '\0', n))
		return false;
	while ((at = memmem(at, strlen(at), p, n))) {
		if (at > list && at[-1] == ' ' && at[n] == ' ')
			return true;
		at++;
	}
	return false;
}

/* "python*" takes python, python3, python3.11 */
static bool
named(const char *pattern, const char *p, size_t n)
{
	size_t k = strlen(pattern), i;

	if (!k || pattern[k - 1] != '*')
		return k == n && memcmp(pattern, p, n) == 0;
	k--;
	if (n < k || memcmp(pattern, p, k) != 0)
		return false;
	for (i = k; i < n && strncmp(pattern, "ld-", 3) != 0; i++)
		if (!((p[i] >= '0' && p[i] <= '9') || p[i] == '.' ||
		    p[i] == '-'))
			return false;
	return true;
}

/* ---- what is known of a file -------------------------------------------- */

struct runs_known {
	struct runs_known *next;
	struct str asked;
	struct runs_file file;
};

struct runs_cache {
	struct runs_known *slot[1024];
	size_t n;
	struct strlist keep; /* scripts of no package, to be kept */
};

void
runs_file_release(struct runs_file *k)
{
	str_release(&k->path);
	str_release(&k->package);
}

void
runs_cache_free(struct runs_cache *c)
{
	struct runs_known *k, *next;
	size_t i;

	for (i = 0; c && i < COUNT(c->slot); i++)
		for (k = c->slot[i]; k; k = next) {
			next = k->next;
			str_release(&k->asked);
			runs_file_release(&k->file);
			free(k);
		}
	if (c)
		strlist_release(&c->keep);
	free(c);
}

void
runs_state(struct root *root, struct pkgdb *db, struct root_file *rf,
    struct runs_file *k)
{
	struct str data cleanup_str = STR_INIT;
	struct pkg_owned owned = {0};
	struct err e;
	bool has_db = db && !pkgdb_none(db);

	str_set(&k->path, rf->path.s, rf->path.n);
	k->there = true;
	k->st = rf->st;
	k->state = PKG_UNKNOWN;
	k->sha256[0] = '\0';
	if (S_ISDIR(rf->st.st_mode) || (has_db && S_ISREG(rf->st.st_mode) &&
	    rf->st.st_size > RUNS_READ_MAX)) {
		/* a folder has no content of its own */
		if (has_db && pkgdb_owner(db, rf->path.s, &owned))
			k->state = S_ISDIR(rf->st.st_mode) ? PKG_UNCHANGED :
							     PKG_UNKNOWN;
		else if (has_db)
			k->state = PKG_UNPACKAGED;
	} else if (has_db &&
	    (S_ISREG(rf->st.st_mode) || S_ISLNK(rf->st.st_mode))) {
		k->state = pkgdb_check(db, root, rf, &owned, k->sha256);
	} else if (has_db) {
		k->state = PKG_UNPACKAGED;
	} else if (S_ISREG(rf->st.st_mode) &&
	    rf->st.st_size <= RUNS_READ_MAX &&
	    root_read(root, rf, RUNS_READ_MAX, &data, &e) == 0) {
		digest_of(data.s, data.n, k->sha256);
	}
	if (owned.package)
		str_sets(&k->package, owned.package);
}

/* The file of an absolute name, links followed; cached for the tree. */
static struct runs_file *
lookup(const struct art_file *f, const char *path)
{
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	struct runs_cache **c = &f->tree->runs;
	struct runs_known *k;
	uint32_t h = 2166136261u;
	const char *p;

	if (!*c)
		*c = xcalloc(1, sizeof(**c));
	for (p = path; *p; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	h %= COUNT((*c)->slot);
	for (k = (*c)->slot[h]; k; k = k->next)
		if (str_eq(&k->asked, path))
			return &k->file;
	if ((*c)->n >= RUNS_KNOWN_MAX) {
		/* forget all: what is asked again is looked up again */
		struct strlist keep = (*c)->keep;

		(*c)->keep = (struct strlist)STRLIST_INIT;
		runs_cache_free(*c);
		*c = xcalloc(1, sizeof(**c));
		(*c)->keep = keep;
	}
	k = xcalloc(1, sizeof(*k));
	str_init(&k->asked);
	str_init(&k->file.path);
	str_init(&k->file.package);
	str_adds(&k->asked, path);
	k->next = (*c)->slot[h];
	(*c)->slot[h] = k;
	(*c)->n++;
	if (root_find(f->root, path, 0, &rf, NULL) == 0)
		k->file.mode = rf.st.st_mode;
	return &k->file;
}

/* Digest and package are found out when they are wanted. */
static void
complete(const struct art_file *f, const char *path, struct runs_file *k)
{
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;

	if (k->there || !k->mode || root_find(f->root, path, 0, &rf, NULL))
		return;
	runs_state(f->root, f->packages, &rf, k);
}

/* ---- a command line ----------------------------------------------------- */

struct word {
	struct str s;
	bool unknown; /* a value that is not known here is in it */
	bool quoted;
};

struct words {
	struct word *v;
	size_t n, cap;
};

struct look {
	const struct art_file *f;
	enum runs_syntax how;
	struct str path, cwd;
	const struct str *home;
	struct strlist names, values;
	/* the answer so far */
	int rank;
	struct str program;
	int depth;
};

static void
words_clear(struct words *w)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		str_release(&w->v[i].s);
	w->n = 0;
}

static void
words_release(struct words *w)
{
	words_clear(w);
	free(w->v);
	memset(w, 0, sizeof(*w));
}

static struct word *
words_add(struct words *w)
{
	struct word *x;

	if (w->n == w->cap) {
		w->cap = w->cap ? 2 * w->cap : 16;
		w->v = xreallocarray(w->v, w->cap, sizeof(*w->v));
	}
	x = &w->v[w->n++];
	memset(x, 0, sizeof(*x));
	str_init(&x->s);
	return x;
}

enum { WEAK = 1 << 0, READ = 1 << 1 };
enum { NOTHING, MISSING, PLAIN, FOREIGN };

/* A file that the line runs. WEAK: only another one is run by it; READ: it is
 * read, and needs no permission to be run. */
static void
offer(struct look *l, const struct word *w, unsigned flags)
{
	struct str name cleanup_str = STR_INIT;
	struct runs_file *k = NULL;
	const char *p, *end;
	int rank;

	if (!l->f->root || !l->f->tree)
		return;
	if (!w->s.n || w->unknown || memchr(w->s.s, '\0', w->s.n) ||
	    w->s.n > ROOT_PATH_MAX)
		return;
	if (w->s.s[0] == '/') {
		str_set(&name, w->s.s, w->s.n);
	} else if (strchr(w->s.s, '/') || (flags & READ)) {
		if (!l->cwd.n)
			return;
		str_set(&name, l->cwd.s, l->cwd.n);
		if (name.s[name.n - 1] != '/')
			str_addc(&name, '/');
		str_adds(&name, strncmp(w->s.s, "./", 2) == 0 ? w->s.s + 2 :
								w->s.s);
	} else {
		for (p = l->path.s; !k; p = end + 1) {
			end = p + strcspn(p, ":");
			str_set(&name, p, (size_t)(end - p));
			if ((!name.n || name.s[0] != '/') && l->cwd.n) {
				str_set(&name, l->cwd.s, l->cwd.n);
				str_addc(&name, '/');
				str_add(&name, p, (size_t)(end - p));
			}
			if (name.n && name.s[0] == '/') {
				if (name.s[name.n - 1] != '/')
					str_addc(&name, '/');
				str_add(&name, w->s.s, w->s.n);
				k = lookup(l->f, name.s);
				if (!S_ISREG(k->mode) ||
				    !(k->mode & 0111))
					k = NULL;
			}
			if (!*end)
				break;
		}
		if (!k) {
			/* a function or alias, perhaps; without a shell not */
			if (l->how == RUNS_SHELL || l->rank > NOTHING)
				return;
			str_set(&name, w->s.s, w->s.n);
		}
	}
	if (!k && name.s[0] == '/')
		k = lookup(l->f, name.s);
	rank = MISSING;
	if (k && k->mode) {
		complete(l->f, name.s, k);
		rank = k->state == PKG_CHANGED || k->state == PKG_UNPACKAGED
		    ? FOREIGN : PLAIN;
	}
	if (rank > l->rank && (rank == FOREIGN || !(flags & WEAK))) {
		l->rank = rank;
		str_set(&l->program, name.s, name.n);
	}
}

/* A script that no package vouches for is evidence like the line that runs
 * it: which it is, is seen when it is read. */
static void
want(const struct art_file *f, const struct runs_file *k)
{
	struct strlist *keep = &f->tree->runs->keep;

	if ((k->state == PKG_CHANGED || k->state == PKG_UNPACKAGED) &&
	    S_ISREG(k->st.st_mode) && k->st.st_size > 0 &&
	    k->st.st_size <= RUNS_KEEP_MAX && keep->n < RUNS_KNOWN_MAX &&
	    !str_eq(&f->file->path, k->path.s))
		strlist_add(keep, k->path.s, k->path.n);
}

void
runs_keep(const struct art_file *f, struct rec *r)
{
	struct strlist keep cleanup_strlist = STRLIST_INIT;
	struct strlist *l;
	size_t i;

	if (!f->tree || !f->tree->runs)
		return;
	l = &f->tree->runs->keep;
	keep = *l;
	*l = (struct strlist)STRLIST_INIT;
	for (i = 0; i < keep.n; i++) {
		struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
		struct str data cleanup_str = STR_INIT;
		size_t k;
		struct err e;

		for (k = 0; k < i && !str_eq(&keep.v[k], keep.v[i].s); k++)
			;
		/* that it cannot be read was noted with its row's digest */
		if (k < i || root_find(f->root, keep.v[i].s, 0, &rf, NULL) ||
		    root_read(f->root, &rf, RUNS_KEEP_MAX, &data, &e))
			continue;
		if (data.n && !memchr(data.s, '\0', data.n < 512 ? data.n : 512))
			rec_blob(r, data.s, data.n, NULL);
	}
}

static void shell(struct look *l, const char *p, size_t n);

static bool
name_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_';
}

/* Length of NAME in NAME=VALUE; 0: it is none. */
static size_t
assignment(const struct word *w)
{
	size_t i = 0;

	while (i < w->s.n && name_byte(w->s.s[i]))
		i++;
	return i && i < w->s.n && w->s.s[i] == '=' &&
		       !(w->s.s[0] >= '0' && w->s.s[0] <= '9')
		   ? i : 0;
}

static void
assign(struct look *l, const struct word *w, size_t n)
{
	size_t i;

	if (n == 4 && memcmp(w->s.s, "PATH", 4) == 0 && !w->unknown)
		str_set(&l->path, w->s.s + 5, w->s.n - 5);
	for (i = 0; i < l->names.n; i++)
		if (l->names.v[i].n == n &&
		    memcmp(l->names.v[i].s, w->s.s, n) == 0)
			break;
	if (i == l->names.n) {
		if (i >= RUNS_NAMES_MAX)
			return;
		strlist_add(&l->names, w->s.s, n);
		strlist_add(&l->values, "", 0);
	}
	if (w->unknown)
		str_sets(&l->values.v[i], "$"); /* known to be unknown */
	else
		str_set(&l->values.v[i], w->s.s + n + 1, w->s.n - n - 1);
}

static const struct str *
value_of(const struct look *l, const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < l->names.n; i++)
		if (l->names.v[i].n == n && memcmp(l->names.v[i].s, p, n) == 0)
			return str_eq(&l->values.v[i], "$") ? NULL :
							      &l->values.v[i];
	if (n == 4 && memcmp(p, "HOME", 4) == 0)
		return l->home;
	if (n == 4 && memcmp(p, "PATH", 4) == 0)
		return &l->path;
	return NULL;
}

/* Is it an option, and does its argument stand in the next word? */
static bool
takes_word(const struct word *w, const char *with, const char *longs)
{
	const char *s = w->s.s;

	if (s[1] == '-')
		return listed(longs, s, w->s.n);
	/* the last letter of a bundle; what stands behind one is its own */
	return w->s.n >= 2 && strchr(with, s[w->s.n - 1]) != NULL &&
	       strcspn(s + 1, with) + 2 == w->s.n;
}

static void program(struct look *l, const struct word *v, size_t n);

static void
interpreted(struct look *l, const struct interpreter *it,
    const struct word *v, size_t n)
{
	size_t i;
	const struct word *w;

	for (i = 1; i < n; i++) {
		w = &v[i];
		if (w->s.n < 2 || (w->s.s[0] != '-' && w->s.s[0] != '+'))
			break;
		if (str_eq(&w->s, "--")) {
			i++;
			break;
		}
		if (it->shell && w->s.s[0] == '-' && w->s.s[1] != '-' &&
		    memchr(w->s.s, 'c', w->s.n)) {
			/* -c, -lc: options may still follow */
			for (i++; i < n && v[i].s.n > 1 &&
			     v[i].s.s[0] == '-';)
				i++;
			offer(l, &v[0], WEAK);
			if (i < n && (!v[i].unknown || l->how == RUNS_WORDS))
				shell(l, v[i].s.s, v[i].s.n);
			else
				offer(l, &v[0], 0);
			return;
		}
		if (listed(it->file, w->s.s, w->s.n)) {
			i++;
			break;
		}
		if (listed(it->inlined, w->s.s, w->s.n) ||
		    (strcmp(it->name, "perl*") == 0 && w->s.s[1] != '-' &&
		    strpbrk(w->s.s + 1, "eE"))) {
			offer(l, &v[0], 0);
			return;
		}
		if (listed(it->with, w->s.s, w->s.n))
			i++;
	}
	offer(l, &v[0], i < n ? WEAK : 0);
	if (i < n)
		offer(l, &v[i], READ);
}

/* Words of one command: its program, and what that runs. */
static void
program(struct look *l, const struct word *v, size_t n)
{
	const struct wrapper *wr;
	const char *base;
	size_t i, k, skip, base_n;

again:
	while (n && (k = assignment(&v[0]))) {
		assign(l, &v[0], k);
		v++;
		n--;
	}
	if (!n || v[0].unknown)
		return;
	base = memrchr(v[0].s.s, '/', v[0].s.n);
	base = base ? base + 1 : v[0].s.s;
	base_n = v[0].s.n - (size_t)(base - v[0].s.s);
	for (k = 0; k < COUNT(interpreters); k++)
		if (named(interpreters[k].name, base, base_n)) {
			interpreted(l, &interpreters[k], v, n);
			return;
		}
	for (wr = NULL, k = 0; k < COUNT(wrappers) && !wr; k++)
		if (named(wrappers[k].name, base, base_n))
			wr = &wrappers[k];
	if (!wr) {
		offer(l, &v[0], 0);
		return;
	}
	offer(l, &v[0], WEAK);
	skip = (size_t)wr->words;
	for (i = 1; i < n; i++) {
		if (v[i].unknown && !skip)
			return;
		if (wr->takes) {
			if (listed(wr->takes, v[i].s.s, v[i].s.n) && i + 1 < n)
				break;
			continue;
		}
		if (v[i].s.n > 1 && v[i].s.s[0] == '-') {
			if (str_eq(&v[i].s, "--")) {
				i++;
				break;
			}
			if (wr->text && (v[i].s.s[v[i].s.n - 1] == wr->text &&
			    v[i].s.s[1] != '-')) {
				if (i + 1 < n && !v[i + 1].unknown)
					shell(l, v[i + 1].s.s, v[i + 1].s.n);
				return;
			}
			/* "timeout -s 9 5 x", "nice -5 x" */
			i += takes_word(&v[i], wr->with, wr->longs);
			if (strcmp(wr->name, "runuser") == 0)
				skip = 0;
			continue;
		}
		if (assignment(&v[i])) {
			assign(l, &v[i], assignment(&v[i]));
			continue;
		}
		/* su - NAME -c TEXT: "-" is a word of its own */
		if (strcmp(wr->name, "su") == 0 ||
		    strcmp(wr->name, "script") == 0 ||
		    (strcmp(wr->name, "capsh") == 0))
			continue;
		if (!skip)
			break;
		skip--;
	}
	if (wr->takes && i < n)
		i++;
	if (i >= n) {
		offer(l, &v[0], 0);
		return;
	}
	if (strcmp(wr->name, "run-parts") == 0) {
		offer(l, &v[i], READ);
		return;
	}
	v += i;
	n -= i;
	goto again;
}

/* One simple command of a shell. */
static void
simple(struct look *l, const struct word *v, size_t n)
{
	struct str text cleanup_str = STR_INIT;
	const struct word *w;
	size_t i, k;

	for (;;) {
		while (n && (k = assignment(&v[0])) && !v[0].quoted) {
			assign(l, &v[0], k);
			v++;
			n--;
		}
		if (!n || v[0].unknown)
			return;
		w = &v[0];
		if (!listed(going_on, w->s.s, w->s.n))
			break;
		v++;
		n--;
	}
	if (str_eq(&w->s, "exec") || str_eq(&w->s, "command")) {
		for (i = 1; i < n && v[i].s.n > 1 && v[i].s.s[0] == '-'; i++) {
			if (str_eq(&v[i].s, "-v") || str_eq(&v[i].s, "-V"))
				return;
			i += str_eq(&v[i].s, "-a");
		}
		program(l, v + i, n - i);
		return;
	}
	if ((str_eq(&w->s, ".") || str_eq(&w->s, "source")) && n > 1) {
		offer(l, &v[1], READ);
		return;
	}
	if (str_eq(&w->s, "eval")) {
		for (i = 1; i < n; i++) {
			if (v[i].unknown)
				return;
			str_add(&text, v[i].s.s, v[i].s.n);
			str_addc(&text, ' ');
		}
		shell(l, text.s, text.n);
		return;
	}
	if (str_eq(&w->s, "trap") && n > 2 && !v[1].unknown) {
		shell(l, v[1].s.s, v[1].s.n);
		return;
	}
	if (str_eq(&w->s, "cd") && n > 1) {
		if (v[1].unknown || v[1].s.s[0] != '/')
			str_clear(&l->cwd);
		else
			str_set(&l->cwd, v[1].s.s, v[1].s.n);
		return;
	}
	if (listed(builtins, w->s.s, w->s.n)) {
		for (i = 1; i < n; i++) {
			k = assignment(&v[i]);
			if (str_eq(&w->s, "alias") && !v[i].unknown &&
			    memchr(v[i].s.s, '=', v[i].s.n)) {
				k = (size_t)((char *)memchr(v[i].s.s, '=',
				    v[i].s.n) - v[i].s.s);
				shell(l, v[i].s.s + k + 1, v[i].s.n - k - 1);
			} else if (k && (str_eq(&w->s, "export") ||
			    str_eq(&w->s, "declare") ||
			    str_eq(&w->s, "typeset") ||
			    str_eq(&w->s, "readonly") ||
			    str_eq(&w->s, "local"))) {
				assign(l, &v[i], k);
			}
		}
		return;
	}
	program(l, v, n);
}

/* Where $( or a backtick at p[i] ends; what stands in it is looked into. */
static size_t
substitution(struct look *l, const char *p, size_t n, size_t i)
{
	struct str in cleanup_str = STR_INIT;
	int open = 1;
	char q = 0;
	size_t from;

	if (p[i] == '`') {
		for (i++; i < n && p[i] != '`'; i++) {
			if (p[i] == '\\' && i + 1 < n)
				i++;
			str_addc(&in, p[i]);
		}
		shell(l, in.s, in.n);
		return i;
	}
	from = i += 2;
	for (; i < n && open; i++) {
		if (q) {
			if (p[i] == '\\' && q == '"')
				i++;
			else if (p[i] == q)
				q = 0;
		} else if (p[i] == '\'' || p[i] == '"') {
			q = p[i];
		} else if (p[i] == '\\') {
			i++;
		} else if (p[i] == '(') {
			open++;
		} else if (p[i] == ')') {
			open--;
		}
	}
	if (i > n)
		i = n;
	if (from < n && p[from] != '(') /* $((...)) is arithmetic */
		shell(l, p + from, i - from - (open == 0));
	return i - 1;
}

/* $NAME, ${NAME} at p[i]: its value goes to the word. Returns the last byte. */
static size_t
variable(struct look *l, const char *p, size_t n, size_t i, struct word *w)
{
	const struct str *v;
	size_t from = i + 1, end;
	bool brace = from < n && p[from] == '{';

	from += brace;
	for (end = from; end < n && name_byte(p[end]);)
		end++;
	if (brace && (end >= n || p[end] != '}')) {
		/* ${NAME:-...} and its kind */
		while (end < n && p[end] != '}')
			end++;
		w->unknown = true;
		return end < n ? end : n - 1;
	}
	if (end == from) { /* $1, $@, $$ or a plain $ */
		w->unknown = w->unknown || (end < n && strchr("@*#?$!-", p[end]));
		if (end < n && strchr("@*#?$!-", p[end]))
			return end;
		str_addc(&w->s, '$');
		return i;
	}
	v = value_of(l, p + from, end - from);
	if (v && w->s.n + v->n <= ROOT_PATH_MAX)
		str_add(&w->s, v->s, v->n);
	else
		w->unknown = true;
	return brace ? end : end - 1;
}

/* A here-document: its word at p[i] == '<'; the body follows the line. */
static size_t
here(const char *p, size_t n, size_t i, struct str *word)
{
	char q;

	i += 2;
	str_clear(word);
	if (i < n && p[i] == '<')
		return i;
	if (i < n && p[i] == '-')
		i++;
	while (i < n && (p[i] == ' ' || p[i] == '\t'))
		i++;
	while (i < n && !strchr(" \t\n|&;<>()", p[i])) {
		if (p[i] == '\'' || p[i] == '"') {
			q = p[i++];
			while (i < n && p[i] != q)
				str_addc(word, p[i++]);
		} else if (p[i] != '\\') {
			str_addc(word, p[i]);
		}
		i += i < n;
	}
	return i - 1;
}

static void
shell(struct look *l, const char *p, size_t n)
{
	struct str end cleanup_str = STR_INIT;
	struct words ws = {0};
	struct word *w = NULL;
	bool skip = false; /* the next word is where output goes */
	enum runs_syntax how = l->how;
	size_t i, k;
	char c;

	if (l->depth >= RUNS_DEPTH_MAX)
		return;
	l->depth++;
	l->how = RUNS_SHELL;
	for (i = 0; i < n; i++) {
		c = p[i];
		if (c == ' ' || c == '\t' || c == '\r') {
			w = NULL;
			continue;
		}
		if (c == '#' && !w) {
			while (i + 1 < n && p[i + 1] != '\n')
				i++;
			continue;
		}
		if (c == '\\' && i + 1 < n && p[i + 1] == '\n') {
			i++;
			continue;
		}
		if ((c == '<' || c == '>') && i + 1 < n && p[i + 1] == '(') {
			i = substitution(l, p, n, i);
			w = words_add(&ws);
			w->unknown = true;
			continue;
		}
		if (c == '<' || c == '>') {
			/* 2>file: the number is no argument */
			if (w && !w->quoted && ws.n && w->s.n == 1 &&
			    w->s.s[0] >= '0' && w->s.s[0] <= '9') {
				str_release(&ws.v[--ws.n].s);
			}
			w = NULL;
			if (c == '<' && i + 1 < n && p[i + 1] == '<') {
				i = here(p, n, i, &end);
				skip = !end.n;
				continue;
			}
			while (i + 1 < n && strchr("<>&|", p[i + 1]))
				i++;
			skip = true;
			continue;
		}
		if (strchr(";&|()\n", c) && c) {
			if (c == '&' && i + 1 < n && p[i + 1] == '>')
				continue; /* &>file */
			skip = false;
			w = NULL;
			if (c != '(' || ws.n != 1) /* name(): a function */
				simple(l, ws.v, ws.n);
			words_clear(&ws);
			while (c == '\n' && end.n && i + 1 < n) {
				/* the body of a here-document */
				for (k = i + 1; k < n && p[k] == '\t';)
					k++;
				c = (char)(n - k >= end.n &&
				    memcmp(p + k, end.s, end.n) == 0 &&
				    (k + end.n == n || p[k + end.n] == '\n')
					? 0 : '\n');
				while (k < n && p[k] != '\n')
					k++;
				i = k < n ? k : n;
			}
			str_clear(&end);
			continue;
		}
		if (!w)
			w = words_add(&ws);
		if (c == '\'') {
			w->quoted = true;
			for (i++; i < n && p[i] != '\''; i++)
				str_addc(&w->s, p[i]);
		} else if (c == '"') {
			w->quoted = true;
			for (i++; i < n && p[i] != '"'; i++) {
				if (p[i] == '\\' && i + 1 < n &&
				    strchr("$`\"\\\n", p[i + 1])) {
					if (p[++i] != '\n')
						str_addc(&w->s, p[i]);
				} else if (p[i] == '`' || (p[i] == '$' &&
				    i + 1 < n && p[i + 1] == '(')) {
					i = substitution(l, p, n, i);
					w->unknown = true;
				} else if (p[i] == '$') {
					i = variable(l, p, n, i, w);
				} else {
					str_addc(&w->s, p[i]);
				}
			}
		} else if (c == '\\') {
			if (++i < n)
				str_addc(&w->s, p[i]);
		} else if (c == '`' ||
		    (c == '$' && i + 1 < n && p[i + 1] == '(')) {
			i = substitution(l, p, n, i);
			w->unknown = true;
		} else if (c == '$') {
			i = variable(l, p, n, i, w);
		} else if (c == '~' && !w->s.n && !w->quoted &&
		    (i + 1 == n || strchr("/ \t\n;&|)", p[i + 1]))) {
			if (l->home)
				str_add(&w->s, l->home->s, l->home->n);
			else
				w->unknown = true;
		} else {
			/* a pattern names a file only when it is run */
			if (c == '*' || c == '?')
				w->unknown = w->unknown || w->s.n > 0;
			str_addc(&w->s, c);
		}
		if (skip && (i + 1 >= n || strchr(" \t\n;&|()<>", p[i + 1]))) {
			str_release(&ws.v[--ws.n].s);
			w = NULL;
			skip = false;
		}
	}
	simple(l, ws.v, ws.n);
	words_release(&ws);
	l->how = how;
	l->depth--;
}

/* Words as systemd.service(5) and the desktop entries have them. */
static void
plain(struct look *l, const char *p, size_t n)
{
	struct words ws = {0};
	struct word *w = NULL;
	char q = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!q && (p[i] == ' ' || p[i] == '\t' || p[i] == '\n' ||
		    p[i] == '\r')) {
			w = NULL;
			continue;
		}
		if (!w)
			w = words_add(&ws);
		if (q ? p[i] == q : p[i] == '"' || p[i] == '\'') {
			q = q ? 0 : p[i];
			w->quoted = true;
		} else if (p[i] == '\\' && i + 1 < n) {
			i++;
			if (p[i] == 's')
				str_addc(&w->s, ' ');
			else if (strchr("\\\"' ", p[i]))
				str_addc(&w->s, p[i]);
			else
				w->unknown = true;
		} else if ((p[i] == '%' || p[i] == '$') && i + 1 < n &&
		    p[i + 1] == p[i]) {
			str_addc(&w->s, p[i++]);
		} else {
			if (p[i] == '%' || (p[i] == '$' && i + 1 < n &&
			    (name_byte(p[i + 1]) || strchr("{@#%&", p[i + 1]))))
				w->unknown = true;
			str_addc(&w->s, p[i]);
		}
	}
	program(l, ws.v, ws.n);
	words_release(&ws);
}

void
art_runs(const struct art_file *f, struct rec *r, enum runs_syntax how,
    const char *command, size_t n, const char *path, const char *cwd)
{
	struct look l = {.f = f, .how = how, .path = STR_INIT,
	    .cwd = STR_INIT, .program = STR_INIT};
	const struct account *a;
	struct runs_file *k;
	struct word one = {.s = STR_INIT};

	if (!n)
		return;
	str_adds(&l.path, path ? path : RUNS_PATH);
	if (cwd)
		str_adds(&l.cwd, cwd);
	a = f->owner && f->accounts ? accounts_by_name(f->accounts, f->owner,
	    strlen(f->owner)) : NULL;
	if (a && a->home.n)
		l.home = &a->home;
	if (how == RUNS_FILE) {
		str_add(&one.s, command, n);
		offer(&l, &one, READ);
		str_release(&one.s);
	} else if (how == RUNS_WORDS) {
		plain(&l, command, n);
	} else {
		shell(&l, command, n);
	}
	if (l.program.n) {
		k = l.program.s[0] == '/' ? lookup(f, l.program.s) : NULL;
		if (!k || !k->there) {
			rec_str(r, COL_persist_program, &l.program);
			rec_text(r, COL_persist_program_state, "missing");
		} else {
			rec_str(r, COL_persist_program, &k->path);
			rec_text(r, COL_persist_program_state,
			    pkg_state_name(k->state));
			rec_str(r, COL_persist_program_package, &k->package);
			want(f, k);
			if (k->sha256[0])
				rec_text(r, COL_persist_program_sha256,
				    k->sha256);
			rec_int(r, COL_persist_program_uid, k->st.st_uid);
			rec_int(r, COL_persist_program_mode,
			    k->st.st_mode & 07777);
			rec_time(r, COL_persist_program_changed_time,
			    civil_ns(k->st.st_ctim.tv_sec,
				k->st.st_ctim.tv_nsec));
		}
	}
	str_release(&l.path);
	str_release(&l.cwd);
	str_release(&l.program);
	strlist_release(&l.names);
	strlist_release(&l.values);
}
