#include "rec.h"

#include "civil.h"
#include "cli.h"
#include "digest.h"
#include "limits.h"

#include <errno.h>

#define OUT_BUFFER (256 * 1024)
/* Room that a line keeps for what follows the value at hand: short columns
 * and the closing brace. */
#define LINE_RESERVE (64 * 1024)

/* A value that did not fit; its bytes follow the record. */
struct rest {
	struct str bytes;
	const char *column;
	size_t kept;
};

struct rec {
	int fd; /* -1: a sink */
	rec_sink_fn *fn;
	void *arg;
	unsigned flags;
	struct digest *digest;
	struct str out;	 /* bytes not yet written */
	struct str line; /* the record at hand */
	int kind;	 /* of the record at hand, -1: none */
	int shown;	 /* pretty: kind of the last line */
	struct str cell[64]; /* columns of one kind */
	struct rest *rests;
	size_t rests_n;
	uint64_t counts[KIND_COUNT];
	uint64_t lost;
	/* digests of blobs that were written, 32 bytes each, open addressing */
	unsigned char (*seen)[32];
	size_t seen_n, seen_cap;
	int failed; /* errno of the first write failure */
};

static void
flush(struct rec *r)
{
	size_t off = 0;
	ssize_t k;

	while (off < r->out.n && !r->failed) {
		k = write(r->fd, r->out.s + off, r->out.n - off);
		if (k < 0) {
			if (errno == EINTR)
				continue;
			r->failed = errno;
			break;
		}
		off += (size_t)k;
	}
	str_clear(&r->out);
}

static void
put(struct rec *r, const char *p, size_t n)
{
	str_add(&r->out, p, n);
	if (r->out.n >= OUT_BUFFER)
		flush(r);
}

/* Pretty: one line a record, the columns that have a width, aligned; a
 * heading whenever the kind changes. */
static void
pretty_heading(struct rec *r, enum kind k)
{
	int c;

	if (r->shown == (int)k)
		return;
	if (r->shown >= 0)
		put(r, "\n", 1);
	r->shown = (int)k;
	for (c = kind_info[k].first; c < kind_info[k].last; c++) {
		char cell[128];
		int n;

		if (!col_info[c].width)
			continue;
		n = snprintf(cell, sizeof(cell), "%-*s  ",
		    col_info[c].width > 0 ? col_info[c].width : 0,
		    col_info[c].name);
		put(r, cell, (size_t)n);
	}
	put(r, "\n", 1);
}

static void
pretty_line(struct rec *r, enum kind k)
{
	int c, i, pad;
	size_t p, shown;
	struct str *cell;

	pretty_heading(r, k);
	for (c = kind_info[k].first; c < kind_info[k].last; c++) {
		if (!col_info[c].width)
			continue;
		cell = &r->cell[c - kind_info[k].first];
		for (p = 0, shown = 0; p < cell->n; p++)
			shown += ((unsigned char)cell->s[p] & 0xc0) != 0x80;
		put(r, cell->s, cell->n);
		pad = col_info[c].width - (int)shown;
		for (i = 0; col_info[c].width > 0 && i < pad; i++)
			put(r, " ", 1);
		put(r, "  ", 2);
	}
	while (r->out.n && r->out.s[r->out.n - 1] == ' ')
		str_cut(&r->out, r->out.n - 1);
	put(r, "\n", 1);
}

static void
pretty_cell(struct rec *r, enum col c, const void *p, size_t n)
{
	struct str *cell = &r->cell[(int)c - kind_info[r->kind].first];

	str_clear(cell);
	str_add_visible(cell, p, n);
	if (col_info[c].width > 0 && cell->n > 4 * (size_t)col_info[c].width)
		str_cut(cell, 4 * (size_t)col_info[c].width);
}

static struct rec *
new(void)
{
	struct rec *r = xcalloc(1, sizeof(*r));
	size_t i;

	r->fd = -1;
	r->kind = r->shown = -1;
	str_init(&r->out);
	str_init(&r->line);
	for (i = 0; i < COUNT(r->cell); i++)
		str_init(&r->cell[i]);
	return r;
}

