# t-case-verdict.sh - a fixture on both sides of every line of the policy
# plain
. "$(dirname "$0")/lib.sh"
cd "$TOP" || exit 1
# itself, not what may stand before it and starts it anew each time
PY=$(python3 -c 'import sys; print(sys.executable)')

IMG=sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
CT=1111111111111111111111111111111111111111111111111111111111111111

run() { printf '{"k":"run","tool":"%s"%s}\n' "$1" "${2:+,${2:-}}"; }
acct='{"k":"account","scope":"host","path":"/etc/passwd","line":1,"name":"root","uid":0,"shell":"/bin/bash"}'
file='{"k":"file","scope":"host","path":"/etc/passwd","type":"file","size":5}'
# base [OPTIONS of the runs]: evidence that is enough for a keep, live
base() {
	RUN=${1:-}
	run collect-processes "${1:-}"
	echo '{"k":"process","scope":"host","pid":1,"ppid":0,"name":"init","uid":0}'
	run collect-containers "${1:-}"
	run collect-images "${1:-}"
	run collect-persistence "${1:-}"
	echo "$acct"
	run collect-packages "$RUN"
	run collect-files "${1:-}"
	echo "$file"
	run scan-yara "${1:-}"
}
# the same of a disk
disk='"root":"/mnt/e","taken_for":"host","live":false'
base_disk() {
	RUN=$disk
	run collect-containers "$disk"
	run collect-images "$disk"
	run collect-persistence "$disk"
	echo "$acct"
	run collect-packages "$RUN"
	run collect-files "$disk"
	echo "$file"
	run scan-yara "$disk"
}
# noted TOOL RECORD: a record more in the run of this program
noted() { while read -r _l; do
	printf '%s\n' "$_l"
	case $_l in *'"tool":"'$1'"'*) printf '%s\n' "$2" ;; esac
done; }
load() { "$PY" -S tests/stream.py | "$BIN/case-ingest" "$T/c.db" 2>"$T/ingest"; }
new() { rm -f "$T/c.db"; load; sed -n 's/.*is a new case, //p' "$T/ingest" >"$T/id"; }
id() { cat "$T/id"; }
# match: findings on stdin become the newest run of case-match
match() { { run case-match "\"case_id\":\"$(id)\""; cat; } | load; }
# finding RULE EFFECT SEVERITY SCOPE [MORE]
finding() {
	printf '{"k":"finding","rule":"%s","title":"t %s","effect":"%s","severity":"%s","scope":"%s","detail":"d"%s}\n' \
		"$1" "$1" "$2" "$3" "$4" "${5:+,$5}"
}
# verdict WHAT EXIT [LINES]: decision, and the lines that its reasons name
verdict() {
	"$BIN/case-verdict" $V "$T/c.db" >"$T/v.jsonl" 2>"$T/err"
	st=$?
	is "$1: exit" "$st $(cat "$T/err")" "$2 "
	got=$(jq -r 'if .k == "reason" then .policy elif .k == "verdict"
		then "~" + .decision else empty end' "$T/v.jsonl" | sort -u | tr '\n' ' ')
	case $2 in 0) w=keep ;; 10) w=investigate ;; 20) w=wipe ;; esac
	is "$1: lines and decision" "$got" "${3:+$3 }~$w "
}
V=

# ---- keep, and what it needs ----------------------------------------------
base | new && match </dev/null
verdict "clean and live" 0
is "clean: coverage" "$(records "$T/v.jsonl" coverage '[.area,.state]|join(" ")' | tr -d '"' | tr '\n' ,)" \
	"processes examined,container-stores examined,accounts examined,persistence examined,packages examined,files examined,"
like "clean: says what of files was seen" \
	"$(records "$T/v.jsonl" verdict .coverage)" 'collect-files: 1 files; scan-yara: 0 rules matched'
is "the run names the case" "$(records "$T/v.jsonl" run .case_id)" "\"$(id)\""
is "the policy is named" "$(records "$T/v.jsonl" verdict .policy | tr -d '"')" \
	"$(sha256sum <tools/policy.sql | cut -d' ' -f1)"
