# t-collect-files.sh - what files there are, and what is in them
. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"

run() { "$BIN/collect-files" "$@" >"$T/rec" 2>"$T/msg"; echo $?; }
notes() { records "$T/rec" note 'select(.lost)|[.class,.op,.path]|join(" ")' | tr -d '"'; }
# col PATH FILTER: of the rows of a path
col() { records "$T/rec" file "select(.path==\"$1\")|$2"; }

# ---- a host: which files, and what stat says of them
cat >"$T/spec" <<'S'
f etc/passwd <<E
root:x:0:0::/root:/bin/sh
pg:x:70:70::/var/lib/pg:/bin/sh
E
f etc/hosts 0644 0:0 2026-01-02T03:04:05.678901234Z <<E
127.0.0.1 localhost
E
f etc/cron.d/job <<E
* * * * * root true
E
f usr/share/doc/x/readme <<E
words
E
f usr/share/doc/x/tool.sh <<E
echo a name is enough
E
f usr/share/doc/x/quiet <<E
#! /bin/sh -e
true
E
f usr/bin/prog 0755 0:0 <<E
no program at all
E
f usr/lib/suid 4711 70:0 <<E
x
E
f var/lib/pg/data 0600 70:70 <<E
1
E
f var/log/syslog <<E
line
E
f tmp/.x/two 0600 <<E
two names
E
f opt/app/data <<E
x
E
f strange/file <<E
x
E
f opt/empty </dev/null
l etc/link nowhere
l usr/share/link nowhere
p tmp/pipe
p usr/share/pipe
S
mkroot "$T/spec" "$T/r"
R=$T/r
ln "$R/tmp/.x/two" "$R/usr/share/doc/x/two"
printf '#!/usr/bin/env python3 \r\nx' >"$R/usr/share/doc/x/crlf"
printf '\177ELF\2\1\1' >"$R/usr/share/doc/x/stub"
: >"$R/tmp/$(printf 'odd\nname\377')"
truncate -s 1M "$R/opt/holes"
[ $ROOTED = 0 ] || { mknod "$R/usr/share/disk" b 8 1; mkdir "$R/dev"; mknod "$R/dev/null" c 1 3; }

is "a host: exit" "$(run -r "$R")" 0
want="/etc configuration
/etc/cron.d persistence
/etc/cron.d/job persistence
/etc/hosts configuration
/etc/link configuration
/etc/passwd configuration
/opt place
/opt/app place
/opt/app/data place
/opt/empty place
/opt/holes place
/strange place
/strange/file place
/tmp temporary
/tmp/.x temporary
/tmp/.x/two temporary
/tmp/odd\\nname\\\\xFF temporary
/tmp/pipe temporary
/usr/bin/prog executable
/usr/lib/suid executable
/usr/share/disk device
/usr/share/doc/x/crlf script
/usr/share/doc/x/quiet script
/usr/share/doc/x/stub executable
/usr/share/doc/x/tool.sh script
/usr/share/doc/x/two temporary
/var/lib/pg/data home"
[ $ROOTED = 1 ] || want=$(printf '%s\n' "$want" | grep -v ' device$')
is "what triage wants, and why" \
	"$(records "$T/rec" file '[.path,.why]|join(" ")' | tr -d '"' | sort)" "$want"
is "all of it is of the host" "$(records "$T/rec" file '[.scope,.origin]|join(" ")' | sort -u)" '"host host"'
cp "$T/rec" "$T/triage"

is "--all: exit" "$(run -r "$R" --all)" 0
cp "$T/rec" "$T/all"
is "--all: every object, in the order of the walk" \
	"$(records "$T/rec" file 'select(.path!="/usr/share/doc/x/two")|.path' | tr -d '"' | sed 's/odd.*/odd/')" \
	"$(cd "$R" && find . ! -path './usr/*/two' -printf '%P\0' | LC_ALL=C sort -z | sed -z 's/^/\//; s/odd.*/odd/' | python3 -c '
import sys
v = sys.stdin.buffer.read().split(b"\0")[:-1]
# directories before their entries, entries sorted
v.sort(key=lambda p: p.rstrip(b"/").split(b"/"))
sys.stdout.buffer.write(b"\n".join(v))')"
records "$T/triage" file . >"$T/a"
records "$T/all" file . >"$T/b"
is "--all has the rows of triage as they are" "$(grep -vxFf "$T/b" "$T/a")" ""
is "a further one is there because of --all" "$(col /usr/share/doc/x/readme .why)" '"all"'

