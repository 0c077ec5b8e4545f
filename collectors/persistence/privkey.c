#include "art.h"

#include "digest.h"
#include "limits.h"

/*
 * Private keys that lie about: PEM and OpenSSH's own form. A row says of what
 * kind, whether a pass phrase protects it and, where the file says so in the
 * clear, what its public half is. The key itself goes into no row and no blob.
 */

struct form {
	const char *begin;
	const char *name;
	int encrypted; /* 1, 0; -1: by the headers below */
};

static const struct form forms[] = {
	{"OPENSSH PRIVATE KEY", "openssh", -1},
	{"RSA PRIVATE KEY", "rsa", -1},
	{"DSA PRIVATE KEY", "dsa", -1},
	{"EC PRIVATE KEY", "ec", -1},
	{"ENCRYPTED PRIVATE KEY", "pkcs8", 1},
	{"PRIVATE KEY", "pkcs8", 0},
	{"SSH2 ENCRYPTED PRIVATE KEY", "ssh2", 1},
	{"PGP PRIVATE KEY BLOCK", "pgp", -1},
};

static bool
take(const struct str *b, size_t *at, const unsigned char **p, size_t *n)
{
	const unsigned char *u = (const unsigned char *)b->s;

	if (b->n - *at < 4)
		return false;
	*n = (size_t)u[*at] << 24 | (size_t)u[*at + 1] << 16 |
	     (size_t)u[*at + 2] << 8 | u[*at + 3];
	*at += 4;
	if (*n > b->n - *at)
		return false;
	*p = u + *at;
	*at += *n;
	return true;
}

/* OpenSSH's form: cipher, then the public half, in the clear. */
static int
openssh(const struct str *b, struct str *pub, int *encrypted)
{
	static const char magic[] = "openssh-key-v1";
	const unsigned char *p;
	size_t at = sizeof(magic), n;

	if (b->n < at || memcmp(b->s, magic, at) != 0 || !take(b, &at, &p, &n))
		return -1;
	*encrypted = !(n == 4 && memcmp(p, "none", 4) == 0);
	if (!take(b, &at, &p, &n) || !take(b, &at, &p, &n) || b->n - at < 4)
		return -1;
	at += 4; /* how many keys: one */
	if (!take(b, &at, &p, &n))
		return -1;
	str_add(pub, p, n);
	return 0;
}

static void
key(const struct art_file *f, struct rec *r, const char *body, const char *end,
    const struct form *k, int64_t line)
{
	struct str b64 cleanup_str = STR_INIT, blob cleanup_str = STR_INIT;
	struct str pub cleanup_str = STR_INIT, print cleanup_str = STR_INIT;
	struct str text cleanup_str = STR_INIT, what cleanup_str = STR_INIT;
	unsigned char digest[32];
	const unsigned char *type;
	int encrypted = k->encrypted;
	size_t at = 0, n;
	const char *p;

	if (encrypted < 0)
		encrypted = memmem(body, (size_t)(end - body), "ENCRYPTED",
		    9) != NULL;
	if (k == forms) {
		for (p = body; p < end && b64.n < PRIVKEY_MAX; p++)
			if (!strchr(" \t\r\n", *p))
				str_addc(&b64, *p);
		if (str_add_unbase64(&blob, b64.s, b64.n) ||
		    openssh(&blob, &pub, &encrypted))
			str_clear(&pub);
	}
	str_adds(&what, k->name);
	if (pub.n && take(&pub, &at, &type, &n) && n < 64 &&
	    utf8_clean(type, n)) {
		str_addf(&what, " %.*s", (int)n, (const char *)type);
		str_addf(&text, "%.*s ", (int)n, (const char *)type);
		str_add_base64(&text, pub.s, pub.n);
		digest_raw(pub.s, pub.n, digest);
		str_adds(&print, "SHA256:");
		str_add_base64(&print, digest, sizeof(digest));
		while (print.n && print.s[print.n - 1] == '=')
			str_cut(&print, print.n - 1);
	}
	if (k != &forms[7])
		str_adds(&what, encrypted ? ", encrypted" : ", not encrypted");
	art_begin(f, r, line);
	rec_str(r, COL_persist_command, &text);
	rec_str(r, COL_persist_options, &what);
	rec_str(r, COL_persist_fingerprint, &print);
	rec_end(r);
	/* what was taken apart does not stay in memory longer than needed */
	explicit_bzero(b64.s, b64.n);
	explicit_bzero(blob.s, blob.n);
}

int
parse_privkey(const struct art_file *f, struct rec *r, struct err *err)
{
	const char *p = f->data, *end = f->data + f->n, *at, *name, *stop, *nl;
	int64_t line = 1, rows = 0;
	size_t i, n;

	(void)err;
	if (f->n > 20 && memcmp(p, "PuTTY-User-Key-File-", 20) == 0) {
		art_begin(f, r, 1);
		rec_text(r, COL_persist_options,
		    memmem(p, f->n, "Encryption: none", 16)
		    ? "putty, not encrypted" : "putty, encrypted");
		rec_end(r);
		return 0;
	}
	while (p < end && rows < PRIVKEYS_MAX &&
	    (at = memmem(p, (size_t)(end - p), "-----BEGIN ", 11)) != NULL) {
		for (; p < at; p++)
			line += *p == '\n';
		name = at + 11;
		p = name;
		nl = memchr(name, '\n', (size_t)(end - name));
		if (!nl)
			break;
		for (i = 0; i < COUNT(forms); i++) {
			n = strlen(forms[i].begin);
			if ((size_t)(nl - name) >= n + 5 &&
			    memcmp(name, forms[i].begin, n) == 0 &&
			    memcmp(name + n, "-----", 5) == 0)
				break;
		}
		if (i == COUNT(forms))
			continue;
		stop = memmem(nl, (size_t)(end - nl), "-----END ", 9);
		key(f, r, nl + 1, stop ? stop : end, &forms[i], line);
		rows++;
	}
	return 0;
}
