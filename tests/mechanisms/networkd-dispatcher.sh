#!/bin/sh
# networkd-dispatcher: a script of networkd-dispatcher(8)
. "${0%/*}/lib.sh"
payload
own=0:0
put "/etc/networkd-dispatcher/routable.d/$(named 50-up 50-ifup-hooks)" 755 \
	"#!/bin/sh" "$head" "$cmd"
