# t-laws.sh - the laws of docs/design.md, one block each
# alone
# plain
. "$(dirname "$0")/lib.sh"
. "$TESTS/deaf/plant.sh"
cd "$TOP" || exit 1
UNIT=${UNIT:-$TOP/.build/tests}

# what reads evidence
collectors=$(ls "$BIN" | grep -E '^(collect|scan)-')
# args PROGRAM: to look at all there is in a root
args() {
	case $1 in
	collect-files) echo --all ;;
	scan-yara) echo --all --iocs iocs --rules "$2" ;;
	esac
}
readers="case-query case-match case-verdict"

# ---- evidence -------------------------------------------------------------
# A host with a Docker store, things that are not files, a link that leads
# out, names that are no text.
E=$T/evidence
cat >"$T/spec" <<'SPEC'
f etc/hostname <<X
suspect
X
f etc/passwd <<X
root:x:0:0:root:/root:/bin/bash
bin:x:2:2:bin:/bin:/usr/sbin/nologin
mallory:x:1000:1000::/home/mallory:/bin/bash
X
f etc/shadow 0640 <<X
root:*:19000:0:99999:7:::
X
f etc/crontab <<X
SHELL=/bin/sh
17 * * * * root cd / && run-parts --report /etc/cron.hourly
X
f etc/cron.d/job <<X
*/5 * * * * root /usr/local/bin/job
X
d var/spool/cron/crontabs 1730
f var/spool/cron/crontabs/mallory 0600 1000:1000 <<X
@reboot /home/mallory/up
X
f home/mallory/.ssh/authorized_keys 0600 1000:1000 <<X
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f m
X
f home/mallory/.bashrc 0644 1000:1000 <<X
alias ll='ls -l'
X
l etc/cron.d/out ../../../../../../../../../../etc/salvor-outside
p etc/cron.d/fifo
l etc/cron.d/loop loop
f var/lib/lxc/web/config <<X
lxc.uts.name = web
X
d var/tmp 1777
f home/mallory/text 0644 <<X
A text; nothing else.
X
f usr/local/bin/job 0755 <<X
#!/bin/sh
exit 0
X
SPEC
mkroot "$T/spec" "$E"
# What libmagic, libyara and (one day) libarchive read with an ear to the
# host: names in UTF-8, times, ELF, a PE header with a time.
mkdir -p "$E/opt/odd"
cp /bin/true "$E/opt/odd/elf"
printf 'text\n' >"$T/text" && gzip -9 <"$T/text" >"$E/opt/odd/nameless.gz"
touch -d 2020-02-02 "$T/text" && gzip -N "$T/text" && mv "$T/text.gz" "$E/opt/odd/"
python3 - "$E/opt/odd" <<'X'
import io, os, struct, sys, tarfile, zipfile
os.chdir(sys.argv[1])
names = 'plain', 'na\u00efve-\u65e5\u672c', 'x' * 200 + '\u00e9'
with tarfile.open('pax.tar', 'w', format=tarfile.PAX_FORMAT) as t:
    for n in names:
        i = tarfile.TarInfo(n)
        i.size = 3
        t.addfile(i, io.BytesIO(b'abc'))
with zipfile.ZipFile('utf8.zip', 'w') as z:
    for n in names:
        z.writestr(zipfile.ZipInfo(n, (2020, 2, 2, 2, 2, 2)), 'abc')
pe = b'MZ' + bytes(58) + struct.pack('<I', 64) + b'PE\0\0' + struct.pack(
    '<HHIIIHH', 0x14c, 1, 0x5e36d2aa, 0, 0, 224, 0x102) + bytes(600)
open('pe.exe', 'wb').write(pe)
for n in (b'new\nline', b'clear\x1b[2J', b'bad\xff', b'"q"', b'back\\slash'):
    with open(b'sh-' + n, 'wb') as f:
        f.write(b'#!/bin/sh\n: salvor-law-mark ' + n + b'\n')
X
mkdir "$T/rules"
cat >"$T/rules/laws.yar" <<'X'
import "cuckoo"
import "dotnet"
import "elf"
import "hash"
import "magic"
import "math"
import "pe"
import "time"

