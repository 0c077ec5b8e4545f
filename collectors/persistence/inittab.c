#include "boot.h"

#include "limits.h"
#include "runs.h"

/*
 * /etc/inittab, in the reading of the init that is there: inittab(5) of
 * sysvinit, or busybox's, where the runlevels do not count and the first field
 * is a terminal. systemd, upstart and OpenRC's own init do not read it.
 */

enum { ID, LEVELS, ACTION, PROCESS, FIELDS };

static bool
one_of(const char *p, size_t n, const char *const *words)
{
	for (; *words; words++)
		if (strlen(*words) == n && memcmp(*words, p, n) == 0)
			return true;
	return false;
}

static const char *
sysv_defect(const char *const *field, const size_t *len, int n)
{
	static const char *const actions[] = {"respawn", "wait", "once",
	    "boot", "bootwait", "off", "ondemand", "initdefault", "sysinit",
	    "powerwait", "powerfail", "powerokwait", "powerfailnow",
	    "ctrlaltdel", "kbrequest", NULL};

	if (n < FIELDS)
		return "has less than four fields: init passes over it";
	if (!len[ID] || len[ID] > 4)
		return "id is not 1 to 4 bytes long: init passes over it";
	if (!one_of(field[ACTION], len[ACTION], actions))
		return "action is unknown: init passes over it";
	if (len[ACTION] == 3 && memcmp(field[ACTION], "off", 3) == 0)
		return "action is off: it is never run";
	return NULL;
}

static const char *
busybox_defect(const char *const *field, const size_t *len, int n)
{
	static const char *const actions[] = {"sysinit", "wait", "once",
	    "respawn", "askfirst", "ctrlaltdel", "shutdown", "restart", NULL};

	if (n < FIELDS || !len[PROCESS])
		return "has less than four fields: init passes over it";
	if (!one_of(field[ACTION], len[ACTION], actions))
		return "action is unknown: init passes over it";
	return NULL;
}

int
parse_inittab(const struct art_file *f, struct rec *r, struct err *err)
{
	struct art_line l = ART_LINE_INIT;
	enum init_kind init = boot_init(f);
	bool busybox = init == INIT_BUSYBOX;
	struct str unread cleanup_str = STR_INIT;
	const char *field[FIELDS], *p, *end, *colon, *defect;
	size_t len[FIELDS], n;
	int64_t rows = 0;
	int k;

	(void)err;
	if (init != INIT_SYSV && !busybox && f->root)
		str_addf(&unread, "the init here (%s) does not read it",
		    boot_init_name(init));
	while (art_next(f, &l)) {
		p = l.p;
		end = l.p + l.n;
		while (p < end && (*p == ' ' || *p == '\t'))
			p++;
		if (p == end || *p == '#')
			continue;
		if (++rows > ART_LINES_MAX) {
			art_too_many(f, r);
			break;
		}
		for (k = 0; k < FIELDS; k++) {
			field[k] = p;
			colon = k < PROCESS && p < end
			    ? memchr(p, ':', (size_t)(end - p)) : NULL;
			len[k] = (size_t)((colon ? colon : end) - p);
			if (!colon) {
				k++;
				break;
			}
			p = colon + 1;
		}
		defect = busybox ? busybox_defect(field, len, k)
		    : sysv_defect(field, len, k);
		art_begin(f, r, l.number);
		rec_bytes(r, COL_persist_text, l.p, l.n);
		rec_bytes(r, COL_persist_name, field[ID], len[ID]);
		if (k > ACTION) {
			struct str when cleanup_str = STR_INIT;

			n = len[ACTION] > 64 ? 64 : len[ACTION];
			str_add(&when, field[ACTION], n);
			if (len[LEVELS] && len[LEVELS] < 64 && !busybox) {
				str_adds(&when, ", runlevels ");
				str_add(&when, field[LEVELS], len[LEVELS]);
			}
			rec_str(r, COL_persist_schedule, &when);
		}
		if (k > PROCESS && len[PROCESS]) {
			p = field[PROCESS];
			n = len[PROCESS];
			/* "+": not in utmp; "-": a login shell of busybox */
			if (*p == (busybox ? '-' : '+')) {
				p++;
				n--;
			}
			art_trimmed(r, COL_persist_command, p, n);
			art_runs(f, r, RUNS_SHELL, p, n, NULL, "/");
			if (!unread.n && !defect)
				rec_text(r, COL_persist_enabled,
				    boot_init_name(init));
		}
		if (unread.n)
			rec_str(r, COL_persist_defect, &unread);
		else
			rec_text(r, COL_persist_defect, defect);
		rec_end(r);
	}
	if (!rows)
		art_file_row(f, r, unread.n ? unread.s : NULL);
	return 0;
}
