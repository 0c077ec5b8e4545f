#include "boot.h"

#include "limits.h"
#include "runs.h"
#include "unitfile.h"
#include "xml.h"

/*
 * D-Bus: services that a message starts (NAME.service of dbus-daemon(1)), and
 * what the buses' configuration allows to more than root.
 */

static const char system_folders[] = "/etc/dbus-1/system-services "
    "/run/dbus-1/system-services /usr/local/share/dbus-1/system-services "
    "/usr/share/dbus-1/system-services /lib/dbus-1/system-services";
static const char session_folders[] = "/etc/dbus-1/services "
    "/run/dbus-1/services /usr/local/share/dbus-1/services "
    "/usr/share/dbus-1/services";

/* ---- services ------------------------------------------------------------ */

struct service {
	struct str name, exec, user, unit;
	int64_t line; /* of Exec */
	bool section;
};

static void
read_service(const struct art_file *f, struct service *s)
{
	struct unit_reader u;
	struct unit_line l;

	unit_open(&u, f->data, f->n);
	while (unit_next(&u, &l)) {
		if (!l.section || !unit_is(l.section, l.section_n,
		    "D-BUS Service"))
			continue;
		s->section = true;
		if (l.what != UNIT_ASSIGNMENT)
			continue;
		if (unit_is(l.key, l.key_n, "Name"))
			str_set(&s->name, l.value, l.value_n);
		else if (unit_is(l.key, l.key_n, "User"))
			str_set(&s->user, l.value, l.value_n);
		else if (unit_is(l.key, l.key_n, "SystemdService"))
			str_set(&s->unit, l.value, l.value_n);
		else if (unit_is(l.key, l.key_n, "Exec")) {
			str_set(&s->exec, l.value, l.value_n);
			s->line = l.line;
		}
	}
	unit_close(&u);
}

int
parse_dbusservice(const struct art_file *f, struct rec *r, struct err *err)
{
	struct service s = {STR_INIT, STR_INIT, STR_INIT, STR_INIT, 0, false};
	struct str defect cleanup_str = STR_INIT, when cleanup_str = STR_INIT;
	struct shadow over = SHADOW_INIT;
	bool of_system = f->art->owner == OWNER_FIELD, unit;

	(void)err;
	read_service(f, &s);
	shadow_find(f, of_system ? system_folders : session_folders, &over);
	unit = s.unit.n && boot_init(f) == INIT_SYSTEMD;
	if (!boot_ends(f->via, ".service"))
		str_adds(&defect, "name does not end in .service: it is passed "
				  "over");
	else if (!s.name.n || (!s.exec.n && !s.unit.n))
		str_adds(&defect, "has no Name or no Exec in a section "
				  "[D-BUS Service]: it is refused");
	else if (of_system && !s.user.n && !unit)
		str_adds(&defect, "has no User: the system's bus refuses to "
				  "start it");
	else
		shadow_defect(&over, &defect);
	str_add(&when, s.name.s, s.name.n > ART_ENV_MAX ? 0 : s.name.n);
	if (when.n)
		str_adds(&when, " is asked for");
	art_begin(f, r, s.line);
	if (of_system)
		rec_text(r, COL_persist_owner, s.user.n ? s.user.s : "root");
	rec_str(r, COL_persist_schedule, &when);
	rec_str(r, COL_persist_name, &s.name);
	/* systemd starts the unit and leaves Exec alone */
	rec_str(r, COL_persist_command, unit ? &s.unit : &s.exec);
	rec_str(r, COL_persist_text, &s.exec);
	if (s.unit.n)
		rec_str(r, COL_persist_options, &s.unit);
	if (!unit && s.exec.n)
		art_runs(f, r, RUNS_WORDS, s.exec.s, s.exec.n, NULL, NULL);
	rec_str(r, COL_persist_overrides, &over.over);
	rec_str(r, COL_persist_defect, &defect);
	rec_end(r);
	shadow_release(&over);
	str_release(&s.name);
	str_release(&s.exec);
	str_release(&s.user);
	str_release(&s.unit);
	return 0;
}

/* ---- configuration --------------------------------------------------------- */

