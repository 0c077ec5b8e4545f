/* test-bolt - BoltDB files, built here page by page: what is whole is read, and
 * of what is broken the rest. Files of real engines: t-collect-*.sh. */

#include "bolt.h"

#include "limits.h"

#include "tap.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

/* ---- a writer ---------------------------------------------------------------- */

static unsigned char file[4 * 1024 * 1024];
static size_t page_size, file_n;

static void
put(unsigned char *p, uint64_t v, size_t n)
{
	while (n--) {
		*p++ = (unsigned char)v;
		v >>= 8;
	}
}

static void
begin(size_t size)
{
	page_size = size;
	file_n = 0;
	memset(file, 0, sizeof(file));
}

/* A page of keys at p; returns where its elements end. */
static unsigned char *
head(unsigned char *p, uint64_t id, unsigned type, size_t count, uint32_t more)
{
	put(p, id, 8);
	put(p + 8, type, 2);
	put(p + 10, count, 2);
	put(p + 12, more, 4);
	return p + 16 + 16 * count;
}

static unsigned char *
at(uint64_t id)
{
	unsigned char *p = file + id * page_size;

	if (file_n < (id + 1) * page_size)
		file_n = (id + 1) * page_size;
	return p;
}

/* Element i of the page at p; its bytes go to *end, which moves on. */
static void
leaf(unsigned char *p, size_t i, unsigned char **end, const char *key,
    const void *value, size_t n, unsigned flags)
{
	unsigned char *el = p + 16 + 16 * i;
	size_t k = strlen(key);

	put(el, flags, 4);
	put(el + 4, (uint64_t)(*end - el), 4);
	put(el + 8, k, 4);
	put(el + 12, n, 4);
	memcpy(*end, key, k);
	memcpy(*end + k, value, n);
	*end += k + n;
}

static void
text(unsigned char *p, size_t i, unsigned char **end, const char *key,
    const char *value)
{
	leaf(p, i, end, key, value, strlen(value), 0);
}

static void
bucket(unsigned char *p, size_t i, unsigned char **end, const char *key,
    uint64_t page)
{
	unsigned char v[16];

	put(v, page, 8);
	put(v + 8, 7, 8);
	leaf(p, i, end, key, v, sizeof(v), 1);
}

static void
branch(unsigned char *p, size_t i, unsigned char **end, const char *key,
    uint64_t page)
{
	unsigned char *el = p + 16 + 16 * i;

	put(el, (uint64_t)(*end - el), 4);
	put(el + 4, strlen(key), 4);
	put(el + 8, page, 8);
	memcpy(*end, key, strlen(key));
	*end += strlen(key);
}

static void
sum(unsigned char *m)
{
	uint64_t h = 0xcbf29ce484222325;
	int i;

	for (i = 0; i < 56; i++) {
		h ^= m[i];
		h *= 0x100000001b3;
	}
	put(m + 56, h, 8);
}

static void
meta(int i, uint64_t txid, uint64_t root, uint64_t pages)
{
	unsigned char *p = at((uint64_t)i), *m = p + 16;

	head(p, (uint64_t)i, 4, 0, 0);
	put(m, 0xed0cdaed, 4);
	put(m + 4, 2, 4);
	put(m + 8, page_size, 4);
	put(m + 16, root, 8);
	put(m + 32, UINT64_MAX, 8); /* no list of free pages */
	put(m + 40, pages, 8);
	put(m + 48, txid, 8);
	sum(m);
}

/*
 * A file with all there is:
 *   a       bucket of pages: branch 3 to leaves 4, 5; k00 to k19
 *   b       inline bucket: x = 1, y = 2
 *   long    bucket with a value of three pages
 *   v       value
 *   z/in    bucket in a bucket
 */
