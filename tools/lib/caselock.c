#include "caselock.h"

#include <libgen.h>

int
case_open_locked(struct case_db *c, const char *path, unsigned flags,
    struct lock *l, struct err *e)
{
	char *real cleanup_free = realpath(path, NULL);
	char *copy cleanup_free = NULL;
	int fd cleanup_fd = -1, *fds cleanup_free = NULL;

	if (!real) /* says why */
		return case_open(c, path, flags, e);
	copy = xstrdup(real);
	fd = open(dirname(copy), O_PATH | O_DIRECTORY | O_CLOEXEC);
	l->keep = LOCK_DAC_READ_SEARCH;
	fds = xreallocarray(NULL, l->read_n + 1, sizeof(*fds));
	if (l->read_n)
		memcpy(fds, l->read_fds, l->read_n * sizeof(*fds));
	if (fd >= 0)
		fds[l->read_n++] = fd;
	l->read_fds = fds;
	if (lock_down(l, e))
		return -1;
	l->read_fds = NULL;
	l->read_n = 0;
	return case_open(c, real, flags, e);
}
