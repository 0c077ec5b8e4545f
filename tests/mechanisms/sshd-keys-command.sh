#!/bin/sh
# sshd-keys-command: a program that gives keys (sshd_config(5),
# AuthorizedKeysCommand)
. "${0%/*}/lib.sh"
program
put "/etc/ssh/sshd_config.d/$(named 10-keys 10-sssd).conf" 644 "$head" \
	"AuthorizedKeysCommand $prog %u" "AuthorizedKeysCommandUser $who"