rule mark { strings: $a = "salvor-law-mark" condition: $a }
rule named { strings: $a = "salvor-law-mark" condition: $a and filename matches /^sh-/ }
rule listened { condition: magic.type() contains "EVIL" or magic.mime_type() contains "evil" }
rule gzipped { condition: magic.type() contains "gzip" }
rule program { condition: elf.type == elf.ET_DYN or elf.type == elf.ET_EXEC }
rule text { condition: hash.md5(0, filesize) == "b02588f42068fb8a46bc65dc854f08af" }
rule windows { condition: pe.timestamp > 0 or pe.number_of_signatures > 0 or dotnet.version != "" }
rule now { condition: time.now() > 0 and filesize == 5 and math.entropy(0, filesize) >= 0 }
X
outside="TOPSECRET-OUTSIDE"
printf '* * * * * root echo %s\n' "$outside" >"$T/outside"
ln -s "../../../outside" "$E/etc/cron.d/out2"
ln -s "$T/outside" "$E/etc/cron.d/out3"
printf '* * * * * root /bin/ba\377d\n' >"$E/etc/cron.d/bytes"
printf '* * * * * root /bin/true\n' >"$E/etc/cron.d/"$(printf 'na\377me')
printf '* * * * * root echo \033]0;title\007 =cmd|x\n' >"$E/etc/cron.d/escape"
if [ -s "$TESTS/fixtures/store-docker-hostile.tar.zst" ]; then
	mkdir -p "$E/var/lib/docker"
	zstd -qdc --long=27 "$TESTS/fixtures/store-docker-hostile.tar.zst" |
		tar --xattrs --xattrs-include='*' --numeric-owner \
			-C "$E/var/lib/docker" -xpf - 2>"$T/err"
	is "the hostile store unpacks" "$(cat "$T/err")" ""
fi

snapshot() { # of a tree: everything that reading could change
	(cd "$1" && find . -printf '%p %y %m %U %G %s %l %T@ %A@ %C@\n' | sort &&
		find . -type f -print0 | sort -z | xargs -0 sha256sum)
}
q() { "$BIN/case-query" "$1" --sql "$2" --format jsonl --all-runs; }

# Copies of mounts (root_set_noatime) have no name: strace calls their top /.
# Here the evidence is seen as it is mounted; t-salvor-collect.sh sees the rest.
NAMED=-einject=open_tree:error=ENOSYS
# What opens, makes and changes nothing is not stopped for: most of the time.
QUICK='--seccomp-bpf -e trace=!kill,tgkill,sched_getscheduler,read,pread64,close,fstat,lseek,getdents64,mmap,munmap,mprotect,brk,rt_sigaction,rt_sigprocmask,futex,madvise,poll'

# trace NAME COMMAND...: what it does to $T/NAME.opens, output $T/NAME.out;
# from the program's own execve on
trace() {
	_n=$1
	shift
	strace -f -y -s 4096 $QUICK $NAMED -o "$T/$_n.strace" "$@" >"$T/$_n.out" 2>"$T/$_n.err"
	echo $? >"$T/$_n.status"
	awk -f "$TESTS/opens.awk" "$T/$_n.strace" >"$T/$_n.all"
	awk -F '\t' -v bin="$BIN/" '
		$2 == "run" && !on && index($3, bin) == 1 { on = 1; next }
		on' "$T/$_n.all" >"$T/$_n.opens"
	ok "$_n was traced" test -s "$T/$_n.opens"
}
modes() { awk -F '\t' -v m="$2" '$2 == m { print $1, $3 }' "$T/$1.opens" |
	sort | uniq; }

find "$E" -type f -exec touch -a -d 2020-01-01 {} +
snapshot "$E" >"$T/before"
find "$E" -type f -exec touch -a -d 2020-01-01 {} + # hashing read them
snapshot_meta() { (cd "$1" &&
	find . -printf '%p %y %m %U %G %s %l %T@ %A@ %C@\n' | sort); }
snapshot_meta "$E" >"$T/before.meta"

for p in $collectors; do
	set -- -r "$E" $(args "$p" "$T/rules/laws.yar")
	[ "$p" = collect-processes ] && set --
	trace "$p" "$BIN/$p" "$@"
	st=$(cat "$T/$p.status")
	case $st in
	0 | 1) pass "$p runs under strace" ;;
	*) fail "$p runs under strace" "exit $st" "$(cat "$T/$p.err")" ;;
	esac
done
snapshot_meta "$E" >"$T/after.meta"
snapshot "$E" >"$T/after"

# ---- law 1: one writer ----------------------------------------------------
c=$T/case.db
for p in $collectors; do
	"$BIN/case-ingest" "$c" "$T/$p.out" >"$T/out" 2>"$T/err"
	st=$?
	case $st in
	0 | 1) pass "1: $p's records are taken" ;;
	*) fail "1: $p's records are taken" "exit $st" "$(cat "$T/err")" ;;
	esac
