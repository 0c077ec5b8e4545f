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
	int64_t when_line;
	struct when_next next;
	bool bad_calendar, good_when;
	int64_t rows;
};

static const char *const exec_keys[] = {"ExecStart", "ExecStartPre",
    "ExecStartPost", "ExecCondition", "ExecReload", "ExecStop", "ExecStopPost",
    "ExecStartPreEx", "ExecStartEx", NULL};

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
	if (u->refused.n)
		rec_str(r, COL_persist_defect, &u->refused);
	else if (u->state.defect.n)
		rec_str(r, COL_persist_defect, &u->state.defect);
	else
		rec_text(r, COL_persist_defect, own);
}

static void
exec_row(struct unit *u, const struct unit_line *l, bool in_service,
    bool emptied)
{
	const char *p = l->value, *own = NULL;
	size_t n = l->value_n, i;

	while (n && strchr("@-:+!|", *p)) {
		p++;
		n--;
	}
	while (n && (*p == ' ' || *p == '\t')) {
		p++;
		n--;
	}
	if (!in_service)
		own = "not in the section where it counts";
	else if (emptied)
		own = "emptied by a later line of the file";
	else
		own = program_trouble(p, n);
	for (i = 0; !own && i < u->state.reset.n; i++)
		if (unit_is(l->key, l->key_n, u->state.reset.v[i].s))
			own = "emptied by a drop-in";
	common(u, l->line, own);
	if (u->f->art->owner == OWNER_FIELD) {
		if (u->state.user.n)
			rec_str(u->rec, COL_persist_owner, &u->state.user);
		else if (u->user.n)
			rec_str(u->rec, COL_persist_owner, &u->user);
		else
			rec_text(u->rec, COL_persist_owner, "root");
	}
	rec_text(u->rec, COL_persist_schedule, u->f->art->when);
	art_trimmed(u->rec, COL_persist_command, p, n);
	art_runs(u->f, u->rec, RUNS_WORDS, p, n, NULL, "/");
	rec_bytes(u->rec, COL_persist_text, l->text,
	    l->text_n > ART_LINE_MAX ? ART_LINE_MAX : l->text_n);
	rec_str(u->rec, COL_persist_options, &u->environment);
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
	if (u->f->art->owner == OWNER_FIELD)
		rec_text(u->rec, COL_persist_owner, "root");
	rec_str(u->rec, COL_persist_schedule, &u->when);
	rec_str(u->rec, COL_persist_command, &u->starts);
	when_write(&u->next, u->rec);
	rec_end(u->rec);
	u->rows++;
}

int
parse_unit(const struct art_file *f, struct rec *r, struct err *err)
{
	int64_t emptied[COUNT(exec_keys)] = {0};
	struct unit u = {.f = f, .rec = r, .name = STR_INIT,
	    .state = UNIT_STATE_INIT, .refused = STR_INIT,
	    .environment = STR_INIT, .when = STR_INIT, .starts = STR_INIT,
	    .user = STR_INIT};
	struct unit_reader rd;
	struct unit_line l;
	bool over = false;
	size_t i;

	(void)err;
	name_of(&u);
	unit_state(f->tree, f->art->owner == OWNER_HOME, u.name.s,
	    f->file->path.s, u.dropin, &u.state, f->first ? r : NULL);
	if (!f->n && !u.dropin)
		str_adds(&u.refused, "masked: the file is empty");
	survey(&u);
	emptied_at(&u, emptied, COUNT(exec_keys) - 1);
	if (u.when.n)
		start_row(&u);
	unit_open(&rd, f->data, f->n);
	while (!over && unit_next(&rd, &l)) {
		if (l.what != UNIT_ASSIGNMENT || !l.value_n)
			continue;
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
		exec_row(&u, &l, l.section &&
		    (unit_is(l.section, l.section_n, "Service") ||
			unit_is(l.section, l.section_n, "Socket")),
		    l.line < emptied[i]);
	}
	unit_close(&rd);
	if (!u.rows) {
		common(&u, 0, NULL);
		rec_end(r);
	}
	unit_state_release(&u.state);
	str_release(&u.name);
	str_release(&u.refused);
	str_release(&u.environment);
	str_release(&u.when);
	str_release(&u.starts);
	str_release(&u.user);
	return 0;
}
