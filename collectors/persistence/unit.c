#include "art.h"

#include "limits.h"
#include "runs.h"
#include "tree.h"
#include "unitfile.h"
#include "when.h"

/*
 * A unit file or drop-in: a row for each command that it starts; for a timer,
 * path or socket, a row that names the unit that it starts. See tree.h for
 * what starts the unit itself.
 */

struct unit {
	const struct art_file *f;
	struct rec *rec;
	struct str name; /* x.service */
	const char *tail;
	bool dropin;
	struct unit_state state;
	struct str refused; /* why systemd refuses the whole unit */
	struct str environment;
	struct str when;    /* of a timer, path or socket */
	struct str starts;
	struct str user;
	struct str what, where, type, mount_options; /* of a mount */
	const char *schedule; /* where no time is set: boot, login */
	const char *home;     /* of the account whose unit it is; NULL */
	const struct account *owner; /* of a folder in /run/user */
	int64_t starts_n;     /* ExecStart= lines in force */
	bool oneshot;
	int64_t when_line;
	struct when_next next;
	bool bad_calendar, good_when;
	int64_t rows;
};

static const char *const exec_keys[] = {"ExecStart", "ExecStartPre",
    "ExecStartPost", "ExecCondition", "ExecReload", "ExecStop", "ExecStopPost",
    "ExecStopPre", NULL};
static const char *const socket_keys[] = {"ExecStartPre", "ExecStartPost",
    "ExecStopPre", "ExecStopPost", NULL};

static bool
one_of(const char *p, size_t n, const char *const *words)
{
	for (; *words; words++)
		if (unit_is(p, n, *words))
			return true;
	return false;
}

/* x.service of .../x.service, .../x.service.d/y.conf */
static void
name_of(struct unit *u)
{
	const char *via = u->f->via, *base = strrchr(via, '/'), *p;
	size_t n;

	base = base ? base + 1 : via;
	n = strlen(base);
	if (n > 5 && strcmp(base + n - 5, ".conf") == 0 && base > via + 1) {
		p = base - 1;
		while (p > via && p[-1] != '/')
			p--;
		n = (size_t)(base - 1 - p);
		if (n > 2 && memcmp(p + n - 2, ".d", 2) == 0) {
			u->dropin = true;
			str_add(&u->name, p, n - 2);
		}
	}
	if (!u->dropin)
		str_adds(&u->name, base);
	p = strrchr(u->name.s, '.');
	u->tail = p ? p + 1 : u->name.s; /* "service.d" is for all of them */
}

static const char *
program_trouble(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n && p[i] != ' ' && p[i] != '\t'; i++)
		if (p[i] == '/' && i > 0 && p[0] != '/' && p[0] != '"' &&
		    p[0] != '\'' && p[0] != '%' && p[0] != '$')
			return "program has no absolute path";
	return NULL;
}

/* systemd refuses the unit for it, unless "-" says to ignore failures. */
static bool
fatal_program(const char *p, size_t n)
{
	bool ignore = false;

	while (n && strchr("@-:+!|", *p)) {
		ignore = ignore || *p == '-';
		p++;
		n--;
	}
	return !ignore && program_trouble(p, n);
}

static void
common(struct unit *u, int64_t line, const char *own)
{
	struct rec *r = u->rec;

	art_begin(u->f, r, line);
	rec_str(r, COL_persist_name, &u->name);
	rec_str(r, COL_persist_enabled, &u->state.by);
	rec_str(r, COL_persist_overrides, &u->state.overrides);
	if (u->refused.n)
		rec_str(r, COL_persist_defect, &u->refused);
	else if (u->state.defect.n)
		rec_str(r, COL_persist_defect, &u->state.defect);
	else
		rec_text(r, COL_persist_defect, own);
}

/* Whose rights a command has. */
static void
owner(struct unit *u)
{
	if (u->owner)
		rec_str(u->rec, COL_persist_owner, &u->owner->name);
	else if (u->f->art->owner != OWNER_FIELD)
		return;
	else if (u->state.user.n)
		rec_str(u->rec, COL_persist_owner, &u->state.user);
	else if (u->user.n)
		rec_str(u->rec, COL_persist_owner, &u->user);
	else
		rec_text(u->rec, COL_persist_owner, "root");
}

