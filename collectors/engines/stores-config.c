/*
 * Stores that a configuration names: of dockerd, containerd, containers-storage
 * and CRI-O.
 */

#include "stores-internal.h"

#include "containerd.h"
#include "limits.h"
#include "state.h"

#include <ctype.h>

/* Where the daemon's data-root may be configured. */
static const char *const daemon_json[] = {
	"/etc/docker/daemon.json",
	"/var/snap/docker/current/config/daemon.json",
};
static const char *const daemon_json_home = "/.config/docker/daemon.json";
static const char *const service_globs[] = {
	"/etc/systemd/system/docker*.service",
	"/etc/systemd/system/docker*.service.d/*.conf",
	"/run/systemd/system/docker*.service",
	"/run/systemd/system/docker*.service.d/*.conf",
	"/usr/local/lib/systemd/system/docker*.service",
	"/usr/local/lib/systemd/system/docker*.service.d/*.conf",
	"/lib/systemd/system/docker*.service",
	"/lib/systemd/system/docker*.service.d/*.conf",
	"/usr/lib/systemd/system/docker*.service",
	"/usr/lib/systemd/system/docker*.service.d/*.conf",
	"/etc/default/docker",
	"/etc/sysconfig/docker*",
	"/etc/conf.d/docker",
	"/etc/init.d/docker",
	"/etc/rc.d/rc.docker",
};
/* Where the root of containerd may be configured. */
static const char *const containerd_toml[] = {
	"/etc/containerd/config.toml",
};
static const char *const containerd_toml_home =
	"/.config/containerd/config.toml";
static const char *const containerd_globs[] = {
	"/etc/systemd/system/containerd*.service",
	"/etc/systemd/system/containerd*.service.d/*.conf",
	"/run/systemd/system/containerd*.service",
	"/run/systemd/system/containerd*.service.d/*.conf",
	"/usr/local/lib/systemd/system/containerd*.service",
	"/usr/local/lib/systemd/system/containerd*.service.d/*.conf",
	"/lib/systemd/system/containerd*.service",
	"/lib/systemd/system/containerd*.service.d/*.conf",
	"/usr/lib/systemd/system/containerd*.service",
	"/usr/lib/systemd/system/containerd*.service.d/*.conf",
	"/etc/default/containerd",
	"/etc/sysconfig/containerd",
	"/etc/conf.d/containerd",
};
/* containers-storage.conf(5), crio.conf(5): other places of podman's and
 * CRI-O's. $HOME stands for each home in rootless_storage_path. */
static const char *const storage_conf[] = {
	"/etc/containers/storage.conf",
	"/usr/share/containers/storage.conf",
};
static const char *const storage_conf_home = "/.config/containers/storage.conf";
static const char *const crio_globs[] = {
	"/etc/crio/crio.conf",
	"/etc/crio/crio.conf.d/*",
	"/usr/share/crio/crio.conf.d/*",
};
static const struct {
	const char *key;
	bool crio;
	bool quiet; /* packages name it, whether it is there or not */
} conf_keys[] = {
	{"graphroot", false, false},
	{"rootless_storage_path", false, true},
	{"imagestore", false, false},
	{"additionalimagestores", false, true},
	{"root", true, false},
	{"imagestore", true, false},
};

static void
configured(struct search *x, const char *value, size_t n, const char *from)
{
	struct str v cleanup_str = STR_INIT;
	char name[128];

	str_add(&v, value, n);
	snprintf(name, sizeof(name), "%s", from);
	if (v.n == 0)
		return;
	if (v.s[0] != '/' || strchr(v.s, '$') || strchr(v.s, '%') ||
	    strlen(v.s) != v.n) {
		search_note(x, ERR_UNSUPPORTED, from, 0, "the place '%s' "
		    "cannot be made out", v.s);
		return;
	}
	while (v.n > 1 && v.s[v.n - 1] == '/')
		str_cut(&v, v.n - 1);
	search_store(x, v.s, BY_CONFIG, name);
}

static void
read_daemon_json(struct search *x, const char *path)
{
	static const char *const keys[] = {"data-root", "graph"};
	struct state d cleanup_state = STATE_INIT;
	struct str v cleanup_str = STR_INIT;
	struct err e;
	size_t i;

	if (search_in_list(&x->configs, path))
		return;
	strlist_adds(&x->configs, path);
	if (state_read(&d, x->r, path, NULL, &e)) {
		search_trouble(x, path, &e);
		return;
	}
	if (d.odd)
		search_note(x, ERR_CORRUPT, path, 0, "read, but not proper "
		    "JSON: %s", d.odd);
	for (i = 0; i < COUNT(keys); i++)
		if (state_str(&d, d.json, keys[i], &v))
			configured(x, v.s, v.n, path);
	if (d.wrong)
		search_note(x, ERR_CORRUPT, path, 0, "a value is not of the "
		    "type that Docker takes");
}

