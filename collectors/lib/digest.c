#include "digest.h"

#include "err.h"
#include "str.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

struct digest {
	EVP_MD_CTX *ctx;
};

void
digest_init(void)
{
	if (!OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG |
		OPENSSL_INIT_NO_ATEXIT, NULL))
		die("cannot initialise libcrypto");
}

const char *
digest_library(void)
{
	return OpenSSL_version(OPENSSL_VERSION_STRING);
}

/* Fetched once: a fetch for each digest costs more than a small digest. */
static const EVP_MD *
sha256(void)
{
	static const EVP_MD *md;

	if (!md) {
		digest_init();
		md = EVP_MD_fetch(NULL, "SHA256", NULL);
		if (!md)
			die("libcrypto has no SHA-256");
	}
	return md;
}

struct digest *
digest_new(void)
{
	struct digest *d = xcalloc(1, sizeof(*d));

	d->ctx = EVP_MD_CTX_new();
	if (!d->ctx || !EVP_DigestInit_ex(d->ctx, sha256(), NULL))
		die("libcrypto cannot compute SHA-256");
	return d;
}

void
digest_add(struct digest *d, const void *p, size_t n)
{
	if (!EVP_DigestUpdate(d->ctx, p, n))
		die("libcrypto cannot compute SHA-256");
}

void
digest_end(struct digest *d, unsigned char out[32])
{
	unsigned n = 0;

	if (EVP_MD_CTX_get_size(d->ctx) != 32 ||
	    !EVP_DigestFinal_ex(d->ctx, out, &n) || n != 32 ||
	    !EVP_DigestInit_ex(d->ctx, sha256(), NULL))
		die("libcrypto cannot compute SHA-256");
}

void
digest_hex(struct digest *d, char out[SHA256_HEX])
{
	struct str s cleanup_str = STR_INIT;
	unsigned char md[32];

	digest_end(d, md);
	str_add_hex(&s, md, sizeof(md));
	memcpy(out, s.s, SHA256_HEX);
}

void
digest_free(struct digest *d)
{
	if (!d)
		return;
	EVP_MD_CTX_free(d->ctx);
	free(d);
}

void
digest_raw(const void *p, size_t n, unsigned char out[32])
{
	unsigned k = 0;

	if (!EVP_Digest(p, n, out, &k, sha256(), NULL) || k != 32)
		die("libcrypto cannot compute SHA-256");
}

void
digest_of(const void *p, size_t n, char out[SHA256_HEX])
{
	struct str s cleanup_str = STR_INIT;
	unsigned char md[32];

	digest_raw(p, n, md);
	str_add_hex(&s, md, sizeof(md));
	memcpy(out, s.s, SHA256_HEX);
}
