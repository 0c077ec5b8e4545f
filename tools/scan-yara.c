/*
 * scan-yara - YARA over the files of the evidence, or over live memory
 *
 * Records: match, yara_rule, blob. With --processes: yaraproc.h; else:
 *
 * Files come in batches, and a batch is worked on in three steps:
 *
 *   1. workers read each file and give its digest; where the file is wanted
 *      whatever its bytes are, and no rule asks for its name, they look at
 *      once whether any rule matches these bytes, while they are at hand;
 *   2. of each content that was never seen, one holder is scanned with all
 *      rules; what its bytes are good for (the matches of content rules) is
 *      given back and kept with the digest;
 *   3. the other holders get their rows from what is known, and are asked
 *      the rules that need a path, if there are any.
 *
 * Of a file of the host that matches, the package database is asked whose it
 * is: a rule's words may stand in what a package brought.
 *
 * The parent parses no byte of the evidence. What workers give it is checked:
 * a worker that was taken over can lie about its own file only.
 */

#include "accounts.h"
#include "collect.h"
#include "content.h"
#include "limits.h"
#include "magicdb.h"
#include "packages.h"
#include "packdir.h"
#include "seen.h"
#include "walk.h"
#include "worker.h"
#include "yaraproc.h"
#include "yararules.h"
#include "yarascan.h"

#include <ctype.h>
#include <stdatomic.h>
#include <sys/mman.h>

/* ---- options ------------------------------------------------------------- */

static struct strlist opt_iocs, opt_rules, opt_leave_out;
static bool opt_all, opt_verbose, opt_progress, opt_processes, opt_keep;

static struct yararules rules;
static struct select opt_select;
static struct walk_out *ours;

/* ---- what is known ------------------------------------------------------- */

/* The value of a content in the table: a state, a mark, a number of known. */
enum {
	STATE_NEW,     /* not scanned, or its matches could not be kept */
	STATE_CLEAN,
	STATE_MATCHED, /* known has its matches */
	STATE_FAILED,  /* it killed its scanner, or could not be scanned */
	STATE_MASK = 3,
	VALUE_KEPT = 4, /* its bytes are in the stream */
	VALUE_SHIFT = 3,
};

/* Matches of a content: struct hit and its text, one behind the other. */
struct known {
	char *p;
	size_t n;
};

/* A match on its way from a worker, and as it is kept. */
struct hit {
	uint32_t rule;	 /* in rules.all */
	uint32_t string; /* which of the rule's; NO_STRING */
	int64_t offset;
	uint32_t length;
	uint32_t text_n; /* bytes behind this */
};
#define NO_STRING UINT32_MAX

/* What a worker gives of an item that it scanned; behind it slow_n rules,
 * rules_n rules that matched, and the hits of content rules. */
struct given {
	uint8_t what;
	uint8_t kept;
	uint16_t slow_n;
	uint32_t rules_n;
	uint64_t kept_bytes;
	uint64_t scanned; /* bytes that all rules saw; 0: none had to */
};
enum { GIVEN_NOTHING, GIVEN_SCANNED, GIVEN_FAILED };

/* An item of the batch. */
struct item {
	uint32_t content; /* its number; 0: no digest */
	bool scan;	  /* it has bytes, and they are wanted */
	bool answered;	  /* step 2 has come to an end with it */
};

struct scan {
	struct walk w;
	struct rec *rec;
	struct seen *seen;
	struct known *known;
	size_t known_n, known_bytes;
	struct item *items;
	_Atomic uint64_t *claims; /* shared by workers */
	size_t claims_n;
	size_t *list; /* items of the step at hand */
	size_t list_n;
	const struct yarafile **file; /* of each rule of rules.all */
	uint32_t *path_rule; /* number in rules.all of each of rules.path */
	bool *told;	     /* the rule has its row */
	uint32_t *slow;	     /* files for which it was too slow */
	uint32_t suspects[YARA_SLOW_MAX * 4];
	size_t suspects_n;
	uint64_t kept; /* bytes in the stream */
	bool kept_all;
	struct {
		uint64_t files, scanned, bytes, mapped;
	} count;
	/* of a worker */
	struct content_reader *reader;
	struct yarascan *yara;
	struct pkgdb *packages; /* of the host */
};

static size_t
rule_number(const YR_RULES *set, const YR_RULE *rule)
{
	return (size_t)(rule - set->rules_table);
}

/* ---- step 1: digests ------------------------------------------------------- */

struct choosing {
	struct scan *s;
	size_t item;
};

/* Is one of its names one that its first bytes make worth looking at? */
static bool
choose(void *arg, const unsigned char *head, size_t n)
{
	struct choosing *c = arg;
	struct walk *w = &c->s->w;
	size_t i;

	if (opt_all)
		return true;
	i = c->item;
	do {
		if (w->items[i].why != TRIAGE_NO ||
		    triage_bytes(walk_path(w, i), head, n) != TRIAGE_NO)
			return true;
		i = w->items[i].next;
	} while (i);
	return false;
}

/* The digest was taken before: what is scanned now must be the same bytes, or
 * somebody could have a hostile file's digest called clean. */
static int
changed_since(const struct walk_item *it, const struct stat *st, struct err *e)
{
	if (it->size == (uint64_t)st->st_size &&
	    it->modified == walk_time(&st->st_mtim) &&
	    it->changed == walk_time(&st->st_ctim))
		return 0;
	return err_set(e, ERR_CHANGED, 0, "changed since it was found: %llu "
	    "bytes before, %lld after", (unsigned long long)it->size,
	    (long long)st->st_size);
}

