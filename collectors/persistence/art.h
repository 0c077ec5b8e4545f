#ifndef ART_H
#define ART_H

/*
 * art - persistence artifacts: where to look, how to read, what it means
 *
 * Where to look is data (artifacts.def); how to read a format is code (one
 * file a format); a row names its format.
 *
 * To add an artifact of a known format: one row in artifacts.def and one
 * fixture directory tests/fixtures/art-NAME. Nothing else. To add a format:
 * one file collectors/persistence/x.c that exports one
 * int parse_x(const struct art_file *, struct rec *, struct err *), one FMT
 * line in artifacts.def, one fuzz target.
 *
 * A parser writes "persist" (or "account") records through art_begin, which
 * fills the columns that belong to the file. An entry that would be refused
 * or would never run is a row with "defect", never dropped. Its input is the
 * whole file (at most ART_READ_MAX) and is hostile.
 */

#include "accounts.h"
#include "rec.h"
#include "root.h"

enum art_owner {
	OWNER_FIELD,	/* the entry says it (or, where it may not, it is root) */
	OWNER_ROOT,
	OWNER_FILENAME, /* the file's name is the account (user crontabs) */
	OWNER_HOME,	/* the account whose home it lies in */
	OWNER_LOGIN,	/* everybody who logs in: owner absent */
};

struct art_file;

struct artifact {
	const char *name;
	const char *glob; /* ~ first: for each home of the root's own passwd */
	int (*parse)(const struct art_file *, struct rec *, struct err *);
	enum art_owner owner;
	const char *attack;
	const char *note; /* schedule where the place says it: "hourly" */
};

extern const struct artifact artifacts[];
extern const size_t artifacts_n;

/* What a parser sees. All borrowed. */
struct art_file {
	const struct artifact *art;
	struct root *root;
	const struct root_file *file; /* found and read */
	const char *via;	      /* the name it was reached by */
	const char *data;	      /* content, n bytes, a NUL behind */
	size_t n;
	bool cut;		      /* the file is longer than ART_READ_MAX */
	const char *scope;	      /* host, container:ENGINE/ID */
	const char *origin;	      /* host, container, image */
	const char *owner;	      /* by the artifact's rule; NULL: none */
	const char *sha256;
	const struct accounts *accounts;
};

/* Start a persist record with everything that belongs to the file; line 0:
 * the file as such. The parser adds its columns and calls rec_end. */
void art_begin(const struct art_file *f, struct rec *r, int64_t line);

/* Lines of a text file: a view, without the newline. false at the end. A
 * line over ART_LINE_MAX is cut and noted by the caller of the parser. */
struct art_line {
	const char *p;
	size_t n;
	int64_t number; /* from 1 */
	bool ended;	/* a newline ends it */
	bool cut;
	size_t next;	/* private */
};
#define ART_LINE_INIT {NULL, 0, 0, false, false, 0}
bool art_next(const struct art_file *f, struct art_line *l);

#endif
