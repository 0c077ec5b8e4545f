/*
 * Commands that give text: echo, printf, decoders, filters.
 */

#include "shrun.h"

#include "limits.h"

static void
run_echo(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str text cleanup_str = STR_INIT, t cleanup_str = STR_INIT;
	bool escapes = false, newline = true;
	size_t i = 1;

	(void)e;
	(void)name;
	for (; i < n && v[i].s[0] == '-' && v[i].n > 1 &&
	     strspn(v[i].s + 1, "neE") == v[i].n - 1; i++) {
		if (strchr(v[i].s, 'e'))
			escapes = true;
		if (strchr(v[i].s, 'n'))
			newline = false;
	}
	shrun_join(v + i, n - i, &text);
	if (escapes) {
		if (shtext_escapes(text.s, text.n, &t))
			shrun_give(io, "\004", 1);
		shrun_give(io, t.s, t.n);
	} else {
		shrun_give(io, text.s, text.n);
	}
	if (newline)
		shrun_give(io, "\n", 1);
}

static void
run_printf(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str fmt cleanup_str = STR_INIT, t cleanup_str = STR_INIT;
	size_t i, a = 2, before;
	bool hidden;

	(void)name;
	if (n > 3 && strcmp(v[1].s, "-v") == 0) {
		struct shio to = {.out = &t};

		run_printf(e, name, v + 2, n - 2, &to);
		str_set(shmap_put(&e->vars, v[2].s, v[2].n), t.s, t.n);
		return;
	}
	if (n > 1 && strcmp(v[1].s, "--") == 0)
		v++, n--;
	if (n < 2)
		return;
	hidden = shtext_escapes(v[1].s, v[1].n, &fmt);
	do {
		before = a;
		for (i = 0; i < fmt.n && t.n < SHCMD_VALUE_MAX; i++) {
			if (fmt.s[i] != '%') {
				str_addc(&t, fmt.s[i]);
				continue;
			}
			for (i++; i < fmt.n && strchr("-+ #0123456789.*",
				     fmt.s[i]) && fmt.s[i]; i++)
				;
			if (i >= fmt.n)
				break;
			if (fmt.s[i] == '%') {
				str_addc(&t, '%');
			} else if (a < n) {
				if (fmt.s[i] == 'b')
					hidden |= shtext_escapes(v[a].s,
					    v[a].n, &t);
				else
					str_add(&t, v[a].s, v[a].n);
				a++;
			}
		}
	} while (a < n && a > before && sheval_work(e, fmt.n));
	if (hidden)
		shrun_give(io, "\004", 1);
	shrun_give(io, t.s, t.n);
}

static void
run_cat(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str *file;
	bool any = false;
	size_t i;

	(void)name;
	for (i = 1; i < n; i++) {
		if (v[i].s[0] == '-' && v[i].n > 1)
			continue;
		any = true;
		if (shrun_is_stdin(v[i].s)) {
			shrun_give_in(io);
			continue;
		}
		if (strcmp(v[i].s, "/dev/null") == 0)
			continue;
		file = sheval_file(e, v[i].s);
		if (file)
			shrun_give(io, file->s, file->n);
		else
			shrun_give_unknown(io);
	}
	if (!any)
		shrun_give_in(io);
}

/* Decode what came in; what cannot be decoded is decoded and unknown. */
static void
give_decoded(struct sheval *e, const struct str *in, const struct shio *io,
    int (*decode)(const char *, size_t, struct str *))
{
	struct str t cleanup_str = STR_INIT;
	size_t i;

	shrun_give(io, "\004", 1);
	if (in && shtext_has(in, SHMARK_FETCH)) {
		shrun_give(io, in->s, in->n);
		return;
	}
	if (!in || !decode || decode(in->s, in->n, &t) || !t.n) {
		shrun_give_unknown(io);
		return;
	}
	for (i = 0; i < t.n; i++) /* no marks, no NULs out of the data */
		if ((unsigned char)t.s[i] <= 6)
			t.s[i] = '\005';
	if (e->out->plain.n < SHCMD_TEXT_MAX) {
		str_add(&e->out->plain, t.s, t.n);
		str_addc(&e->out->plain, '\n');
	}
	shrun_give(io, t.s, t.n);
}

