#!/bin/sh
# doas: root without a password (doas.conf(5))
. "${0%/*}/lib.sh"
only "plain disguised" "doas refuses a file of another owner"
put /etc/doas.conf 400 "$head" "permit nopass $(named op www-data)"
