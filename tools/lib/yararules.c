#include "yararules.h"

#include "digest.h"
#include "limits.h"
#include "packdir.h"
#include "root.h"

#include <errno.h>
#include <malloc.h>

/* What public sets expect to be defined (LOKI's and THOR's names). */
static const char *const variables[] = {"filename", "filepath", "extension",
	"filetype", "owner"};

/* A folder that was named: includes stay in it. */
struct yara_base {
	struct root *root;
	struct str dir; /* as given */
};

void
yararules_init(struct yararules *y)
{
	int k;

	/* a compiler takes and gives back 10 MB: pages stay for the next one */
	mallopt(M_TRIM_THRESHOLD, 256 << 20);
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	memset(y, 0, sizeof(*y));
	k = yr_initialize();
	if (k == ERROR_SUCCESS)
		k = yr_set_configuration_uint32(YR_CONFIG_MAX_MATCH_DATA,
		    YARA_TEXT_MAX);
	if (k != ERROR_SUCCESS)
		die("libyara does not start: error %d", k);
}

static void
file_release(struct yarafile *f)
{
	str_release(&f->namespace);
	str_release(&f->pack);
	str_release(&f->path);
	str_release(&f->text);
	str_release(&f->below);
}

void
yararules_free(struct yararules *y)
{
	size_t i;

	if (y->all)
		yr_rules_destroy(y->all);
	if (y->path)
		yr_rules_destroy(y->path);
	for (i = 0; i < y->n; i++)
		file_release(&y->files[i]);
	free(y->files);
	for (i = 0; i < y->problems_n; i++) {
		str_release(&y->problems[i].path);
		str_release(&y->problems[i].reason);
	}
	free(y->problems);
	for (i = 0; i < y->bases_n; i++) {
		root_free(y->bases[i].root);
		str_release(&y->bases[i].dir);
	}
	free(y->bases);
	strlist_release(&y->read);
	yr_finalize();
	yarafind_free(y->find_all);
	yarafind_free(y->find_path);
	memset(y, 0, sizeof(*y));
}

static struct yara_problem *
problem(struct yararules *y, const char *path, int line, const char *reason)
{
	struct yara_problem *p;

	y->problems = xreallocarray(y->problems, y->problems_n + 1,
	    sizeof(*y->problems));
	p = &y->problems[y->problems_n++];
	memset(p, 0, sizeof(*p));
	str_init(&p->path);
	str_init(&p->reason);
	str_sets(&p->path, path);
	str_sets(&p->reason, reason);
	p->line = line;
	return p;
}

static void
refuse(struct yararules *y, struct yarafile *f, const char *reason)
{
	f->refused = true;
	problem(y, f->path.s, 0, reason)->pack = f->pack.n > 0;
}

/* ---- finding and reading ------------------------------------------------ */

static int
add_base(struct yararules *y, const char *dir, size_t *base, struct err *e)
{
	struct root *r = root_open_dir(dir, e);

	if (!r)
		return -1;
	y->bases = xreallocarray(y->bases, y->bases_n + 1, sizeof(*y->bases));
	y->bases[y->bases_n].root = r;
	str_init(&y->bases[y->bases_n].dir);
	str_sets(&y->bases[y->bases_n].dir, dir);
	*base = y->bases_n++;
	return 0;
}

/* libyara wants texts that end with a NUL; the mark of UTF-8 it takes for an
 * unknown character. */
static const char *
text_of(const struct yarafile *f)
{
	return f->text.n >= 3 && memcmp(f->text.s, "\xef\xbb\xbf", 3) == 0 ?
	    f->text.s + 3 : f->text.s;
}

/* Why a file is no source of rules; NULL: it may be. */
static const char *
no_text(const char *p, size_t n)
{
	if (n >= 4 && memcmp(p, "YARA", 4) == 0)
		return "compiled rules: these are programs for libyara's own "
		       "machine and never loaded; give the source";
	if (memchr(p, '\0', n))
		return "is no text: it holds a NUL";
	return NULL;
}

static bool
namespace_taken(const struct yararules *y, const char *name)
{
	return yararules_file(y, name) != NULL;
}

/* shown: as given; below: in the base's folder. */
static int
add_file(struct yararules *y, size_t base, const char *below,
    const char *shown, const char *pack, const struct str *namespace,
    struct err *e)
{
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	struct str name cleanup_str = STR_INIT, text cleanup_str = STR_INIT;
	struct err why;
	const char *no = NULL;
	struct yarafile *f;
	size_t i;
	int k;

