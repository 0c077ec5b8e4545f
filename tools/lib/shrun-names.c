/*
 * Which names are of a shell, of a program of the network, of another language;
 * and what a word that names a command stands for.
 */

#include "shrun.h"

#include <fnmatch.h>

bool
shrun_listed(const char *names, const char *name)
{
	size_t n = strlen(name), k;
	const char *p = names;

	while (*p) {
		k = strcspn(p, " ");
		if (k == n && n && memcmp(p, name, n) == 0)
			return true;
		p += k;
		while (*p == ' ')
			p++;
	}
	return false;
}

const char shrun_shells[] = "sh bash dash ash ksh ksh93 mksh pdksh zsh rbash "
	"fish csh tcsh hush";
static const char nets[] = "nc ncat netcat nc.traditional nc.openbsd telnet "
	"socat pwncat";
static const char fetchers[] = "curl wget fetch lynx links elinks w3m aria2c "
	"axel http https httpie xh ftp tftp lftp ncftpget ftpget GET "
	"lwp-download lwp-request wget2 curlie scp sftp rsync dig nslookup "
	"host drill kdig ssh dbclient redis-cli uclient-fetch get url";
/* give out their arguments or input, and so no bytes of the network */
static const char locals[] = "echo printf test [ [[ grep egrep fgrep zgrep "
	"sed awk gawk mawk export declare local typeset readonly set unset "
	"git docker podman kubectl cat tee logger read ls cp mv rm mkdir "
	"rmdir touch chmod chown ln find true false : apt apt-get dpkg yum "
	"dnf rpm apk pip pip3 npm go kill pkill killall pgrep ps sleep expr "
	"basename dirname cut head tail sort uniq wc tr rev tac seq date "
	"base64 xxd openssl gpg apt-key tar unzip gzip gunzip alias trap "
	"return exit cd id whoami hostname uname";
static const char languages[][2][24] = {
	{"python", "python"}, {"pypy", "python"}, {"perl", "perl"},
	{"ruby", "ruby"}, {"php", "php"}, {"node", "node"},
	{"nodejs", "node"}, {"deno", "node"}, {"bun", "node"},
	{"lua", "lua"}, {"luajit", "lua"}, {"texlua", "lua"},
	{"jrunscript", "node"}, {"tclsh", "tcl"}, {"expect", "tcl"},
	{"gawk", "awk"}, {"awk", "awk"}, {"mawk", "awk"}, {"nawk", "awk"},
	{"original-awk", "awk"},
};

bool
shrun_is_shell(const char *name)
{
	const char *slash = strrchr(name, '/');

	return shrun_listed(shrun_shells, slash ? slash + 1 : name);
}

bool
shrun_is_fetcher(const char *name)
{
	return shrun_listed(fetchers, name);
}

bool
shrun_is_local(const char *name)
{
	return shrun_listed(locals, name);
}

bool
shrun_is_net(const char *name)
{
	return shrun_listed(nets, name);
}

/* python3.11 is python, perl5.36 is perl. */
const char *
shrun_language(const char *name)
{
	size_t i, k;

	for (i = 0; i < COUNT(languages); i++) {
		k = strlen(languages[i][0]);
		if (strncmp(name, languages[i][0], k) == 0 &&
		    strspn(name + k, "0123456789.-") == strlen(name + k))
			return languages[i][1];
	}
	return NULL;
}

/* What a wildcard would most likely stand for, dangerous ones first. */
static const char *
solve(const char *pattern, bool has_url)
{
	static const char *const first_url[] = {"curl", "wget", "nc", "ncat"};
	static const char *const any[] = {"bash", "sh", "dash", "zsh",
	    "python3", "python", "perl", "base64", "curl", "wget", "nc",
	    "ncat", "socat", "crontab", "chroot", "nsenter", "chattr", "cat",
	    "echo", "tee", "cp", "mv", "chmod", "openssl", "xxd", "ruby",
	    "php", "node", "env", "nohup", "setsid", "busybox", "eval"};
	size_t i;

	for (i = 0; has_url && i < COUNT(first_url); i++)
		if (fnmatch(pattern, first_url[i], 0) == 0)
			return first_url[i];
	for (i = 0; i < COUNT(any); i++)
		if (fnmatch(pattern, any[i], 0) == 0)
			return any[i];
	return NULL;
}

const char *
shrun_name(struct sheval *e, const struct str *v, size_t n, char buf[64])
{
	const char *base, *name;
	struct str abs cleanup_str = STR_INIT;
	struct str *alias;
	bool url = false;
	size_t i;

	base = strrchr(v[0].s, '/');
	base = base ? base + 1 : v[0].s;
	while (*base == '\\' || *base == SHMARK_DECODED)
		base++;
	snprintf(buf, 64, "%s", base);
	if (strchr(v[0].s, '/')) { /* a copy of a shell under another name */
		sheval_path(e, v[0].s, &abs);
		alias = shmap_get(&e->files, abs.s, abs.n);
		if (alias && alias->n > 1 && alias->s[0] == '\006')
			snprintf(buf, 64, "%s", alias->s + 1);
	}
	if (strpbrk(buf, "*?[")) {
		for (i = 1; i < n; i++)
			url = url || shtext_url(v[i].s, v[i].n) ||
			    shtext_host_path(v[i].s, v[i].n, true);
		name = solve(buf, url);
		if (name)
			snprintf(buf, 64, "%s", name);
	}
	return buf;
}
