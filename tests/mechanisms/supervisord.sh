#!/bin/sh
# supervisord: a program of supervisord (its configuration)
. "${0%/*}/lib.sh"
payload
put "/etc/supervisor/conf.d/$(named worker cron).conf" 644 "$head" \
	"[program:worker]" "command=$argv" "autorestart=true"