	if (y->n >= YARA_FILES_MAX)
		return err_set(e, ERR_LIMIT, 0,
		    "more than YARA_FILES_MAX rule files (%d)",
		    YARA_FILES_MAX);
	k = root_slurp(y->bases[base].root, below, YARA_FILE_MAX, &text, &rf,
	    &why);
	for (i = 0; rf.fd >= 0 && i < y->n; i++)
		if (y->files[i].dev == rf.st.st_dev &&
		    y->files[i].ino == rf.st.st_ino && y->files[i].text.n)
			return 0; /* the same file by another name */
	str_add_readable(&name, namespace->s, namespace->n);
	for (i = 2; namespace_taken(y, name.s); i++) {
		str_clear(&name);
		str_add_readable(&name, namespace->s, namespace->n);
		str_addf(&name, "#%zu", i);
	}
	y->files = xreallocarray(y->files, y->n + 1, sizeof(*y->files));
	f = &y->files[y->n++];
	memset(f, 0, sizeof(*f));
	str_init(&f->namespace);
	str_init(&f->pack);
	str_init(&f->path);
	str_init(&f->text);
	str_init(&f->below);
	str_set(&f->namespace, name.s, name.n);
	str_sets(&f->pack, pack);
	str_sets(&f->path, shown);
	str_sets(&f->below, rf.fd >= 0 ? rf.path.s : below);
	str_set(&f->text, text.s, text.n);
	f->base = base;
	if (rf.fd >= 0) {
		f->dev = rf.st.st_dev;
		f->ino = rf.st.st_ino;
	}
	digest_of(f->text.s, f->text.n, f->sha256);
	if (k < 0)
		refuse(y, f, why.msg);
	else if (k > 0)
		refuse(y, f, "is longer than YARA_FILE_MAX");
	else if ((no = no_text(f->text.s, f->text.n)))
		refuse(y, f, no);
	return 0;
}

static bool
ends(const char *s, const char *with)
{
	size_t n = strlen(s), k = strlen(with);

	return n > k && strcmp(s + n - k, with) == 0;
}

int
yararules_add_packs(struct yararules *y, const char *dir, struct err *e)
{
	struct packdirs packs = PACKDIRS_INIT;
	size_t i, k, base;
	int result = packdirs_find(&packs, dir, e);

	for (i = 0; !result && i < packs.n; i++) {
		struct strlist names cleanup_strlist = STRLIST_INIT;
		const struct packdir *p = &packs.v[i];

		result = packdir_names(p->dir.s, &names, e);
		if (!result)
			result = add_base(y, p->dir.s, &base, e);
		strlist_add(&y->read, p->dir.s, p->dir.n);
		for (k = 0; !result && k < names.n; k++) {
			struct str path cleanup_str = STR_INIT;
			struct str space cleanup_str = STR_INIT;
			const char *name = names.v[k].s;

			if (!ends(name, ".yar"))
				continue;
			str_addf(&path, "%s/%s", p->dir.s, name);
			str_addf(&space, "%s/", p->id.s);
			str_add(&space, name, strlen(name) - 4);
			result = add_file(y, base, name, path.s, p->id.s,
			    &space, e);
		}
	}
	packdirs_free(&packs);
	return result;
}

struct search {
	struct yararules *y;
	const char *dir;
	struct strlist found; /* paths below it */
	struct err err;
};

static int
found_one(void *arg, struct root_file *f)
{
	struct search *s = arg;

	if (S_ISDIR(f->st.st_mode))
		return 0;
	if (!ends(f->path.s, ".yar") && !ends(f->path.s, ".yara"))
		return 0;
	if (s->found.n >= YARA_FILES_MAX)
		return err_set(&s->err, ERR_LIMIT, 0, "'%s' has more than "
		    "YARA_FILES_MAX rule files (%d)", s->dir, YARA_FILES_MAX);
	strlist_add(&s->found, f->path.s, f->path.n);
	return 0;
}

static void
found_bad(void *arg, const char *path, const struct err *e)
{
	struct search *s = arg;
	struct str p cleanup_str = STR_INIT;

	str_addf(&p, "%s%s", s->dir, path);
	problem(s->y, p.s, 0, e->msg);
}

