#include "boot.h"

#include "limits.h"
#include "runs.h"
#include "unitfile.h"
#include "xml.h"

/*
 * polkit: who may do what without being asked. Rules in JavaScript, of which
 * the lines count that give leave or run a program; the older .pkla files; and
 * actions whose own defaults ask nobody.
 */

static bool
has(const char *p, size_t n, const char *word)
{
	return memmem(p, n, word, strlen(word));
}

int
parse_polkitrules(const struct art_file *f, struct rec *r, struct err *err)
{
	struct art_line l = ART_LINE_INIT;
	struct str by cleanup_str = STR_INIT;
	const char *defect = NULL, *p, *q, *end;
	int64_t rows = 0;
	bool spawn, yes;

	(void)err;
	if (!boot_ends(f->via, ".rules"))
		defect = "name does not end in .rules: it is passed over";
	boot_first(f, "/usr/lib/polkit-1/polkitd /usr/libexec/polkitd "
	    "/usr/lib/policykit-1/polkitd", &by);
	art_begin(f, r, 0);
	rec_str(r, COL_persist_enabled, &by);
	rec_text(r, COL_persist_defect, defect);
	rec_end(r);
	while (art_next(f, &l)) {
		for (p = l.p; p < l.p + l.n && (*p == ' ' || *p == '\t');)
			p++;
		if (l.p + l.n - p >= 2 && p[0] == '/' && p[1] == '/')
			continue;
		spawn = has(l.p, l.n, "polkit.spawn") || has(l.p, l.n,
		    "[\"spawn\"]") || has(l.p, l.n, "['spawn']");
		yes = has(l.p, l.n, "Result.YES") || has(l.p, l.n,
		    "[\"YES\"]") || (has(l.p, l.n, "return") &&
		    (has(l.p, l.n, "\"yes\"") || has(l.p, l.n, "'yes'")));
		if (!spawn && !yes && !has(l.p, l.n, "addAdminRule"))
			continue;
		if (++rows > ART_LINES_MAX) {
			art_too_many(f, r);
			break;
		}
		art_begin(f, r, l.number);
		rec_text(r, COL_persist_schedule, "authorization is asked for");
		rec_text(r, COL_persist_name, spawn ? "spawn" : yes ? "yes" :
		    "admin rule");
		rec_str(r, COL_persist_enabled, &by);
		art_trimmed(r, COL_persist_text, l.p, l.n);
		rec_text(r, COL_persist_defect, defect);
		if (spawn) {
			/* the first string behind it is the program */
			p = memchr(l.p, '(', l.n);
			end = l.p + l.n;
			while (p && p < end && *p != '"' && *p != '\'')
				p++;
			q = p && p < end ? memchr(p + 1, *p,
			    (size_t)(end - p - 1)) : NULL;
			if (q) {
				art_trimmed(r, COL_persist_command, p + 1,
				    (size_t)(q - p - 1));
				art_runs(f, r, RUNS_FILE, p + 1,
				    (size_t)(q - p - 1), NULL, NULL);
			}
		}
		rec_end(r);
	}
	return 0;
}

/* ---- .pkla ---------------------------------------------------------------- */

struct pkla {
	struct str identity, action, result;
	int64_t line;
	bool yes;
};

static void
pkla_row(const struct art_file *f, struct rec *r, struct pkla *k,
    const struct str *by, const char *defect)
{
	if (k->line && k->result.n) {
		art_begin(f, r, k->line);
		rec_text(r, COL_persist_schedule, "authorization is asked for");
		rec_text(r, COL_persist_name, k->yes ? "yes" : "asks");
		rec_str(r, COL_persist_enabled, by);
		rec_str(r, COL_persist_options, &k->identity);
		str_addf(&k->action, " %s", k->result.s);
		rec_str(r, COL_persist_text, &k->action);
		rec_text(r, COL_persist_defect, defect);
		rec_end(r);
	}
	str_clear(&k->identity);
	str_clear(&k->action);
	str_clear(&k->result);
	k->line = 0;
	k->yes = false;
}

