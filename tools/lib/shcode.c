/*
 * shcode - one-liners of other languages
 *
 * No parser for each: what tells is the meeting of words. A socket that is
 * connected and given to a shell; text that is decoded or fetched and run.
 * Literals are taken out, joined where the text joins them, and looked at as
 * what they are handed to: shell text for system(), code for eval().
 */

#include "sheval.h"

#include "limits.h"

#include <strings.h>

/* Does the text have one of these words (blank separated)? */
static bool
any(const struct str *t, const char *words)
{
	char w[64];
	size_t k;

	while (*words) {
		k = strcspn(words, " ");
		if (k < sizeof(w)) {
			memcpy(w, words, k);
			w[k] = '\0';
			if (strstr(t->s, w))
				return true;
		}
		words += k;
		while (*words == ' ')
			words++;
	}
	return false;
}

/* 'cu'+'rl', "cu"."rl", 'cu' 'rl' are one literal. */
static void
glue(const char *p, size_t n, struct str *out)
{
	size_t i, k;

	for (i = 0; i < n; i++) {
		if ((p[i] == '\'' || p[i] == '"')) {
			k = i + 1;
			while (k < n && strchr(" \t+.", p[k]) && p[k])
				k++;
			if (k < n && k > i + 1 && p[k] == p[i] &&
			    memchr(p + i, p[k] == '\'' ? '+' : '+', k - i)) {
				i = k;
				continue;
			}
			if (k < n && k == i + 2 && p[i + 1] == '.' &&
			    p[k] == p[i]) {
				i = k;
				continue;
			}
		}
		str_addc(out, p[i]);
	}
}

/* Every literal, unescaped, into a list. */
static void
literals(const struct str *t, struct strlist *out)
{
	size_t i, k;
	char q;

	for (i = 0; i < t->n && out->n < 200; i++) {
		struct str s cleanup_str = STR_INIT;

		q = t->s[i];
		if (q == '\\') {
			i++;
			continue;
		}
		if (q != '\'' && q != '"' && q != '`')
			continue;
		for (k = i + 1; k < t->n && t->s[k] != q; k++)
			if (t->s[k] == '\\')
				k++;
		if (k > t->n)
			k = t->n;
		shtext_escapes(t->s + i + 1, k - i - 1, &s);
		strlist_add(out, s.s, s.n);
		i = k;
	}
}

static bool
printable(const struct str *s)
{
	size_t i, good = 0;

	for (i = 0; i < s->n; i++)
		good += (s->s[i] >= ' ' && s->s[i] < 127) ||
		    strchr("\n\t\r", s->s[i]);
	return s->n >= 4 && good * 10 >= s->n * 9;
}

static const char decodes[] = "b64decode base64_decode decode_base64 "
	"from_base64 Base64.decode base64.decode a85decode b32decode "
	"b85decode unhexlify fromhex hex2bin decompress gzinflate "
	"gzuncompress str_rot13 rot13 rot_13 'base64' \"base64\" 'hex' "
	"marshal.loads pack(' pack(\" MIME::Base64 atob( unpack( chr( "
	"codecs.decode decodestring convert_uudecode";
static const char runs[] = "exec( exec eval( eval system popen Popen "
	"subprocess os.exec spawn passthru shell_exec proc_open "
	"child_process execSync execve execl( __import__ compile( "
	"assert( instance_eval Kernel.exec %x io.popen os.execute qx IO.popen "
	"new\040Function Function( loadstring load(";
static const char connects[] = "socket Socket fsockopen pfsockopen "
	"stream_socket_client net.connect net.Socket createConnection "
	"TCPSocket IO::Socket /inet/tcp socket.tcp tcp.connect "
	"require('net') require(\"net\")";
static const char shells[] = "/bin/sh /bin/bash /bin/dash /bin/ash /bin/zsh "
	"'sh' \"sh\" 'bash' \"bash\" cmd.exe pty.spawn /usr/bin/sh "
	"/usr/bin/bash powershell sh\040-i bash\040-i";
static const char ties[] = "dup2 fileno pty.spawn STDIN,\">& STDIN,'>& "
	">&S >&STDIN open(STDIN reopen <&3 0>&3 proc_open fdopen .pipe( "
	"stdin= stdin.pipe recv( .gets gets readline getline .read(";
static const char fetches[] = "urllib urlopen urlretrieve requests.get "
	"requests.post http.client httplib LWP:: LWP::Simple HTTP::Tiny "
	"Net::HTTP open-uri URI.open file_get_contents(' "
	"file_get_contents(\" file_get_contents(\"http curl_exec https.get "
	"http.get fetch( httpx. pycurl copy('http copy(\"http URI( "
	"get(\"http get('http getstore(";

