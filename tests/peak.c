/*
 * peak - run a command; print what it took
 *
 * usage: peak [-o FILE] COMMAND...   "SECONDS KIB STATUS" to stderr, its own
 * output goes to FILE, without to nobody. KIB: resident memory of the largest
 * of its processes. (In C, because a process counts what it was before exec: a
 * shell or python would be the floor of every figure.)
 */
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

int
main(int argc, char **argv)
{
	const char *out = "/dev/null";
	char *none[] = {NULL};
	posix_spawn_file_actions_t fa;
	struct timespec a, b;
	struct rusage u;
	pid_t pid;
	int st, fd;

	if (argc > 2 && strcmp(argv[1], "-o") == 0) {
		out = argv[2];
		argv += 2;
		argc -= 2;
	}
	if (argc < 2)
		return 2;
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 1, out,
	    O_WRONLY | O_CREAT | O_TRUNC, 0644);
	fd = fcntl(2, F_DUPFD_CLOEXEC, 3);
	posix_spawn_file_actions_adddup2(&fa, 1, 2);
	clock_gettime(CLOCK_MONOTONIC, &a);
	if (fd < 0 || posix_spawn(&pid, argv[1], &fa, NULL, argv + 1, none))
		return 2;
	wait4(pid, &st, 0, &u);
	clock_gettime(CLOCK_MONOTONIC, &b);
	dprintf(fd, "%.2f %ld %d\n",
	    (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9,
	    u.ru_maxrss, WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st));
	return 0;
}
