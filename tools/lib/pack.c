#include "pack.h"

#include "limits.h"
#include "packdir.h"
#include "sqlfunc.h"

#include <jansson.h>

static const char *const types[IND_COUNT] = {
	[IND_IMAGE_NAMESPACE] = "image-namespace",
	[IND_IMAGE_NAME] = "image-name",
	[IND_DIGEST] = "digest",
	[IND_PATH] = "path",
	[IND_FILENAME] = "filename",
	[IND_IP] = "ip",
	[IND_DOMAIN] = "domain",
	[IND_URL] = "url",
	[IND_WALLET] = "wallet",
	[IND_SSH_KEY] = "ssh-key",
	[IND_COMMAND] = "command",
	[IND_ACCOUNT] = "account",
	[IND_PROCESS] = "process",
	[IND_USER_AGENT] = "user-agent",
};
static const char *const severities[SEV_COUNT] = {"info", "low", "medium",
	"high", "critical"};
static const char *const effects[EFF_COUNT] = {"note", "investigate", "wipe"};

static int
find(const char *const *names, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (name && strcmp(names[i], name) == 0)
			return (int)i;
	return -1;
}

const char *
indicator_type_name(enum indicator_type t)
{
	return types[t];
}

int
severity_find(const char *name)
{
	return find(severities, COUNT(severities), name);
}

int
effect_find(const char *name)
{
	return find(effects, COUNT(effects), name);
}

const char *
severity_name(int s)
{
	return severities[s];
}

const char *
effect_name(int e)
{
	return effects[e];
}

void
packs_init(struct packs *p)
{
	memset(p, 0, sizeof(*p));
}

void
packs_free(struct packs *p)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		str_release(&p->packs[i].id);
		str_release(&p->packs[i].title);
		str_release(&p->packs[i].dir);
	}
	free(p->packs);
	for (i = 0; i < p->indicators_n; i++) {
		struct indicator *d = &p->indicators[i];

		str_release(&d->value);
		str_release(&d->shown);
		str_release(&d->confidence);
		str_release(&d->source);
		str_release(&d->seen);
		str_release(&d->title);
	}
	free(p->indicators);
	for (i = 0; i < p->rules_n; i++) {
		str_release(&p->rules[i].file);
		sqlrules_free(&p->rules[i].rules);
	}
	free(p->rules);
	strlist_release(&p->problems);
	packs_init(p);
}

static void PRINTF(2, 3)
problem(struct packs *p, const char *fmt, ...)
{
	char buf[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	strlist_adds(&p->problems, buf);
}

static const char *
text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static void
lower(struct str *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->s[i] >= 'A' && s->s[i] <= 'Z')
			s->s[i] = (char)(s->s[i] + 32);
}

static bool
is_hex(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!((p[i] >= '0' && p[i] <= '9') ||
			(p[i] >= 'a' && p[i] <= 'f')))
			return false;
	return n > 0;
}

static bool
is_ipv4(const char *p)
{
	int parts = 0, digits = 0, v = 0;

	for (;; p++) {
		if (*p >= '0' && *p <= '9') {
			v = v * 10 + (*p - '0');
			if (++digits > 3 || v > 255)
				return false;
		} else if (*p == '.' || !*p) {
			if (!digits)
				return false;
			parts++;
			digits = v = 0;
			if (!*p)
				return parts == 4;
		} else {
			return false;
		}
	}
}

/*
 * The form in which a value is compared. NULL, or why it is no good: what
 * could match anything, or nothing.
 */
