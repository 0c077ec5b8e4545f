#ifndef DIGEST_H
#define DIGEST_H

/*
 * digest - SHA-256 (FIPS 180-4) through libcrypto
 *
 * libcrypto reads the host's openssl.cnf, and loads what it names, unless it
 * is told not to before anything else: digest_init does, cli_init calls it.
 */

#define SHA256_HEX 65 /* 64 digits and a NUL */

void digest_init(void);
const char *digest_library(void); /* version of the library */

struct digest; /* a computation under way */
struct digest *digest_new(void);
void digest_add(struct digest *d, const void *p, size_t n);
/* The result in lower-case hex; d may be used again for another. */
void digest_hex(struct digest *d, char out[SHA256_HEX]);
/* The same as 32 bytes. */
void digest_end(struct digest *d, unsigned char out[32]);
void digest_free(struct digest *d);

/* All at once. */
void digest_of(const void *p, size_t n, char out[SHA256_HEX]);
void digest_raw(const void *p, size_t n, unsigned char out[32]);

#endif
