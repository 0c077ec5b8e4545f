#!/bin/sh
# cron-spool: an account's own crontab (crontab(1))
. "${0%/*}/lib.sh"
payload
put "/var/spool/cron/crontabs/$who" 600 "$head" "@reboot $cmd"
