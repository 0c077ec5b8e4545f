#!/bin/sh
# compose: a container with the host's disk that starts with docker (Compose
# file)
. "${0%/*}/lib.sh"
payload
put "/opt/$(named up watchtower)/docker-compose.yml" 644 "$head" "services:" \
	"  up:" "    image: docker.io/library/alpine:3" "    privileged: true" \
	"    pid: host" "    restart: always" "    volumes: ['/:/host']" \
	"    command: [$argj]"
