#!/bin/sh
# case-ingest: what becomes of whole, cut, forged and broken streams; that a
# case is never half written, whatever happens to the writer.

# Every run is synced to the disk; in memory that costs nothing.
probe=/dev/shm/salvor-probe.$$
if [ -z "${TMPDIR:-}" ] && printf '#!/bin/sh\n' 2>/dev/null >"$probe" &&
	chmod 700 "$probe" && "$probe" 2>/dev/null; then
	export TMPDIR=/dev/shm
fi
rm -f "$probe"
. "$(dirname "$0")/lib.sh"
I=$BIN/case-ingest
cd "$T" || exit 1
kinds=$(sed -n 's/^KIND(\([a-z_]*\),.*/\1/p' "$TOP/collectors/lib/kinds.def")

# stream TOOL [MORE-OF-RUN]: a whole run of the records on stdin
stream() {
	{
		printf '{"k":"run","version":1,"tool":"%s","host":"h","root":"/"%s}\n' "$1" "${2:-}"
		cat
	} >"$T/body"
	counts=
	for k in $kinds; do
		c=$(grep -c "^{\"k\":\"$k\"" "$T/body")
		[ "$c" -gt 0 ] && counts="$counts${counts:+,}\\\"$k=$c\\\""
	done
	cat "$T/body"
	printf '{"k":"end","counts":"[%s]","notes":%d,"lost":%d,"sha256":"%s","finish_time":1}\n' \
		"$counts" "$(grep -c '^{"k":"note"' "$T/body")" \
		"$(grep -c '^{"k":"note".*"lost":true' "$T/body")" \
		"$(sha256sum <"$T/body" | cut -d ' ' -f 1)"
}
files() { # N: file records
	seq "$1" | sed 's|.*|{"k":"file","scope":"host","path":"/f/&","size":&}|'
}
sql() { sqlite3 -readonly "$1" "$2" 2>&1; }
sum() { sha256sum <"$1" | cut -d ' ' -f 1; }
until_said() { # TEXT in err, within 10 s
	_n=0
	while ! grep -q "$1" err && [ $_n -lt 100 ]; do
		sleep 0.1
		_n=$((_n + 1))
	done
}
new() { rm -f c.db c.db-journal; }

# ---- a whole run ---------------------------------------------------------
files 3 | stream collect-files >whole
status "a whole run" 0 "$I" c.db whole
is "nothing on stdout" "$(cat "$T/out")" ""
like "what happened is said" "$(cat "$T/err")" "run 1, collect-files: 3 records$"
is "the run's row" "$(sql c.db 'select id,run,tool,host,root,complete,truncated is null,records,counts,notes,lost,finish_time,received_time>1e18,length(sha256) from run')" \
	'1|1|collect-files|h|/|1|1|3|["run=1","file=3"]|0|0|1|1|64'
is "the rows" "$(sql c.db 'select id,run,scope,path,size,sha256 is null from file' | tr '\n' ' ')" \
	"1|1|host|/f/1|1|1 2|1|host|/f/2|2|1 3|1|host|/f/3|3|1 "
is "a case at rest is one file" "$(ls c.db*)" c.db
is "mode of a new case" "$(stat -c %a c.db)" 600
is "application id" "$(sql c.db 'pragma application_id')" 1396788310
like "random id" "$(sql c.db "select value from meta where key='case_id'")" '^[0-9a-f]{32}$'
status "the same from stdin" 0 sh -c "'$I' c.db <whole"
is "two runs" "$(sql c.db 'select group_concat(id), sum(complete) from run')" "1,2|2"

printf '%s\n' '{"k":"note","class":"denied","op":"open","path":"/x","lost":true}' \
	'{"k":"note","class":"absent","op":"open","path":"/y\\xFF","path_b64":"L3n/","lost":false}' |
	stream collect-files >lost
status "lost evidence: 1" 1 "$I" c.db lost
is "exact bytes beside the text" "$(sql c.db "select path, hex(path_raw), lost from note" | tr '\n' ' ')" \
	'/x||1 /y\xFF|2F79FF|0 '
cat whole lost >both
status "two runs in one stream" 1 "$I" c.db both
is "both are there" "$(sql c.db 'select count(*) from run')" 5
printf '%s\n' '{"k":"image","image_id":"i","env":"[\"a\",\"\\\\xFF\"]","env_b64":"YQD/AA=="}' |
	stream collect-images >list
status "a list with exact bytes" 0 "$I" c.db list
is "list" "$(sql c.db "select env, hex(env_raw), json_extract(env,'\$[0]') from image")" '["a","\\xFF"]|6100FF00|a'

