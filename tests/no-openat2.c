/*
 * no-openat2 - run a program as on a kernel that lacks something
 *
 * usage: no-openat2 [-k] [-l] [-m] [-o] [-e OFFSET] PROGRAM ARGS...
 * openat2 returns ENOSYS, as before Linux 5.6 (-k keeps it); -l: Landlock's
 * calls as well, as before 5.13; -m: copies of mounts, as before 5.2 (evidence then has
 * the names by which strace knows it); -o: every call that Linux 3.10 has not.
 * -e: a disk with bad blocks, every pread64 at OFFSET or behind it, or of as
 * many bytes, gives EIO.
 */

#include "err.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/prctl.h>

static const int landlock[] = {SCMP_SYS(landlock_create_ruleset),
    SCMP_SYS(landlock_add_rule), SCMP_SYS(landlock_restrict_self)};

/* The last call of 3.10 is finit_module, 313: what came after has a larger
 * number (arch/x86/entry/syscalls/syscall_64.tbl). 512 and above are x32's. */
enum { LAST_OF_3_10 = 313, LAST = 511 };

static int
hide_new(scmp_filter_ctx f)
{
	int nr, k = 0;

	for (nr = LAST_OF_3_10 + 1; nr <= LAST && !k; nr++)
		k = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), nr, 0);
	/* what calls of old learned later: EINVAL, as for any unknown word */
	if (!k)
		k = seccomp_rule_add(f, SCMP_ACT_ERRNO(EINVAL),
		    SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_CAP_AMBIENT, 0));
	return k;
}

int
main(int argc, char **argv)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	bool keep = false, both = false, mounts = false, old = false;
	const char *bad = NULL;
	int c, k = 0;
	size_t i;

	progname = "no-openat2";
	while ((c = getopt(argc, argv, "+klmoe:")) != -1) {
		bad = c == 'e' ? optarg : bad;
		keep = keep || c == 'k';
		both = both || c == 'l';
		mounts = mounts || c == 'm';
		old = old || c == 'o';
		if (c == '?')
			return 2;
	}
	if (optind == argc)
		die("no program");
	if (!f)
		die("cannot make a filter");
	if (old)
		k = hide_new(f);
	else if (!keep)
		k = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS),
		    SCMP_SYS(openat2), 0);
	for (i = 0; both && !old && !k && i < COUNT(landlock); i++)
		k = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), landlock[i],
		    0);
	if (!k && mounts && !old)
		k = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS),
		    SCMP_SYS(open_tree), 0);
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
