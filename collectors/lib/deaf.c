/*
 * deaf - calls of libraries that would listen to the host
 *
 * libarchive converts names with iconv, and glibc's iconv_open loads modules
 * that the host's gconv configuration names: code of the host, in a static
 * program. The linker puts this in its place (-Wl,--wrap=iconv_open); names
 * are then taken as the bytes that they are.
 */

#include <errno.h>
#include <iconv.h>

iconv_t __wrap_iconv_open(const char *to, const char *from);

iconv_t
__wrap_iconv_open(const char *to UNUSED, const char *from UNUSED)
{
	errno = EINVAL; /* "the conversion is not supported" */
	return (iconv_t)-1;
}
