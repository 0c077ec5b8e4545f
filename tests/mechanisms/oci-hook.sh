#!/bin/sh
# oci-hook: a program at every container (oci-hooks(5))
. "${0%/*}/lib.sh"
program
put "/etc/containers/oci/hooks.d/$(named up oci-systemd-hook).json" 644 \
	"{\"version\": \"1.0.0\", \"hook\": {\"path\": \"$prog\"}," \
	"\"when\": {\"always\": true}, \"stages\": [\"prestart\"]}"
