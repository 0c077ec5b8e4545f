# t-files-hostile.sh - files that change, lie, block or do not end
#
# For collect-files and scan-yara alike. What happens "while a file is read"
# happens while strace holds the worker that reads it (SIGSTOP at its Nth
# read), not in a race.
# in a mount namespace of our own: file systems that are mounted here end with it
if [ -z "${APART:-}" ] && unshare -m true 2>/dev/null; then
	APART=1 exec unshare -m sh "$0" "$@"
fi
. "$(dirname "$0")/lib.sh"
cd "$TOP" || exit 1
[ $ROOTED = 1 ] && [ -n "${APART:-}" ] && mount -t tmpfs none "$T" 2>/dev/null &&
	trap 'umount -l "$T"; cleanup' EXIT && TMPFS=1 || TMPFS=0

UNIT=${UNIT:-$TOP/.build/tests}
both="collect-files scan-yara"
outside=TOPSECRET-OUTSIDE
mkdir "$T/rules"
cat >"$T/rules/mark.yar" <<'X'
rule mark { strings: $a = "HOSTILE-MARK" condition: $a }
rule secret { strings: $a = "TOPSECRET-OUTSIDE" condition: $a }
X
# args PROGRAM: to look at all
args() { [ $1 = scan-yara ] && echo --all --rules "$T/rules" || echo --all; }
# look PROGRAM NAME ROOT [OPTION...]: $T/NAME.{out,err,st}
look() {
	_p=$1 _n=$2 _r=$3
	shift 3
	timeout -k 5 "${SLOW:-120}" $W "$BIN/$_p" -r "$_r" $(args $_p) "$@" \
		>"$T/$_n.out" 2>"$T/$_n.err"
	echo $? >"$T/$_n.st"
	sound $_p $_n
}
# sound PROGRAM NAME: it came to its end
sound() {
	case $(cat "$T/$2.st")$(tail -n 1 "$T/$2.out" | jq -r .k 2>&1) in
	[01]end) ;;
	*) fail "$1: $2: it came to its end" "exit $(cat "$T/$2.st")" \
		"$(cat "$T/$2.err")" "$(tail -n 1 "$T/$2.out")" ;;
	esac
}
notes() { jq -c 'select(.k == "note" and .lost)' "$T/$1.out"; }
# noted NAME PATH: classes of the notes on a path
noted() {
	jq -r --arg p "$2" 'select(.k == "note" and .path == $p) | .class' \
		"$T/$1.out" | sort -u | tr '\n' ' '
}
# about NAME PATH: what file and match rows say of it
about() {
	jq -c --arg p "$2" 'select((.k == "file" or .k == "match") and .path == $p)' \
		"$T/$1.out"
}
# seen PROGRAM NAME PATH WHAT: it was read as it should be
seen() {
	case $1 in
	collect-files) like "$1: $4" "$(about "$2" "$3")" '"sha256":"[0-9a-f]{64}"' ;;
	*) like "$1: $4" "$(about "$2" "$3")" '"rule":"mark"' ;;
	esac
}
mark() { # PATH [SIZE]: a file that both see, the mark at both ends
	mkdir -p "$(dirname "$1")"
	{
		printf '#!/bin/sh\n# HOSTILE-MARK\n'
		head -c "${2:-100}" /dev/zero | tr '\0' '#'
		printf '\n# HOSTILE-MARK\n'
	} >"$1"
	chmod 755 "$1"
}
host() { rm -rf "$1" && mkdir -p "$1/etc" "$1/opt" && echo h >"$1/etc/hostname"; }

# strace knows files by the names that they have without copies of mounts
NAMED="${UNIT:-$BIN/../tests}/no-openat2 -k -m"

