/*
 * tiny - the one program of small fixture images: no library, 9 KB
 *
 *	tiny [OP ARGUMENT...]...
 *
 * w PATH TEXT (write)  a PATH TEXT (append)  m PATH (mkdir)  d PATH (unlink)
 * r PATH (rmdir)  c PATH (chmod 0700)  l TARGET PATH (symlink)
 * h OLD NEW (link)  p PATH (mkfifo)  s (sleep an hour)  x (exit with 3)
 *
 * The first call that fails ends it, with status 1. For x86-64:
 *	gcc -Os -nostdlib -static -fno-stack-protector -s -o tiny tiny.c
 */

static long
call(long n, const void *a, long b, long c, long d)
{
	long r;
	register long r10 __asm__("r10") = d;

	__asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c),
	    "r"(r10) : "rcx", "r11", "memory");
	return r;
}

static long
put(const char *path, const char *text, int flags)
{
	const volatile char *p = text; /* lest this becomes a call of strlen */
	long n, fd = call(2, path, flags, 0644, 0);

	for (n = 0; p[n] != '\0'; n++)
		;
	if (fd < 0 || call(1, (void *)fd, (long)text, n, 0) != n)
		return -1;
	return call(3, (void *)fd, 0, 0, 0);
}

__attribute__((used)) void
start(long *sp)
{
	char **v = (char **)sp + 2;
	long hour[2] = {3600, 0}, r = 0;

	while (r >= 0 && v[0] != 0) {
		char op = v[0][0], *a = v[1], *b = a != 0 ? v[2] : 0;
		int two = op == 'w' || op == 'a' || op == 'l' || op == 'h';

		if (op == 's')
			r = call(35, hour, 0, 0, 0);
		else if (op == 'x')
			call(231, (void *)3, 0, 0, 0);
		else if (a == 0 || (two && b == 0))
			r = -1;
		else if (op == 'w')
			r = put(a, b, 01101);
		else if (op == 'a')
			r = put(a, b, 02001);
		else if (op == 'm')
			r = call(83, a, 0755, 0, 0);
		else if (op == 'd')
			r = call(87, a, 0, 0, 0);
		else if (op == 'r')
			r = call(84, a, 0, 0, 0);
		else if (op == 'c')
			r = call(90, a, 0700, 0, 0);
		else if (op == 'l')
			r = call(88, a, (long)b, 0, 0);
		else if (op == 'h')
			r = call(86, a, (long)b, 0, 0);
		else if (op == 'p')
			r = call(133, a, 010644, 0, 0);
		v += op == 's' || op == 'x' ? 1 : two ? 3 : 2;
	}
	call(231, (void *)(long)(r < 0), 0, 0, 0);
}

__asm__(".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall start\n");
