#!/bin/sh
# grub-script: a script that makes grub.cfg (grub-mkconfig(8))
. "${0%/*}/lib.sh"
payload
put "/etc/grub.d/$(named 09_local 06_debian_theme)" 755 "#!/bin/sh" "$head" "$cmd"