done
is "1: a case at rest is one file" "$(cd "$T" && ls -d case.db*)" "case.db"

for p in $readers; do
	set -- "$c"
	[ $p = case-query ] && set -- "$c" runs
	sum=$(sha256sum <"$c")
	trace "$p" "$BIN/$p" "$@"
	st=$(cat "$T/$p.status")
	case $st in
	0 | 1 | 10 | 20) pass "1: $p runs" ;;
	*) fail "1: $p runs" "exit $st" "$(cat "$T/$p.err")" ;;
	esac
	is "1: $p opens nothing for writing" \
		"$(modes "$p" write | grep -v ' /dev/null$')" ""
	is "1: $p leaves the case as it is" "$(sha256sum <"$c")" "$sum"
	like "1: $p opens the case" "$(modes "$p" read)" 'case\.db'
done

# A run is in the case whole or not at all; who comes second waits.
mkfifo "$T/slow" "$T/first-rows"
old=$(q "$c" 'SELECT count(*) AS n FROM run')
"$BIN/case-ingest" "$c" "$T/slow" >"$T/o1" 2>"$T/e1" &
one=$!
exec 7>"$T/slow"
head -n 3 "$T/collect-persistence.out" >&7
sleep 0.5
is "1: nothing of an open run is seen" "$(q "$c" 'SELECT count(*) AS n FROM run')" "$old"
"$BIN/case-ingest" "$c" "$T/collect-persistence.out" >"$T/o2" 2>"$T/e2" &
two=$!
i=0
until grep -qi wait "$T/e2" || [ $i -gt 50 ]; do sleep 0.1; i=$((i + 1)); done
like "1: a second ingest says that it waits" "$(cat "$T/e2")" '[Ww]ait'
ok "1: and does so" kill -0 $two
tail -n +4 "$T/collect-persistence.out" >&7
exec 7>&-
wait $one
s1=$?
wait $two
s2=$?
case $s1$s2 in
[01][01]) pass "1: both are taken" ;;
*) fail "1: both are taken" "exit $s1, $s2" "$(cat "$T/e1" "$T/e2")" ;;
esac
is "1: two runs more" "$(q "$c" "SELECT count(*) AS n FROM run")" \
	"{\"n\":$(($(echo "$old" | tr -dc 0-9) + 2))}"

status "1: a reader may be piped back into its case" 0 \
	timeout 60 "$BIN/case-ingest" "$c" -- "$BIN/case-match" "$c"
like "1: what it concluded is a run" \
	"$(q "$c" "SELECT tool FROM run WHERE tool = 'case-match'")" case-match

# ---- law 2: collectors write nothing --------------------------------------
for p in $collectors; do
	is "2: $p opens nothing for writing" \
		"$(modes "$p" write | grep -v ' /dev/null$')" ""
	is "2: $p runs nothing" "$(modes "$p" run)" ""
	is "2: $p speaks to nobody" \
		"$(modes "$p" socket | grep -vE 'AF_NETLINK|nl_family=AF_NETLINK|socketpair')" ""
	unlike "2: $p asks no name service" "$(grep -vF "$E" "$T/$p.opens")" \
		'[^/]/(etc/(nsswitch|resolv|hosts|host\.conf)|run/nscd|var/run/nscd)'
done
is "2: evidence is as it was" \
	"$(diff "$T/before.meta" "$T/after.meta")" ""
is "2: to the byte" "$(diff "$T/before" "$T/after" | grep -c '^[<>] [0-9a-f]\{64\}')" 0
like "2: O_NOATIME is asked for" "$(cat "$T/collect-persistence.strace")" O_NOATIME

# ---- law 3: lock before parse ---------------------------------------------
# A collector whose output nobody reads stands still in the middle of its run.
B3=$T/big
mkroot "$T/spec" "$B3"
awk 'BEGIN { for (i = 0; i < 4000; i++)
	printf "%d %d * * * root /usr/local/bin/job-%d\n", i % 60, i % 24, i }' \
	>"$B3/etc/cron.d/many"