/* The input of a filter: a named file's content, else standard input. */
static const struct str *
input_of(struct sheval *e, struct str *v, size_t n, size_t from,
    const struct shio *io)
{
	size_t i;

	for (i = from; i < n; i++)
		if (v[i].s[0] != '-' && v[i].n)
			return sheval_file(e, v[i].s);
	return io->in;
}

static void
run_base64(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	size_t i;
	bool decode = false;

	for (i = 1; i < n; i++)
		if (v[i].s[0] == '-' &&
		    (strncmp(v[i].s, "--d", 3) == 0 ||
			(v[i].s[1] != '-' &&
			    (strchr(v[i].s, 'd') || strchr(v[i].s, 'D')))))
			decode = true;
	if (!decode) {
		shrun_give_unknown(io);
		return;
	}
	give_decoded(e, input_of(e, v, n, 1, io), io,
	    strcmp(name, "base32") == 0 ? shtext_unbase32 : shtext_unbase64);
}

static void
run_xxd(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	size_t i;
	bool reverse = false;

	(void)name;
	for (i = 1; i < n; i++)
		if (v[i].s[0] == '-' && strchr(v[i].s, 'r'))
			reverse = true;
	if (reverse)
		give_decoded(e, input_of(e, v, n, 1, io), io, shtext_unhex);
	else
		shrun_give_unknown(io);
}

static void
run_openssl(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	const struct str *in = io->in;
	struct str out cleanup_str = STR_INIT;
	struct shio to = *io;
	const char *file = NULL;
	size_t i;
	bool decode = false, base64 = false;

	(void)name;
	if (n < 2)
		return;
	if (strcmp(v[1].s, "s_client") == 0) {
		sheval_fact(e, "net", "openssl s_client", 16);
		shrun_give(io, "\003\n", 2);
		return;
	}
	base64 = strcmp(v[1].s, "base64") == 0;
	for (i = 2; i < n; i++) {
		if (strcmp(v[i].s, "-d") == 0)
			decode = true;
		else if (strcmp(v[i].s, "-base64") == 0 ||
		    strcmp(v[i].s, "-a") == 0)
			base64 = true;
		else if (strcmp(v[i].s, "-in") == 0 && i + 1 < n)
			in = sheval_file(e, v[++i].s);
		else if (strcmp(v[i].s, "-out") == 0 && i + 1 < n)
			file = v[++i].s;
	}
	to.out = &out;
	if (decode)
		give_decoded(e, in, &to, base64 ? shtext_unbase64 : NULL);
	else
		shrun_give_unknown(&to);
	if (file)
		sheval_write(e, file, &out, false);
	else
		shrun_give(io, out.s, out.n);
}

static void
run_rev(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	const struct str *in = input_of(e, v, n, 1, io);
	struct str t cleanup_str = STR_INIT;

	(void)name;
	shrun_give(io, "\004", 1);
	if (in) {
		shtext_rev(in, &t);
		shrun_give(io, t.s, t.n);
	}
}

static void
run_tr(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str t cleanup_str = STR_INIT;
	size_t i = 1;
	bool del = false;

	(void)e;
	(void)name;
	for (; i < n && v[i].s[0] == '-' && v[i].n > 1; i++)
		del = del || strchr(v[i].s, 'd');
	if (!io->in || i >= n)
		return;
	shtext_tr(io->in, v[i].s, !del && i + 1 < n ? v[i + 1].s : NULL, &t);
	if (t.n > 3 && !del && (t.n != io->in->n ||
				   memcmp(t.s, io->in->s, t.n) != 0))
		shrun_give(io, "\004", 1);
	shrun_give(io, t.s, t.n);
}

