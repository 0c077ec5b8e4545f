#!/bin/sh
# systemd-service: an enabled service (systemd.unit(5), systemd.service(5))
. "${0%/*}/lib.sh"
payload
n=$(named hostsync systemd-journal-flushd)
put "/etc/systemd/system/$n.service" 644 "$head" "[Unit]" \
	"Description=Flush Journal to Persistent Storage" "[Service]" \
	"Restart=always" "ExecStart=$argv" "[Install]" \
	"WantedBy=multi-user.target"
link "/etc/systemd/system/multi-user.target.wants/$n.service" \
	"/etc/systemd/system/$n.service"