# held PROGRAM NAME ROOT FILE CALLS N COMMAND...: COMMAND runs while the process
# that does its Nth CALLS of FILE stands still; HOLD=2: the second that does
held() {
	_p=$1 _n=$2 _r=$3 _f=$4 _c=$5 _w=$6
	shift 6
	: >"$T/$_n.log"
	timeout -k 5 120 strace -f -o "$T/$_n.log" -P "$_f" -e trace="$_c" \
		-e inject="$_c:signal=STOP:when=$_w" \
		$CPU $NAMED $W "$BIN/$_p" -r "$_r" $(args $_p) >"$T/$_n.out" 2>"$T/$_n.err" &
	_s=$! _done=0
	while kill -0 $_s 2>/dev/null; do
		_k=$(grep -c 'stopped by SIGSTOP' "$T/$_n.log")
		if [ "$_k" -gt $_done ]; then
			[ $((_done + 1)) = "${HOLD:-1}" ] && "$@"
			_pid=$(sed -n 's/^\([0-9]*\) .*stopped by SIGSTOP.*/\1/p' \
				"$T/$_n.log" | sed -n "$((_done + 1))p")
			_done=$((_done + 1))
			kill -CONT "$_pid"
		fi
		sleep 0.02
	done
	wait $_s
	echo $? >"$T/$_n.st"
	[ $_done -gt 0 ] || fail "$_p: $_n: it could be held" "$(cat "$T/$_n.err")"
	sound $_p $_n
}
CPU= W=

# ---- files that change while they are read ------------------------------------
E=$T/host
F=$E/opt/b-file
fresh() {
	host "$E"
	mark "$E/opt/a-before"
	mark "$F" 4194304
	mark "$E/opt/c-after"
}
grow() { head -c 1000000 /dev/zero >>"$F"; }
shrink() { truncate -s 1000 "$F"; }
empty() { : >"$F"; }
rewrite() { printf x | dd of="$F" bs=1 seek=2000000 conv=notrunc 2>/dev/null; }
vanish() { rm "$F"; }
fresh
size=$(stat -c %s "$F")

for p in $both; do
	for how in grow:$((size + 1000000)) shrink:1000 empty:0; do
		n=${how%:*}
		fresh
		held $p $n "$E" "$F" pread64,read 1 $n
		is "$p: a file that is read and changes ($n): a note" \
			"$(noted $n /opt/b-file)" "changed "
		t=$(jq -r 'select(.k == "note" and .class == "changed") | .detail' "$T/$n.out")
		like "$p: $n: with the size before" "$t" "(^|[^0-9])$size([^0-9]|$)"
		like "$p: $n: and the size after" "$t" "(^|[^0-9])${how#*:}([^0-9]|$)"
		is "$p: $n: exit 1" "$(cat "$T/$n.st")" 1
		unlike "$p: $n: no digest of what never was" \
			"$(about $n /opt/b-file)" '"sha256"'
		seen $p $n /opt/a-before "$n: the file before it is seen"
		seen $p $n /opt/c-after "$n: the file behind it is seen"
	done
	fresh
	held $p rewrite "$E" "$F" pread64,read 1 rewrite
	is "$p: rewritten in place: a note" "$(noted rewrite /opt/b-file)" "changed "
	unlike "$p: rewrite: no digest of what never was" \
		"$(about rewrite /opt/b-file)" '"sha256"'
	fresh
	held $p vanish "$E" "$F" pread64,read 1 vanish
	like "$p: a file that vanishes while it is read is in the records" \
		"$(noted vanish /opt/b-file)$(about vanish /opt/b-file)" .
	seen $p vanish /opt/c-after "vanish: the file behind it is seen"
done
# at whichever read it changes: a digest is of one state, or there is none
for p in $both; do
	fresh
	old=$(sha256sum <"$F") && rewrite && new=$(sha256sum <"$F")
	bad=
	for k in 1 2 5 17 again; do
		fresh
		case $k$p in # a scan reads all at once, and again what is not clean
		againscan-yara) HOLD=2 held $p at "$E" "$F" pread64,read 1 rewrite ;;
		again* | [25]scan-yara | 17scan-yara) continue ;;
		*) held $p at "$E" "$F" pread64,read $k rewrite ;;
		esac
		for s in $(about at /opt/b-file | jq -r '.sha256 // empty' | sort -u); do
			[ "$s" = "${old%% *}" ] || [ "$s" = "${new%% *}" ] ||
				bad="$bad read $k: $s"
		done
		[ -n "$(noted at /opt/b-file)$(about at /opt/b-file)" ] ||
			bad="$bad read $k: silence"
	done
	is "$p: a digest is of bytes that were there together" "$bad" ""
