#!/bin/sh
# apt-dpkg-hook: a command of apt before dpkg, in a packaged file
# (apt.conf(5))
. "${0%/*}/lib.sh"
payload
append "/etc/apt/apt.conf.d/01autoremove" "DPkg::Post-Invoke {\"$cmd\";};"
