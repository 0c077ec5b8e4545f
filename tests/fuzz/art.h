/* art.h - what the fuzz targets of the artifact parsers share */

#include "../../collectors/persistence/art.h"
#include "err.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static inline void
fuzz_drop(void *arg, enum kind k, const char *line, size_t n)
{
	(void)arg;
	(void)k;
	if (!n || line[n - 1] != '\n')
		die("bug: half a record");
}

/* Run the parser of an artifact over the bytes, as a file of that name. */
static inline void
fuzz_artifact(const char *name, const char *via, const uint8_t *p, size_t n)
{
	static const char passwd[] = "root:x:0:0::/root:/bin/sh\n";
	struct root_file file = ROOT_FILE_INIT;
	struct accounts accounts;
	struct art_file f = {
		.file = &file, .via = via, .via_st = &file.st, .n = n,
		.scope = "host", .origin = "host", .owner = "root",
		.accounts = &accounts
	};
	char *copy = xmemdup(p, n); /* the NUL behind, and exact bounds */
	struct rec *r = rec_sink(fuzz_drop, NULL);
	struct err e;
	size_t i;

	f.data = copy;
	file.st.st_mode = S_IFREG | 0600;
	file.st.st_nlink = 1;
	file.st.st_size = (off_t)n;
	str_adds(&file.path, via);
	accounts_parse(passwd, sizeof(passwd) - 1, &accounts);
	for (i = 0; i < artifacts_n; i++)
		if (strcmp(artifacts[i].name, name) == 0) {
			f.art = &artifacts[i];
			artifacts[i].parse(&f, r, &e);
		}
	if (!f.art)
		die("no artifact '%s'", name);
	rec_close(r, NULL);
	accounts_release(&accounts);
	str_release(&file.path);
	free(copy);
}
