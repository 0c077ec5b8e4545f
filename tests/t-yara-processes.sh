#!/bin/sh
# t-yara-processes - YARA over the memory of live processes
# alone
#
# What is sought is a word that only the test's processes make, put together at
# run time, so that no file and no argument has it.
. "$(dirname "$0")/lib.sh"
. "$TESTS/live.sh"

S=$BIN/scan-yara

if [ $ROOTED = 0 ]; then
	skip 'memory of processes' 'not root'
	finish
fi
cat >"$T/r.yar" <<'E'
rule held { meta: severity = "high" title = "the word" strings: $w = "salvor-test-word-7b1f" condition: $w }
rule many { strings: $a = "salvor-many-word-51c2" condition: #a > 100 }
rule sized { strings: $w = "salvor-test-word-7b1f" condition: $w and filesize < 10MB }
rule first { strings: $w = "salvor-test-word-7b1f" condition: $w and uint32(0) == 0x464c457f }
E
mkdir -p "$T/disk/etc" "$T/disk/usr"
status 'only of a live host' 2 "$S" --processes -r "$T/disk" --rules "$T/r.yar"
status '--keep alone' 2 "$S" --keep --rules "$T/r.yar"

# holder KIND: says its pid; the word is never written down
cat >"$T/hold.py" <<'PY'
import ctypes, mmap, os, sys, time
kind = sys.argv[1]
word = b"-".join([b"salvor", b"test", b"word", b"7b1f"]) if kind != "none" else b""
many = b"-".join([b"salvor", b"many", b"word", b"51c2"]) if kind == "many" else b""
c = ctypes.CDLL(None, use_errno=True)
keep = []
if kind == "heap":
    keep.append(bytearray(word))
elif kind == "anonymous":
    m = mmap.mmap(-1, 64 << 20); m[40 << 20:(40 << 20) + len(word)] = word; keep.append(m)
elif kind == "edge": # across the cut of a large piece, and one across two pages
    n = 48 << 20
    m = mmap.mmap(-1, n)
    for i in range(0, n, 4096): m[i] = 1
    for at in (16 << 20, 32 << 20, 5 * 4096): m[at - 9:at - 9 + len(word)] = word
    keep.append(m)
elif kind == "memfd":
    fd = os.memfd_create("x"); os.ftruncate(fd, 4096); os.write(fd, word); m = mmap.mmap(fd, 4096); m[0]; keep.append(m)
elif kind == "patched": # a page of a mapped file, changed in memory only
    f = open(sys.argv[2], "rb"); m = mmap.mmap(f.fileno(), 0, flags=2, prot=3); m[100:100 + len(word)] = word; keep.append(m)
elif kind == "many":
    keep.append(bytearray(many + b" ") * 500)
elif kind == "absent": # much memory that was never touched, and the word
    m = mmap.mmap(-1, 4 << 30, flags=0x4022); m[1 << 30:(1 << 30) + len(word)] = word; keep.append(m)
elif kind == "sparse": # shared memory with holes: to read one fills it
    fd = os.memfd_create("x"); os.ftruncate(fd, 200 << 20)
    m = mmap.mmap(fd, 200 << 20); m[99 << 20:(99 << 20) + len(word)] = word; keep.append(m)
elif kind == "none":
    pass
del word, many
print(os.getpid(), flush=True)
time.sleep(300)
PY
head -c 100000 /dev/zero | tr '\0' x >"$T/file"
for k in heap anonymous edge memfd patched many absent sparse none; do
	python3 "$T/hold.py" $k "$T/file" >"$T/say-$k" &
	eval "$k=$!"
	pids="$pids $!"
done
for k in heap anonymous edge memfd patched many absent sparse none; do said "$T/say-$k"; done
# a shell: no reason to look at it
"$BB" sh -c 'w=salvor-test; v="$w-word-7b1f"; sleep 300; echo "$v"' &
shell=$!
pids="$pids $shell $(sleep 0.3; pgrep -P $!)"
# executables without a file: removed, in memory
cp "$BB" "$T/gone"
python3 -c 'import os; os.execv("'"$T/gone"'", ["busybox", "sleep", "300"])' &
gone=$!
pids="$pids $gone"
python3 -c '
import os
fd = os.memfd_create("in-memory")
os.write(fd, open("'"$BB"'", "rb").read() + b"tail of the memory file")
os.execve("/proc/self/fd/%d" % fd, ["busybox", "sleep", "300"], {})' &
memexe=$!
pids="$pids $memexe"
for i in $(seq 100); do
	[ "$(readlink /proc/$gone/exe)" = "$T/gone" ] &&
		readlink /proc/$memexe/exe | grep -q in-memory && break
	sleep 0.1
done
rm "$T/gone"

for k in heap anonymous edge memfd patched many absent sparse none; do
	eval "echo $k \$$k"
done | while read -r k p; do
	echo "$k $(awk '/^VmRSS|^VmSwap/ {s += $2} END {print s}' /proc/$p/status) $(awk '{print $3}' /proc/$p/stat)"
done >"$T/before"
python3 -c '
import resource, subprocess, sys
r = subprocess.run(sys.argv[1:], stdout=open("'"$T/all"'", "wb"), stderr=open("'"$T/err"'", "wb")).returncode
print(r, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)' \
	"$S" --processes --keep --rules "$T/r.yar" --iocs "$TOP/iocs/cryptominer" >"$T/out"
read -r st mb <"$T/out"
like 'it ends well' "$st" '^[01]$'
is 'the run has a name of its own' "$(head -n 1 "$T/all" | jq -r .tool)" scan-processes
is 'no call was refused by our own filter' "$(records "$T/all" note 'select(.op=="sandbox")')" ''
hit() { jq -r "select(.k==\"match\" and .pid==$1 and .rule==\"$2\") | $3" "$T/all"; }
for k in heap anonymous memfd patched absent sparse; do
	eval "p=\$$k"
	like "$k: the word is found" "$(hit $p held .text | head -n 1)" '^salvor-test-word-7b1f$'
done
is 'across every cut, and once each' "$(hit $edge held '"\(.offset) \(.region)"' | python3 -c '
import sys
n = []
for x in sys.stdin:
    a, b = [int(v, 16) for v in x.split()[1].split("-")]
    if b - a >= 48 << 20: n.append(x.split()[0])
print(len(n), len(set(n)))')" '3 3'
is 'where it is not it is not found' "$(hit $none held .pid)" ''
is 'a rule that counts' "$(hit $many many .rule | sort -u)" many
is 'a file has a size, memory has none' "$(hit $heap sized .rule)" ''
is 'nor a beginning' "$(hit $heap first .rule)" ''
is 'a shell gives no reason' "$(hit $shell held .pid)" ''
like 'region: of a memory file' "$(hit $memfd held .region)" '^[0-9a-f]+-[0-9a-f]+ rw.. ?s? /memfd:x|rw-s /memfd:x'
like 'region: the file that was changed in memory' "$(hit $patched held .region)" "rw-p $T/file$"
off=$(hit $anonymous held .offset | head -n 1) reg=$(hit $anonymous held .region | head -n 1)
ok 'the offset is an address in its region' python3 -c '
import sys
off, reg = int(sys.argv[1]), sys.argv[2].split()[0].split("-")
sys.exit(not int(reg[0], 16) <= off < int(reg[1], 16))' "$off" "$reg"
ok 'and the word is there' python3 -c '
import sys
f = open("/proc/%s/mem" % sys.argv[1], "rb", 0); f.seek(int(sys.argv[2]))
sys.exit(f.read(21) != b"salvor-test-word-7b1f")' "$anonymous" "$off"
is 'scope and path' "$(jq -r "select(.k==\"match\" and .pid==$heap and .rule==\"held\") | \"\\(.scope) \\(.path)\"" "$T/all" | head -n 1)" \
	"host $(readlink /proc/$heap/exe)"
is 'every rule that matched has its row' "$(jq -r 'select(.k=="yara_rule") | .rule' "$T/all" | grep -x -e held -e many | sort | tr '\n' ' ')" 'held many '

# ---- it harms nobody ---------------------------------------------------------

for k in heap anonymous edge memfd patched many absent sparse none; do
	eval "echo $k \$$k"
done | while read -r k p; do
	echo "$k $(awk '/^VmRSS|^VmSwap/ {s += $2} END {print s}' /proc/$p/status) $(awk '{print $3}' /proc/$p/stat)"
done >"$T/after"
is 'no process grew by more than 64 KiB, none was stopped' \
	"$(join "$T/before" "$T/after" | awk '$4 - $2 > 64 || $5 != $3 {print}')" ''
ok "memory that was never touched is still not there (4 GiB mapped)" \
	test "$(awk '$1=="absent" {print $2}' "$T/after")" -lt 60000
ok "we ourselves stay below 192 MiB a worker (largest: $mb)" test "$mb" -lt 192
like 'what was done is noted' "$(records "$T/all" note 'select(.op=="memory") | .detail')" 'processes scanned, [0-9]+ bytes'
like 'our ancestors are not scanned, and named' "$(records "$T/all" note 'select(.op=="exclude") | .detail')" "\\b$$\\b"
is 'no ancestor has a match' "$(jq -r "select(.k==\"match\" and (.pid==$$ or .pid==1)) | .pid" "$T/all")" ''

# ---- what has no file is kept --------------------------------------------------

for p in $gone $memexe; do
	want=$(sha256sum </proc/$p/exe | cut -c1-64)
	is 'the executable without a file is kept, all of it' \
		"$(jq -r "select(.k==\"blob\" and .sha256==\"$want\") | .data_b64" "$T/all" | base64 -d | sha256sum | cut -c1-64)" "$want"
done
"$BIN/collect-processes" >"$T/proc" 2>"$T/err"
"$BIN/case-ingest" "$T/case.db" "$T/proc" >/dev/null 2>"$T/err"
"$BIN/case-ingest" "$T/case.db" "$T/all" >/dev/null 2>"$T/err"
is 'and found by the digest of the process' \
	"$("$BIN/case-query" "$T/case.db" --sql "SELECT count(*) AS n FROM process p JOIN blob b ON b.sha256 = p.sha256 WHERE p.pid IN ($gone, $memexe)" --format jsonl | jq -r .n)" 2
"$BIN/case-match" --iocs "$TOP/iocs" "$T/case.db" >"$T/found" 2>"$T/err"
like 'a finding names the process' "$(jq -r 'select(.k=="finding") | .detail' "$T/found" | grep 'the word\|held' | head -n 1; jq -r 'select(.k=="finding" and (.detail | test("memory of process"))) | .detail' "$T/found" | head -n 1)" "memory of process"

# ---- all, and as an ordinary user ------------------------------------------------

"$S" --processes --all --rules "$T/r.yar" --iocs "$TOP/iocs/cryptominer" >"$T/all" 2>"$T/err"
like 'all: a shell, too' "$(hit $shell held .pid | head -n 1)" "^$shell$"
if command -v setpriv >/dev/null; then
	cp "$S" "$T/scan"; chmod 755 "$T" "$T/scan"; chmod 644 "$T/r.yar"
	setpriv --reuid 65534 --regid 65534 --clear-groups "$T/scan" --processes --rules "$T/r.yar" --iocs "$T" >"$T/user" 2>"$T/err" ||
		setpriv --reuid 65534 --regid 65534 --clear-groups "$T/scan" --processes --rules "$T/r.yar" >"$T/user" 2>"$T/err"
	like 'an ordinary user is told what was refused' "$(records "$T/user" note 'select(.class=="denied" and .op=="scan") | .detail')" 'may not read the memory of [0-9]+ processes'
fi
stop

# ---- a process that ends, one that grows ------------------------------------------

python3 -c '
import sys, time
b = []
print(1, flush=True)
while True:
    b.append(bytearray(b"g" * (1 << 20)))
    if len(b) > 1500: b = b[:10]
    time.sleep(0.002)' >"$T/say-grow" &
grow=$!
pids="$pids $grow"
said "$T/say-grow"
sh -c 'while :; do /bin/true; done' &
pids="$pids $!"
sleep 1
"$S" --processes --all --rules "$T/r.yar" --iocs "$TOP/iocs/cryptominer" >"$T/all" 2>"$T/err"
like 'one that grows is left' "$(records "$T/all" note "select(.path==\"/proc/$grow\") | .detail")" 'YARA_PROCESS_GROWTH|YARA_PROCESS_BYTES'
is 'processes that end cost nothing' "$(records "$T/all" note 'select(.class=="crashed" or .class=="corrupt")')" ''
stop
finish
