/*
 * fuzz-table - cells of evidence in every format
 *
 * The input is cut at each "|" into cells of three columns. Tables hold no
 * control bytes but newlines, a JSON line is what jansson reads and gives the
 * same text back, a CSV has its quotes in pairs, no control bytes and no
 * formula, and masking adds at most three bytes a secret.
 */

#include "mask.h"
#include "table.h"

#include <jansson.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define MUST(x)                                                               \
	do {                                                                  \
		if (!(x)) {                                                   \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__,    \
			    #x);                                              \
			abort();                                              \
		}                                                             \
	} while (0)

static const char *const columns[] = {"a", "b_time", "c_raw"};

/* The second column holds integers, the third BLOBs. */
static char
type_of(size_t column, const char *p, size_t n)
{
	size_t i = n > 1 && p[0] == '-';

	if (column != 1)
		return column ? 'b' : 's';
	for (; i < n && p[i] >= '0' && p[i] <= '9'; i++)
		;
	if (!n || i < n || n > 18 || p[n - 1] == '-')
		return 's';
	return n == 1 || (p[0] != '0' && p[1] != '0') ? 'i' : 's';
}

static void
print(enum table_format f, const char *p, size_t n, char **out, size_t *out_n)
{
	FILE *file = open_memstream(out, out_n);
	struct table *t = table_new(file, f, columns, COUNT(columns));
	const char *end = p + n, *bar;
	size_t at = 0;

	table_short_ids(t);
	while (p < end) {
		bar = memchr(p, '|', (size_t)(end - p));
		if (!bar)
			bar = end;
		table_cell(t, type_of(at, p, (size_t)(bar - p)), p,
		    (size_t)(bar - p));
		if (++at == COUNT(columns)) {
			table_row_end(t);
			at = 0;
		}
		p = bar + 1;
	}
	for (; at && at < COUNT(columns); at++)
		table_cell(t, 0, NULL, 0);
	if (at)
		table_row_end(t);
	table_free(t);
	fclose(file);
}

static void
check_table(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		MUST(p[i] == '\n' || (unsigned char)p[i] >= 0x20);
	MUST(utf8_clean(p, n));
}

static void
check_csv(const char *p, size_t n)
{
	size_t i, quotes = 0;

	for (i = 0; i < n; i++) {
		MUST((unsigned char)p[i] >= 0x20 || p[i] == '\r' ||
		     p[i] == '\n');
		if (p[i] != '"')
			continue;
		quotes++;
		if (quotes % 2 && i + 1 < n)
			MUST(!strchr("=+@\t\r", p[i + 1]) || i == 0 ||
			     p[i - 1] == '"');
	}
	MUST(quotes % 2 == 0);
}

static void
check_jsonl(const char *p, size_t n)
{
	const char *end = p + n, *nl;
	json_t *j;

	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		MUST(nl);
		j = json_loadb(p, (size_t)(nl - p), JSON_REJECT_DUPLICATES,
		    NULL);
		MUST(json_is_object(j));
		json_decref(j);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str s cleanup_str = STR_INIT;
	char *out;
	size_t out_n;

	mask_add(&s, (const char *)p, n);
	MUST(s.n <= n + 3 * (n / 4 + 1));
	print(TABLE_TABLE, (const char *)p, n, &out, &out_n);
	check_table(out, out_n);
	free(out);
	print(TABLE_CSV, (const char *)p, n, &out, &out_n);
	check_csv(out, out_n);
	free(out);
	print(TABLE_JSONL, (const char *)p, n, &out, &out_n);
	check_jsonl(out, out_n);
	free(out);
	return 0;
}
