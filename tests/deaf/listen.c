/*
 * listen - a static program that listens to everything it should not
 *
 * The control of law 8: t-laws.sh runs it where the traps of plant.sh are
 * laid, to see that the traps work. Not part of salvor.
 */
#include <dlfcn.h>
#include <iconv.h>
#include <locale.h>
#include <netdb.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pwd.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int
main(void)
{
	time_t now = time(NULL);
	struct tm *tm = localtime(&now);

	setlocale(LC_ALL, "");
	OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL);
	EVP_MD_free(EVP_MD_fetch(NULL, "SHA256", NULL));
	printf("%d %d\n", tm != NULL, getpwnam("nobody") != NULL);
	printf("%d\n", iconv_open("TRAP", "UTF-8") != (iconv_t)-1);
	printf("%d\n", dlopen("/trap/module.so", RTLD_NOW) != NULL);
	printf("%ld\n", sysconf(_SC_NPROCESSORS_ONLN));
	return 0;
}
