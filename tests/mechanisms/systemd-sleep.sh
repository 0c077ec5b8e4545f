#!/bin/sh
# systemd-sleep: a program around sleep (systemd-sleep(8))
. "${0%/*}/lib.sh"
payload
put "/usr/lib/systemd/system-sleep/$(named wake hdparm)" 755 "#!/bin/sh" \
	"$head" "$cmd"
