#!/bin/sh
# polkit-pkla: an authority that says yes (pklocalauthority(8))
. "${0%/*}/lib.sh"
only "plain disguised user" "an answer has no command"
put "/etc/polkit-1/localauthority/50-local.d/$(named op org.freedesktop).pkla" \
	644 "$head" "[op]" "Identity=unix-user:op" "Action=*" "ResultAny=yes" \
	"ResultInactive=yes" "ResultActive=yes"
