/* test-yarafind - our search finds what libyara's own does: the same matches of
 * the same strings in the same order, whatever rules and bytes */

#include "yarafind.h"

#include "digest.h"
#include "err.h"
#include "str.h"

#include "tap.h"

#ifndef SALVOR_SAN

/* ---- what a scan says ------------------------------------------------------ */

struct scan {
	struct str said;
	const struct yarafind *find; /* NULL: libyara searches */
	YR_SCANNER *scanner;
	const uint8_t *p;
	size_t n, part;
	YR_MEMORY_BLOCK block;
	size_t block_n;
	bool searching;
	int error;
};

static int
event(YR_SCAN_CONTEXT *c, int message, void *data, void *arg)
{
	struct scan *s = arg;
	YR_RULE *rule = data;
	YR_STRING *string;
	const YR_MATCH *m;

	if (message == CALLBACK_MSG_TOO_MANY_MATCHES) {
		str_addf(&s->said, "too many of %u\n",
		    ((YR_STRING *)data)->idx);
		return CALLBACK_CONTINUE;
	}
	if (message != CALLBACK_MSG_RULE_MATCHING)
		return CALLBACK_CONTINUE;
	str_addf(&s->said, "%s\n", rule->identifier);
	yr_rule_strings_foreach(rule, string)
	{
		for (m = c->matches[string->idx].head; m; m = m->next)
			str_addf(&s->said, " %u@%lld+%d", string->idx,
			    (long long)(m->base + m->offset), m->match_length);
	}
	return CALLBACK_CONTINUE;
}

static const uint8_t *
fetch(YR_MEMORY_BLOCK *b)
{
	struct scan *s = b->context;
	const uint8_t *p = s->p + b->base;

	if (s->searching && s->find) {
		s->error = yarafind_run(s->find, s->scanner, p, b->size,
		    b->base);
		b->size = 0;
	}
	return p;
}

static YR_MEMORY_BLOCK *
first(YR_MEMORY_BLOCK_ITERATOR *it)
{
	struct scan *s = it->context;

	it->last_error = ERROR_SUCCESS;
	s->block_n = s->part < s->n ? s->part : s->n;
	s->block = (YR_MEMORY_BLOCK){.size = s->block_n, .context = s,
	    .fetch_data = fetch};
	return &s->block;
}

static YR_MEMORY_BLOCK *
next(YR_MEMORY_BLOCK_ITERATOR *it)
{
	struct scan *s = it->context;
	size_t at = (size_t)s->block.base + s->block_n;

	it->last_error = ERROR_SUCCESS;
	if (at >= s->n) {
		s->searching = false;
		return NULL;
	}
	s->block.base = at;
	s->block_n = s->n - at < s->part ? s->n - at : s->part;
	s->block.size = s->block_n;
	return &s->block;
}

static uint64_t
size(YR_MEMORY_BLOCK_ITERATOR *it)
{
	return ((struct scan *)it->context)->n;
}

static void
look(struct scan *s, YR_RULES *rules, bool fast)
{
	YR_MEMORY_BLOCK_ITERATOR it = {.context = s, .first = first,
	    .next = next, .file_size = size};
	int k;

	s->searching = true;
	s->error = 0;
	if (yr_scanner_create(rules, &s->scanner) != ERROR_SUCCESS)
		die("no scanner");
	yr_scanner_set_callback(s->scanner, event, s);
	yr_scanner_set_flags(s->scanner, SCAN_FLAGS_NO_TRYCATCH |
	    SCAN_FLAGS_REPORT_RULES_MATCHING |
	    (fast ? SCAN_FLAGS_FAST_MODE : 0));
	yr_scanner_set_timeout(s->scanner, 60);
	k = yr_scanner_scan_mem_blocks(s->scanner, &it);
	str_addf(&s->said, "= %d %d\n", k, s->error);
	yr_scanner_destroy(s->scanner);
}

/* ---- random rules and bytes -------------------------------------------------- */

static uint64_t seed = 20181115;