static void
whole(size_t size)
{
	unsigned char in[200] = {0}, *p, *end;
	char key[16], *big = calloc(1, 3 * size);
	int i;

	begin(size);
	meta(0, 10, 2, 14);
	meta(1, 9, 13, 14);
	p = at(2);
	end = head(p, 2, 2, 5, 0);
	bucket(p, 0, &end, "a", 3);
	put(in, 0, 8);
	{
		unsigned char *q = in + 16, *qe = head(q, 0, 2, 2, 0);

		text(q, 0, &qe, "x", "1");
		text(q, 1, &qe, "y", "2");
		leaf(p, 1, &end, "b", in, (size_t)(qe - in), 1);
	}
	bucket(p, 2, &end, "long", 6);
	text(p, 3, &end, "v", "value");
	bucket(p, 4, &end, "z", 10);
	p = at(3);
	end = head(p, 3, 1, 2, 0);
	branch(p, 0, &end, "k00", 4);
	branch(p, 1, &end, "k10", 5);
	for (i = 0; i < 20; i++) {
		if (i % 10 == 0) {
			p = at((uint64_t)(4 + i / 10));
			end = head(p, (uint64_t)(4 + i / 10), 2, 10, 0);
		}
		snprintf(key, sizeof(key), "k%02d", i);
		text(p, (size_t)(i % 10), &end, key, key + 1);
	}
	memset(big, 'L', 3 * size);
	p = at(6);
	end = head(p, 6, 2, 2, 3);
	leaf(p, 0, &end, "big", big, 3 * size, 0);
	text(p, 1, &end, "end", "e");
	at(9);
	free(big);
	p = at(10);
	end = head(p, 10, 2, 1, 0);
	bucket(p, 0, &end, "in", 11);
	p = at(11);
	end = head(p, 11, 2, 1, 0);
	text(p, 0, &end, "deep", "d");
	p = at(12); /* free, was a leaf */
	end = head(p, 12, 2, 1, 0);
	text(p, 0, &end, "gone", "was here");
	p = at(13); /* root of the state before: without v and z */
	end = head(p, 13, 2, 2, 0);
	bucket(p, 0, &end, "a", 3);
	text(p, 1, &end, "only-old", "o");
}

/* ---- what is read ------------------------------------------------------------- */

struct seen {
	struct bolt *b;
	struct str out;
	int depth;
};

static struct err last_bad;
static struct str bads;
static int bads_n;

static void
on_bad(void *arg, const struct err *e)
{
	(void)arg;
	last_bad = *e;
	bads_n++;
	str_addf(&bads, "%s: %s\n", err_class_name(e->class), e->msg);
}

static int
on_item(void *arg, const struct bolt_item *it)
{
	struct seen *s = arg;

	str_add(&s->out, it->key, it->key_n);
	if (it->value) {
		str_addc(&s->out, '=');
		if (it->value_n < 20)
			str_add(&s->out, it->value, it->value_n);
		else
			str_addf(&s->out, "%zu", it->value_n);
		str_addc(&s->out, ' ');
		return 0;
	}
	str_adds(&s->out, "{ ");
	if (s->depth++ < 10)
		bolt_each(s->b, &it->bucket, on_item, s);
	s->depth--;
	str_adds(&s->out, "} ");
	return 0;
}

#define K00_09 "k00=00 k01=01 k02=02 k03=03 k04=04 k05=05 k06=06 k07=07 k08=08 k09=09 "
#define K10_19 "k10=10 k11=11 k12=12 k13=13 k14=14 k15=15 k16=16 k17=17 k18=18 k19=19 "
#define B "b{ x=1 y=2 } "
#define Z "v=value z{ in{ deep=d } } "

/* All of the file, as text; NULL: not opened. */
static const char *
dump(void)
{
	static struct seen s;
	struct bolt_bucket root;
	struct err e = {.class = ERR_NONE};

	str_clear(&s.out);
	str_clear(&bads);
	bads_n = 0;
	s.depth = 0;
	s.b = bolt_bytes(file, file_n, on_bad, NULL, &e);
	if (!s.b) {
		last_bad = e;
		return err_class_name(e.class);
	}
	bolt_root(s.b, &root);
	bolt_each(s.b, &root, on_item, &s);
	bolt_free(s.b);
	return s.out.s;
}

static void
gives(const char *what, const char *wanted, int faults)
{
	const char *got = dump();

	ok(strcmp(got, wanted) == 0 && (faults < 0 || bads_n == faults), "%s",
	    what);
	if (strcmp(got, wanted) != 0)
		printf("# got:    %s\n# wanted: %s\n", got, wanted);
	if (faults >= 0 && bads_n != faults)
		printf("# %d faults, wanted %d: %s\n", bads_n, faults, bads.s);
}

static char all[1024];