# ---- cut -----------------------------------------------------------------
new
size=$(stat -c %s whole)
run=$(head -n 1 whole | wc -c)
i=0 wrong=
while [ $i -lt "$size" ]; do
	head -c $i whole | "$I" c.db >/dev/null 2>err
	[ $? -eq 3 ] || wrong="$wrong $i"
	i=$((i + 5))
done
is "cut anywhere: always 3" "$wrong" ""
is "cut anywhere: no run is complete" "$(sql c.db 'select count(*) from run where complete or truncated is null')" 0
ok "cut anywhere: what came is kept" [ "$(sql c.db 'select count(*) from run where records = 3')" -gt 3 ]
is "cut behind run: no row is invented" "$(sql c.db 'select max(records) from run')" 3
head -c $((run + 10)) whole | "$I" c.db 2>err
like "cut: says where" "$(cat err)" "truncated: line 2 is cut: the input ends after 10 bytes"
head -n 3 whole | "$I" c.db 2>err
like "no end: says so" "$(cat err)" "truncated: its end is missing: the stream ends after line 3"
new
{ head -n 3 whole; cat lost; } | "$I" c.db 2>err
is "a run begins in another: 3" $? 3
is "the first is truncated, the second is not" "$(sql c.db 'select complete,truncated from run' | tr '\n' ' ')" \
	"0|its end is missing: another run begins 1| "

# ---- what came is not what was sent --------------------------------------
new
sed 's|/f/2|/f/9|' whole | "$I" c.db 2>err
is "a byte was changed: 3" $? 3
like "and is said" "$(cat err)" "what came is not what was sent: its SHA-256"
sed 2d whole | "$I" c.db 2>err
is "a line was lost: 3" $? 3
sed 's/file=3/file=4/' whole | "$I" c.db 2>err
like "counts of the end" "$(cat err)" 'the end counts .*file=4.*, .*file=3.* came'
sed 's/"lost":1/"lost":0/' lost | "$I" c.db 2>err
like "notes of the end" "$(cat err)" "counts other notes"
is "none of them is complete" "$(sql c.db 'select count(*), sum(complete) from run')" "4|0"
{ head -n 2 whole; printf 'Last login: today\n'; tail -n +3 whole; } | "$I" c.db 2>err
is "a line that is no record: 3" $? 3
like "where it is" "$(cat err)" "truncated: line 3, column 1: a record starts with"
is "rows before it are kept apart" "$(sql c.db 'select complete, records from run where id=5')" "0|1"

# ---- refused: nothing is kept --------------------------------------------
new
"$I" c.db whole 2>/dev/null
id=$(sql c.db "select value from meta where key='case_id'")
before=$(sql c.db .dump | sha256sum)
refused() { # WHAT PATTERN: the stream in the file "in" leaves nothing
	"$I" c.db <in >/dev/null 2>err
	_s=$?
	is "$1: 3" $_s 3
	like "$1: why" "$(cat err)" "refused: .*$2"
	is "$1: nothing is kept" "$(sql c.db .dump | sha256sum)" "$before"
}
verdict='{"k":"verdict","decision":"keep","reason":"r","coverage":"c"}'
finding='{"k":"finding","rule":"p/r","title":"t","severity":"high","effect":"wipe","scope":"host","detail":"d"}'
echo "$verdict" | stream collect-files >in; refused "a collector sends a verdict" "'collect-files' may not send records 'verdict'"
echo "$verdict" | stream case-verdict >in; refused "a verdict that names no case" "does not name its case"
echo "$verdict" | stream case-verdict ',"case_id":"00000000000000000000000000000000"' >in; refused "a verdict on another case" "about another case"
echo "$verdict" | stream collect-files ",\"case_id\":\"$id\"" >in; refused "a collector knows the case" "only case-\* programs know one"
echo "$verdict" | stream case-match ",\"case_id\":\"$id\"" >in; refused "case-match sends a verdict" "may not send"
echo "$finding" | stream case-verdict ",\"case_id\":\"$id\"" >in; refused "case-verdict sends a finding" "may not send"
echo "$finding" | stream collect-processes >in; refused "a collector sends a finding" "may not send"
echo "$verdict" | sed s/keep/spare/ | stream case-verdict ",\"case_id\":\"$id\"" >in; refused "a decision that is none" "verdict.decision must be one of: keep investigate wipe"
echo "$verdict" | sed 's/,"coverage":"c"//' | stream case-verdict ",\"case_id\":\"$id\"" >in; refused "a verdict without coverage" "a record 'verdict' without 'coverage'"
echo "$finding" | sed 's/"high"/"awful"/' | stream case-match ",\"case_id\":\"$id\"" >in; refused "a severity that is none" "finding.severity must be"
files 2 | stream collect-images >in; refused "a kind of another tool" "'collect-images' may not send records 'file'"
files 2 | stream collect-everything >in; refused "an unknown tool" "no tool 'collect-everything' is known"
files 2 | stream 'case-*' >in; refused "a pattern for a tool" "no tool"
files 2 | stream '' >in; refused "no tool's name" "no tool ''"
files 1 | stream collect-files | sed 's/"version":1/"version":2/' >in; refused "another version of the stream" "version 2 of the record stream"
files 1 >in; refused "no run at first" "a record 'file' outside a run"
sed -n '$p' whole >in; refused "an end without a run" "a record 'end' outside a run"
printf '\n' >in; refused "an empty line" "line 1, column 1"
printf '{"k":"note","class":"fine","op":"x"}\n' | stream collect-files >in; refused "a class that is none" "note.class must be one of: absent"
printf '{"k":"note"}\n' | stream collect-files >in; refused "a note without a class" "without 'class'"
for c in null 1.5 '{"a":1}' '[[[[]]]]' '"\u0000"' '"\ud800"'; do
	printf '{"k":"run","version":1,"tool":"collect-files","host":%s}\n' "$c" >in
	refused "run with host $c" "line 1, column"
