#!/bin/sh
# t-mismatch - what a store names by its digest and what was changed behind the
# engine's back: a record and a finding, in every engine; what only looks so
. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"

# rows DIR: what was found, one a line, and the findings of the rule about it
rows() {
	"$BIN/collect-images" -r "$1" >"$T/rec" 2>"$T/msg"
	records "$T/rec" mismatch '[.engine,.what,.damage//"-",(.size//0)-(.expected_size//.size//0)]|join(" ")' | tr -d '"' | sort
}
found() {
	rm -f "$T/db"
	"$BIN/case-ingest" "$T/db" "$T/rec" 2>"$T/msg"
	"$BIN/case-match" "$T/db" >"$T/m" 2>>"$T/msg"
	records "$T/m" finding 'select(.rule|endswith("/store-changed"))|[.severity,.effect]|join("/")' | tr -d '"' | sort
}
# changed WHAT DIR ROWS FINDINGS
changed() {
	is "$1: record" "$(rows "$2")" "$3"
	is "$1: finding" "$(found)" "$4"
}
H=high/investigate
M=medium/investigate

# ---- Docker: a configuration by the image's id
docker() { # WHAT ROWS FINDINGS COMMAND
	rm -rf "$T/s"
	tiny_store "$T/s"
	_c=$T/s/image/overlay2/imagedb/content/sha256/$IMG
	eval "$4"
	changed "docker: $1" "$T/s" "$2" "$3"
}
docker "as it was" "" "" :
docker "another command" "docker config - 0" $H 'sed -i "s/\"run\"/\"Run\"/" "$_c"'
is "docker: which image" "$(records "$T/m" finding '.detail' | grep -c "config of image app:1 was changed: its digest is sha256:[0-9a-f]*, not sha256:$IMG")" 1
is "docker: where" "$(records "$T/m" finding 'select(.rule|endswith("/store-changed"))|.path' | tr -d '"')" \
	"/image/overlay2/imagedb/content/sha256/$IMG"
docker "a space at its end" "docker config - 0" $H 'printf " " >>"$_c"'
docker "a member more, its old time" "docker config - 0" $H 'touch -r "$_c" "$T/t"; sed -i "s/{/{\"x\":1,/" "$_c"; touch -r "$T/t" "$_c"'
docker "another image's configuration" "docker config - 0" $H 'cp "$_c" "$T/c"; _o=$_c; tiny_image "$T/s" "{\"config\":{\"Cmd\":[\"x\"]},\"rootfs\":{\"diff_ids\":[]}}"; cp "$T/c" "$T/s/image/overlay2/imagedb/content/sha256/$IMG"'
docker "cut off by a power failure" "docker blob broken 0" $M 'truncate -s 100 "$_c"'
docker "empty" "docker blob empty 0" $M ': >"$_c"'
docker "all zeros" "docker blob zeros 0" $M 'n=$(stat -c %s "$_c"); : >"$_c"; truncate -s $n "$_c"'
docker "not there" "" "" 'rm "$_c"'
docker "a link" "" "" 'mv "$_c" "$T/elsewhere"; ln -s "$T/elsewhere" "$_c"'
docker "a FIFO" "" "" 'rm "$_c"; mkfifo "$_c"'
docker "a gap of a terabyte" "" "" 'truncate -s 1T "$_c"'
is "docker: a gap: is noted" "$(records "$T/rec" note 'select(.detail|test("STORE_BLOBS_CHECKED"))|.lost')" false
blob() { mkdir -p "$1"; printf '%s' "$2" >"$1/$(tiny_digest "$3")"; }
docker "BuildKit's and plug-ins' blobs" "docker blob - 0
docker manifest - 0" "$H
$H" 'blob "$T/s/buildkit/content/blobs/sha256" one one; blob "$T/s/buildkit/content/blobs/sha256" two 2
	blob "$T/s/plugins/storage/blobs/sha256" "{\"config\":{},\"layers\":[]}" x'

