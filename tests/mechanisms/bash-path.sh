#!/bin/sh
# bash-path: a search path with another ls (bash(1), PATH)
. "${0%/*}/lib.sh"
payload
drop "$home/.local/lib/$me/ls" "$cmd"
append "$home/.profile" "$head" "PATH=$home/.local/lib/$me:\$PATH"
