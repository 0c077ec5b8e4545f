#include "cli.h"

#include "digest.h"
#include "err.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static const char *synopsis = ""; /* of the program, for messages */

void
cli_init(const char *tool)
{
	int fd;

	clearenv();
	progname = tool;
	umask(077);
	/* 0, 1 and 2 must be something, or evidence would be opened there. */
	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	} while (fd >= 0 && fd <= 2);
	if (fd > 2)
		close(fd);
	signal(SIGPIPE, SIG_IGN); /* a write error is reported, not died of */
	digest_init();
}

static void
print_usage(FILE *f, const struct cli *c)
{
	const struct cli_opt *o;
	char left[80];
	int n;

	fprintf(f, "usage: %s [OPTION]...%s%s\n%s\n\n", progname,
	    c->synopsis[0] ? " " : "", c->synopsis, c->about);
	for (o = c->opts; o->name || o->letter; o++) {
		n = 0;
		if (o->letter)
			n += snprintf(left + n, sizeof(left) - (size_t)n,
			    "-%c", o->letter);
		if (o->name)
			n += snprintf(left + n, sizeof(left) - (size_t)n,
			    "%s--%s", o->letter ? ", " : "    ", o->name);
		if (o->type == CLI_SOME)
			snprintf(left + n, sizeof(left) - (size_t)n, "[=%s]",
			    o->arg);
		else if (o->arg)
			snprintf(left + n, sizeof(left) - (size_t)n, " %s",
			    o->arg);
		fprintf(f, "  %-24s %s\n", left, o->help);
	}
	fprintf(f, "  %-24s %s\n", "-h, --help", "print this and exit");
	fprintf(f, "  %-24s %s\n", "-V, --version",
	    "print version, build and libraries and exit");
	if (c->more)
		fprintf(f, "\n%s", c->more);
}

void
cli_usage(const char *fmt, ...)
{
	va_list ap;
	char msg[512];

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	warn_msg("%s", msg);
	fprintf(stderr, "usage: %s [OPTION]...%s%s (try --help)\n", progname,
	    synopsis[0] ? " " : "", synopsis);
	exit(2);
}

static void
print_version(void)
{
	printf("%s (salvor) %s\nbuild %s\nlibcrypto %s\n", progname,
	    cli_version, cli_build, digest_library());
}

void
cli_close_stdout(void)
{
	if (fflush(stdout) || ferror(stdout) || close(STDOUT_FILENO))
		die("cannot write to standard output: %s", strerror(errno));
}

static void
set(const struct cli_opt *o, const char *arg)
{
	switch (o->type) {
	case CLI_FLAG:
		*(bool *)o->to = true;
		break;
	case CLI_TEXT:
		*(const char **)o->to = arg;
		break;
	case CLI_LIST:
		strlist_adds(o->to, arg);
		break;
	case CLI_SOME:
		strlist_adds(o->to, arg ? arg : "");
		break;
	}
}

static const struct cli_opt *
find(const struct cli *c, char letter, const char *name, size_t n)
{
	const struct cli_opt *o;

	for (o = c->opts; o->name || o->letter; o++) {
		if (letter && o->letter == letter)
			return o;
		if (!letter && o->name && strlen(o->name) == n &&
		    memcmp(o->name, name, n) == 0)
			return o;
	}
	return NULL;
}

/* One argument that starts with a dash; returns how many it took. */
static int
option(const struct cli *c, int argc, char **argv, int i)
{
	const struct cli_opt *o;
	const char *a = argv[i], *eq;
	size_t n;

	if (a[1] == '-') {
		eq = strchr(a, '=');
		n = eq ? (size_t)(eq - a) - 2 : strlen(a) - 2;
		if (n == 4 && memcmp(a + 2, "help", 4) == 0) {
			print_usage(stdout, c);
			cli_close_stdout();
			exit(0);
		}
		if (n == 7 && memcmp(a + 2, "version", 7) == 0) {
			print_version();
			cli_close_stdout();
			exit(0);
		}
		o = find(c, 0, a + 2, n);
		if (!o)
			cli_usage("unknown option '%s'", a);
		if (!o->arg) {
			if (eq)
				cli_usage("option '--%s' takes no argument",
				    o->name);
			set(o, NULL);
			return 1;
		}
		if (eq && !eq[1] && o->type == CLI_SOME)
			cli_usage("option '--%s=' wants %s", o->name, o->arg);
		if (eq || o->type == CLI_SOME) {
			set(o, eq ? eq + 1 : NULL);
			return 1;
		}
		if (i + 1 >= argc)
			cli_usage("option '%s' wants %s", a, o->arg);
		set(o, argv[i + 1]);
		return 2;
	}
	for (a++; *a; a++) {
		if (*a == 'h') {
			print_usage(stdout, c);
			cli_close_stdout();
			exit(0);
		}
		if (*a == 'V') {
			print_version();
			cli_close_stdout();
			exit(0);
		}
		o = find(c, *a, NULL, 0);
		if (!o)
			cli_usage("unknown option '-%c'", *a);
		if (!o->arg) {
			set(o, NULL);
			continue;
		}
		if (a[1]) {
			set(o, a + 1);
			return 1;
		}
		if (i + 1 >= argc)
			cli_usage("option '-%c' wants %s", *a, o->arg);
		set(o, argv[i + 1]);
		return 2;
	}
	return 1;
}

int
cli_parse(const struct cli *c, int argc, char **argv)
{
	char **operands = xreallocarray(NULL, (size_t)argc + 1, sizeof(char *));
	char **options = xreallocarray(NULL, (size_t)argc + 1, sizeof(char *));
	int i = 1, k, took, operands_n = 0, options_n = 0;

	synopsis = c->synopsis;
	while (i < argc) {
		if (strcmp(argv[i], "--") == 0) {
			if (c->stop || operands_n == 0)
				i++;
			break;
		}
		if (argv[i][0] != '-' || !argv[i][1]) {
			operands[operands_n++] = argv[i++];
			if (c->stop)
				break;
			continue;
		}
		took = option(c, argc, argv, i);
		for (k = 0; k < took; k++)
			options[options_n++] = argv[i + k];
		i += took;
	}
	while (i < argc)
		operands[operands_n++] = argv[i++];
	if (operands_n < c->min)
		cli_usage("too few operands");
	if (c->max >= 0 && operands_n > c->max)
		cli_usage("unexpected operand '%s'", operands[c->max]);
	/* options first, then a gap of dropped "--", operands last */
	for (i = 0; i < options_n; i++)
		argv[1 + i] = options[i];
	for (i = 0; i < operands_n; i++)
		argv[argc - operands_n + i] = operands[i];
	free(operands);
	free(options);
	return argc - operands_n;
}
