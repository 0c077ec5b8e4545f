/* What a command line runs: the shell's words, and those of units. */

#include "../../collectors/persistence/runs.h"

#include "art.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct root_file file = ROOT_FILE_INIT;
	struct artifact art = {.name = "x", .attack = "", .when = ""};
	struct accounts accounts;
	struct art_file f = {
		.art = &art, .file = &file, .via = "/x", .via_st = &file.st,
		.scope = "host", .origin = "host", .owner = "root",
		.accounts = &accounts
	};
	static const char passwd[] = "root:x:0:0::/root:/bin/sh\n";
	char *copy = xmemdup(p, n);
	struct rec *r = rec_sink(fuzz_drop, NULL);
	int how;

	accounts_parse(passwd, sizeof(passwd) - 1, &accounts);
	for (how = RUNS_SHELL; how <= RUNS_FILE; how++) {
		art_begin(&f, r, 1);
		art_runs(&f, r, (enum runs_syntax)how, copy, n, NULL, "/");
		rec_end(r);
	}
	rec_close(r, NULL);
	accounts_release(&accounts);
	free(copy);
	return 0;
}