is "--print is the policy" "$("$BIN/case-verdict" --print)" "$(cat tools/policy.sql)"

base_disk | new && match </dev/null
verdict "clean disk" 0
like "disk: memory was not seen" "$(records "$T/v.jsonl" coverage .detail)" 'memory was not seen'
like "disk: the change says so" "$(records "$T/v.jsonl" verdict .change)" 'running host'

: | new
verdict "empty case" 10 "accounts container-stores files nothing-examined persistence processes"
for t in collect-processes collect-containers collect-images collect-persistence collect-files scan-yara; do
	base | awk -v t="$t" '/"k":"run"/ { on = index($0, t) } !on' | new
	match </dev/null
	case $t in
	*processes) l=processes ;; *persistence) l="accounts persistence" ;;
	*files | scan-*) l=files ;;
	*) l=container-stores ;;
	esac
	verdict "without $t" 10 "$l"
done
like "without scan-yara: says so" "$(records "$T/v.jsonl" coverage .detail)" 'collect-files: 1 files; there is no complete run of scan-yara: file contents were not scanned'
base | awk '/"k":"run"/ { on = index($0, "collect-packages") } !on' | new
match </dev/null
verdict "without collect-packages" 0
like "without collect-packages: says so" "$(records "$T/v.jsonl" coverage .detail)" 'there is no complete run of collect-packages'
base | noted collect-packages '{"k":"package_file","scope":"host","path":"/usr/bin/x","state":"changed"}' | new
match </dev/null
verdict "a changed file alone decides nothing" 0
like "packages: says how many" "$(records "$T/v.jsonl" coverage .detail)" 'collect-packages: 0 packages of the host, 1 files that are not as they were installed'
# what a run lost: the area is partial, and says by what
for t in collect-files scan-yara; do
	[ $t = scan-yara ] && set -- limit crashed unsupported || set -- denied changed
	for c; do
		[ $c = unsupported ] && l="files unsupported" || l="files lost"
		base | noted $t "{\"k\":\"note\",\"class\":\"$c\",\"op\":\"read\",\"path\":\"/x\",\"lost\":true}" | new
		match </dev/null
		verdict "$t: $c" 10 "$l"
		like "$t: $c: is partial, and why" "$(records "$T/v.jsonl" coverage 'select(.area=="files")|"\(.state) \(.detail)"')" "partial.*$t: .*losses: 1 \($c 1\)"
	done
	base | noted $t '{"k":"note","class":"changed","op":"read","path":"/x","lost":false}' | new
	match </dev/null
	verdict "$t: a note of nothing lost" 0
	{ base; run $t; echo cut; } | new
	match </dev/null
	verdict "$t: its newest run is cut" 10 unfinished
done
base | grep -v '"k":"account"' | new && match </dev/null
verdict "no account at all" 10 accounts

base | new
verdict "not matched" 10 not-matched
base | new && match </dev/null && base | load
verdict "evidence newer than the match" 10 not-matched
match </dev/null
verdict "matched again" 0

{ base; run collect-images; echo cut; } | new
match </dev/null
verdict "the newest run of a collector is cut" 10 unfinished

# ---- runs of a part: they add to a whole run, and stand for none ------------
part() { # WHAT
	printf '{"k":"note","class":"limit","op":"select","lost":false,"detail":"only what was asked for is in this run: %s"}\n' "$1"
}
seen() { "$BIN/case-query" --format jsonl --sql 'SELECT id FROM temp.current_run ORDER BY id' "$T/c.db" | jq .id | tr '\n' ' '; }
c1='{"k":"container","scope":"container:docker/1","engine":"docker","container_id":"1","name":"one"}'
{ base && run collect-containers && part 'containers: one'; } | new
match </dev/null
verdict 'a part behind a whole run' 0
base | noted collect-containers "$(part 'containers: one')" | new
match </dev/null
verdict 'a part alone' 10 'container-stores lost'
{ base && run collect-containers && part 'containers: one' &&
	echo '{"k":"note","class":"denied","op":"read","path":"/x","lost":true}'; } | new
