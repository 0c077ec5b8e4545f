# t-podman-split.sh - containers-storage: images in another store
# (additionalimagestores, imagestore)
. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"

img() { "$BIN/collect-images" "$@" >"$T/img" 2>"$T/msg"; echo $?; }
ctr() { "$BIN/collect-containers" "$@" >"$T/ctr" 2>"$T/msg"; echo $?; }
notes() { records "$1" note "[.class, .detail // \"\", .path // \"\"] | join(\" \")" | tr -d '"'; }
changes() { records "$T/ctr" change "select(.container_id==\"${1:-$CTR}\")|[.op,.type,.path]|join(\" \")" | tr -d '"' | tr '\n' ';'; }
P=/var/lib/containers/storage
# opaque DIR: as root's podman says it, or (OWNER) that of an ordinary user
opaque() { setfattr -n "$([ "$OWNER" ] && echo user || echo trusted).overlay.opaque" -v y "$1" 2>/dev/null; }
OWNER=

# files: what each image and container shows, wherever it lies
files() {
	jq -r 'select(.k=="file" and .scope!="host" and .path!="/")|[.scope,.path,.origin,.type,.sha256,.hidden]|map(tostring)|join(" ")' | sort
	echo
}
split() { # KEY-LINE
	rm -rf "$T/h"
	mkdir -p "$T/h/etc/containers" "$T/h/var/lib/containers/storage" "$T/h/data"
	eval "$(made "$T/h/var/lib/containers/storage" tinypod.py)"
	G=$T/h/var/lib/containers/storage
	[ "$OWNER" ] && chown "$OWNER" "$G"
	img -r "$T/h" >/dev/null
	ctr -r "$T/h" >/dev/null
	changes >"$T/want.changes"
	# what hides: a file replaced, a directory that is opaque
	mkdir -p "$G/overlay/$L1/diff/gone" "$G/overlay/$UP/diff/gone"
	echo low >"$G/overlay/$L1/diff/gone/low"
	echo low >"$G/overlay/$L1/diff/both"
	echo own >"$G/overlay/$UP/diff/both"
	opaque "$G/overlay/$UP/diff/gone"
	for w in --all '--all --containers' '--all --images'; do
		"$BIN/collect-files" $w -r "$T/h" 2>"$T/msg" | files
	done >"$T/want.files"
	rm -r "$G/overlay/$UP/diff/gone" "$G/overlay/$UP/diff/both" # put back below
	python3 "$TESTS/stores/splitpod.py" "$G" "$T/h/data/images"
	printf '[storage]\ndriver = "overlay"\n[storage.options]\n%s\n' "$1" >"$T/h/etc/containers/storage.conf"
}
for key in 'additionalimagestores = ["/data/images"]' 'imagestore = "/data/images"' \
	'additionalimagestores  = ["/data/images"]'; do
	k=${key%% *}
	case $key in
	*'  '*)
		[ "$(id -u)" = 0 ] || continue
		OWNER=1000
		k="$k, of an ordinary user" ;;
	esac
	split "$key"
	is "$k: exit" "$(img -r "$T/h") $(ctr -r "$T/h")" "0 0"
	is "$k: nothing is missing" "$(notes "$T/img" | grep -v ^absent; notes "$T/ctr" | grep -v ^absent)" ""
	is "$k: the image" "$(records "$T/img" image '[.names,.store,.layers]')" '["[\"localhost/app:1\"]","/data/images",2]'
	is "$k: the container has it" "$(records "$T/ctr" container "select(.container_id==\"$CTR\")|.image_id" | tr -d '"')" "sha256:$IMG"
	is "$k: changes" "$(changes)" "$(cat "$T/want.changes")"
	mkdir "$G/overlay/$UP/diff/gone"
	echo own >"$G/overlay/$UP/diff/both"
	opaque "$G/overlay/$UP/diff/gone"
	: >"$T/got.files"
	for w in --all '--all --containers' '--all --images'; do
		"$BIN/collect-files" $w -r "$T/h" 2>"$T/msg" >"$T/f"
		is "$k: files $w: no note" "$(jq -r 'select(.k=="note" and .lost)|.detail' "$T/f")" ""
		files <"$T/f" >>"$T/got.files"
	done
	is "$k: files are as if they lay in one store" "$(diff "$T/want.files" "$T/got.files")" ""
	[ "$(id -u)" = 0 ] && unlike "$k: a directory that hides the one below" "$(cat "$T/got.files")" "$CTR /gone/low"
	like "$k: files of the image's layers are among them" "$(cat "$T/got.files")" "$CTR /lib/file image file"
done
OWNER=
# an image of one's own upon a layer of the other store
split 'additionalimagestores = ["/data/images"]'
for f in "$G" "$T/h/data/images"; do mkdir -p "$f/overlay-images"; done
rm -rf "$G/overlay-images"
mv "$T/h/data/images/overlay-images" "$G/overlay-images"
img -r "$T/h" >/dev/null
is "an image's layers in the other store: nothing is missing" "$(notes "$T/img" | grep -v ^absent)" ""
is "an image's layers in the other store: their directories" \
	"$(records "$T/img" image_layer '[.store,.host_path]' | sed "s/$L1/L1/; s/$L2/L2/" | sort | tr '\n' ' ')" \
	'["/var/lib/containers/storage","/data/images/overlay/L1/diff"] ["/var/lib/containers/storage","/data/images/overlay/L2/diff"] '
# what an image's layer has is the container's, too: a passwd below, read through the tree
split 'additionalimagestores = ["/data/images"]'
mkdir -p "$T/h/data/images/overlay/$L1/diff/etc/cron.d"
echo '* * * * * root /lib/file' >"$T/h/data/images/overlay/$L1/diff/etc/cron.d/low"
is "entries of layers in the other store" "$("$BIN/collect-persistence" -r "$T/h" 2>/dev/null | jq -r 'select(.k=="persist" and .artifact=="cron-d")|[(.scope|split(":")[0]),.path,.origin]|join(" ")' | sort -u)" \
	"container /etc/cron.d/low image"
rm -r "$G/overlay/$UP/lower"
is "no links: by the lists" "$(ctr -r "$T/h") $(changes)" "1 $(cat "$T/want.changes")"
rm -r "$T/h/data/images/overlay/$L1"
is "a layer is in neither: exit" "$(ctr -r "$T/h")" 1
like "a layer is in neither: note" "$(notes "$T/ctr")" "missing"

finish
