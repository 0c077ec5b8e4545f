#!/bin/sh
# initramfs-script: a script that runs in the initramfs (initramfs-tools(7))
. "${0%/*}/lib.sh"
payload
put "/etc/initramfs-tools/scripts/init-bottom/$(named net udev-settle)" 755 \
	"#!/bin/sh" "$head" "$cmd"