done

# ---- between the walk and the look --------------------------------------------
# One processor, one worker: it is held at the first file; what comes behind it
# is in the batch already.
[ -n "$(command -v taskset)" ] &&
	CPU="taskset -c $(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')"
printf '#!/bin/sh\n# %s HOSTILE-MARK\n' "$outside" >"$T/secret"
A=$E/opt/a-before
gone() { rm "$F"; }
fifo() { rm "$F" && mkfifo "$F"; }
link() { rm "$F" && ln -s ../../secret "$F"; }
other() { rm "$F" && cp "$T/secret" "$F"; }
dir() { rm "$F" && mkdir "$F" && cp "$T/secret" "$F/s"; }
dirlink() { mv "$E/opt/d" "$E/opt/was" && ln -s ../../outside "$E/opt/d"; }
mkdir "$T/outside" && cp "$T/secret" "$T/outside/file"
swaps() {
	for p in $both; do
		for how in gone:absent fifo:changed link:changed other:changed dir:changed; do
			n=${how%:*}
			fresh
			held $p $n "$E" "$A" pread64,read 1 $n
			like "$p$old: walked, then $n: a note" "$(noted $n /opt/b-file)" \
				"^(${how#*:}|absent) $"
			unlike "$p$old: $n: what it is now is not taken for it" \
				"$(cat "$T/$n.out")" "\"rule\":\"secret\"|$(sha256sum <"$T/secret" | cut -c1-64)"
			seen $p $n /opt/c-after "$n: the file behind it is seen"
		done
		like "$p$old: what vanished is no loss" "$(jq -c 'select(.k == "note" and
			.path == "/opt/b-file")' "$T/gone.out")" '"lost":false|"class":"absent"'
		fresh
		mark "$E/opt/d/file"
		held $p dirlink "$E" "$A" pread64,read 1 dirlink
		unlike "$p$old: a directory becomes a link that leads out: not followed" \
			"$(cat "$T/dirlink.out")" '"rule":"secret"'
		like "$p$old: dirlink: a note" "$(noted dirlink /opt/d/file)" '^(absent|changed) $'
		seen $p dirlink /opt/c-after "dirlink: the file before it is seen"
		# the walk itself is held, while it reads /opt; /opt/d is still ahead
		fresh
		mark "$E/opt/d/file"
		held $p walked "$E" "$E/opt" getdents64 1 dirlink
		unlike "$p$old: the same while the walk is at its parent" \
			"$(cat "$T/walked.out")" '"rule":"secret"'
		unlike "$p$old: walked: nothing of the outside" "$(cat "$T/walked.out")" \
			"$(sha256sum <"$T/secret" | cut -c1-64)"
		seen $p walked /opt/c-after "walked: the other files are seen"
	done
}
old=
swaps
W=$UNIT/no-openat2 old=", hidden"
swaps
W=

# Whose digest is known, and who is innocent by the time it is scanned, must not
# speak for others that have the content of the digest. (Held at the second
# file of the two, while the first one's digest is known and nothing is scanned.)
host "$E"
mark "$F"
cp "$F" "$E/opt/c-copy"
touch -d 2020-01-01 "$F"
inplace() { # with the old size and time
	n=$(stat -c %s "$F") && head -c "$n" /dev/zero | tr '\0' '#' |
		dd of="$F" conv=notrunc 2>/dev/null && touch -d 2020-01-01 "$F"
}
held scan-yara swapped "$E" "$E/opt/c-copy" pread64,read 1 inplace
is "scan-yara: a holder that changes after its digest: a note" \
	"$(noted swapped /opt/b-file)" "changed "
like "scan-yara: it does not speak for those that have the content" \
	"$(about swapped /opt/c-copy)" '"rule":"mark"'
unlike "scan-yara: nor does the digest for it" "$(about swapped /opt/b-file)" '"sha256"'
CPU=