static int
add_folder(struct yararules *y, const char *dir, struct err *e)
{
	struct search s = {.y = y, .dir = dir, .found = STRLIST_INIT};
	size_t i, base;
	int result = add_base(y, dir, &base, e);

	if (result)
		return -1;
	if (root_walk(y->bases[base].root, "/", found_one, found_bad, &s, e)) {
		if (s.err.class)
			*e = s.err;
		result = -1;
	}
	strlist_sort(&s.found);
	for (i = 0; !result && i < s.found.n; i++) {
		struct str path cleanup_str = STR_INIT;
		struct str space cleanup_str = STR_INIT;

		str_addf(&path, "%s%s", dir, s.found.v[i].s);
		str_sets(&space, s.found.v[i].s + 1);
		strlist_add(&y->read, path.s, path.n);
		result = add_file(y, base, s.found.v[i].s, path.s, "", &space,
		    e);
	}
	strlist_release(&s.found);
	return result;
}

int
yararules_add(struct yararules *y, const char *path, struct err *e)
{
	struct str space cleanup_str = STR_INIT;
	char *real cleanup_free = NULL, *slash;
	struct stat st;
	size_t base;

	/* the name may be a link to anywhere: it is the analyst's word */
	real = realpath(path, NULL);
	if (!real || stat(real, &st))
		return err_sys(e, errno, "cannot open '%s'", path);
	if (S_ISDIR(st.st_mode))
		return add_folder(y, path, e);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_CORRUPT, 0,
		    "'%s' is neither a file nor a folder", path);
	slash = strrchr(real, '/');
	*slash = '\0';
	if (add_base(y, *real ? real : "/", &base, e))
		return -1;
	str_sets(&space, strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
	strlist_adds(&y->read, path);
	return add_file(y, base, slash + 1, path, "", &space, e);
}

const struct yarafile *
yararules_file(const struct yararules *y, const char *namespace)
{
	size_t i;

	for (i = 0; i < y->n; i++)
		if (str_eq(&y->files[i].namespace, namespace))
			return &y->files[i];
	return NULL;
}

/* ---- compiling ---------------------------------------------------------- */

/* A file that is being compiled, for libyara's callbacks. */
struct compiling {
	struct yararules *y;
	struct yarafile *f;
	/* Includes that are open: the name that was written, and what it is
	 * below the base. A name is there once (libyara sees to that). */
	struct strlist written, below;
	size_t included; /* bytes */
	bool warnings;
	/* the first error */
	struct str path, reason;
	int line;
};

/*
 * Where an include lies below the base, or NULL and why: a name is relative
 * to the file that it stands in, as with yara(1), and must not leave the
 * folder on any part of its way.
 */
static const char *
include_path(const char *from, const char *name, struct str *out)
{
	size_t i, n, depth = 0;
	const char *slash;

	if (*name == '/')
		return "an absolute include: only what is beneath the folder "
		       "of the rules can be included";
	str_clear(out);
	slash = strrchr(from, '/');
	if (slash)
		str_add(out, from, (size_t)(slash - from));
	str_addc(out, '/');
	str_adds(out, name);
	for (i = 0; i < out->n; i += n) {
		n = strcspn(out->s + i, "/");
		if (n == 2 && memcmp(out->s + i, "..", 2) == 0) {
			if (!depth--)
				return "an include that leaves the folder of "
				       "the rules";
		} else if (n && !(n == 1 && out->s[i] == '.')) {
			depth++;
		}
		n += out->s[i + n] == '/';
	}
	return NULL;
}

/* Does the real file lie beneath the folder, where links were followed? */
static bool
beneath(const struct yara_base *b, const char *below)
{
	struct str p cleanup_str = STR_INIT;
	char *dir cleanup_free = realpath(b->dir.s, NULL);
	char *file cleanup_free = NULL;
	size_t n;

	str_addf(&p, "%s/%s", b->dir.s, below);
	file = realpath(p.s, NULL);
	if (!dir || !file)
		return false;
	n = strlen(dir);
	if (n && dir[n - 1] == '/')
		n--;
	return strncmp(dir, file, n) == 0 && file[n] == '/';
}

static const char *
include(struct compiling *c, const char *name, const char *caller,
    struct str *text)
{
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	struct str below cleanup_str = STR_INIT;
	const struct yara_base *b = &c->y->bases[c->f->base];
	const char *from = c->f->below.s, *why;
	struct err e;
	int k;

