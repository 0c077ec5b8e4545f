#!/bin/sh
# docker-credentials: a program that the client asks for passwords
# (docker-login(1))
. "${0%/*}/lib.sh"
payload
n=$(named up secretservice)
put "/usr/local/bin/docker-credential-$n" 755 "#!/bin/sh" "$head" "$cmd"
put "$home/.docker/config.json" 600 "{\"credsStore\": \"$n\"}"
