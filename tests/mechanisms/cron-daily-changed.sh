#!/bin/sh
# cron-daily-changed: a packaged script of cron.daily with one line more
# (cron(8))
. "${0%/*}/lib.sh"
payload
append /etc/cron.daily/dpkg "$cmd"
