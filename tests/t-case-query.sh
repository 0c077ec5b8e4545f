# t-case-query.sh - named queries, SQL, formats, and what is refused
. "$(dirname "$0")/lib.sh"
cd "$TOP" || exit 1

IMG=sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
GONE=sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
CT=1111111111111111111111111111111111111111111111111111111111111111
C=$T/c.db
q() { "$BIN/case-query" "$C" "$@"; }

cat >"$T/in" <<E
{"k":"run","tool":"collect-processes"}
{"k":"process","scope":"host","pid":1,"ppid":0,"name":"init","cmdline":"/sbin/init","uid":0,"start_time":1500000000000000000}
{"k":"process","scope":"host","pid":20,"ppid":1,"name":"b","cmdline":"b","user":"www"}
{"k":"process","scope":"host","pid":3,"ppid":1,"name":"sh","cmdline":"sh -c API_TOKEN=hunter2 x"}
{"k":"process","scope":"host","pid":4,"ppid":3,"name":"kid","cmdline":"kid\n\u001b[2J","deleted":true}
{"k":"process","scope":"host","pid":9,"ppid":77,"name":"orphan"}
{"k":"process","scope":"host","pid":10,"ppid":11,"name":"loop-a"}
{"k":"process","scope":"host","pid":11,"ppid":10,"name":"loop-b"}
{"k":"process","scope":"host","pid":12,"ppid":12,"name":"self"}
{"k":"process","scope":"host","pid":20,"ppid":1,"name":"twice"}
{"k":"socket","scope":"host","pid":3,"protocol":"tcp","state":"LISTEN","local_address":"127.0.0.1","local_port":80}
{"k":"run","tool":"collect-images"}
{"k":"image","scope":"image:docker/$IMG","engine":"docker","image_id":"$IMG","store":"/var/lib/docker","env":["A=b","DB_PASSWORD=hunter2"],"command":"sh"}
{"k":"image_name","engine":"docker","store":"/var/lib/docker","image_id":"$IMG","name":"z/z:1"}
{"k":"image_name","engine":"docker","store":"/var/lib/docker","image_id":"$IMG","name":"a/a:1"}
{"k":"image_history","engine":"docker","store":"/var/lib/docker","image_id":"$IMG","position":0,"created_by":"ENV API_KEY=hunter2"}
{"k":"run","tool":"collect-containers"}
{"k":"container","scope":"container:docker/$CT","engine":"docker","store":"/var/lib/docker","container_id":"$CT","name":"one","image_ref":"a/a:1","image_id":"$GONE","state":"exited"}
{"k":"mount","scope":"container:docker/$CT","engine":"docker","store":"/var/lib/docker","container_id":"$CT","type":"bind","source":"/etc","destination":"/mnt","rw":true}
{"k":"change","scope":"container:docker/$CT","engine":"docker","store":"/var/lib/docker","container_id":"$CT","op":"added","type":"file","path":"/x"}
{"k":"run","tool":"collect-persistence"}
{"k":"persist","scope":"host","artifact":"cron-system","path":"/etc/crontab","line":2,"owner":"root","schedule":"* * * * *","command":"=1+1"}
{"k":"persist","scope":"host","artifact":"unit-system","path":"/etc/x\\\\xFF","path_b64":"L2V0Yy94/w==","command":"x"}
{"k":"account","scope":"host","path":"/etc/passwd","line":1,"name":"root","uid":0,"shell":"/bin/sh"}
{"k":"note","class":"denied","op":"open","path":"/root","detail":"no","lost":true}
{"k":"persist","scope":"host","artifact":"rc-local","path":"/etc/rc.local","line":1,"command":"/opt/x","package_state":"unpackaged","program":"/opt/x","program_state":"unpackaged"}
{"k":"run","tool":"collect-packages"}
{"k":"package","scope":"host","format":"dpkg","name":"tool","version":"1","status":"installed","known":false}
{"k":"package_file","scope":"host","path":"/usr/bin/tool","package":"tool","state":"changed"}
{"k":"run","tool":"collect-files"}
{"k":"file","scope":"host","path":"/usr/bin/plain","type":"file","mode":493,"size":9,"elf_type":"pie","elf_machine":"x86-64"}
{"k":"file","scope":"host","path":"/usr/bin/su","type":"file","mode":2541,"uid":0,"owner":"root","size":9,"elf_type":"pie"}
{"k":"file","scope":"host","path":"/usr/bin/wall","type":"file","mode":1517,"size":9}
{"k":"file","scope":"host","path":"/var/mail","type":"directory","mode":1533}
{"k":"file","scope":"host","path":"/usr/bin/ping","type":"file","mode":493,"size":9,"capabilities":"cap_net_raw=ep"}
{"k":"file","scope":"host","path":"/usr/bin/upx","type":"file","mode":493,"size":9,"packed":"upx","flags":["immutable"]}
{"k":"file","scope":"host","path":"/tmp/x\\\\xFF","path_b64":"L3RtcC94/w==","type":"file","mode":420,"size":9,"elf_type":"executable"}
{"k":"file","scope":"host","path":"/tmp/note","type":"file","mode":420,"size":9}
{"k":"file","scope":"host","path":"/dev/console","type":"file","mode":493,"size":0}
{"k":"file","scope":"host","path":"/dev/sda","type":"block","mode":384,"rdev":1}
{"k":"file","scope":"host","path":"/etc/sda","type":"block","mode":384,"rdev":1}
{"k":"file","scope":"host","path":"/etc/wh","type":"char","mode":0,"rdev":0}
{"k":"file","scope":"host","path":"/opt/.h/x","type":"file","mode":493,"size":9,"elf_type":"pie"}
{"k":"file","scope":"container:docker/$CT","path":"/x","type":"file","mode":420,"size":9,"origin":"container","elf_type":"executable","elf_linkage":"static","elf_machine":"x86-64"}
{"k":"file","scope":"container:docker/$CT","path":"/y","type":"file","mode":420,"size":9,"origin":"container"}
{"k":"run","tool":"scan-yara"}
{"k":"yara_rule","namespace":"p/f","rule":"r","pack":"p","title":"a title"}
{"k":"match","scope":"container:docker/$CT","origin":"container","path":"/y","namespace":"p/f","rule":"r","string":"\$a","offset":3,"length":2,"text":"\\u001bz"}
{"k":"match","scope":"container:docker/$CT","origin":"container","path":"/y","namespace":"p/f","rule":"r","string":"\$a","offset":7,"length":2,"text":"zz"}
{"k":"match","scope":"host","path":"/tmp/x\\\\xFF","path_b64":"L3RtcC94/w==","namespace":"q","rule":"other"}
E
python3 tests/stream.py <"$T/in" | "$BIN/case-ingest" "$C" 2>/dev/null
{ echo '{"k":"run","tool":"case-match","case_id":"'"$(q --format jsonl --sql \
	"SELECT value FROM main.meta WHERE key='case_id'" | jq -r .value)"'"}'
	echo '{"k":"finding","rule":"p/a","title":"t","effect":"note","severity":"info","scope":"host","detail":"less"}'
	echo '{"k":"finding","rule":"p/b","title":"t","effect":"wipe","severity":"high","scope":"host","path":"/x","detail":"more","evidence":"persist:1"}'
} | python3 tests/stream.py | "$BIN/case-ingest" "$C" 2>/dev/null
"$BIN/case-ingest" "$C" -- case-verdict "$C" 2>/dev/null