/*
 * Contents that workers of this batch have taken on, in memory that they
 * share: 64 bits of the digest. Who finds his there leaves the content to the
 * other; the parent sees to it that somebody has answered for it, so whoever
 * claims what he has not, gains nothing.
 */
static bool
claim(struct scan *s, const unsigned char *sha256)
{
	uint64_t key, none;
	size_t at;

	if (!s->claims)
		return true;
	memcpy(&key, sha256, sizeof(key));
	key |= !key;
	for (at = key % s->claims_n;; at = (at + 1) % s->claims_n) {
		none = 0;
		if (atomic_compare_exchange_strong(&s->claims[at], &none, key))
			return true;
		if (none == key)
			return false;
	}
}

static void
claims_new(struct scan *s)
{
	void *p;

	s->claims_n = 2 * s->list_n + 1;
	p = mmap(NULL, s->claims_n * sizeof(*s->claims),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	s->claims = p == MAP_FAILED ? NULL : p;
}

static void
claims_free(struct scan *s)
{
	if (s->claims)
		munmap((void *)(uintptr_t)s->claims,
		    s->claims_n * sizeof(*s->claims));
	s->claims = NULL;
}

/* Is it wanted whatever its first bytes are? */
static bool
wanted(const struct walk *w, size_t i)
{
	if (opt_all)
		return true;
	do {
		if (w->items[i].why != TRIAGE_NO)
			return true;
		i = w->items[i].next;
	} while (i);
	return false;
}

/*
 * Read it once for both, digest and rules. Only what is clean is settled here;
 * what matches, or makes any trouble, takes the way of all others, which tells
 * of it in the order of the files. True: all is given.
 */
static bool
clean_item(struct scan *s, struct root *root, size_t i, struct root_file *f)
{
	const unsigned char *p;
	unsigned char out[33];
	struct err e;
	bool whole;
	size_t n;

	if (rules.path || s->w.items[i].size > (uint64_t)YARA_WHOLE_MAX ||
	    !wanted(&s->w, i))
		return false;
	if (!s->yara)
		s->yara = yarascan_new(&rules);
	if (yarascan_load(s->yara, root, f, &e) ||
	    changed_since(&s->w.items[i], &f->st, &e))
		return false;
	p = yarascan_bytes(s->yara, &n, &whole);
	if (!whole)
		return false;
	digest_raw(p, n, out + 1);
	out[0] = 'd';
	/* the worker's copy of the table has what was known before */
	if ((*seen_value(s->seen, seen_add(s->seen, out + 1)) & STATE_MASK) ==
		STATE_NEW && claim(s, out + 1) &&
	    yarascan_clean(s->yara, rules.all))
		out[0] = 'c';
	worker_give(out, sizeof(out));
	return true;
}

static void
digest_item(void *arg, size_t k, struct rec *r)
{
	struct scan *s = arg;
	size_t i = s->list[k];
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str name cleanup_str = STR_INIT;
	struct choosing c = {.s = s, .item = i};
	struct content_hooks hooks = {.first = choose, .arg = &c};
	const char *scope = NULL;
	struct content got;
	struct root *root;
	char out[33];
	struct err e;

	if (!s->reader)
		s->reader = content_new();
	walk_name(&s->w, i, &name, &scope);
	root = walk_open(&s->w, i, &f, &e);
	if (!root) {
		rec_note_err(r, "open", scope, name.s, &e);
		return;
	}
	if (clean_item(s, root, i, &f))
		return;
	if (content_read(s->reader, root, &f, &hooks, &got, &e)) {
		content_note(r, scope, name.s, &got, &e);
		/* it can still be scanned, for itself */
		if (got.head_n && choose(&c, got.head, got.head_n))
			worker_give("s", 1);
		return;
	}
	if (!got.whole)
		return; /* it is not of interest */
	out[0] = 'd';
	memcpy(out + 1, got.sha256, 32);
	worker_give(out, sizeof(out));
}

static void
take_digest(void *arg, size_t k, const void *p, size_t n)
{
	struct scan *s = arg;
	size_t i = s->list[k];
	const unsigned char *b = p;
	uint32_t *value;

	if (n == 33 && (b[0] == 'd' || b[0] == 'c')) {
		s->items[i].content = seen_add(s->seen, b + 1);
		s->items[i].scan = true;
		walk_remember(&s->w, i, b + 1, 32);
		value = seen_value(s->seen, s->items[i].content);
		if (b[0] == 'c' && (*value & STATE_MASK) == STATE_NEW) {
			*value |= STATE_CLEAN;
			s->items[i].scan = false;
			s->count.scanned++;
			s->count.bytes += s->w.items[i].size;
		}
	} else if (n == 1 && b[0] == 's') {
		s->items[i].scan = true;
	}
}

/* ---- steps 2 and 3: in a worker -------------------------------------------- */

/* Matches of an item that is being scanned. */
struct hits {
	struct str content; /* of rules that look at bytes only */
	struct str path;    /* of rules that look at the name, too */
	uint32_t *rules;    /* that matched, each once in a row */
	size_t rules_n, rules_cap;
	uint64_t cut; /* matches that are not shown */
};

struct scanning {
	struct scan *s;
	struct rec *r;
	size_t item;
	const char *note_scope, *note_path;
	const YR_RULES *set;
	struct hits h;
	uint32_t slow[YARA_SLOW_MAX];
	uint16_t slow_n;
	uint64_t rows;
	uint64_t scanned;
	char sha256[SHA256_HEX]; /* "": none */
};

static uint32_t
number_in_all(const struct scanning *c, const YR_RULE *rule)
{
	size_t n = rule_number(c->set, rule);

	return c->set == rules.all ? (uint32_t)n : c->s->path_rule[n];
}

static void
on_hit(void *arg, const struct yara_hit *from)
{
	struct scanning *c = arg;
	struct hits *h = &c->h;
	struct hit to = {.rule = number_in_all(c, from->rule),
	    .string = NO_STRING, .offset = from->offset,
	    .length = from->length, .text_n = (uint32_t)from->text_n};
	struct str *out = c->s->file[to.rule]->needs_path ? &h->path :
							    &h->content;
	bool first = !h->rules_n || h->rules[h->rules_n - 1] != to.rule;

	/* behind the limit a rule is still named, by its first match */
	if (out->n > YARA_MATCHES_MAX) {
		to.text_n = 0;
		if (!first || out->n > 12 * YARA_MATCHES_MAX) {
			h->cut++;
			return;
		}
	}
	if (from->string)
		to.string = (uint32_t)(from->string - from->rule->strings);
	str_add(out, &to, sizeof(to));
	str_add(out, from->text, to.text_n);
	if (!first)
		return;
	if (h->rules_n == h->rules_cap) {
		h->rules_cap = h->rules_cap ? 2 * h->rules_cap : 16;
		h->rules = xreallocarray(h->rules, h->rules_cap,
		    sizeof(*h->rules));
	}
	h->rules[h->rules_n++] = to.rule;
}

static void
on_cut(void *arg, enum yara_cut cut, const YR_RULE *rule,
    const YR_STRING *string)
{
	struct scanning *c = arg;

	switch (cut) {
	case YARA_CUT_SLOW:
		rec_note(c->r, ERR_LIMIT, "scan", c->note_scope, c->note_path,
		    0, "rule %s/%s takes too long or too much memory for this file "
		    "and was left out%s",
		    rule->ns->name, rule->identifier,
		    RULE_IS_GLOBAL(rule) || RULE_IS_PRIVATE(rule) ?
		    ", with all rules of its file" : "");
		if (c->slow_n < YARA_SLOW_MAX)
			c->slow[c->slow_n++] = number_in_all(c, rule);
		break;
	case YARA_CUT_FIRST:
		rec_note_fine(c->r, ERR_LIMIT, "scan", c->note_scope,
		    c->note_path, "to find every match takes too long or too "
		    "much memory: the first of each string is shown");
		break;
	case YARA_CUT_COUNT:
		rec_note_fine(c->r, ERR_LIMIT, "scan", c->note_scope,
		    c->note_path, "%s of rule %s/%s matches more than %d times",
		    string->identifier, rule->ns->name, rule->identifier,
		    YR_MAX_STRING_MATCHES);
		break;
	case YARA_CUT_SHOWN:
		c->h.cut++;
		break;
	}
}

/* LOKI's variables. The extension is in lower case, with its dot; a dot at
 * the beginning of a name makes none. */
static void
extension_of(const char *name, struct str *out)
{
	const char *dot = strrchr(name, '.');
	size_t i;

	if (!dot || strspn(name, ".") > (size_t)(dot - name))
		return;
	str_adds(out, dot);
	for (i = 0; i < out->n; i++)
		out->s[i] = (char)tolower((unsigned char)out->s[i]);
}

/* An account's name is the host's to say; uid 0 is root everywhere. */
static void
owner_of(const struct scan *s, size_t i, uid_t uid, struct str *out)
{
	struct str name cleanup_str = STR_INIT;
	const struct account *a = NULL;
	const char *scope = NULL;

	walk_name(&s->w, i, &name, &scope);
	if (scope && strcmp(scope, "host") == 0 && walk_accounts(&s->w))
		a = accounts_by_uid(walk_accounts(&s->w), uid);
	if (a)
		str_add(out, a->name.s, a->name.n);
	else if (!uid)
		str_adds(out, "root");
	else
		str_addf(out, "%u", (unsigned)uid);
}

/* Run a set of rules over the loaded file as name i. */
static int
run_rules(struct scanning *c, YR_RULES *set, size_t i, uid_t uid, struct err *e)
{
	struct str extension cleanup_str = STR_INIT;
	struct str owner cleanup_str = STR_INIT;
	struct scan *s = c->s;
	const char *path = walk_path(&s->w, i);
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	struct yara_externals x = {.filename = name, .filepath = path};
	struct yara_run run = {.rules = set, .hit = on_hit, .cut = on_cut,
	    .arg = c};
	bool whole;
	const unsigned char *p;
	size_t n;

	if (rules.path) {
		p = yarascan_bytes(s->yara, &n, &whole);
		extension_of(name, &extension);
		owner_of(s, i, uid, &owner);
		x.extension = extension.s;
		x.owner = owner.s;
		x.filetype = magicdb_filetype(p, n);
		run.externals = &x;
	}
	if (set == rules.all) {
		run.suspects = s->suspects;
		run.suspects_n = s->suspects_n;
	}
	c->set = set;
	return yarascan_run(s->yara, &run, e);
}

struct rows {
	struct scanning *c;
	size_t name; /* item whose path it is */
	const char *p; /* hits */
	size_t n;
	const char *state; /* of the host's package database; NULL: not asked */
	struct str package;
};

static void
put_match(const struct rows *w, const struct hit *h, const char *text,
    const char *scope, const char *origin, bool hidden, const char *host_path)
{
	struct scanning *c = w->c;
	const YR_RULE *rule = &rules.all->rules_table[h->rule];
	struct walk *walk = &c->s->w;
	struct rec *r = c->r;

	rec_begin(r, KIND_match);
	rec_text(r, COL_match_scope, scope);
	rec_text(r, COL_match_path, walk_path(walk, w->name));
	rec_text(r, COL_match_host_path, host_path);
	rec_text(r, COL_match_origin, origin);
	if (hidden)
		rec_bool(r, COL_match_hidden, true);
	rec_text(r, COL_match_rule, rule->identifier);
	rec_text(r, COL_match_namespace, rule->ns->name);
	if (h->string != NO_STRING) {
		rec_text(r, COL_match_string,
		    rule->strings[h->string].identifier);
		rec_int(r, COL_match_offset, h->offset);
		rec_int(r, COL_match_length, h->length);
		if (h->text_n)
			rec_bytes(r, COL_match_text, text, h->text_n);
	}
	rec_int(r, COL_match_size, (int64_t)walk->items[c->item].size);
	if (*c->sha256)
		rec_text(r, COL_match_sha256, c->sha256);
	if (strcmp(origin, "host") == 0) {
		rec_str(r, COL_match_package, &w->package);
		rec_text(r, COL_match_package_state, w->state);
	}
	rec_end(r);
	c->rows++;
}

/*
 * A file that matches is looked up in the host's package database. What is
 * told is of the bytes that matched: the file is read once more for it, and
 * whoever put others there in the meantime gains nothing.
 */
static void
ask_packages(struct rows *w)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct scan *s = w->c->s;
	struct root *root = s->w.c->root;
	struct pkg_owned owned = {0};
	char sha256[SHA256_HEX] = "";
	enum pkg_state state;

	w->state = pkg_state_name(PKG_UNKNOWN);
	if (!root)
		return;
	if (!s->packages)
		s->packages = pkgdb_open(root, NULL, "host");
	if (pkgdb_none(s->packages) ||
	    root_find(root, walk_path(&s->w, w->name), ROOT_NOFOLLOW, &f, NULL))
		return;
	state = pkgdb_check(s->packages, root, &f, &owned, sha256);
	if (state == PKG_UNPACKAGED || (*w->c->sha256 &&
	    strcmp(sha256, w->c->sha256) == 0))
		w->state = pkg_state_name(state);
	if (owned.package)
		str_sets(&w->package, owned.package);
}

