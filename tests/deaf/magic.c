/*
 * magic - libmagic as it comes: the control of law 8. Not part of salvor.
 */
#include <magic.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
	magic_t m = magic_open(MAGIC_NONE);
	const char *s = NULL;

	if (m && magic_load(m, NULL) == 0 && argc == 2)
		s = magic_file(m, argv[1]);
	puts(s ? s : "nothing");
	return 0;
}
