/*
 * self - see self.h
 */

#include "self.h"

#include "digest.h"
#include "err.h"

#include <errno.h>
#include <sys/auxv.h>
#include <sys/random.h>

int
self_path(struct str *out, struct err *e)
{
	const char *given = (const char *)getauxval(AT_EXECFN);
	char *real cleanup_free = NULL;
	char buf[4096];
	ssize_t n = readlink("/proc/self/exe", buf, sizeof(buf));

	if (n == (ssize_t)sizeof(buf))
		return err_set(e, ERR_OURS, ENAMETOOLONG,
		    "cannot tell where this program lies: its path is too "
		    "long");
	if (n > 0) {
		str_set(out, buf, (size_t)n);
		return 0;
	}
	real = given ? realpath(given, NULL) : NULL;
	if (!real)
		return err_set(e, ERR_OURS, errno,
		    "cannot tell where this program lies: no /proc");
	str_sets(out, real);
	return 0;
}

static bool
urandom(void *out, size_t n)
{
	int fd cleanup_fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC |
	    O_NOCTTY | O_NONBLOCK);

	return fd >= 0 && read(fd, out, n) == (ssize_t)n;
}

int
self_random(void *out, size_t n, struct err *e)
{
	const void *start = (const void *)getauxval(AT_RANDOM);
	static uint64_t calls;
	unsigned char sum[32];
	struct {
		unsigned char start[16];
		struct timespec now;
		uint64_t pid, calls;
	} seed;

	if (getrandom(out, n, 0) == (ssize_t)n || urandom(out, n))
		return 0;
	if (!start || n > sizeof(sum))
		return err_set(e, ERR_OURS, 0, "cannot get random bytes");
	memset(&seed, 0, sizeof(seed));
	memcpy(seed.start, start, sizeof(seed.start));
	clock_gettime(CLOCK_REALTIME, &seed.now);
	seed.pid = (uint64_t)getpid();
	seed.calls = calls++;
	digest_raw(&seed, sizeof(seed), sum);
	memcpy(out, sum, n);
	return 0;
}
