#!/bin/sh
# apt-hook: a command of apt (apt.conf(5))
. "${0%/*}/lib.sh"
payload
put "/etc/apt/apt.conf.d/$(named 99up 20listchanges)" 644 \
	"${head:+//${head#\#}}" "APT::Update::Pre-Invoke {\"$cmd\";};"
