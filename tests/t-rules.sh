# t-rules.sh - every rule of the packs: what it must see, in many spellings,
# and what it must leave alone; everything once more with a \xff in the line
# plain
. "$(dirname "$0")/lib.sh"
cd "$TOP" || exit 1

fixtures=$(ls tests/fixtures/rule-*.jsonl)
for mode in plain ff; do
	rm -f "$T/case"
	python3 tests/rules.py stream $mode $fixtures |
		python3 tests/stream.py >"$T/s"
	status "$mode: all fixtures are one case" 0 \
		"$BIN"/case-ingest "$T/case" "$T/s"
	status "$mode: matched without trouble" 0 \
		sh -c "'$BIN'/case-match --iocs iocs '$T/case' >'$T/m'"
	status "$mode: findings" 0 \
		python3 tests/rules.py check "$T/m" $fixtures
	mv "$T/out" "$T/checked"
	while read -r result what; do
		$result "$mode: $what"
	done <"$T/checked"
done

# one finding a file, that rests on each of its entries: what explains one of
# them explains nothing of the other
for n in 1 2; do
	printf '{"k":"persist","scope":"host","artifact":"cron-d","class":"time","path":"/etc/cron.d/x","line":%d,"owner":"root","schedule":"1 1 * * *","command":"/opt/%d","package_state":"unpackaged","program":"/opt/%d","program_state":"unpackaged"}\n' $n $n $n
	printf '{"k":"persist","scope":"host","artifact":"cron-daily","class":"time","path":"/etc/cron.daily/y%d","owner":"root","command":"/opt/y","package_state":"unchanged","program":"/opt/y","program_state":"unpackaged"}\n' $n
done | { echo '{"k":"run","tool":"collect-persistence"}'; cat; } >"$T/two.in"
python3 tests/stream.py <"$T/two.in" | "$BIN"/case-ingest "$T/two" 2>"$T/err"
"$BIN"/case-match --iocs iocs "$T/two" >"$T/m"
is "a finding names every entry that it rests on" \
	"$(records "$T/m" finding '[.path,.evidence]|join(" ")' | sort | tr -d '"')" \
	"/etc/cron.d/x persist:1 persist:3
/opt/y persist:2 persist:4"

# attack ids have the form of ATT&CK, and every source is explained
for f in iocs/*/*.sql; do
	sed -n 's/^-- attack: *//p' "$f" | tr ' ' '\n' |
		grep -Ev '^T[0-9]{4}(\.[0-9]{3})?$' | sed "s|^|$f: |"
done >"$T/bad"
is "attack ids have the form of ATT&CK" "$(cat "$T/bad")" ""
{
	sed -n 's/^-- source: *//p' iocs/*/*.sql
	jq -r '.[].source' iocs/*/indicators.json
} | tr ' ' '\n' | sort -u | while read -r code; do
	grep -q "^| $code |" docs/sources.md || echo "$code"
done >"$T/bad"
is "docs/sources.md explains every source" "$(tr '\n' ' ' <"$T/bad")" ""
finish