static const char *
normal_form(struct indicator *d)
{
	static const char empty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4"
				    "649b934ca495991b7852b855";
	struct str *v = &d->value;
	struct str t cleanup_str = STR_INIT, reg cleanup_str = STR_INIT;
	const char *p;
	size_t n;

	switch (d->type) {
	case IND_IMAGE_NAMESPACE:
		lower(v);
		if (v->n && v->s[v->n - 1] == '/')
			str_cut(v, v->n - 1);
		if (!v->n || memchr(v->s, '/', v->n) ||
		    str_eq(v, "library"))
			return "is no namespace of a registry";
		return NULL;
	case IND_IMAGE_NAME:
		image_ref(v->s, v->n, &t, &reg);
		str_set(v, t.s, t.n);
		if (!memchr(v->s, '/', v->n) ||
		    strncmp(v->s, "library/", 8) == 0)
			return "is an official image or none";
		return NULL;
	case IND_DIGEST:
		lower(v);
		p = strncmp(v->s, "sha256:", 7) == 0 ? v->s + 7 : v->s;
		n = strlen(p);
		if ((n != 64 && n != 40 && n != 32) || !is_hex(p, n))
			return "is no digest";
		if (strcmp(p, empty) == 0 ||
		    strcmp(p, "d41d8cd98f00b204e9800998ecf8427e") == 0 ||
		    strcmp(p, "da39a3ee5e6b4b0d3255bfef95601890afd80709") == 0)
			return "is the digest of the empty file";
		str_set(&t, p, n);
		str_set(v, t.s, t.n);
		return NULL;
	case IND_PATH:
		if (v->n < 2 || v->s[0] != '/')
			return "is no absolute path";
		return NULL;
	case IND_FILENAME:
		if (memchr(v->s, '/', v->n))
			return "has a slash";
		return NULL;
	case IND_IP:
		if (!is_ipv4(v->s) && !memchr(v->s, ':', v->n))
			return "is no address";
		return NULL;
	case IND_DOMAIN:
		lower(v);
		if (!memchr(v->s, '.', v->n) || memchr(v->s, '/', v->n))
			return "is no domain";
		return NULL;
	case IND_URL:
		p = strstr(v->s, "://");
		str_sets(&t, p ? p + 3 : v->s);
		if (!memchr(t.s, '/', t.n))
			return "has no path: it is an ip or a domain";
		str_set(v, t.s, t.n);
		return NULL;
	case IND_WALLET:
		if ((v->n == 95 || v->n == 106) &&
		    (v->s[0] == '4' || v->s[0] == '8') &&
		    !monero_valid(v->s, v->n))
			return "fails its checksum";
		if (v->n < 26)
			return "is too short";
		return NULL;
	case IND_SSH_KEY:
		/* the blob, without type and comment */
		p = strstr(v->s, "AAAA");
		if (!p || strlen(p) < 60)
			return "is no public key";
		str_add(&t, p, strcspn(p, " \t"));
		str_set(v, t.s, t.n);
		return NULL;
	case IND_ACCOUNT:
	case IND_PROCESS:
	case IND_COMMAND:
	case IND_USER_AGENT:
	case IND_COUNT:
		break;
	}
	if (d->type == IND_COMMAND && v->n < 6)
		return "is too short for a command";
	return v->n ? NULL : "is empty";
}

static void
add_indicator(struct packs *p, size_t pack, const char *file, size_t at,
    const json_t *o)
{
	struct indicator d;
	const char *why;
	int type;

	if (!json_is_object(o)) {
		problem(p, "%s: item %zu is no object", file, at);
		return;
	}
	memset(&d, 0, sizeof(d));
	str_init(&d.value);
	type = find(types, COUNT(types), text(o, "type"));
	d.severity = severity_find(text(o, "severity"));
	d.effect = effect_find(text(o, "effect"));
	if (type < 0 || d.severity < 0 || d.effect < 0 ||
	    !*text(o, "value") || !*text(o, "source") ||
	    !*text(o, "confidence")) {
		problem(p, "%s: item %zu ('%.60s'): %s", file, at,
		    text(o, "value"), type < 0 ? "unknown type" :
		    d.severity < 0 ? "unknown severity" :
		    d.effect < 0 ? "unknown effect" :
		    "no value, source or confidence");
		return;
	}
	d.type = (enum indicator_type)type;
	str_sets(&d.value, text(o, "value"));
	why = normal_form(&d);
	if (why) {
		problem(p, "%s: item %zu ('%.60s') %s", file, at,
		    text(o, "value"), why);
		str_release(&d.value);
		return;
	}
	if (p->indicators_n >= INDICATORS_MAX) {
		problem(p, "%s: more than INDICATORS_MAX indicators", file);
		str_release(&d.value);
		return;
	}
	str_init(&d.shown);
	str_init(&d.confidence);
	str_init(&d.source);
	str_init(&d.seen);
	str_init(&d.title);
	str_sets(&d.shown, text(o, "value"));
	str_sets(&d.confidence, text(o, "confidence"));
	str_sets(&d.source, text(o, "source"));
	str_sets(&d.seen, text(o, "seen"));
	str_sets(&d.title, text(o, "title"));
	d.pack = pack;
	if (p->indicators_n == p->indicators_cap) {
		p->indicators_cap = p->indicators_cap ? 2 * p->indicators_cap
						      : 256;
		p->indicators = xreallocarray(p->indicators,
		    p->indicators_cap, sizeof(*p->indicators));
	}
	p->indicators[p->indicators_n++] = d;
	p->packs[pack].indicators++;
}