match </dev/null
verdict 'a part that lost something' 10 'container-stores lost'
{ base && run collect-files && part 'containers: one' &&
	echo '{"k":"note","class":"denied","op":"read","path":"/x","lost":true}'; } | new
match </dev/null
like 'and files say so' "$("$BIN/case-verdict" "$T/c.db" | jq -r 'select(.area=="files") | .detail')" \
	'collect-files: 1 files, losses: 1 \(denied 1\); scan-yara'
none='{"k":"note","class":"denied","op":"select","detail":"--containers: there is no x","lost":true}'
{ base && run collect-containers && part 'containers: x' && echo "$none"; } | new
match </dev/null
verdict 'a name that nothing has, behind a whole run' 0
base | noted collect-containers "$(part 'containers: x'; echo "$none")" | new
match </dev/null
verdict 'and without one' 10 'container-stores lost'
# 1 whole; 2, 3: one part twice; 4 another; 5: without words
{ run collect-containers && echo "$c1"; for w in one one two; do
	run collect-containers && part "containers: $w" && echo "$c1"
done; run collect-containers &&
	echo '{"k":"note","class":"limit","op":"select","lost":false}'; } | new
is 'the whole run, and the newest of each part' "$(seen)" '1 3 4 5 '
run collect-containers | load
is 'a whole run hides older parts' "$(seen)" '6 '
{ run collect-containers '"root":"/a"' && part 'containers: one'; } | load
is 'those of another root are seen' "$(seen)" '6 7 '
{ base && run collect-containers && part 'containers: one'; } | new
match </dev/null
{ run collect-containers && echo "$c1"; } | "$PY" -S tests/stream.py | sed '$d' | "$BIN/case-ingest" "$T/c.db" 2>/dev/null
match </dev/null
verdict 'a whole run that was cut, behind them' 10 unfinished
{ run collect-containers && part 'containers: one'; } | load
match </dev/null
verdict 'a part does not end that' 10 unfinished
run collect-containers | load
match </dev/null
verdict 'a whole run does' 0

run collect-images | load
match </dev/null
verdict "and was done again" 0
V="--failed collect-images" verdict "a program failed" 10 failed

{ base '"boot_id":"a"'; run scan-yara '"boot_id":"b"'; } | new && match </dev/null
verdict "a scan of another boot" 10 mixed-boots
{ base '"boot_id":"a"'; run collect-images '"boot_id":"b"'; } | new && match </dev/null
verdict "two boots" 10 mixed-boots
base '"boot_id":"a"' | new && match </dev/null
verdict "one boot" 0

# notes: each class that is a loss, and those that are none
for c in denied corrupt limit changed crashed; do
	base | noted collect-persistence "{\"k\":\"note\",\"class\":\"$c\",\"op\":\"open\",\"path\":\"/x\",\"lost\":true}" | new
	match </dev/null
	verdict "note $c" 10 "accounts lost persistence"
done
base | noted collect-persistence '{"k":"note","class":"unsupported","op":"store","path":"/var/lib/containers","lost":true,"detail":"podman"}' | new
match </dev/null
verdict "an unsupported store" 10 "persistence unsupported"
is "unsupported: with path and row" "$(records "$T/v.jsonl" reason 'select(.policy=="unsupported")|[.path,.evidence]')" \
	'["/var/lib/containers","note:1"]'
{ base; echo '{"k":"note","class":"absent","op":"open","path":"/x","lost":false}'
	echo '{"k":"note","class":"changed","op":"read","path":"/proc/9","lost":false}'
	echo '{"k":"note","class":"absent","op":"open","path":"/y"}'; } | new
match </dev/null
verdict "absent things and vanished processes" 0
base | new && match <<E
{"k":"note","class":"limit","op":"rule","detail":"RULE_SECONDS","lost":true}
E
verdict "a rule that did not finish" 10 lost

