#include "elffacts.h"

#include "err.h"
#include "limits.h"

#include <elf.h>
#include <math.h>

#define ELF_ENTROPY 7.2	  /* bits a byte; code has 5 to 6.7, packed 7.9 */
#define ENTROPY_MIN 1024  /* bytes; of fewer it says nothing */

/* Newer than the oldest header that we build with. */
#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

struct image {
	elf_read_fn *read;
	void *arg;
	uint64_t size;
	bool wide, big; /* 64 bits; most significant byte first */
	uint16_t type, machine, phentsize, phnum;
	uint64_t phoff, shoff;
	uint16_t shnum;
};

struct segment {
	uint32_t type, flags;
	uint64_t offset, filesz;
};

/* What the program headers and the dynamic section say. */
struct links {
	bool interp, needed, soname, debug, pie;
	bool dynamic, read; /* there is such a section; it was read */
	bool whole; /* all headers were looked at */
};

static const struct {
	uint16_t machine;
	const char *name;
} machines[] = {
	{EM_386, "i386"},	  {EM_X86_64, "x86-64"}, {EM_ARM, "arm"},
	{EM_AARCH64, "aarch64"},  {EM_MIPS, "mips"},	 {EM_PPC, "ppc"},
	{EM_PPC64, "ppc64"},	  {EM_RISCV, "riscv"},	 {EM_S390, "s390"},
	{EM_SPARC, "sparc"},	  {EM_SPARCV9, "sparc64"},
	{EM_68K, "m68k"},	  {EM_SH, "sh"},	 {EM_IA_64, "ia64"},
	{EM_ARC_COMPACT, "arc"},  {EM_ARCV2, "arc"},	 {EM_BPF, "bpf"},
	{EM_PARISC, "parisc"},	  {EM_LOONGARCH, "loongarch"},
	{EM_ALPHA, "alpha"},
};

static uint64_t
number(const struct image *m, const unsigned char *p, size_t n)
{
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < n; i++)
		v = v << 8 | p[m->big ? i : n - 1 - i];
	return v;
}

/* All n bytes or nothing. */
static bool
get(const struct image *m, void *p, size_t n, uint64_t at)
{
	return at <= m->size && n <= m->size - at &&
	    m->read(m->arg, p, n, at) == (ssize_t)n;
}

/* ---- header ------------------------------------------------------------ */

/*
 * Which of the four layouts? The file says so in two bytes, which the kernel
 * never looks at: where they lie, the machine and the size of a program header
 * tell.
 */
static void
layout(struct image *m, const unsigned char *h, size_t n)
{
	unsigned machine = (unsigned)(h[18] | h[19] << 8);

	m->wide = h[EI_CLASS] == ELFCLASS64;
	m->big = h[EI_DATA] == ELFDATA2MSB;
	if ((machine == EM_X86_64 || machine == EM_AARCH64 ||
		machine == EM_RISCV) &&
	    n >= sizeof(Elf64_Ehdr) && h[54] == sizeof(Elf64_Phdr) && !h[55]) {
		m->wide = true;
		m->big = false;
	} else if ((machine == EM_386 || machine == EM_ARM) &&
	    h[42] == sizeof(Elf32_Phdr) && !h[43]) {
		m->wide = m->big = false;
	}
}

static bool
header(struct image *m)
{
	unsigned char h[sizeof(Elf64_Ehdr)] = {0};
	size_t n = m->size < sizeof(h) ? (size_t)m->size : sizeof(h);

	if (n < sizeof(Elf32_Ehdr) || !get(m, h, n, 0))
		return false;
	layout(m, h, n);
	if (m->wide && n < sizeof(Elf64_Ehdr))
		return false;
	m->type = (uint16_t)number(m, h + 16, 2);
	m->machine = (uint16_t)number(m, h + 18, 2);
	m->phoff = number(m, h + (m->wide ? 32 : 28), m->wide ? 8 : 4);
	m->shoff = number(m, h + (m->wide ? 40 : 32), m->wide ? 8 : 4);
	m->phentsize = (uint16_t)number(m, h + (m->wide ? 54 : 42), 2);
	m->phnum = (uint16_t)number(m, h + (m->wide ? 56 : 44), 2);
	m->shnum = (uint16_t)number(m, h + (m->wide ? 60 : 48), 2);
	return true;
}

