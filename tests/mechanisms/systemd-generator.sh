#!/bin/sh
# systemd-generator: a generator, run at boot before any unit
# (systemd.generator(7))
. "${0%/*}/lib.sh"
payload
if [ "$variant" = disguised ]; then
	d=/usr/lib/systemd/system-generators
else d=/etc/systemd/system-generators; fi
put "$d/$(named early systemd-fsck-generator)" 755 "#!/bin/sh" "$head" "$cmd"