store='"root":"/mnt/s","taken_for":"docker","live":false,"host":""'
for k in docker archive oci-layout; do
	{ run collect-containers "\"root\":\"/mnt/s\",\"taken_for\":\"$k\",\"live\":false"
	run collect-images "\"root\":\"/mnt/s\",\"taken_for\":\"$k\",\"live\":false"
	run collect-persistence "\"root\":\"/mnt/s\",\"taken_for\":\"$k\",\"live\":false"; } | new
	match </dev/null
	verdict "evidence that is only a $k" 10 "accounts host-not-seen persistence"
done

# several hosts: each has to be whole, reasons say which
{ base; base '"host":"h2"'; } | new && match </dev/null
verdict "two hosts, both clean" 0
{ base; base '"host":"h2"' | sed '/collect-processes/,/"process"/d'; } | new && match </dev/null
verdict "two hosts, one without processes" 10 processes
like "the host is named" "$(records "$T/v.jsonl" reason .detail)" "host 'h2' \(/\)"
unlike "and the other is not blamed" "$(records "$T/v.jsonl" reason .detail)" "host 'h1'"

# ---- findings -------------------------------------------------------------
img="{\"k\":\"image\",\"scope\":\"image:docker/$IMG\",\"engine\":\"docker\",\"image_id\":\"$IMG\"}"
ct() { printf '{"k":"container","scope":"container:docker/%s","engine":"docker","container_id":"%s"%s}\n' $CT $CT "${1:+,${1:-}}"; }
mnt="{\"k\":\"mount\",\"scope\":\"container:docker/$CT\",\"engine\":\"docker\",\"container_id\":\"$CT\",\"source\":\"/etc\",\"destination\":\"/mnt/etc\",\"rw\":true}"
persist() { printf '{"k":"persist","scope":"host","artifact":"cron-system","path":"/etc/crontab","line":1,"command":"curl x | bash"%s}\n' "${1:+,$1}"; }
# with EVIDENCE-LINE...: the base with these rows where they belong
with() {
	base | while read -r l; do
		case $l in
		*'"k":"run"'*) t=${l#*tool\":\"}; t=${t%%\"*}; echo "$l"
			for r; do
				case $t.$r in
				collect-images.*'"k":"image"'*) echo "$r" ;;
				collect-containers.*'"k":"container"'* | collect-containers.*'"k":"mount"'* | \
				collect-containers.*'"k":"change"'*) echo "$r" ;;
				collect-persistence.*'"k":"persist"'*) echo "$r" ;;
				collect-files.*'"k":"file"'*) echo "$r" ;;
				scan-yara.*'"k":"match"'* | scan-yara.*'"k":"yara_rule"'*) echo "$r" ;;
				esac
			done ;;
		*) echo "$l" ;;
		esac
	done | new
}

with "$img"
finding p/image-namespace wipe critical "image:docker/$IMG" '"evidence":"image:1"' | match
verdict "hostile image" 20 hostile-image
is "its reason has scope and evidence" "$(records "$T/v.jsonl" reason '[.decision,.scope,.evidence]')" \
	"[\"wipe\",\"image:docker/$IMG\",\"finding:1 image:1\"]"
finding p/image-curl note medium "image:docker/$IMG" '"evidence":"image:1"' | match
verdict "an image with an innocent remark" 0
finding p/image-namespace wipe critical "image:archive/$IMG" | match
verdict "hostile image in an archive" 10 in-archive
with "$(ct '"state":"created"')"
finding p/image-namespace wipe critical "container:docker/$CT" '"evidence":"container:1"' | match
verdict "hostile reference of a container never started" 20 hostile-image

with "$(ct '"state":"exited","started_time":5')" "$mnt"
finding p/writes-host wipe high "container:docker/$CT" '"evidence":"container:1 mount:1"' | match
verdict "a container wrote to the host" 20 container-wrote-host
with "$(ct '"state":"created"')" "$mnt"
finding p/writes-host wipe high "container:docker/$CT" '"evidence":"container:1 mount:1"' | match
verdict "the same, created and never started" 10 never-started
with "$(ct '"state":"created"')" "$mnt" "{\"k\":\"change\",\"scope\":\"container:docker/$CT\",\"engine\":\"docker\",\"container_id\":\"$CT\",\"op\":\"added\",\"path\":\"/x\"}"
finding p/writes-host wipe high "container:docker/$CT" '"evidence":"container:1 mount:1"' | match
verdict "never started, says its file, but it has changes" 20 container-wrote-host

