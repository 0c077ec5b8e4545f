#ifndef ERR_H
#define ERR_H

/*
 * err - errors that a caller owns
 *
 * A library function returns 0 or -1 (or a pointer or NULL) and fills the
 * struct err that is its last argument. Nothing is to be freed; on success it
 * is untouched. The first four classes are facts about the evidence: the
 * caller turns them into a "note" record (rec_note_err) and goes on. ERR_OURS
 * is our failure: the program says so and stops.
 */

enum err_class {
	ERR_NONE,
	ERR_ABSENT,	 /* is not there */
	ERR_DENIED,	 /* is there, may not be read */
	ERR_CORRUPT,	 /* was read, makes no sense */
	ERR_LIMIT,	 /* beyond a limit of limits.h */
	ERR_CHANGED,	 /* changed or vanished while it was read */
	ERR_UNSUPPORTED, /* this version cannot read it */
	ERR_CRASHED,	 /* the worker that read it died */
	ERR_OURS,	 /* our failure, not the evidence's */
};

struct err {
	enum err_class class;
	int sys;       /* errno, 0 if none */
	bool fine;     /* nothing was lost by it: a note that is not "lost" */
	char msg[256]; /* lower case, no full stop, subject quoted */
};

/* Fill e; returns -1, so that "return err_set(...)" reads well. */
int err_set(struct err *e, enum err_class class, int sys, const char *fmt, ...)
    PRINTF(4, 5);

/* Fill e from an errno value; the class follows from it. Returns -1. The
 * text of the errno is appended: "cannot open 'x': Permission denied". */
int err_sys(struct err *e, int sys, const char *fmt, ...) PRINTF(3, 4);

/* Put context in front of the message: "reading 'x': ...". Returns -1. */
int err_wrap(struct err *e, const char *fmt, ...) PRINTF(2, 3);

/* The class that an errno value from reading evidence belongs to. */
enum err_class err_class_of(int sys);

/* "absent", "denied", ... as in note.class; "ours" for ERR_OURS. */
const char *err_class_name(enum err_class class);

/* "ENOENT" and so on; "" for 0. Never localised. */
const char *err_errno_name(int sys);

/* The program's name for messages; set once by cli_init. */
extern const char *progname;

/* "progname: message\n" to stderr, control bytes escaped. */
void warn_msg(const char *fmt, ...) PRINTF(1, 2);

/* The same, then exit 3 (our failure). */
NORETURN void die(const char *fmt, ...) PRINTF(1, 2);

/* Memory or death: evidence sizes are checked against limits.h before. */
void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n);
void *xreallocarray(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
char *xmemdup(const void *p, size_t n); /* adds a NUL */

#endif
