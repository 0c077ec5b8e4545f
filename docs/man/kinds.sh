#!/bin/sh
# kinds.sh - put the kinds and columns of kinds.def into stream.5 again
set -eu
cd "$(dirname "$0")"
new=$(mktemp)
trap 'rm -f "$new"' EXIT
sed '/^\.\\" kinds.awk: begin/q' stream.5 >"$new"
awk -f kinds.awk ../../collectors/lib/kinds.def >>"$new"
sed -n '/^\.\\" kinds.awk: end/,$p' stream.5 >>"$new"
cat "$new" >stream.5