is "names of one inode stand together" "$(records "$T/rec" file .path | grep -A 1 '/tmp/.x/two' | tr '\n' ' ')" '"/tmp/.x/two" "/usr/share/doc/x/two" '

# find and we, field by field
is "metadata is what find says" \
	"$(records "$T/rec" file 'select(.path_b64|not)|[.path,.type[0:1],.mode,.uid,.gid,.inode,.links,.size,(.target//"")]|join("|")' |
		tr -d '"' | sort)" \
	"$(cd "$R" && find . ! -name 'odd*' -printf '/%P|%y|%m|%U|%G|%i|%n|%s|%l\n' |
		awk -F'|' '{ m = 0; for (i = 1; i <= length($3); i++) m = m * 8 + substr($3, i, 1)
			sub(/^p/, "f", $2); sub(/^l/, "s", $2); $3 = m; print }' OFS='|' | sort)"
is "digests are what sha256sum says" \
	"$(records "$T/rec" file 'select(.sha256 and (.path_b64|not))|[.sha256,.path]|join("  ")' | tr -d '"' | sort)" \
	"$(cd "$R" && find . -type f ! -name 'odd*' -exec sha256sum {} + | sed 's/  \./  /' | sort)"
is "every regular file has one" "$(records "$T/rec" file 'select(.type=="file" and (.sha256|not))|.path')" ""
is "nothing but a regular file has one" "$(records "$T/rec" file 'select(.type!="file" and (.sha256 or .magic))|.path')" ""
for c in "modified Y" "changed Z" "birth W"; do
	t=$(stat -c "%.9${c#* }" "$R/etc/hosts" | tr -d .)
	[ "$t" -gt 0 ] 2>/dev/null || continue
	is "${c% *} is what stat says" "$(grep -o "\"path\":\"/etc/hosts\".*" "$T/rec" | grep -o "\"${c% *}_time\":[0-9]*" | cut -d: -f2)" "$t"
done
like "the last read is told" "$(grep '"path":"/etc/hosts"' "$T/rec")" '"accessed_time":[0-9]{19}'
is "the time that was set" "$(col /etc/hosts .modified_time | tr -d '\n' | head -c 16)" "$(printf 1767323045678901234 | head -c 16)"
[ $ROOTED = 0 ] || is "owners have the names of the evidence's passwd" \
	"$(col /var/lib/pg/data '[.uid,.owner]'; col /usr/lib/suid '[.uid,.gid,.owner,.mode]')" \
	'[70,"pg"]
[70,0,"pg",2505]'
is "holes" "$(col /opt/holes '[.size,.allocated,.read_size]')" '[1048576,0,null]'
is "a link's target" "$(col /etc/link '[.type,.target]')" '["symlink","nowhere"]'
is "a pipe is not opened" "$(col /tmp/pipe '[.type,.magic]')" '["fifo",null]'
is "a name that is no UTF-8, whole" \
	"$(records "$T/rec" file 'select(.path_b64)|.path_b64' | tr -d '"' | base64 -d | od -An -c | tr -d ' \n')" '/tmp/odd\nname377'
is "both names of one inode" "$(records "$T/rec" file 'select(.links==2 and .type=="file")|.path' | tr '\n' ' ')" '"/tmp/.x/two" "/usr/share/doc/x/two" '
is "of a script its interpreter" "$(col /usr/share/doc/x/quiet .interpreter)" '"/bin/sh -e"'
is "without blanks and CR" "$(col /usr/share/doc/x/crlf .interpreter)" '"/usr/bin/env python3"'
[ $ROOTED = 0 ] || {
	is "a device and its number" "$(col /usr/share/disk '[.type,.rdev]')" "[\"block\",$((8 * 1048576 + 1))]"
	is "the device of the file system" "$(col /etc/hosts .device)" \
		"$(($(stat -c %Hd "$R/etc/hosts") * 1048576 + $(stat -c %Ld "$R/etc/hosts")))"
}