static unsigned
rnd(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static void
word(struct str *s, unsigned n, unsigned letters)
{
	while (n--)
		str_addc(s, (char)('a' + rnd(letters)));
}

static void
add_rule(struct str *s, unsigned number, unsigned shortest)
{
	static const char *const modifiers[] = {"", "", "", " nocase", " wide",
		" ascii wide", " fullword", " xor(1-9)", " nocase fullword",
		" private"};
	unsigned i, n = 1 + rnd(4), letters = 2 + rnd(4);

	str_addf(s, "rule r%u { strings:\n", number);
	for (i = 0; i < n; i++) {
		str_addf(s, "$s%u = ", i);
		switch (rnd(4)) {
		case 0:
			str_adds(s, "{ ");
			str_addf(s, "%02x %02x ", 'a' + rnd(letters),
			    'a' + rnd(letters));
			str_addf(s, rnd(2) ? "[0-3] %02x %02x " : "?? %02x %02x ",
			    'a' + rnd(letters), 'a' + rnd(letters));
			str_addf(s, rnd(2) ? "6? %02x %02x }\n" :
			    "( 61 | 62 63 ) %02x %02x }\n",
			    'a' + rnd(letters), 'a' + rnd(letters));
			break;
		case 1:
			str_addc(s, '/');
			word(s, 2 + rnd(3), letters);
			str_adds(s, rnd(2) ? "[a-c]{1,3}" : ".?");
			word(s, 2 + rnd(2), letters);
			str_addf(s, "/%s\n", rnd(3) ? "" : "i");
			break;
		default:
			str_addc(s, '"');
			word(s, shortest + rnd(5), letters);
			str_addf(s, "\"%s\n", modifiers[rnd(10)]);
		}
	}
	str_adds(s, rnd(2) ? "condition: any of them }\n" :
	    rnd(2) ? "condition: #s0 >= 0 and any of them }\n" :
	    "condition: not $s0 or @s0 > 5 or all of them }\n");
}

static YR_RULES *
compile(const char *text)
{
	YR_COMPILER *c;
	YR_RULES *rules;

	if (yr_compiler_create(&c) != ERROR_SUCCESS)
		die("no compiler");
	if (yr_compiler_add_string(c, text, NULL))
		die("bad rule: %s", text);
	if (yr_compiler_get_rules(c, &rules) != ERROR_SUCCESS)
		die("no rules");
	yr_compiler_destroy(c);
	return rules;
}

static void
bytes(uint8_t *p, size_t n, unsigned kind)
{
	size_t i;

	for (i = 0; i < n; i++)
		switch (kind) {
		case 0:
			p[i] = (uint8_t)('a' + rnd(3));
			break;
		case 1:
			p[i] = (uint8_t)(rnd(3) ? 'a' + rnd(6) :
			    rnd(3) ? 0 : 'A' + rnd(6));
			break;
		case 2:
			p[i] = (uint8_t)rnd(256);
			break;
		default:
			p[i] = (uint8_t)(rnd(40) ? 0 : 'a' + rnd(3));
		}
}

int
main(void)
{
	enum { ROUNDS = 60, N = 20000 };
	static const size_t parts[] = {N, N, 5, 4096, 7001};
	unsigned round, k, n, used = 0, wrong = 0, matched = 0, scans = 0;
	struct str text = STR_INIT;
	struct scan a = {.said = STR_INIT}, b = {.said = STR_INIT};
	uint8_t *p = xmalloc(N);
	struct yarafind *find;
	YR_RULES *rules;

	digest_init();
	if (yr_initialize() != ERROR_SUCCESS)
		die("no libyara");
	for (round = 0; round < ROUNDS; round++) {
		str_clear(&text);
		n = round % 10 == 9 ? 300 : 1 + rnd(6);
		for (k = 0; k < n; k++)
			add_rule(&text, k, round % 3 ? 2 : 4);
		rules = compile(text.s);
		find = yarafind_new(rules);
		used += find != NULL;
		for (k = 0; find && k < 12; k++) {
			a.n = b.n = k < 8 ? rnd(N) + 1 : k - 7;
			bytes(p, a.n, k % 4);
			a.p = b.p = p;
			a.part = b.part = parts[rnd(COUNT(parts))];
			if (a.part < 10 && a.n > 100)
				a.n = b.n = 100;
			str_clear(&a.said);
			str_clear(&b.said);
			b.find = find;
			look(&a, rules, k % 2);
			look(&b, rules, k % 2);
			scans++;
			matched += strchr(a.said.s, '@') != NULL;
			if (strcmp(a.said.s, b.said.s) != 0 && !wrong++)
				printf("# %s\n# libyara: %.2000s\n# ours: %.2000s\n",
				    text.s, a.said.s, b.said.s);
		}
		yarafind_free(find);
		yr_rules_destroy(rules);
	}
	ok(used > ROUNDS / 2, "most sets of rules can be searched so (%u)", used);
	ok(matched > scans / 5, "and match (%u of %u)", matched, scans);
	ok(!wrong, "the same as libyara's own search (%u differ)", wrong);

	rules = compile("rule r { strings: $a = /.*x/ $b = \"a\" condition: "
			"any of them }");
	ok(!yarafind_new(rules), "a string of one byte is libyara's");
	yr_rules_destroy(rules);

	rules = compile("rule r { strings: $a = \"abcd\" condition: $a and "
			"entrypoint >= 0 }");
	find = yarafind_new(rules);
	ok(find != NULL, "rules for an entry point");
	memset(p, 0, N);
	memcpy(p, "\177ELF\1\1\1", 7); /* ELF32, executable, i386 */
	p[16] = 2, p[18] = 3, p[20] = 1;
	p[25] = 0x80, p[26] = 4, p[27] = 8; /* entry 0x08048000 */
	p[28] = 52, p[40] = 52, p[42] = 32, p[44] = 1;
	p[52] = 1;		       /* PT_LOAD, offset 0 */
	p[61] = 0x80, p[62] = 4, p[63] = 8; /* vaddr */
	p[69] = 1, p[73] = 1;		/* sizes 256 */
	memcpy(p + 300, "abcd", 4);
	a.n = b.n = a.part = b.part = N;
	b.find = find;
	str_clear(&a.said);
	str_clear(&b.said);
	look(&a, rules, false);
	look(&b, rules, false);
	ok(strstr(a.said.s, "@300") && strcmp(a.said.s, b.said.s) == 0,
	    "the entry point is found as well");
	yarafind_free(find);
	yr_rules_destroy(rules);

	str_release(&text);
	str_release(&a.said);
	str_release(&b.said);
	free(p);
	yr_finalize();
	return done();
}

#else

int
main(void)
{
	ok(!yarafind_new(NULL), "with the shared libyara, libyara searches");
	return done();
}

#endif
