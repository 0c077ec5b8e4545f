/* test-known - lists of digests from outside: every form, and what is none */

#include "known.h"

#include "limits.h"
#include "str.h"

#include "tap.h"

#define D1 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define D2 "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define M1 "00112233445566778899aabbccddeeff"
#define M2 "ffeeddccbbaa99887766554433221100"

static char dir[] = "/tmp/test-known.XXXXXX";

/* The list of a text, or NULL and e. */
static struct known *
list(const char *text, struct err *e)
{
	struct str path cleanup_str = STR_INIT;
	struct known *k = known_new();
	FILE *f;
	int r;

	str_addf(&path, "%s/list", dir);
	f = fopen(path.s, "we");
	if (!f || fputs(text, f) < 0 || fclose(f))
		die("cannot write");
	r = known_read(k, path.s, e);
	unlink(path.s);
	if (r) {
		known_free(k);
		return NULL;
	}
	known_ready(k);
	return k;
}

/* What a list of one line says of path with D1 and M1. */
static void
says(const char *text, const char *path, enum known_answer want,
    const char *what)
{
	struct err e;
	struct known *k = list(text, &e);

	ok(k && known_ask(k, path, D1, M1) == want, "%s", what);
	known_free(k);
}

int
main(void)
{
	struct err e;
	struct known *k;
	const char *tmp = getenv("TMPDIR");
	struct str big = STR_INIT;
	unsigned i;

	if (tmp && chdir(tmp) == 0)
		memcpy(dir, "./test-known.XXXXXX", 20);
	if (!mkdtemp(dir))
		die("no folder");

	says(D1 "\n", "/x", KNOWN_GOOD, "a digest alone");
	says(M1 "\n", "/x", KNOWN_GOOD, "an MD5");
	says("# c\n\n" D2 "\n" D1 "\r\n", "/x", KNOWN_GOOD,
	    "among others, with carriage returns");
	says(D1 "  /bin/sh\n", "/bin/other", KNOWN_GOOD, "wherever it lies");
	says(D2 "  /bin/sh\n", "/bin/sh", KNOWN_OTHER, "another content");
	says(D2 " */bin/sh\n", "/bin/sh", KNOWN_OTHER, "a binary");
	says(D2 "  ./bin/sh\n", "/bin/sh", KNOWN_OTHER, "./");
	says(D2 "  bin/sh\n", "/bin/sh", KNOWN_OTHER, "as dpkg has it");
	says(D2 "  /bin/bash\n", "/bin/sh", KNOWN_NOTHING, "another path");
	says(D2 "\n", "/bin/sh", KNOWN_NOTHING, "a digest without path");
	says("\\" D2 "  /a\\nb\\\\c\n", "/a\nb\\c", KNOWN_OTHER,
	    "the escapes of sha256sum");
	says("SHA256 (/bin/a (b)) = " D2 "\n", "/bin/a (b)", KNOWN_OTHER,
	    "as BSD writes it");
	says("MD5 (/x) = " M1 "\n", "/y", KNOWN_GOOD, "MD5 of BSD");
	says("%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n12," M2 "," D2
	    ",/usr/a,b\n", "/usr/a,b", KNOWN_OTHER, "hashdeep");
	says("\"00\",\"" M1 "\",\"CRC\",\"name\",12\n", "/x", KNOWN_GOOD,
	    "fields with quotes");
	says("ABCDEF00" "11223344556677889900AABBCCDD0011" "\n" D1 "\n", "/x",
	    KNOWN_GOOD, "beside a line that is none");

	k = list(M2 "  /bin/sh\n", &e);
	ok(k && known_has_md5(k), "the list has MD5");
	ok(known_ask(k, "/bin/sh", D1, NULL) == KNOWN_NOTHING,
	    "no answer without the digest that it has");
	ok(known_ask(k, "/bin/sh", D1, M1) == KNOWN_OTHER, "and one with it");
	ok(known_ask(NULL, "/", D1, M1) == KNOWN_NOTHING, "no list");
	known_free(k);

	ok(!list("", &e) && e.class == ERR_CORRUPT, "an empty list");
	ok(!list("hello\nworld\n", &e), "a text");
	ok(!list("hello\nworld\nmore\n" D1 "\n", &e), "mostly a text");
	ok(!list(D1 "0\n", &e), "a digest that is too long");
	ok(!list(D1 "x\n", &e), "a digest with more behind it");
	k = known_new();
	ok(known_read(k, "/nonexistent", &e) == -1 && strstr(e.msg, "nonexist"),
	    "a list that is not there");
	known_free(k);

	for (i = 0; i < 50000; i++)
		str_addf(&big, "%08x%024x  /f/%u\n", i * 2654435761u, i, i);
	k = list(big.s, &e);
	ok(k && known_count(k) == 50000, "a long one");
	for (i = 0; k && i < 50000; i++) {
		char hex[33], path[32];

		snprintf(hex, sizeof(hex), "%08x%024x", i * 2654435761u, i);
		snprintf(path, sizeof(path), "/f/%u", i);
		if (known_ask(k, "/", D1, hex) != KNOWN_GOOD ||
		    known_ask(k, path, D1, M1) != KNOWN_OTHER)
			break;
	}
	ok(i == 50000, "each of it is found");
	known_free(k);
	str_release(&big);
	rmdir(dir);
	return done();
}
