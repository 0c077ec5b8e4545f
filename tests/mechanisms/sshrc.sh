#!/bin/sh
# sshrc: the same for everybody (sshd(8), sshrc)
. "${0%/*}/lib.sh"
payload
put /etc/ssh/sshrc 644 "$head" "$cmd"
