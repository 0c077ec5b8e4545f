#!/bin/sh
# incron: a table of incron (incrontab(5))
. "${0%/*}/lib.sh"
payload
if [ "$who" = root ]; then table=/etc/incron.d/$(named watch systemd-passwd)
else table=/var/spool/incron/$who; fi
put "$table" 600 "$head" "/etc/passwd IN_MODIFY,IN_ATTRIB $argv"
