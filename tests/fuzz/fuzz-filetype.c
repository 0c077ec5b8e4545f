/*
 * fuzz-filetype - what a file is by its first bytes and its name: triage, text
 * or not, LOKI's word, libmagic with our database and our limits
 *
 * Input: a name up to the first newline, then the bytes.
 */

#include "magicdb.h"
#include "triage.h"

#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const mode_t modes[] = {S_IFREG | 0644, S_IFREG | 0755,
	    S_IFREG | 04755, S_IFDIR | 0755, S_IFLNK | 0777, S_IFCHR | 0600};
	static const char *const homes[] = {"/home/a", "/", "", NULL};
	const uint8_t *nl = n ? memchr(data, '\n', n) : NULL;
	struct str path cleanup_str = STR_INIT;
	struct str a cleanup_str = STR_INIT;
	struct str b cleanup_str = STR_INIT;
	struct stat st = {0};
	const char *word;
	uint8_t *p;
	size_t i;

	magicdb_open();
	str_adds(&path, "/");
	if (nl) {
		str_add(&path, data, (size_t)(nl - data));
		n -= (size_t)(nl + 1 - data);
		data = nl + 1;
	}
	p = malloc(n ? n : 1); /* exact, so that overreads show */
	if (!p)
		return 0;
	memcpy(p, data, n);
	for (i = 0; i < COUNT(modes); i++) {
		st.st_mode = modes[i];
		if (triage_place(path.s, &st, NULL) >= TRIAGE_COUNT ||
		    triage_place(path.s, &st, homes) >= TRIAGE_COUNT)
			abort();
	}
	if (!triage_name(triage_bytes(path.s, p, n)))
		abort();
	word = magicdb_filetype(p, n);
	if (!word || !*word)
		abort();
	magicdb_text(p, n);
	magicdb_type(p, n, &a);
	for (i = 0; i < a.n; i++) /* goes into a record as text of ours */
		if (a.s[i] < 0x20 || a.s[i] >= 0x7f)
			abort();
	if (a.n > MAGIC_TYPE_MAX)
		abort();
	magicdb_type(p, n, &b); /* nothing of one file stays for the next */
	if (strcmp(a.s, b.s) != 0)
		abort();
	free(p);
	return 0;
}