struct rec *
rec_open(int fd, const struct rec_run *run, unsigned flags)
{
	struct rec *r = new();

	r->fd = fd;
	r->flags = flags;
	r->digest = digest_new();
	if (flags & REC_PRETTY)
		return r;
	rec_begin(r, KIND_run);
	rec_int(r, COL_run_version, 1);
	rec_text(r, COL_run_tool, run->tool);
	rec_text(r, COL_run_tool_version, cli_version);
	rec_text(r, COL_run_build, cli_build);
	if (run->argv)
		rec_list(r, COL_run_argv, run->argv);
	rec_text(r, COL_run_host, run->host);
	rec_text(r, COL_run_boot_id, run->boot_id);
	rec_text(r, COL_run_root, run->root);
	rec_text(r, COL_run_taken_for, run->taken_for);
	rec_bool(r, COL_run_live, run->live);
	rec_int(r, COL_run_uid, (int64_t)geteuid());
	if (run->capabilities)
		rec_list(r, COL_run_capabilities, run->capabilities);
	if (run->sandbox)
		rec_list(r, COL_run_sandbox, run->sandbox);
	rec_text(r, COL_run_case_id, run->case_id);
	rec_time(r, COL_run_start_time, civil_now());
	rec_end(r);
	return r;
}

struct rec *
rec_sink(rec_sink_fn *fn, void *arg)
{
	struct rec *r = new();

	r->fn = fn;
	r->arg = arg;
	return r;
}

static void
finish(struct rec *r)
{
	struct strlist counts cleanup_strlist = STRLIST_INIT;
	struct str s cleanup_str = STR_INIT;
	char hex[SHA256_HEX];
	int k;

	for (k = 0; k < KIND_COUNT; k++) {
		if (!r->counts[k])
			continue;
		str_clear(&s);
		str_addf(&s, "%s=%llu", kind_info[k].name,
		    (unsigned long long)r->counts[k]);
		strlist_add(&counts, s.s, s.n);
	}
	digest_hex(r->digest, hex);
	rec_begin(r, KIND_end);
	rec_list(r, COL_end_counts, &counts);
	rec_int(r, COL_end_notes, (int64_t)r->counts[KIND_note]);
	rec_int(r, COL_end_lost, (int64_t)r->lost);
	rec_text(r, COL_end_sha256, hex);
	rec_time(r, COL_end_finish_time, civil_now());
	rec_end(r);
}

int
rec_close(struct rec *r, struct err *e)
{
	size_t i;
	int failed;

	if (!r)
		return 0;
	if (r->fd >= 0) {
		if (!(r->flags & REC_PRETTY))
			finish(r);
		flush(r);
	}
	failed = r->failed;
	digest_free(r->digest);
	str_release(&r->out);
	str_release(&r->line);
	for (i = 0; i < COUNT(r->cell); i++)
		str_release(&r->cell[i]);
	for (i = 0; i < r->rests_n; i++)
		str_release(&r->rests[i].bytes);
	free(r->rests);
	free(r->seen);
	free(r);
	if (failed) {
		err_sys(e, failed, "cannot write records");
		e->class = ERR_OURS;
		return -1;
	}
	return 0;
}

static void
emit(struct rec *r, enum kind k, const char *line, size_t n, bool lost)
{
	r->counts[k]++;
	if (lost)
		r->lost++;
	if (r->fn) {
		r->fn(r->arg, k, line, n);
		return;
	}
	digest_add(r->digest, line, n);
	put(r, line, n);
}

/*
 * Pretty with workers: the parent gets lines, not columns, so it takes the
 * shown columns out of the line again. Only strings, integers and booleans
 * of our own writer come here.
 */