/* Specifiers that are known here; the others stay as they stand, and make a
 * program's name one that cannot be told. */
static void
specifiers(const struct unit *u, const char *p, size_t n, struct str *out)
{
	static const char *const known[][2] = {{"t", "/run"},
	    {"S", "/var/lib"}, {"C", "/var/cache"}, {"L", "/var/log"},
	    {"E", "/etc"}, {"T", "/tmp"}, {"V", "/var/tmp"}};
	const char *at = strchr(u->name.s, '@'), *value;
	size_t i, k, value_n;
	bool users = strcmp(u->schedule, "boot") != 0;

	for (i = 0; i < n && out->n < ART_LINE_MAX; i++) {
		value = NULL;
		value_n = 0;
		if (p[i] != '%' || i + 1 == n) {
			str_addc(out, p[i]);
			continue;
		}
		if (p[i + 1] == 'h') {
			value = users ? u->home : "/root";
		} else if (p[i + 1] == 'n') {
			value = at && at[1] == '.' ? NULL : u->name.s;
		} else if (p[i + 1] == 'p' || p[i + 1] == 'N') {
			value = u->name.s;
			value_n = at && p[i + 1] == 'p' ?
			    (size_t)(at - u->name.s) :
			    u->name.n - strlen(u->tail) - 1;
			if (at && at[1] == '.' && p[i + 1] == 'N')
				value = NULL;
		} else if (p[i + 1] == 'i' && at && at[1] != '.') {
			value = at + 1;
			value_n = u->name.n - strlen(u->tail) - 1 -
				  (size_t)(at + 1 - u->name.s);
		} else {
			for (k = 0; k < COUNT(known); k++)
				if (known[k][0][0] == p[i + 1] &&
				    (!users || k > 4))
					value = known[k][1];
		}
		if (value) {
			str_add(out, value, value_n ? value_n : strlen(value));
		} else {
			str_addc(out, '%');
			str_addc(out, p[i + 1]);
		}
		i++;
	}
}

/* The file behind a command; argv0: its second word is only a name. */
static void
runs(struct unit *u, const char *p, size_t n, bool argv0)
{
	struct str s cleanup_str = STR_INIT, cwd cleanup_str = STR_INIT;
	const struct strlist *env = &u->state.environment;
	struct art_file f = *u->f;
	const char *path = NULL;
	size_t i, from, to;

	specifiers(u, p, n, &s);
	if (argv0) {
		for (from = 0; from < s.n && s.s[from] != ' ';)
			from++;
		for (to = from; to < s.n && s.s[to] == ' ';)
			to++;
		while (to < s.n && s.s[to] != ' ')
			to++;
		memmove(s.s + from, s.s + to, s.n - to);
		str_cut(&s, s.n - (to - from));
	}
	if (u->state.cwd.n)
		specifiers(u, u->state.cwd.s, u->state.cwd.n, &cwd);
	if (str_eq(&cwd, "~") || (cwd.n && cwd.s[0] != '/'))
		str_sets(&cwd, u->home ? u->home : "");
	for (i = 0; i < env->n; i++)
		if (strncmp(env->v[i].s, "PATH=", 5) == 0)
			path = env->v[i].s + 5;
	if (u->owner)
		f.owner = u->owner->name.s;
	else if (f.art->owner == OWNER_FIELD)
		f.owner = u->state.user.n ? u->state.user.s : "root";
	art_runs(&f, u->rec, RUNS_WORDS, s.s, s.n, path,
	    cwd.n ? cwd.s : u->home ? u->home : "/");
}