# ---- the same whatever the number of workers
for o in "" --all; do
	"$BIN/collect-files" -r "$R" $o 2>"$T/msg" | volatile | sha256sum >"$T/many"
	taskset -c 0 "$BIN/collect-files" -r "$R" $o 2>"$T/msg" | volatile | sha256sum >"$T/one"
	is "one processor gives the same ($o)" "$(cat "$T/one")" "$(cat "$T/many")"
done

# ---- attributes, flags, capabilities
X=$T/x
mkdir -p "$X/etc" "$X/opt"
for n in plain user caps1 caps2 caps3 frozen; do echo $n >"$X/opt/$n"; done
if setfattr -n user.note -v 'a "note"' "$X/opt/user" 2>/dev/null; then
	setfattr -n user.bin -v 0x00ff41 "$X/opt/user"
	run -r "$X" >/dev/null
	is "attributes, readable or in hexadecimal" "$(col /opt/user '.xattrs|fromjson|join(" ")')" \
		'"user.bin=0x00ff41 user.note=a \"note\""'
	is "none" "$(col /opt/plain '[.xattrs,.flags,.capabilities]')" '[null,null,null]'
else
	skip "attributes" "the file system has none"
fi
if [ $ROOTED = 1 ] && setcap cap_net_raw=ep "$X/opt/caps1" 2>/dev/null; then
	setcap cap_setuid,cap_kill=eip "$X/opt/caps2"
	setcap cap_sys_admin=p "$X/opt/caps3"
	is "capabilities: exit" "$(run -r "$X")" 0
	for n in caps1 caps2 caps3; do
		is "capabilities as getcap: $n" "$(col /opt/$n .capabilities | tr -d '"')" \
			"$(getcap "$X/opt/$n" | sed 's/.* //')"
	done
	like "the attribute itself is told" "$(col /opt/caps1 .xattrs)" 'security.capability=0x0100000200200000'
else
	skip "capabilities" "cannot be set here"
fi
if [ $ROOTED = 1 ] && chattr +ia "$X/opt/frozen" 2>/dev/null; then
	run -r "$X" >/dev/null
	is "flags of the inode" "$(col /opt/frozen '.flags|fromjson|join(" ")')" '"immutable append"'
	chattr -ia "$X/opt/frozen"
else
	skip "flags of the inode" "cannot be set here"
fi

# ---- ELF, against readelf; types, against file
E=$T/e
mkdir -p "$E/etc" "$E/opt"
echo 'int main(void) { return 0; }' >"$T/m.c"
echo 'int f(void); int f(void) { return 0; }' >"$T/s.c"
# built NAME WANT ARGS...
built() {
	_n=$1 _want=$2; shift 2
	gcc -o "$E/opt/$_n" "$@" 2>/dev/null && echo "$_n $_want" >>"$T/elfs"
}
built exec "executable dynamic" -no-pie "$T/m.c"
built pie "pie dynamic" -fPIE -pie "$T/m.c"
built static "executable static" -no-pie -static "$T/m.c"
built static-pie "pie static" -static-pie "$T/m.c"
built shared "shared dynamic" -fPIC -shared "$T/s.c"
built stripped "pie dynamic" -s -fPIE -pie "$T/m.c"
built object "relocatable" -c "$T/m.c"
is "ELF: exit" "$(run -r "$E")" 0
while read -r n want; do
	is "ELF: $n" "$(col /opt/$n '[.elf_type,.elf_linkage//""]|join(" ")' | tr -d '"' | sed 's/ $//')" "$want"
	is "ELF: $n: loader as readelf has it" "$(col /opt/$n '.interpreter//""' | tr -d '"')" \
		"$(readelf -lW "$E/opt/$n" 2>/dev/null | sed -n 's/.*interpreter: \(.*\)\]/\1/p')"
	is "ELF: $n: what file says" "$(col /opt/$n .magic | tr -d '"')" "$(file -b -e elf "$E/opt/$n" | sed 's/pie executable/shared object/')"