static void
pretty_from_line(struct rec *r, enum kind k, const char *line, size_t n)
{
	struct str v cleanup_str = STR_INIT;
	size_t i = 1, from;
	int c, x;

	r->kind = (int)k;
	for (c = kind_info[k].first; c < kind_info[k].last; c++)
		str_clear(&r->cell[c - kind_info[k].first]);
	while (i < n && line[i] == '"') {
		from = ++i;
		while (i < n && line[i] != '"')
			i++;
		c = col_find(k, line + from, i - from);
		i += 2; /* quote and colon */
		str_clear(&v);
		if (i < n && line[i] == '"') {
			for (i++; i < n && line[i] != '"'; i++) {
				if (line[i] != '\\') {
					str_addc(&v, line[i]);
					continue;
				}
				i++;
				if (line[i] == 'u') {
					char hex[5] = {line[i + 1], line[i + 2],
					    line[i + 3], line[i + 4], 0};

					x = (int)strtol(hex, NULL, 16);
					str_addc(&v, (char)x);
					i += 4;
				} else {
					str_addc(&v, line[i] == 'n' ? '\n'
						: line[i] == 't'    ? '\t'
								    : line[i]);
				}
			}
			i++;
		} else {
			while (i < n && line[i] != ',' && line[i] != '}')
				str_addc(&v, line[i++]);
		}
		if (c >= 0 && col_info[c].width)
			pretty_cell(r, (enum col)c, v.s, v.n);
		i++; /* comma or brace */
	}
	pretty_line(r, k);
	r->kind = -1;
}

void
rec_forward(struct rec *r, enum kind k, const char *line, size_t n, bool lost)
{
	if (r->flags & REC_PRETTY) {
		r->counts[k]++;
		if (lost)
			r->lost++;
		if (k != KIND_blob)
			pretty_from_line(r, k, line, n);
		return;
	}
	emit(r, k, line, n, lost);
}

uint64_t
rec_lost(const struct rec *r)
{
	return r->lost;
}

void
rec_begin(struct rec *r, enum kind k)
{
	int c;

	if (r->kind >= 0)
		die("bug: record '%s' inside record '%s'", kind_info[k].name,
		    kind_info[r->kind].name);
	r->kind = (int)k;
	if (r->flags & REC_PRETTY)
		for (c = kind_info[k].first; c < kind_info[k].last; c++)
			str_clear(&r->cell[c - kind_info[k].first]);
	str_sets(&r->line, "{\"k\":\"");
	str_adds(&r->line, kind_info[k].name);
	str_addc(&r->line, '"');
}

static void
key(struct rec *r, enum col c, const char *suffix)
{
	if ((int)col_info[c].kind != r->kind)
		die("bug: column '%s' of '%s' in a record '%s'",
		    col_info[c].name, kind_info[col_info[c].kind].name,
		    r->kind < 0 ? "none" : kind_info[r->kind].name);
	str_add(&r->line, ",\"", 2);
	str_adds(&r->line, col_info[c].name);
	str_adds(&r->line, suffix);
	str_add(&r->line, "\":", 2);
}

/* Bytes that the encoded form of p will take, base64 twin included. */
static size_t
cost(const unsigned char *p, size_t n, bool clean)
{
	size_t i, sum = n;

	for (i = 0; i < n; i++)
		if (p[i] < 0x20 || p[i] == 0x7f)
			sum += 5;
		else if (p[i] == '"' || p[i] == '\\')
			sum += 3;
		else if (!clean && p[i] >= 0x80)
			sum += 4;
	return clean ? sum : sum + n / 3 * 4 + 64;
}

static void
rest_add(struct rec *r, enum col c, const void *p, size_t n, size_t kept)
{
	struct rest *x;

	r->rests = xreallocarray(r->rests, r->rests_n + 1, sizeof(*r->rests));
	x = &r->rests[r->rests_n++];
	str_init(&x->bytes);
	str_add(&x->bytes, p, n < BLOB_MAX ? n : BLOB_MAX);
	x->column = col_info[c].name;
	x->kept = kept;
}

/* How much of the value the line can hold. */
static size_t
fitting(struct rec *r, const unsigned char *p, size_t n, bool clean)
{
	size_t room = r->line.n + LINE_RESERVE < REC_LINE_MAX
	    ? REC_LINE_MAX - LINE_RESERVE - r->line.n : 0;

	if (n > REC_VALUE_MAX)
		n = REC_VALUE_MAX;
	while (n && cost(p, n, clean) > room)
		n = n / 4 * 3;
	if (clean) /* not in the middle of a character */
		while (n && (p[n] & 0xc0) == 0x80)
			n--;
	return n;
}

