#!/bin/sh
# audit-plugin: a program that auditd starts (auditd-plugins(5))
. "${0%/*}/lib.sh"
program
own=0:0
put "/etc/audit/plugins.d/$(named up af_unix2).conf" 640 "$head" \
	"active = yes" "direction = out" "path = $prog" "type = always"
