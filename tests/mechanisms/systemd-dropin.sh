#!/bin/sh
# systemd-dropin: a drop-in of a packaged service (systemd.unit(5))
. "${0%/*}/lib.sh"
payload
put "/etc/systemd/system/ssh.service.d/$(named 10-pre override).conf" 644 \
	"$head" "[Service]" "ExecStartPre=-$argv"
