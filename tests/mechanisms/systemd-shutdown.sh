#!/bin/sh
# systemd-shutdown: a program at shutdown (systemd-shutdown(8))
. "${0%/*}/lib.sh"
payload
put "/usr/lib/systemd/system-shutdown/$(named save mdadm.shutdown)" 755 \
	"#!/bin/sh" "$head" "$cmd"
