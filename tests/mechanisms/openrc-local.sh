#!/bin/sh
# openrc-local: a script of OpenRC's local service (openrc local.d)
. "${0%/*}/lib.sh"
payload
put "/etc/local.d/$(named up sysctl).start" 755 "#!/bin/sh" "$head" "$cmd"
