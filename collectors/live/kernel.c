/* kernel - what the kernel says of itself: modules, parameters, clock */

#include "live.h"

#include "civil.h"
#include "limits.h"
#include "packages.h"
#include "worker.h"

#include <ctype.h>
#include <errno.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <time.h>

/* ---- parameters ---------------------------------------------------------- */

/* Below /proc/sys, or from / where they begin with one: what makes a program
 * run, hides, or opens. Source: the kernel's Documentation/admin-guide/sysctl.
 */
static const char *const parameters[] = {
	"kernel/core_pattern",
	"kernel/core_pipe_limit",
	"kernel/modprobe",
	"kernel/hotplug",
	"kernel/poweroff_cmd",
	"kernel/usermodehelper/bset",
	"kernel/tainted",
	"kernel/modules_disabled",
	"kernel/kexec_load_disabled",
	"kernel/kptr_restrict",
	"kernel/dmesg_restrict",
	"kernel/perf_event_paranoid",
	"kernel/randomize_va_space",
	"kernel/unprivileged_bpf_disabled",
	"kernel/unprivileged_userns_clone",
	"kernel/apparmor_restrict_unprivileged_userns",
	"kernel/yama/ptrace_scope",
	"kernel/sysrq",
	"kernel/ftrace_enabled",
	"kernel/kprobes_enabled",
	"kernel/cap_last_cap",
	"kernel/pid_max",
	"kernel/printk",
	"kernel/audit",
	"kernel/hostname",
	"kernel/osrelease",
	"kernel/version",
	"fs/suid_dumpable",
	"fs/protected_hardlinks",
	"fs/protected_symlinks",
	"fs/protected_fifos",
	"fs/protected_regular",
	"fs/binfmt_misc/status",
	"net/core/bpf_jit_enable",
	"net/ipv4/ip_forward",
	"net/ipv4/conf/all/rp_filter",
	"net/ipv4/conf/all/route_localnet",
	"net/ipv6/conf/all/forwarding",
	"user/max_user_namespaces",
	"vm/nr_hugepages",
	"vm/overcommit_memory",
	"/proc/cmdline",
	"/sys/kernel/security/lockdown",
	"/sys/kernel/security/lsm",
	"/sys/kernel/uevent_helper",
	"/sys/kernel/kexec_loaded",
	"/sys/kernel/kexec_crash_loaded",
	"/sys/module/module/parameters/sig_enforce",
	"/sys/devices/system/clocksource/clocksource0/current_clocksource",
	"/sys/fs/selinux/enforce",
	"/sys/module/apparmor/parameters/enabled",
};

/* A file of sysfs, without blanks at its end: it is shorter than it says. */
static int
sys_text(struct live *run, const char *path, struct str *out, struct err *e)
{
	int r = root_slurp(run->root, path, 4096, out, NULL, e);

	if (r < 0 && e->class == ERR_CHANGED)
		r = 0;
	while (out->n && isspace((unsigned char)out->s[out->n - 1]))
		str_cut(out, out->n - 1);
	return r;
}

static void
kernel_parameters(struct live *run)
{
	struct str s cleanup_str = STR_INIT, p cleanup_str = STR_INIT;
	struct err e;
	size_t i;
	int r;

	for (i = 0; i < COUNT(parameters); i++) {
		const char *name = parameters[i];

		str_clear(&p);
		if (strncmp(name, "/sys/", 5) == 0) {
			str_adds(&p, name);
			r = sys_text(run, name, &s, &e) < 0;
		} else if (name[0] == '/') {
			str_adds(&p, name);
			r = proc_text(run->fs, name + 6, 64 * 1024, &s, &e);
		} else {
			str_addf(&p, "sys/%s", name);
			r = proc_text(run->fs, p.s, 64 * 1024, &s, &e);
			str_clear(&p);
			str_addf(&p, "/proc/sys/%s", name);
		}
		if (r) {
			if (e.class != ERR_ABSENT)
				rec_note_err(run->rec, "kernel", "host", p.s,
				    &e);
			continue;
		}
		while (s.n && isspace((unsigned char)s.s[s.n - 1]))
			str_cut(&s, s.n - 1);
		rec_begin(run->rec, KIND_kernel_parameter);
		rec_text(run->rec, COL_kernel_parameter_name, p.s);
		rec_str(run->rec, COL_kernel_parameter_value, &s);
		rec_end(run->rec);
	}
}

/* ---- modules --------------------------------------------------------------- */

struct module {
	struct str name, users, state, taint, file;
	int64_t size, count;
	uint64_t address;
	bool proc, sys, symbols;
};