/* Is this the option, ended by "=" or a blank? Length of what to skip. */
static size_t
option(const char *p, size_t n, const char *name)
{
	size_t k = strlen(name);

	if (n <= k || memcmp(p, name, k) != 0)
		return 0;
	return p[k] == '=' || p[k] == ' ' || p[k] == '\t' ? k + 1 : 0;
}

static void read_containerd_toml(struct search *x, const char *path);

static int
import_toml(void *arg, const char *via, struct root_file *f)
{
	(void)f;
	read_containerd_toml(arg, via);
	return 0;
}

static void
read_containerd_toml(struct search *x, const char *path)
{
	struct containerd_conf conf;
	struct err e;
	size_t i;

	if (search_in_list(&x->configs, path) || x->configs.n > 1000)
		return;
	strlist_adds(&x->configs, path);
	if (containerd_conf(x->r, path, &conf, &e))
		search_trouble(x, path, &e);
	else if (conf.root.n)
		configured(x, conf.root.s, conf.root.n, path);
	for (i = 0; i < conf.imports.n; i++)
		if (root_glob(x->r, conf.imports.v[i].s, import_toml,
			search_trouble, x, &e) < 0)
			search_trouble(x, conf.imports.v[i].s, &e);
	containerd_conf_release(&conf);
}

/* A unit or a file of shell variables: whatever has an option of dockerd, or
 * of containerd. */
static int
read_service(void *arg, const char *via, struct root_file *f)
{
	static const char *const dockers[] = {"--data-root", "--graph", "-g",
	    "--config-file", NULL};
	static const char *const containerds[] = {"--root", "-c", "--config",
	    NULL};
	struct search *x = arg;
	const char *const *names = x->containerd ? containerds : dockers;
	struct str t cleanup_str = STR_INIT;
	struct err e;
	const char *p, *end, *line, *v;
	size_t i, k;

	if (!S_ISREG(f->st.st_mode))
		return 0;
	if (root_read(x->r, f, STORE_JSON_MAX, &t, &e)) {
		search_trouble(x, via, &e);
		return 0;
	}
	end = t.s + t.n;
	for (line = p = t.s; p < end; p++) {
		if (*p == '\n')
			line = p + 1;
		if (*line == '#' || *line == ';' || *p != '-' || p == t.s ||
		    !strchr(" \t\"'=\n", p[-1]))
			continue;
		for (i = 0; names[i]; i++) {
			k = option(p, (size_t)(end - p), names[i]);
			if (!k)
				continue;
			v = p + k;
			while (v < end && strchr(" \t\"'", *v))
				v++;
			k = 0;
			while (v + k < end && !strchr(" \t\"'\n\r", v[k]))
				k++;
			if (x->containerd ? i > 0 : i == 3) {
				struct str c cleanup_str = STR_INIT;

				str_add(&c, v, k);
				if (x->containerd)
					read_containerd_toml(x, c.s);
				else
					read_daemon_json(x, c.s);
			} else {
				configured(x, v, k, via);
			}
			break;
		}
	}
	return 0;
}

/* One place that a storage.conf or crio.conf names. */
static void
conf_place(struct search *x, const char *v, size_t n, const char *from,
    bool quiet)
{
	static const char home[] = "$HOME";
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str p cleanup_str = STR_INIT;
	size_t i, k = sizeof(home) - 1;
	struct err e;

	if (n >= k && memcmp(v, home, k) == 0) {
		for (i = 0; i < x->homes.n; i++) {
			str_set(&p, x->homes.v[i].s, x->homes.v[i].n);
			str_add(&p, v + k, n - k);
			conf_place(x, p.s, p.n, from, true);
		}
		return;
	}
	str_add(&p, v, n);
	while (p.n > 1 && p.s[p.n - 1] == '/')
		str_cut(&p, p.n - 1);
	for (i = 0; i < places_n; i++)
		quiet |= places[i].base == HOST && str_eq(&p, places[i].path);
	if (quiet && p.n && p.s[0] == '/' && !strpbrk(p.s, "$%") &&
	    root_find(x->r, p.s, 0, &f, &e)) {
		if (e.class != ERR_ABSENT || !search_dangling(x, p.s))
			search_trouble(x, p.s, &e);
		return;
	}
	configured(x, p.s, p.n, from);
}

