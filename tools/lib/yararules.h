#ifndef YARARULES_H
#define YARARULES_H

/*
 * yararules - YARA rule files, found, compiled and told apart
 *
 * A rule file that compiles without the external variables that public sets
 * expect (filename, filepath, extension, filetype, owner) says the same of the
 * same bytes wherever they lie: content rules. One that needs them is asked
 * for each path: path rules. Both are compiled into two sets: "all" (content
 * and path rules, for bytes that are new) and "path" (path rules alone, for
 * bytes that are known). Each file has a namespace of its own, so that one
 * cannot change what another says.
 *
 * Calling:  yararules_init; yararules_add_packs or yararules_add for each
 *           --iocs and --rules; yararules_compile, before the lock and before
 *           workers are forked; yararules_free.
 * Errors:   a file that does not compile, is too long, is compiled rules
 *           (bytecode for a virtual machine: never loaded) or includes what is
 *           outside its folder is an entry of problems with file, line and
 *           reason, and the others are used. -1 where a folder or file that
 *           was named cannot be read at all.
 * Limits:   YARA_FILE_MAX, YARA_FILES_MAX, YARA_INCLUDE_MAX.
 * Trust:    rules are the analyst's own; "include" is resolved beneath the
 *           folder that was named and nowhere else (root.h).
 */

#include "err.h"
#include "str.h"
#include "yarafind.h"

/* A rule file: a namespace. */
struct yarafile {
	struct str namespace; /* PACK/STEM, or the path below --rules */
	struct str pack;      /* id of the pack, or empty */
	struct str path;      /* as given */
	char sha256[65];
	bool needs_path;      /* it does not compile without the variables */
	bool refused;	      /* in problems */
	size_t rules;	      /* private ones included */
	/* private */
	struct str text, below; /* below: its path in the base's folder */
	size_t base;
	dev_t dev;
	ino_t ino;
	bool tried; /* it compiles alone */
};

struct yara_problem {
	struct str path;
	int line; /* 0: the file as such */
	struct str reason;
	bool warning; /* libyara thinks it slow; it is used */
	bool pack;    /* of a pack: what it looks for is not looked for */
};

struct yara_base;

struct yararules {
	struct yarafile *files;
	size_t n;
	struct yara_problem *problems;
	size_t problems_n;
	YR_RULES *all;	/* NULL: no rule at all */
	YR_RULES *path; /* NULL: no rule needs a path */
	struct yarafind *find_all, *find_path; /* NULL: libyara's own search */
	struct strlist read; /* packs and files in use, for walk_out_add */
	bool magic;	     /* a rule may ask libmagic */
	bool warnings;	     /* set it to have them in problems */
	/* private */
	struct yara_base *bases;
	size_t bases_n;
};

/* Also makes libyara ready; once a process. */
void yararules_init(struct yararules *y);
void yararules_free(struct yararules *y);
/* dir: a pack or a folder of packs. */
int yararules_add_packs(struct yararules *y, const char *dir, struct err *e);
/* A file, or a folder with *.yar and *.yara below it. */
int yararules_add(struct yararules *y, const char *path, struct err *e);
int yararules_compile(struct yararules *y, struct err *e);

/* The file of a namespace. */
const struct yarafile *yararules_file(const struct yararules *y,
    const char *namespace);

#endif