struct modules {
	struct live *run;
	struct module *v;
	size_t n, cap;
	bool have_proc, have_sys, have_symbols;
};

static struct module *
module(struct modules *m, const char *name, size_t n)
{
	struct module *x;
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->v[i].name.n == n &&
		    memcmp(m->v[i].name.s, name, n) == 0)
			return &m->v[i];
	if (m->n >= PROC_MODULES_MAX)
		return NULL;
	if (m->n == m->cap) {
		m->cap = m->cap ? 2 * m->cap : 128;
		m->v = xreallocarray(m->v, m->cap, sizeof(*m->v));
	}
	x = &m->v[m->n++];
	memset(x, 0, sizeof(*x));
	x->size = x->count = -1;
	str_init(&x->name);
	str_init(&x->users);
	str_init(&x->state);
	str_init(&x->taint);
	str_init(&x->file);
	str_add(&x->name, name, n);
	return x;
}

/* "name size count users state address (taint)": proc(5). */
static bool
module_line(void *arg, const char *p, size_t n)
{
	struct modules *m = arg;
	const char *w[7], *end = p + n;
	size_t k[7] = {0}, i;
	struct module *x;

	for (i = 0; i < COUNT(w) && p < end; i++) {
		while (p < end && *p == ' ')
			p++;
		w[i] = p;
		while (p < end && *p != ' ')
			p++;
		k[i] = (size_t)(p - w[i]);
	}
	if (i < 6 || !(x = module(m, w[0], k[0])))
		return true;
	x->proc = true;
	x->size = strtoll(w[1], NULL, 10);
	x->count = k[2] && *w[2] == '-' ? -1 : strtoll(w[2], NULL, 10);
	if (*w[3] != '-')
		str_set(&x->users, w[3], k[3]);
	str_set(&x->state, w[4], k[4]);
	x->address = strtoull(w[5], NULL, 16);
	if (i > 6 && k[6] > 2 && *w[6] == '(')
		str_set(&x->taint, w[6] + 1, k[6] - 2);
	return true;
}

/* Of /sys/module those that were loaded: built-in ones have no initstate. */
static int
sys_module(void *arg, const struct root_entry *ent)
{
	struct modules *m = arg;
	struct str p cleanup_str = STR_INIT, s cleanup_str = STR_INIT;
	struct module *x;
	struct err e;

	str_addf(&p, "/sys/module/%s/initstate", ent->name);
	if (sys_text(m->run, p.s, &s, &e) < 0)
		return 0;
	x = module(m, ent->name, strlen(ent->name));
	if (!x)
		return 0;
	x->sys = true;
	str_clear(&p);
	str_addf(&p, "/sys/module/%s/taint", ent->name);
	if (!x->taint.n && sys_text(m->run, p.s, &s, &e) >= 0)
		str_set(&x->taint, s.s, s.n);
	return 0;
}

/* "ffffffffc0000000 t name\t[module]" */
static bool
symbol_line(void *arg, const char *p, size_t n)
{
	struct modules *m = arg;
	const char *open;
	struct module *x;

	if (!n || p[n - 1] != ']' || !(open = memrchr(p, '[', n)) ||
	    open == p || open[-1] != '\t')
		return true;
	/* programs of BPF and trampolines of ftrace stand there as well */
	if (strncmp(open, "[bpf]", 5) == 0 ||
	    strncmp(open, "[__builtin", 10) == 0)
		return true;
	x = module(m, open + 1, (size_t)(p + n - 1 - open - 1));
	if (x)
		x->symbols = true;
	return true;
}

/* Where the file of a module is: modules.dep of the kernel that runs. */
static void
module_files(struct modules *m)
{
	struct str text cleanup_str = STR_INIT, path cleanup_str = STR_INIT;
	struct str name cleanup_str = STR_INIT;
	const char *p, *q, *colon, *base;
	struct utsname u;
	struct err e;
	size_t i, k;

	if (uname(&u))
		return;
	str_addf(&path, "/lib/modules/%s/modules.dep", u.release);
	if (root_slurp(m->run->root, path.s, PROC_MODULES_DEP_MAX, &text, NULL,
		&e) < 0)
		return;
	for (p = text.s; *p; p = *q ? q + 1 : q) {
		q = strchrnul(p, '\n');
		colon = memchr(p, ':', (size_t)(q - p));
		if (!colon)
			continue;
		base = memrchr(p, '/', (size_t)(colon - p));
		base = base ? base + 1 : p;
		str_set(&name, base, (size_t)(colon - base));
		for (i = 0; i < name.n && name.s[i] != '.'; i++)
			if (name.s[i] == '-')
				name.s[i] = '_';
		str_cut(&name, i);
		for (k = 0; k < m->n; k++)
			if (m->v[k].name.n == name.n &&
			    memcmp(m->v[k].name.s, name.s, name.n) == 0) {
				str_clear(&m->v[k].file);
				if (*p != '/')
					str_addf(&m->v[k].file,
					    "/lib/modules/%s/", u.release);
				str_add(&m->v[k].file, p,
				    (size_t)(colon - p));
			}
	}
}

