#!/bin/sh
# rules.sh - put the rules of the packs, by their titles, into case-match.1 again
set -eu
cd "$(dirname "$0")"
new=$(mktemp)
trap 'rm -f "$new"' EXIT
sed '/^\.\\" rules.sh: begin/q' case-match.1 >"$new"
for f in ../../iocs/*/*.sql; do
	pack=${f%/*}
	awk -v pack="${pack##*/}" '
	/^-- id: / { id = $3 }
	/^-- title: / { title = substr($0, 11); more = 1; next }
	more && /^--   / { sub(/^-- */, ""); title = title " " $0; next }
	{ more = 0 }
	END { print ".It Li " pack "/" id; print title }' "$f"
done >>"$new"
sed -n '/^\.\\" rules.sh: end/,$p' case-match.1 >>"$new"
cat "$new" >case-match.1