mkfifo "$T/stuck"
"$BIN/collect-persistence" -r "$B3" >"$T/stuck" 2>/dev/null &
p=$!
exec 8<"$T/stuck"
head -c 65000 <&8 >"$T/stuck.head"
sleep 0.5
procs="$p $(cat /proc/$p/task/$p/children 2>/dev/null)"
for n in $procs; do
	s=$(cat /proc/$n/status 2>/dev/null)
	[ -n "$s" ] || continue
	like "3: seccomp is in force in process $([ $n = $p ] && echo 1 || echo 2)" \
		"$s" 'Seccomp:	2'
	like "3: no new privileges" "$s" 'NoNewPrivs:	1'
	eff=$(echo "$s" | sed -n 's/^CapEff:	//p')
	# DAC_READ_SEARCH 2, FOWNER 3, SYS_ADMIN 21
	is "3: no capability but reading" \
		"$(printf '%x' $((0x$eff & ~0x20000c)))" 0
	is "3: none can come back" "$(echo "$s" | sed -n 's/^CapPrm:	//p')" "$eff"
done
exec 8<&-
wait $p 2>/dev/null
run=$(head -n 1 "$T/collect-persistence.out")
like "3: the run record says seccomp" "$run" '"sandbox":.*seccomp'
like "3: and landlock, or why not" "$run" 'landlock='
for p in $collectors; do
	run=$(head -n 1 "$T/$p.out" | jq -c .sandbox)
	like "3: $p: seccomp is in its run record" "$run" seccomp
	[ $p = collect-processes ] ||
		like "3: $p: landlock, or why not" "$run" 'landlock='
	[ -n "$SAN" ] || unlike "3: $p: no call was refused" "$(grep -a '"op":"sandbox"' "$T/$p.out")" .
done
run=$(head -n 1 "$T/collect-persistence.out")
[ $ROOTED = 1 ] && like "3: and which capabilities are kept" "$run" 'dac_read_search|DAC_READ_SEARCH'
like "3: collect-processes keeps SYS_PTRACE only" \
	"$(head -n 1 "$T/collect-processes.out" | jq -c '.capabilities // "[]"')" \
	'[Pp][Tt][Rr][Aa][Cc][Ee]|\[\]'
for p in $collectors; do # the filter is there before the first evidence is read
	awk '/SECCOMP_SET_MODE_FILTER, 0, {len=.* = 0|PR_SET_SECCOMP, SECCOMP_MODE_FILTER, .* = 0/ \
		&& !on { on = NR }
		/ write\(1</ && /\.out>/ && !w { w = NR }
		END { exit !(on && w && on < w) }' "$T/$p.strace"
	is "3: $p locks before it writes its run" $? 0
done

# ---- law 4: every open goes through the evidence root ----------------------
# with sanitizers a program is dynamic, their run time reads /proc, and libc
# its zone
loader='^$'
[ -n "$SAN" ] &&
	loader='^(/etc/(localtime|ld\.so\.(cache|preload))|/(usr/)?lib/.*\.so(\.[0-9]+)*|/proc(/.*)?)$'
for p in $collectors; do
	[ "$p" = collect-processes ] && continue
	# ours: our own folder, which is left out of a live walk; rules
	ours=$E
	[ $p = collect-files ] && ours="$BIN"
	[ $p = scan-yara ] && ours="($BIN|$TOP/iocs|$T/rules)"
	is "4: $p opens only what is beneath the root" \
		"$(awk -F '\t' '$2 == "read" || $2 == "path" { print $3 }' \
			"$T/$p.opens" | sort -u |
		grep -vE "^($E(/|\$)|$ours(/|\$)|/dev/(null|urandom)\$|/proc/self/)" |
		grep -vE "$loader")" ""
	unlike "4: $p does not read what a link outside leads to" \
		"$(cat "$T/$p.out")" "$outside"
	unlike "4: $p opens no FIFO" \
		"$(awk -F '\t' '$2 == "read"' "$T/$p.opens")" 'cron\.d/fifo$'
done
# a process file system that is mounted nowhere has no name: strace calls it /
# its evidence is /: what runs, package databases, directories of the system,
# records of logins; what it must not look for is asked below
detached='/([0-9]+|self|stat|modules|kallsyms|cmdline|\.|bin|boot|dev|home|lib|lib64|media|mnt|opt|root|run|sbin|srv|sys|tmp|usr|var|etc)(/|$)'
if [ $MOUNTS = 1 ]; then # a chroot's /proc has another name for strace
	unlike "4: collect-processes reads what it says" \
	"$(awk -F '\t' '$2 == "read" || $2 == "path" { print $3 }' \
		"$T/collect-processes.opens" | grep -vE "^(/(proc(/|\$)|dev/null\$|etc/(passwd|hostname)|\$|/)|$detached)" |
		grep -vE "$loader")" .
