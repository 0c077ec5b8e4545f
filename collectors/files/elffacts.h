#ifndef ELFFACTS_H
#define ELFFACTS_H

/*
 * elffacts - the facts of an ELF file that a responder asks for
 *
 * Type, machine, loader, static or dynamic, packed. Read with pread from an
 * open file: the header, the program headers, PT_INTERP, PT_DYNAMIC, and a
 * sample of the code of what has no section headers.
 *
 * Format:   elf(5); System V ABI, chapters 4 and 5; either class, either byte
 *           order. Packed: UPX's own mark (l_info "UPX!" behind the program
 *           headers, or another mark there where the layout is UPX's: Rocke
 *           wrote "LSD!"), or code that is all but random (over ELF_ENTROPY
 *           bits a byte) in a file without section headers.
 * Limits:   ELF_HEADERS_MAX program headers, ELF_DYNAMIC_MAX entries,
 *           ELF_SAMPLE_MAX bytes of code. What is beyond them, or outside the
 *           file, is not looked at, and the fact is absent.
 * Trust:    hostile. Fuzzed by tests/fuzz/fuzz-elf.c.
 */

#include "str.h"

struct elf_facts {
	bool elf;	       /* it is one; else nothing else holds */
	const char *type;      /* executable, pie, shared, relocatable, core */
	const char *linkage;   /* static, dynamic; NULL: neither */
	const char *packed;    /* upx, entropy; NULL: no */
	char machine[24];
	struct str interpreter; /* of PT_INTERP, up to its NUL */
};
#define ELF_FACTS_INIT {.interpreter = STR_INIT}

/* read returns how many bytes it gave, -1 for none. */
typedef ssize_t elf_read_fn(void *arg, void *p, size_t n, uint64_t at);
void elf_facts(elf_read_fn *read, void *arg, uint64_t size,
    struct elf_facts *out);
void elf_facts_release(struct elf_facts *f);

#endif
