#!/bin/sh
# sshd-environment: a preload of a login (sshd_config(5),
# PermitUserEnvironment)
. "${0%/*}/lib.sh"
only "plain disguised dropped user" "a library has no command line"
l=$(named "$home/.ssh/agent.so" "$lib/libssh-agent.so.1")
library "$l"
put "/etc/ssh/sshd_config.d/$(named 30-env 30-locale).conf" 644 "$head" \
	"PermitUserEnvironment yes"
put "$home/.ssh/environment" 600 "LD_PRELOAD=$l"