done <"$T/elfs"
ok "ELF: there were programs" test -s "$T/elfs"
is "ELF: none is packed" "$(records "$T/rec" file 'select(.packed)|.path')" ""
[ "$(uname -m)" != x86_64 ] || is "ELF: the machine" "$(records "$T/rec" file 'select(.elf_type)|.elf_machine' | sort -u)" '"x86-64"'
M=$T/m
mkdir -p "$M/etc" "$M/opt"
head -c 3000 "$TESTS/lib.sh" | gzip -n >"$M/opt/gz"
gzip -c <"$TESTS/lib.sh" >"$M/opt/gz-time" # its time in no zone of the host
xz -c <"$TESTS/lib.sh" >"$M/opt/xz"
tar -C "$E" -cf "$M/opt/tar" etc
printf '\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\0\020\0\0\0\020\10\6\0\0\0' >"$M/opt/png"
printf 'MZ\220\0' >"$M/opt/exe"
head -c 9000 /dev/zero >"$M/opt/zeros"
python3 -c 'import zipfile; zipfile.ZipFile("'"$M"'/opt/zip", "w").writestr("a", "b")'
cp "$BIN/case-query" "$M/opt/db"
: >"$M/opt/empty"
printf 'a text\n' >"$M/opt/text"
printf '\377\376a\0\n\0' >"$M/opt/utf16"
printf '\303\244\n' >"$M/opt/utf8"
run -r "$M" >/dev/null
# libmagic is shown bytes, not the file: no x bit, and no end of a gzip file
for f in "$M"/opt/*; do
	n=${f##*/}
	is "type: $n" "$(col "/opt/$n" '.magic' | tr -d '"')" "$(TZ=UTC file -b -e elf -e csv "$f" |
		sed 's/pie executable/shared object/; s/, original size.*//')"
done

# ---- bad input
H=$T/h
mkdir -p "$H/etc" "$H/opt" "$H/tmp" "$H/usr/share"
echo x >"$H/opt/good"
truncate -s 9223372036854775807 "$H/opt/monster" 2>/dev/null || truncate -s 1T "$H/opt/monster"
truncate -s 1T "$H/usr/share/data"
printf '\177ELF' | dd of="$H/opt/monster" conv=notrunc 2>/dev/null
python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$H/tmp/sock" 2>/dev/null
i=0
while [ $i -lt 1000 ]; do ln "$H/opt/good" "$H/opt/name$i"; i=$((i + 1)); done
is "bad input: exit" "$(run -r "$H")" 1
is "a monster: one note, at once" "$(notes)" "limit read /opt/monster"
like "it names the limit" "$(records "$T/rec" note 'select(.lost)|.detail')" 'CONTENT_READ_MAX'
is "a monster: its beginning tells what it is" "$(col /opt/monster '[.read_size,.sha256,.allocated < 1000000,.elf_machine]')" '[65536,null,true,"0"]'
is "what nobody wants of a large file is no loss" "$(col /usr/share/data .path)" ""
is "a thousand names of one file" "$(records "$T/rec" file 'select(.links==1001)|.sha256' | uniq -c | awk '{print $1}')" 1001
if [ $ROOTED = 1 ]; then
	mkdir "$T/ubin" && cp "$BIN/collect-files" "$T/ubin" && chmod 755 "$T" "$T/ubin" "$T/ubin/collect-files"
	D=$T/d
	mkdir -p "$D/etc" "$D/opt" "$D/usr/share"
	echo secret >"$D/opt/secret"
	echo secret >"$D/usr/share/secret"
	echo open >"$D/opt/open"
	chmod 600 "$D/opt/secret" "$D/usr/share/secret"
	setpriv --reuid 65534 --regid 65534 --clear-groups "$T/ubin/collect-files" -r "$D" >"$T/rec" 2>"$T/msg"
	is "unreadable: exit" $? 1
	is "unreadable: a note for each, also where its bytes would have decided" "$(notes)" \
		"denied read /opt/secret
denied read /usr/share/secret"
	is "unreadable: the row is there" "$(col /opt/secret '[.mode,.size,.read_size,.sha256]')" '[384,7,0,null]'
	is "unreadable: the others" "$(col /opt/open .sha256 | tr -d '"')" "$(sha256sum <"$D/opt/open" | cut -d' ' -f1)"
fi
head -c 1000 /dev/urandom >"$T/noise"
status "a file that is no archive" 1 "$BIN/collect-files" -r "$T/noise"
status "no root" 3 "$BIN/collect-files" -r "$T/nothing"