struct policy {
	struct str who;	/* "default", "user=x", "group=x" */
	bool open;	/* for others than root */
};

static void
policy_of(const struct xml *x, struct policy *p)
{
	const struct str *v;

	str_clear(&p->who);
	p->open = true;
	if ((v = xml_attr(x, "user"))) {
		str_addf(&p->who, "user=%s", v->s);
		p->open = strcmp(v->s, "root") != 0;
	} else if ((v = xml_attr(x, "group"))) {
		str_addf(&p->who, "group=%s", v->s);
	} else if ((v = xml_attr(x, "at_console"))) {
		str_addf(&p->who, "at_console=%s", v->s);
	} else {
		v = xml_attr(x, "context");
		str_addf(&p->who, "%s", v ? v->s : "default");
	}
}

static bool
star(const struct xml *x, const char *key)
{
	const struct str *v = xml_attr(x, key);

	return v && str_eq(v, "*");
}

/* Does this <allow> open what is closed by default: a name on the bus to
 * others than root, all messages, listening in? */
static const char *
opens(const struct xml *x, const struct policy *p)
{
	const struct str *v;

	if ((v = xml_attr(x, "own")) || (v = xml_attr(x, "own_prefix")))
		return str_eq(v, "*") ? "own any name" :
		       strncmp(p->who.s, "user=", 5) != 0 ? "own a name" : NULL;
	if (!p->open)
		return NULL;
	if ((v = xml_attr(x, "eavesdrop")) && str_eq(v, "true"))
		return "listen in";
	if (star(x, "user") || star(x, "group"))
		return "connect";
	if (star(x, "send_destination"))
		return "send to all";
	if ((v = xml_attr(x, "send_type")) && str_eq(v, "method_call") &&
	    !xml_attr(x, "send_destination") && !xml_attr(x, "send_interface"))
		return "send to all";
	if (!x->attrs)
		return "everything";
	return NULL;
}

int
parse_dbuspolicy(const struct art_file *f, struct rec *r, struct err *err)
{
	/* what names programs, folders or accounts of the daemon itself */
	static const char *const texts[] = {"servicehelper", "user",
	    "servicedir", "includedir", "include", "auth", "listen", NULL};
	struct policy p = {STR_INIT, true};
	struct str name cleanup_str = STR_INIT, last cleanup_str = STR_INIT;
	const char *what;
	int64_t rows = 0, line = 0;
	struct xml x;
	int i;

	(void)err;
	xml_open(&x, f->data, f->n);
	while (xml_next(&x) && rows < ART_LINES_MAX) {
		str_clear(&name);
		what = NULL;
		if (x.end) {
			for (i = 0; texts[i]; i++)
				if (xml_is(&x, texts[i]) &&
				    str_eq(&last, texts[i]))
					break;
			if (texts[i] && x.text.n) {
				rows++;
				art_begin(f, r, line);
				rec_text(r, COL_persist_name, texts[i]);
				rec_str(r, COL_persist_text, &x.text);
				if (i == 0) {
					rec_str(r, COL_persist_command,
					    &x.text);
					art_runs(f, r, RUNS_FILE, x.text.s,
					    x.text.n, NULL, NULL);
				}
				rec_end(r);
			}
			str_clear(&last);
			continue;
		}
		str_set(&last, x.name.s, x.name.n);
		line = x.tag_line;
		if (xml_is(&x, "policy"))
			policy_of(&x, &p);
		else if (xml_is(&x, "allow_anonymous"))
			what = "connect without an account";
		else if (xml_is(&x, "allow"))
			what = opens(&x, &p);
		if (!what)
			continue;
		rows++;
		art_begin(f, r, x.tag_line);
		str_addf(&name, "%s: %s", p.who.n ? p.who.s : "default", what);
		rec_str(r, COL_persist_name, &name);
		rec_bytes(r, COL_persist_text, x.tag,
		    x.tag_n > ART_LINE_MAX ? ART_LINE_MAX : x.tag_n);
		rec_end(r);
	}
	xml_close(&x);
	if (!rows)
		art_file_row(f, r, NULL);
	str_release(&p.who);
	return 0;
}
