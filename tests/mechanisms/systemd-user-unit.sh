#!/bin/sh
# systemd-user-unit: a service of an account's own manager (systemd.unit(5))
. "${0%/*}/lib.sh"
payload
n=$(named tracker gpg-agent-sync)
put "$home/.config/systemd/user/$n.service" 644 "$head" "[Service]" \
	"ExecStart=$argv" "[Install]" "WantedBy=default.target"
link "$home/.config/systemd/user/default.target.wants/$n.service" \
	"$home/.config/systemd/user/$n.service"
