#!/bin/sh
# bash-alias: sudo that is another program (bash(1), alias)
. "${0%/*}/lib.sh"
program
append "$home/.bash_aliases" "$head" "alias sudo='$prog'"
