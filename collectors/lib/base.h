#ifndef BASE_H
#define BASE_H

/*
 * base - what every source file of salvor sees (the Makefile includes it)
 *
 * Three things: scope-bound clean-up of descriptors and memory, explicit
 * hand-over, and a ban on calls that have no place in a forensic tool (they
 * overflow, they read the suspect host's configuration, or they run its
 * programs). A file that has a reason to be an exception says so with
 * BASE_ALLOW_* before anything else.
 */

#include <sys/types.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))
#define NORETURN __attribute__((noreturn))
#define UNUSED __attribute__((unused))

static inline void
base_close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void
base_close_file(FILE **f)
{
	if (*f)
		fclose(*f);
}

static inline void
base_close_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

static inline void
base_free(void *p)
{
	free(*(void **)p);
}

/* Locals that own something; they are released when the scope ends. */
#define cleanup_fd __attribute__((cleanup(base_close_fd)))
#define cleanup_file __attribute__((cleanup(base_close_file)))
#define cleanup_dir __attribute__((cleanup(base_close_dir)))
#define cleanup_free __attribute__((cleanup(base_free)))

/* Hand an owned descriptor over: the local no longer owns it. */
static inline int
steal_fd(int *fd)
{
	int r = *fd;

	*fd = -1;
	return r;
}

/* Hand an owned pointer over. */
static inline void *
steal_ptr(void *pp)
{
	void *p = *(void **)pp;

	*(void **)pp = NULL;
	return p;
}
#define steal(pp) ((__typeof__(*(pp)))steal_ptr(pp))

/* Banned everywhere: overflow, hidden state, the host's name service, its
 * time zone, its shell. */
#undef sprintf /* a macro with clang and _FORTIFY_SOURCE */
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok
#pragma GCC poison gmtime localtime ctime asctime mktime strftime tmpnam mktemp
#pragma GCC poison system popen gethostbyname getaddrinfo
#pragma GCC poison getpwnam getpwuid getgrnam getgrgid getlogin

#endif