void
rec_bytes(struct rec *r, enum col c, const void *p, size_t n)
{
	struct str tmp cleanup_str = STR_INIT;
	bool clean = utf8_clean(p, n);
	size_t keep = n;

	if (n > 4096) {
		keep = fitting(r, p, n, clean);
		if (keep < n)
			rest_add(r, c, p, n, keep);
	}
	if (r->flags & REC_PRETTY) {
		key(r, c, "");
		if (col_info[c].width)
			pretty_cell(r, c, p, keep);
		return;
	}
	key(r, c, "");
	if (clean) {
		str_add_json(&r->line, p, keep);
		return;
	}
	str_add_readable(&tmp, p, keep);
	str_add_json(&r->line, tmp.s, tmp.n);
	key(r, c, "_b64");
	str_addc(&r->line, '"');
	str_add_base64(&r->line, p, keep);
	str_addc(&r->line, '"');
}

void
rec_text(struct rec *r, enum col c, const char *s)
{
	if (s)
		rec_bytes(r, c, s, strlen(s));
}

void
rec_str(struct rec *r, enum col c, const struct str *s)
{
	if (s->n)
		rec_bytes(r, c, s->s, s->n);
}

void
rec_int(struct rec *r, enum col c, int64_t v)
{
	char num[24];
	int n = snprintf(num, sizeof(num), "%lld", (long long)v);

	key(r, c, "");
	str_add(&r->line, num, (size_t)n);
	if ((r->flags & REC_PRETTY) && col_info[c].width)
		pretty_cell(r, c, num, (size_t)n);
}

void
rec_bool(struct rec *r, enum col c, bool v)
{
	key(r, c, "");
	str_adds(&r->line, v ? "true" : "false");
	if ((r->flags & REC_PRETTY) && col_info[c].width)
		pretty_cell(r, c, v ? "yes" : "no", v ? 3 : 2);
}

void
rec_time(struct rec *r, enum col c, int64_t ns)
{
	char iso[40];

	if (ns == CIVIL_NONE)
		return;
	if ((r->flags & REC_PRETTY) && col_info[c].width) {
		civil_format(ns, iso);
		key(r, c, "");
		pretty_cell(r, c, iso, strlen(iso));
		return;
	}
	rec_int(r, c, ns);
}

void
rec_list(struct rec *r, enum col c, const struct strlist *l)
{
	struct str json cleanup_str = STR_INIT, raw cleanup_str = STR_INIT;
	struct strlist part = *l; /* a view: the first elements */
	bool clean = true;
	size_t i, total = 0, sum, room;

	if (!l->n)
		return;
	for (i = 0; i < l->n; i++) {
		clean = clean && utf8_clean(l->v[i].s, l->v[i].n);
		total += l->v[i].n + 1;
	}
	room = r->line.n + LINE_RESERVE < REC_LINE_MAX
	    ? REC_LINE_MAX - LINE_RESERVE - r->line.n : 0;
	for (i = 0, sum = 0; i < l->n; i++) {
		/* the array is itself a string: quotes count twice */
		sum += 2 * cost((unsigned char *)l->v[i].s, l->v[i].n, clean) +
		    16;
		if (sum > room || (l->n > 1 && sum > 8 * REC_VALUE_MAX))
			break;
	}
	part.n = i;
	if (part.n < l->n) {
		for (i = 0; i < l->n; i++)
			str_add(&raw, l->v[i].s, l->v[i].n + 1);
		rest_add(r, c, raw.s, raw.n, part.n);
		str_clear(&raw);
	}
	str_add_json_list(&json, &part);
	key(r, c, "");
	if ((r->flags & REC_PRETTY) && col_info[c].width)
		pretty_cell(r, c, json.s, json.n);
	str_add_json(&r->line, json.s, json.n);
	if (clean)
		return;
	for (i = 0; i < part.n; i++)
		str_add(&raw, part.v[i].s, part.v[i].n + 1);
	key(r, c, "_b64");
	str_addc(&r->line, '"');
	str_add_base64(&r->line, raw.s, raw.n);
	str_addc(&r->line, '"');
}

static void
end_line(struct rec *r, bool lost)
{
	enum kind k = (enum kind)r->kind;

	r->kind = -1;
	if (r->flags & REC_PRETTY) {
		r->counts[k]++;
		if (lost)
			r->lost++;
		if (k != KIND_blob)
			pretty_line(r, k);
		return;
	}
	str_add(&r->line, "}\n", 2);
	if (r->line.n > REC_LINE_MAX)
		die("bug: a record '%s' of %zu bytes", kind_info[k].name,
		    r->line.n);
	emit(r, k, r->line.s, r->line.n, lost);
}