# ---- named queries ---------------------------------------------------------
for n in images containers mounts cron persistence process-tree findings notes \
	coverage runs history changes accounts sockets verdict reasons files matches \
	foreign packages package-files; do
	for f in table csv jsonl; do
		status "$n as $f" 0 q "$n" --format $f
		ok "$n as $f: has rows" test "$(wc -l <"$T/out")" -ge \
			$([ $f = jsonl ] && echo 1 || echo 2)
	done
	like "$n is listed" "$("$BIN/case-query" -L)" "^$n +[A-Za-z]"
done
is "foreign: what no package has" "$(q foreign --format jsonl | jq -r .path)" /etc/rc.local
like "images: names in order, image ids short" "$(q images)" \
	'^docker +- +sha256:aaaaaaaaaaaa +.* a/a:1, z/z:1 +sh$'
is "images: the whole id elsewhere" "$(q images --format jsonl | jq -r .image_id)" $IMG
like "containers: an image that is gone" "$(q containers)" 'sha256:bbbbbbbbbbbb \(gone\)'
like "mounts: container's name" "$(q mounts)" ' one +bind +1 .*/etc +/mnt$'
is "cron: only cron" "$(q cron --format jsonl | jq -r .path)" /etc/crontab
is "findings: weightiest first" "$(q findings --format jsonl | jq -r .rule | tr '\n' ' ')" "p/b p/a "
like "runs: incomplete ones too" "$(q runs)" 'case-verdict'
like "notes: who said it" "$(q notes)" 'collect-persistence +denied +1 +open'
is "files: those of note, and why" "$(q files --format jsonl | jq -r '"\(.path) \(.mode) \(.note)|\(.matched)"' | sed 's/|null//')" \
	"/etc/sda 0600 a device
