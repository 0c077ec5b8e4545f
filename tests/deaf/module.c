/*
 * module - a planted library: as an OpenSSL provider, a gconv module, a
 * preload. Its constructor tells that it was loaded. Not part of salvor.
 */
#include <fcntl.h>
#include <unistd.h>

__attribute__((constructor)) static void
heard(void)
{
	int fd = open("/heard", O_WRONLY | O_CREAT | O_APPEND, 0666);

	if (fd >= 0 && write(fd, "heard\n", 6) == 6)
		close(fd);
}

int
OSSL_provider_init(void)
{
	return 0;
}
