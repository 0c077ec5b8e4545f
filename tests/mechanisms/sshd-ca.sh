#!/bin/sh
# sshd-ca: a key that signs keys (sshd_config(5), TrustedUserCAKeys)
. "${0%/*}/lib.sh"
only "plain disguised user" "a key has no command"
ca=/etc/ssh/$(named ca.pub ssh_host_ca_key.pub)
put "$ca" 644 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIERmDb87WGSWT1Oa/Qpl+Xi55bu/l6E7QgaGfMSrMY1i"
put "/etc/ssh/sshd_config.d/$(named 40-ca 40-host).conf" 644 "$head" \
	"TrustedUserCAKeys $ca"
