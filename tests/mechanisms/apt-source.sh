#!/bin/sh
# apt-source: an archive that is believed without a key (sources.list(5))
. "${0%/*}/lib.sh"
only "plain disguised user" "an archive has no command"
put "/etc/apt/sources.list.d/$(named x debian-backports).list" 644 "$head" \
	"deb [trusted=yes] http://192.0.2.7/debian bookworm main"