done
printf '{"k":"run","version":1,"tool":"collect-files","x":1}\n' >in; refused "an unknown column" "'run' has no column 'x'"
printf '{"k":"xyz"}\n' >in; refused "an unknown kind" "there is no kind 'xyz'"
head -c 1500000 /dev/zero | tr '\0' '[' >in; refused "no newline in 1.5 MB" "line 1 is longer than 1048576 bytes"
head -c 100000 /dev/urandom >in; refused "random bytes" "line"
"$I" c.db </dev/null 2>err
is "an empty stream: 3" $? 3
like "an empty stream: why" "$(cat err)" "there is no run in the stream"

# a run that ended stays, whatever follows it
new
{ cat whole; echo junk; } | "$I" c.db 2>err
is "junk behind a run: 3" $? 3
is "junk behind a run: the run stays" "$(sql c.db 'select count(*), sum(complete) from run')" "1|1"
{ cat whole; echo "$verdict" | stream collect-files; } | "$I" c.db 2>err
is "a refused run behind a good one" "$? $(sql c.db 'select count(*) from run') $(sql c.db 'select count(*) from verdict')" "3 2 0"
id=$(sql c.db "select value from meta where key='case_id'")
echo "$verdict" | stream case-verdict ",\"case_id\":\"$id\"" >v
status "a verdict by who may give it" 0 "$I" c.db v

# ---- content -------------------------------------------------------------
new
abc=ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
empty=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
blob() { # SHA SIZE OFFSET BASE64
	printf '{"k":"blob","sha256":"%s","size":%d,"offset":%d,"data_b64":"%s"}\n' "$@"
}
{ blob $abc 3 0 YWJj; blob $empty 0 0 ''; blob $abc 3 0 YWI=; blob $abc 3 2 Yw==; } | stream collect-persistence >b
status "content, whole, empty and in chunks" 0 "$I" c.db b
"$I" c.db b 2>/dev/null
is "is stored once" "$(sql c.db "select run,size,hex(data),sha256='$abc' from blob order by id" | tr '\n' ' ')" "1|3|616263|1 1|0||0 "
{ blob $abc 3 0 YWI=; blob $empty 0 0 ''; } | stream collect-persistence >b
status "unfinished content is dropped" 0 "$I" c.db b
before=$(sql c.db .dump | sha256sum)
blob $abc 3 0 YWJk | stream collect-files >in; refused "content under a wrong digest" "content named ba78.* has the digest a52d159f"
blob ABC 3 0 YWJj | stream collect-files >in; refused "a digest that is none" "blob.sha256 is no SHA-256"
blob $abc 3 1 YmM= | stream collect-files >in; refused "a chunk without a beginning" "does not continue"
{ blob $abc 3 0 YQ==; blob $abc 3 2 Yw==; } | stream collect-files >in; refused "a gap between chunks" "does not continue"
{ blob $abc 3 0 YQ==; blob $abc 4 1 Yw==; } | stream collect-files >in; refused "a size that changes" "does not continue"
blob $abc 2 0 YWJj | stream collect-files >in; refused "a chunk beyond its size" "has 3 bytes at 0 of 2"
blob $abc 3 0 '' | stream collect-files >in; refused "a chunk of nothing" "has 0 bytes"
blob $abc -1 0 '' | stream collect-files >in; refused "a negative size" "BLOB_MAX"
blob $abc 99999999999 0 YWJj | stream collect-files >in; refused "too much content" "BLOB_MAX"
printf '{"k":"blob","sha256":"%s"}\n' $abc | stream collect-files >in; refused "a blob without data" "without 'size'"
is "the case is whole" "$(sql c.db 'pragma integrity_check')" ok