# ---- blocks that cannot be read -------------------------------------------------
fresh
for p in $both; do
	for at in 70000 1000000 3900000; do
		W="$UNIT/no-openat2 -k -e $at"
		look $p eio "$E"
		W=
		is "$p: EIO behind byte $at: a note" "$(noted eio /opt/b-file)" "corrupt "
		like "$p: with its errno" "$(notes eio)" '"errno":"EIO"'
		unlike "$p: and no digest" "$(about eio /opt/b-file)" '"sha256"'
		is "$p: EIO: exit 1" "$(cat "$T/eio.st")" 1
		seen $p eio /opt/c-after "EIO: the file behind it is seen"
	done
done

# ---- a worker that dies -----------------------------------------------------------
for p in $both; do
	for k in 1 3; do
		[ $k$p = 3scan-yara ] && continue # it reads all at once
		fresh
		timeout 60 $NAMED strace -f -o "$T/segv.log" -P "$F" -e trace=pread64,read \
			-e inject=pread64,read:signal=SEGV:when=$k \
			"$BIN/$p" -r "$E" $(args $p) >"$T/segv.out" 2>"$T/segv.err"
		echo $? >"$T/segv.st"
		sound $p segv
		is "$p: a crash at read $k is noted" "$(noted segv /opt/b-file)" "crashed "
		is "$p: it costs one file" "$(notes segv | grep -c crashed)" 1
		seen $p segv /opt/a-before "crash: the file before it is seen"
		seen $p segv /opt/c-after "crash: the file behind it is seen"
		is "$p: crash: exit 1" "$(cat "$T/segv.st")" 1
	done
done

# ---- what is no file ---------------------------------------------------------------
host "$E"
mark "$E/opt/file"
mkfifo "$E/opt/fifo"
ln -s fifo "$E/opt/to-fifo"
ln -s ../../secret "$E/opt/to-outside"
python3 - "$E/opt" <<'X'
import os, socket, sys
os.chdir(sys.argv[1])
socket.socket(socket.AF_UNIX).bind('socket')
X
special="fifo socket"
if [ $ROOTED = 1 ]; then
	# null, a watchdog that would be armed, a tape that would be wound
	mknod "$E/opt/null" c 1 3
	mknod "$E/opt/watchdog" c 10 130
	mknod "$E/opt/tape" c 9 0
	mknod "$E/opt/disk" b 7 77
	special="$special null watchdog tape disk"
fi
for p in $both; do
	(echo heard >"$E/opt/fifo") &
	writer=$!
	sleep 0.1
	$NAMED strace -f -y -s 4096 -o "$T/odd.strace" "$BIN/$p" -r "$E" $(args $p) \
		>"$T/odd.out" 2>"$T/odd.err"
	echo $? >"$T/odd.st"
	sound $p odd
	awk -f "$TESTS/opens.awk" "$T/odd.strace" >"$T/odd.opens"
	is "$p: FIFO, socket, devices are never opened" \
		"$(awk -F '\t' '$2 == "read" || $2 == "write" { print $3 }' "$T/odd.opens" |
			grep -E "/opt/($(echo $special | tr ' ' '|')|to-[a-z]*)$")" ""
	unlike "$p: nor by their descriptor" "$(grep -E 'proc/self/fd|/dev/fd' "$T/odd.opens")" \
		"opt/($(echo $special | tr ' ' '|'))"
	ok "$p: the writer of a FIFO still waits" kill -0 $writer
	is "$p: and is heard by the next reader" "$(timeout 5 cat "$E/opt/fifo")" heard
	wait $writer
	seen $p odd /opt/file "beside them a file is seen"
	unlike "$p: a link that leads out is not followed" "$(cat "$T/odd.out")" '"rule":"secret"'
	is "$p: odd objects are no loss" "$(notes odd)" ""
done
look collect-files odd "$E"
for s in $special to-fifo to-outside; do
	like "collect-files: /opt/$s has its row" "$(about odd /opt/$s)" \
		'"type":"(fifo|socket|char|block|symlink)"'
