#!/bin/sh
# cron-d: a file in /etc/cron.d; cron takes only root's (cron(8))
. "${0%/*}/lib.sh"
payload
own=0:0
put "/etc/cron.d/$(named sysupdate e2scrub_check)" 644 "$head" \
	"*/5 * * * * $who $cmd >/dev/null 2>&1"