/* KEY = "/path" or KEY = ["/path", ...], in TOML. */
static void
read_conf(struct search *x, const char *path, const struct str *t, bool crio)
{
	const char *p, *end = t->s + t->n, *nl, *v;
	size_t i, k;

	for (p = t->s; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			nl = end;
		while (p < nl && isspace((unsigned char)*p))
			p++;
		for (i = 0; i < COUNT(conf_keys); i++) {
			k = strlen(conf_keys[i].key);
			if (conf_keys[i].crio != crio ||
			    (size_t)(nl - p) <= k ||
			    memcmp(p, conf_keys[i].key, k) != 0)
				continue;
			v = p + k;
			while (v < nl && isspace((unsigned char)*v))
				v++;
			if (v == nl || *v++ != '=')
				continue;
			while (v < nl && isspace((unsigned char)*v))
				v++;
			if (v < nl && *v == '[') { /* over lines, to its ] */
				nl = memchr(v, ']', (size_t)(end - v));
				if (!nl)
					nl = end;
			}
			for (; v < nl; v += k + 1) {
				while (v < nl && *v != '"' && *v != '\'')
					v++;
				if (v++ >= nl)
					break;
				for (k = 0; v + k < nl && v[k] != v[-1]; k++)
					;
				conf_place(x, v, k, path, conf_keys[i].quiet);
				if (*p != '[' && !memchr(v, ',',
					(size_t)(nl - v)))
					break;
			}
			break;
		}
	}
}

static void
read_storage_conf(struct search *x, const char *path)
{
	struct str t cleanup_str = STR_INIT;
	struct err e;

	if (root_slurp(x->r, path, STORE_JSON_MAX, &t, NULL, &e) < 0) {
		search_trouble(x, path, &e);
		return;
	}
	read_conf(x, path, &t, false);
}

static int
read_crio_conf(void *arg, const char *via, struct root_file *f)
{
	struct search *x = arg;
	struct str t cleanup_str = STR_INIT;
	struct err e;

	if (!S_ISREG(f->st.st_mode))
		return 0;
	if (root_read(x->r, f, STORE_JSON_MAX, &t, &e) < 0)
		search_trouble(x, via, &e);
	else
		read_conf(x, via, &t, true);
	return 0;
}

void
search_configured(struct search *x)
{
	struct str p cleanup_str = STR_INIT;
	struct err e;
	size_t i, k;

	for (i = 0; i < COUNT(daemon_json); i++)
		read_daemon_json(x, daemon_json[i]);
	for (k = 0; k < x->homes.n; k++) {
		str_clear(&p);
		str_addf(&p, "%s%s", x->homes.v[k].s, daemon_json_home);
		read_daemon_json(x, p.s);
	}
	for (i = 0; i < COUNT(service_globs); i++)
		if (root_glob(x->r, service_globs[i], read_service,
			search_trouble, x, &e) < 0)
			search_trouble(x, service_globs[i], &e);
	for (i = 0; i < COUNT(containerd_toml); i++)
		read_containerd_toml(x, containerd_toml[i]);
	for (k = 0; k < x->homes.n; k++) {
		str_clear(&p);
		str_addf(&p, "%s%s", x->homes.v[k].s, containerd_toml_home);
		read_containerd_toml(x, p.s);
	}
	x->containerd = true;
	for (i = 0; i < COUNT(containerd_globs); i++)
		if (root_glob(x->r, containerd_globs[i], read_service,
			search_trouble, x, &e) < 0)
			search_trouble(x, containerd_globs[i], &e);
	x->containerd = false;
	for (i = 0; i < COUNT(storage_conf); i++)
		read_storage_conf(x, storage_conf[i]);
	for (k = 0; k < x->homes.n; k++) {
		str_clear(&p);
		str_addf(&p, "%s%s", x->homes.v[k].s, storage_conf_home);
		read_storage_conf(x, p.s);
	}
	for (i = 0; i < COUNT(crio_globs); i++)
		if (root_glob(x->r, crio_globs[i], read_crio_conf,
			search_trouble, x, &e) < 0)
			search_trouble(x, crio_globs[i], &e);
}

void
search_print_configured(void)
{
	size_t i;

	for (i = 0; i < COUNT(daemon_json); i++)
		printf("%-11s  %s\n", "data-root of", daemon_json[i]);
	printf("%-11s  ~%s\n", "data-root of", daemon_json_home);
	for (i = 0; i < COUNT(service_globs); i++)
		printf("%-11s  %s\n", "--data-root", service_globs[i]);
	for (i = 0; i < COUNT(containerd_toml); i++)
		printf("%-11s  %s\n", "root of", containerd_toml[i]);
	printf("%-11s  ~%s\n", "root of", containerd_toml_home);
	for (i = 0; i < COUNT(containerd_globs); i++)
		printf("%-11s  %s\n", "--root", containerd_globs[i]);
	for (i = 0; i < COUNT(storage_conf); i++)
		printf("%-11s  %s\n", "graphroot of", storage_conf[i]);
	printf("%-11s  ~%s\n", "graphroot of", storage_conf_home);
	for (i = 0; i < COUNT(crio_globs); i++)
		printf("%-11s  %s\n", "root of", crio_globs[i]);
}
