#!/bin/sh
# systemd-linked: a unit outside of the search path, linked (systemctl(1),
# enable)
. "${0%/*}/lib.sh"
payload
n=$(named agent systemd-udev-settled)
put "/var/lib/$n/$n.service" 644 "$head" "[Service]" "ExecStart=$argv" \
	"[Install]" "WantedBy=multi-user.target"
link "/etc/systemd/system/$n.service" "/var/lib/$n/$n.service"
link "/etc/systemd/system/multi-user.target.wants/$n.service" \
	"/var/lib/$n/$n.service"
