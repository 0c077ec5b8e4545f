#ifndef SHTEXT_H
#define SHTEXT_H

/*
 * shtext - values of shcmd, and what commands do to text
 *
 * A value is text with marks for what cannot be known. Bytes 1 to 4 of the
 * analysed text itself are replaced before analysis, so marks are ours.
 * Pure functions; out is appended to. Trust: hostile text.
 */

#include "str.h"

enum shmark {
	SHMARK_UNKNOWN = 1,
	SHMARK_FETCH = 2,   /* then a byte 0x80 + number of the fetch */
	SHMARK_NET = 3,	    /* from a socket */
	SHMARK_DECODED = 4, /* what follows was decoded; has no width */
	SHMARK_OUTPUT = 5,  /* output of a command that was not looked into */
};

bool shtext_has(const struct str *s, enum shmark m);

/* Text without marks; unknown bytes become an ellipsis "...". */
void shtext_strip(const char *p, size_t n, struct str *out);

/* 0, or -1 where the text is nothing of the kind. Blanks are passed over. */
int shtext_unbase64(const char *p, size_t n, struct str *out);
int shtext_unbase32(const char *p, size_t n, struct str *out);
int shtext_unhex(const char *p, size_t n, struct str *out);

/* Backslash escapes of echo -e, printf and $'...'. Returns whether one of
 * them hid a character (\x, octal, \u). */
bool shtext_escapes(const char *p, size_t n, struct str *out);

/* tr SET1 SET2 and tr -d SET1 (set2 NULL). */
void shtext_tr(const struct str *in, const char *set1, const char *set2,
    struct str *out);

/* rev: each line backwards. */
void shtext_rev(const struct str *in, struct str *out);

/* Does it start with a scheme of an address (http:, https:, ftp:, ...)? */
bool shtext_url(const char *p, size_t n);

/* host[:port]/path without a scheme, the host an IPv4 address or a name with
 * a dot. strict: only an address of digits will do. */
bool shtext_host_path(const char *p, size_t n, bool strict);

/* Is the host of this address (URL or host/path) an IP address in any
 * spelling that C's inet_aton takes, or [v6]? */
bool shtext_ip_host(const char *p, size_t n);

#endif
