#include "art.h"

#include "civil.h"
#include "limits.h"

#define FMT(format) enum { art_binary_##format = 0 };
#define BINARY(format) enum { art_binary_##format = 1 };
#define ART(symbol, name, glob, format, owner, attack, class, when)
#include "artifacts.def"
#undef FMT
#undef BINARY
#undef ART

const struct artifact artifacts[] = {
#define FMT(format)
#define BINARY(format)
#define ART(symbol, name, glob, format, owner, attack, class, when) \
	{name, glob, parse_##format, #format, owner, attack, ART_##class, \
	    when, art_binary_##format},
#include "artifacts.def"
#undef FMT
#undef BINARY
#undef ART
};
const size_t artifacts_n = COUNT(artifacts);

const char *
art_owner_rule(enum art_owner o)
{
	switch (o) {
	case OWNER_FIELD:
		return "entry";
	case OWNER_ROOT:
		return "root";
	case OWNER_FILENAME:
		return "file name";
	case OWNER_HOME:
		return "home";
	case OWNER_LOGIN:
		break;
	}
	return "everybody";
}

const char *
art_class_name(enum art_class c)
{
	static const char *const names[] = {"time", "service", "boot", "event",
	    "login", "tool", "web", "engine", "loader", "access", "supply"};

	return names[c];
}

void
art_begin(const struct art_file *f, struct rec *r, int64_t line)
{
	const struct stat *st = &f->file->st;

	rec_begin(r, KIND_persist);
	rec_text(r, COL_persist_scope, f->scope);
	rec_text(r, COL_persist_artifact, f->art->name);
	rec_text(r, COL_persist_class, art_class_name(f->art->class));
	rec_str(r, COL_persist_path, &f->file->path);
	if (!str_eq(&f->file->path, f->via))
		rec_text(r, COL_persist_via, f->via);
	rec_text(r, COL_persist_host_path, f->host_path);
	if (line)
		rec_int(r, COL_persist_line, line);
	if (f->art->owner != OWNER_FIELD)
		rec_text(r, COL_persist_owner, f->owner);
	rec_text(r, COL_persist_attack, f->art->attack);
	rec_text(r, COL_persist_origin, f->origin);
	rec_int(r, COL_persist_mode, st->st_mode & 07777);
	rec_int(r, COL_persist_uid, st->st_uid);
	rec_int(r, COL_persist_gid, st->st_gid);
	rec_int(r, COL_persist_size, st->st_size);
	rec_time(r, COL_persist_modified_time,
	    civil_ns(st->st_mtim.tv_sec, st->st_mtim.tv_nsec));
	rec_time(r, COL_persist_changed_time,
	    civil_ns(st->st_ctim.tv_sec, st->st_ctim.tv_nsec));
	rec_text(r, COL_persist_sha256, f->sha256);
	rec_text(r, COL_persist_package, f->package);
	rec_text(r, COL_persist_package_state, f->package_state);
}

void
art_file_row(const struct art_file *f, struct rec *r, const char *defect)
{
	art_begin(f, r, 0);
	if (f->art->owner == OWNER_FIELD)
		rec_text(r, COL_persist_owner, f->owner);
	if (f->art->when[0])
		rec_text(r, COL_persist_schedule, f->art->when);
	rec_text(r, COL_persist_defect, defect);
	rec_end(r);
}

void
art_trimmed(struct rec *r, enum col c, const char *p, size_t n)
{
	while (n && (*p == ' ' || (*p >= '\t' && *p <= '\r'))) {
		p++;
		n--;
	}
	while (n && (p[n - 1] == ' ' || (p[n - 1] >= '\t' && p[n - 1] <= '\r')))
		n--;
	if (n)
		rec_bytes(r, c, p, n);
}

void
art_too_many(const struct art_file *f, struct rec *r)
{
	rec_note(r, ERR_LIMIT, "parse", f->scope, f->file->path.s, 0,
	    "more than %d lines (ART_LINES_MAX)", ART_LINES_MAX);
}

bool
art_next(const struct art_file *f, struct art_line *l)
{
	const char *nl;
	size_t n;

	if (l->next >= f->n)
		return false;
	l->p = f->data + l->next;
	n = f->n - l->next;
	nl = memchr(l->p, '\n', n);
	if (nl)
		n = (size_t)(nl - l->p);
	l->ended = nl != NULL;
	l->next += n + l->ended;
	l->cut = n > ART_LINE_MAX;
	l->n = l->cut ? ART_LINE_MAX : n;
	l->number++;
	return true;
}

bool
art_powerful(const char *p, size_t n)
{
	static const char *const names[] = {"SHELL", "LD_PRELOAD", "LD_AUDIT",
	    "LD_LIBRARY_PATH", "BASH_ENV", "ENV", "PROMPT_COMMAND",
	    "PYTHONSTARTUP", "PYTHONPATH", "PERL5LIB", "PERL5OPT", "RUBYOPT",
	    "NODE_OPTIONS", "GCONV_PATH", NULL};
	int i;

	for (i = 0; names[i]; i++)
		if (strlen(names[i]) == n && memcmp(p, names[i], n) == 0)
			return true;
	return false;
}