static void
exec_row(struct unit *u, const struct unit_line *l, bool in_section,
    bool emptied)
{
	const char *p = l->value, *own = NULL;
	size_t n = l->value_n, i;
	bool argv0 = false;

	while (n && strchr("@-:+!|", *p)) {
		argv0 = argv0 || *p == '@';
		p++;
		n--;
	}
	while (n && (*p == ' ' || *p == '\t')) {
		p++;
		n--;
	}
	if (!in_section)
		own = "not in the section where it counts";
	else if (emptied)
		own = "emptied by a later line of the file";
	else
		own = program_trouble(p, n);
	for (i = 0; !own && i < u->state.reset.n; i++)
		if (unit_is(l->key, l->key_n, u->state.reset.v[i].s))
			own = "emptied by a drop-in";
	common(u, l->line, own);
	owner(u);
	rec_text(u->rec, COL_persist_schedule, u->schedule);
	art_trimmed(u->rec, COL_persist_command, p, n);
	runs(u, p, n, argv0);
	rec_bytes(u->rec, COL_persist_text, l->text,
	    l->text_n > ART_LINE_MAX ? ART_LINE_MAX : l->text_n);
	rec_str(u->rec, COL_persist_options, &u->environment);
	rec_list(u->rec, COL_persist_environment, &u->state.environment);
	rec_end(u->rec);
	u->rows++;
}

/* A variable that makes something run by itself is a row of its own. */
static void
environment_rows(struct unit *u, const struct unit_line *l)
{
	struct strlist set cleanup_strlist = STRLIST_INIT;
	struct str s cleanup_str = STR_INIT;
	const char *eq;
	size_t i, n;

	if (unit_is(l->key, l->key_n, "EnvironmentFile"))
		unit_environment_file(u->f->root, l->value, l->value_n, &set);
	else
		unit_assignments(l->value, l->value_n, &set);
	for (i = 0; i < set.n; i++) {
		eq = memchr(set.v[i].s, '=', set.v[i].n);
		n = eq ? (size_t)(eq - set.v[i].s) : 0;
		if (!n || set.v[i].n == n + 1 ||
		    (!art_powerful(set.v[i].s, n) &&
		    (n != 4 || memcmp(set.v[i].s, "PATH", 4) != 0)))
			continue;
		if (u->rows >= ART_LINES_MAX)
			return;
		common(u, l->line, NULL);
		owner(u);
		rec_text(u->rec, COL_persist_schedule, u->schedule);
		str_clear(&s);
		specifiers(u, eq + 1, set.v[i].n - n - 1, &s);
		if (n != 4 || memcmp(set.v[i].s, "PATH", 4) != 0) {
			rec_str(u->rec, COL_persist_command, &s);
			/* the first of several libraries */
			str_cut(&s, strcspn(s.s, " :"));
			if (s.s[0] == '/')
				art_runs(u->f, u->rec, RUNS_FILE, s.s, s.n,
				    NULL, NULL);
		}
		rec_bytes(u->rec, COL_persist_text, l->text,
		    l->text_n > ART_LINE_MAX ? ART_LINE_MAX : l->text_n);
		rec_end(u->rec);
		u->rows++;
	}
}

/* What mounts it, where that is a program of its own: mount.TYPE. */
static void
mount_row(struct unit *u)
{
	struct str command cleanup_str = STR_INIT, path cleanup_str = STR_INIT;
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	size_t n;

	str_adds(&command, "mount");
	if (u->type.n) {
		str_adds(&command, " -t ");
		str_add(&command, u->type.s, u->type.n);
	}
	if (u->mount_options.n) {
		str_adds(&command, " -o ");
		str_add(&command, u->mount_options.s, u->mount_options.n);
	}
	str_addc(&command, ' ');
	str_add(&command, u->what.s, u->what.n);
	str_addc(&command, ' ');
	str_add(&command, u->where.s, u->where.n);
	/* fuse.sshfs: mount.fuse, which runs sshfs */
	n = strcspn(u->type.s, ".");
	common(u, 0, NULL);
	owner(u);
	rec_text(u->rec, COL_persist_schedule, u->schedule);
	rec_bytes(u->rec, COL_persist_command, command.s,
	    command.n > ART_LINE_MAX ? ART_LINE_MAX : command.n);
	if (u->type.n && !memchr(u->type.s, '/', u->type.n) && u->f->root) {
		if (u->type.s[n] == '.')
			str_adds(&path, u->type.s + n + 1);
		else
			str_addf(&path, "/sbin/mount.%s", u->type.s);
		if (u->type.s[n] == '.' ||
		    root_find(u->f->root, path.s, 0, &rf, NULL) == 0)
			art_runs(u->f, u->rec, RUNS_WORDS, path.s, path.n,
			    NULL, NULL);
	}
	rec_end(u->rec);
	u->rows++;
}

