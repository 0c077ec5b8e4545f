#!/bin/sh
# t-salvor-collect - all collectors in one stream, what they took, priority
# alone
# plain
. "$(dirname "$0")/lib.sh"

q() { "$BIN/case-query" "$1" --sql "$2" --format jsonl; }
mkdir "$T/bin"
cp "$BIN"/* "$T/bin/"
cp -R "$TOP/iocs" "$T/bin/iocs"
status 'help' 0 "$BIN/salvor" collect --help
status 'no operands' 2 "$BIN/salvor" collect x
mkdir -p "$T/disk/etc" "$T/disk/usr" "$T/disk/var/lib"
printf 'root:x:0:0::/root:/bin/sh\n' >"$T/disk/etc/passwd"

# offline: the runs of a triage, without the live ones
"$T/bin/salvor" collect -r "$T/disk" 2>"$T/err" | "$BIN/case-ingest" "$T/d.db" 2>"$T/err2"
is 'a disk: every collector of a triage, complete' \
	"$(q "$T/d.db" "SELECT group_concat(tool || coalesce(complete, 0), ' ') AS t FROM (SELECT * FROM run ORDER BY id)" | jq -r .t)" \
	'collect-processes1 collect-containers1 collect-images1 collect-persistence1 collect-packages1 collect-files1 scan-yara1'
is 'of a disk there is no footprint' "$(q "$T/d.db" 'SELECT count(*) AS n FROM footprint' | jq -r .n)" 0

if [ $ROOTED = 1 ] && [ $MOUNTS = 1 ]; then
	sleep 300 &
	other=$!
	mkdir "$T/seen"
	echo x >"$T/seen/file"
	ln -s file "$T/seen/link"
	ln -s seen/gone "$T/link"
	taken() { (cd "$T" && find seen link -printf '%A@ %p\n' | sort); }
	taken >"$T/times" # find itself reads the directory: once
	taken >"$T/times"
	sleep 0.1
	# nothing of it goes to a file, messages neither: that would be written
	live sh -c '{ "$1/bin/salvor" collect --memory 2>/dev/null; echo $? >"$1/status"; } | cat >"$1/stream"' collect "$T"
	kill $other; wait $other 2>/dev/null
	like 'live: it ends with 0 or 1' "$(cat "$T/status")" '^[01]$'
	is 'every run is whole' "$(jq -r 'select(.k=="run" or .k=="end") | .k' "$T/stream" | uniq | sort | uniq -c | awk '{print $1}' | uniq)" 8
	"$BIN/case-ingest" "$T/l.db" <"$T/stream" 2>"$T/err2"
	is 'live: in the order of volatility, processes first' \
		"$(q "$T/l.db" "SELECT group_concat(tool || coalesce(complete, 0), ' ') AS t FROM (SELECT * FROM run ORDER BY id)" | jq -r .t)" \
		'collect-processes1 scan-processes1 collect-containers1 collect-images1 collect-persistence1 collect-packages1 collect-files1 scan-yara1'
	is 'each says what it took' "$(q "$T/l.db" 'SELECT count(*) AS n FROM footprint WHERE cpu_ms >= 0 AND peak_bytes > 0 AND wall_ms >= 0' | jq -r .n)" 8
	is 'and wrote nothing' "$(q "$T/l.db" 'SELECT sum(written_bytes) AS n FROM footprint' | jq -r .n)" 0
	is 'no access time was changed' "$(q "$T/l.db" 'SELECT sum(access_times) AS n FROM footprint' | jq -r .n)" 0
	is 'of links neither' "$(taken)" "$(cat "$T/times")"
	like 'a verdict can be made of it' "$("$BIN/case-ingest" "$T/l.db" -- "$BIN/case-match" --iocs "$TOP/iocs" "$T/l.db" >/dev/null 2>&1
		"$BIN/case-verdict" --pretty "$T/l.db" 2>&1)" 'KEEP|INVESTIGATE|WIPE'
	# many runs of one tool twice: the newest count
	"$BIN/case-ingest" "$T/l.db" <"$T/stream" 2>"$T/err2"
	is 'the same stream twice is sixteen runs' "$(q "$T/l.db" 'SELECT count(*) AS n FROM main.run WHERE tool NOT LIKE '"'case-%'" | jq -r .n)" 16

	# the priority, of a program that it starts
	live sh -c '"$1/bin/salvor" collect --nice 2>/dev/null >/dev/null & p=$!
		for i in $(seq 50); do
			c=$(pgrep -P $p | head -n 1)
			[ -n "$c" ] && awk "{print \$19}" /proc/$c/stat && break
			sleep 0.05
		done
		kill $p $c 2>/dev/null; wait' nice "$T" >"$T/nice"
	is 'what it starts runs at the lowest priority' "$(cat "$T/nice")" 19
	# nobody listens
	live sh -c '"$1/bin/salvor" collect 2>"$1/err" | head -c 100 >/dev/null' pipe "$T"
	pass 'a pipe that closes ends it'
else
	skip 'live' 'not root'
fi
finish