with "$(persist '"owner":"root"')"
finding p/cron-fetch wipe critical host '"path":"/etc/crontab","attack":"T1053.003","evidence":"persist:1"' | match
verdict "cron runs it" 20 host-code
with "$(persist '"defect":"bad username"')"
finding p/cron-fetch wipe critical host '"path":"/etc/crontab","attack":"T1053.003","evidence":"persist:1"' | match
verdict "cron refuses it" 10 never-runs
with "$(persist '"defect":"bad username"')" "$(persist '"owner":"root"')"
finding p/cron-fetch wipe critical host '"path":"/etc/crontab","evidence":"persist:1 persist:2"' | match
verdict "one line is refused, another one runs" 20 host-code
finding p/x wipe high host '"path":"/etc/x","evidence":""' | match
verdict "a wipe without evidence rows still counts" 20 host-code
finding p/x wipe high host '"path":"/etc/x","evidence":"persist:99 \",\\ x:y: :"' | match
verdict "odd evidence breaks nothing" 20 host-code

base | new
finding p/preload wipe critical host '"path":"/etc/ld.so.preload","attack":"T1574.006"' | match
verdict "preload rootkit" 20 rootkit
finding p/preload note info host '"path":"/etc/ld.so.preload","attack":"T1574.006"' | match
verdict "a preload that is known to be good" 0
finding p/key wipe high host '"path":"/root/.ssh/authorized_keys","attack":"T1098.004"' | match
verdict "intruder's key" 20 intruder-access
finding p/ssh-key wipe high host '"path":"/root/.ssh/authorized_keys"' | match
verdict "intruder's key by its indicator" 20 intruder-access
finding p/account wipe high host '"path":"/etc/passwd","attack":"T1136.001"' | match
verdict "account as indicator: an intruder's" 20 intruder-access
finding p/new-account wipe high host '"path":"/etc/passwd","attack":"T1136.001"' | match
verdict "intruder's account" 20 intruder-access

# files: on the host, or in an image or container; with what runs them
yr='{"k":"yara_rule","namespace":"p/f","rule":"r","title":"t"}'
ym() { printf '{"k":"match","scope":"%s","path":"/x","namespace":"p/f","rule":"r"}\n' "$1"; }
mf='"path":"/x","evidence":"match:1 yara_rule:1"'
with "$yr" "$(ym host)"
finding p/miner wipe high host "$mf" | match
verdict "hostile bytes on the host" 20 hostile-file
finding p/digest wipe critical host '"path":"/etc/passwd","evidence":"file:1"' | match
verdict "a hostile digest on the host" 20 hostile-file
finding p/path wipe critical host '"path":"/etc/passwd","evidence":"file:1"' | match
verdict "a hostile path on the host" 20 hostile-file
finding p/miner investigate high host "$mf" | match
verdict "bytes that are suspected" 10 suspicious
finding p/miner note low host "$mf" | match
verdict "bytes that are noted" 0
for a in T1014 T1574.006 T1547.006; do
	finding p/kit wipe high host "$mf,\"attack\":\"T1059 $a\"" | match
	verdict "hostile bytes of a rootkit ($a)" 20 rootkit
done
finding p/kit investigate high host "$mf,\"attack\":\"$a\"" | match
verdict "suspected bytes of one" 10 suspicious
for s in "container:docker/$CT" "image:docker/$IMG"; do
	with "$yr" "$(ym "$s")"
	finding p/miner wipe critical "$s" "$mf" | match
	verdict "hostile bytes confined to ${s%%:*}" 10 suspicious
	finding p/kit wipe critical "$s" "$mf,\"attack\":\"T1014\"" | match
	verdict "a rootkit's bytes confined to ${s%%:*}" 10 suspicious
	finding p/digest wipe critical "$s" '"path":"/x","evidence":"file:1"' | match
	verdict "a hostile digest confined to ${s%%:*}" 10 suspicious
	finding p/miner note low "$s" "$mf" | match
	verdict "bytes noted in ${s%%:*}" 0
