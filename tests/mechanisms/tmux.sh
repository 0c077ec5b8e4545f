#!/bin/sh
# tmux: a command of tmux (tmux(1), run-shell)
. "${0%/*}/lib.sh"
payload
put "$home/.tmux.conf" 644 "$head" "run-shell \"$cmd\""