/* The next times of an OnCalendar= line. */
static bool
calendar(struct unit *u, const char *p, size_t n)
{
	struct art_tree *t = u->f->tree;
	struct zone named = ZONE_INIT;
	struct calendar c;
	int64_t now = t ? art_tree_now(t) : 0;
	bool good = calendar_parse(p, n, &c) == NULL;

	if (good && c.zone && zone_of(u->f->root, c.zone, c.zone_n, &named))
		good = !u->f->root; /* no such time zone */
	if (good && now)
		calendar_next(&c, c.zone ? &named : art_tree_zone(t),
		    art_tree_zone(t), now, &u->next);
	zone_release(&named);
	calendar_release(&c);
	return good;
}

/* First pass: what holds for the whole file. */
static void
survey(struct unit *u)
{
	static const char *const whens[] = {"OnActiveSec", "OnBootSec",
	    "OnStartupSec", "OnUnitActiveSec", "OnUnitInactiveSec",
	    "OnCalendar", "OnClockChange", "OnTimezoneChange", "PathExists",
	    "PathExistsGlob", "PathChanged", "PathModified",
	    "DirectoryNotEmpty", "ListenStream", "ListenDatagram",
	    "ListenSequentialPacket", "ListenFIFO", "ListenSpecial",
	    "ListenNetlink", "ListenMessageQueue", "ListenUSBFunction", NULL};
	struct unit_reader r;
	struct unit_line l;

	unit_open(&r, u->f->data, u->f->n);
	while (unit_next(&r, &l)) {
		if (!u->refused.n && (!l.utf8 || l.what == UNIT_BAD_SECTION))
			str_addf(&u->refused,
			    "the whole unit is refused: line %lld %s",
			    (long long)l.line, l.utf8 ? "is no section header" :
			    "is not UTF-8");
		if (l.what != UNIT_ASSIGNMENT || !l.section)
			continue;
		if (!u->refused.n && l.value_n && one_of(l.key, l.key_n,
		    exec_keys) && unit_is(l.section, l.section_n, "Service") &&
		    fatal_program(l.value, l.value_n))
			str_addf(&u->refused, "the whole unit is refused: "
			    "program in line %lld has no absolute path",
			    (long long)l.line);
		if (unit_is(l.key, l.key_n, "User"))
			str_set(&u->user, l.value, l.value_n);
		if (unit_is(l.key, l.key_n, "Type")) {
			u->oneshot = unit_is(l.value, l.value_n, "oneshot");
			str_set(&u->type, l.value, l.value_n);
		}
		if (unit_is(l.key, l.key_n, "What"))
			str_set(&u->what, l.value, l.value_n);
		if (unit_is(l.key, l.key_n, "Where"))
			str_set(&u->where, l.value, l.value_n);
		if (unit_is(l.key, l.key_n, "Options"))
			str_set(&u->mount_options, l.value, l.value_n);
		if (unit_is(l.key, l.key_n, "ExecStart") &&
		    unit_is(l.section, l.section_n, "Service"))
			u->starts_n = l.value_n ? u->starts_n + 1 : 0;
		if (unit_is(l.key, l.key_n, "Environment") ||
		    unit_is(l.key, l.key_n, "EnvironmentFile")) {
			if (!l.value_n) {
				str_clear(&u->environment);
			} else if (u->environment.n < ART_ENV_MAX) {
				if (u->environment.n)
					str_addc(&u->environment, ' ');
				str_add(&u->environment, l.value, l.value_n);
				str_cut(&u->environment, ART_ENV_MAX);
			}
		}
		if (one_of(l.key, l.key_n, whens)) {
			if (!l.value_n) {
				str_clear(&u->when);
				memset(&u->next, 0, sizeof(u->next));
				continue;
			}
			if (unit_is(l.key, l.key_n, "OnCalendar") &&
			    !calendar(u, l.value, l.value_n))
				u->bad_calendar = true;
			else
				u->good_when = true;
			if (!u->when_line)
				u->when_line = l.line;
			if (u->when.n < ART_ENV_MAX) {
				if (u->when.n)
					str_addc(&u->when, ' ');
				str_add(&u->when, l.key, l.key_n);
				str_addc(&u->when, '=');
				str_add(&u->when, l.value, l.value_n);
				str_cut(&u->when, ART_ENV_MAX);
			}
		}
		if ((unit_is(l.key, l.key_n, "Unit") ||
		    unit_is(l.key, l.key_n, "Service")) && l.value_n)
			str_set(&u->starts, l.value, l.value_n);
	}
	if (r.cut)
		rec_note(u->rec, ERR_LIMIT, "parse", u->f->scope,
		    u->f->file->path.s, 0,
		    "an assignment is longer than %d bytes (ART_LINE_MAX)",
		    ART_LINE_MAX);
	unit_close(&r);
}

