/* test-seen - contents by their digest: found again, numbers and values stay,
 * chosen digests make no long chains, memory is what seen.h says */

#include "seen.h"

#include "digest.h"
#include "err.h"

#include "tap.h"

#include <malloc.h>

static void
digest(uint32_t i, unsigned char out[32])
{
	digest_raw(&i, sizeof(i), out);
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int
main(void)
{
	enum { N = 300000 };
	struct seen *s = seen_new();
	unsigned char d[32];
	uint32_t i, wrong = 0, again = 0, values = 0;
	double t;
	size_t bytes = mallinfo2().uordblks + mallinfo2().hblkhd;

	for (i = 0; i < N; i++) {
		digest(i, d);
		if (seen_add(s, d) != i + 1)
			wrong++;
		*seen_value(s, i + 1) = i ^ 0x5a5a;
	}
	bytes = mallinfo2().uordblks + mallinfo2().hblkhd - bytes;
	ok(!wrong && seen_count(s) == N, "new ones get the next number");
	for (i = 0; i < N; i++) {
		digest(i, d);
		if (seen_add(s, d) != i + 1 ||
		    memcmp(seen_digest(s, i + 1), d, 32) != 0)
			again++;
		values += *seen_value(s, i + 1) != (i ^ 0x5a5a);
	}
	ok(!again && seen_count(s) == N, "known ones are found again");
	ok(!values, "values stay");
	ok(bytes / N <= 44, "%zu bytes a content", bytes / N);
	seen_free(s);

	/* all the same but for their last bytes, as one would choose them */
	s = seen_new();
	t = seconds();
	memset(d, 0, sizeof(d));
	for (i = 0; i < 20000; i++) {
		memcpy(d, &i, 3);
		seen_add(s, d);
	}
	t = seconds() - t;
	ok(seen_count(s) == 20000 && t < 1, "chosen digests: %.3f s", t);
	seen_free(s);
	seen_free(NULL);
	return done();
}
