#!/bin/sh
# ld-so-conf: a folder of libraries before the system's (ldconfig(8))
. "${0%/*}/lib.sh"
only "plain disguised user" "a library has no command line"
d=$(named /opt/lib "$lib/gconv-extra")
library "$d/libz.so.1"
put "/etc/ld.so.conf.d/$(named 0local 000-glibc).conf" 644 "$head" "$d"