static void
put_scope(void *arg, const char *scope, const char *origin, bool hidden,
    const char *host_path)
{
	struct rows *w = arg;
	struct hit h;
	size_t at;

	if (strcmp(origin, "host") == 0 && !w->state)
		ask_packages(w);
	for (at = 0; at < w->n; at += sizeof(h) + h.text_n) {
		memcpy(&h, w->p + at, sizeof(h));
		put_match(w, &h, w->p + at + sizeof(h), scope, origin, hidden,
		    host_path);
	}
}

/* Rows of these hits for one name. */
static void
put_rows(struct scanning *c, size_t name, const char *p, size_t n)
{
	struct rows w = {.c = c, .name = name, .p = p, .n = n,
	    .package = STR_INIT};

	if (n)
		walk_scopes(&c->s->w, name, c->r, put_scope, &w);
	str_release(&w.package);
}

static void
give(struct scanning *c, int what, uint64_t kept_bytes)
{
	struct given g = {.what = (uint8_t)what, .kept = kept_bytes > 0,
	    .slow_n = c->slow_n, .rules_n = (uint32_t)c->h.rules_n,
	    .kept_bytes = kept_bytes, .scanned = c->scanned};
	struct str out cleanup_str = STR_INIT;

	str_add(&out, &g, sizeof(g));
	str_add(&out, c->slow, c->slow_n * sizeof(*c->slow));
	str_add(&out, c->h.rules, c->h.rules_n * sizeof(*c->h.rules));
	if (what == GIVEN_SCANNED)
		str_add(&out, c->h.content.s, c->h.content.n);
	worker_give(out.s, out.n);
}