static void
read_modules(struct modules *m)
{
	struct err e;

	m->have_proc = proc_lines(m->run->fs, "modules", module_line, m, &e) ==
	    0;
	if (!m->have_proc && e.class != ERR_ABSENT)
		rec_note_err(m->run->rec, "kernel", "host", "/proc/modules",
		    &e);
	m->have_sys = root_list(m->run->root, "/sys/module", sys_module, m,
	    &e) >= 0;
	m->have_symbols = proc_lines(m->run->fs, "kallsyms", symbol_line, m,
	    &e) == 0;
}

static void
free_modules(struct modules *m)
{
	size_t i;

	for (i = 0; i < m->n; i++) {
		str_release(&m->v[i].name);
		str_release(&m->v[i].users);
		str_release(&m->v[i].state);
		str_release(&m->v[i].taint);
		str_release(&m->v[i].file);
	}
	free(m->v);
	m->v = NULL;
	m->n = m->cap = 0;
}

static bool
all_agree(const struct modules *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if ((m->have_proc && !m->v[i].proc) ||
		    (m->have_sys && !m->v[i].sys))
			return false;
	return true;
}

static void
tell_module(struct live *run, const struct module *x, const struct modules *m)
{
	struct str sees cleanup_str = STR_INIT, blind cleanup_str = STR_INIT;

	str_adds(&sees, x->proc ? "/proc/modules" : "");
	if (x->sys)
		str_addf(&sees, "%s/sys/module", sees.n ? ", " : "");
	if (x->symbols)
		str_addf(&sees, "%s/proc/kallsyms", sees.n ? ", " : "");
	if (m->have_proc && !x->proc)
		str_adds(&blind, "/proc/modules");
	if (m->have_sys && !x->sys)
		str_addf(&blind, "%s/sys/module", blind.n ? ", " : "");
	live_contradiction(run, "module", x->name.s, sees.s, blind.s,
	    "a kernel module that one list has and another has not",
	    PROC_REPEATS, x->file.n ? x->file.s : NULL);
}

/* Package and state of its file, by the package database. */
static void
module_package(struct live *run, struct pkgdb *db, const struct module *x,
    struct rec *r)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct pkg_owned owned = {0};
	char hex[65] = "";
	enum pkg_state state;
	struct err e;

	if (!x->file.n || pkgdb_none(db) ||
	    root_find(run->root, x->file.s, 0, &f, &e) ||
	    !S_ISREG(f.st.st_mode))
		return;
	state = pkgdb_check(db, run->root, &f, &owned, hex);
	if (owned.package)
		rec_bytes(r, COL_kernel_module_package, owned.package,
		    strlen(owned.package));
	rec_text(r, COL_kernel_module_package_state, pkg_state_name(state));
}

static void
module_row(struct live *run, struct pkgdb *db, const struct module *x,
    struct rec *r)
{
	char address[24];

	rec_begin(r, KIND_kernel_module);
	rec_str(r, COL_kernel_module_name, &x->name);
	live_number(r, COL_kernel_module_size, x->size);
	live_number(r, COL_kernel_module_used, x->count);
	rec_str(r, COL_kernel_module_users, &x->users);
	rec_str(r, COL_kernel_module_state, &x->state);
	rec_str(r, COL_kernel_module_taint, &x->taint);
	if (x->address) {
		snprintf(address, sizeof(address), "%llx",
		    (unsigned long long)x->address);
		rec_text(r, COL_kernel_module_address, address);
	}
	rec_str(r, COL_kernel_module_path, &x->file);
	module_package(run, db, x, r);
	rec_end(r);
}

