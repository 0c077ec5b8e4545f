/*
 * Commands that run other commands: wrappers and their options, containers'
 * clients, other roots.
 */

#include "shrun.h"

#include "limits.h"

/* Options that take the next argument, by wrapper. */
static const struct {
	const char *name;
	const char *letters; /* short options with an argument */
	const char *longs;   /* long options with an argument, without = */
	int skip;	     /* operands before the command */
} wrappers[] = {
	{"nohup", "", "", 0},
	{"setsid", "", "", 0},
	{"exec", "a", "", 0},
	{"command", "", "", 0},
	{"builtin", "", "", 0},
	{"time", "fo", "", 0},
	{"timeout", "ks", "--kill-after --signal", 1},
	{"nice", "n", "--adjustment", 0},
	{"ionice", "cnpPu", "--class --classdata", 0},
	{"chrt", "TPD", "", 1},
	{"taskset", "", "", 1},
	{"stdbuf", "ioe", "--input --output --error", 0},
	{"sudo", "ugpCDhrRtTU", "--user --group --host --chdir", 0},
	{"doas", "uC", "", 0},
	{"busybox", "", "", 0},
	{"toybox", "", "", 0},
	{"unshare", "SGR", "--setuid --setgid --root --wd", 0},
	{"setpriv", "", "--reuid --regid --groups", 0},
	{"runuser", "ugG", "", 0},
	{"gosu", "", "", 1},
	{"su-exec", "", "", 1},
	{"chpst", "ubeo", "", 0},
	{"tini", "pg", "", 0},
	{"docker-init", "", "", 0},
	{"dumb-init", "r", "", 0},
	{"catatonit", "", "", 0},
	{"strace", "eops", "", 0},
	{"ltrace", "eo", "", 0},
	{"catchsegv", "", "", 0},
	{"proot", "rbqw", "", 0},
	{"torsocks", "", "", 0},
	{"torify", "", "", 0},
	{"proxychains", "f", "", 0},
	{"proxychains4", "f", "", 0},
	{"faketime", "f", "", 1},
	{"systemd-run", "puGEHMt", "--unit --property --slice --uid --gid "
	    "--setenv --on-calendar --on-active --on-boot --description "
	    "--timer-property --machine --working-directory", 0},
	{"systemd-inhibit", "", "--what --who --why --mode", 0},
	{"systemd-cat", "tp", "", 0},
	{"chronic", "", "", 0},
	{"cronic", "", "", 0},
	{"watch", "nd", "--interval", 0},
	{"ld-linux-x86-64.so.2", "", "--library-path --preload --argv0", 0},
	{"ld-linux.so.2", "", "--library-path --preload --argv0", 0},
	{"ld-linux-aarch64.so.1", "", "--library-path --preload --argv0", 0},
	{"ld-musl-x86_64.so.1", "", "--library-path --preload --argv0", 0},
	{"linux32", "", "", 0},
	{"linux64", "", "", 0},
	{"setarch", "", "", 0},
	{"eatmydata", "", "", 0},
	{"fakeroot", "", "", 0},
	{"daemonize", "acepolEu", "", 0},
	{"dbus-run-session", "", "", 0},
	{"xvfb-run", "nse", "", 0},
	{"unbuffer", "", "", 0},
	{"!", "", "", 0},
};

/* Index behind the options and operands of a wrapper; 0: it is none. */
size_t
shrun_peel(const char *name, struct str *v, size_t n)
{
	size_t w, i;
	int skip;

	for (w = 0; w < COUNT(wrappers); w++)
		if (strcmp(wrappers[w].name, name) == 0)
			break;
	if (w == COUNT(wrappers))
		return 0;
	for (i = 1; i < n && v[i].s[0] == '-' && v[i].n > 1; i++) {
		const char *a = v[i].s;

		if (strcmp(a, "--") == 0) {
			i++;
			break;
		}
		if (a[1] == '-') {
			if (shrun_listed(wrappers[w].longs, a))
				i++;
		} else if (strchr(wrappers[w].letters, a[v[i].n - 1])) {
			i++;
		}
	}
	for (skip = wrappers[w].skip; skip && i < n; skip--)
		i++;
	if (strcmp(name, "sudo") == 0 || strcmp(name, "doas") == 0)
		while (i < n && strchr(v[i].s, '=') && v[i].s[0] != '/')
			i++;
	return i ? i : 1;
}