static void
find_url(const struct str *t, struct str *out)
{
	static const char *const schemes[] = {"http://", "https://", "ftp://"};
	const char *at;
	size_t i;

	for (i = 0; i < COUNT(schemes) && !out->n; i++) {
		at = strstr(t->s, schemes[i]);
		if (at)
			str_add(out, at, strcspn(at, " \t\n'\"`)\\;,<>"));
	}
}

/* Literals by what they are: encoded code, addresses, shell text. */
static void
look_into(struct sheval *e, const char *lang, const struct str *t, bool decode,
    bool run, struct str *out)
{
	struct strlist l cleanup_strlist = STRLIST_INIT;
	size_t i;

	literals(t, &l);
	for (i = 0; i < l.n; i++) {
		struct str d cleanup_str = STR_INIT;
		struct str *s = &l.v[i];

		if (shtext_url(s->s, s->n))
			sheval_fact(e, "url", s->s, s->n);
		if (decode && s->n >= 12 && !strchr(s->s, ' ')) {
			if ((shtext_unhex(s->s, s->n, &d) == 0 &&
				printable(&d)) ||
			    (str_clear(&d), shtext_unbase64(s->s, s->n, &d) ==
				0 && printable(&d))) {
				sheval_fact(e, run ? "decode-exec" : "decode",
				    d.s, d.n);
				if (e->out->plain.n < SHCMD_TEXT_MAX) {
					str_add(&e->out->plain, d.s, d.n);
					str_addc(&e->out->plain, '\n');
				}
				if (run && e->depth < SHCMD_DEPTH_MAX) {
					e->depth++;
					shcode(e, lang, d.s, d.n, out);
					sheval_text(e, d.s, d.n, NULL, NULL);
					e->depth--;
				}
				continue;
			}
		}
		if (run && s->n >= 4 && strpbrk(s->s, " |/;") &&
		    e->depth < SHCMD_DEPTH_MAX)
			sheval_text(e, s->s, s->n, NULL, NULL);
	}
}

void
shcode(struct sheval *e, const char *lang, const char *p, size_t n,
    struct str *out)
{
	struct str t cleanup_str = STR_INIT, url cleanup_str = STR_INIT;
	bool decode, run, connect, fetch;

	if (!sheval_work(e, n))
		return;
	glue(p, n, &t);
	decode = any(&t, decodes);
	run = any(&t, runs) || (strcmp(lang, "sh") != 0 &&
		strcmp(lang, "python") != 0 && strcmp(lang, "node") != 0 &&
		strchr(t.s, '`'));
	connect = any(&t, connects);
	fetch = any(&t, fetches);
	find_url(&t, &url);
	if (strcmp(lang, "awk") == 0) {
		run = strstr(t.s, "system(") || strstr(t.s, "| getline") ||
		    strstr(t.s, "|getline") || strstr(t.s, "|&");
		if (strstr(t.s, "/inet/tcp") && strstr(t.s, "|&") &&
		    strstr(t.s, "getline"))
			sheval_fact(e, "reverse-shell", t.s, t.n);
		if (run)
			look_into(e, lang, &t, false, true, out);
		return;
	}
	/* a socket tied to a shell; listening ones too */
	if (connect && any(&t, shells) && (any(&t, ties) || run))
		sheval_fact(e, "reverse-shell", t.s, t.n);
	else if (connect && run && any(&t, "recv( .gets getline fdopen dup2"))
		sheval_fact(e, "reverse-shell", t.s, t.n);
	if (fetch && url.n)
		sheval_fact(e, "fetch", url.s, url.n);
	if (fetch && run) {
		const char *a = url.n ? url.s : "an address made at run time";

		/* localhost is a health check */
		if (!strstr(a, "//localhost") && !strstr(a, "//127.")) {
			sheval_factf(e, "fetch-exec", "%s -> %s", a, lang);
			if (!url.n || shcmd_plain_address(a))
				sheval_factf(e, "fetch-exec-plain", "%s -> %s",
				    a, lang);
		}
	}
	if (decode && any(&t, "exec( exec\040 eval( eval\040 eval; system "
			      "os.system popen Popen subprocess compile( "
			      "__import__ assert( passthru loadstring "
			      "Function("))
		sheval_fact(e, "decode-exec", t.s, t.n);
	look_into(e, lang, &t, decode, run || decode, out);
}
