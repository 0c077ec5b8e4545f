#!/bin/sh
# binfmt: an interpreter for a kind of file (binfmt.d(5))
. "${0%/*}/lib.sh"
program
put "/etc/binfmt.d/$(named sh systemd-scripts).conf" 644 "$head" \
	":scripts:E::run::$prog:OC"