fi
if [ -d "$(dirname "$BIN")/collectors" ]; then
	bad=$(find "$(dirname "$BIN")/collectors" "$(dirname "$BIN")/tools" \
		-name '*.o' ! -name 'root*.o' ! -name proc.o ! -name cli.o \
		! -name collect.o ! -name lock.o -print | sort | xargs nm -u -A |
		awk '{ o = $1; sub(/:.*/, "", o); sub(/.*\//, "", o)
			f = $NF; sub(/@.*/, "", f)
			if (f !~ /^_*(open|open64|openat|openat64|fopen|fopen64|freopen|opendir|open_2|openat_2|open64_2|openat64_2|creat)$/)
				next
			if (o != last) printf "%s%s:", last ? " " : "", o
			else printf ","
			printf "%s", f
			last = o }')
	# the case's own side: a stream given by name, a case's folder, packs;
	# lists of the analyst, before the lock;
	# what is ours on a live host
	is "4: who opens files" "$(printf '%s\n' $bad |
		grep -vE '^(self|case-[a-z]*|ingest[a-z-]*|case|caselock|pack[a-z]*|salvor|sqlrule|verdict|policy|indicators?|explain|known|walk-mounts)\.o:')" ""
fi

# ---- law 5: absence is evidence -------------------------------------------
notes=$(jq -c 'select(.k == "note")' "$T/collect-persistence.out")
like "5: what is not there is noted" "$notes" '"class":"absent".*rc\.local'
like "5: what is no file is noted" "$notes" 'cron\.d/fifo'
like "5: a link that leads nowhere is noted" "$notes" 'cron\.d/loop'
like "5: a store that cannot be read is unsupported" \
	"$(jq -c 'select(.k == "note")' "$T/collect-containers.out")" \
	'"class":"unsupported".*var/lib/lxc'
is "5: exit 1 says that evidence was lost" "$(cat "$T/collect-containers.status")" 1
like "5: end counts the notes" "$(tail -n 1 "$T/collect-containers.out")" '"lost":[1-9]'
if [ $ROOTED = 1 ]; then
	chmod 755 "$T" && chmod 000 "$B3/etc/cron.d"
	mkdir "$T/ubin" && cp "$BIN/collect-persistence" "$T/ubin" && chmod 755 "$T/ubin"
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
		"$T/ubin/collect-persistence" -r "$B3" >"$T/denied.out" 2>"$T/err"
	is "5: denied is exit 1" $? 1
	like "5: what is denied is noted" \
		"$(jq -c 'select(.class == "denied")' "$T/denied.out")" 'etc/cron\.d'
fi

# ---- law 6: bytes in, bytes out -------------------------------------------
like "6: bytes that are no text are readable" \
	"$(cat "$T/collect-persistence.out")" 'ba\\\\xFFd'
is "6: the stream is UTF-8" \
	"$(iconv -f UTF-8 -t UTF-8 "$T/collect-persistence.out" | cmp - "$T/collect-persistence.out" 2>&1)" ""
is "6: the case has the exact bytes" \
	"$(sqlite3 "$c" "SELECT DISTINCT hex(command_raw) FROM persist WHERE path = '/etc/cron.d/bytes' AND command IS NOT NULL")" \
	"$(printf '/bin/ba\377d' | od -An -tx1 | tr -d ' \n' | tr a-f A-F)"
like "6: names too" \
	"$(sqlite3 "$c" "SELECT DISTINCT hex(path_raw) FROM persist WHERE path_raw IS NOT NULL")" \
	6E61FF6D65
like "6: text is text for the rules" \
	"$(sqlite3 "$c" "SELECT typeof(command) FROM persist WHERE path = '/etc/cron.d/bytes' AND command LIKE '%ba%'")" text
ctl=$(printf '\033')
for n in 6E65770A6C696E65 636C6561721B5B324A 626164FF 227122 6261636B5C736C617368; do
	for t in file match; do
		like "6: a name in $t: $n" "$(sqlite3 "$c" "SELECT DISTINCT
			hex(coalesce(path_raw, CAST(path AS BLOB))) FROM $t")" \
			"2F73682D$n\$"
	done
done
for t in file match; do # nothing is lost to the rules, however it is spelt
	is "6: in $t all are text" "$(sqlite3 "$c" "SELECT count(DISTINCT path)
		FROM $t WHERE typeof(path) = 'text' AND path LIKE '/opt/odd/sh-%'")" 5