static const char *
with_big(const char *a, size_t big, const char *z)
{
	snprintf(all, sizeof(all), "%slong{ big=%zu end=e } %s", a, big, z);
	return all;
}

static int
stop_at(void *arg, const struct bolt_item *it)
{
	int *n = arg;

	(void)it;
	return ++*n == 3 ? 42 : 0;
}

static void
lookups(void)
{
	struct bolt_bucket bk, z;
	struct err e;
	struct bolt *b;
	const char *v;
	size_t n;
	int i, good = 0, count = 0;
	char key[16];

	whole(4096);
	b = bolt_bytes(file, file_n, on_bad, NULL, &e);
	ok(bolt_path(b, &bk, "a", NULL) && bk.sequence == 7, "a bucket");
	for (i = 0; i < 20; i++) {
		snprintf(key, sizeof(key), "k%02d", i);
		good += bolt_get(b, &bk, key, 3, &v, &n) && n == 2 &&
		    memcmp(v, key + 1, 2) == 0;
	}
	ok(good == 20, "each value by its key");
	ok(!bolt_get(b, &bk, "k", 1, &v, &n) &&
		!bolt_get(b, &bk, "k20", 3, &v, &n) &&
		!bolt_get(b, &bk, "k055", 4, &v, &n) &&
		!bolt_sub(b, &bk, "k05", 3, &z),
	    "no key, no value");
	ok(bolt_each(b, &bk, stop_at, &count) == 42 && count == 3,
	    "who has enough says so");
	ok(bolt_path(b, &z, "z", "in", NULL) &&
		bolt_get(b, &z, "deep", 4, &v, &n) && n == 1 && *v == 'd',
	    "a path of buckets");
	ok(!bolt_path(b, &z, "z", "out", NULL) &&
		!bolt_path(b, &z, "v", NULL) && !bolt_get(b, &bk, "a", 1, &v, &n),
	    "no such path");
	ok(bolt_path(b, &bk, "b", NULL) && bolt_get(b, &bk, "y", 1, &v, &n) &&
		*v == '2' && !bolt_get(b, &bk, "z", 1, &v, &n),
	    "in an inline bucket");
	bolt_free(b);
}

static int
on_carved(void *arg, const struct bolt_item *it)
{
	struct str *out = arg;

	str_add(out, it->key, it->key_n);
	str_addc(out, it->value ? '=' : '{');
	str_add(out, it->value, it->value ? it->value_n : 0);
	str_addc(out, ' ');
	return 0;
}

static void
metas(void)
{
	size_t s;

	for (s = 512; s <= 65536; s *= 2) {
		whole(s);
		gives("pages of another size", with_big("a{ " K00_09 K10_19 "} "
		    B, 3 * s, Z), 0);
		file[16 + 20]++;
		/* what is left is the state before */
		gives("first meta page broken, the second found by trying",
		    "a{ " K00_09 K10_19 "} only-old=o ", 1);
	}
	whole(4096);
	file[4096 + 16 + 20]++;
	gives("second meta page broken",
	    with_big("a{ " K00_09 K10_19 "} " B, 3 * 4096, Z), 0);
	file[16 + 56]++;
	gives("both checksums wrong", with_big("a{ " K00_09 K10_19 "} " B,
	    3 * 4096, Z), 1);
	file[16] = file[4096 + 16] = 0;
	gives("no meta page", "corrupt", 0);
	whole(4096);
	meta(0, 8, 2, 14);
	gives("the newer meta page counts", "a{ " K00_09 K10_19 "} only-old=o ",
	    0);
	whole(4096);
	file[16 + 4] = file[4096 + 16 + 4] = 3;
	sum(file + 16);
	sum(file + 4096 + 16);
	gives("another version", "unsupported", 0);
	whole(4096);
	put(file + 16, 0xedda0ced, 4);
	put(file + 4096 + 16, 0xedda0ced, 4);
	gives("another byte order", "unsupported", 0);
	file_n = 0;
	gives("nothing in it", "corrupt", 0);
	whole(4096);
	put(file + 16 + 8, 3 * 4096, 4);
	sum(file + 16);
	gives("a page size that is none",
	    "a{ " K00_09 K10_19 "} only-old=o ", 1);
}

