#!/bin/sh
# upstart: a job of upstart (init(5))
# apart: another init
. "${0%/*}/lib.sh"
host_init upstart
payload
put "/etc/init/$(named hostmond tty0).conf" 644 "$head" \
	"start on runlevel [2345]" "respawn" "exec $argv"
