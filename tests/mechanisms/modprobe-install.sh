#!/bin/sh
# modprobe-install: a command instead of a module (modprobe.d(5))
. "${0%/*}/lib.sh"
payload
put "/etc/modprobe.d/$(named usb blacklist-rare-network).conf" 644 "$head" \
	"install usb-storage $cmd; /sbin/modprobe --ignore-install usb-storage"
