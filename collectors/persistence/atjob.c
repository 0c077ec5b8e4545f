#include "art.h"

#include "limits.h"
#include "runs.h"
#include "tree.h"
#include "when.h"

/*
 * A job of at(1) or batch(1) in the spool of atd. Its name is the queue, five
 * hexadecimal digits of its number and eight of its time, in minutes since
 * 1970. The file is a script: who it is for, the environment of whoever gave
 * the job, a change of directory, and then what is to be run.
 */

struct job {
	const struct art_file *f;
	char queue;
	int64_t number, minutes;
	int64_t uid; /* by its head; -1: none */
	struct strlist environment;
	struct str path, cwd;
	int64_t line; /* where what is run begins */
	size_t at, n;
};

static bool
hex(const char *p, size_t n, int64_t *out)
{
	size_t i;
	int d;

	for (i = 0, *out = 0; i < n; i++) {
		if (p[i] >= '0' && p[i] <= '9')
			d = p[i] - '0';
		else if (p[i] >= 'a' && p[i] <= 'f')
			d = p[i] - 'a' + 10;
		else if (p[i] >= 'A' && p[i] <= 'F')
			d = p[i] - 'A' + 10;
		else
			return false;
		*out = *out * 16 + d;
	}
	return true;
}

static bool
begins(const struct art_line *l, const char *with)
{
	size_t n = strlen(with);

	return l->n >= n && memcmp(l->p, with, n) == 0;
}

/* The shell's word as at writes it: a backslash or double quotes. */
static void
unquote(struct str *out, const char *p, size_t n)
{
	bool quoted = false;
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] == '"')
			quoted = !quoted;
		else if (p[i] == '\\' && i + 1 < n)
			str_addc(out, p[++i]);
		else
			str_addc(out, p[i]);
	}
}

/* NAME=VALUE; export NAME. A value may have newlines. */
static bool
variable(struct job *j, struct art_line *l)
{
	struct str s cleanup_str = STR_INIT;
	const char *eq = memchr(l->p, '=', l->n), *end, *p;
	size_t i, n, room = (size_t)(j->f->data + j->f->n - l->p);

	if (!eq || eq == l->p)
		return false;
	n = (size_t)(eq - l->p);
	for (i = 0; i < n; i++)
		if (!((l->p[i] >= 'a' && l->p[i] <= 'z') ||
		    (l->p[i] >= 'A' && l->p[i] <= 'Z') ||
		    (l->p[i] >= '0' && l->p[i] <= '9') || l->p[i] == '_'))
			return false;
	str_adds(&s, "; export ");
	str_add(&s, l->p, n);
	str_addc(&s, '\n');
	if (room > ART_LINE_MAX)
		room = ART_LINE_MAX;
	end = memmem(eq, room - n, s.s, s.n);
	if (!end)
		return false;
	for (p = l->p + l->n; p < end; p++)
		l->number += *p == '\n';
	l->next = (size_t)(end - j->f->data) + s.n;
	str_clear(&s);
	str_add(&s, l->p, n + 1);
	unquote(&s, eq + 1, (size_t)(end - eq) - 1);
	if (strncmp(s.s, "PATH=", 5) == 0)
		str_set(&j->path, s.s + 5, s.n - 5);
	if (j->environment.n < RUNS_NAMES_MAX) {
		str_cut(&s, s.n > ART_ENV_MAX ? ART_ENV_MAX : s.n);
		strlist_add(&j->environment, s.s, s.n);
	}
	return true;
}