/* The bytes, once a content. Returns how many went into the stream. */
static uint64_t
keep(struct scanning *c)
{
	const unsigned char *p;
	bool whole;
	size_t n;

	if (!c->rows || c->s->kept >= (uint64_t)YARA_KEEP_ALL)
		return 0;
	p = yarascan_bytes(c->s->yara, &n, &whole);
	if (!whole || n > YARA_KEEP_MAX) {
		rec_note_fine(c->r, ERR_LIMIT, "keep", c->note_scope,
		    c->note_path, "its content is not kept: it has more than "
		    "%d bytes (YARA_KEEP_MAX), or has changed", YARA_KEEP_MAX);
		return 0;
	}
	rec_blob(c->r, p, n, NULL);
	return n;
}

/*
 * Scan item i, unless all is known of it. Content rules speak once, of all of
 * its names; path rules are asked for each.
 */
static void
scan_loaded(struct scanning *c, struct root_file *f, int state, bool good)
{
	struct scan *s = c->s;
	struct walk_item *items = s->w.items;
	size_t i = c->item, name;
	struct hits *h = &c->h;
	bool fresh = state == STATE_NEW;
	struct err e;
	uint64_t kept = 0;

	c->scanned = fresh ? (uint64_t)f->st.st_size : 0;
	for (name = i;; name = items[name].next) {
		str_clear(&h->path);
		if ((fresh || rules.path) &&
		    run_rules(c, fresh ? rules.all : rules.path, name,
			f->st.st_uid, &e)) {
			rec_note_err(c->r, "scan", c->note_scope,
			    walk_path(&s->w, name), &e);
			good = false;
			if (fresh) {
				give(c, GIVEN_FAILED, 0);
				return;
			}
		}
		fresh = false;
		put_rows(c, name, h->content.s, h->content.n);
		put_rows(c, name, h->path.s, h->path.n);
		if (!items[name].next)
			break;
	}
	if (h->cut)
		rec_note_fine(c->r, ERR_LIMIT, "scan", c->note_scope,
		    c->note_path, "more matches than are shown "
		    "(YARA_STRINGS_MAX of a string, YARA_MATCHES_MAX bytes)");
	if (!s->items[i].content ||
	    !(*seen_value(s->seen, s->items[i].content) & VALUE_KEPT))
		kept = keep(c);
	give(c, good && state == STATE_NEW && s->items[i].content ?
	    GIVEN_SCANNED : GIVEN_NOTHING, kept);
}

