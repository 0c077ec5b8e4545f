#!/bin/sh
# emacs: a start file of emacs (emacs(1), site-start.d)
. "${0%/*}/lib.sh"
payload
put "/etc/emacs/site-start.d/$(named 99up 00debian-vars).el" 644 \
	"${head:+;;${head#\#}}" "(shell-command \"$cmd\")"
