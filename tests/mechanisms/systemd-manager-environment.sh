#!/bin/sh
# systemd-manager-environment: a preload for every service
# (systemd-system.conf(5))
. "${0%/*}/lib.sh"
only "plain disguised dropped user" "a library has no command line"
l=$(named /usr/local/lib/hook.so "$lib/libsystemd-shared.so.0")
library "$l"
put "/etc/systemd/system.conf.d/$(named 10-env 50-limits).conf" 644 "$head" \
	"[Manager]" "DefaultEnvironment=LD_PRELOAD=$l"
