/*
 * fuzz-pb - messages in Protocol Buffers' wire format
 *
 * Every field of the input, and of what is within, four levels deep; and the
 * input as a time and as a pair.
 */

#include "pb.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
descend(struct pb m, int depth)
{
	struct strlist pairs = STRLIST_INIT;
	struct str t = STR_INIT;
	struct pb_field f;

	while (pb_next(&m, &f)) {
		if (f.type == PB_BYTES && f.n && !f.p)
			abort();
		if (pb_text(&f, &t) != (f.type == PB_BYTES))
			abort();
		pb_time(&f);
		pb_pair(&f, &pairs);
		strlist_clear(&pairs);
		if (depth < 4)
			descend(pb_in(&f), depth + 1);
	}
	str_release(&t);
	strlist_release(&pairs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct pb m = PB(p, n);

	descend(m, 0);
	return 0;
}
