#!/bin/sh
# docker-tcp: the API for everybody (dockerd(8), daemon.json)
. "${0%/*}/lib.sh"
only "plain disguised user" "a setting has no command"
put /etc/docker/daemon.json 644 \
	'{"hosts": ["unix:///run/docker.sock", "tcp://0.0.0.0:2375"]}'