done
like "collect-files: a link's target" "$(about odd /opt/to-outside)" '"target":"../../secret"'
[ $ROOTED = 1 ] && like "collect-files: a device's number" "$(about odd /opt/watchdog)" \
	"\"rdev\":$((10 * 1048576 + 130))"

# ---- sparse, endless ------------------------------------------------------------------
host "$E"
mark "$E/opt/a-before"
mark "$E/opt/c-after"
for top in 9223372036854775807 8E 16T 1T; do
	truncate -s $top "$E/opt/b-hole" 2>/dev/null && break
done
top=$(stat -c %s "$E/opt/b-hole")
mark "$T/hole" && dd if="$T/hole" of="$E/opt/b-hole" conv=notrunc 2>/dev/null
for p in $both; do
	a=$(date +%s)
	look $p hole "$E"
	a=$(($(date +%s) - a))
	like "$p: a sparse file of $top bytes: a note" "$(noted hole /opt/b-hole)" '^limit $'
	like "$p: that names the limit" "$(notes hole)" '(CONTENT_READ|YARA_READ)_MAX'
	seen $p hole /opt/c-after "hole: the other files are seen"
	if [ $a -le 60 ]; then pass "$p: holes take no time ($a s)"; else
		fail "$p: holes take no time" "$a s"; fi
done
is "scan-yara: the beginning of what is too long is scanned" \
	"$(about hole /opt/b-hole | jq -r .rule | sort -u)" mark
look collect-files hole "$E"
is "collect-files: size and what is on disk" "$(about hole /opt/b-hole |
	jq -c '[.size == '$top', .allocated < 100000, .sha256]')" '[true,true,null]'

# ---- directories ---------------------------------------------------------------------
# below the limit the order is that of names, however they were made
many() { # FROM TO STEP NAME
	mkdir -p "$E/opt/many"
	python3 - "$E/opt/many" "$@" <<'X'
import os, sys
os.chdir(sys.argv[1])
for i in range(*map(int, sys.argv[2:5])):
    os.close(os.open('f%07d' % i, os.O_CREAT | os.O_WRONLY, 0o644))
X
}
paths() { grep -o '"path":"/opt/many/[^"]*"' "$T/$1.out"; }
host "$E"
many 0 20000 1
look collect-files up "$E"
rm -rf "$E/opt/many"
many 19999 -1 -1
look collect-files down "$E"
is "20,000 entries: all, once" "$(paths up | sort -u | wc -l) $(paths up | wc -l)" \
	"20000 20000"
is "in the order of names" "$(paths up | sort -c 2>&1)" ""
is "however they were made" "$(paths down | sha256sum)" "$(paths up | sha256sum)"
if [ $TMPFS = 1 ] && [ -z "$SAN" ]; then
	full=250000 # t-memory.sh has a million
	many 0 $full 1
	gcc -D_GNU_SOURCE -include collectors/lib/base.h -O2 -static -o "$T/peak" tests/peak.c
	for p in $both; do
		"$T/peak" -o "$T/full.out" "$BIN/$p" -r "$E" $(args $p) 2>"$T/full.err"
		read -r sec kib st <<-X
			$(tail -n 1 "$T/full.err")
		X
		echo "$st" >"$T/full.st"
		sound $p full
		like "$p: $full entries: a note, with the limit's name" \
			"$(grep '"k":"note","class":"limit"' "$T/full.out")" \
			'/opt/many.*ROOT_DIR_SORT'
		[ $p = collect-files ] && is "$p: all of them, once" \
			"$(paths full | sort -u | wc -l) $(paths full | wc -l)" "$full $full"
		if [ "${kib:-9999999}" -le 65536 ]; then
			pass "$p: in $kib KiB, $sec s"
		else
			fail "$p: in 64 MiB" "$kib KiB, $sec s, exit $st"
		fi
	done
	rm -f "$T/full.out"
	rm -rf "$E/opt/many"
else
	skip "more entries than are sorted" "needs a tmpfs, and no sanitizers"
fi

