#!/bin/sh
# initramfs-hook: a hook of update-initramfs (initramfs-tools(7))
. "${0%/*}/lib.sh"
payload
put "/etc/initramfs-tools/hooks/$(named net kmodules)" 755 "#!/bin/sh" \
	"$head" 'case $1 in prereqs) exit 0 ;; esac' "$cmd"