int
parse_pkla(const struct art_file *f, struct rec *r, struct err *err)
{
	struct pkla k = {STR_INIT, STR_INIT, STR_INIT, 0, false};
	struct str by cleanup_str = STR_INIT;
	const char *defect = NULL;
	struct unit_reader u;
	struct unit_line l;
	int64_t rows = 0;

	(void)err;
	if (!boot_ends(f->via, ".pkla"))
		defect = "name does not end in .pkla: it is passed over";
	boot_first(f, "/usr/bin/pkla-check-authorization "
	    "/usr/lib/policykit-1/polkitd", &by);
	art_begin(f, r, 0);
	rec_str(r, COL_persist_enabled, &by);
	rec_text(r, COL_persist_defect, defect);
	rec_end(r);
	unit_open(&u, f->data, f->n);
	while (unit_next(&u, &l) && rows < ART_LINES_MAX) {
		if (l.what == UNIT_SECTION) {
			pkla_row(f, r, &k, &by, defect);
			k.line = l.line;
			rows++;
		} else if (l.what == UNIT_ASSIGNMENT &&
		    unit_is(l.key, l.key_n, "Identity")) {
			str_set(&k.identity, l.value, l.value_n);
		} else if (l.what == UNIT_ASSIGNMENT &&
		    unit_is(l.key, l.key_n, "Action")) {
			str_set(&k.action, l.value, l.value_n);
		} else if (l.what == UNIT_ASSIGNMENT && l.key_n >= 6 &&
		    memcmp(l.key, "Result", 6) == 0) {
			if (k.result.n)
				str_addc(&k.result, ' ');
			if (k.result.n < ART_ENV_MAX) {
				str_add(&k.result, l.key, l.key_n);
				str_addc(&k.result, '=');
				str_add(&k.result, l.value, l.value_n);
			}
			k.yes = k.yes || unit_is(l.value, l.value_n, "yes");
		}
	}
	pkla_row(f, r, &k, &by, defect);
	unit_close(&u);
	str_release(&k.identity);
	str_release(&k.action);
	str_release(&k.result);
	return 0;
}

/* ---- actions ----------------------------------------------------------------- */

struct action {
	struct str id, exec, leave;
	int64_t line;
	bool yes; /* allow_any or allow_inactive is yes, or it runs a program */
};

/* A row for an action that asks nobody, or that lets pkexec run a program for
 * who sits at the console without asking. */
static int
action_row(const struct art_file *f, struct rec *r, struct action *a)
{
	int wrote = 0;

	if (a->id.n && (a->yes || (a->exec.n &&
	    strstr(a->leave.s, "=yes")))) {
		art_begin(f, r, a->line);
		rec_text(r, COL_persist_schedule, "authorization is asked for");
		rec_str(r, COL_persist_name, &a->id);
		rec_str(r, COL_persist_options, &a->leave);
		rec_str(r, COL_persist_command, &a->exec);
		if (a->exec.n)
			art_runs(f, r, RUNS_FILE, a->exec.s, a->exec.n, NULL,
			    NULL);
		rec_end(r);
		wrote = 1;
	}
	str_clear(&a->id);
	str_clear(&a->exec);
	str_clear(&a->leave);
	a->yes = false;
	return wrote;
}

int
parse_polkitaction(const struct art_file *f, struct rec *r, struct err *err)
{
	struct action a = {STR_INIT, STR_INIT, STR_INIT, 0, false};
	const struct str *v;
	int64_t rows = 0;
	struct xml x;
	bool exec = false;

	(void)err;
	xml_open(&x, f->data, f->n);
	while (xml_next(&x) && rows < ART_LINES_MAX) {
		if (xml_is(&x, "action")) {
			rows += action_row(f, r, &a);
			v = x.end ? NULL : xml_attr(&x, "id");
			if (v)
				str_set(&a.id, v->s, v->n);
			a.line = x.tag_line;
		} else if (x.end && strncmp(x.name.s, "allow_", 6) == 0 &&
		    a.leave.n < ART_ENV_MAX) {
			if (a.leave.n)
				str_addc(&a.leave, ' ');
			str_addf(&a.leave, "%s=%s", x.name.s, x.text.s);
			str_cut(&a.leave, ART_ENV_MAX);
			a.yes = a.yes || (str_eq(&x.text, "yes") &&
			    !xml_is(&x, "allow_active"));
		} else if (xml_is(&x, "annotate")) {
			if (x.end && exec)
				str_set(&a.exec, x.text.s, x.text.n);
			v = x.end ? NULL : xml_attr(&x, "key");
			exec = v && str_eq(v,
			    "org.freedesktop.policykit.exec.path");
		}
	}
	rows += action_row(f, r, &a);
	xml_close(&x);
	if (!rows)
		art_file_row(f, r, NULL);
	str_release(&a.id);
	str_release(&a.exec);
	str_release(&a.leave);
	return 0;
}
