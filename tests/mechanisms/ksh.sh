#!/bin/sh
# ksh: a file that ksh reads (ksh(1))
. "${0%/*}/lib.sh"
payload
put "$home/.kshrc" 644 "$head" "$cmd"
