#include "art.h"

#include "digest.h"
#include "limits.h"
#include "runs.h"
#include "sshd.h"

/*
 * authorized_keys, as sshd(8) reads it: [options] type base64 [comment].
 * Options are separated by commas without blanks outside of double quotes.
 * Whose keys these are is what sshd's configuration says, not where they lie.
 */

struct reached {
	struct str by;	   /* settings that point at the file, accounts */
	struct str plain;  /* why nobody gets in with a key of it */
	struct str forced; /* the same for a key with command= */
	const char *owner; /* the one account that it opens; NULL: several */
};

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

/* Is there an option of that name? */
static bool
option(const char *p, size_t n, const char *name)
{
	size_t i, k = strlen(name);
	bool quoted = false, start = true;

	for (i = 0; i < n; i++) {
		if (start && n - i >= k && strncasecmp(p + i, name, k) == 0)
			return true;
		if (p[i] == '\\' && i + 1 < n && p[i + 1] == '"')
			i++;
		else if (p[i] == '"')
			quoted = !quoted;
		start = !quoted && p[i] == ',';
	}
	return false;
}

/* The command of command="...", with \" for a quote in it. */
static void
forced(const char *p, size_t n, struct str *out)
{
	size_t i;
	bool quoted = false, start = true;

	for (i = 0; i < n; i++) {
		if (start && n - i > 9 &&
		    strncasecmp(p + i, "command=\"", 9) == 0) {
			for (i += 9; i < n && p[i] != '"'; i++) {
				if (p[i] == '\\' && i + 1 < n &&
				    p[i + 1] == '"')
					i++;
				str_addc(out, p[i]);
			}
			return;
		}
		if (p[i] == '\\' && i + 1 < n && p[i + 1] == '"')
			i++;
		else if (p[i] == '"')
			quoted = !quoted;
		start = !quoted && p[i] == ',';
	}
}

/* Who gets in with this file, and why not. */
static void
reach(const struct art_file *f, struct reached *to)
{
	struct str plain cleanup_str = STR_INIT, forced cleanup_str = STR_INIT;
	const struct account *a;
	const struct sshd *s;
	const struct sshd_key *k;
	size_t i, accounts = 0, others = 0;
	bool open = false;

	to->owner = f->owner;
	if (!f->tree || !f->root)
		return;
	s = sshd_of(f->tree);
	for (i = 0; i < s->keys_n; i++) {
		k = &s->keys[i];
		if (!str_eq(&k->real, f->file->path.s))
			continue;
		if (!to->by.n)
			str_adds(&to->by, k->why.s);
		if (!k->account) {
			to->owner = NULL;
			str_adds(&to->by, ": of every account");
			open = true;
			break;
		}
		a = k->account;
		if (!accounts++)
			to->owner = a->name.s;
		else if (++others <= SSHD_OTHERS_MAX)
			str_addf(&to->by, "%s%s", others > 1 ? " " :
			    "; also of ", a->name.s);
		str_clear(&plain);
		str_clear(&forced);
		sshd_strict(s, a, f->file->path.s, &plain);
		if (plain.n) {
			str_adds(&forced, plain.s);
		} else {
			sshd_login(s, a, false, &plain);
			sshd_login(s, a, true, &forced);
		}
		/* refused is what all are refused; the first's reason stands */
		if (accounts == 1) {
			str_adds(&to->plain, plain.s);
			str_adds(&to->forced, forced.s);
		}
		if (!plain.n)
			str_clear(&to->plain);
		if (!forced.n)
			str_clear(&to->forced);
	}
	if (open) {
		str_clear(&to->plain);
		str_clear(&to->forced);
	} else if (!accounts) {
		str_adds(&to->plain, "sshd does not read it: ");
		sshd_key_setting(s, f->owner && f->accounts
		    ? accounts_by_name(f->accounts, f->owner, strlen(f->owner))
		    : NULL, &to->plain);
		str_adds(&to->forced, to->plain.s);
	}
	if (others > SSHD_OTHERS_MAX)
		str_addf(&to->by, " and %zu more", others - SSHD_OTHERS_MAX);
}

/* The setting that names certificate authorities of users. */
static void
reach_ca(const struct art_file *f, struct reached *to)
{
	const struct sshd *s;
	const struct sshconf_line *l;
	size_t i;

	if (!f->tree || !f->root)
		return;
	s = sshd_of(f->tree);
	for (i = 0; i < s->conf.n; i++) {
		l = &s->conf.v[i];
		if (!str_eq(&l->key, "trustedusercakeys") || !l->args.n ||
		    !str_eq(&l->args.v[0], f->via))
			continue;
		str_addf(&to->by, "%sTrustedUserCAKeys (", to->by.n ? "; " : "");
		sshd_where(s, l, &to->by);
		str_addc(&to->by, ')');
	}
}

static void
row(const struct art_file *f, struct rec *r, const struct art_line *l,
    const struct reached *to)
{
	struct str blob cleanup_str = STR_INIT, b64 cleanup_str = STR_INIT;
	struct str print cleanup_str = STR_INIT, cmd cleanup_str = STR_INIT;
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
		forced(p + opt, opt_end - opt, &cmd);
		if (cmd.n)
			art_runs(f, r, RUNS_SHELL, cmd.s, cmd.n, NULL, NULL);
	}
	rec_text(r, COL_persist_schedule, "login");
	rec_str(r, COL_persist_enabled, &to->by);
	if (!defect && (option(p + opt, opt_end - opt, "command=")
	    ? to->forced.n : to->plain.n))
		defect = option(p + opt, opt_end - opt, "command=")
		    ? to->forced.s : to->plain.s;
	rec_text(r, COL_persist_defect, defect);
	rec_end(r);
}

int
parse_sshkeys(const struct art_file *f, struct rec *r, struct err *err)
{
	struct reached to = {STR_INIT, STR_INIT, STR_INIT, NULL};
	struct art_line l = ART_LINE_INIT;
	struct art_file of = *f;
	int64_t rows = 0;
	size_t i;

	(void)err;
	if (f->art->owner == OWNER_LOGIN)
		reach_ca(f, &to);
	else
		reach(f, &to);
	of.owner = to.owner;
	while (art_next(f, &l)) {
		i = blanks(l.p, l.n, 0);
		if (i == l.n || l.p[i] == '#' || l.p[i] == '\r')
			continue;
		if (++rows > ART_LINES_MAX) {
			art_too_many(f, r);
			break;
		}
		row(&of, r, &l, &to);
	}
	if (!rows)
		art_file_row(&of, r, NULL);
	str_release(&to.by);
	str_release(&to.plain);
	str_release(&to.forced);
	return 0;
}
