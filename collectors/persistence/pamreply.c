#include "pam.h"

/*
 * What a module says to somebody who knows no secret: the modules of Linux-PAM
 * by their manuals. One that is not known here may ask for something: it says
 * no.
 */

enum says {
	SAYS_NO,
	SAYS_YES,
	SAYS_NOTHING,
	SAYS_PERHAPS, /* it depends on who comes */
	SAYS_CALLER,  /* the process that asks is root's */
	SAYS_WHEEL,
	SAYS_FAILLOCK,
	SAYS_DEBUG,
	SAYS_EXEC,
	SAYS_LIST,
	SAYS_IF,
};

static const struct {
	const char *name;
	enum says says;
} modules[] = {
	{"pam_permit.so", SAYS_YES}, {"pam_localuser.so", SAYS_YES},
	{"pam_shells.so", SAYS_YES}, {"pam_usertype.so", SAYS_PERHAPS},
	{"pam_debug.so", SAYS_DEBUG}, {"pam_exec.so", SAYS_EXEC},
	{"pam_script.so", SAYS_PERHAPS}, {"pam_python.so", SAYS_PERHAPS},
	{"pam_perl.so", SAYS_PERHAPS}, {"pam_rootok.so", SAYS_CALLER},
	{"pam_wheel.so", SAYS_WHEEL}, {"pam_succeed_if.so", SAYS_IF},
	{"pam_listfile.so", SAYS_LIST}, {"pam_access.so", SAYS_PERHAPS},
	{"pam_time.so", SAYS_PERHAPS}, {"pam_rhosts.so", SAYS_PERHAPS},
	{"pam_rhosts_auth.so", SAYS_PERHAPS}, {"pam_ftp.so", SAYS_PERHAPS},
	{"pam_console.so", SAYS_PERHAPS}, {"pam_lastlog.so", SAYS_PERHAPS},
	{"pam_securetty.so", SAYS_PERHAPS}, {"pam_tally.so", SAYS_PERHAPS},
	{"pam_tally2.so", SAYS_PERHAPS}, {"pam_geoip.so", SAYS_PERHAPS},
	{"pam_faillock.so", SAYS_FAILLOCK}, {"pam_nologin.so", SAYS_NOTHING},
	{"pam_faildelay.so", SAYS_NOTHING}, {"pam_env.so", SAYS_NOTHING},
	{"pam_warn.so", SAYS_NOTHING}, {"pam_group.so", SAYS_NOTHING},
	{"pam_motd.so", SAYS_NOTHING}, {"pam_echo.so", SAYS_NOTHING},
	{"pam_issue.so", SAYS_NOTHING}, {"pam_cap.so", SAYS_NOTHING},
};

/*
 * Services that root's own processes ask for: to these pam_rootok says yes,
 * whoever knocks.
 */
static bool
daemon_asks(const char *service)
{
	static const char *const names[] = {"sshd", "ssh", "login", "remote",
	    "gdm", "gdm-password", "gdm3", "lightdm", "sddm", "kde", "kdm",
	    "xdm", "lxdm", "slim", "greetd", "ly", "cockpit", "xrdp-sesman",
	    "dropbear", "vsftpd", "proftpd", "pure-ftpd", "ftp", "dovecot",
	    "imap", "pop3", "smtp", "rlogin", "rsh", "rexec", "ppp",
	    "samba", "webmin", "x2go", "nx", "vncserver"};
	size_t i;

	for (i = 0; i < COUNT(names); i++)
		if (strcasecmp(names[i], service) == 0)
			return true;
	return false;
}

/* The next word of the arguments; its length, 0 at their end. */
static size_t
word(const char **p)
{
	while (**p == ' ' || **p == '\t')
		++*p;
	return strcspn(*p, " \t");
}

static bool
is(const char *p, size_t n, const char *s)
{
	return strlen(s) == n && memcmp(p, s, n) == 0;
}

static bool
has_word(const char *args, const char *s)
{
	size_t n;

	for (; (n = word(&args)); args += n)
		if (is(args, n, s))
			return true;
	return false;
}

/* ---- pam_succeed_if ---------------------------------------------------- */

/* Is it so of root, at this service? */
enum truth { FALSE, TRUE, UNKNOWN };

static enum truth
number(int64_t have, const char *op, size_t op_n, const char *v, size_t n)
{
	int64_t x = 0;
	size_t i;

	if (!n || n > 12)
		return FALSE;
	for (i = 0; i < n; i++) {
		if (v[i] < '0' || v[i] > '9')
			return FALSE;
		x = x * 10 + v[i] - '0';
	}
	if (is(op, op_n, "<") || is(op, op_n, "lt"))
		return have < x;
	if (is(op, op_n, "<=") || is(op, op_n, "le"))
		return have <= x;
	if (is(op, op_n, ">") || is(op, op_n, "gt"))
		return have > x;
	if (is(op, op_n, ">=") || is(op, op_n, "ge"))
		return have >= x;
	if (is(op, op_n, "=") || is(op, op_n, "eq"))
		return have == x;
	if (is(op, op_n, "!=") || is(op, op_n, "ne"))
		return have != x;
	return UNKNOWN;
}

