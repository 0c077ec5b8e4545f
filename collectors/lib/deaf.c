/*
 * deaf - calls of libraries that would listen to the host
 *
 * The linker puts these in the place of libc's (Makefile, DEAF); static
 * programs only, since others find libc's own elsewhere.
 *
 * iconv: libarchive converts names with it, and glibc's iconv_open loads
 * modules that the host's gconv configuration names: code of the host, in a
 * static program. Ours converts nothing: names are the bytes that they are.
 * (Failing instead would do for tar; of a zip, names in UTF-8 would be lost.)
 *
 * __tzfile_read: every time function of libc, gmtime_r included, begins with
 * reading /etc/localtime. libmagic prints times, libarchive reads those of
 * zip members, libyara those of PE files. This is the one place where libc
 * opens a zone; without one it takes UTC.
 */

#include <errno.h>
#include <iconv.h>

iconv_t __wrap_iconv_open(const char *to, const char *from);
size_t __wrap_iconv(iconv_t cd, char **in, size_t *in_left, char **out,
    size_t *out_left);
int __wrap_iconv_close(iconv_t cd);
void __wrap___tzfile_read(const char *file, size_t extra, char **extrap);

static char same; /* its address is the only conversion that there is */

static bool
has_ascii(const char *charset)
{
	return !strcasestr(charset, "UTF-16") &&
	    !strcasestr(charset, "UTF-32") && !strcasestr(charset, "UCS");
}

iconv_t
__wrap_iconv_open(const char *to, const char *from)
{
	if (has_ascii(to) && has_ascii(from))
		return (iconv_t)&same;
	errno = EINVAL; /* "the conversion is not supported" */
	return (iconv_t)-1;
}

size_t
__wrap_iconv(iconv_t cd UNUSED, char **in, size_t *in_left, char **out,
    size_t *out_left)
{
	size_t n;

	if (!in || !*in)
		return 0;
	n = *in_left < *out_left ? *in_left : *out_left;
	memcpy(*out, *in, n);
	*in += n;
	*out += n;
	*in_left -= n;
	*out_left -= n;
	if (!*in_left)
		return 0;
	errno = E2BIG;
	return (size_t)-1;
}

int
__wrap_iconv_close(iconv_t cd UNUSED)
{
	return 0;
}

void
__wrap___tzfile_read(const char *file UNUSED, size_t extra UNUSED,
    char **extrap UNUSED)
{
}