# ---- names of one inode that are further apart than a batch of the walk
L=$T/l
mkdir -p "$L/etc" "$L/opt"
printf '#!/bin/sh\nfar apart\n' >"$L/opt/a"
cp "$T/e/opt/pie" "$L/opt/b"
ln "$L/opt/a" "$L/opt/z" && ln "$L/opt/b" "$L/opt/y"
python3 - "$L/opt/m" <<'P'
import os, sys
d = sys.argv[1]
for i in range(4):
    d += "/" + "d" * 250
os.makedirs(d)
for i in range(8500): # 8 MiB of paths
    os.mkfifo("%s/%d" % (d, i))
P
is "names far apart: exit" "$(run -r "$L")" 0
is "names far apart: they are in two batches" "$(records "$T/rec" file .path | grep -n '/opt/[az]"' | cut -d: -f1 | awk '{ if (NR > 1) print ($1 - was > 8000); was = $1 }')" 1
same='del(.path)'
is "names far apart: the same" "$(col /opt/z "$same"; col /opt/y "$same")" "$(col /opt/a "$same"; col /opt/b "$same")"
is "names far apart: the digest" "$(col /opt/y .sha256 | tr -d '"')" "$(sha256sum <"$L/opt/b" | cut -d' ' -f1)"
if command -v strace >/dev/null && [ -z "$SAN" ]; then
	strace -f -y -e trace=pread64 -o "$T/trace" "$BIN/collect-files" -r "$L" >/dev/null 2>&1
	is "names far apart: read once" "$(grep -c 'pread64(.*/opt/[az]>' "$T/trace")" 1
fi

# ---- what a real engine wrote
if have_stores; then
	S=$T/host/var/lib/docker
	mkdir -p "$T/host/etc"
	unpack_store docker-hostile "$S"
	is "hostile store: exit" "$(run -r "$T/host")" 0
	cp "$T/rec" "$T/s1"
	taskset -c 0 "$BIN/collect-files" -r "$T/host" >"$T/rec" 2>"$T/msg"
	is "a store with one processor: the same" "$(volatile <"$T/rec" | sha256sum)" "$(volatile <"$T/s1" | sha256sum)"
	worm=$(records "$T/rec" file 'select(.path=="/var/sbin/bash" and .origin=="image")|.scope' | sort)
	like "a program of an image that never ran: its image" "$worm" '"image:docker/sha256:[0-9a-f]{64}"'
	id=$(printf '%s\n' "$worm" | sed -n 's/.*image:docker.sha256:\(.*\)"/\1/p')
	ok "it is that image's" grep -q 'var/sbin/bash' "$S/image/overlay2/imagedb/content/sha256/$id"
	is "its digest" "$(col /var/sbin/bash .sha256 | sort -u | tr -d '"')" \
		"$(cat "$S"/overlay2/*/diff/var/sbin/bash | sha256sum | cut -d' ' -f1)"
	like "a miner's settings in an image" "$(col /var/tmp/config.json 'select(.scope[0:5]=="image")|[.why,.host_path]|join(" ")')" \
		'^"temporary /var/lib/docker/overlay2/[0-9a-f]{64}/diff/var/tmp/config.json"$'
	is "the same in the containers of that image" "$(col /var/tmp/config.json '.scope[0:9]' | sort | uniq -c | awk '{print $1 $2}' | tr '\n' ' ')" \
		'2"container" 1"image:doc" '
	is "what a container dropped" \
		"$(col /var/tmp/jaav '[.scope[0:17],.origin,.why,.mode,.interpreter]')" \
		'["container:docker/","container","upper",511,"/bin/sh"]'
	is "and its crontab" "$(col /var/spool/cron/crontabs/root '[.origin,.mode]')" '["container",384]'
	is "no file of a layer is shown as one of the host" \
		"$(records "$T/rec" file 'select(.scope=="host" and (.path|test("/overlay2/.*/diff/.")))|.path')" ""
	is "rows of a layer say where their bytes lie" \
		"$(records "$T/rec" file 'select(.scope!="host" and (.host_path|not))|.path')" ""
	lost=
	for f in $(records "$T/rec" file 'select(.scope!="host" and .sha256)|[.sha256,.host_path]|join("=")' | tr -d '"' | sort -u); do
		[ "$(sha256sum <"$T/host${f#*=}" | cut -d' ' -f1)" = "${f%%=*}" ] || lost="$lost ${f#*=}"
	done
	is "and there they are" "$lost" ""
else
	skip "real stores" "needs root and a file system with devices and trusted attributes"
fi

finish
