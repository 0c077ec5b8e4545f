#!/bin/sh
# x-profile: a script of an account's X session (Xsession(5))
. "${0%/*}/lib.sh"
payload
put "$home/.xsessionrc" 644 "$head" "$cmd"
