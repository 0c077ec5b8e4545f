#include "art.h"

#include "digest.h"
#include "limits.h"

/*
 * authorized_keys, as sshd(8) reads it: [options] type base64 [comment].
 * Options are separated by commas without blanks outside of double quotes.
 */

static bool
blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
known_type(const char *p, size_t n)
{
	static const char *const types[] = {"ssh-rsa", "ssh-dss", "ssh-ed25519",
	    "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
	    "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
	    "ssh-rsa-cert-v01@openssh.com", "ssh-dss-cert-v01@openssh.com",
	    "ssh-ed25519-cert-v01@openssh.com",
	    "ecdsa-sha2-nistp256-cert-v01@openssh.com",
	    "ecdsa-sha2-nistp384-cert-v01@openssh.com",
	    "ecdsa-sha2-nistp521-cert-v01@openssh.com", "ssh-xmss@openssh.com",
	    NULL};
	int i;

	for (i = 0; types[i]; i++)
		if (strlen(types[i]) == n && memcmp(types[i], p, n) == 0)
			return true;
	return false;
}

static size_t
word(const char *p, size_t n, size_t i)
{
	while (i < n && !blank(p[i]))
		i++;
	return i;
}

static size_t
blanks(const char *p, size_t n, size_t i)
{
	while (i < n && blank(p[i]))
		i++;
	return i;
}

/* End of the options at i; quotes may hold blanks. */
static size_t
options(const char *p, size_t n, size_t i, bool *open)
{
	bool quoted = false;

	while (i < n && (quoted || !blank(p[i]))) {
		if (p[i] == '\\' && i + 1 < n && p[i + 1] == '"')
			i++;
		else if (p[i] == '"')
			quoted = !quoted;
		i++;
	}
	*open = quoted;
	return i;
}

/* Does the blob begin with its own type, as RFC 4253 6.6 says? */
static bool
blob_type(const struct str *blob, const char *type, size_t n)
{
	const unsigned char *b = (const unsigned char *)blob->s;
	size_t len;

	if (blob->n < 4)
		return false;
	len = (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 |
	      b[3];
	return len == n && blob->n - 4 > n && memcmp(b + 4, type, n) == 0;
}

static void
row(const struct art_file *f, struct rec *r, const struct art_line *l)
{
	struct str blob cleanup_str = STR_INIT, b64 cleanup_str = STR_INIT;
	struct str print cleanup_str = STR_INIT;
	const char *p = l->p, *defect = NULL;
	size_t n = l->n, i, opt = 0, opt_end = 0, type, type_end, key, key_end;
	unsigned char digest[32];
	bool open = false;

	if (n && p[n - 1] == '\r')
		n--;
	i = blanks(p, n, 0);
	type = i;
	type_end = word(p, n, i);
	if (!known_type(p + type, type_end - type)) {
		opt = i;
		opt_end = options(p, n, i, &open);
		type = blanks(p, n, opt_end);
		type_end = word(p, n, type);
		if (open)
			defect = "quote without end in the options";
		else if (!known_type(p + type, type_end - type))
			defect = "no key type that sshd knows";
	}
	key = blanks(p, n, type_end);
	key_end = word(p, n, key);
	if (!defect && key == key_end) {
		defect = "no key";
	} else if (!defect) {
		str_add(&b64, p + key, key_end - key);
		if (str_add_unbase64(&blob, b64.s, b64.n))
			defect = "key is not base64";
		else if (!blob_type(&blob, p + type, type_end - type))
			defect = "key is not of the type that the line says";
	}
	art_begin(f, r, l->number);
	rec_bytes(r, COL_persist_text, p, l->n);
	if (defect && !blob.n) {
		art_trimmed(r, COL_persist_command, p, n);
	} else {
		digest_raw(blob.s, blob.n, digest);
		str_adds(&print, "SHA256:");
		str_add_base64(&print, digest, sizeof(digest));
		while (print.n && print.s[print.n - 1] == '=')
			str_cut(&print, print.n - 1);
		rec_str(r, COL_persist_fingerprint, &print);
		str_set(&b64, p + type, type_end - type);
		str_addc(&b64, ' ');
		str_add(&b64, p + key, key_end - key);
		rec_str(r, COL_persist_command, &b64);
		art_trimmed(r, COL_persist_name, p + key_end, n - key_end);
		if (opt_end > opt)
			rec_bytes(r, COL_persist_options, p + opt,
			    opt_end - opt);
	}
	rec_text(r, COL_persist_schedule, "login");
	rec_text(r, COL_persist_defect, defect);
	rec_end(r);
}

int
parse_sshkeys(const struct art_file *f, struct rec *r, struct err *err)
{
	struct art_line l = ART_LINE_INIT;
	int64_t rows = 0;
	size_t i;

	(void)err;
	while (art_next(f, &l)) {
		i = blanks(l.p, l.n, 0);
		if (i == l.n || l.p[i] == '#' || l.p[i] == '\r')
			continue;
		if (++rows > ART_LINES_MAX) {
			art_too_many(f, r);
			break;
		}
		row(f, r, &l);
	}
	if (!rows)
		art_file_row(f, r, NULL);
	return 0;
}