static void
broken(void)
{
	unsigned char *p, *end;
	size_t n;
	bool good = true;

	/* the root of the newer tree: both trees */
	whole(4096);
	at(2)[8] = 9;
	gives("root broken: what the other meta page leads to",
	    "a{ " K00_09 K10_19 "} only-old=o ", 1);
	/* a leaf that only the newer tree has */
	whole(4096);
	at(11)[0] = 12;
	gives("a page with another number: the rest is read, and nothing "
	    "deleted comes back",
	    with_big("a{ " K00_09 K10_19 "} " B, 3 * 4096,
		"v=value z{ in{ } } "), 1);
	/* a page that both share */
	whole(4096);
	at(4)[8] = 1 | 2;
	gives("a page of no type", with_big("a{ " K10_19 "} " B, 3 * 4096, Z),
	    1);
	/* the older tree has its own copy */
	whole(4096);
	p = at(13);
	end = head(p, 13, 2, 1, 0);
	bucket(p, 0, &end, "a", 14);
	meta(1, 9, 13, 16);
	meta(0, 10, 2, 16);
	memcpy(at(14), at(4), 4096);
	at(14)[0] = 14;
	at(4)[8] = 9;
	gives("of a bucket that is broken in the newer tree, the older one's",
	    with_big("a{ " K00_09 K10_19 "} " B, 3 * 4096, Z), 1);
	/* circles */
	whole(4096);
	p = at(3);
	end = head(p, 3, 1, 2, 0);
	branch(p, 0, &end, "k00", 3);
	branch(p, 1, &end, "k10", 5);
	gives("a branch that leads to itself", with_big("a{ " K10_19 "} " B,
	    3 * 4096, Z), 1);
	whole(4096);
	p = at(11);
	end = head(p, 11, 2, 1, 0);
	bucket(p, 0, &end, "loop", 10);
	gives("a bucket in itself", with_big("a{ " K00_09 K10_19 "} " B,
	    3 * 4096, "v=value z{ in{ loop{ } } } "), 1);
	whole(4096);
	p = at(11);
	end = head(p, 11, 2, 1, 0);
	bucket(p, 0, &end, "twice", 5);
	gives("a page of two buckets is the first one's",
	    with_big("a{ " K00_09 K10_19 "} " B, 3 * 4096,
		"v=value z{ in{ twice{ } } } "), 1);
	whole(4096);
	p = at(11);
	end = head(p, 11, 2, 1, 0);
	bucket(p, 0, &end, "over", 7);
	gives("the middle of another page", with_big("a{ " K00_09 K10_19 "} "
	    B, 3 * 4096, "v=value z{ in{ over{ } } } "), 1);
	whole(4096);
	p = at(11);
	end = head(p, 11, 2, 2, 0);
	bucket(p, 0, &end, "far", 14);
	bucket(p, 1, &end, "farther", UINT64_MAX / 4096);
	gives("pages that are none of the tree's", with_big("a{ " K00_09 K10_19
	    "} " B, 3 * 4096, "v=value z{ in{ far{ } farther{ } } } "), 2);
	/* elements */
	whole(4096);
	put(at(4) + 16 + 8, 5000, 4);
	gives("a key that ends outside", with_big("a{ k01=01 k02=02 k03=03 "
	    "k04=04 k05=05 k06=06 k07=07 k08=08 k09=09 " K10_19 "} " B, 3 * 4096,
	    Z), 1);
	whole(4096);
	put(at(4) + 32 + 4, 16 * 9, 4);
	gives("a value inside another one", with_big("a{ k00=00 k02=02 k03=03 "
	    "k04=04 k05=05 k06=06 k07=07 k08=08 k09=09 " K10_19 "} " B, 3 * 4096,
	    Z), 1);
	whole(4096);
	put(at(5) + 16 + 4, UINT32_MAX, 4);
	put(at(5) + 32 + 12, UINT32_MAX, 4);
	gives("a place far away", with_big("a{ " K00_09
	    "k12=12 k13=13 k14=14 k15=15 k16=16 k17=17 k18=18 k19=19 } " B,
	    3 * 4096, Z), 1);
	whole(4096);
	put(at(11) + 10, 65535, 2);
	dump();
	ok(bads_n && strstr(bads.s, "page 11"), "a count that cannot be");
	whole(4096);
	put(at(4) + 12, UINT32_MAX, 4);
	gives("an overflow that cannot be", with_big("a{ " K00_09 K10_19 "} " B,
	    3 * 4096, Z), 1);
	whole(4096);
	memcpy(at(4) + 16 + 16 * 10, "k50", 3);
	gives("keys out of order", with_big("a{ k01=01 k02=02 k03=03 "
	    "k04=04 k05=05 k06=06 k07=07 k08=08 k09=09 " K10_19 "k50=00 } " B,
	    3 * 4096, Z), 1);
	/* cut off anywhere */
	whole(512);
	for (n = file_n; n-- > 0;) {
		file_n = n;
		dump();
		good &= n < 512 + 80 || bads_n > 0 || n >= 12 * 512;
		if (n == 6 * 512)
			ok(strcmp(dump(), "a{ " K00_09 K10_19 "} " B
			       "long{ } v=value z{ } ") == 0,
			    "cut off: what is before is read");
	}
	ok(good, "cut off anywhere: it is told");
	/* deep */
	begin(512);
	meta(0, 1, 2, 300);
	for (n = 2; n < 300; n++) {
		p = at(n);
		end = head(p, n, 2, 1, 0);
		bucket(p, 0, &end, "d", n + 1);
	}
	dump();
	ok(bads_n == 1 && last_bad.class == ERR_LIMIT, "too deep: told once");
	begin(512);
	meta(0, 1, 2, 300);
	p = at(2);
	end = head(p, 2, 2, 12, 0);
	for (n = 0; n < 12; n++)
		bucket(p, n, &end, "x", 1000);
	for (n = 0; n < 200; n++)
		at(n + 3);
	dump();
	ok(bads_n == 13, "each fault once (%d)", bads_n);
}