# ---- a collector of our own ----------------------------------------------
new
cat >good.sh <<X
#!/bin/sh
echo "a message" >&2
printf 'bad \377 byte\n' >&2
cat "$T/whole"
exit \${1:-0}
X
chmod +x good.sh
status "a program" 0 "$I" c.db -- ./good.sh
like "its messages are shown" "$(cat "$T/err")" "^a message"
is "and kept, with its exit status" "$(sql c.db "select exit_status, signal is null, replace(stderr, char(10), '/'), hex(stderr_raw) like '61206D%FF20%', complete from run")" \
	'0|1|a message/bad \xFF byte/|1|1'
status "it exits with 1" 1 "$I" c.db -- ./good.sh 1
for s in 2 3 10 20 127; do
	status "it exits with $s" 3 "$I" c.db -- ./good.sh $s
done
is "a run of one that failed is not complete" "$(sql c.db "select group_concat(complete||':'||exit_status) from run")" "1:0,1:1,0:2,0:3,0:10,0:20,0:127"
like "why" "$(sql c.db 'select truncated from run where exit_status=3')" "collect-files exited with 3"
status "it is killed" 3 "$I" c.db -- /bin/sh -c "cat '$T/whole'; kill -9 \$\$"
is "the signal is kept" "$(sql c.db 'select signal, complete from run order by id desc limit 1')" "9|0"
status "it dies within its run" 3 "$I" c.db -- /bin/sh -c "head -n 3 '$T/whole'; kill -9 \$\$"
like "both reasons" "$(sql c.db 'select truncated from run order by id desc limit 1')" "end is missing.*; collect-files was killed by signal 9"
status "it sends nothing" 3 "$I" c.db -- /bin/sh -c 'exit 5'
like "and how it ended" "$(cat "$T/err")" "exited with 5"
id=$(sql c.db "select value from meta where key='case_id'")
echo "$verdict" | stream case-verdict ",\"case_id\":\"$id\"" >v
status "the exit status of case-verdict is its decision" 0 "$I" c.db -- /bin/sh -c "cat '$T/v'; exit 20"
status "no such program" 3 "$I" c.db -- ./missing
like "no such program: said" "$(cat "$T/err")" "cannot start './missing': No such file"
mkdir path && cp good.sh path/collect-x
PATH=$T/path:$PATH status "a bare name is not looked for in PATH" 3 "$I" c.db -- collect-x
like "but beside case-ingest" "$(cat "$T/err")" "cannot start '$BIN/collect-x'"
status "no program" 2 "$I" c.db --
head -c 300000 /dev/zero | tr '\0' x >noise
"$I" c.db -- /bin/sh -c "cat '$T/noise' >&2; cat '$T/whole'" 2>/dev/null
like "messages are kept up to a limit" "$(sql c.db 'select length(stderr) || substr(stderr, -30) from run order by id desc limit 1' | tr '\n' ' ')" "^655[0-9]+.*234464 more bytes"
# progress: between a carriage return and "erase the rest of the line"
cat >busy.sh <<X
#!/bin/sh
printf 'before\n' >&2
printf '\rx: 1 files\033[K' >&2
printf '\rx: 2 fi' >&2; sleep 0.1; printf 'les\033[' >&2; sleep 0.1; printf 'K' >&2
printf '\r\033[Kin between\n\rx: 3 files\033[K\r\033[K' >&2
printf 'a line of DOS\r\n\rno progress\nafter' >&2
cat "$T/whole"
X
chmod +x busy.sh
last() { sql c.db 'select stderr from run order by id desc limit 1' | sed 's/\r/<CR>/' | tr '\n' '/'; }
"$I" c.db -- ./busy.sh 2>err
is "progress is no message of the run" "$(last)" "before/in between/a line of DOS<CR>/<CR>no progress/after/"
is "and not shown where nobody looks" "$(grep -c '3 files' err) $(grep -c 'in between' err)" "0 1"
if command -v script >/dev/null; then
	script -qec "'$I' c.db -- ./busy.sh" /dev/null </dev/null >tty 2>&1
	is "on a terminal it is" "$(tr '\r\033' '\nE' <tty | grep -cE '^x: [123] files.\[K$')" 3
	is "and is still no message" "$(last)" "before/in between/a line of DOS<CR>/<CR>no progress/after/"
	script -qec "'$I' c.db -- /bin/sh -c 'printf \"\\rx: 4 files\\033[K\" >&2; kill -9 \$\$'" /dev/null </dev/null >tty 2>&1
	like "what a killed program leaves is erased" "$(tr '\r\033\n' '>E ' <tty)" '>x: 4 filesE\[K>E\[K'