# ---- containerd: any blob; its database knows how long each is
B=io.containerd.content.v1.content/blobs/sha256
ctr() {
	rm -rf "$T/s"
	made "$T/s" tinyctr.py ${5:-} >"$T/made" || exit 1
	read -r IMG _x <"$T/made"
	_c=$T/s/$B/${IMG#sha256:}
	for _m in "$T/s/$B"/*; do grep -q '"layers"' "$_m" && break; done
	for _l in "$T/s/$B"/*; do grep -q ^blob "$_l" && break; done
	eval "$4"
	changed "containerd: $1" "$T/s" "$2" "$3"
}
ctr "as it was" "" "" :
ctr "another command" "containerd config - 0" $H 'sed -i s/run/Run/ "$_c"'
ctr "a manifest that leads elsewhere" "containerd manifest - 0" $H 'sed -i "s/\"layers\"/\"x\":1,\"layers\"/" "$_m"'
ctr "a layer with a byte more" "containerd blob - 0" $H 'printf x >>"$_l"'
is "containerd: a layer: which image" "$(records "$T/m" finding '.detail' | grep -c "blob of image app:1 was changed")" 1
ctr "a layer cut off" "containerd blob - 0" $H 'truncate -s 3 "$_l"'
ctr "an empty one" "containerd blob empty 0" $M ': >"$_l"'
ctr "without meta.db" "containerd config - 0" $H 'sed -i s/run/Run/ "$_c"; rm "$T/s/io.containerd.metadata.v1.bolt/meta.db"'
ctr "a layer that is not there" "" "" 'rm "$_l"'
ctr "a configuration that is not there" "" "" 'rm "$_c"'
ctr "a download that did not end" "" "" 'mkdir -p "$T/s/io.containerd.content.v1.content/ingest/x"; echo x >"$T/s/io.containerd.content.v1.content/ingest/x/data"'

# the named query: what no damage explains comes first, wherever it lies
ctr "a changed one, an empty one" "containerd blob empty 0
containerd config - 0" "$H
$M" 'sed -i s/run/Run/ "$_c"; : >"$_l"'
is "case-query mismatch" "$("$BIN/case-query" --format jsonl "$T/db" mismatch | jq -r '[.what,.damage//"-",.expected]|join(" ")')" \
	"config - $IMG
blob empty sha256:${_l##*/}"
like "case-query mismatch: is listed" "$("$BIN/case-query" -L)" '^mismatch +[a-z]'

# ---- containers-storage: what the list says, and what a name says
pod() {
	rm -rf "$T/s"
	mkdir "$T/s"; eval "$(made "$T/s" tinypod.py)"
	_i=$T/s/overlay-images/$IMG
	eval "$4"
	changed "podman: $1" "$T/s" "$2" "$3"
}
pod "as it was" "" "" :
pod "another architecture" "podman config - 0" $H 'sed -i s/amd64/amd65/ "$_i"/=*'
pod "the list says so, too" "podman config - 0" $H 'sed -i s/amd64/amd65/ "$_i"/=*; _n=$(cat "$_i"/=* | sha256sum | cut -c 1-64); sed -i "s/\"sha256:$IMG\":\"sha256:$IMG\"/\"sha256:$IMG\":\"sha256:$_n\"/" "$T/s/overlay-images/images.json"'
pod "in no list" "podman config - 0" $H 'sed -i s/amd64/amd65/ "$_i"/=*; rm "$T/s/overlay-images/images.json"'
pod "it is not there" "" "" 'rm "$_i"/=*'

# ---- archives
arc() {
	python3 "$TESTS/archives.py" "$1" "$T/x.tar"
	changed "archive: $1" "$T/x.tar" "$2" "$3"
}
arc good "" ""
arc layout "" ""
arc v1 "" ""
arc missing "" ""
arc config-digest "archive config - 0" $H
arc diff-id "archive layer - 0" $H
arc blob "archive layer - 0
archive layer - 0" $H # as it is, and unpacked
python3 "$TESTS/archives.py" layout-dir "$T/dir"
is "layout: as it was" "$(rows "$T/dir")" ""
for f in "$T/dir/blobs/sha256"/*; do grep -q '"rootfs"' "$f" && break; done
sed -i 's/{/{"x":1,/' "$f"
changed "layout: a configuration" "$T/dir" "archive config - 0" $H
status "an archive with a changed layer" 10 "$BIN/salvor" triage -r "$T/x.tar" -c "$T/c.db"
like "why" "$(cat "$T/out")" "store-changed|was changed behind its engine"

# ---- whole stores that engines made
if have_stores; then
	for s in docker-clean docker-rest docker-vfs docker-btrfs docker-fuse docker-remap podman-overlay podman-vfs podman-home-vfs podman-home-fuse podman-kinds docker-kinds containerd; do
		rm -rf "$T/h"
		unpack_store $s "$T/h"
		is "$s: nothing" "$(rows "$T/h")" ""
		is "$s, packed: nothing" "$(rows "$TESTS/fixtures/store-$s.tar.zst")" ""
	done
	unpack_store docker-clean "$T/e"
	for f in "$T/e/image/overlay2/layerdb/sha256"/*/tar-split.json.gz; do : >"$f"; done
	is "lists that a power failure emptied: nothing" "$(rows "$T/e")" ""
	is "lists that are empty: are noted" "$(records "$T/rec" note 'select(.path|endswith("/tar-split.json.gz"))|.class' | sort -u)" '"corrupt"'
else
	skip "real stores" "needs root and a file system with devices and trusted attributes"
fi
finish