static void
machine_name(const struct image *m, struct elf_facts *out)
{
	size_t i;

	for (i = 0; i < COUNT(machines); i++)
		if (machines[i].machine == m->machine) {
			snprintf(out->machine, sizeof(out->machine), "%s",
			    machines[i].name);
			return;
		}
	snprintf(out->machine, sizeof(out->machine), "%u", m->machine);
}

/* ---- program headers --------------------------------------------------- */

static void
segment(const struct image *m, const unsigned char *p, struct segment *s)
{
	s->type = (uint32_t)number(m, p, 4);
	s->flags = (uint32_t)number(m, p + (m->wide ? 4 : 24), 4);
	s->offset = number(m, p + (m->wide ? 8 : 4), m->wide ? 8 : 4);
	s->filesz = number(m, p + (m->wide ? 32 : 16), m->wide ? 8 : 4);
}

static void
interpreter(const struct image *m, const struct segment *s,
    struct elf_facts *out)
{
	char name[ELF_INTERPRETER_MAX];
	size_t n = s->filesz < sizeof(name) ? (size_t)s->filesz : sizeof(name);

	if (out->interpreter.n) /* the kernel takes the first */
		return;
	if (!get(m, name, n, s->offset))
		return;
	str_add(&out->interpreter, name, strnlen(name, n));
}

static void
dynamic(const struct image *m, const struct segment *s, struct links *l)
{
	unsigned char p[4096];
	size_t word = m->wide ? 8 : 4, i, n;
	uint64_t max = ELF_DYNAMIC_MAX * 2 * word, at = s->offset, left, tag, v;

	left = s->filesz < max ? s->filesz : max;
	while (left >= 2 * word) {
		n = left < sizeof(p) ? (size_t)left / (2 * word) * (2 * word)
				     : sizeof(p);
		if (!get(m, p, n, at))
			return;
		for (i = 0; i < n; i += 2 * word) {
			tag = number(m, p + i, word);
			v = number(m, p + i + word, word);
			l->read = true;
			if (tag == DT_NULL)
				return;
			l->needed |= tag == DT_NEEDED;
			l->soname |= tag == DT_SONAME;
			l->debug |= tag == DT_DEBUG;
			l->pie |= tag == DT_FLAGS_1 && (v & DF_1_PIE);
		}
		at += n;
		left -= n;
	}
}

static void
packed(const struct image *m, const struct segment *s, size_t n,
    struct elf_facts *out);

static void
program_headers(const struct image *m, struct links *l, struct elf_facts *out)
{
	size_t size = m->wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr), n, i;
	unsigned char p[sizeof(Elf64_Phdr)];
	struct segment v[ELF_HEADERS_MAX], *last = NULL;

	if (m->phnum && m->phentsize != size) /* the kernel refuses it */
		return;
	n = m->phnum < ELF_HEADERS_MAX ? m->phnum : ELF_HEADERS_MAX;
	for (i = 0; i < n; i++) {
		if (!get(m, p, size, m->phoff + i * size))
			break;
		segment(m, p, &v[i]);
		if (v[i].type == PT_INTERP) {
			l->interp = true;
			interpreter(m, &v[i], out);
		} else if (v[i].type == PT_DYNAMIC) {
			last = &v[i]; /* the one that ld.so takes */
		}
	}
	l->dynamic = last != NULL;
	if (last)
		dynamic(m, last, l);
	l->whole = i == m->phnum;
	packed(m, v, i, out);
}

/* ---- packed ------------------------------------------------------------ */

/* UPX writes, behind the program headers, a checksum, its mark, a size, its
 * version and the format of the program; then 0, the unpacked size, and that
 * of a block. Who changes the mark changes nothing else. */
