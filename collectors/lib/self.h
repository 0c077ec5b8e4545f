#ifndef SELF_H
#define SELF_H

/*
 * self - what a program has of its kernel, also of an old one, in an empty
 * root and without /proc
 */

#include "str.h"

struct err;

/* The path of the running executable: of /proc/self/exe, or, where no /proc
 * is mounted, of what execve was given (AT_EXECFN), with links resolved. Ask
 * before the working directory changes. e is of class ERR_OURS. */
int self_path(struct str *out, struct err *e);

/* n bytes (at most 32) that nobody can guess: getrandom, which Linux has
 * since 3.17; /dev/urandom; without both, what the kernel gave this process
 * at its start (AT_RANDOM), digested, since libc guards its stack with it. */
int self_random(void *out, size_t n, struct err *e);

#endif