	/* those behind the caller have ended */
	while (c->written.n &&
	    (!caller || !str_eq(&c->written.v[c->written.n - 1], caller))) {
		str_release(&c->written.v[--c->written.n]);
		str_release(&c->below.v[--c->below.n]);
	}
	if (c->below.n)
		from = c->below.v[c->below.n - 1].s;
	why = include_path(from, name, &below);
	if (why)
		return why;
	k = root_slurp(b->root, below.s, YARA_FILE_MAX, text, &rf, &e);
	if (k < 0 && e.class == ERR_ABSENT)
		return "an include that is not there";
	if (k < 0)
		return "an include that cannot be read";
	if (!beneath(b, below.s))
		return "an include that leaves the folder of the rules "
		       "through a link";
	c->included += text->n;
	if (k || c->included > YARA_INCLUDE_MAX)
		return "more than YARA_INCLUDE_MAX is included";
	why = no_text(text->s, text->n);
	if (why)
		return why;
	strlist_adds(&c->written, name);
	strlist_add(&c->below, below.s, below.n);
	str_clear(&below);
	str_addf(&below, "%s/%s", b->dir.s, c->below.v[c->below.n - 1].s);
	strlist_add(&c->y->read, below.s, below.n);
	if (strstr(text->s, "\"magic\""))
		c->y->magic = true;
	return NULL;
}

static const char *
on_include(const char *name, const char *caller,
    const char *namespace UNUSED, void *arg)
{
	struct compiling *c = arg;
	struct str text cleanup_str = STR_INIT;
	const char *why = include(c, name, caller, &text);

	if (!why)
		return str_steal(&text);
	if (!c->reason.n)
		str_addf(&c->reason, "%s: \"%s\"", why, name);
	return NULL;
}

static void
on_include_free(const char *p, void *arg UNUSED)
{
	free((void *)(uintptr_t)p);
}

static void
on_message(int level, const char *file, int line, const YR_RULE *rule UNUSED,
    const char *message, void *arg)
{
	struct compiling *c = arg;
	const struct yara_base *b = &c->y->bases[c->f->base];
	struct str path cleanup_str = STR_INIT;
	size_t i;

	str_set(&path, c->f->path.s, c->f->path.n);
	for (i = 0; file && i < c->written.n; i++)
		if (str_eq(&c->written.v[i], file)) {
			str_clear(&path);
			str_addf(&path, "%s%s", b->dir.s, c->below.v[i].s);
		}
	if (level == YARA_ERROR_LEVEL_WARNING) {
		if (c->warnings)
			problem(c->y, path.s, line, message)->warning = true;
		return;
	}
	if (c->line)
		return;
	c->line = line > 0 ? line : 1;
	str_set(&c->path, path.s, path.n);
	if (!c->reason.n)
		str_sets(&c->reason, message);
}

/* One file into a compiler. 0, or -1: it is refused, c says why, and the
 * compiler is of no use any more. */
static int
add_source(struct compiling *c, YR_COMPILER *to)
{
	int errors;

	strlist_clear(&c->written);
	strlist_clear(&c->below);
	str_clear(&c->path);
	str_clear(&c->reason);
	c->line = 0;
	c->included = 0;
	yr_compiler_set_callback(to, on_message, c);
	yr_compiler_set_include_callback(to, on_include, on_include_free, c);
	errors = yr_compiler_add_string(to, text_of(c->f),
	    c->f->namespace.s);
	if (errors && !c->reason.n)
		str_addf(&c->reason, "libyara gives no reason (error %d)",
		    to->last_error);
	return errors ? -1 : 0;
}

static void
compiling_release(struct compiling *c)
{
	strlist_release(&c->written);
	strlist_release(&c->below);
	str_release(&c->path);
	str_release(&c->reason);
}

static void
refuse_compiled(struct compiling *c)
{
	c->f->refused = true;
	problem(c->y, c->path.n ? c->path.s : c->f->path.s, c->line,
	    c->reason.s)->pack = c->f->pack.n > 0;
}

