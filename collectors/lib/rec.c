#include "rec.h"

#include "civil.h"
#include "cli.h"
#include "digest.h"
#include "limits.h"
#include "recread.h"

#include <errno.h>
#include <poll.h>

#define OUT_BUFFER (256 * 1024)
/* Room that a line keeps for short values: whatever comes before them, every
 * column of a record can still hold one, and the brace follows. */
#define SHORT_VALUE 512
#define LINE_RESERVE (64 * 1024)

/* A value that did not fit; its bytes follow the record. */
struct rest {
	struct str bytes;
	const char *column;
	size_t kept;
	bool whole; /* bytes are all of it */
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
	struct str cell[KIND_COLUMNS_MAX];
	struct rest *rests;
	size_t rests_n;
	const char *nul; /* a list of the record whose element holds a NUL */
	uint64_t counts[KIND_COUNT];
	uint64_t lost;
	/* digests of blobs that were written, 32 bytes each, open addressing */
	unsigned char (*seen)[32];
	size_t seen_n, seen_cap;
	struct recread *checker; /* of lines that are forwarded */
	struct coming {		 /* the blob that is being forwarded */
		struct digest *digest;
		char sha256[SHA256_HEX]; /* empty: none */
		int64_t size, next;
		bool drop; /* it was written before */
	} coming;
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
			struct pollfd p = {.fd = r->fd, .events = POLLOUT};