# depth, and a path longer than the kernel takes
host "$E"
mark "$E/opt/near"
python3 - "$E/opt" <<'X'
import os, sys
top = sys.argv[1]
def down(name, n, at):
    os.chdir(top)
    for i in range(n):
        os.mkdir(name)
        os.chdir(name)
        if i + 1 in at:
            with open('file', 'w') as f:
                f.write('#!/bin/sh\n# HOSTILE-MARK\n')
            os.chmod('file', 0o755)
down('d', 5000, (200, 4999))
down('x' * 250, 40, (40,))
X
long=/opt/$(python3 -c "print('/'.join(['x' * 250] * 40))")/file
level=/opt/$(python3 -c "print('/'.join(['d'] * 200))")/file
for p in $both; do
	look $p deep "$E"
	seen $p deep /opt/near "deep: a file beside it is seen"
	seen $p deep "$level" "200 levels down a file is seen"
	seen $p deep "$long" "at the end of a path of ${#long} bytes a file is seen"
	is "$p: 5,000 levels: one note" "$(notes deep | grep -c '"class":"limit"')" 1
	like "$p: with the limit's name" "$(notes deep)" 'ROOT_DEPTH_MAX'
	is "$p: deep: exit 1" "$(cat "$T/deep.st")" 1
done
find "$E" -depth -delete 2>/dev/null || rm -rf "$E"

# ---- names -----------------------------------------------------------------------------
host "$E"
mark "$E/opt/first" 300000
python3 - "$E/opt" <<'X'
import os, sys
os.chdir(sys.argv[1])
for d, ch in (('b', 'b'), ('z', 'z')):
    os.mkdir(d)
    for i in range(2000):
        os.link('first', '%s/%s%04d' % (d, ch, i))
os.mkdir('m')
for i in range(12000):
    with open('m/%05d' % i, 'w') as f:
        f.write('%d' % i)
X
for p in $both; do
	strace -f --seccomp-bpf -y -e trace=pread64 -o "$T/links.strace" \
		$NAMED "$BIN/$p" -r "$E" $(args $p) >"$T/links.out" 2>"$T/links.err"
	echo $? >"$T/links.st"
	sound $p links
	is "$p: 4,001 hard links: every name has its row" \
		"$(grep -E '"k":"(file|match)"' "$T/links.out" |
			grep -oE '"path":"/opt/([bz]/[bz][0-9]+|first)"' | sort -u | wc -l)" 4001
	# 300,000 bytes are two reads, or one that takes all and one of the scan
	n=$(grep -cE '</[^>]*/opt/(b/b[0-9]+|z/z[0-9]+|first)>' "$T/links.strace")
	if [ $n -ge 1 ] && [ $n -le 3 ]; then
		pass "$p: and the file was read once ($n reads)"
	else
		fail "$p: and the file was read once" "$n reads"
	fi
done
look collect-files links "$E"
is "collect-files: all with one digest" "$(grep '"links":4001' "$T/links.out" |
	grep -o '"sha256":"[0-9a-f]*"' | sort | uniq -c | awk '{ print $1 }')" 4001