static enum truth
text(const char *have, const char *op, size_t op_n, const char *v, size_t n)
{
	const char *item = v, *end = v + n;
	bool found = false;
	size_t k;

	if (is(op, op_n, "="))
		return is(v, n, have);
	if (is(op, op_n, "!="))
		return !is(v, n, have);
	if (is(op, op_n, "in") || is(op, op_n, "notin")) {
		for (; item < end && !found; item += k + 1) {
			const char *colon = memchr(item, ':',
			    (size_t)(end - item));

			k = (size_t)((colon ? colon : end) - item);
			found = is(item, k, have);
		}
		return found == is(op, op_n, "in");
	}
	if (is(op, op_n, "=~") || is(op, op_n, "!~")) {
		if (is(v, n, "*"))
			return is(op, op_n, "=~");
		return UNKNOWN;
	}
	return UNKNOWN;
}

static enum truth
condition(const char *left, size_t left_n, const char *op, size_t op_n,
    const char *v, size_t n, const char *service)
{
	if (is(op, op_n, "ingroup") || is(op, op_n, "innetgr"))
		return is(v, n, "root") ? TRUE : UNKNOWN;
	if (is(op, op_n, "notingroup") || is(op, op_n, "notinnetgr"))
		return is(v, n, "root") ? FALSE : TRUE;
	if (is(left, left_n, "uid") || is(left, left_n, "gid"))
		return number(0, op, op_n, v, n);
	if (is(left, left_n, "user"))
		return text("root", op, op_n, v, n);
	if (is(left, left_n, "home"))
		return text("/root", op, op_n, v, n);
	if (is(left, left_n, "shell"))
		return text("/bin/bash", op, op_n, v, n);
	if (is(left, left_n, "service"))
		return text(service, op, op_n, v, n);
	return UNKNOWN;
}

static enum truth
succeed_if(const char *args, const char *service)
{
	static const char *const flags[] = {"debug", "quiet", "quiet_fail",
	    "quiet_success", "audit"};
	const char *left, *op;
	enum truth all = TRUE, one;
	size_t n, left_n, op_n, i;
	bool caller = false;

	for (; (n = word(&args)); args += n) {
		for (i = 0; i < COUNT(flags); i++)
			if (is(args, n, flags[i]))
				break;
		if (i < COUNT(flags))
			continue;
		if (is(args, n, "use_uid")) {
			caller = !daemon_asks(service);
			continue;
		}
		left = args;
		left_n = n;
		args += n;
		op = args;
		op_n = word(&op);
		args = op + op_n;
		n = word(&args);
		if (!op_n || !n)
			return FALSE; /* PAM_SERVICE_ERR */
		one = condition(left, left_n, op, op_n, args, n, service);
		if (caller && !is(left, left_n, "service"))
			one = UNKNOWN;
		if (one == FALSE)
			return FALSE;
		if (one == UNKNOWN)
			all = UNKNOWN;
	}
	return all;
}

/* ---- the others --------------------------------------------------------- */

static enum pam_reply
perhaps(enum pam_whom whom)
{
	return whom == PAM_SOME ? PAM_YES : PAM_NO;
}

enum pam_reply
pam_reply(const struct pam_entry *e, const char *service, enum pam_whom whom)
{
	const char *base = strrchr(e->module.s, '/'), *args = e->args.s, *p;
	size_t i, n;

	base = base ? base + 1 : e->module.s;
	for (i = 0; i < COUNT(modules); i++)
		if (strcmp(base, modules[i].name) == 0)
			break;
	if (i == COUNT(modules))
		return PAM_NO;
	switch (modules[i].says) {
	case SAYS_NO:
		break;
	case SAYS_YES:
		return PAM_YES;
	case SAYS_NOTHING:
		return has_word(args, "successok") ? PAM_YES : PAM_NOTHING;
	case SAYS_PERHAPS:
		return perhaps(whom);
	case SAYS_CALLER:
		return daemon_asks(service) ? PAM_YES : PAM_NO;
	case SAYS_WHEEL:
		if (whom == PAM_ANYBODY)
			return PAM_REFUSES;
		return has_word(args, "trust") ? PAM_YES : PAM_NOTHING;
	case SAYS_FAILLOCK: /* authfail: PAM_IGNORE */
		return has_word(args, "authfail") ? PAM_NOTHING : PAM_YES;
	case SAYS_DEBUG:
		p = strstr(args, "auth=");
		if (!p || strncmp(p, "auth=success", 12) == 0)
			return PAM_YES;
		return strncmp(p, "auth=ignore", 11) == 0 ? PAM_NOTHING
							  : PAM_NO;
	case SAYS_EXEC: /* its exit status */
		for (p = args; (n = word(&p)); p += n) {
			if (n >= 5 && memcmp(p + n - 5, "/true", 5) == 0)
				return PAM_YES;
			if (n >= 6 && memcmp(p + n - 6, "/false", 6) == 0)
				return PAM_REFUSES;
			if (*p == '/')
				break;
		}
		return perhaps(whom);
	case SAYS_LIST: /* who is not on the list of those refused */
		return has_word(args, "sense=deny") ? PAM_YES : perhaps(whom);
	case SAYS_IF:
		return succeed_if(args, service) == TRUE ? PAM_YES
							 : perhaps(whom);
	}
	return PAM_NO;
}