static void
scan_one(struct scanning *c)
{
	struct scan *s = c->s;
	struct item *item = &s->items[c->item];
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	uint32_t value = item->content ? *seen_value(s->seen, item->content) :
					 0;
	int state = value & STATE_MASK;
	const struct known *known;
	struct root *root;
	bool good = true;
	struct err e;
	size_t n;

	if (item->content) {
		struct str hex cleanup_str = STR_INIT;

		str_add_hex(&hex, seen_digest(s->seen, item->content), 32);
		memcpy(c->sha256, hex.s, SHA256_HEX);
	}
	if (state == STATE_FAILED) {
		rec_note(c->r, ERR_CRASHED, "scan", c->note_scope,
		    c->note_path, 0, "not scanned: it has the content of "
		    "another file that could not be scanned");
		return;
	}
	if (state == STATE_MATCHED) {
		known = &s->known[value >> VALUE_SHIFT];
		str_add(&c->h.content, known->p, known->n);
	}
	if (state != STATE_NEW && !rules.path) {
		size_t name = c->item;

		do {
			put_rows(c, name, c->h.content.s, c->h.content.n);
			name = s->w.items[name].next;
		} while (name);
		return;
	}
	root = walk_open(&s->w, c->item, &f, &e);
	if (!root) {
		rec_note_err(c->r, "open", c->note_scope, c->note_path, &e);
		give(c, GIVEN_NOTHING, 0);
		return;
	}
	if (!s->yara)
		s->yara = yarascan_new(&rules);
	if (yarascan_load(s->yara, root, &f, &e) ||
	    changed_since(&s->w.items[c->item], &f.st, &e)) {
		bool whole;

		rec_note_err(c->r, "read", c->note_scope, c->note_path, &e);
		yarascan_bytes(s->yara, &n, &whole);
		/* what was read is scanned, and holds for this file only */
		good = false;
		*c->sha256 = '\0';
		if (!n) {
			give(c, GIVEN_NOTHING, 0);
			return;
		}
	}
	scan_loaded(c, &f, state, good);
}

static void
scan_item(void *arg, size_t k, struct rec *r)
{
	struct scan *s = arg;
	struct str name cleanup_str = STR_INIT;
	struct scanning c = {.s = s, .r = r, .item = s->list[k],
	    .h = {.content = STR_INIT, .path = STR_INIT}};

	walk_name(&s->w, c.item, &name, &c.note_scope);
	c.note_path = name.s;
	scan_one(&c);
	str_release(&c.h.content);
	str_release(&c.h.path);
	free(c.h.rules);
}

/* ---- steps 2 and 3: in the parent ------------------------------------------ */

static void
put_meta(struct rec *r, const YR_RULE *rule)
{
	struct strlist all cleanup_strlist = STRLIST_INIT;
	struct strlist tags cleanup_strlist = STRLIST_INIT;
	struct str s cleanup_str = STR_INIT;
	const char *title = NULL, *description = NULL, *tag;
	YR_META *m;

	yr_rule_metas_foreach(rule, m)
	{
		str_clear(&s);
		str_addf(&s, "%s=", m->identifier);
		if (m->type == META_TYPE_STRING)
			str_adds(&s, m->string);
		else if (m->type == META_TYPE_BOOLEAN)
			str_adds(&s, m->integer ? "true" : "false");
		else
			str_addf(&s, "%lld", (long long)m->integer);
		strlist_add(&all, s.s, s.n);
		if (m->type != META_TYPE_STRING)
			continue;
		if (!title && strcmp(m->identifier, "title") == 0)
			title = m->string;
		if (!description && strcmp(m->identifier, "description") == 0)
			description = m->string;
	}
	yr_rule_tags_foreach(rule, tag)
	{
		strlist_adds(&tags, tag);
	}
	rec_text(r, COL_yara_rule_title, title ? title : description);
	rec_list(r, COL_yara_rule_tags, &tags);
	rec_list(r, COL_yara_rule_meta, &all);
}

/* The row of a rule, when it matches for the first time. */
static void
tell_rule(struct scan *s, uint32_t number)
{
	const YR_RULE *rule = &rules.all->rules_table[number];
	const struct yarafile *f = s->file[number];

	if (s->told[number])
		return;
	s->told[number] = true;
	rec_begin(s->rec, KIND_yara_rule);
	rec_text(s->rec, COL_yara_rule_namespace, rule->ns->name);
	rec_text(s->rec, COL_yara_rule_rule, rule->identifier);
	rec_str(s->rec, COL_yara_rule_pack, &f->pack);
	rec_str(s->rec, COL_yara_rule_path, &f->path);
	rec_text(s->rec, COL_yara_rule_sha256, f->sha256);
	put_meta(s->rec, rule);
	rec_end(s->rec);
}

static bool
hit_good(const struct scan *s, const struct hit *h)
{
	const YR_RULE *rule;
	const YR_STRING *string;
	uint32_t i = 0;

	if (h->rule >= rules.all->num_rules || h->text_n > YARA_TEXT_MAX ||
	    s->file[h->rule]->needs_path)
		return false;
	rule = &rules.all->rules_table[h->rule];
	if (RULE_IS_PRIVATE(rule))
		return false;
	if (h->string == NO_STRING)
		return h->text_n == 0;
	yr_rule_strings_foreach(rule, string)
	{
		if (i++ == h->string)
			return h->offset >= 0;
	}
	return false;
}

static void
tell_matched(void *arg, uint32_t number)
{
	tell_rule(arg, number);
}

