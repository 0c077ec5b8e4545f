#!/bin/sh
# systemd-packaged-changed: a line more in a packaged unit
# (systemd.service(5))
. "${0%/*}/lib.sh"
payload
append /usr/lib/systemd/system/cron.service "[Service]" "ExecStartPost=-$argv"
