#ifndef CONTENT_H
#define CONTENT_H

/*
 * content - read a file once, from its first byte to its last: digest, first
 * bytes, and whatever else wants to see the bytes on their way
 *
 * Never mapped: a file that is cut short while it is mapped kills its reader.
 * What changes while it is read is ERR_CHANGED, and both sizes are known.
 *
 * Calling:  content_new once a process; content_read for each file, found and
 *           perhaps not yet reopened; results stay until the next call.
 * Limits:   CONTENT_READ_MAX bytes are read of one file; beyond it there is no
 *           digest (ERR_LIMIT). Memory: CONTENT_HEAD and one buffer.
 * Errors:   ERR_CHANGED, ERR_LIMIT, ERR_DENIED, ERR_CORRUPT (the disk's own:
 *           EIO); in each of them what was read so far is there.
 */

#include "digest.h"
#include "rec.h"
#include "root.h"

struct content {
	const unsigned char *head; /* first bytes, at most CONTENT_HEAD */
	size_t head_n;
	uint64_t read;	       /* bytes that were read */
	uint64_t size;	       /* by the inode, before reading */
	uint64_t size_after;   /* by the inode, after it */
	bool whole;	       /* all of it was read and nothing changed */
	unsigned char sha256[32]; /* if whole */
};

struct content_reader;
struct content_reader *content_new(void);
void content_free(struct content_reader *c);

/*
 * first (may be NULL) sees the first bytes, and says whether to go on: false
 * ends reading without error (out->whole is false, head is there). more (may
 * be NULL) sees every piece in its order, the first included.
 */
struct content_hooks {
	bool (*first)(void *arg, const unsigned char *head, size_t n);
	void (*more)(void *arg, uint64_t at, const unsigned char *p, size_t n);
	void *arg;
};
int content_read(struct content_reader *c, struct root *r, struct root_file *f,
    const struct content_hooks *h, struct content *out, struct err *e);

/* Note what went wrong, with both sizes where the file changed. */
void content_note(struct rec *r, const char *scope, const char *path,
    const struct content *c, const struct err *e);

#endif