			if (errno == EINTR)
				continue;
			/* ssh may have made the pipe non-blocking */
			if (errno == EAGAIN && poll(&p, 1, -1) >= 0)
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

/* The longest part of p that is at most max < n bytes and does not end in the
 * middle of a character. */
static size_t
whole_chars(const char *p, size_t n, size_t max)
{
	size_t k = max, back;

	if (max >= n)
		return n;
	for (back = 0; back < 3 && k && (p[k] & 0xc0) == 0x80; back++)
		k--;
	/* four in a row are not of a character: bytes that are no UTF-8 */
	return (p[k] & 0xc0) == 0x80 ? max : k;
}

static void
pretty_cell(struct rec *r, enum col c, const void *p, size_t n)
{
	struct str *cell = &r->cell[(int)c - kind_info[r->kind].first];
	size_t max;

	str_clear(cell);
	str_add_visible(cell, p, n);
	max = 4 * (size_t)col_info[c].width;
	if (col_info[c].width > 0 && cell->n > max) {
		str_cut(cell, whole_chars(cell->s, cell->n, max));
		str_adds(cell, "...");
	}
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
	recread_free(r->checker);
	digest_free(r->coming.digest);
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

static void
pretty_value(struct rec *r, const struct recread_value *v)
{
	char num[40];

	if (!col_info[v->col].width)
		return;
	if (v->type == RV_STRING) { /* exact bytes come behind the text */
		pretty_cell(r, v->col, v->p, v->n);
		return;
	}
	if (v->type == RV_BOOL)
		snprintf(num, sizeof(num), "%s", v->i ? "yes" : "no");
	else if (col_info[v->col].type == TYPE_TIME)
		civil_format(v->i, num);
	else
		snprintf(num, sizeof(num), "%lld", (long long)v->i);
	pretty_cell(r, v->col, num, strlen(num));
}

static bool seen(struct rec *r, const unsigned char d[32], bool add);

static void
from_hex(const char *hex, unsigned char d[32])
{
	size_t i;
	char c;

	for (i = 0; i < 64; i++) {
		c = hex[i];
		d[i / 2] = (unsigned char)(d[i / 2] << 4 |
		    (c <= '9' ? c - '0' : c - 'a' + 10));
	}
}

/*
 * Workers do not know what others wrote: a blob that was forwarded whole is
 * not forwarded again, so that the stream is the same whatever their number.
 * It counts as written only if its bytes have its digest: a worker that lies
 * must not keep another's blob out.
 */
static bool
blob_again(struct rec *r, const struct recread_value *v, size_t n)
{
	const struct recread_value *sha256 = NULL, *data = NULL;
	struct coming *b = &r->coming;
	int64_t size = -1, offset = -1;
	unsigned char d[32] = {0};
	char hex[SHA256_HEX];
	size_t i;

	for (i = 0; i < n; i++) {
		if (v[i].col == COL_blob_sha256)
			sha256 = &v[i];
		else if (v[i].col == COL_blob_size)
			size = v[i].i;
		else if (v[i].col == COL_blob_offset)
			offset = v[i].i;
		else if (v[i].col == COL_blob_data)
			data = &v[i];
	}
	if (!sha256 || !data || offset < 0 || sha256->n != 64 ||
	    strspn(sha256->p, "0123456789abcdef") != 64)
		return false;
	from_hex(sha256->p, d);
	if (offset == 0) {
		memcpy(b->sha256, sha256->p, SHA256_HEX);
		b->size = size;
		b->next = 0;
		b->drop = seen(r, d, false);
		digest_free(b->digest);
		b->digest = b->drop ? NULL : digest_new();
	} else if (offset != b->next || size != b->size ||
	    memcmp(b->sha256, sha256->p, 64) != 0) {
		b->sha256[0] = '\0';
		return false;
	}
	b->next = data->n > (uint64_t)(INT64_MAX - offset) ? -1 :
	    offset + (int64_t)data->n;
	if (b->drop)
		return true;
	digest_add(b->digest, data->p, data->n);
	if (b->next == size) {
		digest_hex(b->digest, hex);
		if (memcmp(hex, b->sha256, 64) == 0)
			seen(r, d, true);
		b->sha256[0] = '\0';
	}
	return false;
}

void
rec_forward(struct rec *r, enum kind k, const char *line, size_t n)
{
	const struct recread_value *v;
	size_t values, i;
	struct err e;
	enum kind is;
	bool lost = false;
	int c;

	/* The line comes from a process that has read hostile bytes. */
	if (!r->checker)
		r->checker = recread_open_mem("", 0);
	if (recread_check(r->checker, line, n, &is, &v, &values, &e) ||
	    is != k || is == KIND_run || is == KIND_end) {
		rec_note(r, ERR_CRASHED, "worker", NULL, NULL, 0,
		    "a worker sent what is no record");
		return;
	}
	for (i = 0; i < values && k == KIND_note; i++)
		if (v[i].col == COL_note_lost)
			lost = v[i].i;
	if (k == KIND_blob && blob_again(r, v, values))
		return;
	if (!(r->flags & REC_PRETTY)) {
		emit(r, k, line, n, lost);
		return;
	}
	r->counts[k]++;
	r->lost += lost;
	if (k == KIND_blob)
		return;
	r->kind = (int)k;
	for (c = kind_info[k].first; c < kind_info[k].last; c++)
		str_clear(&r->cell[c - kind_info[k].first]);
	for (i = 0; i < values; i++)
		if (!v[i].is_raw || col_info[v[i].col].type == TYPE_BYTES)
			pretty_value(r, &v[i]);
	r->kind = -1;
	pretty_line(r, k);
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

static void
must_be(enum col c, bool right)
{
	if (!right)
		die("bug: column '%s.%s' has another type",
		    kind_info[col_info[c].kind].name, col_info[c].name);
}

/* Bytes that the encoded form of p may take, base64 twin included. */
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
	x->whole = n <= BLOB_MAX;
	str_add(&x->bytes, p, x->whole ? n : BLOB_MAX);
	x->column = col_info[c].name;
	x->kept = kept;
}

/* What the line can still hold besides its reserve. */
static size_t
line_room(const struct rec *r)
{
	return r->line.n + LINE_RESERVE < REC_LINE_MAX
	    ? REC_LINE_MAX - LINE_RESERVE - r->line.n : 0;
}

/* How much of the value the line can hold. times: how often it is escaped. */
static size_t
fitting(const unsigned char *p, size_t n, bool clean, size_t times,
    size_t room)
{
	size_t k = n < REC_VALUE_MAX ? n : REC_VALUE_MAX;

	if (room < SHORT_VALUE)
		room = SHORT_VALUE;
	while (k && times * cost(p, k, clean) > room)
		k = k / 4 * 3;
	return whole_chars((const char *)p, n, k);
}

void
rec_bytes(struct rec *r, enum col c, const void *p, size_t n)
{
	struct str tmp cleanup_str = STR_INIT;
	enum col_type type = col_info[c].type;
	bool clean = utf8_clean(p, n);
	size_t keep = n;

	must_be(c, type == TYPE_TEXT || type == TYPE_BYTES);
	if (n > SHORT_VALUE / 8) { /* a byte takes less than 8, 64 around */
		keep = fitting(p, n, clean, 1, line_room(r));
		if (keep < n) {
			rest_add(r, c, p, n, keep);
			clean = utf8_clean(p, keep);
		}
	}
	key(r, c, "");
	if ((r->flags & REC_PRETTY) && col_info[c].width)
		pretty_cell(r, c, p, keep);
	if (clean) {
		str_add_json(&r->line, p, keep);
		return;
	}
	str_add_readable(&tmp, p, keep);
	str_add_json(&r->line, tmp.s, tmp.n);
	if (type == TYPE_TEXT) /* of our own choosing: has no exact bytes */
		return;
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

static void
number(struct rec *r, enum col c, int64_t v)
{
	char num[24];
	int n = snprintf(num, sizeof(num), "%lld", (long long)v);

	key(r, c, "");
	str_add(&r->line, num, (size_t)n);
}

void
rec_int(struct rec *r, enum col c, int64_t v)
{
	char num[24];
	int n;

	must_be(c, col_info[c].type == TYPE_INT);
	number(r, c, v);
	if ((r->flags & REC_PRETTY) && col_info[c].width) {
		n = snprintf(num, sizeof(num), "%lld", (long long)v);
		pretty_cell(r, c, num, (size_t)n);
	}
}

void
rec_bool(struct rec *r, enum col c, bool v)
{
	must_be(c, col_info[c].type == TYPE_BOOL);
	key(r, c, "");
	str_adds(&r->line, v ? "true" : "false");
	if ((r->flags & REC_PRETTY) && col_info[c].width)
		pretty_cell(r, c, v ? "yes" : "no", v ? 3 : 2);
}

void
rec_time(struct rec *r, enum col c, int64_t ns)
{
	char iso[40];

	must_be(c, col_info[c].type == TYPE_TIME);
	if (ns == CIVIL_NONE)
		return;
	number(r, c, ns);
	if ((r->flags & REC_PRETTY) && col_info[c].width) {
		civil_format(ns, iso);
		pretty_cell(r, c, iso, strlen(iso));
	}
}

/*
 * The elements that fit, in part; the one that goes beyond is cut. The array
 * is itself a string, so that everything in it is escaped twice. Returns
 * whether all of them fit.
 */
static bool
list_fitting(struct rec *r, const struct strlist *l, struct strlist *part)
{
	size_t i, keep, bytes = 0, sum, used = 0, room = line_room(r);
	const unsigned char *p;
	bool clean = true;

	for (i = 0; i < l->n && clean; i++)
		clean = utf8_clean(l->v[i].s, l->v[i].n);
	if (room < SHORT_VALUE)
		room = SHORT_VALUE;
	for (i = 0; i < l->n; i++) {
		p = (const unsigned char *)l->v[i].s;
		keep = l->v[i].n;
		sum = 2 * cost(p, keep, clean) + 16;
		if (used + sum <= room && bytes + keep < REC_VALUE_MAX) {
			strlist_add(part, p, keep);
			used += sum;
			bytes += keep + 1;
			continue;
		}
		/* worth a piece of it? */
		room -= used < room ? used : room;
		if (room > SHORT_VALUE && bytes < REC_VALUE_MAX) {
			keep = fitting(p, keep, clean, 2, room - 16);
			if (keep > REC_VALUE_MAX - bytes)
				keep = whole_chars((const char *)p, keep,
				    REC_VALUE_MAX - bytes);
			strlist_add(part, p, keep);
		}
		return false;
	}
	return true;
}

/* Exact elements are told apart by NULs, so none can be inside one: such an
 * element is kept in readable form. No argument or variable of a process can
 * be one. */
static bool
without_nul(const struct strlist *l, struct strlist *out)
{
	struct str s cleanup_str = STR_INIT;
	bool any = false;
	size_t i;

	for (i = 0; i < l->n && !any; i++)
		any = memchr(l->v[i].s, '\0', l->v[i].n);
	for (i = 0; i < l->n && any; i++) {
		str_clear(&s);
		if (memchr(l->v[i].s, '\0', l->v[i].n))
			str_add_readable(&s, l->v[i].s, l->v[i].n);
		else
			str_set(&s, l->v[i].s, l->v[i].n);
		strlist_add(out, s.s, s.n);
	}
	return any;
}

void
rec_list(struct rec *r, enum col c, const struct strlist *l)
{
	struct strlist safe cleanup_strlist = STRLIST_INIT;
	struct str json cleanup_str = STR_INIT, raw cleanup_str = STR_INIT;
	struct strlist part cleanup_strlist = STRLIST_INIT;
	bool clean = true;
	size_t i;

	must_be(c, col_info[c].type == TYPE_LIST);
	if (!l->n)
		return;
	if (without_nul(l, &safe)) {
		l = &safe;
		r->nul = col_info[c].name;
	}
	if (!list_fitting(r, l, &part)) {
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
	for (i = 0; i < part.n && clean; i++)
		clean = utf8_clean(part.v[i].s, part.v[i].n);
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
	const char *kind;
	struct rest *rests;
	size_t i, n;
	char hex[SHA256_HEX];

	if (r->kind < 0)
		die("bug: the end of no record");
	kind = kind_info[r->kind].name;
	end_line(r, false);
	if (r->nul)
		rec_note_fine(r, ERR_CORRUPT, "record", NULL, NULL,
		    "%s.%s has an element with a NUL: it is kept in readable "
		    "form", kind, r->nul);
	r->nul = NULL;
	rests = steal(&r->rests);
	n = r->rests_n;
	r->rests_n = 0;
	for (i = 0; i < n; i++) {
		rec_blob(r, rests[i].bytes.s, rests[i].bytes.n, hex);
		rec_note(r, ERR_LIMIT, "record", NULL, NULL, 0,
		    "%s.%s is cut after %zu (REC_VALUE_MAX); %s bytes in blob "
		    "%s", kind, rests[i].column, rests[i].kept,
		    rests[i].whole ? "whole" : "the first", hex);
		str_release(&rests[i].bytes);
	}
	free(rests);
}

static void note(struct rec *r, enum err_class class, bool lost,
    const char *op, const char *scope, const char *path, int sys,
    const char *fmt, va_list ap) PRINTF(8, 0);

static void
note(struct rec *r, enum err_class class, bool lost, const char *op,
    const char *scope, const char *path, int sys, const char *fmt, va_list ap)
{
	char detail[1024];
	int n;

	if (class == ERR_NONE || class == ERR_OURS)
		die("bug: a note of class '%s'", err_class_name(class));
	rec_begin(r, KIND_note);
	rec_text(r, COL_note_class, err_class_name(class));
	rec_text(r, COL_note_op, op);
	rec_text(r, COL_note_scope, scope);
	rec_text(r, COL_note_path, path);
	if (sys)
		rec_text(r, COL_note_errno, err_errno_name(sys));
	if (fmt) {
		n = vsnprintf(detail, sizeof(detail), fmt, ap);
		if (n >= (int)sizeof(detail)) /* not half a character */
			detail[whole_chars(detail, sizeof(detail) - 1,
			    sizeof(detail) - 5)] = '\0';
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
	if (e->fine)
		rec_note_fine(r, e->class, op, scope, path, "%s", e->msg);
	else
		rec_note(r, e->class, op, scope, path, e->sys, "%s",
		    e->msg);
}

/* Was this blob written? If not, and add, it is from now on. */
static bool
seen(struct rec *r, const unsigned char d[32], bool add)
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
				seen(r, old[i], true);
		free(old);
	}
	memcpy(&at, d, sizeof(at));
	for (at &= r->seen_cap - 1; memcmp(r->seen[at], zero, 32) != 0;
	     at = (at + 1) & (r->seen_cap - 1))
		if (memcmp(r->seen[at], d, 32) == 0)
			return true;
	if (add) {
		memcpy(r->seen[at], d, 32);
		r->seen_n++;
	}
	return false;
}

void
rec_blob(struct rec *r, const void *p, size_t n, char *sha256)
{
	struct str hex cleanup_str = STR_INIT;
	unsigned char d[32];
	size_t off = 0, k;

	if (n > BLOB_MAX)
		die("bug: content of %zu bytes", n);
	digest_raw(p, n, d);
	str_add_hex(&hex, d, sizeof(d));
	if (sha256)
		memcpy(sha256, hex.s, SHA256_HEX);
	if (seen(r, d, true))
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
