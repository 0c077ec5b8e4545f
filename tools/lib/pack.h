#ifndef PACK_H
#define PACK_H

/*
 * pack - detection content: folders of indicators and rules
 *
 * A pack is a folder with pack.json (id, title, ...), indicators.json (an
 * array of objects) and *.sql (sqlrule.h, one rule a file); pack(5) has the
 * form. *.yar belong to scan-yara and are only counted. Content is read, never
 * run: rules are run by case-match.
 *
 * Calling:  packs_init, packs_add for each folder (a pack or a folder of
 *           packs; packs_default of packdir.h finds the program's own),
 *           packs_free.
 * Errors:   what is wrong in one file (a bad indicator, a bad rule) goes to
 *           problems, a sentence each, and the rest is loaded; -1 only where
 *           a folder cannot be read or holds no pack.
 * Limits:   PACK_FILE_MAX, PACK_FILES_MAX, INDICATORS_MAX.
 * Trust:    packs are the analyst's own; nonsense in them is refused with its
 *           place, not guessed at.
 */

#include "err.h"
#include "packdir.h"
#include "sqlrule.h"
#include "str.h"

enum indicator_type {
	IND_IMAGE_NAMESPACE,
	IND_IMAGE_NAME,
	IND_DIGEST,
	IND_PATH,
	IND_FILENAME,
	IND_IP,
	IND_DOMAIN,
	IND_URL,
	IND_WALLET,
	IND_SSH_KEY,
	IND_COMMAND,
	IND_ACCOUNT,
	IND_PROCESS,
	IND_USER_AGENT,
	IND_COUNT
};
const char *indicator_type_name(enum indicator_type t);

enum severity { SEV_INFO, SEV_LOW, SEV_MEDIUM, SEV_HIGH, SEV_CRITICAL, SEV_COUNT };
enum effect { EFF_NOTE, EFF_INVESTIGATE, EFF_WIPE, EFF_COUNT };
/* -1: no such word */
int severity_find(const char *name);
int effect_find(const char *name);
const char *severity_name(int s);
const char *effect_name(int e);

struct indicator {
	enum indicator_type type;
	struct str value; /* in the form in which it is compared */
	struct str shown; /* as it stands in the pack */
	struct str confidence, source, seen, title;
	int severity, effect;
	size_t pack;
};

struct pack_rule {
	size_t pack;
	struct str file;
	struct sqlrules rules; /* exactly one */
};

struct pack {
	struct str id, title, dir;
	size_t indicators, rules, yara;
};

struct packs {
	struct pack *packs;
	size_t n;
	struct indicator *indicators;
	size_t indicators_n, indicators_cap;
	struct pack_rule *rules;
	size_t rules_n;
	struct strlist problems;
};

void packs_init(struct packs *p);
void packs_free(struct packs *p);

/* dir: a pack or a folder of packs. -1: unreadable or without any pack. */
int packs_add(struct packs *p, const char *dir, struct err *e);

#endif