done
for f in table csv; do
	"$BIN/case-query" "$c" --format $f \
		--sql "SELECT command, text FROM persist" >"$T/shown"
	unlike "6: $f: no escape sequence" "$(cat "$T/shown")" "$ctl"
	is "6: $f is UTF-8" "$(iconv -f UTF-8 -t UTF-8 "$T/shown" 2>&1 >/dev/null)" ""
done
"$BIN/case-query" "$c" --format csv --sql "SELECT '=1+1' AS a" >"$T/shown"
unlike "6: csv: no cell is a formula" "$(cat "$T/shown")" '^"?=|,"?='
"$BIN/collect-persistence" -p -r "$E" >"$T/shown" 2>/dev/null
unlike "6: -p: no escape sequence" "$(cat "$T/shown")" "$ctl"
for p in collect-files scan-yara; do
	"$BIN/$p" -p -r "$E" $(args $p "$T/rules/laws.yar") >"$T/shown" 2>"$T/err"
	like "6: $p -p: a name can be read" "$(cat "$T/shown")" 'sh-clear'
	unlike "6: $p -p: no escape sequence" "$(cat "$T/shown" "$T/err")" "$ctl"
	is "6: $p -p is UTF-8" "$(iconv -f UTF-8 -t UTF-8 "$T/shown" 2>&1 >/dev/null)" ""
done
mkdir "$T/sub" && esc="$T/sub/$(printf 'a\033]0;x\007')"
"$BIN/collect-persistence" -r "$esc" >/dev/null 2>"$T/err"
unlike "6: messages escape names" "$(cat "$T/err")" "$ctl"

# ---- law 7: a stream goes from run to end ----------------------------------
for p in $collectors; do
	is "7: $p starts with run" "$(head -n 1 "$T/$p.out" | jq -r .k)" run
	is "7: $p ends with end" "$(tail -n 1 "$T/$p.out" | jq -r .k)" end
	is "7: $p: the digest is of all bytes before" \
		"$(sed '$d' "$T/$p.out" | sha256sum | cut -d' ' -f1)" \
		"$(tail -n 1 "$T/$p.out" | jq -r .sha256)"
done
size=$(stat -c %s "$T/collect-persistence.out")
last=$(tail -n 1 "$T/collect-persistence.out" | wc -c)
bad=
for cut in 0 1 100 $((size / 3)) $((size / 2)) $((size - last - 1)) \
	$((size - last)) $((size - last + 1)) $((size - 2)); do
	rm -f "$T/cut.db"
	head -c $cut "$T/collect-persistence.out" >"$T/cut"
	"$BIN/case-ingest" "$T/cut.db" "$T/cut" >"$T/out" 2>"$T/err"
	st=$?
	[ $st -ne 0 ] && [ $st -lt 128 ] || bad="$bad cut at $cut: exit $st;"
	[ -s "$T/err" ] || bad="$bad cut at $cut: no message;"
	[ -e "$T/cut.db" ] || continue
	n=$(q "$T/cut.db" 'SELECT count(*) AS n FROM run WHERE complete = 1' 2>&1)
	case $n in '{"n":0}') ;; *) bad="$bad cut at $cut: $n complete;" ;; esac
done
is "7: a cut stream is never a complete run" "$bad" ""
{ cat "$T/collect-images.out"; cat "$T/collect-persistence.out"; } >"$T/twice"
rm -f "$T/two.db"
"$BIN/case-ingest" "$T/two.db" "$T/twice" >"$T/out" 2>"$T/err"
is "7: a stream may have two runs" \
	"$(q "$T/two.db" 'SELECT count(*) AS n FROM run WHERE complete = 1')" '{"n":2}'

# ---- law 8: static, and deaf ------------------------------------------------
if [ -n "$SAN" ]; then
	skip "8: programs are static" "sanitizers cannot be"
elif [ $MOUNTS = 0 ]; then
	skip "8: programs are deaf" "needs root and mount namespaces"
