#!/bin/sh
# docker-plugin: a command of the docker client (docker, cli-plugins)
. "${0%/*}/lib.sh"
payload
if [ "$who" = root ]; then d=/usr/local/lib/docker/cli-plugins
else d=$home/.docker/cli-plugins; fi
put "$d/docker-$(named up buildx)" 755 "#!/bin/sh" "$head" "$cmd"
