/*
 * replay - run a fuzz target over its corpus without a fuzzer
 *
 * usage: fuzz-NAME CORPUS. One TAP line a file; a crash ends the program, and
 * tests/run sees that the plan is missing.
 */

#include "cli.h"
#include "err.h"
#include "str.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int
skip_dots(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

int
main(int argc, char **argv)
{
	struct dirent **names = NULL;
	int i, count;

	cli_init("replay");
	count = argc == 2 ? scandir(argv[1], &names, skip_dots, alphasort) : -1;
	if (count < 1)
		die("no corpus in '%s'", argc == 2 ? argv[1] : "");
	for (i = 0; i < count; i++) {
		struct str path cleanup_str = STR_INIT;
		struct str data cleanup_str = STR_INIT;
		FILE *f;
		char buf[65536];
		size_t k;

		str_addf(&path, "%s/%s", argv[1], names[i]->d_name);
		f = fopen(path.s, "rb");
		if (!f)
			die("cannot open '%s'", path.s);
		while ((k = fread(buf, 1, sizeof(buf), f)) > 0)
			str_add(&data, buf, k);
		fclose(f);
		LLVMFuzzerTestOneInput((const uint8_t *)data.s, data.n);
		printf("ok %d - %s\n", i + 1, names[i]->d_name);
		fflush(stdout);
		free(names[i]);
	}
	free(names);
	printf("1..%d\n", count);
	return 0;
}
