#!/bin/sh
# environment-bash-env: a script that every bash script reads (bash(1),
# BASH_ENV)
. "${0%/*}/lib.sh"
program
put "/etc/environment.d/$(named bash 90-locale).conf" 644 "$head" \
	"BASH_ENV=$prog"
