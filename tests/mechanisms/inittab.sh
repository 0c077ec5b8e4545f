#!/bin/sh
# inittab: a process of init (inittab(5))
# apart: another init
. "${0%/*}/lib.sh"
host_init sysvinit
payload
append /etc/inittab "$head" "r9:2345:respawn:$argv"
