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
 * whole file (at most ART_READ_MAX) and is hostile. root and tree may be
 * NULL (fuzz targets): then nothing beside the file itself is looked at.
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

/* When an entry of an artifact runs; rules go by it. */
enum art_class {
	ART_TIME,	/* by the clock */
	ART_SERVICE,	/* started, and started again */
	ART_BOOT,	/* with the kernel, before any service */
	ART_EVENT,	/* a device, a network, a package, a message, a mail */
	ART_LOGIN,	/* somebody logs in */
	ART_TOOL,	/* somebody uses a program */
	ART_WEB,	/* a request */
	ART_ENGINE,	/* a container engine or a container starts */
	ART_LOADER,	/* any program starts */
	ART_ACCESS,	/* lets somebody in, or be more */
	ART_SUPPLY,	/* says where software comes from */
};

struct art_file;
struct art_tree;
struct pkgdb;

struct artifact {
	const char *name;
	/* Patterns, separated by one blank; ~ first: for each home of the
	 * root's own passwd; @ first: what the tree's own configuration names
	 * (places.h). A file that two rows match belongs to the first. */
	const char *glob;
	int (*parse)(const struct art_file *, struct rec *, struct err *);
	const char *format;
	enum art_owner owner;
	const char *attack;
	enum art_class class;
	const char *when; /* schedule where the place says it: "hourly" */
	bool binary; /* no lines of text, never kept: programs, private keys */
};

extern const struct artifact artifacts[];
extern const size_t artifacts_n;

const char *art_owner_rule(enum art_owner o); /* for -L */
const char *art_class_name(enum art_class c);

/* What a parser sees. All borrowed. */
struct art_file {
	const struct artifact *art;
	struct root *root;
	struct art_tree *tree;
	const struct root_file *file; /* found and read */
	const char *via;	      /* the name it was reached by */
	const struct stat *via_st;    /* of that name, links not followed */
	const char *host_path;	      /* container: on the host's disk; or NULL */
	const char *data;	      /* content, n bytes, a NUL behind */
	size_t n;
	bool cut;		      /* the file is longer than ART_READ_MAX */
	const char *scope;	      /* host, container:ENGINE/ID */
	const char *origin;	      /* host, container, image */
	const char *owner;	      /* by the artifact's rule; NULL: none */
	const char *sha256;	      /* NULL: the file was not read */
	const char *package;	      /* that owns the file; NULL: none */
	const char *package_state;    /* as in persist; NULL: not looked up */
	struct pkgdb *packages;	      /* of the tree; NULL: none */
	const struct accounts *accounts;
	bool first; /* of the tree's files of this artifact: notes on them all */
};

/* Start a persist record with everything that belongs to the file; line 0:
 * the file as such. The parser adds its columns and calls rec_end. Its own
 * file's owner is written unless the artifact's rule is OWNER_FIELD. */
void art_begin(const struct art_file *f, struct rec *r, int64_t line);

/* A row for the file as such, with that defect (NULL: none). */
void art_file_row(const struct art_file *f, struct rec *r, const char *defect);

/* A bytes column without blanks at its ends; empty: absent. */
void art_trimmed(struct rec *r, enum col c, const char *p, size_t n);

/* A variable that makes a program run, or another program than it seems. */
bool art_powerful(const char *name, size_t n);

/* Note that lines beyond the first ART_LINES_MAX were not looked at. */
void art_too_many(const struct art_file *f, struct rec *r);

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

/* The parsers: parse_FORMAT of each FMT line. */
#define FMT(format) \
	int parse_##format(const struct art_file *, struct rec *, struct err *);
#define BINARY(format) FMT(format)
#define ART(symbol, name, glob, format, owner, attack, class, when)
#include "artifacts.def"
#undef FMT
#undef BINARY
#undef ART

#endif
