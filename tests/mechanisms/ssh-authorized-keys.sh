#!/bin/sh
# ssh-authorized-keys: a key (sshd(8), AUTHORIZED_KEYS)
. "${0%/*}/lib.sh"
only "plain disguised user" "a key has no command"
append "$home/.ssh/authorized_keys" \
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIARmDb87WGSWT1Oa/Qpl+Xi55bu/l6E7QgaGfMSrMY1i $(named up root@backup.example.org)"
