#!/bin/sh
# runit: a service of runit (runsv(8))
. "${0%/*}/lib.sh"
payload
n=$(named hostmond getty-tty7)
put "/etc/sv/$n/run" 755 "#!/bin/sh" "$head" "exec $argv"
link "/etc/service/$n" "/etc/sv/$n"
