/*
 * Commands of the network: sockets, and whatever fetches.
 */

#include "shrun.h"

#include "limits.h"

static void
run_nc(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str t cleanup_str = STR_INIT;
	size_t i;

	shrun_join(v, n, &t);
	for (i = 1; i < n; i++) {
		const char *a = v[i].s, *what = NULL;
		size_t len = v[i].n;

		if (strncmp(a, "--exec", 6) == 0 ||
		    strncmp(a, "--sh-exec", 9) == 0 ||
		    strncmp(a, "--lua-exec", 10) == 0)
			what = strchr(a, '=') ? strchr(a, '=') + 1
			    : i + 1 < n ? v[i + 1].s : NULL;
		else if (a[0] == '-' && a[1] != '-' && len > 1 &&
		    (a[len - 1] == 'e' || a[len - 1] == 'c') && i + 1 < n)
			what = v[i + 1].s;
		if (!what)
			continue;
		if (strchr(what, '/') || strstr(what, "sh") ||
		    strstr(what, "cmd"))
			sheval_fact(e, "reverse-shell", t.s, t.n);
	}
	sheval_fact(e, "net", t.s, t.n);
	(void)name;
	shrun_give(io, "\003\n", 2);
}

static void
run_socat(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str t cleanup_str = STR_INIT;
	bool exec = false, net = false;
	size_t i;

	(void)name;
	shrun_join(v, n, &t);
	for (i = 1; i < n; i++) {
		const char *a = v[i].s;

		if (strncasecmp(a, "exec:", 5) == 0 ||
		    strncasecmp(a, "system:", 7) == 0 ||
		    strncasecmp(a, "shell:", 6) == 0) {
			const char *what = strchr(a, ':') + 1;

			/* a shell or login: anything else is a service */
			exec = exec || strstr(what, "sh") ||
			    strstr(what, "login");
		} else if (strncasecmp(a, "tcp", 3) == 0 ||
		    strncasecmp(a, "udp", 3) == 0 ||
		    strncasecmp(a, "openssl", 7) == 0 ||
		    strncasecmp(a, "ssl", 3) == 0 ||
		    strncasecmp(a, "socks", 5) == 0) {
			net = true;
		}
	}
	if (exec && net)
		sheval_fact(e, "reverse-shell", t.s, t.n);
	if (net) {
		sheval_fact(e, "net", t.s, t.n);
		shrun_give(io, "\003\n", 2);
	}
}

/* Does the last letter of a cluster of options take the next argument? */
static bool
takes_next(const char *a, const char *name)
{
	const char *letters = strcmp(name, "wget") == 0
	    ? "OoaPUtTeiwQlADIXB" : "oAHeuUdXmwbcCDEFKQTxyYzrtPF";

	return a[0] == '-' && a[1] && a[1] != '-' &&
	    strchr(letters, a[strlen(a) - 1]);
}

struct fetch {
	struct str url; /* the first */
	struct str marks;
	const char *file; /* NULL: none was named */
	const char *dir;
	bool remote_name, to_stdout;
};

/* Find addresses and where the bytes go, whatever the program's name. */
static void
fetch_args(struct sheval *e, const char *name, bool known, struct str *v,
    size_t n, struct fetch *f)
{
	bool wget = strncmp(name, "wget", 4) == 0;
	bool curl = strncmp(name, "curl", 4) == 0;
	bool reader = shrun_listed("lynx links elinks w3m", name), whole = false;
	size_t i;

	/* where one argument is a whole address, the others are none */
	for (i = 1; i < n; i++)
		whole = whole || shtext_url(v[i].s, v[i].n);
	for (i = 1; i < n; i++) {
		const char *a = v[i].s, *next = i + 1 < n ? v[i + 1].s : NULL;
		const char *o;
		bool url = shtext_url(a, v[i].n) || shtext_has(&v[i],
		    SHMARK_FETCH);

		if (a[0] == '-' && a[1] == '-') {
			o = strchr(a, '=');
			if (strncmp(a, "--output-document", 17) == 0 ||
			    strncmp(a, "--output", 8) == 0) {
				if (strncmp(a, "--output-file", 13) == 0 ||
				    strncmp(a, "--output-dir", 12) == 0) {
					if (!o)
						i++;
				} else {
					f->file = o ? o + 1 : next;
					if (!o)
						i++;
				}
			} else if (strncmp(a, "--url", 5) == 0 && o) {
				shrun_fetched(e, o + 1, strlen(o + 1), &f->marks);
				str_sets(&f->url, o + 1);
			} else if (strncmp(a, "--remote-name", 13) == 0) {
				f->remote_name = true;
			} else if (strncmp(a, "--directory-prefix", 18) == 0) {
				f->dir = o ? o + 1 : next;
				if (!o)
					i++;
			} else if (!o && shrun_listed("--header --user-agent "
					"--proxy --referer --data --user "
					"--retry --max-time --request "
					"--connect-timeout --cacert --cert "
					"--timeout --tries --unix-socket "
					"--proto --proto-redir --tls-max "
					"--ciphers --limit-rate --interface "
					"--resolve --data-raw --form", a)) {
				i++;
			}
			continue;
		}
		if (a[0] == '-' && a[1] && reader)
			continue;
		if (a[0] == '-' && a[1]) {
			o = strpbrk(a + 1, curl ? "o" : wget ? "O" : "oO");
			if (curl && strchr(a, 'O') && (!o ||
					strchr(a, 'O') < o))
				f->remote_name = true;
			if (o && !(wget && *o == 'o')) {
				if (o[1]) {
					f->file = o + 1;
				} else if (next &&
				    !shtext_url(next, strlen(next)) &&
				    (known || !shtext_host_path(next,
					strlen(next), true))) {
					f->file = next;
					i++;
				} else {
					f->remote_name = true;
				}
				continue;
			}
			if (wget && strchr(a + 1, 'P')) {
				o = strchr(a + 1, 'P');
				f->dir = o[1] ? o + 1 : next;
				if (!o[1])
					i++;
				continue;
			}
			if ((curl || wget) && takes_next(a, name))
				i++;
			continue;
		}
		if (!v[i].n || *a == '+' || *a == '@' ||
		    shrun_listed("txt TXT a A aaaa mx any cat get", a))
			continue;
		if (!url && !known && !shtext_host_path(a, v[i].n, true))
			continue;
		if (!url && whole) {
			if (strcmp(name, "lwp-download") == 0 && !f->file)
				f->file = a;
			continue;
		}
		if (!url && known && !curl && !wget &&
		    !shtext_host_path(a, v[i].n, false) &&
		    !shrun_listed("dig nslookup host drill kdig ssh dbclient "
			    "redis-cli tftp ftpget ncftpget ftp", name))
			continue;
		shrun_fetched(e, a, v[i].n, &f->marks);
		if (!f->url.n)
			shtext_strip(a, v[i].n, &f->url);
	}
}