# ---- attributes, interpreters -------------------------------------------------------------
host "$E"
mark "$E/opt/plain"
{
	printf '#!'
	head -c 70000 /dev/zero | tr '\0' 'i'
	printf '\n# HOSTILE-MARK\n'
} >"$E/opt/long-line"
printf '#! \t /bin/\377\033[2Jsh -x\r\n# HOSTILE-MARK\n' >"$E/opt/odd-line"
printf '#!' >"$E/opt/two-bytes"
chmod 755 "$E"/opt/*
python3 - "$E/opt" <<'X' >"$T/xattrs"
import os, sys
os.chdir(sys.argv[1])
def some(name, attrs):
    n = 0
    with open(name, 'w') as f:
        f.write('#!/bin/sh\n# HOSTILE-MARK\n')
    for k, v in attrs:
        try:
            os.setxattr(name, k, v)
            n += 1
        except OSError:
            pass
    print(name, n)
some('large', [('user.a', b'a' * 65000), ('user.b', bytes(range(256)) * 250)])
some('many', [('user.' + 'n' * 200 + str(i), b'v') for i in range(400)])
some('odd', [(b'user.\xff\x1b[2J\n', b'\x1b]0;x\x07\xff\n')])
X
for p in $both; do
	look $p attrs "$E"
	for f in plain long-line odd-line large many odd; do
		seen $p attrs /opt/$f "a file with odd attributes or first line is seen: $f"
	done
	is "$p: attributes: nothing crashed" "$(notes attrs | grep -c crashed)" 0
	unlike "$p: attributes: no escape sequence" "$(cat "$T/attrs.out" "$T/attrs.err")" \
		"$(printf '\033')"
done
look collect-files attrs "$E"
if grep -q '^large [12]$' "$T/xattrs"; then
	like "collect-files: large attributes are kept or said to be cut" \
		"$(about attrs /opt/large | jq -r '.xattrs | fromjson[]' | wc -c) $(noted attrs /opt/large)" \
		'^[0-9]{5,} |limit'
else
	skip "attributes of 64 KiB" "this file system takes none"
fi
if grep -q '^many 400$' "$T/xattrs"; then # more than the kernel lists
	like "collect-files: more names than the kernel lists: a note" \
		"$(noted attrs /opt/many)" 'limit|corrupt|denied'
else
	skip "80 KB of names of attributes" "this file system takes none"
fi
like "collect-files: an interpreter of 70,000 bytes is kept or said to be cut" \
	"$(about attrs /opt/long-line | jq -r '.interpreter' | wc -c) $(noted attrs /opt/long-line)" \
	'^[0-9]{5} |limit|^[0-9]{3,} '
like "collect-files: an interpreter that is no text, to the byte" \
	"$(about attrs /opt/odd-line | jq -r .interpreter_b64 | base64 -d |
		od -An -tx1 | tr -d ' \n')" '^2f62696e2fff1b5b324a7368'

# ---- mounts --------------------------------------------------------------------------------
if [ $TMPFS = 1 ]; then
	host "$E"
	mark "$E/opt/file"
	mkdir "$E/opt/loop" "$E/opt/again" "$E/opt/proc"
	: >"$E/opt/kmsg"
	: >"$E/opt/mem"
	mount --bind "$E" "$E/opt/loop"
	mount --bind "$E/etc" "$E/opt/again"
	mount -t proc none "$E/opt/proc"
	mount --bind /proc/kmsg "$E/opt/kmsg" 2>/dev/null ||
		mount --bind /proc/sysrq-trigger "$E/opt/kmsg"
	mount --bind /proc/self/mem "$E/opt/mem"
	for p in $both; do
		SLOW=30 look $p mounts "$E"
		seen $p mounts /opt/file "loops of mounts end"
		unlike "$p: /proc is not evidence" "$(about mounts /opt/proc/version)" .
		unlike "$p: nor is a file of it in another place" \
			"$(about mounts /opt/kmsg; about mounts /opt/mem)" '"sha256"'
	done
	for m in mem kmsg proc again loop; do umount -l "$E/opt/$m"; done
else
	skip "loops of mounts" "needs mount namespaces"
fi

# ---- what is denied ---------------------------------------------------------------------------
if [ $ROOTED = 1 ]; then
	host "$E"
	mark "$E/opt/open"
	mark "$E/opt/closed" && chmod 700 "$E/opt/closed"
	mark "$E/opt/shut/file" && chmod 700 "$E/opt/shut"
	mark "$E/opt/blind/file" && chmod 711 "$E/opt/blind"
	chmod 755 "$T" "$E" "$E/opt" && mkdir -p "$T/ubin"
	cp "$BIN/collect-files" "$BIN/scan-yara" "$T/ubin" && chmod -R a+rX "$T/ubin" "$T/rules"
	for p in $both; do
		setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
			"$T/ubin/$p" -r "$E" $(args $p) >"$T/denied.out" 2>"$T/denied.err"
		echo $? >"$T/denied.st"
		sound $p denied
		is "$p: denied is exit 1" "$(cat "$T/denied.st")" 1
		for f in closed shut blind; do
			is "$p: denied: /opt/$f" "$(noted denied /opt/$f)" "denied "
		done
		seen $p denied /opt/open "what may be read is seen"
	done
else
	skip "what is denied" "needs root to be somebody else"
fi

# ---- rules ---------------------------------------------------------------------------------------
host "$E"
mark "$E/opt/one"
mark "$E/opt/two" 20000
R=$T/slow
mkdir "$R"
cat >"$R/good.yar" <<'X'
rule mark { strings: $a = "HOSTILE-MARK" condition: $a }
X
cat >"$R/slow.yar" <<'X'
rule before { strings: $a = "HOSTILE-MARK" condition: #a == 2 }
rule never_ends {
	condition:
		filesize > 10000 and for all i in (0..filesize) : (
			for all j in (0..filesize) : (
				for any k in (0..filesize) : (uint8(k) == uint8(j))))
}
rule behind { strings: $a = "HOSTILE-MARK" condition: #a == 2 }
X
"$BIN/scan-yara" -r "$E" --all --rules "$R" >"$T/slow.out" 2>"$T/slow.err"
echo $? >"$T/slow.st"
sound scan-yara slow
is "a rule that does not end: a note" "$(noted slow /opt/two)" "limit "
like "with its name" "$(notes slow)" 'never_ends'
for f in one two; do
	is "all others see /opt/$f" "$(about slow /opt/$f | jq -r .rule | sort -u | tr '\n' ' ')" \
		"before behind mark "
done
is "exit 1" "$(cat "$T/slow.st")" 1

R=$T/broken
mkdir "$R"
cp "$T/slow/good.yar" "$R/"
printf 'rule half {\n\n\tstrings: $a = "x"\n\tcondition: $b }\n' >"$R/broken.yar"
printf 'import "no_such_module"\nrule x { condition: true }\n' >"$R/module.yar"
printf 'import "vt"\nrule later { condition: vt.x == 1 and defined y }\n' >"$R/newer.yar"
printf 'YARA\030\000\000\000\001\002\003\004%01000d' 0 >"$R/compiled.yar"
printf 'include "../slow/slow.yar"\nrule x { condition: true }\n' >"$R/escape.yar"
printf 'include "/etc/passwd"\nrule x { condition: true }\n' >"$R/escape2.yar"
printf 'include "self.yar"\nrule x { condition: true }\n' >"$R/self.yar"
printf 'rule bytes { strings: $a = "\377\376" condition: $a }\n' >"$R/bytes.yar"
: >"$R/empty.yar"
head -c 20000000 /dev/zero | tr '\0' ' ' >"$R/large.yar"
mkfifo "$R/fifo.yar"
ln -s fifo.yar "$R/fifo-link.yar"
ln -s /etc/passwd "$R/link.yar"
mkdir "$R/folder.yar"
timeout 60 "$BIN/scan-yara" -r "$E" --all --rules "$R" >"$T/broken.out" 2>"$T/broken.err"
echo $? >"$T/broken.st"
sound scan-yara broken
t=$(jq -c 'select(.k == "note" and .op == "rules")' "$T/broken.out")
for f in broken module newer compiled escape escape2 self large; do
	like "a rule file that is no good is named: $f" "$t" "$f\\.yar"
done
like "with its line" "$t" 'broken\.yar.{0,40}line 4: '
like "on the screen, too" "$(cat "$T/broken.err")" 'broken\.yar:4: '
like "bytecode is refused as such" "$(echo "$t" | grep compiled.yar)" 'compiled|bytecode'
unlike "nothing is included from outside" "$(about broken /opt/two)" 'never_ends|"rule":"x"'
is "the others run" "$(about broken /opt/one | jq -r .rule | sort -u)" mark
is "rules are not evidence: exit 0" "$(cat "$T/broken.st")" 0
if [ -n "$(command -v yarac)" ]; then
	mkdir "$T/real" && yarac "$T/slow/good.yar" "$T/real/rules.yar"
	"$BIN/scan-yara" -r "$E" --all --rules "$T/real" >"$T/real.out" 2>"$T/real.err"
	like "rules that yarac compiled are refused" "$(cat "$T/real.err" "$T/real.out")" \
		'rules\.yar.*(compiled|bytecode)'
else
	skip "rules that yarac compiled" "no yarac"
fi
finish
