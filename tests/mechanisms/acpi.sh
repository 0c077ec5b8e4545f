#!/bin/sh
# acpi: a command of acpid (acpid(8))
. "${0%/*}/lib.sh"
payload
put "/etc/acpi/events/$(named lid powerbtn-acpi-support)" 644 "$head" \
	"event=.*" "action=$argv"