done
finding p/digest wipe critical "image:docker/$IMG" '"evidence":"image:1"' | match
verdict "the digest of an image" 20 hostile-image
with "$(persist '"owner":"root"')" "$yr" "$(ym host)"
finding p/runs wipe critical host '"path":"/etc/crontab","evidence":"persist:1 match:1 yara_rule:1"' | match
verdict "hostile bytes that cron runs" 20 host-code
with "$(persist '"defect":"bad username"')" "$yr" "$(ym host)"
finding p/cron-fetch wipe critical host '"path":"/etc/crontab","evidence":"persist:1"' | match
verdict "an entry that is refused, and bytes beside it" 10 never-runs
finding p/digest wipe critical host '"path":"/etc/x","evidence":"persist:1"' | match
verdict "a hostile digest that would be refused" 10 never-runs
base | new

for s in medium high critical; do
	finding p/x investigate $s host | match
	verdict "investigate at $s" 10 suspicious
done
for s in low info; do
	finding p/x investigate $s host | match
	verdict "investigate at $s does not weigh" 0
	finding p/x note $s host | match
	verdict "a remark at $s" 0
done
finding p/x note critical host | match
verdict "a remark, however severe" 0

# ---- order, groups, limits ------------------------------------------------
base | new
{ finding p/z investigate critical host '"path":"/a"'
	finding p/b wipe high host '"path":"/b"'
	finding p/c wipe critical host '"path":"/c"'
	finding p/b2 wipe medium host '"path":"/b"'
	finding p/c2 wipe high host '"path":"/c"'
	finding p/i wipe critical "image:docker/$IMG"; } | match
verdict "order" 20 "host-code hostile-image suspicious"
is "wipe first, by severity, an object's findings together" \
	"$(records "$T/v.jsonl" reason '[.position,.path,.detail]|map(tostring)|join(" ")' | tr -d '"')" \
	"1 /c t p/c: d
2 /c t p/c2: d
3 null t p/i: d
4 /b t p/b: d
5 /b t p/b2: d
6 /a t p/z: d"
"$BIN/case-verdict" "$T/c.db" | volatile >"$T/1"
"$BIN/case-verdict" "$T/c.db" | volatile >"$T/2"
ok "the same case gives the same verdict" cmp "$T/1" "$T/2"
i=0; while [ $i -lt 30 ]; do i=$((i + 1)); finding p/x wipe high host "\"path\":\"/p$i\""; done | match
verdict "many" 20 host-code
is "all reasons are records" "$(records "$T/v.jsonl" reason | wc -l)" 30
like "the text says how many more" "$(records "$T/v.jsonl" verdict .reason)" 'and 10 more of this kind'

finding p/esc wipe high host '"path":"/e\u001b[2J\\xFF","path_b64":"L2UbWzJK/w==","evidence":"persist:1"' | match
verdict "a path that is not UTF-8" 20 host-code
is "its bytes are kept" "$(records "$T/v.jsonl" reason .path_b64)" '"L2UbWzJK/w=="'
"$BIN/case-verdict" -p "$T/c.db" >"$T/out"
is "pretty has no control bytes" "$(tr -d '\n[:print:]' <"$T/out" | wc -c)" 0
finding p/s wipe high host '"path":"/e","attack":"T1"' | sed 's/"d"/"ran with DB_PASSWORD=hunter2 x"/' | match
"$BIN/case-verdict" -p "$T/c.db" >"$T/out"
unlike "secrets are masked" "$(cat "$T/out")" hunter2
like "their name is not" "$(cat "$T/out")" 'DB_PASSWORD=\*\*\*'

# ---- back into the case ---------------------------------------------------
status "stored through case-ingest" 0 "$BIN/case-ingest" "$T/c.db" -- case-verdict "$T/c.db"
is "the case has it" "$("$BIN/case-query" "$T/c.db" verdict --format jsonl | jq -r .decision)" wipe
is "and the exit status" "$("$BIN/case-query" "$T/c.db" --format jsonl --sql \
	"SELECT exit_status FROM run WHERE tool='case-verdict'" | jq .exit_status)" 20
