# t-tables.sh - each row of a table has its fixture, each fixture its row
# plain
. "$(dirname "$0")/lib.sh"
cd "$TOP" || exit 1

fixtures() { # PREFIX: what stands in tests/fixtures under that prefix
	for f in tests/fixtures/"$1"-*; do
		[ -e "$f" ] && printf '%s\n' "${f#tests/fixtures/$1-}"
	done | sed 's/\.[a-z.]*$//' | sort -u
}
both() { # WHAT FILE FILE: same lines
	is "$1: a row without fixture" "$(comm -23 "$2" "$3" | tr '\n' ' ')" ""
	is "$1: a fixture without row" "$(comm -13 "$2" "$3" | tr '\n' ' ')" ""
	ok "$1: there are any" test -s "$2"
}

sed -n 's/^ART([a-z0-9_]*, "\([^"]*\)".*/\1/p' \
	collectors/persistence/artifacts.def | sort -u >"$T/rows"
fixtures art >"$T/have"
both artifacts.def "$T/rows" "$T/have"

sed -n 's/^ENGINE(\([a-z_]*\)).*/\1/p' collectors/engines/engines.def |
	sort -u >"$T/rows"
fixtures store | sed 's/-.*//' | sort -u >"$T/have" # store-ENGINE-WHAT
both engines.def "$T/rows" "$T/have"

for f in iocs/*/*.sql; do
	pack=${f#iocs/}
	pack=${pack%%/*}
	sed -n "s/^-- id: *\(.*\)/$pack-\1/p" "$f"
done | sort -u >"$T/rows"
fixtures rule >"$T/have"
both "rules of the packs" "$T/rows" "$T/have"

# every pack says what it is, and every rule what the contract asks for
for d in iocs/*/; do
	d=${d%/}
	ok "$d: pack.json is JSON" jq -e 'type == "object"' "$d/pack.json"
	[ -e "$d/indicators.json" ] || continue
	ok "$d: indicators have the contract's form" jq -e '
		type == "array" and all(.[];
		(.value | type == "string" and length > 0) and
		(.source | type == "string" and length > 0) and
		(.confidence != null) and
		(.severity | IN("info", "low", "medium", "high", "critical")) and
		(.effect | IN("note", "investigate", "wipe")) and
		(.type | IN("image-namespace", "image-name", "digest", "path",
		"filename", "ip", "domain", "url", "wallet", "ssh-key", "command",
		"account", "process", "user-agent")))' "$d/indicators.json"
done
for f in iocs/*/*.sql; do
	for key in id title severity effect why source; do
		grep -q "^-- $key: *[^ ]" "$f" || fail "$f has $key"
	done
done
finish
