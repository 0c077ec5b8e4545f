#!/bin/sh
# apache-log: a program that gets the log (Apache, piped logs)
. "${0%/*}/lib.sh"
payload
put "/etc/apache2/conf-enabled/$(named up other-vhosts-access-log).conf" 644 \
	"$head" "CustomLog \"|$argv\" combined"