/* Are these hits as a worker of ours makes them? */
static bool
hits_good(const struct scan *s, const char *p, size_t n)
{
	struct hit h;
	size_t at;

	for (at = 0; at < n; at += sizeof(h) + h.text_n) {
		if (n - at < sizeof(h))
			return false;
		memcpy(&h, p + at, sizeof(h));
		if (!hit_good(s, &h) || h.text_n > n - at - sizeof(h))
			return false;
	}
	return true;
}

static void
fail_content(struct scan *s, uint32_t content)
{
	uint32_t *value = seen_value(s->seen, content);

	if ((*value & STATE_MASK) == STATE_NEW)
		*value |= STATE_FAILED;
}

static void
take_hits(struct scan *s, uint32_t content, const char *p, size_t n)
{
	uint32_t *value = seen_value(s->seen, content);
	size_t bytes = n + sizeof(*s->known) + 32;

	if ((*value & STATE_MASK) != STATE_NEW)
		return; /* two holders were scanned */
	if (!n) {
		*value |= STATE_CLEAN;
		return;
	}
	/* no room: it is scanned again where it is met again */
	if (s->known_bytes + bytes > YARA_KNOWN_MAX)
		return;
	s->known_bytes += bytes;
	if (s->known_n % 64 == 0)
		s->known = xreallocarray(s->known, s->known_n + 64,
		    sizeof(*s->known));
	s->known[s->known_n] = (struct known){xmemdup(p, n), n};
	*value |= STATE_MATCHED |
	    (uint32_t)s->known_n++ << VALUE_SHIFT;
}

/* A rule that was too slow so often would be for many more files. */
static void
take_slow(struct scan *s, uint32_t number)
{
	YR_RULE *rule = &rules.all->rules_table[number], *q;
	uint32_t i;

	if (!s->slow[number]++ && s->suspects_n < COUNT(s->suspects))
		s->suspects[s->suspects_n++] = number;
	if (s->slow[number] != YARA_SLOW_FILES)
		return;
	rec_note(s->rec, ERR_LIMIT, "rules", NULL, s->file[number]->path.s, 0,
	    "rule %s/%s was too slow for %d files (YARA_SLOW_FILES) and is left "
	    "out from here on", rule->ns->name, rule->identifier,
	    YARA_SLOW_FILES);
	for (i = 0; i < rules.all->num_rules; i++) {
		q = &rules.all->rules_table[i];
		if (q == rule || (q->ns == rule->ns &&
			(RULE_IS_GLOBAL(rule) || RULE_IS_PRIVATE(rule))))
			yr_rule_disable(q);
	}
	for (i = 0; rules.path && i < rules.path->num_rules; i++)
		if (s->path_rule[i] < rules.all->num_rules &&
		    RULE_IS_DISABLED(
			&rules.all->rules_table[s->path_rule[i]]))
			yr_rule_disable(&rules.path->rules_table[i]);
}

static void
take_scan(void *arg, size_t k, const void *data, size_t n)
{
	struct scan *s = arg;
	struct item *item = &s->items[s->list[k]];
	const char *p = data;
	struct given g;
	uint32_t i, number;
	size_t lists;

	if (n < sizeof(g) || item->answered)
		return;
	memcpy(&g, p, sizeof(g));
	p += sizeof(g);
	n -= sizeof(g);
	lists = ((size_t)g.slow_n + g.rules_n) * sizeof(number);
	if (g.slow_n > YARA_SLOW_MAX || lists > n)
		return;
	item->answered = true;
	s->count.scanned += g.scanned > 0;
	s->count.bytes += g.scanned;
	for (i = 0; i < g.slow_n + g.rules_n; i++) {
		memcpy(&number, p + i * sizeof(number), sizeof(number));
		if (number >= rules.all->num_rules)
			return;
		if (i < g.slow_n)
			take_slow(s, number);
		else
			tell_rule(s, number);
	}
	if (g.kept_bytes <= YARA_KEEP_MAX)
		s->kept += g.kept_bytes;
	if (s->kept >= (uint64_t)YARA_KEEP_ALL && !s->kept_all) {
		s->kept_all = true;
		rec_note_fine(s->rec, ERR_LIMIT, "keep", NULL, NULL, "contents "
		    "of files that match are not kept from here on: %lld bytes "
		    "are (YARA_KEEP_ALL)", (long long)YARA_KEEP_ALL);
	}
	if (!item->content)
		return;
	if (g.kept)
		*seen_value(s->seen, item->content) |= VALUE_KEPT;
	if (g.what == GIVEN_FAILED)
		fail_content(s, item->content);
	else if (g.what == GIVEN_SCANNED &&
	    hits_good(s, p + lists, n - lists))
		take_hits(s, item->content, p + lists, n - lists);
}

/* ---- a batch --------------------------------------------------------------- */

static void
item_name(void *arg, size_t k, struct str *out, const char **scope)
{
	struct scan *s = arg;

	walk_name(&s->w, s->list[k], out, scope);
}

static void
map(struct scan *s, void (*fn)(void *, size_t, struct rec *),
    void (*take)(void *, size_t, const void *, size_t), const char *op,
    int seconds)
{
	struct worker_map m = {.n = s->list_n, .fn = fn, .name = item_name,
	    .take = take, .arg = s, .seconds = seconds, .op = op};
	struct err e;

	if (m.n && worker_map(&m, s->rec, &e))
		die("%s", e.msg);
}

