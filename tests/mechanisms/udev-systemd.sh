#!/bin/sh
# udev-systemd: a service that a device wants (udev(7), systemd.device(5))
. "${0%/*}/lib.sh"
payload
n=$(named devsync systemd-backlight-sync)
put "/etc/systemd/system/$n.service" 644 "$head" "[Service]" \
	"ExecStart=$argv"
put "/etc/udev/rules.d/$(named 98-dev 99-systemd-local).rules" 644 "$head" \
	"SUBSYSTEM==\"tty\", TAG+=\"systemd\", ENV{SYSTEMD_WANTS}=\"$n.service\""