static bool
is_local_url(const char *u)
{
	static const char *const hosts[] = {"localhost", "127.", "[::1]",
	    "0.0.0.0", "unix"};
	const char *p = strstr(u, "://");
	size_t i;

	p = p ? p + 3 : u;
	for (i = 0; i < COUNT(hosts); i++)
		if (strncmp(p, hosts[i], strlen(hosts[i])) == 0)
			return true;
	return false;
}

void
shrun_fetch(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct fetch f = {.url = STR_INIT, .marks = STR_INIT};
	struct str path cleanup_str = STR_INIT;
	bool known = shrun_is_fetcher(name);
	size_t i;

	for (i = 1; i < n; i++) {
		const char *a = v[i].s;

		if (strstr(a, "docker.sock") || strstr(a, ":2375/") ||
		    strstr(a, ":2376/") || strstr(a, ":4243/") ||
		    strstr(a, "containerd.sock"))
			sheval_factf(e, "docker-api", "%s %s", name, a);
	}
	fetch_args(e, name, known, v, n, &f);
	if (strcmp(name, "tftp") == 0)
		for (i = 1; i + 1 < n; i++)
			if (strcmp(v[i].s, "-l") == 0 ||
			    (!f.file && strcmp(v[i].s, "-r") == 0))
				f.file = v[i + 1].s;
	if (strcmp(name, "ftpget") == 0 && n > 2)
		f.file = v[n - (n > 3 ? 2 : 1)].s;
	if (strcmp(name, "scp") == 0 || strcmp(name, "sftp") == 0 ||
	    strcmp(name, "rsync") == 0)
		f.file = n > 2 ? v[n - 1].s : NULL;
	if (!f.marks.n) {
		if (!known)
			shrun_give_in(io);
		goto done;
	}
	if (known)
		sheval_fact(e, "fetch", f.url.s, f.url.n);
	if (is_local_url(f.url.s)) {
		/* a health check asks its own container */
		if (f.file && strcmp(f.file, "-") != 0)
			sheval_write(e, f.file, NULL, false);
		shrun_give_unknown(io);
		goto done;
	}
	if (f.file && !shrun_is_stdin(f.file) &&
	    strcmp(f.file, "/dev/stdout") != 0) {
		if (f.dir && f.file[0] != '/') {
			str_addf(&path, "%s/", f.dir);
			str_adds(&path, f.file);
		} else {
			str_adds(&path, f.file);
		}
		sheval_write(e, path.s, &f.marks, false);
		if (!known)
			shrun_give(io, f.marks.s, f.marks.n);
		goto done;
	}
	if (!f.file && (f.remote_name || strncmp(name, "wget", 4) == 0 ||
			   shrun_listed("aria2c axel", name))) {
		const char *base = shrun_base(f.url.s);
		size_t len = strcspn(base, "?#");

		if (!len || !strchr(f.url.s, '/'))
			base = "index.html", len = 10;
		if (f.dir)
			str_addf(&path, "%s/", f.dir);
		str_add(&path, base, len);
		sheval_write(e, path.s, &f.marks, false);
		goto done;
	}
	shrun_give(io, f.marks.s, f.marks.n);
done:
	str_release(&f.url);
	str_release(&f.marks);
}

/* ssh HOST COMMAND runs elsewhere; -o ProxyCommand runs here. */
static void
run_ssh(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	size_t i;

	for (i = 1; i < n; i++) {
		const char *at = strstr(v[i].s, "ProxyCommand=");

		if (at)
			sheval_text(e, at + 13, strlen(at + 13), NULL, NULL);
	}
	shrun_fetch(e, name, v, n, io);
}

const struct shcommand shrun_net[] = {
	{"nc ncat netcat nc.traditional nc.openbsd telnet pwncat", run_nc},
	{"socat", run_socat},
	{"ssh dbclient", run_ssh},
	{NULL, NULL},
};
