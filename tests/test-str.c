/* test-str - byte strings, readable and visible forms, base64, JSON */

#include "str.h"

#include "tap.h"

static void
readable(const char *in, size_t n, const char *want)
{
	struct str s cleanup_str = STR_INIT;

	str_add_readable(&s, in, n);
	ok(str_eq(&s, want), "readable '%s'", want);
}

static void
visible(const char *in, const char *want)
{
	struct str s cleanup_str = STR_INIT;

	str_add_visible(&s, in, strlen(in));
	ok(str_eq(&s, want), "visible '%s' is '%s'", want, s.s);
}

static void
base64(void)
{
	static const struct {
		const char *in, *out;
	} good[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"},
	    {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
	static const char *const bad[] = {"Z", "Zg=", "Zg==Zg==", "Zh==", "Zm9=",
	    "Z===", "====", "Zg= =", "Zm9v\n", "Zg\0="};
	struct str s cleanup_str = STR_INIT;
	unsigned char all[256];
	size_t i;

	for (i = 0; i < COUNT(good); i++) { /* RFC 4648, section 10 */
		str_clear(&s);
		str_add_base64(&s, good[i].in, strlen(good[i].in));
		ok(str_eq(&s, good[i].out), "base64 of '%s'", good[i].in);
		str_clear(&s);
		ok(str_add_unbase64(&s, good[i].out, strlen(good[i].out)) ==
		    0 && str_eq(&s, good[i].in), "and back");
	}
	for (i = 0; i < COUNT(bad); i++) {
		str_sets(&s, "kept");
		ok(str_add_unbase64(&s, bad[i], i == COUNT(bad) - 1 ? 4 :
		    strlen(bad[i])) == -1 && str_eq(&s, "kept"),
		    "bad base64 %zu is refused, the buffer kept", i);
	}
	for (i = 0; i < 256; i++)
		all[i] = (unsigned char)i;
	str_clear(&s);
	str_add_base64(&s, all, 256);
	{
		struct str back cleanup_str = STR_INIT;

		ok(str_add_unbase64(&back, s.s, s.n) == 0 && back.n == 256 &&
		    memcmp(back.s, all, 256) == 0, "all bytes and back");
	}
}

static void
utf8(void)
{
	static const struct {
		const char *s;
		size_t n;
		bool clean;
	} t[] = {{"abc", 3, true}, {"\xc3\xa4", 2, true}, {"a\0b", 3, false},
	    {"\xc0\x80", 2, false}, {"\xed\xa0\x80", 3, false},
	    {"\xf4\x90\x80\x80", 4, false}, {"\xf0\x9f\x92\xa9", 4, true},
	    {"\xe2\x82", 2, false}, {"\xff", 1, false}, {"\xe0\x80\x80", 3, false},
	    {"\xf0\x80\x80\x80", 4, false}, {"", 0, true}};
	size_t i;

	for (i = 0; i < COUNT(t); i++)
		ok(utf8_clean(t[i].s, t[i].n) == t[i].clean, "UTF-8 case %zu",
		    i);
}

static void
lists(void)
{
	struct strlist l cleanup_strlist = STRLIST_INIT;
	struct str s cleanup_str = STR_INIT;

	strlist_adds(&l, "b");
	strlist_add(&l, "\xff\\", 2);
	strlist_adds(&l, "a\"\n");
	strlist_adds(&l, "");
	strlist_sort(&l);
	str_add_json_list(&s, &l);
	ok(str_eq(&s, "[\"\",\"a\\\"\\n\",\"b\",\"\\\\xFF\\\\\\\\\"]"),
	    "a list as JSON, sorted by bytes: %s", s.s);
	str_clear(&s);
	strlist_join(&l, ",", &s);
	ok(s.n == 9, "joined");
}

int
main(void)
{
	struct str s cleanup_str = STR_INIT;
	char *stolen;

	readable("a\xff\\b", 4, "a\\xFF\\\\b");
	readable("a\0b", 3, "a\\x00b");
	readable("\xc3\xa4", 2, "\xc3\xa4");
	visible("a\nb\tc\r", "a\\nb\\tc\\r");
	visible("\033[2J", "\\x1B[2J");
	visible("\xc2\x9b", "\\u{9B}");
	visible("a\xe2\x80\xae", "a\\u{202E}");
	visible("\xef\xbb\xbfx", "\\u{FEFF}x");
	visible("\xff\\", "\\xFF\\\\");
	visible("\x7f", "\\x7F");
	visible("gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f");
	base64();
	utf8();
	lists();
	str_addf(&s, "%d-%s", 42, "x");
	str_cut(&s, 2);
	ok(str_eq(&s, "42"), "formatted and cut");
	stolen = str_steal(&s);
	ok(strcmp(stolen, "42") == 0 && s.n == 0 && s.cap == 0, "handed over");
	free(stolen);
	return done();
}