static void
step_digests(struct scan *s)
{
	struct walk *w = &s->w;
	const void *known;
	size_t i, n;

	s->list_n = 0;
	for (i = 0; i < w->n; i++) {
		if (w->items[i].name || !S_ISREG(w->items[i].mode) ||
		    !w->items[i].size)
			continue;
		s->count.files++;
		known = walk_remembered(w, i, &n);
		if (known && n == 32) {
			s->items[i].content = seen_add(s->seen, known);
			s->items[i].scan = true;
		} else {
			s->list[s->list_n++] = i;
		}
	}
	claims_new(s);
	map(s, digest_item, take_digest, "scan", YARA_ITEM_SECONDS);
	claims_free(s);
}

/* Where there is no answer, the worker died of it: so would the next. */
static void
scan_list(struct scan *s)
{
	const struct item *item;
	size_t i;

	map(s, scan_item, take_scan, "scan", YARA_ITEM_SECONDS);
	for (i = 0; i < s->list_n; i++) {
		item = &s->items[s->list[i]];
		if (item->content && !item->answered)
			fail_content(s, item->content);
	}
}

/* One holder of each content that is new, and what has no digest. */
static void
step_new(struct scan *s)
{
	struct walk *w = &s->w;
	uint32_t *value;
	size_t i;

	s->list_n = 0;
	for (i = 0; i < w->n; i++) {
		if (!s->items[i].scan)
			continue;
		if (s->items[i].content) {
			value = seen_value(s->seen, s->items[i].content);
			/* marked for a moment, so that a second holder waits */
			if ((*value & STATE_MASK) != STATE_NEW)
				continue;
			*value |= STATE_FAILED;
		}
		s->list[s->list_n++] = i;
	}
	for (i = 0; i < s->list_n; i++)
		if (s->items[s->list[i]].content)
			*seen_value(s->seen, s->items[s->list[i]].content) &=
			    ~(uint32_t)STATE_MASK;
	scan_list(s);
	for (i = 0; i < s->list_n; i++)
		s->items[s->list[i]].scan = false; /* done */
}

/* Everybody else who has something to say, or to be asked. */
static void
step_known(struct scan *s)
{
	uint32_t state;
	size_t i;

	s->list_n = 0;
	for (i = 0; i < s->w.n; i++) {
		if (!s->items[i].scan)
			continue;
		state = *seen_value(s->seen, s->items[i].content) & STATE_MASK;
		s->count.mapped++;
		if (state != STATE_CLEAN || rules.path)
			s->list[s->list_n++] = i;
	}
	scan_list(s);
}

static void
batch(void *arg)
{
	struct scan *s = arg;

	s->items = xcalloc(s->w.n, sizeof(*s->items));
	s->list = xcalloc(s->w.n, sizeof(*s->list));
	step_digests(s);
	step_new(s);
	step_known(s);
	free(s->items);
	free(s->list);
}

/* ---- rules ------------------------------------------------------------------ */

static void
load_rules(void)
{
	struct str dir cleanup_str = STR_INIT;
	const struct yara_problem *p;
	struct err e;
	size_t i;

	yararules_init(&rules);
	rules.warnings = opt_verbose;
	if (!opt_iocs.n && packs_default(&dir, &e) == 0)
		strlist_add(&opt_iocs, dir.s, dir.n);
	else if (!opt_iocs.n && !opt_rules.n)
		die("%s", e.msg);
	for (i = 0; i < opt_iocs.n; i++)
		if (yararules_add_packs(&rules, opt_iocs.v[i].s, &e))
			die("%s", e.msg);
	for (i = 0; i < opt_rules.n; i++)
		if (yararules_add(&rules, opt_rules.v[i].s, &e))
			die("%s", e.msg);
	if (yararules_compile(&rules, &e))
		die("%s", e.msg);
	for (i = 0; i < rules.problems_n; i++) {
		p = &rules.problems[i];
		if (p->line)
			warn_msg("%s:%d: %s%s", p->path.s, p->line,
			    p->warning ? "warning: " : "", p->reason.s);
		else
			warn_msg("%s: %s", p->path.s, p->reason.s);
	}
}

static void
list_rules(void)
{
	const struct yarafile *f;
	size_t i;

	load_rules();
	for (i = 0; i < rules.n; i++) {
		f = &rules.files[i];
		if (!f->refused) {
			struct str path cleanup_str = STR_INIT;

			str_add_visible(&path, f->path.s, f->path.n);
			printf("%-40s %-8s %5zu  %s\n", f->namespace.s,
			    f->needs_path ? "path" : "content", f->rules,
			    path.s);
		}
	}
}

static struct yaraproc memory;

/* Between the options and the lock. */
static void
prepare(struct collect *c)
{
	size_t i;

	if (opt_keep && !opt_processes)
		cli_usage("--keep goes with --processes");
	if (opt_processes) {
		if (!c->live)
			cli_usage("--processes: only a running host has any");
		/* a run of its own beside that over files */
		c->run_tool = "scan-processes";
		c->keep = LOCK_SYS_PTRACE | LOCK_DAC_READ_SEARCH | LOCK_FOWNER;
		c->no_landlock = true;
		yaraproc_open(&memory);
	}
	load_rules();
	if (!rules.all)
		cli_usage("there is no rule to scan with: none of %zu rule "
			  "files can be used; --rules FILE|DIR names others",
		    rules.n);
	if (rules.magic)
		magicdb_open();
	ours = walk_out_new();
	walk_out_self(ours);
	for (i = 0; i < rules.read.n; i++)
		walk_out_add(ours, rules.read.v[i].s);
	for (i = 0; i < opt_leave_out.n; i++)
		walk_out_add(ours, opt_leave_out.v[i].s);
}