/* gunzip, zcat, xz -d ...: whatever comes in, its bytes are others now */
static void
run_unpack(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	size_t i;
	bool decode = strncmp(name, "un", 2) == 0 || strstr(name, "cat") ||
	    strcmp(name, "gunzip") == 0 || strcmp(name, "bunzip2") == 0;

	for (i = 1; i < n; i++)
		if (v[i].s[0] == '-' && strchr(v[i].s, 'd'))
			decode = true;
	if (decode)
		give_decoded(e, input_of(e, v, n, 1, io), io, NULL);
	else
		shrun_give_unknown(io);
}

/* One s/FROM/TO/ over known text; anything else passes. */
static void
run_sed(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str t cleanup_str = STR_INIT;
	const char *script = NULL, *from, *to, *end;
	const struct str *in;
	size_t i, fn, tn;
	bool edit = false;
	char d;

	(void)name;
	for (i = 1; i < n; i++) {
		if (v[i].s[0] == '-' && v[i].n > 1) {
			if (strncmp(v[i].s, "--in-place", 10) == 0 ||
			    (v[i].s[1] != '-' && strchr(v[i].s, 'i')))
				edit = true;
			if (strcmp(v[i].s, "-e") == 0 && i + 1 < n && !script)
				script = v[++i].s;
		} else if (!script) {
			script = v[i].s;
		} else {
			break;
		}
	}
	if (edit) {
		struct str text cleanup_str = STR_INIT;

		for (; i < n; i++) {
			str_clear(&text);
			if (script)
				str_adds(&text, script);
			sheval_write(e, v[i].s, &text, true);
		}
		return;
	}
	in = i < n ? sheval_file(e, v[i].s) : io->in;
	if (!in) {
		shrun_give_unknown(io);
		return;
	}
	if (!script || script[0] != 's' || !script[1] || in->n > 65536) {
		shrun_give(io, in->s, in->n);
		return;
	}
	d = script[1];
	from = script + 2;
	to = strchr(from, d);
	end = to ? strchr(to + 1, d) : NULL;
	fn = to ? (size_t)(to - from) : 0;
	if (!end || !fn || strcspn(from, "\\[*^$") < fn) {
		/* a real pattern: we do not know */
		shrun_give(io, in->s, in->n);
		return;
	}
	tn = (size_t)(end - to - 1);
	for (i = 0; i < in->n; i++) {
		if (in->n - i >= fn && memcmp(in->s + i, from, fn) == 0) {
			str_add(&t, to + 1, tn);
			i += fn - 1;
		} else {
			str_addc(&t, in->s[i]);
		}
	}
	shrun_give(io, t.s, t.n);
}

/* Commands whose output is no copy of their input. */
static void
run_opaque(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	(void)e;
	(void)name;
	(void)v;
	(void)n;
	shrun_give_unknown(io);
}

static void
run_nothing(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	(void)e;
	(void)name;
	(void)v;
	(void)n;
	(void)io;
}

const struct shcommand shrun_text[] = {
	{"echo", run_echo},
	{"printf", run_printf},
	{"cat tac nl", run_cat},
	{"base64 base32 basenc", run_base64},
	{"xxd", run_xxd},
	{"openssl", run_openssl},
	{"rev", run_rev},
	{"tr", run_tr},
	{"gunzip zcat bunzip2 bzcat unxz xzcat unlzma lzcat unzstd zstdcat "
	 "uncompress gzip bzip2 xz lzma zstd uudecode gpg",
	    run_unpack},
	{"sed", run_sed},
	{"wc md5sum sha1sum sha256sum sha512sum stat ls du df date id whoami "
	 "hostname uname ps pgrep mktemp which type pwd nproc free uptime",
	    run_opaque},
	{"true false : test [ [[ ((  exit return sleep wait shift "
	 "mkdir rmdir touch chown chgrp ulimit umask",
	    run_nothing},
	{NULL, NULL},
};