static bool
marked(const struct str *w, bool output)
{
	return shtext_has(w, SHMARK_UNKNOWN) ||
	    (output && shtext_has(w, SHMARK_OUTPUT));
}

bool
shrun_opaque(struct sheval *e, struct str *v, size_t n)
{
	char buf[64];
	const char *name;
	size_t i, k;
	bool any = false;

	for (; n && v[0].n; v += k, n -= k) {
		if (marked(&v[0], true))
			return true;
		name = shrun_name(e, v, n, buf);
		if (strcmp(name, "env") == 0) {
			for (k = 1; k < n && (v[k].s[0] == '-' ||
				 strchr(v[k].s, '=')); k++)
				;
			continue;
		}
		k = shrun_peel(name, v, n);
		if (k && k < n)
			continue;
		if (strcmp(name, ".") == 0 || strcmp(name, "source") == 0)
			return n > 1 && marked(&v[1], true);
		if (strcmp(name, "alias") == 0) {
			for (i = 1; i < n; i++)
				if (marked(&v[i], true))
					shrun_alias(e, name, v, n, NULL);
			return false; /* it has said so itself */
		}
		/* what they run stands in their arguments; of eval a
		 * command's output is judged by the command */
		for (i = 1; i < n; i++)
			any = any || marked(&v[i], strcmp(name, "eval") != 0);
		return any && shrun_listed("eval trap su script flock xargs parallel "
				     "watch start-stop-daemon", name);
	}
	return false;
}

static void
run_env(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	const char *eq;
	size_t i = 1;

	(void)name;
	for (; i < n; i++) {
		if (strcmp(v[i].s, "-u") == 0 || strcmp(v[i].s, "-C") == 0) {
			i++;
		} else if (strcmp(v[i].s, "-S") == 0 && i + 1 < n) {
			sheval_text(e, v[i + 1].s, v[i + 1].n, io->in, io->out);
			return;
		} else if (strncmp(v[i].s, "-S", 2) == 0) {
			sheval_text(e, v[i].s + 2, v[i].n - 2, io->in, io->out);
			return;
		} else if (v[i].s[0] == '-') {
			continue;
		} else if ((eq = memchr(v[i].s, '=', v[i].n)) &&
		    v[i].s[0] != '/') {
			str_sets(shmap_put(&e->vars, v[i].s,
				     (size_t)(eq - v[i].s)), eq + 1);
			if (strncmp(v[i].s, "LD_PRELOAD=", 11) == 0 && eq[1])
				sheval_fact(e, "preload-env", eq + 1,
				    strlen(eq + 1));
			if (strncmp(v[i].s, "DOCKER_HOST=tcp", 15) == 0)
				sheval_fact(e, "docker-api", v[i].s, v[i].n);
		} else {
			break;
		}
	}
	shrun_forward(e, v + i, n - (i < n ? i : n), io);
}

static void
run_xargs(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct strlist l cleanup_strlist = STRLIST_INIT;
	struct shio to = *io;
	const char *mark = NULL;
	const struct str *in = io->in;
	size_t i, k, from;
	bool replaced = false;

	(void)name;
	for (i = 1; i < n && v[i].s[0] == '-' && v[i].n > 1; i++) {
		if (strncmp(v[i].s, "-I", 2) == 0 ||
		    strncmp(v[i].s, "-i", 2) == 0) {
			mark = v[i].n > 2 ? v[i].s + 2
			    : v[i].s[1] == 'i' ? "{}"
			    : i + 1 < n ? v[++i].s : "{}";
		} else if (v[i].n == 2 && strchr("aEdLnPs", v[i].s[1])) {
			i++;
		}
	}
	for (; i < n; i++) {
		const char *at = mark && in ? strstr(v[i].s, mark) : NULL;

		if (at && *mark) {
			struct str t cleanup_str = STR_INIT;

			replaced = true;
			str_add(&t, v[i].s, (size_t)(at - v[i].s));
			for (k = 0; k < in->n && in->s[k] != '\n'; k++)
				str_addc(&t, in->s[k]);
			str_adds(&t, at + strlen(mark));
			strlist_add(&l, t.s, t.n);
		} else {
			strlist_add(&l, v[i].s, v[i].n);
		}
	}
	if (in && !replaced)
		for (k = from = 0; k <= in->n && l.n < 200; k++)
			if (k == in->n || strchr(" \t\n", in->s[k])) {
				if (k > from)
					strlist_add(&l, in->s + from, k - from);
				from = k + 1;
			}
	to.in = NULL;
	to.net[0] = false;
	shrun_forward(e, l.v, l.n, &to);
}

