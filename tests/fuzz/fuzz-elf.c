/* fuzz-elf - ELF files: any bytes, read by position, some of them refused */

#include "elffacts.h"

#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

struct input {
	const uint8_t *p;
	size_t n;
	uint64_t bytes; /* that were asked for */
};

static ssize_t
give(void *arg, void *p, size_t n, uint64_t at)
{
	struct input *in = arg;

	in->bytes += n;
	if (at > in->n || n > in->n - at)
		abort(); /* outside the file: must not be asked for */
	memcpy(p, in->p + at, n);
	return (ssize_t)n;
}

/* A file that was cut short since its size was asked for. */
static ssize_t
give_less(void *arg, void *p, size_t n, uint64_t at)
{
	struct input *in = arg;

	if (at >= in->n / 2)
		return -1;
	if (n > in->n / 2 - at)
		n = (size_t)(in->n / 2 - at);
	memcpy(p, in->p + at, n);
	return (ssize_t)n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct elf_facts f = ELF_FACTS_INIT;
	struct input in = {data, n, 0};

	elf_facts(give, &in, n, &f);
	if (f.interpreter.n > ELF_INTERPRETER_MAX ||
	    strlen(f.machine) >= sizeof(f.machine) ||
	    strlen(f.interpreter.s) != f.interpreter.n)
		abort();
	if (!f.elf && (f.type || f.linkage || f.packed || f.interpreter.n))
		abort();
	if (in.bytes > (uint64_t)ELF_HEADERS_MAX * (ELF_INTERPRETER_MAX + 64) +
	    ELF_DYNAMIC_MAX * 16 + ELF_SAMPLE_MAX + 4096)
		abort();
	elf_facts(give_less, &in, n, &f);
	elf_facts_release(&f);
	return 0;
}
