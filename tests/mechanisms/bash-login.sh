#!/bin/sh
# bash-login: a file that bash reads before .profile (bash(1))
. "${0%/*}/lib.sh"
payload
put "$home/.bash_login" 644 "$head" "$cmd" ". ~/.profile"
