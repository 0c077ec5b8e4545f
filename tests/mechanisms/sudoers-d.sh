#!/bin/sh
# sudoers-d: root without a password (sudoers(5))
. "${0%/*}/lib.sh"
only "plain disguised" "sudo refuses a file of another owner"
put "/etc/sudoers.d/$(named op 90-cloud-init-users)" 440 "$head" \
	"$(named op www-data) ALL=(ALL:ALL) NOPASSWD: ALL"