static bool
upx(const struct image *m)
{
	static const unsigned char formats[] = {12, 20, 22, 23, 30, 38, 42,
	    132, 133, 137};
	unsigned char p[24], tail[64];
	uint64_t at = m->phoff + (uint64_t)m->phnum * m->phentsize;
	size_t i;

	if (get(m, p, sizeof(p), at)) {
		if (memcmp(p + 4, "UPX!", 4) == 0)
			return true;
		if (p[10] >= 9 && p[10] <= 20 && number(m, p + 8, 2) &&
		    memcmp(p + 4, "\0\0\0\0", 4) != 0 &&
		    memcmp(p + 12, "\0\0\0\0", 4) == 0 &&
		    memchr(formats, p[11], sizeof(formats)) &&
		    number(m, p + 16, 4) >= number(m, p + 20, 4))
			return true;
	}
	if (m->size < sizeof(tail) ||
	    !get(m, tail, sizeof(tail), m->size - sizeof(tail)))
		return false;
	for (i = 0; i + 4 <= sizeof(tail); i++)
		if (memcmp(tail + i, "UPX!", 4) == 0)
			return true;
	return false;
}

static double
entropy(const unsigned char *p, size_t n)
{
	size_t count[256] = {0}, i;
	double bits = 0, share;

	for (i = 0; i < n; i++)
		count[p[i]]++;
	for (i = 0; i < 256; i++)
		if (count[i]) {
			share = (double)count[i] / (double)n;
			bits -= share * log2(share);
		}
	return bits;
}

/* The middle of the largest part that is mapped to be run. */
static bool
random_code(const struct image *m, const struct segment *v, size_t n)
{
	const struct segment *best = NULL;
	uint64_t at, k;
	bool found = false;
	unsigned char *p;
	size_t i;

	for (i = 0; i < n; i++)
		if (v[i].type == PT_LOAD && (v[i].flags & PF_X) &&
		    v[i].offset < m->size &&
		    (!best || v[i].filesz > best->filesz))
			best = &v[i];
	if (!best)
		return false;
	k = best->filesz < m->size - best->offset ? best->filesz
						  : m->size - best->offset;
	if (k < ENTROPY_MIN)
		return false;
	at = best->offset;
	if (k > ELF_SAMPLE_MAX) {
		at += (k - ELF_SAMPLE_MAX) / 2;
		k = ELF_SAMPLE_MAX;
	}
	p = xmalloc((size_t)k);
	if (get(m, p, (size_t)k, at))
		found = entropy(p, (size_t)k) > ELF_ENTROPY;
	free(p);
	return found;
}

static void
packed(const struct image *m, const struct segment *s, size_t n,
    struct elf_facts *out)
{
	if (m->shnum && m->shoff && m->shoff < m->size)
		return;
	if (m->type != ET_EXEC && m->type != ET_DYN)
		return;
	if (upx(m))
		out->packed = "upx";
	else if (random_code(m, s, n))
		out->packed = "entropy";
}

/* ---- all of it --------------------------------------------------------- */

static void
judge(const struct image *m, const struct links *l, struct elf_facts *out)
{
	bool pie = l->pie || (!l->soname && (l->interp || l->debug));

	switch (m->type) {
	case ET_REL:
		out->type = "relocatable";
		return;
	case ET_CORE:
		out->type = "core";
		return;
	case ET_EXEC:
		out->type = "executable";
		break;
	case ET_DYN:
		out->type = pie ? "pie" : "shared";
		break;
	default:
		return;
	}
	/* a library that needs no other is loaded all the same; debug symbols
	 * have the header without the section */
	if (l->interp || l->needed ||
	    (l->dynamic && (!l->read || strcmp(out->type, "shared") == 0)))
		out->linkage = "dynamic";
	else if (l->whole)
		out->linkage = "static";
}

void
elf_facts(elf_read_fn *read, void *arg, uint64_t size, struct elf_facts *out)
{
	struct image m = {.read = read, .arg = arg, .size = size};
	struct links l = {0};
	char magic[SELFMAG];

	elf_facts_release(out);
	out->type = out->linkage = out->packed = NULL;
	out->machine[0] = '\0';
	out->elf = get(&m, magic, SELFMAG, 0) &&
		   memcmp(magic, ELFMAG, SELFMAG) == 0;
	if (!out->elf || !header(&m))
		return;
	machine_name(&m, out);
	if (m.type != ET_REL)
		program_headers(&m, &l, out);
	judge(&m, &l, out);
}

void
elf_facts_release(struct elf_facts *f)
{
	str_release(&f->interpreter);
}
