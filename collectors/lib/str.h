#ifndef STR_H
#define STR_H

/*
 * str - byte strings that own their memory, and lists of them
 *
 * Every heap string lives in a struct str; a bare char pointer is weak and is
 * never freed. s is never NULL after str_init and is always followed by a
 * NUL, but may hold NULs: n is the length. Life cycle: STR_INIT or str_init,
 * str_clear (empty, memory kept), str_release (memory freed, usable again).
 */

struct str {
	char *s;
	size_t n;
	size_t cap; /* 0: s is the static empty string */
};

extern char str_empty[1];
#define STR_INIT {str_empty, 0, 0}
#define cleanup_str __attribute__((cleanup(str_release)))

void str_init(struct str *a);
void str_release(struct str *a);
void str_clear(struct str *a);
void str_grow(struct str *a, size_t more); /* room for more bytes and a NUL */
void str_add(struct str *a, const void *p, size_t n);
void str_addc(struct str *a, char c);
void str_adds(struct str *a, const char *s);
void str_addf(struct str *a, const char *fmt, ...) PRINTF(2, 3);
void str_set(struct str *a, const void *p, size_t n);
void str_sets(struct str *a, const char *s);
void str_cut(struct str *a, size_t n);	      /* shorten to n */
char *str_steal(struct str *a);		      /* the caller's, free() */
bool str_eq(const struct str *a, const char *s);

/* A list of byte strings, kept in the order of adding. */
struct strlist {
	struct str *v;
	size_t n;
	size_t cap;
};

#define STRLIST_INIT {NULL, 0, 0}
#define cleanup_strlist __attribute__((cleanup(strlist_release)))

void strlist_add(struct strlist *l, const void *p, size_t n);
void strlist_adds(struct strlist *l, const char *s);
void strlist_sort(struct strlist *l); /* by bytes, stable for equals */
void strlist_clear(struct strlist *l);
void strlist_release(struct strlist *l);
/* Join with sep between the elements; appended to out. */
void strlist_join(const struct strlist *l, const char *sep, struct str *out);

/* Is it valid UTF-8 (RFC 3629, no surrogates) without NUL? */
bool utf8_clean(const void *p, size_t n);
/* Length of the valid UTF-8 sequence at p (1..4), 0 if it is none or NUL. */
size_t utf8_len(const unsigned char *p, size_t n);

/*
 * The readable form of bytes that are not clean UTF-8: "\xHH" for each bad
 * byte and NUL, "\\" for a backslash, the rest as it is. Unambiguous.
 */
void str_add_readable(struct str *out, const void *p, size_t n);

/*
 * For terminals and messages: what is not printable (control bytes, C1,
 * DEL, bidirectional overrides, line separators, bad UTF-8) as "\n", "\t",
 * "\xHH" or "\u{HEX}"; a backslash as "\\".
 */
void str_add_visible(struct str *out, const void *p, size_t n);

/* RFC 4648 base64 with padding. str_add_unbase64 returns -1 on bad input
 * (strict: no white space, right padding, canonical trailing bits). */
void str_add_base64(struct str *out, const void *p, size_t n);
int str_add_unbase64(struct str *out, const char *s, size_t n);

/* Lower-case hexadecimal of n bytes. */
void str_add_hex(struct str *out, const void *p, size_t n);

/* A JSON string with its quotes; the input must be clean UTF-8. */
void str_add_json(struct str *out, const char *p, size_t n);

/* A JSON array of strings; elements that are not clean in readable form. */
void str_add_json_list(struct str *out, const struct strlist *l);

#endif
