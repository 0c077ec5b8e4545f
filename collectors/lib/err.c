#include "err.h"

#include "str.h"

#include <errno.h>

const char *progname = "salvor";

int
err_set(struct err *e, enum err_class class, int sys, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -1;
	e->class = class;
	e->sys = sys;
	e->fine = false;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	return -1;
}

enum err_class
err_class_of(int sys)
{
	switch (sys) {
	case 0:
		return ERR_NONE;
	case ENOENT:
	case ENOTDIR:
	case ESRCH:
	case ENXIO:
		return ERR_ABSENT;
	case EACCES:
	case EPERM:
	case EROFS:
		return ERR_DENIED;
	case ELOOP:
	case ENAMETOOLONG:
	case E2BIG:
	case EFBIG:
	case EOVERFLOW:
		return ERR_LIMIT;
	case ENOSYS:
	case EOPNOTSUPP:
		return ERR_UNSUPPORTED;
	case ENOMEM:
	case EMFILE:
	case ENFILE:
	case EBADF:
	case EFAULT:
	case ENOSPC:
	case EPIPE:
		return ERR_OURS;
	case ESTALE:
		return ERR_CHANGED;
	default: /* EIO, EUCLEAN, EBADMSG, EINVAL: the medium or its format */
		return ERR_CORRUPT;
	}
}

int
err_sys(struct err *e, int sys, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	if (!e)
		return -1;
	e->class = err_class_of(sys);
	e->sys = sys;
	e->fine = false;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	if (n + 3 < sizeof(e->msg))
		snprintf(e->msg + n, sizeof(e->msg) - n, ": %s",
		    strerror(sys));
	return -1;
}

int
err_wrap(struct err *e, const char *fmt, ...)
{
	char old[sizeof(e->msg)];
	va_list ap;
	size_t n;

	if (!e)
		return -1;
	memcpy(old, e->msg, sizeof(old));
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	if (n + 3 < sizeof(e->msg))
		snprintf(e->msg + n, sizeof(e->msg) - n, ": %.200s", old);
	return -1;
}

const char *
err_class_name(enum err_class class)
{
	switch (class) {
	case ERR_NONE:
		return "none";
	case ERR_ABSENT:
		return "absent";
	case ERR_DENIED:
		return "denied";
	case ERR_CORRUPT:
		return "corrupt";
	case ERR_LIMIT:
		return "limit";
	case ERR_CHANGED:
		return "changed";
	case ERR_UNSUPPORTED:
		return "unsupported";
	case ERR_CRASHED:
		return "crashed";
	case ERR_OURS:
		break;
	}
	return "ours";
}

const char *
err_errno_name(int sys)
{
	const char *s = sys ? strerrorname_np(sys) : "";

	return s ? s : "?";
}

static void vwarn_msg(const char *fmt, va_list ap) PRINTF(1, 0);

static void
vwarn_msg(const char *fmt, va_list ap)
{
	struct str raw cleanup_str = STR_INIT, out cleanup_str = STR_INIT;
	va_list ap2;
	int n;

	va_copy(ap2, ap);
	n = vsnprintf(NULL, 0, fmt, ap2);
	va_end(ap2);
	if (n < 0)
		return;
	str_grow(&raw, (size_t)n);
	vsnprintf(raw.s, (size_t)n + 1, fmt, ap);
	str_adds(&out, progname);
	str_adds(&out, ": ");
	str_add_visible(&out, raw.s, (size_t)n);
	str_addc(&out, '\n');
	if (write(STDERR_FILENO, out.s, out.n) < 0)
		return; /* nobody is left to tell */
}

void
warn_msg(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vwarn_msg(fmt, ap);
	va_end(ap);
}

void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vwarn_msg(fmt, ap);
	va_end(ap);
	_exit(3);
}

void *
xmalloc(size_t n)
{
	void *p = malloc(n ? n : 1);

	if (!p)
		die("out of memory");
	return p;
}

void *
xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		die("out of memory");
	return p;
}

void *
xrealloc(void *p, size_t n)
{
	p = realloc(p, n ? n : 1);
	if (!p)
		die("out of memory");
	return p;
}

void *
xreallocarray(void *p, size_t n, size_t size)
{
	p = reallocarray(p, n ? n : 1, size ? size : 1);
	if (!p)
		die("out of memory");
	return p;
}

char *
xstrdup(const char *s)
{
	return xmemdup(s, strlen(s));
}

char *
xmemdup(const void *p, size_t n)
{
	char *d = xmalloc(n + 1);

	if (n)
		memcpy(d, p, n);
	d[n] = '\0';
	return d;
}
