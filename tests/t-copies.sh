#!/bin/sh
# t-copies - layers that are whole trees (vfs and the like): what a tree beneath
# others has and no copy of it is told of once, as hidden
. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"

if ! have_stores; then
	skip "real stores" "needs root and a file system with devices and trusted attributes"
	finish
	exit
fi
H=$T/h
fresh() { rm -rf "$H"; unpack_store docker-copies "$H"; }
# files OPTIONS...: all of them; hidden ENGINE: those, and what shows them not
files() { "$BIN/collect-files" --all "$@" -r "$H" >"$T/rec" 2>"$T/msg"; }
hidden() {
	records "$T/rec" file "select(.hidden and (.scope|contains(\":$1/\")))|[.path,.origin,.size]|join(\" \")" | tr -d '"' | sort
}
lost() { records "$T/rec" note 'select(.lost)|.class+" "+.path+" "+.detail' | tr -d '"'; }
WANT='/opt/drop image 21
/tmp/gone image 13
/usr/bin/mode image 5
/usr/bin/tool image 24'
MORE=$(printf '%s\n/tmp/stage image 19\n' "$WANT" | sort)

# ---- what dockerd and skopeo wrote
fresh
files
is "exit, notes" "$? $(lost)" "0 "
is "docker: what only lower trees have" "$(hidden docker)" "$WANT"
is "podman: the same" "$(hidden podman)" "$WANT"
is "whose: an image's" "$(records "$T/rec" file 'select(.hidden)|.scope' | sort | uniq -c | awk '{print $1, substr($2, 1, 20)}')" \
	'4 "image:docker/sha256
4 "image:podman/sha256'
is "their bytes are the lower ones" "$(records "$T/rec" file 'select(.hidden and .path=="/usr/bin/tool")|.sha256' | sort -u)" \
	"\"$(printf 'tool as the base has it\n' | sha256sum | cut -c 1-64)\""
is "a lower tree is not the host's" "$(records "$T/rec" file 'select(.scope=="host" and (.path|test("/vfs/dir/")))|.path')" ""
is "what one image of two has is its file" "$(records "$T/rec" file 'select(.path=="/tmp/stage" and (.scope|startswith("image:docker/")))|[.hidden,.origin]')" '[null,"image"]'
is "nothing is told of twice" "$(records "$T/rec" file '[.scope,.path,.hidden]' | sort | uniq -d)" ""
cp "$T/rec" "$T/all"
files
is "the same again" "$(volatile <"$T/rec" | sha256sum)" "$(volatile <"$T/all" | sha256sum)"
# of an image whose name and configuration are gone
files --containers=orphan
is "a container without its image" "$(hidden docker)" "$MORE"
files --images=app:1
is "one image: what it hides" "$(hidden docker)" "$MORE"
files --host
is "the host alone has none of them" "$(records "$T/rec" file 'select(.path|test("vfs/dir/.*/opt/drop"))|.path')" ""

echo 'rule drop { strings: $a = "dropper, first stage" condition: $a }' >"$T/drop.yar"
"$BIN/scan-yara" --all --rules "$T/drop.yar" -r "$H" >"$T/rec" 2>"$T/msg"
is "rules: found in each, told from the copies" "$(records "$T/rec" match 'select(.path=="/opt/drop")|[.scope[0:13],.rule,.hidden]' | sort)" \
	'["image:docker/","drop",true]
["image:podman/","drop",true]'

# ---- alike, or not: bytes decide
SAME=usr/bin/same
lower() { # DIR... of docker: the base, that no image has as its top
	dirname "$(find "$H/var/lib/docker/vfs/dir" -path '*/opt/drop')" | sed 's,/opt$,,'
}
tops() { find "$H/var/lib/docker/vfs/dir" -path "*/$SAME"; }
# change WHAT WANTED COMMAND: $L the base's file
change() {
	fresh
	L=$(lower)/$SAME
	eval "$3"
	files
	is "$1" "$(hidden docker | grep "$SAME")" "$2"
}
change "as it was" "" :
change "other bytes, size and time as they were" "/$SAME image 5" 'touch -r "$L" "$T/t"; printf "smae\n" >"$L"; touch -r "$T/t" "$L"'
change "another time" "/$SAME image 5" 'touch -d @1767323045.000000001 "$L"'
change "another owner" "/$SAME image 5" 'chown 7 "$L"; touch -d @1767323045 "$L"'
long() { head -c 200000 /dev/zero >"$1"; printf '%s' "$2" >>"$1"; touch -d @1767323045 "$1"; }
change "long, alike" "" 'for f in $(tops); do long $f x; done'
change "long, its last byte" "/$SAME image 200001" 'for f in $(tops); do long $f x; done; long "$L" y'
change "a directory stands there" "/$SAME image 5" 'for f in $(tops); do [ $f = "$L" ] || { rm $f; mkdir $f; }; done'
change "a FIFO stands there" "/$SAME image 5" 'for f in $(tops); do [ $f = "$L" ] || { rm $f; mkfifo $f; }; done'
change "a link to one that is alike" "/$SAME image 5" 'for f in $(tops); do [ $f = "$L" ] || { rm $f; cp -p "$L" $f.x; ln -s same.x $f; }; done'
change "its directory is gone" "/$SAME image 5" 'for f in $(tops); do [ $f = "$L" ] || rm -r "${f%/*}"; done'
change "one between has it still: told once" "/$SAME image 5" \
	'M=$(find "$H/var/lib/docker/vfs/dir" -path "*/tmp/gone"); for f in $(tops); do case $f in "$L" | "${M%/tmp/gone}/"*) ;; *) rm $f ;; esac; done'

# ---- a lower tree that is not there
fresh
rm -r "$(lower)"
files
is "a tree is missing: exit" "$?" 1
like "a tree is missing: note" "$(lost)" "^corrupt / a layer is missing: .*vfs/dir/"
is "a tree is missing: the rest" "$(hidden docker)" "/tmp/gone image 13"

# ---- other drivers: a copy of containerd's native, btrfs's of Docker
rm -rf "$H"
unpack_store containerd "$H"
files --containers=copied
is "native: what the container's image deleted" "$(hidden containerd)" "/opt/old/file image 4"
rm -rf "$H"
unpack_store docker-btrfs "$H"
files
is "btrfs: images show what containers changed" "$(hidden docker)" ""
finish