/* Line of the last "KEY=" that empties the list of a key; 0: none. */
static void
emptied_at(struct unit *u, int64_t *at, size_t n)
{
	struct unit_reader r;
	struct unit_line l;
	size_t i;

	unit_open(&r, u->f->data, u->f->n);
	while (unit_next(&r, &l))
		for (i = 0; l.what == UNIT_ASSIGNMENT && !l.value_n && i < n;
		     i++)
			if (unit_is(l.key, l.key_n, exec_keys[i]))
				at[i] = l.line;
	unit_close(&r);
}

static void
start_row(struct unit *u)
{
	const char *own = NULL;

	if (!u->starts.n && !u->dropin) {
		str_add(&u->starts, u->name.s,
		    u->name.n - strlen(u->tail));
		str_adds(&u->starts, "service");
	}
	if (u->bad_calendar && !u->good_when)
		own = "bad calendar event";
	common(u, u->when_line, own);
	if (u->owner)
		rec_str(u->rec, COL_persist_owner, &u->owner->name);
	else if (u->f->art->owner == OWNER_FIELD)
		rec_text(u->rec, COL_persist_owner, "root");
	rec_str(u->rec, COL_persist_schedule, &u->when);
	rec_str(u->rec, COL_persist_command, &u->starts);
	when_write(&u->next, u->rec);
	rec_end(u->rec);
	u->rows++;
}

/* Of a user's manager: whose, and whether it starts without a login. */
static void
manager(struct unit *u)
{
	struct root_file rf cleanup_root_file = ROOT_FILE_INIT;
	struct str path cleanup_str = STR_INIT;
	const struct account *a = NULL;
	int64_t uid = 0;
	const char *p;

	u->schedule = u->f->art->when;
	if (u->f->art->owner != OWNER_HOME)
		return;
	if (strncmp(u->f->via, "/run/user/", 10) == 0 && u->f->accounts) {
		for (p = u->f->via + 10; *p >= '0' && *p <= '9' &&
		     uid < UINT32_MAX; p++)
			uid = uid * 10 + (*p - '0');
		a = u->owner = accounts_by_uid(u->f->accounts, uid);
	} else if (u->f->owner && u->f->accounts) {
		a = accounts_by_name(u->f->accounts, u->f->owner,
		    strlen(u->f->owner));
	}
	if (!a)
		return;
	u->home = a->home.s;
	str_addf(&path, "/var/lib/systemd/linger/%s", a->name.s);
	if (u->f->root && root_find(u->f->root, path.s, 0, &rf, NULL) == 0)
		u->schedule = "boot and login"; /* lingers */
}

static bool
counts(const struct unit *u, const struct unit_line *l)
{
	if (!l->section)
		return false;
	if (strcmp(u->tail, "socket") == 0)
		return unit_is(l->section, l->section_n, "Socket") &&
		       one_of(l->key, l->key_n, socket_keys);
	return unit_is(l->section, l->section_n, "Service") &&
	       !unit_is(l->key, l->key_n, "ExecStopPre");
}

