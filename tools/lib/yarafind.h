#ifndef YARAFIND_H
#define YARAFIND_H

/*
 * yarafind - where in some bytes may a string of the rules be?
 *
 * libyara looks for the atoms (two to four bytes of each string) with an
 * automaton, a transition a byte, and then verifies each place where one ends.
 * Here a filter of a few kilobytes says first where none begins, which is
 * nearly everywhere, and only the places left are asked of libyara's own
 * automaton and verified by libyara's own code, in its order: what is found
 * is the same, a few times faster (tests/test-yarafind.c compares).
 *
 * It needs functions of libyara that only its static library has; with the
 * shared one (sanitizer builds) yarafind_new has NULL.
 *
 * Calling:   yarafind_new for compiled rules; yarafind_run where libyara would
 *            look through a block.
 * Ownership: rules are borrowed until yarafind_free.
 * Limits:    none of its own; scanner->timeout holds.
 * Trust:     rules are ours; bytes are hostile, to be used in a worker.
 */

#include <yara.h>

struct yarafind;

/* NULL: not for these rules (a string that has no atom of two bytes). */
struct yarafind *yarafind_new(const YR_RULES *rules);
void yarafind_free(struct yarafind *f);

/*
 * What libyara does with a block: the entry point is looked for if none is
 * known, and matches are added to the scanner. Returns an ERROR_ of libyara's.
 */
int yarafind_run(const struct yarafind *f, YR_SCANNER *scanner,
    const uint8_t *p, size_t n, uint64_t base);

#endif