static json_t *
load(const char *path, struct err *e)
{
	struct str s cleanup_str = STR_INIT;
	json_error_t je;
	json_t *o;

	if (packdir_read(path, PACK_FILE_MAX, &s, e))
		return NULL;
	o = json_loadb(s.s, s.n, JSON_REJECT_DUPLICATES, &je);
	if (!o)
		err_set(e, ERR_CORRUPT, 0, "'%s' line %d: %s", path, je.line,
		    je.text);
	return o;
}

static void
add_rule(struct packs *p, size_t pack, const char *path)
{
	static const char *const need[] = {"id", "title", "severity", "effect",
	    "why", "source", "confidence"};
	struct str s cleanup_str = STR_INIT;
	struct pack_rule r;
	struct err e;
	const char *v;
	size_t i;

	memset(&r, 0, sizeof(r));
	if (packdir_read(path, SQLRULE_FILE_MAX, &s, &e) ||
	    sqlrules_parse(s.s, s.n, path, &r.rules, &e)) {
		problem(p, "%s", e.msg);
		return;
	}
	if (r.rules.n != 1) {
		problem(p, "'%s' holds %zu rules, not one", path, r.rules.n);
		sqlrules_free(&r.rules);
		return;
	}
	for (i = 0; i < COUNT(need); i++) {
		v = sqlrule_get(&r.rules.v[0], need[i]);
		if (!v || !*v) {
			problem(p, "'%s': the header has no '%s'", path,
			    need[i]);
			sqlrules_free(&r.rules);
			return;
		}
	}
	if (severity_find(sqlrule_get(&r.rules.v[0], "severity")) < 0 ||
	    effect_find(sqlrule_get(&r.rules.v[0], "effect")) < 0) {
		problem(p, "'%s': unknown severity or effect", path);
		sqlrules_free(&r.rules);
		return;
	}
	str_init(&r.file);
	str_sets(&r.file, path);
	r.pack = pack;
	p->rules = xreallocarray(p->rules, p->rules_n + 1, sizeof(*p->rules));
	p->rules[p->rules_n++] = r;
	p->packs[pack].rules++;
}

static bool
ends(const struct str *s, const char *with)
{
	size_t n = strlen(with);

	return s->n > n && strcmp(s->s + s->n - n, with) == 0;
}

static void
add_files(struct packs *p, size_t pack, const char *dir)
{
	struct strlist names cleanup_strlist = STRLIST_INIT;
	struct err e;
	size_t i, k;

	if (packdir_names(dir, &names, &e)) {
		problem(p, "%s", e.msg);
		return;
	}
	for (i = 0; i < names.n; i++) {
		struct str path cleanup_str = STR_INIT;

		str_addf(&path, "%s/%s", dir, names.v[i].s);
		if (ends(&names.v[i], ".sql")) {
			add_rule(p, pack, path.s);
		} else if (ends(&names.v[i], ".yar")) {
			p->packs[pack].yara++;
		} else if (str_eq(&names.v[i], "indicators.json")) {
			json_auto_t *list = load(path.s, &e);

			if (!list) {
				problem(p, "%s", e.msg);
				continue;
			}
			if (!json_is_array(list)) {
				problem(p, "'%s' is no array", path.s);
				continue;
			}
			for (k = 0; k < json_array_size(list); k++)
				add_indicator(p, pack, path.s, k + 1,
				    json_array_get(list, k));
		}
	}
}

int
packs_add(struct packs *p, const char *dir, struct err *e)
{
	struct packdirs found = PACKDIRS_INIT;
	struct pack *k;
	size_t i, at;
	int result = 0;

	if (packdirs_find(&found, dir, e))
		result = -1;
	for (i = 0; !result && i < found.n; i++) {
		const struct packdir *d = &found.v[i];

		for (at = 0; at < p->n; at++)
			if (str_eq(&p->packs[at].id, d->id.s))
				break;
		if (at < p->n) {
			result = err_set(e, ERR_CORRUPT, 0,
			    "'%s': the pack '%s' is there twice (%s)",
			    d->dir.s, d->id.s, p->packs[at].dir.s);
			break;
		}
		p->packs = xreallocarray(p->packs, p->n + 1,
		    sizeof(*p->packs));
		k = &p->packs[p->n++];
		memset(k, 0, sizeof(*k));
		str_init(&k->id);
		str_init(&k->title);
		str_init(&k->dir);
		str_set(&k->id, d->id.s, d->id.n);
		str_set(&k->title, d->title.s, d->title.n);
		str_set(&k->dir, d->dir.s, d->dir.n);
		add_files(p, at, d->dir.s);
	}
	packdirs_free(&found);
	return result;
}