else
	for p in $(ls "$BIN"); do
		h=$(readelf -lW "$BIN/$p")
		unlike "8: $p has no interpreter" "$h" 'INTERP'
		unlike "8: $p needs no library" "$(readelf -dW "$BIN/$p")" 'NEEDED'
		like "8: $p has RELRO" "$h" 'GNU_RELRO'
		unlike "8: $p has no executable stack" \
			"$(echo "$h" | grep GNU_STACK)" 'RWE'
	done
	P=$T/planted
	(plant "$P") >"$T/out" 2>&1
	is "8: the traps are laid" "$?" 0
	gcc -static-pie -o "$P/bin/listen" "$TESTS/deaf/listen.c" -lcrypto 2>/dev/null
	# the same lister of archives, without our linker flags, with them
	gcc -static-pie -o "$P/bin/listen-archive" -D_GNU_SOURCE \
		-include "$TOP/collectors/lib/base.h" "$TESTS/deaf-archive.c" \
		-larchive -lnettle -lzstd -llz4 -llzma -lbz2 -lz 2>/dev/null
	gcc -static-pie -o "$P/bin/listen-magic" "$TESTS/deaf/magic.c" \
		-lmagic -llzma -lbz2 -lz 2>/dev/null
	busybox=$(command -v busybox)
	cp "$BIN"/* "$P/bin/"
	cp -R "$TOP/iocs" "$P/bin/iocs"
	mkdir "$P/rules" && cp "$T/rules/laws.yar" "$P/rules/"
	cp "$UNIT/deaf-archive" "$P/bin/"
	cp -a "$E" "$P/evidence"
	mkdir "$P/cases"
	cp "$c" "$P/cases/case.db"
	cp "$T/collect-persistence.out" "$P/cases/stream"
	# in NAME COMMAND...: in the planted root, with the planted environment
	in_planted() {
		_n=$1
		shift
		unshare -m sh -c 'mount -t proc proc "$1/proc" && shift && exec "$@"' sh \
			"$P" strace -f -y -s 4096 $QUICK $NAMED -o "$T/deaf-$_n.strace" \
			env -i $deaf_env "$busybox" chroot "$P" "$@" \
			>"$T/deaf-$_n.out" 2>"$T/deaf-$_n.err"
		awk -f "$TESTS/opens.awk" "$T/deaf-$_n.strace" |
			awk -F '\t' '$2 == "run" && $3 ~ "^/bin/(case|collect|scan|salvor|listen|deaf)" \
				{ on = 1; next } on' |
			sed "s|	$P|	|" >"$T/deaf-$_n.opens"
		ok "8: $_n was traced" test -s "$T/deaf-$_n.opens"
	}
	in_planted listen /bin/listen
	like "8: control: the traps work" "$(cat "$P/heard" 2>/dev/null)" heard
	like "8: control: a planted configuration is read" "$(cat "$T/deaf-listen.opens")" '/trap/openssl\.cnf'
	like "8: control: a planted zone too" "$(cat "$T/deaf-listen.opens")" '/trap/zone'
	rm -f "$P/heard" "$P/bin/listen"
	odd=/evidence/opt/odd
	in_planted listen-archive /bin/listen-archive $odd/utf8.zip $odd/pax.tar
	like "8: control: libarchive as such runs a planted module" \
		"$(cat "$P/heard" 2>/dev/null)" heard
	like "8: control: and reads a planted zone" \
		"$(cat "$T/deaf-listen-archive.opens")" '/trap/zone'
	in_planted listen-magic /bin/listen-magic $odd/text.gz
	like "8: control: libmagic as such believes a planted magic" \
		"$(cat "$T/deaf-listen-magic.out")" EVIL
	rm -f "$P/heard" "$P"/bin/listen-*
	in_planted archive /bin/deaf-archive $odd/utf8.zip $odd/pax.tar
	is "8: archives: nothing else is opened" \
		"$(cut -f 2,3 "$T/deaf-archive.opens" | grep -v '^look' | sort -u)" \
		"$(printf 'read\t%s\n' $odd/pax.tar $odd/utf8.zip)"
	is "8: archives: names in UTF-8 are read, times are UTC" \
		"$(sed 's/x\{200\}/long-/' "$T/deaf-archive.out" | sort)" \
		"$(for t in 0 1580608922; do
			printf "$t %b\n" plain 'na\303\257ve-\346\227\245\346\234\254' \
				'long-\303\251'
		done | sort)"
	for p in $(ls "$BIN"); do
		case $p in
		collect-processes) set -- ;;
		collect-files) set -- -r /evidence --all ;;
		collect-*) set -- -r /evidence ;;
		scan-yara) set -- -r /evidence --all --rules /rules ;;
		case-ingest) set -- /cases/case.db /cases/stream ;;
		case-query) set -- /cases/case.db persistence ;;
		case-*) set -- /cases/case.db ;;
		salvor) set -- triage -r /evidence -c /cases/new.db ;;
		*) set -- --help ;;
		esac
		in_planted "$p" "/bin/$p" "$@"
		own='/evidence(/|$)|/cases(/|$)|/bin/|/bin$|/dev/(null|urandom)$|/proc/self/'
		[ "$p" = scan-yara ] && own="$own|/rules(/|\$)"
		[ "$p" = collect-processes ] && own="$own|/proc(/|\$)|/etc(/passwd)?\$|/*\$|//|$detached"
		is "8: $p opens evidence and its own files only" \
			"$(awk -F '\t' '$2 != "look" && $2 != "socket" { print $1, $3 }' \
				"$T/deaf-$p.opens" | sort -u | grep -vE "^[a-z0-9]+ ($own)")" ""
		unlike "8: $p does not look for the traps" \
			"$(grep -v '	/evidence' "$T/deaf-$p.opens")" \
			'/trap|openssl\.cnf|localtime|zoneinfo|locale|gconv|nsswitch|ld\.so|/etc/hosts|resolv\.conf|/cpu/online'
	done
	is "8: no planted library was loaded" "$(cat "$P/heard" 2>/dev/null)" ""
	for p in collect-files scan-yara; do # and nothing that is planted shows
		set -- -r "$P/evidence" $(args $p "$P/rules")
		"$BIN/$p" "$@" 2>"$T/err" | volatile >"$T/free"
		is "8: $p says the same without the traps" "$(volatile \
			<"$T/deaf-$p.out" | sed "s|/bin/iocs|$TOP/iocs|g" | sha256sum)" \
			"$(sed "s|$P/rules|/rules|g; s|\"iocs/|\"$TOP/iocs/|g" "$T/free" | sha256sum)"
	done
	like "8: collect-files: gzip is gzip" "$(jq -r 'select(.k == "file" and
		.path == "/opt/odd/text.gz") | .magic' "$T/deaf-collect-files.out")" \
		'^gzip compressed'
	is "8: scan-yara: the rules saw what is there" \
		"$(jq -r 'select(.k == "match" and .scope == "host" and
			(.path | startswith("/opt/odd"))) | .rule' \
			"$T/deaf-scan-yara.out" | sort | uniq -c | awk '{ print $2 $1 }' |
			tr '\n' ' ')" "gzipped2 mark5 named5 program1 windows1 "
fi
if [ -d "$(dirname "$BIN")/collectors" ]; then
	is "8: our objects call nothing that listens" \
		"$(find "$(dirname "$BIN")/collectors" "$(dirname "$BIN")/tools" -name '*.o' |
		xargs nm -Au | awk '{ print $1, $NF }' | sed 's/@.*//' |
		grep -E ' (_*dlopen|dlsym|getpw[a-z_]*|getgr[a-z_]*|getaddrinfo|gethostby[a-z_]*|getnameinfo|iconv_open|setlocale|localtime[a-z_]*|mktime|strftime|tzset|getenv|secure_getenv|sysconf|get_nprocs[a-z_]*|getlogin[a-z_]*|wordexp|system|popen|mkstemp|tmpfile|syslog|openlog)$')" ""
