#!/bin/sh
# init-script-changed: a packaged script of init.d with one line more
# (update-rc.d(8))
# apart: another init
. "${0%/*}/lib.sh"
host_init sysvinit
payload
change /etc/init.d/cron "2i $cmd"
