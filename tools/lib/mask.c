#include "mask.h"

#include <strings.h>

/* Parts of names, between underscores or whole. */
static const char *const parts[] = {
	"PASS",
	"PASSWD",
	"PASSWORD",
	"PASSPHRASE",
	"PWD",
	"SECRET",
	"SECRETS",
	"TOKEN",
	"CREDENTIAL",
	"CREDENTIALS",
	"CREDS",
	"APIKEY",
	"KEY",
	"COOKIE",
	"AUTH",
};

/* Endings of names that are written in one: DBPASSWORD, authToken. */
static const char *const endings[] = {
	"password",
	"passwd",
	"passphrase",
	"secret",
	"token",
	"apikey",
	"secretkey",
	"accesskey",
	"privatekey",
};

/* Names that hold one of the parts and are no secret. */
static const char *const harmless[] = {
	"PWD",
	"OLDPWD",
	"SSH_AUTH_SOCK",
	"KEY_SHA256",
	"GPG_KEY", /* official images: a public fingerprint */
};

static bool
in_list(const char *const *v, size_t count, const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strlen(v[i]) == n && strncasecmp(v[i], p, n) == 0)
			return true;
	return false;
}

bool
mask_is_secret(const char *name, size_t n)
{
	size_t i, from = 0, len;

	if (in_list(harmless, COUNT(harmless), name, n))
		return false;
	for (i = 0; i <= n; i++) {
		if (i < n && name[i] != '_' && name[i] != '-' && name[i] != '.')
			continue;
		if (in_list(parts, COUNT(parts), name + from, i - from))
			return true;
		from = i + 1;
	}
	for (i = 0; i < COUNT(endings); i++) {
		len = strlen(endings[i]);
		if (n >= len && strncasecmp(name + n - len, endings[i], len) ==
				    0)
			return true;
	}
	return false;
}

static bool
name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/* End of the value that starts at i. An element of a JSON list ends at its
 * quote; blanks belong to it there. */
static size_t
value_end(const char *p, size_t n, size_t i, bool element)
{
	char quote = 0;
	bool escaped = false;

	if (!element && i + 1 < n && p[i] == '\\' && p[i + 1] == '"')
		i += 2; /* a quote inside a JSON text: up to the next one */
	else if (!element && i < n && (p[i] == '"' || p[i] == '\''))
		quote = p[i++];
	for (; i < n; i++) {
		if (element || quote == '"') {
			if (!escaped && p[i] == '"')
				return i;
			escaped = !escaped && p[i] == '\\';
		} else if (quote) {
			if (p[i] == quote)
				return i;
		} else if (strchr(" \t\r\n\"',;&|\\", p[i])) {
			return i;
		}
	}
	return n;
}

void
mask_add(struct str *out, const char *p, size_t n)
{
	size_t i = 0, from, end;
	bool list = n > 1 && p[0] == '[' && p[1] == '"', element;

	while (i < n) {
		if (!name_byte(p[i])) {
			str_addc(out, p[i++]);
			continue;
		}
		for (from = i; i < n && name_byte(p[i]); i++)
			;
		str_add(out, p + from, i - from);
		if (i >= n || p[i] != '=' ||
		    !mask_is_secret(p + from, i - from))
			continue;
		str_addc(out, p[i++]);
		element = list && from > 1 && p[from - 1] == '"' &&
			  (p[from - 2] == '[' || p[from - 2] == ',');
		end = value_end(p, n, i, element);
		if (end > i)
			str_adds(out, "***");
		if (end < n && !element && (p[i] == '"' || p[i] == '\'') &&
		    p[end] == p[i])
			end++; /* the closing quote is hidden as well */
		i = end;
	}
}
