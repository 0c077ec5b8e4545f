/* dirs - do directories of the system list all that is in them? */

#include "live.h"

#include "limits.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <time.h>

/*
 * A directory of ext4, xfs, tmpfs and their kind has two links and one more for
 * each directory in it. Whoever leaves names out of a listing seldom thinks of
 * that. btrfs, overlay, and others give every directory one link: those are
 * not compared; nor is ext4's directory of more than 65,000, which has one.
 * Directories in which others are made and removed all the time are looked at
 * again before anything is said.
 */

static const char *const dirs[] = {"/", "/bin", "/boot", "/dev", "/dev/shm",
	"/etc", "/etc/cron.d", "/etc/systemd", "/etc/systemd/system", "/home",
	"/lib", "/lib64", "/media", "/mnt", "/opt", "/root", "/root/.config",
	"/run", "/sbin", "/srv", "/tmp", "/usr", "/usr/bin", "/usr/lib",
	"/usr/lib/systemd", "/usr/lib/systemd/system", "/usr/libexec",
	"/usr/local", "/usr/local/bin", "/usr/local/lib", "/usr/local/sbin",
	"/usr/sbin", "/usr/share", "/usr/src", "/var", "/var/lib", "/var/log",
	"/var/spool", "/var/spool/cron", "/var/tmp", "/var/www"};

/* Of linux/magic.h: those that count directories in their links. */
static bool
counts(long type)
{
	switch ((unsigned long)type) {
	case 0xef53:	 /* ext2, 3, 4 */
	case 0x58465342: /* xfs */
	case 0x01021994: /* tmpfs */
	case 0xf2f52010: /* f2fs */
		return true;
	default:
		return false;
	}
}

/* Directories that are listed, by the types in the listing itself: what is
 * mounted there need not answer. -1: not known. */
static int64_t
listed(int fd)
{
	int again = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	DIR *d = again < 0 ? NULL : fdopendir(again);
	const struct dirent *ent;
	int64_t n = 0;

	if (!d) {
		if (again >= 0)
			close(again);
		return -1;
	}
	while (n >= 0 && (ent = readdir(d))) {
		if (ent->d_type == DT_UNKNOWN)
			n = -1;
		else if (ent->d_type == DT_DIR && strcmp(ent->d_name, ".") &&
		    strcmp(ent->d_name, ".."))
			n++;
	}
	closedir(d);
	return n;
}

/* How many more directories its links speak of than are listed; negative:
 * fewer. 0 also where nothing can be said. */
static int64_t
missing(struct live *run, const char *path, uint64_t *links, struct str *real)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct statfs fs;
	int64_t n;
	struct stat after;
	struct err e;

	if (root_find(run->root, path, 0, &f, NULL) ||
	    !S_ISDIR(f.st.st_mode) || fstatfs(f.fd, &fs) ||
	    !counts(fs.f_type) || f.st.st_nlink < 2)
		return 0;
	if (root_reopen(run->root, &f, &e) || (n = listed(f.fd)) < 0)
		return 0;
	/* it changed meanwhile: nothing is known */
	if (fstat(f.fd, &after) || after.st_nlink != f.st.st_nlink ||
	    after.st_mtim.tv_sec != f.st.st_mtim.tv_sec ||
	    after.st_mtim.tv_nsec != f.st.st_mtim.tv_nsec)
		return 0;
	*links = f.st.st_nlink;
	str_set(real, f.path.s, f.path.n);
	return (int64_t)f.st.st_nlink - 2 - n;
}

void
live_dirs(struct live *run)
{
	struct timespec pause = {0, 10 * 1000 * 1000};
	struct str real cleanup_str = STR_INIT;
	char what[200];
	uint64_t links = 0;
	int64_t n = 0;
	size_t i;
	int tries;

	for (i = 0; i < COUNT(dirs); i++) {
		for (tries = 0; tries < PROC_REPEATS; tries++) {
			if (tries)
				nanosleep(&pause, NULL);
			n = missing(run, dirs[i], &links, &real);
			if (n <= 0)
				break;
		}
		if (n <= 0)
			continue;
		snprintf(what, sizeof(what), "a directory whose %llu links "
		    "speak of %lld more directories than are listed in it",
		    (unsigned long long)links, (long long)n);
		live_contradiction(run, "directory", real.s, "number of links",
		    "listing", what, tries, real.s);
	}
}