is "with its coverage" "$("$BIN/case-query" "$T/c.db" coverage --format jsonl | wc -l)" 6
verdict "a verdict is no evidence: the next is the same" 20 host-code
base | new
"$BIN/case-verdict" "$T/c.db" >"$T/v.jsonl"
base | new
status "a verdict of another case is refused" 3 "$BIN/case-ingest" "$T/c.db" "$T/v.jsonl"

# ---- other policies -------------------------------------------------------
match </dev/null
pol() { cat >"$T/p.sql"; status "$1" "$2" "$BIN/case-verdict" -p --policy "$T/p.sql" "$T/c.db"; }
pol "own policy: wipe" 20 <<'E'
-- id: mine
-- decision: wipe
-- reason: because
SELECT scope, '/x' AS path, 'd' AS detail, NULL AS evidence FROM account;
E
pol "own policy: nothing found" 0 <<'E'
-- id: mine
-- decision: wipe
-- reason: because
SELECT scope, NULL AS path, 'd' AS detail, NULL AS evidence FROM mount;
E
hdr='-- id: mine\n-- decision: wipe\n-- reason: r\n'
cols="'host' AS scope, NULL AS path, 'd' AS detail, NULL AS evidence"
bad() { printf '%b' "$2" >"$T/p.sql"; status "policy: $1" 2 "$BIN/case-verdict" -p --policy "$T/p.sql" "$T/c.db"; }
bad "empty" ''
bad "no header" 'SELECT 1;\n'
bad "unknown decision" '-- id: a\n-- decision: perhaps\n-- reason: r\nSELECT 1;\n'
bad "no reason" '-- id: a\n-- decision: wipe\nSELECT 1;\n'
bad "no id" '-- decision: wipe\n-- reason: r\nSELECT 1;\n'
bad "an id twice" "$hdr""SELECT $cols;\n$hdr""SELECT $cols;\n"
bad "no statement" "$hdr"
bad "no such table" "${hdr}SELECT $cols FROM nothing;\n"
bad "columns missing" "${hdr}SELECT 1;\n"
bad "two statements" "${hdr}SELECT $cols; SELECT 1;\n"
bad "writes" "${hdr}DELETE FROM main.run;\n"
bad "attaches" "${hdr}ATTACH '/tmp/x' AS x;\n"
bad "pragma" "${hdr}PRAGMA journal_mode;\n"
bad "a view over a table" '-- id: v\n-- view: note\nSELECT 1;\n'
bad "a view with a strange name" '-- id: v\n-- view: a b\nSELECT 1;\n'
bad "not UTF-8" "$hdr\0377\n"
bad "only coverage" "-- id: a\n-- decision: coverage\nSELECT 'a' AS area, 'examined' AS state, 1 AS required, 'd' AS detail;\n"
status "policy missing" 2 "$BIN/case-verdict" -p --policy "$T/none" "$T/c.db"
status "policy is a directory" 2 "$BIN/case-verdict" -p --policy "$T" "$T/c.db"
mkfifo "$T/fifo"
status "policy is a FIFO" 2 timeout 5 "$BIN/case-verdict" -p --policy "$T/fifo" "$T/c.db"
status "no case" 3 "$BIN/case-verdict" -p "$T/none.db"
echo x >"$T/x.db"
status "not a case" 3 "$BIN/case-verdict" -p "$T/x.db"
status "no operand" 2 "$BIN/case-verdict"
status "a full disk is a failure" 3 sh -c '"$0" "$1" >/dev/full' "$BIN/case-verdict" "$T/c.db"
if command -v script >/dev/null; then
	script -qec "'$BIN/case-verdict' '$T/c.db'" /dev/null </dev/null >"$T/out" 2>&1
	is "records are refused on a terminal" $? 2
fi
sha256sum "$T/c.db" >"$T/sum"
"$BIN/case-verdict" -p "$T/c.db" >/dev/null
ok "the case is not written to" sha256sum -c "$T/sum"
finish