/opt/.h/x 0755 a hidden program
/tmp/x\xFF 0644 a program in a temporary place|q/other
/usr/bin/ping 0755 capabilities cap_net_raw=ep
/usr/bin/su 4755 setuid
/usr/bin/upx 0755 packed upx, immutable
/usr/bin/wall 2755 setgid
/x 0644 a static program that a container wrote
/y 0644 |p/f/r"
is "matches: with titles" "$(q matches --format jsonl | jq -r '"\(.path) \(.title) \(.string) \(.offset)"')" \
	"/tmp/x\xFF other null null
/y a title \$a 3
/y a title \$a 7"
is "matches: nothing reaches the terminal raw" "$(q matches | tr -d '\n[:print:]' | wc -c)" 0
is "the tree" "$(q process-tree --format jsonl | jq -r .process)" \
	"/sbin/init
  sh -c API_TOKEN=hunter2 x
    (deleted) kid
$(printf '\033')[2J
  b
(parent 77 is gone) [orphan]
(parent 11: no way to a root) [loop-a]
(parent 10: no way to a root) [loop-b]
(parent 12: no way to a root) [self]
(parent 1: no way to a root) [twice]"
like "the tree escapes" "$(q process-tree)" 'kid\\n\\x1B\[2J'
for i in $(seq 100 1 1500); do
	echo '{"k":"process","scope":"host","pid":'$i',"ppid":'$((i - 1))',"name":"deep"}'
done >"$T/deep"
{ echo '{"k":"run","tool":"collect-processes","host":"deep"}'; cat "$T/deep"; } |
	python3 tests/stream.py | "$BIN/case-ingest" "$T/deep.db" 2>/dev/null
status "a deep tree" 0 timeout 20 "$BIN/case-query" "$T/deep.db" process-tree
like "its depth is told" "$(tail -n 1 "$T/out")" '\(depth 1400\)'

# ---- masks and exact bytes -------------------------------------------------
for f in table csv; do
	unlike "$f: no secrets (env)" "$(q --format $f --sql 'SELECT env FROM image')" hunter2
	unlike "$f: no secrets (history)" "$(q history --format $f)" hunter2
	unlike "$f: no secrets (processes)" "$(q process-tree --format $f)" hunter2
done
like "jsonl is exact" "$(q --format jsonl --sql 'SELECT env FROM image')" hunter2
is "bytes that are not UTF-8" "$(q --format jsonl --sql \
	"SELECT path, path_raw FROM persist WHERE path_raw IS NOT NULL")" \
	'{"path":"/etc/x\\xFF","path_b64":"L2V0Yy94/w=="}'
like "CSV: formula guard" "$(q cron --format csv)" "\"'=1\+1\""
is "CSV: lines end as RFC 4180 says" "$(q cron --format csv | tail -n 1 | tail -c 2 | od -An -c | tr -d ' ')" '\r\n'
is "times: UTC in a table" "$(q --sql 'SELECT start_time FROM process WHERE pid=1' | tail -n 1)" 2017-07-14T02:40:00Z
is "times: integers in jsonl" "$(q --format jsonl --sql 'SELECT start_time FROM process WHERE pid=1')" \
	'{"start_time":1500000000000000000}'
is "two columns of one name" "$(q --format jsonl --sql 'SELECT 1 AS a, 2 AS a, 3 AS a')" '{"a":1,"a_2":2,"a_3":3}'

# ---- runs ------------------------------------------------------------------
{ echo '{"k":"run","tool":"collect-images"}'; echo '{"k":"run","tool":"collect-images","host":"h2"}'
	echo "{\"k\":\"image\",\"scope\":\"image:docker/$GONE\",\"engine\":\"docker\",\"image_id\":\"$GONE\"}"
	echo '{"k":"run","tool":"collect-images","host":"h2"}'; echo cut; } |
	python3 tests/stream.py | "$BIN/case-ingest" "$C" 2>/dev/null
n() { q "$@" --format jsonl --sql 'SELECT count(*) AS n FROM image' | jq .n; }
is "newest run of each host" "$(n)" 1
is "all runs" "$(n --all-runs)" 2
like "a cut run is told" "$(q runs --format jsonl | jq -r 'select(.complete==0)|.messages')" 'end is missing'

# ---- SQL -------------------------------------------------------------------
is "WITH" "$(q --format jsonl --sql 'WITH RECURSIVE a(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM a WHERE x<3) SELECT sum(x) AS s FROM a')" '{"s":6}'
is "VALUES" "$(q --format jsonl --sql "VALUES(1,'x')")" '{"column1":1,"column2":"x"}'
status "EXPLAIN" 0 q --sql 'EXPLAIN QUERY PLAN SELECT * FROM image'
status "a semicolon and a remark behind it" 0 q --sql 'SELECT 1; -- done'
status "no rows are no mistake" 0 q --sql 'SELECT 1 WHERE 0'
bad() { status "refused: $1" 2 q --sql "$1"; like "says why: $1" "$(cat "$T/err")" '^case-query: .{5}'; is "nothing on stdout" "$(cat "$T/out")" ""; }
sha256sum "$C" >"$T/sum"
bad 'SELECT 1; SELECT 2'
bad ''
bad '-- nothing'
bad 'SELEC 1'
bad 'SELECT * FROM nothing'
bad 'SELECT abs(-9223372036854775808)'
bad 'DELETE FROM image'
bad 'DELETE FROM main.image'
bad "INSERT INTO main.image(run) VALUES (1)"
bad 'UPDATE main.image SET run = 1'
bad 'DROP TABLE main.image'
bad 'CREATE TABLE x(a)'
bad 'CREATE TEMP TABLE x(a)'
bad 'DROP VIEW temp.image'
bad "ATTACH '$T/other.db' AS o"
bad 'PRAGMA journal_mode=WAL'
bad 'PRAGMA writable_schema=1'
bad 'VACUUM'
bad "VACUUM INTO '$T/copy.db'"
bad 'BEGIN'
bad 'REINDEX'
bad 'ANALYZE'
bad "SELECT load_extension('/tmp/x.so')"
bad "SELECT readfile('/etc/passwd')"
bad "SELECT writefile('$T/w', 'x')"
bad "EXPLAIN DELETE FROM main.image"
ok "the case is as it was" sha256sum -c "$T/sum"
ok "and nothing else was made" test ! -e "$T/other.db" -a ! -e "$T/copy.db" -a ! -e "$T/w"

# ---- usage and bad cases ----------------------------------------------------
status "no case" 2 "$BIN/case-query"
status "no query" 2 q
status "unknown query" 2 q nonsense
status "both" 2 q images --sql 'SELECT 1'
status "unknown format" 2 q images --format xml
status "too many" 2 q images more
status "missing case" 3 "$BIN/case-query" "$T/none.db" images
is "and it was not made" "$(ls "$T/none.db" 2>/dev/null)" ""
status "a directory" 3 "$BIN/case-query" "$T" images
echo text >"$T/text"
status "a text" 3 "$BIN/case-query" "$T/text" images
: >"$T/empty"
status "an empty file" 3 "$BIN/case-query" "$T/empty" images
mkfifo "$T/fifo"
status "a FIFO" 3 timeout 5 "$BIN/case-query" "$T/fifo" images
head -c 5000 "$C" >"$T/half.db"
status "half a case" 3 "$BIN/case-query" "$T/half.db" images
sqlite3 "$T/sq.db" 'CREATE TABLE x(a)'
status "another database" 3 "$BIN/case-query" "$T/sq.db" images
status "a full disk is a failure" 3 sh -c '"$0" "$1" images >/dev/full' "$BIN/case-query" "$C"
ln -s c.db "$T/link.db"
status "a link to a case" 0 "$BIN/case-query" "$T/link.db" images
chmod 400 "$C"
status "a read-only case" 0 q images
(cd "$T" && "$BIN/case-query" c.db images >/dev/null 2>&1)
is "a relative path" $? 0
finish