static void
carve(void)
{
	struct str out cleanup_str = STR_INIT;
	struct err e;
	struct bolt *b;

	whole(4096);
	meta(1, 9, 2, 14);
	b = bolt_bytes(file, file_n, NULL, NULL, &e);
	bolt_carve(b, on_carved, &out);
	ok(strcmp(out.s, "gone=was here a{ only-old=o ") == 0,
	    "pages that nothing leads to");
	bolt_free(b);
}

/* ---- files ------------------------------------------------------------------- */

static void
files(void)
{
	char top[] = "/tmp/test-bolt.XXXXXX", path[64];
	struct err e = {.class = ERR_NONE};
	struct bolt_bucket bk;
	struct bolt *b;
	struct root *r;
	pid_t child;
	int fd, i, torn = 0, good = 0;

	if (!mkdtemp(top))
		die("mkdtemp: %s", strerror(errno));
	snprintf(path, sizeof(path), "%s/db", top);
	r = root_open_dir(top, &e);
	ok(!bolt_open(r, "/db", on_bad, NULL, &e) && e.class == ERR_ABSENT,
	    "a file that is not there");
	whole(4096);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	if (fd < 0 || write(fd, file, file_n) != (ssize_t)file_n)
		die("cannot write '%s'", path);
	bads_n = 0;
	b = bolt_open(r, "/db", on_bad, NULL, &e);
	ok(b && bolt_path(b, &bk, "z", "in", NULL) && !bolt_torn(b) && !bads_n,
	    "a file");
	bolt_free(b);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		for (;; ) {
			meta(1, ++file[4096 + 16 + 48] & 7, 13, 14);
			if (pwrite(fd, file + 4096, 4096, 4096) != 4096)
				_exit(1);
		}
	}
	for (i = 0; i < 50; i++) {
		b = bolt_open(r, "/db", on_bad, NULL, &e);
		if (!b)
			continue;
		good += bolt_path(b, &bk, "z", "in", NULL);
		torn += bolt_torn(b);
		bolt_free(b);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	ok(good == 50, "a file in use is read (%d, torn %d)", good, torn);
	ok(torn == 0 || last_bad.class == ERR_CHANGED, "and is said to be one");
	close(fd);
	unlink(path);
	ok(mkfifo(path, 0600) == 0 && !bolt_open(r, "/db", on_bad, NULL, &e) &&
		e.class == ERR_CORRUPT, "a FIFO");
	unlink(path);
	root_free(r);
	rmdir(top);
}

int
main(void)
{
	progname = "test-bolt";
	str_init(&bads);
	lookups();
	metas();
	broken();
	carve();
	files();
	return done();
}