else
	skip "progress on a terminal" "no script"
fi
head -c 2000 /dev/zero | tr '\0' x >long
"$I" c.db -- /bin/sh -c "printf '\\r' >&2; cat '$T/long' >&2; cat '$T/whole'" 2>err
is "a long line is a message" "$(sql c.db 'select length(stderr) from run order by id desc limit 1') $(wc -c <err | sed 's/[0-9][0-9]$/../')" "2001 20.."
is "its environment is empty" "$("$I" c.db -- /usr/bin/env 2>&1 >/dev/null | grep -c =)" 0
n=$(sql c.db 'select count(*) from run')
# a pipe that stays open, with nobody to wait for
mkfifo open
exec 9<>open
"$I" c.db <open 9>&- 2>err &
sleep 0.3
kill -TERM $!
wait $!
is "a signal while it waits: 3" $? 3
"$I" c.db <open 9>&- 2>err &
head -n 3 whole >&9
sleep 0.5
kill -INT $!; kill -TERM $!
wait $!
is "a signal within a run: 3" $? 3
is "the run is there, truncated" "$(sql c.db 'select complete, records from run order by id desc limit 1') $(($(sql c.db 'select count(*) from run') - n))" "0|2 1"
exec 9>&-
is "no journal is left" "$(ls c.db*)" c.db

# ---- locks ---------------------------------------------------------------
new
"$I" c.db whole 2>/dev/null
mkfifo held
sqlite3 c.db 'begin immediate' '.shell cat held' 'commit' >/dev/null &
holder=$!
sleep 0.3
"$I" c.db whole 2>err &
second=$!
until_said waiting
like "a second writer says that it waits" "$(cat err)" "waiting: another program uses"
ok "and waits" kill -0 $second
: >held
wait $holder
wait $second
is "and gets its turn" "$? $(sql c.db 'select count(*) from run')" "0 2"
# a reader feeds the case that it read: law 1
status "a reader's records" 0 timeout 20 "$I" c.db -- /bin/sh -c "sqlite3 -readonly '$T/c.db' 'select count(*) from file' >/dev/null; '$I' '$T/c.db' '$T/whole' 2>/dev/null; cat '$T/whole'"
# a reader that stays: the commit waits for it
sqlite3 -readonly c.db 'begin' 'select count(*) from run' '.shell cat held' >/dev/null &
holder=$!
sleep 0.3
"$I" c.db whole 2>err &
second=$!
until_said waiting
ok "a reader that stays is waited for" kill -0 $second
kill -TERM $second
wait $second
is "until we are told to stop" $? 3
: >held
wait $holder
is "then the run is not there" "$(sql c.db 'select count(*) from run; pragma integrity_check' | tr '\n' ' ')" "4 ok "

# ---- files that are no cases ---------------------------------------------
nocase() { # WHAT FILE PATTERN: refused, and left as it is
	_b=$(sum "$2")
	status "$1: 3" 3 "$I" "$2" whole
	like "$1: why" "$(cat "$T/err")" "$3"
	is "$1: untouched" "$(sum "$2") $(ls "$2"-* 2>/dev/null)" "$_b "
}
echo "hello" >text; nocase "a text file" text "'text' is not a case"
: >nothing; nocase "an empty file" nothing "is not a case: it is empty"
sqlite3 other.db 'create table image(a)'; nocase "another database" other.db "but not a case"
head -c 5000 c.db >short.db; nocase "half a case" short.db "."
cp c.db wal.db; sqlite3 wal.db 'pragma journal_mode=wal' >/dev/null; nocase "a write-ahead log" wal.db "write-ahead log"
newest=$(sql c.db 'pragma user_version')
cp c.db newer.db; sqlite3 newer.db "pragma user_version=$((newest + 1))"; nocase "a newer case" newer.db "schema version $((newest + 1)), this program knows 1 to $newest: use"
cp c.db t.db; sqlite3 t.db 'pragma user_version=0'; nocase "a case of no version" t.db "schema version 0"
cp c.db t.db; sqlite3 t.db 'create trigger t after insert on run begin delete from run; end'; nocase "a trigger" t.db "has not the schema of a case"
cp c.db t.db; sqlite3 t.db 'create view v as select 1'; nocase "a view" t.db "has not the schema"
cp c.db t.db; sqlite3 t.db 'drop table verdict; create view verdict as select 1'; nocase "a view in place of a table" t.db "has not the schema"
cp c.db t.db; sqlite3 t.db 'alter table file add column x'; nocase "a column more" t.db "its table 'file' is not as this version knows it"
cp c.db t.db; sqlite3 t.db 'create table other (x)'; nocase "a table more" t.db "table 'other' is not"
cp c.db t.db; sqlite3 t.db 'create index i on file (path)'; nocase "an index more" t.db "index 'i' is not"
cp c.db t.db; sqlite3 t.db 'drop table run'; nocase "no table of runs" t.db "table 'run' is not"
cp c.db t.db; sqlite3 t.db "delete from meta"; nocase "a case without its id" t.db "has no id"
cp c.db t.db; ln t.db t2.db; nocase "two hard links" t.db "has 2 hard links"
mkdir dir; status "a directory" 3 "$I" dir whole
like "a directory: why" "$(cat "$T/err")" "no regular file"
mkfifo pipe; status "a FIFO" 3 timeout 10 "$I" pipe whole
status "a device" 3 "$I" /dev/null whole
ln -s c.db link; status "a link to a case" 0 "$I" link whole
ln -s nowhere dangling; status "a link to nothing" 3 "$I" dangling whole
ok "a link to nothing: nothing is made" [ ! -e nowhere ]
status "no such folder" 3 "$I" no/such/c.db whole
status "the stream is missing" 3 "$I" c.db missing
status "the stream is a directory" 3 "$I" c.db dir
status "no case" 2 "$I"
status "too many operands" 2 "$I" c.db a b
status "an unknown option" 2 "$I" --no c.db
name=$(printf 'c \377\n%%.db')
status "an odd name" 0 "$I" "$name" whole
ok "is a case" [ -s "$name" ]
status "a name like an address" 0 "$I" "file:x?mode=memory" whole
ok "is a file" [ -s "file:x?mode=memory" ]

