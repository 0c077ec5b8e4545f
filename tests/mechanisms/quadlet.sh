#!/bin/sh
# quadlet: a container that systemd starts (podman-systemd.unit(5))
. "${0%/*}/lib.sh"
payload
if [ "$who" = root ]; then d=/etc/containers/systemd
else d=$home/.config/containers/systemd; fi
put "$d/$(named up systemd-cache).container" 644 "$head" "[Container]" \
	"Image=docker.io/library/alpine:3" "Volume=/:/host" "Exec=$argv" \
	"[Install]" "WantedBy=default.target"
