/*
 * no-openat2 - run a program as on a kernel that lacks something
 *
 * usage: no-openat2 [-k] [-l] [-e OFFSET] PROGRAM ARGS...
 * openat2 returns ENOSYS, as before Linux 5.6 (-k keeps it); -l: Landlock's
 * calls as well, as before 5.13. -e: a disk with bad blocks, every pread64 at
 * OFFSET or behind it, or of as many bytes, gives EIO.
 */

#include "err.h"

#include <errno.h>
#include <seccomp.h>

int
main(int argc, char **argv)
{
	static const int landlock[] = {SCMP_SYS(landlock_create_ruleset),
	    SCMP_SYS(landlock_add_rule), SCMP_SYS(landlock_restrict_self)};
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	bool keep = false, both = false;
	const char *bad = NULL;
	int c, k = 0;
	size_t i;

	progname = "no-openat2";
	while ((c = getopt(argc, argv, "+kle:")) != -1) {
		bad = c == 'e' ? optarg : bad;
		keep = keep || c == 'k';
		both = both || c == 'l';
		if (c == '?')
			return 2;
	}
	if (optind == argc)
		die("no program");
	if (!f)
		die("cannot make a filter");
	if (!keep)
		k = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS),
		    SCMP_SYS(openat2), 0);
	for (i = 0; both && !k && i < COUNT(landlock); i++)
		k = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), landlock[i],
		    0);
	if (!k && bad)
		k = seccomp_rule_add(f, SCMP_ACT_ERRNO(EIO), SCMP_SYS(pread64),
			1, SCMP_A3(SCMP_CMP_GE, strtoull(bad, NULL, 10), 0)) ||
		    seccomp_rule_add(f, SCMP_ACT_ERRNO(EIO), SCMP_SYS(pread64),
			1, SCMP_A2(SCMP_CMP_GE, strtoull(bad, NULL, 10), 0));
	if (k || seccomp_load(f))
		die("cannot load a filter");
	seccomp_release(f);
	execvp(argv[optind], argv + optind);
	die("cannot run '%s': %s", argv[optind], strerror(errno));
}