# ---- cases of older versions ---------------------------------------------
# What an older version did not know may be missing, and is added by the next
# run. Everything else has to be to the letter what it would have written.
altered() { # WHAT SED: a case whose schema text was edited
	{ "$I" --schema | sed "$2"; echo "insert into meta values('case_id', '$(printf %032d 7)');"; } >edit.sql
	rm -f t.db
	sqlite3 t.db '.read edit.sql'
	[ "$(sqlite3 t.db .schema)" != "$(sqlite3 made1.db .schema)" ] ||
		fail "$1: the edit changes nothing"
	nocase "$1" t.db "has not the schema"
}
"$I" --schema >edit.sql
sqlite3 made1.db '.read edit.sql'
altered "a default" 's/^\t"severity" TEXT/& DEFAULT 1/'
altered "another type" 's/^\t"severity" TEXT/\t"severity" INTEGER/'
altered "a check" 's/^\t"severity" TEXT/& CHECK (1 = 1)/'
altered "a generated column" 's/^\t"severity" TEXT/& AS (1)/'
altered "a collation" 's/^\t"severity" TEXT/& COLLATE NOCASE/'
altered "a column in capitals" 's/^\t"severity" TEXT/\t"Severity" TEXT/'
altered "no number of rows" 's/^\t"received_time" INTEGER NOT NULL,$//'
altered "a strict table" '/^CREATE TABLE "file"/,/^);/s/^);/) STRICT;/'
altered "another index" 's/ON "persist" (scope, path)/ON "persist" (path)/'
altered "an index of another table" 's/ON "persist" (scope, path)/ON "file" (scope, path)/'
altered "a partial index" 's/ON "persist" (scope, path)/& WHERE 1/'