/* su [-] [user] -c TEXT; script -c TEXT; flock FILE -c TEXT */
static void
run_c_text(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	size_t i;

	for (i = 1; i < n; i++) {
		const char *a = v[i].s;

		if (strncmp(a, "--command=", 10) == 0) {
			sheval_code(e, "sh", a + 10, v[i].n - 10, io->in,
			    io->out);
			return;
		}
		if (((a[0] == '-' && a[1] != '-' && a[v[i].n - 1] == 'c') ||
			strcmp(a, "--command") == 0) && i + 1 < n) {
			struct str t cleanup_str = STR_INIT;

			if (io->joined)
				shrun_join(v + i + 1, n - i - 1, &t);
			else
				str_add(&t, v[i + 1].s, v[i + 1].n);
			sheval_code(e, "sh", t.s, t.n, io->in, io->out);
			return;
		}
	}
	if (strcmp(name, "flock") == 0) {
		for (i = 1; i < n && v[i].s[0] == '-'; i++)
			if (strcmp(v[i].s, "-w") == 0 ||
			    strcmp(v[i].s, "-E") == 0)
				i++;
		if (i + 1 < n)
			shrun_forward(e, v + i + 1, n - i - 1, io);
	} else if (strcmp(name, "su") == 0) {
		shrun_input(e, "su", "sh", io);
	}
}

static void
run_chroot(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str abs cleanup_str = STR_INIT, old cleanup_str = STR_INIT;
	struct str cwd cleanup_str = STR_INIT, all cleanup_str = STR_INIT;
	size_t i;

	(void)name;
	for (i = 1; i < n && v[i].s[0] == '-'; i++)
		;
	if (i >= n)
		return;
	if (!e->cwd.n && v[i].s[0] != '/')
		str_sets(&e->cwd, "/");
	sheval_path(e, v[i].s, &abs);
	shrun_join(v, n, &all);
	sheval_fact(e, "chroot", abs.s, abs.n);
	sheval_fact(e, "chroot-command", all.s, all.n);
	str_set(&old, e->chroot.s, e->chroot.n);
	str_set(&cwd, e->cwd.s, e->cwd.n);
	str_clear(&e->cwd);
	if (abs.n > 1)
		str_set(&e->chroot, abs.s, abs.n);
	if (i + 1 < n)
		shrun_forward(e, v + i + 1, n - i - 1, io);
	else
		shrun_input(e, "chroot", "sh", io);
	str_set(&e->chroot, old.s, old.n);
	str_set(&e->cwd, cwd.s, cwd.n);
}

static void
run_nsenter(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str old cleanup_str = STR_INIT, all cleanup_str = STR_INIT;
	bool host = false;
	size_t i;

	(void)name;
	shrun_join(v, n, &all);
	for (i = 1; i < n && v[i].s[0] == '-'; i++) {
		const char *a = v[i].s;

		if (strcmp(a, "--") == 0) {
			i++;
			break;
		}
		if ((strcmp(a, "-t") == 0 || strcmp(a, "--target") == 0 ||
			(a[1] != '-' && a[v[i].n - 1] == 't')) && i + 1 < n) {
			host = host || strcmp(v[i + 1].s, "1") == 0;
			i++;
		} else if (strcmp(a, "-t1") == 0 ||
		    strcmp(a, "--target=1") == 0 ||
		    strncmp(a, "--mount=/proc/1/", 16) == 0 ||
		    strncmp(a, "-m/proc/1/", 10) == 0 ||
		    strstr(a, "/1/ns/mnt")) {
			host = true;
		} else if (shrun_listed("-S -G --setuid --setgid", a)) {
			i++;
		}
	}
	if (host)
		sheval_fact(e, "nsenter-host", all.s, all.n);
	str_set(&old, e->chroot.s, e->chroot.n);
	if (host)
		str_sets(&e->chroot, "/proc/1/root");
	if (i < n)
		shrun_forward(e, v + i, n - i, io);
	else
		shrun_input(e, "nsenter", "sh", io);
	str_set(&e->chroot, old.s, old.n);
}

static void
run_find(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	size_t i, k;

	(void)name;
	for (i = 1; i < n; i++) {
		if (!shrun_listed("-exec -execdir -ok", v[i].s))
			continue;
		for (k = i + 1; k < n && strcmp(v[k].s, ";") != 0 &&
		     strcmp(v[k].s, "+") != 0; k++)
			;
		shrun_forward(e, v + i + 1, k - i - 1, io);
		i = k;
	}
	shrun_give_unknown(io);
}