fi

is "8: formats and filters of archives are named one by one" \
	"$(grep -rnE 'archive_read_support_(format|filter)_all' --include='*.[ch]' \
		--include=Makefile --include='*.mk' collectors tools tests Makefile
	for p in "$BIN"/*; do
		nm "$p" 2>/dev/null | grep -E 'archive_read_support_(format|filter)_all$' |
			sed "s|^|${p##*/}: |"
	done)" ""

# ---- law 9: deterministic ----------------------------------------------------
for p in $collectors; do
	[ "$p" = collect-processes ] && continue
	set -- -r "$E" $(args "$p" "$T/rules/laws.yar")
	"$BIN/$p" "$@" 2>/dev/null | volatile | sha256sum >"$T/many"
	taskset -c "$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')" \
		"$BIN/$p" "$@" 2>/dev/null | volatile | sha256sum >"$T/one.sum"
	is "9: $p: one worker or many, the same records" \
		"$(cat "$T/many")" "$(cat "$T/one.sum")"
	# in between the test itself has read the evidence
	is "9: $p: under strace too" \
		"$(volatile <"$T/$p.out" | jq -c 'del(.accessed_time)' | sha256sum)" \
		"$("$BIN/$p" "$@" 2>/dev/null | volatile |
			jq -c 'del(.accessed_time)' | sha256sum)"
done

# ---- law 10: every limit has a name -------------------------------------------
unused=
for l in $(sed -n 's/^#define \([A-Z0-9_]*[A-Z0-9]\) .*/\1/p' collectors/lib/limits.h); do
	grep -rqw --include='*.[ch]' --exclude=limits.h -- "$l" collectors tools ||
		unused="$unused $l"
done
is "10: every limit is in use" "$unused" ""
finish