for v in "$TESTS"/fixtures/case-*.sql; do
	n=${v##*case-}
	n=${n%.sql}
	rm -f old.db
	sqlite3 old.db ".read $v"
	is "version $n: its number" "$(sql old.db 'pragma user_version')" "$n"
	b=$(sum old.db)
	one() { "$BIN/case-query" old.db "$@" --format jsonl 2>&1 | tail -n 1; }
	is "version $n is read" "$(one --sql 'select path, why, sha256 from file')" \
		'{"path":"/etc/x"}'
	is "tables that it lacks are empty" "$(one --sql 'select count(title_raw) t, count(*) n from yara_rule')" '{"t":0,"n":0}'
	is "also with all runs" "$(one --all-runs --sql 'select count(meta) m, (select count(why) from file) w, (select count(*) from file) n from yara_rule')" '{"m":0,"w":0,"n":1}'
	for q in $("$BIN/case-query" -L | sed 's/ .*//'); do
		"$BIN/case-query" old.db "$q" >/dev/null 2>"$T/err" || echo "$q: $(cat "$T/err")"
	done >qs
	is "every named query runs on it" "$(cat qs)" ""
	status "it is matched" 0 sh -c "'$BIN/case-match' --iocs '$TOP/iocs' old.db >m"
	ok "with what is in it" grep -q '"rule":"container-escape/cron-fetch-exec"' m
	if [ "$n" = 2 ]; then
		cp old.db class.db
		sqlite3 class.db "insert into persist(run, scope, origin, artifact, path, line, command, package_state) values
			(2, 'host', 'host', 'pam', '/etc/pam.d/x', 1, 'pam_unix.so nullok', 'unpackaged'),
			(2, 'host', 'host', 'cron-d', '/etc/cron.d/x', 1, '/usr/bin/true', 'unpackaged'),
			(2, 'host', 'host', 'udev-rules', '/etc/udev/rules.d/x', 1, '/usr/bin/true', 'unpackaged')"
		"$BIN/case-match" --iocs "$TOP/iocs" class.db >m2
		is "an entry without a class has its artifact's" "$(jq -r 'select(.k == "finding") |
			select(.path | test("/x$")) | .rule + " " + .path' m2 | sort)" \
			"persistence/event-entry /etc/udev/rules.d/x
persistence/scheduled-entry /etc/cron.d/x"
	fi
	status "and decided" 10 "$BIN/case-verdict" -p old.db
	chmod 400 old.db
	is "reading does not change it" "$(sum old.db)" "$b"
	chmod 600 old.db
	dump=$(sql old.db .dump | sha256sum)
	echo "$verdict" | stream collect-files >in
	no "a run that is refused" "$I" old.db in
	is "leaves it as it was" "$(sql old.db .dump | sha256sum)" "$dump"
	head -n 3 whole | "$I" old.db 2>err
	is "a run adds what is missing" "$(sql old.db 'pragma user_version; pragma integrity_check' | tr '\n' ' ')" "$newest ok "
	is "what was there stays" "$(sql old.db "select path, size, why from file where run = 1")" "/etc/x|3|"
	sqlite3 old.db '.schema' | tr -d '\n\t ' | tr ',;' '\n\n' | sed 's/)*$//' | sort >a
	sqlite3 made1.db '.schema' | tr -d '\n\t ' | tr ',;' '\n\n' | sed 's/)*$//' | sort >b
	is "nothing is missing any more" "$(diff a b)" ""
	echo '{"k":"file","scope":"host","path":"/new","why":"executable"}' | stream collect-files >in
	status "the next run" 0 "$I" old.db in
	is "has the new columns" "$(sql old.db "select why from file where path = '/new'")" executable
done

# ---- hot journals --------------------------------------------------------
new
files 2000 | stream collect-files >big
"$I" c.db whole 2>/dev/null
cp c.db cold.db
sqlite3 c.db 'pragma cache_size=2' 'pragma cache_spill=1' 'begin' \
	"insert into file(run,path) select 9, hex(zeroblob(500)) from generate_series(1,3000)" \
	'.shell cp c.db hot.db; cp c.db-journal hot.db-journal' 'rollback'
ok "a half-written case was made" [ -s hot.db-journal ]
if [ -x "$BIN/case-query" ]; then
	no "a reader refuses it" "$BIN/case-query" hot.db runs
	like "and names the way out" "$(cat "$T/err")" "case-ingest --recover"
	ok "and leaves it as it is" [ -s hot.db-journal ]
else
	skip "a reader refuses it" "no case-query"
fi
cp hot.db hot2.db; cp hot.db-journal hot2.db-journal
status "--recover" 0 "$I" --recover hot.db
like "--recover says so" "$(cat "$T/err")" "an interrupted run was rolled back"
is "as before the run" "$(sql hot.db .dump | sha256sum) $(ls hot.db*)" "$(sql cold.db .dump | sha256sum) hot.db"
status "--recover again" 0 "$I" --recover hot.db
like "nothing is left to do" "$(cat "$T/err")" "nothing to roll back"
status "the next run recovers, too" 0 "$I" hot2.db whole
like "and says so" "$(cat "$T/err")" "an interrupted run was rolled back"
status "--recover of what is no case" 3 "$I" --recover text
status "--recover of nothing" 3 "$I" --recover missing.db
cp c.db bad.db; dd if=/dev/urandom of=bad.db bs=4096 seek=3 count=20 conv=notrunc 2>/dev/null
status "--recover of a damaged case" 3 "$I" --recover bad.db

# ---- SIGKILL at any moment -----------------------------------------------
new
"$I" c.db whole 2>/dev/null
# how long a run takes here, so that the kills are spread over it
took=$(date +%s%3N)
"$I" c.db big 2>/dev/null
took=$(($(date +%s%3N) - took))
i=0 bad= acked=2
while [ $i -lt 30 ]; do
	# at once, or in pieces: every state is met
	if [ $((i % 2)) = 0 ]; then
		"$I" c.db big 2>err &
	else
		{ head -n 700 big; sleep 0.02; sed -n '701,$p' big; } |
			"$I" c.db 2>err &
	fi
	pid=$!
	sleep "$(awk -v d=$took -v i=$i 'BEGIN { print d / 1000 * (i * 11 % 31) / 26 }')"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	grep -q '2000 records' err && acked=$((acked + 1))
	"$I" --recover c.db 2>/dev/null || bad="$bad recover:$i"
	[ "$(sql c.db 'select count(*) from run where not complete or records not in (3, 2000)')" = 0 ] || bad="$bad half:$i"
	[ "$(sql c.db 'select count(*) from file')" = "$(sql c.db 'select sum(records) from run')" ] || bad="$bad rows:$i"
	[ "$(sql c.db 'select count(*) from run')" -ge $acked ] || bad="$bad lost:$i"
	i=$((i + 1))
done
is "SIGKILL: never half a run, never one lost" "$bad" ""
is "SIGKILL: the case is whole" "$(sql c.db 'pragma integrity_check')" ok
echo "# $acked of 32 runs were acknowledged ($took ms a run)"

# ---- disks that are full or read-only ------------------------------------
if [ $ROOTED = 1 ] && unshare -m true 2>/dev/null; then
	mkdir disk
	files 60000 | stream collect-files >large
	cat >full.sh <<X
mount -t tmpfs -o size=1m none '$T/disk' || exit 99
cd '$T/disk'
'$I' c.db '$T/whole' || exit 98
'$I' c.db '$T/large'; echo "status \$?"
sqlite3 c.db 'select count(*) from run; select count(*) from file; pragma integrity_check'
ls
'$I' c.db '$T/whole'; echo "status \$?"
head -c 2000000 /dev/zero >fill 2>/dev/null
'$I' new.db '$T/whole'; echo "status \$?"
ls -a | grep new
mount -o remount,ro '$T/disk'
'$I' c.db '$T/whole'; echo "status \$?"
'$I' other.db '$T/whole'; echo "status \$?"
X
	out=$(unshare -m --propagation private sh full.sh 2>err | tr '\n' ' ')
	is "a full disk: 3, and the case as before" "$out" "status 3 1 3 ok c.db status 0 status 3 status 3 status 3 "
	like "a full disk is said" "$(cat err)" "cannot write to case '.*/disk/c.db': database or disk is full"
	like "no room for a new case is said" "$(cat err)" "cannot make case 'new.db'"
	like "a read-only disk is said" "$(cat err)" "(write-protected|readonly|Read-only)"
else
	skip "disks that are full or read-only" "needs root and mount namespaces"
fi

# ---- the schema and what the manuals say of it ---------------------------
new
"$I" --schema >schema.sql
ok "--schema makes a case's tables" sqlite3 made.db '.read schema.sql'
"$I" c.db whole 2>/dev/null
is "the same as case-ingest's" "$(sqlite3 made.db .schema)" "$(sqlite3 -readonly c.db .schema)"
awk -f "$TOP/docs/man/kinds.awk" "$TOP/collectors/lib/kinds.def" >kinds.mdoc
is "stream(5) has every kind and column of kinds.def" \
	"$(sed -n '/^\.\\" kinds.awk: begin/,/^\.\\" kinds.awk: end/p' "$TOP/docs/man/stream.5" | sed '1d;$d' | diff - kinds.mdoc 2>&1 | head -n 5)" ""
man=$(sed -n 's/^\.It Fa run\.\([a-z_]*\).*/\1/p' "$TOP/docs/man/case.5" | sort | tr '\n' ' ')
is "case(5) has every column of run that case-ingest fills" "$man" \
	"$(for c in $(sql made.db "select name from pragma_table_info('run')"); do
		grep -Eq "^COL\((run|end), ${c%_raw}," "$TOP/collectors/lib/kinds.def" || echo "$c"
	done | sort | tr '\n' ' ')"
for m in case-ingest.1 stream.5 case.5; do
	is "$m is clean" "$(mandoc -Tlint -W warning "$TOP/docs/man/$m" 2>&1)" ""
done
is "usage is SYNOPSIS" "$("$I" --help | sed -n '1s/^usage: //p')" "case-ingest [OPTION]... CASE [FILE | -- PROGRAM ARGS...]"

# ---- what it opens -------------------------------------------------------
if command -v strace >/dev/null; then
	new
	strace -f -o trace "$I" c.db whole 2>/dev/null
	is "opens only the case and its journal for writing" \
		"$(grep -E 'open(at)?\(' trace | grep -E 'O_WRONLY|O_RDWR|O_CREAT' | grep -v '/dev/null' | sed 's/.*"\(.*\)".*/\1/' | sed "s|$T/||; s|new-[0-9]*|new-N|" | sort -u | tr '\n' ' ')" \
		".c.db.new-N .c.db.new-N-journal c.db c.db-journal "
fi
finish