int
parse_unit(const struct art_file *f, struct rec *r, struct err *err)
{
	int64_t emptied[COUNT(exec_keys)] = {0};
	struct unit u = {.f = f, .rec = r, .name = STR_INIT,
	    .state = UNIT_STATE_INIT, .refused = STR_INIT,
	    .environment = STR_INIT, .when = STR_INIT, .starts = STR_INIT,
	    .user = STR_INIT, .what = STR_INIT, .where = STR_INIT,
	    .type = STR_INIT, .mount_options = STR_INIT};
	struct unit_reader rd;
	struct unit_line l;
	bool over = false;
	size_t i;

	(void)err;
	name_of(&u);
	manager(&u);
	unit_state(f->tree, f->art->owner == OWNER_HOME, u.name.s,
	    f->file->path.s, u.dropin, &u.state, f->first ? r : NULL);
	if (!f->n && !u.dropin)
		str_adds(&u.refused, "masked: the file is empty");
	survey(&u);
	if (!u.refused.n && u.starts_n > 1 && !u.oneshot && !u.dropin)
		str_adds(&u.refused, "the whole unit is refused: more than one "
				     "ExecStart= without Type=oneshot");
	emptied_at(&u, emptied, COUNT(exec_keys) - 1);
	if (u.when.n)
		start_row(&u);
	if (u.what.n && strcmp(u.tail, "mount") == 0)
		mount_row(&u);
	unit_open(&rd, f->data, f->n);
	while (!over && unit_next(&rd, &l)) {
		if (l.what != UNIT_ASSIGNMENT || !l.value_n)
			continue;
		if (l.section && (unit_is(l.key, l.key_n, "Environment") ||
		    unit_is(l.key, l.key_n, "EnvironmentFile")))
			environment_rows(&u, &l);
		for (i = 0; exec_keys[i]; i++)
			if (unit_is(l.key, l.key_n, exec_keys[i]))
				break;
		if (!exec_keys[i])
			continue;
		if (u.rows >= ART_LINES_MAX) {
			art_too_many(f, r);
			over = true;
			continue;
		}
		exec_row(&u, &l, counts(&u, &l), l.line < emptied[i]);
	}
	unit_close(&rd);
	if (!u.rows) {
		common(&u, 0, NULL);
		rec_str(r, COL_persist_options, &u.environment);
		rec_list(r, COL_persist_environment, &u.state.environment);
		rec_end(r);
	}
	unit_state_release(&u.state);
	str_release(&u.name);
	str_release(&u.refused);
	str_release(&u.environment);
	str_release(&u.when);
	str_release(&u.starts);
	str_release(&u.user);
	str_release(&u.what);
	str_release(&u.where);
	str_release(&u.type);
	str_release(&u.mount_options);
	return 0;
}

/* system.conf and user.conf: variables that every service gets. */
int
parse_sdmanager(const struct art_file *f, struct rec *r, struct err *err)
{
	struct strlist set cleanup_strlist = STRLIST_INIT;
	struct str value cleanup_str = STR_INIT;
	struct unit_reader rd;
	struct unit_line l;
	int64_t rows = 0;
	const char *eq;
	size_t i, n;

	(void)err;
	unit_open(&rd, f->data, f->n);
	while (rows < ART_LINES_MAX && unit_next(&rd, &l)) {
		if (l.what != UNIT_ASSIGNMENT || !l.section ||
		    !unit_is(l.section, l.section_n, "Manager") ||
		    (!unit_is(l.key, l.key_n, "DefaultEnvironment") &&
		    !unit_is(l.key, l.key_n, "ManagerEnvironment")))
			continue;
		strlist_clear(&set);
		unit_assignments(l.value, l.value_n, &set);
		for (i = 0; i < set.n; i++) {
			eq = memchr(set.v[i].s, '=', set.v[i].n);
			n = eq ? (size_t)(eq - set.v[i].s) : 0;
			if (!n)
				continue;
			art_begin(f, r, l.line);
			rec_bytes(r, COL_persist_name, set.v[i].s, n);
			rec_text(r, COL_persist_schedule, f->art->when);
			if (art_powerful(set.v[i].s, n) && eq[1]) {
				rec_bytes(r, COL_persist_command, eq + 1,
				    set.v[i].n - n - 1);
				str_set(&value, eq + 1, set.v[i].n - n - 1);
				str_cut(&value, strcspn(value.s, " :"));
				if (value.s[0] == '/')
					art_runs(f, r, RUNS_FILE, value.s,
					    value.n, NULL, NULL);
			}
			rec_bytes(r, COL_persist_text, l.text,
			    l.text_n > ART_LINE_MAX ? ART_LINE_MAX : l.text_n);
			rec_end(r);
			rows++;
		}
	}
	unit_close(&rd);
	if (!rows)
		art_file_row(f, r, NULL);
	return 0;
}