/* Rules by number: their files, and those of the second set in the first. */
static void
index_rules(struct scan *s)
{
	const YR_RULE *rule, *other;
	uint32_t i, at = 0;

	s->file = xcalloc(rules.all->num_rules, sizeof(*s->file));
	s->told = xcalloc(rules.all->num_rules, sizeof(*s->told));
	s->slow = xcalloc(rules.all->num_rules, sizeof(*s->slow));
	for (i = 0; i < rules.all->num_rules; i++) {
		rule = &rules.all->rules_table[i];
		s->file[i] = i && rule->ns == rule[-1].ns ? s->file[i - 1] :
		    yararules_file(&rules, rule->ns->name);
		if (!s->file[i])
			die("bug: a rule of no file");
	}
	if (!rules.path)
		return;
	/* both were compiled in the same order */
	s->path_rule = xcalloc(rules.path->num_rules, sizeof(*s->path_rule));
	for (i = 0; i < rules.path->num_rules; i++, at++) {
		rule = &rules.path->rules_table[i];
		for (; at < rules.all->num_rules; at++) {
			other = &rules.all->rules_table[at];
			if (strcmp(rule->identifier, other->identifier) == 0 &&
			    strcmp(rule->ns->name, other->ns->name) == 0)
				break;
		}
		if (at == rules.all->num_rules)
			die("bug: the two sets of rules differ");
		s->path_rule[i] = at;
	}
}

/* What a pack cannot look for has not been looked for: no keep rests on it. A
 * file of --rules is beyond what a keep needs. */
static void
note_problems(struct rec *r)
{
	const struct yara_problem *p;
	struct str at cleanup_str = STR_INIT;
	size_t i;

	for (i = 0; i < rules.problems_n; i++) {
		p = &rules.problems[i];
		if (p->warning)
			continue;
		str_clear(&at);
		if (p->line)
			str_addf(&at, "line %d: ", p->line);
		if (p->pack)
			rec_note(r, ERR_UNSUPPORTED, "rules", NULL, p->path.s,
			    0, "%s%s", at.s, p->reason.s);
		else
			rec_note_fine(r, ERR_UNSUPPORTED, "rules", NULL,
			    p->path.s, "%s%s", at.s, p->reason.s);
	}
}

int
main(int argc, char **argv)
{
	const struct cli_opt more[] = {
		{0, "all", CLI_FLAG, &opt_all, NULL,
		    "every file, not only what matters in triage"},
		SELECT_HOST(&opt_select),
		SELECT_CONTAINERS(&opt_select),
		SELECT_IMAGES(&opt_select),
		{0, "iocs", CLI_LIST, &opt_iocs, "DIR",
		    "a pack or a folder of packs, instead of the default"},
		{0, "rules", CLI_LIST, &opt_rules, "FILE|DIR",
		    "further YARA rules: a file, or *.yar and *.yara below a "
		    "folder"},
		{0, "processes", CLI_FLAG, &opt_processes, NULL,
		    "the memory of live processes instead of files: those with "
		    "a reason, all with --all"},
		{0, "keep", CLI_FLAG, &opt_keep, NULL,
		    "with --processes: keep executables that have no file"},
		{0, "leave-out", CLI_LIST, &opt_leave_out, "PATH",
		    "live: ours, not evidence (a case, other rules)"},
		{0, "progress", CLI_FLAG, &opt_progress, NULL,
		    "show the progress also where stderr is no terminal"},
		{'v', "verbose", CLI_FLAG, &opt_verbose, NULL,
		    "say what libyara thinks slow, and what was done"},
		{0, NULL, CLI_FLAG, NULL, NULL, NULL},
	};
	struct collect c = {
		.tool = "scan-yara",
		.about = "YARA rules over the files of the evidence.",
		.more = more,
		.keep = LOCK_DAC_READ_SEARCH | LOCK_FOWNER | LOCK_SYS_ADMIN,
		.store_probe = engine_store_probe,
		.engines = engine_names,
		.archive = engine_archive_root,
		.memory = true,
		.print_list = list_rules,
		.prepare = prepare,
	};
	struct scan s = {0};
	size_t i;

	collect_begin(&c, argc, argv);
	s.rec = c.rec;
	note_problems(c.rec);
	if (opt_processes) {
		index_rules(&s);
		memory.rec = c.rec;
		memory.root = c.root;
		memory.rules = &rules;
		memory.all = opt_all;
		memory.keep = opt_keep;
		memory.tell = tell_matched;
		memory.arg = &s;
		yaraproc_run(&memory);
		if (opt_verbose)
			fprintf(stderr, "%s: %zu processes, %llu bytes\n",
			    progname, memory.scanned,
			    (unsigned long long)memory.bytes);
		return collect_end(&c);
	}
	select_begin(&opt_select, c.evidence != EVIDENCE_STORE, c.rec);
	s.seen = seen_new();
	index_rules(&s);
	s.w.show = opt_progress;
	s.w.select = &opt_select;
	walk_begin(&s.w, &c, opt_all, ours);
	walk_run(&s.w, batch, &s);
	if (opt_verbose)
		fprintf(stderr, "%s: %llu files, %u contents; scanned %llu "
		    "(%llu bytes), known %llu\n", progname,
		    (unsigned long long)s.count.files, seen_count(s.seen),
		    (unsigned long long)s.count.scanned,
		    (unsigned long long)s.count.bytes,
		    (unsigned long long)s.count.mapped);
	walk_end(&s.w);
	walk_out_free(ours);
	for (i = 0; i < s.known_n; i++)
		free(s.known[i].p);
	free(s.known);
	free(s.file);
	free(s.told);
	free(s.slow);
	free(s.path_rule);
	seen_free(s.seen);
	yararules_free(&rules);
	select_release(&opt_select);
	strlist_release(&opt_iocs);
	strlist_release(&opt_rules);
	strlist_release(&opt_leave_out);
	return collect_end(&c);
}
