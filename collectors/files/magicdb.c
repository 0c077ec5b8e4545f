#include "magicdb.h"

#include "err.h"
#include "limits.h"

#include <lzma.h>
#include <magic.h>

/*
 * The database as the Makefile packed it (MAGIC_MGC_XZ). Unpacked once, into
 * memory that workers share: libmagic keeps pointers into it.
 */
__asm__(".pushsection .rodata\n"
	".balign 16\n"
	"magicdb_xz:\n"
	".incbin \"" MAGIC_MGC_XZ "\"\n"
	"magicdb_xz_end:\n"
	".byte 0\n"
	".popsection");
extern const unsigned char magicdb_xz[]
    __attribute__((visibility("hidden")));
extern const unsigned char magicdb_xz_end[]
    __attribute__((visibility("hidden")));

#define COMMON                                                               \
	(MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_ELF |  \
	    MAGIC_NO_CHECK_CSV | MAGIC_NO_CHECK_APPTYPE |                     \
	    MAGIC_NO_CHECK_TOKENS)

static struct {
	magic_t binary, text;
	void *mgc;
	size_t n;
} db;

int __wrap_magic_load(magic_t m, const char *path);

static void
unpack(void)
{
	lzma_stream z = LZMA_STREAM_INIT;
	size_t cap = 16 * 1024 * 1024;
	lzma_ret k;

	if (db.mgc)
		return;
	if (lzma_stream_decoder(&z, MAGIC_MEMORY, 0) != LZMA_OK)
		die("liblzma cannot be used");
	z.next_in = magicdb_xz;
	z.avail_in = (size_t)(magicdb_xz_end - magicdb_xz);
	db.mgc = xmalloc(cap);
	do {
		if (db.n == cap)
			db.mgc = xrealloc(db.mgc, cap *= 2);
		z.next_out = (unsigned char *)db.mgc + db.n;
		z.avail_out = cap - db.n;
		k = lzma_code(&z, LZMA_FINISH);
		db.n = cap - z.avail_out;
	} while (k == LZMA_OK && db.n == cap);
	lzma_end(&z);
	if (k != LZMA_STREAM_END)
		die("the embedded magic database cannot be unpacked");
	db.mgc = xrealloc(db.mgc, db.n);
}

/* Takes the place of magic_load, also where YARA calls it: whatever path it
 * was given, and whatever $MAGIC says. */
int
__wrap_magic_load(magic_t m, const char *path UNUSED)
{
	unpack();
	return magic_load_buffers(m, &db.mgc, &db.n, 1);
}

#ifdef SALVOR_SAN
/* The linker cannot change what a shared libyara calls; it finds this before
 * libmagic's. */
int
magic_load(magic_t m, const char *path)
{
	return __wrap_magic_load(m, path);
}
#endif

static magic_t
new(int flags)
{
	/* what a hostile file may make libmagic do, well below its defaults */
	static const struct {
		int name;
		size_t value;
	} params[] = {
		{MAGIC_PARAM_INDIR_MAX, 10},
		{MAGIC_PARAM_NAME_MAX, 50},
		{MAGIC_PARAM_REGEX_MAX, 4096},
		{MAGIC_PARAM_BYTES_MAX, MAGIC_BYTES},
		{MAGIC_PARAM_ENCODING_MAX, MAGIC_BYTES},
	};
	magic_t m = magic_open(flags);
	size_t i;

	if (!m || __wrap_magic_load(m, NULL))
		die("libmagic refuses its database: %s", m ? magic_error(m) :
		    "no memory");
	for (i = 0; i < COUNT(params); i++)
		if (magic_setparam(m, params[i].name, &params[i].value))
			die("libmagic has no limit %d", params[i].name);
	return m;
}

void
magicdb_open(void)
{
	if (db.binary)
		return;
	db.binary = new(COMMON);
	db.text = new(COMMON | MAGIC_NO_CHECK_SOFT | MAGIC_NO_CHECK_TAR);
}

/* Bytes that file(1) takes for text: BEL to CR, ESC, and from the blank on
 * all but DEL. Beyond ASCII everything may be of some alphabet. */
static bool
text_byte(unsigned char c)
{
	return c >= 0x20 ? c != 0x7f : (c >= 7 && c <= 13) || c == 0x1b;
}

bool
magicdb_text(const void *p, size_t n)
{
	const unsigned char *b = p;
	size_t i;

	if (n > MAGIC_TEXT)
		n = MAGIC_TEXT;
	if (!n)
		return false;
	if (n >= 2 && ((b[0] == 0xff && b[1] == 0xfe) ||
			  (b[0] == 0xfe && b[1] == 0xff))) {
		int high = b[0] == 0xff;

		/* ASCII in UTF-16 has no byte but text and zero */
		for (i = 2; i + 1 < n; i += 2)
			if (b[i + (size_t)high] == 0 &&
			    !text_byte(b[i + 1 - (size_t)high]))
				return false;
		return true;
	}
	for (i = 0; i < n; i++)
		if (!text_byte(b[i]))
			return false;
	return true;
}

void
magicdb_type(const void *p, size_t n, struct str *out)
{
	bool text = magicdb_text(p, n);
	size_t max = text ? MAGIC_TEXT : MAGIC_BYTES;
	const char *s;

	str_clear(out);
	if (!db.binary)
		die("bug: magicdb_open was not called");
	s = magic_buffer(text ? db.text : db.binary, p, n < max ? n : max);
	for (; s && *s && out->n < MAGIC_TYPE_MAX; s++)
		str_addc(out, *s >= 0x20 && *s < 0x7f ? *s : '?');
}

const char *
magicdb_filetype(const void *p, size_t n)
{
	static const struct {
		const char *word, *bytes;
		size_t n;
	} rows[] = {
#define FT(w, b) {w, b, sizeof(b) - 1},
#include "filetype.def"
#undef FT
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		if (n >= rows[i].n && memcmp(p, rows[i].bytes, rows[i].n) == 0)
			return rows[i].word;
	return "UNKNOWN";
}

const char *
magicdb_library(void)
{
	static char version[16];

	snprintf(version, sizeof(version), "%d.%02d", magic_version() / 100,
	    magic_version() % 100);
	return version;
}
