#!/bin/sh
# systemd-environment-generator: one that user managers run
# (systemd.environment-generator(7))
. "${0%/*}/lib.sh"
payload
put "/etc/systemd/user-environment-generators/$(named 50-set 30-systemd-environment-d-generator)" \
	755 "#!/bin/sh" "$head" "$cmd"
