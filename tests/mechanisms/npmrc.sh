#!/bin/sh
# npmrc: a shell of npm's scripts (npmrc(5), script-shell)
. "${0%/*}/lib.sh"
program
put "$home/.npmrc" 644 "$head" "script-shell=$prog"
