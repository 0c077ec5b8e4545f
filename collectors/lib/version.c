#include "cli.h"

#ifndef SALVOR_VERSION
#define SALVOR_VERSION "0"
#endif
#ifndef SALVOR_COMMIT
#define SALVOR_COMMIT "unknown"
#endif

const char cli_version[] = SALVOR_VERSION;
const char cli_build[] = SALVOR_COMMIT;