/* In a worker: package databases are what others wrote. */
static void
module_rows(void *arg, size_t item UNUSED, struct rec *r)
{
	struct modules *m = arg;
	struct strlist names cleanup_strlist = STRLIST_INIT;
	struct pkgdb *db;
	size_t i;

	for (i = 0; i < m->n; i++) {
		struct root_file f cleanup_root_file = ROOT_FILE_INIT;
		const char *file = m->v[i].file.s;

		if (!m->v[i].file.n)
			continue;
		/* a link to it may have another name */
		if (root_find(m->run->root, file, 0, &f, NULL) == 0)
			file = f.path.s;
		strlist_adds(&names, strrchr(file, '/') + 1);
	}
	db = pkgdb_open_for(m->run->root, NULL, "host", &names);
	for (i = 0; i < m->n; i++)
		module_row(m->run, db, &m->v[i], r);
	pkgdb_free(db);
}

static void
modules_name(void *arg UNUSED, size_t item UNUSED, struct str *out,
    const char **scope)
{
	*scope = "host";
	str_adds(out, "modules of the kernel");
}

static void
kernel_modules(struct live *run)
{
	struct modules m = {.run = run};
	struct worker_map map = {.n = 1, .fn = module_rows,
	    .name = modules_name, .arg = &m, .op = "packages", .seconds = 60};
	struct timespec pause = {0, 50 * 1000 * 1000};
	struct err e;
	size_t i;
	int tries;

	/* one that is just being loaded or removed is no contradiction */
	for (tries = 0; tries < PROC_REPEATS; tries++) {
		free_modules(&m);
		if (tries)
			nanosleep(&pause, NULL);
		read_modules(&m);
		if (all_agree(&m))
			break;
	}
	module_files(&m);
	if (m.n && worker_map(&map, run->rec, &e))
		die("%s", e.msg);
	for (i = 0; i < m.n; i++) {
		const struct module *x = &m.v[i];

		if ((m.have_proc && !x->proc) || (m.have_sys && !x->sys))
			tell_module(run, x, &m);
	}
	free_modules(&m);
}

/* ---- clock -------------------------------------------------------------------- */

/* The newest change of an inode among files that are written all the time:
 * later than now means that the clock was put back. */
static int64_t
newest_change(struct live *run, struct str *path)
{
	static const char *const files[] = {"/run", "/run/utmp", "/var/log",
	    "/var/log/wtmp", "/var/log/syslog", "/var/log/messages",
	    "/var/log/auth.log", "/var/log/journal", "/var/lib/systemd",
	    "/tmp", "/var/tmp", "/etc", "/root", "/dev/shm"};
	int64_t newest = CIVIL_NONE, t;
	size_t i;

	for (i = 0; i < COUNT(files); i++) {
		struct root_file f cleanup_root_file = ROOT_FILE_INIT;

		if (root_find(run->root, files[i], ROOT_NOFOLLOW, &f, NULL))
			continue;
		t = civil_ns(f.st.st_ctim.tv_sec, f.st.st_ctim.tv_nsec);
		if (newest == CIVIL_NONE || t > newest) {
			newest = t;
			str_sets(path, files[i]);
		}
	}
	return newest;
}

static void
kernel_clock(struct live *run)
{
	struct str boot cleanup_str = STR_INIT, path cleanup_str = STR_INIT;
	struct str source cleanup_str = STR_INIT;
	struct timespec now, up;
	struct rec *r = run->rec;
	int64_t newest, t;
	struct err e;

	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &up);
	t = civil_ns(now.tv_sec, now.tv_nsec);
	newest = newest_change(run, &path);
	proc_text(run->fs, "sys/kernel/random/boot_id", 64, &boot, &e);
	sys_text(run, "/sys/devices/system/clocksource/clocksource0/"
		      "current_clocksource", &source, &e);
	rec_begin(r, KIND_clock);
	rec_str(r, COL_clock_boot_id, &boot);
	rec_time(r, COL_clock_boot_time, t - civil_ns(up.tv_sec, up.tv_nsec));
	rec_time(r, COL_clock_now_time, t);
	rec_str(r, COL_clock_source, &source);
	if (run->synchronized >= 0)
		rec_bool(r, COL_clock_synchronized, run->synchronized);
	if (newest != CIVIL_NONE) {
		rec_time(r, COL_clock_newest_time, newest);
		rec_str(r, COL_clock_newest_path, &path);
		rec_int(r, COL_clock_ahead_ms, (newest - t) / 1000000);
	}
	rec_end(r);
}

void
live_kernel_open(struct live *run)
{
	struct timex tx = {.modes = 0};
	int state = adjtimex(&tx);

	run->synchronized = state < 0 ? -1
				      : !(tx.status & STA_UNSYNC) &&
		state != TIME_ERROR;
}

void
live_kernel(struct live *run)
{
	kernel_clock(run);
	kernel_modules(run);
	kernel_parameters(run);
}