/* The head. It ends with the braces behind cd. */
static void
head(struct job *j)
{
	static const char here[] = "${SHELL:-/bin/sh} << 'marcinDELIMITER";
	struct art_line l = ART_LINE_INIT;
	struct str word cleanup_str = STR_INIT;
	const char *p, *end;
	int64_t n;

	j->uid = -1;
	while (art_next(j->f, &l)) {
		if (begins(&l, "# atrun uid=")) {
			for (p = l.p + 12, n = 0; p < l.p + l.n && *p >= '0' &&
			     *p <= '9' && n < UINT32_MAX; p++)
				n = n * 10 + (*p - '0');
			j->uid = n;
		} else if (begins(&l, "cd ")) {
			for (p = l.p + l.n; p > l.p + 3 && *p != '|'; p--)
				;
			while (p > l.p + 3 && (p[-1] == '|' || p[-1] == ' '))
				p--;
			unquote(&j->cwd, l.p + 3, (size_t)(p - l.p) - 3);
			while (art_next(j->f, &l) && !begins(&l, "}"))
				;
			break;
		} else if (l.number > 3 && !begins(&l, "umask ") &&
		    !begins(&l, "#") && !variable(j, &l)) {
			break; /* not what at writes: all of it is run */
		}
	}
	j->line = l.number + 1;
	j->at = l.next;
	if (!j->cwd.n) {
		j->line = 1;
		j->at = 0;
	}
	/* Red Hat's at gives it to the shell as a here-document */
	j->n = j->f->n - j->at;
	if (art_next(j->f, &l) && begins(&l, here)) {
		str_add(&word, "\n", 1);
		str_add(&word, l.p + 22, l.n - 22);
		if (word.s[word.n - 1] == '\'')
			str_cut(&word, word.n - 1);
		j->line++;
		j->at = l.next;
		end = memmem(j->f->data + j->at, j->f->n - j->at, word.s,
		    word.n);
		j->n = (end ? (size_t)(end - j->f->data) : j->f->n) - j->at;
	}
}

static const char *
trouble(const struct job *j)
{
	const struct stat *st = &j->f->file->st;
	const struct accounts *a = j->f->accounts;

	if (!S_ISREG(j->f->via_st->st_mode))
		return "is no regular file";
	if (!(st->st_mode & S_IXUSR))
		return "is not executable: atd passes over it";
	if (st->st_nlink != 1)
		return "more than one hard link";
	if (j->uid < 0)
		return "wrong format: no line '# atrun'";
	if (j->uid != (int64_t)st->st_uid)
		return "its user is not the owner of the file";
	if (a && a->n && !accounts_by_uid(a, j->uid))
		return "no such account";
	return NULL;
}

int
parse_atjob(const struct art_file *f, struct rec *r, struct err *err)
{
	struct job j = {.f = f, .path = STR_INIT, .cwd = STR_INIT};
	struct str name cleanup_str = STR_INIT, when cleanup_str = STR_INIT;
	const char *base = strrchr(f->via, '/'), *defect;
	const struct account *a = NULL;
	struct art_file own = *f;
	struct when_next w = {.n = 0};
	const struct zone *z;
	size_t n, k;

	(void)err;
	base = base ? base + 1 : f->via;
	n = strlen(base);
	if (n == 14 && (((base[0] | 32) >= 'a' && (base[0] | 32) <= 'z') ||
	    base[0] == '=') && hex(base + 1, 5, &j.number) &&
	    hex(base + 6, 8, &j.minutes))
		j.queue = base[0];
	head(&j);
	defect = trouble(&j);
	if (!j.queue)
		defect = "name is not a job's: atd passes over it";
	if (f->accounts)
		a = accounts_by_uid(f->accounts, j.uid < 0 ?
		    (int64_t)f->file->st.st_uid : j.uid);
	own.owner = a ? a->name.s : NULL;
	art_begin(f, r, j.line);
	if (a)
		rec_str(r, COL_persist_owner, &a->name);
	if (j.queue) {
		str_addf(&name, "queue %c, job %lld", j.queue,
		    (long long)j.number);
		rec_str(r, COL_persist_name, &name);
		if (f->tree) {
			z = art_tree_zone(f->tree);
			when_add(&w, j.minutes * 60, j.minutes * 60 +
			    zone_offset(z, j.minutes * 60));
		}
		/* batch: when the machine has time */
		str_adds(&when, j.queue == 'b' ? "batch" : "once");
		if (j.queue == '=')
			str_sets(&when, "running");
		rec_str(r, COL_persist_schedule, &when);
	}
	k = j.n;
	if (k > ART_LINE_MAX)
		k = ART_LINE_MAX;
	art_trimmed(r, COL_persist_command, f->data + j.at, k);
	art_runs(&own, r, RUNS_SHELL, f->data + j.at, k,
	    j.path.n ? j.path.s : NULL, j.cwd.n ? j.cwd.s : NULL);
	rec_list(r, COL_persist_environment, &j.environment);
	rec_text(r, COL_persist_defect, defect);
	if (!defect)
		when_write(&w, r);
	rec_end(r);
	if (k < j.n)
		rec_note(r, ERR_LIMIT, "parse", f->scope, f->file->path.s, 0,
		    "a job is longer than %d bytes (ART_LINE_MAX) and was cut",
		    ART_LINE_MAX);
	strlist_release(&j.environment);
	str_release(&j.path);
	str_release(&j.cwd);
	return 0;
}
