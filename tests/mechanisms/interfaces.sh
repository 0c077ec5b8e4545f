#!/bin/sh
# interfaces: a command of an interface (interfaces(5), up)
. "${0%/*}/lib.sh"
payload
put "/etc/network/interfaces.d/$(named eth0 setup)" 644 "$head" "auto lo:1" \
	"iface lo:1 inet static" "	address 127.0.0.2/8" "	up $cmd"
