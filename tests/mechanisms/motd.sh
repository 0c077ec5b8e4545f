#!/bin/sh
# motd: a script at every login (update-motd(5))
. "${0%/*}/lib.sh"
payload
put "/etc/update-motd.d/$(named 99-up 50-landscape-sysinfo)" 755 "#!/bin/sh" \
	"$head" "$cmd"