static YR_COMPILER *
new_compiler(bool with_variables)
{
	YR_COMPILER *c;
	size_t i;

	if (yr_compiler_create(&c) != ERROR_SUCCESS)
		die("libyara makes no compiler");
	for (i = 0; with_variables && i < COUNT(variables); i++)
		if (yr_compiler_define_string_variable(c, variables[i], "") !=
		    ERROR_SUCCESS)
			die("libyara does not take the variable '%s'",
			    variables[i]);
	return c;
}

/* Does it compile alone? c has the reason if not. */
static bool
compiles(struct compiling *c, bool with_variables)
{
	YR_COMPILER *alone = new_compiler(with_variables);
	bool good = add_source(c, alone) == 0;

	yr_compiler_destroy(alone);
	return good;
}

/* Is one of the names in the text, or may it be in another that is included?
 * Comments and strings count: a test too many costs little. */
static bool
may_need_path(const char *text)
{
	size_t i;

	for (i = 0; i < COUNT(variables); i++)
		if (strstr(text, variables[i]))
			return true;
	return strstr(text, "include") != NULL;
}

static void
classify(struct yararules *y, struct yarafile *f)
{
	struct compiling c = {.y = y, .f = f};

	if (strstr(f->text.s, "\"magic\""))
		y->magic = true;
	if (!may_need_path(f->text.s))
		return;
	if (!compiles(&c, false)) {
		if (compiles(&c, true))
			f->needs_path = f->tried = true;
		else
			refuse_compiled(&c);
	}
	compiling_release(&c);
}

/*
 * All good files into one set. A compiler is of no use after an error: files
 * behind the first bad one are tried alone, and then it is done again with
 * those that are good, so that a set with many bad files costs little more
 * than one with a single one. Returns NULL where no rule is left.
 */
static YR_RULES *
build(struct yararules *y, bool path_only, struct err *e)
{
	struct compiling c = {.y = y, .warnings = y->warnings && !path_only};
	YR_COMPILER *to = NULL;
	YR_RULES *rules = NULL;
	size_t i, used;
	int k;

again:
	used = 0;
	to = new_compiler(true);
	for (i = 0; i < y->n; i++) {
		c.f = &y->files[i];
		if (c.f->refused || (path_only && !c.f->needs_path))
			continue;
		if (add_source(&c, to) == 0) {
			c.f->tried = true;
			used++;
			continue;
		}
		refuse_compiled(&c);
		yr_compiler_destroy(to);
		for (i++; i < y->n; i++) {
			c.f = &y->files[i];
			if (c.f->refused || c.f->tried)
				continue;
			c.f->tried = compiles(&c, true);
			if (!c.f->tried)
				refuse_compiled(&c);
		}
		c.warnings = false; /* they are known */
		goto again;
	}
	if (used) {
		k = yr_compiler_get_rules(to, &rules);
		if (k != ERROR_SUCCESS)
			err_set(e, ERR_OURS, 0, "libyara cannot finish the "
			    "rules: error %d", k);
	}
	yr_compiler_destroy(to);
	compiling_release(&c);
	if (rules && !rules->num_rules) {
		yr_rules_destroy(rules);
		rules = NULL;
	}
	return rules;
}

/* Rules of each file; namespaces come in the order of files. */
static void
count_rules(struct yararules *y)
{
	const char *last = NULL;
	size_t at = 0;
	YR_RULE *rule;

	yr_rules_foreach(y->all, rule)
	{
		if (rule->ns->name != last) {
			last = rule->ns->name;
			for (at = 0; at < y->n; at++)
				if (str_eq(&y->files[at].namespace, last))
					break;
		}
		if (at < y->n)
			y->files[at].rules++;
	}
}

int
yararules_compile(struct yararules *y, struct err *e)
{
	struct err why = {.class = ERR_NONE};
	size_t i;
	bool need = false;

	for (i = 0; i < y->n; i++)
		if (!y->files[i].refused)
			classify(y, &y->files[i]);
	y->all = build(y, false, &why);
	for (i = 0; i < y->n; i++)
		need |= y->files[i].needs_path && !y->files[i].refused;
	if (y->all && need)
		y->path = build(y, true, &why);
	if (why.class) {
		*e = why;
		return -1;
	}
	if (y->all) {
		count_rules(y);
		y->find_all = yarafind_new(y->all);
	}
	if (y->path)
		y->find_path = yarafind_new(y->path);
	for (i = 0; i < y->n; i++)
		str_release(&y->files[i].text);
	return 0;
}
