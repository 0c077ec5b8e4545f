#ifndef PACKDIR_H
#define PACKDIR_H

/*
 * packdir - where packs are, without looking at what they hold
 *
 * A pack is a folder with a pack.json that gives its id. Whoever reads packs
 * (case-match their SQL and indicators, scan-yara their YARA rules) finds them
 * here, so that scan-yara need not know SQLite.
 *
 * Calling:  packdirs_find for each folder (a pack or a folder of packs;
 *           packs_default finds the one that belongs to the program),
 *           packdirs_free.
 * Errors:   -1 where a folder cannot be read, holds no pack, or a pack.json
 *           is none.
 * Limits:   PACK_FILE_MAX, PACK_FILES_MAX.
 */

#include "err.h"
#include "str.h"

struct packdir {
	struct str id, title, dir;
};

struct packdirs {
	struct packdir *v;
	size_t n;
};
#define PACKDIRS_INIT {NULL, 0}

/* Append the packs of dir, sorted by folder. */
int packdirs_find(struct packdirs *p, const char *dir, struct err *e);
void packdirs_free(struct packdirs *p);

/* The folder of packs of this program: beside the executable, else the
 * tree's, else the installed one. 0, or -1 where there is none. */
int packs_default(struct str *dir, struct err *e);

/* The names in a folder, without those that begin with a dot, sorted. */
int packdir_names(const char *dir, struct strlist *out, struct err *e);

/* A file of a pack, whole, replaced in out. */
int packdir_read(const char *path, size_t max, struct str *out, struct err *e);

#endif
