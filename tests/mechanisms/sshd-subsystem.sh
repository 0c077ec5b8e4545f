#!/bin/sh
# sshd-subsystem: another program for a subsystem (sshd_config(5),
# Subsystem)
. "${0%/*}/lib.sh"
program
put "/etc/ssh/sshd_config.d/$(named 50-sub 50-sftp).conf" 644 "$head" \
	"Subsystem netconf $prog"