void
rec_end(struct rec *r)
{
	const char *kind = kind_info[r->kind].name;
	struct rest *rests;
	size_t i, n;
	char hex[SHA256_HEX];

	end_line(r, false);
	rests = steal(&r->rests);
	n = r->rests_n;
	r->rests_n = 0;
	for (i = 0; i < n; i++) {
		rec_blob(r, rests[i].bytes.s, rests[i].bytes.n, hex);
		rec_note(r, ERR_LIMIT, "record", NULL, NULL, 0,
		    "%s.%s is cut after %zu (REC_VALUE_MAX); whole bytes in "
		    "blob %s", kind, rests[i].column, rests[i].kept, hex);
		str_release(&rests[i].bytes);
	}
	free(rests);
}

static void
note(struct rec *r, enum err_class class, bool lost, const char *op,
    const char *scope, const char *path, int sys, const char *fmt, va_list ap)
{
	char detail[1024];

	rec_begin(r, KIND_note);
	rec_text(r, COL_note_class, err_class_name(class));
	rec_text(r, COL_note_op, op);
	rec_text(r, COL_note_scope, scope);
	rec_text(r, COL_note_path, path);
	if (sys)
		rec_text(r, COL_note_errno, err_errno_name(sys));
	if (fmt) {
		vsnprintf(detail, sizeof(detail), fmt, ap);
		rec_text(r, COL_note_detail, detail);
	}
	rec_bool(r, COL_note_lost, lost);
	end_line(r, lost);
}

void
rec_note(struct rec *r, enum err_class class, const char *op,
    const char *scope, const char *path, int sys, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	note(r, class, class != ERR_ABSENT, op, scope, path, sys, fmt, ap);
	va_end(ap);
}

void
rec_note_fine(struct rec *r, enum err_class class, const char *op,
    const char *scope, const char *path, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	note(r, class, false, op, scope, path, 0, fmt, ap);
	va_end(ap);
}

void
rec_note_err(struct rec *r, const char *op, const char *scope,
    const char *path, const struct err *e)
{
	if (e->class == ERR_OURS)
		die("%s", e->msg);
	rec_note(r, e->class, op, scope, path, e->sys, "%s", e->msg);
}

/* Remember a digest; true if it was known. */
static bool
seen(struct rec *r, const unsigned char d[32])
{
	unsigned char (*old)[32] = r->seen;
	size_t cap = r->seen_cap, i, at;
	static const unsigned char zero[32];

	if (2 * (r->seen_n + 1) > r->seen_cap) {
		r->seen_cap = cap ? 2 * cap : 1024;
		r->seen = xcalloc(r->seen_cap, 32);
		r->seen_n = 0;
		for (i = 0; i < cap; i++)
			if (memcmp(old[i], zero, 32) != 0)
				seen(r, old[i]);
		free(old);
	}
	memcpy(&at, d, sizeof(at));
	for (at &= r->seen_cap - 1; memcmp(r->seen[at], zero, 32) != 0;
	     at = (at + 1) & (r->seen_cap - 1))
		if (memcmp(r->seen[at], d, 32) == 0)
			return true;
	memcpy(r->seen[at], d, 32);
	r->seen_n++;
	return false;
}

void
rec_blob(struct rec *r, const void *p, size_t n, char *sha256)
{
	struct str hex cleanup_str = STR_INIT;
	unsigned char d[32];
	size_t off = 0, k;

	digest_raw(p, n, d);
	str_add_hex(&hex, d, sizeof(d));
	if (sha256)
		memcpy(sha256, hex.s, SHA256_HEX);
	if (seen(r, d))
		return;
	do {
		k = n - off < BLOB_CHUNK ? n - off : BLOB_CHUNK;
		rec_begin(r, KIND_blob);
		rec_text(r, COL_blob_sha256, hex.s);
		rec_int(r, COL_blob_size, (int64_t)n);
		rec_int(r, COL_blob_offset, (int64_t)off);
		key(r, COL_blob_data, "_b64");
		str_addc(&r->line, '"');
		str_add_base64(&r->line, (const char *)p + off, k);
		str_addc(&r->line, '"');
		end_line(r, false);
		off += k;
	} while (off < n);
}