static void
run_start_stop(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct strlist l cleanup_strlist = STRLIST_INIT;
	size_t i;
	bool rest = false;

	(void)name;
	for (i = 1; i < n; i++) {
		if (rest)
			strlist_add(&l, v[i].s, v[i].n);
		else if (strcmp(v[i].s, "--") == 0)
			rest = true;
		else if (shrun_listed("-a -x --startas --exec", v[i].s) &&
		    i + 1 < n && !l.n)
			strlist_add(&l, v[i + 1].s, v[i + 1].n);
	}
	shrun_forward(e, l.v, l.n, io);
}

static void
run_tar(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	const char *at;
	size_t i;

	(void)name;
	for (i = 1; i < n; i++) {
		at = strstr(v[i].s, "action=exec=");
		if (at)
			sheval_text(e, at + 12, strlen(at + 12), NULL, NULL);
	}
	shrun_give_unknown(io);
}

/* docker run|create|exec ...: its mounts, and what it starts. */
static void
run_docker(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str all cleanup_str = STR_INIT;
	size_t i, sub = 0;
	bool remote = false;

	shrun_join(v, n, &all);
	for (i = 1; i < n && v[i].s[0] == '-'; i++) {
		if (strcmp(v[i].s, "-H") == 0 ||
		    strcmp(v[i].s, "--host") == 0) {
			remote = remote || (i + 1 < n &&
			    strncmp(v[i + 1].s, "unix:", 5) != 0);
			i++;
		} else if (strncmp(v[i].s, "--host=", 7) == 0 ||
		    (strncmp(v[i].s, "-H", 2) == 0 && v[i].n > 2)) {
			remote = remote || !strstr(v[i].s, "unix:");
		} else if (shrun_listed("--config -c --context -l --log-level",
			       v[i].s)) {
			i++;
		}
	}
	if (remote)
		sheval_fact(e, "docker-api", all.s, all.n);
	if (i < n && strcmp(v[i].s, "container") == 0)
		i++;
	if (i >= n)
		return;
	sub = i;
	if (shrun_listed("kill rm stop rmi", v[sub].s)) {
		e->kills++;
		return;
	}
	if (!shrun_listed("run create exec", v[sub].s)) {
		shrun_give_unknown(io);
		return;
	}
	sheval_fact(e, strcmp(v[sub].s, "exec") == 0 ? "docker-exec"
						     : "docker-run",
	    all.s, all.n);
	for (i = sub + 1; i < n && v[i].s[0] == '-'; i++) {
		const char *a = v[i].s, *val = NULL;

		if (strncmp(a, "--volume=", 9) == 0)
			val = a + 9;
		else if (strncmp(a, "--mount=", 8) == 0)
			val = a + 8;
		else if (strcmp(a, "--privileged") == 0)
			sheval_factf(e, "docker-privileged", "%s", all.s);
		else if (shrun_listed("-v --volume --mount", a) && i + 1 < n)
			val = v[++i].s;
		else if (!strchr(a, '=') && i + 1 < n &&
		    (shrun_listed("--name --restart -e --env -w --workdir -u --user "
			    "-p --publish --net --network --pid --ipc "
			    "--entrypoint -h --hostname -l --label --cpus "
			    "--memory -m --env-file --cap-add "
			    "--security-opt --device --log-driver --link "
			    "--volumes-from --userns --uts --platform --pull",
			    a) ||
			(a[1] != '-' && strchr("evpuwhlm",
			     a[strlen(a) - 1])))) {
			if (a[1] != '-' && a[strlen(a) - 1] == 'v')
				val = v[i + 1].s;
			i++;
		}
		if (val)
			sheval_factf(e, "docker-mount", "%s", val);
	}
	if (i < n)
		i++; /* the image or the container */
	(void)name;
	shrun_forward(e, v + i, n - i, io);
}

const struct shcommand shrun_wrap[] = {
	{"docker podman nerdctl crictl", run_docker},
	{"env", run_env},
	{"xargs parallel", run_xargs},
	{"su script flock", run_c_text},
	{"chroot", run_chroot},
	{"nsenter", run_nsenter},
	{"find", run_find},
	{"start-stop-daemon", run_start_stop},
	{"tar bsdtar", run_tar},
	{NULL, NULL},
};
